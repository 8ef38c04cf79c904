//! `_collections`: `deque`, `defaultdict` and helpers of `collections`.

mod defaultdict;
mod deque;
mod tuplegetter;

use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Res, Value, Vm, dict};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_collections",
    doc: "High performance data structures.\n- deque:        ordered collection accessible from endpoints only\n- defaultdict:  dict subclass with a default value factory\n",
    functions: &[functions::TABLE],
    init,
};

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    for spec in [
        &deque::SPEC,
        &deque::ITERATOR,
        &deque::REVERSE_ITERATOR,
        &defaultdict::SPEC,
        &tuplegetter::SPEC,
    ] {
        vm.module_add_type(m, spec)?;
    }
    Ok(())
}

#[derive::natives]
mod functions {
    use super::*;

    /// Count elements in the iterable, updating the mapping
    #[native("_count_elements($module, mapping, iterable, /)")]
    fn count_elements(vm: &mut Vm, _m: Value, mapping: Value, iterable: Value) -> Res<()> {
        let it = vm.iter(iterable)?;
        let dict_like = match mapping.downcast::<DictObj>() {
            Some(d) if has_dict_methods(vm, mapping) => Some(d),
            _ => None,
        };
        let one = Value::int_unchecked(1);
        if let Some(d) = dict_like {
            while let Some(k) = vm.next(it)? {
                let h = vm.hash_key(k)?;
                let at = dict::find(vm, d, k, h)?;
                match at.and_then(|i| dict::entry_at(d, i)).and_then(|e| e.value) {
                    Some(n) => {
                        let next = vm.binary(runtime::ops::BinOp::Add, n, one)?;
                        dict::set(vm, d, k, h, Some(next))?;
                    }
                    None => dict::insert_new(vm, d, k, h, Some(one))?,
                }
            }
            return Ok(());
        }
        let get = vm.get_attr(mapping, vm.names.get)?;
        while let Some(k) = vm.next(it)? {
            let n = vm.call_value(get, &[k, Value::int_unchecked(0)])?;
            let next = vm.binary(runtime::ops::BinOp::Add, n, one)?;
            vm.set_item(mapping, k, next)?;
        }
        Ok(())
    }
}

/// The mapping's `get` and `__setitem__` are those of dict.
fn has_dict_methods(vm: &mut Vm, mapping: Value) -> bool {
    let class = vm.class_of(mapping);
    let names = [vm.names.get, vm.names.__setitem__];
    names
        .iter()
        .all(|n| vm.lookup(class, *n) == vm.lookup(vm.types.dict, *n))
}
