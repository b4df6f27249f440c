"""Every kind of bad model gets its name, and no traceback."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from farmctl.geometry.findings import RULES
from farmctl.geometry.preflight import preflight
from farmctl.geometry.report import Level
from farmctl.testing.bad_models import BAD_MODELS

pytestmark = pytest.mark.pure

MEMORY_MB = 256
SECONDS = 1
TIMES_WIDER = 5


@pytest.mark.parametrize("name", BAD_MODELS)
def test_a_bad_model_is_a_named_finding(name: str) -> None:
    bad = BAD_MODELS[name]
    report = preflight(bad.make(), bad.file_name)
    found = {finding.code: finding for finding in report.findings}
    assert bad.code in found, sorted(found)
    assert report.verdict is bad.verdict
    assert found[bad.code].what
    assert found[bad.code].why


@pytest.mark.parametrize("code", RULES)
def test_every_finding_says_why_it_matters_and_how_to_mend_it(code: str) -> None:
    rule = RULES[code]
    assert rule.why
    assert bool(rule.mend) == (rule.level is not Level.PASS)


def test_what_stops_a_model_is_the_only_thing_said_about_it() -> None:
    report = preflight(b"", "a.stl")
    assert [finding.code for finding in report.findings] == ["empty-file"]
    assert report.mesh is None


_WATCHED = """
import json, sys, time
from pathlib import Path
from farmctl.geometry.preflight import preflight
import trimesh  # part of start-up: only OBJ files need it

seconds = {}
for line in Path("names.json").read_text().splitlines():
    place, name = json.loads(line)
    raw = Path(place).read_bytes()
    start = time.monotonic()
    preflight(raw, name)
    seconds[place] = time.monotonic() - start
status = Path("/proc/self/status").read_text().split()
print(json.dumps({"kb": int(status[status.index("VmHWM:") + 1]), "seconds": seconds}))
"""


def test_all_bad_models_together_stay_within_memory_and_each_within_a_second(
    tmp_path: Path,
) -> None:
    lines = []
    for number, bad in enumerate(BAD_MODELS.values()):
        (tmp_path / str(number)).write_bytes(bad.make())
        lines.append(json.dumps([str(number), bad.file_name]))
    (tmp_path / "names.json").write_text("\n".join(lines))
    ended = subprocess.run(
        [sys.executable, "-c", _WATCHED],
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        timeout=120,
        check=True,
    )
    measured = json.loads(ended.stdout)
    assert measured["kb"] < MEMORY_MB * 1024
    slowest = max(measured["seconds"].values())
    assert slowest < SECONDS * TIMES_WIDER, measured["seconds"]
