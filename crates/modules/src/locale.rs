//! `_locale`: the C library's locales.

use crate::util::{keep, raise_kept};
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Res, Value, Vm};
use std::ffi::{CStr, CString, c_char};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_locale",
    doc: "Support for POSIX locales.",
    functions: &[functions::TABLE, messages::TABLE],
    init,
};

macro_rules! constants {
    ($($name:ident)*) => { &[$((stringify!($name), libc::$name as i64)),*] };
}

static CATEGORIES: &[(&str, i64)] = constants! {
    LC_CTYPE LC_TIME LC_COLLATE LC_MONETARY LC_MESSAGES LC_NUMERIC LC_ALL
};

/// What `nl_langinfo` knows.
static ITEMS: &[(&str, i64)] = constants! {
    DAY_1 DAY_2 DAY_3 DAY_4 DAY_5 DAY_6 DAY_7 ABDAY_1 ABDAY_2 ABDAY_3 ABDAY_4 ABDAY_5 ABDAY_6 ABDAY_7
    MON_1 MON_2 MON_3 MON_4 MON_5 MON_6 MON_7 MON_8 MON_9 MON_10 MON_11 MON_12
    ABMON_1 ABMON_2 ABMON_3 ABMON_4 ABMON_5 ABMON_6 ABMON_7 ABMON_8 ABMON_9 ABMON_10 ABMON_11 ABMON_12
    RADIXCHAR THOUSEP YESEXPR NOEXPR CRNCYSTR D_FMT D_T_FMT T_FMT AM_STR PM_STR CODESET T_FMT_AMPM
    ERA ERA_D_FMT ERA_D_T_FMT ERA_T_FMT ALT_DIGITS
};

static ERROR: u8 = 0;

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    for (name, n) in CATEGORIES.iter().chain(ITEMS) {
        vm.module_set(m, name, Value::int_unchecked(*n))?;
    }
    vm.module_set(m, "CHAR_MAX", Value::int_unchecked(i64::from(c_char::MAX)))?;
    let base = vm.types.exc.Exception;
    let class = crate::binascii::new_exception_class(vm, "locale", "Error", base)?;
    keep(vm, &ERROR, class);
    vm.module_set(m, "Error", class)
}

/// Text of the C library in the locale's encoding.
///
/// # Safety
/// `p` is null or a C string.
unsafe fn text(vm: &mut Vm, p: *const c_char) -> Res {
    if p.is_null() {
        return vm.new_str("");
    }
    // SAFETY: promised by the caller.
    let s = unsafe { CStr::from_ptr(p) }.to_bytes().to_vec();
    vm.fs_decode(&s)
}

fn c_string(vm: &mut Vm, v: Value, what: &str) -> Res<CString> {
    if !v.is_kind(Kind::Str) {
        let got = vm.class_name(v);
        return Err(vm.type_error(&format!("{what} must be str, not {got}")));
    }
    let b = vm.fs_encode(v)?;
    CString::new(b).map_err(|_| vm.value_error("embedded null character"))
}

/// The grouping of digits: a list that ends with 0 or CHAR_MAX.
///
/// # Safety
/// `p` is a C string.
unsafe fn grouping(vm: &mut Vm, p: *const c_char) -> Res {
    let mut items = Vec::new();
    // SAFETY: promised by the caller.
    let bytes = unsafe { CStr::from_ptr(p) }.to_bytes();
    for b in bytes {
        items.push(Value::int_unchecked(i64::from(*b)));
        if *b == c_char::MAX as u8 {
            break;
        }
    }
    if !bytes.is_empty() && bytes.last() != Some(&(c_char::MAX as u8)) {
        items.push(Value::int_unchecked(0));
    }
    vm.new_list(&items)
}

// The C library's message catalogues, which the libc crate does not declare.
unsafe extern "C" {
    fn gettext(message: *const c_char) -> *const c_char;
    fn dgettext(domain: *const c_char, message: *const c_char) -> *const c_char;
    fn dcgettext(domain: *const c_char, message: *const c_char, category: i32) -> *const c_char;
    fn textdomain(domain: *const c_char) -> *const c_char;
    fn bindtextdomain(domain: *const c_char, dir: *const c_char) -> *const c_char;
    fn bind_textdomain_codeset(domain: *const c_char, codeset: *const c_char) -> *const c_char;
}

/// As `c_string`, None allowed.
fn optional(vm: &mut Vm, v: Value, what: &str) -> Res<Option<CString>> {
    match v.is_none() || v.is_kind(Kind::Str) {
        true if v.is_none() => Ok(None),
        true => c_string(vm, v, what).map(Some),
        false => {
            let got = vm.argument_kind(v);
            Err(vm.type_error(&format!("{what} must be str or None, not {got}")))
        }
    }
}

fn pointer(s: &Option<CString>) -> *const c_char {
    s.as_ref().map_or(std::ptr::null(), |s| s.as_ptr())
}

/// The C library's answer, or OSError.
///
/// # Safety
/// `p` is null or a C string.
unsafe fn answer(vm: &mut Vm, p: *const c_char) -> Res {
    if p.is_null() {
        return Err(crate::util::last_os_error(vm));
    }
    // SAFETY: promised by the caller.
    unsafe { text(vm, p) }
}

/// The functions of message catalogues.
#[derive::natives]
mod messages {
    use super::*;

    /// The translation of a message in the current domain.
    #[native("gettext($module, msg, /)")]
    fn translate(vm: &mut Vm, _m: Value, msg: Value) -> Res {
        let msg = c_string(vm, msg, "gettext() argument")?;
        // SAFETY: the message is terminated; so is the answer, which is copied at once.
        unsafe { text(vm, gettext(msg.as_ptr())) }
    }
    /// The translation of a message in a domain.
    #[native("dgettext($module, domain, msg, /)")]
    fn translate_in(vm: &mut Vm, _m: Value, domain: Value, msg: Value) -> Res {
        let domain = optional(vm, domain, "dgettext() argument 1")?;
        let msg = c_string(vm, msg, "dgettext() argument 2")?;
        // SAFETY: as above; the domain may be null.
        unsafe { text(vm, dgettext(pointer(&domain), msg.as_ptr())) }
    }
    /// The translation of a message in a domain, for a category of the locale.
    #[native("dcgettext($module, domain, msg, category, /)")]
    fn translate_for(vm: &mut Vm, _m: Value, domain: Value, msg: Value, category: i32) -> Res {
        let domain = optional(vm, domain, "dcgettext() argument 1")?;
        let msg = c_string(vm, msg, "dcgettext() argument 2")?;
        // SAFETY: as above.
        unsafe { text(vm, dcgettext(pointer(&domain), msg.as_ptr(), category)) }
    }
    /// Set the domain that gettext() looks in; None asks for it.
    #[native("textdomain($module, domain, /)")]
    fn domain(vm: &mut Vm, _m: Value, domain: Value) -> Res {
        let domain = optional(vm, domain, "textdomain() argument")?;
        // SAFETY: terminated or null; the answer is copied at once.
        unsafe { answer(vm, textdomain(pointer(&domain))) }
    }
    /// Set the folder of a domain's catalogues; None asks for it.
    #[native("bindtextdomain($module, domain, dir, /)")]
    fn bind(vm: &mut Vm, _m: Value, domain: Value, dir: Value) -> Res {
        let domain = c_string(vm, domain, "bindtextdomain() argument 1")?;
        if domain.is_empty() {
            return Err(raise_kept(vm, &ERROR, "domain must be a non-empty string"));
        }
        let dir = match dir.is_none() {
            true => None,
            false => {
                let dir = vm.fspath(dir)?;
                let bytes = vm.fs_encode(dir)?;
                let dir = CString::new(bytes);
                Some(dir.map_err(|_| vm.value_error("embedded null byte"))?)
            }
        };
        // SAFETY: terminated or null; the answer is copied at once.
        unsafe { answer(vm, bindtextdomain(domain.as_ptr(), pointer(&dir))) }
    }
    /// Set the encoding of a domain's translations; None asks for it.
    #[native("bind_textdomain_codeset($module, domain, codeset, /)")]
    fn bind_codeset(vm: &mut Vm, _m: Value, domain: Value, codeset: Value) -> Res {
        let domain = c_string(vm, domain, "bind_textdomain_codeset() argument 1")?;
        let codeset = optional(vm, codeset, "bind_textdomain_codeset() argument 2")?;
        // SAFETY: terminated or null; the answer is copied at once.
        unsafe {
            let p = bind_textdomain_codeset(domain.as_ptr(), pointer(&codeset));
            if p.is_null() {
                return Ok(Value::NONE);
            }
            text(vm, p)
        }
    }
}

#[derive::natives]
mod functions {
    use super::*;

    /// Activates/queries locale processing.
    #[native("setlocale($module, category, locale=None, /)")]
    fn setlocale(vm: &mut Vm, _m: Value, category: i32, locale: Option<Value>) -> Res {
        if !CATEGORIES.iter().any(|c| c.1 == i64::from(category)) {
            return Err(raise_kept(vm, &ERROR, "invalid locale category"));
        }
        let name = match locale.filter(|l| !l.is_none()) {
            Some(l) => Some(c_string(vm, l, "setlocale() argument 2")?),
            None => None,
        };
        let p = name.as_ref().map_or(std::ptr::null(), |s| s.as_ptr());
        // SAFETY: the name is a C string or null; the lock keeps other threads of Python out.
        unsafe {
            let r = libc::setlocale(category, p);
            if r.is_null() {
                let what = match name {
                    Some(_) => "unsupported locale setting",
                    None => "locale query failed",
                };
                return Err(raise_kept(vm, &ERROR, what));
            }
            text(vm, r)
        }
    }
    /// Returns numeric and monetary locale-specific parameters.
    #[native("localeconv($module, /)")]
    fn localeconv(vm: &mut Vm, _m: Value) -> Res {
        let d = vm.new_dict()?;
        // SAFETY: the structure of the C library, read before the locale can change.
        unsafe {
            let l = &*libc::localeconv();
            let texts = [
                ("decimal_point", l.decimal_point),
                ("thousands_sep", l.thousands_sep),
                ("int_curr_symbol", l.int_curr_symbol),
                ("currency_symbol", l.currency_symbol),
                ("mon_decimal_point", l.mon_decimal_point),
                ("mon_thousands_sep", l.mon_thousands_sep),
                ("positive_sign", l.positive_sign),
                ("negative_sign", l.negative_sign),
            ];
            for (name, p) in texts {
                let v = text(vm, p)?;
                vm.dict_set_str(d, name, v)?;
            }
            for (name, p) in [("grouping", l.grouping), ("mon_grouping", l.mon_grouping)] {
                let v = grouping(vm, p)?;
                vm.dict_set_str(d, name, v)?;
            }
            let numbers = [
                ("int_frac_digits", l.int_frac_digits),
                ("frac_digits", l.frac_digits),
                ("p_cs_precedes", l.p_cs_precedes),
                ("p_sep_by_space", l.p_sep_by_space),
                ("n_cs_precedes", l.n_cs_precedes),
                ("n_sep_by_space", l.n_sep_by_space),
                ("p_sign_posn", l.p_sign_posn),
                ("n_sign_posn", l.n_sign_posn),
            ];
            for (name, n) in numbers {
                vm.dict_set_str(d, name, Value::int_unchecked(i64::from(n)))?;
            }
        }
        Ok(d.value())
    }
    /// Compares two strings according to the locale.
    #[native("strcoll($module, os1, os2, /)")]
    fn strcoll(vm: &mut Vm, _m: Value, os1: Value, os2: Value) -> Res<i64> {
        let a = c_string(vm, os1, "strcoll() argument 1")?;
        let b = c_string(vm, os2, "strcoll() argument 2")?;
        // SAFETY: both are C strings.
        Ok(i64::from(unsafe { libc::strcoll(a.as_ptr(), b.as_ptr()) }))
    }
    /// Return a string that can be used as a key for locale-aware comparisons.
    #[native("strxfrm($module, string, /)")]
    fn strxfrm(vm: &mut Vm, _m: Value, string: Value) -> Res {
        let s = c_string(vm, string, "strxfrm() argument")?;
        // SAFETY: the first call asks for the length only, the second has room for it.
        let out = unsafe {
            let n = libc::strxfrm(std::ptr::null_mut(), s.as_ptr(), 0);
            let mut out = vec![0u8; n + 1];
            libc::strxfrm(out.as_mut_ptr().cast(), s.as_ptr(), out.len());
            out.truncate(n);
            out
        };
        vm.fs_decode(&out)
    }
    /// Return the value for the locale information associated with key.
    #[native("nl_langinfo($module, key, /)")]
    fn nl_langinfo(vm: &mut Vm, _m: Value, key: i32) -> Res {
        if !ITEMS.iter().any(|i| i.1 == i64::from(key)) {
            return Err(vm.value_error("unsupported langinfo constant"));
        }
        // SAFETY: the C library's text, copied at once.
        unsafe {
            let p = libc::nl_langinfo(key as libc::nl_item);
            text(vm, p)
        }
    }
    /// Get the current locale encoding.
    #[native("getencoding($module, /)")]
    fn getencoding(vm: &mut Vm, _m: Value) -> Res {
        Ok(crate::io::locale_encoding(vm))
    }
}

/// The conventions for numbers of the C locale in force.
pub fn number_conventions() -> num::format_num::Locale {
    // SAFETY: the structure of the C library and its C strings, copied before the locale can
    // change.
    unsafe {
        let l = &*libc::localeconv();
        let text = |p: *const c_char| std::ffi::CStr::from_ptr(p).to_string_lossy().into_owned();
        num::format_num::Locale {
            decimal_point: text(l.decimal_point),
            thousands_sep: text(l.thousands_sep),
            grouping: std::ffi::CStr::from_ptr(l.grouping).to_bytes().to_vec(),
        }
    }
}
