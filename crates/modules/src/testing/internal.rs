//! `_testinternalcapi`.

use runtime::dict;
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_testinternalcapi",
    doc: "",
    functions: &[functions::TABLE],
    init,
};

/// Runs of a code object before its sites specialise (code gets inline caches at its second run).
const SPECIALIZATION_THRESHOLD: i64 = 2;

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    let n = Value::int_unchecked(SPECIALIZATION_THRESHOLD);
    vm.module_set(m, "SPECIALIZATION_THRESHOLD", n)?;
    // What was specialised wrongly is specialised again at once.
    vm.module_set(m, "SPECIALIZATION_COOLDOWN", Value::int_unchecked(0))
}

#[derive::natives]
mod functions {
    use super::*;
    use runtime::class::{DictPlace, TypeFlags};

    /// Whether the attributes of an object lie in the object and not in a dict.
    #[native("has_inline_values($module, obj, /)", nosig)]
    fn has_inline_values(vm: &mut Vm, _m: Value, obj: Value) -> Res<bool> {
        let class = vm.class_of(obj);
        Ok(class.has(TypeFlags::HAS_DICT)
            && obj.is_kind(Kind::Instance)
            && class.dict_place.get() == DictPlace::Slots
            && !vm.shape(obj.shape_id()).dict_mode)
    }
    /// The value of a key of the hash given.
    #[native("dict_getitem_knownhash($module, mp, key, hash, /)", nosig)]
    fn dict_getitem_knownhash(vm: &mut Vm, _m: Value, mp: Value, key: Value, hash: i64) -> Res {
        let Some(d) = mp.downcast::<DictObj>() else {
            return Err(vm.system_error("bad argument to internal function"));
        };
        let found = dict::find(vm, d, key, hash)?;
        match found
            .and_then(|i| dict::entry_at(d, i))
            .and_then(|e| e.value)
        {
            Some(v) => Ok(v),
            None => Err(vm.key_error(key)),
        }
    }
    /// Python frames on the stack.
    #[native("get_recursion_depth($module, /)", nosig)]
    fn get_recursion_depth(vm: &mut Vm, _m: Value) -> Res<i64> {
        // SAFETY: both point into the frame stack.
        Ok(unsafe { vm.frame.offset_from(vm.frames_base) } as i64)
    }
}
