//! `BufferedRWPair`.

use super::{READER, WRITER};
use crate::io::base::require;
use crate::io::base::{BUFFEREDIOBASE, IO_TYPE, iobase_next, new_io};
use crate::io::util::*;
use runtime::class::TypeSpec;
use runtime::payload::{Payload, mark};
use runtime::{Res, Value, Vm};
use std::cell::Cell;

/// The two halves; None until initialised.
struct Pair {
    reader: Cell<Option<Value>>,
    writer: Cell<Option<Value>>,
}

impl Payload for Pair {
    fn trace(&self, t: &mut gc::Tracer) {
        for half in [&self.reader, &self.writer] {
            if let Some(v) = half.get() {
                mark(t, v);
            }
        }
    }
}

pub static SPEC: TypeSpec = TypeSpec {
    name: "BufferedRWPair",
    doc: "A buffered reader and writer object together.\n\nA buffered reader object and buffered writer object put together to\nform a sequential IO object that can read and write. This is typically\nused with a socket or two-way pipe.\n\nreader and writer are RawIOBase objects that are readable and\nwriteable respectively. If the buffer_size is omitted it defaults to\nDEFAULT_BUFFER_SIZE.",
    base: Some(&BUFFEREDIOBASE),
    tables: &[methods::TABLE],
    iternext: Some(iobase_next),
    ..IO_TYPE
};

fn half(vm: &mut Vm, this: Value, reader: bool) -> Res {
    let found = this.payload::<Pair>().and_then(|p| {
        if reader {
            p.reader.get()
        } else {
            p.writer.get()
        }
    });
    match found {
        Some(v) => Ok(v),
        None => Err(vm.value_error("I/O operation on uninitialized object")),
    }
}

fn forward(vm: &mut Vm, this: Value, reader: bool, name: &str, args: &[Value]) -> Res {
    let h = half(vm, this, reader)?;
    vm.call_method_str(h, name, args)
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, _args: Value, _kwargs: Option<Value>) -> Res {
        new_io(
            vm,
            class,
            Pair {
                reader: Cell::new(None),
                writer: Cell::new(None),
            },
        )
    }
    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, reader, writer, buffer_size=DEFAULT_BUFFER_SIZE, /)")]
    fn init(
        vm: &mut Vm,
        this: Value,
        reader: Value,
        writer: Value,
        buffer_size: Option<Value>,
    ) -> Res<()> {
        require(vm, reader, "readable")?;
        require(vm, writer, "writable")?;
        let size = match buffer_size {
            Some(s) => s,
            None => Value::int_unchecked(DEFAULT_BUFFER_SIZE as i64),
        };
        let class = vm.native_type(&READER)?.value();
        let r = vm.call_value(class, &[reader, size])?;
        let class = vm.native_type(&WRITER)?.value();
        let w = vm.call_value(class, &[writer, size])?;
        if let Some(p) = this.payload::<Pair>() {
            p.reader.set(Some(r));
            p.writer.set(Some(w));
        }
        Ok(())
    }
    #[native("read($self, size=-1, /)", nosig)]
    fn read(vm: &mut Vm, this: Value, size: Option<Value>) -> Res {
        let n = size.unwrap_or(Value::int_unchecked(-1));
        forward(vm, this, true, "read", &[n])
    }
    #[native("peek($self, size=0, /)", nosig)]
    fn peek(vm: &mut Vm, this: Value, size: Option<Value>) -> Res {
        let n = size.unwrap_or(Value::int_unchecked(0));
        forward(vm, this, true, "peek", &[n])
    }
    #[native("read1($self, size=-1, /)", nosig)]
    fn read1(vm: &mut Vm, this: Value, size: Option<Value>) -> Res {
        let n = size.unwrap_or(Value::int_unchecked(-1));
        forward(vm, this, true, "read1", &[n])
    }
    #[native("readinto($self, buffer, /)", nosig)]
    fn readinto(vm: &mut Vm, this: Value, buffer: Value) -> Res {
        forward(vm, this, true, "readinto", &[buffer])
    }
    #[native("readinto1($self, buffer, /)", nosig)]
    fn readinto1(vm: &mut Vm, this: Value, buffer: Value) -> Res {
        forward(vm, this, true, "readinto1", &[buffer])
    }
    #[native("write($self, buffer, /)", nosig)]
    fn write(vm: &mut Vm, this: Value, buffer: Value) -> Res {
        forward(vm, this, false, "write", &[buffer])
    }
    #[native("flush($self, /)")]
    fn flush(vm: &mut Vm, this: Value) -> Res {
        forward(vm, this, false, "flush", &[])
    }
    #[native("readable($self, /)")]
    fn readable(vm: &mut Vm, this: Value) -> Res {
        forward(vm, this, true, "readable", &[])
    }
    #[native("writable($self, /)")]
    fn writable(vm: &mut Vm, this: Value) -> Res {
        forward(vm, this, false, "writable", &[])
    }
    #[native("close($self, /)")]
    fn close(vm: &mut Vm, this: Value) -> Res {
        let first = forward(vm, this, false, "close", &[]);
        then_close(vm, first, |vm| forward(vm, this, true, "close", &[]))
    }
    #[native("isatty($self, /)")]
    fn isatty(vm: &mut Vm, this: Value) -> Res {
        let r = forward(vm, this, false, "isatty", &[])?;
        if vm.truth(r)? {
            return Ok(r);
        }
        forward(vm, this, true, "isatty", &[])
    }
    #[getter("closed")]
    fn closed(vm: &mut Vm, this: Value) -> Res {
        let w = half(vm, this, false)?;
        vm.get_attr_str(w, "closed")
    }
}
