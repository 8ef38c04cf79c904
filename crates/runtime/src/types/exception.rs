//! The exception classes.

use crate::class::*;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

/// What all exception classes share; their names and bases are in `errors::EXCEPTIONS`.
pub static SPEC: TypeSpec = TypeSpec {
    name: "BaseException",
    kind: Kind::Exception,
    flags: TypeFlags::BASE.union(TypeFlags::HAS_WEAKREF),
    size: size_of::<ExceptionObj>(),
    dict: DictPlace::Slots,
    slot_offset: std::mem::offset_of!(ExceptionObj, overflow),
    ..TypeSpec::DEFAULT
};

/// Fills in a builtin exception class.
pub fn make_class(
    vm: &mut Vm,
    class: Ref<TypeObj>,
    name: &'static str,
    bases: &[Ref<TypeObj>],
    doc: &str,
) -> Res<()> {
    let name_value = vm.intern(name);
    class.name.init(name_value);
    class.qualname.init(name_value);
    class.kind.set(Kind::Exception);
    class.spec.set(Some(&SPEC));
    class.dict_place.set(DictPlace::Slots);
    class.slot_offset.set(SPEC.slot_offset as u32);
    class
        .flags
        .set(SPEC.flags | TypeFlags::IMMUTABLE | TypeFlags::HAS_DICT);
    let object = vm.types.object;
    let bases = if bases.is_empty() {
        vec![object]
    } else {
        bases.to_vec()
    };
    class.base.init(bases[0].value());
    let values: Vec<Value> = bases.iter().map(|b| b.value()).collect();
    let tuple = vm.new_tuple(&values)?;
    class.bases.init(tuple);
    let mro = vm.compute_mro(class)?;
    let mro = vm.new_tuple(&mro)?;
    class.mro.init(mro);
    for b in &bases {
        vm.add_subclass(*b, class)?;
    }
    vm.new_root_shape(class, 0);
    class.made.set(16);
    if name == "BaseException" {
        crate::init::add_natives(vm, class, methods::TABLE)?;
    }
    let doc = vm.new_str(doc)?;
    vm.dict_set(class.dict.get().value(), vm.names.__doc__, doc)
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, args: Value, _kwargs: Option<Value>) -> Res {
        let Some(c) = class.downcast::<TypeObj>() else {
            return Err(vm.type_error("not a type"));
        };
        let e = vm.new_instance(c)?;
        // SAFETY: exception classes make Exception cells.
        unsafe { e.cast::<ExceptionObj>() }.args.init(args);
        Ok(e)
    }
    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, /, *args, **kwargs)")]
    fn init(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res<()> {
        if kwargs.is_some() {
            let name = vm.class_name(this);
            return Err(vm.type_error(&format!("{name}() takes no keyword arguments")));
        }
        // SAFETY: the descriptor checked the type.
        let x = unsafe { this.cast::<ExceptionObj>() };
        x.args.write(x, args);
        Ok(())
    }
    /// Return str(self).
    #[native("__str__($self, /)")]
    fn str(vm: &mut Vm, this: Value) -> Res {
        // SAFETY: the descriptor checked the type.
        let args = unsafe { this.cast::<ExceptionObj>() }.args.or_none();
        let Some(t) = args.downcast::<TupleObj>() else {
            return Ok(vm.names.empty);
        };
        match t.items() {
            [] => Ok(vm.names.empty),
            [one] => vm.str_of(*one),
            _ => vm.str_of(args),
        }
    }
}
