//! `string.templatelib.Template` and `Interpolation` (PEP 750).

use crate::class::{TypeFlags, TypeObj, TypeSpec};
use crate::object::*;
use crate::payload::{Payload, mark};
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;
use std::cell::Cell;

const BASE: TypeSpec = TypeSpec {
    module: "string.templatelib",
    size: size_of::<PayloadObj>(),
    slot_offset: std::mem::offset_of!(PayloadObj, overflow),
    ..TypeSpec::DEFAULT
};

pub static TEMPLATE: TypeSpec = TypeSpec {
    name: "Template",
    doc: "Template object",
    tables: &[template_methods::TABLE],
    ..BASE
};

pub static INTERPOLATION: TypeSpec = TypeSpec {
    name: "Interpolation",
    doc: "Interpolation object",
    tables: &[interpolation::TABLE],
    ..BASE
};

static ITERATOR: TypeSpec = TypeSpec {
    name: "TemplateIter",
    doc: "Template iterator object",
    tables: &[iterator::TABLE],
    iternext: Some(next_part),
    flags: TypeFlags::NO_INSTANCES,
    ..BASE
};

/// `strings` has one item more than `interpolations`; both are tuples.
struct Template {
    strings: Value,
    interpolations: Value,
}

impl Payload for Template {
    fn trace(&self, t: &mut gc::Tracer) {
        mark(t, self.strings);
        mark(t, self.interpolations);
    }
}

struct Interpolation {
    value: Value,
    expression: Value,
    conversion: Value,
    spec: Value,
}

impl Payload for Interpolation {
    fn trace(&self, t: &mut gc::Tracer) {
        for v in [self.value, self.expression, self.conversion, self.spec] {
            mark(t, v);
        }
    }
}

/// Strings and interpolations in turn, empty strings left out.
struct Parts {
    template: Value,
    at: Cell<usize>,
}

impl Payload for Parts {
    fn trace(&self, t: &mut gc::Tracer) {
        mark(t, self.template);
    }
}

fn template_of<'a>(v: Value) -> Res<&'a Template> {
    v.payload().ok_or(Raised)
}

fn interpolation_of<'a>(v: Value) -> Res<&'a Interpolation> {
    v.payload().ok_or(Raised)
}

fn items<'a>(v: Value) -> &'a [Value] {
    match v.downcast::<TupleObj>() {
        // SAFETY: tuples do not change; the caller keeps `v` alive.
        Some(t) => unsafe { std::slice::from_raw_parts(t.items().as_ptr(), t.len) },
        None => &[],
    }
}

fn next_part(vm: &mut Vm, it: Value) -> Res<Option<Value>> {
    let p: &Parts = it.payload().ok_or(Raised)?;
    let t = template_of(p.template)?;
    loop {
        let at = p.at.get();
        let (list, i) = if at.is_multiple_of(2) {
            (items(t.strings), at / 2)
        } else {
            (items(t.interpolations), at / 2)
        };
        let Some(v) = list.get(i) else {
            return Ok(None);
        };
        p.at.set(at + 1);
        if at % 2 == 1 || vm.len(*v)? > 0 {
            return Ok(Some(*v));
        }
    }
}

impl Vm {
    /// The class `Interpolation`.
    fn interpolation_class(&mut self) -> Res<Ref<TypeObj>> {
        let class = self.native_type(&INTERPOLATION)?;
        let key = self.names.__match_args__;
        if self.dict_get_interned(class.dict.get(), key).is_none() {
            let fields = ["value", "expression", "conversion", "format_spec"];
            let fields = fields.map(|n| self.intern(n));
            let t = self.new_tuple(&fields)?;
            self.dict_set(class.dict.get().value(), key, t)?;
        }
        Ok(class)
    }

    /// `{v!conversion:spec}` of a template string. Conversion: 0 none, 1 s, 2 r, 3 a.
    pub fn new_interpolation(
        &mut self,
        value: Value,
        expression: Value,
        conversion: u8,
        spec: Value,
    ) -> Res {
        let conversion = match conversion {
            0 => Value::NONE,
            1 => self.intern("s"),
            2 => self.intern("r"),
            _ => self.intern("a"),
        };
        let class = self.interpolation_class()?;
        self.new_payload(
            class,
            Interpolation {
                value,
                expression,
                conversion,
                spec,
            },
        )
    }

    /// A template of a tuple of strings and a tuple of interpolations between them.
    pub fn new_template(&mut self, strings: Value, interpolations: Value) -> Res {
        let class = self.native_type(&TEMPLATE)?;
        self.new_payload(
            class,
            Template {
                strings,
                interpolations,
            },
        )
    }

    /// `Template(*parts)`: neighbouring strings are joined.
    fn template_from_parts(&mut self, parts: &[Value]) -> Res {
        let class = self.native_type(&INTERPOLATION)?;
        let (mut strings, mut values) = (self.new_vec(), self.new_vec());
        let mut text = self.names.empty;
        for p in parts {
            if p.is_kind(Kind::Str) {
                text = self.concat_str(text, *p)?;
            } else if self.class_of(*p) == class {
                strings.push(self, text)?;
                text = self.names.empty;
                values.push(self, *p)?;
            } else {
                let got = self.class_name(*p);
                return Err(self.type_error(&format!(
                    "Template.__new__ *args need to be of type 'str' or 'Interpolation', got {got}"
                )));
            }
        }
        strings.push(self, text)?;
        let (strings, values) = (self.new_tuple(&strings)?, self.new_tuple(&values)?);
        self.new_template(strings, values)
    }
}

#[derive::natives]
mod template_methods {
    use super::*;

    /// See PEP 585
    #[classmethod("__class_getitem__($type, object, /)", nosig)]
    fn class_getitem(vm: &mut Vm, class: Value, item: Value) -> Res {
        vm.new_generic_alias(class, item)
    }

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, _class: Value, args: Value, kwargs: Option<Value>) -> Res {
        if kwargs.is_some() {
            return Err(vm.type_error("Template.__new__ only accepts *args arguments"));
        }
        let parts = vm.collect(args)?;
        vm.template_from_parts(&parts)
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        vm.check_native_stack()?;
        let t = template_of(this)?;
        let (s, i) = (
            vm.display_repr(t.strings)?,
            vm.display_repr(t.interpolations)?,
        );
        Ok(format!("Template(strings={s}, interpolations={i})"))
    }
    /// Implement iter(self).
    #[native("__iter__($self, /)")]
    fn iter(vm: &mut Vm, this: Value) -> Res {
        let class = vm.native_type(&ITERATOR)?;
        vm.new_payload(
            class,
            Parts {
                template: this,
                at: Cell::new(0),
            },
        )
    }
    /// Return self+value.
    #[native("__add__($self, value, /)")]
    fn add(vm: &mut Vm, this: Value, value: Value) -> Res {
        let (Some(a), Some(b)) = (this.payload::<Template>(), value.payload::<Template>()) else {
            let got = vm.class_name(value);
            return Err(vm.type_error(&format!(
                "can only concatenate string.templatelib.Template (not \"{got}\") to string.templatelib.Template"
            )));
        };
        let (x, y) = (items(a.strings), items(b.strings));
        let mut strings = vm.new_vec();
        if let ([init @ .., last], [first, rest @ ..]) = (x, y) {
            strings.extend(vm, init)?;
            let joined = vm.concat_str(*last, *first)?;
            strings.push(vm, joined)?;
            strings.extend(vm, rest)?;
        }
        let mut values = vm.new_vec();
        values.extend(vm, items(a.interpolations))?;
        values.extend(vm, items(b.interpolations))?;
        let (strings, values) = (vm.new_tuple(&strings)?, vm.new_tuple(&values)?);
        vm.new_template(strings, values)
    }
    /// Strings
    #[member("strings")]
    fn strings(_: &mut Vm, this: Value) -> Res {
        Ok(template_of(this)?.strings)
    }
    /// Interpolations
    #[member("interpolations")]
    fn interpolations(_: &mut Vm, this: Value) -> Res {
        Ok(template_of(this)?.interpolations)
    }
    /// Values of interpolations
    #[getter("values")]
    fn values(vm: &mut Vm, this: Value) -> Res {
        let mut out = vm.new_vec();
        for i in items(template_of(this)?.interpolations) {
            out.push(vm, interpolation_of(*i)?.value)?;
        }
        vm.new_tuple(&out)
    }
    /// Helper for pickle.
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let module = vm.import_by_name("string.templatelib")?;
        let f = vm.get_attr_str(module, "_template_unpickle")?;
        let t = template_of(this)?;
        let args = vm.new_tuple(&[t.strings, t.interpolations])?;
        vm.new_tuple(&[f, args])
    }
}

#[derive::natives]
mod interpolation {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, value, expression='', conversion=None, format_spec='')")]
    fn new(
        vm: &mut Vm,
        _class: Value,
        value: Value,
        expression: Option<Value>,
        conversion: Option<Value>,
        format_spec: Option<Value>,
    ) -> Res {
        for (name, v) in [("expression", expression), ("format_spec", format_spec)] {
            if let Some(v) = v.filter(|v| !v.is_kind(Kind::Str)) {
                let got = vm.argument_kind(v);
                return Err(vm.type_error(&format!(
                    "Interpolation() argument '{name}' must be str, not {got}"
                )));
            }
        }
        let conversion = match conversion.filter(|c| !c.is_none()) {
            None => 0,
            Some(c) if vm.str_equals(c, "s") => 1,
            Some(c) if vm.str_equals(c, "r") => 2,
            Some(c) if vm.str_equals(c, "a") => 3,
            Some(c) if c.is_kind(Kind::Str) => {
                return Err(vm.value_error(
                    "Interpolation() argument 'conversion' must be one of 's', 'a' or 'r'",
                ));
            }
            Some(c) => {
                let got = vm.argument_kind(c);
                return Err(vm.type_error(&format!(
                    "Interpolation() argument 'conversion' must be str, not {got}"
                )));
            }
        };
        let empty = vm.names.empty;
        vm.new_interpolation(
            value,
            expression.unwrap_or(empty),
            conversion,
            format_spec.unwrap_or(empty),
        )
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        vm.check_native_stack()?;
        let i = interpolation_of(this)?;
        let mut parts = Vec::new();
        for v in [i.value, i.expression, i.conversion, i.spec] {
            parts.push(vm.display_repr(v)?);
        }
        Ok(format!("Interpolation({})", parts.join(", ")))
    }
    /// Value
    #[getter("value")]
    fn value(_: &mut Vm, this: Value) -> Res {
        Ok(interpolation_of(this)?.value)
    }
    /// Expression
    #[getter("expression")]
    fn expression(_: &mut Vm, this: Value) -> Res {
        Ok(interpolation_of(this)?.expression)
    }
    /// Conversion
    #[getter("conversion")]
    fn conversion(_: &mut Vm, this: Value) -> Res {
        Ok(interpolation_of(this)?.conversion)
    }
    /// Format specification
    #[getter("format_spec")]
    fn format_spec(_: &mut Vm, this: Value) -> Res {
        Ok(interpolation_of(this)?.spec)
    }
    /// See PEP 585
    #[classmethod("__class_getitem__($type, object, /)", nosig)]
    fn class_getitem(vm: &mut Vm, class: Value, item: Value) -> Res {
        vm.new_generic_alias(class, item)
    }
    /// Helper for pickle.
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let i = interpolation_of(this)?;
        let args = vm.new_tuple(&[i.value, i.expression, i.conversion, i.spec])?;
        let class = vm.class_of(this).value();
        vm.new_tuple(&[class, args])
    }
}

#[derive::natives]
mod iterator {
    use super::*;

    /// Implement iter(self).
    #[native("__iter__($self, /)")]
    fn iter(_: &mut Vm, this: Value) -> Res {
        Ok(this)
    }
    /// Implement next(self).
    #[native("__next__($self, /)")]
    fn next(vm: &mut Vm, this: Value) -> Res {
        match next_part(vm, this)? {
            Some(v) => Ok(v),
            None => Err(vm.stop_iteration(Value::NONE)),
        }
    }
}
