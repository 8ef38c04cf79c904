//! `str % args`.

use super::text_of;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;
use num::percent::{Amount, Conversion, Resolved, Segment, parse};
use text::{StrBuf, Units};

/// The right operand of `%`: a tuple consumed in order, one value, or a mapping.
pub struct Arguments {
    args: Value,
    tuple: Option<Ref<TupleObj>>,
    next: usize,
    mapping: Option<Value>,
}

impl Arguments {
    pub fn new(vm: &mut Vm, args: Value, bytes: bool) -> Arguments {
        let tuple = args.downcast::<TupleObj>();
        let text = if bytes {
            [Kind::Bytes, Kind::ByteArray, Kind::Str]
                .iter()
                .any(|k| args.is_kind(*k))
        } else {
            args.is_kind(Kind::Str)
        };
        let is_mapping = tuple.is_none()
            && !text
            && args.is_cell()
            && vm.special(args, vm.names.__getitem__).is_some();
        Arguments {
            args,
            tuple,
            next: 0,
            mapping: is_mapping.then_some(args),
        }
    }
    /// The next argument.
    pub fn take(&mut self, vm: &mut Vm) -> Res {
        let v = match self.tuple {
            Some(t) => t.items().get(self.next).copied(),
            None if self.next == 0 => Some(self.args),
            None => None,
        };
        self.next += 1;
        match v {
            Some(v) => Ok(v),
            None => Err(vm.type_error("not enough arguments for format string")),
        }
    }
    /// An argument that stands for `*` as the precision.
    pub fn precision(&mut self, vm: &mut Vm) -> Res<i64> {
        let n = self.star(vm)?;
        if i32::try_from(n).is_err() {
            return Err(vm.overflow_error("Python int too large to convert to C int"));
        }
        Ok(n)
    }
    /// The value of `*`.
    pub fn star(&mut self, vm: &mut Vm) -> Res<i64> {
        let v = self.take(vm)?;
        if !vm.is_int(v) {
            return Err(vm.type_error("* wants int"));
        }
        vm.index_isize(v).map(|n| n as i64)
    }
    /// Takes the value of a `%(key)` as the only argument; None when the key is malformed.
    pub fn look_up(&mut self, vm: &mut Vm, key: Option<Value>) -> Res<()> {
        let Some(m) = self.mapping else {
            return Err(vm.type_error("format requires a mapping"));
        };
        let Some(key) = key else {
            return Ok(());
        };
        self.args = vm.get_item(m, key)?;
        self.tuple = None;
        self.next = 0;
        Ok(())
    }
    /// TypeError when arguments are left.
    pub fn finish(&self, vm: &mut Vm, bytes: bool) -> Res<()> {
        let n = self.tuple.map_or(1, |t| t.len);
        if self.next < n && self.mapping.is_none() {
            let what = if bytes { "bytes" } else { "string" };
            return Err(vm.type_error(&format!(
                "not all arguments converted during {what} formatting"
            )));
        }
        Ok(())
    }
}

impl Vm {
    /// `format % args`.
    pub fn percent_str(&mut self, format: Value, args: Value) -> Res {
        if let Some(r) = self.percent_quick(format, args) {
            return r;
        }
        let f = text_of(format);
        let mut out = StrBuf::with_capacity(f.len + 16);
        let mut source = Arguments::new(self, args, false);
        let units = f.units();
        for segment in parse(f.len, |i| units.get(i), false) {
            match segment {
                Segment::Literal(r) => push(&mut out, units.slice(r)),
                Segment::Convert(c) => self.percent_one(format, c, &mut source, &mut out)?,
            }
        }
        source.finish(self, false)?;
        self.new_str_owned(&out.finish())
    }

    fn percent_one(
        &mut self,
        format: Value,
        c: Conversion,
        source: &mut Arguments,
        out: &mut StrBuf,
    ) -> Res<()> {
        if c.mapping {
            let key = match &c.key {
                Some(r) => Some(self.substring(format, r.clone())?),
                None => None,
            };
            source.look_up(self, key)?;
        }
        let width = match c.width {
            Amount::Argument => Some(source.star(self)?),
            _ => None,
        };
        let precision = match c.precision {
            Amount::Argument => Some(source.precision(self)?),
            _ => None,
        };
        if let Some(e) = c.error {
            return Err(self.num_error(e));
        }
        let r = c.resolve(width, precision);
        let v = source.take(self)?;
        match char::from_u32(c.kind).unwrap_or('\0') {
            's' => {
                let s = self.str_of(v)?;
                pad(out, text_of(s).units(), &r);
            }
            'r' => {
                let s = self.repr(v)?;
                pad(out, text_of(s).units(), &r);
            }
            'a' => {
                let s = self.ascii(v)?;
                pad(out, text_of(s).units(), &r);
            }
            'c' => {
                let one = [self.percent_char(v)?];
                let r = Resolved {
                    precision: None,
                    ..r
                };
                pad(out, Units::U32(&one), &r);
            }
            'd' | 'i' | 'u' | 'o' | 'x' | 'X' => {
                let s = self.percent_int(v, &r, c.kind as u8)?;
                out.push_str(&s);
            }
            'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
                let f = self.to_f64(v)?;
                match r.format_float(f, c.kind as u8) {
                    Ok(s) => out.push_str(&s),
                    Err(e) => return Err(self.num_error(e)),
                }
            }
            _ => return Err(self.num_error(c.unsupported(false))),
        }
        Ok(())
    }

    /// `%d %i %u %o %x %X`.
    pub fn percent_int(&mut self, v: Value, r: &Resolved, kind: u8) -> Res<String> {
        let hex = matches!(kind, b'o' | b'x' | b'X');
        if let Some(n) = v.as_small_int()
            && !hex
            && r.width == 0
            && r.precision.is_none()
            && !r.flags.plus
            && !r.flags.space
        {
            return Ok(n.to_string());
        }
        let i = if self.is_int(v) {
            Ok(v)
        } else if hex {
            if self.special(v, self.names.__index__).is_some() {
                self.index(v)
            } else {
                return Err(self.percent_type(v, kind));
            }
        } else if v.is_float()
            || self.special(v, self.names.__int__).is_some()
            || self.special(v, self.names.__index__).is_some()
        {
            self.call_value(self.types.int.value(), &[v])
        } else {
            return Err(self.percent_type(v, kind));
        };
        let i = match i {
            Ok(i) => i,
            Err(_) if self.catch(self.types.exc.TypeError) => {
                return Err(self.percent_type(v, kind));
            }
            Err(r) => return Err(r),
        };
        let Some(n) = self.to_big(i) else {
            return Err(self.percent_type(v, kind));
        };
        if matches!(kind, b'd' | b'i' | b'u') {
            self.check_int_digits(i)?;
        }
        match r.format_int(&n, kind) {
            Ok(s) => Ok(s),
            Err(e) => Err(self.num_error(e)),
        }
    }

    fn percent_type(&mut self, v: Value, kind: u8) -> crate::value::Raised {
        let name = self.class_name(v);
        let want = if matches!(kind, b'o' | b'x' | b'X') {
            "an integer"
        } else {
            "a real number"
        };
        self.type_error(&format!(
            "%{} format: {want} is required, not {name}",
            kind as char
        ))
    }

    fn percent_char(&mut self, v: Value) -> Res<u32> {
        if let Some(s) = v.downcast::<StrObj>() {
            if s.len == 1 {
                return Ok(s.units().get(0));
            }
            return Err(self.type_error(&format!(
                "%c requires an int or a unicode character, not a string of length {}",
                s.len
            )));
        }
        if self.is_int(v) || self.special(v, self.names.__index__).is_some() {
            let i = self.index(v)?;
            return match self.int_to_i64(i) {
                Some(n @ 0..0x11_0000) => Ok(n as u32),
                _ => Err(self.overflow_error("%c arg not in range(0x110000)")),
            };
        }
        let name = self.class_name(v);
        Err(self.type_error(&format!(
            "%c requires an int or a unicode character, not {name}"
        )))
    }
}

/// Appends units that may be wider than their content needs.
fn push(out: &mut StrBuf, s: Units) {
    match s {
        Units::U8(_) => out.push_units(s),
        _ => s.iter().for_each(|c| out.push(c)),
    }
}

fn pad(out: &mut StrBuf, s: Units, r: &Resolved) {
    let n = r.precision.unwrap_or(usize::MAX).min(s.len());
    let (left, right) = r.pad_text(n);
    out.push_repeated(32, left);
    push(out, s.slice(0..n));
    out.push_repeated(32, right);
}
