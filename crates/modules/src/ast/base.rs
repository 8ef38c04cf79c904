//! `ast.AST`: construction, copies and pickles of nodes.

use super::classes::State;
use crate::itertools::items_of;
use compiler::tree::{Class, Group};
use runtime::class::{DictPlace, TypeFlags, TypeObj, TypeSpec};
use runtime::object::*;
use runtime::{Res, Value, Vm, dict};

pub static SPEC: TypeSpec = TypeSpec {
    name: "AST",
    module: "ast",
    kind: Kind::Instance,
    tables: &[
        methods::TABLE,
        runtime::types::dict_attr::methods::TABLE,
        runtime::types::protocol::generic::TABLE,
    ],
    flags: TypeFlags::BASE,
    size: 8,
    dict: DictPlace::Slots,
    slot_offset: 8,
    ..TypeSpec::DEFAULT
};

/// An attribute of a class, if it has it.
fn class_attr(vm: &mut Vm, class: Ref<TypeObj>, name: &str) -> Res<Option<Value>> {
    let name = vm.intern(name);
    vm.get_attr_opt(class.value(), name)
}

/// The items of a class's tuple of names.
fn names_of(vm: &mut Vm, class: Ref<TypeObj>, name: &str) -> Res<Value> {
    let names = match class_attr(vm, class, name)? {
        Some(n) => n,
        None => vm.new_tuple(&[])?,
    };
    vm.call_value(vm.types.tuple.value(), &[names])
}

/// Whether a name is among the items of a tuple.
fn has_name(vm: &mut Vm, names: Value, name: Value) -> Res<bool> {
    for n in items_of(names) {
        if vm.eq(*n, name)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The keyword arguments as pairs.
fn pairs(kwargs: Option<Value>) -> impl Iterator<Item = (Value, Value)> {
    let d = kwargs.and_then(|k| k.downcast::<DictObj>());
    let mut i = 0;
    std::iter::from_fn(move || {
        let (at, e) = dict::next_entry(d?, i)?;
        i = at + 1;
        e.key.zip(e.value)
    })
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)", nosig)]
    fn new(vm: &mut Vm, class: Value, _args: Value, _kwargs: Option<Value>) -> Res {
        let base = vm.native_type(&SPEC)?;
        let class = vm.class_arg(class, base)?;
        vm.new_instance(class)
    }
    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, /, *args, **kwargs)", nosig)]
    fn init(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res<()> {
        init_node(vm, this, args, kwargs)
    }
    #[native("__reduce__($self, /)", nosig)]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let class = vm.class_of(this);
        let state = vm.attr_dict(this)?;
        let state = vm.dict_copy(state)?;
        // None for the fields that are set keeps the constructor from complaining of them; the
        // state has their values.
        let mut args = vm.new_vec();
        let fields = names_of(vm, class, "_fields")?;
        for name in items_of(fields) {
            if vm.dict_get(state, *name)?.is_none() {
                break;
            }
            args.push(vm, Value::NONE)?;
        }
        let args = vm.new_tuple(&args)?;
        vm.new_tuple(&[class.value(), args, state.value()])
    }
    /// Return a copy of the AST node with new values for the specified fields.
    #[native("__replace__($self, /, **fields)", nosig)]
    fn replace(vm: &mut Vm, this: Value, changes: Option<Value>) -> Res {
        replace_node(vm, this, changes)
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res {
        super::super::show::repr(vm, this)
    }
}

fn init_node(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res<()> {
    let class = vm.class_of(this);
    let name = class.name_str();
    let fields = vm.get_attr_str(class.value(), "_fields")?;
    let fields = vm.call_value(vm.types.tuple.value(), &[fields])?;
    let (n, given) = (items_of(fields).len(), items_of(args).len());
    if given > n {
        let s = if n == 1 { "" } else { "s" };
        return Err(vm.type_error(&format!(
            "{name} constructor takes at most {n} positional argument{s}"
        )));
    }
    let missing = vm.set_of(fields)?;
    for (field, v) in items_of(fields).iter().zip(items_of(args)) {
        let field = vm.intern_value(*field);
        vm.set_attr(this, field, Some(*v))?;
        vm.set_discard(missing, field)?;
    }
    for (key, v) in pairs(kwargs) {
        if has_name(vm, fields, key)? {
            if !vm.set_discard(missing, key)? {
                let shown = vm.display_repr(key)?;
                return Err(
                    vm.type_error(&format!("{name} got multiple values for argument {shown}"))
                );
            }
        } else {
            let attributes = names_of(vm, class, "_attributes")?;
            if !has_name(vm, attributes, key)? {
                let shown = vm.display_repr(key)?;
                let text = format!(
                    "{name}.__init__ got an unexpected keyword argument {shown}. Support for \
                     arbitrary keyword arguments is deprecated and will be removed in Python 3.15."
                );
                vm.warn(vm.types.exc.DeprecationWarning, &text, 1)?;
            }
        }
        let key = vm.intern_value(key);
        vm.set_attr(this, key, Some(v))?;
    }
    fill_missing(vm, this, fields, missing)
}

/// Gives the fields that were not set their defaults.
fn fill_missing(vm: &mut Vm, this: Value, fields: Value, missing: Ref<SetObj>) -> Res<()> {
    let class = vm.class_of(this);
    if vm.len(missing.value())? == 0 {
        return Ok(());
    }
    let Some(types) = class_attr(vm, class, "_field_types")? else {
        return Ok(());
    };
    let Some(types) = types.downcast::<DictObj>() else {
        return Ok(());
    };
    let state = State::get(vm)?;
    let name = class.name_str();
    for field in items_of(fields) {
        if !vm.set_contains(missing, *field)? {
            continue;
        }
        let field = vm.intern_value(*field);
        let shown = vm.display_repr(field)?;
        let Some(ty) = vm.dict_get(types, field)? else {
            let text = format!(
                "Field {shown} is missing from {name}._field_types. This will become an error in \
                 Python 3.15."
            );
            vm.warn(vm.types.exc.DeprecationWarning, &text, 1)?;
            continue;
        };
        if ty.is_kind(Kind::Union) {
            // The class attribute None serves.
        } else if ty.is_kind(Kind::GenericAlias) {
            let empty = vm.new_list(&[])?;
            vm.set_attr(this, field, Some(empty))?;
        } else if ty == state.group(Group::ExprContext).value() {
            vm.set_attr(this, field, Some(state.instance(Class::Load)))?;
        } else {
            let text = format!(
                "{name}.__init__ missing 1 required positional argument: {shown}. This will \
                 become an error in Python 3.15."
            );
            vm.warn(vm.types.exc.DeprecationWarning, &text, 1)?;
        }
    }
    Ok(())
}

fn replace_node(vm: &mut Vm, this: Value, changes: Option<Value>) -> Res {
    let class = vm.class_of(this);
    let name = class.name_str();
    let fields = names_of(vm, class, "_fields")?;
    let attributes = names_of(vm, class, "_attributes")?;
    for (key, _) in pairs(changes) {
        if !has_name(vm, fields, key)? && !has_name(vm, attributes, key)? {
            let shown = vm.display_repr(key)?;
            return Err(vm.type_error(&format!(
                "{name}.__replace__ got an unexpected keyword argument {shown}."
            )));
        }
    }
    let old = vm.attr_dict(this)?;
    let all = vm.new_dict()?;
    for names in [fields, attributes] {
        for key in items_of(names) {
            if let Some(v) = vm.dict_get(old, *key)? {
                vm.dict_set(all.value(), *key, v)?;
            }
        }
    }
    if let Some(c) = changes {
        vm.dict_update(all, c)?;
    }
    let missing = missing_fields(vm, class, fields, all)?;
    if !missing.is_empty() {
        let (n, s) = (missing.len(), if missing.len() == 1 { "" } else { "s" });
        let list = missing.join(", ");
        return Err(vm.type_error(&format!(
            "{name}.__replace__ missing {n} keyword argument{s}: {list}."
        )));
    }
    let none = vm.new_tuple(&[])?;
    vm.call_spread(class.value(), none, Some(all.value()))
}

/// The fields, in sorted repr, that are neither among the values nor optional.
fn missing_fields(
    vm: &mut Vm,
    class: Ref<TypeObj>,
    fields: Value,
    values: Ref<DictObj>,
) -> Res<Vec<String>> {
    let types = class_attr(vm, class, "_field_types")?;
    let types = types.and_then(|t| t.downcast::<DictObj>());
    let mut missing = Vec::new();
    for key in items_of(fields) {
        if vm.dict_get(values, *key)?.is_some() {
            continue;
        }
        let ty = match types {
            Some(t) => vm.dict_get(t, *key)?,
            None => None,
        };
        if !ty.is_some_and(|t| t.is_kind(Kind::Union)) {
            missing.push(vm.display_repr(*key)?);
        }
    }
    missing.sort();
    Ok(missing)
}
