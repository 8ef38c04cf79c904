//! Type parameters of aliases: finding them and substituting them.

use super::as_class;
use crate::alloc::GcVec;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

impl Vm {
    /// The distinct type parameters in the arguments of an alias, as a tuple
    /// (`_Py_make_parameters`).
    pub fn type_parameters(&mut self, args: Value) -> Res {
        let mut out = self.new_vec();
        self.find_parameters(args, &mut out)?;
        self.new_tuple(&out)
    }

    fn find_parameters(&mut self, args: Value, out: &mut GcVec) -> Res<()> {
        self.check_native_stack()?;
        let items = self.collect(args)?;
        for t in items.iter().copied() {
            if as_class(t).is_some() {
                continue;
            }
            if t.is_kind(Kind::Tuple) || t.is_kind(Kind::List) {
                self.find_parameters(t, out)?;
                continue;
            }
            let subst = self.names.__typing_subst__;
            if self.get_attr_opt(t, subst)?.is_some() {
                if !out.contains(&t) {
                    out.push(self, t)?;
                }
                continue;
            }
            let key = self.names.__parameters__;
            if let Some(p) = self
                .get_attr_opt(t, key)?
                .and_then(|p| p.downcast::<TupleObj>())
            {
                for v in p.items() {
                    if !out.contains(v) {
                        out.push(self, *v)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// The items of a subscript, unpacked tuples replaced by what they hold.
    fn unpack_arguments(&mut self, item: Value) -> Res<GcVec> {
        let mut out = self.new_vec();
        let items = if item.is_kind(Kind::Tuple) {
            self.collect(item)?
        } else {
            let mut one = self.new_vec();
            one.push(self, item)?;
            one
        };
        for v in items.iter().copied() {
            let name = self.names.__typing_unpacked_tuple_args__;
            let inner = if as_class(v).is_some() {
                None
            } else {
                self.get_attr_opt(v, name)?
                    .and_then(|t| t.downcast::<TupleObj>())
            };
            match inner {
                Some(t) if t.items().last() != Some(&Value::ELLIPSIS) => {
                    out.extend(self, t.items())?
                }
                _ => out.push(self, v)?,
            }
        }
        Ok(out)
    }

    /// `param[...]`-style substitution in something that has parameters of its own.
    fn substitute_inside(&mut self, v: Value, params: Ref<TupleObj>, args: &GcVec) -> Res {
        let key = self.names.__parameters__;
        let Some(sub) = self
            .get_attr_opt(v, key)?
            .and_then(|p| p.downcast::<TupleObj>())
            .filter(|t| t.len > 0)
        else {
            return Ok(v);
        };
        let mut out = self.new_vec();
        for p in sub.items() {
            match params.items().iter().position(|q| q == p) {
                Some(i) => {
                    let arg = args[i];
                    let is_variadic = self.special(*p, self.names.__iter__).is_some();
                    match arg.downcast::<TupleObj>() {
                        Some(t) if is_variadic => out.extend(self, t.items())?,
                        _ => out.push(self, arg)?,
                    }
                }
                None => out.push(self, *p)?,
            }
        }
        let index = self.new_tuple(&out)?;
        self.get_item(v, index)
    }
}

/// The new arguments of `alias[item]` (`_Py_subs_parameters`), as a tuple.
pub fn subscript_parameters(
    vm: &mut Vm,
    alias: Value,
    args: Value,
    parameters: Value,
    item: Value,
) -> Res {
    vm.check_native_stack()?;
    let Some(params) = parameters.downcast::<TupleObj>().filter(|p| p.len > 0) else {
        let shown = vm.display_repr(alias)?;
        return Err(vm.type_error(&format!("{shown} is not a generic class")));
    };
    let mut items = vm.unpack_arguments(item)?;
    for p in params.items() {
        let name = vm.names.__typing_prepare_subst__;
        if let Some(f) = vm.get_attr_opt(*p, name)?.filter(|f| !f.is_none()) {
            let now = vm.new_tuple(&items)?;
            let prepared = vm.call_value(f, &[alias, now])?;
            items = if prepared.is_kind(Kind::Tuple) {
                vm.collect(prepared)?
            } else {
                let mut one = vm.new_vec();
                one.push(vm, prepared)?;
                one
            };
        }
    }
    if items.len() != params.len {
        let many = if items.len() > params.len {
            "many"
        } else {
            "few"
        };
        let shown = vm.display_repr(alias)?;
        return Err(vm.type_error(&format!(
            "Too {many} arguments for {shown}; actual {}, expected {}",
            items.len(),
            params.len
        )));
    }
    substitute(vm, args, params, &items)
}

fn substitute(vm: &mut Vm, args: Value, params: Ref<TupleObj>, items: &GcVec) -> Res {
    vm.check_native_stack()?;
    let mut out = vm.new_vec();
    let old = vm.collect(args)?;
    for arg in old.iter().copied() {
        if as_class(arg).is_some() {
            out.push(vm, arg)?;
            continue;
        }
        if arg.is_kind(Kind::Tuple) || arg.is_kind(Kind::List) {
            let mut new = substitute(vm, arg, params, items)?;
            if arg.is_kind(Kind::List) {
                let list = vm.collect(new)?;
                new = vm.list_from_vec(list)?;
            }
            out.push(vm, new)?;
            continue;
        }
        let unpacked = vm.intern("__typing_is_unpacked_typevartuple__");
        let is_unpacked = match vm.get_attr_opt(arg, unpacked)? {
            Some(v) => vm.truth(v)?,
            None => false,
        };
        let name = vm.names.__typing_subst__;
        let new = match vm.get_attr_opt(arg, name)? {
            Some(f) => match params.items().iter().position(|p| *p == arg) {
                Some(i) => vm.call_value(f, &[items[i]])?,
                None => arg,
            },
            None => vm.substitute_inside(arg, params, items)?,
        };
        match new.downcast::<TupleObj>() {
            Some(t) if is_unpacked => out.extend(vm, t.items())?,
            _ => out.push(vm, new)?,
        }
    }
    vm.new_tuple(&out)
}
