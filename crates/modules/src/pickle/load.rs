//! Running a pickle: the stack machine.

use super::build;
use super::opcodes::*;
use super::state::{state, unpickling_error};
use super::unpickler::{MOST_INDEX, Unpickler, find_class, find_overrides, unpickler_of};
use num::BigInt;
use runtime::alloc::GcVec;
use runtime::object::*;
use runtime::{Res, Value, Vm};

/// The objects being made, and where the marks among them are.
pub struct Stack {
    items: GcVec,
    marks: Vec<usize>,
}

impl Stack {
    fn fence(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }
    fn underflow<T>(&self, vm: &mut Vm) -> Res<T> {
        Err(unpickling_error(
            vm,
            if self.marks.is_empty() {
                "unpickling stack underflow"
            } else {
                "unexpected MARK found"
            },
        ))
    }
    #[inline]
    pub fn push(&mut self, vm: &mut Vm, v: Value) -> Res<()> {
        self.items.push(vm, v)
    }
    #[inline]
    pub fn pop(&mut self, vm: &mut Vm) -> Res {
        if self.items.len() <= self.fence() {
            return self.underflow(vm);
        }
        match self.items.pop() {
            Some(v) => Ok(v),
            None => self.underflow(vm),
        }
    }
    /// The object on top.
    #[inline]
    pub fn top(&self, vm: &mut Vm) -> Res {
        if self.items.len() <= self.fence() {
            return self.underflow(vm);
        }
        match self.items.last() {
            Some(v) => Ok(*v),
            None => self.underflow(vm),
        }
    }
    fn set_top(&mut self, v: Value) {
        if let Some(top) = self.items.as_mut_slice().last_mut() {
            *top = v;
        }
    }
    /// Where the objects after the last mark begin; the mark is gone.
    pub fn pop_mark(&mut self, vm: &mut Vm) -> Res<usize> {
        match self.marks.pop() {
            Some(at) => Ok(at),
            None => Err(unpickling_error(vm, "could not find MARK")),
        }
    }
    /// The objects from a place on.
    pub fn from(&self, at: usize) -> &[Value] {
        self.items.get(at..).unwrap_or_default()
    }
    /// The object below a place, if no mark is between them.
    pub fn below(&self, vm: &mut Vm, at: usize) -> Res {
        if at <= self.fence() {
            return self.underflow(vm);
        }
        match self.from(at - 1).first() {
            Some(v) => Ok(*v),
            None => self.underflow(vm),
        }
    }
    pub fn len(&self) -> usize {
        self.items.len()
    }
    /// Throws away the objects from a place on.
    pub fn truncate(&mut self, at: usize) {
        self.items.truncate(at);
    }
    /// The last `n` objects in a tuple.
    fn tuple(&mut self, vm: &mut Vm, n: usize) -> Res<()> {
        if self.items.len() < self.fence() + n {
            return self.underflow(vm);
        }
        let at = self.items.len() - n;
        let v = vm.new_tuple(self.from(at))?;
        self.truncate(at);
        self.push(vm, v)
    }
}

/// Reads one object.
pub fn load(vm: &mut Vm, this: Value) -> Res {
    let u = unpickler_of(this);
    if u.running.replace(true) {
        return Err(vm.runtime_error("Unpickler object is already in use"));
    }
    u.proto.set(0);
    let r = find_overrides(vm, this).and_then(|()| run(vm, u));
    u.running.set(false);
    u.persistent_load.set(None);
    u.finder.set(None);
    // The state lives in the cell, of which nothing else may be left on the stack.
    std::hint::black_box(this);
    r
}

fn run(vm: &mut Vm, u: &Unpickler) -> Res {
    let mut stack = Stack {
        items: vm.new_vec(),
        marks: Vec::new(),
    };
    loop {
        let opcode = match u.fixed::<1>(vm) {
            Ok([opcode]) => opcode,
            Err(r) => return Err(no_opcode(vm, r)),
        };
        if opcode == STOP {
            let v = stack.pop(vm)?;
            u.skip(vm)?;
            return Ok(v);
        }
        step(vm, u, &mut stack, opcode)?;
    }
}

/// The end of the input where an opcode should be is another error than elsewhere.
fn no_opcode(vm: &mut Vm, r: runtime::Raised) -> runtime::Raised {
    let Ok(s) = state(vm) else { return r };
    let Some(class) = s.unpickling.downcast() else {
        return r;
    };
    if vm.catch(class) {
        return vm.error(vm.types.exc.EOFError, "Ran out of input");
    }
    r
}

fn step(vm: &mut Vm, u: &Unpickler, s: &mut Stack, opcode: u8) -> Res<()> {
    let v = match opcode {
        NONE => Value::NONE,
        NEWTRUE => Value::TRUE,
        NEWFALSE => Value::FALSE,
        BININT1 => Value::int_unchecked(i64::from(u.fixed::<1>(vm)?[0])),
        BININT2 => Value::int_unchecked(i64::from(u16::from_le_bytes(u.fixed(vm)?))),
        BININT => Value::int_unchecked(i64::from(i32::from_le_bytes(u.fixed(vm)?))),
        BINFLOAT => Value::float(f64::from_be_bytes(u.fixed(vm)?)),
        INT => int_line(vm, u)?,
        LONG => long_line(vm, u)?,
        LONG1 => {
            let [n] = u.fixed(vm)?;
            long(vm, u, usize::from(n))?
        }
        LONG4 => {
            let n = i32::from_le_bytes(u.fixed(vm)?);
            let n = count(vm, i64::from(n), "LONG pickle has negative byte count")?;
            long(vm, u, n)?
        }
        FLOAT => float_line(vm, u)?,
        SHORT_BINUNICODE | BINUNICODE | BINUNICODE8 => {
            let n = length(vm, u, opcode)?;
            text(vm, u, n)?
        }
        SHORT_BINBYTES | BINBYTES | BINBYTES8 => {
            let n = length(vm, u, opcode)?;
            let place = u.take(vm, n)?;
            vm.new_bytes(&u.input.borrow().bytes[place])?
        }
        BYTEARRAY8 => {
            let n = length(vm, u, opcode)?;
            let place = u.take(vm, n)?;
            vm.new_bytearray(&u.input.borrow().bytes[place])?
        }
        SHORT_BINSTRING | BINSTRING => {
            let n = length(vm, u, opcode)?;
            let bytes = u.bytes(vm, n)?;
            string(vm, u, &bytes)?
        }
        STRING => quoted_line(vm, u)?,
        UNICODE => {
            let line = u.line(vm)?;
            let bytes = vm.new_bytes(&line)?;
            vm.decode_object(bytes, Some("raw-unicode-escape"), None)?
        }
        EMPTY_TUPLE => vm.new_tuple(&[])?,
        EMPTY_LIST => vm.new_list(&[])?,
        EMPTY_DICT => vm.new_dict()?.value(),
        EMPTY_SET => vm.new_set()?.value(),
        GET => {
            let line = u.some_line(vm)?;
            let i = line_number(vm, &line)?;
            recall(vm, u, i)?
        }
        BINGET => {
            let [i] = u.fixed(vm)?;
            recall(vm, u, i64::from(i))?
        }
        LONG_BINGET => {
            let i = u32::from_le_bytes(u.fixed(vm)?);
            recall(vm, u, i64::from(i))?
        }
        DUP => s.top(vm)?,
        _ => return step_stack(vm, u, s, opcode),
    };
    s.push(vm, v)
}

/// Opcodes that work on what is on the stack.
fn step_stack(vm: &mut Vm, u: &Unpickler, s: &mut Stack, opcode: u8) -> Res<()> {
    match opcode {
        MARK => s.marks.push(s.items.len()),
        POP => {
            if s.marks.last() == Some(&s.items.len()) {
                s.marks.pop();
            } else {
                s.pop(vm)?;
            }
        }
        POP_MARK => {
            let at = s.pop_mark(vm)?;
            s.truncate(at);
        }
        TUPLE1 => s.tuple(vm, 1)?,
        TUPLE2 => s.tuple(vm, 2)?,
        TUPLE3 => s.tuple(vm, 3)?,
        TUPLE | LIST | FROZENSET | DICT => {
            let at = s.pop_mark(vm)?;
            let v = build::container(vm, s, at, opcode)?;
            s.truncate(at);
            s.push(vm, v)?;
        }
        APPEND => {
            if s.items.len() < s.fence() + 2 {
                return s.underflow(vm);
            }
            let at = s.items.len() - 1;
            build::append(vm, s, at)?;
        }
        APPENDS => {
            let at = s.pop_mark(vm)?;
            build::append(vm, s, at)?;
        }
        SETITEM => {
            if s.items.len() < s.fence() + 3 {
                return s.underflow(vm);
            }
            let at = s.items.len() - 2;
            build::set_items(vm, s, at)?;
        }
        SETITEMS => {
            let at = s.pop_mark(vm)?;
            build::set_items(vm, s, at)?;
        }
        ADDITEMS => {
            let at = s.pop_mark(vm)?;
            build::add_items(vm, s, at)?;
        }
        BUILD => build::build(vm, s)?,
        MEMOIZE => {
            let v = s.top(vm)?;
            u.remember(u.memoized.get(), v);
        }
        BINPUT => {
            let [i] = u.fixed(vm)?;
            let v = s.top(vm)?;
            u.remember(usize::from(i), v);
        }
        LONG_BINPUT => {
            let i = u32::from_le_bytes(u.fixed(vm)?);
            put(vm, u, s, i64::from(i))?;
        }
        PUT => {
            let line = u.some_line(vm)?;
            let i = line_number(vm, &line)?;
            put(vm, u, s, i)?;
        }
        _ => return step_call(vm, u, s, opcode),
    }
    Ok(())
}

/// Opcodes that look up or call something.
fn step_call(vm: &mut Vm, u: &Unpickler, s: &mut Stack, opcode: u8) -> Res<()> {
    match opcode {
        REDUCE => {
            let args = s.pop(vm)?;
            let f = s.pop(vm)?;
            if !args.is_kind(Kind::Tuple) {
                return Err(vm.type_error("argument list must be a tuple"));
            }
            let v = vm.call_spread(f, args, None)?;
            s.push(vm, v)
        }
        NEWOBJ => build::new_object(vm, s, false),
        NEWOBJ_EX => build::new_object(vm, s, true),
        GLOBAL => {
            let (module, name) = (u.some_line(vm)?, u.some_line(vm)?);
            let (module, name) = (decoded(vm, &module)?, decoded(vm, &name)?);
            let v = find_class(vm, u, module, name)?;
            s.push(vm, v)
        }
        STACK_GLOBAL => {
            let name = s.pop(vm)?;
            let module = s.pop(vm)?;
            if !name.is_exact(Kind::Str) || !module.is_exact(Kind::Str) {
                return Err(unpickling_error(vm, "STACK_GLOBAL requires str"));
            }
            let v = find_class(vm, u, module, name)?;
            s.push(vm, v)
        }
        INST => {
            let (module, name) = (u.some_line(vm)?, u.some_line(vm)?);
            let (module, name) = (decoded(vm, &module)?, decoded(vm, &name)?);
            let class = find_class(vm, u, module, name)?;
            let at = s.pop_mark(vm)?;
            build::instantiate(vm, s, at, class)
        }
        OBJ => {
            let at = s.pop_mark(vm)?;
            let Some(class) = s.from(at).first().copied() else {
                return s.underflow(vm);
            };
            let v = build::instance(vm, s, at + 1, class)?;
            s.truncate(at);
            s.push(vm, v)
        }
        EXT1 => {
            let [code] = u.fixed(vm)?;
            extension(vm, u, s, i64::from(code))
        }
        EXT2 => {
            let code = u16::from_le_bytes(u.fixed(vm)?);
            extension(vm, u, s, i64::from(code))
        }
        EXT4 => {
            let code = i32::from_le_bytes(u.fixed(vm)?);
            extension(vm, u, s, i64::from(code))
        }
        PERSID => {
            let line = u.line(vm)?;
            if !line.is_ascii() {
                let text = "persistent IDs in protocol 0 must be ASCII strings";
                return Err(unpickling_error(vm, text));
            }
            let pid = vm.new_str_ascii(&line)?;
            persistent(vm, u, s, pid)
        }
        BINPERSID => {
            let pid = s.pop(vm)?;
            persistent(vm, u, s, pid)
        }
        PROTO => {
            let [n] = u.fixed(vm)?;
            if i64::from(n) > HIGHEST_PROTOCOL {
                return Err(vm.value_error(&format!("unsupported pickle protocol: {n}")));
            }
            u.proto.set(n);
            Ok(())
        }
        FRAME => {
            let n = u64::from_le_bytes(u.fixed(vm)?);
            let n = size(vm, n, "FRAME length exceeds system's maximum of")?;
            u.begin_frame(vm, n)
        }
        NEXT_BUFFER => next_buffer(vm, u, s),
        READONLY_BUFFER => {
            let v = s.top(vm)?;
            let view = vm.new_memoryview(v)?;
            let readonly = vm.get_attr_str(view, "readonly")?;
            if !vm.truth(readonly)? {
                let v = vm.call_method_str(view, "toreadonly", &[])?;
                s.set_top(v);
            }
            Ok(())
        }
        0x20..=0x7e if opcode != b'\'' && opcode != b'\\' => {
            let text = format!("invalid load key, '{}'.", char::from(opcode));
            Err(unpickling_error(vm, &text))
        }
        _ => {
            let text = format!("invalid load key, '\\x{opcode:02x}'.");
            Err(unpickling_error(vm, &text))
        }
    }
}

fn count(vm: &mut Vm, n: i64, text: &str) -> Res<usize> {
    usize::try_from(n).map_err(|_| unpickling_error(vm, text))
}

/// A length of eight bytes.
fn size(vm: &mut Vm, n: u64, what: &str) -> Res<usize> {
    match isize::try_from(n) {
        Ok(n) => Ok(n as usize),
        Err(_) => Err(unpickling_error(
            vm,
            &format!("{what} {} bytes", isize::MAX),
        )),
    }
}

/// The length that follows an opcode of text or bytes.
fn length(vm: &mut Vm, u: &Unpickler, opcode: u8) -> Res<usize> {
    match opcode {
        SHORT_BINUNICODE | SHORT_BINBYTES | SHORT_BINSTRING => {
            Ok(usize::from(u.fixed::<1>(vm)?[0]))
        }
        BINUNICODE | BINBYTES => Ok(u32::from_le_bytes(u.fixed(vm)?) as usize),
        BINSTRING => {
            let n = i32::from_le_bytes(u.fixed(vm)?);
            count(vm, i64::from(n), "BINSTRING pickle has negative byte count")
        }
        _ => {
            let n = u64::from_le_bytes(u.fixed(vm)?);
            let name = match opcode {
                BINUNICODE8 => "BINUNICODE8",
                BINBYTES8 => "BINBYTES8",
                _ => "BYTEARRAY8",
            };
            match isize::try_from(n) {
                Ok(n) => Ok(n as usize),
                Err(_) => {
                    let text = format!(
                        "{name} exceeds system's maximum size of {} bytes",
                        isize::MAX
                    );
                    Err(vm.overflow_error(&text))
                }
            }
        }
    }
}

/// UTF-8, in which surrogates may be.
fn text(vm: &mut Vm, u: &Unpickler, n: usize) -> Res {
    let place = u.take(vm, n)?;
    {
        let input = u.input.borrow();
        if let Ok(s) = std::str::from_utf8(&input.bytes[place.clone()]) {
            return vm.new_str(s);
        }
    }
    let bytes = vm.new_bytes(&u.input.borrow().bytes[place])?;
    vm.decode_object(bytes, Some("utf-8"), Some("surrogatepass"))
}

/// A string of Python 2.
fn string(vm: &mut Vm, u: &Unpickler, bytes: &[u8]) -> Res {
    let v = vm.new_bytes(bytes)?;
    let encoding = u.encoding.borrow().clone();
    if encoding == "bytes" {
        return Ok(v);
    }
    let errors = u.errors.borrow().clone();
    vm.decode_object(v, Some(&encoding), Some(&errors))
}

fn quoted_line(vm: &mut Vm, u: &Unpickler) -> Res {
    let line = u.some_line(vm)?;
    let inside = match line[..] {
        [a, .., b] if a == b && (a == b'"' || a == b'\'') => &line[1..line.len() - 1],
        _ => {
            let text = "the STRING opcode argument must be quoted";
            return Err(unpickling_error(vm, text));
        }
    };
    let quoted = vm.new_bytes(inside)?;
    let codecs = vm.import_module("_codecs")?;
    let pair = vm.call_method_str(codecs, "escape_decode", &[quoted])?;
    let bytes = vm.get_item(pair, Value::int_unchecked(0))?;
    let bytes = vm.get_buffer(bytes)?.as_slice().to_vec();
    string(vm, u, &bytes)
}

/// A line of UTF-8.
fn decoded(vm: &mut Vm, line: &[u8]) -> Res {
    let v = vm.new_bytes(line)?;
    vm.decode_object(v, Some("utf-8"), None)
}

/// The int that a line of text is.
fn int_of(vm: &mut Vm, line: &[u8]) -> Res {
    let shown = vm.new_bytes(line)?;
    let shown = vm.decode_object(shown, Some("latin-1"), None)?;
    vm.parse_int(line, 10, shown)
}

fn int_line(vm: &mut Vm, u: &Unpickler) -> Res {
    let line = u.some_line(vm)?;
    match &line[..] {
        b"00" => Ok(Value::FALSE),
        b"01" => Ok(Value::TRUE),
        line => match int_of(vm, line) {
            Err(_) if vm.catch(vm.types.exc.ValueError) => {
                Err(vm.value_error("could not convert string to int"))
            }
            r => r,
        },
    }
}

fn long_line(vm: &mut Vm, u: &Unpickler) -> Res {
    let line = u.some_line(vm)?;
    int_of(vm, line.strip_suffix(b"L").unwrap_or(&line))
}

fn line_number(vm: &mut Vm, line: &[u8]) -> Res<i64> {
    let n = int_of(vm, line)?;
    vm.index_i64(n)
}

fn float_line(vm: &mut Vm, u: &Unpickler) -> Res {
    let line = u.some_line(vm)?;
    match num::float_text::parse(&line) {
        Some(f) => Ok(Value::float(f)),
        None => {
            let text: String = line.iter().map(|c| char::from(*c)).collect();
            Err(vm.value_error(&format!("could not convert string to float: '{text}\n'")))
        }
    }
}

/// An int in two's complement.
fn long(vm: &mut Vm, u: &Unpickler, n: usize) -> Res {
    let place = u.take(vm, n)?;
    let big: BigInt = {
        let input = u.input.borrow();
        num::int_bytes::from_bytes(&input.bytes[place], true, true)
    };
    vm.new_big(&big)
}

fn recall(vm: &mut Vm, u: &Unpickler, i: i64) -> Res {
    let found = usize::try_from(i)
        .ok()
        .and_then(|i| u.memo.borrow().get(i).copied().flatten());
    match found {
        Some(v) => Ok(v),
        None => {
            let text = format!("Memo value not found at index {i}");
            Err(unpickling_error(vm, &text))
        }
    }
}

fn put(vm: &mut Vm, u: &Unpickler, s: &Stack, i: i64) -> Res<()> {
    let v = s.top(vm)?;
    match usize::try_from(i) {
        Ok(i) if i < MOST_INDEX => {
            u.remember(i, v);
            Ok(())
        }
        Ok(_) => Err(vm.memory_error()),
        Err(_) => Err(vm.value_error("negative PUT argument")),
    }
}

fn persistent(vm: &mut Vm, u: &Unpickler, s: &mut Stack, pid: Value) -> Res<()> {
    let Some(f) = u.persistent_load.get() else {
        let text = "A load persistent id instruction was encountered, but no persistent_load function was specified.";
        return Err(unpickling_error(vm, text));
    };
    let v = vm.call_value(f, &[pid])?;
    s.push(vm, v)
}

/// An object of `copyreg.add_extension`.
fn extension(vm: &mut Vm, u: &Unpickler, s: &mut Stack, code: i64) -> Res<()> {
    let shared = state(vm)?;
    let key = vm.new_int(code)?;
    let (cache, inverted) = (shared.cache.downcast::<DictObj>(), shared.inverted);
    if let Some(d) = cache
        && let Some(v) = vm.dict_get(d, key)?
    {
        return s.push(vm, v);
    }
    let found = match inverted.downcast::<DictObj>() {
        Some(d) => vm.dict_get(d, key)?,
        None => None,
    };
    let Some(pair) = found else {
        if code <= 0 {
            return Err(unpickling_error(vm, "EXT specifies code <= 0"));
        }
        return Err(vm.value_error(&format!("unregistered extension code {code}")));
    };
    let items = pair.downcast::<TupleObj>();
    let Some(&[module, name]) = items.as_ref().map(|t| t.items()) else {
        let text = format!("_inverted_registry[{code}] isn't a 2-tuple of strings");
        return Err(vm.value_error(&text));
    };
    let v = find_class(vm, u, module, name)?;
    if let Some(d) = cache {
        vm.dict_set(d.value(), key, v)?;
    }
    s.push(vm, v)
}

fn next_buffer(vm: &mut Vm, u: &Unpickler, s: &mut Stack) -> Res<()> {
    let Some(buffers) = u.buffers.get() else {
        let text = "pickle stream refers to out-of-band data but no *buffers* argument was given";
        return Err(unpickling_error(vm, text));
    };
    match vm.next(buffers)? {
        Some(v) => s.push(vm, v),
        None => Err(unpickling_error(vm, "not enough out-of-band buffers")),
    }
}
