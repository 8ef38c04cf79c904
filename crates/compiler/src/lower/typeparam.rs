use super::Lower;
use crate::builder::Reg;
use crate::error::R;
use ruff_python_ast as ast;
use ruff_python_ast::name::Name;
use ruff_text_size::{Ranged, TextRange};
impl<'a> Lower<'a> {
    pub(super) fn type_alias(&mut self, t: &'a ast::StmtTypeAlias) -> R {
        self.err("type is not compiled yet", t.range())
    }
    pub(super) fn generic_function(
        &mut self,
        f: &'a ast::StmtFunctionDef,
        _line: u32,
        _dst: Reg,
    ) -> R {
        self.err("type parameters are not compiled yet", f.range())
    }
    pub(super) fn generic_class(&mut self, c: &'a ast::StmtClassDef, _line: u32, _dst: Reg) -> R {
        self.err("type parameters are not compiled yet", c.range())
    }
    pub(super) fn call_generic_class(
        &mut self,
        c: &'a ast::StmtClassDef,
        _base: Reg,
        _g: &Name,
        _r: TextRange,
        _dst: Reg,
    ) -> R {
        self.err("type parameters are not compiled yet", c.range())
    }
}
