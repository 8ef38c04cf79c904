//! `__import__`.

use runtime::{Res, Value, Vm};

#[derive::natives]
pub mod functions {
    use super::*;

    /// Import a module.
    ///
    /// Because this function is meant for use by the Python
    /// interpreter and not for general use, it is better to use
    /// importlib.import_module() to programmatically import a module.
    ///
    /// The globals argument is only used to determine the context;
    /// they are not modified.  The locals argument is unused.  The fromlist
    /// should be a list of names to emulate ``from name import ...``, or an
    /// empty list to emulate ``import name``.
    /// When importing a module from a package, note that __import__('A.B', ...)
    /// returns package A when fromlist is empty, but its submodule B when
    /// fromlist is not empty.  The level argument is used to determine whether to
    /// perform absolute or relative imports: 0 is absolute, while a positive number
    /// is the number of parent directories to search relative to the current module.
    #[native("__import__($module, /, name, globals=None, locals=None, fromlist=(), level=0)")]
    fn import(
        vm: &mut Vm,
        _m: Value,
        name: Value,
        globals: Option<Value>,
        _locals: Option<Value>,
        fromlist: Option<Value>,
        level: Option<i64>,
    ) -> Res {
        let globals = globals.filter(|g| !g.is_none());
        vm.import_name(
            name,
            globals,
            fromlist.unwrap_or(Value::NONE),
            level.unwrap_or(0),
        )
    }
}
