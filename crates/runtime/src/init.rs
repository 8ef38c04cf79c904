//! Bootstrapping an interpreter.

use crate::class::*;
use crate::dict;
use crate::errors::{EXCEPTIONS, Exceptions};
use crate::frame::Frame;
use crate::intern::Interned;
use crate::names::Names;
use crate::native::{DefKind, NativeDef};
use crate::object::*;
use crate::trace::KINDS;
use crate::types::{SPECS, Types};
use crate::value::{Res, Value};
use crate::vm::*;
use gc::Heap;
use std::cell::Cell;
use std::collections::HashMap;

/// Most frame records a thread can have, whatever the recursion limit says.
const MAX_FRAMES: usize = 1 << 22;
/// Registers reserved for a thread.
const MAX_REGISTERS: usize = 1 << 28;
/// Native stack left free below the limit, for Rust code that does not check.
const NATIVE_RESERVE: usize = 256 << 10;
/// Native stack that nested calls between Rust and Python may use before RecursionError. The
/// stack itself is larger, for the parser. Without a bound, printing a list nested a million deep
/// would take quadratic time before it failed.
const NATIVE_DEPTH: usize = 24 << 20;
const DEFAULT_RECURSION_LIMIT: usize = 1000;

/// Reserves zeroed address space that is committed when touched.
fn reserve<T>(bytes: usize) -> *mut T {
    // SAFETY: a fresh anonymous mapping.
    let p = unsafe {
        libc::mmap(
            std::ptr::null_mut(),
            bytes,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
            -1,
            0,
        )
    };
    if p == libc::MAP_FAILED {
        std::ptr::null_mut()
    } else {
        p.cast()
    }
}

/// Allocates during bootstrapping, when no exception can be raised.
unsafe fn boot_alloc<T>(heap: &mut Heap, kind: Kind, extra: usize) -> Option<*mut T> {
    // SAFETY: no collection is due this early: the nursery is larger than all of this.
    let p = unsafe { heap.alloc(size_of::<T>() + extra, kind as u32, kind as u8) };
    if p.is_null() { None } else { Some(p.cast()) }
}

fn boot_str(interp: &mut Interp, s: &str) -> Option<Value> {
    let hash = interp.hash_key.hash_bytes(s.as_bytes());
    if let Some(v) = interp.interned.get_ascii(hash, s.as_bytes()) {
        return Some(v);
    }
    // SAFETY: freshly allocated with room for the bytes.
    unsafe {
        let p: *mut StrObj = boot_alloc(&mut interp.heap, Kind::Str, s.len())?;
        (*p).header.flags = STR_ASCII;
        (*p).len = s.len();
        (*p).data.set(p.add(1).cast());
        std::ptr::copy_nonoverlapping(s.as_ptr(), p.add(1).cast(), s.len());
        (*p).hash.set(hash);
        interp.interned.insert(Ref::new(p));
        Some(Value::cell(p))
    }
}

fn boot_type(interp: &mut Interp) -> Option<Ref<TypeObj>> {
    // SAFETY: freshly allocated cells; the dict reference must not stay null.
    unsafe {
        let d: *mut DictObj = boot_alloc(&mut interp.heap, Kind::Dict, 0)?;
        let p: *mut TypeObj = boot_alloc(&mut interp.heap, Kind::Type, 0)?;
        (&raw mut (*p).flags).write(Cell::new(TypeFlags::empty()));
        (&raw mut (*p).dict).write(Cell::new(Ref::new(d)));
        interp.next_version += 1;
        (*p).version.set(interp.next_version);
        Some(Ref::new(p))
    }
}

/// The key for a seed, or a random one.
fn hash_key(seed: Option<u32>) -> text::hash::HashKey {
    if let Some(seed) = seed {
        return text::hash::HashKey::from_seed(seed);
    }
    let mut bytes = [0u8; 16];
    // SAFETY: the buffer holds that many bytes. A short read leaves zeros, which is a valid key.
    unsafe { libc::getrandom(bytes.as_mut_ptr().cast(), bytes.len(), 0) };
    text::hash::HashKey::from_bytes(bytes)
}

/// Makes an interpreter and its main thread state. None: out of memory.
///
/// `stack` is the part of the calling thread's native stack that it may use: lowest address and end.
pub fn new_interpreter(config: Config, stack: (usize, usize)) -> Option<Box<Vm>> {
    let gc_config = gc::Config {
        stress: config.gc_stress.or_else(|| env_number("TAURARO_GC_STRESS")),
        ..Default::default()
    };
    let str_digits = config.int_max_str_digits;
    crate::memory::prepare();
    let mut interp = Box::new(Interp {
        heap: match crate::os::address_space_limit() {
            Some(bytes) => Heap::with_reserve(gc_config, &KINDS, heap_share(bytes)),
            None => Heap::new(gc_config, &KINDS),
        },
        shapes: ShapeTable::new(),
        deletion_shapes: 0,
        interned: Interned::new(),
        hash_key: hash_key(config.hash_seed),
        next_stamp: 1,
        next_version: 1,
        builtins: None,
        sys_modules: None,
        sys_dict: None,
        module_state: Default::default(),
        native_types: Default::default(),
        weakrefs: Default::default(),
        subclasses: Default::default(),
        pending: Default::default(),
        tasks: Default::default(),
        finalizable: Vec::new(),
        config,
        threads: Vec::new(),
        assumptions: Default::default(),
        native_modules: Vec::new(),
        // SAFETY: an entry of zeros is an empty one. Memory that is zero already is not touched.
        super_cache: unsafe { Box::new_zeroed_slice(SUPER_CACHE).assume_init() },
        // SAFETY: the same.
        method_cache: unsafe { Box::new_zeroed_slice(METHOD_CACHE).assume_init() },
        immortals: Vec::new(),
        finalizing: false,
        nascent: Vec::new(),
        library_source: None,
        sources: HashMap::new(),
        lock: crate::threads::InterpLock::new(),
        handles_sigint: false,
        bytearray_exports: Default::default(),
        int_max_str_digits: str_digits.unwrap_or(crate::types::int::DEFAULT_MAX_STR_DIGITS),
        switch_interval: 0.005,
        monitor: Default::default(),
        import_hook: None,
        compiler: None,
        import_function: None,
    });
    interp.heap.disable();
    let i = &mut *interp;
    let empty = boot_str(i, "")?;
    let mut ok = true;
    let names = Names::new(
        &mut |s| {
            boot_str(i, s).unwrap_or_else(|| {
                ok = false;
                empty
            })
        },
        empty,
    );
    let mut make = || boot_type(i);
    let list = SPECS.iter().map(|_| make()).collect::<Option<Vec<_>>>()?;
    let excs = EXCEPTIONS
        .iter()
        .map(|_| make())
        .collect::<Option<Vec<_>>>()?;
    if !ok {
        return None;
    }
    let types: &'static Types = Box::leak(Box::new(Types::from_list(
        &list,
        Exceptions::from_list(&excs)?,
    )?));
    let names: &'static Names = Box::leak(Box::new(names));
    let interp = Box::into_raw(interp);
    let mut vm = new_thread_state(interp, types, names, stack)?;
    boot(&mut vm, &list, &excs).ok()?;
    // SAFETY: the interpreter is alive for good.
    unsafe {
        (*interp).threads.push(&raw mut *vm);
        crate::memory::set_current(&raw mut *vm);
        (*interp)
            .heap
            .set_collector(crate::trace::collect_due, interp.cast());
        (*interp).heap.set_stack_base(vm.native_base as *const u8);
        (*interp).heap.enable();
    }
    Some(vm)
}

/// A number from the environment, for test modes.
fn env_number(name: &str) -> Option<u32> {
    std::env::var(name).ok()?.parse().ok()
}

/// Lowest address and end of the running thread's native stack. `stack_bytes` is the size to
/// assume where the system does not tell.
pub(crate) fn native_stack(stack_bytes: usize) -> (usize, usize) {
    // SAFETY: the attributes are initialised by the first call and destroyed after use.
    unsafe {
        let mut attr: libc::pthread_attr_t = std::mem::zeroed();
        let (mut low, mut size) = (std::ptr::null_mut(), 0);
        if libc::pthread_getattr_np(libc::pthread_self(), &mut attr) == 0 {
            let found = libc::pthread_attr_getstack(&attr, &mut low, &mut size) == 0;
            libc::pthread_attr_destroy(&mut attr);
            if found {
                let end = low as usize + size;
                // The main thread's stack grows on demand: only what is asked for counts.
                return (end - size.min(stack_bytes), end);
            }
        }
        let here = &raw const attr as usize;
        (
            here.saturating_sub(stack_bytes),
            here.next_multiple_of(4096),
        )
    }
}

/// Room of a thread's frame and register stacks, in records and registers.
#[derive(Clone, Copy, Debug)]
pub struct StackRoom {
    pub frames: usize,
    pub registers: usize,
}

/// Records and registers behind the limits, for code that is already running.
const SPARE_FRAMES: usize = 64;
const SPARE_REGISTERS: usize = 70_000;
const PAGE: usize = 4096;
/// What the executable and libraries take of the address space, about.
const FIXED_BYTES: usize = 96 << 20;
/// What the first thread gets of a limited address space is this many times what others get.
const OTHER_THREADS: usize = 8;

impl StackRoom {
    /// Some of the address space that the process may have.
    fn fitting(limit: Option<usize>) -> StackRoom {
        let most = StackRoom {
            frames: MAX_FRAMES,
            registers: MAX_REGISTERS,
        };
        let Some(bytes) = limit else { return most };
        StackRoom {
            frames: (bytes / 32 / size_of::<Frame>()).clamp(1 << 12, most.frames),
            registers: (bytes / 16 / 8).clamp(1 << 18, most.registers),
        }
    }
    fn frame_bytes(self) -> usize {
        ((self.frames + SPARE_FRAMES) * size_of::<Frame>()).next_multiple_of(PAGE)
    }
    fn register_bytes(self) -> usize {
        (self.registers * 8).next_multiple_of(PAGE)
    }
}

/// The heap's part of a limited address space: half of what the executable, the libraries and the
/// stacks leave.
fn heap_share(limit: usize) -> usize {
    (limit.saturating_sub(FIXED_BYTES) / 2).max(limit / 4)
}

/// Gives the stacks of a finished thread state back.
///
/// # Safety
/// Nothing runs on them any more.
pub unsafe fn release_stacks(vm: &Vm) {
    // SAFETY: promised by the caller; the sizes are those of `new_thread_state`.
    unsafe {
        libc::munmap(vm.frames_base.cast(), vm.room.frame_bytes());
        libc::munmap(vm.stack_base.cast(), vm.room.register_bytes());
    }
}

impl Vm {
    /// The native stack that this state's thread runs on, from a lowest address to an end.
    pub(crate) fn set_native_stack(&mut self, (low, end): (usize, usize)) {
        self.native_limit = (low + NATIVE_RESERVE).max(end.saturating_sub(NATIVE_DEPTH));
        self.native_base = end;
    }

    /// The address space of the process was limited: what is only reserved goes back, so that
    /// the rest of the process can still allocate.
    pub fn limit_address_space(&mut self, bytes: usize) {
        self.interp().heap.trim_reserve(heap_share(bytes));
        crate::memory::prepare();
        let new = StackRoom::fitting(Some(bytes));
        // SAFETY: both pointers lie in their stacks.
        let (frames, registers) = unsafe {
            let regs = (*self.frame).regs.offset_from(self.stack_base) as usize;
            (self.frame.offset_from(self.frames_base) as usize, regs)
        };
        if new.frames.saturating_sub(frames) < SPARE_FRAMES
            || new.registers.saturating_sub(registers) < 2 * SPARE_REGISTERS
            || new.registers >= self.room.registers
            || new.frames >= self.room.frames
        {
            return;
        }
        let unmap = |base: *mut u8, old: usize, new: usize| {
            // SAFETY: a page-aligned part of this thread's mapping, above all that is in use.
            unsafe { libc::munmap(base.add(new).cast(), old - new) };
        };
        let old = self.room;
        unmap(
            self.frames_base.cast(),
            old.frame_bytes(),
            new.frame_bytes(),
        );
        let (o, n) = (old.register_bytes(), new.register_bytes());
        unmap(self.stack_base.cast(), o, n);
        self.room = new;
        // SAFETY: inside the reservation.
        self.stack_limit = unsafe { self.stack_base.add(new.registers - SPARE_REGISTERS) };
        self.reset_frame_limit();
    }
}

/// Makes a thread state for a native thread whose stack goes from a lowest address to an end.
pub fn new_thread_state(
    interp: *mut Interp,
    types: &'static Types,
    names: &'static Names,
    stack_range: (usize, usize),
) -> Option<Box<Vm>> {
    // SAFETY: the interpreter is alive.
    let is_first = unsafe { (*interp).threads.is_empty() };
    let mut limit = crate::os::address_space_limit();
    if !is_first {
        limit = limit.map(|bytes| bytes / OTHER_THREADS);
    }
    let room = StackRoom::fitting(limit);
    let frames: *mut Frame = reserve(room.frame_bytes());
    let stack: *mut u64 = reserve(room.register_bytes());
    if frames.is_null() || stack.is_null() {
        // SAFETY: nobody uses the one that was reserved. (Unmapping from address 0 on would take
        // the executable away.)
        unsafe {
            if !frames.is_null() {
                libc::munmap(frames.cast(), room.frame_bytes());
            }
            if !stack.is_null() {
                libc::munmap(stack.cast(), room.register_bytes());
            }
        }
        return None;
    }
    // SAFETY: the interpreter is alive.
    let (shapes, heap) = unsafe { ((*interp).shapes.base(), &raw mut *(*interp).heap) };
    let mut vm = Box::new(Vm {
        table: crate::interp::TABLE.as_ptr(),
        frame: frames,
        frame_limit: frames,
        // SAFETY: inside the reservation.
        stack_limit: unsafe { stack.add(room.registers - SPARE_REGISTERS) },
        consts: std::ptr::null(),
        poll: 0,
        shapes,
        heap,
        jit_exit: 0,
        deopt_exit: 0,
        exit_bits: 0,
        raised: None,
        handled: None,
        interp,
        types,
        names,
        frames_base: frames,
        stack_base: stack,
        room,
        recursion_limit: DEFAULT_RECURSION_LIMIT,
        native_limit: 0,
        native_base: 0,
        native_low: 0,
        loop_entry: std::ptr::null(),
        running_loop: None,
        running_task: None,
        context: None,
        decimal_context: None,
        trace: None,
        profile: None,
        repr_stack: Vec::new(),
        asyncgen_hooks: [None, None],
        coroutine_origin_depth: 0,
        thread_id: 1,
        // SAFETY: always succeeds.
        ident: unsafe { libc::pthread_self() },
        thread_dict: None,
        watch: Default::default(),
        // SAFETY: the interpreter is alive.
        jit: crate::jit::JitState::new(unsafe { (*interp).config.jit }),
        attr_misses: 0,
        drain: crate::interp::drain::Drain::NONE,
        frame_stress: None,
        deopt_buffer: [0; DEOPT_WORDS],
    });
    vm.set_native_stack(stack_range);
    vm.make_table();
    // The bottom record has code without registers, so that the stack is never empty.
    let code = vm
        .load_code(bytecode::Code {
            name: "<bottom>".into(),
            ..Default::default()
        })
        .ok()?;
    // SAFETY: the first record of the reservation.
    unsafe {
        frames.write(Frame {
            pc: code.instrs,
            regs: stack.add(1),
            code,
            cont: crate::frame::Cont::Exit,
            flags: 0,
            pad: [0; 6],
            extra: 0,
            object: 0,
            outer_handled: 0,
            trace: 0,
        });
    }
    vm.reset_frame_limit();
    if let Some(every) = env_number("TAURARO_FRAME_STRESS") {
        vm.set_frame_stress(every);
    }
    Some(vm)
}

/// Fills in the builtin types and exceptions.
fn boot(vm: &mut Vm, list: &[Ref<TypeObj>], excs: &[Ref<TypeObj>]) -> Res<()> {
    for (class, spec) in list.iter().zip(SPECS) {
        let meta_kind = spec.kind;
        let shape = Shape {
            id: 0,
            class: *class,
            dict_mode: false,
            inline_cap: 0,
            slot_offset: spec.slot_offset as u32,
            names: Vec::new(),
            nfixed: 0,
            transitions: Default::default(),
        };
        // The first type of a kind has the kind's number as its shape.
        let id = meta_kind as u32;
        let taken = vm.interp().shapes.iter().any(|s| s.id == id);
        if taken || matches!(spec.kind, Kind::Payload | Kind::Instance) {
            if let Some(id) = vm.interp().shapes.add(shape) {
                class.shape.set(id);
            }
        } else {
            vm.interp().shapes.set(id, shape);
            class.shape.set(id);
        }
    }
    for c in 0..256u32 {
        let v = vm.new_str_points(&[c])?;
        vm.hash_str(v);
        let v = vm.intern_value(v);
        vm.interp().immortals.push(v);
    }
    let empty_tuple = vm.new_tuple_shaped(Kind::Tuple as u32, &[])?;
    vm.interp().immortals.push(empty_tuple);
    let empty_bytes = vm.new_bytes_shaped(Kind::Bytes as u32, &[])?;
    vm.interp().immortals.push(empty_bytes);
    for (class, spec) in list.iter().zip(SPECS) {
        let base = match spec.base {
            Some(b) => SPECS
                .iter()
                .position(|s| std::ptr::eq(*s, b))
                .map(|i| list[i]),
            None if std::ptr::eq(*spec, SPECS[0]) => None,
            None => Some(list[0]),
        };
        fill_type(vm, *class, spec, base)?;
    }
    for (i, (name, bases, doc)) in EXCEPTIONS.iter().enumerate() {
        let find = |n: &str| EXCEPTIONS.iter().position(|e| e.0 == n).map(|i| excs[i]);
        let bases: Vec<_> = bases.iter().filter_map(|b| find(b)).collect();
        crate::types::exception::make_class(vm, excs[i], name, &bases, doc)?;
    }
    for class in list.iter().chain(excs) {
        vm.update_flags(*class);
    }
    let class = vm.types.exc.MemoryError;
    let e = vm.new_exception(class, &[])?;
    vm.interp().immortals.push(e);
    Ok(())
}

/// Fills in a builtin type from its spec.
pub fn fill_type(
    vm: &mut Vm,
    class: Ref<TypeObj>,
    spec: &'static TypeSpec,
    base: Option<Ref<TypeObj>>,
) -> Res<()> {
    let name = vm.intern(spec.name);
    class.name.init(name);
    class.qualname.init(name);
    class.kind.set(spec.kind);
    class.spec.set(Some(spec));
    class.dict_place.set(spec.dict);
    class.slot_offset.set(spec.slot_offset as u32);
    class.iternext.set(spec.iternext);
    let mut flags = spec.flags | TypeFlags::IMMUTABLE;
    if spec.dict != DictPlace::None {
        flags |= TypeFlags::HAS_DICT;
    }
    let mut mro = vec![class.value()];
    if let Some(b) = base {
        class.base.init(b.value());
        let bases = vm.new_tuple(&[b.value()])?;
        class.bases.init(bases);
        mro.extend_from_slice(b.mro_items());
        flags |= b.flags.get() & (TypeFlags::SEQUENCE | TypeFlags::MAPPING);
    } else {
        let none = vm.new_tuple(&[])?;
        class.bases.init(none);
    }
    class.flags.set(flags);
    let mro = vm.new_tuple(&mro)?;
    class.mro.init(mro);
    if let Some(b) = base {
        vm.add_subclass(b, class);
    }
    let d = class.dict.get();
    for table in spec.tables {
        add_natives(vm, class, table)?;
    }
    let inherited = base.is_some_and(|b| b.has(TypeFlags::HAS_DICT));
    let key = vm.names.__dict__;
    if spec.dict != DictPlace::None && !inherited && vm.dict_get_interned(d, key).is_none() {
        add_natives(vm, class, crate::types::dict_attr::methods::TABLE)?;
    }
    let doc = if spec.doc.is_empty() {
        Value::NONE
    } else {
        vm.new_str(spec.doc)?
    };
    let key = vm.names.__doc__;
    if vm.dict_get_interned(d, key).is_none() {
        vm.dict_set(d.value(), key, doc)?;
    }
    if vm.dict_get_interned(d, vm.names.__eq__).is_some()
        && vm.dict_get_interned(d, vm.names.__hash__).is_none()
    {
        vm.dict_set(d.value(), vm.names.__hash__, Value::NONE)?;
    }
    Ok(())
}

/// Adds native methods and attributes to a type's dict.
pub fn add_natives(vm: &mut Vm, class: Ref<TypeObj>, table: &'static [NativeDef]) -> Res<()> {
    let d = class.dict.get();
    for def in table {
        let name = vm.intern(def.name);
        let v = match def.kind {
            DefKind::Method | DefKind::ClassMethod => {
                let shape = if def.kind == DefKind::ClassMethod {
                    vm.types.classmethod_descriptor.shape.get()
                } else if crate::types::builtin_method::is_slot(&class.name_str(), def.name) {
                    vm.types.wrapper_descriptor.shape.get()
                } else {
                    Kind::MethodDescr as u32
                };
                let p: *mut MethodDescrObj = vm
                    .alloc_raw(size_of::<MethodDescrObj>(), shape, Kind::MethodDescr)?
                    .cast();
                // SAFETY: freshly allocated.
                unsafe {
                    (&raw mut (*p).def).write(def);
                    (&raw mut (*p).class).write(class);
                }
                Value::cell(p)
            }
            DefKind::StaticMethod => {
                let f = vm.new_native(def, Some(class.value()), None, Some(class))?;
                if def.name == "__new__" {
                    f
                } else {
                    let s = vm.alloc::<StaticMethodObj>(Kind::StaticMethod)?;
                    s.callable.init(f);
                    s.value()
                }
            }
            DefKind::Getter | DefKind::Member | DefKind::Setter => {
                let found = vm
                    .dict_get_interned(d, name)
                    .and_then(|v| v.downcast::<GetSetObj>());
                let g = match found {
                    Some(g) => g,
                    None => {
                        let shape = match def.kind {
                            DefKind::Member => Kind::Member,
                            _ => Kind::GetSet,
                        };
                        let p: *mut GetSetObj = vm
                            .alloc_raw(size_of::<GetSetObj>(), shape as u32, Kind::GetSet)?
                            .cast();
                        // SAFETY: freshly allocated.
                        unsafe {
                            (&raw mut (*p).class).write(class);
                            Ref::new(p)
                        }
                    }
                };
                if def.kind != DefKind::Setter {
                    g.getter.set(Some(def))
                } else {
                    g.setter.set(Some(def))
                }
                g.value()
            }
        };
        vm.dict_set(d.value(), name, v)?;
    }
    Ok(())
}

/// Adds an entry to a dict during start-up (kept for modules).
pub fn add_entry(vm: &mut Vm, d: Ref<DictObj>, name: &str, v: Value) -> Res<()> {
    let key = vm.intern(name);
    let hash = vm.hash_str(key);
    dict::set(vm, d, key, hash, Some(v))
}
