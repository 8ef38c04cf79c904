//! A code object under construction and its registers.

use super::Lower;
use super::control::Block;
use crate::builder::{Builder, Reg};
use crate::error::R;
use crate::symtable::SymbolTable;
use crate::symtable::scope::{Reach, ScopeId, ScopeKind, def};
use bytecode::{Code, CodeFlags, Const, Op};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use syntax::ast::name::Name;
use syntax::ast::{self as ast};
use syntax::text_size::TextRange;

/// A comprehension inlined at this point: its variables hide those of the code around it.
pub struct CompFrame {
    pub scope: ScopeId,
}

/// An annotation of a module or class variable, evaluated later.
pub struct Deferred<'a> {
    pub node: &'a ast::StmtAnnAssign,
    /// Number by which `__conditional_annotations__` knows it.
    pub index: Option<u32>,
}

/// One code object being built.
pub struct Unit<'a> {
    pub scope: ScopeId,
    pub b: Builder,
    pub name: String,
    pub qualname: String,
    pub first_line: u32,
    /// Class whose private names are mangled.
    pub private: Option<Name>,
    pub flags: CodeFlags,
    /// Register of each local, cells included.
    pub locals: FxHashMap<Name, Reg>,
    pub local_names: Vec<String>,
    pub is_cell: Vec<bool>,
    pub is_hidden: Vec<bool>,
    /// Registers of the variables of inlined comprehensions.
    pub hidden: FxHashMap<(ScopeId, Name), Reg>,
    pub free: Vec<Name>,
    pub blocks: Vec<Block<'a>>,
    pub comps: Vec<CompFrame>,
    pub static_attributes: BTreeSet<String>,
    pub deferred: Vec<Deferred<'a>>,
    pub next_conditional: u32,
    /// Constant of a module's `__annotate__` code, filled in at the end.
    pub annotate_const: Option<u32>,
    /// Number of open loops around each finally body being compiled.
    pub finally_loops: Vec<usize>,
    pub in_conditional: u32,
    /// Expression statements are printed.
    pub interactive: bool,
    pub argcount: u16,
    pub posonly: u16,
    pub kwonly: u16,
    pub is_generator: bool,
}

impl<'a> Unit<'a> {
    /// Lays out the registers of the code of `scope`.
    pub fn new(
        table: &SymbolTable,
        scope: ScopeId,
        name: String,
        qualname: String,
        first_line: u32,
        private: Option<Name>,
    ) -> Self {
        let s = &table[scope];
        let mut layout = Layout::default();
        if s.kind.is_function_like() {
            let params = s.symbols.iter().filter(|s| s.flags & def::PARAM != 0);
            let others = s.symbols.iter().filter(|s| s.flags & def::PARAM == 0);
            for sym in params.chain(others) {
                if matches!(sym.reach, Reach::Local | Reach::Cell) {
                    layout.add(&sym.name, sym.reach == Reach::Cell, false);
                }
            }
        } else {
            layout.add(&Name::new_static(""), false, false);
            for (needed, name) in [
                (s.needs_class_closure, "__class__"),
                (s.needs_classdict, "__classdict__"),
                (
                    s.kind == ScopeKind::Class && s.conditional_annotations,
                    "__conditional_annotations__",
                ),
            ] {
                if needed {
                    layout.add(&Name::new_static(name), true, false);
                }
            }
        }
        let mut hidden = FxHashMap::default();
        let mut shared = FxHashMap::default();
        layout.comprehensions(table, scope, 0, &mut shared, &mut hidden);
        let mut free: Vec<Name> = s
            .symbols
            .iter()
            .filter(|s| s.reach == Reach::Free || s.flags & def::FREE_CLASS != 0)
            .map(|s| s.name.clone())
            .collect();
        free.sort();
        let mut b = Builder::new(layout.names.len());
        for sym in &s.symbols {
            if let Some(r) = layout.index.get(&sym.name) {
                if sym.flags & def::PARAM != 0 {
                    b.bound.set(*r);
                }
                if s.deleted.contains(&sym.name) {
                    b.unstable.set(*r);
                }
            }
        }
        if layout.names.len() == 1 && !s.kind.is_function_like() {
            // Namespace code without other registers has no names at all.
            layout.names.clear();
            layout.cells.clear();
            layout.hidden.clear();
        }
        Unit {
            scope,
            b,
            name,
            qualname,
            first_line,
            private,
            flags: CodeFlags::empty(),
            locals: layout.index,
            local_names: layout.names,
            is_cell: layout.cells,
            is_hidden: layout.hidden,
            hidden,
            free,
            blocks: Vec::new(),
            comps: Vec::new(),
            static_attributes: BTreeSet::new(),
            deferred: Vec::new(),
            next_conditional: 0,
            annotate_const: None,
            finally_loops: Vec::new(),
            in_conditional: 0,
            interactive: false,
            argcount: 0,
            posonly: 0,
            kwonly: 0,
            is_generator: s.is_generator,
        }
    }
}

#[derive(Default)]
struct Layout {
    names: Vec<String>,
    cells: Vec<bool>,
    hidden: Vec<bool>,
    index: FxHashMap<Name, Reg>,
}

impl Layout {
    fn push(&mut self, name: &str, cell: bool, hidden: bool) -> Reg {
        // The parameter of `__annotate__` has a name that programs cannot use by accident.
        let name = if name == ".format" { "format" } else { name };
        let r = self.names.len().min(u16::MAX as usize) as Reg;
        self.names.push(name.to_string());
        self.cells.push(cell);
        self.hidden.push(hidden);
        r
    }

    fn add(&mut self, name: &Name, cell: bool, hidden: bool) {
        let r = self.push(name, cell, hidden);
        self.index.insert(name.clone(), r);
    }

    /// Comprehensions side by side share registers; nested ones do not.
    fn comprehensions(
        &mut self,
        table: &SymbolTable,
        scope: ScopeId,
        depth: u32,
        shared: &mut FxHashMap<(u32, Name, bool), Reg>,
        out: &mut FxHashMap<(ScopeId, Name), Reg>,
    ) {
        for child in table[scope].children.iter().filter(|c| table[**c].inlined) {
            for sym in &table[*child].symbols {
                if sym.flags & def::PARAM != 0 || !matches!(sym.reach, Reach::Local | Reach::Cell) {
                    continue;
                }
                let cell = sym.reach == Reach::Cell;
                let key = (depth, sym.name.clone(), cell);
                let r = *shared
                    .entry(key)
                    .or_insert_with(|| self.push(&sym.name, cell, true));
                out.insert((*child, sym.name.clone()), r);
            }
            self.comprehensions(table, *child, depth + 1, shared, out);
        }
    }
}

impl<'a> Lower<'a> {
    /// Starts the code of `scope` inside the current one.
    pub(super) fn enter_unit(
        &mut self,
        scope: ScopeId,
        name: &str,
        first_line: u32,
        private: Option<Name>,
    ) {
        let qualname = self.qualname_under(name, false);
        let unit = Unit::new(
            &self.table,
            scope,
            name.to_string(),
            qualname,
            first_line,
            private,
        );
        self.outer.push(std::mem::replace(&mut self.unit, unit));
    }

    /// The qualified name of something called `name` defined in the unit around this one.
    pub(super) fn qualname_in_parent(&self, name: &str) -> String {
        self.qualname_under(name, true)
    }

    /// The qualified name of something called `name` that is defined here, or (`skip`) in the
    /// unit around this one.
    fn qualname_under(&self, name: &str, skip: bool) -> String {
        let parents = self.outer.iter().chain([&self.unit]).rev();
        let mut parents = parents.skip(skip as usize);
        let Some(mut parent) = parents.next() else {
            return name.to_string();
        };
        while self.is_annotation_scope(parent.scope) {
            match parents.next() {
                Some(p) => parent = p,
                None => return name.to_string(),
            }
        }
        let scope = &self.table[parent.scope];
        match scope.kind {
            ScopeKind::Module => return name.to_string(),
            ScopeKind::Function | ScopeKind::Class => {
                let mangled =
                    crate::symtable::scope::mangle(parent.private.as_deref(), &Name::new(name));
                if scope
                    .lookup(&mangled)
                    .is_some_and(|s| s.reach == Reach::GlobalExplicit)
                {
                    return name.to_string();
                }
            }
            _ => {}
        }
        if scope.kind == ScopeKind::Class {
            format!("{}.{name}", parent.qualname)
        } else {
            format!("{}.<locals>.{name}", parent.qualname)
        }
    }

    fn is_annotation_scope(&self, id: ScopeId) -> bool {
        use ScopeKind::*;
        matches!(
            self.table[id].kind,
            Annotation | TypeParams | TypeAlias | TypeVariable
        )
    }

    /// Emits what every code begins with.
    pub(super) fn start_unit(&mut self) {
        let line = self.unit.first_line;
        self.unit.b.pos = bytecode::Position {
            line,
            end_line: line,
            col: 0,
            end_col: 0,
        };
        let scope = &self.table[self.unit.scope];
        let kind = scope.kind;
        let suspends = scope.is_generator || scope.is_coroutine;
        if suspends && kind != ScopeKind::Comprehension {
            self.b().op(Op::ReturnGenerator, 0, 0, 0, 0);
        }
        for i in 0..self.unit.is_cell.len() {
            if self.unit.is_cell[i] && !self.unit.is_hidden[i] {
                self.b().op(Op::MakeCell, 0, i as Reg, 0, 0);
            }
        }
    }

    /// Ends the current code and goes back to the one around it.
    pub(super) fn leave_unit(&mut self, range: TextRange) -> R<Const> {
        let code = self.finish_unit(range)?;
        if let Some(outer) = self.outer.pop() {
            self.unit = outer;
        }
        Ok(Const::Code(Box::new(code)))
    }

    /// Makes the code object of the current unit, which must not be used afterwards.
    pub(super) fn finish_unit(&mut self, range: TextRange) -> R<Code> {
        if self.unit.b.overflowed() {
            return self.err("too many local variables or nested expressions", range);
        }
        let flags = self.code_flags();
        let unit = &mut self.unit;
        let mut code = Code {
            name: std::mem::take(&mut unit.name),
            qualname: std::mem::take(&mut unit.qualname),
            filename: self.filename.to_string(),
            first_line: unit.first_line,
            flags,
            argcount: unit.argcount,
            posonly_argcount: unit.posonly,
            kwonly_argcount: unit.kwonly,
            local_names: std::mem::take(&mut unit.local_names),
            local_is_cell: std::mem::take(&mut unit.is_cell),
            local_is_hidden: std::mem::take(&mut unit.is_hidden),
            free_names: unit.free.iter().map(|n| n.to_string()).collect(),
            ..Code::default()
        };
        std::mem::replace(&mut unit.b, Builder::new(0)).finish(&mut code);
        Ok(code)
    }

    fn code_flags(&self) -> CodeFlags {
        let s = &self.table[self.unit.scope];
        let mut flags = self.unit.flags;
        if s.kind.is_function_like() {
            flags |= CodeFlags::OPTIMIZED | CodeFlags::NEWLOCALS;
            let in_class = |p: ScopeId| self.table[p].kind == ScopeKind::Class;
            if s.kind.is_function_block() && s.parent.is_some_and(in_class) {
                flags |= CodeFlags::METHOD;
            }
            if s.nested {
                flags |= CodeFlags::NESTED;
            }
            flags |= match (s.is_generator, s.is_coroutine) {
                (true, true) => CodeFlags::ASYNC_GENERATOR,
                (true, false) => CodeFlags::GENERATOR,
                (false, true) => CodeFlags::COROUTINE,
                _ => CodeFlags::empty(),
            };
        } else {
            flags |= CodeFlags::NAMESPACE;
            if s.kind == ScopeKind::Class {
                flags |= CodeFlags::CLASS_BODY;
            }
            if s.is_coroutine && self.top_level_await {
                flags |= CodeFlags::COROUTINE | CodeFlags::TOP_LEVEL_AWAIT;
            }
        }
        flags | self.future
    }
}
