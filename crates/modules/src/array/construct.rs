//! Making arrays.

use super::items::{is_text, itemsize};
use super::{ARRAY, array, as_array, new_array};
use runtime::object::*;
use runtime::{Res, Value, Vm};

/// `array.array.__doc__`.
pub const DOC: &str = "array(typecode [, initializer]) -> array\n\nReturn a new array whose items are restricted by typecode, and\ninitialized from the optional initializer value, which must be a list,\nstring or iterable over elements of the appropriate type.\n\nArrays represent basic values and behave very much like lists, except\nthe type of objects stored in them is constrained. The type is specified\nat object creation time by using a type code, which is a single character.\nThe following type codes are defined:\n\n    Type code   C Type             Minimum size in bytes\n    'b'         signed integer     1\n    'B'         unsigned integer   1\n    'u'         Unicode character  2 (see note)\n    'w'         Py_UCS4            4\n    'h'         signed integer     2\n    'H'         unsigned integer   2\n    'i'         signed integer     2\n    'I'         unsigned integer   2\n    'l'         signed integer     4\n    'L'         unsigned integer   4\n    'q'         signed integer     8 (see note)\n    'Q'         unsigned integer   8 (see note)\n    'f'         floating-point     4\n    'd'         floating-point     8\n\nNOTE: The 'u' typecode corresponds to Python's unicode character. On\nnarrow builds this is 2-bytes on wide builds this is 4-bytes.\n\nNOTE: The 'q' and 'Q' type codes are only available if the platform\nC compiler used to build Python supports 'long long', or, on Windows,\n'__int64'.\n\nMethods:\n\nappend() -- append a new item to the end of the array\nbuffer_info() -- return information giving the current memory info\nbyteswap() -- byteswap all the items of the array\ncount() -- return number of occurrences of an object\nextend() -- extend array by appending multiple elements from an iterable\nfromfile() -- read items from a file object\nfromlist() -- append items from the list\nfrombytes() -- append items from the string\nindex() -- return index of first occurrence of an object\ninsert() -- insert a new item into the array at a provided position\npop() -- remove and return item (default last)\nremove() -- remove first occurrence of an object\nreverse() -- reverse the order of the items in the array\ntofile() -- write all items to a file object\ntolist() -- return the array converted to an ordinary list\ntobytes() -- return the array converted to a string\n\nAttributes:\n\ntypecode -- the typecode character used to create the array\nitemsize -- the length in bytes of one array item\n";

#[derive::natives]
pub mod new {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, args: Value, kwargs: Option<Value>) -> Res {
        let base = vm.native_type(&ARRAY)?;
        let class = vm.number_class(class, base)?;
        if class == base
            && kwargs
                .and_then(|k| k.downcast::<DictObj>())
                .is_some_and(|d| d.used.get() > 0)
        {
            return Err(vm.type_error("array.array() takes no keyword arguments"));
        }
        let given = args.downcast::<TupleObj>();
        let (code, initial) = match given.as_ref().map_or(&[][..], |t| t.items()) {
            [] => return Err(vm.type_error("array() takes at least 1 argument (0 given)")),
            [code] => (*code, None),
            [code, initial] => (*code, Some(*initial)),
            more => {
                let n = more.len();
                return Err(
                    vm.type_error(&format!("array() takes at most 2 arguments ({n} given)"))
                );
            }
        };
        let code = typecode(vm, code)?;
        let this = new_array(vm, class, code, Vec::new())?;
        if let Some(v) = initial.filter(|v| !v.is_none()) {
            fill(vm, this, v)?;
        }
        Ok(this)
    }
}

/// A typecode argument.
fn typecode(vm: &mut Vm, v: Value) -> Res<u8> {
    let Some(s) = v.downcast::<StrObj>() else {
        let name = vm.argument_kind(v);
        return Err(vm.type_error(&format!(
            "array() argument 1 must be a unicode character, not {name}"
        )));
    };
    if s.len != 1 {
        let n = s.len;
        return Err(vm.type_error(&format!(
            "array() argument 1 must be a unicode character, not a string of length {n}"
        )));
    }
    match u8::try_from(s.units().get(0)) {
        Ok(c) if itemsize(c).is_some() => Ok(c),
        _ => {
            Err(vm.value_error("bad typecode (must be b, B, u, w, h, H, i, I, l, L, q, Q, f or d)"))
        }
    }
}

/// Fills a new array from an initialiser.
fn fill(vm: &mut Vm, this: Value, v: Value) -> Res<()> {
    let a = array(vm, this)?;
    let code = a.code as char;
    if !is_text(a.code) {
        if v.is_kind(Kind::Str) {
            return Err(vm.type_error(&format!(
                "cannot use a str to initialize an array with typecode '{code}'"
            )));
        }
        if as_array(v).is_some_and(|b| is_text(b.code)) {
            return Err(vm.type_error(&format!(
                "cannot use a unicode array to initialize an array with typecode '{code}'"
            )));
        }
    }
    if let Some(s) = v.downcast::<StrObj>() {
        let points: Vec<u8> = s.units().iter().flat_map(u32::to_ne_bytes).collect();
        return a.append_bytes(vm, &points);
    }
    if let Some(b) = as_array(v).filter(|b| b.code == a.code) {
        return a.append_bytes(vm, &b.bytes());
    }
    if let Some(b) = Vm::plain_bytes(v) {
        return from_bytes(vm, this, &b);
    }
    extend_iterable(vm, this, v)
}

/// Appends the items of an iterable, one by one.
pub fn extend_iterable(vm: &mut Vm, this: Value, v: Value) -> Res<()> {
    let it = vm.iter(v)?;
    while let Some(item) = vm.next(it)? {
        array(vm, this)?.push(vm, item)?;
    }
    Ok(())
}

/// Appends machine values.
pub fn from_bytes(vm: &mut Vm, this: Value, bytes: &[u8]) -> Res<()> {
    let a = array(vm, this)?;
    if !bytes.len().is_multiple_of(a.itemsize()) {
        return Err(vm.value_error("bytes length not a multiple of item size"));
    }
    a.append_bytes(vm, bytes)
}

/// Machine formats of pickles by their number: struct code (or 'u' for UTF-16, 'w' for UTF-32)
/// and byte order (true: little).
const FORMATS: [(u8, bool); 22] = [
    (b'B', true),
    (b'b', true),
    (b'H', true),
    (b'H', false),
    (b'h', true),
    (b'h', false),
    (b'I', true),
    (b'I', false),
    (b'i', true),
    (b'i', false),
    (b'Q', true),
    (b'Q', false),
    (b'q', true),
    (b'q', false),
    (b'f', true),
    (b'f', false),
    (b'd', true),
    (b'd', false),
    (b'u', true),
    (b'u', false),
    (b'w', true),
    (b'w', false),
];

/// The number of a typecode's machine format here.
pub fn machine_format(code: u8) -> i64 {
    let wanted = match code {
        b'l' => b'q',
        b'L' => b'Q',
        b'u' => b'w',
        c => c,
    };
    let little = cfg!(target_endian = "little") || matches!(code, b'b' | b'B');
    let found = FORMATS.iter().position(|f| *f == (wanted, little));
    found.map_or(-1, |i| i as i64)
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// Internal. Used for pickling support.
    #[native("_array_reconstructor($module, arraytype, typecode, mformat_code, items, /)")]
    fn array_reconstructor(
        vm: &mut Vm,
        _m: Value,
        arraytype: Value,
        typecode: Value,
        format: i64,
        items: Value,
    ) -> Res {
        let base = vm.native_type(&ARRAY)?;
        let Some(class) = arraytype.downcast::<runtime::class::TypeObj>() else {
            let name = vm.argument_kind(arraytype);
            return Err(vm.type_error(&format!(
                "_array_reconstructor() argument 1 must be type, not {name}"
            )));
        };
        if !class.is_subtype(base) {
            let name = class.name_str();
            return Err(vm.type_error(&format!("{name} is not a subtype of array.array")));
        }
        let code = super::typecode(vm, typecode)?;
        let Some((from, little)) = usize::try_from(format).ok().and_then(|i| FORMATS.get(i)) else {
            return Err(vm.value_error("third argument must be a valid machine format code."));
        };
        let Some(bytes) = items.downcast::<BytesObj>().map(|b| b.as_slice().to_vec()) else {
            let name = vm.class_name(items);
            return Err(vm.type_error(&format!("fourth argument should be bytes, not {name}")));
        };
        let size = if *from == b'u' {
            2
        } else {
            itemsize(*from).unwrap_or(1)
        };
        if bytes.len() % size != 0 {
            return Err(vm.value_error("bytes length not a multiple of item size"));
        }
        let this = new_array(vm, class, code, Vec::new())?;
        if format == machine_format(code) {
            from_bytes(vm, this, &bytes)?;
            return Ok(this);
        }
        let a = array(vm, this)?;
        if is_text(*from) {
            for c in code_points(&bytes, size, *little) {
                let v = vm.new_char(c.min(0x10_ffff))?;
                a.push(vm, v)?;
            }
            return Ok(this);
        }
        for item in bytes.chunks_exact(size) {
            let v = crate::_struct::unpack(vm, *little, *from, item)?;
            a.push(vm, v)?;
        }
        Ok(this)
    }
}

/// UTF-16 or UTF-32 to code points; lone surrogates stay.
fn code_points(bytes: &[u8], size: usize, little: bool) -> Vec<u32> {
    let word = |b: &[u8]| {
        b.iter().enumerate().fold(0u32, |n, (i, b)| {
            let shift = if little { i } else { size - 1 - i } * 8;
            n | u32::from(*b) << shift
        })
    };
    let mut out: Vec<u32> = Vec::new();
    for c in bytes.chunks_exact(size).map(word) {
        match (out.last().copied(), c) {
            (Some(high @ 0xd800..0xdc00), 0xdc00..0xe000) if size == 2 => {
                out.pop();
                out.push(0x10000 + ((high - 0xd800) << 10) + (c - 0xdc00));
            }
            _ => out.push(c),
        }
    }
    out
}
