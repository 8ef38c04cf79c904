//! Imports.

use super::Lower;
use crate::error::R;
use bytecode::{Const, Op};
use syntax::ast::name::Name;
use syntax::ast::{self as ast};
use syntax::text_size::Ranged;

impl<'a> Lower<'a> {
    /// R[dst] = __import__(name, level, fromlist).
    fn import_name(&mut self, name: &str, level: u32, fromlist: Const, dst: u16) {
        let mark = self.b().mark();
        let pair = self.b().alloc_n(2);
        self.b().load_const(pair, &Const::Int(level as i64));
        self.b().load_const(pair + 1, &fromlist);
        let x = self.b().name(name);
        self.b().op2(Op::ImportName, 0, dst, pair, 0, x, 0);
        self.b().reset(mark);
    }

    fn import_from_name(&mut self, module: u16, name: &str, dst: u16) {
        let x = self.b().name(name);
        self.b().op2(Op::ImportFrom, 0, dst, module, 0, x, 0);
    }

    pub(super) fn import(&mut self, i: &'a ast::StmtImport) -> R {
        for alias in &i.names {
            let mark = self.b().mark();
            let r = self.b().alloc();
            self.at(i.range());
            self.import_name(&alias.name.id, 0, Const::None, r);
            match &alias.asname {
                Some(asname) => {
                    // `import a.b.c as d` binds the submodule.
                    let next = self.b().alloc();
                    let mut module = r;
                    for part in alias.name.id.split('.').skip(1) {
                        self.import_from_name(module, part, next);
                        module = next;
                    }
                    self.store_name(&asname.id, module);
                }
                None => {
                    let first = alias.name.id.split('.').next().unwrap_or("");
                    self.store_name(&Name::new(first), r);
                }
            }
            self.b().reset(mark);
        }
        Ok(())
    }

    pub(super) fn import_from(&mut self, i: &'a ast::StmtImportFrom) -> R {
        let module = i.module.as_deref().unwrap_or("");
        if module == "__future__" && i.level == 0 && self.is_future_import_late(i) {
            let text = "from __future__ imports must occur at the beginning of the file";
            return self.err(text, i.range());
        }
        let mark = self.b().mark();
        let r = self.b().alloc();
        let names = i
            .names
            .iter()
            .map(|a| Const::Str(a.name.id.to_string()))
            .collect();
        self.at(i.range());
        self.import_name(module, i.level, Const::Tuple(names), r);
        for alias in &i.names {
            if alias.name.as_str() == "*" {
                self.b().op(Op::ImportStar, 0, r, 0, 0);
                break;
            }
            let inner = self.b().mark();
            let stored = alias.asname.as_ref().unwrap_or(&alias.name);
            let value = self.b().alloc();
            self.import_from_name(r, &alias.name.id, value);
            self.store_name(&stored.id, value);
            self.b().reset(inner);
        }
        self.b().reset(mark);
        Ok(())
    }
}
