//! Names and numbers of hosts and services.

use super::address::{Address, resolve};
use super::gai_error;
use runtime::object::*;
use runtime::{Res, Value, Vm};
use std::ffi::{CStr, CString};
use std::net::{Ipv4Addr, Ipv6Addr};

pub fn c_text(vm: &mut Vm, v: Value) -> Res<CString> {
    let b = if v.is_kind(Kind::Str) {
        vm.utf8(v)?.into_bytes()
    } else {
        vm.get_buffer(v)?.as_slice().to_vec()
    };
    match CString::new(b) {
        Ok(c) => Ok(c),
        Err(_) => Err(vm.value_error("embedded null byte")),
    }
}

#[cold]
pub fn os_text(vm: &mut Vm, text: &str) -> runtime::Raised {
    let class = vm.types.exc.OSError;
    vm.error(class, text)
}

/// An unsigned number of at most `max`.
fn ranged(vm: &mut Vm, v: Value, max: u32, what: &str) -> Res<u32> {
    let i = vm.index(v)?;
    match vm.int_to_i64(i) {
        Some(n) if n < 0 => Err(vm.overflow_error(&format!(
            "{what}: can't convert negative Python int to C 16-bit unsigned integer"
        ))),
        Some(n) if n <= i64::from(max) => Ok(n as u32),
        _ => Err(vm.overflow_error("Python int too large to convert to C unsigned integer")),
    }
}

fn host_string(vm: &mut Vm, a: &Address) -> Res {
    let v = a.to_value(vm)?;
    vm.get_item(v, Value::int_unchecked(0))
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// getaddrinfo(host, port [, family, type, proto, flags])
    ///     -> list of (family, type, proto, canonname, sockaddr)
    ///
    /// Resolve host and port into addrinfo struct.
    #[native(
        "getaddrinfo($module, host, port, family=0, type=0, proto=0, flags=0)",
        nosig
    )]
    fn getaddrinfo(
        vm: &mut Vm,
        _m: Value,
        host: Value,
        port: Value,
        family: Option<i64>,
        kind: Option<i64>,
        proto: Option<i64>,
        flags: Option<i64>,
    ) -> Res {
        let host = if host.is_none() {
            None
        } else if host.is_kind(Kind::Str) || host.is_kind(Kind::Bytes) {
            Some(c_text(vm, host)?)
        } else {
            return Err(vm.type_error("getaddrinfo() argument 1 must be string or None"));
        };
        let port = if port.is_none() {
            None
        } else if vm.is_int(port) {
            let n = vm.index_i64(port)?;
            CString::new(n.to_string()).ok()
        } else if port.is_kind(Kind::Str) || port.is_kind(Kind::Bytes) {
            Some(c_text(vm, port)?)
        } else {
            return Err(os_text(vm, "Int or String expected"));
        };
        // SAFETY: all-zero hints are valid.
        let mut hints: libc::addrinfo = unsafe { std::mem::zeroed() };
        hints.ai_family = family.unwrap_or(0) as i32;
        hints.ai_socktype = kind.unwrap_or(0) as i32;
        hints.ai_protocol = proto.unwrap_or(0) as i32;
        hints.ai_flags = flags.unwrap_or(0) as i32;
        let pointer = |s: &Option<CString>| s.as_ref().map_or(std::ptr::null(), |s| s.as_ptr());
        let (h, p) = (pointer(&host), pointer(&port));
        let mut list = std::ptr::null_mut();
        // SAFETY: terminated strings or null.
        let r = vm.blocking(|| Ok(unsafe { libc::getaddrinfo(h, p, &hints, &mut list) }))?;
        let code = r.unwrap_or(libc::EAI_FAIL);
        if code != 0 {
            return Err(gai_error(vm, code));
        }
        let mut found = Vec::new();
        // SAFETY: a linked list that ends in null, freed after it was copied.
        unsafe {
            let mut at = list;
            while !at.is_null() {
                let e = &*at;
                let name = if e.ai_canonname.is_null() {
                    String::new()
                } else {
                    CStr::from_ptr(e.ai_canonname)
                        .to_string_lossy()
                        .into_owned()
                };
                let a = Address::copy(e.ai_addr, e.ai_addrlen);
                found.push((e.ai_family, e.ai_socktype, e.ai_protocol, name, a));
                at = e.ai_next;
            }
            libc::freeaddrinfo(list);
        }
        let mut out = vm.new_vec();
        for (family, kind, proto, name, a) in found {
            let name = vm.new_str(&name)?;
            let a = a.to_value(vm)?;
            let n = [family, kind, proto].map(|n| Value::int_unchecked(i64::from(n)));
            let entry = vm.new_tuple(&[n[0], n[1], n[2], name, a])?;
            out.push(vm, entry)?;
        }
        vm.list_from_vec(out)
    }
    /// gethostbyname(host) -> address
    ///
    /// Return the IP address (a string of the form '255.255.255.255') for a host.
    #[native("gethostbyname($module, host, /)", nosig)]
    fn gethostbyname(vm: &mut Vm, _m: Value, host: Value) -> Res {
        let h = c_text(vm, host)?;
        let a = resolve(vm, &h.to_string_lossy(), libc::AF_INET)?;
        host_string(vm, &a)
    }
    /// getnameinfo(sockaddr, flags) --> (host, port)
    ///
    /// Get host and port for a sockaddr.
    #[native("getnameinfo($module, sockaddr, flags, /)", nosig)]
    fn getnameinfo(vm: &mut Vm, _m: Value, sockaddr: Value, flags: i64) -> Res {
        let n = if sockaddr.is_kind(Kind::Tuple) {
            vm.len(sockaddr)?
        } else {
            return Err(vm.type_error("getnameinfo() argument 1 must be a tuple"));
        };
        let family = if n > 2 { libc::AF_INET6 } else { libc::AF_INET };
        let a = super::super::address::address_arg(vm, sockaddr, family, "getnameinfo")?;
        let mut host = [0 as libc::c_char; 1025];
        let mut port = [0 as libc::c_char; 32];
        // SAFETY: buffers of these lengths, terminated on success.
        let r = vm.blocking(|| unsafe {
            Ok(libc::getnameinfo(
                a.ptr(),
                a.len,
                host.as_mut_ptr(),
                host.len() as u32,
                port.as_mut_ptr(),
                port.len() as u32,
                flags as i32,
            ))
        })?;
        let code = r.unwrap_or(libc::EAI_FAIL);
        if code != 0 {
            return Err(gai_error(vm, code));
        }
        // SAFETY: as above.
        let (h, p) = unsafe { (CStr::from_ptr(host.as_ptr()), CStr::from_ptr(port.as_ptr())) };
        let h = vm.fs_decode(h.to_bytes())?;
        let p = vm.fs_decode(p.to_bytes())?;
        vm.new_tuple(&[h, p])
    }
    /// gethostname() -> string
    ///
    /// Return the current host name.
    #[native("gethostname($self, /)")]
    fn gethostname(vm: &mut Vm, _m: Value) -> Res {
        let mut buf = [0 as libc::c_char; 256];
        // SAFETY: one byte less than there is, so that it is terminated.
        unsafe { libc::gethostname(buf.as_mut_ptr(), buf.len() - 1) };
        // SAFETY: as above.
        let name = unsafe { CStr::from_ptr(buf.as_ptr()) };
        vm.fs_decode(name.to_bytes())
    }
    /// getservbyname(servicename[, protocolname]) -> integer
    ///
    /// Return a port number from a service name and protocol name.
    /// The optional protocol name, if given, should be 'tcp' or 'udp',
    /// otherwise any protocol will match.
    #[native("getservbyname($module, name, proto=None, /)", nosig)]
    fn getservbyname(vm: &mut Vm, _m: Value, name: Value, proto: Option<Value>) -> Res<i64> {
        let name = c_text(vm, name)?;
        let proto = match proto {
            Some(p) => Some(c_text(vm, p)?),
            None => None,
        };
        let p = proto.as_ref().map_or(std::ptr::null(), |p| p.as_ptr());
        // SAFETY: terminated strings; the entry is read before the next call.
        unsafe {
            let s = libc::getservbyname(name.as_ptr(), p);
            if s.is_null() {
                return Err(os_text(vm, "service/proto not found"));
            }
            Ok(i64::from(u16::from_be((*s).s_port as u16)))
        }
    }
    /// getprotobyname(name) -> integer
    ///
    /// Return the protocol number for the named protocol.  (Rarely used.)
    #[native("getprotobyname($module, name, /)", nosig)]
    fn getprotobyname(vm: &mut Vm, _m: Value, name: Value) -> Res<i64> {
        let name = c_text(vm, name)?;
        // SAFETY: as above.
        unsafe {
            let p = libc::getprotobyname(name.as_ptr());
            if p.is_null() {
                return Err(os_text(vm, "protocol not found"));
            }
            Ok(i64::from((*p).p_proto))
        }
    }
    /// Convert a 16-bit unsigned integer from network to host byte order.
    #[native("ntohs($module, integer, /)")]
    fn ntohs(vm: &mut Vm, _m: Value, integer: Value) -> Res<i64> {
        let n = ranged(vm, integer, 0xffff, "ntohs")?;
        Ok(i64::from(u16::from_be(n as u16)))
    }
    /// Convert a 16-bit unsigned integer from host to network byte order.
    #[native("htons($module, integer, /)")]
    fn htons(vm: &mut Vm, _m: Value, integer: Value) -> Res<i64> {
        let n = ranged(vm, integer, 0xffff, "htons")?;
        Ok(i64::from((n as u16).to_be()))
    }
    /// Convert a 32-bit unsigned integer from network to host byte order.
    #[native("ntohl($module, integer, /)")]
    fn ntohl(vm: &mut Vm, _m: Value, integer: Value) -> Res<i64> {
        let n = ranged(vm, integer, u32::MAX, "ntohl")?;
        Ok(i64::from(u32::from_be(n)))
    }
    /// Convert a 32-bit unsigned integer from host to network byte order.
    #[native("htonl($module, integer, /)")]
    fn htonl(vm: &mut Vm, _m: Value, integer: Value) -> Res<i64> {
        let n = ranged(vm, integer, u32::MAX, "htonl")?;
        Ok(i64::from(n.to_be()))
    }
    /// Convert an IP address in string format to the 32-bit packed binary format
    /// used in low-level network functions.
    #[native("inet_aton($module, ip_addr, /)")]
    fn inet_aton(vm: &mut Vm, _m: Value, ip_addr: Value) -> Res {
        let s = c_text(vm, ip_addr)?;
        // SAFETY: the string is terminated and the result a local.
        let (ok, a) = unsafe {
            let mut a: libc::in_addr = std::mem::zeroed();
            (inet_aton_c(s.as_ptr(), &mut a), a)
        };
        if ok == 0 {
            return Err(os_text(vm, "illegal IP address string passed to inet_aton"));
        }
        vm.new_bytes(&a.s_addr.to_ne_bytes())
    }
    /// Convert an IP address from 32-bit packed binary format to string format.
    #[native("inet_ntoa($module, packed_ip, /)")]
    fn inet_ntoa(vm: &mut Vm, _m: Value, packed_ip: Value) -> Res<String> {
        let b = vm.get_buffer(packed_ip)?;
        match <[u8; 4]>::try_from(b.as_slice()) {
            Ok(a) => Ok(Ipv4Addr::from(a).to_string()),
            Err(_) => {
                drop(b);
                Err(os_text(vm, "packed IP wrong length"))
            }
        }
    }
    /// inet_pton(af, ip) -> packed IP address string
    ///
    /// Convert an IP address from string format to a packed string suitable
    /// for use with low-level network functions.
    #[native("inet_pton($module, af, ip, /)", nosig)]
    fn inet_pton(vm: &mut Vm, _m: Value, af: i64, ip: Value) -> Res {
        let s = c_text(vm, ip)?;
        let s = s.to_string_lossy();
        let packed = match af as i32 {
            libc::AF_INET => s.parse::<Ipv4Addr>().ok().map(|a| a.octets().to_vec()),
            libc::AF_INET6 => s.parse::<Ipv6Addr>().ok().map(|a| a.octets().to_vec()),
            _ => return Err(vm.os_error(libc::EAFNOSUPPORT, &[])),
        };
        match packed {
            Some(b) => vm.new_bytes(&b),
            None => Err(os_text(vm, "illegal IP address string passed to inet_pton")),
        }
    }
    /// inet_ntop(af, packed_ip) -> string formatted IP address
    ///
    /// Convert a packed IP address of the given family to string format.
    #[native("inet_ntop($module, af, packed_ip, /)", nosig)]
    fn inet_ntop(vm: &mut Vm, _m: Value, af: i64, packed_ip: Value) -> Res<String> {
        let b = vm.get_buffer(packed_ip)?.as_slice().to_vec();
        let text = match af as i32 {
            libc::AF_INET => <[u8; 4]>::try_from(&b[..])
                .ok()
                .map(|a| Ipv4Addr::from(a).to_string()),
            libc::AF_INET6 => <[u8; 16]>::try_from(&b[..])
                .ok()
                .map(|a| Ipv6Addr::from(a).to_string()),
            _ => return Err(vm.value_error(&format!("unknown address family {af}"))),
        };
        match text {
            Some(t) => Ok(t),
            None => Err(vm.value_error("invalid length of packed IP address string")),
        }
    }
}

unsafe extern "C" {
    #[link_name = "inet_aton"]
    fn inet_aton_c(s: *const libc::c_char, a: *mut libc::in_addr) -> libc::c_int;
}
