//! repr() of nodes: at most three levels deep, long lists shortened to their ends.

use super::classes::State;
use crate::itertools::items_of;
use runtime::{Res, Value, Vm};

const DEPTH: u32 = 3;

/// repr() of a node.
pub fn repr(vm: &mut Vm, node: Value) -> Res {
    let mut out = text::StrBuf::new();
    show(vm, node, DEPTH, &mut out)?;
    vm.new_str_owned(&out.finish())
}

fn show(vm: &mut Vm, node: Value, depth: u32, out: &mut text::StrBuf) -> Res<()> {
    let name = vm.short_class_name(node);
    if depth == 0 {
        out.push_str(&format!("{name}(...)"));
        return Ok(());
    }
    if !vm.repr_enter(node) {
        out.push_str(&format!("{name}(...)"));
        return Ok(());
    }
    let r = fields(vm, node, &name, depth, out);
    vm.repr_leave(node);
    r
}

fn fields(vm: &mut Vm, node: Value, name: &str, depth: u32, out: &mut text::StrBuf) -> Res<()> {
    let class = vm.class_of(node).value();
    let names = vm.get_attr_str(class, "_fields")?;
    let names = vm.call_value(vm.types.tuple.value(), &[names])?;
    out.push_str(name);
    out.push_str("(");
    for (i, field) in items_of(names).iter().enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        let field = vm.intern_value(*field);
        out.push_str(&format!("{}=", vm.display(field)));
        let v = vm.get_attr(node, field)?;
        let items = vm.is_instance_of(v, vm.types.list) || vm.is_instance_of(v, vm.types.tuple);
        if items {
            list(vm, v, depth, out)?;
        } else {
            value(vm, v, depth, out)?;
        }
    }
    out.push_str(")");
    Ok(())
}

fn value(vm: &mut Vm, v: Value, depth: u32, out: &mut text::StrBuf) -> Res<()> {
    let base = State::get(vm)?.base();
    if vm.is_instance_of(v, base) {
        return show(vm, v, depth - 1, out);
    }
    vm.push_repr(out, v)
}

fn list(vm: &mut Vm, list: Value, depth: u32, out: &mut text::StrBuf) -> Res<()> {
    let (open, close) = if vm.is_instance_of(list, vm.types.list) {
        ("[", "]")
    } else {
        ("(", ")")
    };
    out.push_str(open);
    let items = vm.call_value(vm.types.tuple.value(), &[list])?;
    let items = items_of(items);
    if let [first, .., last] = items {
        value(vm, *first, depth, out)?;
        out.push_str(if items.len() > 2 { ", ..., " } else { ", " });
        value(vm, *last, depth, out)?;
    } else if let [only] = items {
        value(vm, *only, depth, out)?;
    }
    out.push_str(close);
    Ok(())
}
