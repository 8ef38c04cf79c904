//! `batched`, `pairwise`, `groupby`, `zip_longest`.

use super::{items_of, iterator_type, keywords, state_of};
use crate::payloads::payload;
use runtime::object::*;
use runtime::{Res, Value, Vm};
use std::cell::Cell;

payload! {
    struct Batched { source: Cell<Option<Value>>, size: usize, strict: bool }
    struct Pairwise { source: Cell<Option<Value>>, old: Cell<Option<Value>> }
    struct Groupby {
        source: Value,
        func: Option<Value>,
        target: Cell<Option<Value>>,
        key: Cell<Option<Value>>,
        value: Cell<Option<Value>>,
        /// The group that may still take items.
        group: Cell<Option<Value>>,
    }
    struct Grouper { parent: Value, target: Value }
    /// `sources` is a list of iterators; None when one is exhausted.
    struct ZipLongest { sources: Value, active: Cell<usize>, fill: Value }
}

iterator_type!(BATCHED "batched" batched_next [batched::TABLE] "Batch data into tuples of length n. The last batch may be shorter than n.\n\nLoops over the input iterable and accumulates data into tuples\nup to size n.  The input is consumed lazily, just enough to\nfill a batch.  The result is yielded as soon as a batch is full\nor when the input iterable is exhausted.\n\n    >>> for batch in batched('ABCDEFG', 3):\n    ...     print(batch)\n    ...\n    ('A', 'B', 'C')\n    ('D', 'E', 'F')\n    ('G',)\n\nIf \"strict\" is True, raises a ValueError if the final batch is shorter\nthan n.");
iterator_type!(PAIRWISE "pairwise" pairwise_next [pairwise::TABLE] "Return an iterator of overlapping pairs taken from the input iterator.\n\n    s -> (s0,s1), (s1,s2), (s2, s3), ...");
iterator_type!(GROUPBY "groupby" groupby_next [groupby::TABLE] "make an iterator that returns consecutive keys and groups from the iterable\n\niterable\n  Elements to divide into groups according to the key function.\nkey\n  A function for computing the group category for each element.\n  If the key function is not specified or is None, the element itself\n  is used for grouping.");
iterator_type!(GROUPER "_grouper" grouper_next [grouper::TABLE] "", "");
iterator_type!(ZIP_LONGEST "zip_longest" zip_longest_next [zip_longest::TABLE] "Return a zip_longest object whose .__next__() method returns a tuple where\nthe i-th element comes from the i-th iterable argument.  The .__next__()\nmethod continues until the longest iterable in the argument sequence\nis exhausted and then it raises StopIteration.  When the shorter iterables\nare exhausted, the fillvalue is substituted in their place.  The fillvalue\ndefaults to None or can be specified by a keyword argument.", "(*iterables, fillvalue=None)");

fn batched_next(vm: &mut Vm, it: Value) -> Res<Option<Value>> {
    let s = state_of!(it, Batched);
    let Some(source) = s.source.get() else {
        return Ok(None);
    };
    let mut out = vm.new_vec();
    while out.len() < s.size {
        match vm.next(source) {
            Ok(Some(v)) => out.push(vm, v)?,
            Ok(None) => {
                s.source.set(None);
                break;
            }
            Err(r) => {
                s.source.set(None);
                return Err(r);
            }
        }
    }
    if out.is_empty() {
        return Ok(None);
    }
    if s.strict && out.len() < s.size {
        return Err(vm.value_error("batched(): incomplete batch"));
    }
    vm.new_tuple(&out).map(Some)
}

#[derive::natives]
mod batched {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, iterable, n, *, strict=False)")]
    fn new(vm: &mut Vm, class: Value, iterable: Value, n: isize, strict: Option<bool>) -> Res {
        let base = vm.native_type(&BATCHED)?;
        let class = vm.class_arg(class, base)?;
        if n < 1 {
            return Err(vm.value_error("n must be at least one"));
        }
        let source = vm.iter(iterable)?;
        vm.new_payload(
            class,
            Batched {
                source: Cell::new(Some(source)),
                size: n as usize,
                strict: strict.unwrap_or(false),
            },
        )
    }
}

fn pairwise_next(vm: &mut Vm, it: Value) -> Res<Option<Value>> {
    let s = state_of!(it, Pairwise);
    let Some(source) = s.source.get() else {
        return Ok(None);
    };
    let old = match s.old.get() {
        Some(v) => v,
        None => match vm.next_raw(source) {
            Ok(Some(v)) => {
                s.old.set(Some(v));
                // The call may have come back into this iterator.
                if s.source.get().is_none() {
                    s.old.set(None);
                    return Ok(None);
                }
                v
            }
            end => {
                s.source.set(None);
                return end;
            }
        },
    };
    match vm.next_raw(source) {
        Ok(Some(new)) => {
            s.old.set(Some(new));
            vm.new_tuple(&[old, new]).map(Some)
        }
        end => {
            s.source.set(None);
            s.old.set(None);
            end
        }
    }
}

#[derive::natives]
mod pairwise {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, iterable, /)")]
    fn new(vm: &mut Vm, class: Value, iterable: Value) -> Res {
        let base = vm.native_type(&PAIRWISE)?;
        let class = vm.class_arg(class, base)?;
        let source = vm.iter(iterable)?;
        vm.new_payload(
            class,
            Pairwise {
                source: Cell::new(Some(source)),
                old: Cell::new(None),
            },
        )
    }
}

/// Reads one item and its key; false at the end.
fn groupby_step(vm: &mut Vm, s: &Groupby) -> Res<bool> {
    let Some(v) = vm.next(s.source)? else {
        return Ok(false);
    };
    let key = match s.func {
        Some(f) => vm.call_value(f, &[v])?,
        None => v,
    };
    s.value.set(Some(v));
    s.key.set(Some(key));
    Ok(true)
}

fn groupby_next(vm: &mut Vm, it: Value) -> Res<Option<Value>> {
    let s = state_of!(it, Groupby);
    s.group.set(None);
    loop {
        if let Some(key) = s.key.get() {
            let Some(target) = s.target.get() else { break };
            if !vm.eq(target, key)? {
                break;
            }
        }
        if !groupby_step(vm, s)? {
            return Ok(None);
        }
    }
    let Some(key) = s.key.get() else {
        return Ok(None);
    };
    s.target.set(Some(key));
    let class = vm.native_type(&GROUPER)?;
    let group = vm.new_payload(
        class,
        Grouper {
            parent: it,
            target: key,
        },
    )?;
    s.group.set(Some(group));
    vm.new_tuple(&[key, group]).map(Some)
}

fn grouper_next(vm: &mut Vm, it: Value) -> Res<Option<Value>> {
    let g = state_of!(it, Grouper);
    let s = state_of!(g.parent, Groupby);
    if s.group.get() != Some(it) {
        return Ok(None);
    }
    if s.value.get().is_none() && !groupby_step(vm, s)? {
        return Ok(None);
    }
    let Some(key) = s.key.get() else {
        return Ok(None);
    };
    if !vm.eq(g.target, key)? {
        return Ok(None);
    }
    s.key.set(None);
    Ok(s.value.take())
}

#[derive::natives]
mod groupby {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, iterable, key=None)")]
    fn new(vm: &mut Vm, class: Value, iterable: Value, key: Option<Value>) -> Res {
        let base = vm.native_type(&GROUPBY)?;
        let class = vm.class_arg(class, base)?;
        let source = vm.iter(iterable)?;
        vm.new_payload(
            class,
            Groupby {
                source,
                func: key.filter(|k| !k.is_none()),
                target: Cell::new(None),
                key: Cell::new(None),
                value: Cell::new(None),
                group: Cell::new(None),
            },
        )
    }
}

#[derive::natives]
mod grouper {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, parent, tgtkey, /)")]
    fn new(vm: &mut Vm, class: Value, parent: Value, tgtkey: Value) -> Res {
        let base = vm.native_type(&GROUPER)?;
        let class = vm.class_arg(class, base)?;
        let Some(s) = parent.payload::<Groupby>() else {
            let name = vm.argument_kind(parent);
            return Err(vm.type_error(&format!(
                "_grouper() argument 1 must be itertools.groupby, not {name}"
            )));
        };
        let group = vm.new_payload(
            class,
            Grouper {
                parent,
                target: tgtkey,
            },
        )?;
        s.group.set(Some(group));
        Ok(group)
    }
}

fn zip_longest_next(vm: &mut Vm, it: Value) -> Res<Option<Value>> {
    let s = state_of!(it, ZipLongest);
    // SAFETY: `sources` is a list made by this type.
    let sources = unsafe { s.sources.cast::<ListObj>() };
    if s.active.get() == 0 {
        return Ok(None);
    }
    let mut out = vm.new_vec();
    for i in 0..sources.len.get() {
        let source = sources.get(i).unwrap_or(Value::NONE);
        let item = if source.is_none() {
            None
        } else {
            match vm.next(source) {
                Ok(v) => v,
                Err(r) => {
                    s.active.set(0);
                    return Err(r);
                }
            }
        };
        let v = match item {
            Some(v) => v,
            None => {
                if !source.is_none() {
                    let left = s.active.get().saturating_sub(1);
                    s.active.set(left);
                    sources.set(i, Value::NONE);
                    if left == 0 {
                        return Ok(None);
                    }
                }
                s.fill
            }
        };
        out.push(vm, v)?;
    }
    vm.new_tuple(&out).map(Some)
}

#[derive::natives]
mod zip_longest {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, args: Value, kwargs: Option<Value>) -> Res {
        let base = vm.native_type(&ZIP_LONGEST)?;
        let class = vm.class_arg(class, base)?;
        let [fill] = keywords(vm, "zip_longest", ["fillvalue"], kwargs)?;
        let mut sources = vm.new_vec();
        for v in items_of(args) {
            let it = vm.iter(*v)?;
            sources.push(vm, it)?;
        }
        let active = sources.len();
        let sources = vm.list_from_vec(sources)?;
        vm.new_payload(
            class,
            ZipLongest {
                sources,
                active: Cell::new(active),
                fill: fill.unwrap_or(Value::NONE),
            },
        )
    }
}
