//! Addresses of families that are this machine's: Netlink, packets, vsock.

use super::address::Address;
use runtime::object::*;
use runtime::{Res, Value, Vm};
use std::ffi::{CStr, CString};

/// The items of an address of `family`; TypeError unless it is a tuple of `lengths`.
fn parts(
    vm: &mut Vm,
    v: Value,
    family: &str,
    function: &str,
    lengths: std::ops::RangeInclusive<usize>,
    wanted: &str,
) -> Res<runtime::alloc::GcVec> {
    if !v.is_kind(Kind::Tuple) {
        let got = vm.class_name(v);
        let text = format!("{function}(): {family} address must be tuple, not {got}");
        return Err(vm.type_error(&text));
    }
    let items = vm.collect(v)?;
    if !lengths.contains(&items.len()) {
        return Err(vm.type_error(&format!("{family} address must be {wanted}")));
    }
    Ok(items)
}

/// A C unsigned int as CPython's format `I` takes it: any int, of which the low bits count.
fn bits(vm: &mut Vm, v: Value) -> Res<u32> {
    let n = vm.index(v)?;
    Ok(vm.int_to_i128(n).unwrap_or(0) as u32)
}

/// `(pid, groups)`.
pub fn netlink(vm: &mut Vm, v: Value, function: &str) -> Res<Address> {
    let items = parts(vm, v, "AF_NETLINK", function, 2..=2, "a pair (pid, groups)")?;
    // SAFETY: all-zero is a valid address.
    let mut a: libc::sockaddr_nl = unsafe { std::mem::zeroed() };
    a.nl_family = libc::AF_NETLINK as libc::sa_family_t;
    (a.nl_pid, a.nl_groups) = (bits(vm, items[0])?, bits(vm, items[1])?);
    Ok(Address::from(a))
}

/// `(cid, port)`.
pub fn vsock(vm: &mut Vm, v: Value, function: &str) -> Res<Address> {
    let items = parts(vm, v, "AF_VSOCK", function, 2..=2, "a pair (cid, port)")?;
    // SAFETY: all-zero is a valid address.
    let mut a: libc::sockaddr_vm = unsafe { std::mem::zeroed() };
    a.svm_family = libc::AF_VSOCK as libc::sa_family_t;
    (a.svm_cid, a.svm_port) = (bits(vm, items[0])?, bits(vm, items[1])?);
    Ok(Address::from(a))
}

/// `(interface, protocol[, packet type[, hardware type[, hardware address]]])`.
pub fn packet(vm: &mut Vm, v: Value, function: &str) -> Res<Address> {
    let wanted = "a tuple of two to five elements";
    let items = parts(vm, v, "AF_PACKET", function, 2..=5, wanted)?;
    let name = match items[0].is_kind(Kind::Str) {
        true => CString::new(vm.utf8(items[0])?).ok(),
        false => None,
    };
    let Some(name) = name else {
        return Err(vm.type_error(&format!("AF_PACKET address must be {wanted}")));
    };
    let Ok(protocol) = u16::try_from(vm.index_i32(items[1])?) else {
        return Err(vm.overflow_error(&format!("{function}(): proto must be 0-65535.")));
    };
    let mut numbers = [0; 2];
    for (to, v) in numbers.iter_mut().zip(items.iter().skip(2)) {
        *to = vm.index_i32(*v)?;
    }
    // SAFETY: all-zero is a valid address.
    let mut a: libc::sockaddr_ll = unsafe { std::mem::zeroed() };
    if let Some(v) = items.get(4) {
        let hardware = vm.get_buffer(*v)?;
        let hardware = hardware.as_slice();
        if hardware.len() > a.sll_addr.len() {
            return Err(vm.value_error("Hardware address must be 8 bytes or less"));
        }
        a.sll_addr[..hardware.len()].copy_from_slice(hardware);
        a.sll_halen = hardware.len() as u8;
    }
    // SAFETY: the name is terminated.
    let index = unsafe { libc::if_nametoindex(name.as_ptr()) };
    if index == 0 {
        let e = std::io::Error::last_os_error();
        return Err(vm.io_error(&e));
    }
    a.sll_family = libc::AF_PACKET as libc::sa_family_t;
    a.sll_protocol = protocol.to_be();
    a.sll_ifindex = index as i32;
    (a.sll_pkttype, a.sll_hatype) = (numbers[0] as u8, numbers[1] as u16);
    Ok(Address::from(a))
}

fn pair(vm: &mut Vm, a: u32, b: u32) -> Res {
    vm.new_tuple(&[a, b].map(|n| Value::int_unchecked(i64::from(n))))
}

/// The Python form of a Netlink address.
pub fn netlink_value(vm: &mut Vm, a: &libc::sockaddr_nl) -> Res {
    pair(vm, a.nl_pid, a.nl_groups)
}

/// The Python form of a vsock address.
pub fn vsock_value(vm: &mut Vm, a: &libc::sockaddr_vm) -> Res {
    pair(vm, a.svm_cid, a.svm_port)
}

/// The Python form of a packet address.
pub fn packet_value(vm: &mut Vm, a: &libc::sockaddr_ll) -> Res {
    let mut buf = [0 as libc::c_char; libc::IF_NAMESIZE];
    let mut name = Vec::new();
    // SAFETY: the buffer has the size that the function wants, and is terminated on success.
    unsafe {
        if a.sll_ifindex != 0
            && !libc::if_indextoname(a.sll_ifindex as u32, buf.as_mut_ptr()).is_null()
        {
            name = CStr::from_ptr(buf.as_ptr()).to_bytes().to_vec();
        }
    }
    let name = vm.fs_decode(&name)?;
    let n = usize::from(a.sll_halen).min(a.sll_addr.len());
    let hardware = vm.new_bytes(&a.sll_addr[..n])?;
    let number = |n: u16| Value::int_unchecked(i64::from(n));
    vm.new_tuple(&[
        name,
        number(u16::from_be(a.sll_protocol)),
        number(u16::from(a.sll_pkttype)),
        number(a.sll_hatype),
        hardware,
    ])
}
