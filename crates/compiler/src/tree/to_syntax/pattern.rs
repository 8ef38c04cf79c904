//! Patterns.

use super::Build;
use crate::tree::grammar::Class;
use crate::tree::node::{Field, Node};
use bytecode::Const;
use syntax::ast::{self as ast, Pattern, Singleton};

macro_rules! pattern {
    ($variant:ident $class:ident $range:expr, $($field:ident $(: $value:expr)?),* $(,)?) => {
        Pattern::$variant(ast::$class { node_index: Default::default(), range: $range, $($field $(: $value)?),* })
    };
}

impl Build<'_> {
    fn patterns(&mut self, list: &[Field]) -> Vec<Pattern> {
        list.iter().map(|p| self.pattern(p)).collect()
    }

    pub fn pattern(&mut self, f: &Field) -> Pattern {
        let Some(n) = f.as_node() else {
            let range = self.nowhere();
            return pattern!(MatchAs PatternMatchAs range, pattern: None, name: None);
        };
        let start = self.made.start(&n.pos);
        match n.class {
            Class::MatchValue => {
                let value = self.boxed(&n.fields[0]);
                pattern!(MatchValue PatternMatchValue self.end(start, n), value)
            }
            Class::MatchSingleton => {
                let value = match n.constant(0) {
                    Some(Const::Bool(true)) => Singleton::True,
                    Some(Const::Bool(false)) => Singleton::False,
                    _ => Singleton::None,
                };
                pattern!(MatchSingleton PatternMatchSingleton self.end(start, n), value)
            }
            Class::MatchSequence => {
                let patterns = self.patterns(n.list(0));
                pattern!(MatchSequence PatternMatchSequence self.end(start, n), patterns)
            }
            Class::MatchMapping => {
                let keys = self.exprs(n.list(0)).into_iter().collect();
                let patterns = self.patterns(n.list(1)).into_iter().collect();
                let rest = self.opt_identifier(n, 2);
                let range = self.end(start, n);
                pattern!(MatchMapping PatternMatchMapping range, keys, patterns, rest)
            }
            Class::MatchClass => {
                let cls = self.boxed(&n.fields[0]);
                let arguments = self.class_arguments(n);
                pattern!(MatchClass PatternMatchClass self.end(start, n), cls, arguments)
            }
            Class::MatchStar => {
                let name = self.opt_identifier(n, 0);
                pattern!(MatchStar PatternMatchStar self.end(start, n), name)
            }
            Class::MatchOr => {
                let patterns = self.patterns(n.list(0));
                pattern!(MatchOr PatternMatchOr self.end(start, n), patterns)
            }
            _ => {
                let inner = n.node(0).is_some();
                let pattern = inner.then(|| Box::new(self.pattern(&n.fields[0])));
                let name = self.opt_identifier(n, 1);
                pattern!(MatchAs PatternMatchAs self.end(start, n), pattern, name)
            }
        }
    }

    fn class_arguments(&mut self, n: &Node) -> ast::PatternArguments {
        let start = self.made.start(&n.pos);
        let patterns = self.patterns(n.list(1)).into_iter().collect();
        let mut keywords = Vec::new();
        for (attr, value) in n.list(2).iter().zip(n.list(3)) {
            let Field::Name(attr) = attr else { continue };
            let attr = self.identifier(attr, n);
            let pattern = self.pattern(value);
            keywords.push(ast::PatternKeyword {
                range: syntax::text_size::Ranged::range(&pattern),
                node_index: Default::default(),
                attr,
                pattern,
            });
        }
        ast::PatternArguments {
            range: self.end(start, n),
            node_index: Default::default(),
            patterns,
            keywords,
        }
    }
}
