//! Making and filling objects from what is on the unpickler's stack.

use super::load::Stack;
use super::opcodes::{DICT, FROZENSET, LIST};
use super::state::{class_text, unpickling_error};
use runtime::class::{DictPlace, TypeFlags, TypeObj};
use runtime::dict::next_entry;
use runtime::object::*;
use runtime::{Res, Value, Vm};

/// A tuple, list, frozenset or dict of the objects from a place on.
pub fn container(vm: &mut Vm, s: &Stack, at: usize, opcode: u8) -> Res {
    match opcode {
        LIST => vm.new_list(s.from(at)),
        FROZENSET => {
            let items = vm.new_tuple(s.from(at))?;
            let class = vm.types.frozenset.value();
            vm.call_value(class, &[items])
        }
        DICT => {
            let d = vm.new_dict()?.value();
            if !s.from(at).len().is_multiple_of(2) {
                return Err(unpickling_error(vm, "odd number of items for DICT"));
            }
            store_pairs(vm, s, at, d)?;
            Ok(d)
        }
        _ => vm.new_tuple(s.from(at)),
    }
}

/// Appends the objects from a place on to the one below.
pub fn append(vm: &mut Vm, s: &mut Stack, at: usize) -> Res<()> {
    let list = s.below(vm, at)?;
    if s.from(at).is_empty() {
        return Ok(());
    }
    if list.is_exact(Kind::List)
        && let Some(l) = list.downcast::<ListObj>()
    {
        for i in at..s.len() {
            let v = s.from(i)[0];
            vm.list_push(l, v)?;
        }
    } else {
        append_by_methods(vm, s, at, list)?;
    }
    s.truncate(at);
    Ok(())
}

fn append_by_methods(vm: &mut Vm, s: &Stack, at: usize, list: Value) -> Res<()> {
    let name = vm.intern("extend");
    if let Some(extend) = vm.get_attr_opt(list, name)? {
        let items = vm.new_list(s.from(at))?;
        vm.call_value(extend, &[items])?;
        return Ok(());
    }
    let append = vm.get_attr_str(list, "append")?;
    for i in at..s.len() {
        let v = s.from(i)[0];
        vm.call_value(append, &[v])?;
    }
    Ok(())
}

/// Stores the pairs of objects from a place on in the one below.
pub fn set_items(vm: &mut Vm, s: &mut Stack, at: usize) -> Res<()> {
    let dict = s.below(vm, at)?;
    if !s.from(at).len().is_multiple_of(2) {
        return Err(unpickling_error(vm, "odd number of items for SETITEMS"));
    }
    store_pairs(vm, s, at, dict)?;
    s.truncate(at);
    Ok(())
}

fn store_pairs(vm: &mut Vm, s: &Stack, at: usize, dict: Value) -> Res<()> {
    let exact = dict.is_exact(Kind::Dict);
    for i in (at..s.len()).step_by(2) {
        let &[key, value, ..] = s.from(i) else { break };
        if exact {
            vm.dict_set(dict, key, value)?;
        } else {
            vm.set_item(dict, key, value)?;
        }
    }
    Ok(())
}

/// Adds the objects from a place on to the set below.
pub fn add_items(vm: &mut Vm, s: &mut Stack, at: usize) -> Res<()> {
    let set = s.below(vm, at)?;
    if let Some(to) = set.downcast::<SetObj>().filter(|_| set.is_kind(Kind::Set)) {
        for i in at..s.len() {
            let v = s.from(i)[0];
            vm.set_add(to, v)?;
        }
    } else {
        let add = vm.get_attr_str(set, "add")?;
        for i in at..s.len() {
            let v = s.from(i)[0];
            vm.call_value(add, &[v])?;
        }
    }
    s.truncate(at);
    Ok(())
}

/// `class(*objects from a place on)`.
pub fn instance(vm: &mut Vm, s: &Stack, at: usize, class: Value) -> Res {
    if s.from(at).is_empty() && class.is_kind(Kind::Type) {
        let name = vm.intern("__getinitargs__");
        if vm.get_attr_opt(class, name)?.is_none() {
            let new = vm.get_attr(class, vm.names.__new__)?;
            return vm.call_value(new, &[class]);
        }
    }
    let args = vm.new_tuple(s.from(at))?;
    vm.call_spread(class, args, None)
}

/// The same, in place of the objects.
pub fn instantiate(vm: &mut Vm, s: &mut Stack, at: usize, class: Value) -> Res<()> {
    let v = instance(vm, s, at, class)?;
    s.truncate(at);
    s.push(vm, v)
}

/// `class.__new__(class, *args, **kwargs)`.
pub fn new_object(vm: &mut Vm, s: &mut Stack, keywords: bool) -> Res<()> {
    let opcode = if keywords { "NEWOBJ_EX" } else { "NEWOBJ" };
    let kwargs = if keywords { Some(s.pop(vm)?) } else { None };
    let args = s.pop(vm)?;
    let class = s.pop(vm)?;
    let Some(c) = class.downcast::<TypeObj>() else {
        let got = class_text(vm, class);
        let text = format!("{opcode} class argument must be a type, not {got}");
        return Err(unpickling_error(vm, &text));
    };
    let Some(items) = args.downcast::<TupleObj>() else {
        let got = class_text(vm, args);
        let text = format!("{opcode} args argument must be a tuple, not {got}");
        return Err(unpickling_error(vm, &text));
    };
    if let Some(k) = kwargs
        && !k.is_kind(Kind::Dict)
    {
        let got = class_text(vm, k);
        let text = format!("{opcode} kwargs argument must be a dict, not {got}");
        return Err(unpickling_error(vm, &text));
    }
    let plain = vm.lookup(vm.types.object, vm.names.__new__);
    let own = vm.lookup(c, vm.names.__new__);
    let v = if items.len == 0 && kwargs.is_none() && own == plain {
        vm.object_new(c)?
    } else {
        let new = vm.get_attr(class, vm.names.__new__)?;
        let mut all = vm.new_vec();
        all.push(vm, class)?;
        all.extend(vm, items.items())?;
        let all = vm.new_tuple(&all)?;
        vm.call_spread(new, all, kwargs)?
    };
    s.push(vm, v)
}

/// Gives the object on top its state.
pub fn build(vm: &mut Vm, s: &mut Stack) -> Res<()> {
    let contents = s.pop(vm)?;
    let obj = s.top(vm)?;
    let name = vm.intern("__setstate__");
    if let Some(set) = vm.get_attr_opt(obj, name)? {
        vm.call_value(set, &[contents])?;
        return Ok(());
    }
    let mut own = contents;
    if let Some(t) = contents.downcast::<TupleObj>()
        && let &[first, slots] = t.items()
    {
        own = first;
        set_slots(vm, obj, slots)?;
    }
    if own.is_none() {
        return Ok(());
    }
    let Some(d) = own.downcast::<DictObj>() else {
        return Err(unpickling_error(vm, "state is not a dictionary"));
    };
    set_attributes(vm, obj, d)
}

/// Attributes of slots.
fn set_slots(vm: &mut Vm, obj: Value, slots: Value) -> Res<()> {
    if slots.is_none() {
        return Ok(());
    }
    let Some(d) = slots.downcast::<DictObj>() else {
        return Err(unpickling_error(vm, "slot state is not a dictionary"));
    };
    let mut at = 0;
    while let Some((i, e)) = next_entry(d, at) {
        at = i + 1;
        if let (Some(k), Some(v)) = (e.key, e.value) {
            let k = vm.attr_name(k)?;
            vm.set_attr(obj, k, Some(v))?;
        }
    }
    Ok(())
}

/// Attributes of the instance, without descriptors: what storing in `__dict__` does, which itself
/// need not be made.
fn set_attributes(vm: &mut Vm, obj: Value, d: Ref<DictObj>) -> Res<()> {
    let class = vm.class_of(obj);
    let direct = class.has(TypeFlags::HAS_DICT)
        && class.dict_place.get() == DictPlace::Slots
        && !class.has(TypeFlags::GETATTRIBUTE)
        && vm
            .lookup(class, vm.names.__dict__)
            .is_some_and(|v| v.is_kind(Kind::GetSet));
    let dict = if direct {
        None
    } else {
        Some(vm.get_attr(obj, vm.names.__dict__)?)
    };
    let mut at = 0;
    while let Some((i, e)) = next_entry(d, at) {
        at = i + 1;
        let (Some(k), Some(v)) = (e.key, e.value) else {
            continue;
        };
        let exact = k.is_exact(Kind::Str);
        let k = if exact { vm.intern_value(k) } else { k };
        match dict {
            None if exact => {
                vm.instance_set(obj, k, Some(v))?;
            }
            None => {
                let own = vm.get_attr(obj, vm.names.__dict__)?;
                vm.set_item(own, k, v)?;
            }
            Some(own) => vm.set_item(own, k, v)?,
        }
    }
    Ok(())
}
