//! What messages about the number of arguments say where CPython does not parse them as Argument
//! Clinic's usual code does.

use super::{NativeDef, Wording, plural};

/// What stands for the function: `PyArg_ParseTupleAndKeywords` may not know its name.
pub fn label(def: &NativeDef, name: &str) -> String {
    match def.params.wording {
        Wording::Nameless => "function".to_string(),
        _ => format!("{name}()"),
    }
}

/// The message for a function without keyword parameters that got `given` positional arguments and
/// the keywords `keywords`; None: the usual wording.
pub fn wrong_number(def: &NativeDef, given: usize, keywords: &[String]) -> Option<String> {
    let p = &def.params;
    if p.wording == Wording::Plain || p.posonly < p.names.len() || p.varkw {
        return None;
    }
    if p.varargs && keywords.is_empty() {
        return None;
    }
    let nself = usize::from(p.has_self);
    let (min, max) = (p.nrequired.saturating_sub(nself), p.npos - nself);
    Some(match p.wording {
        Wording::Defining => defining(def.name, (min, max), given, keywords),
        _ if !keywords.is_empty() => format!("{}() takes no keyword arguments", def.name),
        _ => formatted(&label(def, def.name), (min, max), given),
    })
}

/// `PyArg_ParseTuple`.
fn formatted(label: &str, (min, max): (usize, usize), given: usize) -> String {
    if max == 0 {
        return format!("{label} takes no arguments");
    }
    let (how, n) = match (min == max, given < min) {
        (true, _) => ("exactly", min),
        (false, true) => ("at least", min),
        (false, false) => ("at most", max),
    };
    format!(
        "{label} takes {how} {n} argument{} ({given} given)",
        plural(n)
    )
}

/// `_PyArg_UnpackKeywords`.
fn defining(name: &str, (min, max): (usize, usize), given: usize, keywords: &[String]) -> String {
    let all = given + keywords.len();
    if max == 0 {
        format!("{name}() takes no arguments")
    } else if all > max {
        format!(
            "{name}() takes at most {max} argument{} ({all} given)",
            plural(max)
        )
    } else if given < min {
        let how = if min == max { "exactly" } else { "at least" };
        format!(
            "{name}() takes {how} {min} positional argument{} ({given} given)",
            plural(min)
        )
    } else {
        let keyword = keywords.first().map_or("", String::as_str);
        format!("{name}() got an unexpected keyword argument '{keyword}'")
    }
}
