//! The thread state and the interpreter-wide state it points to.

use crate::address_map::AddressMap;
use crate::class::*;
use crate::code::{Cache, CodeObj};
use crate::frame::Frame;
use crate::interp::Handler;
use crate::names::Names;
use crate::object::*;
use crate::types::Types;
use crate::value::{Raised, Res, Value};
use gc::{Header, Heap};
use std::collections::HashMap;

/// Command-line and environment settings.
#[derive(Clone, Debug, Default)]
pub struct Config {
    pub jit: crate::jit::Mode,
    /// Make the guards of compiled code fail now and then: one in this many.
    pub deopt_stress: Option<u32>,
    pub hash_seed: Option<u32>,
    pub gc_stress: Option<u32>,
    pub frame_stress: Option<u32>,
    pub argv: Vec<String>,
    pub executable: String,
    /// -O count.
    pub optimize: u8,
    pub verbose: u8,
    pub quiet: bool,
    pub inspect: bool,
    pub interactive: bool,
    pub isolated: bool,
    pub no_site: bool,
    pub no_user_site: bool,
    pub dont_write_bytecode: bool,
    pub ignore_environment: bool,
    pub unbuffered: bool,
    pub debug: bool,
    pub bytes_warning: u8,
    pub safe_path: bool,
    /// Tracebacks and `co_positions` know no columns (`-X no_debug_ranges`).
    pub no_debug_ranges: bool,
    pub utf8_mode: bool,
    pub warn_options: Vec<String>,
    pub x_options: Vec<(String, Option<String>)>,
    /// The entry that start-up put first in sys.path.
    pub path_0: Option<String>,
    pub stdlib_dir: String,
    pub orig_argv: Vec<String>,
    pub prefix: String,
    pub base_prefix: String,
    pub base_executable: String,
    /// Entries of PYTHONPATH.
    pub python_path: Vec<String>,
    pub pycache_prefix: Option<String>,
    /// `--check-hash-based-pycs`.
    pub check_hash_pycs: Option<String>,
    /// -R: PYTHONHASHSEED does not count.
    pub hash_randomization: bool,
    /// Limit of int<->str conversions, where one was asked for.
    pub int_max_str_digits: Option<usize>,
    /// What `os.cpu_count()` is to return.
    pub cpu_count: Option<i32>,
    /// -X importtime: 1 loads, 2 imports of loaded modules too.
    pub import_time: u8,
    pub dev_mode: bool,
    pub warn_default_encoding: bool,
}

/// Gives the source of a library file by its path.
pub type LibrarySource = fn(&str) -> Option<Vec<u8>>;

/// State shared by the threads of one interpreter.
pub struct Interp {
    pub heap: Box<Heap>,
    pub shapes: ShapeTable,
    /// Shapes that were made because an attribute was deleted.
    pub deletion_shapes: u32,
    pub interned: crate::intern::Interned,
    pub hash_key: text::hash::HashKey,
    /// Source of dict stamps and type versions.
    pub next_stamp: u64,
    pub next_version: u32,
    pub builtins: Option<Ref<DictObj>>,
    pub sys_modules: Option<Ref<DictObj>>,
    pub sys_dict: Option<Ref<DictObj>>,
    /// Per-interpreter state of native modules, by a static key: values are traced.
    pub module_state: AddressMap<usize, Value>,
    /// Types made from a TypeSpec on demand, by its address.
    pub native_types: AddressMap<usize, Ref<TypeObj>>,
    /// Weak references by referent address.
    pub weakrefs: AddressMap<usize, Vec<Value>>,
    /// The living direct subclasses by address of the base, oldest first. Not a root: a collection
    /// takes dead classes out.
    pub subclasses: AddressMap<usize, Vec<Ref<TypeObj>>>,
    /// Cells waiting for `__del__` or weak reference callbacks, run at polls.
    pub pending: std::collections::VecDeque<Value>,
    /// Registered asyncio tasks by address. Not roots: a collection takes dead ones out.
    pub tasks: AddressMap<usize, Value>,
    /// Objects with a finalizer that has not run.
    pub finalizable: Vec<Value>,
    pub config: Config,
    /// What compiled code relies on.
    pub assumptions: crate::jit::assume::Assumptions,
    pub threads: Vec<*mut Vm>,
    /// Payloads whose cells are being allocated.
    pub nascent: Vec<std::ptr::NonNull<dyn crate::payload::Payload>>,
    /// Rust functions that find native modules by name.
    pub native_modules: Vec<&'static crate::module::ModuleSpec>,
    pub method_cache: Box<[MethodCacheEntry]>,
    pub super_cache: Box<[SuperCacheEntry]>,
    /// Values that live as long as the interpreter.
    pub immortals: Vec<Value>,
    pub finalizing: bool,
    /// Source of a file of the embedded library, by its path below `config.stdlib_dir`.
    pub library_source: Option<LibrarySource>,
    /// Source text of code that comes from no file, by the name it was compiled under.
    pub sources: HashMap<String, String>,
    pub lock: crate::threads::InterpLock,
    /// Start-up made SIGINT raise KeyboardInterrupt.
    pub handles_sigint: bool,
    /// Lasting exports (memoryviews) of bytearrays, by address.
    pub bytearray_exports: crate::buffer::ByteArrayExports,
    /// `sys.set_int_max_str_digits`; 0: no limit.
    pub int_max_str_digits: usize,
    /// Seconds after which a thread should let others run.
    pub switch_interval: f64,
    /// Finds and loads a module that is not in sys.modules, by its interned absolute name.
    pub import_hook: Option<fn(&mut Vm, Value) -> Res>,
    /// The tools of `sys.monitoring`.
    pub monitor: crate::monitor::Monitor,
    /// The optimising compiler, unless there is none.
    pub compiler: Option<Box<dyn crate::jit::Compiler>>,
    /// The builtin `__import__`, which the import statement need not call.
    pub import_function: Option<Value>,
}

/// Global cache of lookups along an MRO.
#[derive(Clone, Copy)]
pub struct MethodCacheEntry {
    pub version: u32,
    pub name: u64,
    pub value: u64,
}

/// Global cache of lookups in the part of an MRO after a class.
#[derive(Clone, Copy)]
pub struct SuperCacheEntry {
    pub version: u32,
    pub after: u64,
    pub name: u64,
    pub value: u64,
}

/// Places in `Interp::immortals`; below them the strings of one Latin-1 character.
pub mod immortal {
    pub const EMPTY_TUPLE: usize = 256;
    pub const EMPTY_BYTES: usize = 257;
    /// The instance that is raised when there is no memory for another.
    pub const MEMORY_ERROR: usize = 258;
}

/// Words of `Vm::deopt_buffer`.
pub const DEOPT_WORDS: usize = 1024;

/// Size of the cache of `super` lookups (power of two).
pub const SUPER_CACHE: usize = 512;

/// Size of the method cache (power of two).
pub const METHOD_CACHE: usize = 4096;

/// The state of one thread. Fields read by handlers come first.
#[repr(C)]
pub struct Vm {
    /// The handlers by opcode number, in an allocation of this thread's own.
    pub table: *const Handler,
    /// The running frame record.
    pub frame: *mut Frame,
    /// Frame records from here on are refused: the recursion limit, or a poll was requested.
    pub frame_limit: *mut Frame,
    /// Registers from here on are refused.
    pub stack_limit: *mut u64,
    /// Constants of the running code.
    pub consts: *const Value,
    /// Nonzero: something waits for a poll.
    pub poll: u64,
    pub shapes: *const *mut Shape,
    pub heap: *mut Heap,
    /// Why compiled code left: see `jit::exit`.
    pub jit_exit: u64,
    /// The exit of its unit where compiled code leaves.
    pub deopt_exit: u64,
    /// The word with which the interpreter loop is being left.
    pub exit_bits: u64,
    /// The exception in flight, while a result says Raised.
    pub raised: Option<Value>,
    /// The exception being handled (`sys.exc_info()`).
    pub handled: Option<Value>,
    pub interp: *mut Interp,
    pub types: &'static Types,
    pub names: &'static Names,
    pub frames_base: *mut Frame,
    pub stack_base: *mut u64,
    /// Room of the frame and register stacks.
    pub room: crate::init::StackRoom,
    pub recursion_limit: usize,
    /// Native stack pointers below this raise RecursionError.
    pub native_limit: usize,
    pub native_base: usize,
    /// Without the interpreter lock: the lowest address of the native stack that counts.
    pub native_low: usize,
    /// Native stack pointer where the innermost interpreter loop was entered.
    pub loop_entry: *const u64,
    /// The event loop of asyncio that runs in this thread, and the task that it runs.
    pub running_loop: Option<Value>,
    pub running_task: Option<Value>,
    /// Context of `contextvars`, or none.
    pub context: Option<Value>,
    /// What decimal arithmetic found in it; None after every change of context or variables.
    pub decimal_context: Option<Value>,
    pub trace: Option<Value>,
    pub profile: Option<Value>,
    /// Objects whose repr is running (`Py_ReprEnter`).
    pub repr_stack: Vec<Value>,
    /// Asynchronous generator hooks (firstiter, finalizer).
    pub asyncgen_hooks: [Option<Value>; 2],
    /// Frames recorded in `cr_origin` (`sys.set_coroutine_origin_tracking_depth`).
    pub coroutine_origin_depth: usize,
    pub thread_id: u64,
    /// What the system calls the thread (`threading.get_ident`); 0 before it runs.
    pub ident: u64,
    pub thread_dict: Option<Value>,
    /// Events of running code.
    pub watch: crate::monitor::Watch,
    pub jit: crate::jit::JitState,
    /// Attribute accesses where the last one did not cache.
    pub attr_misses: u32,
    /// Who takes the items of the generator that the innermost interpreter loop runs.
    pub drain: crate::interp::drain::Drain,
    /// Frame round-trip stress, when on.
    pub frame_stress: Option<crate::interp::stress::FrameStress>,
    /// The live values of compiled code that leaves; arguments of some of its helpers.
    pub deopt_buffer: [u64; DEOPT_WORDS],
}

/// Marks the result of `Cache` pointer arithmetic as used by handlers only.
pub type CachePtr = *mut Cache;

impl Vm {
    #[inline(always)]
    #[allow(clippy::mut_from_ref)]
    pub fn interp(&self) -> &mut Interp {
        // SAFETY: the interpreter outlives its threads, and only the thread that holds the lock
        // runs; callers do not keep the reference across calls that run Python code.
        unsafe { &mut *self.interp }
    }

    /// The shape with this id.
    #[inline(always)]
    pub fn shape(&self, id: u32) -> &'static Shape {
        // SAFETY: ids come from cell headers; shapes are leaked boxes.
        unsafe { &**self.shapes.add(id as usize) }
    }

    /// The class of any value.
    #[inline(always)]
    pub fn class_of(&self, v: Value) -> Ref<TypeObj> {
        if v.is_cell() {
            self.shape(v.shape_id()).class
        } else if v.is_small_int() {
            self.types.int
        } else if v.is_float() {
            self.types.float
        } else {
            match v {
                Value::NONE => self.types.none,
                Value::TRUE | Value::FALSE => self.types.bool,
                Value::ELLIPSIS => self.types.ellipsis,
                _ => self.types.not_implemented,
            }
        }
    }

    /// The name of a value's class as messages show it: native types outside builtins have their
    /// module (`collections.deque`).
    pub fn class_name(&self, v: Value) -> String {
        self.class_of(v).full_name()
    }

    /// `__name__` of a value's class.
    pub fn short_class_name(&self, v: Value) -> String {
        self.class_of(v).name_str()
    }

    /// The class of an argument that is none of what was asked for: `class_name`, but None itself
    /// for None.
    pub fn argument_kind(&self, v: Value) -> String {
        if v.is_none() {
            return String::from("None");
        }
        self.class_name(v)
    }

    /// A new stamp for a dict's key set.
    #[inline]
    pub fn next_stamp(&mut self) -> u64 {
        let i = self.interp();
        i.next_stamp += 1;
        i.next_stamp
    }

    /// A new type version. Panics never: after 2^32 - 1 versions they start over, which is harmless
    /// for all but a cache entry untouched for that long.
    pub fn next_version(&mut self) -> u32 {
        let i = self.interp();
        i.next_version = i.next_version.wrapping_add(1).max(1);
        i.next_version
    }

    /// Allocates a zeroed cell, or raises MemoryError.
    #[inline(always)]
    pub fn alloc_raw(&mut self, size: usize, shape: u32, kind: Kind) -> Res<*mut Header> {
        // SAFETY: the heap lives as long as the interpreter; only these kinds have a drop function.
        let p = unsafe {
            match kind {
                Kind::Code | Kind::Payload => (*self.heap).alloc(size, shape, kind as u8),
                _ => (*self.heap).alloc_plain(size, shape, kind as u8),
            }
        };
        if p.is_null() {
            Err(self.memory_error())
        } else {
            Ok(p)
        }
    }

    /// Allocates a cell of a kind's exact builtin type.
    #[inline(always)]
    pub fn alloc_kind(&mut self, size: usize, kind: Kind) -> Res<*mut Header> {
        self.alloc_raw(size, kind as u32, kind)
    }

    /// Allocates a fixed-size cell of a kind's exact builtin type.
    #[inline(always)]
    pub fn alloc<T: CellType>(&mut self, kind: Kind) -> Res<Ref<T>> {
        let p = self.alloc_kind(size_of::<T>(), kind)?;
        // SAFETY: allocated with T's size.
        Ok(unsafe { Ref::new(p.cast()) })
    }

    /// The running code object.
    #[inline(always)]
    pub fn code(&self) -> Ref<CodeObj> {
        // SAFETY: there is always a running frame with code while code runs.
        debug_assert!(
            unsafe { (*self.frame).pc.addr() } & 1 == 0,
            "a short record"
        );
        // SAFETY: as above.
        unsafe { (*self.frame).code }
    }

    /// First free register above the running frame.
    #[inline(always)]
    pub fn stack_top(&self) -> *mut u64 {
        // SAFETY: the frame is valid; the register stack is reserved beyond its window.
        unsafe { (*self.frame).top() }
    }

    /// Sets the exception in flight.
    #[inline]
    pub fn raise(&mut self, exc: Value) -> Raised {
        self.raised = Some(exc);
        Raised
    }

    /// Takes the exception in flight.
    #[inline]
    pub fn take_raised(&mut self) -> Value {
        match self.raised.take() {
            Some(e) => e,
            None => {
                let _ = self.system_error("error return without exception set");
                self.raised.take().unwrap_or(Value::NONE)
            }
        }
    }

    /// The native stack is not nearly used up.
    #[inline(always)]
    pub fn has_native_stack(&self) -> bool {
        let here = 0u8;
        (&raw const here as usize) >= self.native_limit
    }

    /// RecursionError when the native stack is nearly used up.
    #[inline(always)]
    pub fn check_native_stack(&mut self) -> Res<()> {
        if self.has_native_stack() {
            Ok(())
        } else {
            Err(self.recursion_error())
        }
    }
}
