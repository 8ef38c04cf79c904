//! From source text to code objects, with SyntaxError as an exception.

use compiler::{Kind, Mode, Options, SyntaxError};
use runtime::code::CodeObj;
use runtime::object::*;
use runtime::{Raised, Res, Value, Vm};

/// Compiles source text for `vm`.
pub fn compile_text(
    vm: &mut Vm,
    source: &str,
    filename: &str,
    mode: Mode,
    options: &Options,
) -> Res<Ref<CodeObj>> {
    // A syntax tree takes about so many bytes for one of source text such as "a,a,a,a".
    vm.check_room(source.len().saturating_mul(64))?;
    let compiled = compiler::compile(source, filename, mode, options);
    load_compiled(vm, compiled, filename, source)
}

/// Makes the result of the compiler a code object, or an exception.
pub fn load_compiled(
    vm: &mut Vm,
    compiled: Result<compiler::Compiled, Box<SyntaxError>>,
    filename: &str,
    source: &str,
) -> Res<Ref<CodeObj>> {
    match compiled {
        Ok(c) => {
            for w in &c.warnings {
                issue_warning(vm, w, filename, source)?;
            }
            vm.load_code(c.code)
        }
        Err(e) => Err(raise_syntax_error(vm, &e, filename, source)),
    }
}

/// Issues a warning of the compiler; it becomes a SyntaxError when warnings are errors.
pub fn issue_warning(vm: &mut Vm, w: &compiler::Warning, filename: &str, source: &str) -> Res<()> {
    let class = vm.types.exc.SyntaxWarning;
    let r = vm.warn_explicit(class, &w.msg, filename, i64::from(w.lineno));
    if r.is_err() && vm.catch(class) {
        let line = usize::try_from(w.span.lineno - 1).unwrap_or(0);
        let in_file = std::path::Path::new(filename).is_file();
        let text = source
            .lines()
            .filter(|_| in_file)
            .nth(line)
            .map(|l| format!("{l}\n"));
        let e = SyntaxError::at(Kind::Syntax, w.msg_as_error.clone(), w.span, text);
        return Err(raise_syntax_error(vm, &e, filename, source));
    }
    r
}

/// Raises a SyntaxError (or subclass).
pub fn raise_syntax_error(vm: &mut Vm, e: &SyntaxError, filename: &str, source: &str) -> Raised {
    match make_syntax_error(vm, e, filename, source) {
        Ok(v) => vm.raise_here(v),
        Err(r) => r,
    }
}

fn make_syntax_error(vm: &mut Vm, e: &SyntaxError, filename: &str, source: &str) -> Res {
    let x = &vm.types.exc;
    let class = match e.kind {
        Kind::Syntax => x.SyntaxError,
        Kind::Indentation => x.IndentationError,
        Kind::Tab => x.TabError,
        Kind::Incomplete => x._IncompleteInputError,
        Kind::TooComplex => x.MemoryError,
        Kind::Value => x.ValueError,
        Kind::Recursion => x.RecursionError,
    };
    let msg = vm.new_str(&e.msg)?;
    let Some(span) = &e.span else {
        return vm.call_value(class.value(), &[msg]);
    };
    let file = if e.no_filename {
        Value::NONE
    } else {
        vm.new_str(filename)?
    };
    let text = match &e.text {
        Some(t) => vm.new_str(t)?,
        None => Value::NONE,
    };
    let n = |i: i64| Value::int_unchecked(i);
    let details = [
        file,
        n(span.lineno),
        n(span.offset),
        text,
        n(span.end_lineno),
        n(span.end_offset),
    ];
    let details = vm.new_tuple(&details)?;
    let error = vm.call_value(class.value(), &[msg, details])?;
    let searched = e.msg == "invalid syntax" || e.msg.contains("Perhaps you forgot a comma");
    if e.last_statement.is_some() || searched {
        let (line, column) = e.last_statement.unwrap_or((0, 0));
        // The source is not kept when it can be read again.
        let source = if std::path::Path::new(filename).is_file() {
            Value::NONE
        } else {
            vm.new_str(source)?
        };
        let metadata = vm.new_tuple(&[n(i64::from(line)), n(i64::from(column)), source])?;
        vm.set_attr_str(error, "_metadata", metadata)?;
    }
    Ok(error)
}
