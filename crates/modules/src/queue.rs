//! `_queue`: `SimpleQueue`.

use crate::payloads::{payload, payload_type};
use crate::thread::wait::{self, Flag};
use runtime::class::{TypeFlags, TypeSpec};
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Raised, Res, Value, Vm};
use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_queue",
    doc: "C implementation of the Python queue module.\nThis module is an implementation detail, please do not use it directly.",
    functions: &[],
    init,
};

payload! {
    /// `items` is a list of which those before `first` are taken. `filled` is set by `put`.
    struct SimpleQueue { items: Value, first: Cell<usize>, filled: Arc<Flag> }
}

static QUEUE: TypeSpec = payload_type! {
    name: "SimpleQueue",
    module: "_queue",
    doc: "Simple, unbounded, reentrant FIFO queue.",
    flags: TypeFlags::BASE.union(TypeFlags::HAS_WEAKREF),
    tables: &[methods::TABLE, runtime::types::protocol::generic::TABLE],
};

static EMPTY: u8 = 3;

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    vm.module_add_type(m, &QUEUE)?;
    let empty = empty_class(vm)?;
    vm.module_set(m, "Empty", empty)
}

/// `_queue.Empty`.
fn empty_class(vm: &mut Vm) -> Res {
    let key = &raw const EMPTY as usize;
    if let Some(c) = vm.interp().module_state.get(&key) {
        return Ok(*c);
    }
    let bases = vm.new_tuple(&[vm.types.exc.Exception.value()])?;
    let ns = vm.new_dict()?;
    let module = vm.new_str("_queue")?;
    let doc = vm.new_str("Exception raised by Queue.get(block=0)/get_nowait().")?;
    vm.dict_set(ns.value(), vm.names.__module__, module)?;
    vm.dict_set(ns.value(), vm.names.__doc__, doc)?;
    let name = vm.new_str("Empty")?;
    let c = vm.call_value(vm.types.type_.value(), &[name, bases, ns.value()])?;
    vm.interp().module_state.insert(key, c);
    Ok(c)
}

fn empty_error(vm: &mut Vm) -> Raised {
    match empty_class(vm).and_then(|c| vm.call_value(c, &[])) {
        Ok(e) => vm.raise_here(e),
        Err(r) => r,
    }
}

fn queue<'a>(v: Value) -> &'a SimpleQueue {
    match v.payload::<SimpleQueue>() {
        Some(q) => q,
        None => unreachable!("the descriptor checked the type"),
    }
}

impl SimpleQueue {
    fn list(&self) -> Ref<ListObj> {
        // SAFETY: `items` is a list made here.
        unsafe { self.items.cast() }
    }
    fn len(&self) -> usize {
        self.list().len.get() - self.first.get()
    }
    fn take(&self) -> Option<Value> {
        let (l, i) = (self.list(), self.first.get());
        let v = l.get(i)?;
        l.set(i, Value::NONE);
        self.first.set(i + 1);
        // Taken items are cut off when they are most of the list.
        if i + 1 >= 32 && (i + 1) * 2 >= l.len.get() {
            l.close(0, i + 1);
            self.first.set(0);
        }
        Some(v)
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, args: Value, kwargs: Option<Value>) -> Res {
        let base = vm.native_type(&QUEUE)?;
        if class == base.value() {
            vm.no_kwargs("SimpleQueue", kwargs)?;
            if vm.len(args)? > 0 {
                return Err(vm.type_error("SimpleQueue() takes no positional arguments"));
            }
        }
        let class = vm.class_arg(class, base)?;
        let items = vm.new_list(&[])?;
        vm.new_payload(
            class,
            SimpleQueue {
                items,
                first: Cell::new(0),
                filled: Default::default(),
            },
        )
    }
    /// Put the item on the queue.
    ///
    /// The optional 'block' and 'timeout' arguments are ignored, as this method
    /// never blocks.  They are provided for compatibility with the Queue class.
    #[native("put($self, /, item, block=True, timeout=None)")]
    fn put(
        vm: &mut Vm,
        this: Value,
        item: Value,
        _block: Option<Value>,
        _timeout: Option<Value>,
    ) -> Res<()> {
        push(vm, this, item)
    }
    /// Put an item into the queue without blocking.
    ///
    /// This is exactly equivalent to `put(item)` and is only provided
    /// for compatibility with the Queue class.
    #[native("put_nowait($self, /, item)")]
    fn put_nowait(vm: &mut Vm, this: Value, item: Value) -> Res<()> {
        push(vm, this, item)
    }
    /// Remove and return an item from the queue.
    ///
    /// If optional args 'block' is true and 'timeout' is None (the default),
    /// block if necessary until an item is available. If 'timeout' is
    /// a non-negative number, it blocks at most 'timeout' seconds and raises
    /// the Empty exception if no item was available within that time.
    /// Otherwise ('block' is false), return an item if one is immediately
    /// available, else raise the Empty exception ('timeout' is ignored
    /// in that case).
    #[native("get($self, /, block=True, timeout=None)")]
    fn get(vm: &mut Vm, this: Value, block: Option<bool>, timeout: Option<Value>) -> Res {
        let deadline = match timeout.filter(|t| !t.is_none() && block.unwrap_or(true)) {
            Some(t) => {
                let seconds = vm.to_f64(t)?;
                if seconds < 0.0 {
                    return Err(vm.value_error("'timeout' must be a non-negative number"));
                }
                Duration::try_from_secs_f64(seconds)
                    .ok()
                    .and_then(|d| Instant::now().checked_add(d))
            }
            None => None,
        };
        loop {
            if let Some(v) = queue(this).take() {
                return Ok(v);
            }
            let left = deadline.map(|d| d.saturating_duration_since(Instant::now()));
            if !block.unwrap_or(true) || left.is_some_and(|l| l.is_zero()) {
                return Err(empty_error(vm));
            }
            let filled = queue(this).filled.clone();
            filled.put(false);
            wait::wait_set(vm, &filled, left)?;
        }
    }
    /// Remove and return an item from the queue without blocking.
    ///
    /// Only get an item if one is immediately available. Otherwise
    /// raise the Empty exception.
    #[native("get_nowait($self, /)", defining)]
    fn get_nowait(vm: &mut Vm, this: Value) -> Res {
        match queue(this).take() {
            Some(v) => Ok(v),
            None => Err(empty_error(vm)),
        }
    }
    /// Return True if the queue is empty, False otherwise (not reliable!).
    #[native("empty($self, /)")]
    fn empty(_: &mut Vm, this: Value) -> Res<bool> {
        Ok(queue(this).len() == 0)
    }
    /// Return the approximate size of the queue (not reliable!).
    #[native("qsize($self, /)")]
    fn qsize(_: &mut Vm, this: Value) -> Res<usize> {
        Ok(queue(this).len())
    }
}

fn push(vm: &mut Vm, this: Value, item: Value) -> Res<()> {
    vm.list_push(queue(this).list(), item)?;
    queue(this).filled.put(true);
    Ok(())
}
