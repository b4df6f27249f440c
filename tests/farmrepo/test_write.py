"""What farmctl writes: equal values are equal bytes, and a person's files keep what is theirs."""

from __future__ import annotations

from datetime import UTC, datetime
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest

from farmctl.farmrepo.edit import NotEditable, append, remove_row, set_value
from farmctl.farmrepo.load import load
from farmctl.farmrepo.write import order_file, plan_file, render
from farmctl.farmrepo.yaml import parse
from farmctl.model.documents.kinds import DOCUMENTS, Kind
from farmctl.model.documents.order import Filament, Item, Model, Order
from farmctl.model.documents.plan import Plan

pytestmark = pytest.mark.pure

SAMPLES = Path(__file__).parent / "samples"

ORDER = Order(
    schema_="order/v1",
    id="ord-1",
    created=datetime(2026, 11, 21, 10, 0, tzinfo=UTC),
    items=(
        Item(
            name="bracket",
            model=Model(path="models/bracket.stl", sha256="5d" * 32),
            quantity=2,
            filaments=(Filament(material="PETG", color="black"),),
        ),
    ),
)


def test_an_order_is_written_as_a_person_would() -> None:
    path, raw = order_file(ORDER)
    assert path == "orders/ord-1.yaml"
    assert raw.decode() == (
        "# yaml-language-server: $schema=../schemas/order.json\n"
        "schema: order/v1\n"
        "id: ord-1\n"
        "created: 2026-11-21T10:00:00+00:00\n"
        "items:\n"
        "  - name: bracket\n"
        f"    model: {{path: models/bracket.stl, sha256: {'5d' * 32}}}\n"
        "    quantity: 2\n"
        "    filaments: [{material: PETG, color: black}]\n"
    )
    assert load(Order, raw).document == ORDER


@pytest.mark.parametrize("kind", Kind)
def test_every_document_is_written_and_read_again_as_the_same(kind: Kind) -> None:
    document = load(DOCUMENTS[kind], (SAMPLES / f"{kind}.yaml").read_bytes()).document
    assert document is not None
    raw = render(document, f"folder/{kind}.yaml")
    again = load(DOCUMENTS[kind], raw)
    assert again.findings == ()
    assert again.document == document
    assert render(again.document, f"folder/{kind}.yaml") == raw


def test_a_plan_is_the_same_bytes_however_it_was_made() -> None:
    plan = load(Plan, (SAMPLES / "plan.yaml").read_bytes()).document
    assert plan is not None
    path, raw = plan_file(plan)
    assert path == "plans/ord-1042/bracket.yaml"
    assert plan_file(Plan.model_validate_json(plan.model_dump_json(by_alias=True)))[1] == raw
    assert raw.startswith(b"# yaml-language-server: $schema=../../schemas/plan.json\n")


@pytest.mark.parametrize(
    "text",
    ["12345678", "1e345678", "true", "null", "~", "", " x", "x ", "a: b", "a #b", "- x", "x:"],
)
def test_texts_that_would_mean_something_else_are_quoted(text: str) -> None:
    raw = render(load(DOCUMENTS[Kind.POLICY], b"schema: policy/v1\nname: x\n").document, "p.yaml")
    assert b"name: x\n" in raw
    edited = set_value(raw.decode(), ("name",), text)
    assert parse(edited.encode()).value["name"] == text


FARM = """\
# my farm
schema: farm/v1
id: 7f3a9c2e      # do not touch
printers:         # the machines
  # the big one
  - name: voron-1     # by the window
    class: voron-350@3.0.0
    loaded:
      - {material: PETG, color: black}   # since Monday

  # end of the machines
automation: { commit_plans: true }   # mine
slicers: {}
"""


def changes(before: str, after: str) -> list[str]:
    rows = list(unified_diff(before.split("\n"), after.split("\n"), lineterm="", n=0))
    return [row for row in rows[2:] if not row.startswith("@@")]


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (
            ("id",),
            "12345678",
            ["-id: 7f3a9c2e      # do not touch", '+id: "12345678"      # do not touch'],
        ),
        (("name",), "garage", ["+name: garage"]),
        (
            ("automation", "policy"),
            "strict",
            [
                "-automation: { commit_plans: true }   # mine",
                "+automation: { commit_plans: true, policy: strict}   # mine",
            ],
        ),
        (
            ("slicers", "default"),
            {"version": "2.5.0"},
            ["-slicers: {}", "+slicers: {default: {version: 2.5.0}}"],
        ),
        (("printers", 0, "nozzle_mm"), 0.6, ["+    nozzle_mm: 0.6"]),
        (
            ("printers", 0, "loaded"),
            [],
            [
                "-      - {material: PETG, color: black}   # since Monday",
                "+      []   # since Monday",
            ],
        ),
    ],
)
def test_setting_a_value_changes_nothing_else(path: Any, value: Any, expected: list[str]) -> None:
    assert changes(FARM, set_value(FARM, path, value)) == expected


def test_a_printer_is_added_after_the_last_one() -> None:
    printer = {
        "name": "voron-2",
        "class": "voron-350@3.0.0",
        "driver": "moonraker",
        "url": "http://voron-2.local",
        "identity": "0123456789abcdef",
    }
    after = append(FARM, ("printers",), printer)
    assert changes(FARM, after) == [
        "+  - name: voron-2",
        "+    class: voron-350@3.0.0",
        "+    driver: moonraker",
        "+    url: http://voron-2.local",
        "+    identity: 0123456789abcdef",
    ]
    assert after.index("since Monday") < after.index("voron-2") < after.index("# end of")
    assert remove_row(after, ("printers",), 1) == FARM


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("printers: []  # none yet\nx: 1\n", "printers:  # none yet\n  - {a: 1}\nx: 1\n"),
        ("printers:\nx: 1\n", "printers:\n  - {a: 1}\nx: 1\n"),
        ("printers: ~\n", "printers:\n  - {a: 1}\n"),
        ("x: 1\n", "x: 1\nprinters: [{a: 1}]\n"),
        ("printers: [{b: 1}]  # one\n", "printers: [{b: 1}, {a: 1}]  # one\n"),
        ("printers:\n- b: 1\n", "printers:\n- b: 1\n- {a: 1}\n"),
        ("printers:\n  - b:\nx: 1\n", "printers:\n  - b:\n  - {a: 1}\nx: 1\n"),
        ("{printers: []}\n", None),
    ],
)
def test_the_first_and_the_next_of_a_list(text: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(NotEditable, match="cannot be changed without spoiling"):
            append(text, ("printers",), {"a": 1})
    else:
        assert append(text, ("printers",), {"a": 1}) == expected


@pytest.mark.parametrize(
    ("text", "number", "expected"),
    [
        ("p:\n  - 1  # one\n  - 2\n  - 3\n", 0, "p:\n  - 2\n  - 3\n"),
        ("p:\n  - 1\n  - 2\nx: 1\n", 1, "p:\n  - 1\nx: 1\n"),
        ("p:  # all\n  # first\n  - a: 1\n    b: 2\nx: 1\n", 0, "p: []  # all\n  # first\nx: 1\n"),
        ("p: [1, 2, 3]\n", 0, "p: [2, 3]\n"),
        ("p: [1, 2, 3]\n", 2, "p: [1, 2]\n"),
        ("p: [1]  # one\n", 0, "p: []  # one\n"),
    ],
)
def test_an_entry_is_removed_with_its_line(text: str, number: int, expected: str) -> None:
    assert remove_row(text, ("p",), number) == expected


@pytest.mark.parametrize("path", [("nothing", "below"), ("id", "below"), ("printers", 7), ()])
def test_what_is_not_there_cannot_be_changed(path: Any) -> None:
    with pytest.raises(NotEditable):
        set_value(FARM, path, 1)
    with pytest.raises(NotEditable):
        remove_row(FARM, path, 0)


def test_a_row_that_is_not_there_cannot_be_removed() -> None:
    for number in (1, 9):
        with pytest.raises(NotEditable):
            remove_row(FARM, ("printers",), number)


def test_a_faulty_file_is_not_edited() -> None:
    with pytest.raises(NotEditable, match="has faults") as caught:
        set_value("a: 1\na: 2\n", ("a",), 3)
    assert caught.value.mend == "mend them first: `farmctl validate`"
