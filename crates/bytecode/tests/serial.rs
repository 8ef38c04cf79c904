//! Serialisation: round trips, laziness, corrupt input.

mod common;

use bytecode::serial::{Aligned, Blob, ConstView, MAX_NESTING, View};
use bytecode::*;
use common::{Rng, function, ret};
use std::borrow::Cow;

#[test]
fn decode_inverts_encode() {
    for seed in 0..2000 {
        let code = Rng::new(seed).code(3);
        let bytes = encode(&code);
        assert_eq!(decode(&bytes).as_ref(), Ok(&code), "seed {seed}");
    }
}

/// A view gives the same as the owned code, part by part.
fn check_view(view: &View<'_>, code: &Code) {
    assert_eq!(view.name(), Ok(&*code.name));
    assert_eq!(view.qualname(), Ok(&*code.qualname));
    assert_eq!(view.filename(), Ok(&*code.filename));
    assert_eq!(view.flags(), code.flags);
    assert_eq!(view.first_line(), code.first_line);
    assert_eq!(view.argcount(), code.argcount);
    assert_eq!(view.posonly_argcount(), code.posonly_argcount);
    assert_eq!(view.kwonly_argcount(), code.kwonly_argcount);
    assert_eq!(view.nregs(), code.nregs);
    assert_eq!(view.ncaches(), code.ncaches);
    assert_eq!(*view.instrs(), *code.instrs);
    assert!(view.exceptions().eq(code.exceptions.iter().copied()));
    let strings = |ids: serial::Ids<'_>| -> Vec<String> {
        ids.iter()
            .map(|id| view.blob().string(id).unwrap().to_owned())
            .collect()
    };
    assert_eq!(strings(view.names()), code.names);
    assert_eq!(strings(view.local_names()), code.local_names);
    assert_eq!(strings(view.free_names()), code.free_names);
    for word in 0..60 {
        assert_eq!(view.position(word), code.positions.lookup(word));
        assert_eq!(view.handler_at(word).as_ref(), code.handler_at(word));
    }
    assert_eq!(view.nconsts(), code.consts.len());
    for i in (0..code.consts.len()).rev() {
        match (view.const_at(i).unwrap(), &code.consts[i]) {
            (ConstView::Code(inner), Const::Code(code)) => check_view(&inner, code),
            (ConstView::Int(n), Const::Int(m)) => assert_eq!(n, *m),
            (ConstView::Str(id, view), Const::Str(s)) => {
                assert_eq!(view.blob().string(id), Ok(&**s));
            }
            (ConstView::Bytes(b), Const::Bytes(c)) => assert_eq!(b, c),
            (ConstView::Tuple(items), Const::Tuple(consts)) => {
                assert_eq!(items.count(), consts.len());
            }
            (ConstView::Int(_) | ConstView::Str(..) | ConstView::Bytes(_), c) => {
                panic!("other constant: {c:?}")
            }
            _ => {}
        }
    }
    assert_eq!(view.to_code().as_ref(), Ok(code));
}

#[test]
fn views_agree_with_owned_code() {
    for seed in 0..500 {
        let code = Rng::new(seed).code(2);
        let bytes = encode(&code);
        check_view(&Blob::open(&bytes).unwrap().root().unwrap(), &code);
    }
}

#[test]
fn instructions_are_used_in_place_when_aligned() {
    let code = function(1, 2, vec![ret(0); 5]);
    let bytes = encode(&code);
    let mut aligned = Aligned([0u8; 1024]);
    for shift in 0..8 {
        let place = &mut aligned.0[shift..shift + bytes.len()];
        place.copy_from_slice(&bytes);
        let view = Blob::open(place).unwrap().root().unwrap();
        let instrs = view.instrs();
        assert_eq!(*instrs, *code.instrs);
        assert_eq!(matches!(instrs, Cow::Borrowed(_)), shift == 0);
    }
}

#[test]
fn mutated_bytes_never_panic() {
    let mut rng = Rng::new(7);
    let (mut accepted, mut refused) = (0, 0);
    for _ in 0..200 {
        let bytes = encode(&rng.code(3));
        for _ in 0..50 {
            let mut bad = bytes.clone();
            for _ in 0..=rng.below(4) {
                let at = rng.below(bad.len() as u64) as usize;
                bad[at] = match rng.below(3) {
                    0 => bad[at] ^ 1 << rng.below(8),
                    1 => 0xff,
                    _ => rng.next() as u8,
                };
            }
            if rng.below(10) == 0 {
                bad.truncate(rng.below(bad.len() as u64) as usize);
            }
            match decode(&bad) {
                Ok(code) => {
                    accepted += 1;
                    let _ = verify(&code);
                    let _ = dis::disassemble(&code);
                }
                Err(_) => refused += 1,
            }
        }
    }
    // Both happen: mutations reach deep parts, and damage is noticed.
    assert!(accepted > 500 && refused > 500, "{accepted} {refused}");
}

#[test]
fn every_truncation_is_refused() {
    let bytes = encode(&Rng::new(3).code(2));
    for len in 0..bytes.len() {
        assert!(decode(&bytes[..len]).is_err(), "length {len}");
    }
}

#[test]
fn other_versions_are_refused() {
    let mut bytes = encode(&Code::default());
    bytes[8] ^= 1;
    assert_eq!(decode(&bytes), Err(DecodeError::Version));
    assert_eq!(decode(b"PK"), Err(DecodeError::Magic));
}

fn nested(levels: u32) -> Code {
    let mut code = Code::default();
    for _ in 0..levels {
        code = Code {
            consts: vec![Const::Code(Box::new(code))],
            ..Code::default()
        };
    }
    code
}

#[test]
fn nesting_is_bounded() {
    let fits = nested(MAX_NESTING);
    assert_eq!(decode(&encode(&fits)), Ok(fits));
    let bytes = encode(&nested(MAX_NESTING + 1));
    assert_eq!(decode(&bytes), Err(DecodeError::TooDeep));
}

/// Two constants that name the same record would double the work at each level.
#[test]
fn records_are_decoded_once() {
    let inner = Const::Code(Box::default());
    let code = Code {
        consts: vec![inner.clone(), inner],
        ..Code::default()
    };
    let mut bytes = encode(&code);
    let root = 32;
    let consts = root + 80 + 8;
    assert_eq!([bytes[consts], bytes[consts + 5]], [14, 14]);
    let first: [u8; 4] = bytes[consts + 1..consts + 5].try_into().unwrap();
    bytes[consts + 6..consts + 10].copy_from_slice(&first);
    assert_eq!(decode(&bytes), Err(DecodeError::Offset));
}

#[test]
fn long_shared_names_fit_the_budget() {
    let name = "n".repeat(256);
    let code = Code {
        filename: "f".repeat(4000),
        names: vec![name.clone(); 3000],
        consts: vec![Const::Tuple(vec![Const::Str(name); 3000])],
        ..nested(100)
    };
    assert_eq!(decode(&encode(&code)), Ok(code));
}
