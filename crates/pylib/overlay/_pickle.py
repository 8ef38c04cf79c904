"""The names of CPython's accelerator of the pickle module.

There is none here: what is found under these names is pickle's own implementation. They are
looked up when they are asked for, since pickle imports from here before it has defined them.
"""

_OWN = {
    'Pickler': '_Pickler',
    'Unpickler': '_Unpickler',
    'dump': '_dump',
    'dumps': '_dumps',
    'load': '_load',
    'loads': '_loads',
    'PickleError': 'PickleError',
    'PicklingError': 'PicklingError',
    'UnpicklingError': 'UnpicklingError',
}


def __getattr__(name):
    if name in _OWN:
        import pickle
        try:
            return getattr(pickle, _OWN[name])
        except AttributeError:
            pass
    raise AttributeError(f"module '_pickle' has no attribute '{name}'", name=name, obj=None)


def __dir__():
    return sorted({*globals(), *_OWN})


class PickleBuffer:
    """Wrapper for potentially out-of-band buffers"""

    __slots__ = '_view', '__weakref__'

    def __init_subclass__(cls):
        raise TypeError("type 'pickle.PickleBuffer' is not an acceptable base type")

    def __new__(cls, object, /):
        self = super().__new__(cls)
        self._view = memoryview(object)
        return self

    def _buffer(self):
        if self._view is None:
            raise ValueError('operation forbidden on released PickleBuffer object')
        return self._view

    def __buffer__(self, flags, /):
        return memoryview(self._buffer())

    def raw(self):
        """Return a memoryview of the raw memory underlying this buffer.

        Will raise BufferError is the buffer isn't contiguous."""
        view = self._buffer()
        if not view.contiguous:
            raise BufferError('cannot extract raw buffer from non-contiguous buffer')
        if view.ndim != 1 or view.format != 'B':
            if view.f_contiguous and not view.c_contiguous:
                # The bytes in the order they have in memory.
                return memoryview(view.tobytes('F'))
            view = view.cast('B')
        return memoryview(view)

    def release(self):
        """Release the underlying buffer controlled by the PickleBuffer object."""
        if self._view is not None:
            self._view.release()
            self._view = None


PickleBuffer.__module__ = 'pickle'
