//! What the profiler counts: a record a callable, and a stack of the calls that run.

use runtime::Value;
use std::collections::HashMap;

/// Counts and times of one callable, or of its calls from one caller.
#[derive(Clone, Copy, Default)]
pub struct Counts {
    pub calls: u64,
    pub recursive: u64,
    /// Calls that run now.
    level: u64,
    pub total: f64,
    pub inline: f64,
}

impl Counts {
    fn end(&mut self, total: f64, inline: f64) {
        self.level = self.level.saturating_sub(1);
        match self.level {
            0 => self.total += total,
            _ => self.recursive += 1,
        }
        self.inline += inline;
        self.calls += 1;
    }
}

/// The record of a callable.
pub struct Entry {
    /// The code object, or the text of a builtin.
    pub object: Value,
    pub counts: Counts,
    /// What it called, by index.
    pub callees: HashMap<usize, Counts>,
}

struct Running {
    entry: usize,
    started: f64,
    /// Time spent in calls from here.
    below: f64,
}

/// All records of a profiler.
#[derive(Default)]
pub struct Records {
    pub entries: Vec<Entry>,
    /// By address of the code object or definition.
    index: HashMap<usize, usize>,
    stack: Vec<Running>,
}

impl Records {
    /// The record for a key.
    pub fn find(&self, key: usize) -> Option<usize> {
        self.index.get(&key).copied()
    }

    /// A new record.
    pub fn add(&mut self, key: usize, object: Value) -> usize {
        self.index.insert(key, self.entries.len());
        self.entries.push(Entry {
            object,
            counts: Counts::default(),
            callees: HashMap::new(),
        });
        self.entries.len() - 1
    }

    /// A call of `entry` begins.
    pub fn start(&mut self, entry: usize, now: f64, subcalls: bool) {
        self.entries[entry].counts.level += 1;
        if subcalls && let Some(caller) = self.stack.last() {
            let callees = &mut self.entries[caller.entry].callees;
            callees.entry(entry).or_default().level += 1;
        }
        self.stack.push(Running {
            entry,
            started: now,
            below: 0.0,
        });
    }

    /// The call on top ends, when it is one of `entry`.
    pub fn stop(&mut self, entry: usize, now: f64, subcalls: bool) {
        if self.stack.last().is_some_and(|r| r.entry == entry) {
            self.stop_top(now, subcalls);
        }
    }

    fn stop_top(&mut self, now: f64, subcalls: bool) {
        let Some(run) = self.stack.pop() else { return };
        let total = now - run.started;
        let inline = total - run.below;
        self.entries[run.entry].counts.end(total, inline);
        if let Some(caller) = self.stack.last_mut() {
            caller.below += total;
            if subcalls {
                let callees = &mut self.entries[caller.entry].callees;
                callees.entry(run.entry).or_default().end(total, inline);
            }
        }
    }

    /// Ends all calls that run.
    pub fn flush(&mut self, now: f64, subcalls: bool) {
        while !self.stack.is_empty() {
            self.stop_top(now, subcalls);
        }
    }
}
