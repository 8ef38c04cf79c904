//! `print` and `input`.

use crate::io;
use runtime::object::*;
use runtime::{Res, Value, Vm};

/// The string argument `name` of print; None when left out or None.
fn text_option(vm: &mut Vm, v: Option<Value>, name: &str) -> Res<Option<Value>> {
    match v {
        None | Some(Value::NONE) => Ok(None),
        Some(v) if v.is_kind(Kind::Str) => Ok(Some(v)),
        Some(v) => {
            let got = vm.class_name(v);
            Err(vm.type_error(&format!("{name} must be None or a string, not {got}")))
        }
    }
}

/// Where print writes: an exact TextIOWrapper directly, others by their `write`.
struct Out {
    file: Value,
    fast: bool,
}

impl Out {
    fn write(&self, vm: &mut Vm, s: Value) -> Res<()> {
        if self.fast && io::write_fast(vm, self.file, s)? {
            return Ok(());
        }
        vm.call_method(self.file, vm.names.write, &[s]).map(|_| ())
    }
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// Prints the values to a stream, or to sys.stdout by default.
    ///
    /// sep
    ///   string inserted between values, default a space.
    /// end
    ///   string appended after the last value, default a newline.
    /// file
    ///   a file-like object (stream); defaults to the current sys.stdout.
    /// flush
    ///   whether to forcibly flush the stream.
    #[native("print($module, /, *args, sep=' ', end='\\n', file=None, flush=False)")]
    fn print(
        vm: &mut Vm,
        _m: Value,
        sep: Option<Value>,
        end: Option<Value>,
        file: Option<Value>,
        flush: Option<bool>,
        args: Value,
    ) -> Res<()> {
        let file = match file {
            None | Some(Value::NONE) => match vm.sys_attr("stdout") {
                Some(Value::NONE) => return Ok(()),
                Some(f) => f,
                None => return Err(vm.runtime_error("lost sys.stdout")),
            },
            Some(f) => f,
        };
        let sep = text_option(vm, sep, "sep")?;
        let end = text_option(vm, end, "end")?;
        let out = Out {
            file,
            fast: file.is_kind(Kind::Payload),
        };
        // The tuple of arguments is not visible to anybody else.
        let n = vm.len(args)?;
        for i in 0..n {
            if i > 0 {
                let s = sep.unwrap_or(vm.new_char(' ' as u32)?);
                out.write(vm, s)?;
            }
            let Some(v) = args.downcast::<TupleObj>().map(|t| t.items()[i]) else {
                break;
            };
            let s = if v.is_exact(Kind::Str) {
                v
            } else {
                vm.str_of(v)?
            };
            out.write(vm, s)?;
        }
        let s = end.unwrap_or(vm.new_char('\n' as u32)?);
        out.write(vm, s)?;
        if flush.unwrap_or(false) {
            vm.call_method(file, vm.names.flush, &[])?;
        }
        Ok(())
    }

    /// Read a string from standard input.  The trailing newline is stripped.
    ///
    /// The prompt string, if given, is printed to standard output without a
    /// trailing newline before reading input.
    ///
    /// If the user hits EOF (*nix: Ctrl-D, Windows: Ctrl-Z+Return), raise EOFError.
    /// On *nix systems, readline is used if available.
    #[native("input($module, prompt='', /)")]
    fn input(vm: &mut Vm, _m: Value, prompt: Option<Value>) -> Res {
        let stream = |vm: &mut Vm, name: &str| match vm.sys_attr(name) {
            Some(v) if !v.is_none() => Ok(v),
            _ => Err(vm.runtime_error(&format!("input(): lost sys.{name}"))),
        };
        let stdin = stream(vm, "stdin")?;
        let stdout = stream(vm, "stdout")?;
        let stderr = stream(vm, "stderr")?;
        if vm.call_method(stderr, vm.names.flush, &[]).is_err() {
            vm.raised = None;
        }
        if let Some(p) = prompt {
            let s = vm.str_of(p)?;
            vm.call_method(stdout, vm.names.write, &[s])?;
        }
        if vm.call_method(stdout, vm.names.flush, &[]).is_err() {
            vm.raised = None;
        }
        let line = vm.call_method(stdin, vm.names.readline, &[])?;
        let Some(s) = line.downcast::<StrObj>() else {
            return Err(vm.type_error("object.readline() returned non-string"));
        };
        if s.len == 0 {
            return Err(vm.eof_error("EOF when reading a line"));
        }
        let units = s.units();
        if units.get(units.len() - 1) == '\n' as u32 {
            return vm.new_str_units(units.slice(0..units.len() - 1));
        }
        Ok(line)
    }
}
