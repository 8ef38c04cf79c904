//! Dialects.

use super::*;
use runtime::class::{TypeFlags, TypeSpec};
use runtime::payload::Payload;
use text::Owned;

/// The parameters of a CSV format. Characters are None when off.
#[derive(Clone)]
pub struct Dialect {
    pub delimiter: u32,
    pub quotechar: Option<u32>,
    pub escapechar: Option<u32>,
    pub lineterminator: Owned,
    pub quoting: i64,
    pub doublequote: bool,
    pub skipinitialspace: bool,
    pub strict: bool,
}

impl Payload for Dialect {
    fn trace(&self, _: &mut gc::Tracer) {}
}

pub static SPEC: TypeSpec = TypeSpec {
    name: "Dialect",
    module: "_csv",
    doc: "CSV dialect\n\nThe Dialect type records CSV dialect options.",
    tables: &[methods::TABLE],
    flags: TypeFlags::BASE,
    size: size_of::<PayloadObj>(),
    slot_offset: std::mem::offset_of!(PayloadObj, overflow),
    ..TypeSpec::DEFAULT
};

const NAMES: [&str; 8] = [
    "delimiter",
    "doublequote",
    "escapechar",
    "lineterminator",
    "quotechar",
    "quoting",
    "skipinitialspace",
    "strict",
];

/// A Dialect object from a dialect argument and format parameters.
pub fn make(vm: &mut Vm, dialect: Option<Value>, params: Option<Value>) -> Res {
    let base = match dialect {
        Some(v) if v.is_kind(Kind::Str) => Some(lookup(vm, v)?),
        Some(v) if !v.is_none() => Some(v),
        _ => None,
    };
    if params.is_none()
        && let Some(b) = base
        && b.payload::<Dialect>().is_some()
    {
        return Ok(b);
    }
    let d = parse(vm, base, params)?;
    let class = vm.native_type(&SPEC)?;
    vm.new_payload(class, d)
}

fn parse(vm: &mut Vm, base: Option<Value>, params: Option<Value>) -> Res<Dialect> {
    let mut values = [None; 8];
    if let Some(d) = params.and_then(|p| p.downcast::<DictObj>()) {
        let names = vm.collect(d.value())?;
        for name in names.iter() {
            match NAMES.iter().position(|n| vm.str_equals(*name, n)) {
                Some(i) => values[i] = vm.dict_get(d, *name)?,
                None => {
                    let shown = vm.display(*name);
                    return Err(vm.type_error(&format!(
                        "this function got an unexpected keyword argument '{shown}'"
                    )));
                }
            }
        }
    }
    if let Some(b) = base {
        for (slot, name) in values.iter_mut().zip(NAMES) {
            if slot.is_none() {
                let name = vm.intern(name);
                *slot = vm.get_attr_opt(b, name)?;
            }
        }
    }
    let [
        delimiter,
        doublequote,
        escapechar,
        lineterminator,
        quotechar,
        quoting,
        skip,
        strict,
    ] = values;
    let mut d = Dialect {
        delimiter: match delimiter {
            None => b',' as u32,
            Some(v) => match character(vm, v, "delimiter", false)? {
                Some(c) => c,
                None => b',' as u32,
            },
        },
        quotechar: Some(b'"' as u32),
        escapechar: None,
        lineterminator: Owned::from("\r\n"),
        quoting: QUOTE_MINIMAL,
        doublequote: flag(vm, doublequote, true)?,
        skipinitialspace: flag(vm, skip, false)?,
        strict: flag(vm, strict, false)?,
    };
    if let Some(v) = escapechar {
        d.escapechar = character(vm, v, "escapechar", true)?;
    }
    if let Some(v) = lineterminator {
        match v.downcast::<StrObj>() {
            Some(s) => d.lineterminator = Owned::copy_of(s.units()),
            None => {
                let name = vm.class_name(v);
                return Err(
                    vm.type_error(&format!("\"lineterminator\" must be a string, not {name}"))
                );
            }
        }
    }
    if let Some(v) = quotechar {
        d.quotechar = character(vm, v, "quotechar", true)?;
    }
    if let Some(v) = quoting {
        if !v.is_small_int() {
            let name = vm.class_name(v);
            return Err(vm.type_error(&format!("\"quoting\" must be an integer, not {name}")));
        }
        d.quoting = vm.index_i64(v)?;
    }
    if !(0..=5).contains(&d.quoting) {
        return Err(vm.type_error("bad \"quoting\" value"));
    }
    if quotechar.is_some_and(|v| v.is_none()) && quoting.is_none() {
        d.quoting = QUOTE_NONE;
    }
    if d.quoting != QUOTE_NONE && d.quotechar.is_none() {
        return Err(vm.type_error("quotechar must be set if quoting enabled"));
    }
    check(vm, &d)?;
    Ok(d)
}

fn check(vm: &mut Vm, d: &Dialect) -> Res<()> {
    let chars = [
        ("delimiter", Some(d.delimiter)),
        ("escapechar", d.escapechar),
        ("quotechar", d.quotechar),
    ];
    for (i, (name, c)) in chars.iter().enumerate() {
        let Some(c) = c else { continue };
        let space = *c == 32 && d.skipinitialspace && i > 0;
        if matches!(c, 10 | 13) || space {
            return Err(vm.value_error(&format!("bad {name} value")));
        }
    }
    for i in 0..3 {
        for k in i + 1..3 {
            if chars[i].1.is_some() && chars[i].1 == chars[k].1 {
                return Err(vm.value_error(&format!("bad {} or {} value", chars[i].0, chars[k].0)));
            }
        }
    }
    for (name, c) in chars {
        if c.is_some_and(|c| d.lineterminator.units().iter().any(|t| t == c)) {
            return Err(vm.value_error(&format!("bad {name} or lineterminator value")));
        }
    }
    Ok(())
}

fn flag(vm: &mut Vm, v: Option<Value>, default: bool) -> Res<bool> {
    match v {
        Some(v) => vm.truth(v),
        None => Ok(default),
    }
}

fn character(vm: &mut Vm, v: Value, name: &str, optional: bool) -> Res<Option<u32>> {
    if optional && v.is_none() {
        return Ok(None);
    }
    let or_none = if optional { " or None" } else { "" };
    match v.downcast::<StrObj>() {
        Some(s) if s.len == 1 => Ok(Some(s.units().get(0))),
        Some(s) => Err(vm.type_error(&format!(
            "\"{name}\" must be a unicode character{or_none}, not a string of length {}",
            s.len
        ))),
        None => {
            let got = vm.class_name(v);
            Err(vm.type_error(&format!(
                "\"{name}\" must be a unicode character{or_none}, not {got}"
            )))
        }
    }
}

fn state<'a>(vm: &mut Vm, v: Value) -> Res<&'a Dialect> {
    match v.payload::<Dialect>() {
        Some(d) => Ok(d),
        None => Err(vm.type_error("a dialect is needed")),
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, dialect=None, **fmtparams)", nosig)]
    fn new(vm: &mut Vm, class: Value, dialect: Option<Value>, params: Option<Value>) -> Res {
        if class == vm.native_type(&SPEC)?.value() {
            return make(vm, dialect, params);
        }
        let base = match dialect {
            Some(v) if v.is_kind(Kind::Str) => Some(lookup(vm, v)?),
            other => other.filter(|v| !v.is_none()),
        };
        let d = parse(vm, base, params)?;
        match class.downcast::<TypeObj>() {
            Some(c) => vm.new_payload(c, d),
            None => Err(vm.type_error("a type is needed")),
        }
    }
    /// raises an exception to avoid pickling
    #[native("__reduce__($self)", nosig)]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let name = vm.short_class_name(this);
        Err(vm.type_error(&format!("cannot pickle '{name}' instances")))
    }
    /// raises an exception to avoid pickling
    #[native("__reduce_ex__($self, proto=0, /)", nosig)]
    fn reduce_ex(vm: &mut Vm, this: Value, _proto: Option<Value>) -> Res {
        reduce(vm, this)
    }
    #[getter("delimiter")]
    fn delimiter(vm: &mut Vm, this: Value) -> Res {
        let c = state(vm, this)?.delimiter;
        vm.new_char(c)
    }
    #[getter("quotechar")]
    fn quotechar(vm: &mut Vm, this: Value) -> Res {
        match state(vm, this)?.quotechar {
            Some(c) => vm.new_char(c),
            None => Ok(Value::NONE),
        }
    }
    #[getter("escapechar")]
    fn escapechar(vm: &mut Vm, this: Value) -> Res {
        match state(vm, this)?.escapechar {
            Some(c) => vm.new_char(c),
            None => Ok(Value::NONE),
        }
    }
    #[getter("lineterminator")]
    fn lineterminator(vm: &mut Vm, this: Value) -> Res {
        let d = state(vm, this)?;
        vm.new_str_owned(&d.lineterminator)
    }
    #[getter("quoting")]
    fn quoting(vm: &mut Vm, this: Value) -> Res<i64> {
        Ok(state(vm, this)?.quoting)
    }
    #[getter("doublequote")]
    fn doublequote(vm: &mut Vm, this: Value) -> Res<bool> {
        Ok(state(vm, this)?.doublequote)
    }
    #[getter("skipinitialspace")]
    fn skipinitialspace(vm: &mut Vm, this: Value) -> Res<bool> {
        Ok(state(vm, this)?.skipinitialspace)
    }
    #[getter("strict")]
    fn strict(vm: &mut Vm, this: Value) -> Res<bool> {
        Ok(state(vm, this)?.strict)
    }
}
