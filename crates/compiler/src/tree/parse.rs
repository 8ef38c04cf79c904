//! `compile` with PyCF_ONLY_AST: source text to an abstract syntax tree.

use super::comments::TypeComments;
use super::from_syntax::Convert;
use super::grammar::Class;
use super::node::{Field, Node, Pos};
use crate::Options;
use crate::error::{R, SyntaxError, Warning};
use crate::source::Source;
use bytecode::Const;
use syntax::text_size::{TextRange, TextSize};
use syntax::{Flags, Tree};

/// What is parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TreeMode {
    Exec,
    Eval,
    Single,
    /// The signature of a type comment.
    FuncType,
}

/// Options of parsing alone.
#[derive(Clone, Copy, Debug, Default)]
pub struct TreeOptions {
    /// PyCF_TYPE_COMMENTS.
    pub type_comments: bool,
    /// Minor version whose grammar is wanted; the newest if None.
    pub feature_version: Option<i64>,
}

/// Parses `source` into a tree; also returns the parser's warnings.
///
/// # Errors
/// The SyntaxError that CPython raises for it.
pub fn parse_tree(
    source: &str,
    mode: TreeMode,
    opts: &Options,
    tree: TreeOptions,
) -> Result<(Node, Vec<Warning>), Box<SyntaxError>> {
    let parser_mode = match mode {
        TreeMode::Exec => syntax::Mode::Exec,
        TreeMode::Eval => syntax::Mode::Eval,
        TreeMode::Single => syntax::Mode::Single,
        TreeMode::FuncType => syntax::Mode::FuncType,
    };
    let flags = Flags {
        allow_incomplete_input: opts.allow_incomplete_input,
        dont_imply_dedent: opts.dont_imply_dedent,
        comments: tree.type_comments,
        max_int_digits: opts.max_int_digits,
    };
    let parsed = syntax::parse(source, parser_mode, flags).map_err(Box::new)?;
    let source = Source::new(&parsed.source);
    let comments = TypeComments::find(&parsed.source, &parsed.comments);
    let mut c = Convert {
        source: &source,
        comments,
        notes: Vec::new(),
    };
    let node = module(&mut c, &parsed.tree, mode)?;
    if let Some(minor) = tree.feature_version {
        super::version::check_notes(&c.notes, minor, &source)?;
        super::version::check(&node, minor, &source)?;
    }
    Ok((node, parsed.warnings))
}

fn module(c: &mut Convert, tree: &Tree, mode: TreeMode) -> R<Node> {
    let pos = Pos::default();
    let node = match tree {
        Tree::Module(m) => {
            let body = Field::from(c.body(&m.body));
            if mode == TreeMode::Single {
                Node::new(Class::Interactive, pos, [body])
            } else {
                Node::new(Class::Module, pos, [body, ignores(c).into()])
            }
        }
        Tree::Expression(e) => Node::new(Class::Expression, pos, [c.field(&e.body)]),
        Tree::FunctionType { arguments, returns } => {
            let fields = [c.exprs(arguments).into(), c.field(returns)];
            Node::new(Class::FunctionType, pos, fields)
        }
    };
    match c.comments.left_over() {
        Some(at) => {
            let range = TextRange::at(at, TextSize::new(1));
            Err(c.source.error("invalid syntax", range))
        }
        None => Ok(node),
    }
}

/// The `# type: ignore` comments.
fn ignores(c: &Convert) -> Vec<Node> {
    let ignore = |(at, tag): &(TextSize, String)| {
        let line = Field::Int(c.source.line(*at) as i32);
        let tag = Field::Const(Const::Str(tag.clone()));
        Node::new(Class::TypeIgnore, Pos::default(), [line, tag])
    };
    c.comments.ignores.iter().map(ignore).collect()
}
