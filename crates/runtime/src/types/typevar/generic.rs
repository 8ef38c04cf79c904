//! `typing.Generic`, whose work is done by functions of `typing`.

use crate::class::{DictPlace, TypeFlags, TypeSpec};
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

pub static SPEC: TypeSpec = TypeSpec {
    name: "Generic",
    module: "typing",
    kind: Kind::Instance,
    doc: "Abstract base class for generic types\n\nOn Python 3.12 and newer, generic classes implicitly inherit from\nGeneric when they declare a parameter list after the class's name::\n\n    class Mapping[KT, VT]:\n        def __getitem__(self, key: KT) -> VT:\n            ...\n            # Etc.\n\nOn older versions of Python, however, generic classes have to\nexplicitly inherit from Generic.\n\nAfter a class has been declared to be generic, it can then be used as\nfollows::\n\n    def lookup_name[KT, VT](mapping: Mapping[KT, VT], key: KT, default: VT) -> VT:\n        try:\n            return mapping[key]\n        except KeyError:\n            return default\n",
    tables: &[methods::TABLE],
    flags: TypeFlags::BASE,
    size: size_of::<InstanceObj>(),
    dict: DictPlace::None,
    slot_offset: std::mem::offset_of!(InstanceObj, overflow),
    ..TypeSpec::DEFAULT
};

#[derive::natives]
mod methods {
    use super::*;

    /// Parameterizes a generic class.
    ///
    /// At least, parameterizing a generic class is the *main* thing this
    /// method does. For example, for some generic class `Foo`, this is called
    /// when we do `Foo[int]` - there, with `cls=Foo` and `params=int`.
    ///
    /// However, note that this method is also called when defining generic
    /// classes in the first place with `class Foo[T]: ...`.
    #[classmethod("__class_getitem__($type, /, *args, **kwargs)", nosig)]
    fn class_getitem(vm: &mut Vm, class: Value, args: Value, kwargs: Option<Value>) -> Res {
        call(vm, "_generic_class_getitem", class, args, kwargs)
    }
    /// Function to initialize subclasses.
    #[classmethod("__init_subclass__($type, /, *args, **kwargs)", nosig)]
    fn init_subclass(vm: &mut Vm, class: Value, args: Value, kwargs: Option<Value>) -> Res {
        call(vm, "_generic_init_subclass", class, args, kwargs)
    }
}

/// `typing.name(class, *args, **kwargs)`.
fn call(vm: &mut Vm, name: &str, class: Value, args: Value, kwargs: Option<Value>) -> Res {
    let typing = vm.import_by_name("typing")?;
    let f = vm.get_attr_str(typing, name)?;
    let given = vm.collect(args)?;
    let mut all = vm.new_vec();
    all.push(vm, class)?;
    all.extend(vm, &given)?;
    let all = vm.new_tuple(&all)?;
    vm.call_spread(f, all, kwargs)
}

impl Vm {
    /// `Generic[params]`, the base of a class with type parameters.
    pub fn subscript_generic(&mut self, params: Value) -> Res {
        let params = self.unpack_tuples(params)?;
        let class = self.native_type(&SPEC)?;
        self.call_typing("_GenericAlias", &[class.value(), params])
    }
}
