//! Type parameters and aliases (PEP 484, 612, 646, 695, 696): `TypeVar`, `ParamSpec`,
//! `TypeVarTuple`, `TypeAliasType`, `Generic`.

pub mod alias;
pub mod generic;
pub mod paramspec;
pub mod tuple;
pub mod var;

pub use alias::is_alias_type;

use crate::class::{DictPlace, TypeFlags, TypeSpec};
use crate::object::*;
use crate::payload::{Payload, mark};
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;
use std::cell::Cell;

/// What the types here have in common as declarations.
const BASE: TypeSpec = TypeSpec {
    module: "typing",
    flags: TypeFlags::HAS_WEAKREF,
    size: size_of::<PayloadObj>(),
    dict: DictPlace::Slots,
    slot_offset: std::mem::offset_of!(PayloadObj, overflow),
    ..TypeSpec::DEFAULT
};

/// A value that may still have to be computed by a function of the annotation format.
#[derive(Default)]
struct Lazy {
    value: Cell<Option<Value>>,
    evaluate: Cell<Option<Value>>,
}

impl Lazy {
    fn ready(v: Option<Value>) -> Lazy {
        Lazy {
            value: Cell::new(v),
            evaluate: Cell::new(None),
        }
    }
    fn computed(f: Option<Value>) -> Lazy {
        Lazy {
            value: Cell::new(None),
            evaluate: Cell::new(f),
        }
    }
    fn trace(&self, t: &mut gc::Tracer) {
        for v in [self.value.get(), self.evaluate.get()]
            .into_iter()
            .flatten()
        {
            mark(t, v);
        }
    }
    /// The value, computed at the first use.
    fn get(&self, vm: &mut Vm) -> Res<Option<Value>> {
        if let Some(v) = self.value.get() {
            return Ok(Some(v));
        }
        let Some(f) = self.evaluate.get() else {
            return Ok(None);
        };
        let v = vm.call_value(f, &[Value::int_unchecked(1)])?;
        self.value.set(Some(v));
        Ok(Some(v))
    }
    /// The function that computes the value for a format.
    fn evaluator(&self, vm: &mut Vm) -> Res {
        if let Some(f) = self.evaluate.get() {
            return Ok(f);
        }
        match self.value.get() {
            Some(v) => vm.new_const_evaluator(v),
            None => Ok(Value::NONE),
        }
    }
}

/// Which of the three kinds of parameter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    Var,
    ParamSpec,
    Tuple,
}

/// State of a type parameter.
struct Param {
    sort: Sort,
    name: Value,
    bound: Lazy,
    constraints: Lazy,
    default: Lazy,
    covariant: bool,
    contravariant: bool,
    infer_variance: bool,
}

impl Payload for Param {
    fn trace(&self, t: &mut gc::Tracer) {
        mark(t, self.name);
        self.bound.trace(t);
        self.constraints.trace(t);
        self.default.trace(t);
    }
}

impl Param {
    fn new(sort: Sort, name: Value) -> Param {
        Param {
            sort,
            name,
            bound: Lazy::default(),
            constraints: Lazy::default(),
            default: Lazy::default(),
            covariant: false,
            contravariant: false,
            infer_variance: true,
        }
    }
}

fn param<'a>(v: Value) -> Res<&'a Param> {
    v.payload::<Param>().ok_or(Raised)
}

/// The `NoDefault` singleton and constant evaluators.
struct NoDefault;
impl Payload for NoDefault {
    fn trace(&self, _: &mut gc::Tracer) {}
}

static NO_DEFAULT: TypeSpec = TypeSpec {
    name: "NoDefaultType",
    doc: "The type of the NoDefault singleton.",
    tables: &[no_default::TABLE],
    flags: TypeFlags::empty(),
    dict: DictPlace::None,
    ..BASE
};

#[derive::natives]
mod no_default {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, _class: Value, args: Value, kwargs: Option<Value>) -> Res {
        if vm.len(args)? > 0 || kwargs.is_some() {
            return Err(vm.type_error("NoDefaultType takes no arguments"));
        }
        vm.no_default()
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(_: &mut Vm, _this: Value) -> Res<&'static str> {
        Ok("typing.NoDefault")
    }
    /// Helper for pickle.
    #[native("__reduce__($self, /)", nosig)]
    fn reduce(_: &mut Vm, _this: Value) -> Res<&'static str> {
        Ok("NoDefault")
    }
}

struct Constant(Value);
impl Payload for Constant {
    fn trace(&self, t: &mut gc::Tracer) {
        mark(t, self.0);
    }
}

static CONSTANT: TypeSpec = TypeSpec {
    name: "constevaluator",
    module: "_typing",
    tables: &[constant::TABLE],
    flags: TypeFlags::NO_INSTANCES,
    dict: DictPlace::None,
    ..BASE
};

#[derive::natives]
mod constant {
    use super::*;

    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let v = this.payload::<Constant>().ok_or(Raised)?.0;
        Ok(format!("<constevaluator {}>", vm.display_repr(v)?))
    }
    /// Call self as a function.
    #[native("__call__($self, format, /)", nosig)]
    fn call(vm: &mut Vm, this: Value, format: Value) -> Res {
        let v = this.payload::<Constant>().ok_or(Raised)?.0;
        // annotationlib.Format.STRING
        if vm.index_i64(format)? != 4 {
            return Ok(v);
        }
        let text = match v.downcast::<TupleObj>() {
            Some(t) => {
                let mut parts = Vec::new();
                for item in t.items() {
                    parts.push(vm.type_text(*item)?);
                }
                let comma = if parts.len() == 1 { "," } else { "" };
                format!("({}{comma})", parts.join(", "))
            }
            None => vm.type_text(v)?,
        };
        vm.new_str(&text)
    }
}

static NO_DEFAULT_KEY: u8 = 0;

impl Vm {
    /// `typing.NoDefault`.
    pub fn no_default(&mut self) -> Res {
        let key = &raw const NO_DEFAULT_KEY as usize;
        if let Some(v) = self.interp().module_state.get(&key) {
            return Ok(*v);
        }
        let class = self.native_type(&NO_DEFAULT)?;
        let v = self.new_payload(class, NoDefault)?;
        self.interp().module_state.insert(key, v);
        Ok(v)
    }

    fn new_const_evaluator(&mut self, v: Value) -> Res {
        let class = self.native_type(&CONSTANT)?;
        self.new_payload(class, Constant(v))
    }

    /// Makes a parameter that belongs to the running module.
    fn new_type_param(&mut self, p: Param) -> Res {
        let class = self.native_type(match p.sort {
            Sort::Var => &var::SPEC,
            Sort::ParamSpec => &paramspec::SPEC,
            Sort::Tuple => &tuple::SPEC,
        })?;
        let v = self.new_payload(class, p)?;
        self.set_module_of_caller(v)?;
        Ok(v)
    }

    /// `__module__` of what a native makes for its caller.
    fn set_module_of_caller(&mut self, v: Value) -> Res<()> {
        // SAFETY: the top frame is live; R[-1] of a frame with registers is its function.
        let globals = unsafe {
            let frame = &*self.frame;
            if frame.code.nregs == 0 {
                return Ok(());
            }
            crate::interp::returns::function_of(frame).globals
        };
        let key = self.names.__name__;
        if let Some(m) = self.dict_get_interned(globals, key) {
            let name = self.names.__module__;
            self.instance_set(v, name, Some(m))?;
        }
        Ok(())
    }

    /// A parameter of the PEP 695 syntax. `bound` and `constraints` are functions.
    pub fn new_type_var(
        &mut self,
        name: Value,
        bound: Option<Value>,
        constraints: Option<Value>,
    ) -> Res {
        self.new_type_param(Param {
            bound: Lazy::computed(bound),
            constraints: Lazy::computed(constraints),
            ..Param::new(Sort::Var, name)
        })
    }
    pub fn new_param_spec(&mut self, name: Value) -> Res {
        self.new_type_param(Param::new(Sort::ParamSpec, name))
    }
    pub fn new_type_var_tuple(&mut self, name: Value) -> Res {
        self.new_type_param(Param::new(Sort::Tuple, name))
    }

    /// Gives a parameter its default, a function; the parameter.
    pub fn set_type_param_default(&mut self, p: Value, f: Value) -> Res {
        param(p)?.default.evaluate.set(Some(f));
        Ok(p)
    }

    /// `__default__`, or NoDefault.
    fn param_default(&mut self, v: Value) -> Res {
        match param(v)?.default.get(self)? {
            Some(d) => Ok(d),
            None => self.no_default(),
        }
    }

    fn param_has_default(&mut self, v: Value) -> Res<bool> {
        let p = param(v)?;
        if p.default.evaluate.get().is_some() {
            return Ok(true);
        }
        let none = self.no_default()?;
        Ok(p.default.value.get().is_some_and(|d| d != none))
    }

    /// `name` as repr shows it.
    fn param_repr(&mut self, v: Value) -> Res<String> {
        let p = param(v)?;
        let name = self.display(p.name);
        let sign = match (p.covariant, p.contravariant) {
            _ if p.infer_variance || p.sort == Sort::Tuple => "",
            (true, _) => "+",
            (_, true) => "-",
            _ => "~",
        };
        Ok(format!("{sign}{name}"))
    }

    /// Refuses use as a base class.
    fn no_subclass(&mut self, what: &str) -> Res {
        Err(self.type_error(&format!("Cannot subclass an instance of {what}")))
    }

    /// The variance of a parameter from the constructor's keywords.
    fn variance(
        &mut self,
        covariant: Option<bool>,
        contravariant: Option<bool>,
        infer: Option<bool>,
    ) -> Res<(bool, bool, bool)> {
        let (co, contra, infer) = (
            covariant.unwrap_or(false),
            contravariant.unwrap_or(false),
            infer.unwrap_or(false),
        );
        if co && contra {
            return Err(self.value_error("Bivariant types are not supported."));
        }
        if infer && (co || contra) {
            return Err(self.value_error("Variance cannot be specified with infer_variance."));
        }
        Ok((co, contra, infer))
    }

    /// A default argument: NoDefault counts as none given.
    fn default_argument(&mut self, v: Option<Value>) -> Res<Lazy> {
        let none = self.no_default()?;
        Ok(Lazy::ready(v.filter(|d| *d != none)))
    }

    fn bound_argument(&mut self, v: Option<Value>) -> Res<Lazy> {
        match v.filter(|b| !b.is_none()) {
            Some(b) => {
                let message = self.new_str("Bound must be a type.")?;
                Ok(Lazy::ready(Some(
                    self.call_typing("_type_check", &[b, message])?,
                )))
            }
            None => Ok(Lazy::default()),
        }
    }

    fn param_name_argument(&mut self, class: &str, name: Value) -> Res {
        if name.is_kind(Kind::Str) {
            return Ok(name);
        }
        let got = self.argument_kind(name);
        Err(self.type_error(&format!("{class}() argument 'name' must be str, not {got}")))
    }
}

/// What all three sorts have.
#[derive::natives]
mod common {
    use super::*;

    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        vm.param_repr(this)
    }
    #[getter("__name__")]
    fn name(_: &mut Vm, this: Value) -> Res {
        Ok(param(this)?.name)
    }
    #[setter("__name__")]
    fn set_name(vm: &mut Vm, _this: Value, _value: Option<Value>) -> Res<()> {
        vm.readonly_attribute()
    }
    /// The default value for this type parameter.
    #[getter("__default__")]
    fn default(vm: &mut Vm, this: Value) -> Res {
        vm.param_default(this)
    }
    #[getter("evaluate_default")]
    fn evaluate_default(vm: &mut Vm, this: Value) -> Res {
        param(this)?.default.evaluator(vm)
    }
    #[native("has_default($self, /)")]
    fn has_default(vm: &mut Vm, this: Value) -> Res<bool> {
        vm.param_has_default(this)
    }
    #[native("__reduce__($self, /)")]
    fn reduce(_: &mut Vm, this: Value) -> Res {
        Ok(param(this)?.name)
    }
}
