//! `compile`, `eval`, `exec`.

use crate::ast;
use crate::importer::compile;
use bytecode::CodeFlags;
use compiler::tree::{TreeMode, TreeOptions};
use compiler::{Mode, Options};
use runtime::code::CodeObj;
use runtime::object::*;
use runtime::{Raised, Res, Value, Vm};

// Bits of `compile`'s flags argument (Include/cpython/compile.h).
const DONT_IMPLY_DEDENT: i64 = 0x200;
const ONLY_AST: i64 = 0x400;
const TYPE_COMMENTS: i64 = 0x1000;
const TOP_LEVEL_AWAIT: i64 = 0x2000;
const INCOMPLETE_INPUT: i64 = 0x4000;
const OPTIMIZED_AST: i64 = 0x8000 | ONLY_AST;
const COMPILE_MASK: i64 = ONLY_AST
    | TOP_LEVEL_AWAIT
    | TYPE_COMMENTS
    | DONT_IMPLY_DEDENT
    | INCOMPLETE_INPUT
    | OPTIMIZED_AST;
/// `__future__` flags, and the obsolete CO_NESTED.
const FUTURE_MASK: i64 = 0x1fe_0000;
const NESTED: i64 = 0x10;

/// The `__future__` flags of the calling code.
fn inherited(vm: &Vm) -> CodeFlags {
    if vm.frame <= vm.frames_base {
        return CodeFlags::empty();
    }
    vm.code().flags & CodeFlags::from_bits_retain(FUTURE_MASK as u64)
}

/// The text of a source argument.
pub fn source_text(vm: &mut Vm, source: Value, what: &str, filename: &str) -> Res<String> {
    if let Some(s) = source.downcast::<StrObj>() {
        return match s.to_utf8() {
            Some(t) => Ok(t),
            None => vm.utf8(source),
        };
    }
    let bytes = match source.downcast::<BytesObj>() {
        Some(b) => b.as_slice().to_vec(),
        None if source.is_kind(Kind::ByteArray) || source.is_kind(Kind::MemoryView) => {
            let b = vm.call_value(vm.types.bytes.value(), &[source])?;
            b.downcast::<BytesObj>()
                .map(|b| b.as_slice().to_vec())
                .unwrap_or_default()
        }
        None => {
            return Err(vm.type_error(
                &format!("{what} must be a string, bytes or code object").replace(
                    "compile() arg 1 must be a string, bytes or code object",
                    "compile() arg 1 must be a string, bytes or AST object",
                ),
            ));
        }
    };
    match syntax::decode_source(&bytes, None) {
        Ok(t) => Ok(t),
        // (What is read from a file has the name in the message instead.)
        Err(e) => Err(compile::raise_syntax_error(
            vm,
            &syntax::SyntaxError {
                no_filename: false,
                ..e
            },
            filename,
            "",
        )),
    }
}

/// A file name argument: str, bytes or a path object.
pub fn file_name(vm: &mut Vm, v: Value) -> Res<String> {
    if v.is_kind(Kind::Str) {
        return Ok(vm.display(v));
    }
    if let Some(b) = v.downcast::<BytesObj>() {
        return Ok(String::from_utf8_lossy(b.as_slice()).into_owned());
    }
    match vm.special(v, vm.names.__fspath__) {
        Some(f) => {
            let p = vm.call_method_value(f, v, &[])?;
            Ok(vm.display(p))
        }
        None => {
            let got = vm.short_class_name(v);
            Err(vm.type_error(&format!(
                "expected str, bytes or os.PathLike object, not {got}"
            )))
        }
    }
}

fn options(vm: &Vm, flags: i64, dont_inherit: bool, optimize: i64) -> Options {
    let mut future = CodeFlags::from_bits_retain((flags & FUTURE_MASK) as u64);
    if !dont_inherit {
        future |= inherited(vm);
    }
    let optimize = match optimize {
        -1 => vm.interp().config.optimize,
        n => n as u8,
    };
    Options {
        optimize,
        future,
        top_level_await: flags & TOP_LEVEL_AWAIT != 0,
        allow_incomplete_input: flags & INCOMPLETE_INPUT != 0,
        dont_imply_dedent: flags & DONT_IMPLY_DEDENT != 0,
        max_int_digits: vm.interp().int_max_str_digits,
    }
}

/// Compiles the source argument of `eval` or `exec`.
fn compile_argument(vm: &mut Vm, source: Value, mode: Mode, what: &str) -> Res<Ref<CodeObj>> {
    let text = source_text(vm, source, what, "<string>")?;
    let text = match mode {
        Mode::Eval => text.trim_start_matches([' ', '\t']),
        _ => &text,
    };
    let opts = options(vm, 0, false, -1);
    compile::compile_text(vm, text, "<string>", mode, &opts)
}

fn is_mapping(vm: &mut Vm, v: Value) -> bool {
    v.is_kind(Kind::Dict) || vm.special(v, vm.names.__getitem__).is_some()
}

/// Globals and locals to run in.
fn scopes(
    vm: &mut Vm,
    globals: Option<Value>,
    locals: Option<Value>,
) -> Res<(Ref<DictObj>, Value)> {
    let locals = locals.filter(|l| !l.is_none());
    match globals.and_then(|g| g.downcast::<DictObj>()) {
        Some(g) => Ok((g, locals.unwrap_or(g.value()))),
        None => {
            let Some(g) = vm.globals() else {
                return Err(vm.system_error("globals and locals cannot be NULL"));
            };
            let locals = match locals {
                Some(l) => l,
                None => vm.locals()?,
            };
            Ok((g, locals))
        }
    }
}

fn run(vm: &mut Vm, code: Ref<CodeObj>, globals: Ref<DictObj>, locals: Value) -> Res {
    vm.exec_code(code, globals, locals)
}

fn bad_mode(vm: &mut Vm, mode: &str, ast: bool) -> Raised {
    if mode == "func_type" && !ast {
        return vm.value_error("compile() mode 'func_type' requires flag PyCF_ONLY_AST");
    }
    vm.value_error(if ast {
        "compile() mode must be 'exec', 'eval', 'single' or 'func_type'"
    } else {
        "compile() mode must be 'exec', 'eval' or 'single'"
    })
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// Compile source into a code object that can be executed by exec() or eval().
    ///
    /// The source code may represent a Python module, statement or expression.
    /// The filename will be used for run-time error messages.
    /// The mode must be 'exec' to compile a module, 'single' to compile a
    /// single (interactive) statement, or 'eval' to compile an expression.
    /// The flags argument, if present, controls which future statements influence
    /// the compilation of the code.
    /// The dont_inherit argument, if true, stops the compilation inheriting
    /// the effects of any future statements in effect in the code calling
    /// compile; if absent or false these statements do influence the compilation,
    /// in addition to any features explicitly specified.
    #[native(
        "compile($module, /, source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1)"
    )]
    fn compile(
        vm: &mut Vm,
        _m: Value,
        source: Value,
        filename: Value,
        mode: Value,
        flags: Option<i64>,
        dont_inherit: Option<bool>,
        optimize: Option<i64>,
        feature_version: Option<i64>,
    ) -> Res {
        let filename = file_name(vm, filename)?;
        if !mode.is_kind(Kind::Str) {
            let got = vm.argument_kind(mode);
            return Err(vm.type_error(&format!("compile() argument 'mode' must be str, not {got}")));
        }
        let mode = vm.display(mode);
        let flags = flags.unwrap_or(0);
        if flags & !(FUTURE_MASK | NESTED | COMPILE_MASK) != 0 {
            return Err(vm.value_error("compile(): unrecognised flags"));
        }
        let optimize = optimize.unwrap_or(-1);
        if !(-1..=2).contains(&optimize) {
            return Err(vm.value_error("compile(): invalid optimize value"));
        }
        let only_ast = flags & ONLY_AST != 0;
        let optimized = flags & OPTIMIZED_AST == OPTIMIZED_AST;
        let mode = match mode.as_str() {
            "exec" => TreeMode::Exec,
            "eval" => TreeMode::Eval,
            "single" => TreeMode::Single,
            "func_type" if only_ast => TreeMode::FuncType,
            other => return Err(bad_mode(vm, other, only_ast)),
        };
        let opts = options(vm, flags, dont_inherit.unwrap_or(false), optimize);
        let compile_mode = match mode {
            TreeMode::Eval => Mode::Eval,
            TreeMode::Single => Mode::Single,
            _ => Mode::Exec,
        };
        if ast::is_node(vm, source)? {
            return match (only_ast, optimized) {
                (true, false) => {
                    ast::check_mode(vm, source, mode)?;
                    Ok(source)
                }
                (true, true) => ast::reoptimize(vm, source, mode, opts.optimize),
                _ => Ok(ast::compile_tree(vm, source, &filename, compile_mode, &opts)?.value()),
            };
        }
        let text = source_text(vm, source, "compile() arg 1", &filename)?;
        if only_ast {
            let how = TreeOptions {
                type_comments: flags & TYPE_COMMENTS != 0,
                feature_version: feature_version.filter(|v| *v >= 0),
            };
            return ast::parse(vm, &text, &filename, mode, &opts, how, optimized);
        }
        Ok(compile::compile_text(vm, &text, &filename, compile_mode, &opts)?.value())
    }

    /// Evaluate the given source in the context of globals and locals.
    ///
    /// The source may be a string representing a Python expression
    /// or a code object as returned by compile().
    /// The globals must be a dictionary and locals can be any mapping,
    /// defaulting to the current globals and locals.
    /// If only globals is given, locals defaults to it.
    #[native("eval($module, source, /, globals=None, locals=None)")]
    fn eval(
        vm: &mut Vm,
        _m: Value,
        source: Value,
        globals: Option<Value>,
        locals: Option<Value>,
    ) -> Res {
        if let Some(l) = locals.filter(|l| !l.is_none())
            && !is_mapping(vm, l)
        {
            return Err(vm.type_error("locals must be a mapping"));
        }
        if let Some(g) = globals.filter(|g| !g.is_none())
            && !g.is_kind(Kind::Dict)
        {
            let text = if is_mapping(vm, g) {
                "globals must be a real dict; try eval(code, {}, mapping)"
            } else {
                "globals must be a dict"
            };
            return Err(vm.type_error(text));
        }
        let (g, l) = scopes(vm, globals, locals)?;
        let code = match source.downcast::<CodeObj>() {
            Some(c) => {
                if c.nfree > 0 {
                    return Err(vm.type_error(
                        "code object passed to eval() may not contain free variables",
                    ));
                }
                c
            }
            None => compile_argument(vm, source, Mode::Eval, "eval() arg 1")?,
        };
        run(vm, code, g, l)
    }

    /// Execute the given source in the context of globals and locals.
    ///
    /// The source may be a string representing one or more Python statements
    /// or a code object as returned by compile().
    /// The globals must be a dictionary and locals can be any mapping,
    /// defaulting to the current globals and locals.
    /// If only globals is given, locals defaults to it.
    /// The closure must be a tuple of cellvars, and can only be used
    /// when source is a code object requiring exactly that many cellvars.
    #[native("exec($module, source, /, globals=None, locals=None, *, closure=None)")]
    fn exec(
        vm: &mut Vm,
        _m: Value,
        source: Value,
        globals: Option<Value>,
        locals: Option<Value>,
        closure: Option<Value>,
    ) -> Res<()> {
        if let Some(g) = globals.filter(|g| !g.is_none() && !g.is_kind(Kind::Dict)) {
            let got = vm.class_name(g);
            return Err(vm.type_error(&format!("exec() globals must be a dict, not {got}")));
        }
        if let Some(l) = locals.filter(|l| !l.is_none())
            && !is_mapping(vm, l)
        {
            let got = vm.class_name(l);
            return Err(vm.type_error(&format!("locals must be a mapping or None, not {got}")));
        }
        let (g, l) = scopes(vm, globals, locals)?;
        let closure = closure.filter(|c| !c.is_none());
        let Some(code) = source.downcast::<CodeObj>() else {
            if closure.is_some() {
                return Err(vm.type_error("closure can only be used when source is a code object"));
            }
            let code = compile_argument(vm, source, Mode::Exec, "exec() arg 1")?;
            run(vm, code, g, l)?;
            return Ok(());
        };
        let n = code.nfree as usize;
        match closure {
            Some(_) if n == 0 => {
                return Err(vm.type_error("cannot use a closure with this code object"));
            }
            c if n > 0 => {
                let cells = c.and_then(|c| c.downcast::<TupleObj>());
                let fits = cells
                    .is_some_and(|t| t.len == n && t.items().iter().all(|c| c.is_kind(Kind::Cell)));
                if !fits {
                    return Err(vm.type_error(&format!(
                        "code object requires a closure of exactly length {n}"
                    )));
                }
            }
            _ => {}
        }
        vm.exec_code_closure(code, g, l, closure)?;
        Ok(())
    }
}
