//! `FrameLocalsProxy`: the write-through mapping of a function's variables (PEP 667).

use crate::class::{TypeFlags, TypeSpec};
use crate::frame_object::FrameObj;
use crate::object::*;
use crate::payload::{Payload, mark};
use crate::value::{Res, Value};
use crate::vm::Vm;

pub static SPEC: TypeSpec = TypeSpec {
    name: "FrameLocalsProxy",
    kind: Kind::Payload,
    size: size_of::<PayloadObj>(),
    flags: TypeFlags::MAPPING,
    tables: &[methods::TABLE],
    ..TypeSpec::DEFAULT
};

struct Proxy {
    frame: Value,
}

impl Payload for Proxy {
    fn trace(&self, t: &mut gc::Tracer) {
        mark(t, self.frame);
    }
}

/// A proxy for the variables of a frame.
pub fn new(vm: &mut Vm, f: Ref<FrameObj>) -> Res {
    let class = vm.native_type(&SPEC)?;
    vm.new_payload(class, Proxy { frame: f.value() })
}

/// Where a variable lives.
#[derive(Clone, Copy)]
enum Place {
    Register(usize),
    Cell(Ref<CellObj>),
}

impl Place {
    fn get(self, f: Ref<FrameObj>) -> Option<Value> {
        match self {
            Place::Register(i) => f.register(i),
            Place::Cell(c) => c.contents.get(),
        }
    }
    fn set(self, vm: &mut Vm, f: Ref<FrameObj>, v: Value) {
        match self {
            Place::Register(i) => f.set_register(vm, i, Some(v)),
            Place::Cell(c) => c.contents.write(c, v),
        }
    }
}

/// Number of variables, free ones included.
fn count(f: Ref<FrameObj>) -> usize {
    let d = f.code.data();
    d.local_names.len() + d.free_names.len()
}

fn data(f: Ref<FrameObj>) -> &'static bytecode::Code {
    // SAFETY: the code outlives the borrow: callers hold the frame.
    unsafe { &*(f.code.data() as *const bytecode::Code) }
}

/// Variable i of a comprehension that is running.
fn running(f: Ref<FrameObj>, i: usize) -> Option<Place> {
    let d = data(f);
    let value = f.register(i).filter(|_| d.local_is_hidden[i])?;
    if !bytecode::lines::in_comprehension(d, f.word(), i as u32) {
        return None;
    }
    Some(place_of(d, i, Some(value)))
}

fn place_of(d: &bytecode::Code, i: usize, value: Option<Value>) -> Place {
    match value.and_then(|v| v.downcast::<CellObj>()) {
        Some(c) if d.local_is_cell.get(i) == Some(&true) => Place::Cell(c),
        _ => Place::Register(i),
    }
}

/// Does the frame run a comprehension that has variables?
pub fn in_comprehension(f: Ref<FrameObj>) -> bool {
    let d = data(f);
    (0..d.local_is_hidden.len()).any(|i| running(f, i).is_some())
}

/// Name and place of variable i; None for hidden ones. The variables of a comprehension that runs
/// take the place of others of their names.
fn variable(f: Ref<FrameObj>, i: usize) -> Option<(&'static str, Place)> {
    let d = data(f);
    let n = d.local_names.len();
    let name: &'static str = match d.local_names.get(i) {
        Some(name) => name,
        None => d.free_names.get(i - n)?,
    };
    if name.is_empty() || name.starts_with('.') {
        return None;
    }
    let of_comprehension = |j: usize| d.local_is_hidden.get(j) == Some(&true);
    let inner = (0..n)
        .rev()
        .filter(|j| of_comprehension(*j) && d.local_names[*j] == name);
    let inner = inner.filter_map(|j| running(f, j)).next();
    if of_comprehension(i) {
        let mut before = d.local_names[..i].iter().enumerate();
        let shown = before
            .any(|(j, other)| other == name && (!of_comprehension(j) || running(f, j).is_some()));
        let shown = shown || d.free_names.iter().any(|other| other == name);
        return inner.filter(|_| !shown).map(|place| (name, place));
    }
    if f.code.flags.contains(bytecode::CodeFlags::NAMESPACE) {
        return None;
    }
    if let Some(place) = inner {
        return Some((name, place));
    }
    if i < n {
        return Some((name, place_of(d, i, f.register(i))));
    }
    if f.cleared.get() {
        return None;
    }
    let closure = f.function()?.closure.get()?.downcast::<TupleObj>()?;
    let cell = closure.items().get(i - n)?.downcast::<CellObj>()?;
    Some((name, Place::Cell(cell)))
}

/// The place of a name. Keys that are no exact str are compared as keys of a dict are.
fn find(vm: &mut Vm, f: Ref<FrameObj>, key: Value) -> Res<Option<Place>> {
    let exact = vm.class_of(key) == vm.types.str;
    let hash = match exact {
        true => 0,
        false => vm.hash(key)?,
    };
    for i in 0..count(f) {
        let Some((name, place)) = variable(f, i) else {
            continue;
        };
        let found = match exact {
            true => vm.str_equals(key, name),
            false => {
                let name = vm.intern(name);
                vm.hash(name)? == hash && vm.eq(name, key)?
            }
        };
        if found {
            return Ok(Some(place));
        }
    }
    Ok(None)
}

impl Vm {
    /// The bound variables of a frame as a new dict.
    pub fn snapshot_locals(&mut self, f: Ref<FrameObj>) -> Res<Ref<DictObj>> {
        let d = self.new_dict()?;
        for i in 0..count(f) {
            if let Some((name, place)) = variable(f, i)
                && let Some(v) = place.get(f)
            {
                let key = self.intern(name);
                self.dict_set(d.value(), key, v)?;
            }
        }
        if let Some(extra) = f.extra_locals.get().and_then(|d| d.downcast::<DictObj>()) {
            let mut i = 0;
            while let Some((at, e)) = crate::dict::next_entry(extra, i) {
                i = at + 1;
                if let (Some(k), Some(v)) = (e.key, e.value) {
                    self.dict_set(d.value(), k, v)?;
                }
            }
        }
        Ok(d)
    }
}

fn frame_of(vm: &mut Vm, this: Value) -> Res<Ref<FrameObj>> {
    match this
        .payload::<Proxy>()
        .and_then(|p| p.frame.downcast::<FrameObj>())
    {
        Some(f) => Ok(f),
        None => Err(vm.system_error("not a frame locals proxy")),
    }
}

/// The variables as a dict, whose method is then used.
fn snapshot(vm: &mut Vm, this: Value) -> Res<Value> {
    let f = frame_of(vm, this)?;
    Ok(vm.snapshot_locals(f)?.value())
}

fn get(vm: &mut Vm, this: Value, key: Value) -> Res<Option<Value>> {
    let f = frame_of(vm, this)?;
    if let Some(p) = find(vm, f, key)? {
        return Ok(p.get(f));
    }
    match f.extra_locals.get().and_then(|d| d.downcast::<DictObj>()) {
        Some(d) => vm.dict_get(d, key),
        None => {
            vm.hash(key)?;
            Ok(None)
        }
    }
}

fn set(vm: &mut Vm, this: Value, key: Value, value: Value) -> Res<()> {
    let f = frame_of(vm, this)?;
    if let Some(p) = find(vm, f, key)? {
        p.set(vm, f, value);
        return Ok(());
    }
    let d = match f.extra_locals.get() {
        Some(d) => d,
        None => {
            let d = vm.new_dict()?.value();
            f.extra_locals.write(f, d);
            d
        }
    };
    vm.dict_set(d, key, value)
}

/// Removes a name that is no variable; None: there is none.
fn remove(vm: &mut Vm, this: Value, key: Value) -> Res<Option<Value>> {
    let f = frame_of(vm, this)?;
    if find(vm, f, key)?.is_some() {
        return Err(vm.value_error("cannot remove local variables from FrameLocalsProxy"));
    }
    let Some(d) = f.extra_locals.get().and_then(|d| d.downcast::<DictObj>()) else {
        return Ok(None);
    };
    let found = vm.dict_get(d, key)?;
    if found.is_some() {
        vm.del_item(d.value(), key)?;
    }
    Ok(found)
}

fn update_from(vm: &mut Vm, this: Value, other: Value) -> Res<()> {
    let d = vm.new_dict()?.value();
    vm.call_method_str(d, "update", &[other])?;
    // SAFETY: made above.
    let d: Ref<DictObj> = unsafe { d.cast() };
    let mut i = 0;
    while let Some((at, e)) = crate::dict::next_entry(d, i) {
        i = at + 1;
        if let (Some(k), Some(v)) = (e.key, e.value) {
            set(vm, this, k, v)?;
        }
    }
    Ok(())
}

/// A mapping operand of `|` as a dict.
fn as_dict(vm: &mut Vm, v: Value) -> Res<Option<Value>> {
    if v.is_kind(Kind::Dict) {
        return Ok(Some(v));
    }
    if v.payload::<Proxy>().is_some() {
        return snapshot(vm, v).map(Some);
    }
    Ok(None)
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new_proxy(vm: &mut Vm, _class: Value, args: Value, kwargs: Option<Value>) -> Res {
        let n = vm.len(args)?;
        if n != 1 {
            return Err(vm.type_error(&format!("FrameLocalsProxy expected 1 argument, got {n}")));
        }
        if kwargs.is_some() {
            return Err(vm.type_error("FrameLocalsProxy takes no keyword arguments"));
        }
        let one = vm.get_item(args, Value::int_unchecked(0))?;
        match one.downcast::<FrameObj>() {
            Some(f) => new(vm, f),
            None => {
                let got = vm.class_name(one);
                Err(vm.type_error(&format!("expect frame, not {got}")))
            }
        }
    }
    /// Return self[key].
    #[native("__getitem__($self, key, /)")]
    fn getitem(vm: &mut Vm, this: Value, key: Value) -> Res {
        match get(vm, this, key)? {
            Some(v) => Ok(v),
            None => Err(vm.key_error(key)),
        }
    }
    /// Set self[key] to value.
    #[native("__setitem__($self, key, value, /)")]
    fn setitem(vm: &mut Vm, this: Value, key: Value, value: Value) -> Res<()> {
        set(vm, this, key, value)
    }
    /// Delete self[key].
    #[native("__delitem__($self, key, /)")]
    fn delitem(vm: &mut Vm, this: Value, key: Value) -> Res<()> {
        match remove(vm, this, key)? {
            Some(_) => Ok(()),
            None => Err(vm.key_error(key)),
        }
    }
    /// Return bool(key in self).
    #[native("__contains__($self, key, /)")]
    fn contains(vm: &mut Vm, this: Value, key: Value) -> Res<bool> {
        Ok(get(vm, this, key)?.is_some())
    }
    /// Return len(self).
    #[native("__len__($self, /)")]
    fn len(vm: &mut Vm, this: Value) -> Res<usize> {
        let d = snapshot(vm, this)?;
        vm.len(d)
    }
    /// Implement iter(self).
    #[native("__iter__($self, /)")]
    fn iter(vm: &mut Vm, this: Value) -> Res {
        let d = snapshot(vm, this)?;
        let keys = vm.collect(d)?;
        let keys = vm.list_from_vec(keys)?;
        vm.iter(keys)
    }
    #[native("__reversed__($self, /)", nosig)]
    fn reversed(vm: &mut Vm, this: Value) -> Res {
        let d = snapshot(vm, this)?;
        let mut keys = vm.collect(d)?;
        keys.as_mut_slice().reverse();
        vm.list_from_vec(keys)
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res {
        if vm.repr_stack.contains(&this) {
            return vm.new_str("{...}");
        }
        let d = snapshot(vm, this)?;
        vm.repr_stack.push(this);
        let r = vm.repr(d);
        vm.repr_stack.pop();
        r
    }
    /// Return self==value.
    #[native("__eq__($self, value, /)")]
    fn eq(vm: &mut Vm, this: Value, value: Value) -> Res {
        if let Some(p) = value.payload::<Proxy>() {
            let mine = frame_of(vm, this)?.value();
            return Ok(Value::bool(p.frame == mine));
        }
        if !value.is_kind(Kind::Dict) {
            return Ok(Value::NOT_IMPLEMENTED);
        }
        let d = snapshot(vm, this)?;
        vm.compare(crate::ops::CmpOp::Eq, d, value)
    }
    /// Return self|value.
    #[native("__or__($self, value, /)")]
    fn or(vm: &mut Vm, this: Value, value: Value) -> Res {
        let Some(other) = as_dict(vm, value)? else {
            return Ok(Value::NOT_IMPLEMENTED);
        };
        let d = snapshot(vm, this)?;
        vm.call_method_str(d, "update", &[other])?;
        Ok(d)
    }
    /// Return value|self.
    #[native("__ror__($self, value, /)")]
    fn ror(vm: &mut Vm, this: Value, value: Value) -> Res {
        let Some(other) = as_dict(vm, value)? else {
            return Ok(Value::NOT_IMPLEMENTED);
        };
        let d = vm.call_method_str(other, "copy", &[])?;
        let mine = snapshot(vm, this)?;
        vm.call_method_str(d, "update", &[mine])?;
        Ok(d)
    }
    /// Return self|=value.
    #[native("__ior__($self, value, /)")]
    fn ior(vm: &mut Vm, this: Value, value: Value) -> Res {
        let Some(other) = as_dict(vm, value)? else {
            return Ok(Value::NOT_IMPLEMENTED);
        };
        update_from(vm, this, other)?;
        Ok(this)
    }
    #[native("get($self, key, default=None, /)", nosig)]
    fn get_default(vm: &mut Vm, this: Value, key: Value, default: Option<Value>) -> Res {
        Ok(get(vm, this, key)?.or(default).unwrap_or(Value::NONE))
    }
    #[native("setdefault($self, key, default=None, /)", nosig)]
    fn setdefault(vm: &mut Vm, this: Value, key: Value, default: Option<Value>) -> Res {
        if let Some(v) = get(vm, this, key)? {
            return Ok(v);
        }
        let v = default.unwrap_or(Value::NONE);
        set(vm, this, key, v)?;
        Ok(v)
    }
    #[native("pop($self, key, default=None, /)", nosig)]
    fn pop(vm: &mut Vm, this: Value, key: Value, default: Option<Value>) -> Res {
        match (remove(vm, this, key)?, default) {
            (Some(v), _) | (None, Some(v)) => Ok(v),
            (None, None) => Err(vm.key_error(key)),
        }
    }
    #[native("update($self, other, /)", nosig)]
    fn update(vm: &mut Vm, this: Value, other: Value) -> Res<()> {
        update_from(vm, this, other)
    }
    #[native("copy($self, /)", nosig)]
    fn copy(vm: &mut Vm, this: Value) -> Res {
        snapshot(vm, this)
    }
    #[native("keys($self, /)", nosig)]
    fn keys(vm: &mut Vm, this: Value) -> Res {
        let d = snapshot(vm, this)?;
        let v = vm.collect(d)?;
        vm.list_from_vec(v)
    }
    #[native("values($self, /)", nosig)]
    fn values(vm: &mut Vm, this: Value) -> Res {
        let d = snapshot(vm, this)?;
        let v = vm.call_method_str(d, "values", &[])?;
        let v = vm.collect(v)?;
        vm.list_from_vec(v)
    }
    #[native("items($self, /)", nosig)]
    fn items(vm: &mut Vm, this: Value) -> Res {
        let d = snapshot(vm, this)?;
        let v = vm.call_method_str(d, "items", &[])?;
        let v = vm.collect(v)?;
        vm.list_from_vec(v)
    }
}
