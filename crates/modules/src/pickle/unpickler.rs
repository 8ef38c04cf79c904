//! `Unpickler`.

use super::input::Input;
use super::pickler::{bound, overridden};
use super::state::{set_context, state, unpickling_error};
use crate::payloads::payload_type;
use runtime::class::{TypeFlags, TypeSpec};
use runtime::object::*;
use runtime::payload::{Payload, mark};
use runtime::{Res, Value, Vm};
use std::cell::{Cell, RefCell};

/// State of an `Unpickler`.
#[derive(Default)]
pub struct Unpickler {
    pub input: RefCell<Input>,
    /// Methods of the file; none for `loads`.
    pub read: Cell<Option<Value>>,
    pub readline: Cell<Option<Value>>,
    pub peek: Cell<Option<Value>>,
    initialised: Cell<bool>,
    pub running: Cell<bool>,
    pub buffers: Cell<Option<Value>>,
    pub encoding: RefCell<String>,
    pub errors: RefCell<String>,
    pub proto: Cell<u8>,
    fix_imports: Cell<bool>,
    pub memo: RefCell<Vec<Option<Value>>>,
    pub memoized: Cell<usize>,
    persistent: Cell<Option<Value>>,
    /// What a load calls for persistent ids.
    pub persistent_load: Cell<Option<Value>>,
    /// `find_class` of a subclass.
    pub finder: Cell<Option<Value>>,
}

impl Payload for Unpickler {
    fn trace(&self, t: &mut gc::Tracer) {
        let singles = [
            &self.read,
            &self.readline,
            &self.peek,
            &self.buffers,
            &self.persistent,
            &self.persistent_load,
            &self.finder,
        ];
        for v in singles.into_iter().filter_map(Cell::get) {
            mark(t, v);
        }
        // Nobody allocates while the memo is borrowed for writing.
        if let Ok(memo) = self.memo.try_borrow() {
            for v in memo.iter().flatten() {
                mark(t, *v);
            }
        }
    }
}

pub static SPEC: TypeSpec = payload_type! {
    name: "Unpickler",
    module: "_pickle",
    doc: "Reads pickles from a file.",
    flags: TypeFlags::BASE,
    signature: Some("(file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())"),
    tables: &[methods::TABLE],
};

static PROXY: TypeSpec = payload_type! {
    name: "UnpicklerMemoProxy",
    module: "_pickle",
    tables: &[proxy::TABLE],
};

crate::payloads::payload! {
    struct Proxy { unpickler: Value }
}

/// The state of what is known to be an unpickler.
pub fn unpickler_of(v: Value) -> &'static Unpickler {
    match v.payload::<Unpickler>() {
        Some(u) => u,
        None => unreachable!("the descriptor checked the type"),
    }
}

/// An unpickler for `load` and `loads`.
pub fn new(
    vm: &mut Vm,
    fix_imports: bool,
    encoding: Option<Value>,
    errors: Option<Value>,
    buffers: Option<Value>,
) -> Res {
    let class = vm.native_type(&SPEC)?;
    let v = vm.new_payload(class, Unpickler::default())?;
    init(vm, v, fix_imports, encoding, errors, buffers)?;
    Ok(v)
}

fn text(vm: &mut Vm, v: Option<Value>, name: &str, default: &str) -> Res<String> {
    match v {
        None => Ok(default.to_owned()),
        Some(v) if v.is_kind(Kind::Str) => Ok(vm.display(v)),
        Some(v) => {
            let got = vm.argument_kind(v);
            let message = format!("Unpickler() argument '{name}' must be str, not {got}");
            Err(vm.type_error(&message))
        }
    }
}

fn init(
    vm: &mut Vm,
    this: Value,
    fix_imports: bool,
    encoding: Option<Value>,
    errors: Option<Value>,
    buffers: Option<Value>,
) -> Res<()> {
    let u = unpickler_of(this);
    if u.running.get() {
        return Err(vm.runtime_error("Unpickler object is already in use"));
    }
    let encoding = text(vm, encoding, "encoding", "ASCII")?;
    let errors = text(vm, errors, "errors", "strict")?;
    let buffers = match buffers.filter(|b| !b.is_none()) {
        Some(b) => Some(vm.iter(b)?),
        None => None,
    };
    *u.encoding.borrow_mut() = encoding;
    *u.errors.borrow_mut() = errors;
    u.buffers.set(buffers);
    u.fix_imports.set(fix_imports);
    u.proto.set(0);
    u.memo.borrow_mut().clear();
    u.memoized.set(0);
    *u.input.borrow_mut() = Input::default();
    u.initialised.set(true);
    Ok(())
}

/// Reads from a file.
pub fn set_file(vm: &mut Vm, this: Value, file: Value) -> Res<()> {
    let [read, readline, peek] = ["read", "readline", "peek"].map(|name| {
        let name = vm.intern(name);
        vm.get_attr_opt(file, name)
    });
    let (read, readline, peek) = (read?, readline?, peek?);
    if read.is_none() || readline.is_none() {
        return Err(vm.type_error("file must have 'read' and 'readline' attributes"));
    }
    let u = unpickler_of(this);
    u.read.set(read);
    u.readline.set(readline);
    u.peek.set(peek);
    Ok(())
}

/// Reads bytes.
pub fn set_bytes(this: Value, bytes: Vec<u8>) {
    unpickler_of(this).input.borrow_mut().bytes = bytes;
}

/// Looks up what subclasses and instances have in place of the methods.
pub fn find_overrides(vm: &mut Vm, this: Value) -> Res<()> {
    let u = unpickler_of(this);
    let load = overridden(vm, this, "persistent_load", u.persistent.get())?;
    u.persistent_load.set(load);
    let finder = overridden(vm, this, "find_class", None)?;
    u.finder.set(finder);
    Ok(())
}

/// The object that a module has under a name.
pub fn find_class(vm: &mut Vm, u: &Unpickler, module: Value, name: Value) -> Res {
    if let Some(f) = u.finder.get() {
        return vm.call_value(f, &[module, name]);
    }
    find_global(vm, u, module, name)
}

/// The names that Python 3 has for module and name.
fn newer_names(vm: &mut Vm, module: Value, name: Value) -> Res<(Value, Value)> {
    let s = state(vm)?;
    let key = vm.new_tuple(&[module, name])?;
    if let Some(d) = s.names_2to3.downcast::<DictObj>()
        && let Some(found) = vm.dict_get(d, key)?
    {
        if let Some(&[m, n]) = found.downcast::<TupleObj>().as_ref().map(|t| t.items()) {
            return Ok((m, n));
        }
    } else if let Some(d) = s.modules_2to3.downcast::<DictObj>()
        && let Some(m) = vm.dict_get(d, module)?
    {
        return Ok((m, name));
    }
    Ok((module, name))
}

fn find_global(vm: &mut Vm, u: &Unpickler, module: Value, name: Value) -> Res {
    let event = vm.new_str("pickle.find_class")?;
    let args = vm.new_tuple(&[module, name])?;
    crate::sys::hooks::audit(vm, event, args)?;
    let (mut module, mut name) = (module, name);
    if u.proto.get() < 3 && u.fix_imports.get() {
        (module, name) = newer_names(vm, module, name)?;
    }
    match module.downcast::<StrObj>() {
        Some(s) if s.len == 0 => return Err(vm.value_error("Empty module name")),
        Some(_) => {}
        None => {
            let got = vm.class_name(module);
            return Err(vm.type_error(&format!("module name must be a string, not {got}")));
        }
    }
    // Another thread may be importing it: that is waited for.
    let object = vm.import_absolute(module)?;
    let path = vm.display(name);
    if u.proto.get() < 4 || !path.contains('.') {
        let name = vm.attr_name(name)?;
        return vm.get_attr(object, name);
    }
    let mut at = object;
    for part in path.split('.') {
        let key = vm.intern(part);
        at = match vm.get_attr(at, key) {
            Ok(v) => v,
            Err(r) => {
                let before = vm.take_raised();
                if !vm.is_instance_of(before, vm.types.exc.AttributeError) {
                    vm.raised = Some(before);
                    return Err(r);
                }
                let (name, module) = (vm.display_repr(name)?, vm.display_repr(module)?);
                let text = format!("Can't resolve path {name} on module {module}");
                let r = vm.error(vm.types.exc.AttributeError, &text);
                set_context(vm, before);
                return Err(r);
            }
        };
    }
    Ok(at)
}

#[derive::natives]
mod default {
    use super::*;

    /// The object of a persistent id.
    #[native("persistent_load($self, pid, /)")]
    fn persistent_load(vm: &mut Vm, _this: Value, _pid: Value) -> Res<()> {
        Err(unpickling_error(
            vm,
            "A load persistent id instruction was encountered, but no persistent_load function was specified.",
        ))
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, _args: Value, _kwargs: Option<Value>) -> Res {
        let base = vm.native_type(&SPEC)?;
        let class = vm.class_arg(class, base)?;
        vm.new_payload(class, Unpickler::default())
    }
    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native(
        "__init__($self, file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())",
        nosig
    )]
    fn init(
        vm: &mut Vm,
        this: Value,
        file: Value,
        fix_imports: Option<bool>,
        encoding: Option<Value>,
        errors: Option<Value>,
        buffers: Option<Value>,
    ) -> Res<()> {
        let fix = fix_imports.unwrap_or(true);
        super::init(vm, this, fix, encoding, errors, buffers)?;
        set_file(vm, this, file)
    }
    /// The object of the next pickle in the file.
    #[native("load($self, /)")]
    fn load(vm: &mut Vm, this: Value) -> Res {
        if unpickler_of(this).read.get().is_none() {
            let name = vm.class_name(this);
            let text = format!("Unpickler.__init__() was not called by {name}.__init__()");
            return Err(unpickling_error(vm, &text));
        }
        super::super::load::load(vm, this)
    }
    /// The object that a module has under a name.
    #[native("find_class($self, module_name, global_name, /)")]
    fn find_class(vm: &mut Vm, this: Value, module_name: Value, global_name: Value) -> Res {
        find_global(vm, unpickler_of(this), module_name, global_name)
    }
    /// Bytes of memory.
    #[native("__sizeof__($self, /)")]
    fn sizeof(_: &mut Vm, this: Value) -> Res<usize> {
        let u = unpickler_of(this);
        let lent = u.input.borrow().bytes.capacity() + u.memo.borrow().capacity() * 8;
        Ok(size_of::<Unpickler>() + lent)
    }
    #[getter("persistent_load")]
    fn persistent_load(vm: &mut Vm, this: Value) -> Res {
        match unpickler_of(this).persistent.get() {
            Some(v) => Ok(v),
            None => bound(vm, default::TABLE, "persistent_load", this),
        }
    }
    #[setter("persistent_load")]
    fn set_persistent_load(vm: &mut Vm, this: Value, v: Option<Value>) -> Res<()> {
        if v.is_none() && unpickler_of(this).persistent.get().is_none() {
            return Err(vm.error(vm.types.exc.AttributeError, "persistent_load"));
        }
        unpickler_of(this).persistent.set(v);
        Ok(())
    }
    #[getter("memo")]
    fn memo(vm: &mut Vm, this: Value) -> Res {
        let class = vm.native_type(&PROXY)?;
        vm.new_payload(class, Proxy { unpickler: this })
    }
    #[setter("memo")]
    fn set_memo(vm: &mut Vm, this: Value, v: Option<Value>) -> Res<()> {
        match v {
            Some(v) => super::set_memo(vm, this, v),
            None => Err(vm.type_error("attribute deletion is not supported")),
        }
    }
}

/// `unpickler.memo = v`.
fn set_memo(vm: &mut Vm, this: Value, v: Value) -> Res<()> {
    let u = unpickler_of(this);
    if let Some(proxy) = v.payload::<Proxy>() {
        let from = unpickler_of(proxy.unpickler);
        let (copy, n) = (from.memo.borrow().clone(), from.memoized.get());
        *u.memo.borrow_mut() = copy;
        u.memoized.set(n);
        return Ok(());
    }
    let Some(d) = v.downcast::<DictObj>() else {
        let got = vm.class_name(v);
        return Err(vm.type_error(&format!(
            "'memo' attribute must be an UnpicklerMemoProxy object or dict, not {got}"
        )));
    };
    let mut found: Vec<(usize, Value)> = Vec::new();
    let mut at = 0;
    while let Some((i, e)) = runtime::dict::next_entry(d, at) {
        at = i + 1;
        let (Some(k), Some(v)) = (e.key, e.value) else {
            continue;
        };
        if !vm.is_int(k) {
            return Err(vm.type_error("memo key must be integers"));
        }
        match vm.int_to_i64(k).and_then(|n| usize::try_from(n).ok()) {
            Some(n) if n < MOST_INDEX => found.push((n, v)),
            _ => return Err(vm.value_error("memo key must be positive integers.")),
        }
    }
    u.memo.borrow_mut().clear();
    u.memoized.set(0);
    for (i, v) in found {
        u.remember(i, v);
    }
    Ok(())
}

/// Memos are arrays; indices beyond are refused.
pub const MOST_INDEX: usize = 1 << 28;

impl Unpickler {
    /// Keeps an object under an index.
    pub fn remember(&self, i: usize, v: Value) {
        let mut memo = self.memo.borrow_mut();
        if i >= memo.len() {
            memo.resize(i + 1, None);
        }
        if memo[i].replace(v).is_none() {
            self.memoized.set(self.memoized.get() + 1);
        }
    }
}

/// The memo as a dict.
fn memo_dict(vm: &mut Vm, this: Value) -> Res {
    let u = unpickler_of(this);
    let d = vm.new_dict()?;
    let n = u.memo.borrow().len();
    for i in 0..n {
        let v = u.memo.borrow().get(i).copied().flatten();
        if let Some(v) = v {
            vm.dict_set(d.value(), Value::int_unchecked(i as i64), v)?;
        }
    }
    Ok(d.value())
}

fn unpickler_behind(v: Value) -> Value {
    match v.payload::<Proxy>() {
        Some(p) => p.unpickler,
        None => unreachable!("the descriptor checked the type"),
    }
}

#[derive::natives]
mod proxy {
    use super::*;

    /// Remove all items from the memo.
    #[native("clear($self, /)")]
    fn clear(_: &mut Vm, this: Value) -> Res<()> {
        let u = unpickler_of(unpickler_behind(this));
        u.memo.borrow_mut().clear();
        u.memoized.set(0);
        Ok(())
    }
    /// The memo as a dict.
    #[native("copy($self, /)")]
    fn copy(vm: &mut Vm, this: Value) -> Res {
        memo_dict(vm, unpickler_behind(this))
    }
    /// What pickle needs.
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let d = memo_dict(vm, unpickler_behind(this))?;
        let args = vm.new_tuple(&[d])?;
        vm.new_tuple(&[vm.types.dict.value(), args])
    }
}
