//! `sys.excepthook`, `sys.unraisablehook`, `sys._getframe`.

use runtime::object::*;
use runtime::{Res, Value, Vm};

#[derive::natives]
pub mod functions {
    use super::*;

    /// Handle an exception by displaying it with a traceback on sys.stderr.
    #[native("excepthook($module, exctype, value, traceback, /)")]
    fn excepthook(
        vm: &mut Vm,
        _m: Value,
        _exctype: Value,
        value: Value,
        traceback: Value,
    ) -> Res<()> {
        if !value.is_kind(Kind::Exception) {
            let got = vm.class_name(value);
            vm.write_stderr(&format!(
                "TypeError: print_exception(): Exception expected for value, {got} found\n"
            ));
            return Ok(());
        }
        if traceback.is_kind(Kind::Traceback)
            && let Some(x) = value.downcast::<ExceptionObj>()
            && x.traceback.get().is_none()
        {
            x.traceback.write(x, traceback);
        }
        vm.print_exception(value);
        Ok(())
    }
    /// Handle an unraisable exception.
    ///
    /// The unraisable argument has the following attributes:
    ///
    /// * exc_type: Exception type.
    /// * exc_value: Exception value, can be None.
    /// * exc_traceback: Exception traceback, can be None.
    /// * err_msg: Error message, can be None.
    /// * object: Object causing the exception, can be None.
    #[native("unraisablehook($module, unraisable, /)")]
    fn unraisablehook(vm: &mut Vm, _m: Value, unraisable: Value) -> Res<()> {
        let class = vm.struct_seq_type(&runtime::exit::UNRAISABLE)?;
        if !vm.is_instance_of(unraisable, class) {
            return Err(
                vm.type_error("sys.unraisablehook argument type must be UnraisableHookArgs")
            );
        }
        let value = vm.get_attr_str(unraisable, "exc_value")?;
        let message = vm.get_attr_str(unraisable, "err_msg")?;
        let object = vm.get_attr_str(unraisable, "object")?;
        vm.print_unraisable(value, Some(message), Some(object));
        Ok(())
    }
    /// Return a frame object from the call stack.
    ///
    /// If optional integer depth is given, return the frame object that many
    /// calls below the top of the stack.  If that is deeper than the call
    /// stack, ValueError is raised.  The default for depth is zero, returning
    /// the frame at the top of the call stack.
    ///
    /// This function should be used for internal and specialized purposes
    /// only.
    #[native("_getframe($module, depth=0, /)")]
    fn getframe(vm: &mut Vm, _m: Value, depth: Option<i64>) -> Res {
        match vm.frame_object(depth.unwrap_or(0).max(0) as usize)? {
            Some(f) => Ok(f.value()),
            None => Err(vm.value_error("call stack is not deep enough")),
        }
    }
}
