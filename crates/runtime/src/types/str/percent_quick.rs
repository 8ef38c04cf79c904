//! `str % args` for the formats and arguments of most programs: ASCII, small ints, strs and floats,
//! widths of at most two digits. The text is made on the native stack.

use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;
use num::float_text::fixed_quick;
use num::format_num::format_small;

/// Longer results are made in the general way.
const ROOM: usize = 256;

struct Short {
    bytes: [u8; ROOM],
    len: usize,
}

impl Short {
    /// Appends; None: there is no room.
    fn add(&mut self, s: &[u8]) -> Option<()> {
        let end = self.len + s.len();
        self.bytes.get_mut(self.len..end)?.copy_from_slice(s);
        self.len = end;
        Some(())
    }
    fn spaces(&mut self, n: usize) -> Option<()> {
        let end = self.len + n;
        self.bytes.get_mut(self.len..end)?.fill(b' ');
        self.len = end;
        Some(())
    }
    fn add_padded(&mut self, s: &[u8], width: usize, left: bool) -> Option<()> {
        let fill = width.saturating_sub(s.len());
        if !left {
            self.spaces(fill)?;
        }
        self.add(s)?;
        if left {
            self.spaces(fill)?;
        }
        Some(())
    }
}

/// A number of at most two digits; 0 when there are none.
fn small_number(digits: &[u8]) -> Option<usize> {
    match digits {
        [] => Some(0),
        [d @ b'0'..=b'9'] => Some(usize::from(d - b'0')),
        [t @ b'1'..=b'9', d @ b'0'..=b'9'] => Some(usize::from((t - b'0') * 10 + d - b'0')),
        _ => None,
    }
}

/// `%d`, `%x` and their likes.
fn add_int(out: &mut Short, spec: &[u8], kind: u8, v: Value) -> Option<()> {
    let n = v.as_small_int()?;
    if !spec.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let mut whole = [kind; 4];
    whole.get_mut(..spec.len())?.copy_from_slice(spec);
    let whole = whole.get(..spec.len() + 1)?;
    out.add(format_small(n, whole)?.as_bytes())
}

/// `%s`.
fn add_str(out: &mut Short, spec: &[u8], v: Value) -> Option<()> {
    let (left, digits) = match spec {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, spec),
    };
    let width = small_number(digits).filter(|_| digits != b"0")?;
    if let Some(n) = v.as_small_int() {
        return out.add_padded(format_small(n, b"")?.as_bytes(), width, left);
    }
    if !v.is_exact(Kind::Str) {
        return None;
    }
    let s = v.downcast::<StrObj>()?;
    out.add_padded(s.as_ascii()?.as_bytes(), width, left)
}

/// `%f`.
fn add_float(out: &mut Short, spec: &[u8], v: Value) -> Option<()> {
    let f = v.as_float()?;
    let (width, precision) = match spec.iter().position(|c| *c == b'.') {
        Some(i) => (&spec[..i], small_number(&spec[i + 1..])?),
        None => (spec, 6),
    };
    let width = small_number(width).filter(|_| width != b"0")?;
    out.add_padded(fixed_quick(f, precision)?.as_bytes(), width, false)
}

impl Vm {
    /// `format % args`; None: there is something unusual, and nothing was done.
    pub(super) fn percent_quick(&mut self, format: Value, args: Value) -> Option<Res> {
        let f = format.downcast::<StrObj>()?;
        let f = f.as_ascii()?.as_bytes();
        let tuple = args
            .downcast::<TupleObj>()
            .filter(|_| args.is_exact(Kind::Tuple));
        let items = match &tuple {
            Some(t) => t.items(),
            None if args.is_small_int() || args.is_float() || args.is_exact(Kind::Str) => {
                std::slice::from_ref(&args)
            }
            None => return None,
        };
        let mut out = Short {
            bytes: [0; ROOM],
            len: 0,
        };
        let (mut at, mut used) = (0, 0);
        while let Some(n) = f[at..].iter().position(|c| *c == b'%') {
            out.add(&f[at..at + n])?;
            let rest = &f[at + n + 1..];
            let is_kind = |c: &u8| c.is_ascii_alphabetic() || *c == b'%';
            let len = rest.iter().position(is_kind)?;
            let (spec, kind) = (&rest[..len], rest[len]);
            if kind == b'%' {
                out.add(b"%").filter(|()| spec.is_empty())?;
            } else {
                let v = *items.get(used)?;
                used += 1;
                match kind {
                    b'd' | b'i' | b'u' => add_int(&mut out, spec, b'd', v)?,
                    b'x' | b'X' => add_int(&mut out, spec, kind, v)?,
                    b's' => add_str(&mut out, spec, v)?,
                    b'f' | b'F' => add_float(&mut out, spec, v)?,
                    _ => return None,
                }
            }
            at += n + 1 + len + 1;
        }
        out.add(&f[at..])?;
        if used != items.len() {
            return None;
        }
        Some(self.new_str_ascii(&out.bytes[..out.len]))
    }
}
