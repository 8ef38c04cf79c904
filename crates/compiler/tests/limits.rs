//! Sizes and depths at which a naive compiler would crash or misencode.

use bytecode::{Code, Const};
use compiler::{Kind, Mode, Options, SyntaxError, compile};

/// Compiles on a stack as large as the main program's.
fn code(source: String) -> Result<Code, Box<SyntaxError>> {
    let work = move || {
        let compiled = compile(&source, "t.py", Mode::Exec, &Options::default())?;
        bytecode::verify(&compiled.code).unwrap();
        Ok(compiled.code)
    };
    let thread = std::thread::Builder::new().stack_size(256 << 20);
    thread.spawn(work).unwrap().join().unwrap()
}

fn function(code: &Code) -> &Code {
    let found = code.consts.iter().find_map(|c| match c {
        Const::Code(c) => Some(c),
        _ => None,
    });
    found.unwrap()
}

#[test]
fn deep_syntax() {
    let cases = [
        format!("x = a{}", ".b".repeat(20_000)),
        format!("x = a{}", "()".repeat(20_000)),
        format!("x = a{}", "[0]".repeat(20_000)),
        format!("x = a{}", " + a".repeat(20_000)),
        format!("x = {}a", "-".repeat(2_900)),
        format!("x = {}a", "not ".repeat(2_900)),
        format!("x = {}1{}", "(".repeat(150), ",)".repeat(150)),
        format!("x = {}1", "1 if a else ".repeat(2_000)),
        format!("if a: pass\n{}", "elif b: pass\n".repeat(20_000)),
    ];
    for source in cases {
        let head: String = source.chars().take(30).collect();
        assert!(code(source).is_ok(), "{head}");
    }
}

#[test]
fn too_deep_is_an_error() {
    for source in [
        format!("x = a{}", ".b".repeat(200_000)),
        format!("x = {}a", "-".repeat(200_000)),
    ] {
        let kind = code(source).unwrap_err().kind;
        assert!(
            matches!(kind, Kind::Recursion | Kind::TooComplex),
            "{kind:?}"
        );
    }
}

#[test]
fn long_displays_and_calls_use_few_registers() {
    let items = "a,".repeat(5_000);
    let keys = "a:b,".repeat(5_000);
    let keywords: String = (0..5_000).map(|i| format!("k{i}=a,")).collect();
    for body in [
        format!("[{items}]"),
        format!("({items})"),
        format!("{{{items}}}"),
        format!("{{{keys}}}"),
        format!("a({items})"),
        format!("a({keywords})"),
        format!("f'{}'", "{a}b".repeat(5_000)),
        format!("t'{}'", "{a}b".repeat(5_000)),
    ] {
        let code = code(format!("def f(a, b): return {body}")).unwrap();
        assert!(function(&code).nregs < 100, "{}", &body[..9]);
    }
}

#[test]
fn jumps_over_more_than_16_bits() {
    let body = "        a.b = a.c + a.d\n".repeat(20_000);
    let source =
        format!("def f(a, b):\n    while a < b:\n{body}        if b == 1: break\n    return a");
    assert!(function(&code(source).unwrap()).instrs.len() > 100_000);
}

#[test]
fn too_many_registers_is_an_error() {
    let names: String = (0..66_000).map(|i| format!("    x{i} = 1\n")).collect();
    let error = code(format!("def f():\n{names}")).unwrap_err();
    assert!(error.msg.contains("too many"), "{error:?}");
    let params: Vec<String> = (0..2_000).map(|i| format!("x{i}")).collect();
    assert!(code(format!("def f({}): pass", params.join(","))).is_ok());
}
