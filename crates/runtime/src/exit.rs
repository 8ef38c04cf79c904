//! How the program ends: uncaught exceptions, `SystemExit`, exceptions nobody can catch.

use crate::object::*;
use crate::value::Value;
use crate::vm::Vm;
use std::io::Write;

/// Instead of an exit status after an uncaught KeyboardInterrupt: the process is to die of SIGINT,
/// so that a shell sees it (CPython's `exit_sigint`).
pub const INTERRUPTED: i32 = i32::MIN;

/// Ends the process by SIGINT.
pub fn die_of_interrupt() -> ! {
    // SAFETY: plain system calls; the default action ends the process.
    unsafe {
        libc::signal(libc::SIGINT, libc::SIG_DFL);
        libc::kill(libc::getpid(), libc::SIGINT);
    }
    std::process::exit(128 + libc::SIGINT)
}

/// Deals with the exception in flight that nobody caught; the result is the exit status.
pub fn report_uncaught(vm: &mut Vm) -> i32 {
    crate::memory::release_last();
    let e = vm.take_raised();
    if vm.is_instance_of(e, vm.types.exc.SystemExit) {
        return system_exit(vm, e);
    }
    vm.print_uncaught(e);
    if vm.is_instance_of(e, vm.types.exc.KeyboardInterrupt) {
        return INTERRUPTED;
    }
    1
}

/// The status that a SystemExit asks for; a message is printed.
fn system_exit(vm: &mut Vm, e: Value) -> i32 {
    let code = vm.get_attr_str(e, "code").unwrap_or(e);
    vm.raised = None;
    if code.is_none() {
        return 0;
    }
    if vm.is_int(code) {
        return vm.int_to_i64(code).map_or(-1, |n| n as i32) & 0xff;
    }
    vm.flush_stream("stdout");
    let text = match vm.str_of(code) {
        Ok(s) => vm.display(s),
        Err(_) => String::new(),
    };
    vm.raised = None;
    vm.write_stderr(&text);
    vm.write_stderr("\n");
    1
}

impl Vm {
    /// An attribute of `sys`, None when it is missing or None... as a stream it is not usable then.
    fn stream(&mut self, name: &str) -> Option<Value> {
        self.sys_attr(name).filter(|v| !v.is_none())
    }

    /// Flushes `sys.stdout` or `sys.stderr`; errors are ignored.
    pub fn flush_stream(&mut self, name: &str) {
        let raised = self.raised.take();
        if let Some(f) = self.stream(name) {
            let _ = self.call_method_str(f, "flush", &[]);
        }
        self.raised = raised;
    }

    /// Writes to `sys.stderr`, or to descriptor 2 when there is none yet or no memory is left;
    /// other errors are ignored.
    pub fn write_stderr(&mut self, text: &str) {
        let raised = self.raised.take();
        match self.sys_attr("stderr") {
            Some(f) if f.is_none() => {}
            Some(f) => {
                let done = self
                    .new_str(text)
                    .and_then(|s| self.call_method_str(f, "write", &[s]));
                if done.is_err() && self.catch(self.types.exc.MemoryError) {
                    let _ = std::io::stderr().write_all(text.as_bytes());
                }
            }
            None => {
                let _ = std::io::stderr().write_all(text.as_bytes());
            }
        }
        self.raised = raised;
    }

    /// Prints an exception with its traceback (the default `sys.excepthook`).
    pub fn print_exception(&mut self, e: Value) {
        let colour = self.stderr_colour();
        let text = self.format_exception(e, colour);
        self.write_stderr(&text);
        self.flush_stream("stderr");
    }

    /// Sets `sys.last_exc` and the like and calls `sys.excepthook`.
    pub fn print_uncaught(&mut self, e: Value) {
        let class = self.class_of(e).value();
        let tb = e
            .downcast::<ExceptionObj>()
            .map_or(Value::NONE, |x| x.traceback.or_none());
        let Some(sys) = self.interp().sys_dict else {
            return self.print_exception(e);
        };
        for (name, v) in [
            ("last_exc", e),
            ("last_type", class),
            ("last_value", e),
            ("last_traceback", tb),
        ] {
            let _ = self.dict_set_str(sys, name, v);
        }
        self.raised = None;
        let Some(hook) = self.sys_attr("excepthook") else {
            self.write_stderr("sys.excepthook is missing\n");
            return self.print_exception(e);
        };
        if self.call_value(hook, &[class, e, tb]).is_ok() {
            self.flush_stream("stderr");
            return;
        }
        let second = self.take_raised();
        if self.is_instance_of(second, self.types.exc.MemoryError) {
            return self.print_exception(e);
        }
        if self.is_instance_of(second, self.types.exc.SystemExit) {
            // CPython exits here; the status of the original exception is what is reported.
            return;
        }
        self.flush_stream("stdout");
        self.write_stderr("Error in sys.excepthook:\n");
        self.print_exception(second);
        self.write_stderr("\nOriginal exception was:\n");
        self.print_exception(e);
    }

    /// Prints the text of the default `sys.unraisablehook`.
    pub fn print_unraisable(&mut self, e: Value, message: Option<Value>, object: Option<Value>) {
        let message = message.filter(|m| !m.is_none()).map(|m| self.display(m));
        let text = match (object.filter(|o| !o.is_none()), message) {
            (Some(o), m) => {
                let shown = self.repr_or_failed(o);
                format!(
                    "{}: {shown}\n",
                    m.as_deref().unwrap_or("Exception ignored in")
                )
            }
            (None, Some(m)) => format!("{m}:\n"),
            (None, None) => String::new(),
        };
        let shown = self.format_unraisable(e);
        self.write_stderr(&(text + &shown));
        self.flush_stream("stderr");
    }

    /// Reports the exception in flight, which cannot be raised further, through
    /// `sys.unraisablehook`. `object` is where it arose.
    pub fn write_unraisable(&mut self, object: Value) {
        self.unraisable(None, Some(object));
    }

    /// As `write_unraisable` with the message "Exception ignored" and what was being done, to
    /// `object`.
    pub fn ignore_exception(&mut self, doing: &str, object: Option<Value>) {
        let Some(e) = self.raised.take() else { return };
        let shown = match object {
            Some(o) => format!(" {}", self.repr_or_failed(o)),
            None => String::new(),
        };
        let message = self.new_str(&format!("Exception ignored {doing}{shown}"));
        self.raised = Some(e);
        self.unraisable(message.ok(), None);
    }

    fn repr_or_failed(&mut self, v: Value) -> String {
        match self.display_repr(v) {
            Ok(s) => s,
            Err(_) => {
                self.raised = None;
                "<object repr() failed>".into()
            }
        }
    }

    fn unraisable(&mut self, message: Option<Value>, object: Option<Value>) {
        let Some(e) = self.raised.take() else { return };
        let hook = self.sys_attr("unraisablehook");
        let own = hook.and_then(|h| h.downcast::<NativeObj>());
        match hook {
            Some(h) if !h.is_none() && own.is_none_or(|n| n.def.name != "unraisablehook") => {
                if self.call_unraisable_hook(h, e, message, object).is_err() {
                    let inner = self.take_raised();
                    let message = self.new_str("Exception ignored in sys.unraisablehook");
                    self.print_unraisable(inner, message.ok(), Some(h));
                }
            }
            _ => self.print_unraisable(e, message, object),
        }
        self.raised = None;
    }

    fn call_unraisable_hook(
        &mut self,
        hook: Value,
        e: Value,
        message: Option<Value>,
        object: Option<Value>,
    ) -> crate::value::Res<()> {
        let tb = e
            .downcast::<ExceptionObj>()
            .map_or(Value::NONE, |x| x.traceback.or_none());
        let class = self.class_of(e).value();
        let or_none = |v: Option<Value>| v.unwrap_or(Value::NONE);
        let fields = [class, e, tb, or_none(message), or_none(object)];
        let args = self.new_struct_seq(&UNRAISABLE, &fields)?;
        self.call_value(hook, &[args])?;
        Ok(())
    }
}

/// The argument of `sys.unraisablehook`.
pub static UNRAISABLE: crate::structseq::StructSeq = crate::structseq::StructSeq {
    spec: crate::structseq::StructSeq::spec(
        "sys",
        "UnraisableHookArgs",
        "UnraisableHookArgs\n\nType used to pass arguments to sys.unraisablehook.",
        true,
    ),
    fields: &[
        ("exc_type", "Exception type"),
        ("exc_value", "Exception value"),
        ("exc_traceback", "Exception traceback"),
        ("err_msg", "Error message"),
        ("object", "Object causing the exception"),
    ],
    visible: 5,
};
