//! The builtin iterators.

mod long_range;
mod make;
mod state;

use crate::class::{TypeFlags, TypeSpec};
use crate::dict;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

macro_rules! signature {
    () => {
        None
    };
    ($text:literal) => {
        Some($text)
    };
}

macro_rules! iterators {
    ($($spec:ident $name:literal $kind:ident $next:expr, $flags:expr, [$($table:expr),*], $doc:literal $($signature:literal)?;)*) => { $(
        pub static $spec: TypeSpec = TypeSpec {
            name: $name,
            kind: Kind::$kind,
            doc: $doc,
            signature: signature!($($signature)?),
            tables: &[common::TABLE $(, $table)*],
            iternext: Some($next),
            flags: $flags,
            size: size_of::<IterObj>(),
            slot_offset: size_of::<IterObj>(),
            ..TypeSpec::DEFAULT
        };
    )* };
}

const HIDDEN: TypeFlags = TypeFlags::NO_INSTANCES;

iterators! {
    RANGE "range_iterator" RangeIter range_next, HIDDEN, [state::range::TABLE], "";
    LIST "list_iterator" ListIter list_next, HIDDEN, [state::list::TABLE], "";
    LIST_REVERSE "list_reverseiterator" ListRevIter list_reverse_next, HIDDEN, [state::list_reverse::TABLE], "";
    TUPLE "tuple_iterator" TupleIter tuple_next, HIDDEN, [state::indexed::TABLE], "";
    DICT "dict_keyiterator" DictIter dict_next, HIDDEN, [state::hashed::TABLE], "";
    DICT_VALUES "dict_valueiterator" DictIter dict_next, HIDDEN, [state::hashed::TABLE], "";
    DICT_ITEMS "dict_itemiterator" DictIter dict_next, HIDDEN, [state::hashed::TABLE], "";
    DICT_REVERSE "dict_reversekeyiterator" DictIter dict_next, HIDDEN, [state::hashed::TABLE], "";
    DICT_REVERSE_VALUES "dict_reversevalueiterator" DictIter dict_next, HIDDEN, [state::hashed::TABLE], "";
    DICT_REVERSE_ITEMS "dict_reverseitemiterator" DictIter dict_next, HIDDEN, [state::hashed::TABLE], "";
    SET "set_iterator" SetIter set_next, HIDDEN, [state::hashed::TABLE], "";
    STR "str_iterator" StrIter str_next, HIDDEN, [state::indexed::TABLE], "";
    BYTES "bytes_iterator" BytesIter bytes_next, HIDDEN, [state::indexed::TABLE], "";
    BYTEARRAY "bytearray_iterator" BytesIter bytes_next, HIDDEN, [state::indexed::TABLE], "";
    SEQ "iterator" SeqIter seq_next, HIDDEN, [state::indexed::TABLE], "";
    CALL "callable_iterator" CallIter call_next, HIDDEN, [state::call::TABLE], "";
    ENUMERATE "enumerate" Enumerate enumerate_next, TypeFlags::BASE, [make::enumerate::TABLE, super::protocol::generic::TABLE], "Return an enumerate object.\n\n  iterable\n    an object supporting iteration\n\nThe enumerate object yields pairs containing a count (from start, which\ndefaults to zero) and a value yielded by the iterable argument.\n\nenumerate is useful for obtaining an indexed list:\n    (0, seq[0]), (1, seq[1]), (2, seq[2]), ..." "(iterable, start=0)";
    ZIP "zip" Zip zip_next, TypeFlags::BASE, [make::zip::TABLE], "The zip object yields n-length tuples, where n is the number of iterables\npassed as positional arguments to zip().  The i-th element in every tuple\ncomes from the i-th iterable argument to zip().  This continues until the\nshortest argument is exhausted.\n\nIf strict is true and one of the arguments is exhausted before the others,\nraise a ValueError.\n\n   >>> list(zip('abcdefg', range(3), range(4)))\n   [('a', 0, 0), ('b', 1, 1), ('c', 2, 2)]" "(*iterables, strict=False)";
    MAP "map" Map map_next, TypeFlags::BASE, [make::map::TABLE], "Make an iterator that computes the function using arguments from\neach of the iterables.  Stops when the shortest iterable is exhausted.\n\nIf strict is true and one of the arguments is exhausted before the others,\nraise a ValueError." "(function, iterable, /, *iterables, strict=False)";
    FILTER "filter" Filter filter_next, TypeFlags::BASE, [make::filter::TABLE], "Return an iterator yielding those items of iterable for which function(item)\nis true. If function is None, return the items that are true." "(function, iterable, /)";
    REVERSED "reversed" Reversed reversed_next, TypeFlags::BASE, [make::reversed::TABLE], "Return a reverse iterator over the values of the given sequence." "(sequence, /)";
}

#[derive::natives]
pub mod common {
    use super::*;

    /// Implement iter(self).
    #[native("__iter__($self, /)")]
    fn iter(_: &mut Vm, this: Value) -> Res {
        Ok(this)
    }
    /// Implement next(self).
    #[native("__next__($self, /)")]
    fn next(vm: &mut Vm, this: Value) -> Res {
        match vm.next_raw(this)? {
            Some(v) => Ok(v),
            None => Err(vm.stop_iteration(Value::NONE)),
        }
    }
}

/// The iterator cell behind a value whose class has one of these `iternext` functions.
fn iter_of(it: Value) -> Ref<IterObj> {
    // SAFETY: only iterator types have these functions.
    unsafe { it.cast() }
}

fn range_next(_: &mut Vm, it: Value) -> Res<Option<Value>> {
    let r = iter_of(it);
    let left = r.end.get();
    if left <= 0 {
        return Ok(None);
    }
    let pos = r.pos.get();
    r.end.set(left - 1);
    r.pos.set(pos.wrapping_add(r.step.get()));
    Ok(Some(Value::int_unchecked(pos)))
}

fn list_next(_: &mut Vm, it: Value) -> Res<Option<Value>> {
    let r = iter_of(it);
    let Some(l) = r.target.get().and_then(|t| t.downcast::<ListObj>()) else {
        return Ok(None);
    };
    let pos = r.pos.get();
    match l.get(pos as usize) {
        Some(v) => {
            r.pos.set(pos + 1);
            Ok(Some(v))
        }
        None => {
            r.target.write(r, None);
            Ok(None)
        }
    }
}

fn list_reverse_next(_: &mut Vm, it: Value) -> Res<Option<Value>> {
    let r = iter_of(it);
    let Some(l) = r.target.get().and_then(|t| t.downcast::<ListObj>()) else {
        return Ok(None);
    };
    let pos = r.pos.get();
    match if pos >= 0 { l.get(pos as usize) } else { None } {
        Some(v) => {
            r.pos.set(pos - 1);
            Ok(Some(v))
        }
        None => {
            r.pos.set(-1);
            r.target.write(r, None);
            Ok(None)
        }
    }
}

fn tuple_next(_: &mut Vm, it: Value) -> Res<Option<Value>> {
    let r = iter_of(it);
    let Some(t) = r.target.get().and_then(|t| t.downcast::<TupleObj>()) else {
        return Ok(None);
    };
    match t.items().get(r.pos.get() as usize) {
        Some(v) => {
            r.pos.set(r.pos.get() + 1);
            Ok(Some(*v))
        }
        None => {
            r.target.write(r, None);
            Ok(None)
        }
    }
}

impl Vm {
    /// Writes key and value of the next entry to two registers when `it` goes forward over the
    /// items of a dict that has not changed, and its next entry is no deleted one; otherwise
    /// nothing has happened.
    ///
    /// # Safety
    /// `it` is a DictIter; two registers can be written.
    #[inline]
    pub(crate) unsafe fn dict_item_step(&mut self, it: Value, regs: *mut u64) -> bool {
        let r = iter_of(it);
        let (step, pos) = (r.step.get(), r.pos.get());
        // Bits 0-1: items; bit 2: backwards; the rest: entries left.
        if step & 7 != 2 || step < 8 || r.target.bits() == 0 {
            return false;
        }
        // SAFETY: the target of a DictIter is a dict, whose table is live; pos is checked.
        unsafe {
            let d = &*(r.target.bits() as *const DictObj);
            let t = d.table.get();
            if t.is_null() || r.end.get() != d.used.get() as i64 || pos >= (*t).fill as i64 {
                return false;
            }
            let e = &*(*t).entries().add(pos as usize);
            let (Some(k), Some(v)) = (e.key, e.value) else {
                return false;
            };
            *regs = k.bits();
            *regs.add(1) = v.bits();
        }
        r.step.set(step - 8);
        r.pos.set(pos + 1);
        true
    }

    /// The next pair of an exact iterator of `dict.items()`, `enumerate` or `zip` of two, without
    /// the tuple: `Some(None)` at the end, None for other iterators.
    pub(crate) fn iter_pair(&mut self, it: Value) -> Res<Option<Option<[Value; 2]>>> {
        let class = self.class_of(it);
        let t = self.types;
        if class == t.dict_item_iterator {
            return Ok(Some(dict_step(self, iter_of(it))?.map(|(e, _)| {
                [e.key.unwrap_or(Value::NONE), e.value.unwrap_or(Value::NONE)]
            })));
        }
        if class == t.enumerate {
            return enumerate_step(self, iter_of(it)).map(Some);
        }
        if class == t.zip {
            return zip_pair(self, iter_of(it));
        }
        Ok(None)
    }
}

/// `step`: bits 0-1 say keys, values or items; bit 2 that it goes backwards; the rest counts the
/// items left. `end`: the size when it was made.
fn dict_next(vm: &mut Vm, it: Value) -> Res<Option<Value>> {
    let Some((e, what)) = dict_step(vm, iter_of(it))? else {
        return Ok(None);
    };
    let (k, v) = (e.key.unwrap_or(Value::NONE), e.value.unwrap_or(Value::NONE));
    Ok(Some(match what {
        0 => k,
        1 => v,
        _ => vm.new_tuple_shaped(Kind::Tuple as u32, &[k, v])?,
    }))
}

/// The next entry, and what of it is wanted (bits 0-1 of `step`).
#[inline]
fn dict_step(vm: &mut Vm, r: Ref<IterObj>) -> Res<Option<(dict::Entry, i64)>> {
    let Some(d) = r.target.get().and_then(|t| t.downcast::<DictObj>()) else {
        return Ok(None);
    };
    if r.end.get() != d.used.get() as i64 {
        r.end.set(-1);
        return Err(vm.runtime_error("dictionary changed size during iteration"));
    }
    let reverse = r.step.get() & 4 != 0;
    let found = if reverse && r.pos.get() as usize > dict::fill(d) {
        None
    } else if reverse {
        dict::prev_entry(d, r.pos.get() as usize)
    } else {
        dict::next_entry(d, r.pos.get() as usize)
    };
    let Some((i, e)) = found else {
        r.target.write(r, None);
        return Ok(None);
    };
    let step = r.step.get();
    if step < 8 {
        r.target.write(r, None);
        return Err(vm.runtime_error("dictionary keys changed during iteration"));
    }
    r.step.set(step - 8);
    r.pos.set(if reverse { i as i64 } else { i as i64 + 1 });
    Ok(Some((e, step & 3)))
}

fn set_next(vm: &mut Vm, it: Value) -> Res<Option<Value>> {
    let r = iter_of(it);
    let Some(s) = r.target.get().and_then(|t| t.downcast::<SetObj>()) else {
        return Ok(None);
    };
    if r.end.get() != s.used.get() as i64 {
        r.end.set(-1);
        return Err(vm.runtime_error("Set changed size during iteration"));
    }
    match dict::next_entry(s, r.pos.get() as usize) {
        Some((i, e)) => {
            r.pos.set(i as i64 + 1);
            r.step.set(r.step.get() - 1);
            Ok(e.key)
        }
        None => {
            r.target.write(r, None);
            Ok(None)
        }
    }
}

fn str_next(vm: &mut Vm, it: Value) -> Res<Option<Value>> {
    let r = iter_of(it);
    let Some(s) = r.target.get().and_then(|t| t.downcast::<StrObj>()) else {
        return Ok(None);
    };
    let pos = r.pos.get() as usize;
    if pos >= s.len {
        r.target.write(r, None);
        return Ok(None);
    }
    r.pos.set(pos as i64 + 1);
    vm.new_char(s.units().get(pos)).map(Some)
}

fn bytes_next(_: &mut Vm, it: Value) -> Res<Option<Value>> {
    let r = iter_of(it);
    let Some(t) = r.target.get() else {
        return Ok(None);
    };
    let pos = r.pos.get() as usize;
    let byte = if let Some(b) = t.downcast::<BytesObj>() {
        b.as_slice().get(pos).copied()
    } else if let Some(b) = t.downcast::<ByteArrayObj>() {
        // SAFETY: pos is checked against the length.
        if pos < b.len.get() {
            Some(unsafe { *b.data.get().add(pos) })
        } else {
            None
        }
    } else {
        None
    };
    match byte {
        Some(b) => {
            r.pos.set(pos as i64 + 1);
            Ok(Some(Value::int_unchecked(b as i64)))
        }
        None => {
            r.target.write(r, None);
            Ok(None)
        }
    }
}

/// `of[index]` as iteration gets it.
fn sequence_item(vm: &mut Vm, of: Value, index: Value) -> Res {
    let class = vm.class_of(of);
    if let Some(get) = class.spec.get().and_then(|s| s.sequence_item)
        && vm
            .lookup_where(class, vm.names.__getitem__)
            .is_some_and(|(owner, _)| !owner.has(TypeFlags::HEAP))
    {
        return get(vm, of, index);
    }
    vm.get_item(of, index)
}

/// The old sequence protocol: `__getitem__` until IndexError or StopIteration.
fn seq_next(vm: &mut Vm, it: Value) -> Res<Option<Value>> {
    let r = iter_of(it);
    let Some(t) = r.target.get() else {
        return Ok(None);
    };
    let pos = r.pos.get();
    if pos == i64::MAX {
        return Err(vm.overflow_error("iter index too large"));
    }
    let index = vm.new_int(pos)?;
    match sequence_item(vm, t, index) {
        Ok(v) => {
            r.pos.set(pos + 1);
            Ok(Some(v))
        }
        Err(_) if vm.catch(vm.types.exc.IndexError) || vm.catch(vm.types.exc.StopIteration) => {
            r.target.write(r, None);
            Ok(None)
        }
        Err(e) => Err(e),
    }
}

/// `iter(callable, sentinel)`.
fn call_next(vm: &mut Vm, it: Value) -> Res<Option<Value>> {
    let r = iter_of(it);
    let Some(f) = r.target.get() else {
        return Ok(None);
    };
    let v = match vm.call_value(f, &[]) {
        Ok(v) => v,
        Err(_) if vm.catch(vm.types.exc.StopIteration) => {
            r.target.write(r, None);
            return Ok(None);
        }
        Err(e) => return Err(e),
    };
    // The call may have come back into this iterator and exhausted it.
    if r.target.get().is_none() {
        return Ok(None);
    }
    if vm.eq(r.aux.or_none(), v)? {
        r.target.write(r, None);
        return Ok(None);
    }
    Ok(Some(v))
}

/// `aux` is the count when it is no longer small, else `pos`.
fn enumerate_next(vm: &mut Vm, it: Value) -> Res<Option<Value>> {
    match enumerate_step(vm, iter_of(it))? {
        Some(pair) => vm.new_tuple(&pair).map(Some),
        None => Ok(None),
    }
}

#[inline]
fn enumerate_step(vm: &mut Vm, r: Ref<IterObj>) -> Res<Option<[Value; 2]>> {
    let Some(v) = vm.next(r.target.or_none())? else {
        return Ok(None);
    };
    let count = match r.aux.get() {
        Some(big) => {
            let next = vm.binary(crate::ops::BinOp::Add, big, Value::int_unchecked(1))?;
            r.aux.write(r, next);
            big
        }
        None => {
            let n = r.pos.get();
            r.pos.set(n + 1);
            vm.new_int(n)?
        }
    };
    Ok(Some([count, v]))
}

/// Up to so many iterators, `zip` and `map` keep their items on the native stack.
const FEW: usize = 4;

/// `target`: tuple of iterators; `end`: strict.
fn zip_next(vm: &mut Vm, it: Value) -> Res<Option<Value>> {
    let r = iter_of(it);
    let Some(its) = r.target.get().and_then(|t| t.downcast::<TupleObj>()) else {
        return Ok(None);
    };
    if its.len == 0 {
        return Ok(None);
    }
    let mut few = [Value::NONE; FEW];
    let mut many = vm.new_vec();
    for (i, one) in its.items().iter().enumerate() {
        match vm.next(*one)? {
            Some(v) if its.len <= FEW => few[i] = v,
            Some(v) => many.push(vm, v)?,
            None if r.end.get() == 0 => return Ok(None),
            None => return zip_strict(vm, its, i).map(|()| None),
        }
    }
    vm.new_tuple(few.get(..its.len).unwrap_or(&many)).map(Some)
}

/// The next pair of a zip of two iterators that is not strict.
fn zip_pair(vm: &mut Vm, r: Ref<IterObj>) -> Res<Option<Option<[Value; 2]>>> {
    let its = r.target.get().and_then(|t| t.downcast::<TupleObj>());
    let Some(its) = its.filter(|t| t.len == 2 && r.end.get() == 0) else {
        return Ok(None);
    };
    let (a, b) = (its.items()[0], its.items()[1]);
    let Some(x) = vm.next(a)? else {
        return Ok(Some(None));
    };
    Ok(Some(vm.next(b)?.map(|y| [x, y])))
}

fn zip_strict(vm: &mut Vm, its: Ref<TupleObj>, i: usize) -> Res<()> {
    let plural = |n: usize| {
        if n == 1 {
            " ".to_string()
        } else {
            "s 1-".to_string()
        }
    };
    if i > 0 {
        return Err(vm.value_error(&format!(
            "zip() argument {} is shorter than argument{}{i}",
            i + 1,
            plural(i)
        )));
    }
    for (j, other) in its.items().iter().enumerate().skip(1) {
        if vm.next(*other)?.is_some() {
            return Err(vm.value_error(&format!(
                "zip() argument {} is longer than argument{}{j}",
                j + 1,
                plural(j)
            )));
        }
    }
    Ok(())
}

/// `target`: tuple of iterators, `aux`: the function, `end`: strict.
fn map_next(vm: &mut Vm, it: Value) -> Res<Option<Value>> {
    let r = iter_of(it);
    let Some(its) = r.target.get().and_then(|t| t.downcast::<TupleObj>()) else {
        return Ok(None);
    };
    if let [one] = its.items() {
        return match vm.next(*one)? {
            Some(v) => vm.call_value(r.aux.or_none(), &[v]).map(Some),
            None => Ok(None),
        };
    }
    let mut few = [Value::NONE; FEW];
    let mut many = vm.new_vec();
    for (i, one) in its.items().iter().enumerate() {
        match vm.next(*one)? {
            Some(v) if its.len <= FEW => few[i] = v,
            Some(v) => many.push(vm, v)?,
            None if r.end.get() == 0 => return Ok(None),
            None => return map_strict(vm, its, i).map(|()| None),
        }
    }
    let args = few.get(..its.len).unwrap_or(&many);
    vm.call_value(r.aux.or_none(), args).map(Some)
}

fn map_strict(vm: &mut Vm, its: Ref<TupleObj>, i: usize) -> Res<()> {
    let plural = |n: usize| {
        if n == 1 {
            " ".to_string()
        } else {
            "s 1-".to_string()
        }
    };
    if i > 0 {
        return Err(vm.value_error(&format!(
            "map() argument {} is shorter than argument{}{i}",
            i + 1,
            plural(i)
        )));
    }
    for (j, other) in its.items().iter().enumerate().skip(1) {
        if vm.next(*other)?.is_some() {
            return Err(vm.value_error(&format!(
                "map() argument {} is longer than argument{}{j}",
                j + 1,
                plural(j)
            )));
        }
    }
    Ok(())
}

/// `aux`: the function or None.
fn filter_next(vm: &mut Vm, it: Value) -> Res<Option<Value>> {
    let r = iter_of(it);
    let f = r.aux.or_none();
    while let Some(v) = vm.next(r.target.or_none())? {
        let keep = if f.is_none() || f == vm.types.bool.value() {
            v
        } else {
            vm.call_value(f, &[v])?
        };
        if vm.truth(keep)? {
            return Ok(Some(v));
        }
    }
    Ok(None)
}

/// `reversed(seq)` of the sequence protocol.
fn reversed_next(vm: &mut Vm, it: Value) -> Res<Option<Value>> {
    let r = iter_of(it);
    let pos = r.pos.get();
    let Some(t) = r.target.get().filter(|_| pos >= 0) else {
        return Ok(None);
    };
    let index = vm.new_int(pos)?;
    match sequence_item(vm, t, index) {
        Ok(v) => {
            r.pos.set(pos - 1);
            Ok(Some(v))
        }
        Err(_) if vm.catch(vm.types.exc.IndexError) || vm.catch(vm.types.exc.StopIteration) => {
            r.pos.set(-1);
            r.target.write(r, None);
            Ok(None)
        }
        Err(e) => Err(e),
    }
}
