//! The pure-Python standard library, inside the executable.
//!
//! The files are CPython 3.14's own (crate `rustpython-pylib`, PSF licence), packed by `build.rs`. A file is found by
//! its path relative to the library's root, with `/` between the parts: `os.py`, `json/__init__.py`. Nothing is
//! unpacked before it is asked for. See README.md for what is left out and how a file is patched.

use std::borrow::Cow;

/// Where bytes stand in the archive. All integers, so that the table needs no relocation at start-up.
#[derive(Clone, Copy)]
struct Place {
    at: u32,
    len: u32,
}

/// Where the parts of one file stand.
struct File {
    name: Place,
    code: Place,
    /// Packed code for `-O`, and its length; that of `code` and 0 when it is the same.
    optimized: Place,
    optimized_len: u32,
    stored: Place,
    source_len: u32,
}

/// The archive, aligned so that bytecode (at multiples of 16) can be used where it stands.
#[repr(C, align(16))]
struct Aligned<T: ?Sized>(T);

static ARCHIVE: &Aligned<[u8]> = &Aligned(*include_bytes!(concat!(env!("OUT_DIR"), "/pylib.bin")));

include!(concat!(env!("OUT_DIR"), "/index.rs"));

/// The bytes at a place of the archive (the table is written together with it, so places are always inside).
fn slice(place: Place) -> &'static [u8] {
    &ARCHIVE.0[place.at as usize..place.at as usize + place.len as usize]
}

/// One file of the library.
#[derive(Clone, Copy)]
pub struct Entry(&'static File);

impl Entry {
    /// Path relative to the library's root, such as `json/decoder.py`.
    pub fn path(&self) -> &'static str {
        std::str::from_utf8(slice(self.0.name)).unwrap_or_default()
    }

    /// Length of the source in bytes, without unpacking it.
    pub fn source_len(&self) -> usize {
        self.0.source_len as usize
    }

    /// The file's contents, unpacked at each call (measured: 0.8 GB/s).
    pub fn source(&self) -> Cow<'static, [u8]> {
        let stored = slice(self.0.stored);
        if self.0.stored.len == self.0.source_len {
            return Cow::Borrowed(stored);
        }
        match lz4_flex::block::decompress(stored, self.source_len()) {
            Ok(bytes) => Cow::Owned(bytes),
            // Written by the build script with the same library; a test unpacks every file.
            Err(error) => unreachable!("damaged archive at {}: {error}", self.path()),
        }
    }

    /// The module's bytecode for an optimisation level, 16-byte aligned. None for data files, for modules that do not
    /// compile, and for `-OO`, which drops docstrings. For `-O` it may be unpacked, into memory that is never freed.
    pub fn code(&self, optimize: u8) -> Option<&'static [u8]> {
        let place = match optimize {
            0 => self.0.code,
            1 => self.0.optimized,
            _ => return None,
        };
        match (optimize, self.0.optimized_len) {
            _ if place.len == 0 => None,
            (1, len) if len != 0 => self.unpack_code(slice(place), len as usize),
            _ => Some(slice(place)),
        }
    }

    fn unpack_code(&self, stored: &[u8], len: usize) -> Option<&'static [u8]> {
        let bytes = vec![0; len + 15].leak();
        let start = bytes.as_ptr().align_offset(16).min(15);
        let bytes = &mut bytes[start..start + len];
        lz4_flex::block::decompress_into(stored, bytes).ok()?;
        Some(bytes)
    }

    /// The dotted module name, or `None` for a data file: `json` for `json/__init__.py`.
    pub fn module_name(&self) -> Option<String> {
        let stem = self.path().strip_suffix(".py")?;
        let stem = stem.strip_suffix("/__init__").unwrap_or(stem);
        Some(stem.replace('/', "."))
    }

    /// Whether the file is a package's `__init__.py`.
    pub fn is_package_init(&self) -> bool {
        self.path().ends_with("/__init__.py")
    }
}

/// The file at `path`, such as `os.py` or `json/__init__.py`.
pub fn find(path: &str) -> Option<Entry> {
    let at = FILES.binary_search_by(|file| Entry::path_bytes(file).cmp(path.as_bytes()));
    at.ok().map(|i| Entry(&FILES[i]))
}

/// The file of a module by its dotted name: a package's `__init__.py`, or `NAME.py`.
pub fn find_module(name: &str) -> Option<Entry> {
    let stem = name.replace('.', "/");
    find(&format!("{stem}/__init__.py")).or_else(|| find(&format!("{stem}.py")))
}

/// Whether the dotted `name` is a package of the library.
pub fn is_package(name: &str) -> bool {
    find(&format!("{}/__init__.py", name.replace('.', "/"))).is_some()
}

/// Names of the files and folders directly inside folder `path` (`""` is the root), sorted, each once.
/// `None` if there is no such folder.
pub fn list_dir(path: &str) -> Option<Vec<&'static str>> {
    let path = path.trim_end_matches('/');
    let prefix = if path.is_empty() {
        String::new()
    } else {
        format!("{path}/")
    };
    let begin = FILES.partition_point(|file| Entry::path_bytes(file) < prefix.as_bytes());
    let mut names: Vec<&'static str> = FILES[begin..]
        .iter()
        .map_while(|file| Entry(file).path().strip_prefix(prefix.as_str()))
        .map(|rest| rest.split('/').next().unwrap_or(rest))
        .collect();
    names.sort_unstable();
    names.dedup();
    (!names.is_empty()).then_some(names)
}

/// Whether `path` is a folder of the library (`""` is its root).
pub fn is_dir(path: &str) -> bool {
    let path = path.trim_end_matches('/');
    let prefix = format!("{path}/");
    let begin = FILES.partition_point(|file| Entry::path_bytes(file) < prefix.as_bytes());
    path.is_empty()
        || FILES
            .get(begin)
            .is_some_and(|file| Entry(file).path().starts_with(&prefix))
}

/// All files, sorted by path.
pub fn entries() -> impl ExactSizeIterator<Item = Entry> {
    FILES.iter().map(Entry)
}

impl Entry {
    fn path_bytes(file: &File) -> &'static [u8] {
        slice(file.name)
    }
}
