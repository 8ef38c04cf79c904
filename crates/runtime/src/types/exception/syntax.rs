//! `SyntaxError`.

use super::base::items;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

/// Numbers of the fields.
const MSG: usize = 0;
const FILENAME: usize = 1;
const LINENO: usize = 2;

/// Fills the fields from the second argument: (filename, lineno, offset, text, end_lineno,
/// end_offset, metadata).
fn details(vm: &mut Vm, this: Value, info: Value) -> Res<()> {
    let info = vm.collect(info)?;
    let n = info.len();
    if !(4..=7).contains(&n) {
        let (how, limit) = if n < 4 { ("least", 4) } else { ("most", 7) };
        return Err(vm.type_error(&format!(
            "function takes at {how} {limit} arguments ({n} given)"
        )));
    }
    for (i, v) in info.iter().enumerate().take(6) {
        vm.set_exc_field(this, FILENAME + i, Some(*v))?;
    }
    if let Some(metadata) = info.get(6) {
        vm.set_exc_field(this, 8, Some(*metadata))?;
    }
    if n == 5 {
        return Err(vm.type_error("end_offset must be provided when end_lineno is provided"));
    }
    Ok(())
}

#[derive::natives]
pub mod methods {
    use super::*;

    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, /, *args, **kwargs)")]
    fn init(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res<()> {
        vm.init_exception(this, args, kwargs)?;
        if let Some(msg) = items(args).first() {
            vm.set_exc_field(this, MSG, Some(*msg))?;
        }
        match items(args) {
            [_, info] => details(vm, this, *info),
            _ => Ok(()),
        }
    }
    /// Return str(self).
    #[native("__str__($self, /)")]
    fn str(vm: &mut Vm, this: Value) -> Res {
        let msg = vm.exc_field(this, MSG).unwrap_or(Value::NONE);
        let msg = vm.str_of(msg)?;
        let file = match vm.exc_field(this, FILENAME) {
            Some(f) if f.is_kind(Kind::Str) => {
                let f = vm.display(f);
                Some(f.rsplit('/').next().unwrap_or_default().to_string())
            }
            _ => None,
        };
        let line = match vm.exc_field(this, LINENO) {
            Some(n) if n.is_small_int() || n.is_exact(Kind::Int) => Some(vm.display(n)),
            _ => None,
        };
        let tail = match (file, line) {
            (Some(f), Some(n)) => format!(" ({f}, line {n})"),
            (Some(f), None) => format!(" ({f})"),
            (None, Some(n)) => format!(" (line {n})"),
            (None, None) => return Ok(msg),
        };
        let tail = vm.new_str(&tail)?;
        vm.concat_str(msg, tail)
    }
}
