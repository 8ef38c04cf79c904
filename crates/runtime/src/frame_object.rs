//! Frame objects: made when somebody asks, pointing at the running window until it dies.

use crate::code::CodeObj;
use crate::frame::{Frame, complete, flag};
use crate::interp::generator::{GeneratorObj, State};
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;
use bytecode::{CodeFlags, Instr};
use gc::Header;
use std::cell::Cell;

/// A frame object. While the frame runs its registers are the window of `live`; while its
/// generator is suspended they are the generator's; afterwards the named ones are the copy that
/// follows the struct (R[-1] first).
#[repr(C)]
pub struct FrameObj {
    pub header: Header,
    pub code: Ref<CodeObj>,
    pub live: Cell<*mut Frame>,
    pub generator: Slot,
    /// The caller's frame object, set when the frame has ended.
    pub back: Slot,
    pub pc: Cell<*const Instr>,
    pub trace: Slot,
    /// Names that `f_locals` was given and that are no variables.
    pub extra_locals: Slot,
    pub trace_lines: Cell<bool>,
    pub trace_opcodes: Cell<bool>,
    pub ended: Cell<bool>,
    /// `clear()` was called.
    pub cleared: Cell<bool>,
    /// See `report_at`.
    at: Cell<u64>,
}

/// Where a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// At the instruction that it runs.
    Instruction,
    /// Before the first one, in the line of its `def`.
    Start,
    Word(u32),
}

impl CellType for FrameObj {
    fn is_kind(kind: u8) -> bool {
        kind == Kind::Frame as u8
    }
}

impl FrameObj {
    fn copy(&self) -> *mut u64 {
        // SAFETY: the copy follows the struct.
        unsafe { (self as *const FrameObj).add(1) as *mut u64 }
    }
    /// The words from R[-1] on, wherever they are now; the named registers are valid.
    fn words(&self) -> *mut u64 {
        let live = self.live.get();
        if !live.is_null() {
            // SAFETY: a live frame record; R[-1] belongs to its window.
            return unsafe { (*live).regs.sub(1) };
        }
        match self
            .generator
            .get()
            .and_then(|g| g.downcast::<GeneratorObj>())
        {
            Some(g) if !self.ended.get() => g.window(),
            _ => self.copy(),
        }
    }
    /// Named registers of the code.
    pub fn named(&self) -> usize {
        self.code.named_regs() as usize
    }
    /// Register i (below `named`).
    pub fn register(&self, i: usize) -> Option<Value> {
        // SAFETY: named registers are in every form of the window.
        Value::from_bits(unsafe { *self.words().add(1 + i) })
    }
    /// Sets register i (below `named`).
    pub fn set_register(&self, vm: &mut Vm, i: usize, v: Option<Value>) {
        // SAFETY: as in `register`.
        unsafe {
            *self.words().add(1 + i) = v.map_or(0, Value::bits);
            gc::write_barrier((self as *const FrameObj as *mut FrameObj).cast());
        }
        if let Some(g) = self.generator.get() {
            gc::write_barrier(g.ptr());
        }
        let live = self.live.get();
        if !live.is_null() {
            // Compiled code may have the register in a machine register.
            vm.leave_compiled_frames(live);
        }
    }
    /// The function whose code runs.
    pub fn function(&self) -> Option<Ref<FunctionObj>> {
        // SAFETY: R[-1] is in every form of the window.
        Value::from_bits(unsafe { *self.words() })?.downcast()
    }
    /// The instruction that runs, or where it stopped.
    pub fn current_pc(&self) -> *const Instr {
        let live = self.live.get();
        if !live.is_null() {
            // SAFETY: a live frame record.
            return unsafe { (*live).pc };
        }
        match self
            .generator
            .get()
            .and_then(|g| g.downcast::<GeneratorObj>())
        {
            Some(g) if !self.ended.get() => g.pc.get(),
            _ => self.pc.get(),
        }
    }
    /// Word index of the current instruction.
    pub fn word(&self) -> u32 {
        self.code.word_of(self.current_pc())
    }
    /// Says where the frame claims to be, while its call event is delivered.
    pub fn report_at(&self, at: At) {
        self.at.set(match at {
            At::Instruction => 0,
            At::Start => 1,
            At::Word(w) => u64::from(w) + 2,
        });
    }
    /// Where the frame is, as `f_lasti` and `f_lineno` tell.
    pub fn place(&self) -> At {
        match self.at.get() {
            0 if self.is_fresh() => At::Start,
            0 => At::Word(self.word()),
            1 => At::Start,
            w => At::Word((w - 2) as u32),
        }
    }
    /// The frame of a generator that has not run.
    fn is_fresh(&self) -> bool {
        let generator = self.generator.get();
        generator
            .and_then(|g| g.downcast::<GeneratorObj>())
            .is_some_and(|g| g.state.get() == State::Created)
    }
    /// The line that runs.
    pub fn line(&self) -> Option<u32> {
        match self.place() {
            At::Word(w) => line_at(self.code, w),
            _ => Some(start_line(self.code)),
        }
    }
    /// The namespace mapping of module, class and exec code.
    pub fn namespace(&self) -> Option<Value> {
        if self.code.flags.contains(CodeFlags::NAMESPACE) {
            self.register(0)
        } else {
            None
        }
    }
}

/// The line of what comes before the first instruction.
pub fn start_line(code: Ref<CodeObj>) -> u32 {
    let d = code.data();
    let module = d.flags.contains(CodeFlags::NAMESPACE) && !d.flags.contains(CodeFlags::CLASS_BODY);
    if module { 0 } else { d.first_line }
}

/// The line of an instruction, when it has one.
pub fn line_at(code: Ref<CodeObj>, word: u32) -> Option<u32> {
    code.data()
        .positions
        .lookup(word)
        .map(|p| p.line)
        .filter(|l| *l != 0)
}

impl Vm {
    /// The frame object of a live frame record, made when there is none.
    pub fn object_of_frame(&mut self, frame: *mut Frame) -> Res<Ref<FrameObj>> {
        // SAFETY: a live frame record of this thread.
        unsafe {
            if (*frame).flags & flag::OBSERVED != 0
                && let Some(f) =
                    Value::from_bits((*frame).object).and_then(|v| v.downcast::<FrameObj>())
            {
                return Ok(f);
            }
            complete(frame);
            let f = self.alloc_frame_object((*frame).code)?;
            f.live.set(frame);
            (*frame).object = f.value().bits();
            (*frame).flags |= flag::OBSERVED;
            // Compiled code looks at the record of its innermost frame.
            self.leave_compiled_frames(frame.add(1));
            if (*frame).flags & flag::GENERATOR != 0 {
                let g: Ref<GeneratorObj> = Ref::new((*frame).extra as *mut GeneratorObj);
                f.generator.init(g.value());
                g.frame.write(g, f.value());
            }
            Ok(f)
        }
    }

    fn alloc_frame_object(&mut self, code: Ref<CodeObj>) -> Res<Ref<FrameObj>> {
        let words = code.named_regs() as usize + 1;
        let p: *mut FrameObj = self
            .alloc_kind(size_of::<FrameObj>() + words * 8, Kind::Frame)?
            .cast();
        // SAFETY: freshly allocated.
        let f = unsafe {
            (&raw mut (*p).code).write(code);
            Ref::new(p)
        };
        f.pc.set(code.instrs);
        f.trace_lines.set(true);
        Ok(f)
    }

    /// The frame object of a generator-like object; None when it has ended.
    pub fn generator_frame(&mut self, g: Ref<GeneratorObj>) -> Res {
        if g.state.get() == State::Done {
            return Ok(Value::NONE);
        }
        if let Some(f) = g.frame.get() {
            return Ok(f);
        }
        if g.state.get() == State::Running {
            let mut frame = self.frame;
            while frame > self.frames_base {
                // SAFETY: records between the base and the top are live.
                unsafe {
                    if (*frame).flags & flag::GENERATOR != 0 && (*frame).extra == g.value().bits() {
                        return Ok(self.object_of_frame(frame)?.value());
                    }
                    frame = frame.sub(1);
                }
            }
        }
        let f = self.alloc_frame_object(g.code)?;
        f.generator.init(g.value());
        g.frame.write(g, f.value());
        Ok(f.value())
    }

    /// The frame object `depth` Python frames below the running one; None beyond the bottom.
    pub fn frame_object(&mut self, depth: usize) -> Res<Option<Ref<FrameObj>>> {
        // SAFETY: the subtraction stays in the reservation because of the comparison.
        let count = unsafe { self.frame.offset_from(self.frames_base) } as usize;
        if depth >= count {
            return Ok(None);
        }
        // SAFETY: as above.
        let frame = unsafe { self.frame.sub(depth) };
        self.object_of_frame(frame).map(Some)
    }

    /// The caller's frame object.
    pub fn frame_back(&mut self, f: Ref<FrameObj>) -> Res<Value> {
        let live = f.live.get();
        if live.is_null() {
            return Ok(f.back.or_none());
        }
        // SAFETY: a live record; the one below it is live too.
        let below = unsafe { live.sub(1) };
        if below <= self.frames_base {
            return Ok(Value::NONE);
        }
        Ok(self.object_of_frame(below)?.value())
    }

    /// Adds an entry for `frame` at its current instruction to the traceback of `exc`.
    pub fn add_traceback(&mut self, exc: Value, frame: *mut Frame) {
        let raised = self.raised.replace(exc);
        let made = self.try_add_traceback(exc, frame);
        self.raised = raised;
        let memory_error = crate::vm::immortal::MEMORY_ERROR;
        if made.is_err() && self.interp().immortals.get(memory_error) != Some(&exc) {
            self.request_poll(crate::poll::NO_MEMORY);
        }
    }

    fn try_add_traceback(&mut self, exc: Value, frame: *mut Frame) -> Res<()> {
        let Some(x) = exc.downcast::<ExceptionObj>() else {
            return Ok(());
        };
        let f = self.object_of_frame(frame)?;
        // SAFETY: a live frame record.
        let word = unsafe { f.code.word_of((*frame).pc) };
        let tb = self.new_traceback(x.traceback.get(), f, word, LAZY_LINE)?;
        x.traceback.write(x, tb.value());
        Ok(())
    }

    /// A traceback entry; `line` may be `LAZY_LINE`.
    pub fn new_traceback(
        &mut self,
        next: Option<Value>,
        frame: Ref<FrameObj>,
        word: u32,
        line: u32,
    ) -> Res<Ref<TracebackObj>> {
        let p: *mut TracebackObj = self
            .alloc_kind(size_of::<TracebackObj>(), Kind::Traceback)?
            .cast();
        // SAFETY: freshly allocated.
        let tb = unsafe {
            (&raw mut (*p).code).write(frame.code);
            Ref::new(p)
        };
        tb.next.init(next);
        tb.frame.init(frame.value());
        tb.pc.set(word);
        tb.line.set(line);
        Ok(tb)
    }

    /// The window of an observed frame is about to die: its frame object takes the variables.
    pub fn detach_frame_object(&mut self, frame: *mut Frame) {
        // SAFETY: a live frame record whose object is set.
        unsafe {
            let Some(f) = Value::from_bits((*frame).object).and_then(|v| v.downcast::<FrameObj>())
            else {
                return;
            };
            if (*frame).flags & flag::GENERATOR == 0 {
                let below = frame.sub(1);
                if below > self.frames_base {
                    let raised = self.raised.take();
                    match self.object_of_frame(below) {
                        Ok(b) => f.back.write(f, b.value()),
                        // Out of memory: the chain ends here.
                        Err(_) => f.back.write(f, None),
                    }
                    self.raised = raised;
                }
            }
            f.pc.set((*frame).pc);
            std::ptr::copy_nonoverlapping((*frame).regs.sub(1), f.copy(), f.named() + 1);
            gc::write_barrier(f.header());
            f.live.set(std::ptr::null_mut());
            f.ended.set(true);
        }
    }

    /// A generator with a frame object runs again.
    pub fn attach_frame_object(&mut self, f: Value, frame: *mut Frame) {
        if let Some(f) = f.downcast::<FrameObj>() {
            f.live.set(frame);
        }
    }

    /// A generator with a frame object is suspended.
    pub fn park_frame_object(&mut self, frame: *mut Frame, _g: Ref<GeneratorObj>) {
        // SAFETY: a live frame record.
        let object = unsafe { (*frame).object };
        if let Some(f) = Value::from_bits(object).and_then(|v| v.downcast::<FrameObj>()) {
            f.live.set(std::ptr::null_mut());
        }
    }

    /// `locals()` of the running Python code.
    pub fn locals(&mut self) -> Res {
        // SAFETY: the running record.
        let (frame, code) = unsafe { (self.frame, (*self.frame).code) };
        if frame <= self.frames_base {
            return Err(self.system_error("frame does not exist"));
        }
        let plain = code.nlocals <= 1;
        if code.flags.contains(CodeFlags::NAMESPACE) && plain {
            // SAFETY: R[0] of namespace code is its mapping.
            let ns = unsafe { (*frame).reg(0) };
            return Ok(Value::from_bits(ns).unwrap_or(Value::NONE));
        }
        let f = self.object_of_frame(frame)?;
        if let Some(ns) = f.namespace()
            && !crate::types::frame_locals::in_comprehension(f)
        {
            return Ok(ns);
        }
        Ok(self.snapshot_locals(f)?.value())
    }

    /// `globals()` of the running Python code.
    pub fn globals(&mut self) -> Option<Ref<DictObj>> {
        if self.frame <= self.frames_base {
            return None;
        }
        // SAFETY: R[-1] of a running record is its function.
        let f = Value::from_bits(unsafe { (*self.frame).reg(-1) })?;
        f.downcast::<FunctionObj>().map(|f| f.globals)
    }
}

/// `TracebackObj::line` before anybody asked.
pub const LAZY_LINE: u32 = u32::MAX;

impl Vm {
    /// Removes the entries of the import system from the traceback of the exception in flight:
    /// all of them from ImportErrors, else those that end in a call of the module's own code.
    pub fn remove_import_frames(&mut self) {
        let Some(e) = self.raised else { return };
        let Some(x) = e.downcast::<ExceptionObj>() else {
            return;
        };
        let always = self.is_instance_of(e, self.types.exc.ImportError);
        let set_link = |link: Option<Ref<TracebackObj>>, next: Option<Value>| match link {
            Some(tb) => tb.next.write(tb, next),
            None => x.traceback.write(x, next),
        };
        let mut at = x.traceback.get();
        // The entry before the current one, and before the current run of importer entries.
        let (mut previous, mut outer) = (None, None);
        let mut inside = false;
        while let Some(tb) = at.and_then(|t| t.downcast::<TracebackObj>()) {
            let next = tb.next.get();
            let file = &tb.code.data().filename;
            let importer = file == "<frozen importlib._bootstrap>"
                || file == "<frozen importlib._bootstrap_external>";
            if importer && !inside {
                outer = previous;
            }
            inside = importer;
            if inside && (always || tb.code.data().name == "_call_with_frames_removed") {
                set_link(outer, next);
                previous = outer;
            } else {
                previous = Some(tb);
            }
            at = next;
        }
    }
}
