"""All pages that are made from the code, by path."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from farmctl.model.documents.kinds import Kind
from scripts.docs.answers import TABLES, answers
from scripts.docs.cli import cli_page
from scripts.docs.crash_points import crash_points_page
from scripts.docs.documents import document_page, documents_page
from scripts.docs.events import events_page
from scripts.docs.guarantees import guarantees_table
from scripts.docs.markdown import filled
from scripts.docs.rooms import rooms
from scripts.docs.runbook import runbook_page
from scripts.docs.states import PLACES
from scripts.docs.tables import tables_page

ROOT = Path(__file__).parents[2]
CONCEPTS = "docs/concepts.md"
ARCHITECTURE = "docs/architecture.md"
README = "README.md"


def concepts_page() -> str:
    """Return the page of words and states, with its marked places made new."""
    page = (ROOT / CONCEPTS).read_text()
    for name, make in PLACES.items():
        page = filled(page, name, make())
    return page


def architecture_page() -> str:
    """Return the page of rooms and rules, with its list of rooms made new."""
    return filled((ROOT / ARCHITECTURE).read_text(), "rooms", rooms())


def driver_page(driver: str) -> str:
    """Return the page of a driver, with its answer table made new."""
    return filled((ROOT / f"docs/printers/{driver}.md").read_text(), "answers", answers(driver))


def readme_page() -> str:
    """Return the README, with its table of guarantees made new."""
    return filled((ROOT / README).read_text(), "guarantees", guarantees_table())


PAGES: Mapping[str, Callable[[], str]] = {
    ARCHITECTURE: architecture_page,
    CONCEPTS: concepts_page,
    README: readme_page,
    "docs/cli.md": cli_page,
    "docs/crash-points.md": crash_points_page,
    "docs/events.md": events_page,
    "docs/tables.md": tables_page,
    "docs/runbook/README.md": runbook_page,
    "docs/documents/README.md": documents_page,
    **{f"docs/printers/{driver}.md": partial(driver_page, driver) for driver in TABLES},
    **{f"docs/documents/{kind}.md": partial(document_page, kind) for kind in Kind},
}
"""Each page, and how it is made."""
