//! `_opcode`: what `opcode` and `dis` ask about CPython's instruction set. Our bytecode is another
//! one (docs/compatibility.md); `co_code` shows it in these instructions.

use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_opcode",
    doc: "Opcode support module.",
    functions: &[functions::TABLE],
    init: |vm: &mut Vm, m: Ref<ModuleObj>| {
        vm.module_set(m, "ENABLE_SPECIALIZATION", Value::FALSE)?;
        vm.module_set(m, "ENABLE_SPECIALIZATION_FT", Value::FALSE)
    },
};

/// The binary operators in the order of CPython's NB_* numbers (Include/opcode.h).
const OPERATORS: &[(&str, &str)] = &[
    ("NB_ADD", "+"),
    ("NB_AND", "&"),
    ("NB_FLOOR_DIVIDE", "//"),
    ("NB_LSHIFT", "<<"),
    ("NB_MATRIX_MULTIPLY", "@"),
    ("NB_MULTIPLY", "*"),
    ("NB_REMAINDER", "%"),
    ("NB_OR", "|"),
    ("NB_POWER", "**"),
    ("NB_RSHIFT", ">>"),
    ("NB_SUBTRACT", "-"),
    ("NB_TRUE_DIVIDE", "/"),
    ("NB_XOR", "^"),
];

/// Numbers of instructions, as ranges with both ends (Include/internal/pycore_opcode_metadata.h).
mod numbers {
    type Ranges = &'static [(i64, i64)];

    pub const IS_VALID: Ranges = &[(0, 120), (128, 211), (234, 266)];
    pub const HAS_ARG: Ranges = &[
        (44, 120),
        (128, 128),
        (143, 153),
        (155, 195),
        (197, 197),
        (200, 200),
        (209, 211),
        (237, 237),
        (239, 239),
        (241, 245),
        (247, 251),
        (253, 253),
        (255, 255),
        (257, 261),
        (263, 266),
    ];
    pub const HAS_CONST: Ranges = &[(82, 82), (190, 191)];
    pub const HAS_NAME: Ranges = &[
        (61, 61),
        (64, 65),
        (72, 73),
        (80, 80),
        (91, 93),
        (96, 96),
        (110, 110),
        (115, 116),
        (179, 179),
        (189, 189),
        (194, 195),
        (200, 200),
        (249, 249),
    ];
    pub const HAS_JUMP: Ranges = &[
        (68, 68),
        (70, 70),
        (75, 77),
        (100, 103),
        (106, 106),
        (172, 176),
        (237, 237),
        (248, 248),
        (257, 260),
    ];
    pub const HAS_FREE: Ranges = &[(62, 62), (90, 90), (97, 97), (111, 111)];
    pub const HAS_LOCAL: Ranges = &[
        (3, 3),
        (63, 63),
        (83, 89),
        (112, 114),
        (261, 261),
        (266, 266),
    ];
    pub const HAS_EXC: Ranges = &[(263, 265)];
}

fn among(opcode: i64, ranges: &[(i64, i64)]) -> bool {
    ranges.iter().any(|(a, b)| (*a..=*b).contains(&opcode))
}

#[derive::natives]
mod functions {
    use super::*;

    /// Compute the stack effect of the opcode.
    #[native("stack_effect($module, opcode, oparg=None, /, *, jump=None)")]
    fn stack_effect(
        vm: &mut Vm,
        _m: Value,
        _opcode: i64,
        _oparg: Option<Value>,
        _jump: Option<Value>,
    ) -> Res {
        Err(vm.value_error("invalid opcode or oparg"))
    }
    /// Return True if opcode is valid, False otherwise.
    #[native("is_valid($module, /, opcode)")]
    fn is_valid(_: &mut Vm, _m: Value, opcode: i64) -> Res<bool> {
        Ok(among(opcode, numbers::IS_VALID))
    }
    /// Return True if the opcode uses its oparg, False otherwise.
    #[native("has_arg($module, /, opcode)")]
    fn has_arg(_: &mut Vm, _m: Value, opcode: i64) -> Res<bool> {
        Ok(among(opcode, numbers::HAS_ARG))
    }
    /// Return True if the opcode accesses a constant, False otherwise.
    #[native("has_const($module, /, opcode)")]
    fn has_const(_: &mut Vm, _m: Value, opcode: i64) -> Res<bool> {
        Ok(among(opcode, numbers::HAS_CONST))
    }
    /// Return True if the opcode accesses an attribute by name, False otherwise.
    #[native("has_name($module, /, opcode)")]
    fn has_name(_: &mut Vm, _m: Value, opcode: i64) -> Res<bool> {
        Ok(among(opcode, numbers::HAS_NAME))
    }
    /// Return True if the opcode has a jump target, False otherwise.
    #[native("has_jump($module, /, opcode)")]
    fn has_jump(_: &mut Vm, _m: Value, opcode: i64) -> Res<bool> {
        Ok(among(opcode, numbers::HAS_JUMP))
    }
    /// Return True if the opcode accesses a free variable, False otherwise.
    #[native("has_free($module, /, opcode)")]
    fn has_free(_: &mut Vm, _m: Value, opcode: i64) -> Res<bool> {
        Ok(among(opcode, numbers::HAS_FREE))
    }
    /// Return True if the opcode accesses a local variable, False otherwise.
    #[native("has_local($module, /, opcode)")]
    fn has_local(_: &mut Vm, _m: Value, opcode: i64) -> Res<bool> {
        Ok(among(opcode, numbers::HAS_LOCAL))
    }
    /// Return True if the opcode sets an exception handler, False otherwise.
    #[native("has_exc($module, /, opcode)")]
    fn has_exc(_: &mut Vm, _m: Value, opcode: i64) -> Res<bool> {
        Ok(among(opcode, numbers::HAS_EXC))
    }
    /// Return the executor object at offset in code if exists, None otherwise.
    #[native("get_executor($module, /, code, offset)")]
    fn get_executor(_: &mut Vm, _m: Value, _code: Value, _offset: i64) -> Res {
        Ok(Value::NONE)
    }
    /// Return array of symbols of binary ops.
    #[native("get_nb_ops($module, /)")]
    fn get_nb_ops(vm: &mut Vm, _m: Value) -> Res {
        let out = vm.new_list(&[])?;
        let inplace = OPERATORS
            .iter()
            .map(|(n, s)| (n.replacen("NB_", "NB_INPLACE_", 1), format!("{s}=")));
        let plain = OPERATORS
            .iter()
            .map(|(n, s)| (n.to_string(), s.to_string()));
        let subscript = [("NB_SUBSCR".to_string(), "[]".to_string())];
        for (name, symbol) in plain.chain(inplace).chain(subscript) {
            let (name, symbol) = (vm.new_str(&name)?, vm.new_str(&symbol)?);
            let pair = vm.new_tuple(&[name, symbol])?;
            // SAFETY: just made.
            vm.list_push(unsafe { out.cast() }, pair)?;
        }
        Ok(out)
    }
    /// Return a list of names of the unary intrinsics.
    #[native("get_intrinsic1_descs($module, /)")]
    fn get_intrinsic1_descs(vm: &mut Vm, _m: Value) -> Res {
        vm.new_list(&[])
    }
    /// Return a list of names of the binary intrinsics.
    #[native("get_intrinsic2_descs($module, /)")]
    fn get_intrinsic2_descs(vm: &mut Vm, _m: Value) -> Res {
        vm.new_list(&[])
    }
    /// Return a list of special method names.
    #[native("get_special_method_names($module, /)")]
    fn get_special_method_names(vm: &mut Vm, _m: Value) -> Res {
        let names = ["__enter__", "__exit__", "__aenter__", "__aexit__"].map(|n| vm.intern(n));
        vm.new_list(&names)
    }
}
