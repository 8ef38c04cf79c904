//! `code`.

use super::code_units::{code_units, exception_table, lnotab};
use crate::class::{TypeFlags, TypeSpec};
use crate::code::CodeObj;
use crate::frame_object::start_line;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;
use bytecode::CodeFlags;

pub static SPEC: TypeSpec = TypeSpec {
    name: "code",
    signature: Some(
        "(argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize,\n     flags, codestring, constants, names, varnames, filename, name,\n     qualname, firstlineno, linetable, exceptiontable, freevars=(),\n     cellvars=(), /)",
    ),
    kind: Kind::Code,
    doc: "Create a code object.  Not for the faint of heart.",
    flags: TypeFlags::NO_INSTANCES,
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

/// Names of the variables: parameters, and locals that are no cells. Those of comprehensions
/// have registers of their own; a name is listed once.
fn varnames(c: Ref<CodeObj>) -> Vec<String> {
    let d = c.data();
    let flag = |list: &[bool], i: usize| list.get(i) == Some(&true);
    let mut names: Vec<String> = Vec::new();
    for (i, name) in d.local_names.iter().enumerate() {
        let shown = i < c.nparams as usize || !flag(&d.local_is_cell, i);
        let again = flag(&d.local_is_hidden, i) && names.contains(name);
        if shown && !again && !name.is_empty() {
            names.push(name.clone());
        }
    }
    names
}

/// Names of the locals that live in cells.
fn cellvars(c: Ref<CodeObj>) -> Vec<String> {
    let d = c.data();
    let mut names: Vec<String> = Vec::new();
    for (name, cell) in d.local_names.iter().zip(&d.local_is_cell) {
        if *cell && !name.is_empty() && !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
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

/// A keyword argument of `replace`: its text, when it is a str.
fn text_change(vm: &mut Vm, name: &str, v: Value) -> Res<String> {
    if !v.is_kind(Kind::Str) {
        let got = vm.argument_kind(v);
        return Err(vm.type_error(&format!(
            "replace() argument '{name}' must be str, not {got}"
        )));
    }
    Ok(vm.display(v))
}

impl Vm {
    /// A copy of a code object whose plain data `change` may alter.
    fn copy_code(
        &mut self,
        c: Ref<CodeObj>,
        change: impl FnOnce(&mut bytecode::Code),
    ) -> Res<Ref<CodeObj>> {
        let constants = self.code_consts(c)?;
        let mut data = c.data().clone();
        change(&mut data);
        let copy = self.load_code(data)?;
        let slots = copy.consts.get().cast_mut();
        // SAFETY: both have the same number of constants.
        unsafe { std::ptr::copy_nonoverlapping(constants.as_ptr(), slots, constants.len()) };
        if let Some(a) = copy.consts_array.get() {
            gc::write_barrier(a.ptr());
        }
        Ok(copy)
    }

    /// Applies one keyword argument of `code.replace`.
    fn code_change(&mut self, c: Ref<CodeObj>, name: &str, v: Value) -> Res<Ref<CodeObj>> {
        match name {
            "co_name" => {
                let t = text_change(self, name, v)?;
                self.copy_code(c, |d| d.name = t)
            }
            "co_qualname" => {
                let t = text_change(self, name, v)?;
                self.copy_code(c, |d| d.qualname = t)
            }
            "co_filename" => {
                let t = text_change(self, name, v)?;
                self.copy_code(c, |d| d.filename = t)
            }
            "co_firstlineno" => {
                let n = self.index_i64(v)?;
                self.copy_code(c, |d| d.first_line = n.clamp(0, i64::from(u32::MAX)) as u32)
            }
            "co_flags" => {
                let n = self.index_i64(v)? as u64 & 0xffff_ffff;
                // What kind of frame the code needs cannot change.
                let own = CodeFlags::all().bits() & !0xffff_ffff;
                self.copy_code(c, |d| {
                    d.flags = CodeFlags::from_bits_retain(d.flags.bits() & own | n);
                })
            }
            "co_consts" => {
                let given = self.collect(v)?;
                if given.len() != c.nconsts as usize {
                    return Err(self.value_error("code: constants do not fit"));
                }
                let copy = self.copy_code(c, |_| {})?;
                let slots = copy.consts.get().cast_mut();
                for (i, k) in given.iter().enumerate() {
                    // SAFETY: the lengths agree.
                    unsafe { *slots.add(i) = *k };
                }
                Ok(copy)
            }
            _ => {
                let now = self.get_attr_str(c.value(), name)?;
                if self.eq(now, v)? {
                    return Ok(c);
                }
                Err(self.value_error(&format!("code: {name} cannot be replaced")))
            }
        }
    }
}

#[derive::natives]
mod methods {
    use super::*;

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
        let h = vm.hash(c.name.or_none())?;
        let d = c.data();
        let n = (d.first_line as i64) << 20 ^ d.instrs.len() as i64;
        Ok(h ^ n)
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
        Ok(Value::TRUE)
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
    fn co_flags(_: &mut Vm, this: Value) -> Res<i64> {
        Ok((code(this).flags.bits() & 0xffff_ffff) as i64)
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
    fn co_nlocals(_: &mut Vm, this: Value) -> Res<usize> {
        Ok(varnames(code(this)).len())
    }
    #[member("co_stacksize")]
    fn co_stacksize(_: &mut Vm, this: Value) -> Res<i64> {
        let c = code(this);
        Ok(i64::from(c.nregs.saturating_sub(c.named_regs())).max(1))
    }
    #[getter("co_varnames")]
    fn co_varnames(vm: &mut Vm, this: Value) -> Res {
        names(vm, &varnames(code(this)))
    }
    #[getter("co_cellvars")]
    fn co_cellvars(vm: &mut Vm, this: Value) -> Res {
        names(vm, &cellvars(code(this)))
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
        let mut bytes = Vec::new();
        for (word, p) in &code(this).data().positions.runs {
            for n in [*word, p.line, p.end_line, p.col, p.end_col] {
                bytes.extend(n.to_le_bytes());
            }
        }
        vm.new_bytes(&bytes)
    }
    #[member("co_exceptiontable")]
    fn co_exceptiontable(vm: &mut Vm, this: Value) -> Res {
        vm.new_bytes(&exception_table(code(this).data()))
    }
    #[native("co_lines($self, /)")]
    fn co_lines(vm: &mut Vm, this: Value) -> Res {
        let c = code(this);
        let mut out = vm.new_vec();
        let mut start = Some((0, Some(start_line(c))));
        for r in bytecode::lines::co_lines(c.data()) {
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
        let none = vm.new_tuple(&[Value::NONE; 4])?;
        let line = number(start_line(code(this)));
        let zero = Value::int_unchecked(0);
        let first = vm.new_tuple(&[line, line, zero, zero])?;
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
                        true => [Value::NONE; 3],
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
        let mut c = code(this);
        let Some(d) = changes.and_then(|k| k.downcast::<DictObj>()) else {
            return Ok(vm.copy_code(c, |_| {})?.value());
        };
        let mut i = 0;
        while let Some((at, e)) = crate::dict::next_entry(d, i) {
            i = at + 1;
            let (Some(k), Some(v)) = (e.key, e.value) else {
                continue;
            };
            let name = vm.display(k);
            if !FIELDS.contains(&name.as_str()) {
                return Err(vm.type_error(&format!(
                    "replace() got an unexpected keyword argument '{name}'"
                )));
            }
            c = vm.code_change(c, &name, v)?;
        }
        Ok(c.value())
    }
    /// The same as replace().
    #[native("__replace__($self, /, **changes)")]
    fn dunder_replace(vm: &mut Vm, this: Value, changes: Option<Value>) -> Res {
        replace(vm, this, changes)
    }
    const FIELDS: &[&str] = &[
        "co_argcount",
        "co_posonlyargcount",
        "co_kwonlyargcount",
        "co_nlocals",
        "co_stacksize",
        "co_flags",
        "co_firstlineno",
        "co_code",
        "co_consts",
        "co_names",
        "co_varnames",
        "co_freevars",
        "co_cellvars",
        "co_filename",
        "co_name",
        "co_qualname",
        "co_linetable",
        "co_exceptiontable",
    ];
}
