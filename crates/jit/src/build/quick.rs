//! Operations on builtin types by helpers that need no visible frame (`runtime::jit::quick`).
//! Where a helper gives nothing, the interpreter does the bytecode.

use super::*;
use crate::helpers::quick;

/// Types that helpers can tell apart, compare and hash themselves.
const SIMPLE: u32 = types::INT | types::STR;
const COMPARABLE: u32 = SIMPLE | types::BOOL | types::NONE | types::INSTANCE;
const SEQUENCES: u32 = types::LIST | types::TUPLE | types::STR;
const CONTAINERS: u32 = SEQUENCES | types::DICT | types::SET;

/// Something was recorded, and nothing but these.
fn only(mask: u32, allowed: u32) -> bool {
    mask != 0 && mask & !allowed == 0
}

impl Builder<'_> {
    /// The result of a helper that gives the empty word where it cannot do it.
    pub(super) fn quick(&mut self, address: u64, args: &[Node]) -> Node {
        let args = args.iter().map(|n| self.boxed(*n)).collect();
        let n = self.push(Op::Helper { address }, Rep::Value, args);
        self.push_leaving(Op::GuardBound, Rep::None, vec![n]);
        n
    }

    /// As `quick`, of a helper that gives a truth value.
    pub(super) fn quick_bool(&mut self, address: u64, args: &[Node]) -> Node {
        let args = args.iter().map(|n| self.boxed(*n)).collect();
        let n = self.push(Op::Helper { address }, Rep::Value, args);
        self.push_leaving(Op::GuardBool, Rep::Bool, vec![n])
    }

    /// `obj[key]` of dicts, strings and sequences that are not told apart.
    pub(super) fn quick_item(&mut self, obj: Node, key: Node, key_mask: u32) -> Option<Node> {
        let site = self.site();
        let (o, k) = (
            self.types_of(obj, site.operands[0]),
            self.types_of(key, key_mask),
        );
        if site.unstable || !only(o, SEQUENCES | types::DICT) || !only(k, SIMPLE) {
            return None;
        }
        Some(self.quick(quick::get_item as *const () as u64, &[obj, key]))
    }

    /// `obj[key] = v` of a dict. False: not done.
    pub(super) fn quick_set_item(&mut self, obj: Node, key: Node, v: Node) -> bool {
        let site = self.site();
        let (o, k) = (
            self.types_of(obj, site.operands[0]),
            self.types_of(key, site.operands[1]),
        );
        if site.unstable || o != types::DICT || !only(k, SIMPLE) {
            return false;
        }
        self.guard_shape(obj, Kind::Dict as u32);
        let (key, v) = (self.boxed(key), self.boxed(v));
        self.push_leaving(Op::DictSet, Rep::None, vec![obj, key, v]);
        true
    }

    /// `item in container`.
    pub(super) fn contains(&mut self, insn: Insn) -> Built {
        let w = insn.first;
        let site = self.site();
        let (item, container) = (self.reg(w.b()), self.reg(w.c()));
        let (i, c) = (
            self.types_of(item, site.operands[0]),
            self.types_of(container, site.operands[1]),
        );
        if site.unstable || !only(c, CONTAINERS) || !only(i, COMPARABLE) {
            return self.unseen(insn, site.operands[0] == 0);
        }
        let address = quick::contains as *const () as u64;
        let mut n = self.quick_bool(address, &[container, item]);
        if w.d() == 1 {
            n = self.push(Op::Not, Rep::Bool, vec![n]);
        }
        self.set(w.a(), n);
        Ok(())
    }

    /// `x == y` or `x != y` of strings, ints, None and truth values.
    pub(super) fn quick_equality(
        &mut self,
        cmp: Cmp,
        x: Node,
        y: Node,
        masks: [u32; 2],
    ) -> Option<Node> {
        let (a, b) = (self.types_of(x, masks[0]), self.types_of(y, masks[1]));
        let equality = matches!(cmp, Cmp::Eq | Cmp::Ne);
        if !equality || self.site().unstable || !only(a, COMPARABLE) || !only(b, COMPARABLE) {
            return None;
        }
        let n = self.quick_bool(quick::equal as *const () as u64, &[x, y]);
        Some(match cmp {
            Cmp::Ne => self.push(Op::Not, Rep::Bool, vec![n]),
            _ => n,
        })
    }

    /// `x + y` of strings.
    pub(super) fn quick_concat(&mut self, x: Node, y: Node, masks: [u32; 2]) -> Option<Node> {
        let (a, b) = (self.types_of(x, masks[0]), self.types_of(y, masks[1]));
        if self.site().unstable || a != types::STR || b != types::STR {
            return None;
        }
        Some(self.quick(quick::concat as *const () as u64, &[x, y]))
    }

    /// `iter(x)` of a list, tuple or range.
    pub(super) fn quick_iter(&mut self, x: Node) -> Option<Node> {
        let site = self.site();
        let kind = match self.types_of(x, site.operands[0]) {
            _ if site.unstable => return None,
            types::LIST => Kind::ListIter,
            types::TUPLE => Kind::TupleIter,
            types::RANGE => Kind::RangeIter,
            _ => return None,
        };
        let n = self.quick(quick::iter as *const () as u64, &[x]);
        self.guard_shape(n, kind as u32);
        Some(n)
    }

    /// The method of an object whose shapes are too many to tell apart.
    pub(super) fn any_method(&mut self, insn: Insn, obj: Node) -> Option<Node> {
        let site = self.site();
        let instance = self.types_of(obj, site.operands[0]) == types::INSTANCE;
        if site.unstable || !instance || site.shapes().count() <= attr::MAX_WAYS {
            return None;
        }
        let name = self.name(insn);
        let name = self.value_const(name);
        let f = self.quick(quick::find_method as *const () as u64, &[obj, name]);
        self.any_methods.insert(f);
        Some(f)
    }

    /// A call of `str`, `int`, `float` or `bool` with one number or string.
    pub(super) fn conversion(&mut self, class: Value, args: &[Node]) -> Option<Node> {
        let &[x] = args else { return None };
        let site = self.site();
        let kind = self.types_of(x, site.operands[0]);
        if site.unstable {
            return None;
        }
        let [text, int, float, truth] = {
            let t = self.vm.types;
            [t.str, t.int, t.float, t.bool].map(|t| t.value())
        };
        match kind {
            types::INT | types::FLOAT | types::STR if class == text => {
                Some(self.quick(quick::text as *const () as u64, &[x]))
            }
            types::INT if class == int => Some(self.as_int(x)),
            types::FLOAT if class == int => {
                Some(self.quick(quick::whole as *const () as u64, &[x]))
            }
            types::INT if class == float => {
                let n = self.as_int(x);
                Some(self.push(Op::IntToFloat, Rep::Float, vec![n]))
            }
            types::FLOAT if class == float => Some(self.as_float(x)),
            _ if class == truth => self.truth(x, kind),
            _ => None,
        }
    }

    /// A call of `range` with small ints.
    pub(super) fn quick_range(&mut self, args: &[Node]) -> Option<Node> {
        let site = self.site();
        let ints = args
            .first()
            .is_some_and(|n| self.types_of(*n, site.operands[0]) == types::INT);
        if site.unstable || !ints {
            return None;
        }
        let (zero, one) = (self.int_const(0), self.int_const(1));
        let all = match *args {
            [stop] => [zero, stop, one],
            [start, stop] => [start, stop, one],
            [start, stop, step] => [start, stop, step],
            _ => return None,
        };
        Some(self.quick(quick::range as *const () as u64, &all))
    }
}
