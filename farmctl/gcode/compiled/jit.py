"""Compiling with numba, and where what was compiled is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

import numba
from numba.core import config

from farmctl.system.caches import code_cache

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

# numba notices when a function changes, but not when one does that it calls: so the folder is
# another one for each state of the sources. What cannot be kept is compiled again next time.
if not config.CACHE_DIR:  # type: ignore[attr-defined]  # numba - at run time
    config.CACHE_DIR = code_cache("farmctl.gcode")  # type: ignore[attr-defined]  # the same - again


# Arrays are lent by Python for the call, so compiled code counts no references to them, which would
# take two thirds of its time; and it makes none: numba refuses to compile what would.
_OPTIONS: dict[str, Any] = {"error_model": "numpy", "_nrt": False}


def inner(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Compile a function as part of those that call it."""
    return cast("Callable[Arguments, Result]", numba.njit(**_OPTIONS)(function))


def outer(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Compile a function that Python calls, and keep the result where there is a place to."""
    try:
        compiled = numba.njit(**_OPTIONS, cache=True)(function)
    except RuntimeError:
        # No folder can be written to: compiling takes some seconds in each process then.
        compiled = numba.njit(**_OPTIONS)(function)
    return cast("Callable[Arguments, Result]", compiled)
