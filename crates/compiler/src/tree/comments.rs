//! Type comments (PEP 484): `# type: ...` at the places where the grammar has them.

use syntax::text_size::{TextRange, TextSize};

/// One comment: what it says after `type: `.
struct Comment {
    start: TextSize,
    text: String,
}

/// The type comments of a source that no node has taken yet, and its `type: ignore` comments.
#[derive(Default)]
pub struct TypeComments {
    found: Vec<Comment>,
    /// Offset and tag of each `# type: ignore`.
    pub ignores: Vec<(TextSize, String)>,
}

impl TypeComments {
    /// Sorts out the comments (with their `#`) at these ranges.
    pub fn find(text: &str, comments: &[TextRange]) -> TypeComments {
        let mut all = TypeComments::default();
        for range in comments {
            let comment = text.get(range.to_std_range()).unwrap_or("");
            let body = comment.trim_start_matches('#');
            let body = body.trim_start_matches([' ', '\t']);
            let Some(body) = body.strip_prefix("type: ") else {
                continue;
            };
            let body = body.trim_start_matches([' ', '\t']);
            match body.strip_prefix("ignore") {
                Some(tag) if !continues_word(tag) => {
                    all.ignores.push((range.start(), tag.to_string()));
                }
                _ => all.found.push(Comment {
                    start: range.start(),
                    text: body.to_string(),
                }),
            }
        }
        all
    }

    /// Where a comment stands that no node has taken.
    pub fn left_over(&self) -> Option<TextSize> {
        self.found.first().map(|c| c.start)
    }

    fn take_if(&mut self, wanted: impl Fn(TextSize) -> bool) -> Option<String> {
        let i = self.found.iter().position(|c| wanted(c.start))?;
        Some(self.found.remove(i).text)
    }

    /// The comment behind a simple statement.
    pub fn take(&mut self, text: &str, at: TextRange) -> Option<String> {
        self.take_if(|start| {
            start >= at.end()
                && between(text, at.end(), start)
                    .trim_matches([' ', '\t'])
                    .is_empty()
        })
    }

    /// The comment behind a parameter that ends at `end`, or behind its comma.
    pub fn take_parameter(&mut self, text: &str, end: TextSize) -> Option<String> {
        self.take_if(|start| {
            if start < end {
                return false;
            }
            let gap = between(text, end, start).trim_matches([' ', '\t', '\n']);
            gap.is_empty()
                || gap
                    .strip_prefix(',')
                    .is_some_and(|r| !r.contains('\n') && r.trim().is_empty())
        })
    }

    /// The comment between the colon of a compound statement and its body: on the colon's line
    /// or (`own_line`) on the next.
    pub fn take_head(&mut self, text: &str, head: TextRange, own_line: bool) -> Option<String> {
        self.take_if(|start| {
            if start < head.start() || start >= head.end() {
                return false;
            }
            let before = between(text, head.start(), start);
            let Some(colon) = before.rfind(':') else {
                return false;
            };
            let gap = &before[colon + 1..];
            let lines = gap.matches('\n').count();
            gap.trim().is_empty() && lines <= usize::from(own_line)
        })
    }
}

fn between(text: &str, start: TextSize, end: TextSize) -> &str {
    text.get(start.to_usize()..end.to_usize()).unwrap_or("-")
}

fn continues_word(rest: &str) -> bool {
    rest.bytes()
        .next()
        .is_some_and(|b| b.is_ascii_alphanumeric() || b >= 0x80)
}
