//! `mmap`: files and memory as mutable bytes.

mod map;
mod methods;
mod sequence;

use crate::payloads::payload_type;
use runtime::class::{TypeFlags, TypeSpec};
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "mmap",
    doc: "",
    functions: &[],
    init,
};

static TYPE: TypeSpec = payload_type! {
    name: "mmap",
    module: "mmap",
    doc: "Windows: mmap(fileno, length[, tagname[, access[, offset]]])\n\nMaps length bytes from the file specified by the file handle fileno,\nand returns a mmap object.  If length is larger than the current size\nof the file, the file is extended to contain length bytes.  If length\nis 0, the maximum length of the map is the current size of the file,\nexcept that if the file is empty Windows raises an exception (you cannot\ncreate an empty mapping on Windows).\n\nUnix: mmap(fileno, length[, flags[, prot[, access[, offset[, trackfd]]]]])\n\nMaps length bytes from the file specified by the file descriptor fileno,\nand returns a mmap object.  If length is 0, the maximum length of the map\nwill be the current size of the file when mmap is called.\nflags specifies the nature of the mapping. MAP_PRIVATE creates a\nprivate copy-on-write mapping, so changes to the contents of the mmap\nobject will be private to this process, and MAP_SHARED creates a mapping\nthat's shared with all other processes mapping the same areas of the file.\nThe default value is MAP_SHARED.\n\nTo map anonymous memory, pass -1 as the fileno (both versions).",
    flags: TypeFlags::BASE.union(TypeFlags::HAS_WEAKREF).union(TypeFlags::DISALLOW_PICKLE),
    tables: &[map::TABLE, methods::TABLE, sequence::TABLE],
    sequence_item: Some(sequence::byte),
};

macro_rules! constants {
    ($($name:ident)*) => { &[$((stringify!($name), libc::$name as i64)),*] };
}

static CONSTANTS: &[(&str, i64)] = constants! {
    MADV_DODUMP MADV_DOFORK MADV_DONTDUMP MADV_DONTFORK MADV_DONTNEED MADV_FREE MADV_HUGEPAGE
    MADV_HWPOISON MADV_MERGEABLE MADV_NOHUGEPAGE MADV_NORMAL MADV_RANDOM MADV_REMOVE
    MADV_SEQUENTIAL MADV_UNMERGEABLE MADV_WILLNEED MAP_32BIT MAP_ANON MAP_ANONYMOUS MAP_DENYWRITE
    MAP_EXECUTABLE MAP_NORESERVE MAP_POPULATE MAP_PRIVATE MAP_SHARED MAP_STACK PROT_EXEC PROT_READ
    PROT_WRITE
};

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    for (name, n) in CONSTANTS {
        vm.module_set(m, name, Value::int_unchecked(*n))?;
    }
    for (i, name) in map::ACCESS_NAMES.iter().enumerate() {
        vm.module_set(m, name, Value::int_unchecked(i as i64))?;
    }
    let page = map::page_size() as i64;
    vm.module_set(m, "PAGESIZE", Value::int_unchecked(page))?;
    vm.module_set(m, "ALLOCATIONGRANULARITY", Value::int_unchecked(page))?;
    vm.module_set(m, "error", vm.types.exc.OSError.value())?;
    vm.module_add_type(m, &TYPE)?;
    Ok(())
}
