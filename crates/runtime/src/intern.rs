//! The table of interned strings.

use crate::object::*;
use crate::value::Value;
use hashbrown::HashTable;

/// Strings by content. They live as long as the interpreter. Only the cells are stored: each has its own hash.
pub struct Interned {
    table: HashTable<Value>,
}

fn string(v: &Value) -> Ref<StrObj> {
    // SAFETY: only strings are put in.
    unsafe { v.cast::<StrObj>() }
}

fn stored_hash(v: &Value) -> u64 {
    string(v).hash.get() as u64
}

impl Interned {
    /// A start interns about 3,500 strings.
    pub fn new() -> Interned {
        Interned {
            table: HashTable::with_capacity(3584),
        }
    }

    /// The string with this ASCII content, whose hash is `hash`.
    #[inline]
    pub fn get_ascii(&self, hash: i64, text: &[u8]) -> Option<Value> {
        let same = |v: &Value| string(v).is_ascii() && string(v).raw() == text;
        self.table.find(hash as u64, same).copied()
    }

    /// The string with the content of `s`, whose hash is computed.
    pub fn get(&self, s: Ref<StrObj>) -> Option<Value> {
        let same = |v: &Value| string(v).same_units(s);
        self.table.find(s.hash.get() as u64, same).copied()
    }

    /// Adds a string that is not there yet, whose hash is computed, and flags it. False: no memory.
    pub fn insert(&mut self, s: Ref<StrObj>) -> bool {
        if self.table.try_reserve(1, stored_hash).is_err() {
            return false;
        }
        // SAFETY: a live str cell.
        unsafe { (*s.value().ptr::<gc::Header>()).flags |= STR_INTERNED };
        let hash = s.hash.get() as u64;
        self.table.insert_unique(hash, s.value(), stored_hash);
        true
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// All strings, for the collector.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        self.table.iter()
    }
}

impl Default for Interned {
    fn default() -> Self {
        Interned::new()
    }
}
