//! `_tokenize`: the tokenizer behind `tokenize`, written in Python (`tokens.py`) because only tools
//! use it; it is compiled when the module is first imported.

use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Res, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_tokenize",
    doc: "",
    functions: &[],
    init,
};

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    crate::ast::run_source(vm, m, include_str!("tokens.py"), "<_tokenize>")
}
