//! Subscripts.

use super::handler;
use crate::object::*;
use crate::value::Value;

handler!(get_item, s => {
    let (obj, index) = (s.get(s.w.b()), s.get(s.w.c()));
    if index.is_small_int() && obj.is_exact(Kind::List) {
        let l = obj.cast::<ListObj>();
        let i = index.small_int_unchecked() as usize;
        if i < l.len.get() {
            s.set_bits(s.w.a(), *l.items.get().add(i));
            return s.next(2);
        }
    } else if index.is_small_int() && obj.is_exact(Kind::Tuple) {
        let t = obj.cast::<TupleObj>();
        let i = index.small_int_unchecked() as usize;
        if i < t.len {
            s.set_bits(s.w.a(), *(t.as_ptr().add(1) as *const u64).add(i));
            return s.next(2);
        }
    }
    s.goto(get_item_slow)
});
handler!(#[inline(never)] get_item_slow, s => {
    let vm = s.enter();
    let r = vm.get_item(s.get(s.w.b()), s.get(s.w.c()));
    s.finish(r, 2)
});
handler!(get_item_i, s => {
    let obj = s.get(s.w.b());
    let i = s.w.imm_c() as isize as usize;
    if obj.is_exact(Kind::List) {
        let l = obj.cast::<ListObj>();
        if i < l.len.get() {
            s.set_bits(s.w.a(), *l.items.get().add(i));
            return s.next(2);
        }
    } else if obj.is_exact(Kind::Tuple) {
        let t = obj.cast::<TupleObj>();
        if i < t.len {
            s.set_bits(s.w.a(), *(t.as_ptr().add(1) as *const u64).add(i));
            return s.next(2);
        }
    }
    s.goto(get_item_i_slow)
});
handler!(#[inline(never)] get_item_i_slow, s => {
    let vm = s.enter();
    let r = vm.get_item(s.get(s.w.b()), Value::int_unchecked(s.w.imm_c() as i64));
    s.finish(r, 2)
});
handler!(set_item, s => {
    let (obj, index) = (s.get(s.w.a()), s.get(s.w.b()));
    if index.is_small_int() && obj.is_exact(Kind::List) {
        let l = obj.cast::<ListObj>();
        let i = index.small_int_unchecked() as usize;
        if i < l.len.get() {
            *l.items.get().add(i) = s.bits(s.w.c());
            gc::write_barrier(l.header());
            return s.next(2);
        }
    }
    s.goto(set_item_slow)
});
handler!(#[inline(never)] set_item_slow, s => {
    let vm = s.enter();
    let r = vm.set_item(s.get(s.w.a()), s.get(s.w.b()), s.get(s.w.c()));
    s.finish_unit(r, 2)
});
handler!(delete_item, s => {
    let r = s.enter().del_item(s.get(s.w.a()), s.get(s.w.b()));
    s.finish_unit(r, 1)
});
handler!(get_slice, s => {
    let vm = s.enter();
    let c = s.w.c();
    let r = vm.get_slice(s.get(s.w.b()), s.get(c), s.get(c + 1));
    s.finish(r, 1)
});
handler!(set_slice, s => {
    let vm = s.enter();
    let b = s.w.b();
    let r = vm.new_slice(s.get(b), s.get(b + 1), Value::NONE).and_then(|sl| vm.set_item(s.get(s.w.a()), sl, s.get(s.w.c())));
    s.finish_unit(r, 1)
});
