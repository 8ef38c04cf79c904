//! `Pickler`.

use super::memo::Memo;
use super::opcodes::*;
use super::output::Output;
use super::save::save;
use super::state::pickling_error;
use crate::payloads::payload_type;
use runtime::class::{TypeFlags, TypeSpec};
use runtime::native::NativeDef;
use runtime::object::*;
use runtime::payload::{Payload, mark};
use runtime::{Res, Value, Vm};
use std::cell::{Cell, RefCell};
use std::collections::HashSet;

/// State of a `Pickler`.
#[derive(Default)]
pub struct Pickler {
    /// The file's `write`; none for `dumps`.
    pub write: Cell<Option<Value>>,
    initialised: Cell<bool>,
    running: Cell<bool>,
    pub proto: Cell<i64>,
    /// Binary opcodes are used.
    pub bin: Cell<bool>,
    /// Nothing is memoised.
    pub fast: Cell<bool>,
    pub fast_nesting: Cell<usize>,
    pub fast_seen: RefCell<HashSet<u64>>,
    pub fix_imports: Cell<bool>,
    pub buffer_callback: Cell<Option<Value>>,
    pub dispatch_table: Cell<Option<Value>>,
    /// `persistent_id` set on the instance.
    persistent: Cell<Option<Value>>,
    /// What a dump calls for each object.
    pub persistent_id: Cell<Option<Value>>,
    pub reducer: Cell<Option<Value>>,
    pub memo: RefCell<Memo>,
    pub out: RefCell<Output>,
}

impl Payload for Pickler {
    fn trace(&self, t: &mut gc::Tracer) {
        let singles = [
            &self.write,
            &self.buffer_callback,
            &self.dispatch_table,
            &self.persistent,
            &self.persistent_id,
            &self.reducer,
        ];
        for v in singles.into_iter().filter_map(Cell::get) {
            mark(t, v);
        }
        // Nobody allocates while the memo is borrowed for writing.
        if let Ok(memo) = self.memo.try_borrow() {
            for v in &memo.objects {
                mark(t, *v);
            }
        }
    }
}

pub static SPEC: TypeSpec = payload_type! {
    name: "Pickler",
    module: "_pickle",
    doc: "Writes pickles to a file.",
    flags: TypeFlags::BASE,
    signature: Some("(file, protocol=None, fix_imports=True, buffer_callback=None)"),
    tables: &[methods::TABLE],
};

static PROXY: TypeSpec = payload_type! {
    name: "PicklerMemoProxy",
    module: "_pickle",
    tables: &[proxy::TABLE],
};

crate::payloads::payload! {
    struct Proxy { pickler: Value }
}

/// The state of what is known to be a pickler.
pub fn pickler_of(v: Value) -> &'static Pickler {
    match v.payload::<Pickler>() {
        Some(p) => p,
        None => unreachable!("the descriptor checked the type"),
    }
}

/// A pickler for `dump` and `dumps`.
pub fn new(
    vm: &mut Vm,
    file: Option<Value>,
    protocol: Option<Value>,
    fix_imports: bool,
    callback: Option<Value>,
) -> Res {
    let class = vm.native_type(&SPEC)?;
    let v = vm.new_payload(class, Pickler::default())?;
    init(vm, v, file, protocol, fix_imports, callback)?;
    Ok(v)
}

fn init(
    vm: &mut Vm,
    this: Value,
    file: Option<Value>,
    protocol: Option<Value>,
    fix_imports: bool,
    callback: Option<Value>,
) -> Res<()> {
    let p = pickler_of(this);
    if p.running.get() {
        return Err(vm.runtime_error("Pickler object is already in use"));
    }
    let mut proto = match protocol.filter(|v| !v.is_none()) {
        Some(v) => vm.index_i64(v)?,
        None => DEFAULT_PROTOCOL,
    };
    if proto < 0 {
        proto = HIGHEST_PROTOCOL;
    }
    if proto > HIGHEST_PROTOCOL {
        let text = format!("pickle protocol must be <= {HIGHEST_PROTOCOL}");
        return Err(vm.value_error(&text));
    }
    let callback = callback.filter(|v| !v.is_none());
    if callback.is_some() && proto < 5 {
        return Err(vm.value_error("buffer_callback needs protocol >= 5"));
    }
    if let Some(file) = file {
        let name = vm.intern("write");
        let Some(write) = vm.get_attr_opt(file, name)? else {
            return Err(vm.type_error("file must have a 'write' attribute"));
        };
        p.write.set(Some(write));
    }
    p.proto.set(proto);
    p.bin.set(proto > 0);
    p.fix_imports.set(fix_imports && proto < 3);
    p.buffer_callback.set(callback);
    p.fast.set(false);
    p.fast_nesting.set(0);
    p.memo.borrow_mut().clear();
    p.out.borrow_mut().clear();
    // A class may bring a table of its own.
    let name = vm.intern("dispatch_table");
    let class = vm.class_of(this);
    if let Some((owner, _)) = vm.lookup_where(class, name)
        && owner.has(TypeFlags::HEAP)
    {
        let table = vm.get_attr(this, name)?;
        p.dispatch_table.set(Some(table));
    }
    p.initialised.set(true);
    Ok(())
}

/// The function that a class or instance has in place of a native method that does nothing.
pub fn overridden(vm: &mut Vm, this: Value, name: &str, own: Option<Value>) -> Res<Option<Value>> {
    let name = vm.intern(name);
    let class = vm.class_of(this);
    if let Some(v) = vm.instance_get(this, name) {
        return Ok(Some(v));
    }
    match vm.lookup_where(class, name) {
        Some((owner, _)) if owner.has(TypeFlags::HEAP) => vm.get_attr(this, name).map(Some),
        _ => Ok(own),
    }
}

/// Pickles an object; from `dumps` what was written stays in the pickler.
pub fn dump(vm: &mut Vm, this: Value, obj: Value) -> Res<()> {
    let p = pickler_of(this);
    if p.running.replace(true) {
        return Err(vm.runtime_error("Pickler object is already in use"));
    }
    let r = write_all(vm, this, p, obj);
    p.running.set(false);
    p.persistent_id.set(None);
    p.reducer.set(None);
    // The state lives in the cell, of which nothing else may be left on the stack.
    std::hint::black_box(this);
    r
}

fn write_all(vm: &mut Vm, this: Value, p: &Pickler, obj: Value) -> Res<()> {
    let own = overridden(vm, this, "persistent_id", p.persistent.get())?;
    p.persistent_id.set(own);
    let name = vm.intern("reducer_override");
    let reducer = vm.get_attr_opt(this, name)?;
    p.reducer.set(reducer);
    p.out.borrow_mut().clear();
    let proto = p.proto.get();
    if proto >= 2 {
        p.put(&[PROTO, proto as u8]);
    }
    p.out.borrow_mut().framing = proto >= 4;
    let r = save(vm, p, obj, true);
    if r.is_ok() {
        p.op(STOP);
        p.out.borrow_mut().commit();
    }
    p.out.borrow_mut().framing = false;
    r?;
    p.flush(vm)
}

/// What `dumps` returns.
pub fn result(vm: &mut Vm, this: Value) -> Res {
    let bytes = std::mem::take(&mut pickler_of(this).out.borrow_mut().bytes);
    vm.new_bytes(&bytes)
}

/// `method` bound to an instance.
pub fn bound(vm: &mut Vm, table: &'static [NativeDef], name: &str, this: Value) -> Res {
    match table.iter().find(|d| d.name == name) {
        Some(def) => vm.new_native(def, Some(this), None, None),
        None => Ok(Value::NONE),
    }
}

#[derive::natives]
mod default {
    use super::*;

    /// The persistent id of an object, None if it has none.
    #[native("persistent_id($self, obj, /)")]
    fn persistent_id(_: &mut Vm, _this: Value, _obj: Value) -> Res<()> {
        Ok(())
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
        vm.new_payload(class, Pickler::default())
    }
    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native(
        "__init__($self, file, protocol=None, fix_imports=True, buffer_callback=None)",
        nosig
    )]
    fn init(
        vm: &mut Vm,
        this: Value,
        file: Value,
        protocol: Option<Value>,
        fix_imports: Option<bool>,
        buffer_callback: Option<Value>,
    ) -> Res<()> {
        let fix = fix_imports.unwrap_or(true);
        super::init(vm, this, Some(file), protocol, fix, buffer_callback)
    }
    /// Write the pickle of obj to the file.
    #[native("dump($self, obj, /)")]
    fn dump(vm: &mut Vm, this: Value, obj: Value) -> Res<()> {
        if !pickler_of(this).initialised.get() {
            let name = vm.class_name(this);
            let text = format!("Pickler.__init__() was not called by {name}.__init__()");
            return Err(pickling_error(vm, &text));
        }
        super::dump(vm, this, obj)
    }
    /// Forget the objects that were pickled.
    #[native("clear_memo($self, /)")]
    fn clear_memo(_: &mut Vm, this: Value) -> Res<()> {
        pickler_of(this).memo.borrow_mut().clear();
        Ok(())
    }
    /// Bytes of memory.
    #[native("__sizeof__($self, /)")]
    fn sizeof(_: &mut Vm, this: Value) -> Res<usize> {
        let p = pickler_of(this);
        Ok(size_of::<Pickler>() + p.memo.borrow().size() + p.out.borrow().bytes.capacity())
    }
    #[getter("persistent_id")]
    fn persistent_id(vm: &mut Vm, this: Value) -> Res {
        match pickler_of(this).persistent.get() {
            Some(v) => Ok(v),
            None => bound(vm, default::TABLE, "persistent_id", this),
        }
    }
    #[setter("persistent_id")]
    fn set_persistent_id(vm: &mut Vm, this: Value, v: Option<Value>) -> Res<()> {
        if v.is_none() && pickler_of(this).persistent.get().is_none() {
            return Err(vm.error(vm.types.exc.AttributeError, "persistent_id"));
        }
        pickler_of(this).persistent.set(v);
        Ok(())
    }
    #[member("bin")]
    fn bin(_: &mut Vm, this: Value) -> Res<i64> {
        Ok(i64::from(pickler_of(this).bin.get()))
    }
    #[setter("bin")]
    fn set_bin(vm: &mut Vm, this: Value, v: Option<Value>) -> Res<()> {
        let n = number(vm, v)?;
        pickler_of(this).bin.set(n != 0);
        Ok(())
    }
    #[member("fast")]
    fn fast(_: &mut Vm, this: Value) -> Res<i64> {
        Ok(i64::from(pickler_of(this).fast.get()))
    }
    #[setter("fast")]
    fn set_fast(vm: &mut Vm, this: Value, v: Option<Value>) -> Res<()> {
        let n = number(vm, v)?;
        pickler_of(this).fast.set(n != 0);
        Ok(())
    }
    #[member("dispatch_table")]
    fn dispatch_table(vm: &mut Vm, this: Value) -> Res {
        match pickler_of(this).dispatch_table.get() {
            Some(v) => Ok(v),
            None => {
                let text = "'_pickle.Pickler' object has no attribute 'dispatch_table'";
                Err(vm.error(vm.types.exc.AttributeError, text))
            }
        }
    }
    #[setter("dispatch_table")]
    fn set_dispatch_table(vm: &mut Vm, this: Value, v: Option<Value>) -> Res<()> {
        let p = pickler_of(this);
        if v.is_none() && p.dispatch_table.get().is_none() {
            return Err(vm.error(vm.types.exc.AttributeError, "dispatch_table"));
        }
        p.dispatch_table.set(v);
        Ok(())
    }
    #[getter("memo")]
    fn memo(vm: &mut Vm, this: Value) -> Res {
        let class = vm.native_type(&PROXY)?;
        vm.new_payload(class, Proxy { pickler: this })
    }
    #[setter("memo")]
    fn set_memo(vm: &mut Vm, this: Value, v: Option<Value>) -> Res<()> {
        match v {
            Some(v) => super::set_memo(vm, this, v),
            None => Err(vm.type_error("attribute deletion is not supported")),
        }
    }
}

fn number(vm: &mut Vm, v: Option<Value>) -> Res<i64> {
    match v {
        Some(v) => vm.index_i64(v),
        None => Err(vm.type_error("can't delete numeric/char attribute")),
    }
}

/// `pickler.memo = v`.
fn set_memo(vm: &mut Vm, this: Value, v: Value) -> Res<()> {
    let copied = match v.payload::<Proxy>() {
        Some(proxy) => memo_dict(vm, proxy.pickler)?,
        None => v,
    };
    let Some(d) = copied.downcast::<DictObj>() else {
        let got = vm.class_name(v);
        return Err(vm.type_error(&format!(
            "'memo' attribute must be a PicklerMemoProxy object or dict, not {got}"
        )));
    };
    let mut made = Memo::default();
    let mut at = 0;
    while let Some((i, e)) = runtime::dict::next_entry(d, at) {
        at = i + 1;
        let items = e.value.and_then(|v| v.downcast::<TupleObj>());
        let Some(&[index, obj]) = items.as_ref().map(|t| t.items()) else {
            return Err(vm.type_error("'memo' values must be 2-item tuples"));
        };
        let index = vm.index_i64(index)?;
        made.set(obj, index as u32);
    }
    *pickler_of(this).memo.borrow_mut() = made;
    Ok(())
}

/// The memo as a dict: identity to index and object.
fn memo_dict(vm: &mut Vm, this: Value) -> Res {
    let p = pickler_of(this);
    let d = vm.new_dict()?;
    let n = p.memo.borrow().objects.len();
    for i in 0..n {
        let found = p.memo.borrow().objects.get(i).copied();
        let Some(obj) = found else { break };
        let index = p.memo.borrow().get(obj).unwrap_or(i as u32);
        let item = vm.new_tuple(&[Value::int_unchecked(i64::from(index)), obj])?;
        let key = vm.id_of(obj)?;
        vm.dict_set(d.value(), key, item)?;
    }
    Ok(d.value())
}

/// The pickler of a proxy.
fn pickler_behind(v: Value) -> Value {
    match v.payload::<Proxy>() {
        Some(p) => p.pickler,
        None => unreachable!("the descriptor checked the type"),
    }
}

#[derive::natives]
mod proxy {
    use super::*;

    /// Remove all items from the memo.
    #[native("clear($self, /)")]
    fn clear(_: &mut Vm, this: Value) -> Res<()> {
        pickler_of(pickler_behind(this)).memo.borrow_mut().clear();
        Ok(())
    }
    /// The memo as a dict.
    #[native("copy($self, /)")]
    fn copy(vm: &mut Vm, this: Value) -> Res {
        memo_dict(vm, pickler_behind(this))
    }
    /// What pickle needs.
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let d = memo_dict(vm, pickler_behind(this))?;
        let args = vm.new_tuple(&[d])?;
        vm.new_tuple(&[vm.types.dict.value(), args])
    }
}
