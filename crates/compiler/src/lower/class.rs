//! Class definitions.

use super::Lower;
use super::assign::first_line;
use super::function::def_range;
use crate::builder::Reg;
use crate::error::R;
use crate::symtable::scope::{Part, ScopeId};
use bytecode::{Const, Op};
use syntax::ast::name::Name;
use syntax::ast::{self as ast};
use syntax::text_size::{Ranged, TextRange};

impl<'a> Lower<'a> {
    pub(super) fn class_def(&mut self, c: &'a ast::StmtClassDef) -> R {
        self.check_forbidden(&c.name.id, false, c.range())?;
        if let Some(arguments) = &c.arguments {
            self.note_bare_generator(arguments);
        }
        let mark = self.b().mark();
        let decorators = self.decorators(&c.decorator_list)?;
        let class = self.b().alloc();
        let line = first_line(self.source, &c.decorator_list, c.range());
        let range = def_range(self.source, c.range(), &c.decorator_list);
        self.at(range);
        if c.type_params.is_some() {
            self.generic_class(c, line, class)?;
        } else {
            self.build_class(c, line, range, None, class)?;
        }
        self.b().reset(class as u32 + 1);
        self.apply_decorators(&c.decorator_list, decorators);
        self.at(range);
        let value = if c.decorator_list.is_empty() {
            class
        } else {
            decorators
        };
        self.store_name(&c.name.id, value);
        self.b().reset(mark);
        Ok(())
    }

    /// R[dst] = __build_class__(body, name, bases..., keywords...). `generic_base` is the
    /// variable of the additional base of a generic class.
    pub(super) fn build_class(
        &mut self,
        c: &'a ast::StmtClassDef,
        line: u32,
        range: TextRange,
        generic_base: Option<Name>,
        dst: Reg,
    ) -> R {
        let Some(scope) = self.table.of(c, Part::Body) else {
            return self.err("internal error: class without a scope", c.range());
        };
        let base = self.base(dst);
        self.at(range);
        self.b().op(Op::LoadBuildClass, 0, base, 0, 0);
        let body = self.b().alloc();
        let code = self.class_body(c, scope, line)?;
        self.at(range);
        let extras = self.b().mark();
        self.make_function(scope, code, 0, extras as Reg, body);
        self.b().reset(extras);
        let name = self.b().alloc();
        self.b().load_str(name, &c.name.id);
        if let Some(generic) = generic_base {
            return self.call_generic_class(c, base, &generic, range, dst);
        }
        let (args, keywords) = (c.bases(), c.keywords());
        self.call_prefixed(base, 2, args, keywords, range, dst)
    }

    fn class_body(&mut self, c: &'a ast::StmtClassDef, scope: ScopeId, line: u32) -> R<Const> {
        self.enter_unit(scope, &c.name.id, line, Some(c.name.id.clone()));
        self.start_unit();
        let r = self.b().alloc();
        let name = Name::new_static("__name__");
        self.load_mangled_namespace(&name, r);
        self.store_special("__module__", r);
        let qualname = self.unit.qualname.clone();
        self.b().load_str(r, &qualname);
        self.store_special("__qualname__", r);
        self.b().load_const(r, &Const::Int(line as i64));
        self.store_special("__firstlineno__", r);
        if c.type_params.is_some() {
            self.load_mangled(&Name::new_static(".type_params"), r);
            self.store_special("__type_params__", r);
        }
        self.class_cells(r);
        self.b().reset(r as u32);
        self.module_body(&c.body)?;
        self.finish_annotations(c.range())?;
        self.class_epilogue(r);
        self.leave_unit(c.range())
    }

    /// Fills the cells that annotation scopes of the class use.
    fn class_cells(&mut self, r: Reg) {
        if let Some(cell) = self.unit.locals.get("__classdict__").copied() {
            self.b().op(Op::LoadLocals, 0, r, 0, 0);
            self.b().op(Op::StoreCell, 0, cell, r, 0);
        }
        if let Some(cell) = self.unit.locals.get("__conditional_annotations__").copied() {
            self.b().op(Op::BuildSet, 0, r, 0, 0);
            self.b().op(Op::StoreCell, 0, cell, r, 0);
        }
    }

    fn class_epilogue(&mut self, r: Reg) {
        if self.b().dead {
            return;
        }
        let r = {
            self.b().reset(r as u32);
            self.b().alloc()
        };
        self.b().pos = Default::default();
        let attributes = std::mem::take(&mut self.unit.static_attributes);
        let attributes = attributes.into_iter().map(Const::Str).collect();
        self.b().load_const(r, &Const::Tuple(attributes));
        self.store_special("__static_attributes__", r);
        if let Some(cell) = self.unit.locals.get("__classdict__").copied() {
            self.b().mov(r, cell);
            self.store_special("__classdictcell__", r);
        }
        match self.unit.locals.get("__class__").copied() {
            Some(cell) => {
                self.b().mov(r, cell);
                self.store_special("__classcell__", r);
            }
            None => self.b().load_none(r),
        }
        self.b().op(Op::Return, 0, r, 0, 0);
    }

    /// Stores under exactly this name, wherever the body of the class or module has it.
    pub(super) fn store_special(&mut self, name: &str, src: Reg) {
        self.store_mangled(&Name::new(name), src);
    }

    fn load_mangled_namespace(&mut self, name: &Name, dst: Reg) {
        let x = self.b().name(name);
        self.b().op_cached(Op::LoadName, 0, dst, 0, 0, x);
    }
}
