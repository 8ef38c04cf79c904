//! `str`.

mod case;
mod construct;
mod fields;
mod ops;
pub mod percent;
mod percent_quick;
mod search;
mod table;

use crate::class::{TypeFlags, TypeSpec};
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;
use std::ops::Range;

pub static SPEC: TypeSpec = TypeSpec {
    name: "str",
    kind: Kind::Str,
    doc: "str(object='') -> str\nstr(bytes_or_buffer[, encoding[, errors]]) -> str\n\nCreate a new string object from the given object. If encoding or\nerrors is specified, then the object must expose a data buffer\nthat will be decoded using the given encoding and error handler.\nOtherwise, returns the result of object.__str__() (if defined)\nor repr(object).\nencoding defaults to 'utf-8'.\nerrors defaults to 'strict'.",
    tables: &[
        construct::methods::TABLE,
        ops::methods::TABLE,
        search::methods::TABLE,
        case::methods::TABLE,
        table::methods::TABLE,
        fields::methods::TABLE,
    ],
    flags: TypeFlags::BASE.union(TypeFlags::MATCH_SELF),
    ..TypeSpec::DEFAULT
};

/// The string cell of a method's own argument.
fn text_of(this: Value) -> Ref<StrObj> {
    // SAFETY: the descriptor checked the type.
    unsafe { this.cast() }
}

impl Vm {
    /// The part of a string in a range, as an exact str.
    pub fn substring(&mut self, this: Value, range: Range<usize>) -> Res {
        let s = text_of(this);
        match range.len() {
            0 => return Ok(self.names.empty),
            1 => return self.new_char(s.units().get(range.start)),
            n if n == s.len && this.is_exact(Kind::Str) => return Ok(this),
            _ => {}
        }
        if s.is_ascii() {
            return self.new_str_known(s.units().slice(range), true);
        }
        self.new_str_units(s.units().slice(range))
    }

    /// A str argument; `what` is such as "find() argument 1".
    pub fn need_str(&mut self, v: Value, what: &str) -> Res<Ref<StrObj>> {
        match v.downcast::<StrObj>() {
            Some(s) => Ok(s),
            None => {
                let name = self.argument_kind(v);
                let space = if what.is_empty() { "" } else { " " };
                Err(self.type_error(&format!("{what}{space}must be str, not {name}")))
            }
        }
    }

    /// The result of a padding or replacing function; None leaves the string as it is.
    fn changed(&mut self, this: Value, r: Result<Option<text::Owned>, text::NoMemory>) -> Res {
        match r {
            Ok(Some(o)) => self.new_str_owned(&o),
            Ok(None) => self.exact_str(this),
            Err(_) => Err(self.memory_error()),
        }
    }

    /// The string itself when exact, else an exact copy.
    pub fn exact_str(&mut self, v: Value) -> Res {
        if v.is_exact(Kind::Str) {
            return Ok(v);
        }
        self.new_str_units(text_of(v).units())
    }
}
