//! Native functions: their declaration, argument binding and conversions.

use crate::value::{Raised, Res, Value};
use crate::vm::Vm;

/// How a native is bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefKind {
    /// A function, or a method that takes self.
    Method,
    ClassMethod,
    StaticMethod,
    Getter,
    /// A getter that shows as a member descriptor.
    Member,
    Setter,
}

/// Parameters of a native. Slots are in order: self, positional, keyword-only, `*args`, `**kwargs`.
#[derive(Debug)]
pub struct Params {
    /// Names of positional and keyword-only parameters, self included.
    pub names: &'static [&'static str],
    pub posonly: usize,
    pub npos: usize,
    pub nrequired: usize,
    /// Bit i: the i-th keyword-only parameter is required.
    pub kwonly_required: u32,
    pub varargs: bool,
    pub varkw: bool,
    pub has_self: bool,
    /// Only positional parameters (no keyword-only and star ones).
    pub simple: bool,
}

/// A native function as declared by `#[derive::natives]`.
pub struct NativeDef {
    pub name: &'static str,
    pub kind: DefKind,
    /// What `__text_signature__` shows, None when hidden.
    pub text_signature: Option<&'static str>,
    pub doc: &'static str,
    pub params: Params,
    /// Gets one entry a slot; None is an omitted optional argument.
    pub func: fn(&mut Vm, &[Option<Value>]) -> Res,
}

/// Conversion of an argument to a Rust parameter.
pub trait FromArg: Sized {
    fn from_arg(vm: &mut Vm, v: Value) -> Res<Self>;
}

/// Conversion of a native's result to a value.
pub trait IntoResult {
    fn into_result(self, vm: &mut Vm) -> Res;
}

/// The required argument in slot i.
#[inline(always)]
pub fn required<T: FromArg>(vm: &mut Vm, args: &[Option<Value>], i: usize) -> Res<T> {
    match args[i] {
        Some(v) => T::from_arg(vm, v),
        None => Err(vm.system_error("missing native argument")),
    }
}

impl FromArg for Value {
    #[inline(always)]
    fn from_arg(_: &mut Vm, v: Value) -> Res<Value> {
        Ok(v)
    }
}
/// Any object, by truth value.
impl FromArg for bool {
    fn from_arg(vm: &mut Vm, v: Value) -> Res<bool> {
        vm.truth(v)
    }
}
/// An int or something with `__index__`; OverflowError beyond the range.
impl FromArg for i64 {
    fn from_arg(vm: &mut Vm, v: Value) -> Res<i64> {
        vm.index_i64(v)
    }
}
/// A C int; OverflowError beyond the range.
impl FromArg for i32 {
    fn from_arg(vm: &mut Vm, v: Value) -> Res<i32> {
        vm.index_i32(v)
    }
}
/// The bytes of a bytes-like object.
impl FromArg for crate::buffer::Buffer {
    fn from_arg(vm: &mut Vm, v: Value) -> Res<Self> {
        vm.get_buffer(v)
    }
}
impl FromArg for isize {
    fn from_arg(vm: &mut Vm, v: Value) -> Res<isize> {
        vm.index_isize(v)
    }
}
/// A float, or something with `__float__` or `__index__`.
impl FromArg for f64 {
    fn from_arg(vm: &mut Vm, v: Value) -> Res<f64> {
        vm.to_f64(v)
    }
}

impl IntoResult for Value {
    #[inline(always)]
    fn into_result(self, _: &mut Vm) -> Res {
        Ok(self)
    }
}
impl<T> IntoResult for crate::object::Ref<T> {
    #[inline(always)]
    fn into_result(self, _: &mut Vm) -> Res {
        Ok(self.value())
    }
}
/// None.
impl IntoResult for () {
    fn into_result(self, _: &mut Vm) -> Res {
        Ok(Value::NONE)
    }
}
impl IntoResult for bool {
    fn into_result(self, _: &mut Vm) -> Res {
        Ok(Value::bool(self))
    }
}
impl IntoResult for i64 {
    fn into_result(self, vm: &mut Vm) -> Res {
        vm.new_int(self)
    }
}
impl IntoResult for usize {
    fn into_result(self, vm: &mut Vm) -> Res {
        vm.new_int(self as i64)
    }
}
impl IntoResult for f64 {
    fn into_result(self, _: &mut Vm) -> Res {
        Ok(Value::float(self))
    }
}
impl IntoResult for String {
    fn into_result(self, vm: &mut Vm) -> Res {
        vm.new_str(&self)
    }
}
impl IntoResult for &str {
    fn into_result(self, vm: &mut Vm) -> Res {
        vm.new_str(self)
    }
}
impl<T: IntoResult> IntoResult for Option<T> {
    fn into_result(self, vm: &mut Vm) -> Res {
        match self {
            Some(v) => v.into_result(vm),
            None => Ok(Value::NONE),
        }
    }
}

/// Binds positional and keyword arguments to slots and calls. `kwnames` names the last
/// `kwnames.len()` of `args`.
pub fn call_native(
    vm: &mut Vm,
    def: &'static NativeDef,
    self_: Option<Value>,
    args: &[Value],
    kwnames: &[Value],
) -> Res {
    call_named(vm, def, self_, args, kwnames, Named::Declared)
}

/// As `call_native` for a function object that is bound to `self_`: messages name the class of
/// that.
pub fn call_bound(
    vm: &mut Vm,
    def: &'static NativeDef,
    self_: Option<Value>,
    args: &[Value],
    kwnames: &[Value],
) -> Res {
    call_named(vm, def, self_, args, kwnames, Named::Receiver)
}

fn call_named(
    vm: &mut Vm,
    def: &'static NativeDef,
    self_: Option<Value>,
    args: &[Value],
    kwnames: &[Value],
    named: Named,
) -> Res {
    match call_plain(vm, def, self_, args, kwnames) {
        Some(r) => r,
        None => bind(vm, def, self_, args, kwnames, named),
    }
}

/// The class that messages name before a method: where it is declared, or that of the receiver.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Named {
    Declared,
    Receiver,
}

fn call_plain(
    vm: &mut Vm,
    def: &'static NativeDef,
    self_: Option<Value>,
    args: &[Value],
    kwnames: &[Value],
) -> Option<Res> {
    if !kwnames.is_empty() {
        return None;
    }
    call_fixed(vm, def, self_, args).or_else(|| call_without_keywords(vm, def, self_, args))
}

/// Most slots of a call that needs no `bind`.
const SOME_SLOTS: usize = 8;

/// Calls a native with few parameters of any sort when the number of positional arguments fits and
/// no keyword is required; None otherwise.
fn call_without_keywords(
    vm: &mut Vm,
    def: &'static NativeDef,
    self_: Option<Value>,
    args: &[Value],
) -> Option<Res> {
    let p = &def.params;
    let nself = usize::from(self_.is_some());
    let given = args.len() + nself;
    let named = p.names.len();
    let nslots = named + usize::from(p.varargs) + usize::from(p.varkw);
    let fits = given >= p.nrequired && (given <= p.npos || p.varargs) && nself <= p.npos;
    if !fits || p.kwonly_required != 0 || nslots > SOME_SLOTS {
        return None;
    }
    let mut slots = [None; SOME_SLOTS];
    slots[0] = self_;
    let direct = args.len().min(p.npos - nself);
    for (slot, v) in slots[nself..].iter_mut().zip(&args[..direct]) {
        *slot = Some(*v);
    }
    if p.varargs {
        match vm.new_tuple(&args[direct..]) {
            Ok(rest) => slots[named] = Some(rest),
            Err(r) => return Some(Err(r)),
        }
    }
    Some((def.func)(vm, &slots[..nslots]))
}

/// Most slots that are filled without `bind`.
const FEW_SLOTS: usize = 4;

/// Calls a native that has only positional parameters, few of them, when the number of arguments
/// fits; None otherwise.
#[inline(always)]
pub(crate) fn call_fixed(
    vm: &mut Vm,
    def: &'static NativeDef,
    self_: Option<Value>,
    args: &[Value],
) -> Option<Res> {
    let p = &def.params;
    let nself = usize::from(self_.is_some());
    let n = args.len() + nself;
    if !p.simple || n > p.npos || n < p.nrequired {
        return None;
    }
    if nself == 0 && n == p.npos {
        // SAFETY: Option<Value> has the layout of Value.
        let slots = unsafe { std::slice::from_raw_parts(args.as_ptr().cast(), n) };
        return Some((def.func)(vm, slots));
    }
    if p.npos > FEW_SLOTS {
        return None;
    }
    let mut slots = [None; FEW_SLOTS + 1];
    slots[0] = self_;
    for i in 0..FEW_SLOTS {
        if let Some(v) = args.get(i) {
            slots[nself + i] = Some(*v);
        }
    }
    Some((def.func)(vm, &slots[..p.npos]))
}

/// Most slots of a native; checked when binding.
const MAX_SLOTS: usize = 32;

#[inline(never)]
fn bind(
    vm: &mut Vm,
    def: &'static NativeDef,
    self_: Option<Value>,
    args: &[Value],
    kwnames: &[Value],
    named: Named,
) -> Res {
    let p = &def.params;
    let npositional = args.len() - kwnames.len();
    if let Some(this) = self_ {
        check_wrapper(vm, def, this, npositional, kwnames.len())?;
    }
    let mut slots = [None; MAX_SLOTS];
    let nself = usize::from(self_.is_some());
    slots[0] = self_.or_else(|| args.first().copied().filter(|_| p.has_self));
    let given = npositional + nself;
    if !counts_fit(p, given, kwnames.len()) {
        // The class argument of `__new__` is not counted.
        let counted = npositional - usize::from(nself == 0 && p.has_self && npositional > 0);
        return Err(wrong_count(
            vm,
            (def, named),
            &slots,
            counted,
            kwnames.len(),
        ));
    }
    let direct = npositional.min(p.npos - nself.min(p.npos));
    for i in 0..direct {
        slots[nself + i] = Some(args[i]);
    }
    let mut nslots = p.names.len();
    if p.varargs {
        slots[nslots] = Some(vm.new_tuple(&args[direct..npositional])?);
        nslots += 1;
    }
    if p.varkw {
        nslots += 1;
    }
    let mut refused = None;
    for (name, value) in kwnames.iter().zip(&args[npositional..]) {
        let found = p.names[p.posonly.min(p.names.len())..]
            .iter()
            .position(|n| vm.str_equals(*name, n))
            .map(|i| i + p.posonly);
        match found {
            Some(i) if slots[i].is_none() => slots[i] = Some(*value),
            None if p.varkw => {
                let dict = match slots[nslots - 1] {
                    Some(d) => d,
                    None => {
                        let d = vm.new_dict()?.value();
                        slots[nslots - 1] = Some(d);
                        d
                    }
                };
                vm.dict_set(dict, *name, *value)?;
            }
            _ if refused.is_none() => refused = Some((*name, found)),
            _ => {}
        }
    }
    for (i, slot) in slots.iter().enumerate().take(p.names.len()) {
        let required = if i < p.npos {
            i < p.nrequired
        } else {
            p.kwonly_required >> (i - p.npos) & 1 == 1
        };
        if required && slot.is_none() {
            let name = shown_name(vm, def, &slots);
            let full = qualified_name(vm, def, named, &slots);
            return Err(missing(vm, def, (&name, &full), i, given));
        }
    }
    if let Some((name, found)) = refused {
        let shown = shown_name(vm, def, &slots);
        let nself = usize::from(p.has_self);
        return Err(match found {
            Some(i) => given_twice(vm, def, &shown, i, nself),
            None => unexpected_keyword(vm, def, &shown, name),
        });
    }
    (def.func)(vm, &slots[..nslots])
}

/// Whether numbers of positional (self included) and keyword arguments can be right.
fn counts_fit(p: &Params, given: usize, keywords: usize) -> bool {
    if !p.varargs && given > p.npos {
        return false;
    }
    if keywords == 0 || p.varkw {
        return true;
    }
    p.posonly < p.names.len() && (p.varargs || given + keywords <= p.names.len())
}

#[cold]
fn wrong_count(
    vm: &mut Vm,
    (def, named): (&NativeDef, Named),
    slots: &[Option<Value>],
    npositional: usize,
    nkw: usize,
) -> Raised {
    let p = &def.params;
    let full = qualified_name(vm, def, named, slots);
    if nkw > 0 && !p.varkw && p.posonly >= p.names.len() {
        return vm.type_error(&format!("{full}() takes no keyword arguments"));
    }
    let name = shown_name(vm, def, slots);
    too_many(vm, def, (&name, &full), npositional, nkw)
}

/// An argument was given by position and by name.
#[cold]
fn given_twice(vm: &mut Vm, def: &NativeDef, shown: &str, slot: usize, nself: usize) -> Raised {
    let name = def.params.names[slot];
    let message = if slot < def.params.npos {
        let position = slot + 1 - nself;
        format!("argument for {shown}() given by name ('{name}') and position ({position})")
    } else {
        format!("{shown}() got multiple values for argument '{name}'")
    };
    vm.type_error(&message)
}

/// The wrappers of slots check their arguments in a way of their own.
fn check_wrapper(
    vm: &mut Vm,
    def: &NativeDef,
    this: Value,
    given: usize,
    keywords: usize,
) -> Res<()> {
    let p = &def.params;
    let is_wrapper = def.kind == DefKind::Method
        && p.simple
        && p.has_self
        && crate::types::builtin_method::is_slot(&builtin_name(vm.class_of(this)), def.name);
    if !is_wrapper || matches!(def.name, "__init__" | "__call__") {
        return Ok(());
    }
    let name = def.name;
    let (min, max) = (p.nrequired - 1, p.npos - 1);
    let message = if keywords > 0 {
        format!("wrapper {name}() takes no keyword arguments")
    } else if (min..=max).contains(&given) {
        return Ok(());
    } else if (min, max) == (1, 2) && matches!(name, "__pow__" | "__rpow__" | "__ipow__") {
        format!("expected 1 or 2 arguments, got {given}")
    } else if min == max && max < 2 && !matches!(name, "__buffer__" | "__release_buffer__") {
        format!("expected {max} argument{}, got {given}", plural(max))
    } else if min == max {
        format!("{name} expected {max} argument{}, got {given}", plural(max))
    } else if given < min {
        format!(
            "{name} expected at least {min} argument{}, got {given}",
            plural(min)
        )
    } else {
        format!(
            "{name} expected at most {max} argument{}, got {given}",
            plural(max)
        )
    };
    Err(vm.type_error(&message))
}

/// The name messages show: the class for `__new__` and `__init__`.
fn shown_name(vm: &Vm, def: &NativeDef, slots: &[Option<Value>]) -> String {
    let class = match (def.name, slots.first().copied().flatten()) {
        ("__new__", Some(c)) => c.downcast::<crate::class::TypeObj>(),
        ("__init__", Some(this)) => Some(vm.class_of(this)),
        _ => None,
    };
    match class {
        Some(c) => builtin_name(c),
        None => def.name.to_string(),
    }
}

/// The name of the builtin type behind a class.
fn builtin_name(class: crate::object::Ref<crate::class::TypeObj>) -> String {
    match class.spec.get() {
        Some(spec) => spec.name.to_string(),
        None => class.name_str(),
    }
}

/// The name of the class whose method `def` is, which `this` may have inherited.
fn declaring_name(vm: &mut Vm, def: &NativeDef, this: Value) -> String {
    let class = vm.class_of(this);
    let name = vm.intern(def.name);
    let found = vm.lookup_where(class, name).and_then(|(_, m)| {
        m.downcast::<crate::object::MethodDescrObj>()
            .filter(|m| std::ptr::eq(m.def, def))
    });
    builtin_name(found.map_or(class, |m| m.class))
}

/// `module.function` or `type.method`, as messages on functions of fixed arity have it.
fn qualified_name(vm: &mut Vm, def: &NativeDef, named: Named, slots: &[Option<Value>]) -> String {
    let owner = match slots.first().copied().flatten() {
        Some(this) if def.params.has_self && !matches!(def.name, "__new__" | "__init__") => this,
        _ => return shown_name(vm, def, slots),
    };
    let prefix = if let Some(m) = owner.downcast::<crate::object::ModuleObj>() {
        match vm.dict_get_interned(m.dict.get(), vm.names.__name__) {
            Some(n) => vm.display(n),
            None => String::from("builtins"),
        }
    } else if def.kind == DefKind::ClassMethod {
        match owner.downcast::<crate::class::TypeObj>() {
            Some(c) => builtin_name(c),
            None => return def.name.to_string(),
        }
    } else if named == Named::Receiver {
        vm.short_class_name(owner)
    } else {
        declaring_name(vm, def, owner)
    };
    if prefix == "builtins" {
        return def.name.to_string();
    }
    format!("{prefix}.{}", def.name)
}

#[cold]
fn unexpected_keyword(vm: &mut Vm, def: &NativeDef, shown: &str, name: Value) -> Raised {
    let name = vm.display(name);
    let known = def.params.names[def.params.posonly..].iter().copied();
    let hint = match crate::suggest::closest(&name, known) {
        Some(s) => format!(". Did you mean '{s}'?"),
        None => String::new(),
    };
    vm.type_error(&format!(
        "{shown}() got an unexpected keyword argument '{name}'{hint}"
    ))
}

fn plural(n: usize) -> &'static str {
    if n == 1 { "" } else { "s" }
}

fn too_many(
    vm: &mut Vm,
    def: &NativeDef,
    (name, full): (&str, &str),
    npositional: usize,
    nkw: usize,
) -> Raised {
    let p = &def.params;
    let nself = usize::from(p.has_self && p.npos > 0);
    let (max, min) = (p.npos - nself, p.nrequired.saturating_sub(nself));
    let keywords_possible = p.posonly < p.names.len();
    let message = if max == 0 && p.varkw {
        format!("{name}() takes no positional arguments")
    } else if max == 0 && !keywords_possible {
        format!("{full}() takes no arguments ({npositional} given)")
    } else if keywords_possible {
        let (all, got) = (p.names.len() - nself, npositional + nkw);
        if got > all && !p.varkw {
            let which = if npositional == 0 { "keyword " } else { "" };
            format!(
                "{name}() takes at most {all} {which}argument{} ({got} given)",
                plural(all)
            )
        } else if max == 0 {
            format!("{name}() takes no positional arguments")
        } else {
            let optional = min < max || p.names.len() > p.npos;
            let how = if optional { "at most" } else { "exactly" };
            format!(
                "{name}() takes {how} {max} positional argument{} ({npositional} given)",
                plural(max)
            )
        }
    } else if min == max {
        if max == 1 {
            format!("{full}() takes exactly one argument ({npositional} given)")
        } else {
            format!("{name} expected {max} arguments, got {npositional}")
        }
    } else {
        format!(
            "{name} expected at most {max} argument{}, got {npositional}",
            plural(max)
        )
    };
    vm.type_error(&message)
}

fn missing(
    vm: &mut Vm,
    def: &NativeDef,
    (name, full): (&str, &str),
    slot: usize,
    given: usize,
) -> Raised {
    let p = &def.params;
    let nself = usize::from(p.has_self);
    let (max, min) = (
        p.npos.saturating_sub(nself),
        p.nrequired.saturating_sub(nself),
    );
    let given = given.saturating_sub(nself);
    let message = if slot >= p.posonly {
        format!(
            "{name}() missing required argument '{}' (pos {})",
            p.names[slot],
            slot + 1 - nself
        )
    } else if nself == 1 && slot == 0 {
        format!("unbound method {name}() needs an argument")
    } else if p.posonly < p.names.len() && !p.varkw {
        let posonly = p.posonly.saturating_sub(nself).min(min);
        let how = if posonly < max { "at least" } else { "exactly" };
        format!(
            "{name}() takes {how} {posonly} positional argument{} ({given} given)",
            plural(posonly)
        )
    } else if min == max {
        if max == 1 {
            format!("{full}() takes exactly one argument ({given} given)")
        } else {
            format!("{name} expected {max} argument{}, got {given}", plural(max))
        }
    } else {
        format!(
            "{name} expected at least {min} argument{}, got {given}",
            plural(min)
        )
    };
    vm.type_error(&message)
}
