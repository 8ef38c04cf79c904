//! The functions of `_codecs` for the built-in codecs.

use super::*;
use text::codec::utf16::Order;

/// `X_decode(data, errors, final)`.
fn decoded(
    vm: &mut Vm,
    codec: Codec,
    data: Value,
    errors: Option<Value>,
    last: bool,
    name: &str,
) -> Res {
    let errors = errors_of(vm, errors, name, 2)?;
    let input = if matches!(codec, Codec::UnicodeEscape | Codec::RawUnicodeEscape) {
        input_of(vm, data)?
    } else {
        vm.get_buffer(data)?.as_slice().to_vec()
    };
    let (v, n) = vm.codec_decode(codec, &input, &errors, last)?;
    counted(vm, v, n)
}

/// `X_encode(str, errors)`.
fn encoded(vm: &mut Vm, codec: Codec, s: Value, errors: Option<Value>, name: &str) -> Res {
    let errors = errors_of(vm, errors, name, 2)?;
    let Some(cell) = s.downcast::<StrObj>() else {
        let got = vm.argument_kind(s);
        return Err(vm.type_error(&format!("{name}() argument 1 must be str, not {got}")));
    };
    let v = vm.codec_encode(codec, s, &errors)?;
    counted(vm, v, cell.len)
}

fn order_of(n: i64) -> Order {
    match n {
        0 => Order::Mark,
        n if n < 0 => Order::Little,
        _ => Order::Big,
    }
}

fn decoded_order(
    vm: &mut Vm,
    wide: bool,
    data: Value,
    errors: Option<Value>,
    byteorder: Option<i64>,
    last: Option<bool>,
) -> Res {
    let name = if wide {
        "utf_32_ex_decode"
    } else {
        "utf_16_ex_decode"
    };
    let errors = errors_of(vm, errors, name, 2)?;
    let input = vm.get_buffer(data)?.as_slice().to_vec();
    let order = order_of(byteorder.unwrap_or(0));
    let (v, n, found) =
        vm.codec_decode_order(wide, &input, &errors, order, last.unwrap_or(false))?;
    let found = if found == 0 {
        byteorder.unwrap_or(0).signum()
    } else {
        found
    };
    vm.new_tuple(&[
        v,
        Value::int_unchecked(n as i64),
        Value::int_unchecked(found),
    ])
}

#[derive::natives]
pub mod functions {
    use super::*;

    #[native("utf_8_decode($module, data, errors=None, final=False, /)")]
    fn utf_8_decode(
        vm: &mut Vm,
        _m: Value,
        data: Value,
        errors: Option<Value>,
        last: Option<bool>,
    ) -> Res {
        decoded(
            vm,
            Codec::Utf8,
            data,
            errors,
            last.unwrap_or(false),
            "utf_8_decode",
        )
    }
    #[native("utf_8_encode($module, str, errors=None, /)")]
    fn utf_8_encode(vm: &mut Vm, _m: Value, s: Value, errors: Option<Value>) -> Res {
        encoded(vm, Codec::Utf8, s, errors, "utf_8_encode")
    }
    #[native("utf_7_decode($module, data, errors=None, final=False, /)")]
    fn utf_7_decode(
        vm: &mut Vm,
        _m: Value,
        data: Value,
        errors: Option<Value>,
        last: Option<bool>,
    ) -> Res {
        decoded(
            vm,
            Codec::Utf7,
            data,
            errors,
            last.unwrap_or(false),
            "utf_7_decode",
        )
    }
    #[native("utf_7_encode($module, str, errors=None, /)")]
    fn utf_7_encode(vm: &mut Vm, _m: Value, s: Value, errors: Option<Value>) -> Res {
        encoded(vm, Codec::Utf7, s, errors, "utf_7_encode")
    }
    #[native("utf_16_decode($module, data, errors=None, final=False, /)")]
    fn utf_16_decode(
        vm: &mut Vm,
        _m: Value,
        data: Value,
        errors: Option<Value>,
        last: Option<bool>,
    ) -> Res {
        decoded(
            vm,
            Codec::Utf16(Order::Mark),
            data,
            errors,
            last.unwrap_or(false),
            "utf_16_decode",
        )
    }
    #[native("utf_16_encode($module, str, errors=None, byteorder=0, /)")]
    fn utf_16_encode(
        vm: &mut Vm,
        _m: Value,
        s: Value,
        errors: Option<Value>,
        byteorder: Option<i64>,
    ) -> Res {
        let codec = Codec::Utf16(order_of(byteorder.unwrap_or(0)));
        encoded(vm, codec, s, errors, "utf_16_encode")
    }
    #[native("utf_16_ex_decode($module, data, errors=None, byteorder=0, final=False, /)")]
    fn utf_16_ex_decode(
        vm: &mut Vm,
        _m: Value,
        data: Value,
        errors: Option<Value>,
        byteorder: Option<i64>,
        last: Option<bool>,
    ) -> Res {
        decoded_order(vm, false, data, errors, byteorder, last)
    }
    #[native("utf_16_le_decode($module, data, errors=None, final=False, /)")]
    fn utf_16_le_decode(
        vm: &mut Vm,
        _m: Value,
        data: Value,
        errors: Option<Value>,
        last: Option<bool>,
    ) -> Res {
        decoded(
            vm,
            Codec::Utf16(Order::Little),
            data,
            errors,
            last.unwrap_or(false),
            "utf_16_le_decode",
        )
    }
    #[native("utf_16_le_encode($module, str, errors=None, /)")]
    fn utf_16_le_encode(vm: &mut Vm, _m: Value, s: Value, errors: Option<Value>) -> Res {
        encoded(
            vm,
            Codec::Utf16(Order::Little),
            s,
            errors,
            "utf_16_le_encode",
        )
    }
    #[native("utf_16_be_decode($module, data, errors=None, final=False, /)")]
    fn utf_16_be_decode(
        vm: &mut Vm,
        _m: Value,
        data: Value,
        errors: Option<Value>,
        last: Option<bool>,
    ) -> Res {
        decoded(
            vm,
            Codec::Utf16(Order::Big),
            data,
            errors,
            last.unwrap_or(false),
            "utf_16_be_decode",
        )
    }
    #[native("utf_16_be_encode($module, str, errors=None, /)")]
    fn utf_16_be_encode(vm: &mut Vm, _m: Value, s: Value, errors: Option<Value>) -> Res {
        encoded(vm, Codec::Utf16(Order::Big), s, errors, "utf_16_be_encode")
    }
    #[native("utf_32_decode($module, data, errors=None, final=False, /)")]
    fn utf_32_decode(
        vm: &mut Vm,
        _m: Value,
        data: Value,
        errors: Option<Value>,
        last: Option<bool>,
    ) -> Res {
        decoded(
            vm,
            Codec::Utf32(Order::Mark),
            data,
            errors,
            last.unwrap_or(false),
            "utf_32_decode",
        )
    }
    #[native("utf_32_encode($module, str, errors=None, byteorder=0, /)")]
    fn utf_32_encode(
        vm: &mut Vm,
        _m: Value,
        s: Value,
        errors: Option<Value>,
        byteorder: Option<i64>,
    ) -> Res {
        let codec = Codec::Utf32(order_of(byteorder.unwrap_or(0)));
        encoded(vm, codec, s, errors, "utf_32_encode")
    }
    #[native("utf_32_ex_decode($module, data, errors=None, byteorder=0, final=False, /)")]
    fn utf_32_ex_decode(
        vm: &mut Vm,
        _m: Value,
        data: Value,
        errors: Option<Value>,
        byteorder: Option<i64>,
        last: Option<bool>,
    ) -> Res {
        decoded_order(vm, true, data, errors, byteorder, last)
    }
    #[native("utf_32_le_decode($module, data, errors=None, final=False, /)")]
    fn utf_32_le_decode(
        vm: &mut Vm,
        _m: Value,
        data: Value,
        errors: Option<Value>,
        last: Option<bool>,
    ) -> Res {
        decoded(
            vm,
            Codec::Utf32(Order::Little),
            data,
            errors,
            last.unwrap_or(false),
            "utf_32_le_decode",
        )
    }
    #[native("utf_32_le_encode($module, str, errors=None, /)")]
    fn utf_32_le_encode(vm: &mut Vm, _m: Value, s: Value, errors: Option<Value>) -> Res {
        encoded(
            vm,
            Codec::Utf32(Order::Little),
            s,
            errors,
            "utf_32_le_encode",
        )
    }
    #[native("utf_32_be_decode($module, data, errors=None, final=False, /)")]
    fn utf_32_be_decode(
        vm: &mut Vm,
        _m: Value,
        data: Value,
        errors: Option<Value>,
        last: Option<bool>,
    ) -> Res {
        decoded(
            vm,
            Codec::Utf32(Order::Big),
            data,
            errors,
            last.unwrap_or(false),
            "utf_32_be_decode",
        )
    }
    #[native("utf_32_be_encode($module, str, errors=None, /)")]
    fn utf_32_be_encode(vm: &mut Vm, _m: Value, s: Value, errors: Option<Value>) -> Res {
        encoded(vm, Codec::Utf32(Order::Big), s, errors, "utf_32_be_encode")
    }
    #[native("unicode_escape_decode($module, data, errors=None, final=True, /)")]
    fn unicode_escape_decode(
        vm: &mut Vm,
        _m: Value,
        data: Value,
        errors: Option<Value>,
        last: Option<bool>,
    ) -> Res {
        decoded(
            vm,
            Codec::UnicodeEscape,
            data,
            errors,
            last.unwrap_or(true),
            "unicode_escape_decode",
        )
    }
    #[native("unicode_escape_encode($module, str, errors=None, /)")]
    fn unicode_escape_encode(vm: &mut Vm, _m: Value, s: Value, errors: Option<Value>) -> Res {
        encoded(vm, Codec::UnicodeEscape, s, errors, "unicode_escape_encode")
    }
    #[native("raw_unicode_escape_decode($module, data, errors=None, final=True, /)")]
    fn raw_unicode_escape_decode(
        vm: &mut Vm,
        _m: Value,
        data: Value,
        errors: Option<Value>,
        last: Option<bool>,
    ) -> Res {
        decoded(
            vm,
            Codec::RawUnicodeEscape,
            data,
            errors,
            last.unwrap_or(true),
            "raw_unicode_escape_decode",
        )
    }
    #[native("raw_unicode_escape_encode($module, str, errors=None, /)")]
    fn raw_unicode_escape_encode(vm: &mut Vm, _m: Value, s: Value, errors: Option<Value>) -> Res {
        encoded(
            vm,
            Codec::RawUnicodeEscape,
            s,
            errors,
            "raw_unicode_escape_encode",
        )
    }
    #[native("latin_1_decode($module, data, errors=None, /)")]
    fn latin_1_decode(vm: &mut Vm, _m: Value, data: Value, errors: Option<Value>) -> Res {
        decoded(vm, Codec::Latin1, data, errors, true, "latin_1_decode")
    }
    #[native("latin_1_encode($module, str, errors=None, /)")]
    fn latin_1_encode(vm: &mut Vm, _m: Value, s: Value, errors: Option<Value>) -> Res {
        encoded(vm, Codec::Latin1, s, errors, "latin_1_encode")
    }
    #[native("ascii_decode($module, data, errors=None, /)")]
    fn ascii_decode(vm: &mut Vm, _m: Value, data: Value, errors: Option<Value>) -> Res {
        decoded(vm, Codec::Ascii, data, errors, true, "ascii_decode")
    }
    #[native("ascii_encode($module, str, errors=None, /)")]
    fn ascii_encode(vm: &mut Vm, _m: Value, s: Value, errors: Option<Value>) -> Res {
        encoded(vm, Codec::Ascii, s, errors, "ascii_encode")
    }
}
