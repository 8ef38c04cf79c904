//! Symbols of comprehensions and assignment expressions, and the rules for `yield` and `await`.

use super::SymbolTable;
use super::scope::{Part, ScopeKind, def, mangle};
use crate::error::R;
use syntax::ast::name::Name;
use syntax::ast::{self as ast, Comprehension, Expr};
use syntax::text_size::{Ranged, TextRange};

impl SymbolTable<'_> {
    pub(super) fn comprehension(
        &mut self,
        key: usize,
        name: &str,
        parts: &[&Expr],
        generators: &[Comprehension],
        whole: &Expr,
    ) -> R {
        let is_generator = whole.is_generator_expr();
        let Some((first, rest)) = generators.split_first() else {
            return Ok(());
        };
        // The outermost iterable is evaluated in the enclosing scope.
        self.cur().comp_iter_expr += 1;
        self.expr(&first.iter)?;
        self.cur().comp_iter_expr -= 1;
        let kind = if is_generator {
            ScopeKind::Generator
        } else {
            ScopeKind::Comprehension
        };
        let outer = self.enter(kind, name, (key, Part::Body), whole.range());
        let unevaluated = self[outer].in_unevaluated_annotation;
        self.cur().in_unevaluated_annotation = unevaluated;
        self.cur().is_coroutine = first.is_async;
        self.add(&Name::new_static(".0"), def::PARAM, first.range())?;
        self.comp_target(&first.target)?;
        first.ifs.iter().try_for_each(|e| self.expr(e))?;
        for g in rest {
            self.comp_target(&g.target)?;
            self.cur().comp_iter_expr += 1;
            self.expr(&g.iter)?;
            self.cur().comp_iter_expr -= 1;
            g.ifs.iter().try_for_each(|e| self.expr(e))?;
            self.cur().is_coroutine |= g.is_async;
        }
        parts.iter().try_for_each(|e| self.expr(e))?;
        self.cur().is_generator = is_generator;
        let coroutine = self.cur().is_coroutine && !is_generator;
        self.current = outer;
        if coroutine {
            let k = self[outer].kind;
            let ok = self[outer].is_coroutine
                || matches!(k, ScopeKind::Comprehension | ScopeKind::Generator)
                || (k == ScopeKind::Module && self.top_level_await);
            if !ok {
                let text = "asynchronous comprehension outside of an asynchronous function";
                return self.err(text, whole.range());
            }
            if k != ScopeKind::Module {
                self[outer].is_coroutine = true;
            } else {
                self[outer].is_coroutine = self.top_level_await;
            }
        }
        Ok(())
    }

    fn comp_target(&mut self, target: &Expr) -> R {
        self.cur().comp_iter_target = true;
        self.expr(target)?;
        self.cur().comp_iter_target = false;
        Ok(())
    }

    pub(super) fn named(&mut self, n: &ast::ExprNamed) -> R {
        self.check_annotation_only("named expression", n.range())?;
        if self.cur().comp_iter_expr > 0 {
            let text =
                "assignment expression cannot be used in a comprehension iterable expression";
            return self.err(text, n.range());
        }
        if let Expr::Name(target) = &*n.target {
            if matches!(
                self.cur().kind,
                ScopeKind::Comprehension | ScopeKind::Generator
            ) {
                self.extend_named(target)?;
            } else {
                let name = mangle(self.private.as_deref(), &target.id);
                self.cur().walrus.insert(name);
            }
        }
        self.expr(&n.value)?;
        self.expr(&n.target)
    }

    /// Binds a `:=` target of a comprehension in the scope that encloses it.
    fn extend_named(&mut self, target: &ast::ExprName) -> R {
        let name = mangle(self.private.as_deref(), &target.id);
        let inner = self.current;
        let mut at = Some(inner);
        while let Some(id) = at {
            self[id].walrus.insert(name.clone());
            let kind = self[id].kind;
            match kind {
                ScopeKind::Comprehension | ScopeKind::Generator => {
                    if self[id].flags(&name) & def::COMP_ITER != 0 {
                        let text = format!(
                            "assignment expression cannot rebind comprehension iteration variable '{name}'"
                        );
                        return self.err(text, target.range());
                    }
                }
                ScopeKind::Function | ScopeKind::Lambda => {
                    let global = self[id].flags(&name) & def::GLOBAL != 0;
                    let flag = if global { def::GLOBAL } else { def::NONLOCAL };
                    self.add(&target.id, flag, target.range())?;
                    self.current = id;
                    let added = if global {
                        Ok(())
                    } else {
                        self.add_outer(&target.id, target)
                    };
                    self.current = inner;
                    self[inner].directives.push((name, target.range()));
                    return added;
                }
                ScopeKind::Module => {
                    self.add(&target.id, def::GLOBAL, target.range())?;
                    self[inner].directives.push((name, target.range()));
                    return Ok(());
                }
                ScopeKind::Class => {
                    let text = "assignment expression within a comprehension cannot be used in a class body";
                    return self.err(text, target.range());
                }
                ScopeKind::TypeParams => {
                    let text = "assignment expression within a comprehension cannot be used within the definition of a generic";
                    return self.err(text, target.range());
                }
                ScopeKind::TypeAlias => {
                    let text = "assignment expression within a comprehension cannot be used in a type alias";
                    return self.err(text, target.range());
                }
                ScopeKind::TypeVariable => {
                    let text = "assignment expression within a comprehension cannot be used in a TypeVar bound";
                    return self.err(text, target.range());
                }
                ScopeKind::Annotation => {
                    let text = "named expression cannot be used within an annotation";
                    return self.err(text, target.range());
                }
            }
            at = self[id].parent;
        }
        Ok(())
    }

    fn add_outer(&mut self, name: &Name, target: &ast::ExprName) -> R {
        let mangled = mangle(self.private.as_deref(), name);
        let flags = self.cur().flags(&mangled);
        if flags & def::NONLOCAL != 0 {
            return Ok(());
        }
        self.add(name, def::LOCAL, target.range())
    }

    /// Yield, await and `:=` may not stand in annotation scopes.
    pub(super) fn check_annotation_only(&self, what: &str, range: TextRange) -> R {
        let scope = &self[self.current];
        let place = match scope.kind {
            ScopeKind::Annotation => "an annotation",
            ScopeKind::TypeVariable => scope.describe,
            ScopeKind::TypeAlias => "a type alias",
            ScopeKind::TypeParams => "the definition of a generic",
            _ => return Ok(()),
        };
        self.err(format!("{what} cannot be used within {place}"), range)
    }

    pub(super) fn mark_generator(&mut self, range: TextRange) -> R {
        self.cur().is_generator = true;
        let what = match (self.cur().kind, self.cur().name.as_str()) {
            (ScopeKind::Generator, _) => "generator expression",
            (ScopeKind::Comprehension, "<listcomp>") => "list comprehension",
            (ScopeKind::Comprehension, "<setcomp>") => "set comprehension",
            (ScopeKind::Comprehension, _) => "dict comprehension",
            _ => return Ok(()),
        };
        self.err(format!("'yield' inside {what}"), range)
    }
}
