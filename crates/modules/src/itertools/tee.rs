//! `tee`: several iterators over one, sharing what was read in chunks.

use super::{iterator_type, state_of};
use crate::payloads::{payload, payload_type};
use runtime::class::{TypeFlags, TypeObj, TypeSpec};
use runtime::object::*;
use runtime::{Res, Value, Vm};
use std::cell::Cell;

/// Items in a chunk.
const CHUNK: usize = 57;

payload! {
    struct Tee { chunk: Cell<Value>, index: Cell<usize> }
    /// `items` is a list; `next` the chunk behind a full one.
    struct Chunk { source: Value, items: Value, next: Cell<Option<Value>>, running: Cell<bool> }
}

iterator_type!(TEE "_tee" tee_next [methods::TABLE] "Iterator wrapped to make it copyable.");

static CHUNK_TYPE: TypeSpec = payload_type! {
    name: "_tee_dataobject",
    module: "itertools",
    doc: "Data container common to multiple tee objects.",
    flags: TypeFlags::NO_INSTANCES,
};

fn new_chunk(vm: &mut Vm, source: Value) -> Res {
    let class = vm.native_type(&CHUNK_TYPE)?;
    let items = vm.new_list(&[])?;
    vm.new_payload(
        class,
        Chunk {
            source,
            items,
            next: Cell::new(None),
            running: Cell::new(false),
        },
    )
}

fn tee_next(vm: &mut Vm, it: Value) -> Res<Option<Value>> {
    let t = state_of!(it, Tee);
    let mut chunk = state_of!(t.chunk.get(), Chunk);
    if t.index.get() >= CHUNK {
        let next = match chunk.next.get() {
            Some(n) => n,
            None => {
                let n = new_chunk(vm, chunk.source)?;
                chunk.next.set(Some(n));
                n
            }
        };
        t.chunk.set(next);
        t.index.set(0);
        chunk = state_of!(next, Chunk);
    }
    // SAFETY: `items` is a list made by this type.
    let items = unsafe { chunk.items.cast::<ListObj>() };
    let i = t.index.get();
    if let Some(v) = items.get(i) {
        t.index.set(i + 1);
        return Ok(Some(v));
    }
    if chunk.running.get() {
        return Err(vm.runtime_error("cannot re-enter the tee iterator"));
    }
    chunk.running.set(true);
    let r = vm.next(chunk.source);
    chunk.running.set(false);
    let Some(v) = r? else {
        return Ok(None);
    };
    vm.list_push(items, v)?;
    t.index.set(i + 1);
    Ok(Some(v))
}

/// A tee at the same place as another, or at the beginning of an iterator.
fn tee_of(vm: &mut Vm, class: Ref<TypeObj>, it: Value) -> Res {
    let (chunk, index) = match it.payload::<Tee>() {
        Some(t) => (t.chunk.get(), t.index.get()),
        None => (new_chunk(vm, it)?, 0),
    };
    vm.new_payload(
        class,
        Tee {
            chunk: Cell::new(chunk),
            index: Cell::new(index),
        },
    )
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, iterable, /)")]
    fn new(vm: &mut Vm, class: Value, iterable: Value) -> Res {
        let base = vm.native_type(&TEE)?;
        let class = vm.class_arg(class, base)?;
        let it = vm.iter(iterable)?;
        tee_of(vm, class, it)
    }
    /// Returns an independent iterator.
    #[native("__copy__($self, /)")]
    fn copy(vm: &mut Vm, this: Value) -> Res {
        let class = vm.native_type(&TEE)?;
        tee_of(vm, class, this)
    }
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// Returns a tuple of n independent iterators.
    #[native("tee($module, iterable, n=2, /)")]
    fn tee(vm: &mut Vm, _m: Value, iterable: Value, n: Option<isize>) -> Res {
        let n = n.unwrap_or(2);
        if n < 0 {
            return Err(vm.value_error("n must be >= 0"));
        }
        if n == 0 {
            return vm.new_tuple(&[]);
        }
        let it = vm.iter(iterable)?;
        let copy = match it.payload::<Tee>() {
            Some(_) => None,
            None => vm.get_attr_opt(it, vm.names.__copy__)?,
        };
        let mut out = vm.new_vec();
        out.reserve(vm, n as usize)?;
        let class = vm.native_type(&TEE)?;
        let first = match copy {
            Some(_) => it,
            None => tee_of(vm, class, it)?,
        };
        out.push(vm, first)?;
        for _ in 1..n {
            let next = match copy {
                Some(f) => vm.call_value(f, &[])?,
                None => tee_of(vm, class, first)?,
            };
            out.push(vm, next)?;
        }
        vm.new_tuple(&out)
    }
}
