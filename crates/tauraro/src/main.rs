//! The `tauraro` command.

mod args;
mod command;
mod interact;
mod run;

use args::{Args, Program};
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: runtime::memory::Allocator = runtime::memory::Allocator;

/// Native stack of the main program; reserved, committed as it is used.
const STACK_BYTES: usize = 1 << 30;
/// The least that is tried when the address space is limited.
const LEAST_STACK_BYTES: usize = 32 << 20;

fn main() -> ExitCode {
    runtime::std_descriptors::close_again();
    let args = match args::parse() {
        Ok(a) => a,
        Err((message, status)) => {
            eprintln!("{message}");
            return ExitCode::from(status);
        }
    };
    match &args.program {
        Program::Help(text) => {
            print!("{text}");
            return ExitCode::SUCCESS;
        }
        Program::Version(1) => {
            println!("Python 3.14.0 (Tauraro {})", env!("CARGO_PKG_VERSION"));
            return ExitCode::SUCCESS;
        }
        Program::Version(_) => {
            println!("Python {}", modules::sys::version_text());
            return ExitCode::SUCCESS;
        }
        _ => {}
    }
    let bytes = match runtime::os::address_space_limit() {
        Some(bytes) => (bytes / 8).clamp(LEAST_STACK_BYTES, STACK_BYTES),
        None => STACK_BYTES,
    };
    // The first thread stays the program's main thread: its id is the process's, and it allocates from the main arena.
    stacker::grow(bytes, || {
        let here = 0u8;
        let here = &raw const here as usize;
        let left = stacker::remaining_stack().unwrap_or(0);
        // All that `start` calls has its frames below this one; the mapping ends at a multiple of a page.
        start(&args, (here - left, here.next_multiple_of(4096)))
    })
}

#[inline(never)]
fn start(args: &Args, stack: (usize, usize)) -> ExitCode {
    let config = args.config.clone();
    let Some(mut vm) = runtime::init::new_interpreter(config, stack) else {
        eprintln!("tauraro: out of memory");
        return ExitCode::FAILURE;
    };
    if vm.jit.mode != runtime::jit::Mode::Off {
        vm.interp().compiler = Some(Box::new(jit::Jit::new(args.jit_dump.clone())));
    }
    if args.debug_perf {
        vm.count_bytecodes();
    }
    let result = run::run(&mut vm, args);
    let status = match result {
        Ok(()) => 0,
        Err(_) => runtime::exit::report_uncaught(&mut vm),
    };
    let status = modules::startup::finish(&mut vm, status);
    if args.debug_perf {
        debug_perf(&mut vm);
    }
    if status == runtime::exit::INTERRUPTED {
        runtime::exit::die_of_interrupt();
    }
    // Other threads may still run: the process ends here, nothing is taken down.
    std::process::exit(status)
}

/// Prints what the compiler did.
fn debug_perf(vm: &mut runtime::Vm) {
    let (deopts, steps) = (vm.jit.deopts, vm.jit.steps);
    match vm.with_compiler(|_, c| c.report()) {
        Some(text) => eprint!("{text}"),
        None => eprintln!("jit: off"),
    }
    eprintln!("jit: {deopts} guards failed, {steps} instructions interpreted for compiled code");
    let jit = &vm.jit;
    let all = jit.interpreted + jit.compiled + steps;
    let share = 100.0 * jit.compiled as f64 / all.max(1) as f64;
    eprintln!("jit: {share:.1}% of {all} bytecodes ran in compiled code");
    for (who, counts) in ["by itself", "for compiled code"]
        .iter()
        .zip(jit.by_opcode.iter())
    {
        eprintln!("interpreted {who}: {}", most_frequent(counts));
    }
}

/// The opcodes with the highest counts.
fn most_frequent(counts: &[u64; 256]) -> String {
    let mut all: Vec<(u64, u8)> = (0..=255).map(|op| (counts[op as usize], op)).collect();
    all.sort_unstable_by(|a, b| b.cmp(a));
    let shown = all.iter().take(16).filter(|x| x.0 > 0);
    let text = shown.map(|(n, op)| {
        let name = bytecode::Op::from_u8(*op).map_or_else(String::new, |o| format!("{o:?}"));
        format!("{name} {n}")
    });
    text.collect::<Vec<_>>().join(", ")
}
