//! Path arithmetic that the library's posixpath takes from here.

use runtime::object::*;
use runtime::{Res, Value, Vm};

const SLASH: u32 = '/' as u32;
const DOT: u32 = '.' as u32;

/// The code points or bytes of a path argument.
fn points(vm: &mut Vm, v: Value) -> Res<(Vec<u32>, bool)> {
    let p = vm.fspath(v)?;
    if let Some(s) = p.downcast::<StrObj>() {
        return Ok((s.units().iter().collect(), false));
    }
    let b = p.downcast::<BytesObj>();
    let bytes = b.as_ref().map_or(&[][..], |b| b.as_slice());
    Ok((bytes.iter().map(|c| u32::from(*c)).collect(), true))
}

fn back(vm: &mut Vm, p: &[u32], is_bytes: bool) -> Res {
    if is_bytes {
        let b: Vec<u8> = p.iter().map(|c| *c as u8).collect();
        vm.new_bytes(&b)
    } else {
        vm.new_str_points(p)
    }
}

/// How many of the first characters are the root: none, `/` or exactly `//`.
fn root_len(p: &[u32]) -> usize {
    match p.iter().take_while(|c| **c == SLASH).count() {
        0 => 0,
        2 => 2,
        _ => 1,
    }
}

/// The path without empty, `.` and resolvable `..` parts.
fn normalized(p: &[u32]) -> Vec<u32> {
    let root = root_len(p);
    let mut parts: Vec<&[u32]> = Vec::new();
    for part in p.split(|c| *c == SLASH) {
        match part {
            [] | [DOT] => {}
            [DOT, DOT] => match parts.last() {
                Some(last) if *last != [DOT, DOT] => {
                    parts.pop();
                }
                None if root > 0 => {}
                _ => parts.push(part),
            },
            _ => parts.push(part),
        }
    }
    let mut out = vec![SLASH; root];
    out.extend(parts.join(&SLASH));
    if out.is_empty() {
        out.push(DOT);
    }
    out
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// Normalize path, eliminating double slashes, etc.
    #[native("_path_normpath($module, /, path)")]
    fn path_normpath(vm: &mut Vm, _m: Value, path: Value) -> Res {
        let (p, is_bytes) = points(vm, path)?;
        back(vm, &normalized(&p), is_bytes)
    }
    /// Split a pathname into drive, root and tail.
    ///
    /// The tail contains anything after the root.
    #[native("_path_splitroot_ex($module, /, p)")]
    fn path_splitroot_ex(vm: &mut Vm, _m: Value, p: Value) -> Res {
        let (p, is_bytes) = points(vm, p)?;
        let (root, tail) = p.split_at(root_len(&p));
        let empty = back(vm, &[], is_bytes)?;
        let root = back(vm, root, is_bytes)?;
        let tail = back(vm, tail, is_bytes)?;
        vm.new_tuple(&[empty, root, tail])
    }
}
