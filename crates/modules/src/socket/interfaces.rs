//! Network interfaces, services by port, the host's name.

use super::names::{c_text, os_text};
use crate::posix::unsigned_int;
use crate::sys::hooks::audit_event;
use runtime::object::*;
use runtime::os::check;
use runtime::{Res, Value, Vm};
use std::ffi::{CStr, CString};

/// A str, bytes or path as the system's bytes.
fn system_text(vm: &mut Vm, v: Value) -> Res<CString> {
    let v = vm.fspath(v)?;
    let bytes = vm.fs_encode(v)?;
    CString::new(bytes).map_err(|_| vm.value_error("embedded null byte"))
}

/// The interfaces of this host: number and name.
fn all(vm: &mut Vm) -> Res<Vec<(u32, Vec<u8>)>> {
    let mut out = Vec::new();
    // SAFETY: the list ends with an entry of number 0, and is freed once.
    unsafe {
        let list = libc::if_nameindex();
        if list.is_null() {
            let e = std::io::Error::last_os_error();
            return Err(vm.io_error(&e));
        }
        let mut entry = list;
        while (*entry).if_index != 0 && !(*entry).if_name.is_null() {
            let name = CStr::from_ptr((*entry).if_name).to_bytes().to_vec();
            out.push(((*entry).if_index, name));
            entry = entry.add(1);
        }
        libc::if_freenameindex(list);
    }
    Ok(out)
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// Return the network interfaces as a list of (number, name).
    #[native("if_nameindex($self, /)")]
    fn if_nameindex(vm: &mut Vm, _m: Value) -> Res {
        let mut out = vm.new_vec();
        for (number, name) in all(vm)? {
            let name = vm.fs_decode(&name)?;
            let pair = vm.new_tuple(&[Value::int_unchecked(i64::from(number)), name])?;
            out.push(vm, pair)?;
        }
        vm.list_from_vec(out)
    }
    /// Return the number of the network interface with this name.
    #[native("if_nametoindex($module, oname, /)")]
    fn if_nametoindex(vm: &mut Vm, _m: Value, oname: Value) -> Res<i64> {
        let name = system_text(vm, oname)?;
        // SAFETY: the name is terminated.
        match unsafe { libc::if_nametoindex(name.as_ptr()) } {
            0 => {
                let e = std::io::Error::last_os_error();
                Err(vm.io_error(&e))
            }
            n => Ok(i64::from(n)),
        }
    }
    /// Return the name of the network interface with this number.
    #[native("if_indextoname($module, if_index, /)")]
    fn if_indextoname(vm: &mut Vm, _m: Value, if_index: Value) -> Res {
        let n = unsigned_int(vm, if_index)?;
        let mut buf = [0 as libc::c_char; libc::IF_NAMESIZE];
        // SAFETY: the buffer has the size that the function wants.
        if unsafe { libc::if_indextoname(n, buf.as_mut_ptr()) }.is_null() {
            let e = std::io::Error::last_os_error();
            return Err(vm.io_error(&e));
        }
        // SAFETY: terminated on success.
        let name = unsafe { CStr::from_ptr(buf.as_ptr()) };
        vm.fs_decode(name.to_bytes())
    }
    /// Return the name of the service at a port, for the given protocol or any.
    #[native("getservbyport($module, port, proto=None, /)", nosig)]
    fn getservbyport(vm: &mut Vm, _m: Value, port: i64, proto: Option<Value>) -> Res {
        let proto = match proto {
            None => None,
            Some(p) if p.is_kind(Kind::Str) => Some(c_text(vm, p)?),
            Some(p) => {
                let got = vm.argument_kind(p);
                let text = format!("getservbyport() argument 2 must be str, not {got}");
                return Err(vm.type_error(&text));
            }
        };
        let Ok(port) = u16::try_from(port) else {
            return Err(vm.overflow_error("getservbyport: port must be 0-65535."));
        };
        let p = proto.as_ref().map_or(std::ptr::null(), |p| p.as_ptr());
        // SAFETY: a terminated string or null; the entry is read before the next call.
        let name = unsafe {
            let s = libc::getservbyport(i32::from(port.to_be()), p);
            if s.is_null() {
                return Err(os_text(vm, "port/proto not found"));
            }
            CStr::from_ptr((*s).s_name).to_bytes().to_vec()
        };
        vm.fs_decode(&name)
    }
    /// Set the name of the host.
    #[native("sethostname($module, name, /)", nosig)]
    fn sethostname(vm: &mut Vm, _m: Value, name: Value) -> Res<()> {
        let text = system_text(vm, name)?;
        audit_event(vm, "socket.sethostname", &[name])?;
        let (p, n) = (text.as_ptr(), text.as_bytes().len());
        // SAFETY: the name has n bytes.
        match check(unsafe { libc::sethostname(p, n) } as isize) {
            Ok(_) => Ok(()),
            Err(e) => Err(vm.io_error(&e)),
        }
    }
}
