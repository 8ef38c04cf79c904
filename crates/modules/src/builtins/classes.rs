//! `__build_class__`.

use runtime::object::*;
use runtime::{Res, Value, Vm};

#[derive::natives]
pub mod functions {
    use super::*;

    /// __build_class__(func, name, /, *bases, [metaclass], **kwds) -> class
    ///
    /// Internal helper function used by the class statement.
    #[native("__build_class__($module, func, name, /, *bases, **kwds)", nosig)]
    fn build_class(
        vm: &mut Vm,
        _m: Value,
        func: Value,
        name: Value,
        bases: Value,
        kwds: Option<Value>,
    ) -> Res {
        let Some(f) = func.downcast::<FunctionObj>() else {
            return Err(vm.type_error("__build_class__: func must be a function"));
        };
        if !name.is_kind(Kind::Str) {
            return Err(vm.type_error("__build_class__: name is not a string"));
        }
        let resolved = resolve_bases(vm, bases)?;
        let n = vm.names;
        let mut meta = None;
        let kwds = match kwds.and_then(|k| k.downcast::<DictObj>()) {
            Some(k) => {
                meta = vm.dict_get_interned(k, n.metaclass);
                vm.dict_remove(k, n.metaclass)?;
                if k.used.get() > 0 {
                    Some(k.value())
                } else {
                    None
                }
            }
            None => None,
        };
        // SAFETY: resolve_bases gives a tuple.
        let base_items = unsafe { resolved.cast::<TupleObj>() };
        let mut meta = match meta {
            Some(m) => m,
            None => match base_items.items().first() {
                Some(b) => vm.class_of(*b).value(),
                None => vm.types.type_.value(),
            },
        };
        if let Some(m) = meta.downcast::<runtime::class::TypeObj>() {
            meta = vm.winning_metaclass(m, base_items.items())?.value();
        }
        let kw_or_none = kwds;
        let ns = match vm.get_attr_opt(meta, n.__prepare__)? {
            Some(p) => {
                let args = vm.new_tuple(&[name, resolved])?;
                let ns = vm.call_spread(p, args, kw_or_none)?;
                if !ns.is_kind(Kind::Dict) && vm.special(ns, n.__getitem__).is_none() {
                    let (what, got) = match meta.downcast::<runtime::class::TypeObj>() {
                        Some(m) => (m.name_str(), vm.class_name(ns)),
                        None => ("<metaclass>".to_string(), vm.class_name(ns)),
                    };
                    return Err(vm.type_error(&format!(
                        "{what}.__prepare__() must return a mapping, not {got}"
                    )));
                }
                ns
            }
            None => vm.new_dict()?.value(),
        };
        let cell = vm.run_class_body(f, ns)?;
        if resolved != bases {
            vm.set_item(ns, n.__orig_bases__, bases)?;
        }
        let args = vm.new_tuple(&[name, resolved, ns])?;
        let class = vm.call_spread(meta, args, kw_or_none)?;
        if let Some(c) = cell.downcast::<CellObj>()
            && class.is_kind(Kind::Type)
        {
            match c.contents.get() {
                None => {
                    let (name, _) = (vm.display_repr(name)?, ());
                    let shown = vm.display_repr(class)?;
                    return Err(vm.runtime_error(&format!(
                        "__class__ not set defining {name} as {shown}. Was __classcell__ propagated to type.__new__?"
                    )));
                }
                Some(v) if v != class => {
                    let (name, a, b) = (
                        vm.display_repr(name)?,
                        vm.display_repr(v)?,
                        vm.display_repr(class)?,
                    );
                    return Err(
                        vm.type_error(&format!("__class__ set to {a} defining {name} as {b}"))
                    );
                }
                Some(_) => {}
            }
        }
        Ok(class)
    }
}

/// Replaces bases by what their `__mro_entries__` say.
pub fn resolve_bases(vm: &mut Vm, bases: Value) -> Res {
    // SAFETY: *bases is a tuple.
    let t = unsafe { bases.cast::<TupleObj>() };
    if t.items().iter().all(|b| b.is_kind(Kind::Type)) {
        return Ok(bases);
    }
    let mut out = vm.new_vec();
    let mut changed = false;
    for b in t.items() {
        let m = if b.is_kind(Kind::Type) {
            None
        } else {
            vm.get_attr_opt(*b, vm.names.__mro_entries__)?
        };
        match m {
            None => out.push(vm, *b)?,
            Some(m) => {
                changed = true;
                let entries = vm.call_value(m, &[bases])?;
                let Some(e) = entries.downcast::<TupleObj>() else {
                    return Err(vm.type_error("__mro_entries__ must return a tuple"));
                };
                out.extend(vm, e.items())?;
            }
        }
    }
    if changed {
        vm.new_tuple(&out)
    } else {
        Ok(bases)
    }
}
