//! `_tokenize`: the tokenizer behind `tokenize`.

use runtime::class::TypeSpec;
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_tokenize",
    doc: "",
    functions: &[],
    init,
};

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    vm.module_add_type(m, &ITERATOR).map(|_| ())
}

static ITERATOR: TypeSpec = TypeSpec {
    name: "TokenizerIter",
    module: "_tokenize",
    kind: Kind::Payload,
    tables: &[methods::TABLE],
    size: size_of::<PayloadObj>(),
    slot_offset: std::mem::offset_of!(PayloadObj, overflow),
    ..TypeSpec::DEFAULT
};

#[derive::natives]
mod methods {
    use super::*;

    /// Tokenizing is not written yet: modules that import `tokenize` work, using it does not.
    #[staticmethod("__new__($type, readline, /, *, encoding=None, extra_tokens=False)")]
    fn new(
        vm: &mut Vm,
        _class: Value,
        _readline: Value,
        _encoding: Option<Value>,
        _extra_tokens: Option<Value>,
    ) -> Res {
        Err(vm.not_implemented_error("tokenize is not available yet"))
    }
}
