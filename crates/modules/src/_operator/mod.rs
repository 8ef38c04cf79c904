//! `_operator`.

mod getters;

use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::ops::BinOp;
use runtime::{Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_operator",
    doc: "Operator interface.\n\nThis module exports a set of functions implemented in C corresponding\nto the intrinsic operators of Python.  For example, operator.add(x, y)\nis equivalent to the expression x+y.",
    functions: &[
        binary::functions::TABLE,
        inplace::functions::TABLE,
        compare::functions::TABLE,
        functions::TABLE,
    ],
    init,
};

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    for spec in getters::TYPES {
        vm.module_add_type(m, spec)?;
    }
    Ok(())
}

/// Declares functions of two operands: name, signature, docstring, operator.
macro_rules! two_operands {
    ($module:ident $call:ident $enum:ident { $($name:ident $sig:tt $doc:tt $op:ident;)* }) => {
        mod $module {
            use runtime::ops::$enum;
            use runtime::{Res, Value, Vm};

            #[derive::natives]
            pub mod functions {
                use super::*;
                $(
                    #[doc = $doc]
                    #[native($sig)]
                    fn $name(vm: &mut Vm, _m: Value, a: Value, b: Value) -> Res {
                        vm.$call($enum::$op, a, b)
                    }
                )*
            }
        }
    };
}

two_operands!(binary binary BinOp {
    add "add($module, a, b, /)" "Same as a + b." Add;
    sub "sub($module, a, b, /)" "Same as a - b." Sub;
    mul "mul($module, a, b, /)" "Same as a * b." Mul;
    matmul "matmul($module, a, b, /)" "Same as a @ b." MatMul;
    floordiv "floordiv($module, a, b, /)" "Same as a // b." FloorDiv;
    truediv "truediv($module, a, b, /)" "Same as a / b." TrueDiv;
    modulo "mod($module, a, b, /)" "Same as a % b." Mod;
    lshift "lshift($module, a, b, /)" "Same as a << b." Lshift;
    rshift "rshift($module, a, b, /)" "Same as a >> b." Rshift;
    and_ "and_($module, a, b, /)" "Same as a & b." And;
    xor "xor($module, a, b, /)" "Same as a ^ b." Xor;
    or_ "or_($module, a, b, /)" "Same as a | b." Or;
    pow "pow($module, a, b, /)" "Same as a ** b." Pow;
});

two_operands!(inplace inplace BinOp {
    iadd "iadd($module, a, b, /)" "Same as a += b." Add;
    isub "isub($module, a, b, /)" "Same as a -= b." Sub;
    imul "imul($module, a, b, /)" "Same as a *= b." Mul;
    imatmul "imatmul($module, a, b, /)" "Same as a @= b." MatMul;
    ifloordiv "ifloordiv($module, a, b, /)" "Same as a //= b." FloorDiv;
    itruediv "itruediv($module, a, b, /)" "Same as a /= b." TrueDiv;
    imod "imod($module, a, b, /)" "Same as a %= b." Mod;
    ilshift "ilshift($module, a, b, /)" "Same as a <<= b." Lshift;
    irshift "irshift($module, a, b, /)" "Same as a >>= b." Rshift;
    iand "iand($module, a, b, /)" "Same as a &= b." And;
    ixor "ixor($module, a, b, /)" "Same as a ^= b." Xor;
    ior "ior($module, a, b, /)" "Same as a |= b." Or;
    ipow "ipow($module, a, b, /)" "Same as a **= b." Pow;
});

two_operands!(compare compare CmpOp {
    eq "eq($module, a, b, /)" "Same as a == b." Eq;
    ne "ne($module, a, b, /)" "Same as a != b." Ne;
    lt "lt($module, a, b, /)" "Same as a < b." Lt;
    le "le($module, a, b, /)" "Same as a <= b." Le;
    gt "gt($module, a, b, /)" "Same as a > b." Gt;
    ge "ge($module, a, b, /)" "Same as a >= b." Ge;
});

#[derive::natives]
mod functions {
    use super::*;

    /// Return True if a is true, False otherwise.
    #[native("truth($module, a, /)")]
    fn truth(_: &mut Vm, _m: Value, a: bool) -> Res<bool> {
        Ok(a)
    }
    /// Same as b in a (note reversed operands).
    #[native("contains($module, a, b, /)")]
    fn contains(vm: &mut Vm, _m: Value, a: Value, b: Value) -> Res<bool> {
        vm.contains(a, b)
    }
    /// Return the first index of b in a.
    #[native("indexOf($module, a, b, /)")]
    fn index_of(vm: &mut Vm, _m: Value, a: Value, b: Value) -> Res<usize> {
        let it = iterator(vm, a)?;
        let mut i = 0;
        while let Some(v) = vm.next(it)? {
            if vm.eq(v, b)? {
                return Ok(i);
            }
            i += 1;
        }
        Err(vm.value_error("sequence.index(x): x not in sequence"))
    }
    /// Return the number of items in a which are, or which equal, b.
    #[native("countOf($module, a, b, /)")]
    fn count_of(vm: &mut Vm, _m: Value, a: Value, b: Value) -> Res<usize> {
        let it = iterator(vm, a)?;
        let mut n = 0;
        while let Some(v) = vm.next(it)? {
            n += usize::from(vm.eq(v, b)?);
        }
        Ok(n)
    }
    /// Same as a is b.
    #[native("is_($module, a, b, /)")]
    fn is_(vm: &mut Vm, _m: Value, a: Value, b: Value) -> Res<bool> {
        Ok(vm.is_same(a, b))
    }
    /// Same as a is not b.
    #[native("is_not($module, a, b, /)")]
    fn is_not(vm: &mut Vm, _m: Value, a: Value, b: Value) -> Res<bool> {
        Ok(!vm.is_same(a, b))
    }
    /// Same as a is None.
    #[native("is_none($module, a, /)")]
    fn is_none(_: &mut Vm, _m: Value, a: Value) -> Res<bool> {
        Ok(a.is_none())
    }
    /// Same as a is not None.
    #[native("is_not_none($module, a, /)")]
    fn is_not_none(_: &mut Vm, _m: Value, a: Value) -> Res<bool> {
        Ok(!a.is_none())
    }
    /// Same as a.__index__()
    #[native("index($module, a, /)")]
    fn index(vm: &mut Vm, _m: Value, a: Value) -> Res {
        vm.index(a)
    }
    /// Same as -a.
    #[native("neg($module, a, /)")]
    fn neg(vm: &mut Vm, _m: Value, a: Value) -> Res {
        vm.neg(a)
    }
    /// Same as +a.
    #[native("pos($module, a, /)")]
    fn pos(vm: &mut Vm, _m: Value, a: Value) -> Res {
        vm.pos(a)
    }
    /// Same as abs(a).
    #[native("abs($module, a, /)")]
    fn abs(vm: &mut Vm, _m: Value, a: Value) -> Res {
        vm.abs(a)
    }
    /// Same as ~a.
    #[native("inv($module, a, /)")]
    fn inv(vm: &mut Vm, _m: Value, a: Value) -> Res {
        vm.invert(a)
    }
    /// Same as ~a.
    #[native("invert($module, a, /)")]
    fn invert(vm: &mut Vm, _m: Value, a: Value) -> Res {
        vm.invert(a)
    }
    /// Same as not a.
    #[native("not_($module, a, /)")]
    fn not_(_: &mut Vm, _m: Value, a: bool) -> Res<bool> {
        Ok(!a)
    }
    /// Same as a + b, for a and b sequences.
    #[native("concat($module, a, b, /)")]
    fn concat(vm: &mut Vm, _m: Value, a: Value, b: Value) -> Res {
        need_sequence(vm, a)?;
        vm.binary(BinOp::Add, a, b)
    }
    /// Same as a += b, for a and b sequences.
    #[native("iconcat($module, a, b, /)")]
    fn iconcat(vm: &mut Vm, _m: Value, a: Value, b: Value) -> Res {
        need_sequence(vm, a)?;
        vm.inplace(BinOp::Add, a, b)
    }
    /// Same as a[b].
    #[native("getitem($module, a, b, /)")]
    fn getitem(vm: &mut Vm, _m: Value, a: Value, b: Value) -> Res {
        vm.get_item(a, b)
    }
    /// Same as a[b] = c.
    #[native("setitem($module, a, b, c, /)")]
    fn setitem(vm: &mut Vm, _m: Value, a: Value, b: Value, c: Value) -> Res<()> {
        vm.set_item(a, b, c)
    }
    /// Same as del a[b].
    #[native("delitem($module, a, b, /)")]
    fn delitem(vm: &mut Vm, _m: Value, a: Value, b: Value) -> Res<()> {
        vm.del_item(a, b)
    }
    /// Return 'a == b'.
    ///
    /// This function uses an approach designed to prevent
    /// timing analysis, making it appropriate for cryptography.
    ///
    /// a and b must both be of the same type: either str (ASCII only),
    /// or any bytes-like object.
    ///
    /// Note: If a and b are of different lengths, or if an error occurs,
    /// a timing attack could theoretically reveal information about the
    /// types and lengths of a and b--but not their values.
    #[native("_compare_digest($module, a, b, /)")]
    fn compare_digest(vm: &mut Vm, _m: Value, a: Value, b: Value) -> Res<bool> {
        let (x, y) = match (a.downcast::<StrObj>(), b.downcast::<StrObj>()) {
            (Some(x), Some(y)) => {
                if !x.is_ascii() || !y.is_ascii() {
                    return Err(vm.type_error(
                        "comparing strings with non-ASCII characters is not supported",
                    ));
                }
                (x.raw().to_vec(), y.raw().to_vec())
            }
            _ => match (vm.buffer_bytes(a)?, vm.buffer_bytes(b)?) {
                (Some(x), Some(y)) => (x, y),
                _ => {
                    let (p, q) = (vm.class_name(a), vm.class_name(b));
                    return Err(vm.type_error(&format!(
                        "unsupported operand types(s) or combination of types: '{p}' and '{q}'"
                    )));
                }
            },
        };
        if x.len() != y.len() {
            return Ok(false);
        }
        // No early exit: the time must not tell where the first difference is.
        let diff = x.iter().zip(&y).fold(0, |acc, (p, q)| acc | (p ^ q));
        Ok(std::hint::black_box(diff) == 0)
    }
    /// Return an estimate of the number of items in obj.
    ///
    /// This is useful for presizing containers when building from an iterable.
    ///
    /// If the object supports len(), the result will be exact.
    /// Otherwise, it may over- or under-estimate by an arbitrary amount.
    /// The result will be an integer >= 0.
    #[native("length_hint($module, obj, default=0, /)")]
    fn length_hint(vm: &mut Vm, _m: Value, obj: Value, default: Option<Value>) -> Res<usize> {
        let default = match default {
            Some(d) => vm.index_isize(d)?,
            None => 0,
        };
        vm.length_hint(obj, default.max(0) as usize)
    }
    /// Same as obj(*args, **kwargs).
    #[native("call($module, obj, /, *args, **kwargs)")]
    fn call(vm: &mut Vm, _m: Value, obj: Value, args: Value, kwargs: Option<Value>) -> Res {
        vm.call_spread(obj, args, kwargs)
    }
}

/// `iter(v)` with the wording of sequence searches.
fn iterator(vm: &mut Vm, v: Value) -> Res {
    match vm.iter(v) {
        Ok(it) => Ok(it),
        Err(r) => {
            if vm.special(v, vm.names.__iter__).is_none() && vm.catch(vm.types.exc.TypeError) {
                let name = vm.class_name(v);
                return Err(vm.type_error(&format!(
                    "argument of type '{name}' is not a container or iterable"
                )));
            }
            Err(r)
        }
    }
}

fn need_sequence(vm: &mut Vm, v: Value) -> Res<()> {
    if !v.is_kind(Kind::Dict) && vm.special(v, vm.names.__getitem__).is_some() {
        return Ok(());
    }
    let name = vm.class_name(v);
    Err(vm.type_error(&format!("'{name}' object can't be concatenated")))
}
