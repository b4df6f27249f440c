"""`farmctl get`: every kind is listed, narrowed, and reads the same for people and programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from farmctl.cli.views.lists import COLUMNS
from farmctl.insight.lists import KINDS, STATES
from farmctl.model.states import RunPhase
from farmctl.testing.histories import every_event
from tests.cli.history import farm_with_history, listed
from tests.floor.small_farm import farm_at, make_farm, type_in
from tests.insight.recorded import begin, database_of, folder_at, tell

RUN = {"id", "order", "item", "plate", "printer", "state", "reason", "commit", "gcode"}
RUN |= {"started", "ended", "filament_g"}


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return farm_with_history(tmp_path_factory.mktemp("history"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_as_people_read_it(farm: Path, golden: Callable[..., None], kind: str) -> None:
    done = type_in(farm, "get", kind)
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert max(map(len, lines)) <= 100
    assert len(lines) == 1 + len(listed(farm, kind))
    assert lines[0].split() == [name.upper() for name in COLUMNS[kind]]
    golden(f"get/{kind}.txt", "\n".join(lines[:12]))


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_as_programs_read_it(farm: Path, golden: Callable[..., None], kind: str) -> None:
    done = type_in(farm, "get", kind, "-o", "json")
    document = json.loads(done.out)
    assert list(document) == ["schema", "items"]
    assert document["schema"] == f"farmctl.{kind}/v1"
    shown = document["items"][-1]
    golden(f"get/{kind}.json", json.dumps(shown, indent=2, ensure_ascii=False))


def test_a_print_names_all_that_programs_need(farm: Path) -> None:
    runs = {each["id"]: each for each in listed(farm, "runs")}
    assert all(each.keys() >= RUN for each in runs.values())
    done = next(each for each in runs.values() if each["state"] == "completed")
    assert done == runs[done["id"]]
    assert (done["order"], done["item"]) == (done["orders"][0], done["items"][0])
    assert len(done["gcode"]) == 64
    assert len(done["commit"]) == 40
    assert done["ended"] > done["started"]
    assert done["ended"].endswith("Z")
    assert done["filament_g"] == 3.15


def test_lists_in_yaml_wide_and_by_name(farm: Path) -> None:
    assert type_in(farm, "get", "printers", "-o", "name").out == "sim-1\nsim-2\nsim-3\n"
    yaml = type_in(farm, "get", "printers", "-o", "yaml").out
    assert yaml.startswith("schema: farmctl.printers/v1\nitems:\n")
    head = type_in(farm, "get", "printers", "-o", "wide").out.splitlines()[0].split()
    assert head == [name.upper() for name in KINDS["printers"].columns]


NARROWED = [
    (("runs", "--printer", "sim-2"), lambda each: each["printer"] == "sim-2"),
    (("runs", "--order", "ord-2"), lambda each: "ord-2" in each["orders"]),
    (("runs", "--state", "void"), lambda each: each["state"] == "void"),
    (("runs", "--profile", "pla-0.4-standard"), lambda each: "@1.0.0" in each["profile"]),
    (("plates", "--printer", "sim-1"), lambda each: each["class"] == "generic-250@1.0.0"),
    (("plates", "--order", "ord-2"), lambda each: "ord-2/" in "".join(each["parts"])),
    (("items", "--order", "ord-2"), lambda each: each["order"] == "ord-2"),
    (("items", "--profile", "pla-0.4-standard@1.0.0"), lambda each: each["profile"]),
    (("plans", "--order", "ord-2"), lambda each: each["order"] == "ord-2"),
    (("plans", "--profile", "pla-0.4-standard"), lambda each: each["revision"]),
    (("decisions", "--order", "ord-2"), lambda each: each["gate"] == "dispatch"),
    (("decisions", "--printer", "sim-1"), lambda each: each["printer"] == "sim-1"),
    (("requests", "--printer", "sim-1"), lambda each: each["about"].startswith("run/")),
    (("attentions", "--printer", "sim-1"), lambda each: each["about"] == "sim-1"),
    (("events", "--order", "ord-2"), lambda each: each["order"] == "ord-2"),
    (("events", "--printer", "sim-2"), lambda each: each["subject"][:4] in ("prin", "run/")),
    (("printers", "--printer", "sim-3"), lambda each: each["id"] == "sim-3"),
    (("orders", "--order", "ord-2"), lambda each: each["id"] == "ord-2"),
]


@pytest.mark.parametrize(
    ("words", "holds"), NARROWED, ids=[" ".join(words) for words, _ in NARROWED]
)
def test_a_list_is_narrowed(farm: Path, words: tuple[str, ...], holds) -> None:
    some, every = listed(farm, *words), listed(farm, words[0])
    assert some
    assert all(map(holds, some))
    assert [each for each in every if each in some] == some


@pytest.mark.parametrize("kind", STATES)
def test_lists_by_state_add_up_to_the_whole(farm: Path, kind: str) -> None:
    by_state = [each for state in STATES[kind] for each in listed(farm, kind, "--state", state)]
    assert sorted(str(each["id"]) for each in by_state) == sorted(
        str(each["id"]) for each in listed(farm, kind)
    )


@pytest.mark.parametrize("kind", [each for each in KINDS.values() if "since" in each.filters])
def test_a_list_since_a_moment(farm: Path, kind) -> None:
    halfway = every_event()[len(every_event()) // 2].at.isoformat()
    later = listed(farm, kind.name, "--since", halfway)
    assert [each for each in listed(farm, kind.name) if each in later] == later
    assert listed(farm, kind.name, "--since", "2025-01-05") == listed(farm, kind.name)
    afterwards = (every_event()[-1].at + timedelta(seconds=1)).isoformat()
    assert listed(farm, kind.name, "--since", afterwards) == []


def test_a_kind_is_known_by_other_words(farm: Path) -> None:
    assert type_in(farm, "get", "print").out == type_in(farm, "get", "runs").out
    assert type_in(farm, "get", "order").out == type_in(farm, "get", "orders").out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (
            ("jobs",),
            2,
            f"error: there is no list of `jobs`\nmend: one of {', '.join(KINDS)}\n",
        ),
        (
            ("runs", "--state", "done"),
            2,
            f"error: runs are never `done`\nmend: they are {', '.join(RunPhase)}\n",
        ),
        (
            ("artifacts", "--order", "ord-2"),
            2,
            "error: artifacts cannot be filtered by --order\nmend: they have --since\n",
        ),
        (
            ("runs", "--printer", "sim-22"),
            1,
            "error: there is no printer `sim-22`\nmend: did you mean sim-2, sim-3, sim-1?\n",
        ),
        (
            ("runs", "--order", "order-2"),
            1,
            "error: there is no order `order-2`\nmend: did you mean ord-2, ord-9, ord-8?\n",
        ),
        (
            ("runs", "--profile", "pla-0.4"),
            1,
            (
                "error: there is no profile `pla-0.4`\n"
                "mend: did you mean pla-0.4-draft, pla-0.4-standard?\n"
            ),
        ),
        (
            ("runs", "--profile", "pla-0.4-draft@1.0.1"),
            1,
            (
                "error: there is no profile `pla-0.4-draft@1.0.1`\n"
                "mend: did you mean pla-0.4-draft@1.0.0, pla-0.4-draft, pla-0.4-standard@1.0.0?\n"
            ),
        ),
    ],
    ids=["kind", "state", "filter", "printer", "order", "profile", "version"],
)
def test_what_cannot_be_meant_is_refused(
    farm: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    done = type_in(farm, "get", *words)
    assert (done.code, done.out, done.err) == (code, "", said)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("runs", "--profile", "petg-0.4-standard@1.0.0"),
            "no runs with petg-0.4-standard@1.0.0, ever",
        ),
        (
            ("runs", "--profile", "petg-0.4-standard", "--since", "12h"),
            "no runs with petg-0.4-standard, ever",
        ),
        (("runs", "--printer", "one"), "no runs"),
        (("runs", "--order", "ord-1"), "no runs"),
        (("orders", "--order", "ord-1"), "no orders"),
    ],
)
def test_what_the_farm_has_and_nothing_was_made_with_is_no_error(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    farm = make_farm(tmp_path / "farm")
    done = type_in(farm, "get", *words)
    assert (done.code, done.out, done.err) == (0, "", f"{said}\n")


def test_a_moment_that_is_none_is_refused(farm: Path) -> None:
    done = type_in(farm, "get", "runs", "--since", "the other day")
    assert (done.code, done.err.splitlines()[0]) == (2, "error: `the other day` is no moment")


def test_a_farm_without_a_ledger_has_nothing_to_list(tmp_path: Path) -> None:
    done = type_in(make_farm(tmp_path / "farm"), "get", "runs")
    assert (done.code, done.out, done.err) == (0, "", "no runs\n")


def test_a_list_has_what_was_recorded_just_now(tmp_path: Path) -> None:
    farm = make_farm(tmp_path / "farm")
    _, ledger = begin(farm / ".farmctl")
    for number in (10, 20, 30):
        tell(ledger, every_event()[number - 10 : number])
        assert [each["seq"] for each in listed(farm, "events")] == [*range(1, number + 1)]


def test_damaged_tables_are_made_anew_with_a_word(tmp_path: Path) -> None:
    farm = make_farm(tmp_path / "farm")
    folder, ledger = begin(farm / ".farmctl")
    tell(ledger, every_event()[:30])
    whole = type_in(farm, "get", "orders").out
    database_of(folder).write_bytes(b"no tables")
    done = type_in(farm, "get", "orders")
    assert (done.code, done.out) == (0, whole)
    assert done.err == "farm.duckdb could not be read: made anew from the journal\n"


def test_a_damaged_journal_is_listed_up_to_there_and_exits_3(tmp_path: Path) -> None:
    farm = make_farm(tmp_path / "farm")
    _, ledger = begin(farm / ".farmctl")
    tell(ledger, every_event()[:30])
    path = folder_at(farm / ".farmctl").segment(1)
    path.write_bytes(path.read_bytes().replace(b'"seq":20,', b'"seq":21,'))
    done = type_in(farm, "get", "events", "-o", "name")
    assert done.code == 3
    assert len(done.out.splitlines()) == 19
    assert done.err.startswith("what is shown reaches up to the damage:\nerror: ")
    assert "00000001.jsonl:21" in done.err


@pytest.mark.slicer
@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--profile", "pla-0.4-standard@1.0.0"], 0, "with pla-0.4-standard@1.0.0, ever\n"),
        (["--profile", "petg-0.4-standard", "--since", "12h"], 0, "petg-0.4-standard, ever\n"),
        (["--profile", "pla-0.4-draft", "--state", "failed"], 0, "pla-0.4-draft that are so\n"),
        (["--profile", "pla-0.4-draft@9.9.9"], 1, "no profile `pla-0.4-draft@9.9.9`"),
        (["--profile", "pla-0.4-draff"], 1, "did you mean pla-0.4-draft"),
        (["--printer", "two"], 0, "no runs\n"),
    ],
)
def test_an_empty_list_says_why(printed: Path, words: list[str], code: int, said: str) -> None:
    done = type_in(printed, "get", "runs", *words)
    assert (done.code, done.out, said in done.err) == (code, "", True), done.err


@pytest.mark.slicer
def test_a_list_that_is_empty_of_late_says_how_much_was_before(printed: Path) -> None:
    moment = farm_at(printed).clock.now().isoformat()
    done = type_in(printed, "get", "runs", "--profile", "pla-0.4-draft@1.0.0", "--since", moment)
    said = "no runs with pla-0.4-draft@1.0.0 since then; 1 before: leave out --since\n"
    assert (done.code, done.err) == (0, said)
