"""Every `farmctl …` that the documentation quotes is a command that exists, with its options."""

from __future__ import annotations

from pathlib import Path

import pytest

from farmctl.model.attention import ATTENTION_KINDS
from tests.docs.commands import fault, quoted
from tests.docs.markdown_files import PAGES, ROOT

pytestmark = pytest.mark.pure


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_what_a_page_quotes_can_be_typed(page: Path) -> None:
    text = (ROOT / page).read_text()
    faults = {" ".join(("farmctl", *words)): fault(words) for words in quoted(text)}
    assert {line: why for line, why in faults.items() if why is not None} == {}


@pytest.mark.parametrize("kind", sorted(ATTENTION_KINDS))
def test_what_ends_an_attention_can_be_typed_and_is_on_its_page(kind: str) -> None:
    verb = ATTENTION_KINDS[kind].command.split()[0]
    words = tuple(ATTENTION_KINDS[kind].command.format(about="voron-1").split())
    assert fault(words) is None
    page = (ROOT / f"docs/runbook/{kind}.md").read_text()
    assert f"\n`{kind}`\n" in page
    assert verb in {each[0] for each in quoted(page)}


def test_every_page_of_the_runbook_is_about_a_kind() -> None:
    pages = {path.stem for path in (ROOT / "docs/runbook").glob("*.md")} - {"README"}
    assert pages == set(ATTENTION_KINDS)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("farmctl order add part.stl -q 2 --due 'fri 17:00'", None),
        ("farmctl -C ~/farm plan --exit-code", None),
        ("farmctl init ~/farm && cd ~/farm", None),
        ("FARMCTL_ACTOR=anna farmctl clear a b c", None),
        ("farmctl clear voron-1 --failed --reason=adhesion  # a remark", None),
        ("farmctl plane", "there is no command plane"),
        ("farmctl order plane", "order has no command plane"),
        ("farmctl order add part.stl --quantum 2", "add has no option --quantum"),
        ("farmctl init here there", "init takes 1 words, not 2"),
        ("cd ~/farm && farmctl plane", "there is no command plane"),
    ],
)
def test_a_wrong_command_is_found(line: str, why: str | None) -> None:
    for text in (f"```sh\n{line}\n```\n", f"```console\n$ {line}\n```\n"):
        assert {fault(words) for words in quoted(text)} == {why}


def test_a_command_in_a_sentence_is_found() -> None:
    assert list(quoted("Type `farmctl clear PRINTER… [--ok]` or `git log`.")) == [
        ("clear", "PRINTER…", "--ok")
    ]
