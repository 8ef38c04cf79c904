//! The sequence protocol of arrays.

use super::items::{encode, is_text};
use super::iter::new as iter_new;
use super::methods::{extend_with, list_of, text_of};
use super::{array, as_array, plain_array};
use runtime::object::*;
use runtime::ops::CmpOp;
use runtime::{Raised, Res, Value, Vm};

#[derive::natives]
pub mod protocol {
    use super::*;

    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res {
        let a = array(vm, this)?;
        let (name, code) = (vm.short_class_name(this), a.code as char);
        if a.len() == 0 {
            return vm.new_str(&format!("{name}('{code}')"));
        }
        let shown = if is_text(a.code) {
            text_of(vm, this)?
        } else {
            list_of(vm, this)?
        };
        let mut b = text::StrBuf::new();
        b.push_str(&format!("{name}('{code}', "));
        vm.push_repr(&mut b, shown)?;
        b.push_str(")");
        vm.new_str_owned(&b.finish())
    }
    /// Implement iter(self).
    #[native("__iter__($self, /)")]
    fn iter(vm: &mut Vm, this: Value) -> Res {
        iter_new(vm, this)
    }
    /// Return len(self).
    #[native("__len__($self, /)")]
    fn len(vm: &mut Vm, this: Value) -> Res<usize> {
        Ok(array(vm, this)?.len())
    }
    /// Return self[key].
    #[native("__getitem__($self, key, /)")]
    fn getitem(vm: &mut Vm, this: Value, key: Value) -> Res {
        let a = array(vm, this)?;
        if let Some(s) = key.downcast::<SliceObj>() {
            let spec = vm.slice_unpack(s)?;
            let r = spec.adjust(a.len());
            let size = a.itemsize();
            let mut out = Vec::with_capacity(r.count * size);
            for i in 0..r.count {
                if let Some(b) = a.raw(r.at(i)) {
                    out.extend_from_slice(&b[..size]);
                }
            }
            return plain_array(vm, a.code, out);
        }
        let i = position(vm, this, key, "array index out of range")?;
        match a.get(vm, i)? {
            Some(v) => Ok(v),
            None => Err(vm.index_error("array index out of range")),
        }
    }
    /// Set self[key] to value.
    #[native("__setitem__($self, key, value, /)")]
    fn setitem(vm: &mut Vm, this: Value, key: Value, value: Value) -> Res<()> {
        let a = array(vm, this)?;
        if let Some(s) = key.downcast::<SliceObj>() {
            return set_slice(vm, this, s, value);
        }
        let i = position(vm, this, key, "array assignment index out of range")?;
        let b = encode(vm, a.code, value)?;
        if a.put(i, &b) {
            return Ok(());
        }
        Err(vm.index_error("array assignment index out of range"))
    }
    /// Delete self[key].
    #[native("__delitem__($self, key, /)")]
    fn delitem(vm: &mut Vm, this: Value, key: Value) -> Res<()> {
        let a = array(vm, this)?;
        if let Some(s) = key.downcast::<SliceObj>() {
            let spec = vm.slice_unpack(s)?;
            let r = spec.adjust(a.len());
            a.check_resizable(vm)?;
            if r.count == 0 {
                return Ok(());
            }
            if r.step == 1 {
                return a.splice(vm, r.at(0), r.at(0) + r.count, &[]);
            }
            let gone: std::collections::HashSet<usize> = (0..r.count).map(|i| r.at(i)).collect();
            let size = a.itemsize();
            let mut i = 0;
            let kept: Vec<u8> = a
                .bytes()
                .chunks_exact(size)
                .filter(|_| {
                    i += 1;
                    !gone.contains(&(i - 1))
                })
                .flatten()
                .copied()
                .collect();
            *a.data.borrow_mut() = kept;
            return Ok(());
        }
        let i = position(vm, this, key, "array assignment index out of range")?;
        a.splice(vm, i, i + 1, &[])
    }
    /// Return self+value.
    #[native("__add__($self, value, /)")]
    fn add(vm: &mut Vm, this: Value, value: Value) -> Res {
        let a = array(vm, this)?;
        let Some(b) = as_array(value) else {
            let name = vm.class_name(value);
            return Err(vm.type_error(&format!("can only append array (not \"{name}\") to array")));
        };
        if a.code != b.code {
            return Err(bad_argument(vm));
        }
        let mut out = a.bytes();
        out.extend(b.bytes());
        plain_array(vm, a.code, out)
    }
    /// Implement self+=value.
    #[native("__iadd__($self, value, /)")]
    fn iadd(vm: &mut Vm, this: Value, value: Value) -> Res {
        if as_array(value).is_none() {
            let name = vm.class_name(value);
            return Err(vm.type_error(&format!(
                "can only extend array with array (not \"{name}\")"
            )));
        }
        extend_with(vm, this, value)?;
        Ok(this)
    }
    /// Return self*value.
    #[native("__mul__($self, value, /)")]
    fn mul(vm: &mut Vm, this: Value, value: Value) -> Res {
        let out = repeated(vm, this, value)?;
        let code = array(vm, this)?.code;
        plain_array(vm, code, out)
    }
    /// Return value*self.
    #[native("__rmul__($self, value, /)")]
    fn rmul(vm: &mut Vm, this: Value, value: Value) -> Res {
        let out = repeated(vm, this, value)?;
        let code = array(vm, this)?.code;
        plain_array(vm, code, out)
    }
    /// Implement self*=value.
    #[native("__imul__($self, value, /)")]
    fn imul(vm: &mut Vm, this: Value, value: Value) -> Res {
        let out = repeated(vm, this, value)?;
        let a = array(vm, this)?;
        let n = a.len();
        a.splice(vm, 0, n, &out)?;
        Ok(this)
    }
    /// Return bool(key in self).
    #[native("__contains__($self, key, /)")]
    fn contains(vm: &mut Vm, this: Value, key: Value) -> Res<bool> {
        let a = array(vm, this)?;
        let mut i = 0;
        while let Some(v) = a.get(vm, i)? {
            if vm.eq(v, key)? {
                return Ok(true);
            }
            i += 1;
        }
        Ok(false)
    }
}

#[derive::natives]
pub mod compare {
    use super::*;

    /// Return self<value.
    #[native("__lt__($self, value, /)")]
    fn lt(vm: &mut Vm, this: Value, value: Value) -> Res {
        compare_arrays(vm, CmpOp::Lt, this, value)
    }
    /// Return self<=value.
    #[native("__le__($self, value, /)")]
    fn le(vm: &mut Vm, this: Value, value: Value) -> Res {
        compare_arrays(vm, CmpOp::Le, this, value)
    }
    /// Return self==value.
    #[native("__eq__($self, value, /)")]
    fn eq(vm: &mut Vm, this: Value, value: Value) -> Res {
        compare_arrays(vm, CmpOp::Eq, this, value)
    }
    /// Return self!=value.
    #[native("__ne__($self, value, /)")]
    fn ne(vm: &mut Vm, this: Value, value: Value) -> Res {
        compare_arrays(vm, CmpOp::Ne, this, value)
    }
    /// Return self>value.
    #[native("__gt__($self, value, /)")]
    fn gt(vm: &mut Vm, this: Value, value: Value) -> Res {
        compare_arrays(vm, CmpOp::Gt, this, value)
    }
    /// Return self>=value.
    #[native("__ge__($self, value, /)")]
    fn ge(vm: &mut Vm, this: Value, value: Value) -> Res {
        compare_arrays(vm, CmpOp::Ge, this, value)
    }
}

fn bad_argument(vm: &mut Vm) -> Raised {
    vm.type_error("bad argument type for built-in operation")
}

/// A subscript as a position.
fn position(vm: &mut Vm, this: Value, key: Value, message: &str) -> Res<usize> {
    if !key.is_small_int() && !vm.has_index(key) {
        return Err(vm.type_error("array indices must be integers"));
    }
    let i = vm.index_for(key)?;
    let n = array(vm, this)?.len() as i64;
    let i = if i < 0 { i + n } else { i };
    if (0..n).contains(&i) {
        return Ok(i as usize);
    }
    Err(vm.index_error(message))
}

fn repeated(vm: &mut Vm, this: Value, n: Value) -> Res<Vec<u8>> {
    let n = vm.repeat_count(n)?;
    let bytes = array(vm, this)?.bytes();
    let total = bytes
        .len()
        .checked_mul(n)
        .filter(|t| *t < isize::MAX as usize);
    let mut out = Vec::new();
    match total {
        Some(t) if out.try_reserve_exact(t).is_ok() => {}
        _ => return Err(vm.memory_error()),
    }
    for _ in 0..if bytes.is_empty() { 0 } else { n } {
        out.extend_from_slice(&bytes);
    }
    Ok(out)
}

fn set_slice(vm: &mut Vm, this: Value, s: Ref<SliceObj>, value: Value) -> Res<()> {
    let a = array(vm, this)?;
    let spec = vm.slice_unpack(s)?;
    let Some(b) = as_array(value) else {
        let name = vm.class_name(value);
        return Err(vm.type_error(&format!(
            "can only assign array (not \"{name}\") to array slice"
        )));
    };
    if a.code != b.code {
        return Err(bad_argument(vm));
    }
    let (r, new, size) = (spec.adjust(a.len()), b.bytes(), a.itemsize());
    if r.step == 1 {
        return a.splice(vm, r.start, r.start + r.count, &new);
    }
    let n = new.len() / size;
    if n != r.count {
        let want = r.count;
        return Err(vm.value_error(&format!(
            "attempt to assign array of size {n} to extended slice of size {want}"
        )));
    }
    for (i, item) in new.chunks_exact(size).enumerate() {
        let mut b = [0; 8];
        b[..size].copy_from_slice(item);
        a.put(r.at(i), &b);
    }
    Ok(())
}

fn compare_arrays(vm: &mut Vm, op: CmpOp, x: Value, y: Value) -> Res {
    let (Some(a), Some(b)) = (as_array(x), as_array(y)) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    if a.len() != b.len() && matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::bool(op == CmpOp::Ne));
    }
    let mut i = 0;
    while let (Some(v), Some(w)) = (a.get(vm, i)?, b.get(vm, i)?) {
        let same = vm.compare(CmpOp::Eq, v, w)?;
        if !vm.truth(same)? {
            return match op {
                CmpOp::Eq => Ok(Value::FALSE),
                CmpOp::Ne => Ok(Value::TRUE),
                _ => vm.compare(op, v, w),
            };
        }
        i += 1;
    }
    Ok(Value::bool(op.holds(a.len().cmp(&b.len()))))
}
