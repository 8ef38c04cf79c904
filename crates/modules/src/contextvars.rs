//! `_contextvars`: context variables, contexts, tokens (PEP 567).

use runtime::class::{TypeFlags, TypeObj, TypeSpec};
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::payload::{Payload, mark};
use runtime::{Res, Value, Vm};
use std::cell::Cell;

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_contextvars",
    doc: "Context Variables",
    functions: &[functions::TABLE],
    init,
};

const BASE: TypeSpec = TypeSpec {
    module: "_contextvars",
    kind: Kind::Payload,
    size: size_of::<PayloadObj>(),
    ..TypeSpec::DEFAULT
};
static CONTEXT_VAR: TypeSpec = TypeSpec {
    name: "ContextVar",
    tables: &[var_methods::TABLE],
    ..BASE
};
static CONTEXT: TypeSpec = TypeSpec {
    name: "Context",
    tables: &[context_methods::TABLE],
    flags: TypeFlags::MAPPING,
    ..BASE
};
static TOKEN: TypeSpec = TypeSpec {
    name: "Token",
    tables: &[token_methods::TABLE],
    ..BASE
};
static MISSING: TypeSpec = TypeSpec {
    name: "Token.MISSING",
    tables: &[missing_methods::TABLE],
    flags: TypeFlags::NO_INSTANCES,
    ..BASE
};

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    vm.module_add_type(m, &CONTEXT_VAR)?;
    vm.module_add_type(m, &CONTEXT)?;
    let token = vm.module_add_type(m, &TOKEN)?;
    let missing = missing(vm)?;
    vm.dict_set_str(token.dict.get(), "MISSING", missing)
}

struct Var {
    name: Value,
    default: Option<Value>,
}
impl Payload for Var {
    fn trace(&self, t: &mut gc::Tracer) {
        mark(t, self.name);
        if let Some(d) = self.default {
            mark(t, d);
        }
    }
}

/// `vars` is a dict that is replaced, never changed: copies share it.
struct Context {
    vars: Cell<Value>,
    previous: Cell<Option<Value>>,
    entered: Cell<bool>,
}
impl Payload for Context {
    fn trace(&self, t: &mut gc::Tracer) {
        mark(t, self.vars.get());
        if let Some(p) = self.previous.get() {
            mark(t, p);
        }
    }
}

struct Token {
    context: Value,
    var: Value,
    old: Option<Value>,
    used: Cell<bool>,
}
impl Payload for Token {
    fn trace(&self, t: &mut gc::Tracer) {
        mark(t, self.context);
        mark(t, self.var);
        if let Some(o) = self.old {
            mark(t, o);
        }
    }
}

/// The singleton `Token.MISSING`.
struct Missing;
impl Payload for Missing {
    fn trace(&self, _: &mut gc::Tracer) {}
}
static MISSING_KEY: u8 = 0;

fn missing(vm: &mut Vm) -> Res {
    let key = &raw const MISSING_KEY as usize;
    if let Some(v) = vm.interp().module_state.get(&key) {
        return Ok(*v);
    }
    let class = vm.native_type(&MISSING)?;
    let v = vm.new_payload(class, Missing)?;
    vm.interp().module_state.insert(key, v);
    Ok(v)
}

fn new_context(vm: &mut Vm, vars: Option<Value>) -> Res {
    let vars = match vars {
        Some(v) => v,
        None => vm.new_dict()?.value(),
    };
    let class = vm.native_type(&CONTEXT)?;
    let c = Context {
        vars: Cell::new(vars),
        previous: Cell::new(None),
        entered: Cell::new(false),
    };
    vm.new_payload(class, c)
}

/// The thread's context, made when there is none.
fn current(vm: &mut Vm) -> Res {
    if let Some(c) = vm.context {
        return Ok(c);
    }
    let c = new_context(vm, None)?;
    if let Some(p) = c.payload::<Context>() {
        p.entered.set(true);
    }
    vm.context = Some(c);
    Ok(c)
}

fn context<'a>(vm: &mut Vm, v: Value) -> Res<&'a Context> {
    match v.payload::<Context>() {
        Some(c) => Ok(c),
        None => Err(vm.type_error("an instance of Context was expected")),
    }
}

fn vars_of(vm: &mut Vm, v: Value) -> Res<Ref<DictObj>> {
    match context(vm, v)?.vars.get().downcast::<DictObj>() {
        Some(d) => Ok(d),
        None => Err(vm.system_error("context without variables")),
    }
}

/// Sets (or, with None, removes) a variable in a context.
fn assign(vm: &mut Vm, c: Value, var: Value, value: Option<Value>) -> Res<()> {
    let old = vars_of(vm, c)?;
    let new = vm.call_method_str(old.value(), "copy", &[])?;
    match value {
        Some(v) => vm.dict_set(new, var, v)?,
        None => vm.del_item(new, var)?,
    }
    context(vm, c)?.vars.set(new);
    gc::write_barrier(c.ptr());
    Ok(())
}

fn lookup(vm: &mut Vm, c: Value, var: Value) -> Res<Option<Value>> {
    let d = vars_of(vm, c)?;
    vm.dict_get(d, var)
}

#[derive::natives]
mod functions {
    use super::*;

    #[native("copy_context($module, /)")]
    fn copy_context(vm: &mut Vm, _m: Value) -> Res {
        let c = current(vm)?;
        let vars = vars_of(vm, c)?.value();
        new_context(vm, Some(vars))
    }
}

fn var<'a>(vm: &mut Vm, v: Value) -> Res<&'a Var> {
    match v.payload::<Var>() {
        Some(x) => Ok(x),
        None => Err(vm.type_error("an instance of ContextVar was expected")),
    }
}

#[derive::natives]
mod var_methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, name, *, default=None)", nosig)]
    fn new(vm: &mut Vm, class: Value, name: Value, default: Option<Value>) -> Res {
        if !name.is_kind(Kind::Str) {
            return Err(vm.type_error("context variable name must be a str"));
        }
        let Some(class) = class.downcast::<TypeObj>() else {
            return Err(vm.type_error("not a type"));
        };
        vm.new_payload(class, Var { name, default })
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let v = var(vm, this)?;
        let name = vm.display_repr(v.name)?;
        let default = match v.default {
            Some(d) => format!(" default={}", vm.display_repr(d)?),
            None => String::new(),
        };
        Ok(format!(
            "<ContextVar name={name}{default} at {:#x}>",
            this.bits()
        ))
    }
    /// Return hash(self).
    #[native("__hash__($self, /)")]
    fn hash(_: &mut Vm, this: Value) -> Res<i64> {
        Ok(runtime::convert::identity_hash(this))
    }
    #[getter("name")]
    fn name(vm: &mut Vm, this: Value) -> Res {
        Ok(var(vm, this)?.name)
    }
    /// Return a value for the context variable for the current context.
    ///
    /// If there is no value for the variable in the current context, the method will:
    ///  * return the value of the default argument of the method, if provided; or
    ///  * return the default value for the context variable, if it was created
    ///    with one; or
    ///  * raise a LookupError.
    #[native("get($self, default=<unrepresentable>, /)")]
    fn get(vm: &mut Vm, this: Value, default: Option<Value>) -> Res {
        if let Some(c) = vm.context
            && let Some(v) = super::lookup(vm, c, this)?
        {
            return Ok(v);
        }
        match default.or(var(vm, this)?.default) {
            Some(v) => Ok(v),
            None => Err(vm.error_with(vm.types.exc.LookupError, &[this])),
        }
    }
    /// Call to set a new value for the context variable in the current context.
    ///
    /// The required *value* argument is the new value for the context variable.
    ///
    /// Returns a Token object that can be used to restore the variable to its previous
    /// value via the `ContextVar.reset()` method.
    #[native("set($self, value, /)")]
    fn set(vm: &mut Vm, this: Value, value: Value) -> Res {
        let c = current(vm)?;
        let old = super::lookup(vm, c, this)?;
        assign(vm, c, this, Some(value))?;
        let class = vm.native_type(&TOKEN)?;
        let token = Token {
            context: c,
            var: this,
            old,
            used: Cell::new(false),
        };
        vm.new_payload(class, token)
    }
    /// Reset the context variable.
    ///
    /// The variable is reset to the value it had before the `ContextVar.set()` that
    /// created the token was used.
    #[native("reset($self, token, /)")]
    fn reset(vm: &mut Vm, this: Value, token: Value) -> Res<()> {
        let Some(t) = token.payload::<Token>() else {
            let got = vm.class_name(token);
            return Err(vm.type_error(&format!("expected an instance of Token, got {got}")));
        };
        let shown = vm.display_repr(token)?;
        let fault = if t.used.get() {
            return Err(vm.runtime_error(&format!("{shown} has already been used once")));
        } else if t.var != this {
            Some("was created by a different ContextVar")
        } else if vm.context != Some(t.context) {
            Some("was created in a different Context")
        } else {
            None
        };
        if let Some(f) = fault {
            return Err(vm.value_error(&format!("{shown} {f}")));
        }
        t.used.set(true);
        assign(vm, t.context, this, t.old)
    }
    /// See PEP 585
    #[classmethod("__class_getitem__($type, object, /)")]
    fn class_getitem(vm: &mut Vm, class: Value, object: Value) -> Res {
        vm.new_generic_alias(class, object)
    }
}

#[derive::natives]
mod token_methods {
    use super::*;

    fn token<'a>(vm: &mut Vm, v: Value) -> Res<&'a Token> {
        match v.payload::<Token>() {
            Some(t) => Ok(t),
            None => Err(vm.type_error("an instance of Token was expected")),
        }
    }
    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, _class: Value, _args: Value, _kw: Option<Value>) -> Res {
        Err(vm.runtime_error("Tokens can only be created by ContextVars"))
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let t = token(vm, this)?;
        let used = if t.used.get() { " used" } else { "" };
        let var = vm.display_repr(t.var)?;
        Ok(format!("<Token{used} var={var} at {:#x}>", this.bits()))
    }
    #[getter("var")]
    fn var(vm: &mut Vm, this: Value) -> Res {
        Ok(token(vm, this)?.var)
    }
    #[getter("old_value")]
    fn old_value(vm: &mut Vm, this: Value) -> Res {
        match token(vm, this)?.old {
            Some(v) => Ok(v),
            None => missing(vm),
        }
    }
    /// Enter into Token context manager.
    #[native("__enter__($self, /)")]
    fn enter(_: &mut Vm, this: Value) -> Res {
        Ok(this)
    }
    /// Exit from Token context manager, restore the linked ContextVar.
    #[native("__exit__($self, type, val, tb, /)")]
    fn exit(vm: &mut Vm, this: Value, _type: Value, _val: Value, _tb: Value) -> Res<()> {
        let var = token(vm, this)?.var;
        vm.call_method_str(var, "reset", &[this])?;
        Ok(())
    }
    /// See PEP 585
    #[classmethod("__class_getitem__($type, object, /)")]
    fn class_getitem(vm: &mut Vm, class: Value, object: Value) -> Res {
        vm.new_generic_alias(class, object)
    }
}

#[derive::natives]
mod missing_methods {
    use super::*;

    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(_: &mut Vm, _this: Value) -> Res<&'static str> {
        Ok("<Token.MISSING>")
    }
}

/// TypeError unless the key is a ContextVar.
fn check_key(vm: &mut Vm, key: Value) -> Res<()> {
    if key.payload::<Var>().is_some() {
        return Ok(());
    }
    let shown = vm.display_repr(key)?;
    Err(vm.type_error(&format!("a ContextVar key was expected, got {shown}")))
}

#[derive::natives]
mod context_methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, _class: Value, args: Value, kw: Option<Value>) -> Res {
        if vm.len(args)? > 0 || kw.is_some() {
            return Err(vm.type_error("Context() does not accept any arguments"));
        }
        new_context(vm, None)
    }
    /// Return self[key].
    #[native("__getitem__($self, key, /)")]
    fn getitem(vm: &mut Vm, this: Value, key: Value) -> Res {
        check_key(vm, key)?;
        match lookup(vm, this, key)? {
            Some(v) => Ok(v),
            None => Err(vm.key_error(key)),
        }
    }
    /// Return bool(key in self).
    #[native("__contains__($self, key, /)")]
    fn contains(vm: &mut Vm, this: Value, key: Value) -> Res<bool> {
        check_key(vm, key)?;
        Ok(lookup(vm, this, key)?.is_some())
    }
    /// Return len(self).
    #[native("__len__($self, /)")]
    fn len(vm: &mut Vm, this: Value) -> Res<usize> {
        Ok(vars_of(vm, this)?.used.get())
    }
    /// Implement iter(self).
    #[native("__iter__($self, /)")]
    fn iter(vm: &mut Vm, this: Value) -> Res {
        let d = vars_of(vm, this)?.value();
        vm.iter(d)
    }
    /// Return self==value.
    #[native("__eq__($self, value, /)")]
    fn eq(vm: &mut Vm, this: Value, value: Value) -> Res {
        if value.payload::<Context>().is_none() {
            return Ok(Value::NOT_IMPLEMENTED);
        }
        let (a, b) = (vars_of(vm, this)?, vars_of(vm, value)?);
        Ok(Value::bool(vm.eq(a.value(), b.value())?))
    }
    /// Return the value for `key` if `key` has the value in the context object.
    ///
    /// If `key` does not exist, return `default`. If `default` is not given,
    /// return None.
    #[native("get($self, key, default=None, /)")]
    fn get(vm: &mut Vm, this: Value, key: Value, default: Option<Value>) -> Res {
        check_key(vm, key)?;
        Ok(lookup(vm, this, key)?.or(default).unwrap_or(Value::NONE))
    }
    /// Return a list of all variables in the context object.
    #[native("keys($self, /)")]
    fn keys(vm: &mut Vm, this: Value) -> Res {
        let d = vars_of(vm, this)?.value();
        vm.call_method_str(d, "keys", &[])
    }
    /// Return a list of all variables' values in the context object.
    #[native("values($self, /)")]
    fn values(vm: &mut Vm, this: Value) -> Res {
        let d = vars_of(vm, this)?.value();
        vm.call_method_str(d, "values", &[])
    }
    /// Return all variables and their values in the context object.
    ///
    /// The result is returned as a list of 2-tuples (variable, value).
    #[native("items($self, /)")]
    fn items(vm: &mut Vm, this: Value) -> Res {
        let d = vars_of(vm, this)?.value();
        vm.call_method_str(d, "items", &[])
    }
    /// Return a shallow copy of the context object.
    #[native("copy($self, /)")]
    fn copy(vm: &mut Vm, this: Value) -> Res {
        let vars = vars_of(vm, this)?.value();
        new_context(vm, Some(vars))
    }
    #[native("run($self, callable, /, *args, **kwargs)", nosig)]
    fn run(vm: &mut Vm, this: Value, callable: Value, args: Value, kw: Option<Value>) -> Res {
        let c = context(vm, this)?;
        if c.entered.get() {
            let shown = vm.display_repr(this)?;
            return Err(
                vm.runtime_error(&format!("cannot enter context: {shown} is already entered"))
            );
        }
        c.previous.set(vm.context);
        c.entered.set(true);
        vm.context = Some(this);
        let r = vm.call_spread(callable, args, kw);
        vm.context = c.previous.take();
        c.entered.set(false);
        r
    }
}
