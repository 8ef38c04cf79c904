//! Calls: plain, of methods, with keywords, with stars, and through `super()`.

use super::Lower;
use super::names::Var;
use crate::builder::Reg;
use crate::error::R;
use crate::symtable::node_key;
use crate::symtable::scope::{Reach, def};
use bytecode::{Const, Op};
use syntax::ast::name::Name;
use syntax::ast::{self as ast, Arguments, Expr, Keyword};
use syntax::text_size::{Ranged, TextRange};

/// Calls with more arguments than this collect them in a list.
const MAX_REGISTER_ARGS: usize = 200;

/// Whether the arguments can simply be evaluated into registers.
fn is_simple(args: &[Expr], keywords: &[Keyword]) -> bool {
    args.len() + keywords.len() <= MAX_REGISTER_ARGS
        && !args.iter().any(Expr::is_starred_expr)
        && keywords.iter().all(|k| k.arg.is_some())
}

impl<'a> Lower<'a> {
    pub(super) fn call(&mut self, c: &'a ast::ExprCall, dst: Reg) -> R {
        self.warn_call(c)?;
        let Arguments { args, keywords, .. } = &c.arguments;
        self.check_keywords(keywords)?;
        self.note_bare_generator(&c.arguments);
        let simple = is_simple(args, keywords);
        if simple && let Expr::Attribute(a) = &*c.func {
            return self.method_call(c, a, dst);
        }
        let base = self.base(dst);
        self.to(&c.func, base)?;
        self.call_with(base, args, keywords, c.range(), dst)
    }

    /// Remembers that a generator expression is the only argument, without parentheses of its
    /// own: its position is that of the call's parentheses.
    pub(super) fn note_bare_generator(&mut self, arguments: &'a Arguments) {
        if let ([e @ Expr::Generator(g)], []) = (&*arguments.args, arguments.keywords.as_slice())
            && !g.parenthesized
        {
            self.bare_generators.insert(node_key(e), arguments.range);
        }
    }

    /// Repeated keywords, and `__debug__=`.
    fn check_keywords(&self, keywords: &[Keyword]) -> R {
        for (i, k) in keywords.iter().enumerate() {
            let Some(arg) = &k.arg else { continue };
            self.check_forbidden(&arg.id, false, k.range())?;
            let same = |other: &&Keyword| other.arg.as_ref().is_some_and(|a| a.id == arg.id);
            if let Some(again) = keywords[i + 1..].iter().find(same) {
                let text = format!("keyword argument repeated: {}", arg.id);
                return self.err(text, again.range());
            }
        }
        Ok(())
    }

    /// R[dst] = R[base](arguments...); `base` is the top register.
    pub(super) fn call_with(
        &mut self,
        base: Reg,
        args: &'a [Expr],
        keywords: &'a [Keyword],
        range: TextRange,
        dst: Reg,
    ) -> R {
        if is_simple(args, keywords) {
            self.push_all(args)?;
            return self.finish_call(base, 0, args.len(), keywords, range, None, dst);
        }
        self.positional(args, range)?;
        self.keyword_dict(base, keywords, range)?;
        self.at(range);
        self.b().op(Op::CallEx, 0, dst, base, 0);
        Ok(())
    }

    /// Evaluates the keywords and emits the call; the positional arguments are in place.
    fn finish_call(
        &mut self,
        base: Reg,
        method: u8,
        positional: usize,
        keywords: &'a [Keyword],
        range: TextRange,
        attribute: Option<&'a ast::ExprAttribute>,
        dst: Reg,
    ) -> R {
        let mut names = Vec::new();
        for k in keywords {
            self.push(&k.value)?;
            if let Some(arg) = &k.arg {
                names.push(Const::Str(arg.id.to_string()));
            }
        }
        self.at(range);
        if let Some(a) = attribute {
            self.adjust_to_attribute(a);
        }
        let n = (positional + keywords.len()) as u16;
        if keywords.is_empty() {
            let op = if method == 1 {
                Op::CallMethod
            } else {
                Op::Call
            };
            self.b().op_cached(op, 0, dst, base, n, 0);
        } else {
            let x = self.b().konst(Const::Tuple(names));
            self.b().op_cached(Op::CallKw, method, dst, base, n, x);
        }
        Ok(())
    }

    fn method_call(&mut self, c: &'a ast::ExprCall, a: &'a ast::ExprAttribute, dst: Reg) -> R {
        let Arguments { args, keywords, .. } = &c.arguments;
        let base = self.base(dst);
        let receiver = self.b().alloc();
        if let Some(zero_arg) = self.super_operands(a, base, receiver)? {
            self.at(a.range());
            let attr = self.mangle(&a.attr.id);
            let x = self.b().name(&attr);
            self.b()
                .op_cached(Op::LoadSuperMethod, zero_arg, base, base, 0, x);
            self.b().reset(receiver as u32 + 1);
        } else {
            let obj = self.operand_in(&a.value, receiver)?;
            self.at_attribute(a);
            let attr = self.mangle(&a.attr.id);
            let x = self.b().name(&attr);
            self.b().op_cached(Op::LoadMethod, 0, base, obj, 0, x);
        }
        self.push_all(args)?;
        self.finish_call(base, 1, args.len(), keywords, c.range(), Some(a), dst)
    }

    /// The positional arguments of a starred call in one register at the top.
    fn positional(&mut self, args: &'a [Expr], range: TextRange) -> R {
        let acc = self.b().alloc();
        if let [Expr::Starred(s)] = args {
            return self.to(&s.value, acc);
        }
        let leading = args
            .iter()
            .take(super::display::CHUNK)
            .take_while(|e| !e.is_starred_expr())
            .count();
        let mark = self.b().mark();
        let base = self.push_all(&args[..leading])?;
        self.at(range);
        self.b().op(Op::BuildList, 0, acc, base, leading as u16);
        self.b().reset(mark);
        for item in &args[leading..] {
            if let Expr::Starred(s) = item {
                let r = self.any(&s.value)?;
                self.at(range);
                self.b().op(Op::ListExtend, 1, acc, r, 0);
            } else {
                let r = self.any(item)?;
                self.at(range);
                self.b().op(Op::ListAppend, 0, acc, r, 0);
            }
            self.b().reset(mark);
        }
        Ok(())
    }

    /// The keyword arguments of a starred call as a dict, or unbound, in one register at the top.
    fn keyword_dict(&mut self, callee: Reg, keywords: &'a [Keyword], range: TextRange) -> R {
        let acc = self.b().alloc();
        if keywords.is_empty() {
            self.at(range);
            self.b().clear(acc);
            return Ok(());
        }
        let mark = self.b().mark();
        let run = |from: usize| {
            let named = |k: &&Keyword| k.arg.is_some();
            keywords[from..]
                .iter()
                .take(super::display::CHUNK / 2)
                .take_while(named)
                .count()
        };
        let first = run(0);
        self.keyword_run(&keywords[..first], acc, range)?;
        let mut i = first;
        while i < keywords.len() {
            self.b().reset(mark);
            let part = self.b().alloc();
            let n = run(i);
            if n == 0 {
                self.to(&keywords[i].value, part)?;
                i += 1;
            } else {
                self.keyword_run(&keywords[i..i + n], part, range)?;
                i += n;
            }
            self.at(range);
            self.b().op(Op::MapMerge, 0, acc, part, callee);
        }
        self.b().reset(mark);
        Ok(())
    }

    fn keyword_run(&mut self, keywords: &'a [Keyword], dst: Reg, range: TextRange) -> R {
        let mark = self.b().mark();
        for k in keywords {
            if let Some(arg) = &k.arg {
                let r = self.b().alloc();
                self.at(k.range());
                self.b().load_str(r, &arg.id);
                self.push(&k.value)?;
            }
        }
        self.at(range);
        let n = keywords.len() as u16;
        self.b().op(Op::BuildMap, 0, dst, mark as Reg, n);
        self.b().reset(mark);
        Ok(())
    }

    /// `super().name` as a value.
    pub(super) fn super_attribute(&mut self, a: &'a ast::ExprAttribute, dst: Reg) -> R<bool> {
        let base = self.b().mark() as Reg;
        if !self.is_super_pattern(a) {
            return Ok(false);
        }
        let (first, second) = (self.b().alloc(), self.b().alloc());
        if let Some(zero_arg) = self.super_operands(a, first, second)? {
            self.at(a.range());
            let attr = self.mangle(&a.attr.id);
            let x = self.b().name(&attr);
            self.b()
                .op_cached(Op::LoadSuperAttr, zero_arg, dst, base, 0, x);
        }
        Ok(true)
    }

    /// `super()` or `super(a, b)` in a place where CPython specialises it.
    fn is_super_pattern(&self, a: &ast::ExprAttribute) -> bool {
        let Expr::Call(c) = &*a.value else {
            return false;
        };
        let Expr::Name(n) = &*c.func else {
            return false;
        };
        let scope = &self.table[self.unit.scope];
        let name = Name::new_static("super");
        if n.id != name
            || a.attr.id.as_str() == "__class__"
            || !c.arguments.keywords.is_empty()
            || !scope.kind.is_function_block()
            || self.table[crate::symtable::scope::ScopeId(0)].flags("super") & def::BOUND != 0
            || !matches!(self.resolve(&name), Var::Global)
        {
            return false;
        }
        match &*c.arguments.args {
            [] => {
                self.unit.argcount > 0
                    && scope
                        .lookup("__class__")
                        .is_some_and(|s| s.reach == Reach::Free)
            }
            [x, y] => !x.is_starred_expr() && !y.is_starred_expr(),
            _ => false,
        }
    }

    /// Loads `super`, the class and the instance into three registers from `base` (of which
    /// `second` is the next and the top); the result is the `zero_arg` selector.
    fn super_operands(
        &mut self,
        a: &'a ast::ExprAttribute,
        base: Reg,
        second: Reg,
    ) -> R<Option<u8>> {
        if !self.is_super_pattern(a) {
            return Ok(None);
        }
        let Expr::Call(c) = &*a.value else {
            return Ok(None);
        };
        let third = self.b().alloc();
        self.to(&c.func, base)?;
        if let [x, y] = &*c.arguments.args {
            self.to(x, second)?;
            self.to(y, third)?;
            return Ok(Some(0));
        }
        self.at(c.range());
        self.load_mangled(&Name::new_static("__class__"), second);
        let first = Name::new(&self.unit.local_names[0]);
        match self.unit.is_cell.first() {
            Some(true) => self.b().op(Op::LoadCell, 0, third, 0, 0),
            _ => self.load_mangled(&first, third),
        }
        Ok(Some(1))
    }

    /// Evaluates arguments after `extra` registers that are already in place above `base`, and
    /// calls. (Class definitions: the body function and the name come first.)
    pub(super) fn call_prefixed(
        &mut self,
        base: Reg,
        extra: usize,
        args: &'a [Expr],
        keywords: &'a [Keyword],
        range: TextRange,
        dst: Reg,
    ) -> R {
        self.check_keywords(keywords)?;
        if is_simple(args, keywords) {
            self.push_all(args)?;
            return self.finish_call(base, 0, extra + args.len(), keywords, range, None, dst);
        }
        self.call_listed(base, extra, args, None, keywords, range, dst)
    }

    /// `call_prefixed` for a generic class, whose last base is a variable.
    pub(super) fn call_class(
        &mut self,
        base: Reg,
        args: &'a [Expr],
        keywords: &'a [Keyword],
        generic: &Name,
        range: TextRange,
        dst: Reg,
    ) -> R {
        self.check_keywords(keywords)?;
        if !is_simple(args, keywords) {
            return self.call_listed(base, 2, args, Some(generic), keywords, range, dst);
        }
        self.push_all(args)?;
        let last = self.b().alloc();
        self.at(range);
        self.load_mangled(generic, last);
        self.finish_call(base, 0, 3 + args.len(), keywords, range, None, dst)
    }

    fn call_listed(
        &mut self,
        base: Reg,
        extra: usize,
        args: &'a [Expr],
        generic: Option<&Name>,
        keywords: &'a [Keyword],
        range: TextRange,
        dst: Reg,
    ) -> R {
        let list = base + 1;
        self.at(range);
        self.b().op(Op::BuildList, 0, list, list, extra as u16);
        self.b().reset(list as u32 + 1);
        for item in args {
            let mark = self.b().mark();
            let (op, value) = match item {
                Expr::Starred(s) => (Op::ListExtend, &*s.value),
                _ => (Op::ListAppend, item),
            };
            let r = self.any(value)?;
            self.at(range);
            self.b().op(op, 0, list, r, 0);
            self.b().reset(mark);
        }
        if let Some(generic) = generic {
            let r = self.b().alloc();
            self.at(range);
            self.load_mangled(generic, r);
            self.b().op(Op::ListAppend, 0, list, r, 0);
            self.b().reset(r as u32);
        }
        self.keyword_dict(base, keywords, range)?;
        self.at(range);
        self.b().op(Op::CallEx, 0, dst, base, 0);
        Ok(())
    }
}
