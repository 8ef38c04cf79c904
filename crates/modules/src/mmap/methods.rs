//! The file-like methods.

use super::map::{ACCESS_NAMES, COPY, Map, READ, any, map, page_size, writable};
use crate::io::bytes::opt_size;
use runtime::buffer::Buffer;
use runtime::{Raised, Res, Value, Vm};

fn failed(vm: &mut Vm) -> Raised {
    vm.io_error(&std::io::Error::last_os_error())
}

/// Reads on from the position.
fn take(vm: &mut Vm, m: &Map, n: usize) -> Res {
    // Resizing leaves the position where it was.
    let at = m.pos.get().min(m.len.get());
    let n = n.min(m.len.get() - at);
    m.pos.set(at + n);
    vm.new_bytes(&m.bytes()[at..at + n])
}

/// A bound of a search: counted from the end when negative, clipped.
fn bound(vm: &mut Vm, v: Option<Value>, default: usize, len: usize) -> Res<usize> {
    let Some(v) = v.filter(|v| !v.is_none()) else {
        return Ok(default);
    };
    let n = vm.index_clipped(v)?;
    let n = if n < 0 {
        n.saturating_add(len as i64).max(0)
    } else {
        n
    };
    Ok((n as usize).min(len))
}

fn search(
    vm: &mut Vm,
    this: Value,
    needle: &Buffer,
    start: Option<Value>,
    end: Option<Value>,
    reverse: bool,
) -> Res<i64> {
    let m = map(vm, this)?;
    let len = m.len.get();
    let start = bound(vm, start, m.pos.get().min(len), len)?;
    let end = bound(vm, end, len, len)?;
    // The bounds may have run Python code.
    let m = map(vm, this)?;
    let hay = m.bytes().get(start..end).unwrap_or(&[]);
    let found = if start > end {
        None
    } else if reverse {
        memchr::memmem::rfind(hay, needle.as_slice())
    } else {
        memchr::memmem::find(hay, needle.as_slice())
    };
    Ok(found.map_or(-1, |i| (start + i) as i64))
}

/// BufferError or TypeError for a map that cannot be resized.
fn check_resizable(vm: &mut Vm, m: &Map) -> Res<()> {
    if m.exports.in_use(vm) {
        return Err(vm.buffer_error("mmap can't resize with extant buffers exported."));
    }
    if !m.trackfd {
        return Err(vm.value_error("mmap can't resize with trackfd=False."));
    }
    if m.access == READ || m.access == COPY {
        return Err(vm.type_error("mmap can't resize a readonly or copy-on-write memory map."));
    }
    Ok(())
}

#[derive::natives]
mod methods {
    use super::*;

    #[native("close($self, /)")]
    fn close(vm: &mut Vm, this: Value) -> Res<()> {
        let m = any(vm, this)?;
        if !m.ptr.get().is_null() && m.exports.in_use(vm) {
            return Err(vm.buffer_error("cannot close exported pointers exist"));
        }
        m.unmap();
        Ok(())
    }
    #[getter("closed")]
    fn closed(vm: &mut Vm, this: Value) -> Res<bool> {
        Ok(any(vm, this)?.ptr.get().is_null())
    }
    #[native("read_byte($self, /)")]
    fn read_byte(vm: &mut Vm, this: Value) -> Res<i64> {
        let m = map(vm, this)?;
        let at = m.pos.get();
        match m.bytes().get(at) {
            Some(b) => {
                m.pos.set(at + 1);
                Ok(i64::from(*b))
            }
            None => Err(vm.value_error("read byte out of range")),
        }
    }
    #[native("readline($self, /)")]
    fn readline(vm: &mut Vm, this: Value) -> Res {
        let m = map(vm, this)?;
        let rest = m.bytes().get(m.pos.get()..).unwrap_or(&[]);
        let n = memchr::memchr(b'\n', rest).map_or(rest.len(), |i| i + 1);
        take(vm, m, n)
    }
    #[native("read($self, n=None, /)")]
    fn read(vm: &mut Vm, this: Value, n: Option<Value>) -> Res {
        map(vm, this)?;
        let n = opt_size(vm, n)?;
        let m = map(vm, this)?;
        take(vm, m, usize::try_from(n).unwrap_or(usize::MAX))
    }
    #[native("find($self, view, start=None, end=None, /)")]
    fn find(
        vm: &mut Vm,
        this: Value,
        view: Buffer,
        start: Option<Value>,
        end: Option<Value>,
    ) -> Res<i64> {
        search(vm, this, &view, start, end, false)
    }
    #[native("rfind($self, view, start=None, end=None, /)")]
    fn rfind(
        vm: &mut Vm,
        this: Value,
        view: Buffer,
        start: Option<Value>,
        end: Option<Value>,
    ) -> Res<i64> {
        search(vm, this, &view, start, end, true)
    }
    #[native("write($self, bytes, /)")]
    fn write(vm: &mut Vm, this: Value, bytes: Buffer) -> Res<i64> {
        let m = writable(vm, this)?;
        let at = m.pos.get();
        if bytes.len() > m.len.get().saturating_sub(at) {
            return Err(vm.value_error("data out of range"));
        }
        m.store(at, bytes.as_slice());
        m.pos.set(at + bytes.len());
        Ok(bytes.len() as i64)
    }
    #[native("write_byte($self, byte, /)")]
    fn write_byte(vm: &mut Vm, this: Value, byte: Value) -> Res<()> {
        let n = vm.index_i64(byte)?;
        let Ok(b) = u8::try_from(n) else {
            let what = if n < 0 {
                "unsigned byte integer is less than minimum"
            } else {
                "unsigned byte integer is greater than maximum"
            };
            return Err(vm.overflow_error(what));
        };
        let m = writable(vm, this)?;
        let at = m.pos.get();
        if at >= m.len.get() {
            return Err(vm.value_error("write byte out of range"));
        }
        m.store(at, &[b]);
        m.pos.set(at + 1);
        Ok(())
    }
    /// The size of the file, or of the mapping without one.
    #[native("size($self, /)")]
    fn size(vm: &mut Vm, this: Value) -> Res<i64> {
        let m = map(vm, this)?;
        if !m.trackfd {
            return Err(vm.value_error("can't get size with trackfd=False"));
        }
        // SAFETY: an all-zero stat is valid for writing; a wrong descriptor is refused.
        let mut st: libc::stat = unsafe { std::mem::zeroed() };
        // SAFETY: as above.
        if unsafe { libc::fstat(m.fd.get(), &mut st) } != 0 {
            return Err(failed(vm));
        }
        Ok(st.st_size)
    }
    #[native("resize($self, newsize, /)")]
    fn resize(vm: &mut Vm, this: Value, newsize: isize) -> Res<()> {
        let m = map(vm, this)?;
        check_resizable(vm, m)?;
        let Ok(new) = usize::try_from(newsize) else {
            return Err(vm.value_error("new size out of range"));
        };
        let anonymous = m.fd.get() < 0;
        if anonymous && m.flags & libc::MAP_PRIVATE == 0 && new > m.len.get() {
            return Err(vm.value_error("mmap: can't expand a shared anonymous mapping"));
        }
        // SAFETY: the descriptor is ours; the mapping is ours and nothing points into it.
        unsafe {
            if !anonymous && libc::ftruncate(m.fd.get(), m.offset + new as i64) != 0 {
                return Err(failed(vm));
            }
            let p = libc::mremap(m.ptr.get().cast(), m.len.get(), new, libc::MREMAP_MAYMOVE);
            if p == libc::MAP_FAILED {
                return Err(failed(vm));
            }
            m.ptr.set(p.cast());
        }
        m.len.set(new);
        Ok(())
    }
    #[native("tell($self, /)")]
    fn tell(vm: &mut Vm, this: Value) -> Res<usize> {
        Ok(map(vm, this)?.pos.get())
    }
    #[native("seekable($self, /)")]
    fn seekable(_: &mut Vm, _this: Value) -> Res<bool> {
        Ok(true)
    }
    #[native("seek($self, pos, whence=0, /)")]
    fn seek(vm: &mut Vm, this: Value, pos: i64, whence: Option<i32>) -> Res<i64> {
        let m = map(vm, this)?;
        let from = match whence.unwrap_or(0) {
            0 => 0,
            1 => m.pos.get() as i64,
            2 => m.len.get() as i64,
            _ => return Err(vm.value_error("unknown seek type")),
        };
        match from.checked_add(pos) {
            Some(at) if at >= 0 && at <= m.len.get() as i64 => {
                m.pos.set(at as usize);
                Ok(at)
            }
            _ => Err(vm.value_error("seek out of range")),
        }
    }
    #[native("flush($self, offset=0, size=None, /)")]
    fn flush(vm: &mut Vm, this: Value, offset: Option<isize>, size: Option<Value>) -> Res<()> {
        let offset = offset.unwrap_or(0);
        let size = size.filter(|s| !s.is_none());
        let size = size.map(|s| vm.index_isize(s)).transpose()?;
        let m = map(vm, this)?;
        let len = m.len.get() as isize;
        let size = size.unwrap_or(len.saturating_sub(offset));
        if offset < 0 || size < 0 || offset > len || size > len - offset {
            return Err(vm.value_error("flush values out of range"));
        }
        if m.access == READ || m.access == COPY {
            return Ok(());
        }
        // SAFETY: the range lies in the mapping.
        let r = unsafe {
            let p = m.ptr.get().offset(offset);
            libc::msync(p.cast(), size as usize, libc::MS_SYNC)
        };
        if r != 0 { Err(failed(vm)) } else { Ok(()) }
    }
    #[native("madvise($self, option, start=0, length=None, /)")]
    fn madvise(
        vm: &mut Vm,
        this: Value,
        option: i32,
        start: Option<isize>,
        length: Option<Value>,
    ) -> Res<()> {
        let length = length.filter(|l| !l.is_none());
        let length = length.map(|l| vm.index_isize(l)).transpose()?;
        let m = map(vm, this)?;
        let (len, start) = (m.len.get() as isize, start.unwrap_or(0));
        if start < 0 || start >= len {
            return Err(vm.value_error("madvise start out of bounds"));
        }
        let length = length.unwrap_or(len);
        if length < 0 {
            return Err(vm.value_error("madvise length invalid"));
        }
        if isize::MAX - start < length {
            return Err(vm.overflow_error("madvise length too large"));
        }
        let length = length.min(len - start);
        // SAFETY: the range lies in the mapping.
        let r = unsafe {
            let p = m.ptr.get().offset(start);
            libc::madvise(p.cast(), length as usize, option)
        };
        if r != 0 { Err(failed(vm)) } else { Ok(()) }
    }
    #[native("move($self, dest, src, count, /)")]
    fn move_bytes(vm: &mut Vm, this: Value, dest: isize, src: isize, count: isize) -> Res<()> {
        let m = writable(vm, this)?;
        let len = m.len.get() as isize;
        let fits = |at: isize| at >= 0 && len - at >= count;
        if count < 0 || !fits(dest) || !fits(src) {
            return Err(vm.value_error("source, destination, or count out of range"));
        }
        let (src, count) = (src as usize, count as usize);
        m.store(dest as usize, &m.bytes()[src..src + count]);
        Ok(())
    }
    #[native("__enter__($self, /)")]
    fn enter(vm: &mut Vm, this: Value) -> Res {
        map(vm, this)?;
        Ok(this)
    }
    #[native("__exit__($self, exc_type, exc_value, traceback, /)")]
    fn exit(vm: &mut Vm, this: Value, _t: Value, _v: Value, _tb: Value) -> Res<()> {
        close(vm, this)
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let m = any(vm, this)?;
        let name = vm.class_of(this).full_name();
        if m.ptr.get().is_null() {
            return Ok(format!("<{name} closed=True>"));
        }
        let access = ACCESS_NAMES[m.access as usize];
        let (len, pos, offset) = (m.len.get(), m.pos.get(), m.offset);
        Ok(format!(
            "<{name} closed=False, access={access}, length={len}, pos={pos}, offset={offset}>"
        ))
    }
    /// Return the buffer.
    #[native("__buffer__($self, flags, /)")]
    fn buffer(vm: &mut Vm, this: Value, flags: i64) -> Res {
        vm.buffer_method(this, flags)
    }
    /// Bytes in the pages of the mapping.
    #[native("__sizeof__($self, /)")]
    fn sizeof(vm: &mut Vm, this: Value) -> Res<i64> {
        let m = any(vm, this)?;
        Ok((size_of::<Map>() + m.len.get().next_multiple_of(page_size())) as i64)
    }
}

pub use methods::TABLE;
