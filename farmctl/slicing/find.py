"""Where slicers are, on the systems people have them on."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

from msgspec import Struct

from farmctl.system.disk import Disk

_NAMES = ("prusa-slicer", "PrusaSlicer", "prusa-slicer-console")
_FLATPAK = "com.prusa3d.PrusaSlicer"
_IN_HOME = ("Applications", "Apps", "Downloads", ".local/bin", "bin")
_APP_IMAGE = "*prusa*slicer*.appimage"
_MAC = (
    "/Applications/PrusaSlicer.app/Contents/MacOS/PrusaSlicer",
    "/Applications/Original Prusa Drivers/PrusaSlicer.app/Contents/MacOS/PrusaSlicer",
)


class Place(Struct, frozen=True):
    """A file or a pattern of names in a folder, and how a slicer gets there."""

    folder: Path
    pattern: str
    how: str


class Found(Struct, frozen=True):
    """A slicer on this machine: its file and how it was installed."""

    path: Path
    how: str


def places(search_path: str, home: Path) -> tuple[Place, ...]:
    """Return where to look, best first. `search_path` is the shell's PATH."""
    folders = [Path(entry) for entry in search_path.split(":") if entry.startswith("/")]
    flatpaks = (Path("/var/lib/flatpak/exports/bin"), home / ".local/share/flatpak/exports/bin")
    return (
        *(Place(folder, name, "PATH") for folder in folders for name in _NAMES),
        *(Place(home / name, _APP_IMAGE, "AppImage") for name in _IN_HOME),
        Place(Path("/opt"), _APP_IMAGE, "AppImage"),
        *(Place(folder, _FLATPAK, "flatpak") for folder in flatpaks),
        *(Place(Path(path).parent, Path(path).name, "application") for path in _MAC),
    )


def find(search_path: str, home: Path, disk: Disk) -> tuple[Found, ...]:
    """Return the slicers that are there, best first, each once."""
    seen = (found for place in places(search_path, home) for found in _at(place, disk))
    return tuple({found.path: found for found in seen}.values())


def _at(place: Place, disk: Disk) -> Iterator[Found]:
    if "*" not in place.pattern:
        if disk.has(place.folder / place.pattern):
            yield Found(place.folder / place.pattern, place.how)
        return
    for name in disk.list(place.folder):
        if fnmatch(name.lower(), place.pattern):
            yield Found(place.folder / name, place.how)
