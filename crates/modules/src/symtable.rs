//! `_symtable`: the compiler's symbol tables.

use crate::importer::compile::raise_syntax_error;
use crate::payloads::{payload, payload_type};
use compiler::scopes::{SCOPE_OFFSET, ScopeInfo};
use compiler::{Mode, Options};
use runtime::class::{TypeFlags, TypeSpec};
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Res, Value, Vm};
use std::cell::Cell;

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_symtable",
    doc: "",
    functions: &[functions::TABLE],
    init,
};

/// Flags, scopes and block types (CPython's pycore_symtable.h).
const CONSTANTS: &[(&str, i64)] = &[
    ("DEF_GLOBAL", 1),
    ("DEF_LOCAL", 2),
    ("DEF_PARAM", 4),
    ("DEF_NONLOCAL", 8),
    ("USE", 16),
    ("DEF_FREE_CLASS", 64),
    ("DEF_IMPORT", 128),
    ("DEF_ANNOT", 256),
    ("DEF_COMP_ITER", 512),
    ("DEF_TYPE_PARAM", 1024),
    ("DEF_COMP_CELL", 2048),
    ("DEF_BOUND", 134),
    ("SCOPE_OFF", SCOPE_OFFSET as i64),
    ("SCOPE_MASK", 15),
    ("LOCAL", 1),
    ("GLOBAL_EXPLICIT", 2),
    ("GLOBAL_IMPLICIT", 3),
    ("FREE", 4),
    ("CELL", 5),
    ("TYPE_FUNCTION", 0),
    ("TYPE_CLASS", 1),
    ("TYPE_MODULE", 2),
    ("TYPE_ANNOTATION", 3),
    ("TYPE_TYPE_ALIAS", 4),
    ("TYPE_TYPE_PARAMETERS", 5),
    ("TYPE_TYPE_VARIABLE", 6),
];

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    for (name, n) in CONSTANTS {
        vm.module_set(m, name, Value::int_unchecked(*n))?;
    }
    Ok(())
}

payload! {
    struct Entry {
        name: Cell<Value>,
        symbols: Cell<Value>,
        varnames: Cell<Value>,
        children: Cell<Value>,
        line: u32,
        block: u8,
        nested: bool,
    }
}

static ENTRY: TypeSpec = payload_type! {
    name: "symtable entry",
    flags: TypeFlags::NO_INSTANCES,
    tables: &[methods::TABLE],
};

fn entry<'a>(v: Value) -> &'a Entry {
    match v.payload::<Entry>() {
        Some(e) => e,
        None => unreachable!("the descriptor checked the type"),
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let name = vm.display(entry(this).name.get());
        let (id, line) = (this.bits(), entry(this).line);
        Ok(format!("<symtable entry {name}({id}), line {line}>"))
    }
    #[getter("id")]
    fn id(vm: &mut Vm, this: Value) -> Res {
        vm.new_int_u64(this.bits())
    }
    #[getter("name")]
    fn name(_: &mut Vm, this: Value) -> Res {
        Ok(entry(this).name.get())
    }
    #[getter("symbols")]
    fn symbols(_: &mut Vm, this: Value) -> Res {
        Ok(entry(this).symbols.get())
    }
    #[getter("varnames")]
    fn varnames(_: &mut Vm, this: Value) -> Res {
        Ok(entry(this).varnames.get())
    }
    #[getter("children")]
    fn children(_: &mut Vm, this: Value) -> Res {
        Ok(entry(this).children.get())
    }
    #[getter("nested")]
    fn nested(_: &mut Vm, this: Value) -> Res {
        Ok(Value::int_unchecked(entry(this).nested.into()))
    }
    #[getter("type")]
    fn block(_: &mut Vm, this: Value) -> Res {
        Ok(Value::int_unchecked(entry(this).block.into()))
    }
    #[getter("lineno")]
    fn line(_: &mut Vm, this: Value) -> Res {
        Ok(Value::int_unchecked(entry(this).line.into()))
    }
}

#[derive::natives]
mod functions {
    use super::*;

    /// Return symbol and scope dictionaries used internally by compiler.
    #[native("symtable($module, source, filename, startstr, /)")]
    fn symtable(vm: &mut Vm, _m: Value, source: Value, filename: Value, startstr: Value) -> Res {
        let filename = crate::builtins::code::file_name(vm, filename)?;
        if !startstr.is_kind(Kind::Str) {
            let got = vm.argument_kind(startstr);
            let text = format!("symtable() argument 3 must be str, not {got}");
            return Err(vm.type_error(&text));
        }
        let mode = match vm.display(startstr).as_str() {
            "exec" => Mode::Exec,
            "eval" => Mode::Eval,
            "single" => Mode::Single,
            _ => {
                let text = "symtable() arg 3 must be 'exec' or 'eval' or 'single'";
                return Err(vm.value_error(text));
            }
        };
        let text = crate::builtins::code::source_text(vm, source, "symtable() arg 1", &filename)?;
        match compiler::scopes::scopes(&text, &filename, mode, &Options::default()) {
            Ok(list) => make(vm, &list, 0),
            Err(e) => Err(raise_syntax_error(vm, &e, &filename, &text)),
        }
    }
}

fn strings(vm: &mut Vm, names: &[String]) -> Res {
    let mut list = vm.new_vec();
    for n in names {
        let n = vm.intern(n);
        list.push(vm, n)?;
    }
    vm.list_from_vec(list)
}

/// The entry of a scope and of those below it.
fn make(vm: &mut Vm, list: &[ScopeInfo], at: usize) -> Res {
    vm.check_native_stack()?;
    let info = &list[at];
    let mut children = vm.new_vec();
    for c in &info.children {
        let child = make(vm, list, *c)?;
        children.push(vm, child)?;
    }
    let children = vm.list_from_vec(children)?;
    let symbols = vm.new_dict()?;
    for (name, flags) in &info.symbols {
        vm.dict_set_str(symbols, name, Value::int_unchecked((*flags).into()))?;
    }
    let varnames = strings(vm, &info.parameters)?;
    let name = vm.new_str(&info.name)?;
    let class = vm.native_type(&ENTRY)?;
    vm.new_payload(
        class,
        Entry {
            name: Cell::new(name),
            symbols: Cell::new(symbols.value()),
            varnames: Cell::new(varnames),
            children: Cell::new(children),
            line: info.line,
            block: info.block,
            nested: info.nested,
        },
    )
}
