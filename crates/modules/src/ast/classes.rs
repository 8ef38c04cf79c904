//! The node classes, made from the grammar.

use super::base;
use compiler::tree::grammar::{ClassInfo, FieldInfo};
use compiler::tree::{CLASSES, Class, Count, GROUPS, Group, Place, Type};
use runtime::class::{TypeFlags, TypeObj};
use runtime::object::*;
use runtime::{Res, Value, Vm};
use std::sync::LazyLock;

/// Names of the attributes that say where a node stands.
pub const POSITION: [&str; 4] = ["lineno", "col_offset", "end_lineno", "end_col_offset"];

/// Where the state's tuple has what: AST, the groups, the classes, an instance of each class
/// without fields (else None), the names of the position attributes, the names of all fields.
const GROUP_AT: usize = 1;
static CLASS_AT: LazyLock<usize> = LazyLock::new(|| GROUP_AT + GROUPS.len());
static INSTANCE_AT: LazyLock<usize> = LazyLock::new(|| *CLASS_AT + CLASSES.len());
static POSITION_AT: LazyLock<usize> = LazyLock::new(|| *INSTANCE_AT + CLASSES.len());
/// Where the names of each class's fields begin.
static FIELDS_AT: LazyLock<Vec<usize>> = LazyLock::new(|| {
    let mut at = *POSITION_AT + POSITION.len();
    CLASSES
        .iter()
        .map(|c| {
            at += c.info().fields.len();
            at - c.info().fields.len()
        })
        .collect()
});

/// The node classes of the interpreter.
#[derive(Clone, Copy)]
pub struct State(Ref<TupleObj>);

static KEY: u8 = 1;

impl State {
    /// The classes, made at the first use.
    pub fn get(vm: &mut Vm) -> Res<State> {
        let key = &raw const KEY as usize;
        if let Some(t) = vm.interp().module_state.get(&key)
            && let Some(t) = t.downcast::<TupleObj>()
        {
            return Ok(State(t));
        }
        let made = make(vm)?;
        vm.interp().module_state.insert(key, made.value());
        Ok(State(made))
    }

    fn class_at(self, i: usize) -> Ref<TypeObj> {
        match self.0.items()[i].downcast::<TypeObj>() {
            Some(c) => c,
            None => unreachable!("the state begins with classes"),
        }
    }

    /// `ast.AST`.
    pub fn base(self) -> Ref<TypeObj> {
        self.class_at(0)
    }

    /// The class of a node.
    pub fn class(self, c: Class) -> Ref<TypeObj> {
        self.class_at(*CLASS_AT + c as usize)
    }

    /// The class of a nonterminal.
    pub fn group(self, g: Group) -> Ref<TypeObj> {
        self.class_at(GROUP_AT + g as usize)
    }

    /// The only node that parsing makes of a class without fields.
    pub fn instance(self, c: Class) -> Value {
        self.0.items()[*INSTANCE_AT + c as usize]
    }

    /// The names of the position attributes.
    pub fn position_names(self) -> [Value; 4] {
        std::array::from_fn(|i| self.0.items()[*POSITION_AT + i])
    }

    /// The name of a field.
    pub fn field_name(self, c: Class, i: usize) -> Value {
        self.0.items()[FIELDS_AT[c as usize] + i]
    }

    /// All classes but AST by name.
    pub fn named(self) -> impl Iterator<Item = (&'static str, Ref<TypeObj>)> {
        let groups = GROUPS.iter().filter(|g| !g.info().product);
        groups
            .map(move |g| (g.info().name, self.group(*g)))
            .chain(CLASSES.iter().map(move |c| (c.name(), self.class(*c))))
    }
}

fn make(vm: &mut Vm) -> Res<Ref<TupleObj>> {
    let base = vm.native_type(&base::SPEC)?;
    base.flags.set(base.flags.get() - TypeFlags::IMMUTABLE);
    for name in ["_fields", "_attributes", "__match_args__"] {
        let empty = vm.new_tuple(&[])?;
        vm.set_attr_str(base.value(), name, empty)?;
    }
    let mut all = vm.new_vec();
    all.push(vm, base.value())?;
    let mut classes = vm.new_vec();
    for g in GROUPS {
        let info = g.info();
        if info.product {
            let class = subclass(
                vm,
                base,
                info.classes[0].name(),
                Some(info.classes[0]),
                info.place,
            )?;
            all.push(vm, class)?;
            classes.push(vm, class)?;
            continue;
        }
        let group = subclass(vm, base, info.name, None, info.place)?;
        let doc = vm.new_str(&group_doc(*g))?;
        vm.set_attr_str(group, "__doc__", doc)?;
        all.push(vm, group)?;
        for c in info.classes {
            let Some(parent) = group.downcast::<TypeObj>() else {
                return Err(vm.type_error("a node class is needed"));
            };
            let class = subclass(vm, parent, c.name(), Some(*c), Place::None)?;
            classes.push(vm, class)?;
        }
    }
    all.extend(vm, &classes)?;
    for (i, c) in CLASSES.iter().enumerate() {
        let lone = c.info().fields.is_empty() && c.info().group.info().place == Place::None;
        let instance = match classes[i].downcast::<TypeObj>() {
            Some(class) if lone => vm.new_instance(class)?,
            _ => Value::NONE,
        };
        all.push(vm, instance)?;
    }
    for name in POSITION {
        let name = vm.intern(name);
        all.push(vm, name)?;
    }
    for f in CLASSES.iter().flat_map(|c| c.info().fields) {
        let name = vm.intern(f.name);
        all.push(vm, name)?;
    }
    let all = vm.new_tuple(&all)?;
    let Some(all) = all.downcast::<TupleObj>() else {
        return Err(vm.type_error("a tuple is needed"));
    };
    for c in CLASSES {
        set_field_types(vm, State(all), *c)?;
    }
    Ok(all)
}

fn subclass(
    vm: &mut Vm,
    base: Ref<TypeObj>,
    name: &str,
    class: Option<Class>,
    place: Place,
) -> Res {
    let ns = vm.new_dict()?;
    let module = vm.new_str("ast")?;
    vm.dict_set_str(ns, "__module__", module)?;
    let fields = class.map_or(&[][..], |c| c.info().fields);
    let mut names = vm.new_vec();
    for f in fields {
        let name = vm.intern(f.name);
        names.push(vm, name)?;
    }
    let names = vm.new_tuple(&names)?;
    vm.dict_set_str(ns, "_fields", names)?;
    vm.dict_set_str(ns, "__match_args__", names)?;
    if class.is_none() || place != Place::None || base.name_str() == "AST" {
        let list = if place == Place::None {
            &[][..]
        } else {
            &POSITION
        };
        let mut names = vm.new_vec();
        for n in list {
            let name = vm.intern(n);
            names.push(vm, name)?;
        }
        let names = vm.new_tuple(&names)?;
        vm.dict_set_str(ns, "_attributes", names)?;
    }
    if place == Place::OpenEnd {
        vm.dict_set_str(ns, "end_lineno", Value::NONE)?;
        vm.dict_set_str(ns, "end_col_offset", Value::NONE)?;
    }
    if let Some(c) = class {
        let doc = vm.new_str(&class_doc(c.info()))?;
        vm.dict_set_str(ns, "__doc__", doc)?;
    }
    let name = vm.new_str(name)?;
    let bases = vm.new_tuple(&[base.value()])?;
    vm.call_value(vm.types.type_.value(), &[name, bases, ns.value()])
}

/// `_field_types`, and None as the default of optional fields.
fn set_field_types(vm: &mut Vm, state: State, c: Class) -> Res<()> {
    let class = state.class(c).value();
    let types = vm.new_dict()?;
    for f in c.info().fields {
        let plain = match f.ty {
            Type::Identifier | Type::String => vm.types.str.value(),
            Type::Int => vm.types.int.value(),
            Type::Constant => vm.types.object.value(),
            Type::Node(g) => state.group(g).value(),
        };
        let ty = match f.count {
            Count::One => plain,
            Count::Opt => {
                vm.set_attr_str(class, f.name, Value::NONE)?;
                vm.binary(runtime::ops::BinOp::Or, plain, Value::NONE)?
            }
            Count::List | Count::OptList => vm.get_item(vm.types.list.value(), plain)?,
        };
        vm.dict_set_str(types, f.name, ty)?;
    }
    vm.set_attr_str(class, "_field_types", types.value())?;
    vm.set_attr_str(class, "__annotations__", types.value())
}

fn field_doc(f: &FieldInfo) -> String {
    let mark = match f.count {
        Count::One => "",
        Count::Opt => "?",
        Count::List => "*",
        Count::OptList => "?*",
    };
    format!("{}{mark} {}", f.ty.name(), f.name)
}

fn class_doc(c: &ClassInfo) -> String {
    if c.fields.is_empty() {
        return c.name.to_string();
    }
    let fields: Vec<String> = c.fields.iter().map(field_doc).collect();
    format!("{}({})", c.name, fields.join(", "))
}

/// All alternatives: on a line each, unless they are mere names.
fn group_doc(g: Group) -> String {
    let info = g.info();
    let docs: Vec<String> = info.classes.iter().map(|c| class_doc(c.info())).collect();
    let simple = info.classes.iter().all(|c| c.info().fields.is_empty());
    let between = if simple {
        " | ".to_string()
    } else {
        format!("\n{}| ", " ".repeat(info.name.len() + 1))
    };
    format!("{} = {}", info.name, docs.join(&between))
}
