//! Methods and attributes of arrays.

use super::construct::{extend_iterable, from_bytes, machine_format};
use super::items::{encode, is_text};
use super::{array, as_array, plain_array};
use runtime::object::*;
use runtime::{Res, Value, Vm};

#[derive::natives]
pub mod methods {
    use super::*;

    /// Append new value v to the end of the array.
    #[native("append($self, v, /)")]
    fn append(vm: &mut Vm, this: Value, v: Value) -> Res<()> {
        array(vm, this)?.push(vm, v)
    }
    /// Return a tuple (address, length) giving the current memory address and the length in items of the buffer used to hold array's contents.
    ///
    /// The length should be multiplied by the itemsize attribute to
    /// calculate the buffer length in bytes.
    #[native("buffer_info($self, /)")]
    fn buffer_info(vm: &mut Vm, this: Value) -> Res {
        let a = array(vm, this)?;
        let address = a.data.borrow().as_ptr() as u64;
        let (p, n) = (vm.new_int_u64(address)?, vm.new_int(a.len() as i64)?);
        vm.new_tuple(&[p, n])
    }
    /// Byteswap all items of the array.
    ///
    /// If the items in the array are not 1, 2, 4, or 8 bytes in size,
    /// RuntimeError is raised.
    #[native("byteswap($self, /)")]
    fn byteswap(vm: &mut Vm, this: Value) -> Res<()> {
        let a = array(vm, this)?;
        let size = a.itemsize();
        for item in a.data.borrow_mut().chunks_exact_mut(size) {
            item.reverse();
        }
        Ok(())
    }
    /// Remove all items from the array.
    #[native("clear($self, /)")]
    fn clear(vm: &mut Vm, this: Value) -> Res<()> {
        let a = array(vm, this)?;
        let n = a.len();
        a.splice(vm, 0, n, &[])
    }
    /// Return number of occurrences of v in the array.
    #[native("count($self, v, /)")]
    fn count(vm: &mut Vm, this: Value, v: Value) -> Res<usize> {
        let a = array(vm, this)?;
        let (mut i, mut n) = (0, 0);
        while let Some(item) = a.get(vm, i)? {
            n += usize::from(vm.eq(item, v)?);
            i += 1;
        }
        Ok(n)
    }
    /// Append items to the end of the array.
    #[native("extend($self, bb, /)", defining)]
    fn extend(vm: &mut Vm, this: Value, bb: Value) -> Res<()> {
        extend_with(vm, this, bb)
    }
    /// Read n objects from the file object f and append them to the end of the array.
    #[native("fromfile($self, f, n, /)", defining)]
    fn fromfile(vm: &mut Vm, this: Value, f: Value, n: isize) -> Res<()> {
        if n < 0 {
            return Err(vm.value_error("negative count"));
        }
        let size = array(vm, this)?.itemsize() as i64;
        let Some(want) = (n as i64).checked_mul(size) else {
            return Err(vm.memory_error());
        };
        let want_int = vm.new_int(want)?;
        let b = vm.call_method_str(f, "read", &[want_int])?;
        let Some(bytes) = b.downcast::<BytesObj>().map(|b| b.as_slice().to_vec()) else {
            return Err(vm.type_error("read() didn't return bytes"));
        };
        from_bytes(vm, this, &bytes)?;
        if bytes.len() as i64 != want {
            return Err(vm.eof_error("read() didn't return enough bytes"));
        }
        Ok(())
    }
    /// Write all items (as machine values) to the file object f.
    #[native("tofile($self, f, /)", defining)]
    fn tofile(vm: &mut Vm, this: Value, f: Value) -> Res<()> {
        for part in array(vm, this)?.bytes().chunks(64 * 1024) {
            let b = vm.new_bytes(part)?;
            vm.call_method_str(f, "write", &[b])?;
        }
        Ok(())
    }
    /// Append items to array from list.
    #[native("fromlist($self, list, /)")]
    fn fromlist(vm: &mut Vm, this: Value, list: Value) -> Res<()> {
        let Some(l) = list.downcast::<ListObj>() else {
            return Err(vm.type_error("arg must be list"));
        };
        let a = array(vm, this)?;
        let (n, size) = (l.len.get(), a.itemsize());
        // Nothing is appended when an item does not fit.
        let mut out = Vec::new();
        for i in 0..n {
            let Some(v) = l.get(i) else { break };
            let b = encode(vm, a.code, v)?;
            if l.len.get() != n {
                return Err(vm.runtime_error("list changed size during iteration"));
            }
            out.extend_from_slice(&b[..size]);
        }
        a.append_bytes(vm, &out)
    }
    /// Appends items from the string, interpreting it as an array of machine values, as if it had been read from a file using the fromfile() method.
    #[native("frombytes($self, buffer, /)")]
    fn frombytes(vm: &mut Vm, this: Value, buffer: Value) -> Res<()> {
        let bytes = vm.get_buffer(buffer)?.as_slice().to_vec();
        from_bytes(vm, this, &bytes)
    }
    /// Extends this array with data from the unicode string ustr.
    ///
    /// The array must be a unicode type array; otherwise a ValueError is
    /// raised.  Use array.frombytes(ustr.encode(...)) to append Unicode
    /// data to an array of some other type.
    #[native("fromunicode($self, ustr, /)")]
    fn fromunicode(vm: &mut Vm, this: Value, ustr: Value) -> Res<()> {
        let s = vm.str_arg(ustr, "fromunicode", "argument")?;
        let a = array(vm, this)?;
        if !is_text(a.code) {
            return Err(vm.value_error(
                "fromunicode() may only be called on unicode type arrays ('u' or 'w')",
            ));
        }
        let points: Vec<u8> = s.units().iter().flat_map(u32::to_ne_bytes).collect();
        a.append_bytes(vm, &points)
    }
    /// Return index of first occurrence of v in the array.
    ///
    /// Raise ValueError if the value is not present.
    #[native("index($self, v, start=0, stop=sys.maxsize, /)")]
    fn index(
        vm: &mut Vm,
        this: Value,
        v: Value,
        start: Option<Value>,
        stop: Option<Value>,
    ) -> Res<usize> {
        let a = array(vm, this)?;
        let bound = |vm: &mut Vm, b: Option<Value>, default: i64| match b {
            Some(b) => vm.slice_bound(b),
            None => Ok(default),
        };
        let (start, stop) = (bound(vm, start, 0)?, bound(vm, stop, i64::MAX)?);
        let n = a.len();
        let (mut i, stop) = (Vm::clip_bound(start, n), Vm::clip_bound(stop, n));
        while i < stop {
            let Some(item) = a.get(vm, i)? else { break };
            if vm.eq(item, v)? {
                return Ok(i);
            }
            i += 1;
        }
        Err(vm.value_error("array.index(x): x not in array"))
    }
    /// Insert a new item v into the array before position i.
    #[native("insert($self, i, v, /)")]
    fn insert(vm: &mut Vm, this: Value, i: isize, v: Value) -> Res<()> {
        let a = array(vm, this)?;
        let b = encode(vm, a.code, v)?;
        let n = a.len();
        let at = Vm::clip_bound(i as i64, n).min(n);
        a.splice(vm, at, at, &b[..a.itemsize()])
    }
    /// Return the i-th element and delete it from the array.
    ///
    /// i defaults to -1.
    #[native("pop($self, i=-1, /)")]
    fn pop(vm: &mut Vm, this: Value, i: Option<isize>) -> Res {
        let a = array(vm, this)?;
        let n = a.len() as isize;
        if n == 0 {
            return Err(vm.index_error("pop from empty array"));
        }
        let i = i.unwrap_or(-1);
        let i = if i < 0 { i + n } else { i };
        let found = match usize::try_from(i) {
            Ok(i) => a.get(vm, i)?,
            Err(_) => None,
        };
        let Some(v) = found else {
            return Err(vm.index_error("pop index out of range"));
        };
        a.splice(vm, i as usize, i as usize + 1, &[])?;
        Ok(v)
    }
    /// Remove the first occurrence of v in the array.
    #[native("remove($self, v, /)")]
    fn remove(vm: &mut Vm, this: Value, v: Value) -> Res<()> {
        let a = array(vm, this)?;
        let mut i = 0;
        while let Some(item) = a.get(vm, i)? {
            if vm.eq(item, v)? {
                return a.splice(vm, i, i + 1, &[]);
            }
            i += 1;
        }
        Err(vm.value_error("array.remove(x): x not in array"))
    }
    /// Reverse the order of the items in the array.
    #[native("reverse($self, /)")]
    fn reverse(vm: &mut Vm, this: Value) -> Res<()> {
        let a = array(vm, this)?;
        let size = a.itemsize();
        let mut data = a.data.borrow_mut();
        data.reverse();
        for item in data.chunks_exact_mut(size) {
            item.reverse();
        }
        Ok(())
    }
    /// Convert array to an ordinary list with the same items.
    #[native("tolist($self, /)")]
    fn tolist(vm: &mut Vm, this: Value) -> Res {
        list_of(vm, this)
    }
    /// Convert the array to an array of machine values and return the bytes representation.
    #[native("tobytes($self, /)")]
    fn tobytes(vm: &mut Vm, this: Value) -> Res {
        let b = array(vm, this)?.bytes();
        vm.new_bytes(&b)
    }
    /// Extends this array with data from the unicode string ustr.
    ///
    /// Convert the array to a unicode string.  The array must be a unicode
    /// type array; otherwise a ValueError is raised.  Use
    /// array.tobytes().decode() to obtain a unicode string from an array of
    /// some other type.
    #[native("tounicode($self, /)")]
    fn tounicode(vm: &mut Vm, this: Value) -> Res {
        if !is_text(array(vm, this)?.code) {
            return Err(vm.value_error(
                "tounicode() may only be called on unicode type arrays ('u' or 'w')",
            ));
        }
        text_of(vm, this)
    }
    /// the typecode character used to create the array
    #[getter("typecode")]
    fn typecode(vm: &mut Vm, this: Value) -> Res {
        let code = array(vm, this)?.code;
        vm.new_char(u32::from(code))
    }
    /// the size, in bytes, of one array item
    #[getter("itemsize")]
    fn itemsize(vm: &mut Vm, this: Value) -> Res<usize> {
        Ok(array(vm, this)?.itemsize())
    }
}

#[derive::natives]
pub mod copies {
    use super::*;

    /// Return a copy of the array.
    #[native("__copy__($self, /)")]
    fn copy(vm: &mut Vm, this: Value) -> Res {
        let a = array(vm, this)?;
        plain_array(vm, a.code, a.bytes())
    }
    /// Return a copy of the array.
    #[native("__deepcopy__($self, unused, /)")]
    fn deepcopy(vm: &mut Vm, this: Value, _unused: Value) -> Res {
        let a = array(vm, this)?;
        plain_array(vm, a.code, a.bytes())
    }
    /// Return state information for pickling.
    #[native("__reduce_ex__($self, value, /)", defining)]
    fn reduce_ex(vm: &mut Vm, this: Value, value: i64) -> Res {
        let a = array(vm, this)?;
        let n = vm.names;
        let state = vm.get_attr_opt(this, n.__dict__)?.unwrap_or(Value::NONE);
        let class = vm.class_of(this).value();
        let code = vm.new_char(u32::from(a.code))?;
        if value < 3 {
            let list = list_of(vm, this)?;
            let args = vm.new_tuple(&[code, list])?;
            return vm.new_tuple(&[class, args, state]);
        }
        let module = vm.import_module("array")?;
        let make = vm.get_attr_str(module, "_array_reconstructor")?;
        let bytes = vm.new_bytes(&a.bytes())?;
        let format = Value::int_unchecked(machine_format(a.code));
        let args = vm.new_tuple(&[class, code, format, bytes])?;
        vm.new_tuple(&[make, args, state])
    }
    /// Size of the array in memory, in bytes.
    #[native("__sizeof__($self, /)")]
    fn sizeof(vm: &mut Vm, this: Value) -> Res<usize> {
        Ok(64 + array(vm, this)?.data.borrow().len())
    }
    /// See PEP 585
    #[classmethod("__class_getitem__($type, object, /)")]
    fn class_getitem(vm: &mut Vm, class: Value, object: Value) -> Res {
        vm.new_generic_alias(class, object)
    }
}

/// Appends an array of the same kind or any iterable.
pub fn extend_with(vm: &mut Vm, this: Value, v: Value) -> Res<()> {
    let Some(b) = as_array(v) else {
        return extend_iterable(vm, this, v);
    };
    let a = array(vm, this)?;
    if a.code != b.code {
        return Err(vm.type_error("can only extend with array of same kind"));
    }
    a.append_bytes(vm, &b.bytes())
}

/// The items as a list.
pub fn list_of(vm: &mut Vm, this: Value) -> Res {
    let a = array(vm, this)?;
    let mut out = vm.new_vec();
    let mut i = 0;
    while let Some(v) = a.get(vm, i)? {
        out.push(vm, v)?;
        i += 1;
    }
    vm.list_from_vec(out)
}

/// The characters of a text array as a string.
pub fn text_of(vm: &mut Vm, this: Value) -> Res {
    let a = array(vm, this)?;
    let points: Vec<u32> = a
        .bytes()
        .chunks_exact(4)
        .map(|c| u32::from_ne_bytes([c[0], c[1], c[2], c[3]]))
        .collect();
    if let Some(bad) = points.iter().find(|c| **c > 0x10_ffff) {
        return Err(vm.value_error(&format!(
            "character U+{bad:x} is not in range [U+0000; U+10ffff]"
        )));
    }
    vm.new_str_points(&points)
}
