//! Where ruff accepts more than CPython's grammar.
//!
//! These checks only ask whether a program has something of the kind; the exact answer
//! is then [`crate::diagnose`]'s.

use ruff_python_ast::token::{Token, TokenKind};
use ruff_python_ast::visitor::{Visitor, walk_pattern};
use ruff_python_ast::{Expr, Mod, Operator, Pattern, UnaryOp};

use ruff_text_size::Ranged;

use crate::depth::MAX_INTERPOLATION_NESTING;

/// Replacement fields inside format specifications, at most 2 deep in CPython.
const SUSPICIOUS_BRACES: usize = 3;

/// Whether the accepted program must be parsed CPython's way as well.
pub(crate) fn needs_a_second_look(tokens: &[Token], tree: &Mod, source: &str) -> bool {
    let mut braces: Vec<usize> = Vec::new();
    let mut has_case = false;
    let mut after_yield = false;
    for token in tokens {
        // ruff takes `yield == 1` for a comparison.
        if after_yield && is_infix(token.kind()) {
            return true;
        }
        after_yield = token.kind() == TokenKind::Yield;
        match token.kind() {
            TokenKind::FStringStart | TokenKind::TStringStart => {
                braces.push(0);
                if braces.len() >= MAX_INTERPOLATION_NESTING {
                    return true;
                }
            }
            TokenKind::FStringEnd | TokenKind::TStringEnd => {
                braces.pop();
            }
            TokenKind::Lbrace => {
                if let Some(depth) = braces.last_mut() {
                    *depth += 1;
                    if *depth > SUSPICIOUS_BRACES {
                        return true;
                    }
                }
            }
            TokenKind::Rbrace => {
                if let Some(depth) = braces.last_mut() {
                    *depth = depth.saturating_sub(1);
                }
            }
            TokenKind::Case => has_case = true,
            _ => {}
        }
    }
    has_case && has_odd_pattern(tree, source)
}

/// Operators that can only stand between operands.
fn is_infix(kind: TokenKind) -> bool {
    use TokenKind as T;
    matches!(
        kind,
        T::EqEqual
            | T::NotEqual
            | T::Less
            | T::Greater
            | T::LessEqual
            | T::GreaterEqual
            | T::Slash
            | T::DoubleSlash
            | T::Percent
            | T::At
            | T::DoubleStar
            | T::Amper
            | T::Vbar
            | T::CircumFlex
            | T::LeftShift
            | T::RightShift
            | T::And
            | T::Or
            | T::In
            | T::Is
            | T::If
            | T::Dot
    )
}

fn has_odd_pattern(tree: &Mod, source: &str) -> bool {
    let Mod::Module(module) = tree else {
        return false;
    };
    let mut search = Search {
        source,
        found: false,
    };
    search.visit_body(&module.body);
    search.found
}

struct Search<'s> {
    source: &'s str,
    found: bool,
}

impl Visitor<'_> for Search<'_> {
    fn visit_pattern(&mut self, pattern: &Pattern) {
        match pattern {
            Pattern::MatchValue(v) => self.found |= !is_plain_value(&v.value),
            Pattern::MatchMapping(m) => self.found |= !m.keys.iter().all(is_plain_value),
            Pattern::MatchSequence(s) => {
                self.found |= s.patterns.windows(2).any(|w| {
                    let between = w[0].end().to_usize()..w[1].start().to_usize();
                    !self.source.get(between).is_some_and(|t| t.contains(','))
                });
            }
            _ => {}
        }
        walk_pattern(self, pattern);
    }
}

/// What can be a pattern: literals, signed numbers, complex numbers and dotted names.
fn is_plain_value(e: &Expr) -> bool {
    let real = |e: &Expr| match e {
        Expr::UnaryOp(u) => u.op == UnaryOp::USub && u.operand.is_number_literal_expr(),
        e => e.is_number_literal_expr(),
    };
    match e {
        Expr::BinOp(b) => {
            matches!(b.op, Operator::Add | Operator::Sub)
                && real(&b.left)
                && b.right.is_number_literal_expr()
        }
        Expr::UnaryOp(_) => real(e),
        Expr::Attribute(_) => true,
        e => e.is_literal_expr() && !e.is_ellipsis_literal_expr(),
    }
}
