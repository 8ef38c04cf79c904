//! Pickling one object: atoms, the memo, and which way all others go.

use super::classes::{save_global, save_type};
use super::containers;
use super::opcodes::*;
use super::pickler::Pickler;
use super::reduce::{save_reduce, save_reduced};
use super::state::{class_text, noted, pickling_error, state};
use runtime::object::*;
use runtime::{Res, Value, Vm};

/// Pickles an object; `ask` whether it has a persistent id.
pub fn save(vm: &mut Vm, p: &Pickler, v: Value, ask: bool) -> Res<()> {
    if vm.check_native_stack().is_err() {
        vm.take_raised();
        let text = "maximum recursion depth exceeded while pickling an object";
        return Err(vm.error(vm.types.exc.RecursionError, text));
    }
    p.boundary(vm)?;
    if ask && let Some(f) = p.persistent_id.get() {
        let pid = vm.call_value(f, &[v])?;
        if !pid.is_none() {
            return save_persistent(vm, p, pid);
        }
    }
    if save_atom(vm, p, v)? || get_memo(vm, p, v)? {
        return Ok(());
    }
    if save_text(vm, p, v)? || save_container(vm, p, v)? {
        return Ok(());
    }
    save_other(vm, p, v)
}

fn save_persistent(vm: &mut Vm, p: &Pickler, pid: Value) -> Res<()> {
    if p.bin.get() {
        save(vm, p, pid, false)?;
        p.op(BINPERSID);
        return Ok(());
    }
    let text = vm.str_of(pid)?;
    let Some(s) = text.downcast::<StrObj>().filter(|s| s.is_ascii()) else {
        return Err(pickling_error(
            vm,
            "persistent IDs in protocol 0 must be ASCII strings",
        ));
    };
    p.op(PERSID);
    p.put(s.raw());
    p.put(b"\n");
    Ok(())
}

/// None, booleans, ints and floats; false if it is something else.
fn save_atom(vm: &mut Vm, p: &Pickler, v: Value) -> Res<bool> {
    if v.is_none() {
        p.op(NONE);
    } else if v.is_bool() {
        match (p.proto.get() >= 2, v.is_true()) {
            (true, true) => p.op(NEWTRUE),
            (true, false) => p.op(NEWFALSE),
            (false, true) => p.put(b"I01\n"),
            (false, false) => p.put(b"I00\n"),
        }
    } else if v.is_small_int() || v.is_exact(Kind::Int) {
        save_int(vm, p, v)?;
    } else if let Some(f) = v.as_float() {
        save_float(p, f);
    } else if v.is_exact(Kind::Float) {
        save_float(p, vm.float_of(v).unwrap_or_default());
    } else {
        return Ok(false);
    }
    Ok(true)
}

fn save_float(p: &Pickler, f: f64) {
    if p.bin.get() {
        let mut data = [BINFLOAT; 9];
        data[1..].copy_from_slice(&f.to_be_bytes());
        p.put(&data);
    } else {
        p.put(format!("F{}\n", num::float_text::repr(f)).as_bytes());
    }
}

fn save_int(vm: &mut Vm, p: &Pickler, v: Value) -> Res<()> {
    let short = vm.int_to_i64(v).and_then(|n| i32::try_from(n).ok());
    if let Some(n) = short {
        if !p.bin.get() {
            p.put(format!("I{n}\n").as_bytes());
        } else if let Ok(n) = u8::try_from(n) {
            p.put(&[BININT1, n]);
        } else if let Ok(n) = u16::try_from(n) {
            let [a, b] = n.to_le_bytes();
            p.put(&[BININT2, a, b]);
        } else {
            let [a, b, c, d] = n.to_le_bytes();
            p.put(&[BININT, a, b, c, d]);
        }
        return Ok(());
    }
    let big = vm.to_big(v).unwrap_or_default();
    if p.proto.get() < 2 {
        let text = num::int_text::to_decimal(&big);
        p.put(format!("L{text}L\n").as_bytes());
        return Ok(());
    }
    // Two's complement with room for the sign: one byte less if the top one says nothing.
    let n = (big.bit_length() / 8 + 1) as usize;
    let bytes = num::int_bytes::to_bytes(&big, n, true, true);
    let mut bytes = bytes.map_err(|e| vm.num_error(e))?;
    if let [.., below, 0xff] = bytes[..]
        && big.is_negative()
        && below >= 0x80
    {
        bytes.pop();
    }
    match u8::try_from(bytes.len()) {
        Ok(n) => p.put(&[LONG1, n]),
        Err(_) => {
            let Ok(n) = i32::try_from(bytes.len()) else {
                return Err(vm.overflow_error("int too large to pickle"));
            };
            p.op(LONG4);
            p.put(&n.to_le_bytes());
        }
    }
    p.put(&bytes);
    Ok(())
}

/// Writes where the object is if it was pickled before.
pub fn get_memo(vm: &mut Vm, p: &Pickler, v: Value) -> Res<bool> {
    let _ = vm;
    let found = p.memo.borrow().get(v);
    let Some(i) = found else { return Ok(false) };
    if !p.bin.get() {
        p.put(format!("g{i}\n").as_bytes());
    } else if let Ok(i) = u8::try_from(i) {
        p.put(&[BINGET, i]);
    } else {
        let [a, b, c, d] = i.to_le_bytes();
        p.put(&[LONG_BINGET, a, b, c, d]);
    }
    Ok(true)
}

/// Remembers an object that was just pickled.
pub fn put_memo(p: &Pickler, v: Value) {
    if p.fast.get() {
        return;
    }
    let i = p.memo.borrow_mut().add(v);
    if p.proto.get() >= 4 {
        p.op(MEMOIZE);
    } else if !p.bin.get() {
        p.put(format!("p{i}\n").as_bytes());
    } else if let Ok(i) = u8::try_from(i) {
        p.put(&[BINPUT, i]);
    } else {
        let [a, b, c, d] = i.to_le_bytes();
        p.put(&[LONG_BINPUT, a, b, c, d]);
    }
}

/// Exact bytes and str.
fn save_text(vm: &mut Vm, p: &Pickler, v: Value) -> Res<bool> {
    if v.is_exact(Kind::Str) {
        save_str(vm, p, v)?;
    } else if v.is_exact(Kind::Bytes) {
        save_bytes(vm, p, v)?;
    } else {
        return Ok(false);
    }
    Ok(true)
}

fn save_str(vm: &mut Vm, p: &Pickler, v: Value) -> Res<()> {
    let Some(s) = v.downcast::<StrObj>() else {
        return Ok(());
    };
    if !p.bin.get() {
        p.op(UNICODE);
        p.put(&escaped(s));
        p.put(b"\n");
    } else if s.is_ascii() {
        put_utf8(vm, p, s.raw(), v)?;
    } else {
        put_utf8(vm, p, &utf8(s), v)?;
    }
    put_memo(p, v);
    Ok(())
}

/// Opcode, length and text.
fn put_utf8(vm: &mut Vm, p: &Pickler, text: &[u8], v: Value) -> Res<()> {
    let n = text.len();
    let mut header = Vec::with_capacity(9);
    if n <= 0xff && p.proto.get() >= 4 {
        header.extend([SHORT_BINUNICODE, n as u8]);
    } else if let Ok(n) = u32::try_from(n) {
        header.push(BINUNICODE);
        header.extend(n.to_le_bytes());
    } else if p.proto.get() >= 4 {
        header.push(BINUNICODE8);
        header.extend((n as u64).to_le_bytes());
    } else {
        let text = "serializing a string larger than 4 GiB requires pickle protocol 4 or higher";
        return Err(vm.overflow_error(text));
    }
    p.put_long(vm, &header, text, None)?;
    std::hint::black_box(v);
    Ok(())
}

/// UTF-8 in which surrogates are encoded like other code points.
fn utf8(s: Ref<StrObj>) -> Vec<u8> {
    let mut out = Vec::with_capacity(s.len * 2);
    for c in s.units().iter() {
        match char::from_u32(c) {
            Some(c) => out.extend(c.encode_utf8(&mut [0; 4]).as_bytes()),
            None => out.extend([
                0xe0 | (c >> 12) as u8,
                0x80 | (c >> 6 & 0x3f) as u8,
                0x80 | (c & 0x3f) as u8,
            ]),
        }
    }
    out
}

/// The text of protocol 0: Latin-1 with escapes.
fn escaped(s: Ref<StrObj>) -> Vec<u8> {
    let mut out = Vec::with_capacity(s.len);
    for c in s.units().iter() {
        match c {
            0x1_0000.. => out.extend(format!("\\U{c:08x}").bytes()),
            0x100.. | 0x5c | 0 | 0xa | 0xd | 0x1a => out.extend(format!("\\u{c:04x}").bytes()),
            _ => out.push(c as u8),
        }
    }
    out
}

fn save_bytes(vm: &mut Vm, p: &Pickler, v: Value) -> Res<()> {
    let Some(b) = v.downcast::<BytesObj>() else {
        return Ok(());
    };
    if p.proto.get() < 3 {
        let class = vm.types.bytes.value();
        if b.as_slice().is_empty() {
            let args = vm.new_tuple(&[])?;
            return save_reduce(vm, p, &[class, args], Some(v));
        }
        let latin: String = b.as_slice().iter().map(|c| char::from(*c)).collect();
        let (text, name) = (vm.new_str(&latin)?, vm.intern("latin1"));
        let args = vm.new_tuple(&[text, name])?;
        let encode = state(vm)?.encode;
        return save_reduce(vm, p, &[encode, args], Some(v));
    }
    put_bytes(vm, p, b.as_slice(), Some(v))?;
    put_memo(p, v);
    Ok(())
}

/// Opcode, length and bytes.
pub fn put_bytes(vm: &mut Vm, p: &Pickler, data: &[u8], v: Option<Value>) -> Res<()> {
    let mut header = Vec::with_capacity(9);
    if let Ok(n) = u8::try_from(data.len()) {
        header.extend([SHORT_BINBYTES, n]);
    } else if let Ok(n) = u32::try_from(data.len()) {
        header.push(BINBYTES);
        header.extend(n.to_le_bytes());
    } else if p.proto.get() >= 4 {
        header.push(BINBYTES8);
        header.extend((data.len() as u64).to_le_bytes());
    } else {
        let text =
            "serializing a bytes object larger than 4 GiB requires pickle protocol 4 or higher";
        return Err(vm.overflow_error(text));
    }
    p.put_long(vm, &header, data, v)
}

/// The exact builtin containers and buffers.
fn save_container(vm: &mut Vm, p: &Pickler, v: Value) -> Res<bool> {
    if v.is_exact(Kind::Dict) {
        containers::nested(vm, p, v, containers::save_dict)?;
    } else if v.is_exact(Kind::Set) {
        containers::save_set(vm, p, v)?;
    } else if v.is_exact(Kind::FrozenSet) {
        containers::save_frozenset(vm, p, v)?;
    } else if v.is_exact(Kind::List) {
        containers::nested(vm, p, v, containers::save_list)?;
    } else if v.is_exact(Kind::Tuple) {
        containers::save_tuple(vm, p, v)?;
    } else if v.is_exact(Kind::ByteArray) {
        containers::save_bytearray(vm, p, v)?;
    } else if v.payload::<super::buffer::PickleBuffer>().is_some() {
        super::buffer::save(vm, p, v)?;
    } else {
        return Ok(false);
    }
    Ok(true)
}

/// Everything else: classes and functions by name, other objects by what they reduce to.
fn save_other(vm: &mut Vm, p: &Pickler, v: Value) -> Res<()> {
    if let Some(f) = p.reducer.get() {
        let reduced = vm.call_value(f, &[v])?;
        if !reduced.is_not_implemented() {
            return save_result(vm, p, v, reduced);
        }
    }
    let class = vm.class_of(v);
    if class == vm.types.type_ {
        return save_type(vm, p, v);
    }
    if v.is_kind(Kind::Function) {
        return save_global(vm, p, v, None);
    }
    let reduced = match reducer(vm, p, class.value())? {
        Some(f) => vm.call_value(f, &[v])?,
        None if class.is_subtype(vm.types.type_) => return save_global(vm, p, v, None),
        None => reduce(vm, p, v)?,
    };
    save_result(vm, p, v, reduced)
}

/// The function registered for a class.
fn reducer(vm: &mut Vm, p: &Pickler, class: Value) -> Res<Option<Value>> {
    let table = match p.dispatch_table.get() {
        Some(t) => t,
        None => state(vm)?.dispatch_table,
    };
    if table.is_exact(Kind::Dict)
        && let Some(d) = table.downcast::<DictObj>()
    {
        return vm.dict_get(d, class);
    }
    match vm.get_item(table, class) {
        Ok(f) => Ok(Some(f)),
        Err(_) if vm.catch(vm.types.exc.KeyError) => Ok(None),
        Err(r) => Err(r),
    }
}

/// `v.__reduce_ex__(protocol)`, or `v.__reduce__()`.
fn reduce(vm: &mut Vm, p: &Pickler, v: Value) -> Res {
    let name = vm.intern("__reduce_ex__");
    if let Some(f) = vm.get_attr_opt(v, name)? {
        return vm.call_value(f, &[Value::int_unchecked(p.proto.get())]);
    }
    let name = vm.intern("__reduce__");
    if let Some(f) = vm.get_attr_opt(v, name)? {
        return vm.call_value(f, &[]);
    }
    let text = class_text(vm, v);
    Err(pickling_error(vm, &format!("Can't pickle {text} object")))
}

/// Pickles what an object was reduced to: a name, or a tuple.
fn save_result(vm: &mut Vm, p: &Pickler, v: Value, reduced: Value) -> Res<()> {
    if reduced.is_kind(Kind::Str) {
        return save_global(vm, p, v, Some(reduced));
    }
    let r = save_reduced(vm, p, v, reduced);
    noted(vm, r, |vm| format!("{} object", class_text(vm, v)))
}
