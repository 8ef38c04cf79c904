//! `FileIO`.

use super::base::{IO_TYPE, RAWIOBASE, iobase_next, new_io};
use super::rawfile::RawFile;
use super::util::*;
use runtime::class::TypeSpec;
use runtime::object::*;
use runtime::os::check;
use runtime::payload::Payload;
use runtime::{Raised, Res, Value, Vm};
use std::cell::{Cell, RefCell};
use std::ffi::CString;
use std::rc::Rc;

pub struct FileIo {
    pub file: RefCell<Rc<RawFile>>,
    pub finalizing: Cell<bool>,
}

impl Payload for FileIo {
    fn trace(&self, _: &mut gc::Tracer) {}
}

pub static SPEC: TypeSpec = TypeSpec {
    name: "FileIO",
    doc: "Open a file.\n\nThe mode can be 'r' (default), 'w', 'x' or 'a' for reading,\nwriting, exclusive creation or appending.  The file will be created if it\ndoesn't exist when opened for writing or appending; it will be truncated\nwhen opened for writing.  A FileExistsError will be raised if it already\nexists when opened for creating. Opening a file for creating implies\nwriting so this mode behaves in a similar way to 'w'.Add a '+' to the mode\nto allow simultaneous reading and writing. A custom opener can be used by\npassing a callable as *opener*. The underlying file descriptor for the file\nobject is then obtained by calling opener with (*name*, *flags*).\n*opener* must return an open file descriptor (passing os.open as *opener*\nresults in functionality similar to passing None).",
    base: Some(&RAWIOBASE),
    tables: &[methods::TABLE],
    iternext: Some(iobase_next),
    ..IO_TYPE
};

/// The file of an exact FileIO.
pub fn exact_file(vm: &mut Vm, v: Value) -> Option<Rc<RawFile>> {
    let p = v.payload::<FileIo>()?;
    let class = vm.native_type(&SPEC).ok()?;
    (vm.class_of(v) == class).then(|| p.file.borrow().clone())
}

fn file(vm: &mut Vm, this: Value) -> Res<Rc<RawFile>> {
    match this.payload::<FileIo>() {
        Some(p) => Ok(p.file.borrow().clone()),
        None => Err(vm.type_error("a FileIO object is required")),
    }
}

fn open_file(vm: &mut Vm, this: Value) -> Res<Rc<RawFile>> {
    let f = file(vm, this)?;
    if !f.is_open() {
        return Err(closed(vm));
    }
    Ok(f)
}

#[cold]
fn closed(vm: &mut Vm) -> Raised {
    vm.value_error("I/O operation on closed file")
}

#[cold]
fn bad_mode(vm: &mut Vm, action: &str) -> Raised {
    unsupported(vm, &format!("File not open for {action}"))
}

/// The mode as `FileIO.mode` shows it.
pub fn mode_text(f: &RawFile) -> &'static str {
    match (
        f.created.get(),
        f.appending.get(),
        f.readable.get(),
        f.writable.get(),
    ) {
        (true, _, true, _) => "xb+",
        (true, _, false, _) => "xb",
        (_, true, true, _) => "ab+",
        (_, true, false, _) => "ab",
        (_, _, true, true) => "rb+",
        (_, _, true, false) => "rb",
        _ => "wb",
    }
}

/// Sets the flags of `f` from a mode; the flags for open(2).
fn parse_mode(vm: &mut Vm, f: &RawFile, mode: &str) -> Res<i32> {
    let (mut main, mut plus) = (None, false);
    for c in mode.chars() {
        match c {
            'x' | 'r' | 'w' | 'a' if main.is_none() => main = Some(c),
            'x' | 'r' | 'w' | 'a' => return Err(bad_modes(vm)),
            'b' => {}
            '+' if !plus => plus = true,
            '+' => return Err(bad_modes(vm)),
            _ => return Err(vm.value_error(&format!("invalid mode: {mode}"))),
        }
    }
    let Some(main) = main else {
        return Err(bad_modes(vm));
    };
    f.readable.set(main == 'r' || plus);
    f.writable.set(main != 'r' || plus);
    f.created.set(main == 'x');
    f.appending.set(main == 'a');
    let access = match (f.readable.get(), f.writable.get()) {
        (true, true) => libc::O_RDWR,
        (true, false) => libc::O_RDONLY,
        _ => libc::O_WRONLY,
    };
    Ok(access
        | libc::O_CLOEXEC
        | match main {
            'x' => libc::O_EXCL | libc::O_CREAT,
            'w' => libc::O_CREAT | libc::O_TRUNC,
            'a' => libc::O_APPEND | libc::O_CREAT,
            _ => 0,
        })
}

#[cold]
fn bad_modes(vm: &mut Vm) -> Raised {
    vm.value_error("Must have exactly one of create/read/write/append mode and at most one plus")
}

/// Opens `name` (a path or a descriptor) with the arguments of `FileIO`.
pub fn open_raw(
    vm: &mut Vm,
    name: Value,
    mode: &str,
    closefd: bool,
    opener: Option<Value>,
) -> Res<RawFile> {
    let f = RawFile::new();
    let mut given = None;
    if !name.is_float() && (vm.is_int(name) || name.is_bool()) {
        crate::posix::warn_of_bool(vm, name)?;
        let n = vm.index_i64(name)?;
        if n < 0 {
            return Err(vm.value_error("negative file descriptor"));
        }
        match i32::try_from(n) {
            Ok(n) => given = Some(n),
            Err(_) => {
                return Err(vm.overflow_error("Python int too large to convert to C int"));
            }
        }
    } else if name.is_float() {
        let n = vm.short_class_name(name);
        return Err(vm.type_error(&format!(
            "expected str, bytes or os.PathLike object, not {n}"
        )));
    }
    let flags = parse_mode(vm, &f, mode)?;
    match given {
        Some(fd) => {
            f.closefd.set(closefd);
            check_descriptor(vm, &f, fd, name)?;
            f.fd.set(fd);
        }
        None => {
            let path = vm.fspath(name)?;
            let bytes = vm.fs_encode(path)?;
            let Ok(c_path) = CString::new(bytes) else {
                return Err(vm.value_error("embedded null byte"));
            };
            if !closefd {
                return Err(vm.value_error("Cannot use closefd=False with file name"));
            }
            match opener {
                None | Some(Value::NONE) => {
                    // SAFETY: the path is terminated.
                    let r = vm.blocking(|| {
                        check(unsafe { libc::open(c_path.as_ptr(), flags, 0o666) } as isize)
                    })?;
                    match r {
                        Ok(fd) => f.fd.set(fd as i32),
                        Err(e) => return Err(vm.io_error_path(&e, name)),
                    }
                }
                Some(opener) => {
                    let flags = vm.new_int(flags as i64)?;
                    let r = vm.call_value(opener, &[name, flags])?;
                    if !vm.is_int(r) {
                        return Err(vm.type_error("expected integer from opener"));
                    }
                    let fd = vm.index_i64(r)?;
                    if fd < 0 {
                        return Err(vm.value_error(&format!("opener returned {fd}")));
                    }
                    f.fd.set(fd as i32);
                    // SAFETY: no memory is involved. Not inheritable, as PEP 446 wants.
                    unsafe { libc::fcntl(fd as i32, libc::F_SETFD, libc::FD_CLOEXEC) };
                }
            }
            let fd = f.fd.get();
            check_descriptor(vm, &f, fd, name)?;
        }
    }
    if f.appending.get() {
        // SAFETY: no memory is involved. Pipes cannot seek, which is fine.
        unsafe { libc::lseek(f.fd.get(), 0, libc::SEEK_END) };
    }
    Ok(f)
}

/// Refuses directories and bad descriptors; notes block and file size.
fn check_descriptor(vm: &mut Vm, f: &RawFile, fd: i32, name: Value) -> Res<()> {
    // SAFETY: stat is filled by fstat before it is read.
    let st = unsafe {
        let mut st: libc::stat = std::mem::zeroed();
        if libc::fstat(fd, &mut st) != 0 {
            let e = std::io::Error::last_os_error();
            if e.raw_os_error() == Some(libc::EBADF) {
                return Err(vm.io_error_path(&e, name));
            }
            return Ok(());
        }
        st
    };
    match st.st_mode & libc::S_IFMT {
        libc::S_IFDIR => return Err(vm.os_error(libc::EISDIR, &[name])),
        libc::S_IFREG => f.size_hint.set(st.st_size as u64),
        libc::S_IFCHR => f.is_char_device.set(true),
        _ => {}
    }
    if st.st_blksize > 1 {
        f.block_size.set(st.st_blksize as usize);
    }
    Ok(())
}

/// Makes an exact FileIO without calling Python code.
pub fn new_fileio(vm: &mut Vm, f: RawFile, name: Value) -> Res {
    let class = vm.native_type(&SPEC)?;
    let v = vm.new_payload(
        class,
        FileIo {
            file: RefCell::new(Rc::new(f)),
            finalizing: Cell::new(false),
        },
    )?;
    vm.set_attr(v, vm.names.name, Some(name))?;
    Ok(v)
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, _args: Value, _kwargs: Option<Value>) -> Res {
        new_io(
            vm,
            class,
            FileIo {
                file: RefCell::new(Rc::new(RawFile::new())),
                finalizing: Cell::new(false),
            },
        )
    }
    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, file, mode='r', closefd=True, opener=None)")]
    fn init(
        vm: &mut Vm,
        this: Value,
        file: Value,
        mode: Option<Value>,
        closefd: Option<bool>,
        opener: Option<Value>,
    ) -> Res<()> {
        let Some(p) = this.payload::<FileIo>() else {
            return Err(vm.type_error("a FileIO object is required"));
        };
        let old = p.file.borrow().clone();
        if old.is_open()
            && let Err(e) = old.close()
        {
            return Err(vm.io_error(&e));
        }
        let mode = match mode {
            Some(m) => {
                if !m.is_kind(Kind::Str) {
                    let name = vm.argument_kind(m);
                    return Err(
                        vm.type_error(&format!("FileIO() argument 'mode' must be str, not {name}"))
                    );
                }
                vm.display(m)
            }
            None => String::from("r"),
        };
        let f = open_raw(vm, file, &mode, closefd.unwrap_or(true), opener)?;
        *p.file.borrow_mut() = Rc::new(f);
        vm.set_attr(this, vm.names.name, Some(file))
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let f = file(vm, this)?;
        let class = vm.class_of(this).name_str();
        if !f.is_open() {
            return Ok("<_io.FileIO [closed]>".replace("FileIO", &class));
        }
        let closefd = if f.closefd.get() { "True" } else { "False" };
        let name = vm.get_attr_opt(this, vm.names.name)?;
        let what = match name {
            Some(n) => {
                vm.check_native_stack()?;
                format!("name={}", vm.display_repr(n)?)
            }
            None => format!("fd={}", f.fd.get()),
        };
        let mode = mode_text(&f);
        Ok(format!(
            "<_io.{class} {what} mode='{mode}' closefd={closefd}>"
        ))
    }
    /// Read at most size bytes, returned as bytes.
    ///
    /// If size is less than 0, read all bytes in the file making multiple read calls.
    /// See ``FileIO.readall``.
    ///
    /// Attempts to make only one system call, retrying only per PEP 475 (EINTR). This
    /// means less data may be returned than requested.
    ///
    /// In non-blocking mode, returns None if no data is available. Return an empty
    /// bytes object at EOF.
    #[native("read($self, size=-1, /)", defining)]
    fn read(vm: &mut Vm, this: Value, size: Option<Value>) -> Res {
        let n = opt_size(vm, size)?;
        let f = open_file(vm, this)?;
        if !f.readable.get() {
            return Err(bad_mode(vm, "reading"));
        }
        if n < 0 {
            return read_all(vm, &f);
        }
        let mut buf = vm.zeroed(n as usize)?;
        match f.read(vm, &mut buf)? {
            Some(n) => vm.new_bytes(&buf[..n]),
            None => Ok(Value::NONE),
        }
    }
    /// Read all data from the file, returned as bytes.
    ///
    /// Reads until either there is an error or read returns size 0 (indicates EOF).
    /// If the file is already at EOF, returns an empty bytes object.
    ///
    /// In non-blocking mode, returns as much data as could be read before EAGAIN. If no
    /// data is available (EAGAIN is returned before bytes are read) returns None.
    #[native("readall($self, /)")]
    fn readall(vm: &mut Vm, this: Value) -> Res {
        let f = open_file(vm, this)?;
        read_all(vm, &f)
    }
    /// Same as RawIOBase.readinto().
    #[native("readinto($self, buffer, /)", defining)]
    fn readinto(vm: &mut Vm, this: Value, buffer: Value) -> Res {
        let f = open_file(vm, this)?;
        if !f.readable.get() {
            return Err(bad_mode(vm, "reading"));
        }
        let mut target = into_buffer(vm, buffer)?;
        match f.read(vm, target.as_mut_slice())? {
            Some(n) => vm.new_int(n as i64),
            None => Ok(Value::NONE),
        }
    }
    /// Write buffer b to file, return number of bytes written.
    ///
    /// Only makes one system call, so not all of the data may be written.
    /// The number of bytes actually written is returned.  In non-blocking mode,
    /// returns None if the write would block.
    #[native("write($self, b, /)", defining)]
    fn write(vm: &mut Vm, this: Value, b: Value) -> Res {
        let f = open_file(vm, this)?;
        if !f.writable.get() {
            return Err(bad_mode(vm, "writing"));
        }
        let data = byte_arg(vm, b)?;
        match f.write(vm, &data)? {
            Some(n) => vm.new_int(n as i64),
            None => Ok(Value::NONE),
        }
    }
    /// Move to new file position and return the file position.
    ///
    /// Argument offset is a byte count.  Optional argument whence defaults to
    /// SEEK_SET or 0 (offset from start of file, offset should be >= 0); other values
    /// are SEEK_CUR or 1 (move relative to current position, positive or negative),
    /// and SEEK_END or 2 (move relative to end of file, usually negative, although
    /// many platforms allow seeking beyond the end of a file).
    ///
    /// Note that not all file objects are seekable.
    #[native("seek($self, pos, whence=0, /)")]
    fn seek(vm: &mut Vm, this: Value, pos: i64, whence: Option<i64>) -> Res<i64> {
        let f = open_file(vm, this)?;
        f.seek(vm, pos, whence.unwrap_or(0) as i32)
    }
    /// Current file position.
    ///
    /// Can raise OSError for non seekable files.
    #[native("tell($self, /)")]
    fn tell(vm: &mut Vm, this: Value) -> Res<i64> {
        let f = open_file(vm, this)?;
        f.seek(vm, 0, libc::SEEK_CUR)
    }
    /// Truncate the file to at most size bytes and return the truncated size.
    ///
    /// Size defaults to the current file position, as returned by tell().
    /// The current file position is changed to the value of size.
    #[native("truncate($self, size=None, /)", defining)]
    fn truncate(vm: &mut Vm, this: Value, size: Option<Value>) -> Res {
        let f = open_file(vm, this)?;
        if !f.writable.get() {
            return Err(bad_mode(vm, "writing"));
        }
        let size = match size {
            None | Some(Value::NONE) => {
                let at = f.seek(vm, 0, libc::SEEK_CUR)?;
                vm.new_int(at)?
            }
            Some(v) => v,
        };
        let n = vm.index_i64(size)?;
        let fd = f.fd.get();
        // SAFETY: no memory is involved.
        match vm.blocking(|| check(unsafe { libc::ftruncate(fd, n) } as isize))? {
            Ok(_) => Ok(size),
            Err(e) => Err(vm.io_error(&e)),
        }
    }
    /// Close the file.
    ///
    /// A closed file cannot be used for further I/O operations.  close() may be
    /// called more than once without error.
    #[native("close($self, /)", defining)]
    fn close(vm: &mut Vm, this: Value) -> Res {
        let f = file(vm, this)?;
        // A subclass's flush runs first, as _IOBase.close does it.
        let first = if f.is_open() {
            vm.call_method(this, vm.names.flush, &[])
        } else {
            Ok(Value::NONE)
        };
        if !f.closefd.get() {
            f.fd.set(-1);
            return first;
        }
        then_close(vm, first, |vm| match f.close() {
            Ok(()) => Ok(Value::NONE),
            Err(e) => Err(vm.io_error(&e)),
        })
    }
    /// True if file supports random-access.
    #[native("seekable($self, /)")]
    fn seekable(vm: &mut Vm, this: Value) -> Res<bool> {
        Ok(open_file(vm, this)?.can_seek())
    }
    /// True if file was opened in a read mode.
    #[native("readable($self, /)")]
    fn readable(vm: &mut Vm, this: Value) -> Res<bool> {
        Ok(open_file(vm, this)?.readable.get())
    }
    /// True if file was opened in a write mode.
    #[native("writable($self, /)")]
    fn writable(vm: &mut Vm, this: Value) -> Res<bool> {
        Ok(open_file(vm, this)?.writable.get())
    }
    /// Return the underlying file descriptor (an integer).
    #[native("fileno($self, /)")]
    fn fileno(vm: &mut Vm, this: Value) -> Res<i64> {
        Ok(open_file(vm, this)?.fd.get() as i64)
    }
    /// True if the file is connected to a TTY device.
    #[native("isatty($self, /)")]
    fn isatty(vm: &mut Vm, this: Value) -> Res<bool> {
        let f = open_file(vm, this)?;
        // SAFETY: no memory is involved.
        Ok(unsafe { libc::isatty(f.fd.get()) } == 1)
    }
    #[native("_isatty_open_only($self, /)")]
    fn isatty_open_only(vm: &mut Vm, this: Value) -> Res<bool> {
        let f = open_file(vm, this)?;
        // SAFETY: no memory is involved.
        Ok(f.is_char_device.get() && unsafe { libc::isatty(f.fd.get()) } == 1)
    }
    #[native("_dealloc_warn($self, object, /)")]
    fn dealloc_warn(_vm: &mut Vm, _this: Value, _object: Value) -> Res<()> {
        Ok(())
    }
    #[native("__getstate__($self, /)")]
    fn getstate(vm: &mut Vm, this: Value) -> Res {
        Err(no_pickle(vm, this))
    }
    /// True if the file is closed
    #[getter("closed")]
    fn closed_getter(vm: &mut Vm, this: Value) -> Res<bool> {
        Ok(!file(vm, this)?.is_open())
    }
    /// True if the file descriptor will be closed by close().
    #[getter("closefd")]
    fn closefd(vm: &mut Vm, this: Value) -> Res<bool> {
        Ok(file(vm, this)?.closefd.get())
    }
    /// String giving the file mode
    #[getter("mode")]
    fn mode(vm: &mut Vm, this: Value) -> Res<&'static str> {
        Ok(mode_text(&*file(vm, this)?))
    }
    /// Stat st_blksize if available
    #[getter("_blksize")]
    fn blksize(vm: &mut Vm, this: Value) -> Res<usize> {
        Ok(file(vm, this)?.block_size.get())
    }
    #[getter("_finalizing")]
    fn finalizing(_vm: &mut Vm, this: Value) -> Res<bool> {
        Ok(this.payload::<FileIo>().is_some_and(|p| p.finalizing.get()))
    }
    #[setter("_finalizing")]
    fn set_finalizing(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let on = vm.truth(value.unwrap_or(Value::FALSE))?;
        if let Some(p) = this.payload::<FileIo>() {
            p.finalizing.set(on);
        }
        Ok(())
    }
}

/// TypeError of pickling a stream.
#[cold]
pub fn no_pickle(vm: &mut Vm, this: Value) -> Raised {
    let name = vm.class_of(this).name_str();
    vm.type_error(&format!("cannot pickle '{name}' instances"))
}

fn read_all(vm: &mut Vm, f: &RawFile) -> Res {
    let mut out = Vec::new();
    if f.read_all(vm, &mut out)? {
        vm.new_bytes(&out)
    } else {
        Ok(Value::NONE)
    }
}
