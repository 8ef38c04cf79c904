//! The bytes of a pickle on their way out, in frames from protocol 4 on.

use super::opcodes::FRAME;
use super::pickler::Pickler;
use runtime::{Res, Value, Vm};

/// Smaller frames are not worth their header.
const LEAST_FRAME: usize = 4;
/// Frames end after so many bytes; larger pieces are written outside of frames.
pub const FRAME_TARGET: usize = 64 * 1024;
/// Opcode and length.
const HEADER: usize = 9;

/// Bytes not written yet.
#[derive(Default)]
pub struct Output {
    pub bytes: Vec<u8>,
    pub framing: bool,
    /// Where the current frame's header is.
    frame: Option<usize>,
}

impl Output {
    fn put(&mut self, data: &[u8]) {
        if self.framing && self.frame.is_none() {
            self.frame = Some(self.bytes.len());
            self.bytes.extend_from_slice(&[0; HEADER]);
        }
        self.bytes.extend_from_slice(data);
    }
    /// Ends the current frame.
    pub fn commit(&mut self) {
        let Some(start) = self.frame.take() else {
            return;
        };
        let len = self.bytes.len() - start - HEADER;
        if len < LEAST_FRAME {
            self.bytes.drain(start..start + HEADER);
            return;
        }
        self.bytes[start] = FRAME;
        self.bytes[start + 1..start + HEADER].copy_from_slice(&(len as u64).to_le_bytes());
    }
    fn is_full(&self) -> bool {
        self.frame
            .is_some_and(|start| self.bytes.len() - start - HEADER >= FRAME_TARGET)
    }
    /// Forgets what is there.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.frame = None;
        self.framing = false;
    }
}

impl Pickler {
    /// Writes bytes.
    #[inline]
    pub fn put(&self, data: &[u8]) {
        self.out.borrow_mut().put(data);
    }
    /// Writes an opcode.
    #[inline]
    pub fn op(&self, opcode: u8) {
        self.put(&[opcode]);
    }
    /// An opcode begins here: a full frame ends.
    #[inline]
    pub fn boundary(&self, vm: &mut Vm) -> Res<()> {
        if !self.out.borrow().is_full() {
            return Ok(());
        }
        self.out.borrow_mut().commit();
        self.flush(vm)
    }
    /// Hands all to the file, if there is one.
    pub fn flush(&self, vm: &mut Vm) -> Res<()> {
        let Some(write) = self.write.get() else {
            return Ok(());
        };
        let bytes = std::mem::take(&mut self.out.borrow_mut().bytes);
        let v = vm.new_bytes(&bytes)?;
        vm.call_value(write, &[v])?;
        Ok(())
    }
    /// Writes a header and data, which is not framed and not copied when it is long; `object` is
    /// what the file gets then.
    pub fn put_long(
        &self,
        vm: &mut Vm,
        header: &[u8],
        data: &[u8],
        object: Option<Value>,
    ) -> Res<()> {
        if data.len() < FRAME_TARGET {
            self.put(header);
            self.put(data);
            return Ok(());
        }
        let framing = {
            let mut out = self.out.borrow_mut();
            out.commit();
            std::mem::replace(&mut out.framing, false)
        };
        self.put(header);
        match self.write.get() {
            Some(write) => {
                let v = match object {
                    Some(v) => v,
                    None => vm.new_bytes(data)?,
                };
                self.flush(vm)?;
                vm.call_value(write, &[v])?;
            }
            None => self.put(data),
        }
        self.out.borrow_mut().framing = framing;
        Ok(())
    }
}
