//! f-strings and t-strings: text and interpolations of all parts in one list, neighbouring texts
//! joined.

use super::Convert;
use crate::literal::{from_points, part_points};
use crate::tree::grammar::Class;
use crate::tree::node::{Field, Node, Pos};
use bytecode::Const;
use syntax::ast::str_prefix::{FStringPrefix, StringLiteralPrefix, TStringPrefix};
use syntax::ast::{
    self as ast, ConversionFlag, FStringPart, InterpolatedElement, InterpolatedStringElement,
    InterpolatedStringElements,
};
use syntax::text_size::{Ranged, TextSize};

/// A text, or a value that is written in one.
enum Piece {
    Text {
        points: Vec<u32>,
        pos: Pos,
        kind: Field,
    },
    Value(Node),
}

/// What sort of string the pieces are for.
#[derive(Clone, Copy, PartialEq)]
enum Sort {
    F,
    T,
}

fn points(text: &str) -> Vec<u32> {
    text.chars().map(u32::from).collect()
}

impl Convert<'_> {
    pub(super) fn fstring(&mut self, f: &ast::ExprFString) -> Node {
        let mut pieces = Vec::new();
        for part in f.value.iter() {
            match part {
                FStringPart::Literal(l) => {
                    let unicode = matches!(l.flags.prefix(), StringLiteralPrefix::Unicode);
                    pieces.push(Piece::Text {
                        points: part_points(l, self.source),
                        pos: self.pos(l.range()),
                        kind: if unicode {
                            Field::Const(Const::Str("u".into()))
                        } else {
                            Field::None
                        },
                    });
                }
                FStringPart::FString(f) => {
                    let raw = matches!(f.flags.prefix(), FStringPrefix::Raw { .. });
                    self.pieces(&f.elements, raw, Sort::F, &mut pieces);
                }
            }
        }
        let values = joined(pieces);
        Node::new(Class::JoinedStr, self.pos(f.range()), [values.into()])
    }

    pub(super) fn tstring(&mut self, t: &ast::ExprTString) -> Node {
        let mut pieces = Vec::new();
        for part in t.value.iter() {
            let raw = matches!(part.flags.prefix(), TStringPrefix::Raw { .. });
            self.pieces(&part.elements, raw, Sort::T, &mut pieces);
        }
        let values = joined(pieces);
        Node::new(Class::TemplateStr, self.pos(t.range()), [values.into()])
    }

    fn pieces(
        &mut self,
        elements: &InterpolatedStringElements,
        raw: bool,
        sort: Sort,
        out: &mut Vec<Piece>,
    ) {
        for e in elements {
            match e {
                InterpolatedStringElement::Literal(l) => {
                    let points = crate::lower::element_points(l, raw, self.source);
                    out.push(Piece::Text {
                        points,
                        pos: self.pos(l.range()),
                        kind: Field::None,
                    });
                }
                InterpolatedStringElement::Interpolation(i) => {
                    self.interpolation(i, sort, out);
                }
            }
        }
    }

    fn interpolation(&mut self, i: &InterpolatedElement, sort: Sort, out: &mut Vec<Piece>) {
        if let Some(debug) = &i.debug_text {
            let start = i.start() + TextSize::new(1);
            let text = debug.as_str();
            out.push(Piece::Text {
                points: points(&crate::lower::debug_text(i)),
                pos: self.between(start, start + TextSize::of(text)),
                kind: Field::None,
            });
        }
        let value = self.field(&i.expression);
        let conversion = match i.conversion {
            ConversionFlag::Str => i32::from(b's'),
            ConversionFlag::Repr => i32::from(b'r'),
            ConversionFlag::Ascii => i32::from(b'a'),
            ConversionFlag::None if i.debug_text.is_some() && i.format_spec.is_none() => {
                i32::from(b'r')
            }
            ConversionFlag::None => -1,
        };
        let conversion = Field::Int(conversion);
        let spec: Option<Node> = i.format_spec.as_deref().map(|s| self.format_spec(s));
        let pos = self.pos(i.range());
        out.push(Piece::Value(match sort {
            Sort::F => Node::new(Class::FormattedValue, pos, [value, conversion, spec.into()]),
            Sort::T => {
                let text = crate::lower::interpolation_text(self.source.text, i);
                let text = Field::Const(Const::Str(text));
                let fields = [value, text, conversion, spec.into()];
                Node::new(Class::Interpolation, pos, fields)
            }
        }));
    }

    /// A format is an f-string in t-strings too.
    fn format_spec(&mut self, s: &ast::InterpolatedStringFormatSpec) -> Node {
        let mut pieces = Vec::new();
        self.pieces(&s.elements, false, Sort::F, &mut pieces);
        let values = joined(pieces);
        // The colon belongs to it.
        let start = s.range.start() - TextSize::new(1);
        let pos = self.between(start, s.range.end());
        Node::new(Class::JoinedStr, pos, [values.into()])
    }
}

/// Joins neighbouring texts and drops empty ones.
fn joined(pieces: Vec<Piece>) -> Vec<Node> {
    let mut out: Vec<Piece> = Vec::new();
    for p in pieces {
        match (out.last_mut(), p) {
            (
                Some(Piece::Text { points, pos, .. }),
                Piece::Text {
                    points: more,
                    pos: end,
                    ..
                },
            ) => {
                points.extend(more);
                pos.end_line = end.end_line;
                pos.end_col = end.end_col;
            }
            (_, p) => out.push(p),
        }
    }
    let text = |p| match p {
        Piece::Text { points, .. } if points.is_empty() => None,
        Piece::Text { points, pos, kind } => {
            let value = Field::Const(from_points(points));
            Some(Node::new(Class::Constant, pos, [value, kind]))
        }
        Piece::Value(n) => Some(n),
    };
    out.into_iter().filter_map(text).collect()
}
