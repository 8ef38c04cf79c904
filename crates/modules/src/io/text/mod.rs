//! `TextIOWrapper`.

pub mod codec;
pub mod core;
mod methods;
pub mod read;
mod seek;
pub mod write;

use self::core::{Codec, Text};
use super::base::{IO_TYPE, TEXTIOBASE};
use super::buffered;
use super::newline::{LineEnd, uninitialized};
use super::util::*;
use ::text::codec::handlers::ErrorMode;
use runtime::class::TypeSpec;
use runtime::object::*;
use runtime::{Res, Value, Vm};

pub static SPEC: TypeSpec = TypeSpec {
    name: "TextIOWrapper",
    doc: "Character and line based layer over a BufferedIOBase object, buffer.\n\nencoding gives the name of the encoding that the stream will be\ndecoded or encoded with. It defaults to locale.getencoding().\n\nerrors determines the strictness of encoding and decoding (see\nhelp(codecs.Codec) or the documentation for codecs.register) and\ndefaults to \"strict\".\n\nnewline controls how line endings are handled. It can be None, '',\n'\\n', '\\r', and '\\r\\n'.  It works as follows:\n\n* On input, if newline is None, universal newlines mode is\n  enabled. Lines in the input can end in '\\n', '\\r', or '\\r\\n', and\n  these are translated into '\\n' before being returned to the\n  caller. If it is '', universal newline mode is enabled, but line\n  endings are returned to the caller untranslated. If it has any of\n  the other legal values, input lines are only terminated by the given\n  string, and the line ending is returned to the caller untranslated.\n\n* On output, if newline is None, any '\\n' characters written are\n  translated to the system default line separator, os.linesep. If\n  newline is '' or '\\n', no translation takes place. If newline is any\n  of the other legal values, any '\\n' characters written are translated\n  to the given string.\n\nIf line_buffering is True, a call to flush is implied when a call to\nwrite contains a newline character.",
    base: Some(&TEXTIOBASE),
    tables: &[
        methods::lifecycle::TABLE,
        methods::streaming::TABLE,
        methods::attributes::TABLE,
    ],
    iternext: Some(methods::next_line),
    ..IO_TYPE
};

/// What a stream is made with.
pub struct Options {
    pub encoding: Value,
    pub errors: Value,
    pub newline: Option<&'static str>,
    pub line_buffering: bool,
    pub write_through: bool,
}

fn any<'a>(vm: &mut Vm, this: Value) -> Res<&'a Text> {
    match this.payload::<Text>() {
        Some(p) => Ok(p),
        None => Err(vm.type_error("a TextIOWrapper object is required")),
    }
}

/// The state of an initialised stream that has its buffer.
fn attached<'a>(vm: &mut Vm, this: Value) -> Res<&'a Text> {
    let t = any(vm, this)?;
    if t.detached.get() {
        return Err(vm.value_error("underlying buffer has been detached"));
    }
    if !t.ready.get() {
        return Err(uninitialized(vm));
    }
    Ok(t)
}

/// The state of an open stream.
fn open<'a>(vm: &mut Vm, this: Value) -> Res<&'a Text> {
    let t = attached(vm, this)?;
    if closed(vm, t)? {
        return Err(closed_error(vm));
    }
    Ok(t)
}

fn closed(vm: &mut Vm, t: &Text) -> Res<bool> {
    if let Some(closed) = read::file_closed(t) {
        return Ok(closed);
    }
    let buffer = t.buffer.get().unwrap_or(Value::NONE);
    attr_truth(vm, buffer, "closed")
}

/// Sets encoding and error handler.
fn set_codec(vm: &mut Vm, t: &Text, encoding: Value, errors: Value) -> Res<()> {
    let name = vm.utf8(encoding)?;
    let handler = vm.utf8(errors)?;
    let mode = ErrorMode::from_name(&handler);
    let codec = match mode {
        Some(_) => Codec::of(&name),
        None => Codec::Objects,
    };
    t.decoder.set(None);
    t.encoder.set(None);
    if codec == Codec::Objects {
        codec::find_objects(vm, t, encoding, errors)?;
    }
    t.codec.set(codec);
    t.mode.set(mode.unwrap_or(ErrorMode::Strict));
    t.encoding.set(Some(encoding));
    t.errors.set(Some(errors));
    Ok(())
}

fn set_newline(t: &Text, newline: Option<&'static str>) {
    t.universal.set(matches!(newline, None | Some("")));
    t.newlines.translate.set(newline.is_none());
    t.line_end.set(LineEnd::of(newline));
    t.write_end
        .set(newline.filter(|n| matches!(*n, "\r" | "\r\n")));
}

/// Connects a stream to its buffer.
pub fn attach(vm: &mut Vm, this: Value, buffer: Value, o: Options) -> Res<()> {
    let t = any(vm, this)?;
    t.ready.set(false);
    t.detached.set(false);
    t.core.pending.borrow_mut().clear();
    t.held.borrow_mut().clear();
    t.forget_read();
    t.newlines.reset();
    let fast = buffered::exact_core(vm, buffer);
    *t.core.buf.borrow_mut() = fast;
    t.buffer.set(Some(buffer));
    let direct = read::fast_raw(t).and_then(|r| r.core.file.borrow().clone());
    match direct {
        Some(f) => {
            let class = vm.class_of(buffer).name_str();
            t.can_read
                .set(f.readable.get() && class != "BufferedWriter");
            t.can_write
                .set(f.writable.get() && class != "BufferedReader");
            t.seekable.set(f.can_seek());
            t.has_read1.set(true);
        }
        None => {
            t.can_read.set(method_truth(vm, buffer, "readable")?);
            t.can_write.set(method_truth(vm, buffer, "writable")?);
            t.seekable.set(method_truth(vm, buffer, "seekable")?);
            let name = vm.intern("read1");
            t.has_read1.set(vm.get_attr_opt(buffer, name)?.is_some());
        }
    }
    t.telling.set(t.seekable.get());
    set_newline(t, o.newline);
    set_codec(vm, t, o.encoding, o.errors)?;
    t.line_buffering.set(o.line_buffering);
    t.write_through.set(o.write_through);
    if t.seekable.get() && t.can_write.get() && t.codec.get() == Codec::Objects {
        let at = vm.call_method(buffer, vm.names.tell, &[])?;
        if vm.truth(at)? {
            codec::reset_encoder(vm, t, false)?;
        }
    }
    t.ready.set(true);
    super::exit::register_text(vm, &t.core)
}

/// Makes an exact TextIOWrapper.
pub fn new_text(vm: &mut Vm, buffer: Value, o: Options) -> Res {
    let class = vm.native_type(&SPEC)?;
    let v = vm.new_payload(class, Text::new())?;
    attach(vm, v, buffer, o)?;
    Ok(v)
}

/// Writes a str to an exact TextIOWrapper; Ok(false) when `file` is something else.
///
/// What `print` uses: it skips attribute lookup and calls.
pub fn write_fast(vm: &mut Vm, file: Value, s: Value) -> Res<bool> {
    let Some(t) = file.payload::<Text>() else {
        return Ok(false);
    };
    if !s.is_kind(Kind::Str) || vm.class_of(file) != vm.native_type(&SPEC)? {
        return Ok(false);
    }
    open(vm, file)?;
    write::write(vm, t, s)?;
    Ok(true)
}

/// The encoding and error arguments of `function` with their defaults.
pub fn encoding_args(
    vm: &mut Vm,
    encoding: Option<Value>,
    errors: Option<Value>,
    function: &str,
) -> Res<(Value, Value)> {
    let encoding = match encoding {
        None | Some(Value::NONE) => super::locale_encoding(vm),
        Some(e) if vm.str_equals(e, "locale") => super::locale_encoding(vm),
        Some(e) => text_arg(vm, e, "encoding", function)?,
    };
    let errors = match errors {
        None | Some(Value::NONE) => vm.names.strict,
        Some(e) => text_arg(vm, e, "errors", function)?,
    };
    Ok((encoding, errors))
}

fn text_arg(vm: &mut Vm, v: Value, name: &str, function: &str) -> Res {
    if !v.is_kind(Kind::Str) {
        let got = vm.argument_kind(v);
        return Err(vm.type_error(&format!(
            "{function}() argument '{name}' must be str or None, not {got}"
        )));
    }
    Ok(v)
}
