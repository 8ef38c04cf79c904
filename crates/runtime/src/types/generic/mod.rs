//! `types.GenericAlias` and `typing.Union`.

pub mod alias;
mod params;
pub mod union;

pub use alias::SPEC;
pub use params::subscript_parameters;
pub use union::SPEC as UNION;

use crate::class::TypeObj;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

impl Vm {
    /// How a type shows inside `list[int]` and `int | None` (`_Py_typing_type_repr`).
    pub fn type_text(&mut self, v: Value) -> Res<String> {
        if v == Value::ELLIPSIS {
            return Ok(String::from("..."));
        }
        if v == self.types.none.value() || v.is_none() {
            return Ok(String::from("None"));
        }
        let n = self.names;
        let is_alias = self.get_attr_opt(v, n.__origin__)?.is_some()
            && self.get_attr_opt(v, n.__args__)?.is_some();
        if !is_alias
            && let Some(q) = self
                .get_attr_opt(v, n.__qualname__)?
                .filter(|q| !q.is_none())
            && let Some(m) = self.get_attr_opt(v, n.__module__)?.filter(|m| !m.is_none())
        {
            let (q, m) = (self.str_of(q)?, self.str_of(m)?);
            let (q, m) = (self.display(q), self.display(m));
            return Ok(if m == "builtins" {
                q
            } else {
                format!("{m}.{q}")
            });
        }
        self.display_repr(v)
    }
}

/// The class behind a value, when it is one.
fn as_class(v: Value) -> Option<Ref<TypeObj>> {
    v.downcast()
}
