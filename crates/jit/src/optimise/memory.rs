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
        Op::LoadItem => vec![Class::Items, list_field(offset_of!(ListObj, len))],
        Op::LoadAt { address } => vec![Class::At(address)],
        _ => Vec::new(),
    }
}

fn list_field(offset: usize) -> Class {
    Class::Field(offset as u32)
}

/// Whether a node may write memory of a class.
pub fn writes(op: Op, class: Class) -> bool {
    if op.clobbers_all() {
        return true;
    }
    match op {
        Op::StoreField { offset } | Op::StoreWord { offset } => class == Class::Field(offset),
        Op::StoreShape(_) => class == Class::Shapes,
        Op::StoreItem => class == Class::Items,
        Op::StoreAt { address } => class == Class::At(address),
        Op::Append => {
            class == Class::Items
                || class == list_field(offset_of!(ListObj, len))
                || class == list_field(offset_of!(ListObj, cap))
                || class == list_field(offset_of!(ListObj, items))
        }
        Op::DictSet => class == Class::Field(offset_of!(DictObj, used) as u32),
        _ => false,
    }
}

/// Whether any node of the blocks writes memory of a class.
pub fn written_in(g: &Graph, blocks: &[Block], class: Class) -> bool {
    blocks.iter().any(|b| {
        let nodes = &g.block(*b).nodes;
        nodes.iter().any(|n| writes(g.node(*n).op, class))
    })
}
