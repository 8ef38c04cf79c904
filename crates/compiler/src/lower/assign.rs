//! Assignment, unpacking, augmented assignment and `del`.

use super::Lower;
use super::names::Var;
use crate::builder::{Label, Reg};
use crate::error::R;
use crate::source::Source;
use bytecode::{Const, Op};
use syntax::ast::{self as ast, Expr};
use syntax::text_size::{Ranged, TextRange};

/// First line of a definition: that of its first decorator, if any.
pub(super) fn first_line(source: &Source, decorators: &[ast::Decorator], range: TextRange) -> u32 {
    match decorators.first() {
        Some(d) => source.line(d.expression.start()),
        None => source.line(range.start()),
    }
}

/// The elements of a tuple or list.
fn elements(e: &Expr) -> Option<&[Expr]> {
    match e {
        Expr::Tuple(t) => Some(&t.elts),
        Expr::List(l) => Some(&l.elts),
        _ => None,
    }
}

/// A value of a parallel assignment, once evaluated.
enum Part {
    Register(Reg),
    Const(Const),
}

impl<'a> Lower<'a> {
    pub(super) fn assign(&mut self, a: &'a ast::StmtAssign) -> R {
        if let [target] = a.targets.as_slice() {
            return self.assign_value(target, &a.value);
        }
        let mark = self.b().mark();
        let names = a.targets.iter().all(Expr::is_name_expr);
        let src = if names {
            self.any(&a.value)?
        } else {
            self.push(&a.value)?
        };
        for t in &a.targets {
            self.assign_register(t, src)?;
        }
        self.b().reset(mark);
        Ok(())
    }

    /// target = value, computed straight into a local.
    pub(super) fn assign_value(&mut self, target: &'a Expr, value: &'a Expr) -> R {
        let mark = self.b().mark();
        if let Expr::Name(n) = target
            && let Var::Local(r) = self.resolve(&self.mangle(&n.id))
        {
            self.check_forbidden(&n.id, false, n.range())?;
            self.to(value, r)?;
            self.b().bound.set(r);
            self.at(n.range());
            self.b().show_line();
            return Ok(());
        }
        if let (Some(targets), Some(values)) = (elements(target), elements(value))
            && targets.len() == values.len()
            && values.len() <= super::display::CHUNK
            && !targets.iter().chain(values).any(Expr::is_starred_expr)
            && !values.is_empty()
        {
            self.assign_parallel(targets, values)?;
        } else {
            let src = self.any(value)?;
            self.assign_register(target, src)?;
        }
        self.b().reset(mark);
        Ok(())
    }

    /// `a, b = x, y` without a tuple.
    fn assign_parallel(&mut self, targets: &'a [Expr], values: &'a [Expr]) -> R {
        let mut sources = Vec::with_capacity(values.len());
        for (i, v) in values.iter().enumerate() {
            if let Some(c) = self.constant(v) {
                sources.push(Part::Const(c));
                continue;
            }
            // A local may be read where it is unless an earlier store overwrites it.
            if let Expr::Name(n) = v
                && let Var::Local(r) = self.resolve(&self.mangle(&n.id))
                && !targets[..i].iter().any(|t| self.may_store(t, r))
            {
                sources.push(Part::Register(self.any(v)?));
            } else {
                sources.push(Part::Register(self.push(v)?));
            }
        }
        for ((t, v), src) in targets.iter().zip(values).zip(sources) {
            match src {
                Part::Register(r) => self.assign_register(t, r)?,
                Part::Const(_) if self.is_local(t) => self.assign_value(t, v)?,
                Part::Const(c) => {
                    let mark = self.b().mark();
                    let r = self.b().alloc();
                    self.at(v.range());
                    self.b().load_const(r, &c);
                    self.assign_register(t, r)?;
                    self.b().reset(mark);
                }
            }
        }
        Ok(())
    }

    fn is_local(&self, target: &Expr) -> bool {
        let Expr::Name(n) = target else { return false };
        matches!(self.resolve(&self.mangle(&n.id)), Var::Local(_))
    }

    /// Storing into the target can change the register.
    fn may_store(&self, target: &Expr, r: Reg) -> bool {
        match target {
            Expr::Name(n) => self.resolve(&self.mangle(&n.id)) == Var::Local(r),
            Expr::Tuple(t) => t.elts.iter().any(|t| self.may_store(t, r)),
            Expr::List(l) => l.elts.iter().any(|t| self.may_store(t, r)),
            Expr::Starred(s) => self.may_store(&s.value, r),
            _ => false,
        }
    }

    /// target = R[src].
    pub(super) fn assign_register(&mut self, target: &'a Expr, src: Reg) -> R {
        self.deeper()?;
        let mark = self.b().mark();
        match target {
            Expr::Name(n) => {
                self.check_forbidden(&n.id, false, n.range())?;
                self.at(n.range());
                self.store_name(&n.id, src);
            }
            Expr::Attribute(a) => {
                self.check_forbidden(&a.attr.id, false, a.range())?;
                self.note_static_attribute(a);
                let obj = self.any(&a.value)?;
                self.at_attribute(a);
                self.store_attribute(a, obj, src);
            }
            Expr::Subscript(s) => {
                let obj = self.any(&s.value)?;
                if let Expr::Slice(slice) = &*s.slice
                    && slice.step.is_none()
                    && self.constant_slice(slice).is_none()
                {
                    let bounds = self.slice_bounds(slice)?;
                    self.at(s.range());
                    self.b().op(Op::SetSlice, 0, obj, bounds, src);
                } else {
                    let index = self.any(&s.slice)?;
                    self.at(s.range());
                    self.b().op_cached(Op::SetItem, 0, obj, index, src, 0);
                }
            }
            Expr::Tuple(t) => self.unpack(&t.elts, src, t.range())?,
            Expr::List(l) => self.unpack(&l.elts, src, l.range())?,
            Expr::Starred(s) => {
                return self.err(
                    "starred assignment target must be in a list or tuple",
                    s.range(),
                );
            }
            _ => return self.err("cannot assign to expression", target.range()),
        }
        self.b().reset(mark);
        self.depth -= 1;
        Ok(())
    }

    fn store_attribute(&mut self, a: &ast::ExprAttribute, obj: Reg, src: Reg) {
        let attr = self.mangle(&a.attr.id);
        let x = self.b().name(&attr);
        self.b().op_cached(Op::StoreAttr, 0, obj, src, 0, x);
    }

    /// `self.x = ...` in a method makes x a static attribute of the class around it.
    fn note_static_attribute(&mut self, a: &ast::ExprAttribute) {
        let is_self = matches!(&*a.value, Expr::Name(n) if n.id.as_str() == "self");
        if !is_self {
            return;
        }
        let table = &self.table;
        let is_class = |u: &&mut super::unit::Unit| {
            table[u.scope].kind == crate::symtable::scope::ScopeKind::Class
        };
        if let Some(class) = self.outer.iter_mut().rev().find(is_class) {
            class.static_attributes.insert(a.attr.id.to_string());
        }
    }

    fn unpack(&mut self, elts: &'a [Expr], src: Reg, range: TextRange) -> R {
        let mut stars = elts.iter().enumerate().filter(|(_, e)| e.is_starred_expr());
        let star = stars.next().map(|(i, _)| i);
        if stars.next().is_some() {
            return self.err("multiple starred expressions in assignment", range);
        }
        let n = elts.len();
        if let Some(first) = self.consecutive_locals(elts) {
            self.at(range);
            self.b()
                .op_cached(Op::UnpackSeq, 0, first, src, n as u16, 0);
            (0..n).for_each(|i| self.unit.b.bound.set(first + i as Reg));
            return Ok(());
        }
        if n > 60_000 {
            return self.err("too many expressions in star-unpacking assignment", range);
        }
        let base = self.b().alloc_n(n);
        self.at(range);
        match star {
            None => self.b().op_cached(Op::UnpackSeq, 0, base, src, n as u16, 0),
            Some(i) => {
                let after = (n - i - 1) as u32;
                self.b().op2(Op::UnpackEx, 0, base, src, i as u16, after, 0);
            }
        }
        for (i, e) in elts.iter().enumerate() {
            let target = match e {
                Expr::Starred(s) => &*s.value,
                e => e,
            };
            self.assign_register(target, base + i as Reg)?;
        }
        Ok(())
    }

    /// The first register if the targets are locals in ascending registers without gaps:
    /// they can be unpacked into directly.
    fn consecutive_locals(&self, elts: &[Expr]) -> Option<Reg> {
        let register = |e: &Expr| match e {
            Expr::Name(n) => match self.resolve(&self.mangle(&n.id)) {
                Var::Local(r) => Some(r),
                _ => None,
            },
            _ => None,
        };
        let first = register(elts.first()?)?;
        let ascending = elts
            .iter()
            .enumerate()
            .all(|(i, e)| register(e) == first.checked_add(i as Reg));
        ascending.then_some(first)
    }

    /// The target of a loop = next(R[iter]), or jump to `end`.
    pub(super) fn for_next(&mut self, target: &'a Expr, iter: Reg, end: Label) -> R {
        if let Expr::Name(n) = target
            && let Var::Local(r) = self.resolve(&self.mangle(&n.id))
        {
            self.check_forbidden(&n.id, false, n.range())?;
            self.b().jump(Op::ForIter, 0, r, iter, end);
            self.b().bound.set(r);
            return Ok(());
        }
        let mark = self.b().mark();
        let t = self.b().alloc();
        self.b().jump(Op::ForIter, 0, t, iter, end);
        self.assign_register(target, t)?;
        self.b().reset(mark);
        Ok(())
    }

    pub(super) fn aug_assign(&mut self, a: &'a ast::StmtAugAssign) -> R {
        let mark = self.b().mark();
        let range = a.range();
        match &*a.target {
            Expr::Name(n) => {
                self.check_forbidden(&n.id, false, n.range())?;
                self.at(n.range());
                let name = self.mangle(&n.id);
                let var = self.resolve(&name);
                let left = match self.local_operand(&n.id) {
                    Some(r) => r,
                    None => {
                        let t = self.b().alloc();
                        self.load_mangled(&name, t);
                        t
                    }
                };
                let dst = match var {
                    Var::Local(r) => r,
                    _ => left,
                };
                self.in_place(a.op, dst, left, &a.value, range)?;
                self.at(n.range());
                self.store_mangled(&name, dst);
            }
            Expr::Attribute(t) => {
                self.check_forbidden(&t.attr.id, false, t.range())?;
                self.note_static_attribute(t);
                let obj = self.any(&t.value)?;
                let value = self.b().alloc();
                let attr = self.mangle(&t.attr.id);
                let x = self.b().name(&attr);
                self.at_attribute(t);
                self.b().op_cached(Op::LoadAttr, 0, value, obj, 0, x);
                self.in_place(a.op, value, value, &a.value, range)?;
                self.at_attribute(t);
                self.store_attribute(t, obj, value);
            }
            Expr::Subscript(s) => self.aug_subscript(a, s)?,
            other => {
                return self.err("illegal expression for augmented assignment", other.range());
            }
        }
        self.b().reset(mark);
        Ok(())
    }

    fn aug_subscript(&mut self, a: &'a ast::StmtAugAssign, s: &'a ast::ExprSubscript) -> R {
        let obj = self.any(&s.value)?;
        if let Expr::Slice(slice) = &*s.slice
            && slice.step.is_none()
            && self.constant_slice(slice).is_none()
        {
            let bounds = self.slice_bounds(slice)?;
            let value = self.b().alloc();
            self.at(s.range());
            self.b().op(Op::GetSlice, 0, value, obj, bounds);
            self.in_place(a.op, value, value, &a.value, a.range())?;
            self.at(s.range());
            self.b().op(Op::SetSlice, 0, obj, bounds, value);
            return Ok(());
        }
        let index = self.any(&s.slice)?;
        let value = self.b().alloc();
        self.at(s.range());
        self.b().op_cached(Op::GetItem, 0, value, obj, index, 0);
        self.in_place(a.op, value, value, &a.value, a.range())?;
        self.at(s.range());
        self.b().op_cached(Op::SetItem, 0, obj, index, value, 0);
        Ok(())
    }

    pub(super) fn delete(&mut self, target: &'a Expr) -> R {
        self.deeper()?;
        let mark = self.b().mark();
        match target {
            Expr::Name(n) => {
                self.check_forbidden(&n.id, true, n.range())?;
                self.at(n.range());
                self.delete_name(&n.id);
            }
            Expr::Attribute(a) => {
                self.check_forbidden(&a.attr.id, true, a.range())?;
                let obj = self.any(&a.value)?;
                self.at_attribute(a);
                let attr = self.mangle(&a.attr.id);
                let x = self.b().name(&attr);
                self.b().op_bc(Op::DeleteAttr, 0, obj, x);
            }
            Expr::Subscript(s) => {
                let obj = self.any(&s.value)?;
                let index = self.any(&s.slice)?;
                self.at(s.range());
                self.b().op(Op::DeleteItem, 0, obj, index, 0);
            }
            Expr::Tuple(t) => t.elts.iter().try_for_each(|t| self.delete(t))?,
            Expr::List(l) => l.elts.iter().try_for_each(|t| self.delete(t))?,
            _ => return self.err("cannot delete expression", target.range()),
        }
        self.b().reset(mark);
        self.depth -= 1;
        Ok(())
    }
}
