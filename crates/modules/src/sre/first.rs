//! What pieces of a program can begin with, so that matching need not try them everywhere.

use super::build::MAXREPEAT;
use super::node::*;
use super::program::Compiled;
use super::set::CharSet;

/// Nodes that are looked at for one answer.
const WORK: usize = 200;
/// Loops and branches inside each other that are looked into.
const DEPTH: usize = 12;

/// Fills in what the program's parts begin with.
pub fn analyse(c: &mut Compiled) {
    c.first = first(c, 0);
    c.few = c.first.and_then(|set| set.few());
    for i in 0..c.branches.len() {
        for j in 0..c.branches[i].len() {
            let found = first(c, c.branches[i][j].to);
            let way = &mut c.branches[i][j];
            way.consumes = found.is_some();
            way.first = found.unwrap_or(CharSet::ALL);
        }
    }
    for i in 0..c.repeats.len() {
        let found = first(c, c.repeats[i].tail);
        let own = c.set_of(c.repeats[i].single);
        let r = &mut c.repeats[i];
        r.first_of_tail = found;
        if let Some(set) = found {
            r.never_back[0] |= own.is_disjoint(&set, true);
            r.never_back[1] |= own.is_disjoint(&set, false);
        }
    }
    for i in 0..c.loops.len() {
        let (body, until) = (c.loops[i].body, c.loops[i].until);
        let (body, tail) = (first(c, body), first(c, until + 1));
        c.loops[i].first_of_body = body;
        c.loops[i].first_of_tail = tail;
    }
}

fn first(c: &Compiled, at: At) -> First {
    let mut work = WORK;
    look(c, at, DEPTH, &mut work)
}

/// None: it can match nothing, or that would take too long to find out.
fn look(c: &Compiled, mut at: At, depth: usize, work: &mut usize) -> First {
    if depth == 0 {
        return None;
    }
    loop {
        *work = work.checked_sub(1)?;
        match *c.nodes.get(at as usize)? {
            Node::Fail => return Some(CharSet::EMPTY),
            Node::Success | Node::Reference { .. } => return None,
            Node::Single(s) => return Some(c.set_of(s)),
            Node::Literal(l) => return Some(c.set_of(Single::Literal(l))),
            Node::Literals { start, .. } => {
                let l = *c.literals.get(start as usize)?;
                return Some(c.set_of(Single::Literal(l)));
            }
            Node::Anchor(_) | Node::Mark(_) => at += 1,
            Node::Jump(to) => at = to,
            Node::Branch(i) => {
                let mut all = CharSet::EMPTY;
                for way in &c.branches[i as usize] {
                    all = all.union(look(c, way.to, depth - 1, work)?);
                }
                return Some(all);
            }
            Node::Greedy(i) | Node::Possessive(i) | Node::Lazy(i) => {
                let r = &c.repeats[i as usize];
                let own = c.set_of(r.single);
                if r.min > 0 {
                    return Some(own);
                }
                return look(c, r.tail, depth - 1, work).map(|t| t.union(own));
            }
            Node::Loop(i) => {
                let l = &c.loops[i as usize];
                let body = look(c, l.body, depth - 1, work)?;
                if l.min > 0 {
                    return Some(body);
                }
                return look(c, l.until + 1, depth - 1, work).map(|t| t.union(body));
            }
            Node::GreedyUntil(i) | Node::LazyUntil(i) => {
                let body = look(c, c.loops[i as usize].body, depth - 1, work)?;
                return look(c, at + 1, depth - 1, work).map(|t| t.union(body));
            }
            Node::Barrier(i) => {
                let b = &c.barriers[i as usize];
                let body_first = match b.kind {
                    BarrierKind::Atomic => true,
                    BarrierKind::Possessive => b.min > 0 && b.max > 0,
                    _ => false,
                };
                // A possessive loop without a minimum may match nothing.
                if b.kind == BarrierKind::Possessive && !body_first {
                    let body = look(c, at + 1, depth - 1, work)?;
                    return look(c, b.after, depth - 1, work).map(|t| t.union(body));
                }
                at = if body_first { at + 1 } else { b.after };
            }
            Node::IfGroup { no, .. } => {
                let yes = look(c, at + 1, depth - 1, work)?;
                return look(c, no, depth - 1, work).map(|n| n.union(yes));
            }
        }
    }
}

/// Whether a loop may run its body once more after `count` times.
pub fn may_go_on(l: &Loop, count: u32) -> bool {
    count < l.max || l.max == MAXREPEAT
}
