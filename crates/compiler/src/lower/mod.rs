//! Lowering of the syntax tree to bytecode.

mod annotation;
mod assign;
mod call;
mod class;
mod comprehension;
mod cond;
mod control;
mod display;
mod exception;
mod expr;
mod fstring;
mod function;
mod import;
mod names;
mod pattern;
mod stmt;
mod typeparam;
mod unit;
mod warn;
mod with;

use crate::builder::Builder;
use crate::error::{R, Warning};
use crate::source::Source;
use crate::symtable::scope::{ScopeId, ScopeKind};
use crate::symtable::{MAX_DEPTH, SymbolTable, too_deep};
use crate::{Compiled, Mode, Options, future};
use bytecode::{CodeFlags, Op};
use rustc_hash::FxHashMap;
use syntax::ast::Mod;
use syntax::text_size::{Ranged, TextRange, TextSize};
use unit::Unit;

pub(crate) use fstring::{debug_text, element_points, interpolation_text};
pub(crate) use function::def_range;

/// State of the compilation of one module.
pub(crate) struct Lower<'a> {
    table: SymbolTable<'a>,
    source: &'a Source<'a>,
    filename: &'a str,
    optimize: u8,
    future: CodeFlags,
    top_level_await: bool,
    mode: Mode,
    /// The code being built, and those around it, outermost first.
    unit: Unit<'a>,
    outer: Vec<Unit<'a>>,
    warnings: Vec<Warning>,
    depth: u32,
    /// Last line of the module's head, where future imports may stand.
    future_end: u32,
    /// Generator expressions without parentheses of their own, and their ranges.
    bare_generators: FxHashMap<usize, TextRange>,
}

/// Compiles a parsed module.
pub fn compile_module<'a>(
    module: &'a Mod,
    source: &'a Source<'a>,
    filename: &'a str,
    mode: Mode,
    opts: &Options,
) -> R<Compiled> {
    let inherited = opts.future & future::ALL;
    let future = future::features(module, source)? | inherited;
    let annotations = future.contains(CodeFlags::FUTURE_ANNOTATIONS);
    let table = SymbolTable::build(module, source, annotations, opts.top_level_await)?;
    let unit = Unit::new(
        &table,
        ScopeId(0),
        "<module>".into(),
        "<module>".into(),
        1,
        None,
    );
    let mut lower = Lower {
        table,
        source,
        filename,
        optimize: opts.optimize,
        future,
        top_level_await: opts.top_level_await,
        mode,
        unit,
        outer: Vec::new(),
        warnings: Vec::new(),
        depth: 0,
        future_end: head_end(module, source),
        bare_generators: FxHashMap::default(),
    };
    lower.module(module)?;
    let code = lower.finish_unit(TextRange::empty(TextSize::new(0)))?;
    Ok(Compiled {
        code,
        warnings: lower.warnings,
    })
}

/// Line on which the last statement of the head of a module begins.
fn head_end(module: &Mod, source: &Source) -> u32 {
    let Mod::Module(m) = module else { return 0 };
    let head = future::head_len(&m.body);
    m.body[..head].last().map_or(0, |s| source.line(s.end()))
}

impl<'a> Lower<'a> {
    /// The builder of the current code.
    fn b(&mut self) -> &mut Builder {
        &mut self.unit.b
    }

    /// Gives the following instructions the position of a node.
    fn at(&mut self, range: TextRange) {
        self.unit.b.pos = self.source.position(range);
    }

    fn err<T>(&self, message: impl Into<String>, range: TextRange) -> R<T> {
        Err(self.source.error(message, range))
    }

    fn kind(&self) -> ScopeKind {
        self.table[self.unit.scope].kind
    }

    fn deeper(&mut self) -> R {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(too_deep());
        }
        Ok(())
    }

    fn module(&mut self, module: &'a Mod) -> R {
        self.start_unit();
        match module {
            Mod::Module(m) => {
                if self.mode == Mode::Single {
                    self.unit.interactive = true;
                    self.module_annotations_prologue();
                    self.stmts(&m.body)?;
                } else {
                    self.module_body(&m.body)?;
                }
                self.finish_annotations(m.range())?;
                if !self.b().dead {
                    let r = self.b().alloc();
                    self.b().unwritten(|b| {
                        b.load_none(r);
                        b.op(Op::Return, 0, r, 0, 0);
                    });
                }
            }
            Mod::Expression(e) => {
                let r = self.any(&e.body)?;
                self.at(e.body.range());
                self.b().op(Op::Return, 0, r, 0, 0);
            }
        }
        Ok(())
    }
}
