"""`printer add --from`: a whole list in one commit, or nothing, with every bad row named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from farmctl.farm.printers.listed import COLUMNS
from tests.floor.small_farm import git, make_farm, type_in
from tests.printers.doors import moonraker, serving

SECRET = "5ecre7-c4nary"


@pytest.fixture
def farm(tmp_path: Path) -> Path:
    return make_farm(tmp_path / "farm")


def printers(farm: Path) -> dict[str, dict]:
    found = YAML(typ="safe").load(git(farm, "show", "HEAD:farm.yaml"))["printers"]
    return {each["name"]: each for each in found}


def write(farm: Path, name: str, *lines: str) -> str:
    path = farm.parent / name
    path.write_text("\n".join(lines) + "\n")
    return str(path)


def test_a_table_is_added_in_one_commit(farm: Path) -> None:
    with serving(moonraker("m-1")) as one, serving(moonraker("m-2")) as two:
        table = write(
            farm,
            "printers.csv",
            "name,url,driver,class,loaded,tags,speedup,clears",
            f"voron-1,{one},,,PETG/black,shelf,,",
            f"voron-2,{two},moonraker,,PETG/black PLA/white,,,",
            "sim-9,,virtual,generic-250,PLA/white,,600,ejector",
        )
        before = git(farm, "rev-parse", "HEAD")
        shown = type_in(farm, "printer", "add", "--from", table, "--dry-run")
        assert shown.code == 0, shown.err
        assert git(farm, "rev-parse", "HEAD") == before
        assert "3/3  looked at" in shown.err
        assert "nothing was added" in shown.err
        done = type_in(farm, "printer", "add", "--from", table)
    assert (done.code, done.out) == (0, shown.out), done.err
    assert max(map(len, done.out.splitlines())) <= 100
    assert git(farm, "rev-list", "--count", f"{before.strip()}..HEAD").strip() == "1"
    found = printers(farm)
    assert found["voron-1"]["class"] == found["voron-2"]["class"] == "voron-250@1.0.0"
    assert (found["voron-1"]["identity"], found["voron-2"]["identity"]) == ("m-1", "m-2")
    assert found["voron-2"]["loaded"][1] == {"material": "PLA", "color": "white"}
    assert found["sim-9"]["bed"] == {"clears": "ejector"}
    assert type_in(farm, "validate").code == 0


BAD_TABLES = {
    "empty": ([], 3, "printers.csv:1: is empty"),
    "column": (["name,adress", "a,b"], 3, "printers.csv:1: there is no column `adress`"),
    "twice": (["name,url,url", "a,b,c"], 3, "column `url` is there twice"),
    "no name": (["url", "x"], 3, "the first row names no column `name`"),
    "cells": (["name,url", "a,b,c"], 3, "printers.csv:2: has 3 cells, the first row has 2"),
    "nameless": (["name,driver", ",virtual"], 3, "printers.csv:2: has no name"),
    "number": (["name,driver,speedup", "a,virtual,fast"], 3, "`speedup` is no number"),
    "clears": (["name,driver,clears", "a,virtual,robot"], 3, "`clears` is `robot`"),
    "quote": (["name,driver", '"a,virtual'], 3, "cannot be read"),
    "same": (
        ["name,driver,class", "a,virtual,generic-250", "a,virtual,generic-250"],
        3,
        "printers.csv:3: `a` is at printers.csv:2 too",
    ),
    "there": (["name,driver,class", "one,virtual,generic-250"], 3, "printer one already"),
    "class": (["name,driver,class", "a,virtual,generic-25"], 3, "printers.csv:2: a: there is no"),
    "unsaid": (["name,driver", "a,virtual"], 3, "fill in a column `class`"),
    "driver": (["name,url,driver", "a,b.local,moonracer"], 3, "did you mean `moonraker`?"),
    "filament": (["name,driver,class,loaded", "a,virtual,generic-250,PLA"], 3, "is no filament"),
    "variable": (
        ["name,url,api_key_env", "a,b.local,FARMCTL_TEST_NO_SUCH"],
        3,
        "FARMCTL_TEST_NO_SUCH is not set",
    ),
    "nothing": (["name,url"], 2, "names no printers"),
}


@pytest.mark.parametrize("case", list(BAD_TABLES))
def test_every_bad_row_is_named_and_nothing_is_added(farm: Path, case: str) -> None:
    lines, code, said = BAD_TABLES[case]
    path = farm.parent / "printers.csv"
    path.write_text("".join(f"{each}\n" for each in lines))
    before = git(farm, "rev-parse", "HEAD"), git(farm, "status", "--porcelain")
    done = type_in(farm, "printer", "add", "--from", str(path))
    assert (done.code, said in done.err) == (code, True), done.err
    assert (git(farm, "rev-parse", "HEAD"), git(farm, "status", "--porcelain")) == before


def test_a_key_in_a_table_is_refused_and_not_repeated(farm: Path) -> None:
    table = write(farm, "printers.csv", "name,url,api_key_env", f"a,b.local,{SECRET}")
    done = type_in(farm, "printer", "add", "--from", table)
    assert (done.code, "never the key itself" in done.err) == (3, True)
    assert SECRET not in done.err


def test_one_that_does_not_answer_stops_all(farm: Path) -> None:
    with serving(moonraker("m-1")) as one:
        rows = ["name,url", f"voron-1,{one}", "voron-2,http://127.0.0.1:9"]
        done = type_in(farm, "printer", "add", "--from", write(farm, "printers.csv", *rows))
    assert done.code == 5
    assert "printers.csv:3: voron-2: nothing answers at http://127.0.0.1:9" in done.err
    assert "voron-1" not in printers(farm)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--from", "printers.txt"], "is no list of printers"),
        (["--from", "nowhere.csv"], "there is no file"),
        (["three", "--from", "printers.txt"], "leave out three"),
        (["--dry-run"], "which printer?"),
        ([], "which printer?"),
    ],
)
def test_words_that_do_not_go_together(farm: Path, words: list[str], said: str) -> None:
    write(farm, "printers.txt", "name")
    known = [str(farm.parent / each) if "." in each else each for each in words]
    done = type_in(farm, "printer", "add", *known)
    assert (done.code, said in done.err) == (2, True), done.err


def test_the_help_names_every_column(farm: Path) -> None:
    words = type_in(farm, "printer", "add", "--help").out.replace("\n", " ")
    assert [name for name in COLUMNS if name not in words] == []


def export(*rows: str) -> list[str]:
    head = ["version: 2.0.1", "exportedAt: 2026-01-07T09:05:16.667Z", "databaseType: sqlite"]
    return [*head, "config: {exportPrinters: true}", "printers:", *rows]


def row(name: str, url: str, kind: int | None = 1, **more: object) -> str:
    said = {"id": 7, "name": name, "printerURL": url, "printerType": kind, **more}
    return f"  - {json.dumps({key: each for key, each in said.items() if each is not None})}"


def test_an_export_of_fdm_monster_is_added_without_its_keys(farm: Path) -> None:
    with serving(moonraker("m-1")) as one:
        path = write(
            farm,
            "export.yaml",
            *export(
                row("Great Cultivator", one, apiKey=SECRET),
                row("Off", "http://127.0.0.1:9", enabled=False),
                "tags:",
                "  - {name: Rack 2, id: 1, printers: [{printerId: 7}]}",
                "  - {name: Other, id: 2, printers: [{printerId: 9}]}",
            ),
        )
        done = type_in(farm, "printer", "add", "--from", path)
    assert done.code == 0, done.err
    entry = printers(farm)["great-cultivator"]
    assert entry["api_key"] == {"env": "GREAT_CULTIVATOR_KEY"}
    assert (entry["driver"], entry["tags"]) == ("moonraker", ["rack-2"])
    assert "off" not in printers(farm)
    assert "export GREAT_CULTIVATOR_KEY=…" in done.err
    kept = [each for each in farm.rglob("*") if each.is_file()]
    assert [each for each in kept if SECRET.encode() in each.read_bytes()] == []
    assert SECRET not in done.out + done.err


BAD_EXPORTS = {
    "no yaml": (["printers: [", "x"], "export.yaml:"),
    "no printers": (["version: 2.0.1"], "export.yaml:1: names no `printers`"),
    "a list": (["- a"], "is no export of FDM Monster"),
    "no url": (export("  - {name: A}"), "export.yaml:6: has no `printerURL`"),
    "no name": (export("  - {printerURL: x}"), "export.yaml:6: has no `name`"),
    "no letters": (export(row("!!", "x.local")), "export.yaml:6: its name has no letters"),
    "other kind": (export(row("A", "x.local", 9)), "export.yaml:6: its `printerType` is 9"),
    "strange kind": (export(row("A", "x.local", apiKey=[1])), "its `apiKey` is no text"),
    "a text": (export("  - printer"), "export.yaml:6: is no printer"),
}


@pytest.mark.parametrize("case", list(BAD_EXPORTS))
def test_a_bad_export_is_named_by_its_lines(farm: Path, case: str) -> None:
    lines, said = BAD_EXPORTS[case]
    done = type_in(farm, "printer", "add", "--from", write(farm, "export.yaml", *lines))
    assert (done.code, said in done.err) == (3, True), done.err
