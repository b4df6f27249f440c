"""`explain`: the reasons that decisions are taken for, and decisions computed again."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from farmctl.farm.asking.explaining import evaluated, judged
from farmctl.model.events.plans import PolicyDecided
from tests.floor.small_farm import add_order, farm_at, type_in

pytestmark = pytest.mark.slicer


def explained(folder: Path, *words: str) -> list[str]:
    typed = type_in(folder, "explain", *words)
    assert (typed.code, typed.err) == (0, "")
    return typed.out.splitlines()


def decision(folder: Path, gate: str = "dispatch") -> PolicyDecided:
    lines = (folder / ".farmctl/journal/00000001.jsonl").read_text().splitlines()
    names = [json.loads(line)["data"]["decision"] for line in lines if f'"gate":"{gate}"' in line]
    return judged(farm_at(folder), names[-1]).fact


def tampered(folder: Path, name: str, old: bytes, new: bytes) -> None:
    """Change one recorded input of a decision in the journal."""
    path = folder / ".farmctl/journal/00000001.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    for number, line in enumerate(lines):
        if b'"subject":"decision/%s"' % name.encode() in line:
            assert old in line
            lines[number] = line.replace(old, new, 1)
    path.write_bytes(b"".join(lines))


def test_a_decision_is_computed_again_from_its_recorded_inputs(printed: Path) -> None:
    fact = decision(printed)
    lines = explained(printed, fact.decision)
    assert lines[0] == f"{fact.decision}: allow (dispatch: plate sliced → started)"
    assert "  because  nothing in the policy asks for a person" in lines
    assert "  material         PLA" in lines
    assert lines[-1] == "computed again from its recorded inputs: allow, the same"
    assert explained(printed, f"decision/{fact.decision}") == lines


def test_a_tampered_input_changes_the_verdict_shown(printed: Path) -> None:
    fact = decision(printed)
    tampered(printed, fact.decision, b'"preflight":["pass"]', b'"preflight":["fail"]')
    typed = type_in(printed, "explain", fact.decision)
    assert typed.code == 3
    assert "computed again from its recorded inputs: block, NOT what was recorded" in typed.out
    assert "  because  its model fails preflight\n" in typed.out
    assert "the journal was changed: journal/00000001.jsonl:" in typed.out
    said = json.loads(type_in(printed, "explain", fact.decision, "-o", "json").out)
    assert (said["outcome"], said["again"]["outcome"], said["again"]["same"]) == (
        "allow",
        "block",
        False,
    )
    assert "the hash is not that of the event" in said["damage"]


def test_a_tampered_rule_changes_the_verdict_shown(printed: Path) -> None:
    fact = decision(printed)
    tampered(printed, fact.decision, b'"is_automatic":true', b'"is_automatic":false')
    typed = type_in(printed, "explain", fact.decision)
    assert typed.code == 3
    assert "require_approval, NOT what was recorded" in typed.out


def test_a_tampered_outcome_is_shown_beside_what_its_inputs_give(printed: Path) -> None:
    fact = decision(printed)
    tampered(printed, fact.decision, b'"outcome":"allow"', b'"outcome":"block"')
    typed = type_in(printed, "explain", fact.decision)
    assert typed.code == 3
    assert typed.out.startswith(f"{fact.decision}: block ")
    assert "computed again from its recorded inputs: allow, NOT what was recorded" in typed.out


def changed(fact: PolicyDecided, key: str, value: Any) -> PolicyDecided:
    context = {**fact.inputs["context"], key: value}
    return replace(fact, inputs={**fact.inputs, "context": context})


def test_inputs_that_are_none_give_no_answer(printed: Path) -> None:
    fact = decision(printed)
    assert evaluated(fact).is_same
    assert evaluated(changed(fact, "quality", ["fine"])).is_same, "no rule asks about it"
    assert not evaluated(changed(fact, "preflight", ["fail"])).is_same
    damaged = evaluated(changed(fact, "preflight", 7))
    assert damaged.again is None
    assert not damaged.is_same
    older = evaluated(replace(fact, inputs={**fact.inputs, "predicates": 99}))
    assert "version 99 of the predicates" in older.why_not


def test_every_decision_of_a_farm_is_what_its_inputs_give(waiting: Path) -> None:
    text = (waiting / ".farmctl/journal/00000001.jsonl").read_text()
    names = sorted(set(re.findall(r'"subject":"decision/(dec-\d+)"', text)))
    assert len(names) >= 4
    for name in names:
        assert explained(waiting, name)[-1].endswith(", the same")


def test_why_the_farm_is_not_doing_more(waiting: Path) -> None:
    assert explained(waiting) == [
        "plate-1, box ×3 of ord-1: waits for a PLA/white bed",
        "  not one: bed not known to be clear",
        "  not two: has PETG/black",
        "plate-2, box ×1 of ord-2: waits for PLA/red in a generic-250@1.0.0 printer",
        "  not one: has PLA/white",
        "  not two: has PETG/black",
        "needs you: one: never said to be clear",
        "  farmctl clear one",
        "needs you: two PLA/red: has PETG/black, 1 print wants it",
        "  farmctl load two PLA/red",
    ]


def test_why_a_printer_prints_nothing(waiting: Path) -> None:
    lines = explained(waiting, "one")
    assert lines[:6] == [
        "one: generic-250@1.0.0, PLA/white loaded",
        "  seen now: idle",
        "  its bed is not known to be clear: never said to be clear",
        "  nothing starts here now: bed not known to be clear",
        "  does not get box ×3 (plate-1): bed not known to be clear",
        "  does not get box ×1 (plate-2): has PLA/white",
    ]
    assert lines[-1] == "    farmctl clear one"


def test_a_cleared_printer_gets_the_print_next(waiting: Path) -> None:
    assert type_in(waiting, "clear", "one").code == 0
    assert "  gets box ×3 (plate-1) next (farmctl apply, farmctl run)" in explained(waiting, "one")
    assert explained(waiting, "plate-1")[0] == (
        "plate-1, box ×3 of ord-1: starts on one next (farmctl apply, farmctl run)"
    )


def test_a_held_printer_says_who_and_why(waiting: Path) -> None:
    type_in(waiting, "hold", "one", "--reason", "clogged")
    text = "\n".join(explained(waiting, "one"))
    assert re.search(r"nothing starts here now: held by \S+: clogged", text)
    type_in(waiting, "hold", "ord-1", "--reason", "customer")
    assert "  farmctl unhold ord-1" in explained(waiting, "ord-1")
    assert explained(waiting, "plate-1") == [
        "plate-1, box ×3 of ord-1: stopped: ord-1 is held: customer"
    ]
    type_in(waiting, "hold", "--all", "--reason", "holiday")
    assert re.match(r"the farm is held by \S+: holiday", explained(waiting)[0])


def test_how_far_an_order_is(printing: Path) -> None:
    lines = explained(printing, "ord-1")
    assert lines[:2] == [
        "ord-1: open",
        "  ord-1/box: 3 wanted, 0 good, 3 on plates or not judged",
    ]
    assert lines[2].startswith("    build plan @1: approved by policy/default@sha256:")
    assert lines[3].startswith("    run-1  one, box ×3 of ord-1: printing ")
    assert explained(printing, "ord-1/box") == lines[1:]


def test_what_became_of_a_print(printed: Path) -> None:
    type_in(printed, "clear", "one", "--failed", "P02", "--reason", "first_layer")
    lines = explained(printed, "run-1")
    assert re.match(r"run-1  one, box ×3 of ord-1: completed \S+ \(history: completed\)", lines[0])
    assert lines[1].startswith("  allowed by dec-")
    assert "  its parts: 2 good, 1 waits for a word" in lines
    assert explained(printed, "run/run-1") == lines


def test_a_printer_that_went_away_in_mid_print_may_still_print(printing: Path) -> None:
    assert type_in(printing, "sim", "fault", "one", "offline").code == 0
    text = "\n".join(explained(printing, "one"))
    assert "run-1  one, box ×3 of ord-1: printing" in text
    assert "nothing starts here now: printing" in text


def test_an_order_that_nobody_acted_on_yet(printed: Path) -> None:
    add_order(printed, "ord-9")
    assert explained(printed, "ord-9") == [
        "ord-9: committed, and not read by the loop yet: farmctl apply"
    ]


def test_a_name_that_nothing_has(printed: Path) -> None:
    typed = type_in(printed, "explain", "won")
    assert (typed.code, typed.err) == (
        1,
        (
            "error: there is no printer, order, item, print, plate, profile or decision `won`\n"
            "mend: did you mean two, one?\n"
        ),
    )
    typed = type_in(printed, "explain", "dec-77")
    assert typed.code == 1
    assert typed.err.startswith("error: there is no decision `dec-77`\nmend: did you mean dec-")


def test_documents_that_mean_nothing_leave_the_last_valid_revision(printed: Path) -> None:
    from tests.floor.small_farm import commit_all

    before = explained(printed, "one")
    (printed / "farm.yaml").write_text("schema: farm/v1\ntimezone: Europe/Berlin\nname: [\n")
    commit_all(printed)
    assert explained(printed, "one") == before


def test_explanations_for_programs(waiting: Path) -> None:
    said = json.loads(type_in(waiting, "explain", "plate-2", "-o", "json").out)
    assert said["schema"] == "farmctl.explanation/v1"
    assert said["subject"] == "plate-2"
    assert said["lines"][1:] == ["not one: has PLA/white", "not two: has PETG/black"]


def test_a_print_out_of_sight_says_what_ends_that(printing: Path) -> None:
    type_in(printing, "sim", "fault", "one", "offline")
    type_in(printing, "apply", "--yes")
    lines = explained(printing, "one")
    assert "  when the printer answers, its history decides; no timer does" in lines
    looked = "    farmctl resolve run-1 printing   once you looked; or: completed, failed"
    assert lines[-1] == looked, "it was seen printing: it did not never start"
    assert not [line for line in lines if line.strip() == "farmctl explain one"]
    assert len([line for line in lines if "needs you" in line]) == 1
