//! `_thread._local`: attributes of their own for each thread.

use runtime::attr::Binding;
use runtime::class::{DictPlace, TypeFlags, TypeObj, TypeSpec};
use runtime::object::*;
use runtime::payload::Payload;
use runtime::{Res, Value, Vm};
use std::cell::RefCell;

pub static SPEC: TypeSpec = TypeSpec {
    name: "_local",
    module: "_thread",
    kind: Kind::Payload,
    doc: "Thread-local data",
    tables: &[methods::TABLE],
    flags: TypeFlags::BASE.union(TypeFlags::HAS_WEAKREF),
    size: size_of::<PayloadObj>(),
    dict: DictPlace::Slots,
    slot_offset: std::mem::offset_of!(PayloadObj, overflow),
    ..TypeSpec::DEFAULT
};

struct Local {
    /// Arguments for `__init__` in further threads.
    args: Value,
    kwargs: Option<Value>,
    /// The dict of each thread, by thread id (ids are never used again).
    dicts: RefCell<Vec<(u64, Value)>>,
}

impl Payload for Local {
    fn trace(&self, t: &mut gc::Tracer) {
        runtime::payload::mark(t, self.args);
        if let Some(k) = self.kwargs {
            runtime::payload::mark(t, k);
        }
        for (_, d) in self.dicts.borrow().iter() {
            runtime::payload::mark(t, *d);
        }
    }
}

/// The running thread's dict, made and initialised at its first use.
fn dict_of(vm: &mut Vm, this: Value) -> Res<Ref<DictObj>> {
    let Some(local) = this.payload::<Local>() else {
        return Err(vm.type_error("a _local is needed"));
    };
    let id = vm.thread_id;
    let known = local.dicts.borrow().iter().find(|d| d.0 == id).map(|d| d.1);
    if let Some(d) = known.and_then(|d| d.downcast::<DictObj>()) {
        return Ok(d);
    }
    let living: Vec<u64> = vm
        .interp()
        .threads
        .iter()
        // SAFETY: registered thread states are alive.
        .map(|t| unsafe { (**t).thread_id })
        .collect();
    let d = vm.new_dict()?;
    local.dicts.borrow_mut().retain(|e| living.contains(&e.0));
    local.dicts.borrow_mut().push((id, d.value()));
    let class = vm.class_of(this);
    let init = vm.names.__init__;
    if let Some(f) = vm.lookup(class, init)
        && f.is_kind(Kind::Function)
    {
        let bound = vm.new_bound_method(f, this)?;
        let (args, kwargs) = (local.args, local.kwargs);
        if let Err(r) = vm.call_spread(bound, args, kwargs) {
            local.dicts.borrow_mut().retain(|e| e.0 != id);
            return Err(r);
        }
    }
    Ok(d)
}

fn set(vm: &mut Vm, this: Value, name: Value, value: Option<Value>) -> Res<()> {
    let d = dict_of(vm, this)?;
    if !name.is_kind(Kind::Str) {
        let got = vm.class_name(name);
        return Err(vm.type_error(&format!("attribute name must be string, not '{got}'")));
    }
    let name = vm.intern_value(name);
    let class = vm.class_of(this);
    if name == vm.names.__dict__ {
        let c = class.name_str();
        return Err(vm.attribute_error(
            this,
            name,
            &format!("'{c}' object attribute '__dict__' is read-only"),
        ));
    }
    if let Some(f) = vm.lookup(class, name)
        && vm.binding(f).takes_set()
    {
        return vm.generic_set_attr(this, class, name, value);
    }
    match value {
        Some(v) => vm.dict_set(d.value(), name, v),
        None => {
            if vm.dict_remove(d, name)? {
                Ok(())
            } else {
                Err(vm.no_attribute(this, name))
            }
        }
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, args: Value, kwargs: Option<Value>) -> Res {
        let Some(c) = class.downcast::<TypeObj>() else {
            return Err(vm.type_error("a type is needed"));
        };
        let own_init = vm
            .lookup(c, vm.names.__init__)
            .is_some_and(|f| f.is_kind(Kind::Function));
        if !own_init && (vm.len(args)? > 0 || kwargs.is_some()) {
            return Err(vm.type_error("Initialization arguments are not supported"));
        }
        let d = vm.new_dict()?;
        let local = Local {
            args,
            kwargs,
            // type.__call__ calls __init__ for this thread.
            dicts: RefCell::new(vec![(vm.thread_id, d.value())]),
        };
        vm.new_payload(c, local)
    }
    /// Return getattr(self, name).
    #[native("__getattribute__($self, name, /)")]
    fn getattribute(vm: &mut Vm, this: Value, name: Value) -> Res {
        let d = dict_of(vm, this)?;
        if !name.is_kind(Kind::Str) {
            let got = vm.class_name(name);
            return Err(vm.type_error(&format!("attribute name must be string, not '{got}'")));
        }
        let name = vm.intern_value(name);
        if name == vm.names.__dict__ {
            return Ok(d.value());
        }
        let class = vm.class_of(this);
        let found = vm.lookup(class, name);
        let binding = match found {
            Some(f) => vm.binding(f),
            None => Binding::Plain,
        };
        if let (Some(f), Binding::Data) = (found, binding) {
            return vm.descr_get(f, Some(this), class);
        }
        if let Some(v) = vm.dict_get(d, name)? {
            return Ok(v);
        }
        match found {
            Some(f) if binding == Binding::Plain => Ok(f),
            Some(f) => vm.descr_get(f, Some(this), class),
            None => Err(vm.no_attribute(this, name)),
        }
    }
    /// Implement setattr(self, name, value).
    #[native("__setattr__($self, name, value, /)")]
    fn setattr(vm: &mut Vm, this: Value, name: Value, value: Value) -> Res<()> {
        set(vm, this, name, Some(value))
    }
    /// Implement delattr(self, name).
    #[native("__delattr__($self, name, /)")]
    fn delattr(vm: &mut Vm, this: Value, name: Value) -> Res<()> {
        set(vm, this, name, None)
    }
}
