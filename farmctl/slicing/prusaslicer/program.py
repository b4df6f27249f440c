"""PrusaSlicer as a `Slicer`: one command line, a fresh folder, and no trust in exit code 0."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from farmctl.errors import SlicerFailed
from farmctl.gcode.settings import (
    UnreadableGcode,
    embedded_settings,
    estimated_time_ms,
    filament_used_um,
)
from farmctl.slicing import ini
from farmctl.slicing.catalogue import Catalogue, Kind
from farmctl.slicing.limits import Confinement, SliceLimits
from farmctl.slicing.pin import SlicerPin, pin_program
from farmctl.slicing.prusaslicer import endings, messages, values
from farmctl.slicing.prusaslicer.keys import kind_of
from farmctl.slicing.seat import Seat
from farmctl.slicing.slicer import Claims, SliceRequest, SliceResult
from farmctl.system.processes import Finished
from farmctl.system.scratch import fresh_folder

NAME = "prusaslicer"
_PLATE = "plate.3mf"
_SETTINGS = "settings.ini"
_GCODE = "plate.gcode"
_ASK_LIMITS = SliceLimits(wall_s=60.0, cpu_s=60)
_VERSION = re.compile(r"^PrusaSlicer[- ]v?(\d\S*)", re.MULTILINE)
_LABEL = re.compile(rb"^; printing object (.+) id:\d+ copy \d+\r?$", re.MULTILINE)
_HELP_KEY = re.compile(r"^ --([a-z][a-z0-9-]*)", re.MULTILINE)
# `--version` does not exist, and `--loglevel 0` silences all but one line.
_STRICT = ("--loglevel", "0", "--config-compatibility", "disable", "--load", _SETTINGS)
_BOX = b"""
v 90 90 0\nv 110 90 0\nv 110 110 0\nv 90 110 0\nv 90 90 2\nv 110 90 2\nv 110 110 2\nv 90 110 2
f 4 3 2 1\nf 5 6 7 8\nf 1 2 6 5\nf 2 3 7 6\nf 3 4 8 7\nf 4 1 5 8
"""


class _Ended(Struct, frozen=True):
    finished: Finished
    output: bytes
    largest_b: int
    limits: tuple[str, ...]


class PrusaSlicer:
    """The `prusa-slicer` program, version 2.5 or later, without its window."""

    name = NAME

    def __init__(self, seat: Seat, confinement: Confinement | None = None) -> None:
        self._seat = seat
        self._confinement = confinement or Confinement(seat.processes)

    def pin(self) -> SlicerPin:
        """Return which build this is. Raises SlicerFailed when it is missing or no PrusaSlicer."""
        return pin_program(NAME, self._seat, self._version)

    def catalogue(self) -> Catalogue:
        """Ask for every setting that the program knows and writes back into its g-code.

        A setting that is not written back cannot be proven, so it is none of ours.
        """
        saved = self._saved({})
        said = self._run(["--help-fff"], {}, "").finished.stdout
        optional = {key.replace("-", "_") for key in _HELP_KEY.findall(said)} - saved.keys()
        arguments = ["--export-gcode", *_STRICT, "--output", _GCODE, "box.obj"]
        files = {_SETTINGS: ini.write(saved), "box.obj": _BOX}
        sliced = self._checked(self._run(arguments, files, _GCODE), _ASK_LIMITS)
        echoed = _used(sliced.output)
        defaults = {key: value for key, value in saved.items() if key in echoed}
        nullable = frozenset(key for key in optional if key.startswith("filament_"))
        return Catalogue(NAME, self.pin().version, defaults, nullable)

    def normal(self, settings: Mapping[str, str]) -> Mapping[str, str]:
        """Return these settings as PrusaSlicer saves them: old forms of values become new ones.

        What a later version says becomes what this one calls it, where there is such a word; what
        it does not know is left out. Raises SlicerFailed for a value it does not take.
        """
        try:
            saved = self._saved(settings)
        except SlicerFailed:
            earlier = values.as_earlier(settings)
            if earlier == settings:
                raise
            saved = self._saved(earlier)
        return {key: saved[key] for key in sorted(settings) if key in saved}

    def slice(self, request: SliceRequest) -> SliceResult:
        """Make g-code. Raises SlicerFailed with a stable code."""
        _refuse_programs(request.settings)
        files = {_PLATE: request.plate, _SETTINGS: request.settings}
        arguments = ["--export-gcode", *_STRICT, "--dont-arrange", "--output", _GCODE, _PLATE]
        ended = self._run(arguments, files, _GCODE, request.limits)
        self._checked(ended, request.limits)
        gcode = ended.output
        return SliceResult(
            gcode=gcode,
            used=_used(gcode),
            labels=_labels(gcode),
            claims=Claims(estimated_time_ms(gcode), filament_used_um(gcode)),
            warnings=messages.warnings(ended.finished.stdout, ended.finished.stderr),
            limits=ended.limits,
        )

    def same_value(self, one: str, other: str) -> bool:
        """Return whether PrusaSlicer reads the same value from both texts."""
        return values.same(one, other)

    def _saved(self, settings: Mapping[str, str]) -> Mapping[str, str]:
        arguments = [*_STRICT, "--save", "saved.ini"]
        ended = self._run(arguments, {_SETTINGS: ini.write(settings)}, "saved.ini")
        return ini.parse(self._checked(ended, _ASK_LIMITS).output, "saved.ini").values

    def _version(self) -> str:
        said = self._run(["--help"], {}, "").finished.stdout
        found = _VERSION.search(said)
        if found is None:
            raise SlicerFailed(
                f"{self._seat.program} does not say that it is PrusaSlicer",
                "farmctl slicer pin PATH",
                "slicer-unknown",
            )
        return found[1]

    def _checked(self, ended: _Ended, limits: SliceLimits) -> _Ended:
        failure = endings.failure_of(ended.finished, limits, ended.largest_b)
        if failure is None and not ended.output:
            failure = endings.no_output(ended.finished)
        if failure is not None:
            raise failure
        return ended

    def _run(
        self,
        arguments: Sequence[str],
        files: Mapping[str, bytes],
        output: str,
        limits: SliceLimits = _ASK_LIMITS,
    ) -> _Ended:
        with fresh_folder() as folder, self._confinement.fence(limits) as fence:
            for name, raw in files.items():
                self._seat.disk.replace(folder / name, raw, durable=False)
            finished = self._seat.processes.run(
                [*fence.prefix, str(self._seat.program.absolute()), *arguments],
                cwd=folder,
                env=_environment(folder),
                limits=fence.limits,
            )
            sizes = self._sizes(folder)
            whole = self._seat.disk.read(folder / output) if output in sizes else b""
        return _Ended(finished, whole, max(sizes.values(), default=0), fence.names)

    def _sizes(self, folder: Path) -> dict[str, int]:
        stats = {name: self._seat.disk.stat(folder / name) for name in self._seat.disk.list(folder)}
        return {name: stat.size for name, stat in stats.items() if stat is not None}


def _refuse_programs(settings: bytes) -> None:
    """Raise SlicerFailed unless `post_process` is there and empty: only that starts nothing."""
    program = ini.parse(settings, _SETTINGS).values.get("post_process")
    if program is None:
        raise SlicerFailed(
            "the settings do not say that no other program is started (`post_process =`)",
            "give complete settings",
            "settings-incomplete",
        )
    if program:
        raise SlicerFailed(
            "the settings would make the slicer start another program (`post_process`)",
            "remove `post_process` from the profile or class",
            "setting-starts-program",
        )


def _used(gcode: bytes) -> dict[str, str]:
    """Return the settings that the g-code says it was made with, without names and secrets."""
    try:
        said = embedded_settings(gcode)
    except UnreadableGcode as error:
        raise SlicerFailed(
            f"the slicer does not say which settings it used: {error.message}",
            "pin another build of the slicer: farmctl slicer pin PATH",
            "slicer-ignored-config",
        ) from error
    nowhere = (Kind.BOOKKEEPING, Kind.PRIVATE)
    return {key: value for key, value in said.items() if kind_of(key) not in nowhere}


def _labels(gcode: bytes) -> tuple[str, ...]:
    names = dict.fromkeys(_LABEL.findall(gcode))
    return tuple(name.decode("utf-8", "replace") for name in names)


def _environment(folder: Path) -> dict[str, str]:
    """Return all that the program learns of its surroundings: nothing of the person's own."""
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LC_ALL": "C.UTF-8",
        "HOME": str(folder),
        "TMPDIR": str(folder),
    }
