//! `_heapq`.

use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_heapq",
    doc: "Heap queue algorithm (a.k.a. priority queue).\n\nHeaps are arrays for which a[k] <= a[2*k+1] and a[k] <= a[2*k+2] for\nall k, counting elements from 0.  For the sake of comparison,\nnon-existing elements are considered to be infinite.  The interesting\nproperty of a heap is that a[0] is always its smallest element.\n\nUsage:\n\nheap = []            # creates an empty heap\nheappush(heap, item) # pushes a new item on the heap\nitem = heappop(heap) # pops the smallest item from the heap\nitem = heap[0]       # smallest item on the heap without popping it\nheapify(x)           # transforms list into a heap, in-place, in linear time\nitem = heapreplace(heap, item) # pops and returns smallest item, and adds\n                               # new item; the heap size is unchanged\n\nOur API differs from textbook heap algorithms as follows:\n\n- We use 0-based indexing.  This makes the relationship between the\n  index for a node and the indexes for its children slightly less\n  obvious, but is more suitable since Python uses 0-based indexing.\n\n- Our heappop() method returns the smallest item, not the largest.\n\nThese two make it possible to view the heap as a regular Python list\nwithout surprises: heap[0] is the smallest item, and heap.sort()\nmaintains the heap invariant!\n",
    functions: &[functions::TABLE],
    init: |vm, m| {
        let about = vm.new_str("Heap queues\n\n[explanation by Fran\u{e7}ois Pinard]\n")?;
        vm.module_set(m, "__about__", about)
    },
};

/// A list that is a heap by `<` (min) or `>` (max).
#[derive(Clone, Copy)]
struct Heap {
    list: Ref<ListObj>,
    max: bool,
}

impl Heap {
    fn of(vm: &mut Vm, v: Value, max: bool, function: &str, numbered: bool) -> Res<Heap> {
        if let Some(list) = v.downcast::<ListObj>() {
            return Ok(Heap { list, max });
        }
        let name = vm.class_name(v);
        let which = if numbered { "argument 1" } else { "argument" };
        Err(vm.type_error(&format!("{function}() {which} must be list, not {name}")))
    }
    fn len(self) -> usize {
        self.list.len.get()
    }
    /// The item at i; RuntimeError when the list shrank meanwhile.
    fn get(self, vm: &mut Vm, i: usize) -> Res {
        match self.list.get(i) {
            Some(v) => Ok(v),
            None => Err(vm.runtime_error("list changed size during iteration")),
        }
    }
    fn set(self, i: usize, v: Value) {
        if i < self.len() {
            // SAFETY: i is below the length.
            unsafe { *self.list.items.get().add(i) = v.bits() };
            gc::write_barrier(self.list.header());
        }
    }
    fn pop_last(self) -> Option<Value> {
        let n = self.len().checked_sub(1)?;
        let v = self.list.get(n);
        // SAFETY: n is below the length; unused slots are zero.
        unsafe { *self.list.items.get().add(n) = 0 };
        self.list.len.set(n);
        v
    }
    /// a belongs above b.
    fn above(self, vm: &mut Vm, a: Value, b: Value) -> Res<bool> {
        match self.max {
            true => vm.less(b, a),
            false => vm.less(a, b),
        }
    }
    /// As `above`; the list keeps its size during the comparison.
    fn before(self, vm: &mut Vm, a: Value, b: Value) -> Res<bool> {
        let n = self.len();
        let r = self.above(vm, a, b)?;
        if self.len() != n {
            return Err(vm.runtime_error("list changed size during iteration"));
        }
        Ok(r)
    }
    /// Moves the item at `pos` up to its place, not above `start`.
    fn sift_up(self, vm: &mut Vm, start: usize, mut pos: usize) -> Res<()> {
        let item = self.get(vm, pos)?;
        while pos > start {
            let parent = (pos - 1) >> 1;
            let above = self.get(vm, parent)?;
            if !self.before(vm, item, above)? {
                break;
            }
            // Swapping keeps the list a permutation if a comparison raises.
            let (above, item) = (self.get(vm, parent)?, self.get(vm, pos)?);
            self.set(parent, item);
            self.set(pos, above);
            pos = parent;
        }
        Ok(())
    }
    /// Moves the item at `pos` down to a leaf along the better children, then up to its place:
    /// fewer comparisons than stopping early, as CPython explains.
    fn sift_down(self, vm: &mut Vm, mut pos: usize) -> Res<()> {
        let (start, end) = (pos, self.len());
        while pos < end >> 1 {
            let mut child = 2 * pos + 1;
            if child + 1 < end {
                let (a, b) = (self.get(vm, child)?, self.get(vm, child + 1)?);
                if !self.before(vm, a, b)? {
                    child += 1;
                }
            }
            let (up, down) = (self.get(vm, child)?, self.get(vm, pos)?);
            self.set(child, down);
            self.set(pos, up);
            pos = child;
        }
        self.sift_up(vm, start, pos)
    }
    fn push(self, vm: &mut Vm, item: Value) -> Res<()> {
        vm.list_push(self.list, item)?;
        let n = self.len();
        self.sift_up(vm, 0, n - 1)
    }
    fn pop(self, vm: &mut Vm) -> Res {
        let Some(last) = self.pop_last() else {
            return Err(vm.index_error("index out of range"));
        };
        if self.len() == 0 {
            return Ok(last);
        }
        let top = self.get(vm, 0)?;
        self.set(0, last);
        self.sift_down(vm, 0)?;
        Ok(top)
    }
    fn replace(self, vm: &mut Vm, item: Value) -> Res {
        if self.len() == 0 {
            return Err(vm.index_error("index out of range"));
        }
        let top = self.get(vm, 0)?;
        self.set(0, item);
        self.sift_down(vm, 0)?;
        Ok(top)
    }
    fn push_pop(self, vm: &mut Vm, item: Value) -> Res {
        if self.len() == 0 {
            return Ok(item);
        }
        let top = self.get(vm, 0)?;
        if !self.above(vm, top, item)? {
            return Ok(item);
        }
        if self.len() == 0 {
            return Err(vm.index_error("index out of range"));
        }
        let top = self.get(vm, 0)?;
        self.set(0, item);
        self.sift_down(vm, 0)?;
        Ok(top)
    }
    fn heapify(self, vm: &mut Vm) -> Res<()> {
        for i in (0..self.len() >> 1).rev() {
            self.sift_down(vm, i)?;
        }
        Ok(())
    }
}

#[derive::natives]
mod functions {
    use super::*;

    /// Push item onto heap, maintaining the heap invariant.
    #[native("heappush($module, heap, item, /)")]
    fn heappush(vm: &mut Vm, _m: Value, heap: Value, item: Value) -> Res<()> {
        Heap::of(vm, heap, false, "heappush", true)?.push(vm, item)
    }
    /// Push item on the heap, then pop and return the smallest item from the heap.
    ///
    /// The combined action runs more efficiently than heappush() followed by
    /// a separate call to heappop().
    #[native("heappushpop($module, heap, item, /)")]
    fn heappushpop(vm: &mut Vm, _m: Value, heap: Value, item: Value) -> Res {
        Heap::of(vm, heap, false, "heappushpop", true)?.push_pop(vm, item)
    }
    /// Pop the smallest item off the heap, maintaining the heap invariant.
    #[native("heappop($module, heap, /)")]
    fn heappop(vm: &mut Vm, _m: Value, heap: Value) -> Res {
        Heap::of(vm, heap, false, "heappop", false)?.pop(vm)
    }
    /// Pop and return the current smallest value, and add the new item.
    ///
    /// This is more efficient than heappop() followed by heappush(), and can be
    /// more appropriate when using a fixed-size heap.  Note that the value
    /// returned may be larger than item!  That constrains reasonable uses of
    /// this routine unless written as part of a conditional replacement:
    ///
    ///     if item > heap[0]:
    ///         item = heapreplace(heap, item)
    #[native("heapreplace($module, heap, item, /)")]
    fn heapreplace(vm: &mut Vm, _m: Value, heap: Value, item: Value) -> Res {
        Heap::of(vm, heap, false, "heapreplace", true)?.replace(vm, item)
    }
    /// Transform list into a heap, in-place, in O(len(heap)) time.
    #[native("heapify($module, heap, /)")]
    fn heapify(vm: &mut Vm, _m: Value, heap: Value) -> Res<()> {
        Heap::of(vm, heap, false, "heapify", false)?.heapify(vm)
    }
    /// Push item onto max heap, maintaining the heap invariant.
    #[native("heappush_max($module, heap, item, /)")]
    fn heappush_max(vm: &mut Vm, _m: Value, heap: Value, item: Value) -> Res<()> {
        Heap::of(vm, heap, true, "heappush_max", true)?.push(vm, item)
    }
    /// Maxheap variant of heappushpop.
    ///
    /// The combined action runs more efficiently than heappush_max()
    /// followed by a separate call to heappop_max().
    #[native("heappushpop_max($module, heap, item, /)")]
    fn heappushpop_max(vm: &mut Vm, _m: Value, heap: Value, item: Value) -> Res {
        Heap::of(vm, heap, true, "heappushpop_max", true)?.push_pop(vm, item)
    }
    /// Maxheap variant of heappop.
    #[native("heappop_max($module, heap, /)")]
    fn heappop_max(vm: &mut Vm, _m: Value, heap: Value) -> Res {
        Heap::of(vm, heap, true, "heappop_max", false)?.pop(vm)
    }
    /// Maxheap variant of heapreplace.
    #[native("heapreplace_max($module, heap, item, /)")]
    fn heapreplace_max(vm: &mut Vm, _m: Value, heap: Value, item: Value) -> Res {
        Heap::of(vm, heap, true, "heapreplace_max", true)?.replace(vm, item)
    }
    /// Maxheap variant of heapify.
    #[native("heapify_max($module, heap, /)")]
    fn heapify_max(vm: &mut Vm, _m: Value, heap: Value) -> Res<()> {
        Heap::of(vm, heap, true, "heapify_max", false)?.heapify(vm)
    }
}
