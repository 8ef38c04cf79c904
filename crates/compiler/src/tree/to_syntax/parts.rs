//! Parameters, arguments, type parameters, comprehensions and other parts of nodes.

use super::Build;
use crate::tree::grammar::Class;
use crate::tree::node::{Field, Node};
use syntax::ast;
use syntax::text_size::{Ranged, TextRange, TextSize};

fn whole(parts: impl Iterator<Item = TextRange>) -> TextRange {
    parts
        .reduce(|a, b| a.cover(b))
        .unwrap_or(TextRange::empty(TextSize::new(0)))
}

impl Build<'_> {
    pub fn parameters(&mut self, f: &Field) -> ast::Parameters {
        let Some(p) = f.as_node() else {
            return ast::Parameters::default();
        };
        let posonly = p.nodes(0).count();
        let n = posonly + p.nodes(1).count();
        let defaults = p.list(6);
        let without = n.saturating_sub(defaults.len());
        let mut positional = Vec::new();
        for (i, a) in p.nodes(0).chain(p.nodes(1)).enumerate() {
            let default = i.checked_sub(without).and_then(|d| defaults.get(d));
            positional.push(self.parameter(a, default));
        }
        let args = positional.split_off(posonly);
        let vararg = p.node(2).map(|a| Box::new(self.plain_parameter(a)));
        let mut kwonly = Vec::new();
        for (i, a) in p.nodes(3).enumerate() {
            kwonly.push(self.parameter(a, p.list(4).get(i)));
        }
        let kwarg = p.node(5).map(|a| Box::new(self.plain_parameter(a)));
        ast::Parameters {
            range: whole(
                positional
                    .iter()
                    .chain(&args)
                    .chain(&kwonly)
                    .map(Ranged::range),
            ),
            node_index: Default::default(),
            posonlyargs: positional.into_iter().collect(),
            args: args.into_iter().collect(),
            vararg,
            kwonlyargs: kwonly.into_iter().collect(),
            kwarg,
        }
    }

    fn parameter(&mut self, a: &Node, default: Option<&Field>) -> ast::ParameterWithDefault {
        let parameter = self.plain_parameter(a);
        let default = default.and_then(|d| self.opt_box(d));
        ast::ParameterWithDefault {
            range: parameter.range(),
            node_index: Default::default(),
            parameter,
            default,
        }
    }

    fn plain_parameter(&mut self, a: &Node) -> ast::Parameter {
        let start = self.made.start(&a.pos);
        // The range of `*args` as an error has it is from the name to the end of the annotation.
        let mut name = self.required_identifier(a, 0);
        let annotation = self.opt_box(&a.fields[1]);
        let range = self.made.close(start, &a.pos);
        name.range = range;
        ast::Parameter {
            range,
            node_index: Default::default(),
            name,
            annotation,
        }
    }

    /// The arguments of a call, or the bases and keywords of a class.
    pub fn arguments(&mut self, args: &[Field], keywords: &[Field], node: &Node) -> ast::Arguments {
        let start = self.made.start(&node.pos);
        let args = self.exprs(args);
        let keywords: Vec<_> = keywords
            .iter()
            .filter_map(Field::as_node)
            .map(|k| {
                let start = self.made.start(&k.pos);
                let arg = self.opt_identifier(k, 0);
                let value = self.expr(&k.fields[1]);
                ast::Keyword {
                    range: self.made.close(start, &k.pos),
                    node_index: Default::default(),
                    arg,
                    value,
                }
            })
            .collect();
        ast::Arguments {
            range: self.made.close(start, &node.pos),
            node_index: Default::default(),
            args: args.into(),
            keywords: keywords.into_iter().collect(),
        }
    }

    pub fn type_params(&mut self, list: &[Field], node: &Node) -> Option<Box<ast::TypeParams>> {
        if list.is_empty() {
            return None;
        }
        let start = self.made.start(&node.pos);
        let nodes = list.iter().filter_map(Field::as_node);
        let type_params = nodes.map(|p| self.type_param(p)).collect();
        Some(Box::new(ast::TypeParams {
            range: self.made.close(start, &node.pos),
            node_index: Default::default(),
            type_params,
        }))
    }

    fn type_param(&mut self, p: &Node) -> ast::TypeParam {
        let start = self.made.start(&p.pos);
        let name = self.required_identifier(p, 0);
        let node_index = Default::default();
        let last = p.fields.len() - 1;
        let bound = if p.class == Class::TypeVar {
            self.opt_box(&p.fields[1])
        } else {
            None
        };
        let default = self.opt_box(&p.fields[last]);
        let range = self.made.close(start, &p.pos);
        match p.class {
            Class::TypeVar => ast::TypeParam::TypeVar(ast::TypeParamTypeVar {
                node_index,
                range,
                name,
                bound,
                default,
            }),
            Class::ParamSpec => ast::TypeParam::ParamSpec(ast::TypeParamParamSpec {
                node_index,
                range,
                name,
                default,
            }),
            _ => ast::TypeParam::TypeVarTuple(ast::TypeParamTypeVarTuple {
                node_index,
                range,
                name,
                default,
            }),
        }
    }

    pub fn comprehensions(&mut self, list: &[Field]) -> Vec<ast::Comprehension> {
        list.iter()
            .filter_map(Field::as_node)
            .map(|g| {
                let target = self.expr(&g.fields[0]);
                let iter = self.expr(&g.fields[1]);
                let ifs = self.exprs(g.list(2));
                ast::Comprehension {
                    range: whole([target.range(), iter.range()].into_iter()),
                    node_index: Default::default(),
                    target,
                    iter,
                    ifs,
                    is_async: g.int(3) != Some(0),
                }
            })
            .collect()
    }

    pub fn decorators(&mut self, list: &[Field]) -> Vec<ast::Decorator> {
        self.exprs(list)
            .into_iter()
            .map(|expression| ast::Decorator {
                range: expression.range(),
                node_index: Default::default(),
                expression,
            })
            .collect()
    }
}
