//! `accumulate`, `chain`, `compress`, `dropwhile`, `takewhile`, `filterfalse`, `starmap`, `islice`.

use super::{items_of, iterator_type, state_of};
use crate::payloads::payload;
use runtime::class::TypeSpec;
use runtime::ops::BinOp;
use runtime::{Res, Value, Vm};
use std::cell::Cell;

payload! {
    struct Accumulate { source: Value, func: Option<Value>, initial: Cell<Option<Value>>, total: Cell<Option<Value>> }
    struct Chain { source: Cell<Option<Value>>, active: Cell<Option<Value>> }
    struct Compress { data: Value, selectors: Value }
    /// dropwhile, takewhile, filterfalse and starmap: a function, an iterator and a state.
    struct Filtering { func: Value, source: Value, flag: Cell<bool> }
    struct Islice { source: Cell<Option<Value>>, next: Cell<i64>, stop: i64, step: i64, count: Cell<i64> }
}

iterator_type!(ACCUMULATE "accumulate" accumulate_next [accumulate::TABLE] "Return series of accumulated sums (or other binary function results).");
iterator_type!(CHAIN "chain" chain_next [chain::TABLE, runtime::types::protocol::generic::TABLE] "Return a chain object whose .__next__() method returns elements from the\nfirst iterable until it is exhausted, then elements from the next iterable,\nuntil all of the iterables are exhausted.", "(*iterables)");
iterator_type!(COMPRESS "compress" compress_next [compress::TABLE] "Return data elements corresponding to true selector elements.\n\nForms a shorter iterator from selected data elements using the selectors to\nchoose the data elements.");
iterator_type!(DROPWHILE "dropwhile" dropwhile_next [dropwhile::TABLE] "Drop items from the iterable while predicate(item) is true.\n\nAfterwards, return every element until the iterable is exhausted.");
iterator_type!(TAKEWHILE "takewhile" takewhile_next [takewhile::TABLE] "Return successive entries from an iterable as long as the predicate evaluates to true for each entry.");
iterator_type!(FILTERFALSE "filterfalse" filterfalse_next [filterfalse::TABLE] "Return those items of iterable for which function(item) is false.\n\nIf function is None, return the items that are false.");
iterator_type!(STARMAP "starmap" starmap_next [starmap::TABLE] "Return an iterator whose values are returned from the function evaluated with an argument tuple taken from the given sequence.");
iterator_type!(ISLICE "islice" islice_next [islice::TABLE] "islice(iterable, stop) --> islice object\nislice(iterable, start, stop[, step]) --> islice object\n\nReturn an iterator whose next() method returns selected values from an\niterable.  If start is specified, will skip all preceding elements;\notherwise, start defaults to zero.  Step defaults to one.  If\nspecified as another value, step determines how many values are\nskipped between successive calls.  Works like a slice() on a list\nbut returns an iterator.");

fn accumulate_next(vm: &mut Vm, it: Value) -> Res<Option<Value>> {
    let s = state_of!(it, Accumulate);
    if let Some(first) = s.initial.take() {
        s.total.set(Some(first));
        return Ok(Some(first));
    }
    let Some(v) = vm.next_raw(s.source)? else {
        return Ok(None);
    };
    let total = match (s.total.get(), s.func) {
        (None, _) => v,
        (Some(t), None) => vm.binary(BinOp::Add, t, v)?,
        (Some(t), Some(f)) => vm.call_value(f, &[t, v])?,
    };
    s.total.set(Some(total));
    Ok(Some(total))
}

#[derive::natives]
mod accumulate {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, iterable, func=None, *, initial=None)")]
    fn new(
        vm: &mut Vm,
        class: Value,
        iterable: Value,
        func: Option<Value>,
        initial: Option<Value>,
    ) -> Res {
        let base = vm.native_type(&ACCUMULATE)?;
        let class = vm.class_arg(class, base)?;
        let source = vm.iter(iterable)?;
        vm.new_payload(
            class,
            Accumulate {
                source,
                func: func.filter(|f| !f.is_none()),
                initial: Cell::new(initial.filter(|i| !i.is_none())),
                total: Cell::new(None),
            },
        )
    }
}

fn chain_next(vm: &mut Vm, it: Value) -> Res<Option<Value>> {
    let s = state_of!(it, Chain);
    loop {
        let Some(source) = s.source.get() else {
            return Ok(None);
        };
        let active = match s.active.get() {
            Some(a) => a,
            None => match vm.next(source) {
                Ok(Some(iterable)) => match vm.iter(iterable) {
                    Ok(a) => {
                        s.active.set(Some(a));
                        a
                    }
                    Err(r) => {
                        s.source.set(None);
                        return Err(r);
                    }
                },
                Ok(None) => {
                    s.source.set(None);
                    return Ok(None);
                }
                Err(r) => {
                    s.source.set(None);
                    return Err(r);
                }
            },
        };
        if let Some(v) = vm.next(active)? {
            return Ok(Some(v));
        }
        s.active.set(None);
    }
}

fn new_chain(vm: &mut Vm, class: Value, iterables: Value) -> Res {
    let base = vm.native_type(&CHAIN)?;
    let class = vm.class_arg(class, base)?;
    let source = vm.iter(iterables)?;
    vm.new_payload(
        class,
        Chain {
            source: Cell::new(Some(source)),
            active: Cell::new(None),
        },
    )
}

#[derive::natives]
mod chain {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, args: Value, kwargs: Option<Value>) -> Res {
        if class == vm.native_type(&CHAIN)?.value() {
            vm.no_kwargs("chain", kwargs)?;
        }
        new_chain(vm, class, args)
    }
    /// Alternative chain() constructor taking a single iterable argument that evaluates lazily.
    #[classmethod("from_iterable($type, iterable, /)")]
    fn from_iterable(vm: &mut Vm, class: Value, iterable: Value) -> Res {
        new_chain(vm, class, iterable)
    }
}

fn compress_next(vm: &mut Vm, it: Value) -> Res<Option<Value>> {
    let s = state_of!(it, Compress);
    loop {
        let Some(v) = vm.next_raw(s.data)? else {
            return Ok(None);
        };
        let Some(selector) = vm.next_raw(s.selectors)? else {
            return Ok(None);
        };
        if vm.truth(selector)? {
            return Ok(Some(v));
        }
    }
}

#[derive::natives]
mod compress {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, data, selectors)")]
    fn new(vm: &mut Vm, class: Value, data: Value, selectors: Value) -> Res {
        let base = vm.native_type(&COMPRESS)?;
        let class = vm.class_arg(class, base)?;
        let (data, selectors) = (vm.iter(data)?, vm.iter(selectors)?);
        vm.new_payload(class, Compress { data, selectors })
    }
}

fn new_filtering(
    vm: &mut Vm,
    class: Value,
    spec: &'static TypeSpec,
    func: Value,
    iterable: Value,
) -> Res {
    let base = vm.native_type(spec)?;
    let class = vm.class_arg(class, base)?;
    let source = vm.iter(iterable)?;
    vm.new_payload(
        class,
        Filtering {
            func,
            source,
            flag: Cell::new(false),
        },
    )
}

fn dropwhile_next(vm: &mut Vm, it: Value) -> Res<Option<Value>> {
    let s = state_of!(it, Filtering);
    loop {
        let Some(v) = vm.next_raw(s.source)? else {
            return Ok(None);
        };
        if s.flag.get() {
            return Ok(Some(v));
        }
        let r = vm.call_value(s.func, &[v])?;
        if !vm.truth(r)? {
            s.flag.set(true);
            return Ok(Some(v));
        }
    }
}

fn takewhile_next(vm: &mut Vm, it: Value) -> Res<Option<Value>> {
    let s = state_of!(it, Filtering);
    if s.flag.get() {
        return Ok(None);
    }
    let Some(v) = vm.next_raw(s.source)? else {
        return Ok(None);
    };
    let r = vm.call_value(s.func, &[v])?;
    if vm.truth(r)? {
        return Ok(Some(v));
    }
    s.flag.set(true);
    Ok(None)
}

fn filterfalse_next(vm: &mut Vm, it: Value) -> Res<Option<Value>> {
    let s = state_of!(it, Filtering);
    loop {
        let Some(v) = vm.next_raw(s.source)? else {
            return Ok(None);
        };
        let test = if s.func.is_none() || s.func == vm.types.bool.value() {
            v
        } else {
            vm.call_value(s.func, &[v])?
        };
        if !vm.truth(test)? {
            return Ok(Some(v));
        }
    }
}

fn starmap_next(vm: &mut Vm, it: Value) -> Res<Option<Value>> {
    let s = state_of!(it, Filtering);
    let Some(args) = vm.next_raw(s.source)? else {
        return Ok(None);
    };
    let args = vm.tuple_of(args)?;
    vm.call_value(s.func, items_of(args)).map(Some)
}

#[derive::natives]
mod dropwhile {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, predicate, iterable, /)")]
    fn new(vm: &mut Vm, class: Value, predicate: Value, iterable: Value) -> Res {
        new_filtering(vm, class, &DROPWHILE, predicate, iterable)
    }
}
#[derive::natives]
mod takewhile {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, predicate, iterable, /)")]
    fn new(vm: &mut Vm, class: Value, predicate: Value, iterable: Value) -> Res {
        new_filtering(vm, class, &TAKEWHILE, predicate, iterable)
    }
}
#[derive::natives]
mod filterfalse {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, function, iterable, /)")]
    fn new(vm: &mut Vm, class: Value, function: Value, iterable: Value) -> Res {
        new_filtering(vm, class, &FILTERFALSE, function, iterable)
    }
}
#[derive::natives]
mod starmap {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, function, iterable, /)")]
    fn new(vm: &mut Vm, class: Value, function: Value, iterable: Value) -> Res {
        new_filtering(vm, class, &STARMAP, function, iterable)
    }
}

fn islice_next(vm: &mut Vm, it: Value) -> Res<Option<Value>> {
    let s = state_of!(it, Islice);
    let Some(source) = s.source.get() else {
        return Ok(None);
    };
    let next = s.next.get();
    while s.count.get() < next {
        match vm.next_raw(source) {
            Ok(Some(_)) => s.count.set(s.count.get() + 1),
            end => {
                s.source.set(None);
                return end;
            }
        }
    }
    if s.stop >= 0 && s.count.get() >= s.stop {
        s.source.set(None);
        return Ok(None);
    }
    let v = match vm.next_raw(source) {
        Ok(Some(v)) => v,
        end => {
            s.source.set(None);
            return end;
        }
    };
    s.count.set(s.count.get() + 1);
    let after = next.saturating_add(s.step);
    s.next.set(if s.stop >= 0 {
        after.min(s.stop)
    } else {
        after
    });
    Ok(Some(v))
}

/// A bound of islice: None, or an int from 0 on. -1 stands for None.
fn islice_bound(vm: &mut Vm, v: Value, message: &str) -> Res<i64> {
    if v.is_none() {
        return Ok(-1);
    }
    let n = if vm.has_index(v) {
        vm.index_isize(v)
    } else {
        Ok(-1)
    };
    match n {
        Ok(n) if n >= 0 => Ok(n as i64),
        Err(r) if !vm.catch(vm.types.exc.OverflowError) && !vm.catch(vm.types.exc.TypeError) => {
            Err(r)
        }
        _ => Err(vm.value_error(message)),
    }
}

#[derive::natives]
mod islice {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, args: Value, kwargs: Option<Value>) -> Res {
        const STOP: &str =
            "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
        const BOTH: &str =
            "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
        const STEP: &str = "Step for islice() must be a positive integer or None.";
        let base = vm.native_type(&ISLICE)?;
        if class == base.value() {
            vm.no_kwargs("islice", kwargs)?;
        }
        let class = vm.class_arg(class, base)?;
        let items = items_of(args);
        let (iterable, start, stop, step) = match items {
            [it, stop] => (*it, 0, islice_bound(vm, *stop, STOP)?, 1),
            [it, start, stop, rest @ ..] if rest.len() < 2 => {
                let start = islice_bound(vm, *start, BOTH)?.max(0);
                let stop = islice_bound(vm, *stop, STOP)?;
                let step = match rest.first() {
                    None => 1,
                    Some(v) if v.is_none() => 1,
                    Some(v) => islice_bound(vm, *v, STEP)?,
                };
                if step < 1 {
                    return Err(vm.value_error(STEP));
                }
                (*it, start, stop, step)
            }
            _ => {
                let n = items.len();
                let (how, limit) = if n < 2 { ("least", 2) } else { ("most", 4) };
                return Err(vm.type_error(&format!(
                    "islice expected at {how} {limit} arguments, got {n}"
                )));
            }
        };
        let source = vm.iter(iterable)?;
        vm.new_payload(
            class,
            Islice {
                source: Cell::new(Some(source)),
                next: Cell::new(start),
                stop,
                step,
                count: Cell::new(0),
            },
        )
    }
}
