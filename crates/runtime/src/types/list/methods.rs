//! The methods of `list` that are not about slices.

use super::list;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

#[derive::natives]
pub mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, _args: Value, _kwargs: Option<Value>) -> Res {
        let class = vm.class_arg(class, vm.types.list)?;
        vm.new_list_of_class(class.value())
    }
    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, /, *args, **kwargs)")]
    fn init(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res<()> {
        let class = vm.class_of(this);
        vm.no_kwargs_for("list", class, vm.types.list, vm.names.__new__, kwargs)?;
        let iterable = vm.one_arg("list", args)?;
        let l = list(this);
        vm.list_clear(l);
        match iterable {
            Some(it) => vm.list_extend(l, it),
            None => Ok(()),
        }
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res {
        let l = list(this);
        if l.len.get() == 0 {
            return vm.new_str("[]");
        }
        if !vm.repr_enter(this) {
            return vm.new_str("[...]");
        }
        let r = super::repr_items(vm, l);
        vm.repr_leave(this);
        r
    }
    /// Implement iter(self).
    #[native("__iter__($self, /)")]
    fn iter(vm: &mut Vm, this: Value) -> Res {
        Ok(vm.new_iter(Kind::ListIter, Some(this), 0, 0)?.value())
    }
    /// Return a reverse iterator over the list.
    #[native("__reversed__($self, /)")]
    fn reversed(vm: &mut Vm, this: Value) -> Res {
        let last = list(this).len.get() as i64 - 1;
        Ok(vm.new_iter(Kind::ListRevIter, Some(this), last, 0)?.value())
    }
    /// Return len(self).
    #[native("__len__($self, /)")]
    fn len(_: &mut Vm, this: Value) -> Res<usize> {
        Ok(list(this).len.get())
    }
    /// Return bool(key in self).
    #[native("__contains__($self, key, /)")]
    fn contains(vm: &mut Vm, this: Value, key: Value) -> Res<bool> {
        vm.list_contains(list(this), key)
    }
    /// Return the size of the list in memory, in bytes.
    #[native("__sizeof__($self, /)")]
    fn sizeof(_: &mut Vm, this: Value) -> Res<usize> {
        Ok(40 + list(this).cap.get() * 8)
    }
    /// Remove all items from list.
    #[native("clear($self, /)")]
    fn clear(vm: &mut Vm, this: Value) -> Res<()> {
        vm.list_clear(list(this));
        Ok(())
    }
    /// Return a shallow copy of the list.
    #[native("copy($self, /)")]
    fn copy(vm: &mut Vm, this: Value) -> Res {
        let l = list(this);
        let n = l.len.get();
        vm.list_slice(l, 0, n)
    }
    /// Append object to the end of the list.
    #[native("append($self, object, /)")]
    fn append(vm: &mut Vm, this: Value, object: Value) -> Res<()> {
        vm.list_push(list(this), object)
    }
    /// Insert object before index.
    #[native("insert($self, index, object, /)")]
    fn insert(vm: &mut Vm, this: Value, index: isize, object: Value) -> Res<()> {
        let l = list(this);
        let at = Vm::clip_bound(index as i64, l.len.get()).min(l.len.get());
        vm.list_open(l, at, 1)?;
        l.set(at, object);
        Ok(())
    }
    /// Extend list by appending elements from the iterable.
    #[native("extend($self, iterable, /)")]
    fn extend(vm: &mut Vm, this: Value, iterable: Value) -> Res<()> {
        vm.list_extend(list(this), iterable)
    }
    /// Remove and return item at index (default last).
    ///
    /// Raises IndexError if list is empty or index is out of range.
    #[native("pop($self, index=-1, /)")]
    fn pop(vm: &mut Vm, this: Value, index: Option<Value>) -> Res {
        let l = list(this);
        let index = match index {
            Some(v) => vm.index_isize(v)? as i64,
            None => -1,
        };
        let n = l.len.get();
        if n == 0 {
            return Err(vm.index_error("pop from empty list"));
        }
        let at = if index < 0 {
            index.saturating_add(n as i64)
        } else {
            index
        };
        let Some(v) = (if at < 0 { None } else { l.get(at as usize) }) else {
            return Err(vm.index_error("pop index out of range"));
        };
        l.close(at as usize, 1);
        Ok(v)
    }
    /// Remove first occurrence of value.
    ///
    /// Raises ValueError if the value is not present.
    #[native("remove($self, value, /)")]
    fn remove(vm: &mut Vm, this: Value, value: Value) -> Res<()> {
        let l = list(this);
        let mut i = 0;
        while let Some(v) = l.get(i) {
            if vm.eq(v, value)? {
                // The comparison may have shortened the list.
                if i < l.len.get() {
                    l.close(i, 1);
                }
                return Ok(());
            }
            i += 1;
        }
        Err(vm.value_error("list.remove(x): x not in list"))
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
        let l = list(this);
        let start = start.map_or(Ok(0), |v| vm.slice_bound(v))?;
        let stop = stop.map_or(Ok(i64::MAX), |v| vm.slice_bound(v))?;
        let mut i = Vm::clip_bound(start, l.len.get());
        let stop = Vm::clip_bound(stop, l.len.get());
        while i < stop
            && let Some(v) = l.get(i)
        {
            if vm.eq(v, value)? {
                return Ok(i);
            }
            i += 1;
        }
        Err(vm.value_error("list.index(x): x not in list"))
    }
    /// Return number of occurrences of value.
    #[native("count($self, value, /)")]
    fn count(vm: &mut Vm, this: Value, value: Value) -> Res<usize> {
        let l = list(this);
        let (mut i, mut n) = (0, 0);
        while let Some(v) = l.get(i) {
            n += usize::from(vm.eq(v, value)?);
            i += 1;
        }
        Ok(n)
    }
    /// Reverse *IN PLACE*.
    #[native("reverse($self, /)")]
    fn reverse(_: &mut Vm, this: Value) -> Res<()> {
        let l = list(this);
        if l.len.get() > 1 {
            // SAFETY: slots below len are in the array; nothing else runs.
            unsafe { std::slice::from_raw_parts_mut(l.items.get(), l.len.get()) }.reverse();
        }
        Ok(())
    }
    /// Sort the list in ascending order and return None.
    ///
    /// The sort is in-place (i.e. the list itself is modified) and stable (i.e. the
    /// order of two equal elements is maintained).
    ///
    /// If a key function is given, apply it once to each list item and sort them,
    /// ascending or descending, according to their function values.
    ///
    /// The reverse flag can be set to sort in descending order.
    #[native("sort($self, /, *, key=None, reverse=False)")]
    fn sort(vm: &mut Vm, this: Value, key: Option<Value>, reverse: Option<bool>) -> Res<()> {
        vm.list_sort(list(this), key, reverse.unwrap_or(false))
    }
    /// Return self+value.
    #[native("__add__($self, value, /)")]
    fn add(vm: &mut Vm, this: Value, value: Value) -> Res {
        let Some(b) = value.downcast::<ListObj>() else {
            let name = vm.class_name(value);
            return Err(vm.type_error(&format!(
                "can only concatenate list (not \"{name}\") to list"
            )));
        };
        vm.list_concat(list(this), b)
    }
    /// Implement self+=value.
    #[native("__iadd__($self, value, /)")]
    fn iadd(vm: &mut Vm, this: Value, value: Value) -> Res {
        vm.list_extend(list(this), value)?;
        Ok(this)
    }
    /// Return self*value.
    #[native("__mul__($self, value, /)")]
    fn mul(vm: &mut Vm, this: Value, value: Value) -> Res {
        let n = vm.repeat_count(value)?;
        let out = super::list(vm.new_list(&[])?);
        vm.list_repeat(list(this), out, n)?;
        Ok(out.value())
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
        let l = list(this);
        if n == 0 {
            vm.list_clear(l);
        } else if n > 1 {
            vm.list_repeat(l, l, n - 1)?;
        }
        Ok(this)
    }
}

fn repr_items(vm: &mut Vm, l: Ref<ListObj>) -> Res {
    let mut out = text::StrBuf::new();
    out.push_str("[");
    let mut i = 0;
    while let Some(v) = l.get(i) {
        if i > 0 {
            out.push_str(", ");
        }
        vm.push_repr(&mut out, v)?;
        i += 1;
    }
    out.push_str("]");
    vm.new_str_owned(&out.finish())
}

impl Ref<ListObj> {
    /// Removes n items from position `at` on; the range is inside the list.
    pub fn close(self, at: usize, n: usize) {
        let len = self.len.get();
        if n == 0 || at + n > len {
            return;
        }
        // SAFETY: the range is inside the list.
        unsafe {
            let p = self.items.get();
            std::ptr::copy(p.add(at + n), p.add(at), len - at - n);
        }
        self.shorten(len - n);
        if len == n && self.cap.get() > 64 {
            self.cap.set(0);
            self.items.set(std::ptr::null_mut());
        }
    }
}

impl Vm {
    /// Makes room for n items at position `at` (at most len). The new slots hold None.
    pub fn list_open(&mut self, l: Ref<ListObj>, at: usize, n: usize) -> Res<()> {
        let len = l.len.get();
        let want = len.checked_add(n).ok_or_else(|| self.memory_error())?;
        self.list_reserve(l, want)?;
        // SAFETY: the array has room for len + n items.
        unsafe {
            let p = l.items.get();
            std::ptr::copy(p.add(at), p.add(at + n), len - at);
            for i in at..at + n {
                *p.add(i) = Value::NONE.bits();
            }
        }
        l.len.set(want);
        gc::write_barrier(l.header());
        Ok(())
    }

    /// `key in l`.
    pub fn list_contains(&mut self, l: Ref<ListObj>, key: Value) -> Res<bool> {
        let mut i = 0;
        while let Some(v) = l.get(i) {
            if v == key || self.eq(v, key)? {
                return Ok(true);
            }
            i += 1;
        }
        Ok(false)
    }

    /// Appends the items of `src` to `out` n times; they may be the same list.
    fn list_repeat(&mut self, src: Ref<ListObj>, out: Ref<ListObj>, n: usize) -> Res<()> {
        let k = src.len.get();
        let total = k
            .checked_mul(n)
            .and_then(|t| t.checked_add(out.len.get()))
            .filter(|t| *t < isize::MAX as usize / 16)
            .ok_or_else(|| self.memory_error())?;
        if k == 0 || n == 0 {
            return Ok(());
        }
        self.list_reserve(out, total)?;
        let at = out.len.get();
        // SAFETY: `out` has room for `total` items, of which the first k of `src` are read.
        unsafe {
            let (from, to) = (src.items.get(), out.items.get().add(at));
            if k == 1 {
                let v = *from;
                for i in 0..n {
                    *to.add(i) = v;
                }
            } else {
                for i in 0..n {
                    std::ptr::copy_nonoverlapping(from, to.add(i * k), k);
                }
            }
        }
        out.len.set(total);
        gc::write_barrier(out.header());
        Ok(())
    }
}
