//! The opcode table does not contradict itself.

use bytecode::*;

/// The bits of the instruction a field takes.
fn bits(field: Field) -> u128 {
    let mask = |from: u32, width: u32| ((1u128 << width) - 1) << from;
    match field {
        Field::D => mask(8, 8),
        Field::A => mask(16, 16),
        Field::B => mask(32, 16),
        Field::C => mask(48, 16),
        Field::Bc => mask(32, 32),
        Field::X => mask(64, 32),
        Field::Y => mask(96, 32),
    }
}

#[test]
fn numbers_and_names() {
    assert!(Op::ALL.len() <= 256);
    for (number, &op) in Op::ALL.iter().enumerate() {
        assert_eq!(op as usize, number);
        assert_eq!(Op::from_u8(number as u8), Some(op));
        assert_eq!(format!("{op:?}"), op.info().name);
        assert!(!op.info().doc.trim().is_empty());
    }
    assert_eq!(Op::from_u8(Op::ALL.len() as u8), None);
    assert_eq!(
        Intrinsic::from_u8(Intrinsic::MAX),
        Intrinsic::ALL.last().copied()
    );
}

#[test]
fn operands_do_not_overlap_and_fit_the_words() {
    for op in Op::ALL {
        let info = op.info();
        let mut used = 0xffu128;
        for &(field, name, _) in info.operands {
            assert_eq!(used & bits(field), 0, "{}: {name} overlaps", info.name);
            used |= bits(field);
        }
        assert_eq!(used >> 64 != 0, info.words == 2, "{}", info.name);
    }
}

#[test]
fn effects_agree_with_operands() {
    for op in Op::ALL {
        let info = op.info();
        let count = |is: fn(&Role) -> bool| info.operands.iter().filter(|o| is(&o.2)).count();
        let jumps = count(|r| *r == Role::Jump);
        let has = |effect| info.effects.contains(effect);
        assert_eq!(jumps, usize::from(has(Effects::JUMP)), "{}", info.name);
        assert!(count(|r| *r == Role::Cache) <= 1, "{}", info.name);
        let ranges = count(|r| matches!(r, Role::Range(..) | Role::RangeOf(_)));
        assert!(!has(Effects::WINDOW) || ranges == 1, "{}", info.name);
        assert!(!has(Effects::CALL) || has(Effects::RAISE), "{}", info.name);
        let impure = Effects::RAISE | Effects::CALL | Effects::SUSPEND | Effects::JUMP;
        assert!(
            !has(Effects::PURE) || !info.effects.intersects(impure),
            "{}",
            info.name
        );
        let fall = count(|r| *r == Role::OutFall);
        assert!(fall == 0 || has(Effects::JUMP), "{}", info.name);
    }
}

/// A register field is 16 bits, a jump is signed, a flag or selector is in d.
#[test]
fn fields_suit_their_roles() {
    for op in Op::ALL {
        for &(field, name, role) in op.info().operands {
            let suits = match role {
                Role::Sel | Role::SelTo(_) => field == Field::D,
                Role::Jump => matches!(field, Field::Bc | Field::C | Field::X),
                Role::Konst | Role::Name => matches!(field, Field::Bc | Field::X),
                Role::Cache => field == Field::Y,
                Role::Imm | Role::SImm => field != Field::D,
                Role::Free => matches!(field, Field::B | Field::C),
                _ => matches!(field, Field::A | Field::B | Field::C),
            };
            assert!(suits, "{op:?}: {name}");
        }
    }
}

#[test]
fn fields_come_back() {
    let insn = |first, second| Insn::at(&[first, second], 0).unwrap();
    let one = insn(
        Instr::new(Op::Add, 1, 2, 0xfffe, 4),
        Instr::ext(5, u32::MAX),
    );
    let fields = [Field::D, Field::A, Field::B, Field::C, Field::X, Field::Y];
    assert_eq!(fields.map(|f| one.field(f)), [1, 2, 0xfffe, 4, 5, u32::MAX]);
    assert_eq!((one.signed(Field::B), one.signed(Field::Y)), (-2, -1));
    let wide = insn(
        Instr::wide(Op::JumpBack, 0, 7, -3i32 as u32),
        Instr::ext(0, 0),
    );
    assert_eq!((wide.field(Field::A), wide.signed(Field::Bc)), (7, -3));
    assert_eq!((wide.jump_target(), wide.next()), (Some(-3), 1));
}
