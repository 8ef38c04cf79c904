//! `_blake2`: BLAKE2b and BLAKE2s with all parameters (RFC 7693 and the BLAKE2 paper's tree mode).

use super::{data_arg, hex, object_bytes};
use runtime::class::{TypeFlags, TypeObj, TypeSpec};
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::payload::Payload;
use runtime::{Res, Value, Vm};
use std::cell::RefCell;

const SIGMA: [[usize; 16]; 10] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
    [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
    [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
    [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
    [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
    [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
    [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
    [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];

/// Columns and diagonals that a round mixes.
const MIXES: [[usize; 4]; 8] = [
    [0, 4, 8, 12],
    [1, 5, 9, 13],
    [2, 6, 10, 14],
    [3, 7, 11, 15],
    [0, 5, 10, 15],
    [1, 6, 11, 12],
    [2, 7, 8, 13],
    [3, 4, 9, 14],
];

/// A hash in progress; `last_node` as in the tree mode.
trait Core {
    fn update(&mut self, b: &[u8]);
    fn digest(&self) -> Vec<u8>;
    fn boxed(&self) -> Box<dyn Core>;
}

macro_rules! blake2 {
    ($name:ident $word:ty, $counter:ty, $block:literal, $rounds:literal, $iv:expr, [$($rot:literal)*]) => {
        #[derive(Clone)]
        struct $name {
            h: [$word; 8],
            counter: $counter,
            buf: Vec<u8>,
            size: usize,
            last_node: bool,
        }

        impl $name {
            const IV: [$word; 8] = $iv;

            /// `param` is the parameter block.
            fn new(param: &[u8], size: usize, key: &[u8], last_node: bool) -> $name {
                let mut h = Self::IV;
                for (w, p) in h.iter_mut().zip(param.chunks_exact(size_of::<$word>())) {
                    let mut b = [0; size_of::<$word>()];
                    b.copy_from_slice(p);
                    *w ^= <$word>::from_le_bytes(b);
                }
                let mut s = $name { h, counter: 0, buf: Vec::with_capacity($block), size, last_node };
                if !key.is_empty() {
                    let mut block = [0; $block];
                    block[..key.len()].copy_from_slice(key);
                    s.update(&block);
                }
                s
            }

            fn compress(&mut self, block: &[u8], last: bool) {
                let mut m = [0 as $word; 16];
                for (w, p) in m.iter_mut().zip(block.chunks_exact(size_of::<$word>())) {
                    let mut b = [0; size_of::<$word>()];
                    b.copy_from_slice(p);
                    *w = <$word>::from_le_bytes(b);
                }
                let mut v = [0 as $word; 16];
                v[..8].copy_from_slice(&self.h);
                v[8..].copy_from_slice(&Self::IV);
                v[12] ^= self.counter as $word;
                v[13] ^= (self.counter >> <$word>::BITS) as $word;
                if last {
                    v[14] = !v[14];
                    if self.last_node {
                        v[15] = !v[15];
                    }
                }
                let [r1, r2, r3, r4] = [$($rot),*];
                for round in 0..$rounds {
                    let s = &SIGMA[round % 10];
                    for (i, [a, b, c, d]) in MIXES.into_iter().enumerate() {
                        v[a] = v[a].wrapping_add(v[b]).wrapping_add(m[s[2 * i]]);
                        v[d] = (v[d] ^ v[a]).rotate_right(r1);
                        v[c] = v[c].wrapping_add(v[d]);
                        v[b] = (v[b] ^ v[c]).rotate_right(r2);
                        v[a] = v[a].wrapping_add(v[b]).wrapping_add(m[s[2 * i + 1]]);
                        v[d] = (v[d] ^ v[a]).rotate_right(r3);
                        v[c] = v[c].wrapping_add(v[d]);
                        v[b] = (v[b] ^ v[c]).rotate_right(r4);
                    }
                }
                for i in 0..8 {
                    self.h[i] ^= v[i] ^ v[i + 8];
                }
            }
        }

        impl Core for $name {
            fn update(&mut self, mut b: &[u8]) {
                // The last block stays in the buffer: it is compressed with a flag.
                while !b.is_empty() {
                    if self.buf.len() == $block {
                        self.counter = self.counter.wrapping_add($block);
                        let block = std::mem::take(&mut self.buf);
                        self.compress(&block, false);
                        self.buf = block;
                        self.buf.clear();
                    }
                    let n = b.len().min($block - self.buf.len());
                    self.buf.extend_from_slice(&b[..n]);
                    b = &b[n..];
                }
            }
            fn digest(&self) -> Vec<u8> {
                let mut s = self.clone();
                s.counter = s.counter.wrapping_add(s.buf.len() as $counter);
                let mut block = std::mem::take(&mut s.buf);
                block.resize($block, 0);
                s.compress(&block, true);
                let mut out: Vec<u8> = s.h.iter().flat_map(|w| w.to_le_bytes()).collect();
                out.truncate(s.size);
                out
            }
            fn boxed(&self) -> Box<dyn Core> {
                Box::new(self.clone())
            }
        }
    };
}

blake2!(Blake2b u64, u128, 128, 12, [
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
], [32 24 16 63]);
blake2!(Blake2s u32, u64, 64, 10, [
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
], [16 12 8 7]);

/// Limits of a variant.
struct Variant {
    name: &'static str,
    big: bool,
    out: usize,
    key: usize,
    salt: usize,
    block: usize,
}

static B: Variant = Variant {
    name: "blake2b",
    big: true,
    out: 64,
    key: 64,
    salt: 16,
    block: 128,
};
static S: Variant = Variant {
    name: "blake2s",
    big: false,
    out: 32,
    key: 32,
    salt: 8,
    block: 64,
};

struct Digest {
    core: RefCell<Box<dyn Core>>,
    variant: &'static Variant,
    size: usize,
}

impl Payload for Digest {
    fn trace(&self, _: &mut gc::Tracer) {}
    fn external_bytes(&self) -> usize {
        400
    }
}

const TYPE: TypeSpec = TypeSpec {
    module: "_blake2",
    flags: TypeFlags::BASE,
    size: size_of::<PayloadObj>(),
    ..TypeSpec::DEFAULT
};
static BLAKE2B: TypeSpec = TypeSpec {
    name: "blake2b",
    doc: "Return a new BLAKE2b hash object.",
    tables: &[methods::TABLE, new_b::TABLE],
    ..TYPE
};
static BLAKE2S: TypeSpec = TypeSpec {
    name: "blake2s",
    doc: "Return a new BLAKE2s hash object.",
    tables: &[methods::TABLE, new_s::TABLE],
    ..TYPE
};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_blake2",
    doc: "",
    functions: &[],
    init,
};

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    for (spec, v) in [(&BLAKE2B, &B), (&BLAKE2S, &S)] {
        let class = vm.module_add_type(m, spec)?;
        for (name, n) in [
            ("SALT_SIZE", v.salt),
            ("PERSON_SIZE", v.salt),
            ("MAX_KEY_SIZE", v.key),
            ("MAX_DIGEST_SIZE", v.out),
        ] {
            let n = Value::int_unchecked(n as i64);
            vm.dict_set_str(class.dict.get(), name, n)?;
            let short = v.name.trim_start_matches("blake2").to_uppercase();
            vm.module_set(m, &format!("BLAKE2{short}_{name}"), n)?;
        }
    }
    Ok(())
}

/// Constructor arguments beyond the data.
struct Args {
    size: Option<Value>,
    key: Option<Value>,
    salt: Option<Value>,
    person: Option<Value>,
    fanout: Option<i64>,
    depth: Option<i64>,
    leaf_size: Option<Value>,
    node_offset: Option<Value>,
    node_depth: Option<i64>,
    inner_size: Option<i64>,
    last_node: Option<bool>,
}

fn in_range(vm: &mut Vm, n: i64, low: i64, high: i64, text: &str) -> Res<u8> {
    if n < low || n > high {
        return Err(vm.value_error(text));
    }
    Ok(n as u8)
}

fn unsigned(vm: &mut Vm, v: Option<Value>, bits: u32, text: &str) -> Res<u64> {
    let Some(v) = v else { return Ok(0) };
    let i = vm.index(v)?;
    if vm.int_is_negative(i) {
        return Err(vm.value_error("value must be positive"));
    }
    match vm.int_to_i64(i) {
        Some(n) if bits >= 63 || n < 1 << bits => Ok(n as u64),
        _ => Err(vm.overflow_error(text)),
    }
}

fn limited(vm: &mut Vm, v: Option<Value>, max: usize, text: &str) -> Res<Vec<u8>> {
    let Some(v) = v else { return Ok(Vec::new()) };
    let b = object_bytes(vm, v)?;
    if b.len() > max {
        return Err(vm.value_error(&format!("maximum {text} length is {max} bytes")));
    }
    Ok(b.as_slice().to_vec())
}

fn construct(vm: &mut Vm, class: Value, v: &'static Variant, data: Option<Value>, a: Args) -> Res {
    let Some(class) = class.downcast::<TypeObj>() else {
        return Err(vm.type_error("not a type"));
    };
    let size = a.size.map_or(Ok(v.out as i64), |s| vm.index_i64(s))?;
    if size <= 0 || size as usize > v.out {
        let text = format!(
            "digest_size for {} must be between 1 and {} bytes, here it is {size}",
            v.name.replace("blake", "Blake"),
            v.out
        );
        return Err(vm.value_error(&text));
    }
    let salt = limited(vm, a.salt, v.salt, "salt")?;
    let person = limited(vm, a.person, v.salt, "person")?;
    let key = limited(vm, a.key, v.key, "key")?;
    let fanout = in_range(
        vm,
        a.fanout.unwrap_or(1),
        0,
        255,
        "fanout must be between 0 and 255",
    )?;
    let depth = in_range(
        vm,
        a.depth.unwrap_or(1),
        1,
        255,
        "depth must be between 1 and 255",
    )?;
    let leaf = unsigned(vm, a.leaf_size, 32, "leaf_size is too large")?;
    let bits = if v.big { 64 } else { 48 };
    let node = unsigned(vm, a.node_offset, bits, "node_offset is too large")?;
    let text = "node_depth must be between 0 and 255";
    let node_depth = in_range(vm, a.node_depth.unwrap_or(0), 0, 255, text)?;
    let text = format!("inner_size must be between 0 and is {}", v.out);
    let inner = in_range(vm, a.inner_size.unwrap_or(0), 0, v.out as i64, &text)?;
    let mut p = vec![size as u8, key.len() as u8, fanout, depth];
    p.extend((leaf as u32).to_le_bytes());
    let node = node.to_le_bytes();
    p.extend(&node[..if v.big { 8 } else { 6 }]);
    p.extend([node_depth, inner]);
    p.resize(if v.big { 32 } else { 16 }, 0);
    for part in [&salt, &person] {
        let mut padded = part.clone();
        padded.resize(v.salt, 0);
        p.extend(padded);
    }
    let last = a.last_node.unwrap_or(false);
    let mut core: Box<dyn Core> = if v.big {
        Box::new(Blake2b::new(&p, size as usize, &key, last))
    } else {
        Box::new(Blake2s::new(&p, size as usize, &key, last))
    };
    if let Some(d) = data {
        core.update(object_bytes(vm, d)?.as_slice());
    }
    vm.new_payload(
        class,
        Digest {
            core: RefCell::new(core),
            variant: v,
            size: size as usize,
        },
    )
}

macro_rules! constructor {
    ($table:ident $variant:ident) => {
        #[derive::natives]
        mod $table {
            use super::*;
            #[staticmethod("__new__($type, data=b'', /, *, digest_size=64, key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0, node_offset=0, node_depth=0, inner_size=0, last_node=False, usedforsecurity=True, string=None)")]
            fn new(
                vm: &mut Vm,
                class: Value,
                data: Option<Value>,
                size: Option<Value>,
                key: Option<Value>,
                salt: Option<Value>,
                person: Option<Value>,
                fanout: Option<i64>,
                depth: Option<i64>,
                leaf_size: Option<Value>,
                node_offset: Option<Value>,
                node_depth: Option<i64>,
                inner_size: Option<i64>,
                last_node: Option<bool>,
                _security: Option<bool>,
                string: Option<Value>,
            ) -> Res {
                let data = data_arg(vm, data, string)?;
                let a = Args {
                    size, key, salt, person, fanout, depth, leaf_size, node_offset, node_depth, inner_size, last_node,
                };
                construct(vm, class, &$variant, data, a)
            }
        }
    };
}
constructor!(new_b B);
constructor!(new_s S);

fn digest_of<'a>(vm: &mut Vm, this: Value) -> Res<&'a Digest> {
    match this.payload::<Digest>() {
        Some(d) => Ok(d),
        None => Err(vm.type_error("a hash object is required")),
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Return a copy of the hash object.
    #[native("copy($self, /)")]
    fn copy(vm: &mut Vm, this: Value) -> Res {
        let d = digest_of(vm, this)?;
        let class = vm.class_of(this);
        let core = RefCell::new(d.core.borrow().boxed());
        let (variant, size) = (d.variant, d.size);
        vm.new_payload(
            class,
            Digest {
                core,
                variant,
                size,
            },
        )
    }
    /// Return the digest value as a bytes object.
    #[native("digest($self, /)")]
    fn digest(vm: &mut Vm, this: Value) -> Res {
        let out = digest_of(vm, this)?.core.borrow().digest();
        vm.new_bytes(&out)
    }
    /// Return the digest value as a string of hexadecimal digits.
    #[native("hexdigest($self, /)")]
    fn hexdigest(vm: &mut Vm, this: Value) -> Res<String> {
        Ok(hex(&digest_of(vm, this)?.core.borrow().digest()))
    }
    /// Update this hash object's state with the provided bytes-like object.
    #[native("update($self, data, /)")]
    fn update(vm: &mut Vm, this: Value, data: Value) -> Res<()> {
        let b = object_bytes(vm, data)?;
        digest_of(vm, this)?.core.borrow_mut().update(b.as_slice());
        Ok(())
    }
    #[getter("block_size")]
    fn block_size(vm: &mut Vm, this: Value) -> Res<usize> {
        Ok(digest_of(vm, this)?.variant.block)
    }
    #[getter("name")]
    fn name(vm: &mut Vm, this: Value) -> Res<&'static str> {
        Ok(digest_of(vm, this)?.variant.name)
    }
    #[getter("digest_size")]
    fn digest_size(vm: &mut Vm, this: Value) -> Res<usize> {
        Ok(digest_of(vm, this)?.size)
    }
}
