//! What the module shares: exception classes, registries of other modules, errors and notes.

use crate::binascii::new_exception_class;
use crate::payloads::{payload, payload_type};
use crate::util::{keep, kept};
use runtime::class::{TypeObj, TypeSpec};
use runtime::object::*;
use runtime::{Raised, Res, Value, Vm};

payload! {
    /// Objects of other modules, and the exception classes.
    pub struct State {
        pub error: Value, pub pickling: Value, pub unpickling: Value,
        pub dispatch_table: Value, pub extensions: Value, pub inverted: Value, pub cache: Value,
        pub names_2to3: Value, pub modules_2to3: Value, pub names_3to2: Value, pub modules_3to2: Value,
        pub encode: Value, pub getattr: Value, pub partial: Value
    }
}

static HOLDER: TypeSpec = payload_type! { name: "State", module: "_pickle" };
static KEY: u8 = 0;

/// Makes the state once, and adds the exception classes to the module.
pub fn make(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    if kept(vm, &KEY).is_none() {
        let s = new(vm)?;
        let class = vm.native_type(&HOLDER)?;
        let v = vm.new_payload(class, s)?;
        keep(vm, &KEY, v);
    }
    let s = state(vm)?;
    vm.module_set(m, "PickleError", s.error)?;
    vm.module_set(m, "PicklingError", s.pickling)?;
    vm.module_set(m, "UnpicklingError", s.unpickling)
}

fn class(v: Value) -> Res<Ref<TypeObj>> {
    v.downcast::<TypeObj>().ok_or(Raised)
}

fn new(vm: &mut Vm) -> Res<State> {
    let exception = vm.types.exc.Exception;
    let error = new_exception_class(vm, "_pickle", "PickleError", exception)?;
    let base = class(error)?;
    let pickling = new_exception_class(vm, "_pickle", "PicklingError", base)?;
    let unpickling = new_exception_class(vm, "_pickle", "UnpicklingError", base)?;
    let mut from = |module: &str, name: &str| -> Res {
        let m = vm.import_module(module)?;
        vm.get_attr_str(m, name)
    };
    Ok(State {
        error,
        pickling,
        unpickling,
        dispatch_table: from("copyreg", "dispatch_table")?,
        extensions: from("copyreg", "_extension_registry")?,
        inverted: from("copyreg", "_inverted_registry")?,
        cache: from("copyreg", "_extension_cache")?,
        names_2to3: from("_compat_pickle", "NAME_MAPPING")?,
        modules_2to3: from("_compat_pickle", "IMPORT_MAPPING")?,
        names_3to2: from("_compat_pickle", "REVERSE_NAME_MAPPING")?,
        modules_3to2: from("_compat_pickle", "REVERSE_IMPORT_MAPPING")?,
        encode: from("codecs", "encode")?,
        getattr: from("builtins", "getattr")?,
        partial: from("functools", "partial")?,
    })
}

/// The module's state.
pub fn state(vm: &mut Vm) -> Res<&'static State> {
    match kept(vm, &KEY).and_then(|v| v.payload::<State>()) {
        Some(s) => Ok(s),
        None => Err(vm.system_error("_pickle is not initialised")),
    }
}

fn raise(vm: &mut Vm, class: Value, text: &str) -> Raised {
    let made = vm.new_str(text).and_then(|t| vm.call_value(class, &[t]));
    match made {
        Ok(e) => vm.raise_here(e),
        Err(r) => r,
    }
}

/// Raises `PicklingError(text)`.
pub fn pickling_error(vm: &mut Vm, text: &str) -> Raised {
    match state(vm) {
        Ok(s) => raise(vm, s.pickling, text),
        Err(r) => r,
    }
}

/// Raises `UnpicklingError(text)`.
pub fn unpickling_error(vm: &mut Vm, text: &str) -> Raised {
    match state(vm) {
        Ok(s) => raise(vm, s.unpickling, text),
        Err(r) => r,
    }
}

/// Raises `PicklingError(text)` in place of the exception in flight, which is its context.
pub fn pickling_error_instead(vm: &mut Vm, text: &str) -> Raised {
    let before = vm.take_raised();
    let r = pickling_error(vm, text);
    set_context(vm, before);
    r
}

/// Makes an exception the context of the one in flight.
pub fn set_context(vm: &mut Vm, context: Value) {
    if let Some(e) = vm.raised.and_then(|e| e.downcast::<ExceptionObj>()) {
        e.set_context(context);
    }
}

/// The name of an object's class in notes, with its module.
pub fn class_text(vm: &mut Vm, v: Value) -> String {
    let class = vm.class_of(v).value();
    let name = vm.get_attr_str(class, "__qualname__");
    let name = name.map(|n| vm.display(n)).unwrap_or_default();
    match vm.get_attr_str(class, "__module__") {
        Ok(m) if m.is_kind(Kind::Str) => match vm.display(m).as_str() {
            "builtins" | "__main__" => name,
            module => format!("{module}.{name}"),
        },
        _ => name,
    }
}

/// Adds a note to an exception on its way out: "when serializing " and what `f` says.
pub fn noted<T>(vm: &mut Vm, r: Res<T>, f: impl FnOnce(&mut Vm) -> String) -> Res<T> {
    if r.is_err() {
        let e = vm.take_raised();
        let text = format!("when serializing {}", f(vm));
        vm.raised = None;
        if let Ok(note) = vm.new_str(&text) {
            let _ = vm.exception_add_note(e, note);
        }
        vm.raised = Some(e);
    }
    r
}
