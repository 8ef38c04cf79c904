//! The built-in error handlers as functions.

use runtime::object::*;
use runtime::types::bytes::shared::data;
use runtime::{Res, Value, Vm};
use text::codec::handlers::ErrorMode;
use text::codec::{DecodeError, EncodeError, Replacement};

/// The function of a built-in handler.
pub fn builtin(vm: &mut Vm, name: &str) -> Res<Option<Value>> {
    static KEY: u8 = 0;
    let key = &raw const KEY as usize;
    let table = match vm.interp().module_state.get(&key) {
        Some(d) => *d,
        None => {
            let d = vm.new_dict()?;
            for def in functions::TABLE {
                let f = vm.new_native(def, None, None, None)?;
                let short = match def.name {
                    "surrogatepass" | "surrogateescape" => def.name,
                    n => n.trim_end_matches("_errors"),
                };
                vm.dict_set_str(d, short, f)?;
            }
            vm.interp().module_state.insert(key, d.value());
            d.value()
        }
    };
    // SAFETY: a dict was stored.
    Ok(vm.dict_get_str(unsafe { table.cast() }, name))
}

fn number(vm: &mut Vm, exc: Value, name: &str) -> Res<usize> {
    let v = vm.get_attr_str(exc, name)?;
    Ok(vm.index_isize(v)?.max(0) as usize)
}

fn handle(vm: &mut Vm, exc: Value, mode: ErrorMode) -> Res {
    let t = &vm.types.exc;
    let (enc, dec, tra) = (
        t.UnicodeEncodeError,
        t.UnicodeDecodeError,
        t.UnicodeTranslateError,
    );
    let encode = vm.is_instance_of(exc, enc);
    let decode = vm.is_instance_of(exc, dec) && mode.can_decode();
    let translate = vm.is_instance_of(exc, tra)
        && !matches!(mode, ErrorMode::SurrogateEscape | ErrorMode::SurrogatePass);
    if !encode && !decode && !translate {
        let name = vm.class_name(exc);
        return Err(vm.type_error(&format!(
            "don't know how to handle {name} in error callback"
        )));
    }
    let object = vm.get_attr_str(exc, "object")?;
    let (start, end) = (number(vm, exc, "start")?, number(vm, exc, "end")?);
    let encoding = if translate {
        String::new()
    } else {
        let v = vm.get_attr_str(exc, "encoding")?;
        vm.display(v)
    };
    let (value, resume) = if decode {
        let input = data(object).to_vec();
        let e = DecodeError {
            encoding: &encoding,
            input: &input,
            start: start.min(input.len()),
            end: end.min(input.len()),
            reason: "",
        };
        match mode.decode_fix(&e) {
            Some(f) => (vm.new_str_owned(&f.text)?, f.resume),
            None => return Err(vm.raise(exc)),
        }
    } else {
        let Some(s) = object.downcast::<StrObj>() else {
            return Err(vm.type_error("object attribute must be unicode"));
        };
        let e = EncodeError {
            encoding: &encoding,
            text: s.units(),
            start: start.min(s.len),
            end: end.min(s.len),
            reason: "",
        };
        if translate && mode == ErrorMode::Replace {
            let text = vec![0xfffdu32; e.end.saturating_sub(e.start)];
            (vm.new_str_points(&text)?, e.end)
        } else {
            match mode.encode_fix(&e) {
                Some(f) => {
                    let v = match f.value {
                        Replacement::Text(t) => vm.new_str_owned(&t)?,
                        Replacement::Bytes(b) => vm.new_bytes(&b)?,
                    };
                    (v, f.resume)
                }
                None => return Err(vm.raise(exc)),
            }
        }
    };
    vm.new_tuple(&[value, Value::int_unchecked(resume as i64)])
}

#[derive::natives]
mod functions {
    use super::*;

    /// Implements the 'strict' error handling, which raises a UnicodeError on coding errors.
    #[native("strict_errors(exc, /)")]
    fn strict(vm: &mut Vm, exc: Value) -> Res {
        if exc.is_kind(Kind::Exception) {
            return Err(vm.raise(exc));
        }
        Err(vm.type_error("codec must pass exception instance"))
    }
    /// Implements the 'ignore' error handling, which ignores malformed data and continues.
    #[native("ignore_errors(exc, /)")]
    fn ignore(vm: &mut Vm, exc: Value) -> Res {
        handle(vm, exc, ErrorMode::Ignore)
    }
    /// Implements the 'replace' error handling, which replaces malformed data with a replacement marker.
    #[native("replace_errors(exc, /)")]
    fn replace(vm: &mut Vm, exc: Value) -> Res {
        handle(vm, exc, ErrorMode::Replace)
    }
    /// Implements the 'xmlcharrefreplace' error handling, which replaces an unencodable character with the appropriate XML character reference.
    #[native("xmlcharrefreplace_errors(exc, /)")]
    fn xmlcharrefreplace(vm: &mut Vm, exc: Value) -> Res {
        handle(vm, exc, ErrorMode::XmlCharRefReplace)
    }
    /// Implements the 'backslashreplace' error handling, which replaces malformed data with a backslashed escape sequence.
    #[native("backslashreplace_errors(exc, /)")]
    fn backslashreplace(vm: &mut Vm, exc: Value) -> Res {
        handle(vm, exc, ErrorMode::BackslashReplace)
    }
    /// Implements the 'namereplace' error handling, which replaces an unencodable character with a \N{...} escape sequence.
    #[native("namereplace_errors(exc, /)")]
    fn namereplace(vm: &mut Vm, exc: Value) -> Res {
        handle(vm, exc, ErrorMode::NameReplace)
    }
    #[native("surrogatepass(exc, /)")]
    fn surrogatepass(vm: &mut Vm, exc: Value) -> Res {
        handle(vm, exc, ErrorMode::SurrogatePass)
    }
    #[native("surrogateescape(exc, /)")]
    fn surrogateescape(vm: &mut Vm, exc: Value) -> Res {
        handle(vm, exc, ErrorMode::SurrogateEscape)
    }
}
