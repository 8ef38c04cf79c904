//! SyntaxWarnings of the compiler.

use super::Lower;
use crate::error::{R, Warning};
use syntax::ast::{self as ast, CmpOp, Expr};
use syntax::text_size::{Ranged, TextRange};

/// The type name CPython uses for an expression whose type is evident.
fn type_name(e: &Expr) -> &'static str {
    match e {
        Expr::Tuple(_) => "tuple",
        Expr::List(_) | Expr::ListComp(_) => "list",
        Expr::Dict(_) | Expr::DictComp(_) => "dict",
        Expr::Set(_) | Expr::SetComp(_) => "set",
        Expr::Generator(_) => "generator",
        Expr::Lambda(_) => "function",
        Expr::FString(_) | Expr::StringLiteral(_) => "str",
        Expr::TString(_) => "string.templatelib.Template",
        Expr::BytesLiteral(_) => "bytes",
        Expr::NumberLiteral(n) => match n.value {
            ast::Number::Int(_) => "int",
            ast::Number::Float(_) => "float",
            ast::Number::Complex { .. } => "complex",
        },
        Expr::BooleanLiteral(_) => "bool",
        Expr::NoneLiteral(_) => "NoneType",
        Expr::EllipsisLiteral(_) => "ellipsis",
        _ => "",
    }
}

impl<'a> Lower<'a> {
    pub(super) fn warn(&mut self, message: String, range: TextRange) {
        let span = self.source.span(range);
        let w = Warning {
            of_parser: false,
            msg_as_error: message.clone(),
            msg: message,
            at: range.start().to_u32(),
            lineno: self.source.line(range.start()),
            span,
        };
        // finally bodies are compiled more than once.
        if !self.warnings.contains(&w) {
            self.warnings.push(w);
        }
    }

    /// `x is 1` and the like.
    pub(super) fn warn_compare(&mut self, c: &'a ast::ExprCompare) -> R {
        let mut left = &*c.left;
        for (op, right) in c.ops.iter().zip(&c.comparators) {
            if matches!(op, CmpOp::Is | CmpOp::IsNot) {
                let literal = [left, right].into_iter().find(|e| self.is_value_literal(e));
                if let Some(e) = literal {
                    let (is, eq) = if *op == CmpOp::Is {
                        ("is", "==")
                    } else {
                        ("is not", "!=")
                    };
                    let text = format!(
                        "\"{is}\" with '{}' literal. Did you mean \"{eq}\"?",
                        type_name(e)
                    );
                    self.warn(text, c.range());
                }
            }
            left = right;
        }
        Ok(())
    }

    fn is_value_literal(&self, e: &Expr) -> bool {
        match e {
            Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::BytesLiteral(_) => true,
            Expr::Tuple(_) => self.constant(e).is_some(),
            _ => false,
        }
    }

    pub(super) fn warn_call(&mut self, c: &'a ast::ExprCall) -> R {
        let f = &*c.func;
        let evident = match f {
            Expr::Name(_) | Expr::Lambda(_) => false,
            _ => !type_name(f).is_empty(),
        };
        if evident {
            let text = format!(
                "'{}' object is not callable; perhaps you missed a comma?",
                type_name(f)
            );
            self.warn(text, c.range());
        }
        Ok(())
    }

    pub(super) fn warn_subscript(&mut self, s: &'a ast::ExprSubscript) -> R {
        let value = &*s.value;
        let unsubscriptable = matches!(
            value,
            Expr::NoneLiteral(_)
                | Expr::BooleanLiteral(_)
                | Expr::EllipsisLiteral(_)
                | Expr::NumberLiteral(_)
                | Expr::Set(_)
                | Expr::SetComp(_)
                | Expr::Generator(_)
                | Expr::TString(_)
                | Expr::Lambda(_)
        );
        if unsubscriptable {
            let text = format!(
                "'{}' object is not subscriptable; perhaps you missed a comma?",
                type_name(value)
            );
            self.warn(text, s.range());
            return Ok(());
        }
        let indexable = matches!(
            value,
            Expr::StringLiteral(_)
                | Expr::BytesLiteral(_)
                | Expr::Tuple(_)
                | Expr::List(_)
                | Expr::ListComp(_)
                | Expr::FString(_)
        );
        let index = type_name(&s.slice);
        let bad = indexable && !index.is_empty() && !matches!(index, "int" | "bool");
        if bad {
            let text = format!(
                "{} indices must be integers or slices, not {index}; perhaps you missed a comma?",
                type_name(value)
            );
            self.warn(text, s.range());
        }
        Ok(())
    }

    pub(super) fn warn_assert(&mut self, a: &'a ast::StmtAssert) {
        if let Expr::Tuple(t) = &*a.test
            && !t.elts.is_empty()
        {
            let text = "assertion is always true, perhaps remove parentheses?";
            self.warn(text.to_string(), a.range());
        }
    }

    /// return, break and continue that leave a finally block (PEP 765).
    pub(super) fn warn_in_finally(&mut self, word: &str, range: TextRange) {
        let loops = self
            .unit
            .blocks
            .iter()
            .filter(|b| matches!(b.kind, super::control::BlockKind::Loop { .. }));
        let loops = loops.count();
        let leaves = match self.unit.finally_loops.last() {
            Some(outside) => word == "return" || loops <= *outside,
            None => false,
        };
        if leaves {
            self.warn(format!("'{word}' in a 'finally' block"), range);
        }
    }

    /// Compiles the body of a finally clause.
    pub(super) fn in_finally(&mut self, f: impl FnOnce(&mut Self) -> R) -> R {
        let loops = self
            .unit
            .blocks
            .iter()
            .filter(|b| matches!(b.kind, super::control::BlockKind::Loop { .. }));
        let loops = loops.count();
        self.unit.finally_loops.push(loops);
        f(self)?;
        self.unit.finally_loops.pop();
        Ok(())
    }
}
