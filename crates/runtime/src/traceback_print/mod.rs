//! Printing uncaught exceptions, as CPython's `traceback` module prints them.

mod anchors;
mod chain;
mod keywords;
mod lines;
mod message;
mod source;

pub(crate) use lines::shown_file;
pub(crate) use message::type_name;

use crate::value::Value;
use crate::vm::Vm;

/// Escape sequences of the parts of a traceback; empty without colours.
#[derive(Clone, Copy)]
pub(crate) struct Theme {
    pub kind: &'static str,
    /// Messages, file names, line numbers and function names.
    pub text: &'static str,
    pub highlight: &'static str,
    pub range: &'static str,
    pub reset: &'static str,
}

const PLAIN: Theme = Theme {
    kind: "",
    text: "",
    highlight: "",
    range: "",
    reset: "",
};
const COLOURS: Theme = Theme {
    kind: "\x1b[1;35m",
    text: "\x1b[35m",
    highlight: "\x1b[1;31m",
    range: "\x1b[31m",
    reset: "\x1b[0m",
};

/// A line of a file without the white space around it; empty when there is none.
pub fn source_line(vm: &Vm, file: &str, line: i64) -> String {
    match u32::try_from(line) {
        Ok(n) => source::Sources::new(vm).line(file, n).trim().to_string(),
        Err(_) => String::new(),
    }
}

impl Vm {
    /// The text that an uncaught exception prints. Errors on the way are swallowed; the exception
    /// in flight stays what it was.
    pub fn format_exception(&mut self, exc: Value, colour: bool) -> String {
        let raised = self.raised.take();
        let theme = if colour { COLOURS } else { PLAIN };
        let text = chain::format(self, exc, theme);
        self.raised = raised;
        text
    }

    /// The text of an exception that nobody can catch: no carets, causes, notes or suggestions.
    pub(crate) fn format_unraisable(&mut self, exc: Value) -> String {
        let raised = self.raised.take();
        let text = chain::format_bare(self, exc);
        self.raised = raised;
        text
    }

    /// Does standard error want colours? (`_colorize.can_colorize`)
    pub fn stderr_colour(&mut self) -> bool {
        let var = |name: &str| {
            std::env::var(name)
                .ok()
                .filter(|v| !v.is_empty())
                .unwrap_or_default()
        };
        if !self.interp().config.ignore_environment {
            match var("PYTHON_COLORS").as_str() {
                "0" => return false,
                "1" => return true,
                _ => {}
            }
        }
        if !var("NO_COLOR").is_empty() {
            return false;
        }
        if !var("FORCE_COLOR").is_empty() {
            return true;
        }
        if var("TERM") == "dumb" {
            return false;
        }
        // SAFETY: isatty has no preconditions.
        if unsafe { libc::isatty(2) } != 1 {
            return false;
        }
        let Some(err) = self.sys_attr("stderr") else {
            return true;
        };
        let fd = self.call_method_str(err, "fileno", &[]);
        self.raised = None;
        matches!(fd, Ok(v) if self.int_to_i64(v) == Some(2))
    }
}
