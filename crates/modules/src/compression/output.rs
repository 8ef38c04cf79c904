//! The growing result of a compressor or decompressor.

use runtime::{Res, Value, Vm};

/// Room for the first piece of output.
const FIRST: usize = 16 * 1024;

/// Output that a C-style coder writes into, piece by piece.
pub struct Output {
    data: Vec<u8>,
    first: usize,
    limit: Option<usize>,
}

impl Output {
    /// An empty output that grows to at most `limit` bytes.
    pub fn new(limit: Option<usize>) -> Output {
        Output::starting_at(FIRST, limit)
    }
    /// As `new` with the size of the first piece.
    pub fn starting_at(first: usize, limit: Option<usize>) -> Output {
        Output {
            data: Vec::new(),
            first,
            limit,
        }
    }
    /// Where to write and how many bytes fit; none only when the limit is reached.
    pub fn room(&mut self, vm: &mut Vm) -> Res<(*mut u8, usize)> {
        let left = self.limit.map_or(usize::MAX, |l| l - self.data.len());
        if self.data.len() == self.data.capacity() && left > 0 {
            let more = self.data.len().max(self.first).min(left);
            if self.data.try_reserve_exact(more).is_err() {
                return Err(vm.memory_error());
            }
        }
        let spare = self.data.spare_capacity_mut();
        let n = spare.len().min(left).min(u32::MAX as usize);
        Ok((spare.as_mut_ptr().cast(), n))
    }
    /// The limit is reached.
    pub fn is_full(&self) -> bool {
        self.limit == Some(self.data.len())
    }
    /// Counts bytes that were written where `room` said.
    ///
    /// # Safety
    /// The first `n` bytes of the room have been written.
    pub unsafe fn wrote(&mut self, n: usize) {
        // SAFETY: promised by the caller.
        unsafe { self.data.set_len(self.data.len() + n) };
    }
    /// The result as a bytes object.
    pub fn finish(self, vm: &mut Vm) -> Res<Value> {
        vm.new_bytes(&self.data)
    }
}
