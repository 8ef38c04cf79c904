//! `_lsprof`: the profiler behind `cProfile`. It is the tool PROFILER_ID of `sys.monitoring`.

mod records;

use crate::payloads::payload_type;
use records::{Counts, Records};
use runtime::class::{TypeFlags, TypeSpec};
use runtime::module::ModuleSpec;
use runtime::monitor::{EVENTS, Event};
use runtime::object::*;
use runtime::structseq::StructSeq;
use runtime::{Res, Value, Vm};
use std::cell::{Cell, RefCell};
use std::sync::OnceLock;
use std::time::Instant;

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_lsprof",
    doc: "Fast profiler",
    functions: &[],
    init,
};

/// The number of the tool (`sys.monitoring.PROFILER_ID`).
const TOOL: usize = 2;

static PROFILER: TypeSpec = payload_type! {
    name: "Profiler",
    module: "_lsprof",
    doc: "Build a profiler object using the specified timer function.\n\n  timer\n  timeunit\n  subcalls\n  builtins\n\nThe default timer is a fast built-in one based on real time.\nFor custom timer functions returning integers, 'timeunit' can\nbe a float specifying a scale (that is, how long each integer unit\nis, in seconds).",
    flags: TypeFlags::BASE,
    tables: &[methods::TABLE],
};

macro_rules! entry_type {
    ($static:ident $name:literal $doc:literal $($extra:expr)?) => {
        static $static: StructSeq = StructSeq {
            spec: StructSeq::spec("_lsprof", $name, $doc, true),
            fields: &[
                ("code", "code object or built-in function name"),
                ("callcount", "how many times this was called"),
                ("reccallcount", "how many times called recursively"),
                ("totaltime", "total time in this entry"),
                ("inlinetime", "inline time in this entry (not in subcalls)"),
                $($extra)?
            ],
            visible: 5 $(+ { let _ = $extra; 1 })?,
        };
    };
}
entry_type!(ENTRY "profiler_entry" "" ("calls", "details of the calls"));
entry_type!(SUBENTRY "profiler_subentry" "");

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    vm.module_add_type(m, &PROFILER)?;
    for s in [&ENTRY, &SUBENTRY] {
        let class = vm.struct_seq_type(s)?;
        vm.module_set(m, s.spec.name, class.value())?;
    }
    Ok(())
}

struct Profiler {
    records: RefCell<Records>,
    timer: Cell<Option<Value>>,
    unit: Cell<f64>,
    subcalls: Cell<bool>,
    builtins: Cell<bool>,
    enabled: Cell<bool>,
    /// The timer is being called.
    timing: Cell<bool>,
}

impl runtime::payload::Payload for Profiler {
    fn trace(&self, t: &mut gc::Tracer) {
        // Nothing collects while the records are borrowed.
        if let Ok(records) = self.records.try_borrow() {
            let entries = records.entries.iter();
            entries.for_each(|e| runtime::payload::mark(t, e.object));
        }
        if let Some(timer) = self.timer.get() {
            runtime::payload::mark(t, timer);
        }
    }
}

fn profiler<'a>(v: Value) -> &'a Profiler {
    match v.payload::<Profiler>() {
        Some(p) => p,
        None => unreachable!("the descriptor checked the type"),
    }
}

/// Seconds since the first look at the clock.
fn clock() -> f64 {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_secs_f64()
}

/// The time by the profiler's timer. Errors of a timer are reported as unraisable.
fn now(vm: &mut Vm, p: &Profiler) -> f64 {
    let Some(timer) = p.timer.get() else {
        return clock();
    };
    p.timing.set(true);
    let r = vm.call_value(timer, &[]).and_then(|v| vm.to_f64(v));
    p.timing.set(false);
    match r {
        Ok(t) if p.unit.get() > 0.0 => t * p.unit.get(),
        Ok(t) => t,
        Err(_) => {
            vm.write_unraisable(timer);
            0.0
        }
    }
}

/// The record for a key, whose object `make` gives when it is new.
fn entry(vm: &mut Vm, p: &Profiler, key: usize, make: impl FnOnce(&mut Vm) -> Res) -> Res<usize> {
    if let Some(i) = p.records.borrow().find(key) {
        return Ok(i);
    }
    let object = make(vm)?;
    Ok(p.records.borrow_mut().add(key, object))
}

fn started(vm: &mut Vm, this: Value, key: usize, make: impl FnOnce(&mut Vm) -> Res) -> Res<()> {
    let p = profiler(this);
    let i = entry(vm, p, key, make)?;
    let t = now(vm, p);
    p.records.borrow_mut().start(i, t, p.subcalls.get());
    Ok(())
}

fn stopped(vm: &mut Vm, this: Value, key: usize) -> Res<()> {
    let p = profiler(this);
    let found = p.records.borrow().find(key);
    if let Some(i) = found {
        let t = now(vm, p);
        p.records.borrow_mut().stop(i, t, p.subcalls.get());
    }
    Ok(())
}

/// The key of a builtin callable and the text that stands for it. None: it is none.
fn builtin(vm: &mut Vm, callable: Value, first: Value) -> Res<Option<(usize, Value)>> {
    let bound = if callable.is_kind(Kind::MethodDescr) {
        if Some(first) == vm.interp().monitor.missing {
            return Ok(None);
        }
        let class = vm.class_of(first);
        vm.descr_get(callable, Some(first), class)?
    } else {
        callable
    };
    let Some(f) = bound.downcast::<NativeObj>() else {
        return Ok(None);
    };
    let key = std::ptr::from_ref(f.def) as usize;
    let name = vm.get_attr(bound, vm.names.__name__)?;
    let text = match f.bound_self().filter(|s| !s.is_kind(Kind::Module)) {
        // A method is called as its descriptor is.
        Some(s) => {
            let name = vm.intern_value(name);
            let class = vm.class_of(s);
            match vm.lookup(class, name) {
                Some(descriptor) => {
                    let text = vm.repr(descriptor)?;
                    vm.display(text)
                }
                None => format!("<built-in method {}>", vm.display(name)),
            }
        }
        None => {
            let (name, module) = (vm.display(name), vm.get_attr(bound, vm.names.__module__)?);
            match module.is_kind(Kind::Str) {
                true => format!("<built-in method {}.{name}>", vm.display(module)),
                false => format!("<built-in method {name}>"),
            }
        }
    };
    Ok(Some((key, vm.new_str(&text)?)))
}

/// What each callback method hears of.
const CALLBACKS: &[(Event, &str, bool)] = &[
    (Event::PyStart, "_pystart_callback", false),
    (Event::PyResume, "_pystart_callback", false),
    (Event::PyThrow, "_pystart_callback", false),
    (Event::PyReturn, "_pyreturn_callback", false),
    (Event::PyYield, "_pyreturn_callback", false),
    (Event::PyUnwind, "_pyreturn_callback", false),
    (Event::Call, "_ccall_callback", true),
    (Event::CReturn, "_creturn_callback", true),
    (Event::CRaise, "_creturn_callback", true),
];

fn listen(vm: &mut Vm, this: Value, builtins: bool) -> Res<()> {
    if vm.interp().monitor.names[TOOL].is_some() {
        return Err(vm.value_error(&format!("tool {TOOL} is already in use")));
    }
    let name = vm.new_str("cProfile")?;
    vm.interp().monitor.names[TOOL] = Some(name);
    let mut events = 0;
    for (event, method, of_builtins) in CALLBACKS {
        if *of_builtins && !builtins {
            continue;
        }
        let f = vm.get_attr_str(this, method)?;
        vm.interp().monitor.callbacks[TOOL][*event as usize] = Some(f);
        events |= event.bit();
    }
    vm.set_global_events(TOOL, events);
    Ok(())
}

fn stop_listening(vm: &mut Vm) {
    vm.interp().monitor.callbacks[TOOL] = [None; EVENTS];
    vm.interp().monitor.names[TOOL] = None;
    vm.set_global_events(TOOL, 0);
}

fn entry_values(vm: &mut Vm, object: Value, c: &Counts) -> Res<[Value; 5]> {
    Ok([
        object,
        vm.new_int(c.calls as i64)?,
        vm.new_int(c.recursive as i64)?,
        Value::float(c.total),
        Value::float(c.inline),
    ])
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, _args: Value, _kwargs: Option<Value>) -> Res {
        let base = vm.native_type(&PROFILER)?;
        let class = vm.class_arg(class, base)?;
        vm.new_payload(
            class,
            Profiler {
                records: RefCell::default(),
                timer: Cell::new(None),
                unit: Cell::new(0.0),
                subcalls: Cell::new(true),
                builtins: Cell::new(true),
                enabled: Cell::new(false),
                timing: Cell::new(false),
            },
        )
    }
    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, /, timer=None, timeunit=0.0, subcalls=True, builtins=True)")]
    fn init(
        vm: &mut Vm,
        this: Value,
        timer: Option<Value>,
        timeunit: Option<Value>,
        subcalls: Option<bool>,
        builtins: Option<bool>,
    ) -> Res<()> {
        let unit = match timeunit {
            Some(u) => vm.to_f64(u)?,
            None => 0.0,
        };
        let p = profiler(this);
        p.timer.set(timer.filter(|t| !t.is_none()));
        p.unit.set(unit);
        p.subcalls.set(subcalls.unwrap_or(true));
        p.builtins.set(builtins.unwrap_or(true));
        Ok(())
    }
    /// Start collecting profiling information.
    ///
    ///   subcalls
    ///     If True, also records for each function
    ///     statistics separated according to its current caller.
    ///   builtins
    ///     If True, records the time spent in
    ///     built-in functions separately from their caller.
    #[native("enable($self, /, subcalls=True, builtins=True)")]
    fn enable(vm: &mut Vm, this: Value, subcalls: Option<bool>, builtins: Option<bool>) -> Res<()> {
        let p = profiler(this);
        let builtins = builtins.unwrap_or(true);
        listen(vm, this, builtins)?;
        p.subcalls.set(subcalls.unwrap_or(true));
        p.builtins.set(builtins);
        p.enabled.set(true);
        Ok(())
    }
    /// Stop collecting profiling information.
    #[native("disable($self, /)")]
    fn disable(vm: &mut Vm, this: Value) -> Res<()> {
        let p = profiler(this);
        if p.timing.get() {
            return Err(vm.runtime_error("cannot disable profiler in external timer"));
        }
        if p.enabled.replace(false) {
            stop_listening(vm);
            let t = now(vm, p);
            p.records.borrow_mut().flush(t, p.subcalls.get());
        }
        Ok(())
    }
    /// Clear all profiling information collected so far.
    #[native("clear($self, /)")]
    fn clear(vm: &mut Vm, this: Value) -> Res<()> {
        if profiler(this).timing.get() {
            return Err(vm.runtime_error("cannot clear profiler in external timer"));
        }
        *profiler(this).records.borrow_mut() = Records::default();
        Ok(())
    }
    /// list of profiler_entry objects.
    ///
    /// getstats() -> list of profiler_entry objects
    ///
    /// Return all information collected by the profiler.
    /// Each profiler_entry is a tuple-like object with the
    /// following attributes:
    ///
    ///     code          code object
    ///     callcount     how many times this was called
    ///     reccallcount  how many times called recursively
    ///     totaltime     total time in this entry
    ///     inlinetime    inline time in this entry (not in subcalls)
    ///     calls         details of the calls
    #[native("getstats($self, /)")]
    fn getstats(vm: &mut Vm, this: Value) -> Res {
        let p = profiler(this);
        let mut out = vm.new_vec();
        let n = p.records.borrow().entries.len();
        for i in 0..n {
            let (object, counts, callees) = {
                let records = p.records.borrow();
                let Some(e) = records.entries.get(i) else {
                    break;
                };
                let callees: Vec<(usize, Counts)> =
                    e.callees.iter().map(|(k, c)| (*k, *c)).collect();
                (e.object, e.counts, callees)
            };
            if counts.calls == 0 {
                continue;
            }
            let calls = sub_entries(vm, p, &callees)?;
            let v = entry_values(vm, object, &counts)?;
            let e = vm.new_struct_seq(&ENTRY, &[v[0], v[1], v[2], v[3], v[4], calls])?;
            out.push(vm, e)?;
        }
        vm.list_from_vec(out)
    }

    fn sub_entries(vm: &mut Vm, p: &Profiler, callees: &[(usize, Counts)]) -> Res {
        let mut out = vm.new_vec();
        for (k, c) in callees.iter().filter(|(_, c)| c.calls > 0) {
            let object = p.records.borrow().entries.get(*k).map(|e| e.object);
            let v = entry_values(vm, object.unwrap_or(Value::NONE), c)?;
            let e = vm.new_struct_seq(&SUBENTRY, &v)?;
            out.push(vm, e)?;
        }
        if out.is_empty() {
            return Ok(Value::NONE);
        }
        vm.list_from_vec(out)
    }

    #[native("_pystart_callback($self, code, instruction_offset, exc=None, /)")]
    fn pystart(vm: &mut Vm, this: Value, code: Value, _at: Value, _exc: Option<Value>) -> Res<()> {
        started(vm, this, code.bits() as usize, |_| Ok(code))
    }
    #[native("_pyreturn_callback($self, code, instruction_offset, retval, /)")]
    fn pyreturn(vm: &mut Vm, this: Value, code: Value, _at: Value, _value: Value) -> Res<()> {
        stopped(vm, this, code.bits() as usize)
    }
    #[native("_ccall_callback($self, code, instruction_offset, callable, self_arg, /)")]
    fn ccall(
        vm: &mut Vm,
        this: Value,
        _code: Value,
        _at: Value,
        callable: Value,
        self_arg: Value,
    ) -> Res<()> {
        match builtin(vm, callable, self_arg)? {
            Some((key, text)) => started(vm, this, key, |_| Ok(text)),
            None => Ok(()),
        }
    }
    #[native("_creturn_callback($self, code, instruction_offset, callable, self_arg, /)")]
    fn creturn(
        vm: &mut Vm,
        this: Value,
        _code: Value,
        _at: Value,
        callable: Value,
        self_arg: Value,
    ) -> Res<()> {
        match builtin(vm, callable, self_arg)? {
            Some((key, _)) => stopped(vm, this, key),
            None => Ok(()),
        }
    }
}
