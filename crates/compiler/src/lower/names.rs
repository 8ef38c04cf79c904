//! Loading, storing and deleting names.

use super::Lower;
use crate::builder::Reg;
use crate::error::R;
use crate::symtable::scope::{Reach, ScopeKind, mangle};
use bytecode::Op;
use syntax::ast::name::Name;
use syntax::ast::{self as ast};
use syntax::text_size::{Ranged, TextRange};

/// Where a name lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Var {
    Local(Reg),
    Cell(Reg),
    Free(u16),
    Global,
    /// In the locals mapping of namespace code.
    Namespace,
    /// Free, but the namespace of the class body comes first.
    ClassFree(u16),
    /// As `Free` and `Global`, but the mapping in `__classdict__` (free variable) comes first.
    ClassDictFree(u16),
    ClassDictGlobal,
}

impl<'a> Lower<'a> {
    /// A name as it is mangled here.
    pub(super) fn mangle(&self, name: &Name) -> Name {
        let scope = &self.table[self.unit.scope];
        match &scope.mangled_names {
            Some(set) if !set.contains(name) => name.clone(),
            _ => mangle(self.unit.private.as_deref(), name),
        }
    }

    fn free_index(&self, name: &str) -> u16 {
        let at = self.unit.free.iter().position(|n| n.as_str() == name);
        debug_assert!(at.is_some(), "{name} is not free in {}", self.unit.qualname);
        at.unwrap_or(0) as u16
    }

    /// Where a (mangled) name lives.
    pub(super) fn resolve(&self, name: &Name) -> Var {
        let mut in_comp = None;
        for frame in self.unit.comps.iter().rev() {
            let Some(sym) = self.table[frame.scope].lookup(name) else {
                continue;
            };
            if let Some(r) = self.unit.hidden.get(&(frame.scope, name.clone())) {
                return match sym.reach {
                    Reach::Cell => Var::Cell(*r),
                    _ => Var::Local(*r),
                };
            }
            in_comp = in_comp.or(Some(sym.reach));
        }
        let scope = &self.table[self.unit.scope];
        let reach = scope
            .lookup(name)
            .map_or(Reach::GlobalImplicit, |s| s.reach);
        match scope.kind {
            ScopeKind::Module => match reach {
                Reach::GlobalExplicit => Var::Global,
                _ => Var::Namespace,
            },
            ScopeKind::Class => match (in_comp, reach) {
                (Some(Reach::Free), _) if self.unit.free.contains(name) => {
                    Var::Free(self.free_index(name))
                }
                (Some(_), _) => Var::Global,
                (None, Reach::GlobalExplicit) => Var::Global,
                (None, Reach::Free) => Var::ClassFree(self.free_index(name)),
                _ => Var::Namespace,
            },
            _ => match reach {
                Reach::Local => Var::Local(self.unit.locals[name]),
                Reach::Cell => Var::Cell(self.unit.locals[name]),
                Reach::Free => {
                    let i = self.free_index(name);
                    if scope.can_see_class_scope && name.as_str() != "__classdict__" {
                        Var::ClassDictFree(i)
                    } else {
                        Var::Free(i)
                    }
                }
                Reach::GlobalImplicit if scope.can_see_class_scope => Var::ClassDictGlobal,
                _ => Var::Global,
            },
        }
    }

    /// The register of a local that can be read in place of a copy, now known to be bound.
    pub(super) fn local_operand(&mut self, name: &Name) -> Option<Reg> {
        let name = self.mangle(name);
        let Var::Local(r) = self.resolve(&name) else {
            return None;
        };
        if self.table[self.unit.scope].walrus.contains(&name) {
            return None;
        }
        self.check_bound(r);
        Some(r)
    }

    pub(super) fn check_bound(&mut self, r: Reg) {
        let b = self.b();
        if !b.bound.get(r) {
            b.op(Op::CheckLocal, 0, r, 0, 0);
            b.bound.set(r);
        }
    }

    /// R[dst] = the value of an expression that is a name.
    pub(super) fn load_name(&mut self, n: &ast::ExprName, dst: Reg) {
        let name = self.mangle(&n.id);
        self.at(n.range());
        self.load_mangled(&name, dst);
    }

    /// R[dst] = the value of a mangled name, at the current position.
    pub(super) fn load_mangled(&mut self, name: &Name, dst: Reg) {
        let var = self.resolve(name);
        match var {
            Var::Local(r) => {
                self.check_bound(r);
                self.b().mov(dst, r);
            }
            Var::Cell(r) => self.b().op(Op::LoadCell, 0, dst, r, 0),
            Var::Free(i) => self.b().op(Op::LoadFree, 0, dst, i, 0),
            Var::Global => {
                let x = self.b().name(name);
                self.b().op_cached(Op::LoadGlobal, 0, dst, 0, 0, x);
            }
            Var::Namespace => {
                let x = self.b().name(name);
                self.b().op_cached(Op::LoadName, 0, dst, 0, 0, x);
            }
            Var::ClassFree(i) => {
                let x = self.b().name(name);
                self.b().op2(Op::LoadMappingOrFree, 0, dst, 0, i, x, 0);
            }
            Var::ClassDictFree(_) | Var::ClassDictGlobal => {
                let x = self.b().name(name);
                let classdict = self.free_index("__classdict__");
                self.b().op(Op::LoadFree, 0, dst, classdict, 0);
                if let Var::ClassDictFree(i) = var {
                    self.b().op2(Op::LoadMappingOrFree, 0, dst, dst, i, x, 0);
                } else {
                    self.b().op2(Op::LoadMappingOrGlobal, 0, dst, dst, 0, x, 0);
                }
            }
        }
    }

    /// Stores R[src] in a (not yet mangled) name.
    pub(super) fn store_name(&mut self, name: &Name, src: Reg) {
        let name = self.mangle(name);
        self.store_mangled(&name, src);
    }

    pub(super) fn store_mangled(&mut self, name: &Name, src: Reg) {
        match self.resolve(name) {
            Var::Local(r) => {
                self.b().mov(r, src);
                self.b().bound.set(r);
            }
            Var::Cell(r) => self.b().op(Op::StoreCell, 0, r, src, 0),
            Var::Free(i) | Var::ClassFree(i) | Var::ClassDictFree(i) => {
                self.b().op(Op::StoreFree, 0, src, i, 0)
            }
            Var::Global | Var::ClassDictGlobal => {
                let x = self.b().name(name);
                self.b().op_cached(Op::StoreGlobal, 0, src, 0, 0, x);
            }
            Var::Namespace => {
                let x = self.b().name(name);
                self.b().op_cached(Op::StoreName, 0, src, 0, 0, x);
            }
        }
    }

    /// Deletes a (not yet mangled) name.
    pub(super) fn delete_name(&mut self, name: &Name) {
        let name = self.mangle(name);
        match self.resolve(&name) {
            Var::Local(r) => {
                let b = self.b();
                if b.bound.get(r) {
                    b.clear(r);
                } else {
                    b.op(Op::DeleteLocal, 0, r, 0, 0);
                }
                b.bound.unset(r);
            }
            Var::Cell(r) => self.b().op(Op::DeleteCell, 0, r, 0, 0),
            Var::Free(i) | Var::ClassFree(i) | Var::ClassDictFree(i) => {
                self.b().op(Op::DeleteFree, 0, 0, i, 0)
            }
            Var::Global | Var::ClassDictGlobal => {
                let x = self.b().name(&name);
                self.b().op_bc(Op::DeleteGlobal, 0, 0, x);
            }
            Var::Namespace => {
                let x = self.b().name(&name);
                self.b().op_bc(Op::DeleteName, 0, 0, x);
            }
        }
    }

    /// `name = None; del name`, as handlers end with: never fails when it is unbound already.
    pub(super) fn forget_name(&mut self, name: &Name) {
        let mangled = self.mangle(name);
        if let Var::Local(r) = self.resolve(&mangled) {
            self.b().clear(r);
            self.b().bound.unset(r);
            return;
        }
        let mark = self.b().mark();
        let r = self.b().alloc();
        self.b().load_none(r);
        self.store_mangled(&mangled, r);
        self.delete_name(name);
        self.b().reset(mark);
    }

    /// R[dst] = the cell of a variable that inner code captures.
    pub(super) fn load_cell_itself(&mut self, name: &Name, dst: Reg) {
        match self.resolve(name) {
            Var::Cell(r) => self.b().mov(dst, r),
            _ => match self.unit.locals.get(name) {
                // Class bodies: __class__ and its like are no names of the body.
                Some(r) if self.unit.is_cell.get(*r as usize) == Some(&true) => {
                    let r = *r;
                    self.b().mov(dst, r);
                }
                _ => {
                    let i = self.free_index(name);
                    self.b().op(Op::LoadFreeCell, 0, dst, i, 0);
                }
            },
        }
    }

    /// Names that nothing may be assigned to (or, with `delete`, deleted).
    pub(super) fn check_forbidden(&self, name: &Name, delete: bool, range: TextRange) -> R {
        if name.as_str() == "__debug__" {
            let word = if delete { "delete" } else { "assign to" };
            return self.err(format!("cannot {word} __debug__"), range);
        }
        Ok(())
    }
}
