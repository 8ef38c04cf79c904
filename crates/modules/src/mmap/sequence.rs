//! Items and slices.

use super::map::{map, writable};
use runtime::object::*;
use runtime::{Res, Value, Vm};

/// The place of an item; IndexError outside.
fn place(vm: &mut Vm, this: Value, index: Value) -> Res<usize> {
    let i = vm.index_for(index)?;
    let len = map(vm, this)?.len.get() as i64;
    let at = if i < 0 { i + len } else { i };
    if at < 0 || at >= len {
        return Err(vm.index_error("mmap index out of range"));
    }
    Ok(at as usize)
}

/// An item as iteration gets it: a byte, where `m[i]` is an int.
pub fn byte(vm: &mut Vm, this: Value, index: Value) -> Res {
    let at = place(vm, this, index)?;
    let b = map(vm, this)?.bytes()[at];
    vm.new_bytes(&[b])
}

fn is_index(vm: &mut Vm, v: Value) -> bool {
    vm.is_int(v) || vm.special(v, vm.names.__index__).is_some()
}

/// The places of a slice.
fn places(vm: &mut Vm, this: Value, s: Ref<SliceObj>) -> Res<Vec<usize>> {
    let spec = vm.slice_unpack(s)?;
    let r = spec.adjust(map(vm, this)?.len.get());
    Ok((0..r.count).map(|i| r.at(i)).collect())
}

#[derive::natives]
mod methods {
    use super::*;

    /// Return len(self).
    #[native("__len__($self, /)")]
    fn len(vm: &mut Vm, this: Value) -> Res<usize> {
        Ok(map(vm, this)?.len.get())
    }
    /// Return self[key].
    #[native("__getitem__($self, key, /)")]
    fn getitem(vm: &mut Vm, this: Value, key: Value) -> Res {
        map(vm, this)?;
        if is_index(vm, key) {
            let at = place(vm, this, key)?;
            let b = map(vm, this)?.bytes()[at];
            return Ok(Value::int_unchecked(i64::from(b)));
        }
        let Some(s) = key.downcast::<SliceObj>() else {
            return Err(vm.type_error("mmap indices must be integers"));
        };
        let places = places(vm, this, s)?;
        let m = map(vm, this)?;
        let bytes: Vec<u8> = places.iter().map(|i| m.bytes()[*i]).collect();
        vm.new_bytes(&bytes)
    }
    /// Set self[key] to value.
    #[native("__setitem__($self, key, value, /)")]
    fn setitem(vm: &mut Vm, this: Value, key: Value, value: Value) -> Res<()> {
        writable(vm, this)?;
        if is_index(vm, key) {
            let at = place(vm, this, key)?;
            if !is_index(vm, value) {
                return Err(vm.type_error("mmap item value must be an int"));
            }
            let n = vm.index_clipped(value)?;
            let Ok(b) = u8::try_from(n) else {
                return Err(vm.value_error("mmap item value must be in range(0, 256)"));
            };
            let m = writable(vm, this)?;
            if at >= m.len.get() {
                return Err(vm.index_error("mmap index out of range"));
            }
            m.store(at, &[b]);
            return Ok(());
        }
        let Some(s) = key.downcast::<SliceObj>() else {
            return Err(vm.type_error("mmap indices must be integers"));
        };
        let places = places(vm, this, s)?;
        let bytes = vm.get_buffer(value)?;
        let m = writable(vm, this)?;
        if bytes.len() != places.len() {
            return Err(vm.index_error("mmap slice assignment is wrong size"));
        }
        if places.iter().any(|i| *i >= m.len.get()) {
            return Err(vm.index_error("mmap index out of range"));
        }
        for (i, b) in places.iter().zip(bytes.as_slice()) {
            m.store(*i, &[*b]);
        }
        Ok(())
    }
    /// Delete self[key].
    #[native("__delitem__($self, key, /)")]
    fn delitem(vm: &mut Vm, this: Value, key: Value) -> Res<()> {
        writable(vm, this)?;
        if is_index(vm, key) {
            return Err(vm.type_error("mmap doesn't support item deletion"));
        }
        Err(vm.type_error("mmap object doesn't support slice deletion"))
    }
}

pub use methods::TABLE;
