//! The last lines of a traceback: type and message, syntax error details, notes, suggestions.

use super::{Theme, keywords};
use crate::class::TypeObj;
use crate::frame_object::FrameObj;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

/// `str(v)`, or a placeholder.
fn safe_str(vm: &mut Vm, v: Value, what: &str) -> String {
    match vm.str_of(v) {
        Ok(s) => escape_surrogates(vm, s),
        Err(_) => {
            vm.raised = None;
            format!("<{what} str() failed>")
        }
    }
}

/// The text of a str; lone surrogates as standard error would write them.
fn escape_surrogates(vm: &mut Vm, v: Value) -> String {
    let Some(s) = v.downcast::<StrObj>() else {
        return vm.display(v);
    };
    let mut out = String::with_capacity(s.len);
    for u in s.units().iter() {
        match char::from_u32(u) {
            Some(c) => out.push(c),
            None => out.push_str(&format!("\\u{u:04x}")),
        }
    }
    out
}

/// Type and message, nothing else.
pub(super) fn last_line(vm: &mut Vm, exc: Value) -> String {
    let class = vm.class_of(exc);
    let name = type_name(vm, class);
    format!("{name}: {}\n", safe_str(vm, exc, "exception"))
}

fn safe_repr(vm: &mut Vm, v: Value, what: &str) -> String {
    match vm.repr(v) {
        Ok(s) => vm.display(s),
        Err(_) => {
            vm.raised = None;
            format!("<{what} repr() failed>")
        }
    }
}

/// The class name with its module unless that is builtins or `__main__`.
pub(crate) fn type_name(vm: &mut Vm, class: Ref<TypeObj>) -> String {
    let qualname = vm.display(class.qualname.or_none());
    let module = vm.get_attr_opt(class.value(), vm.names.__module__);
    vm.raised = None;
    match module {
        Ok(Some(m)) if m.is_kind(Kind::Str) => match vm.display(m).as_str() {
            "__main__" | "builtins" => qualname,
            m => format!("{m}.{qualname}"),
        },
        _ => format!("<unknown>.{qualname}"),
    }
}

/// Everything after the stack, each line ending in a newline.
pub(super) fn lines(vm: &mut Vm, exc: Value, theme: Theme) -> String {
    let class = vm.class_of(exc);
    let name = type_name(vm, class);
    let mut out = if class.is_subtype(vm.types.exc.SyntaxError) {
        syntax_error(vm, exc, &name, theme)
    } else {
        let text = safe_str(vm, exc, "exception") + &suggestion(vm, exc);
        let (k, t, r) = (theme.kind, theme.text, theme.reset);
        if text.is_empty() {
            format!("{k}{name}{r}\n")
        } else {
            format!("{k}{name}{r}: {t}{text}{r}\n")
        }
    };
    notes(vm, exc, &mut out);
    out
}

fn notes(vm: &mut Vm, exc: Value, out: &mut String) {
    let notes = match vm.get_attr_opt(exc, vm.names.__notes__) {
        Ok(Some(n)) if !n.is_none() => n,
        Ok(_) => return,
        Err(_) => {
            let e = vm.take_raised();
            let shown = safe_repr(vm, e, "__notes__");
            out.push_str(&format!("Ignored error getting __notes__: {shown}\n"));
            return;
        }
    };
    if notes.is_kind(Kind::List) || notes.is_kind(Kind::Tuple) {
        if let Ok(items) = vm.collect(notes) {
            for n in items.iter() {
                out.push_str(&safe_str(vm, *n, "note"));
                out.push('\n');
            }
        }
        vm.raised = None;
    } else {
        out.push_str(&safe_repr(vm, notes, "__notes__"));
        out.push('\n');
    }
}

fn field_text(vm: &mut Vm, exc: Value, i: usize) -> Option<String> {
    let v = vm.exc_field(exc, i).filter(|v| !v.is_none())?;
    Some(safe_str(vm, v, "exception"))
}

fn field_int(vm: &mut Vm, exc: Value, i: usize) -> Option<i64> {
    let v = vm.exc_field(exc, i)?;
    vm.int_to_i64(v)
}

/// Fields of a SyntaxError as they are printed.
struct Details {
    msg: Option<String>,
    file: Option<String>,
    line: Option<String>,
    end_line: Option<String>,
    text: Option<String>,
    offset: Option<i64>,
    offset_missing: bool,
    end_offset: Option<i64>,
}

fn details(vm: &mut Vm, exc: Value) -> Details {
    let offset = vm.exc_field(exc, 3).filter(|v| !v.is_none());
    let mut d = Details {
        msg: field_text(vm, exc, 0),
        file: field_text(vm, exc, 1),
        line: field_text(vm, exc, 2),
        end_line: field_text(vm, exc, 5),
        text: match vm.exc_field(exc, 4) {
            Some(t) if t.is_kind(Kind::Str) => Some(vm.display(t)),
            _ => None,
        },
        offset: field_int(vm, exc, 3),
        offset_missing: offset.is_none(),
        end_offset: field_int(vm, exc, 6),
    };
    if d.text.is_some() {
        keyword_typo(vm, exc, &mut d);
    }
    d
}

/// Changes the details when a keyword seems to be misspelt.
fn keyword_typo(vm: &mut Vm, exc: Value, d: &mut Details) -> Option<()> {
    let msg = d.msg.as_deref()?;
    if msg != "invalid syntax" && !msg.contains("Perhaps you forgot a comma") {
        return None;
    }
    let meta = vm.exc_field(exc, 8)?.downcast::<TupleObj>()?;
    let [line, _offset, source] = meta.items() else {
        return None;
    };
    let line = vm.int_to_i64(*line)?.max(0) as usize;
    let last: usize = d.line.as_deref().unwrap_or("0").parse().ok()?;
    let mut from_file = false;
    let code = if source.is_kind(Kind::Str) {
        vm.display(*source)
    } else {
        let read = d
            .file
            .as_deref()
            .and_then(|f| std::fs::read_to_string(f).ok());
        from_file = read.is_some();
        read.or_else(|| d.text.clone())?
    };
    let all: Vec<String> = code.lines().map(str::to_string).collect();
    let (from, to) = if source.is_kind(Kind::Str) || from_file {
        (line.saturating_sub(1), last)
    } else {
        (0, 1)
    };
    let part = all.get(from.min(all.len())..to.min(all.len()))?;
    let only = if from_file {
        let end = if line == 0 { last } else { last + 1 };
        Some(end.checked_sub(line)?)
    } else {
        None
    };
    let typo = keywords::find(part, only)?;
    d.text = Some(typo.text);
    d.offset = Some(typo.start as i64 + 1);
    d.offset_missing = false;
    d.end_offset = Some(typo.end as i64 + 1);
    d.line = Some(typo.line.to_string());
    d.end_line = d.line.clone();
    d.msg = Some(format!("invalid syntax. Did you mean '{}'?", typo.keyword));
    Some(())
}

fn syntax_error(vm: &mut Vm, exc: Value, name: &str, theme: Theme) -> String {
    let original_line = field_text(vm, exc, 2);
    let d = details(vm, exc);
    let (k, t, r) = (theme.kind, theme.text, theme.reset);
    let mut out = String::new();
    let mut suffix = String::new();
    match (&original_line, &d.file) {
        (Some(line), file) => {
            let file = super::lines::shown_file(file.as_deref().unwrap_or("<string>"));
            out.push_str(&format!("  File {t}\"{file}\"{r}, line {t}{line}{r}\n"));
        }
        (None, Some(file)) => suffix = format!(" ({file})"),
        (None, None) => {}
    }
    if let Some(text) = &d.text {
        quote(&mut out, text, &d, theme);
    }
    let msg = match d.msg.as_deref() {
        None | Some("") => "<no detail available>",
        Some(m) => m,
    };
    out.push_str(&format!("{k}{name}{r}: {t}{msg}{r}{suffix}\n"));
    out
}

/// The offending line and its carets.
fn quote(out: &mut String, text: &str, d: &Details, theme: Theme) {
    let whole: Vec<char> = text.chars().collect();
    let right: Vec<char> = text.trim_end_matches('\n').chars().collect();
    let spaces = right
        .iter()
        .take_while(|c| matches!(c, ' ' | '\n' | '\x0c'))
        .count();
    let shown = &right[spaces..];
    let plain: String = shown.iter().collect();
    let Some(mut offset) = d.offset else {
        if d.offset_missing {
            out.push_str(&format!("    {plain}\n"));
        }
        return;
    };
    let full = right.len() as i64 + 1;
    let mut end = if d.line == d.end_line {
        d.end_offset.filter(|e| *e != 0).unwrap_or(offset)
    } else {
        full
    };
    if !whole.is_empty() && offset > whole.len() as i64 {
        offset = full;
    }
    if !whole.is_empty() && end > whole.len() as i64 {
        end = full;
    }
    if offset >= end || end < 0 {
        end = offset + 1;
    }
    let from = offset - 1 - spaces as i64;
    let to = end - 1 - spaces as i64;
    if from < 0 {
        out.push_str(&format!("    {plain}\n"));
        return;
    }
    let (from, to) = (from as usize, to.max(0) as usize);
    let (h, r) = (theme.highlight, theme.reset);
    let cut = |a: usize, b: usize| -> String {
        let n = shown.len();
        shown[a.min(n)..b.clamp(a.min(n), n)].iter().collect()
    };
    out.push_str(&format!(
        "    {}{h}{}{r}{}\n",
        cut(0, from),
        cut(from, to),
        cut(to, usize::MAX)
    ));
    // White space such as tabs is kept, so that the carets stand below their text.
    let pad: String = shown
        .iter()
        .take(from)
        .map(|c| if c.is_whitespace() { *c } else { ' ' })
        .collect();
    let carets = "^".repeat(to.saturating_sub(from));
    out.push_str(&format!("    {pad}{h}{carets}{r}\n"));
}

/// ". Did you mean ..." for missing names and attributes, or nothing.
fn suggestion(vm: &mut Vm, exc: Value) -> String {
    let r = try_suggestion(vm, exc).unwrap_or_default();
    vm.raised = None;
    r.unwrap_or_default()
}

fn try_suggestion(vm: &mut Vm, exc: Value) -> Res<Option<String>> {
    let x = &vm.types.exc;
    let (import, name, attribute) = (x.ImportError, x.NameError, x.AttributeError);
    let class = vm.class_of(exc);
    let field = if class.is_subtype(import) { 3 } else { 0 };
    let known = [import, name, attribute]
        .iter()
        .any(|c| class.is_subtype(*c));
    let Some(wrong) = vm
        .exc_field(exc, field)
        .filter(|v| known && v.is_kind(Kind::Str))
    else {
        return Ok(None);
    };
    let wrong = vm.display(wrong);
    let found = if class.is_subtype(attribute) {
        for_attribute(vm, exc, &wrong)
    } else if class.is_subtype(import) {
        for_import(vm, exc, &wrong)
    } else {
        for_name(vm, exc, &wrong)
    };
    vm.raised = None;
    let found = found.unwrap_or(None);
    let mut text = match &found {
        Some(s) => format!(". Did you mean: '{s}'?"),
        None => String::new(),
    };
    if class.is_subtype(name) && is_library_module(vm, &wrong)? {
        text.push_str(&match found {
            Some(_) => format!(" Or did you forget to import '{wrong}'?"),
            None => format!(". Did you forget to import '{wrong}'?"),
        });
    }
    Ok(Some(text))
}

fn is_library_module(vm: &mut Vm, name: &str) -> Res<bool> {
    let Some(all) = vm.sys_attr("stdlib_module_names") else {
        return Ok(false);
    };
    let name = vm.new_str(name)?;
    vm.contains(all, name)
}

/// The frame in which the exception arose.
fn last_frame(exc: Value) -> Option<Ref<FrameObj>> {
    let mut tb = exc
        .downcast::<ExceptionObj>()?
        .traceback
        .get()?
        .downcast::<TracebackObj>()?;
    while let Some(next) = tb.next.get().and_then(|n| n.downcast::<TracebackObj>()) {
        tb = next;
    }
    tb.frame.get()?.downcast::<FrameObj>()
}

/// The local `self` of a frame.
fn self_of(vm: &mut Vm, f: Ref<FrameObj>) -> Res<Option<Value>> {
    match f.namespace() {
        Some(ns) => {
            let key = vm.intern("self");
            vm.mapping_get(ns, key)
        }
        None => {
            let d = vm.snapshot_locals(f)?;
            Ok(vm.dict_get_str(d, "self"))
        }
    }
}

/// Names that `dir` gives, sorted.
fn dir_of(vm: &mut Vm, obj: Value) -> Res<Vec<String>> {
    let Some(f) = vm.special(obj, vm.names.__dir__) else {
        return Ok(Vec::new());
    };
    let list = vm.call_method_value(f, obj, &[])?;
    let items = vm.collect(list)?;
    let mut names = Vec::new();
    for v in items.iter().filter(|v| v.is_kind(Kind::Str)) {
        names.push(vm.display(*v));
    }
    names.sort();
    Ok(names)
}

fn closest(wrong: &str, names: &[String]) -> Option<String> {
    crate::suggest::closest(wrong, names.iter().map(String::as_str)).map(str::to_string)
}

fn for_attribute(vm: &mut Vm, exc: Value, wrong: &str) -> Res<Option<String>> {
    let obj = vm.exc_field(exc, 1).unwrap_or(Value::NONE);
    let mut names = dir_of(vm, obj)?;
    let mut hide = !wrong.starts_with('_');
    if hide && let Some(f) = last_frame(exc) {
        hide = self_of(vm, f)? != Some(obj);
    }
    if hide {
        names.retain(|n| !n.starts_with('_'));
    }
    Ok(closest(wrong, &names))
}

fn for_import(vm: &mut Vm, exc: Value, wrong: &str) -> Res<Option<String>> {
    let Some(module) = vm.exc_field(exc, 1).filter(|m| m.is_kind(Kind::Str)) else {
        return Ok(None);
    };
    let Some(m) = vm.loaded_module(module)? else {
        return Ok(None);
    };
    let mut names = dir_of(vm, m)?;
    if !wrong.starts_with('_') {
        names.retain(|n| !n.starts_with('_'));
    }
    Ok(closest(wrong, &names))
}

fn keys(vm: &mut Vm, mapping: Value, out: &mut Vec<String>) -> Res<()> {
    let items = vm.collect(mapping)?;
    for k in items.iter().filter(|k| k.is_kind(Kind::Str)) {
        out.push(vm.display(*k));
    }
    Ok(())
}

fn for_name(vm: &mut Vm, exc: Value, wrong: &str) -> Res<Option<String>> {
    let Some(f) = last_frame(exc) else {
        return Ok(None);
    };
    let mut names = Vec::new();
    let locals = match f.namespace() {
        Some(ns) => ns,
        None => vm.snapshot_locals(f)?.value(),
    };
    keys(vm, locals, &mut names)?;
    if let Some(function) = f.function() {
        keys(vm, function.globals.value(), &mut names)?;
        if let Some(b) = function.builtins.get() {
            keys(vm, b, &mut names)?;
        }
    }
    if let Some(this) = self_of(vm, f)? {
        let key = vm.intern(wrong);
        if let Ok(Some(_)) = vm.get_attr_opt(this, key) {
            return Ok(Some(format!("self.{wrong}")));
        }
        vm.raised = None;
    }
    Ok(closest(wrong, &names))
}
