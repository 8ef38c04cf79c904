//! What a bytearray has beyond bytes: construction, mutation, pickling.

use crate::object::*;
use crate::types::bytes::BytesFrom;
use crate::types::bytes::shared::data;
use crate::types::bytes::slices::Bounds;
use crate::value::{Res, Value};
use crate::vm::Vm;

fn array(this: Value) -> Ref<ByteArrayObj> {
    // SAFETY: the descriptor checked the type.
    unsafe { this.cast() }
}

/// The bytes of an operand, copied (it may be the array itself).
fn operand(vm: &mut Vm, v: Value) -> Res<Vec<u8>> {
    Ok(vm.get_buffer(v)?.as_slice().to_vec())
}

#[derive::natives]
pub mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, _args: Value, _kwargs: Option<Value>) -> Res {
        vm.bytearray_of_class(class)
    }
    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native(
        "__init__($self, source=b'', encoding='utf-8', errors='strict')",
        nosig
    )]
    fn init(
        vm: &mut Vm,
        this: Value,
        source: Option<Value>,
        encoding: Option<Value>,
        errors: Option<Value>,
    ) -> Res<()> {
        let n = array(this).len.get();
        vm.bytearray_splice(array(this), 0..n, &[])?;
        let b = vm.bytes_argument(source, encoding, errors, BytesFrom::ByteArray)?;
        let n = array(this).len.get();
        vm.bytearray_splice(array(this), 0..n, &b)
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res {
        let name = vm.class_name(this);
        let r = text::repr::repr_bytes(data(this));
        let mut out = text::StrBuf::new();
        out.push_str(&name);
        out.push_str("(");
        out.push_units(r.units());
        out.push_str(")");
        vm.new_str_owned(&out.finish())
    }
    /// Return str(self).
    #[native("__str__($self, /)")]
    fn str(vm: &mut Vm, this: Value) -> Res {
        vm.bytes_warning("str() on a bytearray instance")?;
        repr(vm, this)
    }
    /// Return the number of bytes actually allocated.
    #[native("__alloc__($self, /)")]
    fn alloc(_: &mut Vm, this: Value) -> Res<usize> {
        Ok(array(this).cap.get())
    }
    /// Returns the size of the bytearray object in memory, in bytes.
    #[native("__sizeof__($self, /)")]
    fn sizeof(_: &mut Vm, this: Value) -> Res<usize> {
        Ok(size_of::<ByteArrayObj>() + array(this).cap.get())
    }
    /// Create a bytearray object from a string of hexadecimal numbers.
    ///
    /// Spaces between two numbers are accepted.
    /// Example:
    ///     bytearray.fromhex('B9 01EF') -> bytearray(b'\\xb9\\x01\\xef')
    #[classmethod("fromhex($type, string, /)")]
    fn fromhex(vm: &mut Vm, class: Value, string: Value) -> Res {
        let b = vm.from_hex(string)?;
        let v = vm.new_bytes(&b)?;
        vm.call_value(class, &[v])
    }
    /// Return a translation table usable for the bytes or bytearray translate method.
    ///
    /// The returned table will be one where each byte in frm is mapped to the byte at
    /// the same position in to.
    ///
    /// The bytes objects frm and to must be of the same length.
    #[staticmethod("maketrans(frm, to, /)")]
    fn maketrans(vm: &mut Vm, frm: Value, to: Value) -> Res {
        vm.bytes_maketrans(frm, to)
    }
    /// Implement self+=value.
    #[native("__iadd__($self, value, /)")]
    fn iadd(vm: &mut Vm, this: Value, value: Value) -> Res {
        if !vm.has_buffer(value) {
            let (a, b) = (vm.class_name(value), vm.class_name(this));
            return Err(vm.type_error(&format!("can't concat {a} to {b}")));
        }
        if value == this && array(this).len.get() > 0 {
            // The operand's bytes are on loan while the array grows.
            return Err(vm.exports_error());
        }
        let b = operand(vm, value)?;
        let n = array(this).len.get();
        vm.bytearray_splice(array(this), n..n, &b)?;
        Ok(this)
    }
    /// Implement self*=value.
    #[native("__imul__($self, value, /)")]
    fn imul(vm: &mut Vm, this: Value, value: Value) -> Res {
        if !vm.is_int(value) && vm.special(value, vm.names.__index__).is_none() {
            let name = vm.class_of(value).full_name();
            return Err(vm.type_error(&format!(
                "can't multiply sequence by non-int of type '{name}'"
            )));
        }
        let n = vm.repeat_count(value)?;
        let r = vm.repeat_bytes(data(this), n)?;
        let n = array(this).len.get();
        vm.bytearray_splice(array(this), 0..n, &r)?;
        Ok(this)
    }
    /// Set self[key] to value.
    #[native("__setitem__($self, key, value, /)")]
    fn setitem(vm: &mut Vm, this: Value, key: Value, value: Value) -> Res<()> {
        if let Some(s) = key.downcast::<SliceObj>() {
            return set_slice(vm, this, s, Some(value));
        }
        let i = index_of(vm, this, key)?;
        let byte = vm.byte_of(value)?;
        let at = in_range(vm, this, i)?;
        vm.bytearray_splice(array(this), at..at + 1, &[byte])
    }
    /// Delete self[key].
    #[native("__delitem__($self, key, /)")]
    fn delitem(vm: &mut Vm, this: Value, key: Value) -> Res<()> {
        if let Some(s) = key.downcast::<SliceObj>() {
            return set_slice(vm, this, s, None);
        }
        let i = index_of(vm, this, key)?;
        let at = in_range(vm, this, i)?;
        vm.bytearray_splice(array(this), at..at + 1, &[])
    }
    /// Append a single item to the end of the bytearray.
    ///
    ///   item
    ///     The item to be appended.
    #[native("append($self, item, /)")]
    fn append(vm: &mut Vm, this: Value, item: Value) -> Res<()> {
        let b = vm.byte_of(item)?;
        vm.bytearray_push(array(this), b)
    }
    /// Append all the items from the iterator or sequence to the end of the bytearray.
    ///
    ///   iterable_of_ints
    ///     The iterable of items to append.
    #[native("extend($self, iterable_of_ints, /)")]
    fn extend(vm: &mut Vm, this: Value, items: Value) -> Res<()> {
        let end = array(this).len.get();
        let b = if vm.has_buffer(items) {
            let b = operand(vm, items)?;
            let at = end.min(array(this).len.get());
            return vm.bytearray_splice(array(this), at..at, &b);
        } else {
            if items.is_kind(Kind::Str) {
                return Err(vm.type_error("expected iterable of integers; got: 'str'"));
            }
            match vm.bytes_from_iterable(items, BytesFrom::ByteArray) {
                Err(_)
                    if vm.special(items, vm.names.__iter__).is_none()
                        && vm.catch(vm.types.exc.TypeError) =>
                {
                    let name = vm.class_name(items);
                    return Err(vm.type_error(&format!("can't extend bytearray with {name}")));
                }
                r => r?,
            }
        };
        let n = array(this).len.get();
        vm.bytearray_splice(array(this), n..n, &b)
    }
    /// Insert a single item into the bytearray before the given index.
    ///
    ///   index
    ///     The index where the value is to be inserted.
    ///   item
    ///     The item to be inserted.
    #[native("insert($self, index, item, /)")]
    fn insert(vm: &mut Vm, this: Value, index: isize, item: Value) -> Res<()> {
        let b = vm.byte_of(item)?;
        let n = array(this).len.get() as isize;
        let at = if index < 0 {
            (index + n).max(0)
        } else {
            index.min(n)
        } as usize;
        vm.bytearray_splice(array(this), at..at, &[b])
    }
    /// Remove and return a single item from B.
    ///
    ///   index
    ///     The index from where to remove the item.
    ///     -1 (the default value) means remove the last item.
    ///
    /// If no index argument is given, will pop the last item.
    #[native("pop($self, index=-1, /)")]
    fn pop(vm: &mut Vm, this: Value, index: Option<isize>) -> Res<i64> {
        let n = data(this).len() as isize;
        if n == 0 {
            return Err(vm.index_error("pop from empty bytearray"));
        }
        let index = index.unwrap_or(-1);
        let at = if index < 0 { index + n } else { index };
        if at < 0 || at >= n {
            return Err(vm.index_error("pop index out of range"));
        }
        let at = at as usize;
        let b = data(this)[at];
        vm.bytearray_splice(array(this), at..at + 1, &[])?;
        Ok(b as i64)
    }
    /// Remove the first occurrence of a value in the bytearray.
    ///
    ///   value
    ///     The value to remove.
    #[native("remove($self, value, /)")]
    fn remove(vm: &mut Vm, this: Value, value: Value) -> Res<()> {
        let b = vm.byte_of(value)?;
        match data(this).iter().position(|x| *x == b) {
            Some(at) => vm.bytearray_splice(array(this), at..at + 1, &[]),
            None => Err(vm.value_error("value not found in bytearray")),
        }
    }
    /// Resize the internal buffer of bytearray to len.
    ///
    ///   size
    ///     New size to resize to..
    #[native("resize($self, size, /)")]
    fn resize(vm: &mut Vm, this: Value, size: isize) -> Res<()> {
        if size < 0 {
            return Err(vm.value_error(&format!("Can only resize to positive sizes, got {size}")));
        }
        let (n, size) = (data(this).len(), size as usize);
        if size <= n {
            return vm.bytearray_splice(array(this), size..n, &[]);
        }
        let zeros = vm.zeroed(size - n)?;
        vm.bytearray_splice(array(this), n..n, &zeros)
    }
    /// Reverse the order of the values in B in place.
    #[native("reverse($self, /)")]
    fn reverse(vm: &mut Vm, this: Value) -> Res<()> {
        let mut b = data(this).to_vec();
        b.reverse();
        vm.bytearray_splice(array(this), 0..b.len(), &b)
    }
    /// Remove all items from the bytearray.
    #[native("clear($self, /)")]
    fn clear(vm: &mut Vm, this: Value) -> Res<()> {
        let n = data(this).len();
        vm.bytearray_splice(array(this), 0..n, &[])
    }
    /// Return a copy of B.
    #[native("copy($self, /)")]
    fn copy(vm: &mut Vm, this: Value) -> Res {
        vm.new_bytearray(data(this))
    }
    /// Release the buffer object that exposes the underlying memory of the object.
    #[native("__release_buffer__($self, buffer, /)")]
    fn release_buffer(vm: &mut Vm, _this: Value, buffer: Value) -> Res<()> {
        vm.call_method_str(buffer, "release", &[]).map(|_| ())
    }
    /// Return state information for pickling.
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        reduced(vm, this, 2)
    }
    /// Return state information for pickling.
    #[native("__reduce_ex__($self, proto=0, /)")]
    fn reduce_ex(vm: &mut Vm, this: Value, proto: Option<i64>) -> Res {
        reduced(vm, this, proto.unwrap_or(0))
    }
}

fn reduced(vm: &mut Vm, this: Value, proto: i64) -> Res {
    let class = vm.class_of(this).value();
    let args = if data(this).is_empty() {
        vm.new_tuple(&[])?
    } else if proto < 3 {
        let text = vm.new_str_units(text::Units::U8(data(this)))?;
        let name = vm.new_str("latin-1")?;
        vm.new_tuple(&[text, name])?
    } else {
        let b = vm.new_bytes(data(this))?;
        vm.new_tuple(&[b])?
    };
    let state = vm.call_method(this, vm.names.__getstate__, &[])?;
    vm.new_tuple(&[class, args, state])
}

fn index_of(vm: &mut Vm, _this: Value, key: Value) -> Res<i64> {
    if !vm.is_int(key) && vm.special(key, vm.names.__index__).is_none() {
        let name = vm.class_name(key);
        return Err(vm.type_error(&format!(
            "bytearray indices must be integers or slices, not {name}"
        )));
    }
    vm.index_for(key)
}

fn in_range(vm: &mut Vm, this: Value, i: i64) -> Res<usize> {
    let n = data(this).len() as i64;
    let at = if i < 0 { i + n } else { i };
    if at < 0 || at >= n {
        return Err(vm.index_error("bytearray index out of range"));
    }
    Ok(at as usize)
}

/// `b[slice] = value`, or `del b[slice]` for None.
fn set_slice(vm: &mut Vm, this: Value, slice: Ref<SliceObj>, value: Option<Value>) -> Res<()> {
    let bytes = match value {
        None => Vec::new(),
        Some(v) if vm.is_int(v) || v.is_kind(Kind::Str) => {
            return Err(vm.type_error(
                "can assign only bytes, buffers, or iterables of ints in range(0, 256)",
            ));
        }
        Some(v) if vm.has_buffer(v) => operand(vm, v)?,
        Some(v) => vm.bytes_from_iterable(v, BytesFrom::ByteArray)?,
    };
    let r = Bounds::unpack(vm, slice)?.adjust(data(this).len());
    let start = r.start as usize;
    if r.step == 1 {
        return vm.bytearray_splice(array(this), start..start + r.count, &bytes);
    }
    if value.is_none() {
        vm.check_resizable(array(this))?;
        let mut drop = vec![false; data(this).len()];
        (0..r.count as i64).for_each(|i| drop[(r.start + i * r.step) as usize] = true);
        let kept: Vec<u8> = data(this)
            .iter()
            .zip(&drop)
            .filter(|(_, d)| !**d)
            .map(|(b, _)| *b)
            .collect();
        let n = drop.len();
        return vm.bytearray_splice(array(this), 0..n, &kept);
    }
    if bytes.len() != r.count {
        return Err(vm.value_error(&format!(
            "attempt to assign bytes of size {} to extended slice of size {}",
            bytes.len(),
            r.count
        )));
    }
    let mut all = data(this).to_vec();
    for (i, b) in bytes.iter().enumerate() {
        all[(r.start + i as i64 * r.step) as usize] = *b;
    }
    vm.bytearray_splice(array(this), 0..all.len(), &all)
}
