//! `cell`.

use crate::class::TypeSpec;
use crate::object::*;
use crate::ops::CmpOp;
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;

pub static SPEC: TypeSpec = TypeSpec {
    name: "cell",
    signature: Some("([contents])"),
    kind: Kind::Cell,
    doc: "Create a new cell object.\n\n  contents\n    the contents of the cell. If not specified, the cell will be empty,\n    and \n further attempts to access its cell_contents attribute will\n    raise a ValueError.",
    tables: &[methods::TABLE],
    ..TypeSpec::DEFAULT
};

fn cell(v: Value) -> Res<Ref<CellObj>> {
    v.downcast().ok_or(Raised)
}

/// Cells compare by contents; an empty cell is less than any other.
fn compare(vm: &mut Vm, a: Value, b: Value, op: CmpOp) -> Res {
    let Some(y) = b.downcast::<CellObj>() else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    match (cell(a)?.contents.get(), y.contents.get()) {
        (Some(x), Some(y)) => vm.compare(op, x, y),
        (x, y) => Ok(Value::bool(op.holds(x.is_some().cmp(&y.is_some())))),
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, contents=<unrepresentable>, /)", nosig)]
    fn new(vm: &mut Vm, _class: Value, contents: Option<Value>) -> Res<Ref<CellObj>> {
        vm.new_cell(contents)
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let at = this.bits();
        Ok(match cell(this)?.contents.get() {
            None => format!("<cell at {at:#x}: empty>"),
            Some(v) => {
                let class = vm.class_name(v);
                format!("<cell at {at:#x}: {class} object at {:#x}>", v.bits())
            }
        })
    }
    /// Return self==value.
    #[native("__eq__($self, value, /)")]
    fn eq(vm: &mut Vm, this: Value, value: Value) -> Res {
        compare(vm, this, value, CmpOp::Eq)
    }
    /// Return self!=value.
    #[native("__ne__($self, value, /)")]
    fn ne(vm: &mut Vm, this: Value, value: Value) -> Res {
        compare(vm, this, value, CmpOp::Ne)
    }
    /// Return self<value.
    #[native("__lt__($self, value, /)")]
    fn lt(vm: &mut Vm, this: Value, value: Value) -> Res {
        compare(vm, this, value, CmpOp::Lt)
    }
    /// Return self<=value.
    #[native("__le__($self, value, /)")]
    fn le(vm: &mut Vm, this: Value, value: Value) -> Res {
        compare(vm, this, value, CmpOp::Le)
    }
    /// Return self>value.
    #[native("__gt__($self, value, /)")]
    fn gt(vm: &mut Vm, this: Value, value: Value) -> Res {
        compare(vm, this, value, CmpOp::Gt)
    }
    /// Return self>=value.
    #[native("__ge__($self, value, /)")]
    fn ge(vm: &mut Vm, this: Value, value: Value) -> Res {
        compare(vm, this, value, CmpOp::Ge)
    }
    #[getter("cell_contents")]
    fn contents(vm: &mut Vm, this: Value) -> Res {
        match cell(this)?.contents.get() {
            Some(v) => Ok(v),
            None => Err(vm.value_error("Cell is empty")),
        }
    }
    #[setter("cell_contents")]
    fn set_contents(_: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let c = cell(this)?;
        c.contents.write(c, value);
        Ok(())
    }
}
