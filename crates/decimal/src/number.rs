//! Decimal numbers and what needs no context.

use crate::coef::Coef;
use crate::context::{Ctx, status};
use std::cmp::Ordering;

/// What sort of number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Finite,
    Infinite,
    /// Quiet NaN; the coefficient is its payload.
    NaN,
    SNaN,
}

/// A decimal number: `(-1)^negative * coef * 10^exp`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dec {
    pub negative: bool,
    pub class: Class,
    pub exp: i64,
    pub coef: Coef,
}

impl Dec {
    /// A finite number.
    pub fn finite(negative: bool, coef: Coef, exp: i64) -> Dec {
        Dec {
            negative,
            class: Class::Finite,
            exp,
            coef,
        }
    }
    /// An integer.
    pub fn int(n: i64) -> Dec {
        Dec::finite(n < 0, Coef::from_u64(n.unsigned_abs()), 0)
    }
    /// A zero.
    pub fn zero(negative: bool, exp: i64) -> Dec {
        Dec::finite(negative, Coef::zero(), exp)
    }
    /// An infinity.
    pub fn infinity(negative: bool) -> Dec {
        Dec {
            class: Class::Infinite,
            ..Dec::zero(negative, 0)
        }
    }
    /// The quiet NaN without a payload.
    pub fn nan() -> Dec {
        Dec {
            class: Class::NaN,
            ..Dec::zero(false, 0)
        }
    }
    /// A NaN that says why there is no result.
    pub fn error(condition: u32, st: &mut u32) -> Dec {
        *st |= condition;
        Dec::nan()
    }
    /// The largest finite number of a context, or None if there is no memory for it.
    pub fn largest(negative: bool, ctx: &Ctx, st: &mut u32) -> Dec {
        match Coef::nines(ctx.prec as u64) {
            Ok(coef) => Dec::finite(negative, coef, ctx.etop()),
            Err(_) => Dec::error(status::NO_MEMORY, st),
        }
    }

    pub fn is_finite(&self) -> bool {
        self.class == Class::Finite
    }
    pub fn is_infinite(&self) -> bool {
        self.class == Class::Infinite
    }
    pub fn is_nan(&self) -> bool {
        matches!(self.class, Class::NaN | Class::SNaN)
    }
    pub fn is_snan(&self) -> bool {
        self.class == Class::SNaN
    }
    pub fn is_zero(&self) -> bool {
        self.is_finite() && self.coef.is_zero()
    }
    /// A finite number without fraction.
    pub fn is_integer(&self) -> bool {
        self.is_finite()
            && (self.exp >= 0
                || self.coef.is_zero()
                || self.coef.trailing_zeros() as i64 >= -self.exp)
    }
    /// An odd integer.
    pub fn is_odd(&self) -> bool {
        self.is_integer()
            && self.exp <= 0
            && self.coef.digit((-self.exp).min(i64::MAX - 1) as usize) % 2 == 1
    }
    pub fn digits(&self) -> i64 {
        self.coef.digits() as i64
    }
    /// Exponent of the first digit.
    #[inline]
    pub fn adjusted(&self) -> i64 {
        self.exp + self.coef.digits() as i64 - 1
    }
    /// Not subnormal, not zero.
    pub fn is_normal(&self, ctx: &Ctx) -> bool {
        self.is_finite() && !self.is_zero() && self.adjusted() >= ctx.emin
    }
    pub fn is_subnormal(&self, ctx: &Ctx) -> bool {
        self.is_finite() && !self.is_zero() && self.adjusted() < ctx.emin
    }
    pub fn with_sign(&self, negative: bool) -> Dec {
        Dec {
            negative,
            ..self.clone()
        }
    }

    /// Compares magnitudes of finite numbers.
    pub fn cmp_magnitude(&self, other: &Dec) -> Ordering {
        match (self.coef.is_zero(), other.coef.is_zero()) {
            (true, true) => return Ordering::Equal,
            (true, false) => return Ordering::Less,
            (false, true) => return Ordering::Greater,
            _ => {}
        }
        let by_size = self.adjusted().cmp(&other.adjusted());
        if by_size.is_ne() {
            return by_size;
        }
        if self.exp == other.exp {
            return self.coef.cmp(&other.coef);
        }
        // The same number of digits before the point: the longer one is cut.
        if self.exp > other.exp {
            cmp_cut(&self.coef, &other.coef, (self.exp - other.exp) as u64)
        } else {
            cmp_cut(&other.coef, &self.coef, (other.exp - self.exp) as u64).reverse()
        }
    }

    /// Compares numbers that are no NaNs.
    pub fn cmp_value(&self, other: &Dec) -> Ordering {
        let sign = |d: &Dec| match (d.is_zero(), d.negative) {
            (true, _) => 0,
            (_, true) => -1,
            _ => 1,
        };
        let (a, b) = (sign(self), sign(other));
        if a != b || a == 0 {
            return a.cmp(&b);
        }
        let magnitude = match (self.is_infinite(), other.is_infinite()) {
            (false, false) => self.cmp_magnitude(other),
            (x, y) => x.cmp(&y),
        };
        if a < 0 {
            magnitude.reverse()
        } else {
            magnitude
        }
    }

    /// The total order of representations, signs left out if `magnitude`.
    pub fn cmp_total(&self, other: &Dec, magnitude: bool) -> Ordering {
        let (sa, sb) = if magnitude {
            (false, false)
        } else {
            (self.negative, other.negative)
        };
        if sa != sb {
            return sb.cmp(&sa);
        }
        let rank = |d: &Dec| match d.class {
            Class::NaN => 2,
            Class::SNaN => 1,
            _ => 0,
        };
        let order = rank(self).cmp(&rank(other)).then_with(|| {
            if self.is_nan() {
                return self.coef.cmp(&other.coef);
            }
            self.with_sign(false)
                .cmp_value(&other.with_sign(false))
                .then(self.exp.cmp(&other.exp))
        });
        if sa { order.reverse() } else { order }
    }
}

/// Compares `a * 10^shift` with `b`.
fn cmp_cut(a: &Coef, b: &Coef, shift: u64) -> Ordering {
    let (top, rest) = b.shr(shift);
    a.cmp(&top).then(0.cmp(&rest))
}
