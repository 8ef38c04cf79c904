//! `_stat`: file modes.

use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_stat",
    doc: "Constants and functions for the file modes and attributes of os.stat().",
    functions: &[functions::TABLE],
    init,
};

/// Constants by name. `SF_*` and `UF_*` are flags of BSD that CPython has everywhere.
const CONSTANTS: &[(&str, u32)] = &[
    ("S_IFDIR", libc::S_IFDIR),
    ("S_IFCHR", libc::S_IFCHR),
    ("S_IFBLK", libc::S_IFBLK),
    ("S_IFREG", libc::S_IFREG),
    ("S_IFIFO", libc::S_IFIFO),
    ("S_IFLNK", libc::S_IFLNK),
    ("S_IFSOCK", libc::S_IFSOCK),
    ("S_IFDOOR", 0),
    ("S_IFPORT", 0),
    ("S_IFWHT", 0),
    ("S_ISUID", libc::S_ISUID),
    ("S_ISGID", libc::S_ISGID),
    ("S_ISVTX", libc::S_ISVTX),
    ("S_ENFMT", libc::S_ISGID),
    ("S_IREAD", libc::S_IRUSR),
    ("S_IWRITE", libc::S_IWUSR),
    ("S_IEXEC", libc::S_IXUSR),
    ("S_IRWXU", libc::S_IRWXU),
    ("S_IRUSR", libc::S_IRUSR),
    ("S_IWUSR", libc::S_IWUSR),
    ("S_IXUSR", libc::S_IXUSR),
    ("S_IRWXG", libc::S_IRWXG),
    ("S_IRGRP", libc::S_IRGRP),
    ("S_IWGRP", libc::S_IWGRP),
    ("S_IXGRP", libc::S_IXGRP),
    ("S_IRWXO", libc::S_IRWXO),
    ("S_IROTH", libc::S_IROTH),
    ("S_IWOTH", libc::S_IWOTH),
    ("S_IXOTH", libc::S_IXOTH),
    ("UF_SETTABLE", 0x0000_ffff),
    ("UF_NODUMP", 0x0000_0001),
    ("UF_IMMUTABLE", 0x0000_0002),
    ("UF_APPEND", 0x0000_0004),
    ("UF_OPAQUE", 0x0000_0008),
    ("UF_NOUNLINK", 0x0000_0010),
    ("UF_COMPRESSED", 0x0000_0020),
    ("UF_TRACKED", 0x0000_0040),
    ("UF_DATAVAULT", 0x0000_0080),
    ("UF_HIDDEN", 0x0000_8000),
    ("SF_SETTABLE", 0xffff_0000),
    ("SF_ARCHIVED", 0x0001_0000),
    ("SF_IMMUTABLE", 0x0002_0000),
    ("SF_APPEND", 0x0004_0000),
    ("SF_NOUNLINK", 0x0010_0000),
    ("SF_SNAPSHOT", 0x0020_0000),
    ("SF_FIRMLINK", 0x0080_0000),
    ("SF_DATALESS", 0x4000_0000),
    ("ST_MODE", 0),
    ("ST_INO", 1),
    ("ST_DEV", 2),
    ("ST_NLINK", 3),
    ("ST_UID", 4),
    ("ST_GID", 5),
    ("ST_SIZE", 6),
    ("ST_ATIME", 7),
    ("ST_MTIME", 8),
    ("ST_CTIME", 9),
];

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    for (name, n) in CONSTANTS {
        vm.module_set(m, name, Value::int_unchecked(i64::from(*n)))?;
    }
    Ok(())
}

/// The mode in an argument: any integer that fits the system's type.
fn mode(vm: &mut Vm, v: Value) -> Res<u32> {
    let n = vm.index_i64(v)?;
    match u32::try_from(n) {
        Ok(n) => Ok(n),
        Err(_) if n < 0 => Err(vm.overflow_error("can't convert negative value to unsigned int")),
        Err(_) => Err(vm.overflow_error("mode out of range")),
    }
}

fn is_type(vm: &mut Vm, v: Value, kind: u32) -> Res<bool> {
    Ok(mode(vm, v)? & libc::S_IFMT == kind)
}

/// The letter of the file type, as `ls -l` shows it.
fn type_letter(mode: u32) -> char {
    match mode & libc::S_IFMT {
        libc::S_IFREG => '-',
        libc::S_IFDIR => 'd',
        libc::S_IFLNK => 'l',
        libc::S_IFBLK => 'b',
        libc::S_IFCHR => 'c',
        libc::S_IFIFO => 'p',
        libc::S_IFSOCK => 's',
        _ => '?',
    }
}

/// The execute letter of one class of users: `special` is set-id or sticky.
fn execute_letter(execute: bool, special: bool, letter: char) -> char {
    match (execute, special) {
        (true, true) => letter,
        (false, true) => letter.to_ascii_uppercase(),
        (true, false) => 'x',
        (false, false) => '-',
    }
}

#[derive::natives]
mod functions {
    use super::*;

    /// Return True if mode is from a directory.
    #[native("S_ISDIR($module, mode, /)")]
    fn is_dir(vm: &mut Vm, _m: Value, mode: Value) -> Res<bool> {
        is_type(vm, mode, libc::S_IFDIR)
    }
    /// Return True if mode is from a character special device file.
    #[native("S_ISCHR($module, mode, /)")]
    fn is_chr(vm: &mut Vm, _m: Value, mode: Value) -> Res<bool> {
        is_type(vm, mode, libc::S_IFCHR)
    }
    /// Return True if mode is from a block special device file.
    #[native("S_ISBLK($module, mode, /)")]
    fn is_blk(vm: &mut Vm, _m: Value, mode: Value) -> Res<bool> {
        is_type(vm, mode, libc::S_IFBLK)
    }
    /// Return True if mode is from a regular file.
    #[native("S_ISREG($module, mode, /)")]
    fn is_reg(vm: &mut Vm, _m: Value, mode: Value) -> Res<bool> {
        is_type(vm, mode, libc::S_IFREG)
    }
    /// Return True if mode is from a FIFO (named pipe).
    #[native("S_ISFIFO($module, mode, /)")]
    fn is_fifo(vm: &mut Vm, _m: Value, mode: Value) -> Res<bool> {
        is_type(vm, mode, libc::S_IFIFO)
    }
    /// Return True if mode is from a symbolic link.
    #[native("S_ISLNK($module, mode, /)")]
    fn is_lnk(vm: &mut Vm, _m: Value, mode: Value) -> Res<bool> {
        is_type(vm, mode, libc::S_IFLNK)
    }
    /// Return True if mode is from a socket.
    #[native("S_ISSOCK($module, mode, /)")]
    fn is_sock(vm: &mut Vm, _m: Value, mode: Value) -> Res<bool> {
        is_type(vm, mode, libc::S_IFSOCK)
    }
    /// Return True if mode is from a door.
    #[native("S_ISDOOR($module, mode, /)")]
    fn is_door(vm: &mut Vm, _m: Value, v: Value) -> Res<bool> {
        mode(vm, v).map(|_| false)
    }
    /// Return True if mode is from an event port.
    #[native("S_ISPORT($module, mode, /)")]
    fn is_port(vm: &mut Vm, _m: Value, v: Value) -> Res<bool> {
        mode(vm, v).map(|_| false)
    }
    /// Return True if mode is from a whiteout.
    #[native("S_ISWHT($module, mode, /)")]
    fn is_wht(vm: &mut Vm, _m: Value, v: Value) -> Res<bool> {
        mode(vm, v).map(|_| false)
    }
    /// Return the portion of the file's mode that can be set by os.chmod().
    #[native("S_IMODE($module, mode, /)")]
    fn permissions(vm: &mut Vm, _m: Value, v: Value) -> Res<i64> {
        Ok(i64::from(mode(vm, v)? & 0o7777))
    }
    /// Return the portion of the file's mode that describes the file type.
    #[native("S_IFMT($module, mode, /)")]
    fn format(vm: &mut Vm, _m: Value, v: Value) -> Res<i64> {
        Ok(i64::from(mode(vm, v)? & libc::S_IFMT))
    }
    /// Convert a file's mode to a string of the form '-rwxrwxrwx'.
    #[native("filemode($module, mode, /)")]
    fn filemode(vm: &mut Vm, _m: Value, v: Value) -> Res<String> {
        let mode = mode(vm, v)?;
        let mut text = String::from(type_letter(mode));
        for (shift, special, letter) in [
            (6, libc::S_ISUID, 's'),
            (3, libc::S_ISGID, 's'),
            (0, libc::S_ISVTX, 't'),
        ] {
            let bits = mode >> shift;
            text.push(if bits & 4 != 0 { 'r' } else { '-' });
            text.push(if bits & 2 != 0 { 'w' } else { '-' });
            text.push(execute_letter(bits & 1 != 0, mode & special != 0, letter));
        }
        Ok(text)
    }
}
