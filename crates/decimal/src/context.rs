//! Contexts of operations: precision, exponents, rounding; and the conditions they report.

use crate::coef::{Coef, NoMemory};
use crate::number::{Class, Dec};

/// Conditions, a bit each.
pub mod status {
    pub const CLAMPED: u32 = 1;
    pub const CONVERSION_SYNTAX: u32 = 2;
    pub const DIVISION_BY_ZERO: u32 = 4;
    pub const DIVISION_IMPOSSIBLE: u32 = 8;
    pub const DIVISION_UNDEFINED: u32 = 0x10;
    pub const FLOAT_OPERATION: u32 = 0x20;
    pub const INEXACT: u32 = 0x40;
    pub const INVALID_CONTEXT: u32 = 0x80;
    pub const INVALID_OPERATION: u32 = 0x100;
    pub const NO_MEMORY: u32 = 0x200;
    pub const OVERFLOW: u32 = 0x400;
    pub const ROUNDED: u32 = 0x800;
    pub const SUBNORMAL: u32 = 0x1000;
    pub const UNDERFLOW: u32 = 0x2000;

    /// What the signal InvalidOperation stands for.
    pub const INVALID: u32 = CONVERSION_SYNTAX
        | DIVISION_IMPOSSIBLE
        | DIVISION_UNDEFINED
        | INVALID_CONTEXT
        | INVALID_OPERATION
        | NO_MEMORY;
    /// No result could be computed.
    pub const ERRORS: u32 = INVALID | DIVISION_BY_ZERO;
}
use status::*;

/// Largest precision and exponent of a 64-bit CPython.
pub const MAX_PREC: i64 = 999_999_999_999_999_999;
pub const MAX_EMAX: i64 = 999_999_999_999_999_999;
pub const MIN_EMIN: i64 = -999_999_999_999_999_999;
/// Exponent of the smallest subnormal number of all contexts.
pub const MIN_ETINY: i64 = MIN_EMIN - (MAX_PREC - 1);

/// Rounding modes, in the order of CPython's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Rounding {
    Up,
    Down,
    Ceiling,
    Floor,
    HalfUp,
    HalfDown,
    HalfEven,
    /// Away from zero when the last digit is 0 or 5.
    ZeroFiveUp,
}

impl Rounding {
    /// All modes with their names in Python.
    pub const ALL: [(Rounding, &'static str); 8] = [
        (Rounding::Up, "ROUND_UP"),
        (Rounding::Down, "ROUND_DOWN"),
        (Rounding::Ceiling, "ROUND_CEILING"),
        (Rounding::Floor, "ROUND_FLOOR"),
        (Rounding::HalfUp, "ROUND_HALF_UP"),
        (Rounding::HalfDown, "ROUND_HALF_DOWN"),
        (Rounding::HalfEven, "ROUND_HALF_EVEN"),
        (Rounding::ZeroFiveUp, "ROUND_05UP"),
    ];
    /// The mode of a name.
    pub fn named(name: &str) -> Option<Rounding> {
        Self::ALL.iter().find(|(_, n)| *n == name).map(|(r, _)| *r)
    }
    /// The mode's name.
    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }
    /// A coefficient from which `rest` was cut (see `Coef::shr`) is incremented.
    fn increments(self, negative: bool, coef: &Coef, rest: u8) -> bool {
        match self {
            Rounding::Down => false,
            Rounding::Up => rest > 0,
            Rounding::Ceiling => rest > 0 && !negative,
            Rounding::Floor => rest > 0 && negative,
            Rounding::HalfUp => rest >= 5,
            Rounding::HalfDown => rest > 5,
            Rounding::HalfEven => rest > 5 || rest == 5 && coef.is_odd(),
            Rounding::ZeroFiveUp => rest > 0 && coef.digit(0).is_multiple_of(5),
        }
    }
    /// A number beyond the exponent range becomes infinite, not the largest.
    fn overflows(self, negative: bool) -> bool {
        match self {
            Rounding::Down | Rounding::ZeroFiveUp => false,
            Rounding::Ceiling => !negative,
            Rounding::Floor => negative,
            _ => true,
        }
    }
}

/// What an operation obeys.
#[derive(Clone, Copy, Debug)]
pub struct Ctx {
    pub prec: i64,
    pub emax: i64,
    pub emin: i64,
    pub rounding: Rounding,
    pub clamp: bool,
}

impl Ctx {
    /// The widest context; what is inexact in it cannot be exact in any.
    pub const MAX: Ctx = Ctx {
        prec: MAX_PREC,
        emax: MAX_EMAX,
        emin: MIN_EMIN,
        rounding: Rounding::HalfEven,
        clamp: false,
    };
    /// Exponent of the smallest subnormal number.
    pub fn etiny(&self) -> i64 {
        self.emin - (self.prec - 1)
    }
    /// Exponent of the largest number.
    pub fn etop(&self) -> i64 {
        self.emax - (self.prec - 1)
    }
    /// The same with another rounding mode.
    pub fn with_rounding(&self, rounding: Rounding) -> Ctx {
        Ctx { rounding, ..*self }
    }

    /// Rounds a result to the context.
    #[inline]
    pub fn finalize(&self, mut d: Dec, st: &mut u32) -> Dec {
        match self.fit(&mut d, st) {
            Ok(()) => d,
            Err(NoMemory) => Dec::error(NO_MEMORY, st),
        }
    }

    #[inline]
    fn fit(&self, d: &mut Dec, st: &mut u32) -> Result<(), NoMemory> {
        if d.class != Class::Finite {
            if d.is_nan() {
                self.fit_nan(d);
            }
            return Ok(());
        }
        self.fit_exponent(d, st)?;
        let over = d.coef.digits() as i64 - self.prec;
        if over > 0 {
            self.fit_coefficient(d, over, st)?;
        }
        Ok(())
    }

    /// The payload of a NaN keeps its low digits.
    pub fn fit_nan(&self, d: &mut Dec) {
        let room = (self.prec - i64::from(self.clamp)) as u64;
        if d.coef.digits() as u64 > room {
            d.coef = d.coef.low_digits(room);
        }
    }

    fn fit_coefficient(&self, d: &mut Dec, over: i64, st: &mut u32) -> Result<(), NoMemory> {
        let (coef, rest) = d.coef.shr(over as u64);
        d.coef = coef;
        d.exp += over;
        *st |= ROUNDED;
        if rest > 0 {
            *st |= INEXACT;
        }
        if self.rounding.increments(d.negative, &d.coef, rest) {
            d.coef.increment();
            if d.coef.digits() as i64 > self.prec {
                d.coef = d.coef.shr(1).0;
                d.exp += 1;
                return self.fit_exponent(d, st);
            }
        }
        Ok(())
    }

    #[inline]
    fn fit_exponent(&self, d: &mut Dec, st: &mut u32) -> Result<(), NoMemory> {
        let adjusted = d.adjusted();
        if adjusted > self.emax {
            self.too_large(d, st)
        } else if self.clamp && d.exp > self.etop() {
            *st |= CLAMPED;
            d.coef = d.coef.shl((d.exp - self.etop()) as u64)?;
            d.exp = self.etop();
            if !d.coef.is_zero() && adjusted < self.emin {
                *st |= SUBNORMAL;
            }
            Ok(())
        } else {
            if adjusted < self.emin {
                self.too_small(d, st);
            }
            Ok(())
        }
    }

    fn too_large(&self, d: &mut Dec, st: &mut u32) -> Result<(), NoMemory> {
        if d.coef.is_zero() {
            d.exp = if self.clamp { self.etop() } else { self.emax };
            *st |= CLAMPED;
            return Ok(());
        }
        if self.rounding.overflows(d.negative) {
            *d = Dec::infinity(d.negative);
        } else {
            d.coef = Coef::nines(self.prec as u64)?;
            d.exp = self.etop();
        }
        *st |= OVERFLOW | INEXACT | ROUNDED;
        Ok(())
    }

    fn too_small(&self, d: &mut Dec, st: &mut u32) {
        let etiny = self.etiny();
        if d.coef.is_zero() {
            if d.exp < etiny {
                d.exp = etiny;
                *st |= CLAMPED;
            }
            return;
        }
        *st |= SUBNORMAL;
        if d.exp >= etiny {
            return;
        }
        let (coef, rest) = d.coef.shr(etiny.saturating_sub(d.exp) as u64);
        d.coef = coef;
        d.exp = etiny;
        self.apply(d, rest);
        *st |= ROUNDED;
        if rest > 0 {
            *st |= INEXACT | UNDERFLOW;
            if d.coef.is_zero() {
                *st |= CLAMPED;
            }
        }
    }

    /// Increments a coefficient if the mode says so after `rest` was cut off.
    pub fn apply(&self, d: &mut Dec, rest: u8) {
        if self.rounding.increments(d.negative, &d.coef, rest) {
            d.coef.increment();
        }
    }
}
