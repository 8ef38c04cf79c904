//! `resource`: limits of the process.

use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "resource",
    doc: "",
    functions: &[functions::TABLE],
    init,
};

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    let limits = [
        ("RLIMIT_CPU", libc::RLIMIT_CPU),
        ("RLIMIT_FSIZE", libc::RLIMIT_FSIZE),
        ("RLIMIT_DATA", libc::RLIMIT_DATA),
        ("RLIMIT_STACK", libc::RLIMIT_STACK),
        ("RLIMIT_CORE", libc::RLIMIT_CORE),
        ("RLIMIT_NOFILE", libc::RLIMIT_NOFILE),
        ("RLIMIT_AS", libc::RLIMIT_AS),
        ("RLIMIT_RSS", libc::RLIMIT_RSS),
        ("RLIMIT_NPROC", libc::RLIMIT_NPROC),
        ("RLIMIT_MEMLOCK", libc::RLIMIT_MEMLOCK),
    ];
    for (name, n) in limits {
        vm.module_set(m, name, Value::int_unchecked(n as i64))?;
    }
    vm.module_set(m, "RLIM_INFINITY", Value::int_unchecked(-1))?;
    vm.module_set(m, "error", vm.types.exc.OSError.value())
}

#[derive::natives]
mod functions {
    use super::*;

    #[native("getrlimit($module, resource, /)")]
    fn getrlimit(vm: &mut Vm, _m: Value, resource: i64) -> Res {
        if !(0..16).contains(&resource) {
            return Err(vm.value_error("invalid resource specified"));
        }
        let mut limit = libc::rlimit {
            rlim_cur: 0,
            rlim_max: 0,
        };
        // SAFETY: the struct is valid for writing.
        if unsafe { libc::getrlimit(resource as _, &mut limit) } != 0 {
            return Err(vm.value_error("invalid resource specified"));
        }
        let (soft, hard) = (
            vm.new_int(limit.rlim_cur as i64)?,
            vm.new_int(limit.rlim_max as i64)?,
        );
        vm.new_tuple(&[soft, hard])
    }
    #[native("setrlimit($module, resource, limits, /)")]
    fn setrlimit(vm: &mut Vm, _m: Value, resource: i64, limits: Value) -> Res<()> {
        let items = vm.collect(limits)?;
        if items.len() != 2 {
            return Err(vm.value_error("expected a tuple of 2 integers"));
        }
        let (soft, hard) = (vm.index_i64(items[0])?, vm.index_i64(items[1])?);
        let limit = libc::rlimit {
            rlim_cur: soft as u64,
            rlim_max: hard as u64,
        };
        // SAFETY: the struct is valid for reading.
        if !(0..16).contains(&resource) || unsafe { libc::setrlimit(resource as _, &limit) } != 0 {
            return Err(vm.value_error("current limit exceeds maximum limit"));
        }
        if resource == i64::from(libc::RLIMIT_AS)
            && let Some(bytes) = runtime::os::address_space_limit()
        {
            vm.limit_address_space(bytes);
        }
        Ok(())
    }
    #[native("getpagesize($module, /)")]
    fn getpagesize(_: &mut Vm, _m: Value) -> Res<i64> {
        Ok(4096)
    }
}
