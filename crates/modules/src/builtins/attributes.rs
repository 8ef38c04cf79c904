//! Builtin functions about attributes and namespaces.

use runtime::object::*;
use runtime::{Res, Value, Vm};

/// The attribute name argument of `what`, interned.
fn attr_name(vm: &mut Vm, name: Value) -> Res {
    if !name.is_kind(Kind::Str) {
        let got = vm.class_name(name);
        return Err(vm.type_error(&format!("attribute name must be string, not '{got}'")));
    }
    vm.attr_name(name)
}

/// The frame's globals.
fn current_globals(vm: &mut Vm) -> Res {
    match vm.globals() {
        Some(g) => Ok(g.value()),
        None => Err(vm.system_error("globals does not exist")),
    }
}

fn sorted(vm: &mut Vm, names: Value) -> Res {
    let items = vm.collect(names)?;
    let list = vm.list_from_vec(items)?;
    vm.call_method_str(list, "sort", &[])?;
    Ok(list)
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// getattr(object, name[, default]) -> value
    ///
    /// Get a named attribute from an object; getattr(x, 'y') is equivalent to x.y.
    /// When a default argument is given, it is returned when the attribute doesn't
    /// exist; without it, an exception is raised in that case.
    #[native("getattr($module, object, name, default=None, /)", nosig)]
    fn getattr(vm: &mut Vm, _m: Value, object: Value, name: Value, default: Option<Value>) -> Res {
        let name = attr_name(vm, name)?;
        match default {
            Some(d) => Ok(vm.get_attr_opt(object, name)?.unwrap_or(d)),
            None => vm.get_attr(object, name),
        }
    }
    /// Sets the named attribute on the given object to the specified value.
    ///
    /// setattr(x, 'y', v) is equivalent to ``x.y = v``
    #[native("setattr($module, obj, name, value, /)")]
    fn setattr(vm: &mut Vm, _m: Value, obj: Value, name: Value, value: Value) -> Res<()> {
        let name = attr_name(vm, name)?;
        vm.set_attr(obj, name, Some(value))
    }
    /// Deletes the named attribute from the given object.
    ///
    /// delattr(x, 'y') is equivalent to ``del x.y``
    #[native("delattr($module, obj, name, /)")]
    fn delattr(vm: &mut Vm, _m: Value, obj: Value, name: Value) -> Res<()> {
        let name = attr_name(vm, name)?;
        vm.set_attr(obj, name, None)
    }
    /// Return whether the object has an attribute with the given name.
    ///
    /// This is done by calling getattr(obj, name) and catching AttributeError.
    #[native("hasattr($module, obj, name, /)")]
    fn hasattr(vm: &mut Vm, _m: Value, obj: Value, name: Value) -> Res<bool> {
        let name = attr_name(vm, name)?;
        Ok(vm.get_attr_opt(obj, name)?.is_some())
    }
    /// Return whether 'cls' is derived from another class or is the same class.
    ///
    /// A tuple, as in ``issubclass(x, (A, B, ...))``, may be given as the target to
    /// check against. This is equivalent to ``issubclass(x, A) or issubclass(x, B)
    /// or ...``.
    #[native("issubclass($module, cls, class_or_tuple, /)")]
    fn issubclass(vm: &mut Vm, _m: Value, cls: Value, class_or_tuple: Value) -> Res<bool> {
        vm.is_subclass(cls, class_or_tuple)
    }
    /// Return the dictionary containing the current scope's global variables.
    ///
    /// NOTE: Updates to this dictionary *will* affect name lookups in the current
    /// global scope and vice-versa.
    #[native("globals($module, /)")]
    fn globals(vm: &mut Vm, _m: Value) -> Res {
        current_globals(vm)
    }
    /// Return a dictionary containing the current scope's local variables.
    ///
    /// NOTE: Whether or not updates to this dictionary will affect name lookups in
    /// the local scope and vice-versa is *implementation dependent* and not
    /// covered by any backwards compatibility guarantees.
    #[native("locals($module, /)")]
    fn locals(vm: &mut Vm, _m: Value) -> Res {
        vm.locals()
    }
    /// vars([object]) -> dictionary
    ///
    /// Without arguments, equivalent to locals().
    /// With an argument, equivalent to object.__dict__.
    #[native("vars($module, object=None, /)", nosig)]
    fn vars(vm: &mut Vm, _m: Value, object: Option<Value>) -> Res {
        let Some(o) = object else {
            return vm.locals();
        };
        match vm.get_attr_opt(o, vm.names.__dict__)? {
            Some(d) => Ok(d),
            None => Err(vm.type_error("vars() argument must have __dict__ attribute")),
        }
    }
    /// dir([object]) -> list of strings
    ///
    /// If called without an argument, return the names in the current scope.
    /// Else, return an alphabetized list of names comprising (some of) the attributes
    /// of the given object, and of attributes reachable from it.
    /// If the object supplies a method named __dir__, it will be used; otherwise
    /// the default dir() logic is used and returns:
    ///   for a module object: the module's attributes.
    ///   for a class object:  its attributes, and recursively the attributes
    ///     of its bases.
    ///   for any other object: its attributes, its class's attributes, and
    ///     recursively the attributes of its class's base classes.
    #[native("dir($module, object=None, /)", nosig)]
    fn dir(vm: &mut Vm, _m: Value, object: Option<Value>) -> Res {
        let Some(o) = object else {
            let ns = vm.locals()?;
            let keys = vm.call_method_str(ns, "keys", &[])?;
            return sorted(vm, keys);
        };
        let class = vm.class_of(o);
        let Some(f) = vm.lookup(class, vm.names.__dir__) else {
            return Err(vm.type_error("object does not provide __dir__"));
        };
        let names = vm.call_method_value(f, o, &[])?;
        sorted(vm, names)
    }
    /// Call sys.breakpointhook(*args, **kws).
    ///
    /// sys.breakpointhook() must accept whatever arguments are passed.
    ///
    /// By default, this drops you into the pdb debugger.
    #[native("breakpoint($module, /, *args, **kws)")]
    fn breakpoint(vm: &mut Vm, _m: Value, args: Value, kws: Option<Value>) -> Res {
        match vm.sys_attr("breakpointhook") {
            Some(f) => vm.call_spread(f, args, kws),
            None => Err(vm.runtime_error("lost sys.breakpointhook")),
        }
    }
}
