//! f-strings and t-strings.

use super::Lower;
use super::display::CHUNK;
use crate::builder::Reg;
use crate::error::R;
use crate::literal::{from_points, part_points};
use crate::source::Source;
use bytecode::{Const, Op};
use syntax::ast::{
    self as ast, ConversionFlag, Expr, FStringPart, InterpolatedElement, InterpolatedStringElement,
    InterpolatedStringElements,
    str_prefix::{FStringPrefix, TStringPrefix},
};
use syntax::text_size::{Ranged, TextRange};

/// A piece of an interpolated string: text (as code points) or a value.
enum Piece<'a> {
    Text(Vec<u32>),
    Value(&'a InterpolatedElement),
}

fn add_text(pieces: &mut Vec<Piece>, text: impl Iterator<Item = u32>) {
    match pieces.last_mut() {
        Some(Piece::Text(t)) => t.extend(text),
        _ => {
            let text: Vec<u32> = text.collect();
            if !text.is_empty() {
                pieces.push(Piece::Text(text));
            }
        }
    }
}

fn chars(s: &str) -> impl Iterator<Item = u32> + '_ {
    s.chars().map(|c| c as u32)
}

/// The conversion selector of `Format`; `=` without a spec means repr.
fn conversion(e: &InterpolatedElement) -> u8 {
    match e.conversion {
        ConversionFlag::Str => 1,
        ConversionFlag::Repr => 2,
        ConversionFlag::Ascii => 3,
        ConversionFlag::None if e.debug_text.is_some() && e.format_spec.is_none() => 2,
        ConversionFlag::None => 0,
    }
}

impl<'a> Lower<'a> {
    /// The pieces of some elements, neighbouring text joined.
    fn pieces(
        &self,
        elements: &'a InterpolatedStringElements,
        raw: bool,
        out: &mut Vec<Piece<'a>>,
    ) {
        for e in elements {
            match e {
                InterpolatedStringElement::Literal(l) => {
                    let points = element_points(l, raw, self.source);
                    add_text(out, points.into_iter());
                }
                InterpolatedStringElement::Interpolation(i) => {
                    add_text(out, chars(&debug_text(i)));
                    out.push(Piece::Value(i));
                }
            }
        }
    }

    pub(super) fn fstring(&mut self, f: &'a ast::ExprFString, dst: Reg) -> R {
        let mut pieces = Vec::new();
        for part in f.value.iter() {
            match part {
                FStringPart::Literal(l) => {
                    let points = part_points(l, self.source);
                    add_text(&mut pieces, points.into_iter())
                }
                FStringPart::FString(f) => self.pieces(
                    &f.elements,
                    matches!(f.flags.prefix(), FStringPrefix::Raw { .. }),
                    &mut pieces,
                ),
            }
        }
        self.join(pieces, f.range(), dst)
    }

    /// R[dst] = the pieces formatted and joined.
    fn join(&mut self, pieces: Vec<Piece<'a>>, range: TextRange, dst: Reg) -> R {
        match pieces.as_slice() {
            [] => {
                self.at(range);
                self.b().load_str(dst, "");
                return Ok(());
            }
            [Piece::Text(t)] => {
                self.at(range);
                let c = from_points(t.clone());
                self.b().load_const(dst, &c);
                return Ok(());
            }
            [Piece::Value(v)] => return self.format(v, dst),
            _ => {}
        }
        let mark = self.b().mark();
        // Long strings are joined piecewise, so that few registers are needed.
        let joined = self.b().alloc();
        let mut n = 0;
        for (i, piece) in pieces.iter().enumerate() {
            let r = if n == 0 { joined } else { self.b().alloc() };
            match piece {
                Piece::Text(t) => {
                    self.at(range);
                    let c = from_points(t.clone());
                    self.b().load_const(r, &c);
                }
                Piece::Value(v) => self.format(v, r)?,
            }
            n += 1;
            if n == CHUNK && i + 1 < pieces.len() {
                self.at(range);
                self.b().op(Op::BuildString, 0, joined, joined, n as u16);
                self.b().reset(joined as u32 + 1);
                n = 1;
            }
        }
        self.at(range);
        self.b().op(Op::BuildString, 0, dst, joined, n as u16);
        self.b().reset(mark);
        Ok(())
    }

    fn format(&mut self, v: &'a InterpolatedElement, dst: Reg) -> R {
        let mark = self.b().mark();
        let mut how = conversion(v);
        let value = self.any(&v.expression)?;
        let mut spec = 0;
        if let Some(s) = &v.format_spec {
            how |= 4;
            spec = self.b().alloc();
            let mut pieces = Vec::new();
            self.pieces(&s.elements, false, &mut pieces);
            self.deeper()?;
            self.join(pieces, s.range, spec)?;
            self.depth -= 1;
        }
        self.at(v.range());
        self.b().op(Op::Format, how, dst, value, spec);
        self.b().reset(mark);
        Ok(())
    }

    pub(super) fn tstring(&mut self, t: &'a ast::ExprTString, dst: Reg) -> R {
        let mut pieces = Vec::new();
        for part in t.value.iter() {
            self.pieces(
                &part.elements,
                matches!(part.flags.prefix(), TStringPrefix::Raw { .. }),
                &mut pieces,
            );
        }
        let pair = self.b().alloc_n(2);
        let mut strings = Vec::new();
        let mut text = Vec::new();
        let mut values = Vec::new();
        for p in pieces {
            match p {
                Piece::Text(t) => text = t,
                Piece::Value(v) => {
                    strings.push(from_points(std::mem::take(&mut text)));
                    values.push(v);
                }
            }
        }
        strings.push(from_points(text));
        self.at(t.range());
        self.b().load_const(pair, &Const::Tuple(strings));
        self.interpolations(&values, t.range(), pair + 1)?;
        self.at(t.range());
        self.b().op(Op::BuildTemplate, 0, dst, pair, 0);
        Ok(())
    }

    fn interpolations(
        &mut self,
        values: &[&'a InterpolatedElement],
        range: TextRange,
        dst: Reg,
    ) -> R {
        let mark = self.b().mark();
        if values.len() <= CHUNK {
            for v in values {
                let r = self.b().alloc();
                self.interpolation(v, r)?;
            }
            self.at(range);
            self.b()
                .op(Op::BuildTuple, 0, dst, mark as Reg, values.len() as u16);
        } else {
            self.at(range);
            self.b().op(Op::BuildList, 0, dst, 0, 0);
            for v in values {
                let r = self.b().alloc();
                self.interpolation(v, r)?;
                self.b().op(Op::ListAppend, 0, dst, r, 0);
                self.b().reset(mark);
            }
            self.b().op(Op::ListToTuple, 0, dst, dst, 0);
        }
        self.b().reset(mark);
        Ok(())
    }

    fn interpolation(&mut self, v: &'a InterpolatedElement, dst: Reg) -> R {
        let mark = self.b().mark();
        let base = self.b().alloc_n(2);
        self.to(&v.expression, base)?;
        self.at(v.range());
        match self.source.constant(v.start()) {
            Some(c) => self.b().load_const(base + 1, c),
            None => {
                let text = interpolation_text(self.source.text, v);
                self.b().load_str(base + 1, &text);
            }
        }
        let mut how = conversion(v);
        if let Some(s) = &v.format_spec {
            how |= 4;
            let spec = self.b().alloc();
            let mut pieces = Vec::new();
            self.pieces(&s.elements, false, &mut pieces);
            self.join(pieces, s.range, spec)?;
        }
        self.at(v.range());
        self.b().op(Op::BuildInterpolation, how, dst, base, 0);
        self.b().reset(mark);
        Ok(())
    }

    /// `"..." % (a, b)` with only %s, %r and %a becomes an f-string, as in CPython. R[dst] is
    /// the result; false if it is not of that form.
    pub(super) fn percent_format(&mut self, node: &'a ast::ExprBinOp, dst: Reg) -> R<bool> {
        let (Expr::StringLiteral(s), Expr::Tuple(t)) = (&*node.left, &*node.right) else {
            return Ok(false);
        };
        let Some(parts) = parse_percent(s.value.to_str()) else {
            return Ok(false);
        };
        let values = parts.iter().filter(|p| p.1.is_some()).count();
        if values != t.elts.len() || parts.len() > CHUNK || t.elts.iter().any(Expr::is_starred_expr)
        {
            return Ok(false);
        }
        let mark = self.b().mark();
        let mut elts = t.elts.iter();
        let mut n = 0;
        for (text, how) in parts {
            if !text.is_empty() {
                let r = self.b().alloc();
                self.at(node.left.range());
                self.b().load_str(r, &text);
                n += 1;
            }
            if let Some(how) = how
                && let Some(e) = elts.next()
            {
                let r = self.b().alloc();
                let v = self.any(e)?;
                self.at(e.range());
                self.b().op(Op::Format, how, r, v, 0);
                self.b().reset(r as u32 + 1);
                n += 1;
            }
        }
        self.at(node.range());
        self.b().op(Op::BuildString, 0, dst, mark as Reg, n);
        self.b().reset(mark);
        Ok(true)
    }
}

/// The code points of a text in an f- or t-string; as `literal::part_points`.
pub(crate) fn element_points(
    l: &ast::InterpolatedStringLiteralElement,
    raw: bool,
    source: &Source,
) -> Vec<u32> {
    let decoded = || chars(&l.value).collect();
    if !l.value.contains('\u{fffd}') {
        return decoded();
    }
    if let Some(Const::StrPoints(points)) = source.constant(l.start()) {
        return points.clone();
    }
    let text = source.text.get(l.range().to_std_range()).unwrap_or("");
    syntax::interpolated_codepoints(text, raw).unwrap_or_else(|_| decoded())
}

/// The source of an interpolated expression, from the brace to what ends it, comments left out.
pub(crate) fn interpolation_text(text: &str, v: &InterpolatedElement) -> String {
    if v.debug_text.is_some() {
        let text = debug_text(v);
        let end = text.rfind('=').unwrap_or(text.len());
        return text[..end].to_string();
    }
    let start = v.range().start().to_usize() + 1;
    let end = v.expression.end().to_usize();
    let head = text.get(start..end).unwrap_or("");
    // Parentheses and blanks may follow the expression itself.
    let tail = text.get(end..v.range().end().to_usize()).unwrap_or("");
    let tail = syntax::without_comments(tail);
    let stop = tail.find(['!', ':', '}']).unwrap_or(0);
    format!("{}{}", syntax::without_comments(head), &tail[..stop])
}

/// The text of `{x = }` between the braces, comments left out.
pub(crate) fn debug_text(v: &InterpolatedElement) -> std::borrow::Cow<'_, str> {
    let text = v.debug_text.as_ref().map_or("", |d| d.as_str());
    syntax::without_comments(text)
}

/// Splits a % format into texts, each followed by a conversion; None if anything else is in it.
fn parse_percent(format: &str) -> Option<Vec<(String, Option<u8>)>> {
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            text.push(c);
            continue;
        }
        let how = match chars.next()? {
            '%' => {
                text.push('%');
                continue;
            }
            's' => 1,
            'r' => 2,
            'a' => 3,
            _ => return None,
        };
        parts.push((std::mem::take(&mut text), Some(how)));
    }
    if !text.is_empty() {
        parts.push((text, None));
    }
    Some(parts)
}
