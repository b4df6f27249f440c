"""The report in every form: what it says, what comes first, and that nothing in it means more."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from farmctl.ci.cases import Pair
from farmctl.ci.document import document
from farmctl.ci.junit import junit
from farmctl.ci.layer_view import LayerView, Line
from farmctl.ci.markdown import MOST_B, markdown
from farmctl.ci.outcome import Failed, Outcome
from farmctl.ci.page import page
from farmctl.ci.report import Report, Result, SettingChange, Status, Touched, results
from farmctl.ci.settings import settings_changes
from farmctl.ci.words import headline, touched_lines
from farmctl.model.diagnostics import Diagnostic
from farmctl.model.digest import Digest
from farmctl.profiles.groups import Group
from tests.ci.cases import case, golden, measured

pytestmark = pytest.mark.pure

OLD, NEW = case(), case("draft", "temperature = 225", ("draft",))
PAIR = Pair(NEW, OLD, ("pla@draft is new here",))
FAILED = Failed("slicer-timeout", "it was stopped after 180 s", "farmctl preflight MODEL")


def outcomes(old: Outcome, new: Outcome) -> dict[Digest, Outcome]:
    assert OLD.request is not None
    assert NEW.request is not None
    return {OLD.request.key: old, NEW.request.key: new}


def result(pair: Pair = PAIR, old: Outcome | None = None, new: Outcome | None = None) -> Result:
    made = outcomes(old or measured("old"), new or measured("new", time_ms=66_000))
    (found,) = results([pair], made, {})
    return found


def bounded(**expect: Any) -> Pair:
    model = golden(**expect)
    return Pair(replace(NEW, model=model), replace(OLD, model=model), ("because",))


def report(*found: Result, **more: Any) -> Report:
    return Report("0" * 40, "work tree", results=found, **more)


BREACHED = result(bounded(time_s={"range": "..65"}))
HOSTILE = (
    "<script>alert(1)</script> | `x` [a](http://evil.example) ![b](//evil.example/c) \x00\x1b[31m"
)


def test_how_a_result_is() -> None:
    assert result().status is Status.CHANGED
    assert result(new=measured("new")).status is Status.SAME
    assert BREACHED.status is Status.BREACHED
    assert result(new=FAILED).status is Status.FAILED


def test_the_worst_comes_first_and_then_the_biggest_change() -> None:
    pairs = [
        Pair(replace(NEW, model=golden(name)), replace(OLD, model=golden(name)), ("x",))
        for name in ("a", "b")
    ]
    slow = case("1.1.0", "temperature = 230", ("new",), model=golden("slow"))
    broken = case("1.1.0", "temperature = 240", ("new",), model=golden("broken"))
    assert slow.request is not None
    assert broken.request is not None
    made = {
        **outcomes(measured("old"), measured("new", time_ms=61_000)),
        slow.request.key: measured("slow", time_ms=90_000),
        broken.request.key: FAILED,
    }
    both = [*pairs, Pair(slow, OLD, ("x",)), Pair(broken, OLD, ("x",))]
    order = [each.pair.after.model.name for each in results(both, made, {})]
    assert order == ["broken", "slow", "a", "b"]


def test_a_report_is_good_when_nothing_is_out_of_bounds() -> None:
    assert report(result()).is_good
    assert not report(result(), BREACHED).is_good
    assert not report(result(new=FAILED)).is_good
    assert not report(problems=(Diagnostic("a", 1, 1, "golden-mesh-moved", "x"),)).is_good
    assert headline(report()) == "nothing that golden models are measured on has changed"
    assert headline(report(changes=("golden model ring is gone",))) == (
        "good: nothing had to be sliced"
    )
    assert headline(report(result(), BREACHED)) == "not good: 1 out of bounds, 1 changed"


def test_what_was_sliced_before_and_is_not_any_more_is_said() -> None:
    text = markdown(report(result(new=FAILED)))
    assert "slicer-timeout: it was stopped after 180 s (it was sliced before the change)" in text
    both = markdown(report(result(old=FAILED, new=FAILED)))
    assert "sliced before the change)" not in both
    only_before = markdown(report(result(old=FAILED)))
    assert "not sliced before the change: it was stopped" in only_before


def test_settings_are_said_once_for_all_models() -> None:
    pairs = [
        Pair(replace(NEW, model=golden(name)), replace(OLD, model=golden(name)), ())
        for name in ("a", "b")
    ]
    assert settings_changes(pairs) == (
        SettingChange(
            Group.TEMPERATURES, "temperature", "210 °C", "225 °C", ("pla@draft on mini",)
        ),
    )
    assert settings_changes([Pair(NEW, None, ())]) == ()


def test_markdown_shows_the_verdict_first_and_folds_the_rest() -> None:
    whole = replace(
        report(BREACHED, result()),
        changes=("pla@draft is new here",),
        settings=settings_changes([PAIR]),
        touched=Touched(orders=("ord-1",), printers=("one", "two")),
    )
    lines = markdown(whole).splitlines()
    assert lines[0] == "## ❌ farmctl ci: not good: 1 out of bounds, 1 changed"
    assert "| temperature | 210 °C | 225 °C | pla@draft on mini | Temperatures |" in lines
    assert "- open orders: ord-1 (1)" in lines
    assert "- printers: one, two (2)" in lines
    folds = [line for line in lines if line.startswith("<details")]
    assert [fold.startswith("<details open>") for fold in folds] == [True, False]
    assert "| time | 1m 00s | 1m 06s | +10.0 % |" in lines
    assert lines.count("| Figure | Before | After | Change |") == 2, "nothing is recorded"
    overview = [line for line in lines if line.startswith("| cube |")]
    assert overview == [
        "| cube | ❌ out of bounds | +10.0 % | 1m 00s | 1m 06s | shortest layer +10.0 % | pla@draft on mini |",
        "| cube | 🔸 changed | +10.0 % | 1m 00s | 1m 06s | shortest layer +10.0 % | pla@draft on mini |",
    ]
    assert lines.count("</details>") == 2


def test_markdown_stays_within_what_a_forge_takes() -> None:
    many = [
        replace(each, pair=replace(each.pair, after=replace(NEW, model=golden(f"m{number}"))))
        for number, each in enumerate([BREACHED] * 400)
    ]
    text = markdown(report(*many))
    assert len(text) < MOST_B + 200
    shown = text.count("<details")
    assert f"…and {400 - shown} more" in text


def hostile() -> Report:
    strange = golden("cube").model_copy(update={"name": HOSTILE})
    pair = Pair(replace(NEW, model=strange), replace(OLD, model=strange), (HOSTILE,))
    found = result(pair, new=Failed(HOSTILE, HOSTILE, HOSTILE))
    return Report(
        HOSTILE,
        HOSTILE,
        changes=(HOSTILE,),
        settings=(SettingChange(Group.OTHER, "notes", HOSTILE, HOSTILE, (HOSTILE,)),),
        results=(found, replace(found, breaches=(), after=result().after)),
        problems=(Diagnostic(HOSTILE, 1, 1, HOSTILE, HOSTILE, HOSTILE),),
        touched=Touched(orders=(HOSTILE,)),
    )


def test_markdown_of_a_stranger_means_nothing() -> None:
    text = markdown(hostile())
    assert "<script" not in text
    # Within HTML, which a summary is, no Markdown is read.
    outside = "\n".join(line for line in text.splitlines() if not line.startswith("<details"))
    assert re.search(r"(?<!\\)[\[\]`]", outside) is None


class Reader(HTMLParser):
    """What a page holds: its tags in order, balanced, and every attribute."""

    VOID = frozenset({"meta", "path", "polyline"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    return reader


VIEW = LayerView(
    200,
    (Line(40_000, (0, 0, 10_000, 0, 10_000, 5_000)), Line(80_000, (0, 0, 3_000, 3_000))),
    (Line(60_000, (0, 0, 10_000, 0, 10_000, 5_000)),),
)


@pytest.mark.parametrize("found", [report(BREACHED, result()), hostile()], ids=["own", "hostile"])
def test_the_page_needs_nothing_else(found: Report) -> None:
    text = page(found, {NEW.key: VIEW})
    reader = read(text)
    assert not {"script", "link", "img", "iframe", "object", "base", "form", "a"} & set(reader.tags)
    names = {name for name, _ in reader.attributes}
    assert not {"src", "href", "xlink:href", "action", "data"} & names
    assert not [name for name in names if name.startswith("on")]
    styles = " ".join(value or "" for name, value in reader.attributes if name == "style")
    assert "url(" not in text.split("<body>")[0] + styles
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in reader.attributes


def test_the_page_draws_time_and_flow_before_and_after() -> None:
    text = page(report(result()), {NEW.key: VIEW})
    pictures = [
        ET.fromstring(f"<svg{each.split('</svg>')[0]}</svg>") for each in text.split("<svg")[1:]
    ]
    assert [each.get("aria-label") for each in pictures] == [
        "time of each layer over height",
        "change of that time over height",
        "highest flow over height",
        "the layer at 0.2 mm",
        "the layer at 0.2 mm",
    ]
    for number, plotted in enumerate(pictures[:3]):
        lines = plotted.findall("polyline")
        names = ["after"] if number == 1 else ["before", "after"]
        assert [each.get("class") for each in lines] == names
        for line in lines:
            points = [each.split(",") for each in (line.get("points") or "").split()]
            assert len(points) == 2
            assert all(0 <= float(x) <= 330 and 0 <= float(y) <= 190 for x, y in points)
    before, after = (len(each.findall("g/path")) for each in pictures[3:])
    assert (before, after) == (2, 1), "a path for each speed"


def test_a_slower_layer_is_drawn_higher() -> None:
    text = page(report(result()), {})
    times = ET.fromstring(f"<svg{text.split('<svg')[1].split('</svg>')[0]}</svg>")
    before, after = (each.get("points") or "" for each in times.findall("polyline"))
    assert float(after.split(",")[1].split()[0]) < float(before.split(",")[1].split()[0])


def test_junit_is_xml_whatever_is_in_it() -> None:
    top = ET.fromstring(junit(hostile()))
    assert top.tag == "testsuites"
    suites = {each.get("name"): each for each in top}
    assert suites["farm"].get("errors") == "1"


def test_junit_counts_what_failed() -> None:
    top = ET.fromstring(junit(report(BREACHED, result(), result(new=FAILED))))
    (suite,) = top
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "1", "1")
    kinds = sorted(child.tag for case_ in suite for child in case_ if child.tag != "system-out")
    assert kinds == ["error", "failure"]
    (failure,) = suite.iter("failure")
    assert failure.get("type") == "golden-range"
    assert "time is 1m 06s, not ..65 s" in (failure.text or "")


@given(st.text())
@settings(deadline=None, max_examples=200)
def test_any_text_is_in_every_form(text: str) -> None:
    found = Report(
        "0" * 40, "head", changes=(text,), problems=(Diagnostic(text, 1, 1, text, text),)
    )
    ET.fromstring(junit(found))
    read(page(found, {}))
    assert "<script" not in markdown(found).lower().replace("&lt;script", "")
    json.dumps(document(found))


def test_the_document_holds_every_figure_in_base_units() -> None:
    body = document(report(BREACHED, problems=(Diagnostic("f", 3, 1, "c", "m", "mend"),)))
    (one,) = body["results"]
    assert one["figures"]["time_ms"] == {
        "label": "time",
        "before": 60_000,
        "after": 66_000,
        "baseline": 60_000,
        "change_permille": 100,
    }
    assert one["after"]["slicer"]["version"] == "2.5.0"
    assert one["breaches"][0]["code"] == "golden-range"
    assert (body["good"], body["problems"][0]["line"]) == (False, 3)
    assert json.loads(json.dumps(body)) == body


def test_what_a_merge_touches_is_counted() -> None:
    found = Touched(orders=tuple(f"ord-{n}" for n in range(12)), knows_ledger=False)
    assert list(touched_lines(found)) == [
        "open orders: ord-0, ord-1, ord-2, ord-3, ord-4, ord-5, ord-6, ord-7 and 4 more (12)",
        "there is no ledger here: plates and prints are not known",
    ]
    assert list(touched_lines(Touched())) == ["nothing: no order or printer uses what changed"]
