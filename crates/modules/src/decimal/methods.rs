//! The other methods of `Decimal`.

use super::context::rounding;
use super::number::{dec_of, need, new};
use super::signals::report;
use super::state::{argument, current};
use ::decimal::{Dec, arith, compare::number_class, integral};
use runtime::{Res, Value, Vm};

/// A number with another sign, not rounded.
fn signed(vm: &mut Vm, d: &Dec, negative: bool) -> Res {
    let c = current(vm)?;
    let d = d.with_sign(negative);
    new(vm, c, d)
}

fn to_integral(
    vm: &mut Vm,
    this: Value,
    mode: Option<Value>,
    context: Option<Value>,
    exact: bool,
) -> Res {
    let c = argument(vm, context)?;
    let mut ctx = c.ctx.get();
    if let Some(mode) = mode.filter(|m| !m.is_none()) {
        ctx.rounding = rounding(vm, mode)?;
    }
    let mut st = 0;
    let d = integral::to_integral(dec_of(this), exact, &ctx, &mut st);
    report(vm, c, st)?;
    new(vm, c, d)
}

#[derive::natives]
mod table {
    use super::*;

    /// The number rounded to an integer, without telling.
    #[native("to_integral($self, /, rounding=None, context=None)", nameless)]
    fn to_integral(
        vm: &mut Vm,
        this: Value,
        rounding: Option<Value>,
        context: Option<Value>,
    ) -> Res {
        super::to_integral(vm, this, rounding, context, false)
    }
    /// The number rounded to an integer, without telling.
    #[native("to_integral_value($self, /, rounding=None, context=None)", nameless)]
    fn to_integral_value(
        vm: &mut Vm,
        this: Value,
        rounding: Option<Value>,
        context: Option<Value>,
    ) -> Res {
        super::to_integral(vm, this, rounding, context, false)
    }
    /// The number rounded to an integer; Inexact and Rounded are reported.
    #[native("to_integral_exact($self, /, rounding=None, context=None)", nameless)]
    fn to_integral_exact(
        vm: &mut Vm,
        this: Value,
        rounding: Option<Value>,
        context: Option<Value>,
    ) -> Res {
        super::to_integral(vm, this, rounding, context, true)
    }
    /// The number with the exponent of another:
    ///
    ///     >>> Decimal('2.71828').quantize(Decimal('0.01'))
    ///     Decimal('2.72')
    #[native("quantize($self, /, exp, rounding=None, context=None)", nameless)]
    fn quantize(
        vm: &mut Vm,
        this: Value,
        exp: Value,
        mode: Option<Value>,
        context: Option<Value>,
    ) -> Res {
        let c = argument(vm, context)?;
        let mut ctx = c.ctx.get();
        if let Some(mode) = mode.filter(|m| !m.is_none()) {
            ctx.rounding = rounding(vm, mode)?;
        }
        let exp = need(vm, exp)?;
        let mut st = 0;
        let d = integral::quantize(dec_of(this), &exp, &ctx, &mut st);
        report(vm, c, st)?;
        new(vm, c, d)
    }
    /// self * other + third with one rounding:
    ///
    ///     >>> Decimal(4).fma(5, -1)
    ///     Decimal('19')
    #[native("fma($self, /, other, third, context=None)", nameless)]
    fn fma(vm: &mut Vm, this: Value, other: Value, third: Value, context: Option<Value>) -> Res {
        let c = argument(vm, context)?;
        let (other, third) = (need(vm, other)?, need(vm, third)?);
        let mut st = 0;
        let d = arith::fma(dec_of(this), &other, &third, &c.ctx.get(), &mut st);
        report(vm, c, st)?;
        new(vm, c, d)
    }
    /// Not zero, not subnormal, finite.
    #[native("is_normal($self, /, context=None)", nameless)]
    fn is_normal(vm: &mut Vm, this: Value, context: Option<Value>) -> Res<bool> {
        Ok(dec_of(this).is_normal(&argument(vm, context)?.ctx.get()))
    }
    /// Smaller than the smallest normal number, but not zero.
    #[native("is_subnormal($self, /, context=None)", nameless)]
    fn is_subnormal(vm: &mut Vm, this: Value, context: Option<Value>) -> Res<bool> {
        Ok(dec_of(this).is_subnormal(&argument(vm, context)?.ctx.get()))
    }
    /// The exponent of the first digit; 0 for infinities and NaNs.
    #[native("adjusted($self, /)")]
    fn adjusted(_: &mut Vm, this: Value) -> Res<i64> {
        let d = dec_of(this);
        Ok(if d.is_finite() { d.adjusted() } else { 0 })
    }
    /// The number itself.
    #[native("canonical($self, /)")]
    fn canonical(_: &mut Vm, this: Value) -> Res {
        Ok(this)
    }
    /// The number itself.
    #[native("conjugate($self, /)")]
    fn conjugate(_: &mut Vm, this: Value) -> Res {
        Ok(this)
    }
    /// Ten.
    #[native("radix($self, /)")]
    fn radix(vm: &mut Vm, _this: Value) -> Res {
        let c = current(vm)?;
        new(vm, c, Dec::int(10))
    }
    /// The number with a plus sign, not rounded.
    #[native("copy_abs($self, /)")]
    fn copy_abs(vm: &mut Vm, this: Value) -> Res {
        signed(vm, dec_of(this), false)
    }
    /// The number with the other sign, not rounded.
    #[native("copy_negate($self, /)")]
    fn copy_negate(vm: &mut Vm, this: Value) -> Res {
        let d = dec_of(this);
        signed(vm, d, !d.negative)
    }
    /// What sort of number: a string.
    #[native("number_class($self, /, context=None)", nameless)]
    fn number_class_(vm: &mut Vm, this: Value, context: Option<Value>) -> Res<&'static str> {
        Ok(number_class(
            dec_of(this),
            &argument(vm, context)?.ctx.get(),
        ))
    }
    /// Text whose exponent is a multiple of three.
    #[native("to_eng_string($self, /, context=None)", nameless)]
    fn to_eng_string(vm: &mut Vm, this: Value, context: Option<Value>) -> Res<String> {
        Ok(dec_of(this).to_eng(argument(vm, context)?.capitals.get()))
    }
    /// True if both have the same exponent, or both are infinite, or both NaN.
    #[native("same_quantum($self, /, other, context=None)", nameless)]
    fn same_quantum(vm: &mut Vm, this: Value, other: Value, context: Option<Value>) -> Res<bool> {
        argument(vm, context)?;
        let other = need(vm, other)?;
        Ok(super::same_quantum(dec_of(this), &other))
    }
    #[native("__copy__($self, /)")]
    fn copy(_: &mut Vm, this: Value) -> Res {
        Ok(this)
    }
    #[native("__deepcopy__($self, object, /)")]
    fn deepcopy(_: &mut Vm, this: Value, _object: Value) -> Res {
        Ok(this)
    }
    /// What pickle needs.
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let text = super::text(vm, dec_of(this))?;
        let args = vm.new_tuple(&[text])?;
        let class = vm.class_of(this).value();
        vm.new_tuple(&[class, args])
    }
    /// Bytes of memory, as CPython has them.
    #[native("__sizeof__($self, /)")]
    fn sizeof(_: &mut Vm, this: Value) -> Res<usize> {
        const FIXED: usize = 104;
        let words = dec_of(this).coef.digits().div_ceil(19);
        Ok(if words > 4 { FIXED + words * 8 } else { FIXED })
    }
    #[getter("real")]
    fn real(_: &mut Vm, this: Value) -> Res {
        Ok(this)
    }
    #[getter("imag")]
    fn imag(vm: &mut Vm, _this: Value) -> Res {
        let c = current(vm)?;
        new(vm, c, Dec::int(0))
    }
    /// Return str(self).
    #[native("__str__($self, /)")]
    fn str_method(vm: &mut Vm, this: Value) -> Res {
        super::text(vm, dec_of(this))
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let text = dec_of(this).to_sci(current(vm)?.capitals.get());
        Ok(format!("Decimal('{text}')"))
    }
    /// Return hash(self).
    #[native("__hash__($self, /)")]
    fn hash(vm: &mut Vm, this: Value) -> Res<i64> {
        let d = dec_of(this);
        if d.is_snan() {
            return Err(vm.type_error("Cannot hash a signaling NaN value"));
        }
        if d.is_nan() {
            return Ok(runtime::convert::identity_hash(this));
        }
        Ok(d.hash())
    }
}

pub use table::TABLE;

fn text(vm: &mut Vm, d: &Dec) -> Res {
    let text = d.to_sci(current(vm)?.capitals.get());
    vm.new_str_ascii(text.as_bytes())
}

/// The same exponent, or the same sort of special number.
pub fn same_quantum(a: &Dec, b: &Dec) -> bool {
    match (a.is_finite(), b.is_finite()) {
        (true, true) => a.exp == b.exp,
        (false, false) => a.is_nan() == b.is_nan(),
        _ => false,
    }
}
