//! Bytecode of the library's modules.

use crate::files::Files;
use compiler::{Mode, Options};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytecode of one module by optimisation level. The file name in it is empty: it depends on where the executable is.
#[derive(Default)]
pub struct Codes {
    pub plain: Vec<u8>,
    /// For `-O`; None when it is the same, as it is for a module without asserts and `__debug__`.
    pub optimized: Option<Vec<u8>>,
}

/// As much stack as the parser asks for; only address space, unless a tree is nested deeply.
const STACK_BYTES: usize = 256 << 20;

/// Compiles all modules, in the order of `files`, on all processors. Other files have no code.
pub fn compile_all(files: &Files) -> Vec<Codes> {
    let sources: Vec<(&String, &Vec<u8>)> = files.iter().collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some((path, source)) = sources.get(next.fetch_add(1, Ordering::Relaxed)) {
            done.push((path.as_str(), compile(path, source)));
        }
        done
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut codes: Vec<(&str, Codes)> = std::thread::scope(|scope| {
        let spawn = || {
            std::thread::Builder::new()
                .stack_size(STACK_BYTES)
                .spawn_scoped(scope, work)
        };
        let workers: Vec<_> = (0..threads).map(|_| spawn().expect("a thread")).collect();
        workers
            .into_iter()
            .flat_map(|w| w.join().expect("modules compile"))
            .collect()
    });
    codes.sort_unstable_by_key(|c| c.0);
    codes.into_iter().map(|c| c.1).collect()
}

fn compile(path: &str, source: &[u8]) -> Codes {
    if !path.ends_with(".py") {
        return Codes::default();
    }
    // A module that does not compile raises its SyntaxError when it is imported.
    let Some(plain) = encode(path, source, 0) else {
        return Codes::default();
    };
    let asserts = [&b"assert"[..], b"__debug__"]
        .iter()
        .any(|word| source.windows(word.len()).any(|w| w == *word));
    let optimized = asserts
        .then(|| encode(path, source, 1))
        .flatten()
        .filter(|o| *o != plain);
    Codes { plain, optimized }
}

fn encode(path: &str, source: &[u8], optimize: u8) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(source).ok()?;
    let options = Options {
        optimize,
        ..Options::default()
    };
    let compiled = compiler::compile(text, "", Mode::Exec, &options).ok()?;
    check(path, &compiled.code);
    Some(bytecode::encode(&compiled.code))
}

/// Embedded code runs without further checks.
fn check(path: &str, code: &bytecode::Code) {
    if let Err(error) = bytecode::verify(code) {
        panic!("{path}: {} does not verify: {error:?}", code.qualname);
    }
    for constant in &code.consts {
        if let bytecode::Const::Code(inner) = constant {
            check(path, inner);
        }
    }
}
