//! Named methods and attributes of `int`.

use crate::object::*;
use crate::ops::BinOp;
use crate::value::{Res, Value};
use crate::vm::Vm;
use num::BigInt;

#[derive::natives]
pub mod methods {
    use super::*;

    /// Returns self, the complex conjugate of any int.
    #[native("conjugate($self, /)")]
    fn conjugate(vm: &mut Vm, this: Value) -> Res {
        vm.exact_int(this)
    }
    /// Number of bits necessary to represent self in binary.
    ///
    /// >>> bin(37)
    /// '0b100101'
    /// >>> (37).bit_length()
    /// 6
    #[native("bit_length($self, /)")]
    fn bit_length(vm: &mut Vm, this: Value) -> Res<i64> {
        Ok(match vm.int_to_i64(this) {
            Some(n) => i64::from(64 - n.unsigned_abs().leading_zeros()),
            None => vm.big_of(this).bit_length() as i64,
        })
    }
    /// Number of ones in the binary representation of the absolute value of self.
    ///
    /// Also known as the population count.
    ///
    /// >>> bin(13)
    /// '0b1101'
    /// >>> (13).bit_count()
    /// 3
    #[native("bit_count($self, /)")]
    fn bit_count(vm: &mut Vm, this: Value) -> Res<i64> {
        Ok(match vm.int_to_i64(this) {
            Some(n) => i64::from(n.unsigned_abs().count_ones()),
            None => vm.big_of(this).bit_count() as i64,
        })
    }
    /// Return an array of bytes representing an integer.
    ///
    ///   length
    ///     Length of bytes object to use.  An OverflowError is raised if
    ///     the integer is not representable with the given number of bytes.
    ///     Default is length 1.
    ///   byteorder
    ///     The byte order used to represent the integer.  If byteorder is
    ///     'big', the most significant byte is at the beginning of the byte
    ///     array.  If byteorder is 'little', the most significant byte is at
    ///     the end of the byte array.  To request the native byte order of
    ///     the host system, use sys.byteorder as the byte order value.
    ///     Default is to use 'big'.
    ///   signed
    ///     Determines whether two's complement is used to represent the
    ///     integer.  If signed is False and a negative integer is given,
    ///     an OverflowError is raised.
    #[native("to_bytes($self, /, length=1, byteorder='big', *, signed=False)")]
    fn to_bytes(
        vm: &mut Vm,
        this: Value,
        length: Option<isize>,
        byteorder: Option<Value>,
        signed: Option<bool>,
    ) -> Res {
        let little = is_little(vm, byteorder, "to_bytes")?;
        let length = length.unwrap_or(1);
        if length < 0 {
            return Err(vm.value_error("length argument must be non-negative"));
        }
        let v = vm.big_of(this);
        match num::int_bytes::to_bytes(&v, length as usize, little, signed.unwrap_or(false)) {
            Ok(b) => vm.new_bytes(&b),
            Err(e) => Err(vm.num_error(e)),
        }
    }
    /// Return the integer represented by the given array of bytes.
    ///
    ///   bytes
    ///     Holds the array of bytes to convert.  The argument must either
    ///     support the buffer protocol or be an iterable object producing
    ///     bytes.  Bytes and bytearray are examples of built-in objects that
    ///     support the buffer protocol.
    ///   byteorder
    ///     The byte order used to represent the integer.  If byteorder is
    ///     'big', the most significant byte is at the beginning of the byte
    ///     array.  If byteorder is 'little', the most significant byte is at
    ///     the end of the byte array.  To request the native byte order of
    ///     the host system, use sys.byteorder as the byte order value.
    ///     Default is to use 'big'.
    ///   signed
    ///     Indicates whether two's complement is used to represent the
    ///     integer.
    #[classmethod("from_bytes($type, /, bytes, byteorder='big', *, signed=False)")]
    fn from_bytes(
        vm: &mut Vm,
        class: Value,
        bytes: Value,
        byteorder: Option<Value>,
        signed: Option<bool>,
    ) -> Res {
        let little = is_little(vm, byteorder, "from_bytes")?;
        let data = bytes_of(vm, bytes)?;
        let v = num::int_bytes::from_bytes(&data, little, signed.unwrap_or(false));
        let v = vm.new_big(&v)?;
        if class == vm.types.int.value() {
            return Ok(v);
        }
        vm.call_value(class, &[v])
    }
    /// Return a pair of integers, whose ratio is equal to the original int.
    ///
    /// The ratio is in lowest terms and has a positive denominator.
    ///
    /// >>> (10).as_integer_ratio()
    /// (10, 1)
    /// >>> (-10).as_integer_ratio()
    /// (-10, 1)
    /// >>> (0).as_integer_ratio()
    /// (0, 1)
    #[native("as_integer_ratio($self, /)")]
    fn as_integer_ratio(vm: &mut Vm, this: Value) -> Res {
        let v = vm.exact_int(this)?;
        vm.new_tuple(&[v, Value::int_unchecked(1)])
    }
    /// Truncating an Integral returns itself.
    #[native("__trunc__($self, /)")]
    fn trunc(vm: &mut Vm, this: Value) -> Res {
        vm.exact_int(this)
    }
    /// Flooring an Integral returns itself.
    #[native("__floor__($self, /)")]
    fn floor(vm: &mut Vm, this: Value) -> Res {
        vm.exact_int(this)
    }
    /// Ceiling of an Integral returns itself.
    #[native("__ceil__($self, /)")]
    fn ceil(vm: &mut Vm, this: Value) -> Res {
        vm.exact_int(this)
    }
    /// Rounding an Integral returns itself.
    ///
    /// Rounding with an ndigits argument also returns an integer.
    #[native("__round__($self, ndigits=None, /)")]
    fn round(vm: &mut Vm, this: Value, ndigits: Option<Value>) -> Res {
        match ndigits {
            Some(n) if !n.is_none() => {
                let n = vm.index(n)?;
                round_int(vm, this, n)
            }
            _ => vm.exact_int(this),
        }
    }
    #[native("__getnewargs__($self, /)")]
    fn getnewargs(vm: &mut Vm, this: Value) -> Res {
        let v = vm.exact_int(this)?;
        vm.new_tuple(&[v])
    }
    /// Convert to a string according to format_spec.
    #[native("__format__($self, format_spec, /)")]
    fn format(vm: &mut Vm, this: Value, spec: Value) -> Res {
        let Some(spec) = vm.number_spec(this, spec)? else {
            return vm.str_of(this);
        };
        if matches!(spec.kind_ascii(), 0 | b'd' | b'n') {
            vm.check_int_digits(this)?;
        }
        let v = vm.big_of(this);
        if spec.kind == u32::from(b'c')
            && let Some(c @ 0xd800..0xe000) = v.to_i64()
        {
            return format_surrogate(vm, c as u32, &v, &spec);
        }
        let locale = num::format_num::Locale::default();
        let name = vm.class_name(this);
        vm.formatted(num::format_num::format_int(&v, &spec, &locale, &name))
    }
    /// Returns size in memory, in bytes.
    #[native("__sizeof__($self, /)")]
    fn sizeof(vm: &mut Vm, this: Value) -> Res<i64> {
        // CPython's layout, 30 bits a digit: programs print and compare these.
        let bits = vm.big_of(this).bit_length() as i64;
        Ok(24 + 4 * ((bits + 29) / 30).max(1))
    }
    /// Returns True. Exists for duck type compatibility with float.is_integer.
    #[native("is_integer($self, /)")]
    fn is_integer(_: &mut Vm, _this: Value) -> Res<bool> {
        Ok(true)
    }
    /// the real part of a complex number
    #[getter("real")]
    fn real(vm: &mut Vm, this: Value) -> Res {
        vm.exact_int(this)
    }
    /// the imaginary part of a complex number
    #[getter("imag")]
    fn imag(_: &mut Vm, _this: Value) -> Res<i64> {
        Ok(0)
    }
    /// the numerator of a rational number in lowest terms
    #[getter("numerator")]
    fn numerator(vm: &mut Vm, this: Value) -> Res {
        vm.exact_int(this)
    }
    /// the denominator of a rational number in lowest terms
    #[getter("denominator")]
    fn denominator(_: &mut Vm, _this: Value) -> Res<i64> {
        Ok(1)
    }
}

/// Type `c` of a lone surrogate, which Rust text cannot hold.
fn format_surrogate(vm: &mut Vm, c: u32, v: &BigInt, spec: &num::format_spec::FormatSpec) -> Res {
    let locale = num::format_num::Locale::default();
    let f = num::format_num::format_int(v, spec, &locale, "int").map_err(|e| vm.num_error(e))?;
    let mut b = text::StrBuf::new();
    b.push_repeated(f.fill, f.left);
    b.push_str(&f.head);
    b.push_repeated(f.fill, f.middle);
    b.push(c);
    b.push_repeated(f.fill, f.right);
    vm.new_str_owned(&b.finish())
}

/// The `byteorder` argument: 'big' when not given.
fn is_little(vm: &mut Vm, order: Option<Value>, function: &str) -> Res<bool> {
    let Some(order) = order else { return Ok(false) };
    vm.str_arg(order, function, "argument 'byteorder'")?;
    if vm.str_equals(order, "little") {
        return Ok(true);
    }
    if vm.str_equals(order, "big") {
        return Ok(false);
    }
    Err(vm.value_error("byteorder must be either 'little' or 'big'"))
}

/// The bytes that `bytes(v)` has, without its forms for counts and text (`PyObject_Bytes`).
fn bytes_of(vm: &mut Vm, v: Value) -> Res<Vec<u8>> {
    if let Some(b) = vm.buffer_bytes(v)?
        && !v.is_kind(Kind::Bytes)
    {
        return Ok(b);
    }
    if v.is_exact(Kind::Bytes) {
        return Ok(Vm::plain_bytes(v).unwrap_or_default());
    }
    let own = vm.special(v, vm.names.__bytes__).is_some();
    if !own
        && (v.is_kind(Kind::Str)
            || vm.special(v, vm.names.__iter__).is_none()
                && vm.special(v, vm.names.__getitem__).is_none()
                && vm.special(v, vm.names.__buffer__).is_none())
    {
        let name = vm.class_name(v);
        return Err(vm.type_error(&format!("cannot convert '{name}' object to bytes")));
    }
    if !own && (v.is_kind(Kind::List) || v.is_kind(Kind::Tuple)) {
        let items = vm.collect(v)?;
        let mut out = Vec::with_capacity(items.len());
        for item in items.iter() {
            match vm.index(*item).map(|i| vm.int_to_i64(i))? {
                Some(n @ 0..256) => out.push(n as u8),
                _ => return Err(vm.value_error("bytes must be in range(0, 256)")),
            }
        }
        return Ok(out);
    }
    let b = vm.call_value(vm.types.bytes.value(), &[v])?;
    Ok(Vm::plain_bytes(b).unwrap_or_default())
}

/// `round(v, ndigits)`: to a multiple of 10**-ndigits, ties to even.
fn round_int(vm: &mut Vm, v: Value, ndigits: Value) -> Res {
    if !vm.int_is_negative(ndigits) {
        return vm.exact_int(v);
    }
    let x = vm.big_of(v);
    // Beyond this many digits the nearest multiple is 0.
    let most = x.bit_length() / 3 + 2;
    let n = match vm.int_to_i64(ndigits) {
        Some(n) if n.unsigned_abs() <= most => n.unsigned_abs(),
        _ => return Ok(Value::int_unchecked(0)),
    };
    let unit = BigInt::from(10i64).pow(n).map_err(|e| vm.num_error(e))?;
    let Some((q, r)) = x.divmod(&unit) else {
        return vm.exact_int(v);
    };
    let twice = &r + &r;
    let up = match twice.cmp(&unit) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Equal => !q.is_even(),
    };
    let q = if up { &q + &BigInt::ONE } else { q };
    let (q, unit) = (vm.new_big(&q)?, vm.new_big(&unit)?);
    vm.int_binary(BinOp::Mul, q, unit)
}
