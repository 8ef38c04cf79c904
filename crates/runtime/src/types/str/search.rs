//! Searching, splitting, stripping, joining.

use super::text_of;
use crate::object::*;
use crate::types::bytes::shared::limit;
use crate::types::bytes::slices::search_bounds;
use crate::value::{Res, Value};
use crate::vm::Vm;
use std::ops::Range;
use text::strip::Side;
use text::{search, split, strip};

fn locate(
    vm: &mut Vm,
    this: Value,
    sub: Value,
    bounds: (Option<Value>, Option<Value>),
    name: &str,
) -> Res<Option<usize>> {
    let needle = match sub.downcast::<StrObj>() {
        Some(s) => s,
        None => vm.need_str(sub, &format!("{name}() argument 1"))?,
    };
    let (start, end) = search_bounds(vm, bounds.0, bounds.1)?;
    let s = text_of(this);
    let Some(range) = search::adjust_indices(start, end, s.len) else {
        return Ok(None);
    };
    let first = range.start;
    let part = s.units().slice(range);
    let found = if name.starts_with('r') {
        search::rfind(part, needle.units())
    } else {
        search::find(part, needle.units())
    };
    Ok(found.map(|i| i + first))
}

fn tail_match(
    vm: &mut Vm,
    this: Value,
    what: Value,
    bounds: (Option<Value>, Option<Value>),
    name: &str,
) -> Res<bool> {
    let (start, end) = search_bounds(vm, bounds.0, bounds.1)?;
    let s = text_of(this);
    let range = search::adjust_indices(start, end, s.len);
    let hit = |v: Ref<StrObj>| match &range {
        Some(r) if name == "endswith" => search::ends_with(s.units().slice(r.clone()), v.units()),
        Some(r) => search::starts_with(s.units().slice(r.clone()), v.units()),
        None => false,
    };
    if let Some(p) = what.downcast::<StrObj>() {
        return Ok(hit(p));
    }
    let Some(t) = what.downcast::<TupleObj>() else {
        let got = vm.class_name(what);
        return Err(vm.type_error(&format!(
            "{name} first arg must be str or a tuple of str, not {got}"
        )));
    };
    for v in t.items() {
        match v.downcast::<StrObj>() {
            Some(p) if hit(p) => return Ok(true),
            Some(_) => {}
            None => {
                let got = vm.class_name(*v);
                return Err(vm.type_error(&format!(
                    "tuple for {name} must only contain str, not {got}"
                )));
            }
        }
    }
    Ok(false)
}

fn stripped(vm: &mut Vm, this: Value, chars: Option<Value>, side: Side, name: &str) -> Res {
    let s = text_of(this);
    let s = s.units();
    let range = match chars {
        None | Some(Value::NONE) => strip::strip_whitespace(s, side),
        Some(v) => match v.downcast::<StrObj>() {
            Some(c) => strip::strip_chars(s, side, c.units()),
            None => {
                return Err(vm.type_error(&format!("{name} arg must be None or str")));
            }
        },
    };
    vm.substring(this, range)
}

/// The separator of a split; None: white space.
fn separator(vm: &mut Vm, sep: Option<Value>) -> Res<Option<Ref<StrObj>>> {
    let Some(v) = sep.filter(|v| !v.is_none()) else {
        return Ok(None);
    };
    let Some(s) = v.downcast::<StrObj>() else {
        let name = vm.class_name(v);
        return Err(vm.type_error(&format!("must be str or None, not {name}")));
    };
    if s.len == 0 {
        return Err(vm.value_error("empty separator"));
    }
    Ok(Some(s))
}

/// The parts of a string as a list.
fn parts(vm: &mut Vm, this: Value, ranges: impl Iterator<Item = Range<usize>>) -> Res {
    let mut out = vm.new_vec();
    for r in ranges {
        let v = vm.substring(this, r)?;
        out.push(vm, v)?;
    }
    vm.list_from_vec(out)
}

fn three(vm: &mut Vm, this: Value, sep: Value, found: Option<Range<usize>>, last: bool) -> Res {
    let n = text_of(this).len;
    let empty = vm.names.empty;
    match found {
        Some(r) => {
            let a = vm.substring(this, 0..r.start)?;
            let c = vm.substring(this, r.end..n)?;
            vm.new_tuple(&[a, sep, c])
        }
        None => {
            let whole = vm.exact_str(this)?;
            if last {
                vm.new_tuple(&[empty, empty, whole])
            } else {
                vm.new_tuple(&[whole, empty, empty])
            }
        }
    }
}

fn part_separator(vm: &mut Vm, sep: Value) -> Res<Ref<StrObj>> {
    let s = vm.need_str(sep, "")?;
    if s.len == 0 {
        return Err(vm.value_error("empty separator"));
    }
    Ok(s)
}

#[derive::natives]
pub mod methods {
    use super::*;

    /// Return the lowest index in S where substring sub is found, such that sub is contained within S[start:end].
    ///
    /// Optional arguments start and end are interpreted as in slice
    /// notation.  Return -1 on failure.
    #[native("find($self, sub[, start[, end]], /)")]
    fn find(
        vm: &mut Vm,
        this: Value,
        sub: Value,
        start: Option<Value>,
        end: Option<Value>,
    ) -> Res<i64> {
        Ok(locate(vm, this, sub, (start, end), "find")?.map_or(-1, |i| i as i64))
    }
    /// Return the highest index in S where substring sub is found, such that sub is contained within S[start:end].
    ///
    /// Optional arguments start and end are interpreted as in slice
    /// notation.  Return -1 on failure.
    #[native("rfind($self, sub[, start[, end]], /)")]
    fn rfind(
        vm: &mut Vm,
        this: Value,
        sub: Value,
        start: Option<Value>,
        end: Option<Value>,
    ) -> Res<i64> {
        Ok(locate(vm, this, sub, (start, end), "rfind")?.map_or(-1, |i| i as i64))
    }
    /// Return the lowest index in S where substring sub is found, such that sub is contained within S[start:end].
    ///
    /// Optional arguments start and end are interpreted as in slice
    /// notation.  Raises ValueError when the substring is not found.
    #[native("index($self, sub[, start[, end]], /)")]
    fn index(
        vm: &mut Vm,
        this: Value,
        sub: Value,
        start: Option<Value>,
        end: Option<Value>,
    ) -> Res<usize> {
        match locate(vm, this, sub, (start, end), "index")? {
            Some(i) => Ok(i),
            None => Err(vm.value_error("substring not found")),
        }
    }
    /// Return the highest index in S where substring sub is found, such that sub is contained within S[start:end].
    ///
    /// Optional arguments start and end are interpreted as in slice
    /// notation.  Raises ValueError when the substring is not found.
    #[native("rindex($self, sub[, start[, end]], /)")]
    fn rindex(
        vm: &mut Vm,
        this: Value,
        sub: Value,
        start: Option<Value>,
        end: Option<Value>,
    ) -> Res<usize> {
        match locate(vm, this, sub, (start, end), "rindex")? {
            Some(i) => Ok(i),
            None => Err(vm.value_error("substring not found")),
        }
    }
    /// Return the number of non-overlapping occurrences of substring sub in string S[start:end].
    ///
    /// Optional arguments start and end are interpreted as in slice
    /// notation.
    #[native("count($self, sub[, start[, end]], /)")]
    fn count(
        vm: &mut Vm,
        this: Value,
        sub: Value,
        start: Option<Value>,
        end: Option<Value>,
    ) -> Res<usize> {
        let needle = vm.need_str(sub, "count() argument 1")?;
        let (start, end) = search_bounds(vm, start, end)?;
        let s = text_of(this);
        Ok(match search::adjust_indices(start, end, s.len) {
            Some(r) => search::count(s.units().slice(r), needle.units()),
            None => 0,
        })
    }
    /// Return True if the string starts with the specified prefix, False otherwise.
    ///
    ///   prefix
    ///     A string or a tuple of strings to try.
    ///   start
    ///     Optional start position. Default: start of the string.
    ///   end
    ///     Optional stop position. Default: end of the string.
    #[native("startswith($self, prefix[, start[, end]], /)")]
    fn startswith(
        vm: &mut Vm,
        this: Value,
        prefix: Value,
        start: Option<Value>,
        end: Option<Value>,
    ) -> Res<bool> {
        tail_match(vm, this, prefix, (start, end), "startswith")
    }
    /// Return True if the string ends with the specified suffix, False otherwise.
    ///
    ///   suffix
    ///     A string or a tuple of strings to try.
    ///   start
    ///     Optional start position. Default: start of the string.
    ///   end
    ///     Optional stop position. Default: end of the string.
    #[native("endswith($self, suffix[, start[, end]], /)")]
    fn endswith(
        vm: &mut Vm,
        this: Value,
        suffix: Value,
        start: Option<Value>,
        end: Option<Value>,
    ) -> Res<bool> {
        tail_match(vm, this, suffix, (start, end), "endswith")
    }
    /// Return a str with the given prefix string removed if present.
    ///
    /// If the string starts with the prefix string, return
    /// string[len(prefix):].  Otherwise, return a copy of the original
    /// string.
    #[native("removeprefix($self, prefix, /)")]
    fn removeprefix(vm: &mut Vm, this: Value, prefix: Value) -> Res {
        let p = vm.need_str(prefix, "removeprefix() argument")?;
        let s = text_of(this);
        let start = if search::starts_with(s.units(), p.units()) {
            p.len
        } else {
            0
        };
        vm.substring(this, start..s.len)
    }
    /// Return a str with the given suffix string removed if present.
    ///
    /// If the string ends with the suffix string and that suffix is not
    /// empty, return string[:-len(suffix)].  Otherwise, return a copy of
    /// the original string.
    #[native("removesuffix($self, suffix, /)")]
    fn removesuffix(vm: &mut Vm, this: Value, suffix: Value) -> Res {
        let p = vm.need_str(suffix, "removesuffix() argument")?;
        let s = text_of(this);
        let end = if search::ends_with(s.units(), p.units()) {
            s.len - p.len
        } else {
            s.len
        };
        vm.substring(this, 0..end)
    }
    /// Return a copy of the string with leading and trailing whitespace removed.
    ///
    /// If chars is given and not None, remove characters in chars instead.
    #[native("strip($self, chars=None, /)")]
    fn strip(vm: &mut Vm, this: Value, chars: Option<Value>) -> Res {
        stripped(vm, this, chars, Side::Both, "strip")
    }
    /// Return a copy of the string with leading whitespace removed.
    ///
    /// If chars is given and not None, remove characters in chars instead.
    #[native("lstrip($self, chars=None, /)")]
    fn lstrip(vm: &mut Vm, this: Value, chars: Option<Value>) -> Res {
        stripped(vm, this, chars, Side::Left, "lstrip")
    }
    /// Return a copy of the string with trailing whitespace removed.
    ///
    /// If chars is given and not None, remove characters in chars instead.
    #[native("rstrip($self, chars=None, /)")]
    fn rstrip(vm: &mut Vm, this: Value, chars: Option<Value>) -> Res {
        stripped(vm, this, chars, Side::Right, "rstrip")
    }
    /// Return a list of the substrings in the string, using sep as the separator string.
    ///
    ///   sep
    ///     The separator used to split the string.
    ///
    ///     When set to None (the default value), will split on any
    ///     whitespace character (including \n \r \t \f and spaces) and
    ///     will discard empty strings from the result.
    ///   maxsplit
    ///     Maximum number of splits.
    ///     -1 (the default value) means no limit.
    ///
    /// Splitting starts at the front of the string and works to the end.
    ///
    /// Note, str.split() is mainly useful for data that has been
    /// intentionally delimited.  With natural text that includes
    /// punctuation, consider using the regular expression module.
    #[native("split($self, /, sep=None, maxsplit=-1)")]
    fn split(vm: &mut Vm, this: Value, sep: Option<Value>, maxsplit: Option<Value>) -> Res {
        let max = limit(vm, maxsplit)?;
        let s = text_of(this);
        match separator(vm, sep)? {
            Some(sep) => parts(vm, this, split::split(s.units(), sep.units(), max)),
            None => parts(vm, this, split::split_whitespace(s.units(), max)),
        }
    }
    /// Return a list of the substrings in the string, using sep as the separator string.
    ///
    ///   sep
    ///     The separator used to split the string.
    ///
    ///     When set to None (the default value), will split on any
    ///     whitespace character (including \n \r \t \f and spaces) and
    ///     will discard empty strings from the result.
    ///   maxsplit
    ///     Maximum number of splits.
    ///     -1 (the default value) means no limit.
    ///
    /// Splitting starts at the end of the string and works to the front.
    #[native("rsplit($self, /, sep=None, maxsplit=-1)")]
    fn rsplit(vm: &mut Vm, this: Value, sep: Option<Value>, maxsplit: Option<Value>) -> Res {
        let max = limit(vm, maxsplit)?;
        let s = text_of(this);
        let mut ranges: Vec<_> = match separator(vm, sep)? {
            Some(sep) => split::rsplit(s.units(), sep.units(), max).collect(),
            None => split::rsplit_whitespace(s.units(), max).collect(),
        };
        ranges.reverse();
        parts(vm, this, ranges.into_iter())
    }
    /// Return a list of the lines in the string, breaking at line boundaries.
    ///
    /// Line breaks are not included in the resulting list unless keepends
    /// is given and true.
    #[native("splitlines($self, /, keepends=False)")]
    fn splitlines(vm: &mut Vm, this: Value, keepends: Option<bool>) -> Res {
        let s = text_of(this);
        parts(
            vm,
            this,
            split::splitlines(s.units(), keepends.unwrap_or(false)),
        )
    }
    /// Partition the string into three parts using the given separator.
    ///
    /// This will search for the separator in the string.  If the separator
    /// is found, returns a 3-tuple containing the part before the
    /// separator, the separator itself, and the part after it.
    ///
    /// If the separator is not found, returns a 3-tuple containing
    /// the original string and two empty strings.
    #[native("partition($self, sep, /)")]
    fn partition(vm: &mut Vm, this: Value, sep: Value) -> Res {
        let s = part_separator(vm, sep)?;
        let found = split::partition(text_of(this).units(), s.units());
        three(vm, this, sep, found, false)
    }
    /// Partition the string into three parts using the given separator.
    ///
    /// This will search for the separator in the string, starting at the
    /// end.  If the separator is found, returns a 3-tuple containing the
    /// part before the separator, the separator itself, and the part after
    /// it.
    ///
    /// If the separator is not found, returns a 3-tuple containing two
    /// empty strings and the original string.
    #[native("rpartition($self, sep, /)")]
    fn rpartition(vm: &mut Vm, this: Value, sep: Value) -> Res {
        let s = part_separator(vm, sep)?;
        let found = split::rpartition(text_of(this).units(), s.units());
        three(vm, this, sep, found, true)
    }
    /// Return a copy with all occurrences of substring old replaced by new.
    ///
    ///   count
    ///     Maximum number of occurrences to replace.
    ///     -1 (the default value) means replace all occurrences.
    ///
    /// If the optional argument count is given, only the first count occurrences are
    /// replaced.
    #[native("replace($self, old, new, /, count=-1)")]
    fn replace(vm: &mut Vm, this: Value, old: Value, new: Value, count: Option<Value>) -> Res {
        let old = vm.need_str(old, "replace() argument 1")?;
        let new = vm.need_str(new, "replace() argument 2")?;
        let max = limit(vm, count)?;
        let r = search::replace(text_of(this).units(), old.units(), new.units(), max);
        vm.changed(this, r)
    }
    /// Concatenate any number of strings.
    ///
    /// The string whose method is called is inserted in between each given
    /// string.  The result is returned as a new string.
    ///
    /// Example: '.'.join(['ab', 'pq', 'rs']) -> 'ab.pq.rs'
    #[native("join($self, iterable, /)")]
    fn join(vm: &mut Vm, this: Value, iterable: Value) -> Res {
        // Joining runs no Python code, so that the items can stay where they are.
        if iterable.is_exact(Kind::List) {
            // SAFETY: checked above.
            return vm.join_str(this, unsafe { iterable.cast::<ListObj>() }.items_now());
        }
        if iterable.is_exact(Kind::Tuple) {
            // SAFETY: checked above.
            return vm.join_str(this, unsafe { (*iterable.ptr::<TupleObj>()).items() });
        }
        let items = vm.sequence_fast(iterable, "can only join an iterable")?;
        vm.join_str(this, &items)
    }
}
