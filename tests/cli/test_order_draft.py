"""`order add --profile NAME@draft`: a draft is printed, by a virtual printer or a named one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from farmctl.testing.parts import PARTS
from tests.floor.small_farm import Typed, commit_all, git, type_in

pytestmark = pytest.mark.slicer

PLA = "pla-0.4-draft"
PIN = f"{PLA}@draft"


@pytest.fixture
def farm(fresh: Path) -> Path:
    """A farm without orders; `one` has PLA, `two` PETG, and `three` is no virtual printer."""
    (fresh / "orders/ord-1.yaml").unlink()
    text = (fresh / "farm.yaml").read_text()
    three = (
        "  - {name: three, class: generic-250@1.0.0, driver: moonraker, url: http://127.0.0.1:9,\n"
        "     loaded: [{material: PLA, color: white}]}\n"
    )
    (fresh / "farm.yaml").write_text(text + three)
    commit_all(fresh, "no orders")
    return fresh


@pytest.fixture
def bracket(tmp_path: Path) -> Path:
    path = tmp_path / "bracket.stl"
    path.write_bytes(PARTS["bracket"]())
    return path


def drafted(farm: Path, *pairs: str) -> None:
    assert type_in(farm, "profile", "set", PLA, *pairs).code == 0
    commit_all(farm, "a draft")


def add(farm: Path, model: Path, *words: str, profile: str = PIN) -> Typed:
    return type_in(farm, "order", "add", str(model), "--profile", profile, *words)


def test_a_draft_is_printed_on_a_virtual_printer_and_counts_for_no_version(
    farm: Path, bracket: Path
) -> None:
    drafted(farm, "temperature=213")
    added = add(farm, bracket)
    assert added.code == 0, added.err
    assert ", fits one, two\n" in added.out
    item = YAML(typ="safe").load(git(farm, "show", "HEAD:orders/ord-1.yaml"))["items"][0]
    assert (item["profile"], "printers" in item) == (PIN, False)
    assert type_in(farm, "clear", "one").code == 0
    done = type_in(farm, "apply", "--yes", "--follow")
    assert done.code == 0, done.out + done.err
    runs = json.loads(type_in(farm, "get", "runs", "--profile", PIN, "-o", "json").out)["items"]
    assert [(each["printer"], each["profile"]) for each in runs] == [("one", PIN)]
    released = type_in(farm, "get", "runs", "--profile", f"{PLA}@1.0.0", "-o", "json")
    assert json.loads(released.out)["items"] == []
    assert type_in(farm, "outcome", runs[0]["id"], "success").code == 0
    shown = type_in(farm, "profile", "show", PLA)
    assert shown.code == 0
    assert "213" not in shown.out
    told = type_in(farm, "explain", "ord-1")
    assert told.code == 0, told.err


def revisions(farm: Path) -> list[tuple[int, str]]:
    """Turn the loop once, and return the revisions of the plan with their profiles' settings."""
    assert type_in(farm, "run", "--once").code == 0
    rows = json.loads(
        type_in(
            farm,
            "sql",
            "SELECT revision, settings FROM variants WHERE profile LIKE '%@draft' ORDER BY ALL",
            "-o",
            "json",
        ).out
    )["items"]
    return [(int(each["revision"]), str(each["settings"])) for each in rows]


def test_a_draft_that_was_changed_makes_a_new_revision_once_it_is_committed(
    farm: Path, bracket: Path
) -> None:
    drafted(farm, "temperature=213")
    assert add(farm, bracket).code == 0
    first = revisions(farm)
    assert [number for number, _ in first] == [1]
    assert type_in(farm, "profile", "set", PLA, "temperature=209").code == 0
    assert revisions(farm) == first, "a draft that is not committed does not count"
    assert "ord-1/bracket@2" in type_in(farm, "plan", "--worktree").out
    commit_all(farm, "hotter")
    both = revisions(farm)
    assert [number for number, _ in both] == [1, 2]
    assert len({settings for _, settings in both}) == 2


def test_an_order_may_name_the_printers_of_a_draft(farm: Path, bracket: Path) -> None:
    drafted(farm, "temperature=213")
    added = add(farm, bracket, "--on", "three")
    assert added.code == 0, added.err
    assert ", fits three\n" in added.out
    item = YAML(typ="safe").load(git(farm, "show", "HEAD:orders/ord-1.yaml"))["items"][0]
    assert item["printers"] == ["three"]
    assert type_in(farm, "validate").code == 0
    changed = type_in(farm, "order", "set", "ord-1", "printers=one,two")
    assert changed.code == 0, changed.err
    item = YAML(typ="safe").load(git(farm, "show", "HEAD:orders/ord-1.yaml"))["items"][0]
    assert item["printers"] == ["one", "two"]


def test_what_cannot_be_ordered_is_refused_with_a_mend(farm: Path, bracket: Path) -> None:
    none = add(farm, bracket)
    assert none.code != 0
    assert f"{PLA} has no draft that is committed" in none.err
    assert f"farmctl profile set {PLA} KEY=VALUE begins one" in none.err
    assert type_in(farm, "profile", "set", PLA, "temperature=213").code == 0
    not_committed = add(farm, bracket)
    assert f"{PLA} has no draft that is committed" in not_committed.err
    commit_all(farm, "a draft")
    for words, profile, said in (
        ((), "pla-0.4-drafft@draft", f"did you mean {PLA}"),
        ((), f"{PLA}@1.0.0", "an order names a profile, or its draft"),
        (("--on", "thre"), PIN, "did you mean three"),
        (("--on", "one"), PLA, "printers are named for a draft alone"),
    ):
        refused = add(farm, bracket, *words, profile=profile)
        assert refused.code != 0, refused.out
        assert said in refused.err
        assert "Traceback" not in refused.err
    assert not (farm / "orders/ord-1.yaml").exists()


def test_what_an_order_says_of_drafts_is_validated(farm: Path, bracket: Path) -> None:
    drafted(farm, "temperature=213")
    assert add(farm, bracket, "--on", "three").code == 0
    path = farm / "orders/ord-1.yaml"
    good = path.read_text()
    for old, new, said in (
        (PIN, "petg-0.4-standard@draft", "`petg-0.4-standard` has no draft"),
        (PIN, "pla-0.4-drafft@draft", f"did you mean `{PLA}`?"),
        (PIN, PLA, "`printers` is for drafts alone"),
        (PIN, f"{PLA}@1.0.0", "a name of a profile, or of its draft"),
        ("three", "thre", "did you mean `three`?"),
    ):
        assert old in good
        path.write_text(good.replace(old, new))
        found = type_in(farm, "validate")
        assert found.code != 0
        assert said in found.out + found.err
        assert "orders/ord-1.yaml:" in found.out + found.err
    path.write_text(good)
    (farm / f"profiles/{PLA}/draft.ini").unlink()
    assert "has no draft" in type_in(farm, "validate").out


def test_where_no_printer_is_virtual_one_must_be_named(farm: Path, bracket: Path) -> None:
    drafted(farm, "temperature=213")
    text = (farm / "farm.yaml").read_text()
    head, tail = text.split("printers:\n")
    three = "  - {name: three" + tail.split("  - {name: three")[1]
    (farm / "farm.yaml").write_text(f"{head}printers:\n{three}")
    commit_all(farm, "one machine alone")
    refused = add(farm, bracket, "--filament", "PLA/white")
    assert refused.code != 0
    assert "a draft is for virtual printers" in refused.err
    assert "--on PRINTER" in refused.err


def test_a_draft_is_stopped_like_a_version_and_never_promoted(farm: Path, bracket: Path) -> None:
    drafted(farm, "temperature=213")
    assert add(farm, bracket).code == 0
    refused = type_in(farm, "profile", "promote", PIN, "--channel", "canary")
    assert refused.code != 0
    assert "Traceback" not in refused.err
    assert type_in(farm, "clear", "one").code == 0
    type_in(farm, "run", "--once")
    stopped = type_in(farm, "profile", "stop", PIN, "--reason", "strings")
    assert stopped.code == 0, stopped.err
    assert type_in(farm, "profile", "start", PIN).code == 0


def test_a_release_knows_nothing_of_an_order_with_the_draft(farm: Path, bracket: Path) -> None:
    drafted(farm, "temperature=213")
    assert add(farm, bracket).code == 0
    made = type_in(farm, "profile", "release", PLA, "--bump", "minor", "-m", "hotter")
    assert made.code == 0, made.err
    assert (farm / f"profiles/{PLA}/1.1.0.ini").is_file()
