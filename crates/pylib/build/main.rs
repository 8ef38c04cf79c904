//! Packs the pure-Python standard library into one archive.
//!
//! Reads the .py files of the crate `rustpython-pylib`, takes the marks of that project out again (`patches/`), adds
//! our own files (`overlay/`), compiles every module to bytecode, and writes two files to OUT_DIR: `pylib.bin` (names,
//! bytecode and sources) and `index.rs` (a sorted table of where each file stands in it).

mod code;
mod files;
mod pack;

use files::{Files, add_tree, apply_patches};
use std::fs;
use std::path::{Path, PathBuf};

/// Folders and files that are left out: they need Tk, are test material, or exist only for RustPython.
const LEFT_OUT: &[&str] = &[
    "idlelib/",
    "test/",
    "tkinter/",
    "turtle.py",
    "turtledemo/",
    "_dummy_os.py",
    "_dummy_thread.py",
    "dummy_threading.py",
    "_pycodecs.py",
];

/// Files that are not .py but are read by the library at run time.
const DATA: &[&str] = &["pydoc_data/_pydoc.css", "venv/scripts/"];

fn main() {
    println!("cargo:rerun-if-changed=build");
    let mut files = Files::new();
    add_tree(Path::new(rustpython_pylib::LIB_PATH), &mut files, is_wanted);
    apply_patches(Path::new("patches"), &mut files);
    add_tree(Path::new("overlay"), &mut files, |_| true);
    assert!(
        files.contains_key("os.py"),
        "the library was not found at {}",
        rustpython_pylib::LIB_PATH
    );
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let codes = code::compile_all(&files);
    let (blob, index) = pack::pack(&files, &codes);
    fs::write(out.join("pylib.bin"), blob).expect("OUT_DIR is writable");
    fs::write(out.join("index.rs"), index).expect("OUT_DIR is writable");
}

fn is_wanted(path: &str) -> bool {
    let within = |list: &[&str]| {
        list.iter()
            .any(|p| path == *p || (p.ends_with('/') && path.starts_with(p)))
    };
    !within(LEFT_OUT) && (path.ends_with(".py") || within(DATA))
}
