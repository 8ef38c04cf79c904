//! `float`.

use super::number::{binary_operators, comparisons};
use crate::class::{TypeFlags, TypeObj, TypeSpec};
use crate::object::*;
use crate::ops::{BinOp, CmpOp};
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;

pub static SPEC: TypeSpec = TypeSpec {
    name: "float",
    signature: Some("(x=0, /)"),
    kind: Kind::Float,
    doc: "Convert a string or number to a floating-point number, if possible.",
    tables: &[
        construct::TABLE,
        compare::TABLE,
        operators::TABLE,
        unary::TABLE,
        methods::TABLE,
    ],
    flags: TypeFlags::BASE.union(TypeFlags::MATCH_SELF),
    size: size_of::<FloatObj>(),
    slot_offset: size_of::<FloatObj>(),
    ..TypeSpec::DEFAULT
};

#[derive::natives]
mod construct {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, x=0, /)", nosig)]
    fn new(vm: &mut Vm, class: Value, x: Option<Value>) -> Res {
        let class = vm.number_class(class, vm.types.float)?;
        let f = match x {
            Some(x) => vm.number_to_float(x)?,
            None => 0.0,
        };
        vm.float_of_class(class, f)
    }
    /// Convert real number to a floating-point number.
    #[classmethod("from_number($type, number, /)")]
    fn from_number(vm: &mut Vm, class: Value, number: Value) -> Res {
        if number.is_float() && class == vm.types.float.value() {
            return Ok(number);
        }
        let f = Value::float(vm.to_f64(number)?);
        if class == vm.types.float.value() {
            return Ok(f);
        }
        vm.call_value(class, &[f])
    }
    /// Create a floating-point number from a hexadecimal string.
    ///
    /// >>> float.fromhex('0x1.ffffp10')
    /// 2047.984375
    /// >>> float.fromhex('-0x1p-1074')
    /// -5e-324
    #[classmethod("fromhex($type, string, /)")]
    fn fromhex(vm: &mut Vm, class: Value, string: Value) -> Res {
        let Some(s) = string.downcast::<StrObj>() else {
            return Err(vm.type_error("bad argument type for built-in operation"));
        };
        let text: Vec<u8> = s
            .units()
            .iter()
            .map(|c| if c < 0x80 { c as u8 } else { b'?' })
            .collect();
        let f = num::float_text::from_hex(&text).map_err(|e| vm.num_error(e))?;
        if class == vm.types.float.value() {
            return Ok(Value::float(f));
        }
        vm.call_value(class, &[Value::float(f)])
    }
    /// You probably don't want to use this function.
    ///
    ///   typestr
    ///     Must be 'double' or 'float'.
    ///
    /// It exists mainly to be used in Python's test suite.
    ///
    /// This function returns whichever of 'unknown', 'IEEE, big-endian' or
    /// 'IEEE, little-endian' best describes the format of floating-point
    /// numbers used by the C type named by typestr.
    #[classmethod("__getformat__($type, typestr, /)")]
    fn getformat(vm: &mut Vm, _class: Value, typestr: Value) -> Res<&'static str> {
        vm.str_arg(typestr, "__getformat__", "argument")?;
        if !vm.str_equals(typestr, "double") && !vm.str_equals(typestr, "float") {
            return Err(vm.value_error("__getformat__() argument 1 must be 'double' or 'float'"));
        }
        Ok(if cfg!(target_endian = "big") {
            "IEEE, big-endian"
        } else {
            "IEEE, little-endian"
        })
    }
}

comparisons!(compare, super::float_compare);

binary_operators!(operators, super::float_operator, {
    add radd Add "__add__($self, value, /)" "__radd__($self, value, /)" "Return self+value." "Return value+self.";
    sub rsub Sub "__sub__($self, value, /)" "__rsub__($self, value, /)" "Return self-value." "Return value-self.";
    mul rmul Mul "__mul__($self, value, /)" "__rmul__($self, value, /)" "Return self*value." "Return value*self.";
    modulo rmod Mod "__mod__($self, value, /)" "__rmod__($self, value, /)" "Return self%value." "Return value%self.";
    divmod rdivmod DivMod "__divmod__($self, value, /)" "__rdivmod__($self, value, /)" "Return divmod(self, value)." "Return divmod(value, self).";
    floordiv rfloordiv FloorDiv "__floordiv__($self, value, /)" "__rfloordiv__($self, value, /)" "Return self//value." "Return value//self.";
    truediv rtruediv TrueDiv "__truediv__($self, value, /)" "__rtruediv__($self, value, /)" "Return self/value." "Return value/self.";
});

fn float_compare(vm: &mut Vm, op: CmpOp, a: Value, b: Value) -> Res {
    let Some(x) = vm.float_of(a) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    if let Some(y) = vm.float_of(b) {
        return Ok(Value::bool(op.holds_f64(x, y)));
    }
    if !vm.is_int(b) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let order = vm.cmp_int_f64(b, x);
    Ok(Value::bool(
        order.map_or(op == CmpOp::Ne, |o| op.holds(o.reverse())),
    ))
}

/// The operand of a float operator as a float; None when it is no real number of builtin kind.
fn operand(vm: &mut Vm, v: Value) -> Res<Option<f64>> {
    if let Some(f) = vm.float_of(v) {
        return Ok(Some(f));
    }
    if vm.is_int(v) {
        return vm.int_to_f64(v).map(Some);
    }
    Ok(None)
}

fn float_operator(vm: &mut Vm, op: BinOp, a: Value, b: Value) -> Res {
    let Some(x) = operand(vm, a)? else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let Some(y) = operand(vm, b)? else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    vm.float_binary(op, x, y)
        .unwrap_or(Ok(Value::NOT_IMPLEMENTED))
}

fn float_pow(vm: &mut Vm, a: Value, b: Value, modulus: Option<Value>) -> Res {
    if modulus.is_some_and(|m| !m.is_none()) {
        return Err(
            vm.type_error("pow() 3rd argument not allowed unless all arguments are integers")
        );
    }
    float_operator(vm, BinOp::Pow, a, b)
}

/// The number of `this`, a float or an instance of a subclass.
fn number(vm: &Vm, this: Value) -> f64 {
    vm.float_of(this).unwrap_or(f64::NAN)
}

#[derive::natives]
mod unary {
    use super::*;

    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res {
        let text = num::float_text::repr(number(vm, this));
        vm.new_str_ascii(text.as_bytes())
    }
    /// Return hash(self).
    #[native("__hash__($self, /)")]
    fn hash(vm: &mut Vm, this: Value) -> Res<i64> {
        let f = number(vm, this);
        if f.is_nan() && this.is_cell() {
            return Ok(crate::convert::identity_hash(this));
        }
        vm.hash(Value::float(f))
    }
    /// Return pow(self, value, mod).
    #[native("__pow__($self, value, mod=None, /)")]
    fn pow(vm: &mut Vm, this: Value, value: Value, modulus: Option<Value>) -> Res {
        float_pow(vm, this, value, modulus)
    }
    /// Return pow(value, self, mod).
    #[native("__rpow__($self, value, mod=None, /)")]
    fn rpow(vm: &mut Vm, this: Value, value: Value, modulus: Option<Value>) -> Res {
        float_pow(vm, value, this, modulus)
    }
    /// -self
    #[native("__neg__($self, /)")]
    fn neg(vm: &mut Vm, this: Value) -> Res<f64> {
        Ok(-number(vm, this))
    }
    /// +self
    #[native("__pos__($self, /)")]
    fn pos(vm: &mut Vm, this: Value) -> Res<f64> {
        Ok(number(vm, this))
    }
    /// abs(self)
    #[native("__abs__($self, /)")]
    fn abs(vm: &mut Vm, this: Value) -> Res<f64> {
        Ok(number(vm, this).abs())
    }
    /// True if self else False
    #[native("__bool__($self, /)")]
    fn bool(vm: &mut Vm, this: Value) -> Res<bool> {
        Ok(number(vm, this) != 0.0)
    }
    /// int(self)
    #[native("__int__($self, /)")]
    fn int(vm: &mut Vm, this: Value) -> Res {
        let f = number(vm, this);
        vm.float_to_int(f)
    }
    /// float(self)
    #[native("__float__($self, /)")]
    fn float(vm: &mut Vm, this: Value) -> Res<f64> {
        Ok(number(vm, this))
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Return self, the complex conjugate of any float.
    #[native("conjugate($self, /)")]
    fn conjugate(vm: &mut Vm, this: Value) -> Res<f64> {
        Ok(number(vm, this))
    }
    /// Return the Integral closest to x between 0 and x.
    #[native("__trunc__($self, /)")]
    fn trunc(vm: &mut Vm, this: Value) -> Res {
        let f = number(vm, this);
        vm.float_to_int(f)
    }
    /// Return the floor as an Integral.
    #[native("__floor__($self, /)")]
    fn floor(vm: &mut Vm, this: Value) -> Res {
        let f = number(vm, this).floor();
        vm.float_to_int(f)
    }
    /// Return the ceiling as an Integral.
    #[native("__ceil__($self, /)")]
    fn ceil(vm: &mut Vm, this: Value) -> Res {
        let f = number(vm, this).ceil();
        vm.float_to_int(f)
    }
    /// Return the Integral closest to x, rounding half toward even.
    ///
    /// When an argument is passed, work like built-in round(x, ndigits).
    #[native("__round__($self, ndigits=None, /)")]
    fn round(vm: &mut Vm, this: Value, ndigits: Option<Value>) -> Res {
        let f = number(vm, this);
        match ndigits {
            Some(n) if !n.is_none() => {
                let n = vm.index_clipped(n)?;
                match num::float::round_digits(f, n) {
                    Ok(r) => Ok(Value::float(r)),
                    Err(e) => Err(vm.num_error(e)),
                }
            }
            _ => vm.float_to_int(num::float::round_half_even(f)),
        }
    }
    /// Return a pair of integers, whose ratio is exactly equal to the original float.
    ///
    /// The ratio is in lowest terms and has a positive denominator.  Raise
    /// OverflowError on infinities and a ValueError on NaNs.
    ///
    /// >>> (10.0).as_integer_ratio()
    /// (10, 1)
    /// >>> (0.0).as_integer_ratio()
    /// (0, 1)
    /// >>> (-.25).as_integer_ratio()
    /// (-1, 4)
    #[native("as_integer_ratio($self, /)")]
    fn as_integer_ratio(vm: &mut Vm, this: Value) -> Res {
        let (n, d) = num::float::as_integer_ratio(number(vm, this)).map_err(|e| vm.num_error(e))?;
        let (n, d) = (vm.new_big(&n)?, vm.new_big(&d)?);
        vm.new_tuple(&[n, d])
    }
    /// Return a hexadecimal representation of a floating-point number.
    ///
    /// >>> (-0.1).hex()
    /// '-0x1.999999999999ap-4'
    /// >>> 3.14159.hex()
    /// '0x1.921f9f01b866ep+1'
    #[native("hex($self, /)")]
    fn hex(vm: &mut Vm, this: Value) -> Res<String> {
        Ok(num::float_text::hex(number(vm, this)))
    }
    /// Return True if the float is an integer.
    #[native("is_integer($self, /)")]
    fn is_integer(vm: &mut Vm, this: Value) -> Res<bool> {
        Ok(num::float::is_integer(number(vm, this)))
    }
    #[native("__getnewargs__($self, /)")]
    fn getnewargs(vm: &mut Vm, this: Value) -> Res {
        let f = number(vm, this);
        vm.new_tuple(&[Value::float(f)])
    }
    /// Formats the float according to format_spec.
    #[native("__format__($self, format_spec, /)")]
    fn format(vm: &mut Vm, this: Value, spec: Value) -> Res {
        let Some(spec) = vm.number_spec(this, spec)? else {
            return vm.str_of(this);
        };
        let locale = num::format_num::Locale::default();
        let f = number(vm, this);
        let name = vm.class_name(this);
        vm.formatted(num::format_num::format_float(f, &spec, &locale, &name))
    }
    /// the real part of a complex number
    #[getter("real")]
    fn real(vm: &mut Vm, this: Value) -> Res<f64> {
        Ok(number(vm, this))
    }
    /// the imaginary part of a complex number
    #[getter("imag")]
    fn imag(_: &mut Vm, _this: Value) -> Res<f64> {
        Ok(0.0)
    }
}

impl Vm {
    /// A float as an instance of `class`: float itself or a subclass of it.
    pub fn float_of_class(&mut self, class: Ref<TypeObj>, f: f64) -> Res {
        if class == self.types.float {
            return Ok(Value::float(f));
        }
        let v = self.new_instance(class)?;
        // SAFETY: instances of float subclasses are FloatObj cells; this one is fresh.
        unsafe { (*v.ptr::<FloatObj>()).number = f };
        Ok(v)
    }

    /// `float(x)` (`PyNumber_Float`).
    pub fn number_to_float(&mut self, x: Value) -> Res<f64> {
        if let Some(f) = x.as_float() {
            return Ok(f);
        }
        if x.is_small_int() || x.is_exact(Kind::Int) || x.is_bool() {
            return self.int_to_f64(x);
        }
        if let Some(s) = x.downcast::<StrObj>()
            && x.is_exact(Kind::Str)
        {
            let text = Vm::number_text(s);
            return self.parse_float(&text, x);
        }
        if let Some(m) = self.special(x, self.names.__float__) {
            return self.call_float(m, x);
        }
        if self.special(x, self.names.__index__).is_some() {
            let i = self.index(x)?;
            return self.int_to_f64(i);
        }
        if let Some(s) = x.downcast::<StrObj>() {
            let text = Vm::number_text(s);
            return self.parse_float(&text, x);
        }
        if let Some(text) = self.buffer_bytes(x)? {
            return self.parse_float(&text, x);
        }
        let name = self.class_name(x);
        Err(self.type_error(&format!(
            "float() argument must be a string or a real number, not '{name}'"
        )))
    }

    /// Calls `__float__`, found as `m`.
    pub(crate) fn call_float(&mut self, m: Value, x: Value) -> Res<f64> {
        let r = self.call_method_value(m, x, &[])?;
        if let Some(f) = r.as_float() {
            return Ok(f);
        }
        let (a, b) = (self.class_name(x), self.class_name(r));
        match self.float_of(r) {
            Some(f) => {
                self.warn_subclass_result(&format!("{a}.__float__"), &b, "float")?;
                Ok(f)
            }
            None => Err(self.type_error(&format!("{a}.__float__ returned non-float (type {b})"))),
        }
    }

    fn parse_float(&mut self, text: &[u8], shown: Value) -> Res<f64> {
        match num::float_text::parse(text) {
            Some(f) => Ok(f),
            None => Err(self.value_error_repr("could not convert string to float: ", shown)),
        }
    }

    /// ValueError of a text followed by the repr of a value.
    #[cold]
    pub(crate) fn value_error_repr(&mut self, text: &str, shown: Value) -> Raised {
        let made = self.new_str(text).and_then(|t| {
            let r = self.repr(shown)?;
            self.concat_str(t, r)
        });
        match made {
            Ok(m) => self.error_with(self.types.exc.ValueError, &[m]),
            Err(r) => r,
        }
    }
}
