//! Limits of C types.

use runtime::object::*;
use runtime::{Res, Value, Vm};

static INTEGERS: &[(&str, i128)] = &[
    ("CHAR_MAX", i8::MAX as i128),
    ("CHAR_MIN", i8::MIN as i128),
    ("UCHAR_MAX", u8::MAX as i128),
    ("SHRT_MAX", i16::MAX as i128),
    ("SHRT_MIN", i16::MIN as i128),
    ("USHRT_MAX", u16::MAX as i128),
    ("INT_MAX", i32::MAX as i128),
    ("INT_MIN", i32::MIN as i128),
    ("UINT_MAX", u32::MAX as i128),
    ("LONG_MAX", i64::MAX as i128),
    ("LONG_MIN", i64::MIN as i128),
    ("ULONG_MAX", u64::MAX as i128),
    ("LLONG_MAX", i64::MAX as i128),
    ("LLONG_MIN", i64::MIN as i128),
    ("ULLONG_MAX", u64::MAX as i128),
    ("PY_SSIZE_T_MAX", isize::MAX as i128),
    ("PY_SSIZE_T_MIN", isize::MIN as i128),
    ("SIZE_MAX", usize::MAX as i128),
    ("SIZEOF_WCHAR_T", size_of::<libc::wchar_t>() as i128),
    ("SIZEOF_VOID_P", size_of::<usize>() as i128),
    ("SIZEOF_TIME_T", size_of::<libc::time_t>() as i128),
    ("SIZEOF_PID_T", size_of::<libc::pid_t>() as i128),
];

static FLOATS: &[(&str, f64)] = &[
    ("FLT_MAX", f32::MAX as f64),
    ("FLT_MIN", f32::MIN_POSITIVE as f64),
    ("DBL_MAX", f64::MAX),
    ("DBL_MIN", f64::MIN_POSITIVE),
];

/// Adds the constants.
pub fn add(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    for (name, n) in INTEGERS {
        let n = vm.new_int_i128(*n)?;
        vm.module_set(m, name, n)?;
    }
    for (name, f) in FLOATS {
        vm.module_set(m, name, Value::float(*f))?;
    }
    // Only HP PA and old MIPS have it the other way round.
    vm.module_set(m, "nan_msb_is_signaling", Value::FALSE)
}
