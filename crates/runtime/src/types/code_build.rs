//! Code objects from the attributes of others: `types.CodeType(...)` and `code.replace(...)`.
//!
//! `co_code` is a listing in CPython's terms, so what runs has to come from elsewhere: the bytecode
//! travels in `co_linetable`, behind a mark, and `CodeType` with the attributes of a code object
//! (here or, as cloudpickle sends them, in another process) makes an equal one. Whatever is put
//! together is verified.

use super::code::{cellvars, params, stack_size, varnames};
use super::code_units::{code_units, exception_table};
use crate::alloc::GcVec;
use crate::code::CodeObj;
use crate::object::*;
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;
use bytecode::{Code, CodeFlags, Const, Insn, PositionTable, insns};

/// In front of serialised bytecode; no line table of CPython begins with a zero byte.
const MARK: &[u8] = b"\0tauraro\0";

/// What Python code may give, in the order of the constructor's parameters.
pub const FIELDS: [&str; 18] = [
    "co_argcount",
    "co_posonlyargcount",
    "co_kwonlyargcount",
    "co_nlocals",
    "co_stacksize",
    "co_flags",
    "co_code",
    "co_consts",
    "co_names",
    "co_varnames",
    "co_filename",
    "co_name",
    "co_qualname",
    "co_firstlineno",
    "co_linetable",
    "co_exceptiontable",
    "co_freevars",
    "co_cellvars",
];

/// The fields by place in `FIELDS`.
mod field {
    pub const NLOCALS: usize = 3;
    pub const STACKSIZE: usize = 4;
    pub const FLAGS: usize = 5;
    pub const CODE: usize = 6;
    pub const CONSTS: usize = 7;
    pub const NAMES: usize = 8;
    pub const VARNAMES: usize = 9;
    pub const FILENAME: usize = 10;
    pub const NAME: usize = 11;
    pub const QUALNAME: usize = 12;
    pub const FIRSTLINENO: usize = 13;
    pub const LINETABLE: usize = 14;
    pub const EXCEPTIONTABLE: usize = 15;
    pub const FREEVARS: usize = 16;
    pub const CELLVARS: usize = 17;
}

/// Values of `FIELDS`; those left out stay as they are.
pub type Changes = [Option<Value>; FIELDS.len()];

/// The text of `co_linetable`: the code without its constants.
pub fn linetable(d: &Code) -> Vec<u8> {
    let mut d = d.clone();
    d.consts.fill(Const::None);
    [MARK, &bytecode::encode(&d)].concat()
}

/// The bytecode in a line table made by `linetable`.
fn from_linetable(table: &[u8]) -> Option<Code> {
    bytecode::decode(table.strip_prefix(MARK)?).ok()
}

/// How errors name an argument.
#[derive(Clone, Copy, PartialEq)]
enum Caller {
    Constructor,
    Replace,
}

impl Caller {
    /// TypeError for an argument of another type than `wanted`.
    fn refuse(self, vm: &mut Vm, field: usize, wanted: &str, got: Value) -> Raised {
        let got = vm.argument_kind(got);
        vm.type_error(&match self {
            Caller::Constructor => {
                format!("code() argument {} must be {wanted}, not {got}", field + 1)
            }
            Caller::Replace => {
                let name = FIELDS[field];
                format!("replace() argument '{name}' must be {wanted}, not {got}")
            }
        })
    }

    /// ValueError for a negative count.
    fn negative(self, vm: &mut Vm, field: usize) -> Raised {
        let name = FIELDS[field];
        vm.value_error(&match self {
            Caller::Constructor => format!("code: {} must not be negative", &name[3..]),
            Caller::Replace => format!("{name} must be a positive integer"),
        })
    }
}

/// Code in the making.
struct Builder {
    caller: Caller,
    /// What the changes apply to.
    base: Code,
    data: Code,
    /// Registers that the instructions take to be set by the call.
    assumed: usize,
    /// What attributes show instead of what the bytecode has.
    shown: Ref<DictObj>,
}

impl Builder {
    fn number(&self, vm: &mut Vm, given: &Changes, field: usize) -> Res<Option<i32>> {
        let Some(v) = given[field] else {
            return Ok(None);
        };
        let n = vm.index_i32(v)?;
        let may_be_negative = match self.caller {
            Caller::Constructor => field > field::NLOCALS,
            Caller::Replace => false,
        };
        if n < 0 && !may_be_negative {
            return Err(self.caller.negative(vm, field));
        }
        Ok(Some(n))
    }

    fn bytes(&self, vm: &mut Vm, given: &Changes, field: usize) -> Res<Option<Vec<u8>>> {
        match given[field] {
            None => Ok(None),
            Some(v) => match v.downcast::<BytesObj>() {
                Some(b) => Ok(Some(b.as_slice().to_vec())),
                None => Err(self.caller.refuse(vm, field, "bytes", v)),
            },
        }
    }

    fn text(&self, vm: &mut Vm, given: &Changes, field: usize) -> Res<Option<String>> {
        match given[field] {
            None => Ok(None),
            Some(v) if v.is_kind(Kind::Str) => Ok(Some(vm.display(v))),
            Some(v) => Err(self.caller.refuse(vm, field, "str", v)),
        }
    }

    fn tuple(&self, vm: &mut Vm, given: &Changes, field: usize) -> Res<Option<GcVec>> {
        match given[field] {
            None => Ok(None),
            Some(v) if v.is_kind(Kind::Tuple) => vm.collect(v).map(Some),
            Some(v) => Err(self.caller.refuse(vm, field, "tuple", v)),
        }
    }

    fn names(&self, vm: &mut Vm, given: &Changes, field: usize) -> Res<Option<Vec<String>>> {
        let Some(items) = self.tuple(vm, given, field)? else {
            return Ok(None);
        };
        let mut names = Vec::with_capacity(items.len());
        for v in items.iter() {
            if !v.is_kind(Kind::Str) {
                let got = vm.class_name(*v);
                let text = format!("name tuples must contain only strings, not '{got}'");
                return Err(vm.type_error(&text));
            }
            names.push(vm.display(*v));
        }
        Ok(Some(names))
    }

    /// From now on the attribute shows this value.
    fn show(&self, vm: &mut Vm, field: usize, v: Option<Value>) -> Res<()> {
        match v {
            Some(v) => vm.dict_set_str(self.shown, FIELDS[field], v),
            None => Ok(()),
        }
    }

    /// The attribute shows what the bytecode has.
    fn show_own(&self, vm: &mut Vm, field: usize) -> Res<()> {
        let key = vm.intern(FIELDS[field]);
        vm.dict_remove(self.shown, key)?;
        Ok(())
    }

    fn counts(&mut self, vm: &mut Vm, given: &Changes) -> Res<()> {
        let d = &self.data;
        let mut counts = [d.argcount, d.posonly_argcount, d.kwonly_argcount];
        for (field, count) in counts.iter_mut().enumerate() {
            if let Some(n) = self.number(vm, given, field)? {
                *count = match u16::try_from(n) {
                    Ok(n) => n,
                    Err(_) => return Err(vm.value_error("code: co_varnames is too small")),
                };
            }
        }
        let d = &mut self.data;
        [d.argcount, d.posonly_argcount, d.kwonly_argcount] = counts;
        Ok(())
    }

    /// Flags that decide how a frame is run are the bytecode's own, as in CPython, where opcodes
    /// decide it; another value of them is only shown.
    fn flags(&mut self, vm: &mut Vm, given: &Changes) -> Res<()> {
        let Some(n) = self.number(vm, given, field::FLAGS)? else {
            return Ok(());
        };
        let own = CodeFlags::RESUMABLE.bits() | CodeFlags::all().bits() & !0xffff_ffff;
        let flags = u64::from(n as u32);
        let kept = self.data.flags.bits() & own;
        self.data.flags = CodeFlags::from_bits_retain(flags & !own | kept);
        if self.data.flags.bits() & 0xffff_ffff == flags {
            return self.show_own(vm, field::FLAGS);
        }
        self.show(vm, field::FLAGS, given[field::FLAGS])
    }

    fn variables(&mut self, vm: &mut Vm, given: &Changes) -> Res<()> {
        let nlocals = self.number(vm, given, field::NLOCALS)?;
        let own = varnames(&self.base);
        let names = self.names(vm, given, field::VARNAMES)?;
        let count = names.as_ref().map_or(own.len(), Vec::len);
        if params(&self.data) > count {
            return Err(vm.value_error("code: co_varnames is too small"));
        }
        if nlocals.map_or(own.len(), |n| n as usize) != count {
            return Err(vm.value_error("code: co_nlocals != len(co_varnames)"));
        }
        if let Some(names) = names {
            self.rename(vm, &own, &names, "co_varnames")?;
        }
        if let Some(names) = self.names(vm, given, field::CELLVARS)? {
            let own = cellvars(&self.base);
            if names.len() > own.len() {
                // Cells that no instruction uses.
                self.show(vm, field::CELLVARS, given[field::CELLVARS])?;
            } else {
                self.show_own(vm, field::CELLVARS)?;
                self.rename(vm, &own, &names, "co_cellvars")?;
            }
        }
        if let Some(names) = self.names(vm, given, field::FREEVARS)? {
            self.data.free_names = names;
        }
        Ok(())
    }

    /// Gives the locals with the names `old` the names `new`.
    fn rename(&mut self, vm: &mut Vm, old: &[String], new: &[String], what: &str) -> Res<()> {
        if old == new {
            return Ok(());
        }
        if old.len() != new.len() {
            let text = format!("code: the bytecode has {} {what}", old.len());
            return Err(vm.value_error(&text));
        }
        for name in &mut self.data.local_names {
            if let Some(i) = old.iter().position(|o| o == name) {
                name.clone_from(&new[i]);
            }
        }
        Ok(())
    }

    /// `co_code` and `co_exceptiontable`: the code's own, or those of another living code object.
    fn instructions(&mut self, vm: &mut Vm, given: &Changes) -> Res<()> {
        let mut donor = None;
        if let Some(units) = self.bytes(vm, given, field::CODE)? {
            if !units.len().is_multiple_of(2) {
                return Err(vm.value_error("code: co_code is malformed"));
            }
            if units != code_units(&self.data) {
                let Some(other) = vm.code_with_units(&units) else {
                    let text = "code: co_code is no bytecode of this interpreter";
                    return Err(vm.value_error(text));
                };
                self.data.instrs = other.instrs.clone();
                self.data.nregs = self.data.nregs.max(other.nregs);
                self.data.ncaches = other.ncaches;
                self.assumed = params(&other);
                donor = Some(other);
            }
        }
        let Some(table) = self.bytes(vm, given, field::EXCEPTIONTABLE)? else {
            return Ok(());
        };
        if table.is_empty() {
            self.data.exceptions.clear();
        } else if table != exception_table(&self.data) {
            match donor.filter(|d| table == exception_table(d)) {
                Some(d) => self.data.exceptions = d.exceptions,
                None => {
                    let text = "code: co_exceptiontable does not belong to the bytecode";
                    return Err(vm.value_error(text));
                }
            }
        }
        Ok(())
    }

    fn lines(&mut self, vm: &mut Vm, given: &Changes) -> Res<()> {
        if let Some(n) = self.number(vm, given, field::FIRSTLINENO)? {
            self.data.first_line = n.max(0) as u32;
        }
        let Some(table) = self.bytes(vm, given, field::LINETABLE)? else {
            return Ok(());
        };
        self.data.positions = match from_linetable(&table) {
            Some(d) if d.positions == self.data.positions && d.instrs == self.data.instrs => {
                return self.show_own(vm, field::LINETABLE);
            }
            Some(d) => d.positions,
            None => PositionTable::default(),
        };
        self.show(vm, field::LINETABLE, given[field::LINETABLE])
    }

    /// Whether the instructions use a register that no parameter sets any more.
    fn lacks_parameter(&self) -> bool {
        let lost = params(&self.data)..self.assumed;
        let uses = |insn: &Insn| {
            let mut regs = insn.regs();
            regs.any(|r| (r.first as usize) < lost.end && r.end() as usize > lost.start)
        };
        !lost.is_empty()
            && insns(&self.data.instrs)
                .map_while(Result::ok)
                .any(|i| uses(&i))
    }

    fn texts(&mut self, vm: &mut Vm, given: &Changes) -> Res<()> {
        if let Some(t) = self.text(vm, given, field::FILENAME)? {
            self.data.filename = t;
        }
        if let Some(t) = self.text(vm, given, field::NAME)? {
            self.data.name = t;
        }
        if let Some(t) = self.text(vm, given, field::QUALNAME)? {
            self.data.qualname = t;
        }
        Ok(())
    }
}

impl Vm {
    /// The plain data of a living code object whose `co_code` is this.
    fn code_with_units(&mut self, units: &[u8]) -> Option<Code> {
        let mut found = None;
        let heap = self.heap;
        // SAFETY: the heap is this thread's; cells of kind Code are code objects, and nothing is
        // allocated in it meanwhile.
        unsafe {
            (*heap).for_each_cell(&mut |cell| {
                if found.is_some() || (*cell).kind != Kind::Code as u8 {
                    return;
                }
                // Code whose listing was seen has its data.
                let Some(d) = (*cell.cast::<CodeObj>()).decoded() else {
                    return;
                };
                if (d.instrs.len() + 1) * 2 == units.len() && code_units(d) == units {
                    found = Some(d.clone());
                }
            });
        }
        found
    }

    /// Code with the changes and, unless they are among them, these constants.
    fn build_code(&mut self, mut b: Builder, given: &Changes, own: &[Value]) -> Res {
        b.instructions(self, given)?;
        b.counts(self, given)?;
        b.variables(self, given)?;
        if let Some(n) = b.number(self, given, field::STACKSIZE)? {
            if i64::from(n) == stack_size(&b.base) {
                b.show_own(self, field::STACKSIZE)?;
            } else {
                b.show(self, field::STACKSIZE, given[field::STACKSIZE])?;
            }
        }
        b.flags(self, given)?;
        if let Some(names) = b.names(self, given, field::NAMES)? {
            b.data.names = names;
        }
        b.texts(self, given)?;
        b.lines(self, given)?;
        let mut constants = self.new_vec();
        match b.tuple(self, given, field::CONSTS)? {
            Some(k) => constants.extend(self, &k)?,
            None => constants.extend(self, own)?,
        }
        b.data.consts = kinds(&constants);
        if let Err(e) = bytecode::verify_alone(&b.data) {
            return Err(self.value_error(&format!("code: {e}")));
        }
        if b.lacks_parameter() {
            return Err(self.value_error("code: the bytecode uses a parameter that is lost"));
        }
        b.data.consts.fill(Const::None);
        let shown = b.shown;
        let copy = self.load_code(b.data)?;
        let slots = copy.consts.get().cast_mut();
        for (i, k) in constants.iter().enumerate() {
            // SAFETY: as many constants as the code was loaded with.
            unsafe { *slots.add(i) = *k };
        }
        if let Some(a) = copy.consts_array.get() {
            gc::write_barrier(a.ptr());
        }
        if shown.used.get() > 0 {
            copy.shown.write(copy, shown.value());
        }
        Ok(copy.value())
    }

    /// `code.replace(...)`.
    pub(super) fn replace_code(&mut self, base: Ref<CodeObj>, given: &Changes) -> Res {
        let shown = self.new_dict()?;
        if let Some(v) = base.shown.get() {
            self.dict_update(shown, v)?;
        }
        let b = Builder {
            caller: Caller::Replace,
            base: base.data().clone(),
            data: base.data().clone(),
            assumed: params(base.data()),
            shown,
        };
        let own = self.code_consts(base)?;
        self.build_code(b, given, own)
    }

    /// `types.CodeType(...)`, all fields given.
    pub(super) fn new_code(&mut self, given: &Changes) -> Res {
        let bytes = |field: usize| given[field].and_then(|v| v.downcast::<BytesObj>());
        let table = bytes(field::LINETABLE).map(|b| b.as_slice().to_vec());
        let units = bytes(field::CODE).map(|b| b.as_slice().to_vec());
        let mut base = match (table.as_deref().and_then(from_linetable), units) {
            (Some(d), _) => d,
            (None, Some(units)) => self.code_with_units(&units).unwrap_or_default(),
            (None, None) => Code::default(),
        };
        if let Some(t) = given[field::CONSTS].and_then(|v| v.downcast::<TupleObj>()) {
            base.consts = kinds(t.items());
            // The bytes may be anybody's.
            if !base.instrs.is_empty()
                && let Err(e) = bytecode::verify_alone(&base)
            {
                return Err(self.value_error(&format!("code: {e}")));
            }
        }
        let b = Builder {
            caller: Caller::Constructor,
            data: base.clone(),
            assumed: params(&base),
            base,
            shown: self.new_dict()?,
        };
        self.build_code(b, given, &[])
    }
}

/// Constants as far as the verifier looks at them.
fn kinds(constants: &[Value]) -> Vec<Const> {
    constants.iter().map(|v| kind(*v)).collect()
}

fn kind(v: Value) -> Const {
    if let Some(c) = v.downcast::<CodeObj>() {
        return Const::Code(Box::new(Code {
            free_names: c.data().free_names.clone(),
            ..Code::default()
        }));
    }
    let Some(t) = v.downcast::<TupleObj>() else {
        return Const::None;
    };
    let name = |v: &Value| match v.is_kind(Kind::Str) {
        true => Const::Str(String::new()),
        false => Const::None,
    };
    Const::Tuple(t.items().iter().map(name).collect())
}
