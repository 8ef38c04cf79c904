//! `str.format`, `format_map` and `__format__`.

use super::text_of;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;
use num::format_spec::{Align, FormatSpec};
use text::format_str::{AutoNumber, First, Step, pieces, split_field_name};
use text::{StrBuf, Units};

/// Where the fields of a format call get their values.
struct Source {
    args: Option<Ref<TupleObj>>,
    kwargs: Option<Value>,
    auto: AutoNumber,
}

#[derive::natives]
pub mod methods {
    use super::*;

    /// Return a formatted version of the string, using substitutions from args and kwargs.
    /// The substitutions are identified by braces ('{' and '}').
    #[native("format($self, /, *args, **kwargs)")]
    fn format(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res {
        let mut source = Source {
            args: args.downcast::<TupleObj>(),
            kwargs,
            auto: AutoNumber::default(),
        };
        vm.format_fields(this, &mut source, 2)
    }
    /// Return a formatted version of the string, using substitutions from mapping.
    /// The substitutions are identified by braces ('{' and '}').
    #[native("format_map($self, mapping, /)")]
    fn format_map(vm: &mut Vm, this: Value, mapping: Value) -> Res {
        let mut source = Source {
            args: None,
            kwargs: Some(mapping),
            auto: AutoNumber::default(),
        };
        vm.format_fields(this, &mut source, 2)
    }
    /// Return a formatted version of the string as described by format_spec.
    #[native("__format__($self, format_spec, /)")]
    fn dunder_format(vm: &mut Vm, this: Value, format_spec: Value) -> Res {
        let Some(spec) = format_spec.downcast::<StrObj>() else {
            let name = vm.argument_kind(format_spec);
            return Err(vm.type_error(&format!("__format__() argument must be str, not {name}")));
        };
        if spec.len == 0 {
            return vm.str_of(this);
        }
        let points: Vec<u32> = spec.units().iter().collect();
        let name = vm.class_name(this);
        let s = text_of(this);
        let layout =
            FormatSpec::parse(&points, Align::Left, &name).and_then(|f| f.layout_str(s.len, &name));
        let l = match layout {
            Ok(l) => l,
            Err(e) => return Err(vm.num_error(e)),
        };
        if l.left == 0 && l.right == 0 {
            return vm.substring(this, 0..l.keep);
        }
        if l.left.saturating_add(l.right) > isize::MAX as usize / 8 {
            return Err(vm.memory_error());
        }
        let mut out = StrBuf::with_capacity(l.left + l.keep + l.right);
        out.push_repeated(l.fill, l.left);
        s.units().slice(0..l.keep).iter().for_each(|c| out.push(c));
        out.push_repeated(l.fill, l.right);
        vm.new_str_owned(&out.finish())
    }
}

impl Vm {
    fn format_fields(&mut self, this: Value, source: &mut Source, depth: u32) -> Res {
        if depth == 0 {
            return Err(self.value_error("Max string recursion exceeded"));
        }
        let s = text_of(this);
        let mut out = StrBuf::with_capacity(s.len);
        for piece in pieces(s.units()) {
            let piece = match piece {
                Ok(p) => p,
                Err(m) => return Err(self.value_error(m)),
            };
            s.units()
                .slice(piece.literal)
                .iter()
                .for_each(|c| out.push(c));
            let Some(field) = piece.field else {
                continue;
            };
            let mut v = self.field_value(s.units().slice(field.name), source)?;
            v = match field.conversion.map(char::from_u32) {
                None => v,
                Some(Some('s')) => self.str_of(v)?,
                Some(Some('r')) => self.repr(v)?,
                Some(Some('a')) => self.ascii(v)?,
                Some(c) => return Err(self.bad_conversion(c, field.conversion)),
            };
            let mut spec = self.substring(this, field.spec)?;
            if field.spec_has_fields {
                spec = self.format_fields(spec, source, depth - 1)?;
            }
            let r = self.format(v, spec)?;
            text_of(r).units().iter().for_each(|c| out.push(c));
        }
        self.new_str_owned(&out.finish())
    }

    fn bad_conversion(&mut self, c: Option<char>, code: Option<u32>) -> crate::value::Raised {
        let message = match c {
            Some(c) if c > ' ' && c < '\u{7f}' => {
                format!("Unknown conversion specifier {c}")
            }
            _ => format!("Unknown conversion specifier \\x{:x}", code.unwrap_or(0)),
        };
        self.value_error(&message)
    }

    fn field_value(&mut self, name: Units, source: &mut Source) -> Res {
        let (first, steps) = match split_field_name(name) {
            Ok(x) => x,
            Err(m) => return Err(self.value_error(m)),
        };
        let first = match source.args {
            Some(_) => match source.auto.resolve(first) {
                Ok(f) => f,
                Err(m) => return Err(self.value_error(m)),
            },
            None => first,
        };
        let mut v = match first {
            First::Index(i) => match source.args {
                None => {
                    return Err(self.value_error("Format string contains positional fields"));
                }
                Some(t) => match t.items().get(i) {
                    Some(v) => *v,
                    None => {
                        return Err(self.index_error(&format!(
                            "Replacement index {i} out of range for positional args tuple"
                        )));
                    }
                },
            },
            First::Key(r) if r.is_empty() && source.args.is_none() => {
                return Err(self.value_error("Format string contains positional fields"));
            }
            First::Key(r) => {
                let key = self.new_str_units(name.slice(r))?;
                match source.kwargs {
                    Some(m) => self.get_item(m, key)?,
                    None => return Err(self.key_error(key)),
                }
            }
        };
        for step in steps {
            v = match step {
                Ok(Step::Attribute(r)) => {
                    let key = self.new_str_units(name.slice(r))?;
                    let key = self.intern_value(key);
                    self.get_attr(v, key)?
                }
                Ok(Step::Index(i)) => self.get_item(v, Value::int_unchecked(i as i64))?,
                Ok(Step::Key(r)) => {
                    let key = self.new_str_units(name.slice(r))?;
                    self.get_item(v, key)?
                }
                Err(m) => return Err(self.value_error(m)),
            };
        }
        Ok(v)
    }
}
