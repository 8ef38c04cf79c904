//! The text that a pattern is applied to.

use super::engine::{Machine, Stop, UNSET};
use super::pattern::Pattern;
use runtime::buffer::Buffer;
use runtime::object::*;
use runtime::{Res, Value, Vm};
use text::{Unit, Units};

/// A str, or the bytes of a bytes-like object.
pub struct Subject {
    pub value: Value,
    buffer: Option<Buffer>,
}

/// What the engine is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Match,
    FullMatch,
    Search,
}

/// A match: spans of the whole and of each group.
pub struct Found {
    /// Start and end of the match, then of each group; `usize::MAX` when unset.
    pub marks: Vec<usize>,
    /// 0: no group was closed.
    pub lastindex: usize,
}

impl Found {
    pub fn start(&self) -> usize {
        self.marks[0]
    }
    pub fn end(&self) -> usize {
        self.marks[1]
    }
}

impl Subject {
    /// The subject for a string argument; TypeError when the pattern is of the other kind.
    pub fn new(vm: &mut Vm, p: &Pattern, value: Value) -> Res<Subject> {
        if value.is_kind(Kind::Str) {
            if p.is_bytes == Some(true) {
                return Err(vm.type_error("cannot use a bytes pattern on a string-like object"));
            }
            return Ok(Subject {
                value,
                buffer: None,
            });
        }
        if !vm.has_buffer(value) {
            let name = vm.class_name(value);
            return Err(vm.type_error(&format!(
                "expected string or bytes-like object, got '{name}'"
            )));
        }
        if p.is_bytes == Some(false) {
            return Err(vm.type_error("cannot use a string pattern on a bytes-like object"));
        }
        let buffer = vm.get_buffer(value)?;
        Ok(Subject {
            value,
            buffer: Some(buffer),
        })
    }

    pub fn is_bytes(&self) -> bool {
        self.buffer.is_some()
    }

    pub fn units(&self) -> Units<'_> {
        match &self.buffer {
            Some(b) => Units::U8(b.as_slice()),
            // SAFETY: a subject without a buffer is a str, which its value keeps alive.
            None => unsafe { (*self.value.ptr::<StrObj>()).units() },
        }
    }

    pub fn len(&self) -> usize {
        self.units().len()
    }

    /// The part in a range, as str or bytes.
    pub fn slice(&self, vm: &mut Vm, start: usize, end: usize) -> Res {
        let (start, end) = (start.min(self.len()), end.min(self.len()));
        let end = end.max(start);
        match &self.buffer {
            None => vm.substring(self.value, start..end),
            Some(b) => {
                if self.value.is_exact(Kind::Bytes) && start == 0 && end == b.len() {
                    return Ok(self.value);
                }
                vm.new_bytes(&b.as_slice()[start..end])
            }
        }
    }

    /// Clips the `pos` and `endpos` arguments.
    pub fn bounds(&self, pos: Option<isize>, endpos: Option<isize>) -> (usize, usize) {
        let n = self.len();
        let clip = |i: isize| (i.max(0) as usize).min(n);
        let start = clip(pos.unwrap_or(0));
        let end = clip(endpos.unwrap_or(isize::MAX));
        (start, end)
    }

    /// Applies the pattern.
    pub fn run(
        &self,
        vm: &mut Vm,
        p: &Pattern,
        mode: Mode,
        (start, end): (usize, usize),
        must_advance: bool,
    ) -> Res<Option<Found>> {
        if start > end || end > self.len() {
            return Ok(None);
        }
        let r = match self.units() {
            Units::U8(s) => run(vm, p, s, mode, start, end, must_advance),
            Units::U16(s) => run(vm, p, s, mode, start, end, must_advance),
            Units::U32(s) => run(vm, p, s, mode, start, end, must_advance),
        };
        match r {
            Ok(found) => Ok(found),
            Err(Stop::Interrupted) => Err(runtime::Raised),
            Err(Stop::Memory) => Err(vm.memory_error()),
        }
    }
}

fn run<T: Unit>(
    vm: &mut Vm,
    p: &Pattern,
    s: &[T],
    mode: Mode,
    start: usize,
    end: usize,
    must_advance: bool,
) -> Result<Option<Found>, Stop> {
    let mut interrupt = || vm.poll != 0 && vm.run_signal_handlers().is_err();
    let mut m = Machine::new(&p.program, &s[..end], p.groups, &mut interrupt);
    m.match_all = mode == Mode::FullMatch;
    m.must_advance = if must_advance { start } else { UNSET };
    let span = match mode {
        Mode::Search => m.search(&p.program.code, start)?,
        _ => m.match_at(start)?.map(|e| (start, e)),
    };
    Ok(span.map(|(a, b)| {
        let mut marks = Vec::with_capacity(2 + p.groups * 2);
        marks.extend([a, b]);
        marks.extend_from_slice(&m.marks);
        for pair in marks.chunks_exact_mut(2) {
            // A group that was begun again but not ended is unset.
            if pair[0] == UNSET || pair[1] == UNSET || pair[0] > pair[1] {
                pair.fill(UNSET);
            }
        }
        Found {
            marks,
            lastindex: m.lastindex as usize,
        }
    }))
}
