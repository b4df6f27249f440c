"""What a change does to each model is said in every form: shortly, with before and after."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from msgspec.structs import replace

from farmctl.ci.cases import Pair
from farmctl.ci.junit import junit
from farmctl.ci.markdown import markdown
from farmctl.ci.page import page
from farmctl.ci.report import Status, results
from farmctl.ci.settings import settings_changes
from farmctl.ci.words import biggest, headline, overview_cells
from tests.ci.cases import measured
from tests.ci.test_reports import BREACHED, NEW, PAIR, outcomes, report, result

pytestmark = pytest.mark.pure


def test_a_model_without_a_before_says_what_it_comes_to() -> None:
    (found,) = results([Pair(NEW, None, ("x",))], outcomes(measured("old"), measured("new")), {})
    assert found.status is Status.NEW
    assert headline(report(found)) == "good: 1 new"
    assert biggest(found) == "1m 00s, 3 g"
    assert overview_cells(found) == ("cube", "new", "new", "-", "1m 00s", "-", "pla@draft on mini")
    assert "| cube | ✅ new | new |" in markdown(report(found))


def test_what_is_less_than_a_thousandth_is_told_only_where_nothing_else_is() -> None:
    tiny = result(new=measured("new", travel_um=5_000_001))
    assert biggest(tiny) == "travel +0.0 %"
    more = result(new=measured("new", travel_um=5_000_001, seams=30))
    assert biggest(more) == "seams +50.0 %"


def test_junit_says_the_settings_and_each_figure_that_is_another() -> None:
    whole = replace(report(result()), settings=settings_changes([PAIR]))
    (suite,) = ET.fromstring(junit(whole))
    (found,) = suite.iter("property")
    assert (found.get("name"), found.get("value")) == ("temperature", "210 °C → 225 °C")
    assert (suite.findtext("testcase/system-out") or "").splitlines() == [
        "time: 1m 00s → 1m 06s, +10.0 %",
        "shortest layer: 30 s → 33 s, +10.0 %",
    ]
    elsewhere = replace(
        whole, settings=(replace(whole.settings[0], where=("other@1.0.0 on mini",)),)
    )
    assert list(ET.fromstring(junit(elsewhere)).iter("property")) == []


def test_how_to_mend_is_said_once_for_all() -> None:
    text = markdown(report(BREACHED, BREACHED))
    assert text.count("mend the profile, or the golden model's range") == 1
    assert page(report(BREACHED, BREACHED), {}).count("mend the profile") == 1
