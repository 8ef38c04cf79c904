//! The methods of `bytes` (their code is in `shared`).

use super::shared;
use crate::value::{Res, Value};
use crate::vm::Vm;

#[derive::natives]
pub mod table {
    use super::*;

    /// Return the lowest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].
    ///
    ///   start
    ///     Optional start position. Default: start of the bytes.
    ///   end
    ///     Optional stop position. Default: end of the bytes.
    ///
    /// Return -1 on failure.
    #[native("find($self, sub[, start[, end]], /)")]
    fn find(
        vm: &mut Vm,
        this: Value,
        sub: Value,
        start: Option<Value>,
        end: Option<Value>,
    ) -> Res<i64> {
        shared::find(vm, this, sub, start, end)
    }
    /// Return the highest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].
    ///
    ///   start
    ///     Optional start position. Default: start of the bytes.
    ///   end
    ///     Optional stop position. Default: end of the bytes.
    ///
    /// Return -1 on failure.
    #[native("rfind($self, sub[, start[, end]], /)")]
    fn rfind(
        vm: &mut Vm,
        this: Value,
        sub: Value,
        start: Option<Value>,
        end: Option<Value>,
    ) -> Res<i64> {
        shared::rfind(vm, this, sub, start, end)
    }
    /// Return the lowest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].
    ///
    ///   start
    ///     Optional start position. Default: start of the bytes.
    ///   end
    ///     Optional stop position. Default: end of the bytes.
    ///
    /// Raise ValueError if the subsection is not found.
    #[native("index($self, sub[, start[, end]], /)")]
    fn index(
        vm: &mut Vm,
        this: Value,
        sub: Value,
        start: Option<Value>,
        end: Option<Value>,
    ) -> Res<usize> {
        shared::index(vm, this, sub, start, end)
    }
    /// Return the highest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].
    ///
    ///   start
    ///     Optional start position. Default: start of the bytes.
    ///   end
    ///     Optional stop position. Default: end of the bytes.
    ///
    /// Raise ValueError if the subsection is not found.
    #[native("rindex($self, sub[, start[, end]], /)")]
    fn rindex(
        vm: &mut Vm,
        this: Value,
        sub: Value,
        start: Option<Value>,
        end: Option<Value>,
    ) -> Res<usize> {
        shared::rindex(vm, this, sub, start, end)
    }
    /// Return the number of non-overlapping occurrences of subsection 'sub' in bytes B[start:end].
    ///
    ///   start
    ///     Optional start position. Default: start of the bytes.
    ///   end
    ///     Optional stop position. Default: end of the bytes.
    #[native("count($self, sub[, start[, end]], /)")]
    fn count(
        vm: &mut Vm,
        this: Value,
        sub: Value,
        start: Option<Value>,
        end: Option<Value>,
    ) -> Res<usize> {
        shared::count(vm, this, sub, start, end)
    }
    /// Return bool(key in self).
    #[native("__contains__($self, key, /)")]
    fn contains(vm: &mut Vm, this: Value, key: Value) -> Res<bool> {
        shared::dunder_contains(vm, this, key)
    }
    /// Return True if the bytes starts with the specified prefix, False otherwise.
    ///
    ///   prefix
    ///     A bytes or a tuple of bytes to try.
    ///   start
    ///     Optional start position. Default: start of the bytes.
    ///   end
    ///     Optional stop position. Default: end of the bytes.
    #[native("startswith($self, prefix[, start[, end]], /)")]
    fn startswith(
        vm: &mut Vm,
        this: Value,
        prefix: Value,
        start: Option<Value>,
        end: Option<Value>,
    ) -> Res<bool> {
        shared::startswith(vm, this, prefix, start, end)
    }
    /// Return True if the bytes ends with the specified suffix, False otherwise.
    ///
    ///   suffix
    ///     A bytes or a tuple of bytes to try.
    ///   start
    ///     Optional start position. Default: start of the bytes.
    ///   end
    ///     Optional stop position. Default: end of the bytes.
    #[native("endswith($self, suffix[, start[, end]], /)")]
    fn endswith(
        vm: &mut Vm,
        this: Value,
        suffix: Value,
        start: Option<Value>,
        end: Option<Value>,
    ) -> Res<bool> {
        shared::endswith(vm, this, suffix, start, end)
    }
    /// Return a bytes object with the given prefix string removed if present.
    ///
    /// If the bytes starts with the prefix string, return
    /// bytes[len(prefix):].  Otherwise, return a copy of the original
    /// bytes.
    #[native("removeprefix($self, prefix, /)")]
    fn removeprefix(vm: &mut Vm, this: Value, prefix: Value) -> Res {
        shared::removeprefix(vm, this, prefix)
    }
    /// Return a bytes object with the given suffix string removed if present.
    ///
    /// If the bytes ends with the suffix string and that suffix is not
    /// empty, return bytes[:-len(prefix)].  Otherwise, return a copy of the
    /// original bytes.
    #[native("removesuffix($self, suffix, /)")]
    fn removesuffix(vm: &mut Vm, this: Value, suffix: Value) -> Res {
        shared::removesuffix(vm, this, suffix)
    }
    /// Strip leading and trailing bytes contained in the argument.
    ///
    /// If the argument is omitted or None, strip leading and trailing ASCII
    /// whitespace.
    #[native("strip($self, bytes=None, /)")]
    fn strip(vm: &mut Vm, this: Value, bytes: Option<Value>) -> Res {
        shared::strip(vm, this, bytes)
    }
    /// Strip leading bytes contained in the argument.
    ///
    /// If the argument is omitted or None, strip leading  ASCII whitespace.
    #[native("lstrip($self, bytes=None, /)")]
    fn lstrip(vm: &mut Vm, this: Value, bytes: Option<Value>) -> Res {
        shared::lstrip(vm, this, bytes)
    }
    /// Strip trailing bytes contained in the argument.
    ///
    /// If the argument is omitted or None, strip trailing ASCII whitespace.
    #[native("rstrip($self, bytes=None, /)")]
    fn rstrip(vm: &mut Vm, this: Value, bytes: Option<Value>) -> Res {
        shared::rstrip(vm, this, bytes)
    }
    /// Return a list of the sections in the bytes, using sep as the delimiter.
    ///
    ///   sep
    ///     The delimiter according which to split the bytes.
    ///     None (the default value) means split on ASCII whitespace
    ///     characters (space, tab, return, newline, formfeed, vertical tab).
    ///   maxsplit
    ///     Maximum number of splits to do.
    ///     -1 (the default value) means no limit.
    #[native("split($self, /, sep=None, maxsplit=-1)")]
    fn split(vm: &mut Vm, this: Value, sep: Option<Value>, maxsplit: Option<Value>) -> Res {
        shared::split(vm, this, sep, maxsplit)
    }
    /// Return a list of the sections in the bytes, using sep as the delimiter.
    ///
    ///   sep
    ///     The delimiter according which to split the bytes.
    ///     None (the default value) means split on ASCII whitespace
    ///     characters (space, tab, return, newline, formfeed, vertical tab).
    ///   maxsplit
    ///     Maximum number of splits to do.
    ///     -1 (the default value) means no limit.
    ///
    /// Splitting is done starting at the end of the bytes and working to
    /// the front.
    #[native("rsplit($self, /, sep=None, maxsplit=-1)")]
    fn rsplit(vm: &mut Vm, this: Value, sep: Option<Value>, maxsplit: Option<Value>) -> Res {
        shared::rsplit(vm, this, sep, maxsplit)
    }
    /// Return a list of the lines in the bytes, breaking at line boundaries.
    ///
    /// Line breaks are not included in the resulting list unless keepends
    /// is given and true.
    #[native("splitlines($self, /, keepends=False)")]
    fn splitlines(vm: &mut Vm, this: Value, keepends: Option<bool>) -> Res {
        shared::splitlines(vm, this, keepends)
    }
    /// Partition the bytes into three parts using the given separator.
    ///
    /// This will search for the separator sep in the bytes.  If the
    /// separator is found, returns a 3-tuple containing the part before the
    /// separator, the separator itself, and the part after it.
    ///
    /// If the separator is not found, returns a 3-tuple containing the
    /// original bytes object and two empty bytes objects.
    #[native("partition($self, sep, /)")]
    fn partition(vm: &mut Vm, this: Value, sep: Value) -> Res {
        shared::partition(vm, this, sep)
    }
    /// Partition the bytes into three parts using the given separator.
    ///
    /// This will search for the separator sep in the bytes, starting at the
    /// end.  If the separator is found, returns a 3-tuple containing the
    /// part before the separator, the separator itself, and the part after
    /// it.
    ///
    /// If the separator is not found, returns a 3-tuple containing two
    /// empty bytes objects and the original bytes object.
    #[native("rpartition($self, sep, /)")]
    fn rpartition(vm: &mut Vm, this: Value, sep: Value) -> Res {
        shared::rpartition(vm, this, sep)
    }
    /// Return a copy with all occurrences of substring old replaced by new.
    ///
    ///   count
    ///     Maximum number of occurrences to replace.
    ///     -1 (the default value) means replace all occurrences.
    ///
    /// If the optional argument count is given, only the first count occurrences are
    /// replaced.
    #[native("replace($self, old, new, count=-1, /)")]
    fn replace(vm: &mut Vm, this: Value, old: Value, new: Value, count: Option<Value>) -> Res {
        shared::replace(vm, this, old, new, count)
    }
    /// Return a centered string of length width.
    ///
    /// Padding is done using the specified fill character.
    #[native("center($self, width, fillchar=b' ', /)")]
    fn center(vm: &mut Vm, this: Value, width: isize, fillchar: Option<Value>) -> Res {
        shared::center(vm, this, width, fillchar)
    }
    /// Return a left-justified string of length width.
    ///
    /// Padding is done using the specified fill character.
    #[native("ljust($self, width, fillchar=b' ', /)")]
    fn ljust(vm: &mut Vm, this: Value, width: isize, fillchar: Option<Value>) -> Res {
        shared::ljust(vm, this, width, fillchar)
    }
    /// Return a right-justified string of length width.
    ///
    /// Padding is done using the specified fill character.
    #[native("rjust($self, width, fillchar=b' ', /)")]
    fn rjust(vm: &mut Vm, this: Value, width: isize, fillchar: Option<Value>) -> Res {
        shared::rjust(vm, this, width, fillchar)
    }
    /// Pad a numeric string with zeros on the left, to fill a field of the given width.
    ///
    /// The original string is never truncated.
    #[native("zfill($self, width, /)")]
    fn zfill(vm: &mut Vm, this: Value, width: isize) -> Res {
        shared::zfill(vm, this, width)
    }
    /// Return a copy where all tab characters are expanded using spaces.
    ///
    /// If tabsize is not given, a tab size of 8 characters is assumed.
    #[native("expandtabs($self, /, tabsize=8)")]
    fn expandtabs(vm: &mut Vm, this: Value, tabsize: Option<i64>) -> Res {
        shared::expandtabs(vm, this, tabsize)
    }
    /// B.isalnum() -> bool
    ///
    /// Return True if all characters in B are alphanumeric
    /// and there is at least one character in B, False otherwise.
    #[native("isalnum($self, /)")]
    fn isalnum(vm: &mut Vm, this: Value) -> Res<bool> {
        shared::isalnum(vm, this)
    }
    /// B.isalpha() -> bool
    ///
    /// Return True if all characters in B are alphabetic
    /// and there is at least one character in B, False otherwise.
    #[native("isalpha($self, /)")]
    fn isalpha(vm: &mut Vm, this: Value) -> Res<bool> {
        shared::isalpha(vm, this)
    }
    /// B.isascii() -> bool
    ///
    /// Return True if B is empty or all characters in B are ASCII,
    /// False otherwise.
    #[native("isascii($self, /)")]
    fn isascii(vm: &mut Vm, this: Value) -> Res<bool> {
        shared::isascii(vm, this)
    }
    /// B.isdigit() -> bool
    ///
    /// Return True if all characters in B are digits
    /// and there is at least one character in B, False otherwise.
    #[native("isdigit($self, /)")]
    fn isdigit(vm: &mut Vm, this: Value) -> Res<bool> {
        shared::isdigit(vm, this)
    }
    /// B.islower() -> bool
    ///
    /// Return True if all cased characters in B are lowercase and there is
    /// at least one cased character in B, False otherwise.
    #[native("islower($self, /)")]
    fn islower(vm: &mut Vm, this: Value) -> Res<bool> {
        shared::islower(vm, this)
    }
    /// B.isspace() -> bool
    ///
    /// Return True if all characters in B are whitespace
    /// and there is at least one character in B, False otherwise.
    #[native("isspace($self, /)")]
    fn isspace(vm: &mut Vm, this: Value) -> Res<bool> {
        shared::isspace(vm, this)
    }
    /// B.istitle() -> bool
    ///
    /// Return True if B is a titlecased string and there is at least one
    /// character in B, i.e. uppercase characters may only follow uncased
    /// characters and lowercase characters only cased ones. Return False
    /// otherwise.
    #[native("istitle($self, /)")]
    fn istitle(vm: &mut Vm, this: Value) -> Res<bool> {
        shared::istitle(vm, this)
    }
    /// B.isupper() -> bool
    ///
    /// Return True if all cased characters in B are uppercase and there is
    /// at least one cased character in B, False otherwise.
    #[native("isupper($self, /)")]
    fn isupper(vm: &mut Vm, this: Value) -> Res<bool> {
        shared::isupper(vm, this)
    }
    /// B.lower() -> copy of B
    ///
    /// Return a copy of B with all ASCII characters converted to lowercase.
    #[native("lower($self, /)")]
    fn lower(vm: &mut Vm, this: Value) -> Res {
        shared::lower(vm, this)
    }
    /// B.upper() -> copy of B
    ///
    /// Return a copy of B with all ASCII characters converted to uppercase.
    #[native("upper($self, /)")]
    fn upper(vm: &mut Vm, this: Value) -> Res {
        shared::upper(vm, this)
    }
    /// B.title() -> copy of B
    ///
    /// Return a titlecased version of B, i.e. ASCII words start with
    /// uppercase characters, all remaining cased characters have lowercase.
    #[native("title($self, /)")]
    fn title(vm: &mut Vm, this: Value) -> Res {
        shared::title(vm, this)
    }
    /// B.capitalize() -> copy of B
    ///
    /// Return a copy of B with only its first character capitalized (ASCII)
    /// and the rest lower-cased.
    #[native("capitalize($self, /)")]
    fn capitalize(vm: &mut Vm, this: Value) -> Res {
        shared::capitalize(vm, this)
    }
    /// B.swapcase() -> copy of B
    ///
    /// Return a copy of B with uppercase ASCII characters converted
    /// to lowercase ASCII and vice versa.
    #[native("swapcase($self, /)")]
    fn swapcase(vm: &mut Vm, this: Value) -> Res {
        shared::swapcase(vm, this)
    }
    /// Concatenate any number of bytes objects.
    ///
    /// The bytes whose method is called is inserted in between each pair.
    ///
    /// The result is returned as a new bytes object.
    ///
    /// Example: b'.'.join([b'ab', b'pq', b'rs']) -> b'ab.pq.rs'.
    #[native("join($self, iterable_of_bytes, /)")]
    fn join(vm: &mut Vm, this: Value, iterable: Value) -> Res {
        crate::types::bytes::join::join(vm, this, iterable)
    }
    /// Return a copy with each character mapped by the given translation table.
    ///
    ///   table
    ///     Translation table, which must be a bytes object of length 256.
    ///
    /// All characters occurring in the optional argument delete are
    /// removed.  The remaining characters are mapped through the given
    /// translation table.
    #[native("translate($self, table, /, delete=b'')")]
    fn translate(vm: &mut Vm, this: Value, table: Value, delete: Option<Value>) -> Res {
        shared::translate(vm, this, table, delete)
    }
    /// Decode the bytes using the codec registered for encoding.
    ///
    ///   encoding
    ///     The encoding with which to decode the bytes.
    ///   errors
    ///     The error handling scheme to use for the handling of decoding
    ///     errors.  The default is 'strict' meaning that decoding errors
    ///     raise a UnicodeDecodeError.  Other possible values are 'ignore'
    ///     and 'replace' as well as any other name registered with
    ///     codecs.register_error that can handle UnicodeDecodeErrors.
    #[native("decode($self, /, encoding='utf-8', errors='strict')")]
    fn decode(vm: &mut Vm, this: Value, encoding: Option<Value>, errors: Option<Value>) -> Res {
        shared::decode(vm, this, encoding, errors)
    }
    /// Create a string of hexadecimal numbers from a bytes object.
    ///
    ///   sep
    ///     An optional single character or byte to separate hex bytes.
    ///   bytes_per_sep
    ///     How many bytes between separators.  Positive values count from
    ///     the right, negative values count from the left.
    ///
    /// Example:
    /// >>> value = b'\xb9\x01\xef'
    /// >>> value.hex()
    /// 'b901ef'
    /// >>> value.hex(':')
    /// 'b9:01:ef'
    /// >>> value.hex(':', 2)
    /// 'b9:01ef'
    /// >>> value.hex(':', -2)
    /// 'b901:ef'
    #[native("hex($self, /, sep=<unrepresentable>, bytes_per_sep=1)")]
    fn hex(vm: &mut Vm, this: Value, sep: Option<Value>, bytes_per_sep: Option<Value>) -> Res {
        shared::hex(vm, this, sep, bytes_per_sep)
    }
    /// Return len(self).
    #[native("__len__($self, /)")]
    fn len(vm: &mut Vm, this: Value) -> Res<usize> {
        shared::dunder_len(vm, this)
    }
    /// Implement iter(self).
    #[native("__iter__($self, /)")]
    fn iter(vm: &mut Vm, this: Value) -> Res {
        shared::dunder_iter(vm, this)
    }
    /// Return self+value.
    #[native("__add__($self, value, /)")]
    fn add(vm: &mut Vm, this: Value, value: Value) -> Res {
        shared::dunder_add(vm, this, value)
    }
    /// Return self*value.
    #[native("__mul__($self, value, /)")]
    fn mul(vm: &mut Vm, this: Value, value: Value) -> Res {
        shared::dunder_mul(vm, this, value)
    }
    /// Return value*self.
    #[native("__rmul__($self, value, /)")]
    fn rmul(vm: &mut Vm, this: Value, value: Value) -> Res {
        shared::dunder_rmul(vm, this, value)
    }
    /// Return self%value.
    #[native("__mod__($self, value, /)")]
    fn modulo(vm: &mut Vm, this: Value, value: Value) -> Res {
        shared::dunder_mod(vm, this, value)
    }
    /// Return value%self.
    #[native("__rmod__($self, value, /)")]
    fn rmod(vm: &mut Vm, this: Value, value: Value) -> Res {
        shared::dunder_rmod(vm, this, value)
    }
    /// Return self[key].
    #[native("__getitem__($self, key, /)")]
    fn getitem(vm: &mut Vm, this: Value, key: Value) -> Res {
        shared::dunder_getitem(vm, this, key)
    }
    /// Return self==value.
    #[native("__eq__($self, value, /)")]
    fn eq(vm: &mut Vm, this: Value, value: Value) -> Res {
        shared::dunder_eq(vm, this, value)
    }
    /// Return self!=value.
    #[native("__ne__($self, value, /)")]
    fn ne(vm: &mut Vm, this: Value, value: Value) -> Res {
        shared::dunder_ne(vm, this, value)
    }
    /// Return self<value.
    #[native("__lt__($self, value, /)")]
    fn lt(vm: &mut Vm, this: Value, value: Value) -> Res {
        shared::dunder_lt(vm, this, value)
    }
    /// Return self<=value.
    #[native("__le__($self, value, /)")]
    fn le(vm: &mut Vm, this: Value, value: Value) -> Res {
        shared::dunder_le(vm, this, value)
    }
    /// Return self>value.
    #[native("__gt__($self, value, /)")]
    fn gt(vm: &mut Vm, this: Value, value: Value) -> Res {
        shared::dunder_gt(vm, this, value)
    }
    /// Return self>=value.
    #[native("__ge__($self, value, /)")]
    fn ge(vm: &mut Vm, this: Value, value: Value) -> Res {
        shared::dunder_ge(vm, this, value)
    }
    /// Return a buffer object that exposes the underlying memory of the object.
    #[native("__buffer__($self, flags, /)")]
    fn buffer(vm: &mut Vm, this: Value, flags: i64) -> Res {
        shared::dunder_buffer(vm, this, flags)
    }
}
