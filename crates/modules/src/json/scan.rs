//! `make_scanner`: JSON text to values.

use super::strings::{self, decode_error};
use runtime::class::{DictPlace, TypeFlags, TypeObj, TypeSpec};
use runtime::dict;
use runtime::object::*;
use runtime::payload::{Payload, mark};
use runtime::{Raised, Res, Value, Vm};
use text::Units;

struct Scanner {
    strict: bool,
    object_hook: Value,
    object_pairs_hook: Value,
    parse_float: Value,
    parse_int: Value,
    parse_constant: Value,
}

impl Payload for Scanner {
    fn trace(&self, t: &mut gc::Tracer) {
        for v in [
            self.object_hook,
            self.object_pairs_hook,
            self.parse_float,
            self.parse_int,
            self.parse_constant,
        ] {
            mark(t, v);
        }
    }
}

pub static SPEC: TypeSpec = TypeSpec {
    name: "Scanner",
    module: "_json",
    doc: "JSON scanner object",
    tables: &[methods::TABLE],
    flags: TypeFlags::BASE,
    size: size_of::<PayloadObj>(),
    dict: DictPlace::None,
    slot_offset: std::mem::offset_of!(PayloadObj, overflow),
    ..TypeSpec::DEFAULT
};

/// Deeper documents raise RecursionError: about where CPython stops with a stack of 8 MiB.
const MAX_DEPTH: u32 = 60_000;

/// One pass over a document.
struct Reader<'a> {
    doc: Value,
    s: Units<'a>,
    options: &'a Scanner,
    /// Keys seen, so that equal keys are one object.
    memo: Ref<DictObj>,
    /// Arrays and objects around the current place.
    depth: u32,
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, context)", nosig)]
    fn new(vm: &mut Vm, class: Value, context: Value) -> Res {
        let strict = vm.get_attr_str(context, "strict")?;
        let scanner = Scanner {
            strict: vm.truth(strict)?,
            object_hook: vm.get_attr_str(context, "object_hook")?,
            object_pairs_hook: vm.get_attr_str(context, "object_pairs_hook")?,
            parse_float: vm.get_attr_str(context, "parse_float")?,
            parse_int: vm.get_attr_str(context, "parse_int")?,
            parse_constant: vm.get_attr_str(context, "parse_constant")?,
        };
        match class.downcast::<TypeObj>() {
            Some(c) => vm.new_payload(c, scanner),
            None => Err(vm.type_error("a type is needed")),
        }
    }
    /// Call self as a function.
    #[native("__call__($self, string, idx)", nosig)]
    fn call(vm: &mut Vm, this: Value, string: Value, idx: isize) -> Res {
        let Some(s) = string.downcast::<StrObj>() else {
            let name = vm.class_name(string);
            return Err(vm.type_error(&format!("first argument must be a string, not {name}")));
        };
        let Some(options) = this.payload::<Scanner>() else {
            return Err(vm.type_error("a scanner is needed"));
        };
        if idx < 0 {
            return Err(vm.value_error("idx cannot be negative"));
        }
        let memo = vm.new_dict()?;
        let mut r = Reader {
            doc: string,
            s: s.units(),
            options,
            memo,
            depth: 0,
        };
        let (v, end) = r.value(vm, idx as usize)?;
        vm.new_tuple(&[v, Value::int_unchecked(end as i64)])
    }
    #[getter("strict")]
    fn strict(_: &mut Vm, this: Value) -> Res<bool> {
        Ok(this.payload::<Scanner>().is_some_and(|s| s.strict))
    }
    #[getter("object_hook")]
    fn object_hook(_: &mut Vm, this: Value) -> Res<Option<Value>> {
        Ok(this.payload::<Scanner>().map(|s| s.object_hook))
    }
    #[getter("object_pairs_hook")]
    fn object_pairs_hook(_: &mut Vm, this: Value) -> Res<Option<Value>> {
        Ok(this.payload::<Scanner>().map(|s| s.object_pairs_hook))
    }
    #[getter("parse_float")]
    fn parse_float(_: &mut Vm, this: Value) -> Res<Option<Value>> {
        Ok(this.payload::<Scanner>().map(|s| s.parse_float))
    }
    #[getter("parse_int")]
    fn parse_int(_: &mut Vm, this: Value) -> Res<Option<Value>> {
        Ok(this.payload::<Scanner>().map(|s| s.parse_int))
    }
    #[getter("parse_constant")]
    fn parse_constant(_: &mut Vm, this: Value) -> Res<Option<Value>> {
        Ok(this.payload::<Scanner>().map(|s| s.parse_constant))
    }
}

impl Reader<'_> {
    #[inline(always)]
    fn get(&self, i: usize) -> u32 {
        if i < self.s.len() { self.s.get(i) } else { 0 }
    }
    fn skip(&self, mut i: usize) -> usize {
        while i < self.s.len() && matches!(self.s.get(i), 32 | 9 | 10 | 13) {
            i += 1;
        }
        i
    }
    fn starts(&self, i: usize, word: &str) -> bool {
        word.bytes()
            .enumerate()
            .all(|(k, b)| self.get(i + k) == b as u32)
    }
    fn nothing(&self, vm: &mut Vm, i: usize) -> Raised {
        vm.stop_iteration(Value::int_unchecked(i as i64))
    }

    /// The value at `i` and the index after it; StopIteration when there is none.
    fn value(&mut self, vm: &mut Vm, i: usize) -> Res<(Value, usize)> {
        match char::from_u32(self.get(i)).unwrap_or('\0') {
            '"' => strings::scan(vm, self.doc, self.s, i + 1, self.options.strict),
            '{' => self.nested(vm, "object", |r, vm| r.object(vm, i + 1)),
            '[' => self.nested(vm, "array", |r, vm| r.array(vm, i + 1)),
            'n' if self.starts(i, "null") => Ok((Value::NONE, i + 4)),
            't' if self.starts(i, "true") => Ok((Value::TRUE, i + 4)),
            'f' if self.starts(i, "false") => Ok((Value::FALSE, i + 5)),
            'N' if self.starts(i, "NaN") => self.constant(vm, "NaN", i),
            'I' if self.starts(i, "Infinity") => self.constant(vm, "Infinity", i),
            '-' if self.starts(i, "-Infinity") => self.constant(vm, "-Infinity", i),
            '-' | '0'..='9' => self.number(vm, i),
            _ => Err(self.nothing(vm, i)),
        }
    }

    fn nested(
        &mut self,
        vm: &mut Vm,
        what: &str,
        read: impl FnOnce(&mut Self, &mut Vm) -> Res<(Value, usize)>,
    ) -> Res<(Value, usize)> {
        if self.depth >= MAX_DEPTH {
            return Err(vm.error(
                vm.types.exc.RecursionError,
                &format!(
                    "maximum recursion depth exceeded while decoding a JSON {what} from a unicode string"
                ),
            ));
        }
        vm.check_native_stack()?;
        self.depth += 1;
        let r = read(self, vm);
        self.depth -= 1;
        r
    }

    fn constant(&mut self, vm: &mut Vm, word: &str, i: usize) -> Res<(Value, usize)> {
        let text = vm.new_str(word)?;
        let v = vm.call_value(self.options.parse_constant, &[text])?;
        Ok((v, i + word.len()))
    }

    fn number(&mut self, vm: &mut Vm, start: usize) -> Res<(Value, usize)> {
        let digit = |r: &Self, i: usize| matches!(r.get(i), 48..=57);
        let mut i = start + usize::from(self.get(start) == 45);
        if self.get(i) == 48 {
            i += 1;
        } else if digit(self, i) {
            while digit(self, i) {
                i += 1;
            }
        } else {
            return Err(self.nothing(vm, start));
        }
        let mut float = false;
        if self.get(i) == 46 && digit(self, i + 1) {
            float = true;
            i += 2;
            while digit(self, i) {
                i += 1;
            }
        }
        if matches!(self.get(i), 69 | 101) {
            let mut k = i + 1 + usize::from(matches!(self.get(i + 1), 43 | 45));
            if digit(self, k) {
                while digit(self, k) {
                    k += 1;
                }
                float = true;
                i = k;
            }
        }
        let mut wide = String::new();
        let text = match self.s.slice(start..i) {
            // Digits and signs are ASCII.
            Units::U8(b) => std::str::from_utf8(b).unwrap_or_default(),
            other => {
                wide.extend(other.iter().filter_map(char::from_u32));
                &wide
            }
        };
        let (parse, builtin) = if float {
            (self.options.parse_float, vm.types.float)
        } else {
            (self.options.parse_int, vm.types.int)
        };
        if parse == builtin.value() {
            if float && let Ok(f) = text.parse::<f64>() {
                return Ok((Value::float(f), i));
            }
            if !float && let Ok(n) = text.parse::<i64>() {
                return Ok((vm.new_int(n)?, i));
            }
        }
        let text = vm.new_str(text)?;
        Ok((vm.call_value(parse, &[text])?, i))
    }

    fn array(&mut self, vm: &mut Vm, i: usize) -> Res<(Value, usize)> {
        let mut out = vm.new_vec();
        let mut i = self.skip(i);
        if self.get(i) != 93 {
            loop {
                let (v, next) = self.value(vm, i)?;
                out.push(vm, v)?;
                i = self.skip(next);
                if self.get(i) == 93 {
                    break;
                }
                if self.get(i) != 44 {
                    return Err(decode_error(vm, "Expecting ',' delimiter", self.doc, i));
                }
                let comma = i;
                i = self.skip(i + 1);
                if self.get(i) == 93 {
                    return Err(decode_error(
                        vm,
                        "Illegal trailing comma before end of array",
                        self.doc,
                        comma,
                    ));
                }
            }
        }
        Ok((vm.list_from_vec(out)?, i + 1))
    }

    fn key(&mut self, vm: &mut Vm, i: usize) -> Res<(Value, usize)> {
        if let Some((text, next)) = strings::plain(self.doc, self.s, i) {
            // Most keys were met before.
            let hash = vm.hash_bytes_raw(text);
            let key = match dict::find_ascii(self.memo, text, hash) {
                Some(known) => known,
                None => {
                    let key = vm.new_str_ascii(text)?;
                    vm.dict_set(self.memo.value(), key, key)?;
                    key
                }
            };
            return Ok((key, next));
        }
        let (key, next) = strings::scan(vm, self.doc, self.s, i, self.options.strict)?;
        let key = match vm.dict_get(self.memo, key)? {
            Some(k) => k,
            None => {
                vm.dict_set(self.memo.value(), key, key)?;
                key
            }
        };
        Ok((key, next))
    }

    fn object(&mut self, vm: &mut Vm, i: usize) -> Res<(Value, usize)> {
        let pairs = !self.options.object_pairs_hook.is_none();
        let mut list = vm.new_vec();
        let dict = vm.new_dict()?.value();
        let mut i = self.skip(i);
        if self.get(i) != 125 {
            loop {
                if self.get(i) != 34 {
                    return Err(decode_error(
                        vm,
                        "Expecting property name enclosed in double quotes",
                        self.doc,
                        i,
                    ));
                }
                let (key, next) = self.key(vm, i + 1)?;
                i = self.skip(next);
                if self.get(i) != 58 {
                    return Err(decode_error(vm, "Expecting ':' delimiter", self.doc, i));
                }
                i = self.skip(i + 1);
                let (v, next) = self.value(vm, i)?;
                if pairs {
                    let pair = vm.new_tuple(&[key, v])?;
                    list.push(vm, pair)?;
                } else {
                    vm.dict_set(dict, key, v)?;
                }
                i = self.skip(next);
                if self.get(i) == 125 {
                    break;
                }
                if self.get(i) != 44 {
                    return Err(decode_error(vm, "Expecting ',' delimiter", self.doc, i));
                }
                let comma = i;
                i = self.skip(i + 1);
                if self.get(i) == 125 {
                    return Err(decode_error(
                        vm,
                        "Illegal trailing comma before end of object",
                        self.doc,
                        comma,
                    ));
                }
            }
        }
        let mut v = dict;
        if pairs {
            let list = vm.list_from_vec(list)?;
            v = vm.call_value(self.options.object_pairs_hook, &[list])?;
        } else if !self.options.object_hook.is_none() {
            v = vm.call_value(self.options.object_hook, &[dict])?;
        }
        Ok((v, i + 1))
    }
}
