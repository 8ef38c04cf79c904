//! The modules CPython builds for its own tests: `_testcapi`, `_testlimitedcapi` and
//! `_testinternalcapi`, as far as they name ordinary behaviour. What only means something for
//! CPython's reference counts, slots and bytecode is absent.

mod calls;
mod capi;
mod docstrings;
mod exceptions;
pub mod internal;
pub mod limited;
mod limits;
mod monitoring;

pub use capi::SPEC as CAPI;

use runtime::object::*;
use runtime::{Res, Value, Vm};

/// The items of a tuple argument; None means none.
fn tuple_arg<'a>(vm: &mut Vm, v: Value) -> Res<&'a [Value]> {
    if v.is_none() {
        return Ok(&[]);
    }
    match v.downcast::<TupleObj>() {
        // SAFETY: tuples do not change and callers keep the argument alive.
        Some(t) => Ok(unsafe { std::slice::from_raw_parts(t.items().as_ptr(), t.len) }),
        None => Err(vm.type_error("args must be None or a tuple")),
    }
}
