"""What a glance says of printers: a word for each, what it needs of a person, what to type."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from msgspec.structs import replace

from farmctl.control.glance import ON_THE_WAY, Glance, Line
from farmctl.model.attention import ATTENTION_KINDS, urgency
from farmctl.model.sheet import NeedRow, PrinterRow, PrintRow

_TAKE_OFF = frozenset({"check-parts"})
_LOOK = frozenset({"print-out-of-sight", "printer-offline", "surplus"})
_BY_LOOK = {"external": "in use", "paused": "in use", "offline": "offline", "unknown": "not ready"}
_BY_NEED = {
    "wrong-identity": "other machine",
    "printer-fault": "fault",
    "doctor-refuses": "to mend",
    "drifted": "drifted",
}
_SPOOL, _SIGHT, _FAILED = "wrong-material", "print-out-of-sight", "print-failed"
_TYPE = {
    "paused": "resume {}",
    "failed": "clear {} --failed",
    "held": "unhold {}",
    "to clear": "clear {}",
    "ready": "",
}
"""What to type of a printer in such a state, where no need says it; else `explain`."""


def printer_line(glance: Glance, row: PrinterRow) -> Line:
    """Return a printer's line."""
    print_row = glance.print_on(row.name)
    line = _idle(glance, row) if print_row is None else _at_work(glance, row, print_row)
    return replace(line, command=_command(glance, row.name, line.state))


def _at_work(glance: Glance, row: PrinterRow, print_row: PrintRow) -> Line:
    when = glance.done_at(print_row)
    done = f"  {glance.done(when)}" if when else ""
    text = f"{print_row.parts}  {glance.progress(print_row)}{done}  {_loaded(row)}"
    word = {"unknown": "may still print", "paused": "paused"}.get(print_row.phase, "printing")
    word = "starting" if print_row.phase in ON_THE_WAY else word
    return Line("printer", row.name, word, text, since=print_row.start_at, when=when)


def _idle(glance: Glance, row: PrinterRow) -> Line:
    seen, word = glance.seen.get(row.name), _word(glance, row)
    at = (seen.answered_at or seen.at) if seen else row.seen_at
    texts = {
        "in use": f"{row.job or 'a print, started at the printer'}: left alone",
        "held": row.held or "",
        "offline": glance.last_seen(at) if at else "never seen",
        "not seen": "no look at it yet",
        "not ready": (seen and seen.message) or "it does not say what it is doing",
        "failed": f"{row.bed_why}  {_loaded(row)}",
        "to clear": f"{row.bed_why}  {_loaded(row)}",
        **{_BY_NEED[each.kind]: each.evidence for each in _of(glance, row.name, _BY_NEED)},
    }
    text = texts.get(word, _loaded(row))
    if row.job is not None and word != "in use":
        text = f"{text}; {row.job}: left alone"
    return Line("printer", row.name, word, text, since=at)


def _loaded(row: PrinterRow) -> str:
    if len(row.loaded) > 1:
        return " ".join(f"{slot}={name}" for slot, name in enumerate(row.loaded))
    return "".join(row.loaded) or "nothing loaded"


def _word(glance: Glance, row: PrinterRow) -> str:
    """Return the word for what a printer without a print of ours is."""
    for need in _of(glance, row.name, _BY_NEED):
        return _BY_NEED[need.kind]
    if row.held is not None:
        return "held"
    if row.phase == "unknown" and row.seen_at is None and row.name not in glance.seen:
        return "not seen"
    if row.phase in _BY_LOOK:
        return _BY_LOOK[row.phase]
    if row.bed != "clear":
        return "failed" if row.failed else "to clear"
    return "need filament" if _of(glance, row.name, {_SPOOL}) else "ready"


def _of(glance: Glance, name: str, kinds: Collection[str] = ATTENTION_KINDS) -> list[NeedRow]:
    """Return what a printer needs, what comes first before the others."""
    found = [each for each in glance.needs_of(name) if each.kind in kinds]
    return sorted(found, key=lambda each: urgency(each.kind))


def _command(glance: Glance, name: str, word: str) -> str:
    for need in _of(glance, name):
        return need.command
    return _TYPE.get(word, "explain {}").format(name)


def need_lines(glance: Glance) -> Iterator[Line]:
    """Yield what needs a person: one line for each printer, with what comes first to type."""
    of_printers = {each.name for each in glance.sheet.printers}
    told: set[str] = set()
    for each in glance.sheet.needs:
        if each.kind in _TAKE_OFF or each.about in told:
            continue
        rows = [each]
        if each.about in of_printers:
            told.add(each.about)
            rows = [
                row
                for row in _of(glance, each.about)
                if row.about == each.about and row.kind not in _TAKE_OFF
            ]
        yield _need(glance, rows)


def _need(glance: Glance, rows: Sequence[NeedRow]) -> Line:
    row = rows[0]
    subject = row.about.partition(" ")[0]
    text = "; ".join(_text(glance, each) for each in rows)
    mark = "?" if row.kind in _LOOK else "!"
    return Line("needs-you", subject, row.kind, text, row.since, row.command, mark)


def _text(glance: Glance, row: NeedRow) -> str:
    label = ATTENTION_KINDS[row.kind].label if row.kind in ATTENTION_KINDS else row.kind
    if row.kind == _SPOOL:
        return f"{row.evidence.removesuffix(' it')} {row.about.partition(' ')[2]}"
    if row.kind == _SIGHT:
        return f"{_out_of_sight(glance, row)}; {label}"
    if row.kind == _FAILED:
        label = f"{label} {glance.moment.said(row.since)}"
    return f"{label}: {row.evidence}" if row.evidence else label


def _out_of_sight(glance: Glance, row: NeedRow) -> str:
    """Return when a silent printer showed its print last; else what it shows instead."""
    printer, print_row = glance.row_of(row.about), glance.print_on(row.about)
    is_silent = printer is not None and printer.phase == "offline"
    if is_silent and print_row is not None and glance.shown(print_row) is not None:
        return glance.progress(print_row)
    return row.evidence


def take_off_lines(glance: Glance) -> Iterator[Line]:
    """Yield the beds whose parts are done."""
    for row in glance.sheet.needs:
        if row.kind in _TAKE_OFF:
            yield Line("take-off", row.about, row.kind, row.evidence, row.since, row.command)
