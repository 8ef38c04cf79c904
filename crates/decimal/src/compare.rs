//! Comparisons with results that are numbers.

use crate::arith::nan_of;
use crate::context::{Ctx, status::*};
use crate::number::Dec;
use std::cmp::Ordering;

fn number(o: Ordering) -> Dec {
    Dec::int(o as i64)
}

/// -1, 0, 1, or a NaN.
pub fn compare(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Dec {
    match nan_of(a, b, ctx, st) {
        Some(d) => d,
        None => number(a.cmp_value(b)),
    }
}

/// The same, every NaN being invalid.
pub fn compare_signal(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Dec {
    match nan_of(a, b, ctx, st) {
        Some(d) => {
            *st |= INVALID_OPERATION;
            d
        }
        None => number(a.cmp_value(b)),
    }
}

/// By the total order of representations.
pub fn compare_total(a: &Dec, b: &Dec, magnitude: bool) -> Dec {
    number(a.cmp_total(b, magnitude))
}

/// The larger (or smaller) one, by value or magnitude; a number wins over a quiet NaN.
pub fn extreme(a: &Dec, b: &Dec, max: bool, magnitude: bool, ctx: &Ctx, st: &mut u32) -> Dec {
    if a.is_nan() != b.is_nan() && !a.is_snan() && !b.is_snan() {
        let number = if a.is_nan() { b } else { a };
        return ctx.finalize(number.clone(), st);
    }
    if let Some(d) = nan_of(a, b, ctx, st) {
        return d;
    }
    let by_value = if magnitude {
        a.with_sign(false).cmp_value(&b.with_sign(false))
    } else {
        a.cmp_value(b)
    };
    let order = by_value.then_with(|| a.cmp_total(b, false));
    let first = if max { order.is_ge() } else { order.is_le() };
    ctx.finalize(if first { a.clone() } else { b.clone() }, st)
}

/// The class of a number as the specification names it.
pub fn number_class(a: &Dec, ctx: &Ctx) -> &'static str {
    if a.is_nan() {
        return if a.is_snan() { "sNaN" } else { "NaN" };
    }
    let names = if a.is_infinite() {
        ["+Infinity", "-Infinity"]
    } else if a.is_zero() {
        ["+Zero", "-Zero"]
    } else if a.is_subnormal(ctx) {
        ["+Subnormal", "-Subnormal"]
    } else {
        ["+Normal", "-Normal"]
    };
    names[usize::from(a.negative)]
}
