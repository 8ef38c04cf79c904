//! `list`.

use crate::class::{TypeFlags, TypeSpec};
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

pub static SPEC: TypeSpec = TypeSpec {
    name: "list",
    kind: Kind::List,
    doc: "Built-in mutable sequence.\n\nIf no argument is given, the constructor creates a new empty list.\nThe argument must be an iterable if specified.",
    tables: &[methods::TABLE],
    flags: TypeFlags::BASE
        .union(TypeFlags::SEQUENCE)
        .union(TypeFlags::MATCH_SELF),
    size: size_of::<ListObj>(),
    slot_offset: size_of::<ListObj>(),
    ..TypeSpec::DEFAULT
};

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, _args: Value, _kwargs: Option<Value>) -> Res {
        vm.new_list_of_class(class)
    }
    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, iterable=(), /)")]
    fn init(vm: &mut Vm, this: Value, iterable: Option<Value>) -> Res<()> {
        // SAFETY: the descriptor checked the type.
        let l = unsafe { this.cast::<ListObj>() };
        vm.list_clear(l);
        match iterable {
            Some(it) => vm.list_extend(l, it),
            None => Ok(()),
        }
    }
    /// Append object to the end of the list.
    #[native("append($self, object, /)")]
    fn append(vm: &mut Vm, this: Value, object: Value) -> Res<()> {
        // SAFETY: the descriptor checked the type.
        vm.list_push(unsafe { this.cast() }, object)
    }
    /// Implement iter(self).
    #[native("__iter__($self, /)")]
    fn iter(vm: &mut Vm, this: Value) -> Res {
        Ok(vm.new_iter(Kind::ListIter, Some(this), 0, 0)?.value())
    }
}

impl Vm {
    /// An empty list of a list class.
    pub fn new_list_of_class(&mut self, class: Value) -> Res {
        match class.downcast::<crate::class::TypeObj>() {
            Some(c) if c != self.types.list => self.new_instance(c),
            _ => self.new_list(&[]),
        }
    }

    /// Removes all items.
    pub fn list_clear(&mut self, l: Ref<ListObj>) {
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
        // Large arrays are not grown in place, so they grow by more.
        let cap = want.max(l.cap.get() + l.cap.get() / 2).max(4);
        let array = self.new_array(cap)?;
        // SAFETY: the new array is larger.
        unsafe { std::ptr::copy_nonoverlapping(l.items.get(), array.slots(), l.len.get()) };
        l.items.set(array.slots());
        l.cap.set(cap);
        gc::write_barrier(l.header());
        Ok(())
    }

    /// Appends all items of an iterable.
    pub fn list_extend(&mut self, l: Ref<ListObj>, src: Value) -> Res<()> {
        if src.is_exact(Kind::List) || src.is_exact(Kind::Tuple) {
            let items = self.collect(src)?;
            self.list_reserve(l, l.len.get() + items.len())?;
            for v in items.iter() {
                self.list_push(l, *v)?;
            }
            return Ok(());
        }
        let it = self.iter(src)?;
        let hint = self.length_hint(src, 0)?;
        if hint > 0 {
            self.list_reserve(l, l.len.get().saturating_add(hint.min(1 << 24)))?;
        }
        while let Some(v) = self.next(it)? {
            self.list_push(l, v)?;
        }
        Ok(())
    }
}
