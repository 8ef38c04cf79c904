//! Loads, stores and allocations.

use super::*;
use crate::helpers;
use cranelift_codegen::ir::types::I32;
use gc::Header;
use runtime::object::*;

impl Lower<'_> {
    /// Loads, stores and allocations.
    pub(super) fn memory_node(&mut self, d: &NodeData) -> Option<ir::Value> {
        let a = |l: &mut Self, i: usize| l.value(d.args[i]);
        Some(match d.op {
            Op::LoadField { offset } | Op::LoadWord { offset } | Op::LoadLen { offset } => {
                let x = a(self, 0);
                self.load(x, offset as usize)
            }
            Op::LoadAt { address } => {
                let at = self.iconst(address);
                self.load(at, 0)
            }
            Op::StoreField { offset } | Op::StoreWord { offset } => {
                // The write barrier is empty (see gc::write_barrier).
                let (x, v) = (a(self, 0), a(self, 1));
                self.fb.ins().store(mem(), v, x, offset as i32);
                return None;
            }
            Op::StoreShape(shape) => {
                let x = a(self, 0);
                let s = self.fb.ins().iconst(I32, shape as i64);
                let offset = offset_of!(Header, shape) as i32;
                self.fb.ins().store(mem(), s, x, offset);
                return None;
            }
            Op::StoreAt { address } => {
                let (at, v) = (self.iconst(address), a(self, 0));
                self.fb.ins().store(mem(), v, at, 0);
                return None;
            }
            Op::DictSet => {
                self.dict_set(d);
                return None;
            }
            Op::Append => {
                self.append(d);
                return None;
            }
            Op::NewTuple | Op::NewList => self.new_sequence(d),
            Op::NewInstance { class } => self.new_instance(d, class),
            _ => return self.item(d),
        })
    }

    fn item(&mut self, d: &NodeData) -> Option<ir::Value> {
        let (obj, index) = (self.value(d.args[0]), self.value(d.args[1]));
        let tuple = d.op == Op::LoadTupleItem;
        if let Some(s) = d.state {
            let len = if tuple {
                offset_of!(TupleObj, len)
            } else {
                offset_of!(ListObj, len)
            };
            let len = self.load(obj, len);
            let ok = self.fb.ins().icmp(IntCC::UnsignedLessThan, index, len);
            self.guard(ok, s, "index");
        }
        let items = if tuple {
            self.fb.ins().iadd_imm_s(obj, size_of::<TupleObj>() as i64)
        } else {
            self.load(obj, offset_of!(ListObj, items))
        };
        let offset = self.fb.ins().ishl_imm_s(index, 3);
        let at = self.fb.ins().iadd(items, offset);
        if d.op == Op::StoreItem {
            let v = self.value(d.args[2]);
            self.fb.ins().store(mem(), v, at, 0);
            return None;
        }
        Some(self.load(at, 0))
    }

    fn append(&mut self, d: &NodeData) {
        let (list, v) = (self.value(d.args[0]), self.value(d.args[1]));
        let len = self.load(list, offset_of!(ListObj, len));
        let cap = self.load(list, offset_of!(ListObj, cap));
        let room = self.fb.ins().icmp(IntCC::UnsignedLessThan, len, cap);
        let (fast, slow, done) = (
            self.fb.create_block(),
            self.fb.create_block(),
            self.fb.create_block(),
        );
        self.fb.set_cold_block(slow);
        self.fb.ins().brif(room, fast, &[], slow, &[]);
        self.fb.switch_to_block(fast);
        let items = self.load(list, offset_of!(ListObj, items));
        let offset = self.fb.ins().ishl_imm_s(len, 3);
        let at = self.fb.ins().iadd(items, offset);
        self.fb.ins().store(mem(), v, at, 0);
        let more = self.fb.ins().iadd_imm_s(len, 1);
        self.fb
            .ins()
            .store(mem(), more, list, offset_of!(ListObj, len) as i32);
        self.fb.ins().jump(done, &[]);
        self.fb.switch_to_block(slow);
        let vm = self.vm;
        let ok = self.call_helper(helpers::append as *const () as u64, &[vm, list, v]);
        let s = self.state_of(d);
        let to = self.exit_block(s, false, "memory");
        self.fb.ins().brif(ok, done, &[], to, &[]);
        self.fb.switch_to_block(done);
    }

    fn dict_set(&mut self, d: &NodeData) {
        let mut args = vec![self.vm];
        for n in &d.args {
            args.push(self.value(*n));
        }
        let ok = self.call_helper(helpers::quick::dict_set as *const () as u64, &args);
        let s = self.state_of(d);
        self.leave_undone(ok, s, "dict");
    }

    /// Stores the arguments from `first` on in the buffer.
    pub(super) fn fill_buffer(&mut self, args: &[Node]) {
        for (i, n) in args.iter().enumerate() {
            let v = self.value(*n);
            let at = offset_of!(runtime::Vm, deopt_buffer) + i * 8;
            self.fb.ins().store(mem(), v, self.vm, at as i32);
        }
    }

    fn new_sequence(&mut self, d: &NodeData) -> ir::Value {
        self.fill_buffer(&d.args);
        let n = self.iconst(d.args.len() as u64);
        let list = self.iconst((d.op == Op::NewList) as u64);
        let vm = self.vm;
        let r = self.call_helper(helpers::new_sequence as *const () as u64, &[vm, n, list]);
        let s = self.state_of(d);
        self.leave_undone(r, s, "memory");
        r
    }

    fn new_instance(&mut self, d: &NodeData, class: u64) -> ir::Value {
        let (vm, class) = (self.vm, self.iconst(class));
        let r = self.call_helper(helpers::new_instance as *const () as u64, &[vm, class]);
        let s = self.state_of(d);
        self.leave_undone(r, s, "memory");
        r
    }
}
