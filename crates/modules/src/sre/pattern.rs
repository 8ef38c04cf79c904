//! `re.Pattern`.

use super::matches;
use super::program::Program;
use super::scanner;
use super::subject::{Mode, Subject};
use super::template;
use runtime::class::{TypeFlags, TypeSpec};
use runtime::object::*;
use runtime::payload::{Payload, mark};
use runtime::{Res, Value, Vm};

/// A compiled pattern.
pub struct Pattern {
    pub source: Value,
    pub flags: i64,
    pub groups: usize,
    pub groupindex: Value,
    pub indexgroup: Value,
    pub program: Program,
    /// None: made without a source, fits str and bytes.
    pub is_bytes: Option<bool>,
}

impl Payload for Pattern {
    fn trace(&self, t: &mut gc::Tracer) {
        mark(t, self.source);
        mark(t, self.groupindex);
        mark(t, self.indexgroup);
    }
    fn external_bytes(&self) -> usize {
        self.program.code.len() * 16
    }
}

pub static SPEC: TypeSpec = TypeSpec {
    name: "Pattern",
    module: "re",
    doc: "Compiled regular expression object.",
    tables: &[methods::TABLE, own::TABLE],
    flags: TypeFlags::NO_INSTANCES.union(TypeFlags::HAS_WEAKREF),
    size: size_of::<PayloadObj>(),
    slot_offset: std::mem::offset_of!(PayloadObj, overflow),
    ..TypeSpec::DEFAULT
};

/// `_sre.compile`.
pub fn compile(
    vm: &mut Vm,
    source: Value,
    flags: i64,
    code: Value,
    groups: isize,
    groupindex: Value,
    indexgroup: Value,
) -> Res {
    if !code.is_kind(Kind::List) {
        let name = vm.argument_kind(code);
        return Err(vm.type_error(&format!(
            "compile() argument 'code' must be list, not {name}"
        )));
    }
    let words = vm.collect(code)?;
    let mut codes = Vec::with_capacity(words.len());
    for w in words.iter() {
        match vm.int_to_i64(*w).map(u32::try_from) {
            Some(Ok(c)) => codes.push(c),
            _ => return Err(vm.overflow_error("regular expression code size limit exceeded")),
        }
    }
    if groups < 0 || groups > codes.len() as isize {
        return Err(vm.runtime_error("invalid SRE code"));
    }
    let is_bytes = if source.is_none() {
        None
    } else {
        Some(!source.is_kind(Kind::Str))
    };
    let class = vm.native_type(&SPEC)?;
    vm.new_payload(
        class,
        Pattern {
            source,
            flags,
            groups: groups as usize,
            groupindex,
            indexgroup,
            program: Program::new(codes),
            is_bytes,
        },
    )
}

/// The state behind a Pattern object.
pub fn pattern<'a>(vm: &mut Vm, v: Value) -> Res<&'a Pattern> {
    match v.payload::<Pattern>() {
        Some(p) => Ok(p),
        None => Err(vm.type_error("a compiled pattern is needed")),
    }
}

fn apply(
    vm: &mut Vm,
    this: Value,
    string: Value,
    pos: Option<isize>,
    endpos: Option<isize>,
    mode: Mode,
) -> Res {
    let p = pattern(vm, this)?;
    let s = Subject::new(vm, p, string)?;
    let bounds = s.bounds(pos, endpos);
    match s.run(vm, p, mode, bounds, false)? {
        Some(found) => matches::make(vm, this, string, bounds, found),
        None => Ok(Value::NONE),
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Matches zero or more characters at the beginning of the string.
    #[native("match($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn match_start(
        vm: &mut Vm,
        this: Value,
        string: Value,
        pos: Option<isize>,
        endpos: Option<isize>,
    ) -> Res {
        apply(vm, this, string, pos, endpos, Mode::Match)
    }
    /// Matches against all of the string.
    #[native("fullmatch($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn fullmatch(
        vm: &mut Vm,
        this: Value,
        string: Value,
        pos: Option<isize>,
        endpos: Option<isize>,
    ) -> Res {
        apply(vm, this, string, pos, endpos, Mode::FullMatch)
    }
    /// Scan through string looking for a match, and return a corresponding match object instance.
    ///
    /// Return None if no position in the string matches.
    #[native("search($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn search(
        vm: &mut Vm,
        this: Value,
        string: Value,
        pos: Option<isize>,
        endpos: Option<isize>,
    ) -> Res {
        apply(vm, this, string, pos, endpos, Mode::Search)
    }
    /// Return a list of all non-overlapping matches of pattern in string.
    #[native("findall($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn findall(
        vm: &mut Vm,
        this: Value,
        string: Value,
        pos: Option<isize>,
        endpos: Option<isize>,
    ) -> Res {
        let p = pattern(vm, this)?;
        let s = Subject::new(vm, p, string)?;
        let (mut at, end) = s.bounds(pos, endpos);
        let mut must_advance = false;
        let mut out = vm.new_vec();
        while let Some(f) = s.run(vm, p, Mode::Search, (at, end), must_advance)? {
            let item = match p.groups {
                0 => s.slice(vm, f.start(), f.end())?,
                1 => group_or_empty(vm, &s, &f.marks, 1)?,
                n => {
                    let mut items = vm.new_vec();
                    for g in 1..=n {
                        let v = group_or_empty(vm, &s, &f.marks, g)?;
                        items.push(vm, v)?;
                    }
                    vm.new_tuple(&items)?
                }
            };
            out.push(vm, item)?;
            must_advance = f.end() == f.start();
            at = f.end();
        }
        vm.list_from_vec(out)
    }
    /// Return an iterator over all non-overlapping matches for the RE pattern in string.
    ///
    /// For each match, the iterator returns a match object.
    #[native("finditer($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn finditer(
        vm: &mut Vm,
        this: Value,
        string: Value,
        pos: Option<isize>,
        endpos: Option<isize>,
    ) -> Res {
        scanner::make_iterator(vm, this, string, pos, endpos)
    }
    #[native("scanner($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn scanner(
        vm: &mut Vm,
        this: Value,
        string: Value,
        pos: Option<isize>,
        endpos: Option<isize>,
    ) -> Res {
        scanner::make(vm, this, string, pos, endpos)
    }
    /// Split string by the occurrences of pattern.
    #[native("split($self, /, string, maxsplit=0)")]
    fn split(vm: &mut Vm, this: Value, string: Value, maxsplit: Option<isize>) -> Res {
        let p = pattern(vm, this)?;
        let s = Subject::new(vm, p, string)?;
        let max = maxsplit.unwrap_or(0);
        let (mut at, mut last, mut must_advance, mut n) = (0, 0, false, 0);
        let mut out = vm.new_vec();
        let end = s.len();
        while max == 0 || n < max {
            let Some(f) = s.run(vm, p, Mode::Search, (at, end), must_advance)? else {
                break;
            };
            let piece = s.slice(vm, last, f.start())?;
            out.push(vm, piece)?;
            for g in 1..=p.groups {
                let v = match (f.marks[2 * g], f.marks[2 * g + 1]) {
                    (usize::MAX, _) => Value::NONE,
                    (a, b) => s.slice(vm, a, b)?,
                };
                out.push(vm, v)?;
            }
            n += 1;
            must_advance = f.end() == f.start();
            at = f.end();
            last = at;
        }
        let rest = s.slice(vm, last, end)?;
        out.push(vm, rest)?;
        vm.list_from_vec(out)
    }
    /// Return the string obtained by replacing the leftmost non-overlapping occurrences of pattern in string by the replacement repl.
    #[native("sub($self, /, repl, string, count=0)")]
    fn sub(vm: &mut Vm, this: Value, repl: Value, string: Value, count: Option<isize>) -> Res {
        Ok(template::substitute(vm, this, repl, string, count)?.0)
    }
    /// Return the tuple (new_string, number_of_subs_made) found by replacing the leftmost non-overlapping occurrences of pattern with the replacement repl.
    #[native("subn($self, /, repl, string, count=0)")]
    fn subn(vm: &mut Vm, this: Value, repl: Value, string: Value, count: Option<isize>) -> Res {
        let (v, n) = template::substitute(vm, this, repl, string, count)?;
        vm.new_tuple(&[v, Value::int_unchecked(n as i64)])
    }
    #[native("__copy__($self, /)")]
    fn dunder_copy(_: &mut Vm, this: Value) -> Res {
        Ok(this)
    }
    #[native("__deepcopy__($self, memo, /)")]
    fn dunder_deepcopy(_: &mut Vm, this: Value, _memo: Value) -> Res {
        Ok(this)
    }
    /// Return hash(self).
    #[native("__hash__($self, /)")]
    fn dunder_hash(vm: &mut Vm, this: Value) -> Res<i64> {
        let p = pattern(vm, this)?;
        let h = vm.hash(p.source)?;
        let code: Vec<u8> = p
            .program
            .code
            .iter()
            .flat_map(|c| c.to_ne_bytes())
            .collect();
        let r = h ^ vm.hash_bytes_raw(&code) ^ p.flags ^ p.groups as i64;
        Ok(if r == -1 { -2 } else { r })
    }
    /// Return self==value.
    #[native("__eq__($self, value, /)")]
    fn dunder_eq(vm: &mut Vm, this: Value, value: Value) -> Res {
        same(vm, this, value, true)
    }
    /// Return self!=value.
    #[native("__ne__($self, value, /)")]
    fn dunder_ne(vm: &mut Vm, this: Value, value: Value) -> Res {
        same(vm, this, value, false)
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn dunder_repr(vm: &mut Vm, this: Value) -> Res {
        let p = pattern(vm, this)?;
        let source = vm.repr(p.source)?;
        let source: String = vm.display(source).chars().take(200).collect();
        let mut flags = p.flags;
        if p.source.is_kind(Kind::Str) && flags & (4 | 256 | 32) == 32 {
            flags &= !32;
        }
        let mut names = Vec::new();
        for (bit, name) in [
            (2, "IGNORECASE"),
            (4, "LOCALE"),
            (8, "MULTILINE"),
            (16, "DOTALL"),
            (32, "UNICODE"),
            (64, "VERBOSE"),
            (128, "DEBUG"),
            (256, "ASCII"),
        ] {
            if flags & bit != 0 {
                names.push(format!("re.{name}"));
                flags &= !bit;
            }
        }
        if flags != 0 {
            names.push(format!("0x{flags:x}"));
        }
        let text = if names.is_empty() {
            format!("re.compile({source})")
        } else {
            format!("re.compile({source}, {})", names.join("|"))
        };
        vm.new_str(&text)
    }
}

#[derive::natives]
mod own {
    use super::*;

    /// Patterns are generic over the type of string they handle (str or bytes)
    #[classmethod("__class_getitem__($type, object, /)")]
    fn class_getitem(vm: &mut Vm, class: Value, object: Value) -> Res {
        vm.new_generic_alias(class, object)
    }
    /// The pattern string from which the RE object was compiled.
    #[member("pattern")]
    fn source(vm: &mut Vm, this: Value) -> Res {
        Ok(pattern(vm, this)?.source)
    }
    /// The regex matching flags.
    #[member("flags")]
    fn flags(vm: &mut Vm, this: Value) -> Res<i64> {
        Ok(pattern(vm, this)?.flags)
    }
    /// The number of capturing groups in the pattern.
    #[member("groups")]
    fn groups(vm: &mut Vm, this: Value) -> Res<usize> {
        Ok(pattern(vm, this)?.groups)
    }
    /// A dictionary mapping group names to group numbers.
    #[getter("groupindex")]
    fn groupindex(vm: &mut Vm, this: Value) -> Res {
        let d = pattern(vm, this)?.groupindex;
        vm.new_mapping_proxy(d)
    }
}

/// The text of a group, empty when unset.
fn group_or_empty(vm: &mut Vm, s: &Subject, marks: &[usize], g: usize) -> Res {
    match (marks[2 * g], marks[2 * g + 1]) {
        (usize::MAX, _) => s.slice(vm, 0, 0),
        (a, b) => s.slice(vm, a, b),
    }
}

fn same(vm: &mut Vm, this: Value, value: Value, want: bool) -> Res {
    let (Some(a), Some(b)) = (this.payload::<Pattern>(), value.payload::<Pattern>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let equal = this == value
        || (a.flags == b.flags
            && a.is_bytes == b.is_bytes
            && a.groups == b.groups
            && a.program.code == b.program.code
            && vm.eq(a.source, b.source)?);
    Ok(Value::bool(equal == want))
}
