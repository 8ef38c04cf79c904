//! Waiting for child processes, and what their statuses say.

use super::args::*;
use crate::resource::usage;
use runtime::os::check;
use runtime::structseq::StructSeq;
use runtime::{Res, Value, Vm};

pub static WAITID_RESULT: StructSeq = StructSeq {
    spec: StructSeq::spec(
        "posix",
        "waitid_result",
        "waitid_result: Result from waitid.\n\nThis object may be accessed either as a tuple of\n  (si_pid, si_uid, si_signo, si_status, si_code),\nor via the attributes si_pid, si_uid, and so on.\n\nSee os.waitid for more information.",
        true,
    ),
    fields: &[
        ("si_pid", ""),
        ("si_uid", ""),
        ("si_signo", ""),
        ("si_status", ""),
        ("si_code", ""),
    ],
    visible: 5,
};

fn status_pair(vm: &mut Vm, pid: usize, status: i32) -> Res {
    let pid = Value::int_unchecked(pid as i64);
    vm.new_tuple(&[pid, Value::int_unchecked(i64::from(status))])
}

/// `wait4`, as (pid, status, rusage).
fn wait_usage(vm: &mut Vm, pid: i32, options: i32) -> Res {
    let mut status = 0;
    // SAFETY: an all-zero rusage is valid for writing.
    let mut used: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: the status and the usage are locals.
    let r = vm.blocking(|| {
        check(unsafe { libc::wait4(pid, &mut status, options, &mut used) } as isize)
    })?;
    let pid = done(vm, r)?;
    let used = usage(vm, &used)?;
    let pid = Value::int_unchecked(pid as i64);
    vm.new_tuple(&[pid, Value::int_unchecked(i64::from(status)), used])
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// Wait for completion of a given child process.
    ///
    /// Returns a tuple of information regarding the child process:
    ///     (pid, status)
    ///
    /// The options argument is ignored on Windows.
    #[native("waitpid($module, pid, options, /)")]
    fn waitpid(vm: &mut Vm, _m: Value, pid: Value, options: Value) -> Res {
        let (pid, options) = (c_int(vm, pid)?, c_int(vm, options)?);
        let mut status = 0;
        // SAFETY: the status is a local.
        let r =
            vm.blocking(|| check(unsafe { libc::waitpid(pid, &mut status, options) } as isize))?;
        let got = done(vm, r)?;
        status_pair(vm, got, status)
    }
    /// Wait for completion of a child process.
    ///
    /// Returns a tuple of information about the child process:
    ///     (pid, status)
    #[native("wait($module, /)")]
    fn wait(vm: &mut Vm, _m: Value) -> Res {
        let mut status = 0;
        // SAFETY: the status is a local.
        let r = vm.blocking(|| check(unsafe { libc::wait(&mut status) } as isize))?;
        let got = done(vm, r)?;
        status_pair(vm, got, status)
    }
    /// Returns the result of waiting for a process or processes.
    ///
    ///   idtype
    ///     Must be one of be P_PID, P_PGID or P_ALL.
    ///   id
    ///     The id to wait on.
    ///   options
    ///     Constructed from the ORing of one or more of WEXITED, WSTOPPED
    ///     or WCONTINUED and additionally may be ORed with WNOHANG or WNOWAIT.
    ///
    /// Returns either waitid_result or None if WNOHANG is specified and there are
    /// no children in a waitable state.
    #[native("waitid($module, idtype, id, options, /)")]
    fn waitid(vm: &mut Vm, _m: Value, idtype: Value, id: Value, options: Value) -> Res {
        let (kind, id, options) = (c_int(vm, idtype)?, c_int(vm, id)?, c_int(vm, options)?);
        // SAFETY: all-zero is a valid siginfo; it is filled before it is read.
        let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
        let r = vm.blocking(|| {
            // SAFETY: as above.
            check(
                unsafe { libc::waitid(kind as libc::idtype_t, id as u32, &mut info, options) }
                    as isize,
            )
        })?;
        done(vm, r)?;
        // SAFETY: waitid filled the fields of SIGCHLD.
        let fields = unsafe {
            [
                i64::from(info.si_pid()),
                i64::from(info.si_uid()),
                i64::from(info.si_signo),
                i64::from(info.si_status()),
                i64::from(info.si_code),
            ]
        };
        if fields[0] == 0 {
            return Ok(Value::NONE);
        }
        vm.new_struct_seq(&WAITID_RESULT, &fields.map(Value::int_unchecked))
    }
    /// Wait for a child process; return (pid, status, rusage).
    #[native("wait3($module, /, options)")]
    fn wait3(vm: &mut Vm, _m: Value, options: i32) -> Res {
        wait_usage(vm, -1, options)
    }
    /// Wait for the child process pid; return (pid, status, rusage).
    #[native("wait4($module, /, pid, options)")]
    fn wait4(vm: &mut Vm, _m: Value, pid: i32, options: i32) -> Res {
        wait_usage(vm, pid, options)
    }
    /// Convert a wait status to an exit code.
    ///
    /// On Unix:
    ///
    /// * If WIFEXITED(status) is true, return WEXITSTATUS(status).
    /// * If WIFSIGNALED(status) is true, return -WTERMSIG(status).
    /// * Otherwise, raise a ValueError.
    ///
    /// On Windows, return status shifted right by 8 bits.
    ///
    /// On Unix, if the process is being traced or if waitpid() was called with
    /// WUNTRACED option, the caller must first check if WIFSTOPPED(status) is true.
    /// This function must not be called if WIFSTOPPED(status) is true.
    #[native("waitstatus_to_exitcode($module, /, status)")]
    fn waitstatus_to_exitcode(vm: &mut Vm, _m: Value, status: Value) -> Res<i64> {
        let s = c_int(vm, status)?;
        if libc::WIFEXITED(s) {
            return Ok(i64::from(libc::WEXITSTATUS(s)));
        }
        if libc::WIFSIGNALED(s) {
            return Ok(-i64::from(libc::WTERMSIG(s)));
        }
        let text = if libc::WIFSTOPPED(s) {
            format!(
                "process stopped by delivery of signal {}",
                libc::WSTOPSIG(s)
            )
        } else {
            format!("invalid wait status: {s}")
        };
        Err(vm.value_error(&text))
    }
    /// Return True if the process returning status was dumped to a core file.
    #[native("WCOREDUMP($module, status, /)")]
    fn wcoredump(vm: &mut Vm, _m: Value, status: Value) -> Res<bool> {
        Ok(libc::WCOREDUMP(c_int(vm, status)?))
    }
    /// Return True if a particular process was continued from a job control stop.
    ///
    /// Return True if the process returning status was continued from a
    /// job control stop.
    #[native("WIFCONTINUED($module, /, status)")]
    fn wifcontinued(vm: &mut Vm, _m: Value, status: Value) -> Res<bool> {
        Ok(libc::WIFCONTINUED(c_int(vm, status)?))
    }
    /// Return True if the process returning status was stopped.
    #[native("WIFSTOPPED($module, /, status)")]
    fn wifstopped(vm: &mut Vm, _m: Value, status: Value) -> Res<bool> {
        Ok(libc::WIFSTOPPED(c_int(vm, status)?))
    }
    /// Return True if the process returning status was terminated by a signal.
    #[native("WIFSIGNALED($module, /, status)")]
    fn wifsignaled(vm: &mut Vm, _m: Value, status: Value) -> Res<bool> {
        Ok(libc::WIFSIGNALED(c_int(vm, status)?))
    }
    /// Return True if the process returning status exited via the exit() system call.
    #[native("WIFEXITED($module, /, status)")]
    fn wifexited(vm: &mut Vm, _m: Value, status: Value) -> Res<bool> {
        Ok(libc::WIFEXITED(c_int(vm, status)?))
    }
    /// Return the process return code from status.
    #[native("WEXITSTATUS($module, /, status)")]
    fn wexitstatus(vm: &mut Vm, _m: Value, status: Value) -> Res<i64> {
        Ok(i64::from(libc::WEXITSTATUS(c_int(vm, status)?)))
    }
    /// Return the signal that terminated the process that provided the status value.
    #[native("WTERMSIG($module, /, status)")]
    fn wtermsig(vm: &mut Vm, _m: Value, status: Value) -> Res<i64> {
        Ok(i64::from(libc::WTERMSIG(c_int(vm, status)?)))
    }
    /// Return the signal that stopped the process that provided the status value.
    #[native("WSTOPSIG($module, /, status)")]
    fn wstopsig(vm: &mut Vm, _m: Value, status: Value) -> Res<i64> {
        Ok(i64::from(libc::WSTOPSIG(c_int(vm, status)?)))
    }
}
