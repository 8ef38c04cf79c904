//! Pattern matching.

use super::handler;
use crate::class::TypeFlags;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

handler!(get_len, s => {
    let vm = s.enter();
    let r = vm.len(s.get(s.w.b())).map(|n| Value::int_unchecked(n as i64));
    s.finish(r, 1)
});
handler!(match_mapping, s => {
    let yes = (*s.vm).class_of(s.get(s.w.b())).has(TypeFlags::MAPPING);
    s.set(s.w.a(), Value::bool(yes));
    s.next(1)
});
handler!(match_sequence, s => {
    let yes = (*s.vm).class_of(s.get(s.w.b())).has(TypeFlags::SEQUENCE);
    s.set(s.w.a(), Value::bool(yes));
    s.next(1)
});
handler!(match_keys, s => {
    let r = keys(s.enter(), s.get(s.w.b()), s.get(s.w.c()));
    s.finish(r, 1)
});

#[inline(never)]
fn keys(vm: &mut Vm, map: Value, keys: Value) -> Res {
    // SAFETY: the compiler passes a tuple.
    let keys = unsafe { keys.cast::<TupleObj>() };
    let seen = vm.new_set()?;
    let mut values = vm.new_vec();
    let missing = vm.alloc_kind(16, Kind::Object)?;
    let missing = Value::cell(missing);
    let get = vm.get_attr(map, vm.names.get)?;
    for key in keys.items() {
        let hash = vm.hash(*key)?;
        if crate::dict::find(vm, seen, *key, hash)?.is_some() {
            let text = vm.display_repr(*key)?;
            return Err(vm.value_error(&format!("mapping pattern checks duplicate key ({text})")));
        }
        crate::dict::insert_new(vm, seen, *key, hash, None)?;
        let v = vm.call_value(get, &[*key, missing])?;
        if v == missing {
            return Ok(Value::NONE);
        }
        values.push(vm, v)?;
    }
    vm.new_tuple(&values)
}

handler!(match_class, s => {
    let (names, npos) = (s.konst(s.ext().x()), s.ext().y() as usize);
    let r = class_attrs(s.enter(), s.get(s.w.b()), s.get(s.w.c()), names, npos);
    s.finish(r, 2)
});

#[inline(never)]
fn class_attrs(vm: &mut Vm, subject: Value, class: Value, names: Value, npos: usize) -> Res {
    let Some(ty) = class.downcast::<crate::class::TypeObj>() else {
        return Err(vm.type_error("called match pattern must be a class"));
    };
    if !vm.is_instance(subject, class)? {
        return Ok(Value::NONE);
    }
    let mut out = vm.new_vec();
    let mut seen: Vec<String> = Vec::new();
    if npos > 0 {
        let match_args = vm.get_attr_opt(class, vm.names.__match_args__)?;
        let cname = ty.full_name();
        match match_args {
            Some(m) => {
                let Some(t) = m.downcast::<TupleObj>().filter(|_| m.is_exact(Kind::Tuple)) else {
                    let got = vm.class_name(m);
                    return Err(vm.type_error(&format!(
                        "{cname}.__match_args__ must be a tuple (got {got})"
                    )));
                };
                if t.len < npos {
                    let s = if t.len == 1 { "" } else { "s" };
                    return Err(vm.type_error(&format!(
                        "{cname}() accepts {} positional sub-pattern{s} ({npos} given)",
                        t.len
                    )));
                }
                for name in &t.items()[..npos] {
                    if !name.is_kind(Kind::Str) {
                        let got = vm.class_name(*name);
                        return Err(vm.type_error(&format!(
                            "__match_args__ elements must be strings (got {got})"
                        )));
                    }
                    match sub_attr(vm, subject, &cname, *name, &mut seen)? {
                        Some(v) => out.push(vm, v)?,
                        None => return Ok(Value::NONE),
                    }
                }
            }
            None if ty.mro_items().iter().any(|c| {
                c.downcast::<crate::class::TypeObj>()
                    .is_some_and(|c| c.has(TypeFlags::MATCH_SELF))
            }) =>
            {
                if npos > 1 {
                    return Err(vm.type_error(&format!(
                        "{cname}() accepts 1 positional sub-pattern ({npos} given)"
                    )));
                }
                out.push(vm, subject)?;
            }
            None => {
                return Err(vm.type_error(&format!(
                    "{cname}() accepts 0 positional sub-patterns ({npos} given)"
                )));
            }
        }
    }
    // SAFETY: the compiler passes a tuple of names.
    let names = unsafe { names.cast::<TupleObj>() };
    let cname = ty.full_name();
    for name in names.items() {
        match sub_attr(vm, subject, &cname, *name, &mut seen)? {
            Some(v) => out.push(vm, v)?,
            None => return Ok(Value::NONE),
        }
    }
    vm.new_tuple(&out)
}

fn sub_attr(
    vm: &mut Vm,
    subject: Value,
    cname: &str,
    name: Value,
    seen: &mut Vec<String>,
) -> Res<Option<Value>> {
    let text = vm.display(name);
    if seen.contains(&text) {
        return Err(vm.type_error(&format!(
            "{cname}() got multiple sub-patterns for attribute '{text}'"
        )));
    }
    seen.push(text);
    let name = vm.intern_value(name);
    vm.get_attr_opt(subject, name)
}
