//! Raising, matching and printing exceptions as C does.

use runtime::class::TypeObj;
use runtime::object::*;
use runtime::traceback_print::source_line;
use runtime::{Raised, Res, Value, Vm};

/// `class` is an exception class.
fn exception_class(vm: &Vm, class: Value) -> Option<Ref<TypeObj>> {
    let base = vm.types.exc.BaseException;
    class.downcast::<TypeObj>().filter(|c| c.is_subtype(base))
}

/// Does an exception match a class or a nest of tuples of classes?
fn given_matches(vm: &mut Vm, e: Value, class: Value) -> Res<bool> {
    if let Some(t) = class.downcast::<TupleObj>() {
        vm.check_native_stack()?;
        for c in t.items() {
            if given_matches(vm, e, *c)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    let own = match e.downcast::<TypeObj>() {
        Some(t) => t,
        None => vm.class_of(e),
    };
    Ok(match exception_class(vm, class) {
        Some(c) => own.is_subtype(c),
        None => own.value() == class,
    })
}

/// One line of a traceback with its source.
fn traceback_line(vm: &mut Vm, tb: Value) -> Res<String> {
    let line = vm.get_attr_str(tb, "tb_lineno")?;
    let frame = vm.get_attr_str(tb, "tb_frame")?;
    let code = vm.get_attr_str(frame, "f_code")?;
    let file = vm.get_attr_str(code, "co_filename")?;
    let name = vm.get_attr_str(code, "co_name")?;
    let (file, name, n) = (vm.display(file), vm.display(name), vm.index_i64(line)?);
    let mut out = format!("  File \"{file}\", line {n}, in {name}\n");
    let source = source_line(vm, &file, n);
    if !source.is_empty() {
        out += &format!("    {source}\n");
    }
    Ok(out)
}

fn new_class_error(vm: &mut Vm) -> Raised {
    vm.system_error("PyErr_NewException: name must be module.class")
}

#[derive::natives]
mod functions {
    use super::*;

    /// Raises `exception(0, 1, ...)` with so many arguments.
    #[native("raise_exception($module, exception, num_args, /)", nosig)]
    fn raise_exception(vm: &mut Vm, _m: Value, exception: Value, num_args: i64) -> Res {
        if exception_class(vm, exception).is_none() {
            let shown = vm.display_repr(exception)?;
            return Err(vm.system_error(&format!(
                "_PyErr_SetObject: exception {shown} is not a BaseException subclass"
            )));
        }
        let args: Vec<Value> = (0..num_args.min(1 << 16))
            .map(Value::int_unchecked)
            .collect();
        let e = vm.call_value(exception, &args)?;
        Err(vm.raise_here(e))
    }
    /// Raises the MemoryError of a failed allocation.
    #[native("raise_memoryerror($module, /)", nosig)]
    fn raise_memoryerror(vm: &mut Vm, _m: Value) -> Res {
        Err(vm.memory_error())
    }
    /// A new exception class.
    #[native(
        "make_exception_with_doc($module, /, name, doc=None, base=None, dict=None)",
        nosig
    )]
    fn make_exception(
        vm: &mut Vm,
        _m: Value,
        name: Value,
        doc: Option<Value>,
        base: Option<Value>,
        dict: Option<Value>,
    ) -> Res {
        let text = vm.utf8(name)?;
        let Some((module, short)) = text.rsplit_once('.') else {
            return Err(new_class_error(vm));
        };
        let d = match dict.and_then(|d| d.downcast::<DictObj>()) {
            Some(d) => d,
            None => vm.new_dict()?,
        };
        if vm.dict_get_str(d, "__module__").is_none() {
            let module = vm.new_str(module)?;
            vm.dict_set_str(d, "__module__", module)?;
        }
        if let Some(doc) = doc.filter(|d| !d.is_none()) {
            vm.dict_set_str(d, "__doc__", doc)?;
        }
        let base = base.unwrap_or(vm.types.exc.Exception.value());
        let bases = if base.is_kind(Kind::Tuple) {
            base
        } else {
            vm.new_tuple(&[base])?
        };
        let short = vm.new_str(short)?;
        vm.call_value(vm.types.type_.value(), &[short, bases, d.value()])
    }
    /// Whether an exception matches a class or a nest of tuples of classes.
    #[native("err_givenexceptionmatches($module, err, exc, /)", nosig)]
    fn matches(vm: &mut Vm, _m: Value, err: Value, exc: Value) -> Res<bool> {
        match given_matches(vm, err, exc) {
            Ok(hit) => Ok(hit),
            // The C function cannot fail: what was raised is reported and nothing matches.
            Err(_) => {
                vm.write_unraisable(exc);
                Ok(false)
            }
        }
    }
    /// Prints an exception with its traceback.
    #[native("exception_print($module, exc, legacy=False, /)", nosig)]
    fn exception_print(vm: &mut Vm, _m: Value, exc: Value, _legacy: Option<bool>) -> Res<()> {
        if !exc.is_kind(Kind::Exception) {
            let name = vm.class_name(exc);
            vm.write_stderr(&format!(
                "TypeError: print_exception(): Exception expected for value, {name} found\n"
            ));
            return Ok(());
        }
        vm.print_exception(exc);
        Ok(())
    }
    /// Writes a traceback to a file.
    #[native("traceback_print($module, tb, file, /)", nosig)]
    fn traceback_print(vm: &mut Vm, _m: Value, tb: Value, file: Value) -> Res<()> {
        if !tb.is_kind(Kind::Traceback) {
            return Err(vm.system_error("bad argument to internal function"));
        }
        let mut text = String::from("Traceback (most recent call last):\n");
        let (mut at, mut last, mut same) = (tb, String::new(), 0);
        while !at.is_none() {
            let line = traceback_line(vm, at)?;
            same = if line == last { same + 1 } else { 0 };
            if same < 3 {
                text += &line;
            }
            last = line;
            at = vm.get_attr_str(at, "tb_next")?;
            let ends = at.is_none() || traceback_line(vm, at)? != last;
            if ends && same >= 3 {
                let n = same - 2;
                let s = if n > 1 { "s" } else { "" };
                text += &format!("  [Previous line repeated {n} more time{s}]\n");
            }
        }
        let text = vm.new_str(&text)?;
        vm.call_method_str(file, "write", &[text])?;
        Ok(())
    }
    /// Sets the thread's errno.
    #[native("set_errno($module, errno, /)", nosig)]
    fn set_errno(_: &mut Vm, _m: Value, errno: i32) -> Res<()> {
        // SAFETY: errno is a variable of this thread.
        unsafe { *libc::__errno_location() = errno };
        Ok(())
    }
}

pub use functions::TABLE;
