//! Attributes, by what the interpreter's inline caches say.

use super::*;
use runtime::class::TypeObj;
use runtime::code::Cache;
use runtime::jit::assume::is_steady;
use runtime::jit::by_shape::{Access, cache_for_shape};
use runtime::jit::cache_kind::*;
use std::mem::offset_of;

/// Most different things that one access may do.
pub(super) const MAX_WAYS: usize = 4;
/// Shapes below are of builtin kinds.
const FIRST_SHAPE: u32 = 128;

/// What an access does for objects of some shapes.
struct Way {
    shapes: ShapeSet,
    /// As if for one of them.
    c: Cache,
    /// Address and value of the versions of their classes.
    versions: Vec<(u64, u32)>,
}

impl Way {
    fn new(shape: u32, c: Cache) -> Way {
        Way {
            shapes: one(shape),
            c,
            versions: vec![(c.ptr, c.version)],
        }
    }
    fn add(&mut self, shape: u32, c: &Cache) {
        if let Some(free) = self.shapes.iter_mut().find(|s| **s == 0) {
            *free = shape;
        }
        if !self.versions.contains(&(c.ptr, c.version)) {
            self.versions.push((c.ptr, c.version));
        }
    }
}

impl Builder<'_> {
    /// Lookups on a class give what they gave at this version.
    fn keep_version(&mut self, address: u64, version: u32) {
        let class = address as usize - offset_of!(TypeObj, version);
        let class = class as *mut gc::Header;
        if !self.assume(class, None) {
            self.constants.push(class as u64);
            self.guard_word32(address, version);
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
            self.keep_version(address, c.version);
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
        let ways = match self.ways(insn, obj, Access::Load) {
            Ok(ways) => ways,
            Err(never) => return self.unseen(insn, never),
        };
        if let [way] = &ways[..]
            && way.c.kind == GETTER
        {
            return self.load_property(insn, obj, way);
        }
        if !ways
            .iter()
            .all(|w| matches!(w.c.kind, SLOT | OVERFLOW | CLASS_VALUE))
        {
            return self.step(insn);
        }
        if let Some(n) = self.dispatch(obj, &ways, |b, c| b.load_as(obj, c)) {
            self.set(insn.first.a(), n);
        }
        Ok(())
    }

    /// The attribute of an object whose shape was checked.
    fn load_as(&mut self, obj: Node, c: &Cache) -> Option<Node> {
        if c.kind == CLASS_VALUE {
            return Some(self.value_const(Value::from_bits(c.value)?));
        }
        let holder = self.slot_holder(obj, c);
        let load = Op::LoadField { offset: c.index };
        let n = self.push(load, Rep::Value, vec![holder]);
        self.push_leaving(Op::GuardBound, Rep::None, vec![n]);
        Some(n)
    }

    /// A property with a Python getter: a call.
    fn load_property(&mut self, insn: Insn, obj: Node, way: &Way) -> Built {
        let Some(f) = Value::from_bits(way.c.value) else {
            return self.step(insn);
        };
        // SAFETY: the cache holds a function.
        let f: Ref<FunctionObj> = unsafe { f.cast() };
        if !self.vm.jit_note_globals(f) || !self.assume(f.header(), None) {
            return self.step(insn);
        }
        self.guard_way(obj, way);
        // The interpreter's window for a getter lies above the whole frame.
        let base = self.body().code.nregs as u16 + 1;
        match self.inline_known(insn, f, vec![obj], base, (Cont::Store, None))? {
            Some(()) => Ok(()),
            None => self.step(insn),
        }
    }

    /// The object itself, or its array of further slots.
    fn slot_holder(&mut self, obj: Node, c: &Cache) -> Node {
        if c.kind != OVERFLOW {
            return obj;
        }
        let offset = c.value as u32;
        self.push(Op::LoadField { offset }, Rep::Value, vec![obj])
    }

    pub(super) fn store_attr(&mut self, insn: Insn) -> Built {
        let (obj, v) = (self.reg(insn.first.a()), self.reg(insn.first.b()));
        let ways = match self.ways(insn, obj, Access::Store) {
            Ok(ways) => ways,
            Err(never) => return self.unseen(insn, never),
        };
        match &ways[..] {
            [way] if way.c.kind == ADD_SLOT && way.shapes[1] == 0 => {
                self.guard_way(obj, way);
                self.store(obj, way.c.index, v);
                let shape = way.c.value as u32;
                self.push(Op::StoreShape(shape), Rep::None, vec![obj]);
                // Another node may be the same object.
                self.forget_shapes();
                self.env.shapes.insert(obj, one(shape));
            }
            _ if ways.iter().all(|w| matches!(w.c.kind, SLOT | OVERFLOW)) => {
                let v = self.boxed(v);
                self.dispatch(obj, &ways, |b, c| {
                    let holder = b.slot_holder(obj, c);
                    b.store(holder, c.index, v);
                    Some(b.value_const(Value::NONE))
                });
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
        let ways = match self.ways(insn, obj, Access::Method) {
            Ok(ways) => ways,
            Err(never) => {
                let Some(f) = self.any_method(insn, obj) else {
                    return self.unseen(insn, never);
                };
                self.set(a, f);
                self.set(a + 1, obj);
                return Ok(());
            }
        };
        if !ways.iter().all(|w| w.c.kind == CLASS_VALUE) {
            return self.step(insn);
        }
        let Some(f) = self.dispatch(obj, &ways, |b, c| b.load_as(obj, c)) else {
            return Ok(());
        };
        if ways.len() > 1 {
            let choices = ways.iter().map(|w| (w.c.value, w.shapes)).collect();
            self.choices.insert(f, (self.shape_changes, choices));
        }
        self.set(a, f);
        self.set(a + 1, obj);
        Ok(())
    }

    /// What the access does, by the shapes that were met. Err: they are not known or too many, or
    /// the access does not cache; true if it never ran.
    fn ways(&mut self, insn: Insn, obj: Node, access: Access) -> Result<Vec<Way>, bool> {
        let (site, c) = (self.site(), self.cache(insn));
        if site.unstable || self.g.rep(obj) != Rep::Value {
            return Err(false);
        }
        let current = Self::is_current(&c).then_some(c.shape);
        if site.many_shapes && !self.env.shapes.contains_key(&obj) {
            return Err(false);
        }
        let mut shapes = self.shapes_of(obj, &site);
        if shapes.is_empty() {
            let never = c.kind == 0 && site.operands[0] == 0;
            shapes.push(current.ok_or(never)?);
        }
        let name = self.name(insn);
        let mut ways: Vec<Way> = Vec::new();
        for shape in shapes {
            let found = match current {
                Some(s) if s == shape => Some(c),
                _ if shape < FIRST_SHAPE => None,
                _ => cache_for_shape(self.vm, access, shape, name),
            };
            let found = found.ok_or(false)?;
            let same = |w: &&mut Way| {
                (w.c.kind, w.c.index, w.c.value) == (found.kind, found.index, found.value)
            };
            match ways.iter_mut().find(same) {
                Some(w) => w.add(shape, &found),
                None => ways.push(Way::new(shape, found)),
            }
        }
        if ways.len() > MAX_WAYS {
            return Err(false);
        }
        Ok(ways)
    }

    /// The shapes that an object has (known) or had (recorded).
    pub(super) fn shapes_of(&self, obj: Node, site: &Site) -> Vec<u32> {
        let shapes = self.env.shapes.get(&obj).unwrap_or(&site.shapes);
        shapes.iter().copied().filter(|s| *s != 0).collect()
    }

    /// Guards that the object takes this way.
    fn guard_way(&mut self, obj: Node, way: &Way) {
        self.guard_shapes(obj, way.shapes);
        self.keep_versions(way);
    }

    /// Lookups on the classes give what they gave.
    fn keep_versions(&mut self, way: &Way) {
        for &(address, version) in &way.versions {
            self.keep_version(address, version);
        }
    }

    /// Does `act` for the way that the object takes, and joins the results. `act` runs no Python
    /// code.
    fn dispatch(
        &mut self,
        obj: Node,
        ways: &[Way],
        mut act: impl FnMut(&mut Self, &Cache) -> Option<Node>,
    ) -> Option<Node> {
        let (last, others) = ways.split_last()?;
        if others.is_empty() {
            self.guard_way(obj, last);
            return act(self, &last.c);
        }
        self.push_leaving(Op::GuardCell, Rep::None, vec![obj]);
        ways.iter().for_each(|w| self.keep_versions(w));
        let regs = self.env.regs.clone();
        let mut ends = Vec::new();
        for way in others {
            let cond = self.push(Op::HasShape(way.shapes), Rep::Bool, vec![obj]);
            let no = self.fork(cond, true);
            let env = self.env.clone();
            if let Some(n) = act(self, &way.c) {
                ends.push((self.block(), n, self.env.clone()));
            }
            self.take_up(no, env);
        }
        self.guard_shapes(obj, last.shapes);
        if let Some(n) = act(self, &last.c) {
            ends.push((self.block(), n, self.env.clone()));
        }
        let n = self.join_values(ends, regs);
        let mut all = ways.iter().flat_map(|w| w.shapes).filter(|s| *s != 0);
        let union: ShapeSet = std::array::from_fn(|_| all.next().unwrap_or(0));
        if all.next().is_none() {
            self.env.shapes.insert(obj, union);
        }
        n
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
