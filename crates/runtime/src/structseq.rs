//! Named tuples of native modules (`sys.version_info`, `os.stat_result`, `time.struct_time`).
//!
//! An instance is a tuple cell whose visible items are followed by the fields that only have names.

use crate::class::{TypeFlags, TypeObj, TypeSpec};
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

/// A named tuple type as declared in its module. Use `tables: structseq::TABLES` and
/// `base: Some(&types::tuple::SPEC)` in `spec`: `StructSeq::spec` gives such a one.
#[repr(C)]
pub struct StructSeq {
    /// Must come first: a type's spec is how its declaration is found again.
    pub spec: TypeSpec,
    /// Name (empty: only an index) and docstring of each field.
    pub fields: &'static [(&'static str, &'static str)],
    /// How many of the fields are items.
    pub visible: usize,
}

/// Slot offset of the instances.
const FIELDS_AT: usize = size_of::<TupleObj>() - 8;

/// The native tables of every such type.
pub static TABLES: &[&[crate::native::NativeDef]] = &[methods::TABLE];

impl StructSeq {
    /// What the type spec of a named tuple looks like. `name` without the module.
    pub const fn spec(
        module: &'static str,
        name: &'static str,
        doc: &'static str,
        creatable: bool,
    ) -> TypeSpec {
        TypeSpec {
            name,
            module,
            kind: Kind::Tuple,
            base: Some(&crate::types::tuple::SPEC),
            doc,
            tables: TABLES,
            flags: if creatable {
                TypeFlags::SEQUENCE
            } else {
                TypeFlags::SEQUENCE.union(TypeFlags::NO_INSTANCES)
            },
            // Field i is at 8 + slot_offset + 8 * i, as slots are: attribute caches then just work.
            slot_offset: FIELDS_AT,
            ..TypeSpec::DEFAULT
        }
    }

    /// The declaration of a named tuple class.
    pub fn of(class: Ref<TypeObj>) -> Option<&'static StructSeq> {
        let spec = class.spec.get()?;
        // No other tuple type has slots in its items.
        if spec.kind != Kind::Tuple || spec.slot_offset != FIELDS_AT {
            return None;
        }
        // SAFETY: only StructSeq declarations have this offset, and their spec is their first field.
        Some(unsafe { &*(spec as *const TypeSpec).cast::<StructSeq>() })
    }

    fn full_name(&self) -> String {
        format!("{}.{}", self.spec.module, self.spec.name)
    }

    fn unnamed(&self) -> usize {
        self.fields.iter().filter(|f| f.0.is_empty()).count()
    }
}

impl Vm {
    /// The class of a named tuple, made at its first use.
    pub fn struct_seq_type(&mut self, s: &'static StructSeq) -> Res<Ref<TypeObj>> {
        let known = self
            .interp()
            .native_types
            .contains_key(&(&raw const s.spec as usize));
        let class = self.native_type(&s.spec)?;
        if known {
            return Ok(class);
        }
        self.new_root_shape(class, s.fields.len() as u32);
        let d = class.dict.get().value();
        let mut shown = self.new_vec();
        for (i, (name, doc)) in s.fields.iter().enumerate() {
            if name.is_empty() {
                continue;
            }
            let key = self.intern(name);
            let doc = self.new_str(doc)?;
            let p: *mut MemberObj = self
                .alloc_kind(size_of::<MemberObj>(), Kind::Member)?
                .cast();
            // SAFETY: freshly allocated.
            let m = unsafe {
                (&raw mut (*p).class).write(class);
                (*p).name.init(key);
                (*p).index = i;
                (*p).doc.init(doc);
                Value::cell(p)
            };
            self.dict_set(d, key, m)?;
            if i < s.visible {
                shown.push(self, key)?;
            }
        }
        let args = self.new_tuple(&shown)?;
        self.dict_set(d, self.names.__match_args__, args)?;
        for (name, n) in [
            ("n_sequence_fields", s.visible),
            ("n_fields", s.fields.len()),
            ("n_unnamed_fields", s.unnamed()),
        ] {
            self.dict_set_str(class.dict.get(), name, Value::int_unchecked(n as i64))?;
        }
        if s.spec.flags.contains(TypeFlags::NO_INSTANCES) {
            let key = self.names.__new__;
            self.dict_remove(class.dict.get(), key)?;
        }
        Ok(class)
    }

    /// A named tuple; fields that `values` does not reach are None.
    pub fn new_struct_seq(&mut self, s: &'static StructSeq, values: &[Value]) -> Res {
        let class = self.struct_seq_type(s)?;
        self.fill_struct_seq(s, class, values)
    }

    /// A named tuple of `class`, which is that of `s` or derived from it; see `new_struct_seq`.
    pub fn fill_struct_seq(
        &mut self,
        s: &'static StructSeq,
        class: Ref<TypeObj>,
        values: &[Value],
    ) -> Res {
        let n = s.fields.len();
        let size = size_of::<TupleObj>() + n * 8;
        let p: *mut TupleObj = self.alloc_raw(size, class.shape.get(), Kind::Tuple)?.cast();
        // SAFETY: freshly allocated with room for all fields.
        unsafe {
            (*p).len = s.visible;
            let items: *mut Value = p.add(1).cast();
            for i in 0..n {
                items
                    .add(i)
                    .write(values.get(i).copied().unwrap_or(Value::NONE));
            }
        }
        Ok(Value::cell(p))
    }
}

/// All fields of an instance, hidden ones included.
fn all_fields(
    vm: &mut Vm,
    this: Value,
) -> Res<(&'static StructSeq, Ref<TypeObj>, &'static [Value])> {
    let class = vm.class_of(this);
    match StructSeq::of(class) {
        Some(s) if this.is_kind(Kind::Tuple) => {
            // SAFETY: cells of this class hold all fields; callers keep `this` alive.
            let fields = unsafe {
                std::slice::from_raw_parts(this.ptr::<TupleObj>().add(1).cast(), s.fields.len())
            };
            Ok((s, class, fields))
        }
        _ => Err(vm.type_error("a named tuple is needed")),
    }
}

/// The fields without a place among the items, as a dict.
fn hidden_dict(vm: &mut Vm, s: &StructSeq, fields: &[Value]) -> Res<Ref<DictObj>> {
    let d = vm.new_dict()?;
    for i in s.visible..s.fields.len() {
        vm.dict_set_str(d, s.fields[i].0, fields[i])?;
    }
    Ok(d)
}

/// The natives of these types.
#[derive::natives]
pub mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, /, sequence, dict={})")]
    fn new(vm: &mut Vm, class: Value, sequence: Value, dict: Option<Value>) -> Res {
        let Some((class, s)) = class
            .downcast::<TypeObj>()
            .and_then(|c| Some((c, StructSeq::of(c)?)))
        else {
            return Err(vm.type_error("a named tuple type is needed"));
        };
        let name = s.full_name();
        if vm.special(sequence, vm.names.__iter__).is_none()
            && vm.special(sequence, vm.names.__getitem__).is_none()
        {
            return Err(vm.type_error("constructor requires a sequence"));
        }
        let dict = match dict {
            Some(d) if d.is_kind(Kind::Dict) => d.downcast::<DictObj>(),
            Some(d) if d.is_none() => None,
            Some(_) => {
                return Err(vm.type_error(&format!("{name}() takes a dict as second arg, if any")));
            }
            None => None,
        };
        let mut items = vm.collect(sequence)?;
        let (min, max, n) = (s.visible, s.fields.len(), items.len());
        let amount = if n < min && min != max {
            Some(("an at least ", min))
        } else if n > max && min != max {
            Some(("an at most ", max))
        } else if min == max && n != min {
            Some(("a ", min))
        } else {
            None
        };
        if let Some((how, want)) = amount {
            return Err(vm.type_error(&format!(
                "{name}() takes {how}{want}-sequence ({n}-sequence given)"
            )));
        }
        let mut used = 0;
        for i in n..max {
            let given = match dict {
                Some(d) => vm.dict_get_str(d, s.fields[i].0),
                None => None,
            };
            used += usize::from(given.is_some());
            items.push(vm, given.unwrap_or(Value::NONE))?;
        }
        if let Some(d) = dict
            && used < d.used.get()
        {
            return Err(vm.type_error(&format!(
                "{name}() got duplicate or unexpected field name(s)"
            )));
        }
        vm.fill_struct_seq(s, class, &items)
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let (s, _, fields) = all_fields(vm, this)?;
        let mut out = s.full_name() + "(";
        for i in 0..s.visible {
            if i > 0 {
                out += ", ";
            }
            let shown = vm.display_repr(fields[i])?;
            out += &format!("{}={shown}", s.fields[i].0);
        }
        Ok(out + ")")
    }
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let (s, class, fields) = all_fields(vm, this)?;
        let items = vm.new_tuple(&fields[..s.visible])?;
        let d = hidden_dict(vm, s, fields)?;
        let args = vm.new_tuple(&[items, d.value()])?;
        vm.new_tuple(&[class.value(), args])
    }
    /// Return a copy of the structure with new values for the specified fields.
    #[native("__replace__($self, /, **changes)")]
    fn replace(vm: &mut Vm, this: Value, changes: Option<Value>) -> Res {
        let (s, class, fields) = all_fields(vm, this)?;
        if s.unnamed() > 0 {
            return Err(vm.type_error(&format!(
                "__replace__() is not supported for {} because it has unnamed field(s)",
                s.full_name()
            )));
        }
        let mut items = vm.new_vec();
        items.extend(vm, fields)?;
        if let Some(d) = changes.and_then(|c| c.downcast::<DictObj>()) {
            for i in 0..items.len() {
                let key = vm.intern(s.fields[i].0);
                if let Some(v) = vm.dict_get(d, key)? {
                    items.as_mut_slice()[i] = v;
                    vm.dict_remove(d, key)?;
                }
            }
            if d.used.get() > 0 {
                let names = vm.collect(d.value())?;
                let names = vm.list_from_vec(names)?;
                let shown = vm.display_repr(names)?;
                return Err(vm.type_error(&format!("Got unexpected field name(s): {shown}")));
            }
        }
        vm.fill_struct_seq(s, class, &items)
    }
}
