//! Building containers and strings.

use super::{Cx, handler};
use crate::dict;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

handler!(build_tuple, s => {
    let r = s.enter().new_tuple(s.slice(s.w.b() as usize, s.w.c() as usize));
    s.finish(r, 1)
});
handler!(build_list, s => {
    let r = s.enter().new_list(s.slice(s.w.b() as usize, s.w.c() as usize));
    s.finish(r, 1)
});
handler!(build_set, s => {
    let r = make_set(s.enter(), s.slice(s.w.b() as usize, s.w.c() as usize));
    s.finish(r, 1)
});

fn make_set(vm: &mut Vm, items: &[Value]) -> Res {
    let set = vm.new_set()?;
    dict::resize(vm, set, items.len())?;
    for v in items {
        let hash = vm.hash_element(*v)?;
        if dict::find(vm, set, *v, hash)?.is_none() {
            dict::insert_new(vm, set, *v, hash, None)?;
        }
    }
    Ok(set.value())
}

handler!(build_map, s => {
    let r = make_map(s.enter(), s.slice(s.w.b() as usize, s.w.c() as usize * 2));
    s.finish(r, 1)
});

fn make_map(vm: &mut Vm, items: &[Value]) -> Res {
    let d = vm.new_dict()?;
    if !items.is_empty() {
        dict::resize(vm, d, items.len() / 2)?;
    }
    for pair in items.chunks_exact(2) {
        vm.dict_set(d.value(), pair[0], pair[1])?;
    }
    Ok(d.value())
}

handler!(build_slice, s => {
    let b = s.w.b();
    let step = if s.w.c() == 3 { s.get(b + 2) } else { Value::NONE };
    let r = s.enter().new_slice(s.get(b), s.get(b + 1), step);
    s.finish(r, 1)
});
handler!(build_string, s => {
    let r = join(s.enter(), s.slice(s.w.b() as usize, s.w.c() as usize));
    s.finish(r, 1)
});

/// Concatenates strings.
fn join(vm: &mut Vm, parts: &[Value]) -> Res {
    let (mut len, mut width, mut ascii) = (0, 0, true);
    for p in parts {
        // SAFETY: the compiler joins only results of Format and string constants.
        let p = unsafe { p.cast::<StrObj>() };
        len += p.len;
        width = width.max(p.unit_bits());
        ascii &= p.is_ascii();
    }
    let out = vm.new_str_raw(len, 1 << width, ascii)?;
    let mut at = out.data.get().cast_mut();
    for p in parts {
        // SAFETY: as above; the result has room for all parts at the widest width.
        at = unsafe { p.cast::<StrObj>().write_to(width, at) };
    }
    Ok(out.value())
}

handler!(format, s => {
    let r = formatted(s);
    s.finish(r, 1)
});

unsafe fn formatted(s: Cx) -> Res {
    // SAFETY: handler state.
    unsafe {
        let vm = s.enter();
        let v = match (s.w.d() & 3, s.get(s.w.b())) {
            (0, v) => v,
            (1, v) => vm.str_of(v)?,
            (2, v) => vm.repr(v)?,
            (_, v) => vm.ascii(v)?,
        };
        if s.w.d() & 4 != 0 {
            return vm.format(v, s.get(s.w.c()));
        }
        if v.is_exact(Kind::Str) {
            return Ok(v);
        }
        vm.format(v, vm.names.empty)
    }
}

handler!(build_interpolation, s => {
    let vm = s.enter();
    let b = s.w.b();
    let conversion = s.w.d() & 3;
    let spec = if s.w.d() & 4 != 0 { s.get(b + 2) } else { vm.names.empty };
    let r = vm.new_interpolation(s.get(b), s.get(b + 1), conversion, spec);
    s.finish(r, 1)
});
handler!(build_template, s => {
    let b = s.w.b();
    let r = s.enter().new_template(s.get(b), s.get(b + 1));
    s.finish(r, 1)
});
handler!(list_append, s => {
    let l = s.get(s.w.a()).cast::<ListObj>();
    let n = l.len.get();
    if n < l.cap.get() {
        *l.items.get().add(n) = s.bits(s.w.b());
        l.len.set(n + 1);
        gc::write_barrier(l.header());
        return s.next(1);
    }
    let r = s.enter().list_push(l, s.get(s.w.b()));
    s.finish_unit(r, 1)
});
handler!(list_extend, s => {
    let vm = s.enter();
    let (l, src) = (s.get(s.w.a()).cast::<ListObj>(), s.get(s.w.b()));
    let r = vm.list_extend(l, src);
    if r.is_err() && vm.raised_is(vm.types.exc.TypeError) && vm.special(src, vm.names.__iter__).is_none() && vm.special(src, vm.names.__getitem__).is_none() {
        vm.raised = None;
        let name = vm.class_name(src);
        vm.type_error(&format!("Value after * must be an iterable, not {name}"));
        return s.goto(super::except::unwind);
    }
    s.finish_unit(r, 1)
});
handler!(list_to_tuple, s => {
    let l = s.get(s.w.b()).cast::<ListObj>();
    let items: &[Value] = if l.len.get() == 0 { &[] } else { std::slice::from_raw_parts(l.items.get().cast(), l.len.get()) };
    let r = s.enter().new_tuple(items);
    s.finish(r, 1)
});
handler!(set_add, s => {
    let (set, v) = (s.get(s.w.a()).cast::<SetObj>(), s.get(s.w.b()));
    let r = s.enter().set_add(set, v);
    s.finish_unit(r, 1)
});
handler!(set_update, s => {
    let vm = s.enter();
    let r = vm.set_update(s.get(s.w.a()).cast::<SetObj>(), s.get(s.w.b()));
    s.finish_unit(r, 1)
});
handler!(map_set, s => {
    let r = s.enter().dict_set(s.get(s.w.a()), s.get(s.w.b()), s.get(s.w.c()));
    s.finish_unit(r, 1)
});
handler!(map_update, s => {
    let vm = s.enter();
    let (d, src) = (s.get(s.w.a()).cast::<DictObj>(), s.get(s.w.b()));
    let r = if src.is_kind(Kind::Dict) || matches!(vm.has_attr_str(src, "keys"), Ok(true)) {
        vm.dict_update(d, src)
    } else {
        let name = vm.class_name(src);
        Err(vm.type_error(&format!("'{name}' object is not a mapping")))
    };
    s.finish_unit(r, 1)
});
handler!(map_merge, s => {
    let r = merge(s.enter(), s.get(s.w.a()).cast::<DictObj>(), s.get(s.w.b()), s.get(s.w.c()));
    s.finish_unit(r, 1)
});

/// Merges `**src` into the keyword arguments of a call of `callee`.
fn merge(vm: &mut Vm, d: Ref<DictObj>, src: Value, callee: Value) -> Res<()> {
    if !src.is_kind(Kind::Dict) && !vm.has_attr_str(src, "keys")? {
        let (f, name) = (vm.callable_text(callee), vm.class_name(src));
        return Err(vm.type_error(&format!(
            "{f} argument after ** must be a mapping, not {name}"
        )));
    }
    let copy = if src.is_exact(Kind::Dict) {
        src
    } else {
        let c = vm.new_dict()?;
        vm.dict_update(c, src)?;
        c.value()
    };
    // SAFETY: made or checked above.
    let copy = unsafe { copy.cast::<DictObj>() };
    let mut i = 0;
    while let Some((at, e)) = dict::next_entry(copy, i) {
        i = at + 1;
        let (Some(key), Some(value)) = (e.key, e.value) else {
            continue;
        };
        if dict::find(vm, d, key, e.hash)?.is_some() {
            let (f, k) = (vm.callable_text(callee), vm.display(key));
            return Err(vm.type_error(&format!(
                "{f} got multiple values for keyword argument '{k}'"
            )));
        }
        dict::insert_new(vm, d, key, e.hash, Some(value))?;
    }
    Ok(())
}
