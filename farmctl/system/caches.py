"""Where what can be made again is kept, in the folder that the user has for such things."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import shutil
import tempfile
from pathlib import Path


def code_cache(package: str) -> str | None:
    """Return a folder for what is compiled from a package: another one when its sources change.

    It lies in `$XDG_CACHE_HOME/farmctl`, or `~/.cache/farmctl`, and is made now. None where it
    cannot be made or written to: then nothing is kept.

    Raises ModuleNotFoundError when there is no such package.
    """
    name = _name(package)
    # There may be no home, and os.access says yes to root on a disk that cannot be written to.
    with contextlib.suppress(OSError, RuntimeError):
        path = cache_folder(name)
        path.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=path).close()
        return str(path)
    return None


def forget(folder: str) -> None:
    """Remove what is kept there, as far as that can be done: it is made again."""
    shutil.rmtree(folder, ignore_errors=True)


def _name(package: str) -> str:
    """Return a name that is another one for each state of the sources of a package."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(package)
    digest = hashlib.sha256()
    for folder in spec.submodule_search_locations:
        for source in sorted(Path(folder).rglob("*.py")):
            digest.update(source.read_bytes())
    return f"{package}-{digest.hexdigest()[:16]}"


def cache_folder(name: str) -> Path:
    """Return a folder of the user's for what can be made again; nothing is made here.

    Raises RuntimeError where the user has no home.
    """
    # A relative path in this variable means nothing (XDG Base Directory Specification).
    asked = os.environ.get("XDG_CACHE_HOME", "")
    caches = Path(asked) if asked.startswith("/") else Path("~/.cache").expanduser()
    return caches / "farmctl" / name
