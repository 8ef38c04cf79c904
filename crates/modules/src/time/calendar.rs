//! Calendar time: struct_time, conversions, formatting.

use runtime::object::*;
use runtime::structseq::StructSeq;
use runtime::{Res, Value, Vm};
use std::ffi::{CStr, CString};

pub static STRUCT_TIME: StructSeq = StructSeq {
    spec: StructSeq::spec(
        "time",
        "struct_time",
        "The time value as returned by gmtime(), localtime(), and strptime(), and\n accepted by asctime(), mktime() and strftime().  May be considered as a\n sequence of 9 integers.\n\n Note that several fields' values are not the same as those defined by\n the C language standard for struct tm.  For example, the value of the\n field tm_year is the actual year, not year - 1900.  See individual\n fields' descriptions for details.",
        true,
    ),
    fields: &[
        ("tm_year", "year, for example, 1993"),
        ("tm_mon", "month of year, range [1, 12]"),
        ("tm_mday", "day of month, range [1, 31]"),
        ("tm_hour", "hours, range [0, 23]"),
        ("tm_min", "minutes, range [0, 59]"),
        ("tm_sec", "seconds, range [0, 61])"),
        ("tm_wday", "day of week, range [0, 6], Monday is 0"),
        ("tm_yday", "day of year, range [1, 366]"),
        (
            "tm_isdst",
            "1 if summer time is in effect, 0 if not, and -1 if unknown",
        ),
        ("tm_zone", "abbreviation of timezone name"),
        ("tm_gmtoff", "offset from UTC in seconds"),
    ],
    visible: 9,
};

unsafe extern "C" {
    fn tzset();
}

const WEEKDAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

fn empty() -> libc::tm {
    // SAFETY: all fields are numbers or a nullable pointer.
    unsafe { std::mem::zeroed() }
}

fn convert(vm: &mut Vm, t: i64, local: bool) -> Res<libc::tm> {
    let mut tm = empty();
    // SAFETY: both pointers are valid; the functions are the reentrant ones.
    let r = unsafe {
        if local {
            libc::localtime_r(&t, &mut tm)
        } else {
            libc::gmtime_r(&t, &mut tm)
        }
    };
    if r.is_null() {
        return Err(vm.overflow_error("timestamp out of range for platform time_t"));
    }
    Ok(tm)
}

fn zone_name(vm: &mut Vm, tm: &libc::tm) -> Res {
    if tm.tm_zone.is_null() {
        return Ok(Value::NONE);
    }
    // SAFETY: the C library's zone names are terminated and live long enough to be copied.
    let name = unsafe { CStr::from_ptr(tm.tm_zone) };
    let text = name.to_string_lossy().into_owned();
    vm.new_str(&text)
}

fn to_struct(vm: &mut Vm, tm: &libc::tm, utc: bool) -> Res {
    let n = |i: i32| Value::int_unchecked(i64::from(i));
    let zone = if utc {
        vm.new_str("UTC")?
    } else {
        zone_name(vm, tm)?
    };
    let fields = [
        Value::int_unchecked(i64::from(tm.tm_year) + 1900),
        n(tm.tm_mon + 1),
        n(tm.tm_mday),
        n(tm.tm_hour),
        n(tm.tm_min),
        n(tm.tm_sec),
        n((tm.tm_wday + 6) % 7),
        n(tm.tm_yday + 1),
        n(tm.tm_isdst),
        zone,
        Value::int_unchecked(tm.tm_gmtoff),
    ];
    vm.new_struct_seq(&STRUCT_TIME, &fields)
}

/// Seconds since the epoch of an optional argument; now when there is none.
fn timestamp(vm: &mut Vm, seconds: Option<Value>) -> Res<i64> {
    match seconds.filter(|s| !s.is_none()) {
        // SAFETY: no argument is stored.
        None => Ok(unsafe { libc::time(std::ptr::null_mut()) }),
        Some(v) => match vm.float_of(v) {
            Some(f) if f.is_nan() => Err(vm.value_error("Invalid value NaN (not a number)")),
            Some(f) if f.floor().abs() < 9.2e18 => Ok(f.floor() as i64),
            Some(_) => Err(vm.overflow_error("timestamp out of range for platform time_t")),
            None => {
                let i = vm.index(v)?;
                match vm.int_to_i64(i) {
                    Some(n) => Ok(n),
                    None => Err(vm.overflow_error("timestamp out of range for platform time_t")),
                }
            }
        },
    }
}

/// Reads a time tuple (`gettmarg`).
fn from_tuple(vm: &mut Vm, v: Value, what: &str) -> Res<libc::tm> {
    let Some(t) = v.downcast::<TupleObj>() else {
        return Err(vm.type_error("Tuple or struct_time argument required"));
    };
    if t.len != 9 {
        return Err(vm.type_error(&format!("{what}(): illegal time tuple argument")));
    }
    let mut n = [0i32; 9];
    for (slot, item) in n.iter_mut().zip(t.items()) {
        let i = vm.index_i64(*item)?;
        *slot = match i32::try_from(i) {
            Ok(i) => i,
            Err(_) => return Err(vm.overflow_error("signed integer is greater than maximum")),
        };
    }
    let mut tm = empty();
    tm.tm_year = match n[0].checked_sub(1900) {
        Some(y) => y,
        None => return Err(vm.overflow_error("year out of range")),
    };
    tm.tm_mon = n[1].wrapping_sub(1);
    tm.tm_mday = n[2];
    tm.tm_hour = n[3];
    tm.tm_min = n[4];
    tm.tm_sec = n[5];
    tm.tm_wday = n[6].wrapping_add(1) % 7;
    tm.tm_yday = n[7].wrapping_sub(1);
    tm.tm_isdst = n[8];
    Ok(tm)
}

/// Checks the ranges as CPython's `checktm` does; zero month, day and day of the year become one.
fn check(vm: &mut Vm, tm: &mut libc::tm) -> Res<()> {
    if tm.tm_mon == -1 {
        tm.tm_mon = 0;
    }
    if tm.tm_mday == 0 {
        tm.tm_mday = 1;
    }
    if tm.tm_yday == -1 {
        tm.tm_yday = 0;
    }
    let wrong = if !(0..=11).contains(&tm.tm_mon) {
        "month out of range"
    } else if !(0..=31).contains(&tm.tm_mday) {
        "day of month out of range"
    } else if !(0..=23).contains(&tm.tm_hour) {
        "hour out of range"
    } else if !(0..=59).contains(&tm.tm_min) {
        "minute out of range"
    } else if !(0..=61).contains(&tm.tm_sec) {
        "seconds out of range"
    } else if tm.tm_wday < 0 {
        "day of week out of range"
    } else if !(0..=365).contains(&tm.tm_yday) {
        "day of year out of range"
    } else {
        return Ok(());
    };
    Err(vm.value_error(wrong))
}

fn now(vm: &mut Vm) -> Res<libc::tm> {
    let t = timestamp(vm, None)?;
    convert(vm, t, true)
}

fn ascii_time(tm: &libc::tm) -> String {
    let day = WEEKDAYS[tm.tm_wday.rem_euclid(7) as usize];
    let month = MONTHS[tm.tm_mon.rem_euclid(12) as usize];
    format!(
        "{day} {month}{:3} {:02}:{:02}:{:02} {}",
        tm.tm_mday,
        tm.tm_hour,
        tm.tm_min,
        tm.tm_sec,
        1900 + i64::from(tm.tm_year)
    )
}

/// Sets timezone, altzone, daylight and tzname from the C library's zone.
pub fn set_zone(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    // SAFETY: reads TZ.
    unsafe { tzset() };
    const YEAR: i64 = (365 * 24 + 6) * 3600;
    let t = timestamp(vm, None)? / YEAR * YEAR;
    let mut zones = Vec::new();
    for t in [t, t + YEAR / 2] {
        let tm = convert(vm, t, true)?;
        zones.push((-tm.tm_gmtoff, zone_name(vm, &tm)?));
    }
    let ((jan, jan_name), (jul, jul_name)) = (zones[0], zones[1]);
    // South of the equator January is in summer time.
    let (zone, alt, a, b) = if jan < jul {
        (jul, jan, jul_name, jan_name)
    } else {
        (jan, jul, jan_name, jul_name)
    };
    vm.module_set(m, "timezone", Value::int_unchecked(zone))?;
    vm.module_set(m, "altzone", Value::int_unchecked(alt))?;
    vm.module_set(m, "daylight", Value::int_unchecked(i64::from(jan != jul)))?;
    let names = vm.new_tuple(&[a, b])?;
    vm.module_set(m, "tzname", names)
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// gmtime([seconds]) -> (tm_year, tm_mon, tm_mday, tm_hour, tm_min,
    ///                        tm_sec, tm_wday, tm_yday, tm_isdst)
    ///
    /// Convert seconds since the Epoch to a time tuple expressing UTC (a.k.a.
    /// GMT).  When 'seconds' is not passed in, convert the current time instead.
    #[native("gmtime($module, seconds=None, /)", nosig)]
    fn gmtime(vm: &mut Vm, _m: Value, seconds: Option<Value>) -> Res {
        let t = timestamp(vm, seconds)?;
        let tm = convert(vm, t, false)?;
        to_struct(vm, &tm, true)
    }
    /// localtime([seconds]) -> (tm_year,tm_mon,tm_mday,tm_hour,tm_min,
    ///                           tm_sec,tm_wday,tm_yday,tm_isdst)
    ///
    /// Convert seconds since the Epoch to a time tuple expressing local time.
    /// When 'seconds' is not passed in, convert the current time instead.
    #[native("localtime($module, seconds=None, /)", nosig)]
    fn localtime(vm: &mut Vm, _m: Value, seconds: Option<Value>) -> Res {
        let t = timestamp(vm, seconds)?;
        let tm = convert(vm, t, true)?;
        to_struct(vm, &tm, false)
    }
    /// mktime(tuple) -> floating-point number
    ///
    /// Convert a time tuple in local time to seconds since the Epoch.
    #[native("mktime($module, tuple, /)")]
    fn mktime(vm: &mut Vm, _m: Value, tuple: Value) -> Res<f64> {
        let mut tm = from_tuple(vm, tuple, "mktime")?;
        tm.tm_wday = -1;
        // SAFETY: a valid struct.
        let t = unsafe { libc::mktime(&mut tm) };
        // -1 is a time too: mktime sets the day of the week only on success.
        if t == -1 && tm.tm_wday == -1 {
            return Err(vm.overflow_error("mktime argument out of range"));
        }
        Ok(t as f64)
    }
    /// asctime([tuple]) -> string
    ///
    /// Convert a time tuple to a string, e.g. 'Sat Jun 06 16:26:11 1998'.
    /// When the time tuple is not present, current time as returned by localtime()
    /// is used.
    #[native("asctime($module, tuple=None, /)", nosig)]
    fn asctime(vm: &mut Vm, _m: Value, tuple: Option<Value>) -> Res<String> {
        let tm = match tuple {
            Some(t) => {
                let mut tm = from_tuple(vm, t, "asctime")?;
                check(vm, &mut tm)?;
                tm
            }
            None => now(vm)?,
        };
        Ok(ascii_time(&tm))
    }
    /// ctime([seconds]) -> string
    ///
    /// Convert a time in seconds since the Epoch to a string in local time.
    /// This is equivalent to asctime(localtime(seconds)). When the time tuple is
    /// not present, current time as returned by localtime() is used.
    #[native("ctime($module, seconds=None, /)", nosig)]
    fn ctime(vm: &mut Vm, _m: Value, seconds: Option<Value>) -> Res<String> {
        let t = timestamp(vm, seconds)?;
        let tm = convert(vm, t, true)?;
        Ok(ascii_time(&tm))
    }
    /// tzset()
    ///
    /// Initialize, or reinitialize, the local timezone to the value stored in
    /// os.environ['TZ']. The TZ environment variable should be specified in
    /// standard Unix timezone format as documented in the tzset man page
    /// (eg. 'US/Eastern', 'Europe/Amsterdam'). Unknown timezones will silently
    /// fall back to UTC. If the TZ environment variable is not set, the local
    /// timezone is set to the systems best guess of wallclock time.
    /// Changing the TZ environment variable without calling tzset *may* change
    /// the local timezone used by methods such as localtime, but this behaviour
    /// should not be relied on.
    #[native("tzset($module, /)")]
    fn tz_set(vm: &mut Vm, m: Value) -> Res<()> {
        match m.downcast::<ModuleObj>() {
            Some(m) => set_zone(vm, m),
            None => Ok(()),
        }
    }
    /// strptime(string, format) -> struct_time
    ///
    /// Parse a string to a time tuple according to a format specification.
    #[native("strptime($module, /, *args)", nosig)]
    fn strptime(vm: &mut Vm, _m: Value, args: Value) -> Res {
        let m = vm.import_module("_strptime")?;
        let f = vm.get_attr_str(m, "_strptime_time")?;
        vm.call_spread(f, args, None)
    }
    /// strftime(format[, tuple]) -> string
    ///
    /// Convert a time tuple to a string according to a format specification.
    #[native("strftime($module, format, tuple=None, /)", nosig)]
    fn strftime(vm: &mut Vm, _m: Value, format: Value, tuple: Option<Value>) -> Res {
        if !format.is_kind(Kind::Str) {
            let got = vm.argument_kind(format);
            return Err(vm.type_error(&format!("strftime() argument 1 must be str, not {got}")));
        }
        let mut tm = match tuple {
            Some(t) => from_tuple(vm, t, "strftime")?,
            None => now(vm)?,
        };
        check(vm, &mut tm)?;
        tm.tm_isdst = tm.tm_isdst.clamp(-1, 1);
        // The C library is given only ASCII; other characters (and NUL) stand as they are.
        let mut out = text::StrBuf::new();
        // SAFETY: checked above.
        let points: Vec<u32> = unsafe { format.cast::<StrObj>() }.units().iter().collect();
        let plain = |c: &u32| *c != 0 && *c < 0x80;
        let mut rest = points.as_slice();
        while let Some(first) = rest.first() {
            let n = rest
                .iter()
                .position(|c| plain(c) != plain(first))
                .unwrap_or(rest.len());
            if plain(first) {
                let part: Vec<u8> = rest[..n].iter().map(|c| *c as u8).collect();
                let bytes = c_strftime(&part, &tm);
                out.push_str(&String::from_utf8_lossy(&bytes));
            } else {
                for c in &rest[..n] {
                    out.push(*c);
                }
            }
            rest = &rest[n..];
        }
        vm.new_str_owned(&out.finish())
    }
}

/// strftime of the C library for a format without NUL.
fn c_strftime(format: &[u8], tm: &libc::tm) -> Vec<u8> {
    // A marker tells an empty result from a buffer that is too small.
    let mut marked = format.to_vec();
    marked.push(b'.');
    let Ok(marked) = CString::new(marked) else {
        return Vec::new();
    };
    let mut size = 1024;
    loop {
        let mut buf = vec![0u8; size];
        // SAFETY: the buffer is as long as is said; the format is terminated.
        let n = unsafe { libc::strftime(buf.as_mut_ptr().cast(), size, marked.as_ptr(), tm) };
        if n > 0 {
            buf.truncate(n - 1);
            return buf;
        }
        if size > 256 * marked.as_bytes().len().max(256) {
            return Vec::new();
        }
        size *= 2;
    }
}
