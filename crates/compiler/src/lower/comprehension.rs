//! Comprehensions (inlined, PEP 709) and generator expressions.

use super::Lower;
use super::unit::CompFrame;
use crate::builder::{Label, Reg};
use crate::error::R;
use crate::symtable::node_key;
use crate::symtable::scope::{Part, Reach, ScopeId, ScopeKind};
use bytecode::Op;
use syntax::ast::{Comprehension, Expr};
use syntax::text_size::{Ranged, TextRange};

/// What a comprehension does with each element.
#[derive(Clone, Copy)]
struct Element<'a> {
    /// Key of a dict comprehension.
    key: Option<&'a Expr>,
    value: &'a Expr,
    sink: Sink,
    range: TextRange,
}

#[derive(Clone, Copy)]
enum Sink {
    List(Reg),
    Set(Reg),
    Dict(Reg),
    Yield,
}

impl<'a> Lower<'a> {
    pub(super) fn comprehension(&mut self, e: &'a Expr, dst: Reg) -> R {
        let (scope, key, value, generators) = match e {
            Expr::ListComp(c) => (self.table.of(c, Part::Body), None, &*c.elt, &c.generators),
            Expr::SetComp(c) => (self.table.of(c, Part::Body), None, &*c.elt, &c.generators),
            Expr::DictComp(c) => {
                let scope = self.table.of(c, Part::Body);
                (scope, c.key.as_deref(), &*c.value, &c.generators)
            }
            Expr::Generator(c) => (self.table.of(c, Part::Body), None, &*c.elt, &c.generators),
            _ => return Ok(()),
        };
        let Some(scope) = scope else {
            return self.err("internal error: comprehension without a scope", e.range());
        };
        if let Expr::DictComp(c) = e
            && c.key.is_none()
        {
            return self.err(
                "dict unpacking cannot be used in dict comprehension",
                e.range(),
            );
        }
        if let Expr::Starred(s) = value {
            let text = "iterable unpacking cannot be used in comprehension";
            return self.err(text, s.range());
        }
        // A generator expression that is the only argument has the parentheses of the call.
        let range = self.bare_generators.get(&node_key(e)).copied();
        let element = Element {
            key,
            value,
            sink: Sink::Yield,
            range: range.unwrap_or(e.range()),
        };
        if self.table[scope].inlined {
            self.inlined(e, scope, element, generators, dst)
        } else {
            self.outlined(e, scope, element, generators, dst)
        }
    }

    fn inlined(
        &mut self,
        e: &'a Expr,
        scope: ScopeId,
        mut element: Element<'a>,
        generators: &'a [Comprehension],
        dst: Reg,
    ) -> R {
        let acc = self.scratch(dst);
        let iter = self.b().alloc();
        self.comp_iterable(&generators[0], iter)?;
        let hidden = self.enter_comp(scope, generators);
        self.at(e.range());
        element.sink = self.new_collection(e, acc);
        self.generators(generators, 0, Some(iter), element)?;
        self.unit.comps.pop();
        self.at(e.range());
        for (r, _) in &hidden {
            self.b().end_variable(*r);
            self.b().bound.unset(*r);
        }
        self.b().mov(dst, acc);
        Ok(())
    }

    fn new_collection(&mut self, e: &Expr, acc: Reg) -> Sink {
        match e {
            Expr::ListComp(_) => {
                self.b().op(Op::BuildList, 0, acc, 0, 0);
                Sink::List(acc)
            }
            Expr::SetComp(_) => {
                self.b().op(Op::BuildSet, 0, acc, 0, 0);
                Sink::Set(acc)
            }
            Expr::DictComp(_) => {
                self.b().op(Op::BuildMap, 0, acc, 0, 0);
                Sink::Dict(acc)
            }
            _ => Sink::Yield,
        }
    }

    /// Begins the part of an inlined comprehension that sees its variables; gives them.
    fn enter_comp(&mut self, scope: ScopeId, generators: &'a [Comprehension]) -> Vec<(Reg, bool)> {
        let mut hidden = Vec::new();
        for sym in &self.table[scope].symbols {
            if let Some(r) = self.unit.hidden.get(&(scope, sym.name.clone())) {
                hidden.push((*r, sym.reach == Reach::Cell));
            }
        }
        // Variables of later loops could be read before they are assigned.
        let simple = generators.len() == 1 && is_simple_target(&generators[0].target);
        for (r, cell) in &hidden {
            self.b().bound.unset(*r);
            if *cell {
                self.b().clear(*r);
                self.b().op(Op::MakeCell, 0, *r, 0, 0);
            } else if !simple {
                self.b().clear(*r);
            }
        }
        self.unit.comps.push(CompFrame { scope });
        hidden
    }

    /// R[iter] = the iterator of a generator's iterable.
    fn comp_iterable(&mut self, g: &'a Comprehension, iter: Reg) -> R {
        let mark = self.b().mark();
        let r = self.any(&g.iter)?;
        self.at(g.iter.range());
        let op = if g.is_async {
            Op::GetAIter
        } else {
            Op::GetIter
        };
        self.b().op(op, 0, iter, r, 0);
        self.b().reset(mark);
        Ok(())
    }

    fn outlined(
        &mut self,
        e: &'a Expr,
        scope: ScopeId,
        mut element: Element<'a>,
        generators: &'a [Comprehension],
        dst: Reg,
    ) -> R {
        let base = self.base(dst);
        let arg = self.b().alloc();
        let is_generator = e.is_generator_expr();
        let name = self.table[scope].name.clone();
        let private = self.unit.private.clone();
        let range = element.range;
        let line = self.source.line(range.start());
        self.enter_unit(scope, &name, line, private);
        self.unit.argcount = 1;
        self.start_unit();
        self.at(range);
        if is_generator {
            self.generators(generators, 0, Some(0), element)?;
            let r = self.b().alloc();
            self.b().load_none(r);
            self.b().op(Op::Return, 0, r, 0, 0);
        } else {
            let acc = self.b().alloc();
            element.sink = self.new_collection(e, acc);
            self.generators(generators, 0, Some(0), element)?;
            self.at(range);
            self.b().op(Op::Return, 0, acc, 0, 0);
        }
        let code = self.leave_unit(range)?;
        self.at(range);
        let mark = self.b().mark();
        self.make_function(scope, code, 0, mark as Reg, base);
        self.b().reset(mark);
        self.comp_iterable(&generators[0], arg)?;
        self.at(range);
        self.b().op_cached(Op::Call, 0, dst, base, 1, 0);
        if !is_generator && self.table[scope].is_coroutine {
            self.b().reset(arg as u32);
            self.await_register(dst, 0, dst);
        }
        Ok(())
    }

    /// The loops of a comprehension from generator `i` on.
    fn generators(
        &mut self,
        generators: &'a [Comprehension],
        i: usize,
        iter: Option<Reg>,
        element: Element<'a>,
    ) -> R {
        let Some(g) = generators.get(i) else {
            return self.element(element);
        };
        self.deeper()?;
        let mark = self.b().mark();
        let again = self.b().label();
        if let (None, Some(single)) = (iter, single_item(g)) {
            // `for x in [value]` binds without a loop, as in CPython.
            self.assign_value(&g.target, single)?;
            self.filters(&g.ifs, again)?;
            self.generators(generators, i + 1, None, element)?;
            self.b().place(again);
            self.b().reset(mark);
            self.depth -= 1;
            return Ok(());
        }
        let iter = match iter {
            Some(r) => r,
            None => {
                let r = self.b().alloc();
                self.comp_iterable(g, r)?;
                r
            }
        };
        if g.is_async {
            self.async_generator_loop(generators, i, iter, element)?;
        } else {
            let end = self.b().label();
            self.b().place_loop(again);
            self.at(g.iter.range());
            self.for_next(&g.target, iter, end)?;
            let back = self.b().label();
            self.filters(&g.ifs, back)?;
            self.generators(generators, i + 1, None, element)?;
            self.b().place(back);
            self.at(element.range);
            self.b().jump(Op::JumpBack, 0, 0, 0, again);
            self.b().place(end);
        }
        self.b().reset(mark);
        self.depth -= 1;
        Ok(())
    }

    fn filters(&mut self, ifs: &'a [Expr], skip: Label) -> R {
        ifs.iter().try_for_each(|e| self.jump_if(e, skip, false))
    }

    fn async_generator_loop(
        &mut self,
        generators: &'a [Comprehension],
        i: usize,
        iter: Reg,
        element: Element<'a>,
    ) -> R {
        self.check_async_comprehension(element.range)?;
        let g = &generators[i];
        let exc = self.b().alloc();
        let (again, back, end) = (self.b().label(), self.b().label(), self.b().label());
        self.b().place_loop(again);
        self.at(g.iter.range());
        let (handler, label) = self.b().new_handler(exc);
        let saved = self.b().set_handler(Some(handler));
        let value = self.b().alloc();
        let next = self.b().alloc();
        self.b().op(Op::GetANext, 0, next, iter, 0);
        self.delegate(next, value);
        self.b().reset(next as u32);
        self.b().set_handler(saved);
        self.assign_register(&g.target, value)?;
        self.b().reset(value as u32);
        self.filters(&g.ifs, back)?;
        self.generators(generators, i + 1, None, element)?;
        self.b().place(back);
        self.at(element.range);
        self.b().jump(Op::JumpBack, 0, 0, 0, again);
        self.b().place(label);
        self.at(g.iter.range());
        self.b().op(Op::EndAsyncFor, 0, exc, 0, 0);
        self.b().place(end);
        Ok(())
    }

    fn check_async_comprehension(&self, range: TextRange) -> R {
        let s = &self.table[self.unit.scope];
        let ok = s.is_async_def
            || matches!(s.kind, ScopeKind::Generator | ScopeKind::Comprehension)
            || (s.kind == ScopeKind::Module && self.top_level_await);
        if ok {
            return Ok(());
        }
        let text = "asynchronous comprehension outside of an asynchronous function";
        self.err(text, range)
    }

    fn element(&mut self, e: Element<'a>) -> R {
        let mark = self.b().mark();
        match (e.sink, e.key) {
            (Sink::Dict(acc), Some(key)) => {
                let k = self.any(key)?;
                let v = self.any(e.value)?;
                self.at(TextRange::new(key.start(), e.value.end()));
                self.b().op(Op::MapSet, 0, acc, k, v);
            }
            (Sink::Yield, _) => {
                let v = self.any(e.value)?;
                let t = self.b().alloc();
                let wrap = self.is_async_generator() as u8;
                self.at(e.value.range());
                self.b().op(Op::Yield, wrap, t, v, 0);
            }
            (Sink::List(acc) | Sink::Set(acc) | Sink::Dict(acc), _) => {
                let v = self.any(e.value)?;
                let op = if matches!(e.sink, Sink::List(_)) {
                    Op::ListAppend
                } else {
                    Op::SetAdd
                };
                self.at(e.value.range());
                self.b().op(op, 0, acc, v, 0);
            }
        }
        self.b().reset(mark);
        Ok(())
    }
}

/// The target binds all its names before anything can read them.
fn is_simple_target(e: &Expr) -> bool {
    match e {
        Expr::Name(_) => true,
        Expr::Tuple(t) => t.elts.iter().all(is_simple_target),
        Expr::List(l) => l.elts.iter().all(is_simple_target),
        Expr::Starred(s) => is_simple_target(&s.value),
        _ => false,
    }
}

/// The item of `for x in [item]` or `(item,)`, which needs no loop.
fn single_item(g: &Comprehension) -> Option<&Expr> {
    if g.is_async {
        return None;
    }
    let elts = match &g.iter {
        Expr::List(l) => &l.elts,
        Expr::Tuple(t) => &t.elts,
        _ => return None,
    };
    match elts.as_slice() {
        [one] if !one.is_starred_expr() => Some(one),
        _ => None,
    }
}
