//! A compiled unit: its code, its exits, and what it was made from.

use crate::deopt::Exit;
use crate::lower::Tables;
use runtime::code::CodeObj;
use runtime::jit::LoopState;
use runtime::jit::assume::CompiledUnit;
use runtime::object::Ref;
use std::cell::{Cell, OnceCell};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Times a code object may be compiled, over all its units.
pub const MAX_COMPILATIONS: u32 = 12;

/// Units given up for an instruction before it is called unstable.
const GIVE_UP: u8 = 3;

/// Code objects that died with units of theirs.
pub static GONE: AtomicUsize = AtomicUsize::new(0);

/// Lives as long as the code object that it was made of: an activation may return into it.
pub struct Unit {
    pub name: String,
    pub code: Ref<CodeObj>,
    pub is_function: bool,
    /// The loop's header word.
    pub word: u32,
    tables: OnceCell<Tables>,
    pub retired: Cell<bool>,
    /// The code object is gone, `code` and the exits dangle.
    pub gone: Cell<bool>,
    pub at: Cell<*const u8>,
    pub bytes: Cell<usize>,
    pub micros: Cell<u64>,
    pub inlined: Vec<String>,
    pub steps: u32,
}

impl Unit {
    pub fn new(
        name: String,
        code: Ref<CodeObj>,
        is_function: bool,
        word: u32,
        inlined: Vec<String>,
        steps: u32,
    ) -> Unit {
        Unit {
            name,
            code,
            is_function,
            word,
            tables: OnceCell::new(),
            retired: Cell::new(false),
            gone: Cell::new(false),
            at: Cell::new(std::ptr::null()),
            bytes: Cell::new(0),
            micros: Cell::new(0),
            inlined,
            steps,
        }
    }
    pub(crate) fn set_tables(&self, tables: Tables) {
        let _ = self.tables.set(tables);
    }
    pub fn exits(&self) -> &[Exit] {
        self.tables.get().map_or(&[], |t| t.exits.as_slice())
    }

    /// A guard of the bytecode at `word` of `code` failed too often: this unit is given up, so that
    /// a better one is made from what the interpreter has recorded since. An instruction for which
    /// that does not help is not speculated on any more.
    pub fn guard_failed(&self, code: Ref<CodeObj>, word: u32) {
        if let Ok(mut feedback) = code.jit_state().feedback.try_borrow_mut()
            && let Some(site) = feedback.site_mut(word)
        {
            site.given_up += 1;
            site.unstable = site.given_up >= GIVE_UP;
        }
        self.retire();
    }

    /// No new activation enters this unit.
    fn retire(&self) {
        if self.retired.replace(true) {
            return;
        }
        let state = self.code.jit_state();
        if self.is_function {
            state
                .entry
                .set(runtime::jit::entry::stub(self.code.argcount as usize));
            state.compiled.set(false);
        } else {
            state.set_loop_state(self.word, LoopState::Counting(0));
        }
        // SAFETY: compiled code is warm.
        unsafe { self.code.set_heat(50) };
    }
}

impl CompiledUnit for Unit {
    fn invalidate(&self) {
        if !self.gone.get() {
            self.retire();
        }
    }
    fn code_is_gone(&self) {
        self.gone.set(true);
        GONE.fetch_add(1, Ordering::Relaxed);
    }
}
