//! `_thread.RLock`.

use super::wait::{self, Flag};
use runtime::class::{DictPlace, TypeFlags, TypeObj, TypeSpec};
use runtime::object::*;
use runtime::payload::Payload;
use runtime::{Res, Value, Vm};
use std::cell::Cell;
use std::sync::Arc;

pub static SPEC: TypeSpec = TypeSpec {
    name: "RLock",
    module: "_thread",
    kind: Kind::Payload,
    tables: &[methods::TABLE],
    flags: TypeFlags::BASE.union(TypeFlags::HAS_WEAKREF),
    size: size_of::<PayloadObj>(),
    dict: DictPlace::None,
    slot_offset: std::mem::offset_of!(PayloadObj, overflow),
    ..TypeSpec::DEFAULT
};

/// Owner and count are only touched by threads that have the interpreter lock.
pub struct RLock {
    flag: Arc<Flag>,
    owner: Cell<i64>,
    count: Cell<u64>,
}

impl Payload for RLock {
    fn trace(&self, _: &mut gc::Tracer) {}
}

fn rlock<'a>(vm: &mut Vm, v: Value) -> Res<&'a RLock> {
    match v.payload::<RLock>() {
        Some(l) => Ok(l),
        None => Err(vm.type_error("an RLock is needed")),
    }
}

fn is_mine(l: &RLock) -> bool {
    l.count.get() > 0 && l.owner.get() == super::ident()
}

fn take(vm: &mut Vm, this: Value, blocking: Option<bool>, timeout: Option<Value>) -> Res<bool> {
    let how = wait::timeout_args(vm, blocking, timeout)?;
    let l = rlock(vm, this)?;
    if is_mine(l) {
        l.count.set(l.count.get() + 1);
        return Ok(true);
    }
    let got = l.flag.try_set()
        || match how {
            None => false,
            Some(timeout) => {
                let flag = l.flag.clone();
                wait::acquire(vm, &flag, timeout)?
            }
        };
    if got {
        let l = rlock(vm, this)?;
        l.owner.set(super::ident());
        l.count.set(1);
    }
    Ok(got)
}

fn give(vm: &mut Vm, this: Value) -> Res<()> {
    let l = rlock(vm, this)?;
    if !is_mine(l) {
        return Err(vm.runtime_error("cannot release un-acquired lock"));
    }
    l.count.set(l.count.get() - 1);
    if l.count.get() == 0 {
        l.owner.set(0);
        l.flag.put(false);
    }
    Ok(())
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, _args: Value, _kwargs: Option<Value>) -> Res {
        let Some(c) = class.downcast::<TypeObj>() else {
            return Err(vm.type_error("a type is needed"));
        };
        vm.new_payload(
            c,
            RLock {
                flag: Default::default(),
                owner: Cell::new(0),
                count: Cell::new(0),
            },
        )
    }
    /// Lock the lock.
    ///
    /// `blocking` indicates whether we should wait
    /// for the lock to be available or not.  If `blocking` is False
    /// and another thread holds the lock, the method will return False
    /// immediately.  If `blocking` is True and another thread holds
    /// the lock, the method will wait for the lock to be released,
    /// take it and then return True.
    /// (note: the blocking operation is interruptible.)
    ///
    /// In all other cases, the method will return True immediately.
    /// Precisely, if the current thread already holds the lock, its
    /// internal counter is simply incremented. If nobody holds the lock,
    /// the lock is taken and its internal counter initialized to 1.
    #[native("acquire($self, /, blocking=True, timeout=-1)")]
    fn acquire(
        vm: &mut Vm,
        this: Value,
        blocking: Option<bool>,
        timeout: Option<Value>,
    ) -> Res<bool> {
        take(vm, this, blocking, timeout)
    }
    /// Release the lock.
    ///
    /// Allow another thread that is blocked waiting for
    /// the lock to acquire the lock.  The lock must be in the locked state,
    /// and must be locked by the same thread that unlocks it; otherwise a
    /// `RuntimeError` is raised.
    ///
    /// Do note that if the lock was acquire()d several times in a row by the
    /// current thread, release() needs to be called as many times for the lock
    /// to be available for other threads.
    #[native("release($self, /)")]
    fn release(vm: &mut Vm, this: Value) -> Res<()> {
        give(vm, this)
    }
    /// Return a boolean indicating whether this object is locked right now.
    #[native("locked($self, /)")]
    fn locked(vm: &mut Vm, this: Value) -> Res<bool> {
        Ok(rlock(vm, this)?.flag.get())
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
    /// For internal use by `threading.Condition`.
    #[native("_is_owned($self, /)")]
    fn is_owned(vm: &mut Vm, this: Value) -> Res<bool> {
        Ok(is_mine(rlock(vm, this)?))
    }
    /// For internal use by reentrancy tests.
    #[native("_recursion_count($self, /)")]
    fn recursion_count(vm: &mut Vm, this: Value) -> Res<usize> {
        let l = rlock(vm, this)?;
        Ok(if is_mine(l) {
            l.count.get() as usize
        } else {
            0
        })
    }
    /// For internal use by `threading.Condition`.
    #[native("_release_save($self, /)")]
    fn release_save(vm: &mut Vm, this: Value) -> Res {
        let l = rlock(vm, this)?;
        if l.count.get() == 0 {
            return Err(vm.runtime_error("cannot release un-acquired lock"));
        }
        let (count, owner) = (l.count.get(), l.owner.get());
        let (a, b) = (vm.new_int(count as i64)?, vm.new_int(owner)?);
        let state = vm.new_tuple(&[a, b])?;
        let l = rlock(vm, this)?;
        l.count.set(0);
        l.owner.set(0);
        l.flag.put(false);
        Ok(state)
    }
    /// For internal use by `threading.Condition`.
    #[native("_acquire_restore($self, state, /)", format)]
    fn acquire_restore(vm: &mut Vm, this: Value, state: Value) -> Res<()> {
        let Some(t) = state.downcast::<TupleObj>().filter(|t| t.len == 2) else {
            return Err(vm.type_error("an RLock state is needed"));
        };
        let (count, owner) = (vm.index_i64(t.items()[0])?, vm.index_i64(t.items()[1])?);
        let flag = rlock(vm, this)?.flag.clone();
        if !flag.try_set() {
            wait::acquire_uninterrupted(vm, &flag)?;
        }
        let l = rlock(vm, this)?;
        l.count.set(count as u64);
        l.owner.set(owner);
        Ok(())
    }
    #[native("_at_fork_reinit($self, /)")]
    fn at_fork_reinit(vm: &mut Vm, this: Value) -> Res<()> {
        let l = rlock(vm, this)?;
        l.count.set(0);
        l.owner.set(0);
        l.flag.reset();
        Ok(())
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let name = vm.short_class_name(this);
        let l = rlock(vm, this)?;
        let state = if l.flag.get() { "locked" } else { "unlocked" };
        Ok(format!(
            "<{state} _thread.{name} object owner={} count={} at {:#x}>",
            l.owner.get(),
            l.count.get(),
            this.bits()
        ))
    }
}
