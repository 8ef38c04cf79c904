//! Iteration and unpacking.

use super::{except, generator, handler};
use crate::class::TypeObj;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;
use bytecode::Op;

handler!(get_iter, s => {
    let r = s.enter().iter(s.get(s.w.b()));
    s.finish(r, 1)
});

handler!(for_iter, s => {
    let it = s.get(s.w.b());
    let kind = it.kind_byte();
    if kind == Kind::RangeIter as u8 {
        let r = &*it.ptr::<IterObj>();
        let (pos, left) = (r.pos.get(), r.end.get());
        if left > 0 {
            r.pos.set(pos + r.step.get());
            r.end.set(left - 1);
            // Range iterators of this kind stay inside the small range.
            s.set(s.w.a(), Value::int_unchecked(pos));
            return s.next(2);
        }
        return s.jump(s.ext().x() as i32 as isize);
    }
    if kind == Kind::ListIter as u8 {
        let r = &*it.ptr::<IterObj>();
        let l = r.target.bits();
        if l != 0 {
            let l = &*(l as *const ListObj);
            let pos = r.pos.get() as usize;
            if pos < l.len.get() {
                s.set_bits(s.w.a(), *l.items.get().add(pos));
                r.pos.set(pos as i64 + 1);
                return s.next(2);
            }
        }
        return s.goto(for_iter_slow);
    }
    if kind == Kind::TupleIter as u8 {
        let r = &*it.ptr::<IterObj>();
        let t = r.target.bits();
        if t != 0 {
            let t = t as *const TupleObj;
            let pos = r.pos.get() as usize;
            if pos < (*t).len {
                s.set_bits(s.w.a(), *(t.add(1) as *const u64).add(pos));
                r.pos.set(pos as i64 + 1);
                return s.next(2);
            }
        }
        return s.goto(for_iter_slow);
    }
    if kind == Kind::Generator as u8 {
        return s.goto(generator::for_iter_generator);
    }
    if kind == Kind::DictIter as u8 || kind == Kind::Enumerate as u8 || kind == Kind::Zip as u8 {
        return s.goto(for_iter_pair);
    }
    s.goto(for_iter_slow)
});
/// What `next_pair` did.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pair {
    /// The two items were written to their registers.
    Two,
    End,
    Raised,
    /// The iterator gives no pairs; nothing has happened.
    Other,
}

// Iterators of pairs that the next instruction unpacks: the tuple between the two, a temporary
// that nothing else reads, is not made.
handler!(#[inline(never)] for_iter_pair, s => {
    let unpack = *s.pc.add(2);
    if unpack.op_byte() == Op::UnpackSeq as u8
        && unpack.b() == s.w.a()
        && unpack.c() == 2
        && u32::from(s.w.a()) >= (&*(*s.vm).frame).code.nlocals
        && s.is_unwatched()
    {
        match next_pair(s.enter(), s.get(s.w.b()), s.regs.add(unpack.a() as usize)) {
            Pair::Two => return s.next(4),
            Pair::End => return s.jump(s.ext().x() as i32 as isize),
            Pair::Raised => return s.goto(except::unwind),
            Pair::Other => {}
        }
    }
    s.goto(for_iter_slow)
});

#[inline(never)]
fn next_pair(vm: &mut Vm, it: Value, regs: *mut u64) -> Pair {
    if it.is_kind(Kind::DictIter) {
        // SAFETY: the handler's instruction owns the two registers.
        let given = unsafe { vm.dict_item_step(it, regs) };
        if given {
            return Pair::Two;
        }
    }
    match vm.iter_pair(it) {
        Ok(Some(Some([a, b]))) => {
            // SAFETY: the handler's instruction owns the two registers.
            unsafe {
                *regs = a.bits();
                *regs.add(1) = b.bits();
            }
            Pair::Two
        }
        Ok(Some(None)) => Pair::End,
        Ok(None) => Pair::Other,
        Err(_) if vm.catch(vm.types.exc.StopIteration) => Pair::End,
        Err(_) => Pair::Raised,
    }
}

handler!(#[inline(never)] for_iter_slow, s => {
    let vm = s.enter();
    match vm.next(s.get(s.w.b())) {
        Ok(Some(v)) => {
            s.set(s.w.a(), v);
            s.next(2)
        }
        Ok(None) => s.jump(s.ext().x() as i32 as isize),
        Err(_) => s.goto(except::unwind),
    }
});

handler!(unpack_seq, s => {
    let (a, n) = (s.w.a() as usize, s.w.c() as usize);
    let src = s.get(s.w.b());
    if src.is_exact(Kind::Tuple) {
        let t = src.cast::<TupleObj>();
        if t.len == n {
            let items = t.as_ptr().add(1) as *const u64;
            for i in 0..n {
                *s.regs.add(a + i) = *items.add(i);
            }
            return s.next(2);
        }
    }
    if src.is_exact(Kind::List) {
        let l = src.cast::<ListObj>();
        if l.len.get() == n {
            let items = l.items.get();
            for i in 0..n {
                *s.regs.add(a + i) = *items.add(i);
            }
            return s.next(2);
        }
    }
    s.goto(unpack_seq_slow)
});
handler!(#[inline(never)] unpack_seq_slow, s => {
    let r = unpack(s.enter(), s.get(s.w.b()), s.w.c() as usize, s.regs.add(s.w.a() as usize));
    s.finish_unit(r, 2)
});

/// Writes items to registers.
fn spill(items: &[Value], regs: *mut u64) {
    for (i, v) in items.iter().enumerate() {
        // SAFETY: the caller's instruction owns that many registers.
        unsafe { *regs.add(i) = v.bits() };
    }
}

fn not_iterable(vm: &mut Vm, src: Value) -> bool {
    vm.raised_is(vm.types.exc.TypeError)
        && vm.special(src, vm.names.__iter__).is_none()
        && vm.special(src, vm.names.__getitem__).is_none()
}

#[inline(never)]
fn unpack(vm: &mut Vm, src: Value, n: usize, regs: *mut u64) -> Res<()> {
    let mut out = vm.new_vec();
    let it = match vm.iter(src) {
        Ok(it) => it,
        Err(r) if !not_iterable(vm, src) => return Err(r),
        Err(_) => {
            vm.raised = None;
            let name = vm.class_name(src);
            return Err(vm.type_error(&format!("cannot unpack non-iterable {name} object")));
        }
    };
    while out.len() < n {
        match vm.next(it)? {
            Some(v) => out.push(vm, v)?,
            None => {
                let got = out.len();
                return Err(vm.value_error(&format!(
                    "not enough values to unpack (expected {n}, got {got})"
                )));
            }
        }
    }
    if vm.next(it)?.is_some() {
        let text = match vm.sized_len(src) {
            Some(len) if len > n => format!("too many values to unpack (expected {n}, got {len})"),
            _ => format!("too many values to unpack (expected {n})"),
        };
        return Err(vm.value_error(&text));
    }
    spill(&out, regs);
    Ok(())
}

impl Vm {
    /// Length of an exact list, tuple or dict.
    fn sized_len(&self, v: Value) -> Option<usize> {
        if v.is_exact(Kind::List) {
            return v.downcast::<ListObj>().map(|l| l.len.get());
        }
        if v.is_exact(Kind::Dict) {
            return v.downcast::<DictObj>().map(|d| d.used.get());
        }
        v.downcast::<TupleObj>()
            .filter(|_| v.is_exact(Kind::Tuple))
            .map(|t| t.len)
    }

    /// `isinstance(v, class)` with `__instancecheck__`.
    pub fn is_instance(&mut self, v: Value, class: Value) -> Res<bool> {
        if let Some(c) = class.downcast::<TypeObj>() {
            if self.class_of(v) == c {
                return Ok(true);
            }
            if self.class_of(class) == self.types.type_ {
                return self.is_instance_plain(v, class);
            }
        }
        self.is_instance_full(v, class)
    }
}

handler!(unpack_ex, s => {
    let (before, after) = (s.w.c() as usize, s.ext().x() as usize);
    let r = unpack_ex_items(s.enter(), s.get(s.w.b()), before, after, s.regs.add(s.w.a() as usize));
    s.finish_unit(r, 2)
});

#[inline(never)]
fn unpack_ex_items(
    vm: &mut Vm,
    src: Value,
    before: usize,
    after: usize,
    regs: *mut u64,
) -> Res<()> {
    let all = match vm.collect(src) {
        Ok(all) => all,
        Err(r) if !not_iterable(vm, src) => return Err(r),
        Err(_) => {
            vm.raised = None;
            let name = vm.class_name(src);
            return Err(vm.type_error(&format!("cannot unpack non-iterable {name} object")));
        }
    };
    let (got, want) = (all.len(), before + after);
    if got < want {
        return Err(vm.value_error(&format!(
            "not enough values to unpack (expected at least {want}, got {got})"
        )));
    }
    let mut out = vm.new_vec();
    out.extend(vm, &all[..before])?;
    let middle = vm.new_list(&all[before..got - after])?;
    out.push(vm, middle)?;
    out.extend(vm, &all[got - after..])?;
    spill(&out, regs);
    Ok(())
}
