//! Type parameters of aliases and their substitution (Objects/genericaliasobject.c).

use crate::alloc::GcVec;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

impl Vm {
    /// The type parameters in a tuple of arguments, in order of appearance, as a tuple.
    pub fn collect_parameters(&mut self, args: Value) -> Res {
        let mut found = self.new_vec();
        self.add_parameters(args, &mut found)?;
        self.new_tuple(&found)
    }

    fn add_parameters(&mut self, args: Value, found: &mut GcVec) -> Res<()> {
        self.check_native_stack()?;
        for v in self.collect(args)?.iter() {
            // A class is no parameter although it may have a descriptor of this name.
            if v.is_kind(Kind::Type) {
                continue;
            }
            if v.is_exact(Kind::Tuple) || v.is_exact(Kind::List) {
                self.add_parameters(*v, found)?;
                continue;
            }
            let subst = self.intern("__typing_subst__");
            if self.get_attr_opt(*v, subst)?.is_some() {
                self.add_unique(*v, found)?;
                continue;
            }
            if let Some(inner) = self.get_attr_opt(*v, self.names.__parameters__)?
                && inner.is_kind(Kind::Tuple)
            {
                for p in self.collect(inner)?.iter() {
                    self.add_unique(*p, found)?;
                }
            }
        }
        Ok(())
    }

    fn add_unique(&mut self, v: Value, found: &mut GcVec) -> Res<()> {
        if found.contains(&v) {
            Ok(())
        } else {
            found.push(self, v)
        }
    }

    /// The arguments with the parameters replaced by what is subscripted.
    pub fn substitute_parameters(
        &mut self,
        this: Value,
        args: Value,
        parameters: Value,
        item: Value,
    ) -> Res {
        let params = self.collect(parameters)?;
        if params.is_empty() {
            let text = self.display_repr(this)?;
            return Err(self.type_error(&format!("{text} is not a generic class")));
        }
        let mut item = self.unpack_args(item)?;
        let prepare = self.intern("__typing_prepare_subst__");
        for p in params.iter() {
            if let Some(m) = self.get_attr_opt(*p, prepare)?
                && !m.is_none()
            {
                let tuple = if item.is_kind(Kind::Tuple) {
                    item
                } else {
                    self.new_tuple(&[item])?
                };
                item = self.call_value(m, &[this, tuple])?;
            }
        }
        let items = if item.is_kind(Kind::Tuple) {
            self.collect(item)?
        } else {
            let mut one = self.new_vec();
            one.push(self, item)?;
            one
        };
        if items.len() != params.len() {
            let many = if items.len() > params.len() {
                "many"
            } else {
                "few"
            };
            let text = self.display_repr(this)?;
            let (n, m) = (items.len(), params.len());
            return Err(self.type_error(&format!(
                "Too {many} arguments for {text}; actual {n}, expected {m}"
            )));
        }
        self.substitute_in(args, &params, &items)
    }

    /// `*tuple[int, str]` among subscripted items is spread.
    fn unpack_args(&mut self, item: Value) -> Res {
        let items = if item.is_kind(Kind::Tuple) {
            self.collect(item)?
        } else {
            let mut one = self.new_vec();
            one.push(self, item)?;
            one
        };
        let name = self.names.__typing_unpacked_tuple_args__;
        let mut out = self.new_vec();
        for v in items.iter() {
            if !v.is_kind(Kind::Type)
                && let Some(inner) = self.get_attr_opt(*v, name)?
                && inner.is_kind(Kind::Tuple)
            {
                let inner = self.collect(inner)?;
                if inner.last() != Some(&Value::ELLIPSIS) {
                    out.extend(self, &inner)?;
                    continue;
                }
            }
            out.push(self, *v)?;
        }
        self.new_tuple(&out)
    }

    fn substitute_in(&mut self, args: Value, params: &GcVec, items: &GcVec) -> Res {
        self.check_native_stack()?;
        let subst = self.intern("__typing_subst__");
        let unpacked = self.intern("__typing_is_unpacked_typevartuple__");
        let mut out = self.new_vec();
        for v in self.collect(args)?.iter() {
            if v.is_kind(Kind::Type) {
                out.push(self, *v)?;
                continue;
            }
            if v.is_exact(Kind::Tuple) || v.is_exact(Kind::List) {
                let inner = self.substitute_in(*v, params, items)?;
                let inner = if v.is_exact(Kind::List) {
                    let items = self.collect(inner)?;
                    self.new_list(&items)?
                } else {
                    inner
                };
                out.push(self, inner)?;
                continue;
            }
            let spread = match self.get_attr_opt(*v, unpacked)? {
                Some(u) => self.truth(u)?,
                None => false,
            };
            let new = match (
                self.get_attr_opt(*v, subst)?,
                params.iter().position(|p| p == v),
            ) {
                (Some(m), Some(i)) => self.call_value(m, &[items[i]])?,
                _ => self.substitute_nested(*v, params, items)?,
            };
            if spread && new.is_kind(Kind::Tuple) {
                let inner = self.collect(new)?;
                out.extend(self, &inner)?;
            } else {
                out.push(self, new)?;
            }
        }
        self.new_tuple(&out)
    }

    /// An argument that has parameters of its own is subscripted with their values.
    fn substitute_nested(&mut self, v: Value, params: &GcVec, items: &GcVec) -> Res {
        let Some(own) = self
            .get_attr_opt(v, self.names.__parameters__)?
            .filter(|p| p.is_kind(Kind::Tuple))
        else {
            return Ok(v);
        };
        let own = self.collect(own)?;
        if own.is_empty() {
            return Ok(v);
        }
        let mut sub = self.new_vec();
        for p in own.iter() {
            match params.iter().position(|q| q == p) {
                Some(i) => {
                    let is_variadic = self.class_name(*p) == "TypeVarTuple";
                    if is_variadic && items[i].is_kind(Kind::Tuple) {
                        let inner = self.collect(items[i])?;
                        sub.extend(self, &inner)?;
                    } else {
                        sub.push(self, items[i])?;
                    }
                }
                None => sub.push(self, *p)?,
            }
        }
        let key = self.new_tuple(&sub)?;
        self.get_item(v, key)
    }
}
