//! Hooks of `sys`: display, exceptions, audit.

use runtime::object::*;
use runtime::{Res, Value, Vm};

/// Key of the list of audit hooks in the module state.
static AUDIT: u8 = 0;

fn audit_hooks(vm: &mut Vm) -> Res<Option<Ref<ListObj>>> {
    let key = &raw const AUDIT as usize;
    Ok(vm
        .interp()
        .module_state
        .get(&key)
        .and_then(|v| v.downcast::<ListObj>()))
}

/// Calls the audit hooks (`sys.audit`).
pub fn audit(vm: &mut Vm, event: Value, args: Value) -> Res<()> {
    let Some(hooks) = audit_hooks(vm)? else {
        return Ok(());
    };
    let mut i = 0;
    while let Some(f) = hooks.get(i) {
        vm.call_value(f, &[event, args])?;
        i += 1;
    }
    Ok(())
}

/// Raises the audit event `event` with these arguments.
pub fn audit_event(vm: &mut Vm, event: &str, args: &[Value]) -> Res<()> {
    if audit_hooks(vm)?.is_none() {
        return Ok(());
    }
    let event = vm.new_str(event)?;
    let args = vm.new_tuple(args)?;
    audit(vm, event, args)
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// Print an object to sys.stdout and also save it in builtins._
    #[native("displayhook($module, object, /)")]
    fn displayhook(vm: &mut Vm, _m: Value, object: Value) -> Res<()> {
        let Some(builtins) = vm.interp().builtins else {
            return Err(vm.runtime_error("lost builtins module"));
        };
        if object.is_none() {
            return Ok(());
        }
        vm.dict_set_str(builtins, "_", Value::NONE)?;
        let out = vm.sys_attr("stdout").filter(|o| !o.is_none());
        let Some(out) = out else {
            return Err(vm.runtime_error("lost sys.stdout"));
        };
        let text = vm.repr(object)?;
        let write = vm.names.write;
        if let Err(r) = vm.call_method(out, write, &[text]) {
            if !vm.catch(vm.types.exc.UnicodeEncodeError) {
                return Err(r);
            }
            write_escaped(vm, out, text)?;
        }
        let newline = vm.new_str("\n")?;
        vm.call_method(out, write, &[newline])?;
        vm.dict_set_str(builtins, "_", object)
    }
    /// Passes the event to any audit hooks that are attached.
    #[native("audit($module, event, /, *args)")]
    fn audit(vm: &mut Vm, _m: Value, event: Value, args: Value) -> Res<()> {
        if !event.is_kind(Kind::Str) {
            let got = vm.argument_kind(event);
            return Err(vm.type_error(&format!("audit() argument 1 must be str, not {got}")));
        }
        super::audit(vm, event, args)
    }
    /// Adds a new audit hook callback.
    #[native("addaudithook($module, /, hook)")]
    fn addaudithook(vm: &mut Vm, _m: Value, hook: Value) -> Res<()> {
        if let Err(r) = audit_event(vm, "sys.addaudithook", &[]) {
            // A hook may veto the new one by raising.
            return if vm.catch(vm.types.exc.Exception) {
                Ok(())
            } else {
                Err(r)
            };
        }
        let list = match audit_hooks(vm)? {
            Some(l) => l.value(),
            None => {
                let l = vm.new_list(&[])?;
                let key = &raw const AUDIT as usize;
                vm.interp().module_state.insert(key, l);
                l
            }
        };
        // SAFETY: the state holds a list.
        vm.list_push(unsafe { list.cast() }, hook)
    }
    /// This hook function is called by built-in breakpoint().
    #[native("breakpointhook($module, /, *args, **kwargs)")]
    fn breakpointhook(vm: &mut Vm, _m: Value, args: Value, kwargs: Option<Value>) -> Res {
        let env = std::env::var("PYTHONBREAKPOINT").unwrap_or_default();
        let name = match env.as_str() {
            "0" => return Ok(Value::NONE),
            "" => "pdb.set_trace",
            n => n,
        };
        let (module, attr) = name.rsplit_once('.').unwrap_or(("builtins", name));
        let found = vm
            .import_module(module)
            .and_then(|m| vm.get_attr_str(m, attr));
        match found {
            Ok(f) => vm.call_spread(f, args, kwargs),
            Err(r) => {
                if vm.catch(vm.types.exc.ImportError) || vm.catch(vm.types.exc.AttributeError) {
                    let class = vm.types.exc.RuntimeWarning;
                    vm.warn(
                        class,
                        &format!("Ignoring unimportable $PYTHONBREAKPOINT: \"{name}\""),
                        1,
                    )?;
                    return Ok(Value::NONE);
                }
                Err(r)
            }
        }
    }
}

/// Writes text that the stream's encoding lacks, with backslashes.
fn write_escaped(vm: &mut Vm, out: Value, text: Value) -> Res<()> {
    let encoding = vm.get_attr_str(out, "encoding")?;
    let handler = vm.new_str("backslashreplace")?;
    let bytes = vm.call_method_str(text, "encode", &[encoding, handler])?;
    let key = vm.intern("buffer");
    match vm.get_attr_opt(out, key)? {
        Some(b) => vm.call_method_str(b, "write", &[bytes])?,
        None => {
            let strict = vm.new_str("strict")?;
            let s = vm.call_method_str(bytes, "decode", &[encoding, strict])?;
            vm.call_method_str(out, "write", &[s])?
        }
    };
    Ok(())
}
