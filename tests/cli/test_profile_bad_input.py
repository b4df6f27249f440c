"""What cannot be meant by a profile's verbs: named, with a mend and an exit code; nothing changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.promoting import NAME, PIN, farm, farm_once
from tests.floor.small_farm import Typed, commit_all, git, type_in

__all__ = ["farm", "farm_once"]

pytestmark = pytest.mark.slicer

DRAFT = f"profiles/{NAME}/draft.ini"


def kept(farm: Path) -> tuple[str, str, tuple[bytes, ...]]:
    """Return all that a refused command leaves as it is."""
    files = sorted(each for each in farm.rglob("profiles/**/*") if each.is_file())
    refs = git(farm, "for-each-ref")
    return refs, git(farm, "status", "--porcelain"), tuple(each.read_bytes() for each in files)


def refused(farm: Path, words: list[str], code: int, *said: str) -> Typed:
    before = kept(farm)
    done = type_in(farm, *words)
    assert done.code == code, done.err + done.out
    for each in said:
        assert each in done.err
    assert kept(farm) == before
    return done


def drafted(farm: Path, line: str) -> int:
    """Write a draft by hand with one line more; return the line's number."""
    text = (farm / f"profiles/{NAME}/1.0.0.ini").read_text()
    key = line.partition("=")[0].strip()
    rows = [row for row in text.splitlines() if row.partition("=")[0].strip() != key]
    (farm / DRAFT).write_text("\n".join([*rows, line]) + "\n")
    commit_all(farm, "draft")
    return len(rows) + 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("layer_hight = 0.2", "`layer_hight`"),
        ("fill_pattern = wibble", "`fill_pattern = wibble`"),
        ("temperature = 9999", "`temperature = 9999`"),
        ("perimeters = 2.7", "`perimeters = 2.7`"),
        ("perimeters =", "`perimeters`"),
        ("layer_height = 0.9", "more than the nozzle of 0.4 mm"),
    ],
)
def test_a_value_that_the_slicer_does_not_read_is_not_released(
    farm: Path, line: str, said: str
) -> None:
    number = drafted(farm, line)
    words = ["profile", "release", NAME, "--bump", "minor", "-m", "x", "--unsigned"]
    done = refused(farm, words, 3, f"{DRAFT}:{number}:1: ", said)
    assert "mend: " in done.err


@pytest.mark.parametrize(
    "words",
    [
        ["release", NAME, "--bump", "minor", "-m", "x", "--unsigned"],
        ["sign", PIN, "--key", "/no/such"],
        ["retire", PIN, "-m", "x"],
        ["revoke", PIN, "-m", "x"],
        ["promote", PIN],
        ["promote", PIN, "--direct"],
        ["rollback", NAME, "--to", "1.1.0"],
        ["import", "mine.ini", "--as", "mine", "--class", "other"],
    ],
)
def test_a_detached_head_takes_no_commit(
    farm: Path, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    drafted(farm, "temperature = 199")
    settings = [
        farm / "profiles/classes/generic-250/1.0.0.ini",
        farm / f"profiles/{NAME}/1.0.0.ini",
    ]
    text = "".join(each.read_text() for each in settings)
    (farm.parent / "mine.ini").write_text(text)
    monkeypatch.chdir(farm.parent)
    git(farm, "checkout", "-q", "--detach")
    done = refused(farm, ["profile", *words], 4, "no branch is checked out")
    assert "mend: git switch" in done.err


@pytest.fixture
def shallow(farm: Path, tmp_path: Path) -> Path:
    """A clone of the newest commit alone, in which 1.1.0 is in production."""
    assert type_in(farm, "profile", "promote", PIN, "--direct").code == 0
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{farm}", str(clone))
    return clone


def test_a_shallow_clone_does_not_know_what_was_before(shallow: Path) -> None:
    rollback = ["profile", "rollback", NAME]
    done = refused(shallow, rollback, 4, "this clone is shallow", "before 1.1.0 is not in it")
    assert "mend: git fetch --unshallow, or name the version: --to VERSION" in done.err
    done = type_in(shallow, *rollback, "--to", "1.0.0")
    assert done.code == 0, done.err


def test_a_shallow_clone_has_no_base_to_compare_with(shallow: Path) -> None:
    words = ["profile", "diff", f"HEAD~1:{NAME}", NAME]
    done = refused(shallow, words, 1, "HEAD~1")
    assert "mend: " in done.err
    found = type_in(shallow, "validate")
    assert (found.code, "releases before are not compared" in found.out) == (0, True), found.out


Spoil = Callable[[Path], None]


@pytest.mark.parametrize(
    ("raw", "place", "said"),
    [
        (b"\xff\xfe", "1:1", "not UTF-8"),
        (b"schema: profile/v1\nname: x\nwibble: 1\n", "3:1", "wibble"),
        (b"schema: profile/v1\nquality: grand\n", "2:10", "grand"),
        (b"schema: profile/v1\nnozzle_mm: 99\n", "2:12", "99"),
    ],
)
def test_a_document_that_cannot_be_read_is_named_by_every_verb(
    farm: Path, raw: bytes, place: str, said: str
) -> None:
    (farm / f"profiles/{NAME}/profile.yaml").write_bytes(raw)
    commit_all(farm, "spoilt")
    found = type_in(farm, "validate")
    assert found.code == 3
    lines = [each for each in found.out.splitlines() if f"{NAME}/profile.yaml:{place}: " in each]
    assert any(said in each for each in lines), found.out
    for words in (["set", NAME, "temperature=200"], ["promote", PIN], ["rollback", NAME]):
        done = type_in(farm, "profile", *words)
        assert (done.code, f"profiles/{NAME}/profile.yaml" in done.err) == (3, True), done.err
