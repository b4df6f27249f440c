"""Run the tests that a guarantee rests on and count their cases: scripts.guarantees.suite NAME.

A test that tries many cases says so with the fixture `record_property("cases", 1_000)`; any other
is one.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

from scripts.guarantees.figures import ROOT

RESULTS = ROOT / ".build" / "guarantees"
SUITES = {
    "damage": (
        "tests/ledger/test_tail_cuts.py",
        "tests/ledger/test_bit_flips.py",
        "tests/ledger/test_copies.py",
        "tests/ledger/test_rewrites.py",
        "tests/ledger/test_clean_restarts.py",
    ),
}


def main(name: str) -> int:
    """Run a suite, write its result file, and return what pytest returned."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    report = RESULTS / f"{name}.xml"
    pytest = (sys.executable, "-m", "pytest", "-n", "2", "-q", f"--junitxml={report}")
    argv = [*pytest, *SUITES[name]]
    code = subprocess.run(argv, cwd=ROOT, check=False).returncode
    cases, violations = counted(report.read_bytes())
    command = f"python -m scripts.guarantees.suite {name}"
    found = {"id": name, "cases": cases, "violations": violations, "command": command}
    (RESULTS / f"{name}.json").write_text(json.dumps(found, indent=1) + "\n")
    return code


def counted(report: bytes) -> tuple[int, int]:
    """Return how many cases a report of pytest counts, and how many tests failed."""
    tests = ET.fromstring(report).iter("testcase")  # noqa: S314 - pytest wrote it
    cases = violations = 0
    for test in tests:
        said = [
            each.get("value", "1") for each in test.iter("property") if each.get("name") == "cases"
        ]
        cases += sum(map(int, said)) if said else 1
        violations += test.find("failure") is not None or test.find("error") is not None
    return cases, violations


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).name))
