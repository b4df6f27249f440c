"""The README's picture: drawn from what was printed, small, and of nobody's machine."""

from __future__ import annotations

import re

import pytest

from scripts.picture import PICTURE, SHOWN, Typed, draw

pytestmark = pytest.mark.pure


def words(svg: str) -> str:
    return re.sub(r"<[^>]*>", "", svg).replace("&#160;", " ").replace("&gt;", ">")


def test_a_session_is_drawn_with_its_commands_and_what_they_printed() -> None:
    drawn = words(
        draw([Typed("farmctl plan", "START NOW\n"), Typed("farmctl status", "All well.\n")])
    )
    places = [
        drawn.index(each)
        for each in ("$ farmctl plan", "START NOW", "$ farmctl status", "All well.")
    ]
    assert places == sorted(places)


def test_the_picture_is_of_the_commands_and_small() -> None:
    svg = PICTURE.read_text()
    for command in SHOWN:
        assert f"$ {command}" in words(svg)
    assert "START NOW (cannot be undone)" in words(svg)
    assert len(svg) < 200_000


def test_the_picture_loads_nothing_and_names_no_machine() -> None:
    svg = PICTURE.read_text()
    assert re.findall(r"https?://[^\"\s]+", svg) == ["http://www.w3.org/2000/svg"]
    assert re.search(r"/(?:tmp|home|root|work)/", svg) is None
