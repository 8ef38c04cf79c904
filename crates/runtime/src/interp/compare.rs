//! Comparisons and conditional jumps.

use super::arith::floats;
use super::handler;
use crate::ops::CmpOp;
use crate::value::{FLOAT_OFFSET, TAG_INT, Value};

#[inline(always)]
fn f(x: u64) -> f64 {
    f64::from_bits(x.wrapping_sub(FLOAT_OFFSET))
}

macro_rules! comparisons {
    ($($name:ident $slow:ident $jump:ident $jump_slow:ident $jump_i:ident $jump_i_slow:ident $op:ident $sym:tt;)*) => { $(
        handler!($name, s => {
            let (x, y) = (s.bits(s.w.b()), s.bits(s.w.c()));
            if x & y >= TAG_INT {
                s.set(s.w.a(), Value::bool((x as i64) $sym (y as i64)));
                return s.next(2);
            }
            if floats(x, y) {
                s.set(s.w.a(), Value::bool(f(x) $sym f(y)));
                return s.next(2);
            }
            s.goto($slow)
        });
        handler!(#[cold] #[inline(never)] $slow, s => {
            let vm = s.enter();
            let r = vm.compare(CmpOp::$op, s.get(s.w.b()), s.get(s.w.c()));
            s.finish(r, 2)
        });
        handler!($jump, s => {
            let (x, y) = (s.bits(s.w.a()), s.bits(s.w.b()));
            let holds = if x & y >= TAG_INT {
                (x as i64) $sym (y as i64)
            } else if floats(x, y) {
                f(x) $sym f(y)
            } else {
                return s.goto($jump_slow);
            };
            s.jump(if holds as u8 == s.w.d() { s.w.imm_c() as isize } else { 1 })
        });
        handler!(#[cold] #[inline(never)] $jump_slow, s => {
            let vm = s.enter();
            let r = vm.compare(CmpOp::$op, s.get(s.w.a()), s.get(s.w.b())).and_then(|r| vm.truth(r));
            match r {
                Ok(holds) => s.jump(if holds as u8 == s.w.d() { s.w.imm_c() as isize } else { 1 }),
                Err(_) => s.goto(super::except::unwind),
            }
        });
        handler!($jump_i, s => {
            let x = s.bits(s.w.a());
            if x >= TAG_INT {
                let holds = (x as i64) $sym Value::int_unchecked(s.w.imm_b() as i64).bits() as i64;
                return s.jump(if holds as u8 == s.w.d() { s.w.imm_c() as isize } else { 1 });
            }
            s.goto($jump_i_slow)
        });
        handler!(#[cold] #[inline(never)] $jump_i_slow, s => {
            let vm = s.enter();
            let imm = Value::int_unchecked(s.w.imm_b() as i64);
            let r = vm.compare(CmpOp::$op, s.get(s.w.a()), imm).and_then(|r| vm.truth(r));
            match r {
                Ok(holds) => s.jump(if holds as u8 == s.w.d() { s.w.imm_c() as isize } else { 1 }),
                Err(_) => s.goto(super::except::unwind),
            }
        });
    )* };
}
comparisons! {
    lt lt_slow jump_lt jump_lt_slow jump_lt_i jump_lt_i_slow Lt <;
    le le_slow jump_le jump_le_slow jump_le_i jump_le_i_slow Le <=;
    eq eq_slow jump_eq jump_eq_slow jump_eq_i jump_eq_i_slow Eq ==;
    ne ne_slow jump_ne jump_ne_slow jump_ne_i jump_ne_i_slow Ne !=;
    gt gt_slow jump_gt jump_gt_slow jump_gt_i jump_gt_i_slow Gt >;
    ge ge_slow jump_ge jump_ge_slow jump_ge_i jump_ge_i_slow Ge >=;
}

handler!(is, s => {
    let same = (*s.vm).is_same(s.get(s.w.b()), s.get(s.w.c()));
    s.set(s.w.a(), Value::bool(same != (s.w.d() == 1)));
    s.next(1)
});
handler!(contains, s => {
    let vm = s.enter();
    let r = vm.contains(s.get(s.w.c()), s.get(s.w.b())).map(|b| Value::bool(b != (s.w.d() == 1)));
    s.finish(r, 1)
});

handler!(jump_if_true, s => {
    match s.bits(s.w.a()) {
        b if b == Value::TRUE.bits() => s.jump(s.w.off32() as isize),
        b if b == Value::FALSE.bits() => s.next(1),
        _ => s.goto(jump_if_slow),
    }
});
handler!(jump_if_false, s => {
    match s.bits(s.w.a()) {
        b if b == Value::FALSE.bits() => s.jump(s.w.off32() as isize),
        b if b == Value::TRUE.bits() => s.next(1),
        _ => s.goto(jump_if_slow),
    }
});
handler!(#[inline(never)] jump_if_slow, s => {
    let sense = s.w.op_byte() == bytecode::Op::JumpIfTrue as u8;
    match s.enter().truth(s.get(s.w.a())) {
        Ok(t) => s.jump(if t == sense { s.w.off32() as isize } else { 1 }),
        Err(_) => s.goto(super::except::unwind),
    }
});
handler!(jump_if_none, s => {
    s.jump(if s.bits(s.w.a()) == Value::NONE.bits() { s.w.off32() as isize } else { 1 })
});
handler!(jump_if_not_none, s => {
    s.jump(if s.bits(s.w.a()) != Value::NONE.bits() { s.w.off32() as isize } else { 1 })
});
handler!(jump_is, s => {
    let same = (*s.vm).is_same(s.get(s.w.a()), s.get(s.w.b()));
    s.jump(if same as u8 == s.w.d() { s.w.imm_c() as isize } else { 1 })
});
