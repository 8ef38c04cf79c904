//! Expressions back to text, as annotations under `from __future__ import annotations` are kept
//! (CPython's `_PyAST_ExprAsUnicode`).

use crate::literal::literal;
use crate::source::Source;
use bytecode::Const;
use syntax::ast::{
    self as ast, BoolOp, Comprehension, ConversionFlag, Expr, InterpolatedStringElement,
    InterpolatedStringElements, Operator, Parameters, UnaryOp,
};

/// Binding strengths, weakest first.
mod level {
    pub const TUPLE: u8 = 0;
    pub const TEST: u8 = 1;
    pub const OR: u8 = 2;
    pub const AND: u8 = 3;
    pub const NOT: u8 = 4;
    pub const CMP: u8 = 5;
    pub const EXPR: u8 = 6;
    pub const BXOR: u8 = 7;
    pub const BAND: u8 = 8;
    pub const SHIFT: u8 = 9;
    pub const ARITH: u8 = 10;
    pub const TERM: u8 = 11;
    pub const FACTOR: u8 = 12;
    pub const POWER: u8 = 13;
    pub const AWAIT: u8 = 14;
    pub const ATOM: u8 = 15;
}
use level::*;

/// The text of an expression.
pub fn unparse(e: &Expr, source: &Source) -> String {
    let mut u = Unparser {
        out: String::new(),
        source,
    };
    u.expr(e, TEST);
    u.out
}

struct Unparser<'s> {
    out: String,
    source: &'s Source<'s>,
}

fn strength(op: Operator) -> (u8, bool) {
    match op {
        Operator::Add | Operator::Sub => (ARITH, false),
        Operator::Mult | Operator::MatMult | Operator::Div | Operator::Mod | Operator::FloorDiv => {
            (TERM, false)
        }
        Operator::LShift | Operator::RShift => (SHIFT, false),
        Operator::BitOr => (EXPR, false),
        Operator::BitXor => (BXOR, false),
        Operator::BitAnd => (BAND, false),
        Operator::Pow => (POWER, true),
    }
}

impl Unparser<'_> {
    fn text(&mut self, s: &str) {
        self.out.push_str(s);
    }

    fn paren(&mut self, needed: bool, f: impl FnOnce(&mut Self)) {
        if needed {
            self.text("(");
        }
        f(self);
        if needed {
            self.text(")");
        }
    }

    fn list<T>(&mut self, items: impl IntoIterator<Item = T>, mut f: impl FnMut(&mut Self, T)) {
        for (i, item) in items.into_iter().enumerate() {
            if i > 0 {
                self.text(", ");
            }
            f(self, item);
        }
    }

    fn expr(&mut self, e: &Expr, at: u8) {
        match e {
            Expr::BoolOp(b) => {
                let (pr, word) = match b.op {
                    BoolOp::And => (AND, " and "),
                    BoolOp::Or => (OR, " or "),
                };
                self.paren(at > pr, |u| {
                    for (i, v) in b.values.iter().enumerate() {
                        if i > 0 {
                            u.text(word);
                        }
                        u.expr(v, pr + 1);
                    }
                });
            }
            Expr::BinOp(b) => {
                let (pr, right) = strength(b.op);
                self.paren(at > pr, |u| {
                    u.expr(&b.left, pr + right as u8);
                    u.text(&format!(" {} ", b.op.as_str()));
                    u.expr(&b.right, pr + !right as u8);
                });
            }
            Expr::UnaryOp(n) => {
                let (pr, word) = match n.op {
                    UnaryOp::Invert => (FACTOR, "~"),
                    UnaryOp::Not => (NOT, "not "),
                    UnaryOp::UAdd => (FACTOR, "+"),
                    UnaryOp::USub => (FACTOR, "-"),
                };
                self.paren(at > pr, |u| {
                    u.text(word);
                    u.expr(&n.operand, pr);
                });
            }
            Expr::Named(n) => self.paren(at > TUPLE, |u| {
                u.expr(&n.target, ATOM);
                u.text(" := ");
                u.expr(&n.value, ATOM);
            }),
            Expr::Lambda(l) => self.paren(at > TEST, |u| {
                u.text("lambda");
                if let Some(p) = &l.parameters {
                    // No space before a star, as in CPython.
                    if !p.posonlyargs.is_empty() || !p.args.is_empty() {
                        u.text(" ");
                    }
                    u.parameters(p);
                }
                u.text(": ");
                u.expr(&l.body, TEST);
            }),
            Expr::If(i) => self.paren(at > TEST, |u| {
                u.expr(&i.body, TEST + 1);
                u.text(" if ");
                u.expr(&i.test, TEST + 1);
                u.text(" else ");
                u.expr(&i.orelse, TEST);
            }),
            Expr::Compare(c) => self.paren(at > CMP, |u| {
                u.expr(&c.left, CMP + 1);
                for (op, v) in c.ops.iter().zip(&c.comparators) {
                    u.text(&format!(" {} ", op.as_str()));
                    u.expr(v, CMP + 1);
                }
            }),
            Expr::Await(a) => self.paren(at > AWAIT, |u| {
                u.text("await ");
                u.expr(&a.value, ATOM);
            }),
            Expr::Tuple(t) if t.elts.is_empty() => self.text("()"),
            Expr::Tuple(t) => self.paren(at > TUPLE, |u| {
                u.list(&t.elts, |u, e| u.expr(e, TEST));
                if t.elts.len() == 1 {
                    u.text(",");
                }
            }),
            _ => self.atom(e),
        }
    }

    fn atom(&mut self, e: &Expr) {
        match e {
            Expr::Name(n) => self.text(&n.id),
            Expr::Dict(d) => {
                self.text("{");
                self.list(&d.items, |u, item| match &item.key {
                    Some(k) => {
                        u.expr(k, TEST);
                        u.text(": ");
                        u.expr(&item.value, TEST);
                    }
                    None => {
                        u.text("**");
                        u.expr(&item.value, EXPR);
                    }
                });
                self.text("}");
            }
            Expr::Set(s) => {
                self.text("{");
                self.list(&s.elts, |u, e| u.expr(e, TEST));
                self.text("}");
            }
            Expr::List(l) => {
                self.text("[");
                self.list(&l.elts, |u, e| u.expr(e, TEST));
                self.text("]");
            }
            Expr::ListComp(c) => self.comprehension("[", &[&c.elt], &c.generators, "]"),
            Expr::SetComp(c) => self.comprehension("{", &[&c.elt], &c.generators, "}"),
            Expr::Generator(c) => self.comprehension("(", &[&c.elt], &c.generators, ")"),
            Expr::DictComp(c) => {
                let mut parts: Vec<&Expr> = c.key.iter().map(|k| &**k).collect();
                parts.push(&c.value);
                self.comprehension("{", &parts, &c.generators, "}");
            }
            Expr::Call(c) => self.call(c),
            Expr::Attribute(a) => {
                self.expr(&a.value, ATOM);
                let int = matches!(&*a.value, Expr::NumberLiteral(n) if n.value.is_int());
                self.text(if int { " ." } else { "." });
                self.text(&a.attr.id);
            }
            Expr::Subscript(s) => {
                self.expr(&s.value, ATOM);
                self.text("[");
                self.expr(&s.slice, TUPLE);
                self.text("]");
            }
            Expr::Starred(s) => {
                self.text("*");
                self.expr(&s.value, EXPR);
            }
            Expr::Slice(s) => {
                self.maybe(s.lower.as_deref());
                self.text(":");
                self.maybe(s.upper.as_deref());
                if s.step.is_some() {
                    self.text(":");
                    self.maybe(s.step.as_deref());
                }
            }
            Expr::Yield(y) => {
                self.text("(yield");
                if let Some(v) = &y.value {
                    self.text(" ");
                    self.expr(v, TEST);
                }
                self.text(")");
            }
            Expr::YieldFrom(y) => {
                self.text("(yield from ");
                self.expr(&y.value, TEST);
                self.text(")");
            }
            Expr::FString(f) => {
                let mut body = String::new();
                for part in f.value.iter() {
                    match part {
                        ast::FStringPart::Literal(l) => body.push_str(&braces(&l.value)),
                        ast::FStringPart::FString(f) => body.push_str(&self.elements(&f.elements)),
                    }
                }
                let text = format!("f{}", str_repr(&body));
                self.text(&text);
            }
            Expr::TString(t) => {
                let parts = t.value.iter().map(|p| self.elements(&p.elements));
                let body: String = parts.collect();
                let text = format!("t{}", str_repr(&body));
                self.text(&text);
            }
            _ => {
                let c = literal(e, self.source).unwrap_or(Const::None);
                let text = const_repr(&c);
                self.text(&text);
            }
        }
    }

    fn maybe(&mut self, e: Option<&Expr>) {
        if let Some(e) = e {
            self.expr(e, TEST);
        }
    }

    fn call(&mut self, c: &ast::ExprCall) {
        self.expr(&c.func, ATOM);
        let (args, keywords) = (&c.arguments.args, &c.arguments.keywords);
        if let ([one @ Expr::Generator(_)], []) = (&**args, keywords.as_slice()) {
            return self.expr(one, TEST);
        }
        self.text("(");
        self.list(args, |u, e| u.expr(e, TEST));
        for (i, k) in keywords.iter().enumerate() {
            if i > 0 || !args.is_empty() {
                self.text(", ");
            }
            match &k.arg {
                Some(name) => self.text(&format!("{}=", name.id)),
                None => self.text("**"),
            }
            self.expr(&k.value, TEST);
        }
        self.text(")");
    }

    fn comprehension(&mut self, open: &str, parts: &[&Expr], gens: &[Comprehension], close: &str) {
        self.text(open);
        for (i, p) in parts.iter().enumerate() {
            if i > 0 {
                self.text(": ");
            }
            self.expr(p, TEST);
        }
        for g in gens {
            self.text(if g.is_async { " async for " } else { " for " });
            self.expr(&g.target, TUPLE);
            self.text(" in ");
            self.expr(&g.iter, TEST + 1);
            for cond in &g.ifs {
                self.text(" if ");
                self.expr(cond, TEST + 1);
            }
        }
        self.text(close);
    }

    fn parameters(&mut self, p: &Parameters) {
        let mut first = true;
        let mut sep = |u: &mut Self| {
            if !std::mem::take(&mut first) {
                u.text(", ");
            }
        };
        for (i, a) in p.posonlyargs.iter().chain(&p.args).enumerate() {
            sep(self);
            self.parameter(a);
            if i + 1 == p.posonlyargs.len() {
                self.text(", /");
            }
        }
        if p.vararg.is_some() || !p.kwonlyargs.is_empty() {
            sep(self);
            self.text("*");
            if let Some(v) = &p.vararg {
                self.text(&v.name.id);
            }
        }
        for a in &p.kwonlyargs {
            sep(self);
            self.parameter(a);
        }
        if let Some(k) = &p.kwarg {
            sep(self);
            self.text(&format!("**{}", k.name.id));
        }
    }

    fn parameter(&mut self, a: &ast::ParameterWithDefault) {
        self.text(&a.parameter.name.id);
        if let Some(d) = &a.default {
            self.text("=");
            self.expr(d, TEST);
        }
    }

    fn elements(&self, elements: &InterpolatedStringElements) -> String {
        let mut body = String::new();
        for e in elements {
            match e {
                InterpolatedStringElement::Literal(l) => body.push_str(&braces(&l.value)),
                InterpolatedStringElement::Interpolation(i) => {
                    if let Some(debug) = &i.debug_text {
                        body.push_str(&braces(debug.as_str()));
                    }
                    self.interpolation(i, &mut body);
                }
            }
        }
        body
    }

    fn interpolation(&self, i: &ast::InterpolatedElement, body: &mut String) {
        let mut inner = Unparser {
            out: String::new(),
            source: self.source,
        };
        inner.expr(&i.expression, TEST + 1);
        body.push('{');
        if inner.out.starts_with('{') {
            body.push(' ');
        }
        body.push_str(&inner.out);
        match i.conversion.to_char() {
            Some(c) => body.extend(['!', c]),
            None if i.debug_text.is_some() && i.format_spec.is_none() => {
                body.extend(['!', ConversionFlag::Repr.to_char().unwrap_or('r')]);
            }
            None => {}
        }
        if let Some(s) = &i.format_spec {
            body.push(':');
            body.push_str(&self.elements(&s.elements));
        }
        body.push('}');
    }
}

fn braces(s: &str) -> String {
    s.replace('{', "{{").replace('}', "}}")
}

/// repr() of a constant as source text: infinities as numbers too large.
pub fn const_repr(c: &Const) -> String {
    match c {
        Const::None => "None".into(),
        Const::Ellipsis => "...".into(),
        Const::Bool(b) => if *b { "True" } else { "False" }.into(),
        Const::Int(i) => i.to_string(),
        Const::BigInt { negative, limbs } => big_repr(*negative, limbs),
        Const::Float(f) => float_repr(*f),
        Const::Complex(_, im) => {
            let text = float_repr(*im);
            format!("{}j", text.strip_suffix(".0").unwrap_or(&text))
        }
        Const::Str(s) => str_repr(s),
        Const::StrPoints(p) => points_repr(p),
        Const::Bytes(b) => bytes_repr(b),
        Const::Tuple(items) => {
            let parts: Vec<_> = items.iter().map(const_repr).collect();
            let comma = if items.len() == 1 { "," } else { "" };
            format!("({}{comma})", parts.join(", "))
        }
        _ => bytecode::dis::const_text(c, 4),
    }
}

fn big_repr(negative: bool, limbs: &[u64]) -> String {
    const CHUNK: u64 = 10u64.pow(18);
    let mut limbs = limbs.to_vec();
    let mut chunks = Vec::new();
    while !limbs.is_empty() {
        let mut rest = 0u128;
        for limb in limbs.iter_mut().rev() {
            let v = rest << 64 | *limb as u128;
            *limb = (v / CHUNK as u128) as u64;
            rest = v % CHUNK as u128;
        }
        chunks.push(rest as u64);
        while limbs.last() == Some(&0) {
            limbs.pop();
        }
    }
    let mut out = String::from(if negative { "-" } else { "" });
    out.push_str(&chunks.pop().unwrap_or(0).to_string());
    for c in chunks.iter().rev() {
        out.push_str(&format!("{c:018}"));
    }
    out
}

/// repr() of a float: the shortest digits, exponents from 1e16 and below 1e-4.
fn float_repr(f: f64) -> String {
    if f.is_infinite() {
        return if f < 0.0 { "-1e309" } else { "1e309" }.into();
    }
    if f.is_nan() {
        return "nan".into();
    }
    let text = format!("{f:e}");
    let (digits, exp) = text.split_once('e').unwrap_or((&text, "0"));
    let exp: i32 = exp.parse().unwrap_or(0);
    if (-4..16).contains(&exp) {
        let plain = format!("{f}");
        if plain.contains('.') {
            plain
        } else {
            format!("{plain}.0")
        }
    } else {
        let sign = if exp < 0 { '-' } else { '+' };
        format!("{digits}e{sign}{:02}", exp.abs())
    }
}

/// repr() of a str.
pub fn str_repr(s: &str) -> String {
    let points: Vec<u32> = s.chars().map(|c| c as u32).collect();
    points_repr(&points)
}

fn points_repr(points: &[u32]) -> String {
    let has = |c: char| points.contains(&(c as u32));
    let quote = if has('\'') && !has('"') { '"' } else { '\'' };
    let mut out = String::from(quote);
    for p in points {
        match char::from_u32(*p) {
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some('\t') => out.push_str("\\t"),
            Some(c) if c == quote || c == '\\' => out.extend(['\\', c]),
            Some(c) if c == ' ' || !(c.is_control() || c.is_whitespace()) => out.push(c),
            _ if *p < 0x100 => out.push_str(&format!("\\x{p:02x}")),
            _ if *p < 0x10000 => out.push_str(&format!("\\u{p:04x}")),
            _ => out.push_str(&format!("\\U{p:08x}")),
        }
    }
    out.push(quote);
    out
}

fn bytes_repr(b: &[u8]) -> String {
    let quote = if b.contains(&b'\'') && !b.contains(&b'"') {
        '"'
    } else {
        '\''
    };
    let mut out = format!("b{quote}");
    for c in b {
        match c {
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            c if *c as char == quote || *c == b'\\' => out.extend(['\\', *c as char]),
            0x20..=0x7e => out.push(*c as char),
            _ => out.push_str(&format!("\\x{c:02x}")),
        }
    }
    out.push(quote);
    out
}
