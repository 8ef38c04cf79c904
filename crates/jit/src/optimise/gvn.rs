//! Global value numbering: equal nodes become one, checks that were made are not made again,
//! loads see what was stored, boxing and unboxing meet.

use super::dominators::Dominators;
use super::memory::{Class, reads, written};
use crate::graph::*;
use rustc_hash::FxHashMap as HashMap;

/// The versions of memory at a point: a class that is not named has `all`.
#[derive(Clone)]
struct Memory {
    all: u32,
    classes: HashMap<Class, u32>,
}

impl Memory {
    fn version(&self, c: Class) -> u32 {
        self.classes.get(&c).copied().unwrap_or(self.all)
    }
}

type Key = (Op, Rep, Vec<Node>, Vec<u32>);

struct Pass<'a> {
    g: &'a mut Graph,
    dom: &'a Dominators,
    /// What each node is replaced by.
    same: Vec<Node>,
    /// Memory at the end of blocks.
    ends: HashMap<Block, Memory>,
    /// Nodes by what they compute, with their blocks: valid where those dominate.
    known: HashMap<Key, Vec<(Block, Node)>>,
    versions: u32,
}

pub fn run(g: &mut Graph, dom: &Dominators) {
    let same = (0..g.nodes.len() as u32).map(Node).collect();
    let mut pass = Pass {
        g,
        dom,
        same,
        ends: HashMap::default(),
        known: HashMap::default(),
        versions: 0,
    };
    for b in &dom.order {
        pass.block(*b);
    }
    pass.replace();
}

impl Pass<'_> {
    fn new_version(&mut self) -> u32 {
        self.versions += 1;
        self.versions
    }

    fn find(&self, n: Node) -> Node {
        let mut n = n;
        while self.same[n.0 as usize] != n {
            n = self.same[n.0 as usize];
        }
        n
    }

    /// Memory at the start of a block.
    fn memory_at(&mut self, b: Block) -> Memory {
        let Some(idom) = self.dom.idom(b) else {
            return Memory {
                all: self.new_version(),
                classes: HashMap::default(),
            };
        };
        let mut m = self.ends[&idom].clone();
        let preds = self.dom.preds[b.0 as usize].clone();
        if preds == [idom] {
            return m;
        }
        // What is written on a way from the dominator to here is not known.
        let mut between = self.dom.between(idom, preds);
        between.retain(|x| *x != idom);
        for x in between {
            for n in self.g.block(x).nodes.clone() {
                self.write(&mut m, n);
            }
        }
        m
    }

    fn write(&mut self, m: &mut Memory, n: Node) {
        let op = self.g.node(n).op;
        if op.clobbers_all() {
            m.all = self.new_version();
            m.classes.clear();
            return;
        }
        for c in written(op) {
            let v = self.new_version();
            m.classes.insert(c, v);
        }
    }

    fn block(&mut self, b: Block) {
        let mut m = self.memory_at(b);
        let mut kept = Vec::new();
        for n in self.g.block(b).nodes.clone() {
            let args: Vec<Node> = self.g.node(n).args.iter().map(|a| self.find(*a)).collect();
            self.g.nodes[n.0 as usize].args = args;
            if let Some(other) = self.simpler(n) {
                self.same[n.0 as usize] = other;
                continue;
            }
            let op = self.g.node(n).op;
            if let Some(key) = self.key(n, &m) {
                if let Some(other) = self.lookup(&key, b) {
                    self.same[n.0 as usize] = other;
                    continue;
                }
                self.known.entry(key).or_default().push((b, n));
            }
            self.write(&mut m, n);
            self.forward(n, op, &m, b);
            kept.push(n);
        }
        self.g.block_mut(b).nodes = kept;
        self.ends.insert(b, m);
    }

    /// The key of a node that equal ones replace.
    fn key(&self, n: Node, m: &Memory) -> Option<Key> {
        let d = self.g.node(n);
        if !(d.op.is_pure() || d.op.is_guard_on_operands() || d.op.reads_memory()) {
            return None;
        }
        let versions = reads(d.op).into_iter().map(|c| m.version(c)).collect();
        Some((d.op, d.rep, d.args.clone(), versions))
    }

    fn lookup(&self, key: &Key, b: Block) -> Option<Node> {
        let all = self.known.get(key)?;
        all.iter()
            .rev()
            .find(|(at, _)| self.dom.dominates(*at, b))
            .map(|x| x.1)
    }

    /// A load after this store gives what was stored.
    fn forward(&mut self, n: Node, op: Op, m: &Memory, b: Block) {
        let d = self.g.node(n);
        let (load, args, value) = match op {
            Op::StoreField { offset } => (Op::LoadField { offset }, vec![d.args[0]], d.args[1]),
            Op::StoreAt { address } => (Op::LoadAt { address }, vec![], d.args[0]),
            Op::StoreShape(s) => (Op::GuardShape(s), vec![d.args[0]], d.args[0]),
            _ => return,
        };
        let versions = reads(load).into_iter().map(|c| m.version(c)).collect();
        let key = (load, Rep::Value, args, versions);
        self.known.entry(key).or_default().push((b, value));
    }

    /// An existing node that gives the same.
    fn simpler(&self, n: Node) -> Option<Node> {
        let d = self.g.node(n);
        let arg = *d.args.first()?;
        let source = self.g.node(arg);
        let unwrap = |op: Op| (source.op == op).then(|| source.args[0]);
        match d.op {
            Op::GuardInt => unwrap(Op::BoxInt),
            Op::GuardFloat => unwrap(Op::BoxFloat),
            Op::GuardBool => unwrap(Op::BoxBool),
            Op::BoxInt => unwrap(Op::GuardInt),
            Op::BoxFloat => unwrap(Op::GuardFloat),
            Op::BoxBool => unwrap(Op::GuardBool),
            Op::Not => unwrap(Op::Not),
            _ => None,
        }
        .map(|x| self.find(x))
    }

    /// Puts the replacements in place everywhere.
    fn replace(mut self) {
        let same: Vec<Node> = (0..self.g.nodes.len() as u32)
            .map(|i| self.find(Node(i)))
            .collect();
        let new = |n: &mut Node| *n = same[n.0 as usize];
        for d in &mut self.g.nodes {
            d.args.iter_mut().for_each(new);
        }
        for b in &mut self.g.blocks {
            match &mut b.end {
                End::Jump(e) => e.args.iter_mut().for_each(new),
                End::Branch { cond, then, other } => {
                    new(cond);
                    then.args.iter_mut().for_each(new);
                    other.args.iter_mut().for_each(new);
                }
                End::Return(n) => new(n),
                End::Open | End::Leave(_) => {}
            }
        }
        for s in &mut self.g.states {
            s.regs.iter_mut().for_each(|r| new(&mut r.1));
            s.function.iter_mut().for_each(new);
            s.extra.iter_mut().for_each(new);
            s.fields.iter_mut().for_each(|f| {
                new(&mut f.0);
                new(&mut f.2);
            });
        }
        self.known.clear();
    }
}
