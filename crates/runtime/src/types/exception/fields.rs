//! The extra fields of builtin exception classes: their storage and attributes.
//!
//! An exception with fields has an array of `FIELDS` values in `extra`; empty slots read as None.

use crate::native::{DefKind, NativeDef, Params, Wording};
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

/// Room for the fields of any builtin class.
const FIELDS: usize = 9;

impl Vm {
    /// Field i of an exception.
    pub fn exc_field(&self, e: Value, i: usize) -> Option<Value> {
        let x = e.downcast::<ExceptionObj>()?;
        let a = x.extra.get()?.downcast::<ArrayObj>()?;
        if i >= a.cap {
            return None;
        }
        // SAFETY: i is below the capacity; slots are values or zero.
        Value::from_bits(unsafe { *a.slots().add(i) })
    }

    /// Sets field i of an exception (below `FIELDS`); None empties it.
    pub fn set_exc_field(&mut self, e: Value, i: usize, v: Option<Value>) -> Res<()> {
        let Some(x) = e.downcast::<ExceptionObj>() else {
            return Ok(());
        };
        let a = match x.extra.get().and_then(|a| a.downcast::<ArrayObj>()) {
            Some(a) => a,
            None => {
                let a = self.new_array(FIELDS)?;
                x.extra.write(x, a.value());
                a
            }
        };
        if i < a.cap {
            // SAFETY: i is below the capacity.
            unsafe { *a.slots().add(i) = v.map_or(0, Value::bits) };
            gc::write_barrier(a.header());
        }
        Ok(())
    }

    /// Sets the first fields of an exception.
    pub fn set_exc_fields(&mut self, e: Value, values: &[Value]) -> Res<()> {
        for (i, v) in values.iter().enumerate() {
            self.set_exc_field(e, i, Some(*v))?;
        }
        Ok(())
    }
}

/// Getter and setter of field `$i`.
macro_rules! field {
    ($name:literal, $i:literal, $doc:literal) => {
        [
            NativeDef {
                name: $name,
                kind: DefKind::Member,
                text_signature: None,
                doc: $doc,
                params: GETTER,
                func: |vm, args| {
                    Ok(args[0]
                        .and_then(|e| vm.exc_field(e, $i))
                        .unwrap_or(Value::NONE))
                },
            },
            NativeDef {
                name: $name,
                kind: DefKind::Setter,
                text_signature: None,
                doc: $doc,
                params: SETTER,
                func: |vm, args| {
                    if let Some(e) = args[0] {
                        vm.set_exc_field(e, $i, args.get(1).copied().flatten())?;
                    }
                    Ok(Value::NONE)
                },
            },
        ]
    };
}

const GETTER: Params = Params {
    names: &["self"],
    posonly: 1,
    npos: 1,
    nrequired: 1,
    kwonly_required: 0,
    varargs: false,
    simple: true,
    wording: Wording::Plain,
    varkw: false,
    has_self: true,
};
const SETTER: Params = Params {
    names: &["self", "value"],
    posonly: 2,
    npos: 2,
    nrequired: 1,
    ..GETTER
};

macro_rules! field_table {
    ($(#[$meta:meta])* $table:ident: $n:literal; $($name:literal $i:literal $doc:literal;)*) => {
        $(#[$meta])*
        pub static $table: &[NativeDef] = {
            static ROWS: [[NativeDef; 2]; $n] = [$(field!($name, $i, $doc)),*];
            ROWS.as_flattened()
        };
    };
}

field_table! {
    /// Fields of `ImportError`.
    IMPORT: 4;
    "msg" 0 "exception message";
    "name" 1 "module name";
    "path" 2 "module path";
    "name_from" 3 "name imported from module";
}
field_table! {
    /// Fields of `NameError`.
    NAME: 1;
    "name" 0 "name";
}
field_table! {
    /// Fields of `AttributeError`.
    ATTRIBUTE: 2;
    "name" 0 "attribute name";
    "obj" 1 "object";
}
field_table! {
    /// Fields of `SyntaxError`.
    SYNTAX: 9;
    "msg" 0 "exception msg";
    "filename" 1 "exception filename";
    "lineno" 2 "exception lineno";
    "offset" 3 "exception offset";
    "text" 4 "exception text";
    "end_lineno" 5 "exception end lineno";
    "end_offset" 6 "exception end offset";
    "print_file_and_line" 7 "exception print_file_and_line";
    "_metadata" 8 "exception private metadata";
}
field_table! {
    /// Fields of `OSError`; `characters_written` is in its own file.
    OS: 4;
    "errno" 0 "POSIX exception code";
    "strerror" 1 "exception strerror";
    "filename" 2 "exception filename";
    "filename2" 3 "second exception filename";
}

fn read_only(vm: &mut Vm) -> Res {
    Err(vm.attribute_error_text("readonly attribute"))
}

/// Fields of `BaseExceptionGroup`, which cannot be set.
pub static GROUP: &[NativeDef] = &[
    NativeDef {
        name: "message",
        kind: DefKind::Member,
        text_signature: None,
        doc: "exception message",
        params: GETTER,
        func: |vm, args| {
            Ok(args[0]
                .and_then(|e| vm.exc_field(e, 0))
                .unwrap_or(Value::NONE))
        },
    },
    NativeDef {
        name: "message",
        kind: DefKind::Setter,
        text_signature: None,
        doc: "exception message",
        params: SETTER,
        func: |vm, _| read_only(vm),
    },
    NativeDef {
        name: "exceptions",
        kind: DefKind::Member,
        text_signature: None,
        doc: "nested exceptions",
        params: GETTER,
        func: |vm, args| {
            Ok(args[0]
                .and_then(|e| vm.exc_field(e, 1))
                .unwrap_or(Value::NONE))
        },
    },
    NativeDef {
        name: "exceptions",
        kind: DefKind::Setter,
        text_signature: None,
        doc: "nested exceptions",
        params: SETTER,
        func: |vm, _| read_only(vm),
    },
];
