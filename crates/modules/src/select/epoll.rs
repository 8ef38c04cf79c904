//! `select.epoll`.

use super::{Deadline, seconds};
use crate::posix::{c_int, fildes};
use runtime::class::{TypeFlags, TypeObj, TypeSpec};
use runtime::object::*;
use runtime::os::check;
use runtime::payload::Payload;
use runtime::{Res, Value, Vm};
use std::cell::Cell;

/// The descriptor; -1 when closed.
struct Epoll(Cell<i32>);

impl Payload for Epoll {
    fn trace(&self, _: &mut gc::Tracer) {}
}

impl Drop for Epoll {
    fn drop(&mut self) {
        if self.0.get() >= 0 {
            // SAFETY: the descriptor is ours.
            unsafe { libc::close(self.0.get()) };
        }
    }
}

pub static SPEC: TypeSpec = TypeSpec {
    name: "epoll",
    module: "select",
    doc: "Returns an epolling object.\n\n  sizehint\n    The expected number of events to be registered.  It must be positive,\n    or -1 to use the default.  It is only used on older systems where\n    epoll_create1() is not available; otherwise it has no effect (though its\n    value is still checked).\n  flags\n    Deprecated and completely ignored.  However, when supplied, its value\n    must be 0 or select.EPOLL_CLOEXEC, otherwise OSError is raised.",
    tables: &[methods::TABLE],
    flags: TypeFlags::BASE,
    size: size_of::<PayloadObj>(),
    ..TypeSpec::DEFAULT
};

fn any<'a>(vm: &mut Vm, this: Value) -> Res<&'a Epoll> {
    match this.payload::<Epoll>() {
        Some(e) => Ok(e),
        None => Err(vm.type_error("an epoll object is required")),
    }
}

fn open(vm: &mut Vm, this: Value) -> Res<i32> {
    match any(vm, this)?.0.get() {
        fd if fd >= 0 => Ok(fd),
        _ => Err(vm.value_error("I/O operation on closed epoll object")),
    }
}

fn control(vm: &mut Vm, this: Value, op: i32, fd: Value, events: u32) -> Res<()> {
    let ep = open(vm, this)?;
    let fd = fildes(vm, fd)?;
    let mut ev = libc::epoll_event {
        events,
        u64: fd as u64,
    };
    // SAFETY: the event is a local.
    let r = check(unsafe { libc::epoll_ctl(ep, op, fd, &mut ev) } as isize);
    r.map(|_| ()).map_err(|e| vm.io_error(&e))
}

fn make(vm: &mut Vm, class: Value, fd: i32) -> Res {
    let Some(c) = class.downcast::<TypeObj>() else {
        return Err(vm.type_error("not a type"));
    };
    vm.new_payload(c, Epoll(Cell::new(fd)))
}

fn mask(vm: &mut Vm, v: Value) -> Res<u32> {
    let n = vm.index_i64(v)?;
    match u32::try_from(n) {
        Ok(n) => Ok(n),
        Err(_) if n < 0 => Err(vm.value_error("value must be positive")),
        Err(_) => Err(vm.overflow_error("Python int too large for C unsigned int")),
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, sizehint=-1, flags=0)")]
    fn new(vm: &mut Vm, class: Value, sizehint: Option<Value>, flags: Option<Value>) -> Res {
        let hint = sizehint.map_or(Ok(-1), |s| c_int(vm, s))?;
        if hint != -1 && hint <= 0 {
            return Err(vm.value_error("negative sizehint"));
        }
        let flags = flags.map_or(Ok(0), |f| c_int(vm, f))?;
        if flags & !libc::EPOLL_CLOEXEC != 0 {
            return Err(vm.os_error(libc::EINVAL, &[]));
        }
        // SAFETY: no memory is involved.
        let r = check(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) } as isize);
        let fd = r.map_err(|e| vm.io_error(&e))?;
        make(vm, class, fd as i32)
    }
    /// Create an epoll object from a given control fd.
    #[classmethod("fromfd($type, fd, /)")]
    fn fromfd(vm: &mut Vm, class: Value, fd: Value) -> Res {
        let fd = c_int(vm, fd)?;
        make(vm, class, fd)
    }
    /// Close the epoll control file descriptor.
    ///
    /// Further operations on the epoll object will raise an exception.
    #[native("close($self, /)")]
    fn close(vm: &mut Vm, this: Value) -> Res<()> {
        let fd = any(vm, this)?.0.replace(-1);
        if fd >= 0 {
            // SAFETY: the descriptor is ours.
            let r = check(unsafe { libc::close(fd) } as isize);
            r.map_err(|e| vm.io_error(&e))?;
        }
        Ok(())
    }
    /// Return the epoll control file descriptor.
    #[native("fileno($self, /)")]
    fn fileno(vm: &mut Vm, this: Value) -> Res<i64> {
        open(vm, this).map(i64::from)
    }
    /// Registers a new fd or raises an OSError if the fd is already registered.
    ///
    ///   fd
    ///     the target file descriptor of the operation
    ///   eventmask
    ///     a bit set composed of the various EPOLL constants
    ///
    /// The epoll interface supports all file descriptors that support poll.
    #[native(
        "register($self, /, fd, eventmask=select.EPOLLIN | select.EPOLLPRI | select.EPOLLOUT)"
    )]
    fn register(vm: &mut Vm, this: Value, fd: Value, eventmask: Option<Value>) -> Res<()> {
        let default = (libc::EPOLLIN | libc::EPOLLPRI | libc::EPOLLOUT) as u32;
        let events = eventmask.map_or(Ok(default), |m| mask(vm, m))?;
        control(vm, this, libc::EPOLL_CTL_ADD, fd, events)
    }
    /// Modify event mask for a registered file descriptor.
    #[native("modify($self, /, fd, eventmask)")]
    fn modify(vm: &mut Vm, this: Value, fd: Value, eventmask: Value) -> Res<()> {
        let events = mask(vm, eventmask)?;
        control(vm, this, libc::EPOLL_CTL_MOD, fd, events)
    }
    /// Remove a registered file descriptor from the epoll object.
    #[native("unregister($self, /, fd)")]
    fn unregister(vm: &mut Vm, this: Value, fd: Value) -> Res<()> {
        control(vm, this, libc::EPOLL_CTL_DEL, fd, 0)
    }
    /// Wait for events on the epoll file descriptor.
    ///
    ///   timeout
    ///     the maximum time to wait in seconds (as float);
    ///     a timeout of None or -1 makes poll wait indefinitely
    ///   maxevents
    ///     the maximum number of events returned; -1 means no limit
    ///
    /// Returns a list containing any descriptors that have events to report,
    /// as a list of (fd, events) 2-tuples.
    #[native("poll($self, /, timeout=None, maxevents=-1)")]
    fn poll(vm: &mut Vm, this: Value, timeout: Option<Value>, maxevents: Option<Value>) -> Res {
        let ep = open(vm, this)?;
        let wait = seconds(vm, timeout, "timeout must be an integer or None")?;
        let deadline = Deadline::new(wait.filter(|s| *s >= 0.0));
        let max = match maxevents.map_or(Ok(-1), |m| c_int(vm, m))? {
            -1 => 1023,
            n if n < 1 => {
                return Err(vm.value_error(&format!("maxevents must be greater than 0, got {n}")));
            }
            n => n.min(1 << 16),
        };
        let mut events = vec![libc::epoll_event { events: 0, u64: 0 }; max as usize];
        let p = events.as_mut_ptr();
        // SAFETY: the array has max entries.
        let r = vm.blocking(|| {
            check(unsafe { libc::epoll_wait(ep, p, max, deadline.millis()) } as isize)
        })?;
        let n = r.map_err(|e| vm.io_error(&e))?;
        let mut out = vm.new_vec();
        for ev in &events[..n] {
            let pair = [ev.u64 as i32 as i64, i64::from(ev.events)].map(Value::int_unchecked);
            let pair = vm.new_tuple(&pair)?;
            out.push(vm, pair)?;
        }
        vm.list_from_vec(out)
    }
    #[native("__enter__($self, /)")]
    fn enter(vm: &mut Vm, this: Value) -> Res {
        open(vm, this)?;
        Ok(this)
    }
    #[native("__exit__($self, exc_type=None, exc_value=None, exc_tb=None, /)")]
    fn exit(
        vm: &mut Vm,
        this: Value,
        _t: Option<Value>,
        _v: Option<Value>,
        _tb: Option<Value>,
    ) -> Res<()> {
        close(vm, this)
    }
    /// True if the epoll handler is closed
    #[getter("closed")]
    fn closed(vm: &mut Vm, this: Value) -> Res<bool> {
        Ok(any(vm, this)?.0.get() < 0)
    }
}
