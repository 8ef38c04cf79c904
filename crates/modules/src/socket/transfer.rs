//! Sending and receiving.

use super::address::{Address, address_arg};
use super::object::{call, deadline, socket, timed_out};
use crate::posix::c_int;
use runtime::os::check;
use runtime::{Res, Value, Vm};
use std::mem::MaybeUninit;
use std::time::Instant;

pub fn flags_arg(vm: &mut Vm, v: Option<Value>) -> Res<i32> {
    v.map_or(Ok(0), |f| c_int(vm, f))
}

fn room(vm: &mut Vm, n: isize, function: &str) -> Res<Vec<u8>> {
    if n < 0 {
        return Err(vm.value_error(&format!("negative buffersize in {function}")));
    }
    // Not zeroed: asyncio asks for 256 KiB at a time.
    let mut buf = Vec::new();
    match buf.try_reserve_exact(n as usize) {
        Ok(()) => Ok(buf),
        Err(_) => Err(vm.memory_error()),
    }
}

/// Bytes as a place to write to.
fn writable(b: &mut [u8]) -> &mut [MaybeUninit<u8>] {
    // SAFETY: the layout is the same; only bytes that the system gives are written.
    unsafe { &mut *(b as *mut [u8] as *mut [MaybeUninit<u8>]) }
}

/// Receives at most `size` bytes by `f` into new memory.
fn received<T>(
    vm: &mut Vm,
    (size, function): (isize, &str),
    f: impl FnOnce(&mut Vm, &mut [MaybeUninit<u8>]) -> Res<(usize, T)>,
) -> Res<(Value, T)> {
    let mut buf = room(vm, size, function)?;
    let size = size as usize;
    let (n, more) = f(vm, &mut buf.spare_capacity_mut()[..size])?;
    // SAFETY: the system wrote n bytes; with MSG_TRUNC it says how many there were, of which it
    // wrote what fits.
    unsafe { buf.set_len(n.min(size)) };
    Ok((vm.new_bytes(&buf)?, more))
}

fn receive(vm: &mut Vm, this: Value, buf: &mut [MaybeUninit<u8>], flags: i32) -> Res<usize> {
    let s = socket(vm, this)?;
    let until = deadline(s);
    let (p, n) = (buf.as_mut_ptr(), buf.len());
    // SAFETY: the buffer has n bytes.
    call(vm, s, libc::POLLIN, until, |fd| {
        check(unsafe { libc::recv(fd, p.cast(), n, flags) })
    })
}

fn receive_from(
    vm: &mut Vm,
    this: Value,
    buf: &mut [MaybeUninit<u8>],
    flags: i32,
) -> Res<(usize, Value)> {
    let s = socket(vm, this)?;
    let until = deadline(s);
    let (p, n) = (buf.as_mut_ptr(), buf.len());
    let mut a = Address::empty();
    let got = call(vm, s, libc::POLLIN, until, |fd| {
        a = Address::empty();
        let mut len = a.len;
        // SAFETY: the buffer has n bytes; room for any address.
        let r = unsafe { libc::recvfrom(fd, p.cast(), n, flags, a.ptr_mut(), &mut len) };
        a.len = len;
        check(r)
    })?;
    let a = a.to_value(vm)?;
    Ok((got, a))
}

#[derive::natives]
pub mod methods {
    use super::*;

    /// recv(buffersize[, flags]) -> data
    ///
    /// Receive up to buffersize bytes from the socket.  For the optional flags
    /// argument, see the Unix manual.  When no data is available, block until
    /// at least one byte is available or until the remote end is closed.  When
    /// the remote end is closed and all data is read, return the empty string.
    #[native("recv($self, buffersize, flags=0, /)", nosig)]
    fn recv(vm: &mut Vm, this: Value, buffersize: isize, flags: Option<Value>) -> Res {
        let flags = flags_arg(vm, flags)?;
        let (data, ()) = received(vm, (buffersize, "recv"), |vm, buf| {
            Ok((receive(vm, this, buf, flags)?, ()))
        })?;
        Ok(data)
    }
    /// recv_into(buffer, [nbytes[, flags]]) -> nbytes_read
    ///
    /// A version of recv() that stores its data into a buffer rather than creating
    /// a new string.
    #[native("recv_into($self, buffer, nbytes=0, flags=0)", nosig)]
    fn recv_into(
        vm: &mut Vm,
        this: Value,
        buffer: Value,
        nbytes: Option<isize>,
        flags: Option<Value>,
    ) -> Res<usize> {
        let flags = flags_arg(vm, flags)?;
        let mut b = vm.get_buffer_mut(buffer, "recv_into() argument 1")?;
        let n = nbytes.unwrap_or(0);
        if n < 0 {
            return Err(vm.value_error("negative buffersize in recv_into"));
        }
        if n as usize > b.len() {
            return Err(vm.value_error("buffer too small for requested bytes"));
        }
        let n = if n == 0 { b.len() } else { n as usize };
        receive(vm, this, writable(&mut b.as_mut_slice()[..n]), flags)
    }
    /// recvfrom(buffersize[, flags]) -> (data, address info)
    ///
    /// Like recv(buffersize, flags) but also return the sender's address info.
    #[native("recvfrom($self, buffersize, flags=0, /)", nosig)]
    fn recvfrom(vm: &mut Vm, this: Value, buffersize: isize, flags: Option<Value>) -> Res {
        let flags = flags_arg(vm, flags)?;
        let (data, a) = received(vm, (buffersize, "recvfrom"), |vm, buf| {
            receive_from(vm, this, buf, flags)
        })?;
        vm.new_tuple(&[data, a])
    }
    /// recvfrom_into(buffer[, nbytes[, flags]]) -> (nbytes, address info)
    ///
    /// Like recv_into(buffer[, nbytes[, flags]]) but also return the sender's address info.
    #[native("recvfrom_into($self, buffer, nbytes=0, flags=0)", nosig)]
    fn recvfrom_into(
        vm: &mut Vm,
        this: Value,
        buffer: Value,
        nbytes: Option<isize>,
        flags: Option<Value>,
    ) -> Res {
        let flags = flags_arg(vm, flags)?;
        let mut b = vm.get_buffer_mut(buffer, "recvfrom_into() argument 1")?;
        let n = nbytes.unwrap_or(0);
        if n < 0 {
            return Err(vm.value_error("negative buffersize in recvfrom_into"));
        }
        if n as usize > b.len() {
            return Err(vm.value_error("nbytes is greater than the length of the buffer"));
        }
        let n = if n == 0 { b.len() } else { n as usize };
        let (n, a) = receive_from(vm, this, writable(&mut b.as_mut_slice()[..n]), flags)?;
        vm.new_tuple(&[Value::int_unchecked(n as i64), a])
    }
    /// send(data[, flags]) -> count
    ///
    /// Send a data string to the socket.  For the optional flags
    /// argument, see the Unix manual.  Return the number of bytes
    /// sent; this may be less than len(data) if the network is busy.
    #[native("send($self, data, flags=0, /)", nosig)]
    fn send(vm: &mut Vm, this: Value, data: Value, flags: Option<Value>) -> Res<usize> {
        let flags = flags_arg(vm, flags)? | libc::MSG_NOSIGNAL;
        let b = vm.get_buffer(data)?;
        let s = socket(vm, this)?;
        let until = deadline(s);
        let (p, n) = (b.as_ptr(), b.len());
        // SAFETY: the loan keeps n bytes in place.
        call(vm, s, libc::POLLOUT, until, |fd| {
            check(unsafe { libc::send(fd, p.cast(), n, flags) })
        })
    }
    /// sendall(data[, flags])
    ///
    /// Send a data string to the socket.  For the optional flags
    /// argument, see the Unix manual.  This calls send() repeatedly
    /// until all data is sent.  If an error occurs, it's impossible
    /// to tell how much data has been sent.
    #[native("sendall($self, data, flags=0, /)", nosig)]
    fn sendall(vm: &mut Vm, this: Value, data: Value, flags: Option<Value>) -> Res<()> {
        let flags = flags_arg(vm, flags)? | libc::MSG_NOSIGNAL;
        let b = vm.get_buffer(data)?;
        let s = socket(vm, this)?;
        let until = deadline(s);
        let mut at = 0;
        while at < b.len() {
            if until.is_some_and(|t| Instant::now() >= t) {
                return Err(timed_out(vm));
            }
            // SAFETY: at is below the length, which the loan keeps.
            let (p, n) = unsafe { (b.as_ptr().add(at), b.len() - at) };
            // SAFETY: n bytes from p are in the buffer.
            at += call(vm, s, libc::POLLOUT, until, |fd| {
                check(unsafe { libc::send(fd, p.cast(), n, flags) })
            })?;
        }
        Ok(())
    }
    /// sendto(data[, flags], address) -> count
    ///
    /// Like send(data, flags) but allows specifying the destination address.
    /// For IP sockets, the address is a pair (hostaddr, port).
    #[native("sendto($self, data, flags_or_address, address=None, /)", nosig)]
    fn sendto(
        vm: &mut Vm,
        this: Value,
        data: Value,
        second: Value,
        third: Option<Value>,
    ) -> Res<usize> {
        let (flags, address) = match third {
            Some(a) => (c_int(vm, second)?, a),
            None => (0, second),
        };
        let flags = flags | libc::MSG_NOSIGNAL;
        let b = vm.get_buffer(data)?;
        let s = socket(vm, this)?;
        let a = address_arg(vm, address, s.family.get(), "sendto")?;
        let until = deadline(s);
        let (p, n) = (b.as_ptr(), b.len());
        // SAFETY: the loan keeps n bytes in place; an address of that length.
        call(vm, s, libc::POLLOUT, until, |fd| {
            check(unsafe { libc::sendto(fd, p.cast(), n, flags, a.ptr(), a.len) })
        })
    }
}
