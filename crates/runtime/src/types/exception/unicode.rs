//! The UnicodeError classes. Fields: encoding, object, start, end, reason.

use super::base::{has_keywords, items};
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

const ENCODING: usize = 0;
const OBJECT: usize = 1;
const START: usize = 2;
const END: usize = 3;
const REASON: usize = 4;

/// Fills the fields from the arguments, whose fields are `layout`.
fn fill(
    vm: &mut Vm,
    this: Value,
    args: Value,
    kwargs: Option<Value>,
    layout: &[usize],
    object_is_str: bool,
) -> Res<()> {
    vm.init_exception(this, args, if has_keywords(kwargs) { kwargs } else { None })?;
    let given = items(args);
    if given.len() != layout.len() {
        return Err(vm.type_error(&format!(
            "function takes exactly {} arguments ({} given)",
            layout.len(),
            given.len()
        )));
    }
    let mut values = [Value::NONE; 5];
    for (i, (v, field)) in given.iter().zip(layout).enumerate() {
        values[*field] = match *field {
            START | END => vm.index(*v)?,
            OBJECT if !object_is_str => *v,
            _ if v.is_kind(Kind::Str) => *v,
            _ => {
                let got = if v.is_none() {
                    "None".to_string()
                } else {
                    vm.class_name(*v)
                };
                return Err(vm.type_error(&format!("argument {} must be str, not {got}", i + 1)));
            }
        };
    }
    if !object_is_str && !values[OBJECT].is_kind(Kind::Bytes) {
        values[OBJECT] = as_bytes(vm, values[OBJECT])?;
    }
    vm.set_exc_fields(this, &values)
}

/// The bytes of a bytes-like object.
fn as_bytes(vm: &mut Vm, v: Value) -> Res {
    let buffer = vm.special(v, vm.names.__buffer__).is_some()
        || v.is_kind(Kind::ByteArray)
        || v.is_kind(Kind::MemoryView);
    if !buffer {
        let got = vm.class_name(v);
        return Err(vm.type_error(&format!("a bytes-like object is required, not '{got}'")));
    }
    vm.call_value(vm.types.bytes.value(), &[v])
}

/// Start, end and object length, and whether exactly one unit is meant.
fn range(vm: &mut Vm, this: Value) -> Res<Option<(i64, i64, bool)>> {
    let Some(obj) = vm.exc_field(this, OBJECT) else {
        return Ok(None);
    };
    let len = vm.len(obj)? as i64;
    let get = |vm: &mut Vm, i| {
        vm.exc_field(this, i)
            .and_then(|v| vm.int_to_i64(v))
            .unwrap_or(0)
    };
    let (start, end) = (get(vm, START), get(vm, END));
    let one = start >= 0 && start < len && end >= 0 && end <= len && end == start + 1;
    Ok(Some((start, end, one)))
}

fn text_of(vm: &mut Vm, this: Value, i: usize) -> Res<String> {
    match vm.exc_field(this, i) {
        Some(v) => {
            let s = vm.str_of(v)?;
            Ok(vm.display(s))
        }
        None => Ok("<NULL>".into()),
    }
}

/// The character at `start` of the object, escaped as in a string literal.
fn escaped(vm: &mut Vm, this: Value, start: i64) -> String {
    let c = vm
        .exc_field(this, OBJECT)
        .and_then(|o| o.downcast::<StrObj>())
        .and_then(|s| s.units().iter().nth(start as usize))
        .unwrap_or(0);
    match c {
        0..=0xff => format!("\\x{c:02x}"),
        0x100..=0xffff => format!("\\u{c:04x}"),
        _ => format!("\\U{c:08x}"),
    }
}

fn str_encode(vm: &mut Vm, this: Value) -> Res {
    let Some((start, end, one)) = range(vm, this)? else {
        return Ok(vm.names.empty);
    };
    let (enc, reason) = (text_of(vm, this, ENCODING)?, text_of(vm, this, REASON)?);
    let text = if one {
        let c = escaped(vm, this, start);
        format!("'{enc}' codec can't encode character '{c}' in position {start}: {reason}")
    } else {
        format!(
            "'{enc}' codec can't encode characters in position {start}-{}: {reason}",
            end.wrapping_sub(1)
        )
    };
    vm.new_str(&text)
}

fn str_decode(vm: &mut Vm, this: Value) -> Res {
    let Some((start, end, one)) = range(vm, this)? else {
        return Ok(vm.names.empty);
    };
    let (enc, reason) = (text_of(vm, this, ENCODING)?, text_of(vm, this, REASON)?);
    let text = if one {
        let b = vm
            .exc_field(this, OBJECT)
            .and_then(|o| o.downcast::<BytesObj>())
            .and_then(|b| b.as_slice().get(start as usize).copied())
            .unwrap_or(0);
        format!("'{enc}' codec can't decode byte 0x{b:02x} in position {start}: {reason}")
    } else {
        format!(
            "'{enc}' codec can't decode bytes in position {start}-{}: {reason}",
            end.wrapping_sub(1)
        )
    };
    vm.new_str(&text)
}

fn str_translate(vm: &mut Vm, this: Value) -> Res {
    let Some((start, end, one)) = range(vm, this)? else {
        return Ok(vm.names.empty);
    };
    let reason = text_of(vm, this, REASON)?;
    let text = if one {
        let c = escaped(vm, this, start);
        format!("can't translate character '{c}' in position {start}: {reason}")
    } else {
        format!(
            "can't translate characters in position {start}-{}: {reason}",
            end.wrapping_sub(1)
        )
    };
    vm.new_str(&text)
}

#[derive::natives]
pub mod encode {
    use super::*;

    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, /, *args, **kwargs)")]
    fn init(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res<()> {
        let layout = [ENCODING, OBJECT, START, END, REASON];
        fill(vm, this, args, kwargs, &layout, true)
    }
    /// Return str(self).
    #[native("__str__($self, /)")]
    fn str(vm: &mut Vm, this: Value) -> Res {
        str_encode(vm, this)
    }
}

#[derive::natives]
pub mod decode {
    use super::*;

    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, /, *args, **kwargs)")]
    fn init(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res<()> {
        let layout = [ENCODING, OBJECT, START, END, REASON];
        fill(vm, this, args, kwargs, &layout, false)
    }
    /// Return str(self).
    #[native("__str__($self, /)")]
    fn str(vm: &mut Vm, this: Value) -> Res {
        str_decode(vm, this)
    }
}

#[derive::natives]
pub mod translate {
    use super::*;

    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, /, *args, **kwargs)")]
    fn init(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res<()> {
        fill(vm, this, args, kwargs, &[OBJECT, START, END, REASON], true)
    }
    /// Return str(self).
    #[native("__str__($self, /)")]
    fn str(vm: &mut Vm, this: Value) -> Res {
        str_translate(vm, this)
    }
}

fn set_number(vm: &mut Vm, this: Value, i: usize, value: Option<Value>) -> Res<()> {
    let Some(v) = value else {
        return Err(vm.type_error("can't delete numeric/char attribute"));
    };
    if vm.int_to_i64(v).is_none() && !vm.is_int(v) {
        return Err(vm.type_error("an integer is required"));
    }
    vm.set_exc_field(this, i, Some(v))
}

#[derive::natives]
pub mod fields {
    use super::*;

    fn get(vm: &mut Vm, this: Value, i: usize) -> Value {
        vm.exc_field(this, i).unwrap_or(Value::NONE)
    }
    /// exception encoding
    #[getter("encoding")]
    fn encoding(vm: &mut Vm, this: Value) -> Res {
        Ok(get(vm, this, ENCODING))
    }
    #[setter("encoding")]
    fn set_encoding(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        vm.set_exc_field(this, ENCODING, value)
    }
    /// exception object
    #[getter("object")]
    fn object(vm: &mut Vm, this: Value) -> Res {
        Ok(get(vm, this, OBJECT))
    }
    #[setter("object")]
    fn set_object(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        vm.set_exc_field(this, OBJECT, value)
    }
    /// exception start
    #[getter("start")]
    fn start(vm: &mut Vm, this: Value) -> Res {
        Ok(vm.exc_field(this, START).unwrap_or(Value::int_unchecked(0)))
    }
    #[setter("start")]
    fn set_start(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        set_number(vm, this, START, value)
    }
    /// exception end
    #[getter("end")]
    fn end(vm: &mut Vm, this: Value) -> Res {
        Ok(vm.exc_field(this, END).unwrap_or(Value::int_unchecked(0)))
    }
    #[setter("end")]
    fn set_end(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        set_number(vm, this, END, value)
    }
    /// exception reason
    #[getter("reason")]
    fn reason(vm: &mut Vm, this: Value) -> Res {
        Ok(get(vm, this, REASON))
    }
    #[setter("reason")]
    fn set_reason(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        vm.set_exc_field(this, REASON, value)
    }
}
