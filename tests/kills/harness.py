"""Kills controllers by the hundred: `python -m tests.kills.harness --virtual 500 --real 50`.

What came of it is said for each farm, and written to `.build/guarantees/kills-virtual.json` and
`kills-real.json`. A farm where anything was violated is kept under `.build/kills`.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from tests.floor.small_farm import ROOT
from tests.kills import real_farm, virtual_farm
from tests.kills.figures import Figures, total

BUILD = ROOT / ".build"
WORK = BUILD / "kills"
KILLS_A_FARM = 50
SIDE_BY_SIDE = 4

_GIT = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
}


def kill_virtual(kills: int, seed: int, side_by_side: int = SIDE_BY_SIDE) -> Iterator[Figures]:
    """Kill so often on virtual farms, several side by side; yield each farm's figures."""
    sliced = virtual_farm.make_sliced(fresh(WORK / "sliced"))
    shares = [min(KILLS_A_FARM, kills - done) for done in range(0, kills, KILLS_A_FARM)]
    numbers = range(seed, seed + len(shares))
    folders = [fresh(WORK / f"virtual-{number}") for number in numbers]
    with ProcessPoolExecutor(side_by_side, mp_context=get_context("spawn")) as pool:
        work = pool.map(virtual_farm.play, [sliced] * len(shares), folders, numbers, shares)
        for folder, figures in zip(folders, work, strict=True):
            tidy(folder, figures)
            yield figures


def kill_real(kills: int, seed: int) -> Iterator[Figures]:
    """Kill so often on a real Klipper and Moonraker: half of it through a rough proxy."""
    for number, rough in enumerate((False, True)):
        share = (kills + number) // 2
        folder = fresh(WORK / f"real-{seed + number}")
        figures = real_farm.play(folder, seed + number, share, rough=rough)
        tidy(folder, figures)
        yield figures


def fresh(folder: Path) -> Path:
    """Return a folder that is not there, below one that is."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    return folder


def tidy(folder: Path, figures: Figures) -> None:
    """Throw a farm away with which nothing is wrong."""
    if not figures.violations:
        shutil.rmtree(folder, ignore_errors=True)


def report(name: str, all_figures: Iterator[Figures], command: str) -> int:
    """Say and write what came of it; return how much was violated."""
    began, found = time.monotonic(), []
    for figures in all_figures:
        found.append(figures)
        say(f"{name}: {figures.line()}")
        for each in figures.violations:
            say(f"  VIOLATED: {each}")
    whole = total(found)
    whole.seconds = time.monotonic() - began
    say(f"{name}: {whole.line()}")
    last = ", ".join(f"{fact} {times}" for fact, times in whole.died_after.most_common())
    say(f"the newest fact at each death: {last}")
    cases, violations = whole.kills + whole.freezes, len(whole.violations)
    found_is = {"id": name, "cases": cases, "violations": violations, "command": command}
    path = BUILD / "guarantees" / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found_is, indent=1) + "\n")
    return violations


def say(line: str) -> None:
    """Say something at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(argv: list[str]) -> int:
    """Kill as often as is asked for; return 1 when anything was violated."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--virtual", type=int, default=0, help="kills on virtual farms")
    parser.add_argument("--real", type=int, default=0, help="kills on a real Klipper and Moonraker")
    parser.add_argument("--seed", type=int, default=1, help="what the first farm's dice start from")
    parser.add_argument("--side-by-side", type=int, default=SIDE_BY_SIDE, help="virtual farms")
    asked = parser.parse_args(argv)
    os.environ.update(_GIT)
    again = "python -m tests.kills.harness --{} {}" + f" --seed {asked.seed}" * (asked.seed != 1)
    violated = 0
    if asked.virtual:
        figures = kill_virtual(asked.virtual, asked.seed, asked.side_by_side)
        violated += report("kills-virtual", figures, again.format("virtual", asked.virtual))
    if asked.real:
        figures = kill_real(asked.real, asked.seed)
        violated += report("kills-real", figures, again.format("real", asked.real))
    return int(violated > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
