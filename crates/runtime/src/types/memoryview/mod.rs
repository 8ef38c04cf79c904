//! `memoryview`.

mod item;
mod methods;
mod ops;

pub use item::{f64_to_half, half_to_f64, item_size, native_char};

use crate::buffer::*;
use crate::class::{DictPlace, TypeFlags, TypeSpec};
use crate::object::*;
use crate::payload::Payload;
use crate::value::{Res, Value};
use crate::vm::Vm;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

pub static SPEC: TypeSpec = TypeSpec {
    name: "memoryview",
    signature: Some("(object)"),
    kind: Kind::Payload,
    doc: "Create a new memoryview object which references the given object.",
    tables: &[methods::table::TABLE, ops::methods::TABLE],
    flags: TypeFlags::SEQUENCE.union(TypeFlags::HAS_WEAKREF),
    size: size_of::<PayloadObj>(),
    dict: DictPlace::None,
    slot_offset: std::mem::offset_of!(PayloadObj, overflow),
    ..TypeSpec::DEFAULT
};

/// The state of a memoryview. Views of one export share it.
pub struct View {
    managed: RefCell<Option<Rc<Buffer>>>,
    pub(super) ptr: *mut u8,
    pub(super) readonly: bool,
    pub(super) layout: Layout,
    pub(super) hash: Cell<i64>,
    /// Exports of this view to others.
    exports: Exports,
    /// A view that a `__release_buffer__` or `__exit__` may not release.
    released: Cell<bool>,
    /// A call holds the view's memory: release is refused.
    busy: Cell<usize>,
}

impl Payload for View {
    fn trace(&self, t: &mut gc::Tracer) {
        if let Some(m) = &*self.managed.borrow() {
            m.trace(t);
        }
    }
    fn buffer(&self) -> Option<&dyn BufferSource> {
        Some(self)
    }
}

impl BufferSource for View {
    fn export(&self, vm: &mut Vm, _this: Value, writable: bool) -> Res<Exported> {
        self.check(vm)?;
        if writable && self.readonly {
            return Err(vm.buffer_error("memoryview: underlying buffer is not writable"));
        }
        Ok(Exported {
            ptr: self.ptr,
            len: self.nbytes(),
            readonly: self.readonly,
            layout: Some(self.layout.clone()),
            token: Some(self.exports.token()),
        })
    }
}

impl View {
    pub fn nbytes(&self) -> usize {
        self.layout.count() * self.layout.itemsize
    }
    /// ValueError after release.
    pub fn check(&self, vm: &mut Vm) -> Res<()> {
        if self.released.get() {
            return Err(vm.value_error("operation forbidden on released memoryview object"));
        }
        let moved = |m: &Rc<Buffer>| m.token().is_some_and(|t| t.get());
        if self.managed.borrow().as_ref().is_some_and(moved) {
            return Err(vm.buffer_error("the object was resized although this memoryview existed"));
        }
        Ok(())
    }
    /// The exporting object.
    pub fn owner(&self) -> Value {
        self.managed
            .borrow()
            .as_ref()
            .map_or(Value::NONE, |m| m.owner)
    }
    /// The type character of the items; NotImplementedError for formats beyond native ones.
    pub(super) fn item_char(&self, vm: &mut Vm) -> Res<u8> {
        match native_char(&self.layout.format) {
            Some(c) => Ok(c),
            None => Err(vm.not_implemented_error(&format!(
                "memoryview: format {} not supported",
                self.layout.format
            ))),
        }
    }
    /// The items' bytes in C order.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let n = self.nbytes();
        if self.layout.is_c_contiguous() {
            if n == 0 {
                return Vec::new();
            }
            // SAFETY: the view covers n bytes from ptr.
            return unsafe { std::slice::from_raw_parts(self.ptr, n) }.to_vec();
        }
        let mut out = Vec::with_capacity(n);
        self.each_item(&mut |p| {
            // SAFETY: each item lies inside the exported memory.
            out.extend_from_slice(unsafe { std::slice::from_raw_parts(p, self.layout.itemsize) })
        });
        out
    }
    /// The items' bytes in Fortran order.
    pub(super) fn to_bytes_fortran(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.nbytes());
        let n = self.layout.shape.len();
        let mut index = vec![0usize; n];
        for _ in 0..self.layout.count() {
            let mut p = self.ptr;
            for (i, s) in index.iter().zip(&self.layout.strides) {
                p = p.wrapping_offset(*i as isize * s);
            }
            // SAFETY: the index is inside the shape.
            out.extend_from_slice(unsafe { std::slice::from_raw_parts(p, self.layout.itemsize) });
            for (i, len) in index.iter_mut().zip(&self.layout.shape) {
                *i += 1;
                if *i < *len {
                    break;
                }
                *i = 0;
            }
        }
        out
    }
    /// Calls `f` with each item's address in C order.
    pub(super) fn each_item(&self, f: &mut dyn FnMut(*mut u8)) {
        fn walk(l: &Layout, dim: usize, p: *mut u8, f: &mut dyn FnMut(*mut u8)) {
            if dim == l.shape.len() {
                return f(p);
            }
            for i in 0..l.shape[dim] {
                let at = p.wrapping_offset(i as isize * l.strides[dim]);
                walk(l, dim + 1, at, f);
            }
        }
        walk(&self.layout, 0, self.ptr, f);
    }
}

/// Whether a cell is a memoryview that holds this token.
pub(crate) fn holds(cell: Ref<PayloadObj>, token: &Token) -> bool {
    cell.get::<View>().is_some_and(|v| {
        let managed = v.managed.borrow();
        let held = managed.as_ref().and_then(|m| m.token());
        held.is_some_and(|t| Rc::ptr_eq(&t, token))
    })
}

/// Releases a memoryview that no Python code can reach, unless native code uses its memory.
pub(crate) fn end(cell: Ref<PayloadObj>) {
    if let Some(v) = cell.get::<View>()
        && v.busy.get() == 0
        && v.exports.count() == 0
    {
        v.released.set(true);
        v.managed.borrow_mut().take();
    }
}

/// The view behind a value of class memoryview.
pub(super) fn view<'a>(vm: &mut Vm, v: Value) -> Res<&'a View> {
    match v.payload::<View>() {
        Some(s) => {
            s.check(vm)?;
            Ok(s)
        }
        None => Err(vm.type_error("a memoryview is needed")),
    }
}

impl Vm {
    /// `memoryview(v)`.
    pub fn new_memoryview(&mut self, v: Value) -> Res {
        if let Some(s) = v.payload::<View>() {
            s.check(self)?;
            return self.derived_view(s, s.ptr, s.readonly, s.layout.clone());
        }
        if !self.has_buffer(v) {
            let name = self.class_name(v);
            return Err(self.type_error(&format!(
                "memoryview: a bytes-like object is required, not '{name}'"
            )));
        }
        let b = self.get_buffer_any(v, false)?;
        self.memoryview_of(b)
    }

    /// A view that takes over a buffer.
    pub fn memoryview_of(&mut self, b: Buffer) -> Res {
        let b = self.keep_buffer(b);
        let layout = match b.layout() {
            Some(l) => l.clone(),
            None => Layout::linear("B", 1, b.len()),
        };
        let (ptr, readonly) = (b.as_ptr(), b.readonly());
        let owner = b.owner;
        let r = self.make_view(Rc::new(b), ptr, readonly, layout);
        // The buffer's values were in the malloc heap only until the payload existed.
        std::hint::black_box(owner);
        r
    }

    /// A view of the same export with another extent.
    pub(super) fn derived_view(
        &mut self,
        s: &View,
        ptr: *mut u8,
        readonly: bool,
        layout: Layout,
    ) -> Res {
        let Some(m) = s.managed.borrow().clone() else {
            return s.check(self).map(|_| Value::NONE);
        };
        self.make_view(m, ptr, readonly, layout)
    }

    fn make_view(
        &mut self,
        managed: Rc<Buffer>,
        ptr: *mut u8,
        readonly: bool,
        layout: Layout,
    ) -> Res {
        let class = self.types.memoryview;
        self.new_payload(
            class,
            View {
                managed: RefCell::new(Some(managed)),
                ptr,
                readonly,
                layout,
                hash: Cell::new(-1),
                exports: Exports::default(),
                released: Cell::new(false),
                busy: Cell::new(0),
            },
        )
    }

    /// `memoryview.release()`.
    pub(super) fn release_view(&mut self, s: &View) -> Res<()> {
        if s.released.get() {
            return Ok(());
        }
        if s.busy.get() > 0 || s.exports.in_use(self) {
            let n = s.exports.count().max(1);
            let plural = if n == 1 { "" } else { "s" };
            return Err(self.buffer_error(&format!("memoryview has {n} exported buffer{plural}")));
        }
        s.released.set(true);
        let managed = s.managed.borrow_mut().take();
        if let Some(mut m) = managed
            && let Some(b) = Rc::get_mut(&mut m)
            && let Some((exporter, view)) = b.take_python()
        {
            drop(m);
            self.release_python_buffer(exporter, view);
        }
        Ok(())
    }
}
