from __future__ import annotations

import pytest
from msgspec.structs import replace

from farmctl.model.digest import digest_of
from farmctl.slicing import key as key_module
from farmctl.slicing.key import PlacedPart, label, slice_key

pytestmark = pytest.mark.pure

PART = PlacedPart("P01", digest_of(b"mesh"), 1000, 2000)
SETTINGS = digest_of(b"settings")
SLICER = digest_of(b"slicer")


def test_equal_inputs_have_an_equal_key() -> None:
    again = PlacedPart("P01", digest_of(b"mesh"), 1000, 2000)
    assert slice_key((PART,), SETTINGS, SLICER) == slice_key((again,), SETTINGS, SLICER)


def test_everything_that_the_gcode_depends_on_changes_the_key() -> None:
    keys = {
        slice_key((PART,), SETTINGS, SLICER),
        slice_key((PART,), digest_of(b"other"), SLICER),
        slice_key((PART,), SETTINGS, digest_of(b"other")),
        slice_key((PART, replace(PART, label="P02", x_um=90_000)), SETTINGS, SLICER),
        *(
            slice_key((changed,), SETTINGS, SLICER)
            for changed in (
                replace(PART, label="P02"),
                replace(PART, mesh=digest_of(b"other")),
                replace(PART, x_um=1001),
                replace(PART, y_um=2001),
                replace(PART, rotate_mdeg=(0, 0, 1)),
            )
        ),
    }
    assert len(keys) == 9


def test_a_new_slicing_version_changes_every_key(monkeypatch: pytest.MonkeyPatch) -> None:
    before = slice_key((PART,), SETTINGS, SLICER)
    monkeypatch.setattr(key_module, "SLICING_VERSION", key_module.SLICING_VERSION + 1)
    assert slice_key((PART,), SETTINGS, SLICER) != before


def test_labels_are_positions() -> None:
    assert [label(1), label(12), label(100)] == ["P01", "P12", "P100"]
