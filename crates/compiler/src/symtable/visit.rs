//! The walk over statements and expressions that collects symbols.

use super::scope::{Part, ScopeKind, def, mangle};
use super::{SymbolTable, node_key};
use crate::error::R;
use crate::lower::def_range;
use syntax::ast::name::Name;
use syntax::ast::{
    self as ast, Expr, ExprContext, InterpolatedStringElement, Parameters, Pattern, Stmt,
};
use syntax::text_size::{Ranged, TextRange};

impl SymbolTable<'_> {
    /// Records facts about a name in the current scope.
    pub(super) fn add(&mut self, name: &Name, flag: u32, range: TextRange) -> R {
        let id = self.current;
        let class = match &self[id].mangled_names {
            Some(set) if !set.contains(name) => None,
            _ => self.private.as_deref(),
        };
        let name = mangle(class, name);
        let old = self[id].flags(&name);
        if flag & old & def::PARAM != 0 {
            let text = format!("duplicate argument '{name}' in function definition");
            return self.err(text, range);
        }
        if flag & old & def::TYPE_PARAM != 0 {
            return self.err(format!("duplicate type parameter '{name}'"), range);
        }
        let mut flag = flag;
        // (Names that a target only reads are no iteration variables.)
        if self[id].comp_iter_target && flag & def::USE == 0 {
            if old & (def::GLOBAL | def::NONLOCAL) != 0 {
                let text = format!(
                    "comprehension inner loop cannot rebind assignment expression target '{name}'"
                );
                return self.err(text, range);
            }
            flag |= def::COMP_ITER;
        }
        self[id].insert(&name, flag, super::scope::Reach::GlobalImplicit);
        if flag & def::GLOBAL != 0 {
            self.scopes[0].insert(&name, flag, super::scope::Reach::GlobalImplicit);
        }
        Ok(())
    }

    pub(super) fn stmt(&mut self, s: &Stmt) -> R {
        self.deeper()?;
        self.stmt_inner(s)?;
        self.depth -= 1;
        Ok(())
    }

    fn stmt_inner(&mut self, s: &Stmt) -> R {
        match s {
            Stmt::FunctionDef(f) => self.function(f),
            Stmt::ClassDef(c) => self.class(c),
            Stmt::TypeAlias(t) => self.type_alias(t),
            Stmt::Return(r) => self.opt(r.value.as_deref()),
            Stmt::Delete(d) => d.targets.iter().try_for_each(|t| self.expr(t)),
            Stmt::Assign(a) => {
                a.targets.iter().try_for_each(|t| self.expr(t))?;
                self.expr(&a.value)
            }
            Stmt::AugAssign(a) => {
                self.expr(&a.target)?;
                self.expr(&a.value)
            }
            Stmt::AnnAssign(a) => self.ann_assign(a),
            Stmt::For(f) => {
                self.note_async(f.is_async);
                self.expr(&f.target)?;
                self.expr(&f.iter)?;
                self.conditional(|t| {
                    t.body(&f.body)?;
                    t.body(&f.orelse)
                })
            }
            Stmt::While(w) => {
                self.expr(&w.test)?;
                self.conditional(|t| {
                    t.body(&w.body)?;
                    t.body(&w.orelse)
                })
            }
            Stmt::If(i) => {
                self.expr(&i.test)?;
                self.conditional(|t| {
                    t.body(&i.body)?;
                    for clause in &i.elif_else_clauses {
                        t.opt(clause.test.as_ref())?;
                        t.body(&clause.body)?;
                    }
                    Ok(())
                })
            }
            Stmt::With(w) => self.conditional(|t| {
                t.note_async(w.is_async);
                for item in &w.items {
                    t.expr(&item.context_expr)?;
                    t.opt(item.optional_vars.as_deref())?;
                }
                t.body(&w.body)
            }),
            Stmt::Match(m) => {
                self.expr(&m.subject)?;
                self.conditional(|t| {
                    for case in &m.cases {
                        t.pattern(&case.pattern)?;
                        t.opt(case.guard.as_deref())?;
                        t.body(&case.body)?;
                    }
                    Ok(())
                })
            }
            Stmt::Raise(r) => {
                self.opt(r.exc.as_deref())?;
                self.opt(r.cause.as_deref())
            }
            Stmt::Try(t) => self.conditional(|table| table.try_stmt(t)),
            Stmt::Assert(a) => {
                self.expr(&a.test)?;
                self.opt(a.msg.as_deref())
            }
            Stmt::Import(i) => i.names.iter().try_for_each(|a| self.alias(a)),
            Stmt::ImportFrom(i) => i.names.iter().try_for_each(|a| self.alias(a)),
            Stmt::Global(g) => self.directive(&g.names, def::GLOBAL, s.range()),
            Stmt::Nonlocal(n) => self.directive(&n.names, def::NONLOCAL, s.range()),
            Stmt::Expr(e) => self.expr(&e.value),
            Stmt::Pass(_) | Stmt::Break(_) | Stmt::Continue(_) | Stmt::IpyEscapeCommand(_) => {
                Ok(())
            }
        }
    }

    fn conditional(&mut self, f: impl FnOnce(&mut Self) -> R) -> R {
        let saved = std::mem::replace(&mut self.cur().in_conditional_block, true);
        f(self)?;
        self.cur().in_conditional_block = saved;
        Ok(())
    }

    /// Top-level `async for` and `async with` make the module's code a coroutine.
    fn note_async(&mut self, is_async: bool) {
        if is_async && self.top_level_await && self.cur().kind == ScopeKind::Module {
            self.cur().is_coroutine = true;
        }
    }

    fn try_stmt(&mut self, t: &ast::StmtTry) -> R {
        self.body(&t.body)?;
        for h in &t.handlers {
            let ast::ExceptHandler::ExceptHandler(h) = h;
            self.opt(h.type_.as_deref())?;
            if let Some(name) = &h.name {
                self.add(&name.id, def::LOCAL, h.range())?;
                self.unbinds(&name.id);
            }
            self.body(&h.body)?;
        }
        self.body(&t.orelse)?;
        self.body(&t.finalbody)
    }

    fn unbinds(&mut self, name: &Name) {
        let name = mangle(self.private.as_deref(), name);
        self.cur().deleted.insert(name);
    }

    fn alias(&mut self, a: &ast::Alias) -> R {
        let stored = match &a.asname {
            Some(n) => n.id.clone(),
            None => Name::new(a.name.id.split('.').next().unwrap_or("")),
        };
        if stored.as_str() == "*" {
            if self.cur().kind != ScopeKind::Module {
                return self.err("import * only allowed at module level", a.range());
            }
            return Ok(());
        }
        if stored.as_str() == "__debug__" {
            return self.err("cannot assign to __debug__", a.range());
        }
        self.add(&stored, def::IMPORT, a.range())
    }

    fn directive(&mut self, names: &[ast::Identifier], flag: u32, range: TextRange) -> R {
        let word = if flag == def::GLOBAL {
            "global"
        } else {
            "nonlocal"
        };
        for n in names {
            let name = mangle(self.private.as_deref(), &n.id);
            let old = self.cur().flags(&name);
            if old & (def::PARAM | def::LOCAL | def::USE | def::ANNOT) != 0 {
                let text = if old & def::PARAM != 0 {
                    format!("name '{name}' is parameter and {word}")
                } else if old & def::USE != 0 {
                    format!("name '{name}' is used prior to {word} declaration")
                } else if old & def::ANNOT != 0 {
                    format!("annotated name '{name}' can't be {word}")
                } else {
                    format!("name '{name}' is assigned to before {word} declaration")
                };
                return self.err(text, range);
            }
            self.add(&n.id, flag, range)?;
            self.cur().directives.push((name, range));
        }
        Ok(())
    }

    fn ann_assign(&mut self, a: &ast::StmtAnnAssign) -> R {
        if let Expr::Name(n) = &*a.target {
            let name = mangle(self.private.as_deref(), &n.id);
            let old = self.cur().flags(&name);
            if old & (def::GLOBAL | def::NONLOCAL) != 0 && self.current.0 != 0 && a.simple {
                let word = if old & def::GLOBAL != 0 {
                    "global"
                } else {
                    "nonlocal"
                };
                return self.err(
                    format!("annotated name '{name}' can't be {word}"),
                    a.range(),
                );
            }
            if a.simple {
                self.add(&n.id, def::ANNOT | def::LOCAL, n.range())?;
            } else if a.value.is_some() {
                self.add(&n.id, def::LOCAL, n.range())?;
            }
        } else {
            self.expr(&a.target)?;
        }
        self.variable_annotation(&a.annotation)?;
        self.opt(a.value.as_deref())
    }

    fn function(&mut self, f: &ast::StmtFunctionDef) -> R {
        self.add(&f.name.id, def::LOCAL, f.range())?;
        self.defaults(&f.parameters)?;
        for d in &f.decorator_list {
            self.expr(&d.expression)?;
        }
        let generic = match &f.type_params {
            Some(tp) => {
                let (d, k) = has_defaults(&f.parameters);
                let outer = self.enter_type_params(node_key(f), &f.name.id, d, k, false, tp)?;
                Some(outer)
            }
            None => None,
        };
        self.function_annotations(f)?;
        let key = (node_key(f), Part::Body);
        let range = def_range(self.source, f.range(), &f.decorator_list);
        let outer = self.enter(ScopeKind::Function, &f.name.id, key, range);
        self.cur().is_async_def = f.is_async;
        self.cur().is_coroutine = f.is_async;
        self.parameters(&f.parameters)?;
        self.body(&f.body)?;
        self.current = outer;
        if let Some((outer, private)) = generic {
            self.current = outer;
            self.private = private;
        }
        Ok(())
    }

    fn class(&mut self, c: &ast::StmtClassDef) -> R {
        self.add(&c.name.id, def::LOCAL, c.range())?;
        for d in &c.decorator_list {
            self.expr(&d.expression)?;
        }
        let private = self.private.clone();
        let generic = match &c.type_params {
            Some(tp) => {
                Some(self.enter_type_params(node_key(c), &c.name.id, false, false, true, tp)?)
            }
            None => None,
        };
        if let Some(args) = &c.arguments {
            self.arguments(args)?;
        }
        let key = (node_key(c), Part::Body);
        let range = def_range(self.source, c.range(), &c.decorator_list);
        let outer = self.enter(ScopeKind::Class, &c.name.id, key, range);
        self.private = Some(c.name.id.clone());
        if c.type_params.is_some() {
            self.add(&Name::new_static("__type_params__"), def::LOCAL, c.range())?;
            self.add(&Name::new_static(".type_params"), def::USE, c.range())?;
        }
        self.body(&c.body)?;
        self.current = outer;
        if let Some((outer, _)) = generic {
            self.current = outer;
        }
        self.private = private;
        Ok(())
    }

    fn defaults(&mut self, p: &Parameters) -> R {
        for d in p.posonlyargs.iter().chain(&p.args).chain(&p.kwonlyargs) {
            self.opt(d.default.as_deref())?;
        }
        Ok(())
    }

    /// Parameters in register order: positional, keyword-only, `*args`, `**kwargs`.
    fn parameters(&mut self, p: &Parameters) -> R {
        for a in p.posonlyargs.iter().chain(&p.args).chain(&p.kwonlyargs) {
            self.add(&a.parameter.name.id, def::PARAM, a.parameter.range())?;
        }
        for a in [&p.vararg, &p.kwarg].into_iter().flatten() {
            // The parser's range begins at the stars.
            let range = TextRange::new(a.name.start(), a.end());
            self.add(&a.name.id, def::PARAM, range)?;
        }
        Ok(())
    }

    pub(super) fn arguments(&mut self, a: &ast::Arguments) -> R {
        a.args.iter().try_for_each(|e| self.expr(e))?;
        a.keywords.iter().try_for_each(|k| self.expr(&k.value))
    }

    pub(super) fn opt(&mut self, e: Option<&Expr>) -> R {
        e.map_or(Ok(()), |e| self.expr(e))
    }

    pub(super) fn expr(&mut self, e: &Expr) -> R {
        // Long chains `a + b + c ...` are deep on the left: walk those in a loop.
        if let Expr::BinOp(_) = e {
            let mut spine = Vec::new();
            let mut e = e;
            while let Expr::BinOp(b) = e {
                spine.push(&*b.right);
                e = &b.left;
            }
            self.expr(e)?;
            return spine.into_iter().rev().try_for_each(|r| self.expr(r));
        }
        self.deeper()?;
        self.expr_inner(e)?;
        self.depth -= 1;
        Ok(())
    }

    fn expr_inner(&mut self, e: &Expr) -> R {
        match e {
            Expr::BoolOp(b) => b.values.iter().try_for_each(|v| self.expr(v)),
            Expr::Named(n) => self.named(n),
            Expr::BinOp(_) => Ok(()),
            Expr::UnaryOp(u) => self.expr(&u.operand),
            Expr::Lambda(l) => {
                if let Some(p) = &l.parameters {
                    self.defaults(p)?;
                }
                let key = (node_key(l), Part::Body);
                let outer = self.enter(ScopeKind::Lambda, "lambda", key, l.range());
                if let Some(p) = &l.parameters {
                    self.parameters(p)?;
                }
                self.expr(&l.body)?;
                self.current = outer;
                Ok(())
            }
            Expr::If(i) => {
                self.expr(&i.test)?;
                self.expr(&i.body)?;
                self.expr(&i.orelse)
            }
            Expr::Dict(d) => {
                for item in &d.items {
                    self.opt(item.key.as_ref())?;
                    self.expr(&item.value)?;
                }
                Ok(())
            }
            Expr::Set(s) => s.elts.iter().try_for_each(|v| self.expr(v)),
            Expr::ListComp(c) => {
                let key = node_key(c);
                self.comprehension(key, "<listcomp>", &[&c.elt], &c.generators, e)
            }
            Expr::SetComp(c) => {
                let key = node_key(c);
                self.comprehension(key, "<setcomp>", &[&c.elt], &c.generators, e)
            }
            Expr::DictComp(c) => {
                let key = node_key(c);
                let mut parts: Vec<&Expr> = c.key.iter().map(|k| &**k).collect();
                parts.push(&c.value);
                self.comprehension(key, "<dictcomp>", &parts, &c.generators, e)
            }
            Expr::Generator(c) => {
                let key = node_key(c);
                self.comprehension(key, "<genexpr>", &[&c.elt], &c.generators, e)
            }
            Expr::Await(a) => {
                self.check_annotation_only("await expression", e.range())?;
                self.expr(&a.value)?;
                self.cur().is_coroutine = true;
                Ok(())
            }
            Expr::Yield(y) => {
                self.check_annotation_only("yield expression", e.range())?;
                self.opt(y.value.as_deref())?;
                self.mark_generator(e.range())
            }
            Expr::YieldFrom(y) => {
                self.check_annotation_only("yield expression", e.range())?;
                self.expr(&y.value)?;
                self.mark_generator(e.range())
            }
            Expr::Compare(c) => {
                self.expr(&c.left)?;
                c.comparators.iter().try_for_each(|v| self.expr(v))
            }
            Expr::Call(c) => {
                self.expr(&c.func)?;
                self.arguments(&c.arguments)
            }
            Expr::FString(f) => {
                for part in f.value.iter() {
                    if let ast::FStringPart::FString(f) = part {
                        f.elements.iter().try_for_each(|e| self.interpolated(e))?;
                    }
                }
                Ok(())
            }
            Expr::TString(t) => t.value.elements().try_for_each(|e| self.interpolated(e)),
            Expr::Attribute(a) => self.expr(&a.value),
            Expr::Subscript(s) => {
                self.expr(&s.value)?;
                self.expr(&s.slice)
            }
            Expr::Starred(s) => self.expr(&s.value),
            Expr::Name(n) => self.name(n),
            Expr::List(l) => l.elts.iter().try_for_each(|v| self.expr(v)),
            Expr::Tuple(t) => t.elts.iter().try_for_each(|v| self.expr(v)),
            Expr::Slice(s) => {
                self.opt(s.lower.as_deref())?;
                self.opt(s.upper.as_deref())?;
                self.opt(s.step.as_deref())
            }
            Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_)
            | Expr::IpyEscapeCommand(_) => Ok(()),
        }
    }

    fn interpolated(&mut self, e: &InterpolatedStringElement) -> R {
        let InterpolatedStringElement::Interpolation(i) = e else {
            return Ok(());
        };
        self.expr(&i.expression)?;
        match &i.format_spec {
            Some(spec) => spec.elements.iter().try_for_each(|e| self.interpolated(e)),
            None => Ok(()),
        }
    }

    fn name(&mut self, n: &ast::ExprName) -> R {
        let load = matches!(n.ctx, ExprContext::Load | ExprContext::Invalid);
        if load && self.cur().in_unevaluated_annotation {
            return Ok(());
        }
        self.add(&n.id, if load { def::USE } else { def::LOCAL }, n.range())?;
        if n.ctx == ExprContext::Del {
            self.unbinds(&n.id);
        }
        // `super` needs the class it stands in.
        if load && n.id.as_str() == "super" && self.cur().kind.is_function_block() {
            self.add(&Name::new_static("__class__"), def::USE, n.range())?;
        }
        Ok(())
    }

    fn pattern(&mut self, p: &Pattern) -> R {
        self.deeper()?;
        match p {
            Pattern::MatchValue(v) => self.expr(&v.value)?,
            Pattern::MatchSingleton(_) => {}
            Pattern::MatchSequence(s) => s.patterns.iter().try_for_each(|p| self.pattern(p))?,
            Pattern::MatchMapping(m) => {
                m.keys.iter().try_for_each(|k| self.expr(k))?;
                m.patterns.iter().try_for_each(|p| self.pattern(p))?;
                if let Some(rest) = &m.rest {
                    self.add(&rest.id, def::LOCAL, p.range())?;
                }
            }
            Pattern::MatchClass(c) => {
                self.expr(&c.cls)?;
                c.arguments
                    .patterns
                    .iter()
                    .try_for_each(|p| self.pattern(p))?;
                for k in &c.arguments.keywords {
                    self.pattern(&k.pattern)?;
                }
            }
            Pattern::MatchStar(s) => {
                if let Some(n) = &s.name {
                    self.add(&n.id, def::LOCAL, p.range())?;
                }
            }
            Pattern::MatchAs(a) => {
                if let Some(p) = &a.pattern {
                    self.pattern(p)?;
                }
                if let Some(n) = &a.name {
                    self.add(&n.id, def::LOCAL, p.range())?;
                }
            }
            Pattern::MatchOr(o) => o.patterns.iter().try_for_each(|p| self.pattern(p))?,
        }
        self.depth -= 1;
        Ok(())
    }
}

/// Whether there are positional and keyword-only defaults.
pub(crate) fn has_defaults(p: &Parameters) -> (bool, bool) {
    (
        p.posonlyargs
            .iter()
            .chain(&p.args)
            .any(|a| a.default.is_some()),
        p.kwonlyargs.iter().any(|a| a.default.is_some()),
    )
}
