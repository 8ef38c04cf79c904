//! From the compiler's tree to node objects.

use super::classes::State;
use compiler::tree::{Field, Node, Place, Pos};
use runtime::{Res, Value, Vm};

/// The object of a node.
pub fn node(vm: &mut Vm, state: State, n: &Node) -> Res {
    vm.check_native_stack()?;
    let info = n.class.info();
    if info.fields.is_empty() && info.group.info().place == Place::None {
        return Ok(state.instance(n.class));
    }
    let obj = vm.new_instance(state.class(n.class))?;
    for (i, f) in n.fields.iter().enumerate() {
        let v = field(vm, state, f)?;
        vm.set_attr(obj, state.field_name(n.class, i), Some(v))?;
    }
    if info.group.info().place != Place::None {
        position(vm, state, obj, &n.pos)?;
    }
    Ok(obj)
}

fn position(vm: &mut Vm, state: State, obj: Value, p: &Pos) -> Res<()> {
    let values = [p.line, p.col, p.end_line, p.end_col];
    for (name, v) in state.position_names().into_iter().zip(values) {
        vm.set_attr(obj, name, Some(Value::int_unchecked(v.into())))?;
    }
    Ok(())
}

fn field(vm: &mut Vm, state: State, f: &Field) -> Res {
    match f {
        Field::None | Field::Unsupported(_) => Ok(Value::NONE),
        Field::Node(n) => node(vm, state, n),
        Field::Class(c) => Ok(state.instance(*c)),
        Field::List(items) => {
            let mut list = vm.new_vec();
            for item in items {
                let v = field(vm, state, item)?;
                list.push(vm, v)?;
            }
            vm.list_from_vec(list)
        }
        Field::Name(n) => Ok(vm.intern(n)),
        Field::Int(i) => Ok(Value::int_unchecked((*i).into())),
        Field::Const(c) => vm.load_const(c),
    }
}
