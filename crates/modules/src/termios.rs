//! `termios`: terminals.

use crate::posix::{c_int, fildes};
use crate::util::{keep, kept};
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::os::check;
use runtime::{Raised, Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "termios",
    doc: "This module provides an interface to the Posix calls for tty I/O control.\n\nFor a complete description of these calls, see the Posix or Unix manual\npages. It is only available for those Unix versions that support Posix\ntermios style tty I/O control (and then only if configured at installation\ntime).\n\nAll functions in this module take a file descriptor fd as their first\nargument. This can be an integer file descriptor, such as returned by\nsys.stdin.fileno(), or a file object, such as sys.stdin itself.",
    functions: &[functions::TABLE],
    init,
};

macro_rules! constants {
    ($($name:ident)*) => { &[$((stringify!($name), libc::$name as i64)),*] };
}

static CONSTANTS: &[(&str, i64)] = constants! {
    B0 B50 B75 B110 B134 B150 B200 B300 B600 B1200 B1800 B2400 B4800 B9600 B19200 B38400 B57600
    B115200 B230400 B460800 B500000 B576000 B921600 B1000000 B1152000 B1500000 B2000000 B2500000
    B3000000 B3500000 B4000000
    CSIZE CSTOPB CREAD PARENB PARODD HUPCL CLOCAL CRTSCTS CS5 CS6 CS7 CS8
    ECHO ECHOE ECHOK ECHONL ECHOCTL ECHOPRT ECHOKE FLUSHO PENDIN ICANON ISIG NOFLSH TOSTOP IEXTEN
    EXTPROC
    BRKINT ICRNL IGNBRK IGNCR IGNPAR INLCR INPCK ISTRIP IXANY IXOFF IXON PARMRK IUCLC IMAXBEL IUTF8
    OPOST OLCUC ONLCR OCRNL ONOCR ONLRET OFILL OFDEL NLDLY CRDLY TABDLY BSDLY VTDLY FFDLY
    NL0 NL1 CR0 CR1 CR2 CR3 TAB0 TAB1 TAB2 TAB3 BS0 BS1 VT0 VT1 FF0 FF1 XTABS
    VINTR VQUIT VERASE VKILL VEOF VEOL VMIN VTIME VSTART VSTOP VSUSP VEOL2 VREPRINT VDISCARD
    VWERASE VLNEXT VSWTC
    TCSANOW TCSADRAIN TCSAFLUSH TCIFLUSH TCOFLUSH TCIOFLUSH TCOOFF TCOON TCIOFF TCION
    FIOCLEX FIONCLEX FIONBIO FIONREAD FIOASYNC TIOCEXCL TIOCNXCL TIOCSCTTY TIOCGPGRP TIOCSPGRP TIOCOUTQ
    TIOCSTI TIOCGWINSZ TIOCSWINSZ TIOCMGET TIOCMBIS TIOCMBIC TIOCMSET TIOCGSOFTCAR TIOCSSOFTCAR
    TIOCINQ TIOCLINUX TIOCCONS TIOCGSERIAL TIOCSERGETLSR TCGETS TCSETS TCSETSW
    TCSETSF TCGETA TCSETA TCSETAW TCSETAF TCSBRK TCXONC TCFLSH TIOCNOTTY TIOCSBRK TIOCCBRK TCSBRKP
    TIOCM_LE TIOCM_DTR TIOCM_RTS TIOCM_ST TIOCM_SR TIOCM_CTS TIOCM_CAR TIOCM_RNG TIOCM_DSR
    TIOCM_CD TIOCM_RI
};

/// Names libc has no constant for.
static OTHERS: &[(&str, i64)] = &[
    ("CBAUD", 0o010017),
    ("CBAUDEX", 0o010000),
    ("CIBAUD", 0o2003600000),
    ("EXTA", 14),
    ("EXTB", 15),
    ("NCCS", libc::NCCS as i64),
    ("NCC", 8),
    ("XCASE", 4),
    ("CEOF", 4),
    ("CEOL", 0),
    ("CERASE", 0o177),
    ("CINTR", 3),
    ("CKILL", 0o25),
    ("CLNEXT", 0o26),
    ("CQUIT", 0o34),
    ("CREPRINT", 0o22),
    ("CSTART", 0o21),
    ("CSTOP", 0o23),
    ("CSUSP", 0o32),
    ("CWERASE", 0o27),
    ("CDSUSP", 0o31),
    ("CEOL2", 0),
    ("CFLUSH", 0o17),
    ("TIOCPKT", 0x5420),
    ("TIOCPKT_DATA", 0),
    ("TIOCPKT_FLUSHREAD", 1),
    ("TIOCPKT_FLUSHWRITE", 2),
    ("TIOCPKT_STOP", 4),
    ("TIOCPKT_START", 8),
    ("TIOCPKT_NOSTOP", 16),
    ("TIOCPKT_DOSTOP", 32),
    ("TIOCGETD", 0x5424),
    ("TIOCSETD", 0x5423),
    ("VSWTCH", libc::VSWTC as i64),
    ("B14400", 14400),
    ("B28800", 28800),
    ("B7200", 7200),
    ("B76800", 0x12c00),
    ("CEOT", 4),
    ("CRPRNT", 18),
    ("IBSHIFT", 16),
    ("IOCSIZE_MASK", 0x3fff0000),
    ("IOCSIZE_SHIFT", 16),
    ("N_MOUSE", 2),
    ("N_PPP", 3),
    ("N_SLIP", 1),
    ("N_STRIP", 4),
    ("N_TTY", 0),
    ("TIOCGICOUNT", 21597),
    ("TIOCGLCKTRMIOS", 21590),
    ("TIOCMIWAIT", 21596),
    ("TIOCSERCONFIG", 21587),
    ("TIOCSERGETMULTI", 21594),
    ("TIOCSERGSTRUCT", 21592),
    ("TIOCSERGWILD", 21588),
    ("TIOCSERSETMULTI", 21595),
    ("TIOCSERSWILD", 21589),
    ("TIOCSER_TEMT", 1),
    ("TIOCSLCKTRMIOS", 21591),
    ("TIOCSSERIAL", 21535),
    ("_POSIX_VDISABLE", 0),
];

static ERROR: u8 = 0;

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    let base = vm.types.exc.Exception;
    let class = crate::binascii::new_exception_class(vm, "termios", "error", base)?;
    keep(vm, &ERROR, class);
    vm.module_set(m, "error", class)?;
    for (name, n) in CONSTANTS.iter().chain(OTHERS) {
        vm.module_set(m, name, Value::int_unchecked(*n))?;
    }
    Ok(())
}

/// `termios.error(errno, text)`.
fn failed(vm: &mut Vm, e: &std::io::Error) -> Raised {
    let errno = e.raw_os_error().unwrap_or(0);
    let text = e.to_string();
    let text = text
        .split(" (os error")
        .next()
        .unwrap_or_default()
        .to_string();
    let class = kept(vm, &ERROR).unwrap_or(vm.types.exc.Exception.value());
    let made = vm
        .new_str(&text)
        .and_then(|text| vm.call_value(class, &[Value::int_unchecked(i64::from(errno)), text]));
    match made {
        Ok(e) => vm.raise_here(e),
        Err(r) => r,
    }
}

/// Calls a function of the system that may block.
fn run(vm: &mut Vm, mut f: impl FnMut() -> libc::c_int) -> Res<()> {
    let r = vm.blocking(|| check(f() as isize))?;
    r.map(|_| ()).map_err(|e| failed(vm, &e))
}

/// The settings of a terminal.
fn settings(vm: &mut Vm, fd: i32) -> Res<libc::termios> {
    // SAFETY: an all-zero termios is valid for writing.
    let mut t: libc::termios = unsafe { std::mem::zeroed() };
    let p = &raw mut t;
    // SAFETY: as above.
    run(vm, || unsafe { libc::tcgetattr(fd, p) })?;
    Ok(t)
}

const BAD_CC: &str = "tcsetattr: elements of attributes must be characters or integers";

/// The control characters of an attribute list.
fn control_chars(vm: &mut Vm, list: Value, t: &mut libc::termios) -> Res<()> {
    let Some(l) = list
        .downcast::<ListObj>()
        .filter(|l| l.len.get() == libc::NCCS)
    else {
        let text = format!(
            "tcsetattr: attributes[6] must be {} element list",
            libc::NCCS
        );
        return Err(vm.type_error(&text));
    };
    for i in 0..libc::NCCS {
        let v = l.get(i).unwrap_or(Value::NONE);
        t.c_cc[i] = match v.downcast::<BytesObj>() {
            Some(_) => match vm.get_buffer(v)?.as_slice() {
                [b] => *b,
                _ => return Err(vm.type_error(BAD_CC)),
            },
            None if vm.is_int(v) => vm.index_i64(v)? as u8,
            None => return Err(vm.type_error(BAD_CC)),
        };
    }
    Ok(())
}

#[derive::natives]
mod functions {
    use super::*;

    /// Get the tty attributes for file descriptor fd.
    ///
    /// Returns a list [iflag, oflag, cflag, lflag, ispeed, ospeed, cc]
    /// where cc is a list of the tty special characters (each a string of
    /// length 1, except the items with indices VMIN and VTIME, which are
    /// integers when these fields are defined).  The interpretation of the
    /// flags and the speeds as well as the indexing in the cc array must be
    /// done using the symbolic constants defined in this module.
    #[native("tcgetattr($module, fd, /)")]
    fn tcgetattr(vm: &mut Vm, _m: Value, fd: Value) -> Res {
        let fd = fildes(vm, fd)?;
        let t = settings(vm, fd)?;
        let mut cc = vm.new_vec();
        for (i, c) in t.c_cc.iter().enumerate() {
            let raw = t.c_lflag & libc::ICANON == 0 && (i == libc::VMIN || i == libc::VTIME);
            let v = if raw {
                Value::int_unchecked(i64::from(*c))
            } else {
                vm.new_bytes(&[*c])?
            };
            cc.push(vm, v)?;
        }
        let cc = vm.list_from_vec(cc)?;
        // SAFETY: the speeds are read from the structure.
        let (i, o) = unsafe { (libc::cfgetispeed(&t), libc::cfgetospeed(&t)) };
        let n = [t.c_iflag, t.c_oflag, t.c_cflag, t.c_lflag, i, o]
            .map(|n| Value::int_unchecked(i64::from(n)));
        vm.new_list(&[n[0], n[1], n[2], n[3], n[4], n[5], cc])
    }
    /// Set the tty attributes for file descriptor fd.
    ///
    /// The attributes to be set are taken from the attributes argument, which
    /// is a list like the one returned by tcgetattr(). The when argument
    /// determines when the attributes are changed: termios.TCSANOW to
    /// change immediately, termios.TCSADRAIN to change after transmitting all
    /// queued output, or termios.TCSAFLUSH to change after transmitting all
    /// queued output and discarding all queued input.
    #[native("tcsetattr($module, fd, when, attributes, /)")]
    fn tcsetattr(vm: &mut Vm, _m: Value, fd: Value, when: i32, attributes: Value) -> Res<()> {
        let fd = fildes(vm, fd)?;
        let Some(l) = attributes
            .downcast::<ListObj>()
            .filter(|l| l.len.get() == 7)
        else {
            return Err(vm.type_error("tcsetattr, arg 3: must be 7 element list"));
        };
        let mut t = settings(vm, fd)?;
        let mut n = [0u32; 6];
        for (i, n) in n.iter_mut().enumerate() {
            let v = l.get(i).unwrap_or(Value::NONE);
            *n = vm.index_i64(v)? as u32;
        }
        (t.c_iflag, t.c_oflag, t.c_cflag, t.c_lflag) = (n[0], n[1], n[2], n[3]);
        let cc = l.get(6).unwrap_or(Value::NONE);
        control_chars(vm, cc, &mut t)?;
        let p = &raw mut t;
        // SAFETY: the structure is a local.
        unsafe {
            run(vm, || libc::cfsetispeed(p, n[4]))?;
            run(vm, || libc::cfsetospeed(p, n[5]))?;
            run(vm, || libc::tcsetattr(fd, when, p))
        }
    }
    /// Send a break on file descriptor fd.
    ///
    /// A zero duration sends a break for 0.25-0.5 seconds; a nonzero duration
    /// has a system dependent meaning.
    #[native("tcsendbreak($module, fd, duration, /)")]
    fn tcsendbreak(vm: &mut Vm, _m: Value, fd: Value, duration: i32) -> Res<()> {
        let fd = fildes(vm, fd)?;
        // SAFETY: no memory is involved.
        run(vm, || unsafe { libc::tcsendbreak(fd, duration) })
    }
    /// Wait until all output written to file descriptor fd has been transmitted.
    #[native("tcdrain($module, fd, /)")]
    fn tcdrain(vm: &mut Vm, _m: Value, fd: Value) -> Res<()> {
        let fd = fildes(vm, fd)?;
        // SAFETY: no memory is involved.
        run(vm, || unsafe { libc::tcdrain(fd) })
    }
    /// Discard queued data on file descriptor fd.
    ///
    /// The queue selector specifies which queue: termios.TCIFLUSH for the input
    /// queue, termios.TCOFLUSH for the output queue, or termios.TCIOFLUSH for
    /// both queues.
    #[native("tcflush($module, fd, queue, /)")]
    fn tcflush(vm: &mut Vm, _m: Value, fd: Value, queue: i32) -> Res<()> {
        let fd = fildes(vm, fd)?;
        // SAFETY: no memory is involved.
        run(vm, || unsafe { libc::tcflush(fd, queue) })
    }
    /// Suspend or resume input or output on file descriptor fd.
    ///
    /// The action argument can be termios.TCOOFF to suspend output,
    /// termios.TCOON to restart output, termios.TCIOFF to suspend input,
    /// or termios.TCION to restart input.
    #[native("tcflow($module, fd, action, /)")]
    fn tcflow(vm: &mut Vm, _m: Value, fd: Value, action: i32) -> Res<()> {
        let fd = fildes(vm, fd)?;
        // SAFETY: no memory is involved.
        run(vm, || unsafe { libc::tcflow(fd, action) })
    }
    /// Get the tty winsize for file descriptor fd.
    ///
    /// Returns a tuple (ws_row, ws_col).
    #[native("tcgetwinsize($module, fd, /)")]
    fn tcgetwinsize(vm: &mut Vm, _m: Value, fd: Value) -> Res {
        let fd = fildes(vm, fd)?;
        let w = window(vm, fd)?;
        let size = [w.ws_row, w.ws_col].map(|n| Value::int_unchecked(i64::from(n)));
        vm.new_tuple(&size)
    }
    /// Set the tty winsize for file descriptor fd.
    ///
    /// The winsize to be set is taken from the winsize argument, which
    /// is a two-item tuple (ws_row, ws_col) like the one returned by
    /// tcgetwinsize().
    #[native("tcsetwinsize($module, fd, winsize, /)")]
    fn tcsetwinsize(vm: &mut Vm, _m: Value, fd: Value, winsize: Value) -> Res<()> {
        let fd = fildes(vm, fd)?;
        let wrong = "tcsetwinsize, arg 2: must be a two-item sequence";
        let items = vm.sequence_fast(winsize, wrong)?;
        if items.len() != 2 {
            return Err(vm.type_error(wrong));
        }
        let (rows, cols) = (c_int(vm, items[0])?, c_int(vm, items[1])?);
        let (Ok(rows), Ok(cols)) = (u16::try_from(rows), u16::try_from(cols)) else {
            return Err(vm.overflow_error("winsize value(s) out of range."));
        };
        let mut w = window(vm, fd)?;
        (w.ws_row, w.ws_col) = (rows, cols);
        let p = &raw const w;
        // SAFETY: the structure is a local.
        run(vm, || unsafe { libc::ioctl(fd, libc::TIOCSWINSZ, p) })
    }
}

/// The window size of a terminal.
fn window(vm: &mut Vm, fd: i32) -> Res<libc::winsize> {
    // SAFETY: an all-zero winsize is valid for writing.
    let mut w: libc::winsize = unsafe { std::mem::zeroed() };
    let p = &raw mut w;
    // SAFETY: as above.
    run(vm, || unsafe { libc::ioctl(fd, libc::TIOCGWINSZ, p) })?;
    Ok(w)
}
