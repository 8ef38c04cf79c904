//! Filter chains: dicts with an `id` and options.

use super::{format_error, lzma_check, u32_arg, u64_arg};
use liblzma_sys as lz;
use runtime::object::*;
use runtime::{Raised, Res, Value, Vm};
use std::ffi::c_void;

/// `lzma_options_delta`, which the bindings lack.
#[repr(C)]
#[derive(Clone, Copy)]
struct DeltaOptions {
    kind: u32,
    dist: u32,
    reserved_ints: [u32; 4],
    reserved_ptrs: [*mut c_void; 2],
}

/// Options of one filter.
enum Options {
    Lzma(lz::lzma_options_lzma),
    Delta(DeltaOptions),
    Bcj(lz::lzma_options_bcj),
}

/// A filter with what its options pointer points to.
struct Filter {
    id: u64,
    options: Box<Options>,
}

/// Most filters of a chain.
const MAX: usize = 4;

/// A parsed chain.
pub struct Chain(Vec<Filter>);

impl Chain {
    /// Parses a sequence of filter specifiers.
    pub fn parse(vm: &mut Vm, specs: Value) -> Res<Chain> {
        if specs.is_kind(Kind::Dict) {
            let name = vm.class_name(specs);
            return Err(vm.type_error(&format!("{name} is not a sequence")));
        }
        if vm.len(specs)? > MAX {
            return Err(vm.value_error("Too many filters - liblzma supports a maximum of 4"));
        }
        let specs = vm.collect(specs)?;
        let mut filters = Vec::new();
        for spec in specs.iter() {
            filters.push(Filter::parse(vm, *spec)?);
        }
        Ok(Chain(filters))
    }
    /// The chain as liblzma wants it; valid while the chain lives.
    pub fn raw(&mut self) -> Vec<lz::lzma_filter> {
        let mut out: Vec<_> = self.0.iter_mut().map(Filter::raw).collect();
        out.push(lz::lzma_filter {
            id: lz::LZMA_VLI_UNKNOWN,
            options: std::ptr::null_mut(),
        });
        out
    }
    /// The options of a chain that is one LZMA1 filter.
    pub fn single_lzma1(&self) -> Option<&lz::lzma_options_lzma> {
        match &self.0[..] {
            [f] if f.id == lz::LZMA_FILTER_LZMA1 => match &*f.options {
                Options::Lzma(o) => Some(o),
                _ => None,
            },
            _ => None,
        }
    }
}

impl Filter {
    fn raw(&mut self) -> lz::lzma_filter {
        let options: *mut c_void = match &mut *self.options {
            Options::Lzma(o) => (&raw mut *o).cast(),
            Options::Delta(o) => (&raw mut *o).cast(),
            Options::Bcj(o) => (&raw mut *o).cast(),
        };
        lz::lzma_filter {
            id: self.id,
            options,
        }
    }

    fn parse(vm: &mut Vm, spec: Value) -> Res<Filter> {
        if !spec.is_kind(Kind::Dict) && vm.special(spec, vm.names.__getitem__).is_none() {
            return Err(vm.type_error("Filter specifier must be a dict or dict-like object"));
        }
        let Some(id) = item(vm, spec, "id")? else {
            return Err(vm.value_error("Filter specifier must have an \"id\" entry"));
        };
        let id = u64_arg(vm, id)?;
        let options = match id {
            lz::LZMA_FILTER_LZMA1 | lz::LZMA_FILTER_LZMA2 => lzma_options(vm, spec)?,
            lz::LZMA_FILTER_DELTA => delta_options(vm, spec)?,
            id if is_bcj(id) => bcj_options(vm, spec)?,
            _ => return Err(vm.value_error(&format!("Invalid filter ID: {id}"))),
        };
        let options = Box::new(options);
        Ok(Filter { id, options })
    }
}

fn is_bcj(id: u64) -> bool {
    (lz::LZMA_FILTER_X86..=lz::LZMA_FILTER_SPARC).contains(&id)
}

/// An entry of a mapping; None when it lacks the key.
fn item(vm: &mut Vm, spec: Value, key: &str) -> Res<Option<Value>> {
    let key = vm.intern(key);
    match vm.get_item(spec, key) {
        Ok(v) => Ok(Some(v)),
        Err(_) if vm.catch(vm.types.exc.KeyError) => Ok(None),
        Err(r) => Err(r),
    }
}

/// Stores the options of a specifier by `set`, which knows the names; a wrong name or number
/// is a ValueError on the kind of filter.
fn each_option(
    vm: &mut Vm,
    spec: Value,
    kind: &str,
    mut set: impl FnMut(&str, u32) -> bool,
) -> Res<()> {
    let names = vm.collect(spec)?;
    for name in names.iter() {
        let text = vm.display(*name);
        if text == "id" {
            continue;
        }
        let v = vm.get_item(spec, *name)?;
        let known = match u32_arg(vm, v) {
            Ok(n) => set(&text, n),
            Err(_) => {
                vm.take_raised();
                false
            }
        };
        if !known {
            return Err(vm.value_error(&format!("Invalid filter specifier for {kind} filter")));
        }
    }
    Ok(())
}

/// The options of a preset.
pub fn preset_options(vm: &mut Vm, preset: u32) -> Res<lz::lzma_options_lzma> {
    // SAFETY: all-zero options are valid for writing.
    let mut o: lz::lzma_options_lzma = unsafe { std::mem::zeroed() };
    // SAFETY: as above.
    if unsafe { lz::lzma_lzma_preset(&mut o, preset) } != 0 {
        return Err(super::lzma_error(
            vm,
            &format!("Invalid compression preset: {preset}"),
        ));
    }
    Ok(o)
}

fn lzma_options(vm: &mut Vm, spec: Value) -> Res<Options> {
    let preset = match item(vm, spec, "preset")? {
        Some(v) => u32_arg(vm, v)?,
        None => lz::LZMA_PRESET_DEFAULT,
    };
    let mut o = preset_options(vm, preset)?;
    each_option(vm, spec, "LZMA", |name, n| {
        let field = match name {
            "preset" => return true,
            "dict_size" => &mut o.dict_size,
            "lc" => &mut o.lc,
            "lp" => &mut o.lp,
            "pb" => &mut o.pb,
            "mode" => &mut o.mode,
            "nice_len" => &mut o.nice_len,
            "mf" => &mut o.mf,
            "depth" => &mut o.depth,
            _ => return false,
        };
        *field = n;
        true
    })?;
    Ok(Options::Lzma(o))
}

fn delta_options(vm: &mut Vm, spec: Value) -> Res<Options> {
    let mut dist = 1;
    each_option(vm, spec, "delta", |name, n| {
        dist = n;
        name == "dist"
    })?;
    Ok(Options::Delta(DeltaOptions {
        kind: 0,
        dist,
        reserved_ints: [0; 4],
        reserved_ptrs: [std::ptr::null_mut(); 2],
    }))
}

fn bcj_options(vm: &mut Vm, spec: Value) -> Res<Options> {
    let mut start_offset = 0;
    each_option(vm, spec, "BCJ", |name, n| {
        start_offset = n;
        name == "start_offset"
    })?;
    Ok(Options::Bcj(lz::lzma_options_bcj { start_offset }))
}

/// `_encode_filter_properties`.
pub fn encode(vm: &mut Vm, spec: Value) -> Res {
    let mut filter = Filter::parse(vm, spec)?;
    let raw = filter.raw();
    let mut size = 0;
    // SAFETY: the filter's options live in `filter`.
    let code = unsafe { lz::lzma_properties_size(&mut size, &raw) };
    lzma_check(vm, code)?;
    let mut out = vec![0; size as usize];
    // SAFETY: as above; the buffer has the size asked for.
    let code = unsafe { lz::lzma_properties_encode(&raw, out.as_mut_ptr()) };
    lzma_check(vm, code)?;
    vm.new_bytes(&out)
}

/// `_decode_filter_properties`.
pub fn decode(vm: &mut Vm, id: u64, props: &[u8]) -> Res {
    let mut raw = lz::lzma_filter {
        id,
        options: std::ptr::null_mut(),
    };
    // SAFETY: the properties are valid for their length.
    let code = unsafe {
        lz::lzma_properties_decode(&mut raw, std::ptr::null(), props.as_ptr(), props.len())
    };
    lzma_check(vm, code)?;
    let fields = decoded_fields(&raw);
    // SAFETY: liblzma allocated the options by malloc.
    unsafe { libc::free(raw.options) };
    let Some(fields) = fields else {
        return Err(unknown_id(vm, id));
    };
    let d = vm.new_dict()?;
    let id = vm.new_int_u64(id)?;
    vm.dict_set_str(d, "id", id)?;
    for (name, n) in fields {
        vm.dict_set_str(d, name, Value::int_unchecked(i64::from(n)))?;
    }
    Ok(d.value())
}

fn unknown_id(vm: &mut Vm, id: u64) -> Raised {
    format_error(vm, "filter ID", id)
}

/// What a decoded filter shows besides its id.
fn decoded_fields(raw: &lz::lzma_filter) -> Option<Vec<(&'static str, u32)>> {
    // SAFETY: liblzma made the options that belong to the id, or none.
    unsafe {
        Some(match raw.id {
            lz::LZMA_FILTER_LZMA1 => {
                let o = &*raw.options.cast::<lz::lzma_options_lzma>();
                vec![
                    ("lc", o.lc),
                    ("lp", o.lp),
                    ("pb", o.pb),
                    ("dict_size", o.dict_size),
                ]
            }
            lz::LZMA_FILTER_LZMA2 => {
                let o = &*raw.options.cast::<lz::lzma_options_lzma>();
                vec![("dict_size", o.dict_size)]
            }
            lz::LZMA_FILTER_DELTA => vec![("dist", (*raw.options.cast::<DeltaOptions>()).dist)],
            id if is_bcj(id) => match raw.options.cast::<lz::lzma_options_bcj>().as_ref() {
                Some(o) => vec![("start_offset", o.start_offset)],
                None => vec![],
            },
            _ => return None,
        })
    }
}
