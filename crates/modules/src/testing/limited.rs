//! `_testlimitedcapi`.

use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Raised, Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_testlimitedcapi",
    doc: "",
    functions: &[functions::TABLE],
    init: |_, _| Ok(()),
};

/// What the sequence functions of C refuse: mappings that are no sequences.
fn check_sequence(vm: &mut Vm, v: Value, otherwise: &str) -> Res<()> {
    if v.is_kind(Kind::Dict) {
        let name = vm.class_name(v);
        return Err(vm.type_error(&format!("{name} is not a sequence")));
    }
    if vm.special(v, vm.names.__getitem__).is_none() {
        return Err(unsupported(vm, v, otherwise));
    }
    Ok(())
}

fn unsupported(vm: &mut Vm, v: Value, what: &str) -> Raised {
    let name = vm.class_name(v);
    vm.type_error(&format!("'{name}' object does not support {what}"))
}

#[derive::natives]
mod functions {
    use super::*;

    /// Whether assertions of the implementation are compiled in.
    #[native("_py_getbuiltwithassert($module, /)", nosig)]
    fn built_with_assertions(_vm: &mut Vm, _m: Value) -> Res<bool> {
        Ok(cfg!(debug_assertions))
    }
    /// `obj[i]` of a sequence.
    #[native("sequence_getitem($module, obj, i, /)", nosig)]
    fn getitem(vm: &mut Vm, _m: Value, obj: Value, i: isize) -> Res {
        check_sequence(vm, obj, "indexing")?;
        let i = vm.new_int(i as i64)?;
        vm.get_item(obj, i)
    }
    /// `obj[i] = value` of a sequence.
    #[native("sequence_setitem($module, obj, i, value, /)", nosig)]
    fn setitem(vm: &mut Vm, _m: Value, obj: Value, i: isize, value: Value) -> Res<i64> {
        check_sequence(vm, obj, "item assignment")?;
        let i = vm.new_int(i as i64)?;
        vm.set_item(obj, i, value)?;
        Ok(0)
    }
    /// `del obj[i]` of a sequence.
    #[native("sequence_delitem($module, obj, i, /)", nosig)]
    fn delitem(vm: &mut Vm, _m: Value, obj: Value, i: isize) -> Res<i64> {
        check_sequence(vm, obj, "item deletion")?;
        let i = vm.new_int(i as i64)?;
        vm.del_item(obj, i)?;
        Ok(0)
    }
    /// Whether an object has an attribute; errors on the way are reported, not raised.
    #[native("object_hasattrstring($module, obj, name, /)", nosig)]
    fn hasattrstring(vm: &mut Vm, _m: Value, obj: Value, name: Value) -> Res<i64> {
        let name = vm.get_buffer(name)?.as_slice().to_vec();
        let name = vm.intern(&String::from_utf8_lossy(&name));
        match vm.get_attr_opt(obj, name) {
            Ok(v) => Ok(i64::from(v.is_some())),
            Err(_) => {
                vm.write_unraisable(obj);
                Ok(0)
            }
        }
    }
    /// `callable("foo", baz="bar")`.
    #[native("call_vectorcall($module, callable, /)", nosig)]
    fn call_vectorcall(vm: &mut Vm, _m: Value, callable: Value) -> Res {
        let (arg, keyword, value) = (vm.intern("foo"), vm.intern("baz"), vm.intern("bar"));
        vm.call_kw(callable, &[arg, value], &[keyword])
    }
    /// `obj.f("foo", baz="bar")`.
    #[native("call_vectorcall_method($module, obj, /)", nosig)]
    fn call_vectorcall_method(vm: &mut Vm, m: Value, obj: Value) -> Res {
        let f = vm.get_attr_str(obj, "f")?;
        call_vectorcall(vm, m, f)
    }
}
