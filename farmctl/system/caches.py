"""Where what can be made again is kept, in the folder that the user has for such things."""

from __future__ import annotations

import hashlib
import importlib.util
import os
from pathlib import Path


def code_cache(package: str) -> str:
    """Return a folder for what is compiled from a package: another one when its sources change.

    It lies in `$XDG_CACHE_HOME/farmctl`, or `~/.cache/farmctl`; nothing is made here.

    Raises ModuleNotFoundError when there is no such package.
    """
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(package)
    digest = hashlib.sha256()
    for folder in spec.submodule_search_locations:
        for source in sorted(Path(folder).rglob("*.py")):
            digest.update(source.read_bytes())
    return str(cache_folder(f"{package}-{digest.hexdigest()[:16]}"))


def cache_folder(name: str) -> Path:
    """Return a folder of the user's for what can be made again; nothing is made here."""
    # A relative path in this variable means nothing (XDG Base Directory Specification).
    asked = os.environ.get("XDG_CACHE_HOME", "")
    caches = Path(asked) if asked.startswith("/") else Path("~/.cache").expanduser()
    return caches / "farmctl" / name
