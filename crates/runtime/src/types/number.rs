//! What the number types share: operator and comparison tables, constructor checks, formatting.

use crate::class::TypeObj;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;
use num::format_spec::{Align, FormatSpec, Formatted};

/// Declares a module `$name` whose TABLE holds binary operators, all done by
/// `$f(vm, BinOp, left, right)`.
macro_rules! binary_operators {
    ($name:ident, $f:path, { $($fname:ident $rname:ident $op:ident $sig:tt $rsig:tt $doc:tt $rdoc:tt;)* }) => {
        #[derive::natives]
        mod $name {
            use $crate::ops::BinOp;
            use $crate::value::{Res, Value};
            use $crate::vm::Vm;
            $(
                #[doc = $doc]
                #[native($sig)]
                fn $fname(vm: &mut Vm, this: Value, value: Value) -> Res {
                    $f(vm, BinOp::$op, this, value)
                }
                #[doc = $rdoc]
                #[native($rsig)]
                fn $rname(vm: &mut Vm, this: Value, value: Value) -> Res {
                    $f(vm, BinOp::$op, value, this)
                }
            )*
        }
    };
}
pub(crate) use binary_operators;

/// Declares a module `$name` whose TABLE holds the six comparisons, all done by
/// `$f(vm, CmpOp, left, right)`.
macro_rules! comparisons {
    ($name:ident, $f:path) => {
        #[derive::natives]
        mod $name {
            use $crate::ops::CmpOp;
            use $crate::value::{Res, Value};
            use $crate::vm::Vm;

            /// Return self<value.
            #[native("__lt__($self, value, /)")]
            fn lt(vm: &mut Vm, this: Value, value: Value) -> Res {
                $f(vm, CmpOp::Lt, this, value)
            }
            /// Return self<=value.
            #[native("__le__($self, value, /)")]
            fn le(vm: &mut Vm, this: Value, value: Value) -> Res {
                $f(vm, CmpOp::Le, this, value)
            }
            /// Return self==value.
            #[native("__eq__($self, value, /)")]
            fn eq(vm: &mut Vm, this: Value, value: Value) -> Res {
                $f(vm, CmpOp::Eq, this, value)
            }
            /// Return self!=value.
            #[native("__ne__($self, value, /)")]
            fn ne(vm: &mut Vm, this: Value, value: Value) -> Res {
                $f(vm, CmpOp::Ne, this, value)
            }
            /// Return self>value.
            #[native("__gt__($self, value, /)")]
            fn gt(vm: &mut Vm, this: Value, value: Value) -> Res {
                $f(vm, CmpOp::Gt, this, value)
            }
            /// Return self>=value.
            #[native("__ge__($self, value, /)")]
            fn ge(vm: &mut Vm, this: Value, value: Value) -> Res {
                $f(vm, CmpOp::Ge, this, value)
            }
        }
    };
}
pub(crate) use comparisons;

impl Vm {
    /// The class argument of a number's `__new__`: `base` or a subclass whose instances have the
    /// same layout.
    pub fn number_class(&mut self, class: Value, base: Ref<TypeObj>) -> Res<Ref<TypeObj>> {
        if class == base.value() {
            return Ok(base);
        }
        let b = base.full_name();
        let Some(c) = class.downcast::<TypeObj>() else {
            let got = self.class_name(class);
            return Err(self.type_error(&format!("{b}.__new__(X): X is not a type object ({got})")));
        };
        let got = c.full_name();
        if !c.is_subtype(base) {
            return Err(self.type_error(&format!(
                "{b}.__new__({got}): {got} is not a subtype of {b}"
            )));
        }
        if c.kind.get() != base.kind.get() {
            return Err(self.type_error(&format!(
                "{b}.__new__({got}) is not safe, use {got}.__new__()"
            )));
        }
        Ok(c)
    }

    /// A str argument of `function`; `what` is what messages call it ("argument", ...).
    pub fn str_arg(&mut self, v: Value, function: &str, what: &str) -> Res<Ref<StrObj>> {
        match v.downcast::<StrObj>() {
            Some(s) => Ok(s),
            None => {
                let name = self.argument_kind(v);
                Err(self.type_error(&format!("{function}() {what} must be str, not {name}")))
            }
        }
    }

    /// The parsed `__format__` argument of a number type; None when it is empty.
    pub fn number_spec(&mut self, this: Value, spec: Value) -> Res<Option<FormatSpec>> {
        let s = self.str_arg(spec, "__format__", "argument")?;
        if s.len == 0 {
            return Ok(None);
        }
        let points: Vec<u32> = s.units().iter().collect();
        let type_name = self.class_name(this);
        match FormatSpec::parse(&points, Align::Right, &type_name) {
            Ok(f) => Ok(Some(f)),
            Err(e) => Err(self.num_error(e)),
        }
    }

    /// The string of a formatted number.
    pub fn formatted(&mut self, f: num::error::Result<Formatted>) -> Res {
        let f = f.map_err(|e| self.num_error(e))?;
        if char::from_u32(f.fill).is_some() {
            let text = f.text().map_err(|e| self.num_error(e))?;
            return self.new_str(&text);
        }
        let mut b = text::StrBuf::new();
        b.push_repeated(f.fill, f.left);
        b.push_str(&f.head);
        b.push_repeated(f.fill, f.middle);
        b.push_str(&f.body);
        b.push_repeated(f.fill, f.right);
        self.new_str_owned(&b.finish())
    }

    /// The ASCII text a number is parsed from: Unicode digits and spaces replaced; anything else
    /// beyond ASCII becomes `?`, which no number has.
    pub fn number_text(s: Ref<StrObj>) -> Vec<u8> {
        if s.is_ascii() {
            return s.raw().to_vec();
        }
        s.units()
            .iter()
            .map(|c| match c {
                0..0x80 => c as u8,
                _ if text::ucd::is_space(c) => b' ',
                _ => text::ucd::decimal(c).map_or(b'?', |d| b'0' + d),
            })
            .collect()
    }

    /// The bytes of a bytes or bytearray instance, copied.
    pub fn plain_bytes(v: Value) -> Option<Vec<u8>> {
        if let Some(b) = v.downcast::<BytesObj>() {
            return Some(b.as_slice().to_vec());
        }
        let b = v.downcast::<ByteArrayObj>()?;
        if b.len.get() == 0 {
            return Some(Vec::new());
        }
        // SAFETY: `len` bytes at `data`; copied before anything can change them.
        Some(unsafe { std::slice::from_raw_parts(b.data.get(), b.len.get()) }.to_vec())
    }

    /// Calls a conversion dunder whose result must be of a builtin kind; a subclass instance is
    /// deprecated.
    pub(crate) fn warn_subclass_result(&mut self, who: &str, got: &str, base: &str) -> Res<()> {
        let text = format!(
            "{who} returned non-{base} (type {got}).  The ability to return an instance of a strict subclass of {base} is deprecated, and may be removed in a future version of Python."
        );
        self.warn(self.types.exc.DeprecationWarning, &text, 1)
    }
}

/// A class of variable-size number cells has this shape.
pub(crate) fn shape_of(class: Ref<TypeObj>) -> u32 {
    class.shape.get()
}
