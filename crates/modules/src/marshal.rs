//! `marshal`: CPython's format (version 5, without shared references when writing). Code objects
//! are blobs of our own bytecode.

use runtime::code::CodeObj;
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "marshal",
    doc: "This module contains functions that can read and write Python values in\na binary format. The format is specific to Python, but independent of\nmachine architecture issues.",
    functions: &[functions::TABLE],
    init,
};

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    vm.module_set(m, "version", Value::int_unchecked(5))
}

const REF: u8 = 0x80;
/// Deepest nesting, as CPython's MAX_MARSHAL_STACK_DEPTH.
const DEPTH: u32 = 2000;

struct Writer {
    out: Vec<u8>,
    allow_code: bool,
}

impl Writer {
    fn long(&mut self, n: usize) {
        self.out.extend((n as u32).to_le_bytes());
    }

    fn sized(&mut self, tag: u8, n: usize) {
        self.out.push(tag);
        self.long(n);
    }

    fn int(&mut self, vm: &Vm, v: Value) {
        if let Some(n) = vm.int_to_i64(v).and_then(|n| i32::try_from(n).ok()) {
            self.out.push(b'i');
            self.out.extend(n.to_le_bytes());
            return;
        }
        let Some(big) = vm.to_big(v) else { return };
        let (negative, limbs) = big.limbs();
        // Digits of 15 bits.
        let bits = limbs.len() * 64;
        let bit = |i: usize| limbs.get(i / 64).map_or(0, |l| l >> (i % 64) & 1) as u16;
        let mut digits: Vec<u16> = (0..bits.div_ceil(15))
            .map(|d| (0..15).fold(0, |n, i| n | bit(d * 15 + i) << i))
            .collect();
        while digits.last() == Some(&0) {
            digits.pop();
        }
        let n = digits.len() as i32;
        self.out.push(b'l');
        self.out
            .extend((if negative { -n } else { n }).to_le_bytes());
        for d in digits {
            self.out.extend(d.to_le_bytes());
        }
    }

    fn str(&mut self, vm: &mut Vm, s: Ref<StrObj>) -> Res<()> {
        let interned = s.header.flags & STR_INTERNED != 0;
        if let Some(a) = s.as_ascii() {
            if a.len() < 256 {
                self.out.push(if interned { b'Z' } else { b'z' });
                self.out.push(a.len() as u8);
            } else {
                self.sized(if interned { b'A' } else { b'a' }, a.len());
            }
            self.out.extend(a.as_bytes());
            return Ok(());
        }
        let handler = vm.new_str("surrogatepass")?;
        let encoding = vm.new_str("utf-8")?;
        let b = vm.call_method_str(s.value(), "encode", &[encoding, handler])?;
        if let Some(b) = b.downcast::<BytesObj>() {
            self.sized(if interned { b't' } else { b'u' }, b.len);
            self.out.extend(b.as_slice());
        }
        Ok(())
    }

    fn items(&mut self, vm: &mut Vm, v: Value, depth: u32) -> Res<()> {
        let items = vm.collect(v)?;
        for i in 0..items.len() {
            self.value(vm, items[i], depth)?;
        }
        Ok(())
    }

    fn value(&mut self, vm: &mut Vm, v: Value, depth: u32) -> Res<()> {
        if depth > DEPTH {
            return Err(vm.value_error("object too deeply nested to marshal"));
        }
        let depth = depth + 1;
        match v {
            Value::NONE => self.out.push(b'N'),
            Value::TRUE => self.out.push(b'T'),
            Value::FALSE => self.out.push(b'F'),
            Value::ELLIPSIS => self.out.push(b'.'),
            _ if v == vm.types.exc.StopIteration.value() => self.out.push(b'S'),
            _ if v.is_small_int() || v.is_exact(Kind::Int) => self.int(vm, v),
            _ if v.is_float() => {
                self.out.push(b'g');
                let f = vm.float_of(v).unwrap_or_default();
                self.out.extend(f.to_le_bytes());
            }
            _ if v.is_exact(Kind::Complex) => {
                // SAFETY: checked.
                let c = unsafe { v.cast::<ComplexObj>() };
                self.out.push(b'y');
                self.out.extend(c.re.to_le_bytes());
                self.out.extend(c.im.to_le_bytes());
            }
            _ if v.is_exact(Kind::Str) => {
                // SAFETY: checked.
                self.str(vm, unsafe { v.cast() })?
            }
            _ if v.is_exact(Kind::Bytes) || v.is_kind(Kind::ByteArray) => {
                let b = vm.call_value(vm.types.bytes.value(), &[v])?;
                if let Some(b) = b.downcast::<BytesObj>() {
                    self.sized(b's', b.len);
                    self.out.extend(b.as_slice());
                }
            }
            _ if v.is_exact(Kind::Tuple) => {
                let n = vm.len(v)?;
                if n < 256 {
                    self.out.extend([b')', n as u8]);
                } else {
                    self.sized(b'(', n);
                }
                self.items(vm, v, depth)?;
            }
            _ if v.is_exact(Kind::List) => {
                let n = vm.len(v)?;
                self.sized(b'[', n);
                self.items(vm, v, depth)?;
            }
            _ if v.is_exact(Kind::Set) || v.is_exact(Kind::FrozenSet) => {
                let n = vm.len(v)?;
                self.sized(if v.is_exact(Kind::Set) { b'<' } else { b'>' }, n);
                self.items(vm, v, depth)?;
            }
            _ if v.is_exact(Kind::Dict) => {
                self.out.push(b'{');
                let keys = vm.collect(v)?;
                for i in 0..keys.len() {
                    // A callback may have removed the key.
                    // SAFETY: checked.
                    let value = vm.dict_get(unsafe { v.cast() }, keys[i])?;
                    if let Some(value) = value {
                        self.value(vm, keys[i], depth)?;
                        self.value(vm, value, depth)?;
                    }
                }
                self.out.push(b'0');
            }
            _ if v.is_exact(Kind::Slice) => {
                // SAFETY: checked.
                let s = unsafe { v.cast::<SliceObj>() };
                self.out.push(b':');
                for part in [s.start.or_none(), s.stop.or_none(), s.step.or_none()] {
                    self.value(vm, part, depth)?;
                }
            }
            _ if v.is_kind(Kind::Code) => {
                if !self.allow_code {
                    return Err(vm.value_error("marshalling code objects is disallowed"));
                }
                // SAFETY: checked.
                let code = to_code(vm, unsafe { v.cast() })?;
                let blob = bytecode::encode(&code);
                self.sized(b'c', blob.len());
                self.out.extend(blob);
            }
            _ => return Err(vm.value_error("unmarshallable object")),
        }
        Ok(())
    }
}

/// The compiler's form of a code object.
fn to_code(vm: &mut Vm, c: Ref<CodeObj>) -> Res<bytecode::Code> {
    vm.check_native_stack()?;
    let constants = vm.code_consts(c)?;
    let mut code = c.data().clone();
    code.name = vm.display(c.name.or_none());
    code.qualname = vm.display(c.qualname.or_none());
    code.filename = vm.display(c.filename.or_none());
    for (i, k) in code.consts.iter_mut().enumerate() {
        *k = to_const(vm, constants[i])?;
    }
    Ok(code)
}

/// The compiler's form of a constant of code, which `replace` may have put there.
fn to_const(vm: &mut Vm, v: Value) -> Res<bytecode::Const> {
    if let Some(inner) = v.downcast::<CodeObj>() {
        return Ok(bytecode::Const::Code(Box::new(to_code(vm, inner)?)));
    }
    if let Some(s) = v.downcast::<SliceObj>() {
        let [start, stop, step] = [s.start.or_none(), s.stop.or_none(), s.step.or_none()];
        let parts = [
            to_const(vm, start)?,
            to_const(vm, stop)?,
            to_const(vm, step)?,
        ];
        return Ok(bytecode::Const::Slice(Box::new(parts)));
    }
    match crate::ast::constant(vm, v)? {
        Ok(k) => Ok(k),
        Err(_) => Err(vm.value_error("unmarshallable object")),
    }
}

struct Reader<'a> {
    data: &'a [u8],
    at: usize,
    refs: runtime::alloc::GcVec,
    allow_code: bool,
}

impl Reader<'_> {
    fn take(&mut self, vm: &mut Vm, n: usize) -> Res<Vec<u8>> {
        match self.data.get(self.at..self.at.saturating_add(n)) {
            Some(b) => {
                self.at += n;
                Ok(b.to_vec())
            }
            None => Err(vm.eof_error("marshal data too short")),
        }
    }

    fn byte(&mut self, vm: &mut Vm) -> Res<u8> {
        match self.data.get(self.at) {
            Some(b) => {
                self.at += 1;
                Ok(*b)
            }
            None => Err(vm.eof_error("EOF read where object expected")),
        }
    }

    fn array<const N: usize>(&mut self, vm: &mut Vm) -> Res<[u8; N]> {
        let b = self.take(vm, N)?;
        let mut out = [0; N];
        out.copy_from_slice(&b);
        Ok(out)
    }

    fn size(&mut self, vm: &mut Vm, what: &str) -> Res<usize> {
        let n = i32::from_le_bytes(self.array(vm)?);
        if n < 0 {
            return Err(vm.value_error(&format!("bad marshal data ({what} size out of range)")));
        }
        Ok(n as usize)
    }

    fn float(&mut self, vm: &mut Vm) -> Res<f64> {
        Ok(f64::from_le_bytes(self.array(vm)?))
    }

    fn int(&mut self, vm: &mut Vm) -> Res {
        let n = i32::from_le_bytes(self.array(vm)?);
        if n == i32::MIN {
            return Err(vm.value_error("bad marshal data (long size out of range)"));
        }
        let count = n.unsigned_abs() as usize;
        let bytes = self.take(vm, count.saturating_mul(2))?;
        let mut limbs = vec![0u64; (count * 15).div_ceil(64)];
        for (d, pair) in bytes.chunks_exact(2).enumerate() {
            let digit = u64::from(u16::from_le_bytes([pair[0], pair[1]]));
            if digit >= 1 << 15 {
                return Err(vm.value_error("bad marshal data (digit out of range in long)"));
            }
            let at = d * 15;
            limbs[at / 64] |= digit << (at % 64);
            if at % 64 > 49 && at / 64 + 1 < limbs.len() {
                limbs[at / 64 + 1] |= digit >> (64 - at % 64);
            }
        }
        vm.new_int_limbs(n < 0, &limbs)
    }

    fn text(&mut self, vm: &mut Vm, n: usize, intern: bool) -> Res {
        let bytes = self.take(vm, n)?;
        let v = match std::str::from_utf8(&bytes) {
            Ok(s) => vm.new_str(s)?,
            Err(_) => {
                let b = vm.new_bytes(&bytes)?;
                let (e, h) = (vm.new_str("utf-8")?, vm.new_str("surrogatepass")?);
                vm.call_method_str(b, "decode", &[e, h])?
            }
        };
        Ok(if intern { vm.intern_value(v) } else { v })
    }

    fn sequence(&mut self, vm: &mut Vm, n: usize, depth: u32) -> Res<runtime::alloc::GcVec> {
        let mut out = vm.new_vec();
        for _ in 0..n {
            let v = self.required(vm, depth)?;
            out.push(vm, v)?;
        }
        Ok(out)
    }

    fn required(&mut self, vm: &mut Vm, depth: u32) -> Res {
        match self.value(vm, depth)? {
            Some(v) => Ok(v),
            None => Err(vm.type_error("NULL object in marshal data for object")),
        }
    }

    /// One object; None is the mark that ends a dict.
    fn value(&mut self, vm: &mut Vm, depth: u32) -> Res<Option<Value>> {
        if depth > DEPTH {
            return Err(vm.value_error("recursion limit exceeded"));
        }
        vm.check_native_stack()?;
        let depth = depth + 1;
        let tag = self.byte(vm)?;
        let kept = tag & REF != 0;
        let slot = self.refs.len();
        if kept {
            self.refs.push(vm, Value::NONE)?;
        }
        let v = match tag & !REF {
            b'0' => return Ok(None),
            b'N' => Value::NONE,
            b'T' => Value::TRUE,
            b'F' => Value::FALSE,
            b'.' => Value::ELLIPSIS,
            b'S' => vm.types.exc.StopIteration.value(),
            b'i' => {
                let n = i32::from_le_bytes(self.array(vm)?);
                Value::int_unchecked(i64::from(n))
            }
            b'l' => self.int(vm)?,
            b'g' => Value::float(self.float(vm)?),
            b'y' => {
                let (re, im) = (self.float(vm)?, self.float(vm)?);
                vm.new_complex(re, im)?
            }
            b's' => {
                let n = self.size(vm, "bytes object")?;
                let b = self.take(vm, n)?;
                vm.new_bytes(&b)?
            }
            t @ (b'z' | b'Z') => {
                let n = self.byte(vm)? as usize;
                self.text(vm, n, t == b'Z')?
            }
            t @ (b'a' | b'A' | b'u' | b't') => {
                let n = self.size(vm, "string")?;
                self.text(vm, n, matches!(t, b'A' | b't'))?
            }
            b')' => {
                let n = self.byte(vm)? as usize;
                let items = self.sequence(vm, n, depth)?;
                vm.new_tuple(&items)?
            }
            b'(' => {
                let n = self.size(vm, "tuple")?;
                let items = self.sequence(vm, n, depth)?;
                vm.new_tuple(&items)?
            }
            b'[' => {
                let n = self.size(vm, "list")?;
                let items = self.sequence(vm, n, depth)?;
                vm.list_from_vec(items)?
            }
            t @ (b'<' | b'>') => {
                let n = self.size(vm, "set")?;
                let items = self.sequence(vm, n, depth)?;
                let class = if t == b'<' {
                    vm.types.set
                } else {
                    vm.types.frozenset
                };
                let list = vm.list_from_vec(items)?;
                vm.call_value(class.value(), &[list])?
            }
            b'{' => {
                let d = vm.new_dict()?.value();
                if kept {
                    self.refs.as_mut_slice()[slot] = d;
                }
                while let Some(k) = self.value(vm, depth)? {
                    let v = self.required(vm, depth)?;
                    vm.dict_set(d, k, v)?;
                }
                d
            }
            b':' => {
                let a = self.required(vm, depth)?;
                let b = self.required(vm, depth)?;
                let c = self.required(vm, depth)?;
                vm.new_slice(a, b, c)?
            }
            b'r' => {
                let n = u32::from_le_bytes(self.array(vm)?) as usize;
                match self.refs.get(n) {
                    Some(v) => *v,
                    None => {
                        return Err(vm.value_error("bad marshal data (invalid reference)"));
                    }
                }
            }
            b'c' => self.code(vm)?,
            _ => return Err(vm.value_error("bad marshal data (unknown type code)")),
        };
        if kept {
            self.refs.as_mut_slice()[slot] = v;
        }
        Ok(Some(v))
    }

    fn code(&mut self, vm: &mut Vm) -> Res {
        if !self.allow_code {
            return Err(vm.value_error("unmarshalling code objects is disallowed"));
        }
        let n = self.size(vm, "code")?;
        let blob = self.take(vm, n)?;
        let code = match bytecode::decode(&blob) {
            Ok(c) => c,
            Err(e) => return Err(vm.value_error(&format!("bad marshal data ({e:?})"))),
        };
        if !is_sound(&code) {
            return Err(vm.value_error("bad marshal data (invalid bytecode)"));
        }
        Ok(vm.load_code(code)?.value())
    }
}

/// The verifier accepts the code and all that is nested in it. Decoding bounds the nesting.
fn is_sound(code: &bytecode::Code) -> bool {
    bytecode::verify(code).is_ok()
        && code.consts.iter().all(|k| match k {
            bytecode::Const::Code(c) => is_sound(c),
            _ => true,
        })
}

fn dump(vm: &mut Vm, value: Value, allow_code: Option<bool>) -> Res<Vec<u8>> {
    let mut w = Writer {
        out: Vec::new(),
        allow_code: allow_code.unwrap_or(true),
    };
    w.value(vm, value, 0)?;
    Ok(w.out)
}

fn load(vm: &mut Vm, data: &[u8], allow_code: Option<bool>) -> Res<(Value, usize)> {
    let mut r = Reader {
        data,
        at: 0,
        refs: vm.new_vec(),
        allow_code: allow_code.unwrap_or(true),
    };
    match r.value(vm, 0)? {
        Some(v) => Ok((v, r.at)),
        None => Err(vm.type_error("NULL object in marshal data for object")),
    }
}

fn bytes_of(vm: &mut Vm, v: Value) -> Res<Vec<u8>> {
    if let Some(b) = v.downcast::<BytesObj>() {
        return Ok(b.as_slice().to_vec());
    }
    if vm.has_buffer(v) {
        let b = vm.call_value(vm.types.bytes.value(), &[v])?;
        return bytes_of(vm, b);
    }
    let got = vm.class_name(v);
    Err(vm.type_error(&format!("a bytes-like object is required, not '{got}'")))
}

#[derive::natives]
mod functions {
    use super::*;

    /// Return the bytes object that would be written to a file by dump(value, file).
    ///
    ///   value
    ///     Must be a supported type.
    ///   version
    ///     Indicates the data format that dumps should use.
    ///   allow_code
    ///     Allow to write code objects.
    ///
    /// Raise a ValueError exception if value has (or contains an object that has) an
    /// unsupported type.
    #[native("dumps($module, value, version=version, /, *, allow_code=True)")]
    fn dumps(
        vm: &mut Vm,
        _m: Value,
        value: Value,
        _version: Option<i64>,
        allow_code: Option<bool>,
    ) -> Res {
        let out = dump(vm, value, allow_code)?;
        vm.new_bytes(&out)
    }
    /// Write the value on the open file.
    #[native(
        "dump($module, value, file, version=version, /, *, allow_code=True)",
        nosig
    )]
    fn dump_to(
        vm: &mut Vm,
        _m: Value,
        value: Value,
        file: Value,
        _version: Option<i64>,
        allow_code: Option<bool>,
    ) -> Res {
        let out = dump(vm, value, allow_code)?;
        let b = vm.new_bytes(&out)?;
        vm.call_method(file, vm.names.write, &[b])
    }
    /// Convert the bytes-like object to a value.
    ///
    ///   allow_code
    ///     Allow to load code objects.
    ///
    /// If no valid value is found, raise EOFError, ValueError or TypeError.  Extra
    /// bytes in the input are ignored.
    #[native("loads($module, bytes, /, *, allow_code=True)")]
    fn loads(vm: &mut Vm, _m: Value, bytes: Value, allow_code: Option<bool>) -> Res {
        let data = bytes_of(vm, bytes)?;
        Ok(load(vm, &data, allow_code)?.0)
    }
    /// Read one value from the open file and return it.
    #[native("load($module, file, /, *, allow_code=True)")]
    fn load_from(vm: &mut Vm, _m: Value, file: Value, allow_code: Option<bool>) -> Res {
        let start = vm.call_method_str(file, "tell", &[])?;
        let all = vm.call_method(file, vm.names.read, &[])?;
        let data = bytes_of(vm, all)?;
        let (v, used) = load(vm, &data, allow_code)?;
        let start = vm.index_i64(start)?;
        let end = vm.new_int(start + used as i64)?;
        vm.call_method(file, vm.names.seek, &[end])?;
        Ok(v)
    }
}
