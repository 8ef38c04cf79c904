//! The builtin types, one file or folder each.

use crate::class::{TypeObj, TypeSpec};
use crate::errors::Exceptions;
use crate::object::Ref;

macro_rules! types {
    ($($field:ident : $module:ident :: $spec:ident),* $(,)?) => {
        /// The builtin types of an interpreter.
        pub struct Types {
            $( pub $field: Ref<TypeObj>, )*
            pub exc: Exceptions,
        }
        /// The specs in the order of the fields.
        pub static SPECS: &[&TypeSpec] = &[$(&$module::$spec),*];
        impl Types {
            /// Collects types made in the order of `SPECS`.
            pub fn from_list(list: &[Ref<TypeObj>], exc: Exceptions) -> Option<Types> {
                let mut it = list.iter().copied();
                Some(Types { $( $field: it.next()?, )* exc })
            }
            /// Calls `f` with each type.
            pub fn each(&self, f: &mut dyn FnMut(Ref<TypeObj>)) {
                $( f(self.$field); )*
            }
        }
    };
}

/// Marks the types for the collector.
pub fn trace(types: &Types, t: &mut gc::Tracer) {
    types.each(&mut |c| crate::payload::mark(t, c.value()));
    for c in exceptions_of(&types.exc) {
        crate::payload::mark(t, c.value());
    }
}

/// The exception classes in the order of `errors::EXCEPTIONS`.
pub fn exceptions_of(exc: &Exceptions) -> &[Ref<TypeObj>] {
    let n = crate::errors::EXCEPTIONS.len();
    const _: () = assert!(
        size_of::<Exceptions>() == crate::errors::EXCEPTIONS.len() * size_of::<Ref<TypeObj>>()
    );
    // SAFETY: the struct consists of that many fields of this one type.
    unsafe { std::slice::from_raw_parts((exc as *const Exceptions).cast(), n) }
}

pub mod bool_;
pub mod builtin_method;
pub mod bytearray;
pub mod bytes;
pub mod cell;
pub mod classmethod;
pub mod code;
mod code_build;
mod code_units;
pub mod complex;
pub mod dict;
pub mod dict_attr;
pub mod dict_view;
pub mod exception;
pub mod float;
pub mod frame;
pub mod frame_locals;
pub mod function;
pub mod generator;
pub mod generic;
pub mod getset;
pub mod int;
pub mod iterators;
pub mod list;
pub mod mapping_proxy;
pub mod memoryview;
pub mod method;
pub mod module;
pub mod mro;
pub mod namespace;
pub mod number;
pub mod object;
pub mod property;
pub mod protocol;
pub mod range;
pub mod set;
pub mod singletons;
pub mod slice;
pub mod str;
pub mod super_;
pub mod template;
pub mod traceback;
pub mod tuple;
pub mod type_;
pub mod type_attrs;
pub mod typevar;
pub mod weakref;

types! {
    object: object::SPEC,
    type_: type_::SPEC,
    int: int::SPEC,
    bool: bool_::SPEC,
    float: float::SPEC,
    complex: complex::SPEC,
    str: str::SPEC,
    bytes: bytes::SPEC,
    bytearray: bytearray::SPEC,
    memoryview: memoryview::SPEC,
    tuple: tuple::SPEC,
    list: list::SPEC,
    dict: dict::SPEC,
    set: set::SPEC,
    frozenset: set::FROZENSET,
    function: function::SPEC,
    code: code::SPEC,
    cell: cell::SPEC,
    builtin_function: builtin_method::SPEC,
    method_descriptor: builtin_method::DESCRIPTOR,
    method_wrapper: builtin_method::METHOD_WRAPPER,
    wrapper_descriptor: builtin_method::WRAPPER_DESCRIPTOR,
    classmethod_descriptor: builtin_method::CLASSMETHOD_DESCRIPTOR,
    getset: getset::SPEC,
    member: getset::MEMBER,
    method: method::SPEC,
    module: module::SPEC,
    generator: generator::SPEC,
    coroutine: generator::COROUTINE,
    async_generator: generator::ASYNC_GENERATOR,
    range: range::SPEC,
    slice: slice::SPEC,
    property: property::SPEC,
    classmethod: classmethod::SPEC,
    staticmethod: classmethod::STATIC,
    super_: super_::SPEC,
    none: singletons::NONE,
    ellipsis: singletons::ELLIPSIS,
    not_implemented: singletons::NOT_IMPLEMENTED,
    traceback: traceback::SPEC,
    frame: frame::SPEC,
    mapping_proxy: mapping_proxy::SPEC,
    dict_keys: dict_view::KEYS,
    dict_values: dict_view::VALUES,
    dict_items: dict_view::ITEMS,
    range_iterator: iterators::RANGE,
    list_iterator: iterators::LIST,
    list_reverse_iterator: iterators::LIST_REVERSE,
    tuple_iterator: iterators::TUPLE,
    dict_iterator: iterators::DICT,
    dict_value_iterator: iterators::DICT_VALUES,
    dict_item_iterator: iterators::DICT_ITEMS,
    dict_reverse_iterator: iterators::DICT_REVERSE,
    dict_reverse_value_iterator: iterators::DICT_REVERSE_VALUES,
    dict_reverse_item_iterator: iterators::DICT_REVERSE_ITEMS,
    set_iterator: iterators::SET,
    str_iterator: iterators::STR,
    str_ascii_iterator: iterators::STR_ASCII,
    bytes_iterator: iterators::BYTES,
    bytearray_iterator: iterators::BYTEARRAY,
    seq_iterator: iterators::SEQ,
    call_iterator: iterators::CALL,
    enumerate: iterators::ENUMERATE,
    zip: iterators::ZIP,
    map: iterators::MAP,
    filter: iterators::FILTER,
    reversed: iterators::REVERSED,
    weakref: weakref::SPEC,
    generic_alias: generic::SPEC,
    union: generic::UNION,
    simple_namespace: namespace::SPEC,
}
