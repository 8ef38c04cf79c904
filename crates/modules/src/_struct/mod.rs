//! `_struct`.

mod codec;
mod format;
mod iter;

pub use codec::{f32_bits, unpack};
use format::Format;
use runtime::address_map::AddressMap;
use runtime::class::{TypeFlags, TypeObj, TypeSpec};
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::payload::Payload;
use runtime::{Raised, Res, Value, Vm};
use std::cell::RefCell;
use std::mem::offset_of;
use std::rc::Rc;

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_struct",
    doc: "Functions to convert between Python values and C structs.\nPython bytes objects are used to hold the data representing the C struct\nand also as format strings (explained below) to describe the layout of data\nin the C struct.\n\nThe optional first format char indicates byte order, size and alignment:\n  @: native order, size & alignment (default)\n  =: native order, std. size & alignment\n  <: little-endian, std. size & alignment\n  >: big-endian, std. size & alignment\n  !: same as >\n\nThe remaining chars indicate types of args and must match exactly;\nthese can be preceded by a decimal repeat count:\n  x: pad byte (no data); c:char; b:signed byte; B:unsigned byte;\n  ?: _Bool (requires C99; if not available, char is used instead)\n  h:short; H:unsigned short; i:int; I:unsigned int;\n  l:long; L:unsigned long; f:float; d:double; e:half-float.\n  F:float complex; D:double complex.\nSpecial cases (preceding decimal count indicates length):\n  s:string (array of char); p: pascal string (with count byte).\nSpecial cases (only available in native format):\n  n:ssize_t; N:size_t;\n  P:an integer type that is wide enough to hold a pointer.\nSpecial case (not in native mode unless 'long long' in platform C):\n  q:long long; Q:unsigned long long\nWhitespace between formats is ignored.\n\nThe variable struct.error is an exception raised on errors.",
    functions: &[functions::TABLE],
    init,
};

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    vm.module_add_type(m, &STRUCT)?;
    let error = error_class(vm)?;
    vm.module_set(m, "error", error.value())
}

static STRUCT: TypeSpec = TypeSpec {
    name: "Struct",
    module: "_struct",
    kind: Kind::Payload,
    doc: "Struct(fmt) --> compiled struct object\n\n",
    tables: &[methods::TABLE],
    flags: TypeFlags::BASE.union(TypeFlags::HAS_WEAKREF),
    size: size_of::<PayloadObj>(),
    slot_offset: offset_of!(PayloadObj, overflow),
    ..TypeSpec::DEFAULT
};

/// `struct.error`, made at its first use.
fn error_class(vm: &mut Vm) -> Res<Ref<TypeObj>> {
    let key = &raw const SPEC as usize;
    if let Some(c) = vm.interp().module_state.get(&key)
        && let Some(c) = c.downcast::<TypeObj>()
    {
        return Ok(c);
    }
    let name = vm.new_str("error")?;
    let bases = vm.new_tuple(&[vm.types.exc.Exception.value()])?;
    let ns = vm.new_dict()?;
    let module = vm.new_str("struct")?;
    vm.dict_set_str(ns, "__module__", module)?;
    let class = vm.call_value(vm.types.type_.value(), &[name, bases, ns.value()])?;
    vm.interp().module_state.insert(key, class);
    match class.downcast::<TypeObj>() {
        Some(c) => Ok(c),
        None => Err(vm.system_error("struct.error is no class")),
    }
}

/// Raises `struct.error`.
#[cold]
pub(crate) fn struct_error(vm: &mut Vm, message: &str) -> Raised {
    match error_class(vm) {
        Ok(c) => vm.error(c, message),
        Err(r) => r,
    }
}

/// The state of a Struct; empty until `__init__`.
#[derive(Default)]
struct Compiled(RefCell<Option<Rc<Format>>>);

impl Payload for Compiled {
    fn trace(&self, _: &mut gc::Tracer) {}
}

thread_local! {
    /// Formats compiled by the module functions; formats hold no Python values.
    static CACHE: RefCell<AddressMap<Vec<u8>, Rc<Format>>> = RefCell::default();
}

/// Formats kept by the module functions, as many as CPython keeps.
const MAX_CACHE: usize = 100;

/// The ASCII bytes of a format argument, as long as it lives.
fn format_text<'a>(vm: &mut Vm, v: Value) -> Res<&'a [u8]> {
    if let Some(s) = v.downcast::<StrObj>() {
        if s.is_ascii() {
            // SAFETY: strings do not change.
            return Ok(unsafe { &*(s.raw() as *const [u8]) });
        }
        let bad = s.units().iter().position(|c| c >= 0x80).unwrap_or(0);
        return Err(vm.unicode_encode_error("ascii", v, bad, bad + 1, "ordinal not in range(128)"));
    }
    if let Some(b) = v.downcast::<BytesObj>() {
        // SAFETY: bytes objects do not change.
        return Ok(unsafe { &*(b.as_slice() as *const [u8]) });
    }
    let name = vm.argument_kind(v);
    Err(vm.type_error(&format!(
        "Struct() argument 1 must be a str or bytes object, not {name}"
    )))
}

fn compile(vm: &mut Vm, text: &[u8]) -> Res<Rc<Format>> {
    if text.contains(&0) {
        return Err(struct_error(vm, "embedded null character"));
    }
    match Format::compile(text) {
        Ok(f) => Ok(Rc::new(f)),
        Err(message) => Err(struct_error(vm, message)),
    }
}

/// The compiled format of a module function's argument: a format or a Struct.
fn cached(vm: &mut Vm, v: Value) -> Res<Rc<Format>> {
    if let Some(c) = v.payload::<Compiled>() {
        return initialized(vm, c);
    }
    let text = format_text(vm, v)?;
    if let Some(f) = CACHE.with_borrow(|c| c.get(text).cloned()) {
        return Ok(f);
    }
    let f = compile(vm, text)?;
    CACHE.with_borrow_mut(|c| {
        if c.len() >= MAX_CACHE {
            c.clear();
        }
        c.insert(text.to_vec(), f.clone());
    });
    Ok(f)
}

fn initialized(vm: &mut Vm, c: &Compiled) -> Res<Rc<Format>> {
    let f = c.0.borrow().clone();
    f.ok_or_else(|| vm.runtime_error("Struct object is not initialized"))
}

fn format_of(vm: &mut Vm, this: Value) -> Res<Rc<Format>> {
    match this.payload::<Compiled>() {
        Some(c) => initialized(vm, c),
        None => Err(vm.type_error("a Struct object is required")),
    }
}

fn check_count(vm: &mut Vm, f: &Format, got: usize, function: &str) -> Res<()> {
    if got == f.values {
        return Ok(());
    }
    let text = format!(
        "{function} expected {} items for packing (got {got})",
        f.values
    );
    Err(struct_error(vm, &text))
}

fn pack_values(vm: &mut Vm, f: &Format, values: &[Value]) -> Res<Vec<u8>> {
    let mut out = Vec::new();
    if out.try_reserve_exact(f.size).is_err() {
        return Err(vm.memory_error());
    }
    out.resize(f.size, 0);
    let mut next = values.iter();
    for item in &f.items {
        for i in 0..item.count {
            let Some(v) = next.next() else { break };
            let at = item.offset + i * item.size;
            codec::pack(vm, f, *item, *v, &mut out[at..at + item.size])?;
        }
    }
    Ok(out)
}

/// Unpacks `f.size` bytes to a tuple. The bytes are copied, for the allocations.
fn unpack_tuple(vm: &mut Vm, f: &Format, bytes: &[u8]) -> Res {
    let mut out = vm.new_vec();
    out.reserve(vm, f.values)?;
    for item in &f.items {
        for i in 0..item.count {
            let at = item.offset + i * item.size;
            let v = unpack(vm, f.little, item.code, &bytes[at..at + item.size])?;
            out.push(vm, v)?;
        }
    }
    vm.new_tuple(&out)
}

fn do_unpack(vm: &mut Vm, f: &Format, buffer: Value) -> Res {
    let b = vm.get_buffer(buffer)?;
    if b.len() != f.size {
        let text = format!("unpack requires a buffer of {} bytes", f.size);
        return Err(struct_error(vm, &text));
    }
    unpack_tuple(vm, f, b.as_slice())
}

fn do_unpack_from(vm: &mut Vm, f: &Format, buffer: Value, offset: Option<isize>) -> Res {
    let b = vm.get_buffer(buffer)?;
    let (given, len, size) = (offset.unwrap_or(0), b.len(), f.size);
    let at = resolve_offset(vm, given, len, size, |n, at| {
        format!("not enough data to unpack {n} bytes at offset {at}")
    })?;
    if len < at || len - at < size {
        let want = size.saturating_add(at);
        let text = format!(
            "unpack_from requires a buffer of at least {want} bytes for unpacking {size} bytes at offset {at} (actual buffer size is {len})"
        );
        return Err(struct_error(vm, &text));
    }
    unpack_tuple(vm, f, &b.as_slice()[at..at + size])
}

/// A possibly negative offset into `len` bytes, where `size` bytes are wanted.
fn resolve_offset(
    vm: &mut Vm,
    offset: isize,
    len: usize,
    size: usize,
    short: fn(usize, isize) -> String,
) -> Res<usize> {
    if offset >= 0 {
        return Ok(offset as usize);
    }
    let back = offset.unsigned_abs();
    if back < size {
        return Err(struct_error(vm, &short(size, offset)));
    }
    if back > len {
        let text = format!("offset {offset} out of range for {len}-byte buffer");
        return Err(struct_error(vm, &text));
    }
    Ok(len - back)
}

fn do_pack_into(vm: &mut Vm, f: &Format, args: &[Value]) -> Res<()> {
    let [buffer, offset, values @ ..] = args else {
        let what = if args.is_empty() { "buffer" } else { "offset" };
        return Err(struct_error(
            vm,
            &format!("pack_into expected {what} argument"),
        ));
    };
    check_count(vm, f, values.len(), "pack_into")?;
    let mut b = vm.get_buffer_mut(*buffer, "argument")?;
    let offset = vm.index_isize(*offset)?;
    let (len, size) = (b.len(), f.size);
    let at = resolve_offset(vm, offset, len, size, |n, at| {
        format!("no space to pack {n} bytes at offset {at}")
    })?;
    if len < at || len - at < size {
        let want = size.saturating_add(at);
        let text = format!(
            "pack_into requires a buffer of at least {want} bytes for packing {size} bytes at offset {at} (actual buffer size is {len})"
        );
        return Err(struct_error(vm, &text));
    }
    let packed = pack_values(vm, f, values)?;
    if let Some(target) = b.as_mut_slice().get_mut(at..at + size) {
        target.copy_from_slice(&packed);
    }
    Ok(())
}

fn rest(args: Value) -> Vec<Value> {
    // Lives only while `args` does, which is on the stack.
    args.downcast::<TupleObj>()
        .map_or_else(Vec::new, |t| t.items().to_vec())
}

#[derive::natives]
mod functions {
    use super::*;

    /// Clear the internal cache.
    #[native("_clearcache($module, /)")]
    fn clearcache(_: &mut Vm, _m: Value) -> Res<()> {
        CACHE.with_borrow_mut(AddressMap::clear);
        Ok(())
    }
    /// Return size in bytes of the struct described by the format string.
    #[native("calcsize($module, format, /)")]
    fn calcsize(vm: &mut Vm, _m: Value, format: Value) -> Res<usize> {
        Ok(cached(vm, format)?.size)
    }
    /// pack(format, v1, v2, ...) -> bytes
    ///
    /// Return a bytes object containing the values v1, v2, ... packed according
    /// to the format string.  See help(struct) for more on format strings.
    #[native("pack($module, format, /, *values)", nosig)]
    fn pack(vm: &mut Vm, _m: Value, format: Value, values: Value) -> Res {
        let f = cached(vm, format)?;
        let values = rest(values);
        check_count(vm, &f, values.len(), "pack")?;
        let b = pack_values(vm, &f, &values)?;
        vm.new_bytes(&b)
    }
    /// pack_into(format, buffer, offset, v1, v2, ...)
    ///
    /// Pack the values v1, v2, ... according to the format string and write
    /// the packed bytes into the writable buffer buf starting at offset.  Note
    /// that the offset is a required argument.  See help(struct) for more
    /// on format strings.
    #[native("pack_into($module, format, /, *args)", nosig)]
    fn pack_into(vm: &mut Vm, _m: Value, format: Value, args: Value) -> Res<()> {
        let f = cached(vm, format)?;
        do_pack_into(vm, &f, &rest(args))
    }
    /// Return a tuple containing values unpacked according to the format string.
    ///
    /// The buffer's size in bytes must be calcsize(format).
    ///
    /// See help(struct) for more on format strings.
    #[native("unpack($module, format, buffer, /)")]
    fn unpack(vm: &mut Vm, _m: Value, format: Value, buffer: Value) -> Res {
        let f = cached(vm, format)?;
        do_unpack(vm, &f, buffer)
    }
    /// Return a tuple containing values unpacked according to the format string.
    ///
    /// The buffer's size, minus offset, must be at least calcsize(format).
    ///
    /// See help(struct) for more on format strings.
    #[native("unpack_from($module, format, /, buffer, offset=0)")]
    fn unpack_from(
        vm: &mut Vm,
        _m: Value,
        format: Value,
        buffer: Value,
        offset: Option<isize>,
    ) -> Res {
        let f = cached(vm, format)?;
        do_unpack_from(vm, &f, buffer, offset)
    }
    /// Return an iterator yielding tuples unpacked from the given bytes.
    ///
    /// The bytes are unpacked according to the format string, like
    /// a repeated invocation of unpack_from().
    ///
    /// Requires that the bytes length be a multiple of the format struct size.
    #[native("iter_unpack($module, format, buffer, /)")]
    fn iter_unpack(vm: &mut Vm, _m: Value, format: Value, buffer: Value) -> Res {
        let f = cached(vm, format)?;
        iter::new(vm, f, buffer)
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, _args: Value, _kwargs: Option<Value>) -> Res {
        let base = vm.native_type(&STRUCT)?;
        let class = vm.number_class(class, base)?;
        vm.new_payload(class, Compiled::default())
    }
    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, /, format)", nosig)]
    fn init(vm: &mut Vm, this: Value, format: Value) -> Res<()> {
        let text = format_text(vm, format)?;
        let f = compile(vm, text)?;
        if let Some(c) = this.payload::<Compiled>() {
            *c.0.borrow_mut() = Some(f);
        }
        Ok(())
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let f = format_of(vm, this)?;
        let text = vm.new_str(&f.text)?;
        let shown = vm.display_repr(text)?;
        let name = vm.short_class_name(this);
        Ok(format!("{name}({shown})"))
    }
    /// Return an iterator yielding tuples.
    ///
    /// Tuples are unpacked from the given bytes source, like a repeated
    /// invocation of unpack_from().
    ///
    /// Requires that the bytes length be a multiple of the struct size.
    #[native("iter_unpack($self, buffer, /)")]
    fn iter_unpack(vm: &mut Vm, this: Value, buffer: Value) -> Res {
        let f = format_of(vm, this)?;
        iter::new(vm, f, buffer)
    }
    /// S.pack(v1, v2, ...) -> bytes
    ///
    /// Return a bytes object containing values v1, v2, ... packed according
    /// to the format string S.format.  See help(struct) for more on format
    /// strings.
    #[native("pack($self, /, *values)", nosig)]
    fn pack(vm: &mut Vm, this: Value, values: Value) -> Res {
        let f = format_of(vm, this)?;
        let values = rest(values);
        check_count(vm, &f, values.len(), "pack")?;
        let b = pack_values(vm, &f, &values)?;
        vm.new_bytes(&b)
    }
    /// S.pack_into(buffer, offset, v1, v2, ...)
    ///
    /// Pack the values v1, v2, ... according to the format string S.format
    /// and write the packed bytes into the writable buffer buf starting at
    /// offset.  Note that the offset is a required argument.  A negative
    /// offset counts from the end of the buffer.  See help(struct) for more
    /// on format strings.
    #[native("pack_into($self, /, *args)", nosig)]
    fn pack_into(vm: &mut Vm, this: Value, args: Value) -> Res<()> {
        let f = format_of(vm, this)?;
        do_pack_into(vm, &f, &rest(args))
    }
    /// Return a tuple containing unpacked values.
    ///
    /// Unpack according to the format string Struct.format. The buffer's size
    /// in bytes must be Struct.size.
    ///
    /// See help(struct) for more on format strings.
    #[native("unpack($self, buffer, /)")]
    fn unpack(vm: &mut Vm, this: Value, buffer: Value) -> Res {
        let f = format_of(vm, this)?;
        do_unpack(vm, &f, buffer)
    }
    /// Return a tuple containing unpacked values.
    ///
    /// Values are unpacked according to the format string Struct.format.
    ///
    /// The buffer's size in bytes, starting at position offset, must be
    /// at least Struct.size.  A negative offset counts from the end of the
    /// buffer.
    ///
    /// See help(struct) for more on format strings.
    #[native("unpack_from($self, /, buffer, offset=0)")]
    fn unpack_from(vm: &mut Vm, this: Value, buffer: Value, offset: Option<isize>) -> Res {
        let f = format_of(vm, this)?;
        do_unpack_from(vm, &f, buffer, offset)
    }
    /// S.__sizeof__() -> size of S in memory, in bytes
    #[native("__sizeof__($self, /)")]
    fn sizeof(vm: &mut Vm, this: Value) -> Res<usize> {
        // CPython's layout: the object and a table entry an item run, and the last.
        let f = format_of(vm, this)?;
        Ok(56 + 32 * (f.items.len() + 1))
    }
    /// struct format string
    #[getter("format")]
    fn format(vm: &mut Vm, this: Value) -> Res<String> {
        Ok(format_of(vm, this)?.text.clone())
    }
    /// struct size in bytes
    #[getter("size")]
    fn size(vm: &mut Vm, this: Value) -> Res<usize> {
        Ok(format_of(vm, this)?.size)
    }
}
