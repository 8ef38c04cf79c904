//! Nodes of the abstract syntax tree as CPython's `ast` module shows it.

use super::grammar::Class;
use bytecode::Const;
use syntax::ast::name::Name;

/// Where a node stands: 1-based lines, 0-based columns in UTF-8 bytes. A program may put any
/// numbers there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pos {
    pub line: i32,
    pub col: i32,
    pub end_line: i32,
    pub end_col: i32,
}

/// A node: the values of the fields of its class, in their order.
#[derive(Clone, Debug)]
pub struct Node {
    pub class: Class,
    /// Zeros for nodes without a position.
    pub pos: Pos,
    pub fields: Vec<Field>,
}

/// The value of a field.
#[derive(Clone, Debug)]
pub enum Field {
    None,
    Node(Box<Node>),
    /// A node without fields: an operator or a context.
    Class(Class),
    List(Vec<Field>),
    Name(Name),
    Int(i32),
    /// A constant or a string.
    Const(Const),
    /// An object that cannot be a constant, by the name of its class.
    Unsupported(String),
}

impl Node {
    /// A node with these fields.
    pub fn new<const N: usize>(class: Class, pos: Pos, fields: [Field; N]) -> Node {
        debug_assert_eq!(class.info().fields.len(), N, "{class:?}");
        Node {
            class,
            pos,
            fields: fields.into(),
        }
    }

    /// The field with this index as a node.
    pub fn node(&self, i: usize) -> Option<&Node> {
        match self.fields.get(i) {
            Some(Field::Node(n)) => Some(n),
            _ => None,
        }
    }

    /// The items of a list field.
    pub fn list(&self, i: usize) -> &[Field] {
        match self.fields.get(i) {
            Some(Field::List(l)) => l,
            _ => &[],
        }
    }

    /// The nodes of a list field, without those that are None.
    pub fn nodes(&self, i: usize) -> impl Iterator<Item = &Node> {
        self.list(i).iter().filter_map(Field::as_node)
    }

    /// The field as an identifier.
    pub fn name(&self, i: usize) -> Option<&Name> {
        match self.fields.get(i) {
            Some(Field::Name(n)) => Some(n),
            _ => None,
        }
    }

    /// The field as an integer.
    pub fn int(&self, i: usize) -> Option<i32> {
        match self.fields.get(i) {
            Some(Field::Int(n)) => Some(*n),
            _ => None,
        }
    }

    /// The field as a constant.
    pub fn constant(&self, i: usize) -> Option<&Const> {
        match self.fields.get(i) {
            Some(Field::Const(c)) => Some(c),
            _ => None,
        }
    }

    /// The field as an operator or context.
    pub fn kind(&self, i: usize) -> Option<Class> {
        match self.fields.get(i) {
            Some(Field::Class(c)) => Some(*c),
            _ => None,
        }
    }
}

impl Field {
    /// The value as a node.
    pub fn as_node(&self) -> Option<&Node> {
        match self {
            Field::Node(n) => Some(n),
            _ => None,
        }
    }

    /// Whether there is no value.
    pub fn is_none(&self) -> bool {
        matches!(self, Field::None)
    }
}

impl From<Node> for Field {
    fn from(n: Node) -> Field {
        Field::Node(Box::new(n))
    }
}

impl From<Option<Node>> for Field {
    fn from(n: Option<Node>) -> Field {
        n.map_or(Field::None, Field::from)
    }
}

impl From<Vec<Node>> for Field {
    fn from(l: Vec<Node>) -> Field {
        Field::List(l.into_iter().map(Field::from).collect())
    }
}

impl From<&Name> for Field {
    fn from(n: &Name) -> Field {
        Field::Name(n.clone())
    }
}

impl From<Class> for Field {
    fn from(c: Class) -> Field {
        Field::Class(c)
    }
}
