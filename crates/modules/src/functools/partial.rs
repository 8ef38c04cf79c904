//! `partial` and `Placeholder`.

use crate::itertools::items_of;
use crate::payloads::{payload, payload_type};
use runtime::alloc::GcVec;
use runtime::class::{DictPlace, TypeFlags, TypeSpec};
use runtime::object::*;
use runtime::{Res, Value, Vm, dict};
use std::cell::Cell;

payload! {
    /// `args` is a tuple, `keywords` a dict.
    struct Partial {
        func: Cell<Value>,
        args: Cell<Value>,
        keywords: Cell<Value>,
        /// Number of placeholders among the arguments.
        places: Cell<usize>,
    }
    struct Placeholder { unused: u8 }
}

pub static SPEC: TypeSpec = payload_type! {
    name: "partial",
    signature: Some("(func, /, *args, **keywords)"),
    module: "functools",
    doc: "Create a new function with partial application of the given arguments and keywords.",
    flags: TypeFlags::BASE.union(TypeFlags::HAS_WEAKREF),
    dict: DictPlace::Slots,
    tables: &[methods::TABLE, runtime::types::dict_attr::methods::TABLE, runtime::types::protocol::generic::TABLE],
};

pub static PLACEHOLDER: TypeSpec = payload_type! {
    name: "_PlaceholderType",
    module: "functools",
    doc: "The type of the Placeholder singleton.\n\nUsed as a placeholder for partial arguments.",
    tables: &[placeholder_methods::TABLE],
};

static SINGLETON: u8 = 1;

/// The `Placeholder` of the interpreter.
pub fn placeholder(vm: &mut Vm) -> Res {
    let key = &raw const SINGLETON as usize;
    if let Some(v) = vm.interp().module_state.get(&key) {
        return Ok(*v);
    }
    let class = vm.native_type(&PLACEHOLDER)?;
    let v = vm.new_payload(class, Placeholder { unused: 0 })?;
    vm.interp().module_state.insert(key, v);
    Ok(v)
}

#[derive::natives]
mod placeholder_methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, _class: Value, args: Value, kwargs: Option<Value>) -> Res {
        if !items_of(args).is_empty() || kwargs.is_some() {
            return Err(vm.type_error("PlaceholderType takes no arguments"));
        }
        placeholder(vm)
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(_: &mut Vm, _this: Value) -> Res<&'static str> {
        Ok("Placeholder")
    }
    /// Return state information for pickling.
    #[native("__reduce__($self, /)")]
    fn reduce(_: &mut Vm, _this: Value) -> Res<&'static str> {
        Ok("Placeholder")
    }
}

fn partial<'a>(v: Value) -> &'a Partial {
    match v.payload::<Partial>() {
        Some(p) => p,
        None => unreachable!("the descriptor checked the type"),
    }
}

/// Puts new arguments in the places of placeholders, the rest behind.
fn fill(vm: &mut Vm, old: &[Value], new: &[Value]) -> Res<GcVec> {
    let mark = placeholder(vm)?;
    let mut out = vm.new_vec();
    out.reserve(vm, old.len() + new.len())?;
    let mut rest = new.iter();
    for v in old {
        let v = if *v == mark {
            rest.next().unwrap_or(v)
        } else {
            v
        };
        out.push(vm, *v)?;
    }
    for v in rest {
        out.push(vm, *v)?;
    }
    Ok(out)
}

fn count_places(vm: &mut Vm, args: &[Value]) -> Res<usize> {
    let mark = placeholder(vm)?;
    Ok(args.iter().filter(|v| **v == mark).count())
}

/// Whether an object has attributes of its own.
fn has_attributes(vm: &mut Vm, v: Value) -> Res<bool> {
    match vm.get_attr_opt(v, vm.names.__dict__)? {
        Some(d) => Ok(vm.len(d)? > 0),
        None => Ok(false),
    }
}

/// A copy of `a` with the entries of `b`.
fn merged(vm: &mut Vm, a: Value, b: Option<Value>) -> Res<Ref<DictObj>> {
    let new = vm.new_dict()?;
    vm.dict_update(new, a)?;
    if let Some(b) = b {
        vm.dict_update(new, b)?;
    }
    Ok(new)
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, args: Value, kwargs: Option<Value>) -> Res {
        let base = vm.native_type(&SPEC)?;
        let class = vm.class_arg(class, base)?;
        let Some((func, new_args)) = items_of(args).split_first() else {
            return Err(vm.type_error("type 'partial' takes at least one argument"));
        };
        let mut func = *func;
        if !vm.is_callable(func) {
            return Err(vm.type_error("the first argument must be callable"));
        }
        let mark = placeholder(vm)?;
        if new_args.last() == Some(&mark) {
            return Err(vm.type_error("trailing Placeholders are not allowed"));
        }
        if let Some(d) = kwargs.and_then(|k| k.downcast::<DictObj>()) {
            let mut i = 0;
            while let Some((at, e)) = dict::next_entry(d, i) {
                i = at + 1;
                if e.value == Some(mark) {
                    return Err(vm.type_error("Placeholder cannot be passed as a keyword argument"));
                }
            }
        }
        let mut all = vm.new_vec();
        let mut keywords = vm.new_dict()?.value();
        match func.payload::<Partial>() {
            Some(p) if !has_attributes(vm, func)? => {
                let old = items_of(p.args.get());
                if p.places.get() > 0 && !new_args.is_empty() {
                    all = fill(vm, old, new_args)?;
                } else {
                    all.extend(vm, old)?;
                    all.extend(vm, new_args)?;
                }
                keywords = p.keywords.get();
                func = p.func.get();
            }
            _ => all.extend(vm, new_args)?,
        }
        // Places at the end were filled by nothing: they are allowed only from the inner partial.
        let places = count_places(vm, &all)?;
        let keywords = merged(vm, keywords, kwargs)?;
        let args = vm.new_tuple(&all)?;
        vm.new_payload(
            class,
            Partial {
                func: Cell::new(func),
                args: Cell::new(args),
                keywords: Cell::new(keywords.value()),
                places: Cell::new(places),
            },
        )
    }
    /// Call self as a function.
    #[native("__call__($self, /, *args, **kwargs)")]
    fn call(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res {
        let p = partial(this);
        let given = items_of(args);
        let want = p.places.get();
        if given.len() < want {
            let n = given.len();
            return Err(vm.type_error(&format!(
                "missing positional arguments in 'partial' call; expected at least {want}, got {n}"
            )));
        }
        let old = items_of(p.args.get());
        let all = if old.is_empty() {
            args
        } else {
            let all = fill(vm, old, given)?;
            vm.new_tuple(&all)?
        };
        let (func, own) = (p.func.get(), p.keywords.get());
        let own_empty = vm.len(own)? == 0;
        if own_empty && kwargs.is_none() {
            return vm.call_value(func, items_of(all));
        }
        let keywords = match kwargs {
            Some(k) if own_empty => k,
            _ => merged(vm, own, kwargs)?.value(),
        };
        vm.call_spread(func, all, Some(keywords))
    }
    /// Return an attribute of instance, which is of type owner.
    #[native("__get__($self, instance, owner=None, /)")]
    fn get(vm: &mut Vm, this: Value, instance: Value, _owner: Option<Value>) -> Res {
        if instance.is_none() {
            return Ok(this);
        }
        vm.new_bound_method(this, instance)
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res {
        if !vm.repr_enter(this) {
            return vm.new_str("...");
        }
        let r = repr_of(vm, this);
        vm.repr_leave(this);
        r
    }
    /// Return state information for pickling.
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let p = partial(this);
        let namespace = match vm.get_attr_opt(this, vm.names.__dict__)? {
            Some(d) if vm.len(d)? > 0 => d,
            _ => Value::NONE,
        };
        let state = vm.new_tuple(&[p.func.get(), p.args.get(), p.keywords.get(), namespace])?;
        let args = vm.new_tuple(&[p.func.get()])?;
        let class = vm.class_of(this).value();
        vm.new_tuple(&[class, args, state])
    }
    /// Set state information for unpickling.
    #[native("__setstate__($self, object, /)")]
    fn setstate(vm: &mut Vm, this: Value, object: Value) -> Res<()> {
        let Some(t) = object.downcast::<TupleObj>() else {
            return Err(vm.type_error("argument to __setstate__ must be a tuple"));
        };
        let [func, args, keywords, namespace] = items_of(t.value()) else {
            let n = t.len;
            return Err(vm.type_error(&format!("expected 4 items in state, got {n}")));
        };
        let ok = vm.is_callable(*func)
            && args.is_kind(Kind::Tuple)
            && (keywords.is_none() || keywords.is_kind(Kind::Dict))
            && (namespace.is_none() || namespace.is_kind(Kind::Dict));
        if !ok {
            return Err(vm.type_error("invalid partial state"));
        }
        let mark = placeholder(vm)?;
        if items_of(*args).last() == Some(&mark) {
            return Err(vm.type_error("trailing Placeholders are not allowed"));
        }
        let exact = vm.new_tuple(items_of(*args))?;
        let kw = vm.new_dict()?;
        if !keywords.is_none() {
            vm.dict_update(kw, *keywords)?;
        }
        let own = if keywords.is_exact(Kind::Dict) {
            *keywords
        } else {
            kw.value()
        };
        let p = partial(this);
        p.places.set(count_places(vm, items_of(exact))?);
        p.func.set(*func);
        p.args.set(exact);
        p.keywords.set(own);
        let namespace = if namespace.is_none() {
            vm.new_dict()?.value()
        } else {
            *namespace
        };
        vm.set_attr(this, vm.names.__dict__, Some(namespace))
    }
    /// function object to use in future partial calls
    #[member("func")]
    fn func(_: &mut Vm, this: Value) -> Res {
        Ok(partial(this).func.get())
    }
    /// tuple of arguments to future partial calls
    #[member("args")]
    fn args_(_: &mut Vm, this: Value) -> Res {
        Ok(partial(this).args.get())
    }
    /// dictionary of keyword arguments to future partial calls
    #[member("keywords")]
    fn keywords(_: &mut Vm, this: Value) -> Res {
        Ok(partial(this).keywords.get())
    }
}

fn repr_of(vm: &mut Vm, this: Value) -> Res {
    let class = vm.class_of(this);
    let module = vm.get_attr(class.value(), vm.names.__module__)?;
    let (module, name) = (vm.display(module), vm.display(class.qualname.or_none()));
    let mut out = text::StrBuf::new();
    out.push_str(&format!("{module}.{name}("));
    let p = partial(this);
    vm.push_repr(&mut out, p.func.get())?;
    for v in items_of(p.args.get()) {
        out.push_str(", ");
        vm.push_repr(&mut out, *v)?;
    }
    if let Some(d) = p.keywords.get().downcast::<DictObj>() {
        let mut i = 0;
        while let Some((at, e)) = dict::next_entry(d, i) {
            i = at + 1;
            let key = vm.str_of(e.key.unwrap_or(Value::NONE))?;
            out.push_str(&format!(", {}=", vm.display(key)));
            vm.push_repr(&mut out, e.value.unwrap_or(Value::NONE))?;
        }
    }
    out.push_str(")");
    vm.new_str_owned(&out.finish())
}
