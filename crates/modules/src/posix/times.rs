//! `times` and priorities.

use super::args::*;
use super::system::TIMES_RESULT;
use runtime::os::check;
use runtime::{Res, Value, Vm};

#[derive::natives]
pub mod functions {
    use super::*;

    /// Return a collection containing process timing information.
    ///
    /// The object returned behaves like a named tuple with these fields:
    ///   (utime, stime, cutime, cstime, elapsed_time)
    /// All fields are floating-point numbers.
    #[native("times($module, /)")]
    fn times(vm: &mut Vm, _m: Value) -> Res {
        // SAFETY: the structure is filled before it is read.
        let (now, t, ticks) = unsafe {
            let mut t: libc::tms = std::mem::zeroed();
            let now = libc::times(&mut t);
            (now, t, libc::sysconf(libc::_SC_CLK_TCK) as f64)
        };
        let v = [t.tms_utime, t.tms_stime, t.tms_cutime, t.tms_cstime, now]
            .map(|n| Value::float(n as f64 / ticks));
        vm.new_struct_seq(&TIMES_RESULT, &v)
    }
    /// Add increment to the priority of process and return the new priority.
    #[native("nice($module, increment, /)")]
    fn nice(vm: &mut Vm, _m: Value, increment: Value) -> Res<i64> {
        let n = c_int(vm, increment)?;
        // SAFETY: errno is the thread's own.
        let (r, e) = unsafe {
            *libc::__errno_location() = 0;
            let r = libc::nice(n);
            (r, *libc::__errno_location())
        };
        if r == -1 && e != 0 {
            return Err(vm.os_error(e, &[]));
        }
        Ok(i64::from(r))
    }
    /// Return program scheduling priority.
    #[native("getpriority($module, /, which, who)")]
    fn getpriority(vm: &mut Vm, _m: Value, which: Value, who: Value) -> Res<i64> {
        let (which, who) = (c_int(vm, which)?, c_int(vm, who)?);
        // SAFETY: errno is the thread's own.
        let (r, e) = unsafe {
            *libc::__errno_location() = 0;
            let r = libc::getpriority(which as u32, who as u32);
            (r, *libc::__errno_location())
        };
        if r == -1 && e != 0 {
            return Err(vm.os_error(e, &[]));
        }
        Ok(i64::from(r))
    }
    /// Set program scheduling priority.
    #[native("setpriority($module, /, which, who, priority)")]
    fn setpriority(vm: &mut Vm, _m: Value, which: Value, who: Value, priority: Value) -> Res<()> {
        let (which, who, n) = (c_int(vm, which)?, c_int(vm, who)?, c_int(vm, priority)?);
        // SAFETY: no memory is involved.
        let r = check(unsafe { libc::setpriority(which as u32, who as u32, n) } as isize);
        done(vm, r).map(|_| ())
    }
}
