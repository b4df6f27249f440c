"""Every digest that `describe run` prints, computed again from stored bytes by other means."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli.demo_farm import demo_at
from tests.floor.small_farm import type_in

pytestmark = [pytest.mark.slicer, pytest.mark.slow]

RUNS = ("run-1", "run-2", "run-3")
WHAT = {
    *("order", "commit", "plan", "model", "mesh", "settings", "slicer"),
    *("plate", "gcode", "decision", "printer"),
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_at(tmp_path_factory.mktemp("demo") / "farm")


def rows_of(farm: Path, run: str) -> list[dict[str, str]]:
    typed = type_in(farm, "describe", "run", run, "-o", "json")
    assert typed.code == 0, typed.err
    return json.loads(typed.out)["made_from"]


def sha256(raw: bytes) -> str:
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"


def git_id(farm: Path, kind: str, name: str) -> str:
    """Git's id of an object, from its content alone."""
    argv = ["git", "-C", str(farm), "cat-file", kind, name]
    raw = subprocess.run(argv, check=True, capture_output=True).stdout
    return hashlib.sha1(b"%s %d\0" % (kind.encode(), len(raw)) + raw).hexdigest()


def stored(farm: Path, digest: str) -> str:
    name = digest.removeprefix("sha256:")
    return sha256((farm / ".farmctl/artifacts" / name[:2] / name[2:]).read_bytes())


def events(farm: Path) -> list[dict[str, Any]]:
    lines = (farm / ".farmctl/journal/00000001.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines[1:]]


def canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def slicer_here() -> str:
    """The digest of the program and of what its loader loads."""
    program = shutil.which("prusa-slicer") or shutil.which("PrusaSlicer")
    listed = subprocess.run(["ldd", program], check=True, capture_output=True, text=True).stdout
    paths = {program, *re.findall(r"(/\S+) \(0x", listed)}
    lines = sorted(f"{Path(each).name} {sha256(Path(each).read_bytes())}\n" for each in paths)
    return sha256("".join(lines).encode())


def again(farm: Path, row: dict[str, str], run: str) -> str:
    """The digest of a row, from bytes."""
    match row["what"]:
        case "order":
            return git_id(farm, "blob", row["digest"])
        case "commit":
            return git_id(farm, "commit", row["digest"])
        case "slicer":
            return slicer_here()
        case "decision":
            found = [each for each in events(farm) if each["subject"] == f"decision/{row['name']}"]
            return sha256(canonical(found[0]["data"]))
        case "printer":
            kind = "dev.farmctl.run.start_intended.v1"
            found = [each for each in events(farm) if each["type"] == kind]
            mine = [each for each in found if each["subject"] == f"run/{run}"]
            return sha256(canonical(mine[0]["data"]["snapshot"]))
        case _:
            return stored(farm, row["digest"])


@pytest.mark.parametrize("run", RUNS)
def test_every_digest_of_every_print_is_that_of_stored_bytes(demo: Path, run: str) -> None:
    rows = rows_of(demo, run)
    assert {each["what"] for each in rows} == WHAT
    assert [again(demo, each, run) for each in rows] == [each["digest"] for each in rows]


@pytest.mark.parametrize("run", RUNS)
def test_the_names_are_those_of_what_was_ordered(demo: Path, run: str) -> None:
    """The right bytes, not only some bytes: the order names the model, the commit has the order."""
    rows = {(each["what"], each["name"]): each["digest"] for each in rows_of(demo, run)}
    orders = [name for what, name in rows if what == "order"]
    commit = next(digest for (what, _), digest in rows.items() if what == "commit")
    for order in orders:
        argv = ["git", "-C", str(demo), "rev-parse", f"{commit}:orders/{order}.yaml"]
        blob = subprocess.run(argv, check=True, capture_output=True, text=True).stdout.strip()
        assert blob == rows["order", order]
        text = (demo / f"orders/{order}.yaml").read_text()
        models = [digest for (what, _), digest in rows.items() if what == "model"]
        assert all(digest.removeprefix("sha256:") in text for digest in models)
    for (what, name), digest in rows.items():
        if what == "plan":
            path = demo / f"plans/{name.split('@')[0]}.yaml"
            assert sha256(path.read_bytes()) == digest


def test_what_was_sent_is_the_gcode_that_was_decided(demo: Path) -> None:
    rows = rows_of(demo, "run-1")
    gcode = next(each["digest"] for each in rows if each["what"] == "gcode")
    accepted = [each for each in events(demo) if "upload_accepted" in each["type"]]
    assert accepted[0]["data"]["evidence"] == gcode


def test_a_changed_artifact_no_longer_has_its_digest(demo: Path) -> None:
    """The recomputation above can fail: it reads the bytes."""
    row = next(each for each in rows_of(demo, "run-1") if each["what"] == "settings")
    name = row["digest"].removeprefix("sha256:")
    path = demo / ".farmctl/artifacts" / name[:2] / name[2:]
    before = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(before + b"\n")
    try:
        assert again(demo, row, "run-1") != row["digest"]
    finally:
        path.write_bytes(before)


def test_describe_says_the_same_of_a_print_in_all_forms(demo: Path) -> None:
    texts = {
        type_in(demo, "describe", *words).out
        for words in (["run", "run-2"], ["run/run-2"], ["run-2"], ["runs", "run-2"])
    }
    assert len(texts) == 1
    text = texts.pop()
    assert text.startswith("run run-2\n")
    for row in rows_of(demo, "run-2"):
        assert f"{row['name']} " in text
        assert f"  {row['digest']}\n" in text


@pytest.mark.parametrize(
    "words",
    [
        ["order", "ord-1"],
        ["item", "ord-1/gear"],
        ["plan", "ord-1/gear@1"],
        ["plate", "plate-1"],
        ["printer", "sim-1"],
        ["decision", "dec-9"],
        ["attention", "att-1"],
    ],
)
def test_describe_knows_every_kind(demo: Path, words: list[str]) -> None:
    typed = type_in(demo, "describe", *words, "-o", "json")
    said = json.loads(typed.out)
    assert (said["schema"], said["id"]) == (f"farmctl.{words[0]}/v1", words[1])
    assert said["events"]


def test_describe_of_nothing_names_what_was_perhaps_meant(demo: Path) -> None:
    typed = type_in(demo, "describe", "run", "run-22")
    assert (typed.code, typed.err) == (
        1,
        "error: there is no run `run-22`\nmend: did you mean run-2, run-3, run-1?\n",
    )
    typed = type_in(demo, "describe", "rum", "run-2")
    assert (typed.code, typed.err.splitlines()[0]) == (2, "error: there is no kind `rum`")
    typed = type_in(demo, "describe", "run", "run-2", "run-3")
    assert typed.code == 2
