//! `complex`.

use super::number::{binary_operators, comparisons};
use crate::class::{TypeFlags, TypeObj, TypeSpec};
use crate::object::*;
use crate::ops::{BinOp, CmpOp};
use crate::value::{Res, Value};
use crate::vm::Vm;
use num::complex::{Complex, ComplexParseError};

pub static SPEC: TypeSpec = TypeSpec {
    name: "complex",
    signature: Some("(real=0, imag=0)"),
    kind: Kind::Complex,
    doc: "Create a complex number from a string or numbers.\n\nIf a string is given, parse it as a complex number.\nIf a single number is given, convert it to a complex number.\nIf the 'real' or 'imag' arguments are given, create a complex number\nwith the specified real and imaginary components.",
    tables: &[
        construct::TABLE,
        compare::TABLE,
        operators::TABLE,
        methods::TABLE,
    ],
    flags: TypeFlags::BASE,
    size: size_of::<ComplexObj>(),
    slot_offset: size_of::<ComplexObj>(),
    ..TypeSpec::DEFAULT
};

#[derive::natives]
mod construct {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, real=0, imag=0)", nosig)]
    fn new(vm: &mut Vm, class: Value, real: Option<Value>, imag: Option<Value>) -> Res {
        let class = vm.number_class(class, vm.types.complex)?;
        let c = match (real, imag) {
            (None, None) => Complex::new(0.0, 0.0),
            (Some(x), None) => {
                if x.is_exact(Kind::Complex) && class == vm.types.complex {
                    return Ok(x);
                }
                vm.number_to_complex(x)?
            }
            (real, Some(imag)) => two_parts(vm, real, imag)?,
        };
        vm.complex_of_class(class, c)
    }
    /// Convert number to a complex floating-point number.
    #[classmethod("from_number($type, number, /)")]
    fn from_number(vm: &mut Vm, class: Value, number: Value) -> Res {
        let exact = class == vm.types.complex.value();
        if number.is_exact(Kind::Complex) && exact {
            return Ok(number);
        }
        let c = vm.to_complex(number)?;
        let v = vm.new_complex(c.re, c.im)?;
        if exact {
            return Ok(v);
        }
        vm.call_value(class, &[v])
    }
}

/// `complex(real, imag)`; complex parts are deprecated.
fn two_parts(vm: &mut Vm, real: Option<Value>, imag: Value) -> Res<Complex> {
    let r = match real {
        Some(r) => part(vm, r, "real")?,
        None => Complex::new(0.0, 0.0),
    };
    let i = part(vm, imag, "imag")?;
    // real + imag*j, where each may bring an imaginary part of its own.
    let imag_is_complex = imag.is_kind(Kind::Complex);
    let re = if imag_is_complex { r.re - i.im } else { r.re };
    let real_is_complex = r.im != 0.0 || real.is_some_and(|v| v.is_kind(Kind::Complex));
    let im = if real_is_complex { i.re + r.im } else { i.re };
    Ok(Complex::new(re, im))
}

fn part(vm: &mut Vm, v: Value, name: &str) -> Res<Complex> {
    if let Some(f) = vm.float_of(v)
        && v.is_float()
    {
        return Ok(Complex::new(f, 0.0));
    }
    let text = |n: &str| format!("complex() argument '{name}' must be a real number, not {n}");
    if let Some(c) = v.downcast::<ComplexObj>() {
        let c = Complex::new(c.re, c.im);
        let shown = text(&vm.class_name(v));
        vm.warn(vm.types.exc.DeprecationWarning, &shown, 1)?;
        return Ok(c);
    }
    if name == "real"
        && let Some(c) = vm.call_complex(v)?
    {
        let shown = text(&vm.class_name(v));
        vm.warn(vm.types.exc.DeprecationWarning, &shown, 1)?;
        return Ok(c);
    }
    if let Some(f) = real_number(vm, v)? {
        return Ok(Complex::new(f, 0.0));
    }
    let shown = text(&vm.class_name(v));
    Err(vm.type_error(&shown))
}

/// A value with `__float__` or `__index__` as a float.
fn real_number(vm: &mut Vm, v: Value) -> Res<Option<f64>> {
    if vm.special(v, vm.names.__float__).is_some() || vm.special(v, vm.names.__index__).is_some() {
        return vm.to_f64(v).map(Some);
    }
    Ok(None)
}

comparisons!(compare, super::complex_compare);

binary_operators!(operators, super::complex_operator, {
    add radd Add "__add__($self, value, /)" "__radd__($self, value, /)" "Return self+value." "Return value+self.";
    sub rsub Sub "__sub__($self, value, /)" "__rsub__($self, value, /)" "Return self-value." "Return value-self.";
    mul rmul Mul "__mul__($self, value, /)" "__rmul__($self, value, /)" "Return self*value." "Return value*self.";
    truediv rtruediv TrueDiv "__truediv__($self, value, /)" "__rtruediv__($self, value, /)" "Return self/value." "Return value/self.";
});

fn complex_compare(vm: &mut Vm, op: CmpOp, a: Value, b: Value) -> Res {
    let (Some(x), CmpOp::Eq | CmpOp::Ne) = (complex_of(a), op) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let equal = if let Some(y) = complex_of(b) {
        x.re == y.re && x.im == y.im
    } else if let Some(f) = vm.float_of(b) {
        x.im == 0.0 && x.re == f
    } else if vm.is_int(b) {
        x.im == 0.0 && vm.cmp_int_f64(b, x.re) == Some(std::cmp::Ordering::Equal)
    } else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    Ok(Value::bool(equal == (op == CmpOp::Eq)))
}

fn complex_of(v: Value) -> Option<Complex> {
    v.downcast::<ComplexObj>().map(|c| Complex::new(c.re, c.im))
}

fn complex(this: Value) -> Complex {
    complex_of(this).unwrap_or(Complex::new(f64::NAN, f64::NAN))
}

/// An operand: complex or real.
enum Operand {
    Complex(Complex),
    Real(f64),
}

fn operand(vm: &mut Vm, v: Value) -> Res<Option<Operand>> {
    if let Some(c) = complex_of(v) {
        return Ok(Some(Operand::Complex(c)));
    }
    if let Some(f) = vm.float_of(v) {
        return Ok(Some(Operand::Real(f)));
    }
    if vm.is_int(v) {
        return Ok(Some(Operand::Real(vm.int_to_f64(v)?)));
    }
    Ok(None)
}

fn complex_operator(vm: &mut Vm, op: BinOp, a: Value, b: Value) -> Res {
    let Some(x) = operand(vm, a)? else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let Some(y) = operand(vm, b)? else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    match mixed(op, x, y) {
        Ok(c) => vm.new_complex(c.re, c.im),
        Err(e) => Err(vm.num_error(e)),
    }
}

/// Real operands keep the other part as it is (C99 annex G): no addition of zero.
fn mixed(op: BinOp, x: Operand, y: Operand) -> num::error::Result<Complex> {
    use Operand::{Complex as C, Real as R};
    Ok(match (op, x, y) {
        (BinOp::Pow, x, y) => {
            let full = |o| match o {
                C(c) => c,
                R(f) => Complex::new(f, 0.0),
            };
            return full(x).pow(full(y));
        }
        (BinOp::Add, C(a), C(b)) => Complex::new(a.re + b.re, a.im + b.im),
        (BinOp::Add, C(a), R(f)) | (BinOp::Add, R(f), C(a)) => Complex::new(a.re + f, a.im),
        (BinOp::Sub, C(a), C(b)) => Complex::new(a.re - b.re, a.im - b.im),
        (BinOp::Sub, C(a), R(f)) => Complex::new(a.re - f, a.im),
        (BinOp::Sub, R(f), C(a)) => Complex::new(f - a.re, -a.im),
        (BinOp::Mul, C(a), C(b)) => a.product(b),
        (BinOp::Mul, C(a), R(f)) | (BinOp::Mul, R(f), C(a)) => a.scale(f),
        (_, C(a), C(b)) => return a.quotient(b),
        (_, C(a), R(f)) => return a.quotient_real(f),
        (_, R(f), C(b)) => return Complex::real_quotient(f, b),
        (_, R(f), R(g)) => return Complex::new(f, 0.0).quotient_real(g),
    })
}

fn complex_pow(vm: &mut Vm, a: Value, b: Value, modulus: Option<Value>) -> Res {
    if modulus.is_some_and(|m| !m.is_none()) {
        return Err(vm.value_error("complex modulo"));
    }
    complex_operator(vm, BinOp::Pow, a, b)
}

#[derive::natives]
mod methods {
    use super::*;

    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(_: &mut Vm, this: Value) -> Res<String> {
        Ok(complex(this).repr())
    }
    /// Return hash(self).
    #[native("__hash__($self, /)")]
    fn hash(vm: &mut Vm, this: Value) -> Res<i64> {
        let c = complex(this);
        let (re, im) = (vm.hash(Value::float(c.re))?, vm.hash(Value::float(c.im))?);
        Ok(num::hash::hash_complex(re, im))
    }
    /// Return pow(self, value, mod).
    #[native("__pow__($self, value, mod=None, /)")]
    fn pow(vm: &mut Vm, this: Value, value: Value, modulus: Option<Value>) -> Res {
        complex_pow(vm, this, value, modulus)
    }
    /// Return pow(value, self, mod).
    #[native("__rpow__($self, value, mod=None, /)")]
    fn rpow(vm: &mut Vm, this: Value, value: Value, modulus: Option<Value>) -> Res {
        complex_pow(vm, value, this, modulus)
    }
    /// -self
    #[native("__neg__($self, /)")]
    fn neg(vm: &mut Vm, this: Value) -> Res {
        let c = complex(this);
        vm.new_complex(-c.re, -c.im)
    }
    /// +self
    #[native("__pos__($self, /)")]
    fn pos(vm: &mut Vm, this: Value) -> Res {
        exact(vm, this)
    }
    /// abs(self)
    #[native("__abs__($self, /)")]
    fn abs(vm: &mut Vm, this: Value) -> Res<f64> {
        complex(this).abs().map_err(|e| vm.num_error(e))
    }
    /// True if self else False
    #[native("__bool__($self, /)")]
    fn bool(_: &mut Vm, this: Value) -> Res<bool> {
        let c = complex(this);
        Ok(c.re != 0.0 || c.im != 0.0)
    }
    /// Return the complex conjugate of its argument. (3-4j).conjugate() == 3+4j.
    #[native("conjugate($self, /)")]
    fn conjugate(vm: &mut Vm, this: Value) -> Res {
        let c = complex(this);
        vm.new_complex(c.re, -c.im)
    }
    /// Convert this value to exact type complex.
    #[native("__complex__($self, /)")]
    fn complex_(vm: &mut Vm, this: Value) -> Res {
        exact(vm, this)
    }
    #[native("__getnewargs__($self, /)")]
    fn getnewargs(vm: &mut Vm, this: Value) -> Res {
        let c = complex(this);
        vm.new_tuple(&[Value::float(c.re), Value::float(c.im)])
    }
    /// Convert to a string according to format_spec.
    #[native("__format__($self, format_spec, /)")]
    fn format(vm: &mut Vm, this: Value, spec: Value) -> Res {
        let Some(spec) = vm.number_spec(this, spec)? else {
            return vm.str_of(this);
        };
        let locale = num::format_num::Locale::default();
        let c = complex(this);
        vm.formatted(num::format_num::format_complex(
            c.re, c.im, &spec, &locale, "complex",
        ))
    }
    /// the real part of a complex number
    #[member("real")]
    fn real(_: &mut Vm, this: Value) -> Res<f64> {
        Ok(complex(this).re)
    }
    /// the imaginary part of a complex number
    #[member("imag")]
    fn imag(_: &mut Vm, this: Value) -> Res<f64> {
        Ok(complex(this).im)
    }
}

fn exact(vm: &mut Vm, this: Value) -> Res {
    if this.is_exact(Kind::Complex) {
        return Ok(this);
    }
    let c = complex(this);
    vm.new_complex(c.re, c.im)
}

impl Vm {
    /// A complex number as an instance of `class`: complex itself or a subclass of it.
    pub fn complex_of_class(&mut self, class: Ref<TypeObj>, c: Complex) -> Res {
        if class == self.types.complex {
            return self.new_complex(c.re, c.im);
        }
        let v = self.new_instance(class)?;
        // SAFETY: instances of complex subclasses are ComplexObj cells; this one is fresh.
        unsafe {
            (*v.ptr::<ComplexObj>()).re = c.re;
            (*v.ptr::<ComplexObj>()).im = c.im;
        }
        Ok(v)
    }

    /// What `__complex__` of `v` gives; None when it has none.
    fn call_complex(&mut self, v: Value) -> Res<Option<Complex>> {
        let name = self.names.__complex__;
        let Some(m) = self.special(v, name) else {
            return Ok(None);
        };
        let r = self.call_method_value(m, v, &[])?;
        let got = self.class_name(r);
        let Some(c) = complex_of(r) else {
            return Err(self.type_error(&format!("__complex__ returned non-complex (type {got})")));
        };
        if !r.is_exact(Kind::Complex) {
            self.warn_subclass_result("__complex__", &got, "complex")?;
        }
        Ok(Some(c))
    }

    /// A number as complex: complex, `__complex__`, `__float__` or `__index__`
    /// (`PyComplex_AsCComplex`).
    pub fn to_complex(&mut self, v: Value) -> Res<Complex> {
        if let Some(c) = complex_of(v) {
            return Ok(c);
        }
        if !v.is_small_int()
            && !v.is_float()
            && let Some(c) = self.call_complex(v)?
        {
            return Ok(c);
        }
        Ok(Complex::new(self.to_f64(v)?, 0.0))
    }

    /// `complex(x)`.
    fn number_to_complex(&mut self, x: Value) -> Res<Complex> {
        if let Some(s) = x.downcast::<StrObj>() {
            let text = Vm::number_text(s);
            return match Complex::parse(&text) {
                Ok(c) => Ok(c),
                Err(ComplexParseError::Malformed) => {
                    Err(self.value_error("complex() arg is a malformed string"))
                }
                Err(ComplexParseError::Underscore) => {
                    Err(self.value_error_repr("could not convert string to complex: ", x))
                }
            };
        }
        // A subclass may override __complex__.
        if !x.is_exact(Kind::Complex)
            && let Some(c) = self.call_complex(x)?
        {
            return Ok(c);
        }
        if let Some(c) = complex_of(x) {
            return Ok(c);
        }
        match real_number(self, x)? {
            Some(f) => Ok(Complex::new(f, 0.0)),
            None => {
                let name = self.class_name(x);
                Err(self.type_error(&format!(
                    "complex() argument must be a string or a number, not {name}"
                )))
            }
        }
    }
}
