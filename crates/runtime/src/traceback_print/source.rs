//! Source lines of files, read when the first traceback needs them.

use std::collections::HashMap;

/// Lines of the files of one traceback.
#[derive(Default)]
pub(super) struct Sources {
    files: HashMap<String, Vec<String>>,
}

/// Largest file that is quoted.
const MAX_BYTES: u64 = 64 << 20;

impl Sources {
    /// Line `n` (1-based) without trailing white space; empty when there is none.
    pub fn line(&mut self, file: &str, n: u32) -> String {
        if !self.files.contains_key(file) {
            self.files.insert(file.to_string(), read(file));
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
    let Ok(text) = syntax::decode_source(&bytes, Some(file)) else {
        return Vec::new();
    };
    let text = syntax::normalize_newlines(&text).into_owned();
    text.split('\n').map(str::to_string).collect()
}
