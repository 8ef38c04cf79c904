//! Work in progress: each of these moves to its own file as it is written.

use crate::class::TypeObj;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

macro_rules! pending {
    ($($name:ident ( $($arg:ident : $ty:ty),* );)*) => {
        impl Vm { $(
            pub fn $name(&mut self, $(_: $ty),*) -> Res {
                Err(self.not_implemented_error(stringify!($name)))
            }
        )* }
    };
}
pending! {
    new_generic_alias(origin: Value, args: Value);
    new_interpolation(v: Value, text: Value, conversion: u8, spec: Value);
    new_template(strings: Value, interpolations: Value);
    new_type_var(name: Value, bound: Option<Value>, constraints: Option<Value>);
    new_param_spec(name: Value);
    new_type_var_tuple(name: Value);
    set_type_param_default(p: Value, f: Value);
    subscript_generic(params: Value);
    new_type_alias(name: Value, params: Value, f: Value);
}

impl Vm {
    pub fn warn(&mut self, _class: Ref<TypeObj>, _text: &str, _level: usize) -> Res<()> {
        Ok(())
    }
}
