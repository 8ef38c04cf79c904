//! The Mersenne Twister MT19937 as `_random.Random` uses it (Matsumoto and Nishimura, 1998).

const N: usize = 624;
const M: usize = 397;

/// Generator state: 624 words and the position of the next one.
#[derive(Clone)]
pub struct Mersenne {
    state: [u32; N],
    index: usize,
}

impl Mersenne {
    /// Seeded with a single word (`init_genrand`).
    pub fn from_word(seed: u32) -> Self {
        let mut state = [0; N];
        state[0] = seed;
        for i in 1..N {
            let previous: u32 = state[i - 1];
            state[i] = (previous ^ (previous >> 30))
                .wrapping_mul(1_812_433_253)
                .wrapping_add(i as u32);
        }
        Mersenne { state, index: N }
    }

    /// Seeded with an array (`init_by_array`); an empty key counts as `[0]`.
    pub fn from_key(key: &[u32]) -> Self {
        let key = if key.is_empty() { &[0] } else { key };
        let mut state = Self::from_word(19_650_218).state;
        let (mut i, mut j) = (1, 0);
        for _ in 0..N.max(key.len()) {
            let previous = state[i - 1];
            state[i] = (state[i] ^ (previous ^ (previous >> 30)).wrapping_mul(1_664_525))
                .wrapping_add(key[j])
                .wrapping_add(j as u32);
            Self::advance(&mut state, &mut i);
            j = (j + 1) % key.len();
        }
        for _ in 0..N - 1 {
            let previous = state[i - 1];
            state[i] = (state[i] ^ (previous ^ (previous >> 30)).wrapping_mul(1_566_083_941))
                .wrapping_sub(i as u32);
            Self::advance(&mut state, &mut i);
        }
        state[0] = 0x8000_0000;
        Mersenne { state, index: N }
    }

    fn advance(state: &mut [u32; N], i: &mut usize) {
        *i += 1;
        if *i >= N {
            state[0] = state[N - 1];
            *i = 1;
        }
    }

    /// Seeded with the magnitude of an integer, little-endian 64-bit limbs, as
    /// `random.seed(int)`.
    pub fn from_limbs(limbs: &[u64]) -> Self {
        let mut key: Vec<u32> = limbs
            .iter()
            .flat_map(|&w| [w as u32, (w >> 32) as u32])
            .collect();
        while key.len() > 1 && key.last() == Some(&0) {
            key.pop();
        }
        Self::from_key(&key)
    }

    fn refill(&mut self) {
        let s = &mut self.state;
        for k in 0..N {
            let y = (s[k] & 0x8000_0000) | (s[(k + 1) % N] & 0x7fff_ffff);
            let odd = if y & 1 == 1 { 0x9908_b0df } else { 0 };
            s[k] = s[(k + M) % N] ^ (y >> 1) ^ odd;
        }
        self.index = 0;
    }

    /// The next 32 bits.
    pub fn next_u32(&mut self) -> u32 {
        if self.index >= N {
            self.refill();
        }
        let mut y = self.state[self.index];
        self.index += 1;
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c_5680;
        y ^= (y << 15) & 0xefc6_0000;
        y ^ (y >> 18)
    }

    /// `random()`: a double in `[0, 1)` of 53 random bits.
    pub fn random(&mut self) -> f64 {
        let a = f64::from(self.next_u32() >> 5);
        let b = f64::from(self.next_u32() >> 6);
        (a * 67_108_864.0 + b) * (1.0 / 9_007_199_254_740_992.0)
    }

    /// `getrandbits(k)` for `k <= 64`.
    pub fn bits64(&mut self, k: u32) -> u64 {
        match k {
            0 => 0,
            1..=32 => u64::from(self.next_u32() >> (32 - k)),
            _ => {
                let low = u64::from(self.next_u32());
                low | u64::from(self.next_u32() >> (64 - k.min(64))) << 32
            }
        }
    }

    /// `getrandbits(k)` as little-endian limbs.
    pub fn bits(&mut self, k: u64) -> Vec<u64> {
        let mut left = k;
        let mut out = Vec::with_capacity(k.div_ceil(64) as usize);
        while left > 0 {
            let take = left.min(64) as u32;
            out.push(self.bits64(take));
            left -= u64::from(take);
        }
        out
    }

    /// `getstate()`: the 624 words and the index (0..=624).
    pub fn state(&self) -> (&[u32; N], usize) {
        (&self.state, self.index)
    }

    /// `setstate()`; `None` if the index is out of range.
    pub fn from_state(state: [u32; N], index: usize) -> Option<Self> {
        (index <= N).then_some(Mersenne { state, index })
    }
}
