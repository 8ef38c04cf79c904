//! Arithmetic: ints and floats inline, the rest out of line.

use super::{Cx, handler};
use crate::object::Kind;
use crate::ops::{self, BinOp};
use crate::value::{FLOAT_OFFSET, INT_BIAS, TAG_INT, Value};

/// Both are floats.
#[inline(always)]
pub(super) fn floats(x: u64, y: u64) -> bool {
    let limit = TAG_INT - FLOAT_OFFSET;
    (x.wrapping_sub(FLOAT_OFFSET) < limit) & (y.wrapping_sub(FLOAT_OFFSET) < limit)
}

#[inline(always)]
fn f(x: u64) -> f64 {
    f64::from_bits(x.wrapping_sub(FLOAT_OFFSET))
}

/// Stores the result of arithmetic on floats.
#[inline(always)]
fn store_float(s: Cx, r: f64) -> u64 {
    // SAFETY: handler state.
    unsafe {
        s.set(s.w.a(), Value::float_computed(r));
        s.next(2)
    }
}

macro_rules! slow {
    ($($name:ident $op:ident;)*) => { $(
        handler!(#[cold] #[inline(never)] $name, s => {
            let vm = s.enter();
            let (a, b) = (s.get(s.w.b()), s.get(s.w.c()));
            match super::calls::binary_python(vm, BinOp::$op, s.w.d(), a, b) {
                Some(Ok(())) => return s.resume(0),
                Some(Err(_)) => return s.goto(super::except::unwind),
                None => {}
            }
            let r = if s.w.d() == 0 { vm.binary(BinOp::$op, a, b) } else { vm.inplace(BinOp::$op, a, b) };
            s.finish(r, 2)
        });
    )* };
}
slow! {
    add_slow Add; sub_slow Sub; mul_slow Mul; true_div_slow TrueDiv; floor_div_slow FloorDiv; mod_slow Mod;
    and_slow And; or_slow Or; xor_slow Xor; lshift_slow Lshift; rshift_slow Rshift; pow Pow; mat_mul MatMul;
}

macro_rules! slow_imm {
    ($($name:ident $op:ident;)*) => { $(
        handler!(#[cold] #[inline(never)] $name, s => {
            let vm = s.enter();
            let (a, b) = (s.get(s.w.b()), Value::int_unchecked(s.w.imm_c() as i64));
            match super::calls::binary_python(vm, BinOp::$op, s.w.d(), a, b) {
                Some(Ok(())) => return s.resume(0),
                Some(Err(_)) => return s.goto(super::except::unwind),
                None => {}
            }
            let r = if s.w.d() == 0 { vm.binary(BinOp::$op, a, b) } else { vm.inplace(BinOp::$op, a, b) };
            s.finish(r, 2)
        });
    )* };
}
slow_imm! {
    add_i_slow Add; sub_i_slow Sub; mul_i_slow Mul; floor_div_i_slow FloorDiv; mod_i_slow Mod;
}

handler!(add, s => {
    let (x, y) = (s.bits(s.w.b()), s.bits(s.w.c()));
    if x & y >= TAG_INT {
        let r = x.wrapping_add(y).wrapping_add(INT_BIAS);
        if r >= TAG_INT {
            s.set_bits(s.w.a(), r);
            return s.next(2);
        }
    } else if floats(x, y) {
        return store_float(s, f(x) + f(y));
    }
    s.goto(add_strs)
});
// `+=` too: str has no `__iadd__`.
handler!(#[inline(never)] add_strs, s => {
    let (a, b) = (s.get(s.w.b()), s.get(s.w.c()));
    if a.is_exact(Kind::Str) && b.is_exact(Kind::Str) {
        let r = s.enter().concat_str(a, b);
        return s.finish(r, 2);
    }
    s.goto(add_slow)
});
handler!(sub, s => {
    let (x, y) = (s.bits(s.w.b()), s.bits(s.w.c()));
    if x & y >= TAG_INT {
        let r = x.wrapping_sub(y).wrapping_sub(INT_BIAS);
        if r >= TAG_INT {
            s.set_bits(s.w.a(), r);
            return s.next(2);
        }
    } else if floats(x, y) {
        return store_float(s, f(x) - f(y));
    }
    s.goto(sub_slow)
});
handler!(mul, s => {
    let (x, y) = (s.bits(s.w.b()), s.bits(s.w.c()));
    if x & y >= TAG_INT {
        let (p, o) = (x.wrapping_add(INT_BIAS) as i64).overflowing_mul(y.wrapping_add(INT_BIAS) as i64);
        let r = (p as u64).wrapping_sub(INT_BIAS);
        if !o && r >= TAG_INT {
            s.set_bits(s.w.a(), r);
            return s.next(2);
        }
    } else if floats(x, y) {
        return store_float(s, f(x) * f(y));
    }
    s.goto(mul_slow)
});
handler!(true_div, s => {
    let (x, y) = (s.bits(s.w.b()), s.bits(s.w.c()));
    if floats(x, y) {
        if f(y) != 0.0 {
            return store_float(s, f(x) / f(y));
        }
    } else if x & y >= TAG_INT && y != Value::int_unchecked(0).bits() {
        // Both are below 2^53, so one rounding of the quotient is exact division.
        let (n, d) = (x.wrapping_add(INT_BIAS) as i64, y.wrapping_add(INT_BIAS) as i64);
        return store_float(s, n as f64 / d as f64);
    }
    s.goto(true_div_slow)
});
handler!(floor_div, s => {
    let (x, y) = (s.bits(s.w.b()), s.bits(s.w.c()));
    if x & y >= TAG_INT && y != Value::int_unchecked(0).bits() {
        let r = ops::floor_div(x.wrapping_add(INT_BIAS) as i64, y.wrapping_add(INT_BIAS) as i64);
        let r = (r as u64).wrapping_sub(INT_BIAS);
        if r >= TAG_INT {
            s.set_bits(s.w.a(), r);
            return s.next(2);
        }
    }
    s.goto(floor_div_slow)
});
handler!(modulo, s => {
    let (x, y) = (s.bits(s.w.b()), s.bits(s.w.c()));
    if x & y >= TAG_INT && y != Value::int_unchecked(0).bits() {
        let r = ops::floor_mod(x.wrapping_add(INT_BIAS) as i64, y.wrapping_add(INT_BIAS) as i64);
        s.set(s.w.a(), Value::int_unchecked(r));
        return s.next(2);
    }
    s.goto(mod_slow)
});

macro_rules! bitwise {
    ($($name:ident $slow:ident $op:tt;)*) => { $(
        handler!($name, s => {
            let (x, y) = (s.bits(s.w.b()), s.bits(s.w.c()));
            if x & y >= TAG_INT {
                let r = (x.wrapping_add(INT_BIAS) $op y.wrapping_add(INT_BIAS)) as i64;
                s.set(s.w.a(), Value::int_unchecked(r));
                return s.next(2);
            }
            s.goto($slow)
        });
    )* };
}
bitwise! { and and_slow &; or or_slow |; xor xor_slow ^; }

handler!(lshift, s => {
    let (x, y) = (s.bits(s.w.b()), s.bits(s.w.c()));
    if x & y >= TAG_INT {
        let (n, k) = (x.wrapping_add(INT_BIAS) as i64, y.wrapping_add(INT_BIAS));
        if k < 48 {
            let r = n << k;
            if r >> k == n && Value::small_int(r).is_some() {
                s.set(s.w.a(), Value::int_unchecked(r));
                return s.next(2);
            }
        }
    }
    s.goto(lshift_slow)
});
handler!(rshift, s => {
    let (x, y) = (s.bits(s.w.b()), s.bits(s.w.c()));
    if x & y >= TAG_INT {
        let (n, k) = (x.wrapping_add(INT_BIAS) as i64, y.wrapping_add(INT_BIAS) as i64);
        if k >= 0 {
            s.set(s.w.a(), Value::int_unchecked(n >> k.min(63)));
            return s.next(2);
        }
    }
    s.goto(rshift_slow)
});

handler!(add_i, s => {
    let x = s.bits(s.w.b());
    if x >= TAG_INT {
        let r = x.wrapping_add(s.w.imm_c() as i64 as u64);
        if r >= TAG_INT {
            s.set_bits(s.w.a(), r);
            return s.next(2);
        }
    }
    s.goto(add_i_slow)
});
handler!(sub_i, s => {
    let x = s.bits(s.w.b());
    if x >= TAG_INT {
        let r = x.wrapping_sub(s.w.imm_c() as i64 as u64);
        if r >= TAG_INT {
            s.set_bits(s.w.a(), r);
            return s.next(2);
        }
    }
    s.goto(sub_i_slow)
});
handler!(mul_i, s => {
    let x = s.bits(s.w.b());
    if x >= TAG_INT {
        // 49 and 16 bits: no overflow of 64.
        let r = (x.wrapping_add(INT_BIAS) as i64).wrapping_mul(s.w.imm_c() as i64);
        if let Some(v) = Value::small_int(r) {
            s.set(s.w.a(), v);
            return s.next(2);
        }
    }
    s.goto(mul_i_slow)
});
handler!(floor_div_i, s => {
    let (x, k) = (s.bits(s.w.b()), s.w.imm_c() as i64);
    if x >= TAG_INT && k > 0 {
        s.set(s.w.a(), Value::int_unchecked(ops::floor_div(x.wrapping_add(INT_BIAS) as i64, k)));
        return s.next(2);
    }
    s.goto(floor_div_i_slow)
});
handler!(mod_i, s => {
    let (x, k) = (s.bits(s.w.b()), s.w.imm_c() as i64);
    if x >= TAG_INT && k > 0 {
        s.set(s.w.a(), Value::int_unchecked(ops::floor_mod(x.wrapping_add(INT_BIAS) as i64, k)));
        return s.next(2);
    }
    s.goto(mod_i_slow)
});

handler!(neg, s => {
    let r = s.enter().neg(s.get(s.w.b()));
    s.finish(r, 1)
});
handler!(pos, s => {
    let r = s.enter().pos(s.get(s.w.b()));
    s.finish(r, 1)
});
handler!(invert, s => {
    let r = s.enter().invert(s.get(s.w.b()));
    s.finish(r, 1)
});
handler!(not, s => {
    let v = s.get(s.w.b());
    if v.is_bool() {
        s.set(s.w.a(), Value::bool(!v.is_true()));
        return s.next(1);
    }
    let r = s.enter().truth(v).map(|b| Value::bool(!b));
    s.finish(r, 1)
});
handler!(to_bool, s => {
    let r = s.enter().truth(s.get(s.w.b())).map(Value::bool);
    s.finish(r, 1)
});
