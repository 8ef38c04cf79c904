//! `posix`: what the library's `os` is made of.

mod args;
mod constants;
mod dirs;
mod environ;
mod fds;
mod files;
mod ids;
mod namespaces;
mod paths;
mod process;
mod scandir;
mod sched;
mod spawn;
mod stat;
mod system;
mod terminals;
mod timers;
mod times;
mod transfer;
mod wait;
mod xattr;

pub use args::{c_int, fd_arg, fildes, id_arg, path_arg, unsigned_int, warn_of_bool};
pub use process::{after_fork_child, after_fork_parent, before_fork, pointers, string_list};

use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "posix",
    doc: "This module provides access to operating system functionality that is\nstandardized by the C Standard and the POSIX standard (a thinly\ndisguised Unix interface).  Refer to the library manual and\ncorresponding Unix manual entries for more information on calls.",
    functions: &[
        dirs::functions::TABLE,
        environ::functions::TABLE,
        fds::functions::TABLE,
        files::functions::TABLE,
        ids::functions::TABLE,
        namespaces::functions::TABLE,
        paths::functions::TABLE,
        process::functions::TABLE,
        scandir::functions::TABLE,
        sched::functions::TABLE,
        spawn::functions::TABLE,
        stat::functions::TABLE,
        system::functions::TABLE,
        terminals::functions::TABLE,
        timers::functions::TABLE,
        times::functions::TABLE,
        transfer::functions::TABLE,
        wait::functions::TABLE,
        xattr::functions::TABLE,
    ],
    init,
};

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    for (name, n) in constants::CONSTANTS {
        let v = vm.new_int(*n)?;
        vm.module_set(m, name, v)?;
    }
    for (name, table) in [
        ("pathconf_names", constants::PATHCONF),
        ("confstr_names", constants::CONFSTR),
        ("sysconf_names", constants::SYSCONF),
    ] {
        let d = vm.new_dict()?;
        for (key, n) in table {
            vm.dict_set_str(d, key, Value::int_unchecked(*n))?;
        }
        vm.module_set(m, name, d.value())?;
    }
    let mut have = vm.new_vec();
    for name in constants::HAVE {
        let s = vm.new_str(name)?;
        have.push(vm, s)?;
    }
    let have = vm.list_from_vec(have)?;
    vm.module_set(m, "_have_functions", have)?;
    let environ = environ::current(vm)?;
    vm.module_set(m, "environ", environ)?;
    let error = vm.types.exc.OSError.value();
    vm.module_set(m, "error", error)?;
    for s in [
        &stat::STAT_RESULT,
        &stat::STATVFS_RESULT,
        &system::TERMINAL_SIZE,
        &system::UNAME_RESULT,
        &system::TIMES_RESULT,
        &wait::WAITID_RESULT,
        &sched::SCHED_PARAM,
    ] {
        let class = vm.struct_seq_type(s)?;
        vm.module_set(m, s.spec.name, class.value())?;
    }
    vm.module_add_type(m, &scandir::ENTRY)?;
    Ok(())
}
