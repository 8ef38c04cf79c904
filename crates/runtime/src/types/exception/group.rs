//! `BaseExceptionGroup` and what `except*` does with groups (PEP 654).

use super::base::{cell, has_keywords, items};
use crate::class::TypeObj;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

/// Fields: message, exceptions (a tuple), and the repr of the sequence given when it was neither
/// a list nor a tuple.
const MESSAGE: usize = 0;
const EXCEPTIONS: usize = 1;
const SHOWN: usize = 2;

/// How leaves are chosen.
#[derive(Clone, Copy)]
enum Matcher {
    Types(Value),
    Predicate(Value),
    /// A list of the leaves to keep, compared by identity.
    Leaves(Value),
}

fn is_group(vm: &Vm, e: Value) -> bool {
    vm.is_instance_of(e, vm.types.exc.BaseExceptionGroup)
}

fn nested(vm: &Vm, group: Value) -> Value {
    vm.exc_field(group, EXCEPTIONS).unwrap_or(Value::NONE)
}

fn is_exception_class(vm: &Vm, v: Value) -> bool {
    v.downcast::<TypeObj>()
        .is_some_and(|t| t.is_subtype(vm.types.exc.BaseException))
}

fn matcher(vm: &mut Vm, v: Value) -> Res<Matcher> {
    let tuple_of_types = v
        .downcast::<TupleObj>()
        .is_some_and(|t| t.items().iter().all(|c| is_exception_class(vm, *c)));
    if is_exception_class(vm, v) || tuple_of_types {
        return Ok(Matcher::Types(v));
    }
    if !v.is_kind(Kind::Type) && vm.is_callable(v) {
        return Ok(Matcher::Predicate(v));
    }
    Err(vm.type_error(
        "expected an exception type, a tuple of exception types, or a callable (other than a class)",
    ))
}

fn is_match(vm: &mut Vm, e: Value, m: Matcher) -> Res<bool> {
    match m {
        Matcher::Types(t) => {
            let class = vm.class_of(e);
            let hit = |c: &Value| c.downcast::<TypeObj>().is_some_and(|c| class.is_subtype(c));
            Ok(match t.downcast::<TupleObj>() {
                Some(t) => t.items().iter().any(hit),
                None => hit(&t),
            })
        }
        Matcher::Predicate(f) => {
            let r = vm.call_value(f, &[e])?;
            vm.truth(r)
        }
        Matcher::Leaves(list) => {
            if is_group(vm, e) {
                return Ok(false);
            }
            let Some(l) = list.downcast::<ListObj>() else {
                return Ok(false);
            };
            Ok((0..l.len.get()).any(|i| l.get(i) == Some(e)))
        }
    }
}

/// A group like `orig` of other exceptions; None when there are none.
fn subset(vm: &mut Vm, orig: Value, excs: &crate::alloc::GcVec) -> Res<Option<Value>> {
    if excs.is_empty() {
        return Ok(None);
    }
    let list = vm.new_list(excs)?;
    let eg = vm.call_method_str(orig, "derive", &[list])?;
    if !is_group(vm, eg) {
        return Err(vm.type_error("derive must return an instance of BaseExceptionGroup"));
    }
    let (x, o) = (cell(eg), cell(orig));
    if let Some(tb) = o.traceback.get() {
        x.traceback.write(x, tb);
    }
    x.set_context(o.context.get());
    x.cause.write(x, o.cause.get());
    x.suppress_context.set(true);
    let notes = vm.names.__notes__;
    if let Some(n) = vm.get_attr_opt(orig, notes)? {
        // Notes that are no sequence are not copied: that error is not this operation's.
        if n.is_kind(Kind::List) || n.is_kind(Kind::Tuple) {
            let copy = vm.collect(n)?;
            let copy = vm.list_from_vec(copy)?;
            vm.set_attr(eg, notes, Some(copy))?;
        }
    }
    Ok(Some(eg))
}

/// (matching part, rest) of an exception; the rest is made only when asked for.
fn split(
    vm: &mut Vm,
    e: Value,
    m: Matcher,
    want_rest: bool,
) -> Res<(Option<Value>, Option<Value>)> {
    vm.check_native_stack()?;
    if is_match(vm, e, m)? {
        return Ok((Some(e), None));
    }
    if !is_group(vm, e) {
        return Ok((None, want_rest.then_some(e)));
    }
    let (mut hits, mut rest) = (vm.new_vec(), vm.new_vec());
    let all = nested(vm, e);
    for inner in items(all) {
        let (hit, other) = split(vm, *inner, m, want_rest)?;
        if let Some(h) = hit {
            hits.push(vm, h)?;
        }
        if let Some(o) = other {
            rest.push(vm, o)?;
        }
    }
    let hit = subset(vm, e, &hits)?;
    let rest = if want_rest {
        subset(vm, e, &rest)?
    } else {
        None
    };
    Ok((hit, rest))
}

/// Adds the leaves of an exception tree to a list.
fn collect_leaves(vm: &mut Vm, e: Value, out: &mut crate::alloc::GcVec) -> Res<()> {
    vm.check_native_stack()?;
    if !is_group(vm, e) {
        return out.push(vm, e);
    }
    let all = nested(vm, e);
    for inner in items(all) {
        collect_leaves(vm, *inner, out)?;
    }
    Ok(())
}

/// The two groups have the same notes, traceback, cause and context: one is a part of the other.
fn same_metadata(vm: &mut Vm, a: Value, b: Value) -> Res<bool> {
    if !is_group(vm, a) || !is_group(vm, b) {
        return Ok(false);
    }
    let (x, y) = (cell(a), cell(b));
    let links = |x: Ref<ExceptionObj>| (x.traceback.bits(), x.cause.bits(), x.context.bits());
    Ok(links(x) == links(y))
}

impl Vm {
    /// What is raised at the end of a `try`-`except*` that caught `orig`: `list` holds what the
    /// clauses raised and what none of them matched (`_PyExc_PrepReraiseStar`). None: nothing.
    pub fn exception_group_end(&mut self, orig: Value, list: Value) -> Res {
        let mut excs = self.collect(list)?;
        if excs.is_empty() {
            return Ok(Value::NONE);
        }
        if !is_group(self, orig) {
            // A naked exception: at most one clause ran.
            return Ok(excs[0]);
        }
        let (mut raised, mut again) = (self.new_vec(), self.new_vec());
        for e in excs.as_mut_slice().iter().copied().filter(|e| !e.is_none()) {
            if same_metadata(self, e, orig)? {
                collect_leaves(self, e, &mut again)?;
            } else {
                raised.push(self, e)?;
            }
        }
        if !again.is_empty() {
            let keep = self.new_list(&again)?;
            if let (Some(part), _) = split(self, orig, Matcher::Leaves(keep), false)? {
                if raised.is_empty() {
                    return Ok(part);
                }
                raised.push(self, part)?;
            }
        }
        match &raised[..] {
            [] => Ok(Value::NONE),
            [one] => Ok(*one),
            _ => {
                let list = self.new_list(&raised)?;
                let class = self.types.exc.BaseExceptionGroup.value();
                self.call_value(class, &[self.names.empty, list])
            }
        }
    }
}

/// Checks the arguments of a group and picks its class.
fn choose_class(vm: &mut Vm, class: Ref<TypeObj>, excs: &crate::alloc::GcVec) -> Res<Ref<TypeObj>> {
    let exc = &vm.types.exc;
    let (base, group, exception) = (exc.BaseExceptionGroup, exc.ExceptionGroup, exc.Exception);
    let mut has_base = false;
    for (i, e) in excs.iter().enumerate() {
        if !e.is_kind(Kind::Exception) {
            return Err(vm.value_error(&format!(
                "Item {i} of second argument (exceptions) is not an exception"
            )));
        }
        has_base |= !vm.is_instance_of(*e, exception);
    }
    if class == base && !has_base {
        return Ok(group);
    }
    if has_base && class == group {
        return Err(vm.type_error("Cannot nest BaseExceptions in an ExceptionGroup"));
    }
    if has_base && class.is_subtype(exception) {
        let name = class.name_str();
        return Err(vm.type_error(&format!("Cannot nest BaseExceptions in '{name}'")));
    }
    Ok(class)
}

#[derive::natives]
pub mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, args: Value, _kwargs: Option<Value>) -> Res {
        let [message, excs] = items(args) else {
            let n = items(args).len();
            return Err(vm.type_error(&format!(
                "BaseExceptionGroup.__new__() takes exactly 2 arguments ({n} given)"
            )));
        };
        if !message.is_kind(Kind::Str) {
            let got = if message.is_none() {
                "None".into()
            } else {
                vm.class_name(*message)
            };
            return Err(vm.type_error(&format!(
                "BaseExceptionGroup.__new__() argument 1 must be str, not {got}"
            )));
        }
        let plain = excs.is_kind(Kind::List) || excs.is_kind(Kind::Tuple);
        let is_sequence = plain
            || (vm.special(*excs, vm.names.__getitem__).is_some() && !excs.is_kind(Kind::Dict));
        if !is_sequence {
            return Err(vm.type_error("second argument (exceptions) must be a sequence"));
        }
        let list = vm.collect(*excs)?;
        if list.is_empty() {
            return Err(vm.value_error("second argument (exceptions) must be a non-empty sequence"));
        }
        let Some(c) = class.downcast::<TypeObj>() else {
            return vm.new_exception_cell(class, args);
        };
        let c = choose_class(vm, c, &list)?;
        let e = vm.new_exception_cell(c.value(), args)?;
        let tuple = vm.new_tuple(&list)?;
        vm.set_exc_fields(e, &[*message, tuple])?;
        if !plain {
            let shown = vm.repr(*excs)?;
            vm.set_exc_field(e, SHOWN, Some(shown))?;
        }
        Ok(e)
    }
    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, /, *args, **kwargs)")]
    fn init(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res<()> {
        vm.init_exception(this, args, if has_keywords(kwargs) { kwargs } else { None })
    }
    /// Return str(self).
    #[native("__str__($self, /)")]
    fn str(vm: &mut Vm, this: Value) -> Res {
        let n = items(nested(vm, this)).len();
        let s = if n == 1 { "" } else { "s" };
        let message = vm.exc_field(this, MESSAGE).unwrap_or(Value::NONE);
        let message = vm.str_of(message)?;
        let tail = vm.new_str(&format!(" ({n} sub-exception{s})"))?;
        vm.concat_str(message, tail)
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res {
        vm.check_native_stack()?;
        let shown = match vm.exc_field(this, SHOWN) {
            Some(s) => s,
            None => {
                let was_list = items(cell(this).args.or_none())
                    .get(1)
                    .is_some_and(|v| v.is_kind(Kind::List));
                let mut all = nested(vm, this);
                if was_list {
                    all = vm.new_list(items(all))?;
                }
                vm.repr(all)?
            }
        };
        let message = vm.exc_field(this, MESSAGE).unwrap_or(Value::NONE);
        let message = vm.repr(message)?;
        let head = vm.new_str(&format!("{}(", vm.short_class_name(this)))?;
        let head = vm.concat_str(head, message)?;
        let comma = vm.new_str(", ")?;
        let head = vm.concat_str(head, comma)?;
        let head = vm.concat_str(head, shown)?;
        let close = vm.new_str(")")?;
        vm.concat_str(head, close)
    }
    #[native("derive($self, excs, /)")]
    fn derive(vm: &mut Vm, this: Value, excs: Value) -> Res {
        let message = vm.exc_field(this, MESSAGE).unwrap_or(Value::NONE);
        let class = vm.types.exc.BaseExceptionGroup.value();
        vm.call_value(class, &[message, excs])
    }
    #[native("split($self, matcher_value, /)")]
    fn split_method(vm: &mut Vm, this: Value, matcher_value: Value) -> Res {
        let m = matcher(vm, matcher_value)?;
        let (hit, rest) = split(vm, this, m, true)?;
        vm.new_tuple(&[hit.unwrap_or(Value::NONE), rest.unwrap_or(Value::NONE)])
    }
    #[native("subgroup($self, matcher_value, /)")]
    fn subgroup(vm: &mut Vm, this: Value, matcher_value: Value) -> Res<Option<Value>> {
        let m = matcher(vm, matcher_value)?;
        Ok(split(vm, this, m, false)?.0)
    }
    /// Exception groups are generic over the type of their contained exceptions
    #[classmethod("__class_getitem__($type, object, /)")]
    fn class_getitem(vm: &mut Vm, class: Value, object: Value) -> Res {
        vm.new_generic_alias(class, object)
    }
}
