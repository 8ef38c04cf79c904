//! The hash of strings and bytes: SipHash 1-3, as CPython's default build.

use crate::Units;

/// The process-wide 128-bit key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashKey {
    k0: u64,
    k1: u64,
}

impl HashKey {
    /// From 16 random bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> HashKey {
        let all = u128::from_le_bytes(bytes);
        HashKey {
            k0: all as u64,
            k1: (all >> 64) as u64,
        }
    }

    /// From PYTHONHASHSEED: 0 gives the zero key, others fill it by a linear congruential generator.
    pub fn from_seed(seed: u32) -> HashKey {
        let mut bytes = [0; 16];
        let mut x = seed;
        if seed != 0 {
            for b in &mut bytes {
                x = x.wrapping_mul(214_013).wrapping_add(2_531_011);
                *b = (x >> 16) as u8;
            }
        }
        HashKey::from_bytes(bytes)
    }

    /// Hash of bytes: 0 when empty, never -1.
    pub fn hash_bytes(self, bytes: &[u8]) -> i64 {
        if bytes.is_empty() {
            return 0;
        }
        let (chunks, tail) = bytes.as_chunks::<8>();
        let words = chunks.iter().map(|c| u64::from_le_bytes(*c));
        let tail = tail.iter().rev().fold(0, |w, &b| w << 8 | b as u64);
        settle(self.sip(words, tail, bytes.len()))
    }

    /// Hash of a string in its narrowest storage: of its units as little-endian bytes.
    pub fn hash_units(self, s: Units) -> i64 {
        match s {
            Units::U8(s) => self.hash_bytes(s),
            Units::U16([]) | Units::U32([]) => 0,
            Units::U16(s) => {
                let (chunks, tail) = s.as_chunks::<4>();
                let join = |w: &[u16]| w.iter().rev().fold(0, |w, &c| w << 16 | c as u64);
                let words = chunks.iter().map(|c| join(c));
                settle(self.sip(words, join(tail), 2 * s.len()))
            }
            Units::U32(s) => {
                let (chunks, tail) = s.as_chunks::<2>();
                let words = chunks.iter().map(|c| c[0] as u64 | (c[1] as u64) << 32);
                let tail = tail.first().map_or(0, |&c| c as u64);
                settle(self.sip(words, tail, 4 * s.len()))
            }
        }
    }

    /// SipHash 1-3 of 64-bit words, up to seven remaining bytes, and the length in bytes.
    #[inline(always)]
    fn sip(self, words: impl Iterator<Item = u64>, tail: u64, len: usize) -> u64 {
        let mut v = [
            self.k0 ^ 0x736f_6d65_7073_6575,
            self.k1 ^ 0x646f_7261_6e64_6f6d,
            self.k0 ^ 0x6c79_6765_6e65_7261,
            self.k1 ^ 0x7465_6462_7974_6573,
        ];
        let last = (len as u64) << 56 | tail;
        for word in words.chain([last]) {
            v[3] ^= word;
            round(&mut v);
            v[0] ^= word;
        }
        v[2] ^= 0xff;
        (0..3).for_each(|_| round(&mut v));
        v[0] ^ v[1] ^ v[2] ^ v[3]
    }
}

/// -1 means "error" in CPython's C interface, so it becomes -2.
fn settle(hash: u64) -> i64 {
    match hash as i64 {
        -1 => -2,
        h => h,
    }
}

#[inline(always)]
fn round(v: &mut [u64; 4]) {
    v[0] = v[0].wrapping_add(v[1]);
    v[2] = v[2].wrapping_add(v[3]);
    v[1] = v[1].rotate_left(13) ^ v[0];
    v[3] = v[3].rotate_left(16) ^ v[2];
    v[0] = v[0].rotate_left(32);
    v[2] = v[2].wrapping_add(v[1]);
    v[0] = v[0].wrapping_add(v[3]);
    v[1] = v[1].rotate_left(17) ^ v[2];
    v[3] = v[3].rotate_left(21) ^ v[0];
    v[2] = v[2].rotate_left(32);
}
