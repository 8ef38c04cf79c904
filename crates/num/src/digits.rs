//! Decimal digits of machine numbers, without an allocation.

/// "00" to "99", one after the other.
static PAIRS: [u8; 200] = {
    let mut t = [0; 200];
    let mut i = 0;
    while i < 100 {
        t[i * 2] = b'0' + (i / 10) as u8;
        t[i * 2 + 1] = b'0' + (i % 10) as u8;
        i += 1;
    }
    t
};

/// A short ASCII text that is written from its end.
pub struct ShortText {
    bytes: [u8; ShortText::ROOM],
    start: usize,
}

impl ShortText {
    /// Room for the digits of 128 bits, a sign and a point.
    pub const ROOM: usize = 42;

    pub fn new() -> ShortText {
        ShortText {
            bytes: [0; ShortText::ROOM],
            start: ShortText::ROOM,
        }
    }
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[self.start..]
    }
    /// Puts a character before the others.
    ///
    /// # Panics
    /// When the room is used up.
    #[inline]
    pub fn put(&mut self, c: u8) {
        self.start -= 1;
        self.bytes[self.start] = c;
    }
    /// Puts a number before the others, two digits at a time.
    ///
    /// # Panics
    /// When the room is used up.
    #[inline]
    pub fn put_number(&mut self, mut n: u64) {
        while n >= 100 {
            self.put_pair(n % 100);
            n /= 100;
        }
        if n >= 10 {
            self.put_pair(n);
        } else {
            self.put(b'0' + n as u8);
        }
    }
    #[inline]
    fn put_pair(&mut self, n: u64) {
        let at = n as usize * 2;
        self.put(PAIRS[at + 1]);
        self.put(PAIRS[at]);
    }
}

impl Default for ShortText {
    fn default() -> Self {
        ShortText::new()
    }
}

/// The decimal text of an int.
#[inline]
pub fn int_text(n: i64) -> ShortText {
    let mut out = ShortText::new();
    out.put_number(n.unsigned_abs());
    if n < 0 {
        out.put(b'-');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::int_text;

    #[test]
    fn digits_are_those_of_the_standard_library() {
        let mut n = 1i64;
        for _ in 0..63 {
            for d in [n - 1, n, n + 1, -n, n / 3, i64::MIN, i64::MAX] {
                assert_eq!(int_text(d).as_bytes(), d.to_string().as_bytes());
            }
            n = n.wrapping_mul(2);
        }
        for d in -1100..1100 {
            assert_eq!(int_text(d).as_bytes(), d.to_string().as_bytes());
        }
    }
}
