//! Pickling classes, functions and other things that are found by name.

use super::opcodes::*;
use super::pickler::Pickler;
use super::reduce::save_reduce;
use super::save::{put_memo, save};
use super::state::{pickling_error_instead, state};
use runtime::object::*;
use runtime::{Res, Value, Vm};

/// A class: those of the singletons have no names.
pub fn save_type(vm: &mut Vm, p: &Pickler, v: Value) -> Res<()> {
    let singletons = [Value::NONE, Value::NOT_IMPLEMENTED, Value::ELLIPSIS];
    for single in singletons {
        if vm.class_of(single).value() == v {
            let args = vm.new_tuple(&[single])?;
            let class = vm.types.type_.value();
            return save_reduce(vm, p, &[class, args], Some(v));
        }
    }
    save_global(vm, p, v, None)
}

/// The name under which an object is found.
fn name_of(vm: &mut Vm, v: Value) -> Res {
    if let Some(name) = vm.get_attr_opt(v, vm.names.__qualname__)? {
        return Ok(name);
    }
    vm.get_attr(v, vm.names.__name__)
}

/// The attribute at a dotted path, if it is there.
fn find(vm: &mut Vm, module: Value, name: &str) -> Res<Option<Value>> {
    let mut at = module;
    for part in name.split('.') {
        let key = vm.intern(part);
        match vm.get_attr_opt(at, key)? {
            Some(v) => at = v,
            None => return Ok(None),
        }
    }
    Ok(Some(at))
}

/// The name of the module in which an object is found as `name`.
fn module_of(vm: &mut Vm, v: Value, name: Value) -> Res {
    if let Some(module_name) = vm.get_attr_opt(v, vm.names.__module__)?
        && module_name.is_kind(Kind::Str)
        && let Some(text) = name.downcast::<StrObj>().and_then(|s| s.to_utf8())
        && !text.contains("<locals>")
    {
        if let Some(d) = vm.interp().sys_modules
            && let Some(module) = vm.dict_get(d, module_name)?
            && find(vm, module, &text)? == Some(v)
        {
            return Ok(module_name);
        }
    }
    // Errors, imports and searches are left to the library.
    let pickle = vm.import_module("pickle")?;
    vm.call_method_str(pickle, "whichmodule", &[v, name])
}

/// Pickles an object by its name.
pub fn save_global(vm: &mut Vm, p: &Pickler, v: Value, name: Option<Value>) -> Res<()> {
    let name = match name {
        Some(name) => name,
        None => name_of(vm, v)?,
    };
    let module = module_of(vm, v, name)?;
    if p.proto.get() >= 2 && save_extension(vm, p, module, name)? {
        return Ok(());
    }
    if p.proto.get() >= 4 {
        save(vm, p, module, true)?;
        save(vm, p, name, true)?;
        p.op(STACK_GLOBAL);
    } else {
        let text = vm.display(name);
        if text.contains('.') {
            save_path(vm, p, module, &text)?;
        } else {
            save_name(vm, p, module, name)?;
        }
    }
    put_memo(p, v);
    Ok(())
}

/// A code of `copyreg.add_extension`.
fn save_extension(vm: &mut Vm, p: &Pickler, module: Value, name: Value) -> Res<bool> {
    let registry = state(vm)?.extensions;
    let Some(d) = registry.downcast::<DictObj>().filter(|d| d.used.get() > 0) else {
        return Ok(false);
    };
    let key = vm.new_tuple(&[module, name])?;
    let Some(code) = vm.dict_get(d, key)? else {
        return Ok(false);
    };
    let code = vm.index_i64(code)?;
    match code {
        1..=0xff => p.put(&[EXT1, code as u8]),
        0x100..=0xffff => {
            let [a, b] = (code as u16).to_le_bytes();
            p.put(&[EXT2, a, b]);
        }
        0x1_0000..=0x7fff_ffff => {
            p.op(EXT4);
            p.put(&(code as i32).to_le_bytes());
        }
        _ => {
            return Err(vm.runtime_error(&format!("extension code {code} is out of range")));
        }
    }
    Ok(true)
}

/// A dotted name of older protocols: calls of getattr, one in the other.
fn save_path(vm: &mut Vm, p: &Pickler, module: Value, path: &str) -> Res<()> {
    let mut parts = path.split('.');
    let first = parts.next().unwrap_or_default();
    let rest: Vec<&str> = parts.collect();
    let getattr = state(vm)?.getattr;
    for _ in &rest {
        save(vm, p, getattr, true)?;
        if p.proto.get() < 2 {
            p.op(MARK);
        }
    }
    let first = vm.new_str(first)?;
    save_name(vm, p, module, first)?;
    for name in rest {
        let name = vm.intern(name);
        save(vm, p, name, true)?;
        p.op(if p.proto.get() < 2 { TUPLE } else { TUPLE2 });
        p.op(REDUCE);
    }
    Ok(())
}

/// The names that Python 2 has for module and name.
fn older_names(vm: &mut Vm, module: Value, name: Value) -> Res<(Value, Value)> {
    let s = state(vm)?;
    let key = vm.new_tuple(&[module, name])?;
    if let Some(d) = s.names_3to2.downcast::<DictObj>()
        && let Some(found) = vm.dict_get(d, key)?
    {
        if let Some(&[m, n]) = found.downcast::<TupleObj>().as_ref().map(|t| t.items()) {
            return Ok((m, n));
        }
    } else if let Some(d) = s.modules_3to2.downcast::<DictObj>()
        && let Some(m) = vm.dict_get(d, module)?
    {
        return Ok((m, name));
    }
    Ok((module, name))
}

/// Module and name in lines.
fn save_name(vm: &mut Vm, p: &Pickler, module: Value, name: Value) -> Res<()> {
    let (mut module, mut name) = (module, name);
    if p.fix_imports.get() {
        (module, name) = older_names(vm, module, name)?;
    }
    p.op(GLOBAL);
    for (v, what) in [(module, "module"), (name, "global")] {
        // Protocols before 3 have ASCII.
        let proto = p.proto.get();
        let encoding = if proto < 3 { "ascii" } else { "utf-8" };
        let Ok(bytes) = vm.encode_object(v, Some(encoding), None) else {
            let before = vm.take_raised();
            let shown = vm.display_repr(v)?;
            vm.raised = Some(before);
            let text =
                format!("can't pickle {what} identifier {shown} using pickle protocol {proto}");
            return Err(pickling_error_instead(vm, &text));
        };
        p.put(vm.get_buffer(bytes)?.as_slice());
        p.put(b"\n");
    }
    Ok(())
}
