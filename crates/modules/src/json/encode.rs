//! `make_encoder`: values to JSON text.

use super::strings;
use runtime::class::{DictPlace, TypeFlags, TypeObj, TypeSpec};
use runtime::dict;
use runtime::object::*;
use runtime::payload::{Payload, mark};
use runtime::{Res, Value, Vm};
use text::StrBuf;

struct Encoder {
    markers: Value,
    default: Value,
    encoder: Value,
    indent: Value,
    key_separator: Value,
    item_separator: Value,
    sort_keys: bool,
    skipkeys: bool,
    allow_nan: bool,
}

impl Payload for Encoder {
    fn trace(&self, t: &mut gc::Tracer) {
        for v in [
            self.markers,
            self.default,
            self.encoder,
            self.indent,
            self.key_separator,
            self.item_separator,
        ] {
            mark(t, v);
        }
    }
}

pub static SPEC: TypeSpec = TypeSpec {
    name: "Encoder",
    module: "_json",
    doc: "Encoder(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)",
    tables: &[methods::TABLE],
    flags: TypeFlags::BASE,
    size: size_of::<PayloadObj>(),
    dict: DictPlace::None,
    slot_offset: std::mem::offset_of!(PayloadObj, overflow),
    ..TypeSpec::DEFAULT
};

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod(
        "__new__($type, markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)",
        nosig
    )]
    fn new(
        vm: &mut Vm,
        class: Value,
        markers: Value,
        default: Value,
        encoder: Value,
        indent: Value,
        key_separator: Value,
        item_separator: Value,
        sort_keys: bool,
        skipkeys: bool,
        allow_nan: bool,
    ) -> Res {
        if !markers.is_none() && !markers.is_kind(Kind::Dict) {
            let name = vm.argument_kind(markers);
            return Err(vm.type_error(&format!(
                "make_encoder() argument 1 must be dict or None, not {name}"
            )));
        }
        for (i, v) in [(5, key_separator), (6, item_separator)] {
            if !v.is_kind(Kind::Str) {
                let name = vm.argument_kind(v);
                return Err(vm.type_error(&format!(
                    "make_encoder() argument {i} must be str, not {name}"
                )));
            }
        }
        let state = Encoder {
            markers,
            default,
            encoder,
            indent,
            key_separator,
            item_separator,
            sort_keys,
            skipkeys,
            allow_nan,
        };
        match class.downcast::<TypeObj>() {
            Some(c) => vm.new_payload(c, state),
            None => Err(vm.type_error("a type is needed")),
        }
    }
    /// Call self as a function.
    #[native("__call__($self, obj, _current_indent_level)", nosig)]
    fn call(vm: &mut Vm, this: Value, obj: Value, level: isize) -> Res {
        let Some(e) = this.payload::<Encoder>() else {
            return Err(vm.type_error("an encoder is needed"));
        };
        let mut w = Writer {
            e,
            out: StrBuf::new(),
            ascii: crate::json::known_encoder(e.encoder),
        };
        w.value(vm, obj, level.max(0) as usize)?;
        let text = vm.new_str_owned(&w.out.finish())?;
        vm.new_tuple(&[text])
    }
    #[getter("markers")]
    fn markers(_: &mut Vm, this: Value) -> Res<Option<Value>> {
        Ok(this.payload::<Encoder>().map(|e| e.markers))
    }
    #[getter("default")]
    fn default(_: &mut Vm, this: Value) -> Res<Option<Value>> {
        Ok(this.payload::<Encoder>().map(|e| e.default))
    }
    #[getter("encoder")]
    fn encoder(_: &mut Vm, this: Value) -> Res<Option<Value>> {
        Ok(this.payload::<Encoder>().map(|e| e.encoder))
    }
    #[getter("indent")]
    fn indent(_: &mut Vm, this: Value) -> Res<Option<Value>> {
        Ok(this.payload::<Encoder>().map(|e| e.indent))
    }
    #[getter("key_separator")]
    fn key_separator(_: &mut Vm, this: Value) -> Res<Option<Value>> {
        Ok(this.payload::<Encoder>().map(|e| e.key_separator))
    }
    #[getter("item_separator")]
    fn item_separator(_: &mut Vm, this: Value) -> Res<Option<Value>> {
        Ok(this.payload::<Encoder>().map(|e| e.item_separator))
    }
    #[getter("sort_keys")]
    fn sort_keys(_: &mut Vm, this: Value) -> Res<bool> {
        Ok(this.payload::<Encoder>().is_some_and(|e| e.sort_keys))
    }
    #[getter("skipkeys")]
    fn skipkeys(_: &mut Vm, this: Value) -> Res<bool> {
        Ok(this.payload::<Encoder>().is_some_and(|e| e.skipkeys))
    }
}

struct Writer<'a> {
    e: &'a Encoder,
    out: StrBuf,
    /// The string encoder is a built-in one: ASCII only or not.
    ascii: Option<bool>,
}

impl Writer<'_> {
    fn push(&mut self, v: Value) {
        if let Some(s) = v.downcast::<StrObj>() {
            s.units().iter().for_each(|c| self.out.push(c));
        }
    }

    fn string(&mut self, vm: &mut Vm, v: Value) -> Res<()> {
        if let (Some(ascii), Some(s)) = (self.ascii, v.downcast::<StrObj>()) {
            strings::quote(&mut self.out, s.units(), ascii);
            return Ok(());
        }
        let r = vm.call_value(self.e.encoder, &[v])?;
        if !r.is_kind(Kind::Str) {
            let name = vm.class_name(r);
            return Err(vm.type_error(&format!("encoder() must return a string, not {name}")));
        }
        self.push(r);
        Ok(())
    }

    /// The text of None, booleans, ints and floats.
    fn atom(&mut self, vm: &mut Vm, v: Value) -> Res<Option<String>> {
        if let Some(n) = v.as_small_int() {
            return Ok(Some(n.to_string()));
        }
        Ok(Some(match v {
            Value::NONE => "null".into(),
            Value::TRUE => "true".into(),
            Value::FALSE => "false".into(),
            _ if vm.is_int(v) => {
                let n = vm.to_big(v).unwrap_or_else(|| num::BigInt::from(0i64));
                let exact = vm.new_big(&n)?;
                vm.display_repr(exact)?
            }
            _ => match vm.float_of(v) {
                Some(f) if f.is_finite() => vm.display_repr(Value::float(f))?,
                Some(f) => {
                    if !self.e.allow_nan {
                        let shown = vm.display_repr(Value::float(f))?;
                        return Err(vm.value_error(&format!(
                            "Out of range float values are not JSON compliant: {shown}"
                        )));
                    }
                    if f.is_nan() {
                        "NaN".into()
                    } else if f > 0.0 {
                        "Infinity".into()
                    } else {
                        "-Infinity".into()
                    }
                }
                None => return Ok(None),
            },
        }))
    }

    fn newline(&mut self, level: usize) {
        if self.e.indent.is_none() {
            return;
        }
        self.out.push(10);
        for _ in 0..level {
            self.push(self.e.indent);
        }
    }

    fn enter(&mut self, vm: &mut Vm, v: Value) -> Res<Option<Value>> {
        if self.e.markers.is_none() {
            return Ok(None);
        }
        let key = vm.new_int_u64(v.bits())?;
        if vm.contains(self.e.markers, key)? {
            return Err(vm.value_error("Circular reference detected"));
        }
        vm.dict_set(self.e.markers, key, v)?;
        Ok(Some(key))
    }

    fn leave(&mut self, vm: &mut Vm, key: Option<Value>) -> Res<()> {
        if let (Some(key), Some(d)) = (key, self.e.markers.downcast::<DictObj>()) {
            vm.dict_remove(d, key)?;
        }
        Ok(())
    }

    fn value(&mut self, vm: &mut Vm, v: Value, level: usize) -> Res<()> {
        if v.is_kind(Kind::Str) {
            return self.string(vm, v);
        }
        if let Some(s) = self.atom(vm, v)? {
            self.out.push_str(&s);
            return Ok(());
        }
        vm.check_native_stack()?;
        if v.is_kind(Kind::List) || v.is_kind(Kind::Tuple) {
            return self.list(vm, v, level);
        }
        if v.is_kind(Kind::Dict) {
            return self.dict(vm, v, level);
        }
        let key = self.enter(vm, v)?;
        let new = vm.call_value(self.e.default, &[v])?;
        if let Err(r) = self.value(vm, new, level) {
            let name = vm.full_name(vm.class_of(v));
            vm.add_note(&format!("when serializing {name} object"));
            return Err(r);
        }
        self.leave(vm, key)
    }

    fn list(&mut self, vm: &mut Vm, v: Value, level: usize) -> Res<()> {
        // A list as it is now: `default` may change it.
        let list = match v.is_exact(Kind::List) {
            true => v.downcast::<ListObj>(),
            false => Some(vm.list_of(v)?),
        };
        let item_at = |i| list.and_then(|l| l.get(i));
        if item_at(0).is_none() {
            self.out.push_str("[]");
            return Ok(());
        }
        let key = self.enter(vm, v)?;
        self.out.push(91);
        self.newline(level + 1);
        let mut i = 0;
        while let Some(item) = item_at(i) {
            if i > 0 {
                self.push(self.e.item_separator);
                self.newline(level + 1);
            }
            if let Err(r) = self.value(vm, item, level + 1) {
                let name = vm.full_name(vm.class_of(v));
                vm.add_note(&format!("when serializing {name} item {i}"));
                return Err(r);
            }
            i += 1;
        }
        self.newline(level);
        self.out.push(93);
        self.leave(vm, key)
    }

    fn dict(&mut self, vm: &mut Vm, v: Value, level: usize) -> Res<()> {
        if vm.len(v)? == 0 {
            self.out.push_str("{}");
            return Ok(());
        }
        let mark = self.enter(vm, v)?;
        self.out.push(123);
        let mut first = true;
        match v.downcast::<DictObj>() {
            Some(d) if v.is_exact(Kind::Dict) && !self.e.sort_keys => {
                // As it is now: `default` may change it.
                let mut i = 0;
                while let Some((at, entry)) = dict::next_entry(d, i) {
                    i = at + 1;
                    if let (Some(key), Some(value)) = (entry.key, entry.value) {
                        self.member(vm, v, key, value, &mut first, level)?;
                    }
                }
            }
            _ => {
                let view = vm.call_method_str(v, "items", &[])?;
                let pairs = vm.collect(view)?;
                let list = vm.list_from_vec(pairs)?;
                if self.e.sort_keys {
                    vm.call_method_str(list, "sort", &[])?;
                }
                let pairs = vm.collect(list)?;
                for pair in pairs.iter() {
                    let tuple = pair.downcast::<TupleObj>();
                    let Some(&[key, value]) = tuple.as_ref().map(|t| t.items()) else {
                        return Err(vm.value_error("items must return 2-tuples"));
                    };
                    self.member(vm, v, key, value, &mut first, level)?;
                }
            }
        }
        if !first {
            self.newline(level);
        }
        self.out.push(125);
        self.leave(vm, mark)
    }

    /// A key and its value, unless the key is to be skipped.
    fn member(
        &mut self,
        vm: &mut Vm,
        v: Value,
        key: Value,
        value: Value,
        first: &mut bool,
        level: usize,
    ) -> Res<()> {
        let text = if key.is_kind(Kind::Str) {
            None
        } else {
            match self.atom(vm, key)? {
                Some(s) => Some(s),
                None if self.e.skipkeys => return Ok(()),
                None => {
                    let name = vm.class_name(key);
                    return Err(vm.type_error(&format!(
                        "keys must be str, int, float, bool or None, not {name}"
                    )));
                }
            }
        };
        if !*first {
            self.push(self.e.item_separator);
        }
        *first = false;
        self.newline(level + 1);
        match text {
            None => self.string(vm, key)?,
            Some(s) => {
                let s = vm.new_str(&s)?;
                self.string(vm, s)?;
            }
        }
        self.push(self.e.key_separator);
        if let Err(r) = self.value(vm, value, level + 1) {
            let name = vm.full_name(vm.class_of(v));
            let saved = vm.raised.take();
            let shown = vm.display_repr(key).unwrap_or_default();
            vm.raised = saved;
            vm.add_note(&format!("when serializing {name} item {shown}"));
            return Err(r);
        }
        Ok(())
    }
}
