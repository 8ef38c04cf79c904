//! The text form of a graph, which tests compare and `--dump=graph` prints.

use super::*;
use std::fmt::{Display, Formatter, Result, Write};

impl Display for Graph {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let kind = if self.is_function { "function" } else { "loop" };
        writeln!(f, "{kind} {} args {}", self.name, self.nargs)?;
        for (i, b) in self.blocks.iter().enumerate() {
            self.print_block(f, i, b)?;
        }
        Ok(())
    }
}

impl Graph {
    fn print_block(&self, f: &mut Formatter<'_>, i: usize, b: &BlockData) -> Result {
        let params: Vec<String> = b.params.iter().map(|p| self.defined(*p)).collect();
        let marks = if b.header { " loop" } else { "" };
        writeln!(f, "b{i}({}): // word {}{marks}", params.join(", "), b.word)?;
        for n in &b.nodes {
            let d = self.node(*n);
            let args: Vec<String> = d.args.iter().map(|a| self.used(*a)).collect();
            let left = if d.rep == Rep::None {
                String::new()
            } else {
                format!("{} = ", self.defined(*n))
            };
            let state = d.state.map_or(String::new(), |s| self.state_text(s));
            writeln!(f, "  {left}{:?} {}{state}", d.op, args.join(", "))?;
        }
        let edge = |e: &Edge| {
            let args: Vec<String> = e.args.iter().map(|a| self.used(*a)).collect();
            format!("b{}({})", e.to.0, args.join(", "))
        };
        match &b.end {
            End::Open => writeln!(f, "  open"),
            End::Jump(e) => writeln!(f, "  jump {}", edge(e)),
            End::Branch { cond, then, other } => writeln!(
                f,
                "  branch {}, {}, {}",
                self.used(*cond),
                edge(then),
                edge(other)
            ),
            End::Return(v) => writeln!(f, "  return {}", self.used(*v)),
            End::Leave(s) => writeln!(f, "  leave{}", self.state_text(*s)),
        }
    }
    fn defined(&self, n: Node) -> String {
        format!("n{}:{}", n.0, letter(self.rep(n)))
    }
    /// Constants are shown where they are used.
    fn used(&self, n: Node) -> String {
        match (self.constant(n), self.rep(n)) {
            (Some(bits), Rep::Int | Rep::Word) => format!("{}", bits as i64),
            (Some(bits), Rep::Float) => format!("{:?}", f64::from_bits(bits)),
            (Some(bits), Rep::Bool) => format!("{}", bits != 0),
            (Some(bits), _) => match runtime::Value::from_bits(bits) {
                Some(v) if !v.is_cell() => format!("{v:?}"),
                Some(_) => format!("{bits:#x}"),
                None => "unbound".into(),
            },
            _ => format!("n{}", n.0),
        }
    }
    fn state_text(&self, s: StateId) -> String {
        let mut out = String::new();
        for id in self.chain(s) {
            let st = self.state(id);
            let regs: Vec<String> = st
                .regs
                .iter()
                .map(|(r, n)| format!("r{r}={}", self.used(*n)))
                .collect();
            let _ = write!(out, " @{}[{}]", st.word, regs.join(" "));
        }
        out
    }
}

fn letter(r: Rep) -> char {
    match r {
        Rep::None => '-',
        Rep::Value => 'v',
        Rep::Int => 'i',
        Rep::Float => 'f',
        Rep::Bool => 'b',
        Rep::Word => 'w',
    }
}
