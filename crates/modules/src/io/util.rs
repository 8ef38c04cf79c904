//! Errors and argument conversions of `_io`.

use runtime::buffer::Buffer;
use runtime::object::*;
use runtime::{Raised, Res, Value, Vm};

/// CPython's default buffer size (3.14).
pub const DEFAULT_BUFFER_SIZE: usize = 128 * 1024;

/// ValueError for a closed file.
#[cold]
pub fn closed_error(vm: &mut Vm) -> Raised {
    vm.value_error("I/O operation on closed file.")
}

/// io.UnsupportedOperation(message).
#[cold]
pub fn unsupported(vm: &mut Vm, message: &str) -> Raised {
    let made = super::unsupported_class(vm).and_then(|c| {
        let m = vm.new_str(message)?;
        vm.call_value(c, &[m])
    });
    match made {
        Ok(e) => vm.raise_here(e),
        Err(r) => r,
    }
}

/// A size argument: None and omitted mean -1.
pub fn opt_size(vm: &mut Vm, v: Option<Value>) -> Res<isize> {
    match v {
        None | Some(Value::NONE) => Ok(-1),
        Some(v) => {
            if let Some(n) = v.as_small_int() {
                return Ok(n as isize);
            }
            if vm.is_int(v) || vm.special(v, vm.names.__index__).is_some() {
                return vm.index_isize(v);
            }
            let name = vm.class_name(v);
            Err(vm.type_error(&format!("argument should be integer or None, not '{name}'")))
        }
    }
}

/// OSError(message).
#[cold]
pub fn os_error_text(vm: &mut Vm, message: &str) -> Raised {
    vm.error(vm.types.exc.OSError, message)
}

/// BlockingIOError(EAGAIN, text, written).
#[cold]
pub fn would_block(vm: &mut Vm, written: usize) -> Raised {
    let made = vm
        .new_str("write could not complete without blocking")
        .and_then(|text| {
            let class = vm.types.exc.BlockingIOError.value();
            let errno = Value::int_unchecked(libc::EAGAIN as i64);
            vm.call_value(class, &[errno, text, Value::int_unchecked(written as i64)])
        });
    match made {
        Ok(e) => vm.raise_here(e),
        Err(r) => r,
    }
}

/// Bytes of an argument, on loan.
pub struct ByteArg(Buffer);

impl std::ops::Deref for ByteArg {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        self.0.as_slice()
    }
}

/// The bytes of a bytes-like argument; TypeError for others.
pub fn byte_arg(vm: &mut Vm, v: Value) -> Res<ByteArg> {
    vm.get_buffer(v).map(ByteArg)
}

/// A writable buffer argument of `readinto`.
pub fn into_buffer(vm: &mut Vm, v: Value) -> Res<Buffer> {
    vm.get_buffer_mut(v, "readinto() argument")
}

/// Attribute of an object by text, as a truth value.
pub fn attr_truth(vm: &mut Vm, v: Value, name: &str) -> Res<bool> {
    let r = vm.get_attr_str(v, name)?;
    vm.truth(r)
}

/// Calls a method without arguments and takes the truth of its result.
pub fn method_truth(vm: &mut Vm, v: Value, name: &str) -> Res<bool> {
    let r = vm.call_method_str(v, name, &[])?;
    vm.truth(r)
}

/// After `first` failed with the exception in flight, chains an exception raised by `second`
/// to it; else passes the first on.
pub fn then_close(vm: &mut Vm, first: Res, second: impl FnOnce(&mut Vm) -> Res) -> Res {
    match first {
        Ok(_) => second(vm),
        Err(_) => {
            let e = vm.take_raised();
            match second(vm) {
                Ok(_) => Err(vm.raise(e)),
                Err(r) => {
                    if let Some(x) = vm.raised.and_then(|v| v.downcast::<ExceptionObj>())
                        && x.context.get().is_none()
                        && x.value() != e
                    {
                        x.set_context(e);
                    }
                    Err(r)
                }
            }
        }
    }
}
