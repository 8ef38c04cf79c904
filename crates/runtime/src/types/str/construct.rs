//! `str(...)` and what goes with the object itself.

use super::text_of;
use crate::class::TypeObj;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

#[derive::natives]
pub mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, object='', encoding='utf-8', errors='strict')", nosig)]
    fn new(
        vm: &mut Vm,
        class: Value,
        object: Option<Value>,
        encoding: Option<Value>,
        errors: Option<Value>,
    ) -> Res {
        let v = match object {
            None => vm.names.empty,
            Some(v) if encoding.is_none() && errors.is_none() => vm.str_of(v)?,
            Some(v) => vm.str_decoded(v, encoding, errors)?,
        };
        match class.downcast::<TypeObj>() {
            Some(c) if c != vm.types.str => vm.str_of_class(c, v),
            _ => Ok(v),
        }
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn dunder_repr(vm: &mut Vm, this: Value) -> Res {
        let r = text::repr::repr(text_of(this).units());
        vm.new_str_owned(&r)
    }
    /// Return str(self).
    #[native("__str__($self, /)")]
    fn dunder_str(vm: &mut Vm, this: Value) -> Res {
        vm.exact_str(this)
    }
    /// Return hash(self).
    #[native("__hash__($self, /)")]
    fn dunder_hash(vm: &mut Vm, this: Value) -> Res<i64> {
        Ok(vm.hash_str(this))
    }
    /// Return the size of the string in memory, in bytes.
    #[native("__sizeof__($self, /)")]
    fn dunder_sizeof(_: &mut Vm, this: Value) -> Res<usize> {
        Ok(size_of::<StrObj>() + text_of(this).raw().len())
    }
    #[native("__getnewargs__($self, /)")]
    fn dunder_getnewargs(vm: &mut Vm, this: Value) -> Res {
        let s = vm.new_str_units(text_of(this).units())?;
        vm.new_tuple(&[s])
    }
    /// Encode the string using the codec registered for encoding.
    ///
    ///   encoding
    ///     The encoding in which to encode the string.
    ///   errors
    ///     The error handling scheme to use for encoding errors.
    ///     The default is 'strict' meaning that encoding errors raise a
    ///     UnicodeEncodeError.  Other possible values are 'ignore', 'replace'
    ///     and 'xmlcharrefreplace' as well as any other name registered with
    ///     codecs.register_error that can handle UnicodeEncodeErrors.
    #[native("encode($self, /, encoding='utf-8', errors='strict')")]
    fn encode(vm: &mut Vm, this: Value, encoding: Option<Value>, errors: Option<Value>) -> Res {
        let encoding = vm.codec_arg(encoding, "encode", "encoding")?;
        let errors = vm.codec_arg(errors, "encode", "errors")?;
        vm.encode_object(this, encoding.as_deref(), errors.as_deref())
    }
}

impl Vm {
    fn str_decoded(&mut self, v: Value, encoding: Option<Value>, errors: Option<Value>) -> Res {
        let encoding = self.codec_arg(encoding, "str", "encoding")?;
        let errors = self.codec_arg(errors, "str", "errors")?;
        if v.is_kind(Kind::Str) {
            return Err(self.type_error("decoding str is not supported"));
        }
        if !self.has_buffer(v) {
            let name = self.class_name(v);
            return Err(self.type_error(&format!(
                "decoding to str: need a bytes-like object, {name} found"
            )));
        }
        self.decode_object(v, encoding.as_deref(), errors.as_deref())
    }

    /// A string of a str subclass with the content of `v`.
    pub fn str_of_class(&mut self, class: Ref<TypeObj>, v: Value) -> Res {
        let s = text_of(v);
        let width = s.units().width();
        let r = self.new_str_shaped(class.shape.get(), s.len, width, s.is_ascii())?;
        // SAFETY: room for the units.
        unsafe { crate::alloc::copy_units(s.units(), r.data.get().cast_mut()) };
        Ok(r.value())
    }
}
