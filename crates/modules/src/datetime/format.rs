//! Writing: ISO text, `strftime`, struct_time.

use super::calendar::Ymd;
use super::parts::Clock;
use super::tz::offset_text;
use runtime::object::*;
use runtime::{Res, Value, Vm};

pub const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// `2002-12-04`.
pub fn iso_date(d: Ymd) -> String {
    format!("{:04}-{:02}-{:02}", d.year, d.month, d.day)
}

/// `Wed Dec  4 00:00:00 2002`.
pub fn ctime(d: Ymd, c: Clock) -> String {
    format!(
        "{} {} {:2} {:02}:{:02}:{:02} {:04}",
        DAYS[d.weekday() as usize],
        MONTHS[d.month as usize - 1],
        d.day,
        c.hour,
        c.minute,
        c.second,
        d.year
    )
}

/// How much of a time `isoformat` shows.
#[derive(Clone, Copy)]
pub enum Spec {
    Hours,
    Minutes,
    Seconds,
    Milliseconds,
    Microseconds,
}

/// The `timespec` argument.
pub fn timespec(vm: &mut Vm, v: Option<Value>, c: Clock, position: usize) -> Res<Spec> {
    let auto = if c.micro == 0 {
        Spec::Seconds
    } else {
        Spec::Microseconds
    };
    let Some(v) = v else { return Ok(auto) };
    if !v.is_kind(Kind::Str) {
        let got = vm.argument_kind(v);
        return Err(vm.type_error(&format!(
            "isoformat() argument {position} must be str, not {got}"
        )));
    }
    Ok(match &vm.display(v)[..] {
        "auto" => auto,
        "hours" => Spec::Hours,
        "minutes" => Spec::Minutes,
        "seconds" => Spec::Seconds,
        "milliseconds" => Spec::Milliseconds,
        "microseconds" => Spec::Microseconds,
        _ => return Err(vm.value_error("Unknown timespec value")),
    })
}

/// `12:30:45.000001` as far as the spec goes.
pub fn iso_time(c: Clock, spec: Spec) -> String {
    let (h, m, s) = (c.hour, c.minute, c.second);
    match spec {
        Spec::Hours => format!("{h:02}"),
        Spec::Minutes => format!("{h:02}:{m:02}"),
        Spec::Seconds => format!("{h:02}:{m:02}:{s:02}"),
        Spec::Milliseconds => format!("{h:02}:{m:02}:{s:02}.{:03}", c.micro / 1000),
        Spec::Microseconds => format!("{h:02}:{m:02}:{s:02}.{:06}", c.micro),
    }
}

/// A `time.struct_time`; `day` of the year 0 means: to be computed.
pub fn struct_time(vm: &mut Vm, d: Ymd, c: Clock, dst: i64) -> Res {
    let fields = [d.year, d.month, d.day, c.hour, c.minute, c.second];
    let mut items: Vec<Value> = Vec::new();
    for n in fields.into_iter().chain([d.weekday(), d.day_of_year()]) {
        items.push(Value::int_unchecked(i64::from(n)));
    }
    items.push(Value::int_unchecked(dst));
    let tuple = vm.new_tuple(&items)?;
    let time = vm.import_by_name("time")?;
    let make = vm.get_attr_str(time, "struct_time")?;
    vm.call_value(make, &[tuple])
}

/// The `format` argument of `strftime` and `__format__`.
pub fn format_arg(vm: &mut Vm, v: Value, method: &str) -> Res<Value> {
    if v.is_kind(Kind::Str) {
        return Ok(v);
    }
    let got = vm.argument_kind(v);
    Err(vm.type_error(&format!("{method}() argument 1 must be str, not {got}")))
}

/// `__format__`: str() for an empty format, else `self.strftime`.
pub fn dunder_format(vm: &mut Vm, this: Value, format: Value) -> Res {
    format_arg(vm, format, "__format__")?;
    if vm.len(format)? == 0 {
        return vm.str_of(this);
    }
    vm.call_method_str(this, "strftime", &[format])
}

fn points(s: &str) -> Vec<u32> {
    s.chars().map(u32::from).collect()
}

/// What `strftime` needs of the object.
pub struct Formatted {
    /// What `utcoffset` and `tzname` are given; without zone they are not asked.
    pub tz: Value,
    pub tz_arg: Value,
    pub micro: i32,
    pub year: i32,
    pub date: Ymd,
}

impl Formatted {
    fn offset(&self, vm: &mut Vm, sep: &str) -> Res<String> {
        let d = super::tz::utcoffset(vm, self.tz, self.tz_arg)?;
        Ok(offset_text(d, sep))
    }

    /// What stands for an escape that C's strftime cannot do; None for the others.
    fn escape(&self, vm: &mut Vm, c: char, tuple: Value) -> Res<Option<Vec<u32>>> {
        let text = match c {
            'f' => format!("{:06}", self.micro),
            'z' => self.offset(vm, "")?,
            'Z' => {
                let name = super::tz::tzname(vm, self.tz, self.tz_arg)?;
                if name.is_none() {
                    return Ok(Some(Vec::new()));
                }
                // By the method, which a subclass of str may have replaced.
                let (one, two) = (vm.new_str("%")?, vm.new_str("%%")?);
                let name = vm.call_method_str(name, "replace", &[one, two])?;
                if !name.is_kind(Kind::Str) {
                    return Err(vm.type_error("tzname.replace() did not return a string"));
                }
                // It may hold lone surrogates.
                let text = name.downcast::<StrObj>();
                return Ok(text.map(|t| t.units().iter().collect()));
            }
            // C does not pad years.
            'Y' if self.year < 1000 => format!("{:04}", self.year),
            'F' if self.year < 1000 => iso_date(self.date),
            'C' if self.year < 1000 => format!("{:02}", self.year / 100),
            'G' if self.year < 1000 => {
                let format = vm.new_str("%G")?;
                let text = c_strftime(vm, format, tuple)?;
                let year: i32 = vm.display(text).parse().unwrap_or(self.year);
                format!("{year:04}")
            }
            _ => return Ok(None),
        };
        Ok(Some(points(&text)))
    }

    /// `strftime(format)` with a struct_time.
    pub fn strftime(&self, vm: &mut Vm, format: Value, tuple: Value) -> Res {
        let Some(text) = format.downcast::<StrObj>() else {
            return Err(vm.type_error("strftime() argument 1 must be str"));
        };
        let input: Vec<u32> = text.units().iter().collect();
        let mut out: Vec<u32> = Vec::new();
        let mut i = 0;
        while i < input.len() {
            let c = input[i];
            i += 1;
            if c != '%' as u32 || i == input.len() {
                out.push(c);
                continue;
            }
            let mut at = i;
            let colon = input[i] == ':' as u32;
            if colon && input.get(i + 1) == Some(&('z' as u32)) {
                let s = self.offset(vm, ":")?;
                out.extend(points(&s));
                i += 2;
                continue;
            }
            let escape = char::from_u32(input[at]).unwrap_or('\u{fffd}');
            at += 1;
            match self.escape(vm, escape, tuple)? {
                Some(s) => out.extend(s),
                None => out.extend([c, input[i]]),
            }
            i = at;
        }
        let format = vm.new_str_points(&out)?;
        c_strftime(vm, format, tuple)
    }
}

/// `time.strftime`.
fn c_strftime(vm: &mut Vm, format: Value, tuple: Value) -> Res {
    let time = vm.import_by_name("time")?;
    let f = vm.get_attr_str(time, "strftime")?;
    vm.call_value(f, &[format, tuple])
}

/// `_strptime.NAME(cls, string, format)`.
pub fn strptime(vm: &mut Vm, name: &str, class: Value, string: Value, format: Value) -> Res {
    for (i, v) in [string, format].into_iter().enumerate() {
        if !v.is_kind(Kind::Str) {
            let got = vm.argument_kind(v);
            let text = format!("strptime() argument {} must be str, not {got}", i + 1);
            return Err(vm.type_error(&text));
        }
    }
    let m = vm.import_by_name("_strptime")?;
    let f = vm.get_attr_str(m, name)?;
    vm.call_value(f, &[class, string, format])
}
