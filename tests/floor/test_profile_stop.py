"""`profile stop` and `start`, `retire` and `revoke`: nothing begins, and what runs is named."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from farmctl.ledger.state import State
from tests.floor.small_farm import (
    add_order,
    facts_in,
    git,
    loop_beside,
    phases,
    state_of,
    turn_until,
    type_in,
    wait_until,
)

pytestmark = pytest.mark.slicer

NAME = "pla-0.4-draft"
PIN = f"{NAME}@1.0.0"


def test_a_stop_says_from_when_and_what_goes_on_and_how_to_end_it(printing: Path) -> None:
    done = type_in(printing, "profile", "stop", PIN, "--reason", "strings, call me")
    assert done.code == 0, done.err
    first, last = done.err.splitlines()
    said = r"no new start with 1\.0\.0 from now \(\S+ \d\d:\d\d\)\. "
    assert re.fullmatch(said + "1 still printing goes on: farmctl abort one", first)
    assert last == f"lift it: farmctl profile start {PIN}"
    assert state_of(printing).profile_holds[PIN].reason == "strings, call me"


def test_nothing_starts_with_it_from_the_next_decision_on(ready: Path) -> None:
    done = type_in(ready, "profile", "stop", PIN, "--reason", "strings")
    assert ". None is printing\n" in done.err
    assert f"{PIN} is held by" in type_in(ready, "explain", "ord-1").out
    assert "start" not in type_in(ready, "plan").out
    assert type_in(ready, "profile", "start", PIN).err.startswith("1.0.0 may start again\n")
    turn_until(ready, lambda state: "printing" in phases(state).values())


def test_a_stop_is_the_hold_that_hold_makes(fresh: Path) -> None:
    assert type_in(fresh, "profile", "stop", PIN, "--reason", "x").code == 0
    assert type_in(fresh, "unhold", PIN).code == 0
    assert type_in(fresh, "hold", PIN, "--reason", "x").code == 0
    assert type_in(fresh, "profile", "start", PIN).code == 0
    again = type_in(fresh, "profile", "start", PIN)
    assert (again.code, f"{PIN} is not held" in again.err) == (4, True)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["stop", NAME, "--reason", "x"], 2, f"say which: {NAME}@1.9.0"),
        (["stop", f"{NAME}@9.9.9", "--reason", "x"], 1, "there is no profile version"),
        (["stop", PIN], 2, "--reason TEXT"),
        (["start", NAME], 2, "names no version"),
    ],
)
def test_a_stop_is_of_one_version_that_there_is(
    fresh: Path, words: list[str], code: int, said: str
) -> None:
    done = type_in(fresh, "profile", *words)
    assert (done.code, said in done.err) == (code, True), done.err


def test_what_prints_with_a_retired_version_is_listed_and_goes_on(printing: Path) -> None:
    done = type_in(printing, "profile", "retire", PIN, "-m", "old spools are gone")
    assert done.code == 0, done.err
    commit = git(printing, "rev-parse", "HEAD")
    assert done.err.splitlines() == [
        f"{PIN} is retired (commit {commit[:7]})",
        "1 still printing goes on: farmctl abort one",
    ]
    assert "state: retired" in (printing / f"profiles/{NAME}/profile.yaml").read_text()
    found = type_in(printing, "validate")
    assert found.code == 0, found.out
    assert "no printer class and profile" not in type_in(printing, "explain", "ord-1").out


def test_a_new_order_of_a_retired_version_needs_a_person(fresh: Path) -> None:
    assert type_in(fresh, "profile", "retire", PIN, "-m", "old spools are gone").code == 0
    state = turn_until(fresh, lambda state: bool(state.attentions))
    (need,) = state.attentions.values()
    assert (need.kind, need.about) == ("no-way-to-make", "ord-1/box")
    assert need.evidence == f"generic-250@1.0.0: {PIN} is retired"
    assert "warning" in type_in(fresh, "validate").out


def test_a_version_in_a_channel_is_not_revoked_and_the_way_out_is_named(fresh: Path) -> None:
    before = git(fresh, "rev-parse", "HEAD")
    done = type_in(fresh, "profile", "revoke", PIN, "-m", "strings")
    assert done.code == 4
    assert f"production of {NAME} still points to 1.0.0" in done.err
    assert f"farmctl profile stop {PIN}" in done.err
    assert f"farmctl profile rollback {NAME}" in done.err
    assert git(fresh, "rev-parse", "HEAD") == before


def test_a_version_out_of_every_channel_is_revoked_with_its_reason(fresh: Path) -> None:
    text = (fresh / f"profiles/{NAME}/1.0.0.ini").read_text()
    (fresh / f"profiles/{NAME}/draft.ini").write_text(f"{text}\nwipe = 0\n")
    assert type_in(fresh, "profile", "release", NAME, "--bump", "minor", "-m", "x").code == 0
    pin = f"{NAME}@1.1.0"
    done = type_in(fresh, "profile", "revoke", pin, "-m", "strings")
    assert done.code == 0, done.err
    assert done.err.endswith("nothing prints or waits with it\n")
    changelog = (fresh / f"profiles/{NAME}/CHANGELOG.md").read_text()
    assert re.search(r"## 1\.1\.0 \(.*\)\n\nRevoked \(\d{4}-\d\d-\d\d, .+\): strings\n", changelog)
    again = type_in(fresh, "profile", "retire", pin, "-m", "x")
    assert (again.code, f"{pin} is revoked already" in again.err) == (4, True)
    assert type_in(fresh, "profile", "revoke", f"{NAME}@9.9.9", "-m", "x").code == 1
    assert type_in(fresh, "profile", "revoke", NAME, "-m", "x").code == 2
    assert type_in(fresh, "validate").code == 0


def test_a_version_is_qualified_by_what_was_made_with_it(printed: Path) -> None:
    def shown() -> dict[str, object]:
        done = type_in(printed, "profile", "show", NAME, "-o", "json")
        return dict(json.loads(done.out)["items"][0])

    row = shown()
    assert (row["profile"], row["version"], row["state"]) == (NAME, "1.0.0", "released")
    assert (row["channels"], row["signed_by"], row["signature"]) == (["production"], None, "none")
    assert (row["qualified"], row["good"]) == (True, 3)
    policy = printed / "policies/default.yaml"
    policy.write_text(policy.read_text() + "profiles: {first_articles: 4}\n")
    row = shown()
    assert (row["qualified"], row["qualified_why"]) == (False, "3 of 4 good parts")
    table = type_in(printed, "profile", "show", NAME).out
    assert "1.0.0    released  production  -          no, 3 of 4 good parts" in table


def test_beside_a_running_loop_the_next_decision_knows_of_a_stop(printing: Path) -> None:
    """Its bed gets free, a stopped plate waits first in line, and another profile's is started."""
    add_order(printing, "ord-2")
    with loop_beside(printing):
        wait_until(printing, lambda state: "plate-2" in sliced(state))
        assert type_in(printing, "profile", "stop", PIN, "--reason", "strings").code == 0
        add_order(printing, "ord-3", quality="standard")
        wait_until(printing, lambda state: "plate-3" in sliced(state))
        assert type_in(printing, "abort", "one", "--reason", "strings").code == 0
        assert type_in(printing, "clear", "one", "--failed", "--reason", "adhesion").code == 0
        state = wait_until(printing, lambda state: phases(state).get("run-2") == "printing")
        assert state.runs["run-2"].queued.plate == "plate-3"
        assert type_in(printing, "profile", "start", PIN).code == 0
    stopped = facts_in(printing, "profile.held")[0]["seq"]
    lifted = facts_in(printing, "profile.unheld")[0]["seq"]
    begun = [each for each in facts_in(printing, "run.queued") if stopped < each["seq"] < lifted]
    assert [each["data"]["plate"] for each in begun] == ["plate-3"]


def sliced(state: State) -> list[str]:
    return [name for name, each in state.plates.items() if each.sliced]
