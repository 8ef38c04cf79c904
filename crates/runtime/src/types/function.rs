//! `function`.

use crate::class::{DictPlace, TypeFlags, TypeSpec};
use crate::code::CodeObj;
use crate::object::*;
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;

pub static SPEC: TypeSpec = TypeSpec {
    name: "function",
    kind: Kind::Function,
    doc: "Create a function object.\n\n  code\n    a code object\n  globals\n    the globals dictionary\n  name\n    a string that overrides the name from the code object\n  argdefs\n    a tuple that specifies the default argument values\n  closure\n    a tuple that supplies the bindings for free variables\n  kwdefaults\n    a dictionary that specifies the default keyword argument values",
    tables: &[
        methods::TABLE,
        members::TABLE,
        super::dict_attr::methods::TABLE,
    ],
    flags: TypeFlags::HAS_WEAKREF,
    dict: DictPlace::Field,
    slot_offset: std::mem::offset_of!(FunctionObj, dict),
    ..TypeSpec::DEFAULT
};

fn function(v: Value) -> Res<Ref<FunctionObj>> {
    v.downcast().ok_or(Raised)
}

impl Vm {
    /// Keeps `simple_argc` in step with the code.
    fn set_function_code(&mut self, f: Ref<FunctionObj>, code: Ref<CodeObj>) -> Res<()> {
        // The docstring stays that of the first code.
        self.function_doc(f)?;
        if f.header.flags & ASSUMED != 0 {
            self.assumption_broken(f.header(), None);
        }
        f.code.set(code);
        gc::write_barrier(f.header());
        f.simple_argc.set(code.simple_argc());
        f.version.set(f.version.get().wrapping_add(1));
        Ok(())
    }

    /// `f.__doc__`, taken from the code when first asked for.
    fn function_doc(&mut self, f: Ref<FunctionObj>) -> Res {
        if let Some(doc) = f.doc.get() {
            return Ok(doc);
        }
        let doc = self.code_doc(f.code.get())?;
        f.doc.write(f, doc);
        Ok(doc)
    }

    /// `f.__annotations__`, made by `__annotate__` when first asked for (PEP 649).
    pub fn function_annotations(&mut self, f: Ref<FunctionObj>) -> Res {
        if let Some(d) = f.annotations.get() {
            return Ok(d);
        }
        let d = match f.annotate.get().filter(|a| !a.is_none()) {
            Some(a) => self.call_annotate(a)?,
            None => self.new_dict()?.value(),
        };
        f.annotations.write(f, d);
        Ok(d)
    }

    /// `annotate(VALUE)`, which must give a dict.
    pub fn call_annotate(&mut self, annotate: Value) -> Res {
        let d = self.call_value(annotate, &[Value::int_unchecked(1)])?;
        if d.is_kind(Kind::Dict) {
            return Ok(d);
        }
        let got = self.class_name(d);
        Err(self.type_error(&format!("__annotate__() must return a dict, not {got}")))
    }

    fn function_from_parts(&mut self, parts: [Option<Value>; 6]) -> Res {
        let none = |i: usize| parts[i].filter(|v| !v.is_none());
        let code_arg = parts[0].unwrap_or(Value::NONE);
        let Some(code) = code_arg.downcast::<CodeObj>() else {
            let got = self.argument_kind(code_arg);
            return Err(self.type_error(&format!(
                "function() argument 'code' must be code, not {got}"
            )));
        };
        let globals_arg = parts[1].unwrap_or(Value::NONE);
        let Some(globals) = globals_arg.downcast::<DictObj>() else {
            let got = self.argument_kind(globals_arg);
            return Err(self.type_error(&format!(
                "function() argument 'globals' must be dict, not {got}"
            )));
        };
        if none(2).is_some_and(|v| !v.is_kind(Kind::Str)) {
            return Err(self.type_error("arg 3 (name) must be None or string"));
        }
        if none(3).is_some_and(|v| !v.is_kind(Kind::Tuple)) {
            return Err(self.type_error("arg 4 (defaults) must be None or tuple"));
        }
        if none(5).is_some_and(|v| !v.is_kind(Kind::Dict)) {
            return Err(self.type_error("arg 6 (kwdefaults) must be None or dict"));
        }
        self.check_closure(code, none(4))?;
        let key = self.names.__builtins__;
        let builtins = match self.dict_get_interned(globals, key) {
            Some(b) => match b.downcast::<ModuleObj>() {
                Some(m) => Some(m.dict.get().value()),
                None => Some(b),
            },
            None => self.interp().builtins.map(|b| b.value()),
        };
        let f = self.new_function(code, globals, builtins)?;
        if let Some(n) = none(2) {
            f.name.write(f, n);
        }
        f.defaults.write(f, none(3));
        f.closure.write(f, none(4));
        f.kwdefaults.write(f, none(5));
        Ok(f.value())
    }

    fn check_closure(&mut self, code: Ref<CodeObj>, closure: Option<Value>) -> Res<()> {
        let nfree = code.nfree as usize;
        let cells = match closure {
            None if nfree > 0 => {
                return Err(self.type_error("arg 5 (closure) must be tuple"));
            }
            None => return Ok(()),
            Some(c) => match c.downcast::<TupleObj>() {
                Some(t) => t,
                None => return Err(self.type_error("arg 5 (closure) must be None or tuple")),
            },
        };
        if cells.len != nfree {
            let name = self.display(code.name.or_none());
            return Err(self.value_error(&format!(
                "{name} requires closure of length {nfree}, not {}",
                cells.len
            )));
        }
        for c in cells.items() {
            if !c.is_kind(Kind::Cell) {
                let got = self.class_name(*c);
                return Err(self.type_error(&format!("arg 5 (closure) expected cell, found {got}")));
            }
        }
        Ok(())
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod(
        "__new__($type, code, globals, name=None, argdefs=None, closure=None, kwdefaults=None)"
    )]
    #[allow(clippy::too_many_arguments)]
    fn new(
        vm: &mut Vm,
        _class: Value,
        code: Value,
        globals: Value,
        name: Option<Value>,
        argdefs: Option<Value>,
        closure: Option<Value>,
        kwdefaults: Option<Value>,
    ) -> Res {
        vm.function_from_parts([
            Some(code),
            Some(globals),
            name,
            argdefs,
            closure,
            kwdefaults,
        ])
    }
    /// Call self as a function.
    #[native("__call__($self, /, *args, **kwargs)")]
    fn call(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res {
        vm.call_spread(this, args, kwargs)
    }
    /// Return an attribute of instance, which is of type owner.
    #[native("__get__($self, instance, owner=None, /)")]
    fn get(vm: &mut Vm, this: Value, instance: Value, owner: Option<Value>) -> Res {
        match vm.descr_instance(instance, owner)? {
            None => Ok(this),
            Some(o) => vm.new_bound_method(this, o),
        }
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let q = function(this)?.qualname.or_none();
        Ok(format!(
            "<function {} at {:#x}>",
            vm.display(q),
            this.bits()
        ))
    }
}

#[derive::natives]
mod members {
    use super::*;

    #[getter("__code__")]
    fn code(_: &mut Vm, this: Value) -> Res {
        Ok(function(this)?.code.get().value())
    }
    #[setter("__code__")]
    fn set_code(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let f = function(this)?;
        let Some(code) = value.and_then(|v| v.downcast::<CodeObj>()) else {
            return Err(vm.type_error("__code__ must be set to a code object"));
        };
        let have = f
            .closure
            .get()
            .and_then(|c| c.downcast::<TupleObj>())
            .map_or(0, |t| t.len);
        let want = code.nfree as usize;
        if have != want {
            let name = vm.display(f.name.or_none());
            return Err(vm.value_error(&format!(
                "{name}() requires a code object with {have} free vars, not {want}"
            )));
        }
        vm.set_function_code(f, code)
    }
    #[getter("__defaults__")]
    fn defaults(_: &mut Vm, this: Value) -> Res {
        Ok(function(this)?.defaults.or_none())
    }
    #[setter("__defaults__")]
    fn set_defaults(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let f = function(this)?;
        let value = value.filter(|v| !v.is_none());
        if value.is_some_and(|v| !v.is_kind(Kind::Tuple)) {
            return Err(vm.type_error("__defaults__ must be set to a tuple object"));
        }
        if f.header.flags & ASSUMED != 0 {
            vm.assumption_broken(f.header(), None);
        }
        f.defaults.write(f, value);
        Ok(())
    }
    #[getter("__kwdefaults__")]
    fn kwdefaults(_: &mut Vm, this: Value) -> Res {
        Ok(function(this)?.kwdefaults.or_none())
    }
    #[setter("__kwdefaults__")]
    fn set_kwdefaults(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let f = function(this)?;
        let value = value.filter(|v| !v.is_none());
        if value.is_some_and(|v| !v.is_kind(Kind::Dict)) {
            return Err(vm.type_error("__kwdefaults__ must be set to a dict object"));
        }
        f.kwdefaults.write(f, value);
        Ok(())
    }
    /// Dict of annotations in a function object.
    #[getter("__annotations__")]
    fn annotations(vm: &mut Vm, this: Value) -> Res {
        vm.function_annotations(function(this)?)
    }
    #[setter("__annotations__")]
    fn set_annotations(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let f = function(this)?;
        let value = value.filter(|v| !v.is_none());
        if value.is_some_and(|v| !v.is_kind(Kind::Dict)) {
            return Err(vm.type_error("__annotations__ must be set to a dict object"));
        }
        f.annotations.write(f, value);
        f.annotate.write(f, None);
        Ok(())
    }
    /// Get the code object for a function.
    #[getter("__annotate__")]
    fn annotate(_: &mut Vm, this: Value) -> Res {
        Ok(function(this)?.annotate.or_none())
    }
    #[setter("__annotate__")]
    fn set_annotate(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let f = function(this)?;
        let Some(value) = value else {
            return Err(vm.type_error("__annotate__ cannot be deleted"));
        };
        if value.is_none() {
            f.annotate.write(f, value);
            return Ok(());
        }
        if !vm.is_callable(value) {
            return Err(vm.type_error("__annotate__ must be callable or None"));
        }
        f.annotate.write(f, value);
        f.annotations.write(f, None);
        Ok(())
    }
    #[getter("__name__")]
    fn name(_: &mut Vm, this: Value) -> Res {
        Ok(function(this)?.name.or_none())
    }
    #[setter("__name__")]
    fn set_name(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let f = function(this)?;
        match value.filter(|v| v.is_kind(Kind::Str)) {
            Some(v) => f.name.write(f, v),
            None => return Err(vm.type_error("__name__ must be set to a string object")),
        }
        Ok(())
    }
    #[getter("__qualname__")]
    fn qualname(_: &mut Vm, this: Value) -> Res {
        Ok(function(this)?.qualname.or_none())
    }
    #[setter("__qualname__")]
    fn set_qualname(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let f = function(this)?;
        match value.filter(|v| v.is_kind(Kind::Str)) {
            Some(v) => f.qualname.write(f, v),
            None => return Err(vm.type_error("__qualname__ must be set to a string object")),
        }
        Ok(())
    }
    /// Get the declared type parameters for a function.
    #[getter("__type_params__")]
    fn type_params(vm: &mut Vm, this: Value) -> Res {
        match function(this)?.type_params.get() {
            Some(t) => Ok(t),
            None => vm.new_tuple(&[]),
        }
    }
    #[setter("__type_params__")]
    fn set_type_params(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let f = function(this)?;
        match value.filter(|v| v.is_kind(Kind::Tuple)) {
            Some(v) => f.type_params.write(f, v),
            None => return Err(vm.type_error("__type_params__ must be set to a tuple")),
        }
        Ok(())
    }
    #[member("__closure__")]
    fn closure(_: &mut Vm, this: Value) -> Res {
        Ok(function(this)?.closure.or_none())
    }
    #[member("__globals__")]
    fn globals(_: &mut Vm, this: Value) -> Res {
        Ok(function(this)?.globals.value())
    }
    #[member("__builtins__")]
    fn builtins(_: &mut Vm, this: Value) -> Res {
        Ok(function(this)?.builtins.or_none())
    }
    #[getter("__doc__")]
    fn doc(vm: &mut Vm, this: Value) -> Res {
        vm.function_doc(function(this)?)
    }
    #[setter("__doc__")]
    fn set_doc(_: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let f = function(this)?;
        f.doc.write(f, value.unwrap_or(Value::NONE));
        Ok(())
    }
    #[getter("__module__")]
    fn module(_: &mut Vm, this: Value) -> Res {
        Ok(function(this)?.module.or_none())
    }
    #[setter("__module__")]
    fn set_module(_: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let f = function(this)?;
        f.module.write(f, value);
        Ok(())
    }
}
