//! `_ast`: the syntax tree node classes. They are Python classes, made by `nodes.py` from the
//! abstract grammar when the module is first imported.

use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Res, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_ast",
    doc: "",
    functions: &[],
    init,
};

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    run_source(vm, m, include_str!("nodes.py"), "<_ast>")
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
