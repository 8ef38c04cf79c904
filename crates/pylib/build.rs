//! Packs the pure-Python standard library into one archive.
//!
//! Reads the .py files of the crate `rustpython-pylib`, takes the marks of that project out again (`patches/`), adds
//! our own files (`overlay/`), and writes two files to OUT_DIR: `pylib.bin` (names and contents) and `index.rs` (a
//! sorted table of where each file stands in it).

use std::collections::BTreeMap;
use std::fmt::Write as _;
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

type Files = BTreeMap<String, Vec<u8>>;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
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
    let (blob, index) = pack(&files);
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

/// Adds every wanted file below `root` under its path relative to it, with `/` between the parts.
fn add_tree(root: &Path, files: &mut Files, wanted: impl Fn(&str) -> bool) {
    println!("cargo:rerun-if-changed={}", root.display());
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        for entry in entries {
            let path = entry.expect("readable folder").path();
            if path.is_dir() {
                if path.file_name() != Some("__pycache__".as_ref()) {
                    folders.push(path);
                }
                continue;
            }
            let relative = path.strip_prefix(root).expect("below its root");
            let name = relative
                .to_str()
                .expect("a name in UTF-8")
                .replace('\\', "/");
            if wanted(&name) {
                let bytes = fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
                files.insert(name, bytes);
            }
        }
    }
}

/// Applies `patches/PATH.edit` to PATH. A patch is a sequence of blocks
/// `<<<<<<<`, old text, `=======`, new text, `>>>>>>>`; the old text must occur exactly once.
fn apply_patches(root: &Path, files: &mut Files) {
    let mut patches = Files::new();
    add_tree(root, &mut patches, |name| name.ends_with(".edit"));
    for (name, patch) in patches {
        let target = name.trim_end_matches(".edit");
        let bytes = files
            .get_mut(target)
            .unwrap_or_else(|| panic!("patches/{name}: the library has no {target}"));
        let mut text = String::from_utf8(std::mem::take(bytes)).expect("library file in UTF-8");
        for (old, new) in blocks(&name, &String::from_utf8(patch).expect("patch in UTF-8")) {
            let found = text.matches(&old).count();
            assert!(found == 1, "patches/{name}: {found} places match:\n{old}");
            text = text.replacen(&old, &new, 1);
        }
        *bytes = text.into_bytes();
    }
}

fn blocks(name: &str, patch: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut block: Option<(String, String)> = None;
    let mut in_new = false;
    for line in patch.split_inclusive('\n') {
        match (line.trim_end(), &mut block) {
            ("<<<<<<<", None) => {
                block = Some(Default::default());
                in_new = false;
            }
            ("=======", Some(_)) => in_new = true,
            (">>>>>>>", Some(_)) => found.extend(block.take()),
            (_, Some((_, new))) if in_new => new.push_str(line),
            (_, Some((old, _))) => old.push_str(line),
            _ => {} // a remark between blocks
        }
    }
    assert!(
        block.is_none() && !found.is_empty(),
        "patches/{name}: no complete block"
    );
    found
}

/// Precompiled bytecode for a module, once the build has a compiler to call; stored uncompressed and aligned.
fn compile(_path: &str, _source: &[u8]) -> Option<Vec<u8>> {
    None
}

/// Lays out names, sources and bytecode in one blob and writes the table that `src/lib.rs` includes.
fn pack(files: &Files) -> (Vec<u8>, String) {
    let mut blob = Vec::new();
    let mut rows = String::new();
    let names: Vec<u32> = files
        .keys()
        .map(|name| {
            let at = blob.len();
            blob.extend_from_slice(name.as_bytes());
            u32::try_from(at).expect("archive under 4 GiB")
        })
        .collect();
    for ((name, source), name_at) in files.iter().zip(names) {
        let packed = lz4_flex::block::compress(source);
        // A file that does not shrink is stored as it is, which its equal lengths say.
        let stored = if packed.len() < source.len() {
            &packed
        } else {
            source
        };
        let source_at = append(&mut blob, stored, 1);
        let code = compile(name, source).unwrap_or_default();
        let code_at = append(&mut blob, &code, 16);
        writeln!(
            rows,
            "    File {{ name_at: {name_at}, name_len: {}, source_at: {source_at}, stored_len: {}, source_len: {}, \
             code_at: {code_at}, code_len: {} }},",
            name.len(),
            stored.len(),
            source.len(),
            code.len(),
        )
        .expect("writing to a string");
    }
    let index = format!("static FILES: [File; {}] = [\n{rows}];\n", files.len());
    (blob, index)
}

/// Appends `bytes` at the next multiple of `align` and returns where they begin.
fn append(blob: &mut Vec<u8>, bytes: &[u8], align: usize) -> u32 {
    if !bytes.is_empty() {
        blob.resize(blob.len().next_multiple_of(align), 0);
    }
    let at = blob.len();
    blob.extend_from_slice(bytes);
    u32::try_from(at).expect("archive under 4 GiB")
}
