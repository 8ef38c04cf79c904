//! `code`.

use super::code_build::{Changes, FIELDS, linetable};
use super::code_units::{code_units, exception_table, lnotab};
use crate::class::TypeSpec;
use crate::code::CodeObj;
use crate::frame_object::start_line;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;
use bytecode::{Code, CodeFlags};
use std::hash::{DefaultHasher, Hash, Hasher};

pub static SPEC: TypeSpec = TypeSpec {
    name: "code",
    signature: Some(
        "(argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize,\n     flags, codestring, constants, names, varnames, filename, name,\n     qualname, firstlineno, linetable, exceptiontable, freevars=(),\n     cellvars=(), /)",
    ),
    kind: Kind::Code,
    doc: "Create a code object.  Not for the faint of heart.",
    tables: &[methods::TABLE],
    ..TypeSpec::DEFAULT
};

fn code(this: Value) -> Ref<CodeObj> {
    // SAFETY: the descriptor checked the type.
    unsafe { this.cast::<CodeObj>() }
}

/// Bytes of a word in what `co_lines` and `f_lasti` count, as CPython's code units have. In front
/// of the instructions a unit stands for the beginning of the frame, where CPython has RESUME.
const UNIT: i64 = 2;

/// The offset of a word, as Python sees it.
pub fn offset_of(word: u32) -> i64 {
    (i64::from(word) + 1) * UNIT
}

/// As `offset_of`, as a value.
pub fn offset(word: u32) -> Value {
    Value::int_unchecked(offset_of(word))
}

/// The word at an offset.
pub fn word_at(offset: i64) -> u32 {
    (offset / UNIT - 1).clamp(0, i64::from(u32::MAX)) as u32
}

fn names(vm: &mut Vm, list: &[String]) -> Res {
    let mut out = vm.new_vec();
    for n in list {
        let v = vm.intern(n);
        out.push(vm, v)?;
    }
    vm.new_tuple(&out)
}

/// How many registers parameters take, star parameters included.
pub(super) fn params(d: &Code) -> usize {
    let stars = d.flags & (CodeFlags::VARARGS | CodeFlags::VARKEYWORDS);
    usize::from(d.argcount) + usize::from(d.kwonly_argcount) + stars.bits().count_ones() as usize
}

/// Names of the variables: parameters, and locals that are no cells. Those of comprehensions
/// have registers of their own; a name is listed once.
pub(super) fn varnames(d: &Code) -> Vec<String> {
    let flag = |list: &[bool], i: usize| list.get(i) == Some(&true);
    let mut names: Vec<String> = Vec::new();
    for (i, name) in d.local_names.iter().enumerate() {
        let shown = i < params(d) || !flag(&d.local_is_cell, i);
        let again = flag(&d.local_is_hidden, i) && names.contains(name);
        if shown && !again && !name.is_empty() {
            names.push(name.clone());
        }
    }
    names
}

/// Names of the locals that live in cells.
pub(super) fn cellvars(d: &Code) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (name, cell) in d.local_names.iter().zip(&d.local_is_cell) {
        if *cell && !name.is_empty() && !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

/// `co_stacksize` of the bytecode: its temporaries.
pub(super) fn stack_size(d: &Code) -> i64 {
    i64::from(u32::from(d.nregs).saturating_sub(d.named_regs())).max(1)
}

/// What `replace` made an attribute show.
fn shown(vm: &mut Vm, c: Ref<CodeObj>, name: &str) -> Option<Value> {
    let d = c.shown.get()?.downcast::<DictObj>()?;
    vm.dict_get_str(d, name)
}

fn constants(vm: &mut Vm, c: Ref<CodeObj>) -> Res {
    let constants = vm.code_consts(c)?;
    vm.new_tuple(constants)
}

/// An item of `co_lines`.
fn line_range(vm: &mut Vm, from: i64, to: i64, line: Option<u32>) -> Res {
    let line = line.map_or(Value::NONE, number);
    vm.new_tuple(&[Value::int_unchecked(from), Value::int_unchecked(to), line])
}

/// Line numbers and columns as Python shows them.
fn number(n: u32) -> Value {
    if n == u32::MAX {
        Value::NONE
    } else {
        Value::int_unchecked(i64::from(n))
    }
}

/// Same code, whatever the constants.
fn same_code(a: Ref<CodeObj>, b: Ref<CodeObj>) -> bool {
    let (x, y) = (a.data(), b.data());
    x.name == y.name
        && x.first_line == y.first_line
        && x.flags == y.flags
        && x.argcount == y.argcount
        && x.posonly_argcount == y.posonly_argcount
        && x.kwonly_argcount == y.kwonly_argcount
        && x.instrs == y.instrs
        && x.names == y.names
        && x.local_names == y.local_names
        && x.free_names == y.free_names
        && x.exceptions == y.exceptions
        && x.positions == y.positions
        && x.consts.len() == y.consts.len()
}

#[derive::natives]
mod methods {
    use super::*;

    /// A code object from the attributes of another.
    #[staticmethod(
        "__new__($type, argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize, flags, codestring, constants, names, varnames, filename, name, qualname, firstlineno, linetable, exceptiontable, freevars=(), cellvars=(), /)"
    )]
    fn new(
        vm: &mut Vm,
        _class: Value,
        argcount: Value,
        posonlyargcount: Value,
        kwonlyargcount: Value,
        nlocals: Value,
        stacksize: Value,
        flags: Value,
        codestring: Value,
        constants: Value,
        names: Value,
        varnames: Value,
        filename: Value,
        name: Value,
        qualname: Value,
        firstlineno: Value,
        linetable: Value,
        exceptiontable: Value,
        freevars: Option<Value>,
        cellvars: Option<Value>,
    ) -> Res {
        let empty = vm.new_tuple(&[])?;
        let given = [
            argcount,
            posonlyargcount,
            kwonlyargcount,
            nlocals,
            stacksize,
            flags,
            codestring,
            constants,
            names,
            varnames,
            filename,
            name,
            qualname,
            firstlineno,
            linetable,
            exceptiontable,
            freevars.unwrap_or(empty),
            cellvars.unwrap_or(empty),
        ];
        vm.new_code(&given.map(Some))
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let c = code(this);
        let (name, file) = (
            vm.display(c.name.or_none()),
            vm.display(c.filename.or_none()),
        );
        let line = match c.data().first_line {
            0 => -1,
            n => i64::from(n),
        };
        Ok(format!(
            "<code object {name} at {:#x}, file \"{file}\", line {line}>",
            this.bits()
        ))
    }
    /// Return hash(self).
    #[native("__hash__($self, /)")]
    fn hash(vm: &mut Vm, this: Value) -> Res<i64> {
        let c = code(this);
        let name = vm.hash(c.name.or_none())? as u64;
        let d = c.data();
        let counts = [d.argcount, d.posonly_argcount, d.kwonly_argcount];
        let mut h = DefaultHasher::new();
        (name, d.first_line, d.flags.bits(), counts).hash(&mut h);
        (&d.local_names, &d.free_names, &d.names).hash(&mut h);
        d.instrs.iter().for_each(|i| i.0.hash(&mut h));
        (d.exceptions.len(), d.positions.runs.len()).hash(&mut h);
        Ok(h.finish() as i64)
    }
    /// Return self==value.
    #[native("__eq__($self, value, /)")]
    fn eq(vm: &mut Vm, this: Value, value: Value) -> Res {
        let (Some(a), Some(b)) = (this.downcast::<CodeObj>(), value.downcast::<CodeObj>()) else {
            return Ok(Value::NOT_IMPLEMENTED);
        };
        if a == b {
            return Ok(Value::TRUE);
        }
        if !same_code(a, b) {
            return Ok(Value::FALSE);
        }
        let (of_a, of_b) = (vm.code_consts(a)?, vm.code_consts(b)?);
        for (&x, &y) in of_a.iter().zip(of_b) {
            if vm.class_of(x) != vm.class_of(y) || !vm.eq(x, y)? {
                return Ok(Value::FALSE);
            }
        }
        let (x, y) = (a.shown.or_none(), b.shown.or_none());
        vm.eq(x, y).map(Value::bool)
    }
    #[member("co_name")]
    fn co_name(_: &mut Vm, this: Value) -> Res {
        Ok(code(this).name.or_none())
    }
    #[member("co_qualname")]
    fn co_qualname(_: &mut Vm, this: Value) -> Res {
        Ok(code(this).qualname.or_none())
    }
    #[member("co_filename")]
    fn co_filename(_: &mut Vm, this: Value) -> Res {
        Ok(code(this).filename.or_none())
    }
    #[member("co_firstlineno")]
    fn co_firstlineno(_: &mut Vm, this: Value) -> Res<i64> {
        Ok(i64::from(code(this).data().first_line))
    }
    #[member("co_flags")]
    fn co_flags(vm: &mut Vm, this: Value) -> Res {
        match shown(vm, code(this), "co_flags") {
            Some(v) => Ok(v),
            None => Ok(Value::int_unchecked(
                (code(this).flags.bits() & 0xffff_ffff) as i64,
            )),
        }
    }
    #[member("co_argcount")]
    fn co_argcount(_: &mut Vm, this: Value) -> Res<i64> {
        Ok(i64::from(code(this).data().argcount))
    }
    #[member("co_posonlyargcount")]
    fn co_posonlyargcount(_: &mut Vm, this: Value) -> Res<i64> {
        Ok(i64::from(code(this).data().posonly_argcount))
    }
    #[member("co_kwonlyargcount")]
    fn co_kwonlyargcount(_: &mut Vm, this: Value) -> Res<i64> {
        Ok(i64::from(code(this).data().kwonly_argcount))
    }
    #[member("co_nlocals")]
    fn co_nlocals(_: &mut Vm, this: Value) -> Res {
        Ok(Value::int_unchecked(
            varnames(code(this).data()).len() as i64
        ))
    }
    #[member("co_stacksize")]
    fn co_stacksize(vm: &mut Vm, this: Value) -> Res {
        match shown(vm, code(this), "co_stacksize") {
            Some(v) => Ok(v),
            None => Ok(Value::int_unchecked(stack_size(code(this).data()))),
        }
    }
    #[getter("co_varnames")]
    fn co_varnames(vm: &mut Vm, this: Value) -> Res {
        names(vm, &varnames(code(this).data()))
    }
    #[getter("co_cellvars")]
    fn co_cellvars(vm: &mut Vm, this: Value) -> Res {
        match shown(vm, code(this), "co_cellvars") {
            Some(v) => Ok(v),
            None => names(vm, &cellvars(code(this).data())),
        }
    }
    #[getter("co_freevars")]
    fn co_freevars(vm: &mut Vm, this: Value) -> Res {
        names(vm, &code(this).data().free_names)
    }
    #[member("co_names")]
    fn co_names(vm: &mut Vm, this: Value) -> Res {
        names(vm, &code(this).data().names)
    }
    #[member("co_consts")]
    fn co_consts(vm: &mut Vm, this: Value) -> Res {
        constants(vm, code(this))
    }
    #[getter("co_code")]
    fn co_code(vm: &mut Vm, this: Value) -> Res {
        vm.new_bytes(&code_units(code(this).data()))
    }
    #[getter("_co_code_adaptive")]
    fn co_code_adaptive(vm: &mut Vm, this: Value) -> Res {
        vm.new_bytes(&code_units(code(this).data()))
    }
    #[getter("co_lnotab")]
    fn co_lnotab(vm: &mut Vm, this: Value) -> Res {
        let class = vm.types.exc.DeprecationWarning;
        vm.warn(class, "co_lnotab is deprecated, use co_lines instead.", 1)?;
        let c = code(this);
        let d = c.data();
        let ranges = bytecode::lines::co_lines(d);
        let ranges = ranges
            .iter()
            .filter_map(|r| Some((offset_of(r.start), r.line?)));
        vm.new_bytes(&lnotab(ranges, d.first_line))
    }
    /// The variable that an instruction's argument names: locals, cells, free variables.
    #[native("_varname_from_oparg($self, /, oparg)")]
    fn varname_from_oparg(vm: &mut Vm, this: Value, oparg: i64) -> Res {
        let c = code(this);
        let d = c.data();
        let mut names = d.local_names.iter().chain(&d.free_names);
        match usize::try_from(oparg).ok().and_then(|i| names.nth(i)) {
            Some(name) => Ok(vm.intern(name)),
            None => Err(vm.index_error("tuple index out of range")),
        }
    }
    #[member("co_linetable")]
    fn co_linetable(vm: &mut Vm, this: Value) -> Res {
        match shown(vm, code(this), "co_linetable") {
            Some(v) => Ok(v),
            None => vm.new_bytes(&linetable(code(this).data())),
        }
    }
    #[member("co_exceptiontable")]
    fn co_exceptiontable(vm: &mut Vm, this: Value) -> Res {
        vm.new_bytes(&exception_table(code(this).data()))
    }
    #[native("co_lines($self, /)")]
    fn co_lines(vm: &mut Vm, this: Value) -> Res {
        let c = code(this);
        let mut out = vm.new_vec();
        let known = !c.data().positions.runs.is_empty();
        let mut start = known.then(|| (0, Some(start_line(c))));
        let ranges = match known {
            true => bytecode::lines::co_lines(c.data()),
            false => Vec::new(),
        };
        for r in ranges {
            let mut from = offset_of(r.start);
            if let Some((zero, line)) = start.take() {
                if line == r.line {
                    from = zero;
                } else {
                    let t = line_range(vm, zero, from, line)?;
                    out.push(vm, t)?;
                }
            }
            let t = line_range(vm, from, offset_of(r.end), r.line)?;
            out.push(vm, t)?;
        }
        let list = vm.list_from_vec(out)?;
        vm.iter(list)
    }
    #[native("co_positions($self, /)")]
    fn co_positions(vm: &mut Vm, this: Value) -> Res {
        let mut out = vm.new_vec();
        if code(this).data().positions.runs.is_empty() {
            let list = vm.list_from_vec(out)?;
            return vm.iter(list);
        }
        let none = vm.new_tuple(&[Value::NONE; 4])?;
        let line = number(start_line(code(this)));
        let column = match vm.interp().config.no_debug_ranges {
            true => Value::NONE,
            false => Value::int_unchecked(0),
        };
        let first = vm.new_tuple(&[line, line, column, column])?;
        out.push(vm, first)?;
        let mut last = (None, none);
        for p in bytecode::lines::co_positions(code(this).data()) {
            let t = match p.filter(|p| p.line != 0) {
                None => none,
                // Neighbours share their tuple.
                Some(p) if last.0 == Some(p) => last.1,
                Some(p) => {
                    let more = [number(p.end_line), number(p.col), number(p.end_col)];
                    let [end_line, col, end_col] = match vm.interp().config.no_debug_ranges {
                        true => [number(p.line), Value::NONE, Value::NONE],
                        false => more,
                    };
                    let t = vm.new_tuple(&[number(p.line), end_line, col, end_col])?;
                    last = (Some(p), t);
                    t
                }
            };
            out.push(vm, t)?;
        }
        let list = vm.list_from_vec(out)?;
        vm.iter(list)
    }
    #[native("co_branches($self, /)")]
    fn co_branches(vm: &mut Vm, this: Value) -> Res {
        let mut out = vm.new_vec();
        for b in bytecode::branches::branches(code(this).data()) {
            let t = vm.new_tuple(&[offset(b.from), offset(b.left), offset(b.right)])?;
            out.push(vm, t)?;
        }
        let list = vm.list_from_vec(out)?;
        vm.iter(list)
    }
    /// Return a copy of the code object with new values for the specified fields.
    #[native("replace($self, /, **changes)")]
    fn replace(vm: &mut Vm, this: Value, changes: Option<Value>) -> Res {
        let mut given: Changes = Default::default();
        if let Some(d) = changes.and_then(|k| k.downcast::<DictObj>()) {
            let mut i = 0;
            while let Some((at, e)) = crate::dict::next_entry(d, i) {
                i = at + 1;
                let (Some(k), Some(v)) = (e.key, e.value) else {
                    continue;
                };
                let name = vm.display(k);
                match FIELDS.iter().position(|f| *f == name) {
                    Some(field) => given[field] = Some(v),
                    None => {
                        return Err(vm.type_error(&format!(
                            "replace() got an unexpected keyword argument '{name}'"
                        )));
                    }
                }
            }
        }
        vm.replace_code(code(this), &given)
    }
    /// The same as replace().
    #[native("__replace__($self, /, **changes)")]
    fn dunder_replace(vm: &mut Vm, this: Value, changes: Option<Value>) -> Res {
        replace(vm, this, changes)
    }
}
