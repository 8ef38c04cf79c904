//! Calls of builtin functions and methods with positional arguments.

use super::{calls, handler};
use crate::native::{DefKind, call_bound, call_fixed, call_native};
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

handler!(#[inline(never)] call_function, s => {
    let b = s.w.b() as usize;
    let r = function(s.enter(), s.get(s.w.b()), s.slice(b + 1, s.w.c() as usize));
    s.finish(r, 2)
});
// CallMethod of an attribute that is no method: `math.sqrt(x)`.
handler!(#[inline(never)] call_attribute, s => {
    let b = s.w.b() as usize;
    let r = function(s.enter(), s.get(s.w.b() + 1), s.slice(b + 2, s.w.c() as usize));
    s.finish(r, 2)
});
// CallMethod of a builtin class's method; self is the first argument.
handler!(#[inline(never)] call_method, s => {
    let b = s.w.b() as usize;
    let f = s.get(s.w.b()).cast::<MethodDescrObj>();
    if f.def.kind != DefKind::Method {
        return s.goto(calls::call_method_slow);
    }
    let r = method(s.enter(), f, s.slice(b + 1, s.w.c() as usize + 1));
    s.finish(r, 2)
});

#[inline(never)]
fn function(vm: &mut Vm, f: Value, args: &[Value]) -> Res {
    // SAFETY: the handlers checked the kind.
    let f = unsafe { f.cast::<NativeObj>() };
    vm.check_native_stack()?;
    if f.def.kind == DefKind::StaticMethod {
        return vm.call_bound_native(f, args, &[]);
    }
    match call_fixed(vm, f.def, f.bound_self(), args) {
        Some(r) => r,
        None => call_bound(vm, f.def, f.bound_self(), args, &[]),
    }
}

/// LoadMethod found `f` in the class of `args[0]`.
#[inline(never)]
fn method(vm: &mut Vm, f: Ref<MethodDescrObj>, args: &[Value]) -> Res {
    vm.check_native_stack()?;
    match call_fixed(vm, f.def, None, args) {
        Some(r) => r,
        None => call_native(vm, f.def, Some(args[0]), &args[1..], &[]),
    }
}
