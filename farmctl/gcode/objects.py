"""The parts of a plate as objects of the firmware, which can leave one of them out.

PrusaSlicer says in comments where it prints which part (`; printing object P02 id:1 copy 0`).
Klipper acts on commands: `EXCLUDE_OBJECT_DEFINE` names an object, `_START` and `_END` stand around
its moves. So the commands are laid beside the comments, and every other line stays.

An object's name holds the name of the file it is in. A call that comes late, when the next plate
prints, names nothing there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_LABEL = re.compile(rb"^; (stop )?printing object (P\d+) id:\d+ copy \d+\r?\n", re.MULTILINE)
_NO_WORD = re.compile(r"[^A-Z0-9_]")


def object_name(part: str, file: str) -> str:
    """Return the name of a part in a file on a device: `P02_7F3A9C2E_1_17_1`.

    Args:
        part: Its label on the plate, `P02`.
        file: `farmctl-7f3a9c2e-1-17-1.gcode`.
    """
    return f"{part}{_suffix(file)}"


def parts_named(names: Iterable[str], file: str) -> tuple[str, ...]:
    """Return the labels of those objects that are parts of `file`, sorted.

    Args:
        names: In whatever case.
        file: Its name on the device.
    """
    suffix = _suffix(file)
    upper = {each.upper() for each in names}
    return tuple(sorted(each.removesuffix(suffix) for each in upper if each.endswith(suffix)))


def with_objects(gcode: bytes, file: str) -> bytes:
    """Return g-code in which every labelled part is an object of Klipper; as it is without any."""
    suffix = _suffix(file).encode()
    parts = dict.fromkeys(found[2] for found in _LABEL.finditer(gcode))
    defined = b"".join(b"EXCLUDE_OBJECT_DEFINE NAME=%s%s\n" % (each, suffix) for each in parts)

    def beside(found: re.Match[bytes]) -> bytes:
        word = b"END" if found[1] else b"START"
        return b"%sEXCLUDE_OBJECT_%s NAME=%s%s\n" % (found[0], word, found[2], suffix)

    return defined + _LABEL.sub(beside, gcode)


def _suffix(file: str) -> str:
    return f"_{word_of(file)}"


def word_of(file: str) -> str:
    """Return what names a file in a command of Klipper's: `7F3A9C2E_1_17_1`."""
    stem = file.rsplit("/", 1)[-1].upper().removeprefix("FARMCTL-").removesuffix(".GCODE")
    return _NO_WORD.sub("_", stem)
