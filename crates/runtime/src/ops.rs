//! Operators: arithmetic, comparison, subscripts, containment, iteration.

use crate::class::*;
use crate::object::*;
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;
use num::{BigInt, ErrorKind, NumError};
use std::cmp::Ordering;

macro_rules! binops {
    ($($name:ident $sym:literal $method:ident $rmethod:ident $imethod:ident;)*) => {
        /// A binary operator.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum BinOp { $($name),* }
        impl BinOp {
            /// All operators in numeric order.
            pub const ALL: &'static [BinOp] = &[$(BinOp::$name),*];
            pub fn symbol(self) -> &'static str {
                match self { $(BinOp::$name => $sym),* }
            }
            /// Names of the method, the reflected and the in-place method.
            #[inline]
            pub fn methods(self, vm: &Vm) -> (Value, Value, Value) {
                let n = vm.names;
                match self { $(BinOp::$name => (n.$method, n.$rmethod, n.$imethod)),* }
            }
        }
    };
}

binops! {
    Add "+" __add__ __radd__ __iadd__;
    Sub "-" __sub__ __rsub__ __isub__;
    Mul "*" __mul__ __rmul__ __imul__;
    TrueDiv "/" __truediv__ __rtruediv__ __itruediv__;
    FloorDiv "//" __floordiv__ __rfloordiv__ __ifloordiv__;
    Mod "%" __mod__ __rmod__ __imod__;
    And "&" __and__ __rand__ __iand__;
    Or "|" __or__ __ror__ __ior__;
    Xor "^" __xor__ __rxor__ __ixor__;
    Lshift "<<" __lshift__ __rlshift__ __ilshift__;
    Rshift ">>" __rshift__ __rrshift__ __irshift__;
    Pow "** or pow()" __pow__ __rpow__ __ipow__;
    MatMul "@" __matmul__ __rmatmul__ __imatmul__;
    DivMod "divmod()" __divmod__ __rdivmod__ __divmod__;
}

/// A rich comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum CmpOp {
    Lt,
    Le,
    Eq,
    Ne,
    Gt,
    Ge,
}

impl CmpOp {
    pub fn symbol(self) -> &'static str {
        ["<", "<=", "==", "!=", ">", ">="][self as usize]
    }
    #[inline]
    pub fn method(self, vm: &Vm) -> Value {
        let n = vm.names;
        match self {
            CmpOp::Lt => n.__lt__,
            CmpOp::Le => n.__le__,
            CmpOp::Eq => n.__eq__,
            CmpOp::Ne => n.__ne__,
            CmpOp::Gt => n.__gt__,
            CmpOp::Ge => n.__ge__,
        }
    }
    pub fn swapped(self) -> CmpOp {
        match self {
            CmpOp::Lt => CmpOp::Gt,
            CmpOp::Le => CmpOp::Ge,
            CmpOp::Gt => CmpOp::Lt,
            CmpOp::Ge => CmpOp::Le,
            other => other,
        }
    }
    #[inline(always)]
    pub fn holds(self, o: Ordering) -> bool {
        match self {
            CmpOp::Lt => o == Ordering::Less,
            CmpOp::Le => o != Ordering::Greater,
            CmpOp::Eq => o == Ordering::Equal,
            CmpOp::Ne => o != Ordering::Equal,
            CmpOp::Gt => o == Ordering::Greater,
            CmpOp::Ge => o != Ordering::Less,
        }
    }
    /// IEEE comparison.
    #[inline(always)]
    pub fn holds_f64(self, a: f64, b: f64) -> bool {
        match self {
            CmpOp::Lt => a < b,
            CmpOp::Le => a <= b,
            CmpOp::Eq => a == b,
            CmpOp::Ne => a != b,
            CmpOp::Gt => a > b,
            CmpOp::Ge => a >= b,
        }
    }
}

impl Vm {
    /// Raises the Python form of a number error.
    pub fn num_error(&mut self, e: NumError) -> Raised {
        let text = e.message.to_string();
        match e.kind {
            ErrorKind::Value => self.value_error(&text),
            ErrorKind::Overflow => self.overflow_error(&text),
            ErrorKind::Range => {
                let errno = Value::int_unchecked(libc::ERANGE as i64);
                match self.new_str(&text) {
                    Ok(t) => self.error_with(self.types.exc.OverflowError, &[errno, t]),
                    Err(r) => r,
                }
            }
            ErrorKind::ZeroDivision => self.zero_division(&text),
            ErrorKind::Type => self.type_error(&text),
            ErrorKind::Memory => self.memory_error(),
        }
    }

    /// `a op b`.
    pub fn binary(&mut self, op: BinOp, a: Value, b: Value) -> Res {
        if let Some(r) = self.number_binary(op, a, b) {
            return r;
        }
        if op == BinOp::Add && a.shape_id() == b.shape_id() {
            if a.is_exact(Kind::Str) {
                return self.concat_str(a, b);
            }
            // SAFETY: both are of the kind tested.
            unsafe {
                if a.is_exact(Kind::List) {
                    return self.list_concat(a.cast(), b.cast());
                }
                if a.is_exact(Kind::Tuple) {
                    return self.tuple_concat(a.cast(), b.cast());
                }
                if a.is_exact(Kind::Bytes) {
                    return self.concat_bytes(a, b);
                }
            }
        }
        if op == BinOp::Mul
            && a.is_exact(Kind::List)
            && let Some(n) = b.as_small_int()
        {
            // SAFETY: checked above.
            return self.list_repeated(unsafe { a.cast() }, n.max(0) as usize);
        }
        if op == BinOp::Mod
            && a.is_exact(Kind::Str)
            && (!b.is_cell() || b.is_exact(Kind::Tuple) || b.is_exact(Kind::Str))
        {
            return self.percent_str(a, b);
        }
        let r = self.binary_methods(op, a, b)?;
        if !r.is_not_implemented() {
            return Ok(r);
        }
        Err(self.unsupported(op.symbol(), a, b))
    }

    /// `a op= b`.
    pub fn inplace(&mut self, op: BinOp, a: Value, b: Value) -> Res {
        if let Some(r) = self.number_binary(op, a, b) {
            return r;
        }
        if op == BinOp::Add && a.shape_id() == b.shape_id() {
            if a.is_exact(Kind::Str) {
                return self.concat_str(a, b);
            }
            if a.is_exact(Kind::Bytes) {
                return self.concat_bytes(a, b);
            }
        }
        let (_, _, im) = op.methods(self);
        if let Some(m) = self.special(a, im) {
            let r = self.call_method_value(m, a, &[b])?;
            if !r.is_not_implemented() {
                return Ok(r);
            }
        }
        let r = self.binary_methods(op, a, b)?;
        if !r.is_not_implemented() {
            return Ok(r);
        }
        let symbol = if op == BinOp::Pow {
            "**=".to_string()
        } else {
            format!("{}=", op.symbol())
        };
        Err(self.unsupported(&symbol, a, b))
    }

    #[cold]
    pub(crate) fn unsupported(&mut self, symbol: &str, a: Value, b: Value) -> Raised {
        let (x, y) = (self.class_of(a).full_name(), self.class_of(b).full_name());
        if symbol == ">>"
            && a.is_kind(Kind::Native)
            && self
                .display_repr(a)
                .is_ok_and(|r| r == "<built-in function print>")
        {
            return self.type_error(&format!(
                "unsupported operand type(s) for >>: '{x}' and '{y}'. Did you mean \"print(<message>, file=<output_stream>)\"?"
            ));
        }
        self.type_error(&format!(
            "unsupported operand type(s) for {symbol}: '{x}' and '{y}'"
        ))
    }

    /// Tries the methods of both operands in CPython's order; NotImplemented when neither does it.
    pub fn binary_methods(&mut self, op: BinOp, a: Value, b: Value) -> Res {
        let (m, rm, _) = op.methods(self);
        let (ta, tb) = (self.class_of(a), self.class_of(b));
        let left = self.lookup(ta, m);
        let right = if ta == tb { None } else { self.lookup(tb, rm) };
        // Concatenation and repetition of builtin sequences come after the number protocol.
        let left_is_sequence = matches!(op, BinOp::Add | BinOp::Mul)
            && left.is_some_and(|l| l.is_kind(Kind::MethodDescr))
            && is_builtin_sequence(a);
        let right_is_sequence =
            right.is_some_and(|r| r.is_kind(Kind::MethodDescr)) && is_builtin_sequence(b);
        let mut right_first = left_is_sequence && !right_is_sequence;
        if right.is_some() && tb.is_subtype(ta) {
            right_first = right != self.lookup(ta, rm);
        }
        if right_first && let Some(r) = right {
            let v = self.call_method_value(r, b, &[a])?;
            if !v.is_not_implemented() {
                return Ok(v);
            }
        }
        if let Some(l) = left {
            let v = self.call_method_value(l, a, &[b])?;
            if !v.is_not_implemented() {
                return Ok(v);
            }
        }
        if !right_first && let Some(r) = right {
            return self.call_method_value(r, b, &[a]);
        }
        Ok(Value::NOT_IMPLEMENTED)
    }

    /// Arithmetic of ints, bools and floats (exact types); None for anything else.
    #[inline]
    pub fn number_binary(&mut self, op: BinOp, a: Value, b: Value) -> Option<Res> {
        if a.is_small_int() && b.is_small_int() {
            return Some(self.small_binary(op, a.small_int_unchecked(), b.small_int_unchecked()));
        }
        if let (Some(x), Some(y)) = (a.as_float(), b.as_float()) {
            return self.float_binary(op, x, y);
        }
        self.mixed_binary(op, a, b)
    }

    fn mixed_binary(&mut self, op: BinOp, a: Value, b: Value) -> Option<Res> {
        let int_like = |v: Value| v.is_small_int() || v.is_bool() || v.is_exact(Kind::Int);
        match (a.as_float(), b.as_float()) {
            (None, None) if op != BinOp::MatMul && int_like(a) && int_like(b) => {
                if a.is_bool() && b.is_bool() && matches!(op, BinOp::And | BinOp::Or | BinOp::Xor) {
                    let (x, y) = (a.is_true(), b.is_true());
                    return Some(Ok(Value::bool(match op {
                        BinOp::And => x & y,
                        BinOp::Or => x | y,
                        _ => x ^ y,
                    })));
                }
                Some(self.int_binary(op, a, b))
            }
            (Some(x), None) if int_like(b) => match self.int_to_f64(b) {
                Ok(y) => self.float_binary(op, x, y),
                Err(r) => Some(Err(r)),
            },
            (None, Some(y)) if int_like(a) => match self.int_to_f64(a) {
                Ok(x) => self.float_binary(op, x, y),
                Err(r) => Some(Err(r)),
            },
            _ => None,
        }
    }

    /// Float arithmetic; None for operators that floats do not have.
    pub fn float_binary(&mut self, op: BinOp, x: f64, y: f64) -> Option<Res> {
        Some(match op {
            BinOp::Add => Ok(Value::float(x + y)),
            BinOp::Sub => Ok(Value::float(x - y)),
            BinOp::Mul => Ok(Value::float(x * y)),
            BinOp::TrueDiv if y == 0.0 => Err(self.zero_division("division by zero")),
            BinOp::TrueDiv => Ok(Value::float(x / y)),
            BinOp::FloorDiv => match num::float::floor_div(x, y) {
                Some(r) => Ok(Value::float(r)),
                None => Err(self.zero_division("division by zero")),
            },
            BinOp::Mod => match num::float::modulo(x, y) {
                Some(r) => Ok(Value::float(r)),
                None => Err(self.zero_division("division by zero")),
            },
            BinOp::DivMod => match num::float::divmod(x, y) {
                Some((q, r)) => self.new_tuple(&[Value::float(q), Value::float(r)]),
                None => Err(self.zero_division("division by zero")),
            },
            BinOp::Pow => match num::float::pow(x, y) {
                Ok(num::float::Pow::Float(r)) => Ok(Value::float(r)),
                Ok(num::float::Pow::Complex) => {
                    let (a, b) = match (self.new_complex(x, 0.0), self.new_complex(y, 0.0)) {
                        (Ok(a), Ok(b)) => (a, b),
                        _ => return Some(Err(Raised)),
                    };
                    self.binary(BinOp::Pow, a, b)
                }
                Err(e) => Err(self.num_error(e)),
            },
            _ => return None,
        })
    }

    /// Arithmetic of small ints.
    pub fn small_binary(&mut self, op: BinOp, x: i64, y: i64) -> Res {
        match op {
            BinOp::Add => self.new_int(x + y),
            BinOp::Sub => self.new_int(x - y),
            BinOp::Mul => match x.checked_mul(y) {
                Some(r) => self.new_int(r),
                None => self.new_int_i128(x as i128 * y as i128),
            },
            BinOp::TrueDiv => match num::int_float::true_div_i64(x, y) {
                Ok(r) => Ok(Value::float(r)),
                Err(e) => Err(self.num_error(e)),
            },
            BinOp::FloorDiv | BinOp::Mod | BinOp::DivMod if y == 0 => {
                Err(self.zero_division("division by zero"))
            }
            BinOp::FloorDiv => self.new_int(floor_div(x, y)),
            BinOp::Mod => self.new_int(floor_mod(x, y)),
            BinOp::DivMod => {
                let (q, r) = (
                    self.new_int(floor_div(x, y))?,
                    self.new_int(floor_mod(x, y))?,
                );
                self.new_tuple(&[q, r])
            }
            BinOp::And => self.new_int(x & y),
            BinOp::Or => self.new_int(x | y),
            BinOp::Xor => self.new_int(x ^ y),
            BinOp::Lshift if y < 0 => Err(self.value_error("negative shift count")),
            BinOp::Lshift if x == 0 => Ok(Value::int_unchecked(0)),
            BinOp::Lshift if y < 64 => self.new_int_i128((x as i128) << y),
            BinOp::Rshift if y < 0 => Err(self.value_error("negative shift count")),
            BinOp::Rshift => self.new_int(x >> y.min(63)),
            BinOp::Lshift | BinOp::Pow => self.big_binary(op, &BigInt::from(x), &BigInt::from(y)),
            BinOp::MatMul => Ok(Value::NOT_IMPLEMENTED),
        }
        .and_then(|v| {
            if v.is_not_implemented() {
                Err(self.unsupported(
                    op.symbol(),
                    Value::int_unchecked(x),
                    Value::int_unchecked(y),
                ))
            } else {
                Ok(v)
            }
        })
    }

    /// Arithmetic of any two int values (small, bool, cell).
    pub fn int_binary(&mut self, op: BinOp, a: Value, b: Value) -> Res {
        if let (Some(x), Some(y)) = (self.int_to_i64(a), self.int_to_i64(b)) {
            match op {
                BinOp::Add => return self.new_int_i128(x as i128 + y as i128),
                BinOp::Sub => return self.new_int_i128(x as i128 - y as i128),
                BinOp::Mul => return self.new_int_i128(x as i128 * y as i128),
                BinOp::FloorDiv | BinOp::Mod | BinOp::DivMod if x == i64::MIN => {}
                _ => return self.small_binary(op, x, y),
            }
        }
        if let (Some(x), Some(y)) = (self.int_to_i128(a), self.int_to_i128(b))
            && let Some(r) = wide_binary(op, x, y)
        {
            return self.new_int_i128(r);
        }
        match (self.to_big(a), self.to_big(b)) {
            (Some(x), Some(y)) => self.big_binary(op, &x, &y),
            _ => Ok(Value::NOT_IMPLEMENTED),
        }
    }

    fn big_binary(&mut self, op: BinOp, x: &BigInt, y: &BigInt) -> Res {
        // Results and scratch memory of products and quotients are about so large.
        let words = x.limbs().1.len() + y.limbs().1.len();
        self.check_room(words.saturating_mul(24 * 8))?;
        let r = match op {
            BinOp::Add => x + y,
            BinOp::Sub => x - y,
            BinOp::Mul => x * y,
            BinOp::And => x & y,
            BinOp::Or => x | y,
            BinOp::Xor => x ^ y,
            BinOp::TrueDiv => {
                return match num::int_float::true_div(x, y) {
                    Ok(f) => Ok(Value::float(f)),
                    Err(e) => Err(self.num_error(e)),
                };
            }
            BinOp::FloorDiv | BinOp::Mod | BinOp::DivMod => {
                let Some((q, r)) = x.divmod(y) else {
                    return Err(self.zero_division("division by zero"));
                };
                if op == BinOp::DivMod {
                    let (q, r) = (self.new_big(&q)?, self.new_big(&r)?);
                    return self.new_tuple(&[q, r]);
                }
                if op == BinOp::FloorDiv { q } else { r }
            }
            BinOp::Lshift | BinOp::Rshift => {
                if y.is_negative() {
                    return Err(self.value_error("negative shift count"));
                }
                match (op, y.to_u64()) {
                    (BinOp::Rshift, Some(n)) => x.shr(n),
                    (BinOp::Rshift, None) => BigInt::from(if x.is_negative() { -1i64 } else { 0 }),
                    _ if x.is_zero() => BigInt::from(0i64),
                    (_, Some(n)) => match x.shl(n) {
                        Ok(r) => r,
                        Err(e) => return Err(self.num_error(e)),
                    },
                    _ => return Err(self.overflow_error("too many digits in integer")),
                }
            }
            BinOp::Pow => {
                if y.is_negative() {
                    return match (num::int_float::to_f64(x), num::int_float::to_f64(y)) {
                        (Ok(a), Ok(b)) => self
                            .float_binary(BinOp::Pow, a, b)
                            .unwrap_or(Ok(Value::NOT_IMPLEMENTED)),
                        _ => Err(self.overflow_error("int too large to convert to float")),
                    };
                }
                let Some(n) = y.to_u64() else {
                    return match x.to_i64() {
                        Some(k @ (0 | 1)) => self.new_int(k),
                        Some(-1) => self.new_int(if y.is_even() { 1 } else { -1 }),
                        _ => Err(self.memory_error()),
                    };
                };
                match x.pow(n) {
                    Ok(r) => r,
                    Err(e) => return Err(self.num_error(e)),
                }
            }
            BinOp::MatMul => return Ok(Value::NOT_IMPLEMENTED),
        };
        self.new_big(&r)
    }

    // ---- comparison ----

    /// Compares two numbers of exact types; None for anything else.
    #[inline]
    pub fn number_compare(&mut self, op: CmpOp, a: Value, b: Value) -> Option<bool> {
        if a.is_small_int() && b.is_small_int() {
            return Some(op.holds(a.small_int_unchecked().cmp(&b.small_int_unchecked())));
        }
        let int_like = |v: Value| v.is_small_int() || v.is_bool() || v.is_exact(Kind::Int);
        match (a.as_float(), b.as_float()) {
            (Some(x), Some(y)) => Some(op.holds_f64(x, y)),
            (Some(x), None) if int_like(b) => Some(
                self.cmp_int_f64(b, x)
                    .map(Ordering::reverse)
                    .map_or(op == CmpOp::Ne, |o| op.holds(o)),
            ),
            (None, Some(y)) if int_like(a) => Some(
                self.cmp_int_f64(a, y)
                    .map_or(op == CmpOp::Ne, |o| op.holds(o)),
            ),
            (None, None) if int_like(a) && int_like(b) => Some(op.holds(self.cmp_ints(a, b))),
            _ => None,
        }
    }

    /// Order of two int values.
    pub fn cmp_ints(&self, a: Value, b: Value) -> Ordering {
        match (self.int_to_i64(a), self.int_to_i64(b)) {
            (Some(x), Some(y)) => x.cmp(&y),
            _ => self.to_big(a).cmp(&self.to_big(b)),
        }
    }

    /// Order of an int value and a float; None for NaN.
    pub fn cmp_int_f64(&self, a: Value, f: f64) -> Option<Ordering> {
        match self.int_to_i64(a) {
            Some(i) => num::int_float::cmp_i64_float(i, f),
            None => num::int_float::cmp_int_float(&self.to_big(a)?, f),
        }
    }

    /// `a op b`, any value.
    pub fn compare(&mut self, op: CmpOp, a: Value, b: Value) -> Res {
        if let Some(r) = self.number_compare(op, a, b) {
            return Ok(Value::bool(r));
        }
        if a.is_exact(Kind::Str) && b.is_exact(Kind::Str) {
            // SAFETY: both are str cells.
            let (x, y) = unsafe { (a.cast::<StrObj>(), b.cast::<StrObj>()) };
            return Ok(Value::bool(match op {
                CmpOp::Eq => x.same_units(y),
                CmpOp::Ne => !x.same_units(y),
                _ => op.holds(x.units().compare(y.units())),
            }));
        }
        if a.is_exact(Kind::Tuple) && b.is_exact(Kind::Tuple) {
            return crate::types::tuple::tuple_compare(self, op, a, b);
        }
        if a.is_exact(Kind::List) && b.is_exact(Kind::List) {
            return crate::types::list::list_compare(self, op, a, b);
        }
        let identity = |vm: &Vm, v: Value| vm.class_of(v).has(TypeFlags::IDENTITY_EQ);
        if op == CmpOp::Eq && identity(self, a) && identity(self, b) {
            return Ok(Value::bool(self.is_same(a, b)));
        }
        self.check_native_stack()?;
        self.compare_methods(op, a, b)
    }

    fn compare_methods(&mut self, op: CmpOp, a: Value, b: Value) -> Res {
        let (ta, tb) = (self.class_of(a), self.class_of(b));
        let (m, rm) = (op.method(self), op.swapped().method(self));
        let mut right_done = false;
        if ta != tb
            && tb.is_subtype(ta)
            && let Some(r) = self.lookup(tb, rm)
        {
            right_done = true;
            let v = self.call_method_value(r, b, &[a])?;
            if !v.is_not_implemented() {
                return Ok(v);
            }
        }
        if let Some(l) = self.lookup(ta, m) {
            let v = self.call_method_value(l, a, &[b])?;
            if !v.is_not_implemented() {
                return Ok(v);
            }
        }
        if !right_done && let Some(r) = self.lookup(tb, rm) {
            let v = self.call_method_value(r, b, &[a])?;
            if !v.is_not_implemented() {
                return Ok(v);
            }
        }
        match op {
            CmpOp::Eq => Ok(Value::bool(self.is_same(a, b))),
            CmpOp::Ne => Ok(Value::bool(!self.is_same(a, b))),
            _ => {
                let (x, y) = (self.class_of(a).full_name(), self.class_of(b).full_name());
                Err(self.type_error(&format!(
                    "'{}' not supported between instances of '{x}' and '{y}'",
                    op.symbol()
                )))
            }
        }
    }

    /// `a < b` as a bool.
    pub fn less(&mut self, a: Value, b: Value) -> Res<bool> {
        let r = self.compare(CmpOp::Lt, a, b)?;
        self.truth(r)
    }

    // ---- unary ----

    pub fn neg(&mut self, v: Value) -> Res {
        if let Some(n) = self
            .int_to_i64(v)
            .filter(|_| !v.is_kind(Kind::Int) || v.is_exact(Kind::Int))
        {
            return self.new_int_i128(-(n as i128));
        }
        if let Some(f) = v.as_float() {
            return Ok(Value::float(-f));
        }
        self.unary(v, self.names.__neg__, "-")
    }
    pub fn pos(&mut self, v: Value) -> Res {
        if v.is_small_int() || v.is_float() {
            return Ok(v);
        }
        self.unary(v, self.names.__pos__, "+")
    }
    pub fn invert(&mut self, v: Value) -> Res {
        if let Some(n) = v.as_small_int() {
            return self.new_int(!n);
        }
        self.unary(v, self.names.__invert__, "~")
    }
    fn unary(&mut self, v: Value, method: Value, symbol: &str) -> Res {
        match self.special(v, method) {
            Some(m) => self.call_method_value(m, v, &[]),
            None => {
                let name = self.class_name(v);
                Err(self.type_error(&format!("bad operand type for unary {symbol}: '{name}'")))
            }
        }
    }

    // ---- containers ----

    /// `obj[index]`.
    pub fn get_item(&mut self, obj: Value, index: Value) -> Res {
        if let Some(i) = index.as_small_int() {
            if obj.is_exact(Kind::List) {
                // SAFETY: checked above.
                let l = unsafe { obj.cast::<ListObj>() };
                let i = if i < 0 { i + l.len.get() as i64 } else { i };
                return match l.get(i as usize) {
                    Some(v) if i >= 0 => Ok(v),
                    _ => Err(self.index_error("list index out of range")),
                };
            }
            if obj.is_exact(Kind::Tuple) {
                // SAFETY: checked above.
                let t = unsafe { obj.cast::<TupleObj>() };
                let i = if i < 0 { i + t.len as i64 } else { i };
                return match t.items().get(i as usize) {
                    Some(v) if i >= 0 => Ok(*v),
                    _ => Err(self.index_error("tuple index out of range")),
                };
            }
        }
        if obj.is_exact(Kind::Dict) {
            // SAFETY: checked above.
            return match self.dict_get(unsafe { obj.cast() }, index)? {
                Some(v) => Ok(v),
                None => Err(self.key_error(index)),
            };
        }
        if let Some(i) = index.as_small_int()
            && let Some(v) = self.text_item(obj, i)
        {
            return v;
        }
        match self.special(obj, self.names.__getitem__) {
            Some(m) => self.call_method_value(m, obj, &[index]),
            None => self.class_getitem(obj, index),
        }
    }

    /// `obj[i]` of an exact str, bytes or bytearray when i is in range.
    pub(crate) fn text_item(&mut self, obj: Value, i: i64) -> Option<Res> {
        // SAFETY: the shape id says what the cell is.
        unsafe {
            let len = match obj.shape_id() {
                k if k == Kind::Str as u32 => obj.cast::<StrObj>().len,
                k if k == Kind::Bytes as u32 => obj.cast::<BytesObj>().len,
                k if k == Kind::ByteArray as u32 => obj.cast::<ByteArrayObj>().len.get(),
                _ => return None,
            };
            let at = usize::try_from(if i < 0 { i + len as i64 } else { i }).ok()?;
            if at >= len {
                return None;
            }
            if obj.is_exact(Kind::Str) {
                let c = obj.cast::<StrObj>().units().get(at);
                return Some(self.new_char(c));
            }
            let byte = if obj.is_exact(Kind::Bytes) {
                obj.cast::<BytesObj>().as_slice()[at]
            } else {
                *obj.cast::<ByteArrayObj>().data.get().add(at)
            };
            Some(Ok(Value::int_unchecked(byte as i64)))
        }
    }

    /// `obj[start:stop]`.
    pub fn get_slice(&mut self, obj: Value, start: Value, stop: Value) -> Res {
        if let Some(n) = self.exact_len(obj)
            && let (Some(from), Some(to)) = (clamp_bound(start, 0, n), clamp_bound(stop, n, n))
        {
            let to = to.max(from);
            // SAFETY: the shape id says what the cell is; making the copy runs no Python code.
            unsafe {
                match obj.shape_id() {
                    k if k == Kind::List as u32 => return self.list_slice(obj.cast(), from, to),
                    k if k == Kind::Tuple as u32 && to - from < n => {
                        return self.new_tuple(&obj.cast::<TupleObj>().items()[from..to]);
                    }
                    k if k == Kind::Str as u32 => return self.substring(obj, from..to),
                    k if k == Kind::Bytes as u32 && to - from < n => {
                        let b = obj.cast::<BytesObj>();
                        return self.new_bytes(&b.as_slice()[from..to]);
                    }
                    _ => {}
                }
            }
        }
        let slice = self.new_slice(start, stop, Value::NONE)?;
        self.get_item(obj, slice)
    }

    /// `C[x]` for a class without a metaclass `__getitem__`.
    fn class_getitem(&mut self, obj: Value, index: Value) -> Res {
        let name = self.class_name(obj);
        if obj.is_kind(Kind::Type) {
            if obj == self.types.type_.value() {
                return self.new_generic_alias(obj, index);
            }
            if let Some(m) = self.get_attr_opt(obj, self.names.__class_getitem__)? {
                return self.call_value(m, &[index]);
            }
            // SAFETY: checked above.
            let cname = unsafe { obj.cast::<TypeObj>() }.full_name();
            return Err(self.type_error(&format!("type '{cname}' is not subscriptable")));
        }
        Err(self.type_error(&format!("'{name}' object is not subscriptable")))
    }

    /// `obj[index] = value`.
    pub fn set_item(&mut self, obj: Value, index: Value, value: Value) -> Res<()> {
        if obj.is_exact(Kind::Dict) {
            return self.dict_set(obj, index, value);
        }
        if let Some(i) = index.as_small_int()
            && obj.is_exact(Kind::List)
        {
            // SAFETY: checked above.
            let l = unsafe { obj.cast::<ListObj>() };
            let i = if i < 0 { i + l.len.get() as i64 } else { i };
            if i < 0 || i as usize >= l.len.get() {
                return Err(self.index_error("list assignment index out of range"));
            }
            // SAFETY: i is in range.
            unsafe { *l.items.get().add(i as usize) = value.bits() };
            gc::write_barrier(l.header());
            return Ok(());
        }
        match self.special(obj, self.names.__setitem__) {
            Some(m) => self.call_method_value(m, obj, &[index, value]).map(|_| ()),
            None => {
                self.sequence_index(obj, index)?;
                let name = self.class_name(obj);
                Err(self.type_error(&format!("'{name}' object does not support item assignment")))
            }
        }
    }

    /// `del obj[index]`.
    pub fn del_item(&mut self, obj: Value, index: Value) -> Res<()> {
        match self.special(obj, self.names.__delitem__) {
            Some(m) => self.call_method_value(m, obj, &[index]).map(|_| ()),
            None => {
                // CPython's two wordings: of its sequence slots and of its mapping slots.
                let not = match self.sequence_index(obj, index)? {
                    true => "doesn't",
                    false => "does not",
                };
                let name = self.class_name(obj);
                Err(self.type_error(&format!("'{name}' object {not} support item deletion")))
            }
        }
    }

    /// Whether CPython's sequence slots would be asked about an index, for whose complaints it
    /// must fit: an error if it does not.
    fn sequence_index(&mut self, obj: Value, index: Value) -> Res<bool> {
        let class = self.class_of(obj);
        let sequence = self.special(index, self.names.__index__).is_some()
            && (class.has(TypeFlags::HEAP) || self.lookup(class, self.names.__len__).is_some());
        if sequence {
            self.index_for(index)?;
        }
        Ok(sequence)
    }

    /// The value for a key in a dict (exact or derived, without `__missing__`).
    #[inline]
    pub fn dict_get(&mut self, d: Ref<DictObj>, key: Value) -> Res<Option<Value>> {
        let hash = self.hash_key(key)?;
        let found = crate::dict::find(self, d, key, hash)?;
        Ok(found
            .and_then(|i| crate::dict::entry_at(d, i))
            .and_then(|e| e.value))
    }

    /// Sets a key of a dict cell.
    #[inline]
    pub fn dict_set(&mut self, d: Value, key: Value, value: Value) -> Res<()> {
        let hash = self.hash_key(key)?;
        // SAFETY: the caller passes a dict.
        crate::dict::set(self, unsafe { d.cast::<DictObj>() }, key, hash, Some(value))
    }

    /// Sets a string key of a dict.
    pub fn dict_set_str(&mut self, d: Ref<DictObj>, key: &str, value: Value) -> Res<()> {
        let key = self.intern(key);
        self.dict_set(d.value(), key, value)
    }

    /// The value of a string key.
    pub fn dict_get_str(&mut self, d: Ref<DictObj>, key: &str) -> Option<Value> {
        let key = self.intern(key);
        self.dict_get_interned(d, key)
    }

    /// `item in container`.
    pub fn contains(&mut self, container: Value, item: Value) -> Res<bool> {
        // SAFETY: the shape ids say what the cells are.
        unsafe {
            if container.is_exact(Kind::Dict) {
                let hash = self.hash_key(item)?;
                return Ok(
                    crate::dict::find(self, container.cast::<DictObj>(), item, hash)?.is_some(),
                );
            }
            if container.is_exact(Kind::Set) || container.is_exact(Kind::FrozenSet) {
                return self.set_contains(container.cast::<SetObj>(), item);
            }
            if container.is_exact(Kind::List) {
                return self.list_contains(container.cast::<ListObj>(), item);
            }
            if container.is_exact(Kind::Str) && item.is_kind(Kind::Str) {
                let (s, part) = (container.cast::<StrObj>(), item.cast::<StrObj>());
                return Ok(text::search::contains(s.units(), part.units()));
            }
            if container.is_exact(Kind::Tuple) {
                for v in container.cast::<TupleObj>().items() {
                    if *v == item || self.eq(*v, item)? {
                        return Ok(true);
                    }
                }
                return Ok(false);
            }
        }
        match self.special(container, self.names.__contains__) {
            Some(m) if !m.is_none() => {
                let r = self.call_method_value(m, container, &[item])?;
                self.truth(r)
            }
            Some(_) => {
                let name = self.class_name(container);
                Err(self.type_error(&format!("'{name}' object is not a container")))
            }
            None => {
                let Ok(it) = self.iter(container) else {
                    if self.raised_is(self.types.exc.TypeError) {
                        self.raised = None;
                        let name = self.class_name(container);
                        return Err(self.type_error(&format!(
                            "argument of type '{name}' is not a container or iterable"
                        )));
                    }
                    return Err(Raised);
                };
                while let Some(v) = self.next(it)? {
                    if self.eq(v, item)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
        }
    }

    // ---- iteration ----

    /// `iter(v)`.
    pub fn iter(&mut self, v: Value) -> Res {
        // The exact builtins; nobody can change what their `__iter__` does.
        match v.shape_id() {
            k if k == Kind::List as u32 => {
                return Ok(self.new_iter(Kind::ListIter, Some(v), 0, 0)?.value());
            }
            k if k == Kind::Tuple as u32 => {
                return Ok(self.new_iter(Kind::TupleIter, Some(v), 0, 0)?.value());
            }
            k if k == Kind::Range as u32 => {
                // SAFETY: the shape id says what the cell is.
                let r = unsafe { v.cast::<RangeObj>() };
                return self.range_iter(r.start.or_none(), r.step.or_none(), r.length.or_none());
            }
            k if k == Kind::Generator as u32 => return Ok(v),
            _ => {}
        }
        let class = self.class_of(v);
        match self.lookup(class, self.names.__iter__) {
            Some(m) if !m.is_none() => {
                let it = self.call_method_value(m, v, &[])?;
                let it_class = self.class_of(it);
                if it_class.iternext.get().is_some()
                    || self.lookup(it_class, self.names.__next__).is_some()
                {
                    return Ok(it);
                }
                let name = it_class.full_name();
                Err(self.type_error(&format!("iter() returned non-iterator of type '{name}'")))
            }
            None if self.lookup(class, self.names.__getitem__).is_some()
                && !v.is_kind(Kind::Dict) =>
            {
                Ok(self.new_iter(Kind::SeqIter, Some(v), 0, 0)?.value())
            }
            _ => {
                let name = class.full_name();
                Err(self.type_error(&format!("'{name}' object is not iterable")))
            }
        }
    }

    /// The next item; None when exhausted.
    #[inline]
    pub fn next(&mut self, it: Value) -> Res<Option<Value>> {
        match self.next_raw(it) {
            Ok(item) => Ok(item),
            Err(r) => self.stopped(r),
        }
    }

    /// The next item; None or StopIteration when exhausted: an iterator that calls Python (`map`)
    /// passes on what that raised.
    #[inline]
    pub fn next_raw(&mut self, it: Value) -> Res<Option<Value>> {
        let class = self.class_of(it);
        if let Some(f) = class.iternext.get() {
            return f(self, it);
        }
        match self.lookup(class, self.names.__next__) {
            Some(m) => {
                let r = self.call_method_value(m, it, &[]);
                self.watch_stop(&r);
                r.map(Some)
            }
            None => {
                let name = class.full_name();
                Err(self.type_error(&format!("'{name}' object is not an iterator")))
            }
        }
    }

    #[cold]
    fn stopped(&mut self, r: Raised) -> Res<Option<Value>> {
        match self.catch(self.types.exc.StopIteration) {
            true => Ok(None),
            false => Err(r),
        }
    }

    /// All items of an iterable.
    pub fn collect(&mut self, v: Value) -> Res<crate::alloc::GcVec> {
        self.collect_or(v, None)
    }

    /// The items of an iterable; a TypeError of its `iter()` becomes one with `message`
    /// (`PySequence_Fast`).
    pub fn sequence_fast(&mut self, v: Value, message: &str) -> Res<crate::alloc::GcVec> {
        self.collect_or(v, Some(message))
    }

    fn collect_or(&mut self, v: Value, message: Option<&str>) -> Res<crate::alloc::GcVec> {
        let mut out = self.new_vec();
        if v.is_exact(Kind::Tuple) {
            // SAFETY: checked above.
            out.extend(self, unsafe { v.cast::<TupleObj>() }.items())?;
            return Ok(out);
        }
        if v.is_exact(Kind::List) {
            // SAFETY: checked above.
            let l = unsafe { v.cast::<ListObj>() };
            let mut i = 0;
            while let Some(item) = l.get(i) {
                out.push(self, item)?;
                i += 1;
            }
            return Ok(out);
        }
        let it = match (self.iter(v), message) {
            (Err(_), Some(m)) if self.catch(self.types.exc.TypeError) => {
                return Err(self.type_error(m));
            }
            (it, _) => it?,
        };
        // Exact generators have no length to tell.
        if v.shape_id() != Kind::Generator as u32 {
            let hint = self.length_hint(v, 0)?;
            out.reserve(self, hint)?;
        }
        while let Some(item) = self.next_refused(it, |vm, item| {
            out.push(vm, item).is_ok() || vm.forget_failure()
        })? {
            out.push(self, item)?;
        }
        Ok(out)
    }

    /// `operator.length_hint(v, default)`.
    pub fn length_hint(&mut self, v: Value, default: usize) -> Res<usize> {
        if self.special(v, self.names.__len__).is_some() {
            match self.len(v) {
                Ok(n) => return Ok(n),
                Err(_) if self.catch(self.types.exc.TypeError) => {}
                Err(r) => return Err(r),
            }
        }
        let Some(m) = self.special(v, self.names.__length_hint__) else {
            return Ok(default);
        };
        let r = match self.call_method_value(m, v, &[]) {
            Ok(r) => r,
            Err(_) if self.catch(self.types.exc.TypeError) => return Ok(default),
            Err(r) => return Err(r),
        };
        if r.is_not_implemented() {
            return Ok(default);
        }
        if !self.is_int(r) {
            let name = self.class_name(r);
            return Err(self.type_error(&format!("__length_hint__ must be an integer, not {name}")));
        }
        let n = self.index_isize(r)?;
        if n < 0 {
            return Err(self.value_error("__length_hint__() should return >= 0"));
        }
        Ok(n as usize)
    }

    // ---- classes ----

    /// `isinstance(v, class)` by the real class only.
    #[inline]
    pub fn is_instance_of(&self, v: Value, class: Ref<TypeObj>) -> bool {
        self.class_of(v).is_subtype(class)
    }
}

/// Arithmetic of two words; None for other operators and results that do not fit.
fn wide_binary(op: BinOp, x: i128, y: i128) -> Option<i128> {
    match op {
        BinOp::Add => x.checked_add(y),
        BinOp::Sub => x.checked_sub(y),
        BinOp::Mul => x.checked_mul(y),
        BinOp::And => Some(x & y),
        BinOp::Or => Some(x | y),
        BinOp::Xor => Some(x ^ y),
        BinOp::Rshift if y >= 0 => Some(x >> y.min(127)),
        BinOp::Lshift if (0..64).contains(&y) && x.unsigned_abs() < 1 << 62 => Some(x << y),
        BinOp::FloorDiv | BinOp::Mod if y > 0 => {
            let (q, r) = (x / y, x % y);
            let down = r != 0 && x < 0;
            Some(match op {
                BinOp::FloorDiv => q - down as i128,
                _ if down => r + y,
                _ => r,
            })
        }
        _ => None,
    }
}

/// A slice bound that is None (`default`) or a small int, inside `0..=len`.
fn clamp_bound(v: Value, default: usize, len: usize) -> Option<usize> {
    if v.is_none() {
        return Some(default);
    }
    let i = v.as_small_int()?;
    let i = if i < 0 { i + len as i64 } else { i };
    Some(usize::try_from(i).unwrap_or(0).min(len))
}

/// A builtin sequence whose + and * are sequence operations.
fn is_builtin_sequence(v: Value) -> bool {
    let k = v.kind_byte();
    k == Kind::List as u8
        || k == Kind::Tuple as u8
        || k == Kind::Str as u8
        || k == Kind::Bytes as u8
        || k == Kind::ByteArray as u8
}

/// Floor division; y is not zero.
#[inline(always)]
pub fn floor_div(x: i64, y: i64) -> i64 {
    let q = x / y;
    if x % y != 0 && (x ^ y) < 0 { q - 1 } else { q }
}

/// Modulo with the sign of y; y is not zero.
#[inline(always)]
pub fn floor_mod(x: i64, y: i64) -> i64 {
    let r = x % y;
    if r != 0 && (r ^ y) < 0 { r + y } else { r }
}
