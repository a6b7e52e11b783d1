"""Compiles a function on its first call and keeps the machine code for the next process."""

import hashlib
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core import config

Compiled = TypeVar("Compiled", bound=Callable[..., Any])

_FOLDER = Path(__file__).parent
_OPTIONS: dict[str, Any] = {
    "cache": True,
    "nogil": True,
    "error_model": "numpy",
    "fastmath": False,
    # Counting references to arrays took half of the time. Kernels own no memory: callers hold it.
    "_nrt": False,
}
# numba keeps its settings as module attributes that type checkers do not see.
_CACHE_DIR = "CACHE_DIR"


def kernel(function: Compiled) -> Compiled:
    """The function in machine code; it lets other threads run and never reorders floating point.

    An index with a sign costs a look whether it counts from the end; hot loops take those without.
    What a kernel reads of this folder's modules is frozen into it; what comes from a data file
    must be an argument, and so must every array: a kernel makes none.
    """
    return _compiled(function, _OPTIONS)


def inlined(function: Compiled) -> Compiled:
    """A kernel that is copied into its callers: a call passes each field of a tuple by itself.

    For what takes tuples of arrays and is called for every text, where that took a third of the time.
    """
    return _compiled(function, {**_OPTIONS, "forceinline": True})


def _compiled(function: Compiled, options: dict[str, Any]) -> Compiled:
    before = getattr(config, _CACHE_DIR)
    setattr(config, _CACHE_DIR, str(_kept_in()))
    try:
        compiled = numba.njit(**options)(function)
    finally:
        setattr(config, _CACHE_DIR, before)
    return cast("Compiled", compiled)


@cache
def _kept_in() -> Path:
    """A folder for this version of the code: numba would not notice a change in another file."""
    digest = hashlib.sha256()
    for path in sorted(_FOLDER.glob("*.py")):
        digest.update(path.name.encode() + path.read_bytes())
    beside = _FOLDER if os.access(_FOLDER, os.W_OK) else Path.home() / ".cache" / "ccr"
    return beside / "__pycache__" / f"kernels-{digest.hexdigest()[:12]}"
