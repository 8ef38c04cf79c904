//! Weak references and finalization: the collector's side.

use crate::interp::generator::GeneratorObj;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::{Interp, Vm};
use gc::Tracer;
use std::collections::{HashSet, TryReserveError};

/// After marking: finds dead objects with finalizers (they are marked again and queued), clears
/// weak references to dead objects and queues their callbacks. What a finalizer can still reach
/// keeps its weak references: as when a reference count drops to zero, they are cleared after it
/// has run (here: by the next collection), unless it brings the object back.
///
/// # Safety
/// Called during a collection of this interpreter.
pub unsafe fn after_mark(interp: &mut Interp, t: &mut Tracer) {
    // SAFETY: promised by the caller.
    unsafe { queue_finalizers(interp, t) };
    let mut dead: Vec<usize> = interp
        .weakrefs
        .keys()
        .copied()
        .filter(|a| !t.is_marked(*a as *mut gc::Header))
        .collect();
    dead.sort_unstable();
    let mut callbacks = Vec::new();
    for address in dead {
        for r in interp.weakrefs.remove(&address).unwrap_or_default() {
            let Some(w) = r.downcast::<WeakRefObj>() else {
                continue;
            };
            w.target.init(None);
            // A dead weak reference object needs no callback.
            if t.is_marked(r.ptr()) && w.callback.get().is_some() {
                callbacks.push(r);
            }
        }
    }
    // `__del__` runs before the callbacks, as when a reference count drops to zero. What those can
    // reach was marked with the weak references, and these are alive.
    interp.pending.extend(callbacks);
    // Weak reference objects that died themselves leave the table; what a finalizer can still
    // reach has been marked above.
    for refs in interp.weakrefs.values_mut() {
        refs.retain(|r| t.is_marked(r.ptr()));
    }
    interp.weakrefs.retain(|_, refs| !refs.is_empty());
    interp.tasks.retain(|_, v| t.is_marked(v.ptr()));
    interp.subclasses.retain(|base, classes| {
        classes.retain(|c| t.is_marked(c.header()));
        t.is_marked(*base as *mut gc::Header) && !classes.is_empty()
    });
}

/// Queues the dead objects with finalizers and marks what those can reach. Owners come before what
/// they own, as when a reference count drops to zero: an object that no earlier one reaches is
/// taken for the owner of those before it.
///
/// # Safety
/// Called during a collection of this interpreter.
unsafe fn queue_finalizers(interp: &mut Interp, t: &mut Tracer) {
    for v in &interp.pending {
        // SAFETY: a queued object has been kept since it was queued.
        unsafe { t.mark(v.ptr()) };
    }
    t.drain();
    let mut dead = Vec::new();
    let mut spared = false;
    interp.finalizable.retain(|v| {
        let is_alive = t.is_marked(v.ptr());
        if is_alive || !crate::types::generator::needs_finalizer(*v) {
            return is_alive;
        }
        if dead.try_reserve(1).is_ok() {
            dead.push(*v);
            return false;
        }
        // No memory to remember it: it lives until there is some.
        // SAFETY: the cell is not swept yet.
        unsafe { t.mark(v.ptr()) };
        spared = true;
        true
    });
    if spared {
        t.drain();
    }
    let n = dead.len();
    let mut owned = Vec::new();
    let mut owners = Vec::new();
    let fits = owned.try_reserve_exact(n).is_ok()
        && owners.try_reserve_exact(n).is_ok()
        && interp.pending.try_reserve(n).is_ok();
    if !fits {
        for v in &dead {
            // SAFETY: as above.
            unsafe { t.mark(v.ptr()) };
        }
        t.drain();
        // They came from there, so there is room.
        interp.finalizable.append(&mut dead);
        return;
    }
    for v in dead {
        if t.is_marked(v.ptr()) {
            owned.push(v);
        } else {
            // SAFETY: the cell is not swept yet; marking keeps it and all it refers to.
            unsafe { t.mark(v.ptr()) };
            t.drain();
            owners.push(v);
        }
    }
    interp.pending.extend(owners.into_iter().rev());
    interp.pending.extend(owned);
}

impl Vm {
    /// Has the collector tell when `v` dies, once.
    pub fn track_finalizer(&mut self, v: Value) -> Res<()> {
        let all = &mut self.interp().finalizable;
        if all.try_reserve(1).is_err() {
            return Err(self.memory_error());
        }
        all.push(v);
        Ok(())
    }
}

/// Rounds of finalizers at the end: one may make objects that have one.
const LAST_ROUNDS: usize = 4;

impl Vm {
    /// The end of the program: what has a finalizer written in Python and was never found dead
    /// gets it run now, while modules are still whole. CPython's last collection, which takes the
    /// modules themselves for garbage, does the same; the variables of `__main__` come first.
    pub fn finalize_rest(&mut self) {
        if !self.has_python_finalizers() {
            return;
        }
        self.collect_garbage();
        self.run_pending_finalizers();
        for _ in 0..LAST_ROUNDS {
            if !self.has_python_finalizers() {
                return;
            }
            if self.queue_rest().is_err() {
                // No memory for the queue.
                return;
            }
            self.run_pending_finalizers();
        }
    }

    fn has_python_finalizers(&mut self) -> bool {
        let n = self.interp().finalizable.len();
        (0..n).any(|i| {
            let v = self.interp().finalizable[i];
            runs_python(self, v)
        })
    }

    /// Moves all objects with finalizers to the queue. No Python code runs and nothing is
    /// allocated, so nothing is collected meanwhile.
    fn queue_rest(&mut self) -> Result<(), TryReserveError> {
        let modules = self.interp().sys_modules;
        let main = modules.and_then(|m| self.dict_get_interned(m, self.names.__main__));
        let main = main.and_then(|m| m.downcast::<ModuleObj>());
        let main = main.map(|m| m.dict.get());
        let n = self.interp().finalizable.len();
        self.interp().pending.try_reserve(n)?;
        let mut left = HashSet::new();
        left.try_reserve(n)?;
        let all = std::mem::take(&mut self.interp().finalizable);
        left.extend(all.iter().map(|v| v.bits()));
        let mut take = |vm: &mut Vm, v: Value| {
            if left.remove(&v.bits()) && runs_python(vm, v) {
                vm.interp().pending.push_back(v);
            }
        };
        let mut i = 0;
        while let Some((at, e)) = main.and_then(|d| crate::dict::next_entry(d, i)) {
            i = at + 1;
            if let Some(v) = e.value {
                take(self, v);
            }
        }
        for v in all {
            take(self, v);
        }
        Ok(())
    }
}

/// Python code belongs to the end of the object: `__del__`, the rest of a generator, an exception
/// that nobody retrieved.
fn runs_python(vm: &mut Vm, v: Value) -> bool {
    if let Some(g) = v.downcast::<GeneratorObj>() {
        return !g.is_busy() && crate::types::generator::needs_finalizer(v);
    }
    let class = vm.class_of(v);
    let payload = v.downcast::<PayloadObj>().and_then(|p| p.payload.get());
    // SAFETY: the payload lives as long as its cell.
    let tells = payload.is_some_and(|p| unsafe { p.as_ref() }.needs_last_finalizer());
    vm.lookup(class, vm.names.__del__)
        .is_some_and(|m| tells || !m.is_kind(Kind::MethodDescr))
}

/// Clears the weak references to an object that is about to be finalized, and queues their
/// callbacks: of generators CPython does it in that order (`gen_dealloc`).
fn clear_references(vm: &mut Vm, v: Value) {
    let interp = vm.interp();
    let refs = interp.weakrefs.remove(&(v.ptr::<gc::Header>() as usize));
    for r in refs.unwrap_or_default() {
        if let Some(w) = r.downcast::<WeakRefObj>() {
            w.target.init(None);
            interp.pending.extend(w.callback.get().map(|_| r));
        }
    }
}

/// Runs one queued callback or `__del__`.
pub fn finalize(vm: &mut Vm, v: Value) {
    if let Some(w) = v.downcast::<WeakRefObj>() {
        let Some(f) = w.callback.get() else { return };
        w.callback.write(w, None);
        if vm.call_value(f, &[v]).is_err() {
            vm.ignore_exception("while calling weakref callback", Some(f));
        }
        return;
    }
    if v.is_kind(Kind::Generator) {
        clear_references(vm, v);
        return crate::types::generator::finalize(vm, v);
    }
    // SAFETY: a live cell.
    unsafe { (*v.ptr::<gc::Header>()).flags |= FINALIZED };
    let class = vm.class_of(v);
    if let Some(m) = vm.lookup(class, vm.names.__del__)
        && vm.call_method_value(m, v, &[]).is_err()
    {
        let file = m.is_kind(Kind::MethodDescr);
        match file {
            true => vm.ignore_exception("while finalizing file", Some(v)),
            false => vm.ignore_exception("while calling deallocator", Some(m)),
        }
    }
}
