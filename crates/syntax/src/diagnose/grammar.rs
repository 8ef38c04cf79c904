//! Reads the grammar texts (`grammar*.txt`) into the form the matcher runs.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::token::{Class, symbol};

/// Kind of a parsed expression, as error messages distinguish them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NodeKind {
    /// Not an expression: a token or a sequence of parts.
    Group,
    Stmt,
    Name,
    True,
    False,
    None,
    Ellipsis,
    Literal,
    Strings,
    Template,
    Attribute,
    Subscript,
    Call,
    Starred,
    Tuple,
    List,
    Set,
    Dict,
    ListComp,
    SetComp,
    DictComp,
    GenExp,
    Lambda,
    IfExp,
    Yield,
    Await,
    Operator,
    /// `and`, `or`: flat however long.
    BoolOperator,
    Compare,
    Walrus,
    Args,
    Keyword,
    DoubleStarred,
    /// Takes the kind of its last part (trailers).
    Primary,
}

const KINDS: &[(&str, NodeKind)] = &[
    ("Stmt", NodeKind::Stmt),
    ("Name", NodeKind::Name),
    ("True", NodeKind::True),
    ("False", NodeKind::False),
    ("None", NodeKind::None),
    ("Ellipsis", NodeKind::Ellipsis),
    ("Literal", NodeKind::Literal),
    ("Template", NodeKind::Template),
    ("Attribute", NodeKind::Attribute),
    ("Subscript", NodeKind::Subscript),
    ("Call", NodeKind::Call),
    ("Starred", NodeKind::Starred),
    ("Tuple", NodeKind::Tuple),
    ("List", NodeKind::List),
    ("Set", NodeKind::Set),
    ("Dict", NodeKind::Dict),
    ("ListComp", NodeKind::ListComp),
    ("SetComp", NodeKind::SetComp),
    ("DictComp", NodeKind::DictComp),
    ("GenExp", NodeKind::GenExp),
    ("Lambda", NodeKind::Lambda),
    ("IfExp", NodeKind::IfExp),
    ("Yield", NodeKind::Yield),
    ("Await", NodeKind::Await),
    ("Operator", NodeKind::Operator),
    ("BoolOperator", NodeKind::BoolOperator),
    ("Compare", NodeKind::Compare),
    ("Walrus", NodeKind::Walrus),
    ("Args", NodeKind::Args),
    ("Keyword", NodeKind::Keyword),
    ("DoubleStarred", NodeKind::DoubleStarred),
    ("Primary", NodeKind::Primary),
];

const CLASSES: &[(&str, Class)] = &[
    ("END", Class::End),
    ("NEWLINE", Class::Newline),
    ("INDENT", Class::Indent),
    ("DEDENT", Class::Dedent),
    ("NAME", Class::Name),
    ("NUMBER", Class::Number),
    ("STRING", Class::Str),
    ("FSTART", Class::FStart),
    ("FMIDDLE", Class::FMiddle),
    ("FEND", Class::FEnd),
    ("TSTART", Class::TStart),
    ("TMIDDLE", Class::TMiddle),
    ("TEND", Class::TEnd),
];

/// One item of an alternative.
#[derive(Debug)]
pub(super) enum Item {
    Symbol(u8),
    Class(Class),
    SoftKeyword,
    Rule(usize),
    Optional(Box<Item>),
    Repeat(Box<Item>, bool),
    Separated(Box<Item>, u8),
    Ahead(Box<Item>),
    NotAhead(Box<Item>),
    Cut,
    Forced(u8, String),
    Choice(Vec<Alternative>),
}

/// What a matched alternative yields.
#[derive(Debug)]
pub(super) enum Action {
    /// Its only part, or a group of its parts.
    Pass,
    Node(NodeKind),
    NodeIfMany(NodeKind),
    Label(u8),
    /// An error: name of the placement or check, labels, message.
    Error(String, Vec<u8>, String),
    /// A check that may raise: name, labels.
    Check(String, Vec<u8>),
    Stop,
}

#[derive(Debug)]
pub(super) struct Alternative {
    pub explaining: bool,
    pub items: Vec<(Option<u8>, Item)>,
    pub action: Action,
}

#[derive(Debug)]
pub(super) struct Rule {
    pub memo: bool,
    pub plain: bool,
    pub alternatives: Vec<Alternative>,
}

#[derive(Debug)]
pub(super) struct Grammar {
    pub rules: Vec<Rule>,
    names: HashMap<String, usize>,
}

impl Grammar {
    /// Number of the rule called `name`.
    pub fn rule(&self, name: &str) -> Option<usize> {
        self.names.get(name).copied()
    }
}

/// The grammar, read at first use (about 400 lines, well under a millisecond).
pub(super) fn grammar() -> &'static Grammar {
    static GRAMMAR: OnceLock<Grammar> = OnceLock::new();
    GRAMMAR.get_or_init(|| read(&full_text()))
}

fn full_text() -> String {
    let params = include_str!("grammar_params.txt");
    let fields = include_str!("grammar_fields.txt");
    let def = params
        .replace("{close}", "')'")
        .replace("{annotation}", "(':' expression)?")
        .replace("{parenthesized}", "plain+")
        .replace("{what}", "Function")
        .replace("{star_close}", "a:'*' (')' / ',' (')' / '**'))")
        .replace("{star_error}", "!at(a)")
        .replace("{starred}", "  / '*' star_plain maybe* kwds?")
        .replace("{p}", "");
    let lambda = params
        .replace("{close}", "':'")
        .replace("{annotation}", "")
        .replace("{parenthesized}", "lambda_param%','")
        .replace("{what}", "Lambda expression")
        .replace("{star_close}", "'*' (':' / ',' (':' / '**'))")
        .replace("{star_error}", "!here")
        .replace("{starred}", "")
        .replace("{p}", "lambda_");
    let fields = |x: &str| {
        let memory = if x == "t" { "memo" } else { "" };
        fields
            .replace("{x}", x)
            .replace("{X}", &x.to_uppercase())
            .replace("{memory}", memory)
    };
    let star_plain = "star_plain =\n  / NAME ':' star_expr ','\n  / NAME ':' star_expr &')'\n";
    [
        include_str!("grammar.txt"),
        &def,
        &lambda,
        star_plain,
        &fields("f"),
        &fields("t"),
    ]
    .join("\n")
}

fn read(text: &str) -> Grammar {
    let sources = split_rules(text);
    let names = sources
        .iter()
        .enumerate()
        .map(|(i, s)| (s.0.clone(), i))
        .collect();
    let rules = sources
        .iter()
        .map(|(name, flags, body)| Rule {
            memo: flags.contains("memo"),
            plain: flags.contains("plain"),
            alternatives: Reader {
                rest: body,
                names: &names,
                rule: name,
            }
            .alternatives(),
        })
        .collect();
    Grammar { rules, names }
}

/// `(name, flags, body)` of each rule.
fn split_rules(text: &str) -> Vec<(String, String, String)> {
    let mut rules: Vec<(String, String, String)> = Vec::new();
    for line in text.lines() {
        if line.starts_with('#') || line.trim().is_empty() {
            continue;
        }
        if !line.starts_with(' ') {
            let (head, body) = line.split_once('=').unwrap_or((line, ""));
            let (name, flags) = head.split_once('[').unwrap_or((head, ""));
            rules.push((name.trim().into(), flags.into(), body.into()));
        } else if let Some(last) = rules.last_mut() {
            last.2.push('\n');
            last.2.push_str(line);
        }
    }
    rules
}

/// Reads one rule's body. The texts are part of the crate and a test reads them all, so
/// mistakes in them panic with the rule's name.
struct Reader<'t> {
    rest: &'t str,
    names: &'t HashMap<String, usize>,
    rule: &'t str,
}

impl Reader<'_> {
    fn blank(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn take(&mut self, token: &str) -> bool {
        self.blank();
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn word(&mut self) -> &str {
        self.blank();
        let end = self
            .rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    fn alternatives(&mut self) -> Vec<Alternative> {
        let mut all = Vec::new();
        self.take("/");
        loop {
            let explaining = self.rest.starts_with('?');
            if explaining {
                self.rest = &self.rest[1..];
            }
            let mut items = Vec::new();
            loop {
                self.blank();
                if self.rest.is_empty()
                    || self.rest.starts_with(['/', ')'])
                    || self.rest.starts_with("=>")
                {
                    break;
                }
                items.push(self.labelled());
            }
            let action = if self.take("=>") {
                self.action()
            } else {
                Action::Pass
            };
            all.push(Alternative {
                explaining,
                items,
                action,
            });
            if !self.take("/") {
                return all;
            }
        }
    }

    fn labelled(&mut self) -> (Option<u8>, Item) {
        let bytes = self.rest.as_bytes();
        let mut label = None;
        if bytes.len() > 2 && bytes[0].is_ascii_lowercase() && bytes[1] == b':' {
            label = Some(bytes[0]);
            self.rest = &self.rest[2..];
        }
        (label, self.item())
    }

    fn item(&mut self) -> Item {
        if self.take("&") {
            return Item::Ahead(Box::new(self.item()));
        }
        if self.take("!") {
            return Item::NotAhead(Box::new(self.item()));
        }
        if self.take("~") {
            return Item::Cut;
        }
        if self.take("^") {
            let text = self.quoted('\'');
            return Item::Forced(self.symbol(&text), text);
        }
        let mut item = self.atom();
        loop {
            item = match self.rest.as_bytes().first() {
                Some(b'?') => Item::Optional(Box::new(item)),
                Some(b'*') => Item::Repeat(Box::new(item), false),
                Some(b'+') => Item::Repeat(Box::new(item), true),
                Some(b'%') => {
                    self.rest = &self.rest[1..];
                    let text = self.quoted('\'');
                    item = Item::Separated(Box::new(item), self.symbol(&text));
                    continue;
                }
                _ => return item,
            };
            self.rest = &self.rest[1..];
        }
    }

    fn atom(&mut self) -> Item {
        if self.take("(") {
            let all = self.alternatives();
            assert!(self.take(")"), "unclosed group in {}", self.rule);
            return Item::Choice(all);
        }
        if self.rest.starts_with('\'') {
            let text = self.quoted('\'');
            return Item::Symbol(self.symbol(&text));
        }
        if self.rest.starts_with('"') {
            let text = self.quoted('"');
            return Item::Symbol(self.symbol(&text));
        }
        let word = self.word().to_string();
        if word == "SOFT" {
            return Item::SoftKeyword;
        }
        if let Some(&(_, class)) = CLASSES.iter().find(|(n, _)| *n == word) {
            return Item::Class(class);
        }
        match self.names.get(&word) {
            Some(&i) => Item::Rule(i),
            None => panic!("unknown rule {word:?} in {}: {:?}", self.rule, self.rest),
        }
    }

    fn symbol(&self, text: &str) -> u8 {
        symbol(text).unwrap_or_else(|| panic!("unknown symbol {text} in {}", self.rule))
    }

    fn quoted(&mut self, quote: char) -> String {
        self.blank();
        assert!(
            self.rest.starts_with(quote),
            "quote expected in {}",
            self.rule
        );
        let mut out = String::new();
        let mut chars = self.rest[1..].char_indices();
        while let Some((i, c)) = chars.next() {
            if c == quote {
                self.rest = &self.rest[1 + i + 1..];
                return out;
            }
            let c = if c == '\\' {
                chars.next().map_or(c, |n| n.1)
            } else {
                c
            };
            out.push(c);
        }
        panic!("unclosed text in {}", self.rule)
    }

    fn labels(&mut self) -> Vec<u8> {
        let mut labels = Vec::new();
        if self.take("(") {
            while !self.take(")") {
                self.take(",");
                labels.extend(self.word().bytes().next());
            }
        }
        labels
    }

    fn action(&mut self) -> Action {
        if self.take("!") {
            let name = self.word().to_string();
            if name == "stop" {
                return Action::Stop;
            }
            let labels = self.labels();
            self.blank();
            let msg = if self.rest.starts_with('"') {
                self.quoted('"')
            } else {
                String::new()
            };
            return Action::Error(name, labels, msg);
        }
        if self.take("+") {
            let name = self.word().to_string();
            return Action::Check(name, self.labels());
        }
        let many = self.take("~");
        let word = self.word().to_string();
        if word.len() == 1 && word.as_bytes()[0].is_ascii_lowercase() {
            return Action::Label(word.as_bytes()[0]);
        }
        match KINDS.iter().find(|(n, _)| *n == word) {
            Some(&(_, kind)) if many => Action::NodeIfMany(kind),
            Some(&(_, kind)) => Action::Node(kind),
            None => panic!("unknown kind {word:?} in {}", self.rule),
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn grammar_texts_are_well_formed() {
        let g = super::grammar();
        assert!(g.rules.len() > 150);
        for start in ["file", "eval", "interactive", "func_type"] {
            assert!(g.rule(start).is_some(), "{start}");
        }
        for rule in &g.rules {
            assert!(!rule.alternatives.is_empty(), "rule without alternatives");
        }
    }
}
