//! Events of running code: `sys.monitoring` (PEP 669), `sys.settrace` and `sys.setprofile`.
//!
//! Nothing of this costs anything while nobody listens: a thread that is watched has all entries
//! of its handler table replaced by `step::watched`, which reports what the instruction is about
//! to do and then runs its ordinary handler. `sys.settrace` and `sys.setprofile` are two more
//! tools, whose callbacks are in `legacy`.

pub mod code;
mod fire;
mod foreign;
mod jump;
mod legacy;
mod lineno;
mod raising;
pub(crate) mod step;
mod switch;

pub use foreign::Place;
pub use switch::normal as normal_events;

use crate::value::Value;

/// The events and their names in `sys.monitoring.events`, in numeric order.
macro_rules! events {
    ($($(#[$doc:meta])* $event:ident $name:literal;)*) => {
        /// An event, by its number in `sys.monitoring.events` (the power of two).
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Event { $($(#[$doc])* $event),* }

        /// The names in `sys.monitoring.events`, in numeric order.
        pub const NAMES: [&str; EVENTS] = [$($name),*];

        impl Event {
            /// All events in numeric order.
            pub const ALL: [Event; EVENTS] = [$(Event::$event),*];
        }
    };
}

events! {
    PyStart "PY_START";
    PyResume "PY_RESUME";
    PyReturn "PY_RETURN";
    PyYield "PY_YIELD";
    Call "CALL";
    Line "LINE";
    Instruction "INSTRUCTION";
    Jump "JUMP";
    BranchLeft "BRANCH_LEFT";
    BranchRight "BRANCH_RIGHT";
    StopIteration "STOP_ITERATION";
    Raise "RAISE";
    ExceptionHandled "EXCEPTION_HANDLED";
    PyUnwind "PY_UNWIND";
    PyThrow "PY_THROW";
    Reraise "RERAISE";
    CReturn "C_RETURN";
    CRaise "C_RAISE";
    /// Both branches under the name they had before 3.14.
    Branch "BRANCH";
}

/// How many events there are.
pub const EVENTS: usize = 19;
/// How many tools Python code can use.
pub const TOOLS: usize = 6;
/// The tool that is `sys.setprofile`.
pub const PROFILE: usize = 6;
/// The tool that is `sys.settrace`.
pub const TRACE: usize = 7;
/// All tools.
pub const ALL_TOOLS: usize = 8;

impl Event {
    /// Its bit in an event set.
    pub const fn bit(self) -> u32 {
        1 << self as u8
    }

    /// Can be set for one code object, and disabled at one place.
    pub const fn is_local(self) -> bool {
        (self as u8) < Event::Raise as u8
    }
}

/// What a tool of `sys.settrace` or `sys.setprofile` listens to.
const TRACE_EVENTS: u32 = Event::PyStart.bit()
    | Event::PyResume.bit()
    | Event::PyThrow.bit()
    | Event::PyReturn.bit()
    | Event::PyYield.bit()
    | Event::PyUnwind.bit()
    | Event::Line.bit()
    | Event::Jump.bit()
    | Event::Instruction.bit()
    | Event::Raise.bit()
    | Event::StopIteration.bit();
const PROFILE_EVENTS: u32 = Event::PyStart.bit()
    | Event::PyResume.bit()
    | Event::PyThrow.bit()
    | Event::PyReturn.bit()
    | Event::PyYield.bit()
    | Event::PyUnwind.bit()
    | Event::Call.bit()
    | Event::CReturn.bit()
    | Event::CRaise.bit();

/// The tools of an interpreter. Its values are traced as roots.
#[derive(Default)]
pub struct Monitor {
    /// Name of each tool in use.
    pub names: [Option<Value>; TOOLS],
    pub callbacks: [[Option<Value>; EVENTS]; TOOLS],
    /// Events set for all code.
    pub global: [u32; TOOLS],
    /// Code objects that have events of their own, by any tool.
    pub with_local: Vec<Value>,
    /// Changes when disabled events are to happen again.
    pub restarts: u32,
    /// Changes with the events of tools, and when disabled ones are to happen again.
    pub version: u32,
    pub disable: Option<Value>,
    pub missing: Option<Value>,
}

impl Monitor {
    /// The values it holds.
    pub fn values(&self) -> impl Iterator<Item = Value> {
        let callbacks = self.callbacks.iter().flatten();
        let single = [self.disable, self.missing];
        let all = callbacks.chain(&self.names).copied().chain(single);
        all.flatten().chain(self.with_local.iter().copied())
    }
}

/// A call of something that is no Python function, from CALL to C_RETURN or C_RAISE.
pub struct NativeCall {
    /// The frame that called.
    pub frame: *mut crate::frame::Frame,
    pub callable: Value,
    pub first: Value,
}

/// What a thread knows of its watching.
#[derive(Default)]
pub struct Watch {
    /// The handler table is the watching one.
    pub on: bool,
    /// Depth of callbacks that run: events in them are none.
    pub depth: u32,
    /// The event whose callback runs, for assignments to `f_lineno`.
    pub event: Option<(Event, *mut crate::frame::Frame)>,
    /// The StopIteration that ended the loop or the awaiting which is running. Traced as a root.
    pub stop: Option<Value>,
    /// Calls that have not come back. Its values are traced as roots.
    pub calls: Vec<NativeCall>,
}
