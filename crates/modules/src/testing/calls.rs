//! Functions and methods of every calling convention, and calls as C makes them.

use super::tuple_arg;
use crate::payloads::payload_type;
use runtime::class::{TypeFlags, TypeObj, TypeSpec};
use runtime::payload::Payload;
use runtime::{Res, Value, Vm};

/// Instances of the method types have no state.
struct Empty;

impl Payload for Empty {
    fn trace(&self, _: &mut gc::Tracer) {}
}

/// `(self, args)`.
fn with_args(vm: &mut Vm, this: Value, args: Value) -> Res {
    vm.new_tuple(&[this, args])
}

/// `(self, args, kwargs)`; no keywords are None.
fn with_kwargs(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res {
    vm.new_tuple(&[this, args, kwargs.unwrap_or(Value::NONE)])
}

#[derive::natives]
mod functions {
    use super::*;

    #[native("meth_varargs($module, /, *args)", nosig)]
    fn varargs(vm: &mut Vm, this: Value, args: Value) -> Res {
        with_args(vm, this, args)
    }
    #[native("meth_varargs_keywords($module, /, *args, **kwargs)", nosig)]
    fn keywords(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res {
        with_kwargs(vm, this, args, kwargs)
    }
    #[native("meth_o($module, arg, /)", nosig)]
    fn o(vm: &mut Vm, this: Value, arg: Value) -> Res {
        with_args(vm, this, arg)
    }
    #[native("meth_noargs($module, /)", nosig)]
    fn noargs(_: &mut Vm, this: Value) -> Res {
        Ok(this)
    }
    #[native("meth_fastcall($module, /, *args)", nosig)]
    fn fastcall(vm: &mut Vm, this: Value, args: Value) -> Res {
        with_args(vm, this, args)
    }
    #[native("meth_fastcall_keywords($module, /, *args, **kwargs)", nosig)]
    fn fastcall_keywords(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res {
        with_kwargs(vm, this, args, kwargs)
    }
}

#[derive::natives]
mod instance {
    use super::*;

    #[native("meth_varargs($self, /, *args)", nosig)]
    fn varargs(vm: &mut Vm, this: Value, args: Value) -> Res {
        with_args(vm, this, args)
    }
    #[native("meth_varargs_keywords($self, /, *args, **kwargs)", nosig)]
    fn keywords(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res {
        with_kwargs(vm, this, args, kwargs)
    }
    #[native("meth_o($self, arg, /)", nosig)]
    fn o(vm: &mut Vm, this: Value, arg: Value) -> Res {
        with_args(vm, this, arg)
    }
    #[native("meth_noargs($self, /)", nosig)]
    fn noargs(_: &mut Vm, this: Value) -> Res {
        Ok(this)
    }
    #[native("meth_fastcall($self, /, *args)", nosig)]
    fn fastcall(vm: &mut Vm, this: Value, args: Value) -> Res {
        with_args(vm, this, args)
    }
    #[native("meth_fastcall_keywords($self, /, *args, **kwargs)", nosig)]
    fn fastcall_keywords(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res {
        with_kwargs(vm, this, args, kwargs)
    }
}

#[derive::natives]
mod class {
    use super::*;

    #[classmethod("meth_varargs($type, /, *args)", nosig)]
    fn varargs(vm: &mut Vm, this: Value, args: Value) -> Res {
        with_args(vm, this, args)
    }
    #[classmethod("meth_varargs_keywords($type, /, *args, **kwargs)", nosig)]
    fn keywords(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res {
        with_kwargs(vm, this, args, kwargs)
    }
    #[classmethod("meth_o($type, arg, /)", nosig)]
    fn o(vm: &mut Vm, this: Value, arg: Value) -> Res {
        with_args(vm, this, arg)
    }
    #[classmethod("meth_noargs($type, /)", nosig)]
    fn noargs(_: &mut Vm, this: Value) -> Res {
        Ok(this)
    }
    #[classmethod("meth_fastcall($type, /, *args)", nosig)]
    fn fastcall(vm: &mut Vm, this: Value, args: Value) -> Res {
        with_args(vm, this, args)
    }
    #[classmethod("meth_fastcall_keywords($type, /, *args, **kwargs)", nosig)]
    fn fastcall_keywords(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res {
        with_kwargs(vm, this, args, kwargs)
    }
}

#[derive::natives]
mod stat {
    use super::*;

    #[staticmethod("meth_varargs(*args)", nosig)]
    fn varargs(vm: &mut Vm, args: Value) -> Res {
        with_args(vm, Value::NONE, args)
    }
    #[staticmethod("meth_varargs_keywords(*args, **kwargs)", nosig)]
    fn keywords(vm: &mut Vm, args: Value, kwargs: Option<Value>) -> Res {
        with_kwargs(vm, Value::NONE, args, kwargs)
    }
    #[staticmethod("meth_o(arg, /)", nosig)]
    fn o(vm: &mut Vm, arg: Value) -> Res {
        with_args(vm, Value::NONE, arg)
    }
    #[staticmethod("meth_noargs()", nosig)]
    fn noargs(_: &mut Vm) -> Res {
        Ok(Value::NONE)
    }
    #[staticmethod("meth_fastcall(*args)", nosig)]
    fn fastcall(vm: &mut Vm, args: Value) -> Res {
        with_args(vm, Value::NONE, args)
    }
    #[staticmethod("meth_fastcall_keywords(*args, **kwargs)", nosig)]
    fn fastcall_keywords(vm: &mut Vm, args: Value, kwargs: Option<Value>) -> Res {
        with_kwargs(vm, Value::NONE, args, kwargs)
    }
}

pub use functions::TABLE;

macro_rules! method_types {
    ($($spec:ident $name:literal $table:ident $new:ident $doc:literal;)*) => {
        $(
            static $spec: TypeSpec = payload_type! {
                name: $name,
                module: "_testcapi",
                doc: $doc,
                flags: TypeFlags::empty(),
                tables: &[$table::TABLE, $new::TABLE],
            };
            #[derive::natives]
            mod $new {
                use super::*;
                #[staticmethod("__new__($type, *args, **kwargs)")]
                fn new(vm: &mut Vm, class: Value, _args: Value, _kwargs: Option<Value>) -> Res {
                    let base = vm.native_type(&$spec)?;
                    let class = vm.class_arg(class, base)?;
                    vm.new_payload(class, Empty)
                }
            }
        )*
        /// The types with such methods.
        pub static TYPES: &[&TypeSpec] = &[$(&$spec),*];
    };
}

method_types! {
    INSTANCE "MethInstance" instance new_instance "Class with normal (instance) methods to test calling conventions";
    CLASS "MethClass" class new_class "Class with class methods to test calling conventions";
    STATIC "MethStatic" stat new_static "Class with static methods to test calling conventions";
}

/// Calls with a dict of keyword arguments.
fn call_dict(vm: &mut Vm, f: Value, args: &[Value], kwargs: Option<Value>) -> Res {
    let mut all = vm.new_vec();
    all.extend(vm, args)?;
    let mut names = vm.new_vec();
    if let Some(d) = kwargs.filter(|k| !k.is_none()) {
        let keys = vm.collect(d)?;
        for k in keys.iter() {
            let v = vm.get_item(d, *k)?;
            names.push(vm, *k)?;
            all.push(vm, v)?;
        }
    }
    vm.call_kw(f, &all, &names)
}

#[derive::natives]
pub mod callers {
    use super::*;

    /// Calls `func` with a tuple and a dict.
    #[native("pyobject_fastcalldict($module, func, args, kwargs, /)", nosig)]
    fn fastcalldict(vm: &mut Vm, _m: Value, func: Value, args: Value, kwargs: Value) -> Res {
        let items = tuple_arg(vm, args)?;
        call_dict(vm, func, items, Some(kwargs))
    }
    /// Calls `func`; `kwnames` names the last of `args`.
    #[native("pyobject_vectorcall($module, func, args, kwnames, /)", nosig)]
    fn vectorcall(vm: &mut Vm, _m: Value, func: Value, args: Value, kwnames: Value) -> Res {
        let (items, names) = (tuple_arg(vm, args)?, tuple_arg(vm, kwnames)?);
        if names.len() > items.len() {
            return Err(vm.value_error("kwargs larger than args"));
        }
        vm.call_kw(func, items, names)
    }
    /// Calls `func` with a tuple and perhaps a dict.
    #[native("pyvectorcall_call($module, func, args, kwargs=None, /)", nosig)]
    fn vectorcall_call(
        vm: &mut Vm,
        _m: Value,
        func: Value,
        args: Value,
        kwargs: Option<Value>,
    ) -> Res {
        let items = tuple_arg(vm, args)?;
        call_dict(vm, func, items, kwargs)
    }
    /// Calls `func` with a tuple and perhaps a dict.
    #[native("pycfunction_call($module, func, args, kwargs=None, /)", nosig)]
    fn cfunction_call(
        vm: &mut Vm,
        _m: Value,
        func: Value,
        args: Value,
        kwargs: Option<Value>,
    ) -> Res {
        let items = tuple_arg(vm, args)?;
        call_dict(vm, func, items, kwargs)
    }
    /// A new builtin function.
    #[native("create_cfunction($module, /)", nosig)]
    fn create_cfunction(vm: &mut Vm, m: Value) -> Res {
        vm.new_native(&functions::TABLE[0], None, Some(m), None)
    }
}

/// The class with an `__await__` that returns what it was made with.
pub mod awaitable {
    use super::*;
    use crate::payloads::payload;

    payload! { struct Awaitable { result: Value } }

    pub static SPEC: TypeSpec = payload_type! {
        name: "awaitType",
        module: "_testcapi",
        flags: TypeFlags::empty(),
        tables: &[methods::TABLE],
    };

    #[derive::natives]
    mod methods {
        use super::*;

        #[staticmethod("__new__($type, result, /)")]
        fn new(vm: &mut Vm, class: Value, result: Value) -> Res {
            match class.downcast::<TypeObj>() {
                Some(c) => vm.new_payload(c, Awaitable { result }),
                None => Err(vm.type_error("not a type")),
            }
        }
        /// Return an iterator to be used in await expression.
        #[native("__await__($self, /)")]
        fn awaited(vm: &mut Vm, this: Value) -> Res {
            match this.payload::<Awaitable>() {
                Some(a) => Ok(a.result),
                None => Err(vm.type_error("an awaitType is required")),
            }
        }
    }
}
