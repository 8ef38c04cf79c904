//! Decimals from other values and other values from decimals.

use super::context::int_field;
use super::number::{Number, SPEC, dec_of, new, of_int};
use super::signals::report;
use super::state::{Context, current};
use crate::util::{keep, kept};
use ::decimal::coef::NoMemory;
use ::decimal::text::{parse_exact, parse_rounded};
use ::decimal::{Class, Coef, Ctx, Dec, Rounding, integral, status};
use runtime::class::TypeObj;
use runtime::object::*;
use runtime::{Raised, Res, Value, Vm};

/// TypeError for a value that is no number here.
pub fn not_supported(vm: &mut Vm, v: Value) -> Raised {
    let name = vm.class_name(v);
    vm.type_error(&format!(
        "conversion from {name} to Decimal is not supported"
    ))
}

/// `decimal.DecimalTuple`.
pub fn tuple_class(vm: &mut Vm) -> Res {
    static KEY: u8 = 0;
    if let Some(c) = kept(vm, &KEY) {
        return Ok(c);
    }
    let collections = vm.import_module("collections")?;
    let make = vm.get_attr_str(collections, "namedtuple")?;
    let name = vm.new_str("DecimalTuple")?;
    let fields = vm.new_str("sign digits exponent")?;
    let class = vm.call_value(make, &[name, fields])?;
    let module = vm.intern("decimal");
    vm.set_attr_str(class, "__module__", module)?;
    keep(vm, &KEY, class);
    Ok(class)
}

fn is_space(c: u8) -> bool {
    matches!(c, 9..=13 | 0x1c..=0x20)
}

/// A string's number; surrounding space and underscores do not count.
fn parse_text(s: Ref<StrObj>, st: &mut u32) -> Dec {
    if s.is_ascii() && s.raw().iter().all(|c| !is_space(*c) && *c != b'_') {
        return parse_exact(s.raw(), st);
    }
    let mut text = Vm::number_text(s);
    let start = text.iter().take_while(|c| is_space(**c)).count();
    text.drain(..start);
    while text.last().is_some_and(|c| is_space(*c)) {
        text.pop();
    }
    text.retain(|c| *c != b'_');
    parse_exact(&text, st)
}

/// The exact value of a float: a signal of its own, as it is seldom what was meant.
fn float(vm: &mut Vm, f: f64, c: &Context) -> Res<Dec> {
    report(vm, c, status::FLOAT_OPERATION)?;
    Ok(Dec::from_f64(f))
}

/// The value of a str, int, float or tuple, not rounded; None for other types.
fn unrounded(vm: &mut Vm, v: Value, c: &Context) -> Res<Option<Dec>> {
    if let Some(d) = of_int(vm, v) {
        return Ok(Some(d));
    }
    if let Some(f) = vm.float_of(v) {
        return float(vm, f, c).map(Some);
    }
    if v.is_kind(Kind::Tuple) || v.is_kind(Kind::List) {
        return from_parts(vm, v).map(Some);
    }
    Ok(None)
}

/// `Decimal(v)`.
pub fn exact(vm: &mut Vm, class: Ref<TypeObj>, v: Value, c: &Context) -> Res {
    if let Some(n) = v.payload::<Number>() {
        if class == c.decimal && vm.class_of(v) == class {
            return Ok(v);
        }
        return vm.new_payload(class, Number(n.0.clone()));
    }
    let d = if let Some(s) = v.downcast::<StrObj>() {
        let mut st = 0;
        let d = parse_text(s, &mut st);
        report(vm, c, st)?;
        d
    } else {
        match unrounded(vm, v, c)? {
            Some(d) => {
                let (mut st, mut condition) = (0, 0);
                let d = Ctx::MAX.finalize(d, &mut condition);
                let d = ::decimal::text::exact(d, condition, &mut st);
                report(vm, c, st)?;
                d
            }
            None => return Err(not_supported(vm, v)),
        }
    };
    vm.new_payload(class, Number(d))
}

/// `context.create_decimal(v)`.
pub fn rounded(vm: &mut Vm, v: Value, c: &Context) -> Res {
    let ctx = c.ctx.get();
    let mut st = 0;
    let d = if let Some(n) = v.payload::<Number>() {
        if n.0.is_nan() && n.0.digits() > ctx.prec - i64::from(ctx.clamp) {
            Dec::error(status::CONVERSION_SYNTAX, &mut st)
        } else {
            ctx.finalize(n.0.clone(), &mut st)
        }
    } else if let Some(s) = v.downcast::<StrObj>() {
        parse_rounded(&Vm::number_text(s), &ctx, &mut st)
    } else {
        match unrounded(vm, v, c)? {
            Some(d) => ctx.finalize(d, &mut st),
            None => return Err(not_supported(vm, v)),
        }
    };
    report(vm, c, st)?;
    new(vm, c, d)
}

/// `context.create_decimal_from_float(v)`, and `Decimal.from_float(v)` without rounding.
pub fn from_float(vm: &mut Vm, v: Value) -> Res<Dec> {
    if let Some(d) = of_int(vm, v) {
        return Ok(d);
    }
    match vm.float_of(v) {
        Some(f) => Ok(Dec::from_f64(f)),
        None => Err(vm.type_error("argument must be int or float")),
    }
}

/// A number from (sign, digits, exponent).
fn from_parts(vm: &mut Vm, v: Value) -> Res<Dec> {
    let items = vm.collect(v)?.to_vec();
    let [sign, digits, exponent] = items[..] else {
        return Err(vm.value_error("argument must be a sequence of length 3"));
    };
    let negative = match vm.is_int(sign).then(|| vm.int_to_i64(sign)) {
        Some(Some(0)) => false,
        Some(Some(1)) => true,
        _ => return Err(vm.value_error("sign must be an integer with the value 0 or 1")),
    };
    let special = match exponent.downcast::<StrObj>() {
        None => None,
        Some(s) => match s.as_ascii() {
            Some("F") => Some(Class::Infinite),
            Some("n") => Some(Class::NaN),
            Some("N") => Some(Class::SNaN),
            _ => {
                let text = "string argument in the third position must be 'F', 'n' or 'N'";
                return Err(vm.value_error(text));
            }
        },
    };
    let exp = match special {
        Some(_) => 0,
        None if !vm.is_int(exponent) => {
            return Err(vm.value_error("exponent must be an integer"));
        }
        None => int_field(vm, exponent)?,
    };
    let coef = coefficient(vm, digits)?;
    if special == Some(Class::Infinite) {
        return Ok(Dec::infinity(negative));
    }
    Ok(Dec {
        negative,
        class: special.unwrap_or(Class::Finite),
        exp: exp.clamp(-EXP_LIMIT, EXP_LIMIT),
        coef,
    })
}

/// Beyond all contexts, and no sum with a number of digits overflows.
const EXP_LIMIT: i64 = 3_000_000_000_000_000_000;

fn coefficient(vm: &mut Vm, digits: Value) -> Res<Coef> {
    let text = "coefficient must be a tuple of digits";
    if !digits.is_kind(Kind::Tuple) && !digits.is_kind(Kind::List) {
        return Err(vm.value_error(text));
    }
    let mut out = Vec::new();
    for d in vm.collect(digits)?.iter() {
        match vm.is_int(*d).then(|| vm.int_to_i64(*d)) {
            Some(Some(n @ 0..=9)) => out.push(b'0' + n as u8),
            _ => return Err(vm.value_error(text)),
        }
    }
    Ok(Coef::from_digits(&out))
}

/// ValueError or OverflowError for what has no integer value.
fn need_finite(vm: &mut Vm, d: &Dec, what: &str) -> Res<()> {
    if d.is_nan() {
        return Err(vm.value_error(&format!("cannot convert NaN to {what}")));
    }
    if d.is_infinite() {
        return Err(vm.overflow_error(&format!("cannot convert Infinity to {what}")));
    }
    Ok(())
}

/// The int of a number rounded as `mode` says.
fn int(vm: &mut Vm, d: &Dec, mode: Rounding) -> Res {
    need_finite(vm, d, "integer")?;
    let ctx = Ctx::MAX.with_rounding(mode);
    let whole = integral::to_integral(d, false, &ctx, &mut 0);
    match whole.to_big() {
        Ok(n) => vm.new_big(&n),
        Err(NoMemory) => Err(vm.memory_error()),
    }
}

fn to_float(vm: &mut Vm, d: &Dec) -> Res<f64> {
    if d.is_nan() {
        if d.is_snan() {
            return Err(vm.value_error("cannot convert signaling NaN to float"));
        }
        return Ok(if d.negative { -f64::NAN } else { f64::NAN });
    }
    Ok(match d.class {
        Class::Infinite if d.negative => f64::NEG_INFINITY,
        Class::Infinite => f64::INFINITY,
        _ => d.to_sci(true).parse().unwrap_or(f64::NAN),
    })
}

#[derive::natives]
pub mod methods {
    use super::*;

    /// Convert self to an int, rounding towards zero.
    #[native("__int__($self, /)")]
    fn to_int(vm: &mut Vm, this: Value) -> Res {
        int(vm, dec_of(this), Rounding::Down)
    }
    #[native("__trunc__($self, /)")]
    fn trunc(vm: &mut Vm, this: Value) -> Res {
        int(vm, dec_of(this), Rounding::Down)
    }
    #[native("__floor__($self, /)")]
    fn floor(vm: &mut Vm, this: Value) -> Res {
        int(vm, dec_of(this), Rounding::Floor)
    }
    #[native("__ceil__($self, /)")]
    fn ceil(vm: &mut Vm, this: Value) -> Res {
        int(vm, dec_of(this), Rounding::Ceiling)
    }
    #[native("__round__($self, ndigits=<unrepresentable>, /)", nosig, nameless)]
    fn round(vm: &mut Vm, this: Value, ndigits: Option<Value>) -> Res {
        let Some(n) = ndigits.filter(|n| !n.is_none()) else {
            return int(vm, dec_of(this), Rounding::HalfEven);
        };
        if !vm.is_int(n) {
            return Err(vm.type_error("optional arg must be an integer"));
        }
        let n = int_field(vm, n)?;
        let unit = Dec::finite(
            false,
            Coef::from_u64(1),
            n.checked_neg().unwrap_or(i64::MAX),
        );
        let c = current(vm)?;
        let mut st = 0;
        let d = integral::quantize(dec_of(this), &unit, &c.ctx.get(), &mut st);
        report(vm, c, st)?;
        new(vm, c, d)
    }
    /// Return float(self).
    #[native("__float__($self, /)")]
    fn float_method(vm: &mut Vm, this: Value) -> Res<f64> {
        to_float(vm, dec_of(this))
    }
    #[native("__complex__($self, /)")]
    fn complex(vm: &mut Vm, this: Value) -> Res {
        let f = to_float(vm, dec_of(this))?;
        vm.new_complex(f, 0.0)
    }
    /// Sign, digits and exponent.
    #[native("as_tuple($self, /)")]
    fn as_tuple(vm: &mut Vm, this: Value) -> Res {
        let d = dec_of(this);
        let digits = match d.class {
            Class::Infinite => "0".to_owned(),
            _ if d.is_nan() && d.coef.is_zero() => String::new(),
            _ => d.coef.to_text(),
        };
        let digits: Vec<Value> = digits
            .bytes()
            .map(|c| Value::int_unchecked(i64::from(c - b'0')))
            .collect();
        let digits = vm.new_tuple(&digits)?;
        let exponent = match d.class {
            Class::Finite => vm.new_int(d.exp)?,
            Class::Infinite => vm.intern("F"),
            Class::NaN => vm.intern("n"),
            Class::SNaN => vm.intern("N"),
        };
        let sign = Value::int_unchecked(i64::from(d.negative));
        let class = tuple_class(vm)?;
        vm.call_value(class, &[sign, digits, exponent])
    }
    /// A pair of ints whose quotient is the number, in lowest terms, the second one positive.
    #[native("as_integer_ratio($self, /)")]
    fn as_integer_ratio(vm: &mut Vm, this: Value) -> Res {
        let d = dec_of(this);
        need_finite(vm, d, "integer ratio")?;
        match d.ratio() {
            Ok((up, down)) => {
                let (up, down) = (vm.new_big(&up)?, vm.new_big(&down)?);
                vm.new_tuple(&[up, down])
            }
            Err(NoMemory) => Err(vm.memory_error()),
        }
    }
    /// The exact value of a float or an int:
    ///
    ///     >>> Decimal.from_float(-0.375)
    ///     Decimal('-0.375')
    #[classmethod("from_float($type, f, /)")]
    fn from_float(vm: &mut Vm, class: Value, f: Value) -> Res {
        let d = super::from_float(vm, f)?;
        of_class(vm, class, d)
    }
    /// The exact value of an int, a float or a decimal:
    ///
    ///     >>> Decimal.from_number(-0.375)
    ///     Decimal('-0.375')
    #[classmethod("from_number($type, number, /)")]
    fn from_number(vm: &mut Vm, class: Value, number: Value) -> Res {
        if let Some(n) = number.payload::<Number>() {
            let d = n.0.clone();
            return of_class(vm, class, d);
        }
        if vm.is_int(number) || vm.float_of(number).is_some() {
            let d = super::from_float(vm, number)?;
            return of_class(vm, class, d);
        }
        Err(not_supported(vm, number))
    }
}

/// A number of `Decimal` or a class derived from it, whose constructor is called.
fn of_class(vm: &mut Vm, class: Value, d: Dec) -> Res {
    let base = vm.native_type(&SPEC)?;
    let v = vm.new_payload(base, Number(d))?;
    if class == base.value() {
        return Ok(v);
    }
    vm.call_value(class, &[v])
}
