//! What container types share: comparison tables, repr guards, slices of sequences, counts.

use crate::class::TypeObj;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

/// Declares a module `$name` whose TABLE holds the six comparison methods, all done by `$f`.
#[macro_export]
macro_rules! rich_compare {
    ($name:ident, $f:ident) => {
        #[derive::natives]
        mod $name {
            use ::runtime::ops::CmpOp;
            use ::runtime::{Res, Value, Vm};

            /// Return self<value.
            #[native("__lt__($self, value, /)")]
            fn lt(vm: &mut Vm, this: Value, value: Value) -> Res {
                super::$f(vm, CmpOp::Lt, this, value)
            }
            /// Return self<=value.
            #[native("__le__($self, value, /)")]
            fn le(vm: &mut Vm, this: Value, value: Value) -> Res {
                super::$f(vm, CmpOp::Le, this, value)
            }
            /// Return self==value.
            #[native("__eq__($self, value, /)")]
            fn eq(vm: &mut Vm, this: Value, value: Value) -> Res {
                super::$f(vm, CmpOp::Eq, this, value)
            }
            /// Return self!=value.
            #[native("__ne__($self, value, /)")]
            fn ne(vm: &mut Vm, this: Value, value: Value) -> Res {
                super::$f(vm, CmpOp::Ne, this, value)
            }
            /// Return self>value.
            #[native("__gt__($self, value, /)")]
            fn gt(vm: &mut Vm, this: Value, value: Value) -> Res {
                super::$f(vm, CmpOp::Gt, this, value)
            }
            /// Return self>=value.
            #[native("__ge__($self, value, /)")]
            fn ge(vm: &mut Vm, this: Value, value: Value) -> Res {
                super::$f(vm, CmpOp::Ge, this, value)
            }
        }
    };
}
pub use rich_compare;

/// Declares a module whose TABLE holds `__class_getitem__`.
#[derive::natives]
pub mod generic {
    use super::*;

    /// See PEP 585
    #[classmethod("__class_getitem__($type, object, /)")]
    fn class_getitem(vm: &mut Vm, class: Value, object: Value) -> Res {
        vm.new_generic_alias(class, object)
    }
}

impl Vm {
    /// Notes that the repr of `v` runs; false when it runs already (`Py_ReprEnter`).
    pub fn repr_enter(&mut self, v: Value) -> bool {
        // The flag saves the search, which would make deep nesting quadratic; it may be another
        // thread's.
        if let Some(h) = v.as_cell() {
            // SAFETY: a live cell.
            unsafe {
                if (*h).flags & IN_REPR != 0 && self.repr_stack.contains(&v) {
                    return false;
                }
                (*h).flags |= IN_REPR;
            }
        }
        self.repr_stack.push(v);
        true
    }
    /// Undoes the last `repr_enter`.
    pub fn repr_leave(&mut self, v: Value) {
        if let Some(i) = self.repr_stack.iter().rposition(|x| *x == v) {
            self.repr_stack.remove(i);
        }
        if let Some(h) = v.as_cell() {
            // SAFETY: a live cell.
            unsafe { (*h).flags &= !IN_REPR };
        }
    }
    /// Appends the repr of `v`.
    pub fn push_repr(&mut self, out: &mut text::StrBuf, v: Value) -> Res<()> {
        let r = self.repr(v)?;
        if let Some(s) = r.downcast::<StrObj>() {
            out.push_units(s.units());
        }
        Ok(())
    }

    /// The class argument of a builtin `__new__`: a subtype of `base`.
    pub fn class_arg(&mut self, class: Value, base: Ref<TypeObj>) -> Res<Ref<TypeObj>> {
        let Some(c) = class.downcast::<TypeObj>() else {
            let (b, got) = (base.full_name(), self.class_name(class));
            return Err(self.type_error(&format!("{b}.__new__(X): X is not a type object ({got})")));
        };
        if c.is_subtype(base) {
            return Ok(c);
        }
        let (b, got) = (base.full_name(), c.full_name());
        Err(self.type_error(&format!(
            "{b}.__new__({got}): {got} is not a subtype of {b}"
        )))
    }

    /// The optional single argument of a builtin constructor that takes `*args`.
    pub fn one_arg(&mut self, name: &str, args: Value) -> Res<Option<Value>> {
        let items = args.downcast::<TupleObj>();
        match items.as_ref().map_or(&[][..], |t| t.items()) {
            [] => Ok(None),
            [one] => Ok(Some(*one)),
            more => {
                let n = more.len();
                Err(self.type_error(&format!("{name} expected at most 1 argument, got {n}")))
            }
        }
    }

    /// TypeError when keyword arguments were given.
    pub fn no_kwargs(&mut self, name: &str, kwargs: Option<Value>) -> Res<()> {
        match kwargs.and_then(|k| k.downcast::<DictObj>()) {
            Some(d) if d.used.get() > 0 => {
                Err(self.type_error(&format!("{name}() takes no keyword arguments")))
            }
            _ => Ok(()),
        }
    }

    /// As `no_kwargs`, for the builtin `base` and those subclasses that leave its `method` (the
    /// partner of the constructor at hand: `__init__` or `__new__`) as it is.
    pub fn no_kwargs_for(
        &mut self,
        name: &str,
        class: Ref<TypeObj>,
        base: Ref<TypeObj>,
        method: Value,
        kwargs: Option<Value>,
    ) -> Res<()> {
        if kwargs.is_some()
            && (class == base || self.lookup(class, method) == self.lookup(base, method))
        {
            return self.no_kwargs(name, kwargs);
        }
        Ok(())
    }

    /// A start or stop argument of `index` methods, clipped to i64.
    pub fn slice_bound(&mut self, v: Value) -> Res<i64> {
        if let Some(n) = v.as_small_int() {
            return Ok(n);
        }
        if !self.has_index(v) {
            return Err(
                self.type_error("slice indices must be integers or have an __index__ method")
            );
        }
        self.index_clipped(v)
    }

    /// The value is an int or has `__index__`.
    pub fn has_index(&mut self, v: Value) -> bool {
        self.is_int(v) || self.special(v, self.names.__index__).is_some()
    }

    /// The count of a sequence repetition, at least 0.
    pub fn repeat_count(&mut self, n: Value) -> Res<usize> {
        if !self.has_index(n) {
            let name = self.class_of(n).full_name();
            return Err(self.type_error(&format!(
                "can't multiply sequence by non-int of type '{name}'"
            )));
        }
        let i = self.index(n)?;
        match self.int_to_i64(i) {
            Some(n) => Ok(n.max(0) as usize),
            None => {
                let text = self.cannot_fit(n);
                Err(self.overflow_error(&text))
            }
        }
    }

    /// Resolves a possibly negative bound against a length.
    pub fn clip_bound(bound: i64, len: usize) -> usize {
        if bound < 0 {
            bound.saturating_add(len as i64).max(0) as usize
        } else {
            bound as usize
        }
    }

    /// The hash of a dict key, with the dict's wording for unhashable ones.
    #[inline]
    pub fn hash_key(&mut self, key: Value) -> Res<i64> {
        match self.hash(key) {
            Ok(h) => Ok(h),
            Err(_) => Err(self.unhashable("a dict key", key)),
        }
    }
    /// The hash of a set element, with the set's wording for unhashable ones.
    #[inline]
    pub fn hash_element(&mut self, key: Value) -> Res<i64> {
        match self.hash(key) {
            Ok(h) => Ok(h),
            Err(_) => Err(self.unhashable("a set element", key)),
        }
    }
    #[cold]
    #[inline(never)]
    fn unhashable(&mut self, what: &str, key: Value) -> crate::value::Raised {
        let Some(e) = self.raised else {
            return crate::value::Raised;
        };
        if self.class_of(e) != self.types.exc.TypeError {
            return crate::value::Raised;
        }
        self.raised = None;
        let (name, text) = (self.full_name(self.class_of(key)), self.display(e));
        self.type_error(&format!("cannot use '{name}' as {what} ({text})"))
    }
}

/// `a op b` of two lengths or positions.
pub fn holds_len(op: crate::ops::CmpOp, a: usize, b: usize) -> Value {
    Value::bool(op.holds(a.cmp(&b)))
}
