//! `_socket`.

mod address;
mod constants;
mod families;
mod hosts;
mod interfaces;
mod kernel_addresses;
mod messages;
mod names;
mod object;
mod transfer;

use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Raised, Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_socket",
    doc: "Implementation module for socket operations.\n\nSee the socket module for documentation.",
    functions: &[
        object::functions::TABLE,
        names::functions::TABLE,
        hosts::functions::TABLE,
        interfaces::functions::TABLE,
        messages::functions::TABLE,
    ],
    init,
};

static GAIERROR: u8 = 0;
static HERROR: u8 = 0;

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    for (name, n) in constants::CONSTANTS.iter().chain(families::CONSTANTS) {
        let v = vm.new_int(*n)?;
        vm.module_set(m, name, v)?;
    }
    for (name, text) in families::TEXTS {
        let v = vm.new_str(text)?;
        vm.module_set(m, name, v)?;
    }
    let class = vm.module_add_type(m, &object::SPEC)?;
    vm.module_set(m, "SocketType", class.value())?;
    let error = vm.types.exc.OSError.value();
    vm.module_set(m, "error", error)?;
    let timeout = vm.types.exc.TimeoutError.value();
    vm.module_set(m, "timeout", timeout)?;
    let gai = error_class(vm, &GAIERROR, "gaierror")?;
    vm.module_set(m, "gaierror", gai)?;
    let herror = error_class(vm, &HERROR, "herror")?;
    vm.module_set(m, "herror", herror)?;
    vm.module_set(m, "has_ipv6", Value::TRUE)
}

/// A subclass of OSError, made at its first use.
fn error_class(vm: &mut Vm, key: &'static u8, name: &str) -> Res {
    let key = key as *const u8 as usize;
    if let Some(c) = vm.interp().module_state.get(&key) {
        return Ok(*c);
    }
    let name = vm.new_str(name)?;
    let bases = [vm.types.exc.OSError.value()];
    let bases = vm.new_tuple(&bases)?;
    let ns = vm.new_dict()?;
    let module = vm.new_str("socket")?;
    vm.dict_set(ns.value(), vm.names.__module__, module)?;
    let c = vm.call_value(vm.types.type_.value(), &[name, bases, ns.value()])?;
    vm.interp().module_state.insert(key, c);
    Ok(c)
}

/// Raises socket.gaierror for a code of getaddrinfo.
#[cold]
pub fn gai_error(vm: &mut Vm, code: i32) -> Raised {
    if code == libc::EAI_SYSTEM {
        let e = std::io::Error::last_os_error();
        return vm.io_error(&e);
    }
    // SAFETY: gai_strerror gives a static string.
    let text = unsafe { std::ffi::CStr::from_ptr(libc::gai_strerror(code)) }
        .to_string_lossy()
        .into_owned();
    let class = error_class(vm, &GAIERROR, "gaierror");
    numbered_error(vm, class, code, &text)
}

/// Raises socket.herror for a code of the host database.
#[cold]
pub fn host_error(vm: &mut Vm, code: i32) -> Raised {
    let text = match code {
        1 => "Unknown host",
        2 => "Host name lookup failure",
        3 => "Unknown server error",
        4 => "No address associated with name",
        0 => "Resolver Error 0 (no error)",
        _ => "Unknown resolver error",
    };
    let class = error_class(vm, &HERROR, "herror");
    numbered_error(vm, class, code, text)
}

fn numbered_error(vm: &mut Vm, class: Res, code: i32, text: &str) -> Raised {
    let made = class.and_then(|c| {
        let text = vm.new_str(text)?;
        vm.call_value(c, &[Value::int_unchecked(i64::from(code)), text])
    });
    match made {
        Ok(e) => vm.raise_here(e),
        Err(r) => r,
    }
}
