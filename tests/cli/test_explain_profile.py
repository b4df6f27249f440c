"""`explain` of a profile: how its channels came to where they are, by git and by the ledger."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.promoting import NAME, NEW, PATH, PIN, farm, farm_once, follow, merge
from tests.floor.small_farm import git, type_in

__all__ = ["farm", "farm_once"]

pytestmark = pytest.mark.slicer


def told(folder: Path, name: str = NAME) -> list[str]:
    done = type_in(folder, "explain", name)
    assert (done.code, done.err) == (0, "")
    return done.out.splitlines()


def test_a_profile_tells_how_its_channels_came_to_where_they_are(farm: Path) -> None:
    type_in(farm, "profile", "promote", PIN, "--channel", "canary", "--on", "one", "--direct")
    type_in(farm, "profile", "promote", PIN, "--direct")
    type_in(farm, "profile", "rollback", NAME, "--direct")
    lines = told(farm)
    assert lines[0] == f"{NAME}: PLA, 0.4 mm, draft, for generic-250, voron-350"
    patterns = [
        "production: 1.0.0",
        r"  none → 1\.0\.0  [0-9a-f]{7}  .+, \d\d:\d\d: order ord-1",
        rf"  1\.0\.0 → 1\.1\.0  \w{{7}}  .+: profiles: {NAME} production 1\.0\.0 → 1\.1\.0",
        rf"  1\.1\.0 → 1\.0\.0  \w{{7}}  .+: profiles: {NAME} production 1\.1\.0 → 1\.0\.0",
        "canary: none",
        rf"  none → 1\.1\.0  \w{{7}}  .+: profiles: {NAME} canary none → 1\.1\.0",
        rf"  1\.1\.0 → none  \w{{7}}  .+: profiles: {NAME} production 1\.0\.0 → 1\.1\.0",
    ]
    text = " ".join(" ".join(lines[1:]).split())
    squeezed = [" ".join(each.split()) for each in patterns]
    assert re.fullmatch(" ".join(squeezed), text), lines
    assert told(farm, f"profile/{NAME}") == lines


def test_one_version_tells_its_own_part(farm: Path) -> None:
    type_in(farm, "profile", "promote", PIN, "--direct")
    type_in(farm, "profile", "stop", PIN, "--reason", "strings")
    lines = told(farm, PIN)
    assert not any("none → 1.0.0" in each for each in lines)
    assert any("1.0.0 → 1.1.0" in each for each in lines)
    assert any(re.match(rf"{NEW} is stopped by \S+ since \d\d:\d\d: strings", e) for e in lines)
    assert lines[-1] == f"  farmctl profile start {PIN}"


def test_with_a_followed_branch_that_one_is_told_of(farm: Path) -> None:
    bare = follow(farm)
    type_in(farm, "profile", "promote", PIN)
    merge(farm, bare, f"farmctl/promote-{NAME}-{NEW}")
    assert type_in(farm, "plan").code == 0
    assert f"production: {NEW}" in told(farm)
    assert "version: 1.0.0" in (farm / PATH).read_text(), "the clone itself is behind"


def test_programs_get_the_same_lines(farm: Path) -> None:
    document = json.loads(type_in(farm, "explain", NAME, "-o", "json").out)
    assert (document["subject"], document["lines"][1]) == (NAME, "production: 1.0.0")


def test_what_prints_with_it_is_named(printing: Path) -> None:
    lines = told(printing)
    assert "1.0.0 prints: run-1 on one" in lines
    assert f"  farmctl abort --profile {NAME}@1.0.0" in lines


def test_a_shallow_clone_says_that_it_does_not_know_all(farm: Path, tmp_path: Path) -> None:
    type_in(farm, "profile", "promote", PIN, "--direct")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{farm}", str(clone))
    lines = told(clone)
    assert "production: 1.1.0" in lines
    assert any("this clone is shallow" in each for each in lines)


def test_a_version_that_never_was_is_named(farm: Path) -> None:
    done = type_in(farm, "explain", f"{NAME}@9.9.9")
    assert (done.code, f"`{NAME}@9.9.9`" in done.err) == (1, True)
