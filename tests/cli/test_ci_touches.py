"""What a merge would touch, where there is a ledger that knows of plates and prints."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from farmctl.model.digest import digest_of, hexdigits
from tests.cli.test_ci import CUBE, ci, with_golden
from tests.floor.small_farm import commit_all

pytestmark = pytest.mark.slicer

DRAFT = "pla-0.4-draft"


def release(farm: Path, version: str, *lines: str, channel: str = "production") -> None:
    """Release another version of a profile and put it into a channel, as a person may by hand."""
    folder = farm / f"profiles/{DRAFT}"
    keys = {line.partition(" =")[0] for line in lines}
    first = (folder / "1.0.0.ini").read_text().splitlines()
    kept = [line for line in first if line.partition(" =")[0] not in keys]
    text = "".join(f"{line}\n" for line in (*kept, *lines))
    (folder / f"{version}.ini").write_text(text)
    sha256 = hexdigits(digest_of(text.encode()))
    document = (folder / "profile.yaml").read_text()
    entry = f'  {version}: {{sha256: "{sha256}", state: released}}\nchannels:'
    document = document.replace("channels:", entry)
    if channel == "production":
        document = document.replace("version: 1.0.0}", f"version: {version}}}")
    (folder / "profile.yaml").write_text(document)


@pytest.fixture
def farm(ready: Path) -> Path:
    """An order whose plate is sliced and waits, and a golden model for its profile."""
    with_golden(ready, CUBE.replace("pla-0.4-standard", DRAFT))
    commit_all(ready, "golden")
    return ready


def test_a_promotion_names_orders_plans_plates_and_printers(farm: Path) -> None:
    release(farm, "1.1.0", "temperature = 214")
    commit_all(farm, "1.1.0 in production")
    done = ci(farm, "--base", "HEAD~1", "-o", "json")
    body = json.loads(done.out)
    assert body["changes"] == [f"{DRAFT}@1.1.0 comes into production"]
    assert [(each["key"], each["before"], each["after"]) for each in body["settings"]] == [
        ("temperature", "210 °C", "214 °C")
    ]
    touched = body["touched"]
    assert touched["orders"] == ["ord-1"]
    assert touched["plans"] == ["ord-1/box"]
    assert touched["printers"] == ["one", "two"]
    assert len(touched["plates"]) == 1
    assert (touched["printing"], touched["knows_ledger"]) == ([], True)
    (one,) = body["results"]
    assert one["before"]["version"] == "1.0.0"
    assert one["held_against"] == "what was there before"


def test_a_printer_that_prints_with_several_profiles_is_named_once(farm: Path) -> None:
    with_golden(farm, CUBE.replace("profiles: [pla-0.4-standard], ", "materials: [PLA], "))
    body = json.loads(ci(farm, "--base", "HEAD", "-o", "json").out)
    profiles = {each["after"]["profile"] for each in body["results"]}
    assert profiles == {DRAFT, "pla-0.4-standard"}
    assert body["touched"]["printers"] == ["one", "two"]


def test_a_version_in_no_channel_touches_nothing(farm: Path) -> None:
    release(farm, "1.1.0", "temperature = 211", channel="none")
    commit_all(farm, "1.1.0 released")
    done = ci(farm, "--base", "HEAD~1")
    assert done.code == 0, done.out
    assert f"{DRAFT}@1.1.0 is new here" in done.out
    assert "nothing: no order or printer uses what changed" in done.out


def test_the_ledger_hears_nothing_of_it(farm: Path) -> None:
    journal = farm / ".farmctl/journal"
    before = {path.name: path.read_bytes() for path in journal.iterdir()}
    artifacts = sorted((farm / ".farmctl/artifacts").rglob("*"))
    release(farm, "1.1.0", "temperature = 214")
    ci(farm, "--base", "HEAD")
    assert {path.name: path.read_bytes() for path in journal.iterdir()} == before
    assert sorted((farm / ".farmctl/artifacts").rglob("*")) == artifacts
