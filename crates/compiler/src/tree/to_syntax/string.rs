//! Constants, f-strings and t-strings.

use super::Build;
use super::expr::expr;
use crate::tree::grammar::Class;
use crate::tree::node::{Field, Node};
use bytecode::Const;
use syntax::ast::{
    self as ast, ConversionFlag, Expr, InterpolatedElement, InterpolatedStringElement,
    InterpolatedStringLiteralElement, Number,
};
use syntax::text_size::TextSize;

/// Text with U+FFFD in place of surrogates.
fn lossy(points: &[u32]) -> String {
    let c = |p: &u32| char::from_u32(*p).unwrap_or('\u{fffd}');
    points.iter().map(c).collect()
}

impl Build<'_> {
    pub fn constant(&mut self, n: &Node, start: TextSize) -> Expr {
        let none = Const::None;
        let value = n.constant(0).unwrap_or(&none);
        let range = self.end(start, n);
        match value {
            Const::None => expr!(NoneLiteral ExprNoneLiteral range,),
            Const::Ellipsis => expr!(EllipsisLiteral ExprEllipsisLiteral range,),
            Const::Bool(value) => expr!(BooleanLiteral ExprBooleanLiteral range, value: *value),
            Const::Str(_) | Const::StrPoints(_) => {
                let text = self.text(value, start);
                let literal = ast::StringLiteral {
                    range,
                    node_index: Default::default(),
                    value: text.into(),
                    flags: ast::StringLiteralFlags::empty(),
                };
                let value = ast::StringLiteralValue::single(literal);
                expr!(StringLiteral ExprStringLiteral range, value)
            }
            Const::Bytes(b) => {
                let literal = ast::BytesLiteral {
                    range,
                    node_index: Default::default(),
                    value: b.clone().into(),
                    flags: ast::BytesLiteralFlags::empty(),
                };
                let value = ast::BytesLiteralValue::single(literal);
                expr!(BytesLiteral ExprBytesLiteral range, value)
            }
            Const::Float(f) => {
                expr!(NumberLiteral ExprNumberLiteral range, value: Number::Float(*f))
            }
            Const::Complex(real, imag) => {
                let value = Number::Complex {
                    real: *real,
                    imag: *imag,
                };
                expr!(NumberLiteral ExprNumberLiteral range, value)
            }
            other => {
                self.made.set_constant(start, other.clone());
                expr!(NumberLiteral ExprNumberLiteral range, value: Number::Int(ast::Int::ZERO))
            }
        }
    }

    /// The text of a string constant; its surrogates are kept beside the tree.
    fn text(&mut self, c: &Const, at: TextSize) -> String {
        match c {
            Const::Str(s) if s.contains('\u{fffd}') => {
                let points = s.chars().map(u32::from).collect();
                self.made.set_constant(at, Const::StrPoints(points));
                s.clone()
            }
            Const::Str(s) => s.clone(),
            Const::StrPoints(p) => {
                self.made.set_constant(at, c.clone());
                lossy(p)
            }
            _ => String::new(),
        }
    }

    pub fn fstring(&mut self, n: &Node, start: TextSize) -> Expr {
        let elements = self.elements(n);
        let range = self.end(start, n);
        let value = ast::FStringValue::single(ast::FString {
            range,
            node_index: Default::default(),
            elements: elements.into(),
            flags: ast::FStringFlags::empty(),
        });
        expr!(FString ExprFString range, value)
    }

    pub fn tstring(&mut self, n: &Node, start: TextSize) -> Expr {
        let elements = self.elements(n);
        let range = self.end(start, n);
        let value = ast::TStringValue::single(ast::TString {
            range,
            node_index: Default::default(),
            elements: elements.into(),
            flags: ast::TStringFlags::empty(),
        });
        expr!(TString ExprTString range, value)
    }

    /// The parts of a string; a value that is not in a string is its only part.
    fn elements(&mut self, n: &Node) -> Vec<InterpolatedStringElement> {
        match n.class {
            Class::JoinedStr | Class::TemplateStr => n.nodes(0).map(|v| self.element(v)).collect(),
            _ => vec![self.element(n)],
        }
    }

    fn element(&mut self, v: &Node) -> InterpolatedStringElement {
        let start = self.made.start(&v.pos);
        if let (Class::Constant, Some(c @ (Const::Str(_) | Const::StrPoints(_)))) =
            (v.class, v.constant(0))
        {
            let text = self.text(c, start);
            return InterpolatedStringElement::Literal(InterpolatedStringLiteralElement {
                range: self.end(start, v),
                node_index: Default::default(),
                value: text.into(),
            });
        }
        let (conversion, spec) = match v.class {
            Class::FormattedValue => (v.int(1), v.fields.get(2)),
            Class::Interpolation => {
                if let Some(text) = v.constant(1) {
                    self.made.set_constant(start, text.clone());
                }
                (v.int(2), v.fields.get(3))
            }
            _ => (None, None),
        };
        let expression = match v.class {
            Class::FormattedValue | Class::Interpolation => self.boxed(&v.fields[0]),
            _ => Box::new(self.expr_node(v)),
        };
        let conversion = match conversion.and_then(|c| u8::try_from(c).ok()) {
            Some(b's') => ConversionFlag::Str,
            Some(b'r') => ConversionFlag::Repr,
            Some(b'a') => ConversionFlag::Ascii,
            _ => ConversionFlag::None,
        };
        let format_spec = spec.and_then(Field::as_node).map(|s| self.format_spec(s));
        InterpolatedStringElement::Interpolation(InterpolatedElement {
            range: self.end(start, v),
            node_index: Default::default(),
            expression,
            debug_text: None,
            conversion,
            format_spec,
        })
    }

    fn format_spec(&mut self, s: &Node) -> Box<ast::InterpolatedStringFormatSpec> {
        let start = self.made.start(&s.pos);
        let elements = self.elements(s);
        Box::new(ast::InterpolatedStringFormatSpec {
            range: self.end(start, s),
            node_index: Default::default(),
            elements: elements.into(),
        })
    }
}
