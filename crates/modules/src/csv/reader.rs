//! Reading rows.

use super::dialect::{self, Dialect};
use super::*;
use runtime::alloc::GcVec;
use runtime::class::TypeSpec;
use runtime::payload::{Payload, mark};
use std::cell::Cell;
use text::{StrBuf, Units};

struct Reader {
    lines: Value,
    dialect: Value,
    line_num: Cell<i64>,
}

impl Payload for Reader {
    fn trace(&self, t: &mut gc::Tracer) {
        mark(t, self.lines);
        mark(t, self.dialect);
    }
}

pub static SPEC: TypeSpec = TypeSpec {
    name: "reader",
    module: "_csv",
    doc: "CSV reader\n\nReader objects are responsible for reading and parsing tabular data\nin CSV format.",
    tables: &[methods::TABLE],
    flags: runtime::class::TypeFlags::NO_INSTANCES,
    size: size_of::<PayloadObj>(),
    slot_offset: std::mem::offset_of!(PayloadObj, overflow),
    iternext: Some(next),
    ..TypeSpec::DEFAULT
};

/// `csv.reader(...)`.
pub fn make(vm: &mut Vm, iterable: Value, dialect: Option<Value>, params: Option<Value>) -> Res {
    let lines = vm.iter(iterable)?;
    let dialect = dialect::make(vm, dialect, params)?;
    let class = vm.native_type(&SPEC)?;
    vm.new_payload(
        class,
        Reader {
            lines,
            dialect,
            line_num: Cell::new(0),
        },
    )
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    StartRecord,
    StartField,
    Escaped,
    InField,
    InQuoted,
    EscapedInQuoted,
    QuoteInQuoted,
    EatEnd,
    AfterEscapedEnd,
}

/// The end of a line in the stream of characters.
const END: u32 = u32::MAX;

struct Parser<'a> {
    d: &'a Dialect,
    state: State,
    field: StrBuf,
    quoted: bool,
    limit: i64,
    row: GcVec,
}

impl Parser<'_> {
    fn add(&mut self, vm: &mut Vm, c: u32) -> Res<()> {
        if self.field.len() as i64 >= self.limit {
            let limit = self.limit;
            return Err(error(
                vm,
                &format!("field larger than field limit ({limit})"),
            ));
        }
        self.field.push(c);
        Ok(())
    }

    fn save(&mut self, vm: &mut Vm) -> Res<()> {
        let text = std::mem::take(&mut self.field).finish();
        let quoted = std::mem::take(&mut self.quoted);
        let empty = text.is_empty() && !quoted;
        let mut v = if empty && matches!(self.d.quoting, QUOTE_NOTNULL | QUOTE_STRINGS) {
            Value::NONE
        } else {
            vm.new_str_owned(&text)?
        };
        let number = match self.d.quoting {
            QUOTE_NONNUMERIC => !quoted && !empty,
            QUOTE_STRINGS => !quoted && !empty,
            _ => false,
        };
        if number {
            v = vm.call_value(vm.types.float.value(), &[v])?;
        }
        self.row.push(vm, v)
    }

    fn start_field(&mut self, vm: &mut Vm, c: u32) -> Res<()> {
        let d = self.d;
        if matches!(c, 10 | 13 | END) {
            self.save(vm)?;
            self.state = if c == END {
                State::StartRecord
            } else {
                State::EatEnd
            };
        } else if Some(c) == d.quotechar && d.quoting != QUOTE_NONE {
            self.quoted = true;
            self.state = State::InQuoted;
        } else if Some(c) == d.escapechar {
            self.state = State::Escaped;
        } else if c == 32 && d.skipinitialspace {
            self.state = State::StartField;
        } else if c == d.delimiter {
            self.save(vm)?;
            self.state = State::StartField;
        } else {
            self.add(vm, c)?;
            self.state = State::InField;
        }
        Ok(())
    }

    fn in_field(&mut self, vm: &mut Vm, c: u32) -> Res<()> {
        let d = self.d;
        if matches!(c, 10 | 13 | END) {
            self.save(vm)?;
            self.state = if c == END {
                State::StartRecord
            } else {
                State::EatEnd
            };
        } else if Some(c) == d.escapechar {
            self.state = State::Escaped;
        } else if c == d.delimiter {
            self.save(vm)?;
            self.state = State::StartField;
        } else {
            self.add(vm, c)?;
        }
        Ok(())
    }

    fn feed(&mut self, vm: &mut Vm, c: u32) -> Res<()> {
        let d = self.d;
        match self.state {
            State::StartRecord => match c {
                END => {}
                10 | 13 => self.state = State::EatEnd,
                _ => {
                    self.state = State::StartField;
                    self.start_field(vm, c)?;
                }
            },
            State::StartField => self.start_field(vm, c)?,
            State::Escaped => {
                if matches!(c, 10 | 13) {
                    self.add(vm, c)?;
                    self.state = State::AfterEscapedEnd;
                } else {
                    self.add(vm, if c == END { 10 } else { c })?;
                    self.state = State::InField;
                }
            }
            State::AfterEscapedEnd => {
                if c != END {
                    self.state = State::InField;
                    self.in_field(vm, c)?;
                }
            }
            State::InField => self.in_field(vm, c)?,
            State::InQuoted => {
                if c == END {
                } else if Some(c) == d.escapechar {
                    self.state = State::EscapedInQuoted;
                } else if Some(c) == d.quotechar && d.quoting != QUOTE_NONE {
                    self.state = if d.doublequote {
                        State::QuoteInQuoted
                    } else {
                        State::InField
                    };
                } else {
                    self.add(vm, c)?;
                }
            }
            State::EscapedInQuoted => {
                self.add(vm, if c == END { 10 } else { c })?;
                self.state = State::InQuoted;
            }
            State::QuoteInQuoted => {
                if d.quoting != QUOTE_NONE && Some(c) == d.quotechar {
                    self.add(vm, c)?;
                    self.state = State::InQuoted;
                } else if c == d.delimiter {
                    self.save(vm)?;
                    self.state = State::StartField;
                } else if matches!(c, 10 | 13 | END) {
                    self.save(vm)?;
                    self.state = if c == END {
                        State::StartRecord
                    } else {
                        State::EatEnd
                    };
                } else if !d.strict {
                    self.add(vm, c)?;
                    self.state = State::InField;
                } else {
                    let show = |c: u32| char::from_u32(c).unwrap_or('?');
                    let (a, b) = (show(d.delimiter), show(d.quotechar.unwrap_or(34)));
                    return Err(error(vm, &format!("'{a}' expected after '{b}'")));
                }
            }
            State::EatEnd => match c {
                10 | 13 => {}
                END => self.state = State::StartRecord,
                _ => {
                    return Err(error(
                        vm,
                        "new-line character seen in unquoted field - do you need to open the file with newline=''?",
                    ));
                }
            },
        }
        Ok(())
    }
}

impl Parser<'_> {
    /// A line of text, without its end.
    fn feed_line(&mut self, vm: &mut Vm, s: Ref<StrObj>) -> Res<()> {
        let mut i = 0;
        while i < s.len {
            if let Units::U8(units) = s.units() {
                i += self.ordinary(vm, s, &units[i..], i)?;
                if i == s.len {
                    break;
                }
            }
            self.feed(vm, s.units().get(i))?;
            i += 1;
        }
        Ok(())
    }

    /// Takes the characters at the beginning of `rest`, which is at `at` in the line, that mean
    /// nothing in a field: how many.
    fn ordinary(&mut self, vm: &mut Vm, s: Ref<StrObj>, rest: &[u8], at: usize) -> Res<usize> {
        let d = self.d;
        let begins = matches!(self.state, State::StartRecord | State::StartField);
        let means = |c: u32, quoted: bool| {
            let quote = Some(c) == d.quotechar && (quoted || begins);
            let ends = !quoted && (matches!(c, 10 | 13) || c == d.delimiter);
            quote || ends || Some(c) == d.escapechar
        };
        let quoted = match self.state {
            State::InField => false,
            State::InQuoted => true,
            // Blanks may have to be skipped.
            _ if begins && !d.skipinitialspace => false,
            _ => return Ok(0),
        };
        let n = rest.iter().position(|c| means(u32::from(*c), quoted));
        let n = n.unwrap_or(rest.len());
        if n == 0 || self.field.len() as i64 + n as i64 > self.limit {
            return Ok(0);
        }
        let plain = !matches!(d.quoting, QUOTE_NONNUMERIC | QUOTE_STRINGS);
        if begins && plain && rest.get(n).is_some_and(|c| u32::from(*c) == d.delimiter) {
            // A whole field, and the delimiter behind it.
            let field = vm.substring(s.value(), at..at + n)?;
            self.row.push(vm, field)?;
            self.state = State::StartField;
            return Ok(n + 1);
        }
        if begins {
            self.state = State::InField;
        }
        self.field.push_units(Units::U8(&rest[..n]));
        Ok(n)
    }
}

fn next(vm: &mut Vm, it: Value) -> Res<Option<Value>> {
    let Some(r) = it.payload::<Reader>() else {
        return Ok(None);
    };
    let Some(d) = r.dialect.payload::<Dialect>() else {
        return Ok(None);
    };
    let mut p = Parser {
        d,
        state: State::StartRecord,
        field: StrBuf::new(),
        quoted: false,
        limit: field_limit(vm),
        row: vm.new_vec(),
    };
    loop {
        let Some(line) = vm.next(r.lines)? else {
            if !p.field.is_empty() || p.state == State::InQuoted {
                if d.strict {
                    return Err(error(vm, "unexpected end of data"));
                }
                p.save(vm)?;
                break;
            }
            return Ok(None);
        };
        let Some(s) = line.downcast::<StrObj>() else {
            let name = vm.class_name(line);
            return Err(error(
                vm,
                &format!(
                    "iterator should return strings, not {name} (the file should be opened in text mode)"
                ),
            ));
        };
        r.line_num.set(r.line_num.get() + 1);
        p.feed_line(vm, s)?;
        p.feed(vm, END)?;
        if p.state == State::StartRecord {
            break;
        }
    }
    let row = std::mem::take(&mut p.row);
    vm.list_from_vec(row).map(Some)
}

#[derive::natives]
mod methods {
    use super::*;

    /// Implement iter(self).
    #[native("__iter__($self, /)")]
    fn iter(_: &mut Vm, this: Value) -> Res {
        Ok(this)
    }
    /// Implement next(self).
    #[native("__next__($self, /)")]
    fn next_row(vm: &mut Vm, this: Value) -> Res {
        match next(vm, this)? {
            Some(v) => Ok(v),
            None => Err(vm.stop_iteration(Value::NONE)),
        }
    }
    #[getter("dialect")]
    fn dialect(_: &mut Vm, this: Value) -> Res<Option<Value>> {
        Ok(this.payload::<Reader>().map(|r| r.dialect))
    }
    #[getter("line_num")]
    fn line_num(_: &mut Vm, this: Value) -> Res<Option<i64>> {
        Ok(this.payload::<Reader>().map(|r| r.line_num.get()))
    }
}
