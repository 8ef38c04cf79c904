//! Type parameters (PEP 695, 696) and type aliases.

use super::Lower;
use super::function::has;
use crate::builder::Reg;
use crate::error::R;
use crate::symtable::scope::{Part, ScopeId};
use crate::symtable::visit_has_defaults as has_defaults;
use bytecode::opcodes::Intrinsic;
use bytecode::{Const, Op};
use syntax::ast::name::Name;
use syntax::ast::{self as ast, Expr, TypeParam, TypeParams};
use syntax::text_size::{Ranged, TextRange};

impl<'a> Lower<'a> {
    fn intrinsic(&mut self, which: Intrinsic, dst: Reg, base: Reg) {
        self.b().op(Op::Intrinsic, which as u8, dst, base, 0);
    }

    /// Starts the code of a type parameter scope.
    fn enter_generic(&mut self, scope: ScopeId, name: &Name, line: u32, private: Option<Name>) {
        let name = format!("<generic parameters of {name}>");
        self.enter_unit(scope, &name, line, private);
    }

    fn missing_scope<T>(&self, range: TextRange) -> R<T> {
        self.err("internal error: type parameters without a scope", range)
    }

    pub(super) fn generic_function(
        &mut self,
        f: &'a ast::StmtFunctionDef,
        line: u32,
        dst: Reg,
    ) -> R {
        let (Some(scope), Some(params)) = (self.table.of(f, Part::TypeParams), &f.type_params)
        else {
            return self.missing_scope(f.range());
        };
        // The callee first, then the defaults as its arguments.
        let mark = self.b().mark();
        let base = self.b().alloc();
        self.defaults(&f.parameters)?;
        let (defaults, kwdefaults) = has_defaults(&f.parameters);
        let nargs = defaults as u16 + kwdefaults as u16;
        let pos = self.unit.b.pos;
        let private = self.unit.private.clone();
        self.enter_generic(scope, &f.name.id, line, private);
        self.unit.argcount = nargs;
        self.start_unit();
        self.unit.b.pos = pos;
        // function and type parameters side by side for the intrinsic
        let pair = self.b().alloc_n(2);
        self.type_params(params, pair + 1)?;
        self.unit.b.pos = pos;
        let inner = self.b().mark();
        let (bits, extras) = self.function_extras(f, Some((defaults, kwdefaults)))?;
        self.function_object(f, line, bits, extras, pair)?;
        self.b().reset(inner);
        self.intrinsic(Intrinsic::SetFunctionTypeParams, pair, pair);
        self.b().op(Op::Return, 0, pair, 0, 0);
        let code = self.leave_unit(f.range())?;
        self.unit.b.pos = pos;
        let top = self.b().mark();
        self.make_function(scope, code, 0, top as Reg, base);
        self.b().reset(top);
        self.b().op_cached(Op::Call, 0, dst, base, nargs, 0);
        self.b().reset(mark);
        Ok(())
    }

    pub(super) fn generic_class(&mut self, c: &'a ast::StmtClassDef, line: u32, dst: Reg) -> R {
        let (Some(scope), Some(params)) = (self.table.of(c, Part::TypeParams), &c.type_params)
        else {
            return self.missing_scope(c.range());
        };
        let mark = self.b().mark();
        let pos = self.unit.b.pos;
        self.enter_generic(scope, &c.name.id, line, Some(c.name.id.clone()));
        self.start_unit();
        self.unit.b.pos = pos;
        let r = self.b().alloc();
        self.type_params(params, r)?;
        self.unit.b.pos = pos;
        self.store_mangled(&Name::new_static(".type_params"), r);
        let generic = Name::new_static(".generic_base");
        let range = super::function::def_range(self.source, c.range(), &c.decorator_list);
        self.build_class(c, line, range, Some(generic), r)?;
        self.b().op(Op::Return, 0, r, 0, 0);
        let code = self.leave_unit(c.range())?;
        self.unit.b.pos = pos;
        self.call_generic(scope, code, dst);
        self.b().reset(mark);
        Ok(())
    }

    /// R[dst] = the result of the code of a type parameter scope.
    fn call_generic(&mut self, scope: ScopeId, code: Const, dst: Reg) {
        let base = self.b().alloc();
        let top = self.b().mark();
        self.make_function(scope, code, 0, top as Reg, base);
        self.b().reset(top);
        self.b().op_cached(Op::Call, 0, dst, base, 0, 0);
    }

    /// Ends a class definition whose last base is `Generic[...]`: the callee, body and name
    /// are in three registers from `base`.
    pub(super) fn call_generic_class(
        &mut self,
        c: &'a ast::StmtClassDef,
        base: Reg,
        generic: &Name,
        range: TextRange,
        dst: Reg,
    ) -> R {
        let t = self.b().alloc();
        self.at(range);
        self.load_mangled(&Name::new_static(".type_params"), t);
        self.intrinsic(Intrinsic::SubscriptGeneric, t, t);
        self.store_mangled(generic, t);
        self.b().reset(t as u32);
        self.call_class(base, c.bases(), c.keywords(), generic, range, dst)
    }

    pub(super) fn type_alias(&mut self, t: &'a ast::StmtTypeAlias) -> R {
        let Expr::Name(name) = &*t.name else {
            return self.err("illegal target for type alias", t.name.range());
        };
        self.check_forbidden(&name.id, false, name.range())?;
        let line = self.source.line(t.start());
        let r = self.b().alloc();
        self.at(t.range());
        match &t.type_params {
            None => self.alias_object(t, &name.id, None, r)?,
            Some(params) => {
                let Some(scope) = self.table.of(t, Part::TypeParams) else {
                    return self.missing_scope(t.range());
                };
                let private = self.unit.private.clone();
                self.enter_generic(scope, &name.id, line, private);
                self.start_unit();
                self.at(t.range());
                let inner = self.b().alloc();
                self.alias_object(t, &name.id, Some(params), inner)?;
                self.b().op(Op::Return, 0, inner, 0, 0);
                let code = self.leave_unit(t.range())?;
                self.at(t.range());
                self.call_generic(scope, code, r);
            }
        }
        self.at(t.range());
        self.store_name(&name.id, r);
        Ok(())
    }

    fn alias_object(
        &mut self,
        t: &'a ast::StmtTypeAlias,
        name: &Name,
        params: Option<&'a TypeParams>,
        dst: Reg,
    ) -> R {
        let Some(scope) = self.table.of(t, Part::Value) else {
            return self.missing_scope(t.range());
        };
        let base = self.b().alloc_n(3);
        self.b().load_str(base, name);
        match params {
            Some(p) => self.type_params(p, base + 1)?,
            None => self.b().load_none(base + 1),
        }
        self.evaluator(scope, name, &t.value, t.range(), base + 2)?;
        self.at(t.range());
        self.intrinsic(Intrinsic::TypeAlias, dst, base);
        Ok(())
    }

    /// R[dst] = a function that evaluates an expression when it is asked to: its parameter is
    /// the format (PEP 649), 1 if not given.
    fn evaluator(
        &mut self,
        scope: ScopeId,
        name: &Name,
        e: &'a Expr,
        range: TextRange,
        dst: Reg,
    ) -> R {
        let private = self.unit.private.clone();
        let line = self.source.line(e.start());
        self.enter_unit(scope, name, line, private);
        self.unit.argcount = 1;
        self.unit.posonly = 1;
        self.start_unit();
        let r = self.b().alloc();
        self.intrinsic(Intrinsic::CheckAnnotateFormat, r, 0);
        if let Expr::Starred(s) = e {
            self.to(&s.value, r)?;
            self.at(s.range());
            self.b().op_cached(Op::UnpackSeq, 0, r, r, 1, 0);
        } else {
            self.to(e, r)?;
        }
        self.at(e.range());
        self.b().op(Op::Return, 0, r, 0, 0);
        let code = self.leave_unit(range)?;
        self.at(range);
        let mark = self.b().mark();
        let defaults = self.b().alloc();
        self.b()
            .load_const(defaults, &Const::Tuple(vec![Const::Int(1)]));
        self.make_function(scope, code, has::DEFAULTS, defaults, dst);
        self.b().reset(mark);
        Ok(())
    }

    /// R[dst] = the tuple of type parameters, each bound to its name.
    fn type_params(&mut self, params: &'a TypeParams, dst: Reg) -> R {
        let mark = self.b().mark();
        let mut seen_default = false;
        let many = params.type_params.len() > super::display::CHUNK;
        if many {
            self.b().op(Op::BuildList, 0, dst, 0, 0);
        }
        for p in &params.type_params {
            let r = self.b().alloc();
            let default = self.type_param(p, r)?;
            if !default && seen_default {
                let text = format!(
                    "non-default type parameter '{}' follows default type parameter",
                    p.name().id
                );
                return self.err(text, p.range());
            }
            seen_default |= default;
            self.at(p.range());
            self.store_name(&p.name().id, r);
            if many {
                self.b().op(Op::ListAppend, 0, dst, r, 0);
                self.b().reset(mark);
            }
        }
        self.at(params.range());
        if many {
            self.b().op(Op::ListToTuple, 0, dst, dst, 0);
        } else {
            let n = params.type_params.len() as u16;
            self.b().op(Op::BuildTuple, 0, dst, mark as Reg, n);
        }
        self.b().reset(mark);
        Ok(())
    }

    /// R[dst] = one type parameter; whether it has a default.
    fn type_param(&mut self, p: &'a TypeParam, dst: Reg) -> R<bool> {
        let name = &p.name().id;
        self.check_forbidden(name, false, p.range())?;
        let pair = self.b().alloc_n(2);
        self.at(p.range());
        self.b().load_str(pair, name);
        let (which, default) = match p {
            TypeParam::TypeVar(t) => {
                let which = match &t.bound {
                    None => Intrinsic::TypeVar,
                    Some(b) => {
                        let Some(scope) = self.table.of(p, Part::Value) else {
                            return self.missing_scope(p.range());
                        };
                        self.evaluator(scope, name, b, p.range(), pair + 1)?;
                        if b.is_tuple_expr() {
                            Intrinsic::TypeVarWithConstraints
                        } else {
                            Intrinsic::TypeVarWithBound
                        }
                    }
                };
                (which, &t.default)
            }
            TypeParam::TypeVarTuple(t) => (Intrinsic::TypeVarTuple, &t.default),
            TypeParam::ParamSpec(t) => (Intrinsic::ParamSpec, &t.default),
        };
        self.at(p.range());
        self.intrinsic(which, pair, pair);
        if let Some(d) = default {
            let Some(scope) = self.table.of(p, Part::Default) else {
                return self.missing_scope(p.range());
            };
            self.evaluator(scope, name, d, p.range(), pair + 1)?;
            self.at(p.range());
            self.intrinsic(Intrinsic::SetTypeParamDefault, pair, pair);
        }
        self.b().mov(dst, pair);
        self.b().reset(pair as u32);
        Ok(default.is_some())
    }
}
