//! What the collector sees: tracing of each kind, and the roots.

use crate::class::TypeObj;
use crate::code::CodeObj;
use crate::dict::Table;
use crate::frame::{Cont, Frame};
use crate::interp::generator::{GeneratorObj, State};
use crate::object::*;
use crate::payload::Payload;
use crate::value::Value;
use crate::vm::{Interp, Vm};
use bytecode::{Effects, Insn};
use gc::{Header, KindInfo, Tracer};
use std::ptr::NonNull;

const fn leaf(name: &'static str) -> KindInfo {
    KindInfo {
        name,
        trace: None,
        drop: None,
    }
}
const fn traced(name: &'static str, trace: unsafe fn(*mut Header, &mut Tracer)) -> KindInfo {
    KindInfo {
        name,
        trace: Some(trace),
        drop: None,
    }
}

/// The kinds by number.
pub static KINDS: [KindInfo; Kind::Max as usize] = {
    let mut k = [const { traced("instance", trace_words) }; Kind::Max as usize];
    k[Kind::Free as usize] = leaf("free");
    k[Kind::Array as usize] = traced("array", trace_array);
    k[Kind::Raw as usize] = leaf("raw");
    k[Kind::Table as usize] = traced("table", trace_table);
    k[Kind::Int as usize] = traced("int", trace_tail);
    k[Kind::Float as usize] = traced("float", trace_float);
    k[Kind::Complex as usize] = traced("complex", trace_complex);
    k[Kind::Str as usize] = traced("str", trace_str);
    k[Kind::Bytes as usize] = traced("bytes", trace_tail);
    k[Kind::ByteArray as usize] = traced("bytearray", trace_bytearray);
    k[Kind::Tuple as usize] = traced("tuple", trace_tuple);
    k[Kind::List as usize] = traced("list", trace_list);
    k[Kind::Dict as usize] = traced("dict", trace_dict);
    k[Kind::Set as usize] = traced("set", trace_set);
    k[Kind::FrozenSet as usize] = traced("frozenset", trace_set);
    k[Kind::Instance as usize] = traced("instance", trace_instance);
    k[Kind::Code as usize] = KindInfo {
        name: "code",
        trace: Some(trace_code),
        drop: Some(crate::code::drop_code),
    };
    k[Kind::WeakRef as usize] = traced("weakref", trace_weakref);
    k[Kind::Generator as usize] = traced("generator", trace_generator);
    k[Kind::Payload as usize] = KindInfo {
        name: "payload",
        trace: Some(trace_payload),
        drop: Some(drop_payload),
    };
    k
};

/// Size of a cell in words, from the block it lies in.
unsafe fn words_of(h: *mut Header) -> usize {
    // SAFETY: `h` is a live cell of the heap that is being collected.
    unsafe { (*HEAP.with(std::cell::Cell::get)).cell_size(h) / 8 }
}

/// Cells all of whose words are values, cell addresses, or small non-pointers: any word that
/// points into a cell marks it, so numbers in such cells do no harm.
unsafe fn trace_words(h: *mut Header, t: &mut Tracer) {
    // SAFETY: `h` is a live cell of that many words.
    unsafe {
        mark_class(h, t);
        let n = words_of(h);
        for i in 1..n {
            t.mark_pointer(*(h as *const u64).add(i));
        }
    }
}

/// Marks the class of a cell whose shape is not a builtin one.
unsafe fn mark_class(h: *mut Header, t: &mut Tracer) {
    // SAFETY: shapes of live cells exist.
    unsafe {
        mark_class_of_shape((*h).shape, t);
    }
}

/// Marks the class of a shape that is not a builtin one.
///
/// # Safety
/// The class was alive at the last collection.
pub unsafe fn mark_class_of_shape(id: u32, t: &mut Tracer) {
    if id >= 128 {
        let shapes = SHAPES.with(std::cell::Cell::get);
        if !shapes.is_null() {
            // SAFETY: shapes are never freed; the class is alive by the caller's promise.
            unsafe { t.mark((**shapes.add(id as usize)).class.header()) };
        }
    }
}

thread_local! {
    /// The heap that is being collected on this thread.
    static HEAP: std::cell::Cell<*const gc::Heap> = const { std::cell::Cell::new(std::ptr::null()) };
    /// Its shape table.
    static SHAPES: std::cell::Cell<*const *mut crate::class::Shape> = const { std::cell::Cell::new(std::ptr::null()) };
}

/// Plain instances: every word behind the header is a value or empty.
unsafe fn trace_instance(h: *mut Header, t: &mut Tracer) {
    // SAFETY: an Instance cell.
    unsafe {
        mark_class(h, t);
        t.mark_words((h as *const u64).add(1), words_of(h) - 1);
    }
}
unsafe fn trace_tuple(h: *mut Header, t: &mut Tracer) {
    // SAFETY: a Tuple cell.
    unsafe {
        t.mark_words(
            h.cast::<TupleObj>().add(1).cast(),
            (*h.cast::<TupleObj>()).len,
        );
        trace_tail(h, t);
    }
}
unsafe fn trace_array(h: *mut Header, t: &mut Tracer) {
    // SAFETY: an Array cell; unused slots are zero.
    unsafe {
        let a = &*h.cast::<ArrayObj>();
        t.mark_words(a.slots(), a.cap);
    }
}
unsafe fn trace_table(h: *mut Header, t: &mut Tracer) {
    // SAFETY: a Table cell.
    unsafe {
        let table = &*h.cast::<Table>();
        for i in 0..table.fill as usize {
            let e = &*table.entries().add(i);
            t.mark_word(e.key.map_or(0, Value::bits));
            t.mark_word(e.value.map_or(0, Value::bits));
        }
    }
}
/// Variable-size builtins: subclass instances have a dict word behind the payload, and strings the
/// slots of their class behind that.
unsafe fn trace_tail(h: *mut Header, t: &mut Tracer) {
    // SAFETY: a live cell of a variable-size kind.
    unsafe {
        if (*h).shape >= 128 {
            mark_class(h, t);
            let at = crate::attr::tail_offset(Value::cell(h));
            let n = words_of(h).saturating_sub(at / 8);
            t.mark_words(h.cast::<u64>().add(at / 8), n);
        }
    }
}
unsafe fn trace_slots_after(h: *mut Header, t: &mut Tracer, from: usize) {
    // SAFETY: subclass instances of fixed-size builtins have value words from `from` on.
    unsafe {
        if (*h).shape >= 128 {
            mark_class(h, t);
            let n = words_of(h);
            for i in from / 8..n {
                t.mark_pointer(*(h as *const u64).add(i));
            }
        }
    }
}
unsafe fn trace_float(h: *mut Header, t: &mut Tracer) {
    // SAFETY: a Float cell.
    unsafe { trace_slots_after(h, t, size_of::<FloatObj>()) }
}
unsafe fn trace_complex(h: *mut Header, t: &mut Tracer) {
    // SAFETY: a Complex cell.
    unsafe { trace_slots_after(h, t, size_of::<ComplexObj>()) }
}
unsafe fn trace_str(h: *mut Header, t: &mut Tracer) {
    // SAFETY: a Str cell.
    unsafe {
        let s = &*h.cast::<StrObj>();
        if (*h).flags & STR_SHARED != 0 && !s.data.get().is_null() {
            t.mark_interior(s.data.get());
        }
        trace_tail(h, t);
    }
}
unsafe fn trace_bytearray(h: *mut Header, t: &mut Tracer) {
    // SAFETY: a ByteArray cell.
    unsafe {
        t.mark_conservative((*h.cast::<ByteArrayObj>()).data.get() as u64);
        trace_slots_after(h, t, size_of::<ByteArrayObj>());
    }
}
unsafe fn trace_list(h: *mut Header, t: &mut Tracer) {
    // SAFETY: a List cell; `items` points behind an Array's struct.
    unsafe {
        let items = (*h.cast::<ListObj>()).items.get();
        if !items.is_null() {
            t.mark(items.cast::<u8>().sub(size_of::<ArrayObj>()).cast());
        }
        trace_slots_after(h, t, size_of::<ListObj>());
    }
}
unsafe fn trace_dict(h: *mut Header, t: &mut Tracer) {
    // SAFETY: a Dict cell.
    unsafe {
        let table = (*h.cast::<DictObj>()).table.get();
        if !table.is_null() {
            t.mark(table.cast());
        }
        trace_slots_after(h, t, size_of::<DictObj>());
    }
}
unsafe fn trace_set(h: *mut Header, t: &mut Tracer) {
    // SAFETY: a Set cell.
    unsafe {
        let table = (*h.cast::<SetObj>()).table.get();
        if !table.is_null() {
            t.mark(table.cast());
        }
        trace_slots_after(h, t, size_of::<SetObj>());
    }
}
/// The target is not marked.
unsafe fn trace_weakref(h: *mut Header, t: &mut Tracer) {
    // SAFETY: a WeakRef cell.
    unsafe {
        t.mark_word((*h.cast::<WeakRefObj>()).callback.bits());
        mark_class(h, t);
        for i in std::mem::offset_of!(WeakRefObj, overflow) / 8..words_of(h) {
            t.mark_pointer(*(h as *const u64).add(i));
        }
    }
}
unsafe fn trace_code(h: *mut Header, t: &mut Tracer) {
    // SAFETY: a Code cell, possibly still zero.
    unsafe {
        let c = &*h.cast::<CodeObj>();
        for slot in [
            &c.consts_array,
            &c.names_array,
            &c.name,
            &c.qualname,
            &c.filename,
            &c.shown,
        ] {
            t.mark_word(slot.bits());
        }
        if !c.jit.get().is_null() {
            (*c.jit.get()).trace(t);
        }
        mark_class(h, t);
    }
}
/// A suspended generator: the registers that its code still needs.
unsafe fn trace_generator(h: *mut Header, t: &mut Tracer) {
    // SAFETY: a Generator cell, possibly still zero (then its code is null).
    unsafe {
        mark_class(h, t);
        let code = (&raw const (*h.cast::<GeneratorObj>()).code).cast::<u64>();
        if *code == 0 {
            return;
        }
        let g = &*h.cast::<GeneratorObj>();
        t.mark(g.code.header());
        for slot in [&g.name, &g.qualname, &g.handled, &g.frame, &g.extra] {
            t.mark_pointer(slot.bits());
        }
        let live = match g.state.get() {
            State::Done => return,
            // The window is on the register stack.
            State::Running => return,
            State::Created => g.code.liveness().live_before(g.code.word_of(g.pc.get())),
            State::Suspended => g
                .code
                .liveness()
                .live_during_call(g.code.word_of(g.pc.get())),
        };
        let window = g.window();
        t.mark_pointer(*window);
        for i in live.iter() {
            t.mark_pointer(*window.add(1 + i));
        }
    }
}
unsafe fn trace_payload(h: *mut Header, t: &mut Tracer) {
    // SAFETY: a Payload cell, possibly still zero.
    unsafe {
        let p = &*h.cast::<PayloadObj>();
        if let Some(payload) = p.payload.get() {
            payload.as_ref().trace(t);
        }
        mark_class(h, t);
        let n = match p.payload.get() {
            Some(payload) => inline_offset(h, payload).unwrap_or(words_of(h) * 8) / 8,
            None => words_of(h),
        };
        for i in std::mem::offset_of!(PayloadObj, overflow) / 8..n {
            t.mark_pointer(*(h as *const u64).add(i));
        }
    }
}
unsafe fn drop_payload(h: *mut Header) {
    // SAFETY: a dead Payload cell; what is not inside it came from a box.
    unsafe {
        if let Some(p) = (*h.cast::<PayloadObj>()).payload.take() {
            let mut external = p.as_ref().external_bytes();
            if inline_offset(h, p).is_some() {
                std::ptr::drop_in_place(p.as_ptr());
            } else {
                external += size_of_val(p.as_ref());
                drop(Box::from_raw(p.as_ptr()));
            }
            let heap = HEAP.with(std::cell::Cell::get).cast_mut();
            if external > 0 && !heap.is_null() {
                (*heap).account_external(-(external as isize));
            }
        }
    }
}

/// Where in its cell a payload lies; None: in a box.
unsafe fn inline_offset(h: *mut Header, payload: NonNull<dyn Payload>) -> Option<usize> {
    // SAFETY: a living Payload cell.
    let is_inline = unsafe { (*h).flags } & PAYLOAD_INLINE != 0;
    is_inline.then(|| payload.as_ptr().cast::<u8>() as usize - h as usize)
}

/// The roots of an interpreter during a collection.
struct Roots<'a> {
    interp: *mut Interp,
    /// Called with the cells of `watched` that only the native stack may still refer to.
    unreached: Option<&'a dyn Fn(Ref<PayloadObj>)>,
    watched: &'a [Ref<PayloadObj>],
}

impl Roots<'_> {
    fn new(interp: *mut Interp) -> Roots<'static> {
        Roots {
            interp,
            unreached: None,
            watched: &[],
        }
    }
}

impl gc::Hooks for Roots<'_> {
    fn trace_roots(&mut self, t: &mut Tracer) {
        // SAFETY: the interpreter is alive; nothing else runs during a collection.
        unsafe {
            let i = &mut *self.interp;
            SHAPES.with(|s| s.set(i.shapes.base()));
            HEAP.with(|h| h.set(&raw const *i.heap));
            let mark = |t: &mut Tracer, v: Value| t.mark_word(v.bits());
            for v in i
                .interned
                .values()
                .chain(i.module_state.values())
                .chain(&i.immortals)
                .chain(&i.pending)
            {
                mark(t, *v);
            }
            i.monitor.values().for_each(|v| mark(t, v));
            for d in [i.builtins, i.sys_modules, i.sys_dict]
                .into_iter()
                .flatten()
            {
                mark(t, d.value());
            }
            for c in i.native_types.values() {
                mark(t, c.value());
            }
            for shape in i.shapes.iter().take_while(|s| s.id < 128) {
                mark(t, shape.class.value());
            }
            for payload in &i.nascent {
                payload.as_ref().trace(t);
            }
            for vm in &i.threads {
                trace_thread(&**vm, self.unreached.is_none(), t);
            }
        }
    }

    fn after_roots(&mut self, t: &mut Tracer) {
        if let Some(f) = self.unreached {
            let lost = |c: &&Ref<PayloadObj>| !t.is_marked(c.header());
            self.watched.iter().filter(lost).for_each(|c| f(*c));
            // SAFETY: as above.
            unsafe {
                for vm in &(*self.interp).threads {
                    trace_frames(&**vm, true, t);
                }
            }
        }
    }

    fn after_mark(&mut self, t: &mut Tracer) {
        // SAFETY: as above.
        unsafe { crate::weak::after_mark(&mut *self.interp, t) }
    }
}

unsafe fn trace_thread(vm: &Vm, arguments: bool, t: &mut Tracer) {
    // SAFETY: the thread's stacks are reserved memory.
    unsafe {
        let singles = [
            vm.raised,
            vm.handled,
            vm.context,
            vm.running_loop,
            vm.running_task,
            vm.decimal_context,
            vm.trace,
            vm.profile,
            vm.watch.stop,
            vm.thread_dict,
            vm.asyncgen_hooks[0],
            vm.asyncgen_hooks[1],
        ];
        for v in singles
            .into_iter()
            .flatten()
            .chain(vm.repr_stack.iter().copied())
            .chain(vm.watch.calls.iter().flat_map(|c| [c.callable, c.first]))
        {
            t.mark_word(v.bits());
        }
        trace_frames(vm, arguments, t);
        if vm.native_low != 0 {
            t.mark_conservative_range(vm.native_low as *const u64, vm.native_base as *const u64);
        }
        crate::types::trace(vm.types, t);
        crate::names::trace(vm.names, t);
    }
}

/// The frames of a thread: exactly the registers that are still needed. `arguments`: those of
/// running natives too, which in compiled code may hold anything from before.
unsafe fn trace_frames(vm: &Vm, arguments: bool, t: &mut Tracer) {
    // SAFETY: records between the base and the top are live, and their windows are on the
    // register stack.
    unsafe {
        let mut frame = vm.frames_base;
        while frame <= vm.frame {
            crate::frame::complete(frame);
            let f = &*frame;
            t.mark(f.code.header());
            for word in [f.extra, f.object, f.outer_handled, f.trace] {
                t.mark_pointer(word);
            }
            if f.code.nregs > 0 {
                // A native callee may still read its arguments where they are.
                let in_native = frame == vm.frame || (*frame.add(1)).cont == Cont::Exit;
                t.mark_pointer(f.reg(-1));
                trace_window(f, in_native && arguments, t);
            }
            frame = frame.add(1);
        }
    }
}

unsafe fn trace_window(f: &Frame, in_native: bool, t: &mut Tracer) {
    let word = f.code.word_of(f.pc);
    let liveness = f.code.liveness();
    let live = if in_native {
        liveness.live_before(word)
    } else {
        liveness.live_during_call(word)
    };
    // SAFETY: registers below nregs are in the window.
    unsafe {
        for i in live.iter() {
            t.mark_pointer(*f.regs.add(i));
        }
        if !in_native {
            return;
        }
        // Handlers may have written some of their results already. Those of calls are written
        // last, and what is there before may be what the program just deleted.
        if let Ok(insn) = Insn::at(&f.code.data().instrs, word)
            && !insn
                .effects()
                .intersects(Effects::WINDOW | Effects::SUSPEND)
        {
            for regs in insn.regs() {
                let end = regs.end().min(f.code.nregs);
                for i in regs.first..end {
                    t.mark_pointer(*f.regs.add(i as usize));
                }
            }
        }
    }
}

/// Called by the heap when a collection is due.
///
/// # Safety
/// `ctx` is the interpreter.
pub unsafe fn collect_due(ctx: *mut ()) {
    // SAFETY: promised by the caller.
    unsafe {
        let mut roots = Roots::new(ctx.cast());
        let heap = &raw mut *(*roots.interp).heap;
        (*heap).collect(&mut roots);
        crate::memory::recover();
        for vm in &(*roots.interp).threads {
            if !(*roots.interp).pending.is_empty() {
                (**vm).request_poll(crate::poll::FINALIZERS);
            }
        }
    }
}

impl Vm {
    /// A full collection now.
    #[inline(never)]
    pub fn collect_garbage(&mut self) -> gc::Stats {
        // SAFETY: all of the native stack is scanned.
        unsafe { self.collect_from(std::ptr::null()) }
    }

    /// A full collection, which calls `unreached` with those of `watched` that only words of the
    /// native stack refer to, if anything does. It may not allocate.
    pub(crate) fn collect_garbage_watching(
        &mut self,
        watched: &[Ref<PayloadObj>],
        unreached: &dyn Fn(Ref<PayloadObj>),
    ) {
        let mut roots = Roots {
            interp: self.interp,
            unreached: Some(unreached),
            watched,
        };
        let heap = self.heap;
        // SAFETY: the interpreter is alive; all of the native stack is scanned.
        unsafe { (*heap).collect(&mut roots) };
    }

    /// A full collection for the function `name` of `module`, which holds no values but its
    /// arguments. When the running Python code called it directly, the native frames since the
    /// interpreter loop was entered are left out: their stale words would keep what the program
    /// just dropped.
    #[inline(never)]
    pub fn collect_garbage_for(&mut self, module: Value, name: &str) -> gc::Stats {
        let lowest = if self.is_direct_call(module, name) {
            self.loop_entry
        } else {
            std::ptr::null()
        };
        // SAFETY: in a direct call only the frames of the call instruction's handler, of argument
        // binding and of the function lie below the loop's entry, and the only values that they
        // use afterwards are the arguments, which the running frame's registers hold.
        unsafe { self.collect_from(lowest) }
    }

    /// # Safety
    /// As for [`gc::Heap::collect_from`].
    unsafe fn collect_from(&mut self, lowest: *const u64) -> gc::Stats {
        // SAFETY: the interpreter is alive.
        unsafe {
            let heap = self.heap;
            gc::Heap::clear_stale_stack();
            (*heap).collect_from(lowest, &mut Roots::new(self.interp))
        }
    }

    /// The running instruction is a call of the native function `name` of `module`.
    fn is_direct_call(&self, module: Value, name: &str) -> bool {
        // SAFETY: the top frame is live; `base` and, in method calls, the register behind it are
        // in its window.
        unsafe {
            let f = &*self.frame;
            let Ok(insn) = Insn::at(&f.code.data().instrs, f.code.word_of(f.pc)) else {
                return false;
            };
            let b = f.pc.read().b() as isize;
            let method = match insn.op {
                bytecode::Op::Call => false,
                bytecode::Op::CallMethod => true,
                bytecode::Op::CallKw => insn.first.d() == 1,
                _ => return false,
            };
            let callee = match method {
                false => f.reg(b),
                true if f.reg(b) == 0 => f.reg(b + 1),
                true => return false,
            };
            Value::from_bits(callee)
                .and_then(|v| v.downcast::<NativeObj>())
                .is_some_and(|n| n.bound_self() == Some(module) && n.def.name == name)
        }
    }
}

/// Makes TypeObj known to rustdoc links of this file.
#[allow(dead_code)]
type _Class = TypeObj;
