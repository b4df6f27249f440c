"""One part of a running print is left out: who may, what is done, and what becomes of the parts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from farmctl.cli.views.floor import left_out, not_left_out
from farmctl.control.actions import Act, Record
from farmctl.control.decide.runs import next_of_run
from farmctl.control.excluding import exclude
from farmctl.control.explain import Why
from farmctl.control.triage import sheet_of
from farmctl.control.verdicts import Word, clear_bed, judge
from farmctl.errors import Refused, UsageError
from farmctl.model.events import run_life as life
from farmctl.model.events import runs as said
from farmctl.model.events.runs import Effect
from farmctl.model.ids import InstanceId, ItemKey, PlateId, PrinterName, RunId
from farmctl.model.look import Look, Patience
from farmctl.model.observation import DeviceState, Ended, Ending, Job
from farmctl.model.states import Verdict
from farmctl.planning.machines import Around
from farmctl.policy.failures import presumed
from tests.planning import made
from tests.planning.made import NOW, Story

pytestmark = pytest.mark.pure

RUN = RunId("run-1")
VORON = PrinterName("voron-1")
PARTS = tuple(InstanceId(f"ord-1/bracket#{number}") for number in (1, 2, 3))
FILE = "farmctl-1.gcode"


@pytest.fixture
def printing() -> Story:
    return queued().print_it(1, VORON)


def queued() -> Story:
    story = Story().open_order(made.order(made.item(quantity=3))).printer(VORON).plan()
    return story.plate(1, *PARTS).sliced(1)


def look(*out: str, excludes: bool = True, file: str = FILE) -> Look:
    """What the printer shows, a day later than all that happened."""
    seen = made.look(VORON, DeviceState.PRINTING, job=Job(file, "0001", left_out=out))
    patience = Patience(30.0, deletion_fences=True, survives_restart=True, excludes=excludes)
    later = replace(seen.observation, seen_at=NOW + timedelta(days=1))
    return Look(later, patience)


def ended(*out: str) -> Look:
    seen = made.look(VORON, DeviceState.READY).observation
    ending = Ending(FILE, Ended.COMPLETED, "history: completed", left_out=out)
    later = replace(seen, seen_at=NOW + timedelta(days=1))
    return Look(later, look().patience, FILE, ending)


def asked(story: Story, *parts: str, reason: str | None = "adhesion") -> Story:
    return story.tell(*exclude(story.state, RUN, parts, reason))


def follow(story: Story, seen: Look) -> object:
    """Do what follows from a look; return it."""
    run = story.state.runs[RUN]
    action = next_of_run(story.state, run, seen, NOW + timedelta(days=1))
    if isinstance(action, Record):
        story.tell(*action.facts)
    return action


def test_a_request_becomes_one_call_and_is_answered_by_what_the_printer_shows(
    printing: Story,
) -> None:
    asked(printing, "P02")
    assert follow(printing, look()) == Act(Effect.EXCLUDE, RUN, VORON, "P02")
    printing.tell(said.ExcludeIntended(RUN, VORON, FILE, 1, "P02"))
    assert follow(printing, look()) is None, "one effect at a time"
    printing.tell(said.ExcludeAccepted(RUN, VORON, FILE))
    action = follow(printing, look("P02"))
    assert isinstance(action, Record)
    assert [type(each) for each in action.facts] == [life.PartLeftOut, life.RequestAnswered]
    run = printing.state.runs[RUN]
    assert (run.labels_left_out, run.asked) == ({"P02"}, ())
    assert follow(printing, look("P02")) is None


def test_an_unknown_answer_is_looked_at_before_anything_is_sent_again(printing: Story) -> None:
    asked(printing, "P02")
    printing.tell(said.ExcludeIntended(RUN, VORON, FILE, 1, "P02"))
    printing.tell(said.ExcludeUnknown(RUN, VORON, FILE, "no answer in 120 s"))
    run = printing.state.runs[RUN]
    before = replace(look().observation, seen_at=NOW - timedelta(hours=3))
    stale = replace(look(), observation=before)
    assert next_of_run(printing.state, run, stale, NOW) is None
    assert next_of_run(printing.state, run, None, NOW) is None
    assert isinstance(follow(printing, look("P02")), Record), "it is: nothing is sent"


def test_a_cancel_does_not_wait_for_a_part_to_be_left_out(printing: Story) -> None:
    asked(printing, "P02")
    printing.tell(said.ExcludeIntended(RUN, VORON, FILE, 1, "P02"))
    printing.tell(life.AbortRequested(RUN, "spaghetti everywhere"))
    assert follow(printing, look()) == Act(Effect.CANCEL, RUN, VORON)


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (look(excludes=False), "the printer cannot leave out one part"),
        (look("P01", "P03"), "P02 is the last part that is made"),
    ],
    ids=["another kind of printer", "the others were left out at the printer"],
)
def test_what_cannot_be_done_is_answered_so(seen: Look, words: str, printing: Story) -> None:
    asked(printing, "P02")
    for _ in range(3):
        follow(printing, seen)
    run = printing.state.runs[RUN]
    assert run.asked == ()
    assert words in (run.doubted[0].why_not or "")
    assert words in (not_left_out(printing.state, RUN, ["P02"]) or "")


@pytest.mark.parametrize(("why", "is_over"), [("missing", True), ("not_sent", False)])
def test_what_the_device_declines_is_not_tried_for_ever(
    why: str, is_over: bool, printing: Story
) -> None:
    asked(printing, "P02")
    printing.tell(said.ExcludeIntended(RUN, VORON, FILE, 1, "P02"))
    printing.tell(said.ExcludeRejected(RUN, VORON, FILE, "knows no P02", why=why))
    action = follow(printing, look())
    assert isinstance(action, Record) is is_over
    assert (printing.state.runs[RUN].asked == ()) is is_over


def test_a_call_that_may_come_late_counts_as_done_for_the_last_part(printing: Story) -> None:
    for part in ("P01", "P02"):
        asked(printing, part)
        printing.tell(said.ExcludeIntended(RUN, VORON, FILE, 1, part))
        printing.tell(said.ExcludeUnknown(RUN, VORON, FILE, "no answer"))
    with pytest.raises(Refused, match="would make no part any more without P03"):
        exclude(printing.state, RUN, ["P03"], None)


@pytest.mark.parametrize("names", [["P01", "P02", "P03"], ["bracket"]])
def test_not_all_parts_can_be_left_out(names: list[str], printing: Story) -> None:
    with pytest.raises(Refused) as told:
        exclude(printing.state, RUN, names, None)
    assert told.value.mend == "to end the print: farmctl abort run-1"


def test_wrong_words_are_told(printing: Story) -> None:
    with pytest.raises(UsageError, match="no part is named"):
        exclude(printing.state, RUN, [], None)
    with pytest.raises(UsageError, match="has no part `P09`"):
        exclude(printing.state, RUN, ["P09"], None)
    with pytest.raises(UsageError, match="no reason `because`"):
        exclude(printing.state, RUN, ["P01"], "because")


def test_a_print_that_has_not_begun_or_is_over_has_nothing_to_leave_out(printing: Story) -> None:
    story, gcode = queued(), made.sha("gcode")
    story.tell(said.RunQueued(RUN, PlateId("plate-1"), VORON, gcode, gcode, "dec-1", NOW))
    with pytest.raises(Refused, match="run-1 is queued: it prints nothing yet"):
        exclude(story.state, RUN, ["P01"], None)
    follow(printing, ended())
    with pytest.raises(Refused, match="run-1 is over: completed"):
        exclude(printing.state, RUN, ["P01"], None)


def verdicts(story: Story) -> list[tuple[Verdict, str | None]]:
    parts = story.state.items[ItemKey("ord-1/bracket")].instances
    return [(parts[each].verdict, parts[each].reason) for each in PARTS]


def test_the_part_fails_and_the_others_count(printing: Story) -> None:
    asked(printing, "bracket#2")
    follow(printing, look("P02"))
    assert sheet_of(printing.state).prints[0].parts == "bracket ×3, 1 left out"
    follow(printing, ended("P02"))
    assert verdicts(printing)[1] == (Verdict.FAILED, "adhesion")
    fact = presumed(made.policy(), printing.state, printing.state.runs[RUN])
    assert fact is not None
    printing.tell(fact)
    good, failed = (Verdict.SUCCESS, None), (Verdict.FAILED, "adhesion")
    assert verdicts(printing) == [good, failed, good]
    part = printing.state.items[ItemKey("ord-1/bracket")].instances[PARTS[1]]
    assert part.is_closed, "policy or a person lets it be made again"
    assert [each.reason for each in printing.state.failures] == ["adhesion"]


def test_what_only_the_end_shows_is_known_too(printing: Story) -> None:
    asked(printing, "P02")
    follow(printing, ended("P02"))
    run = printing.state.runs[RUN]
    assert (run.phase, run.labels_left_out) == ("completed", {"P02"})
    assert verdicts(printing)[1] == (Verdict.FAILED, "adhesion")


def test_what_somebody_wanted_out_is_not_presumed_good_when_it_was_made(printing: Story) -> None:
    asked(printing, "P02")
    follow(printing, ended())
    fact = presumed(made.policy(), printing.state, printing.state.runs[RUN])
    assert fact is not None
    assert [each.instance for each in fact.verdicts] == [PARTS[0], PARTS[2]]


def test_all_good_does_not_mean_what_was_left_out(printing: Story) -> None:
    follow(printing, look("P02"))
    follow(printing, ended("P02"))
    facts = clear_bed(printing.state, VORON, Word(Verdict.SUCCESS))
    printing.tell(*facts)
    assert [each for each, _ in verdicts(printing)] == ["success", "failed", "success"]
    word = judge(printing.state, RUN, Word(Verdict.SUCCESS, ("P02",)), by="person")
    assert [each.instance for each in word.verdicts] == [PARTS[1]], "by its name it may change"


def test_what_the_device_calls_a_part_that_is_not_on_the_plate_is_nothing(printing: Story) -> None:
    assert follow(printing, look("P07", "SKIRT")) is None
    assert printing.state.runs[RUN].left_out == ()


def test_explain_says_what_was_asked_and_what_became_of_it(printing: Story) -> None:
    asked(printing, "P02", "P03")
    said_before = "\n".join(why(printing).run(RUN))
    assert "asked to leave out P02: came loose" in said_before
    follow(printing, look("P02"))
    printing.tell(life.RequestAnswered(RUN, printing.state.runs[RUN].asked[0].request, False, "no"))
    lines = list(why(printing).run(RUN))
    assert "  P02 is left out: came loose" in lines
    assert "  P03 is not left out, as was asked: no" in lines
    (text,) = left_out(printing.state, RUN, ["P02"])
    assert text.endswith("left out, and failed when the print is over; the other 2 go on")


def why(story: Story) -> Why:
    from zoneinfo import ZoneInfo

    around = Around(story.state, made.desired(), {}, NOW)
    return Why(around, ZoneInfo("UTC"))
