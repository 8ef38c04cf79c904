//! Locals, cells, free variables, globals and names.

use super::{Cx, except, handler};
use crate::dict;
use crate::object::*;
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;

handler!(check_local, s => {
    if s.bits(s.w.a()) != 0 {
        return s.next(1);
    }
    s.enter().unbound_local(s.w.a());
    s.goto(except::unwind)
});
handler!(delete_local, s => {
    if s.bits(s.w.a()) == 0 {
        s.enter().unbound_local(s.w.a());
        return s.goto(except::unwind);
    }
    s.set_bits(s.w.a(), 0);
    s.next(1)
});
handler!(make_cell, s => {
    let r = s.enter().new_cell(s.opt(s.w.a())).map(Ref::value);
    s.finish(r, 1)
});
handler!(load_cell, s => {
    let c = s.get(s.w.b()).cast::<CellObj>();
    match c.contents.get() {
        Some(v) => {
            s.set(s.w.a(), v);
            s.next(1)
        }
        None => {
            s.enter().unbound_local(s.w.b());
            s.goto(except::unwind)
        }
    }
});
handler!(store_cell, s => {
    let c = s.get(s.w.a()).cast::<CellObj>();
    c.contents.write(c, s.get(s.w.b()));
    s.next(1)
});
handler!(delete_cell, s => {
    let c = s.get(s.w.a()).cast::<CellObj>();
    if c.contents.get().is_none() {
        s.enter().unbound_local(s.w.a());
        return s.goto(except::unwind);
    }
    c.contents.write(c, None);
    s.next(1)
});

impl Cx {
    /// The running function.
    #[inline(always)]
    pub unsafe fn function(self) -> Ref<FunctionObj> {
        // SAFETY: R[-1] is the function.
        unsafe { Ref::new(*self.regs.sub(1) as *mut FunctionObj) }
    }
    /// Cell i of the running function's closure.
    #[inline(always)]
    pub unsafe fn free_cell(self, i: u16) -> Ref<CellObj> {
        // SAFETY: the closure is a tuple of cells as long as the code's free variables.
        unsafe {
            let closure = self.function().closure.bits() as *const TupleObj;
            {
                let items = (&*closure).items();
                items[i as usize].cast()
            }
        }
    }
}

handler!(load_free, s => {
    match s.free_cell(s.w.b()).contents.get() {
        Some(v) => {
            s.set(s.w.a(), v);
            s.next(1)
        }
        None => {
            s.enter().unbound_free(s.w.b());
            s.goto(except::unwind)
        }
    }
});
handler!(store_free, s => {
    let c = s.free_cell(s.w.b());
    c.contents.write(c, s.get(s.w.a()));
    s.next(1)
});
handler!(delete_free, s => {
    let c = s.free_cell(s.w.b());
    if c.contents.get().is_none() {
        s.enter().unbound_free(s.w.b());
        return s.goto(except::unwind);
    }
    c.contents.write(c, None);
    s.next(1)
});
handler!(load_free_cell, s => {
    s.set(s.w.a(), s.free_cell(s.w.b()).value());
    s.next(1)
});

// Cache of a global: `value` is the globals stamp, `ptr` the address of the entry's value;
// with `kind` BUILTIN also `index` | `shape` << 32 is the builtins stamp.
pub const IN_GLOBALS: u32 = 1;
pub const IN_BUILTINS: u32 = 2;

/// The cached global, when the cache still holds.
#[inline(always)]
unsafe fn cached_global(s: Cx, globals: *const DictObj) -> Option<u64> {
    // SAFETY: an entry address is valid as long as the stamps are.
    unsafe {
        let c = &*s.cache();
        if c.value != (*globals).stamp.get() {
            return None;
        }
        if c.kind == IN_GLOBALS {
            return Some(*(c.ptr as *const u64));
        }
        let builtins = s.function().builtins.bits() as *const DictObj;
        let stamp = c.index as u64 | (c.shape as u64) << 32;
        if c.kind == IN_BUILTINS && (*builtins).stamp.get() == stamp {
            Some(*(c.ptr as *const u64))
        } else {
            None
        }
    }
}

handler!(load_global, s => {
    let globals = s.function().globals.as_ptr();
    if let Some(bits) = cached_global(s, globals) {
        s.set_bits(s.w.a(), bits);
        return s.next(2);
    }
    s.goto(load_global_slow)
});
handler!(#[cold] #[inline(never)] load_global_slow, s => {
    let name = s.name(s.ext().x());
    let f = s.function();
    let r = load_global_of(s, f.globals, name);
    s.finish(r, 2)
});

/// Watches a dict's key set: its stamp now changes with every key added or removed.
pub(super) fn watch(vm: &mut Vm, d: Ref<DictObj>) {
    if d.header.flags & DICT_WATCHED == 0 {
        // SAFETY: a live cell.
        unsafe { (*d.header()).flags |= DICT_WATCHED };
        d.stamp.set(vm.next_stamp());
    }
}

unsafe fn load_global_of(s: Cx, globals: Ref<DictObj>, name: Value) -> Res {
    // SAFETY: handler state.
    unsafe {
        let vm = s.enter();
        let builtins = s.function().builtins.get();
        if globals.header.shape != Kind::Dict as u32 {
            // A dict subclass as globals: its `__getitem__` and `__missing__` count.
            return match vm.mapping_get(globals.value(), name)? {
                Some(v) => Ok(v),
                None => match builtins {
                    Some(b) => vm.mapping_get(b, name)?.ok_or_else(|| vm.name_error(name)),
                    None => Err(vm.name_error(name)),
                },
            };
        }
        let hash = vm.hash_str(name);
        if let Some(i) = dict::find(vm, globals, name, hash)? {
            watch(vm, globals);
            if let Some(c) = s.warm_cache() {
                c.value = globals.stamp.get();
                c.ptr = value_address(globals, i);
                c.kind = IN_GLOBALS;
            }
            return dict::entry_at(globals, i)
                .and_then(|e| e.value)
                .ok_or(Raised);
        }
        match builtins.and_then(|b| b.downcast::<DictObj>()) {
            Some(b) if b.header.shape == Kind::Dict as u32 => {
                let Some(i) = dict::find(vm, b, name, hash)? else {
                    return Err(vm.name_error(name));
                };
                watch(vm, globals);
                watch(vm, b);
                if let Some(c) = s.warm_cache() {
                    c.value = globals.stamp.get();
                    c.ptr = value_address(b, i);
                    c.kind = IN_BUILTINS;
                    c.index = b.stamp.get() as u32;
                    c.shape = (b.stamp.get() >> 32) as u32;
                }
                dict::entry_at(b, i).and_then(|e| e.value).ok_or(Raised)
            }
            _ => match builtins {
                Some(b) => match vm.get_item(b, name) {
                    Ok(v) => Ok(v),
                    Err(_) if vm.catch(vm.types.exc.KeyError) => Err(vm.name_error(name)),
                    Err(r) => Err(r),
                },
                None => Err(vm.name_error(name)),
            },
        }
    }
}

pub(super) fn value_address(d: Ref<DictObj>, i: usize) -> u64 {
    // SAFETY: entry i is in the table.
    unsafe { &raw const (*(*d.table.get()).entries().add(i)).value as u64 }
}

/// A cached entry may be written without telling anybody.
#[inline(always)]
unsafe fn is_plain_entry(globals: *const DictObj, address: u64) -> bool {
    // SAFETY: the stamp says that the address is that of an entry.
    unsafe {
        let old = *(address as *const u64);
        (*globals).header.flags & ASSUMED == 0 || old & crate::value::NOT_CELL_MASK != 0
    }
}

handler!(store_global, s => {
    let globals = s.function().globals;
    let c = &*s.cache();
    if c.kind == IN_GLOBALS && c.value == globals.stamp.get() && is_plain_entry(globals.as_ptr(), c.ptr) {
        *(c.ptr as *mut u64) = s.bits(s.w.a());
        gc::write_barrier(globals.header());
        return s.next(2);
    }
    s.goto(store_global_slow)
});
handler!(#[cold] #[inline(never)] store_global_slow, s => {
    let name = s.name(s.ext().x());
    let globals = s.function().globals;
    let r = store_in(s, globals, name);
    s.finish_unit(r, 2)
});

unsafe fn store_in(s: Cx, d: Ref<DictObj>, name: Value) -> Res<()> {
    // SAFETY: handler state.
    unsafe {
        let vm = s.enter();
        let v = s.get(s.w.a());
        let hash = vm.hash_str(name);
        dict::set(vm, d, name, hash, Some(v))?;
        if s.warm_cache().is_some() {
            watch(vm, d);
            if let (Some(i), Some(c)) = (dict::find(vm, d, name, hash)?, s.warm_cache()) {
                c.value = d.stamp.get();
                c.ptr = value_address(d, i);
                c.kind = IN_GLOBALS;
            }
        }
        Ok(())
    }
}

handler!(delete_global, s => {
    let name = s.name(s.w.bc());
    let globals = s.function().globals;
    let r = s.enter().delete_from(globals, name);
    s.finish_unit(r, 1)
});

handler!(load_name, s => {
    let globals = s.function().globals.as_ptr();
    if s.bits(0) == globals as u64 && let Some(bits) = cached_global(s, globals) {
        s.set_bits(s.w.a(), bits);
        return s.next(2);
    }
    s.goto(load_name_slow)
});
handler!(#[cold] #[inline(never)] load_name_slow, s => {
    let name = s.name(s.ext().x());
    let r = name_value(s, s.get(0), name);
    s.finish(r, 2)
});

/// Looks a name up in a mapping, then in globals and builtins.
unsafe fn name_value(s: Cx, mapping: Value, name: Value) -> Res {
    // SAFETY: handler state.
    unsafe {
        let globals = s.function().globals;
        if mapping != globals.value()
            && let Some(v) = s.enter().mapping_get(mapping, name)?
        {
            return Ok(v);
        }
        load_global_of(s, globals, name)
    }
}

handler!(store_name, s => {
    let globals = s.function().globals.as_ptr();
    let c = &*s.cache();
    if s.bits(0) == globals as u64 && c.kind == IN_GLOBALS && c.value == (*globals).stamp.get() && is_plain_entry(globals, c.ptr) {
        *(c.ptr as *mut u64) = s.bits(s.w.a());
        gc::write_barrier(globals.cast());
        return s.next(2);
    }
    s.goto(store_name_slow)
});
handler!(#[cold] #[inline(never)] store_name_slow, s => {
    let name = s.name(s.ext().x());
    let mapping = s.get(0);
    let r = if mapping.is_exact(Kind::Dict) {
        store_in(s, mapping.cast(), name)
    } else {
        s.enter().set_item(mapping, name, s.get(s.w.a()))
    };
    s.finish_unit(r, 2)
});
handler!(delete_name, s => {
    let name = s.name(s.w.bc());
    let mapping = s.get(0);
    let vm = s.enter();
    let r = if mapping.is_exact(Kind::Dict) {
        vm.delete_from(mapping.cast(), name)
    } else {
        match vm.del_item(mapping, name) {
            Err(_) if vm.catch(vm.types.exc.KeyError) => Err(vm.name_error(name)),
            r => r,
        }
    };
    s.finish_unit(r, 1)
});
handler!(load_mapping_or_free, s => {
    let name = s.name(s.ext().x());
    match s.enter().mapping_get(s.get(s.w.b()), name) {
        Ok(Some(v)) => s.finish(Ok(v), 2),
        Ok(None) => match s.free_cell(s.w.c()).contents.get() {
            Some(v) => s.finish(Ok(v), 2),
            None => {
                s.enter().unbound_free(s.w.c());
                s.goto(except::unwind)
            }
        },
        Err(_) => s.goto(except::unwind),
    }
});
handler!(load_mapping_or_global, s => {
    let name = s.name(s.ext().x());
    let vm = s.enter();
    let r = match vm.mapping_get(s.get(s.w.b()), name) {
        Ok(Some(v)) => Ok(v),
        Ok(None) => {
            let f = s.function();
            vm.global_or_builtin(f.globals, f.builtins.get(), name)
        }
        Err(r) => Err(r),
    };
    s.finish(r, 2)
});
handler!(load_locals, s => {
    s.set_bits(s.w.a(), s.bits(0));
    s.next(1)
});

impl Vm {
    /// The value for a name in a locals mapping; None for a missing key.
    pub fn mapping_get(&mut self, mapping: Value, name: Value) -> Res<Option<Value>> {
        if mapping.is_exact(Kind::Dict) {
            // SAFETY: checked above.
            return Ok(self.dict_get_interned(unsafe { mapping.cast() }, name));
        }
        match self.get_item(mapping, name) {
            Ok(v) => Ok(Some(v)),
            Err(_) if self.catch(self.types.exc.KeyError) => Ok(None),
            Err(r) => Err(r),
        }
    }

    /// A global, else a builtin, else NameError. Uncached.
    pub fn global_or_builtin(
        &mut self,
        globals: Ref<DictObj>,
        builtins: Option<Value>,
        name: Value,
    ) -> Res {
        if let Some(v) = self.mapping_get(globals.value(), name)? {
            return Ok(v);
        }
        if let Some(b) = builtins
            && let Some(v) = self.mapping_get(b, name)?
        {
            return Ok(v);
        }
        Err(self.name_error(name))
    }

    fn delete_from(&mut self, d: Ref<DictObj>, name: Value) -> Res<()> {
        let hash = self.hash_str(name);
        match dict::find(self, d, name, hash)? {
            Some(i) => {
                dict::remove_at(self, d, i);
                Ok(())
            }
            None => Err(self.name_error(name)),
        }
    }

    #[cold]
    fn unbound_local(&mut self, reg: u16) {
        let name = self
            .code()
            .data()
            .local_names
            .get(reg as usize)
            .cloned()
            .unwrap_or_default();
        let text = format!(
            "cannot access local variable '{name}' where it is not associated with a value"
        );
        let _ = self.error(self.types.exc.UnboundLocalError, &text);
    }

    #[cold]
    fn unbound_free(&mut self, i: u16) {
        let name = self
            .code()
            .data()
            .free_names
            .get(i as usize)
            .cloned()
            .unwrap_or_default();
        let text = format!(
            "cannot access free variable '{name}' where it is not associated with a value in enclosing scope"
        );
        let _ = self.error(self.types.exc.NameError, &text);
    }
}
