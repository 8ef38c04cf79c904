//! Messages with ancillary data: `sendmsg`, `recvmsg`, `recvmsg_into`.

use super::address::{Address, address_arg};
use super::object::{call, deadline, socket};
use super::transfer::flags_arg;
use crate::iovec::Loans;
use runtime::os::check;
use runtime::{Res, Value, Vm};
use std::mem::size_of;

/// Bytes of a control message's header, and of one with padding.
const HEADER: usize = size_of::<libc::cmsghdr>();
const fn align(n: usize) -> usize {
    n.next_multiple_of(size_of::<usize>())
}

/// A control message: level, type, data.
type Control = (i32, i32, Vec<u8>);

/// The bytes of `control` as the kernel takes them.
fn pack(control: &[Control]) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::new();
    for (level, kind, data) in control {
        let len = align(HEADER) + data.len();
        out.extend(len.to_ne_bytes());
        out.extend(level.to_ne_bytes());
        out.extend(kind.to_ne_bytes());
        out.extend(data);
        out.resize(align(out.len()), 0);
    }
    out
}

/// The control messages in what the kernel wrote.
fn unpack(mut rest: &[u8]) -> Vec<Control> {
    let mut out = Vec::new();
    while rest.len() >= align(HEADER) {
        let word = |at: usize| <[u8; 4]>::try_from(&rest[at..at + 4]).map_or(0, i32::from_ne_bytes);
        let size = <[u8; 8]>::try_from(&rest[..8]).map_or(0, usize::from_ne_bytes);
        if size < align(HEADER) {
            break;
        }
        let data = &rest[align(HEADER)..size.min(rest.len())];
        out.push((word(8), word(12), data.to_vec()));
        rest = &rest[align(size).min(rest.len())..];
    }
    out
}

/// The argument of `sendmsg` that lists control messages.
fn control_arg(vm: &mut Vm, v: Option<Value>) -> Res<Vec<Control>> {
    let mut out = Vec::new();
    let Some(v) = v.filter(|v| !v.is_none()) else {
        return Ok(out);
    };
    let items = vm.collect(v)?;
    for i in 0..items.len() {
        let parts = vm.collect(items[i])?;
        if parts.len() != 3 {
            let n = parts.len();
            return Err(vm.type_error(&format!(
                "[sendmsg() ancillary data items]() argument must be tuple of length 3, not {n}"
            )));
        }
        let (level, kind) = (vm.index_i32(parts[0])?, vm.index_i32(parts[1])?);
        let data = vm.get_buffer(parts[2])?.as_slice().to_vec();
        out.push((level, kind, data));
    }
    Ok(out)
}

/// Receives into `vectors`: the number of bytes, control messages, flags and address.
fn receive(
    vm: &mut Vm,
    this: Value,
    vectors: &mut [libc::iovec],
    room: isize,
    flags: i32,
) -> Res<[Value; 4]> {
    let mut control = vm.zeroed(room as usize)?;
    let s = socket(vm, this)?;
    let until = deadline(s);
    let mut a = Address::empty();
    // SAFETY: all-zero is a valid message header.
    let mut m: libc::msghdr = unsafe { std::mem::zeroed() };
    let n = call(vm, s, libc::POLLIN, until, |fd| {
        a = Address::empty();
        m.msg_name = a.ptr_mut().cast();
        m.msg_namelen = a.len;
        m.msg_iov = vectors.as_mut_ptr();
        m.msg_iovlen = vectors.len();
        m.msg_control = control.as_mut_ptr().cast();
        m.msg_controllen = control.len();
        // SAFETY: the header points to locals of the lengths it names.
        check(unsafe { libc::recvmsg(fd, &mut m, flags) })
    })?;
    a.len = m.msg_namelen;
    let mut list = vm.new_vec();
    for (level, kind, data) in unpack(&control[..m.msg_controllen.min(room as usize)]) {
        let data = vm.new_bytes(&data)?;
        let (level, kind) = (i64::from(level), i64::from(kind));
        let item = [
            Value::int_unchecked(level),
            Value::int_unchecked(kind),
            data,
        ];
        let item = vm.new_tuple(&item)?;
        list.push(vm, item)?;
    }
    let list = vm.list_from_vec(list)?;
    let address = a.to_value(vm)?;
    let flags = Value::int_unchecked(i64::from(m.msg_flags));
    Ok([Value::int_unchecked(n as i64), list, flags, address])
}

fn control_room(vm: &mut Vm, size: Option<isize>) -> Res<isize> {
    match size.unwrap_or(0) {
        n if (0..=i32::MAX as isize).contains(&n) => Ok(n),
        _ => Err(vm.value_error("invalid ancillary data buffer length")),
    }
}

#[derive::natives]
pub mod methods {
    use super::*;

    /// Sends buffers and control messages, gathered into one message.
    ///
    /// ancdata lists triples of level, type and data.  Return the number of bytes of
    /// ordinary data sent.
    #[native("sendmsg($self, buffers, ancdata=(), flags=0, address=None, /)", nosig)]
    fn sendmsg(
        vm: &mut Vm,
        this: Value,
        buffers: Value,
        ancdata: Option<Value>,
        flags: Option<Value>,
        address: Option<Value>,
    ) -> Res<usize> {
        let flags = flags_arg(vm, flags)? | libc::MSG_NOSIGNAL;
        let s = socket(vm, this)?;
        let family = s.family.get();
        let mut a = match address.filter(|a| !a.is_none()) {
            Some(a) => Some(address_arg(vm, a, family, "sendmsg")?),
            None => None,
        };
        let items = vm.collect(buffers)?;
        let loans = Loans::new(vm, &items, |vm, v| vm.get_buffer(v))?;
        let mut vectors = loans.vectors();
        let mut control = pack(&control_arg(vm, ancdata)?);
        // SAFETY: all-zero is a valid message header.
        let mut m: libc::msghdr = unsafe { std::mem::zeroed() };
        if let Some(a) = &mut a {
            m.msg_name = a.ptr_mut().cast();
            m.msg_namelen = a.len;
        }
        m.msg_iov = vectors.as_mut_ptr();
        m.msg_iovlen = vectors.len();
        if !control.is_empty() {
            m.msg_control = control.as_mut_ptr().cast();
            m.msg_controllen = control.len();
        }
        let until = deadline(s);
        // SAFETY: the header points to locals and to the loaned bytes.
        call(vm, s, libc::POLLOUT, until, |fd| {
            check(unsafe { libc::sendmsg(fd, &m, flags) })
        })
    }
    /// Receive up to bufsize bytes and, in ancbufsize bytes, control messages.
    ///
    /// Return data, a list of triples (level, type, data), flags and the sender's address.
    #[native("recvmsg($self, bufsize, ancbufsize=0, flags=0, /)", nosig)]
    fn recvmsg(
        vm: &mut Vm,
        this: Value,
        bufsize: isize,
        ancbufsize: Option<isize>,
        flags: Option<Value>,
    ) -> Res {
        let flags = flags_arg(vm, flags)?;
        if bufsize < 0 {
            return Err(vm.value_error("negative buffer size in recvmsg()"));
        }
        let room = control_room(vm, ancbufsize)?;
        let mut data = vm.zeroed(bufsize as usize)?;
        let mut vector = [libc::iovec {
            iov_base: data.as_mut_ptr().cast(),
            iov_len: data.len(),
        }];
        let [n, control, flags, address] = receive(vm, this, &mut vector, room, flags)?;
        let n = n.as_small_int().unwrap_or(0) as usize;
        let data = vm.new_bytes(&data[..n])?;
        vm.new_tuple(&[data, control, flags, address])
    }
    /// Receive into buffers, and up to ancbufsize bytes of control messages.
    ///
    /// Return the number of bytes, then what recvmsg() returns behind its data.
    #[native("recvmsg_into($self, buffers, ancbufsize=0, flags=0, /)", nosig)]
    fn recvmsg_into(
        vm: &mut Vm,
        this: Value,
        buffers: Value,
        ancbufsize: Option<isize>,
        flags: Option<Value>,
    ) -> Res {
        let flags = flags_arg(vm, flags)?;
        let room = control_room(vm, ancbufsize)?;
        let items = vm.collect(buffers)?;
        let loans = Loans::new(vm, &items, |vm, v| {
            vm.get_buffer_mut(v, "recvmsg_into() argument 1")
        })?;
        let got = receive(vm, this, &mut loans.vectors(), room, flags)?;
        drop(loans);
        vm.new_tuple(&got)
    }
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// The length, without trailing padding, of a control message with that much data.
    #[native("CMSG_LEN($module, length, /)", nosig)]
    fn cmsg_len(vm: &mut Vm, _m: Value, length: isize) -> Res<usize> {
        control_size(vm, length, "CMSG_LEN", |n| align(HEADER) + n)
    }
    /// The room that a control message with that much data takes, padding included.
    #[native("CMSG_SPACE($module, length, /)", nosig)]
    fn cmsg_space(vm: &mut Vm, _m: Value, length: isize) -> Res<usize> {
        control_size(vm, length, "CMSG_SPACE", |n| align(HEADER) + align(n))
    }
}

fn control_size(vm: &mut Vm, n: isize, name: &str, size: fn(usize) -> usize) -> Res<usize> {
    if (0..=i32::MAX as isize - 64).contains(&n) {
        return Ok(size(n as usize));
    }
    Err(vm.overflow_error(&format!("{name}() argument out of range")))
}
