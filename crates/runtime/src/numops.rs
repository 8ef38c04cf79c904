//! Operations on numbers that only builtins and modules use: abs, pow with a modulus, identity.

use crate::class::TypeObj;
use crate::object::*;
use crate::ops::BinOp;
use crate::value::{Res, Value};
use crate::vm::Vm;

impl Vm {
    /// `abs(v)`.
    pub fn abs(&mut self, v: Value) -> Res {
        if let Some(n) = v.as_small_int() {
            return self.new_int(n.abs());
        }
        if let Some(f) = v.as_float() {
            return Ok(Value::float(f.abs()));
        }
        match self.special(v, self.names.__abs__) {
            Some(m) => self.call_method_value(m, v, &[]),
            None => {
                let name = self.class_name(v);
                Err(self.type_error(&format!("bad operand type for abs(): '{name}'")))
            }
        }
    }

    /// `pow(base, exp, modulus)`; a modulus of None is `base ** exp`.
    pub fn ternary_pow(&mut self, base: Value, exp: Value, modulus: Value) -> Res {
        if modulus.is_none() {
            return self.binary(BinOp::Pow, base, exp);
        }
        let n = self.names;
        let (tb, te) = (self.class_of(base), self.class_of(exp));
        let left = self.lookup(tb, n.__pow__);
        let right = if tb == te {
            None
        } else {
            self.lookup(te, n.__rpow__)
        };
        let right_first =
            right.is_some() && te.is_subtype(tb) && right != self.lookup(tb, n.__rpow__);
        let mut tries = [left.map(|m| (m, base, exp)), right.map(|m| (m, exp, base))];
        if right_first {
            tries.swap(0, 1);
        }
        for (m, this, other) in tries.into_iter().flatten() {
            let r = self.call_method_value(m, this, &[other, modulus])?;
            if !r.is_not_implemented() {
                return Ok(r);
            }
        }
        self.pow_of_modulus_type(base, exp, modulus)
    }

    /// The type of the modulus has the last word, when it is a builtin number type.
    fn pow_of_modulus_type(&mut self, base: Value, exp: Value, modulus: Value) -> Res {
        let class = self.class_of(modulus);
        // A native type's slot is asked whichever operand it stands for.
        if modulus.is_kind(Kind::Payload)
            && !class.has(crate::class::TypeFlags::HEAP)
            && let Some(m) = self.lookup(class, self.names.__pow__)
            && let Some(d) = m.downcast::<MethodDescrObj>()
        {
            let slots = [Some(base), Some(exp), Some(modulus)];
            let r = (d.def.func)(self, &slots)?;
            if !r.is_not_implemented() {
                return Ok(r);
            }
        }
        let (a, b, c) = (
            self.class_name(base),
            self.class_name(exp),
            self.class_name(modulus),
        );
        let number = |v: Value| v.is_float() || v.is_kind(Kind::Float) || self.is_int(v);
        if (modulus.is_float() || modulus.is_kind(Kind::Float)) && number(base) && number(exp) {
            return Err(
                self.type_error("pow() 3rd argument not allowed unless all arguments are integers")
            );
        }
        if modulus.is_kind(Kind::Complex)
            && [base, exp]
                .iter()
                .all(|v| number(*v) || v.is_kind(Kind::Complex))
        {
            return Err(self.value_error("complex modulo"));
        }
        Err(self.type_error(&format!(
            "unsupported operand type(s) for ** or pow(): '{a}', '{b}', '{c}'"
        )))
    }

    /// `callable(v)`.
    pub fn is_callable(&mut self, v: Value) -> bool {
        matches!(
            v.kind_byte(),
            k if k == Kind::Type as u8
                || k == Kind::Function as u8
                || k == Kind::Native as u8
                || k == Kind::MethodDescr as u8
                || k == Kind::BoundMethod as u8
        ) || self.special(v, self.names.__call__).is_some()
    }

    /// `id(v)`: the address; equal for ints and complex numbers that are the same by `is`.
    pub fn id_of(&mut self, v: Value) -> Res {
        if v.is_exact(Kind::Int)
            && let Some(i) = v.downcast::<IntObj>()
        {
            let mut h = mix(i.negative as u64 + 1);
            for l in i.limbs() {
                h = mix(h ^ l);
            }
            return self.new_int_u64(h | 1);
        }
        if v.is_exact(Kind::Complex)
            && let Some(c) = v.downcast::<ComplexObj>()
        {
            let h = mix(mix(c.re.to_bits()) ^ c.im.to_bits());
            return self.new_int_u64(h | 1);
        }
        self.new_int_u64(v.bits())
    }

    /// The class of `v` is exactly `class`.
    pub fn is_exactly(&self, v: Value, class: Ref<TypeObj>) -> bool {
        self.class_of(v) == class
    }
}

/// A mix of 64 bits (splitmix64's finaliser). Odd results never meet addresses, which are even.
fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
