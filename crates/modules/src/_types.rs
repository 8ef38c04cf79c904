//! `_types`: the classes that `types` names.

use runtime::class::{TypeFlags, TypeSpec};
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Res, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_types",
    doc: "Define names for built-in types.",
    functions: &[],
    init,
};

/// C pointers that extension modules pass around; there are none here.
static CAPSULE: TypeSpec = TypeSpec {
    name: "PyCapsule",
    module: "builtins",
    doc: "A C pointer that extension modules pass to one another.",
    flags: TypeFlags::NO_INSTANCES,
    ..TypeSpec::DEFAULT
};

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    let capsule = vm.native_type(&CAPSULE)?;
    let t = vm.types;
    let all = [
        ("AsyncGeneratorType", t.async_generator),
        ("BuiltinFunctionType", t.builtin_function),
        ("BuiltinMethodType", t.builtin_function),
        ("CapsuleType", capsule),
        ("CellType", t.cell),
        ("ClassMethodDescriptorType", t.classmethod_descriptor),
        ("CodeType", t.code),
        ("CoroutineType", t.coroutine),
        ("EllipsisType", t.ellipsis),
        ("FrameType", t.frame),
        ("FunctionType", t.function),
        ("GeneratorType", t.generator),
        ("GenericAlias", t.generic_alias),
        ("GetSetDescriptorType", t.getset),
        ("LambdaType", t.function),
        ("MappingProxyType", t.mapping_proxy),
        ("MemberDescriptorType", t.member),
        ("MethodDescriptorType", t.method_descriptor),
        ("MethodType", t.method),
        ("MethodWrapperType", t.method_wrapper),
        ("ModuleType", t.module),
        ("NoneType", t.none),
        ("NotImplementedType", t.not_implemented),
        ("SimpleNamespace", t.simple_namespace),
        ("TracebackType", t.traceback),
        ("UnionType", t.union),
        ("WrapperDescriptorType", t.wrapper_descriptor),
    ];
    for (name, class) in all {
        vm.module_set(m, name, class.value())?;
    }
    Ok(())
}
