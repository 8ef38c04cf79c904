//! The public face: trees, positions, warnings, interactive input, deep nesting.

use syntax::{Flags, Kind, MAX_CHAIN, MAX_PREFIX_OPERATORS, Mode, Tree, parse};

fn error(source: &str, mode: Mode, flags: Flags) -> syntax::SyntaxError {
    parse(source, mode, flags).unwrap_err()
}

/// Run on a stack of the size callers promise.
fn on_big_stack(f: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new()
        .stack_size(256 << 20)
        .spawn(f)
        .unwrap()
        .join()
        .unwrap();
}

#[test]
fn lines_and_columns() {
    let p = parse("é = 'ü'; x\r\ny", Mode::Exec, Flags::default()).unwrap();
    assert_eq!(p.source, "é = 'ü'; x\ny");
    let at = p
        .lines
        .position(&p.source, p.source.find('x').unwrap() as u32);
    assert_eq!((at.line, at.col_utf8, at.col_chars), (1, 11, 9));
    assert_eq!(p.lines.line_col(p.source.len() as u32), (2, 1));
    assert_eq!(p.lines.line_text(&p.source, 2), Some("y"));
    assert_eq!(p.lines.line_text(&p.source, 3), None);
}

#[test]
fn modes() {
    let tree = |s, m| parse(s, m, Flags::default()).unwrap().tree;
    assert!(matches!(tree("a\n", Mode::Exec), Tree::Module(m) if m.body.len() == 1));
    assert!(matches!(tree("a; b", Mode::Single), Tree::Module(m) if m.body.len() == 2));
    assert!(matches!(tree("a + b", Mode::Eval), Tree::Expression(_)));
    match tree("(int, *str, **T) -> List[int]", Mode::FuncType) {
        Tree::FunctionType { arguments, returns } => {
            assert_eq!(arguments.len(), 3);
            assert!(returns.is_subscript_expr());
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(
        error("(a) -> b c", Mode::FuncType, Flags::default()).msg,
        "invalid syntax"
    );
}

#[test]
fn interactive_input_that_could_go_on() {
    let flags = Flags {
        allow_incomplete_input: true,
        dont_imply_dedent: true,
        ..Flags::default()
    };
    for (source, kind) in [
        ("if a:", Kind::Incomplete),
        ("if a:\n  b", Kind::Incomplete),
        ("x = (1,", Kind::Incomplete),
        ("'''a", Kind::Incomplete),
        ("def f():\n    return 1", Kind::Incomplete),
        ("a b", Kind::Incomplete),
        ("a b\n", Kind::Syntax),
        ("x = f'", Kind::Syntax),
        ("", Kind::Incomplete),
        ("x = )", Kind::Syntax),
        ("'a", Kind::Incomplete),
        ("'a\n", Kind::Syntax),
    ] {
        assert_eq!(error(source, Mode::Single, flags).kind, kind, "{source:?}");
    }
    assert!(parse("def f():\n    return 1\n", Mode::Single, flags).is_ok());
}

#[test]
fn warnings_have_lines() {
    let source = "x = '\\d \\e'\ny = '''\n\\q'''\nz = b'\\u' rb'\\d' f'{x}\\w' 1if x else 2\n";
    let p = parse(source, Mode::Exec, Flags::default());
    assert!(p.is_err(), "bytes and text mixed");
    let source = source.replace("b'\\u' rb", "r");
    let p = parse(&source, Mode::Exec, Flags::default());
    assert!(p.is_err(), "a number after strings");
    let source = source.replace(" 1if", "; z = 1if");
    let p = parse(&source, Mode::Exec, Flags::default()).unwrap();
    let got: Vec<_> = p.warnings.iter().map(|w| (w.lineno, &w.msg[..5])).collect();
    assert_eq!(
        got,
        [
            (1, "\"\\d\" "),
            (3, "\"\\q\" "),
            (4, "\"\\w\" "),
            (4, "inval")
        ]
    );
    assert_eq!(p.warnings[0].span.offset, 6);
    assert_eq!(p.warnings[0].span.end_offset, 8);
}

#[test]
fn last_statement_is_known() {
    let e = error(
        "x = 1\nwhilee True:\n    pass\n",
        Mode::Exec,
        Flags::default(),
    );
    assert_eq!(e.msg, "invalid syntax");
    assert_eq!(e.last_statement, Some((1, 0)));
    assert_eq!(e.text.as_deref(), Some("whilee True:\n"));
}

#[test]
fn deep_nesting_is_refused() {
    on_big_stack(|| {
        let n = 100_000;
        for (source, kind) in [
            ("(".repeat(n), Kind::Syntax),
            ("[".repeat(n) + &"]".repeat(n), Kind::Syntax),
            ("-".repeat(n) + "1", Kind::TooComplex),
            ("not ".repeat(n) + "1", Kind::TooComplex),
            ("lambda: ".repeat(n) + "1", Kind::TooComplex),
            ("2**".repeat(n) + "1", Kind::TooComplex),
            ("a if b else ".repeat(n) + "1", Kind::TooComplex),
            ("a+".repeat(n) + "a", Kind::Recursion),
            ("a.".repeat(n) + "a", Kind::Recursion),
            ("a".to_string() + &"()".repeat(n), Kind::Recursion),
            (format!("f'{{{}1}}'", "-".repeat(n)), Kind::TooComplex),
            (
                (0..150).map(|i| " ".repeat(i) + "if a:\n").collect(),
                Kind::Indentation,
            ),
        ] {
            let e = error(&source, Mode::Exec, Flags::default());
            assert_eq!(e.kind, kind, "{} {e}", &source[..12]);
        }
    });
}

#[test]
fn allowed_nesting_is_parsed_and_dropped() {
    on_big_stack(|| {
        for source in [
            "(".repeat(200) + &")".repeat(200),
            "-".repeat(MAX_PREFIX_OPERATORS - 100) + "1",
            "lambda: ".repeat(MAX_PREFIX_OPERATORS / 2 - 100) + "1",
            "a+".repeat(MAX_CHAIN) + "a",
            "a".to_string() + &".b()".repeat(MAX_CHAIN / 2),
            "a<".repeat(100_000) + "a",
            "if a: pass\n".to_string() + &"elif b: pass\n".repeat(20_000),
            format!("x = [{}]", "-1, ".repeat(100_000)),
        ] {
            let got = parse(&source, Mode::Exec, Flags::default());
            assert!(got.is_ok(), "{}: {}", &source[..12], got.unwrap_err());
        }
    });
}

#[test]
fn null_bytes_and_bom() {
    assert_eq!(
        error("a\0", Mode::Exec, Flags::default()).msg,
        "source code string cannot contain null bytes"
    );
    assert_eq!(
        error("\u{feff}x", Mode::Exec, Flags::default()).msg,
        "invalid non-printable character U+FEFF"
    );
}

#[test]
fn where_ruff_and_cpython_differ() {
    let p = parse(
        "try: pass\nexcept: raise ; x\n",
        Mode::Exec,
        Flags::default(),
    )
    .unwrap();
    let Tree::Module(m) = p.tree else {
        panic!("a module")
    };
    let handler = m.body[0].as_try_stmt().unwrap().handlers[0]
        .as_except_handler()
        .unwrap();
    assert_eq!(handler.body.len(), 2);
    assert!(handler.body[0].as_raise_stmt().unwrap().exc.is_none());
    for refused in [
        "def g(): yield == 1\n",
        "match x:\n    case [3 4]: pass\n",
        "match x:\n    case 1 ** 2: pass\n",
        "f'{a:{b:{c:{d}}}}'\n",
        "[*a for a in b]\n",
    ] {
        assert!(
            parse(refused, Mode::Exec, Flags::default()).is_err(),
            "{refused}"
        );
    }
    for accepted in [
        "*a\n",
        "f(a=1, a=2)\n",
        "return; yield; x\n",
        "del (), []\n",
    ] {
        assert!(
            parse(accepted, Mode::Exec, Flags::default()).is_ok(),
            "{accepted}"
        );
    }
}
