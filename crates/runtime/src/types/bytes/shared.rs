//! What `bytes` and `bytearray` have in common: methods that do not change their object. Results
//! are of the object's builtin type.

use super::slices::*;
use crate::buffer::Buffer;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;
use std::ops::Range;
use text::{Units, ascii, pad, search, split as splitting, strip as stripping};

/// The bytes of a bytes or bytearray. Not to be held across calls that run Python code.
pub fn data<'a>(this: Value) -> &'a [u8] {
    if let Some(b) = this.downcast::<BytesObj>() {
        // SAFETY: bytes never move; the caller's value keeps them alive.
        return unsafe { std::slice::from_raw_parts(b.data.get(), b.len) };
    }
    match this.downcast::<ByteArrayObj>() {
        // SAFETY: `len` bytes at `data`; the caller does not run code that changes them.
        Some(b) if b.len.get() > 0 => unsafe {
            std::slice::from_raw_parts(b.data.get(), b.len.get())
        },
        _ => &[],
    }
}

/// A new object of the builtin type of `this`.
pub fn like(vm: &mut Vm, this: Value, bytes: &[u8]) -> Res {
    if this.is_kind(Kind::ByteArray) {
        vm.new_bytearray(bytes)
    } else {
        vm.new_bytes(bytes)
    }
}

/// A part of `this`; exact bytes are returned as they are when the part is all of them.
fn part(vm: &mut Vm, this: Value, range: Range<usize>) -> Res {
    if range.len() == data(this).len() && this.is_exact(Kind::Bytes) {
        return Ok(this);
    }
    like(vm, this, &data(this)[range])
}

fn padded(vm: &mut Vm, this: Value, r: Result<Option<text::Owned>, text::NoMemory>) -> Res {
    match r {
        Ok(Some(o)) => match o.units() {
            Units::U8(b) => like(vm, this, b),
            _ => Err(vm.system_error("bytes grew wide")),
        },
        Ok(None) => part(vm, this, 0..data(this).len()),
        Err(_) => Err(vm.memory_error()),
    }
}

/// What is searched for: a byte or bytes.
enum Needle {
    Byte([u8; 1]),
    Bytes(Buffer),
}

impl Needle {
    fn new(vm: &mut Vm, v: Value) -> Res<Needle> {
        if vm.has_buffer(v) {
            return vm.get_buffer(v).map(Needle::Bytes);
        }
        if vm.is_int(v) || vm.special(v, vm.names.__index__).is_some() {
            return Ok(Needle::Byte([vm.byte_of(v)?]));
        }
        let name = vm.class_name(v);
        Err(vm.type_error(&format!(
            "argument should be integer or bytes-like object, not '{name}'"
        )))
    }
    fn as_slice(&self) -> &[u8] {
        match self {
            Needle::Byte(b) => b,
            Needle::Bytes(b) => b.as_slice(),
        }
    }
}

/// Keeps a bytearray's size while arguments are looked at that may run code.
fn hold(vm: &mut Vm, this: Value) -> Res<Option<Buffer>> {
    match this.is_kind(Kind::ByteArray) {
        true => vm.get_buffer(this).map(Some),
        false => Ok(None),
    }
}

fn locate(
    vm: &mut Vm,
    this: Value,
    sub: Value,
    start: Option<Value>,
    end: Option<Value>,
    reverse: bool,
) -> Res<Option<usize>> {
    let (start, end) = search_bounds(vm, start, end)?;
    let _held = hold(vm, this)?;
    let needle = Needle::new(vm, sub)?;
    let hay = data(this);
    let Some(range) = search::adjust_indices(start, end, hay.len()) else {
        return Ok(None);
    };
    let (part, n) = (Units::U8(&hay[range.clone()]), Units::U8(needle.as_slice()));
    let found = if reverse {
        search::rfind(part, n)
    } else {
        search::find(part, n)
    };
    Ok(found.map(|i| i + range.start))
}

pub fn find(
    vm: &mut Vm,
    this: Value,
    sub: Value,
    start: Option<Value>,
    end: Option<Value>,
) -> Res<i64> {
    Ok(locate(vm, this, sub, start, end, false)?.map_or(-1, |i| i as i64))
}
pub fn rfind(
    vm: &mut Vm,
    this: Value,
    sub: Value,
    start: Option<Value>,
    end: Option<Value>,
) -> Res<i64> {
    Ok(locate(vm, this, sub, start, end, true)?.map_or(-1, |i| i as i64))
}
pub fn index(
    vm: &mut Vm,
    this: Value,
    sub: Value,
    start: Option<Value>,
    end: Option<Value>,
) -> Res<usize> {
    match locate(vm, this, sub, start, end, false)? {
        Some(i) => Ok(i),
        None => Err(vm.value_error("subsection not found")),
    }
}
pub fn rindex(
    vm: &mut Vm,
    this: Value,
    sub: Value,
    start: Option<Value>,
    end: Option<Value>,
) -> Res<usize> {
    match locate(vm, this, sub, start, end, true)? {
        Some(i) => Ok(i),
        None => Err(vm.value_error("subsection not found")),
    }
}
pub fn count(
    vm: &mut Vm,
    this: Value,
    sub: Value,
    start: Option<Value>,
    end: Option<Value>,
) -> Res<usize> {
    let (start, end) = search_bounds(vm, start, end)?;
    let _held = hold(vm, this)?;
    let needle = Needle::new(vm, sub)?;
    let hay = data(this);
    Ok(match search::adjust_indices(start, end, hay.len()) {
        Some(r) => search::count(Units::U8(&hay[r]), Units::U8(needle.as_slice())),
        None => 0,
    })
}
pub fn dunder_contains(vm: &mut Vm, this: Value, key: Value) -> Res<bool> {
    let _held = hold(vm, this)?;
    let needle = if vm.is_int(key) {
        Needle::Byte([vm.byte_of(key)?])
    } else if !vm.has_buffer(key) && vm.special(key, vm.names.__index__).is_some() {
        match vm.index(key) {
            Ok(i) => Needle::Byte([vm.byte_of(i)?]),
            Err(_) => {
                // Whatever `__index__` raised, CPython asks for a buffer next.
                vm.raised = None;
                let name = vm.class_name(key);
                return Err(
                    vm.type_error(&format!("a bytes-like object is required, not '{name}'"))
                );
            }
        }
    } else {
        Needle::Bytes(vm.get_buffer(key)?)
    };
    Ok(search::contains(
        Units::U8(data(this)),
        Units::U8(needle.as_slice()),
    ))
}

fn tail_match(
    vm: &mut Vm,
    this: Value,
    what: Value,
    start: Option<Value>,
    end: Option<Value>,
    name: &str,
) -> Res<bool> {
    let (start, end) = search_bounds(vm, start, end)?;
    let suffix = name == "endswith";
    let test = |vm: &mut Vm, v: Value| -> Res<bool> {
        let b = vm.get_buffer(v)?;
        let hay = data(this);
        let Some(r) = search::adjust_indices(start, end, hay.len()) else {
            return Ok(false);
        };
        Ok(if suffix {
            hay[r].ends_with(b.as_slice())
        } else {
            hay[r].starts_with(b.as_slice())
        })
    };
    if let Some(t) = what.downcast::<TupleObj>() {
        for v in t.items() {
            if test(vm, *v)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    if !vm.has_buffer(what) {
        let got = vm.class_name(what);
        return Err(vm.type_error(&format!(
            "{name} first arg must be bytes or a tuple of bytes, not {got}"
        )));
    }
    test(vm, what)
}

pub fn startswith(
    vm: &mut Vm,
    this: Value,
    prefix: Value,
    start: Option<Value>,
    end: Option<Value>,
) -> Res<bool> {
    tail_match(vm, this, prefix, start, end, "startswith")
}
pub fn endswith(
    vm: &mut Vm,
    this: Value,
    suffix: Value,
    start: Option<Value>,
    end: Option<Value>,
) -> Res<bool> {
    tail_match(vm, this, suffix, start, end, "endswith")
}
pub fn removeprefix(vm: &mut Vm, this: Value, prefix: Value) -> Res {
    let p = vm.get_buffer(prefix)?;
    let b = data(this);
    let start = if b.starts_with(p.as_slice()) {
        p.len()
    } else {
        0
    };
    part(vm, this, start..b.len())
}
pub fn removesuffix(vm: &mut Vm, this: Value, suffix: Value) -> Res {
    let p = vm.get_buffer(suffix)?;
    let b = data(this);
    let end = if b.ends_with(p.as_slice()) {
        b.len() - p.len()
    } else {
        b.len()
    };
    part(vm, this, 0..end)
}

fn stripped(vm: &mut Vm, this: Value, chars: Option<Value>, side: stripping::Side) -> Res {
    let range = match chars {
        Some(c) if !c.is_none() => {
            let c = vm.get_buffer(c)?;
            stripping::strip_chars(Units::U8(data(this)), side, Units::U8(c.as_slice()))
        }
        _ => stripping::strip_ascii_whitespace(data(this), side),
    };
    part(vm, this, range)
}

pub fn strip(vm: &mut Vm, this: Value, bytes: Option<Value>) -> Res {
    stripped(vm, this, bytes, stripping::Side::Both)
}
pub fn lstrip(vm: &mut Vm, this: Value, bytes: Option<Value>) -> Res {
    stripped(vm, this, bytes, stripping::Side::Left)
}
pub fn rstrip(vm: &mut Vm, this: Value, bytes: Option<Value>) -> Res {
    stripped(vm, this, bytes, stripping::Side::Right)
}

/// The ranges of a split as a list.
fn pieces(vm: &mut Vm, this: Value, ranges: Vec<Range<usize>>) -> Res {
    let mut out = vm.new_vec();
    out.reserve(vm, ranges.len())?;
    for r in ranges {
        let v = part(vm, this, r)?;
        out.push(vm, v)?;
    }
    vm.list_from_vec(out)
}

/// `maxsplit` and `count` arguments: negative means no limit.
pub fn limit(vm: &mut Vm, n: Option<Value>) -> Res<usize> {
    Ok(match n {
        Some(v) => match vm.index_isize(v)? {
            n if n < 0 => usize::MAX,
            n => n as usize,
        },
        None => usize::MAX,
    })
}

pub fn split(vm: &mut Vm, this: Value, sep: Option<Value>, maxsplit: Option<Value>) -> Res {
    let max = limit(vm, maxsplit)?;
    let ranges = match sep {
        Some(s) if !s.is_none() => {
            let _held = hold(vm, this)?;
            let s = vm.get_buffer(s)?;
            if s.is_empty() {
                return Err(vm.value_error("empty separator"));
            }
            splitting::split(Units::U8(data(this)), Units::U8(s.as_slice()), max).collect()
        }
        _ => splitting::split_ascii_whitespace(data(this), max).collect(),
    };
    pieces(vm, this, ranges)
}
pub fn rsplit(vm: &mut Vm, this: Value, sep: Option<Value>, maxsplit: Option<Value>) -> Res {
    let max = limit(vm, maxsplit)?;
    let mut ranges: Vec<_> = match sep {
        Some(s) if !s.is_none() => {
            let _held = hold(vm, this)?;
            let s = vm.get_buffer(s)?;
            if s.is_empty() {
                return Err(vm.value_error("empty separator"));
            }
            splitting::rsplit(Units::U8(data(this)), Units::U8(s.as_slice()), max).collect()
        }
        _ => splitting::rsplit_ascii_whitespace(data(this), max).collect(),
    };
    ranges.reverse();
    pieces(vm, this, ranges)
}
pub fn splitlines(vm: &mut Vm, this: Value, keepends: Option<bool>) -> Res {
    let ranges = splitting::splitlines_ascii(data(this), keepends.unwrap_or(false)).collect();
    pieces(vm, this, ranges)
}

fn three(vm: &mut Vm, this: Value, sep: Value, found: Option<Range<usize>>, last: bool) -> Res {
    let n = data(this).len();
    let (a, b, c) = match found {
        Some(r) => {
            let mid = if this.is_kind(Kind::ByteArray) || !sep.is_kind(Kind::Bytes) {
                like(vm, this, &data(this)[r.clone()])?
            } else {
                sep
            };
            let a = part(vm, this, 0..r.start)?;
            (a, mid, part(vm, this, r.end..n)?)
        }
        None => {
            let whole = part(vm, this, 0..n)?;
            let (x, y) = (like(vm, this, &[])?, like(vm, this, &[])?);
            if last { (x, y, whole) } else { (whole, x, y) }
        }
    };
    vm.new_tuple(&[a, b, c])
}

pub fn partition(vm: &mut Vm, this: Value, sep: Value) -> Res {
    let s = vm.get_buffer(sep)?;
    if s.is_empty() {
        return Err(vm.value_error("empty separator"));
    }
    let r = splitting::partition(Units::U8(data(this)), Units::U8(s.as_slice()));
    three(vm, this, sep, r, false)
}
pub fn rpartition(vm: &mut Vm, this: Value, sep: Value) -> Res {
    let s = vm.get_buffer(sep)?;
    if s.is_empty() {
        return Err(vm.value_error("empty separator"));
    }
    let r = splitting::rpartition(Units::U8(data(this)), Units::U8(s.as_slice()));
    three(vm, this, sep, r, true)
}
pub fn replace(vm: &mut Vm, this: Value, old: Value, new: Value, count: Option<Value>) -> Res {
    let (old, new) = (vm.get_buffer(old)?, vm.get_buffer(new)?);
    let max = limit(vm, count)?;
    let r = search::replace(
        Units::U8(data(this)),
        Units::U8(old.as_slice()),
        Units::U8(new.as_slice()),
        max,
    );
    padded(vm, this, r)
}

/// A fill byte argument.
fn fill(vm: &mut Vm, v: Option<Value>, name: &str) -> Res<u32> {
    let Some(v) = v else {
        return Ok(32);
    };
    if v.is_kind(Kind::Bytes) || v.is_kind(Kind::ByteArray) {
        if let [b] = data(v) {
            return Ok(*b as u32);
        }
        let (class, n) = (
            if v.is_kind(Kind::Bytes) {
                "bytes"
            } else {
                "bytearray"
            },
            data(v).len(),
        );
        let article = "a";
        return Err(vm.type_error(&format!(
            "{name}(): argument 2 must be a byte string of length 1, not {article} {class} object of length {n}"
        )));
    }
    let got = vm.argument_kind(v);
    Err(vm.type_error(&format!(
        "{name}() argument 2 must be a byte string of length 1, not {got}"
    )))
}

pub fn center(vm: &mut Vm, this: Value, width: isize, fillchar: Option<Value>) -> Res {
    let f = fill(vm, fillchar, "center")?;
    let r = pad::center(Units::U8(data(this)), width.max(0) as usize, f);
    padded(vm, this, r)
}
pub fn ljust(vm: &mut Vm, this: Value, width: isize, fillchar: Option<Value>) -> Res {
    let f = fill(vm, fillchar, "ljust")?;
    let r = pad::ljust(Units::U8(data(this)), width.max(0) as usize, f);
    padded(vm, this, r)
}
pub fn rjust(vm: &mut Vm, this: Value, width: isize, fillchar: Option<Value>) -> Res {
    let f = fill(vm, fillchar, "rjust")?;
    let r = pad::rjust(Units::U8(data(this)), width.max(0) as usize, f);
    padded(vm, this, r)
}
pub fn zfill(vm: &mut Vm, this: Value, width: isize) -> Res {
    let r = pad::zfill(Units::U8(data(this)), width.max(0) as usize);
    padded(vm, this, r)
}
pub fn expandtabs(vm: &mut Vm, this: Value, tabsize: Option<i64>) -> Res {
    let n = vm.tab_size(tabsize)?;
    let r = pad::expandtabs(Units::U8(data(this)), n);
    padded(vm, this, r)
}

pub fn isalnum(_: &mut Vm, this: Value) -> Res<bool> {
    Ok(ascii::is_alnum(data(this)))
}
pub fn isalpha(_: &mut Vm, this: Value) -> Res<bool> {
    Ok(ascii::is_alpha(data(this)))
}
pub fn isascii(_: &mut Vm, this: Value) -> Res<bool> {
    Ok(data(this).is_ascii())
}
pub fn isdigit(_: &mut Vm, this: Value) -> Res<bool> {
    Ok(ascii::is_digit(data(this)))
}
pub fn islower(_: &mut Vm, this: Value) -> Res<bool> {
    Ok(ascii::is_lower(data(this)))
}
pub fn isspace(_: &mut Vm, this: Value) -> Res<bool> {
    Ok(ascii::is_space(data(this)))
}
pub fn istitle(_: &mut Vm, this: Value) -> Res<bool> {
    Ok(ascii::is_title(data(this)))
}
pub fn isupper(_: &mut Vm, this: Value) -> Res<bool> {
    Ok(ascii::is_upper(data(this)))
}
pub fn lower(vm: &mut Vm, this: Value) -> Res {
    let r = ascii::lower(data(this));
    like(vm, this, &r)
}
pub fn upper(vm: &mut Vm, this: Value) -> Res {
    let r = ascii::upper(data(this));
    like(vm, this, &r)
}
pub fn title(vm: &mut Vm, this: Value) -> Res {
    let r = ascii::title(data(this));
    like(vm, this, &r)
}
pub fn capitalize(vm: &mut Vm, this: Value) -> Res {
    let r = ascii::capitalize(data(this));
    like(vm, this, &r)
}
pub fn swapcase(vm: &mut Vm, this: Value) -> Res {
    let r = ascii::swapcase(data(this));
    like(vm, this, &r)
}

pub fn join(vm: &mut Vm, this: Value, iterable: Value) -> Res {
    let items = vm.sequence_fast(iterable, "can only join an iterable")?;
    if items.len() == 1 && items[0].is_exact(Kind::Bytes) && this.is_kind(Kind::Bytes) {
        return Ok(items[0]);
    }
    let mut out: Vec<u8> = Vec::new();
    for (i, v) in items.iter().enumerate() {
        if i > 0 {
            out.extend_from_slice(data(this));
        }
        if v.is_kind(Kind::Bytes) || v.is_kind(Kind::ByteArray) {
            out.extend_from_slice(data(*v));
            continue;
        }
        if !vm.has_buffer(*v) {
            let name = vm.class_name(*v);
            return Err(vm.type_error(&format!(
                "sequence item {i}: expected a bytes-like object, {name} found"
            )));
        }
        let b = vm.get_buffer(*v)?;
        out.extend_from_slice(b.as_slice());
    }
    like(vm, this, &out)
}

pub fn translate(vm: &mut Vm, this: Value, table: Value, delete: Option<Value>) -> Res {
    let table = if table.is_none() {
        None
    } else {
        let t = vm.get_buffer(table)?;
        if t.len() != 256 {
            return Err(vm.value_error("translation table must be 256 characters long"));
        }
        Some(t.as_slice().to_vec())
    };
    let mut drop = [false; 256];
    if let Some(d) = delete {
        for b in vm.get_buffer(d)?.as_slice() {
            drop[*b as usize] = true;
        }
    }
    let out: Vec<u8> = data(this)
        .iter()
        .filter(|b| !drop[**b as usize])
        .map(|b| table.as_ref().map_or(*b, |t| t[*b as usize]))
        .collect();
    if out == data(this) && this.is_exact(Kind::Bytes) {
        return Ok(this);
    }
    like(vm, this, &out)
}

pub fn decode(vm: &mut Vm, this: Value, encoding: Option<Value>, errors: Option<Value>) -> Res {
    let encoding = vm.codec_arg(encoding, "decode", "encoding")?;
    let errors = vm.codec_arg(errors, "decode", "errors")?;
    vm.decode_object(this, encoding.as_deref(), errors.as_deref())
}
pub fn hex(vm: &mut Vm, this: Value, sep: Option<Value>, bytes_per_sep: Option<Value>) -> Res {
    // A copy: converting the arguments may run code that changes a bytearray.
    let bytes = data(this).to_vec();
    vm.hex_of(&bytes, sep, bytes_per_sep)
}

pub fn dunder_len(_: &mut Vm, this: Value) -> Res<usize> {
    Ok(data(this).len())
}
pub fn dunder_iter(vm: &mut Vm, this: Value) -> Res {
    vm.bytes_iter(this)
}
pub fn dunder_add(vm: &mut Vm, this: Value, value: Value) -> Res {
    let _held = hold(vm, this)?;
    let b = match vm.has_buffer(value) {
        true => vm.get_buffer(value).ok(),
        false => None,
    };
    let Some(b) = b else {
        vm.raised = None;
        let (a, b) = (vm.class_name(this), vm.class_name(value));
        return Err(vm.type_error(&format!("can't concat {b} to {a}")));
    };
    if b.is_empty() && this.is_exact(Kind::Bytes) {
        return Ok(this);
    }
    if data(this).is_empty() && this.is_exact(Kind::Bytes) && value.is_exact(Kind::Bytes) {
        return Ok(value);
    }
    let all = [data(this), b.as_slice()].concat();
    like(vm, this, &all)
}
pub fn dunder_mul(vm: &mut Vm, this: Value, value: Value) -> Res {
    if !vm.is_int(value) && vm.special(value, vm.names.__index__).is_none() {
        let name = vm.class_of(value).full_name();
        return Err(vm.type_error(&format!(
            "can't multiply sequence by non-int of type '{name}'"
        )));
    }
    let n = vm.repeat_count(value)?;
    if n == 1 && this.is_exact(Kind::Bytes) {
        return Ok(this);
    }
    if this.is_kind(Kind::Bytes)
        && data(this)
            .len()
            .checked_mul(n)
            .is_none_or(|n| n > isize::MAX as usize)
    {
        return Err(vm.overflow_error("repeated bytes are too long"));
    }
    let r = vm.repeat_bytes(data(this), n)?;
    like(vm, this, &r)
}
pub fn dunder_rmul(vm: &mut Vm, this: Value, value: Value) -> Res {
    dunder_mul(vm, this, value)
}
pub fn dunder_mod(vm: &mut Vm, this: Value, value: Value) -> Res {
    // A copy: formatting may run code that changes a bytearray.
    let format = data(this).to_vec();
    let _held = hold(vm, this)?;
    let r = vm.percent_bytes(&format, value)?;
    like(vm, this, &r)
}
pub fn dunder_rmod(vm: &mut Vm, this: Value, value: Value) -> Res {
    if value.is_kind(Kind::Bytes) || value.is_kind(Kind::ByteArray) {
        return dunder_mod(vm, value, this);
    }
    Ok(Value::NOT_IMPLEMENTED)
}
pub fn dunder_getitem(vm: &mut Vm, this: Value, key: Value) -> Res {
    let what = if this.is_kind(Kind::Bytes) {
        "byte"
    } else {
        "bytearray"
    };
    if let Some(s) = key.downcast::<SliceObj>() {
        let r = Bounds::unpack(vm, s)?.adjust(data(this).len());
        if r.step == 1 {
            return part(vm, this, r.start as usize..r.start as usize + r.count);
        }
        let b = data(this);
        let out: Vec<u8> = (0..r.count as i64)
            .map(|i| b[(r.start + i * r.step) as usize])
            .collect();
        return like(vm, this, &out);
    }
    if !vm.is_int(key) && vm.special(key, vm.names.__index__).is_none() {
        let name = vm.class_name(key);
        return Err(vm.type_error(&format!(
            "{what} indices must be integers or slices, not {name}"
        )));
    }
    let i = vm.index_for(key)?;
    let b = data(this);
    let at = if i < 0 { i + b.len() as i64 } else { i };
    match usize::try_from(at).ok().and_then(|i| b.get(i)) {
        Some(b) => Ok(Value::int_unchecked(*b as i64)),
        None if this.is_kind(Kind::Bytes) => Err(vm.index_error("index out of range")),
        None => Err(vm.index_error("bytearray index out of range")),
    }
}

fn ordered(vm: &mut Vm, this: Value, value: Value, op: crate::ops::CmpOp) -> Res {
    if value.is_kind(Kind::Bytes) || value.is_kind(Kind::ByteArray) {
        return Ok(Value::bool(op.holds(data(this).cmp(data(value)))));
    }
    if this.is_kind(Kind::Bytes) || !vm.has_buffer(value) || value.is_kind(Kind::Str) {
        if matches!(op, crate::ops::CmpOp::Eq | crate::ops::CmpOp::Ne) {
            warn_of_comparison(vm, this, value)?;
        }
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let _held = hold(vm, this)?;
    match vm.get_buffer(value) {
        Ok(b) => Ok(Value::bool(op.holds(data(this).cmp(b.as_slice())))),
        Err(_) => {
            vm.raised = None;
            Ok(Value::NOT_IMPLEMENTED)
        }
    }
}
/// Under -b: bytes never equal what they are compared with here.
fn warn_of_comparison(vm: &mut Vm, this: Value, value: Value) -> Res<()> {
    let bytes = this.is_kind(Kind::Bytes);
    if value.is_kind(Kind::Str) {
        let what = if bytes { "bytes" } else { "bytearray" };
        vm.bytes_warning(&format!("Comparison between {what} and string"))?;
    } else if bytes && vm.is_int(value) {
        vm.bytes_warning("Comparison between bytes and int")?;
    }
    Ok(())
}
pub fn dunder_eq(vm: &mut Vm, this: Value, value: Value) -> Res {
    ordered(vm, this, value, crate::ops::CmpOp::Eq)
}
pub fn dunder_ne(vm: &mut Vm, this: Value, value: Value) -> Res {
    ordered(vm, this, value, crate::ops::CmpOp::Ne)
}
pub fn dunder_lt(vm: &mut Vm, this: Value, value: Value) -> Res {
    ordered(vm, this, value, crate::ops::CmpOp::Lt)
}
pub fn dunder_le(vm: &mut Vm, this: Value, value: Value) -> Res {
    ordered(vm, this, value, crate::ops::CmpOp::Le)
}
pub fn dunder_gt(vm: &mut Vm, this: Value, value: Value) -> Res {
    ordered(vm, this, value, crate::ops::CmpOp::Gt)
}
pub fn dunder_ge(vm: &mut Vm, this: Value, value: Value) -> Res {
    ordered(vm, this, value, crate::ops::CmpOp::Ge)
}
pub fn dunder_buffer(vm: &mut Vm, this: Value, flags: i64) -> Res {
    vm.buffer_method(this, flags)
}
