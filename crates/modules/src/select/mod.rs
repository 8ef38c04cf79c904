//! `select`: select, poll, epoll.

mod epoll;
mod poll;

use crate::posix::fildes;
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::os::check;
use runtime::{Res, Value, Vm};
use std::time::{Duration, Instant};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "select",
    doc: "This module supports asynchronous I/O on multiple file descriptors.\n\n*** IMPORTANT NOTICE ***\nOn Windows, only sockets are supported; on Unix, all file descriptors.",
    functions: &[functions::TABLE],
    init,
};

macro_rules! constants {
    ($($name:ident)*) => { &[$((stringify!($name), libc::$name as i64)),*] };
}

static CONSTANTS: &[(&str, i64)] = constants! {
    POLLIN POLLPRI POLLOUT POLLERR POLLHUP POLLNVAL POLLRDNORM POLLRDBAND POLLWRNORM POLLWRBAND
    POLLRDHUP EPOLLIN EPOLLOUT EPOLLPRI EPOLLERR EPOLLHUP EPOLLRDHUP EPOLLET EPOLLONESHOT
    EPOLLEXCLUSIVE EPOLLRDNORM EPOLLRDBAND EPOLLWRNORM EPOLLWRBAND EPOLLMSG EPOLLWAKEUP
    EPOLL_CLOEXEC PIPE_BUF
};

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    for (name, n) in CONSTANTS {
        let n = if name.starts_with("EPOLLET") {
            *n as u32 as i64
        } else {
            *n
        };
        vm.module_set(m, name, Value::int_unchecked(n))?;
    }
    vm.module_set(m, "POLLMSG", Value::int_unchecked(1024))?;
    let error = vm.types.exc.OSError.value();
    vm.module_set(m, "error", error)?;
    vm.module_add_type(m, &epoll::SPEC)?;
    Ok(())
}

/// A deadline for a wait that signals may interrupt.
pub struct Deadline(Option<Instant>);

impl Deadline {
    /// From a timeout in seconds; None waits for ever.
    pub fn new(seconds: Option<f64>) -> Deadline {
        Deadline(seconds.map(|s| {
            let wait = Duration::try_from_secs_f64(s.max(0.0)).unwrap_or(Duration::MAX);
            Instant::now()
                .checked_add(wait)
                .unwrap_or_else(|| Instant::now() + Duration::from_secs(1 << 30))
        }))
    }
    /// Milliseconds left, rounded up; -1 for ever.
    pub fn millis(&self) -> i32 {
        match self.0 {
            None => -1,
            Some(at) => {
                let left = at.saturating_duration_since(Instant::now());
                left.as_nanos().div_ceil(1_000_000).min(i32::MAX as u128) as i32
            }
        }
    }
}

/// A timeout argument in seconds: None for ever; NaN and non-numbers are refused.
pub fn seconds(vm: &mut Vm, v: Option<Value>, message: &str) -> Res<Option<f64>> {
    let Some(v) = v.filter(|v| !v.is_none()) else {
        return Ok(None);
    };
    match vm.to_f64(v) {
        Ok(f) if f.is_nan() => Err(vm.value_error("Invalid value NaN (not a number)")),
        Ok(f) => Ok(Some(f)),
        Err(r) => {
            if !vm.catch(vm.types.exc.TypeError) {
                return Err(r);
            }
            Err(vm.type_error(message))
        }
    }
}

/// The descriptors of a list of objects.
fn descriptors(vm: &mut Vm, items: &[Value]) -> Res<Vec<i32>> {
    let mut fds = Vec::new();
    for v in items {
        fds.push(fildes(vm, *v)?);
    }
    Ok(fds)
}

#[derive::natives]
mod functions {
    use super::*;

    /// Wait until one or more file descriptors are ready for some kind of I/O.
    ///
    /// The first three arguments are iterables of file descriptors to be waited for:
    /// rlist -- wait until ready for reading
    /// wlist -- wait until ready for writing
    /// xlist -- wait for an "exceptional condition"
    /// If only one kind of condition is required, pass [] for the other lists.
    ///
    /// A file descriptor is either a socket or file object, or a small integer
    /// gotten from a fileno() method call on one of those.
    ///
    /// The optional 4th argument specifies a timeout in seconds; it may be
    /// a floating-point number to specify fractions of seconds.  If it is absent
    /// or None, the call will never time out.
    ///
    /// The return value is a tuple of three lists corresponding to the first three
    /// arguments; each contains the subset of the corresponding file descriptors
    /// that are ready.
    ///
    /// *** IMPORTANT NOTICE ***
    /// On Windows, only sockets are supported; on Unix, all file
    /// descriptors can be used.
    #[native("select($module, rlist, wlist, xlist, timeout=None, /)")]
    fn select(
        vm: &mut Vm,
        _m: Value,
        rlist: Value,
        wlist: Value,
        xlist: Value,
        timeout: Option<Value>,
    ) -> Res {
        let wait = seconds(vm, timeout, "timeout must be a float or None")?;
        if wait.is_some_and(|s| s < 0.0) {
            return Err(vm.value_error("timeout must be non-negative"));
        }
        let deadline = Deadline::new(wait);
        let lists = [vm.collect(rlist)?, vm.collect(wlist)?, vm.collect(xlist)?];
        // poll has no limit on descriptor numbers; the answers are the same.
        let events = [libc::POLLIN, libc::POLLOUT, libc::POLLPRI];
        let mut polled = Vec::new();
        for (list, ev) in lists.iter().zip(events) {
            for fd in descriptors(vm, list)? {
                if fd >= 1024 {
                    return Err(vm.value_error("filedescriptor out of range in select()"));
                }
                polled.push(libc::pollfd {
                    fd,
                    events: ev,
                    revents: 0,
                });
            }
        }
        let n = polled.len();
        let p = polled.as_mut_ptr();
        // SAFETY: the array has n entries.
        let r = vm.blocking(|| {
            check(unsafe { libc::poll(p, n as libc::nfds_t, deadline.millis()) } as isize)
        })?;
        r.map_err(|e| vm.io_error(&e))?;
        if polled.iter().any(|p| p.revents & libc::POLLNVAL != 0) {
            return Err(vm.os_error(libc::EBADF, &[]));
        }
        let ready = [
            libc::POLLIN | libc::POLLHUP | libc::POLLERR,
            libc::POLLOUT | libc::POLLERR,
            libc::POLLPRI,
        ];
        let mut out = vm.new_vec();
        let mut at = 0;
        for (list, mask) in lists.iter().zip(ready) {
            let mut hits = vm.new_vec();
            for v in list.iter() {
                if polled[at].revents & mask != 0 {
                    hits.push(vm, *v)?;
                }
                at += 1;
            }
            let hits = vm.list_from_vec(hits)?;
            out.push(vm, hits)?;
        }
        vm.new_tuple(&out)
    }
    /// Returns a polling object.
    ///
    /// This object supports registering and unregistering file descriptors, and then
    /// polling them for I/O events.
    #[native("poll($module, /)")]
    fn poll(vm: &mut Vm, _m: Value) -> Res {
        super::poll::new(vm)
    }
}
