//! Annotation scopes: PEP 649 annotations and PEP 695 type parameters and aliases.

use super::scope::{Part, Reach, ScopeId, ScopeKind, def};
use super::{SymbolTable, node_key};
use crate::error::R;
use syntax::ast::name::Name;
use syntax::ast::{self as ast, Expr, TypeParam, TypeParams};
use syntax::text_size::{Ranged, TextRange};

impl SymbolTable<'_> {
    /// Makes the current scope see the class around it through `__classdict__`.
    fn see_class(&mut self, range: TextRange) -> R {
        self.cur().can_see_class_scope = true;
        self.add(&Name::new_static("__classdict__"), def::USE, range)
    }

    /// Enters the scope of type parameters; returns what to restore.
    pub(super) fn enter_type_params(
        &mut self,
        key: usize,
        name: &Name,
        defaults: bool,
        kwdefaults: bool,
        is_class: bool,
        params: &TypeParams,
    ) -> R<(ScopeId, Option<Name>)> {
        let range = params.range();
        let in_class = self.cur().kind == ScopeKind::Class;
        let outer = self.enter(ScopeKind::TypeParams, name, (key, Part::TypeParams), range);
        let private = self.private.clone();
        if in_class {
            self.see_class(range)?;
        }
        if is_class {
            self.private = Some(name.clone());
            self.cur().mangled_names = Some(Default::default());
            for special in [".type_params", ".generic_base"] {
                self.add(&Name::new_static(special), def::LOCAL, range)?;
                self.add(&Name::new_static(special), def::USE, range)?;
            }
        }
        if defaults {
            self.add(&Name::new_static(".defaults"), def::PARAM, range)?;
        }
        if kwdefaults {
            self.add(&Name::new_static(".kwdefaults"), def::PARAM, range)?;
        }
        for p in &params.type_params {
            self.type_param(p)?;
        }
        Ok((outer, private))
    }

    fn type_param(&mut self, p: &TypeParam) -> R {
        let (name, bound, default) = match p {
            TypeParam::TypeVar(t) => (&t.name, t.bound.as_deref(), t.default.as_deref()),
            TypeParam::TypeVarTuple(t) => (&t.name, None, t.default.as_deref()),
            TypeParam::ParamSpec(t) => (&t.name, None, t.default.as_deref()),
        };
        if let Some(set) = &mut self.cur().mangled_names {
            set.insert(name.id.clone());
        }
        self.add(&name.id, def::TYPE_PARAM | def::LOCAL, p.range())?;
        let key = node_key(p);
        let (bound_text, default_text) = match p {
            TypeParam::TypeVar(t) => (
                if t.bound.as_deref().is_some_and(Expr::is_tuple_expr) {
                    "a TypeVar constraint"
                } else {
                    "a TypeVar bound"
                },
                "a TypeVar default",
            ),
            TypeParam::TypeVarTuple(_) => ("", "a TypeVarTuple default"),
            TypeParam::ParamSpec(_) => ("", "a ParamSpec default"),
        };
        if let Some(b) = bound {
            self.type_variable(b, &name.id, (key, Part::Value), bound_text)?;
        }
        if let Some(d) = default {
            self.type_variable(d, &name.id, (key, Part::Default), default_text)?;
        }
        Ok(())
    }

    fn type_variable(
        &mut self,
        e: &Expr,
        name: &Name,
        key: (usize, Part),
        describe: &'static str,
    ) -> R {
        let in_class = self.cur().can_see_class_scope;
        let outer = self.enter(ScopeKind::TypeVariable, name, key, e.range());
        self.cur().describe = describe;
        self.format_param(e.range())?;
        if in_class {
            self.see_class(e.range())?;
        }
        self.expr(e)?;
        self.current = outer;
        Ok(())
    }

    pub(super) fn type_alias(&mut self, t: &ast::StmtTypeAlias) -> R {
        self.expr(&t.name)?;
        let name = match &*t.name {
            Expr::Name(n) => n.id.clone(),
            _ => Name::new_static(""),
        };
        let in_class = self.cur().kind == ScopeKind::Class;
        let generic = match &t.type_params {
            Some(tp) => {
                Some(self.enter_type_params(node_key(t), &name, false, false, false, tp)?)
            }
            None => None,
        };
        let key = (node_key(t), Part::Value);
        let outer = self.enter(ScopeKind::TypeAlias, &name, key, t.value.range());
        self.format_param(t.value.range())?;
        if in_class {
            self.see_class(t.value.range())?;
        }
        self.expr(&t.value)?;
        self.current = outer;
        if let Some((outer, private)) = generic {
            self.current = outer;
            self.private = private;
        }
        Ok(())
    }

    /// The annotations of a function, in a scope of their own.
    pub(super) fn function_annotations(&mut self, f: &ast::StmtFunctionDef) -> R {
        let p = &f.parameters;
        if !has_annotations(f) {
            return Ok(());
        }
        let in_class = self.cur().kind == ScopeKind::Class || self.cur().can_see_class_scope;
        let outer = self.current;
        let key = (node_key(f), Part::Annotations);
        let scope = self.new_scope(
            ScopeKind::Annotation,
            Name::new_static("__annotate__"),
            Some(key),
            crate::lower::def_range(self.source, f.range(), &f.decorator_list),
        );
        if !self.future_annotations {
            self[outer].children.push(scope);
        }
        self.current = scope;
        if in_class {
            self.see_class(f.range())?;
        }
        self.format_param(f.range())?;
        let all = p.posonlyargs.iter().chain(&p.args).map(|a| &a.parameter);
        for a in all
            .chain(p.vararg.as_deref())
            .chain(p.kwonlyargs.iter().map(|a| &a.parameter))
            .chain(p.kwarg.as_deref())
        {
            self.opt(a.annotation.as_deref())?;
        }
        self.opt(f.returns.as_deref())?;
        if self.future_annotations {
            self.resolve_text_annotations(scope);
        }
        self.current = outer;
        Ok(())
    }

    /// Annotations that are kept as text use no names: their scope stands outside of the tree
    /// that is analysed, with its parameter as the only local.
    fn resolve_text_annotations(&mut self, scope: ScopeId) {
        for s in &mut self[scope].symbols {
            s.reach = match s.flags & def::PARAM {
                0 => Reach::GlobalImplicit,
                _ => Reach::Local,
            };
        }
    }

    fn format_param(&mut self, range: TextRange) -> R {
        self.add(&Name::new_static(".format"), def::PARAM, range)?;
        self.add(&Name::new_static(".format"), def::USE, range)
    }

    /// The annotation of a variable: in the annotation scope of its module or class.
    pub(super) fn variable_annotation(&mut self, annotation: &Expr) -> R {
        let outer = self.current;
        let kind = self[outer].kind;
        let range = annotation.range();
        let conditional = match kind {
            ScopeKind::Module => true,
            ScopeKind::Class => self[outer].in_conditional_block,
            _ => false,
        };
        if conditional && !self[outer].conditional_annotations && !self.future_annotations {
            self[outer].conditional_annotations = true;
        }
        match self[outer].annotation_block {
            Some(block) => self.current = block,
            None => {
                let block = self.new_scope(
                    ScopeKind::Annotation,
                    Name::new_static("__annotate__"),
                    None,
                    range,
                );
                self[outer].annotation_block = Some(block);
                // In functions and under the future import nothing is evaluated.
                if !self.future_annotations {
                    self[outer].children.push(block);
                }
                self.current = block;
                if kind == ScopeKind::Class {
                    self.see_class(range)?;
                }
                self.format_param(range)?;
            }
        }
        if conditional && !self.future_annotations {
            self.add(
                &Name::new_static("__conditional_annotations__"),
                def::USE,
                range,
            )?;
        }
        self.cur().in_unevaluated_annotation = kind.is_function_block();
        self.expr(annotation)?;
        self.cur().in_unevaluated_annotation = false;
        self.current = outer;
        Ok(())
    }
}

/// Whether any parameter or the result of a function is annotated.
pub(crate) fn has_annotations(f: &ast::StmtFunctionDef) -> bool {
    let p = &f.parameters;
    f.returns.is_some() || p.iter().any(|a| a.as_parameter().annotation.is_some())
}
