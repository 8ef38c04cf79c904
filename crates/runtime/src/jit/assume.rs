//! What compiled code relies on without checking it: that a name in a namespace keeps its
//! function, class or module (or stays absent), that lookups on a class give what they gave, that
//! a function keeps its code.
//!
//! The cells concerned carry `ASSUMED`. Whoever changes one of them comes here *before* the change
//! shows: the units that relied on it are not entered any more, and running activations leave at
//! the end of the call or step that made the change.

use crate::address_map::AddressMap;
use crate::object::*;
use crate::value::Value;
use crate::vm::Vm;

/// Times an assumption may turn out wrong before code checks instead.
const MAX_BROKEN: u8 = 2;

/// A unit of compiled code.
pub trait CompiledUnit {
    /// No new activation enters the unit.
    fn invalidate(&self);
    /// The code object that it was made of is gone: nothing runs it any more.
    fn code_is_gone(&self);
}

/// What a unit relies on: a cell, and of a dict the name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Assumption {
    pub cell: *mut gc::Header,
    pub name: Option<Value>,
}

/// Assumptions of all units of an interpreter.
#[derive(Default)]
pub struct Assumptions {
    /// By the address of the cell. Units keep the cells that they rely on alive.
    by_cell: AddressMap<usize, Vec<(Option<Value>, *const dyn CompiledUnit)>>,
    /// How often assumptions were wrong, by cell and hash of the name.
    broken: AddressMap<(usize, i64), u8>,
}

/// Values that a name rarely loses: what compiled code assumes of it.
pub fn is_steady(v: Value) -> bool {
    [Kind::Function, Kind::Native, Kind::Type, Kind::Module]
        .iter()
        .any(|k| v.is_kind(*k))
}

impl Vm {
    fn assumption_key(&mut self, a: Assumption) -> (usize, i64) {
        (a.cell as usize, a.name.map_or(0, |n| self.hash_str(n)))
    }

    /// Whether it is worth to rely on this: it was not wrong too often.
    pub fn may_assume(&mut self, a: Assumption) -> bool {
        let key = self.assumption_key(a);
        let broken = &self.interp().assumptions.broken;
        broken.get(&key).is_none_or(|n| *n < MAX_BROKEN)
    }

    /// From now on the unit is told when one of these changes.
    ///
    /// # Safety
    /// The unit lives until `forget_unit`; the cells live as long as the unit may be entered.
    pub unsafe fn assume(&mut self, all: &[Assumption], unit: *const dyn CompiledUnit) {
        for a in all {
            // SAFETY: a live cell.
            unsafe { (*a.cell).flags |= ASSUMED };
            let by_cell = &mut self.interp().assumptions.by_cell;
            by_cell
                .entry(a.cell as usize)
                .or_default()
                .push((a.name, unit));
        }
    }

    /// The unit goes away.
    pub fn forget_unit(&mut self, unit: *const dyn CompiledUnit) {
        self.interp().assumptions.by_cell.retain(|_, v| {
            v.retain(|(_, u)| !std::ptr::addr_eq(*u, unit));
            !v.is_empty()
        });
    }

    /// A cell with `ASSUMED` changes: of a dict the entry `name`, or anything if None.
    #[cold]
    pub fn assumption_broken(&mut self, cell: *mut gc::Header, name: Option<Value>) {
        let Some(list) = self.interp().assumptions.by_cell.get(&(cell as usize)) else {
            return;
        };
        let concerned = |n: Option<Value>| match (n, name) {
            (Some(a), Some(b)) => may_be_same_name(a, b),
            _ => true,
        };
        let hit: Vec<_> = list.iter().filter(|x| concerned(x.0)).copied().collect();
        if hit.is_empty() {
            return;
        }
        for (name, unit) in hit {
            let key = self.assumption_key(Assumption { cell, name });
            let count = self.interp().assumptions.broken.entry(key).or_default();
            *count = count.saturating_add(1);
            // SAFETY: promised to `assume`.
            unsafe { (*unit).invalidate() };
            self.forget_unit(unit);
        }
        for t in self.interp().threads.clone() {
            // SAFETY: listed threads are live, and stopped: this one holds the interpreter lock.
            unsafe { (*t).leave_compiled_code() };
        }
    }
}

/// Two keys of one dict that lookups could take for each other.
fn may_be_same_name(a: Value, b: Value) -> bool {
    if a == b || !a.is_exact(Kind::Str) || !b.is_exact(Kind::Str) {
        return true;
    }
    // SAFETY: both are str cells.
    unsafe { a.cast::<StrObj>().same_units(b.cast::<StrObj>()) }
}

impl DictObj {
    /// Before the value of entry `i` changes.
    #[inline(always)]
    pub fn value_changes(&self, vm: &mut Vm, i: usize) {
        if self.header.flags & ASSUMED != 0 {
            self.assumed_value_changes(vm, i);
        }
    }
    #[cold]
    fn assumed_value_changes(&self, vm: &mut Vm, i: usize) {
        // SAFETY: a dict cell is only ever seen through a Ref.
        let this: Ref<DictObj> = unsafe { Ref::new(std::ptr::from_ref(self).cast_mut()) };
        if let Some(e) = crate::dict::entry_at(this, i)
            && e.value.is_some_and(is_steady)
        {
            vm.assumption_broken(this.header(), e.key);
        }
    }
    /// Before a key comes or goes; None: any of them.
    #[inline(always)]
    pub fn key_changes(&self, vm: &mut Vm, key: Option<Value>) {
        if self.header.flags & ASSUMED != 0 {
            vm.assumption_broken(std::ptr::from_ref(&self.header).cast_mut(), key);
        }
    }
}
