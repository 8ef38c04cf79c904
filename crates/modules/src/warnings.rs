//! `_warnings`.

use runtime::class::TypeObj;
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::warnings::Place;
use runtime::{Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_warnings",
    doc: "_warnings provides basic warning filtering support.\nIt is a helper module to speed up interpreter start-up.",
    functions: &[functions::TABLE],
    init,
};

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    let [filters, once, action] = vm.warning_defaults()?;
    vm.module_set(m, "filters", filters)?;
    vm.module_set(m, "_onceregistry", once)?;
    vm.module_set(m, "_defaultaction", action)?;
    // The context variable of `catch_warnings` when warnings are context-aware.
    let made = vm.import_module("_contextvars").and_then(|c| {
        let class = vm.get_attr_str(c, "ContextVar")?;
        let name = vm.new_str("warnings_context")?;
        vm.call_value(class, &[name])
    });
    match made {
        Ok(v) => vm.module_set(m, "_warnings_context", v),
        Err(r) if vm.catch(vm.types.exc.ImportError) => {
            let _ = r;
            vm.module_set(m, "_warnings_context", Value::NONE)
        }
        Err(r) => Err(r),
    }
}

/// The category that the arguments of `warn` mean.
fn category_of(vm: &mut Vm, message: Value, category: Option<Value>) -> Res {
    let warning = vm.types.exc.Warning;
    if vm.is_instance_of(message, warning) {
        return Ok(vm.class_of(message).value());
    }
    let Some(c) = category.filter(|c| !c.is_none()) else {
        return Ok(vm.types.exc.UserWarning.value());
    };
    if c.downcast::<TypeObj>()
        .is_some_and(|t| t.is_subtype(warning))
    {
        return Ok(c);
    }
    let got = match c.downcast::<TypeObj>() {
        Some(t) => format!("class '{}'", t.name_str()),
        None => format!("'{}'", vm.class_name(c)),
    };
    Err(vm.type_error(&format!("category must be a Warning subclass, not {got}")))
}

#[derive::natives]
mod functions {
    use super::*;

    /// Issue a warning, or maybe ignore it or raise an exception.
    ///
    ///   message
    ///     Text of the warning message.
    ///   category
    ///     The Warning category subclass. Defaults to UserWarning.
    ///   stacklevel
    ///     How far up the call stack to make this warning appear. A value of 2 for
    ///     example attributes the warning to the caller of the code calling warn().
    ///   source
    ///     If supplied, the destroyed object which emitted a ResourceWarning
    ///   skip_file_prefixes
    ///     An optional tuple of module filename prefixes indicating frames to skip
    ///     during stacklevel computations for stack frame attribution.
    #[native(
        "warn($module, /, message, category=None, stacklevel=1, source=None, *, skip_file_prefixes=<unrepresentable>)"
    )]
    fn warn(
        vm: &mut Vm,
        _m: Value,
        message: Value,
        category: Option<Value>,
        stacklevel: Option<i64>,
        source: Option<Value>,
        skip_file_prefixes: Option<Value>,
    ) -> Res<()> {
        let category = category_of(vm, message, category)?;
        let mut skip = Vec::new();
        if let Some(prefixes) = skip_file_prefixes {
            let Some(t) = prefixes.downcast::<TupleObj>() else {
                let got = vm.argument_kind(prefixes);
                return Err(vm.type_error(&format!(
                    "warn() argument 'skip_file_prefixes' must be tuple, not {got}"
                )));
            };
            for p in t.items() {
                if !p.is_kind(Kind::Str) {
                    let got = vm.class_name(*p);
                    return Err(
                        vm.type_error(&format!("Found non-str '{got}' in skip_file_prefixes."))
                    );
                }
                skip.push(vm.display(*p));
            }
        }
        let mut level = stacklevel.unwrap_or(1);
        if !skip.is_empty() && level < 2 {
            level = 2;
        }
        let source = source.filter(|s| !s.is_none());
        vm.warn_from_stack(category, message, level, source, &skip)
    }

    /// Issue a warning, or maybe ignore it or raise an exception.
    #[native(
        "warn_explicit($module, /, message, category, filename, lineno, module=<unrepresentable>, registry=None, module_globals=None, source=None)"
    )]
    fn warn_explicit(
        vm: &mut Vm,
        _m: Value,
        message: Value,
        category: Value,
        filename: Value,
        lineno: i64,
        module: Option<Value>,
        registry: Option<Value>,
        module_globals: Option<Value>,
        source: Option<Value>,
    ) -> Res<()> {
        let category = category_of(vm, message, Some(category))?;
        if !filename.is_kind(Kind::Str) {
            let got = vm.argument_kind(filename);
            return Err(vm.type_error(&format!(
                "warn_explicit() argument 'filename' must be str, not {got}"
            )));
        }
        if let Some(g) = module_globals.filter(|g| !g.is_none() && !g.is_kind(Kind::Dict)) {
            let got = vm.class_name(g);
            return Err(vm.type_error(&format!("module_globals must be a dict, not '{got}'")));
        }
        let place = Place {
            filename,
            line: lineno,
            module,
            registry,
            source: source.filter(|s| !s.is_none()),
        };
        vm.warn_explicit_at(category, message, place)
    }
    #[native("_filters_mutated_lock_held($module, /)")]
    fn filters_mutated(vm: &mut Vm, _m: Value) -> Res<()> {
        vm.warning_filters_mutated()
    }
    // One thread runs at a time, and filters change in single steps.
    #[native("_acquire_lock($module, /)")]
    fn acquire_lock(_: &mut Vm, _m: Value) -> Res<()> {
        Ok(())
    }
    #[native("_release_lock($module, /)")]
    fn release_lock(_: &mut Vm, _m: Value) -> Res<()> {
        Ok(())
    }
}
