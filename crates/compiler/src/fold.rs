//! Constant folding, with CPython's limits on the size of results.

use bytecode::Const;
use syntax::ast::{CmpOp, Operator, UnaryOp};

/// Bits of the largest int that folding makes.
const MAX_INT_BITS: u32 = 128;
/// Items of the largest tuple that folding makes.
const MAX_COLLECTION: usize = 256;
/// Characters of the largest string that folding makes.
const MAX_STR: usize = 4096;

/// Truth of a constant.
pub fn truth(c: &Const) -> bool {
    match c {
        Const::None => false,
        Const::Ellipsis | Const::Code(_) | Const::Slice(_) | Const::BigInt { .. } => true,
        Const::Bool(b) => *b,
        Const::Int(i) => *i != 0,
        Const::Float(f) => *f != 0.0,
        Const::Complex(a, b) => *a != 0.0 || *b != 0.0,
        Const::Str(s) => !s.is_empty(),
        Const::StrPoints(p) => !p.is_empty(),
        Const::Bytes(b) => !b.is_empty(),
        Const::Tuple(t) | Const::FrozenSet(t) => !t.is_empty(),
    }
}

/// A unary operation on a constant, unless it raises.
pub fn unary(op: UnaryOp, c: &Const) -> Option<Const> {
    Some(match (op, c) {
        (UnaryOp::Not, c) => Const::Bool(!truth(c)),
        (UnaryOp::USub, Const::Int(i)) => from_i128(-(*i as i128))?,
        (UnaryOp::USub, Const::Bool(b)) => Const::Int(-(*b as i64)),
        (UnaryOp::USub, Const::BigInt { negative, limbs }) => {
            // -(2**63) is the one that becomes small.
            if !*negative && limbs.as_slice() == [1 << 63] {
                Const::Int(i64::MIN)
            } else {
                Const::BigInt {
                    negative: !negative,
                    limbs: limbs.clone(),
                }
            }
        }
        (UnaryOp::USub, Const::Float(f)) => Const::Float(-f),
        (UnaryOp::USub, Const::Complex(a, b)) => Const::Complex(-a, -b),
        (UnaryOp::UAdd, Const::Int(_) | Const::Float(_) | Const::Complex(..)) => c.clone(),
        (UnaryOp::UAdd, Const::Bool(b)) => Const::Int(*b as i64),
        (UnaryOp::Invert, Const::Int(i)) => Const::Int(!*i),
        _ => return None,
    })
}

fn from_i128(v: i128) -> Option<Const> {
    if let Ok(i) = i64::try_from(v) {
        return Some(Const::Int(i));
    }
    let m = v.unsigned_abs();
    let mut limbs = vec![m as u64, (m >> 64) as u64];
    if limbs[1] == 0 {
        limbs.pop();
    }
    Some(Const::BigInt {
        negative: v < 0,
        limbs,
    })
}

/// A binary operation on constants, unless it raises or its result is too large to keep.
pub fn binary(op: Operator, a: &Const, b: &Const) -> Option<Const> {
    if let (Const::Bool(x), Const::Bool(y)) = (a, b) {
        match op {
            Operator::BitAnd => return Some(Const::Bool(x & y)),
            Operator::BitOr => return Some(Const::Bool(x | y)),
            Operator::BitXor => return Some(Const::Bool(x ^ y)),
            _ => {}
        }
    }
    // Otherwise booleans count as the ints they are.
    let int = |c: &Const| match c {
        Const::Bool(b) => Some(Const::Int(*b as i64)),
        _ => None,
    };
    let (a, b) = (&int(a).unwrap_or(a.clone()), &int(b).unwrap_or(b.clone()));
    match (a, b) {
        (Const::Int(x), Const::Int(y)) => int_op(op, *x as i128, *y as i128),
        (Const::BigInt { .. }, Const::Int(_) | Const::BigInt { .. })
        | (Const::Int(_), Const::BigInt { .. }) => int_op(op, to_i128(a)?, to_i128(b)?),
        (Const::Float(_) | Const::Int(_), Const::Float(_) | Const::Int(_)) => {
            float_op(op, as_float(a)?, as_float(b)?)
        }
        (Const::Float(_) | Const::Int(_), Const::Complex(re, im)) => {
            let x = as_float(a)?;
            match op {
                Operator::Add => Some(Const::Complex(x + re, *im)),
                // CPython 3.14 mixes real and complex without making the real complex.
                Operator::Sub => Some(Const::Complex(x - re, -im)),
                _ => None,
            }
        }
        (Const::Complex(re, im), Const::Float(_) | Const::Int(_)) => {
            let y = as_float(b)?;
            match op {
                Operator::Add => Some(Const::Complex(re + y, *im)),
                Operator::Sub => Some(Const::Complex(re - y, *im)),
                _ => None,
            }
        }
        (Const::Str(x), Const::Str(y)) if op == Operator::Add => {
            let s = format!("{x}{y}");
            Some(Const::Str(s))
        }
        (Const::Bytes(x), Const::Bytes(y)) if op == Operator::Add => {
            Some(Const::Bytes([x.as_slice(), y].concat()))
        }
        (Const::Tuple(x), Const::Tuple(y)) if op == Operator::Add => {
            Some(Const::Tuple([x.as_slice(), y].concat()))
        }
        (seq, Const::Int(n)) | (Const::Int(n), seq) if op == Operator::Mult => repeat(seq, *n),
        _ => None,
    }
}

fn to_i128(c: &Const) -> Option<i128> {
    match c {
        Const::Int(i) => Some(*i as i128),
        Const::BigInt { negative, limbs } if limbs.len() <= 2 => {
            let m = limbs[0] as u128 | (limbs.get(1).copied().unwrap_or(0) as u128) << 64;
            let m = i128::try_from(m).ok()?;
            Some(if *negative { -m } else { m })
        }
        _ => None,
    }
}

fn as_float(c: &Const) -> Option<f64> {
    match c {
        Const::Int(i) => Some(*i as f64),
        Const::Float(f) => Some(*f),
        _ => None,
    }
}

fn int_op(op: Operator, x: i128, y: i128) -> Option<Const> {
    let fits = |v: i128| 128 - v.unsigned_abs().leading_zeros() <= MAX_INT_BITS;
    let v = match op {
        Operator::Add => x.checked_add(y)?,
        Operator::Sub => x.checked_sub(y)?,
        Operator::Mult => x.checked_mul(y)?,
        Operator::FloorDiv if y != 0 => floor_div(x, y),
        Operator::Mod if y != 0 => x.checked_sub(floor_div(x, y).checked_mul(y)?)?,
        Operator::BitAnd => x & y,
        Operator::BitOr => x | y,
        Operator::BitXor => x ^ y,
        Operator::LShift if (0..MAX_INT_BITS as i128).contains(&y) => {
            x.checked_mul(1i128.checked_shl(y as u32).filter(|v| *v > 0)?)?
        }
        Operator::RShift if y >= 0 => x >> y.min(127),
        Operator::Pow if y >= 0 => x.checked_pow(u32::try_from(y).ok()?)?,
        Operator::Div if y != 0 => {
            // Exact only where both fit a double without rounding.
            let exact = |v: i128| v.unsigned_abs() <= 1 << 53;
            return (exact(x) && exact(y)).then(|| Const::Float(x as f64 / y as f64));
        }
        _ => return None,
    };
    if !fits(v) {
        return None;
    }
    from_i128(v)
}

fn floor_div(x: i128, y: i128) -> i128 {
    let q = x / y;
    if x % y != 0 && (x < 0) != (y < 0) {
        q - 1
    } else {
        q
    }
}

fn float_op(op: Operator, x: f64, y: f64) -> Option<Const> {
    let v = match op {
        Operator::Add => x + y,
        Operator::Sub => x - y,
        Operator::Mult => x * y,
        Operator::Div if y != 0.0 => x / y,
        _ => return None,
    };
    Some(Const::Float(v))
}

fn repeat(seq: &Const, n: i64) -> Option<Const> {
    let n = usize::try_from(n.max(0)).ok()?;
    let within = |len: usize, max: usize| len == 0 || n <= max / len;
    Some(match seq {
        Const::Str(s) if within(s.chars().count(), MAX_STR) => Const::Str(s.repeat(n)),
        Const::Bytes(b) if within(b.len(), MAX_STR) => Const::Bytes(b.repeat(n)),
        Const::Tuple(t) if within(t.len(), MAX_COLLECTION) => {
            let items = (0..n).flat_map(|_| t.iter().cloned());
            Const::Tuple(items.collect())
        }
        _ => return None,
    })
}

/// Whether a constant may be shared by being folded into `c in (...)`; only the operator counts.
pub fn is_membership(op: CmpOp) -> bool {
    matches!(op, CmpOp::In | CmpOp::NotIn)
}

/// Indexing a constant string, bytes or tuple by a constant int.
pub fn subscript(seq: &Const, index: &Const) -> Option<Const> {
    let Const::Int(i) = index else { return None };
    let at = |len: usize| {
        let i = if *i < 0 { *i + len as i64 } else { *i };
        usize::try_from(i).ok().filter(|i| *i < len)
    };
    match seq {
        Const::Tuple(t) => t.get(at(t.len())?).cloned(),
        Const::Bytes(b) => b.get(at(b.len())?).map(|b| Const::Int(*b as i64)),
        Const::Str(s) => {
            let c = s.chars().nth(at(s.chars().count())?)?;
            Some(Const::Str(c.to_string()))
        }
        _ => None,
    }
}
