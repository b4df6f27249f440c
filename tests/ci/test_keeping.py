"""What nobody asked for is removed, what somebody uses never, and a folder in use not at all."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from farmctl.artifacts.lineage import Edge, Tool
from farmctl.ci.cluster.parcel import Delivery
from farmctl.ci.keeping import KEEP, in_use, mark_used, tidy
from farmctl.ci.outcome import Failed, Measured
from farmctl.ci.workplace import WRONG_DELIVERY, Workplace
from farmctl.gcode.summary import Summary
from farmctl.slicing.record import SliceRecord
from farmctl.slicing.request import PlateRequest
from farmctl.slicing.slicer import Claims
from farmctl.system.disk import RealDisk
from tests.ci.cases import figures, request

pytestmark = pytest.mark.pure

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
OLD = NOW - KEEP - timedelta(hours=1)
YOUNG = NOW - KEEP + timedelta(hours=1)


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    return Workplace(tmp_path / "ci", RealDisk())


def made(workplace: Workplace, name: str) -> tuple[PlateRequest, Delivery]:
    """A slice as a worker delivers it."""
    plate = request(f"name = {name}")
    mesh = workplace.store.put(f"mesh of {name}".encode())
    raws = (f"gcode of {name}".encode(), f"plate of {name}".encode(), plate.settings)
    gcode, threemf, settings = map(workplace.store.put, raws)
    edges = (Edge(threemf, mesh, Tool("3mf", "1")), Edge(gcode, threemf, Tool("slicer", "1")))
    record = SliceRecord(
        key=plate.key, gcode=gcode, plate=threemf, settings=settings, slicer=plate.slicer,
        checked_for=plate.checked_for, summary=SUMMARY, features={}, claims=Claims(),
        warnings=(), limits=(), edges=edges,
    )  # fmt: skip
    return plate, Delivery(Measured(gcode, figures()), record, raws)


SUMMARY = Summary(1, (), 1, 200, (), 200, None, None, 1, (), None, None, 0)


def kept(workplace: Workplace, name: str, at: datetime) -> PlateRequest:
    """A slice that is kept with its figures and a drawn layer, all last touched then."""
    before = set(files(workplace))
    plate, delivery = made(workplace, name)
    assert workplace.take(plate, delivery) == delivery.outcome
    assert delivery.record is not None
    digits = delivery.record.gcode.removeprefix("sha256:")
    workplace.disk.replace(workplace.folder / "layers" / f"{digits}-200.json", b"[]")
    for path in set(files(workplace)) - before:
        os.utime(path, (at.timestamp(), at.timestamp()))
    return plate


def files(workplace: Workplace) -> list[Path]:
    rooms = ("artifacts", "figures", "layers", "slices")
    return [
        path
        for room in rooms
        for path in sorted((workplace.folder / room).rglob("*"))
        if path.is_file()
    ]


def test_what_nobody_asked_for_goes_with_all_that_belongs_to_it(workplace: Workplace) -> None:
    young = kept(workplace, "young", YOUNG)
    mine = files(workplace)
    old = kept(workplace, "old", OLD)
    assert len(files(workplace)) == 2 * len(mine)
    tidy(workplace, NOW)
    assert files(workplace) == mine
    assert workplace.known(old) is None
    assert workplace.known(young) is not None


def test_what_was_asked_for_again_stays_however_old_its_files_are(workplace: Workplace) -> None:
    old = kept(workplace, "old", OLD)
    mine = files(workplace)
    mark_used(workplace, [old.key, request("never = made").key], datetime.now(UTC))
    tidy(workplace, datetime.now(UTC))
    assert files(workplace) == mine
    assert workplace.known(old) is not None


def test_bytes_that_no_slice_names_stay_a_while(workplace: Workplace) -> None:
    for name, at in (("upload", OLD), ("fresh upload", YOUNG)):
        digest = workplace.store.put(name.encode()).removeprefix("sha256:")
        place = workplace.folder / "artifacts" / digest[:2] / digest[2:]
        os.utime(place, (at.timestamp(), at.timestamp()))
    tidy(workplace, NOW)
    assert [path.read_text() for path in files(workplace)] == ["fresh upload"]


def test_what_a_killed_run_left_behind_and_what_is_damaged_goes(workplace: Workplace) -> None:
    kept(workplace, "young", YOUNG)
    mine = files(workplace)
    (workplace.folder / "slices/.abc.json.17.1.tmp").write_text("{")
    (workplace.folder / "slices/abc.json").write_text("{")
    (workplace.folder / "figures/.abc.json.17.1.tmp").write_text("{")
    tidy(workplace, NOW)
    assert files(workplace) == mine


def test_a_folder_that_somebody_uses_is_left_as_it_is(workplace: Workplace) -> None:
    kept(workplace, "old", OLD)
    mine = files(workplace)
    with in_use(workplace), in_use(workplace):
        tidy(workplace, NOW)
        assert files(workplace) == mine
    tidy(workplace, NOW)
    assert files(workplace) == []


def test_it_is_tidied_once_a_day(workplace: Workplace) -> None:
    now = datetime.now(UTC)
    tidy(workplace, now)
    kept(workplace, "old", now - KEEP - timedelta(hours=1))
    tidy(workplace, now + timedelta(hours=23))
    assert files(workplace) != []
    tidy(workplace, now + timedelta(hours=25))
    assert files(workplace) == []


def test_another_slice_than_was_asked_for_is_not_kept(workplace: Workplace) -> None:
    plate, delivery = made(workplace, "one")
    assert delivery.record is not None
    other, _ = made(workplace, "other")
    wrong = {
        "another plate": (other, delivery),
        "other bytes": (plate, replace(delivery, artifacts=(b"x", *delivery.artifacts[1:]))),
        "bytes missing": (plate, replace(delivery, artifacts=delivery.artifacts[:2])),
        "no record": (plate, replace(delivery, record=None)),
        "another slicer": (
            plate,
            replace(delivery, record=replace(delivery.record, slicer=delivery.record.gcode)),
        ),
    }
    for name, (asked, came) in wrong.items():
        assert workplace.take(asked, came) == WRONG_DELIVERY, name
    assert not (workplace.folder / "slices").exists()
    failed = Failed("slicer-crashed", "it crashed")
    assert workplace.take(plate, Delivery(failed)) == failed
    assert workplace.take(plate, delivery) == delivery.outcome
    assert workplace.known(plate) == delivery.outcome
