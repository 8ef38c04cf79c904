//! Collecting the library's files and applying our patches to them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Contents by path relative to the library's root, with `/` between the parts.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Adds every wanted file below `root` under its path relative to it, with `/` between the parts.
pub fn add_tree(root: &Path, files: &mut Files, wanted: impl Fn(&str) -> bool) {
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
pub fn apply_patches(root: &Path, files: &mut Files) {
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
