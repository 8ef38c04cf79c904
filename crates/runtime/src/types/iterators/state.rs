//! `__length_hint__`, `__reduce__` and `__setstate__` of the builtin iterators.

use super::iter_of;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

/// A builtin function, from the interpreter's builtins.
pub fn builtin(vm: &mut Vm, name: &str) -> Res {
    let found = match vm.interp().builtins {
        Some(b) => vm.dict_get_str(b, name),
        None => None,
    };
    match found {
        Some(f) => Ok(f),
        None => Err(vm.runtime_error(&format!("lost builtins.{name}"))),
    }
}

/// `(iter, (x,), state)` or without state.
fn reduced(vm: &mut Vm, name: &str, arg: Value, pos: Option<i64>) -> Res {
    let f = builtin(vm, name)?;
    let args = vm.new_tuple(&[arg])?;
    match pos {
        Some(n) => {
            let n = vm.new_int(n)?;
            vm.new_tuple(&[f, args, n])
        }
        None => vm.new_tuple(&[f, args]),
    }
}

fn empty_list(vm: &mut Vm) -> Res {
    let l = vm.new_list(&[])?;
    reduced(vm, "iter", l, None)
}

#[derive::natives]
pub mod range {
    use super::*;

    /// Private method returning an estimate of len(list(it)).
    #[native("__length_hint__($self, /)")]
    fn length_hint(_: &mut Vm, this: Value) -> Res<i64> {
        Ok(iter_of(this).end.get())
    }
    /// Return state information for pickling.
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let r = iter_of(this);
        let stop = r.pos.get() + r.end.get() * r.step.get();
        let (start, stop, step) = (
            vm.new_int(r.pos.get())?,
            vm.new_int(stop)?,
            vm.new_int(r.step.get())?,
        );
        let range = vm.new_range(start, stop, step)?;
        reduced(vm, "iter", range, None).and_then(|t| with_none(vm, t))
    }
    /// Set state information for unpickling.
    #[native("__setstate__($self, object, /)")]
    fn setstate(vm: &mut Vm, this: Value, object: Value) -> Res<()> {
        let n = vm.index_clipped(object)?;
        let r = iter_of(this);
        let n = n.clamp(0, r.end.get());
        r.pos.set(r.pos.get() + n * r.step.get());
        r.end.set(r.end.get() - n);
        Ok(())
    }
}

/// Adds a None state to a two-tuple.
fn with_none(vm: &mut Vm, t: Value) -> Res {
    match t.downcast::<TupleObj>() {
        Some(t) if t.len == 2 => vm.new_tuple(&[t.items()[0], t.items()[1], Value::NONE]),
        _ => Ok(t),
    }
}

#[derive::natives]
pub mod list {
    use super::*;

    /// Private method returning an estimate of len(list(it)).
    #[native("__length_hint__($self, /)")]
    fn length_hint(_: &mut Vm, this: Value) -> Res<i64> {
        let r = iter_of(this);
        let n = r.target.get().and_then(|t| t.downcast::<ListObj>());
        Ok(n.map_or(0, |l| (l.len.get() as i64 - r.pos.get()).max(0)))
    }
    /// Return state information for pickling.
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let r = iter_of(this);
        match r.target.get() {
            Some(t) => reduced(vm, "iter", t, Some(r.pos.get())),
            None => empty_list(vm),
        }
    }
    /// Set state information for unpickling.
    #[native("__setstate__($self, object, /)")]
    fn setstate(vm: &mut Vm, this: Value, object: Value) -> Res<()> {
        let n = vm.index_isize(object)? as i64;
        let r = iter_of(this);
        if let Some(l) = r.target.get().and_then(|t| t.downcast::<ListObj>()) {
            r.pos.set(n.clamp(0, l.len.get() as i64));
        }
        Ok(())
    }
}

#[derive::natives]
pub mod list_reverse {
    use super::*;

    /// Private method returning an estimate of len(list(it)).
    #[native("__length_hint__($self, /)")]
    fn length_hint(_: &mut Vm, this: Value) -> Res<i64> {
        let r = iter_of(this);
        let list = r.target.get().and_then(|t| t.downcast::<ListObj>());
        let left = r.pos.get() + 1;
        Ok(list.map_or(0, |l| if (l.len.get() as i64) < left { 0 } else { left }))
    }
    /// Return state information for pickling.
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let r = iter_of(this);
        match r.target.get() {
            Some(t) if r.pos.get() >= 0 => reduced(vm, "reversed", t, Some(r.pos.get())),
            _ => empty_list(vm),
        }
    }
    /// Set state information for unpickling.
    #[native("__setstate__($self, object, /)")]
    fn setstate(vm: &mut Vm, this: Value, object: Value) -> Res<()> {
        let n = vm.index_isize(object)? as i64;
        let r = iter_of(this);
        if let Some(l) = r.target.get().and_then(|t| t.downcast::<ListObj>()) {
            r.pos.set(n.clamp(-1, l.len.get() as i64 - 1));
        }
        Ok(())
    }
}

/// Iterators over tuples, strings, bytes and the sequence protocol.
#[derive::natives]
pub mod indexed {
    use super::*;

    /// Private method returning an estimate of len(list(it)).
    #[native("__length_hint__($self, /)")]
    fn length_hint(vm: &mut Vm, this: Value) -> Res {
        let r = iter_of(this);
        let Some(t) = r.target.get() else {
            return Ok(Value::int_unchecked(0));
        };
        if vm.special(t, vm.names.__len__).is_none() {
            return Ok(Value::NOT_IMPLEMENTED);
        }
        let n = vm.len(t)? as i64;
        vm.new_int((n - r.pos.get()).max(0))
    }
    /// Return state information for pickling.
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let r = iter_of(this);
        match r.target.get() {
            Some(t) => reduced(vm, "iter", t, Some(r.pos.get())),
            None => {
                let empty = match this.kind_byte() {
                    k if k == Kind::StrIter as u8 => vm.names.empty,
                    _ => vm.new_tuple(&[])?,
                };
                reduced(vm, "iter", empty, None)
            }
        }
    }
    /// Set state information for unpickling.
    #[native("__setstate__($self, object, /)")]
    fn setstate(vm: &mut Vm, this: Value, object: Value) -> Res<()> {
        let mut n = vm.index_isize(object)?.max(0) as i64;
        let r = iter_of(this);
        if let Some(t) = r.target.get() {
            if !this.is_kind(Kind::SeqIter) {
                n = n.min(vm.len(t)? as i64);
            }
            r.pos.set(n);
        }
        Ok(())
    }
}

/// Iterators over dicts and sets.
#[derive::natives]
pub mod hashed {
    use super::*;

    /// Private method returning an estimate of len(list(it)).
    #[native("__length_hint__($self, /)")]
    fn length_hint(_: &mut Vm, this: Value) -> Res<i64> {
        let r = iter_of(this);
        let Some(t) = r.target.get() else {
            return Ok(0);
        };
        let (used, left) = match (t.downcast::<DictObj>(), t.downcast::<SetObj>()) {
            (Some(d), _) => (d.used.get(), r.step.get() >> 3),
            (_, Some(s)) => (s.used.get(), r.step.get()),
            _ => (0, 0),
        };
        Ok(if used as i64 == r.end.get() { left } else { 0 })
    }
    /// Return state information for pickling.
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        // A copy is run to its end, so that the iterator itself stays where it is.
        let r = iter_of(this);
        let class = vm.class_of(this);
        let p = vm.alloc_raw(
            size_of::<IterObj>(),
            class.shape.get(),
            if this.is_kind(Kind::SetIter) {
                Kind::SetIter
            } else {
                Kind::DictIter
            },
        )?;
        // SAFETY: freshly allocated with the size of an IterObj.
        let copy: Ref<IterObj> = unsafe { Ref::new(p.cast()) };
        copy.target.init(r.target.get());
        copy.pos.set(r.pos.get());
        copy.end.set(r.end.get());
        copy.step.set(r.step.get());
        let items = vm.list_of(copy.value())?;
        reduced(vm, "iter", items.value(), None)
    }
}

#[derive::natives]
pub mod call {
    use super::*;

    /// Return state information for pickling.
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let r = iter_of(this);
        match r.target.get() {
            Some(f) => {
                let iter = builtin(vm, "iter")?;
                let args = vm.new_tuple(&[f, r.aux.or_none()])?;
                vm.new_tuple(&[iter, args])
            }
            None => {
                let t = vm.new_tuple(&[])?;
                reduced(vm, "iter", t, None)
            }
        }
    }
}
