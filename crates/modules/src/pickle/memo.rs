//! The objects a pickler has met, by identity.

use runtime::Value;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Spreads the bits of an address.
#[derive(Default)]
pub struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for b in bytes {
            self.write_u64(u64::from(*b));
        }
    }
    fn write_u64(&mut self, n: u64) {
        let x = (self.0 ^ n).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = x ^ (x >> 32);
    }
}

/// Objects in the order of their indices. Whoever holds it traces `objects`.
#[derive(Default)]
pub struct Memo {
    index: HashMap<u64, u32, BuildHasherDefault<AddressHasher>>,
    pub objects: Vec<Value>,
}

impl Memo {
    /// The index of an object.
    pub fn get(&self, v: Value) -> Option<u32> {
        self.index.get(&v.bits()).copied()
    }
    /// Gives an object the next index.
    pub fn add(&mut self, v: Value) -> u32 {
        let i = self.objects.len() as u32;
        self.index.insert(v.bits(), i);
        self.objects.push(v);
        i
    }
    /// Gives an object an index of its own, as who sets `memo` wants it.
    pub fn set(&mut self, v: Value, i: u32) {
        self.index.insert(v.bits(), i);
        self.objects.push(v);
    }
    /// Forgets all.
    pub fn clear(&mut self) {
        self.index.clear();
        self.objects.clear();
    }
    /// Bytes of memory, roughly.
    pub fn size(&self) -> usize {
        self.index.capacity() * 16 + self.objects.capacity() * 8
    }
}
