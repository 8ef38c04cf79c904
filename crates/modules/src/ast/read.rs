//! From node objects to the compiler's tree, with the errors of CPython's generated `obj2ast`
//! functions.

use super::classes::State;
use bytecode::Const;
use compiler::tree::grammar::FieldInfo;
use compiler::tree::{Class, Count, Field, Group, Node, Place, Pos, Type};
use runtime::object::*;
use runtime::{Res, Value, Vm, dict};
use syntax::ast::name::Name;

/// Nodes inside nodes beyond which reading stops: the compiler walks the tree by recursion.
const MAX_DEPTH: u32 = 26_000;

/// A reading in progress.
pub struct Reader {
    pub state: State,
    pub depth: u32,
}

impl Reader {
    /// The node that an object of a group is; None if the object is None.
    pub fn node(&mut self, vm: &mut Vm, obj: Value, group: Group) -> Res<Field> {
        if obj.is_none() {
            return Ok(Field::None);
        }
        let name = group.info().name;
        self.depth += 1;
        if self.depth > MAX_DEPTH || vm.check_native_stack().is_err() {
            let text = format!("maximum recursion depth exceeded while traversing '{name}' node");
            return Err(vm.error(vm.types.exc.RecursionError, &text));
        }
        let pos = match group.info().place {
            Place::None => Pos::default(),
            place => self.position(vm, obj, name, place)?,
        };
        let Some(class) = self.class_of(vm, obj, group) else {
            let shown = vm.display_repr(obj)?;
            let text = format!("expected some sort of {name}, but got {shown}");
            return Err(vm.type_error(&text));
        };
        let lone = class.info().fields.is_empty() && group.info().place == Place::None;
        let field = if lone {
            Field::Class(class)
        } else {
            self.fields(vm, obj, class, pos)?.into()
        };
        self.depth -= 1;
        Ok(field)
    }

    /// Which class of a group an object belongs to.
    fn class_of(&self, vm: &Vm, obj: Value, group: Group) -> Option<Class> {
        let class = vm.class_of(obj);
        let classes = group.info().classes;
        if group.info().product {
            // Products are not checked: the fields are what counts.
            return Some(classes[0]);
        }
        let exact = classes.iter().find(|c| self.state.class(**c) == class);
        let derived = || {
            classes
                .iter()
                .find(|c| class.is_subtype(self.state.class(**c)))
        };
        exact.or_else(derived).copied()
    }

    fn position(&self, vm: &mut Vm, obj: Value, owner: &str, place: Place) -> Res<Pos> {
        let [line, col, end_line, end_col] = self.state.position_names();
        let required = |vm: &mut Vm, name: Value| match vm.get_attr_opt(obj, name)? {
            Some(v) => int(vm, v),
            None => {
                let name = vm.display(name);
                Err(missing(vm, &name, owner))
            }
        };
        let end = |vm: &mut Vm, name: Value, start: i32| match place {
            Place::Full => required(vm, name),
            _ => match vm.get_attr_opt(obj, name)? {
                Some(v) if !v.is_none() => int(vm, v),
                _ => Ok(start),
            },
        };
        let (line, col) = (required(vm, line)?, required(vm, col)?);
        Ok(Pos {
            line,
            col,
            end_line: end(vm, end_line, line)?,
            end_col: end(vm, end_col, col)?,
        })
    }

    fn fields(&mut self, vm: &mut Vm, obj: Value, class: Class, pos: Pos) -> Res<Node> {
        let mut fields = Vec::new();
        for (i, f) in class.info().fields.iter().enumerate() {
            let value = vm.get_attr_opt(obj, self.state.field_name(class, i))?;
            fields.push(self.field(vm, value, f, class)?);
        }
        for (field, f) in fields.iter().zip(class.info().fields) {
            let needed = f.count == Count::One && !matches!(f.ty, Type::Int | Type::Constant);
            if needed && field.is_none() {
                let text = format!("field '{}' is required for {}", f.name, class.name());
                return Err(vm.value_error(&text));
            }
        }
        Ok(Node { class, pos, fields })
    }

    fn field(
        &mut self,
        vm: &mut Vm,
        value: Option<Value>,
        f: &FieldInfo,
        class: Class,
    ) -> Res<Field> {
        match (f.count, value) {
            (Count::One, None) => Err(missing(vm, f.name, class.name())),
            (Count::Opt, None | Some(Value::NONE)) => Ok(Field::None),
            (Count::One | Count::Opt, Some(v)) => self.item(vm, v, f.ty),
            (Count::List | Count::OptList, None) => Ok(Field::List(Vec::new())),
            (Count::List | Count::OptList, Some(v)) => self.list(vm, v, f, class),
        }
    }

    fn list(&mut self, vm: &mut Vm, v: Value, f: &FieldInfo, class: Class) -> Res<Field> {
        let (owner, name) = (class.name(), f.name);
        let Some(list) = v.downcast::<ListObj>() else {
            let got = vm.short_class_name(v);
            let text = format!("{owner} field \"{name}\" must be a list, not a {got}");
            return Err(vm.type_error(&text));
        };
        let n = list.items_now().len();
        let mut out = Vec::with_capacity(n);
        for i in 0..n {
            let item = list.items_now().get(i).copied();
            let item = item.filter(|_| list.items_now().len() == n);
            let Some(item) = item else {
                let text = format!("{owner} field \"{name}\" changed size during iteration");
                return Err(vm.runtime_error(&text));
            };
            out.push(self.item(vm, item, f.ty)?);
        }
        if list.items_now().len() != n {
            let text = format!("{owner} field \"{name}\" changed size during iteration");
            return Err(vm.runtime_error(&text));
        }
        Ok(Field::List(out))
    }

    fn item(&mut self, vm: &mut Vm, v: Value, ty: Type) -> Res<Field> {
        match ty {
            Type::Node(g) => self.node(vm, v, g),
            Type::Int => int(vm, v).map(Field::Int),
            Type::Constant => constant(vm, v).map(|c| match c {
                Ok(c) => Field::Const(c),
                Err(class) => Field::Unsupported(class),
            }),
            Type::Identifier if v.is_none() => Ok(Field::None),
            Type::Identifier if v.is_exact(Kind::Str) => {
                let text = vm.utf8(v)?;
                if matches!(text.as_str(), "None" | "True" | "False") {
                    let text = format!("identifier field can't represent '{text}' constant");
                    return Err(vm.value_error(&text));
                }
                Ok(Field::Name(Name::new(text)))
            }
            Type::Identifier => Err(vm.type_error("AST identifier must be of type str")),
            Type::String if v.is_exact(Kind::Str) || v.is_exact(Kind::Bytes) => {
                constant(vm, v).map(|c| c.map_or(Field::None, Field::Const))
            }
            Type::String if v.is_none() => Ok(Field::None),
            Type::String => Err(vm.type_error("AST string must be of type str")),
        }
    }
}

fn missing(vm: &mut Vm, field: &str, owner: &str) -> runtime::Raised {
    vm.type_error(&format!("required field \"{field}\" missing from {owner}"))
}

fn int(vm: &mut Vm, v: Value) -> Res<i32> {
    if !vm.is_int(v) {
        let shown = vm.display_repr(v)?;
        return Err(vm.value_error(&format!("invalid integer value: {shown}")));
    }
    let small = vm.int_to_i64(v).and_then(|i| i32::try_from(i).ok());
    match small {
        Some(i) => Ok(i),
        None => Err(vm.overflow_error("Python int too large to convert to C int")),
    }
}

/// The constant that an object is, or the name of the class that none can have.
pub fn constant(vm: &mut Vm, v: Value) -> Res<Result<Const, String>> {
    vm.check_native_stack()?;
    Ok(Ok(match v {
        Value::NONE => Const::None,
        Value::ELLIPSIS => Const::Ellipsis,
        _ if v.is_bool() => Const::Bool(v.is_true()),
        _ => {
            if let Some(f) = v.as_float() {
                Const::Float(f)
            } else if v.is_small_int() || v.is_exact(Kind::Int) {
                integer(vm, v)
            } else if let Some(c) = v
                .downcast::<ComplexObj>()
                .filter(|_| v.is_exact(Kind::Complex))
            {
                Const::Complex(c.re, c.im)
            } else if let Some(s) = v.downcast::<StrObj>().filter(|_| v.is_exact(Kind::Str)) {
                match s.to_utf8() {
                    Some(t) => Const::Str(t),
                    None => {
                        let n = s.units().len();
                        Const::StrPoints((0..n).map(|i| s.units().get(i)).collect())
                    }
                }
            } else if let Some(b) = v.downcast::<BytesObj>().filter(|_| v.is_exact(Kind::Bytes)) {
                Const::Bytes(b.as_slice().to_vec())
            } else {
                return collection(vm, v);
            }
        }
    }))
}

fn integer(vm: &Vm, v: Value) -> Const {
    match (vm.int_to_i64(v), v.downcast::<IntObj>()) {
        (None, Some(i)) => Const::BigInt {
            negative: vm.int_is_negative(v),
            limbs: i.limbs().to_vec(),
        },
        (small, _) => Const::Int(small.unwrap_or(0)),
    }
}

fn collection(vm: &mut Vm, v: Value) -> Res<Result<Const, String>> {
    let mut out = Vec::new();
    if let Some(t) = v.downcast::<TupleObj>().filter(|_| v.is_exact(Kind::Tuple)) {
        for item in t.items() {
            match constant(vm, *item)? {
                Ok(c) => out.push(c),
                Err(class) => return Ok(Err(class)),
            }
        }
        return Ok(Ok(Const::Tuple(out)));
    }
    if let Some(s) = v
        .downcast::<SetObj>()
        .filter(|_| v.is_exact(Kind::FrozenSet))
    {
        let mut i = 0;
        while let Some((at, e)) = dict::next_entry(s, i) {
            i = at + 1;
            let Some(key) = e.key else { continue };
            match constant(vm, key)? {
                Ok(c) => out.push(c),
                Err(class) => return Ok(Err(class)),
            }
        }
        return Ok(Ok(Const::FrozenSet(out)));
    }
    Ok(Err(vm.class_name(v)))
}
