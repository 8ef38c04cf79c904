//! Methods and attributes of memoryviews.

use super::*;

fn tuple_of(vm: &mut Vm, items: impl Iterator<Item = i64>) -> Res {
    let items: Vec<Value> = items.map(Value::int_unchecked).collect();
    vm.new_tuple(&items)
}

#[derive::natives]
pub mod table {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, object)", nosig)]
    fn new(vm: &mut Vm, _class: Value, object: Value) -> Res {
        vm.new_memoryview(object)
    }
    /// Create a new memoryview object which references the given object.
    #[classmethod("_from_flags($type, /, object, flags)")]
    fn from_flags(vm: &mut Vm, _class: Value, object: Value, flags: i64) -> Res {
        if object.is_kind(Kind::Bytes) || object.is_kind(Kind::ByteArray) {
            return vm.buffer_method(object, flags);
        }
        let b = vm.get_buffer_any(object, flags & crate::buffer::flags::WRITABLE != 0)?;
        vm.memoryview_of(b)
    }
    /// Release the underlying buffer exposed by the memoryview object.
    #[native("release($self, /)")]
    fn release(vm: &mut Vm, this: Value) -> Res<()> {
        match this.payload::<View>() {
            Some(s) => vm.release_view(s),
            None => Ok(()),
        }
    }
    #[native("__enter__($self, /)")]
    fn enter(vm: &mut Vm, this: Value) -> Res {
        view(vm, this)?;
        Ok(this)
    }
    /// Release the underlying buffer exposed by the memoryview object.
    #[native("__exit__($self, /, *exc_info)")]
    fn exit(vm: &mut Vm, this: Value, _info: Value) -> Res<()> {
        release(vm, this)
    }
    /// Return a buffer object that exposes the underlying memory of the object.
    #[native("__buffer__($self, flags, /)")]
    fn buffer(vm: &mut Vm, this: Value, flags: i64) -> Res {
        let s = view(vm, this)?;
        if flags & crate::buffer::flags::WRITABLE != 0 && s.readonly {
            return Err(vm.buffer_error("memoryview: underlying buffer is not writable"));
        }
        vm.new_memoryview(this)
    }
    /// Release the buffer object that exposes the underlying memory of the object.
    #[native("__release_buffer__($self, buffer, /)")]
    fn release_buffer(vm: &mut Vm, _this: Value, buffer: Value) -> Res<()> {
        release(vm, buffer)
    }
    /// Return a readonly version of the memoryview.
    #[native("toreadonly($self, /)")]
    fn toreadonly(vm: &mut Vm, this: Value) -> Res {
        let s = view(vm, this)?;
        vm.derived_view(s, s.ptr, true, s.layout.clone())
    }
    /// Return the data in the buffer as a byte string.
    ///
    /// Order can be {'C', 'F', 'A'}.  When order is 'C' or 'F', the data of
    /// the original array is converted to C or Fortran order.  For
    /// contiguous views, 'A' returns an exact copy of the physical memory.
    /// In particular, in-memory Fortran order is preserved.  For
    /// non-contiguous views, the data is converted to C first.  order=None
    /// is the same as order='C'.
    #[native("tobytes($self, /, order='C')")]
    fn tobytes(vm: &mut Vm, this: Value, order: Option<Value>) -> Res {
        let s = view(vm, this)?;
        let order = match order {
            Some(o) if !o.is_none() && !o.is_kind(Kind::Str) => {
                let name = vm.argument_kind(o);
                return Err(vm.type_error(&format!(
                    "tobytes() argument 'order' must be str or None, not {name}"
                )));
            }
            Some(o) if !o.is_none() => vm.utf8(o)?,
            _ => "C".to_string(),
        };
        let fortran = match order.as_str() {
            "C" => false,
            "F" => true,
            "A" => s.layout.is_f_contiguous() && !s.layout.is_c_contiguous(),
            _ => return Err(vm.value_error("order must be 'C', 'F' or 'A'")),
        };
        let bytes = if fortran {
            s.to_bytes_fortran()
        } else {
            s.to_bytes()
        };
        vm.new_bytes(&bytes)
    }
    /// Return the data in the buffer as a str of hexadecimal numbers.
    ///
    ///   sep
    ///     An optional single character or byte to separate hex bytes.
    ///   bytes_per_sep
    ///     How many bytes between separators.  Positive values count from
    ///     the right, negative values count from the left.
    ///
    /// Example:
    /// >>> value = memoryview(b'\xb9\x01\xef')
    /// >>> value.hex()
    /// 'b901ef'
    /// >>> value.hex(':')
    /// 'b9:01:ef'
    /// >>> value.hex(':', 2)
    /// 'b9:01ef'
    /// >>> value.hex(':', -2)
    /// 'b901:ef'
    #[native("hex($self, /, sep=<unrepresentable>, bytes_per_sep=1)")]
    fn hex(vm: &mut Vm, this: Value, sep: Option<Value>, per: Option<Value>) -> Res {
        let args = vm.hex_args(sep, per)?;
        let bytes = view(vm, this)?.to_bytes();
        vm.hex_of(&bytes, args)
    }
    /// Return the data in the buffer as a list of elements.
    #[native("tolist($self, /)")]
    fn tolist(vm: &mut Vm, this: Value) -> Res {
        let s = view(vm, this)?;
        let c = s.item_char(vm)?;
        if s.layout.shape.is_empty() {
            // SAFETY: a scalar view has one item.
            return unsafe { vm.unpack_item(c, s.ptr) };
        }
        nested_list(vm, s, c, 0, s.ptr)
    }
    /// Cast a memoryview to a new format or shape.
    #[native("cast($self, /, format, shape=<unrepresentable>)")]
    fn cast(vm: &mut Vm, this: Value, format: Value, shape: Option<Value>) -> Res {
        view(vm, this)?;
        let Some(f) = format.downcast::<StrObj>() else {
            let name = vm.argument_kind(format);
            return Err(vm.type_error(&format!("cast() argument 'format' must be str, not {name}")));
        };
        let f = f.to_string();
        let shape = match shape {
            Some(v) if !v.is_kind(Kind::List) && !v.is_kind(Kind::Tuple) => {
                return Err(vm.type_error("shape must be a list or a tuple"));
            }
            Some(v) => Some(vm.collect(v)?),
            None => None,
        };
        let s = view(vm, this)?;
        if !s.layout.is_c_contiguous() {
            return Err(vm.type_error("memoryview: casts are restricted to C-contiguous views"));
        }
        let ndim = s.layout.shape.len();
        if ndim != 1 && shape.as_ref().is_some_and(|d| d.len() != 1) {
            return Err(vm.type_error("memoryview: cast must be 1D -> ND or ND -> 1D"));
        }
        if s.layout.shape.contains(&0) && (shape.is_some() || ndim != 1) {
            return Err(
                vm.type_error("memoryview: cannot cast view with zeros in shape or strides")
            );
        }
        super::cast_view(vm, s, &f, shape)
    }
    /// Count the number of occurrences of a value.
    #[native("count($self, value, /)")]
    fn count(vm: &mut Vm, this: Value, value: Value) -> Res<usize> {
        let it = vm.iter(this)?;
        let mut n = 0;
        while let Some(v) = vm.next(it)? {
            n += usize::from(vm.eq(v, value)?);
        }
        Ok(n)
    }
    /// Return the index of the first occurrence of a value.
    ///
    /// Raises ValueError if the value is not present.
    #[native("index($self, value, start=0, stop=sys.maxsize, /)")]
    fn index(
        vm: &mut Vm,
        this: Value,
        value: Value,
        start: Option<Value>,
        stop: Option<Value>,
    ) -> Res<usize> {
        let start = match start {
            Some(v) => vm.index_clipped(v)?,
            None => 0,
        };
        let stop = match stop {
            Some(v) => vm.index_clipped(v)?,
            None => i64::MAX,
        };
        let s = view(vm, this)?;
        match s.layout.shape.len() {
            0 => return Err(vm.type_error("invalid lookup on 0-dim memory")),
            1 => {}
            _ => {
                return Err(vm.not_implemented_error("multi-dimensional lookup is not implemented"));
            }
        }
        let n = s.layout.shape[0] as i64;
        let start = if start < 0 { (start + n).max(0) } else { start };
        let stop = if stop < 0 {
            (stop + n).max(0)
        } else {
            stop.min(n)
        };
        for i in start..stop {
            let s = view(vm, this)?;
            let item = vm.view_item(s, i)?;
            if vm.eq(item, value)? {
                return Ok(i as usize);
            }
        }
        Err(vm.value_error("memoryview.index(x): x not found"))
    }
    /// memoryviews are generic over the type of their underlying data
    #[classmethod("__class_getitem__($type, object, /)")]
    fn class_getitem(vm: &mut Vm, class: Value, object: Value) -> Res {
        vm.new_generic_alias(class, object)
    }

    /// The underlying object of the memoryview.
    #[getter("obj")]
    fn obj(vm: &mut Vm, this: Value) -> Res {
        Ok(view(vm, this)?.owner())
    }
    /// The amount of space in bytes that the array would use in
    ///  a contiguous representation.
    #[getter("nbytes")]
    fn nbytes(vm: &mut Vm, this: Value) -> Res<usize> {
        Ok(view(vm, this)?.nbytes())
    }
    /// A bool indicating whether the memory is read only.
    #[getter("readonly")]
    fn readonly(vm: &mut Vm, this: Value) -> Res<bool> {
        Ok(view(vm, this)?.readonly)
    }
    /// The size in bytes of each element of the memoryview.
    #[getter("itemsize")]
    fn itemsize(vm: &mut Vm, this: Value) -> Res<usize> {
        Ok(view(vm, this)?.layout.itemsize)
    }
    /// A string containing the format (in struct module style)
    ///  for each element in the view.
    #[getter("format")]
    fn format(vm: &mut Vm, this: Value) -> Res {
        let s = view(vm, this)?;
        vm.new_str(&s.layout.format)
    }
    /// An integer indicating how many dimensions of a multi-dimensional
    ///  array the memory represents.
    #[getter("ndim")]
    fn ndim(vm: &mut Vm, this: Value) -> Res<usize> {
        Ok(view(vm, this)?.layout.shape.len())
    }
    /// A tuple of ndim integers giving the shape of the memory
    ///  as an N-dimensional array.
    #[getter("shape")]
    fn shape(vm: &mut Vm, this: Value) -> Res {
        let s = view(vm, this)?;
        tuple_of(vm, s.layout.shape.iter().map(|n| *n as i64))
    }
    /// A tuple of ndim integers giving the size in bytes to access
    ///  each element for each dimension of the array.
    #[getter("strides")]
    fn strides(vm: &mut Vm, this: Value) -> Res {
        let s = view(vm, this)?;
        tuple_of(vm, s.layout.strides.iter().map(|n| *n as i64))
    }
    /// A tuple of integers used internally for PIL-style arrays.
    #[getter("suboffsets")]
    fn suboffsets(vm: &mut Vm, this: Value) -> Res {
        view(vm, this)?;
        vm.new_tuple(&[])
    }
    /// A bool indicating whether the memory is C contiguous.
    #[getter("c_contiguous")]
    fn c_contiguous(vm: &mut Vm, this: Value) -> Res<bool> {
        Ok(view(vm, this)?.layout.is_c_contiguous())
    }
    /// A bool indicating whether the memory is Fortran contiguous.
    #[getter("f_contiguous")]
    fn f_contiguous(vm: &mut Vm, this: Value) -> Res<bool> {
        Ok(view(vm, this)?.layout.is_f_contiguous())
    }
    /// A bool indicating whether the memory is contiguous.
    #[getter("contiguous")]
    fn contiguous(vm: &mut Vm, this: Value) -> Res<bool> {
        let s = view(vm, this)?;
        Ok(s.layout.is_c_contiguous() || s.layout.is_f_contiguous())
    }
}

fn nested_list(vm: &mut Vm, s: &View, c: u8, dim: usize, p: *mut u8) -> Res {
    let mut out = vm.new_vec();
    for i in 0..s.layout.shape[dim] {
        let at = p.wrapping_offset(i as isize * s.layout.strides[dim]);
        let item = if dim + 1 == s.layout.shape.len() {
            // SAFETY: the index is inside the shape.
            unsafe { vm.unpack_item(c, at)? }
        } else {
            nested_list(vm, s, c, dim + 1, at)?
        };
        out.push(vm, item)?;
    }
    vm.list_from_vec(out)
}

fn cast_view(vm: &mut Vm, s: &View, format: &str, shape: Option<crate::alloc::GcVec>) -> Res {
    let Some(c) = native_char(format) else {
        return Err(vm.value_error(
            "memoryview: destination format must be a native single character format prefixed with an optional '@'",
        ));
    };
    let is_byte = |c: Option<u8>| matches!(c, Some(b'b' | b'B' | b'c'));
    let source = native_char(&s.layout.format);
    if source.is_none() {
        return Err(vm.value_error(
            "memoryview: source format must be a native single character format prefixed with an optional '@'",
        ));
    }
    if !is_byte(source) && !is_byte(Some(c)) {
        return Err(vm.type_error("memoryview: cannot cast between two non-byte formats"));
    }
    let itemsize = item_size(c).unwrap_or(1);
    let bytes = s.nbytes();
    if !bytes.is_multiple_of(itemsize) {
        return Err(vm.type_error("memoryview: length is not a multiple of itemsize"));
    }
    let mut layout = Layout::linear(format, itemsize, bytes / itemsize);
    if let Some(dims) = shape {
        if dims.len() > 64 {
            return Err(vm.value_error("memoryview: number of dimensions must not exceed 64"));
        }
        let mut sizes = Vec::new();
        let mut total = itemsize;
        for d in dims.iter() {
            if !vm.is_int(*d) {
                return Err(vm.type_error("memoryview.cast(): elements of shape must be integers"));
            }
            let n = vm.index_isize(*d)?;
            if n <= 0 {
                return Err(
                    vm.value_error("memoryview.cast(): elements of shape must be integers > 0")
                );
            }
            total = match total.checked_mul(n as usize) {
                Some(t) if t <= isize::MAX as usize => t,
                _ => {
                    return Err(vm.value_error("memoryview.cast(): product(shape) > SSIZE_MAX"));
                }
            };
            sizes.push(n as usize);
        }
        if total != bytes {
            return Err(vm.type_error("memoryview: product(shape) * itemsize != buffer size"));
        }
        let mut strides = vec![0isize; sizes.len()];
        let mut step = itemsize as isize;
        for (stride, n) in strides.iter_mut().zip(&sizes).rev() {
            *stride = step;
            step *= *n as isize;
        }
        layout.shape = sizes;
        layout.strides = strides;
    }
    vm.derived_view(s, s.ptr, s.readonly, layout)
}
