//! The host database: `gethostbyname_ex`, `gethostbyaddr`.

use super::address::{Address, resolve};
use super::host_error;
use runtime::{Res, Value, Vm};
use std::ffi::{CStr, CString, c_char, c_int};

unsafe extern "C" {
    fn gethostbyname_r(
        name: *const c_char,
        entry: *mut libc::hostent,
        buf: *mut c_char,
        len: usize,
        result: *mut *mut libc::hostent,
        error: *mut c_int,
    ) -> c_int;
    fn gethostbyaddr_r(
        address: *const libc::c_void,
        len: libc::socklen_t,
        family: c_int,
        entry: *mut libc::hostent,
        buf: *mut c_char,
        len: usize,
        result: *mut *mut libc::hostent,
        error: *mut c_int,
    ) -> c_int;
}

/// What to look up.
enum Query {
    Name(CString),
    Address(Vec<u8>, c_int),
}

/// An entry of the database, copied.
struct Host {
    name: String,
    aliases: Vec<String>,
    addresses: Vec<std::net::IpAddr>,
}

/// Bytes for the strings of an entry; CPython gives as many.
const ROOM: usize = 16384;

impl Query {
    /// Looks it up: the entry or the number of the error.
    fn ask(&self) -> Result<Host, c_int> {
        let mut buf = vec![0 as c_char; ROOM];
        // SAFETY: all-zero is a valid entry.
        let mut entry: libc::hostent = unsafe { std::mem::zeroed() };
        let (mut result, mut error) = (std::ptr::null_mut(), 0);
        let (p, n) = (buf.as_mut_ptr(), buf.len());
        // SAFETY: terminated strings, an address of its length, and a buffer of n bytes that
        // outlives the entry.
        unsafe {
            match self {
                Query::Name(name) => {
                    gethostbyname_r(name.as_ptr(), &mut entry, p, n, &mut result, &mut error)
                }
                Query::Address(a, family) => gethostbyaddr_r(
                    a.as_ptr().cast(),
                    a.len() as libc::socklen_t,
                    *family,
                    &mut entry,
                    p,
                    n,
                    &mut result,
                    &mut error,
                ),
            };
            if result.is_null() {
                return Err(error);
            }
            Ok(Host::copy(&entry))
        }
    }
}

impl Host {
    /// # Safety
    /// The entry was filled in by the C library.
    unsafe fn copy(e: &libc::hostent) -> Host {
        // SAFETY: null-terminated arrays of terminated strings and of addresses of one length.
        unsafe {
            let text = |p: *const c_char| CStr::from_ptr(p).to_string_lossy().into_owned();
            let address = |p: *const c_char| {
                let b = std::slice::from_raw_parts(p.cast::<u8>(), e.h_length as usize);
                match <[u8; 16]>::try_from(b) {
                    Ok(b) => std::net::IpAddr::from(b),
                    Err(_) => std::net::IpAddr::from(<[u8; 4]>::try_from(b).unwrap_or_default()),
                }
            };
            Host {
                name: text(e.h_name),
                aliases: pointers(e.h_aliases).map(text).collect(),
                addresses: pointers(e.h_addr_list).map(address).collect(),
            }
        }
    }

    fn to_value(&self, vm: &mut Vm) -> Res {
        let name = vm.new_str(&self.name)?;
        let aliases = strings(vm, &self.aliases)?;
        let addresses: Vec<String> = self.addresses.iter().map(|a| a.to_string()).collect();
        let addresses = strings(vm, &addresses)?;
        vm.new_tuple(&[name, aliases, addresses])
    }
}

/// # Safety
/// `p` points to pointers, the last of them null.
unsafe fn pointers(mut p: *mut *mut c_char) -> impl Iterator<Item = *const c_char> {
    std::iter::from_fn(move || {
        // SAFETY: the caller's promise; nothing is read behind the null.
        unsafe {
            let at = *p;
            if at.is_null() {
                return None;
            }
            p = p.add(1);
            Some(at.cast_const())
        }
    })
}

fn strings(vm: &mut Vm, texts: &[String]) -> Res {
    let mut out = vm.new_vec();
    for t in texts {
        let s = vm.new_str(t)?;
        out.push(vm, s)?;
    }
    vm.list_from_vec(out)
}

fn look_up(vm: &mut Vm, query: Query) -> Res {
    let mut answer = Err(0);
    vm.blocking(|| {
        answer = query.ask();
        Ok(0)
    })?
    .ok();
    match answer {
        Ok(host) => host.to_value(vm),
        Err(code) => Err(host_error(vm, code)),
    }
}

fn host_arg(vm: &mut Vm, v: Value, function: &str) -> Res<String> {
    let s = vm.str_arg(v, function, "argument 1")?;
    Ok(s.to_string())
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// gethostbyname_ex(host) -> (name, aliaslist, addresslist)
    ///
    /// Return the true host name, a list of aliases, and a list of IP addresses,
    /// for a host.  The host argument is a string giving a host name or IP number.
    #[native("gethostbyname_ex($module, host, /)", nosig)]
    fn gethostbyname_ex(vm: &mut Vm, _m: Value, host: Value) -> Res {
        let host = host_arg(vm, host, "gethostbyname_ex")?;
        resolve(vm, &host, libc::AF_INET)?;
        let name = CString::new(host).unwrap_or_default();
        look_up(vm, Query::Name(name))
    }
    /// gethostbyaddr(host) -> (name, aliaslist, addresslist)
    ///
    /// Return the true host name, a list of aliases, and a list of IP addresses,
    /// for a host.  The host argument is a string giving a host name or IP number.
    #[native("gethostbyaddr($module, host, /)", nosig)]
    fn gethostbyaddr(vm: &mut Vm, _m: Value, host: Value) -> Res {
        let host = host_arg(vm, host, "gethostbyaddr")?;
        let a: Address = resolve(vm, &host, libc::AF_UNSPEC)?;
        let Some((bytes, family)) = a.host_bytes() else {
            return Err(super::super::names::os_text(
                vm,
                "unsupported address family",
            ));
        };
        look_up(vm, Query::Address(bytes, family))
    }
}
