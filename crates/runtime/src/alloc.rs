//! Making objects.

use crate::class::*;
use crate::dict;
use crate::object::*;
use crate::payload::Payload;
use crate::value::{Res, Value};
use crate::vm::{Vm, immortal};
use num::BigInt;
use std::ops::Deref;
use text::{Owned, Units};

/// A growable vector of values whose storage the collector sees.
///
/// Use it instead of `Vec<Value>` wherever the vector lives across anything that can allocate.
/// It must itself live on the native stack (not in a box).
pub struct GcVec {
    array: Option<Ref<ArrayObj>>,
    len: usize,
}

impl GcVec {
    pub const fn new() -> GcVec {
        GcVec {
            array: None,
            len: 0,
        }
    }
    fn cap(&self) -> usize {
        self.array.map_or(0, |a| a.cap)
    }
    /// Appends; MemoryError when the heap is full.
    #[inline]
    pub fn push(&mut self, vm: &mut Vm, v: Value) -> Res<()> {
        if self.len == self.cap() {
            self.reserve(vm, 1)?;
        }
        if let Some(a) = self.array {
            // SAFETY: len is below the capacity.
            unsafe { *a.slots().add(self.len) = v.bits() };
            self.len += 1;
        }
        Ok(())
    }
    /// Makes room for n more.
    pub fn reserve(&mut self, vm: &mut Vm, n: usize) -> Res<()> {
        let want = self.len.checked_add(n).ok_or_else(|| vm.memory_error())?;
        if want > self.cap() {
            let new = vm.new_array(want.max(self.cap() * 2).max(8))?;
            if let Some(old) = self.array {
                // SAFETY: both arrays hold at least len slots.
                unsafe { std::ptr::copy_nonoverlapping(old.slots(), new.slots(), self.len) };
            }
            self.array = Some(new);
        }
        Ok(())
    }
    pub fn extend(&mut self, vm: &mut Vm, items: &[Value]) -> Res<()> {
        self.reserve(vm, items.len())?;
        if let Some(a) = self.array {
            // SAFETY: there is room for the items, which do not lie in this vector's own array.
            unsafe {
                copy_words(items.as_ptr().cast(), a.slots().add(self.len), items.len());
            }
            self.len += items.len();
        }
        Ok(())
    }
    pub fn pop(&mut self) -> Option<Value> {
        self.len = self.len.checked_sub(1)?;
        // SAFETY: slots below the old len are values.
        self.array
            .and_then(|a| Value::from_bits(unsafe { *a.slots().add(self.len) }))
    }
    pub fn truncate(&mut self, n: usize) {
        self.len = self.len.min(n);
    }
    pub fn clear(&mut self) {
        self.len = 0;
    }
    pub fn as_mut_slice(&mut self) -> &mut [Value] {
        match self.array {
            // SAFETY: slots below len are values and only this vector refers to the array.
            Some(a) => unsafe { std::slice::from_raw_parts_mut(a.slots().cast(), self.len) },
            None => &mut [],
        }
    }
    /// The backing array and its length, to become a list's storage.
    pub fn into_parts(self) -> (Option<Ref<ArrayObj>>, usize) {
        (self.array, self.len)
    }
}

/// Copies n words; a loop for few of them, which are cheaper than a call of memcpy.
///
/// # Safety
/// As for `copy_nonoverlapping`.
#[inline(always)]
unsafe fn copy_words(from: *const u64, to: *mut u64, n: usize) {
    // SAFETY: promised by the caller. Volatile keeps the loop from becoming a call of memcpy.
    unsafe {
        if n <= 8 {
            for i in 0..n {
                to.add(i).write_volatile(*from.add(i));
            }
        } else {
            std::ptr::copy_nonoverlapping(from, to, n);
        }
    }
}

/// Copies n bytes; up to 32 of them as two overlapping words, which are cheaper than a call of
/// memcpy.
///
/// # Safety
/// As for `copy_nonoverlapping`.
#[inline(always)]
pub(crate) unsafe fn copy_bytes(from: *const u8, to: *mut u8, n: usize) {
    /// Copies the first and the last T of n bytes.
    ///
    /// # Safety
    /// `T` is at most n bytes.
    #[inline(always)]
    unsafe fn ends<T>(from: *const u8, to: *mut u8, n: usize) {
        let last = n - size_of::<T>();
        // SAFETY: both words lie inside the n bytes.
        unsafe {
            let (a, b) = (
                from.cast::<T>().read_unaligned(),
                from.add(last).cast::<T>().read_unaligned(),
            );
            to.cast::<T>().write_unaligned(a);
            to.add(last).cast::<T>().write_unaligned(b);
        }
    }
    // SAFETY: the ranges are the caller's, and the words fit by the tests.
    unsafe {
        match n {
            0 => {}
            1..4 => {
                *to = *from;
                ends::<u8>(from.add(n / 2), to.add(n / 2), n - n / 2);
            }
            4..8 => ends::<u32>(from, to, n),
            8..16 => ends::<u64>(from, to, n),
            16..=32 => ends::<u128>(from, to, n),
            _ => std::ptr::copy_nonoverlapping(from, to, n),
        }
    }
}

impl Default for GcVec {
    fn default() -> Self {
        GcVec::new()
    }
}

impl Deref for GcVec {
    type Target = [Value];
    fn deref(&self) -> &[Value] {
        match self.array {
            // SAFETY: slots below len are values.
            Some(a) => unsafe { std::slice::from_raw_parts(a.slots().cast(), self.len) },
            None => &[],
        }
    }
}

impl Vm {
    /// An empty vector for temporary values.
    pub fn new_vec(&mut self) -> GcVec {
        GcVec::new()
    }

    /// A backing array of n zeroed slots.
    pub fn new_array(&mut self, n: usize) -> Res<Ref<ArrayObj>> {
        if n > isize::MAX as usize / 16 {
            return Err(self.memory_error());
        }
        let p: *mut ArrayObj = self
            .alloc_kind(size_of::<ArrayObj>() + n * 8, Kind::Array)?
            .cast();
        // SAFETY: freshly allocated.
        unsafe {
            (*p).cap = n;
            Ok(Ref::new(p))
        }
    }

    // ---- numbers ----

    /// An int of any size.
    #[inline(always)]
    pub fn new_int(&mut self, n: i64) -> Res {
        match Value::small_int(n) {
            Some(v) => Ok(v),
            None => self.new_int_limbs(n < 0, &[n.unsigned_abs()]),
        }
    }
    pub fn new_int_u64(&mut self, n: u64) -> Res {
        self.new_int_limbs(false, &[n])
    }
    pub fn new_int_i128(&mut self, n: i128) -> Res {
        let m = n.unsigned_abs();
        self.new_int_limbs(n < 0, &[m as u64, (m >> 64) as u64])
    }
    /// An int from sign and little-endian magnitude.
    pub fn new_int_limbs(&mut self, negative: bool, limbs: &[u64]) -> Res {
        let n = limbs.iter().rposition(|l| *l != 0).map_or(0, |i| i + 1);
        if n == 0 {
            return Ok(Value::int_unchecked(0));
        }
        if n == 1 && limbs[0] <= 1 << 48 {
            let k = limbs[0] as i64;
            if let Some(v) = Value::small_int(if negative { -k } else { k }) {
                return Ok(v);
            }
        }
        self.new_int_cell(Kind::Int as u32, negative, &limbs[..n])
    }
    /// An int cell of the given shape (an int subclass or a big int).
    pub fn new_int_cell(&mut self, shape: u32, negative: bool, limbs: &[u64]) -> Res {
        let tail = if shape == Kind::Int as u32 { 0 } else { 8 };
        let p: *mut IntObj = self
            .alloc_raw(
                size_of::<IntObj>() + limbs.len() * 8 + tail,
                shape,
                Kind::Int,
            )?
            .cast();
        // SAFETY: freshly allocated with room for the limbs.
        unsafe {
            (*p).nlimbs = limbs.len() as u32;
            (*p).negative = negative;
            std::ptr::copy_nonoverlapping(limbs.as_ptr(), p.add(1).cast(), limbs.len());
        }
        Ok(Value::cell(p))
    }
    pub fn new_big(&mut self, n: &BigInt) -> Res {
        let (negative, limbs) = n.limbs();
        self.new_int_limbs(negative, limbs)
    }
    pub fn new_complex(&mut self, re: f64, im: f64) -> Res {
        let p: *mut ComplexObj = self
            .alloc_kind(size_of::<ComplexObj>(), Kind::Complex)?
            .cast();
        // SAFETY: freshly allocated.
        unsafe {
            (*p).re = re;
            (*p).im = im;
        }
        Ok(Value::cell(p))
    }

    // ---- strings ----

    /// A string cell with inline room for `len` units of `width` bytes (1, 2 or 4).
    pub fn new_str_raw(&mut self, len: usize, width: usize, ascii: bool) -> Res<Ref<StrObj>> {
        self.new_str_shaped(Kind::Str as u32, len, width, ascii)
    }
    pub(crate) fn new_str_shaped(
        &mut self,
        shape: u32,
        len: usize,
        width: usize,
        ascii: bool,
    ) -> Res<Ref<StrObj>> {
        let bytes = len
            .checked_mul(width)
            .filter(|n| *n < isize::MAX as usize / 2)
            .ok_or_else(|| self.memory_error())?;
        // Padding, the dict word, and the fixed slots.
        let tail = if shape == Kind::Str as u32 {
            0
        } else {
            16 + self.shape(shape).nfixed as usize * 8
        };
        let p: *mut StrObj = self
            .alloc_raw(size_of::<StrObj>() + bytes + tail, shape, Kind::Str)?
            .cast();
        // SAFETY: freshly allocated.
        unsafe {
            (*p).header.flags = width.trailing_zeros() as u16 | if ascii { STR_ASCII } else { 0 };
            (*p).len = len;
            (*p).hash.set(-1);
            (*p).data.set(p.add(1).cast());
            Ok(Ref::new(p))
        }
    }
    /// A string from Rust text.
    pub fn new_str(&mut self, s: &str) -> Res {
        if s.is_ascii() {
            return self.new_str_ascii(s.as_bytes());
        }
        let mut buf = text::StrBuf::new();
        buf.push_str(s);
        self.new_str_owned(&buf.finish())
    }
    /// A string of ASCII bytes.
    pub fn new_str_ascii(&mut self, s: &[u8]) -> Res {
        let r = self.new_str_raw(s.len(), 1, true)?;
        // SAFETY: room for s.len() bytes.
        unsafe { copy_bytes(s.as_ptr(), r.data.get().cast_mut(), s.len()) };
        Ok(r.value())
    }
    /// A string from a builder's result.
    pub fn new_str_owned(&mut self, s: &Owned) -> Res {
        if s.failed {
            return Err(self.memory_error());
        }
        self.new_str_known(s.units(), s.is_ascii)
    }
    /// A string from units of the narrowest width.
    pub fn new_str_known(&mut self, units: Units, ascii: bool) -> Res {
        let r = self.new_str_raw(units.len(), units.width(), ascii)?;
        // SAFETY: room for the units.
        unsafe { copy_units(units, r.data.get().cast_mut()) };
        Ok(r.value())
    }
    /// A string from units that may be wider than needed.
    pub fn new_str_units(&mut self, units: Units) -> Res {
        let max = units.max_char();
        let width = if max < 0x100 {
            1
        } else if max < 0x10000 {
            2
        } else {
            4
        };
        if width == units.width() {
            return self.new_str_known(units, max < 0x80);
        }
        self.new_str_owned(&Owned::copy_of(units))
    }
    pub fn new_str_points(&mut self, points: &[u32]) -> Res {
        self.new_str_units(Units::U32(points))
    }
    /// A one-character string.
    pub fn new_char(&mut self, c: u32) -> Res {
        if c < 256
            && let Some(v) = self.interp().immortals.get(c as usize)
        {
            return Ok(*v);
        }
        self.new_str_points(&[c])
    }
    /// The interned string with this content.
    pub fn intern(&mut self, s: &str) -> Value {
        let made = if s.is_ascii() {
            let hash = self.hash_bytes_raw(s.as_bytes());
            if let Some(v) = self.interp().interned.get_ascii(hash, s.as_bytes()) {
                return v;
            }
            self.new_str_ascii(s.as_bytes()).inspect(|v| {
                // SAFETY: a fresh str cell.
                let s = unsafe { v.cast::<StrObj>() };
                s.hash.set(hash);
                self.add_interned(s);
            })
        } else {
            self.new_str(s).map(|v| self.intern_value(v))
        };
        match made {
            Ok(v) => v,
            // Names are needed even when the heap is full.
            Err(_) => {
                self.raised = None;
                self.request_poll(crate::poll::NO_MEMORY);
                self.names.empty
            }
        }
    }
    /// The interned string equal to `v`, an exact str.
    pub fn intern_value(&mut self, v: Value) -> Value {
        let Some(s) = v.downcast::<StrObj>() else {
            return v;
        };
        if s.header.flags & STR_INTERNED != 0 || !v.is_exact(Kind::Str) {
            return v;
        }
        self.hash_str(v);
        if let Some(found) = self.interp().interned.get(s) {
            return found;
        }
        self.add_interned(s);
        v
    }

    /// The interned string equal to `v`, a str, if there is one.
    pub fn interned_equal(&mut self, v: Value) -> Option<Value> {
        // SAFETY: the caller passes a str.
        let s = unsafe { v.cast::<StrObj>() };
        if s.header.flags & STR_INTERNED != 0 {
            return Some(v);
        }
        self.hash_str(v);
        self.interp().interned.get(s)
    }

    /// Adds to the interned strings. Who has no memory for that gets MemoryError at the next poll.
    fn add_interned(&mut self, s: Ref<StrObj>) {
        if !self.interp().interned.insert(s) {
            self.request_poll(crate::poll::NO_MEMORY);
        }
    }

    pub fn new_bytes(&mut self, b: &[u8]) -> Res {
        if b.is_empty()
            && let Some(empty) = self.interp().immortals.get(immortal::EMPTY_BYTES)
        {
            return Ok(*empty);
        }
        self.new_bytes_shaped(Kind::Bytes as u32, b)
    }
    pub(crate) fn new_bytes_shaped(&mut self, shape: u32, b: &[u8]) -> Res {
        let r = self.new_bytes_room(shape, b.len())?;
        // SAFETY: freshly allocated with room for the bytes.
        unsafe { copy_bytes(b.as_ptr(), r.data.get().cast_mut(), b.len()) };
        Ok(r.value())
    }
    /// An exact bytes object whose `len` bytes the caller writes.
    pub(crate) fn new_bytes_raw(&mut self, len: usize) -> Res<Ref<BytesObj>> {
        self.new_bytes_room(Kind::Bytes as u32, len)
    }
    fn new_bytes_room(&mut self, shape: u32, len: usize) -> Res<Ref<BytesObj>> {
        let tail = if shape == Kind::Bytes as u32 { 0 } else { 16 };
        let size = size_of::<BytesObj>() + len + 1 + tail;
        let p: *mut BytesObj = self.alloc_raw(size, shape, Kind::Bytes)?.cast();
        // SAFETY: freshly allocated with room for the bytes.
        unsafe {
            (*p).len = len;
            (*p).hash.set(-1);
            (*p).data.set(p.add(1).cast());
            Ok(Ref::new(p))
        }
    }

    // ---- containers ----

    pub fn new_tuple(&mut self, items: &[Value]) -> Res {
        if items.is_empty()
            && let Some(t) = self.interp().immortals.get(immortal::EMPTY_TUPLE)
        {
            return Ok(*t);
        }
        self.new_tuple_shaped(Kind::Tuple as u32, items)
    }
    pub(crate) fn new_tuple_shaped(&mut self, shape: u32, items: &[Value]) -> Res {
        let tail = if shape == Kind::Tuple as u32 { 0 } else { 8 };
        let p: *mut TupleObj = self
            .alloc_raw(
                size_of::<TupleObj>() + items.len() * 8 + tail,
                shape,
                Kind::Tuple,
            )?
            .cast();
        // SAFETY: freshly allocated with room for the items.
        unsafe {
            (*p).len = items.len();
            copy_words(items.as_ptr().cast(), p.add(1).cast(), items.len());
        }
        Ok(Value::cell(p))
    }
    /// An exact tuple of `len` items, which the caller writes before anything else can run.
    pub(crate) fn new_tuple_raw(&mut self, len: usize) -> Res<Ref<TupleObj>> {
        let p: *mut TupleObj = self
            .alloc_kind(size_of::<TupleObj>() + len * 8, Kind::Tuple)?
            .cast();
        // SAFETY: freshly allocated.
        unsafe {
            (*p).len = len;
            Ok(Ref::new(p))
        }
    }
    pub fn new_list(&mut self, items: &[Value]) -> Res {
        let list = self.alloc::<ListObj>(Kind::List)?;
        if !items.is_empty() {
            let array = self.new_array(items.len())?;
            // SAFETY: the array has room for the items.
            unsafe { copy_words(items.as_ptr().cast(), array.slots(), items.len()) };
            list.items.set(array.slots());
            list.cap.set(items.len());
            list.len.set(items.len());
        }
        Ok(list.value())
    }
    /// A list that takes over a vector's storage.
    pub fn list_from_vec(&mut self, v: GcVec) -> Res {
        let list = self.alloc::<ListObj>(Kind::List)?;
        if let (Some(array), len) = v.into_parts() {
            // SAFETY: slots from len on may hold popped values; the list's unused slots are zero.
            unsafe { std::ptr::write_bytes(array.slots().add(len), 0, array.cap - len) };
            list.items.set(array.slots());
            list.cap.set(array.cap);
            list.len.set(len);
        }
        Ok(list.value())
    }
    pub fn new_dict(&mut self) -> Res<Ref<DictObj>> {
        self.alloc::<DictObj>(Kind::Dict)
    }
    pub fn new_set(&mut self) -> Res<Ref<SetObj>> {
        let s = self.alloc::<SetObj>(Kind::Set)?;
        s.hash.set(-1);
        Ok(s)
    }
    pub fn new_frozenset(&mut self) -> Res<Ref<SetObj>> {
        let s = self.alloc::<SetObj>(Kind::FrozenSet)?;
        s.hash.set(-1);
        Ok(s)
    }
    pub fn new_frozenset_from(&mut self, items: &[Value]) -> Res {
        let s = self.new_frozenset()?;
        for v in items {
            let h = self.hash(*v)?;
            dict::set(self, s, *v, h, None)?;
        }
        Ok(s.value())
    }
    pub fn new_slice(&mut self, start: Value, stop: Value, step: Value) -> Res {
        let s = self.alloc::<SliceObj>(Kind::Slice)?;
        s.start.init(start);
        s.stop.init(stop);
        s.step.init(step);
        Ok(s.value())
    }
    pub fn new_cell(&mut self, contents: Option<Value>) -> Res<Ref<CellObj>> {
        let c = self.alloc::<CellObj>(Kind::Cell)?;
        c.contents.init(contents);
        Ok(c)
    }
    pub fn new_bound_method(&mut self, func: Value, self_: Value) -> Res {
        let m = self.alloc::<BoundMethodObj>(Kind::BoundMethod)?;
        m.func.init(func);
        m.self_.init(self_);
        Ok(m.value())
    }
    /// An iterator cell; see `IterObj`.
    pub fn new_iter(
        &mut self,
        kind: Kind,
        target: Option<Value>,
        pos: i64,
        end: i64,
    ) -> Res<Ref<IterObj>> {
        let it = self.alloc::<IterObj>(kind)?;
        it.target.init(target);
        it.pos.set(pos);
        it.end.set(end);
        Ok(it)
    }

    /// A new instance of a class whose instances are plain (kind Instance).
    #[inline]
    pub fn new_instance(&mut self, class: Ref<TypeObj>) -> Res {
        if class.made.get() < 16 {
            self.learn_slots(class);
        }
        let size = class.slot_offset.get() as usize + 8 + class.inline_cap.get() as usize * 8;
        let p = self.alloc_raw(size, class.shape.get(), class.kind.get())?;
        let v = Value::cell(p);
        if class.has(TypeFlags::DEL) {
            self.mark_finalizable(v)?;
        }
        Ok(v)
    }

    /// Sizes the slots of a class by what its first instances were seen to use.
    #[inline(never)]
    fn learn_slots(&mut self, class: Ref<TypeObj>) {
        let made = class.made.get() + 1;
        class.made.set(made);
        if made == 2 || made == 16 {
            let want = class.max_slots.get().max(class.nfixed.get());
            if want != class.inline_cap.get() && class.dict_place.get() == DictPlace::Slots {
                self.new_root_shape(class, want);
            }
        }
    }

    /// Gives new instances of the class `inline_cap` slots.
    pub fn new_root_shape(&mut self, class: Ref<TypeObj>, inline_cap: u32) {
        let shape = Shape {
            id: 0,
            class,
            dict_mode: false,
            inline_cap,
            slot_offset: class.slot_offset.get(),
            names: Vec::new(),
            nfixed: class.nfixed.get(),
            transitions: Default::default(),
        };
        if let Some(id) = self.interp().shapes.add(shape) {
            class.shape.set(id);
            class.inline_cap.set(inline_cap);
        }
    }

    /// An instance holding a Rust payload.
    pub fn new_payload<T: Payload>(&mut self, class: Ref<TypeObj>, payload: T) -> Res {
        let slots = size_of::<PayloadObj>() + class.inline_cap.get() as usize * 8;
        let Some(place) = crate::payload::place_inline::<T>(slots) else {
            return self.new_boxed_payload(class, Box::new(payload));
        };
        let external = payload.external_bytes();
        let mut payload = std::mem::ManuallyDrop::new(payload);
        let start = &raw mut *payload;
        // SAFETY: the payload is a living local; a pointer to it is not null.
        let raw = unsafe { std::ptr::NonNull::new_unchecked(start as *mut dyn Payload) };
        let size = place + size_of::<T>();
        let p = match self.alloc_for_payload(class, size, raw) {
            Ok(p) => p,
            Err(r) => {
                std::mem::ManuallyDrop::into_inner(payload);
                return Err(r);
            }
        };
        // SAFETY: freshly allocated with room for the payload at `place`, where it is moved to.
        unsafe {
            let inside = p.cast::<u8>().add(place).cast::<T>();
            std::ptr::copy_nonoverlapping(start, inside, 1);
            (*p).header.flags |= PAYLOAD_INLINE;
            (*p).payload.set(Some(std::ptr::NonNull::new_unchecked(
                inside as *mut dyn Payload,
            )));
            if external > 0 {
                (*self.heap).account_external(external as isize);
            }
        }
        Ok(Value::cell(p))
    }

    /// As `new_payload` for what does not fit in a cell.
    fn new_boxed_payload(&mut self, class: Ref<TypeObj>, boxed: Box<dyn Payload>) -> Res {
        let external = boxed.external_bytes() + size_of_val(&*boxed);
        let size = size_of::<PayloadObj>() + class.inline_cap.get() as usize * 8;
        let raw = std::ptr::NonNull::from(Box::leak(boxed));
        let p = match self.alloc_for_payload(class, size, raw) {
            Ok(p) => p,
            Err(r) => {
                // SAFETY: leaked above; nothing else points to it any more.
                drop(unsafe { Box::from_raw(raw.as_ptr()) });
                return Err(r);
            }
        };
        // SAFETY: freshly allocated; the pointer comes from a box.
        unsafe {
            (*p).payload.set(Some(raw));
            (*self.heap).account_external(external as isize);
        }
        Ok(Value::cell(p))
    }

    /// The cell of a payload, which may hold values in malloc memory, where a collection during
    /// the allocation would not see them.
    fn alloc_for_payload(
        &mut self,
        class: Ref<TypeObj>,
        size: usize,
        payload: std::ptr::NonNull<dyn Payload>,
    ) -> Res<*mut PayloadObj> {
        self.interp().nascent.push(payload);
        let made = self.alloc_raw(size, class.shape.get(), Kind::Payload);
        self.interp().nascent.pop();
        made.map(|p| p.cast())
    }
}

/// Copies units to raw storage of the same width.
///
/// # Safety
/// `dst` has room for the units.
pub unsafe fn copy_units(units: Units, dst: *mut u8) {
    // SAFETY: promised by the caller.
    unsafe {
        match units {
            Units::U8(s) => copy_bytes(s.as_ptr(), dst, s.len()),
            Units::U16(s) => std::ptr::copy_nonoverlapping(s.as_ptr(), dst.cast(), s.len()),
            Units::U32(s) => std::ptr::copy_nonoverlapping(s.as_ptr(), dst.cast(), s.len()),
        }
    }
}
