//! `Context`: construction, attributes, copies.

use super::signals::{bits_of_argument, names, shown};
use super::state::{self, Context, DEFAULT, DEFAULT_TRAPS, SPEC, TEMPLATES, context_of};
use crate::itertools::items_of;
use crate::util::kept;
use ::decimal::context::{MAX_EMAX, MAX_PREC, MIN_EMIN};
use ::decimal::{Ctx, Rounding};
use runtime::object::*;
use runtime::{Res, Value, Vm};

/// Attributes in the order of the constructor's parameters.
pub const FIELDS: [&str; 8] = [
    "prec", "rounding", "Emin", "Emax", "capitals", "clamp", "flags", "traps",
];

/// A C ssize_t from an int, and nothing else.
pub fn int_field(vm: &mut Vm, v: Value) -> Res<i64> {
    if !vm.is_int(v) {
        return Err(vm.type_error("an integer is required"));
    }
    match vm.int_to_i64(v) {
        Some(n) => Ok(n),
        None => Err(vm.overflow_error("Python int too large to convert to C ssize_t")),
    }
}

/// An int within a range.
fn ranged(vm: &mut Vm, v: Value, range: std::ops::RangeInclusive<i64>, text: &str) -> Res<i64> {
    let n = int_field(vm, v)?;
    if range.contains(&n) {
        Ok(n)
    } else {
        Err(vm.value_error(text))
    }
}

/// A rounding mode by its name.
pub fn rounding(vm: &mut Vm, v: Value) -> Res<Rounding> {
    let named = v
        .downcast::<StrObj>()
        .and_then(|s| Rounding::named(s.as_ascii()?));
    match named {
        Some(r) => Ok(r),
        None => Err(vm.type_error("valid values for rounding are:\n  [ROUND_CEILING, ROUND_FLOOR, ROUND_UP, ROUND_DOWN,\n   ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN,\n   ROUND_05UP]")),
    }
}

/// Sets an attribute; lists of signals are allowed only in constructors.
pub fn set_field(vm: &mut Vm, this: Value, name: &str, v: Value, lists: bool) -> Res<()> {
    let c = context_of(this);
    let mut ctx = c.ctx.get();
    match name {
        "prec" => {
            ctx.prec = ranged(vm, v, 1..=MAX_PREC, "valid range for prec is [1, MAX_PREC]")?;
        }
        "rounding" => ctx.rounding = rounding(vm, v)?,
        "Emin" => {
            ctx.emin = ranged(vm, v, MIN_EMIN..=0, "valid range for Emin is [MIN_EMIN, 0]")?;
        }
        "Emax" => {
            ctx.emax = ranged(vm, v, 0..=MAX_EMAX, "valid range for Emax is [0, MAX_EMAX]")?;
        }
        "capitals" => {
            let n = ranged(vm, v, 0..=1, "valid values for capitals are 0 or 1")?;
            c.capitals.set(n == 1);
        }
        "clamp" => ctx.clamp = ranged(vm, v, 0..=1, "valid values for clamp are 0 or 1")? == 1,
        "flags" => c.flags().set(bits_of_argument(vm, v, lists)?),
        _ => c.traps().set(bits_of_argument(vm, v, lists)?),
    }
    c.ctx.set(ctx);
    Ok(())
}

/// Sets the attribute of an assignment.
fn assign(vm: &mut Vm, this: Value, name: &str, v: Option<Value>) -> Res<()> {
    match v {
        Some(v) => set_field(vm, this, name, v, false),
        None => {
            let text = "context attributes cannot be deleted";
            Err(vm.error(vm.types.exc.AttributeError, text))
        }
    }
}

fn number(b: bool) -> i64 {
    i64::from(b)
}

#[derive::natives]
pub mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, _args: Value, _kwargs: Option<Value>) -> Res {
        let base = vm.native_type(&SPEC)?;
        let class = vm.class_arg(class, base)?;
        match kept(vm, &TEMPLATES[0]).map(context_of) {
            Some(t) => {
                let traps = t.traps().get();
                state::new_of(vm, class, t.ctx.get(), t.capitals.get(), traps)
            }
            None => state::new_of(vm, class, DEFAULT, true, DEFAULT_TRAPS),
        }
    }
    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, /, *args, **kwargs)")]
    fn init(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res<()> {
        let mut given = [None; 8];
        let n = items_of(args).len();
        if n > FIELDS.len() {
            return Err(vm.type_error(&format!("function takes at most 8 arguments ({n} given)")));
        }
        for (slot, v) in given.iter_mut().zip(items_of(args)) {
            *slot = Some(*v);
        }
        if let Some(d) = kwargs.and_then(|d| d.downcast::<DictObj>()) {
            let mut at = 0;
            while let Some((i, e)) = runtime::dict::next_entry(d, at) {
                at = i + 1;
                let name = e.key.map(|k| vm.display(k)).unwrap_or_default();
                let Some(i) = FIELDS.iter().position(|f| *f == name) else {
                    let text = format!("this function got an unexpected keyword argument '{name}'");
                    return Err(vm.type_error(&text));
                };
                if given[i].is_some() {
                    let text = format!(
                        "argument for function given by name ('{name}') and position ({})",
                        i + 1
                    );
                    return Err(vm.type_error(&text));
                }
                given[i] = e.value;
            }
        }
        for (name, v) in FIELDS.into_iter().zip(given) {
            if let Some(v) = v.filter(|v| !v.is_none()) {
                set_field(vm, this, name, v, true)?;
            }
        }
        Ok(())
    }
    /// Digits of results.
    #[getter("prec")]
    fn prec(_: &mut Vm, this: Value) -> Res<i64> {
        Ok(context_of(this).ctx.get().prec)
    }
    #[setter("prec")]
    fn set_prec(vm: &mut Vm, this: Value, v: Option<Value>) -> Res<()> {
        assign(vm, this, "prec", v)
    }
    /// The largest exponent.
    #[getter("Emax")]
    fn emax(_: &mut Vm, this: Value) -> Res<i64> {
        Ok(context_of(this).ctx.get().emax)
    }
    #[setter("Emax")]
    fn set_emax(vm: &mut Vm, this: Value, v: Option<Value>) -> Res<()> {
        assign(vm, this, "Emax", v)
    }
    /// The smallest exponent of normal numbers.
    #[getter("Emin")]
    fn emin(_: &mut Vm, this: Value) -> Res<i64> {
        Ok(context_of(this).ctx.get().emin)
    }
    #[setter("Emin")]
    fn set_emin(vm: &mut Vm, this: Value, v: Option<Value>) -> Res<()> {
        assign(vm, this, "Emin", v)
    }
    /// The rounding mode.
    #[getter("rounding")]
    fn rounding(vm: &mut Vm, this: Value) -> Res {
        let name = context_of(this).ctx.get().rounding.name();
        Ok(vm.intern(name))
    }
    #[setter("rounding")]
    fn set_rounding(vm: &mut Vm, this: Value, v: Option<Value>) -> Res<()> {
        assign(vm, this, "rounding", v)
    }
    /// 1 if exponents are written with E.
    #[getter("capitals")]
    fn capitals(_: &mut Vm, this: Value) -> Res<i64> {
        Ok(number(context_of(this).capitals.get()))
    }
    #[setter("capitals")]
    fn set_capitals(vm: &mut Vm, this: Value, v: Option<Value>) -> Res<()> {
        assign(vm, this, "capitals", v)
    }
    /// 1 if exponents are at most Etop().
    #[getter("clamp")]
    fn clamp(_: &mut Vm, this: Value) -> Res<i64> {
        Ok(number(context_of(this).ctx.get().clamp))
    }
    #[setter("clamp")]
    fn set_clamp(vm: &mut Vm, this: Value, v: Option<Value>) -> Res<()> {
        assign(vm, this, "clamp", v)
    }
    /// The signals that operations reported.
    #[getter("flags")]
    fn flags(_: &mut Vm, this: Value) -> Res {
        Ok(context_of(this).flags)
    }
    #[setter("flags")]
    fn set_flags(vm: &mut Vm, this: Value, v: Option<Value>) -> Res<()> {
        assign(vm, this, "flags", v)
    }
    /// The signals that are raised as exceptions.
    #[getter("traps")]
    fn traps(_: &mut Vm, this: Value) -> Res {
        Ok(context_of(this).traps)
    }
    #[setter("traps")]
    fn set_traps(vm: &mut Vm, this: Value, v: Option<Value>) -> Res<()> {
        assign(vm, this, "traps", v)
    }
    /// Exponent of the smallest subnormal number: Emin - prec + 1.
    #[native("Etiny($self, /)")]
    fn etiny(_: &mut Vm, this: Value) -> Res<i64> {
        Ok(context_of(this).ctx.get().etiny())
    }
    /// Exponent of the largest number: Emax - prec + 1.
    #[native("Etop($self, /)")]
    fn etop(_: &mut Vm, this: Value) -> Res<i64> {
        Ok(context_of(this).ctx.get().etop())
    }
    /// Forget all reported signals.
    #[native("clear_flags($self, /)")]
    fn clear_flags(_: &mut Vm, this: Value) -> Res<()> {
        context_of(this).flags().set(0);
        Ok(())
    }
    /// Raise no signal as an exception.
    #[native("clear_traps($self, /)")]
    fn clear_traps(_: &mut Vm, this: Value) -> Res<()> {
        context_of(this).traps().set(0);
        Ok(())
    }
    /// A copy with the same flags and traps.
    #[native("copy($self, /)")]
    fn copy(vm: &mut Vm, this: Value) -> Res {
        state::copy(vm, context_of(this))
    }
    #[native("__copy__($self, /)")]
    fn copy_protocol(vm: &mut Vm, this: Value) -> Res {
        state::copy(vm, context_of(this))
    }
    /// What pickle needs.
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let c = context_of(this);
        let Ctx {
            prec,
            emax,
            emin,
            rounding,
            clamp,
        } = c.ctx.get();
        let mode = vm.intern(rounding.name());
        let flags = names(vm, c.flags().get(), false)?;
        let traps = names(vm, c.traps().get(), false)?;
        let [prec, emin, emax] = [prec, emin, emax].map(|n| vm.new_int(n));
        let [capitals, clamp] = [c.capitals.get(), clamp].map(|b| Value::int_unchecked(number(b)));
        let args = [prec?, mode, emin?, emax?, capitals, clamp, flags, traps];
        let args = vm.new_tuple(&args)?;
        let class = vm.class_of(this).value();
        vm.new_tuple(&[class, args])
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(_: &mut Vm, this: Value) -> Res<String> {
        let c: &Context = context_of(this);
        let x = c.ctx.get();
        Ok(format!(
            "Context(prec={}, rounding={}, Emin={}, Emax={}, capitals={}, clamp={}, flags={}, traps={})",
            x.prec,
            x.rounding.name(),
            x.emin,
            x.emax,
            number(c.capitals.get()),
            number(x.clamp),
            shown(c.flags().get()),
            shown(c.traps().get()),
        ))
    }
}
