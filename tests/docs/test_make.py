"""Targets of make that pages quote are there, and each target says what it does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.markdown_files import PAGES, ROOT

pytestmark = pytest.mark.pure

MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = dict(re.findall(r"^([a-z-]+):.*?(?:## (.*))?$", MAKEFILE, re.MULTILINE))
QUOTED = re.compile(r"(?:^|`)make ([a-z-]+)", re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_a_quoted_target_is_there(page: Path) -> None:
    assert set(QUOTED.findall((ROOT / page).read_text())) <= TARGETS.keys()


def test_the_readme_begins_with_the_two_that_do_all() -> None:
    quoted = QUOTED.findall((ROOT / "README.md").read_text())
    assert quoted[:2] == ["demo", "test"]


def test_every_target_is_phony_and_says_what_it_does() -> None:
    phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    assert phony is not None
    assert set(phony[1].split()) == TARGETS.keys()
    assert [name for name, said in TARGETS.items() if not said] == ["servers"]
