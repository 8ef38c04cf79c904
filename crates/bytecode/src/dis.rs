//! Text form of code objects, for `--dump=bytecode` and text tests.
//!
//! ```text
//! code f (t.py:1) args 2, registers 5
//!   locals a, b
//!      2     0  CheckLocal       r0.a
//!            1  JumpLt           r0.a, r1.b, -> L1
//!   ...
//! ```
//! `rN` is a temporary, `rN.name` a named local, `&rN` is read and written, `rN-rM` a range. What
//! is written stands left of `<-`. Selectors and flags of 0 and (unless asked for) cache indices
//! are left out. Nested code objects follow in order.

use crate::operands::Access;
use crate::{Code, Const, Field, Insn, Intrinsic, Op, Role, insns};
use std::collections::BTreeMap;
use std::fmt::{self, Write};

/// What to print besides the instructions.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Cache indices.
    pub caches: bool,
    /// Source columns of each instruction.
    pub columns: bool,
    /// Only this code object, not those nested in it.
    pub shallow: bool,
}

/// The listing of `code` and the code nested in it. Any code, verified or not, can be listed.
pub fn disassemble(code: &Code) -> String {
    disassemble_with(code, Options::default())
}

/// As `disassemble`, of the code objects whose qualified name contains `name`.
pub fn disassemble_named(code: &Code, name: &str) -> String {
    list(code, Options::default(), |c| c.qualname.contains(name))
}

/// As `disassemble`, with options.
pub fn disassemble_with(code: &Code, options: Options) -> String {
    list(code, options, |_| true)
}

fn list(code: &Code, options: Options, wanted: impl Fn(&Code) -> bool) -> String {
    let mut out = String::new();
    let mut pending = vec![code];
    while let Some(code) = pending.pop() {
        if wanted(code) {
            if !out.is_empty() {
                out.push('\n');
            }
            let listing = Listing {
                code,
                labels: labels(code),
                options,
            };
            listing.write(&mut out).expect("writing to a String");
        }
        if !options.shallow {
            let inner = code.consts.iter().rev().filter_map(|c| match c {
                Const::Code(inner) => Some(&**inner),
                _ => None,
            });
            pending.extend(inner);
        }
    }
    out
}

/// Numbers of jump targets and handlers, in the order of their words.
fn labels(code: &Code) -> BTreeMap<i64, usize> {
    let mut labels = BTreeMap::new();
    for insn in insns(&code.instrs).flatten() {
        if let Some(target) = insn.jump_target() {
            labels.insert(target, 0);
        }
    }
    for e in &code.exceptions {
        labels.insert(e.handler as i64, 0);
    }
    for (number, label) in labels.values_mut().enumerate() {
        *label = number + 1;
    }
    labels
}

struct Listing<'a> {
    code: &'a Code,
    labels: BTreeMap<i64, usize>,
    options: Options,
}

impl Listing<'_> {
    fn write(&self, out: &mut String) -> fmt::Result {
        self.head(out)?;
        let mut last_line = None;
        let mut next = 0;
        for insn in insns(&self.code.instrs) {
            if let Some(label) = self.labels.get(&(next as i64)) {
                writeln!(out, "  L{label}:")?;
            }
            let line = self.code.positions.lookup(next).map(|p| p.line);
            match line.filter(|_| line != last_line) {
                Some(line) => write!(out, "{line:6} {next:5}  ")?,
                None => write!(out, "{:6} {next:5}  ", "")?,
            }
            last_line = line.or(last_line);
            let Ok(insn) = insn else {
                let word = self.code.instrs[next as usize].0;
                writeln!(out, "bad word {word:#018x}")?;
                break;
            };
            self.instruction(out, &insn)?;
            next = insn.next();
        }
        self.exceptions(out)
    }

    fn head(&self, out: &mut String) -> fmt::Result {
        let code = self.code;
        write!(
            out,
            "code {} ({}:{})",
            code.qualname, code.filename, code.first_line
        )?;
        if code.argcount > 0 {
            write!(out, " args {}", code.argcount)?;
        }
        if code.posonly_argcount > 0 {
            write!(out, " posonly {}", code.posonly_argcount)?;
        }
        if code.kwonly_argcount > 0 {
            write!(out, " kwonly {}", code.kwonly_argcount)?;
        }
        writeln!(out, " registers {}", code.nregs)?;
        let flags: Vec<&str> = code.flags.iter_names().map(|(name, _)| name).collect();
        if !flags.is_empty() {
            writeln!(out, "  flags {}", flags.join(" "))?;
        }
        let locals: Vec<String> = (0..code.local_names.len()).map(|i| self.local(i)).collect();
        if !locals.is_empty() {
            writeln!(out, "  locals {}", locals.join(", "))?;
        }
        if !code.free_names.is_empty() {
            writeln!(out, "  free {}", code.free_names.join(", "))?;
        }
        Ok(())
    }

    fn local(&self, i: usize) -> String {
        let mut text = self.code.local_names[i].clone();
        let is = |flags: &[bool]| flags.get(i) == Some(&true);
        if is(&self.code.local_is_cell) {
            text.push_str(" (cell)");
        }
        if is(&self.code.local_is_hidden) {
            text.push_str(" (hidden)");
        }
        text
    }

    fn instruction(&self, out: &mut String, insn: &Insn) -> fmt::Result {
        let info = insn.op.info();
        let (mut written, mut rest) = (Vec::new(), Vec::new());
        for &(field, name, role) in info.operands {
            if let Some(regs) = insn.reg_use(field, role) {
                let text = self.registers(regs.first, regs.count);
                match regs.access {
                    Access::Write | Access::WriteFall => written.push(text),
                    Access::ReadWrite => rest.push(format!("&{text}")),
                    Access::Read if matches!(role, Role::InWhen(_)) && regs.count == 0 => {}
                    Access::Read => rest.push(text),
                }
            } else if let Some(text) = self.operand(insn, field, name, role) {
                rest.push(text);
            }
        }
        let mut line = format!("{:<17}", info.name);
        if !written.is_empty() {
            line.push_str(&written.join(", "));
            line.push_str(if rest.is_empty() { "" } else { " <- " });
        }
        line.push_str(&rest.join(", "));
        if self.options.columns
            && let Some(p) = self.code.positions.lookup(insn.word)
        {
            write!(
                line,
                "   # {}:{}-{}:{}",
                p.line, p.col as i32, p.end_line, p.end_col as i32
            )?;
        }
        writeln!(out, "{}", line.trim_end())
    }

    fn register(&self, r: u32) -> String {
        match self.code.local_names.get(r as usize) {
            Some(name) => format!("r{r}.{name}"),
            None => format!("r{r}"),
        }
    }

    fn registers(&self, first: u32, count: u32) -> String {
        match count {
            0 => "()".to_owned(),
            1 => self.register(first),
            _ => format!("r{first}-r{}", first as u64 + count as u64 - 1),
        }
    }

    fn operand(&self, insn: &Insn, field: Field, name: &str, role: Role) -> Option<String> {
        let n = insn.field(field);
        let i = n as usize;
        let named = |text: Option<&String>| match text {
            Some(text) => format!("{name}={text}"),
            None => format!("{name}=?{n}"),
        };
        match role {
            Role::Imm if name == "unused" => None,
            Role::Imm => Some(format!("{name}={n}")),
            Role::SImm => Some(format!("{name}={}", insn.signed(field))),
            Role::Sel | Role::SelTo(_) => selector(insn.op, name, n),
            Role::Konst => Some(match self.code.consts.get(i) {
                Some(value) => format!("{name}={}", const_text(value, 20)),
                None => format!("{name}=?{n}"),
            }),
            Role::Name => Some(named(self.code.names.get(i))),
            Role::Free => Some(named(self.code.free_names.get(i))),
            Role::Jump => {
                let label = self.labels.get(&insn.jump_target()?)?;
                Some(format!("-> L{label}"))
            }
            Role::Cache => self.options.caches.then(|| format!("cache={n}")),
            _ => None,
        }
    }

    fn exceptions(&self, out: &mut String) -> fmt::Result {
        if !self.code.exceptions.is_empty() {
            writeln!(out, "  exceptions")?;
        }
        for e in &self.code.exceptions {
            let label = self.labels[&(e.handler as i64)];
            writeln!(out, "    {}-{} -> L{label}, r{}", e.start, e.end, e.exc)?;
        }
        Ok(())
    }
}

/// Text of a selector; None when it says nothing special.
fn selector(op: Op, name: &str, n: u32) -> Option<String> {
    let word = match op {
        Op::LoadSpecial => ["None", "False", "True", "Ellipsis", "unbound", "ended"]
            .get(n as usize)
            .copied(),
        Op::LoadSpecialMethod => ["__enter__", "__exit__", "__aenter__", "__aexit__"]
            .get(n as usize)
            .copied(),
        Op::Intrinsic => {
            let intrinsic = u8::try_from(n).ok().and_then(Intrinsic::from_u8);
            return Some(match intrinsic {
                Some(i) => format!("{i:?}"),
                None => format!("{name}=?{n}"),
            });
        }
        _ if n == 0 => return None,
        _ => None,
    };
    Some(match word {
        Some(word) => word.to_owned(),
        None if n == 1 => name.to_owned(),
        None => format!("{name}={n}"),
    })
}

/// Python-like text of a constant, on one line; `depth` bounds nesting.
pub fn const_text(value: &Const, depth: u32) -> String {
    let Some(depth) = depth.checked_sub(1) else {
        return "...".to_owned();
    };
    let list = |items: &[Const]| {
        let items: Vec<String> = items.iter().map(|c| const_text(c, depth)).collect();
        items.join(", ")
    };
    match value {
        Const::None => "None".to_owned(),
        Const::Ellipsis => "...".to_owned(),
        Const::Bool(true) => "True".to_owned(),
        Const::Bool(false) => "False".to_owned(),
        Const::Int(n) => n.to_string(),
        Const::BigInt { negative, limbs } => {
            let sign = if *negative { "-" } else { "" };
            let mut text = format!("{sign}0x");
            for (i, limb) in limbs.iter().rev().enumerate() {
                let width = if i == 0 { 1 } else { 16 };
                text.push_str(&format!("{limb:0width$x}"));
            }
            text
        }
        Const::Float(x) => format!("{x:?}"),
        Const::Complex(re, im) => format!("({re:?} + {im:?}j)"),
        Const::Str(s) => format!("{s:?}"),
        Const::StrPoints(points) => {
            let units: Vec<String> = points.iter().map(|p| format!("{p:x}")).collect();
            format!("str[{}]", units.join(" "))
        }
        Const::Bytes(bytes) => format!("b\"{}\"", bytes.escape_ascii()),
        Const::Tuple(items) if items.len() == 1 => format!("({},)", list(items)),
        Const::Tuple(items) => format!("({})", list(items)),
        Const::FrozenSet(items) => format!("frozenset({})", list(items)),
        Const::Slice(parts) => format!("slice({})", list(&parts[..])),
        Const::Code(code) => format!("<code {}>", code.qualname),
    }
}
