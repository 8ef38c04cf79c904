//! `traceback`.

use crate::class::TypeSpec;
use crate::frame_object::{FrameObj, LAZY_LINE, line_at};
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

pub static SPEC: TypeSpec = TypeSpec {
    name: "traceback",
    kind: Kind::Traceback,
    doc: "Create a new traceback object.",
    tables: &[methods::TABLE],
    ..TypeSpec::DEFAULT
};

fn tb(this: Value) -> Ref<TracebackObj> {
    // SAFETY: the descriptor checked the type.
    unsafe { this.cast::<TracebackObj>() }
}

impl TracebackObj {
    /// The line of the entry, found when first asked for.
    pub fn lineno(&self) -> Option<u32> {
        match self.line.get() {
            LAZY_LINE => line_at(self.code, self.pc.get()),
            n => Some(n),
        }
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, tb_next, tb_frame, tb_lasti, tb_lineno)")]
    fn new(
        vm: &mut Vm,
        _class: Value,
        next: Value,
        frame: Value,
        lasti: Value,
        lineno: Value,
    ) -> Res {
        let Some(f) = frame.downcast::<FrameObj>() else {
            let got = vm.argument_kind(frame);
            return Err(vm.type_error(&format!(
                "traceback() argument 'tb_frame' must be frame, not {got}"
            )));
        };
        if !next.is_none() && !next.is_kind(Kind::Traceback) {
            let got = vm.class_name(next);
            return Err(vm.type_error(&format!("expected traceback object or None, got '{got}'")));
        }
        let lasti = vm.index_i64(lasti)?;
        let lineno = vm.index_i64(lineno)?;
        let next = Some(next).filter(|n| !n.is_none());
        let word = super::super::code::word_at(lasti);
        let line = lineno.clamp(0, i64::from(LAZY_LINE) - 1) as u32;
        let t = vm.new_traceback(next, f, word, line)?;
        Ok(t.value())
    }
    #[native("__dir__($self, /)")]
    fn dir(vm: &mut Vm, _this: Value) -> Res {
        let mut names = vm.new_vec();
        for n in ["tb_frame", "tb_next", "tb_lasti", "tb_lineno"] {
            let v = vm.intern(n);
            names.push(vm, v)?;
        }
        vm.list_from_vec(names)
    }
    #[getter("tb_next")]
    fn next(_: &mut Vm, this: Value) -> Res {
        Ok(tb(this).next.or_none())
    }
    #[setter("tb_next")]
    fn set_next(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let t = tb(this);
        let v = match value {
            None => return Err(vm.type_error("can't delete tb_next attribute")),
            Some(v) if v.is_none() => None,
            Some(v) if v.is_kind(Kind::Traceback) => Some(v),
            Some(v) => {
                let got = vm.class_name(v);
                return Err(
                    vm.type_error(&format!("expected traceback object or None, got '{got}'"))
                );
            }
        };
        let mut at = v;
        while let Some(x) = at {
            if x == this {
                return Err(vm.value_error("traceback loop detected"));
            }
            at = x.downcast::<TracebackObj>().and_then(|x| x.next.get());
        }
        t.next.write(t, v);
        Ok(())
    }
    #[member("tb_frame")]
    fn frame(_: &mut Vm, this: Value) -> Res {
        Ok(tb(this).frame.or_none())
    }
    #[member("tb_lasti")]
    fn lasti(_: &mut Vm, this: Value) -> Res<i64> {
        Ok(super::super::code::offset_of(tb(this).pc.get()))
    }
    #[getter("tb_lineno")]
    fn lineno(_: &mut Vm, this: Value) -> Res<Option<i64>> {
        Ok(tb(this).lineno().map(i64::from))
    }
}
