//! What nodes read and write in memory, by classes that do not overlap.

use crate::graph::*;
use runtime::object::{DictObj, ListObj};
use std::mem::offset_of;

/// A class of memory.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Class {
    /// Shape words of cells.
    Shapes,
    /// The word at this offset of cells.
    Field(u32),
    /// Items of lists.
    Items,
    /// A word at a fixed address.
    At(u64),
    /// Versions and stamps, which only Python code changes.
    Versions,
}

/// The classes a node reads.
pub fn reads(op: Op) -> Vec<Class> {
    match op {
        Op::GuardShape(_) | Op::GuardShapes(_) | Op::HasShape(_) => vec![Class::Shapes],
        Op::GuardWord32 { .. } | Op::GuardWord64 { .. } => vec![Class::Versions],
        Op::GuardField { offset, .. }
        | Op::LoadField { offset }
        | Op::LoadWord { offset }
        | Op::LoadLen { offset } => vec![Class::Field(offset)],
        Op::LoadItem => vec![Class::Items, field(offset_of!(ListObj, len))],
        Op::LoadAt { address } => vec![Class::At(address)],
        _ => Vec::new(),
    }
}

fn field(offset: usize) -> Class {
    Class::Field(offset as u32)
}

/// Whether a node may write memory of a class.
pub fn writes(op: Op, class: Class) -> bool {
    op.clobbers_all() || written(op).contains(&class)
}

/// The classes that a node writes, when it does not write everything.
pub fn written(op: Op) -> Vec<Class> {
    match op {
        Op::StoreField { offset } | Op::StoreWord { offset } => vec![Class::Field(offset)],
        Op::StoreShape(_) => vec![Class::Shapes],
        Op::StoreItem => vec![Class::Items],
        Op::StoreAt { address } => vec![Class::At(address)],
        Op::Append => vec![
            Class::Items,
            field(offset_of!(ListObj, len)),
            field(offset_of!(ListObj, cap)),
            field(offset_of!(ListObj, items)),
        ],
        // The consumer may be a list, a set or a deque that the loop knows.
        Op::Offer => vec![
            Class::Items,
            field(offset_of!(ListObj, len)),
            field(offset_of!(ListObj, cap)),
            field(offset_of!(ListObj, items)),
            field(offset_of!(DictObj, used)),
        ],
        // Of no dict that versions or fixed addresses are about.
        Op::DictSet => vec![field(offset_of!(DictObj, used))],
        _ => Vec::new(),
    }
}

/// Whether any node of the blocks writes memory of a class.
pub fn written_in(g: &Graph, blocks: &[Block], class: Class) -> bool {
    blocks.iter().any(|b| {
        let nodes = &g.block(*b).nodes;
        nodes.iter().any(|n| writes(g.node(*n).op, class))
    })
}
