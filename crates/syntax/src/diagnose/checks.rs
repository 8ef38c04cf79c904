//! Checks of literals that the grammar asks for; they may raise.

use super::matcher::{Matcher, NodeId};
use super::token::Class;
use crate::error::Kind;
use crate::strings;

impl Matcher<'_> {
    /// Run a check of the grammar.
    pub(super) fn check(&mut self, action: &str, args: &[NodeId], node: NodeId) {
        let a = args.first().copied().unwrap_or(0);
        let b = args.get(1).copied().unwrap_or(a);
        match action {
            "string" => self.check_string(a),
            "strings" => self.check_bytes_mix(node),
            "fstring" | "tstring" => self.check_interpolated(node),
            "middle" => {
                let token = self.nodes[a as usize].first as usize;
                self.check_middle(token, false);
            }
            "conversion" => self.check_conversion(a, b),
            "real" if self.is_imaginary(a) => {
                self.raise_span(a, a, "real number required in complex literal");
            }
            "complex" if !self.is_imaginary(a) => {
                self.raise_span(a, a, "imaginary number required in complex literal");
            }
            _ => {}
        }
    }

    fn check_string(&mut self, token: NodeId) {
        let text = self.node_text(token);
        let is_bytes = strings::split_literal(text).is_some_and(|l| l.prefix.contains('b'));
        let problem = if is_bytes {
            strings::bytes_literal_bytes(text).err()
        } else if text.contains('\\') {
            strings::string_literal_codepoints(text).err()
        } else {
            None
        };
        match problem {
            Some(e) if e.msg.starts_with("bytes") => self.raise_span(token, token, &e.msg),
            // Reported at the last token read, which need not be the string.
            Some(e) => self.raise_here(Kind::Syntax, &e.msg),
            None => {}
        }
    }

    fn check_bytes_mix(&mut self, node: NodeId) {
        let n = self.nodes[node as usize];
        let (mut bytes, mut text, mut depth) = (false, false, 0);
        for t in &self.tokens[n.first as usize..n.last as usize] {
            match t.class {
                Class::FStart | Class::TStart => {
                    text |= depth == 0;
                    depth += 1;
                }
                Class::FEnd | Class::TEnd => depth -= 1,
                Class::Str if depth == 0 => {
                    let source = &self.src[t.start as usize..t.end as usize];
                    let prefix = source.split(['\'', '"']).next().unwrap_or_default();
                    if prefix.contains(['b', 'B']) {
                        bytes = true;
                    } else {
                        text = true;
                    }
                }
                _ => {}
            }
        }
        if bytes && text {
            self.raise_here(Kind::Syntax, "cannot mix bytes and nonbytes literals");
        }
    }

    fn check_interpolated(&mut self, node: NodeId) {
        let n = self.nodes[node as usize];
        let start = self.tokens[n.first as usize];
        let prefix = &self.src[start.start as usize..start.end as usize];
        let raw = prefix.contains(['r', 'R']);
        let pieces: Vec<usize> = self
            .kids(node)
            .iter()
            .flat_map(|&k| self.kids(k))
            .map(|&k| self.nodes[k as usize].first as usize)
            .filter(|&t| matches!(self.tokens[t].class, Class::FMiddle | Class::TMiddle))
            .collect();
        for token in pieces {
            self.check_middle(token, raw);
        }
    }

    fn check_middle(&mut self, token: usize, raw: bool) {
        let t = self.tokens[token];
        let text = &self.src[t.start as usize..t.end as usize];
        if raw || !text.contains('\\') {
            return;
        }
        if let Err(e) = strings::interpolated_codepoints(text, false) {
            self.raise_at_token(token, Kind::Syntax, &e.msg);
        }
    }

    fn check_conversion(&mut self, mark: NodeId, name: NodeId) {
        let bang = self.tokens[self.nodes[mark as usize].first as usize];
        let word = self.tokens[self.nodes[name as usize].first as usize];
        let letter = self.tokens[..self.nodes[mark as usize].first as usize]
            .iter()
            .rev()
            .scan(0, |depth, t| {
                match t.class {
                    Class::FEnd | Class::TEnd => *depth += 1,
                    Class::FStart | Class::TStart => *depth -= 1,
                    _ => {}
                }
                Some((*depth, t.class))
            })
            .find(|&(depth, _)| depth < 0)
            .map_or(
                'f',
                |(_, class)| if class == Class::TStart { 't' } else { 'f' },
            );
        if bang.end != word.start {
            let msg = format!(
                "{letter}-string: conversion type must come right after the exclamation mark"
            );
            return self.raise_span(mark, name, &msg);
        }
        let text = self.node_text(name);
        if !matches!(text, "s" | "r" | "a") {
            let msg = format!(
                "{letter}-string: invalid conversion character '{text}': expected 's', 'r', or 'a'"
            );
            self.raise_span(name, name, &msg);
        }
    }

    fn is_imaginary(&self, node: NodeId) -> bool {
        self.node_text(node).ends_with(['j', 'J'])
    }
}
