//! Errors and argument conversions of `_io`.

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

/// Bytes of an argument.
pub enum ByteArg {
    /// Of a bytes object, which `_0` keeps alive.
    Bytes(Ref<BytesObj>),
    Owned(Vec<u8>),
}

impl std::ops::Deref for ByteArg {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        match self {
            ByteArg::Bytes(b) => b.as_slice(),
            ByteArg::Owned(v) => v,
        }
    }
}

/// The bytes of a bytes-like argument; TypeError for others.
pub fn byte_arg(vm: &mut Vm, v: Value) -> Res<ByteArg> {
    if let Some(b) = v.downcast::<BytesObj>() {
        return Ok(ByteArg::Bytes(b));
    }
    if let Some(b) = v.downcast::<ByteArrayObj>() {
        // SAFETY: `len` bytes at `data`; copied at once.
        let s = unsafe {
            match b.len.get() {
                0 => &[],
                n => std::slice::from_raw_parts(b.data.get().cast_const(), n),
            }
        };
        return Ok(ByteArg::Owned(s.to_vec()));
    }
    let name = vm.class_name(v);
    Err(vm.type_error(&format!("a bytes-like object is required, not '{name}'")))
}

/// Length of a writable buffer argument.
pub fn writable_len(vm: &mut Vm, v: Value) -> Res<usize> {
    match v.downcast::<ByteArrayObj>() {
        Some(b) => Ok(b.len.get()),
        None => {
            let name = vm.class_name(v);
            Err(vm.type_error(&format!(
                "argument must be read-write bytes-like object, not {name}"
            )))
        }
    }
}

/// Copies to the beginning of a writable buffer argument.
pub fn fill_buffer(vm: &mut Vm, v: Value, at: usize, data: &[u8]) -> Res<()> {
    let have = writable_len(vm, v)?;
    if let Some(b) = v.downcast::<ByteArrayObj>() {
        let n = data.len().min(have.saturating_sub(at));
        // SAFETY: the bytearray holds at + n bytes.
        unsafe { std::ptr::copy_nonoverlapping(data.as_ptr(), b.data.get().add(at), n) };
    }
    Ok(())
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
                        x.context.write(x, e);
                    }
                    Err(r)
                }
            }
        }
    }
}
