//! `_functools`: `partial`, `reduce`, `cmp_to_key`, the `lru_cache` wrapper.

mod key;
mod lru;
mod partial;

use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_functools",
    doc: "Tools that operate on functions.",
    functions: &[functions::TABLE, key::functions::TABLE],
    init,
};

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    for spec in [&partial::SPEC, &partial::PLACEHOLDER, &lru::SPEC] {
        vm.module_add_type(m, spec)?;
    }
    let p = partial::placeholder(vm)?;
    vm.module_set(m, "Placeholder", p)
}

#[derive::natives]
mod functions {
    use super::*;

    /// Apply a function of two arguments cumulatively to the items of an iterable, from left to right.
    ///
    /// This effectively reduces the iterable to a single value.  If initial is present,
    /// it is placed before the items of the iterable in the calculation, and serves as
    /// a default when the iterable is empty.
    ///
    /// For example, reduce(lambda x, y: x+y, [1, 2, 3, 4, 5])
    /// calculates ((((1 + 2) + 3) + 4) + 5).
    #[native("reduce($module, function, iterable, /, initial=<unrepresentable>)")]
    fn reduce(
        vm: &mut Vm,
        _m: Value,
        function: Value,
        iterable: Value,
        initial: Option<Value>,
    ) -> Res {
        let it = match vm.iter(iterable) {
            Ok(it) => it,
            Err(_) if vm.catch(vm.types.exc.TypeError) => {
                return Err(vm.type_error("reduce() arg 2 must support iteration"));
            }
            Err(r) => return Err(r),
        };
        let mut total = initial;
        while let Some(v) = vm.next(it)? {
            total = Some(match total {
                Some(t) => vm.call_value(function, &[t, v])?,
                None => v,
            });
        }
        match total {
            Some(t) => Ok(t),
            None => Err(vm.type_error("reduce() of empty iterable with no initial value")),
        }
    }
}
