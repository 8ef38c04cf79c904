//! The socket type.

use super::address::{Address, address_arg};
use crate::posix::c_int;
use runtime::class::{TypeFlags, TypeObj, TypeSpec};
use runtime::object::*;
use runtime::os::check;
use runtime::payload::Payload;
use runtime::{Raised, Res, Value, Vm};
use std::cell::Cell;
use std::io::Error;
use std::time::{Duration, Instant};

/// A socket. `timeout` in seconds: negative blocks for ever, 0 never blocks.
pub struct Socket {
    pub fd: Cell<i32>,
    pub family: Cell<i32>,
    pub kind: Cell<i32>,
    pub proto: Cell<i32>,
    pub timeout: Cell<f64>,
}

impl Payload for Socket {
    fn trace(&self, _: &mut gc::Tracer) {}
}

impl Drop for Socket {
    fn drop(&mut self) {
        if self.fd.get() >= 0 {
            // SAFETY: the descriptor is ours.
            unsafe { libc::close(self.fd.get()) };
        }
    }
}

pub static SPEC: TypeSpec = TypeSpec {
    name: "socket",
    module: "_socket",
    doc: "socket(family=AF_INET, type=SOCK_STREAM, proto=0) -> socket object\nsocket(family=-1, type=-1, proto=-1, fileno=None) -> socket object\n\nOpen a socket of the given type.  The family argument specifies the\naddress family; it defaults to AF_INET.  The type argument specifies\nwhether this is a stream (SOCK_STREAM, this is the default)\nor datagram (SOCK_DGRAM) socket.  The protocol argument defaults to 0,\nspecifying the default protocol.  Keyword arguments are accepted.\nThe socket is created as one that is not inheritable.",
    tables: &[
        methods::TABLE,
        super::transfer::methods::TABLE,
        super::messages::methods::TABLE,
    ],
    flags: TypeFlags::BASE,
    size: size_of::<PayloadObj>(),
    slot_offset: std::mem::offset_of!(PayloadObj, overflow),
    ..TypeSpec::DEFAULT
};

static DEFAULT_TIMEOUT: u8 = 0;

/// The timeout of new sockets; negative: none.
fn default_timeout(vm: &mut Vm) -> f64 {
    let key = &raw const DEFAULT_TIMEOUT as usize;
    let v = vm.interp().module_state.get(&key).copied();
    v.and_then(|v| v.as_float()).unwrap_or(-1.0)
}

pub fn socket<'a>(vm: &mut Vm, this: Value) -> Res<&'a Socket> {
    match this.payload::<Socket>() {
        Some(s) => Ok(s),
        None => Err(vm.type_error("a socket object is required")),
    }
}

/// How a wait ended.
fn wait(vm: &mut Vm, fd: i32, events: i16, until: Option<Instant>) -> Res<bool> {
    let mut p = libc::pollfd {
        fd,
        events,
        revents: 0,
    };
    let r = vm.blocking(|| {
        let ms = match until {
            None => -1,
            Some(at) => at
                .saturating_duration_since(Instant::now())
                .as_nanos()
                .div_ceil(1_000_000)
                .min(i32::MAX as u128) as i32,
        };
        // SAFETY: the entry is a local.
        check(unsafe { libc::poll(&mut p, 1, ms) } as isize)
    })?;
    r.map(|n| n > 0).map_err(|e| vm.io_error(&e))
}

#[cold]
pub fn timed_out(vm: &mut Vm) -> Raised {
    let class = vm.types.exc.TimeoutError;
    vm.error(class, "timed out")
}

/// The moment at which a timeout that begins now ends.
pub fn deadline(s: &Socket) -> Option<Instant> {
    let t = s.timeout.get();
    (t > 0.0).then(|| {
        let d = Duration::try_from_secs_f64(t).unwrap_or(Duration::from_secs(1 << 30));
        Instant::now() + d.min(Duration::from_secs(1 << 30))
    })
}

/// Runs a call on the socket, waiting for `events` before it when there is a timeout.
pub fn call(
    vm: &mut Vm,
    s: &Socket,
    events: i16,
    until: Option<Instant>,
    mut f: impl FnMut(i32) -> std::io::Result<usize>,
) -> Res<usize> {
    loop {
        if until.is_some() && !wait(vm, s.fd.get(), events, until)? {
            return Err(timed_out(vm));
        }
        let fd = s.fd.get();
        match vm.blocking(|| f(fd))? {
            Ok(n) => return Ok(n),
            // Another reader was faster: wait again.
            Err(e) if until.is_some() && e.raw_os_error() == Some(libc::EAGAIN) => {}
            Err(e) => return Err(vm.io_error(&e)),
        }
    }
}

/// A timeout argument in seconds; None is -1.
fn timeout_arg(vm: &mut Vm, v: Value) -> Res<f64> {
    if v.is_none() {
        return Ok(-1.0);
    }
    let f = vm.to_f64(v)?;
    if f.is_nan() {
        return Err(vm.value_error("Invalid value NaN (not a number)"));
    }
    if f < 0.0 {
        return Err(vm.value_error("Timeout value out of range"));
    }
    Ok(f)
}

fn set_blocking(vm: &mut Vm, fd: i32, on: bool) -> Res<()> {
    let mut flag = i32::from(!on);
    // SAFETY: the argument is a local int.
    let r = check(unsafe { libc::ioctl(fd, libc::FIONBIO, &mut flag) } as isize);
    r.map(|_| ()).map_err(|e| vm.io_error(&e))
}

fn set_timeout(vm: &mut Vm, s: &Socket, t: f64) -> Res<()> {
    s.timeout.set(t);
    set_blocking(vm, s.fd.get(), t < 0.0)
}

/// An int option of a descriptor.
fn int_option(fd: i32, option: i32) -> std::io::Result<i32> {
    let mut n = 0i32;
    let mut len = size_of::<i32>() as libc::socklen_t;
    // SAFETY: the result is a local of that size.
    let r =
        unsafe { libc::getsockopt(fd, libc::SOL_SOCKET, option, (&raw mut n).cast(), &mut len) };
    check(r as isize).map(|_| n)
}

/// Connects; Ok(errno) of what went wrong.
fn connect(vm: &mut Vm, s: &Socket, a: &Address) -> Res<i32> {
    let until = deadline(s);
    // SAFETY: an address of that length.
    let r = unsafe { libc::connect(s.fd.get(), a.ptr(), a.len) };
    if r == 0 {
        return Ok(0);
    }
    let e = Error::last_os_error().raw_os_error().unwrap_or(libc::EIO);
    let waits = match e {
        libc::EINTR => s.timeout.get() != 0.0,
        libc::EINPROGRESS => s.timeout.get() > 0.0,
        _ => false,
    };
    if !waits {
        return Ok(e);
    }
    if vm.poll != 0 {
        vm.serve_poll()?;
    }
    if !wait(vm, s.fd.get(), libc::POLLOUT, until)? {
        return Err(timed_out(vm));
    }
    Ok(int_option(s.fd.get(), libc::SO_ERROR).unwrap_or(libc::EIO))
}

fn own_name(
    vm: &mut Vm,
    this: Value,
    f: unsafe extern "C" fn(i32, *mut libc::sockaddr, *mut libc::socklen_t) -> i32,
) -> Res {
    let s = socket(vm, this)?;
    let mut a = Address::empty();
    let mut len = a.len;
    // SAFETY: room for any address.
    let r = check(unsafe { f(s.fd.get(), a.ptr_mut(), &mut len) } as isize);
    r.map_err(|e| vm.io_error(&e))?;
    a.len = len;
    a.to_value(vm)
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, _args: Value, _kwargs: Option<Value>) -> Res {
        let Some(c) = class.downcast::<TypeObj>() else {
            return Err(vm.type_error("not a type"));
        };
        vm.new_payload(
            c,
            Socket {
                fd: Cell::new(-1),
                family: Cell::new(0),
                kind: Cell::new(0),
                proto: Cell::new(0),
                timeout: Cell::new(-1.0),
            },
        )
    }
    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, family=-1, type=-1, proto=-1, fileno=None)")]
    fn init(
        vm: &mut Vm,
        this: Value,
        family: Option<Value>,
        kind: Option<Value>,
        proto: Option<Value>,
        fileno: Option<Value>,
    ) -> Res<()> {
        let s = socket(vm, this)?;
        let mut n = [-1; 3];
        for (to, v) in n.iter_mut().zip([family, kind, proto]) {
            if let Some(v) = v {
                *to = c_int(vm, v)?;
            }
        }
        let [mut family, mut kind, mut proto] = n;
        let fd = match fileno {
            None | Some(Value::NONE) => {
                family = if family == -1 { libc::AF_INET } else { family };
                kind = if kind == -1 { libc::SOCK_STREAM } else { kind };
                proto = proto.max(0);
                // SAFETY: no memory is involved.
                let r = check(
                    unsafe { libc::socket(family, kind | libc::SOCK_CLOEXEC, proto) } as isize,
                );
                r.map_err(|e| vm.io_error(&e))? as i32
            }
            Some(f) => {
                if f.is_float() {
                    return Err(vm.type_error("integer argument expected, got float"));
                }
                let fd = c_int(vm, f)?;
                if fd < 0 {
                    return Err(vm.value_error("negative file descriptor"));
                }
                for (to, option) in [
                    (&mut family, libc::SO_DOMAIN),
                    (&mut kind, libc::SO_TYPE),
                    (&mut proto, libc::SO_PROTOCOL),
                ] {
                    if *to == -1 {
                        *to = int_option(fd, option).map_err(|e| vm.io_error(&e))?;
                    }
                }
                fd
            }
        };
        s.fd.set(fd);
        s.family.set(family);
        s.kind
            .set(kind & !(libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC));
        s.proto.set(proto);
        let t = if kind & libc::SOCK_NONBLOCK != 0 {
            0.0
        } else {
            default_timeout(vm)
        };
        s.timeout.set(t);
        if t >= 0.0 {
            set_blocking(vm, fd, false)?;
        }
        Ok(())
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let s = socket(vm, this)?;
        Ok(format!(
            "<socket object, fd={}, family={}, type={}, proto={}>",
            s.fd.get(),
            s.family.get(),
            s.kind.get(),
            s.proto.get()
        ))
    }
    /// _accept() -> (integer, address info)
    ///
    /// Wait for an incoming connection.  Return a new socket file descriptor
    /// representing the connection, and the address of the client.
    #[native("_accept($self, /)")]
    fn accept(vm: &mut Vm, this: Value) -> Res {
        let s = socket(vm, this)?;
        let mut a = Address::empty();
        let until = deadline(s);
        let fd = call(vm, s, libc::POLLIN, until, |fd| {
            a = Address::empty();
            let mut len = a.len;
            // SAFETY: room for any address.
            let r = unsafe { libc::accept4(fd, a.ptr_mut(), &mut len, libc::SOCK_CLOEXEC) };
            a.len = len;
            check(r as isize)
        })?;
        let address = a.to_value(vm)?;
        vm.new_tuple(&[Value::int_unchecked(fd as i64), address])
    }
    /// bind(address)
    ///
    /// Bind the socket to a local address.
    #[native("bind($self, object, /)")]
    fn bind(vm: &mut Vm, this: Value, address: Value) -> Res<()> {
        let s = socket(vm, this)?;
        let a = address_arg(vm, address, s.family.get(), "bind")?;
        // SAFETY: an address of that length.
        let r = check(unsafe { libc::bind(s.fd.get(), a.ptr(), a.len) } as isize);
        r.map(|_| ()).map_err(|e| vm.io_error(&e))
    }
    /// listen([backlog])
    ///
    /// Enable a server to accept connections.
    #[native("listen($self, backlog=128, /)", nosig, format)]
    fn listen(vm: &mut Vm, this: Value, backlog: Option<Value>) -> Res<()> {
        let s = socket(vm, this)?;
        let n = backlog.map_or(Ok(128), |b| c_int(vm, b))?;
        // SAFETY: no memory is involved.
        let r = check(unsafe { libc::listen(s.fd.get(), n.max(0)) } as isize);
        r.map(|_| ()).map_err(|e| vm.io_error(&e))
    }
    /// connect(address)
    ///
    /// Connect the socket to a remote address.
    #[native("connect($self, object, /)")]
    fn connect(vm: &mut Vm, this: Value, address: Value) -> Res<()> {
        let s = socket(vm, this)?;
        let a = address_arg(vm, address, s.family.get(), "connect")?;
        match super::connect(vm, s, &a)? {
            0 => Ok(()),
            e => Err(vm.os_error(e, &[])),
        }
    }
    /// connect_ex(address) -> errno
    ///
    /// This is like connect(address), but returns an error code (the errno value)
    /// instead of raising an exception when an error occurs.
    #[native("connect_ex($self, object, /)")]
    fn connect_ex(vm: &mut Vm, this: Value, address: Value) -> Res<i64> {
        let s = socket(vm, this)?;
        let a = address_arg(vm, address, s.family.get(), "connect_ex")?;
        match super::connect(vm, s, &a) {
            Ok(e) => Ok(i64::from(e)),
            Err(_) if vm.catch(vm.types.exc.TimeoutError) => Ok(i64::from(libc::EWOULDBLOCK)),
            Err(r) => Err(r),
        }
    }
    /// close()
    ///
    /// Close the socket.  It cannot be used after this call.
    #[native("close($self, /)")]
    fn close(vm: &mut Vm, this: Value) -> Res<()> {
        let fd = socket(vm, this)?.fd.replace(-1);
        if fd >= 0 {
            // SAFETY: the descriptor is ours.
            match check(unsafe { libc::close(fd) } as isize) {
                Err(e) if e.raw_os_error() != Some(libc::ECONNRESET) => {
                    return Err(vm.io_error(&e));
                }
                _ => {}
            }
        }
        Ok(())
    }
    /// detach()
    ///
    /// Close the socket object without closing the underlying file descriptor.
    /// The object cannot be used after this call, but the file descriptor
    /// can be reused for other purposes.  The file descriptor is returned.
    #[native("detach($self, /)")]
    fn detach(vm: &mut Vm, this: Value) -> Res<i64> {
        Ok(i64::from(socket(vm, this)?.fd.replace(-1)))
    }
    /// fileno() -> integer
    ///
    /// Return the integer file descriptor of the socket.
    #[native("fileno($self, /)")]
    fn fileno(vm: &mut Vm, this: Value) -> Res<i64> {
        Ok(i64::from(socket(vm, this)?.fd.get()))
    }
    /// getpeername() -> address info
    ///
    /// Return the address of the remote endpoint.
    #[native("getpeername($self, /)")]
    fn getpeername(vm: &mut Vm, this: Value) -> Res {
        own_name(vm, this, libc::getpeername)
    }
    /// getsockname() -> address info
    ///
    /// Return the address of the local endpoint.
    #[native("getsockname($self, /)")]
    fn getsockname(vm: &mut Vm, this: Value) -> Res {
        own_name(vm, this, libc::getsockname)
    }
    /// getsockopt(level, option[, buffersize]) -> value
    ///
    /// Get a socket option.  See the Unix manual for level and option.
    /// If a nonzero buffersize argument is given, the return value is a
    /// string of that length; otherwise it is an integer.
    #[native("getsockopt($self, level, option, buffersize=0, /)", nosig, format)]
    fn getsockopt(
        vm: &mut Vm,
        this: Value,
        level: Value,
        option: Value,
        size: Option<Value>,
    ) -> Res {
        let s = socket(vm, this)?;
        let (level, option) = (c_int(vm, level)?, c_int(vm, option)?);
        let size = size.map_or(Ok(0), |n| c_int(vm, n))?;
        if !(0..=1024).contains(&size) {
            let class = vm.types.exc.OSError;
            return Err(vm.error(class, "getsockopt buflen out of range"));
        }
        let mut buf = vec![0u8; if size == 0 { 4 } else { size as usize }];
        let mut len = buf.len() as libc::socklen_t;
        // SAFETY: the buffer has that length.
        let r = check(unsafe {
            libc::getsockopt(s.fd.get(), level, option, buf.as_mut_ptr().cast(), &mut len)
        } as isize);
        r.map_err(|e| vm.io_error(&e))?;
        if size == 0 {
            let mut n = [0; 4];
            n.copy_from_slice(&buf[..4]);
            return Ok(Value::int_unchecked(i64::from(i32::from_ne_bytes(n))));
        }
        vm.new_bytes(&buf[..len as usize])
    }
    /// setsockopt(level, option, value: int)
    /// setsockopt(level, option, value: buffer)
    /// setsockopt(level, option, None, optlen: int)
    ///
    /// Set a socket option.  See the Unix manual for level and option.
    /// The value argument can either be an integer, a string buffer, or
    /// None, optlen.
    #[native("setsockopt($self, *args)", nosig, format)]
    fn setsockopt(vm: &mut Vm, this: Value, args: Value) -> Res<()> {
        let s = socket(vm, this)?;
        let args = vm.collect(args)?;
        let (level, option, value, optlen) = match args[..] {
            [level, option, value] => (level, option, value, None),
            [level, option, Value::NONE, optlen] => (level, option, Value::NONE, Some(optlen)),
            _ => {
                let n = args.len();
                let text = format!("setsockopt() takes exactly 3 arguments ({n} given)");
                return Err(vm.type_error(&text));
            }
        };
        let (level, option) = (c_int(vm, level)?, c_int(vm, option)?);
        let (data, empty) = match optlen {
            Some(n) => (Vec::new(), Some(vm.index_i64(n)? as usize)),
            None if vm.is_int(value) => (c_int(vm, value)?.to_ne_bytes().to_vec(), None),
            None => (vm.get_buffer(value)?.as_slice().to_vec(), None),
        };
        let (p, len) = match empty {
            None => (data.as_ptr(), data.len()),
            Some(len) => (std::ptr::null(), len),
        };
        // SAFETY: the data has that length.
        let r = check(unsafe {
            libc::setsockopt(s.fd.get(), level, option, p.cast(), len as libc::socklen_t)
        } as isize);
        r.map(|_| ()).map_err(|e| vm.io_error(&e))
    }
    /// setblocking(flag)
    ///
    /// Set the socket to blocking (flag is true) or non-blocking (false).
    /// setblocking(True) is equivalent to settimeout(None);
    /// setblocking(False) is equivalent to settimeout(0.0).
    #[native("setblocking($self, object, /)")]
    fn setblocking(vm: &mut Vm, this: Value, flag: bool) -> Res<()> {
        let s = socket(vm, this)?;
        set_timeout(vm, s, if flag { -1.0 } else { 0.0 })
    }
    /// getblocking()
    ///
    /// Returns True if socket is in blocking mode, or False if it
    /// is in non-blocking mode.
    #[native("getblocking($self, /)")]
    fn getblocking(vm: &mut Vm, this: Value) -> Res<bool> {
        Ok(socket(vm, this)?.timeout.get() != 0.0)
    }
    /// settimeout(timeout)
    ///
    /// Set a timeout on socket operations.  'timeout' can be a float,
    /// giving in seconds, or None.  Setting a timeout of None disables
    /// the timeout feature and is equivalent to setblocking(1).
    /// Setting a timeout of zero is the same as setblocking(0).
    #[native("settimeout($self, object, /)")]
    fn settimeout(vm: &mut Vm, this: Value, timeout: Value) -> Res<()> {
        let s = socket(vm, this)?;
        let t = timeout_arg(vm, timeout)?;
        set_timeout(vm, s, t)
    }
    /// gettimeout() -> timeout
    ///
    /// Returns the timeout in seconds (float) associated with socket
    /// operations. A timeout of None indicates that timeouts on socket
    /// operations are disabled.
    #[native("gettimeout($self, /)")]
    fn gettimeout(vm: &mut Vm, this: Value) -> Res {
        let t = socket(vm, this)?.timeout.get();
        Ok(if t < 0.0 {
            Value::NONE
        } else {
            Value::float(t)
        })
    }
    /// shutdown(flag)
    ///
    /// Shut down the reading side of the socket (flag == SHUT_RD), the writing side
    /// of the socket (flag == SHUT_WR), or both ends (flag == SHUT_RDWR).
    #[native("shutdown($self, object, /)")]
    fn shutdown(vm: &mut Vm, this: Value, how: Value) -> Res<()> {
        let s = socket(vm, this)?;
        let how = c_int(vm, how)?;
        // SAFETY: no memory is involved.
        let r = check(unsafe { libc::shutdown(s.fd.get(), how) } as isize);
        r.map(|_| ()).map_err(|e| vm.io_error(&e))
    }
    /// the socket family
    #[getter("family")]
    fn family(vm: &mut Vm, this: Value) -> Res<i64> {
        Ok(i64::from(socket(vm, this)?.family.get()))
    }
    /// the socket type
    #[getter("type")]
    fn kind(vm: &mut Vm, this: Value) -> Res<i64> {
        Ok(i64::from(socket(vm, this)?.kind.get()))
    }
    /// the socket protocol
    #[getter("proto")]
    fn proto(vm: &mut Vm, this: Value) -> Res<i64> {
        Ok(i64::from(socket(vm, this)?.proto.get()))
    }
    /// the socket timeout
    #[getter("timeout")]
    fn timeout(vm: &mut Vm, this: Value) -> Res {
        gettimeout(vm, this)
    }
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// socketpair([family[, type [, proto]]]) -> (socket object, socket object)
    ///
    /// Create a pair of socket objects from the sockets returned by the platform
    /// socketpair() function.
    /// The arguments are the same as for socket() except the default family is
    /// AF_UNIX if defined on the platform; otherwise, the default is AF_INET.
    #[native("socketpair($module, family=None, type=None, proto=None, /)", nosig)]
    fn socketpair(
        vm: &mut Vm,
        _m: Value,
        family: Option<Value>,
        kind: Option<Value>,
        proto: Option<Value>,
    ) -> Res {
        let family = family.map_or(Ok(libc::AF_UNIX), |f| c_int(vm, f))?;
        let kind = kind.map_or(Ok(libc::SOCK_STREAM), |k| c_int(vm, k))?;
        let proto = proto.map_or(Ok(0), |p| c_int(vm, p))?;
        let mut fds = [0; 2];
        // SAFETY: room for two descriptors.
        let r = check(unsafe {
            libc::socketpair(family, kind | libc::SOCK_CLOEXEC, proto, fds.as_mut_ptr())
        } as isize);
        r.map_err(|e| vm.io_error(&e))?;
        let class = vm.native_type(&SPEC)?;
        let mut out = vm.new_vec();
        for fd in fds {
            let t = default_timeout(vm);
            let v = vm.new_payload(
                class,
                Socket {
                    fd: Cell::new(fd),
                    family: Cell::new(family),
                    kind: Cell::new(kind & !(libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC)),
                    proto: Cell::new(proto),
                    timeout: Cell::new(t),
                },
            )?;
            if t >= 0.0 {
                set_blocking(vm, fd, false)?;
            }
            out.push(vm, v)?;
        }
        vm.new_tuple(&out)
    }
    /// close(integer) -> None
    ///
    /// Close an integer socket file descriptor.  This is like os.close(), but for
    /// sockets; on some platforms os.close() won't work for socket file descriptors.
    #[native("close($self, object, /)")]
    fn close(vm: &mut Vm, _m: Value, fd: Value) -> Res<()> {
        let fd = c_int(vm, fd)?;
        // SAFETY: the program says the descriptor is its own.
        let r = check(unsafe { libc::close(fd) } as isize);
        r.map(|_| ()).map_err(|e| vm.io_error(&e))
    }
    /// dup(integer) -> integer
    ///
    /// Duplicate an integer socket file descriptor.  This is like os.dup(), but for
    /// sockets; on some platforms os.dup() won't work for socket file descriptors.
    #[native("dup($self, object, /)")]
    fn dup(vm: &mut Vm, _m: Value, fd: Value) -> Res<usize> {
        let fd = c_int(vm, fd)?;
        // SAFETY: no memory is involved.
        let r = check(unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0) } as isize);
        r.map_err(|e| vm.io_error(&e))
    }
    /// getdefaulttimeout() -> timeout
    ///
    /// Returns the default timeout in seconds (float) for new socket objects.
    /// A value of None indicates that new socket objects have no timeout.
    /// When the socket module is first imported, the default is None.
    #[native("getdefaulttimeout($self, /)")]
    fn getdefaulttimeout(vm: &mut Vm, _m: Value) -> Res {
        let t = default_timeout(vm);
        Ok(if t < 0.0 {
            Value::NONE
        } else {
            Value::float(t)
        })
    }
    /// setdefaulttimeout(timeout)
    ///
    /// Set the default timeout in seconds (float) for new socket objects.
    /// A value of None indicates that new socket objects have no timeout.
    /// When the socket module is first imported, the default is None.
    #[native("setdefaulttimeout($self, object, /)")]
    fn setdefaulttimeout(vm: &mut Vm, _m: Value, timeout: Value) -> Res<()> {
        let t = timeout_arg(vm, timeout)?;
        let key = &raw const DEFAULT_TIMEOUT as usize;
        vm.interp().module_state.insert(key, Value::float(t));
        Ok(())
    }
}
