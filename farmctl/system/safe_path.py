"""Where the Python processes that are started here look for modules."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

_SAFE = "PYTHONSAFEPATH"


@contextmanager
def installed_modules_only() -> Iterator[None]:
    """While it lasts, Python that is started looks for modules where they are installed.

    By itself it looks in its folder first, for `-m` and `-c`: a farm, which somebody else may have
    put a `joblib/` into (https://docs.python.org/3/using/cmdline.html#envvar-PYTHONSAFEPATH).
    """
    before = os.environ.get(_SAFE)
    os.environ[_SAFE] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_SAFE]
        else:
            os.environ[_SAFE] = before
