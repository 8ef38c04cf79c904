//! `faulthandler`: tracebacks on faults, signals and after a time.

mod dump;
mod fatal;
mod later;
mod user;

use crate::posix::fildes;
use dump::Out;
use runtime::module::ModuleSpec;
use runtime::{Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "faulthandler",
    doc: "faulthandler module.",
    functions: &[functions::TABLE, fatal::TABLE, later::TABLE, user::TABLE],
    init: |_, _| Ok(()),
};

/// The descriptor of a file argument: sys.stderr by default.
fn file_arg(vm: &mut Vm, file: Option<Value>) -> Res<i32> {
    let file = match file.filter(|f| !f.is_none()) {
        Some(f) => f,
        None => match vm.sys_attr("stderr") {
            Some(f) if !f.is_none() => f,
            Some(_) => return Err(vm.runtime_error("sys.stderr is None")),
            None => return Err(vm.runtime_error("unable to get sys.stderr")),
        },
    };
    if vm.is_int(file) {
        let fd = vm.index_i64(file)?;
        return match i32::try_from(fd) {
            Ok(fd) if fd >= 0 => Ok(fd),
            _ => Err(vm.value_error("file is not a valid file descriptor")),
        };
    }
    let fd = fildes(vm, file)?;
    if vm.call_method_str(file, "flush", &[]).is_err() {
        // What cannot be flushed is still written to.
        vm.take_raised();
    }
    Ok(fd)
}

#[derive::natives]
mod functions {
    use super::*;

    /// Dump the traceback of the current thread, or of all threads if all_threads is True, into file.
    #[native("dump_traceback($module, /, file=sys.stderr, all_threads=True)")]
    fn dump_traceback(
        vm: &mut Vm,
        _m: Value,
        file: Option<Value>,
        all_threads: Option<bool>,
    ) -> Res<()> {
        let out = Out(file_arg(vm, file)?);
        // SAFETY: this thread has the lock.
        unsafe {
            if all_threads.unwrap_or(true) {
                out.all_threads(vm, true, crate::thread::ident() as u64);
            } else {
                out.text("Stack (most recent call first):\n");
                out.frames(vm);
            }
        }
        Ok(())
    }
}
