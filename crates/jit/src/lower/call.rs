//! The interpreter's steps, helpers, callees, and exceptions.

use super::frames::Viewer;
use super::*;
use crate::helpers;

impl Lower<'_> {
    /// What the interpreter, helpers and callees do, and what comes of it.
    pub(super) fn call_node(&mut self, d: &NodeData) -> Option<ir::Value> {
        let a = |l: &mut Self, i: usize| l.value(d.args[i]);
        Some(match d.op {
            Op::Step { .. } | Op::StepJump { .. } => return self.step(d),
            Op::Reload(r) => {
                let step = self.g.node(d.args[0]);
                let window = self.g.state(self.state_of(step)).window;
                self.load(self.regs, (window + r) as usize * 8)
            }
            Op::Raise => {
                let s = self.state_of(d);
                self.materialise(s, Viewer::Step);
                let vm = self.vm;
                self.call_helper(helpers::run_step as *const () as u64, &[vm]);
                self.fail();
                return None;
            }
            // The end of its block sees to it.
            Op::Caught => return None,
            Op::NextItem => self.next_item(d),
            Op::Call { entry, window } => {
                let at = self.iconst(entry);
                let callee = self.load(at, 0);
                self.call(d, callee, window)
            }
            Op::CallAny { window } => {
                let (vm, f) = (self.vm, a(self, 0));
                let n = self.iconst(d.args.len() as u64 - 1);
                let entry_of = runtime::jit::entry::entry_of as *const () as u64;
                let callee = self.call_helper(entry_of, &[vm, f, n]);
                let s = self.state_of(d);
                self.guard(callee, s, "callee");
                self.call(d, callee, window)
            }
            Op::RaiseUnsupported { op } => {
                let s = self.state_of(d);
                self.materialise(s, Viewer::Step);
                let (vm, op) = (self.vm, self.iconst(op as u64));
                self.call_helper(helpers::unsupported as *const () as u64, &[vm, op]);
                if self.g.catches.contains_key(&self.at) {
                    self.fail();
                }
                return None;
            }
            Op::CallNative { def } => self.call_native(d, def),
            Op::Helper { address } | Op::Effect { address } => {
                let mut args = vec![self.vm];
                for i in 0..d.args.len() {
                    args.push(a(self, i));
                }
                self.call_helper(address, &args)
            }
            Op::Offer => {
                let (vm, v) = (self.vm, a(self, 0));
                self.call_helper(helpers::offer as *const () as u64, &[vm, v])
            }
            _ => return None,
        })
    }

    /// The node always raises.
    fn fail(&mut self) {
        let (failed, go) = (self.failed_block(), self.fb.create_block());
        self.fb.ins().jump(failed, &[]);
        self.fb.switch_to_block(go);
    }

    fn step(&mut self, d: &NodeData) -> Option<ir::Value> {
        let s = self.state_of(d);
        self.materialise(s, Viewer::Step);
        let vm = self.vm;
        let word = self.call_helper(helpers::run_step as *const () as u64, &[vm]);
        let (bail, go) = (self.failed_block(), self.fb.create_block());
        let result = match d.op {
            Op::StepJump { falls, taken } => {
                let taken = self.fb.ins().icmp_imm_s(IntCC::Equal, word, taken as i64);
                let fell = self.fb.ins().icmp_imm_s(IntCC::Equal, word, falls as i64);
                let ok = self.fb.ins().bor(taken, fell);
                self.fb.ins().brif(ok, go, &[], bail, &[]);
                self.fb.switch_to_block(go);
                Some(self.bool_of(taken))
            }
            Op::Step { falls } => {
                let ok = self.fb.ins().icmp_imm_s(IntCC::Equal, word, falls as i64);
                self.fb.ins().brif(ok, go, &[], bail, &[]);
                self.fb.switch_to_block(go);
                None
            }
            _ => None,
        };
        // The step left pc and registers as the interpreter needs them.
        self.check_unobserved(s, |l| l.bail_out());
        result
    }

    /// The bytecode of a state: result register, word behind it, jump target.
    fn bytecode_of(&self, s: StateId) -> (u16, u32, u32) {
        let s = self.g.state(s);
        match bytecode::Insn::at(&s.code.data().instrs, s.word) {
            Ok(i) => {
                let target = i.jump_target().unwrap_or(0) as u32;
                (i.first.a(), i.next(), target)
            }
            Err(_) => (0, s.word, s.word),
        }
    }

    fn leave_after(&mut self, result: ir::Value, dst: u16, word: ir::Value) {
        let dst = self.iconst(dst as u64);
        let tail = match self.leave_tail {
            Some(b) => b,
            None => self.cold_block(3),
        };
        self.leave_tail = Some(tail);
        let args = [result.into(), dst.into(), word.into()];
        self.fb.ins().jump(tail, &args);
    }

    fn next_item(&mut self, d: &NodeData) -> ir::Value {
        let s = self.state_of(d);
        let it = self.value(d.args[0]);
        self.materialise(s, Viewer::Step);
        let vm = self.vm;
        let r = self.call_helper(helpers::next_item as *const () as u64, &[vm, it]);
        // No item: the end, or an exception.
        let (none, go) = (self.fb.create_block(), self.fb.create_block());
        let bail = self.failed_block();
        self.fb.ins().brif(r, go, &[], none, &[]);
        self.fb.switch_to_block(none);
        let raised = self.load_vm(offset_of!(runtime::Vm, raised));
        self.fb.ins().brif(raised, bail, &[], go, &[]);
        self.fb.switch_to_block(go);
        let (dst, next, end) = self.bytecode_of(s);
        self.check_unobserved(s, |l| {
            let (next, end) = (l.iconst(next as u64), l.iconst(end as u64));
            let word = l.fb.ins().select(r, next, end);
            l.leave_after(r, dst, word);
        });
        r
    }

    /// Calls a native entry with the args of a node.
    fn call(&mut self, d: &NodeData, callee: ir::Value, window: u32) -> ir::Value {
        let s = self.state_of(d);
        let values: Vec<ir::Value> = d.args.iter().map(|n| self.value(*n)).collect();
        self.materialise(s, Viewer::Compiled);
        let base = self.g.state(s).window + window;
        let window = self.fb.ins().iadd_imm_s(self.regs, base as i64 * 8);
        let mut args = vec![self.vm, window];
        args.extend(values);
        let conv = self.fb.func.signature.call_conv;
        let sig = self.fb.import_signature(signature(conv, args.len()));
        let call = self.fb.ins().call_indirect(sig, callee, &args);
        let r = self.fb.inst_results(call)[0];
        let (slow, done) = (self.fb.create_block(), self.fb.create_block());
        self.fb.set_cold_block(slow);
        let result = self.fb.append_block_param(done, I64);
        self.fb.ins().brif(r, done, &[r.into()], slow, &[]);
        self.fb.switch_to_block(slow);
        let vm = self.vm;
        let finish = runtime::jit::entry::finish_call as *const () as u64;
        let finished = self.call_helper(finish, &[vm]);
        let bail = self.failed_block();
        // A cold block of its own, so that the way without it falls through.
        let back = self.cold_block(0);
        self.fb.ins().brif(finished, back, &[], bail, &[]);
        self.fb.switch_to_block(back);
        self.fb.ins().jump(done, &[finished.into()]);
        self.fb.switch_to_block(done);
        let (dst, next, _) = self.bytecode_of(s);
        self.check_unobserved(s, |l| {
            let word = l.iconst(next as u64);
            l.leave_after(result, dst, word);
        });
        result
    }

    fn call_native(&mut self, d: &NodeData, def: u64) -> ir::Value {
        let s = self.state_of(d);
        self.materialise(s, Viewer::Native);
        self.fill_buffer(&d.args);
        let (def, n) = (self.iconst(def), self.iconst(d.args.len() as u64));
        let vm = self.vm;
        let r = self.call_helper(helpers::call_native as *const () as u64, &[vm, def, n]);
        let (bail, go) = (self.failed_block(), self.fb.create_block());
        self.fb.ins().brif(r, go, &[], bail, &[]);
        self.fb.switch_to_block(go);
        let (dst, next, _) = self.bytecode_of(s);
        self.check_unobserved(s, |l| {
            let word = l.iconst(next as u64);
            l.leave_after(r, dst, word);
        });
        r
    }
}
