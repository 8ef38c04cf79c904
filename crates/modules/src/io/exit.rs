//! Buffers that must be written out when the interpreter ends, or when somebody may look at their
//! files.

use super::buffered::core::BufCore;
use super::text::core::TextCore;
use runtime::class::TypeSpec;
use runtime::payload::Payload;
use runtime::{Res, Value, Vm};
use std::cell::RefCell;
use std::rc::{Rc, Weak};

/// Streams that are alive, as weak pointers; per interpreter.
struct Open {
    buffers: RefCell<Vec<Weak<BufCore>>>,
    texts: RefCell<Vec<Weak<TextCore>>>,
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
fn add<T>(list: &RefCell<Vec<Weak<T>>>, item: &Rc<T>) {
    let mut list = list.borrow_mut();
    if list.len() == list.capacity() {
        list.retain(|w| w.strong_count() > 0);
    }
    let weak = Rc::downgrade(item);
    if !list.iter().rev().take(4).any(|w| w.ptr_eq(&weak)) {
        list.push(weak);
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

/// Writes out what open streams hold, text first. Runs no Python code; errors are ignored.
pub fn flush_all(vm: &mut Vm) {
    let Ok(Some(s)) = state(vm) else { return };
    for w in s.texts.borrow().iter() {
        if let Some(t) = w.upgrade() {
            t.flush_quietly();
        }
    }
    for w in s.buffers.borrow().iter() {
        if let Some(b) = w.upgrade() {
            b.flush_quietly();
        }
    }
}

/// Writes out what streams on regular files hold. Programs that leave a file to be closed by its
/// last reference (`open(path, "w").write(text)`) read it back, or have another process read it,
/// long before the collector sees that it is gone.
pub fn write_out_files(vm: &mut Vm) {
    let Ok(Some(s)) = state(vm) else { return };
    for w in s.texts.borrow().iter() {
        if let Some(t) = w.upgrade() {
            t.write_out_file();
        }
    }
    for w in s.buffers.borrow().iter() {
        if let Some(b) = w.upgrade() {
            b.write_out_file();
        }
    }
}
