"""Put guarantees.json together from what was measured: python -m scripts.guarantees.

What is missing is refused, and named with what measures it; `--without SOURCE` leaves it out.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from farmctl.soak.kinds import KINDS
from scripts.guarantees.document import Driver, Guarantees, Missing, encode, items_of
from scripts.guarantees.figures import FILE, ROOT, Figures, code_digest
from scripts.guarantees.promises import MADE_BY, SOAK, Measured, Soaked, read_file
from scripts.guarantees.suite import RESULTS

GUARANTEES = ROOT / "guarantees.json"


def main(argv: list[str]) -> int:
    """Write guarantees.json; return 1 when something was not measured, or a promise was broken."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--without", action="append", default=[], choices=sorted(MADE_BY))
    without = parser.parse_args(argv).without
    try:
        items = items_of(measured_in(RESULTS, FILE), without)
    except Missing as missing:
        sys.stderr.write(f"error: {missing}\n")
        for source, command in MADE_BY.items():
            sys.stderr.write(f"  {source:<14} {command}\n")
        return 1
    today = datetime.now(UTC).date().isoformat()
    document = Guarantees(commit=commit(), date=today, items=items, drivers=drivers())
    GUARANTEES.write_bytes(encode(document))
    return 1 if any(each.violations for each in items) else 0


def measured_in(results: Path, figures: Path) -> Mapping[str, Measured]:
    """Return what was measured, by source; figures of other code than today's are none."""
    found: dict[str, Measured] = {}
    for source in MADE_BY:
        path = results / f"{source}.json"
        if path.exists():
            found[source] = read_file(path.read_bytes())
    if figures.exists():
        soaked = msgspec.json.decode(figures.read_bytes(), type=Figures)
        if soaked.code == code_digest():
            found[SOAK] = Soaked(soaked)
    return found


def drivers() -> tuple[Driver, ...]:
    """Return what the soak's printers are driven by."""
    return tuple(
        Driver(name, f"farmctl.printers.{name}" if kind.is_real else "a stand-in of farmctl.soak")
        for name, kind in KINDS.items()
    )


def commit() -> str:
    """Return the commit that is checked out."""
    argv = ["git", "rev-parse", "HEAD"]
    said = subprocess.run(argv, cwd=ROOT, check=True, capture_output=True, text=True)
    return said.stdout.strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
