//! `_string`: the parts of `string.Formatter` that share code with `str.format`.

use runtime::class::{TypeFlags, TypeSpec};
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::payload::{Payload, mark};
use runtime::{Res, Value, Vm};
use std::cell::Cell;
use text::format_str::{First, Step, pieces, split_field_name};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_string",
    doc: "string helper module",
    functions: &[functions::TABLE],
    init: |_, _| Ok(()),
};

/// Iterates a list made beforehand; an error found by the parser is raised when reached.
struct ListIter {
    items: Value,
    pos: Cell<usize>,
    error: Option<&'static str>,
}

impl Payload for ListIter {
    fn trace(&self, t: &mut gc::Tracer) {
        mark(t, self.items);
    }
}

static TABLES: &[&[runtime::native::NativeDef]] = &[methods::TABLE];

const fn iterator(name: &'static str) -> TypeSpec {
    TypeSpec {
        name,
        tables: TABLES,
        flags: TypeFlags::NO_INSTANCES,
        size: size_of::<PayloadObj>(),
        slot_offset: std::mem::offset_of!(PayloadObj, overflow),
        iternext: Some(next),
        ..TypeSpec::DEFAULT
    }
}

static FORMATTER_ITERATOR: TypeSpec = iterator("formatteriterator");
static FIELD_NAME_ITERATOR: TypeSpec = iterator("fieldnameiterator");

fn next(vm: &mut Vm, it: Value) -> Res<Option<Value>> {
    let Some(s) = it.payload::<ListIter>() else {
        return Ok(None);
    };
    let Some(l) = s.items.downcast::<ListObj>() else {
        return Ok(None);
    };
    match l.get(s.pos.get()) {
        Some(v) => {
            s.pos.set(s.pos.get() + 1);
            Ok(Some(v))
        }
        None => match s.error {
            Some(e) => Err(vm.value_error(e)),
            None => Ok(None),
        },
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Implement iter(self).
    #[native("__iter__($self, /)")]
    fn iter(_: &mut Vm, this: Value) -> Res {
        Ok(this)
    }
    /// Implement next(self).
    #[native("__next__($self, /)")]
    fn next_item(vm: &mut Vm, this: Value) -> Res {
        match next(vm, this)? {
            Some(v) => Ok(v),
            None => Err(vm.stop_iteration(Value::NONE)),
        }
    }
}

fn text_arg(vm: &mut Vm, v: Value) -> Res<Ref<StrObj>> {
    match v.downcast::<StrObj>() {
        Some(s) => Ok(s),
        None => {
            let name = vm.class_name(v);
            Err(vm.type_error(&format!("expected str, got {name}")))
        }
    }
}

#[derive::natives]
mod functions {
    use super::*;

    /// parse the argument as a format string
    #[native("formatter_parser($module, object, /)")]
    fn formatter_parser(vm: &mut Vm, _m: Value, object: Value) -> Res {
        let s = text_arg(vm, object)?;
        let mut out = vm.new_vec();
        let mut error = None;
        for piece in pieces(s.units()) {
            let p = match piece {
                Ok(p) => p,
                Err(e) => {
                    error = Some(e);
                    break;
                }
            };
            let literal = vm.new_str_units(s.units().slice(p.literal))?;
            let item = match p.field {
                None => [literal, Value::NONE, Value::NONE, Value::NONE],
                Some(f) => {
                    let name = vm.new_str_units(s.units().slice(f.name))?;
                    let spec = vm.new_str_units(s.units().slice(f.spec))?;
                    let conversion = match f.conversion {
                        Some(c) => vm.new_char(c)?,
                        None => Value::NONE,
                    };
                    [literal, name, spec, conversion]
                }
            };
            let item = vm.new_tuple(&item)?;
            out.push(vm, item)?;
        }
        let items = vm.list_from_vec(out)?;
        let class = vm.native_type(&FORMATTER_ITERATOR)?;
        let pos = Cell::new(0);
        vm.new_payload(class, ListIter { items, pos, error })
    }
    /// split the argument as a field name
    #[native("formatter_field_name_split($module, object, /)")]
    fn formatter_field_name_split(vm: &mut Vm, _m: Value, object: Value) -> Res {
        let s = text_arg(vm, object)?;
        let (first, steps) = match split_field_name(s.units()) {
            Ok(x) => x,
            Err(e) => return Err(vm.value_error(e)),
        };
        let first = match first {
            First::Index(i) => Value::int_unchecked(i as i64),
            First::Key(r) => vm.new_str_units(s.units().slice(r))?,
        };
        let mut out = vm.new_vec();
        let mut error = None;
        for step in steps {
            let (attribute, v) = match step {
                Ok(Step::Attribute(r)) => (true, vm.new_str_units(s.units().slice(r))?),
                Ok(Step::Index(i)) => (false, Value::int_unchecked(i as i64)),
                Ok(Step::Key(r)) => (false, vm.new_str_units(s.units().slice(r))?),
                Err(e) => {
                    error = Some(e);
                    break;
                }
            };
            let item = vm.new_tuple(&[Value::bool(attribute), v])?;
            out.push(vm, item)?;
        }
        let items = vm.list_from_vec(out)?;
        let class = vm.native_type(&FIELD_NAME_ITERATOR)?;
        let pos = Cell::new(0);
        let rest = vm.new_payload(class, ListIter { items, pos, error })?;
        vm.new_tuple(&[first, rest])
    }
}
