"""`farmctl printer`: machines come and go, and nothing of what they are is guessed."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from farmctl.model.states import Bed
from tests.cli.terminal import on_a_terminal
from tests.floor.small_farm import (
    git,
    loop_beside,
    make_farm,
    state_of,
    type_in,
)


@pytest.fixture
def farm(tmp_path: Path) -> Path:
    return make_farm(tmp_path / "farm")


def printers(farm: Path) -> list[dict]:
    return YAML(typ="safe").load(git(farm, "show", "HEAD:farm.yaml"))["printers"]


VIRTUAL = ("--driver", "virtual", "--class", "generic-250")


# -- add ------------------------------------------------------------------------------------------


def test_a_virtual_printer_is_added_and_ready(farm: Path) -> None:
    words = ["--loaded", "PLA/white", "--bed", "clear", "--speedup", "600", "--tag", "shelf"]
    done = type_in(farm, "printer", "add", "three", *VIRTUAL, *words)
    commit = git(farm, "rev-parse", "HEAD")[:7]
    assert (done.code, done.out) == (0, "")
    assert done.err == (
        "a virtual printer says nothing of itself\n"
        f"three added, class generic-250@1.0.0 (commit {commit})\n"
        "it has PLA/white\n"
        "three is ready\n"
    )
    assert printers(farm)[-1] == {
        "name": "three",
        "class": "generic-250@1.0.0",
        "driver": "virtual",
        "speedup": 600,
        "bed": {"clears": "person"},
        "tags": ["shelf"],
        "loaded": [{"material": "PLA", "color": "white"}],
    }
    assert state_of(farm).printers["three"].bed is Bed.CLEAR
    assert git(farm, "log", "-1", "--format=%an|%s") == (
        "Ada|printers: three added, generic-250@1.0.0"
    )
    assert type_in(farm, "validate").code == 0


def test_what_only_a_person_knows_is_left_open_where_nobody_can_be_asked(farm: Path) -> None:
    done = type_in(farm, "printer", "add", "three", *VIRTUAL, "--ejector")
    assert done.code == 0
    assert done.err.splitlines()[2:] == [
        "nothing is in it; when it is: farmctl load three PETG/black",
        "nothing starts on three until its bed is clear: farmctl clear three",
    ]
    assert "loaded" not in printers(farm)[-1]
    assert printers(farm)[-1]["bed"] == {"clears": "ejector"}
    assert "three" not in state_of(farm).printers


def test_a_terminal_is_asked_what_only_a_person_knows(farm: Path) -> None:
    words = ["printer", "add", "three", "--driver", "virtual"]
    done = on_a_terminal(farm, words, "petg/black\nvoron-350@1.0.0\n0.6\ny\n")
    assert done.code == 0, done.text
    assert "loaded now? (PETG/black, or none) [none]" in done.text
    assert "which class is three of? (generic-250@1.0.0, voron-350@1.0.0)" in done.text
    assert "which nozzle has three, in mm? (0.4, 0.6)" in done.text
    assert "bed empty right now? [y/N]" in done.text
    entry = printers(farm)[-1]
    assert (entry["class"], entry["nozzle_mm"]) == ("voron-350@1.0.0", 0.6)
    assert entry["loaded"] == [{"material": "PETG", "color": "black"}]
    assert state_of(farm).printers["three"].bed is Bed.CLEAR


def test_enter_leaves_the_bed_unknown(farm: Path) -> None:
    done = on_a_terminal(farm, ["printer", "add", "three", *VIRTUAL], "\n\n")
    assert (done.code, "nothing starts on three" in done.text) == (0, True)
    assert "three" not in state_of(farm).printers


def test_a_printer_is_added_beside_a_running_loop(farm: Path) -> None:
    with loop_beside(farm):
        words = ["--loaded", "none", "--bed", "clear"]
        done = type_in(farm, "printer", "add", "three", *VIRTUAL, *words)
        assert (done.code, "three is ready" in done.err) == (0, True), done.err
    assert state_of(farm).printers["three"].bed is Bed.CLEAR


def test_the_first_printer_of_an_empty_farm_needs_a_class(tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    type_in(tmp_path, "init", str(folder))
    done = type_in(folder, "printer", "add", "one", "--driver", "virtual")
    assert (done.code, "which class is one of?" in done.err) == (2, True)
    assert "--class" in done.err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("one", *VIRTUAL), 4, "there is a printer one already"),
        (("Three", *VIRTUAL), 2, "`Three` is not a name"),
        (("three",), 2, "where is three?"),
        (("three", "http://x y"), 2, "is not an address"),
        (("three", "http://user:secret@host"), 2, "no user or password"),
        (("three", "x", "--driver", "virtual"), 2, "a virtual printer has no address"),
        (("three", "--driver", "virtul"), 1, "did you mean `virtual`?"),
        (("three", "--driver", "virtual", "--class", "generic-25"), 1, "did you mean generic-250"),
        (("three", "--driver", "virtual", "--class", "generic-250@9.9.9"), 1, "there is no class"),
        (("three", "--driver", "virtual"), 2, "one of generic-250@1.0.0, voron-350@1.0.0"),
        (
            ("three", "--driver", "virtual", "--class", "voron-350"),
            2,
            "say --nozzle, one of 0.4, 0.6",
        ),
        (("three", *VIRTUAL, "--nozzle", "9"), 2, "nozzle_mm"),
        (("three", *VIRTUAL, "--nozzle", "0.8"), 3, "0.8"),
        (("three", *VIRTUAL, "--loaded", "PLA"), 2, "`PLA` is no filament"),
        (("three", *VIRTUAL, "--bed", "empty"), 2, "there is no bed `empty`"),
        (("three", *VIRTUAL, "--speedup", "0"), 2, "speedup"),
        (("three", *VIRTUAL, "--tag", "Big One"), 2, "is not a tag"),
        (("three", "x.local", "--key", "abcdef0123"), 2, "does not say where a key is found"),
        (("three", "x.local", "--key", "env:NO_SUCH_VARIABLE"), 1, "NO_SUCH_VARIABLE"),
    ],
)
def test_bad_words_are_refused_and_nothing_is_written(
    farm: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    before = git(farm, "rev-parse", "HEAD"), git(farm, "status", "--porcelain")
    done = type_in(farm, "printer", "add", *words)
    assert (done.code, said in done.err) == (code, True), done.err
    assert "abcdef0123" not in done.err
    assert (git(farm, "rev-parse", "HEAD"), git(farm, "status", "--porcelain")) == before


def test_where_nothing_answers_no_printer_is_added(farm: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        done = type_in(farm, "printer", "add", "three", url)
    assert (done.code, f"nothing answers at {url}" in done.err) == (5, True), done.err
    assert len(printers(farm)) == 2


def test_a_farm_file_with_changes_of_ones_own_is_left_alone(farm: Path) -> None:
    path = farm / "farm.yaml"
    path.write_text(path.read_text().replace("name: small", "name: smaller"))
    done = type_in(farm, "printer", "add", "three", *VIRTUAL)
    assert (done.code, "farm.yaml has changes that are not committed" in done.err) == (4, True)


# -- remove ---------------------------------------------------------------------------------------


def test_a_printer_leaves(farm: Path) -> None:
    done = type_in(farm, "printer", "remove", "one")
    commit = git(farm, "rev-parse", "HEAD")[:7]
    assert (done.code, done.err) == (0, f"one removed (commit {commit})\n")
    assert [each["name"] for each in printers(farm)] == ["two"]
    assert type_in(farm, "printer", "remove", "two").code == 0
    assert printers(farm) == []
    assert type_in(farm, "printer", "list").err == "no printers yet: farmctl printer add NAME URL\n"


def test_what_is_not_there_cannot_leave(farm: Path) -> None:
    done = type_in(farm, "printer", "remove", "ones")
    assert (done.code, done.err) == (
        1,
        "error: there is no printer `ones`\nmend: did you mean one?\n",
    )


def test_a_printer_that_prints_something_of_its_own_stays(tmp_path: Path) -> None:
    farm = make_farm(tmp_path / "farm", speedup=1)  # it prints for ten minutes
    type_in(farm, "sim", "fault", "one", "started_at_panel")
    done = type_in(farm, "printer", "remove", "one")
    assert (done.code, "one is printing panel.gcode, started at the printer" in done.err) == (
        4,
        True,
    )
    assert len(printers(farm)) == 2


# -- list -----------------------------------------------------------------------------------------


def test_the_list_of_printers(farm: Path, golden: Callable[..., None]) -> None:
    type_in(farm, "clear", "one")
    type_in(farm, "hold", "two", "--reason", "nozzle clogged")
    golden("printer-list.txt", type_in(farm, "printer", "list").out)
    golden("printer-list.json", type_in(farm, "printer", "list", "-o", "json").out)
    assert type_in(farm, "printer", "list", "-o", "name").out == "one\ntwo\n"
    document = json.loads(type_in(farm, "printer", "list", "-o", "json").out)
    assert document["schema"] == "farmctl.printers/v1"


def test_a_bed_that_prints_already_is_not_said_to_be_clear(farm: Path) -> None:
    type_in(farm, "printer", "add", "three", *VIRTUAL)
    type_in(farm, "sim", "fault", "three", "started_at_panel")
    git(farm, "reset", "-q", "--hard", "HEAD~1")
    done = type_in(farm, "printer", "add", "three", *VIRTUAL, "--bed", "clear")
    assert done.code == 0
    assert done.err.splitlines()[-1] == (
        "its bed is not clear: three is printing panel.gcode, started at the printer; "
        "afterwards: farmctl clear three"
    )
    assert state_of(farm).printers["three"].bed is not Bed.CLEAR


def test_a_guard_is_for_klipper(farm: Path) -> None:
    done = type_in(farm, "printer", "guard", "one")
    assert (done.code, done.out) == (4, "")
    assert "its driver is `virtual`" in done.err
    assert type_in(farm, "printer", "guard", "onne").code == 1
