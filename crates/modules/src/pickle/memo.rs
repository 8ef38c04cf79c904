//! The objects a pickler has met, by identity.

use runtime::Value;
use runtime::address_map::AddressMap;

/// Objects in the order of their indices. Whoever holds it traces `objects`.
#[derive(Default)]
pub struct Memo {
    index: AddressMap<u64, u32>,
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
