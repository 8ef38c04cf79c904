"""Finder and loader of the standard library inside the executable."""

import _frozen_importlib as _bootstrap
import _frozen_importlib_external as _external
import _imp
import sys


class LibraryLoader(_external.SourceFileLoader):
    """Loads modules whose source and bytecode are in the executable."""

    def get_data(self, path):
        data = _imp._library_data(path)
        if data is None:
            raise FileNotFoundError(2, 'No such file or directory', path)
        return data

    def path_stats(self, path):
        return {'mtime': 0, 'size': len(self.get_data(path))}

    def set_data(self, path, data, *, _mode=0o666):
        pass

    def get_code(self, fullname):
        return _imp._library_code(self.path)


class LibraryFinder:
    """Finds modules below one folder of the library."""

    def __init__(self, path):
        self.path = path

    def __repr__(self):
        return f'{type(self).__name__}({self.path!r})'

    def find_spec(self, fullname, target=None):
        base = f"{self.path}/{fullname.rpartition('.')[2]}"
        for location, places in ((base + '/__init__.py', [base]),
                                 (base + '.py', None)):
            if _imp._library_has(location):
                return _external.spec_from_file_location(
                    fullname, location,
                    loader=LibraryLoader(fullname, location),
                    submodule_search_locations=places)
        if _imp._library_list(base) is not None:
            spec = _bootstrap.ModuleSpec(fullname, None, is_package=True)
            spec.submodule_search_locations = [base]
            return spec
        return None

    def invalidate_caches(self):
        pass

    def iter_modules(self, prefix=''):
        """For pkgutil: yields names and whether they are packages."""
        for name in _imp._library_list(self.path) or ():
            if name == '__init__.py':
                continue
            if name.endswith('.py'):
                yield prefix + name[:-3], False
            elif '.' not in name and _imp._library_has(
                    f'{self.path}/{name}/__init__.py'):
                yield prefix + name, True


def path_hook(path):
    if isinstance(path, str) and _imp._library_list(path) is not None:
        return LibraryFinder(path)
    raise ImportError('not in the library', path=path)


def zip_hook(path):
    """As zipimport.zipimporter, but imported when a file is met."""
    if isinstance(path, str) and _external._path_isdir(path):
        raise ImportError('not a Zip file', path=path)
    import zipimport
    return zipimport.zipimporter(path)


def install():
    sys.path_hooks[:0] = [path_hook, zip_hook]
