//! `_multiprocessing`: semaphores that processes share. `_posixshmem`: memory that they share.

use crate::payloads::payload_type;
use runtime::class::{TypeFlags, TypeObj, TypeSpec};
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::os::check;
use runtime::payload::Payload;
use runtime::{Raised, Res, Value, Vm};
use std::cell::Cell;
use std::ffi::{CString, c_int};
use std::io;
use std::time::Duration;

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_multiprocessing",
    doc: "",
    functions: &[functions::TABLE],
    init,
};

pub static SHARED_MEMORY: ModuleSpec = ModuleSpec {
    name: "_posixshmem",
    doc: "POSIX shared memory module",
    functions: &[memory::TABLE],
    init: |_, _| Ok(()),
};

const RECURSIVE_MUTEX: i32 = 0;
const SEMAPHORE: i32 = 1;

static TYPE: TypeSpec = payload_type! {
    name: "SemLock",
    module: "_multiprocessing",
    doc: "Semaphore/Mutex type",
    flags: TypeFlags::BASE.union(TypeFlags::DISALLOW_PICKLE),
    tables: &[methods::TABLE],
};

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    let class = vm.module_add_type(m, &TYPE)?;
    let max = Value::int_unchecked(i64::from(c_int::MAX));
    vm.dict_set_str(class.dict.get(), "SEM_VALUE_MAX", max)?;
    let flags = vm.new_dict()?;
    for name in ["HAVE_SEM_OPEN", "HAVE_SEM_TIMEDWAIT"] {
        vm.dict_set_str(flags, name, Value::int_unchecked(1))?;
    }
    vm.module_set(m, "flags", flags.value())
}

/// State of a `SemLock`.
struct SemLock {
    handle: *mut libc::sem_t,
    /// The thread that acquired last, and how often it did (for recursive locks).
    owner: Cell<i64>,
    count: Cell<i32>,
    maxvalue: i32,
    kind: i32,
    /// A str, or None for a handle made elsewhere.
    name: Value,
}

impl Payload for SemLock {
    fn trace(&self, t: &mut gc::Tracer) {
        runtime::payload::mark(t, self.name);
    }
}

impl Drop for SemLock {
    fn drop(&mut self) {
        // SAFETY: the semaphore was opened here and is closed once.
        unsafe { libc::sem_close(self.handle) };
    }
}

fn this_thread() -> i64 {
    // SAFETY: no memory is involved.
    unsafe { libc::pthread_self() as i64 }
}

fn lock<'a>(vm: &mut Vm, this: Value) -> Res<&'a SemLock> {
    match this.payload::<SemLock>() {
        Some(l) => Ok(l),
        None => Err(vm.type_error("a SemLock is required")),
    }
}

impl SemLock {
    fn is_mine(&self) -> bool {
        self.count.get() > 0 && self.owner.get() == this_thread()
    }
    fn value(&self, vm: &mut Vm) -> Res<c_int> {
        let mut n = 0;
        // SAFETY: the semaphore is open.
        let r = check(unsafe { libc::sem_getvalue(self.handle, &mut n) } as isize);
        r.map_err(|e| vm.io_error(&e))?;
        // A negative number counts the waiting.
        Ok(n.max(0))
    }
    /// ValueError when a release would go beyond the maximum.
    fn check_release(&self, vm: &mut Vm) -> Res<()> {
        if self.kind == RECURSIVE_MUTEX {
            if !self.is_mine() {
                let text = "attempt to release recursive lock not owned by thread";
                return Err(vm.error(vm.types.exc.AssertionError, text));
            }
            return Ok(());
        }
        if self.value(vm)? >= self.maxvalue {
            return Err(vm.value_error("semaphore or lock released too many times"));
        }
        Ok(())
    }
}

/// The clock's time after so many seconds.
fn deadline(seconds: f64) -> libc::timespec {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    let wait =
        Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::from_secs(1 << 40));
    let at = now.saturating_add(wait);
    libc::timespec {
        tv_sec: at.as_secs() as i64,
        tv_nsec: i64::from(at.subsec_nanos()),
    }
}

fn semaphore_name(vm: &mut Vm, v: Value) -> Res<CString> {
    let text = vm.utf8(v)?;
    CString::new(text).map_err(|_| vm.value_error("embedded null character"))
}

fn make(
    vm: &mut Vm,
    class: Value,
    handle: *mut libc::sem_t,
    kind: i32,
    maxvalue: i32,
    name: Value,
) -> Res {
    let Some(class) = class.downcast::<TypeObj>() else {
        return Err(vm.type_error("not a type"));
    };
    let lock = SemLock {
        handle,
        owner: Cell::new(0),
        count: Cell::new(0),
        maxvalue,
        kind,
        name,
    };
    vm.new_payload(class, lock)
}

fn open_failed(vm: &mut Vm) -> Raised {
    vm.io_error(&io::Error::last_os_error())
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, kind, value, maxvalue, name, unlink)", nosig)]
    fn new(
        vm: &mut Vm,
        class: Value,
        kind: i32,
        value: i32,
        maxvalue: i32,
        name: Value,
        unlink: bool,
    ) -> Res {
        let base = vm.native_type(&TYPE)?;
        let class = vm.class_arg(class, base)?;
        if kind != RECURSIVE_MUTEX && kind != SEMAPHORE {
            return Err(vm.value_error("unrecognized kind"));
        }
        let c_name = semaphore_name(vm, name)?;
        let flags = libc::O_CREAT | libc::O_EXCL;
        // SAFETY: the name is a C string.
        let handle =
            unsafe { libc::sem_open(c_name.as_ptr(), flags, 0o600, value as libc::c_uint) };
        if handle == libc::SEM_FAILED {
            return Err(open_failed(vm));
        }
        // SAFETY: as above.
        if unlink && unsafe { libc::sem_unlink(c_name.as_ptr()) } < 0 {
            let e = open_failed(vm);
            // SAFETY: opened above.
            unsafe { libc::sem_close(handle) };
            return Err(e);
        }
        let name = if unlink { Value::NONE } else { name };
        make(vm, class.value(), handle, kind, maxvalue, name)
    }
    #[classmethod("_rebuild($type, handle, kind, maxvalue, name, /)")]
    fn rebuild(
        vm: &mut Vm,
        class: Value,
        handle: i64,
        kind: i32,
        maxvalue: i32,
        name: Value,
    ) -> Res {
        if name.is_none() {
            let _ = handle;
            return Err(vm.value_error("a semaphore without name cannot be opened again"));
        }
        let c_name = semaphore_name(vm, name)?;
        // SAFETY: the name is a C string.
        let handle = unsafe { libc::sem_open(c_name.as_ptr(), 0) };
        if handle == libc::SEM_FAILED {
            return Err(open_failed(vm));
        }
        make(vm, class, handle, kind, maxvalue, name)
    }
    /// Acquire the semaphore/lock.
    #[native("acquire($self, /, block=True, timeout=None)")]
    fn acquire(vm: &mut Vm, this: Value, block: Option<bool>, timeout: Option<Value>) -> Res<bool> {
        let l = lock(vm, this)?;
        if l.kind == RECURSIVE_MUTEX && l.is_mine() {
            l.count.set(l.count.get() + 1);
            return Ok(true);
        }
        let timeout = match timeout.filter(|t| !t.is_none()) {
            Some(t) => Some(deadline(vm.to_f64(t)?)),
            None => None,
        };
        // A number, because the closure must not touch cells.
        let h = l.handle;
        // SAFETY: the semaphore is open while the object lives, which `this` keeps.
        let quick = unsafe { libc::sem_trywait(h) } == 0;
        if !quick {
            if !block.unwrap_or(true) {
                return Ok(false);
            }
            // SAFETY: as above.
            let wait = || unsafe {
                check(match &timeout {
                    Some(at) => libc::sem_timedwait(h, at),
                    None => libc::sem_wait(h),
                } as isize)
            };
            match vm.blocking(wait)? {
                Ok(_) => {}
                Err(e) if e.raw_os_error() == Some(libc::ETIMEDOUT) => return Ok(false),
                Err(e) => return Err(vm.io_error(&e)),
            }
        }
        l.count.set(l.count.get() + 1);
        l.owner.set(this_thread());
        Ok(true)
    }
    /// Release the semaphore/lock.
    #[native("release($self, /)")]
    fn release(vm: &mut Vm, this: Value) -> Res<()> {
        let l = lock(vm, this)?;
        l.check_release(vm)?;
        if l.kind == RECURSIVE_MUTEX && l.count.get() > 1 {
            l.count.set(l.count.get() - 1);
            return Ok(());
        }
        // SAFETY: the semaphore is open.
        let r = check(unsafe { libc::sem_post(l.handle) } as isize);
        r.map_err(|e| vm.io_error(&e))?;
        l.count.set(l.count.get() - 1);
        Ok(())
    }
    /// Num of `acquire()`s minus num of `release()`s for this process.
    #[native("_count($self, /)")]
    fn count(vm: &mut Vm, this: Value) -> Res<i64> {
        Ok(i64::from(lock(vm, this)?.count.get()))
    }
    /// Whether the lock is owned by this thread.
    #[native("_is_mine($self, /)")]
    fn is_mine(vm: &mut Vm, this: Value) -> Res<bool> {
        Ok(lock(vm, this)?.is_mine())
    }
    /// Get the value of the semaphore.
    #[native("_get_value($self, /)")]
    fn get_value(vm: &mut Vm, this: Value) -> Res<i64> {
        Ok(i64::from(lock(vm, this)?.value(vm)?))
    }
    /// Return whether semaphore has value zero.
    #[native("_is_zero($self, /)")]
    fn is_zero(vm: &mut Vm, this: Value) -> Res<bool> {
        Ok(lock(vm, this)?.value(vm)? == 0)
    }
    /// Rezero the net acquisition count after fork().
    #[native("_after_fork($self, /)")]
    fn after_fork(vm: &mut Vm, this: Value) -> Res<()> {
        lock(vm, this)?.count.set(0);
        Ok(())
    }
    /// Enter the semaphore/lock.
    #[native("__enter__($self, /)")]
    fn enter(vm: &mut Vm, this: Value) -> Res<bool> {
        acquire(vm, this, None, None)
    }
    /// Exit the semaphore/lock.
    #[native("__exit__($self, exc_type=None, exc_value=None, exc_tb=None, /)")]
    fn exit(
        vm: &mut Vm,
        this: Value,
        _t: Option<Value>,
        _v: Option<Value>,
        _tb: Option<Value>,
    ) -> Res<()> {
        release(vm, this)
    }
    #[getter("handle")]
    fn handle(vm: &mut Vm, this: Value) -> Res<i64> {
        Ok(lock(vm, this)?.handle as i64)
    }
    #[getter("kind")]
    fn kind(vm: &mut Vm, this: Value) -> Res<i64> {
        Ok(i64::from(lock(vm, this)?.kind))
    }
    #[getter("maxvalue")]
    fn maxvalue(vm: &mut Vm, this: Value) -> Res<i64> {
        Ok(i64::from(lock(vm, this)?.maxvalue))
    }
    #[getter("name")]
    fn name(vm: &mut Vm, this: Value) -> Res {
        Ok(lock(vm, this)?.name)
    }
}

#[derive::natives]
mod functions {
    use super::*;

    #[native("sem_unlink($module, name, /)")]
    fn sem_unlink(vm: &mut Vm, _m: Value, name: Value) -> Res<()> {
        let name = semaphore_name(vm, name)?;
        // SAFETY: the name is a C string.
        let r = check(unsafe { libc::sem_unlink(name.as_ptr()) } as isize);
        r.map(|_| ()).map_err(|e| vm.io_error(&e))
    }
}

/// A name argument of shared memory.
fn memory_name(vm: &mut Vm, v: Value, function: &str) -> Res<CString> {
    if !v.is_kind(Kind::Str) {
        let got = vm.argument_kind(v);
        return Err(vm.type_error(&format!(
            "{function}() argument 'path' must be str, not {got}"
        )));
    }
    let name = vm.fs_encode(v)?;
    CString::new(name).map_err(|_| vm.value_error("embedded null character"))
}

#[derive::natives]
mod memory {
    use super::*;

    /// Open a shared memory object.  Returns a file descriptor (integer).
    #[native("shm_open($module, /, path, flags, mode=511)")]
    fn shm_open(vm: &mut Vm, _m: Value, path: Value, flags: i32, mode: Option<i32>) -> Res<i64> {
        let name = memory_name(vm, path, "shm_open")?;
        let mode = mode.unwrap_or(0o777) as libc::mode_t;
        // SAFETY: the name is a C string.
        let r =
            vm.blocking(|| check(unsafe { libc::shm_open(name.as_ptr(), flags, mode) } as isize))?;
        match r {
            Ok(fd) => Ok(fd as i64),
            Err(e) => Err(vm.io_error_path(&e, path)),
        }
    }
    /// Remove a shared memory object (similar to unlink()).
    ///
    /// Remove a shared memory object name, and, once all processes have
    /// unmapped the object, de-allocates and destroys the contents of the
    /// associated memory region.
    #[native("shm_unlink($module, path, /)")]
    fn shm_unlink(vm: &mut Vm, _m: Value, path: Value) -> Res<()> {
        let name = memory_name(vm, path, "shm_unlink")?;
        // SAFETY: the name is a C string.
        let r = vm.blocking(|| check(unsafe { libc::shm_unlink(name.as_ptr()) } as isize))?;
        r.map(|_| ()).map_err(|e| vm.io_error_path(&e, path))
    }
}
