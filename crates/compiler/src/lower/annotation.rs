//! Annotations: evaluated lazily by `__annotate__` functions (PEP 649/749), or kept as text
//! under `from __future__ import annotations`.

use super::Lower;
use super::unit::Deferred;
use crate::builder::Reg;
use crate::error::R;
use crate::symtable::has_annotations;
use crate::symtable::scope::{Part, ScopeId, ScopeKind, def};
use crate::unparse::unparse;
use bytecode::opcodes::Intrinsic;
use bytecode::{CodeFlags, Const, Op};
use syntax::ast::name::Name;
use syntax::ast::{self as ast, Expr, Parameter};
use syntax::text_size::{Ranged, TextRange};

const CONDITIONAL: &str = "__conditional_annotations__";

/// The annotated parameters in the order their annotations are evaluated.
fn annotated(f: &ast::StmtFunctionDef) -> impl Iterator<Item = &Parameter> {
    let p = &f.parameters;
    p.posonlyargs
        .iter()
        .chain(&p.args)
        .map(|a| &a.parameter)
        .chain(p.vararg.as_deref())
        .chain(p.kwonlyargs.iter().map(|a| &a.parameter))
        .chain(p.kwarg.as_deref())
        .filter(|a| a.annotation.is_some())
}

impl<'a> Lower<'a> {
    pub(super) fn future_annotations(&self) -> bool {
        self.future.contains(CodeFlags::FUTURE_ANNOTATIONS)
    }

    /// What a module or class body with annotations begins with.
    pub(super) fn module_annotations_prologue(&mut self) {
        let scope = &self.table[self.unit.scope];
        let is_module = scope.kind == ScopeKind::Module;
        let simple = scope.symbols.iter().any(|s| s.flags & def::ANNOT != 0);
        let any = scope.annotation_block.is_some();
        let mark = self.b().mark();
        let r = self.b().alloc();
        if self.future_annotations() {
            if any {
                let which = Intrinsic::SetupAnnotations as u8;
                self.b().op(Op::Intrinsic, which, r, r, 0);
            }
        } else if simple && is_module {
            self.b().op(Op::BuildSet, 0, r, 0, 0);
            self.store_special(CONDITIONAL, r);
            // The function exists from the start; its code is known only at the end.
            let k = self.b().reserve_const();
            self.unit.annotate_const = Some(k);
            self.b().op2(Op::MakeFunction, 0, r, r, 0, k, 0);
            self.store_special("__annotate__", r);
        }
        self.b().reset(mark);
    }

    /// Makes the `__annotate__` function of a module or class from its deferred annotations.
    pub(super) fn finish_annotations(&mut self, range: TextRange) -> R {
        let deferred = std::mem::take(&mut self.unit.deferred);
        let Some(scope) = self.table[self.unit.scope].annotation_block else {
            return Ok(());
        };
        let placeholder = self.unit.annotate_const;
        if deferred.is_empty() && placeholder.is_none() {
            return Ok(());
        }
        let is_class = self.kind() == ScopeKind::Class;
        let pos = self.unit.b.pos;
        let line = deferred
            .first()
            .map_or(self.unit.first_line, |d| self.source.line(d.node.start()));
        let line = if is_class { self.unit.first_line } else { line };
        let private = self.unit.private.clone();
        self.enter_unit(scope, "__annotate__", line, private);
        let acc = self.annotate_prologue();
        for d in &deferred {
            self.deferred_item(d, acc, is_class)?;
        }
        self.b().op(Op::Return, 0, acc, 0, 0);
        let code = self.leave_unit(range)?;
        self.unit.b.pos = pos;
        match placeholder {
            Some(k) => self.b().set_const(k, code),
            None => {
                let mark = self.b().mark();
                let r = self.b().alloc();
                self.make_function(scope, code, 0, r + 1, r);
                self.store_special("__annotate_func__", r);
                self.b().reset(mark);
            }
        }
        Ok(())
    }

    /// Begins the code of an `__annotate__` function; the register of its dict.
    fn annotate_prologue(&mut self) -> Reg {
        self.unit.argcount = 1;
        self.unit.posonly = 1;
        self.start_unit();
        let acc = self.b().alloc();
        let which = Intrinsic::CheckAnnotateFormat as u8;
        self.b().op(Op::Intrinsic, which, acc, 0, 0);
        self.b().op(Op::BuildMap, 0, acc, 0, 0);
        acc
    }

    fn deferred_item(&mut self, d: &Deferred<'a>, acc: Reg, is_class: bool) -> R {
        let Expr::Name(target) = &*d.node.target else {
            return Ok(());
        };
        let skip = self.b().label();
        let mark = self.b().mark();
        self.at(d.node.range());
        if let Some(index) = d.index {
            let (item, set) = (self.b().alloc(), self.b().alloc());
            self.b().load_const(item, &Const::Int(index as i64));
            let name = Name::new_static(CONDITIONAL);
            match self.unit.free.iter().position(|n| *n == name) {
                Some(i) if is_class => self.b().op(Op::LoadFree, 0, set, i as u16, 0),
                _ => {
                    let x = self.b().name(CONDITIONAL);
                    self.b().op_cached(Op::LoadGlobal, 0, set, 0, 0, x);
                }
            }
            self.b().op(Op::Contains, 0, item, item, set);
            self.b().jump(Op::JumpIfFalse, 0, item, 0, skip);
            self.b().reset(mark);
        }
        self.annotation_entry(&target.id, &d.node.annotation, acc)?;
        self.b().place(skip);
        Ok(())
    }

    /// dict R[acc][name] = annotation.
    fn annotation_entry(&mut self, name: &Name, annotation: &'a Expr, acc: Reg) -> R {
        let mark = self.b().mark();
        let mangled = self.mangle(name);
        let key = self.b().alloc();
        let value = self.b().alloc();
        if self.future_annotations() {
            let text = unparse(annotation, self.source);
            self.b().load_str(value, &text);
        } else if let Expr::Starred(s) = annotation {
            self.to(&s.value, value)?;
            self.at(s.range());
            self.b().op_cached(Op::UnpackSeq, 0, value, value, 1, 0);
        } else {
            self.to(annotation, value)?;
        }
        self.at(annotation.range());
        self.b().load_str(key, &mangled);
        self.b().op(Op::MapSet, 0, acc, key, value);
        self.b().reset(mark);
        Ok(())
    }

    /// The annotations of a function in a new register, as its `__annotate__` function. Returns
    /// the bit of `MakeFunction`.
    pub(super) fn function_annotations(&mut self, f: &'a ast::StmtFunctionDef) -> R<u8> {
        use super::function::has;
        if !has_annotations(f) {
            return Ok(0);
        }
        let r = self.b().alloc();
        let Some(scope) = self.table.of(f, Part::Annotations) else {
            return Ok(0);
        };
        let pos = self.unit.b.pos;
        self.enter_annotate(f, scope)?;
        let code = self.leave_unit(f.range())?;
        self.unit.b.pos = pos;
        let mark = self.b().mark();
        self.make_function(scope, code, 0, mark as Reg, r);
        self.b().reset(mark);
        Ok(has::ANNOTATE)
    }

    fn enter_annotate(&mut self, f: &'a ast::StmtFunctionDef, scope: ScopeId) -> R {
        let private = self.unit.private.clone();
        let line = self.unit.b.pos.line;
        self.enter_unit(scope, "__annotate__", line, private);
        self.unit.qualname = format!("{}.__annotate__", self.qualname_in_parent(&f.name.id));
        let acc = self.annotate_prologue();
        for p in annotated(f) {
            if let Some(a) = &p.annotation {
                self.annotation_entry(&p.name.id, a, acc)?;
            }
        }
        if let Some(a) = &f.returns {
            self.annotation_entry(&Name::new_static("return"), a, acc)?;
        }
        self.b().op(Op::Return, 0, acc, 0, 0);
        Ok(())
    }

    pub(super) fn ann_assign(&mut self, a: &'a ast::StmtAnnAssign) -> R {
        if let Some(value) = &a.value {
            self.assign_value(&a.target, value)?;
        }
        let in_namespace = !self.kind().is_function_like();
        match &*a.target {
            Expr::Name(n) => {
                self.check_forbidden(&n.id, false, n.range())?;
                if a.simple && in_namespace {
                    return self.record_annotation(a, n);
                }
            }
            Expr::Attribute(t) => {
                self.check_forbidden(&t.attr.id, false, t.range())?;
                if a.value.is_none() {
                    self.any(&t.value)?;
                }
            }
            Expr::Subscript(s) => {
                if a.value.is_none() {
                    self.any(&s.value)?;
                    self.any(&s.slice)?;
                }
            }
            other => {
                let what = match other {
                    Expr::Tuple(_) => "tuple",
                    Expr::List(_) => "list",
                    _ => return self.err("illegal target for annotation", other.range()),
                };
                let text = format!("only single target (not {what}) can be annotated");
                return self.err(text, other.range());
            }
        }
        Ok(())
    }

    /// The annotation of a simple name in a module or class.
    fn record_annotation(&mut self, a: &'a ast::StmtAnnAssign, n: &'a ast::ExprName) -> R {
        let mark = self.b().mark();
        if self.future_annotations() {
            let name = self.mangle(&n.id);
            let text = unparse(&a.annotation, self.source);
            let (v, d, k) = (self.b().alloc(), self.b().alloc(), self.b().alloc());
            self.at(a.annotation.range());
            self.b().load_str(v, &text);
            let x = self.b().name("__annotations__");
            self.b().op_cached(Op::LoadName, 0, d, 0, 0, x);
            self.b().load_str(k, &name);
            self.b().op_cached(Op::SetItem, 0, d, k, v, 0);
            self.b().reset(mark);
            return Ok(());
        }
        let is_module = self.kind() == ScopeKind::Module;
        let known = self.unit.deferred.iter().find(|d| std::ptr::eq(d.node, a));
        let index = match known {
            Some(d) => d.index,
            None => {
                let conditional = is_module || self.unit.in_conditional > 0;
                let index = conditional.then_some(self.unit.next_conditional);
                self.unit.next_conditional += conditional as u32;
                self.unit.deferred.push(Deferred { node: a, index });
                index
            }
        };
        if let Some(index) = index {
            // A call of `add`: programs can put anything under the name, so it may be no set.
            let set = self.b().alloc_n(2);
            let item = self.b().alloc();
            self.at(a.range());
            let cell = self.unit.locals.get(CONDITIONAL).copied();
            match cell {
                Some(cell) => self.b().op(Op::LoadCell, 0, set, cell, 0),
                None => {
                    let x = self.b().name(CONDITIONAL);
                    self.b().op_cached(Op::LoadName, 0, set, 0, 0, x);
                }
            }
            let x = self.b().name("add");
            self.b().op_cached(Op::LoadMethod, 0, set, set, 0, x);
            self.b().load_const(item, &Const::Int(index as i64));
            self.b().op_cached(Op::CallMethod, 0, set, set, 1, 0);
        }
        self.b().reset(mark);
        Ok(())
    }
}
