//! Runs the grammar over lazily fetched tokens: ordered choice with memory, twice.

use super::grammar::{Action, Alternative, Grammar, Item, NodeKind, Rule};
use super::lexer::{LexError, Lexer};
use super::token::{Class, Token, is_soft_keyword};
use crate::error::SyntaxError;

/// Depth of rule calls after which the source counts as too complex. A prefix operator
/// takes one or two, a bracket about 25. The stack is enough for many times this.
const MAX_DEPTH: usize = crate::depth::MAX_PREFIX_OPERATORS;
/// Rule calls after which an explanation is given up (some invalid programs take
/// exponential time to explain).
const MAX_CALLS: u64 = 30_000_000;
/// Stack of the thread that explains.
pub(super) const STACK: usize = 256 << 20;

/// Number of a node; 0 stands for "nothing".
pub(super) type NodeId = u32;

/// A parsed piece: tokens `first..last` (`last` exclusive).
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub kind: NodeKind,
    pub first: u32,
    pub last: u32,
    kids: (u32, u32),
}

/// Why matching was abandoned for good.
pub(super) enum Stop {
    /// An error to report.
    Raised(Box<SyntaxError>),
    /// The tokenizer failed.
    Lex(LexError),
    /// Too deep.
    TooDeep,
    /// Took too long.
    TooLong,
}

struct Memo {
    rule: u16,
    node: NodeId,
    ok: bool,
    end: u32,
}

/// How a rule's alternative ended.
enum Outcome {
    Matched(NodeId),
    /// Try the next alternative.
    Failed,
    /// Fail the whole rule.
    Ended,
}

pub(super) struct Matcher<'s> {
    grammar: &'static Grammar,
    pub src: &'s str,
    pub lexer: Lexer<'s>,
    pub tokens: Vec<Token>,
    pub mark: usize,
    pub nodes: Vec<Node>,
    kids: Vec<NodeId>,
    memo: Vec<Vec<Memo>>,
    pub stop: Option<Stop>,
    pub explaining: bool,
    /// Interactive input: its end counts as a NEWLINE first.
    interactive: bool,
    parsing_started: bool,
    imply_dedent: bool,
    pub last_statement: Option<(u32, u32)>,
    /// Most operators or trailers after one first operand.
    pub longest_chain: usize,
    depth: usize,
    calls: u64,
}

impl<'s> Matcher<'s> {
    pub fn new(
        grammar: &'static Grammar,
        src: &'s str,
        interactive: bool,
        imply_dedent: bool,
    ) -> Self {
        let nothing = Node {
            kind: NodeKind::Group,
            first: 0,
            last: 0,
            kids: (0, 0),
        };
        Matcher {
            grammar,
            src,
            lexer: Lexer::new(src.as_bytes()),
            tokens: Vec::new(),
            mark: 0,
            nodes: vec![nothing],
            kids: Vec::new(),
            memo: Vec::new(),
            stop: None,
            explaining: false,
            interactive,
            parsing_started: false,
            imply_dedent,
            last_statement: None,
            longest_chain: 0,
            depth: 0,
            calls: 0,
        }
    }

    /// Match a start rule from the first token; tokens already fetched are kept.
    pub fn run(&mut self, rule: usize, explaining: bool) -> Option<NodeId> {
        self.explaining = explaining;
        self.mark = 0;
        self.memo.iter_mut().for_each(Vec::clear);
        self.rule(rule)
    }

    /// Token at the read position, fetching it if need be.
    pub fn current(&mut self) -> Option<Token> {
        if self.mark == self.tokens.len() {
            self.fetch()?;
        }
        Some(self.tokens[self.mark])
    }

    fn fetch(&mut self) -> Option<()> {
        if self.stop.is_some() {
            return None;
        }
        match self.lexer.next() {
            Ok(mut token) => {
                if self.interactive && token.class == Class::End && self.parsing_started {
                    token.class = Class::Newline;
                    self.parsing_started = false;
                    if self.lexer.indent_depth() > 0 && self.imply_dedent {
                        self.lexer.imply_dedents();
                    }
                } else {
                    self.parsing_started = true;
                }
                self.tokens.push(token);
                self.memo.push(Vec::new());
                Some(())
            }
            Err(e) => {
                self.stop = Some(Stop::Lex(e));
                None
            }
        }
    }

    /// Parts of a node.
    pub fn kids(&self, node: NodeId) -> &[NodeId] {
        let (start, len) = self.nodes[node as usize].kids;
        &self.kids[start as usize..(start + len) as usize]
    }

    fn node(&mut self, kind: NodeKind, first: usize, kids: &[NodeId]) -> NodeId {
        let start = self.kids.len() as u32;
        self.kids.extend_from_slice(kids);
        self.nodes.push(Node {
            kind,
            first: first as u32,
            last: self.mark as u32,
            kids: (start, kids.len() as u32),
        });
        (self.nodes.len() - 1) as NodeId
    }

    fn rule(&mut self, index: usize) -> Option<NodeId> {
        let rule: &'static Rule = &self.grammar.rules[index];
        self.calls += 1;
        if self.depth >= MAX_DEPTH {
            self.stop.get_or_insert(Stop::TooDeep);
        } else if self.calls > MAX_CALLS {
            self.stop.get_or_insert(Stop::TooLong);
        }
        if self.stop.is_some() {
            return None;
        }
        let start = self.mark;
        if rule.memo {
            self.current()?;
            if let Some(m) = self.memo[start].iter().find(|m| m.rule == index as u16) {
                if m.ok {
                    self.mark = m.end as usize;
                }
                return m.ok.then_some(m.node);
            }
        }
        let explaining = self.explaining;
        self.explaining &= !rule.plain;
        self.depth += 1;
        let result = self.choice(&rule.alternatives);
        self.depth -= 1;
        self.explaining = explaining;
        if rule.memo && self.stop.is_none() {
            self.memo[start].push(Memo {
                rule: index as u16,
                node: result.unwrap_or(0),
                ok: result.is_some(),
                end: self.mark as u32,
            });
        }
        result
    }

    fn choice(&mut self, alternatives: &'static [Alternative]) -> Option<NodeId> {
        let start = self.mark;
        for alternative in alternatives {
            if alternative.explaining && !self.explaining {
                continue;
            }
            let mut cut = false;
            match self.alternative(alternative, &mut cut) {
                Outcome::Matched(node) => return Some(node),
                Outcome::Ended => {
                    self.mark = start;
                    return None;
                }
                Outcome::Failed => self.mark = start,
            }
            if cut || self.stop.is_some() {
                return None;
            }
        }
        None
    }

    fn alternative(&mut self, alternative: &'static Alternative, cut: &mut bool) -> Outcome {
        let start = self.mark;
        let mut parts = [0 as NodeId; 16];
        let mut count = 0;
        let mut labels = [(0u8, 0 as NodeId); 4];
        let mut label_count = 0;
        for (label, item) in &alternative.items {
            if matches!(item, Item::Cut) {
                *cut = true;
                continue;
            }
            let Some(node) = self.item(item) else {
                return Outcome::Failed;
            };
            if node == 0 {
                continue;
            }
            if count < parts.len() {
                parts[count] = node;
                count += 1;
            }
            if let Some(l) = label
                && label_count < labels.len()
            {
                labels[label_count] = (*l, node);
                label_count += 1;
            }
        }
        let parts = &parts[..count];
        let find = |l: u8| {
            labels[..label_count]
                .iter()
                .find(|(x, _)| *x == l)
                .map_or(0, |(_, n)| *n)
        };
        match &alternative.action {
            Action::Pass => match parts {
                [one] => Outcome::Matched(*one),
                _ => Outcome::Matched(self.node(NodeKind::Group, start, parts)),
            },
            Action::Node(kind) => {
                let node = self.node(*kind, start, parts);
                if *kind == NodeKind::Stmt {
                    self.note_statement(start);
                }
                Outcome::Matched(node)
            }
            Action::NodeIfMany(kind) => Outcome::Matched(self.node_if_many(*kind, start, parts)),
            Action::Label(l) => Outcome::Matched(find(*l)),
            Action::Stop => Outcome::Ended,
            Action::Error(name, args, msg) => {
                let mut args: Vec<NodeId> = args.iter().map(|&l| find(l)).collect();
                if args.is_empty() && find(b'a') != 0 {
                    args.push(find(b'a'));
                }
                self.raise(name, &args, msg);
                Outcome::Ended
            }
            Action::Check(name, args) => {
                let args: Vec<NodeId> = args.iter().map(|&l| find(l)).collect();
                let node = self.node(NodeKind::Strings, start, parts);
                self.check(name, &args, node);
                if self.stop.is_some() {
                    Outcome::Ended
                } else {
                    Outcome::Matched(node)
                }
            }
        }
    }

    fn note_statement(&mut self, start: usize) {
        let t = self.tokens[start];
        self.last_statement = Some((t.line.max(0) as u32, t.col.max(0) as u32));
    }

    /// `first rest*`: the first alone if nothing followed.
    fn node_if_many(&mut self, kind: NodeKind, start: usize, parts: &[NodeId]) -> NodeId {
        let follow = parts.get(1).copied().unwrap_or(0);
        if follow == 0 || self.kids(follow).is_empty() && self.is_empty_group(follow) {
            return parts[0];
        }
        if matches!(kind, NodeKind::Operator | NodeKind::Primary) {
            self.longest_chain = self.longest_chain.max(self.kids(follow).len());
        }
        let kind = if kind == NodeKind::Primary {
            let last = self.kids(follow).last().copied().unwrap_or(follow);
            self.nodes[last as usize].kind
        } else {
            kind
        };
        self.node(kind, start, parts)
    }

    fn is_empty_group(&self, node: NodeId) -> bool {
        let n = self.nodes[node as usize];
        n.first == n.last
    }

    fn item(&mut self, item: &'static Item) -> Option<NodeId> {
        if self.stop.is_some() {
            return None;
        }
        match item {
            Item::Symbol(s) => {
                let s = *s;
                self.token_if(|t| t.symbol == s)
            }
            Item::Class(c) => {
                let c = *c;
                self.token_if(|t| t.class == c)
            }
            Item::SoftKeyword => {
                self.token_if(|t| t.class == Class::Name && is_soft_keyword(t.symbol))
            }
            Item::Rule(r) => self.rule(*r),
            Item::Choice(all) => self.choice(all),
            Item::Optional(e) => {
                let node = self.item(e);
                if self.stop.is_some() {
                    return None;
                }
                Some(node.unwrap_or(0))
            }
            Item::Repeat(e, some) => self.repeat(e, *some),
            Item::Separated(e, s) => self.separated(e, *s),
            Item::Ahead(e) => {
                let start = self.mark;
                let found = self.item(e);
                self.mark = start;
                found.map(|_| 0)
            }
            Item::NotAhead(e) => {
                let start = self.mark;
                let found = self.item(e);
                self.mark = start;
                (found.is_none() && self.stop.is_none()).then_some(0)
            }
            Item::Cut => Some(0),
            Item::Forced(s, text) => {
                let s = *s;
                let found = self.token_if(|t| t.symbol == s);
                if found.is_none() {
                    self.raise_at_current(format!("expected '{text}'"));
                }
                found
            }
        }
    }

    fn token_if(&mut self, wanted: impl Fn(&Token) -> bool) -> Option<NodeId> {
        let token = self.current()?;
        if !wanted(&token) {
            return None;
        }
        let start = self.mark;
        self.mark += 1;
        Some(self.node(NodeKind::Group, start, &[]))
    }

    fn repeat(&mut self, e: &'static Item, some: bool) -> Option<NodeId> {
        let start = self.mark;
        let mut found = Vec::new();
        loop {
            let before = self.mark;
            match self.item(e) {
                Some(n) if self.mark > before => found.push(n),
                _ => {
                    self.mark = before;
                    break;
                }
            }
        }
        if self.stop.is_some() || (some && found.is_empty()) {
            self.mark = start;
            return None;
        }
        Some(self.node(NodeKind::Group, start, &found))
    }

    fn separated(&mut self, e: &'static Item, separator: u8) -> Option<NodeId> {
        let start = self.mark;
        let mut found = vec![self.item(e)?];
        loop {
            let before = self.mark;
            let next = self
                .token_if(|t| t.symbol == separator)
                .and_then(|_| self.item(e));
            match next {
                Some(n) => found.push(n),
                None => {
                    self.mark = before;
                    break;
                }
            }
        }
        if self.stop.is_some() {
            return None;
        }
        Some(self.node(NodeKind::Group, start, &found))
    }
}
