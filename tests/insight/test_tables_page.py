"""The page of tables says what the database really has."""

from __future__ import annotations

from pathlib import Path

import pytest

from farmctl.insight.catalogue import TABLES, VIEWS
from farmctl.insight.store import open_insight
from scripts.docs.pages import PAGES
from scripts.docs.tables import tables_page
from tests.insight.recorded import folder_at

pytestmark = pytest.mark.pure


def test_the_page_is_one_of_the_made_pages() -> None:
    assert PAGES["docs/tables.md"] is tables_page


@pytest.mark.parametrize("each", [*TABLES.values(), *VIEWS.values()], ids=lambda each: each.name)
def test_every_column_is_on_the_page_as_the_database_has_it(each, tmp_path: Path) -> None:
    with open_insight(folder_at(tmp_path)) as insight:
        described = insight.sql(f"DESCRIBE {each.name}").rows
    assert [(row[0], row[1].replace("VARCHAR", "TEXT")) for row in described] == [
        (column.name, column.type) for column in each.columns
    ]
    section = tables_page().split(f"### {each.name}\n\n{each.meaning}\n", 1)[1].split("\n##", 1)[0]
    for column in each.columns:
        assert f"| `{column.name}`" in section
        assert f"| {column.type} | {column.meaning} |" in section
