"""The pages about drivers say what drivers do."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest

from farmctl.printers.driver import Finding, PrinterDriver, Promises, Why
from farmctl.printers.moonraker import checks, guard
from farmctl.printers.prusalink import checks as prusalink_checks
from farmctl.printers.registry import DRIVERS
from farmctl.printers.web.answers import Call, Means
from farmctl.sim.faults import Fault
from farmctl.testing.conformance import CHECKS
from scripts.docs.answers import TABLES
from tests.docs.markdown_files import ROOT
from tests.printers.broken import BROKEN
from tests.printers.recorded import exchange

pytestmark = pytest.mark.pure

ADDING = (ROOT / "docs/adding-a-driver.md").read_text()


def page_of(driver: str) -> str:
    return (ROOT / f"docs/printers/{driver}.md").read_text()


def rows_under(page: str, heading: str) -> list[list[str]]:
    """The cells of the table under a heading, without its head."""
    text = page.split(f"\n## {heading}\n")[1].split("\n## ", maxsplit=1)[0]
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


@pytest.mark.parametrize("driver", TABLES)
def test_the_answer_table_of_the_page_is_the_drivers(driver: str) -> None:
    shown = {
        (call.strip("`"), int(status), words.strip("`"), means.strip("*"), Path(link[:-1]).stem)
        for call, status, words, means, link in rows_under(page_of(driver), "What an answer means")
        if status != "any other"
    }
    assert shown == {
        (row.call, row.status, row.words, said_of(row.means), row.exchange)
        for row in TABLES[driver]
    }


def said_of(means: Means | Why) -> str:
    return str(means) if isinstance(means, Means) else f"rejected: {means.replace('_', ' ')}"


@pytest.mark.parametrize("driver", TABLES)
def test_every_row_names_a_recording_of_its_call_and_status(driver: str) -> None:
    for row in TABLES[driver]:
        assert exchange(driver, row.exchange)["response"]["status"] == row.status


@pytest.mark.parametrize("driver", TABLES)
@pytest.mark.parametrize("call", Call)
def test_what_no_row_explains_is_said_to_be_unknown(call: Call, driver: str) -> None:
    assert [f"`{call}`", "any other", "any other", "*unknown*", ""] in rows_under(
        page_of(driver), "What an answer means"
    )


SAID_BY = {"moonraker": (checks, guard), "prusalink": (prusalink_checks,)}
"""Where a driver says what it finds."""

WARNS = {
    "moonraker": {"moonraker-old", "moonraker-trusts-many", "moonraker-cors-open"},
    "prusalink": {"prusalink-printer", "prusalink-full", "prusalink-key-readable"},
}
"""Findings that refuse nothing."""


@pytest.mark.parametrize("driver", WARNS)
def test_every_finding_that_refuses_has_a_mend_on_the_page(driver: str) -> None:
    section = page_of(driver).split("\n## What it refuses\n")[1].split("\n## ", maxsplit=1)[0]
    listed = set(re.findall(r"`(\w+(?:-\w+)+)`", section))
    sources = [inspect.getsource(each) for each in SAID_BY[driver]]
    codes = set(re.findall(r'"(\w+(?:-\w+)+)"', "".join(sources)))
    assert codes - WARNS[driver] <= listed
    assert checks.unusable("").refuses
    assert isinstance(checks.other_machine(""), Finding)


@pytest.mark.parametrize("driver", TABLES)
def test_the_patience_is_said(driver: str) -> None:
    promises = import_module(f"farmctl.printers.{driver}.driver").PROMISES
    assert f"the driver's patience ({promises.patience_s:.0f} s)" in page_of(driver)


def test_every_method_of_the_protocol_is_on_the_page() -> None:
    methods = {name for name in vars(PrinterDriver) if not name.startswith("_")}
    shown = "".join(row[0] for row in rows_under(ADDING, "What it must do"))
    assert set(re.findall(r"`(\w+)", shown)) == methods


def test_every_promise_is_on_the_page() -> None:
    listed = {row[0].strip("`") for row in rows_under(ADDING, "What it can promise")}
    assert listed == set(Promises.__struct_fields__)


def test_the_broken_drivers_and_counts_are_those_of_the_suite() -> None:
    assert [row[1].strip("`") for row in rows_under(ADDING, "Prove it")] == list(BROKEN.values())
    assert f"{len(CHECKS)} named checks" in ADDING
    assert f"has {len(TABLES['moonraker'])} rows" in ADDING


def test_every_fault_of_a_virtual_printer_is_on_the_page() -> None:
    listed = "".join(row[0] for row in rows_under(page_of("virtual"), "Let something go wrong"))
    assert set(re.findall(r"`(\w+)`", listed)) == {str(each) for each in Fault}


@pytest.mark.parametrize("name", sorted(DRIVERS))
def test_a_driver_has_a_page(name: str) -> None:
    assert f"`{name}`" in page_of(name)
