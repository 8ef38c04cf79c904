//! `pwd` and `grp`: the user and group databases.

use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::structseq::StructSeq;
use runtime::{Res, Value, Vm};
use std::ffi::{CStr, CString};

pub static PWD: ModuleSpec = ModuleSpec {
    name: "pwd",
    doc: "This module provides access to the Unix password database.\nIt is available on all Unix versions.\n\nPassword database entries are reported as 7-tuples containing the following\nitems from the password database (see `<pwd.h>'), in order:\npw_name, pw_passwd, pw_uid, pw_gid, pw_gecos, pw_dir, pw_shell.\nThe uid and gid items are integers, all others are strings. An\nexception is raised if the entry asked for cannot be found.",
    functions: &[pwd::TABLE],
    init: |vm, m| add(vm, m, &PASSWD),
};

pub static GRP: ModuleSpec = ModuleSpec {
    name: "grp",
    doc: "Access to the Unix group database.\n\nGroup entries are reported as 4-tuples containing the following fields\nfrom the group database, in order:\n\n  name   - name of the group\n  passwd - group password (encrypted); often empty\n  gid    - numeric ID of the group\n  mem    - list of members\n\nThe gid is an integer, name and password are strings.  (Note that most\nusers are not explicitly listed as members of the groups they are in\naccording to the password database.  Check both databases to get\ncomplete membership information.)",
    functions: &[grp::TABLE],
    init: |vm, m| add(vm, m, &GROUP),
};

static PASSWD: StructSeq = StructSeq {
    spec: StructSeq::spec(
        "pwd",
        "struct_passwd",
        "pwd.struct_passwd: Results from getpw*() routines.\n\nThis object may be accessed either as a tuple of\n  (pw_name,pw_passwd,pw_uid,pw_gid,pw_gecos,pw_dir,pw_shell)\nor via the object attributes as named in the above tuple.",
        true,
    ),
    fields: &[
        ("pw_name", "user name"),
        ("pw_passwd", "password"),
        ("pw_uid", "user id"),
        ("pw_gid", "group id"),
        ("pw_gecos", "real name"),
        ("pw_dir", "home directory"),
        ("pw_shell", "shell program"),
    ],
    visible: 7,
};

static GROUP: StructSeq = StructSeq {
    spec: StructSeq::spec(
        "grp",
        "struct_group",
        "grp.struct_group: Results from getgr*() routines.\n\nThis object may be accessed either as a tuple of\n  (gr_name,gr_passwd,gr_gid,gr_mem)\nor via the object attributes as named in the above tuple.\n",
        true,
    ),
    fields: &[
        ("gr_name", "group name"),
        ("gr_passwd", "password"),
        ("gr_gid", "group id"),
        ("gr_mem", "group members"),
    ],
    visible: 4,
};

fn add(vm: &mut Vm, m: Ref<ModuleObj>, s: &'static StructSeq) -> Res<()> {
    let class = vm.struct_seq_type(s)?;
    vm.module_set(m, s.spec.name, class.value())
}

/// A string field, which may be null.
///
/// # Safety
/// `p` is null or a terminated string.
unsafe fn text(vm: &mut Vm, p: *const libc::c_char) -> Res {
    if p.is_null() {
        return Ok(Value::NONE);
    }
    // SAFETY: promised by the caller.
    let b = unsafe { CStr::from_ptr(p) }.to_bytes();
    vm.fs_decode(b)
}

/// # Safety
/// `p` is an entry of the database, valid until its next call.
unsafe fn passwd(vm: &mut Vm, p: *const libc::passwd) -> Res {
    // SAFETY: promised by the caller.
    unsafe {
        let p = &*p;
        let fields = [
            text(vm, p.pw_name)?,
            text(vm, p.pw_passwd)?,
            Value::int_unchecked(i64::from(p.pw_uid)),
            Value::int_unchecked(i64::from(p.pw_gid)),
            text(vm, p.pw_gecos)?,
            text(vm, p.pw_dir)?,
            text(vm, p.pw_shell)?,
        ];
        vm.new_struct_seq(&PASSWD, &fields)
    }
}

/// # Safety
/// As for `passwd`.
unsafe fn group(vm: &mut Vm, g: *const libc::group) -> Res {
    // SAFETY: promised by the caller; the members end with a null pointer.
    unsafe {
        let g = &*g;
        let mut members = vm.new_vec();
        let mut m = g.gr_mem;
        while !m.is_null() && !(*m).is_null() {
            let name = text(vm, *m)?;
            members.push(vm, name)?;
            m = m.add(1);
        }
        let fields = [
            text(vm, g.gr_name)?,
            text(vm, g.gr_passwd)?,
            Value::int_unchecked(i64::from(g.gr_gid)),
            vm.list_from_vec(members)?,
        ];
        vm.new_struct_seq(&GROUP, &fields)
    }
}

/// A name argument.
fn name_arg(vm: &mut Vm, v: Value, function: &str) -> Res<CString> {
    if !v.is_kind(Kind::Str) {
        let got = vm.argument_kind(v);
        return Err(vm.type_error(&format!("{function}() argument must be str, not {got}")));
    }
    let b = vm.fs_encode(v)?;
    match CString::new(b) {
        Ok(c) => Ok(c),
        Err(_) => Err(vm.value_error("embedded null byte")),
    }
}

/// An id as the C type, none when out of range.
fn id_arg(vm: &mut Vm, v: Value) -> Res<Option<u32>> {
    let i = vm.index(v)?;
    Ok(match vm.int_to_i64(i) {
        Some(-1) => Some(u32::MAX),
        Some(n) => u32::try_from(n).ok(),
        None => None,
    })
}

fn not_found(vm: &mut Vm, text: &str) -> Res {
    let message = vm.new_str(text)?;
    Err(vm.key_error(message))
}

#[derive::natives]
mod pwd {
    use super::*;

    /// Return the password database entry for the given numeric user ID.
    ///
    /// See `help(pwd)` for more on password database entries.
    #[native("getpwuid($module, uidobj, /)")]
    fn getpwuid(vm: &mut Vm, _m: Value, uidobj: Value) -> Res {
        let id = id_arg(vm, uidobj)?;
        // SAFETY: the entry is read before the next call; the interpreter lock is held.
        unsafe {
            let p = id.map_or(std::ptr::null_mut(), |id| libc::getpwuid(id));
            if !p.is_null() {
                return passwd(vm, p);
            }
        }
        let shown = vm.display_repr(uidobj)?;
        not_found(vm, &format!("getpwuid(): uid not found: {shown}"))
    }
    /// Return the password database entry for the given user name.
    ///
    /// See `help(pwd)` for more on password database entries.
    #[native("getpwnam($module, name, /)")]
    fn getpwnam(vm: &mut Vm, _m: Value, name: Value) -> Res {
        let c = name_arg(vm, name, "getpwnam")?;
        // SAFETY: as above; the name is terminated.
        unsafe {
            let p = libc::getpwnam(c.as_ptr());
            if !p.is_null() {
                return passwd(vm, p);
            }
        }
        let shown = vm.display_repr(name)?;
        not_found(vm, &format!("getpwnam(): name not found: {shown}"))
    }
    /// Return a list of all available password database entries, in arbitrary order.
    ///
    /// See help(pwd) for more on password database entries.
    #[native("getpwall($module, /)")]
    fn getpwall(vm: &mut Vm, _m: Value) -> Res {
        let mut all = vm.new_vec();
        // SAFETY: as above.
        unsafe {
            libc::setpwent();
            loop {
                let p = libc::getpwent();
                if p.is_null() {
                    break;
                }
                let v = passwd(vm, p)?;
                all.push(vm, v)?;
            }
            libc::endpwent();
        }
        vm.list_from_vec(all)
    }
}

#[derive::natives]
mod grp {
    use super::*;

    /// Return the group database entry for the given numeric group ID.
    ///
    /// If id is not valid, raise KeyError.
    #[native("getgrgid($module, /, id)")]
    fn getgrgid(vm: &mut Vm, _m: Value, id: Value) -> Res {
        let n = id_arg(vm, id)?;
        // SAFETY: the entry is read before the next call; the interpreter lock is held.
        unsafe {
            let g = n.map_or(std::ptr::null_mut(), |n| libc::getgrgid(n));
            if !g.is_null() {
                return group(vm, g);
            }
        }
        let shown = vm.display_repr(id)?;
        not_found(vm, &format!("getgrgid(): gid not found: {shown}"))
    }
    /// Return the group database entry for the given group name.
    ///
    /// If name is not valid, raise KeyError.
    #[native("getgrnam($module, /, name)")]
    fn getgrnam(vm: &mut Vm, _m: Value, name: Value) -> Res {
        let c = name_arg(vm, name, "getgrnam")?;
        // SAFETY: as above; the name is terminated.
        unsafe {
            let g = libc::getgrnam(c.as_ptr());
            if !g.is_null() {
                return group(vm, g);
            }
        }
        let shown = vm.display_repr(name)?;
        not_found(vm, &format!("getgrnam(): name not found: {shown}"))
    }
    /// Return a list of all available group entries, in arbitrary order.
    ///
    /// An entry whose name starts with '+' or '-' represents an instruction
    /// to use YP/NIS and may not be accessible via getgrnam or getgrgid.
    #[native("getgrall($module, /)")]
    fn getgrall(vm: &mut Vm, _m: Value) -> Res {
        let mut all = vm.new_vec();
        // SAFETY: as above.
        unsafe {
            libc::setgrent();
            loop {
                let g = libc::getgrent();
                if g.is_null() {
                    break;
                }
                let v = group(vm, g)?;
                all.push(vm, v)?;
            }
            libc::endgrent();
        }
        vm.list_from_vec(all)
    }
}
