//! Scopes and the symbols in them.

use rustc_hash::{FxHashMap, FxHashSet};
use syntax::ast::name::Name;
use syntax::text_size::TextRange;

/// Index of a scope in its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ScopeId(pub u32);

/// What a scope belongs to. The middle group are PEP 649/695 annotation scopes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeKind {
    Module,
    Class,
    Function,
    Lambda,
    /// List, set or dict comprehension; `Generator` for a generator expression.
    Comprehension,
    Generator,
    /// The body of `__annotate__`.
    Annotation,
    TypeParams,
    TypeAlias,
    /// Bound, constraints or default of a type parameter.
    TypeVariable,
}

impl ScopeKind {
    /// Scopes whose code is a function: their locals are registers.
    pub fn is_function_like(self) -> bool {
        !matches!(self, ScopeKind::Module | ScopeKind::Class)
    }

    /// An ordinary function, lambda or comprehension (CPython's FunctionBlock).
    pub fn is_function_block(self) -> bool {
        use ScopeKind::*;
        matches!(self, Function | Lambda | Comprehension | Generator)
    }
}

/// Which scope of a syntax node: nodes such as functions own several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    Body,
    TypeParams,
    Annotations,
    Value,
    Default,
}

/// Facts of a symbol found while walking (CPython's DEF_* and USE flags).
pub mod def {
    pub const GLOBAL: u32 = 1;
    pub const LOCAL: u32 = 2;
    pub const PARAM: u32 = 4;
    pub const NONLOCAL: u32 = 8;
    pub const USE: u32 = 16;
    pub const FREE_CLASS: u32 = 64;
    pub const IMPORT: u32 = 128;
    pub const ANNOT: u32 = 256;
    pub const COMP_ITER: u32 = 512;
    pub const TYPE_PARAM: u32 = 1024;
    pub const BOUND: u32 = LOCAL | PARAM | IMPORT | TYPE_PARAM;
}

/// How a name is reached in a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    Local,
    Cell,
    Free,
    GlobalExplicit,
    GlobalImplicit,
}

/// A name in a scope.
#[derive(Clone, Debug)]
pub struct Symbol {
    pub name: Name,
    pub flags: u32,
    pub reach: Reach,
}

/// One scope.
#[derive(Debug)]
pub struct Scope {
    pub kind: ScopeKind,
    pub name: Name,
    pub parent: Option<ScopeId>,
    pub children: Vec<ScopeId>,
    /// Symbols in order of first appearance.
    pub symbols: Vec<Symbol>,
    pub index: FxHashMap<Name, u32>,
    /// Inside a function (or an annotation scope).
    pub nested: bool,
    pub is_generator: bool,
    pub is_coroutine: bool,
    pub is_async_def: bool,
    pub needs_class_closure: bool,
    pub needs_classdict: bool,
    pub can_see_class_scope: bool,
    pub conditional_annotations: bool,
    pub in_conditional_block: bool,
    pub in_unevaluated_annotation: bool,
    /// The scope of this scope's `__annotate__` function (modules and classes).
    pub annotation_block: Option<ScopeId>,
    /// An enclosing class's names that are mangled here although its other names are not.
    pub mangled_names: Option<FxHashSet<Name>>,
    /// For error messages of annotation scopes.
    pub describe: &'static str,
    /// Inlined into the parent (PEP 709).
    pub inlined: bool,
    pub comp_iter_target: bool,
    pub comp_iter_expr: u32,
    /// Names assigned by `:=` in this scope or in comprehensions for it.
    pub walrus: FxHashSet<Name>,
    /// Names that `del` or `except as` unbinds.
    pub deleted: FxHashSet<Name>,
    /// `global`/`nonlocal` statements, for error positions.
    pub directives: Vec<(Name, TextRange)>,
    pub range: TextRange,
}

impl Scope {
    pub fn lookup(&self, name: &str) -> Option<&Symbol> {
        self.index.get(name).map(|i| &self.symbols[*i as usize])
    }

    pub fn flags(&self, name: &str) -> u32 {
        self.lookup(name).map_or(0, |s| s.flags)
    }

    pub fn insert(&mut self, name: &Name, flags: u32, reach: Reach) {
        if let Some(i) = self.index.get(name) {
            self.symbols[*i as usize].flags |= flags;
            return;
        }
        self.index.insert(name.clone(), self.symbols.len() as u32);
        self.symbols.push(Symbol {
            name: name.clone(),
            flags,
            reach,
        });
    }
}

/// Class-private name mangling: `__x` in class `_C` is `_C__x`.
pub fn mangle(class: Option<&str>, name: &Name) -> Name {
    let Some(class) = class else {
        return name.clone();
    };
    let s = name.as_str();
    if !s.starts_with("__") || s.ends_with("__") || s.contains('.') {
        return name.clone();
    }
    let stripped = class.trim_start_matches('_');
    if stripped.is_empty() {
        return name.clone();
    }
    Name::new(format!("_{stripped}{s}"))
}
