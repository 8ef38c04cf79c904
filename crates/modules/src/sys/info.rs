//! What `sys` tells about the interpreter: versions, limits, flags.

use runtime::object::*;
use runtime::structseq::StructSeq;
use runtime::{Res, Value, Vm};

/// CPython's version that is implemented.
pub const VERSION: (i64, i64, i64) = (3, 14, 0);
pub const HEX_VERSION: i64 = 0x030e_00f0;
/// Tag in the names of cached bytecode files.
pub const CACHE_TAG: &str = "tauraro-314";
pub const MULTIARCH: &str = "x86_64-linux-gnu";

/// `sys.version`.
pub fn version_text() -> String {
    format!(
        "3.14.0 (main, Oct  7 2025, 00:00:00) [Tauraro {}]",
        env!("CARGO_PKG_VERSION")
    )
}

static VERSION_INFO: StructSeq = StructSeq {
    spec: StructSeq::spec(
        "sys",
        "version_info",
        "sys.version_info\n\nVersion information as a named tuple.",
        false,
    ),
    fields: &[
        ("major", "Major release number"),
        ("minor", "Minor release number"),
        ("micro", "Patch release number"),
        ("releaselevel", "'alpha', 'beta', 'candidate', or 'final'"),
        ("serial", "Serial release number"),
    ],
    visible: 5,
};

static FLAGS: StructSeq = StructSeq {
    spec: StructSeq::spec(
        "sys",
        "flags",
        "sys.flags\n\nFlags provided through command line arguments or environment vars.",
        false,
    ),
    fields: &[
        ("debug", "-d"),
        ("inspect", "-i"),
        ("interactive", "-i"),
        ("optimize", "-O or -OO"),
        ("dont_write_bytecode", "-B"),
        ("no_user_site", "-s"),
        ("no_site", "-S"),
        ("ignore_environment", "-E"),
        ("verbose", "-v"),
        ("bytes_warning", "-b"),
        ("quiet", "-q"),
        ("hash_randomization", "-R"),
        ("isolated", "-I"),
        ("dev_mode", "-X dev"),
        ("utf8_mode", "-X utf8"),
        ("warn_default_encoding", "-X warn_default_encoding"),
        ("safe_path", "-P"),
        ("int_max_str_digits", "-X int_max_str_digits"),
        ("gil", "-X gil"),
        ("thread_inherit_context", "-X thread_inherit_context"),
        ("context_aware_warnings", "-X context_aware_warnings"),
    ],
    visible: 18,
};

static FLOAT_INFO: StructSeq = StructSeq {
    spec: StructSeq::spec(
        "sys",
        "float_info",
        "sys.float_info\n\nA named tuple holding information about the float type. It contains low level\ninformation about the precision and internal representation. Please study\nyour system's :file:`float.h` for more information.",
        true,
    ),
    fields: &[
        ("max", "DBL_MAX -- maximum representable finite float"),
        (
            "max_exp",
            "DBL_MAX_EXP -- maximum int e such that radix**(e-1) is representable",
        ),
        (
            "max_10_exp",
            "DBL_MAX_10_EXP -- maximum int e such that 10**e is representable",
        ),
        ("min", "DBL_MIN -- Minimum positive normalized float"),
        (
            "min_exp",
            "DBL_MIN_EXP -- minimum int e such that radix**(e-1) is a normalized float",
        ),
        (
            "min_10_exp",
            "DBL_MIN_10_EXP -- minimum int e such that 10**e is a normalized float",
        ),
        (
            "dig",
            "DBL_DIG -- maximum number of decimal digits that can be faithfully represented in a float",
        ),
        ("mant_dig", "DBL_MANT_DIG -- mantissa digits"),
        (
            "epsilon",
            "DBL_EPSILON -- Difference between 1 and the next representable float",
        ),
        ("radix", "FLT_RADIX -- radix of exponent"),
        (
            "rounds",
            "FLT_ROUNDS -- rounding mode used for arithmetic operations",
        ),
    ],
    visible: 11,
};

static INT_INFO: StructSeq = StructSeq {
    spec: StructSeq::spec(
        "sys",
        "int_info",
        "sys.int_info\n\nA named tuple that holds information about Python's\ninternal representation of integers.  The attributes are read only.",
        true,
    ),
    fields: &[
        ("bits_per_digit", "size of a digit in bits"),
        (
            "sizeof_digit",
            "size in bytes of the C type used to represent a digit",
        ),
        (
            "default_max_str_digits",
            "maximum string conversion digits limitation",
        ),
        (
            "str_digits_check_threshold",
            "minimum positive value for int_max_str_digits",
        ),
    ],
    visible: 4,
};

static HASH_INFO: StructSeq = StructSeq {
    spec: StructSeq::spec(
        "sys",
        "hash_info",
        "hash_info\n\nA named tuple providing parameters used for computing\nhashes. The attributes are read only.",
        true,
    ),
    fields: &[
        ("width", "width of the type used for hashing, in bits"),
        (
            "modulus",
            "prime number giving the modulus on which the hash function is based",
        ),
        ("inf", "value to be used for hash of a positive infinity"),
        ("nan", "value to be used for hash of a nan"),
        (
            "imag",
            "multiplier used for the imaginary part of a complex number",
        ),
        (
            "algorithm",
            "name of the algorithm for hashing of str, bytes and memoryviews",
        ),
        ("hash_bits", "internal output size of hash algorithm"),
        ("seed_bits", "seed size of hash algorithm"),
        ("cutoff", "small string optimization cutoff"),
    ],
    visible: 9,
};

static THREAD_INFO: StructSeq = StructSeq {
    spec: StructSeq::spec(
        "sys",
        "thread_info",
        "sys.thread_info\n\nA named tuple holding information about the thread implementation.",
        true,
    ),
    fields: &[
        ("name", "name of the thread implementation"),
        ("lock", "name of the lock implementation"),
        ("version", "name and version of the thread library"),
    ],
    visible: 3,
};

fn int(n: i64) -> Value {
    Value::int_unchecked(n)
}

/// Adds the attributes of this file.
pub fn add(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    let version = add_version(vm, m)?;
    add_limits(vm, m)?;
    let flags = flags(vm)?;
    vm.module_set(m, "flags", flags)?;
    add_implementation(vm, m, version)
}

fn add_version(vm: &mut Vm, m: Ref<ModuleObj>) -> Res {
    let text = vm.new_str(&version_text())?;
    vm.module_set(m, "version", text)?;
    let level = vm.new_str("final")?;
    let parts = [
        int(VERSION.0),
        int(VERSION.1),
        int(VERSION.2),
        level,
        int(0),
    ];
    let info = vm.new_struct_seq(&VERSION_INFO, &parts)?;
    vm.module_set(m, "version_info", info)?;
    vm.module_set(m, "hexversion", int(HEX_VERSION))?;
    vm.module_set(m, "api_version", int(1013))?;
    let git = ["Tauraro", "", ""];
    let mut items = vm.new_vec();
    for s in git {
        let s = vm.new_str(s)?;
        items.push(vm, s)?;
    }
    let git = vm.new_tuple(&items)?;
    vm.module_set(m, "_git", git)?;
    Ok(info)
}

fn add_limits(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    vm.module_set(m, "maxunicode", int(0x10ffff))?;
    let max = vm.new_int(i64::MAX)?;
    vm.module_set(m, "maxsize", max)?;
    let f = Value::float;
    let float_info = vm.new_struct_seq(
        &FLOAT_INFO,
        &[
            f(f64::MAX),
            int(1024),
            int(308),
            f(f64::MIN_POSITIVE),
            int(-1021),
            int(-307),
            int(15),
            int(53),
            f(f64::EPSILON),
            int(2),
            int(1),
        ],
    )?;
    vm.module_set(m, "float_info", float_info)?;
    // The limits of int-str conversion are CPython's; its digits have 30 bits.
    let int_info = [int(30), int(4), int(4300), int(640)];
    let int_info = vm.new_struct_seq(&INT_INFO, &int_info)?;
    vm.module_set(m, "int_info", int_info)?;
    let modulus = vm.new_int((1 << 61) - 1)?;
    let algorithm = vm.new_str("siphash13")?;
    let hash_info = [
        int(64),
        modulus,
        int(314159),
        int(0),
        int(1000003),
        algorithm,
        int(64),
        int(128),
        int(0),
    ];
    let hash_info = vm.new_struct_seq(&HASH_INFO, &hash_info)?;
    vm.module_set(m, "hash_info", hash_info)?;
    let (name, lock) = (vm.new_str("pthread")?, vm.new_str("mutex+cond")?);
    let info = vm.new_struct_seq(&THREAD_INFO, &[name, lock, Value::NONE])?;
    vm.module_set(m, "thread_info", info)
}

fn flags(vm: &mut Vm) -> Res {
    let c = &vm.interp().config;
    let b = |x: bool| int(i64::from(x));
    let values = [
        b(c.debug),
        b(c.inspect),
        b(c.interactive),
        int(c.optimize.into()),
        b(c.dont_write_bytecode),
        b(c.no_user_site),
        b(c.no_site),
        b(c.ignore_environment),
        int(c.verbose.into()),
        int(c.bytes_warning.into()),
        b(c.quiet),
        b(c.hash_seed != Some(0)),
        b(c.isolated),
        Value::bool(c.dev_mode),
        b(c.utf8_mode),
        b(c.warn_default_encoding),
        Value::bool(c.safe_path),
        int(vm.interp().int_max_str_digits as i64),
        int(1),
        int(0),
        int(0),
    ];
    vm.new_struct_seq(&FLAGS, &values)
}

fn add_implementation(vm: &mut Vm, m: Ref<ModuleObj>, version: Value) -> Res<()> {
    let name = vm.intern("tauraro");
    let tag = vm.intern(CACHE_TAG);
    let multiarch = vm.intern(MULTIARCH);
    let ns = vm.new_namespace(&[
        ("name", name),
        ("cache_tag", tag),
        ("version", version),
        ("hexversion", int(HEX_VERSION)),
        ("_multiarch", multiarch),
        ("supports_isolated_interpreters", Value::FALSE),
    ])?;
    vm.module_set(m, "implementation", ns)
}
