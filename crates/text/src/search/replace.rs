//! `str.replace` and `bytes.replace`.

use super::{Finder, Matches};
use crate::buf::Data;
use crate::{NoMemory, Owned, StrBuf, Units};

/// Replaces up to `max` occurrences of `old` by `new`; None when nothing changes.
///
/// An empty `old` matches before each code point and at the end.
pub fn replace(s: Units, old: Units, new: Units, max: usize) -> Result<Option<Owned>, NoMemory> {
    if max == 0 || old.len() > s.len() || old.same(new) {
        return Ok(None);
    }
    if old.is_empty() {
        return interleave(s, new, max).map(Some);
    }
    let finder = Finder::new(s, old);
    if let (Units::U8(s), Units::U8(&[from]), Units::U8(&[to])) = (s, old, new) {
        return Ok(swap_byte(s, from, to, max));
    }
    // Positions are kept, so that the result's size is known before copying.
    let found: Vec<usize> = match (s, old) {
        (Units::U8(s), Units::U8(&[b])) => memchr::memchr_iter(b, s).take(max).collect(),
        _ => Matches::new(s, &finder).take(max).collect(),
    };
    if found.is_empty() {
        return Ok(None);
    }
    let grown = (new.len() as u128) * (found.len() as u128) + s.len() as u128;
    let mut out = sized(grown - (old.len() * found.len()) as u128)?;
    let mut at = 0;
    for start in found {
        out.push_units(s.slice(at..start));
        out.push_units(new);
        at = start + old.len();
    }
    out.push_units(s.slice(at..s.len()));
    Ok(Some(out.finish()))
}

fn sized(len: u128) -> Result<StrBuf, NoMemory> {
    let len = usize::try_from(len).map_err(|_| NoMemory)?;
    StrBuf::for_class(len, 0xff)
}

fn swap_byte(s: &[u8], from: u8, to: u8, max: usize) -> Option<Owned> {
    let first = memchr::memchr(from, s)?;
    let mut out = s.to_vec();
    if max == usize::MAX {
        for b in &mut out[first..] {
            *b = if *b == from { to } else { *b };
        }
    } else {
        for i in memchr::memchr_iter(from, s).take(max) {
            out[i] = to;
        }
    }
    let is_ascii = out.is_ascii();
    Some(Owned {
        data: Data::U8(out),
        is_ascii,
        failed: false,
    })
}

fn interleave(s: Units, new: Units, max: usize) -> Result<Owned, NoMemory> {
    let times = max.min(s.len() + 1);
    let mut out = sized(new.len() as u128 * times as u128 + s.len() as u128)?;
    for i in 0..times {
        out.push_units(new);
        if i < s.len() {
            out.push(s.get(i));
        }
    }
    out.push_units(s.slice(times.min(s.len())..s.len()));
    Ok(out.finish())
}
