//! Parsing of text signatures such as `insert($self, index, object, /)`.

/// A parsed text signature. Slots are in order: self, positional, keyword-only, *args, **kwargs.
pub struct Signature {
    pub name: String,
    /// The parenthesised part as `__text_signature__` shows it.
    pub text: String,
    /// Names of positional and keyword-only parameters, self included.
    pub names: Vec<String>,
    pub posonly: usize,
    pub npos: usize,
    pub nrequired: usize,
    /// Bit i: the i-th keyword-only parameter is required.
    pub kwonly_required: u32,
    pub varargs: bool,
    pub varkw: bool,
    pub has_self: bool,
}

impl Signature {
    /// Number of argument slots the Rust function gets.
    pub fn slots(&self) -> usize {
        self.names.len() + usize::from(self.varargs) + usize::from(self.varkw)
    }

    /// Parses `name(params)`.
    pub fn parse(text: &str) -> Result<Signature, String> {
        let (name, rest) = text.split_once('(').ok_or("expected name(parameters)")?;
        let inner = rest
            .strip_suffix(')')
            .ok_or("expected a closing parenthesis")?;
        let mut sig = Signature {
            name: name.to_string(),
            text: format!("({inner})"),
            names: Vec::new(),
            posonly: 0,
            npos: 0,
            nrequired: 0,
            kwonly_required: 0,
            varargs: false,
            varkw: false,
            has_self: false,
        };
        let mut kwonly = false;
        let mut nkwonly = 0;
        let plain = without_brackets(inner);
        for part in split_commas(&plain) {
            let part = part.trim();
            match part {
                "" => {}
                "/" => sig.posonly = sig.names.len(),
                "*" => kwonly = true,
                _ if part.starts_with("**") => sig.varkw = true,
                _ if part.starts_with('*') => {
                    sig.varargs = true;
                    kwonly = true;
                }
                _ => {
                    let (name, default) = match part.split_once('=') {
                        Some((n, d)) => (n.trim(), Some(d)),
                        None => (part, None),
                    };
                    if let Some(first) = name.strip_prefix('$') {
                        sig.has_self = true;
                        sig.names.push(first.to_string());
                        sig.nrequired = 1;
                        sig.npos = 1;
                        continue;
                    }
                    sig.names.push(name.to_string());
                    if kwonly {
                        if default.is_none() {
                            sig.kwonly_required |= 1 << nkwonly;
                        }
                        nkwonly += 1;
                    } else {
                        sig.npos += 1;
                        if default.is_none() {
                            sig.nrequired = sig.npos;
                        }
                    }
                }
            }
        }
        if sig.has_self && sig.posonly == 0 {
            sig.posonly = 1;
        }
        Ok(sig)
    }
}

/// `sub[, start[, end]]` written as `sub, start=None, end=None`.
fn without_brackets(text: &str) -> String {
    let mut pieces = text.split("[, ");
    let mut out = pieces.next().unwrap_or_default().to_string();
    for piece in pieces {
        let end = piece.find([']', ',']).unwrap_or(piece.len());
        let rest = piece[end..].trim_start_matches(']');
        out.push_str(&format!(", {}=None{rest}", &piece[..end]));
    }
    out
}

/// Splits at commas outside brackets and quotes.
fn split_commas(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut quote, mut start) = (0, None, 0);
    for (i, ch) in text.char_indices() {
        match (quote, ch) {
            (Some(q), _) if q == ch => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(ch),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth -= 1,
            (None, ',') if depth == 0 => {
                parts.push(&text[start..i]);
                start = i + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}
