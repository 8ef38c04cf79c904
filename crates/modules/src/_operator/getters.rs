//! `itemgetter`, `attrgetter`, `methodcaller`.

use runtime::class::TypeSpec;
use runtime::object::*;
use runtime::payload::{Payload, mark};
use runtime::{Res, Value, Vm};
use std::mem::offset_of;

pub static TYPES: &[&TypeSpec] = &[&ITEMGETTER, &ATTRGETTER, &METHODCALLER];

const BASE: TypeSpec = TypeSpec {
    module: "operator",
    kind: Kind::Payload,
    size: size_of::<PayloadObj>(),
    slot_offset: offset_of!(PayloadObj, overflow),
    ..TypeSpec::DEFAULT
};

static ITEMGETTER: TypeSpec = TypeSpec {
    name: "itemgetter",
    signature: Some("(item, /, *items)"),
    doc: "Return a callable object that fetches the given item(s) from its operand.\nAfter f = itemgetter(2), the call f(r) returns r[2].\nAfter g = itemgetter(2, 5, 3), the call g(r) returns (r[2], r[5], r[3])",
    tables: &[item::TABLE],
    ..BASE
};
static ATTRGETTER: TypeSpec = TypeSpec {
    name: "attrgetter",
    signature: Some("(attr, /, *attrs)"),
    doc: "Return a callable object that fetches the given attribute(s) from its operand.\nAfter f = attrgetter('name'), the call f(r) returns r.name.\nAfter g = attrgetter('name', 'date'), the call g(r) returns (r.name, r.date).\nAfter h = attrgetter('name.first', 'name.last'), the call h(r) returns\n(r.name.first, r.name.last).",
    tables: &[attr::TABLE],
    ..BASE
};
static METHODCALLER: TypeSpec = TypeSpec {
    name: "methodcaller",
    signature: Some("(name, /, *args, **kwargs)"),
    doc: "Return a callable object that calls the given method on its operand.\nAfter f = methodcaller('name'), the call f(r) returns r.name().\nAfter g = methodcaller('name', 'date', foo=1), the call g(r) returns\nr.name('date', foo=1).",
    tables: &[method::TABLE],
    ..BASE
};

/// The arguments of a getter. For attrgetter `plan` is a tuple of one tuple of names each.
struct Getter {
    args: Value,
    plan: Value,
    kwargs: Option<Value>,
}

impl Payload for Getter {
    fn trace(&self, t: &mut gc::Tracer) {
        mark(t, self.args);
        mark(t, self.plan);
        if let Some(k) = self.kwargs {
            mark(t, k);
        }
    }
}

fn getter(vm: &mut Vm, this: Value) -> Res<&'static Getter> {
    match this.payload::<Getter>() {
        Some(g) => Ok(g),
        None => Err(vm.type_error("a getter object is required")),
    }
}

fn items(t: Value) -> &'static [Value] {
    match t.downcast::<TupleObj>() {
        // SAFETY: tuples do not change, and the caller's value keeps the cell alive.
        Some(t) => unsafe { &*(t.items() as *const [Value]) },
        None => &[],
    }
}

fn no_keywords(vm: &mut Vm, name: &str, kwargs: Option<Value>) -> Res<()> {
    match kwargs.and_then(|k| k.downcast::<DictObj>()) {
        Some(d) if d.used.get() > 0 => {
            Err(vm.type_error(&format!("{name}() takes no keyword arguments")))
        }
        _ => Ok(()),
    }
}

fn at_least_one(vm: &mut Vm, name: &str, args: Value) -> Res<()> {
    if items(args).is_empty() {
        return Err(vm.type_error(&format!("{name} expected at least 1 argument, got 0")));
    }
    Ok(())
}

/// The one operand of a call.
fn operand(vm: &mut Vm, name: &str, args: Value, kwargs: Option<Value>) -> Res {
    no_keywords(vm, name, kwargs)?;
    match items(args) {
        [one] => Ok(*one),
        more => {
            let n = more.len();
            Err(vm.type_error(&format!("{name} expected 1 argument, got {n}")))
        }
    }
}

fn class_arg(
    vm: &mut Vm,
    class: Value,
    spec: &'static TypeSpec,
) -> Res<Ref<runtime::class::TypeObj>> {
    let base = vm.native_type(spec)?;
    vm.number_class(class, base)
}

/// `operator.name(args)`, the repr of a getter.
fn repr_call(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res {
    let class = vm.class_of(this);
    let module = vm.get_attr(class.value(), vm.names.__module__)?;
    let name = format!("{}.{}", vm.display(module), class.name_str());
    let mut b = text::StrBuf::new();
    b.push_str(&name);
    if !vm.repr_enter(this) {
        b.push_str("(...)");
        return vm.new_str_owned(&b.finish());
    }
    let done = push_args(vm, &mut b, args, kwargs);
    vm.repr_leave(this);
    done?;
    vm.new_str_owned(&b.finish())
}

fn push_args(vm: &mut Vm, b: &mut text::StrBuf, args: Value, kwargs: Option<Value>) -> Res<()> {
    b.push_str("(");
    for (i, v) in items(args).iter().enumerate() {
        if i > 0 {
            b.push_str(", ");
        }
        vm.push_repr(b, *v)?;
    }
    if let Some(k) = kwargs {
        let pairs = vm.call_method_str(k, "items", &[])?;
        let pairs = vm.collect(pairs)?;
        for pair in pairs.iter() {
            let [key, v] = *items(*pair) else { continue };
            let key = vm.display(key);
            b.push_str(&format!(", {key}="));
            vm.push_repr(b, v)?;
        }
    }
    b.push_str(")");
    Ok(())
}

#[derive::natives]
mod item {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, args: Value, kwargs: Option<Value>) -> Res {
        let class = class_arg(vm, class, &ITEMGETTER)?;
        no_keywords(vm, "itemgetter", kwargs)?;
        at_least_one(vm, "itemgetter", args)?;
        let g = Getter {
            args,
            plan: Value::NONE,
            kwargs: None,
        };
        vm.new_payload(class, g)
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res {
        let args = getter(vm, this)?.args;
        repr_call(vm, this, args, None)
    }
    /// Call self as a function.
    #[native("__call__($self, /, *args, **kwargs)")]
    fn call(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res {
        let obj = operand(vm, "itemgetter", args, kwargs)?;
        let keys = getter(vm, this)?.args;
        if let [key] = *items(keys) {
            return vm.get_item(obj, key);
        }
        let mut out = vm.new_vec();
        for key in items(keys) {
            let v = vm.get_item(obj, *key)?;
            out.push(vm, v)?;
        }
        vm.new_tuple(&out)
    }
    /// Return state information for pickling
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let args = getter(vm, this)?.args;
        let class = vm.class_of(this).value();
        vm.new_tuple(&[class, args])
    }
}

/// Follows a dotted name.
fn follow(vm: &mut Vm, obj: Value, path: Value) -> Res {
    let mut v = obj;
    for name in items(path) {
        v = vm.get_attr(v, *name)?;
    }
    Ok(v)
}

/// The interned parts of a dotted attribute name.
fn split_name(vm: &mut Vm, name: Value) -> Res {
    let Some(s) = name.downcast::<StrObj>() else {
        return Err(vm.type_error("attribute name must be a string"));
    };
    let mut out = vm.new_vec();
    let points: Vec<u32> = s.units().iter().collect();
    for part in points.split(|c| *c == u32::from(b'.')) {
        let part = vm.new_str_points(part)?;
        let part = vm.intern_value(part);
        out.push(vm, part)?;
    }
    vm.new_tuple(&out)
}

#[derive::natives]
mod attr {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, args: Value, kwargs: Option<Value>) -> Res {
        let class = class_arg(vm, class, &ATTRGETTER)?;
        no_keywords(vm, "attrgetter", kwargs)?;
        at_least_one(vm, "attrgetter", args)?;
        let mut paths = vm.new_vec();
        for name in items(args) {
            let path = split_name(vm, *name)?;
            paths.push(vm, path)?;
        }
        let plan = vm.new_tuple(&paths)?;
        let g = Getter {
            args,
            plan,
            kwargs: None,
        };
        vm.new_payload(class, g)
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res {
        let args = getter(vm, this)?.args;
        repr_call(vm, this, args, None)
    }
    /// Call self as a function.
    #[native("__call__($self, /, *args, **kwargs)")]
    fn call(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res {
        let obj = operand(vm, "attrgetter", args, kwargs)?;
        let plan = getter(vm, this)?.plan;
        if let [path] = *items(plan) {
            return follow(vm, obj, path);
        }
        let mut out = vm.new_vec();
        for path in items(plan) {
            let v = follow(vm, obj, *path)?;
            out.push(vm, v)?;
        }
        vm.new_tuple(&out)
    }
    /// Return state information for pickling
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let args = getter(vm, this)?.args;
        let class = vm.class_of(this).value();
        vm.new_tuple(&[class, args])
    }
}

#[derive::natives]
mod method {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, args: Value, kwargs: Option<Value>) -> Res {
        let class = class_arg(vm, class, &METHODCALLER)?;
        let Some((name, rest)) = items(args).split_first() else {
            return Err(vm.type_error("methodcaller needs at least one argument, the method name"));
        };
        if !name.is_kind(Kind::Str) {
            return Err(vm.type_error("method name must be a string"));
        }
        let plan = vm.new_tuple(rest)?;
        vm.new_payload(class, Getter { args, plan, kwargs })
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res {
        let g = getter(vm, this)?;
        repr_call(vm, this, g.args, g.kwargs)
    }
    /// Call self as a function.
    #[native("__call__($self, /, *args, **kwargs)")]
    fn call(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res {
        let obj = operand(vm, "methodcaller", args, kwargs)?;
        let g = getter(vm, this)?;
        let Some(name) = items(g.args).first() else {
            return Err(vm.system_error("methodcaller without a name"));
        };
        let name = vm.intern_value(*name);
        let m = vm.get_attr(obj, name)?;
        vm.call_spread(m, g.plan, g.kwargs)
    }
    /// Return state information for pickling
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let g = getter(vm, this)?;
        let class = vm.class_of(this).value();
        let Some(kwargs) = g.kwargs else {
            return vm.new_tuple(&[class, g.args]);
        };
        // functools.partial(class, name, **kwargs), (args...)
        let module = vm.import_module("functools")?;
        let partial = vm.get_attr_str(module, "partial")?;
        let name = items(g.args).first().copied().unwrap_or(Value::NONE);
        let args = vm.new_tuple(&[class, name])?;
        let made = vm.call_spread(partial, args, Some(kwargs))?;
        vm.new_tuple(&[made, g.plan])
    }
}
