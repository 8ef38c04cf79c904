//! Newline translation and `IncrementalNewlineDecoder`.

use super::base::new_io;
use runtime::class::TypeSpec;
use runtime::object::*;
use runtime::payload::{Payload, mark};
use runtime::{Res, Value, Vm};
use std::cell::Cell;
use text::{StrBuf, Units};

/// Kinds of line ends seen.
pub const SEEN_CR: u8 = 1;
pub const SEEN_LF: u8 = 2;
pub const SEEN_CRLF: u8 = 4;

/// Universal newlines across pieces of text.
#[derive(Default)]
pub struct Newlines {
    pub translate: Cell<bool>,
    /// The last piece ended in a carriage return that is held back.
    pub pending_cr: Cell<bool>,
    pub seen: Cell<u8>,
}

impl Newlines {
    pub fn reset(&self) {
        self.pending_cr.set(false);
        self.seen.set(0);
    }

    /// The next piece (a str), translated when asked for; holds back a final carriage return
    /// unless `last`.
    pub fn decode(&self, vm: &mut Vm, piece: Value, last: bool) -> Res {
        let Some(s) = piece.downcast::<StrObj>() else {
            return Err(vm.type_error("decoder should return a string result"));
        };
        let units = s.units();
        let has_cr = text::search::find(units, Units::U8(b"\r")).is_some();
        if !has_cr && !self.pending_cr.get() {
            if self.seen.get() & SEEN_LF == 0
                && text::search::find(units, Units::U8(b"\n")).is_some()
            {
                self.seen.set(self.seen.get() | SEEN_LF);
            }
            return Ok(piece);
        }
        let mut joined = StrBuf::with_capacity(units.len() + 1);
        if self.pending_cr.get() && (last || !units.is_empty()) {
            joined.push('\r' as u32);
            self.pending_cr.set(false);
        }
        let ends_in_cr = !units.is_empty() && units.get(units.len() - 1) == '\r' as u32;
        let keep = if ends_in_cr && !last {
            self.pending_cr.set(true);
            units.len() - 1
        } else {
            units.len()
        };
        joined.push_units(units.slice(0..keep));
        let joined = joined.finish();
        let out = self.translated(joined.units());
        match out {
            Some(o) => vm.new_str_owned(&o.finish()),
            None => vm.new_str_owned(&joined),
        }
    }

    /// Notes the line ends; the text with `\n` for each of them when translating.
    fn translated(&self, units: Units) -> Option<StrBuf> {
        let translate = self.translate.get();
        let mut out = StrBuf::with_capacity(if translate { units.len() } else { 0 });
        let mut seen = self.seen.get();
        let mut i = 0;
        while i < units.len() {
            let c = units.get(i);
            i += 1;
            let c = match c {
                0x0d if i < units.len() && units.get(i) == 0x0a => {
                    i += 1;
                    seen |= SEEN_CRLF;
                    0x0a
                }
                0x0d => {
                    seen |= SEEN_CR;
                    0x0a
                }
                0x0a => {
                    seen |= SEEN_LF;
                    c
                }
                _ => c,
            };
            if translate {
                out.push(c);
            }
        }
        self.seen.set(seen);
        translate.then_some(out)
    }

    /// The `newlines` attribute: None, a str or a tuple of them.
    pub fn seen_value(&self, vm: &mut Vm) -> Res {
        let mut found = Vec::new();
        for (bit, text) in [(SEEN_CR, "\r"), (SEEN_LF, "\n"), (SEEN_CRLF, "\r\n")] {
            if self.seen.get() & bit != 0 {
                found.push(text);
            }
        }
        match found.as_slice() {
            [] => Ok(Value::NONE),
            [one] => vm.new_str(one),
            several => {
                let mut items = vm.new_vec();
                for s in several {
                    let v = vm.new_str(s)?;
                    items.push(vm, v)?;
                }
                vm.new_tuple(&items)
            }
        }
    }
}

struct Decoder {
    /// None (the value) translates text only; none at all is uninitialised.
    decoder: Cell<Option<Value>>,
    state: Newlines,
}

impl Payload for Decoder {
    fn trace(&self, t: &mut gc::Tracer) {
        if let Some(v) = self.decoder.get() {
            mark(t, v);
        }
    }
}

pub static SPEC: TypeSpec = TypeSpec {
    name: "IncrementalNewlineDecoder",
    doc: "Codec used when reading a file in universal newlines mode.\n\nIt wraps another incremental decoder, translating \\r\\n and \\r into \\n.\nIt also records the types of newlines encountered.  When used with\ntranslate=False, it ensures that the newline sequence is returned in\none piece. When used with decoder=None, it expects unicode strings as\ndecode input and translates newlines without first invoking an external\ndecoder.",
    base: None,
    tables: &[methods::TABLE],
    ..super::base::IO_TYPE
};

fn state<'a>(vm: &mut Vm, this: Value) -> Res<(&'a Decoder, Value)> {
    match this.payload::<Decoder>() {
        Some(p) => match p.decoder.get() {
            Some(d) => Ok((p, d)),
            None => Err(vm.value_error("IncrementalNewlineDecoder.__init__() not called")),
        },
        None => Err(vm.type_error("an IncrementalNewlineDecoder is required")),
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, _args: Value, _kwargs: Option<Value>) -> Res {
        new_io(
            vm,
            class,
            Decoder {
                decoder: Cell::new(None),
                state: Newlines::default(),
            },
        )
    }
    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, decoder, translate, errors='strict')")]
    fn init(
        vm: &mut Vm,
        this: Value,
        decoder: Value,
        translate: bool,
        _errors: Option<Value>,
    ) -> Res<()> {
        let Some(p) = this.payload::<Decoder>() else {
            return Err(vm.type_error("an IncrementalNewlineDecoder is required"));
        };
        p.decoder.set(Some(decoder));
        p.state.translate.set(translate);
        p.state.reset();
        Ok(())
    }
    #[native("decode($self, /, input, final=False)")]
    fn decode(vm: &mut Vm, this: Value, input: Value, last: Option<bool>) -> Res {
        let (p, d) = state(vm, this)?;
        let last = last.unwrap_or(false);
        let piece = if d.is_none() {
            input
        } else {
            vm.call_method_str(d, "decode", &[input, Value::bool(last)])?
        };
        if !piece.is_kind(Kind::Str) {
            let name = vm.class_name(piece);
            return Err(vm.type_error(&format!(
                "decoder should return a string result, not '{name}'"
            )));
        }
        p.state.decode(vm, piece, last)
    }
    #[native("getstate($self, /)")]
    fn getstate(vm: &mut Vm, this: Value) -> Res {
        let (p, d) = state(vm, this)?;
        let (buffer, flag) = if d.is_none() {
            (vm.new_bytes(b"")?, Value::int_unchecked(0))
        } else {
            let s = vm.call_method_str(d, "getstate", &[])?;
            let tuple = s.downcast::<TupleObj>();
            match tuple.as_ref().map(|t| t.items()) {
                Some([b, f]) => (*b, *f),
                _ => return Err(vm.type_error("illegal decoder state")),
            }
        };
        let flag = vm.index_i64(flag)? << 1 | i64::from(p.state.pending_cr.get());
        let flag = vm.new_int(flag)?;
        vm.new_tuple(&[buffer, flag])
    }
    #[native("setstate($self, state, /)")]
    fn setstate(vm: &mut Vm, this: Value, state: Value) -> Res {
        let (p, d) = super::state(vm, this)?;
        let Some(t) = state.downcast::<TupleObj>() else {
            return Err(vm.type_error("state argument must be a tuple"));
        };
        let [buffer, flag] = *t.items() else {
            return Err(vm.type_error("setstate(): illegal state argument"));
        };
        let flag = vm.index_i64(flag)?;
        p.state.pending_cr.set(flag & 1 == 1);
        if d.is_none() {
            return Ok(Value::NONE);
        }
        let flag = vm.new_int(flag >> 1)?;
        let inner = vm.new_tuple(&[buffer, flag])?;
        vm.call_method_str(d, "setstate", &[inner])
    }
    #[native("reset($self, /)")]
    fn reset(vm: &mut Vm, this: Value) -> Res {
        let (p, d) = state(vm, this)?;
        p.state.reset();
        if d.is_none() {
            return Ok(Value::NONE);
        }
        vm.call_method_str(d, "reset", &[])
    }
    #[getter("newlines")]
    fn newlines(vm: &mut Vm, this: Value) -> Res {
        let (p, _) = state(vm, this)?;
        p.state.seen_value(vm)
    }
}

/// A newline argument: None, '', '\n', '\r' or '\r\n'.
pub fn newline_arg(vm: &mut Vm, v: Option<Value>, what: &str) -> Res<Option<&'static str>> {
    let v = match v {
        None | Some(Value::NONE) => return Ok(None),
        Some(v) => v,
    };
    if !v.is_kind(Kind::Str) {
        let name = vm.class_name(v);
        return Err(vm.type_error(&format!("{what} must be str or None, not {name}")));
    }
    for known in ["", "\n", "\r", "\r\n"] {
        if vm.str_equals(v, known) {
            return Ok(Some(known));
        }
    }
    let r = vm.display_repr(v)?;
    Err(vm.value_error(&format!("illegal newline value: {r}")))
}

/// End of the first line in `units` from `from`: the index after its line end, or None.
pub fn find_line_end(units: Units, from: usize, mode: LineEnd) -> Option<usize> {
    let rest = units.slice(from..units.len());
    let lf = || text::search::find(rest, Units::U8(b"\n"));
    Some(
        from + match mode {
            LineEnd::Lf => lf()? + 1,
            LineEnd::Cr => text::search::find(rest, Units::U8(b"\r"))? + 1,
            LineEnd::CrLf => text::search::find(rest, Units::U8(b"\r\n"))? + 2,
            LineEnd::Universal => {
                let lf = lf();
                let before = rest.slice(0..lf.unwrap_or(rest.len()));
                match (text::search::find(before, Units::U8(b"\r")), lf) {
                    (Some(cr), _) => {
                        let pair = cr + 1 < rest.len() && rest.get(cr + 1) == 0x0a;
                        cr + 1 + usize::from(pair)
                    }
                    (None, Some(lf)) => lf + 1,
                    (None, None) => return None,
                }
            }
        },
    )
}

/// What ends a line when reading.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LineEnd {
    Lf,
    Cr,
    CrLf,
    Universal,
}

impl LineEnd {
    /// For a `newline` argument.
    pub fn of(newline: Option<&str>) -> LineEnd {
        match newline {
            Some("") => LineEnd::Universal,
            Some("\r") => LineEnd::Cr,
            Some("\r\n") => LineEnd::CrLf,
            _ => LineEnd::Lf,
        }
    }
}

/// ValueError when a stream object is not initialised.
#[cold]
pub fn uninitialized(vm: &mut Vm) -> runtime::Raised {
    vm.value_error("I/O operation on uninitialized object")
}
