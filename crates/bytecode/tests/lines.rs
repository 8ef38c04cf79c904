//! Lines of instructions.

mod common;

use bytecode::lines::*;
use bytecode::*;
use common::*;

fn at(line: u32) -> Position {
    Position {
        line,
        end_line: line,
        col: 4,
        end_col: 8,
    }
}

/// for-loop shape: line 2 test, line 3 body (two positions), back to line 2, line 5 return.
fn looped() -> Code {
    let mut code = function(
        2,
        3,
        vec![
            wide(Op::LoadInt, 2, 0),
            wide(Op::JumpIfFalse, 2, 4),
            op(Op::Move, 0, 0, 1, 0),
            op(Op::Move, 0, 1, 0, 0),
            wide(Op::JumpBack, 0, -3),
            wide(Op::LoadInt, 2, 1),
            ret(2),
        ],
    );
    let body_end = Position {
        col: 9,
        end_col: 12,
        ..at(3)
    };
    let runs = [
        (1, at(2)),
        (2, at(3)),
        (3, body_end),
        (4, at(2)),
        (5, at(0)),
        (6, at(5)),
    ];
    for (word, position) in runs {
        code.positions.push(word, position);
    }
    code
}

#[test]
fn co_lines_covers_the_code() {
    let triples: Vec<_> = co_lines(&looped())
        .iter()
        .map(|r| (r.start, r.end, r.line))
        .collect();
    let expected = [
        (0, 1, None),
        (1, 2, Some(2)),
        (2, 4, Some(3)),
        (4, 5, Some(2)),
        (5, 6, None),
        (6, 7, Some(5)),
    ];
    assert_eq!(triples, expected);
    assert_eq!(co_lines(&Code::default()), []);
    let line_starts = find_line_starts(&looped());
    assert_eq!(line_starts, [(1, 2), (2, 3), (4, 2), (6, 5)]);
}

#[test]
fn co_positions_has_one_per_word() {
    let code = looped();
    let positions: Vec<_> = co_positions(&code).collect();
    assert_eq!(positions.len(), 7);
    for (word, position) in positions.iter().enumerate() {
        assert_eq!(*position, code.positions.lookup(word as u32));
    }
}

#[test]
fn starts_by_fall_through_jump_and_handler() {
    let mut code = looped();
    let starts = LineStarts::new(&code);
    let words: Vec<u32> = (0..8).filter(|&w| starts.is_start(w)).collect();
    assert_eq!(words, [1, 2, 4, 6]);
    assert_eq!(starts.next_line(1), Some(2));
    assert_eq!(starts.next_line(4), Some(5));
    assert_eq!(starts.next_line(6), None);
    assert!(starts.words_of(2).eq([1, 4]));
    assert!(starts.words_of(4).eq([]));
    // A handler in the middle of a line starts it; so does a target reached from another line.
    code.exceptions.push(ExceptionEntry {
        start: 1,
        end: 2,
        handler: 3,
        exc: 2,
    });
    assert!(LineStarts::new(&code).is_start(3));
    code.exceptions.clear();
    code.instrs[4] = wide(Op::JumpBack, 0, -1);
    assert!(LineStarts::new(&code).is_start(3));
}
