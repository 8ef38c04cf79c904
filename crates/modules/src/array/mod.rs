//! `array`.

mod construct;
mod items;
mod iter;
mod methods;
mod sequence;

use items::{decode, encode, itemsize};
use runtime::buffer::{BufferSource, Exported, Exports, Layout};
use runtime::class::{TypeFlags, TypeObj, TypeSpec};
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::payload::Payload;
use runtime::{Res, Value, Vm};
use std::cell::RefCell;
use std::mem::offset_of;

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "array",
    doc: "This module defines an object type which can efficiently represent\nan array of basic values: characters, integers, floating-point\nnumbers.  Arrays are sequence types and behave very much like lists,\nexcept that the type of objects stored in them is constrained.\n",
    functions: &[construct::functions::TABLE],
    init,
};

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    let class = vm.module_add_type(m, &ARRAY)?;
    vm.module_set(m, "ArrayType", class.value())?;
    let codes = vm.new_str(items::TYPECODES)?;
    vm.module_set(m, "typecodes", codes)?;
    let abc = vm.import_module("_collections_abc")?;
    let sequence = vm.get_attr_str(abc, "MutableSequence")?;
    vm.call_method_str(sequence, "register", &[class.value()])?;
    Ok(())
}

pub static ARRAY: TypeSpec = TypeSpec {
    name: "array",
    module: "array",
    kind: Kind::Payload,
    doc: construct::DOC,
    tables: &[
        construct::new::TABLE,
        sequence::protocol::TABLE,
        sequence::compare::TABLE,
        methods::methods::TABLE,
        methods::copies::TABLE,
    ],
    flags: TypeFlags::BASE
        .union(TypeFlags::SEQUENCE)
        .union(TypeFlags::HAS_WEAKREF),
    size: size_of::<PayloadObj>(),
    slot_offset: offset_of!(PayloadObj, overflow),
    ..TypeSpec::DEFAULT
};

/// The state of an array: items in native byte order. While a buffer is exported, the bytes
/// stay where they are.
pub struct Array {
    code: u8,
    data: RefCell<Vec<u8>>,
    exports: Exports,
}

impl Payload for Array {
    fn trace(&self, _: &mut gc::Tracer) {}
    fn external_bytes(&self) -> usize {
        self.data.borrow().capacity()
    }
    fn buffer(&self) -> Option<&dyn BufferSource> {
        Some(self)
    }
}

impl BufferSource for Array {
    fn export(&self, _: &mut Vm, _this: Value, _writable: bool) -> Res<Exported> {
        let mut data = self.data.borrow_mut();
        let format = if items::is_text(self.code) {
            "w".to_string()
        } else {
            (self.code as char).to_string()
        };
        Ok(Exported {
            ptr: data.as_mut_ptr(),
            len: data.len(),
            readonly: false,
            layout: Some(Layout::linear(
                &format,
                self.itemsize(),
                data.len() / self.itemsize(),
            )),
            token: Some(self.exports.token()),
        })
    }
}

impl Array {
    fn itemsize(&self) -> usize {
        itemsize(self.code).unwrap_or(1)
    }
    fn len(&self) -> usize {
        self.data.borrow().len() / self.itemsize()
    }
    /// The bytes of item i.
    fn raw(&self, i: usize) -> Option<[u8; 8]> {
        let size = self.itemsize();
        let mut out = [0; 8];
        out[..size].copy_from_slice(self.data.borrow().get(i * size..(i + 1) * size)?);
        Some(out)
    }
    /// Item i; None beyond the end.
    fn get(&self, vm: &mut Vm, i: usize) -> Res<Option<Value>> {
        let quick = items::decode_quick(self.code, &self.data.borrow(), i);
        if quick.is_some() {
            return Ok(quick);
        }
        match self.raw(i) {
            Some(b) => decode(vm, self.code, &b[..self.itemsize()]).map(Some),
            None => Ok(None),
        }
    }
    /// Overwrites item i, if there is one.
    fn put(&self, i: usize, bytes: &[u8; 8]) -> bool {
        let size = self.itemsize();
        match self.data.borrow_mut().get_mut(i * size..(i + 1) * size) {
            Some(at) => {
                at.copy_from_slice(&bytes[..size]);
                true
            }
            None => false,
        }
    }
    /// BufferError while the memory is exported.
    fn check_resizable(&self, vm: &mut Vm) -> Res<()> {
        if self.exports.in_use(vm) {
            return Err(vm.buffer_error("cannot resize an array that is exporting buffers"));
        }
        Ok(())
    }
    /// Replaces the bytes of items `start..stop`.
    fn splice(&self, vm: &mut Vm, start: usize, stop: usize, new: &[u8]) -> Res<()> {
        let size = self.itemsize();
        let len = self.data.borrow().len();
        let (a, b) = ((start * size).min(len), (stop * size).min(len));
        if b - a == new.len() {
            // Exported bytes stay where they are.
            self.data.borrow_mut()[a..b].copy_from_slice(new);
            return Ok(());
        }
        self.check_resizable(vm)?;
        let mut data = self.data.borrow_mut();
        if data.try_reserve(new.len()).is_err() {
            drop(data);
            return Err(vm.memory_error());
        }
        data.splice(a..b, new.iter().copied());
        Ok(())
    }
    /// Appends raw items.
    fn append_bytes(&self, vm: &mut Vm, new: &[u8]) -> Res<()> {
        let n = self.len();
        self.splice(vm, n, n, new)
    }
    /// Appends a value.
    fn push(&self, vm: &mut Vm, v: Value) -> Res<()> {
        let b = encode(vm, self.code, v)?;
        if self.exports.count() > 0 {
            self.check_resizable(vm)?;
        }
        let mut data = self.data.borrow_mut();
        if data.try_reserve(8).is_err() {
            drop(data);
            return Err(vm.memory_error());
        }
        data.extend_from_slice(&b[..self.itemsize()]);
        Ok(())
    }
    fn bytes(&self) -> Vec<u8> {
        self.data.borrow().clone()
    }
}

/// The array behind a value, if it is one.
fn as_array(v: Value) -> Option<&'static Array> {
    v.payload::<Array>()
}

/// The array that `this` is.
fn array(vm: &mut Vm, this: Value) -> Res<&'static Array> {
    match as_array(this) {
        Some(a) => Ok(a),
        None => Err(vm.type_error("an array.array object is required")),
    }
}

fn new_array(vm: &mut Vm, class: Ref<TypeObj>, code: u8, data: Vec<u8>) -> Res {
    vm.new_payload(
        class,
        Array {
            code,
            data: RefCell::new(data),
            exports: Exports::default(),
        },
    )
}

/// A new exact array with the given bytes.
fn plain_array(vm: &mut Vm, code: u8, data: Vec<u8>) -> Res {
    let class = vm.native_type(&ARRAY)?;
    new_array(vm, class, code, data)
}
