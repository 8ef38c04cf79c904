//! Replacement templates and `sub`.

use super::matches::{self, Match};
use super::pattern::pattern;
use super::subject::{Mode, Subject};
use runtime::alloc::GcVec;
use runtime::class::{TypeFlags, TypeSpec};
use runtime::object::*;
use runtime::payload::{Payload, mark};
use runtime::types::bytes::join;
use runtime::{Res, Value, Vm};

/// Literal text, then group numbers each with the text after it.
struct Template {
    literal: Value,
    chunks: Vec<(usize, Value)>,
}

impl Payload for Template {
    fn trace(&self, t: &mut gc::Tracer) {
        mark(t, self.literal);
        for (_, v) in &self.chunks {
            mark(t, *v);
        }
    }
}

static SPEC: TypeSpec = TypeSpec {
    name: "SRE_Template",
    module: "_sre",
    flags: TypeFlags::NO_INSTANCES,
    size: size_of::<PayloadObj>(),
    slot_offset: std::mem::offset_of!(PayloadObj, overflow),
    ..TypeSpec::DEFAULT
};

/// `_sre.template(pattern, [literal, group, literal, ...])`.
pub fn make(vm: &mut Vm, source: Value, parts: Value) -> Res {
    pattern(vm, source)?;
    let mut items = vm.new_vec();
    if let Some(l) = parts.downcast::<ListObj>() {
        // Its own items, whatever a subclass iterates over.
        let mut i = 0;
        while let Some(v) = l.get(i) {
            items.push(vm, v)?;
            i += 1;
        }
    }
    if items.len().is_multiple_of(2) {
        return Err(vm.type_error("invalid template"));
    }
    let mut chunks = Vec::new();
    for pair in items[1..].chunks_exact(2) {
        let i = vm.index_isize(pair[0])?;
        if i < 0 {
            return Err(vm.type_error("invalid template"));
        }
        chunks.push((i as usize, pair[1]));
    }
    let class = vm.native_type(&SPEC)?;
    vm.new_payload(
        class,
        Template {
            literal: items[0],
            chunks,
        },
    )
}

/// The template of a replacement string, made by `re._compile_template`.
pub fn compiled(vm: &mut Vm, source: Value, repl: Value) -> Res {
    let repl = if repl.is_kind(Kind::Str) || repl.is_kind(Kind::Bytes) || !vm.has_buffer(repl) {
        repl
    } else {
        let b = vm.get_buffer(repl)?.as_slice().to_vec();
        vm.new_bytes(&b)?
    };
    let re = vm.import_module("re")?;
    let f = vm.get_attr_str(re, "_compile_template")?;
    let t = vm.call_value(f, &[source, repl])?;
    if t.payload::<Template>().is_none() {
        let name = vm.class_name(t);
        return Err(vm.type_error(&format!(
            "the result of compiling a replacement string is {name}, not _sre.SRE_Template"
        )));
    }
    Ok(t)
}

fn joined(vm: &mut Vm, like: Value, items: &GcVec) -> Res {
    if like.is_kind(Kind::Str) {
        let empty = vm.names.empty;
        return vm.join_str(empty, items);
    }
    let empty = vm.new_bytes(&[])?;
    let list = vm.new_list(items)?;
    join::join(vm, empty, list)
}

/// Appends the pieces of a template for a match.
fn pieces(vm: &mut Vm, t: &Template, m: &Match, out: &mut GcVec) -> Res<()> {
    out.push(vm, t.literal)?;
    for (g, text) in &t.chunks {
        if pattern(vm, m.pattern)?.groups < *g {
            return Err(vm.index_error("no such group"));
        }
        let v = m.text(vm, *g, Value::NONE)?;
        if !v.is_none() {
            out.push(vm, v)?;
        }
        out.push(vm, *text)?;
    }
    Ok(())
}

/// The text of a template for a match.
pub fn expand(vm: &mut Vm, template: Value, found: Value) -> Res {
    let (Some(t), Some(m)) = (template.payload::<Template>(), found.payload::<Match>()) else {
        return Err(vm.type_error("invalid template"));
    };
    let mut out = vm.new_vec();
    pieces(vm, t, m, &mut out)?;
    joined(vm, m.string, &out)
}

enum Filter {
    Literal(Value),
    Template(Value),
    Call(Value),
}

fn filter(vm: &mut Vm, this: Value, repl: Value) -> Res<Filter> {
    let plain = if let Some(s) = repl.downcast::<StrObj>() {
        Some(!s.units().iter().any(|c| c == 92))
    } else if vm.has_buffer(repl) {
        Some(!vm.get_buffer(repl)?.as_slice().contains(&92))
    } else {
        None
    };
    match plain {
        Some(true) => return Ok(Filter::Literal(repl)),
        None if vm.special(repl, vm.names.__call__).is_some()
            || repl.is_kind(Kind::Function)
            || repl.is_kind(Kind::Native)
            || repl.is_kind(Kind::BoundMethod) =>
        {
            return Ok(Filter::Call(repl));
        }
        _ => {}
    }
    let t = compiled(vm, this, repl)?;
    Ok(match t.payload::<Template>() {
        Some(x) if x.chunks.is_empty() => Filter::Literal(x.literal),
        _ => Filter::Template(t),
    })
}

/// `sub` and `subn`: the new string and the number of replacements.
pub fn substitute(
    vm: &mut Vm,
    this: Value,
    repl: Value,
    string: Value,
    count: Option<isize>,
) -> Res<(Value, usize)> {
    let p = pattern(vm, this)?;
    let f = filter(vm, this, repl)?;
    let s = Subject::new(vm, p, string)?;
    let max = count.unwrap_or(0);
    let end = s.len();
    let (mut at, mut last, mut must_advance, mut n) = (0, 0, false, 0usize);
    let mut out = vm.new_vec();
    while max == 0 || (n as isize) < max {
        let Some(found) = s.run(vm, p, Mode::Search, (at, end), must_advance)? else {
            break;
        };
        let (a, b) = (found.start(), found.end());
        if last < a {
            let v = s.slice(vm, last, a)?;
            out.push(vm, v)?;
        }
        match &f {
            Filter::Literal(v) => out.push(vm, *v)?,
            Filter::Template(t) => {
                let m = matches::make(vm, this, string, (0, end), found)?;
                if let (Some(t), Some(m)) = (t.payload::<Template>(), m.payload::<Match>()) {
                    pieces(vm, t, m, &mut out)?;
                }
            }
            Filter::Call(f) => {
                let m = matches::make(vm, this, string, (0, end), found)?;
                let v = vm.call_value(*f, &[m])?;
                if !v.is_none() {
                    out.push(vm, v)?;
                }
            }
        }
        n += 1;
        must_advance = a == b;
        at = b;
        last = b;
    }
    if last < end || n == 0 {
        let rest = s.slice(vm, last, end)?;
        out.push(vm, rest)?;
    }
    let like = if s.is_bytes() { Value::NONE } else { string };
    Ok((joined(vm, like, &out)?, n))
}
