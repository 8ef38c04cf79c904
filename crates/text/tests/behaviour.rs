//! What CPython's answers cannot pin: widths, linear time, memory limits, handler protocol.

use std::time::{Duration, Instant};

use text::codec::{
    self, DecodeError, DecodeFix, EncodeError, EncodeFailure, EncodeFix, Replacement,
};
use text::{Data, NoMemory, Owned, StrBuf, Units, pad, search, split};

/// A small deterministic generator (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % n
    }

    fn text(&mut self, len: usize) -> Vec<u32> {
        (0..len).map(|_| [97, 98, 0xe9][self.below(3)]).collect()
    }
}

/// The same text in all three widths.
fn widths(s: &[u32]) -> (Vec<u8>, Vec<u16>) {
    (
        s.iter().map(|&c| c as u8).collect(),
        s.iter().map(|&c| c as u16).collect(),
    )
}

#[test]
fn search_agrees_across_widths() {
    let mut random = Random(42);
    for _ in 0..3000 {
        let (len, n) = (random.below(90), 1 + random.below(5));
        let (hay, needle) = (random.text(len), random.text(n));
        let first = hay.windows(n).position(|w| w == needle);
        let last = hay.windows(n).rposition(|w| w == needle);
        let ((h8, h16), (n8, n16)) = (widths(&hay), widths(&needle));
        for h in [Units::U8(&h8), Units::U16(&h16), Units::U32(&hay)] {
            for n in [Units::U8(&n8), Units::U16(&n16), Units::U32(&needle)] {
                assert_eq!(search::find(h, n), first);
                assert_eq!(search::rfind(h, n), last);
                let pieces = split::split(h, n, usize::MAX).count();
                assert_eq!(pieces, search::count(h, n) + 1);
            }
        }
    }
}

#[test]
fn search_is_linear_on_hard_needles() {
    let hay = vec![0x430u16; 400_000];
    let mut front = vec![0x430u16; 20_000];
    let mut back = front.clone();
    front[19_999] = 0x431;
    back[0] = 0x431;
    let start = Instant::now();
    for needle in [&front, &back] {
        assert_eq!(search::find(Units::U16(&hay), Units::U16(needle)), None);
        assert_eq!(search::rfind(Units::U16(&hay), Units::U16(needle)), None);
    }
    // Quadratic search would take 32 thousand million comparisons.
    assert!(
        start.elapsed() < Duration::from_secs(2),
        "{:?}",
        start.elapsed()
    );
}

#[test]
fn results_use_the_narrowest_storage() {
    let wide = [97u32, 0x1f600, 98];
    let wide = Units::U32(&wide);
    assert!(matches!(Owned::copy_of(wide.slice(0..1)).data, Data::U8(_)));
    let removed = search::replace(wide, wide.slice(1..2), Units::U8(b""), usize::MAX);
    let removed = removed.unwrap().unwrap();
    assert!(matches!(removed.data, Data::U8(_)) && removed.is_ascii);
    let mut out = StrBuf::new();
    out.push(97);
    out.push(0xe9);
    assert!(!out.clone().finish().is_ascii);
    out.push(0xd800);
    assert!(matches!(out.clone().finish().data, Data::U16(_)));
    out.push_units(wide);
    assert!(matches!(
        out.units(),
        Units::U32(&[97, 0xe9, 0xd800, 97, 0x1f600, 98])
    ));
}

#[test]
fn impossible_sizes_are_errors() {
    let s = Units::U8(b"a\t");
    let huge = isize::MAX as usize;
    assert_eq!(pad::ljust(s, huge, 0x20), Err(NoMemory));
    assert_eq!(pad::center(s, huge, 0x1f600), Err(NoMemory));
    assert_eq!(pad::zfill(s, usize::MAX), Err(NoMemory));
    assert_eq!(pad::expandtabs(s, huge), Err(NoMemory));
}

#[test]
fn indices_are_adjusted_as_slices() {
    assert_eq!(search::adjust_indices(0, isize::MAX, 5), Some(0..5));
    assert_eq!(search::adjust_indices(-2, isize::MAX, 5), Some(3..5));
    assert_eq!(search::adjust_indices(-9, -1, 5), Some(0..4));
    assert_eq!(search::adjust_indices(5, 9, 5), Some(5..5));
    assert_eq!(search::adjust_indices(6, 9, 5), None);
    assert_eq!(search::adjust_indices(3, 2, 5), None);
    assert_eq!(
        search::adjust_indices(isize::MIN, isize::MIN, 5),
        Some(0..0)
    );
}

#[test]
fn a_handler_may_replace_the_input_and_jump() {
    let mut calls = 0;
    let mut on_error = |e: &DecodeError| {
        calls += 1;
        assert_eq!((e.start, e.end), (1, 2));
        Ok::<_, ()>(DecodeFix {
            text: Owned::from("ж"),
            resume: 1,
            input: Some(b"xyz".to_vec()),
        })
    };
    let d = codec::utf8::decode(b"a\xff", true, &mut on_error).unwrap();
    assert_eq!(d.text, Owned::from("aжyz"));
    assert_eq!((calls, d.consumed), (1, 3));
}

#[test]
fn a_bad_replacement_is_the_original_error() {
    let text = Owned::from("a\u{20ac}\u{20ac}b");
    let with = |value: Replacement| {
        let mut on_error = |e: &EncodeError| {
            Ok::<_, ()>(EncodeFix {
                value: value.clone(),
                resume: e.end,
            })
        };
        codec::single::encode_latin1(text.units(), &mut on_error)
    };
    assert_eq!(
        with(Replacement::Bytes(b"\xff\0".to_vec())).unwrap(),
        b"a\xff\0b"
    );
    assert_eq!(
        with(Replacement::Text(Owned::from("é"))).unwrap(),
        b"a\xe9b"
    );
    assert_eq!(
        with(Replacement::Text(Owned::from("ж"))),
        Err(EncodeFailure::Unencodable {
            encoding: "latin-1",
            start: 1,
            end: 3,
            reason: "ordinal not in range(256)",
        })
    );
}

#[test]
fn utf16_units_join_into_code_points() {
    let joined = codec::utf16::from_wide(&[97, 0xd83d, 0xde00, 0xd800]);
    assert!(matches!(joined.units(), Units::U32(&[97, 0x1f600, 0xd800])));
}

#[test]
fn format_numbering_does_not_mix() {
    use text::format_str::{AutoNumber, First};
    let mut numbering = AutoNumber::default();
    assert_eq!(numbering.resolve(First::Key(0..0)), Ok(First::Index(0)));
    assert_eq!(numbering.resolve(First::Key(0..1)), Ok(First::Key(0..1)));
    assert_eq!(numbering.resolve(First::Key(3..3)), Ok(First::Index(1)));
    let message = "cannot switch from automatic field numbering to manual field specification";
    assert_eq!(numbering.resolve(First::Index(0)), Err(message));
}
