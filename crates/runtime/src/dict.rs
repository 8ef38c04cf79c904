//! The hash table of dicts and sets: insertion-ordered dense entries plus an open-addressing index.
//!
//! ```text
//! Table cell: header | log2 cap, fill | entry 0 .. entry cap-1 | index (u32 a slot), absent when cap <= 8
//! ```
//! An entry with an empty key was deleted. An index word holds entry + 1 in its low `index_bits`
//! bits, above them bits of the hash: most keys that do not match are told apart without a look at
//! their entries, which would be a cache miss each. 0 is empty, `mask` (no hash bits) deleted.

use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;
use gc::Header;

/// One key with its hash and value. Sets leave the value empty.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Entry {
    pub hash: i64,
    pub key: Option<Value>,
    pub value: Option<Value>,
}

/// Storage shared by dicts and sets; replaced, never grown in place.
#[repr(C)]
pub struct Table {
    pub header: Header,
    /// Capacity in entries.
    pub cap: u32,
    /// Entries used, deleted ones included.
    pub fill: u32,
    /// log2 of the index size, 0 when there is no index.
    pub index_bits: u32,
    /// Index words that are not zero, deleted ones included.
    index_used: u32,
}

const NO_INDEX_MAX: u32 = 8;

impl Table {
    #[inline(always)]
    pub fn entries(&self) -> *mut Entry {
        // SAFETY: the entries follow the struct in the same cell.
        unsafe { (self as *const Table).add(1) as *mut Entry }
    }
    #[inline(always)]
    fn index(&self) -> *mut u32 {
        // SAFETY: the index follows the entries.
        unsafe { self.entries().add(self.cap as usize).cast() }
    }
}

/// What dicts and sets have in common.
pub trait Hashed: CellType {
    fn used(&self) -> &std::cell::Cell<usize>;
    fn table(&self) -> &std::cell::Cell<*mut Table>;
    /// Called before the key set changes.
    fn keys_change(&self, vm: &mut Vm);
    /// Called before this key (None: any of them) comes or goes.
    fn key_changes(&self, vm: &mut Vm, key: Option<Value>);
    /// Called before the value of entry `i` changes.
    fn value_changes(&self, vm: &mut Vm, i: usize);
    /// Entries that are removed from the end leave no holes. In dicts they do, as in CPython:
    /// iteration over a dict that changes tells the difference.
    const TRIMS: bool;
}

impl Hashed for DictObj {
    const TRIMS: bool = false;
    #[inline(always)]
    fn used(&self) -> &std::cell::Cell<usize> {
        &self.used
    }
    #[inline(always)]
    fn table(&self) -> &std::cell::Cell<*mut Table> {
        &self.table
    }
    #[inline(always)]
    fn keys_change(&self, vm: &mut Vm) {
        if self.header.flags & DICT_WATCHED != 0 {
            self.stamp.set(vm.next_stamp());
        }
    }
    #[inline(always)]
    fn key_changes(&self, vm: &mut Vm, key: Option<Value>) {
        DictObj::key_changes(self, vm, key);
    }
    #[inline(always)]
    fn value_changes(&self, vm: &mut Vm, i: usize) {
        DictObj::value_changes(self, vm, i);
    }
}
impl Hashed for SetObj {
    const TRIMS: bool = true;
    #[inline(always)]
    fn used(&self) -> &std::cell::Cell<usize> {
        &self.used
    }
    #[inline(always)]
    fn table(&self) -> &std::cell::Cell<*mut Table> {
        &self.table
    }
    #[inline(always)]
    fn keys_change(&self, _: &mut Vm) {}
    #[inline(always)]
    fn key_changes(&self, _: &mut Vm, _: Option<Value>) {}
    #[inline(always)]
    fn value_changes(&self, _: &mut Vm, _: usize) {}
}

fn new_table(vm: &mut Vm, cap: u32) -> Res<*mut Table> {
    let index_bits = if cap <= NO_INDEX_MAX {
        0
    } else {
        (cap as u64 * 3 / 2).next_power_of_two().trailing_zeros()
    };
    let index_bytes = if index_bits == 0 {
        0
    } else {
        4usize << index_bits
    };
    let size = size_of::<Table>() + cap as usize * size_of::<Entry>() + index_bytes;
    let t: *mut Table = vm.alloc_raw(size, Kind::Table as u32, Kind::Table)?.cast();
    // SAFETY: freshly allocated with room for the table.
    unsafe {
        (*t).cap = cap;
        (*t).index_bits = index_bits;
    }
    Ok(t)
}

/// Index words tried side by side before the sequence leaves for another place: they share a
/// cache line.
const GROUP: usize = 4;

/// The probe sequence of a hash: the places of CPython's, where near int keys take near slots and
/// every bit of the hash comes in eventually, and at each the group around it.
#[derive(Clone, Copy)]
struct Sequence {
    base: usize,
    /// Which of the group is next, by exclusive or.
    near: usize,
    mask: usize,
    perturb: u64,
}

impl Sequence {
    #[inline(always)]
    fn new(hash: i64, bits: u32) -> Sequence {
        let mask = (1usize << bits) - 1;
        Sequence {
            base: hash as usize & mask,
            near: 0,
            mask,
            perturb: hash as u64,
        }
    }
    #[inline(always)]
    fn pos(&self) -> usize {
        self.base ^ self.near
    }
    #[inline(always)]
    fn step(&mut self) {
        self.near += 1;
        if self.near == GROUP {
            self.near = 0;
            self.perturb >>= 5;
            self.base = self
                .base
                .wrapping_mul(5)
                .wrapping_add(self.perturb as usize)
                .wrapping_add(1)
                & self.mask;
        }
    }
    /// The word of a deleted entry, and the bits of a word that hold an entry's number.
    #[inline(always)]
    fn number_mask(&self) -> u32 {
        self.mask as u32
    }
    /// What the words of this hash have above the number. The low bits of the hash say the place
    /// already, and those of an int are all it has: a product spreads them.
    #[inline(always)]
    fn tag(&self, hash: i64) -> u32 {
        let mixed = (hash as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 32) as u32 & !self.number_mask()
    }
}

/// Where a key is, or that it is absent.
pub type Found = Option<usize>;

/// Equality of keys has to be asked of Python code.
pub struct Unsure;

/// Finds `key` among keys that can be told apart without running Python code.
#[inline(always)]
pub fn find_quick<T: Hashed>(d: Ref<T>, key: Value, hash: i64) -> Result<Found, Unsure> {
    let t = d.table().get();
    if t.is_null() {
        return Ok(None);
    }
    let is_key = |k: Value| match k == key {
        true => Some(true),
        false => quick_equal(k, key),
    };
    // SAFETY: the table of a live dict is live; nothing runs meanwhile.
    unsafe {
        let entries = (*t).entries();
        if (*t).index_bits == 0 {
            return find_in_small(
                std::slice::from_raw_parts(entries, (*t).fill as usize),
                hash,
                is_key,
            );
        }
        let mut probe = Probe::new(t, hash);
        while let Some((i, k)) = probe.next_equal_hash(entries, hash) {
            match is_key(k) {
                Some(true) => return Ok(Some(i)),
                Some(false) => {}
                None => return Err(Unsure),
            }
        }
    }
    Ok(None)
}

/// The entries of a table without an index, one after the other.
#[inline(always)]
fn find_in_small(
    entries: &[Entry],
    hash: i64,
    is_key: impl Fn(Value) -> Option<bool>,
) -> Result<Found, Unsure> {
    for (i, e) in entries.iter().enumerate() {
        if e.hash == hash
            && let Some(k) = e.key
        {
            match is_key(k) {
                Some(true) => return Ok(Some(i)),
                Some(false) => {}
                None => return Err(Unsure),
            }
        }
    }
    Ok(None)
}

/// Finds `key`. Runs `__eq__` only for keys of equal hash that are not identical.
#[inline]
pub fn find<T: Hashed>(vm: &mut Vm, d: Ref<T>, key: Value, hash: i64) -> Res<Found> {
    match find_quick(d, key, hash) {
        Ok(found) => Ok(found),
        Err(Unsure) => find_asking::<T, false>(vm, d, key, hash),
    }
}

/// Whether a set need not be given `key`: as in CPython an equal key counts that the comparison
/// itself has taken away.
pub fn find_to_add(vm: &mut Vm, s: Ref<SetObj>, key: Value, hash: i64) -> Res<bool> {
    let found = match find_quick(s, key, hash) {
        Ok(found) => found,
        Err(Unsure) => find_asking::<SetObj, true>(vm, s, key, hash)?,
    };
    Ok(found.is_some())
}

/// As `find`, asking every key of equal hash.
#[inline(never)]
fn find_asking<T: Hashed, const ADDING: bool>(
    vm: &mut Vm,
    d: Ref<T>,
    key: Value,
    hash: i64,
) -> Res<Found> {
    'restart: loop {
        let t = d.table().get();
        if t.is_null() {
            return Ok(None);
        }
        // SAFETY: the table of a live dict is live; entries are read by copy.
        unsafe {
            let entries = (*t).entries();
            let mut probe = Probe::new(t, hash);
            while let Some((i, k)) = probe.next_equal_hash(entries, hash) {
                if k == key {
                    return Ok(Some(i));
                }
                let equal = vm.eq(k, key)?;
                if ADDING && equal {
                    return Ok(Some(i));
                }
                if d.table().get() != t || (*entries.add(i)).key != Some(k) {
                    continue 'restart;
                }
                if equal {
                    return Ok(Some(i));
                }
            }
        }
        return Ok(None);
    }
}

/// The key that is this ASCII text, in a table whose keys are all exact strings.
pub fn find_ascii<T: Hashed>(d: Ref<T>, text: &[u8], hash: i64) -> Option<Value> {
    let t = d.table().get();
    if t.is_null() {
        return None;
    }
    // SAFETY: the table of a live dict is live; nothing runs meanwhile.
    unsafe {
        let mut probe = Probe::new(t, hash);
        while let Some((_, k)) = probe.next_equal_hash((*t).entries(), hash) {
            if let Some(s) = k.downcast::<StrObj>()
                && s.is_ascii()
                && s.raw() == text
            {
                return Some(k);
            }
        }
    }
    None
}

/// Equality of two that are not identical and need no Python code: two exact strings or two small
/// ints.
#[inline(always)]
pub fn quick_equal(a: Value, b: Value) -> Option<bool> {
    if a.is_exact(Kind::Str) && b.is_exact(Kind::Str) {
        // SAFETY: both are str cells.
        return Some(unsafe { a.cast::<StrObj>().same_units(b.cast::<StrObj>()) });
    }
    if a.is_small_int() && b.is_small_int() {
        return Some(false);
    }
    None
}

struct Probe {
    index: *const u32,
    at: Sequence,
    tag: u32,
    /// Without an index: the next entry and the number of entries.
    entry: usize,
    fill: usize,
}

impl Probe {
    /// # Safety
    /// `t` is a live table.
    #[inline(always)]
    unsafe fn new(t: *mut Table, hash: i64) -> Probe {
        // SAFETY: promised by the caller.
        let t = unsafe { &*t };
        let at = Sequence::new(hash, t.index_bits);
        Probe {
            index: if t.index_bits == 0 {
                std::ptr::null()
            } else {
                t.index()
            },
            at,
            tag: at.tag(hash),
            entry: 0,
            fill: t.fill as usize,
        }
    }
    /// The next entry with this hash: its number and key.
    ///
    /// # Safety
    /// `entries` are those of the table.
    #[inline(always)]
    unsafe fn next_equal_hash(
        &mut self,
        entries: *const Entry,
        hash: i64,
    ) -> Option<(usize, Value)> {
        while let Some(i) = self.next() {
            // SAFETY: promised by the caller; the index names entries that were filled.
            let e = unsafe { &*entries.add(i) };
            if e.hash == hash
                && let Some(k) = e.key
            {
                return Some((i, k));
            }
        }
        None
    }

    /// The next candidate entry.
    #[inline(always)]
    fn next(&mut self) -> Option<usize> {
        if self.index.is_null() {
            let i = self.entry;
            self.entry += 1;
            return if i < self.fill { Some(i) } else { None };
        }
        let mask = self.at.number_mask();
        loop {
            // SAFETY: pos is masked to the index size. The index always holds a zero word.
            let word = unsafe { *self.index.add(self.at.pos()) };
            self.at.step();
            if word == 0 {
                return None;
            }
            // Below: neither empty nor deleted.
            let number = word ^ self.tag;
            if number.wrapping_sub(1) < mask - 1 {
                return Some(number as usize - 1);
            }
        }
    }
}

/// Puts entry number `i` in the index, if there is one.
#[inline(always)]
unsafe fn index_insert(t: *mut Table, hash: i64, i: usize) {
    // SAFETY: promised by the caller.
    unsafe {
        if (*t).index_bits != 0 {
            index_add(t, hash, i);
        }
    }
}

unsafe fn index_add(t: *mut Table, hash: i64, i: usize) {
    // SAFETY: the caller passes a live table; pos is masked.
    unsafe {
        let index = (*t).index();
        let mut at = Sequence::new(hash, (*t).index_bits);
        loop {
            let word = *index.add(at.pos());
            if word == 0 || word == at.number_mask() {
                (*t).index_used += (word == 0) as u32;
                *index.add(at.pos()) = at.tag(hash) | (i as u32 + 1);
                return;
            }
            at.step();
        }
    }
}

/// No entry can be added: the table is full, or its index has too few zero words left.
#[inline(always)]
unsafe fn is_full(t: *mut Table) -> bool {
    // SAFETY: the caller passes a live table.
    let t = unsafe { &*t };
    t.fill == t.cap || (t.index_bits != 0 && t.index_used >= (1u32 << t.index_bits) / 8 * 7)
}

/// Replaces the table by one with room for `want` entries, without the deleted ones.
pub fn resize<T: Hashed>(vm: &mut Vm, d: Ref<T>, want: usize) -> Res<()> {
    let want = want.max(d.used().get());
    let cap = if want <= 4 {
        4
    } else if want <= 8 {
        8
    } else {
        want + want / 16
    };
    if cap >= (u32::MAX / 4) as usize {
        return Err(vm.memory_error());
    }
    let new = new_table(vm, cap as u32)?;
    d.keys_change(vm);
    let old = d.table().get();
    // SAFETY: both tables are live and `cap` is at least the number of live entries.
    unsafe {
        if !old.is_null() {
            let (src, dst) = ((*old).entries(), (*new).entries());
            let mut n = 0;
            for i in 0..(*old).fill as usize {
                let e = *src.add(i);
                if e.key.is_some() {
                    *dst.add(n) = e;
                    index_insert(new, e.hash, n);
                    n += 1;
                }
            }
            (*new).fill = n as u32;
        }
    }
    d.table().set(new);
    gc::write_barrier(d.header());
    Ok(())
}

/// Appends an entry for a key known to be absent.
pub fn insert_new<T: Hashed>(
    vm: &mut Vm,
    d: Ref<T>,
    key: Value,
    hash: i64,
    value: Option<Value>,
) -> Res<()> {
    d.key_changes(vm, Some(key));
    let t = d.table().get();
    // SAFETY: the table of a live dict is live.
    unsafe {
        if t.is_null() || is_full(t) {
            let used = d.used().get();
            // As CPython's smallest table: where entries move is seen by iteration over a dict
            // that changes.
            let want = if used < 4 { 5 } else { used * 2 };
            resize(vm, d, want)?;
        } else {
            d.keys_change(vm);
        }
        let t = d.table().get();
        let i = (*t).fill as usize;
        *(*t).entries().add(i) = Entry {
            hash,
            key: Some(key),
            value,
        };
        index_insert(t, hash, i);
        (*t).fill += 1;
    }
    d.used().set(d.used().get() + 1);
    gc::write_barrier(d.header());
    Ok(())
}

/// Inserts or replaces.
pub fn set<T: Hashed>(
    vm: &mut Vm,
    d: Ref<T>,
    key: Value,
    hash: i64,
    value: Option<Value>,
) -> Res<()> {
    match find(vm, d, key, hash)? {
        Some(i) => {
            set_value_at(vm, d, i, value);
            Ok(())
        }
        None => insert_new(vm, d, key, hash, value),
    }
}

/// Replaces the value of entry i.
#[inline(always)]
pub fn set_value_at<T: Hashed>(vm: &mut Vm, d: Ref<T>, i: usize, value: Option<Value>) {
    d.value_changes(vm, i);
    // SAFETY: i was found in the current table.
    unsafe { (*(*d.table().get()).entries().add(i)).value = value };
    gc::write_barrier(d.header());
}

/// Entry i, if it is in range and not deleted.
#[inline(always)]
pub fn entry_at<T: Hashed>(d: Ref<T>, i: usize) -> Option<Entry> {
    let t = d.table().get();
    // SAFETY: the table of a live dict is live; i is checked.
    unsafe {
        if t.is_null() || i >= (*t).fill as usize {
            return None;
        }
        let e = *(*t).entries().add(i);
        if e.key.is_some() { Some(e) } else { None }
    }
}

/// The first live entry at or after i, with its number.
#[inline(always)]
pub fn next_entry<T: Hashed>(d: Ref<T>, mut i: usize) -> Option<(usize, Entry)> {
    let t = d.table().get();
    if t.is_null() {
        return None;
    }
    // SAFETY: the table of a live dict is live; i is checked.
    unsafe {
        while i < (*t).fill as usize {
            let e = *(*t).entries().add(i);
            if e.key.is_some() {
                return Some((i, e));
            }
            i += 1;
        }
    }
    None
}

/// The last live entry below i, with its number.
pub fn prev_entry<T: Hashed>(d: Ref<T>, i: usize) -> Option<(usize, Entry)> {
    let fill = fill(d).min(i);
    (0..fill).rev().find_map(|j| entry_at(d, j).map(|e| (j, e)))
}

/// Number of entries in the table, deleted ones included.
pub fn fill<T: Hashed>(d: Ref<T>) -> usize {
    let t = d.table().get();
    // SAFETY: the table of a live dict is live.
    if t.is_null() {
        0
    } else {
        unsafe { (*t).fill as usize }
    }
}

/// Bytes of the table.
pub fn table_bytes<T: Hashed>(d: Ref<T>) -> usize {
    let t = d.table().get();
    if t.is_null() {
        return 0;
    }
    // SAFETY: the table of a live dict is live.
    let t = unsafe { &*t };
    let index = if t.index_bits == 0 {
        0
    } else {
        4usize << t.index_bits
    };
    size_of::<Table>() + t.cap as usize * size_of::<Entry>() + index
}

/// Removes entry i.
pub fn remove_at<T: Hashed>(vm: &mut Vm, d: Ref<T>, i: usize) {
    d.key_changes(vm, entry_at(d, i).and_then(|e| e.key));
    d.keys_change(vm);
    let t = d.table().get();
    // SAFETY: i was found in the current table.
    unsafe {
        let e = (*t).entries().add(i);
        let hash = (*e).hash;
        if (*t).index_bits != 0 {
            let index = (*t).index();
            let mut at = Sequence::new(hash, (*t).index_bits);
            while *index.add(at.pos()) & at.number_mask() != i as u32 + 1 {
                at.step();
            }
            *index.add(at.pos()) = at.number_mask();
        }
        (*e).key = None;
        (*e).value = None;
    }
    d.used().set(d.used().get() - 1);
    if T::TRIMS {
        trim(d);
    }
}

/// Forgets removed entries at the end.
pub fn trim<T: Hashed>(d: Ref<T>) {
    let t = d.table().get();
    if t.is_null() {
        return;
    }
    // SAFETY: the table of a live dict is live, and has `fill` entries.
    unsafe {
        while (*t).fill > 0 && (*(*t).entries().add((*t).fill as usize - 1)).key.is_none() {
            (*t).fill -= 1;
        }
    }
}

/// Removes all entries.
pub fn clear<T: Hashed>(vm: &mut Vm, d: Ref<T>) {
    d.key_changes(vm, None);
    d.keys_change(vm);
    d.table().set(std::ptr::null_mut());
    d.used().set(0);
}

/// Copies the entries of `src` into the empty `dst` (dict to dict, set to set).
pub fn copy_into<A: Hashed, B: Hashed>(vm: &mut Vm, dst: Ref<B>, src: Ref<A>) -> Res<()> {
    if src.used().get() == 0 {
        return Ok(());
    }
    dst.key_changes(vm, None);
    resize(vm, dst, src.used().get())?;
    let (from, to) = (src.table().get(), dst.table().get());
    // SAFETY: `to` has room for the live entries of `from`; nothing runs in between.
    unsafe {
        let mut n = 0;
        for i in 0..(*from).fill as usize {
            let e = *(*from).entries().add(i);
            if e.key.is_some() {
                *(*to).entries().add(n) = e;
                index_insert(to, e.hash, n);
                n += 1;
            }
        }
        (*to).fill = n as u32;
        dst.used().set(n);
    }
    gc::write_barrier(dst.header());
    Ok(())
}
