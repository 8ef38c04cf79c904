//! Calls from Rust, and argument binding.

use crate::class::*;
use crate::code::CodeObj;
use crate::frame::{Cont, Frame};
use crate::jit::inward;
use crate::native::{DefKind, call_bound, call_fixed, call_native};
use crate::object::*;
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;
use bytecode::CodeFlags;

/// Writes positional arguments to the first parameter registers. They may already lie there, or
/// where `self_` goes.
///
/// # Safety
/// The window at `regs` has room for them.
#[inline(always)]
pub(crate) unsafe fn place_args(regs: *mut u64, self_: Option<Value>, args: &[Value]) {
    // SAFETY: promised by the caller.
    unsafe {
        let first = regs.add(usize::from(self_.is_some()));
        if args.len() == 1 {
            *first = args[0].bits();
        } else {
            std::ptr::copy(args.as_ptr().cast(), first, args.len());
        }
        if let Some(s) = self_ {
            *regs = s.bits();
        }
    }
}

impl Vm {
    /// `f(*args)`.
    #[inline]
    pub fn call_value(&mut self, f: Value, args: &[Value]) -> Res {
        self.call_kw(f, args, &[])
    }

    /// `f(*args, **kw)`: the last `kwnames.len()` of args are keyword arguments.
    pub fn call_kw(&mut self, f: Value, args: &[Value], kwnames: &[Value]) -> Res {
        match f.kind_byte() {
            k if k == Kind::Function as u8 => {
                // SAFETY: checked above.
                self.call_function(unsafe { f.cast() }, None, args, kwnames)
            }
            k if k == Kind::Native as u8 => {
                // SAFETY: checked above.
                let n = unsafe { f.cast::<NativeObj>() };
                self.check_native_stack()?;
                self.call_bound_native(n, args, kwnames)
            }
            k if k == Kind::BoundMethod as u8 => {
                // SAFETY: checked above.
                let m = unsafe { f.cast::<BoundMethodObj>() };
                self.call_with_self(m.func.or_none(), m.self_.or_none(), args, kwnames)
            }
            k if k == Kind::MethodDescr as u8 => self.call_method_descr(f, args, kwnames),
            k if k == Kind::Type as u8 => {
                // SAFETY: checked above.
                self.call_type(unsafe { f.cast() }, args, kwnames)
            }
            _ => self.call_object(f, args, kwnames),
        }
    }

    /// Calls a builtin function, or a builtin method with what it is bound to.
    #[inline]
    pub fn call_bound_native(
        &mut self,
        n: Ref<NativeObj>,
        args: &[Value],
        kwnames: &[Value],
    ) -> Res {
        if n.def.kind == DefKind::StaticMethod && n.def.name == "__new__" {
            self.check_new_class(n, args, kwnames)?;
        }
        call_bound(self, n.def, n.bound_self(), args, kwnames)
    }

    /// The first argument of a builtin `__new__` is a class of the layout that it makes.
    #[inline(never)]
    fn check_new_class(&mut self, n: Ref<NativeObj>, args: &[Value], kwnames: &[Value]) -> Res<()> {
        let Some(base) = n.class.get().and_then(|c| c.downcast::<TypeObj>()) else {
            return Ok(());
        };
        let b = base.full_name();
        if args.len() == kwnames.len() {
            return Err(self.type_error(&format!("{b}.__new__(): not enough arguments")));
        }
        let Some(class) = args[0].downcast::<TypeObj>() else {
            let got = self.class_name(args[0]);
            return Err(self.type_error(&format!("{b}.__new__(X): X is not a type object ({got})")));
        };
        let name = class.full_name();
        if !class.is_subtype(base) {
            return Err(self.type_error(&format!(
                "{b}.__new__({name}): {name} is not a subtype of {b}"
            )));
        }
        // `object.__new__` looks at the layout itself.
        if base != self.types.object && base.kind.get() != class.kind.get() {
            let solid = self.solid_base(class).full_name();
            return Err(self.type_error(&format!(
                "{b}.__new__({name}) is not safe, use {solid}.__new__()"
            )));
        }
        Ok(())
    }

    /// `f(self_, *args, **kw)` without building a vector where possible.
    pub fn call_with_self(
        &mut self,
        f: Value,
        self_: Value,
        args: &[Value],
        kwnames: &[Value],
    ) -> Res {
        match f.kind_byte() {
            k if k == Kind::Function as u8 => {
                // SAFETY: checked above.
                self.call_function(unsafe { f.cast() }, Some(self_), args, kwnames)
            }
            k if k == Kind::MethodDescr as u8 => {
                // SAFETY: checked above.
                let d = unsafe { f.cast::<MethodDescrObj>() };
                if d.def.kind == DefKind::Method {
                    self.check_self(d, self_)?;
                    self.check_native_stack()?;
                    return call_native(self, d.def, Some(self_), args, kwnames);
                }
                self.call_prepended(f, self_, args, kwnames)
            }
            k if k == Kind::Native as u8 => {
                // SAFETY: checked above.
                let n = unsafe { f.cast::<NativeObj>() };
                if n.def.kind != DefKind::StaticMethod || n.def.name != "__new__" {
                    return self.call_prepended(f, self_, args, kwnames);
                }
                if n.class.get() != Some(self_) {
                    self.check_new_class(n, &[self_], &[])?;
                }
                self.check_native_stack()?;
                call_native(self, n.def, Some(self_), args, kwnames)
            }
            _ => self.call_prepended(f, self_, args, kwnames),
        }
    }

    fn call_prepended(&mut self, f: Value, self_: Value, args: &[Value], kwnames: &[Value]) -> Res {
        // A few arguments lie on the native stack, where the collector finds them.
        let mut few = [Value::NONE; 8];
        if args.len() < few.len() {
            few[0] = self_;
            few[1..=args.len()].copy_from_slice(args);
            let r = self.call_kw(f, &few[..=args.len()], kwnames);
            std::hint::black_box(&few);
            return r;
        }
        let mut all = self.new_vec();
        all.push(self, self_)?;
        all.extend(self, args)?;
        self.call_kw(f, &all, kwnames)
    }

    /// Calls what was found on a class as a method of `self_`.
    #[inline]
    pub fn call_method_value(&mut self, m: Value, self_: Value, args: &[Value]) -> Res {
        match m.kind_byte() {
            k if k == Kind::Function as u8 => self.call_with_self(m, self_, args, &[]),
            k if k == Kind::MethodDescr as u8 => {
                // SAFETY: checked by the kind.
                let d = unsafe { m.cast::<MethodDescrObj>() };
                if d.def.kind == DefKind::Method {
                    self.check_self(d, self_)?;
                    self.check_native_stack()?;
                    return match call_fixed(self, d.def, Some(self_), args) {
                        Some(r) => r,
                        None => call_native(self, d.def, Some(self_), args, &[]),
                    };
                }
                let class = self.class_of(self_);
                let bound = self.descr_get(m, Some(self_), class)?;
                self.call_kw(bound, args, &[])
            }
            _ => {
                let class = self.class_of(self_);
                let bound = self.descr_get(m, Some(self_), class)?;
                self.call_kw(bound, args, &[])
            }
        }
    }

    /// `obj.name(*args)`.
    pub fn call_method(&mut self, obj: Value, name: Value, args: &[Value]) -> Res {
        self.call_method_kw(obj, name, args, &[])
    }

    /// `obj.name(*args, **kw)`: the last `kwnames.len()` of args are keyword arguments.
    pub fn call_method_kw(
        &mut self,
        obj: Value,
        name: Value,
        args: &[Value],
        kwnames: &[Value],
    ) -> Res {
        match self.plain_method(obj, name) {
            Some(m) => self.call_with_self(m, obj, args, kwnames),
            None => {
                let m = self.get_attr(obj, name)?;
                self.call_kw(m, args, kwnames)
            }
        }
    }

    /// The function that the class of an instance has as a method, when that is what getting the
    /// attribute would bind.
    fn plain_method(&mut self, obj: Value, name: Value) -> Option<Value> {
        let class = self.class_of(obj);
        if class.has(TypeFlags::GETATTRIBUTE) || obj.is_kind(Kind::Type) {
            return None;
        }
        let m = self.lookup(class, name)?;
        (m.is_kind(Kind::Function) && self.instance_get(obj, name).is_none()).then_some(m)
    }

    /// `obj.name(*args)` by Rust name.
    pub fn call_method_str(&mut self, obj: Value, name: &str, args: &[Value]) -> Res {
        let name = self.intern(name);
        self.call_method(obj, name, args)
    }

    fn is_slot_wrapper(&self, d: Ref<MethodDescrObj>) -> bool {
        self.class_of(d.value()) == self.types.wrapper_descriptor
    }

    #[inline]
    fn check_self(&mut self, d: Ref<MethodDescrObj>, self_: Value) -> Res<()> {
        let class = self.class_of(self_);
        if class == d.class || class.is_subtype(d.class) {
            return Ok(());
        }
        Err(self.wrong_self(d, self_))
    }

    #[cold]
    fn wrong_self(&mut self, d: Ref<MethodDescrObj>, self_: Value) -> Raised {
        let (name, class, got) = (d.def.name, d.class.full_name(), self.class_name(self_));
        let text = if self.is_slot_wrapper(d) {
            format!("descriptor '{name}' requires a '{class}' object but received a '{got}'")
        } else {
            format!("descriptor '{name}' for '{class}' objects doesn't apply to a '{got}' object")
        };
        self.type_error(&text)
    }

    fn call_method_descr(&mut self, f: Value, args: &[Value], kwnames: &[Value]) -> Res {
        // SAFETY: the caller checked the kind.
        let d = unsafe { f.cast::<MethodDescrObj>() };
        let npos = args.len() - kwnames.len();
        if npos == 0 {
            let name = d.def.name;
            let text = if self.is_slot_wrapper(d) {
                let class = d.class.full_name();
                format!("descriptor '{name}' of '{class}' object needs an argument")
            } else {
                let class = d.class.name_str();
                format!("unbound method {class}.{name}() needs an argument")
            };
            return Err(self.type_error(&text));
        }
        if d.def.kind == DefKind::Method {
            self.check_self(d, args[0])?;
        }
        self.check_native_stack()?;
        call_native(self, d.def, Some(args[0]), &args[1..], kwnames)
    }

    fn call_object(&mut self, f: Value, args: &[Value], kwnames: &[Value]) -> Res {
        self.check_native_stack()?;
        match self.special(f, self.names.__call__) {
            Some(m) => self.call_found(m, f, args, kwnames),
            None => {
                let name = self.class_name(f);
                Err(self.type_error(&format!("'{name}' object is not callable")))
            }
        }
    }

    /// Calls what was found in the class of `obj`, as a method of it if it is one.
    fn call_found(&mut self, m: Value, obj: Value, args: &[Value], kwnames: &[Value]) -> Res {
        let method = m.downcast::<MethodDescrObj>();
        if m.is_kind(Kind::Function) || method.is_some_and(|d| d.def.kind == DefKind::Method) {
            return self.call_with_self(m, obj, args, kwnames);
        }
        let class = self.class_of(obj);
        let bound = self.descr_get(m, Some(obj), class)?;
        self.call_kw(bound, args, kwnames)
    }

    /// `class(*args, **kw)`.
    pub fn call_type(&mut self, class: Ref<TypeObj>, args: &[Value], kwnames: &[Value]) -> Res {
        self.check_native_stack()?;
        let meta = self.class_of(class.value());
        if meta != self.types.type_
            && let Some((owner, m)) = self.lookup_where(meta, self.names.__call__)
            && owner != self.types.type_
        {
            return self.call_found(m, class.value(), args, kwnames);
        }
        if class == self.types.type_ && args.len() == 1 && kwnames.is_empty() {
            return Ok(self.class_of(args[0]).value());
        }
        if kwnames.is_empty()
            && let Some(r) = self.quick_construct(class, args)
        {
            return r;
        }
        self.construct(class, args, kwnames)
    }

    /// `type.__call__`: `__new__`, then `__init__` when the result is an instance.
    pub fn construct(&mut self, class: Ref<TypeObj>, args: &[Value], kwnames: &[Value]) -> Res {
        if class.has(TypeFlags::NO_INSTANCES) {
            let name = class.full_name();
            return Err(self.type_error(&format!("cannot create '{name}' instances")));
        }
        let obj = if class.has(TypeFlags::PLAIN_NEW)
            && !class.has(TypeFlags::ABSTRACT)
            && self.has_own_init(class)
        {
            self.new_instance(class)?
        } else if kwnames.is_empty() && class.has(TypeFlags::EXCEPTION_NEW) {
            self.new_exception(class, args)?
        } else {
            let Some(new) = self.lookup(class, self.names.__new__) else {
                let name = class.full_name();
                return Err(self.type_error(&format!("cannot create '{name}' instances")));
            };
            let new = match new.downcast::<StaticMethodObj>() {
                Some(s) => s.callable.or_none(),
                None => self.descr_get(new, None, class)?,
            };
            self.call_with_self(new, class.value(), args, kwnames)?
        };
        if !self.class_of(obj).is_subtype(class) {
            return Ok(obj);
        }
        let obj_class = self.class_of(obj);
        if kwnames.is_empty()
            && obj_class == class
            && class.has(TypeFlags::EXCEPTION_INIT)
            && class.has(TypeFlags::EXCEPTION_NEW)
        {
            // `BaseException.__init__` would store the arguments that `__new__` stored.
            return Ok(obj);
        }
        let object_init = self.lookup(self.types.object, self.names.__init__);
        if let Some(init) = self.lookup(obj_class, self.names.__init__)
            && (Some(init) != object_init || class.has(TypeFlags::PLAIN_NEW))
        {
            let r = self.call_found(init, obj, args, kwnames)?;
            if !r.is_none() {
                return Err(self.bad_init_result(r));
            }
        }
        Ok(obj)
    }

    fn has_own_init(&mut self, class: Ref<TypeObj>) -> bool {
        self.lookup(class, self.names.__init__)
            .is_some_and(|i| i.is_kind(Kind::Function))
    }

    #[cold]
    pub(crate) fn bad_init_result(&mut self, r: Value) -> Raised {
        let name = self.class_name(r);
        self.type_error(&format!("__init__() should return None, not '{name}'"))
    }

    /// Calls a Python function from Rust.
    pub fn call_function(
        &mut self,
        f: Ref<FunctionObj>,
        self_: Option<Value>,
        args: &[Value],
        kwnames: &[Value],
    ) -> Res {
        self.check_native_stack()?;
        // SAFETY: the new window lies above the running frame's.
        unsafe {
            let regs = self.stack_top().add(2);
            let n = args.len() + usize::from(self_.is_some());
            if kwnames.is_empty() && inward::is_compiled_call(self, f, n) {
                place_args(regs, self_, args);
                return inward::call_compiled(self, f, regs, n);
            }
            self.push_frame(f, regs, self_, args, kwnames, Cont::Exit)?;
        }
        self.run()
    }

    /// Binds arguments into the window at `regs` and pushes its frame.
    ///
    /// # Safety
    /// `regs` is above all live windows, or the arguments' own place in the running one.
    pub unsafe fn push_frame(
        &mut self,
        f: Ref<FunctionObj>,
        regs: *mut u64,
        self_: Option<Value>,
        args: &[Value],
        kwnames: &[Value],
        cont: Cont,
    ) -> Res<()> {
        let code = f.code.get();
        // SAFETY: the window is checked against the end of the register stack.
        unsafe {
            let frame = self.frame.add(1);
            if frame >= self.frame_limit || regs.add(code.nregs as usize + 8) > self.stack_limit {
                self.frame_refused(frame, regs, code)?;
            }
            if code.caches.get() == cold_caches() {
                self.enter_cold(code)?;
            }
            self.bind_args(f, code, regs, self_, args, kwnames)?;
            *regs.sub(1) = f.value().bits();
            for i in code.nparams..code.nlocals {
                *regs.add(i as usize) = 0;
            }
            if code.flags.contains(CodeFlags::NAMESPACE) {
                // Called as a function it runs in its globals.
                *regs = f.globals.value().bits();
            }
            frame.write(Frame {
                pc: code.instrs,
                regs,
                code,
                cont,
                flags: 0,
                pad: [0; 6],
                extra: 0,
                object: 0,
                outer_handled: 0,
                trace: 0,
            });
            self.frame = frame;
        }
        Ok(())
    }

    /// A frame was refused: serve the poll that asked for it, or raise RecursionError.
    #[cold]
    pub(crate) fn frame_refused(
        &mut self,
        frame: *mut Frame,
        regs: *mut u64,
        code: Ref<CodeObj>,
    ) -> Res<()> {
        if self.poll != 0 {
            self.serve_poll()?;
        }
        // Not `frame_limit`: the next poll may have been asked for already.
        // SAFETY: only addresses are compared.
        if frame >= self.last_frame()
            || unsafe { regs.add(code.nregs as usize + 8) } > self.stack_limit
        {
            return Err(self.recursion_error());
        }
        Ok(())
    }

    /// Puts arguments into parameter registers, with defaults, star parameters and keywords.
    unsafe fn bind_args(
        &mut self,
        f: Ref<FunctionObj>,
        code: Ref<CodeObj>,
        regs: *mut u64,
        self_: Option<Value>,
        args: &[Value],
        kwnames: &[Value],
    ) -> Res<()> {
        let nself = usize::from(self_.is_some());
        let npos = args.len() - kwnames.len() + nself;
        let argcount = code.argcount as usize;
        // SAFETY: registers below nparams are in the window. The arguments may already lie at
        // their place, so the copy may overlap.
        unsafe {
            if kwnames.is_empty() && f.simple_argc.get() as usize == npos {
                place_args(regs, self_, args);
                return Ok(());
            }
        }
        // SAFETY: as above; defaults are filled into the parameter registers.
        unsafe {
            if kwnames.is_empty() && f.simple_argc.get() as usize == argcount && npos < argcount {
                place_args(regs, self_, args);
                std::ptr::write_bytes(regs.add(npos), 0, argcount - npos);
                return self.fill_defaults(f, code, regs, npos);
            }
        }
        // A copy, for the arguments may lie where the parameters go; the collector finds a small
        // one on the native stack.
        let mut few = [Value::NONE; 12];
        let mut many = self.new_vec();
        let all: &[Value] = if args.len() < few.len() {
            if let Some(s) = self_ {
                few[0] = s;
            }
            few[nself..nself + args.len()].copy_from_slice(args);
            &few[..nself + args.len()]
        } else {
            if let Some(s) = self_ {
                many.push(self, s)?;
            }
            many.extend(self, args)?;
            &many
        };
        // The same for the star parameters, whose registers are not yet the collector's business.
        let mut stars = [Value::NONE; 2];
        let nkwonly = code.kwonly as usize;
        let nnamed = argcount + nkwonly;
        // SAFETY: all indices are below nparams.
        let reg = |i: usize| unsafe { &mut *regs.add(i) };
        for i in 0..code.nparams as usize {
            *reg(i) = 0;
        }
        for (i, v) in all.iter().take(npos.min(argcount)).enumerate() {
            *reg(i) = v.bits();
        }
        let mut next = nnamed;
        if code.flags.contains(CodeFlags::VARARGS) {
            let rest: &[Value] = if npos > argcount {
                &all[argcount..npos]
            } else {
                &[]
            };
            let t = self.new_tuple(rest)?;
            *reg(next) = t.bits();
            next += 1;
            stars[0] = t;
        }
        let kwdict = if code.flags.contains(CodeFlags::VARKEYWORDS) {
            let d = self.new_dict()?;
            *reg(next) = d.value().bits();
            stars[1] = d.value();
            Some(d)
        } else {
            None
        };
        for (name, v) in kwnames.iter().zip(&all[npos..]) {
            if !self.bind_keyword(f, code, regs, *name, *v, kwdict)? {
                return Err(self.unexpected_keyword(f, code, *name, kwnames));
            }
        }
        if npos > argcount && !code.flags.contains(CodeFlags::VARARGS) {
            return Err(self.too_many_positional(f, code, npos, regs));
        }
        if npos < argcount {
            self.fill_defaults(f, code, regs, npos)?;
        }
        if nkwonly > 0 {
            self.fill_kwdefaults(f, code, regs)?;
        }
        std::hint::black_box((&all, &stars));
        Ok(())
    }

    /// False: there is no such parameter.
    fn bind_keyword(
        &mut self,
        f: Ref<FunctionObj>,
        code: Ref<CodeObj>,
        regs: *mut u64,
        name: Value,
        v: Value,
        kwdict: Option<Ref<DictObj>>,
    ) -> Res<bool> {
        if !name.is_kind(Kind::Str) {
            let q = self.display(f.qualname.or_none());
            return Err(self.type_error(&format!("{q}() keywords must be strings")));
        }
        let posonly = code.posonly as usize;
        let names = code.param_names(self);
        let interned = self.interned_equal(name);
        let found = interned.and_then(|name| {
            let at = names[posonly..].iter().position(|n| *n == name)?;
            Some(at + posonly)
        });
        // SAFETY: parameter registers are in the window.
        unsafe {
            match found {
                Some(i) if *regs.add(i) != 0 => {
                    let (q, n) = (self.display(f.qualname.or_none()), self.display(name));
                    Err(self.type_error(&format!("{q}() got multiple values for argument '{n}'")))
                }
                Some(i) => {
                    *regs.add(i) = v.bits();
                    Ok(true)
                }
                None => match kwdict {
                    Some(d) => self.dict_set(d.value(), name, v).map(|()| true),
                    None => Ok(false),
                },
            }
        }
    }

    #[cold]
    fn unexpected_keyword(
        &mut self,
        f: Ref<FunctionObj>,
        code: Ref<CodeObj>,
        name: Value,
        kwnames: &[Value],
    ) -> Raised {
        let (q, n) = (self.display(f.qualname.or_none()), self.display(name));
        let data = code.data();
        let posonly = data.posonly_argcount as usize;
        let given: Vec<String> = kwnames.iter().map(|k| self.display(*k)).collect();
        let wrong = data.local_names[..posonly].iter();
        let wrong: Vec<&str> = wrong
            .filter(|p| given.contains(p))
            .map(String::as_str)
            .collect();
        if !wrong.is_empty() {
            let all = wrong.join(", ");
            return self.type_error(&format!(
                "{q}() got some positional-only arguments passed as keyword arguments: '{all}'"
            ));
        }
        let known = &data.local_names[posonly..(data.argcount + data.kwonly_argcount) as usize];
        let hint = match crate::suggest::closest(&n, known.iter().map(String::as_str)) {
            Some(s) => format!(". Did you mean '{s}'?"),
            None => String::new(),
        };
        self.type_error(&format!(
            "{q}() got an unexpected keyword argument '{n}'{hint}"
        ))
    }

    fn fill_defaults(
        &mut self,
        f: Ref<FunctionObj>,
        code: Ref<CodeObj>,
        regs: *mut u64,
        npos: usize,
    ) -> Res<()> {
        let argcount = code.argcount as usize;
        let defaults: &[Value] = match f.defaults.get() {
            // SAFETY: defaults is a tuple or empty.
            Some(t) if t.is_kind(Kind::Tuple) => unsafe { (*t.ptr::<TupleObj>()).items() },
            _ => &[],
        };
        let first = argcount.saturating_sub(defaults.len());
        // SAFETY: parameter registers are in the window.
        if npos >= first {
            for i in npos..argcount {
                unsafe {
                    if *regs.add(i) == 0 {
                        *regs.add(i) = defaults[i - first].bits();
                    }
                }
            }
            return Ok(());
        }
        // SAFETY: parameter registers are in the window.
        unsafe {
            let missing: Vec<usize> = (npos..first).filter(|i| *regs.add(*i) == 0).collect();
            if !missing.is_empty() {
                let names = missing
                    .iter()
                    .map(|i| code.local_name(*i).to_string())
                    .collect();
                return Err(self.missing_args(f, names, "positional"));
            }
            for i in npos.max(first)..argcount {
                if *regs.add(i) == 0 {
                    *regs.add(i) = defaults[i - first].bits();
                }
            }
        }
        Ok(())
    }

    fn fill_kwdefaults(
        &mut self,
        f: Ref<FunctionObj>,
        code: Ref<CodeObj>,
        regs: *mut u64,
    ) -> Res<()> {
        let argcount = code.argcount as usize;
        let mut missing = Vec::new();
        for i in argcount..argcount + code.kwonly as usize {
            // SAFETY: parameter registers are in the window.
            if unsafe { *regs.add(i) } != 0 {
                continue;
            }
            let name = code.param_names(self)[i];
            let default = match f.kwdefaults.get().and_then(|d| d.downcast::<DictObj>()) {
                Some(d) => self.dict_get_interned(d, name),
                None => None,
            };
            match default {
                // SAFETY: as above.
                Some(v) => unsafe { *regs.add(i) = v.bits() },
                None => missing.push(code.local_name(i).to_string()),
            }
        }
        if missing.is_empty() {
            Ok(())
        } else {
            Err(self.missing_args(f, missing, "keyword-only"))
        }
    }

    #[cold]
    fn missing_args(&mut self, f: Ref<FunctionObj>, names: Vec<String>, what: &str) -> Raised {
        let q = self.display(f.qualname.or_none());
        let quoted: Vec<String> = names.iter().map(|n| format!("'{n}'")).collect();
        let list = match quoted.as_slice() {
            [one] => one.clone(),
            [a, b] => format!("{a} and {b}"),
            [init @ .., last] => format!("{}, and {last}", init.join(", ")),
            [] => String::new(),
        };
        let (n, s) = (names.len(), if names.len() == 1 { "" } else { "s" });
        self.type_error(&format!(
            "{q}() missing {n} required {what} argument{s}: {list}"
        ))
    }

    #[cold]
    fn too_many_positional(
        &mut self,
        f: Ref<FunctionObj>,
        code: Ref<CodeObj>,
        given: usize,
        regs: *mut u64,
    ) -> Raised {
        let q = self.display(f.qualname.or_none());
        let argcount = code.argcount as usize;
        let ndefaults = f
            .defaults
            .get()
            .and_then(|d| d.downcast::<TupleObj>())
            .map_or(0, |t| t.len);
        let nkwonly = code.kwonly as usize;
        // SAFETY: parameter registers are in the window.
        let kwonly_given = (argcount..argcount + nkwonly)
            .filter(|i| unsafe { *regs.add(*i) } != 0)
            .count();
        let plural = |n: usize| if n == 1 { "" } else { "s" };
        let (sig, is_plural) = if ndefaults > 0 {
            (
                format!("from {} to {argcount}", argcount - ndefaults.min(argcount)),
                true,
            )
        } else {
            (argcount.to_string(), argcount != 1)
        };
        let kw = if kwonly_given > 0 {
            format!(
                " positional argument{} (and {kwonly_given} keyword-only argument{})",
                plural(given),
                plural(kwonly_given)
            )
        } else {
            String::new()
        };
        let were = if given == 1 && kwonly_given == 0 {
            "was"
        } else {
            "were"
        };
        self.type_error(&format!(
            "{q}() takes {sig} positional argument{} but {given}{kw} {were} given",
            if is_plural { "s" } else { "" }
        ))
    }
}

/// The address of the caches that mark cold code.
#[inline(always)]
pub fn cold_caches() -> *mut crate::code::Cache {
    crate::code::cold()
}

impl Vm {
    /// Runs namespace code (module, class body, exec) with `ns` as its locals mapping.
    pub fn run_namespace(&mut self, f: Ref<FunctionObj>, ns: Value) -> Res {
        self.check_native_stack()?;
        // SAFETY: the new window lies above the running frame's.
        unsafe {
            let regs = self.stack_top().add(2);
            self.push_frame(f, regs, None, &[], &[], Cont::Exit)?;
            *regs = ns.bits();
        }
        self.run()
    }

    /// Runs a class body; the result is the class cell or None.
    pub fn run_class_body(&mut self, f: Ref<FunctionObj>, ns: Value) -> Res {
        self.run_namespace(f, ns)
    }

    /// Runs code in a namespace (`exec`).
    pub fn exec_code(&mut self, code: Ref<CodeObj>, globals: Ref<DictObj>, locals: Value) -> Res {
        self.exec_code_closure(code, globals, locals, None)
    }

    /// As `exec_code`, with the cells of the code's free variables.
    pub fn exec_code_closure(
        &mut self,
        code: Ref<CodeObj>,
        globals: Ref<DictObj>,
        locals: Value,
        closure: Option<Value>,
    ) -> Res {
        let key = self.names.__builtins__;
        let builtins = match self.dict_get_interned(globals, key) {
            Some(b) => match b.downcast::<ModuleObj>() {
                Some(m) => Some(m.dict.get().value()),
                None => Some(b),
            },
            None => {
                let b = self.interp().builtins.map(|b| b.value());
                if let Some(b) = b {
                    self.dict_set(globals.value(), key, b)?;
                }
                b
            }
        };
        let f = self.new_function(code, globals, builtins)?;
        f.closure.init(closure);
        if code.flags.contains(CodeFlags::NAMESPACE) {
            return self.run_namespace(f, locals);
        }
        self.call_function(f, None, &[], &[])
    }
}
