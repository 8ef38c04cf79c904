//! Scanners: repeated matching along one string, and the iterator of `finditer`.

use super::matches;
use super::pattern::pattern;
use super::subject::{Mode, Subject};
use runtime::class::{TypeFlags, TypeSpec};
use runtime::object::*;
use runtime::payload::{Payload, mark};
use runtime::{Res, Value, Vm};
use std::cell::Cell;

struct Scanner {
    pattern: Value,
    string: Value,
    pos: usize,
    end: usize,
    /// Where to go on; None after a failure.
    at: Cell<Option<usize>>,
    must_advance: Cell<bool>,
}

impl Payload for Scanner {
    fn trace(&self, t: &mut gc::Tracer) {
        mark(t, self.pattern);
        mark(t, self.string);
    }
}

static SCANNER: TypeSpec = TypeSpec {
    name: "SRE_Scanner",
    module: "_sre",
    tables: &[methods::TABLE],
    flags: TypeFlags::NO_INSTANCES,
    size: size_of::<PayloadObj>(),
    slot_offset: std::mem::offset_of!(PayloadObj, overflow),
    ..TypeSpec::DEFAULT
};

static ITERATOR: TypeSpec = TypeSpec {
    name: "callable_iterator",
    tables: &[iterator::TABLE],
    flags: TypeFlags::NO_INSTANCES,
    size: size_of::<PayloadObj>(),
    slot_offset: std::mem::offset_of!(PayloadObj, overflow),
    iternext: Some(next),
    ..TypeSpec::DEFAULT
};

fn new_state(
    vm: &mut Vm,
    this: Value,
    string: Value,
    pos: Option<isize>,
    endpos: Option<isize>,
    spec: &'static TypeSpec,
) -> Res {
    let p = pattern(vm, this)?;
    let s = Subject::new(vm, p, string)?;
    let (start, end) = s.bounds(pos, endpos);
    drop(s);
    let class = vm.native_type(spec)?;
    vm.new_payload(
        class,
        Scanner {
            pattern: this,
            string,
            pos: start,
            end,
            at: Cell::new(Some(start)),
            must_advance: Cell::new(false),
        },
    )
}

/// `pattern.scanner(...)`.
pub fn make(
    vm: &mut Vm,
    this: Value,
    string: Value,
    pos: Option<isize>,
    endpos: Option<isize>,
) -> Res {
    new_state(vm, this, string, pos, endpos, &SCANNER)
}

/// `pattern.finditer(...)`.
pub fn make_iterator(
    vm: &mut Vm,
    this: Value,
    string: Value,
    pos: Option<isize>,
    endpos: Option<isize>,
) -> Res {
    new_state(vm, this, string, pos, endpos, &ITERATOR)
}

fn advance(vm: &mut Vm, it: Value, mode: Mode) -> Res<Option<Value>> {
    let Some(s) = it.payload::<Scanner>() else {
        return Ok(None);
    };
    let Some(at) = s.at.get() else {
        return Ok(None);
    };
    let p = pattern(vm, s.pattern)?;
    let subject = Subject::new(vm, p, s.string)?;
    let end = s.end.min(subject.len());
    match subject.run(vm, p, mode, (at, end), s.must_advance.get())? {
        Some(f) => {
            s.must_advance.set(f.end() == f.start());
            s.at.set(Some(f.end()));
            matches::make(vm, s.pattern, s.string, (s.pos, s.end), f).map(Some)
        }
        None => {
            s.at.set(None);
            Ok(None)
        }
    }
}

fn next(vm: &mut Vm, it: Value) -> Res<Option<Value>> {
    advance(vm, it, Mode::Search)
}

#[derive::natives]
mod methods {
    use super::*;

    #[native("match($self, /)")]
    fn match_next(vm: &mut Vm, this: Value) -> Res<Option<Value>> {
        advance(vm, this, Mode::Match)
    }
    #[native("search($self, /)")]
    fn search(vm: &mut Vm, this: Value) -> Res<Option<Value>> {
        advance(vm, this, Mode::Search)
    }
    #[member("pattern")]
    fn source(_: &mut Vm, this: Value) -> Res<Option<Value>> {
        Ok(this.payload::<Scanner>().map(|s| s.pattern))
    }
}

#[derive::natives]
mod iterator {
    use super::*;

    /// Implement iter(self).
    #[native("__iter__($self, /)")]
    fn iter(_: &mut Vm, this: Value) -> Res {
        Ok(this)
    }
    /// Implement next(self).
    #[native("__next__($self, /)")]
    fn next_match(vm: &mut Vm, this: Value) -> Res {
        match next(vm, this)? {
            Some(v) => Ok(v),
            None => Err(vm.stop_iteration(Value::NONE)),
        }
    }
}
