"""Python interface for the 'lsprof' profiler.
Compatible with the 'profile' module.
"""

__all__ = ["run", "runctx", "Profile"]

import importlib.machinery
import io

import _lsprof
import profile as _pyprofile


def run(statement, filename=None, sort=-1):
    return _pyprofile._Utils(Profile).run(statement, filename, sort)


def runctx(statement, globals, locals, filename=None, sort=-1):
    return _pyprofile._Utils(Profile).runctx(
        statement, globals, locals, filename, sort)


run.__doc__ = _pyprofile.run.__doc__
runctx.__doc__ = _pyprofile.runctx.__doc__


class Profile(_lsprof.Profiler):
    """Profile(timer=None, timeunit=None, subcalls=True, builtins=True)

    Builds a profiler object using the specified timer function.
    The default timer is a fast built-in one based on real time.
    For custom timer functions returning integers, timeunit can
    be a float specifying a scale (i.e. how long each integer unit
    is, in seconds).
    """

    def print_stats(self, sort=-1):
        import pstats
        keys = sort if isinstance(sort, tuple) else (sort,)
        pstats.Stats(self).strip_dirs().sort_stats(*keys).print_stats()

    def dump_stats(self, file):
        import marshal
        with open(file, 'wb') as out:
            self.create_stats()
            marshal.dump(self.stats, out)

    def create_stats(self):
        self.disable()
        self.snapshot_stats()

    def snapshot_stats(self):
        """Collects the entries by function, in the form that pstats reads."""
        recorded = self.getstats()
        # Callers are found by the object itself, for that is what a call's subentries name.
        self.stats = {}
        callers_of = {}
        for entry in recorded:
            callers = callers_of[id(entry.code)] = {}
            calls, primitive, *times = _figures(entry)
            self.stats[label(entry.code)] = primitive, calls, *times, callers
        for entry in recorded:
            caller = label(entry.code)
            for callee in entry.calls or ():
                callers = callers_of.get(id(callee.code))
                if callers is None:
                    continue
                figures = _figures(callee)
                if caller in callers:
                    figures = tuple(map(sum, zip(figures, callers[caller])))
                callers[caller] = figures

    # One and the same statement, expression or call under the profiler.

    def run(self, cmd):
        import __main__
        namespace = vars(__main__)
        return self.runctx(cmd, namespace, namespace)

    def runctx(self, cmd, globals, locals):
        self.enable()
        try:
            exec(cmd, globals, locals)
        finally:
            self.disable()
        return self

    def runcall(self, func, /, *args, **kw):
        self.enable()
        try:
            return func(*args, **kw)
        finally:
            self.disable()

    def __enter__(self):
        self.enable()
        return self

    def __exit__(self, *exc_info):
        self.disable()


def _figures(entry):
    """All calls, primitive calls, time inside, time with what was called."""
    calls = entry.callcount
    return (calls, calls - entry.reccallcount,
            entry.inlinetime, entry.totaltime)


def label(code):
    """The key of a function in the statistics: file, line, name."""
    if isinstance(code, str):
        # Built-in functions come as text.
        return '~', 0, code
    return code.co_filename, code.co_firstlineno, code.co_name


def _options():
    from optparse import OptionParser
    import pstats

    parser = OptionParser(
        usage="cProfile.py [-o output_file_path] [-s sort] "
              "[-m module | scriptfile] [arg] ...")
    parser.allow_interspersed_args = False
    parser.add_option('-o', '--outfile', dest="outfile", default=None,
                      help="Save stats to <outfile>")
    parser.add_option('-s', '--sort', dest="sort", default=2,
                      choices=sorted(pstats.Stats.sort_arg_dict_default),
                      help="Sort order when printing to stdout, "
                           "based on pstats.Stats class")
    parser.add_option('-m', dest="module", action="store_true", default=False,
                      help="Profile a library module")
    return parser


def _script(path):
    """The code of a script and the namespace it runs in."""
    spec = importlib.machinery.ModuleSpec(
        name='__main__', loader=None, origin=path)
    module = importlib.util.module_from_spec(spec)
    with io.open_code(path) as f:
        code = compile(f.read(), path, 'exec')
    namespace = vars(module)
    # As in a script that is run directly, there is no __spec__.
    namespace.update(__spec__=None, __file__=path, __name__='__main__',
                     __package__=None, __cached__=None)
    return module, code, namespace


def main():
    import os
    import runpy
    import sys

    parser = _options()
    if not sys.argv[1:]:
        parser.print_usage()
        sys.exit(2)
    options, args = parser.parse_args()
    sys.argv[:] = args
    # The profiled program may change its working directory.
    if options.outfile is not None:
        options.outfile = os.path.abspath(options.outfile)
    if not args:
        parser.print_usage()
        return parser

    if options.module:
        code = "run_module(modname, run_name='__main__')"
        namespace = {'run_module': runpy.run_module, 'modname': args[0]}
    else:
        sys.path.insert(0, os.path.dirname(args[0]))
        module, code, namespace = _script(args[0])
        # Pickling finds what the script defines in __main__.
        sys.modules['__main__'] = module
    try:
        runctx(code, namespace, None, options.outfile, options.sort)
    except BrokenPipeError as exc:
        # Nobody reads on; nothing is to be flushed when Python ends.
        sys.stdout = None
        sys.exit(exc.errno)
    return parser


if __name__ == '__main__':
    main()
