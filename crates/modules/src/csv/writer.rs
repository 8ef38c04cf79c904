//! Writing rows.

use super::dialect::{self, Dialect};
use super::*;
use runtime::class::{TypeFlags, TypeSpec};
use runtime::payload::{Payload, mark};
use text::{StrBuf, Units};

struct Writer {
    write: Value,
    dialect: Value,
}

impl Payload for Writer {
    fn trace(&self, t: &mut gc::Tracer) {
        mark(t, self.write);
        mark(t, self.dialect);
    }
}

pub static SPEC: TypeSpec = TypeSpec {
    name: "writer",
    module: "_csv",
    doc: "CSV writer\n\nWriter objects are responsible for generating tabular data\nin CSV format from sequence input.",
    tables: &[methods::TABLE],
    flags: TypeFlags::NO_INSTANCES,
    size: size_of::<PayloadObj>(),
    slot_offset: std::mem::offset_of!(PayloadObj, overflow),
    ..TypeSpec::DEFAULT
};

/// `csv.writer(...)`.
pub fn make(vm: &mut Vm, file: Value, dialect: Option<Value>, params: Option<Value>) -> Res {
    let dialect = dialect::make(vm, dialect, params)?;
    let name = vm.intern("write");
    let write = match vm.get_attr_opt(file, name)? {
        Some(w) => w,
        None => return Err(vm.type_error("argument 1 must have a \"write\" method")),
    };
    let class = vm.native_type(&SPEC)?;
    vm.new_payload(class, Writer { write, dialect })
}

/// Appends a field; `quoted` asks for quotes, and is set when the content needs them.
fn field(vm: &mut Vm, d: &Dialect, s: Units, quoted: bool, out: &mut StrBuf) -> Res<()> {
    let special = |c: u32| {
        c == d.delimiter
            || Some(c) == d.escapechar
            || Some(c) == d.quotechar
            || matches!(c, 10 | 13)
            || d.lineterminator.units().iter().any(|t| t == c)
    };
    if let Units::U8(bytes) = s
        && !bytes.iter().any(|c| special(u32::from(*c)))
    {
        let quote = d.quotechar.filter(|_| quoted);
        quote.into_iter().for_each(|q| out.push(q));
        out.push_units(s);
        quote.into_iter().for_each(|q| out.push(q));
        return Ok(());
    }
    let mut quoted = quoted;
    let mut body = StrBuf::with_capacity(s.len());
    for c in s.iter() {
        if special(c) {
            let mut escape = false;
            if d.quoting == QUOTE_NONE {
                escape = true;
            } else {
                if Some(c) == d.quotechar {
                    if d.doublequote {
                        body.push(c);
                    } else {
                        escape = true;
                    }
                } else if Some(c) == d.escapechar {
                    escape = true;
                }
                if !escape {
                    quoted = true;
                }
            }
            if escape {
                match d.escapechar {
                    Some(e) => body.push(e),
                    None => {
                        return Err(error(vm, "need to escape, but no escapechar set"));
                    }
                }
            }
        }
        body.push(c);
    }
    let body = body.finish();
    let quote = d.quotechar.filter(|_| quoted);
    if let Some(q) = quote {
        out.push(q);
    }
    body.units().iter().for_each(|c| out.push(c));
    if let Some(q) = quote {
        out.push(q);
    }
    Ok(())
}

fn write_row(vm: &mut Vm, this: Value, row: Value) -> Res {
    let Some(w) = this.payload::<Writer>() else {
        return Err(vm.type_error("a writer is needed"));
    };
    let Some(d) = w.dialect.payload::<Dialect>() else {
        return Err(vm.type_error("a dialect is needed"));
    };
    let it = match vm.iter(row) {
        Ok(it) => it,
        Err(_) if vm.catch(vm.types.exc.TypeError) => {
            let name = vm.class_name(row);
            return Err(error(vm, &format!("iterable expected, not {name}")));
        }
        Err(r) => return Err(r),
    };
    let mut out = StrBuf::new();
    let (mut n, mut null) = (0, false);
    while let Some(v) = vm.next(it)? {
        let number = vm.is_int(v) || vm.float_of(v).is_some() || v.is_kind(Kind::Complex);
        let quoted = match d.quoting {
            QUOTE_NONNUMERIC => !number,
            QUOTE_ALL => true,
            QUOTE_STRINGS => v.is_kind(Kind::Str),
            QUOTE_NOTNULL => !v.is_none(),
            _ => false,
        };
        if n > 0 {
            out.push(d.delimiter);
        }
        n += 1;
        null = v.is_none();
        if null {
            if quoted {
                field(vm, d, Units::U8(&[]), true, &mut out)?;
            }
            continue;
        }
        let s = vm.str_of(v)?;
        if let Some(s) = s.downcast::<StrObj>() {
            // Otherwise it would be read back as nothing but white space to skip.
            let space = d.delimiter == 32 && d.skipinitialspace && s.len == 0;
            if space && d.quoting == QUOTE_NONE {
                return Err(error(
                    vm,
                    "empty field must be quoted if delimiter is a space and skipinitialspace is true",
                ));
            }
            null = false;
            field(vm, d, s.units(), quoted || space, &mut out)?;
        }
    }
    if n > 0 && out.is_empty() {
        let forbidden =
            d.quoting == QUOTE_NONE || (null && matches!(d.quoting, QUOTE_STRINGS | QUOTE_NOTNULL));
        if forbidden {
            return Err(error(vm, "single empty field record must be quoted"));
        }
        field(vm, d, Units::U8(&[]), true, &mut out)?;
    }
    d.lineterminator.units().iter().for_each(|c| out.push(c));
    let text = vm.new_str_owned(&out.finish())?;
    vm.call_value(w.write, &[text])
}

#[derive::natives]
mod methods {
    use super::*;

    /// Construct and write a CSV record from an iterable of fields.
    ///
    /// Non-string elements will be converted to string.
    #[native("writerow($self, row, /)")]
    fn writerow(vm: &mut Vm, this: Value, row: Value) -> Res {
        write_row(vm, this, row)
    }
    /// Construct and write a series of iterables to a csv file.
    ///
    /// Non-string elements will be converted to string.
    #[native("writerows($self, rows, /)")]
    fn writerows(vm: &mut Vm, this: Value, rows: Value) -> Res<()> {
        let it = vm.iter(rows)?;
        while let Some(row) = vm.next(it)? {
            write_row(vm, this, row)?;
        }
        Ok(())
    }
    #[getter("dialect")]
    fn dialect(_: &mut Vm, this: Value) -> Res<Option<Value>> {
        Ok(this.payload::<Writer>().map(|w| w.dialect))
    }
}
