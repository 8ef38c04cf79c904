//! Operators of memoryviews: subscripts, comparison, hash, iteration.

use super::*;
use crate::types::bytes::slices::Bounds;

#[derive::natives]
pub mod methods {
    use super::*;

    /// Return len(self).
    #[native("__len__($self, /)")]
    fn len(vm: &mut Vm, this: Value) -> Res<usize> {
        match view(vm, this)?.layout.shape.first() {
            Some(n) => Ok(*n),
            None => Err(vm.type_error("0-dim memory has no length")),
        }
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(_: &mut Vm, this: Value) -> Res<String> {
        let dead = this.payload::<View>().is_none_or(|s| s.released.get());
        let what = if dead { "released memory" } else { "memory" };
        Ok(format!("<{what} at {:#x}>", this.bits()))
    }
    /// Return hash(self).
    #[native("__hash__($self, /)")]
    fn hash(vm: &mut Vm, this: Value) -> Res<i64> {
        let Some(s) = this.payload::<View>() else {
            return Ok(0);
        };
        if s.hash.get() != -1 {
            return Ok(s.hash.get());
        }
        s.check(vm)?;
        if !s.readonly {
            return Err(vm.value_error("cannot hash writable memoryview object"));
        }
        if !matches!(native_char(&s.layout.format), Some(b'b' | b'B' | b'c')) {
            return Err(
                vm.value_error("memoryview: hashing is restricted to formats 'B', 'b' or 'c'")
            );
        }
        // The owner's `__hash__` may not release the memory.
        let hold = s.exports.token();
        let owner = vm.hash(s.owner());
        drop(hold);
        owner?;
        let h = vm.hash_bytes_raw(&s.to_bytes());
        s.hash.set(h);
        Ok(h)
    }
    /// Return self==value.
    #[native("__eq__($self, value, /)")]
    fn eq(vm: &mut Vm, this: Value, value: Value) -> Res {
        same(vm, this, value, true)
    }
    /// Return self!=value.
    #[native("__ne__($self, value, /)")]
    fn ne(vm: &mut Vm, this: Value, value: Value) -> Res {
        same(vm, this, value, false)
    }
    /// Return self<value.
    #[native("__lt__($self, value, /)")]
    fn lt(_: &mut Vm, _this: Value, _value: Value) -> Res {
        Ok(Value::NOT_IMPLEMENTED)
    }
    /// Return self<=value.
    #[native("__le__($self, value, /)")]
    fn le(_: &mut Vm, _this: Value, _value: Value) -> Res {
        Ok(Value::NOT_IMPLEMENTED)
    }
    /// Return self>value.
    #[native("__gt__($self, value, /)")]
    fn gt(_: &mut Vm, _this: Value, _value: Value) -> Res {
        Ok(Value::NOT_IMPLEMENTED)
    }
    /// Return self>=value.
    #[native("__ge__($self, value, /)")]
    fn ge(_: &mut Vm, _this: Value, _value: Value) -> Res {
        Ok(Value::NOT_IMPLEMENTED)
    }
    /// Implement iter(self).
    #[native("__iter__($self, /)")]
    fn iter(vm: &mut Vm, this: Value) -> Res {
        let s = view(vm, this)?;
        match s.layout.shape.len() {
            1 => {
                s.item_char(vm)?;
                let class = vm.native_type(&ITERATOR)?;
                vm.new_payload(
                    class,
                    ViewIter {
                        target: this,
                        pos: Cell::new(0),
                    },
                )
            }
            0 => Err(vm.type_error("invalid indexing of 0-dim memory")),
            _ => Err(vm.not_implemented_error("multi-dimensional sub-views are not implemented")),
        }
    }
    /// Return self[key].
    #[native("__getitem__($self, key, /)")]
    fn getitem(vm: &mut Vm, this: Value, key: Value) -> Res {
        let s = view(vm, this)?;
        if s.layout.shape.is_empty() {
            return match key.downcast::<TupleObj>() {
                Some(t) if t.len == 0 => {
                    let c = s.item_char(vm)?;
                    // SAFETY: a scalar view has one item.
                    unsafe { vm.unpack_item(c, s.ptr) }
                }
                _ if key == Value::ELLIPSIS => Ok(this),
                _ => Err(vm.type_error("invalid indexing of 0-dim memory")),
            };
        }
        if let Some(slice) = key.downcast::<SliceObj>() {
            let b = Bounds::unpack(vm, slice)?;
            let s = view(vm, this)?;
            return vm.slice_view(s, b);
        }
        if let Some(t) = key.downcast::<TupleObj>() {
            let (c, p) = item_at_tuple(vm, this, t)?;
            // SAFETY: the address was checked.
            return unsafe { vm.unpack_item(c, p) };
        }
        if vm.special(key, vm.names.__index__).is_none() && !vm.is_int(key) {
            return Err(vm.type_error("memoryview: invalid slice key"));
        }
        let i = vm.index_for(key)?;
        let s = view(vm, this)?;
        vm.view_item(s, i)
    }
    /// Set self[key] to value.
    #[native("__setitem__($self, key, value, /)")]
    fn setitem(vm: &mut Vm, this: Value, key: Value, value: Value) -> Res<()> {
        let s = view(vm, this)?;
        if s.readonly {
            return Err(vm.type_error("cannot modify read-only memory"));
        }
        let c = s.item_char(vm)?;
        if s.layout.shape.is_empty() {
            let ok =
                key == Value::ELLIPSIS || key.downcast::<TupleObj>().is_some_and(|t| t.len == 0);
            if !ok {
                return Err(vm.type_error("invalid indexing of 0-dim memory"));
            }
            return store(vm, this, c, s.ptr, value);
        }
        if let Some(slice) = key.downcast::<SliceObj>() {
            return set_slice(vm, this, slice, value);
        }
        if let Some(t) = key.downcast::<TupleObj>() {
            let (c, p) = item_at_tuple(vm, this, t)?;
            return store(vm, this, c, p, value);
        }
        if vm.special(key, vm.names.__index__).is_none() && !vm.is_int(key) {
            return Err(vm.type_error("memoryview: invalid slice key"));
        }
        let i = vm.index_for(key)?;
        let s = view(vm, this)?;
        if s.layout.shape.len() != 1 {
            return Err(vm.not_implemented_error("sub-views are not implemented"));
        }
        let p = item_address(vm, s, i, 0, s.ptr)?;
        store(vm, this, c, p, value)
    }
    /// Delete self[key].
    #[native("__delitem__($self, key, /)")]
    fn delitem(vm: &mut Vm, this: Value, _key: Value) -> Res<()> {
        if view(vm, this)?.readonly {
            return Err(vm.type_error("cannot modify read-only memory"));
        }
        Err(vm.type_error("cannot delete memory"))
    }
}

/// Writes one item; the value's conversion may release the view, so it is checked again.
fn store(vm: &mut Vm, this: Value, c: u8, p: *mut u8, value: Value) -> Res<()> {
    let mut item = [0u8; 8];
    let n = vm.pack_item(c, value, &mut item)?;
    view(vm, this)?;
    // SAFETY: the address is inside the view, whose memory is still exported.
    unsafe { std::ptr::copy_nonoverlapping(item.as_ptr(), p, n) };
    Ok(())
}

fn item_address(vm: &mut Vm, s: &View, i: i64, dim: usize, base: *mut u8) -> Res<*mut u8> {
    let n = s.layout.shape[dim] as i64;
    let at = if i < 0 { i + n } else { i };
    if at < 0 || at >= n {
        let text = format!("index out of bounds on dimension {}", dim + 1);
        return Err(vm.index_error(&text));
    }
    Ok(base.wrapping_offset(at as isize * s.layout.strides[dim]))
}

fn item_at_tuple(vm: &mut Vm, this: Value, t: Ref<TupleObj>) -> Res<(u8, *mut u8)> {
    let s = view(vm, this)?;
    let ndim = s.layout.shape.len();
    let all = |vm: &mut Vm, f: fn(&mut Vm, Value) -> bool| t.items().iter().all(|v| f(vm, *v));
    if t.len > 0 && all(vm, |_, v| v.is_kind(Kind::Slice)) {
        return Err(vm.not_implemented_error("multi-dimensional slicing is not implemented"));
    }
    if !all(vm, |vm, v| {
        vm.is_int(v) || vm.special(v, vm.names.__index__).is_some()
    }) {
        return Err(vm.type_error("memoryview: invalid slice key"));
    }
    if t.len < ndim {
        return Err(vm.not_implemented_error("sub-views are not implemented"));
    }
    if t.len > ndim {
        return Err(vm.type_error(&format!(
            "cannot index {ndim}-dimension view with {}-element tuple",
            t.len
        )));
    }
    let c = s.item_char(vm)?;
    let mut p = s.ptr;
    for (dim, v) in t.items().iter().enumerate() {
        let i = vm.index_for(*v)?;
        let s = view(vm, this)?;
        p = item_address(vm, s, i, dim, p)?;
    }
    Ok((c, p))
}

fn set_slice(vm: &mut Vm, this: Value, slice: Ref<SliceObj>, value: Value) -> Res<()> {
    let source = vm.get_buffer_any(value, false)?;
    let b = Bounds::unpack(vm, slice)?;
    let s = view(vm, this)?;
    if s.layout.shape.len() != 1 {
        return Err(vm.not_implemented_error(
            "memoryview slice assignments are currently restricted to ndim = 1",
        ));
    }
    let r = b.adjust(s.layout.shape[0]);
    let linear = Layout::linear("B", 1, source.len());
    let from = source.layout().unwrap_or(&linear);
    let strip = |f: &str| f.trim_start_matches('@').to_string();
    if from.shape.len() != 1
        || from.shape[0] != r.count
        || from.itemsize != s.layout.itemsize
        || strip(&from.format) != strip(&s.layout.format)
    {
        return Err(
            vm.value_error("memoryview assignment: lvalue and rvalue have different structures")
        );
    }
    let size = s.layout.itemsize;
    let mut bytes = Vec::with_capacity(r.count * size);
    for i in 0..r.count {
        let p = source
            .as_ptr()
            .wrapping_offset(i as isize * from.strides[0]);
        // SAFETY: item i of the source.
        bytes.extend_from_slice(unsafe { std::slice::from_raw_parts(p, size) });
    }
    for i in 0..r.count {
        let at = r.start + i as i64 * r.step;
        let p = s.ptr.wrapping_offset(at as isize * s.layout.strides[0]);
        // SAFETY: an item of the view, whose memory is exported for writing.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr().add(i * size), p, size) };
    }
    Ok(())
}

impl Vm {
    /// Item i of a one-dimensional view.
    pub(super) fn view_item(&mut self, s: &View, i: i64) -> Res {
        if s.layout.shape.len() != 1 {
            return Err(
                self.not_implemented_error("multi-dimensional sub-views are not implemented")
            );
        }
        let p = item_address(self, s, i, 0, s.ptr)?;
        let c = s.item_char(self)?;
        // SAFETY: the address was checked.
        unsafe { self.unpack_item(c, p) }
    }

    fn slice_view(&mut self, s: &View, b: Bounds) -> Res {
        let mut layout = s.layout.clone();
        let r = b.adjust(layout.shape[0]);
        let ptr = s.ptr.wrapping_offset(r.start as isize * layout.strides[0]);
        layout.shape[0] = r.count;
        layout.strides[0] *= r.step as isize;
        self.derived_view(s, ptr, s.readonly, layout)
    }
}

fn same(vm: &mut Vm, this: Value, value: Value, want: bool) -> Res {
    let answer = |yes: bool| Ok(Value::bool(yes == want));
    if this == value && this.payload::<View>().is_some_and(|s| s.released.get()) {
        return answer(true);
    }
    let Some(a) = this.payload::<View>() else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    if a.released.get() {
        return answer(this == value);
    }
    if let Some(b) = value.payload::<View>()
        && b.released.get()
    {
        return answer(false);
    }
    if !vm.has_buffer(value) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let other = match vm.get_buffer_any(value, false) {
        Ok(b) => b,
        Err(_) => {
            vm.raised = None;
            return Ok(Value::NOT_IMPLEMENTED);
        }
    };
    let other = vm.memoryview_of(other)?;
    let Some(b) = other.payload::<View>() else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let result = same_views(vm, a, b);
    vm.release_view(b)?;
    answer(result?)
}

fn same_views(vm: &mut Vm, a: &View, b: &View) -> Res<bool> {
    if a.layout.shape != b.layout.shape {
        return Ok(false);
    }
    let chars = (native_char(&a.layout.format), native_char(&b.layout.format));
    let (Some(x), Some(y)) = chars else {
        // Formats beyond native ones: items are equal when their formats and bytes are.
        return Ok(a.layout.format == b.layout.format && a.to_bytes() == b.to_bytes());
    };
    if x == y && !matches!(x, b'f' | b'd' | b'e' | b'?') {
        return Ok(a.to_bytes() == b.to_bytes());
    }
    let (mut left, mut right) = (Vec::new(), Vec::new());
    a.each_item(&mut |p| left.push(p));
    b.each_item(&mut |p| right.push(p));
    for (p, q) in left.into_iter().zip(right) {
        // SAFETY: addresses of items of the two views.
        let (v, w) = unsafe { (vm.unpack_item(x, p)?, vm.unpack_item(y, q)?) };
        let r = vm.compare(crate::ops::CmpOp::Eq, v, w)?;
        if !vm.truth(r)? {
            return Ok(false);
        }
    }
    Ok(true)
}

struct ViewIter {
    target: Value,
    pos: Cell<i64>,
}

impl Payload for ViewIter {
    fn trace(&self, t: &mut gc::Tracer) {
        crate::payload::mark(t, self.target);
    }
}

/// The iterator of memoryviews.
pub static ITERATOR: TypeSpec = TypeSpec {
    name: "memory_iterator",
    tables: &[iter_methods::TABLE],
    flags: TypeFlags::NO_INSTANCES,
    size: size_of::<PayloadObj>(),
    slot_offset: std::mem::offset_of!(PayloadObj, overflow),
    iternext: Some(iter_next),
    ..TypeSpec::DEFAULT
};

fn iter_next(vm: &mut Vm, it: Value) -> Res<Option<Value>> {
    let Some(s) = it.payload::<ViewIter>() else {
        return Ok(None);
    };
    let pos = s.pos.get();
    if pos < 0 {
        return Ok(None);
    }
    let v = view(vm, s.target)?;
    if pos >= v.layout.shape.first().map_or(0, |n| *n as i64) {
        s.pos.set(-1);
        return Ok(None);
    }
    s.pos.set(pos + 1);
    vm.view_item(v, pos).map(Some)
}

#[derive::natives]
mod iter_methods {
    use super::*;

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
}
