//! What `-h` and the `--help-*` options print.

/// `--help`, and with the other two `--help-all`.
pub const OPTIONS: &str = "\
usage: tauraro [option] ... [-c cmd | -m mod | file | -] [arg] ...
Options (and corresponding environment variables):
-b     : warn when bytes or bytearray become str, or are compared with str,
         and when bytes are compared with int (-bb: raise errors)
-B     : write no .pyc files on import; also PYTHONDONTWRITEBYTECODE=x
-c cmd : run the program text cmd (ends the options)
-d     : parser debugging; accepted, no effect; also PYTHONDEBUG=x
-E     : ignore the PYTHON* environment variables
-h     : print this text and exit (also -? or --help)
-i     : go on interactively after the program, even when stdin is no
         terminal; also PYTHONINSPECT=x
-I     : isolate the program from its user's environment (-E, -P and -s)
-m mod : run the library module mod as a program (ends the options)
-O     : drop assert statements and code under __debug__; .pyc files get
         .opt-1 in their names; also PYTHONOPTIMIZE=x
-OO    : drop docstrings too; .pyc files get .opt-2 in their names
-P     : put no unsafe path first in sys.path; also PYTHONSAFEPATH
-q     : print no version and copyright when interactive mode starts
-s     : leave the user's site directory out of sys.path;
         also PYTHONNOUSERSITE=x
-S     : start without 'import site'
-u     : leave stdout and stderr unbuffered; also PYTHONUNBUFFERED=x
-v     : tell what is imported (-vv: and what was looked for);
         also PYTHONVERBOSE=x
-V     : print the version and exit (also --version; -VV: in detail)
-W arg : a warning filter, action:message:category:module:lineno;
         also PYTHONWARNINGS=arg
-x     : skip the first line of the script
-X opt : an option of this implementation; see --help-xoptions
--check-hash-based-pycs always|default|never:
         when .pyc files that carry a hash are compared with their source
--dump=bytecode: print the bytecode of the program instead of running it; with :NAME
         behind it only of code with that in its name
--dump=graph, clif or asm: print these of each unit that is compiled; with :NAME
         behind it only of units whose name contains NAME
--debug-perf: report at the end what was compiled, refused and left, and why
--help-env: tell about environment variables and exit
--help-xoptions: tell about -X options and exit
--help-all: all help texts

Arguments:
file   : a script, or a folder or Zip file with a __main__.py
-      : read the program from stdin (the default; interactive on a terminal)
arg ...: become sys.argv[1:]
";

/// `--help-env`.
pub const VARIABLES: &str = "\
Environment variables that change behavior:
PYTHONASYNCIODEBUG: debug mode of asyncio
PYTHON_BASIC_REPL: the plain interactive mode
PYTHONBREAKPOINT: the debugger of breakpoint(); 0 disables it
PYTHON_COLORS   : 1 colours output, 0 does not
PYTHONHASHSEED  : 'random', or a number in [0,4294967295] that makes hashes of
                  str and bytes reproducible
PYTHON_HISTORY  : where the interactive history is kept
PYTHONHOME      : accepted, no effect: the library is inside the executable
PYTHONIOENCODING: encoding[:errors] of stdin, stdout and stderr
PYTHONPATH      : folders, separated by ':', that come first in sys.path
PYTHONSTARTUP   : a file run when interactive mode starts
PYTHONUSERBASE  : site.USER_BASE

These variables have equivalent command-line options (see --help for details):
PYTHON_CPU_COUNT: what os.cpu_count() returns (-X cpu_count)
PYTHONDEBUG     : parser debug mode (-d)
PYTHONDEVMODE   : development mode (-X dev)
PYTHONDONTWRITEBYTECODE: write no .pyc files (-B)
PYTHONFAULTHANDLER: print tracebacks on fatal errors (-X faulthandler)
PYTHONINSPECT   : go on interactively after the program (-i)
PYTHONINTMAXSTRDIGITS: limit of int<->str conversions; 0 means none
                  (-X int_max_str_digits=N)
PYTHONNOUSERSITE: leave out the user's site directory (-s)
PYTHONOPTIMIZE  : optimise (-O)
PYTHONPROFILEIMPORTTIME: tell how long imports take (-X importtime)
PYTHONPYCACHEPREFIX: a folder for all .pyc files (-X pycache_prefix)
PYTHONSAFEPATH  : put no unsafe path first in sys.path (-P)
PYTHONUNBUFFERED: unbuffered stdout and stderr (-u)
PYTHONUTF8      : UTF-8 mode (-X utf8)
PYTHONVERBOSE   : tell what is imported (-v)
PYTHONWARNDEFAULTENCODING: EncodingWarning for 'encoding=None'
                  (-X warn_default_encoding)
PYTHONWARNINGS  : warning filters (-W)
";

/// `--help-xoptions`.
pub const X_OPTIONS: &str = "\
The following implementation-specific options are available:
-X cpu_count=N: what os.cpu_count() returns; 'default' for the true number;
         also PYTHON_CPU_COUNT
-X dev : development mode; also PYTHONDEVMODE
-X faulthandler: print tracebacks on fatal errors; also PYTHONFAULTHANDLER
-X frozen_modules=[on|off]: accepted, no effect
-X importtime[=2]: tell how long imports take; with 2 also imports of loaded
         modules; also PYTHONPROFILEIMPORTTIME
-X int_max_str_digits=N: limit of int<->str conversions; 0 means none;
         also PYTHONINTMAXSTRDIGITS
-X jit=off, on or eager: the compiler (eager: at the first chance)
-X pycache_prefix=PATH: put .pyc files in a tree of their own below PATH;
         also PYTHONPYCACHEPREFIX
-X utf8[=0|1]: UTF-8 mode; also PYTHONUTF8
-X warn_default_encoding: EncodingWarning for 'encoding=None';
         also PYTHONWARNDEFAULTENCODING
";

/// What to print for one of the help options.
pub fn text(option: &str) -> String {
    match option {
        "--help-env" => VARIABLES.to_string(),
        "--help-xoptions" => X_OPTIONS.to_string(),
        "--help-all" => format!("{OPTIONS}\n{VARIABLES}\n{X_OPTIONS}"),
        _ => OPTIONS.to_string(),
    }
}

/// What follows the message about a wrong command line.
pub fn wrong(message: &str) -> String {
    format!(
        "{message}\nusage: tauraro [option] ... [-c cmd | -m mod | file | -] [arg] ...\n\
         Try `tauraro -h' for more information."
    )
}
