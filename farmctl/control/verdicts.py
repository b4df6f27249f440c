"""A person's word about beds and parts, as facts. Pure; refused where it cannot hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from farmctl.errors import Refused, UsageError
from farmctl.ledger.state import State
from farmctl.model.events.orders import ItemsJudged, ItemVerdict, ReprintAllowed
from farmctl.model.events.printers import BedCleared
from farmctl.model.ids import InstanceId, ItemKey, PrinterName, RunId, item_of
from farmctl.model.reasons import RUN_REASONS
from farmctl.model.recorded import RunRecord
from farmctl.model.states import Bed, Verdict


@dataclass(frozen=True, slots=True)
class Word:
    """What a person says about parts.

    Args:
        verdict: success, failed, unknown or skipped.
        parts: `bracket#7`, `P03`, an item's name, or nothing for all.
        reason: Why, for failed ones.
        quality: 1 to 5.
        note: Digest of a text.
        photo: Digest of a picture.
    """

    verdict: Verdict
    parts: tuple[str, ...] = ()
    reason: str | None = None
    quality: int | None = None
    note: str | None = None
    photo: str | None = None


def clear_bed(state: State, name: PrinterName, word: Word | None) -> list[object]:
    """Return the facts of "the bed is empty", with what is said of its parts in the same breath.

    Raises Refused while something may be printing there.
    """
    record = state.printers[name]
    if record.run is not None and state.runs[record.run].phase.may_be_printing:
        raise Refused(f"{record.run} may be printing on {name}", f"farmctl explain {name}")
    last = record.seen.history_head if record.seen else None
    facts: list[object] = []
    if word is not None and record.bed_run is not None and record.bed_run in state.runs:
        facts.append(judge(state, record.bed_run, word, by="person"))
    if record.bed is not Bed.CLEAR or not facts:
        facts.append(BedCleared(name, "person", last))
    return facts


def judge(state: State, run: RunId, word: Word, *, by: str) -> ItemsJudged:
    """Return the verdict over the parts of an ended print.

    Raises Refused while it prints, UsageError for parts that were not on it or a wrong reason.
    """
    record = state.runs[run]
    if not record.phase.is_over:
        raise Refused(f"{run} is {record.phase}: it has no parts yet", f"farmctl explain {run}")
    if word.reason is not None and word.reason not in RUN_REASONS:
        raise UsageError(
            f"there is no reason `{word.reason}`", f"one of {', '.join(sorted(RUN_REASONS))}"
        )
    chosen = parts_of_run(state, record, word.parts)
    said = [ItemVerdict(each, word.verdict, word.reason) for each in chosen]
    return ItemsJudged(run, tuple(said), by, word.quality, word.note, word.photo)


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
    record = state.runs[run]
    by_item: dict[ItemKey, list[InstanceId]] = {}
    for instance in parts_of_run(state, record, names):
        part = state.items[item_of(instance)].instances[instance]
        if part.is_closed:
            by_item.setdefault(item_of(instance), []).append(instance)
        elif names:
            word = "good" if part.is_good else "not judged failed"
            raise Refused(f"{instance} is {word}", f"farmctl outcome {run} {instance} failed")
    if not by_item:
        raise Refused(f"no part of {run} waits to be made again", f"farmctl explain {run}")
    return [
        ReprintAllowed(item, tuple(parts), by, replaces=run)
        for item, parts in sorted(by_item.items())
    ]
