//! `re.Match`.

use super::pattern::{Pattern, pattern};
use super::subject::{Found, Subject};
use super::template;
use runtime::class::{TypeFlags, TypeSpec};
use runtime::object::*;
use runtime::payload::{Payload, mark};
use runtime::{Res, Value, Vm};

/// A match.
pub struct Match {
    pub pattern: Value,
    pub string: Value,
    pos: usize,
    endpos: usize,
    found: Found,
}

impl Payload for Match {
    fn trace(&self, t: &mut gc::Tracer) {
        mark(t, self.pattern);
        mark(t, self.string);
    }
}

pub static SPEC: TypeSpec = TypeSpec {
    name: "Match",
    module: "re",
    doc: "The result of re.match() and re.search().\nMatch objects always have a boolean value of True.",
    tables: &[methods::TABLE, own::TABLE],
    flags: TypeFlags::NO_INSTANCES,
    size: size_of::<PayloadObj>(),
    slot_offset: std::mem::offset_of!(PayloadObj, overflow),
    ..TypeSpec::DEFAULT
};

/// A match object.
pub fn make(
    vm: &mut Vm,
    pattern: Value,
    string: Value,
    (pos, endpos): (usize, usize),
    found: Found,
) -> Res {
    let class = vm.native_type(&SPEC)?;
    vm.new_payload(
        class,
        Match {
            pattern,
            string,
            pos,
            endpos,
            found,
        },
    )
}

fn state<'a>(vm: &mut Vm, v: Value) -> Res<&'a Match> {
    match v.payload::<Match>() {
        Some(m) => Ok(m),
        None => Err(vm.type_error("a match is needed")),
    }
}

impl Match {
    pub fn span(&self, g: usize) -> Option<(usize, usize)> {
        let (a, b) = (
            *self.found.marks.get(2 * g)?,
            *self.found.marks.get(2 * g + 1)?,
        );
        (a != usize::MAX).then_some((a, b))
    }
    fn re<'a>(&self, vm: &mut Vm) -> Res<&'a Pattern> {
        pattern(vm, self.pattern)
    }
    /// The text of a group, or `default`.
    pub fn text(&self, vm: &mut Vm, g: usize, default: Value) -> Res {
        let Some((a, b)) = self.span(g) else {
            return Ok(default);
        };
        if self.string.is_kind(Kind::Str) {
            let n = self.string.downcast::<StrObj>().map_or(0, |s| s.len);
            return vm.substring(self.string, a.min(n)..b.min(n));
        }
        let p = self.re(vm)?;
        Subject::new(vm, p, self.string)?.slice(vm, a, b)
    }
    /// The number of a group given by number or name.
    fn index(&self, vm: &mut Vm, v: Value) -> Res<usize> {
        let p = self.re(vm)?;
        let mut n = None;
        if vm.is_int(v) || vm.special(v, vm.names.__index__).is_some() {
            let i = vm.index(v)?;
            n = vm.int_to_i64(i);
        } else if let Some(d) = p.groupindex.downcast::<DictObj>() {
            match vm.dict_get(d, v) {
                Ok(Some(i)) => n = vm.int_to_i64(i),
                Ok(None) => {}
                Err(_) => vm.raised = None,
            }
        }
        match n {
            Some(n) if n >= 0 && n as usize <= p.groups => Ok(n as usize),
            _ => Err(vm.index_error("no such group")),
        }
    }
}

fn optional_group(vm: &mut Vm, m: &Match, group: Option<Value>) -> Res<usize> {
    match group {
        Some(g) => m.index(vm, g),
        None => Ok(0),
    }
}

fn pair(vm: &mut Vm, span: Option<(usize, usize)>) -> Res {
    let (a, b) = span.map_or((-1, -1), |(a, b)| (a as i64, b as i64));
    vm.new_tuple(&[Value::int_unchecked(a), Value::int_unchecked(b)])
}

#[derive::natives]
mod methods {
    use super::*;

    /// Return index of the start of the substring matched by group.
    #[native("start($self, group=0, /)")]
    fn start(vm: &mut Vm, this: Value, group: Option<Value>) -> Res<i64> {
        let m = state(vm, this)?;
        let g = optional_group(vm, m, group)?;
        Ok(m.span(g).map_or(-1, |s| s.0 as i64))
    }
    /// Return index of the end of the substring matched by group.
    #[native("end($self, group=0, /)")]
    fn end(vm: &mut Vm, this: Value, group: Option<Value>) -> Res<i64> {
        let m = state(vm, this)?;
        let g = optional_group(vm, m, group)?;
        Ok(m.span(g).map_or(-1, |s| s.1 as i64))
    }
    /// For match object m, return the 2-tuple (m.start(group), m.end(group)).
    #[native("span($self, group=0, /)")]
    fn span(vm: &mut Vm, this: Value, group: Option<Value>) -> Res {
        let m = state(vm, this)?;
        let g = optional_group(vm, m, group)?;
        pair(vm, m.span(g))
    }
    /// Return a tuple containing all the subgroups of the match, from 1.
    ///
    ///   default
    ///     Is used for groups that did not participate in the match.
    #[native("groups($self, /, default=None)")]
    fn groups(vm: &mut Vm, this: Value, default: Option<Value>) -> Res {
        let m = state(vm, this)?;
        let default = default.unwrap_or(Value::NONE);
        let n = m.re(vm)?.groups;
        let mut out = vm.new_vec();
        for g in 1..=n {
            let v = m.text(vm, g, default)?;
            out.push(vm, v)?;
        }
        vm.new_tuple(&out)
    }
    /// Return a dictionary containing all the named subgroups of the match, keyed by the subgroup name.
    ///
    ///   default
    ///     Is used for groups that did not participate in the match.
    #[native("groupdict($self, /, default=None)")]
    fn groupdict(vm: &mut Vm, this: Value, default: Option<Value>) -> Res {
        let m = state(vm, this)?;
        let default = default.unwrap_or(Value::NONE);
        let d = vm.new_dict()?.value();
        let index = m.re(vm)?.groupindex;
        let names = vm.collect(index)?;
        for name in names.iter() {
            let g = m.index(vm, *name)?;
            let v = m.text(vm, g, default)?;
            vm.dict_set(d, *name, v)?;
        }
        Ok(d)
    }
    /// Return the string obtained by doing backslash substitution on the string template, as done by the sub() method.
    #[native("expand($self, /, template)")]
    fn expand(vm: &mut Vm, this: Value, template: Value) -> Res {
        let m = state(vm, this)?;
        let t = template::compiled(vm, m.pattern, template)?;
        template::expand(vm, t, this)
    }
    /// Return self[key].
    #[native("__getitem__($self, key, /)")]
    fn dunder_getitem(vm: &mut Vm, this: Value, key: Value) -> Res {
        let m = state(vm, this)?;
        let g = m.index(vm, key)?;
        m.text(vm, g, Value::NONE)
    }
    #[native("__copy__($self, /)")]
    fn dunder_copy(_: &mut Vm, this: Value) -> Res {
        Ok(this)
    }
    #[native("__deepcopy__($self, memo, /)")]
    fn dunder_deepcopy(_: &mut Vm, this: Value, _memo: Value) -> Res {
        Ok(this)
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn dunder_repr(vm: &mut Vm, this: Value) -> Res {
        let m = state(vm, this)?;
        let whole = m.text(vm, 0, Value::NONE)?;
        let shown = vm.repr(whole)?;
        let shown: String = vm.display(shown).chars().take(50).collect();
        vm.new_str(&format!(
            "<re.Match object; span=({}, {}), match={shown}>",
            m.found.start(),
            m.found.end()
        ))
    }
}

#[derive::natives]
mod own {
    use super::*;

    /// Matches are generic over the type of string which was matched (str or bytes)
    #[classmethod("__class_getitem__($type, object, /)")]
    fn class_getitem(vm: &mut Vm, class: Value, object: Value) -> Res {
        vm.new_generic_alias(class, object)
    }
    /// group([group1, ...]) -> str or tuple.
    ///     Return subgroup(s) of the match by indices or names.
    ///     For 0 returns the entire match.
    #[native("group($self, *args)", nosig)]
    fn group(vm: &mut Vm, this: Value, args: Value) -> Res {
        let m = state(vm, this)?;
        let Some(t) = args.downcast::<TupleObj>() else {
            return m.text(vm, 0, Value::NONE);
        };
        match t.items() {
            [] => m.text(vm, 0, Value::NONE),
            [one] => {
                let g = m.index(vm, *one)?;
                m.text(vm, g, Value::NONE)
            }
            many => {
                let mut out = vm.new_vec();
                for v in many {
                    let g = m.index(vm, *v)?;
                    let v = m.text(vm, g, Value::NONE)?;
                    out.push(vm, v)?;
                }
                vm.new_tuple(&out)
            }
        }
    }
    /// The string passed to match() or search().
    #[member("string")]
    fn string(vm: &mut Vm, this: Value) -> Res {
        Ok(state(vm, this)?.string)
    }
    /// The regular expression object.
    #[member("re")]
    fn re(vm: &mut Vm, this: Value) -> Res {
        Ok(state(vm, this)?.pattern)
    }
    /// The index into the string at which the RE engine started looking for a match.
    #[member("pos")]
    fn pos(vm: &mut Vm, this: Value) -> Res<usize> {
        Ok(state(vm, this)?.pos)
    }
    /// The index into the string beyond which the RE engine will not go.
    #[member("endpos")]
    fn endpos(vm: &mut Vm, this: Value) -> Res<usize> {
        Ok(state(vm, this)?.endpos)
    }
    /// The integer index of the last matched capturing group.
    #[getter("lastindex")]
    fn lastindex(vm: &mut Vm, this: Value) -> Res<Option<usize>> {
        let n = state(vm, this)?.found.lastindex;
        Ok((n > 0).then_some(n))
    }
    /// The name of the last matched capturing group.
    #[getter("lastgroup")]
    fn lastgroup(vm: &mut Vm, this: Value) -> Res {
        let m = state(vm, this)?;
        let names = m.re(vm)?.indexgroup;
        let n = m.found.lastindex;
        Ok(names
            .downcast::<TupleObj>()
            .filter(|_| n > 0)
            .and_then(|t| t.items().get(n).copied())
            .unwrap_or(Value::NONE))
    }
    #[getter("regs")]
    fn regs(vm: &mut Vm, this: Value) -> Res {
        let m = state(vm, this)?;
        let mut out = vm.new_vec();
        for g in 0..m.found.marks.len() / 2 {
            let v = pair(vm, m.span(g))?;
            out.push(vm, v)?;
        }
        vm.new_tuple(&out)
    }
}
