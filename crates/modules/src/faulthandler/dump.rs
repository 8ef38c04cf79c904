//! Writing tracebacks straight to a descriptor, without allocating.

use runtime::Vm;
use runtime::frame::Frame;
use runtime::frame_object::line_at;

/// Frames of a thread that are shown.
const MAX_FRAMES: usize = 100;
/// Characters of a name or path that are shown.
const MAX_TEXT: usize = 500;

/// A descriptor that text is written to piece by piece.
pub struct Out(pub i32);

impl Out {
    pub fn text(&self, s: &str) {
        let mut b = s.as_bytes();
        while !b.is_empty() {
            // SAFETY: the bytes are valid for their length.
            let n = unsafe { libc::write(self.0, b.as_ptr().cast(), b.len()) };
            if n <= 0 {
                return;
            }
            b = &b[n as usize..];
        }
    }
    fn clipped(&self, s: &str) {
        match s.char_indices().nth(MAX_TEXT) {
            Some((end, _)) => {
                self.text(&s[..end]);
                self.text("...");
            }
            None => self.text(s),
        }
    }
    fn number(&self, mut n: u64, base: u64, width: usize) {
        let mut digits = [b'0'; 20];
        let mut at = digits.len();
        while n > 0 || at == digits.len() || digits.len() - at < width {
            at -= 1;
            digits[at] = b"0123456789abcdef"[(n % base) as usize];
            n /= base;
        }
        self.text(std::str::from_utf8(&digits[at..]).unwrap_or_default());
    }
    /// `Current thread 0x... (most recent call first):`.
    pub fn thread_head(&self, kind: &str, ident: u64) {
        self.text(kind);
        self.text(" 0x");
        self.number(ident, 16, 16);
        self.text(" (most recent call first):\n");
    }

    fn frame(&self, f: &Frame) {
        let code = f.code.data();
        self.text("  File \"");
        self.clipped(&code.filename);
        self.text("\", line ");
        match line_at(f.code, f.code.word_of(f.pc)) {
            Some(n) => self.number(u64::from(n), 10, 1),
            None => self.text("???"),
        }
        self.text(" in ");
        self.clipped(&code.name);
        self.text("\n");
    }

    /// The frames of a thread, innermost first.
    ///
    /// # Safety
    /// The thread state is alive and its thread does not run meanwhile.
    pub unsafe fn frames(&self, vm: *const Vm) {
        // SAFETY: frames from frames_base (a sentinel) to frame are live records.
        unsafe {
            let mut at = (*vm).frame;
            let mut n = 0;
            if at <= (*vm).frames_base {
                self.text("  <no Python frame>\n");
            }
            while at > (*vm).frames_base {
                if n == MAX_FRAMES {
                    self.text("  ...\n");
                    return;
                }
                runtime::frame::complete(at);
                self.frame(&*at);
                n += 1;
                at = at.sub(1);
            }
        }
    }

    /// All threads of the interpreter; the current one, if one is given, last.
    ///
    /// # Safety
    /// The calling thread has the interpreter lock, or stopped the thread that has it.
    pub unsafe fn all_threads(&self, vm: *mut Vm, current: bool, ident: u64) {
        // SAFETY: promised by the caller; the list only changes under the lock.
        unsafe {
            let threads = &(*(*vm).interp).threads;
            for t in threads.iter().filter(|t| **t != vm) {
                self.thread_head("Thread", (**t).thread_id);
                self.frames(*t);
                self.text("\n");
            }
            if current {
                self.thread_head("Current thread", ident);
                self.frames(vm);
            }
        }
    }
}
