"""What must hold after a controller was killed again and again, whatever its ledger says.

Starts are counted where they happen, by the machines; the journal is read as plain lines.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

Fact = Mapping[str, Any]

_ENDS = ("run.completed", "run.failed", "run.aborted", "run.voided")
_CLOCKS = timedelta(milliseconds=2)  # times are written down to the millisecond


@dataclass(frozen=True)
class Start:
    """A machine began to move for a file, as its `number`-th job since the farm was made."""

    printer: str
    number: int
    at: datetime
    file: str


@dataclass(frozen=True)
class TakenOff:
    """A person emptied a bed, after so many starts of that machine."""

    printer: str
    starts: int
    at: datetime


@dataclass(frozen=True)
class Noted:
    """The journal had come so far when somebody relied on it."""

    seq: int
    hash: str


@dataclass(frozen=True)
class Evidence:
    """Everything that is known about a farm when the killing is over.

    Args:
        facts: The journal's events, in order.
        starts: What the machines did.
        taken_off: What a person's hands did.
        noted: Places of the journal that were acknowledged to somebody, or seen after a death.
        told: What controllers said on their terminals: a run, and how it ended.
        ordered: How many parts of each order were wanted.
        asked: Calls that may start a print, as a proxy saw them: a file each. None: no proxy.
        complaints: What went wrong besides: a controller that ended by itself, a verifier's words.
    """

    facts: tuple[Fact, ...]
    starts: tuple[Start, ...]
    taken_off: tuple[TakenOff, ...]
    noted: tuple[Noted, ...]
    told: tuple[tuple[str, str], ...]
    ordered: Mapping[str, int]
    asked: tuple[str, ...] | None = None
    complaints: tuple[str, ...] = ()

    def of(self, name: str) -> list[Fact]:
        """Return the facts of a type, `run.started`, in order."""
        return [each for each in self.facts if kind(each) == name]


def kind(fact: Fact) -> str:
    """Return a fact's type as people say it: `run.started`."""
    return str(fact["type"]).removeprefix("dev.farmctl.").rpartition(".v")[0]


def violations(seen: Evidence) -> list[str]:
    """Return everything that must never happen, and did."""
    return [
        *started_twice(seen),
        *started_unasked(seen),
        *started_onto_a_part(seen),
        *ends_wrong(seen),
        *cancelled(seen),
        *lost(seen),
        *not_made(seen),
        *seen.complaints,
    ]


def started_twice(seen: Evidence) -> Iterator[str]:
    """A run is started once at most: by one file, that began once and was asked for once."""
    for file, times in Counter(each.file for each in seen.starts).items():
        if times > 1:
            yield f"{file} was started {times} times"
    intents = {each["data"]["file"]: each["data"]["run"] for each in seen.of("run.start_intended")}
    began = {each.file for each in seen.starts}
    for run, times in Counter(intents[file] for file in began & intents.keys()).items():
        if times > 1:
            yield f"{run} was started with {times} files"
    for file, times in Counter(seen.asked or ()).items():
        if times > 1:
            yield f"the start of {file} was sent {times} times"


def started_unasked(seen: Evidence) -> Iterator[str]:
    """Every start has an intent that was durable before, for that printer, allowed by a decision."""
    intents = {each["data"]["file"]: each for each in seen.of("run.start_intended")}
    queued = {each["data"]["run"]: each for each in seen.of("run.queued")}
    allowed = {
        each["data"]["decision"]: each["data"]["printer"]
        for each in seen.of("policy.decided")
        if each["data"]["outcome"] == "allow"
    }
    for start in seen.starts:
        intent = intents.get(start.file)
        if intent is None or intent["data"]["printer"] != start.printer:
            yield f"{start.file} began on {start.printer} without an intent"
            continue
        if datetime.fromisoformat(intent["recorded"]) > start.at + _CLOCKS:
            yield f"{start.file} began before its intent was written down"
        decision = queued[intent["data"]["run"]]["data"]["decision"]
        if allowed.get(decision) != start.printer:
            yield f"{start.file} began on {start.printer} without a decision that allows it"


def started_onto_a_part(seen: Evidence) -> Iterator[str]:
    """Between two starts on a machine a person took off what lay there."""
    emptied: defaultdict[tuple[str, int], list[datetime]] = defaultdict(list)
    for each in seen.taken_off:
        emptied[each.printer, each.starts].append(each.at)
    for start in seen.starts:
        before = emptied[start.printer, start.number - 1]
        if start.number > 1 and not any(at <= start.at for at in before):
            yield f"{start.file} was started onto a part on {start.printer}"


def ends_wrong(seen: Evidence) -> Iterator[str]:
    """A run has one terminal event, and is void only when it never began."""
    ends: defaultdict[str, list[str]] = defaultdict(list)
    for each in seen.facts:
        if kind(each) in _ENDS:
            ends[each["data"]["run"]].append(kind(each).removeprefix("run."))
    intents = {each["data"]["file"]: each["data"]["run"] for each in seen.of("run.start_intended")}
    began = {intents.get(each.file) for each in seen.starts}
    for run in (each["data"]["run"] for each in seen.of("run.queued")):
        if len(ends[run]) != 1:
            yield f"{run} ended {len(ends[run])} times: {', '.join(ends[run]) or 'not at all'}"
        elif (run in began) is (ends[run] == ["voided"]):
            yield f"{run} is called {ends[run][0]}, and {'began' if run in began else 'never did'}"


def cancelled(seen: Evidence) -> Iterator[str]:
    """A controller that dies, or comes back, leaves a print alone that nobody wants ended."""
    for each in seen.of("run.cancel_intended"):
        yield f"{each['data']['run']} was cancelled, and nobody had asked for that"


def lost(seen: Evidence) -> Iterator[str]:
    """What was acknowledged, seen or told stands in the journal."""
    hashes = {each["seq"]: each["hash"] for each in seen.facts}
    for each in seen.noted:
        if each.seq and hashes.get(each.seq) != each.hash:
            yield f"event {each.seq} was there, and is not any more"
    known = {(each["data"]["run"], kind(each).removeprefix("run.")) for each in _ends_of(seen)}
    for run, word in seen.told:
        if (run, word) not in known:
            yield f"{run} was said to be {word}, and the journal does not know"


def _ends_of(seen: Evidence) -> list[Fact]:
    return [each for each in seen.facts if kind(each) in _ENDS]


def not_made(seen: Evidence) -> Iterator[str]:
    """Every order is fulfilled once, with as many good parts as were wanted."""
    made: defaultdict[str, list[int]] = defaultdict(list)
    for each in seen.of("order.fulfilled"):
        made[each["data"]["order"]].append(each["data"]["good"])
    for order, parts in seen.ordered.items():
        if made[order] != [parts]:
            yield f"{order} wants {parts}: fulfilled with {made[order] or 'nothing'}"
    completed, wanted = len(seen.of("run.completed")), sum(seen.ordered.values())
    if completed > wanted:
        yield f"{completed} prints were completed for {wanted} parts"
