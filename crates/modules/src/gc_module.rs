//! `gc`.
//!
//! `disable()` sets a flag only: the heap must be collected when it is full, whatever programs
//! say, because there are no reference counts that would free anything otherwise.

use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::payload::{Payload, mark};
use runtime::{Res, Value, Vm};
use std::cell::Cell;

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "gc",
    doc: "This module provides access to the garbage collector for reference cycles.\n\nenable() -- Enable automatic garbage collection.\ndisable() -- Disable automatic garbage collection.\nisenabled() -- Returns true if automatic collection is enabled.\ncollect() -- Do a full collection right now.\nget_count() -- Return the current collection counts.\nget_stats() -- Return list of dictionaries containing per-generation stats.\nset_debug() -- Set debugging flags.\nget_debug() -- Get debugging flags.\nset_threshold() -- Set the collection thresholds.\nget_threshold() -- Return the current collection thresholds.\nget_objects() -- Return a list of all objects tracked by the collector.\nis_tracked() -- Returns true if a given object is tracked.\nis_finalized() -- Returns true if a given object has been already finalized.\nget_referrers() -- Return the list of objects that refer to an object.\nget_referents() -- Return the list of objects that an object refers to.\nfreeze() -- Freeze all tracked objects and ignore them for future collections.\nunfreeze() -- Unfreeze all objects in the permanent generation.\nget_freeze_count() -- Return the number of objects in the permanent generation.\n",
    functions: &[functions::TABLE],
    init,
};

/// What programs set and read back.
struct State {
    enabled: Cell<bool>,
    debug: Cell<i64>,
    thresholds: Cell<[i64; 3]>,
    callbacks: Value,
    garbage: Value,
    collected: Cell<i64>,
    collections: Cell<i64>,
}

impl Payload for State {
    fn trace(&self, t: &mut gc::Tracer) {
        mark(t, self.callbacks);
        mark(t, self.garbage);
    }
}

static STATE_TYPE: runtime::class::TypeSpec = runtime::class::TypeSpec {
    name: "gc.state",
    size: size_of::<PayloadObj>(),
    slot_offset: std::mem::offset_of!(PayloadObj, overflow),
    ..runtime::class::TypeSpec::DEFAULT
};

fn key() -> usize {
    &raw const SPEC as usize
}

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    let class = vm.native_type(&STATE_TYPE)?;
    let (callbacks, garbage) = (vm.new_list(&[])?, vm.new_list(&[])?);
    let state = vm.new_payload(
        class,
        State {
            enabled: Cell::new(true),
            debug: Cell::new(0),
            thresholds: Cell::new([2000, 10, 10]),
            callbacks,
            garbage,
            collected: Cell::new(0),
            collections: Cell::new(0),
        },
    )?;
    vm.interp().module_state.insert(key(), state);
    vm.module_set(m, "callbacks", callbacks)?;
    vm.module_set(m, "garbage", garbage)?;
    for (name, bits) in [
        ("DEBUG_STATS", 1),
        ("DEBUG_COLLECTABLE", 2),
        ("DEBUG_UNCOLLECTABLE", 4),
        ("DEBUG_SAVEALL", 32),
        ("DEBUG_LEAK", 38),
    ] {
        vm.module_set(m, name, Value::int_unchecked(bits))?;
    }
    Ok(())
}

fn state<'a>(vm: &mut Vm) -> Res<&'a State> {
    let found = vm.interp().module_state.get(&key()).copied();
    match found.and_then(|v| v.payload::<State>()) {
        Some(s) => Ok(s),
        None => Err(vm.system_error("gc module is not initialised")),
    }
}

/// Kinds that are no objects of their own: backing storage.
fn is_storage(kind: u8) -> bool {
    [Kind::Free, Kind::Array, Kind::Raw, Kind::Table]
        .iter()
        .any(|k| *k as u8 == kind)
}

/// Objects that can refer to others.
fn is_container(v: Value) -> bool {
    let atomic = [
        Kind::Int,
        Kind::Float,
        Kind::Complex,
        Kind::Str,
        Kind::Bytes,
        Kind::ByteArray,
        Kind::Range,
        Kind::Object,
        Kind::NoneType,
        Kind::Bool,
        Kind::Code,
    ];
    v.is_cell() && !is_storage(v.kind_byte()) && !atomic.iter().any(|k| v.is_exact(*k))
}

/// The objects that the words of a cell refer to, storage cells looked through.
///
/// # Safety
/// `cell` is a live cell.
unsafe fn referents(vm: &Vm, cell: *mut gc::Header, out: &mut Vec<Value>, depth: usize) {
    // SAFETY: the heap is alive; the cell's words are readable.
    unsafe {
        let words = (*vm.heap).cell_size(cell) / 8;
        for i in 1..words {
            let word = *(cell as *const u64).add(i);
            if word == 0 || word & runtime::value::NOT_CELL_MASK != 0 {
                // Lists point behind their array's header.
                continue;
            }
            let Some(found) = (*vm.heap).find_cell(word) else {
                continue;
            };
            if is_storage((*found).kind) {
                if depth > 0 && (*found).kind != Kind::Raw as u8 {
                    referents(vm, found, out, depth - 1);
                }
            } else if found as u64 == word {
                out.push(Value::cell(found));
            }
        }
    }
}

/// All container objects in use. Collects first, so that none of them is dead; nothing may be
/// allocated while the result is looked at.
fn all_objects(vm: &mut Vm) -> Vec<Value> {
    vm.collect_garbage();
    containers(vm)
}

/// The containers in the heap.
fn containers(vm: &mut Vm) -> Vec<Value> {
    let mut out = Vec::new();
    // SAFETY: the heap is alive; the closure does not allocate in it.
    unsafe {
        (*vm.heap).for_each_cell(&mut |cell| {
            let v = Value::cell(cell);
            if is_container(v) {
                out.push(v);
            }
        });
    }
    out
}

/// A list of objects that were found without allocating.
fn list_of(vm: &mut Vm, objects: Vec<Value>) -> Res {
    // The first allocation may collect: keep the objects where the collector looks.
    let keep: Box<[Value]> = objects.into_boxed_slice();
    vm.interp().immortals.extend_from_slice(&keep);
    let r = vm.new_list(&keep);
    let n = vm.interp().immortals.len() - keep.len();
    vm.interp().immortals.truncate(n);
    r
}

fn notify(vm: &mut Vm, phase: &str, generation: i64, collected: i64) -> Res<()> {
    let callbacks = state(vm)?.callbacks;
    let list = vm.collect(callbacks)?;
    if list.is_empty() {
        return Ok(());
    }
    let info = vm.new_dict()?;
    for (name, n) in [
        ("generation", generation),
        ("collected", collected),
        ("uncollectable", 0),
    ] {
        vm.dict_set_str(info, name, Value::int_unchecked(n))?;
    }
    let phase = vm.new_str(phase)?;
    for f in list.iter().copied() {
        if vm.call_value(f, &[phase, info.value()]).is_err() {
            vm.ignore_exception("while calling GC callback", Some(f));
        }
    }
    Ok(())
}

/// Finalizers may make more garbage: collections until none is left to run, but a bounded number.
#[inline(never)]
fn full_collection(vm: &mut Vm, module: Value) -> i64 {
    let mut finalized = 0;
    for _ in 0..4 {
        vm.collect_garbage_for(module, "collect");
        let waiting = vm.interp().pending.len();
        if waiting == 0 {
            break;
        }
        finalized += waiting as i64;
        vm.run_pending_finalizers();
    }
    finalized
}

#[derive::natives]
mod functions {
    use super::*;

    /// Run the garbage collector.
    ///
    /// With no arguments, run a full collection.  The optional argument
    /// may be an integer specifying which generation to collect.  A ValueError
    /// is raised if the generation number is invalid.
    ///
    /// The number of unreachable objects is returned.
    #[native("collect($module, /, generation=2)")]
    fn collect(vm: &mut Vm, module: Value, generation: Option<i64>) -> Res<i64> {
        let generation = generation.unwrap_or(2);
        if !(0..=2).contains(&generation) {
            return Err(vm.value_error("invalid generation"));
        }
        notify(vm, "start", generation, 0)?;
        // Frames from here on must not sit on old words of earlier calls.
        ::gc::Heap::clear_stale_stack();
        let n = full_collection(vm, module);
        let s = state(vm)?;
        s.collected.set(s.collected.get() + n);
        s.collections.set(s.collections.get() + 1);
        notify(vm, "stop", generation, n)?;
        Ok(n)
    }
    /// Enable automatic garbage collection.
    #[native("enable($module, /)")]
    fn enable(vm: &mut Vm, _m: Value) -> Res<()> {
        state(vm)?.enabled.set(true);
        Ok(())
    }
    /// Disable automatic garbage collection.
    #[native("disable($module, /)")]
    fn disable(vm: &mut Vm, _m: Value) -> Res<()> {
        state(vm)?.enabled.set(false);
        Ok(())
    }
    /// Returns true if automatic garbage collection is enabled.
    #[native("isenabled($module, /)")]
    fn isenabled(vm: &mut Vm, _m: Value) -> Res<bool> {
        Ok(state(vm)?.enabled.get())
    }
    /// Set the garbage collection debugging flags.
    ///
    ///   flags
    ///     An integer that can have the following bits turned on:
    ///       DEBUG_STATS - Print statistics during collection.
    ///       DEBUG_COLLECTABLE - Print collectable objects found.
    ///       DEBUG_UNCOLLECTABLE - Print unreachable but uncollectable objects
    ///         found.
    ///       DEBUG_SAVEALL - Save objects to gc.garbage rather than freeing them.
    ///       DEBUG_LEAK - Debug leaking programs (everything but STATS).
    ///
    /// Debugging information is written to sys.stderr.
    #[native("set_debug($module, flags, /)")]
    fn set_debug(vm: &mut Vm, _m: Value, flags: i64) -> Res<()> {
        state(vm)?.debug.set(flags);
        Ok(())
    }
    /// Get the garbage collection debugging flags.
    #[native("get_debug($module, /)")]
    fn get_debug(vm: &mut Vm, _m: Value) -> Res<i64> {
        Ok(state(vm)?.debug.get())
    }
    /// set_threshold(threshold0, [threshold1, [threshold2]])
    /// Set the collection thresholds (the collection frequency).
    ///
    /// Setting 'threshold0' to zero disables collection.
    #[native(
        "set_threshold($module, threshold0, threshold1=None, threshold2=None, /)",
        nosig
    )]
    fn set_threshold(
        vm: &mut Vm,
        _m: Value,
        threshold0: i64,
        threshold1: Option<i64>,
        threshold2: Option<i64>,
    ) -> Res<()> {
        let s = state(vm)?;
        let old = s.thresholds.get();
        s.thresholds.set([
            threshold0,
            threshold1.unwrap_or(old[1]),
            threshold2.unwrap_or(old[2]),
        ]);
        Ok(())
    }
    /// Return the current collection thresholds.
    #[native("get_threshold($module, /)")]
    fn get_threshold(vm: &mut Vm, _m: Value) -> Res {
        let t = state(vm)?.thresholds.get().map(Value::int_unchecked);
        vm.new_tuple(&t)
    }
    /// Return a three-tuple of the current collection counts.
    #[native("get_count($module, /)")]
    fn get_count(vm: &mut Vm, _m: Value) -> Res {
        // SAFETY: the heap is alive.
        let bytes = unsafe { (*vm.heap).stats() }.allocated_since;
        let n = Value::int_unchecked((bytes / 64) as i64);
        let zero = Value::int_unchecked(0);
        vm.new_tuple(&[n, zero, zero])
    }
    /// Return a list of dictionaries containing per-generation statistics.
    #[native("get_stats($module, /)")]
    fn get_stats(vm: &mut Vm, _m: Value) -> Res {
        let s = state(vm)?;
        // SAFETY: the heap is alive.
        let automatic = unsafe { (*vm.heap).stats() }.collections as i64;
        let mut rows = vm.new_vec();
        for generation in 0..3 {
            let d = vm.new_dict()?;
            let (collections, collected) = match generation {
                0 => ((automatic - s.collections.get()).max(0), 0),
                1 => (0, 0),
                _ => (s.collections.get(), s.collected.get()),
            };
            for (name, n) in [
                ("collections", collections),
                ("collected", collected),
                ("uncollectable", 0),
            ] {
                vm.dict_set_str(d, name, Value::int_unchecked(n))?;
            }
            rows.push(vm, d.value())?;
        }
        vm.list_from_vec(rows)
    }
    /// Return a list of objects tracked by the collector (excluding the list returned).
    ///
    ///   generation
    ///     Generation to extract the objects from.
    ///
    /// If generation is not None, return only the objects tracked by the collector
    /// that are in that generation.
    #[native("get_objects($module, /, generation=None)")]
    fn get_objects(vm: &mut Vm, module: Value, generation: Option<Value>) -> Res {
        let mut whole = true;
        if let Some(g) = generation.filter(|g| !g.is_none()) {
            match vm.index_i64(g)? {
                n if n >= 3 => {
                    return Err(vm.value_error(
                        "generation parameter must be less than the number of available generations (3)",
                    ));
                }
                n if n < 0 => {
                    return Err(vm.value_error("generation parameter cannot be negative"));
                }
                n => whole = n == 2,
            }
        }
        if !whole {
            return vm.new_list(&[]);
        }
        // Lists that earlier calls gave are no objects of the program any more.
        vm.collect_garbage_for(module, "get_objects");
        let all = containers(vm);
        list_of(vm, all)
    }
    /// Return the list of objects that directly refer to any of 'objs'.
    #[native("get_referrers($module, /, *objs)")]
    fn get_referrers(vm: &mut Vm, _m: Value, objs: Value) -> Res {
        let wanted = vm.collect(objs)?;
        let all = all_objects(vm);
        let mut found = Vec::new();
        let mut inside = Vec::new();
        for v in all {
            if v == objs {
                continue;
            }
            inside.clear();
            // SAFETY: a live cell; nothing is allocated in the heap meanwhile.
            unsafe { referents(vm, v.ptr(), &mut inside, 1) };
            if inside.iter().any(|i| wanted.contains(i)) {
                found.push(v);
            }
        }
        list_of(vm, found)
    }
    /// Return the list of objects that are directly referred to by 'objs'.
    #[native("get_referents($module, /, *objs)")]
    fn get_referents(vm: &mut Vm, _m: Value, objs: Value) -> Res {
        let roots = vm.collect(objs)?;
        let mut found = Vec::new();
        for v in roots.iter() {
            if is_container(*v) {
                // SAFETY: a live cell; nothing is allocated in the heap meanwhile.
                unsafe { referents(vm, v.ptr(), &mut found, 1) };
            }
        }
        list_of(vm, found)
    }
    /// Returns true if the object is tracked by the garbage collector.
    ///
    /// Simple atomic objects will return false.
    #[native("is_tracked($module, obj, /)")]
    fn is_tracked(_: &mut Vm, _m: Value, obj: Value) -> Res<bool> {
        Ok(is_container(obj))
    }
    /// Returns true if the object has been already finalized by the GC.
    #[native("is_finalized($module, obj, /)")]
    fn is_finalized(_: &mut Vm, _m: Value, obj: Value) -> Res<bool> {
        // SAFETY: a cell value points to a live header.
        Ok(obj
            .as_cell()
            .is_some_and(|h| unsafe { (*h).flags & FINALIZED != 0 }))
    }
    /// Freeze all current tracked objects and ignore them for future collections.
    ///
    /// This can be used before a POSIX fork() call to make the gc copy-on-write friendly.
    /// Note: collection before a POSIX fork() call may free pages for future allocation
    /// which can cause copy-on-write.
    #[native("freeze($module, /)")]
    fn freeze(_: &mut Vm, _m: Value) -> Res<()> {
        Ok(())
    }
    /// Unfreeze all objects in the permanent generation.
    ///
    /// Put all objects in the permanent generation back into oldest generation.
    #[native("unfreeze($module, /)")]
    fn unfreeze(_: &mut Vm, _m: Value) -> Res<()> {
        Ok(())
    }
    /// Return the number of objects in the permanent generation.
    #[native("get_freeze_count($module, /)")]
    fn get_freeze_count(_: &mut Vm, _m: Value) -> Res<i64> {
        Ok(0)
    }
}
