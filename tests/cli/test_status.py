"""`status`: the screen as it is drawn, from sheets, looks and moments made by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from farmctl.cli.views.status import needs_a_person, status_items, status_lines
from farmctl.control.glance import Glance, Moment, Seen, ago, seen_after
from farmctl.farm.asking.glancing import Seeing, Signboard
from farmctl.farmrepo.standing import Standing, parse_status
from farmctl.model.attention import ATTENTION_KINDS, command_for, urgency
from farmctl.model.ids import PrinterName
from farmctl.model.observation import DeviceState, Job, Observation
from farmctl.model.sheet import HeldRow, NeedRow, OrderRow, PrinterRow, PrintRow, Sheet, WaitRow

pytestmark = pytest.mark.pure

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)  # Tue 09:12 in Berlin
COMMIT = "3f9c2e1" + "0" * 33


def at(hour: int, minute: int = 0, day: int = 24) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=BERLIN)


def printer(name: str, **said: Any) -> PrinterRow:
    row = PrinterRow(name, "voron-350@3.0.0", "ready", NOW, "clear", "person", ("PETG/black",))
    return replace(row, **said)


def printing(number: int, name: str, parts: str, *, began: datetime, hours: float) -> PrintRow:
    time_ms = round(hours * 3_600_000)
    return PrintRow(f"run-{number}", name, "printing", ("ord-1042",), parts, began, time_ms)


def need(kind: str, about: str, evidence: str, since: datetime = NOW) -> NeedRow:
    return NeedRow(kind, about, evidence, command_for(kind, about), since)


def seeing(sheet: Sheet, *, seen: dict[str, Seen] | None = None, loop: bool = True) -> Seeing:
    looks = {each.name: Seen(NOW - timedelta(seconds=3)) for each in sheet.printers}
    glance = Glance(sheet, looks if seen is None else seen, Moment(NOW, BERLIN))
    return Seeing(Signboard("jonas-farm", BERLIN), Standing("main", COMMIT), glance, loop)


def many() -> Seeing:
    """The Tuesday morning of a farm of twelve."""
    prints = [
        printing(4420 + n, f"voron-{n:02}", f"bracket ×{n}", began=at(7), hours=2 + n / 4)
        for n in range(3, 10)
    ]
    sheet = Sheet(
        seq=9000,
        commit=COMMIT,
        printers=(
            *(printer(f"voron-{n:02}", phase="busy", bed="occupied") for n in range(3, 10)),
            printer("mk4-12", phase="offline", seen_at=at(3, 5), bed="occupied"),
            printer("mk4-03", bed="occupied"),
            printer("voron-02", bed="occupied", failed=True),
            printer("ender-2", loaded=("PLA/red",)),
            printer("x1c-07", held="nozzle clogged"),
            printer(
                "voron-11",
                phase="external",
                bed="occupied",
                job="benchy.gcode, started at the printer",
            ),
            printer("voron-01"),
        ),
        prints=(
            *prints,
            replace(printing(4409, "mk4-12", "hook ×4", began=at(1), hours=4), phase="unknown"),
        ),
        waiting=(
            WaitRow(
                *("plate-9", ("ord-1055",), "bracket ×6", "voron-350@3.0.0"),
                *(("PETG/black",), True, 3_600_000, NOW),
            ),
            WaitRow(
                *("plate-10", ("ord-1060",), "vase ×1", "mk4@1.0.0"),
                *(("PLA/white",), True, 3_600_000, NOW),
            ),
            WaitRow(
                *("plate-11", ("ord-1061",), "lid ×2", "mk4@1.0.0"),
                *(("PLA/white",), False, 0, NOW),
            ),
        ),
        orders=(
            OrderRow("ord-1042", "", at(9, 30), None),
            OrderRow("ord-1051", "", at(10, 30), None),
            OrderRow("ord-1055", "", at(17, 0, day=25), None),
            OrderRow("ord-1062", "hook ×3", None, None),
        ),
        needs=(
            need("print-failed", "voron-02", "run-4417: first_layer", at(2, 31)),
            need("print-out-of-sight", "mk4-12", "run-4409: the printer does not answer", at(3, 5)),
            need("wrong-material", "ender-2 PLA/white", "has PLA/red, 2 prints want it"),
            need("approve-plan", "ord-1058/hook", "profile 1.9.0 is new on x1c"),
            need("check-parts", "mk4-03", "run-4400 is done", at(23, 40, day=23)),
            need("check-parts", "mk4-08", "run-4401 is done", at(1, 12)),
        ),
        held=(
            HeldRow("x1c-07", "Tom", "nozzle clogged", at(16, 20, day=23), "unhold x1c-07"),
            HeldRow("petg@1.9.0", "priya", "strings", at(2, 59), "unhold petg@1.9.0"),
        ),
    )
    seen = {f"voron-{n:02}": Seen(NOW - timedelta(seconds=3), 100 * n) for n in range(3, 9)}
    seen["voron-09"] = Seen(NOW - timedelta(minutes=14), 900)
    silent = Seen(NOW - timedelta(seconds=3), 610, "no answer")
    seen["mk4-12"] = replace(silent, answered_at=at(3, 5), job_at=at(3, 5))
    found = seeing(sheet, seen=seen)
    return replace(found, git=replace(found.git, behind=2, changed=("farm.yaml", "orders/a.yaml")))


def few(**said: Any) -> Sheet:
    """A shelf of two."""
    rows = (printer("one"), printer("two", loaded=("PLA/white",)))
    return replace(Sheet(seq=7, commit=COMMIT, printers=rows), **said)


def test_a_farm_of_many_is_drawn(golden: Any) -> None:
    text = "\n".join(status_lines(many()))
    assert max(map(len, text.splitlines())) <= 100
    golden("status/many.txt", text)


def test_a_small_farm_has_a_row_for_each_printer(golden: Any) -> None:
    row = printing(1, "one", "bracket ×2", began=at(9), hours=1)
    sheet = few(prints=(row,), orders=(OrderRow("ord-1", "", None, None),))
    found = seeing(sheet, seen={"one": Seen(NOW - timedelta(seconds=2), 340)})
    golden("status/few.txt", "\n".join(status_lines(found)))


def test_a_quiet_farm_is_three_lines_and_more_than_eight_printers_are_counted() -> None:
    rows = tuple(printer(f"voron-{n}") for n in range(9))
    lines = status_lines(seeing(few(printers=rows)))
    assert lines[1:] == ["9 printers: 9 ready", "All well."]
    assert lines[0].startswith("jonas-farm · main 3f9c2e1 · loop running, printers seen 3 s ago ")
    assert lines[0].endswith(" Tue 24 Nov 09:12")
    assert len(lines[0]) == 100


def crowd() -> Seeing:
    """A farm of a thousand: two classes, most beds to be cleared, a row of them offline."""
    names = [f"p-{n:04}" for n in range(1000)]
    rows = tuple(
        printer(
            name,
            printer_class="mk4@1.0.0" if n % 4 else "voron-350@3.0.0",
            phase="offline" if n < 20 else "ready",
            bed="clear" if n > 900 else "occupied",
        )
        for n, name in enumerate(names)
    )
    needs = (
        *(need("bed-not-clear", each, "nobody has said") for each in names[100:600]),
        *(need("printer-offline", each, "no answer") for each in names[:20]),
        need("approve-plan", "ord-1058/hook", "profile 1.9.0 is new on x1c"),
        *(need("check-parts", each, "done", at(1)) for each in names[600:900]),
    )
    return seeing(Sheet(seq=9, commit=COMMIT, printers=rows, needs=needs))


def test_a_farm_of_a_thousand_fits_a_screen(golden: Any) -> None:
    lines = status_lines(crowd())
    golden("status/crowd.txt", "\n".join(lines) + "\n")
    assert len(lines) < 20
    assert len(status_items(crowd())) > 1800


def test_the_json_of_status(golden: Any) -> None:
    import json

    golden("status/many.json", json.dumps(status_items(many()), ensure_ascii=False, indent=1))


def test_every_need_ends_with_the_command_that_ends_it() -> None:
    for kind in ATTENTION_KINDS:
        found = seeing(few(needs=(need(kind, "one", "seen"),)))
        item = next(
            each for each in status_items(found) if each["kind"] in ("needs-you", "take-off")
        )
        assert item["next_command"] == f"farmctl {command_for(kind, 'one')}"
        assert needs_a_person(found)
        assert any(line.endswith(command_for(kind, "one")) for line in status_lines(found))


def test_without_a_loop_the_first_need_is_the_loop() -> None:
    row = printing(1, "one", "bracket ×2", began=at(2), hours=1)
    seen = {"one": Seen(at(2, 10), 340)}
    found = seeing(
        few(prints=(row,), needs=(need("check-parts", "two", "x"),)), seen=seen, loop=False
    )
    lines = status_lines(found)
    assert lines[0].startswith("jonas-farm · main 3f9c2e1 · no loop, printers seen 7 h 02 min ago")
    first = lines[lines.index(next(each for each in lines if each.startswith("NEEDS YOU"))) + 1]
    assert first.split("  ")[0] == " ! loop"
    assert "not running since 02:10: prints go on, nothing new starts" in first
    assert first.endswith("  run")
    assert "last seen 7 h 02 min ago" in "\n".join(lines)
    assert "34 %" not in "\n".join(lines)


def test_a_farm_at_rest_needs_no_loop() -> None:
    assert not needs_a_person(seeing(few(), loop=False))


def test_a_commit_that_nobody_acted_on_is_named() -> None:
    found = seeing(few(commit="1" * 40), loop=False)
    item = next(each for each in status_items(found) if each["kind"] == "needs-you")
    assert (item["subject"], item["reason"], item["next_command"]) == (
        "main",
        "3f9c2e1 is new: nothing of it is planned yet",
        "farmctl apply",
    )
    assert not needs_a_person(seeing(few(commit="1" * 40), loop=True))


def test_damage_of_the_ledger_comes_first() -> None:
    found = seeing(few(damage="journal/00000001.jsonl:7: the hash is not that of the event"))
    item = next(each for each in status_items(found) if each["kind"] == "needs-you")
    assert (item["subject"], item["next_command"]) == ("ledger", "farmctl ledger verify")


def test_nothing_is_ever_a_bare_unknown() -> None:
    row = replace(printing(1, "one", "lid ×4", began=at(2), hours=1), phase="unknown")
    odd = (
        printer("one", phase="unknown", bed="unknown"),
        printer("two", phase="unknown", seen_at=None),
    )
    found = seeing(few(printers=odd, prints=(row,)), seen={})
    text = "\n".join(status_lines(found))
    assert "unknown" not in text
    assert "one  may still print" in text
    assert "two  not seen" in text


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ({}, "ready"),
        ({"bed": "occupied"}, "to clear"),
        ({"bed": "unknown"}, "to clear"),
        ({"bed": "occupied", "failed": True}, "failed"),
        ({"held": "tested"}, "held"),
        ({"phase": "offline"}, "offline"),
        ({"phase": "external", "job": "x.gcode"}, "in use"),
        ({"phase": "unknown"}, "not ready"),
        ({"phase": "unknown", "seen_at": None}, "not seen"),
    ],
)
def test_the_word_for_what_a_printer_does(row: dict[str, Any], word: str) -> None:
    found = seeing(few(printers=(printer("one", **row),)), seen={})
    assert status_items(found)[0]["state"] == word


def test_a_printer_that_is_starting_up_was_seen_and_says_so() -> None:
    sheet = few(printers=(printer("one", phase="unknown"),))
    starting = Seen(NOW, message="Printer is not ready", answered_at=NOW)
    assert "one  not ready  Printer is not ready" in "\n".join(
        status_lines(seeing(sheet, seen={"one": starting}))
    )
    text = "\n".join(status_lines(seeing(sheet, seen={})))
    assert "one  not ready  it does not say what it is doing" in text


def test_an_order_is_late_at_risk_or_fine() -> None:
    def late(due: datetime, parts: str = "") -> list[tuple[str, str]]:
        row = printing(1, "one", "lid ×4", began=at(9), hours=2)
        orders = (OrderRow("ord-1042", parts, due, None),)
        items = status_items(seeing(few(prints=(row,), orders=orders), seen={}))
        return [
            (str(each["state"]), str(each["reason"])) for each in items if each["kind"] == "late"
        ]

    assert late(at(10)) == [("late", "due 10:00, ready 11:00: 1 h 00 min late")]
    assert late(at(12)) == [("at risk", "due 12:00, ready 11:00: 1 h 00 min spare")]
    assert late(at(13, 1)) == []
    assert late(at(8)) == [("late", "due 08:00, ready 11:00: 3 h 00 min late")]
    assert late(at(10), "lid ×1") == [
        ("late", "due 10:00, ready at the earliest 11:00: 1 h 00 min late")
    ]


def test_a_print_is_done_by_its_estimate_and_later_by_its_progress() -> None:
    row = printing(1, "one", "lid ×4", began=at(8), hours=4)
    glance = seeing(few(prints=(row,)), seen={}).glance
    assert glance.done_at(row) == at(12)
    early = replace(glance, seen={"one": Seen(at(8, 30), 50)})
    assert early.done_at(row) == at(8, 30) + timedelta(hours=4) * 0.95
    telling = replace(glance, seen={"one": Seen(at(9), 500)})
    assert telling.done_at(row) == at(10)


def test_a_waiting_print_says_for_which_bed_and_when() -> None:
    row = printing(1, "one", "lid ×4", began=at(9), hours=1)
    waiting = WaitRow(
        *("plate-2", ("ord-2",), "lid ×2", "voron-350@3.0.0", ("PETG/black",), True, 1, NOW)
    )
    sheet = few(prints=(row,), waiting=(waiting,))
    items = [each for each in status_items(seeing(sheet, seen={})) if each["kind"] == "waiting"]
    assert [each["reason"] for each in items] == [
        "lid ×2  for a PETG/black bed: one at 10:00, once cleared"
    ]
    nobody = replace(waiting, filaments=("ABS/red",))
    items = status_items(seeing(few(waiting=(nobody,)), seen={}))
    assert items[-1]["reason"] == "lid ×2  for ABS/red in a voron-350"


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(seconds=-5), "0 s"),
        (timedelta(seconds=59), "59 s"),
        (timedelta(minutes=14), "14 min"),
        (timedelta(hours=2, minutes=10), "2 h 10 min"),
        (timedelta(days=3), "3 days"),
    ],
)
def test_how_long_ago(span: timedelta, text: str) -> None:
    assert ago(span) == text


def test_times_are_local_with_the_day_when_it_is_another() -> None:
    moment = Moment(NOW, BERLIN)
    assert moment.said(at(12)) == "12:00"
    assert moment.said(at(17, day=25)) == "Wed 17:00"
    assert moment.said(at(17, day=30)) == "30 Nov 17:00"


def test_what_git_says() -> None:
    text = (
        "# branch.oid abc123\n# branch.head main\n# branch.upstream origin/main\n"
        "# branch.ab +1 -2\n"
        "1 .M N... 100644 100644 100644 111 222 farm.yaml\n"
        "2 R. N... 100644 100644 100644 111 222 R100 orders/b c.yaml\torders/a.yaml\n"
        "u UU N... 100644 100644 100644 100644 1 2 3 plans/x.yaml\n"
        "? models/new part.stl\n"
    )
    assert parse_status(text) == Standing(
        *("main", "abc123", 1, 2),
        ("farm.yaml", "models/new part.stl", "orders/b c.yaml", "plans/x.yaml"),
    )
    assert parse_status("# branch.oid (initial)\n# branch.head main\n") == Standing("main")


def test_what_a_printer_showed_last_is_kept_when_it_is_silent() -> None:
    name = PrinterName("one")
    job = Job("run-1.gcode", "7", 610)
    shown = seen_after(None, Observation(name, at(8), DeviceState.PRINTING, job=job))
    silent = seen_after(shown, Observation(name, at(9), DeviceState.OFFLINE, message="no answer"))
    assert silent == Seen(at(9), 610, "no answer", at(8), "run-1.gcode", at(8))
    idle = seen_after(silent, Observation(name, at(10), DeviceState.READY))
    assert idle == Seen(at(10), 610, "", at(10), "run-1.gcode", at(8))


def test_a_print_of_somebody_else_tells_nothing_of_ours() -> None:
    row = replace(printing(1, "one", "lid ×4", began=at(8), hours=4), file="run-1.gcode")
    other = Seen(at(9), 500, "", at(9), "benchy.gcode", at(9))
    glance = seeing(few(prints=(row,)), seen={"one": other}).glance
    assert (glance.progress(row), glance.done_at(row)) == ("not seen yet", at(12))
    assert glance.progress(replace(row, phase="unknown")) == "out of sight"
    ours = replace(glance, seen={"one": replace(other, job="run-1.gcode")})
    assert (ours.progress(row), ours.done_at(row)) == ("last seen 12 min ago", at(10))
    assert ours.progress(replace(row, phase="unknown")) == "last seen 12 min ago, at 50 %"


def test_a_printer_that_needs_two_things_has_one_line_with_what_comes_first() -> None:
    needs = (
        need("printer-fault", "one", "heater"),
        need("print-failed", "one", "run-1"),
        need("wrong-material", "two PLA/red", "has PLA/white, 1 print wants it"),
    )
    found = seeing(few(needs=needs))
    lines = [each for each in status_items(found) if each["kind"] == "needs-you"]
    assert [(each["subject"], each["next_command"]) for each in lines] == [
        ("one", "farmctl clear one --failed"),
        ("two", "farmctl load two PLA/red"),
    ]
    assert (
        lines[0]["reason"] == "its print failed 09:12: run-1; the machine reports a fault: heater"
    )
    rows = {each["subject"]: each for each in status_items(found) if each["kind"] == "printer"}
    assert (rows["one"]["state"], rows["one"]["reason"]) == ("fault", "heater")
    assert rows["one"]["next_command"] == lines[0]["next_command"]
    assert rows["two"]["next_command"] == lines[1]["next_command"]


def test_a_long_text_goes_on_below_and_is_never_cut() -> None:
    evidence = "words " * 30 + "end"
    lines = status_lines(seeing(few(needs=(need("printer-offline", "one", evidence),))))
    below = lines[lines.index(next(each for each in lines if each.startswith(" ? one"))) :]
    assert below[0].endswith("  explain one")
    assert below[-1].endswith("end")
    assert max(map(len, below)) <= 100


@pytest.mark.parametrize(
    ("kinds", "first"),
    [
        (("printer-offline", "print-failed"), "print-failed"),
        (("print-out-of-sight", "wrong-identity"), "wrong-identity"),
        (("check-parts", "bed-not-clear", "print-paused"), "print-paused"),
    ],
)
def test_what_comes_first(kinds: tuple[str, ...], first: str) -> None:
    assert min(kinds, key=urgency) == first
