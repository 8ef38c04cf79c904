//! Moves, constants and plain jumps.

use super::handler;
use crate::value::Value;

handler!(nop, s => s.next(1));
handler!(mov, s => {
    s.set_bits(s.w.a(), s.bits(s.w.b()));
    s.next(1)
});
handler!(load_const, s => {
    s.set(s.w.a(), s.konst(s.w.bc()));
    s.next(1)
});
handler!(load_int, s => {
    s.set(s.w.a(), Value::int_unchecked(s.w.off32() as i64));
    s.next(1)
});
handler!(load_special, s => {
    // Beyond Ellipsis: kinds of unbound.
    const SPECIALS: [u64; 5] =
        [Value::NONE.bits(), Value::FALSE.bits(), Value::TRUE.bits(), Value::ELLIPSIS.bits(), 0];
    s.set_bits(s.w.a(), SPECIALS[(s.w.d() as usize).min(4)]);
    s.next(1)
});
handler!(jump, s => s.jump(s.w.off32() as isize));
handler!(jump_back, s => {
    if (*s.vm).poll != 0 || s.caches == crate::code::cold() {
        return s.goto(jump_back_slow);
    }
    let heat = &raw mut (*s.caches.sub(1)).index;
    if *heat == 0 {
        return s.goto(jump_back_slow);
    }
    *heat -= 1;
    s.jump(s.w.off32() as isize)
});
handler!(#[cold] jump_back_slow, s => {
    let vm = s.enter();
    let code = vm.code();
    if code.caches.get() == crate::code::cold() {
        code.warm_up(vm.jit.first_heat());
    }
    if vm.poll != 0 && vm.serve_poll().is_err() {
        return s.goto(super::except::unwind);
    }
    let s = super::Cx { caches: code.caches.get(), ..s };
    if s.caches != crate::code::cold() && (*s.caches.sub(1)).index == 0 {
        return s.goto(jump_back_hot);
    }
    s.jump(s.w.off32() as isize)
});
handler!(#[cold] #[inline(never)] jump_back_hot, s => {
    let flow = crate::jit::entry::hot_loop(s.enter(), s.w.off32() as isize);
    s.go_recording(flow)
});
