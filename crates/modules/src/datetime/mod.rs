//! `_datetime`: dates, times, durations and zones.

mod calendar;
mod date;
mod datetime;
mod datetime_new;
mod datetime_ops;
mod delta;
mod delta_ops;
mod format;
mod iso;
mod local;
mod parts;
mod time;
mod timezone;
mod tz;

use runtime::class::{TypeObj, TypeSpec};
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_datetime",
    doc: "Fast implementation of the datetime module.",
    functions: &[],
    init,
};

/// Adds the constants of a type.
type Constants = fn(&mut Vm, Ref<TypeObj>) -> Res<()>;

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    vm.module_add_type(m, &tz::SPEC)?;
    let types: [(&'static TypeSpec, Constants); 5] = [
        (&delta::SPEC, delta::add_constants),
        (&timezone::SPEC, timezone::add_constants),
        (&date::SPEC, date::add_constants),
        (&time::SPEC, time::add_constants),
        (&datetime::SPEC, datetime::add_constants),
    ];
    for (spec, constants) in types {
        let class = vm.module_add_type(m, spec)?;
        // The types are made once, the module may be made again.
        if vm.dict_get_str(class.dict.get(), "min").is_none() {
            constants(vm, class)?;
        }
    }
    let utc = timezone::utc(vm)?;
    vm.module_set(m, "UTC", utc)?;
    for (name, n) in [
        ("MINYEAR", calendar::MIN_YEAR),
        ("MAXYEAR", calendar::MAX_YEAR),
    ] {
        vm.module_set(m, name, Value::int_unchecked(i64::from(n)))?;
    }
    Ok(())
}
