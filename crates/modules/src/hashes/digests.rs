//! Hash objects over the RustCrypto crates.

use super::{data_arg, hex, object_bytes};
use runtime::class::{TypeFlags, TypeObj, TypeSpec};
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::payload::Payload;
use runtime::{Res, Value, Vm};
use sha3::digest::{DynDigest, ExtendableOutput, Update, XofReader};
use std::cell::RefCell;

/// A hash in progress.
#[derive(Clone)]
pub(super) enum Hash {
    Fixed(Box<dyn DynDigest>),
    Shake128(sha3::Shake128),
    Shake256(sha3::Shake256),
}

/// What the objects of one algorithm are.
pub(super) struct Algorithm {
    pub name: &'static str,
    pub block: usize,
    pub make: fn() -> Hash,
}

impl Algorithm {
    /// Its digests have any length.
    pub fn is_xof(&self) -> bool {
        self.name.starts_with("shake")
    }
}

pub(super) struct Digest {
    hash: RefCell<Hash>,
    pub algorithm: &'static Algorithm,
}

impl Payload for Digest {
    fn trace(&self, _: &mut gc::Tracer) {}
    fn external_bytes(&self) -> usize {
        256
    }
}

impl Hash {
    pub fn update(&mut self, b: &[u8]) {
        match self {
            Hash::Fixed(d) => d.update(b),
            Hash::Shake128(d) => d.update(b),
            Hash::Shake256(d) => d.update(b),
        }
    }
    pub fn size(&self) -> usize {
        match self {
            Hash::Fixed(d) => d.output_size(),
            _ => 0,
        }
    }
    pub fn digest(&self, length: usize) -> Vec<u8> {
        let mut out = vec![0; length];
        match self.clone() {
            Hash::Fixed(d) => return d.finalize().to_vec(),
            Hash::Shake128(d) => d.finalize_xof().read(&mut out),
            Hash::Shake256(d) => d.finalize_xof().read(&mut out),
        }
        out
    }
}

const TYPE: TypeSpec = TypeSpec {
    kind: Kind::Payload,
    flags: TypeFlags::NO_INSTANCES,
    size: size_of::<PayloadObj>(),
    tables: &[methods::TABLE],
    ..TypeSpec::DEFAULT
};

macro_rules! fixed {
    ($($alg:ident $spec:ident $type_name:literal $module:literal $name:literal $block:literal $make:expr;)*) => {
        $(
            static $alg: Algorithm = Algorithm { name: $name, block: $block, make: $make };
            static $spec: TypeSpec = TypeSpec { name: $type_name, module: $module, ..TYPE };
        )*
    };
}

fixed! {
    A_MD5 T_MD5 "md5" "_md5" "md5" 64 || Hash::Fixed(Box::new(md5::Md5::default()));
    A_SHA1 T_SHA1 "sha1" "_sha1" "sha1" 64 || Hash::Fixed(Box::new(sha1::Sha1::default()));
    A_SHA224 T_SHA224 "SHA224Type" "_sha2" "sha224" 64 || Hash::Fixed(Box::new(sha2::Sha224::default()));
    A_SHA256 T_SHA256 "SHA256Type" "_sha2" "sha256" 64 || Hash::Fixed(Box::new(sha2::Sha256::default()));
    A_SHA384 T_SHA384 "SHA384Type" "_sha2" "sha384" 128 || Hash::Fixed(Box::new(sha2::Sha384::default()));
    A_SHA512 T_SHA512 "SHA512Type" "_sha2" "sha512" 128 || Hash::Fixed(Box::new(sha2::Sha512::default()));
}

macro_rules! sha3_types {
    ($($alg:ident $spec:ident $native:ident $name:literal $block:literal [$($table:ident)*] $make:expr;)*) => {
        $(
            static $alg: Algorithm = Algorithm { name: $name, block: $block, make: $make };
            static $spec: TypeSpec = TypeSpec {
                name: $name,
                module: "_sha3",
                tables: &[$($table::TABLE,)* $native::TABLE],
                flags: TypeFlags::empty(),
                ..TYPE
            };
            #[derive::natives]
            mod $native {
                use super::*;
                #[staticmethod("__new__($type, data=b'', /, *, usedforsecurity=True, string=None)")]
                fn new(vm: &mut Vm, class: Value, data: Option<Value>, _sec: Option<bool>, string: Option<Value>) -> Res {
                    let c = class.downcast::<TypeObj>();
                    let data = data_arg(vm, data, string)?;
                    make(vm, &$alg, c, data)
                }
            }
        )*
    };
}

sha3_types! {
    A_SHA3_224 T_SHA3_224 new_224 "sha3_224" 144 [methods sponge] || Hash::Fixed(Box::new(sha3::Sha3_224::default()));
    A_SHA3_256 T_SHA3_256 new_256 "sha3_256" 136 [methods sponge] || Hash::Fixed(Box::new(sha3::Sha3_256::default()));
    A_SHA3_384 T_SHA3_384 new_384 "sha3_384" 104 [methods sponge] || Hash::Fixed(Box::new(sha3::Sha3_384::default()));
    A_SHA3_512 T_SHA3_512 new_512 "sha3_512" 72 [methods sponge] || Hash::Fixed(Box::new(sha3::Sha3_512::default()));
    A_SHAKE128 T_SHAKE128 new_shake128 "shake_128" 168 [methods sponge shake] || Hash::Shake128(sha3::Shake128::default());
    A_SHAKE256 T_SHAKE256 new_shake256 "shake_256" 136 [methods sponge shake] || Hash::Shake256(sha3::Shake256::default());
}

/// All of them but BLAKE2.
pub(super) static ALGORITHMS: &[&Algorithm] = &[
    &A_MD5,
    &A_SHA1,
    &A_SHA224,
    &A_SHA256,
    &A_SHA384,
    &A_SHA512,
    &A_SHA3_224,
    &A_SHA3_256,
    &A_SHA3_384,
    &A_SHA3_512,
    &A_SHAKE128,
    &A_SHAKE256,
];

pub static MD5: ModuleSpec = ModuleSpec {
    name: "_md5",
    doc: "",
    functions: &[md5_functions::TABLE],
    init: |vm, m| add(vm, m, "MD5Type", &T_MD5),
};
pub static SHA1: ModuleSpec = ModuleSpec {
    name: "_sha1",
    doc: "",
    functions: &[sha1_functions::TABLE],
    init: |vm, m| add(vm, m, "SHA1Type", &T_SHA1),
};
pub static SHA2: ModuleSpec = ModuleSpec {
    name: "_sha2",
    doc: "",
    functions: &[sha2_functions::TABLE],
    init: |vm, m| {
        for t in [&T_SHA224, &T_SHA256, &T_SHA384, &T_SHA512] {
            add(vm, m, t.name, t)?;
        }
        Ok(())
    },
};
pub static SHA3: ModuleSpec = ModuleSpec {
    name: "_sha3",
    doc: "",
    functions: &[],
    init: |vm, m| {
        for t in [
            &T_SHA3_224,
            &T_SHA3_256,
            &T_SHA3_384,
            &T_SHA3_512,
            &T_SHAKE128,
            &T_SHAKE256,
        ] {
            add(vm, m, t.name, t)?;
        }
        let s = vm.new_str("RustCrypto")?;
        vm.module_set(m, "implementation", s)
    },
};

fn add(vm: &mut Vm, m: Ref<ModuleObj>, name: &str, spec: &'static TypeSpec) -> Res<()> {
    let class = vm.native_type(spec)?;
    vm.module_set(m, name, class.value())
}

/// A hash object that has taken `data` in.
pub(super) fn make(
    vm: &mut Vm,
    algorithm: &'static Algorithm,
    class: Option<Ref<TypeObj>>,
    data: Option<Value>,
) -> Res {
    let Some(class) = class else {
        return Err(vm.type_error("not a type"));
    };
    let mut hash = (algorithm.make)();
    if let Some(d) = data {
        hash.update(object_bytes(vm, d)?.as_slice());
    }
    vm.new_payload(
        class,
        Digest {
            hash: RefCell::new(hash),
            algorithm,
        },
    )
}

fn digest_of<'a>(vm: &mut Vm, this: Value) -> Res<&'a Digest> {
    match this.payload::<Digest>() {
        Some(d) => Ok(d),
        None => Err(vm.type_error("a hash object is required")),
    }
}

macro_rules! constructors {
    ($($table:ident { $($name:ident $text:literal $alg:ident $spec:ident)* })*) => {
        $(
            #[derive::natives]
            mod $table {
                use super::*;
                $(
                    #[native($text)]
                    fn $name(vm: &mut Vm, _m: Value, data: Option<Value>, _sec: Option<bool>, string: Option<Value>) -> Res {
                        let data = data_arg(vm, data, string)?;
                        let class = vm.native_type(&$spec)?;
                        make(vm, &$alg, Some(class), data)
                    }
                )*
            }
        )*
    };
}

constructors! {
    md5_functions { md5 "md5($module, /, data=b'', *, usedforsecurity=True, string=None)" A_MD5 T_MD5 }
    sha1_functions { sha1 "sha1($module, /, data=b'', *, usedforsecurity=True, string=None)" A_SHA1 T_SHA1 }
    sha2_functions {
        sha224 "sha224($module, /, data=b'', *, usedforsecurity=True, string=None)" A_SHA224 T_SHA224
        sha256 "sha256($module, /, data=b'', *, usedforsecurity=True, string=None)" A_SHA256 T_SHA256
        sha384 "sha384($module, /, data=b'', *, usedforsecurity=True, string=None)" A_SHA384 T_SHA384
        sha512 "sha512($module, /, data=b'', *, usedforsecurity=True, string=None)" A_SHA512 T_SHA512
    }
}

#[derive::natives]
pub(super) mod methods {
    use super::*;

    /// Return a copy of the hash object.
    #[native("copy($self, /)")]
    fn copy(vm: &mut Vm, this: Value) -> Res {
        let d = digest_of(vm, this)?;
        let class = vm.class_of(this);
        let hash = RefCell::new(d.hash.borrow().clone());
        let algorithm = d.algorithm;
        vm.new_payload(class, Digest { hash, algorithm })
    }
    /// Return the digest value as a bytes object.
    #[native("digest($self, /)")]
    fn digest(vm: &mut Vm, this: Value) -> Res {
        let out = digest_of(vm, this)?.hash.borrow().digest(0);
        vm.new_bytes(&out)
    }
    /// Return the digest value as a string of hexadecimal digits.
    #[native("hexdigest($self, /)")]
    fn hexdigest(vm: &mut Vm, this: Value) -> Res<String> {
        Ok(hex(&digest_of(vm, this)?.hash.borrow().digest(0)))
    }
    /// Update this hash object's state with the provided string.
    #[native("update($self, obj, /)")]
    fn update(vm: &mut Vm, this: Value, obj: Value) -> Res<()> {
        let b = object_bytes(vm, obj)?;
        digest_of(vm, this)?.hash.borrow_mut().update(b.as_slice());
        Ok(())
    }
    #[getter("block_size")]
    fn block_size(vm: &mut Vm, this: Value) -> Res<usize> {
        Ok(digest_of(vm, this)?.algorithm.block)
    }
    #[getter("name")]
    fn name(vm: &mut Vm, this: Value) -> Res<&'static str> {
        Ok(digest_of(vm, this)?.algorithm.name)
    }
    #[getter("digest_size")]
    fn digest_size(vm: &mut Vm, this: Value) -> Res<usize> {
        Ok(digest_of(vm, this)?.hash.borrow().size())
    }
}

#[derive::natives]
mod sponge {
    use super::*;

    #[getter("_rate_bits")]
    fn rate_bits(vm: &mut Vm, this: Value) -> Res<usize> {
        Ok(digest_of(vm, this)?.algorithm.block * 8)
    }
    #[getter("_capacity_bits")]
    fn capacity_bits(vm: &mut Vm, this: Value) -> Res<usize> {
        Ok(1600 - digest_of(vm, this)?.algorithm.block * 8)
    }
    #[getter("_suffix")]
    fn suffix(vm: &mut Vm, this: Value) -> Res {
        let shake = digest_of(vm, this)?.hash.borrow().size() == 0;
        vm.new_bytes(if shake { b"\x1f" } else { b"\x06" })
    }
}

/// The length of a SHAKE digest.
fn length_arg(vm: &mut Vm, n: isize) -> Res<usize> {
    if n < 0 {
        return Err(vm.value_error("value must be positive"));
    }
    if n as usize >= 1 << 29 {
        return Err(vm.value_error("digest length is too large"));
    }
    Ok(n as usize)
}

#[derive::natives]
pub(super) mod shake {
    use super::*;

    /// Return the digest value as a bytes object.
    #[native("digest($self, /, length)")]
    fn digest(vm: &mut Vm, this: Value, length: isize) -> Res {
        let n = length_arg(vm, length)?;
        let out = digest_of(vm, this)?.hash.borrow().digest(n);
        vm.new_bytes(&out)
    }
    /// Return the digest value as a string of hexadecimal digits.
    #[native("hexdigest($self, /, length)")]
    fn hexdigest(vm: &mut Vm, this: Value, length: isize) -> Res<String> {
        let n = length_arg(vm, length)?;
        Ok(hex(&digest_of(vm, this)?.hash.borrow().digest(n)))
    }
}
