//! `sys.monitoring` (PEP 669): tool ids, event sets and callbacks. The events are fired by
//! `runtime::monitor`.

use runtime::code::CodeObj;
use runtime::module::ModuleSpec;
use runtime::monitor::{EVENTS, Event, NAMES, TOOLS, normal_events};
use runtime::object::*;
use runtime::{Res, Value, Vm};

static SPEC: ModuleSpec = ModuleSpec {
    name: "sys.monitoring",
    doc: "",
    functions: &[functions::TABLE],
    init,
};

/// Makes the namespace.
pub fn make(vm: &mut Vm) -> Res {
    Ok(vm.make_native_module(&SPEC)?.value())
}

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    let bits = NAMES.iter().enumerate();
    let mut attrs: Vec<(&str, Value)> = bits
        .map(|(i, name)| (*name, Value::int_unchecked(1 << i)))
        .collect();
    attrs.push(("NO_EVENTS", Value::int_unchecked(0)));
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
    let disable = vm.call_value(object, &[])?;
    vm.interp().monitor.disable = Some(disable);
    vm.module_set(m, "DISABLE", disable)?;
    let missing = vm.call_value(object, &[])?;
    vm.interp().monitor.missing = Some(missing);
    vm.module_set(m, "MISSING", missing)
}

fn tool(vm: &mut Vm, id: i64) -> Res<usize> {
    if (0..TOOLS as i64).contains(&id) {
        Ok(id as usize)
    } else {
        Err(vm.value_error(&format!("invalid tool {id} (must be between 0 and 5)")))
    }
}

/// A tool id that somebody uses.
fn used_tool(vm: &mut Vm, id: i64) -> Res<usize> {
    let tool = tool(vm, id)?;
    if vm.interp().monitor.names[tool].is_none() {
        return Err(vm.value_error(&format!("tool {id} is not in use")));
    }
    Ok(tool)
}

/// Forgets the callbacks and events of a tool.
fn clear(vm: &mut Vm, tool: usize) {
    vm.interp().monitor.callbacks[tool] = [None; EVENTS];
    vm.interp().monitor.global[tool] = 0;
    vm.clear_local_events(tool);
    vm.update_watching();
}

/// The part of CALL that belongs to the end of a call; only set together with it.
const CALL_ENDS: u32 = Event::CReturn.bit() | Event::CRaise.bit();

/// Checks a set of events; `local` sets have no events of exceptions.
fn event_set(vm: &mut Vm, events: i64, local: bool) -> Res<u32> {
    let all = (1i64 << EVENTS) - 1;
    if events < 0 || events > all {
        return Err(vm.value_error(&format!("invalid event set 0x{:x}", events as i32)));
    }
    let events = events as u32;
    if events & CALL_ENDS != 0 && events & Event::Call.bit() == 0 {
        return Err(vm.value_error("cannot set C_RETURN or C_RAISE events independently"));
    }
    let events = normal_events(events & !CALL_ENDS);
    let locals = Event::Raise.bit() - 1;
    if local && events & !locals != 0 {
        return Err(vm.value_error(&format!("invalid local event set 0x{events:x}")));
    }
    // C_RETURN and C_RAISE come with CALL.
    Ok(match events & Event::Call.bit() {
        0 => events,
        _ => events | CALL_ENDS,
    })
}

/// An event set as Python sees it.
fn shown(events: u32) -> i64 {
    i64::from(events & !CALL_ENDS)
}

fn code_of(vm: &mut Vm, v: Value) -> Res<Ref<CodeObj>> {
    match v.downcast::<CodeObj>() {
        Some(c) => Ok(c),
        None => Err(vm.type_error("code must be a code object")),
    }
}

#[derive::natives]
mod functions {
    use super::*;

    #[native("use_tool_id($module, tool_id, name, /)")]
    fn use_tool_id(vm: &mut Vm, _m: Value, tool_id: i64, name: Value) -> Res<()> {
        let id = tool(vm, tool_id)?;
        if !name.is_kind(Kind::Str) {
            return Err(vm.value_error("tool name must be a str"));
        }
        if vm.interp().monitor.names[id].is_some() {
            return Err(vm.value_error(&format!("tool {id} is already in use")));
        }
        vm.interp().monitor.names[id] = Some(name);
        Ok(())
    }
    #[native("clear_tool_id($module, tool_id, /)")]
    fn clear_tool_id(vm: &mut Vm, _m: Value, tool_id: i64) -> Res<()> {
        let id = tool(vm, tool_id)?;
        if vm.interp().monitor.names[id].is_some() {
            clear(vm, id);
        }
        Ok(())
    }
    #[native("free_tool_id($module, tool_id, /)")]
    fn free_tool_id(vm: &mut Vm, _m: Value, tool_id: i64) -> Res<()> {
        let id = tool(vm, tool_id)?;
        if vm.interp().monitor.names[id].is_some() {
            clear(vm, id);
        }
        vm.interp().monitor.names[id] = None;
        Ok(())
    }
    #[native("get_tool($module, tool_id, /)")]
    fn get_tool(vm: &mut Vm, _m: Value, tool_id: i64) -> Res {
        let id = tool(vm, tool_id)?;
        Ok(vm.interp().monitor.names[id].unwrap_or(Value::NONE))
    }
    #[native("register_callback($module, tool_id, event, func, /)")]
    fn register_callback(vm: &mut Vm, _m: Value, tool_id: i64, event: i64, func: Value) -> Res {
        let id = tool(vm, tool_id)?;
        let single = event > 0 && event.count_ones() == 1;
        if !single || event >= 1 << EVENTS {
            return match single || event <= 0 {
                true => Err(vm.value_error(&format!("invalid event {event}"))),
                false => {
                    Err(vm.value_error("The callback can only be set for one event at a time"))
                }
            };
        }
        let new = (!func.is_none()).then_some(func);
        let index = event.trailing_zeros() as usize;
        let callbacks = &mut vm.interp().monitor.callbacks[id];
        let old = std::mem::replace(&mut callbacks[index], new);
        let (left, right) = (Event::BranchLeft as usize, Event::BranchRight as usize);
        if index == Event::Branch as usize {
            callbacks[left] = new;
            callbacks[right] = new;
        } else if index == left || index == right {
            callbacks[Event::Branch as usize] = None;
        }
        Ok(old.unwrap_or(Value::NONE))
    }
    #[native("get_events($module, tool_id, /)")]
    fn get_events(vm: &mut Vm, _m: Value, tool_id: i64) -> Res<i64> {
        let id = tool(vm, tool_id)?;
        Ok(shown(vm.interp().monitor.global[id]))
    }
    #[native("set_events($module, tool_id, event_set, /)")]
    fn set_events(vm: &mut Vm, _m: Value, tool_id: i64, event_set: i64) -> Res<()> {
        let id = tool(vm, tool_id)?;
        let events = super::event_set(vm, event_set, false)?;
        used_tool(vm, tool_id)?;
        vm.set_global_events(id, events);
        Ok(())
    }
    #[native("get_local_events($module, tool_id, code, /)")]
    fn get_local_events(vm: &mut Vm, _m: Value, tool_id: i64, code: Value) -> Res<i64> {
        let code = code_of(vm, code)?;
        let id = tool(vm, tool_id)?;
        Ok(shown(code.monitor().local[id]))
    }
    #[native("set_local_events($module, tool_id, code, event_set, /)")]
    fn set_local_events(
        vm: &mut Vm,
        _m: Value,
        tool_id: i64,
        code: Value,
        event_set: i64,
    ) -> Res<()> {
        let code = code_of(vm, code)?;
        tool(vm, tool_id)?;
        let events = super::event_set(vm, event_set, true)?;
        let id = used_tool(vm, tool_id)?;
        vm.set_local_events(id, code, events)
    }
    #[native("restart_events($module, /)")]
    fn restart_events(vm: &mut Vm, _m: Value) -> Res<()> {
        vm.restart_events();
        Ok(())
    }
    #[native("_all_events($module, /)")]
    fn all_events(vm: &mut Vm, _m: Value) -> Res {
        let d = vm.new_dict()?;
        for (i, name) in NAMES.iter().enumerate() {
            let tools = vm.interp().monitor.global.iter().enumerate();
            let users = tools.fold(0, |m, (t, e)| m | i64::from(e >> i & 1) << t);
            if users != 0 {
                let k = vm.intern(name);
                vm.dict_set(d.value(), k, Value::int_unchecked(users))?;
            }
        }
        Ok(d.value())
    }
}
