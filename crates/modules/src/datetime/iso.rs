//! Reading ISO 8601 text.

use super::calendar::{MAX_ORDINAL, Ymd, from_iso};
use super::delta::{self, Delta};
use super::parts::Clock;
use runtime::object::*;
use runtime::{Raised, Res, Value, Vm};

/// Text that is no ISO date or time.
#[derive(Debug)]
pub struct Malformed;

type Parsed<T> = Result<T, Malformed>;

/// The code points of a str argument.
pub fn text_arg(vm: &mut Vm, v: Value) -> Res<Vec<u32>> {
    match v.downcast::<StrObj>() {
        Some(s) => Ok(s.units().iter().collect()),
        None => Err(vm.type_error("fromisoformat: argument must be str")),
    }
}

/// `Invalid isoformat string`.
pub fn malformed(vm: &mut Vm, v: Value) -> Raised {
    match vm.display_repr(v) {
        Ok(shown) => vm.value_error(&format!("Invalid isoformat string: {shown}")),
        Err(r) => r,
    }
}

/// What follows in a text; 0 stands for its end.
struct Cursor<'a> {
    text: &'a [u32],
    at: usize,
}

const END: u32 = 0;

fn is_digit(c: u32) -> bool {
    (48..58).contains(&c)
}

impl Cursor<'_> {
    fn peek(&self) -> u32 {
        self.text.get(self.at).copied().unwrap_or(END)
    }
    fn take(&mut self) -> u32 {
        let c = self.peek();
        self.at += 1;
        c
    }
    fn digits(&mut self, n: usize) -> Parsed<i32> {
        let mut out = 0;
        for _ in 0..n {
            let c = self.take();
            if !is_digit(c) {
                return Err(Malformed);
            }
            out = out * 10 + (c - 48) as i32;
        }
        Ok(out)
    }
    fn expect(&mut self, c: char) -> Parsed<()> {
        if self.take() == c as u32 {
            Ok(())
        } else {
            Err(Malformed)
        }
    }
}

/// YYYY-MM-DD, YYYYMMDD, YYYY-Www[-D] or YYYYWww[D]. The fields are not checked.
pub fn date(text: &[u32]) -> Parsed<Ymd> {
    let mut c = Cursor { text, at: 0 };
    let year = c.digits(4)?;
    let separated = c.peek() == '-' as u32;
    if separated {
        c.at += 1;
    }
    if c.peek() == 'W' as u32 {
        c.at += 1;
        let week = c.digits(2)?;
        let mut day = 1;
        if c.at < text.len() {
            if separated {
                c.expect('-')?;
            }
            day = c.digits(1)?;
        }
        let n = from_iso(year, week, day).map_err(|_| Malformed)?;
        if !(1..=MAX_ORDINAL).contains(&n) {
            return Err(Malformed);
        }
        return Ok(Ymd::from_ordinal(n));
    }
    let month = c.digits(2)?;
    if separated {
        c.expect('-')?;
    }
    let day = c.digits(2)?;
    Ok(Ymd { year, month, day })
}

/// Where the separator between date and time is (or the end).
pub fn separator(text: &[u32]) -> Option<usize> {
    let at = |i: usize| text.get(i).copied().unwrap_or(END);
    let (dash, week) = ('-' as u32, 'W' as u32);
    if text.len() == 7 {
        return Some(7);
    }
    if at(4) == dash {
        if at(5) != week {
            return Some(10);
        }
        if text.len() < 8 || text.len() == 9 && at(8) == dash {
            return None;
        }
        // YYYY-Www-D, or YYYY-Www and a separator that is a dash.
        let ambiguous = at(8) == dash && is_digit(at(10));
        return Some(if at(8) == dash && !ambiguous { 10 } else { 8 });
    }
    if at(4) == week {
        let digits = text[7..].iter().take_while(|c| is_digit(**c)).count();
        let end = 7 + digits;
        return Some(match end {
            0..9 => end,
            n if n % 2 == 0 => 7,
            _ => 8,
        });
    }
    Some(8)
}

/// HH[[:]MM[[:]SS[.fraction]]] up to `end`; also whether something is left over.
fn clock(text: &[u32], end: usize) -> Parsed<(Clock, bool)> {
    let mut c = Cursor { text, at: 0 };
    let mut fields = [0; 3];
    let mut separated = true;
    for i in 0..3 {
        fields[i] = c.digits(2)?;
        let next = c.take();
        if i == 0 {
            separated = next == ':' as u32;
        }
        if c.at > end {
            return Ok((of_fields(fields, 0), false));
        }
        if c.at == end {
            // A separator with nothing behind it.
            return Err(Malformed);
        }
        match char::from_u32(next) {
            Some(':') if separated && i < 2 => {}
            Some('.' | ',') if i == 2 => {}
            _ if !separated && i < 2 && next != '.' as u32 && next != ',' as u32 => c.at -= 1,
            _ => return Err(Malformed),
        }
    }
    let n = (end - c.at).min(6);
    let mut micro = c.digits(n)?;
    for _ in n..6 {
        micro *= 10;
    }
    while is_digit(c.peek()) {
        c.at += 1;
    }
    Ok((of_fields(fields, micro), c.at < end))
}

fn of_fields(f: [i32; 3], micro: i32) -> Clock {
    Clock {
        hour: f[0],
        minute: f[1],
        second: f[2],
        micro,
        fold: 0,
    }
}

/// A time with the offset of its zone in microseconds, if it has one.
pub fn time(text: &[u32]) -> Parsed<(Clock, Option<i64>)> {
    let sign_at = text
        .iter()
        .position(|c| matches!(char::from_u32(*c), Some('+' | '-' | 'Z')));
    let (time, rest) = clock(text, sign_at.unwrap_or(text.len()))?;
    if rest {
        return Err(Malformed);
    }
    let Some(at) = sign_at else {
        return Ok((time, None));
    };
    if text[at] == 'Z' as u32 {
        return if at + 1 == text.len() {
            Ok((time, Some(0)))
        } else {
            Err(Malformed)
        };
    }
    let zone = &text[at + 1..];
    let (offset, rest) = clock(zone, zone.len())?;
    if rest {
        return Err(Malformed);
    }
    let us = offset.seconds() * 1_000_000 + i64::from(offset.micro);
    Ok((time, Some(if text[at] == '-' as u32 { -us } else { us })))
}

/// The zone of an offset that `time` read.
pub fn zone(vm: &mut Vm, offset: Option<i64>) -> Res<Value> {
    match offset {
        None => Ok(Value::NONE),
        Some(0) => super::timezone::utc(vm),
        Some(us) => {
            let d = Delta::from_total(vm, i128::from(us))?;
            let d = delta::new(vm, d)?;
            super::timezone::new(vm, d, Value::NONE)
        }
    }
}

/// Takes 24:00 as midnight: the time and whether it is the next day's.
pub fn midnight(vm: &mut Vm, c: Clock) -> Res<(Clock, bool)> {
    if c.hour != 24 {
        return Ok((c, false));
    }
    if c.minute != 0 || c.second != 0 || c.micro != 0 {
        return Err(vm.value_error("minute, second, and microsecond must be 0 when hour is 24"));
    }
    Ok((Clock::default(), true))
}
