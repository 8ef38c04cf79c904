//! Prints how long it takes to find and unpack the modules that a start imports, and the whole library.

use std::time::Instant;

const BOOT: &[&str] = &[
    "abc",
    "codecs",
    "encodings",
    "encodings.aliases",
    "encodings.utf_8",
    "genericpath",
    "importlib._bootstrap",
    "importlib._bootstrap_external",
    "io",
    "os",
    "posixpath",
    "site",
    "stat",
    "_collections_abc",
    "_sitebuiltins",
];

fn main() {
    let begin = Instant::now();
    let bytes: usize = BOOT
        .iter()
        .filter_map(|name| pylib::find_module(name))
        .map(|entry| entry.source().len())
        .sum();
    println!(
        "{} boot modules, {bytes} bytes: {:?}",
        BOOT.len(),
        begin.elapsed()
    );
    let begin = Instant::now();
    let bytes: usize = pylib::entries().map(|entry| entry.source().len()).sum();
    println!(
        "{} files, {bytes} bytes: {:?}",
        pylib::entries().len(),
        begin.elapsed()
    );
}
