//! What `--debug-perf` prints.

use crate::reasons::Refusal;
use crate::unit::Unit;
use std::fmt::Write;

#[derive(Default)]
pub struct Report {
    /// All units that are alive.
    units: Vec<&'static Unit>,
    /// Units whose code objects are gone.
    gone: usize,
    refused: Vec<(String, Refusal)>,
}

impl Report {
    pub fn compiled(&mut self, unit: &'static Unit) {
        self.units.push(unit);
    }
    pub fn refused(&mut self, name: String, reason: Refusal) {
        self.refused.push((name, reason));
    }

    /// Takes out the units whose code objects are gone.
    pub fn take_gone(&mut self) -> Vec<&'static Unit> {
        let (gone, alive) = self.units.iter().partition(|u| u.gone.get());
        self.units = alive;
        let gone: Vec<&'static Unit> = gone;
        self.gone += gone.len();
        gone
    }

    /// The whole report; `bytes`: machine code in use.
    pub fn text(&self, bytes: usize) -> String {
        let mut out = String::new();
        let micros: u64 = self.units.iter().map(|u| u.micros.get()).sum();
        let _ = writeln!(
            out,
            "jit: {} units, {bytes} bytes of code, {:.1} ms compiling, {} refused",
            self.units.len(),
            micros as f64 / 1000.0,
            self.refused.len()
        );
        if self.gone > 0 {
            let _ = writeln!(out, "  given back: {} units of dead code", self.gone);
        }
        for u in self.units.iter().filter(|u| !u.gone.get()) {
            let kind = if u.is_function { "function" } else { "loop" };
            let given_up = if u.retired.get() { ", given up" } else { "" };
            let _ = writeln!(
                out,
                "  compiled {kind} {} ({} bytes, {} us, {} interpreted instructions{given_up})",
                u.name,
                u.bytes.get(),
                u.micros.get(),
                u.steps
            );
            for i in &u.inlined {
                let _ = writeln!(out, "    inlined {i}");
            }
            for e in u.exits().iter().filter(|e| e.count.get() > 0) {
                let Some(f) = e.frames.last() else { continue };
                let kind = if e.expected { "left" } else { "guard failed" };
                let line = f.code.data().positions.lookup(f.word).map_or(0, |p| p.line);
                let _ = writeln!(
                    out,
                    "    {kind}: {} at {} line {line} (word {}), {} times",
                    e.what.join(" or "),
                    f.code.data().qualname,
                    f.word,
                    e.count.get()
                );
            }
        }
        for (name, reason) in &self.refused {
            let _ = writeln!(out, "  refused {name}: {}", reason.text());
        }
        out
    }
}
