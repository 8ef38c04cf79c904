//! Padding: `center`, `ljust`, `rjust`, `zfill`, `expandtabs`, for strings and bytes.

use crate::{NoMemory, Owned, StrBuf, Units};

/// `s` between `left` and `right` copies of `fill`.
pub fn pad(s: Units, left: usize, right: usize, fill: u32) -> Result<Owned, NoMemory> {
    let len = left
        .checked_add(right)
        .and_then(|n| n.checked_add(s.len()))
        .ok_or(NoMemory)?;
    let max = match left + right {
        0 => s.max_char(),
        _ => s.max_char().max(fill),
    };
    let mut out = StrBuf::for_class(len, max)?;
    out.push_repeated(fill, left);
    out.push_units(s);
    out.push_repeated(fill, right);
    Ok(out.finish())
}

/// `ljust`; None when `s` is already that wide.
pub fn ljust(s: Units, width: usize, fill: u32) -> Result<Option<Owned>, NoMemory> {
    match width.saturating_sub(s.len()) {
        0 => Ok(None),
        n => pad(s, 0, n, fill).map(Some),
    }
}

/// `rjust`; None when `s` is already that wide.
pub fn rjust(s: Units, width: usize, fill: u32) -> Result<Option<Owned>, NoMemory> {
    match width.saturating_sub(s.len()) {
        0 => Ok(None),
        n => pad(s, n, 0, fill).map(Some),
    }
}

/// `center`; None when `s` is already that wide.
pub fn center(s: Units, width: usize, fill: u32) -> Result<Option<Owned>, NoMemory> {
    match width.saturating_sub(s.len()) {
        0 => Ok(None),
        n => {
            // The odd one goes left when the width is odd too.
            let left = n / 2 + (n & width & 1);
            pad(s, left, n - left, fill).map(Some)
        }
    }
}

/// `zfill`: zeros after the sign; None when `s` is already that wide.
pub fn zfill(s: Units, width: usize) -> Result<Option<Owned>, NoMemory> {
    let n = width.saturating_sub(s.len());
    if n == 0 {
        return Ok(None);
    }
    let signed = !s.is_empty() && matches!(s.get(0), 0x2b | 0x2d);
    if !signed {
        return pad(s, n, 0, b'0' as u32).map(Some);
    }
    let mut out = StrBuf::for_class(width, s.max_char())?;
    out.push(s.get(0));
    out.push_repeated(b'0' as u32, n);
    out.push_units(s.slice(1..s.len()));
    Ok(Some(out.finish()))
}

/// `expandtabs`; columns restart after `\n` and `\r`; None when there is no tab.
///
/// A tab size of 0 (or a negative one, given as 0) removes the tabs.
pub fn expandtabs(s: Units, tab_size: usize) -> Result<Option<Owned>, NoMemory> {
    let Some(len) = expanded_len(s, tab_size)? else {
        return Ok(None);
    };
    let mut out = StrBuf::for_class(len, s.max_char())?;
    let mut column = 0usize;
    for c in s.iter() {
        if c == 9 {
            if let Some(at) = column.checked_rem(tab_size) {
                out.push_repeated(b' ' as u32, tab_size - at);
                column = column.wrapping_add(tab_size - at);
            }
            continue;
        }
        column = if c == 10 || c == 13 { 0 } else { column + 1 };
        out.push(c);
    }
    Ok(Some(out.finish()))
}

/// Length after expansion, or None without tabs.
fn expanded_len(s: Units, tab_size: usize) -> Result<Option<usize>, NoMemory> {
    let (mut len, mut column, mut found) = (0usize, 0usize, false);
    for c in s.iter() {
        let step = match c {
            9 => {
                found = true;
                column.checked_rem(tab_size).map_or(0, |at| tab_size - at)
            }
            _ => 1,
        };
        len = len
            .checked_add(step)
            .filter(|&n| n <= isize::MAX as usize)
            .ok_or(NoMemory)?;
        column = if c == 10 || c == 13 { 0 } else { column + step };
    }
    Ok(found.then_some(len))
}
