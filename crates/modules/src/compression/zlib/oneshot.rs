//! `zlib._ZlibDecompressor`.

use super::error::zlib_error;
use super::stream::{STATE_BYTES, Stream};
use crate::compression::oneshot::{Decoder, OneShot, Step, oneshot_methods};
use crate::payloads::payload_type;
use libz_rs_sys as z;
use runtime::class::{TypeFlags, TypeSpec};
use runtime::{Res, Value, Vm};

struct Inflate {
    stream: Stream,
    zdict: Option<Vec<u8>>,
}

impl Decoder for Inflate {
    unsafe fn step(&mut self, vm: &mut Vm, input: &[u8], out: *mut u8, room: usize) -> Res<Step> {
        // SAFETY: promised by the caller.
        let r = unsafe { self.stream.call(input, out, room, z::Z_SYNC_FLUSH) };
        let mut step = Step {
            consumed: r.consumed,
            produced: r.produced,
            end: r.code == z::Z_STREAM_END,
        };
        match (r.code, self.zdict.take()) {
            (z::Z_NEED_DICT, Some(d)) => {
                super::set_zdict(vm, &mut self.stream, &d)?;
                // SAFETY: the room behind what was produced is the caller's too.
                let more = unsafe {
                    self.step(
                        vm,
                        &input[r.consumed..],
                        out.add(r.produced),
                        room - r.produced,
                    )
                }?;
                step.consumed += more.consumed;
                step.produced += more.produced;
                step.end = more.end;
                self.zdict = Some(d);
            }
            (z::Z_OK | z::Z_BUF_ERROR | z::Z_STREAM_END, d) => self.zdict = d,
            (code, _) => {
                return Err(zlib_error(
                    vm,
                    &self.stream,
                    code,
                    "while decompressing data",
                ));
            }
        }
        Ok(step)
    }
    fn size(&self) -> usize {
        STATE_BYTES
    }
}

pub static SPEC: TypeSpec = payload_type! {
    name: "_ZlibDecompressor",
    module: "zlib",
    doc: "Create a decompressor object for decompressing data incrementally.",
    flags: TypeFlags::DISALLOW_PICKLE,
    tables: &[methods::TABLE, shared::TABLE],
};

oneshot_methods!(shared, Inflate);

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, wbits=15, zdict=b'')")]
    fn new(vm: &mut Vm, class: Value, wbits: Option<i32>, zdict: Option<Value>) -> Res {
        let base = vm.native_type(&SPEC)?;
        let class = vm.class_arg(class, base)?;
        let wbits = wbits.unwrap_or(super::super::MAX_WBITS);
        let zdict = super::super::zdict_arg(vm, zdict)?;
        let mut stream = super::super::inflate_stream(vm, wbits)?;
        if let Some(d) = zdict.as_ref().filter(|_| wbits < 0) {
            super::super::set_zdict(vm, &mut stream, d)?;
        }
        vm.new_payload(class, OneShot::new(Inflate { stream, zdict }))
    }
}
