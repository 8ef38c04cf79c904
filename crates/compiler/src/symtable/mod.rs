//! Symbol tables: which names each scope has and how they are reached.

mod analyze;
mod comprehension;
pub mod scope;
mod types;
mod visit;

pub(crate) use types::has_annotations;
pub(crate) use visit::has_defaults as visit_has_defaults;

use crate::error::{Kind, R, SyntaxError};
use crate::source::Source;
use rustc_hash::FxHashMap;
use scope::{Part, Scope, ScopeId, ScopeKind};
use std::ops::{Index, IndexMut};
use syntax::ast::name::Name;
use syntax::ast::{Mod, Stmt};
use syntax::text_size::{Ranged, TextRange};

/// Depth of nested syntax beyond which compiling stops with an error.
/// (What `syntax` lets through is never deeper.)
pub const MAX_DEPTH: u32 = 26_000;

/// All scopes of a module; scope 0 is the module itself.
pub struct SymbolTable<'a> {
    scopes: Vec<Scope>,
    /// Scope of a syntax node, by its address.
    by_node: FxHashMap<(usize, Part), ScopeId>,
    source: &'a Source<'a>,
    future_annotations: bool,
    top_level_await: bool,
    current: ScopeId,
    /// Class whose private names are mangled.
    private: Option<Name>,
    depth: u32,
}

impl Index<ScopeId> for SymbolTable<'_> {
    type Output = Scope;
    fn index(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.0 as usize]
    }
}

impl IndexMut<ScopeId> for SymbolTable<'_> {
    fn index_mut(&mut self, id: ScopeId) -> &mut Scope {
        &mut self.scopes[id.0 as usize]
    }
}

/// The key of a syntax node.
pub fn node_key<T>(node: &T) -> usize {
    node as *const T as usize
}

impl<'a> SymbolTable<'a> {
    /// Builds and resolves the scopes of a module, or fails with a scope-level SyntaxError.
    pub fn build(
        module: &Mod,
        source: &'a Source<'a>,
        future_annotations: bool,
        top_level_await: bool,
    ) -> R<SymbolTable<'a>> {
        let mut table = SymbolTable {
            scopes: Vec::new(),
            by_node: FxHashMap::default(),
            source,
            future_annotations,
            top_level_await,
            current: ScopeId(0),
            private: None,
            depth: 0,
        };
        let range = match module {
            Mod::Module(m) => m.range(),
            Mod::Expression(e) => e.range(),
        };
        table.new_scope(ScopeKind::Module, Name::new_static("<module>"), None, range);
        match module {
            Mod::Module(m) => table.body(&m.body)?,
            Mod::Expression(e) => table.expr(&e.body)?,
        }
        table.analyze()?;
        Ok(table)
    }

    /// The scope made for `part` of `node`.
    pub fn of<T>(&self, node: &T, part: Part) -> Option<ScopeId> {
        self.by_node.get(&(node_key(node), part)).copied()
    }

    fn new_scope(
        &mut self,
        kind: ScopeKind,
        name: Name,
        key: Option<(usize, Part)>,
        range: TextRange,
    ) -> ScopeId {
        let id = ScopeId(self.scopes.len() as u32);
        let parent = (id.0 != 0).then_some(self.current);
        let nested = parent.is_some_and(|p| self[p].nested || self[p].kind.is_function_like());
        self.scopes.push(Scope {
            kind,
            name,
            parent,
            children: Vec::new(),
            symbols: Vec::new(),
            index: FxHashMap::default(),
            nested,
            is_generator: false,
            is_coroutine: false,
            is_async_def: false,
            needs_class_closure: false,
            needs_classdict: false,
            can_see_class_scope: false,
            conditional_annotations: false,
            in_conditional_block: false,
            in_unevaluated_annotation: false,
            annotation_block: None,
            mangled_names: None,
            describe: "",
            inlined: false,
            comp_iter_target: false,
            comp_iter_expr: 0,
            walrus: Default::default(),
            deleted: Default::default(),
            directives: Vec::new(),
            range,
        });
        if let Some(key) = key {
            self.by_node.insert(key, id);
        }
        id
    }

    /// Makes a scope below the current one and enters it; returns the scope to go back to.
    fn enter(
        &mut self,
        kind: ScopeKind,
        name: &str,
        key: (usize, Part),
        range: TextRange,
    ) -> ScopeId {
        let id = self.new_scope(kind, Name::new(name), Some(key), range);
        let outer = self.current;
        self[outer].children.push(id);
        if kind != ScopeKind::Class {
            self[id].mangled_names = self[outer].mangled_names.clone();
        }
        self.current = id;
        outer
    }

    fn cur(&mut self) -> &mut Scope {
        let id = self.current;
        &mut self[id]
    }

    fn err<T>(&self, message: impl Into<String>, range: TextRange) -> R<T> {
        Err(self.source.error(message, range))
    }

    fn directive_error(&self, id: ScopeId, name: &str, message: String) -> Box<SyntaxError> {
        let range = self[id]
            .directives
            .iter()
            .find(|(n, _)| n.as_str() == name)
            .map_or(self[id].range, |d| d.1);
        self.source.error(message, range)
    }

    fn deeper(&mut self) -> R {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(too_deep());
        }
        Ok(())
    }

    fn body(&mut self, body: &[Stmt]) -> R {
        body.iter().try_for_each(|s| self.stmt(s))
    }
}

/// The error for code nested beyond `MAX_DEPTH`.
pub fn too_deep() -> Box<SyntaxError> {
    let text = "maximum recursion depth exceeded during compilation";
    Box::new(SyntaxError::bare(Kind::Recursion, text))
}
