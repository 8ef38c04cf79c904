//! `itertools`, a file a family of iterators.

mod combinatoric;
mod grouping;
mod infinite;
mod selecting;
mod tee;

use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "itertools",
    doc: "Functional tools for creating and using iterators.\n\nInfinite iterators:\ncount(start=0, step=1) --> start, start+step, start+2*step, ...\ncycle(p) --> p0, p1, ... plast, p0, p1, ...\nrepeat(elem [,n]) --> elem, elem, elem, ... endlessly or up to n times\n\nIterators terminating on the shortest input sequence:\naccumulate(p[, func]) --> p0, p0+p1, p0+p1+p2\nbatched(p, n) --> [p0, p1, ..., p_n-1], [p_n, p_n+1, ..., p_2n-1], ...\nchain(p, q, ...) --> p0, p1, ... plast, q0, q1, ...\nchain.from_iterable([p, q, ...]) --> p0, p1, ... plast, q0, q1, ...\ncompress(data, selectors) --> (d[0] if s[0]), (d[1] if s[1]), ...\ndropwhile(predicate, seq) --> seq[n], seq[n+1], starting when predicate fails\ngroupby(iterable[, keyfunc]) --> sub-iterators grouped by value of keyfunc(v)\nfilterfalse(predicate, seq) --> elements of seq where predicate(elem) is False\nislice(seq, [start,] stop [, step]) --> elements from\n       seq[start:stop:step]\npairwise(s) --> (s[0],s[1]), (s[1],s[2]), (s[2], s[3]), ...\nstarmap(fun, seq) --> fun(*seq[0]), fun(*seq[1]), ...\ntee(it, n) --> (it1, it2 , ... itn) splits one iterator into n\ntakewhile(predicate, seq) --> seq[0], seq[1], until predicate fails\nzip_longest(p, q, ...) --> (p[0], q[0]), (p[1], q[1]), ...\n\nCombinatoric generators:\nproduct(p, q, ... [repeat=1]) --> cartesian product\npermutations(p[, r])\ncombinations(p, r)\ncombinations_with_replacement(p, r)\n",
    functions: &[tee::functions::TABLE],
    init,
};

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    for spec in [
        &infinite::COUNT,
        &infinite::CYCLE,
        &infinite::REPEAT,
        &selecting::ACCUMULATE,
        &selecting::CHAIN,
        &selecting::COMPRESS,
        &selecting::DROPWHILE,
        &selecting::TAKEWHILE,
        &selecting::FILTERFALSE,
        &selecting::STARMAP,
        &selecting::ISLICE,
        &grouping::BATCHED,
        &grouping::PAIRWISE,
        &grouping::GROUPBY,
        &grouping::GROUPER,
        &grouping::ZIP_LONGEST,
        &combinatoric::PRODUCT,
        &combinatoric::PERMUTATIONS,
        &combinatoric::COMBINATIONS,
        &combinatoric::COMBINATIONS_WITH_REPLACEMENT,
        &tee::TEE,
    ] {
        vm.module_add_type(m, spec)?;
    }
    Ok(())
}

/// What all these iterators have.
#[derive::natives]
pub mod common {
    use super::*;

    /// Implement iter(self).
    #[native("__iter__($self, /)")]
    fn iter(_: &mut Vm, this: Value) -> Res {
        Ok(this)
    }
    /// Implement next(self).
    #[native("__next__($self, /)")]
    fn next(vm: &mut Vm, this: Value) -> Res {
        let class = vm.class_of(this);
        // A subclass may be asked through super().__next__: the builtin function is found on the
        // base that has it.
        let step = class.mro_items().iter().find_map(|c| {
            c.downcast::<runtime::class::TypeObj>()
                .and_then(|c| c.spec.get())
                .and_then(|s| s.iternext)
        });
        let item = match step {
            Some(f) => f(vm, this)?,
            None => None,
        };
        match item {
            Some(v) => Ok(v),
            None => Err(vm.stop_iteration(Value::NONE)),
        }
    }
}

/// The signature of a type, when its constructor's does not say it.
macro_rules! signature {
    () => {
        None
    };
    ($text:literal) => {
        Some($text)
    };
}
pub(crate) use signature;

/// Declares the type of an iterator of this module.
macro_rules! iterator_type {
    ($name:ident $text:literal $next:ident [$($table:expr),*] $doc:literal $(, $signature:literal)?) => {
        pub static $name: runtime::class::TypeSpec = $crate::payloads::payload_type! {
            name: $text,
            module: "itertools",
            doc: $doc,
            signature: $crate::itertools::signature!($($signature)?),
            flags: runtime::class::TypeFlags::BASE,
            iternext: Some($next),
            tables: &[$crate::itertools::common::TABLE $(, $table)*],
        };
    };
}
pub(crate) use iterator_type;

/// The payload of an iterator of this module.
macro_rules! state_of {
    ($it:expr, $t:ty) => {
        match $it.payload::<$t>() {
            Some(s) => s,
            None => return Ok(None),
        }
    };
}
pub(crate) use state_of;

/// The items of an `*args` tuple.
pub fn items_of<'a>(args: Value) -> &'a [Value] {
    // SAFETY: *args is a tuple, kept alive by the caller's stack.
    unsafe { &*(args.cast::<TupleObj>().items() as *const [Value]) }
}

/// The keyword arguments, each of which must be in `names`; their values in that order.
pub fn keywords<const N: usize>(
    vm: &mut Vm,
    function: &str,
    names: [&str; N],
    kwargs: Option<Value>,
) -> Res<[Option<Value>; N]> {
    let mut found = [None; N];
    let Some(d) = kwargs.and_then(|k| k.downcast::<DictObj>()) else {
        return Ok(found);
    };
    let mut i = 0;
    while let Some((at, e)) = runtime::dict::next_entry(d, i) {
        i = at + 1;
        let key = e.key.unwrap_or(Value::NONE);
        match names.iter().position(|n| vm.str_equals(key, n)) {
            Some(n) => found[n] = e.value,
            None => {
                let key = vm.display(key);
                return Err(vm.type_error(&format!(
                    "{function}() got an unexpected keyword argument '{key}'"
                )));
            }
        }
    }
    Ok(found)
}
