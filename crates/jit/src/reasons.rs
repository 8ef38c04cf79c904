//! Named reasons: why code was not compiled, and why compiled code left.

/// Why a unit was not compiled.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Refusal {
    /// Generators, coroutines: the frame is suspended.
    Generator,
    /// Module and class bodies as functions, and loops whose locals are not the globals.
    Namespace,
    /// Star and keyword-only parameters.
    Parameters,
    /// The jump does not belong to a loop.
    NoLoop,
    /// The loop suspends its frame.
    Suspends,
    /// Too much bytecode, or the graph became too large.
    TooLarge,
    /// It iterates over a generator, which the interpreter does faster.
    DrivesGenerator,
    /// Too many of its instructions would be left to the interpreter.
    MostlySteps,
    /// It was compiled often enough, and left again and again.
    Unstable,
    /// More live values than the buffer holds.
    TooManyValues,
    /// Cranelift refused (a bug worth a report).
    Backend,
    /// No memory for code.
    NoMemory,
}

impl Refusal {
    /// For people.
    pub fn text(self) -> &'static str {
        match self {
            Refusal::Generator => "generator or coroutine",
            Refusal::Namespace => "namespace code",
            Refusal::Parameters => "star or keyword-only parameters",
            Refusal::NoLoop => "no loop there",
            Refusal::Suspends => "the loop suspends its frame",
            Refusal::TooLarge => "too large",
            Refusal::DrivesGenerator => "iterates over a generator",
            Refusal::MostlySteps => "most instructions would be interpreted",
            Refusal::Unstable => "left too often",
            Refusal::TooManyValues => "too many live values",
            Refusal::Backend => "the code generator refused",
            Refusal::NoMemory => "no memory for code",
        }
    }
}
