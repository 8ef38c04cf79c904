//! Chains of causes and contexts, and exception groups.

use super::lines::{Entry, stack};
use super::source::Sources;
use super::{Theme, message};
use crate::alloc::GcVec;
use crate::object::*;
use crate::value::Value;
use crate::vm::Vm;
use std::collections::HashSet;

const CAUSE: &str = "\nThe above exception was the direct cause of the following exception:\n\n";
const CONTEXT: &str = "\nDuring handling of the above exception, another exception occurred:\n\n";
const STACK: &str = "Traceback (most recent call last):\n";
/// Exceptions of a group and nested groups that are shown.
const MAX_WIDTH: usize = 15;
const MAX_DEPTH: usize = 10;

/// An exception of the tree that is printed; links are indices of nodes.
struct Node {
    cause: Option<usize>,
    context: Option<usize>,
    exceptions: Option<Vec<usize>>,
}

struct Printer {
    theme: Theme,
    sources: Sources,
    nodes: Vec<Node>,
    out: String,
    /// Nesting of groups.
    depth: usize,
    need_close: bool,
    limit: Option<usize>,
}

impl Printer {
    fn new(vm: &mut Vm, theme: Theme) -> Printer {
        Printer {
            theme,
            sources: Sources::new(vm),
            nodes: Vec::new(),
            out: String::new(),
            depth: 0,
            need_close: false,
            limit: limit(vm),
        }
    }
}

/// The stack, its lines without carets, and the last line.
pub(super) fn format_bare(vm: &mut Vm, exc: Value) -> String {
    let mut p = Printer::new(vm, super::PLAIN);
    let stack = match p.entries(vm, exc) {
        Some(mut entries) => {
            for e in &mut entries {
                e.position = None;
            }
            stack(&entries, &mut p.sources, p.theme)
        }
        None => String::new(),
    };
    let head = if stack.is_empty() { "" } else { STACK };
    format!("{head}{stack}{}", message::last_line(vm, exc))
}

/// The whole text for an exception.
pub(super) fn format(vm: &mut Vm, exc: Value, theme: Theme) -> String {
    let mut values = vm.new_vec();
    let mut p = Printer::new(vm, theme);
    if p.build(vm, exc, &mut values).is_none() {
        vm.raised = None;
    }
    if !p.nodes.is_empty() {
        p.node(vm, 0, &values);
    }
    vm.raised = None;
    p.out
}

/// `sys.tracebacklimit`.
fn limit(vm: &mut Vm) -> Option<usize> {
    let v = vm.sys_attr("tracebacklimit")?;
    vm.int_to_i64(v).map(|n| n.max(0) as usize)
}

fn cell(e: Value) -> Option<Ref<ExceptionObj>> {
    e.downcast::<ExceptionObj>()
}

impl Printer {
    fn add(&mut self, vm: &mut Vm, e: Value, values: &mut GcVec) -> Option<usize> {
        values.push(vm, e).ok()?;
        self.nodes.push(Node {
            cause: None,
            context: None,
            exceptions: None,
        });
        Some(self.nodes.len() - 1)
    }

    /// Makes the nodes. An exception that was met before is not followed again.
    fn build(&mut self, vm: &mut Vm, exc: Value, values: &mut GcVec) -> Option<()> {
        let mut seen = HashSet::from([exc.bits()]);
        let first = self.add(vm, exc, values)?;
        let mut queue = vec![first];
        while let Some(n) = queue.pop() {
            let e = values[n];
            let Some(x) = cell(e) else { continue };
            if let Some(c) = x.cause.get()
                && seen.insert(c.bits())
            {
                self.nodes[n].cause = Some(self.add(vm, c, values)?);
            }
            let need_context = self.nodes[n].cause.is_none() && !x.suppress_context.get();
            if need_context
                && let Some(c) = x.context.get()
                && seen.insert(c.bits())
            {
                self.nodes[n].context = Some(self.add(vm, c, values)?);
            }
            if vm.is_instance_of(e, vm.types.exc.BaseExceptionGroup) {
                let mut inner = Vec::new();
                if let Some(t) = vm.exc_field(e, 1).and_then(|t| t.downcast::<TupleObj>()) {
                    for i in t.items() {
                        seen.insert(i.bits());
                        inner.push(self.add(vm, *i, values)?);
                    }
                }
                self.nodes[n].exceptions = Some(inner);
            }
            let node = &self.nodes[n];
            queue.extend(node.cause);
            queue.extend(node.context);
            queue.extend(node.exceptions.iter().flatten());
        }
        Some(())
    }

    fn indent(&self) -> String {
        " ".repeat(2 * self.depth)
    }

    fn emit(&mut self, text: &str, margin: char) {
        if self.depth == 0 {
            self.out.push_str(text);
            return;
        }
        let lead = format!("{}{margin} ", self.indent());
        for line in text.split_inclusive('\n') {
            self.out.push_str(&lead);
            self.out.push_str(line);
        }
    }

    fn stack_of(&mut self, vm: &mut Vm, e: Value) -> Option<String> {
        let entries = self.entries(vm, e)?;
        Some(stack(&entries, &mut self.sources, self.theme))
    }

    /// The entries of a traceback that are shown; None without any.
    fn entries(&self, vm: &mut Vm, e: Value) -> Option<Vec<Entry>> {
        let mut at = cell(e)?.traceback.get();
        let mut entries = Vec::new();
        while let Some(tb) = at.and_then(|t| t.downcast::<TracebackObj>()) {
            let position = tb
                .code
                .data()
                .positions
                .lookup(tb.pc.get())
                .filter(|p| p.line != 0);
            entries.push(Entry {
                file: vm.display(tb.code.filename.or_none()),
                name: vm.display(tb.code.name.or_none()),
                line: position.map(|p| p.line).or(tb.lineno()),
                position,
            });
            at = tb.next.get();
        }
        if vm.interp().config.no_debug_ranges {
            for e in &mut entries {
                e.position = None;
            }
        }
        if let Some(n) = self.limit {
            entries.drain(..entries.len().saturating_sub(n));
        }
        Some(entries).filter(|e| !e.is_empty())
    }

    /// Prints a node after what it was chained to.
    fn node(&mut self, vm: &mut Vm, first: usize, values: &GcVec) {
        let mut chain = Vec::new();
        let mut at = Some(first);
        while let Some(n) = at {
            let node = &self.nodes[n];
            let suppressed = cell(values[n]).is_some_and(|x| x.suppress_context.get());
            let (text, next) = match (node.cause, node.context) {
                (Some(c), _) => (CAUSE, Some(c)),
                (None, Some(c)) if !suppressed => (CONTEXT, Some(c)),
                _ => ("", None),
            };
            chain.push((text, n));
            at = next;
        }
        for (text, n) in chain.into_iter().rev() {
            if !text.is_empty() {
                self.emit(text, '|');
            }
            if self.nodes[n].exceptions.is_some() {
                self.group(vm, n, values);
            } else {
                if let Some(stack) = self.stack_of(vm, values[n]) {
                    self.emit(STACK, '|');
                    self.emit(&stack, '|');
                }
                let text = message::lines(vm, values[n], self.theme);
                self.emit(&text, '|');
            }
        }
    }

    fn group(&mut self, vm: &mut Vm, n: usize, values: &GcVec) {
        if self.depth > MAX_DEPTH {
            self.emit(&format!("... (max_group_depth is {MAX_DEPTH})\n"), '|');
            return;
        }
        let top = self.depth == 0;
        if top {
            self.depth += 1;
        }
        if let Some(stack) = self.stack_of(vm, values[n]) {
            let margin = if top { '+' } else { '|' };
            self.emit(
                "Exception Group Traceback (most recent call last):\n",
                margin,
            );
            self.emit(&stack, '|');
        }
        let text = message::lines(vm, values[n], self.theme);
        self.emit(&text, '|');
        let inner = self.nodes[n].exceptions.clone().unwrap_or_default();
        let shown = inner.len().min(MAX_WIDTH + 1);
        self.need_close = false;
        for (i, one) in inner.iter().enumerate().take(shown) {
            let last = i + 1 == shown;
            if last {
                self.need_close = true;
            }
            let truncated = i >= MAX_WIDTH;
            let title = if truncated {
                "...".to_string()
            } else {
                (i + 1).to_string()
            };
            let lead = if i == 0 { "+-" } else { "  " };
            let indent = self.indent();
            self.out.push_str(&format!(
                "{indent}{lead}+---------------- {title} ----------------\n"
            ));
            self.depth += 1;
            if truncated {
                let rest = inner.len() - MAX_WIDTH;
                let s = if rest > 1 { "s" } else { "" };
                self.emit(&format!("and {rest} more exception{s}\n"), '|');
            } else {
                self.node(vm, *one, values);
            }
            if last && self.need_close {
                let indent = self.indent();
                self.out
                    .push_str(&format!("{indent}+------------------------------------\n"));
                self.need_close = false;
            }
            self.depth -= 1;
        }
        if top {
            self.depth = 0;
        }
    }
}
