//! Patterns.

use super::Convert;
use crate::tree::grammar::Class;
use crate::tree::node::{Field, Node};
use bytecode::Const;
use syntax::ast::{self as ast, Pattern, Singleton};
use syntax::text_size::Ranged;

impl Convert<'_> {
    fn patterns(&mut self, list: &[Pattern]) -> Vec<Node> {
        list.iter().map(|p| self.pattern(p)).collect()
    }

    pub(super) fn pattern(&mut self, p: &Pattern) -> Node {
        let pos = self.pos(p.range());
        let name = |n: &Option<ast::Identifier>| n.as_ref().map_or(Field::None, |n| (&n.id).into());
        match p {
            Pattern::MatchValue(v) => Node::new(Class::MatchValue, pos, [self.field(&v.value)]),
            Pattern::MatchSingleton(s) => {
                let value = match s.value {
                    Singleton::None => Const::None,
                    Singleton::True => Const::Bool(true),
                    Singleton::False => Const::Bool(false),
                };
                Node::new(Class::MatchSingleton, pos, [Field::Const(value)])
            }
            Pattern::MatchSequence(s) => Node::new(
                Class::MatchSequence,
                pos,
                [self.patterns(&s.patterns).into()],
            ),
            Pattern::MatchMapping(m) => {
                let keys = self.exprs(&m.keys);
                let patterns = self.patterns(&m.patterns);
                let fields = [keys.into(), patterns.into(), name(&m.rest)];
                Node::new(Class::MatchMapping, pos, fields)
            }
            Pattern::MatchClass(c) => self.class_pattern(c),
            Pattern::MatchStar(s) => Node::new(Class::MatchStar, pos, [name(&s.name)]),
            Pattern::MatchAs(a) => {
                let pattern: Option<Node> = a.pattern.as_deref().map(|p| self.pattern(p));
                Node::new(Class::MatchAs, pos, [pattern.into(), name(&a.name)])
            }
            Pattern::MatchOr(o) => {
                Node::new(Class::MatchOr, pos, [self.patterns(&o.patterns).into()])
            }
        }
    }

    fn class_pattern(&mut self, c: &ast::PatternMatchClass) -> Node {
        let cls = self.field(&c.cls);
        let patterns = self.patterns(&c.arguments.patterns);
        let keywords = &c.arguments.keywords;
        let attrs = keywords.iter().map(|k| (&k.attr.id).into()).collect();
        let values: Vec<Node> = keywords.iter().map(|k| self.pattern(&k.pattern)).collect();
        let fields = [cls, patterns.into(), Field::List(attrs), values.into()];
        Node::new(Class::MatchClass, self.pos(c.range()), fields)
    }
}
