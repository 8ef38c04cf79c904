//! Scheduling: policies, their parameters, and the CPUs a process may run on.

use super::args::*;
use runtime::class::{TypeObj, TypeSpec};
use runtime::os::check;
use runtime::structseq::{self, StructSeq};
use runtime::{Res, Value, Vm};

pub static SCHED_PARAM: StructSeq = StructSeq {
    spec: TypeSpec {
        tables: &[structseq::methods::TABLE, param::TABLE],
        ..StructSeq::spec(
            "posix",
            "sched_param",
            "Parameters of a scheduling policy: sched_priority.",
            true,
        )
    },
    fields: &[("sched_priority", "the scheduling priority")],
    visible: 1,
};

/// Unlike other named tuples it is made from its field, not from a sequence.
#[derive::natives]
mod param {
    use super::*;

    #[staticmethod("__new__($type, /, sched_priority)")]
    fn new(vm: &mut Vm, class: Value, sched_priority: Value) -> Res {
        match class.downcast::<TypeObj>() {
            Some(c) if StructSeq::of(c).is_some() => {
                vm.fill_struct_seq(&SCHED_PARAM, c, &[sched_priority])
            }
            _ => Err(vm.type_error("a named tuple type is needed")),
        }
    }
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let priority = vm.get_attr_str(this, "sched_priority")?;
        let args = vm.new_tuple(&[priority])?;
        let class = vm.class_of(this).value();
        vm.new_tuple(&[class, args])
    }
}

/// The parameters in a sched_param object.
pub fn param_arg(vm: &mut Vm, v: Value) -> Res<libc::sched_param> {
    let class = vm.struct_seq_type(&SCHED_PARAM)?;
    if vm.class_of(v).value().bits() != class.value().bits() {
        return Err(vm.type_error("must have a sched_param object"));
    }
    let priority = vm.get_attr_str(v, "sched_priority")?;
    let i = vm.index(priority)?;
    match vm.int_to_i64(i).map(i32::try_from) {
        Some(Ok(sched_priority)) => Ok(libc::sched_param { sched_priority }),
        Some(Err(_)) => Err(vm.overflow_error("sched_priority out of range")),
        None => Err(vm.overflow_error("Python int too large to convert to C long")),
    }
}

/// CPUs that one word of a mask tells of.
const WORD: usize = u64::BITS as usize;

/// A mask from an iterable of CPU numbers.
fn mask_arg(vm: &mut Vm, v: Value) -> Res<Vec<u64>> {
    let items = vm.collect(v)?;
    let mut mask = vec![0; 16];
    for i in 0..items.len() {
        if !vm.is_int(items[i]) {
            let class = vm.class_of(items[i]).value();
            let class = vm.display_repr(class)?;
            return Err(vm.type_error(&format!(
                "expected an iterator of ints, but iterator yielded {class}"
            )));
        }
        let Some(cpu) = vm.int_to_i64(items[i]) else {
            return Err(vm.overflow_error("Python int too large to convert to C long"));
        };
        let Ok(cpu) = usize::try_from(cpu) else {
            return Err(vm.value_error("negative CPU number"));
        };
        // CPython's own limit; no kernel has as many.
        if cpu > i32::MAX as usize - 1 {
            return Err(vm.overflow_error("CPU number too large"));
        }
        if cpu / WORD >= mask.len() {
            // A mask is read up to the kernel's number of CPUs, so that the rest cannot matter.
            const MOST: usize = 1 << 20;
            if cpu >= MOST {
                continue;
            }
            mask.resize(cpu / WORD + 1, 0);
        }
        mask[cpu / WORD] |= 1 << (cpu % WORD);
    }
    Ok(mask)
}

/// The mask of a process, as long as the kernel wants it.
fn affinity(vm: &mut Vm, pid: i32) -> Res<Vec<u64>> {
    let mut words = 16;
    loop {
        let mut mask = vec![0u64; words];
        // SAFETY: the mask has that many bytes.
        let r = check(unsafe {
            libc::sched_getaffinity(pid, words * size_of::<u64>(), mask.as_mut_ptr().cast())
        } as isize);
        match r {
            // The kernel knows more CPUs than the mask has room for.
            Err(e) if e.raw_os_error() == Some(libc::EINVAL) && words < 1 << 14 => words *= 2,
            r => return done(vm, r).map(|_| mask),
        }
    }
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// Voluntarily relinquish the CPU.
    #[native("sched_yield($module, /)")]
    fn sched_yield(_vm: &mut Vm, _m: Value) -> Res<()> {
        // SAFETY: no memory is involved.
        unsafe { libc::sched_yield() };
        Ok(())
    }
    /// Get the maximum scheduling priority for policy.
    #[native("sched_get_priority_max($module, /, policy)")]
    fn sched_get_priority_max(vm: &mut Vm, _m: Value, policy: Value) -> Res<usize> {
        let policy = c_int(vm, policy)?;
        // SAFETY: no memory is involved.
        let r = check(unsafe { libc::sched_get_priority_max(policy) } as isize);
        done(vm, r)
    }
    /// Get the minimum scheduling priority for policy.
    #[native("sched_get_priority_min($module, /, policy)")]
    fn sched_get_priority_min(vm: &mut Vm, _m: Value, policy: Value) -> Res<usize> {
        let policy = c_int(vm, policy)?;
        // SAFETY: no memory is involved.
        let r = check(unsafe { libc::sched_get_priority_min(policy) } as isize);
        done(vm, r)
    }
    /// Return the scheduling policy of a process, 0 being this one.
    #[native("sched_getscheduler($module, pid, /)")]
    fn sched_getscheduler(vm: &mut Vm, _m: Value, pid: i32) -> Res<usize> {
        // SAFETY: no memory is involved.
        let r = check(unsafe { libc::sched_getscheduler(pid) } as isize);
        done(vm, r)
    }
    /// Set the scheduling policy of a process, 0 being this one; param is a sched_param.
    #[native("sched_setscheduler($module, pid, policy, param, /)")]
    fn sched_setscheduler(vm: &mut Vm, _m: Value, pid: i32, policy: i32, param: Value) -> Res<()> {
        let param = param_arg(vm, param)?;
        // SAFETY: the parameters are a local.
        let r = check(unsafe { libc::sched_setscheduler(pid, policy, &param) } as isize);
        done(vm, r).map(|_| ())
    }
    /// Return the scheduling parameters of a process, 0 being this one, as a sched_param.
    #[native("sched_getparam($module, pid, /)")]
    fn sched_getparam(vm: &mut Vm, _m: Value, pid: i32) -> Res {
        let mut param = libc::sched_param { sched_priority: 0 };
        // SAFETY: the parameters are a local.
        let r = check(unsafe { libc::sched_getparam(pid, &mut param) } as isize);
        done(vm, r)?;
        let priority = Value::int_unchecked(i64::from(param.sched_priority));
        vm.new_struct_seq(&SCHED_PARAM, &[priority])
    }
    /// Set the scheduling parameters of a process, 0 being this one; param is a sched_param.
    #[native("sched_setparam($module, pid, param, /)")]
    fn sched_setparam(vm: &mut Vm, _m: Value, pid: i32, param: Value) -> Res<()> {
        let param = param_arg(vm, param)?;
        // SAFETY: the parameters are a local.
        let r = check(unsafe { libc::sched_setparam(pid, &param) } as isize);
        done(vm, r).map(|_| ())
    }
    /// Return the time in seconds that a process runs before others have their turn.
    #[native("sched_rr_get_interval($module, pid, /)")]
    fn sched_rr_get_interval(vm: &mut Vm, _m: Value, pid: i32) -> Res<f64> {
        let mut t = libc::timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        // SAFETY: the time is a local.
        let r = check(unsafe { libc::sched_rr_get_interval(pid, &mut t) } as isize);
        done(vm, r)?;
        Ok(t.tv_sec as f64 + 1e-9 * t.tv_nsec as f64)
    }
    /// Return the set of CPUs that a process, 0 being this one, may run on.
    #[native("sched_getaffinity($module, pid, /)")]
    fn sched_getaffinity(vm: &mut Vm, _m: Value, pid: i32) -> Res {
        let mask = affinity(vm, pid)?;
        let s = vm.new_set()?;
        for cpu in 0..mask.len() * WORD {
            if mask[cpu / WORD] >> (cpu % WORD) & 1 == 1 {
                let v = Value::int_unchecked(cpu as i64);
                let h = vm.hash(v)?;
                runtime::dict::set(vm, s, v, h, None)?;
            }
        }
        Ok(s.value())
    }
    /// Set the CPUs that a process, 0 being this one, may run on.
    #[native("sched_setaffinity($module, pid, mask, /)")]
    fn sched_setaffinity(vm: &mut Vm, _m: Value, pid: i32, mask: Value) -> Res<()> {
        let mask = mask_arg(vm, mask)?;
        // SAFETY: the mask has that many bytes.
        let r = check(unsafe {
            libc::sched_setaffinity(pid, size_of_val(&mask[..]), mask.as_ptr().cast())
        } as isize);
        done(vm, r).map(|_| ())
    }
}
