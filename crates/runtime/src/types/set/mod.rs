//! `set` and `frozenset`: storage and set algebra.

mod methods;

use super::protocol::{generic, rich_compare};
use crate::class::{TypeFlags, TypeObj, TypeSpec};
use crate::dict;
use crate::object::*;
use crate::ops::CmpOp;
use crate::value::{Res, Value};
use crate::vm::Vm;

pub static SPEC: TypeSpec = TypeSpec {
    name: "set",
    signature: Some("(iterable=(), /)"),
    kind: Kind::Set,
    doc: "Build an unordered collection of unique elements.",
    tables: &[
        methods::common::TABLE,
        methods::mutable::TABLE,
        compare::TABLE,
        generic::TABLE,
    ],
    flags: TypeFlags::BASE
        .union(TypeFlags::MATCH_SELF)
        .union(TypeFlags::HAS_WEAKREF),
    size: size_of::<SetObj>(),
    slot_offset: size_of::<SetObj>(),
    ..TypeSpec::DEFAULT
};

pub static FROZENSET: TypeSpec = TypeSpec {
    name: "frozenset",
    signature: Some("(iterable=(), /)"),
    kind: Kind::FrozenSet,
    doc: "Build an immutable unordered collection of unique elements.",
    tables: &[
        methods::common::TABLE,
        methods::frozen::TABLE,
        compare::TABLE,
        generic::TABLE,
    ],
    flags: TypeFlags::BASE
        .union(TypeFlags::MATCH_SELF)
        .union(TypeFlags::HAS_WEAKREF),
    size: size_of::<SetObj>(),
    slot_offset: size_of::<SetObj>(),
    ..TypeSpec::DEFAULT
};

/// A set made from a container of at most so many items begins with room for all of them.
const PRESIZED: usize = 64;

rich_compare!(compare, set_compare);

/// The set behind a `self` argument.
#[inline(always)]
fn set(v: Value) -> Ref<SetObj> {
    // SAFETY: the descriptor checked the type.
    unsafe { v.cast() }
}

fn set_compare(vm: &mut Vm, op: CmpOp, a: Value, b: Value) -> Res {
    let (Some(x), Some(y)) = (a.downcast::<SetObj>(), b.downcast::<SetObj>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let (n, m) = (x.used.get(), y.used.get());
    let holds = match op {
        CmpOp::Eq => n == m && vm.set_is_subset(x, y)?,
        CmpOp::Ne => !(n == m && vm.set_is_subset(x, y)?),
        CmpOp::Le => n <= m && vm.set_is_subset(x, y)?,
        CmpOp::Lt => n < m && vm.set_is_subset(x, y)?,
        CmpOp::Ge => n >= m && vm.set_is_subset(y, x)?,
        CmpOp::Gt => n > m && vm.set_is_subset(y, x)?,
    };
    Ok(Value::bool(holds))
}

/// CPython's frozenset hash: order-independent, with dispersed bits.
fn frozenset_hash(s: Ref<SetObj>) -> i64 {
    let mut hash = 0u64;
    let mut i = 0;
    while let Some((at, e)) = dict::next_entry(s, i) {
        i = at + 1;
        let h = e.hash as u64;
        hash ^= ((h ^ 89869747) ^ (h << 16)).wrapping_mul(3644798167);
    }
    hash ^= (s.used.get() as u64 + 1).wrapping_mul(1927868237);
    hash ^= (hash >> 11) ^ (hash >> 25);
    hash = hash.wrapping_mul(69069).wrapping_add(907133923);
    if hash == u64::MAX {
        590923713
    } else {
        hash as i64
    }
}

impl Vm {
    /// An empty set of a set or frozenset class.
    pub fn new_set_of_class(&mut self, class: Ref<TypeObj>) -> Res<Ref<SetObj>> {
        if class == self.types.set {
            return self.new_set();
        }
        if class == self.types.frozenset {
            return self.new_frozenset();
        }
        let s = set(self.new_instance(class)?);
        s.hash.set(-1);
        Ok(s)
    }

    /// A set with the items of an iterable.
    pub fn set_of(&mut self, v: Value) -> Res<Ref<SetObj>> {
        let s = self.new_set()?;
        self.set_update(s, v)?;
        Ok(s)
    }

    /// An empty set or frozenset, as `like` or the class it derives from is.
    fn new_set_like(&mut self, like: Ref<SetObj>) -> Res<Ref<SetObj>> {
        if like.value().is_kind(Kind::Set) {
            self.new_set()
        } else {
            self.new_frozenset()
        }
    }

    /// A copy of the builtin class that `s` is or derives from.
    pub fn set_copy(&mut self, s: Ref<SetObj>) -> Res<Ref<SetObj>> {
        let new = self.new_set_like(s)?;
        dict::copy_into(self, new, s)?;
        Ok(new)
    }

    /// `s.add(v)`.
    #[inline]
    pub fn set_add(&mut self, s: Ref<SetObj>, v: Value) -> Res<()> {
        let h = self.hash_element(v)?;
        match dict::find_to_add(self, s, v, h)? {
            true => Ok(()),
            false => dict::insert_new(self, s, v, h, None),
        }
    }

    /// As `set_add` for an item that can be added without running Python code; false otherwise.
    #[inline]
    pub(crate) fn set_add_quick(&mut self, s: Ref<SetObj>, v: Value) -> bool {
        let Some(h) = self.hash_quick(v) else {
            return false;
        };
        match dict::find_quick(s, v, h) {
            Ok(Some(_)) => true,
            // Without memory it is tried again, and fails.
            Ok(None) => dict::insert_new(self, s, v, h, None).is_ok() || self.forget_failure(),
            Err(dict::Unsure) => false,
        }
    }

    /// The key and hash to look an item up with: a set is looked up as a frozenset.
    fn set_key(&mut self, item: Value) -> Res<(Value, i64)> {
        match self.hash_element(item) {
            Ok(h) => Ok((item, h)),
            Err(r) => {
                if !item.is_kind(Kind::Set) || !self.catch(self.types.exc.TypeError) {
                    return Err(r);
                }
                let fs = self.new_frozenset()?;
                dict::copy_into(self, fs, set(item))?;
                let h = self.hash(fs.value())?;
                Ok((fs.value(), h))
            }
        }
    }

    /// `item in s`.
    pub fn set_contains(&mut self, s: Ref<SetObj>, item: Value) -> Res<bool> {
        let (key, h) = self.set_key(item)?;
        Ok(dict::find(self, s, key, h)?.is_some())
    }

    /// Removes an item; false when it is absent.
    pub fn set_discard(&mut self, s: Ref<SetObj>, item: Value) -> Res<bool> {
        let (key, h) = self.set_key(item)?;
        match dict::find(self, s, key, h)? {
            Some(i) => {
                dict::remove_at(self, s, i);
                Ok(true)
            }
            None => Ok(false),
        }
    }

    /// `s.update(src)` of a set.
    pub fn set_update(&mut self, s: Ref<SetObj>, src: Value) -> Res<()> {
        if let Some(other) = src.downcast::<SetObj>().filter(|_| self.plain_iter(src)) {
            if other == s {
                return Ok(());
            }
            if s.used.get() == 0 {
                dict::clear(self, s);
                return dict::copy_into(self, s, other);
            }
            let mut i = 0;
            while let Some((at, e)) = dict::next_entry(other, i) {
                i = at + 1;
                let Some(k) = e.key else { continue };
                if !dict::find_to_add(self, s, k, e.hash)? {
                    dict::insert_new(self, s, k, e.hash, None)?;
                }
            }
            return Ok(());
        }
        if let Some(d) = src.downcast::<DictObj>().filter(|_| self.plain_iter(src)) {
            let mut i = 0;
            while let Some((at, e)) = dict::next_entry(d, i) {
                i = at + 1;
                let Some(k) = e.key else { continue };
                if !dict::find_to_add(self, s, k, e.hash)? {
                    dict::insert_new(self, s, k, e.hash, None)?;
                }
            }
            return Ok(());
        }
        if s.used.get() == 0
            && let Some(n) = self.exact_len(src).filter(|n| (1..=PRESIZED).contains(n))
        {
            dict::resize(self, s, n)?;
        }
        if src.is_exact(Kind::List) {
            // SAFETY: checked above.
            let l = unsafe { src.cast::<ListObj>() };
            let mut i = 0;
            while let Some(v) = l.get(i) {
                self.set_add(s, v)?;
                i += 1;
            }
            return Ok(());
        }
        let it = self.iter(src)?;
        while let Some(v) = self.next_refused(it, |vm, v| vm.set_add_quick(s, v))? {
            self.set_add(s, v)?;
        }
        Ok(())
    }

    fn plain_iter(&self, v: Value) -> bool {
        !self.class_of(v).has(TypeFlags::CUSTOM_ITER)
    }

    /// `s.difference_update(other)`.
    pub fn set_difference_update(&mut self, s: Ref<SetObj>, other: Value) -> Res<()> {
        if other == s.value() {
            dict::clear(self, s);
            return Ok(());
        }
        if let Some(o) = other.downcast::<SetObj>() {
            let mut i = 0;
            while let Some((at, e)) = dict::next_entry(o, i) {
                i = at + 1;
                let Some(k) = e.key else { continue };
                if let Some(found) = dict::find(self, s, k, e.hash)? {
                    dict::remove_at(self, s, found);
                }
            }
            return Ok(());
        }
        let it = self.iter(other)?;
        while let Some(v) = self.next(it)? {
            self.set_discard_plain(s, v)?;
        }
        Ok(())
    }

    /// As `set_discard` for an item that must be hashable.
    fn set_discard_plain(&mut self, s: Ref<SetObj>, item: Value) -> Res<bool> {
        let h = self.hash_element(item)?;
        match dict::find(self, s, item, h)? {
            Some(i) => {
                dict::remove_at(self, s, i);
                Ok(true)
            }
            None => Ok(false),
        }
    }

    /// `s - other` as a new set of the base type of s.
    pub fn set_difference(&mut self, s: Ref<SetObj>, other: Value) -> Res<Ref<SetObj>> {
        let Some(o) = other.downcast::<SetObj>() else {
            let new = self.set_copy(s)?;
            if let Some(d) = other
                .downcast::<DictObj>()
                .filter(|_| self.plain_iter(other))
            {
                let mut i = 0;
                while let Some((at, e)) = dict::next_entry(d, i) {
                    i = at + 1;
                    let Some(k) = e.key else { continue };
                    if let Some(found) = dict::find(self, new, k, e.hash)? {
                        dict::remove_at(self, new, found);
                    }
                }
                return Ok(new);
            }
            self.set_difference_update(new, other)?;
            return Ok(new);
        };
        let new = self.new_set_like(s)?;
        let mut i = 0;
        while let Some((at, e)) = dict::next_entry(s, i) {
            i = at + 1;
            let Some(k) = e.key else { continue };
            if dict::find(self, o, k, e.hash)?.is_none() {
                dict::set(self, new, k, e.hash, None)?;
            }
        }
        Ok(new)
    }

    /// `s & other` as a new set of the base type of s.
    pub fn set_intersection(&mut self, s: Ref<SetObj>, other: Value) -> Res<Ref<SetObj>> {
        if other == s.value() {
            return self.set_copy(s);
        }
        let new = self.new_set_like(s)?;
        if let Some(o) = other.downcast::<SetObj>() {
            let (small, big) = if o.used.get() > s.used.get() {
                (s, o)
            } else {
                (o, s)
            };
            let mut i = 0;
            while let Some((at, e)) = dict::next_entry(small, i) {
                i = at + 1;
                let Some(k) = e.key else { continue };
                if dict::find(self, big, k, e.hash)?.is_some() {
                    dict::set(self, new, k, e.hash, None)?;
                }
            }
            return Ok(new);
        }
        let it = self.iter(other)?;
        while let Some(v) = self.next(it)? {
            let h = self.hash(v)?;
            if dict::find(self, s, v, h)?.is_some() {
                dict::set(self, new, v, h, None)?;
                if new.used.get() >= s.used.get() {
                    // Nothing can be added any more: CPython asks for no further items.
                    break;
                }
            }
        }
        Ok(new)
    }

    /// `s.symmetric_difference_update(other)`.
    pub fn set_symmetric_difference_update(&mut self, s: Ref<SetObj>, other: Value) -> Res<()> {
        if other == s.value() {
            dict::clear(self, s);
            return Ok(());
        }
        let o = match other.downcast::<SetObj>() {
            Some(o) => o,
            None => self.set_of(other)?,
        };
        let mut i = 0;
        while let Some((at, e)) = dict::next_entry(o, i) {
            i = at + 1;
            let Some(k) = e.key else { continue };
            match dict::find(self, s, k, e.hash)? {
                Some(found) => dict::remove_at(self, s, found),
                None => dict::insert_new(self, s, k, e.hash, None)?,
            }
        }
        Ok(())
    }

    /// All items of `a` are in `b`.
    pub fn set_is_subset(&mut self, a: Ref<SetObj>, b: Ref<SetObj>) -> Res<bool> {
        if a.used.get() > b.used.get() {
            return Ok(false);
        }
        let mut i = 0;
        while let Some((at, e)) = dict::next_entry(a, i) {
            i = at + 1;
            let Some(k) = e.key else { continue };
            if dict::find(self, b, k, e.hash)?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Takes over the content of `from`, a set nobody else uses.
    fn set_take_over(&mut self, s: Ref<SetObj>, from: Ref<SetObj>) {
        s.table.set(from.table.get());
        s.used.set(from.used.get());
        gc::write_barrier(s.header());
    }
}
