"""`doctor` on a real Moonraker that would do things by itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.floor.small_farm import commit_all, make_farm, type_in
from tests.servers.klipper import KlipperStack

pytestmark = pytest.mark.server

CARELESS = """[job_queue]
load_on_startup: True
automatic_transition: True
[file_manager]
enable_object_processing: True
"""
PRINTER = """\
    driver: moonraker
    url: {url}
    nozzle_mm: 0.6
"""


@pytest.fixture(scope="module")
def careless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KlipperStack]:
    with KlipperStack(tmp_path_factory.mktemp("careless"), conf=CARELESS) as stack:
        yield stack


def farm_with(folder: Path, url: str) -> Path:
    make_farm(folder)
    text = (folder / "farm.yaml").read_text()
    text = text.replace("    driver: virtual\n    speedup: 600\n", PRINTER.format(url=url), 1)
    (folder / "farm.yaml").write_text(text)
    commit_all(folder)
    return folder


def test_what_can_start_prints_by_itself_or_rewrites_uploads_is_refused(
    careless: KlipperStack, tmp_path: Path
) -> None:
    folder = farm_with(tmp_path / "farm", careless.url)
    typed = type_in(folder, "doctor", "-o", "json")
    found = [each for each in json.loads(typed.out)["items"] if each["subject"] == "one"]
    assert typed.code == 1
    refused = [each["mend"] for each in found if each["level"] == "fail"]
    for option in ("load_on_startup", "automatic_transition", "enable_object_processing"):
        assert any(f"set `{option}: False`" in mend for mend in refused), option
    assert "no identity is pinned" in " ".join(each["message"] for each in found)
    assert any(each["message"].startswith("answers: ready") for each in found)


def test_a_port_where_nobody_answers(careless: KlipperStack, tmp_path: Path) -> None:
    folder = farm_with(tmp_path / "farm", "http://127.0.0.1:9")
    typed = type_in(folder, "doctor", "-o", "json")
    (row,) = [each for each in json.loads(typed.out)["items"] if each["subject"] == "one"]
    assert (typed.code, row["level"]) == (1, "fail")
    assert row["message"].startswith("does not answer")
    assert row["mend"] == "is it on, is http://127.0.0.1:9 right?"
