"""The whole crash matrix, two processes wide: python -m tests.soak.crash_matrix [KIND…].

Writes what it found where the guarantees are collected.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

from farmctl.soak.crash.matrix import Ending, cases_of, play_case, untouched
from farmctl.soak.kinds import KINDS
from scripts.guarantees.promises import MATRIX
from scripts.guarantees.suite import RESULTS

RESULT = RESULTS / f"{MATRIX}.json"
_COMMAND = "python -m tests.soak.crash_matrix"
_WORKERS = 2


def play_all(kinds: Sequence[str]) -> list[Ending]:
    """Play every cell for these kinds."""
    cases = [case for kind in kinds for case in cases_of(kind, untouched(kind).passed)]
    with ProcessPoolExecutor(_WORKERS) as pool:
        return list(pool.map(play_case, cases, chunksize=8))


def write_result(endings: Sequence[Ending]) -> None:
    """Keep how many cases there were, and how many went wrong."""
    found = {
        "id": MATRIX,
        "cases": len(endings),
        "violations": sum(bool(each.wrong) for each in endings),
        "command": _COMMAND,
    }
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(found, indent=1) + "\n")


def failures(endings: Sequence[Ending]) -> list[str]:
    """Say what went wrong, a line for each case."""
    return [f"{each.case}: {'; '.join(each.wrong)}" for each in endings if each.wrong]


def main(kinds: Sequence[str]) -> int:
    """Play, keep the result when it is of all kinds, and return 1 when something went wrong."""
    endings = play_all(kinds or list(KINDS))
    if not kinds:
        write_result(endings)
    lines = failures(endings)
    sys.stdout.write("\n".join([*lines, f"{len(endings)} cases, {len(lines)} went wrong"]) + "\n")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
