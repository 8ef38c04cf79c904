//! `sys.monitoring`: tool ids and event masks. Events are recorded, but none is delivered yet.

use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Res, Value, Vm};

static SPEC: ModuleSpec = ModuleSpec {
    name: "sys.monitoring",
    doc: "",
    functions: &[functions::TABLE],
    init,
};

const TOOLS: usize = 6;

const EVENTS: &[(&str, i64)] = &[
    ("PY_START", 1),
    ("PY_RESUME", 2),
    ("PY_RETURN", 4),
    ("PY_YIELD", 8),
    ("CALL", 16),
    ("LINE", 32),
    ("INSTRUCTION", 64),
    ("JUMP", 128),
    ("BRANCH_LEFT", 256),
    ("BRANCH_RIGHT", 512),
    ("STOP_ITERATION", 1024),
    ("RAISE", 2048),
    ("EXCEPTION_HANDLED", 4096),
    ("PY_UNWIND", 8192),
    ("PY_THROW", 16384),
    ("RERAISE", 32768),
    ("C_RETURN", 65536),
    ("C_RAISE", 131072),
    ("BRANCH", 262144),
    ("NO_EVENTS", 0),
];

/// Makes the namespace.
pub fn make(vm: &mut Vm) -> Res {
    Ok(vm.make_native_module(&SPEC)?.value())
}

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    let mut attrs = Vec::new();
    for (name, n) in EVENTS {
        attrs.push((*name, Value::int_unchecked(*n)));
    }
    let events = vm.new_namespace(&attrs)?;
    vm.module_set(m, "events", events)?;
    for (name, n) in [
        ("DEBUGGER_ID", 0),
        ("COVERAGE_ID", 1),
        ("PROFILER_ID", 2),
        ("OPTIMIZER_ID", 5),
    ] {
        vm.module_set(m, name, Value::int_unchecked(n))?;
    }
    let object = vm.types.object.value();
    for name in ["DISABLE", "MISSING"] {
        let marker = vm.call_value(object, &[])?;
        vm.module_set(m, name, marker)?;
    }
    let tools = vm.new_list(&[Value::NONE; TOOLS])?;
    vm.module_set(m, "_tools", tools)?;
    let masks = vm.new_list(&[Value::int_unchecked(0); TOOLS])?;
    vm.module_set(m, "_masks", masks)
}

fn tool(vm: &mut Vm, id: i64) -> Res<usize> {
    if (0..TOOLS as i64).contains(&id) {
        Ok(id as usize)
    } else {
        Err(vm.value_error(&format!("invalid tool {id} (must be between 0 and 5)")))
    }
}

fn table(vm: &mut Vm, m: Value, name: &str) -> Res {
    vm.get_attr_str(m, name)
}

#[derive::natives]
mod functions {
    use super::*;

    #[native("use_tool_id($module, tool_id, name, /)")]
    fn use_tool_id(vm: &mut Vm, m: Value, tool_id: i64, name: Value) -> Res<()> {
        let id = tool(vm, tool_id)?;
        if !name.is_kind(Kind::Str) {
            return Err(vm.value_error("tool name must be a str"));
        }
        let tools = table(vm, m, "_tools")?;
        let index = Value::int_unchecked(id as i64);
        if !vm.get_item(tools, index)?.is_none() {
            return Err(vm.value_error(&format!("tool {id} is already in use")));
        }
        vm.set_item(tools, index, name)
    }
    #[native("free_tool_id($module, tool_id, /)")]
    fn free_tool_id(vm: &mut Vm, m: Value, tool_id: i64) -> Res<()> {
        let id = tool(vm, tool_id)?;
        let tools = table(vm, m, "_tools")?;
        let masks = table(vm, m, "_masks")?;
        let index = Value::int_unchecked(id as i64);
        vm.set_item(masks, index, Value::int_unchecked(0))?;
        vm.set_item(tools, index, Value::NONE)
    }
    #[native("clear_tool_id($module, tool_id, /)")]
    fn clear_tool_id(vm: &mut Vm, m: Value, tool_id: i64) -> Res<()> {
        let id = tool(vm, tool_id)?;
        let masks = table(vm, m, "_masks")?;
        vm.set_item(
            masks,
            Value::int_unchecked(id as i64),
            Value::int_unchecked(0),
        )
    }
    #[native("get_tool($module, tool_id, /)")]
    fn get_tool(vm: &mut Vm, m: Value, tool_id: i64) -> Res {
        let id = tool(vm, tool_id)?;
        let tools = table(vm, m, "_tools")?;
        vm.get_item(tools, Value::int_unchecked(id as i64))
    }
    #[native("get_events($module, tool_id, /)")]
    fn get_events(vm: &mut Vm, m: Value, tool_id: i64) -> Res {
        let id = tool(vm, tool_id)?;
        let masks = table(vm, m, "_masks")?;
        vm.get_item(masks, Value::int_unchecked(id as i64))
    }
}
