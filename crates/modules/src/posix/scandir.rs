//! `scandir` and `DirEntry`.

use super::args::*;
use super::dirs::read_dir;
use super::stat::{stat_at, stat_result};
use runtime::class::{TypeFlags, TypeSpec};
use runtime::payload::{Payload, mark};
use runtime::{Raised, Res, Value, Vm};
use std::cell::{Cell, RefCell};
use std::ffi::CString;

/// A directory that is being listed. The names are read at once.
struct Scan {
    entries: RefCell<std::vec::IntoIter<(Vec<u8>, u64, u8)>>,
    /// Path and its form for the entries' paths.
    path: Vec<u8>,
    is_bytes: bool,
    /// The descriptor that was scanned.
    fd: Option<i32>,
}

impl Payload for Scan {
    fn trace(&self, _: &mut gc::Tracer) {}
}

struct Entry {
    name: Value,
    path: Value,
    full: CString,
    fd: Option<i32>,
    inode: u64,
    /// DT_* of readdir.
    kind: u8,
    stat: Cell<Option<Value>>,
    lstat: Cell<Option<Value>>,
}

impl Payload for Entry {
    fn trace(&self, t: &mut gc::Tracer) {
        mark(t, self.name);
        mark(t, self.path);
        for s in [&self.stat, &self.lstat] {
            if let Some(v) = s.get() {
                mark(t, v);
            }
        }
    }
}

static ITERATOR: TypeSpec = TypeSpec {
    name: "ScandirIterator",
    module: "posix",
    tables: &[iterator::TABLE],
    flags: TypeFlags::NO_INSTANCES,
    size: size_of::<runtime::object::PayloadObj>(),
    iternext: Some(next_entry),
    ..TypeSpec::DEFAULT
};

pub static ENTRY: TypeSpec = TypeSpec {
    name: "DirEntry",
    module: "posix",
    tables: &[entry::TABLE],
    flags: TypeFlags::NO_INSTANCES,
    size: size_of::<runtime::object::PayloadObj>(),
    ..TypeSpec::DEFAULT
};

fn next_entry(vm: &mut Vm, this: Value) -> Res<Option<Value>> {
    let Some(s) = this.payload::<Scan>() else {
        return Err(vm.type_error("a ScandirIterator is required"));
    };
    let Some((name, inode, kind)) = s.entries.borrow_mut().next() else {
        return Ok(None);
    };
    let mut full = s.path.clone();
    if s.fd.is_some() {
        full.clear();
    } else if !full.is_empty() && full.last() != Some(&b'/') {
        full.push(b'/');
    }
    full.extend_from_slice(&name);
    let path = as_path(vm, &full, s.is_bytes)?;
    let name = as_path(vm, &name, s.is_bytes)?;
    let class = vm.native_type(&ENTRY)?;
    let e = Entry {
        name,
        path,
        full: CString::new(full).unwrap_or_default(),
        fd: s.fd,
        inode,
        kind,
        stat: Cell::new(None),
        lstat: Cell::new(None),
    };
    // The entry is in a box the collector cannot see until the cell holds it.
    let keep = (name, path);
    let v = vm.new_payload(class, e)?;
    std::hint::black_box(keep);
    Ok(Some(v))
}

fn entry_of<'a>(vm: &mut Vm, this: Value) -> Res<&'a Entry> {
    match this.payload::<Entry>() {
        Some(e) => Ok(e),
        None => Err(vm.type_error("a DirEntry is required")),
    }
}

/// The stat result, kept after the first call.
fn stat_of(vm: &mut Vm, e: &Entry, follow: bool) -> Res {
    // Without a symbolic link both are the same.
    let same = e.kind != libc::DT_LNK && e.kind != libc::DT_UNKNOWN;
    let slot = if follow && !same { &e.stat } else { &e.lstat };
    if let Some(v) = slot.get() {
        return Ok(v);
    }
    let p = PathArg {
        fd: None,
        path: e.full.clone(),
        object: e.path,
        is_bytes: false,
    };
    let st = stat_at(vm, &p, e.fd.unwrap_or(libc::AT_FDCWD), follow)?;
    let v = stat_result(vm, &st)?;
    slot.set(Some(v));
    Ok(v)
}

/// Whether the entry has this file type.
fn is_type(vm: &mut Vm, e: &Entry, follow: bool, dt: u8, mode: u32) -> Res<bool> {
    let known = e.kind != libc::DT_UNKNOWN && !(follow && e.kind == libc::DT_LNK);
    if known {
        return Ok(e.kind == dt);
    }
    let st = match stat_of(vm, e, follow) {
        Ok(v) => v,
        Err(r) => return missing(vm, r),
    };
    let m = vm.get_item(st, Value::int_unchecked(0))?;
    Ok(vm.index_i64(m)? as u32 & libc::S_IFMT == mode)
}

/// A file that is gone is of no type.
fn missing(vm: &mut Vm, r: Raised) -> Res<bool> {
    if vm.catch(vm.types.exc.FileNotFoundError) {
        Ok(false)
    } else {
        Err(r)
    }
}

#[derive::natives]
mod iterator {
    use super::*;

    /// Implement iter(self).
    #[native("__iter__($self, /)")]
    fn iter(_vm: &mut Vm, this: Value) -> Res {
        Ok(this)
    }
    /// Implement next(self).
    #[native("__next__($self, /)")]
    fn next(vm: &mut Vm, this: Value) -> Res {
        match next_entry(vm, this)? {
            Some(v) => Ok(v),
            None => Err(vm.stop_iteration(Value::NONE)),
        }
    }
    #[native("__enter__($self, /)", nosig)]
    fn enter(_vm: &mut Vm, this: Value) -> Res {
        Ok(this)
    }
    #[native("__exit__($self, /, *args)", nosig)]
    fn exit(vm: &mut Vm, this: Value, _args: Value) -> Res<()> {
        close(vm, this)
    }
    #[native("close($self, /)", nosig)]
    fn close(_vm: &mut Vm, this: Value) -> Res<()> {
        if let Some(s) = this.payload::<Scan>() {
            *s.entries.borrow_mut() = Vec::new().into_iter();
        }
        Ok(())
    }
}

#[derive::natives]
mod entry {
    use super::*;

    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let e = entry_of(vm, this)?;
        Ok(format!("<DirEntry {}>", vm.display_repr(e.name)?))
    }
    /// See PEP 585
    #[classmethod("__class_getitem__($type, object, /)", nosig)]
    fn class_getitem(vm: &mut Vm, class: Value, item: Value) -> Res {
        vm.new_generic_alias(class, item)
    }
    /// Returns the path for the entry.
    #[native("__fspath__($self, /)")]
    fn fspath(vm: &mut Vm, this: Value) -> Res {
        Ok(entry_of(vm, this)?.path)
    }
    /// Return True if the entry is a directory; cached per entry.
    #[native("is_dir($self, /, *, follow_symlinks=True)")]
    fn is_dir(vm: &mut Vm, this: Value, follow: Option<bool>) -> Res<bool> {
        let e = entry_of(vm, this)?;
        is_type(vm, e, follow.unwrap_or(true), libc::DT_DIR, libc::S_IFDIR)
    }
    /// Return True if the entry is a file; cached per entry.
    #[native("is_file($self, /, *, follow_symlinks=True)")]
    fn is_file(vm: &mut Vm, this: Value, follow: Option<bool>) -> Res<bool> {
        let e = entry_of(vm, this)?;
        is_type(vm, e, follow.unwrap_or(true), libc::DT_REG, libc::S_IFREG)
    }
    /// Return True if the entry is a symbolic link; cached per entry.
    #[native("is_symlink($self, /)")]
    fn is_symlink(vm: &mut Vm, this: Value) -> Res<bool> {
        let e = entry_of(vm, this)?;
        is_type(vm, e, false, libc::DT_LNK, libc::S_IFLNK)
    }
    /// Return True if the entry is a junction; cached per entry.
    #[native("is_junction($self, /)")]
    fn is_junction(_vm: &mut Vm, _this: Value) -> Res<bool> {
        Ok(false)
    }
    /// Return stat_result object for the entry; cached per entry.
    #[native("stat($self, /, *, follow_symlinks=True)")]
    fn stat(vm: &mut Vm, this: Value, follow: Option<bool>) -> Res {
        let e = entry_of(vm, this)?;
        stat_of(vm, e, follow.unwrap_or(true))
    }
    /// Return inode of the entry; cached per entry.
    #[native("inode($self, /)")]
    fn inode(vm: &mut Vm, this: Value) -> Res {
        let n = entry_of(vm, this)?.inode;
        vm.new_int_u64(n)
    }
    /// the entry's base filename, relative to scandir() "path" argument
    #[getter("name")]
    fn name(vm: &mut Vm, this: Value) -> Res {
        Ok(entry_of(vm, this)?.name)
    }
    /// the entry's full path name; equivalent to os.path.join(scandir_path, entry.name)
    #[getter("path")]
    fn path(vm: &mut Vm, this: Value) -> Res {
        Ok(entry_of(vm, this)?.path)
    }
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// Return an iterator of DirEntry objects for given path.
    ///
    /// path can be specified as either str, bytes, or a path-like object.  If path
    /// is bytes, the names of yielded DirEntry objects will also be bytes; in
    /// all other circumstances they will be str.
    ///
    /// If path is None, uses the path='.'.
    #[native("scandir($module, /, path=None)")]
    fn scandir(vm: &mut Vm, _m: Value, path: Option<Value>) -> Res {
        let accept = Accept {
            fd: true,
            none: true,
        };
        let p = path_with(vm, path.unwrap_or(Value::NONE), "scandir", "path", accept)?;
        let entries = read_dir(vm, &p)?;
        let class = vm.native_type(&ITERATOR)?;
        vm.new_payload(
            class,
            Scan {
                entries: RefCell::new(entries.into_iter()),
                path: p.path.as_bytes().to_vec(),
                is_bytes: p.is_bytes,
                fd: p.fd,
            },
        )
    }
}
