//! Functions and lambdas, yield and await.

use super::Lower;
use super::assign::first_line;
use crate::builder::Reg;
use crate::error::R;
use crate::source::Source;
use crate::symtable::scope::{Part, ScopeId, ScopeKind};
use bytecode::{CodeFlags, Const, Op};
use syntax::ast::name::Name;
use syntax::ast::{self as ast, Expr, Parameters};
use syntax::text_size::{Ranged, TextRange, TextSize};

/// Bits of `MakeFunction`.
pub(super) mod has {
    pub const DEFAULTS: u8 = 1;
    pub const KWDEFAULTS: u8 = 2;
    pub const ANNOTATE: u8 = 4;
    pub const CLOSURE: u8 = 8;
}

impl<'a> Lower<'a> {
    pub(super) fn function_def(&mut self, f: &'a ast::StmtFunctionDef) -> R {
        self.check_parameters(&f.parameters)?;
        self.check_forbidden(&f.name.id, false, f.range())?;
        let mark = self.b().mark();
        let decorators = self.decorators(&f.decorator_list)?;
        let fun = self.b().alloc();
        let line = first_line(self.source, &f.decorator_list, f.range());
        self.at(def_range(self.source, f.range(), &f.decorator_list));
        if f.type_params.is_some() {
            self.generic_function(f, line, fun)?;
        } else {
            let (bits, base) = self.function_extras(f, None)?;
            self.function_object(f, line, bits, base, fun)?;
        }
        self.b().reset(fun as u32 + 1);
        self.apply_decorators(&f.decorator_list, decorators);
        self.at(def_range(self.source, f.range(), &f.decorator_list));
        let value = if f.decorator_list.is_empty() {
            fun
        } else {
            decorators
        };
        self.store_name(&f.name.id, value);
        self.b().reset(mark);
        Ok(())
    }

    /// Evaluates decorators into consecutive registers; the first of them.
    pub(super) fn decorators(&mut self, list: &'a [ast::Decorator]) -> R<Reg> {
        let base = self.b().mark() as Reg;
        for d in list {
            self.push(&d.expression)?;
        }
        Ok(base)
    }

    /// Calls the decorators from the last on; the thing decorated is in the register after
    /// them, the result ends up in the first.
    pub(super) fn apply_decorators(&mut self, list: &'a [ast::Decorator], base: Reg) {
        for (i, d) in list.iter().enumerate().rev() {
            let r = base + i as Reg;
            self.at(d.expression.range());
            self.b().op_cached(Op::Call, 0, r, r, 1, 0);
        }
    }

    /// Default values and annotations, from a new register on. With `given`, the defaults
    /// are variables of the type parameter scope.
    pub(super) fn function_extras(
        &mut self,
        f: &'a ast::StmtFunctionDef,
        given: Option<(bool, bool)>,
    ) -> R<(u8, Reg)> {
        let base = self.b().mark() as Reg;
        let bits = match given {
            Some((d, k)) => self.given_defaults(d, k),
            None => self.defaults(&f.parameters)?,
        };
        let bits = bits | self.function_annotations(f)?;
        Ok((bits, base))
    }

    fn given_defaults(&mut self, defaults: bool, kwdefaults: bool) -> u8 {
        let mut bits = 0;
        let parts = [
            (defaults, has::DEFAULTS, ".defaults"),
            (kwdefaults, has::KWDEFAULTS, ".kwdefaults"),
        ];
        for (given, bit, name) in parts {
            if given {
                bits |= bit;
                let r = self.b().alloc();
                self.load_mangled(&Name::new_static(name), r);
            }
        }
        bits
    }

    /// Builds the defaults tuple and the keyword-only defaults dict in new registers.
    pub(super) fn defaults(&mut self, p: &'a Parameters) -> R<u8> {
        let mut bits = 0;
        let positional: Vec<&'a Expr> = p
            .posonlyargs
            .iter()
            .chain(&p.args)
            .filter_map(|a| a.default.as_deref())
            .collect();
        if !positional.is_empty() {
            bits |= has::DEFAULTS;
            let r = self.b().alloc();
            let mark = self.b().mark();
            let consts: Option<Vec<_>> = positional.iter().map(|e| self.constant(e)).collect();
            match consts {
                Some(c) => self.b().load_const(r, &Const::Tuple(c)),
                None => {
                    let pos = self.unit.b.pos;
                    for e in &positional {
                        self.push(e)?;
                    }
                    self.unit.b.pos = pos;
                    let n = positional.len() as u16;
                    self.b().op(Op::BuildTuple, 0, r, mark as Reg, n);
                }
            }
            self.b().reset(mark);
        }
        if p.kwonlyargs.iter().any(|a| a.default.is_some()) {
            bits |= has::KWDEFAULTS;
            let r = self.b().alloc();
            let mark = self.b().mark();
            let pos = self.unit.b.pos;
            let mut n = 0;
            for a in &p.kwonlyargs {
                let Some(d) = &a.default else { continue };
                let name = self.mangle(&a.parameter.name.id);
                let key = self.b().alloc();
                self.b().load_str(key, &name);
                self.push(d)?;
                n += 1;
            }
            self.unit.b.pos = pos;
            self.b().op(Op::BuildMap, 0, r, mark as Reg, n);
            self.b().reset(mark);
        }
        Ok(bits)
    }

    /// Compiles the body and makes the function; the extras are in place from `base` on and
    /// are the top registers.
    pub(super) fn function_object(
        &mut self,
        f: &'a ast::StmtFunctionDef,
        line: u32,
        bits: u8,
        base: Reg,
        dst: Reg,
    ) -> R {
        let Some(scope) = self.table.of(f, Part::Body) else {
            return self.err("internal error: function without a scope", f.range());
        };
        let private = self.unit.private.clone();
        let pos = self.unit.b.pos;
        self.enter_unit(scope, &f.name.id, line, private);
        self.set_parameters(&f.parameters);
        self.start_unit();
        let mut body = &f.body[..];
        if let Some((doc, rest)) = self.docstring(body) {
            self.unit.flags |= CodeFlags::HAS_DOCSTRING;
            if let Some(doc) = doc {
                // co_consts[0] of a function with a docstring is the docstring.
                self.b().konst(doc);
            } else {
                self.unit.flags -= CodeFlags::HAS_DOCSTRING;
            }
            body = rest;
        }
        self.stmts(body)?;
        self.implicit_return();
        let code = self.leave_unit(f.range())?;
        self.unit.b.pos = pos;
        self.make_function(scope, code, bits, base, dst);
        Ok(())
    }

    /// `return None` at the end of a body that falls through.
    fn implicit_return(&mut self) {
        if self.b().dead {
            return;
        }
        let r = self.b().alloc();
        self.b().unwritten(|b| {
            b.load_none(r);
            b.op(Op::Return, 0, r, 0, 0);
        });
    }

    pub(super) fn set_parameters(&mut self, p: &Parameters) {
        let unit = &mut self.unit;
        unit.posonly = p.posonlyargs.len() as u16;
        unit.argcount = (p.posonlyargs.len() + p.args.len()) as u16;
        unit.kwonly = p.kwonlyargs.len() as u16;
        if p.vararg.is_some() {
            unit.flags |= CodeFlags::VARARGS;
        }
        if p.kwarg.is_some() {
            unit.flags |= CodeFlags::VARKEYWORDS;
        }
    }

    pub(super) fn check_parameters(&self, p: &Parameters) -> R {
        for a in p.iter() {
            let a = a.as_parameter();
            self.check_forbidden(&a.name.id, false, a.range())?;
        }
        Ok(())
    }

    /// R[dst] = function of `code`; a closure goes into the next register.
    pub(super) fn make_function(
        &mut self,
        scope: ScopeId,
        code: Const,
        mut bits: u8,
        base: Reg,
        dst: Reg,
    ) {
        let free = self.free_of(scope);
        if !free.is_empty() {
            bits |= has::CLOSURE;
            let r = self.b().alloc();
            let mark = self.b().mark();
            for name in &free {
                let cell = self.b().alloc();
                self.load_cell_itself(name, cell);
            }
            let n = free.len() as u16;
            self.b().op(Op::BuildTuple, 0, r, mark as Reg, n);
            self.b().reset(mark);
        }
        let x = self.b().konst(code);
        self.b().op2(Op::MakeFunction, bits, dst, base, 0, x, 0);
    }

    /// The free variables of a scope's code, in order.
    fn free_of(&self, scope: ScopeId) -> Vec<Name> {
        use crate::symtable::scope::{Reach, def};
        let mut free: Vec<Name> = self.table[scope]
            .symbols
            .iter()
            .filter(|s| s.reach == Reach::Free || s.flags & def::FREE_CLASS != 0)
            .map(|s| s.name.clone())
            .collect();
        free.sort();
        free
    }

    pub(super) fn lambda(&mut self, l: &'a ast::ExprLambda, dst: Reg) -> R {
        let Some(scope) = self.table.of(l, Part::Body) else {
            return self.err("internal error: lambda without a scope", l.range());
        };
        let base = self.b().mark() as Reg;
        let mut bits = 0;
        self.at(l.range());
        if let Some(p) = &l.parameters {
            self.check_parameters(p)?;
            bits = self.defaults(p)?;
        }
        let private = self.unit.private.clone();
        let line = self.source.line(l.start());
        self.enter_unit(scope, "<lambda>", line, private);
        if let Some(p) = &l.parameters {
            self.set_parameters(p);
        }
        self.start_unit();
        let r = self.any(&l.body)?;
        self.at(l.body.range());
        if self.unit.is_generator {
            // A lambda with a yield in it returns nothing but through the yield.
            let none = self.b().alloc();
            self.b().load_none(none);
            self.b().op(Op::Return, 0, none, 0, 0);
        } else {
            self.b().op(Op::Return, 0, r, 0, 0);
        }
        let code = self.leave_unit(l.range())?;
        self.at(l.range());
        self.make_function(scope, code, bits, base, dst);
        Ok(())
    }

    pub(super) fn yield_expr(&mut self, y: &'a ast::ExprYield, dst: Reg) -> R {
        if !self.kind().is_function_like() {
            return self.err("'yield' outside function", y.range());
        }
        let r = match &y.value {
            Some(e) => self.any(e)?,
            None => {
                let r = self.b().alloc();
                self.at(y.range());
                self.b().load_none(r);
                r
            }
        };
        let wrap = self.is_async_generator() as u8;
        self.at(y.range());
        self.b().op(Op::Yield, wrap, dst, r, 0);
        Ok(())
    }

    pub(super) fn is_async_generator(&self) -> bool {
        let s = &self.table[self.unit.scope];
        s.is_generator && s.is_coroutine
    }

    pub(super) fn yield_from(&mut self, y: &'a ast::ExprYieldFrom, dst: Reg) -> R {
        if !self.kind().is_function_like() {
            return self.err("'yield from' outside function", y.range());
        }
        if self.table[self.unit.scope].is_coroutine {
            return self.err("'yield from' inside async function", y.range());
        }
        let r = self.any(&y.value)?;
        let iter = self.b().alloc();
        self.at(y.range());
        self.b().op(Op::GetYieldFromIter, 0, iter, r, 0);
        self.delegate(iter, dst);
        Ok(())
    }

    pub(super) fn await_expr(&mut self, a: &'a ast::ExprAwait, dst: Reg) -> R {
        self.check_await(a.range())?;
        let r = self.any(&a.value)?;
        self.at(a.range());
        self.await_register(r, 0, dst);
        Ok(())
    }

    /// The rules for where `await` may stand.
    fn check_await(&self, range: TextRange) -> R {
        let s = &self.table[self.unit.scope];
        if s.kind == ScopeKind::Module && self.top_level_await {
            return Ok(());
        }
        if !s.kind.is_function_block() {
            return self.err("'await' outside function", range);
        }
        let ok = s.is_async_def || s.kind == ScopeKind::Generator;
        if !ok {
            return self.err("'await' outside async function", range);
        }
        Ok(())
    }

    /// R[dst] = await R[src].
    pub(super) fn await_register(&mut self, src: Reg, context: u8, dst: Reg) {
        let mark = self.b().mark();
        let iter = self.b().alloc();
        self.b().op(Op::GetAwaitable, context, iter, src, 0);
        self.delegate(iter, dst);
        self.b().reset(mark);
    }

    /// R[dst] = the result of `yield from` the iterator R[iter].
    pub(super) fn delegate(&mut self, iter: Reg, dst: Reg) {
        let mark = self.b().mark();
        let v = self.scratch(dst);
        let (again, end) = (self.b().label(), self.b().label());
        self.b().load_none(v);
        self.b().place_loop(again);
        self.b().jump(Op::Send, 0, v, iter, end);
        self.b().yield_from(v, v, iter, end);
        self.b().goto(again);
        self.b().place(end);
        self.b().mov(dst, v);
        self.b().reset(mark);
    }
}

/// The range of a `def` or `class` statement from its keyword on: the parser's range begins at
/// the first decorator, CPython's position does not.
pub(crate) fn def_range(source: &Source, whole: TextRange, list: &[ast::Decorator]) -> TextRange {
    let Some(last) = list.last().filter(|_| !source.is_made()) else {
        return whole;
    };
    let text = source
        .text
        .get(last.end().to_usize()..whole.end().to_usize());
    let mut skip = 0;
    for line in text.unwrap_or("").split_inclusive('\n') {
        let text = line.trim_start();
        if text.is_empty() || text.starts_with('#') {
            skip += line.len();
        } else {
            skip += line.len() - text.len();
            break;
        }
    }
    TextRange::new(last.end() + TextSize::new(skip as u32), whole.end())
}
