//! Source and the code it becomes, side by side in `lowering/*.txt`. Set TAURARO_BLESS to write
//! the listings anew; review the diff.

use compiler::{Mode, Options, compile};
use std::path::Path;

const SEPARATOR: &str = "\n---- code\n";

#[test]
fn listings() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lowering");
    let bless = std::env::var_os("TAURARO_BLESS").is_some();
    let mut wrong = Vec::new();
    let mut count = 0;
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let (source, expected) = text.split_once(SEPARATOR).unwrap_or((text.trim_end(), ""));
        let compiled = compile(source, "t.py", Mode::Exec, &Options::default()).unwrap();
        bytecode::verify(&compiled.code).unwrap();
        let got = bytecode::dis::disassemble(&compiled.code);
        count += 1;
        if bless {
            std::fs::write(&path, format!("{source}{SEPARATOR}{got}")).unwrap();
        } else if got != expected {
            wrong.push(format!("{}:\n{got}", path.display()));
        }
    }
    assert!(count > 15);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
