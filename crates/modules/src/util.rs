//! Small helpers of native modules.

use runtime::{Raised, Res, Value, Vm};

/// Raises the OSError for an errno.
pub fn os_error(vm: &mut Vm, errno: i32) -> Raised {
    let text = std::io::Error::from_raw_os_error(errno).to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let made = vm.new_str(text).and_then(|text| {
        let class = vm.types.exc.OSError.value();
        vm.call_value(class, &[Value::int_unchecked(i64::from(errno)), text])
    });
    match made {
        Ok(e) => vm.raise_here(e),
        Err(r) => r,
    }
}

/// Raises the OSError for the errno of the last failed call.
pub fn last_os_error(vm: &mut Vm) -> Raised {
    let errno = std::io::Error::last_os_error().raw_os_error();
    os_error(vm, errno.unwrap_or(0))
}

/// Keeps a value of a module for the interpreter's life, under the address of a static.
pub fn keep(vm: &mut Vm, key: &'static u8, v: Value) {
    vm.interp()
        .module_state
        .insert(key as *const u8 as usize, v);
}

/// What `keep` stored.
pub fn kept(vm: &mut Vm, key: &'static u8) -> Option<Value> {
    let key = key as *const u8 as usize;
    vm.interp().module_state.get(&key).copied()
}

/// Raises `class(message)` of an exception class that `keep` stored.
pub fn raise_kept(vm: &mut Vm, key: &'static u8, message: &str) -> Raised {
    let Some(class) = kept(vm, key) else {
        return vm.value_error(message);
    };
    let made = vm.new_str(message).and_then(|m| vm.call_value(class, &[m]));
    match made {
        Ok(e) => vm.raise_here(e),
        Err(r) => r,
    }
}

/// How a number of seconds between two ticks is rounded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    Floor,
    Ceiling,
}

/// Seconds (int or float) as nanoseconds (`_PyTime_FromSecondsObject`).
pub fn seconds_to_ns(vm: &mut Vm, v: Value, rounding: Rounding) -> Res<i64> {
    let too_large = "timestamp out of range for C PyTime_t";
    if let Some(f) = vm.float_of(v) {
        if f.is_nan() {
            return Err(vm.value_error("Invalid value NaN (not a number)"));
        }
        let ns = f * 1e9;
        let ns = match rounding {
            Rounding::Floor => ns.floor(),
            Rounding::Ceiling => ns.ceil(),
        };
        if !(-9.223372036854775e18..9.223372036854775e18).contains(&ns) {
            return Err(vm.overflow_error(too_large));
        }
        return Ok(ns as i64);
    }
    if vm.special(v, vm.names.__index__).is_none() {
        let got = vm.class_name(v);
        let text = format!("'{got}' object cannot be interpreted as an integer or float");
        return Err(vm.type_error(&text));
    }
    let n = vm.index(v)?;
    match vm.int_to_i64(n).and_then(|n| n.checked_mul(1_000_000_000)) {
        Some(n) => Ok(n),
        None => Err(vm.overflow_error(too_large)),
    }
}

/// Calls a system function that may block, without the interpreter lock; repeated after signals
/// whose handlers raise nothing (PEP 475). The closure touches no heap cell.
pub fn blocking<T>(
    vm: &mut Vm,
    mut f: impl FnMut() -> std::io::Result<T>,
) -> Res<std::io::Result<T>> {
    loop {
        match vm.without_lock(&mut f) {
            Err(e) if e.raw_os_error() == Some(libc::EINTR) => {
                if vm.poll != 0 {
                    vm.serve_poll()?;
                }
            }
            r => return Ok(r),
        }
    }
}
