//! `deque`: a ring of values in a heap array.

use crate::payloads::{payload, payload_type};
use runtime::class::{TypeFlags, TypeSpec};
use runtime::object::*;
use runtime::ops::CmpOp;
use runtime::types::protocol::rich_compare;
use runtime::{Res, Value, Vm};
use std::cell::Cell;

payload! {
    /// Item i is in slot `(head + i) mod capacity`; the capacity is a power of two.
    struct Deque {
        array: Cell<Option<Value>>,
        head: Cell<usize>,
        len: Cell<usize>,
        maxlen: Cell<Option<usize>>,
        /// Changes with every change of the length, so that iterators notice.
        state: Cell<u64>,
    }
    /// An iterator; `step` is 1 or -1.
    struct DequeIter {
        deque: Value,
        pos: Cell<i64>,
        left: Cell<usize>,
        state: u64,
        step: i64,
    }
}

pub static SPEC: TypeSpec = payload_type! {
    name: "deque",
    signature: Some("([iterable[, maxlen]])"),
    module: "collections",
    doc: "A list-like sequence optimized for data accesses near its endpoints.",
    flags: TypeFlags::BASE.union(TypeFlags::SEQUENCE).union(TypeFlags::HAS_WEAKREF),
    tables: &[
        methods::TABLE,
        compare::TABLE,
        runtime::types::protocol::generic::TABLE,
    ],
};

pub static ITERATOR: TypeSpec = payload_type! {
    name: "_deque_iterator",
    signature: Some(""),
    module: "collections",
    tables: &[iterator::TABLE],
    iternext: Some(iter_next),
};

pub static REVERSE_ITERATOR: TypeSpec = payload_type! {
    name: "_deque_reverse_iterator",
    signature: Some(""),
    module: "collections",
    tables: &[iterator::TABLE],
    iternext: Some(iter_next),
};

rich_compare!(compare, deque_compare);

/// The deque behind a `self` argument.
fn deque<'a>(v: Value) -> &'a Deque {
    match v.payload::<Deque>() {
        Some(d) => d,
        None => unreachable!("the descriptor checked the type"),
    }
}

impl Deque {
    fn new(maxlen: Option<usize>) -> Deque {
        Deque {
            array: Cell::new(None),
            head: Cell::new(0),
            len: Cell::new(0),
            maxlen: Cell::new(maxlen),
            state: Cell::new(0),
        }
    }
    fn ring(&self) -> Option<Ref<ArrayObj>> {
        self.array.get().and_then(|a| a.downcast())
    }
    /// The slot of item i of the ring.
    fn slot(&self, i: usize) -> Option<*mut u64> {
        let a = self.ring()?;
        let at = self.head.get().wrapping_add(i) & (a.cap - 1);
        // SAFETY: masked to the capacity.
        Some(unsafe { a.slots().add(at) })
    }
    fn get(&self, i: usize) -> Option<Value> {
        if i >= self.len.get() {
            return None;
        }
        // SAFETY: slots of the ring hold values.
        self.slot(i).and_then(|p| Value::from_bits(unsafe { *p }))
    }
    fn set(&self, i: usize, v: Option<Value>) {
        if let (Some(p), Some(a)) = (self.slot(i), self.array.get()) {
            // SAFETY: a slot of the ring.
            unsafe { *p = v.map_or(0, Value::bits) };
            gc::write_barrier(a.ptr());
        }
    }
    fn changed(&self) {
        self.state.set(self.state.get().wrapping_add(1));
    }
    /// Makes room for one more.
    fn grow(&self, vm: &mut Vm) -> Res<()> {
        let n = self.len.get();
        let cap = self.ring().map_or(0, |a| a.cap);
        if n < cap {
            return Ok(());
        }
        let new = vm.new_array((cap * 2).max(8))?;
        for i in 0..n {
            if let Some(v) = self.get(i) {
                // SAFETY: the new array is larger.
                unsafe { *new.slots().add(i) = v.bits() };
            }
        }
        self.array.set(Some(new.value()));
        self.head.set(0);
        Ok(())
    }
    fn push_back(&self, vm: &mut Vm, v: Value) -> Res<()> {
        if self.maxlen.get() == Some(0) {
            return Ok(());
        }
        if self.maxlen.get() == Some(self.len.get()) {
            self.pop_front();
        }
        self.grow(vm)?;
        let n = self.len.get();
        self.len.set(n + 1);
        self.set(n, Some(v));
        self.changed();
        Ok(())
    }
    fn push_front(&self, vm: &mut Vm, v: Value) -> Res<()> {
        if self.maxlen.get() == Some(0) {
            return Ok(());
        }
        if self.maxlen.get() == Some(self.len.get()) {
            self.pop_back();
        }
        self.grow(vm)?;
        self.head.set(self.head.get().wrapping_sub(1));
        self.len.set(self.len.get() + 1);
        self.set(0, Some(v));
        self.changed();
        Ok(())
    }
    fn pop_back(&self) -> Option<Value> {
        let n = self.len.get().checked_sub(1)?;
        let v = self.get(n);
        self.set(n, None);
        self.len.set(n);
        self.changed();
        v
    }
    fn pop_front(&self) -> Option<Value> {
        let v = self.get(0)?;
        self.set(0, None);
        self.head.set(self.head.get().wrapping_add(1));
        self.len.set(self.len.get() - 1);
        self.changed();
        Some(v)
    }
    fn clear(&self) {
        self.array.set(None);
        self.head.set(0);
        self.len.set(0);
        self.changed();
    }
    /// Removes item i.
    fn remove_at(&self, i: usize) {
        let n = self.len.get();
        if i < n / 2 {
            for j in (0..i).rev() {
                self.set(j + 1, self.get(j));
            }
            self.pop_front();
        } else {
            for j in i + 1..n {
                self.set(j - 1, self.get(j));
            }
            self.pop_back();
        }
    }
    /// Rotates n steps to the right.
    fn rotate(&self, vm: &mut Vm, n: i64) -> Res<()> {
        let len = self.len.get() as i64;
        if len < 2 {
            return Ok(());
        }
        let n = n.rem_euclid(len);
        if n == 0 {
            return Ok(());
        }
        self.grow(vm)?;
        if n <= len / 2 {
            for _ in 0..n {
                let v = self.get(len as usize - 1);
                self.set(len as usize - 1, None);
                self.head.set(self.head.get().wrapping_sub(1));
                self.set(0, v);
            }
        } else {
            for _ in 0..len - n {
                let v = self.get(0);
                self.set(0, None);
                self.head.set(self.head.get().wrapping_add(1));
                self.set(len as usize - 1, v);
            }
        }
        self.changed();
        Ok(())
    }
    /// The items now.
    fn items(&self, vm: &mut Vm) -> Res<runtime::alloc::GcVec> {
        let mut out = vm.new_vec();
        out.reserve(vm, self.len.get())?;
        let mut i = 0;
        while let Some(v) = self.get(i) {
            out.push(vm, v)?;
            i += 1;
        }
        Ok(out)
    }
}

fn mutated(vm: &mut Vm) -> runtime::Raised {
    vm.runtime_error("deque mutated during iteration")
}

/// A subscript as a position.
fn position(vm: &mut Vm, d: &Deque, key: Value) -> Res<usize> {
    if !vm.has_index(key) {
        let name = vm.class_name(key);
        return Err(vm.type_error(&format!("sequence index must be integer, not '{name}'")));
    }
    let i = vm.index_for(key)?;
    let n = d.len.get() as i64;
    let i = if i < 0 { i + n } else { i };
    if i < 0 || i >= n {
        return Err(vm.index_error("deque index out of range"));
    }
    Ok(i as usize)
}

fn deque_compare(vm: &mut Vm, op: CmpOp, a: Value, b: Value) -> Res {
    let (Some(x), Some(y)) = (a.payload::<Deque>(), b.payload::<Deque>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    if a == b {
        return Ok(Value::bool(matches!(op, CmpOp::Eq | CmpOp::Le | CmpOp::Ge)));
    }
    if matches!(op, CmpOp::Eq | CmpOp::Ne) && x.len.get() != y.len.get() {
        return Ok(Value::bool(op == CmpOp::Ne));
    }
    vm.check_native_stack()?;
    let (sx, sy) = (x.state.get(), y.state.get());
    let mut i = 0;
    while let (Some(p), Some(q)) = (x.get(i), y.get(i)) {
        if !vm.eq(p, q)? {
            // As CPython does, also for == and !=.
            let r = vm.compare(op, p, q)?;
            return vm.truth(r).map(Value::bool);
        }
        if x.state.get() != sx || y.state.get() != sy {
            return Err(mutated(vm));
        }
        i += 1;
    }
    Ok(Value::bool(op.holds(x.len.get().cmp(&y.len.get()))))
}

/// A new deque like `this` with these items.
fn copy_of(vm: &mut Vm, this: Value) -> Res {
    let d = deque(this);
    let class = vm.class_of(this);
    if class == vm.native_type(&SPEC)? {
        let new = vm.new_payload(class, Deque::new(d.maxlen.get()))?;
        let items = d.items(vm)?;
        for v in items.iter() {
            deque(new).push_back(vm, *v)?;
        }
        return Ok(new);
    }
    match d.maxlen.get() {
        None => vm.call_value(class.value(), &[this]),
        Some(n) => {
            let n = vm.new_int(n as i64)?;
            vm.call_value(class.value(), &[this, n])
        }
    }
}

fn extend(vm: &mut Vm, this: Value, iterable: Value, front: bool) -> Res<()> {
    let d = deque(this);
    let source = if iterable == this {
        let items = d.items(vm)?;
        vm.list_from_vec(items)?
    } else {
        iterable
    };
    let it = vm.iter(source)?;
    let push = |vm: &mut Vm, v| {
        if front {
            d.push_front(vm, v)
        } else {
            d.push_back(vm, v)
        }
    };
    let take = |vm: &mut Vm, v| push(vm, v).is_ok() || vm.forget_failure();
    while let Some(v) = vm.next_refused(it, take)? {
        push(vm, v)?;
    }
    Ok(())
}

/// Repeats the items in place.
fn repeat(vm: &mut Vm, d: &Deque, n: i64) -> Res<()> {
    if n <= 0 {
        d.clear();
        return Ok(());
    }
    let len = d.len.get();
    if len == 0 || n == 1 {
        return Ok(());
    }
    let mut times = n as usize - 1;
    if let Some(max) = d.maxlen.get() {
        times = times.min(max / len + 1);
    }
    if len
        .checked_mul(times)
        .is_none_or(|t| t > isize::MAX as usize / 16)
    {
        return Err(vm.memory_error());
    }
    let items = d.items(vm)?;
    for _ in 0..times {
        for v in items.iter() {
            d.push_back(vm, *v)?;
        }
    }
    Ok(())
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, _args: Value, _kwargs: Option<Value>) -> Res {
        let base = vm.native_type(&SPEC)?;
        let class = vm.class_arg(class, base)?;
        vm.new_payload(class, Deque::new(None))
    }
    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, iterable=(), maxlen=None)")]
    fn init(vm: &mut Vm, this: Value, iterable: Option<Value>, maxlen: Option<Value>) -> Res<()> {
        let d = deque(this);
        let maxlen = match maxlen.filter(|m| !m.is_none()) {
            Some(m) if vm.is_int(m) => {
                let n = vm.index_isize(m)?;
                if n < 0 {
                    return Err(vm.value_error("maxlen must be non-negative"));
                }
                Some(n as usize)
            }
            Some(_) => return Err(vm.type_error("an integer is required")),
            None => None,
        };
        d.maxlen.set(maxlen);
        if d.len.get() > 0 {
            d.clear();
        }
        match iterable {
            Some(it) => extend(vm, this, it, false),
            None => Ok(()),
        }
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res {
        if !vm.repr_enter(this) {
            return vm.new_str("[...]");
        }
        let r = repr_of(vm, this);
        vm.repr_leave(this);
        r
    }
    /// Implement iter(self).
    #[native("__iter__($self, /)")]
    fn iter(vm: &mut Vm, this: Value) -> Res {
        new_iterator(vm, this, false)
    }
    /// Return a reverse iterator over the deque.
    #[native("__reversed__($self, /)")]
    fn reversed(vm: &mut Vm, this: Value) -> Res {
        new_iterator(vm, this, true)
    }
    /// Return len(self).
    #[native("__len__($self, /)")]
    fn len(_: &mut Vm, this: Value) -> Res<usize> {
        Ok(deque(this).len.get())
    }
    /// Return self[key].
    #[native("__getitem__($self, key, /)")]
    fn getitem(vm: &mut Vm, this: Value, key: Value) -> Res {
        let d = deque(this);
        let i = position(vm, d, key)?;
        match d.get(i) {
            Some(v) => Ok(v),
            None => Err(vm.index_error("deque index out of range")),
        }
    }
    /// Set self[key] to value.
    #[native("__setitem__($self, key, value, /)")]
    fn setitem(vm: &mut Vm, this: Value, key: Value, value: Value) -> Res<()> {
        let d = deque(this);
        let i = position(vm, d, key)?;
        d.set(i, Some(value));
        Ok(())
    }
    /// Delete self[key].
    #[native("__delitem__($self, key, /)")]
    fn delitem(vm: &mut Vm, this: Value, key: Value) -> Res<()> {
        let d = deque(this);
        let i = position(vm, d, key)?;
        d.remove_at(i);
        Ok(())
    }
    /// Return bool(key in self).
    #[native("__contains__($self, key, /)")]
    fn contains(vm: &mut Vm, this: Value, key: Value) -> Res<bool> {
        let d = deque(this);
        let (state, mut i) = (d.state.get(), 0);
        while let Some(v) = d.get(i) {
            if vm.eq(v, key)? {
                return Ok(true);
            }
            if d.state.get() != state {
                return Err(mutated(vm));
            }
            i += 1;
        }
        Ok(false)
    }
    /// Return self+value.
    #[native("__add__($self, value, /)")]
    fn add(vm: &mut Vm, this: Value, value: Value) -> Res {
        if value.payload::<Deque>().is_none() {
            let name = vm.class_name(value);
            return Err(vm.type_error(&format!(
                "can only concatenate deque (not \"{name}\") to deque"
            )));
        }
        let new = copy_of(vm, this)?;
        extend(vm, new, value, false)?;
        Ok(new)
    }
    /// Implement self+=value.
    #[native("__iadd__($self, value, /)")]
    fn iadd(vm: &mut Vm, this: Value, value: Value) -> Res {
        extend(vm, this, value, false)?;
        Ok(this)
    }
    /// Return self*value.
    #[native("__mul__($self, value, /)")]
    fn mul(vm: &mut Vm, this: Value, value: Value) -> Res {
        let n = vm.repeat_count(value)?;
        let new = copy_of(vm, this)?;
        repeat(vm, deque(new), n as i64)?;
        Ok(new)
    }
    /// Return value*self.
    #[native("__rmul__($self, value, /)")]
    fn rmul(vm: &mut Vm, this: Value, value: Value) -> Res {
        mul(vm, this, value)
    }
    /// Implement self*=value.
    #[native("__imul__($self, value, /)")]
    fn imul(vm: &mut Vm, this: Value, value: Value) -> Res {
        let n = vm.repeat_count(value)?;
        repeat(vm, deque(this), n as i64)?;
        Ok(this)
    }
    /// Add an element to the right side of the deque.
    #[native("append($self, item, /)")]
    fn append(vm: &mut Vm, this: Value, item: Value) -> Res<()> {
        deque(this).push_back(vm, item)
    }
    /// Add an element to the left side of the deque.
    #[native("appendleft($self, item, /)")]
    fn appendleft(vm: &mut Vm, this: Value, item: Value) -> Res<()> {
        deque(this).push_front(vm, item)
    }
    /// Remove all elements from the deque.
    #[native("clear($self, /)")]
    fn clear(_: &mut Vm, this: Value) -> Res<()> {
        deque(this).clear();
        Ok(())
    }
    /// Return a shallow copy of a deque.
    #[native("__copy__($self, /)")]
    fn copy_dunder(vm: &mut Vm, this: Value) -> Res {
        copy_of(vm, this)
    }
    /// Return a shallow copy of a deque.
    #[native("copy($self, /)")]
    fn copy(vm: &mut Vm, this: Value) -> Res {
        copy_of(vm, this)
    }
    /// Return number of occurrences of value.
    #[native("count($self, value, /)")]
    fn count(vm: &mut Vm, this: Value, value: Value) -> Res<usize> {
        let d = deque(this);
        let (state, mut i, mut n) = (d.state.get(), 0, 0);
        while let Some(v) = d.get(i) {
            n += usize::from(vm.eq(v, value)?);
            if d.state.get() != state {
                return Err(mutated(vm));
            }
            i += 1;
        }
        Ok(n)
    }
    /// Extend the right side of the deque with elements from the iterable.
    #[native("extend($self, iterable, /)")]
    fn extend_right(vm: &mut Vm, this: Value, iterable: Value) -> Res<()> {
        extend(vm, this, iterable, false)
    }
    /// Extend the left side of the deque with elements from the iterable.
    #[native("extendleft($self, iterable, /)")]
    fn extendleft(vm: &mut Vm, this: Value, iterable: Value) -> Res<()> {
        extend(vm, this, iterable, true)
    }
    /// Return first index of value.
    ///
    /// Raises ValueError if the value is not present.
    #[native("index($self, value, start=0, stop=sys.maxsize, /)")]
    fn index(
        vm: &mut Vm,
        this: Value,
        value: Value,
        start: Option<Value>,
        stop: Option<Value>,
    ) -> Res<usize> {
        let d = deque(this);
        let start = start.map_or(Ok(0), |v| vm.slice_bound(v))?;
        let stop = stop.map_or(Ok(i64::MAX), |v| vm.slice_bound(v))?;
        let n = d.len.get();
        let (mut i, stop) = (Vm::clip_bound(start, n), Vm::clip_bound(stop, n));
        let state = d.state.get();
        while i < stop
            && let Some(v) = d.get(i)
        {
            if vm.eq(v, value)? {
                return Ok(i);
            }
            if d.state.get() != state {
                return Err(mutated(vm));
            }
            i += 1;
        }
        Err(vm.value_error("deque.index(x): x not in deque"))
    }
    /// Insert value before index.
    #[native("insert($self, index, value, /)")]
    fn insert(vm: &mut Vm, this: Value, index: isize, value: Value) -> Res<()> {
        let d = deque(this);
        let n = d.len.get();
        if d.maxlen.get() == Some(n) {
            return Err(vm.index_error("deque already at its maximum size"));
        }
        let at = Vm::clip_bound(index as i64, n).min(n);
        d.push_back(vm, value)?;
        for j in (at..n).rev() {
            d.set(j + 1, d.get(j));
        }
        d.set(at, Some(value));
        Ok(())
    }
    /// Remove and return the rightmost element.
    #[native("pop($self, /)")]
    fn pop(vm: &mut Vm, this: Value) -> Res {
        match deque(this).pop_back() {
            Some(v) => Ok(v),
            None => Err(vm.index_error("pop from an empty deque")),
        }
    }
    /// Remove and return the leftmost element.
    #[native("popleft($self, /)")]
    fn popleft(vm: &mut Vm, this: Value) -> Res {
        match deque(this).pop_front() {
            Some(v) => Ok(v),
            None => Err(vm.index_error("pop from an empty deque")),
        }
    }
    /// Remove first occurrence of value.
    #[native("remove($self, value, /)")]
    fn remove(vm: &mut Vm, this: Value, value: Value) -> Res<()> {
        let d = deque(this);
        let (state, mut i) = (d.state.get(), 0);
        while let Some(v) = d.get(i) {
            let equal = vm.eq(v, value)?;
            if d.state.get() != state {
                return Err(vm.index_error("deque mutated during iteration"));
            }
            if equal {
                d.remove_at(i);
                return Ok(());
            }
            i += 1;
        }
        Err(vm.value_error("deque.remove(x): x not in deque"))
    }
    /// Reverse *IN PLACE*.
    #[native("reverse($self, /)")]
    fn reverse(_: &mut Vm, this: Value) -> Res<()> {
        let d = deque(this);
        let n = d.len.get();
        for i in 0..n / 2 {
            let (a, b) = (d.get(i), d.get(n - 1 - i));
            d.set(i, b);
            d.set(n - 1 - i, a);
        }
        Ok(())
    }
    /// Rotate the deque n steps to the right.  If n is negative, rotates left.
    #[native("rotate($self, n=1, /)")]
    fn rotate(vm: &mut Vm, this: Value, n: Option<isize>) -> Res<()> {
        deque(this).rotate(vm, n.unwrap_or(1) as i64)
    }
    /// Return state information for pickling.
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let d = deque(this);
        let state = vm.object_getstate(this, false)?;
        let it = vm.iter(this)?;
        let args = match d.maxlen.get() {
            None => vm.new_tuple(&[])?,
            Some(n) => {
                let (empty, n) = (vm.new_tuple(&[])?, vm.new_int(n as i64)?);
                vm.new_tuple(&[empty, n])?
            }
        };
        let class = vm.class_of(this).value();
        vm.new_tuple(&[class, args, state, it])
    }
    /// Return the size of the deque in memory, in bytes.
    #[native("__sizeof__($self, /)")]
    fn sizeof(_: &mut Vm, this: Value) -> Res<usize> {
        let d = deque(this);
        Ok(size_of::<PayloadObj>() + size_of::<Deque>() + d.ring().map_or(0, |a| a.cap * 8))
    }
    /// maximum size of a deque or None if unbounded
    #[getter("maxlen")]
    fn maxlen(_: &mut Vm, this: Value) -> Res<Option<usize>> {
        Ok(deque(this).maxlen.get())
    }
}

fn repr_of(vm: &mut Vm, this: Value) -> Res {
    let d = deque(this);
    let mut out = text::StrBuf::new();
    out.push_str(&vm.short_class_name(this));
    out.push_str("(");
    let items = d.items(vm)?;
    let l = vm.list_from_vec(items)?;
    vm.push_repr(&mut out, l)?;
    match d.maxlen.get() {
        Some(n) => out.push_str(&format!(", maxlen={n})")),
        None => out.push_str(")"),
    }
    vm.new_str_owned(&out.finish())
}

fn new_iterator(vm: &mut Vm, this: Value, reverse: bool) -> Res {
    let d = deque(this);
    let spec = if reverse {
        &REVERSE_ITERATOR
    } else {
        &ITERATOR
    };
    let class = vm.native_type(spec)?;
    let n = d.len.get();
    let state = DequeIter {
        deque: this,
        pos: Cell::new(if reverse { n as i64 - 1 } else { 0 }),
        left: Cell::new(n),
        state: d.state.get(),
        step: if reverse { -1 } else { 1 },
    };
    vm.new_payload(class, state)
}

fn iter_next(vm: &mut Vm, it: Value) -> Res<Option<Value>> {
    let Some(r) = it.payload::<DequeIter>() else {
        return Ok(None);
    };
    let d = deque(r.deque);
    if d.state.get() != r.state {
        r.left.set(0);
        return Err(mutated(vm));
    }
    if r.left.get() == 0 {
        return Ok(None);
    }
    let v = d.get(r.pos.get() as usize);
    r.pos.set(r.pos.get() + r.step);
    r.left.set(r.left.get() - 1);
    Ok(v)
}

#[derive::natives]
mod iterator {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, deque, index=0, /)")]
    fn new(vm: &mut Vm, class: Value, source: Value, index: Option<isize>) -> Res {
        if source.payload::<Deque>().is_none() {
            let name = vm.argument_kind(source);
            return Err(vm.type_error(&format!(
                "_deque_iterator() argument 1 must be collections.deque, not {name}"
            )));
        }
        let reverse = class == vm.native_type(&REVERSE_ITERATOR)?.value();
        let it = new_iterator(vm, source, reverse)?;
        for _ in 0..index.unwrap_or(0) {
            if vm.next(it)?.is_none() {
                break;
            }
        }
        Ok(it)
    }
    /// Implement iter(self).
    #[native("__iter__($self, /)")]
    fn iter(_: &mut Vm, this: Value) -> Res {
        Ok(this)
    }
    /// Implement next(self).
    #[native("__next__($self, /)")]
    fn next(vm: &mut Vm, this: Value) -> Res {
        match iter_next(vm, this)? {
            Some(v) => Ok(v),
            None => Err(vm.stop_iteration(Value::NONE)),
        }
    }
    /// Private method returning an estimate of len(list(it)).
    #[native("__length_hint__($self, /)")]
    fn length_hint(_: &mut Vm, this: Value) -> Res<usize> {
        Ok(this.payload::<DequeIter>().map_or(0, |r| r.left.get()))
    }
    /// Return state information for pickling.
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let class = vm.class_of(this).value();
        let Some(r) = this.payload::<DequeIter>() else {
            return Ok(Value::NONE);
        };
        let done = deque(r.deque).len.get() as i64 - r.left.get() as i64;
        let done = vm.new_int(done)?;
        let args = vm.new_tuple(&[r.deque, done])?;
        vm.new_tuple(&[class, args])
    }
}
