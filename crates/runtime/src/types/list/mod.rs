//! `list`: storage and what other files need of it.

mod methods;
mod slices;
mod sort;

use crate::class::{TypeFlags, TypeObj, TypeSpec};
use crate::object::*;
use crate::ops::CmpOp;
use crate::types::protocol::{generic, holds_len, rich_compare};
use crate::value::{Res, Value};
use crate::vm::Vm;

pub static SPEC: TypeSpec = TypeSpec {
    name: "list",
    signature: Some("(iterable=(), /)"),
    kind: Kind::List,
    doc: "Built-in mutable sequence.\n\nIf no argument is given, the constructor creates a new empty list.\nThe argument must be an iterable if specified.",
    tables: &[
        methods::methods::TABLE,
        slices::methods::TABLE,
        compare::TABLE,
        generic::TABLE,
    ],
    flags: TypeFlags::BASE
        .union(TypeFlags::SEQUENCE)
        .union(TypeFlags::MATCH_SELF),
    size: size_of::<ListObj>(),
    slot_offset: size_of::<ListObj>(),
    ..TypeSpec::DEFAULT
};

rich_compare!(compare, list_compare);

/// The list behind a `self` argument.
#[inline(always)]
fn list(v: Value) -> Ref<ListObj> {
    // SAFETY: the descriptor checked the type.
    unsafe { v.cast() }
}

impl Ref<ListObj> {
    /// Replaces item i; false when out of range.
    #[inline]
    pub fn set(self, i: usize, v: Value) -> bool {
        if i >= self.len.get() {
            return false;
        }
        // SAFETY: i is in range.
        unsafe { *self.items.get().add(i) = v.bits() };
        gc::write_barrier(self.header());
        true
    }
    /// The items, valid until something that can run Python code or change the list.
    #[inline]
    pub fn items_now<'a>(self) -> &'a [Value] {
        if self.len.get() == 0 {
            return &[];
        }
        // SAFETY: slots below len are values; the caller keeps the slice only briefly.
        unsafe { std::slice::from_raw_parts(self.items.get().cast(), self.len.get()) }
    }
    /// Shortens the list to n items.
    fn shorten(self, n: usize) {
        let len = self.len.get();
        if n < len {
            // SAFETY: slots below len are in the array.
            unsafe { std::ptr::write_bytes(self.items.get().add(n), 0, len - n) };
            self.len.set(n);
        }
    }
}

pub(crate) fn list_compare(vm: &mut Vm, op: CmpOp, a: Value, b: Value) -> Res {
    let (Some(x), Some(y)) = (a.downcast::<ListObj>(), b.downcast::<ListObj>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    if matches!(op, CmpOp::Eq | CmpOp::Ne) && x.len.get() != y.len.get() {
        return Ok(Value::bool(op == CmpOp::Ne));
    }
    vm.check_native_stack()?;
    let mut i = 0;
    while let (Some(p), Some(q)) = (x.get(i), y.get(i)) {
        if p != q && !vm.eq(p, q)? {
            // The comparison may have changed the lists: what is there now is compared, if
            // anything is.
            let (Some(p), Some(q)) = (x.get(i), y.get(i)) else {
                break;
            };
            return match op {
                CmpOp::Eq => Ok(Value::FALSE),
                CmpOp::Ne => Ok(Value::TRUE),
                _ => vm.compare(op, p, q),
            };
        }
        i += 1;
    }
    Ok(holds_len(op, x.len.get(), y.len.get()))
}

impl Vm {
    /// An empty list of a list class.
    pub fn new_list_of_class(&mut self, class: Value) -> Res {
        match class.downcast::<TypeObj>() {
            Some(c) if c != self.types.list => self.new_instance(c),
            _ => self.new_list(&[]),
        }
    }

    /// Removes all items.
    pub fn list_clear(&mut self, l: Ref<ListObj>) {
        if l.cap.get() == 0 {
            // Empty, or being sorted, which this is no change to.
            l.len.set(0);
            return;
        }
        l.len.set(0);
        l.cap.set(0);
        l.items.set(std::ptr::null_mut());
    }

    /// Appends one item.
    #[inline]
    pub fn list_push(&mut self, l: Ref<ListObj>, v: Value) -> Res<()> {
        let n = l.len.get();
        if n == l.cap.get() {
            self.list_reserve(l, n + 1)?;
        }
        // SAFETY: n is below the capacity.
        unsafe { *l.items.get().add(n) = v.bits() };
        l.len.set(n + 1);
        gc::write_barrier(l.header());
        Ok(())
    }

    /// Makes room for `want` items, growing in proportion.
    #[inline(never)]
    pub fn list_reserve(&mut self, l: Ref<ListObj>, want: usize) -> Res<()> {
        if want <= l.cap.get() {
            return Ok(());
        }
        if self.grow_items(l, want) {
            return Ok(());
        }
        // Arrays that move grow by more than those that do not.
        let cap = want.max(l.cap.get().saturating_add(l.cap.get() / 2)).max(4);
        let array = self.new_array(cap)?;
        // SAFETY: the new array is larger.
        unsafe { std::ptr::copy_nonoverlapping(l.items.get(), array.slots(), l.len.get()) };
        l.items.set(array.slots());
        l.cap.set(cap);
        gc::write_barrier(l.header());
        Ok(())
    }

    /// Makes room for `want` items where the array is, if it is large and what follows it is free.
    fn grow_items(&mut self, l: Ref<ListObj>, want: usize) -> bool {
        let cap = want.max(l.cap.get() + l.cap.get() / 4);
        if l.cap.get() * 8 < gc::MAX_SMALL || cap > isize::MAX as usize / 16 {
            return false;
        }
        // SAFETY: a list's items follow the head of its Array cell, which has no drop function.
        unsafe {
            let array = l.items.get().cast::<ArrayObj>().sub(1);
            let grown = (*self.heap).grow_large(array.cast(), size_of::<ArrayObj>() + cap * 8);
            if grown {
                (*array).cap = cap;
                l.cap.set(cap);
            }
            grown
        }
    }

    /// Appends all items of an iterable.
    pub fn list_extend(&mut self, l: Ref<ListObj>, src: Value) -> Res<()> {
        let quick = if src.is_exact(Kind::List) {
            // SAFETY: checked above.
            Some(unsafe { src.cast::<ListObj>() }.len.get())
        } else if src.is_exact(Kind::Tuple) {
            // SAFETY: checked above.
            Some(unsafe { src.cast::<TupleObj>() }.len)
        } else {
            None
        };
        if let Some(n) = quick {
            let at = l.len.get();
            self.list_reserve(l, at.saturating_add(n))?;
            // The source may be the list itself: its items are read after the growth.
            let items: &[Value] = match src.downcast::<TupleObj>() {
                Some(t) => unsafe_items(t),
                // SAFETY: a list when not a tuple.
                None => unsafe { src.cast::<ListObj>() }.items_now(),
            };
            let n = n.min(items.len());
            // SAFETY: there is room for n more; source and destination do not overlap.
            unsafe {
                std::ptr::copy_nonoverlapping(items.as_ptr().cast(), l.items.get().add(at), n)
            };
            l.len.set(at + n);
            gc::write_barrier(l.header());
            return Ok(());
        }
        if src.is_exact(Kind::Str) {
            return self.extend_by_characters(l, src);
        }
        let it = self.iter(src)?;
        let hint = self.length_hint(src, 8)?;
        if hint > isize::MAX as usize / 16 {
            return Err(self.memory_error());
        }
        self.list_reserve(l, l.len.get().saturating_add(hint.min(1 << 24)))?;
        let take = |vm: &mut Vm, v| vm.list_push(l, v).is_ok() || vm.forget_failure();
        while let Some(v) = self.next_refused(it, take)? {
            self.list_push(l, v)?;
        }
        Ok(())
    }

    /// Appends the characters of a str.
    fn extend_by_characters(&mut self, l: Ref<ListObj>, s: Value) -> Res<()> {
        // SAFETY: the caller passes a str.
        let s = unsafe { s.cast::<StrObj>() };
        self.list_reserve(l, l.len.get().saturating_add(s.len))?;
        for i in 0..s.len {
            let c = self.new_char(s.units().get(i))?;
            self.list_push(l, c)?;
        }
        Ok(())
    }

    /// `a + b`, a plain list.
    pub fn list_concat(&mut self, a: Ref<ListObj>, b: Ref<ListObj>) -> Res {
        let (n, m) = (a.len.get(), b.len.get());
        let out = list(self.new_list(&[])?);
        if n + m == 0 {
            return Ok(out.value());
        }
        let array = self.new_array(n + m)?;
        // SAFETY: the array has room for both; making it changed neither list.
        unsafe {
            std::ptr::copy_nonoverlapping(a.items.get(), array.slots(), n);
            std::ptr::copy_nonoverlapping(b.items.get(), array.slots().add(n), m);
        }
        out.items.set(array.slots());
        out.cap.set(n + m);
        out.len.set(n + m);
        gc::write_barrier(out.header());
        Ok(out.value())
    }

    /// A list of the items of an iterable.
    pub fn list_of(&mut self, src: Value) -> Res<Ref<ListObj>> {
        let l = self.new_list(&[])?;
        let l = list(l);
        self.list_extend(l, src)?;
        Ok(l)
    }
}

/// The items of a tuple, which never change while the caller's copy of `t` keeps it alive.
fn unsafe_items<'a>(t: Ref<TupleObj>) -> &'a [Value] {
    // SAFETY: the tuple is on the caller's stack.
    unsafe { &*(t.items() as *const [Value]) }
}
