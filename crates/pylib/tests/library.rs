//! The packed library as its users see it.

use std::collections::HashSet;

#[test]
fn every_file_unpacks_to_its_length_and_is_found_by_its_path() {
    let mut seen = HashSet::new();
    for entry in pylib::entries() {
        assert_eq!(entry.source().len(), entry.source_len(), "{}", entry.path());
        assert_eq!(
            pylib::find(entry.path()).map(|e| e.path()),
            Some(entry.path())
        );
        assert!(seen.insert(entry.path()), "{} twice", entry.path());
    }
    assert!(seen.len() > 550, "only {} files", seen.len());
}

#[test]
fn paths_are_sorted() {
    let paths: Vec<_> = pylib::entries().map(|e| e.path()).collect();
    assert!(paths.is_sorted());
}

#[test]
fn modules_and_packages() {
    assert!(pylib::is_package("json"));
    assert!(pylib::is_package("importlib.resources"));
    assert!(!pylib::is_package("os"));
    assert!(!pylib::is_package("json.decoder"));
    let decoder = pylib::find_module("json.decoder").expect("json.decoder");
    assert_eq!(decoder.path(), "json/decoder.py");
    assert_eq!(decoder.module_name().as_deref(), Some("json.decoder"));
    let json = pylib::find_module("json").expect("json");
    assert!(json.is_package_init());
    assert_eq!(json.module_name().as_deref(), Some("json"));
    assert!(pylib::find("json").is_none());
    assert!(pylib::find_module("no_such_module").is_none());
}

#[test]
fn folders() {
    let json = pylib::list_dir("json").expect("json is a folder");
    assert_eq!(
        json,
        [
            "__init__.py",
            "__main__.py",
            "decoder.py",
            "encoder.py",
            "scanner.py",
            "tool.py"
        ]
    );
    assert_eq!(pylib::list_dir("json/"), Some(json));
    let root = pylib::list_dir("").expect("the root");
    for name in ["os.py", "json", "asyncio", "_pyrepl", "encodings"] {
        assert!(root.contains(&name), "{name}");
    }
    assert!(pylib::list_dir("jso").is_none());
    assert!(pylib::list_dir("os.py").is_none());
    assert!(pylib::is_dir("") && pylib::is_dir("json") && pylib::is_dir("importlib/metadata/"));
    assert!(!pylib::is_dir("jso") && !pylib::is_dir("os.py"));
}

#[test]
fn no_mark_of_the_other_project_is_left() {
    for entry in pylib::entries() {
        let source = entry.source();
        let text = String::from_utf8_lossy(&source).to_lowercase();
        // The header comment of this generated table is all that differs from CPython's.
        if entry.path() != "_opcode_metadata.py" {
            assert!(!text.contains("rustpython"), "{}", entry.path());
        }
    }
}

#[test]
fn patched_files_say_what_cpython_says() {
    let text = |path: &str| {
        let entry = pylib::find(path).unwrap_or_else(|| panic!("{path}"));
        String::from_utf8(entry.source().into_owned()).expect("UTF-8")
    };
    assert!(text("io.py").contains("open, open_code, FileIO, BytesIO"));
    assert!(text("site.py").contains("{userbase}/lib/python{version[0]}"));
    assert!(text("sysconfig/__init__.py").contains("return 'Python'"));
    assert!(text("_sysconfigdata__linux_x86_64-linux-gnu.py").contains("build_time_vars"));
}
