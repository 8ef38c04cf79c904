//! Cells: what lives in the heap, one `repr(C)` struct a kind, each starting with the header.

use crate::native::NativeDef;
use crate::value::Value;
use gc::Header;
use std::cell::Cell;
use std::ops::Deref;
use std::ptr::NonNull;

/// What a cell is, in the header's kind byte. A subclass instance of a builtin has the builtin's
/// kind. Shape ids below 128 are the shapes of the exact builtin types: shape id == kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    Free = 0,
    /// Backing array of values.
    Array,
    /// Backing array of raw bytes.
    Raw,
    /// Backing table of dicts and sets.
    Table,
    Int,
    Float,
    Complex,
    Str,
    Bytes,
    ByteArray,
    Tuple,
    List,
    Dict,
    Set,
    FrozenSet,
    Type,
    Function,
    Code,
    Cell,
    /// builtin_function_or_method
    Native,
    /// method_descriptor, wrapper_descriptor, classmethod_descriptor
    MethodDescr,
    GetSet,
    Member,
    BoundMethod,
    Module,
    Instance,
    Generator,
    Range,
    Slice,
    Property,
    ClassMethod,
    StaticMethod,
    Super,
    Exception,
    Traceback,
    Frame,
    /// An instance whose state is a boxed Rust payload.
    Payload,
    /// Iterators made of a target, a position and an end: see `IterObj`.
    RangeIter,
    ListIter,
    TupleIter,
    DictIter,
    SetIter,
    SeqIter,
    CallIter,
    DictView,
    MappingProxy,
    WeakRef,
    Enumerate,
    Zip,
    Map,
    Filter,
    StrIter,
    BytesIter,
    ListRevIter,
    Reversed,
    MemoryView,
    Ellipsis,
    NotImplemented,
    NoneType,
    Bool,
    Object,
    GenericAlias,
    Union,
    Max,
}

/// A typed, non-null pointer to a cell. `Copy`; the collector finds it on the stack.
pub struct Ref<T>(NonNull<T>);

impl<T> Clone for Ref<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Ref<T> {}
impl<T> PartialEq for Ref<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Ref<T> {}

impl<T> Deref for Ref<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: a Ref is only made from a live cell of type T; fields that change are Cells.
        unsafe { self.0.as_ref() }
    }
}

impl<T> Ref<T> {
    /// # Safety
    /// `p` points to a live cell whose payload is a T.
    #[inline(always)]
    pub unsafe fn new(p: *mut T) -> Self {
        // SAFETY: live cells are not null.
        Ref(unsafe { NonNull::new_unchecked(p) })
    }
    #[inline(always)]
    pub fn as_ptr(self) -> *mut T {
        self.0.as_ptr()
    }
    #[inline(always)]
    pub fn value(self) -> Value {
        Value::cell(self.0.as_ptr())
    }
    #[inline(always)]
    pub fn header(self) -> *mut Header {
        self.0.as_ptr().cast()
    }
    /// The address, as a key.
    #[inline(always)]
    pub fn address(self) -> usize {
        self.0.as_ptr() as usize
    }
}

impl<T> From<Ref<T>> for Value {
    fn from(r: Ref<T>) -> Value {
        r.value()
    }
}

/// A struct that is the payload of one kind (or several) of cells.
pub trait CellType {
    fn is_kind(kind: u8) -> bool;
}

impl Value {
    /// The kind byte of a cell; `Kind::Free` for immediates.
    #[inline(always)]
    pub fn kind_byte(self) -> u8 {
        match self.as_cell() {
            // SAFETY: a cell value points to a live header.
            Some(h) => unsafe { (*h).kind },
            None => 0,
        }
    }
    #[inline(always)]
    pub fn is_kind(self, kind: Kind) -> bool {
        self.kind_byte() == kind as u8
    }
    /// The shape id of a cell; 0 for immediates.
    #[inline(always)]
    pub fn shape_id(self) -> u32 {
        match self.as_cell() {
            // SAFETY: a cell value points to a live header.
            Some(h) => unsafe { (*h).shape },
            None => 0,
        }
    }
    /// Exactly the builtin type of this kind, not a subclass.
    #[inline(always)]
    pub fn is_exact(self, kind: Kind) -> bool {
        self.shape_id() == kind as u32
    }
    /// The cell as T if it has one of T's kinds (subclass instances included).
    #[inline(always)]
    pub fn downcast<T: CellType>(self) -> Option<Ref<T>> {
        let kind = self.kind_byte();
        // SAFETY: the kind byte says what the payload is.
        if kind != 0 && T::is_kind(kind) {
            Some(unsafe { Ref::new(self.ptr()) })
        } else {
            None
        }
    }
    /// As `downcast` without the test.
    ///
    /// # Safety
    /// The value is a cell of one of T's kinds.
    #[inline(always)]
    pub unsafe fn cast<T>(self) -> Ref<T> {
        // SAFETY: promised by the caller.
        unsafe { Ref::new(self.ptr()) }
    }
}

/// A field of a cell that holds a value or nothing. All stores go through `write`.
#[repr(transparent)]
pub struct Slot(Cell<u64>);

impl Slot {
    /// A slot without a value.
    pub const fn empty() -> Slot {
        Slot(Cell::new(0))
    }
    #[inline(always)]
    pub fn get(&self) -> Option<Value> {
        Value::from_bits(self.0.get())
    }
    /// The value, or None when empty.
    #[inline(always)]
    pub fn or_none(&self) -> Value {
        self.get().unwrap_or(Value::NONE)
    }
    #[inline(always)]
    pub fn bits(&self) -> u64 {
        self.0.get()
    }
    /// Stores into `owner`, the cell that holds this slot.
    #[inline(always)]
    pub fn write<T>(&self, owner: Ref<T>, v: impl Into<Option<Value>>) {
        self.0.set(v.into().map_or(0, Value::bits));
        gc::write_barrier(owner.header());
    }
    /// Stores into a cell that was just allocated.
    #[inline(always)]
    pub fn init(&self, v: impl Into<Option<Value>>) {
        self.0.set(v.into().map_or(0, Value::bits));
    }
}

/// A typed pointer field; None is the null pointer. Stores go through `write`.
#[repr(transparent)]
pub struct RefSlot<T>(Cell<Option<Ref<T>>>);

impl<T> RefSlot<T> {
    #[inline(always)]
    pub fn get(&self) -> Option<Ref<T>> {
        self.0.get()
    }
    #[inline(always)]
    pub fn write<O>(&self, owner: Ref<O>, v: Option<Ref<T>>) {
        self.0.set(v);
        gc::write_barrier(owner.header());
    }
    #[inline(always)]
    pub fn init(&self, v: Option<Ref<T>>) {
        self.0.set(v);
    }
}

macro_rules! cells {
    ($( $(#[$meta:meta])* $name:ident [$($kind:ident)|+] { $($(#[$fm:meta])* $field:ident : $ty:ty),* $(,)? } )*) => {
        $(
            $(#[$meta])*
            #[repr(C)]
            pub struct $name {
                pub header: Header,
                $( $(#[$fm])* pub $field: $ty ),*
            }
            impl CellType for $name {
                #[inline(always)]
                fn is_kind(kind: u8) -> bool {
                    $( kind == Kind::$kind as u8 )||+
                }
            }
        )*
    };
}

/// String flags in the header: log2 of the unit size.
pub const STR_WIDTH_MASK: u16 = 3;
/// All units are below 128.
pub const STR_ASCII: u16 = 4;
/// In the interning table.
pub const STR_INTERNED: u16 = 8;
/// The units live in a shared growing buffer.
pub const STR_SHARED: u16 = 16;
/// A dict whose key set is watched by inline caches: changes take a new stamp.
pub const DICT_WATCHED: u16 = 1;
/// Compiled code relies on what the cell holds: see `jit::assume`.
pub const ASSUMED: u16 = 0x0800;
/// The payload lies in the cell, behind its slots.
pub const PAYLOAD_INLINE: u16 = 1;
/// The exception is the context of another one.
pub const IS_CONTEXT: u16 = 1;
/// The object has weak references (side table).
pub const HAS_WEAKREFS: u16 = 0x8000;
/// The class of the object has `__del__`, or it has a finalizer.
pub const HAS_FINALIZER: u16 = 0x4000;
/// The repr of the object is running in some thread.
pub const IN_REPR: u16 = 0x1000;
/// The finalizer ran.
pub const FINALIZED: u16 = 0x2000;

cells! {
    /// Backing array of values: list items, overflow slots. Unused slots are zero.
    ArrayObj[Array] { cap: usize }
    /// Backing bytes.
    RawObj[Raw] { cap: usize, used: Cell<usize> }
    /// An int beyond the small range, or an instance of an int subclass. The limbs follow.
    IntObj[Int] { nlimbs: u32, negative: bool }
    /// An instance of a float subclass.
    FloatObj[Float] { number: f64 }
    ComplexObj[Complex] { re: f64, im: f64 }
    /// A string: `len` units of 1, 2 or 4 bytes at `data`. `hash` is -1 until computed.
    StrObj[Str] { len: usize, hash: Cell<i64>, data: Cell<*const u8> }
    BytesObj[Bytes] { len: usize, hash: Cell<i64>, data: Cell<*const u8> }
    /// Items at `data` (inside a Raw cell) from `start`.
    ByteArrayObj[ByteArray] { len: Cell<usize>, cap: Cell<usize>, data: Cell<*mut u8>, exports: Cell<usize> }
    /// The items follow.
    TupleObj[Tuple] { len: usize }
    /// `items` points into an Array cell (or is null when cap == 0).
    ListObj[List] { len: Cell<usize>, cap: Cell<usize>, items: Cell<*mut u64> }
    /// `table` is null when empty. `stamp` is unique to a key set while DICT_WATCHED.
    DictObj[Dict] { used: Cell<usize>, table: Cell<*mut crate::dict::Table>, stamp: Cell<u64> }
    SetObj[Set | FrozenSet] { used: Cell<usize>, table: Cell<*mut crate::dict::Table>, hash: Cell<i64> }
    CellObj[Cell] { contents: Slot }
    /// `simple_argc`: the argument count of a call that needs no argument processing, or u32::MAX.
    FunctionObj[Function] {
        code: Cell<Ref<crate::code::CodeObj>>,
        globals: Ref<DictObj>,
        builtins: Slot,
        closure: Slot,
        defaults: Slot,
        kwdefaults: Slot,
        name: Slot,
        qualname: Slot,
        doc: Slot,
        module: Slot,
        dict: Slot,
        annotate: Slot,
        annotations: Slot,
        type_params: Slot,
        version: Cell<u32>,
        simple_argc: Cell<u32>,
    }
    /// A builtin function, bound to `self_` when it is a method or belongs to a module.
    NativeObj[Native] { def: &'static NativeDef, self_: Slot, module: Slot, class: Slot }
    /// An unbound builtin method of `class`.
    MethodDescrObj[MethodDescr] { def: &'static NativeDef, class: Ref<crate::class::TypeObj> }
    GetSetObj[GetSet] { getter: Cell<Option<&'static NativeDef>>, setter: Cell<Option<&'static NativeDef>>, class: Ref<crate::class::TypeObj> }
    /// A `__slots__` member: fixed slot `index` of instances of `class`.
    MemberObj[Member] { class: Ref<crate::class::TypeObj>, name: Slot, index: usize, doc: Slot }
    BoundMethodObj[BoundMethod] { func: Slot, self_: Slot }
    ModuleObj[Module] { dict: Cell<Ref<DictObj>> }
    /// `overflow`: null, an Array of further slots, or (dict mode) a Dict. Slots follow.
    InstanceObj[Instance] { overflow: Slot }
    RangeObj[Range] { start: Slot, stop: Slot, step: Slot, length: Slot }
    SliceObj[Slice] { start: Slot, stop: Slot, step: Slot }
    PropertyObj[Property] { fget: Slot, fset: Slot, fdel: Slot, doc: Slot, name: Slot, overflow: Slot }
    ClassMethodObj[ClassMethod] { callable: Slot, dict: Slot }
    StaticMethodObj[StaticMethod] { callable: Slot, dict: Slot }
    SuperObj[Super] { this_class: Slot, obj: Slot, obj_class: Slot }
    /// BaseException and its subclasses. `extra` is for the fields of builtin subclasses.
    ExceptionObj[Exception] {
        args: Slot,
        traceback: Slot,
        cause: Slot,
        context: Slot,
        suppress_context: Cell<bool>,
        extra: Slot,
        overflow: Slot,
    }
    TracebackObj[Traceback] { next: Slot, frame: Slot, code: Ref<crate::code::CodeObj>, pc: Cell<u32>, line: Cell<u32> }
    /// Iterators: `target` iterated at `pos` up to `end`; `aux` as the kind needs.
    IterObj[RangeIter | ListIter | TupleIter | DictIter | SetIter | SeqIter | CallIter | StrIter | BytesIter | ListRevIter | Enumerate | Zip | Map | Filter | Reversed] {
        target: Slot,
        pos: Cell<i64>,
        end: Cell<i64>,
        step: Cell<i64>,
        aux: Slot,
    }
    /// keys, values or items (`which` 0, 1, 2) of `dict`.
    DictViewObj[DictView] { dict: Ref<DictObj>, which: Cell<u8> }
    /// `callback` runs once when the target dies. `hash` is -1 until computed.
    WeakRefObj[WeakRef] { target: Slot, callback: Slot, hash: Cell<i64>, proxy: Cell<bool>, overflow: Slot }
    /// `origin[args]`; `parameters`: the type parameters in `args`.
    GenericAliasObj[GenericAlias] { origin: Slot, args: Slot, parameters: Slot, starred: Cell<bool>, overflow: Slot }
    UnionObj[Union] { args: Slot, parameters: Slot }
    MappingProxyObj[MappingProxy] { mapping: Slot }
    PayloadObj[Payload] { payload: Cell<Option<NonNull<dyn crate::payload::Payload>>>, overflow: Slot }
}

impl ArrayObj {
    /// Address of the first slot.
    #[inline(always)]
    pub fn slots(&self) -> *mut u64 {
        // SAFETY: the slots follow the struct in the same cell.
        unsafe { (self as *const ArrayObj).add(1) as *mut u64 }
    }
}

impl TupleObj {
    /// The items. They never change once the tuple is visible to Python code.
    #[inline(always)]
    pub fn items(&self) -> &[Value] {
        // SAFETY: `len` values follow the struct in the same cell.
        unsafe { std::slice::from_raw_parts((self as *const TupleObj).add(1).cast(), self.len) }
    }
}

impl ListObj {
    /// The item at i.
    #[inline(always)]
    pub fn get(&self, i: usize) -> Option<Value> {
        // SAFETY: slots below len are initialised values.
        if i < self.len.get() {
            Value::from_bits(unsafe { *self.items.get().add(i) })
        } else {
            None
        }
    }
}

impl NativeObj {
    /// What is passed as the first argument: the bound object, or the module of a function.
    #[inline]
    pub fn bound_self(&self) -> Option<Value> {
        if self.def.params.has_self && self.def.kind != crate::native::DefKind::StaticMethod {
            self.self_.get().or(self.module.get())
        } else {
            None
        }
    }
}
