//! Socket addresses and their Python forms.

use super::{gai_error, kernel_addresses};
use runtime::object::*;
use runtime::{Res, Value, Vm};
use std::ffi::CString;

/// A socket address of any family.
#[derive(Clone, Copy)]
pub struct Address {
    pub storage: libc::sockaddr_storage,
    pub len: libc::socklen_t,
}

impl Address {
    /// Room for an address to be filled in.
    pub fn empty() -> Address {
        Address {
            // SAFETY: all-zero is a valid sockaddr_storage.
            storage: unsafe { std::mem::zeroed() },
            len: size_of::<libc::sockaddr_storage>() as libc::socklen_t,
        }
    }
    pub fn ptr(&self) -> *const libc::sockaddr {
        (&raw const self.storage).cast()
    }
    pub fn ptr_mut(&mut self) -> *mut libc::sockaddr {
        (&raw mut self.storage).cast()
    }
    /// An address from the family's structure.
    pub fn from<T>(a: T) -> Address {
        let mut s = Address::empty();
        // SAFETY: sockaddr_storage is large and aligned enough for every address type.
        unsafe { (&raw mut s.storage).cast::<T>().write(a) };
        s.len = size_of::<T>() as libc::socklen_t;
        s
    }
    /// Copies an address from memory.
    ///
    /// # Safety
    /// `p` points to `len` bytes, at most the size of sockaddr_storage.
    pub unsafe fn copy(p: *const libc::sockaddr, len: libc::socklen_t) -> Address {
        let mut s = Address::empty();
        // SAFETY: promised by the caller.
        unsafe {
            std::ptr::copy_nonoverlapping(
                p.cast::<u8>(),
                (&raw mut s.storage).cast::<u8>(),
                len as usize,
            );
        }
        s.len = len;
        s
    }

    /// The bytes of an internet host address, and their family.
    pub fn host_bytes(&self) -> Option<(Vec<u8>, i32)> {
        let p = &raw const self.storage;
        let family = i32::from(self.storage.ss_family);
        // SAFETY: the family says what the storage holds.
        unsafe {
            let bytes = match family {
                libc::AF_INET => {
                    let a = &*p.cast::<libc::sockaddr_in>();
                    a.sin_addr.s_addr.to_ne_bytes().to_vec()
                }
                libc::AF_INET6 => (*p.cast::<libc::sockaddr_in6>()).sin6_addr.s6_addr.to_vec(),
                _ => return None,
            };
            Some((bytes, family))
        }
    }

    /// The address as Python sees it.
    pub fn to_value(self, vm: &mut Vm) -> Res {
        if self.len == 0 {
            return Ok(Value::NONE);
        }
        let p = &raw const self.storage;
        // SAFETY: the family says what the storage holds.
        unsafe {
            match i32::from(self.storage.ss_family) {
                libc::AF_INET => {
                    let a = &*p.cast::<libc::sockaddr_in>();
                    let host = std::net::Ipv4Addr::from(u32::from_be(a.sin_addr.s_addr));
                    let host = vm.new_str(&host.to_string())?;
                    let port = Value::int_unchecked(i64::from(u16::from_be(a.sin_port)));
                    vm.new_tuple(&[host, port])
                }
                libc::AF_INET6 => {
                    let a = &*p.cast::<libc::sockaddr_in6>();
                    let host = std::net::Ipv6Addr::from(a.sin6_addr.s6_addr);
                    let host = vm.new_str(&host.to_string())?;
                    let numbers = [
                        i64::from(u16::from_be(a.sin6_port)),
                        i64::from(u32::from_be(a.sin6_flowinfo)),
                        i64::from(a.sin6_scope_id),
                    ]
                    .map(Value::int_unchecked);
                    vm.new_tuple(&[host, numbers[0], numbers[1], numbers[2]])
                }
                libc::AF_UNIX => {
                    let a = &*p.cast::<libc::sockaddr_un>();
                    let n = (self.len as usize)
                        .saturating_sub(std::mem::offset_of!(libc::sockaddr_un, sun_path));
                    let path: Vec<u8> = a.sun_path[..n.min(a.sun_path.len())]
                        .iter()
                        .map(|c| *c as u8)
                        .collect();
                    if path.first() == Some(&0) {
                        // Linux's abstract names are bytes.
                        return vm.new_bytes(&path);
                    }
                    let end = path.iter().position(|c| *c == 0).unwrap_or(path.len());
                    vm.fs_decode(&path[..end])
                }
                libc::AF_NETLINK => kernel_addresses::netlink_value(vm, &*p.cast()),
                libc::AF_PACKET => kernel_addresses::packet_value(vm, &*p.cast()),
                libc::AF_VSOCK => kernel_addresses::vsock_value(vm, &*p.cast()),
                family => {
                    let data = std::slice::from_raw_parts(
                        p.cast::<u8>().add(2),
                        (self.len as usize).saturating_sub(2),
                    );
                    let data = vm.new_bytes(data)?;
                    vm.new_tuple(&[Value::int_unchecked(i64::from(family)), data])
                }
            }
        }
    }
}

/// The first address of a host name; "" is any, "<broadcast>" the broadcast address.
pub fn resolve(vm: &mut Vm, host: &str, family: i32) -> Res<Address> {
    let plain = |n: u32| {
        // SAFETY: all-zero is a valid sockaddr_in.
        let mut a: libc::sockaddr_in = unsafe { std::mem::zeroed() };
        a.sin_family = libc::AF_INET as libc::sa_family_t;
        a.sin_addr.s_addr = n.to_be();
        Address::from(a)
    };
    if family == libc::AF_INET {
        if host == "<broadcast>" {
            return Ok(plain(u32::MAX));
        }
        if let Ok(ip) = host.parse::<std::net::Ipv4Addr>() {
            return Ok(plain(u32::from(ip)));
        }
    }
    // SAFETY: all-zero hints are valid.
    let mut hints: libc::addrinfo = unsafe { std::mem::zeroed() };
    hints.ai_family = family;
    hints.ai_socktype = libc::SOCK_DGRAM;
    if host.is_empty() {
        hints.ai_flags = libc::AI_PASSIVE;
    }
    let Ok(name) = CString::new(host) else {
        return Err(vm.value_error("host name must not contain null character"));
    };
    let mut list = std::ptr::null_mut();
    let node = if host.is_empty() {
        std::ptr::null()
    } else {
        name.as_ptr()
    };
    // SAFETY: terminated strings; the list is freed after the copy.
    let r =
        vm.blocking(|| Ok(unsafe { libc::getaddrinfo(node, c"0".as_ptr(), &hints, &mut list) }))?;
    match r.unwrap_or(libc::EAI_FAIL) {
        // SAFETY: on success there is at least one entry.
        0 => unsafe {
            let a = Address::copy((*list).ai_addr, (*list).ai_addrlen);
            libc::freeaddrinfo(list);
            Ok(a)
        },
        code => Err(gai_error(vm, code)),
    }
}

fn port_arg(vm: &mut Vm, v: Value, function: &str) -> Res<u16> {
    let n = vm.index_i64(v)?;
    match u16::try_from(n) {
        Ok(n) => Ok(n),
        Err(_) => Err(vm.overflow_error(&format!("{function}(): port must be 0-65535."))),
    }
}

fn host_arg(vm: &mut Vm, v: Value) -> Res<String> {
    if v.is_kind(Kind::Str) {
        return vm.utf8(v);
    }
    if v.is_none() {
        return Ok(String::new());
    }
    let Ok(b) = vm.get_buffer(v) else {
        vm.raised = None;
        let name = vm.class_name(v);
        return Err(vm.type_error(&format!("str, bytes or bytearray expected, not {name}")));
    };
    Ok(String::from_utf8_lossy(b.as_slice()).into_owned())
}

/// An address argument of `function` for a socket of this family.
pub fn address_arg(vm: &mut Vm, v: Value, family: i32, function: &str) -> Res<Address> {
    match family {
        libc::AF_UNIX => unix(vm, v),
        libc::AF_INET | libc::AF_INET6 => inet(vm, v, family, function),
        libc::AF_NETLINK => kernel_addresses::netlink(vm, v, function),
        libc::AF_PACKET => kernel_addresses::packet(vm, v, function),
        libc::AF_VSOCK => kernel_addresses::vsock(vm, v, function),
        _ => {
            let class = vm.types.exc.OSError;
            Err(vm.error(class, &format!("{function}(): bad family")))
        }
    }
}

fn unix(vm: &mut Vm, v: Value) -> Res<Address> {
    let path = if v.is_kind(Kind::Str) {
        vm.fs_encode(v)?
    } else {
        vm.get_buffer(v)?.as_slice().to_vec()
    };
    // SAFETY: all-zero is a valid sockaddr_un.
    let mut a: libc::sockaddr_un = unsafe { std::mem::zeroed() };
    a.sun_family = libc::AF_UNIX as libc::sa_family_t;
    let room = a.sun_path.len() - usize::from(path.first() != Some(&0));
    if path.len() > room {
        let class = vm.types.exc.OSError;
        return Err(vm.error(class, "AF_UNIX path too long"));
    }
    for (to, c) in a.sun_path.iter_mut().zip(&path) {
        *to = *c as libc::c_char;
    }
    let mut s = Address::from(a);
    let named = path.first().is_some_and(|c| *c != 0);
    s.len = (std::mem::offset_of!(libc::sockaddr_un, sun_path) + path.len() + usize::from(named))
        as libc::socklen_t;
    Ok(s)
}

fn inet(vm: &mut Vm, v: Value, family: i32, function: &str) -> Res<Address> {
    let which = if family == libc::AF_INET {
        "AF_INET"
    } else {
        "AF_INET6"
    };
    let tuple = v.downcast::<TupleObj>();
    let Some(items) = tuple.as_ref().map(|t| t.items()) else {
        let name = vm.class_name(v);
        return Err(vm.type_error(&format!(
            "{function}(): {which} address must be tuple, not {name}"
        )));
    };
    let right = if family == libc::AF_INET {
        items.len() == 2
    } else {
        (2..=4).contains(&items.len())
    };
    if !right {
        let text = if family == libc::AF_INET {
            "AF_INET address must be a pair (host, port)"
        } else {
            "AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])"
        };
        return Err(vm.type_error(text));
    }
    let host = host_arg(vm, items[0])?;
    let port = port_arg(vm, items[1], function)?;
    let mut extra = [0u32; 2];
    for (to, v) in extra.iter_mut().zip(items.iter().skip(2)) {
        *to = vm.index_i64(*v)? as u32;
    }
    let mut a = resolve(vm, &host, family)?;
    let p = &raw mut a.storage;
    // SAFETY: resolve gave an address of this family.
    unsafe {
        if family == libc::AF_INET {
            (*p.cast::<libc::sockaddr_in>()).sin_port = port.to_be();
        } else {
            let six = &mut *p.cast::<libc::sockaddr_in6>();
            six.sin6_port = port.to_be();
            six.sin6_flowinfo = extra[0].to_be();
            if items.len() == 4 {
                six.sin6_scope_id = extra[1];
            }
        }
    }
    Ok(a)
}
