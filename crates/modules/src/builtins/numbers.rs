//! Builtin functions of numbers and ordering.

use runtime::object::*;
use runtime::ops::{BinOp, CmpOp};
use runtime::{Res, Value, Vm};

#[derive::natives]
pub mod functions {
    use super::*;

    /// Return the absolute value of the argument.
    #[native("abs($module, number, /)")]
    fn abs(vm: &mut Vm, _m: Value, number: Value) -> Res {
        vm.abs(number)
    }
    /// Return the tuple (x//y, x%y).  Invariant: div*y + mod == x.
    #[native("divmod($module, x, y, /)")]
    fn divmod(vm: &mut Vm, _m: Value, x: Value, y: Value) -> Res {
        vm.binary(BinOp::DivMod, x, y)
    }
    /// Equivalent to base**exp with 2 arguments or base**exp % mod with 3 arguments.
    ///
    /// Some types, such as ints, are able to use a more efficient algorithm when
    /// invoked using the three argument form.
    #[native("pow($module, /, base, exp, mod=None)")]
    fn pow(vm: &mut Vm, _m: Value, base: Value, exp: Value, modulus: Option<Value>) -> Res {
        vm.ternary_pow(base, exp, modulus.unwrap_or(Value::NONE))
    }
    /// Round a number to a given precision in decimal digits.
    ///
    /// The return value is an integer if ndigits is omitted or None.  Otherwise
    /// the return value has the same type as the number.  ndigits may be negative.
    #[native("round($module, /, number, ndigits=None)")]
    fn round(vm: &mut Vm, _m: Value, number: Value, ndigits: Option<Value>) -> Res {
        let Some(m) = vm.special(number, vm.names.__round__) else {
            let name = vm.class_name(number);
            return Err(vm.type_error(&format!("type {name} doesn't define __round__ method")));
        };
        match ndigits {
            Some(n) if !n.is_none() => vm.call_method_value(m, number, &[n]),
            _ => vm.call_method_value(m, number, &[]),
        }
    }
    /// Return the binary representation of an integer.
    ///
    ///    >>> bin(2796202)
    ///    '0b1010101010101010101010'
    #[native("bin($module, number, /)")]
    fn bin(vm: &mut Vm, _m: Value, number: Value) -> Res<String> {
        prefixed(vm, number, 2)
    }
    /// Return the hexadecimal representation of an integer.
    ///
    ///    >>> hex(12648430)
    ///    '0xc0ffee'
    #[native("hex($module, number, /)")]
    fn hex(vm: &mut Vm, _m: Value, number: Value) -> Res<String> {
        prefixed(vm, number, 16)
    }
    /// Return the octal representation of an integer.
    ///
    ///    >>> oct(342391)
    ///    '0o1234567'
    #[native("oct($module, number, /)")]
    fn oct(vm: &mut Vm, _m: Value, number: Value) -> Res<String> {
        prefixed(vm, number, 8)
    }
    /// Return the sum of a 'start' value (default: 0) plus an iterable of numbers
    ///
    /// When the iterable is empty, return the start value.
    /// This function is intended specifically for use with numeric values and may
    /// reject non-numeric types.
    #[native("sum($module, iterable, /, start=0)")]
    fn sum(vm: &mut Vm, _m: Value, iterable: Value, start: Option<Value>) -> Res {
        super::sum_of(vm, iterable, start)
    }
    /// min(iterable, *[, default=obj, key=func]) -> value
    /// min(arg1, arg2, *args, *[, key=func]) -> value
    ///
    /// With a single iterable argument, return its smallest item. The
    /// default keyword-only argument specifies an object to return if
    /// the provided iterable is empty.
    /// With two or more positional arguments, return the smallest argument.
    #[native("min($module, /, *args, default=None, key=None)", nosig)]
    fn min(vm: &mut Vm, _m: Value, default: Option<Value>, key: Option<Value>, args: Value) -> Res {
        extreme(vm, "min", CmpOp::Lt, args, default, key)
    }
    /// max(iterable, *[, default=obj, key=func]) -> value
    /// max(arg1, arg2, *args, *[, key=func]) -> value
    ///
    /// With a single iterable argument, return its biggest item. The
    /// default keyword-only argument specifies an object to return if
    /// the provided iterable is empty.
    /// With two or more positional arguments, return the largest argument.
    #[native("max($module, /, *args, default=None, key=None)", nosig)]
    fn max(vm: &mut Vm, _m: Value, default: Option<Value>, key: Option<Value>, args: Value) -> Res {
        extreme(vm, "max", CmpOp::Gt, args, default, key)
    }
    /// Return the hash value for the given object.
    ///
    /// Two objects that compare equal must also have the same hash value, but the
    /// reverse is not necessarily true.
    #[native("hash($module, obj, /)")]
    fn hash(vm: &mut Vm, _m: Value, obj: Value) -> Res<i64> {
        vm.hash(obj)
    }
    /// Return the identity of an object.
    ///
    /// This is guaranteed to be unique among simultaneously existing objects.
    /// (CPython uses the object's memory address.)
    #[native("id($module, obj, /)")]
    fn id(vm: &mut Vm, _m: Value, obj: Value) -> Res {
        vm.id_of(obj)
    }
    /// Return True if bool(x) is True for all values x in the iterable.
    ///
    /// If the iterable is empty, return True.
    #[native("all($module, iterable, /)")]
    fn all(vm: &mut Vm, _m: Value, iterable: Value) -> Res<bool> {
        let it = vm.iter(iterable)?;
        while let Some(v) = vm.next_refused(it, |vm, v| vm.truth_quick(v) == Some(true))? {
            if !vm.truth(v)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
    /// Return True if bool(x) is True for any x in the iterable.
    ///
    /// If the iterable is empty, return False.
    #[native("any($module, iterable, /)")]
    fn any(vm: &mut Vm, _m: Value, iterable: Value) -> Res<bool> {
        let it = vm.iter(iterable)?;
        while let Some(v) = vm.next_refused(it, |vm, v| vm.truth_quick(v) == Some(false))? {
            if vm.truth(v)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
    /// Return the ordinal value of a character.
    ///
    /// If the argument is a one-character string, return the Unicode code
    /// point of that character.
    ///
    /// If the argument is a bytes or bytearray object of length 1, return its
    /// single byte value.
    #[native("ord($module, character, /)")]
    fn ord(vm: &mut Vm, _m: Value, character: Value) -> Res<i64> {
        let len = if let Some(s) = character.downcast::<StrObj>() {
            if s.len == 1 {
                return Ok(i64::from(s.units().get(0)));
            }
            s.len
        } else if let Some(b) = Vm::plain_bytes(character) {
            if let [byte] = b[..] {
                return Ok(i64::from(byte));
            }
            b.len()
        } else {
            let name = vm.class_name(character);
            return Err(vm.type_error(&format!(
                "ord() expected string of length 1, but {name} found"
            )));
        };
        Err(vm.type_error(&format!(
            "ord() expected a character, but string of length {len} found"
        )))
    }
    /// Return a Unicode string of one character with ordinal i; 0 <= i <= 0x10ffff.
    #[native("chr($module, i, /)")]
    fn chr(vm: &mut Vm, _m: Value, i: Value) -> Res {
        match vm.index_clipped(i)? {
            c @ 0..0x11_0000 => vm.new_char(c as u32),
            _ => Err(vm.value_error("chr() arg not in range(0x110000)")),
        }
    }
    /// Return whether the object is callable (i.e., some kind of function).
    ///
    /// Note that classes are callable, as are instances of classes with a
    /// __call__() method.
    #[native("callable($module, obj, /)")]
    fn callable(vm: &mut Vm, _m: Value, obj: Value) -> Res<bool> {
        Ok(vm.is_callable(obj))
    }
    /// Return the canonical string representation of the object.
    ///
    /// For many object types, including most builtins, eval() will return an
    /// object equal to the one that was passed to repr().
    #[native("repr($module, obj, /)")]
    fn repr(vm: &mut Vm, _m: Value, obj: Value) -> Res {
        vm.repr(obj)
    }
    /// Return an ASCII-only representation of an object.
    ///
    /// As repr(), return a string containing a printable representation of an
    /// object, but escape the non-ASCII characters in the string returned by
    /// repr() using \\x, \\u or \\U escapes. This generates a string similar
    /// to that returned by repr() in Python 2.
    #[native("ascii($module, obj, /)")]
    fn ascii(vm: &mut Vm, _m: Value, obj: Value) -> Res {
        vm.ascii(obj)
    }
    /// Return type(value).__format__(value, format_spec)
    ///
    /// Many built-in types implement format_spec according to the
    /// Format Specification Mini-language. See help('FORMATTING')
    /// for details.
    #[native("format($module, value, format_spec='', /)")]
    fn format(vm: &mut Vm, _m: Value, value: Value, spec: Option<Value>) -> Res {
        let spec = spec.unwrap_or(vm.names.empty);
        vm.str_arg(spec, "format", "argument 2")?;
        vm.format(value, spec)
    }
    /// Return a new list containing all items from the iterable in ascending order.
    ///
    /// A custom key function can be supplied to customize the sort order, and the
    /// reverse flag can be set to request the result in descending order.
    #[native("sorted($module, iterable, /, *, key=None, reverse=False)")]
    fn sorted(
        vm: &mut Vm,
        _m: Value,
        iterable: Value,
        key: Option<Value>,
        reverse: Option<Value>,
    ) -> Res {
        let items = vm.collect(iterable)?;
        let list = vm.list_from_vec(items)?;
        let reverse = match reverse {
            Some(r) => vm.truth(r)?,
            None => false,
        };
        if let Some(l) = list.downcast() {
            vm.list_sort(l, key, reverse)?;
        }
        Ok(list)
    }
}

fn prefixed(vm: &mut Vm, v: Value, base: u32) -> Res<String> {
    let i = vm.index(v)?;
    Ok(num::int_text::to_prefixed(
        &vm.to_big(i).unwrap_or_default(),
        base,
    ))
}

/// `min` and `max`: keeps the first item that is `op` all others.
/// Makes an item the best one, with its rank, when it compares so with the best one so far.
fn consider(
    vm: &mut Vm,
    op: CmpOp,
    key: Option<Value>,
    item: Value,
    best: &mut Option<(Value, Value)>,
) -> Res<()> {
    let rank = match key {
        Some(k) => vm.call_value(k, &[item])?,
        None => item,
    };
    let better = match *best {
        None => true,
        Some((_, best_rank)) => match vm.number_compare(op, rank, best_rank) {
            Some(b) => b,
            None => {
                let r = vm.compare(op, rank, best_rank)?;
                vm.truth(r)?
            }
        },
    };
    if better {
        *best = Some((item, rank));
    }
    Ok(())
}

/// As `consider` without a key, for a number that is compared with a number; false otherwise.
fn consider_number(vm: &mut Vm, op: CmpOp, item: Value, best: &mut Option<(Value, Value)>) -> bool {
    let better = match *best {
        None => Some(true),
        Some((_, best)) => vm.number_compare(op, item, best),
    };
    if better == Some(true) {
        *best = Some((item, item));
    }
    better.is_some()
}

fn extreme(
    vm: &mut Vm,
    name: &str,
    op: CmpOp,
    args: Value,
    default: Option<Value>,
    key: Option<Value>,
) -> Res {
    let positional = args.downcast::<TupleObj>();
    let items = positional.as_ref().map_or(&[][..], |t| t.items());
    let source = match items {
        [] => {
            return Err(vm.type_error(&format!("{name} expected at least 1 argument, got 0")));
        }
        [one] => *one,
        _ if default.is_some() => {
            return Err(vm.type_error(&format!(
                "Cannot specify a default for {name}() with multiple positional arguments"
            )));
        }
        _ => args,
    };
    let key = key.filter(|k| !k.is_none());
    let mut best: Option<(Value, Value)> = None;
    if source.is_exact(Kind::Tuple) {
        let items = source.downcast::<TupleObj>();
        for item in items.as_ref().map_or(&[][..], |t| t.items()) {
            consider(vm, op, key, *item, &mut best)?;
        }
    } else {
        let it = vm.iter(source)?;
        loop {
            let item = match key {
                Some(_) => vm.next(it)?,
                None => vm.next_refused(it, |vm, v| consider_number(vm, op, v, &mut best))?,
            };
            let Some(item) = item else { break };
            consider(vm, op, key, item, &mut best)?;
        }
    }
    match (best, default) {
        (Some((item, _)), _) => Ok(item),
        (None, Some(d)) => Ok(d),
        (None, None) => Err(vm.value_error(&format!("{name}() iterable argument is empty"))),
    }
}

/// The running total of `sum`: exact machine ints, then compensated floats and complex numbers,
/// then any objects, as CPython goes over (Python/bltinmodule.c).
enum Total {
    Int(i64),
    Float(Compensated),
    Complex(Compensated, Compensated),
    Object(Value),
}

/// Neumaier's compensated sum.
#[derive(Clone, Copy)]
struct Compensated {
    hi: f64,
    lo: f64,
}

impl Compensated {
    fn new(hi: f64) -> Self {
        Compensated { hi, lo: 0.0 }
    }
    fn add(&mut self, x: f64) {
        let t = self.hi + x;
        if self.hi.abs() >= x.abs() {
            self.lo += (self.hi - t) + x;
        } else {
            self.lo += (x - t) + self.hi;
        }
        self.hi = t;
    }
    /// The compensation is left out when it is not finite.
    fn total(self) -> f64 {
        if self.lo != 0.0 && self.lo.is_finite() {
            return self.hi + self.lo;
        }
        self.hi
    }
}

impl Total {
    fn new(vm: &mut Vm, start: Value) -> Total {
        if !start.is_bool()
            && (start.is_small_int() || start.is_exact(Kind::Int))
            && let Some(n) = vm.int_to_i64(start)
        {
            return Total::Int(n);
        }
        if let Some(f) = start.as_float() {
            return Total::Float(Compensated::new(f));
        }
        if start.is_exact(Kind::Complex)
            && let Some(c) = start.downcast::<ComplexObj>()
        {
            return Total::Complex(Compensated::new(c.re), Compensated::new(c.im));
        }
        Total::Object(start)
    }
    fn value(&self, vm: &mut Vm) -> Res {
        match self {
            Total::Int(n) => vm.new_int(*n),
            Total::Float(f) => Ok(Value::float(f.total())),
            Total::Complex(re, im) => vm.new_complex(re.total(), im.total()),
            Total::Object(v) => Ok(*v),
        }
    }
    /// As `add` for a small int, truth value or float that does not change the total's kind; false
    /// otherwise.
    fn add_quick(&mut self, item: Value) -> bool {
        let int = match item {
            Value::TRUE => Some(1),
            Value::FALSE => Some(0),
            _ => item.as_small_int(),
        };
        let number = || int.map(|i| i as f64).or_else(|| item.as_float());
        let added = match self {
            Total::Int(n) => int.and_then(|i| n.checked_add(i)).map(|sum| *n = sum),
            Total::Float(f) => number().map(|x| f.add(x)),
            Total::Complex(re, _) => number().map(|x| re.add(x)),
            Total::Object(_) => None,
        };
        added.is_some()
    }
    fn add(&mut self, vm: &mut Vm, item: Value) -> Res<()> {
        let is_int = item.is_small_int() || item.is_bool() || item.is_kind(Kind::Int);
        // As CPython's `PyLong_AsDouble`: large ones are rounded, too large ones raise. Subclasses
        // count as their base, but those of float only for complex totals.
        let number = match self {
            Total::Float(_) | Total::Complex(..) if is_int => Some(vm.int_to_f64(item)?),
            Total::Complex(..) if item.is_kind(Kind::Float) => Some(vm.to_f64(item)?),
            _ => item.as_float(),
        };
        match self {
            Total::Int(n) => {
                let exact = is_int && (!item.is_kind(Kind::Int) || item.is_exact(Kind::Int));
                let int = if exact { vm.int_to_i64(item) } else { None };
                if let Some(sum) = int.and_then(|i| n.checked_add(i)) {
                    *n = sum;
                    return Ok(());
                }
            }
            Total::Float(f) => {
                if let Some(x) = number {
                    f.add(x);
                    return Ok(());
                }
            }
            Total::Complex(re, im) => {
                if item.is_exact(Kind::Complex)
                    && let Some(c) = item.downcast::<ComplexObj>()
                {
                    re.add(c.re);
                    im.add(c.im);
                    return Ok(());
                }
                if let Some(x) = number {
                    re.add(x);
                    return Ok(());
                }
            }
            Total::Object(v) => {
                *v = vm.binary(BinOp::Add, *v, item)?;
                return Ok(());
            }
        }
        let was_int = matches!(self, Total::Int(_));
        let was_complex = matches!(self, Total::Complex(..));
        let so_far = self.value(vm)?;
        let next = vm.binary(BinOp::Add, so_far, item)?;
        // CPython enters the loops for floats and complex numbers in this order, once each.
        *self = match Total::new(vm, next) {
            Total::Int(_) => Total::Object(next),
            Total::Float(_) if !was_int => Total::Object(next),
            Total::Complex(..) if was_complex => Total::Object(next),
            other => other,
        };
        Ok(())
    }
}

/// `sum(iterable, start)`.
fn sum_of(vm: &mut Vm, iterable: Value, start: Option<Value>) -> Res {
    let start = start.unwrap_or(Value::int_unchecked(0));
    for (kind, what, join) in [
        (Kind::Str, "strings", "''"),
        (Kind::Bytes, "bytes", "b''"),
        (Kind::ByteArray, "bytearray", "b''"),
    ] {
        if start.is_kind(kind) {
            return Err(vm.type_error(&format!(
                "sum() can't sum {what} [use {join}.join(seq) instead]"
            )));
        }
    }
    let it = vm.iter(iterable)?;
    let mut total = Total::new(vm, start);
    while let Some(item) = vm.next_refused(it, |_, v| total.add_quick(v))? {
        total.add(vm, item)?;
    }
    if let Total::Object(v) = total {
        return Ok(v);
    }
    total.value(vm)
}
