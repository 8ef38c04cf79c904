//! `resource`: limits and use of the process.

use crate::util::last_os_error;
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::structseq::StructSeq;
use runtime::{Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "resource",
    doc: "",
    functions: &[functions::TABLE],
    init,
};

macro_rules! constants {
    ($($name:ident)*) => { &[$((stringify!($name), libc::$name as i64)),*] };
}

static CONSTANTS: &[(&str, i64)] = constants! {
    RLIMIT_CPU RLIMIT_FSIZE RLIMIT_DATA RLIMIT_STACK RLIMIT_CORE RLIMIT_NOFILE RLIMIT_AS RLIMIT_RSS
    RLIMIT_NPROC RLIMIT_MEMLOCK RLIMIT_MSGQUEUE RLIMIT_NICE RLIMIT_RTPRIO RLIMIT_RTTIME
    RLIMIT_SIGPENDING RUSAGE_SELF RUSAGE_CHILDREN RUSAGE_THREAD
};

static RUSAGE: StructSeq = StructSeq {
    spec: StructSeq::spec(
        "resource",
        "struct_rusage",
        "struct_rusage: Result from getrusage.\n\nThis object may be accessed either as a tuple of\n    (utime,stime,maxrss,ixrss,idrss,isrss,minflt,majflt,\n    nswap,inblock,oublock,msgsnd,msgrcv,nsignals,nvcsw,nivcsw)\nor via the attributes ru_utime, ru_stime, ru_maxrss, and so on.",
        true,
    ),
    fields: &[
        ("ru_utime", "user time used"),
        ("ru_stime", "system time used"),
        ("ru_maxrss", "max. resident set size"),
        ("ru_ixrss", "shared memory size"),
        ("ru_idrss", "unshared data size"),
        ("ru_isrss", "unshared stack size"),
        ("ru_minflt", "page faults not requiring I/O"),
        ("ru_majflt", "page faults requiring I/O"),
        ("ru_nswap", "number of swap outs"),
        ("ru_inblock", "block input operations"),
        ("ru_oublock", "block output operations"),
        ("ru_msgsnd", "IPC messages sent"),
        ("ru_msgrcv", "IPC messages received"),
        ("ru_nsignals", "signals received"),
        ("ru_nvcsw", "voluntary context switches"),
        ("ru_nivcsw", "involuntary context switches"),
    ],
    visible: 16,
};

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    for (name, n) in CONSTANTS {
        vm.module_set(m, name, Value::int_unchecked(*n))?;
    }
    // The same limit under its BSD name.
    vm.module_set(
        m,
        "RLIMIT_OFILE",
        Value::int_unchecked(libc::RLIMIT_NOFILE as i64),
    )?;
    vm.module_set(m, "RLIM_INFINITY", Value::int_unchecked(-1))?;
    let class = vm.struct_seq_type(&RUSAGE)?;
    vm.module_set(m, "struct_rusage", class.value())?;
    vm.module_set(m, "error", vm.types.exc.OSError.value())
}

/// The number of limits of this system.
const LIMITS: i32 = 16;

fn check_resource(vm: &mut Vm, resource: i32) -> Res<u32> {
    if !(0..LIMITS).contains(&resource) {
        return Err(vm.value_error("invalid resource specified"));
    }
    Ok(resource as u32)
}

/// `(soft, hard)`.
fn pair(vm: &mut Vm, l: &libc::rlimit) -> Res {
    let (soft, hard) = (
        vm.new_int(l.rlim_cur as i64)?,
        vm.new_int(l.rlim_max as i64)?,
    );
    vm.new_tuple(&[soft, hard])
}

fn limit_part(vm: &mut Vm, v: Value) -> Res<u64> {
    let i = vm.index(v)?;
    match vm.int_to_i64(i) {
        Some(-1) => Ok(libc::RLIM_INFINITY),
        Some(n) if n < 0 => Err(vm.value_error("Cannot convert negative int")),
        Some(n) => Ok(n as u64),
        None if vm.int_is_negative(i) => Err(vm.value_error("Cannot convert negative int")),
        None => Err(vm.overflow_error("Python int too large for C rlim_t")),
    }
}

fn limits_arg(vm: &mut Vm, limits: Value) -> Res<libc::rlimit> {
    let items = vm.collect(limits)?;
    if items.len() != 2 {
        return Err(vm.value_error("expected a tuple of 2 integers"));
    }
    Ok(libc::rlimit {
        rlim_cur: limit_part(vm, items[0])?,
        rlim_max: limit_part(vm, items[1])?,
    })
}

/// ValueError for a limit that is refused, else the OSError.
fn set_error(vm: &mut Vm) -> runtime::Raised {
    match std::io::Error::last_os_error().raw_os_error() {
        Some(libc::EINVAL) => vm.value_error("current limit exceeds maximum limit"),
        Some(libc::EPERM) => vm.value_error("not allowed to raise maximum limit"),
        _ => last_os_error(vm),
    }
}

const ZERO: libc::rlimit = libc::rlimit {
    rlim_cur: 0,
    rlim_max: 0,
};

/// What a process used, as `resource.struct_rusage`.
pub fn usage(vm: &mut Vm, r: &libc::rusage) -> Res {
    let seconds = |t: libc::timeval| Value::float(t.tv_sec as f64 + t.tv_usec as f64 * 1e-6);
    let mut items = vec![seconds(r.ru_utime), seconds(r.ru_stime)];
    let counts = [
        r.ru_maxrss,
        r.ru_ixrss,
        r.ru_idrss,
        r.ru_isrss,
        r.ru_minflt,
        r.ru_majflt,
        r.ru_nswap,
        r.ru_inblock,
        r.ru_oublock,
        r.ru_msgsnd,
        r.ru_msgrcv,
        r.ru_nsignals,
        r.ru_nvcsw,
        r.ru_nivcsw,
    ];
    items.extend(counts.map(Value::int_unchecked));
    vm.new_struct_seq(&RUSAGE, &items)
}

#[derive::natives]
mod functions {
    use super::*;

    #[native("getrusage($module, who, /)")]
    fn getrusage(vm: &mut Vm, _m: Value, who: i32) -> Res {
        // SAFETY: an all-zero rusage is valid for writing.
        let mut r: libc::rusage = unsafe { std::mem::zeroed() };
        // SAFETY: the structure is a local.
        if unsafe { libc::getrusage(who as _, &mut r) } != 0 {
            if std::io::Error::last_os_error().raw_os_error() == Some(libc::EINVAL) {
                return Err(vm.value_error("invalid who parameter"));
            }
            return Err(last_os_error(vm));
        }
        usage(vm, &r)
    }
    #[native("getrlimit($module, resource, /)")]
    fn getrlimit(vm: &mut Vm, _m: Value, resource: i32) -> Res {
        let resource = check_resource(vm, resource)?;
        let mut limit = ZERO;
        // SAFETY: the structure is a local.
        if unsafe { libc::getrlimit(resource, &mut limit) } != 0 {
            return Err(last_os_error(vm));
        }
        pair(vm, &limit)
    }
    #[native("setrlimit($module, resource, limits, /)")]
    fn setrlimit(vm: &mut Vm, _m: Value, resource: i32, limits: Value) -> Res<()> {
        let resource = check_resource(vm, resource)?;
        let limit = limits_arg(vm, limits)?;
        // SAFETY: the structure is a local.
        if unsafe { libc::setrlimit(resource, &limit) } != 0 {
            return Err(set_error(vm));
        }
        if resource == libc::RLIMIT_AS
            && let Some(bytes) = runtime::os::address_space_limit()
        {
            vm.limit_address_space(bytes);
        }
        Ok(())
    }
    /// prlimit(pid, resource, [limits])
    #[native("prlimit($module, pid, resource, limits=None, /)")]
    fn prlimit(vm: &mut Vm, _m: Value, pid: i32, resource: i32, limits: Option<Value>) -> Res {
        let resource = check_resource(vm, resource)?;
        let new = match limits.filter(|l| !l.is_none()) {
            Some(l) => Some(limits_arg(vm, l)?),
            None => None,
        };
        let p = new.as_ref().map_or(std::ptr::null(), |l| &raw const *l);
        let mut old = ZERO;
        // SAFETY: the structures are locals.
        if unsafe { libc::prlimit(pid, resource, p, &mut old) } != 0 {
            return Err(set_error(vm));
        }
        pair(vm, &old)
    }
    #[native("getpagesize($module, /)")]
    fn getpagesize(_: &mut Vm, _m: Value) -> Res<i64> {
        // SAFETY: no memory is involved.
        Ok(unsafe { libc::sysconf(libc::_SC_PAGESIZE) })
    }
}
