"""`drift`: every machine against what the farm says, and what status, explain and plan make of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.floor.small_farm import commit_all, state_of, turn_until, type_in

pytestmark = pytest.mark.slicer

RULE = "drift:\n  ignore:\n    - {what: nozzle, printer: one, reason: hardened steel}\n"


def items(folder: Path, *words: str) -> dict[tuple[str, str], dict[str, Any]]:
    said = json.loads(type_in(folder, "drift", "-o", "json", *words).out)
    assert said["schema"] == "farmctl.drift/v1"
    return {(each["printer"], each["what"]): each for each in said["items"]}


def test_a_changed_nozzle_is_seen_everywhere_and_ends_with_a_rule(fresh: Path) -> None:
    assert type_in(fresh, "drift", "--exit-code").code == 0
    assert items(fresh)["one", "bed"]["state"] == "in sync"
    type_in(fresh, "clear", "one")
    type_in(fresh, "sim", "fault", "one", "other_nozzle")
    typed = type_in(fresh, "drift", "one", "--exit-code")
    lines = typed.out.splitlines()
    assert typed.code == 10
    assert lines[0].startswith("1 drifted, ")
    assert max(map(len, lines)) <= 100
    assert type_in(fresh, "drift", "-o", "name").out == "one/nozzle\n"
    text = "has a 0.8 mm nozzle, farm.yaml says 0.4 mm"
    turn_until(fresh, lambda state: any(each.sliced for each in state.plates.values()))
    assert f"not one: {text}" in type_in(fresh, "explain", "ord-1").out
    assert text in type_in(fresh, "explain", "one").out
    screen = type_in(fresh, "status").out
    assert "  one  drifted" in screen
    assert "  drift one\n" in screen
    assert state_of(fresh).counts.run == 0
    with (fresh / "farm.yaml").open("a") as file:
        file.write(RULE)
    commit_all(fresh)
    row = items(fresh)["one", "nozzle"]
    assert (row["state"], row["reason"], row["holds"]) == ("ignored", "hardened steel", False)
    turn_until(fresh, lambda state: state.counts.run == 1)
    assert "drifted" not in type_in(fresh, "status").out


def test_the_devices_spool_counts_and_another_was_said(fresh: Path) -> None:
    type_in(fresh, "clear", "one")
    type_in(fresh, "sim", "fault", "one", "other_spool")
    turn_until(fresh, lambda state: any(each.sliced for each in state.plates.values()))
    assert state_of(fresh).counts.run == 0
    screen = type_in(fresh, "status").out
    assert "another spool is in it than was said: has" in screen, screen
    assert "has PLA/orange, PLA/white was said" in type_in(fresh, "explain", "one").out
    assert "has PLA/orange" in type_in(fresh, "explain", "ord-1").out
    done = type_in(fresh, "load", "one", "0=PLA/white")
    assert "you said PLA/white, and what the machine says counts" in done.err
    assert type_in(fresh, "load", "one", "PLA/orange").code == 0
    turn_until(fresh, lambda state: "other-spool" not in kinds(state))
    type_in(fresh, "sim", "fault", "one", "as_declared")
    type_in(fresh, "load", "one", "PLA/white")
    turn_until(fresh, lambda state: state.counts.run == 1)


def kinds(state: Any) -> set[str]:
    return {each.kind for each in state.attentions.values()}


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("{what: nozzle, printer: one}", "`reason` is missing"),
        ("{what: nozzle, printer: onne, reason: x}", "there is no printer `onne`"),
        ("{what: identity, reason: x}", "identity"),
    ],
)
def test_a_rule_names_its_reason_and_a_printer_that_there_is(
    printed: Path, rule: str, said: str
) -> None:
    with (printed / "farm.yaml").open("a") as file:
        file.write(f"drift:\n  ignore:\n    - {rule}\n")
    typed = type_in(printed, "validate")
    assert typed.code == 3
    assert said in typed.out + typed.err
    assert "farm.yaml:" in typed.out + typed.err


def test_a_printer_that_there_is_not(printed: Path) -> None:
    typed = type_in(printed, "drift", "onne")
    assert typed.code == 1
    assert "did you mean" in typed.err
