//! Subscripts and slices of `list`.

use super::list;
use crate::object::*;
use crate::types::slice::SliceRange;
use crate::value::{Res, Value};
use crate::vm::Vm;

#[derive::natives]
pub mod methods {
    use super::*;

    /// Return self[index].
    #[native("__getitem__($self, index, /)")]
    fn getitem(vm: &mut Vm, this: Value, index: Value) -> Res {
        let l = list(this);
        if let Some(s) = index.downcast::<SliceObj>() {
            let r = vm.slice_unpack(s)?.adjust(l.len.get());
            return vm.list_slice_range(l, r);
        }
        let i = vm.list_index(l, index)?;
        match i.and_then(|i| l.get(i)) {
            Some(v) => Ok(v),
            None => Err(vm.index_error("list index out of range")),
        }
    }
    /// Set self[key] to value.
    #[native("__setitem__($self, key, value, /)")]
    fn setitem(vm: &mut Vm, this: Value, key: Value, value: Value) -> Res<()> {
        let l = list(this);
        if let Some(s) = key.downcast::<SliceObj>() {
            return vm.list_set_slice(l, s, value);
        }
        match vm.list_index(l, key)? {
            Some(i) if l.set(i, value) => Ok(()),
            _ => Err(vm.index_error("list assignment index out of range")),
        }
    }
    /// Delete self[key].
    #[native("__delitem__($self, key, /)")]
    fn delitem(vm: &mut Vm, this: Value, key: Value) -> Res<()> {
        let l = list(this);
        if let Some(s) = key.downcast::<SliceObj>() {
            let r = vm.slice_unpack(s)?.adjust(l.len.get());
            delete_range(l, r);
            return Ok(());
        }
        match vm.list_index(l, key)? {
            Some(i) if i < l.len.get() => {
                l.close(i, 1);
                Ok(())
            }
            _ => Err(vm.index_error("list assignment index out of range")),
        }
    }
}

fn delete_range(l: Ref<ListObj>, r: SliceRange) {
    if r.count == 0 {
        return;
    }
    // Forward order, whatever the sign of the step.
    let (first, step) = if r.step < 0 {
        (r.at(r.count - 1), r.step.unsigned_abs() as usize)
    } else {
        (r.start, r.step as usize)
    };
    if step == 1 || r.count == 1 {
        l.close(first, r.count);
        return;
    }
    let len = l.len.get();
    let (mut to, mut left, mut next) = (first, r.count, first);
    // SAFETY: all positions are below len.
    unsafe {
        let p = l.items.get();
        for from in first..len {
            if left > 0 && from == next {
                left -= 1;
                next = from.saturating_add(step);
            } else {
                *p.add(to) = *p.add(from);
                to += 1;
            }
        }
    }
    l.shorten(to);
}

impl Vm {
    /// A subscript as a position, None when negative beyond the start. Runs `__index__`.
    fn list_index(&mut self, l: Ref<ListObj>, index: Value) -> Res<Option<usize>> {
        if !self.has_index(index) {
            let name = self.class_name(index);
            return Err(self.type_error(&format!(
                "list indices must be integers or slices, not {name}"
            )));
        }
        let i = self.index_for(index)?;
        let i = if i < 0 { i + l.len.get() as i64 } else { i };
        Ok(usize::try_from(i).ok())
    }

    /// A new list of items `start..stop` (inside the list).
    pub fn list_slice(&mut self, l: Ref<ListObj>, start: usize, stop: usize) -> Res {
        let stop = stop.min(l.len.get());
        if start >= stop {
            return self.new_list(&[]);
        }
        self.new_list(&l.items_now()[start..stop])
    }

    /// A new list of a resolved slice.
    pub fn list_slice_range(&mut self, l: Ref<ListObj>, r: SliceRange) -> Res {
        if r.step == 1 {
            return self.list_slice(l, r.start, r.start + r.count);
        }
        let out = list(self.new_list(&[])?);
        self.list_reserve(out, r.count)?;
        for i in 0..r.count {
            if let Some(v) = l.get(r.at(i)) {
                self.list_push(out, v)?;
            }
        }
        Ok(out.value())
    }

    /// `l[s] = value`.
    fn list_set_slice(&mut self, l: Ref<ListObj>, s: Ref<SliceObj>, value: Value) -> Res<()> {
        let spec = self.slice_unpack(s)?;
        // Making the items may change the list.
        let items = self.sequence_fast(value, "must assign iterable to extended slice")?;
        let r = spec.adjust(l.len.get());
        if r.step == 1 {
            return self.list_replace(l, r.start, r.start + r.count, &items);
        }
        if items.len() != r.count {
            let (n, count) = (items.len(), r.count);
            return Err(self.value_error(&format!(
                "attempt to assign sequence of size {n} to extended slice of size {count}"
            )));
        }
        for (i, v) in items.iter().enumerate() {
            l.set(r.at(i), *v);
        }
        Ok(())
    }

    /// `l[start:stop] = items`; the range is inside the list.
    pub fn list_replace(
        &mut self,
        l: Ref<ListObj>,
        start: usize,
        stop: usize,
        items: &[Value],
    ) -> Res<()> {
        let old = stop - start;
        if items.len() > old {
            self.list_open(l, stop, items.len() - old)?;
        } else {
            l.close(start + items.len(), old - items.len());
        }
        for (i, v) in items.iter().enumerate() {
            l.set(start + i, *v);
        }
        Ok(())
    }
}
