"""`farmctl sim soak`: what people and programs see of many farms in a box."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from pathlib import Path
from subprocess import PIPE
from typing import Any, cast

import pytest

from farmctl.soak.asked import Seed
from farmctl.soak.faults import FAULTS
from farmctl.soak.invariants import INVARIANTS
from farmctl.soak.kinds import KINDS, Kind
from farmctl.soak.regressions import read_regressions
from farmctl.soak.steps import Step
from tests.floor.small_farm import Typed, type_in
from tests.loop.shell import FARMCTL
from tests.soak.bad_protocols import NaiveRetry

FEW = ("--seeds", "0..3", "--jobs", "1")
LOST = ("request lost", "reply lost", "request late")
WIDTH = 100


def soak(folder: Path, *words: str) -> Typed:
    return type_in(folder, "sim", "soak", *words)


def document(typed: Typed) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(typed.out)
    assert body["schema"] == "farmctl.soak/v1"
    return body


def test_few_seeds_fit_a_terminal_and_tell_all_there_is(tmp_path: Path) -> None:
    typed = soak(tmp_path, *FEW)
    assert [line for line in typed.out.splitlines() if len(line) > WIDTH] == []
    assert typed.out.startswith("3 seeds with faults and 1 quiet days, ")
    for name in (*INVARIANTS, *KINDS, *FAULTS, *Step):
        assert re.search(rf"\b{re.escape(name)}\b", typed.out), name
    assert "4 of 4 played" in typed.err


def test_programs_get_the_same(tmp_path: Path) -> None:
    typed = soak(tmp_path, *FEW, "-o", "json")
    body = document(typed)
    assert (body["storm"]["seeds"], body["quiet"]["seeds"]) == (3, 1)
    assert body["passes"] is (typed.code == 0)
    assert typed.code in (0, 1)
    assert {each["id"] for each in body["invariants"]} == set(INVARIANTS)
    assert sum(each["hits"] for each in body["hits"]) > 0
    assert body["failed"] == []


def test_how_many_play_at_once_makes_no_difference(tmp_path: Path) -> None:
    one, two = (
        document(soak(tmp_path, "--seeds", "1..4", "--jobs", jobs, "-o", "json"))
        for jobs in ("1", "2")
    )
    del one["seconds"], two["seconds"]
    assert one == two


def test_a_trace_is_all_that_happened(tmp_path: Path) -> None:
    typed = soak(tmp_path, "--seeds", "7", "--trace")
    assert typed.code == 0
    assert "controller.started" in typed.out.splitlines()[0]
    assert "order.accepted" in typed.out
    assert re.search(r"^── \d+\.\d s  \S+  .+, at \w+$", typed.out, re.MULTILINE)
    assert soak(tmp_path, "--seeds", "7", "--trace").out == typed.out
    two = soak(tmp_path, "--seeds", "7..9", "--trace")
    assert (two.code, two.err) == (
        2,
        "error: --trace shows one seed\nmend: --seeds 7..8 --trace\n",
    )


@pytest.mark.slow
@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_ends_it_with_what_was_played(tmp_path: Path, times: int) -> None:
    """Twice, as impatient people do it: a pool that is interrupted as it ends may wait for ever."""
    words = [FARMCTL, "-C", tmp_path, "sim", "soak", "--seeds", "0..50", "--jobs", "2"]
    with subprocess.Popen(words, stdout=PIPE, stderr=PIPE, text=True) as playing:
        assert playing.stderr is not None
        first = playing.stderr.readline()
        for _ in range(times):
            playing.send_signal(signal.SIGINT)
        out, err = playing.communicate(timeout=60)
    assert (first, playing.returncode) == ("5 of 55 played\n", 130)
    if times == 1:
        assert re.search(r"^stopped: \d+ of 55 played$", err, re.MULTILINE)
        assert re.match(r"\d+ seeds with faults and \d+ quiet days, ", out)


def test_where_to_keep_is_refused_before_the_play(tmp_path: Path) -> None:
    typed = soak(tmp_path, *FEW, "--keep", str(tmp_path / "no" / "such"))
    folder = tmp_path / "no"
    assert (typed.code, typed.out) == (2, "")
    assert typed.err == f"error: there is no folder {folder}\nmend: mkdir -p {folder}\n"
    typed = soak(tmp_path, *FEW, "--keep", str(tmp_path))
    assert (typed.code, typed.out) == (2, "")
    assert f"{tmp_path} cannot be written: Is a directory" in typed.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--seeds", "a..b"), "`a..b` names no seeds"),
        (("--seeds", "5..5"), "there are no seeds in 5..5"),
        (("--faults", "repply lost"), "did you mean `reply lost`?"),
        (("--kind", "moonracker"), "did you mean `moonraker`?"),
    ],
)
def test_what_cannot_be_meant_is_said(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    typed = soak(tmp_path, *words)
    assert typed.code == 2
    assert said in typed.err


def test_a_seed_that_fails_says_what_plays_it_again_and_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = KINDS["moonraker"]
    naive = Kind(known.build, lambda config: NaiveRetry(known.open_driver(config)), is_real=False)
    monkeypatch.setitem(cast("dict[str, Kind]", KINDS), "moonraker", naive)
    kept = tmp_path / "kept.jsonl"
    typed = soak(
        tmp_path, *FEW, "--kind", "moonraker", "--faults", ",".join(LOST), "--keep", str(kept)
    )
    assert typed.code == 1
    regressions = read_regressions(kept.read_bytes())
    assert regressions
    first = regressions[0]
    assert re.match(r"I(1|11): ", first.why)
    assert first.seed == Seed(first.seed.seed, LOST, ("moonraker",))
    assert f"again: {first.seed.command}\n" in typed.err
    assert f"seed {first.seed.seed} ended:" in typed.err
    assert re.search(r"!! I(1|11) ", typed.err)


def test_five_hundred_seeds_pass(tmp_path: Path) -> None:
    typed = soak(tmp_path, "--seeds", "0..500")
    assert typed.code == 0, typed.err + typed.out


@pytest.mark.slow
def test_two_thousand_seeds_come_to_every_cell(tmp_path: Path) -> None:
    typed = soak(tmp_path, "--seeds", "0..2000")
    assert typed.code == 0, typed.err + typed.out
    assert re.search(r"✓ cells hit less than 20 times +0 ", typed.out)
