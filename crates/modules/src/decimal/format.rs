//! `format(decimal, spec)`.

use super::number::dec_of;
use super::state::current;
use ::decimal::text::cut;
use num::format_num::{Locale, format_decimal};
use num::format_spec::{Align, FormatSpec, Separator};
use runtime::object::*;
use runtime::{Res, Value, Vm};

/// A zero before the width does not go with an alignment.
fn zero_after_alignment(text: &[u32]) -> bool {
    let is_align = |c: Option<&u32>| c.is_some_and(|c| "<>=^".chars().any(|a| a as u32 == *c));
    let rest = if is_align(text.get(1)) {
        &text[2..]
    } else if is_align(text.first()) {
        &text[1..]
    } else {
        return false;
    };
    let skipped = rest
        .iter()
        .take_while(|c| "+- z#".chars().any(|a| a as u32 == **c))
        .count();
    rest.get(skipped) == Some(&u32::from(b'0'))
}

fn parse(vm: &mut Vm, s: Ref<StrObj>) -> Res<FormatSpec> {
    let points: Vec<u32> = s.units().iter().collect();
    let invalid = "invalid format string";
    if zero_after_alignment(&points) {
        return Err(vm.value_error(invalid));
    }
    let spec = match FormatSpec::parse(&points, Align::Right, "Decimal") {
        Ok(spec) => spec,
        Err(_) => return Err(vm.value_error(invalid)),
    };
    let grouped = spec.grouping != Separator::None;
    let kind = spec.kind_ascii();
    let known = b"eEfFgGnN%".contains(&kind) || kind == 0 && points.last() != Some(&0);
    if !known || matches!(kind, b'n' | b'N') && grouped {
        return Err(vm.value_error(invalid));
    }
    let most = ::decimal::context::MAX_PREC as usize;
    if spec.width > Some(most) || spec.precision > Some(most) {
        let text = "format specification exceeds internal limits of _decimal";
        return Err(vm.value_error(text));
    }
    if kind == b'N' {
        let text = "Format specifier 'N' is deprecated and slated for removal in Python 3.18";
        vm.warn(vm.types.exc.DeprecationWarning, text, 1)?;
    }
    Ok(spec)
}

/// The conventions of the dict that `__format__` may get.
fn conventions(vm: &mut Vm, d: Value) -> Res<Locale> {
    let Some(d) = d.downcast::<DictObj>() else {
        return Err(vm.type_error("optional argument must be a dict"));
    };
    let mut locale = Locale::default();
    for (name, to) in [
        ("decimal_point", &mut locale.decimal_point),
        ("thousands_sep", &mut locale.thousands_sep),
    ] {
        if let Some(v) = vm.dict_get_str(d, name) {
            *to = vm.display(v);
        }
    }
    if let Some(v) = vm.dict_get_str(d, "grouping") {
        locale.grouping = vm.display(v).into_bytes();
    }
    let valid = (1..=4).contains(&locale.decimal_point.len())
        && locale.thousands_sep.len() <= 4
        && locale.grouping.is_ascii();
    if valid {
        Ok(locale)
    } else {
        Err(vm.value_error("invalid override dict"))
    }
}

fn format(vm: &mut Vm, this: Value, text: Value, own: Option<Value>) -> Res {
    let Some(s) = text.downcast::<StrObj>() else {
        return Err(vm.type_error("format arg must be str"));
    };
    let mut spec = parse(vm, s)?;
    let c = current(vm)?;
    let kind = match spec.kind_ascii() {
        0 if c.capitals.get() => b'G',
        b'N' => b'G',
        0 | b'n' => b'g',
        k => k,
    };
    let d = dec_of(this);
    let parts = cut(
        d,
        kind,
        spec.precision,
        spec.no_neg_0,
        spec.alternate,
        &c.ctx.get(),
    );
    let Some(parts) = parts else {
        return Err(vm.memory_error());
    };
    let locale = match own {
        Some(d) => Some(conventions(vm, d)?),
        None if matches!(spec.kind_ascii(), b'n' | b'N') => {
            Some(crate::locale::number_conventions())
        }
        None => None,
    };
    if !d.is_finite() && spec.fill == u32::from(b'0') && spec.align == Align::AfterSign {
        spec.fill = u32::from(b' ');
        spec.align = Align::Right;
    }
    let pieces = (
        parts.whole.as_str(),
        parts.point,
        parts.fraction.as_str(),
        parts.rest.as_str(),
    );
    vm.formatted(format_decimal(
        parts.negative,
        pieces,
        &spec,
        locale.as_ref(),
    ))
}

#[derive::natives]
pub mod methods {
    use super::*;

    /// Text by the language of format().
    #[native(
        "__format__($self, format_spec, override=<unrepresentable>, /)",
        nosig,
        nameless
    )]
    fn format(vm: &mut Vm, this: Value, format_spec: Value, own: Option<Value>) -> Res {
        super::format(vm, this, format_spec, own)
    }
}
