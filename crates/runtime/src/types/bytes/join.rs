//! `join` of bytes and bytearrays.

use super::shared::{data, hold, like};
use crate::alloc::GcVec;
use crate::buffer::Buffer;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

/// What is joined. Objects that lend their bytes do so until everything is copied, so that none of
/// them can change while another one is asked.
struct Items {
    /// The items, and what the loans rest on.
    values: GcVec,
    /// Loans of items that are not exact bytes, in order.
    loans: Vec<Buffer>,
}

fn borrow(vm: &mut Vm, v: Value, index: usize) -> Res<Buffer> {
    match vm.get_buffer(v) {
        Ok(b) => Ok(b),
        Err(_) => {
            // Whatever it raised.
            vm.raised = None;
            let name = vm.class_name(v);
            Err(vm.type_error(&format!(
                "sequence item {index}: expected a bytes-like object, {name} found"
            )))
        }
    }
}

impl Items {
    /// Reads the list itself, which a lending object may change.
    fn of_list(vm: &mut Vm, list: Ref<ListObj>) -> Res<Items> {
        let n = list.len.get();
        let mut values = vm.new_vec();
        // Outlives the loans when this fails.
        let mut others = vm.new_vec();
        let mut loans = Vec::new();
        for i in 0..n {
            let Some(v) = list.get(i) else { break };
            values.push(vm, v)?;
            if !v.is_exact(Kind::Bytes) {
                let loan = borrow(vm, v, i)?;
                for o in loan.objects().into_iter().flatten() {
                    others.push(vm, o)?;
                }
                loans.push(loan);
            }
            if list.len.get() != n {
                return Err(vm.runtime_error("sequence changed size during iteration"));
            }
        }
        values.extend(vm, &others)?;
        Ok(Items { values, loans })
    }
}

pub fn join(vm: &mut Vm, this: Value, iterable: Value) -> Res {
    let _held = hold(vm, this)?;
    let list = match iterable.downcast::<ListObj>() {
        Some(l) => l,
        None => {
            let items = vm.sequence_fast(iterable, "can only join an iterable")?;
            // SAFETY: a list that was just made.
            unsafe { vm.list_from_vec(items)?.cast() }
        }
    };
    let n = list.len.get();
    if let (1, Some(only), true) = (n, list.get(0), this.is_kind(Kind::Bytes))
        && only.is_exact(Kind::Bytes)
    {
        return Ok(only);
    }
    let items = Items::of_list(vm, list)?;
    let out = joined(data(this), &items.values[..n], &items.loans);
    match out {
        Some(bytes) => like(vm, this, &bytes),
        None => Err(vm.memory_error()),
    }
}

/// None: no memory.
fn joined(separator: &[u8], values: &[Value], loans: &[Buffer]) -> Option<Vec<u8>> {
    let pieces = || {
        let mut loans = loans.iter();
        values.iter().map(move |v| match v.is_exact(Kind::Bytes) {
            true => data(*v),
            false => loans.next().map_or(&[][..], Buffer::as_slice),
        })
    };
    let between = separator
        .len()
        .checked_mul(values.len().saturating_sub(1))?;
    let total = pieces().try_fold(between, |n, p| n.checked_add(p.len()))?;
    let mut out = Vec::new();
    out.try_reserve_exact(total).ok()?;
    for (i, piece) in pieces().enumerate() {
        if i > 0 {
            out.extend_from_slice(separator);
        }
        out.extend_from_slice(piece);
    }
    Some(out)
}
