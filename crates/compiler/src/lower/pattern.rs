//! The match statement. Values found on the way are kept in temporaries; names are bound only
//! when the whole pattern of a case has matched.

use super::Lower;
use super::expr::as_imm;
use crate::builder::{Label, Reg};
use crate::error::R;
use bytecode::{Const, Op};
use syntax::ast::name::Name;
use syntax::ast::{self as ast, Pattern, Singleton};
use syntax::text_size::{Ranged, TextRange};

/// State of the pattern being compiled.
struct Context {
    /// Names to bind on success, and where their values are.
    stores: Vec<(Name, Reg)>,
    fail: Label,
    /// Patterns that always match are allowed here.
    irrefutable: bool,
}

fn is_wildcard(p: &Pattern) -> bool {
    matches!(p, Pattern::MatchAs(a) if a.pattern.is_none() && a.name.is_none())
}

fn is_star_wildcard(p: &Pattern) -> bool {
    matches!(p, Pattern::MatchStar(s) if s.name.is_none())
}

impl<'a> Lower<'a> {
    pub(super) fn match_stmt(&mut self, m: &'a ast::StmtMatch) -> R {
        let subject = self.push(&m.subject)?;
        let end = self.b().label();
        let last = m.cases.len().saturating_sub(1);
        for (i, case) in m.cases.iter().enumerate() {
            let mark = self.b().mark();
            let mut cx = Context {
                stores: Vec::new(),
                fail: self.b().label(),
                irrefutable: case.guard.is_some() || i == last,
            };
            self.at(case.pattern.range());
            if is_wildcard(&case.pattern) {
                self.b().op(Op::Nop, 0, 0, 0, 0);
            }
            self.pattern(&case.pattern, subject, &mut cx)?;
            for (name, r) in std::mem::take(&mut cx.stores) {
                self.at(case.pattern.range());
                self.store_name(&name, r);
            }
            self.b().reset(mark);
            if let Some(guard) = &case.guard {
                self.jump_if(guard, cx.fail, false)?;
            }
            self.conditional_stmts(&case.body)?;
            self.b().skip_to(end);
            self.b().place(cx.fail);
        }
        self.b().place(end);
        Ok(())
    }

    /// Tests R[subject]; jumps to `cx.fail` or falls through.
    fn pattern(&mut self, p: &'a Pattern, subject: Reg, cx: &mut Context) -> R {
        self.deeper()?;
        match p {
            Pattern::MatchValue(v) => self.value_pattern(v, subject, cx)?,
            Pattern::MatchSingleton(s) => self.singleton_pattern(s, subject, cx),
            Pattern::MatchSequence(s) => self.sequence_pattern(s, subject, cx)?,
            Pattern::MatchMapping(m) => self.mapping_pattern(m, subject, cx)?,
            Pattern::MatchClass(c) => self.class_pattern(c, subject, cx)?,
            Pattern::MatchStar(s) => {
                if let Some(name) = &s.name {
                    self.capture(&name.id, subject, s.range(), cx)?;
                }
            }
            Pattern::MatchAs(a) => self.as_pattern(a, subject, cx)?,
            Pattern::MatchOr(o) => self.or_pattern(o, subject, cx)?,
        }
        self.depth -= 1;
        Ok(())
    }

    /// A pattern inside another: it may always match.
    fn sub_pattern(&mut self, p: &'a Pattern, subject: Reg, cx: &mut Context) -> R {
        let saved = std::mem::replace(&mut cx.irrefutable, true);
        self.pattern(p, subject, cx)?;
        cx.irrefutable = saved;
        Ok(())
    }

    fn capture(&mut self, name: &Name, value: Reg, range: TextRange, cx: &mut Context) -> R {
        self.check_forbidden(name, false, range)?;
        if cx.stores.iter().any(|(n, _)| n == name) {
            let text = format!("multiple assignments to name '{name}' in pattern");
            return self.err(text, range);
        }
        cx.stores.push((name.clone(), value));
        Ok(())
    }

    fn value_pattern(
        &mut self,
        v: &'a ast::PatternMatchValue,
        subject: Reg,
        cx: &mut Context,
    ) -> R {
        let fail = cx.fail;
        let value = self.constant(&v.value);
        if value.is_none() && !v.value.is_attribute_expr() {
            let text = "patterns may only match literals and attribute lookups";
            return self.err(text, v.range());
        }
        if let Some(imm) = value.as_ref().and_then(as_imm) {
            self.at(v.range());
            self.b().jump(Op::JumpEqI, 0, subject, imm, fail);
            return Ok(());
        }
        let mark = self.b().mark();
        let r = match value {
            Some(c) => {
                let r = self.b().alloc();
                self.at(v.range());
                self.b().load_const(r, &c);
                r
            }
            None => self.any(&v.value)?,
        };
        self.at(v.range());
        self.b().jump(Op::JumpEq, 0, subject, r, fail);
        self.b().reset(mark);
        Ok(())
    }

    fn singleton_pattern(
        &mut self,
        s: &'a ast::PatternMatchSingleton,
        subject: Reg,
        cx: &mut Context,
    ) {
        let fail = cx.fail;
        self.at(s.range());
        let value = match s.value {
            Singleton::None => {
                self.b().jump(Op::JumpIfNotNone, 0, subject, 0, fail);
                return;
            }
            Singleton::True => true,
            Singleton::False => false,
        };
        let mark = self.b().mark();
        let r = self.b().alloc();
        self.b().load_const(r, &Const::Bool(value));
        self.b().jump(Op::JumpIs, 0, subject, r, fail);
        self.b().reset(mark);
    }

    fn sequence_pattern(
        &mut self,
        s: &'a ast::PatternMatchSequence,
        subject: Reg,
        cx: &mut Context,
    ) -> R {
        let range = s.range();
        let stars = s.patterns.iter().enumerate();
        let mut stars = stars.filter(|(_, p)| p.is_match_star()).map(|(i, _)| i);
        let star = stars.next();
        if stars.next().is_some() {
            return self.err("multiple starred names in sequence pattern", range);
        }
        let size = s.patterns.len();
        let fail = cx.fail;
        let t = self.b().alloc();
        self.at(range);
        self.b().op(Op::MatchSequence, 0, t, subject, 0);
        self.b().jump(Op::JumpIfFalse, 0, t, 0, fail);
        let least = size - star.is_some() as usize;
        if star.is_none() || least > 0 {
            let op = if star.is_none() {
                Op::JumpEqI
            } else {
                Op::JumpGeI
            };
            self.b().op(Op::GetLen, 0, t, subject, 0);
            self.compare_length(op, t, least, fail);
        }
        if s.patterns
            .iter()
            .all(|p| is_wildcard(p) || is_star_wildcard(p))
        {
            return Ok(());
        }
        match star {
            Some(i) if is_star_wildcard(&s.patterns[i]) => {
                self.by_subscript(&s.patterns, i, subject, range, cx)
            }
            _ => self.by_unpacking(&s.patterns, star, subject, range, cx),
        }
    }

    /// Fails unless the length R[t] compares so with n.
    fn compare_length(&mut self, op: Op, t: Reg, n: usize, fail: Label) {
        if let Ok(n) = i16::try_from(n) {
            self.b().jump(op, 0, t, n as u16, fail);
            return;
        }
        let mark = self.b().mark();
        let r = self.b().alloc();
        self.b().load_const(r, &Const::Int(n as i64));
        let op = if op == Op::JumpEqI {
            Op::JumpEq
        } else {
            Op::JumpGe
        };
        self.b().jump(op, 0, t, r, fail);
        self.b().reset(mark);
    }

    fn by_unpacking(
        &mut self,
        patterns: &'a [Pattern],
        star: Option<usize>,
        subject: Reg,
        range: TextRange,
        cx: &mut Context,
    ) -> R {
        let n = patterns.len();
        if n > 60_000 {
            return self.err(
                "too many expressions in star-unpacking sequence pattern",
                range,
            );
        }
        let base = self.b().alloc_n(n);
        self.at(range);
        match star {
            None => self
                .b()
                .op_cached(Op::UnpackSeq, 0, base, subject, n as u16, 0),
            Some(i) => {
                let after = (n - i - 1) as u32;
                self.b()
                    .op2(Op::UnpackEx, 0, base, subject, i as u16, after, 0);
            }
        }
        for (i, p) in patterns.iter().enumerate() {
            self.sub_pattern(p, base + i as Reg, cx)?;
        }
        Ok(())
    }

    /// With `*_` among the patterns only the items that matter are fetched.
    fn by_subscript(
        &mut self,
        patterns: &'a [Pattern],
        star: usize,
        subject: Reg,
        range: TextRange,
        cx: &mut Context,
    ) -> R {
        let size = patterns.len();
        for (i, p) in patterns.iter().enumerate() {
            if i == star || is_wildcard(p) {
                continue;
            }
            let item = self.b().alloc();
            self.at(range);
            if i < star {
                self.b().load_const(item, &Const::Int(i as i64));
            } else {
                self.b().op(Op::GetLen, 0, item, subject, 0);
                self.minus(item, size - i);
            }
            self.b().op_cached(Op::GetItem, 0, item, subject, item, 0);
            self.sub_pattern(p, item, cx)?;
        }
        Ok(())
    }

    /// R[r] -= n.
    fn minus(&mut self, r: Reg, n: usize) {
        if let Ok(n) = i16::try_from(n) {
            self.b().op_cached(Op::SubI, 0, r, r, n as u16, 0);
            return;
        }
        let k = self.b().alloc();
        self.b().load_const(k, &Const::Int(n as i64));
        self.b().op_cached(Op::Sub, 0, r, r, k, 0);
        self.b().reset(k as u32);
    }

    fn mapping_pattern(
        &mut self,
        m: &'a ast::PatternMatchMapping,
        subject: Reg,
        cx: &mut Context,
    ) -> R {
        let range = m.range();
        let fail = cx.fail;
        let n = m.keys.len();
        let t = self.b().alloc();
        self.at(range);
        self.b().op(Op::MatchMapping, 0, t, subject, 0);
        self.b().jump(Op::JumpIfFalse, 0, t, 0, fail);
        if n == 0 && m.rest.is_none() {
            return Ok(());
        }
        if n > 0 {
            self.b().op(Op::GetLen, 0, t, subject, 0);
            self.compare_length(Op::JumpGeI, t, n, fail);
        }
        let keys = self.mapping_keys(m)?;
        self.at(range);
        let values = self.b().alloc();
        self.b().op(Op::MatchKeys, 0, values, subject, keys);
        self.b().jump(Op::JumpIfNone, 0, values, 0, fail);
        let base = self.b().alloc_n(n);
        self.b()
            .op_cached(Op::UnpackSeq, 0, base, values, n as u16, 0);
        for (i, p) in m.patterns.iter().enumerate() {
            if !is_wildcard(p) {
                self.sub_pattern(p, base + i as Reg, cx)?;
            }
        }
        if let Some(rest) = &m.rest {
            self.at(range);
            let dict = self.b().alloc();
            self.b().op(Op::BuildMap, 0, dict, 0, 0);
            self.b().op(Op::MapUpdate, 0, dict, subject, 0);
            let mark = self.b().mark();
            let key = self.b().alloc_n(n);
            self.b().op_cached(Op::UnpackSeq, 0, key, keys, n as u16, 0);
            for i in 0..n {
                self.b().op(Op::DeleteItem, 0, dict, key + i as Reg, 0);
            }
            self.b().reset(mark);
            self.capture(&rest.id, dict, range, cx)?;
        }
        Ok(())
    }

    /// The tuple of the keys of a mapping pattern in a new register.
    fn mapping_keys(&mut self, m: &'a ast::PatternMatchMapping) -> R<Reg> {
        let range = m.range();
        if m.keys.len() > 60_000 {
            return self.err("too many sub-patterns in mapping pattern", range);
        }
        let mut seen: Vec<Const> = Vec::new();
        let mut all = true;
        for key in &m.keys {
            match self.constant(key) {
                Some(c) => {
                    if seen.iter().any(|s| same_key(s, &c)) {
                        let text = crate::unparse::const_repr(&c);
                        let text = format!("mapping pattern checks duplicate key ({text})");
                        return self.err(text, range);
                    }
                    seen.push(c);
                }
                None if key.is_attribute_expr() => all = false,
                None => {
                    let text = "mapping pattern keys may only match literals and attribute lookups";
                    return self.err(text, range);
                }
            }
        }
        let keys = self.b().alloc();
        if all {
            self.at(range);
            self.b().load_const(keys, &Const::Tuple(seen));
            return Ok(keys);
        }
        let mark = self.b().mark();
        let base = self.push_all(&m.keys)?;
        self.at(range);
        self.b()
            .op(Op::BuildTuple, 0, keys, base, m.keys.len() as u16);
        self.b().reset(mark);
        Ok(keys)
    }

    fn class_pattern(
        &mut self,
        c: &'a ast::PatternMatchClass,
        subject: Reg,
        cx: &mut Context,
    ) -> R {
        let (positional, keywords) = (&c.arguments.patterns, &c.arguments.keywords);
        let range = c.range();
        for (i, k) in keywords.iter().enumerate() {
            self.check_forbidden(&k.attr.id, false, k.range())?;
            if let Some(again) = keywords[i + 1..].iter().find(|o| o.attr.id == k.attr.id) {
                let text = format!("attribute name repeated in class pattern: {}", k.attr.id);
                return self.err(text, again.pattern.range());
            }
        }
        let n = positional.len() + keywords.len();
        if n > 60_000 {
            return self.err("too many sub-patterns in class pattern", range);
        }
        let fail = cx.fail;
        let class = self.any(&c.cls)?;
        let values = self.b().alloc();
        let names = keywords
            .iter()
            .map(|k| Const::Str(k.attr.id.to_string()))
            .collect();
        let x = self.b().konst(Const::Tuple(names));
        let npos = positional.len() as u32;
        self.at(range);
        self.b()
            .op2(Op::MatchClass, 0, values, subject, class, x, npos);
        self.b().jump(Op::JumpIfNone, 0, values, 0, fail);
        if n == 0 {
            return Ok(());
        }
        let base = self.b().alloc_n(n);
        self.b()
            .op_cached(Op::UnpackSeq, 0, base, values, n as u16, 0);
        let patterns = positional.iter().chain(keywords.iter().map(|k| &k.pattern));
        for (i, p) in patterns.enumerate() {
            if !is_wildcard(p) {
                self.sub_pattern(p, base + i as Reg, cx)?;
            }
        }
        Ok(())
    }

    fn as_pattern(&mut self, a: &'a ast::PatternMatchAs, subject: Reg, cx: &mut Context) -> R {
        let Some(inner) = &a.pattern else {
            if !cx.irrefutable {
                let text = match &a.name {
                    Some(n) => format!(
                        "name capture '{}' makes remaining patterns unreachable",
                        n.id
                    ),
                    None => "wildcard makes remaining patterns unreachable".to_string(),
                };
                return self.err(text, a.range());
            }
            return match &a.name {
                Some(n) => self.capture(&n.id, subject, a.range(), cx),
                None => Ok(()),
            };
        };
        self.pattern(inner, subject, cx)?;
        match &a.name {
            Some(n) => self.capture(&n.id, subject, a.range(), cx),
            None => Ok(()),
        }
    }

    /// Alternatives bind the same names; their values are moved to common registers.
    fn or_pattern(&mut self, o: &'a ast::PatternMatchOr, subject: Reg, cx: &mut Context) -> R {
        let end = self.b().label();
        let mut names: Vec<Name> = Vec::new();
        let mut common = 0;
        let last = o.patterns.len() - 1;
        for (i, p) in o.patterns.iter().enumerate() {
            let next = if i == last { cx.fail } else { self.b().label() };
            let mut inner = Context {
                stores: Vec::new(),
                fail: next,
                irrefutable: i == last && cx.irrefutable,
            };
            if i == 0 {
                names = bindings(p);
                common = self.b().alloc_n(names.len());
            }
            let mark = self.b().mark();
            self.pattern(p, subject, &mut inner)?;
            if inner.stores.len() != names.len() {
                return self.err("alternative patterns bind different names", o.range());
            }
            for (k, name) in names.iter().enumerate() {
                let Some((_, r)) = inner.stores.iter().find(|(n, _)| n == name) else {
                    return self.err("alternative patterns bind different names", o.range());
                };
                self.b().mov(common + k as Reg, *r);
            }
            self.b().reset(mark);
            if i != last {
                self.b().goto(end);
                self.b().place(next);
            }
        }
        self.b().place(end);
        for (k, name) in names.iter().enumerate() {
            self.capture(name, common + k as Reg, o.range(), cx)?;
        }
        Ok(())
    }
}

/// The names a pattern binds, in order.
fn bindings(p: &Pattern) -> Vec<Name> {
    let mut out = Vec::new();
    let mut stack = vec![p];
    while let Some(p) = stack.pop() {
        let at = stack.len();
        let mut bind = |n: &Option<ast::Identifier>| {
            if let Some(n) = n
                && !out.contains(&n.id)
            {
                out.push(n.id.clone());
            }
        };
        match p {
            Pattern::MatchValue(_) | Pattern::MatchSingleton(_) => {}
            Pattern::MatchSequence(s) => stack.extend(&s.patterns),
            Pattern::MatchMapping(m) => {
                bind(&m.rest);
                stack.extend(&m.patterns);
            }
            Pattern::MatchClass(c) => {
                stack.extend(&c.arguments.patterns);
                stack.extend(c.arguments.keywords.iter().map(|k| &k.pattern));
            }
            Pattern::MatchStar(s) => bind(&s.name),
            Pattern::MatchAs(a) => {
                bind(&a.name);
                stack.extend(a.pattern.as_deref());
            }
            Pattern::MatchOr(o) => stack.extend(o.patterns.first()),
        }
        stack[at..].reverse();
    }
    out
}

/// Equal as dict keys: 1, 1.0 and True are.
fn same_key(a: &Const, b: &Const) -> bool {
    let number = |c: &Const| match c {
        Const::Int(i) => Some(*i as f64),
        Const::Bool(b) => Some(*b as u8 as f64),
        Const::Float(f) => Some(*f),
        Const::Complex(re, im) if *im == 0.0 => Some(*re),
        _ => None,
    };
    match (number(a), number(b)) {
        (Some(x), Some(y)) => x == y,
        _ => a == b,
    }
}
