//! Who still uses exported memory.
//!
//! CPython knows when the last memoryview of an object is gone; here views that were dropped
//! without `release` are found by a collection. It is made when the object wants to move its
//! memory, and takes views to be gone that only stale words of the native stack may refer to.

use crate::address_map::AddressMap;
use crate::object::*;
use crate::types::memoryview;
use crate::value::{Raised, Res};
use crate::vm::Vm;
use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Held while an export lasts; true once the memory has moved in spite of it.
pub type Token = Rc<Cell<bool>>;

/// Counts the exports of one object that must not move its memory meanwhile.
#[derive(Default)]
pub struct Exports(Token);

impl Exports {
    /// A token for one more export.
    pub fn token(&self) -> Token {
        self.0.clone()
    }
    /// Exports now.
    pub fn count(&self) -> usize {
        Rc::strong_count(&self.0) - 1
    }
    /// Whether somebody really uses the memory.
    pub fn in_use(&self, vm: &mut Vm) -> bool {
        if self.count() > 0 {
            vm.end_unreachable_views(&self.token());
        }
        self.count() > 0
    }
}

/// The bytearray has, or had, lasting exports: see the interpreter's table.
pub const BYTEARRAY_VIEWED: u16 = 1;

/// The exports of a bytearray, and what the questions about them found.
#[derive(Default)]
struct Entry {
    exports: Exports,
    /// Questions that found all views to be gone.
    gone: u32,
    /// One found that there were some.
    used: bool,
}

/// Lasting exports (memoryviews) of bytearrays, by address.
///
/// `data = bytes(memoryview(buffer)[:n]); del buffer[:n]` (asyncio's streams do that for each
/// read) asks for a collection each time. So these may take only some of the time; beyond it a
/// bytearray whose views were always gone is resized at once, and if a view is there after all,
/// it is its use that raises BufferError.
pub struct ByteArrayExports {
    entries: AddressMap<usize, Entry>,
    began: Instant,
    /// Time of questions that found all views to be gone.
    spent: Duration,
}

impl Default for ByteArrayExports {
    fn default() -> Self {
        ByteArrayExports {
            entries: AddressMap::default(),
            began: Instant::now(),
            spent: Duration::ZERO,
        }
    }
}

/// What questions may take: this, and one part in so many of the program's time; a larger part for
/// the first ones about a bytearray.
const ALLOWANCE: Duration = Duration::from_millis(500);
const SHARE: u32 = 10;
const FIRST: u32 = 2;
const SHARE_OF_FIRST: u32 = 4;

impl ByteArrayExports {
    fn token(&mut self, key: usize) -> Token {
        if self.entries.len() > 64 {
            self.entries.retain(|_, e| e.exports.count() > 0);
        }
        self.entries.entry(key).or_default().exports.token()
    }

    /// Whether a question is worth its time.
    fn ask(&self, e: &Entry) -> bool {
        let share = if e.gone < FIRST {
            SHARE_OF_FIRST
        } else {
            SHARE
        };
        e.used || self.spent < ALLOWANCE + self.began.elapsed() / share
    }
}

impl Vm {
    /// A token that counts one lasting export of a bytearray.
    pub(super) fn bytearray_token(&mut self, b: Ref<ByteArrayObj>) -> Token {
        // SAFETY: a live cell.
        unsafe { (*b.header()).flags |= BYTEARRAY_VIEWED };
        let key = b.as_ptr() as usize;
        self.interp().bytearray_exports.token(key)
    }

    /// BufferError when the bytes of a bytearray are exported.
    pub fn check_resizable(&mut self, b: Ref<ByteArrayObj>) -> Res<()> {
        if b.exports.get() == 0 && b.header.flags & BYTEARRAY_VIEWED == 0 {
            return Ok(());
        }
        if b.exports.get() > 0 || self.bytearray_viewed(b) {
            return Err(self.exports_error());
        }
        // SAFETY: a live cell.
        unsafe { (*b.header()).flags &= !BYTEARRAY_VIEWED };
        Ok(())
    }

    /// BufferError for a bytearray whose bytes are on loan.
    pub fn exports_error(&mut self) -> Raised {
        self.buffer_error("Existing exports of data: object cannot be re-sized")
    }

    /// Whether a view of the bytearray is in use; if it cannot be known, views are told that the
    /// memory moves.
    #[inline(never)]
    fn bytearray_viewed(&mut self, b: Ref<ByteArrayObj>) -> bool {
        let key = b.as_ptr() as usize;
        let all = &mut self.interp().bytearray_exports;
        let Some(e) = all.entries.get(&key) else {
            return false;
        };
        if e.exports.count() == 0 {
            return false;
        }
        let token = e.exports.token();
        if !all.ask(e) {
            token.set(true);
            if let Some(e) = all.entries.get_mut(&key) {
                e.exports = Exports::default();
            }
            return false;
        }
        let asked = Instant::now();
        self.end_unreachable_views(&token);
        drop(token);
        let all = &mut self.interp().bytearray_exports;
        let Some(e) = all.entries.get_mut(&key) else {
            return false;
        };
        e.used |= e.exports.count() > 0;
        if e.exports.count() == 0 {
            e.gone += 1;
            all.spent += asked.elapsed();
            return false;
        }
        true
    }

    /// Collects, and ends the memoryviews with this token that no Python code can reach.
    fn end_unreachable_views(&mut self, token: &Token) {
        let mut views: Vec<Ref<PayloadObj>> = Vec::new();
        let heap = self.heap;
        // SAFETY: the heap is this thread's; cells of kind Payload are payload objects, and the
        // closure does not allocate in it.
        unsafe {
            (*heap).for_each_cell(&mut |cell| {
                if (*cell).kind == Kind::Payload as u8 {
                    let cell = Ref::<PayloadObj>::new(cell.cast());
                    if memoryview::holds(cell, token) {
                        views.push(cell);
                    }
                }
            });
        }
        self.collect_garbage_watching(&views, &|cell| memoryview::end(cell));
    }
}
