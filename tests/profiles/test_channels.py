"""Which version may go into which channel, and the one line that says so."""

from __future__ import annotations

from typing import Any

import pytest

from farmctl.errors import FarmctlError, Refused, UsageError
from farmctl.farmrepo.edit import NotEditable, remove_key
from farmctl.model.documents.profile import Profile
from farmctl.profiles.channels import Move, Trial, edited, promotion, refuse_held, rollback
from tests.planning import made

pytestmark = pytest.mark.pure

STATES = {"1.8.0": "retired", "1.8.1": "revoked", "1.8.2": "released", "1.9.0": "released"}
FARM = made.farm(made.row("p-1"), made.row("p-2"), made.row("e-1", "ender-220@1.0.0"))
NOWHERE = Trial()
BOTH = {"production": {"version": "1.8.2"}, "canary": {"version": "1.9.0", "printers": ["p-1"]}}


def profile(**channels: Any) -> Profile:
    versions = {each: {"sha256": "0" * 64, "state": state} for each, state in STATES.items()}
    channels = channels or {"production": {"version": "1.8.2"}}
    return made.profile(versions=versions, channels=channels).document


def promoted(
    version: str, channel: str = "production", trial: Trial = NOWHERE, **channels: Any
) -> Move:
    return promotion(profile(**channels), version, channel, trial, FARM)


def test_a_promotion_names_what_it_replaces() -> None:
    move = promoted("1.9.0")
    assert (move.before, move.after, move.ends_trial) == ("1.8.2", "1.9.0", False)
    assert move.branch == "farmctl/promote-petg-1.9.0"
    assert move.said == "production 1.8.2 → 1.9.0"


def test_a_trial_ends_when_its_version_is_promoted_or_given_up() -> None:
    assert promoted("1.9.0", **BOTH).ends_trial
    after = {"production": {"version": "1.9.0"}, "canary": BOTH["canary"]}
    move = rollback(profile(**after), "1.8.2")
    assert (move.ends_trial, move.branch) == (True, "farmctl/rollback-petg-1.8.2")
    other = {"production": {"version": "1.9.0"}, "canary": {"version": "2.0.0", "plates": 1}}
    assert not rollback(profile(**other), "1.8.2").ends_trial


@pytest.mark.parametrize(
    ("version", "kind", "said"),
    [
        ("1.9", FarmctlError, "petg has no version 1.9"),
        ("1.8.0", Refused, "petg@1.8.0 is retired"),
        ("1.8.1", Refused, "petg@1.8.1 is revoked"),
        ("1.8.2", Refused, "petg@1.8.2 is in production already"),
    ],
)
def test_a_version_that_may_not_be_promoted_is_named(
    version: str, kind: type[FarmctlError], said: str
) -> None:
    with pytest.raises(kind, match=said) as error:
        promoted(version)
    assert error.value.mend


@pytest.mark.parametrize(
    ("trial", "channels", "said"),
    [
        (Trial(), {}, "tried on some printers, or for some plates"),
        (Trial(("p-9",)), {}, "there is no printer `p-9`"),
        (Trial(("p-1", "e-1")), {}, "e-1 is a ender-220: petg is for cube-200"),
        (Trial(("p-1",)), BOTH, "is in canary already"),
        (Trial(plates=1), {"canary": {"version": "1.8.2", "plates": 1}}, "no version of petg is"),
        (Trial(plates=1), {"production": {"version": "1.9.0"}}, "in production already"),
    ],
)
def test_a_trial_that_cannot_be_is_refused(
    trial: Trial, channels: dict[str, Any], said: str
) -> None:
    with pytest.raises(FarmctlError, match=said) as error:
        promoted("1.9.0", "canary", trial, **channels)
    assert error.value.mend


def test_a_trial_on_more_printers_is_another_one() -> None:
    move = promoted("1.9.0", "canary", Trial(("p-1", "p-2", "p-1")), **BOTH)
    assert move.printers == ("p-1", "p-2")


def test_production_takes_no_printers() -> None:
    with pytest.raises(UsageError, match="are for a canary"):
        promoted("1.9.0", trial=Trial(("p-1",)))


def test_a_version_that_somebody_stopped_goes_nowhere() -> None:
    move = promoted("1.9.0")
    with pytest.raises(Refused, match=r"petg@1.9.0 is stopped: strings") as error:
        refuse_held(move, {"petg@1.9.0": "strings (priya)"})
    assert error.value.mend == "farmctl profile start petg@1.9.0"


FLOW = """\
# ours
name: petg   # do not rename
channels: {production: {version: 1.8.2}, canary: {version: 1.9.0, printers: [p-1]}}  # see wiki
"""
BLOCK = """\
channels:
  production:
    version: 1.8.2  # since spring
  # what we try
  canary:
    version: 1.9.0
    printers: [p-1]
notes: end
"""
MOVE = Move("petg", "production", "1.8.2", "1.9.0")


def test_one_line_changes_and_comments_stay() -> None:
    assert edited(FLOW, MOVE) == FLOW.replace("{version: 1.8.2}", "{version: 1.9.0}")
    assert edited(BLOCK, MOVE) == BLOCK.replace("1.8.2  #", "1.9.0  #")


def test_an_ended_trial_leaves_the_file() -> None:
    move = Move("petg", "production", "1.8.2", "1.9.0", ends_trial=True)
    assert "channels: {production: {version: 1.9.0}}  # see wiki\n" in edited(FLOW, move)
    assert edited(BLOCK, move) == (
        "channels:\n  production:\n    version: 1.9.0  # since spring\n  # what we try\nnotes: end\n"
    )


def test_a_trial_is_written_where_there_was_none() -> None:
    move = Move("petg", "canary", None, "1.9.0", ("p-1",), 3)
    text = "name: petg\nchannels: {production: {version: 1.8.2}}\n"
    words = "canary: {version: 1.9.0, printers: [p-1], plates: 3}"
    assert edited(text, move).endswith(f"channels: {{production: {{version: 1.8.2}}, {words}}}\n")
    first = Move("petg", "production", None, "1.0.0")
    assert edited("name: petg\n", first).endswith("channels: {production: {version: 1.0.0}}\n")
    assert edited("channels: {}\n", first) == "channels: {production: {version: 1.0.0}}\n"


def test_a_key_is_taken_out_of_groups_of_both_forms() -> None:
    assert remove_key("a: {b: 1, c: 2}\n", ("a", "b")) == "a: {c: 2}\n"
    assert remove_key("a: {b: 1, c: 2, d: 3}\n", ("a", "c")) == "a: {b: 1, d: 3}\n"
    assert remove_key("a:\n  b: 1\n  c: 2  # x\nd: 3\n", ("a", "c")) == "a:\n  b: 1\nd: 3\n"
    for text, path in (("a: {b: 1}\n", ("a", "b")), ("a: 1\n", ("b",))):
        with pytest.raises(NotEditable):
            remove_key(text, path)
