//! Source lines of files, read when the first traceback needs them.

use crate::vm::Vm;
use std::collections::HashMap;

/// Lines of the files of one traceback.
pub(super) struct Sources {
    library: String,
    library_source: Option<crate::vm::LibrarySource>,
    files: HashMap<String, Vec<String>>,
}

/// Largest file that is quoted.
const MAX_BYTES: u64 = 64 << 20;

impl Sources {
    pub fn new(vm: &Vm) -> Sources {
        let i = vm.interp();
        let given = i.sources.iter();
        Sources {
            library: format!("{}/", i.config.stdlib_dir),
            library_source: i.library_source,
            files: given.map(|(k, v)| (k.clone(), split(v))).collect(),
        }
    }
    /// Line `n` (1-based) without trailing white space; empty when there is none.
    pub fn line(&mut self, file: &str, n: u32) -> String {
        if !self.files.contains_key(file) {
            let library = match (file.strip_prefix(&self.library), self.library_source) {
                (Some(path), Some(f)) => f(path),
                _ => None,
            };
            let lines = match library {
                Some(b) => decode(&b, file),
                None => read(file),
            };
            self.files.insert(file.to_string(), lines);
        }
        let lines = &self.files[file];
        (n as usize)
            .checked_sub(1)
            .and_then(|i| lines.get(i))
            .map(|l| l.trim_end().to_string())
            .unwrap_or_default()
    }
}

fn read(file: &str) -> Vec<String> {
    let fits = std::fs::metadata(file).is_ok_and(|m| m.is_file() && m.len() <= MAX_BYTES);
    let bytes = match fits.then(|| std::fs::read(file)) {
        Some(Ok(b)) => b,
        _ => return Vec::new(),
    };
    decode(&bytes, file)
}

fn decode(bytes: &[u8], file: &str) -> Vec<String> {
    match syntax::decode_source(bytes, Some(file)) {
        Ok(text) => split(&text),
        Err(_) => Vec::new(),
    }
}

fn split(text: &str) -> Vec<String> {
    let text = syntax::normalize_newlines(text);
    text.split('\n').map(str::to_string).collect()
}
