//! Buffers that must be written out when the interpreter ends, and when nobody refers to their
//! streams any more.

use super::buffered::core::BufCore;
use super::text::core::TextCore;
use runtime::class::TypeSpec;
use runtime::payload::Payload;
use runtime::{Res, Value, Vm};
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::time::Instant;

/// `settle` may spend one part in so many of the program's time in collections.
const SHARE: u64 = 2;
/// What it may spend besides, nanoseconds.
const ALLOWANCE: u64 = 500_000_000;
/// Collections of `settle` that a stream survives before it is taken to be in use for long.
const CHECKS: u8 = 2;

/// A stream, and how many collections of `settle` found it alive and with something to write.
type Entry<T> = (Weak<T>, Cell<u8>);

/// Streams that are alive, as weak pointers, the newest last; per interpreter.
struct Open {
    buffers: RefCell<Vec<Entry<BufCore>>>,
    texts: RefCell<Vec<Entry<TextCore>>>,
    began: Instant,
    /// Nanoseconds that collections of `settle` took.
    spent: Cell<u64>,
}

impl Payload for Open {
    fn trace(&self, _: &mut gc::Tracer) {}
}

static SPEC: TypeSpec = TypeSpec {
    name: "_open_streams",
    module: "_io",
    ..TypeSpec::DEFAULT
};

static KEY: u8 = 0;

fn key() -> usize {
    &raw const KEY as usize
}

fn state<'a>(vm: &mut Vm) -> Res<Option<&'a Open>> {
    let found = vm.interp().module_state.get(&key()).copied();
    let v: Value = match found {
        Some(v) => v,
        None => {
            let class = vm.native_type(&SPEC)?;
            let v = vm.new_payload(
                class,
                Open {
                    buffers: RefCell::new(Vec::new()),
                    texts: RefCell::new(Vec::new()),
                    began: Instant::now(),
                    spent: Cell::new(0),
                },
            )?;
            vm.interp().module_state.insert(key(), v);
            v
        }
    };
    // The payload lives as long as module_state, that is, as the interpreter.
    Ok(v.payload::<Open>())
}

/// Adds a pointer; dead ones are dropped each time the list would grow.
fn add<T>(list: &RefCell<Vec<Entry<T>>>, item: &Rc<T>) {
    let mut list = list.borrow_mut();
    if list.len() == list.capacity() {
        list.retain(|(w, _)| w.strong_count() > 0);
    }
    let weak = Rc::downgrade(item);
    if !list.iter().rev().take(4).any(|(w, _)| w.ptr_eq(&weak)) {
        list.push((weak, Cell::new(0)));
    }
}

/// Remembers a buffered stream.
pub fn register_buffer(vm: &mut Vm, core: &Rc<BufCore>) -> Res<()> {
    if let Some(s) = state(vm)? {
        add(&s.buffers, core);
    }
    Ok(())
}

/// Remembers a text stream.
pub fn register_text(vm: &mut Vm, core: &Rc<TextCore>) -> Res<()> {
    if let Some(s) = state(vm)? {
        add(&s.texts, core);
    }
    Ok(())
}

/// Whether a stream that may be out of use has something to write.
fn any_unwritten<T>(list: &RefCell<Vec<Entry<T>>>, holds: impl Fn(&T) -> bool) -> bool {
    let mut any = false;
    for (stream, checks) in list.borrow().iter() {
        if checks.get() < CHECKS && stream.upgrade().is_some_and(|t| holds(&t)) {
            checks.set(checks.get() + 1);
            any = true;
        }
    }
    any
}

/// Called by a function of `module`, first of all, that looks at files: what was written to a
/// stream that nobody refers to any more is to be there, as in `open(p, "w").write(s)`. CPython
/// writes it when the last reference goes; here a collection finds the stream. One is made if a
/// stream holds data that has not survived some already, and if they have not taken too much of
/// the program's time.
pub fn settle(vm: &mut Vm, module: Value, function: &str) {
    let Ok(Some(s)) = state(vm) else { return };
    if s.spent.get() > ALLOWANCE + s.began.elapsed().as_nanos() as u64 / SHARE {
        return;
    }
    let texts = any_unwritten(&s.texts, |t| !t.pending.borrow().is_empty());
    let buffers = any_unwritten(&s.buffers, |b| !b.wbuf.borrow().is_empty());
    if !texts && !buffers {
        return;
    }
    let stats = vm.collect_garbage_for(module, function);
    s.spent.set(s.spent.get() + stats.mark_ns + stats.sweep_ns);
    vm.run_pending_finalizers();
}

/// Writes out what open streams hold, text first. Runs no Python code; errors are ignored.
pub fn flush_all(vm: &mut Vm) {
    let Ok(Some(s)) = state(vm) else { return };
    for (w, _) in s.texts.borrow().iter() {
        if let Some(t) = w.upgrade() {
            t.flush_quietly();
        }
    }
    for (w, _) in s.buffers.borrow().iter() {
        if let Some(b) = w.upgrade() {
            b.flush_quietly();
        }
    }
}
