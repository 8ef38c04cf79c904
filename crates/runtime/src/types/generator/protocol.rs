//! send, throw and close of generators, coroutines and async generators (PEP 342, 380, 492).

use crate::class::TypeObj;
use crate::interp::generator::{GeneratorObj, Outcome, Resume, State};
use crate::object::*;
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;
use bytecode::CodeFlags;

/// The arguments of `throw`.
#[derive(Clone, Copy)]
pub struct Thrown {
    pub typ: Value,
    pub val: Option<Value>,
    pub tb: Option<Value>,
}

impl Thrown {
    /// Only the exception or its class.
    pub fn new(typ: Value) -> Thrown {
        Thrown {
            typ,
            val: None,
            tb: None,
        }
    }
}

impl Vm {
    /// What a resumption gave as CPython's methods show it: the yielded value, or StopIteration
    /// (StopAsyncIteration) with the returned one.
    pub fn outcome_to_result(&mut self, g: Ref<GeneratorObj>, o: Outcome) -> Res {
        match o {
            Outcome::Yielded(v) => Ok(v),
            Outcome::Returned(_) if g.code.flags.contains(CodeFlags::ASYNC_GENERATOR) => {
                Err(self.error_with(self.types.exc.StopAsyncIteration, &[]))
            }
            Outcome::Returned(v) => Err(self.stop_iteration(v)),
        }
    }

    /// `g.send(v)`.
    pub fn generator_send(&mut self, g: Ref<GeneratorObj>, v: Value) -> Res {
        let o = self.resume_generator(g, Resume::Send(v))?;
        self.outcome_to_result(g, o)
    }

    /// `g.throw(...)` as Python code calls it.
    pub fn throw_native(&mut self, g: Ref<GeneratorObj>, t: Thrown) -> Res {
        self.warn_throw("throw", t)?;
        let o = self.generator_throw(g, t, true)?;
        self.outcome_to_result(g, o)
    }

    /// The deprecation of `throw(type, value, traceback)`.
    pub fn warn_throw(&mut self, method: &str, t: Thrown) -> Res<()> {
        if t.val.is_none() && t.tb.is_none() {
            return Ok(());
        }
        let class = self.types.exc.DeprecationWarning;
        self.warn(
            class,
            &format!(
                "the (type, exc, tb) signature of {method}() is deprecated, use the single-arg signature instead."
            ),
            1,
        )
    }

    /// Raises an exception inside a generator, or inside what it delegates to. `close_on_exit`: a
    /// GeneratorExit closes the delegate instead.
    pub fn generator_throw(
        &mut self,
        g: Ref<GeneratorObj>,
        t: Thrown,
        close_on_exit: bool,
    ) -> Res<Outcome> {
        self.check_native_stack()?;
        if let Some(target) = g.delegate().filter(|_| !g.delegating.get()) {
            if close_on_exit && self.is_generator_exit(t.typ) {
                g.delegating.set(true);
                let closed = self.close_iterator(target);
                g.delegating.set(false);
                if closed.is_err() {
                    let e = self.take_raised();
                    return self.resume_generator(g, Resume::Throw(e));
                }
            } else {
                g.delegating.set(true);
                let r = self.throw_to_delegate(target, t, close_on_exit);
                g.delegating.set(false);
                match r {
                    Ok(Some(Outcome::Yielded(v))) => return Ok(Outcome::Yielded(v)),
                    Ok(Some(Outcome::Returned(v))) => return self.resume_after_delegate(g, v),
                    Ok(None) => {}
                    Err(_) if self.raised_is(self.types.exc.StopIteration) => {
                        let e = self.take_raised();
                        let v = self.stop_value(e);
                        return self.resume_after_delegate(g, v);
                    }
                    Err(_) => {
                        let e = self.take_raised();
                        return self.resume_generator(g, Resume::Throw(e));
                    }
                }
            }
        }
        let e = self.thrown_exception(t)?;
        self.resume_generator(g, Resume::Throw(e))
    }

    /// Throws into the iterator of a `yield from`. None: it has no `throw`.
    fn throw_to_delegate(
        &mut self,
        target: Value,
        t: Thrown,
        close_on_exit: bool,
    ) -> Res<Option<Outcome>> {
        if let Some(sub) = plain_generator(target) {
            return self.generator_throw(sub, t, close_on_exit).map(Some);
        }
        let name = self.names.throw;
        let Some(m) = self.get_attr_opt(target, name)? else {
            return Ok(None);
        };
        let args = [
            t.typ,
            t.val.unwrap_or(Value::NONE),
            t.tb.unwrap_or(Value::NONE),
        ];
        let n = match (t.val, t.tb) {
            (_, Some(_)) => 3,
            (Some(_), None) => 2,
            _ => 1,
        };
        let v = self.call_value(m, &args[..n])?;
        Ok(Some(Outcome::Yielded(v)))
    }

    fn is_generator_exit(&self, typ: Value) -> bool {
        let exit = self.types.exc.GeneratorExit;
        match typ.downcast::<TypeObj>() {
            Some(c) => c.is_subtype(exit),
            None => self.is_instance_of(typ, exit),
        }
    }

    /// The exception instance that `throw` arguments mean.
    pub fn thrown_exception(&mut self, t: Thrown) -> Res {
        let tb = t.tb.filter(|tb| !tb.is_none());
        if tb.is_some_and(|tb| !tb.is_kind(Kind::Traceback)) {
            return Err(self.type_error("throw() third argument must be a traceback object"));
        }
        let val = t.val.filter(|v| !v.is_none());
        let base = self.types.exc.BaseException;
        let e = match t.typ.downcast::<TypeObj>().filter(|c| c.is_subtype(base)) {
            Some(class) => match val {
                Some(v) if self.is_instance_of(v, class) => v,
                Some(v) => match v.downcast::<TupleObj>() {
                    Some(args) => self.call_value(t.typ, args.items())?,
                    None => self.call_value(t.typ, &[v])?,
                },
                None => self.call_value(t.typ, &[])?,
            },
            None if t.typ.is_kind(Kind::Exception) => {
                if val.is_some() {
                    return Err(self.type_error("instance exception may not have a separate value"));
                }
                t.typ
            }
            None => {
                let got = self.class_name(t.typ);
                return Err(self.type_error(&format!(
                    "exceptions must be classes or instances deriving from BaseException, not {got}"
                )));
            }
        };
        match e.downcast::<ExceptionObj>() {
            Some(x) => {
                if tb.is_some() {
                    x.traceback.write(x, tb);
                }
                Ok(e)
            }
            None => {
                let (cls, got) = (self.display_repr(t.typ)?, self.class_of(e).value());
                let got = self.display_repr(got)?;
                Err(self.type_error(&format!(
                    "calling {cls} should have returned an instance of BaseException, not {got}"
                )))
            }
        }
    }

    /// Closes the iterator that a generator delegates to.
    pub fn close_iterator(&mut self, target: Value) -> Res<()> {
        if let Some(sub) = plain_generator(target) {
            return self.generator_close(sub).map(|_| ());
        }
        let name = self.names.close;
        match self.get_attr_opt(target, name) {
            Ok(Some(m)) => self.call_value(m, &[]).map(|_| ()),
            Ok(None) => Ok(()),
            Err(_) => {
                self.write_unraisable(target);
                Ok(())
            }
        }
    }

    /// `g.close()`: the value a generator returns when GeneratorExit is raised inside.
    pub fn generator_close(&mut self, g: Ref<GeneratorObj>) -> Res {
        self.check_native_stack()?;
        let word = self.generator_word(g);
        if g.is_busy() {
            return Err(self.value_error(&format!("{word} already executing")));
        }
        match g.state.get() {
            State::Created => {
                g.discard();
                return Ok(Value::NONE);
            }
            State::Done => return Ok(Value::NONE),
            _ => {}
        }
        let exc = match g.delegate() {
            Some(target) => {
                g.delegating.set(true);
                let r = self.close_iterator(target);
                g.delegating.set(false);
                if r.is_err() {
                    Some(self.take_raised())
                } else {
                    None
                }
            }
            None => None,
        };
        if exc.is_none() && !g.has_handler() && g.frame.get().is_none() {
            g.discard();
            return Ok(Value::NONE);
        }
        let exc = match exc {
            Some(e) => e,
            None => self.new_exception(self.types.exc.GeneratorExit, &[])?,
        };
        match self.resume_generator(g, Resume::Throw(exc)) {
            Ok(Outcome::Yielded(_)) => {
                Err(self.runtime_error(&format!("{word} ignored GeneratorExit")))
            }
            Ok(Outcome::Returned(v)) => Ok(v),
            Err(Raised) if self.catch(self.types.exc.GeneratorExit) => Ok(Value::NONE),
            Err(r) => Err(r),
        }
    }
}

/// A generator or coroutine (not an async generator).
fn plain_generator(v: Value) -> Option<Ref<GeneratorObj>> {
    v.downcast::<GeneratorObj>()
        .filter(|g| !g.code.flags.contains(CodeFlags::ASYNC_GENERATOR))
}
