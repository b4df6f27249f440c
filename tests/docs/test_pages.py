"""Pages that are made from the code are as the code is now."""

from __future__ import annotations

from typing import Annotated, Literal

import pytest
from pydantic import Field

from farmctl.farmrepo.load import load
from farmctl.model.documents.common import Document, Filament, NozzleMm, Rows, Semver
from farmctl.model.documents.kinds import DOCUMENTS, Kind
from farmctl.model.events import event_types
from farmctl.model.states import RunPhase
from scripts.docs.events import events_page
from scripts.docs.markdown import filled, table
from scripts.docs.pages import PAGES, ROOT
from scripts.docs.states import drawn
from scripts.docs.words import words_of
from tests.docs.blocks import blocks_of

pytestmark = pytest.mark.pure


@pytest.mark.parametrize("path", sorted(PAGES))
def test_a_made_page_is_current(path: str) -> None:
    assert (ROOT / path).read_text() == PAGES[path](), f"{path} is out of date: make docs"


@pytest.mark.parametrize("kind", Kind)
def test_a_document_has_a_page_with_every_field(kind: Kind) -> None:
    page = (ROOT / f"docs/documents/{kind}.md").read_text()
    for name, field in DOCUMENTS[kind].model_fields.items():
        key = field.validation_alias or name
        assert f"\n| `{key}` |" in page
        assert field.description is not None
        assert field.description in page


@pytest.mark.parametrize("kind", Kind)
def test_the_example_of_a_document_is_a_valid_one(kind: Kind) -> None:
    page = (ROOT / f"docs/documents/{kind}.md").read_text()
    (example,) = [block for block in blocks_of(page) if block.kind == "yaml"]
    text = "".join(f"{line}\n" for _, line in example.lines)
    loaded = load(DOCUMENTS[kind], text.encode())
    assert loaded.findings == ()
    assert loaded.document is not None


def test_every_event_type_is_on_the_page() -> None:
    page = events_page()
    for row in event_types():
        assert f"| `{row.name}.v{row.version}` | {row.meaning} |" in page


def test_the_run_is_drawn_with_its_steps() -> None:
    steps = {
        RunPhase.QUEUED: frozenset({RunPhase.VOID, RunPhase.STAGED}),
        RunPhase.STAGED: frozenset({RunPhase.VOID}),
        RunPhase.VOID: frozenset[RunPhase](),
    }
    assert drawn(steps).splitlines()[2:-1] == [
        "    [*] --> queued",
        "    queued --> staged",
        "    queued --> void",
        "    staged --> void",
        "    void --> [*]",
    ]


class Sample(Document):
    choice: Literal["a", "b"]
    size: NozzleMm | None
    rows: Annotated[Rows[Filament], Field(min_length=1, max_length=16)]
    pair: tuple[float, float]
    by_version: dict[Semver, bool]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("choice", "`a`, `b`"),
        ("size", "a number above 0, up to 5"),
        ("rows", "a list of 1 to 16 × [Filament](#filament)"),
        ("pair", "a list of 2, each a number"),
        ("by_version", "a group: [a version](README.md#forms) → `true` or `false`"),
    ],
)
def test_a_type_is_said_in_words(name: str, said: str) -> None:
    assert words_of(Sample.model_fields[name]) == said


def test_only_the_marked_place_of_a_page_is_made_new() -> None:
    page = "one\n<!-- here -->\nold\n<!-- /here -->\ntwo\n"
    assert filled(page, "here", "new\n") == page.replace("old", "new")
    with pytest.raises(KeyError):
        filled(page, "there", "new\n")


def test_a_bar_in_a_cell_does_not_end_it() -> None:
    assert table(("A",), [("x|y",)]).splitlines()[2] == "| x\\|y |"
