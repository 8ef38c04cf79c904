//! Attributes, by what the interpreter's inline caches say.

use super::*;
use runtime::class::TypeObj;
use runtime::code::Cache;
use runtime::jit::assume::is_steady;
use runtime::jit::cache_kind::*;
use std::mem::offset_of;

impl Builder<'_> {
    /// Guards that a cached lookup by shape still holds for this object.
    fn guard_lookup(&mut self, obj: Node, c: &Cache) {
        self.guard_shape(obj, c.shape);
        let class = c.ptr as usize - offset_of!(TypeObj, version);
        self.keep_version(class as *mut gc::Header, c);
    }

    /// Lookups on a class give what they gave when the cache was filled.
    fn keep_version(&mut self, class: *mut gc::Header, c: &Cache) {
        if !self.assume(class, None) {
            self.guard_word32(c.ptr, c.version);
        }
    }

    /// A cache that holds for a shape and the version of its class.
    fn is_current(c: &Cache) -> bool {
        // SAFETY: `ptr` of such a cache is the address of a version word of a class, and classes
        // that caches refer to are alive while their shape is in use.
        c.shape != 0 && c.ptr != 0 && unsafe { *(c.ptr as *const u32) } == c.version
    }

    /// The attribute of a constant class or module that a cache holds.
    fn constant_attr(&mut self, insn: Insn, obj: Node, c: &Cache) -> Option<Node> {
        let v = self.known(obj)?;
        if v.is_kind(Kind::Type) && c.kind == OF_CLASS {
            // SAFETY: the kind was checked.
            let class = unsafe { v.cast::<TypeObj>() };
            let address = &raw const class.version as u64;
            if c.ptr != address || class.version.get() != c.version {
                return None;
            }
            self.keep_version(class.header(), c);
            return Some(self.value_const(Value::from_bits(c.value)?));
        }
        if v.is_kind(Kind::Module) && c.kind == MODULE {
            // SAFETY: the kind was checked.
            let dict = unsafe { v.cast::<ModuleObj>() }.dict.get();
            let stamp = c.version as u64 | (c.index as u64) << 32;
            if dict.stamp.get() != stamp {
                return None;
            }
            // SAFETY: the entry is valid while the stamp holds.
            let now = Value::from_bits(unsafe { *(c.ptr as *const u64) })?;
            let name = self.name(insn);
            if is_steady(now) && self.assume(dict.header(), Some(name)) {
                return Some(self.value_const(now));
            }
            let address = dict.stamp.as_ptr() as u64;
            self.constants.push(dict.value().bits());
            self.guard_word64(address, stamp);
            return Some(self.push(Op::LoadAt { address: c.ptr }, Rep::Value, vec![]));
        }
        None
    }

    pub(super) fn load_attr(&mut self, insn: Insn) -> Built {
        let obj = self.reg(insn.first.b());
        let c = self.cache(insn);
        if let Some(n) = self.constant_attr(insn, obj, &c) {
            self.set(insn.first.a(), n);
            return Ok(());
        }
        if self.site().unstable || self.g.rep(obj) != Rep::Value || !Self::is_current(&c) {
            let never = c.kind == 0 && self.site().operands[0] == 0;
            return self.unseen(insn, never);
        }
        let n = match c.kind {
            SLOT => {
                self.guard_lookup(obj, &c);
                let load = Op::LoadField { offset: c.index };
                let n = self.push(load, Rep::Value, vec![obj]);
                self.push_leaving(Op::GuardBound, Rep::None, vec![n]);
                n
            }
            CLASS_VALUE => {
                self.guard_lookup(obj, &c);
                let Some(v) = Value::from_bits(c.value) else {
                    return self.step(insn);
                };
                self.value_const(v)
            }
            GETTER => return self.load_property(insn, obj, &c),
            _ => return self.step(insn),
        };
        self.set(insn.first.a(), n);
        Ok(())
    }

    /// A property with a Python getter: a call.
    fn load_property(&mut self, insn: Insn, obj: Node, c: &Cache) -> Built {
        let Some(f) = Value::from_bits(c.value) else {
            return self.step(insn);
        };
        // SAFETY: the cache holds a function.
        let f: Ref<FunctionObj> = unsafe { f.cast() };
        self.guard_lookup(obj, c);
        let getter = self.value_const(f.value());
        // The interpreter's window for a getter lies above the whole frame.
        let base = self.body().code.nregs as u16 + 1;
        match self.inline(
            insn,
            f.code.get(),
            getter,
            f.globals.as_ptr(),
            vec![obj],
            base,
            None,
        )? {
            Some(()) => Ok(()),
            None => self.step(insn),
        }
    }

    pub(super) fn store_attr(&mut self, insn: Insn) -> Built {
        let (obj, v) = (self.reg(insn.first.a()), self.reg(insn.first.b()));
        let c = self.cache(insn);
        if self.site().unstable || self.g.rep(obj) != Rep::Value || !Self::is_current(&c) {
            let never = c.kind == 0 && self.site().operands[0] == 0;
            return self.unseen(insn, never);
        }
        match c.kind {
            SLOT => {
                self.guard_lookup(obj, &c);
                self.store(obj, c.index, v);
            }
            ADD_SLOT => {
                self.guard_lookup(obj, &c);
                self.store(obj, c.index, v);
                let shape = c.value as u32;
                self.push(Op::StoreShape(shape), Rep::None, vec![obj]);
                // Another node may be the same object.
                self.env.shapes.retain(|_, s| *s < 128);
                self.env.shapes.insert(obj, shape);
            }
            _ => return self.step(insn),
        }
        Ok(())
    }

    pub(super) fn load_method(&mut self, insn: Insn) -> Built {
        let (a, obj) = (insn.first.a(), self.reg(insn.first.b()));
        let c = self.cache(insn);
        if let Some(n) = self.constant_attr(insn, obj, &c) {
            let unbound = self.constant(Rep::Value, 0);
            self.set(a, unbound);
            self.set(a + 1, n);
            return Ok(());
        }
        let usable = !self.site().unstable
            && self.g.rep(obj) == Rep::Value
            && Self::is_current(&c)
            && c.kind == CLASS_VALUE;
        if !usable {
            let never = c.kind == 0 && self.site().operands[0] == 0;
            return self.unseen(insn, never);
        }
        let Some(f) = Value::from_bits(c.value) else {
            return self.step(insn);
        };
        self.guard_lookup(obj, &c);
        let f = self.value_const(f);
        self.set(a, f);
        self.set(a + 1, obj);
        Ok(())
    }

    /// Guards that a cell's word at an offset is this.
    pub(super) fn guard_field(&mut self, cell: Node, offset: u32, expected: u64) {
        let op = Op::GuardField { offset, expected };
        self.push_leaving(op, Rep::None, vec![cell]);
    }

    /// Guards that a function runs this code.
    pub(super) fn guard_code(&mut self, f: Node, code: Ref<CodeObj>) {
        let key = code.value().bits() ^ ((f.0 as u64) << 48) ^ 1;
        if self.env.checked.contains_key(&key) {
            return;
        }
        self.constants.push(code.value().bits());
        self.guard_field(f, offset_of!(FunctionObj, code) as u32, code.value().bits());
        self.env.checked.insert(key, 0);
    }
}
