use text::{Owned, ucd};
fn s(x: &str) -> Owned {
    Owned::from(x)
}
#[test]
fn smoke() {
    assert!(ucd::is_alpha('é' as u32) && !ucd::is_alpha('1' as u32));
    assert_eq!(text::case::lower(s("ΑΣ ÀB").units()), s("ας àb"));
    assert_eq!(
        text::search::find(s("naïve ж x").units(), s("ж").units()),
        Some(6)
    );
    assert_eq!(
        ucd::names::name('é' as u32).unwrap(),
        "LATIN SMALL LETTER E WITH ACUTE"
    );
    assert_eq!(
        ucd::names::lookup_char("latin small letter e with acute"),
        Some('é' as u32)
    );
    let d = text::codec::utf8::decode::<()>("añb€".as_bytes(), true, &mut |_| Err(())).unwrap();
    assert_eq!(d.text, s("añb€"));
}
