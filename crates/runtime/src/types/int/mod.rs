//! `int`.

mod convert;
mod methods;
mod text;

pub use text::{DEFAULT_MAX_STR_DIGITS, MAX_STR_DIGITS_THRESHOLD};

use super::number::{binary_operators, comparisons};
use crate::class::{TypeFlags, TypeObj, TypeSpec};
use crate::object::*;
use crate::ops::{BinOp, CmpOp};
use crate::value::{Res, Value};
use crate::vm::Vm;
use num::BigInt;

pub static SPEC: TypeSpec = TypeSpec {
    name: "int",
    kind: Kind::Int,
    doc: "int([x]) -> integer\nint(x, base=10) -> integer\n\nConvert a number or string to an integer, or return 0 if no arguments\nare given.  If x is a number, return x.__int__().  For floating-point\nnumbers, this truncates towards zero.\n\nIf x is not a number or if base is given, then x must be a string,\nbytes, or bytearray instance representing an integer literal in the\ngiven base.  The literal can be preceded by '+' or '-' and be surrounded\nby whitespace.  The base defaults to 10.  Valid bases are 0 and 2-36.\nBase 0 means to interpret the base from the string as an integer\niteral.\n>>> int('0b100', base=0)\n4",
    tables: &[
        construct::TABLE,
        compare::TABLE,
        operators::TABLE,
        unary::TABLE,
        methods::methods::TABLE,
    ],
    flags: TypeFlags::BASE.union(TypeFlags::MATCH_SELF),
    ..TypeSpec::DEFAULT
};

#[derive::natives]
mod construct {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, x=0, /, base=10)", nosig)]
    fn new(vm: &mut Vm, class: Value, x: Option<Value>, base: Option<Value>) -> Res {
        let class = vm.number_class(class, vm.types.int)?;
        let v = match (x, base) {
            (None, None) => Value::int_unchecked(0),
            (None, Some(_)) => return Err(vm.type_error("int() missing string argument")),
            (Some(x), None) => vm.number_to_int(x)?,
            (Some(x), Some(base)) => vm.int_with_base(x, base)?,
        };
        vm.int_of_class(class, v)
    }
}

comparisons!(compare, super::int_compare);

binary_operators!(operators, super::int_operator, {
    add radd Add "__add__($self, value, /)" "__radd__($self, value, /)" "Return self+value." "Return value+self.";
    sub rsub Sub "__sub__($self, value, /)" "__rsub__($self, value, /)" "Return self-value." "Return value-self.";
    mul rmul Mul "__mul__($self, value, /)" "__rmul__($self, value, /)" "Return self*value." "Return value*self.";
    modulo rmod Mod "__mod__($self, value, /)" "__rmod__($self, value, /)" "Return self%value." "Return value%self.";
    divmod rdivmod DivMod "__divmod__($self, value, /)" "__rdivmod__($self, value, /)" "Return divmod(self, value)." "Return divmod(value, self).";
    lshift rlshift Lshift "__lshift__($self, value, /)" "__rlshift__($self, value, /)" "Return self<<value." "Return value<<self.";
    rshift rrshift Rshift "__rshift__($self, value, /)" "__rrshift__($self, value, /)" "Return self>>value." "Return value>>self.";
    and rand And "__and__($self, value, /)" "__rand__($self, value, /)" "Return self&value." "Return value&self.";
    xor rxor Xor "__xor__($self, value, /)" "__rxor__($self, value, /)" "Return self^value." "Return value^self.";
    or ror Or "__or__($self, value, /)" "__ror__($self, value, /)" "Return self|value." "Return value|self.";
    floordiv rfloordiv FloorDiv "__floordiv__($self, value, /)" "__rfloordiv__($self, value, /)" "Return self//value." "Return value//self.";
    truediv rtruediv TrueDiv "__truediv__($self, value, /)" "__rtruediv__($self, value, /)" "Return self/value." "Return value/self.";
});

fn int_operator(vm: &mut Vm, op: BinOp, a: Value, b: Value) -> Res {
    if vm.is_int(a) && vm.is_int(b) {
        return vm.int_binary(op, a, b);
    }
    Ok(Value::NOT_IMPLEMENTED)
}

fn int_compare(vm: &mut Vm, op: CmpOp, a: Value, b: Value) -> Res {
    if vm.is_int(a) && vm.is_int(b) {
        return Ok(Value::bool(op.holds(vm.cmp_ints(a, b))));
    }
    Ok(Value::NOT_IMPLEMENTED)
}

#[derive::natives]
mod unary {
    use super::*;

    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res {
        let text = vm.int_to_decimal(this)?;
        vm.new_str_ascii(text.as_bytes())
    }
    /// Return hash(self).
    #[native("__hash__($self, /)")]
    fn hash(vm: &mut Vm, this: Value) -> Res<i64> {
        Ok(vm.hash_int(this))
    }
    /// Return pow(self, value, mod).
    #[native("__pow__($self, value, mod=None, /)")]
    fn pow(vm: &mut Vm, this: Value, value: Value, modulus: Option<Value>) -> Res {
        vm.int_pow(this, value, modulus.unwrap_or(Value::NONE))
    }
    /// Return pow(value, self, mod).
    #[native("__rpow__($self, value, mod=None, /)")]
    fn rpow(vm: &mut Vm, this: Value, value: Value, modulus: Option<Value>) -> Res {
        vm.int_pow(value, this, modulus.unwrap_or(Value::NONE))
    }
    /// -self
    #[native("__neg__($self, /)")]
    fn neg(vm: &mut Vm, this: Value) -> Res {
        vm.int_binary(BinOp::Sub, Value::int_unchecked(0), this)
    }
    /// +self
    #[native("__pos__($self, /)")]
    fn pos(vm: &mut Vm, this: Value) -> Res {
        vm.exact_int(this)
    }
    /// abs(self)
    #[native("__abs__($self, /)")]
    fn abs(vm: &mut Vm, this: Value) -> Res {
        if vm.int_is_negative(this) {
            return vm.int_binary(BinOp::Sub, Value::int_unchecked(0), this);
        }
        vm.exact_int(this)
    }
    /// True if self else False
    #[native("__bool__($self, /)")]
    fn bool(vm: &mut Vm, this: Value) -> Res<bool> {
        Ok(vm.int_to_i64(this) != Some(0))
    }
    /// ~self
    #[native("__invert__($self, /)")]
    fn invert(vm: &mut Vm, this: Value) -> Res {
        vm.int_binary(BinOp::Sub, Value::int_unchecked(-1), this)
    }
    /// int(self)
    #[native("__int__($self, /)")]
    fn int(vm: &mut Vm, this: Value) -> Res {
        vm.exact_int(this)
    }
    /// float(self)
    #[native("__float__($self, /)")]
    fn float(vm: &mut Vm, this: Value) -> Res<f64> {
        vm.int_to_f64(this)
    }
    /// Return self converted to an integer, if self is suitable for use as an index into a list.
    #[native("__index__($self, /)")]
    fn index(vm: &mut Vm, this: Value) -> Res {
        vm.exact_int(this)
    }
}

impl Vm {
    /// An int value (bool, subclass instance) as an exact int.
    #[inline]
    pub fn exact_int(&mut self, v: Value) -> Res {
        if v.is_small_int() || v.is_exact(Kind::Int) {
            return Ok(v);
        }
        match self.int_to_i64(v) {
            Some(n) => self.new_int(n),
            None => match self.to_big(v) {
                Some(b) => self.new_big(&b),
                None => Err(self.system_error("an int was expected")),
            },
        }
    }

    /// An int value as an instance of `class`: int itself or a subclass of it.
    pub fn int_of_class(&mut self, class: Ref<TypeObj>, v: Value) -> Res {
        if class == self.types.int {
            return Ok(v);
        }
        let b = self.to_big(v).unwrap_or_default();
        let (negative, limbs) = b.limbs();
        let made = self.new_int_cell(super::number::shape_of(class), negative, limbs)?;
        if class.has(TypeFlags::DEL) {
            self.mark_finalizable(made)?;
        }
        Ok(made)
    }

    /// `hash(int)` of any int value.
    pub fn hash_int(&self, v: Value) -> i64 {
        match self.int_to_i64(v) {
            Some(n) => num::hash::hash_i64(n),
            None => self.to_big(v).map_or(0, |b| num::hash::hash_big(&b)),
        }
    }

    /// `int.__pow__` with an optional modulus (None when not given).
    pub fn int_pow(&mut self, a: Value, b: Value, modulus: Value) -> Res {
        if !self.is_int(a) || !self.is_int(b) {
            return Ok(Value::NOT_IMPLEMENTED);
        }
        if modulus.is_none() {
            return self.int_binary(BinOp::Pow, a, b);
        }
        let (Some(x), Some(y), Some(m)) = (self.to_big(a), self.to_big(b), self.to_big(modulus))
        else {
            return Ok(Value::NOT_IMPLEMENTED);
        };
        match x.modpow(&y, &m) {
            Ok(r) => self.new_big(&r),
            Err(e) => Err(self.num_error(e)),
        }
    }

    /// An int value as a big integer; 0 for anything else.
    pub(crate) fn big_of(&self, v: Value) -> BigInt {
        self.to_big(v).unwrap_or_default()
    }

    /// Notes that a cell of a class with `__del__` has a finalizer to run.
    pub fn mark_finalizable(&mut self, v: Value) -> Res<()> {
        if let Some(h) = v.as_cell() {
            // SAFETY: a live cell.
            if unsafe { (*h).flags } & HAS_FINALIZER != 0 {
                return Ok(());
            }
            self.track_finalizer(v)?;
            // SAFETY: a live cell.
            unsafe { (*h).flags |= HAS_FINALIZER };
        }
        Ok(())
    }
}
