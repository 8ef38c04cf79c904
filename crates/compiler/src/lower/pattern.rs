use super::Lower;
use crate::error::R;
use ruff_python_ast as ast;
use ruff_text_size::Ranged;
impl<'a> Lower<'a> {
    pub(super) fn match_stmt(&mut self, m: &'a ast::StmtMatch) -> R {
        self.err("match is not compiled yet", m.range())
    }
}
