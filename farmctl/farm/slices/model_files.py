"""Reading the model files that people name: what cannot be read is said before it is tried."""

from __future__ import annotations

from pathlib import Path

from farmctl.errors import UsageError
from farmctl.farmrepo.suggest import close_to
from farmctl.system.disk import Disk

MAX_B = 512 * 1024 * 1024


def read_model(disk: Disk, path: Path) -> bytes:
    """Return a model's bytes. Raises UsageError where there is no such file, or a huge one."""
    place = path.expanduser()
    if place.is_dir():
        raise UsageError(f"{path} is a folder", "name the model in it")
    found = disk.stat(place)
    if found is None:
        raise UsageError(f"there is no file {path}", _near(disk, place))
    if not place.is_file():
        raise UsageError(f"{path} is no file", "name an STL, 3MF or OBJ file")
    if found.size > MAX_B:
        raise UsageError(
            f"{path} has {found.size // 1024**2} MB, {MAX_B // 1024**2} are allowed",
            "export it with a coarser tolerance; 0.01 mm is finer than any nozzle",
        )
    try:
        return disk.read(place)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error


def _near(disk: Disk, path: Path) -> str:
    close = close_to(path.name, disk.list(path.parent))
    return f"did you mean `{path.parent / close}`?" if close else "name an STL, 3MF or OBJ file"
