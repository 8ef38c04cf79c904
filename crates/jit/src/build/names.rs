//! Cells, free variables, globals.

use super::*;
use runtime::code::Cache;
use runtime::jit::assume::is_steady;
use runtime::jit::cache_kind::*;
use std::mem::offset_of;

impl Builder<'_> {
    /// The inline cache of a two-word instruction, as the interpreter left it.
    pub(super) fn cache(&self, insn: Insn) -> Cache {
        let code = self.body().code;
        if !code.is_warm() {
            return Cache::EMPTY;
        }
        // SAFETY: cache indices are verified; warm code owns its caches.
        unsafe { *code.caches.get().add(insn.second.y() as usize) }
    }

    /// The name that a two-word instruction works with.
    pub(super) fn name(&self, insn: Insn) -> Value {
        // SAFETY: name indices are verified.
        unsafe { *self.body().code.names.get().add(insn.second.x() as usize) }
    }

    /// Cell i of the running function's closure.
    fn free_cell(&mut self, i: u16) -> Node {
        let f = self.body().function;
        let closure = self.push(
            Op::LoadField {
                offset: offset_of!(FunctionObj, closure) as u32,
            },
            Rep::Value,
            vec![f],
        );
        let offset = size_of::<TupleObj>() as u32 + i as u32 * 8;
        self.push(Op::LoadField { offset }, Rep::Value, vec![closure])
    }

    pub(super) fn cell_insn(&mut self, insn: Insn) {
        let w = insn.first;
        let contents = offset_of!(CellObj, contents) as u32;
        match insn.op {
            Bc::LoadCell | Bc::LoadFree => {
                let cell = if insn.op == Bc::LoadCell {
                    self.reg(w.b())
                } else {
                    self.free_cell(w.b())
                };
                let load = Op::LoadField { offset: contents };
                let v = self.push(load, Rep::Value, vec![cell]);
                self.push_leaving(Op::GuardBound, Rep::None, vec![v]);
                self.set(w.a(), v);
            }
            Bc::StoreCell => {
                let (cell, v) = (self.reg(w.a()), self.reg(w.b()));
                self.store(cell, contents, v);
            }
            Bc::StoreFree => {
                let cell = self.free_cell(w.b());
                let v = self.reg(w.a());
                self.store(cell, contents, v);
            }
            _ => {
                let cell = self.free_cell(w.b());
                self.set(w.a(), cell);
            }
        }
    }

    /// Stores a node as a value in a field of a cell.
    pub(super) fn store(&mut self, cell: Node, offset: u32, v: Node) {
        let v = self.boxed(v);
        self.push(Op::StoreField { offset }, Rep::None, vec![cell, v]);
    }

    fn globals_stamp(&self) -> (u64, u64) {
        let globals = self.body().globals;
        // SAFETY: the globals of a live function.
        let stamp = unsafe { &(*globals).stamp };
        (stamp.as_ptr() as u64, stamp.get())
    }

    pub(super) fn load_global(&mut self, insn: Insn) -> Built {
        if insn.op == Bc::LoadName && !self.is_root_namespace() {
            return self.step(insn);
        }
        let c = self.cache(insn);
        let (address, stamp) = self.globals_stamp();
        if c.value != stamp || c.ptr == 0 || !matches!(c.kind, IN_GLOBALS | IN_BUILTINS) {
            return self.unseen(insn, c.ptr == 0);
        }
        let mut builtins = None;
        if c.kind == IN_BUILTINS {
            let state = self.body().code.jit_state();
            let dict = state.builtins.get() as *const DictObj;
            let expected = c.index as u64 | (c.shape as u64) << 32;
            // SAFETY: the builtins of a live function.
            if dict.is_null() || unsafe { (*dict).stamp.get() } != expected {
                return self.step(insn);
            }
            builtins = Some((dict, expected));
        }
        // SAFETY: the entry is valid while the stamps hold.
        let now = Value::from_bits(unsafe { *(c.ptr as *const u64) });
        if let Some(v) = now.filter(|v| is_steady(*v)) {
            let holder = builtins.map_or(self.body().globals, |b| b.0);
            if self.assume_name(insn, holder) {
                let n = self.value_const(v);
                self.set(insn.first.a(), n);
                return Ok(());
            }
        }
        self.guard_word64(address, stamp);
        if let Some((dict, expected)) = builtins {
            // SAFETY: as above.
            let address = unsafe { (*dict).stamp.as_ptr() } as u64;
            self.guard_word64(address, expected);
        }
        let n = self.push(Op::LoadAt { address: c.ptr }, Rep::Value, vec![]);
        self.set(insn.first.a(), n);
        Ok(())
    }

    /// A global name is found in `holder` (and nowhere before) as long as nobody says otherwise.
    fn assume_name(&mut self, insn: Insn, holder: *const DictObj) -> bool {
        let globals = self.body().globals;
        let name = Some(self.name(insn));
        self.assume(globals.cast_mut().cast(), name)
            && (holder == globals || self.assume(holder.cast_mut().cast(), name))
    }

    /// Something was not met yet: leaves, in the hope of learning more.
    pub(super) fn unseen(&mut self, insn: Insn, never: bool) -> Built {
        if never && !self.eager && !self.site().unstable {
            self.leave();
            return Ok(());
        }
        self.step(insn)
    }

    /// The unit is a loop of namespace code whose mapping is the globals (checked at entry).
    fn is_root_namespace(&self) -> bool {
        self.body().is_root && !self.g.is_function
    }

    pub(super) fn store_global(&mut self, insn: Insn) -> Built {
        if insn.op == Bc::StoreName && !self.is_root_namespace() {
            return self.step(insn);
        }
        let c = self.cache(insn);
        let (address, stamp) = self.globals_stamp();
        if c.kind != IN_GLOBALS || c.value != stamp || c.ptr == 0 {
            return self.step(insn);
        }
        // SAFETY: the entry is valid while the stamp holds.
        let now = Value::from_bits(unsafe { *(c.ptr as *const u64) });
        if self.site().unstable || now.is_none_or(|v| v.is_cell()) {
            // Code may rely on what is there: the interpreter's way tells it.
            return self.step(insn);
        }
        self.guard_word64(address, stamp);
        let old = self.push(Op::LoadAt { address: c.ptr }, Rep::Value, vec![]);
        self.push_leaving(Op::GuardPlain, Rep::None, vec![old]);
        let v = self.reg(insn.first.a());
        let v = self.boxed(v);
        self.push(Op::StoreAt { address: c.ptr }, Rep::None, vec![v]);
        Ok(())
    }
}
