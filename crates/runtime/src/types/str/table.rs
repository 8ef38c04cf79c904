//! `translate` and `maketrans`.

use super::text_of;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;
use text::StrBuf;

#[derive::natives]
pub mod methods {
    use super::*;

    /// Replace each character in the string using the given translation table.
    ///
    ///   table
    ///     Translation table, which must be a mapping of Unicode ordinals
    ///     to Unicode ordinals, strings, or None.
    ///
    /// The table must implement lookup/indexing via __getitem__, for
    /// instance a dictionary or list.  If this operation raises
    /// LookupError, the character is left untouched.  Characters mapped to
    /// None are deleted.
    #[native("translate($self, table, /)")]
    fn translate(vm: &mut Vm, this: Value, table: Value) -> Res {
        let s = text_of(this);
        let mut out = StrBuf::with_capacity(s.len);
        // What the code points below 128 became, for tables without side effects.
        let mut known: [Option<Option<u32>>; 128] = [None; 128];
        let pure = table.is_exact(Kind::Dict);
        for i in 0..s.len {
            let c = s.units().get(i);
            if let Some(Some(r)) = known.get(c as usize) {
                if let Some(r) = r {
                    out.push(*r);
                }
                continue;
            }
            let one = match translated(vm, table, c)? {
                Target::Same => Some(c),
                Target::Nothing => None,
                Target::Code(c) => Some(c),
                Target::Text(t) => {
                    out.push_units(text_of(t).units());
                    continue;
                }
            };
            if pure && let Some(slot) = known.get_mut(c as usize) {
                *slot = Some(one);
            }
            if let Some(c) = one {
                out.push(c);
            }
        }
        vm.new_str_owned(&out.finish())
    }
    /// Return a translation table usable for str.translate().
    ///
    /// If there is only one argument, it must be a dictionary mapping Unicode
    /// ordinals (integers) or characters to Unicode ordinals, strings or None.
    /// Character keys will be then converted to ordinals.
    /// If there are two arguments, they must be strings of equal length, and
    /// in the resulting dictionary, each character in x will be mapped to the
    /// character at the same position in y. If there is a third argument, it
    /// must be a string, whose characters will be mapped to None in the result.
    #[staticmethod("maketrans(x, y=<unrepresentable>, z=<unrepresentable>, /)")]
    fn maketrans(vm: &mut Vm, x: Value, y: Option<Value>, z: Option<Value>) -> Res {
        let d = vm.new_dict()?.value();
        let Some(y) = y else {
            return from_dict(vm, d, x);
        };
        let Some(a) = x.downcast::<StrObj>() else {
            return Err(vm.type_error(
                "first maketrans argument must be a string if there is a second argument",
            ));
        };
        let b = vm.need_str(y, "maketrans() argument 2")?;
        if a.len != b.len {
            return Err(vm.value_error("the first two maketrans arguments must have equal length"));
        }
        for i in 0..a.len {
            let (k, v) = (a.units().get(i), b.units().get(i));
            let (k, v) = (
                Value::int_unchecked(k as i64),
                Value::int_unchecked(v as i64),
            );
            vm.dict_set(d, k, v)?;
        }
        if let Some(z) = z {
            let z = vm.need_str(z, "maketrans() argument 3")?;
            for i in 0..z.len {
                let k = Value::int_unchecked(z.units().get(i) as i64);
                vm.dict_set(d, k, Value::NONE)?;
            }
        }
        Ok(d)
    }
}

fn from_dict(vm: &mut Vm, d: Value, x: Value) -> Res {
    let Some(source) = x.downcast::<DictObj>().filter(|_| x.is_exact(Kind::Dict)) else {
        return Err(vm.type_error("if you give only one argument to maketrans it must be a dict"));
    };
    let mut at = 0;
    while let Some((i, e)) = crate::dict::next_entry(source, at) {
        at = i + 1;
        let (Some(key), Some(value)) = (e.key, e.value) else {
            continue;
        };
        if let Some(s) = key.downcast::<StrObj>() {
            if s.len != 1 {
                return Err(vm.value_error("string keys in translatetable must be of length 1"));
            }
            let k = Value::int_unchecked(s.units().get(0) as i64);
            vm.dict_set(d, k, value)?;
        } else if vm.is_int(key) {
            vm.dict_set(d, key, value)?;
        } else {
            return Err(vm.type_error("keys in translate table mustbe strings or integers"));
        }
    }
    Ok(d)
}

enum Target {
    Same,
    Nothing,
    Code(u32),
    Text(Value),
}

fn translated(vm: &mut Vm, table: Value, c: u32) -> Res<Target> {
    let v = match vm.get_item(table, Value::int_unchecked(c as i64)) {
        Ok(v) => v,
        Err(_) if vm.catch(vm.types.exc.LookupError) => return Ok(Target::Same),
        Err(r) => return Err(r),
    };
    if v.is_none() {
        return Ok(Target::Nothing);
    }
    if let Some(s) = v.downcast::<StrObj>() {
        return Ok(if s.len == 1 {
            Target::Code(s.units().get(0))
        } else {
            Target::Text(v)
        });
    }
    if vm.is_int(v) {
        return match vm.int_to_i64(v) {
            Some(n @ 0..0x11_0000) => Ok(Target::Code(n as u32)),
            _ => Err(vm.value_error("character mapping must be in range(0x110000)")),
        };
    }
    Err(vm.type_error("character mapping must return integer, None or str"))
}
