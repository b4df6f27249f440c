"""Where the bundles of presets lie that come with a slicer, or that it fetched for a person."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from farmctl.system.disk import Disk

_FLATPAK = "com.prusa3d.PrusaSlicer"
# From the folder that the program is in. A package has `bin` beside `share`, an archive of the
# maker's has `resources`, a Mac's application `Contents/Resources`.
_BESIDE = (
    "../share/PrusaSlicer/profiles",
    "../share/prusa-slicer/profiles",
    "../resources/profiles",
    "resources/profiles",
    "../Resources/profiles",
    f"../../app/{_FLATPAK}/current/active/files/share/PrusaSlicer/profiles",
)
# What the slicer's own wizard installed: all there is where the program is one packed file.
_IN_HOME = (
    ".config/PrusaSlicer/vendor",
    f".var/app/{_FLATPAK}/config/PrusaSlicer/vendor",
    "Library/Application Support/PrusaSlicer/vendor",
)


def vendor_folders(program: Path, home: Path) -> tuple[Path, ...]:
    """Return where the bundles of a slicer may be, best first."""
    return (*dict.fromkeys(_beside(program)), *(home / place for place in _IN_HOME))


def _beside(program: Path) -> Iterator[Path]:
    for folder in (program.parent, program.resolve().parent):
        for place in _BESIDE:
            up = place.count("../")
            top = (folder, *folder.parents)[up] if up < len(folder.parents) + 1 else folder
            yield top / place.removeprefix("../" * up)


def bundle_files(folder: Path, disk: Disk) -> tuple[Path, ...]:
    """Return the bundles in a folder, sorted; nothing when it is not there."""
    try:
        names = disk.list(folder)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return ()
    return tuple(folder / name for name in sorted(names) if name.endswith(".ini"))
