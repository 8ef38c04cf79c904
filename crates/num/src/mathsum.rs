//! Sums of many doubles: `math.fsum`, `hypot`, `dist`, `sumprod`.

use crate::error::{NumError, Result};

/// `math.fsum`: Shewchuk's algorithm (1997), exact until the final rounding.
///
/// Add values with [`Fsum::add`], end with [`Fsum::finish`].
#[derive(Clone, Debug, Default)]
pub struct Fsum {
    partials: Vec<f64>,
    special: f64,
    infinite: f64,
}

impl Fsum {
    /// An empty sum.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one value. `OverflowError` when a partial sum overflows.
    pub fn add(&mut self, value: f64) -> Result<()> {
        let mut x = value;
        let mut kept = 0;
        for j in 0..self.partials.len() {
            let mut y = self.partials[j];
            if x.abs() < y.abs() {
                std::mem::swap(&mut x, &mut y);
            }
            let hi = x + y;
            let lo = y - (hi - x);
            if lo != 0.0 {
                self.partials[kept] = lo;
                kept += 1;
            }
            x = hi;
        }
        self.partials.truncate(kept);
        if x == 0.0 {
            return Ok(());
        }
        if x.is_finite() {
            self.partials.push(x);
            return Ok(());
        }
        if value.is_finite() {
            return Err(NumError::overflow("intermediate overflow in fsum"));
        }
        if value.is_infinite() {
            self.infinite += value;
        }
        self.special += value;
        self.partials.clear();
        Ok(())
    }

    /// The sum, correctly rounded. `ValueError` for inf - inf.
    pub fn finish(self) -> Result<f64> {
        if self.special != 0.0 {
            if self.infinite.is_nan() {
                return Err(NumError::value("-inf + inf in fsum"));
            }
            return Ok(self.special);
        }
        Ok(round_partials(&self.partials))
    }
}

/// Sum of non-overlapping partials of increasing magnitude.
fn round_partials(partials: &[f64]) -> f64 {
    let Some((&last, mut rest)) = partials.split_last() else {
        return 0.0;
    };
    let mut hi = last;
    let mut lo = 0.0;
    while let Some((&y, smaller)) = rest.split_last() {
        rest = smaller;
        let x = hi;
        hi = x + y;
        lo = y - (hi - x);
        if lo != 0.0 {
            break;
        }
    }
    // A tie is decided by the sign of what is left.
    if let Some(&next) = rest.last()
        && ((lo < 0.0 && next < 0.0) || (lo > 0.0 && next > 0.0))
    {
        let y = lo * 2.0;
        let x = hi + y;
        if y == x - hi {
            hi = x;
        }
    }
    hi
}

/// A sum or product as rounded value and rounding error.
#[derive(Clone, Copy)]
struct Double {
    hi: f64,
    lo: f64,
}

/// Exact for |a| >= |b|.
fn fast_two_sum(a: f64, b: f64) -> Double {
    let hi = a + b;
    Double {
        hi,
        lo: (a - hi) + b,
    }
}

fn two_sum(a: f64, b: f64) -> Double {
    let hi = a + b;
    let z = hi - a;
    Double {
        hi,
        lo: (a - (hi - z)) + (b - z),
    }
}

fn two_product(a: f64, b: f64) -> Double {
    let hi = a * b;
    Double {
        hi,
        lo: a.mul_add(b, -hi),
    }
}

/// Euclidean norm of any number of coordinates (`math.hypot`, and `math.dist` of the
/// differences), within one unit in the last place.
pub fn hypot(coordinates: &[f64]) -> f64 {
    let mut values: Vec<f64> = coordinates.iter().map(|v| v.abs()).collect();
    let max = values.iter().copied().fold(0.0, f64::max);
    if max.is_infinite() {
        return f64::INFINITY;
    }
    if values.iter().any(|v| v.is_nan()) {
        return f64::NAN;
    }
    if max == 0.0 || values.len() <= 1 {
        return max;
    }
    if max < f64::MIN_POSITIVE {
        // Subnormal coordinates are brought into the range of full precision first.
        values.iter_mut().for_each(|v| *v /= f64::MIN_POSITIVE);
        return f64::MIN_POSITIVE * norm(&values, max / f64::MIN_POSITIVE);
    }
    norm(&values, max)
}

/// `math.dist` of points of equal dimension.
pub fn dist(p: &[f64], q: &[f64]) -> f64 {
    let differences: Vec<f64> = p.iter().zip(q).map(|(a, b)| (a - b).abs()).collect();
    hypot(&differences)
}

/// Norm of non-negative normal values: squares scaled to at most 1 are added in double-double
/// precision to 1, and the root is corrected once.
fn norm(values: &[f64], max: f64) -> f64 {
    let (_, exp) = crate::mathfn::frexp(max);
    let scale = crate::mathfn::ldexp_raw(1.0, -exp);
    let mut sum = 1.0;
    let (mut frac1, mut frac2) = (0.0, 0.0);
    for &v in values {
        let x = v * scale;
        let square = two_product(x, x);
        let s = fast_two_sum(sum, square.hi);
        sum = s.hi;
        frac1 += square.lo;
        frac2 += s.lo;
    }
    let mut h = (sum - 1.0 + (frac1 + frac2)).sqrt();
    let square = two_product(-h, h);
    let s = fast_two_sum(sum, square.hi);
    sum = s.hi;
    frac1 += square.lo;
    frac2 += s.lo;
    let x = sum - 1.0 + (frac1 + frac2);
    h += x / (2.0 * h);
    h / scale
}

/// The float part of `math.sumprod`: a dot product in triple precision.
#[derive(Clone, Copy, Debug, Default)]
pub struct SumProd {
    hi: f64,
    lo: f64,
    tiny: f64,
    used: bool,
}

impl SumProd {
    /// An empty sum.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds `p * q`; false (and unchanged) if the total would not be finite, when CPython goes on
    /// with ordinary objects.
    pub fn add(&mut self, p: f64, q: f64) -> bool {
        let product = two_product(p, q);
        let sum = two_sum(self.hi, product.hi);
        let low = two_sum(self.lo, product.lo);
        let next = two_sum(low.hi, sum.lo);
        if !sum.hi.is_finite() {
            return false;
        }
        *self = SumProd {
            hi: sum.hi,
            lo: next.hi,
            tiny: self.tiny + low.lo + next.lo,
            used: true,
        };
        true
    }

    /// Whether anything was added.
    pub fn used(&self) -> bool {
        self.used
    }

    /// The total, rounded once.
    pub fn total(self) -> f64 {
        let last = two_sum(self.lo, self.hi);
        self.tiny + last.lo + last.hi
    }
}
