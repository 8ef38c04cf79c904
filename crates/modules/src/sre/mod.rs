//! `_sre`, the native part of `re`.

mod build;
mod chars;
mod engine;
mod first;
mod matches;
mod node;
mod op;
mod pattern;
mod program;
mod repeat;
mod scanner;
mod search;
mod set;
mod subject;
mod template;

use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_sre",
    doc: "",
    functions: &[functions::TABLE],
    init,
};

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    let copyright = vm.new_str(" SRE 2.2.2 Copyright (c) 1997-2002 by Secret Labs AB ")?;
    for (name, v) in [
        ("MAGIC", Value::int_unchecked(20230612)),
        ("CODESIZE", Value::int_unchecked(4)),
        ("MAXREPEAT", Value::int_unchecked(u32::MAX as i64)),
        ("MAXGROUPS", Value::int_unchecked(1073741823)),
        ("copyright", copyright),
    ] {
        vm.module_set(m, name, v)?;
    }
    Ok(())
}

fn character(vm: &mut Vm, v: Value) -> Res<u32> {
    let n = vm.index_i64(v)?;
    match i32::try_from(n) {
        Ok(n) => Ok(n as u32),
        Err(_) => Err(vm.overflow_error("Python int too large to convert to C int")),
    }
}

#[derive::natives]
mod functions {
    use super::*;

    #[native("getcodesize($module, /)")]
    fn getcodesize(_: &mut Vm, _m: Value) -> Res<i64> {
        Ok(4)
    }
    #[native("ascii_iscased($module, character, /)")]
    fn ascii_iscased(vm: &mut Vm, _m: Value, c: Value) -> Res<bool> {
        let c = character(vm, c)?;
        Ok(c < 128 && (c as u8).is_ascii_alphabetic())
    }
    #[native("unicode_iscased($module, character, /)")]
    fn unicode_iscased(vm: &mut Vm, _m: Value, c: Value) -> Res<bool> {
        let c = character(vm, c)?;
        Ok(chars::lower_uni(c) != c || chars::upper_uni(c) != c)
    }
    #[native("ascii_tolower($module, character, /)")]
    fn ascii_tolower(vm: &mut Vm, _m: Value, c: Value) -> Res<i64> {
        Ok(chars::lower_ascii(character(vm, c)?) as i64)
    }
    #[native("unicode_tolower($module, character, /)")]
    fn unicode_tolower(vm: &mut Vm, _m: Value, c: Value) -> Res<i64> {
        Ok(chars::lower_uni(character(vm, c)?) as i64)
    }
    #[native("compile($module, /, pattern, flags, code, groups, groupindex, indexgroup)")]
    fn compile(
        vm: &mut Vm,
        _m: Value,
        source: Value,
        flags: i64,
        code: Value,
        groups: isize,
        groupindex: Value,
        indexgroup: Value,
    ) -> Res {
        pattern::compile(vm, source, flags, code, groups, groupindex, indexgroup)
    }
    ///
    ///
    ///   template
    ///     A list containing interleaved literal strings (str or bytes) and group
    ///     indices (int), as returned by re._parser.parse_template():
    ///         [literal1, group1, ..., literalN, groupN]
    #[native("template($module, pattern, template, /)")]
    fn template(vm: &mut Vm, _m: Value, source: Value, parts: Value) -> Res {
        template::make(vm, source, parts)
    }
}
