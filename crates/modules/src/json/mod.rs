//! `_json`: the fast paths of `json`.

mod encode;
mod scan;
mod strings;

use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Res, Value, Vm};
use text::StrBuf;

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_json",
    doc: "json speedups\n",
    functions: &[functions::TABLE],
    init,
};

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    let scanner = vm.native_type(&scan::SPEC)?;
    vm.module_set(m, "make_scanner", scanner.value())?;
    let encoder = vm.native_type(&encode::SPEC)?;
    vm.module_set(m, "make_encoder", encoder.value())
}

fn basestring(vm: &mut Vm, v: Value, ascii: bool) -> Res {
    let Some(s) = v.downcast::<StrObj>() else {
        let name = vm.class_name(v);
        return Err(vm.type_error(&format!("first argument must be a string, not {name}")));
    };
    let mut out = StrBuf::with_capacity(s.len + 2);
    strings::quote(&mut out, s.units(), ascii);
    vm.new_str_owned(&out.finish())
}

#[derive::natives]
mod functions {
    use super::*;

    /// encode_basestring(string) -> string
    ///
    /// Return a JSON representation of a Python string
    #[native("encode_basestring($module, object, /)")]
    pub fn encode_basestring(vm: &mut Vm, _m: Value, object: Value) -> Res {
        basestring(vm, object, false)
    }
    /// encode_basestring_ascii(string) -> string
    ///
    /// Return an ASCII-only JSON representation of a Python string
    #[native("encode_basestring_ascii($module, object, /)")]
    pub fn encode_basestring_ascii(vm: &mut Vm, _m: Value, object: Value) -> Res {
        basestring(vm, object, true)
    }
    /// scanstring(string, end, strict=True) -> (string, end)
    ///
    /// Scan the string s for a JSON string. End is the index of the
    /// character in s after the quote that started the JSON string.
    /// Unescapes all valid JSON string escape sequences and raises ValueError
    /// on attempt to decode an invalid string. If strict is False then literal
    /// control characters are allowed in the string.
    ///
    /// Returns a tuple of the decoded string and the index of the character in s
    /// after the end quote.
    #[native("scanstring($module, string, end, strict=True, /)", nosig)]
    fn scanstring(vm: &mut Vm, _m: Value, string: Value, end: isize, strict: Option<bool>) -> Res {
        let Some(s) = string.downcast::<StrObj>() else {
            let name = vm.class_name(string);
            return Err(vm.type_error(&format!("first argument must be a string, not {name}")));
        };
        if end < 0 || end as usize > s.len {
            return Err(vm.value_error("end is out of bounds"));
        }
        let (v, at) = strings::scan(vm, string, s.units(), end as usize, strict.unwrap_or(true))?;
        vm.new_tuple(&[v, Value::int_unchecked(at as i64)])
    }
}

/// Which built-in string encoder a function is: true for ASCII only.
fn known_encoder(f: Value) -> Option<bool> {
    match f.downcast::<NativeObj>()?.def {
        d if d.name == "encode_basestring_ascii" => Some(true),
        d if d.name == "encode_basestring" => Some(false),
        _ => None,
    }
}
