//! Pickling builtin containers.

use super::opcodes::*;
use super::pickler::Pickler;
use super::reduce::save_reduce;
use super::save::{get_memo, put_memo, save};
use super::state::{class_text, noted};
use runtime::dict::next_entry;
use runtime::object::*;
use runtime::{Res, Value, Vm};

/// Items between two marks.
const BATCH: usize = 1000;
/// Deeper nesting in fast mode is checked for cycles.
const FAST_NESTING: usize = 50;

/// Pickles a container that may contain itself; without a memo that is an error.
pub fn nested(
    vm: &mut Vm,
    p: &Pickler,
    v: Value,
    f: fn(&mut Vm, &Pickler, Value) -> Res<()>,
) -> Res<()> {
    if !p.fast.get() {
        return f(vm, p, v);
    }
    enter_fast(vm, p, v)?;
    let r = f(vm, p, v);
    leave_fast(p, v);
    r
}

/// One level deeper in fast mode.
pub fn enter_fast(vm: &mut Vm, p: &Pickler, v: Value) -> Res<()> {
    p.fast_nesting.set(p.fast_nesting.get() + 1);
    if p.fast_nesting.get() >= FAST_NESTING && !p.fast_seen.borrow_mut().insert(v.bits()) {
        let name = vm.class_name(v);
        return Err(vm.value_error(&format!(
            "fast mode: can't pickle cyclic objects including object type {name} at {:#x}",
            v.bits()
        )));
    }
    Ok(())
}

/// Back again.
pub fn leave_fast(p: &Pickler, v: Value) {
    if p.fast_nesting.get() >= FAST_NESTING {
        p.fast_seen.borrow_mut().remove(&v.bits());
    }
    p.fast_nesting.set(p.fast_nesting.get().saturating_sub(1));
}

/// Pickles an item of `of`.
fn save_item(vm: &mut Vm, p: &Pickler, of: Value, i: usize, item: Value) -> Res<()> {
    let r = save(vm, p, item, true);
    noted(vm, r, |vm| format!("{} item {i}", class_text(vm, of)))
}

pub fn save_tuple(vm: &mut Vm, p: &Pickler, v: Value) -> Res<()> {
    let n = v.downcast::<TupleObj>().map_or(0, |t| t.len);
    let item = |i: usize| {
        v.downcast::<TupleObj>()
            .and_then(|t| t.items().get(i).copied())
    };
    if n == 0 {
        if p.bin.get() {
            p.op(EMPTY_TUPLE);
        } else {
            p.put(&[MARK, TUPLE]);
        }
        return Ok(());
    }
    let short = n <= 3 && p.proto.get() >= 2;
    if !short {
        p.op(MARK);
    }
    for i in 0..n {
        if let Some(item) = item(i) {
            save_item(vm, p, v, i, item)?;
        }
    }
    // The tuple may have been met inside itself: then what lies on the stack is thrown away.
    if p.memo.borrow().get(v).is_some() {
        if !short && p.bin.get() {
            p.op(POP_MARK);
        } else {
            for _ in 0..n + usize::from(!short) {
                p.op(POP);
            }
        }
        get_memo(vm, p, v)?;
        return Ok(());
    }
    p.op(if short {
        [TUPLE1, TUPLE2, TUPLE3][n - 1]
    } else {
        TUPLE
    });
    put_memo(p, v);
    Ok(())
}

pub fn save_list(vm: &mut Vm, p: &Pickler, v: Value) -> Res<()> {
    if p.bin.get() {
        p.op(EMPTY_LIST);
    } else {
        p.put(&[MARK, LIST]);
    }
    put_memo(p, v);
    let Some(l) = v.downcast::<ListObj>() else {
        return Ok(());
    };
    let mut i = 0;
    let len = l.len.get();
    if !p.bin.get() || len == 1 {
        while let Some(item) = l.get(i)
            && (i == 0 || !p.bin.get())
        {
            save_item(vm, p, v, i, item)?;
            p.op(APPEND);
            i += 1;
        }
        return Ok(());
    }
    while i < len {
        let end = len.min(i + BATCH);
        p.op(MARK);
        while i < end
            && let Some(item) = l.get(i)
        {
            save_item(vm, p, v, i, item)?;
            i += 1;
        }
        p.op(APPENDS);
        if l.len.get() != len {
            return Err(vm.runtime_error("list changed size during iteration"));
        }
    }
    Ok(())
}

/// Pickles the items of an iterator, one by one (then `single` follows each) or in batches.
fn save_batches(
    vm: &mut Vm,
    p: &Pickler,
    iter: Value,
    (single, batch): (u8, u8),
    mut save_one: impl FnMut(&mut Vm, Value) -> Res<()>,
) -> Res<()> {
    if !p.bin.get() {
        while let Some(item) = vm.next(iter)? {
            save_one(vm, item)?;
            p.op(single);
        }
        return Ok(());
    }
    loop {
        let Some(first) = vm.next(iter)? else {
            return Ok(());
        };
        let Some(mut item) = vm.next(iter)? else {
            save_one(vm, first)?;
            p.op(single);
            return Ok(());
        };
        p.op(MARK);
        save_one(vm, first)?;
        let mut n = 1;
        let more = loop {
            save_one(vm, item)?;
            n += 1;
            if n == BATCH {
                break true;
            }
            match vm.next(iter)? {
                Some(next) => item = next,
                None => break false,
            }
        };
        p.op(batch);
        if !more {
            return Ok(());
        }
    }
}

/// Pickles the items of an iterator, to be appended.
pub fn save_appends(vm: &mut Vm, p: &Pickler, of: Value, iter: Value) -> Res<()> {
    let mut i = 0;
    save_batches(vm, p, iter, (APPEND, APPENDS), |vm, item| {
        save_item(vm, p, of, i, item)?;
        i += 1;
        Ok(())
    })
}

/// Pickles the value of a dict's item.
fn save_value(vm: &mut Vm, p: &Pickler, of: Value, key: Value, value: Value) -> Res<()> {
    let r = save(vm, p, value, true);
    noted(vm, r, |vm| {
        let key = vm.display_repr(key).unwrap_or_default();
        format!("{} item {key}", class_text(vm, of))
    })
}

pub fn save_dict(vm: &mut Vm, p: &Pickler, v: Value) -> Res<()> {
    if p.bin.get() {
        p.op(EMPTY_DICT);
    } else {
        p.put(&[MARK, DICT]);
    }
    put_memo(p, v);
    let Some(d) = v.downcast::<DictObj>() else {
        return Ok(());
    };
    let size = d.used.get();
    let single = !p.bin.get() || size == 1;
    let mut at = 0;
    let mut n = 0;
    while let Some((i, e)) = next_entry(d, at) {
        at = i + 1;
        let (Some(key), Some(value)) = (e.key, e.value) else {
            continue;
        };
        if !single && n % BATCH == 0 {
            p.op(MARK);
        }
        save(vm, p, key, true)?;
        save_value(vm, p, v, key, value)?;
        n += 1;
        if d.used.get() != size {
            return Err(vm.runtime_error("dictionary changed size during iteration"));
        }
        if single {
            p.op(SETITEM);
        } else if n % BATCH == 0 {
            p.op(SETITEMS);
        }
    }
    if !single && n % BATCH != 0 {
        p.op(SETITEMS);
    }
    Ok(())
}

/// A key and a value from an iterator of items.
fn pair(vm: &mut Vm, item: Value) -> Res<(Value, Value)> {
    match item.downcast::<TupleObj>().as_ref().map(|t| t.items()) {
        Some([k, v]) => Ok((*k, *v)),
        _ => Err(vm.type_error("dict items iterator must return 2-tuples")),
    }
}

/// Pickles the items of an iterator of pairs, to be stored.
pub fn save_setitems(vm: &mut Vm, p: &Pickler, of: Value, iter: Value) -> Res<()> {
    save_batches(vm, p, iter, (SETITEM, SETITEMS), |vm, item| {
        let (key, value) = pair(vm, item)?;
        save(vm, p, key, true)?;
        save_value(vm, p, of, key, value)
    })
}

/// `class([items])`, as older protocols have sets.
fn save_as_call(vm: &mut Vm, p: &Pickler, v: Value, class: Value) -> Res<()> {
    let items = vm.list_of(v)?.value();
    let args = vm.new_tuple(&[items])?;
    save_reduce(vm, p, &[class, args], Some(v))
}

pub fn save_set(vm: &mut Vm, p: &Pickler, v: Value) -> Res<()> {
    if p.proto.get() < 4 {
        let class = vm.types.set.value();
        return save_as_call(vm, p, v, class);
    }
    p.op(EMPTY_SET);
    put_memo(p, v);
    let Some(s) = v.downcast::<SetObj>() else {
        return Ok(());
    };
    let size = s.used.get();
    let mut at = 0;
    let mut n = 0;
    while let Some((i, e)) = next_entry(s, at) {
        at = i + 1;
        let Some(item) = e.key else { continue };
        if n % BATCH == 0 {
            p.op(MARK);
        }
        let r = save(vm, p, item, true);
        noted(vm, r, |vm| format!("{} element", class_text(vm, v)))?;
        n += 1;
        if n % BATCH == 0 {
            p.op(ADDITEMS);
        }
        if s.used.get() != size {
            return Err(vm.runtime_error("set changed size during iteration"));
        }
    }
    if n % BATCH != 0 {
        p.op(ADDITEMS);
    }
    Ok(())
}

pub fn save_frozenset(vm: &mut Vm, p: &Pickler, v: Value) -> Res<()> {
    if p.proto.get() < 4 {
        let class = vm.types.frozenset.value();
        return save_as_call(vm, p, v, class);
    }
    p.op(MARK);
    let it = vm.iter(v)?;
    while let Some(item) = vm.next(it)? {
        let r = save(vm, p, item, true);
        noted(vm, r, |vm| format!("{} element", class_text(vm, v)))?;
    }
    // It may have been met inside itself.
    if p.memo.borrow().get(v).is_some() {
        p.op(POP_MARK);
        get_memo(vm, p, v)?;
        return Ok(());
    }
    p.op(FROZENSET);
    put_memo(p, v);
    Ok(())
}

pub fn save_bytearray(vm: &mut Vm, p: &Pickler, v: Value) -> Res<()> {
    let bytes = vm.get_buffer(v)?.as_slice().to_vec();
    if p.proto.get() < 5 {
        let class = vm.types.bytearray.value();
        let args = if bytes.is_empty() {
            vm.new_tuple(&[])?
        } else {
            let copy = vm.new_bytes(&bytes)?;
            vm.new_tuple(&[copy])?
        };
        return save_reduce(vm, p, &[class, args], Some(v));
    }
    put_bytearray(vm, p, &bytes, Some(v))?;
    put_memo(p, v);
    Ok(())
}

/// Opcode, length and bytes of a bytearray.
pub fn put_bytearray(vm: &mut Vm, p: &Pickler, data: &[u8], v: Option<Value>) -> Res<()> {
    let mut header = [BYTEARRAY8; 9];
    header[1..].copy_from_slice(&(data.len() as u64).to_le_bytes());
    p.put_long(vm, &header, data, v)
}
