"""Memory that the loading of a model took for a moment, given back to the system."""

import ctypes
from functools import cache
from typing import Any


def give_back() -> None:
    """
    Return what is free to the system; where the C library cannot (only glibc's can), do nothing.

    Reading weights takes twice their size for a moment. The allocator keeps that for later, and a worker has no later: its
    models are loaded once.
    """
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> Any:  # a C function, or None
    try:
        return getattr(ctypes.CDLL(None), "malloc_trim", None)
    except (OSError, TypeError):  # no C library to be had by that name, as on Windows
        return None
