"""Each thing that must never happen is seen in the evidence, and a sound farm gives none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.kills.evidence import Evidence, Noted, Start, TakenOff, violations

pytestmark = pytest.mark.pure

BEGAN = datetime(2026, 11, 21, 12, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return BEGAN + timedelta(minutes=minutes)


def fact(seq: int, name: str, minutes: float = 0.0, **data: Any) -> dict[str, Any]:
    return {
        "seq": seq,
        "hash": f"hash-{seq}",
        "recorded": at(minutes).isoformat(),
        "type": f"dev.farmctl.{name}.v1",
        "data": data,
    }


def a_run(number: int, minutes: float) -> list[dict[str, Any]]:
    """The facts of one print, from its decision to its end."""
    run, decision, seq = f"run-{number}", f"dec-{number}", number * 10
    return [
        fact(seq, "policy.decided", minutes, decision=decision, outcome="allow", printer="one"),
        fact(seq + 1, "run.queued", minutes, run=run, decision=decision),
        fact(seq + 2, "run.start_intended", minutes, run=run, file=file(number), printer="one"),
        fact(seq + 3, "run.completed", minutes + 5, run=run),
    ]


def file(number: int) -> str:
    return f"farmctl-5eed-1-{number}-1.gcode"


SOUND = Evidence(
    facts=(*a_run(1, 0), *a_run(2, 20), fact(90, "order.fulfilled", 30, order="ord-1", good=2)),
    starts=(Start("one", 1, at(1), file(1)), Start("one", 2, at(21), file(2))),
    taken_off=(TakenOff("one", 1, at(15)),),
    noted=(Noted(11, "hash-11"), Noted(0, "")),
    told=(("run-1", "completed"),),
    ordered={"ord-1": 2},
    asked=(file(1), file(2)),
)


def without(name: str, run: str | None = None) -> tuple[dict[str, Any], ...]:
    """The facts without those of a type, of one run if one is named."""
    kind = f"dev.farmctl.{name}.v1"
    return tuple(
        each
        for each in SOUND.facts
        if each["type"] != kind or run not in (None, each["data"].get("run"))
    )


def test_a_sound_farm() -> None:
    assert violations(SOUND) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(
            {"asked": (*SOUND.asked, file(2))},
            f"the start of {file(2)} was sent 2 times",
            id="sent",
        ),
        pytest.param(
            {"facts": without("run.start_intended", "run-2")},
            f"{file(2)} began on one without an intent",
            id="no intent",
        ),
        pytest.param(
            {"starts": (replace(SOUND.starts[0], at=at(-1)), SOUND.starts[1])},
            f"{file(1)} began before its intent was written down",
            id="too early",
        ),
        pytest.param(
            {"facts": without("policy.decided")},
            f"{file(1)} began on one without a decision that allows it",
            id="no decision",
        ),
        pytest.param({"taken_off": ()}, f"{file(2)} was started onto a part on one", id="part"),
        pytest.param(
            {"taken_off": (TakenOff("one", 1, at(22)),)},
            f"{file(2)} was started onto a part on one",
            id="part taken off too late",
        ),
        pytest.param(
            {"facts": without("run.completed", "run-2")},
            "run-2 ended 0 times: not at all",
            id="no end",
        ),
        pytest.param(
            {"facts": (*SOUND.facts, fact(91, "run.failed", 31, run="run-1"))},
            "run-1 ended 2 times: completed, failed",
            id="two ends",
        ),
        pytest.param(
            {"facts": (*without("run.completed", "run-1"), fact(91, "run.voided", run="run-1"))},
            "run-1 is called voided, and began",
            id="void",
        ),
        pytest.param(
            {"starts": SOUND.starts[:1]},
            "run-2 is called completed, and never did",
            id="never began",
        ),
        pytest.param(
            {"facts": (*SOUND.facts, fact(91, "run.cancel_intended", 2, run="run-1"))},
            "run-1 was cancelled, and nobody had asked for that",
            id="cancelled",
        ),
        pytest.param(
            {"noted": (Noted(11, "another"),)},
            "event 11 was there, and is not any more",
            id="lost",
        ),
        pytest.param(
            {"told": (("run-9", "completed"),)},
            "run-9 was said to be completed, and the journal does not know",
            id="told",
        ),
        pytest.param(
            {"facts": without("order.fulfilled")},
            "ord-1 wants 2: fulfilled with nothing",
            id="not made",
        ),
        pytest.param(
            {"complaints": ("the ledger is not sound",)}, "the ledger is not sound", id="complaint"
        ),
    ],
)
def test_what_must_never_happen(change: dict[str, Any], said: str) -> None:
    assert said in violations(replace(SOUND, **change))


def test_a_file_that_began_twice() -> None:
    again = Start("one", 3, at(40), file(2))
    seen = replace(SOUND, starts=(*SOUND.starts, again))
    assert f"{file(2)} was started 2 times" in violations(seen)


def test_a_run_that_began_with_two_files() -> None:
    other = fact(91, "run.start_intended", 39, run="run-2", file=file(3), printer="one")
    seen = replace(
        SOUND, facts=(*SOUND.facts, other), starts=(*SOUND.starts, Start("one", 3, at(40), file(3)))
    )
    assert "run-2 was started with 2 files" in violations(seen)


def test_more_prints_than_parts() -> None:
    seen = replace(SOUND, ordered={"ord-1": 1})
    assert "2 prints were completed for 1 parts" in violations(seen)
