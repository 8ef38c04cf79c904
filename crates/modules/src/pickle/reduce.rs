//! Pickling what `__reduce__` returns.

use super::containers::{enter_fast, leave_fast, save_appends, save_setitems};
use super::opcodes::*;
use super::pickler::Pickler;
use super::save::{get_memo, put_memo, save};
use super::state::{class_text, noted, pickling_error, state};
use runtime::object::*;
use runtime::{Res, Value, Vm};

/// Checks that it is a tuple of 2 to 6 items and pickles it.
pub fn save_reduced(vm: &mut Vm, p: &Pickler, v: Value, reduced: Value) -> Res<()> {
    let Some(t) = reduced.downcast::<TupleObj>() else {
        let got = class_text(vm, reduced);
        return Err(pickling_error(
            vm,
            &format!("__reduce__ must return a string or tuple, not {got}"),
        ));
    };
    if !(2..=6).contains(&t.len) {
        return Err(pickling_error(
            vm,
            "tuple returned by __reduce__ must contain 2 through 6 elements",
        ));
    }
    let r = save_reduce(vm, p, t.items(), Some(v));
    std::hint::black_box(reduced);
    r
}

/// Pickles (callable, arguments, state, list items, dict items, state setter), of which some may
/// be missing or None; `obj` is what they make.
pub fn save_reduce(vm: &mut Vm, p: &Pickler, parts: &[Value], obj: Option<Value>) -> Res<()> {
    let part = |i: usize| parts.get(i).copied().filter(|v| !v.is_none());
    let (func, args) = (parts[0], parts[1]);
    if !vm.is_callable(func) {
        let got = class_text(vm, func);
        return Err(pickling_error(
            vm,
            &format!("first item of the tuple returned by __reduce__ must be callable, not {got}"),
        ));
    }
    if !args.is_kind(Kind::Tuple) {
        let got = class_text(vm, args);
        return Err(pickling_error(
            vm,
            &format!("second item of the tuple returned by __reduce__ must be a tuple, not {got}"),
        ));
    }
    let items = [part(3), part(4)];
    for (v, place, sort) in [(items[0], "fourth", "list"), (items[1], "fifth", "dict")] {
        let _ = sort;
        if let Some(v) = v {
            let class = vm.class_of(v);
            let is_iterator =
                class.iternext.get().is_some() || vm.lookup(class, vm.names.__next__).is_some();
            if !is_iterator {
                let got = class_text(vm, v);
                return Err(pickling_error(
                    vm,
                    &format!(
                        "{place} item of the tuple returned by __reduce__ must be an iterator, not {got}"
                    ),
                ));
            }
        }
    }
    if let Some(setter) = part(5)
        && !vm.is_callable(setter)
    {
        let got = class_text(vm, setter);
        return Err(pickling_error(
            vm,
            &format!("sixth item of the tuple returned by __reduce__ must be callable, not {got}"),
        ));
    }
    save_maker(vm, p, func, args, obj)?;
    if let Some(obj) = obj {
        // Met inside its own arguments: the object on the stack is thrown away.
        if p.memo.borrow().get(obj).is_some() {
            p.op(POP);
            get_memo(vm, p, obj)?;
        } else {
            put_memo(p, obj);
        }
    }
    let of = obj.unwrap_or(func);
    let fast = p.fast.get().then_some(obj).flatten();
    if let Some(v) = fast {
        enter_fast(vm, p, v)?;
    }
    let r = save_contents(vm, p, of, items, part(2), part(5));
    if let Some(v) = fast {
        leave_fast(p, v);
    }
    r
}

fn save_contents(
    vm: &mut Vm,
    p: &Pickler,
    of: Value,
    [list_items, dict_items]: [Option<Value>; 2],
    contents: Option<Value>,
    setter: Option<Value>,
) -> Res<()> {
    if let Some(iter) = list_items {
        save_appends(vm, p, of, iter)?;
    }
    if let Some(iter) = dict_items {
        save_setitems(vm, p, of, iter)?;
    }
    let Some(contents) = contents else {
        return Ok(());
    };
    let Some(setter) = setter else {
        part_of(vm, p, of, contents, "state")?;
        p.op(BUILD);
        return Ok(());
    };
    // setter(object, state), whose result does not matter.
    part_of(vm, p, of, setter, "state setter")?;
    save(vm, p, of, true)?;
    part_of(vm, p, of, contents, "state")?;
    p.put(&[TUPLE2, REDUCE, POP]);
    Ok(())
}

/// Pickles a part of an object.
fn part_of(vm: &mut Vm, p: &Pickler, of: Value, part: Value, what: &str) -> Res<()> {
    let r = save(vm, p, part, true);
    noted(vm, r, |vm| format!("{} {what}", class_text(vm, of)))
}

/// Pickles the call that makes an object.
fn save_maker(vm: &mut Vm, p: &Pickler, func: Value, args: Value, obj: Option<Value>) -> Res<()> {
    let of = obj.unwrap_or(func);
    if p.proto.get() >= 2 {
        let name = match vm.get_attr_opt(func, vm.names.__name__)? {
            Some(n) => vm.display(n),
            None => String::new(),
        };
        match name.as_str() {
            "__newobj_ex__" => return save_new_ex(vm, p, args, obj),
            "__newobj__" => return save_new(vm, p, args, obj),
            _ => {}
        }
    }
    part_of(vm, p, of, func, "reconstructor")?;
    part_of(vm, p, of, args, "reconstructor arguments")?;
    p.op(REDUCE);
    Ok(())
}

/// Checks the class argument of `__newobj__` and `__newobj_ex__`.
fn check_class(vm: &mut Vm, class: Value, obj: Option<Value>, function: &str) -> Res<()> {
    if vm.get_attr_opt(class, vm.names.__new__)?.is_none() {
        return Err(pickling_error(
            vm,
            &format!("first argument to {function}() has no __new__"),
        ));
    }
    let Some(obj) = obj else { return Ok(()) };
    let own = vm.get_attr_str(obj, "__class__")?;
    if own != class {
        let (own, got) = (vm.display_repr(own)?, vm.display_repr(class)?);
        return Err(pickling_error(
            vm,
            &format!("first argument to {function}() must be {own}, not {got}"),
        ));
    }
    Ok(())
}

/// `class.__new__(class, *arguments)`.
fn save_new(vm: &mut Vm, p: &Pickler, args: Value, obj: Option<Value>) -> Res<()> {
    let items = args.downcast::<TupleObj>();
    let Some((class, rest)) = items.as_ref().and_then(|t| t.items().split_first()) else {
        return Err(pickling_error(
            vm,
            "__newobj__ expected at least 1 argument, got 0",
        ));
    };
    let class = *class;
    check_class(vm, class, obj, "__newobj__")?;
    let of = obj.unwrap_or(class);
    let rest = vm.new_tuple(rest)?;
    part_of(vm, p, of, class, "class")?;
    part_of(vm, p, of, rest, "__new__ arguments")?;
    p.op(NEWOBJ);
    std::hint::black_box(args);
    Ok(())
}

/// `class.__new__(class, *arguments, **keywords)`.
fn save_new_ex(vm: &mut Vm, p: &Pickler, args: Value, obj: Option<Value>) -> Res<()> {
    let items = args.downcast::<TupleObj>();
    let Some(&[class, args, kwargs]) = items.as_ref().map(|t| t.items()) else {
        let n = items.map_or(0, |t| t.len);
        return Err(pickling_error(
            vm,
            &format!("__newobj_ex__ expected 3 arguments, got {n}"),
        ));
    };
    check_class(vm, class, obj, "__newobj_ex__")?;
    for (v, kind, place, name) in [
        (args, Kind::Tuple, "second", "tuple"),
        (kwargs, Kind::Dict, "third", "dict"),
    ] {
        if !v.is_kind(kind) {
            let got = class_text(vm, v);
            return Err(pickling_error(
                vm,
                &format!("{place} argument to __newobj_ex__() must be a {name}, not {got}"),
            ));
        }
    }
    let of = obj.unwrap_or(class);
    if p.proto.get() >= 4 {
        part_of(vm, p, of, class, "class")?;
        part_of(vm, p, of, args, "__new__ arguments")?;
        part_of(vm, p, of, kwargs, "__new__ arguments")?;
        p.op(NEWOBJ_EX);
        return Ok(());
    }
    // partial(class.__new__, class, *arguments, **keywords)()
    let new = vm.get_attr(class, vm.names.__new__)?;
    let mut all = vm.new_vec();
    all.push(vm, new)?;
    all.push(vm, class)?;
    for v in crate::itertools::items_of(args) {
        all.push(vm, *v)?;
    }
    let all = vm.new_tuple(&all)?;
    let partial = state(vm)?.partial;
    let call = vm.call_spread(partial, all, Some(kwargs))?;
    part_of(vm, p, of, call, "reconstructor")?;
    let empty = vm.new_tuple(&[])?;
    save(vm, p, empty, true)?;
    p.op(REDUCE);
    Ok(())
}
