//! The object of `select.poll()`.

use super::{Deadline, seconds};
use crate::posix::fildes;
use runtime::class::{TypeFlags, TypeSpec};
use runtime::object::*;
use runtime::os::check;
use runtime::payload::Payload;
use runtime::{Res, Value, Vm};
use std::cell::{Cell, RefCell};

struct Poll {
    /// Descriptors and their events, in order of registration.
    fds: RefCell<Vec<(i32, i16)>>,
    running: Cell<bool>,
}

impl Payload for Poll {
    fn trace(&self, _: &mut gc::Tracer) {}
}

static SPEC: TypeSpec = TypeSpec {
    name: "poll",
    module: "select",
    tables: &[methods::TABLE],
    flags: TypeFlags::NO_INSTANCES,
    size: size_of::<PayloadObj>(),
    ..TypeSpec::DEFAULT
};

/// A new polling object.
pub fn new(vm: &mut Vm) -> Res {
    let class = vm.native_type(&SPEC)?;
    vm.new_payload(
        class,
        Poll {
            fds: RefCell::new(Vec::new()),
            running: Cell::new(false),
        },
    )
}

fn poll_of<'a>(vm: &mut Vm, this: Value) -> Res<&'a Poll> {
    match this.payload::<Poll>() {
        Some(p) => Ok(p),
        None => Err(vm.type_error("a poll object is required")),
    }
}

/// An event mask: an unsigned short.
fn mask_arg(vm: &mut Vm, v: Value) -> Res<i16> {
    let n = vm.index_i64(v)?;
    if n < 0 {
        return Err(vm.value_error("value must be positive"));
    }
    match u16::try_from(n) {
        Ok(n) => Ok(n as i16),
        Err(_) => Err(vm.overflow_error("Python int too large for C unsigned short")),
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Register a file descriptor with the polling object.
    #[native("register($self, fd, eventmask=select.POLLIN | select.POLLPRI | select.POLLOUT, /)")]
    fn register(vm: &mut Vm, this: Value, fd: Value, mask: Option<Value>) -> Res<()> {
        let fd = fildes(vm, fd)?;
        let default = libc::POLLIN | libc::POLLPRI | libc::POLLOUT;
        let mask = mask.map_or(Ok(default), |m| mask_arg(vm, m))?;
        let mut fds = poll_of(vm, this)?.fds.borrow_mut();
        match fds.iter_mut().find(|f| f.0 == fd) {
            Some(f) => f.1 = mask,
            None => fds.push((fd, mask)),
        }
        Ok(())
    }
    /// Modify an already registered file descriptor.
    #[native("modify($self, fd, eventmask, /)")]
    fn modify(vm: &mut Vm, this: Value, fd: Value, mask: Value) -> Res<()> {
        let fd = fildes(vm, fd)?;
        let mask = mask_arg(vm, mask)?;
        let p = poll_of(vm, this)?;
        let found = match p.fds.borrow_mut().iter_mut().find(|f| f.0 == fd) {
            Some(f) => {
                f.1 = mask;
                true
            }
            None => false,
        };
        if found {
            Ok(())
        } else {
            Err(vm.os_error(libc::ENOENT, &[]))
        }
    }
    /// Remove a file descriptor being tracked by the polling object.
    #[native("unregister($self, fd, /)")]
    fn unregister(vm: &mut Vm, this: Value, fd: Value) -> Res<()> {
        let fd = fildes(vm, fd)?;
        let p = poll_of(vm, this)?;
        let at = p.fds.borrow().iter().position(|f| f.0 == fd);
        match at {
            Some(i) => {
                p.fds.borrow_mut().remove(i);
                Ok(())
            }
            None => {
                let key = vm.new_int(i64::from(fd))?;
                Err(vm.key_error(key))
            }
        }
    }
    /// Polls the set of registered file descriptors.
    ///
    /// Returns a list containing any descriptors that have events or errors to
    /// report, as a list of (fd, event) 2-tuples.
    #[native("poll($self, timeout=None, /)")]
    fn poll(vm: &mut Vm, this: Value, timeout: Option<Value>) -> Res {
        let wait = seconds(vm, timeout, "timeout must be an integer or None")?;
        let deadline = Deadline::new(wait.filter(|ms| *ms >= 0.0).map(|ms| ms / 1000.0));
        let p = poll_of(vm, this)?;
        if p.running.get() {
            return Err(vm.runtime_error("concurrent poll() invocation"));
        }
        let mut fds: Vec<libc::pollfd> = p
            .fds
            .borrow()
            .iter()
            .map(|f| libc::pollfd {
                fd: f.0,
                events: f.1,
                revents: 0,
            })
            .collect();
        let (ptr, n) = (fds.as_mut_ptr(), fds.len());
        p.running.set(true);
        // SAFETY: the array has n entries.
        let r = vm.blocking(|| {
            check(unsafe { libc::poll(ptr, n as libc::nfds_t, deadline.millis()) } as isize)
        });
        p.running.set(false);
        r?.map_err(|e| vm.io_error(&e))?;
        let mut out = vm.new_vec();
        for f in fds.iter().filter(|f| f.revents != 0) {
            let pair = [f.fd as i64, i64::from(f.revents as u16)].map(Value::int_unchecked);
            let pair = vm.new_tuple(&pair)?;
            out.push(vm, pair)?;
        }
        vm.list_from_vec(out)
    }
}
