"""The page of `farmctl ci` as a browser shows it: by day and night, on a desk and on a phone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from farmctl.ci.page import page
from tests.browser.chromium import Box, Browser, Colour, chromium
from tests.ci.test_reports import BREACHED, NEW, VIEW, hostile, report, result
from tests.cli.test_ci import PLA, ci, with_golden
from tests.cli.test_profile_diff import draft
from tests.floor.small_farm import commit_all, make_farm

pytestmark = [pytest.mark.browser, pytest.mark.slicer]

DESK, PHONE = 1280, 400
BOXES = """
(inside => [...document.querySelectorAll(inside)].map(each => {
  const at = each.getBoundingClientRect();
  return {x: at.x + scrollX, y: at.y + scrollY, width: at.width, height: at.height};
}))('%s')
"""
COLOURED = """
[...document.querySelectorAll('body *')].filter(each => each.checkVisibility()
    && [...each.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
  .map(each => [each instanceof SVGElement ? getComputedStyle(each).fill
    : getComputedStyle(each).color, each.textContent.trim()])
"""
OUTSIDE = """
[...document.querySelectorAll('svg')].flatMap(svg => [...svg.querySelectorAll('text')].filter(text => {
  const [a, b] = [text, svg].map(each => each.getBoundingClientRect());
  return a.left < b.left - 1 || a.right > b.right + 1 || a.top < b.top - 1 || a.bottom > b.bottom + 1;
}).map(text => text.textContent))
"""
STICKS_OUT = """
[...document.querySelectorAll('body *')].filter(each => !each.closest('.wide')
  && each.getBoundingClientRect().right > innerWidth + 1).map(each => each.outerHTML.slice(0, 80))
"""
SLOW, USUAL = 20, 40
"""How fast outer walls are laid after and before the change, in mm/s."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page of a real report: a hotter nozzle and slower outer walls on a cube."""
    farm = with_golden(make_farm(tmp_path_factory.mktemp("seen") / "farm"))
    commit_all(farm, "golden")
    draft(farm, "temperature = 225", f"external_perimeter_speed = {SLOW}", name=PLA)
    done = ci(farm, "--base", "HEAD", "--report", str(farm / "reports"))
    assert done.code == 1, done.err
    return farm / "reports/report.html"


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("browser")


@pytest.fixture(scope="module")
def browser(logged: Path) -> Iterator[Browser]:
    with chromium(logged) as found:
        yield found


def boxes(browser: Browser, inside: str) -> list[Box]:
    found: list[Box] = browser.page.ask(BOXES % inside)
    return found


def colour(browser: Browser, inside: str, name: str) -> Colour:
    said = browser.page.ask(f"getComputedStyle(document.querySelector('{inside}')).{name}")
    return rgb(said)


def rgb(said: str) -> Colour:
    red, green, blue = (int(each) for each in said.partition("(")[2].rstrip(")").split(", ")[:3])
    return red, green, blue


def contrast(one: Colour, other: Colour) -> float:
    """Return how well a colour is read on another (WCAG 2.2, 1.4.3)."""
    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def luminance(seen: Colour) -> float:
    linear = [
        part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4
        for part in seen
    ]
    return sum(each * of for each, of in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


@pytest.mark.parametrize("width", [DESK, PHONE])
@pytest.mark.parametrize("dark", [False, True], ids=["day", "night"])
def test_both_lines_are_seen_in_every_plot(
    browser: Browser, made: Path, width: int, dark: bool
) -> None:
    browser.show(made, width, dark=dark)
    before, after = (colour(browser, f"polyline.{name}", "stroke") for name in ("before", "after"))
    ground = colour(browser, "body", "backgroundColor")
    assert (luminance(ground) < 0.1) is dark
    plots = boxes(browser, "details[open] svg.plot")
    titles = browser.page.ask("[...document.querySelectorAll('figcaption')].map(e => e.innerText)")
    assert titles[:3] == ["time of each layer, s", "change of that time, %", "highest flow, mm³/s"]
    assert len(plots) == 3
    for number, box in enumerate(plots):
        seen = browser.colours(box)
        assert seen[after] > 30
        assert (before in seen) is (number != 1)
        assert seen[ground] > sum(seen.values()) / 2, "lines on a ground, and no block"


def test_a_layer_shows_slower_outer_walls_in_another_colour(browser: Browser, made: Path) -> None:
    browser.show(made, DESK)
    legend = browser.page.ask(
        "[...document.querySelectorAll('.legend span')].slice(2).map(each => "
        "[each.innerText, getComputedStyle(each.firstChild).backgroundColor])"
    )
    shades = {said: rgb(shade) for said, shade in legend}
    assert {str(SLOW), str(USUAL)} <= set(shades)
    captions = browser.page.ask(
        "[...document.querySelectorAll('figcaption')].slice(3).map(e => e.innerText)"
    )
    assert [each.split()[0] for each in captions] == ["before", "after"]
    was, now = (browser.colours(box) for box in boxes(browser, "svg.layer"))
    usual, slow = shades[str(USUAL)], shades[str(SLOW)]
    assert was.get(slow, 0) < 50
    assert now[slow] > 500
    assert now[usual] < was[usual] - 500, "the solid fill is as fast as before"


def test_the_verdict_is_the_first_thing_on_a_screen(browser: Browser, made: Path) -> None:
    browser.show(made, PHONE)
    (top,) = boxes(browser, "h1")
    assert 0 <= top["y"] < 60
    assert "not good: 1 out of bounds" in browser.page.ask("document.body.innerText").split("\n")[0]
    wrong = colour(browser, "h1", "color")
    assert browser.colours(top)[wrong] > 200


def test_before_and_after_are_seen_on_a_phone_without_scrolling(
    browser: Browser, made: Path
) -> None:
    browser.show(made, PHONE)
    values = browser.page.ask(
        "[...document.querySelectorAll('table')].slice(0, 2).flatMap(table => [...table.rows])"
        ".map(row => [...row.cells].filter(cell => cell.getBoundingClientRect().right <= innerWidth)"
        ".map(cell => cell.innerText))"
    )
    assert ["temperature", "210 °C", "225 °C"] in values
    assert ["external_perimeter_speed", "40 mm/s", "20 mm/s"] in values
    assert values[-1][:2] == ["cube", "out of bounds"]
    assert values[-1][2].endswith("%")


def every_kind(folder: Path) -> Iterator[Path]:
    long = replace(NEW, printer_class="a-class-with-a-name-that-goes-on-and-on-and-on-and-on")
    wide = result()
    found = {
        "many": report(BREACHED, *[wide] * 30),
        "long": report(replace(wide, pair=replace(wide.pair, after=long))),
        "hostile": hostile(),
        "nothing": report(),
    }
    for name, each in found.items():
        path = folder / f"{name}.html"
        path.write_text(page(each, {NEW.key: VIEW}))
        yield path


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_nothing_sticks_out_and_no_word_is_cut(
    browser: Browser, made: Path, width: int, tmp_path: Path
) -> None:
    for path in (made, *every_kind(tmp_path)):
        browser.show(path, width)
        browser.page.ask("document.querySelectorAll('details').forEach(each => each.open = true)")
        wide = browser.page.ask("[document.documentElement.scrollWidth, innerWidth]")
        assert wide == [width, width], path.name
        assert browser.page.ask(STICKS_OUT) == [], path.name
        assert browser.page.ask(OUTSIDE) == [], path.name


@pytest.mark.parametrize("dark", [False, True], ids=["day", "night"])
def test_every_word_is_read_well(browser: Browser, made: Path, dark: bool, tmp_path: Path) -> None:
    for path in (made, *every_kind(tmp_path)):
        browser.show(path, DESK, dark=dark)
        ground = colour(browser, "body", "backgroundColor")
        for said, text in browser.page.ask(COLOURED):
            assert contrast(rgb(said), ground) >= 4.5, (path.name, said, text)


def test_the_page_asks_for_nothing(made: Path, tmp_path: Path) -> None:
    with chromium(tmp_path) as browser:
        browser.show(made, DESK)
        assert browser.asked == [made.as_uri()]
        assert browser.said == []
    log = json.loads((tmp_path / "net.json").read_text())
    asked = [event["params"]["url"] for event in log["events"] if "url" in event.get("params", {})]
    assert [url for url in asked if url.startswith(("http:", "https:", "ws:", "wss:"))] == []


def test_a_page_that_asked_for_something_would_be_caught(tmp_path: Path) -> None:
    path = tmp_path / "asks.html"
    path.write_text("<!doctype html><img src='http://pixels.example/pixel.png'>")
    with chromium(tmp_path) as browser:
        browser.show(path, DESK)
        assert browser.asked == [path.as_uri(), "http://pixels.example/pixel.png"]
        assert "ERR_PROXY_CONNECTION_FAILED" in browser.said[0]
    assert '"url":"http://pixels.example/pixel.png"' in (tmp_path / "net.json").read_text()
