//! Keys from passwords: `pbkdf2_hmac`, `scrypt`.

use super::hashlib;
use runtime::{Res, Value, Vm};

/// Longest key, in bytes, and most iterations.
const MAX: i64 = i32::MAX as i64;

/// PBKDF2 (RFC 8018) with the HMAC of a hash; false for a hash that is not known.
fn pbkdf2(hash: &str, password: &[u8], salt: &[u8], rounds: u32, out: &mut [u8]) -> bool {
    match hash {
        "md5" => pbkdf2::pbkdf2_hmac::<md5::Md5>(password, salt, rounds, out),
        "sha1" => pbkdf2::pbkdf2_hmac::<sha1::Sha1>(password, salt, rounds, out),
        "sha224" => pbkdf2::pbkdf2_hmac::<sha2::Sha224>(password, salt, rounds, out),
        "sha256" => pbkdf2::pbkdf2_hmac::<sha2::Sha256>(password, salt, rounds, out),
        "sha384" => pbkdf2::pbkdf2_hmac::<sha2::Sha384>(password, salt, rounds, out),
        "sha512" => pbkdf2::pbkdf2_hmac::<sha2::Sha512>(password, salt, rounds, out),
        "sha3_224" => pbkdf2::pbkdf2_hmac::<sha3::Sha3_224>(password, salt, rounds, out),
        "sha3_256" => pbkdf2::pbkdf2_hmac::<sha3::Sha3_256>(password, salt, rounds, out),
        "sha3_384" => pbkdf2::pbkdf2_hmac::<sha3::Sha3_384>(password, salt, rounds, out),
        "sha3_512" => pbkdf2::pbkdf2_hmac::<sha3::Sha3_512>(password, salt, rounds, out),
        _ => return false,
    }
    true
}

/// A parameter of scrypt.
fn number(vm: &mut Vm, v: Value) -> Res<u64> {
    match vm.index_i64(v)? {
        n if n >= 0 => Ok(n as u64),
        _ => Err(vm.value_error("Cannot convert negative int")),
    }
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// Password based key derivation function 2 (PKCS #5 v2.0) with HMAC as pseudorandom function.
    #[native("pbkdf2_hmac($module, /, hash_name, password, salt, iterations, dklen=None)")]
    fn pbkdf2_hmac(
        vm: &mut Vm,
        _m: Value,
        hash_name: Value,
        password: Value,
        salt: Value,
        iterations: i64,
        dklen: Option<Value>,
    ) -> Res {
        let name = vm.str_arg(hash_name, "pbkdf2_hmac", "argument 'hash_name'")?;
        let name = name.to_string();
        let (password, salt) = (vm.get_buffer(password)?, vm.get_buffer(salt)?);
        let Some(a) = hashlib::algorithm(&name).filter(|a| !a.is_xof()) else {
            return Err(hashlib::unsupported(vm));
        };
        if iterations < 1 {
            return Err(vm.value_error("iteration value must be greater than 0."));
        }
        if iterations > MAX {
            return Err(vm.overflow_error("iteration value is too great."));
        }
        let length = match dklen.filter(|d| !d.is_none()) {
            Some(d) => vm.index_i64(d)?,
            None => (a.make)().size() as i64,
        };
        if length < 1 {
            return Err(vm.value_error("key length must be greater than 0."));
        }
        if length > MAX {
            return Err(vm.overflow_error("key length is too great."));
        }
        let mut out = vm.zeroed(length as usize)?;
        let (p, s) = (password.as_slice(), salt.as_slice());
        vm.blocking(|| {
            pbkdf2(a.name, p, s, iterations as u32, &mut out);
            Ok(0)
        })?
        .ok();
        vm.new_bytes(&out)
    }
    /// scrypt password-based key derivation function.
    #[native("scrypt($module, /, password, *, salt, n, r, p, maxmem=0, dklen=64)")]
    fn scrypt(
        vm: &mut Vm,
        _m: Value,
        password: Value,
        salt: Value,
        n: Value,
        r: Value,
        p: Value,
        maxmem: Option<i64>,
        dklen: Option<i64>,
    ) -> Res {
        let password = vm.get_buffer(password)?;
        let salt = vm.get_buffer(salt)?;
        let n = number(vm, n)?;
        if n < 2 || !n.is_power_of_two() {
            return Err(vm.value_error("n must be a power of 2."));
        }
        let (r, p) = (number(vm, r)?, number(vm, p)?);
        let (maxmem, length) = (maxmem.unwrap_or(0), dklen.unwrap_or(64));
        if !(0..=MAX).contains(&maxmem) {
            return Err(vm.value_error(&format!("maxmem must be positive and smaller than {MAX}")));
        }
        if !(1..=MAX).contains(&length) {
            return Err(vm.value_error(&format!(
                "dklen must be greater than 0 and smaller than {MAX}"
            )));
        }
        // OpenSSL's rule: 32 MiB when nothing is said.
        let room = if maxmem == 0 { 32 << 20 } else { maxmem as u64 };
        let needed = n
            .checked_mul(r.saturating_mul(128))
            .and_then(|v| v.checked_add(128u64.checked_mul(r)?.checked_mul(p.checked_add(2)?)?));
        let small = |v: u64| u32::try_from(v).ok();
        if needed.is_none_or(|n| n > room) {
            return Err(vm.value_error("[digital envelope routines] memory limit exceeded"));
        }
        let params = match (small(r), small(p)) {
            (Some(r), Some(p)) => scrypt::Params::new(n.trailing_zeros() as u8, r, p, 64).ok(),
            _ => None,
        };
        let Some(params) = params else {
            return Err(vm.value_error("Invalid parameter combination for n, r, p, maxmem."));
        };
        let mut out = vm.zeroed(length as usize)?;
        let (password, salt) = (password.as_slice(), salt.as_slice());
        let mut done = false;
        vm.blocking(|| {
            done = scrypt::scrypt(password, salt, &params, &mut out).is_ok();
            Ok(0)
        })?
        .ok();
        if !done {
            return Err(vm.value_error("Invalid parameter combination for n, r, p, maxmem."));
        }
        vm.new_bytes(&out)
    }
}
