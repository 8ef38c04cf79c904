//! `_codecs`.

mod charmap;
mod escape;
mod handlers;
mod transcode;

use runtime::codec::Codec;
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_codecs",
    doc: "",
    functions: &[
        functions::TABLE,
        transcode::functions::TABLE,
        charmap::functions::TABLE,
        escape::functions::TABLE,
    ],
    init,
};

fn init(_: &mut Vm, _: Ref<ModuleObj>) -> Res<()> {
    Ok(())
}

/// An optional errors argument: None means strict.
fn errors_of(vm: &mut Vm, v: Option<Value>, function: &str, n: usize) -> Res<String> {
    match v {
        None => Ok("strict".to_string()),
        Some(v) if v.is_none() => Ok("strict".to_string()),
        Some(v) if v.is_kind(Kind::Str) => vm.utf8(v),
        Some(v) => {
            let name = vm.argument_kind(v);
            Err(vm.type_error(&format!(
                "{function}() argument {n} must be str or None, not {name}"
            )))
        }
    }
}

/// `(object, count)`.
fn counted(vm: &mut Vm, v: Value, n: usize) -> Res {
    vm.new_tuple(&[v, Value::int_unchecked(n as i64)])
}

/// Bytes of a bytes-like object or of a str's UTF-8, for decoders that take both.
fn input_of(vm: &mut Vm, v: Value) -> Res<Vec<u8>> {
    if v.is_kind(Kind::Str) {
        return Ok(vm.utf8(v)?.into_bytes());
    }
    Ok(vm.get_buffer(v)?.as_slice().to_vec())
}

fn encoding_name(vm: &mut Vm, v: Option<Value>, f: &str) -> Res<String> {
    Ok(vm
        .codec_arg(v, f, "encoding")?
        .map_or_else(|| "utf-8".to_string(), |name| name.into_owned()))
}

#[derive::natives]
mod functions {
    use super::*;

    /// Register a codec search function.
    ///
    /// Search functions are expected to take one argument, the encoding
    /// name in all lower case letters, and either return None, or a tuple
    /// of functions (encoder, decoder, stream_reader, stream_writer) (or
    /// a CodecInfo object).
    #[native("register($module, search_function, /)")]
    fn register(vm: &mut Vm, _m: Value, search_function: Value) -> Res<()> {
        let callable = search_function.is_kind(Kind::Function)
            || search_function.is_kind(Kind::Native)
            || search_function.is_kind(Kind::BoundMethod)
            || vm.special(search_function, vm.names.__call__).is_some()
            || search_function.is_kind(Kind::Type);
        if !callable {
            return Err(vm.type_error("argument must be callable"));
        }
        vm.register_codec(search_function)
    }
    /// Unregister a codec search function and clear the registry's cache.
    ///
    /// If the search function is not registered, do nothing.
    #[native("unregister($module, search_function, /)")]
    fn unregister(vm: &mut Vm, _m: Value, search_function: Value) -> Res<()> {
        vm.unregister_codec(search_function)
    }
    /// Looks up a codec tuple in the Python codec registry and returns a CodecInfo object.
    #[native("lookup($module, encoding, /)")]
    fn lookup(vm: &mut Vm, _m: Value, encoding: Value) -> Res {
        let name = match vm.codec_arg(Some(encoding), "lookup", "encoding") {
            Ok(n) => n.unwrap_or_default(),
            Err(_) if !encoding.is_kind(Kind::Str) && vm.catch(vm.types.exc.TypeError) => {
                let name = vm.argument_kind(encoding);
                return Err(vm.type_error(&format!("lookup() argument must be str, not {name}")));
            }
            Err(r) => return Err(r),
        };
        vm.lookup_codec(&name)
    }
    /// Encodes obj using the codec registered for encoding.
    ///
    /// The default encoding is 'utf-8'.  errors may be given to set a
    /// different error handling scheme.  Default is 'strict' meaning that
    /// encoding errors raise a ValueError.  Other possible values are 'ignore',
    /// 'replace' and 'backslashreplace' as well as any other name registered
    /// with codecs.register_error that can handle ValueErrors.
    #[native("encode($module, /, obj, encoding='utf-8', errors='strict')")]
    fn encode(
        vm: &mut Vm,
        _m: Value,
        obj: Value,
        encoding: Option<Value>,
        errors: Option<Value>,
    ) -> Res {
        let name = encoding_name(vm, encoding, "encode")?;
        let errors = vm.codec_arg(errors, "encode", "errors")?;
        if obj.is_exact(Kind::Str) && Codec::shortcut(&name).is_some() {
            return vm.encode_object(obj, Some(&name), errors.as_deref());
        }
        let info = vm.lookup_codec(&name)?;
        let f = vm.get_item(info, Value::int_unchecked(0))?;
        vm.call_codec(f, obj, errors.as_deref(), "encoder")
    }
    /// Decodes obj using the codec registered for encoding.
    ///
    /// Default encoding is 'utf-8'.  errors may be given to set a
    /// different error handling scheme.  Default is 'strict' meaning that
    /// encoding errors raise a ValueError.  Other possible values are 'ignore',
    /// 'replace' and 'backslashreplace' as well as any other name registered
    /// with codecs.register_error that can handle ValueErrors.
    #[native("decode($module, /, obj, encoding='utf-8', errors='strict')")]
    fn decode(
        vm: &mut Vm,
        _m: Value,
        obj: Value,
        encoding: Option<Value>,
        errors: Option<Value>,
    ) -> Res {
        let name = encoding_name(vm, encoding, "decode")?;
        let errors = vm.codec_arg(errors, "decode", "errors")?;
        if obj.is_exact(Kind::Bytes) && Codec::shortcut(&name).is_some() {
            return vm.decode_object(obj, Some(&name), errors.as_deref());
        }
        let info = vm.lookup_codec(&name)?;
        let f = vm.get_item(info, Value::int_unchecked(1))?;
        vm.call_codec(f, obj, errors.as_deref(), "decoder")
    }
    /// Register the specified error handler under the name errors.
    ///
    /// handler must be a callable object, that will be called with an exception
    /// instance containing information about the location of the
    /// encoding/decoding error and must return a (replacement, new position)
    /// tuple.
    #[native("register_error($module, errors, handler, /)")]
    fn register_error(vm: &mut Vm, _m: Value, errors: Value, handler: Value) -> Res<()> {
        let name = vm.utf8(errors)?;
        if vm.special(handler, vm.names.__call__).is_none() {
            return Err(vm.type_error("handler must be callable"));
        }
        vm.register_error(&name, handler)
    }
    /// Un-register the specified error handler for the error handling `errors'.
    ///
    /// Only custom error handlers can be un-registered. An exception is raised
    /// if the error handling is a built-in one (e.g., 'strict'), or if an error
    /// occurs.
    ///
    /// Otherwise, this returns True if a custom handler has been successfully
    /// un-registered, and False if no custom handler for the specified error
    /// handling exists.
    #[native("_unregister_error($module, errors, /)")]
    fn _unregister_error(vm: &mut Vm, _m: Value, errors: Value) -> Res<bool> {
        let name = vm.utf8(errors)?;
        if text::codec::handlers::ErrorMode::from_name(&name).is_some() {
            return Err(vm.value_error(&format!(
                "cannot un-register built-in error handler '{name}'"
            )));
        }
        vm.unregister_error(&name)
    }
    /// lookup_error(errors) -> handler
    ///
    /// Return the error handler for the specified error handling name or raise
    /// a LookupError, if no handler exists under this name.
    #[native("lookup_error($module, name, /)")]
    fn lookup_error(vm: &mut Vm, _m: Value, name: Value) -> Res {
        let text = vm.utf8(name)?;
        if let Some(h) = vm.registered_error(&text)? {
            return Ok(h);
        }
        match handlers::builtin(vm, &text)? {
            Some(h) => Ok(h),
            None => vm.error_handler(&text),
        }
    }
    #[native("readbuffer_encode($module, data, errors=None, /)")]
    fn readbuffer_encode(vm: &mut Vm, _m: Value, data: Value, errors: Option<Value>) -> Res {
        errors_of(vm, errors, "readbuffer_encode", 2)?;
        let b = input_of(vm, data)?;
        let v = vm.new_bytes(&b)?;
        counted(vm, v, b.len())
    }
}
