//! Calls that move data between several buffers or descriptors.

use super::args::*;
use super::fds::call;
use crate::iovec::Loans;
use runtime::os::check;
use runtime::{Res, Value, Vm};

/// The buffers of `readv` and its kin, lent for writing or for reading.
fn loans(vm: &mut Vm, buffers: Value, function: &str, writable: bool) -> Res<Loans> {
    if vm.special(buffers, vm.names.__getitem__).is_none() {
        return Err(vm.type_error(&format!("{function}() arg 2 must be a sequence")));
    }
    let items = vm.collect(buffers)?;
    Loans::new(vm, &items, |vm, v| {
        if !writable {
            return vm.get_buffer(v);
        }
        let b = vm.get_buffer_any(v, true)?;
        if b.readonly() {
            return Err(vm.buffer_error("Object is not writable."));
        }
        Ok(b)
    })
}

/// `readv` and its kin: `transfer` gets the descriptor, the vectors and their number.
fn vectored(
    vm: &mut Vm,
    fd: Value,
    buffers: Value,
    function: &str,
    writable: bool,
    transfer: impl Fn(i32, *const libc::iovec, i32) -> isize,
) -> Res<usize> {
    let fd = fd_arg(vm, fd)?;
    let loans = loans(vm, buffers, function, writable)?;
    let v = loans.vectors();
    call(vm, || check(transfer(fd, v.as_ptr(), v.len() as i32)))
}

/// An offset that may be left out or None.
fn offset_arg(vm: &mut Vm, v: Option<Value>) -> Res<Option<i64>> {
    match v.filter(|v| !v.is_none()) {
        Some(v) => vm.index_i64(v).map(Some),
        None => Ok(None),
    }
}

fn pointer(offset: &mut Option<i64>) -> *mut i64 {
    offset
        .as_mut()
        .map_or(std::ptr::null_mut(), |n| &raw mut *n)
}

fn count_arg(vm: &mut Vm, count: isize) -> Res<usize> {
    usize::try_from(count).map_err(|_| vm.value_error("negative value for 'count' not allowed"))
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// Read into several writable buffers, each being filled before the next is begun.
    ///
    /// Return the number of bytes read.
    #[native("readv($module, fd, buffers, /)")]
    fn readv(vm: &mut Vm, _m: Value, fd: Value, buffers: Value) -> Res<usize> {
        // SAFETY: the vectors describe memory on loan.
        vectored(vm, fd, buffers, "readv", true, |fd, v, n| unsafe {
            libc::readv(fd, v, n)
        })
    }
    /// Write the contents of several buffers, one behind the other.
    ///
    /// Return the number of bytes written.
    #[native("writev($module, fd, buffers, /)")]
    fn writev(vm: &mut Vm, _m: Value, fd: Value, buffers: Value) -> Res<usize> {
        // SAFETY: the vectors describe memory on loan.
        vectored(vm, fd, buffers, "writev", false, |fd, v, n| unsafe {
            libc::writev(fd, v, n)
        })
    }
    /// readv() from an offset in the file, whose position does not change.
    ///
    /// flags are RWF_HIPRI and RWF_NOWAIT, combined with OR.
    #[native("preadv($module, fd, buffers, offset, flags=0, /)")]
    fn preadv(
        vm: &mut Vm,
        _m: Value,
        fd: Value,
        buffers: Value,
        offset: i64,
        flags: Option<i32>,
    ) -> Res<usize> {
        let flags = flags.unwrap_or(0);
        // SAFETY: the vectors describe memory on loan.
        vectored(vm, fd, buffers, "preadv2", true, |fd, v, n| unsafe {
            libc::preadv2(fd, v, n, offset, flags)
        })
    }
    /// writev() to an offset in the file, whose position does not change.
    ///
    /// flags are RWF_DSYNC, RWF_SYNC and RWF_APPEND, combined with OR.
    #[native("pwritev($module, fd, buffers, offset, flags=0, /)")]
    fn pwritev(
        vm: &mut Vm,
        _m: Value,
        fd: Value,
        buffers: Value,
        offset: i64,
        flags: Option<i32>,
    ) -> Res<usize> {
        let flags = flags.unwrap_or(0);
        // SAFETY: the vectors describe memory on loan.
        vectored(vm, fd, buffers, "pwritev", false, |fd, v, n| unsafe {
            libc::pwritev2(fd, v, n, offset, flags)
        })
    }
    /// Copy count bytes from file descriptor in_fd to file descriptor out_fd.
    #[native("sendfile($module, /, out_fd, in_fd, offset, count)")]
    fn sendfile(
        vm: &mut Vm,
        _m: Value,
        out_fd: Value,
        in_fd: Value,
        offset: Value,
        count: isize,
    ) -> Res<usize> {
        let (out, input) = (fd_arg(vm, out_fd)?, fd_arg(vm, in_fd)?);
        let n = count.max(0) as usize;
        if offset.is_none() {
            // SAFETY: no memory is involved.
            return call(vm, || {
                check(unsafe { libc::sendfile(out, input, std::ptr::null_mut(), n) })
            });
        }
        let at = vm.index_i64(offset)?;
        // SAFETY: the offset is a local.
        call(vm, || {
            let mut at = at;
            check(unsafe { libc::sendfile(out, input, &mut at, n) })
        })
    }
    /// Copy count bytes from one file descriptor to another.
    #[native("copy_file_range($module, /, src, dst, count, offset_src=None, offset_dst=None)")]
    fn copy_file_range(
        vm: &mut Vm,
        _m: Value,
        src: Value,
        dst: Value,
        count: isize,
        offset_src: Option<Value>,
        offset_dst: Option<Value>,
    ) -> Res<usize> {
        let (src, dst) = (fd_arg(vm, src)?, fd_arg(vm, dst)?);
        let count = count_arg(vm, count)?;
        let (mut a, mut b) = (offset_arg(vm, offset_src)?, offset_arg(vm, offset_dst)?);
        // SAFETY: the offsets are locals.
        call(vm, || {
            check(unsafe {
                libc::copy_file_range(src, pointer(&mut a), dst, pointer(&mut b), count, 0)
            })
        })
    }
    /// Move up to count bytes between a pipe and another descriptor, without a copy.
    ///
    /// The offset of a pipe is None; for another descriptor None is its position.
    /// flags are SPLICE_F_MOVE, SPLICE_F_NONBLOCK and SPLICE_F_MORE, combined with OR.
    #[native("splice($module, /, src, dst, count, offset_src=None, offset_dst=None, flags=0)")]
    fn splice(
        vm: &mut Vm,
        _m: Value,
        src: Value,
        dst: Value,
        count: isize,
        offset_src: Option<Value>,
        offset_dst: Option<Value>,
        flags: Option<Value>,
    ) -> Res<usize> {
        let (src, dst) = (fd_arg(vm, src)?, fd_arg(vm, dst)?);
        let count = count_arg(vm, count)?;
        let (mut a, mut b) = (offset_arg(vm, offset_src)?, offset_arg(vm, offset_dst)?);
        let flags = flags.map_or(Ok(0), |f| unsigned_int(vm, f))?;
        // SAFETY: the offsets are locals.
        call(vm, || {
            check(unsafe { libc::splice(src, pointer(&mut a), dst, pointer(&mut b), count, flags) })
        })
    }
}
