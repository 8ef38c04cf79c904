//! The exception classes.

mod base;
pub mod fields;
pub mod group;
mod os;
mod simple;
mod syntax;
mod unicode;

pub use os::subclass_for_errno;

use crate::class::*;
use crate::native::NativeDef;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

/// What all exception classes share; their names and bases are in `errors::EXCEPTIONS`.
pub static SPEC: TypeSpec = TypeSpec {
    name: "BaseException",
    kind: Kind::Exception,
    flags: TypeFlags::BASE,
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
        vm.add_subclass(*b, class);
    }
    vm.new_root_shape(class, 0);
    class.made.set(16);
    for table in tables(name) {
        crate::init::add_natives(vm, class, table)?;
    }
    let doc = vm.new_str(doc)?;
    vm.dict_set(class.dict.get().value(), vm.names.__doc__, doc)
}

/// The natives of a builtin exception class.
fn tables(name: &str) -> Vec<&'static [NativeDef]> {
    match name {
        "BaseException" => vec![base::methods::TABLE],
        "BaseExceptionGroup" => vec![group::methods::TABLE, fields::GROUP],
        "StopIteration" => vec![simple::stop_iteration::TABLE],
        "SystemExit" => vec![simple::system_exit::TABLE],
        "KeyError" => vec![simple::key_error::TABLE],
        "ImportError" => vec![simple::import_error::TABLE, fields::IMPORT],
        "NameError" => vec![simple::name_error::TABLE, fields::NAME],
        "AttributeError" => vec![simple::attribute_error::TABLE, fields::ATTRIBUTE],
        "SyntaxError" => vec![syntax::methods::TABLE, fields::SYNTAX],
        "OSError" => vec![os::methods::TABLE, fields::OS],
        "UnicodeEncodeError" => vec![unicode::encode::TABLE, unicode::fields::TABLE],
        "UnicodeDecodeError" => vec![unicode::decode::TABLE, unicode::fields::TABLE],
        "UnicodeTranslateError" => vec![unicode::translate::TABLE, unicode::fields::TABLE],
        _ => vec![],
    }
}
