//! What happens to generators and coroutines that the collector finds dead.

use super::generator;
use crate::interp::generator::{GeneratorObj, State};
use crate::object::PayloadObj;
use crate::value::{Res, Value};
use crate::vm::Vm;
use bytecode::CodeFlags;

/// A dead generator with something left to do: a `finally` to run, a coroutine never awaited, an
/// async generator whose event loop wants to close it.
pub fn needs_finalizer(v: Value) -> bool {
    let Some(g) = v.downcast::<GeneratorObj>() else {
        let payload = v.downcast::<PayloadObj>().and_then(|p| p.payload.get());
        // SAFETY: the payload lives as long as its cell, which is not swept yet.
        return payload.is_none_or(|p| unsafe { p.as_ref() }.needs_finalizer());
    };
    match g.state.get() {
        State::Created => g.code.flags.contains(CodeFlags::COROUTINE),
        State::Suspended => {
            let wanted = g.code.flags.contains(CodeFlags::ASYNC_GENERATOR)
                && g.extra.get().is_some()
                && !g.ag_closed.get();
            wanted || g.has_handler() || g.delegate().is_some()
        }
        _ => false,
    }
}

/// Does it. Errors are for `sys.unraisablehook`.
pub fn finalize(vm: &mut Vm, v: Value) {
    let doing = match v.downcast::<GeneratorObj>() {
        Some(g) if never_awaited(&g) => "while finalizing coroutine",
        _ => "while closing generator",
    };
    if close(vm, v).is_err() {
        vm.ignore_exception(doing, Some(v));
    }
}

fn never_awaited(g: &GeneratorObj) -> bool {
    g.code.flags.contains(CodeFlags::COROUTINE) && g.state.get() == State::Created
}

fn close(vm: &mut Vm, v: Value) -> Res<()> {
    let g = generator(v)?;
    let flags = g.code.flags;
    if flags.contains(CodeFlags::ASYNC_GENERATOR)
        && !g.ag_closed.get()
        && let Some(hook) = g.extra.get()
    {
        vm.call_value(hook, &[v])?;
        return Ok(());
    }
    if never_awaited(&g) {
        let r = vm.warn_unawaited(v);
        g.discard();
        return r;
    }
    vm.generator_close(g).map(|_| ())
}

impl Vm {
    /// RuntimeWarning: coroutine 'f' was never awaited.
    pub fn warn_unawaited(&mut self, coroutine: Value) -> Res<()> {
        let g = generator(coroutine)?;
        if let Some(modules) = self.interp().sys_modules
            && let Some(warnings) = self.dict_get_str(modules, "warnings")
        {
            let name = self.intern("_warn_unawaited_coroutine");
            if let Some(f) = self.get_attr_opt(warnings, name)? {
                self.call_value(f, &[coroutine])?;
                return Ok(());
            }
        }
        let q = self.display(g.qualname.or_none());
        let class = self.types.exc.RuntimeWarning;
        self.warn(class, &format!("coroutine '{q}' was never awaited"), 1)
    }
}
