//! The builtin exception hierarchy and raising from Rust.

use crate::class::*;
use crate::object::*;
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;

macro_rules! exceptions {
    ($($name:ident ( $($base:ident)* ) $doc:literal;)*) => {
        /// The builtin exception classes.
        #[allow(non_snake_case)]
        pub struct Exceptions {
            $( pub $name: Ref<TypeObj> ),*
        }
        /// Name, bases and docstring of each class, bases first.
        pub const EXCEPTIONS: &[(&str, &[&str], &str)] = &[$( (stringify!($name), &[$(stringify!($base)),*], $doc) ),*];
        impl Exceptions {
            /// Collects the classes made from `EXCEPTIONS`, in its order.
            pub fn from_list(list: &[Ref<TypeObj>]) -> Option<Exceptions> {
                let mut it = list.iter().copied();
                Some(Exceptions { $( $name: it.next()? ),* })
            }
        }
    };
}

exceptions! {
    BaseException() "Common base class for all exceptions.";
    Exception(BaseException) "Common base class for all non-exit exceptions.";
    BaseExceptionGroup(BaseException) "A combination of multiple unrelated exceptions.";
    ExceptionGroup(BaseExceptionGroup Exception) "";
    GeneratorExit(BaseException) "Request that a generator exit.";
    KeyboardInterrupt(BaseException) "Program interrupted by user.";
    SystemExit(BaseException) "Request to exit from the interpreter.";
    ArithmeticError(Exception) "Base class for arithmetic errors.";
    FloatingPointError(ArithmeticError) "Floating-point operation failed.";
    OverflowError(ArithmeticError) "Result too large to be represented.";
    ZeroDivisionError(ArithmeticError) "Second argument to a division or modulo operation was zero.";
    AssertionError(Exception) "Assertion failed.";
    AttributeError(Exception) "Attribute not found.";
    BufferError(Exception) "Buffer error.";
    EOFError(Exception) "Read beyond end of file.";
    ImportError(Exception) "Import can't find module, or can't find name in module.";
    ModuleNotFoundError(ImportError) "Module not found.";
    LookupError(Exception) "Base class for lookup errors.";
    IndexError(LookupError) "Sequence index out of range.";
    KeyError(LookupError) "Mapping key not found.";
    MemoryError(Exception) "Out of memory.";
    NameError(Exception) "Name not found globally.";
    UnboundLocalError(NameError) "Local name referenced but not bound to a value.";
    OSError(Exception) "Base class for I/O related errors.";
    BlockingIOError(OSError) "I/O operation would block.";
    ChildProcessError(OSError) "Child process error.";
    ConnectionError(OSError) "Connection error.";
    BrokenPipeError(ConnectionError) "Broken pipe.";
    ConnectionAbortedError(ConnectionError) "Connection aborted.";
    ConnectionRefusedError(ConnectionError) "Connection refused.";
    ConnectionResetError(ConnectionError) "Connection reset.";
    FileExistsError(OSError) "File already exists.";
    FileNotFoundError(OSError) "File not found.";
    InterruptedError(OSError) "Interrupted by signal.";
    IsADirectoryError(OSError) "Operation doesn't work on directories.";
    NotADirectoryError(OSError) "Operation only works on directories.";
    PermissionError(OSError) "Not enough permissions.";
    ProcessLookupError(OSError) "Process not found.";
    TimeoutError(OSError) "Timeout expired.";
    ReferenceError(Exception) "Weak ref proxy used after referent went away.";
    RuntimeError(Exception) "Unspecified run-time error.";
    NotImplementedError(RuntimeError) "Method or function hasn't been implemented yet.";
    RecursionError(RuntimeError) "Recursion limit exceeded.";
    PythonFinalizationError(RuntimeError) "Operation blocked during Python finalization.";
    StopIteration(Exception) "Signal the end from iterator.__next__().";
    StopAsyncIteration(Exception) "Signal the end from iterator.__anext__().";
    SyntaxError(Exception) "Invalid syntax.";
    IndentationError(SyntaxError) "Improper indentation.";
    TabError(IndentationError) "Improper mixture of spaces and tabs.";
    _IncompleteInputError(SyntaxError) "incomplete input.";
    SystemError(Exception) "Internal error in the Python interpreter.\n\nPlease report this to the Python maintainer, along with the traceback,\nthe Python version, and the hardware/OS platform and version.";
    TypeError(Exception) "Inappropriate argument type.";
    ValueError(Exception) "Inappropriate argument value (of correct type).";
    UnicodeError(ValueError) "Unicode related error.";
    UnicodeDecodeError(UnicodeError) "Unicode decoding error.";
    UnicodeEncodeError(UnicodeError) "Unicode encoding error.";
    UnicodeTranslateError(UnicodeError) "Unicode translation error.";
    Warning(Exception) "Base class for warning categories.";
    BytesWarning(Warning) "Base class for warnings about bytes and buffer related problems, mostly\nrelated to conversion from str or comparing to str.";
    DeprecationWarning(Warning) "Base class for warnings about deprecated features.";
    EncodingWarning(Warning) "Base class for warnings about encodings.";
    FutureWarning(Warning) "Base class for warnings about constructs that will change semantically\nin the future.";
    ImportWarning(Warning) "Base class for warnings about probable mistakes in module imports";
    PendingDeprecationWarning(Warning) "Base class for warnings about features which will be deprecated\nin the future.";
    ResourceWarning(Warning) "Base class for warnings about resource usage.";
    RuntimeWarning(Warning) "Base class for warnings about dubious runtime behavior.";
    SyntaxWarning(Warning) "Base class for warnings about dubious syntax.";
    UnicodeWarning(Warning) "Base class for warnings about Unicode related problems, mostly\nrelated to conversion problems.";
    UserWarning(Warning) "Base class for warnings generated by user code.";
}

macro_rules! raisers {
    ($($method:ident $class:ident;)*) => {
        impl Vm {
            $(
                #[doc = concat!("Raises ", stringify!($class), " with a message.")]
                #[cold]
                #[inline(never)]
                pub fn $method(&mut self, message: &str) -> Raised {
                    self.error(self.types.exc.$class, message)
                }
            )*
        }
    };
}

raisers! {
    type_error TypeError;
    value_error ValueError;
    runtime_error RuntimeError;
    system_error SystemError;
    index_error IndexError;
    overflow_error OverflowError;
    zero_division ZeroDivisionError;
    attribute_error_text AttributeError;
    not_implemented_error NotImplementedError;
    buffer_error BufferError;
    lookup_error LookupError;
    eof_error EOFError;
    reference_error ReferenceError;
    import_error_text ImportError;
    assertion_error AssertionError;
}

impl Ref<ExceptionObj> {
    /// Sets `__context__`.
    pub fn set_context(self, context: impl Into<Option<Value>>) {
        let context = context.into();
        if let Some(c) = context.filter(|c| c.is_kind(Kind::Exception)) {
            // SAFETY: an exception cell, of which no Rust reference is held.
            unsafe { (*c.ptr::<gc::Header>()).flags |= IS_CONTEXT };
        }
        self.context.write(self, context);
    }
}

impl Vm {
    /// Raises `class(message)`.
    #[cold]
    pub fn error(&mut self, class: Ref<TypeObj>, message: &str) -> Raised {
        match self.new_str(message) {
            Ok(m) => self.error_with(class, &[m]),
            Err(r) => r,
        }
    }

    /// Raises `class(*args)`; for builtin classes without own construction.
    #[cold]
    pub fn error_with(&mut self, class: Ref<TypeObj>, args: &[Value]) -> Raised {
        match self.new_exception(class, args) {
            Ok(e) => self.raise_here(e),
            Err(r) => r,
        }
    }

    /// Makes an exception instance of a builtin class without calling Python code.
    pub fn new_exception(&mut self, class: Ref<TypeObj>, args: &[Value]) -> Res {
        let args_tuple = self.new_tuple(args)?;
        let e = self.new_instance(class)?;
        // SAFETY: exception classes make Exception cells.
        let x = unsafe { e.cast::<ExceptionObj>() };
        x.args.init(args_tuple);
        Ok(e)
    }

    /// Sets the exception in flight with the handled exception as its context (`PyErr_SetObject`).
    pub fn raise_here(&mut self, e: Value) -> Raised {
        if let (Some(x), Some(handled)) = (e.downcast::<ExceptionObj>(), self.handled)
            && handled != e
        {
            self.break_context_cycle(e, handled);
            x.set_context(handled);
        }
        self.raise(e)
    }

    /// Removes `e` from the context chain of `handled`, so that chaining makes no cycle.
    fn break_context_cycle(&mut self, e: Value, handled: Value) {
        // Most exceptions are new and in no chain; long chains are not walked for them.
        let chained = |x: Ref<ExceptionObj>| x.header.flags & IS_CONTEXT != 0;
        if !e.downcast::<ExceptionObj>().is_some_and(chained) {
            return;
        }
        let mut at = handled;
        // Floyd's second pointer stops at a cycle that is there already.
        let (mut slow, mut step) = (handled, false);
        while let Some(x) = at.downcast::<ExceptionObj>() {
            let Some(next) = x.context.get() else { return };
            if next == e {
                x.set_context(None);
                return;
            }
            at = next;
            if at == slow {
                return;
            }
            if step && let Some(s) = slow.downcast::<ExceptionObj>() {
                slow = s.context.or_none();
            }
            step = !step;
        }
    }

    #[cold]
    pub fn memory_error(&mut self) -> Raised {
        self.withdraw_poll(crate::poll::NO_MEMORY);
        // Preallocated by start-up; before that there is nothing to raise.
        match self
            .interp()
            .immortals
            .get(crate::vm::immortal::MEMORY_ERROR)
        {
            Some(e) => {
                let e = *e;
                if let Some(x) = e.downcast::<ExceptionObj>() {
                    x.traceback.write(x, None);
                }
                self.raise(e)
            }
            None => Raised,
        }
    }

    #[cold]
    pub fn recursion_error(&mut self) -> Raised {
        self.error(
            self.types.exc.RecursionError,
            "maximum recursion depth exceeded",
        )
    }

    /// KeyError(key).
    #[cold]
    pub fn key_error(&mut self, key: Value) -> Raised {
        self.error_with(self.types.exc.KeyError, &[key])
    }

    /// StopIteration with or without a value.
    pub fn stop_iteration(&mut self, value: Value) -> Raised {
        if value.is_none() {
            return self.error_with(self.types.exc.StopIteration, &[]);
        }
        self.error_with(self.types.exc.StopIteration, &[value])
    }

    /// AttributeError with `name` and `obj` set, for suggestions.
    #[cold]
    pub fn attribute_error(&mut self, obj: Value, name: Value, message: &str) -> Raised {
        let r = self.error(self.types.exc.AttributeError, message);
        self.set_extra(&[name, obj]);
        r
    }

    /// `'type' object has no attribute 'name'`.
    #[cold]
    pub fn no_attribute(&mut self, obj: Value, name: Value) -> Raised {
        let attr = self.display(name);
        let message = match obj.downcast::<TypeObj>() {
            Some(t) => format!("type object '{}' has no attribute '{attr}'", t.full_name()),
            None => format!(
                "'{}' object has no attribute '{attr}'",
                self.class_of(obj).full_name()
            ),
        };
        self.attribute_error(obj, name, &message)
    }

    /// NameError with `name` set.
    #[cold]
    pub fn name_error(&mut self, name: Value) -> Raised {
        let text = self.display(name);
        let r = self.error(
            self.types.exc.NameError,
            &format!("name '{text}' is not defined"),
        );
        self.set_extra(&[name]);
        r
    }

    /// Fills the extra fields of the exception in flight.
    fn set_extra(&mut self, fields: &[Value]) {
        let Some(e) = self.raised.take() else { return };
        // Without memory the exception goes on without them.
        let _ = self.set_exc_fields(e, fields);
        self.raised = Some(e);
    }

    /// UnicodeEncodeError(encoding, object, start, end, reason).
    #[cold]
    pub fn unicode_encode_error(
        &mut self,
        encoding: &str,
        obj: Value,
        start: usize,
        end: usize,
        reason: &str,
    ) -> Raised {
        self.unicode_error(
            self.types.exc.UnicodeEncodeError,
            encoding,
            obj,
            start,
            end,
            reason,
        )
    }

    /// UnicodeDecodeError(encoding, object, start, end, reason).
    #[cold]
    pub fn unicode_decode_error(
        &mut self,
        encoding: &str,
        obj: Value,
        start: usize,
        end: usize,
        reason: &str,
    ) -> Raised {
        self.unicode_error(
            self.types.exc.UnicodeDecodeError,
            encoding,
            obj,
            start,
            end,
            reason,
        )
    }

    fn unicode_error(
        &mut self,
        class: Ref<TypeObj>,
        encoding: &str,
        obj: Value,
        start: usize,
        end: usize,
        reason: &str,
    ) -> Raised {
        let made = self.new_str(encoding).and_then(|enc| {
            let reason = self.new_str(reason)?;
            let fields = [
                enc,
                obj,
                Value::int_unchecked(start as i64),
                Value::int_unchecked(end as i64),
                reason,
            ];
            self.call_value(class.value(), &fields)
        });
        match made {
            Ok(e) => self.raise_here(e),
            Err(r) => r,
        }
    }

    /// The exception in flight is an instance of `class`.
    pub fn raised_is(&self, class: Ref<TypeObj>) -> bool {
        self.raised
            .is_some_and(|e| self.class_of(e).is_subtype(class))
    }

    /// Drops the exception in flight when it is an instance of `class`.
    pub fn catch(&mut self, class: Ref<TypeObj>) -> bool {
        let hit = self.raised_is(class);
        if hit {
            self.raised = None;
        }
        hit
    }
}
