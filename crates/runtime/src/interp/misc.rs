//! Imports, intrinsics and the rest.

use super::{Cx, except, handler};
use crate::object::*;
use crate::value::{Res, Value};
use bytecode::opcodes::Intrinsic;

handler!(#[cold] bad_opcode, s => {
    s.enter().system_error("unknown opcode");
    s.goto(except::unwind)
});
handler!(load_build_class, s => {
    let vm = s.enter();
    let f = s.function();
    let name = vm.names.__build_class__;
    let r = match f.builtins.get() {
        Some(b) => vm.mapping_get(b, name),
        None => Ok(None),
    };
    let r = match r {
        Ok(Some(v)) => Ok(v),
        Ok(None) => Err(vm.error(vm.types.exc.NameError, "__build_class__ not found")),
        Err(r) => Err(r),
    };
    s.finish(r, 1)
});

handler!(import_name, s => {
    let r = import(s);
    s.finish(r, 2)
});

unsafe fn import(s: Cx) -> Res {
    // SAFETY: handler state.
    unsafe {
        let vm = s.enter();
        let name = s.name(s.ext().x());
        let b = s.w.b();
        let (level, fromlist) = (s.get(b), s.get(b + 1));
        let f = s.function();
        let import = match f.builtins.get() {
            Some(bi) => vm.mapping_get(bi, vm.names.__import__)?,
            None => None,
        };
        let Some(import) = import else {
            return Err(vm.error(vm.types.exc.ImportError, "__import__ not found"));
        };
        let code = (*vm.frame).code;
        let locals = if code.flags.contains(bytecode::CodeFlags::NAMESPACE) {
            s.get(0)
        } else {
            Value::NONE
        };
        vm.import_with(import, name, f.globals.value(), locals, fromlist, level)
    }
}

handler!(import_from, s => {
    let vm = s.enter();
    let name = s.name(s.ext().x());
    let r = vm.import_from(s.get(s.w.b()), name);
    s.finish(r, 2)
});
handler!(import_star, s => {
    let vm = s.enter();
    let r = vm.import_star(s.get(s.w.a()), s.get(0));
    s.finish_unit(r, 1)
});

handler!(intrinsic, s => {
    let r = run_intrinsic(s);
    s.finish(r, 1)
});

unsafe fn run_intrinsic(s: Cx) -> Res {
    // SAFETY: handler state; each intrinsic reads as many registers as its arity says.
    unsafe {
        let vm = s.enter();
        let b = s.w.b();
        let arg = |i: u16| s.get(b + i);
        let Some(which) = Intrinsic::from_u8(s.w.d()) else {
            return Err(vm.system_error("unknown intrinsic"));
        };
        match which {
            Intrinsic::Print => vm.display_hook(arg(0)),
            Intrinsic::TypeVar => vm.new_type_var(arg(0), None, None),
            Intrinsic::TypeVarWithBound => vm.new_type_var(arg(0), Some(arg(1)), None),
            Intrinsic::TypeVarWithConstraints => vm.new_type_var(arg(0), None, Some(arg(1))),
            Intrinsic::ParamSpec => vm.new_param_spec(arg(0)),
            Intrinsic::TypeVarTuple => vm.new_type_var_tuple(arg(0)),
            Intrinsic::SetTypeParamDefault => vm.set_type_param_default(arg(0), arg(1)),
            Intrinsic::SubscriptGeneric => vm.subscript_generic(arg(0)),
            Intrinsic::TypeAlias => vm.new_type_alias(arg(0), arg(1), arg(2)),
            Intrinsic::SetFunctionTypeParams => {
                if let Some(f) = arg(0).downcast::<FunctionObj>() {
                    f.type_params.write(f, arg(1));
                }
                Ok(arg(0))
            }
            Intrinsic::SetupAnnotations => {
                let ns = s.get(0);
                if vm.mapping_get(ns, vm.names.__annotations__)?.is_none() {
                    let d = vm.new_dict()?;
                    vm.set_item(ns, vm.names.__annotations__, d.value())?;
                }
                Ok(Value::NONE)
            }
            Intrinsic::CheckAnnotateFormat => {
                let two = Value::int_unchecked(2);
                let r = vm.compare(crate::ops::CmpOp::Gt, arg(0), two)?;
                if vm.truth(r)? {
                    Err(vm.error_with(vm.types.exc.NotImplementedError, &[]))
                } else {
                    Ok(Value::NONE)
                }
            }
            Intrinsic::Locals => vm.locals(),
        }
    }
}
