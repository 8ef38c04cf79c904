//! `_ast`: the syntax tree node classes, and trees of them made from and turned into the
//! compiler's.

mod base;
mod build;
mod classes;
mod compile;
mod read;
mod show;

pub use compile::{check_mode, compile_tree, is_node, parse, reoptimize};
pub use read::constant;
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_ast",
    doc: "",
    functions: &[],
    init,
};

/// Flags of `compile` that the module shows.
const FLAGS: &[(&str, i64)] = &[
    ("PyCF_ONLY_AST", 0x400),
    ("PyCF_TYPE_COMMENTS", 0x1000),
    ("PyCF_ALLOW_TOP_LEVEL_AWAIT", 0x2000),
    ("PyCF_OPTIMIZED_AST", 0x8400),
];

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    let state = classes::State::get(vm)?;
    vm.module_set(m, "AST", state.base().value())?;
    for (name, class) in state.named() {
        vm.module_set(m, name, class.value())?;
    }
    for (name, bits) in FLAGS {
        vm.module_set(m, name, Value::int_unchecked(*bits))?;
    }
    Ok(())
}

/// Fills a module by running Python source in it.
pub fn run_source(vm: &mut Vm, m: Ref<ModuleObj>, source: &str, name: &str) -> Res<()> {
    let options = compiler::Options::default();
    let code = match compiler::compile(source, name, compiler::Mode::Exec, &options) {
        Ok(c) => vm.load_code(c.code)?,
        Err(e) => return Err(vm.system_error(&format!("{name}: {}", e.msg))),
    };
    let d = m.dict.get();
    vm.exec_code(code, d, d.value())?;
    Ok(())
}
