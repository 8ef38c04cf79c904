//! `"..." % (a, b)` as an f-string.

use super::grammar::Class;
use super::node::{Field, Node, Pos};
use bytecode::Const;

/// The digits of a width or precision that are understood.
const MAX_DIGITS: usize = 3;

/// Turns a `%` operation into a JoinedStr if all its fields are `%s`, `%r` or `%a`.
pub fn optimize(n: &mut Node) {
    let (Some(format), Some(args)) = (n.node(0), n.node(2)) else {
        return;
    };
    let text = match (format.class, format.constant(0)) {
        (Class::Constant, Some(Const::Str(s))) => s.clone(),
        _ => return,
    };
    let starred = |f: &Field| f.as_node().is_some_and(|n| n.class == Class::Starred);
    if args.class != Class::Tuple || args.list(0).iter().any(starred) {
        return;
    }
    if let Some(values) = pieces(&text, args.list(0), format.pos) {
        *n = Node::new(Class::JoinedStr, n.pos, [Field::List(values)]);
    }
}

fn pieces(format: &str, args: &[Field], pos: Pos) -> Option<Vec<Field>> {
    let mut args = args.iter();
    let mut out = Vec::new();
    let mut rest = format;
    loop {
        let text = literal(&mut rest);
        if !text.is_empty() {
            out.push(string(text, pos).into());
        }
        if rest.is_empty() {
            break;
        }
        let arg = args.next()?.as_node()?;
        out.push(field(&mut rest, arg)?.into());
    }
    args.next().is_none().then_some(out)
}

fn string(text: String, pos: Pos) -> Node {
    let value = Field::Const(Const::Str(text));
    Node::new(Class::Constant, pos, [value, Field::None])
}

/// Takes the text up to the next field, which starts behind its `%`.
fn literal(rest: &mut &str) -> String {
    let mut text = String::new();
    while let Some(at) = rest.find('%') {
        text.push_str(&rest[..at]);
        let Some(after) = rest[at + 1..].strip_prefix('%') else {
            *rest = &rest[at + 1..];
            // A `%` at the end leaves an incomplete field.
            if rest.is_empty() {
                *rest = "%";
            }
            return text;
        };
        text.push('%');
        *rest = after;
    }
    text.push_str(rest);
    *rest = "";
    text
}

fn digits<'t>(rest: &mut &'t str) -> Option<&'t str> {
    let n = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (number, after) = rest.split_at(n);
    *rest = after;
    (n <= MAX_DIGITS).then_some(number)
}

/// Takes one field: flags, width, precision and conversion.
fn field(rest: &mut &str, arg: &Node) -> Option<Node> {
    let flags = rest.len() - rest.trim_start_matches(['-', '+', ' ', '#', '0']).len();
    let left = rest[..flags].contains('-');
    *rest = &rest[flags..];
    let mut spec = String::new();
    let width = digits(rest)?;
    if !width.is_empty() {
        let width: u32 = width.parse().ok()?;
        if !left && width > 0 {
            spec.push('>');
        }
        spec.push_str(&width.to_string());
    }
    if let Some(after) = rest.strip_prefix('.') {
        *rest = after;
        let precision = digits(rest)?;
        let precision: u32 = if precision.is_empty() {
            0
        } else {
            precision.parse().ok()?
        };
        spec.push_str(&format!(".{precision}"));
    }
    let conversion = match rest.as_bytes().first()? {
        c @ (b's' | b'r' | b'a') => i32::from(*c),
        _ => return None,
    };
    *rest = &rest[1..];
    let spec = (!spec.is_empty()).then(|| string(spec, arg.pos));
    let fields = [arg.clone().into(), Field::Int(conversion), spec.into()];
    Some(Node::new(Class::FormattedValue, arg.pos, fields))
}
