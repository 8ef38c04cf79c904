//! Renders docs/opcodes.md from the opcode table.

use crate::{Count, Field, Intrinsic, Op, OpInfo, Role};
use std::fmt::Write;

const INTRO: &str = "\
# Opcodes

Made from `crates/bytecode/src/opcodes.rs` by
`cargo run -p bytecode --example opcode_reference > docs/opcodes.md`; do not edit.

`R[i]` is register i of the frame, `K[i]` constant i, `N[i]` name i, `fn` the running function.
`jump` adds an offset in words to the first word of the instruction. An instruction has one or
two words of 64 bits:

```text
 63           48 47           32 31           16 15     8 7      0
+---------------+---------------+---------------+--------+--------+
|       c       |       b       |       a       |   d    |   op   |   first word
+---------------+---------------+---------------+--------+--------+
|              bc               |
+---------------+---------------+---------------+--------+--------+
|               y               |               x                 |   second word
+-------------------------------+---------------------------------+
```

Effects: **raise** can raise; **call** can run Python code; **end** never falls through;
**jump** may jump; **pure** only writes its outputs; **window** gives its range of registers, and
all above, to the callee; **suspend** suspends the frame; **mapping** uses the locals mapping R[0]
and is for namespace code only.
";

/// The whole page.
pub fn render() -> String {
    let mut out = String::from(INTRO);
    for (number, op) in Op::ALL.iter().enumerate() {
        opcode(&mut out, number, op.info());
    }
    out.push_str("\n## Intrinsics\n\nSelected by `d` of `Intrinsic`.\n\n");
    out.push_str("| number | name | registers read | meaning |\n|---|---|---|---|\n");
    for (number, i) in Intrinsic::ALL.iter().enumerate() {
        let (arity, doc) = (i.arity(), i.doc());
        writeln!(out, "| {number} | {i:?} | {arity} | {doc} |").expect("writing to a String");
    }
    out
}

fn opcode(out: &mut String, number: usize, info: &OpInfo) {
    let words = if info.words == 1 { "word" } else { "words" };
    let doc: Vec<&str> = info.doc.lines().map(str::trim).collect();
    let effects: Vec<String> = info
        .effects
        .iter_names()
        .map(|(name, _)| name.to_lowercase())
        .collect();
    write!(
        out,
        "\n### {}\n\n{}\n\nNumber {number}, {} {words}",
        info.name,
        code_span(&doc.join(" ")),
        info.words
    )
    .expect("writing to a String");
    if !effects.is_empty() {
        out.push_str("; ");
        out.push_str(&effects.join(", "));
    }
    out.push_str(".\n");
    for (i, &(field, name, role)) in info.operands.iter().enumerate() {
        out.push_str(if i == 0 { "\n" } else { "" });
        let field = field_name(field);
        writeln!(out, "- `{field}` {name}: {}", role_text(role)).expect("writing to a String");
    }
}

/// Text in a code span that may contain backquotes.
fn code_span(text: &str) -> String {
    if text.contains('`') {
        format!("`` {text} ``")
    } else {
        format!("`{text}`")
    }
}

/// The name of a field in the drawing.
pub fn field_name(field: Field) -> &'static str {
    match field {
        Field::A => "a",
        Field::B => "b",
        Field::C => "c",
        Field::D => "d",
        Field::Bc => "bc",
        Field::X => "x",
        Field::Y => "y",
    }
}

fn linear(field: Field, mul: u16, add: u16) -> String {
    let scaled = match mul {
        0 => String::new(),
        1 => field_name(field).to_owned(),
        _ => format!("{mul} * {}", field_name(field)),
    };
    match (scaled.is_empty(), add) {
        (true, _) => add.to_string(),
        (false, 0) => scaled,
        (false, _) => format!("{scaled} + {add}"),
    }
}

fn count_text(count: Count) -> &'static str {
    match count {
        Count::Call => "c + 1 + d",
        Count::Unpack => "c + 1 + x",
        Count::Bits => "as many as d has bits set",
        Count::Interpolation => "3 when d & 4, else 2",
        Count::Intrinsic => "as many as the intrinsic reads",
    }
}

fn role_text(role: Role) -> String {
    match role {
        Role::Out => "register written".into(),
        Role::In => "register read".into(),
        Role::InOut => "register read and written".into(),
        Role::OutPair => "pair of registers written".into(),
        Role::InPair => "pair of registers read".into(),
        Role::Range(f, mul, add) => format!("registers read: {}", linear(f, mul, add)),
        Role::OutRange(f, mul, add) => format!("registers written: {}", linear(f, mul, add)),
        Role::OutFall => "register written unless it jumps".into(),
        Role::InWhen(mask) => {
            let when: Vec<String> = (0..8)
                .filter(|bit| mask >> bit & 1 != 0)
                .map(|bit| bit.to_string())
                .collect();
            format!("register read when d is {}", when.join(", "))
        }
        Role::RangeOf(count) => format!("registers read: {}", count_text(count)),
        Role::OutRangeOf(count) => format!("registers written: {}", count_text(count)),
        Role::Imm => "unsigned number".into(),
        Role::SImm => "signed number".into(),
        Role::Sel => "flag, 0 or 1".into(),
        Role::SelTo(max) => format!("selector or bits, 0 to {max}"),
        Role::Konst => "constant".into(),
        Role::Name => "name".into(),
        Role::Free => "free variable".into(),
        Role::Jump => "jump offset in words".into(),
        Role::Cache => "inline cache".into(),
    }
}
