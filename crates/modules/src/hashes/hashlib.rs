//! `_hashlib`: what CPython takes from OpenSSL, on the RustCrypto crates.

use super::digests::{ALGORITHMS, Algorithm, Digest, Hash, make, methods as hash_methods, shake};
use super::{data_arg, hex, kdf, object_bytes};
use runtime::class::{TypeFlags, TypeSpec};
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::payload::Payload;
use runtime::{Raised, Res, Value, Vm};
use std::cell::RefCell;

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_hashlib",
    doc: "OpenSSL's interface of the hashlib module",
    functions: &[functions::TABLE, constructors::TABLE, kdf::functions::TABLE],
    init,
};

static UNSUPPORTED: u8 = 0;

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    for spec in [&T_HASH, &T_HASHXOF, &T_HMAC] {
        let class = vm.native_type(spec)?;
        vm.module_set(m, spec.name, class.value())?;
    }
    let error = unsupported_class(vm)?;
    vm.module_set(m, "UnsupportedDigestmodError", error)?;
    let operator = vm.import_module("_operator")?;
    let compare = vm.get_attr_str(operator, "_compare_digest")?;
    vm.module_set(m, "compare_digest", compare)?;
    let mut names = vm.new_vec();
    for a in ALGORITHMS {
        let name = vm.new_str(a.name)?;
        names.push(vm, name)?;
    }
    let names = vm.list_from_vec(names)?;
    let set = vm.call_value(vm.types.frozenset.value(), &[names])?;
    vm.module_set(m, "openssl_md_meth_names", set)?;
    vm.module_set(m, "_GIL_MINSIZE", Value::int_unchecked(2048))
}

/// `UnsupportedDigestmodError`, made at its first use.
fn unsupported_class(vm: &mut Vm) -> Res {
    let key = &raw const UNSUPPORTED as usize;
    if let Some(c) = vm.interp().module_state.get(&key) {
        return Ok(*c);
    }
    let name = vm.new_str("UnsupportedDigestmodError")?;
    let bases = vm.new_tuple(&[vm.types.exc.ValueError.value()])?;
    let ns = vm.new_dict()?;
    let module = vm.new_str("_hashlib")?;
    vm.dict_set(ns.value(), vm.names.__module__, module)?;
    let c = vm.call_value(vm.types.type_.value(), &[name, bases, ns.value()])?;
    vm.interp().module_state.insert(key, c);
    Ok(c)
}

/// The error that OpenSSL gives for an algorithm it has not.
#[cold]
pub(super) fn unsupported(vm: &mut Vm) -> Raised {
    let made = unsupported_class(vm).and_then(|c| {
        let text = vm.new_str("[digital envelope routines] unsupported")?;
        vm.call_value(c, &[text])
    });
    match made {
        Ok(e) => vm.raise_here(e),
        Err(r) => r,
    }
}

/// The algorithm that OpenSSL knows by that name.
pub(super) fn algorithm(name: &str) -> Option<&'static Algorithm> {
    let plain = |s: &str| s.to_ascii_lowercase().replace('-', "_");
    let name = plain(name);
    ALGORITHMS
        .iter()
        .find(|a| a.name == name || a.name == name.replacen("sha_", "sha", 1))
        .copied()
}

static T_HASH: TypeSpec = TypeSpec {
    name: "HASH",
    module: "_hashlib",
    doc: "A hash is an object used to calculate a checksum of a string of information.",
    kind: Kind::Payload,
    flags: TypeFlags::NO_INSTANCES.union(TypeFlags::BASE),
    size: size_of::<PayloadObj>(),
    tables: &[hash_methods::TABLE, shown::TABLE],
    ..TypeSpec::DEFAULT
};

static T_HASHXOF: TypeSpec = TypeSpec {
    name: "HASHXOF",
    module: "_hashlib",
    doc: "A hash whose digest has any length.",
    kind: Kind::Payload,
    flags: TypeFlags::NO_INSTANCES,
    size: size_of::<PayloadObj>(),
    tables: &[hash_methods::TABLE, shown::TABLE, shake::TABLE],
    ..TypeSpec::DEFAULT
};

static T_HMAC: TypeSpec = TypeSpec {
    name: "HMAC",
    module: "_hashlib",
    doc: "The object used to calculate HMAC of a message.",
    kind: Kind::Payload,
    flags: TypeFlags::NO_INSTANCES,
    size: size_of::<PayloadObj>(),
    tables: &[hmac_methods::TABLE],
    ..TypeSpec::DEFAULT
};

/// A hash object of an algorithm.
fn new_hash(vm: &mut Vm, a: &'static Algorithm, data: Option<Value>) -> Res {
    let class = vm.native_type(if a.is_xof() { &T_HASHXOF } else { &T_HASH })?;
    make(vm, a, Some(class), data)
}

#[derive::natives]
mod shown {
    use super::*;

    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let name = match this.payload::<Digest>() {
            Some(d) => d.algorithm.name,
            None => "?",
        };
        let class = vm.class_name(this);
        Ok(format!("<{name} {class} object @ {:#x}>", this.bits()))
    }
}

/// An HMAC in progress (RFC 2104).
struct Hmac {
    inner: RefCell<Hash>,
    outer: Hash,
    algorithm: &'static Algorithm,
}

impl Payload for Hmac {
    fn trace(&self, _: &mut gc::Tracer) {}
    fn external_bytes(&self) -> usize {
        512
    }
}

impl Hmac {
    fn new(algorithm: &'static Algorithm, key: &[u8]) -> Hmac {
        let mut block = vec![0; algorithm.block];
        match key.get(..) {
            Some(k) if k.len() <= block.len() => block[..k.len()].copy_from_slice(k),
            _ => {
                let mut hash = (algorithm.make)();
                hash.update(key);
                let digest = hash.digest(0);
                block[..digest.len()].copy_from_slice(&digest);
            }
        }
        let keyed = |pad: u8| {
            let mut hash = (algorithm.make)();
            hash.update(&block.iter().map(|b| b ^ pad).collect::<Vec<_>>());
            hash
        };
        Hmac {
            inner: RefCell::new(keyed(0x36)),
            outer: keyed(0x5c),
            algorithm,
        }
    }

    fn digest(&self) -> Vec<u8> {
        let mut outer = self.outer.clone();
        outer.update(&self.inner.borrow().digest(0));
        outer.digest(0)
    }
}

fn hmac_of<'a>(vm: &mut Vm, this: Value) -> Res<&'a Hmac> {
    match this.payload::<Hmac>() {
        Some(h) => Ok(h),
        None => Err(vm.type_error("an HMAC object is required")),
    }
}

/// The algorithm of a `digestmod` argument: its name, or a constructor of this module.
fn digestmod(vm: &mut Vm, v: Value) -> Res<&'static Algorithm> {
    let name = if v.is_kind(Kind::Str) {
        vm.display(v)
    } else {
        let name = vm.get_attr_opt(v, vm.names.__name__)?;
        let name = name.map_or(String::new(), |n| vm.display(n));
        match name.strip_prefix("openssl_") {
            Some(n) => n.to_string(),
            None => return Err(unsupported(vm)),
        }
    };
    match algorithm(&name).filter(|a| !a.is_xof()) {
        Some(a) => Ok(a),
        None => Err(unsupported(vm)),
    }
}

#[derive::natives]
mod hmac_methods {
    use super::*;

    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let name = hmac_of(vm, this)?.algorithm.name;
        Ok(format!("<{name} HMAC object @ {:#x}>", this.bits()))
    }
    /// Return a copy ("clone") of the HMAC object.
    #[native("copy($self, /)")]
    fn copy(vm: &mut Vm, this: Value) -> Res {
        let h = hmac_of(vm, this)?;
        let copy = Hmac {
            inner: RefCell::new(h.inner.borrow().clone()),
            outer: h.outer.clone(),
            algorithm: h.algorithm,
        };
        let class = vm.native_type(&T_HMAC)?;
        vm.new_payload(class, copy)
    }
    /// Update the HMAC object with msg.
    #[native("update($self, /, msg)")]
    fn update(vm: &mut Vm, this: Value, msg: Value) -> Res<()> {
        let b = object_bytes(vm, msg)?;
        hmac_of(vm, this)?.inner.borrow_mut().update(b.as_slice());
        Ok(())
    }
    /// Return the digest of the bytes passed to the update() method so far.
    #[native("digest($self, /)")]
    fn digest(vm: &mut Vm, this: Value) -> Res {
        let out = hmac_of(vm, this)?.digest();
        vm.new_bytes(&out)
    }
    /// Return the digest as a string of hexadecimal digits.
    #[native("hexdigest($self, /)")]
    fn hexdigest(vm: &mut Vm, this: Value) -> Res<String> {
        Ok(hex(&hmac_of(vm, this)?.digest()))
    }
    #[getter("digest_size")]
    fn digest_size(vm: &mut Vm, this: Value) -> Res<usize> {
        Ok(hmac_of(vm, this)?.outer.size())
    }
    #[getter("block_size")]
    fn block_size(vm: &mut Vm, this: Value) -> Res<usize> {
        Ok(hmac_of(vm, this)?.algorithm.block)
    }
    #[getter("name")]
    fn name(vm: &mut Vm, this: Value) -> Res<String> {
        Ok(format!("hmac-{}", hmac_of(vm, this)?.algorithm.name))
    }
}

#[derive::natives]
mod functions {
    use super::*;

    /// Return a new hash object using the named algorithm.
    #[native("new($module, /, name, data=b'', *, usedforsecurity=True, string=None)")]
    fn new(
        vm: &mut Vm,
        _m: Value,
        name: Value,
        data: Option<Value>,
        _security: Option<bool>,
        string: Option<Value>,
    ) -> Res {
        let data = data_arg(vm, data, string)?;
        let name = vm.str_arg(name, "new", "argument 'name'")?.to_string();
        match algorithm(&name) {
            Some(a) => new_hash(vm, a, data),
            None => Err(vm.value_error(&format!("unsupported hash type {name}"))),
        }
    }
    /// Return a new HMAC object.
    #[native("hmac_new($module, /, key, msg=b'', digestmod=None)")]
    fn hmac_new(
        vm: &mut Vm,
        _m: Value,
        key: Value,
        msg: Option<Value>,
        digest: Option<Value>,
    ) -> Res {
        let Some(digest) = digest.filter(|d| !d.is_none()) else {
            return Err(vm.type_error("Missing required parameter 'digestmod'."));
        };
        let a = digestmod(vm, digest)?;
        let h = Hmac::new(a, vm.get_buffer(key)?.as_slice());
        if let Some(m) = msg.filter(|m| !m.is_none()) {
            let b = object_bytes(vm, m)?;
            h.inner.borrow_mut().update(b.as_slice());
        }
        let class = vm.native_type(&T_HMAC)?;
        vm.new_payload(class, h)
    }
    /// Single-shot HMAC.
    #[native("hmac_digest($module, /, key, msg, digest)")]
    fn hmac_digest(vm: &mut Vm, _m: Value, key: Value, msg: Value, digest: Value) -> Res {
        let a = digestmod(vm, digest)?;
        let h = Hmac::new(a, vm.get_buffer(key)?.as_slice());
        let b = vm.get_buffer(msg)?;
        h.inner.borrow_mut().update(b.as_slice());
        let out = h.digest();
        vm.new_bytes(&out)
    }
    /// Determine the FIPS mode of operation: 0, there is none here.
    #[native("get_fips_mode($module, /)")]
    fn get_fips_mode(_: &mut Vm, _m: Value) -> Res<i64> {
        Ok(0)
    }
}

macro_rules! constructors {
    ($($function:ident $text:literal $name:literal;)*) => {
        #[derive::natives]
        mod constructors {
            use super::*;
            $(
                #[native($text)]
                fn $function(vm: &mut Vm, _m: Value, data: Option<Value>, _security: Option<bool>, string: Option<Value>) -> Res {
                    let data = data_arg(vm, data, string)?;
                    match algorithm($name) {
                        Some(a) => new_hash(vm, a, data),
                        None => Err(vm.value_error("unsupported hash type")),
                    }
                }
            )*
        }
    };
}

constructors! {
    openssl_md5 "openssl_md5($module, /, data=b'', *, usedforsecurity=True, string=None)" "md5";
    openssl_sha1 "openssl_sha1($module, /, data=b'', *, usedforsecurity=True, string=None)" "sha1";
    openssl_sha224 "openssl_sha224($module, /, data=b'', *, usedforsecurity=True, string=None)" "sha224";
    openssl_sha256 "openssl_sha256($module, /, data=b'', *, usedforsecurity=True, string=None)" "sha256";
    openssl_sha384 "openssl_sha384($module, /, data=b'', *, usedforsecurity=True, string=None)" "sha384";
    openssl_sha512 "openssl_sha512($module, /, data=b'', *, usedforsecurity=True, string=None)" "sha512";
    openssl_sha3_224 "openssl_sha3_224($module, /, data=b'', *, usedforsecurity=True, string=None)" "sha3_224";
    openssl_sha3_256 "openssl_sha3_256($module, /, data=b'', *, usedforsecurity=True, string=None)" "sha3_256";
    openssl_sha3_384 "openssl_sha3_384($module, /, data=b'', *, usedforsecurity=True, string=None)" "sha3_384";
    openssl_sha3_512 "openssl_sha3_512($module, /, data=b'', *, usedforsecurity=True, string=None)" "sha3_512";
    openssl_shake_128 "openssl_shake_128($module, /, data=b'', *, usedforsecurity=True, string=None)" "shake_128";
    openssl_shake_256 "openssl_shake_256($module, /, data=b'', *, usedforsecurity=True, string=None)" "shake_256";
}
