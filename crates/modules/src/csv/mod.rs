//! `_csv`.

mod dialect;
mod reader;
mod writer;

use runtime::class::TypeObj;
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Raised, Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_csv",
    doc: "CSV parsing and writing.\n",
    functions: &[functions::TABLE],
    init,
};

static ERROR: u8 = 0;
static DIALECTS: u8 = 1;
static LIMIT: u8 = 2;

const QUOTE_MINIMAL: i64 = 0;
const QUOTE_ALL: i64 = 1;
const QUOTE_NONNUMERIC: i64 = 2;
const QUOTE_NONE: i64 = 3;
const QUOTE_STRINGS: i64 = 4;
const QUOTE_NOTNULL: i64 = 5;

fn key(k: &'static u8) -> usize {
    k as *const u8 as usize
}

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    let base = vm.types.exc.Exception;
    let error = crate::binascii::new_exception_class(vm, "_csv", "Error", base)?;
    let dialects = vm.new_dict()?.value();
    let state = &mut vm.interp().module_state;
    state.insert(key(&ERROR), error);
    state.insert(key(&DIALECTS), dialects);
    state.insert(key(&LIMIT), Value::int_unchecked(131072));
    vm.module_set(m, "Error", error)?;
    vm.module_set(m, "_dialects", dialects)?;
    vm.module_add_type(m, &dialect::SPEC)?;
    let reader = vm.native_type(&reader::SPEC)?;
    vm.module_set(m, "Reader", reader.value())?;
    let writer = vm.native_type(&writer::SPEC)?;
    vm.module_set(m, "Writer", writer.value())?;
    for (name, n) in [
        ("QUOTE_MINIMAL", QUOTE_MINIMAL),
        ("QUOTE_ALL", QUOTE_ALL),
        ("QUOTE_NONNUMERIC", QUOTE_NONNUMERIC),
        ("QUOTE_NONE", QUOTE_NONE),
        ("QUOTE_STRINGS", QUOTE_STRINGS),
        ("QUOTE_NOTNULL", QUOTE_NOTNULL),
    ] {
        vm.module_set(m, name, Value::int_unchecked(n))?;
    }
    Ok(())
}

/// Raises `csv.Error`.
fn error(vm: &mut Vm, message: &str) -> Raised {
    let class = vm.interp().module_state.get(&key(&ERROR)).copied();
    let Some(c) = class.and_then(|c| c.downcast::<TypeObj>()) else {
        return vm.value_error(message);
    };
    match vm
        .new_str(message)
        .and_then(|m| vm.call_value(c.value(), &[m]))
    {
        Ok(e) => vm.raise_here(e),
        Err(r) => r,
    }
}

fn dialects(vm: &mut Vm) -> Res<Ref<DictObj>> {
    let d = vm.interp().module_state.get(&key(&DIALECTS)).copied();
    match d.and_then(|d| d.downcast::<DictObj>()) {
        Some(d) => Ok(d),
        None => vm.new_dict(),
    }
}

/// Longest field that readers accept.
fn field_limit(vm: &mut Vm) -> i64 {
    let v = vm.interp().module_state.get(&key(&LIMIT)).copied();
    v.and_then(|v| vm.int_to_i64(v)).unwrap_or(131072)
}

/// The registered dialect of that name.
fn lookup(vm: &mut Vm, name: Value) -> Res {
    let d = dialects(vm)?;
    match vm.dict_get(d, name)? {
        Some(v) => Ok(v),
        None => Err(error(vm, "unknown dialect")),
    }
}

#[derive::natives]
mod functions {
    use super::*;

    /// Return a list of all known dialect names.
    #[native("list_dialects($module, /)")]
    fn list_dialects(vm: &mut Vm, _m: Value) -> Res {
        let d = dialects(vm)?;
        let names = vm.collect(d.value())?;
        vm.list_from_vec(names)
    }
    /// Create a mapping from a string name to a CVS dialect.
    ///
    /// The optional "dialect" argument specifies the base dialect instance
    /// or the name of the registered dialect.  The function also accepts
    /// optional keyword arguments which override settings provided by the
    /// dialect.
    ///
    #[native("register_dialect($module, name, /, dialect='excel', **fmtparams)")]
    fn register_dialect(
        vm: &mut Vm,
        _m: Value,
        name: Value,
        dialect: Option<Value>,
        fmtparams: Option<Value>,
    ) -> Res<()> {
        if !name.is_kind(Kind::Str) {
            return Err(vm.type_error("dialect name must be a string"));
        }
        let v = dialect::make(vm, dialect, fmtparams)?;
        let d = dialects(vm)?;
        vm.dict_set(d.value(), name, v)
    }
    /// Delete the name/dialect mapping associated with a string name.
    #[native("unregister_dialect($module, /, name)")]
    fn unregister_dialect(vm: &mut Vm, _m: Value, name: Value) -> Res<()> {
        let d = dialects(vm)?;
        if vm.dict_remove(d, name)? {
            return Ok(());
        }
        Err(error(vm, "unknown dialect"))
    }
    /// Return the dialect instance associated with name.
    #[native("get_dialect($module, /, name)")]
    fn get_dialect(vm: &mut Vm, _m: Value, name: Value) -> Res {
        lookup(vm, name)
    }
    /// Sets an upper limit on parsed fields.
    ///
    /// Returns old limit. If limit is not given, no new limit is set and
    /// the old limit is returned
    #[native("field_size_limit($module, /, new_limit=<unrepresentable>)")]
    fn field_size_limit(vm: &mut Vm, _m: Value, new_limit: Option<Value>) -> Res<i64> {
        let old = field_limit(vm);
        if let Some(v) = new_limit {
            if !vm.is_int(v) {
                return Err(vm.type_error("limit must be an integer"));
            }
            vm.index_i64(v)?;
            vm.interp().module_state.insert(key(&LIMIT), v);
        }
        Ok(old)
    }
    /// Return a reader object that will process lines from the given iterable.
    ///
    /// The "iterable" argument can be any object that returns a line
    /// of input for each iteration, such as a file object or a list.  The
    /// optional "dialect" argument defines a CSV dialect.  The function
    /// also accepts optional keyword arguments which override settings
    /// provided by the dialect.
    ///
    /// The returned object is an iterator.  Each iteration returns a row
    /// of the CSV file (which can span multiple input lines).
    ///
    #[native("reader($module, iterable, /, dialect='excel', **fmtparams)")]
    fn reader(
        vm: &mut Vm,
        _m: Value,
        iterable: Value,
        dialect: Option<Value>,
        fmtparams: Option<Value>,
    ) -> Res {
        reader::make(vm, iterable, dialect, fmtparams)
    }
    /// Return a writer object that will write user data on the given file object.
    ///
    /// The "fileobj" argument can be any object that supports the file API.
    /// The optional "dialect" argument defines a CSV dialect.  The function
    /// also accepts optional keyword arguments which override settings
    /// provided by the dialect.
    ///
    #[native("writer($module, fileobj, /, dialect='excel', **fmtparams)")]
    fn writer(
        vm: &mut Vm,
        _m: Value,
        fileobj: Value,
        dialect: Option<Value>,
        fmtparams: Option<Value>,
    ) -> Res {
        writer::make(vm, fileobj, dialect, fmtparams)
    }
}
