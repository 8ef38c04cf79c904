"""The build-time variables that sysconfig reports on x86-64 Linux.

Written for Tauraro, which has no Makefile to read them from: the names are those that the library, pip and
setuptools ask for; the places follow the executable's prefix.
"""

import sys

_prefix = sys.base_prefix
_exec_prefix = sys.base_exec_prefix
_lib = _prefix + "/lib/python3.14"

build_time_vars = {
    "ABIFLAGS": "",
    "ABI_THREAD": "",
    "AR": "ar",
    "ARFLAGS": "rcs",
    "BINDIR": _exec_prefix + "/bin",
    "BINLIBDEST": _lib,
    "CC": "cc",
    "CCSHARED": "-fPIC",
    "CFLAGS": "-O2",
    "CONFIGURE_CFLAGS": "",
    "CONFIG_ARGS": "",
    "CXX": "c++",
    "EXE": "",
    "EXT_SUFFIX": ".tauraro-314-x86_64-linux-gnu.so",
    "HAVE_FORK": 1,
    "HAVE_GETRANDOM": 1,
    "HAVE_GETRANDOM_SYSCALL": 1,
    "HAVE_SENDFILE": 1,
    "INCLUDEDIR": _prefix + "/include",
    "INCLUDEPY": _prefix + "/include/python3.14",
    "LDFLAGS": "",
    "LDSHARED": "cc -shared",
    "LDVERSION": "3.14",
    "LIBDEST": _lib,
    "LIBDIR": _prefix + "/lib",
    "LIBRARY": "",
    "LDLIBRARY": "",
    "LINKCC": "cc",
    "MACHDEP": "linux",
    "MULTIARCH": "x86_64-linux-gnu",
    "OPT": "-O2",
    "PLATLIBDIR": "lib",
    "PY_CFLAGS": "-O2",
    "Py_DEBUG": 0,
    "Py_ENABLE_SHARED": 0,
    "Py_GIL_DISABLED": 0,
    "Py_REMOTE_DEBUG": 0,
    "Py_TRACE_REFS": 0,
    "SHELL": "/bin/sh",
    "SHLIB_SUFFIX": ".so",
    "SIZEOF_LONG": 8,
    "SIZEOF_SIZE_T": 8,
    "SIZEOF_TIME_T": 8,
    "SIZEOF_VOID_P": 8,
    "SIZEOF_WCHAR_T": 4,
    "SOABI": "tauraro-314-x86_64-linux-gnu",
    "VERSION": "3.14",
    "WITH_DOC_STRINGS": 1,
    "WITH_DYLD": 0,
    "exec_prefix": _exec_prefix,
    "prefix": _prefix,
    "srcdir": ".",
}
