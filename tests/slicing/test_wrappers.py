"""Slicers that do not do what they were asked: small scripts around the real one."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from farmctl.errors import Exit, SlicerFailed
from farmctl.slicing.limits import SliceLimits
from farmctl.slicing.plate import slice_plate
from farmctl.slicing.prusaslicer.program import PrusaSlicer
from farmctl.slicing.record import SliceRecord

from .conftest import Workshop, model, program

pytestmark = pytest.mark.slicer

MIB = 1024**2
AFTER_FIRST_LAYER = "/^;LAYER_CHANGE/"
# Each script gets the arguments of PrusaSlicer and calls the real one as `slicer`.
WRAPPERS = {
    "drops one key": ("slicer && sed -i '/^; fill_angle = /d' plate.gcode", "slicer-dropped-key"),
    "changes one key": (
        "sed -i 's/^fill_angle = .*/fill_angle = 30/' settings.ini; slicer",
        "slicer-changed-key",
    ),
    "ignores the settings": (": > settings.ini; slicer", "slicer-ignored-config"),
    "hides its settings": (
        "slicer && sed -i '/prusaslicer_config/d' plate.gcode",
        "slicer-ignored-config",
    ),
    "loses the settings file": ("rm settings.ini; slicer", "slicer-files"),
    "works in a folder that is gone": ('rm -r "$PWD"; slicer', "slicer-files"),
    "writes nothing": ("exit 0", "slicer-no-output"),
    "writes an empty file": (": > plate.gcode", "slicer-no-output"),
    "writes something else": ("echo G28 > plate.gcode", "slicer-ignored-config"),
    "hangs": ("sleep 600", "slicer-timeout"),
    "thinks for ever": ("while :; do :; done", "slicer-timeout"),
    "fills the disk": ("cat /dev/zero > plate.gcode", "slicer-disk-full"),
    "fills the disk with something else": ("cat /dev/zero > other; exit 1", "slicer-disk-full"),
    "crashes": ("kill -SEGV $$", "slicer-crashed"),
    "is killed": ("kill -KILL $$", "slicer-memory"),
    "refuses": ("echo 'the dog ate it' >&2; exit 3", "slicer-failed"),
    "knows other options": ("slicer --no-such-option", "slicer-too-different"),
    "loses a label": (
        "slicer && sed -i 's/object P01 /object P02 /' plate.gcode",
        "slicer-lost-part",
    ),
    "prints beside the bed": (
        f"slicer && sed -i '{AFTER_FIRST_LAYER}a G1 X400 Y400 E50 F600' plate.gcode",
        "outside-bed",
    ),
    "prints above the frame": (
        f"slicer && sed -i '{AFTER_FIRST_LAYER}a G1 Z300\\nG1 X50 Y50 E50 F600' plate.gcode",
        "above-height",
    ),
    "heats too much": (
        f"slicer && sed -i '{AFTER_FIRST_LAYER}a M104 S400' plate.gcode",
        "nozzle-too-hot",
    ),
    "prints nothing": ("slicer && sed -i '/^G1 .*E/d' plate.gcode", "no-extrusion"),
}
LIMITS = SliceLimits(wall_s=20, cpu_s=2, file_b=16 * MIB)


class Wrapped:
    """Makes slicers out of shell scripts."""

    def __init__(self, folder: Path, open_program: Callable[[Path], PrusaSlicer]) -> None:
        self.folder = folder
        self.open_program = open_program

    def slicer(self, script: str) -> PrusaSlicer:
        path = self.folder / "slicer.sh"
        real = shlex.quote(str(program()))
        path.write_text(
            "#!/bin/sh\n"
            f'if [ "$1" = --help ]; then exec {real} --help; fi\n'
            'ARGS="$*"\n'
            f'slicer() {{ {real} $ARGS "$@"; }}\n'
            f"{script}\n"
        )
        path.chmod(0o755)
        return self.open_program(path)


@pytest.fixture
def wrapped(tmp_path: Path, open_program: Callable[[Path], PrusaSlicer]) -> Wrapped:
    return Wrapped(tmp_path, open_program)


def slice_box(workshop: Workshop, slicer: PrusaSlicer, limits: SliceLimits = LIMITS) -> SliceRecord:
    request = workshop.request([workshop.place(model("box"))], slicer=slicer.pin().digest)
    return slice_plate(request, workshop.bench(slicer, limits))


@pytest.mark.parametrize("name", WRAPPERS)
def test_a_slicer_that_fails_is_named_with_its_reason(
    workshop: Workshop, wrapped: Wrapped, name: str
) -> None:
    script, code = WRAPPERS[name]
    limits = SliceLimits(wall_s=1, file_b=16 * MIB) if name == "hangs" else LIMITS
    with pytest.raises(SlicerFailed) as caught:
        slice_box(workshop, wrapped.slicer(script), limits)
    assert caught.value.code == code
    assert caught.value.exit is Exit.DEVICE
    assert caught.value.message
    assert caught.value.mend
    assert not (workshop.folder / "slices").exists(), "a failure is not remembered as a slice"


def test_a_wrapper_that_only_passes_on_is_fine(workshop: Workshop, wrapped: Wrapped) -> None:
    assert slice_box(workshop, wrapped.slicer("slicer")).warnings == ()


def test_too_little_memory_is_named(workshop: Workshop) -> None:
    request = workshop.request([workshop.place(model("box"))])
    with pytest.raises(SlicerFailed) as caught:
        slice_plate(request, workshop.bench(limits=SliceLimits(memory_b=220 * MIB)))
    assert caught.value.code == "slicer-memory"


def test_warnings_of_the_slicer_are_kept_with_the_slice(
    workshop: Workshop, wrapped: Wrapped
) -> None:
    record = slice_box(workshop, wrapped.slicer("slicer; echo 'print warning: The moon is full'"))
    assert [(each.code, each.text) for each in record.warnings] == [
        ("slicer-warning-other", "The moon is full")
    ]


def test_the_slicer_sees_nothing_of_the_person_and_no_network(
    workshop: Workshop, wrapped: Wrapped, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "hunter2")
    seen = wrapped.folder / "seen"
    script = f'{{ env; echo "ARGS $ARGS"; ls; cat /proc/net/dev; }} > {seen}; slicer'
    record = slice_box(workshop, wrapped.slicer(script))
    text = seen.read_text()
    assert "hunter2" not in text
    assert (
        "ARGS --export-gcode --loglevel 0 --config-compatibility disable --load settings.ini "
        "--dont-arrange --output plate.gcode plate.3mf\nplate.3mf\nsettings.ini\n"
    ) in text
    (home,) = (line for line in text.splitlines() if line.startswith("HOME="))
    assert not Path(home.removeprefix("HOME=")).exists(), "the folder is gone"
    if "no-network" in record.limits:
        assert [
            line.split(":")[0].strip()
            for line in text.splitlines()
            if ": " in line and "|" not in line
        ][-1] == "lo"


def test_what_a_hanging_slicer_started_ends_with_it(workshop: Workshop, wrapped: Wrapped) -> None:
    marker = wrapped.folder / "child"
    with pytest.raises(SlicerFailed):
        slice_box(
            workshop, wrapped.slicer(f"sleep 600 & echo $! > {marker}; wait"), SliceLimits(wall_s=1)
        )
    stat = Path(f"/proc/{marker.read_text().strip()}/stat")
    assert not stat.exists() or stat.read_text().split()[2] == "Z"
