"""What a page shows is held to what comes out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.blocks import Step, agrees, play, steps_of

pytestmark = pytest.mark.pure


def fenced(kind: str, *lines: str) -> str:
    return "\n".join(["Some text.", f"```{kind}", *lines, "```", ""])


def test_a_session_is_commands_with_what_they_print() -> None:
    text = fenced("console", "$ one", "1", "", "…", "$ two \\", "    too  # exit 3")
    assert steps_of(text) == (Step(3, "one", ("1", "…")), Step(7, "two too", None, 3))


def test_plain_shell_lines_may_print_anything() -> None:
    assert steps_of(fenced("sh", "one", "two")) == (Step(3, "one"), Step(4, "two"))


def test_other_blocks_are_only_read() -> None:
    assert steps_of(fenced("yaml", "$ one") + fenced("", "$ two")) == ()


def test_a_block_in_a_list_is_typed_without_its_indent() -> None:
    assert steps_of("1. So:\n   ```sh\n   one\n   ```\n") == (Step(3, "one"),)


@pytest.mark.parametrize("text", ["```sh\none\n", fenced("console", "no prompt")])
def test_a_broken_page_is_refused(text: str) -> None:
    with pytest.raises(AssertionError):
        steps_of(text)


@pytest.mark.parametrize(
    ("expected", "printed", "is_same"),
    [
        (("a", "b"), "a\nb\n", True),
        (("a", "b"), "a\n\n  b\n", True),
        (("a b",), "a    b\n", True),
        (("a", "b"), "a\n", False),
        (("a",), "a\nb\n", False),
        (("a", "…"), "a\nb\nc\n", True),
        (("…", "c"), "a\nb\nc\n", True),
        (("…", "c"), "a\nb\nd\n", False),
        (("took … s",), "took 3.1 s\n", True),
        (("took … s",), "took 3.1 m\n", False),
        (("1.0",), "110\n", False),
    ],
)
def test_left_out_means_left_out(expected: tuple[str, ...], printed: str, is_same: bool) -> None:
    assert agrees(expected, printed) is is_same


def page(folder: Path, *lines: str) -> Path:
    path = folder / "page.md"
    path.write_text(fenced("console", *lines))
    return path


def test_all_of_a_page_is_one_session(tmp_path: Path) -> None:
    lines = (
        "$ mkdir ~/here && cd ~/here",
        "$ export WORD='a b'",
        "$ pwd; echo $WORD",
        "~/here",
        "a b",
    )
    play(page(tmp_path, *lines), tmp_path)


def test_another_exit_code_fails(tmp_path: Path) -> None:
    play(page(tmp_path, "$ (exit 4)  # exit 4"), tmp_path)
    with pytest.raises(AssertionError, match=r"page\.md:3: .*\nexit 4 in place of 0"):
        play(page(tmp_path, "$ (exit 4)"), tmp_path)


def test_other_words_fail(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="printed:\none\n\nshown:\ntwo"):
        play(page(tmp_path, "$ echo one", "two"), tmp_path)


def test_an_address_of_the_page_stands_for_one_of_the_test(tmp_path: Path) -> None:
    lines = ("$ echo http://voron.local", "http://voron.local")
    play(page(tmp_path, *lines), tmp_path, {"http://voron.local": "http://127.0.0.1:7125"})


def test_complaints_are_shown_too(tmp_path: Path) -> None:
    play(page(tmp_path, "$ echo one >&2", "one"), tmp_path)
