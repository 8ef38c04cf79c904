//! Buffers of several objects for one system call (`readv`, `sendmsg`).

use runtime::alloc::GcVec;
use runtime::buffer::Buffer;
use runtime::{Res, Value, Vm};

/// Memory on loan from a list of objects. It must live on the native stack.
pub struct Loans {
    buffers: Vec<Buffer>,
    /// What the loans rest on: the buffers themselves lie where the collector does not look.
    kept: GcVec,
}

impl Loans {
    /// Borrows from each of `items` with `borrow`.
    pub fn new(
        vm: &mut Vm,
        items: &GcVec,
        mut borrow: impl FnMut(&mut Vm, Value) -> Res<Buffer>,
    ) -> Res<Loans> {
        let mut loans = Loans {
            buffers: Vec::new(),
            kept: GcVec::new(),
        };
        for i in 0..items.len() {
            let loan = borrow(vm, items[i])?;
            for v in loan.objects().into_iter().flatten() {
                loans.kept.push(vm, v)?;
            }
            loans.buffers.push(loan);
        }
        Ok(loans)
    }

    /// The memory as system calls take it, valid as long as the loans.
    pub fn vectors(&self) -> Vec<libc::iovec> {
        let vector = |b: &Buffer| libc::iovec {
            iov_base: b.as_ptr().cast(),
            iov_len: b.len(),
        };
        self.buffers.iter().map(vector).collect()
    }
}

impl Drop for Loans {
    fn drop(&mut self) {
        self.buffers.clear();
        // The objects are to be on the stack until their loans have ended.
        std::hint::black_box(&self.kept);
    }
}
