"""A person's word about beds and parts, as facts. Pure; refused where it cannot hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from msgspec import Struct

from farmctl.control.decide.printers import phase_of
from farmctl.control.requests import check_reason
from farmctl.errors import Refused, UsageError
from farmctl.ledger.state import State
from farmctl.model.events.orders import ItemsJudged, ItemVerdict, ReprintAllowed
from farmctl.model.events.printers import BedCleared
from farmctl.model.ids import InstanceId, ItemKey, PrinterName, RunId, item_of
from farmctl.model.recorded import InstanceRecord, RunRecord
from farmctl.model.states import PrinterPhase, RunPhase, Verdict

_QUALITIES = range(1, 6)


class Word(Struct, frozen=True):
    """What a person says about parts.

    Args:
        verdict: success, failed, unknown or skipped.
        parts: `bracket#7`, `P03`, an item's name, or nothing for all.
        reason: Why, for failed ones.
        quality: 1 to 5.
        note: Digest of a text.
        photo: Digest of a picture.
        others: What is said of the parts that are not named, or nothing.
    """

    verdict: Verdict
    parts: tuple[str, ...] = ()
    reason: str | None = None
    quality: int | None = None
    note: str | None = None
    photo: str | None = None
    others: Verdict | None = None


def clear_bed(state: State, name: PrinterName, word: Word | None) -> list[object]:
    """Return the facts of "the bed is empty", with what is said of its parts in the same breath.

    Raises Refused while something may be printing there, UsageError for parts that never lay there.
    """
    record = state.printers[name]
    if record.run is not None and state.runs[record.run].phase.may_be_printing:
        raise Refused(f"{record.run} may be printing on {name}", f"farmctl explain {name}")
    if phase_of(state, record) is PrinterPhase.EXTERNAL:
        job = record.seen.job_file if record.seen else None
        raise Refused(
            f"{name} is printing {job}, started at the printer", "clear it when that is over"
        )
    facts: list[object] = []
    if word is not None and record.bed_run is not None and record.bed_run in state.runs:
        facts.append(judge(state, record.bed_run, word, by="person"))
    elif word is not None and word.verdict is Verdict.FAILED:
        raise UsageError(f"no parts of this farm lie on {name}", f"farmctl clear {name}")
    last = record.seen.history_head if record.seen else None
    return [*facts, BedCleared(name, "person", last)]


def judge(state: State, run: RunId, word: Word, *, by: str) -> ItemsJudged:
    """Return the verdict over the parts of an ended print.

    Raises Refused while it prints and where it never did, UsageError for parts that were not on it
    or a wrong reason.
    """
    record = state.runs[run]
    if not record.phase.is_over:
        raise Refused(f"{run} is {record.phase}: it has no parts yet", f"farmctl explain {run}")
    if record.phase is RunPhase.VOID:
        raise Refused(f"{run} never printed: it has no parts", f"farmctl explain {run}")
    if word.reason is not None and word.verdict is not Verdict.FAILED:
        raise UsageError("a reason is for parts that failed", f"leave out --reason {word.reason}")
    check_reason(word.reason)
    if word.quality is not None and word.quality not in _QUALITIES:
        raise UsageError(f"quality {word.quality} is not from 1 to 5", "5 is the best")
    chosen = _meant(state, record, word.parts)
    said = [ItemVerdict(each, word.verdict, word.reason) for each in chosen]
    if word.others is not None:
        others = [each for each in _meant(state, record, ()) if each not in chosen]
        said += [ItemVerdict(each, word.others) for each in others]
    return ItemsJudged(run, tuple(said), by, word.quality, word.note, word.photo)


def _meant(state: State, record: RunRecord, names: Sequence[str]) -> tuple[InstanceId, ...]:
    """Return the parts that a word is about: what was left out failed, unless it is named itself.

    Nobody who says that all parts are good means one that the printer made no further.
    """
    placed = state.plates[record.queued.plate].composed.placed
    failed = {
        each.instance
        for each in placed
        if each.label in record.labels_left_out
        and not {each.label, each.instance, each.instance.split("/", 1)[1]} & set(names)
    }
    return tuple(each for each in parts_of_run(state, record, names) if each not in failed)


def parts_of_run(state: State, record: RunRecord, names: Sequence[str]) -> tuple[InstanceId, ...]:
    """Return the parts that people name on a print: by label, number, or item."""
    placed = state.plates[record.queued.plate].composed.placed
    if not names:
        return tuple(each.instance for each in placed)
    chosen: list[InstanceId] = []
    for name in names:
        found = [
            each.instance
            for each in placed
            if name in (each.label, each.instance, each.instance.split("/", 1)[1])
            or name == item_of(each.instance).split("/", 1)[1]
        ]
        if not found:
            labels = ", ".join(f"{each.label} ({each.instance})" for each in placed)
            raise UsageError(f"{record.run} has no part `{name}`", f"it has {labels}")
        chosen += [each for each in found if each not in chosen]
    return tuple(chosen)


def reprint(state: State, run: RunId, names: Sequence[str], *, by: str) -> list[object]:
    """Return the facts that make failed parts of a print work again.

    Raises Refused for parts that did not fail, or are being made again already.
    """
    chosen = parts_of_run(state, state.runs[run], names)
    for instance in chosen if names else ():
        part = _part(state, instance)
        if part is None or not part.is_closed:
            raise Refused(
                f"{instance} {_why_not_again(part)}", f"farmctl outcome {run} {instance} failed"
            )
    facts = _allowed(state, chosen, by=by)
    if not facts:
        raise Refused(f"no part of {run} waits to be made again", f"farmctl explain {run}")
    return facts


def reprint_item(state: State, item: ItemKey, *, by: str) -> list[object]:
    """Return the facts that make all failed parts of an item work again. Raises Refused."""
    facts = _allowed(state, sorted(state.items[item].instances), by=by)
    if not facts:
        raise Refused(f"no part of {item} waits to be made again", f"farmctl explain {item}")
    return facts


def _allowed(state: State, instances: Iterable[InstanceId], *, by: str) -> list[object]:
    found: defaultdict[tuple[ItemKey, RunId | None], list[InstanceId]] = defaultdict(list)
    for instance in instances:
        part = _part(state, instance)
        if part is not None and part.is_closed:
            found[item_of(instance), part.run].append(instance)
    return [
        ReprintAllowed(item, tuple(parts), by, replaces=run)
        for (item, run), parts in sorted(found.items(), key=str)
    ]


def _part(state: State, instance: InstanceId) -> InstanceRecord | None:
    """Return a part; None when its order is closed, though others on its plate are not."""
    item = state.items.get(item_of(instance))
    return item.instances.get(instance) if item else None


def _why_not_again(part: InstanceRecord | None) -> str:
    if part is None:
        return "is of a closed order"
    if part.is_good:
        return "is good"
    return "is being made again already" if part.plate or part.is_work else "is not judged failed"
