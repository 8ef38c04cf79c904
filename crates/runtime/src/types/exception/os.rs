//! `OSError`: its fields, and the subclass that an errno means.

use super::base::{cell, has_keywords, items};
use crate::class::TypeObj;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

/// Numbers of the fields.
const ERRNO: usize = 0;
const STRERROR: usize = 1;
const FILENAME: usize = 2;
const FILENAME2: usize = 3;
const WRITTEN: usize = 4;

/// The subclass of OSError for an errno (PEP 3151).
pub fn subclass_for_errno(vm: &Vm, errno: i64) -> Option<Ref<TypeObj>> {
    let e = &vm.types.exc;
    Some(match i32::try_from(errno).ok()? {
        libc::EAGAIN | libc::EALREADY | libc::EINPROGRESS => e.BlockingIOError,
        libc::EPIPE | libc::ESHUTDOWN => e.BrokenPipeError,
        libc::ECHILD => e.ChildProcessError,
        libc::ECONNABORTED => e.ConnectionAbortedError,
        libc::ECONNREFUSED => e.ConnectionRefusedError,
        libc::ECONNRESET => e.ConnectionResetError,
        libc::EEXIST => e.FileExistsError,
        libc::ENOENT => e.FileNotFoundError,
        libc::EISDIR => e.IsADirectoryError,
        libc::ENOTDIR => e.NotADirectoryError,
        libc::EINTR => e.InterruptedError,
        libc::EACCES | libc::EPERM => e.PermissionError,
        libc::ESRCH => e.ProcessLookupError,
        libc::ETIMEDOUT => e.TimeoutError,
        _ => return None,
    })
}

/// The class has its own `__init__` but OSError's `__new__`: then `__init__` reads the arguments.
fn init_parses(vm: &mut Vm, class: Ref<TypeObj>) -> bool {
    let os = vm.types.exc.OSError;
    let own = |vm: &mut Vm, name| {
        vm.lookup_where(class, name)
            .is_some_and(|(owner, _)| owner != os)
    };
    own(vm, vm.names.__init__) && !own(vm, vm.names.__new__)
}

/// Sets args and fields from the arguments.
fn fill(vm: &mut Vm, this: Value, args: Value) -> Res<()> {
    let x = cell(this);
    let given = items(args);
    if !(2..=5).contains(&given.len()) {
        x.args.write(x, args);
        return Ok(());
    }
    vm.set_exc_fields(this, &given[..2])?;
    let mut kept = args;
    if let Some(name) = given.get(2).filter(|n| !n.is_none()) {
        let blocking = vm.types.exc.BlockingIOError;
        let class = vm.class_of(this);
        let counts = class == blocking && (vm.is_int(*name) || is_index(vm, *name));
        if counts {
            let n = vm.index(*name)?;
            vm.set_exc_field(this, WRITTEN, Some(n))?;
        } else {
            vm.set_exc_field(this, FILENAME, Some(*name))?;
            if let Some(second) = given.get(4).filter(|n| !n.is_none()) {
                vm.set_exc_field(this, FILENAME2, Some(*second))?;
            }
            kept = vm.new_tuple(&given[..2])?;
        }
    }
    x.args.write(x, kept);
    Ok(())
}

fn is_index(vm: &mut Vm, v: Value) -> bool {
    vm.special(v, vm.names.__index__).is_some()
}

impl Vm {
    /// Raises the OSError subclass of an errno with its text and file names.
    #[cold]
    pub fn os_error(&mut self, errno: i32, files: &[Value]) -> crate::value::Raised {
        let text = std::io::Error::from_raw_os_error(errno).to_string();
        // std adds " (os error N)" to the text of strerror.
        let text = match text.rfind(" (os error") {
            Some(i) => &text[..i],
            None => &text,
        };
        let made = self.new_str(text).and_then(|text| {
            let n = Value::int_unchecked(i64::from(errno));
            let mut args = vec![n, text];
            match files {
                [] => {}
                [one] => args.push(*one),
                [a, b, ..] => args.extend([*a, Value::NONE, *b]),
            }
            let class =
                subclass_for_errno(self, i64::from(errno)).unwrap_or(self.types.exc.OSError);
            self.call_value(class.value(), &args)
        });
        match made {
            Ok(e) => self.raise_here(e),
            Err(r) => r,
        }
    }
}

#[derive::natives]
pub mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, args: Value, kwargs: Option<Value>) -> Res {
        let Some(c) = class.downcast::<TypeObj>() else {
            return vm.new_exception_cell(class, args);
        };
        if init_parses(vm, c) {
            let empty = vm.new_tuple(&[])?;
            return vm.new_exception_cell(class, empty);
        }
        if has_keywords(kwargs) {
            let name = c.name_str();
            return Err(vm.type_error(&format!("{name}() takes no keyword arguments")));
        }
        let mut made = c;
        if c == vm.types.exc.OSError
            && let [errno, _, ..] = items(args)
            && items(args).len() <= 5
            && let Some(n) = vm.int_to_i64(*errno)
            && let Some(better) = subclass_for_errno(vm, n)
        {
            made = better;
        }
        let e = vm.new_exception_cell(made.value(), args)?;
        fill(vm, e, args)?;
        Ok(e)
    }
    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, /, *args, **kwargs)")]
    fn init(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res<()> {
        let class = vm.class_of(this);
        if !init_parses(vm, class) {
            return Ok(());
        }
        if has_keywords(kwargs) {
            let name = class.name_str();
            return Err(vm.type_error(&format!("{name}() takes no keyword arguments")));
        }
        fill(vm, this, args)
    }
    /// Return str(self).
    #[native("__str__($self, /)")]
    fn str(vm: &mut Vm, this: Value) -> Res {
        let field = |vm: &mut Vm, i| vm.exc_field(this, i);
        let (errno, text) = (field(vm, ERRNO), field(vm, STRERROR));
        let shown = |v: Option<Value>| v.unwrap_or(Value::NONE);
        if let Some(name) = field(vm, FILENAME) {
            let head = head(vm, shown(errno), shown(text))?;
            let first = vm.repr(name)?;
            let first = vm.display(first);
            let mut all = format!("{head}: {first}");
            if let Some(second) = field(vm, FILENAME2) {
                let second = vm.repr(second)?;
                all.push_str(" -> ");
                all.push_str(&vm.display(second));
            }
            return vm.new_str(&all);
        }
        if errno.is_some() && text.is_some() {
            let head = head(vm, shown(errno), shown(text))?;
            return vm.new_str(&head);
        }
        vm.exception_str(this)
    }
    fn head(vm: &mut Vm, errno: Value, text: Value) -> Res<String> {
        let errno = vm.str_of(errno)?;
        let text = vm.str_of(text)?;
        Ok(format!(
            "[Errno {}] {}",
            vm.display(errno),
            vm.display(text)
        ))
    }
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let class = vm.class_of(this).value();
        let mut args = cell(this).args.or_none();
        if let ([a, b], Some(file)) = (items(args), vm.exc_field(this, FILENAME)) {
            args = match vm.exc_field(this, FILENAME2) {
                Some(second) => vm.new_tuple(&[*a, *b, file, Value::NONE, second])?,
                None => vm.new_tuple(&[*a, *b, file])?,
            };
        }
        match vm.exception_dict(this)? {
            Some(d) => vm.new_tuple(&[class, args, d.value()]),
            None => vm.new_tuple(&[class, args]),
        }
    }
    #[getter("characters_written")]
    fn written(vm: &mut Vm, this: Value) -> Res {
        match vm.exc_field(this, WRITTEN) {
            Some(n) => Ok(n),
            None => Err(vm.attribute_error_text("characters_written")),
        }
    }
    #[setter("characters_written")]
    fn set_written(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let Some(v) = value else {
            if vm.exc_field(this, WRITTEN).is_none() {
                return Err(vm.attribute_error_text("characters_written"));
            }
            return vm.set_exc_field(this, WRITTEN, None);
        };
        let n = vm.index(v)?;
        vm.set_exc_field(this, WRITTEN, Some(n))
    }
}
