//! Text encodings: the built-in codecs, error handlers, and the registry behind `_codecs`.

use crate::class::TypeObj;
use crate::object::*;
use crate::types::bytes::shared::data;
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;
use std::borrow::Cow;
use text::codec::handlers::ErrorMode;
use text::codec::utf16::Order;
use text::codec::*;
use text::{Owned, Units};

/// A codec that needs no import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    Utf8,
    Latin1,
    Ascii,
    Utf16(Order),
    Utf32(Order),
    Utf7,
    UnicodeEscape,
    RawUnicodeEscape,
}

impl Codec {
    /// The codec that `str.encode` uses without the registry.
    pub fn shortcut(name: &str) -> Option<Codec> {
        if matches!(name, "utf-8" | "utf8") {
            return Some(Codec::Utf8);
        }
        if name.len() > 10 {
            return None;
        }
        let norm: String = name
            .chars()
            .map(|c| match c {
                '-' | ' ' => '_',
                c => c.to_ascii_lowercase(),
            })
            .collect();
        Some(match norm.as_str() {
            "utf_8" | "utf8" => Codec::Utf8,
            "latin_1" | "latin1" | "iso_8859_1" | "iso8859_1" => Codec::Latin1,
            "ascii" | "us_ascii" => Codec::Ascii,
            "utf_16" => Codec::Utf16(Order::Mark),
            "utf_32" => Codec::Utf32(Order::Mark),
            _ => return None,
        })
    }

    /// ASCII text is the same bytes in this codec.
    fn is_ascii_superset(self) -> bool {
        matches!(self, Codec::Utf8 | Codec::Latin1 | Codec::Ascii)
    }
}

/// What to do about an error.
enum Handling {
    Mode(ErrorMode),
    Named,
}

/// Names of codecs and error handlers that are not copied to be used.
const COMMON_NAMES: [&str; 9] = [
    "utf-8",
    "strict",
    "surrogatepass",
    "ascii",
    "latin-1",
    "utf8",
    "surrogateescape",
    "replace",
    "ignore",
];

impl Vm {
    /// An optional encoding or errors argument as text.
    pub fn codec_arg(
        &mut self,
        v: Option<Value>,
        f: &str,
        what: &str,
    ) -> Res<Option<Cow<'static, str>>> {
        let Some(v) = v else {
            return Ok(None);
        };
        if !v.is_kind(Kind::Str) {
            let name = self.argument_kind(v);
            return Err(
                self.type_error(&format!("{f}() argument '{what}' must be str, not {name}"))
            );
        }
        // SAFETY: checked above.
        let given = unsafe { v.cast::<StrObj>() };
        let common = given
            .as_ascii()
            .and_then(|s| COMMON_NAMES.iter().find(|n| **n == s));
        if let Some(name) = common {
            return Ok(Some(Cow::Borrowed(name)));
        }
        let s = self.utf8(v)?;
        if s.contains('\0') {
            return Err(self.value_error("embedded null character"));
        }
        Ok(Some(Cow::Owned(s)))
    }

    /// `v.decode(encoding, errors)` of a bytes-like object.
    pub fn decode_object(&mut self, v: Value, encoding: Option<&str>, errors: Option<&str>) -> Res {
        let encoding = encoding.unwrap_or("utf-8");
        match Codec::shortcut(encoding) {
            Some(c) => {
                if v.is_exact(Kind::Bytes) && c.is_ascii_superset() {
                    // SAFETY: checked above; the value keeps its bytes.
                    let bytes = unsafe { (*v.ptr::<BytesObj>()).as_slice() };
                    if bytes.is_ascii() {
                        return self.new_str_ascii(bytes);
                    }
                }
                let buffer = self.get_buffer(v)?;
                if c == Codec::Utf8
                    && let Ok(s) = std::str::from_utf8(buffer.as_slice())
                {
                    return self.new_str(s);
                }
                let copied;
                let input = if v.is_kind(Kind::Bytes) {
                    buffer.as_slice()
                } else {
                    copied = buffer.as_slice().to_vec();
                    &copied
                };
                self.codec_decode(c, input, errors.unwrap_or("strict"), true)
                    .map(|r| r.0)
            }
            None => self.decode_text(v, encoding, errors),
        }
    }

    /// `v.encode(encoding, errors)` of a str.
    pub fn encode_object(&mut self, v: Value, encoding: Option<&str>, errors: Option<&str>) -> Res {
        let encoding = encoding.unwrap_or("utf-8");
        match Codec::shortcut(encoding) {
            Some(c) => {
                if c.is_ascii_superset()
                    && let Some(s) = v.downcast::<StrObj>()
                    && let Some(text) = s.as_ascii()
                {
                    return self.new_bytes(text.as_bytes());
                }
                self.codec_encode(c, v, errors.unwrap_or("strict"))
            }
            None => self.encode_text(v, encoding, errors),
        }
    }

    /// Decodes with a built-in codec: the text and the bytes used.
    pub fn codec_decode(
        &mut self,
        codec: Codec,
        input: &[u8],
        errors: &str,
        last: bool,
    ) -> Res<(Value, usize)> {
        if codec == Codec::Latin1 {
            let v = self.new_str_units(Units::U8(input))?;
            return Ok((v, input.len()));
        }
        let mut exc = None;
        let vm = &mut *self;
        let mut on_error = |e: &DecodeError| vm.on_decode_error(e, errors, &mut exc);
        let d = match codec {
            Codec::Utf8 => utf8::decode(input, last, &mut on_error)?,
            Codec::Ascii => single::decode_ascii(input, &mut on_error)?,
            Codec::Utf7 => utf7::decode(input, last, &mut on_error)?,
            Codec::Utf16(o) => utf16::decode_utf16(input, o, last, &mut on_error)?.decoded,
            Codec::Utf32(o) => utf16::decode_utf32(input, o, last, &mut on_error)?.decoded,
            Codec::RawUnicodeEscape => {
                escape::decode_raw_unicode_escape(input, last, &mut on_error)?
            }
            _ => {
                let (d, bad) = escape::decode_unicode_escape(input, last, &mut on_error)?;
                if let Some(bad) = bad {
                    self.warn_escape(bad.octal, input.get(bad.at).copied())?;
                }
                d
            }
        };
        let v = self.new_str_owned(&d.text)?;
        Ok((v, d.consumed))
    }

    /// As `codec_decode` for UTF-16 and UTF-32 with the byte order found (-1 little, 0 unknown, 1 big).
    pub fn codec_decode_order(
        &mut self,
        wide: bool,
        input: &[u8],
        errors: &str,
        order: Order,
        last: bool,
    ) -> Res<(Value, usize, i64)> {
        let mut exc = None;
        let vm = &mut *self;
        let mut on_error = |e: &DecodeError| vm.on_decode_error(e, errors, &mut exc);
        let d = if wide {
            utf16::decode_utf32(input, order, last, &mut on_error)?
        } else {
            utf16::decode_utf16(input, order, last, &mut on_error)?
        };
        let v = self.new_str_owned(&d.decoded.text)?;
        let found = match d.order {
            Order::Mark => 0,
            Order::Little => -1,
            Order::Big => 1,
        };
        Ok((v, d.decoded.consumed, found))
    }

    /// DeprecationWarning for an invalid escape in `unicode_escape` or `escape_decode` input.
    pub fn warn_escape(&mut self, octal: Option<u32>, byte: Option<u8>) -> Res<()> {
        let (shown, kind) = match octal {
            Some(n) => (format!("{n:o}"), "an invalid octal"),
            None => ((byte.unwrap_or(b'?') as char).to_string(), "an invalid"),
        };
        let text = format!(
            "\"\\{shown}\" is {kind} escape sequence. Such sequences will not work in the future. "
        );
        self.warn(self.types.exc.DeprecationWarning, &text, 1)
    }

    /// Encodes a str with a built-in codec.
    pub fn codec_encode(&mut self, codec: Codec, v: Value, errors: &str) -> Res {
        let s = self.need_str(v, "encode() argument")?;
        if let Some(a) = s.as_ascii()
            && matches!(codec, Codec::Utf8 | Codec::Latin1 | Codec::Ascii)
        {
            return self.new_bytes(a.as_bytes());
        }
        let mut exc = None;
        let vm = &mut *self;
        let mut on_error = |e: &EncodeError| vm.on_encode_error(e, v, errors, &mut exc);
        let r = match codec {
            Codec::Utf8 => utf8::encode(s.units(), &mut on_error),
            Codec::Latin1 => single::encode_latin1(s.units(), &mut on_error),
            Codec::Ascii => single::encode_ascii(s.units(), &mut on_error),
            Codec::Utf16(o) => utf16::encode_utf16(s.units(), o, &mut on_error),
            Codec::Utf32(o) => utf16::encode_utf32(s.units(), o, &mut on_error),
            Codec::Utf7 => Ok(utf7::encode(s.units())),
            Codec::UnicodeEscape => Ok(escape::encode_unicode_escape(s.units())),
            Codec::RawUnicodeEscape => Ok(escape::encode_raw_unicode_escape(s.units())),
        };
        let b = self.encoded(r, v)?;
        self.new_bytes(&b)
    }

    /// The result of an encoder, or its exception.
    pub fn encoded(&mut self, r: Result<Vec<u8>, EncodeFailure<Raised>>, v: Value) -> Res<Vec<u8>> {
        match r {
            Ok(b) => Ok(b),
            Err(EncodeFailure::Handler(r)) => Err(r),
            Err(EncodeFailure::Unencodable {
                encoding,
                start,
                end,
                reason,
            }) => Err(self.unicode_encode_error(encoding, v, start, end, reason)),
        }
    }

    fn handling(&mut self, errors: &str) -> Handling {
        match ErrorMode::from_name(errors) {
            Some(m) if !self.error_overridden(errors) => Handling::Mode(m),
            _ => Handling::Named,
        }
    }

    /// The answer to a decoding error. `exc` keeps the exception object between calls.
    pub fn on_decode_error(
        &mut self,
        e: &DecodeError,
        errors: &str,
        exc: &mut Option<Value>,
    ) -> Res<DecodeFix> {
        if let Handling::Mode(mode) = self.handling(errors) {
            if let Some(fix) = mode.decode_fix(e) {
                return Ok(fix);
            }
            let input = self.new_bytes(e.input)?;
            let raised = self.unicode_decode_error(e.encoding, input, e.start, e.end, e.reason);
            if !mode.can_decode() {
                self.raised = None;
                return Err(self
                    .type_error("don't know how to handle UnicodeDecodeError in error callback"));
            }
            return Err(raised);
        }
        let handler = self.error_handler(errors)?;
        let input = self.new_bytes(e.input)?;
        let x = self.unicode_exception(
            self.types.exc.UnicodeDecodeError,
            exc,
            e.encoding,
            input,
            e.start,
            e.end,
            e.reason,
        )?;
        let r = self.call_value(handler, &[x])?;
        const WRONG: &str = "decoding error handler must return (str, int) tuple";
        let Some((a, b)) = pair(r) else {
            return Err(self.type_error(WRONG));
        };
        let (Some(s), true) = (a.downcast::<StrObj>(), self.is_int(b)) else {
            return Err(self.type_error(WRONG));
        };
        let object = self.get_attr_str(x, "object")?;
        if !object.is_kind(Kind::Bytes) {
            return Err(self.type_error("object attribute must be bytes"));
        }
        let new_input = data(object).to_vec();
        let resume = self.handler_position(b, new_input.len())?;
        let changed = new_input != e.input;
        Ok(DecodeFix {
            text: Owned::copy_of(s.units()),
            resume,
            input: changed.then_some(new_input),
        })
    }

    fn handler_position(&mut self, v: Value, len: usize) -> Res<usize> {
        let n = self.index_i64(v)?;
        let at = if n < 0 {
            n.saturating_add(len as i64)
        } else {
            n
        };
        if at < 0 || at as usize > len {
            return Err(
                self.index_error(&format!("position {at} from error handler out of bounds"))
            );
        }
        Ok(at as usize)
    }

    /// The answer to an encoding error of the string `v`.
    pub fn on_encode_error(
        &mut self,
        e: &EncodeError,
        v: Value,
        errors: &str,
        exc: &mut Option<Value>,
    ) -> Res<EncodeFix> {
        if let Handling::Mode(mode) = self.handling(errors) {
            return match mode.encode_fix(e) {
                Some(fix) => Ok(fix),
                None => Err(self.unicode_encode_error(e.encoding, v, e.start, e.end, e.reason)),
            };
        }
        let handler = self.error_handler(errors)?;
        let x = self.unicode_exception(
            self.types.exc.UnicodeEncodeError,
            exc,
            e.encoding,
            v,
            e.start,
            e.end,
            e.reason,
        )?;
        let r = self.call_value(handler, &[x])?;
        const WRONG: &str = "encoding error handler must return (str/bytes, int) tuple";
        let Some((a, b)) = pair(r) else {
            return Err(self.type_error(WRONG));
        };
        let value = if let Some(s) = a.downcast::<StrObj>() {
            Replacement::Text(Owned::copy_of(s.units()))
        } else if a.is_kind(Kind::Bytes) {
            Replacement::Bytes(data(a).to_vec())
        } else {
            return Err(self.type_error(WRONG));
        };
        if !self.is_int(b) {
            return Err(self.type_error(WRONG));
        }
        let resume = self.handler_position(b, e.text.len())?;
        Ok(EncodeFix { value, resume })
    }

    /// A unicode exception for a handler: made once, then updated.
    fn unicode_exception(
        &mut self,
        class: Ref<TypeObj>,
        exc: &mut Option<Value>,
        encoding: &str,
        object: Value,
        start: usize,
        end: usize,
        reason: &str,
    ) -> Res {
        let (start, end) = (
            Value::int_unchecked(start as i64),
            Value::int_unchecked(end as i64),
        );
        let reason = self.new_str(reason)?;
        if let Some(x) = *exc {
            self.set_attr_str(x, "start", start)?;
            self.set_attr_str(x, "end", end)?;
            self.set_attr_str(x, "reason", reason)?;
            return Ok(x);
        }
        let encoding = self.new_str(encoding)?;
        let x = self.call_value(class.value(), &[encoding, object, start, end, reason])?;
        *exc = Some(x);
        Ok(x)
    }

    // ---- the registry ----

    /// The registry: search functions, codecs by name, error handlers by name.
    fn codec_state(&mut self) -> Res<(Ref<ListObj>, Ref<DictObj>, Ref<DictObj>)> {
        static KEY: u8 = 0;
        let key = &raw const KEY as usize;
        let t = match self.interp().module_state.get(&key) {
            Some(t) => *t,
            None => {
                let list = self.new_list(&[])?;
                let (a, b) = (self.new_dict()?.value(), self.new_dict()?.value());
                let t = self.new_tuple(&[list, a, b])?;
                self.interp().module_state.insert(key, t);
                t
            }
        };
        // SAFETY: the tuple was made above.
        unsafe {
            let t = t.cast::<TupleObj>();
            let i = t.items();
            Ok((i[0].cast(), i[1].cast(), i[2].cast()))
        }
    }

    /// `codecs.register`.
    pub fn register_codec(&mut self, search: Value) -> Res<()> {
        let (list, _, _) = self.codec_state()?;
        self.list_push(list, search)
    }

    /// `codecs.unregister`.
    pub fn unregister_codec(&mut self, search: Value) -> Res<()> {
        let (list, cache, _) = self.codec_state()?;
        let old = self.collect(list.value())?;
        if old.contains(&search) {
            self.list_clear(list);
            for v in old.iter().filter(|v| **v != search) {
                self.list_push(list, *v)?;
            }
            crate::dict::clear(self, cache);
        }
        Ok(())
    }

    /// `codecs.lookup`: the CodecInfo of an encoding.
    pub fn lookup_codec(&mut self, encoding: &str) -> Res {
        let norm: String = normalize(encoding);
        let (list, cache, _) = self.codec_state()?;
        let key = self.new_str(&norm)?;
        if let Some(v) = self.dict_get(cache, key)? {
            return Ok(v);
        }
        if list.len.get() == 0 {
            self.import_encodings()?;
        }
        let mut i = 0;
        while let Some(f) = list.get(i) {
            i += 1;
            let r = self.call_value(f, &[key])?;
            if r.is_none() {
                continue;
            }
            if r.downcast::<TupleObj>().is_none_or(|t| t.len != 4) {
                return Err(self.type_error("codec search functions must return 4-tuples"));
            }
            self.dict_set(cache.value(), key, r)?;
            return Ok(r);
        }
        Err(self.lookup_error(&format!("unknown encoding: {encoding}")))
    }

    fn import_encodings(&mut self) -> Res<()> {
        let Some(builtins) = self.interp().builtins else {
            return Ok(());
        };
        if let Some(f) = self.dict_get_str(builtins, "__import__") {
            let name = self.new_str("encodings")?;
            self.call_value(f, &[name])?;
        }
        Ok(())
    }

    fn text_codec(&mut self, encoding: &str, other: &str) -> Res<Ref<TupleObj>> {
        let info = self.lookup_codec(encoding)?;
        // SAFETY: the registry holds 4-tuples.
        let t = unsafe { info.cast::<TupleObj>() };
        if !info.is_exact(Kind::Tuple) {
            let name = self.intern("_is_text_encoding");
            if let Some(v) = self.get_attr_opt(info, name)?
                && !self.truth(v)?
            {
                return Err(self.lookup_error(&format!(
                    "'{encoding}' is not a text encoding; use {other} to handle arbitrary codecs"
                )));
            }
        }
        Ok(t)
    }

    /// Calls an encoder or decoder of the registry; notes the codec on errors.
    pub fn call_codec(&mut self, f: Value, v: Value, errors: Option<&str>, what: &str) -> Res {
        let r = match errors {
            Some(e) => {
                let e = self.new_str(e)?;
                self.call_value(f, &[v, e])?
            }
            None => self.call_value(f, &[v])?,
        };
        match pair(r) {
            Some((out, _)) => Ok(out),
            None => Err(self.type_error(&format!("{what} must return a tuple (object, integer)"))),
        }
    }

    fn decode_text(&mut self, v: Value, encoding: &str, errors: Option<&str>) -> Res {
        let t = self.text_codec(encoding, "codecs.decode()")?;
        let v = if v.is_kind(Kind::Bytes) {
            v
        } else {
            self.new_memoryview(v)?
        };
        let f = t.items()[1];
        let r = self.call_codec(f, v, errors, "decoder")?;
        if !r.is_kind(Kind::Str) {
            let name = self.class_name(r);
            return Err(self.type_error(&format!(
                "'{encoding}' decoder returned '{name}' instead of 'str'; use codecs.decode() to decode to arbitrary types"
            )));
        }
        Ok(r)
    }

    fn encode_text(&mut self, v: Value, encoding: &str, errors: Option<&str>) -> Res {
        let t = self.text_codec(encoding, "codecs.encode()")?;
        let f = t.items()[0];
        let r = self.call_codec(f, v, errors, "encoder")?;
        if r.is_kind(Kind::ByteArray) {
            return self.new_bytes(data(r));
        }
        if !r.is_kind(Kind::Bytes) {
            let name = self.class_name(r);
            return Err(self.type_error(&format!(
                "'{encoding}' encoder returned '{name}' instead of 'bytes'; use codecs.encode() to encode to arbitrary types"
            )));
        }
        Ok(r)
    }

    /// `codecs.register_error`.
    pub fn register_error(&mut self, name: &str, handler: Value) -> Res<()> {
        let (_, _, errors) = self.codec_state()?;
        let key = self.new_str(name)?;
        self.dict_set(errors.value(), key, handler)
    }

    /// `codecs._unregister_error`; false when there was none.
    pub fn unregister_error(&mut self, name: &str) -> Res<bool> {
        let (_, _, errors) = self.codec_state()?;
        let key = self.new_str(name)?;
        self.dict_remove(errors, key)
    }

    /// The registered handler of that name, if any.
    pub fn registered_error(&mut self, name: &str) -> Res<Option<Value>> {
        let (_, _, errors) = self.codec_state()?;
        let key = self.new_str(name)?;
        self.dict_get(errors, key)
    }

    /// A built-in handler was replaced.
    fn error_overridden(&mut self, name: &str) -> bool {
        // Asking costs an allocation: only when anything was registered at all.
        match self.codec_state() {
            Ok((_, _, e)) if e.used.get() > 0 => {
                matches!(self.registered_error(name), Ok(Some(_)))
            }
            _ => false,
        }
    }

    /// `codecs.lookup_error` of a handler that Python code registered.
    pub fn error_handler(&mut self, name: &str) -> Res {
        match self.registered_error(name)? {
            Some(h) => Ok(h),
            None => Err(self.lookup_error(&format!("unknown error handler name '{name}'"))),
        }
    }
}

/// Lower case, runs of other characters than letters, digits and dots as one underscore.
fn normalize(encoding: &str) -> String {
    encoding
        .chars()
        .map(|c| {
            if c == ' ' {
                '-'
            } else {
                c.to_ascii_lowercase()
            }
        })
        .collect()
}

fn pair(v: Value) -> Option<(Value, Value)> {
    match v.downcast::<TupleObj>()?.items() {
        [a, b] => Some((*a, *b)),
        _ => None,
    }
}
