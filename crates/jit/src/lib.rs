//! The optimising compiler: bytecode and type feedback to machine code.
//!
//! `build` makes a typed SSA graph (`graph`), `optimise` improves it, `lower` translates it to
//! Cranelift's IR, `memory` holds the machine code. `deopt` rebuilds the interpreter's frames
//! where compiled code leaves.

pub mod build;
pub mod deopt;
pub mod graph;
pub mod helpers;
mod lower;
pub mod memory;
pub mod optimise;
pub mod reasons;
pub mod report;
pub mod unit;

use build::Builder;
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_codegen::settings::{self, Configurable};
use cranelift_codegen::{Context, isa};
use cranelift_frontend::FunctionBuilderContext;
use memory::CodeMemory;
use reasons::Refusal;
use report::Report;
use runtime::Vm;
use runtime::code::CodeObj;
use runtime::jit::{Compiler, LoopEntry};
use runtime::object::*;
use std::sync::atomic::Ordering;
use std::time::Instant;
use unit::{GONE, MAX_COMPILATIONS, Unit};

/// What to print while compiling.
#[derive(Clone, Debug, Default)]
pub struct Dump {
    pub graph: bool,
    pub clif: bool,
    pub asm: bool,
    /// Only units whose name contains this.
    pub name: String,
}

/// The compiler of an interpreter.
pub struct Jit {
    /// Made at the first compilation.
    isa: Option<OwnedTargetIsa>,
    context: Context,
    builder: FunctionBuilderContext,
    memory: CodeMemory,
    dump: Dump,
    report: Report,
}

/// Guards left before one fails, in the stress mode. Compiled code counts it down as a plain word,
/// under the interpreter lock.
static STRESS: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1000);

/// Address of the counter of the stress mode.
pub(crate) fn stress_counter() -> *mut u64 {
    STRESS.as_ptr()
}

impl Jit {
    /// A compiler that has made nothing yet.
    pub fn new(dump: Dump) -> Jit {
        Jit {
            isa: None,
            context: Context::new(),
            builder: FunctionBuilderContext::new(),
            memory: CodeMemory::new(),
            dump,
            report: Report::default(),
        }
    }

    /// Code generation for this machine; set up at the first use, since most programs that only
    /// start and end need none. None: it is not supported.
    fn isa(&mut self) -> Option<OwnedTargetIsa> {
        if self.isa.is_none() {
            self.isa = machine();
        }
        self.isa.clone()
    }

    /// Gives back the units of code objects that are gone.
    fn release_units(&mut self, vm: &mut Vm) {
        if GONE.swap(0, Ordering::Relaxed) == 0 {
            return;
        }
        for unit in self.report.take_gone() {
            vm.forget_unit(unit);
            self.memory.free(unit.at.get(), unit.bytes.get());
            // SAFETY: it came from a box, and no list names it any more.
            drop(unsafe { Box::from_raw(std::ptr::from_ref(unit).cast_mut()) });
        }
    }

    /// Builds, optimises, lowers and installs a unit; gives the address of its code.
    fn compile(
        &mut self,
        vm: &mut Vm,
        code: Ref<CodeObj>,
        word: u32,
        function: Option<Ref<FunctionObj>>,
    ) -> Result<*const u8, Refusal> {
        let begin = Instant::now();
        self.release_units(vm);
        let state = code.jit_state();
        let times = state.compilations.get();
        state.compilations.set(times + 1);
        if times >= MAX_COMPILATIONS {
            return Err(Refusal::Unstable);
        }
        let name = unit_name(code, word, function.is_some());
        let stress = vm.interp().config.deopt_stress;
        let mut b = Builder::new(vm, name.clone());
        match function {
            Some(f) => b.function(f)?,
            None => b.osr_loop(word)?,
        }
        let (mut g, constants) = (b.g, b.constants);
        let (inlined, steps, assumptions) = (b.inlined, b.steps, b.assumptions);
        optimise::run(&mut g);
        let dump = self.dump.name.is_empty() || name.contains(&self.dump.name);
        if dump && self.dump.graph {
            eprint!("{g}");
        }
        let unit = Unit::new(name, code, function.is_some(), word, inlined, steps);
        // The native code refers to it by address.
        let unit = Box::new(unit);
        let isa = self.isa().ok_or(Refusal::Backend)?;
        self.context.clear();
        let tables = lower::lower(
            &g,
            &mut self.context.func,
            &mut self.builder,
            &raw const *unit,
            isa.frontend_config(),
            stress,
        )?;
        if dump && self.dump.clif {
            eprintln!("; {}\n{}", unit.name, self.context.func.display());
        }
        self.context.set_disasm(dump && self.dump.asm);
        let compiled = self
            .context
            .compile(&*isa, &mut ControlPlane::default())
            .map_err(|_| Refusal::Backend)?;
        if let Some(text) = &compiled.vcode {
            eprintln!("; {}\n{text}", unit.name);
        }
        if !compiled.buffer.relocs().is_empty() {
            return Err(Refusal::Backend);
        }
        let bytes = compiled.code_buffer();
        unit.bytes.set(bytes.len());
        let at = self.memory.add(bytes).ok_or(Refusal::NoMemory)?;
        unit.at.set(at);
        // SAFETY: just made; `release_units` frees it when its code object is gone.
        let unit: &'static Unit = unsafe { &*Box::into_raw(unit) };
        unit.set_tables(tables);
        state.units.borrow_mut().push(unit);
        // SAFETY: `release_units` takes the unit off the list; `constants` keeps the cells alive.
        unsafe { vm.assume(&assumptions, unit) };
        state.constants.borrow_mut().extend(constants);
        unit.micros.set(begin.elapsed().as_micros() as u64);
        self.report.compiled(unit);
        Ok(at)
    }
}

/// Cranelift's description of this machine, with our settings.
fn machine() -> Option<OwnedTargetIsa> {
    let mut flags = settings::builder();
    for (name, value) in [
        ("opt_level", "none"),
        ("is_pic", "false"),
        ("enable_probestack", "false"),
        ("unwind_info", "false"),
        ("preserve_frame_pointers", "true"),
        (
            "enable_verifier",
            if cfg!(debug_assertions) {
                "true"
            } else {
                "false"
            },
        ),
    ] {
        flags.set(name, value).ok()?;
    }
    let mut machine = isa::lookup_by_name("x86_64").ok()?;
    for (name, here) in [
        ("has_sse3", std::arch::is_x86_feature_detected!("sse3")),
        ("has_ssse3", std::arch::is_x86_feature_detected!("ssse3")),
        ("has_sse41", std::arch::is_x86_feature_detected!("sse4.1")),
        ("has_sse42", std::arch::is_x86_feature_detected!("sse4.2")),
        ("has_popcnt", std::arch::is_x86_feature_detected!("popcnt")),
        ("has_avx", std::arch::is_x86_feature_detected!("avx")),
        ("has_avx2", std::arch::is_x86_feature_detected!("avx2")),
        ("has_bmi1", std::arch::is_x86_feature_detected!("bmi1")),
        ("has_bmi2", std::arch::is_x86_feature_detected!("bmi2")),
        ("has_lzcnt", std::arch::is_x86_feature_detected!("lzcnt")),
    ] {
        if here {
            machine.enable(name).ok()?;
        }
    }
    machine.finish(settings::Flags::new(flags)).ok()
}

/// `qualname`, or `qualname:line` for a loop.
fn unit_name(code: Ref<CodeObj>, word: u32, function: bool) -> String {
    let data = code.data();
    if function {
        return data.qualname.clone();
    }
    let line = data.positions.lookup(word).map_or(0, |p| p.line);
    format!("{}:{line}", data.qualname)
}

impl Compiler for Jit {
    fn compile_loop(&mut self, vm: &mut Vm, word: u32) -> Option<LoopEntry> {
        let code = vm.code();
        match self.compile(vm, code, word, None) {
            // SAFETY: the code was made with this signature.
            Ok(at) => Some(unsafe { std::mem::transmute::<*const u8, LoopEntry>(at) }),
            Err(reason) => {
                self.report.refused(unit_name(code, word, false), reason);
                None
            }
        }
    }

    fn compile_function(&mut self, vm: &mut Vm, f: Ref<FunctionObj>) -> bool {
        let code = f.code.get();
        match self.compile(vm, code, 0, Some(f)) {
            Ok(at) => {
                let state = code.jit_state();
                state.entry.set(at);
                state.compiled.set(true);
                true
            }
            Err(reason) => {
                self.report.refused(unit_name(code, 0, true), reason);
                false
            }
        }
    }

    fn report(&self) -> String {
        self.report.text(self.memory.total)
    }
}
