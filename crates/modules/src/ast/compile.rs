//! The part of `compile` that reads or makes trees of node objects.

use super::build;
use super::classes::State;
use super::read::Reader;
use crate::importer::compile::{issue_warning, load_compiled, raise_syntax_error};
use compiler::tree::{self, Field, Group, Invalid, Node, TreeMode, TreeOptions};
use compiler::{Mode, Options};
use runtime::code::CodeObj;
use runtime::object::*;
use runtime::{Res, Value, Vm};

/// Whether an object is a node.
pub fn is_node(vm: &mut Vm, v: Value) -> Res<bool> {
    if !v.is_kind(Kind::Instance) {
        return Ok(false);
    }
    let base = State::get(vm)?.base();
    Ok(vm.is_instance_of(v, base))
}

/// Parses source text into node objects; `optimized`: as PyCF_OPTIMIZED_AST.
pub fn parse(
    vm: &mut Vm,
    source: &str,
    filename: &str,
    mode: TreeMode,
    options: &Options,
    how: TreeOptions,
    optimized: bool,
) -> Res {
    match tree::parse_tree(source, mode, options, how) {
        Ok((mut node, warnings)) => {
            for w in &warnings {
                issue_warning(vm, w, filename, source)?;
            }
            if optimized {
                tree::optimize(&mut node, options.optimize);
            }
            let state = State::get(vm)?;
            build::node(vm, state, &node)
        }
        Err(e) => Err(raise_syntax_error(vm, &e, filename, source)),
    }
}

/// Refuses a node that is not the module node that a mode wants.
pub fn check_mode(vm: &mut Vm, v: Value, mode: TreeMode) -> Res<()> {
    let state = State::get(vm)?;
    let class = match mode {
        TreeMode::Exec => tree::Class::Module,
        TreeMode::Eval => tree::Class::Expression,
        TreeMode::Single => tree::Class::Interactive,
        TreeMode::FuncType => tree::Class::FunctionType,
    };
    if !vm.is_instance_of(v, state.class(class)) {
        let got = vm.short_class_name(v);
        let text = format!("expected {} node, got {got}", class.name());
        return Err(vm.type_error(&text));
    }
    Ok(())
}

/// The tree of a module node of the class that a mode wants.
fn read(vm: &mut Vm, v: Value, mode: TreeMode) -> Res<Node> {
    check_mode(vm, v, mode)?;
    let state = State::get(vm)?;
    let mut reader = Reader { state, depth: 0 };
    match reader.node(vm, v, Group::Mod)? {
        Field::Node(n) => Ok(*n),
        _ => Err(vm.type_error("a module node is needed")),
    }
}

fn validated(vm: &mut Vm, node: &Node) -> Res<()> {
    match tree::validate(node) {
        Ok(()) => Ok(()),
        Err(Invalid::Value(text)) => Err(vm.value_error(&text)),
        Err(Invalid::Type(text)) => Err(vm.type_error(&text)),
    }
}

/// Compiles a tree of node objects.
pub fn compile_tree(
    vm: &mut Vm,
    v: Value,
    filename: &str,
    mode: Mode,
    options: &Options,
) -> Res<Ref<CodeObj>> {
    let tree_mode = match mode {
        Mode::Exec => TreeMode::Exec,
        Mode::Eval => TreeMode::Eval,
        Mode::Single => TreeMode::Single,
    };
    let node = read(vm, v, tree_mode)?;
    validated(vm, &node)?;
    let compiled = compiler::compile_tree(&node, filename, mode, options);
    load_compiled(vm, compiled, filename, "")
}

/// The optimized copy of a tree of node objects.
pub fn reoptimize(vm: &mut Vm, v: Value, mode: TreeMode, level: u8) -> Res {
    let mut node = read(vm, v, mode)?;
    validated(vm, &node)?;
    tree::optimize(&mut node, level);
    let state = State::get(vm)?;
    build::node(vm, state, &node)
}
