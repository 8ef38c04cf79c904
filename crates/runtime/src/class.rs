//! Types and shapes.

use crate::native::NativeDef;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;
use bitflags::bitflags;
use gc::Header;
use std::cell::{Cell, RefCell};

bitflags! {
    /// Properties of a type, inherited or computed from its dunders.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct TypeFlags: u32 {
        /// May be subclassed.
        const BASE = 1;
        /// Made by a class statement.
        const HEAP = 2;
        /// Attributes cannot be set from Python.
        const IMMUTABLE = 4;
        /// Has unimplemented abstract methods.
        const ABSTRACT = 8;
        /// Cannot be instantiated from Python.
        const NO_INSTANCES = 0x10;
        /// `case [..]` matches.
        const SEQUENCE = 0x20;
        /// `case {..}` matches.
        const MAPPING = 0x40;
        /// `__getattribute__` is not object's, type's or module's own.
        const GETATTRIBUTE = 0x80;
        /// Has `__getattr__`.
        const GETATTR = 0x100;
        /// `__setattr__` or `__delattr__` is not the builtin one.
        const SETATTR = 0x200;
        const DEL = 0x400;
        /// Instances have attributes of their own in slots or a dict.
        const HAS_DICT = 0x800;
        /// Instances can be weakly referenced.
        const HAS_WEAKREF = 0x1000;
        /// `__hash__` is None.
        const UNHASHABLE = 0x2000;
        /// `__eq__` is object's identity.
        const IDENTITY_EQ = 0x4000;
        /// `__hash__` is object's.
        const IDENTITY_HASH = 0x8000;
        /// Calling it is `object.__new__` (no payload) and then `__init__`; type.__call__ not overridden.
        const PLAIN_NEW = 0x1_0000;
        /// Attribute lookup on instances is object's own.
        const DISALLOW_PICKLE = 0x2_0000;
        /// Python code may match a bare positional pattern (int(x), str(x), ...).
        const MATCH_SELF = 0x4_0000;
        /// `__get__`, `__set__`/`__delete__` exist: instances are descriptors.
        const DESCR_GET = 0x8_0000;
        const DESCR_SET = 0x10_0000;
        /// `__iter__` of a builtin sequence not overridden, etc.
        const CUSTOM_ITER = 0x20_0000;
        const CUSTOM_GETITEM = 0x40_0000;
        const CUSTOM_LEN = 0x80_0000;
        const CUSTOM_BOOL = 0x100_0000;
        const CUSTOM_CONTAINS = 0x200_0000;
        /// Neither `__bool__` nor `__len__`: instances are true.
        const ALWAYS_TRUE = 0x400_0000;
        /// An exception class whose `__new__` and `__init__` are those of BaseException.
        const EXCEPTION_NEW = 0x800_0000;
        const EXCEPTION_INIT = 0x1000_0000;
    }
}

/// Where instances keep their attribute dict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum DictPlace {
    /// No attributes of their own.
    None,
    /// Slots after the overflow word at `slot_offset`, or a dict in it.
    Slots,
    /// A dict (made when needed) in the word after a variable-size payload.
    Tail,
    /// A `Slot` holding the dict at `slot_offset`.
    Field,
}

/// `__next__` of a builtin iterator: Ok(None) when exhausted.
pub type IterNext = fn(&mut Vm, Value) -> Res<Option<Value>>;

/// A builtin type as declared in its file under `types/`.
pub struct TypeSpec {
    pub name: &'static str,
    pub module: &'static str,
    pub kind: Kind,
    /// None: object.
    pub base: Option<&'static TypeSpec>,
    pub doc: &'static str,
    /// What `__text_signature__` shows, if not the signature of the native that constructs it;
    /// empty for None.
    pub signature: Option<&'static str>,
    pub tables: &'static [&'static [NativeDef]],
    pub flags: TypeFlags,
    /// Size of the fixed part of the payload, header included; 0 for variable-size kinds.
    pub size: usize,
    pub dict: DictPlace,
    /// Offset of the overflow word or dict field.
    pub slot_offset: usize,
    pub iternext: Option<IterNext>,
    /// What iteration by index gets, where that is not what `__getitem__` gives (`sq_item` beside
    /// `mp_subscript`).
    pub sequence_item: Option<fn(&mut Vm, Value, Value) -> Res>,
}

impl TypeSpec {
    /// What most types have; use with `..TypeSpec::DEFAULT`.
    pub const DEFAULT: TypeSpec = TypeSpec {
        name: "",
        module: "builtins",
        kind: Kind::Payload,
        base: None,
        doc: "",
        signature: None,
        tables: &[],
        flags: TypeFlags::empty(),
        size: 0,
        dict: DictPlace::None,
        slot_offset: 0,
        iternext: None,
        sequence_item: None,
    };
}

/// A type object.
#[repr(C)]
pub struct TypeObj {
    pub header: Header,
    /// Unique number of this state of the type; changes when a lookup on it could change.
    pub version: Cell<u32>,
    pub flags: Cell<TypeFlags>,
    /// Root shape of new instances.
    pub shape: Cell<u32>,
    /// Shape of instances in dict mode.
    pub dict_shape: Cell<u32>,
    /// Kind of the instances.
    pub kind: Cell<Kind>,
    pub dict_place: Cell<DictPlace>,
    pub slot_offset: Cell<u32>,
    /// Fixed slots taken by `__slots__`, inherited ones included.
    pub nfixed: Cell<u32>,
    /// Slots inside new instances.
    pub inline_cap: Cell<u32>,
    /// Most slots an instance was seen to use, and how many instances were made (stops at 16).
    pub max_slots: Cell<u32>,
    pub made: Cell<u32>,
    pub name: Slot,
    pub qualname: Slot,
    pub bases: Slot,
    pub base: Slot,
    pub mro: Slot,
    pub dict: Cell<Ref<DictObj>>,
    pub iternext: Cell<Option<IterNext>>,
    pub spec: Cell<Option<&'static TypeSpec>>,
    /// Attribute values cached by the interpreter: `__init__`, or empty.
    pub init_cache: Slot,
    pub init_version: Cell<u32>,
    /// Slots of metaclass instances (unused by `type` itself).
    pub overflow: Slot,
}

impl CellType for TypeObj {
    #[inline(always)]
    fn is_kind(kind: u8) -> bool {
        kind == Kind::Type as u8
    }
}

/// A shape: the class and slot layout of a cell.
pub struct Shape {
    pub id: u32,
    pub class: Ref<TypeObj>,
    pub dict_mode: bool,
    pub inline_cap: u32,
    /// Offset of the overflow word.
    pub slot_offset: u32,
    /// Names of the slots from `nfixed` on, in slot order.
    pub names: Vec<Value>,
    pub nfixed: u32,
    /// Shapes with one more attribute.
    pub transitions: RefCell<Vec<(Value, u32)>>,
}

/// Objects with more attributes than this use a dict.
pub const MAX_SLOTS: usize = 64;

impl Shape {
    /// The slot of an attribute name (interned).
    #[inline]
    pub fn slot_of(&self, name: Value) -> Option<u32> {
        self.names
            .iter()
            .position(|n| *n == name)
            .map(|i| i as u32 + self.nfixed)
    }
    #[inline]
    pub fn nslots(&self) -> u32 {
        self.nfixed + self.names.len() as u32
    }
}

/// All shapes of an interpreter, by id. The base address never moves.
pub struct ShapeTable {
    shapes: Vec<*mut Shape>,
}

/// Most shapes of an interpreter; beyond it objects go to dict mode and new classes fail.
pub const MAX_SHAPES: usize = 1 << 22;

impl ShapeTable {
    pub fn new() -> ShapeTable {
        let mut shapes = Vec::with_capacity(MAX_SHAPES);
        shapes.resize(128, std::ptr::null_mut());
        ShapeTable { shapes }
    }
    /// Base of the id -> shape array.
    pub fn base(&self) -> *const *mut Shape {
        self.shapes.as_ptr()
    }
    pub fn len(&self) -> usize {
        self.shapes.len()
    }
    pub fn is_empty(&self) -> bool {
        false
    }
    pub fn iter(&self) -> impl Iterator<Item = &Shape> {
        // SAFETY: non-null entries are leaked boxes.
        self.shapes
            .iter()
            .filter(|p| !p.is_null())
            .map(|p| unsafe { &**p })
    }
    /// Sets the shape of a builtin kind.
    pub fn set(&mut self, id: u32, mut shape: Shape) {
        shape.id = id;
        self.shapes[id as usize] = Box::into_raw(Box::new(shape));
    }
    /// Adds a shape; None when there are too many.
    pub fn add(&mut self, mut shape: Shape) -> Option<u32> {
        if self.shapes.len() >= MAX_SHAPES {
            return None;
        }
        let id = self.shapes.len() as u32;
        shape.id = id;
        self.shapes.push(Box::into_raw(Box::new(shape)));
        Some(id)
    }
}

impl Default for ShapeTable {
    fn default() -> Self {
        ShapeTable::new()
    }
}

impl TypeObj {
    #[inline(always)]
    pub fn has(&self, flag: TypeFlags) -> bool {
        self.flags.get().intersects(flag)
    }
    /// The MRO, the type itself first.
    #[inline(always)]
    pub fn mro_items(&self) -> &[Value] {
        match self.mro.get() {
            // SAFETY: `mro` is a tuple once it is set.
            Some(t) => unsafe { (*t.ptr::<TupleObj>()).items() },
            None => &[],
        }
    }
    /// This type or one of its bases is `other` (by MRO).
    #[inline]
    pub fn is_subtype(&self, other: Ref<TypeObj>) -> bool {
        std::ptr::eq(self, other.as_ptr()) || self.inherits(other)
    }
    /// Out of line: interpreter handlers must not take addresses of locals.
    #[inline(never)]
    fn inherits(&self, other: Ref<TypeObj>) -> bool {
        match self.mro.get() {
            Some(_) => self.mro_items().contains(&other.value()),
            None => self.has_in_base_chain(other),
        }
    }
    /// `other` is this type's base, or the base of that, and so on.
    pub fn has_in_base_chain(&self, other: Ref<TypeObj>) -> bool {
        let mut at = self.base.get().and_then(|b| b.downcast::<TypeObj>());
        while let Some(b) = at {
            if b == other {
                return true;
            }
            at = b.base.get().and_then(|b| b.downcast());
        }
        false
    }
    /// The name messages of C code show (`tp_name`): native types outside builtins have their module.
    pub fn full_name(&self) -> String {
        match self.spec.get() {
            Some(s) if s.module != "builtins" && !self.has(TypeFlags::HEAP) => {
                format!("{}.{}", s.module, s.name)
            }
            _ => self.name_str(),
        }
    }
    /// The name, as Rust text.
    pub fn name_str(&self) -> String {
        match self.name.get().and_then(|n| n.downcast::<StrObj>()) {
            Some(s) => s.to_string(),
            None => String::from("?"),
        }
    }
}
