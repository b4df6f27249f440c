"""How many of the printer presets that come with the slicer can be imported, and slice."""

from __future__ import annotations

import pytest

from .conftest import Workshop
from .vendor_presets import bundles, outcome, printers, refusals

pytestmark = pytest.mark.slicer

ALL = sorted(printers())
RESIN = {name for name, each in refusals().items() if each["code"] == "preset-resin"}
NAMES = [name for _, name in ALL]
SAMPLE = ALL[7 :: len(ALL) // 20][:20]


def check(file: str, name: str, workshop: Workshop) -> None:
    assert outcome(file, name, workshop) == refusals().get(name)


@pytest.mark.parametrize(("file", "name"), SAMPLE, ids=[name for _, name in SAMPLE])
def test_a_sample_of_the_printers_imports_and_slices(
    file: str, name: str, workshop: Workshop
) -> None:
    check(file, name, workshop)


@pytest.mark.parametrize(
    ("file", "name"),
    [each for each in ALL if each[1] in refusals()],
    ids=[name for name in NAMES if name in refusals()],
)
def test_those_that_do_not_are_refused_as_the_list_says(
    file: str, name: str, workshop: Workshop
) -> None:
    check(file, name, workshop)


@pytest.mark.slow
@pytest.mark.parametrize(("file", "name"), ALL, ids=NAMES)
def test_every_printer_imports_and_slices_but_the_listed(
    file: str, name: str, workshop: Workshop
) -> None:
    check(file, name, workshop)


def test_at_least_95_of_100_printers_import() -> None:
    assert len(ALL) == 385
    assert len(bundles()) == 18
    assert len(set(NAMES)) == len(NAMES), "a list by name needs names that differ"
    with_nozzle = len(ALL) - len(RESIN)
    refused = len(refusals()) - len(RESIN)
    assert set(refusals()) <= set(NAMES)
    assert {"Original Prusa SL1", "Original Prusa SL1S SPEED"} == RESIN
    assert (with_nozzle - refused) / with_nozzle >= 0.95
