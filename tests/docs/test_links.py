"""Links lead somewhere, and nothing is said that the repository should not say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.markdown_files import PAGES, ROOT

pytestmark = pytest.mark.pure

FENCED = re.compile(r"^ *```.*?^ *```\s*$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
FORBIDDEN = re.compile(
    r"(?:^|[\s(`])/(?:work|tmp|root)\b|DESIGN\.md|\bshared/|\bthe issue\b|\bTODO\b|\bFIXME\b"
    r"|\bAI\b|\bLLM\b|\bhelpers?\b|\bManager\b|\bseamless|\bpowerful\b|\bblazing|\brobust\b",
    re.IGNORECASE,
)


def plain(text: str) -> str:
    return CODE.sub("", FENCED.sub("", text))


def links_of(text: str) -> list[str]:
    return LINK.findall(plain(text))


def anchor_of(heading: str) -> str:
    """Return the anchor that GitHub gives a heading."""
    words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading.strip().lower())
    return re.sub(r"[^\w\- ]", "", words).replace(" ", "-")


def anchors_of(path: Path) -> set[str]:
    return {anchor_of(each) for each in HEADING.findall(FENCED.sub("", path.read_text()))}


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_link_leads_somewhere(page: Path) -> None:
    lost = [link for link in links_of((ROOT / page).read_text()) if is_lost(ROOT / page, link)]
    assert lost == []


def is_lost(page: Path, link: str) -> bool:
    if re.match(r"[a-z]+:", link):
        return False
    name, _, anchor = link.partition("#")
    target = (page.parent / name).resolve() if name else page
    if not target.is_relative_to(ROOT) or not target.exists():
        return True
    return bool(anchor) and target.suffix == ".md" and anchor not in anchors_of(target)


def test_a_lost_link_is_found(tmp_path: Path) -> None:
    page = ROOT / "README.md"
    assert is_lost(page, "docs/nothing.md")
    assert is_lost(page, "../elsewhere.md")
    assert is_lost(page, "docs/concepts.md#nothing")
    assert not is_lost(page, "docs/concepts.md#three-truths")
    assert not is_lost(page, "https://example.org/")
    assert links_of("[a](b.md) `[c](d.md)`\n```\n[e](f.md)\n```\n![g](h.svg)") == ["b.md", "h.svg"]


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_a_page_speaks_of_farmctl_alone(page: Path) -> None:
    assert FORBIDDEN.findall((ROOT / page).read_text()) == []


@pytest.mark.parametrize(
    "text", ["see /work/main", "a (/tmp/x)", "The Issue says", "a powerful tool"]
)
def test_what_should_not_be_said_is_found(text: str) -> None:
    assert FORBIDDEN.search(text)


def test_every_page_of_docs_is_reached_from_the_readme() -> None:
    """A page that nothing leads to is not read."""
    reached: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        names = [link.partition("#")[0] for link in links_of(page.read_text())]
        waiting += [(page.parent / name).resolve() for name in names if name and ":" not in name]
    docs = {ROOT / page for page in PAGES if page.parts[0] == "docs"}
    assert sorted(docs - reached) == []
