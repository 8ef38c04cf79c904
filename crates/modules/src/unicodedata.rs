//! `unicodedata`.

use runtime::class::{TypeFlags, TypeSpec};
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::payload::Payload;
use runtime::{Raised, Res, Value, Vm};
use std::mem::offset_of;
use text::ucd::normal::Form;
use text::ucd::{self, names, old};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "unicodedata",
    doc: "This module provides access to the Unicode Character Database which\ndefines character properties for all Unicode characters. The data in\nthis database is based on the UnicodeData.txt file version\n16.0.0 which is publicly available from the Unicode Consortium\nat https://www.unicode.org.\n\nThe module uses the same names and symbols as defined by the\nUnicodeData File Format 16.0.0.",
    functions: &[methods::TABLE],
    init,
};

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    let version = vm.new_str(ucd::UNIDATA_VERSION)?;
    vm.module_set(m, "unidata_version", version)?;
    let class = vm.module_add_type(m, &UCD)?;
    let old = vm.new_payload(class, Old)?;
    vm.module_set(m, "ucd_3_2_0", old)
}

static UCD: TypeSpec = TypeSpec {
    name: "UCD",
    module: "unicodedata",
    kind: Kind::Payload,
    tables: &[methods::TABLE, version::TABLE],
    flags: TypeFlags::NO_INSTANCES,
    size: size_of::<PayloadObj>(),
    slot_offset: offset_of!(PayloadObj, overflow),
    ..TypeSpec::DEFAULT
};

/// The database of Unicode 3.2, which `encodings.idna` needs.
struct Old;

impl Payload for Old {
    fn trace(&self, _: &mut gc::Tracer) {}
}

/// The functions have the module as self, the methods of `ucd_3_2_0` that object.
fn is_old(this: Value) -> bool {
    this.payload::<Old>().is_some()
}

/// The character of an argument.
fn character(vm: &mut Vm, v: Value, function: &str, argument: &str) -> Res<u32> {
    let s = vm.str_arg_char(v, function, argument)?;
    if s.len == 1 {
        return Ok(s.units().get(0));
    }
    let n = s.len;
    Err(vm.type_error(&format!(
        "{function}(): {argument} must be a unicode character, not a string of length {n}"
    )))
}

trait CharArg {
    fn str_arg_char(&mut self, v: Value, function: &str, argument: &str) -> Res<Ref<StrObj>>;
}

impl CharArg for Vm {
    fn str_arg_char(&mut self, v: Value, function: &str, argument: &str) -> Res<Ref<StrObj>> {
        match v.downcast::<StrObj>() {
            Some(s) => Ok(s),
            None => {
                let name = self.argument_kind(v);
                Err(self.type_error(&format!(
                    "{function}() {argument} must be a unicode character, not {name}"
                )))
            }
        }
    }
}

fn or_default(vm: &mut Vm, found: Option<Value>, default: Option<Value>, message: &str) -> Res {
    match found.or(default) {
        Some(v) => Ok(v),
        None => Err(vm.value_error(message)),
    }
}

fn form_of(vm: &mut Vm, v: Value, function: &str) -> Res<Form> {
    let s = vm.str_arg(v, function, "argument 1")?;
    match s.as_ascii().and_then(Form::from_name) {
        Some(f) => Ok(f),
        None => Err(vm.value_error("invalid normalization form")),
    }
}

fn no_character(vm: &mut Vm, name: &str) -> Raised {
    match vm.new_str(&format!("undefined character name '{name}'")) {
        Ok(m) => vm.key_error(m),
        Err(r) => r,
    }
}

#[derive::natives]
mod version {
    use super::*;

    #[getter("unidata_version")]
    fn unidata_version(_: &mut Vm, _this: Value) -> Res<&'static str> {
        Ok("3.2.0")
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Converts a Unicode character into its equivalent decimal value.
    ///
    /// Returns the decimal value assigned to the character chr as integer.
    /// If no such value is defined, default is returned, or, if not given,
    /// ValueError is raised.
    #[native("decimal($self, chr, default=<unrepresentable>, /)")]
    fn decimal(vm: &mut Vm, this: Value, chr: Value, default: Option<Value>) -> Res {
        let c = character(vm, chr, "decimal", "argument 1")?;
        let d = if is_old(this) {
            old::decimal(c)
        } else {
            ucd::decimal(c)
        };
        let found = d.map(|d| Value::int_unchecked(i64::from(d)));
        or_default(vm, found, default, "not a decimal")
    }
    /// Converts a Unicode character into its equivalent digit value.
    ///
    /// Returns the digit value assigned to the character chr as integer.
    /// If no such value is defined, default is returned, or, if not given,
    /// ValueError is raised.
    #[native("digit($self, chr, default=<unrepresentable>, /)")]
    fn digit(vm: &mut Vm, this: Value, chr: Value, default: Option<Value>) -> Res {
        let c = character(vm, chr, "digit", "argument 1")?;
        let d = if is_old(this) {
            old::digit(c)
        } else {
            ucd::digit(c)
        };
        let found = d.map(|d| Value::int_unchecked(i64::from(d)));
        or_default(vm, found, default, "not a digit")
    }
    /// Converts a Unicode character into its equivalent numeric value.
    ///
    /// Returns the numeric value assigned to the character chr as float.
    /// If no such value is defined, default is returned, or, if not given,
    /// ValueError is raised.
    #[native("numeric($self, chr, default=<unrepresentable>, /)")]
    fn numeric(vm: &mut Vm, this: Value, chr: Value, default: Option<Value>) -> Res {
        let c = character(vm, chr, "numeric", "argument 1")?;
        let n = if is_old(this) {
            old::numeric(c)
        } else {
            ucd::numeric(c)
        };
        or_default(vm, n.map(Value::float), default, "not a numeric character")
    }
    /// Returns the general category assigned to the character chr as string.
    #[native("category($self, chr, /)")]
    fn category(vm: &mut Vm, this: Value, chr: Value) -> Res<&'static str> {
        let c = character(vm, chr, "category", "argument")?;
        Ok(if is_old(this) {
            old::category(c)
        } else {
            ucd::category(c)
        })
    }
    /// Returns the bidirectional class assigned to the character chr as string.
    ///
    /// If no such value is defined, an empty string is returned.
    #[native("bidirectional($self, chr, /)")]
    fn bidirectional(vm: &mut Vm, this: Value, chr: Value) -> Res<&'static str> {
        let c = character(vm, chr, "bidirectional", "argument")?;
        Ok(if is_old(this) {
            old::bidirectional(c)
        } else {
            ucd::bidirectional(c)
        })
    }
    /// Returns the canonical combining class assigned to the character chr as integer.
    ///
    /// Returns 0 if no combining class is defined.
    #[native("combining($self, chr, /)")]
    fn combining(vm: &mut Vm, this: Value, chr: Value) -> Res<i64> {
        let c = character(vm, chr, "combining", "argument")?;
        Ok(i64::from(if is_old(this) {
            old::combining(c)
        } else {
            ucd::combining(c)
        }))
    }
    /// Returns the mirrored property assigned to the character chr as integer.
    ///
    /// Returns 1 if the character has been identified as a "mirrored"
    /// character in bidirectional text, 0 otherwise.
    #[native("mirrored($self, chr, /)")]
    fn mirrored(vm: &mut Vm, this: Value, chr: Value) -> Res<i64> {
        let c = character(vm, chr, "mirrored", "argument")?;
        Ok(i64::from(if is_old(this) {
            old::is_mirrored(c)
        } else {
            ucd::is_mirrored(c)
        }))
    }
    /// Returns the east asian width assigned to the character chr as string.
    #[native("east_asian_width($self, chr, /)")]
    fn east_asian_width(vm: &mut Vm, this: Value, chr: Value) -> Res<&'static str> {
        let c = character(vm, chr, "east_asian_width", "argument")?;
        Ok(if is_old(this) {
            old::east_asian_width(c)
        } else {
            ucd::east_asian_width(c)
        })
    }
    /// Returns the character decomposition mapping assigned to the character chr as string.
    ///
    /// An empty string is returned in case no such mapping is defined.
    #[native("decomposition($self, chr, /)")]
    fn decomposition(vm: &mut Vm, this: Value, chr: Value) -> Res<String> {
        let c = character(vm, chr, "decomposition", "argument")?;
        Ok(if is_old(this) {
            old::decomposition(c)
        } else {
            ucd::normal::decomposition(c)
        })
    }
    /// Returns the name assigned to the character chr as a string.
    ///
    /// If no name is defined, default is returned, or, if not given,
    /// ValueError is raised.
    #[native("name($self, chr, default=<unrepresentable>, /)")]
    fn name(vm: &mut Vm, this: Value, chr: Value, default: Option<Value>) -> Res {
        let c = character(vm, chr, "name", "argument 1")?;
        let n = if is_old(this) {
            old::name(c)
        } else {
            names::name(c)
        };
        let found = match n {
            Some(n) => Some(vm.new_str(&n)?),
            None => None,
        };
        or_default(vm, found, default, "no such name")
    }
    /// Look up character by name.
    ///
    /// If a character with the given name is found, return the
    /// corresponding character.  If not found, KeyError is raised.
    #[native("lookup($self, name, /)")]
    fn lookup(vm: &mut Vm, this: Value, name: Value) -> Res {
        if !name.is_kind(Kind::Str) {
            let got = vm.class_name(name);
            return Err(vm.type_error(&format!("a bytes-like object is required, not '{got}'")));
        }
        let text = vm.display(name);
        match names::lookup(&text) {
            Some(names::Named::Char(c)) if !is_old(this) || old::name(c).is_some() => {
                vm.new_char(c)
            }
            Some(names::Named::Sequence(s)) if !is_old(this) => vm.new_str(s),
            _ => Err(no_character(vm, &text)),
        }
    }
    /// Return whether the Unicode string unistr is in the normal form 'form'.
    ///
    /// Valid values for form are 'NFC', 'NFKC', 'NFD', and 'NFKD'.
    #[native("is_normalized($self, form, unistr, /)")]
    fn is_normalized(vm: &mut Vm, this: Value, form: Value, unistr: Value) -> Res<bool> {
        let form = form_of(vm, form, "is_normalized")?;
        let s = vm.str_arg(unistr, "is_normalized", "argument 2")?;
        if is_old(this) {
            return Ok(old::normalize(s.units(), form).is_none_or(|n| n.units().same(s.units())));
        }
        Ok(ucd::normal::is_normalized(s.units(), form))
    }
    /// Return the normal form 'form' for the Unicode string unistr.
    ///
    /// Valid values for form are 'NFC', 'NFKC', 'NFD', and 'NFKD'.
    #[native("normalize($self, form, unistr, /)")]
    fn normalize(vm: &mut Vm, this: Value, form: Value, unistr: Value) -> Res {
        let form = form_of(vm, form, "normalize")?;
        let s = vm.str_arg(unistr, "normalize", "argument 2")?;
        let done = if is_old(this) {
            old::normalize(s.units(), form)
        } else {
            ucd::normal::normalize(s.units(), form)
        };
        match done {
            Some(n) => vm.new_str_owned(&n),
            None if unistr.is_exact(Kind::Str) => Ok(unistr),
            None => vm.new_str_units(s.units()),
        }
    }
}
