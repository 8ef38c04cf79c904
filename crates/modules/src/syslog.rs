//! `syslog`: the system logger.

use crate::util::{keep, kept};
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Raised, Res, Value, Vm};
use std::ffi::{CString, c_int};
use std::sync::Mutex;

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "syslog",
    doc: "",
    functions: &[functions::TABLE],
    init,
};

macro_rules! constants {
    ($($name:ident)*) => { &[$((stringify!($name), libc::$name as i64)),*] };
}

static CONSTANTS: &[(&str, i64)] = constants! {
    LOG_EMERG LOG_ALERT LOG_CRIT LOG_ERR LOG_WARNING LOG_NOTICE LOG_INFO LOG_DEBUG
    LOG_PID LOG_CONS LOG_NDELAY LOG_ODELAY LOG_NOWAIT LOG_PERROR
    LOG_KERN LOG_USER LOG_MAIL LOG_DAEMON LOG_AUTH LOG_LPR LOG_LOCAL0 LOG_LOCAL1 LOG_LOCAL2
    LOG_LOCAL3 LOG_LOCAL4 LOG_LOCAL5 LOG_LOCAL6 LOG_LOCAL7 LOG_SYSLOG LOG_CRON LOG_UUCP LOG_NEWS
    LOG_AUTHPRIV LOG_FTP
};

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    for (name, n) in CONSTANTS {
        vm.module_set(m, name, Value::int_unchecked(*n))?;
    }
    Ok(())
}

/// The ident the C library keeps a pointer to. The log is the process's, not the interpreter's.
static IDENT: Mutex<Option<CString>> = Mutex::new(None);
/// Marks an interpreter that has opened the log.
static OPENED: u8 = 0;

fn text(vm: &mut Vm, v: Value, what: &str) -> Res<CString> {
    if !v.is_kind(Kind::Str) {
        let got = vm.class_name(v);
        return Err(vm.type_error(&format!("{what} must be str, not {got}")));
    }
    let s = vm.utf8(v)?;
    CString::new(s).map_err(|_| vm.value_error("embedded null character"))
}

/// The file name of the script, without folders.
fn script_name(vm: &mut Vm) -> Option<CString> {
    let argv = vm.sys_attr("argv")?.downcast::<ListObj>()?;
    let first = vm.display(argv.get(0)?);
    let name = first.rsplit('/').next().filter(|n| !n.is_empty())?;
    CString::new(name).ok()
}

fn open(vm: &mut Vm, ident: Option<CString>, option: c_int, facility: c_int) {
    let ident = ident.or_else(|| script_name(vm));
    let mut kept_ident = IDENT.lock().unwrap_or_else(|e| e.into_inner());
    let p = ident.as_ref().map_or(std::ptr::null(), |s| s.as_ptr());
    // SAFETY: the ident is kept until the log is closed or opened again.
    unsafe { libc::openlog(p, option, facility) };
    *kept_ident = ident;
    keep(vm, &OPENED, Value::TRUE);
}

fn arguments_error(vm: &mut Vm) -> Raised {
    vm.type_error("syslog.syslog requires 1 to 2 arguments")
}

#[derive::natives]
mod functions {
    use super::*;

    /// Set logging options of subsequent syslog() calls.
    #[native(
        "openlog($module, /, ident=<unrepresentable>, logoption=0,\n        facility=syslog.LOG_USER)"
    )]
    fn openlog(
        vm: &mut Vm,
        _m: Value,
        ident: Option<Value>,
        logoption: Option<i32>,
        facility: Option<i32>,
    ) -> Res<()> {
        let ident = match ident {
            Some(v) => Some(text(vm, v, "openlog() argument 1")?),
            None => None,
        };
        open(
            vm,
            ident,
            logoption.unwrap_or(0),
            facility.unwrap_or(libc::LOG_USER),
        );
        Ok(())
    }
    /// syslog([priority=LOG_INFO,] message)
    /// Send the string message to the system logger.
    #[native("syslog($module, first, second=None, /)", nosig)]
    fn syslog(vm: &mut Vm, _m: Value, first: Value, second: Option<Value>) -> Res<()> {
        let (priority, message) = match second {
            Some(m) if !vm.is_int(first) => {
                let _ = m;
                return Err(arguments_error(vm));
            }
            Some(m) => (vm.index_i32(first)?, m),
            None => (libc::LOG_INFO, first),
        };
        let message = text(vm, message, "syslog() argument 1")?;
        if kept(vm, &OPENED).is_none() {
            open(vm, None, 0, libc::LOG_USER);
        }
        // SAFETY: format and message are C strings.
        vm.without_lock(|| unsafe { libc::syslog(priority, c"%s".as_ptr(), message.as_ptr()) });
        Ok(())
    }
    /// Reset the syslog module values and call the system library closelog().
    #[native("closelog($module, /)")]
    fn closelog(vm: &mut Vm, _m: Value) -> Res<()> {
        if kept(vm, &OPENED).is_some() {
            // SAFETY: no memory is involved.
            unsafe { libc::closelog() };
            *IDENT.lock().unwrap_or_else(|e| e.into_inner()) = None;
            vm.interp()
                .module_state
                .remove(&(&raw const OPENED as usize));
        }
        Ok(())
    }
    /// Set the priority mask to maskpri and return the previous mask value.
    #[native("setlogmask($module, maskpri, /)")]
    fn setlogmask(_: &mut Vm, _m: Value, maskpri: i32) -> Res<i64> {
        // SAFETY: no memory is involved.
        Ok(i64::from(unsafe { libc::setlogmask(maskpri) }))
    }
    /// Calculates and returns the mask for the individual priority pri.
    #[native("LOG_MASK($module, pri, /)")]
    fn log_mask(_: &mut Vm, _m: Value, pri: i32) -> Res<i64> {
        Ok(1i64 << (pri & 31))
    }
    /// Calculates and returns the mask for all priorities up to and including pri.
    #[native("LOG_UPTO($module, pri, /)")]
    fn log_upto(_: &mut Vm, _m: Value, pri: i32) -> Res<i64> {
        Ok((1i64 << ((pri & 31) + 1)) - 1)
    }
}
