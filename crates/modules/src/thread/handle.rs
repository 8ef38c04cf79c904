//! `_thread._ThreadHandle`: what `threading.Thread` joins.

use super::wait::{self, Flag};
use runtime::class::{TypeFlags, TypeObj, TypeSpec};
use runtime::object::*;
use runtime::payload::Payload;
use runtime::{Res, Value, Vm};
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

pub static SPEC: TypeSpec = TypeSpec {
    name: "_ThreadHandle",
    module: "_thread",
    kind: Kind::Payload,
    tables: &[methods::TABLE],
    flags: TypeFlags::HAS_WEAKREF,
    size: size_of::<PayloadObj>(),
    slot_offset: std::mem::offset_of!(PayloadObj, overflow),
    ..TypeSpec::DEFAULT
};

/// What the thread itself and its handle share.
#[derive(Default)]
pub struct Shared {
    pub done: Arc<Flag>,
    pub ident: AtomicI64,
}

pub struct Handle {
    pub shared: Arc<Shared>,
    pub started: Cell<bool>,
}

impl Payload for Handle {
    fn trace(&self, _: &mut gc::Tracer) {}
}

pub fn new_handle(vm: &mut Vm) -> Res {
    let class = vm.native_type(&SPEC)?;
    make(vm, class)
}

fn make(vm: &mut Vm, class: Ref<TypeObj>) -> Res {
    vm.new_payload(
        class,
        Handle {
            shared: Default::default(),
            started: Cell::new(false),
        },
    )
}

pub fn handle<'a>(vm: &mut Vm, v: Value) -> Res<&'a Handle> {
    match v.payload::<Handle>() {
        Some(h) => Ok(h),
        None => Err(vm.type_error("'handle' must be a _ThreadHandle")),
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, _args: Value, _kwargs: Option<Value>) -> Res {
        match class.downcast::<TypeObj>() {
            Some(c) => make(vm, c),
            None => new_handle(vm),
        }
    }
    #[getter("ident")]
    fn ident(vm: &mut Vm, this: Value) -> Res<i64> {
        Ok(handle(vm, this)?.shared.ident.load(Ordering::Acquire))
    }
    #[native("is_done($self, /)")]
    fn is_done(vm: &mut Vm, this: Value) -> Res<bool> {
        Ok(handle(vm, this)?.shared.done.get())
    }
    #[native("_set_done($self, /)")]
    fn set_done(vm: &mut Vm, this: Value) -> Res<()> {
        let h = handle(vm, this)?;
        if !h.started.get() {
            return Err(vm.runtime_error("thread not started"));
        }
        h.shared.done.put(true);
        Ok(())
    }
    #[native("join($self, timeout=None, /)", nosig)]
    fn join(vm: &mut Vm, this: Value, timeout: Option<Value>) -> Res<()> {
        let h = handle(vm, this)?;
        if !h.started.get() {
            return Err(vm.runtime_error("thread not started"));
        }
        let timeout = match timeout.filter(|t| !t.is_none()) {
            None => None,
            Some(t) => {
                let ns = crate::util::seconds_to_ns(vm, t, crate::util::Rounding::Ceiling)?;
                // A negative time waits for ever, as CPython's does.
                u64::try_from(ns).ok().map(Duration::from_nanos)
            }
        };
        let done = h.shared.done.clone();
        if done.get() {
            return Ok(());
        }
        let me = crate::thread::ident();
        if h.shared.ident.load(Ordering::Acquire) == me {
            return Err(vm.runtime_error("Cannot join current thread"));
        }
        wait::wait_set(vm, &done, timeout)?;
        Ok(())
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let h = handle(vm, this)?;
        Ok(format!(
            "<_ThreadHandle object: ident={}>",
            h.shared.ident.load(Ordering::Acquire)
        ))
    }
}
