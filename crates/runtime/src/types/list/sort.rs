//! `list.sort`: a stable merge sort that finds runs, with quick paths for keys of one simple type.

use crate::object::*;
use crate::ops::CmpOp;
use crate::value::{Res, Value};
use crate::vm::Vm;
use std::cmp::Ordering;

/// Runs shorter than this are extended by binary insertion.
const MIN_RUN: usize = 32;

impl Vm {
    /// Sorts a list in place. The list is empty while key functions and comparisons run; a change
    /// to it in that time is a ValueError.
    pub fn list_sort(&mut self, l: Ref<ListObj>, key: Option<Value>, reverse: bool) -> Res<()> {
        let key = key.filter(|k| !k.is_none());
        let (items, len, cap) = (l.items.get(), l.len.get(), l.cap.get());
        if len == 0 || (len < 2 && key.is_none()) {
            return Ok(());
        }
        // The storage stays attached, so that the collector sees it; capacity 0 makes any change
        // move to new storage.
        l.len.set(0);
        l.cap.set(0);
        let order = self.sorted_order(items, len, key, reverse);
        let changed = l.items.get() != items || l.len.get() != 0;
        if let Ok(order) = &order {
            permute(items, order);
        }
        l.items.set(items);
        l.len.set(len);
        l.cap.set(cap);
        gc::write_barrier(l.header());
        order?;
        if changed {
            return Err(self.value_error("list modified during sort"));
        }
        Ok(())
    }

    /// Positions of the items in sorted order.
    fn sorted_order(
        &mut self,
        items: *mut u64,
        len: usize,
        key: Option<Value>,
        reverse: bool,
    ) -> Res<Vec<u32>> {
        if len > u32::MAX as usize {
            return Err(self.memory_error());
        }
        let mut keys = self.new_vec();
        let keys: &[Value] = match key {
            Some(f) => {
                keys.reserve(self, len)?;
                for i in 0..len {
                    // SAFETY: the storage is kept by the list and has len items.
                    let v = unsafe { Value::from_bits_unchecked(*items.add(i)) };
                    let k = self.call_value(f, &[v])?;
                    keys.push(self, k)?;
                }
                &keys
            }
            // SAFETY: as above; nobody writes to the storage while the list is detached from it.
            None if len > 0 => unsafe { std::slice::from_raw_parts(items.cast(), len) },
            None => &[],
        };
        // The positions, and what the sorts by words need: pairs of 16 bytes and half of them again.
        self.check_room(len * 28)?;
        let mut order: Vec<u32> = (0..len as u32).collect();
        if reverse {
            order.reverse();
        }
        match key_class(keys) {
            KeyClass::Int => sort_by_word(&mut order, |i| keys[i].small_int_unchecked()),
            KeyClass::Float => sort_by_word(&mut order, |i| float_order(keys[i].float_unchecked())),
            KeyClass::Str => sort_strs(&mut order, keys),
            KeyClass::Other => self.merge_sort(&mut order, keys)?,
        }
        if reverse {
            order.reverse();
        }
        Ok(order)
    }

    /// Natural merge sort with Python's `<`.
    fn merge_sort(&mut self, order: &mut [u32], keys: &[Value]) -> Res<()> {
        let n = order.len();
        let mut runs: Vec<(usize, usize)> = Vec::new();
        self.check_room(n * 2)?;
        let mut buffer: Vec<u32> = Vec::with_capacity(n / 2 + 1);
        let mut start = 0;
        while start < n {
            let mut end = self.find_run(order, keys, start)?;
            let want = n.min(start + min_run(n));
            if end < want {
                self.insert_rest(&mut order[start..want], keys, end - start)?;
                end = want;
            }
            runs.push((start, end));
            start = end;
            while runs.len() > 1 && must_merge(&runs) {
                self.merge_top(order, keys, &mut runs, &mut buffer)?;
            }
        }
        while runs.len() > 1 {
            let at = runs.len();
            // Merge the smaller neighbour first.
            if at > 2 && size(runs[at - 3]) < size(runs[at - 1]) {
                let top = runs.pop();
                self.merge_top(order, keys, &mut runs, &mut buffer)?;
                runs.extend(top);
            } else {
                self.merge_top(order, keys, &mut runs, &mut buffer)?;
            }
        }
        Ok(())
    }

    /// End of the run that begins at `start`; a descending one is turned round.
    fn find_run(&mut self, order: &mut [u32], keys: &[Value], start: usize) -> Res<usize> {
        let n = order.len();
        let mut end = start + 1;
        if end >= n {
            return Ok(n);
        }
        let key = |order: &[u32], i: usize| keys[order[i] as usize];
        let descending = self.sort_less(key(order, end), key(order, start))?;
        end += 1;
        while end < n && self.sort_less(key(order, end), key(order, end - 1))? == descending {
            end += 1;
        }
        if descending {
            order[start..end].reverse();
        }
        Ok(end)
    }

    /// Binary insertion of the items from `sorted` on into the sorted beginning.
    fn insert_rest(&mut self, order: &mut [u32], keys: &[Value], sorted: usize) -> Res<()> {
        for i in sorted..order.len() {
            let item = order[i];
            let (mut lo, mut hi) = (0, i);
            while lo < hi {
                let mid = (lo + hi) / 2;
                if self.sort_less(keys[item as usize], keys[order[mid] as usize])? {
                    hi = mid;
                } else {
                    lo = mid + 1;
                }
            }
            order.copy_within(lo..i, lo + 1);
            order[lo] = item;
        }
        Ok(())
    }

    /// Merges the last two runs.
    fn merge_top(
        &mut self,
        order: &mut [u32],
        keys: &[Value],
        runs: &mut Vec<(usize, usize)>,
        buffer: &mut Vec<u32>,
    ) -> Res<()> {
        let (Some((mid, end)), Some((start, _))) = (runs.pop(), runs.pop()) else {
            return Ok(());
        };
        runs.push((start, end));
        // What is in place already at both ends needs no merging.
        let first = keys[order[mid] as usize];
        let start = self.bound(order, keys, start, mid, first, false)?;
        if start == mid {
            return Ok(());
        }
        let last = keys[order[mid - 1] as usize];
        let end = self.bound(order, keys, mid, end, last, true)?;
        buffer.clear();
        buffer.extend_from_slice(&order[start..mid]);
        let (mut i, mut j, mut to) = (0, mid, start);
        while i < buffer.len() && j < end {
            if self.sort_less(keys[order[j] as usize], keys[buffer[i] as usize])? {
                order[to] = order[j];
                j += 1;
            } else {
                order[to] = buffer[i];
                i += 1;
            }
            to += 1;
        }
        order[to..to + buffer.len() - i].copy_from_slice(&buffer[i..]);
        Ok(())
    }

    /// First position in `from..to` whose key is not below `key` (`left`), or is above it. Gallops
    /// from the near end, so that a run already in place costs two comparisons.
    fn bound(
        &mut self,
        order: &[u32],
        keys: &[Value],
        from: usize,
        to: usize,
        key: Value,
        left: bool,
    ) -> Res<usize> {
        let before = |vm: &mut Vm, i: usize| -> Res<bool> {
            let k = keys[order[i] as usize];
            if left {
                vm.sort_less(k, key)
            } else {
                Ok(!vm.sort_less(key, k)?)
            }
        };
        let (mut lo, mut hi) = (from, to);
        let mut step = 1;
        if left {
            while hi - lo >= step {
                let at = hi - step;
                if before(self, at)? {
                    lo = at + 1;
                    break;
                }
                hi = at;
                step *= 2;
            }
        } else {
            while hi - lo >= step {
                let at = lo + step - 1;
                if !before(self, at)? {
                    hi = at;
                    break;
                }
                lo = at + 1;
                step *= 2;
            }
        }
        while lo < hi {
            let mid = (lo + hi) / 2;
            if before(self, mid)? {
                lo = mid + 1;
            } else {
                hi = mid;
            }
        }
        Ok(lo)
    }

    /// `a < b`, quick for tuples of simple items.
    #[inline]
    fn sort_less(&mut self, a: Value, b: Value) -> Res<bool> {
        if a.is_exact(Kind::Tuple) && b.is_exact(Kind::Tuple) {
            // SAFETY: checked above; tuples do not change.
            let (x, y) = unsafe { (a.cast::<TupleObj>(), b.cast::<TupleObj>()) };
            for (p, q) in x.items().iter().zip(y.items()) {
                if !self.eq(*p, *q)? {
                    return self.less(*p, *q);
                }
            }
            return Ok(x.len < y.len);
        }
        if let Some(r) = self.number_compare(CmpOp::Lt, a, b) {
            return Ok(r);
        }
        self.less(a, b)
    }
}

fn size(run: (usize, usize)) -> usize {
    run.1 - run.0
}

/// The invariants of the run stack (timsort's): each run is longer than the two above it together.
fn must_merge(runs: &[(usize, usize)]) -> bool {
    let n = runs.len();
    let z = size(runs[n - 1]);
    let y = size(runs[n - 2]);
    y <= z || (n > 2 && size(runs[n - 3]) <= y + z)
}

fn min_run(n: usize) -> usize {
    let (mut n, mut odd) = (n, 0);
    while n >= 2 * MIN_RUN {
        odd |= n & 1;
        n >>= 1;
    }
    n + odd
}

enum KeyClass {
    Int,
    Float,
    Str,
    Other,
}

/// What all keys are. Floats with a NaN among them have no total order and count as other.
fn key_class(keys: &[Value]) -> KeyClass {
    let Some(first) = keys.first() else {
        return KeyClass::Int;
    };
    if first.is_small_int() && keys.iter().all(|k| k.is_small_int()) {
        KeyClass::Int
    } else if first.is_float()
        && keys
            .iter()
            .all(|k| k.as_float().is_some_and(|f| !f.is_nan()))
    {
        KeyClass::Float
    } else if first.is_exact(Kind::Str) && keys.iter().all(|k| k.is_exact(Kind::Str)) {
        KeyClass::Str
    } else {
        KeyClass::Other
    }
}

/// An int that orders as the float does (no NaN); both zeros are equal.
fn float_order(f: f64) -> i64 {
    let b = (f + 0.0).to_bits() as i64;
    b ^ (((b >> 63) as u64) >> 1) as i64
}

/// Sorts positions by an int key; no Python code runs.
fn sort_by_word(order: &mut [u32], key: impl Fn(usize) -> i64) {
    let mut pairs: Vec<(i64, u32)> = order.iter().map(|i| (key(*i as usize), *i)).collect();
    pairs.sort_by_key(|p| p.0);
    for (to, p) in order.iter_mut().zip(pairs) {
        *to = p.1;
    }
}

/// Sorts positions by strings: first by their first eight code points where those fit in bytes.
fn sort_strs(order: &mut [u32], keys: &[Value]) {
    let str_at = |i: u32| {
        // SAFETY: all keys are str cells.
        unsafe { keys[i as usize].cast::<StrObj>() }
    };
    let narrow = keys.iter().all(|k| {
        // SAFETY: all keys are str cells.
        unsafe { k.cast::<StrObj>() }.header.flags & STR_WIDTH_MASK == 0
    });
    let prefix = |i: u32| {
        let mut first = [0u8; 8];
        let s = str_at(i);
        let raw = s.raw();
        let n = raw.len().min(8);
        first[..n].copy_from_slice(&raw[..n]);
        u64::from_be_bytes(first)
    };
    let mut pairs: Vec<(u64, u32)> = order
        .iter()
        .map(|i| (if narrow { prefix(*i) } else { 0 }, *i))
        .collect();
    pairs.sort_by(|a, b| match a.0.cmp(&b.0) {
        Ordering::Equal => str_at(a.1).units().compare(str_at(b.1).units()),
        other => other,
    });
    for (to, p) in order.iter_mut().zip(pairs) {
        *to = p.1;
    }
}

/// Puts the items in the order of `order`.
fn permute(items: *mut u64, order: &[u32]) {
    // SAFETY: the storage has order.len() items and `order` is a permutation of its positions.
    unsafe {
        let old: Vec<u64> = std::slice::from_raw_parts(items, order.len()).to_vec();
        for (i, from) in order.iter().enumerate() {
            *items.add(i) = old[*from as usize];
        }
    }
}
