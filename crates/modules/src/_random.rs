//! `_random`: the Mersenne Twister behind `random`.

use num::mersenne::Mersenne;
use runtime::class::{DictPlace, TypeFlags, TypeObj, TypeSpec};
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::payload::Payload;
use runtime::{Res, Value, Vm};
use std::cell::RefCell;
use std::mem::offset_of;

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_random",
    doc: "Module implements the Mersenne Twister random number generator.",
    functions: &[],
    init,
};

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    vm.module_add_type(m, &RANDOM)?;
    Ok(())
}

static RANDOM: TypeSpec = TypeSpec {
    name: "Random",
    module: "_random",
    kind: Kind::Payload,
    doc: "Random() -> create a random number generator with its own internal state.",
    tables: &[methods::TABLE],
    flags: TypeFlags::BASE,
    size: size_of::<PayloadObj>(),
    slot_offset: offset_of!(PayloadObj, overflow),
    dict: DictPlace::None,
    ..TypeSpec::DEFAULT
};

struct Random(RefCell<Mersenne>);

impl Payload for Random {
    fn trace(&self, _: &mut gc::Tracer) {}
}

fn state(vm: &mut Vm, this: Value) -> Res<&'static RefCell<Mersenne>> {
    match this.payload::<Random>() {
        Some(r) => Ok(&r.0),
        None => Err(vm.type_error("a _random.Random object is required")),
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, _args: Value, _kwargs: Option<Value>) -> Res {
        let base = vm.native_type(&RANDOM)?;
        let class = vm.number_class(class, base)?;
        new_random(vm, class)
    }
    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, /, *args, **kwargs)")]
    fn init(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res<()> {
        let base = vm.native_type(&RANDOM)?;
        if kwargs.is_some() && vm.is_exactly(this, base) {
            return Err(vm.type_error("Random() takes no keyword arguments"));
        }
        let items = args.downcast::<TupleObj>();
        let arg = match items.as_ref().map_or(&[][..], |t| t.items()) {
            [] => Value::NONE,
            [one] => *one,
            more => {
                let n = more.len();
                return Err(vm.type_error(&format!("Random expected at most 1 argument, got {n}")));
            }
        };
        seed_with(vm, this, arg)
    }
    /// random() -> x in the interval [0, 1).
    #[native("random($self, /)")]
    fn random(vm: &mut Vm, this: Value) -> Res<f64> {
        Ok(state(vm, this)?.borrow_mut().random())
    }
    /// seed([n]) -> None.
    ///
    /// Defaults to use urandom and falls back to a combination
    /// of the current time and the process identifier.
    #[native("seed($self, n=None, /)")]
    fn seed(vm: &mut Vm, this: Value, n: Option<Value>) -> Res<()> {
        seed_with(vm, this, n.unwrap_or(Value::NONE))
    }
    /// getstate() -> tuple containing the current state.
    #[native("getstate($self, /)")]
    fn getstate(vm: &mut Vm, this: Value) -> Res {
        let (words, index) = {
            let s = state(vm, this)?.borrow();
            let (w, i) = s.state();
            (w.to_vec(), i)
        };
        let mut out = vm.new_vec();
        for w in words {
            out.push(vm, Value::int_unchecked(i64::from(w)))?;
        }
        out.push(vm, Value::int_unchecked(index as i64))?;
        vm.new_tuple(&out)
    }
    /// setstate(state) -> None.  Restores generator state.
    #[native("setstate($self, state, /)")]
    fn setstate(vm: &mut Vm, this: Value, new: Value) -> Res<()> {
        let Some(t) = new.downcast::<TupleObj>() else {
            return Err(vm.type_error("state vector must be a tuple"));
        };
        if t.len != 625 {
            return Err(vm.value_error("state vector is the wrong size"));
        }
        let mut words = [0u32; 624];
        for (w, v) in words.iter_mut().zip(t.items()) {
            if !vm.is_int(*v) {
                return Err(vm.type_error("an integer is required"));
            }
            if vm.int_is_negative(*v) {
                return Err(vm.overflow_error("can't convert negative value to unsigned int"));
            }
            *w = vm.to_big(*v).map_or(0, |b| b.low_u64()) as u32;
        }
        let index = vm.index_i64(t.items()[624])?;
        match usize::try_from(index)
            .ok()
            .and_then(|i| Mersenne::from_state(words, i))
        {
            Some(m) => {
                *state(vm, this)?.borrow_mut() = m;
                Ok(())
            }
            None => Err(vm.value_error("invalid state")),
        }
    }
    /// getrandbits(k) -> x.  Generates an int with k random bits.
    #[native("getrandbits($self, k, /)")]
    fn getrandbits(vm: &mut Vm, this: Value, k: Value) -> Res {
        let k = vm.index(k)?;
        if vm.int_is_negative(k) {
            return Err(vm.value_error("Cannot convert negative int"));
        }
        let bits = match vm.int_to_i64(k) {
            Some(n) if n <= 64 => {
                let n = state(vm, this)?.borrow_mut().bits64(n as u32);
                return vm.new_int_u64(n);
            }
            Some(n) if (n as u64) < num::bigint::MAX_BITS => n as u64,
            Some(_) => return Err(vm.memory_error()),
            None => return Err(vm.overflow_error("Python int too large to convert to C long")),
        };
        let limbs = state(vm, this)?.borrow_mut().bits(bits);
        vm.new_int_limbs(false, &limbs)
    }
}

fn new_random(vm: &mut Vm, class: Ref<TypeObj>) -> Res {
    vm.new_payload(class, Random(RefCell::new(Mersenne::from_word(0))))
}

/// Seeds from system randomness for None, by the magnitude of an int, by the hash of others.
fn seed_with(vm: &mut Vm, this: Value, arg: Value) -> Res<()> {
    let m = if arg.is_none() {
        let mut bytes = [0u8; 624 * 4];
        // SAFETY: the buffer has that many bytes.
        let got = unsafe { libc::getrandom(bytes.as_mut_ptr().cast(), bytes.len(), 0) };
        if got < 0 {
            let t = std::time::SystemTime::now()
                .duration_since(std::time::UNIX_EPOCH)
                .map_or(0, |d| d.as_nanos());
            bytes[..16].copy_from_slice(&t.to_le_bytes());
            bytes[16..20].copy_from_slice(&std::process::id().to_le_bytes());
        }
        let key: Vec<u32> = bytes
            .chunks_exact(4)
            .map(|c| u32::from_le_bytes([c[0], c[1], c[2], c[3]]))
            .collect();
        Mersenne::from_key(&key)
    } else if vm.is_int(arg) {
        let b = vm.to_big(arg).unwrap_or_default();
        Mersenne::from_limbs(b.limbs().1)
    } else {
        let h = vm.hash(arg)?;
        Mersenne::from_limbs(&[h as u64])
    };
    *state(vm, this)?.borrow_mut() = m;
    Ok(())
}
