//! `math.gamma` and `math.lgamma` by Lanczos' approximation (g = 6.0246..., 13 terms, the
//! coefficients computed by John Maddock for Boost), evaluated as CPython does so that results agree
//! bit for bit.

use std::f64::consts::PI;

use crate::error::{NumError, Result};
use crate::libm;

#[allow(clippy::excessive_precision)]
const G: f64 = 6.024_680_040_776_729_583_740_234_375;
#[allow(clippy::excessive_precision)]
const G_MINUS_HALF: f64 = 5.524_680_040_776_729_583_740_234_375;
const LOG_PI: f64 = 1.144_729_885_849_400_174_143_427_351_353_058_711_647;

/// Numerator and denominator coefficients, from the constant term up.
#[allow(clippy::excessive_precision)]
const LANCZOS: [(f64, f64); 13] = [
    (
        23_531_376_880.410_759_688_572_007_674_451_636_754_734_846_804_940,
        0.0,
    ),
    (
        42_919_803_642.649_098_768_957_899_047_001_988_850_926_355_848_959,
        39_916_800.0,
    ),
    (
        35_711_959_237.355_668_049_440_185_451_547_166_705_960_488_635_843,
        120_543_840.0,
    ),
    (
        17_921_034_426.037_209_699_919_755_754_458_931_112_671_403_265_390,
        150_917_976.0,
    ),
    (
        6_039_542_586.352_028_005_064_291_644_307_297_921_069_938_842_070_8,
        105_258_076.0,
    ),
    (
        1_439_720_407.311_721_673_663_223_072_794_912_393_971_548_578_637_2,
        45_995_730.0,
    ),
    (
        248_874_557.862_054_156_511_460_386_413_229_423_216_321_251_278_01,
        13_339_535.0,
    ),
    (
        31_426_415.585_400_194_380_614_231_628_318_205_362_874_684_987_640,
        2_637_558.0,
    ),
    (
        2_876_370.628_935_372_441_225_409_051_620_849_613_599_114_537_876_8,
        357_423.0,
    ),
    (
        186_056.265_395_223_495_040_294_989_716_045_699_282_207_842_363_28,
        32_670.0,
    ),
    (
        8_071.672_002_365_816_210_638_002_902_272_250_613_821_851_632_502_4,
        1_925.0,
    ),
    (
        210.824_277_751_579_345_872_509_733_920_713_362_711_669_695_802_91,
        66.0,
    ),
    (
        2.506_628_274_631_000_270_164_908_177_133_837_338_626_431_079_340_8,
        1.0,
    ),
];

/// (n-1)! for n up to 23, all exact doubles.
fn small_factorial(n: usize) -> f64 {
    (1..n).map(|k| k as f64).product()
}

fn lanczos_sum(x: f64) -> f64 {
    let (mut num, mut den) = (0.0, 0.0);
    if x < 5.0 {
        for (n, d) in LANCZOS.iter().rev() {
            num = num * x + n;
            den = den * x + d;
        }
    } else {
        // Evaluated in 1/x, which keeps the powers from overflowing.
        for (n, d) in &LANCZOS {
            num = num / x + n;
            den = den / x + d;
        }
    }
    num / den
}

/// sin(pi*x), exact at multiples of one half.
fn sin_pi(x: f64) -> f64 {
    let y = libm::fmod(x.abs(), 2.0);
    let r = match (2.0 * y).round() as i32 {
        0 => libm::sin(PI * y),
        1 => libm::cos(PI * (y - 0.5)),
        2 => libm::sin(PI * (1.0 - y)),
        3 => -libm::cos(PI * (y - 1.5)),
        _ => libm::sin(PI * (y - 2.0)),
    };
    1.0_f64.copysign(x) * r
}

/// `math.gamma`. Errors: `ValueError` at non-positive integers and -inf, `OverflowError`.
pub fn gamma(x: f64) -> Result<f64> {
    let domain = || {
        NumError::value(format!(
            "expected a noninteger or positive integer, got {}",
            crate::float_text::repr(x)
        ))
    };
    if !x.is_finite() {
        return if x.is_nan() || x > 0.0 {
            Ok(x)
        } else {
            Err(domain())
        };
    }
    if x == 0.0 || (x < 0.0 && x == x.floor()) {
        return Err(domain());
    }
    if x == x.floor() && x <= 23.0 {
        return Ok(small_factorial(x as usize));
    }
    let r = gamma_finite(x);
    if r.is_infinite() {
        Err(NumError::overflow("math range error"))
    } else {
        Ok(r)
    }
}

fn gamma_finite(x: f64) -> f64 {
    let absx = x.abs();
    if absx < 1e-20 {
        return 1.0 / x;
    }
    if absx > 200.0 {
        return if x < 0.0 {
            0.0 / sin_pi(x)
        } else {
            f64::INFINITY
        };
    }
    let y = absx + G_MINUS_HALF;
    // The rounding error of y, to correct the power below.
    let z = if absx > G_MINUS_HALF {
        let q = y - absx;
        q - G_MINUS_HALF
    } else {
        let q = y - G_MINUS_HALF;
        q - absx
    };
    let z = z * G / y;
    if x < 0.0 {
        let mut r = -PI / sin_pi(absx) / absx * libm::exp(y) / lanczos_sum(absx);
        r -= z * r;
        if absx < 140.0 {
            r / libm::pow(y, absx - 0.5)
        } else {
            let root = libm::pow(y, absx / 2.0 - 0.25);
            r / root / root
        }
    } else {
        let mut r = lanczos_sum(absx) / libm::exp(y);
        r += z * r;
        if absx < 140.0 {
            r * libm::pow(y, absx - 0.5)
        } else {
            let root = libm::pow(y, absx / 2.0 - 0.25);
            r * root * root
        }
    }
}

/// `math.lgamma`. Errors: `ValueError` at non-positive integers, `OverflowError`.
pub fn lgamma(x: f64) -> Result<f64> {
    if !x.is_finite() {
        return Ok(if x.is_nan() { x } else { f64::INFINITY });
    }
    if x == x.floor() && x <= 2.0 {
        if x <= 0.0 {
            return Err(NumError::value(format!(
                "expected a noninteger or positive integer, got {}",
                crate::float_text::repr(x)
            )));
        }
        return Ok(0.0);
    }
    let absx = x.abs();
    if absx < 1e-20 {
        return Ok(-libm::log(absx));
    }
    let mut r = libm::log(lanczos_sum(absx)) - G;
    r += (absx - 0.5) * (libm::log(absx + G - 0.5) - 1.0);
    if x < 0.0 {
        r = LOG_PI - libm::log(sin_pi(absx).abs()) - libm::log(absx) - r;
    }
    if r.is_infinite() {
        Err(NumError::overflow("math range error"))
    } else {
        Ok(r)
    }
}
