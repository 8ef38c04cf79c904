//! Codecs driven by a mapping.

use super::*;
use runtime::Raised;
use runtime::class::{TypeFlags, TypeSpec};
use runtime::payload::Payload;
use runtime::types::bytes::shared::data as bytes_of;
use text::codec::charmap::{self, EncodingMap, Target};
use text::codec::{DecodeError, EncodeError};

struct Map(EncodingMap);

impl Payload for Map {
    fn trace(&self, _: &mut gc::Tracer) {}
}

static ENCODING_MAP: TypeSpec = TypeSpec {
    name: "EncodingMap",
    tables: &[methods::TABLE],
    flags: TypeFlags::NO_INSTANCES,
    size: size_of::<PayloadObj>(),
    slot_offset: std::mem::offset_of!(PayloadObj, overflow),
    ..TypeSpec::DEFAULT
};

#[derive::natives]
mod methods {
    use super::*;

    /// Return the size (in bytes) of this object.
    #[native("size($self, /)")]
    fn size(_: &mut Vm, _this: Value) -> Res<usize> {
        Ok(size_of::<EncodingMap>() + 256 * 8)
    }
}

#[derive::natives]
pub mod functions {
    use super::*;

    #[native("charmap_build($module, map, /)")]
    fn charmap_build(vm: &mut Vm, _m: Value, map: Value) -> Res {
        let Some(s) = map.downcast::<StrObj>() else {
            let name = vm.argument_kind(map);
            return Err(vm.type_error(&format!("charmap_build() argument must be str, not {name}")));
        };
        let table = EncodingMap::new(s.units());
        let class = vm.native_type(&ENCODING_MAP)?;
        vm.new_payload(class, Map(table))
    }
    #[native("charmap_decode($module, data, errors=None, mapping=None, /)")]
    fn charmap_decode(
        vm: &mut Vm,
        _m: Value,
        data: Value,
        errors: Option<Value>,
        mapping: Option<Value>,
    ) -> Res {
        let errors = errors_of(vm, errors, "charmap_decode", 2)?;
        let input = vm.get_buffer(data)?.as_slice().to_vec();
        let Some(mapping) = mapping.filter(|m| !m.is_none()) else {
            let (v, n) = vm.codec_decode(Codec::Latin1, &input, &errors, true)?;
            return counted(vm, v, n);
        };
        let mut exc = None;
        let p: *mut Vm = vm;
        // SAFETY: the two callbacks run in turn, each with the only use of the vm at that time.
        let mut on_error = |e: &DecodeError| unsafe { (*p).on_decode_error(e, &errors, &mut exc) };
        let d = match mapping.downcast::<StrObj>() {
            Some(table) => charmap::decode_table(&input, table.units(), &mut on_error)?,
            // SAFETY: as above.
            None => charmap::decode(
                &input,
                &mut |b| unsafe { target(&mut *p, mapping, b) },
                &mut on_error,
            )?,
        };
        let v = vm.new_str_owned(&d.text)?;
        counted(vm, v, input.len())
    }
    #[native("charmap_encode($module, str, errors=None, mapping=None, /)")]
    fn charmap_encode(
        vm: &mut Vm,
        _m: Value,
        s: Value,
        errors: Option<Value>,
        mapping: Option<Value>,
    ) -> Res {
        let errors = errors_of(vm, errors, "charmap_encode", 2)?;
        let Some(cell) = s.downcast::<StrObj>() else {
            let name = vm.argument_kind(s);
            return Err(vm.type_error(&format!(
                "charmap_encode() argument 1 must be str, not {name}"
            )));
        };
        let Some(mapping) = mapping.filter(|m| !m.is_none()) else {
            let v = vm.codec_encode(Codec::Latin1, s, &errors)?;
            return counted(vm, v, cell.len);
        };
        let mut exc = None;
        let p: *mut Vm = vm;
        // SAFETY: the two callbacks run in turn, each with the only use of the vm at that time.
        let mut on_error =
            |e: &EncodeError| unsafe { (*p).on_encode_error(e, s, &errors, &mut exc) };
        let r = match mapping.payload::<Map>() {
            Some(m) => m.0.encode(cell.units(), &mut on_error),
            // SAFETY: as above.
            None => charmap::encode(
                cell.units(),
                &mut |c| unsafe { mapped(&mut *p, mapping, c) },
                &mut on_error,
            ),
        };
        let b = vm.encoded(r, s)?;
        let v = vm.new_bytes(&b)?;
        counted(vm, v, cell.len)
    }
}

fn target(vm: &mut Vm, mapping: Value, b: u8) -> Result<Target, Raised> {
    let v = match vm.get_item(mapping, Value::int_unchecked(b as i64)) {
        Ok(v) => v,
        Err(_) if vm.catch(vm.types.exc.LookupError) => return Ok(Target::Undefined),
        Err(r) => return Err(r),
    };
    if v.is_none() {
        return Ok(Target::Undefined);
    }
    if let Some(s) = v.downcast::<StrObj>() {
        if s.len == 1 && s.units().get(0) == 0xfffe {
            return Ok(Target::Undefined);
        }
        return Ok(Target::Text(text::Owned::copy_of(s.units())));
    }
    if vm.is_int(v) {
        return match vm.int_to_i64(v) {
            Some(0xfffe) => Ok(Target::Undefined),
            Some(n @ 0..0x11_0000) => Ok(Target::Code(n as u32)),
            _ => Err(vm.type_error("character mapping must be in range(0x110000)")),
        };
    }
    Err(vm.type_error("character mapping must return integer, None or str"))
}

fn mapped(vm: &mut Vm, mapping: Value, c: u32) -> Result<Option<Vec<u8>>, Raised> {
    let v = match vm.get_item(mapping, Value::int_unchecked(c as i64)) {
        Ok(v) => v,
        Err(_) if vm.catch(vm.types.exc.LookupError) => return Ok(None),
        Err(r) => return Err(r),
    };
    if v.is_none() {
        return Ok(None);
    }
    if vm.is_int(v) {
        return match vm.int_to_i64(v) {
            Some(n @ 0..256) => Ok(Some(vec![n as u8])),
            _ => Err(vm.type_error("character mapping must be in range(256)")),
        };
    }
    if v.is_kind(Kind::Bytes) {
        return Ok(Some(bytes_of(v).to_vec()));
    }
    let name = vm.class_name(v);
    Err(vm.type_error(&format!(
        "character mapping must return integer, bytes or None, not {name}"
    )))
}
