//! `BaseException`.

use crate::class::TypeObj;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

/// The exception cell of a native's self.
pub(super) fn cell(this: Value) -> Ref<ExceptionObj> {
    // SAFETY: the descriptors of exception classes check the type of self.
    unsafe { this.cast::<ExceptionObj>() }
}

/// The number of arguments in an `*args` tuple, and the tuple.
pub(super) fn items(args: Value) -> &'static [Value] {
    match args.downcast::<TupleObj>() {
        // SAFETY: the tuple is immutable; callers keep it alive in `args`.
        Some(t) => unsafe { std::slice::from_raw_parts(t.items().as_ptr(), t.len) },
        None => &[],
    }
}

/// There are keyword arguments.
pub(super) fn has_keywords(kwargs: Option<Value>) -> bool {
    kwargs
        .and_then(|k| k.downcast::<DictObj>())
        .is_some_and(|d| d.used.get() > 0)
}

impl Vm {
    /// `BaseException.__init__`: stores the arguments.
    pub(super) fn init_exception(
        &mut self,
        this: Value,
        args: Value,
        kwargs: Option<Value>,
    ) -> Res<()> {
        if has_keywords(kwargs) {
            let name = self.class_name(this);
            return Err(self.type_error(&format!("{name}() takes no keyword arguments")));
        }
        let x = cell(this);
        x.args.write(x, args);
        Ok(())
    }

    /// `BaseException.__new__`.
    pub(super) fn new_exception_cell(&mut self, class: Value, args: Value) -> Res {
        let Some(c) = class
            .downcast::<TypeObj>()
            .filter(|c| c.is_subtype(self.types.exc.BaseException))
        else {
            let name = self.display_repr(class)?;
            return Err(self.type_error(&format!(
                "BaseException.__new__(X): X is not an exception type ({name})"
            )));
        };
        let e = self.new_instance(c)?;
        cell(e).args.init(args);
        Ok(e)
    }

    /// `BaseException.__str__`.
    pub(super) fn exception_str(&mut self, this: Value) -> Res {
        let args = cell(this).args.or_none();
        match items(args) {
            [] => Ok(self.names.empty),
            [one] => self.str_of(*one),
            _ => self.str_of(args),
        }
    }

    /// The attributes of an exception as a dict, when it has any.
    pub(super) fn exception_dict(&mut self, this: Value) -> Res<Option<Ref<DictObj>>> {
        let shape = self.shape(this.shape_id());
        if !shape.dict_mode && shape.names.is_empty() {
            return Ok(None);
        }
        let d = self.attr_dict(this)?;
        Ok((d.used.get() > 0).then_some(d))
    }

    /// A new dict with the attributes of an exception.
    pub(super) fn copy_exception_dict(&mut self, this: Value) -> Res<Ref<DictObj>> {
        let copy = self.new_dict()?;
        if let Some(d) = self.exception_dict(this)? {
            crate::dict::copy_into(self, copy, d)?;
        }
        Ok(copy)
    }

    fn check_link(&mut self, v: Option<Value>, what: &str) -> Res<Option<Value>> {
        match v {
            None => Err(self.type_error(&format!("__{what}__ may not be deleted"))),
            Some(v) if v.is_none() => Ok(None),
            Some(v) if v.is_kind(Kind::Exception) => Ok(Some(v)),
            Some(_) => Err(self.type_error(&format!(
                "exception {what} must be None or derive from BaseException"
            ))),
        }
    }

    /// `exc.__traceback__ = tb`.
    pub fn set_traceback(&mut self, this: Value, tb: Option<Value>) -> Res<()> {
        let x = cell(this);
        match tb {
            None => Err(self.type_error("__traceback__ may not be deleted")),
            Some(v) if v.is_none() => {
                x.traceback.write(x, None);
                Ok(())
            }
            Some(v) if v.is_kind(Kind::Traceback) => {
                x.traceback.write(x, v);
                Ok(())
            }
            Some(_) => Err(self.type_error("__traceback__ must be a traceback or None")),
        }
    }

    /// `exc.add_note(note)`.
    pub fn exception_add_note(&mut self, this: Value, note: Value) -> Res<()> {
        if !note.is_kind(Kind::Str) {
            let got = self.argument_kind(note);
            let text = format!("add_note() argument must be str, not {got}");
            return Err(self.type_error(&text));
        }
        let name = self.names.__notes__;
        let notes = match self.get_attr_opt(this, name)? {
            Some(n) => n,
            None => {
                let list = self.new_list(&[])?;
                self.set_attr(this, name, Some(list))?;
                list
            }
        };
        if !notes.is_kind(Kind::List) {
            return Err(self.type_error("Cannot add note: __notes__ is not a list"));
        }
        self.call_method_str(notes, "append", &[note])?;
        Ok(())
    }

    /// Adds a note to the exception in flight (`_PyErr_FormatNote`); failures are ignored.
    pub fn add_note(&mut self, text: &str) {
        let Some(e) = self.raised.take() else { return };
        if let Ok(note) = self.new_str(text) {
            let _ = self.exception_add_note(e, note);
        }
        self.raised = Some(e);
    }
}

#[derive::natives]
pub mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, args: Value, _kwargs: Option<Value>) -> Res {
        vm.new_exception_cell(class, args)
    }
    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, /, *args, **kwargs)")]
    fn init(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res<()> {
        vm.init_exception(this, args, kwargs)
    }
    /// Return str(self).
    #[native("__str__($self, /)")]
    fn str(vm: &mut Vm, this: Value) -> Res {
        vm.exception_str(this)
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res {
        vm.check_native_stack()?;
        let name = vm.class_of(this).name.or_none();
        let args = cell(this).args.or_none();
        let shown = match items(args) {
            [one] => {
                let inner = vm.repr(*one)?;
                let open = vm.new_str("(")?;
                let left = vm.concat_str(open, inner)?;
                let close = vm.new_str(")")?;
                vm.concat_str(left, close)?
            }
            _ => vm.repr(args)?,
        };
        vm.concat_str(name, shown)
    }
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let class = vm.class_of(this).value();
        let args = cell(this).args.or_none();
        match vm.exception_dict(this)? {
            Some(d) => vm.new_tuple(&[class, args, d.value()]),
            None => vm.new_tuple(&[class, args]),
        }
    }
    #[native("__setstate__($self, state, /)")]
    fn setstate(vm: &mut Vm, this: Value, state: Value) -> Res<()> {
        if state.is_none() {
            return Ok(());
        }
        let Some(d) = state.downcast::<DictObj>() else {
            return Err(vm.type_error("state is not a dictionary"));
        };
        let mut i = 0;
        while let Some((at, entry)) = crate::dict::next_entry(d, i) {
            i = at + 1;
            if let (Some(k), Some(v)) = (entry.key, entry.value) {
                let name = vm.attr_name(k)?;
                vm.set_attr(this, name, Some(v))?;
            }
        }
        Ok(())
    }
    /// Set self.__traceback__ to tb and return self.
    #[native("with_traceback($self, tb, /)")]
    fn with_traceback(vm: &mut Vm, this: Value, tb: Value) -> Res {
        vm.set_traceback(this, Some(tb))?;
        Ok(this)
    }
    /// Add a note to the exception
    #[native("add_note($self, note, /)")]
    fn add_note(vm: &mut Vm, this: Value, note: Value) -> Res<()> {
        vm.exception_add_note(this, note)
    }
    #[getter("__dict__")]
    fn dict(vm: &mut Vm, this: Value) -> Res {
        Ok(vm.attr_dict(this)?.value())
    }
    #[setter("__dict__")]
    fn set_dict(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let Some(v) = value else {
            return Err(vm.type_error("cannot delete __dict__"));
        };
        match v.downcast::<DictObj>() {
            Some(d) => vm.replace_attr_dict(this, d),
            None => {
                let got = vm.class_name(v);
                Err(vm.type_error(&format!(
                    "__dict__ must be set to a dictionary, not a '{got}'"
                )))
            }
        }
    }
    #[getter("args")]
    fn get_args(_: &mut Vm, this: Value) -> Res {
        Ok(cell(this).args.or_none())
    }
    #[setter("args")]
    fn set_args(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let Some(v) = value else {
            return Err(vm.type_error("args may not be deleted"));
        };
        let items = vm.collect(v)?;
        let t = vm.new_tuple(&items)?;
        super::super::simple::keep_value(vm, this)?;
        let x = cell(this);
        x.args.write(x, t);
        Ok(())
    }
    #[getter("__traceback__")]
    fn traceback(_: &mut Vm, this: Value) -> Res {
        Ok(cell(this).traceback.or_none())
    }
    #[setter("__traceback__")]
    fn set_traceback(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        vm.set_traceback(this, value)
    }
    #[getter("__context__")]
    fn context(_: &mut Vm, this: Value) -> Res {
        Ok(cell(this).context.or_none())
    }
    #[setter("__context__")]
    fn set_context(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let v = vm.check_link(value, "context")?;
        let x = cell(this);
        x.set_context(v);
        Ok(())
    }
    #[getter("__cause__")]
    fn cause(_: &mut Vm, this: Value) -> Res {
        Ok(cell(this).cause.or_none())
    }
    #[setter("__cause__")]
    fn set_cause(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let v = vm.check_link(value, "cause")?;
        let x = cell(this);
        x.cause.write(x, v);
        x.suppress_context.set(true);
        Ok(())
    }
    #[member("__suppress_context__")]
    fn suppress(_: &mut Vm, this: Value) -> Res<bool> {
        Ok(cell(this).suppress_context.get())
    }
    #[setter("__suppress_context__")]
    fn set_suppress(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        match value {
            None => Err(vm.type_error("can't delete numeric/char attribute")),
            Some(Value::TRUE) => {
                cell(this).suppress_context.set(true);
                Ok(())
            }
            Some(Value::FALSE) => {
                cell(this).suppress_context.set(false);
                Ok(())
            }
            Some(_) => Err(vm.type_error("attribute value type must be bool")),
        }
    }
}
