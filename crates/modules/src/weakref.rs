//! `_weakref`.

use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::types::weakref::{CALLABLE_PROXY, PROXY};
use runtime::{Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_weakref",
    doc: "Weak-reference support module.",
    functions: &[functions::TABLE],
    init,
};

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    let class = vm.types.weakref.value();
    vm.module_set(m, "ref", class)?;
    vm.module_set(m, "ReferenceType", class)?;
    vm.module_add_type(m, &PROXY)?;
    vm.module_add_type(m, &CALLABLE_PROXY)?;
    Ok(())
}

#[derive::natives]
mod functions {
    use super::*;

    /// Return the number of weak references to 'object'.
    #[native("getweakrefcount($module, object, /)")]
    fn getweakrefcount(vm: &mut Vm, _m: Value, object: Value) -> Res<usize> {
        Ok(vm.weak_references(object).len())
    }
    /// Return a list of all weak reference objects pointing to 'object'.
    #[native("getweakrefs($module, object, /)")]
    fn getweakrefs(vm: &mut Vm, _m: Value, object: Value) -> Res {
        let mut out = vm.new_vec();
        let mut i = 0;
        // The table keeps no reference alive: ask again after each allocation.
        while let Some(r) = vm.weak_references(object).get(i).copied() {
            out.push(vm, r)?;
            i += 1;
        }
        vm.list_from_vec(out)
    }
    /// Create a proxy object that weakly references 'object'.
    ///
    /// 'callback', if given, is called with a reference to the
    /// proxy when 'object' is about to be finalized.
    #[native("proxy($module, object, callback=None, /)")]
    fn proxy(vm: &mut Vm, _m: Value, object: Value, callback: Option<Value>) -> Res {
        let spec = if vm.is_callable(object) {
            &CALLABLE_PROXY
        } else {
            &PROXY
        };
        let class = vm.native_type(spec)?;
        vm.new_weakref_of(class, object, callback)
    }
    /// Atomically remove key from dict if it points to a dead weakref.
    #[native("_remove_dead_weakref($module, dct, key, /)")]
    fn remove_dead_weakref(vm: &mut Vm, _m: Value, dct: Value, key: Value) -> Res<()> {
        let Some(d) = dct.downcast::<DictObj>() else {
            let got = vm.argument_kind(dct);
            return Err(vm.type_error(&format!(
                "_remove_dead_weakref() argument 1 must be dict, not {got}"
            )));
        };
        let Some(v) = vm.dict_get(d, key)? else {
            return Ok(());
        };
        match v.downcast::<WeakRefObj>() {
            Some(w) => {
                if w.target.get().is_none() {
                    vm.dict_remove(d, key)?;
                }
                Ok(())
            }
            None => Err(vm.type_error("not a weakref")),
        }
    }
}
