//! Where the executable, and the environment it belongs to, are.

use runtime::strs::os_text;
use runtime::vm::Config;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// Sets the paths that `sys` shows.
///
/// `sys.executable` is the path under which the program was started, not what it links to: the `python` of a virtual
/// environment is a link, beside or below whose folder `pyvenv.cfg` tells that `sys.prefix` is the environment.
pub fn set(c: &mut Config) {
    let real = std::env::current_exe().unwrap_or_default();
    let started = started_as().unwrap_or_else(|| real.clone());
    let text = |p: &Path| os_text(p.as_os_str().as_bytes());
    c.stdlib_dir = format!("{}/lib/python3.14", text(&real));
    c.executable = text(&started);
    c.base_executable = text(&real);
    c.base_prefix = real
        .parent()
        .and_then(Path::parent)
        .map_or(String::new(), text);
    c.prefix = match environment(&started) {
        Some(folder) => text(folder),
        None => {
            c.base_executable.clone_from(&c.executable);
            c.base_prefix.clone()
        }
    };
}

/// The virtual environment that an executable belongs to.
fn environment(executable: &Path) -> Option<&Path> {
    let folder = executable.parent()?;
    if folder.join("pyvenv.cfg").is_file() {
        return Some(folder);
    }
    let above = folder.parent()?;
    above.join("pyvenv.cfg").is_file().then_some(above)
}

/// The absolute path that the program was started by, where that can be told.
fn started_as() -> Option<PathBuf> {
    let name = std::env::args_os().next()?;
    if name.is_empty() {
        return None;
    }
    if name.as_bytes().contains(&b'/') {
        let path = Path::new(&name);
        let path = path.strip_prefix(".").unwrap_or(path);
        return std::path::absolute(path).ok().filter(|p| p.is_file());
    }
    found_on_path(&name)
}

fn found_on_path(name: &OsStr) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|p| p.is_file())
        .and_then(|p| std::path::absolute(p).ok())
}
