//! `posix_spawn` and `posix_spawnp`.

use super::args::*;
use super::process::{env_list, exec_args, pointers};
use super::sched::param_arg;
use crate::signal::to_sigset;
use crate::sys::hooks::audit_event;
use runtime::object::*;
use runtime::{Raised, Res, Value, Vm};
use std::ffi::CString;
use std::mem::MaybeUninit;

/// The numbers of POSIX_SPAWN_OPEN and its kin, the module's own.
mod action {
    pub const OPEN: i32 = 0;
    pub const CLOSE: i32 = 1;
    pub const DUP2: i32 = 2;
    pub const CLOSEFROM: i32 = 3;
}

unsafe extern "C" {
    /// The environment of this process.
    static environ: *const *mut libc::c_char;
}

/// An errno that a function of this family returned, as an OSError.
fn worked(vm: &mut Vm, errno: i32) -> Res<()> {
    match errno {
        0 => Ok(()),
        e => Err(vm.os_error(e, &[])),
    }
}

/// What is to be done to the child's descriptors.
struct Actions {
    raw: libc::posix_spawn_file_actions_t,
    /// glibc copies the paths of files to open; others need not.
    paths: Vec<CString>,
}

impl Actions {
    fn new(vm: &mut Vm) -> Res<Actions> {
        let mut raw = MaybeUninit::uninit();
        // SAFETY: initialises the structure, which may be moved (glibc's is plain data).
        let e = unsafe { libc::posix_spawn_file_actions_init(raw.as_mut_ptr()) };
        worked(vm, e)?;
        Ok(Actions {
            // SAFETY: initialised above.
            raw: unsafe { raw.assume_init() },
            paths: Vec::new(),
        })
    }

    /// Adds the actions of a sequence of tuples.
    fn fill(&mut self, vm: &mut Vm, actions: Value) -> Res<()> {
        if vm.special(actions, vm.names.__iter__).is_none()
            && vm.special(actions, vm.names.__getitem__).is_none()
        {
            return Err(vm.type_error("file_actions must be a sequence or None"));
        }
        let items = vm.collect(actions)?;
        for i in 0..items.len() {
            let parts = match items[i].downcast::<TupleObj>() {
                Some(t) if t.len > 0 => vm.collect(items[i])?,
                _ => {
                    let text = "Each file_actions element must be a non-empty tuple";
                    return Err(vm.type_error(text));
                }
            };
            self.add(vm, &parts)?;
        }
        Ok(())
    }

    fn add(&mut self, vm: &mut Vm, parts: &[Value]) -> Res<()> {
        let actions = &raw mut self.raw;
        let e = match (c_int(vm, parts[0])?, parts) {
            (action::OPEN, [_, fd, path, flags, mode]) => {
                let (fd, path) = (c_int(vm, *fd)?, self.path(vm, *path)?);
                let flags = c_int(vm, *flags)?;
                let mode = vm.index(*mode)?;
                // As CPython takes the mode: whatever fits of it.
                let mode = vm.int_to_i64(mode).unwrap_or(0) as libc::mode_t;
                // SAFETY: the structure is initialised, the path terminated.
                unsafe { libc::posix_spawn_file_actions_addopen(actions, fd, path, flags, mode) }
            }
            (action::CLOSE, [_, fd]) => {
                let fd = c_int(vm, *fd)?;
                // SAFETY: the structure is initialised.
                unsafe { libc::posix_spawn_file_actions_addclose(actions, fd) }
            }
            (action::DUP2, [_, from, to]) => {
                let (from, to) = (c_int(vm, *from)?, c_int(vm, *to)?);
                // SAFETY: as above.
                unsafe { libc::posix_spawn_file_actions_adddup2(actions, from, to) }
            }
            (action::CLOSEFROM, [_, from]) => {
                let from = c_int(vm, *from)?;
                // SAFETY: as above.
                unsafe { libc::posix_spawn_file_actions_addclosefrom_np(actions, from) }
            }
            (tag, _) => return Err(refused(vm, tag)),
        };
        worked(vm, e)
    }

    fn path(&mut self, vm: &mut Vm, v: Value) -> Res<*const libc::c_char> {
        let v = vm.fspath(v)?;
        let bytes = vm.fs_encode(v)?;
        let Ok(path) = CString::new(bytes) else {
            return Err(vm.value_error("embedded null byte"));
        };
        let p = path.as_ptr();
        self.paths.push(path);
        Ok(p)
    }
}

/// The TypeError for an action with this tag, whose other elements are not as many as it takes.
fn refused(vm: &mut Vm, tag: i32) -> Raised {
    let (name, n) = match tag {
        action::OPEN => ("open", 5),
        action::CLOSE => ("close", 2),
        action::DUP2 => ("dup2", 3),
        action::CLOSEFROM => ("closefrom", 2),
        _ => return vm.type_error("Unknown file_actions identifier"),
    };
    vm.type_error(&format!(
        "A {name} file_action tuple must have {n} elements"
    ))
}

impl Drop for Actions {
    fn drop(&mut self) {
        // SAFETY: initialised, and not used any more.
        unsafe { libc::posix_spawn_file_actions_destroy(&mut self.raw) };
    }
}

/// The keyword arguments.
struct Options {
    file_actions: Option<Value>,
    setpgroup: Option<Value>,
    resetids: bool,
    setsid: bool,
    setsigmask: Option<Value>,
    setsigdef: Option<Value>,
    scheduler: Option<Value>,
}

/// How the child's process is to be set up.
struct Attributes(libc::posix_spawnattr_t);

impl Attributes {
    fn new(vm: &mut Vm, function: &str, options: &Options) -> Res<Attributes> {
        let mut raw = MaybeUninit::uninit();
        // SAFETY: initialises the structure, which may be moved (glibc's is plain data).
        let e = unsafe { libc::posix_spawnattr_init(raw.as_mut_ptr()) };
        worked(vm, e)?;
        // SAFETY: initialised above.
        let mut a = Attributes(unsafe { raw.assume_init() });
        let flags = a.fill(vm, function, options)?;
        // SAFETY: as above.
        let e = unsafe { libc::posix_spawnattr_setflags(&mut a.0, flags as libc::c_short) };
        worked(vm, e)?;
        Ok(a)
    }

    /// Sets what `function` is asked for; the flags that say what that was.
    fn fill(&mut self, vm: &mut Vm, function: &str, o: &Options) -> Res<i32> {
        let mut flags = 0;
        if let Some(group) = o.setpgroup.filter(|v| !v.is_none()) {
            let group = c_int(vm, group)?;
            // SAFETY: the structure is initialised.
            let e = unsafe { libc::posix_spawnattr_setpgroup(&mut self.0, group) };
            worked(vm, e)?;
            flags |= libc::POSIX_SPAWN_SETPGROUP;
        }
        if o.resetids {
            flags |= libc::POSIX_SPAWN_RESETIDS;
        }
        if o.setsid {
            flags |= i32::from(libc::POSIX_SPAWN_SETSID);
        }
        if let Some(mask) = o.setsigmask {
            let set = to_sigset(vm, mask)?;
            // SAFETY: the structure and the set are initialised.
            let e = unsafe { libc::posix_spawnattr_setsigmask(&mut self.0, &set) };
            worked(vm, e)?;
            flags |= libc::POSIX_SPAWN_SETSIGMASK;
        }
        if let Some(defaults) = o.setsigdef {
            let set = to_sigset(vm, defaults)?;
            // SAFETY: the structure and the set are initialised.
            let e = unsafe { libc::posix_spawnattr_setsigdefault(&mut self.0, &set) };
            worked(vm, e)?;
            flags |= libc::POSIX_SPAWN_SETSIGDEF;
        }
        if let Some(scheduler) = o.scheduler.filter(|v| !v.is_none()) {
            if !scheduler.is_kind(Kind::Tuple) {
                let text = format!("{function}: scheduler must be a tuple or None");
                return Err(vm.type_error(&text));
            }
            flags |= self.set_scheduler(vm, scheduler)?;
        }
        Ok(flags)
    }

    /// Takes (policy or None, parameters).
    fn set_scheduler(&mut self, vm: &mut Vm, scheduler: Value) -> Res<i32> {
        let parts = vm.collect(scheduler)?;
        let &[policy, param] = &parts[..] else {
            return Err(vm.type_error("A scheduler tuple must have two elements"));
        };
        let param = param_arg(vm, param)?;
        let mut flags = libc::POSIX_SPAWN_SETSCHEDPARAM;
        if !policy.is_none() {
            let policy = c_int(vm, policy)?;
            // SAFETY: the structure is initialised.
            let e = unsafe { libc::posix_spawnattr_setschedpolicy(&mut self.0, policy) };
            worked(vm, e)?;
            flags = libc::POSIX_SPAWN_SETSCHEDULER;
        }
        // SAFETY: the structure is initialised; the parameters are a local.
        let e = unsafe { libc::posix_spawnattr_setschedparam(&mut self.0, &param) };
        worked(vm, e)?;
        Ok(flags)
    }
}

impl Drop for Attributes {
    fn drop(&mut self) {
        // SAFETY: initialised, and not used any more.
        unsafe { libc::posix_spawnattr_destroy(&mut self.0) };
    }
}

/// Either function; the second one looks for the program in PATH.
fn spawn(vm: &mut Vm, search: bool, [path, argv, env]: [Value; 3], options: &Options) -> Res<i64> {
    let function = if search {
        "posix_spawnp"
    } else {
        "posix_spawn"
    };
    let p = path_arg(vm, path, function)?;
    let args = exec_args(vm, &format!("{function}: argv"), argv)?;
    let env_strings = if env.is_none() {
        None
    } else {
        let refused = format!("{function}: environment must be a mapping object or None");
        Some(env_list(vm, env, &refused)?)
    };
    let actions = match options.file_actions.filter(|v| !v.is_none()) {
        Some(list) => {
            let mut actions = Actions::new(vm)?;
            actions.fill(vm, list)?;
            Some(actions)
        }
        None => None,
    };
    let attributes = Attributes::new(vm, function, options)?;
    audit_event(vm, "os.posix_spawn", &[path, argv, env])?;
    let args = pointers(&args);
    let env_pointers = env_strings.as_deref().map(pointers);
    let mut pid = 0;
    // SAFETY: terminated strings in terminated lists; without a list the process's environment,
    // which only the thread with the interpreter lock changes; the structures are initialised.
    let e = unsafe {
        let env = match &env_pointers {
            Some(list) => list.as_ptr().cast(),
            None => environ,
        };
        let start = if search {
            libc::posix_spawnp
        } else {
            libc::posix_spawn
        };
        start(
            &mut pid,
            p.path.as_ptr(),
            actions
                .as_ref()
                .map_or(std::ptr::null(), |a| &raw const a.raw),
            &attributes.0,
            args.as_ptr().cast(),
            env,
        )
    };
    if e != 0 {
        return Err(vm.os_error(e, &[p.object]));
    }
    Ok(i64::from(pid))
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// Start a program in a new process and return its id.
    ///
    ///   path
    ///     The program's file.
    ///   argv
    ///     List or tuple of its arguments.
    ///   env
    ///     Mapping of environment variables; None for this process's.
    ///   file_actions
    ///     Tuples that begin with POSIX_SPAWN_OPEN, _CLOSE, _DUP2 or _CLOSEFROM.
    ///   setpgroup
    ///     The process group to join; 0 makes a new one.
    ///   resetids
    ///     Whether the effective ids become the real ones.
    ///   setsid
    ///     Whether a session begins.
    ///   setsigmask
    ///     Signals that are blocked in the new process.
    ///   setsigdef
    ///     Signals that get their default action in it.
    ///   scheduler
    ///     Tuple of the policy, or None, and a sched_param.
    #[native(
        "posix_spawn($module, path, argv, env, /, *, file_actions=(), setpgroup=None, resetids=False, setsid=False, setsigmask=(), setsigdef=(), scheduler=None)"
    )]
    fn posix_spawn(
        vm: &mut Vm,
        module: Value,
        path: Value,
        argv: Value,
        env: Value,
        file_actions: Option<Value>,
        setpgroup: Option<Value>,
        resetids: Option<bool>,
        setsid: Option<bool>,
        setsigmask: Option<Value>,
        setsigdef: Option<Value>,
        scheduler: Option<Value>,
    ) -> Res<i64> {
        crate::io::settle(vm, module, "posix_spawn");
        let options = Options {
            file_actions,
            setpgroup,
            resetids: resetids.unwrap_or(false),
            setsid: setsid.unwrap_or(false),
            setsigmask,
            setsigdef,
            scheduler,
        };
        spawn(vm, false, [path, argv, env], &options)
    }
    /// posix_spawn() of a program that is looked for in the directories of PATH.
    #[native(
        "posix_spawnp($module, path, argv, env, /, *, file_actions=(), setpgroup=None, resetids=False, setsid=False, setsigmask=(), setsigdef=(), scheduler=None)"
    )]
    fn posix_spawnp(
        vm: &mut Vm,
        module: Value,
        path: Value,
        argv: Value,
        env: Value,
        file_actions: Option<Value>,
        setpgroup: Option<Value>,
        resetids: Option<bool>,
        setsid: Option<bool>,
        setsigmask: Option<Value>,
        setsigdef: Option<Value>,
        scheduler: Option<Value>,
    ) -> Res<i64> {
        crate::io::settle(vm, module, "posix_spawnp");
        let options = Options {
            file_actions,
            setpgroup,
            resetids: resetids.unwrap_or(false),
            setsid: setsid.unwrap_or(false),
            setsigmask,
            setsigdef,
            scheduler,
        };
        spawn(vm, true, [path, argv, env], &options)
    }
}
