//! `product`, `permutations`, `combinations`, `combinations_with_replacement`.

use super::{items_of, iterator_type, keywords, state_of};
use crate::payloads::payload;
use runtime::class::{TypeObj, TypeSpec};
use runtime::object::*;
use runtime::{Res, Value, Vm};
use std::cell::Cell;

type Indices = Box<[Cell<usize>]>;

payload! {
    /// `pools` is a tuple of tuples.
    struct Product { pools: Value, indices: Indices, state: Cell<u8> }
    /// The combinatoric selections from one pool, a tuple.
    struct Selection { pool: Value, indices: Indices, cycles: Indices, state: Cell<u8> }
}

/// States of these iterators.
const FRESH: u8 = 0;
const RUNNING: u8 = 1;
const DONE: u8 = 2;

iterator_type!(PRODUCT "product" product_next [product::TABLE] "Cartesian product of input iterables.  Equivalent to nested for-loops.\n\nFor example, product(A, B) returns the same as:  ((x,y) for x in A for y in B).\nThe leftmost iterators are in the outermost for-loop, so the output tuples\ncycle in a manner similar to an odometer (with the rightmost element changing\non every iteration).\n\nTo compute the product of an iterable with itself, specify the number\nof repetitions with the optional repeat keyword argument. For example,\nproduct(A, repeat=4) means the same as product(A, A, A, A).\n\nproduct('ab', range(3)) --> ('a',0) ('a',1) ('a',2) ('b',0) ('b',1) ('b',2)\nproduct((0,1), (0,1), (0,1)) --> (0,0,0) (0,0,1) (0,1,0) (0,1,1) (1,0,0) ...", "(*iterables, repeat=1)");
iterator_type!(PERMUTATIONS "permutations" permutations_next [permutations::TABLE, sizeof::TABLE] "Return successive r-length permutations of elements in the iterable.\n\npermutations(range(3), 2) --> (0,1), (0,2), (1,0), (1,2), (2,0), (2,1)");
iterator_type!(COMBINATIONS "combinations" combinations_next [combinations::TABLE, sizeof::TABLE] "Return successive r-length combinations of elements in the iterable.\n\ncombinations(range(4), 3) --> (0,1,2), (0,1,3), (0,2,3), (1,2,3)");
iterator_type!(COMBINATIONS_WITH_REPLACEMENT "combinations_with_replacement" replacement_next [replacement::TABLE, sizeof::TABLE] "Return successive r-length combinations of elements in the iterable allowing individual elements to have successive repeats.\n\ncombinations_with_replacement('ABC', 2) --> ('A','A'), ('A','B'), ('A','C'), ('B','B'), ('B','C'), ('C','C')");

fn indices(vm: &mut Vm, n: usize, f: impl Fn(usize) -> usize) -> Res<Indices> {
    let mut v = Vec::new();
    if v.try_reserve_exact(n).is_err() {
        return Err(vm.memory_error());
    }
    v.extend((0..n).map(|i| Cell::new(f(i))));
    Ok(v.into_boxed_slice())
}

/// The items of a pool, which the iterator's cell keeps alive.
fn pool_of<'a>(pool: Value) -> &'a [Value] {
    items_of(pool)
}

fn product_next(vm: &mut Vm, it: Value) -> Res<Option<Value>> {
    let s = state_of!(it, Product);
    let pools = pool_of(s.pools);
    match s.state.get() {
        FRESH => {
            if pools.iter().any(|p| pool_of(*p).is_empty()) {
                s.state.set(DONE);
                return Ok(None);
            }
            s.state.set(RUNNING);
        }
        RUNNING => {
            let mut i = pools.len();
            loop {
                if i == 0 {
                    s.state.set(DONE);
                    return Ok(None);
                }
                i -= 1;
                let n = s.indices[i].get() + 1;
                if n < pool_of(pools[i]).len() {
                    s.indices[i].set(n);
                    break;
                }
                s.indices[i].set(0);
            }
        }
        _ => return Ok(None),
    }
    let mut out = vm.new_vec();
    out.reserve(vm, pools.len())?;
    for (p, i) in pools.iter().zip(&s.indices) {
        out.push(vm, pool_of(*p)[i.get()])?;
    }
    vm.new_tuple(&out).map(Some)
}

#[derive::natives]
mod product {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, args: Value, kwargs: Option<Value>) -> Res {
        let base = vm.native_type(&PRODUCT)?;
        let class = vm.class_arg(class, base)?;
        let [repeat] = keywords(vm, "product", ["repeat"], kwargs)?;
        let repeat = match repeat {
            Some(v) => vm.index_isize(v)?,
            None => 1,
        };
        if repeat < 0 {
            return Err(vm.value_error("repeat argument cannot be negative"));
        }
        let args = items_of(args);
        let nargs = if repeat == 0 { 0 } else { args.len() };
        if nargs
            .checked_mul(repeat as usize)
            .is_none_or(|n| n > isize::MAX as usize / 16)
        {
            return Err(vm.overflow_error("repeat argument too large"));
        }
        let mut pools = vm.new_vec();
        for a in &args[..nargs] {
            let pool = vm.tuple_of(*a)?;
            pools.push(vm, pool)?;
        }
        pools.reserve(vm, nargs * repeat as usize)?;
        for _ in 1..repeat {
            for i in 0..nargs {
                let p = pools[i];
                pools.push(vm, p)?;
            }
        }
        let indices = indices(vm, pools.len(), |_| 0)?;
        let pools = vm.new_tuple(&pools)?;
        vm.new_payload(
            class,
            Product {
                pools,
                indices,
                state: Cell::new(FRESH),
            },
        )
    }
    /// Returns size in memory, in bytes.
    #[native("__sizeof__($self, /)")]
    fn sizeof(_: &mut Vm, this: Value) -> Res<usize> {
        let n = this.payload::<Product>().map_or(0, |s| s.indices.len());
        Ok(size_of::<PayloadObj>() + size_of::<Product>() + n * 8)
    }
}

#[derive::natives]
mod sizeof {
    use super::*;

    /// Returns size in memory, in bytes.
    #[native("__sizeof__($self, /)")]
    fn sizeof(_: &mut Vm, this: Value) -> Res<usize> {
        let n = this
            .payload::<Selection>()
            .map_or(0, |s| s.indices.len() + s.cycles.len());
        Ok(size_of::<PayloadObj>() + size_of::<Selection>() + n * 8)
    }
}

/// The tuple of the first r selected items.
fn selected(vm: &mut Vm, s: &Selection, r: usize) -> Res<Option<Value>> {
    let pool = pool_of(s.pool);
    let mut out = vm.new_vec();
    out.reserve(vm, r)?;
    for i in &s.indices[..r] {
        out.push(vm, pool[i.get()])?;
    }
    vm.new_tuple(&out).map(Some)
}

/// Class, pool and r of a selection type's arguments.
fn selection_args(
    vm: &mut Vm,
    spec: &'static TypeSpec,
    class: Value,
    iterable: Value,
    r: isize,
) -> Res<(Ref<TypeObj>, Value, usize)> {
    let base = vm.native_type(spec)?;
    let class = vm.class_arg(class, base)?;
    let pool = vm.tuple_of(iterable)?;
    if r < 0 {
        return Err(vm.value_error("r must be non-negative"));
    }
    Ok((class, pool, r as usize))
}

fn permutations_next(vm: &mut Vm, it: Value) -> Res<Option<Value>> {
    let s = state_of!(it, Selection);
    let (n, r) = (s.indices.len(), s.cycles.len());
    match s.state.get() {
        FRESH if r > n => {
            s.state.set(DONE);
            return Ok(None);
        }
        FRESH => s.state.set(RUNNING),
        RUNNING => {
            let mut i = r;
            loop {
                if i == 0 {
                    s.state.set(DONE);
                    return Ok(None);
                }
                i -= 1;
                let c = s.cycles[i].get() - 1;
                if c == 0 {
                    // Rotate the rest one to the left.
                    let first = s.indices[i].get();
                    for j in i..n - 1 {
                        s.indices[j].set(s.indices[j + 1].get());
                    }
                    s.indices[n - 1].set(first);
                    s.cycles[i].set(n - i);
                } else {
                    s.cycles[i].set(c);
                    s.indices[i].swap(&s.indices[n - c]);
                    break;
                }
            }
        }
        _ => return Ok(None),
    }
    selected(vm, s, r)
}

#[derive::natives]
mod permutations {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, iterable, r=None)")]
    fn new(vm: &mut Vm, class: Value, iterable: Value, r: Option<Value>) -> Res {
        let pool = vm.tuple_of(iterable)?;
        let n = pool_of(pool).len();
        let r = match r.filter(|r| !r.is_none()) {
            Some(r) if vm.is_int(r) => vm.index_isize(r)?,
            Some(_) => return Err(vm.type_error("Expected int as r")),
            None => n as isize,
        };
        let (class, pool, r) = selection_args(vm, &PERMUTATIONS, class, pool, r)?;
        let order = indices(vm, n, |i| i)?;
        let cycles = indices(vm, r, |i| n.wrapping_sub(i))?;
        vm.new_payload(
            class,
            Selection {
                pool,
                indices: order,
                cycles,
                state: Cell::new(FRESH),
            },
        )
    }
}

fn combinations_next(vm: &mut Vm, it: Value) -> Res<Option<Value>> {
    let s = state_of!(it, Selection);
    let (n, r) = (pool_of(s.pool).len(), s.indices.len());
    match s.state.get() {
        FRESH if r > n => {
            s.state.set(DONE);
            return Ok(None);
        }
        FRESH => s.state.set(RUNNING),
        RUNNING => {
            let Some(i) = (0..r).rev().find(|i| s.indices[*i].get() != i + n - r) else {
                s.state.set(DONE);
                return Ok(None);
            };
            s.indices[i].set(s.indices[i].get() + 1);
            for j in i + 1..r {
                s.indices[j].set(s.indices[j - 1].get() + 1);
            }
        }
        _ => return Ok(None),
    }
    selected(vm, s, r)
}

#[derive::natives]
mod combinations {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, iterable, r)")]
    fn new(vm: &mut Vm, class: Value, iterable: Value, r: isize) -> Res {
        let (class, pool, r) = selection_args(vm, &COMBINATIONS, class, iterable, r)?;
        let order = indices(vm, r, |i| i)?;
        vm.new_payload(
            class,
            Selection {
                pool,
                indices: order,
                cycles: Box::new([]),
                state: Cell::new(FRESH),
            },
        )
    }
}

fn replacement_next(vm: &mut Vm, it: Value) -> Res<Option<Value>> {
    let s = state_of!(it, Selection);
    let (n, r) = (pool_of(s.pool).len(), s.indices.len());
    match s.state.get() {
        FRESH if n == 0 && r > 0 => {
            s.state.set(DONE);
            return Ok(None);
        }
        FRESH => s.state.set(RUNNING),
        RUNNING => {
            let Some(i) = (0..r).rev().find(|i| s.indices[*i].get() + 1 != n) else {
                s.state.set(DONE);
                return Ok(None);
            };
            let next = s.indices[i].get() + 1;
            for j in i..r {
                s.indices[j].set(next);
            }
        }
        _ => return Ok(None),
    }
    selected(vm, s, r)
}

#[derive::natives]
mod replacement {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, iterable, r)")]
    fn new(vm: &mut Vm, class: Value, iterable: Value, r: isize) -> Res {
        let (class, pool, r) =
            selection_args(vm, &COMBINATIONS_WITH_REPLACEMENT, class, iterable, r)?;
        let order = indices(vm, r, |_| 0)?;
        vm.new_payload(
            class,
            Selection {
                pool,
                indices: order,
                cycles: Box::new([]),
                state: Cell::new(FRESH),
            },
        )
    }
}
