//! `_thread.lock`.

use super::wait::{self, Flag};
use runtime::class::{TypeFlags, TypeObj, TypeSpec};
use runtime::object::*;
use runtime::payload::Payload;
use runtime::{Res, Value, Vm};
use std::sync::Arc;

pub static SPEC: TypeSpec = TypeSpec {
    name: "lock",
    module: "_thread",
    kind: Kind::Payload,
    doc: "A lock object is a synchronization primitive.  To create a lock,\ncall threading.Lock().  Methods are:\n\nacquire() -- lock the lock, possibly blocking until it can be obtained\nrelease() -- unlock of the lock\nlocked() -- test whether the lock is currently locked\n\nA lock is not owned by the thread that locked it; another thread may\nunlock it.  A thread attempting to lock a lock that it has already locked\nwill block until another thread unlocks it.  Deadlocks may ensue.",
    tables: &[methods::TABLE],
    flags: TypeFlags::HAS_WEAKREF,
    size: size_of::<PayloadObj>(),
    slot_offset: std::mem::offset_of!(PayloadObj, overflow),
    ..TypeSpec::DEFAULT
};

pub struct Lock {
    pub flag: Arc<Flag>,
}

impl Payload for Lock {
    fn trace(&self, _: &mut gc::Tracer) {}
}

pub fn new_lock(vm: &mut Vm) -> Res {
    let class = vm.native_type(&SPEC)?;
    vm.new_payload(
        class,
        Lock {
            flag: Default::default(),
        },
    )
}

fn lock(vm: &mut Vm, v: Value) -> Res<Arc<Flag>> {
    match v.payload::<Lock>() {
        Some(l) => Ok(l.flag.clone()),
        None => Err(vm.type_error("a lock is needed")),
    }
}

fn take(vm: &mut Vm, this: Value, blocking: Option<bool>, timeout: Option<Value>) -> Res<bool> {
    let how = wait::timeout_args(vm, blocking, timeout)?;
    let flag = lock(vm, this)?;
    if flag.try_set() {
        return Ok(true);
    }
    match how {
        None => Ok(false),
        Some(timeout) => wait::acquire(vm, &flag, timeout),
    }
}

fn give(vm: &mut Vm, this: Value) -> Res<()> {
    if !lock(vm, this)?.put(false) {
        return Err(vm.runtime_error("release unlocked lock"));
    }
    Ok(())
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, args: Value, kwargs: Option<Value>) -> Res {
        let n = vm.len(args)?;
        if n > 0 || kwargs.is_some() {
            return Err(vm.type_error(&format!("lock expected 0 arguments, got {n}")));
        }
        let Some(c) = class.downcast::<TypeObj>() else {
            return new_lock(vm);
        };
        vm.new_payload(
            c,
            Lock {
                flag: Default::default(),
            },
        )
    }
    /// Lock the lock.
    ///
    /// Without argument, this blocks if the lock is already
    /// locked (even by the same thread), waiting for another thread to release
    /// the lock, and return True once the lock is acquired.
    /// With an argument, this will only block if the argument is true,
    /// and the return value reflects whether the lock is acquired.
    /// The blocking operation is interruptible.
    #[native("acquire($self, /, blocking=True, timeout=-1)")]
    fn acquire(
        vm: &mut Vm,
        this: Value,
        blocking: Option<bool>,
        timeout: Option<Value>,
    ) -> Res<bool> {
        take(vm, this, blocking, timeout)
    }
    /// An obsolete synonym of acquire().
    #[native("acquire_lock($self, /, blocking=True, timeout=-1)")]
    fn acquire_lock(
        vm: &mut Vm,
        this: Value,
        blocking: Option<bool>,
        timeout: Option<Value>,
    ) -> Res<bool> {
        take(vm, this, blocking, timeout)
    }
    /// Release the lock.
    ///
    /// Allows another thread that is blocked waiting for
    /// the lock to acquire the lock.  The lock must be in the locked state,
    /// but it needn't be locked by the same thread that unlocks it.
    #[native("release($self, /)")]
    fn release(vm: &mut Vm, this: Value) -> Res<()> {
        give(vm, this)
    }
    /// An obsolete synonym of release().
    #[native("release_lock($self, /)")]
    fn release_lock(vm: &mut Vm, this: Value) -> Res<()> {
        give(vm, this)
    }
    /// Return whether the lock is in the locked state.
    #[native("locked($self, /)")]
    fn locked(vm: &mut Vm, this: Value) -> Res<bool> {
        Ok(lock(vm, this)?.get())
    }
    /// An obsolete synonym of locked().
    #[native("locked_lock($self, /)")]
    fn locked_lock(vm: &mut Vm, this: Value) -> Res<bool> {
        Ok(lock(vm, this)?.get())
    }
    /// Lock the lock.
    #[native("__enter__($self, /)")]
    fn enter(vm: &mut Vm, this: Value) -> Res<bool> {
        take(vm, this, None, None)
    }
    /// Release the lock.
    #[native("__exit__($self, /, *exc_info)")]
    fn exit(vm: &mut Vm, this: Value, _exc_info: Value) -> Res<()> {
        give(vm, this)
    }
    #[native("_at_fork_reinit($self, /)")]
    fn at_fork_reinit(vm: &mut Vm, this: Value) -> Res<()> {
        lock(vm, this)?.reset();
        Ok(())
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let state = if lock(vm, this)?.get() {
            "locked"
        } else {
            "unlocked"
        };
        Ok(format!(
            "<{state} _thread.lock object at {:#x}>",
            this.bits()
        ))
    }
}
