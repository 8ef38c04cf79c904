//! `_contextvars`: `Context`, `ContextVar`, `Token`.

use crate::itertools::items_of;
use crate::payloads::{payload, payload_type};
use runtime::class::TypeSpec;
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::ops::CmpOp;
use runtime::types::protocol::{generic, rich_compare};
use runtime::{Res, Value, Vm};
use std::cell::Cell;

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_contextvars",
    doc: "Context Variables",
    functions: &[functions::TABLE],
    init,
};

payload! {
    /// `vars` is a dict that may be shared with copies of the context until one changes it.
    struct Context { vars: Cell<Value>, shared: Cell<bool>, entered: Cell<bool>, previous: Cell<Option<Value>> }
    struct Var { name: Value, default: Option<Value> }
    struct Token { context: Value, var: Value, old: Option<Value>, used: Cell<bool> }
    struct Missing { unused: u8 }
}

static CONTEXT: TypeSpec = payload_type! {
    name: "Context",
    module: "_contextvars",
    flags: runtime::class::TypeFlags::HAS_WEAKREF,
    tables: &[context::TABLE, compare::TABLE],
};
static VAR: TypeSpec = payload_type! {
    name: "ContextVar",
    module: "_contextvars",
    tables: &[var::TABLE, generic::TABLE],
};
static TOKEN: TypeSpec = payload_type! {
    name: "Token",
    module: "_contextvars",
    tables: &[token::TABLE, token_compare::TABLE, generic::TABLE],
};
static MISSING: TypeSpec = payload_type! {
    name: "Token.MISSING",
    module: "_contextvars",
    tables: &[missing::TABLE],
    flags: runtime::class::TypeFlags::NO_INSTANCES,
};

rich_compare!(compare, context_compare);
rich_compare!(token_compare, identity_compare);

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    for spec in [&CONTEXT, &VAR, &TOKEN] {
        vm.module_add_type(m, spec)?;
    }
    let missing = missing_value(vm)?;
    let class = vm.native_type(&TOKEN)?;
    let name = vm.intern("MISSING");
    vm.type_set(class, name, Some(missing))?;
    Ok(())
}

static MISSING_KEY: u8 = 2;

fn missing_value(vm: &mut Vm) -> Res {
    let key = &raw const MISSING_KEY as usize;
    if let Some(v) = vm.interp().module_state.get(&key) {
        return Ok(*v);
    }
    let class = vm.native_type(&MISSING)?;
    let v = vm.new_payload(class, Missing { unused: 0 })?;
    vm.interp().module_state.insert(key, v);
    Ok(v)
}

#[derive::natives]
mod missing {
    use super::*;

    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(_: &mut Vm, _this: Value) -> Res<&'static str> {
        Ok("<Token.MISSING>")
    }
}

fn context_of<'a>(v: Value) -> &'a Context {
    match v.payload::<Context>() {
        Some(c) => c,
        None => unreachable!("a context is what the caller has"),
    }
}

impl Context {
    fn dict(&self) -> Ref<DictObj> {
        // SAFETY: `vars` is a dict made here.
        unsafe { self.vars.get().cast() }
    }
    /// The dict, not shared with any other context.
    fn own_dict(&self, vm: &mut Vm) -> Res<Ref<DictObj>> {
        if self.shared.get() {
            let copy = vm.dict_copy(self.dict())?;
            self.vars.set(copy.value());
            self.shared.set(false);
        }
        Ok(self.dict())
    }
}

fn new_context(vm: &mut Vm) -> Res {
    let class = vm.native_type(&CONTEXT)?;
    let vars = vm.new_dict()?;
    vm.new_payload(
        class,
        Context {
            vars: Cell::new(vars.value()),
            shared: Cell::new(false),
            entered: Cell::new(false),
            previous: Cell::new(None),
        },
    )
}

/// The thread's current context.
fn current(vm: &mut Vm) -> Res {
    match vm.context {
        Some(c) => Ok(c),
        None => {
            let c = new_context(vm)?;
            context_of(c).entered.set(true);
            vm.context = Some(c);
            Ok(c)
        }
    }
}

fn copy_of(vm: &mut Vm, c: Value) -> Res {
    let new = new_context(vm)?;
    let (from, to) = (context_of(c), context_of(new));
    from.shared.set(true);
    to.vars.set(from.vars.get());
    to.shared.set(true);
    Ok(new)
}

/// `contextvars.copy_context()`.
pub fn copy_current(vm: &mut Vm) -> Res {
    let c = current(vm)?;
    copy_of(vm, c)
}

/// Runs a callable in a context.
pub fn run_in(vm: &mut Vm, c: Value, f: Value, args: Value, kwargs: Option<Value>) -> Res {
    within(vm, c, |vm| vm.call_spread(f, args, kwargs))
}

/// Runs native code in a context.
pub fn within<T>(vm: &mut Vm, c: Value, run: impl FnOnce(&mut Vm) -> Res<T>) -> Res<T> {
    let Some(ctx) = c.payload::<Context>() else {
        return Err(vm.type_error("an instance of Context was expected"));
    };
    if ctx.entered.get() {
        let shown = vm.display_repr(c)?;
        return Err(vm.runtime_error(&format!("cannot enter context: {shown} is already entered")));
    }
    ctx.entered.set(true);
    ctx.previous.set(vm.context);
    vm.context = Some(c);
    vm.decimal_context = None;
    let r = run(vm);
    vm.context = ctx.previous.take();
    vm.decimal_context = None;
    ctx.entered.set(false);
    r
}

#[derive::natives]
mod functions {
    use super::*;

    #[native("copy_context($module, /)")]
    fn copy_context(vm: &mut Vm, _m: Value) -> Res {
        copy_current(vm)
    }
}

fn context_compare(vm: &mut Vm, op: CmpOp, a: Value, b: Value) -> Res {
    let (Some(x), Some(y)) = (a.payload::<Context>(), b.payload::<Context>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    match op {
        CmpOp::Eq => Ok(Value::bool(vm.dict_equal(x.dict(), y.dict())?)),
        CmpOp::Ne => Ok(Value::bool(!vm.dict_equal(x.dict(), y.dict())?)),
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

/// Tokens are not hashable, and equal only to themselves.
fn identity_compare(_: &mut Vm, op: CmpOp, a: Value, b: Value) -> Res {
    match op {
        CmpOp::Eq if a == b => Ok(Value::TRUE),
        CmpOp::Ne if a == b => Ok(Value::FALSE),
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn check_var(vm: &mut Vm, key: Value) -> Res<()> {
    if key.payload::<Var>().is_some() {
        return Ok(());
    }
    let shown = vm.display_repr(key)?;
    Err(vm.type_error(&format!("a ContextVar key was expected, got {shown}")))
}

#[derive::natives]
mod context {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, _class: Value, args: Value, kwargs: Option<Value>) -> Res {
        if !items_of(args).is_empty() || kwargs.is_some() {
            return Err(vm.type_error("Context() does not accept any arguments"));
        }
        new_context(vm)
    }
    #[native("run($self, /, *args, **kwargs)", nosig)]
    fn run(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res {
        let Some((f, rest)) = items_of(args).split_first() else {
            return Err(vm.type_error("run() missing 1 required positional argument"));
        };
        if kwargs.is_none() {
            return within(vm, this, |vm| vm.call_value(*f, rest));
        }
        let rest = vm.new_tuple(rest)?;
        run_in(vm, this, *f, rest, kwargs)
    }
    /// Return a shallow copy of the context object.
    #[native("copy($self, /)")]
    fn copy(vm: &mut Vm, this: Value) -> Res {
        copy_of(vm, this)
    }
    /// Return the value for `key` if `key` has the value in the context object.
    ///
    /// If `key` does not exist, return `default`. If `default` is not
    /// given, return None.
    #[native("get($self, key, default=None, /)")]
    fn get(vm: &mut Vm, this: Value, key: Value, default: Option<Value>) -> Res {
        check_var(vm, key)?;
        let found = vm.dict_get(context_of(this).dict(), key)?;
        Ok(found.or(default).unwrap_or(Value::NONE))
    }
    /// Return all variables and their values in the context object.
    ///
    /// The result is returned as a list of 2-tuples (variable, value).
    #[native("items($self, /)")]
    fn items(vm: &mut Vm, this: Value) -> Res {
        vm.dict_iter(context_of(this).dict(), 2, false)
    }
    /// Return a list of all variables in the context object.
    #[native("keys($self, /)")]
    fn keys(vm: &mut Vm, this: Value) -> Res {
        vm.dict_iter(context_of(this).dict(), 0, false)
    }
    /// Return a list of all variables' values in the context object.
    #[native("values($self, /)")]
    fn values(vm: &mut Vm, this: Value) -> Res {
        vm.dict_iter(context_of(this).dict(), 1, false)
    }
    /// Implement iter(self).
    #[native("__iter__($self, /)")]
    fn iter(vm: &mut Vm, this: Value) -> Res {
        vm.dict_iter(context_of(this).dict(), 0, false)
    }
    /// Return len(self).
    #[native("__len__($self, /)")]
    fn len(_: &mut Vm, this: Value) -> Res<usize> {
        Ok(context_of(this).dict().used.get())
    }
    /// Return self[key].
    #[native("__getitem__($self, key, /)")]
    fn getitem(vm: &mut Vm, this: Value, key: Value) -> Res {
        check_var(vm, key)?;
        match vm.dict_get(context_of(this).dict(), key)? {
            Some(v) => Ok(v),
            None => Err(vm.key_error(key)),
        }
    }
    /// Return bool(key in self).
    #[native("__contains__($self, key, /)")]
    fn contains(vm: &mut Vm, this: Value, key: Value) -> Res<bool> {
        check_var(vm, key)?;
        Ok(vm.dict_get(context_of(this).dict(), key)?.is_some())
    }
}

fn var_of<'a>(v: Value) -> &'a Var {
    match v.payload::<Var>() {
        Some(c) => c,
        None => unreachable!("the descriptor checked the type"),
    }
}

/// A new variable.
pub fn new_var(vm: &mut Vm, name: &str) -> Res {
    let name = vm.new_str(name)?;
    let class = vm.native_type(&VAR)?;
    vm.new_payload(
        class,
        Var {
            name,
            default: None,
        },
    )
}

/// The value of a variable in the current context.
pub fn var_value(vm: &mut Vm, var: Value) -> Res<Option<Value>> {
    match vm.context {
        Some(c) => vm.dict_get(context_of(c).dict(), var),
        None => Ok(None),
    }
}

/// `var.set(value)`.
pub fn set_var(vm: &mut Vm, var: Value, value: Value) -> Res {
    vm.decimal_context = None;
    let c = current(vm)?;
    let d = context_of(c).own_dict(vm)?;
    let old = vm.dict_get(d, var)?;
    vm.dict_set(d.value(), var, value)?;
    let class = vm.native_type(&TOKEN)?;
    vm.new_payload(
        class,
        Token {
            context: c,
            var,
            old,
            used: Cell::new(false),
        },
    )
}

/// Undoes what made the token.
fn reset(vm: &mut Vm, var: Value, token: Value) -> Res<()> {
    let Some(t) = token.payload::<Token>() else {
        let name = vm.class_name(token);
        return Err(vm.type_error(&format!("expected an instance of Token, got {name}")));
    };
    let c = current(vm)?;
    let text = if t.used.get() {
        Some("has already been used once")
    } else {
        None
    };
    if let Some(text) = text {
        let shown = vm.display_repr(token)?;
        return Err(vm.runtime_error(&format!("{shown} {text}")));
    }
    if t.var != var {
        let shown = vm.display_repr(token)?;
        return Err(vm.value_error(&format!("{shown} was created by a different ContextVar")));
    }
    if t.context != c {
        let shown = vm.display_repr(token)?;
        return Err(vm.value_error(&format!("{shown} was created in a different Context")));
    }
    t.used.set(true);
    vm.decimal_context = None;
    let d = context_of(c).own_dict(vm)?;
    match t.old {
        Some(v) => vm.dict_set(d.value(), var, v),
        None => vm.dict_take(d, var).map(|_| ()),
    }
}

#[derive::natives]
mod var {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, name, /, *, default=<unrepresentable>)")]
    fn new(vm: &mut Vm, _class: Value, name: Value, default: Option<Value>) -> Res {
        if !name.is_kind(Kind::Str) {
            return Err(vm.type_error("context variable name must be a str"));
        }
        let class = vm.native_type(&VAR)?;
        vm.new_payload(class, Var { name, default })
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
            && let Some(v) = vm.dict_get(context_of(c).dict(), this)?
        {
            return Ok(v);
        }
        match default.or(var_of(this).default) {
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
        set_var(vm, this, value)
    }
    /// Reset the context variable.
    ///
    /// The variable is reset to the value it had before the `ContextVar.set()` that
    /// created the token was used.
    #[native("reset($self, token, /)")]
    fn reset_(vm: &mut Vm, this: Value, token: Value) -> Res<()> {
        reset(vm, this, token)
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let v = var_of(this);
        let mut out = format!("<ContextVar name={}", vm.display_repr(v.name)?);
        if let Some(d) = v.default {
            if vm.repr_enter(this) {
                let shown = vm.display_repr(d);
                vm.repr_leave(this);
                out.push_str(&format!(" default={}", shown?));
            } else {
                out.push_str(" default=...");
            }
        }
        Ok(format!("{out} at {:#x}>", this.bits()))
    }
    #[getter("name")]
    fn name(_: &mut Vm, this: Value) -> Res {
        Ok(var_of(this).name)
    }
}

fn token_of<'a>(v: Value) -> &'a Token {
    match v.payload::<Token>() {
        Some(c) => c,
        None => unreachable!("the descriptor checked the type"),
    }
}

#[derive::natives]
mod token {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, _class: Value, _args: Value, _kwargs: Option<Value>) -> Res {
        Err(vm.runtime_error("Tokens can only be created by ContextVars"))
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let t = token_of(this);
        let used = if t.used.get() { " used" } else { "" };
        let var = vm.display_repr(t.var)?;
        Ok(format!("<Token{used} var={var} at {:#x}>", this.bits()))
    }
    /// Enter into Token context manager.
    #[native("__enter__($self, /)")]
    fn enter(_: &mut Vm, this: Value) -> Res {
        Ok(this)
    }
    /// Exit from Token context manager, restore the linked ContextVar.
    #[native("__exit__($self, type, val, tb, /)")]
    fn exit(vm: &mut Vm, this: Value, _type: Value, _val: Value, _tb: Value) -> Res<()> {
        reset(vm, token_of(this).var, this)
    }
    #[getter("var")]
    fn var(_: &mut Vm, this: Value) -> Res {
        Ok(token_of(this).var)
    }
    #[getter("old_value")]
    fn old_value(vm: &mut Vm, this: Value) -> Res {
        match token_of(this).old {
            Some(v) => Ok(v),
            None => missing_value(vm),
        }
    }
}
