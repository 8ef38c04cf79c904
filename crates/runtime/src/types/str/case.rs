//! Case, padding and the `is...` predicates.

use super::text_of;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;
use text::{case, pad, predicate};

/// A fill character argument.
fn fill(vm: &mut Vm, v: Option<Value>) -> Res<u32> {
    let Some(v) = v else {
        return Ok(32);
    };
    match v.downcast::<StrObj>() {
        Some(s) if s.len == 1 => Ok(s.units().get(0)),
        Some(_) => Err(vm.type_error("The fill character must be exactly one character long")),
        None => {
            let name = vm.class_name(v);
            Err(vm.type_error(&format!(
                "The fill character must be a unicode character, not {name}"
            )))
        }
    }
}

fn mapped(vm: &mut Vm, r: text::Owned) -> Res {
    vm.new_str_owned(&r)
}

#[derive::natives]
pub mod methods {
    use super::*;

    /// Return a copy of the string converted to lowercase.
    #[native("lower($self, /)")]
    fn lower(vm: &mut Vm, this: Value) -> Res {
        mapped(vm, case::lower(text_of(this).units()))
    }
    /// Return a copy of the string converted to uppercase.
    #[native("upper($self, /)")]
    fn upper(vm: &mut Vm, this: Value) -> Res {
        mapped(vm, case::upper(text_of(this).units()))
    }
    /// Return a version of the string suitable for caseless comparisons.
    #[native("casefold($self, /)")]
    fn casefold(vm: &mut Vm, this: Value) -> Res {
        mapped(vm, case::casefold(text_of(this).units()))
    }
    /// Return a version of the string where each word is titlecased.
    ///
    /// More specifically, words start with uppercased characters and all
    /// remaining cased characters have lower case.
    #[native("title($self, /)")]
    fn title(vm: &mut Vm, this: Value) -> Res {
        mapped(vm, case::title(text_of(this).units()))
    }
    /// Return a capitalized version of the string.
    ///
    /// More specifically, make the first character have upper case and the
    /// rest lower case.
    #[native("capitalize($self, /)")]
    fn capitalize(vm: &mut Vm, this: Value) -> Res {
        mapped(vm, case::capitalize(text_of(this).units()))
    }
    /// Convert uppercase characters to lowercase and lowercase characters to uppercase.
    #[native("swapcase($self, /)")]
    fn swapcase(vm: &mut Vm, this: Value) -> Res {
        mapped(vm, case::swapcase(text_of(this).units()))
    }
    /// Return a centered string of length width.
    ///
    /// Padding is done using the specified fill character (default is
    /// a space).
    #[native("center($self, width, fillchar=' ', /)")]
    fn center(vm: &mut Vm, this: Value, width: isize, fillchar: Option<Value>) -> Res {
        let f = fill(vm, fillchar)?;
        let r = pad::center(text_of(this).units(), width.max(0) as usize, f);
        vm.changed(this, r)
    }
    /// Return a left-justified string of length width.
    ///
    /// Padding is done using the specified fill character (default is
    /// a space).
    #[native("ljust($self, width, fillchar=' ', /)")]
    fn ljust(vm: &mut Vm, this: Value, width: isize, fillchar: Option<Value>) -> Res {
        let f = fill(vm, fillchar)?;
        let r = pad::ljust(text_of(this).units(), width.max(0) as usize, f);
        vm.changed(this, r)
    }
    /// Return a right-justified string of length width.
    ///
    /// Padding is done using the specified fill character (default is
    /// a space).
    #[native("rjust($self, width, fillchar=' ', /)")]
    fn rjust(vm: &mut Vm, this: Value, width: isize, fillchar: Option<Value>) -> Res {
        let f = fill(vm, fillchar)?;
        let r = pad::rjust(text_of(this).units(), width.max(0) as usize, f);
        vm.changed(this, r)
    }
    /// Pad a numeric string with zeros on the left, to fill a field of the given width.
    ///
    /// The string is never truncated.
    #[native("zfill($self, width, /)")]
    fn zfill(vm: &mut Vm, this: Value, width: isize) -> Res {
        let r = pad::zfill(text_of(this).units(), width.max(0) as usize);
        vm.changed(this, r)
    }
    /// Return a copy where all tab characters are expanded using spaces.
    ///
    /// If tabsize is not given, a tab size of 8 characters is assumed.
    #[native("expandtabs($self, /, tabsize=8)")]
    fn expandtabs(vm: &mut Vm, this: Value, tabsize: Option<i64>) -> Res {
        let n = vm.tab_size(tabsize)?;
        match pad::expandtabs(text_of(this).units(), n) {
            Err(_) => Err(vm.overflow_error("new string is too long")),
            r => vm.changed(this, r),
        }
    }
    /// Return True if the string is an alpha-numeric string, False otherwise.
    ///
    /// A string is alpha-numeric if all characters in the string are
    /// alpha-numeric and there is at least one character in the string.
    #[native("isalnum($self, /)")]
    fn isalnum(_: &mut Vm, this: Value) -> Res<bool> {
        Ok(predicate::is_alnum(text_of(this).units()))
    }
    /// Return True if the string is an alphabetic string, False otherwise.
    ///
    /// A string is alphabetic if all characters in the string are
    /// alphabetic and there is at least one character in the string.
    #[native("isalpha($self, /)")]
    fn isalpha(_: &mut Vm, this: Value) -> Res<bool> {
        Ok(predicate::is_alpha(text_of(this).units()))
    }
    /// Return True if all characters in the string are ASCII, False otherwise.
    ///
    /// ASCII characters have code points in the range U+0000-U+007F.
    /// Empty string is ASCII too.
    #[native("isascii($self, /)")]
    fn isascii(_: &mut Vm, this: Value) -> Res<bool> {
        Ok(text_of(this).is_ascii() || text_of(this).units().is_ascii())
    }
    /// Return True if the string is a decimal string, False otherwise.
    ///
    /// A string is a decimal string if all characters in the string are
    /// decimal and there is at least one character in the string.
    #[native("isdecimal($self, /)")]
    fn isdecimal(_: &mut Vm, this: Value) -> Res<bool> {
        Ok(predicate::is_decimal(text_of(this).units()))
    }
    /// Return True if the string is a digit string, False otherwise.
    ///
    /// A string is a digit string if all characters in the string are
    /// digits and there is at least one character in the string.
    #[native("isdigit($self, /)")]
    fn isdigit(_: &mut Vm, this: Value) -> Res<bool> {
        Ok(predicate::is_digit(text_of(this).units()))
    }
    /// Return True if the string is a valid Python identifier, False otherwise.
    ///
    /// Call keyword.iskeyword(s) to test whether string s is a reserved
    /// identifier, such as "def" or "class".
    #[native("isidentifier($self, /)")]
    fn isidentifier(_: &mut Vm, this: Value) -> Res<bool> {
        Ok(predicate::is_identifier(text_of(this).units()))
    }
    /// Return True if the string is a lowercase string, False otherwise.
    ///
    /// A string is lowercase if all cased characters in the string are
    /// lowercase and there is at least one cased character in the string.
    #[native("islower($self, /)")]
    fn islower(_: &mut Vm, this: Value) -> Res<bool> {
        Ok(predicate::is_lower(text_of(this).units()))
    }
    /// Return True if the string is a numeric string, False otherwise.
    ///
    /// A string is numeric if all characters in the string are numeric and
    /// there is at least one character in the string.
    #[native("isnumeric($self, /)")]
    fn isnumeric(_: &mut Vm, this: Value) -> Res<bool> {
        Ok(predicate::is_numeric(text_of(this).units()))
    }
    /// Return True if all characters in the string are printable, False otherwise.
    ///
    /// A character is printable if repr() may use it in its output.
    #[native("isprintable($self, /)")]
    fn isprintable(_: &mut Vm, this: Value) -> Res<bool> {
        Ok(predicate::is_printable(text_of(this).units()))
    }
    /// Return True if the string is a whitespace string, False otherwise.
    ///
    /// A string is whitespace if all characters in the string are
    /// whitespace and there is at least one character in the string.
    #[native("isspace($self, /)")]
    fn isspace(_: &mut Vm, this: Value) -> Res<bool> {
        Ok(predicate::is_space(text_of(this).units()))
    }
    /// Return True if the string is a title-cased string, False otherwise.
    ///
    /// In a title-cased string, upper- and title-case characters may only
    /// follow uncased characters and lowercase characters only cased ones.
    #[native("istitle($self, /)")]
    fn istitle(_: &mut Vm, this: Value) -> Res<bool> {
        Ok(predicate::is_title(text_of(this).units()))
    }
    /// Return True if the string is an uppercase string, False otherwise.
    ///
    /// A string is uppercase if all cased characters in the string are
    /// uppercase and there is at least one cased character in the string.
    #[native("isupper($self, /)")]
    fn isupper(_: &mut Vm, this: Value) -> Res<bool> {
        Ok(predicate::is_upper(text_of(this).units()))
    }
}
