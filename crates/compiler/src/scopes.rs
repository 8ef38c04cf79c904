//! The symbol tables of a source as plain data, for the module `symtable`.

use crate::error::SyntaxError;
use crate::source::Source;
use crate::symtable::SymbolTable;
use crate::symtable::scope::{Reach, Scope, ScopeId, ScopeKind, def};
use crate::{Mode, Options, future, parse};
use bytecode::CodeFlags;

/// Bits of a symbol's flags below its scope.
pub const SCOPE_OFFSET: u32 = 12;

/// A scope; numbers are indices of other scopes.
#[derive(Clone, Debug, Default)]
pub struct ScopeInfo {
    /// CPython's block type.
    pub block: u8,
    pub name: String,
    /// 0 for the module.
    pub line: u32,
    pub nested: bool,
    /// Names with CPython's flags (DEF_*, and the scope above `SCOPE_OFFSET`).
    pub symbols: Vec<(String, u32)>,
    pub parameters: Vec<String>,
    pub children: Vec<usize>,
}

/// The scopes of `source`, the module's first; also the parser's warnings.
///
/// # Errors
/// Those of parsing and of the scopes.
pub fn scopes(
    source: &str,
    filename: &str,
    mode: Mode,
    opts: &Options,
) -> Result<Vec<ScopeInfo>, Box<SyntaxError>> {
    let parsed = parse::parse(source, mode, opts)?;
    let source = Source::new(&parsed.text);
    let build = || {
        let future = future::features(&parsed.module, &source)? | opts.future;
        let annotations = future.contains(CodeFlags::FUTURE_ANNOTATIONS);
        SymbolTable::build(&parsed.module, &source, annotations, false).map(|t| (t, annotations))
    };
    let (table, future_annotations) = build().map_err(|mut e| {
        if !std::path::Path::new(filename).is_file() {
            e.text = None;
        }
        e
    })?;
    let mut list = List {
        table: &table,
        source: &source,
        future_annotations,
        out: Vec::new(),
    };
    list.add(ScopeId(0));
    Ok(list.out)
}

struct List<'a> {
    table: &'a SymbolTable<'a>,
    source: &'a Source<'a>,
    future_annotations: bool,
    out: Vec<ScopeInfo>,
}

fn block(kind: ScopeKind) -> u8 {
    match kind {
        ScopeKind::Function
        | ScopeKind::Lambda
        | ScopeKind::Comprehension
        | ScopeKind::Generator => 0,
        ScopeKind::Class => 1,
        ScopeKind::Module => 2,
        ScopeKind::Annotation => 3,
        ScopeKind::TypeAlias => 4,
        ScopeKind::TypeParams => 5,
        ScopeKind::TypeVariable => 6,
    }
}

fn reach(r: Reach) -> u32 {
    match r {
        Reach::Local => 1,
        Reach::GlobalExplicit => 2,
        Reach::GlobalImplicit => 3,
        Reach::Free => 4,
        Reach::Cell => 5,
    }
}

impl List<'_> {
    fn add(&mut self, id: ScopeId) -> usize {
        let scope = &self.table[id];
        let at = self.out.len();
        let is_module = scope.kind == ScopeKind::Module;
        let parameters = scope.symbols.iter().filter(|s| s.flags & def::PARAM != 0);
        let parameters = parameters.map(|s| s.name.to_string()).collect();
        self.out.push(ScopeInfo {
            block: block(scope.kind),
            name: match is_module {
                true => "top".into(),
                false => scope.name.trim_matches(['<', '>']).to_string(),
            },
            line: if is_module { 0 } else { self.line(scope) },
            nested: scope.nested,
            symbols: self.symbols(scope),
            parameters,
            children: Vec::new(),
        });
        let children = self.children(scope);
        self.out[at].children = children;
        at
    }

    fn line(&self, scope: &Scope) -> u32 {
        self.source.line(scope.range.start())
    }

    /// The symbols, with the variables of inlined comprehensions.
    fn symbols(&self, scope: &Scope) -> Vec<(String, u32)> {
        let mut out: Vec<(String, u32)> = scope
            .symbols
            .iter()
            .map(|s| (s.name.to_string(), s.flags | reach(s.reach) << SCOPE_OFFSET))
            .collect();
        for child in scope.children.iter().map(|c| &self.table[*c]) {
            if !child.inlined {
                continue;
            }
            for (name, flags) in self.symbols(child) {
                if flags & def::PARAM == 0 && !out.iter().any(|(n, _)| *n == name) {
                    out.push((name, flags));
                }
            }
        }
        out
    }

    /// The scopes below, those of inlined comprehensions in their place.
    fn children(&mut self, scope: &Scope) -> Vec<usize> {
        let mut out = Vec::new();
        let mut previous: Option<&Scope> = None;
        for child in &scope.children {
            let c = &self.table[*child];
            if c.inlined {
                out.extend(self.children(c));
                continue;
            }
            let annotated =
                previous.is_some_and(|p| p.kind == ScopeKind::Annotation && p.range == c.range);
            if c.kind == ScopeKind::Function && !annotated && !self.future_annotations {
                out.push(self.no_annotations(c, scope));
            }
            out.push(self.add(*child));
            previous = Some(c);
        }
        out
    }

    /// CPython has a scope for the annotations of a function without any.
    fn no_annotations(&mut self, function: &Scope, parent: &Scope) -> usize {
        let local = (def::PARAM | def::USE) | reach(Reach::Local) << SCOPE_OFFSET;
        let mut symbols = vec![(".format".to_string(), local)];
        if parent.kind == ScopeKind::Class || parent.can_see_class_scope {
            let free = def::USE | reach(Reach::Free) << SCOPE_OFFSET;
            symbols.push(("__classdict__".to_string(), free));
        }
        self.out.push(ScopeInfo {
            block: block(ScopeKind::Annotation),
            name: "__annotate__".into(),
            line: self.line(function),
            nested: function.nested,
            symbols,
            parameters: vec![".format".into()],
            children: Vec::new(),
        });
        self.out.len() - 1
    }
}
