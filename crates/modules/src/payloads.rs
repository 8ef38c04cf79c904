//! `payload!`: Rust state of native instances whose values the collector sees.

use runtime::Value;
use std::cell::Cell;

/// Something that may hold values, as a field of a payload.
pub trait Mark {
    /// Marks the values held.
    fn mark(&self, t: &mut gc::Tracer);
}

impl Mark for Value {
    fn mark(&self, t: &mut gc::Tracer) {
        runtime::payload::mark(t, *self);
    }
}
impl<T: Mark> Mark for Option<T> {
    fn mark(&self, t: &mut gc::Tracer) {
        if let Some(v) = self {
            v.mark(t);
        }
    }
}
impl<T: Mark + Copy> Mark for Cell<T> {
    fn mark(&self, t: &mut gc::Tracer) {
        self.get().mark(t);
    }
}
macro_rules! plain {
    ($($t:ty)*) => { $(impl Mark for $t { fn mark(&self, _: &mut gc::Tracer) {} })* };
}
plain!(bool u8 u32 i64 u64 usize Box<[Cell<usize>]> std::sync::Arc<crate::thread::wait::Flag>);

/// Declares a struct that is a payload: every field implements `Mark`.
macro_rules! payload {
    ($($(#[$meta:meta])* $vis:vis struct $name:ident { $($(#[$fm:meta])* $fvis:vis $field:ident : $ty:ty),* $(,)? })*) => { $(
        $(#[$meta])*
        $vis struct $name { $($(#[$fm])* $fvis $field: $ty),* }
        impl runtime::payload::Payload for $name {
            fn trace(&self, t: &mut gc::Tracer) {
                let _ = &t;
                $( $crate::payloads::Mark::mark(&self.$field, t); )*
            }
        }
    )* };
}
pub(crate) use payload;

/// The type of a `TypeSpec` whose instances are payloads; further fields as in `TypeSpec`.
macro_rules! payload_type {
    ($($field:ident : $value:expr),* $(,)?) => {
        runtime::class::TypeSpec {
            kind: runtime::Kind::Payload,
            size: size_of::<runtime::object::PayloadObj>(),
            slot_offset: std::mem::offset_of!(runtime::object::PayloadObj, overflow),
            $($field: $value,)*
            ..runtime::class::TypeSpec::DEFAULT
        }
    };
}
pub(crate) use payload_type;
