//! A mapping: its memory, its making.

use super::TYPE;
use runtime::buffer::{BufferSource, Exported, Exports};
use runtime::os::check;
use runtime::payload::Payload;
use runtime::{Raised, Res, Value, Vm};
use std::cell::Cell;

pub static ACCESS_NAMES: [&str; 4] = [
    "ACCESS_DEFAULT",
    "ACCESS_READ",
    "ACCESS_WRITE",
    "ACCESS_COPY",
];
pub const DEFAULT: i32 = 0;
pub const READ: i32 = 1;
const WRITE: i32 = 2;
pub const COPY: i32 = 3;

/// State of an `mmap`. A null pointer means closed.
pub struct Map {
    pub ptr: Cell<*mut u8>,
    pub len: Cell<usize>,
    pub pos: Cell<usize>,
    pub offset: i64,
    /// Our own descriptor of the file; -1 without.
    pub fd: Cell<i32>,
    pub trackfd: bool,
    pub flags: i32,
    pub access: i32,
    pub exports: Exports,
}

impl Payload for Map {
    fn trace(&self, _: &mut gc::Tracer) {}
    fn buffer(&self) -> Option<&dyn BufferSource> {
        Some(self)
    }
}

impl BufferSource for Map {
    fn export(&self, vm: &mut Vm, this: Value, writable: bool) -> Res<Exported> {
        let m = map(vm, this)?;
        if writable && m.access == READ {
            return Err(vm.buffer_error("Object is not writable."));
        }
        Ok(Exported {
            ptr: m.ptr.get(),
            len: m.len.get(),
            readonly: m.access == READ,
            layout: None,
            token: Some(m.exports.token()),
        })
    }
}

impl Map {
    /// Unmaps the memory and closes the descriptor.
    pub fn unmap(&self) {
        let p = self.ptr.replace(std::ptr::null_mut());
        let fd = self.fd.replace(-1);
        // SAFETY: memory and descriptor are ours and are given up once.
        unsafe {
            if !p.is_null() {
                libc::munmap(p.cast(), self.len.get());
            }
            if fd >= 0 {
                libc::close(fd);
            }
        }
    }
    /// The bytes. Not to be held across calls that run Python code.
    pub fn bytes(&self) -> &[u8] {
        if self.ptr.get().is_null() {
            return &[];
        }
        // SAFETY: the mapping is as long as `len`.
        unsafe { std::slice::from_raw_parts(self.ptr.get(), self.len.get()) }
    }
    /// Writes bytes at a place where they fit.
    pub fn store(&self, at: usize, b: &[u8]) {
        debug_assert!(at + b.len() <= self.len.get());
        // SAFETY: the mapping is writable and long enough; the source may lie in it.
        unsafe { std::ptr::copy(b.as_ptr(), self.ptr.get().add(at), b.len()) };
    }
}

impl Drop for Map {
    fn drop(&mut self) {
        self.unmap();
    }
}

/// The mapping behind `self`, closed or not.
pub fn any<'a>(vm: &mut Vm, this: Value) -> Res<&'a Map> {
    match this.payload::<Map>() {
        Some(m) => Ok(m),
        None => Err(vm.type_error("an mmap is required")),
    }
}

/// The mapping behind `self`; ValueError when closed.
pub fn map<'a>(vm: &mut Vm, this: Value) -> Res<&'a Map> {
    let m = any(vm, this)?;
    if m.ptr.get().is_null() {
        return Err(vm.value_error("mmap closed or invalid"));
    }
    Ok(m)
}

/// As `map`; TypeError when it is read-only.
pub fn writable<'a>(vm: &mut Vm, this: Value) -> Res<&'a Map> {
    let m = map(vm, this)?;
    if m.access == READ {
        return Err(vm.type_error("mmap can't modify a readonly memory map."));
    }
    Ok(m)
}

pub fn page_size() -> usize {
    // SAFETY: no memory is involved.
    unsafe { libc::sysconf(libc::_SC_PAGESIZE) as usize }
}

fn failed(vm: &mut Vm) -> Raised {
    vm.io_error(&std::io::Error::last_os_error())
}

/// Protection and flags of an access mode.
fn mode(vm: &mut Vm, access: i32, prot: Option<i32>, flags: Option<i32>) -> Res<(i32, i32, i32)> {
    if access != DEFAULT && (prot.is_some() || flags.is_some()) {
        return Err(vm.value_error("mmap can't specify both access and flags, prot."));
    }
    let (r, w) = (libc::PROT_READ, libc::PROT_WRITE);
    Ok(match access {
        READ => (r, libc::MAP_SHARED, READ),
        WRITE => (r | w, libc::MAP_SHARED, WRITE),
        COPY => (r | w, libc::MAP_PRIVATE, COPY),
        DEFAULT => {
            let prot = prot.unwrap_or(r | w);
            // What the protection does not allow is not tried.
            let access = if prot & w == 0 { READ } else { DEFAULT };
            (prot, flags.unwrap_or(libc::MAP_SHARED), access)
        }
        _ => return Err(vm.value_error("mmap invalid access parameter.")),
    })
}

/// The length of the map of a regular file; other files take what is asked.
fn checked_length(vm: &mut Vm, fd: i32, length: usize, offset: i64) -> Res<usize> {
    // SAFETY: an all-zero stat is valid for writing, fd is the caller's.
    let mut st: libc::stat = unsafe { std::mem::zeroed() };
    // SAFETY: as above.
    if unsafe { libc::fstat(fd, &mut st) } != 0 {
        return Err(failed(vm));
    }
    if st.st_mode & libc::S_IFMT != libc::S_IFREG {
        return Ok(length);
    }
    if length == 0 {
        if st.st_size == 0 {
            return Err(vm.value_error("cannot mmap an empty file"));
        }
        if offset >= st.st_size {
            return Err(vm.value_error("mmap offset is greater than file size"));
        }
        return Ok((st.st_size - offset) as usize);
    }
    if offset > st.st_size || st.st_size - offset < length as i64 {
        return Err(vm.value_error("mmap length is greater than file size"));
    }
    Ok(length)
}

/// A descriptor of our own.
fn duplicate(vm: &mut Vm, fd: i32) -> Res<i32> {
    // SAFETY: no memory is involved.
    let r = check(unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0) } as isize);
    r.map(|fd| fd as i32).map_err(|e| vm.io_error(&e))
}

#[derive::natives]
mod makers {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod(
        "__new__($type, fileno, length, flags=MAP_SHARED, prot=PROT_WRITE|PROT_READ, access=ACCESS_DEFAULT, offset=0, *, trackfd=True)",
        nosig
    )]
    fn new(
        vm: &mut Vm,
        class: Value,
        fileno: i32,
        length: isize,
        flags: Option<i32>,
        prot: Option<i32>,
        access: Option<i32>,
        offset: Option<i64>,
        trackfd: Option<bool>,
    ) -> Res {
        let base = vm.native_type(&TYPE)?;
        let class = vm.class_arg(class, base)?;
        let offset = offset.unwrap_or(0);
        let Ok(length) = usize::try_from(length) else {
            return Err(vm.overflow_error("memory mapped length must be positive"));
        };
        if offset < 0 {
            return Err(vm.overflow_error("memory mapped offset must be positive"));
        }
        let (prot, mut flags, access) = mode(vm, access.unwrap_or(DEFAULT), prot, flags)?;
        let (mut len, mut fd) = (length, -1);
        let trackfd = trackfd.unwrap_or(true);
        if fileno != -1 {
            len = checked_length(vm, fileno, length, offset)?;
            if trackfd {
                fd = duplicate(vm, fileno)?;
            }
        } else {
            flags |= libc::MAP_ANONYMOUS;
        }
        let null = std::ptr::null_mut();
        // SAFETY: a new mapping at an address the system chooses.
        let p = unsafe { libc::mmap(null, len, prot, flags, fileno, offset) };
        if p == libc::MAP_FAILED {
            let e = failed(vm);
            if fd >= 0 {
                // SAFETY: the descriptor is ours.
                unsafe { libc::close(fd) };
            }
            return Err(e);
        }
        let m = Map {
            ptr: Cell::new(p.cast()),
            len: Cell::new(len),
            pos: Cell::new(0),
            offset,
            fd: Cell::new(fd),
            trackfd,
            flags,
            access,
            exports: Exports::default(),
        };
        vm.new_payload(class, m)
    }
}

pub use makers::TABLE;
