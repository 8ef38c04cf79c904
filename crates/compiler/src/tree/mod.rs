//! The abstract syntax tree as CPython's `ast` module shows it: made from the parser's tree, and
//! turned back into one to be compiled.

mod comments;
mod from_syntax;
pub mod grammar;
mod node;
mod optimize;
mod parse;
mod percent;
mod to_syntax;
mod validate;
mod version;

pub use grammar::{CLASSES, Class, Count, GROUPS, Group, Place, Type};
pub use node::{Field, Node, Pos};
pub use optimize::optimize;
pub use parse::{TreeMode, TreeOptions, parse_tree};
pub(crate) use to_syntax::to_syntax;
pub use validate::{Invalid, validate};
