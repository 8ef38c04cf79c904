//! `_asyncio`: futures and tasks, and which of them run.
//!
//! A future and a task are one payload (`future::Future`): tasks are futures with more fields.

mod awaited;
mod future;
mod iter;
mod methods;
mod objects;
mod registry;
mod running;
mod step;
mod task;

use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Res, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_asyncio",
    doc: "Accelerator module for asyncio",
    functions: &[
        running::functions::TABLE,
        registry::functions::TABLE,
        awaited::functions::TABLE,
    ],
    init,
};

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    vm.module_add_type(m, &methods::FUTURE)?;
    vm.module_add_type(m, &task::TASK)?;
    Ok(())
}
