//! Linux namespaces.

use super::args::*;
use runtime::os::check;
use runtime::{Res, Value, Vm};

#[derive::natives]
pub mod functions {
    use super::*;

    /// Move this thread into the namespaces that fd refers to.
    ///
    /// nstype restricts their kind: CLONE_NEW... or 0 for any.
    #[native("setns($module, /, fd, nstype=0)")]
    fn setns(vm: &mut Vm, _m: Value, fd: Value, nstype: Option<i32>) -> Res<()> {
        let fd = fildes(vm, fd)?;
        // SAFETY: no memory is involved.
        let r = vm.without_lock(|| check(unsafe { libc::setns(fd, nstype.unwrap_or(0)) } as isize));
        done(vm, r).map(|_| ())
    }
    /// Stop sharing parts of the execution context with others: CLONE_..., combined with OR.
    #[native("unshare($module, /, flags)")]
    fn unshare(vm: &mut Vm, _m: Value, flags: i32) -> Res<()> {
        // SAFETY: no memory is involved.
        let r = vm.without_lock(|| check(unsafe { libc::unshare(flags) } as isize));
        done(vm, r).map(|_| ())
    }
}
