"""Compiling with numba, and where what was compiled is kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

import numba
from numba.core import config

from farmctl.system.caches import code_cache, forget

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

FOLDER = code_cache("farmctl.gcode")
"""None where nothing can be kept: then compiling takes some seconds in each process."""

_SETTINGS: dict[str, Any] = vars(config)

# Arrays are lent by Python for the call, so compiled code counts no references to them, which would
# take two thirds of its time; and it makes none: numba refuses to compile what would.
_OPTIONS: dict[str, Any] = {"error_model": "numpy", "_nrt": False}


def inner(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Compile a function as part of those that call it."""
    return cast("Callable[Arguments, Result]", numba.njit(**_OPTIONS)(function))


def outer(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Compile a function that Python calls, and keep the result where there is a place to.

    What is kept may be damaged, or its disk full: then it is compiled for this process alone.
    """
    compiled = inner(function)
    if FOLDER is None:
        return compiled
    folder, loop = FOLDER, _kept(function, FOLDER)

    @wraps(function)
    def call(*arguments: Arguments.args, **named: Arguments.kwargs) -> Result:
        nonlocal loop
        try:
            return loop(*arguments, **named)
        except Exception:  # reading a damaged file comes to anything
            if loop is compiled:
                raise
            loop = compiled
            forget(folder)
        return loop(*arguments, **named)

    return call


def _kept(function: Callable[Arguments, Result], folder: str) -> Callable[Arguments, Result]:
    # numba notices when a function changes, but not when one does that it calls: so the folder is
    # another one for each state of the sources, and no place that numba would choose will do.
    chosen = _SETTINGS["CACHE_DIR"]
    _SETTINGS["CACHE_DIR"] = folder
    try:
        return cast("Callable[Arguments, Result]", numba.njit(**_OPTIONS, cache=True)(function))
    finally:
        _SETTINGS["CACHE_DIR"] = chosen
