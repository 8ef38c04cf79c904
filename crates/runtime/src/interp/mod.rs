//! The interpreter: tail-threaded handlers, one small function an opcode.
//!
//! A handler gets the machine state in registers and ends in a call of the next handler, which
//! the optimiser turns into a jump: no Drop and no address-taken local in a handler, slow work
//! in cold functions that are tail-called or called out of line.

mod arith;
pub(crate) mod attrs;
mod build;
mod calls;
mod compare;
pub mod drain;
pub(crate) mod except;
pub mod generator;
mod items;
mod iter;
mod misc;
mod moves;
pub(crate) mod names;
mod natives;
mod pattern;
pub mod returns;
pub mod stress;

use crate::code::Cache;
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;
use bytecode::Instr;

/// The machine state that handlers pass on.
#[derive(Clone, Copy)]
pub struct Cx {
    pub pc: *const Instr,
    pub regs: *mut u64,
    pub vm: *mut Vm,
    pub caches: *mut Cache,
    pub table: *const (),
    pub w: Instr,
}

/// A handler. The result is the word of the value that leaves the loop, zero when raised.
pub type Handler = unsafe extern "sysv64-unwind" fn(
    *const Instr,
    *mut u64,
    *mut Vm,
    *mut Cache,
    *const (),
    Instr,
) -> u64;

/// Declares a handler: `handler!(name, s => expression)`.
macro_rules! handler {
    ($(#[$meta:meta])* $name:ident, $s:ident => $body:expr) => {
        $(#[$meta])*
        pub(super) unsafe extern "sysv64-unwind" fn $name(
            pc: *const bytecode::Instr,
            regs: *mut u64,
            vm: *mut crate::vm::Vm,
            caches: *mut crate::code::Cache,
            table: *const (),
            w: bytecode::Instr,
        ) -> u64 {
            let $s = crate::interp::Cx { pc, regs, vm, caches, table, w };
            // SAFETY: handlers run verified bytecode on a live frame: registers, constants,
            // names, caches and jumps are in range.
            #[allow(unused_unsafe)]
            unsafe { $body }
        }
    };
}
pub(crate) use handler;

#[allow(clippy::missing_safety_doc)]
impl Cx {
    /// Goes on with the instruction `n` words further.
    #[inline(always)]
    pub unsafe fn next(self, n: usize) -> u64 {
        // SAFETY: the verifier checked that code does not end without an END opcode.
        unsafe { self.jump(n as isize) }
    }
    /// Goes on `n` words from here, forward or back.
    #[inline(always)]
    pub unsafe fn jump(self, n: isize) -> u64 {
        // SAFETY: jumps are verified.
        unsafe {
            Cx {
                pc: self.pc.offset(n),
                ..self
            }
            .dispatch()
        }
    }
    /// Runs the instruction at `pc`.
    #[inline(always)]
    pub unsafe fn dispatch(self) -> u64 {
        // SAFETY: pc points at an instruction; the table has 256 entries.
        unsafe {
            let w = *self.pc;
            let h = *self.table.cast::<Handler>().add(w.op_byte() as usize);
            h(self.pc, self.regs, self.vm, self.caches, self.table, w)
        }
    }
    /// Goes on in another handler with the same instruction.
    #[inline(always)]
    pub unsafe fn goto(self, h: Handler) -> u64 {
        // SAFETY: same state.
        unsafe { h(self.pc, self.regs, self.vm, self.caches, self.table, self.w) }
    }
    /// No other table than the usual one looks at every instruction (stress, profile, trace), so
    /// that several may be run as one.
    #[inline(always)]
    pub unsafe fn is_unwatched(self) -> bool {
        let op = self.w.op_byte() as usize;
        // SAFETY: tables have 256 entries.
        unsafe { *self.table.cast::<usize>().add(op) == TABLE[op] as usize }
    }
    /// The word in register i.
    #[inline(always)]
    pub unsafe fn bits(self, i: u16) -> u64 {
        // SAFETY: register operands are verified.
        unsafe { *self.regs.add(i as usize) }
    }
    /// The value in register i, which must be bound.
    #[inline(always)]
    pub unsafe fn get(self, i: u16) -> Value {
        // SAFETY: the compiler reads only bound registers.
        unsafe { Value::from_bits_unchecked(self.bits(i)) }
    }
    /// The value in register i, or None when unbound.
    #[inline(always)]
    pub unsafe fn opt(self, i: u16) -> Option<Value> {
        // SAFETY: register operands are verified.
        Value::from_bits(unsafe { self.bits(i) })
    }
    #[inline(always)]
    pub unsafe fn set(self, i: u16, v: Value) {
        // SAFETY: register operands are verified.
        unsafe { *self.regs.add(i as usize) = v.bits() }
    }
    #[inline(always)]
    pub unsafe fn set_bits(self, i: u16, bits: u64) {
        // SAFETY: register operands are verified.
        unsafe { *self.regs.add(i as usize) = bits }
    }
    /// Registers `base .. base + n` as values.
    #[inline(always)]
    pub unsafe fn slice<'a>(self, base: usize, n: usize) -> &'a [Value] {
        // SAFETY: the range is verified and holds bound values; native callees do not write it.
        unsafe { std::slice::from_raw_parts(self.regs.add(base).cast(), n) }
    }
    /// The second word of the instruction.
    #[inline(always)]
    pub unsafe fn ext(self) -> Instr {
        // SAFETY: only used by two-word opcodes.
        unsafe { *self.pc.add(1) }
    }
    /// The inline cache of a two-word instruction.
    #[inline(always)]
    pub unsafe fn cache(self) -> *mut Cache {
        // SAFETY: cache indices are verified.
        unsafe { self.caches.add(self.ext().y() as usize) }
    }
    /// The cache, when it may be written (the code is warm).
    #[inline(always)]
    pub unsafe fn warm_cache<'a>(self) -> Option<&'a mut Cache> {
        if self.caches == crate::code::cold() {
            None
        } else {
            // SAFETY: warm code owns its caches.
            Some(unsafe { &mut *self.cache() })
        }
    }
    /// Name i of the running code.
    #[inline(always)]
    pub unsafe fn name(self, i: u32) -> Value {
        // SAFETY: name indices are verified.
        unsafe {
            let code = (*(*self.vm).frame).code;
            *code.names.get().add(i as usize)
        }
    }
    /// Constant i of the running code.
    #[inline(always)]
    pub unsafe fn konst(self, i: u32) -> Value {
        // SAFETY: constant indices are verified.
        unsafe { *(*self.vm).consts.add(i as usize) }
    }
    /// The thread state. Also stores the pc for tracebacks and continuations.
    #[inline(always)]
    pub unsafe fn enter<'a>(self) -> &'a mut Vm {
        // SAFETY: the thread state outlives the loop; handlers hold no other reference to it.
        unsafe {
            (*(*self.vm).frame).pc = self.pc;
            &mut *self.vm
        }
    }
    /// Stores a result in register `a` and goes on `n` words further, or unwinds.
    #[inline(always)]
    pub unsafe fn finish(self, r: Res, n: usize) -> u64 {
        // SAFETY: as the parts.
        unsafe {
            match r {
                Ok(v) => {
                    self.set(self.w.a(), v);
                    self.next(n)
                }
                Err(Raised) => self.goto(except::unwind),
            }
        }
    }
    /// Goes on `n` words further, or unwinds.
    #[inline(always)]
    pub unsafe fn finish_unit(self, r: Res<()>, n: usize) -> u64 {
        // SAFETY: as the parts.
        unsafe {
            match r {
                Ok(()) => self.next(n),
                Err(Raised) => self.goto(except::unwind),
            }
        }
    }
    /// Does what a helper outside the handlers decided; see `Flow`.
    #[inline(always)]
    pub unsafe fn go(self, flow: Flow) -> u64 {
        // SAFETY: helpers leave the thread state ready for what they ask.
        unsafe {
            if flow.0 == Flow::EXIT.0 {
                (*self.vm).exit_bits
            } else {
                self.resume(flow.0)
            }
        }
    }
    /// As `go`, recording types if the compiler asked for it.
    #[inline(always)]
    pub unsafe fn go_recording(self, flow: Flow) -> u64 {
        // SAFETY: as `go`.
        unsafe {
            let plain = std::ptr::eq(self.table, (*self.vm).table.cast());
            let table: *const () = if plain && (*self.vm).jit.credits > 0 {
                crate::jit::feedback::PROFILE_TABLE.as_ptr().cast()
            } else {
                self.table
            };
            Cx { table, ..self }.go(flow)
        }
    }
    /// Goes on in the frame on top of the stack, at its pc plus `n` words.
    #[inline(always)]
    pub unsafe fn resume(self, n: isize) -> u64 {
        // SAFETY: the top frame is live.
        unsafe {
            let frame = (*self.vm).frame;
            let code = (*frame).code;
            (*self.vm).consts = code.consts.get();
            Cx {
                pc: (*frame).pc.offset(n),
                regs: (*frame).regs,
                caches: code.caches.get(),
                ..self
            }
            .dispatch()
        }
    }
}

/// Unwinds from the frame on top, with the exception in flight.
pub(crate) fn unwind_top(vm: &mut Vm) -> Flow {
    except::unwind_vm(vm, true)
}

/// What a handler does after a helper: resume the frame on top that many words behind its pc, or
/// leave the loop with `Vm::exit_bits`. Helpers are ordinary Rust functions, from which the next
/// handler cannot be tail-called, so they return this.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Flow(pub isize);

impl Flow {
    /// Leave the loop.
    pub const EXIT: Flow = Flow(isize::MIN);
    /// Resume at the frame's pc: it was just entered, or set.
    pub const HERE: Flow = Flow(0);
}

macro_rules! table {
    ($($op:ident)*) => {
        /// The handlers by opcode number.
        pub static TABLE: [Handler; 256] = {
            let mut t: [Handler; 256] = [misc::bad_opcode; 256];
            $( t[bytecode::Op::$op as usize] = ops::$op; )*
            t
        };
    };
}

/// One name an opcode, whatever file its handler is in.
#[allow(non_upper_case_globals)]
mod ops {
    use super::Handler;
    use super::*;
    macro_rules! alias {
        ($($op:ident = $m:ident :: $f:ident),* $(,)?) => { $( pub const $op: Handler = $m::$f; )* };
    }
    alias! {
        Nop = moves::nop, Move = moves::mov, LoadConst = moves::load_const, LoadInt = moves::load_int,
        LoadSpecial = moves::load_special, CheckLocal = names::check_local, DeleteLocal = names::delete_local,
        MakeCell = names::make_cell, LoadCell = names::load_cell, StoreCell = names::store_cell,
        DeleteCell = names::delete_cell, LoadFree = names::load_free, StoreFree = names::store_free,
        DeleteFree = names::delete_free, LoadFreeCell = names::load_free_cell,
        LoadGlobal = names::load_global, StoreGlobal = names::store_global, DeleteGlobal = names::delete_global,
        LoadName = names::load_name, StoreName = names::store_name, DeleteName = names::delete_name,
        LoadMappingOrFree = names::load_mapping_or_free, LoadMappingOrGlobal = names::load_mapping_or_global,
        LoadLocals = names::load_locals,
        LoadAttr = attrs::load_attr, StoreAttr = attrs::store_attr, DeleteAttr = attrs::delete_attr,
        LoadMethod = attrs::load_method, LoadSpecialMethod = attrs::load_special_method,
        LoadSuperAttr = attrs::load_super_attr, LoadSuperMethod = attrs::load_super_method,
        GetItem = items::get_item, SetItem = items::set_item, DeleteItem = items::delete_item,
        GetItemI = items::get_item_i, GetSlice = items::get_slice, SetSlice = items::set_slice,
        Add = arith::add, Sub = arith::sub, Mul = arith::mul, TrueDiv = arith::true_div,
        FloorDiv = arith::floor_div, Mod = arith::modulo, And = arith::and, Or = arith::or, Xor = arith::xor,
        Lshift = arith::lshift, Rshift = arith::rshift, Pow = arith::pow, MatMul = arith::mat_mul,
        AddI = arith::add_i, SubI = arith::sub_i, MulI = arith::mul_i, FloorDivI = arith::floor_div_i,
        ModI = arith::mod_i, Neg = arith::neg, Pos = arith::pos, Invert = arith::invert, Not = arith::not,
        ToBool = arith::to_bool,
        Lt = compare::lt, Le = compare::le, Eq = compare::eq, Ne = compare::ne, Gt = compare::gt, Ge = compare::ge,
        Is = compare::is, Contains = compare::contains,
        Jump = moves::jump, JumpBack = moves::jump_back, JumpIfTrue = compare::jump_if_true,
        JumpIfFalse = compare::jump_if_false, JumpIfNone = compare::jump_if_none, JumpIfNotNone = compare::jump_if_not_none,
        JumpLt = compare::jump_lt, JumpLe = compare::jump_le, JumpEq = compare::jump_eq, JumpNe = compare::jump_ne,
        JumpGt = compare::jump_gt, JumpGe = compare::jump_ge, JumpLtI = compare::jump_lt_i, JumpLeI = compare::jump_le_i,
        JumpEqI = compare::jump_eq_i, JumpNeI = compare::jump_ne_i, JumpGtI = compare::jump_gt_i,
        JumpGeI = compare::jump_ge_i, JumpIs = compare::jump_is,
        GetIter = iter::get_iter, ForIter = iter::for_iter, UnpackSeq = iter::unpack_seq, UnpackEx = iter::unpack_ex,
        Call = calls::call, CallMethod = calls::call_method, CallKw = calls::call_kw, CallEx = calls::call_ex,
        Return = returns::ret, ReturnGenerator = generator::return_generator, Yield = generator::yield_,
        GetYieldFromIter = generator::get_yield_from_iter, Send = generator::send, YieldFrom = generator::yield_from,
        GetAwaitable = generator::get_awaitable, GetAIter = generator::get_aiter, GetANext = generator::get_anext,
        EndAsyncFor = generator::end_async_for,
        BuildTuple = build::build_tuple, BuildList = build::build_list, BuildSet = build::build_set,
        BuildMap = build::build_map, BuildSlice = build::build_slice, BuildString = build::build_string,
        Format = build::format, BuildInterpolation = build::build_interpolation, BuildTemplate = build::build_template,
        ListAppend = build::list_append, ListExtend = build::list_extend, ListToTuple = build::list_to_tuple,
        SetAdd = build::set_add, SetUpdate = build::set_update, MapSet = build::map_set, MapUpdate = build::map_update,
        MapMerge = build::map_merge,
        MakeFunction = calls::make_function, LoadBuildClass = misc::load_build_class, Intrinsic = misc::intrinsic,
        PushExc = except::push_exc, PopExc = except::pop_exc, ExcMatch = except::exc_match,
        ExcGroupMatch = except::exc_group_match, ExcGroupEnd = except::exc_group_end, Raise = except::raise,
        Reraise = except::reraise, LoadAssertionError = except::load_assertion_error, WithExcept = except::with_except,
        GetLen = pattern::get_len, MatchMapping = pattern::match_mapping, MatchSequence = pattern::match_sequence,
        MatchKeys = pattern::match_keys, MatchClass = pattern::match_class,
        ImportName = misc::import_name, ImportFrom = misc::import_from, ImportStar = misc::import_star,
    }
}

bytecode::for_each_opcode!(table);

impl Vm {
    /// Runs the frame on top of the stack, whose continuation is `Cont::Exit`, to its end.
    ///
    /// A Rust panic inside is a bug, but becomes SystemError here instead of ending the process.
    #[inline]
    pub fn run(&mut self) -> Res {
        let entry = self.frame;
        let saved = self.consts;
        let vm: *mut Vm = self;
        let mut registers = gc::SavedRegisters::new();
        let outer_entry = std::mem::replace(&mut self.loop_entry, registers.spill());
        // SAFETY: push_frame made the frame; its code is verified or comes from our compiler.
        let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| unsafe { start(vm) }));
        registers.keep();
        self.loop_entry = outer_entry;
        self.consts = saved;
        match ended {
            Ok(bits) => Value::from_bits(bits).ok_or(Raised),
            Err(_) => {
                // SAFETY: there is always a record below an entry frame.
                self.frame = unsafe { entry.sub(1) };
                Err(self.system_error("internal error: the engine panicked"))
            }
        }
    }
}

/// Begins to run the frame on top.
unsafe fn start(vm: *mut Vm) -> u64 {
    // SAFETY: the caller has a runnable frame on top, from which the rest is loaded.
    unsafe {
        let s = Cx {
            pc: std::ptr::null(),
            regs: std::ptr::null_mut(),
            vm,
            caches: std::ptr::null_mut(),
            table: (*vm).table.cast(),
            w: Instr(0),
        };
        s.go_recording(Flow::HERE)
    }
}
