//! Operators of strings.

use super::text_of;
use crate::object::*;
use crate::ops::CmpOp;
use crate::types::bytes::slices::Bounds;
use crate::value::{Res, Value};
use crate::vm::Vm;
use text::StrBuf;

fn ordered(this: Value, value: Value, op: CmpOp) -> Res {
    let (a, Some(b)) = (text_of(this), value.downcast::<StrObj>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    Ok(Value::bool(match op {
        CmpOp::Eq => a.same_units(b),
        CmpOp::Ne => !a.same_units(b),
        _ => op.holds(a.units().compare(b.units())),
    }))
}

#[derive::natives]
pub mod methods {
    use super::*;

    /// Return len(self).
    #[native("__len__($self, /)")]
    fn dunder_len(_: &mut Vm, this: Value) -> Res<usize> {
        Ok(text_of(this).len)
    }
    /// Implement iter(self).
    #[native("__iter__($self, /)")]
    fn dunder_iter(vm: &mut Vm, this: Value) -> Res {
        let it = vm.new_iter(Kind::StrIter, Some(this), 0, 0)?;
        if text_of(this).is_ascii() {
            // SAFETY: a cell just made; both classes have the same layout.
            unsafe { (*it.header()).shape = vm.types.str_ascii_iterator.shape.get() };
        }
        Ok(it.value())
    }
    /// Return bool(key in self).
    #[native("__contains__($self, key, /)")]
    fn dunder_contains(vm: &mut Vm, this: Value, key: Value) -> Res<bool> {
        let Some(k) = key.downcast::<StrObj>() else {
            let name = vm.class_name(key);
            return Err(vm.type_error(&format!(
                "'in <string>' requires string as left operand, not {name}"
            )));
        };
        Ok(text::search::contains(text_of(this).units(), k.units()))
    }
    /// Return self+value.
    #[native("__add__($self, value, /)")]
    fn dunder_add(vm: &mut Vm, this: Value, value: Value) -> Res {
        if value.is_kind(Kind::Str) {
            return vm.concat_str(this, value);
        }
        let name = vm.class_name(value);
        Err(vm.type_error(&format!("can only concatenate str (not \"{name}\") to str")))
    }
    /// Return self*value.
    #[native("__mul__($self, value, /)")]
    fn dunder_mul(vm: &mut Vm, this: Value, value: Value) -> Res {
        if !vm.is_int(value) && vm.special(value, vm.names.__index__).is_none() {
            let name = vm.class_of(value).full_name();
            return Err(vm.type_error(&format!(
                "can't multiply sequence by non-int of type '{name}'"
            )));
        }
        let n = vm.repeat_count(value)?;
        vm.repeat_str(this, n)
    }
    /// Return value*self.
    #[native("__rmul__($self, value, /)")]
    fn dunder_rmul(vm: &mut Vm, this: Value, value: Value) -> Res {
        dunder_mul(vm, this, value)
    }
    /// Return self%value.
    #[native("__mod__($self, value, /)")]
    fn dunder_mod(vm: &mut Vm, this: Value, value: Value) -> Res {
        vm.percent_str(this, value)
    }
    /// Return value%self.
    #[native("__rmod__($self, value, /)")]
    fn dunder_rmod(vm: &mut Vm, this: Value, value: Value) -> Res {
        if value.is_kind(Kind::Str) {
            return vm.percent_str(value, this);
        }
        Ok(Value::NOT_IMPLEMENTED)
    }
    /// Return self==value.
    #[native("__eq__($self, value, /)")]
    fn dunder_eq(_: &mut Vm, this: Value, value: Value) -> Res {
        ordered(this, value, CmpOp::Eq)
    }
    /// Return self!=value.
    #[native("__ne__($self, value, /)")]
    fn dunder_ne(_: &mut Vm, this: Value, value: Value) -> Res {
        ordered(this, value, CmpOp::Ne)
    }
    /// Return self<value.
    #[native("__lt__($self, value, /)")]
    fn dunder_lt(_: &mut Vm, this: Value, value: Value) -> Res {
        ordered(this, value, CmpOp::Lt)
    }
    /// Return self<=value.
    #[native("__le__($self, value, /)")]
    fn dunder_le(_: &mut Vm, this: Value, value: Value) -> Res {
        ordered(this, value, CmpOp::Le)
    }
    /// Return self>value.
    #[native("__gt__($self, value, /)")]
    fn dunder_gt(_: &mut Vm, this: Value, value: Value) -> Res {
        ordered(this, value, CmpOp::Gt)
    }
    /// Return self>=value.
    #[native("__ge__($self, value, /)")]
    fn dunder_ge(_: &mut Vm, this: Value, value: Value) -> Res {
        ordered(this, value, CmpOp::Ge)
    }
    /// Return self[key].
    #[native("__getitem__($self, key, /)")]
    fn dunder_getitem(vm: &mut Vm, this: Value, key: Value) -> Res {
        if let Some(s) = key.downcast::<SliceObj>() {
            return vm.str_slice(this, s);
        }
        if !vm.is_int(key) && vm.special(key, vm.names.__index__).is_none() {
            let name = vm.class_name(key);
            return Err(vm.type_error(&format!("string indices must be integers, not '{name}'")));
        }
        let i = vm.index_for(key)?;
        vm.str_item(this, i)
    }
}

impl Vm {
    /// `s[i]`.
    #[inline]
    pub fn str_item(&mut self, this: Value, i: i64) -> Res {
        let s = text_of(this);
        let at = if i < 0 { i + s.len as i64 } else { i };
        if at < 0 || at >= s.len as i64 {
            return Err(self.index_error("string index out of range"));
        }
        self.new_char(s.units().get(at as usize))
    }

    /// `s[slice]`.
    pub fn str_slice(&mut self, this: Value, slice: Ref<SliceObj>) -> Res {
        let r = Bounds::unpack(self, slice)?.adjust(text_of(this).len);
        if r.step == 1 {
            let start = r.start as usize;
            return self.substring(this, start..start + r.count);
        }
        let s = text_of(this);
        let units = s.units();
        let mut out = StrBuf::with_capacity(r.count);
        for i in 0..r.count as i64 {
            out.push(units.get((r.start + i * r.step) as usize));
        }
        self.new_str_owned(&out.finish())
    }

    /// `s * n`.
    pub fn repeat_str(&mut self, this: Value, n: usize) -> Res {
        let s = text_of(this);
        if n == 0 || s.len == 0 {
            return Ok(self.names.empty);
        }
        if n == 1 {
            return self.exact_str(this);
        }
        let Some(len) = s.len.checked_mul(n).filter(|n| *n <= isize::MAX as usize) else {
            return Err(self.overflow_error("repeated string is too long"));
        };
        if len >= isize::MAX as usize / 8 {
            return Err(self.memory_error());
        }
        let (width, ascii) = (s.units().width(), s.is_ascii());
        let r = self.new_str_raw(len, width, ascii)?;
        let (src, dst) = (s.raw(), r.data.get().cast_mut());
        // SAFETY: the new string has room for n copies.
        unsafe {
            if let [one] = src {
                std::ptr::write_bytes(dst, *one, n);
            } else {
                std::ptr::copy_nonoverlapping(src.as_ptr(), dst, src.len());
                let total = src.len() * n;
                let mut done = src.len();
                while done < total {
                    let part = done.min(total - done);
                    std::ptr::copy_nonoverlapping(dst, dst.add(done), part);
                    done += part;
                }
            }
        }
        Ok(r.value())
    }

    /// `sep.join(items)`.
    pub fn join_str(&mut self, sep: Value, items: &[Value]) -> Res {
        if let [one] = items
            && one.is_exact(Kind::Str)
        {
            return Ok(*one);
        }
        let (mut total, mut width, mut ascii) = (0usize, 0, true);
        let sep: Ref<StrObj> = text_of(sep);
        for (i, v) in items.iter().enumerate() {
            let Some(s) = v.downcast::<StrObj>() else {
                let name = self.class_name(*v);
                return Err(self.type_error(&format!(
                    "sequence item {i}: expected str instance, {name} found"
                )));
            };
            total = total.saturating_add(s.len);
            width = width.max(s.unit_bits());
            ascii &= s.is_ascii();
        }
        if items.len() > 1 {
            total = total.saturating_add(sep.len.saturating_mul(items.len() - 1));
            width = width.max(sep.unit_bits());
            ascii &= sep.is_ascii();
        }
        if total == 0 {
            return Ok(self.names.empty);
        }
        if total > isize::MAX as usize / 8 {
            return Err(self.overflow_error("join() result is too long for a Python string"));
        }
        let r = self.new_str_raw(total, 1 << width, ascii)?;
        let mut at = r.data.get().cast_mut();
        for (i, v) in items.iter().enumerate() {
            // SAFETY: the result has room for all pieces in this width.
            unsafe {
                if i > 0 {
                    at = sep.write_to(width, at);
                }
                at = text_of(*v).write_to(width, at);
            }
        }
        Ok(r.value())
    }
}
