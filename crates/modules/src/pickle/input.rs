//! The bytes of a pickle on their way in.

use super::state::unpickling_error;
use super::unpickler::Unpickler;
use runtime::{Raised, Res, Value, Vm};

/// So many bytes are looked at in advance where a file allows it.
const PREFETCH: usize = 128 * 1024;

/// What was read and not used yet.
#[derive(Default)]
pub struct Input {
    pub bytes: Vec<u8>,
    pub at: usize,
    /// Up to here the file has moved on too: what `peek` showed it still has.
    taken: usize,
    /// Where the current frame ends.
    frame: Option<usize>,
}

fn truncated(vm: &mut Vm) -> Raised {
    unpickling_error(vm, "pickle data was truncated")
}

impl Unpickler {
    /// The place of the next `n` bytes in the input, which moves behind them.
    #[inline]
    pub fn take(&self, vm: &mut Vm, n: usize) -> Res<std::ops::Range<usize>> {
        self.check_frame(vm, n)?;
        {
            let mut input = self.input.borrow_mut();
            if n <= input.bytes.len() - input.at {
                let at = input.at;
                input.at += n;
                return Ok(at..at + n);
            }
        }
        let Some(read) = self.read.get() else {
            return Err(truncated(vm));
        };
        self.skip(vm)?;
        if n < PREFETCH && self.peek_ahead(vm, n)? {
            return Ok(0..n);
        }
        let count = vm.new_int(n as i64)?;
        let got = vm.call_value(read, &[count])?;
        self.refill(vm, got)?;
        let mut input = self.input.borrow_mut();
        if input.bytes.len() < n {
            input.at = input.bytes.len();
            drop(input);
            return Err(truncated(vm));
        }
        input.at = n;
        Ok(0..n)
    }

    /// What is read in a frame must not go beyond its end.
    #[inline]
    fn check_frame(&self, vm: &mut Vm, n: usize) -> Res<()> {
        let mut input = self.input.borrow_mut();
        let Some(end) = input.frame else {
            return Ok(());
        };
        if input.at >= end {
            input.frame = None;
        } else if n > end - input.at {
            drop(input);
            return Err(unpickling_error(vm, "pickle exhausted before end of frame"));
        }
        Ok(())
    }

    /// Begins a frame of `n` bytes, which is read in one piece and then used opcode by opcode.
    pub fn begin_frame(&self, vm: &mut Vm, n: usize) -> Res<()> {
        let inside = {
            let input = self.input.borrow();
            input.frame.is_some_and(|end| input.at < end)
        };
        if inside {
            let text = "beginning of a new frame before end of current frame";
            return Err(unpickling_error(vm, text));
        }
        self.take(vm, n)?;
        let mut input = self.input.borrow_mut();
        input.frame = Some(input.at);
        input.at -= n;
        Ok(())
    }

    /// Looks at what the file has; true if that is enough.
    fn peek_ahead(&self, vm: &mut Vm, n: usize) -> Res<bool> {
        let Some(peek) = self.peek.get() else {
            return Ok(false);
        };
        let got = match vm.call_value(peek, &[Value::int_unchecked(PREFETCH as i64)]) {
            Ok(v) => v,
            Err(_) if vm.catch(vm.types.exc.NotImplementedError) => {
                self.peek.set(None);
                return Ok(false);
            }
            Err(r) => return Err(r),
        };
        self.refill(vm, got)?;
        let mut input = self.input.borrow_mut();
        input.taken = 0;
        if input.bytes.len() < n {
            return Ok(false);
        }
        input.at = n;
        Ok(true)
    }

    /// Replaces the input by what the file returned.
    fn refill(&self, vm: &mut Vm, got: Value) -> Res<()> {
        let bytes = vm.get_buffer(got)?.as_slice().to_vec();
        let taken = bytes.len();
        *self.input.borrow_mut() = Input {
            bytes,
            at: 0,
            taken,
            frame: None,
        };
        Ok(())
    }

    /// Moves the file to where the input is.
    pub fn skip(&self, vm: &mut Vm) -> Res<()> {
        let behind = {
            let mut input = self.input.borrow_mut();
            let behind = input.at.saturating_sub(input.taken);
            input.taken = input.taken.max(input.at);
            behind
        };
        if behind > 0
            && let Some(read) = self.read.get()
        {
            let n = vm.new_int(behind as i64)?;
            vm.call_value(read, &[n])?;
        }
        Ok(())
    }

    /// Bytes read and not used.
    fn left(&self) -> usize {
        let input = self.input.borrow();
        input.bytes.len() - input.at
    }

    /// A copy of the next `n` bytes.
    pub fn bytes(&self, vm: &mut Vm, n: usize) -> Res<Vec<u8>> {
        let place = self.take(vm, n)?;
        Ok(self.input.borrow().bytes[place].to_vec())
    }

    /// The next `N` bytes, as a number's.
    #[inline]
    pub fn fixed<const N: usize>(&self, vm: &mut Vm) -> Res<[u8; N]> {
        let place = self.take(vm, N)?;
        let mut out = [0; N];
        out.copy_from_slice(&self.input.borrow().bytes[place]);
        Ok(out)
    }

    /// The rest of the line, which is not empty.
    pub fn some_line(&self, vm: &mut Vm) -> Res<Vec<u8>> {
        let line = self.line(vm)?;
        if line.is_empty() {
            return Err(truncated(vm));
        }
        Ok(line)
    }

    /// The rest of the line, without its end.
    pub fn line(&self, vm: &mut Vm) -> Res<Vec<u8>> {
        {
            let input = self.input.borrow();
            let rest = &input.bytes[input.at..];
            if let Some(n) = rest.iter().position(|c| *c == b'\n') {
                let line = rest[..n].to_vec();
                drop(input);
                self.take(vm, n + 1)?;
                return Ok(line);
            }
        }
        let Some(readline) = self.readline.get() else {
            return Err(truncated(vm));
        };
        self.check_frame(vm, 1 + self.left())?;
        self.skip(vm)?;
        let got = vm.call_value(readline, &[])?;
        self.refill(vm, got)?;
        let mut input = self.input.borrow_mut();
        input.at = input.bytes.len();
        match input.bytes.split_last() {
            Some((b'\n', line)) => Ok(line.to_vec()),
            _ => {
                drop(input);
                Err(truncated(vm))
            }
        }
    }
}
