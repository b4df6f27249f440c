"""`status` as people read it: what needs you first, in 100 columns, without colour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain
from textwrap import wrap

from msgspec.structs import replace

from farmctl.cli.output import table
from farmctl.control.glance import Line, ago
from farmctl.control.screen import screen
from farmctl.farm.asking.glancing import Seeing, last_seen

WIDTH = 100
FEW = 8
"""So many printers have a row each; more are counted."""
MOST = 5
"""A longer list is cut, and says which command shows all of it."""
ALIKE = 12
"""So many needs of one kind have a line each; more are told as one, and beds are cut there too."""
MANY = 100
"""From so many printers of several classes on, each class has a row."""
_RIGHT = 26
"""The column of what to type has so many characters."""
_COUNTED = (
    *("printing", "starting", "paused", "may still print", "to clear", "ready", "need filament"),
    *("failed", "fault", "offline", "other machine", "drifted", "held", "in use", "not ready"),
    *("to mend", "not seen"),
)


def status_lines(seeing: Seeing) -> list[str]:
    """Return the whole screen."""
    lines = lines_of(seeing)
    of = {kind: [each for each in lines if each.kind == kind] for kind in _KINDS}
    sections = [
        *_needs(of["needs-you"]),
        *_take_off(seeing, of["take-off"]),
        *_late(seeing, of["late"]),
        *(_printing(seeing, of["printing"]) if len(of["printer"]) > FEW else []),
        *_waiting(of["waiting"]),
        *_held(seeing, of["held"]),
    ]
    is_well = not (of["needs-you"] or of["take-off"] or of["late"])
    return [
        _header(seeing),
        *_printers(seeing, of["printer"]),
        *([_well(seeing, of["printing"])] if is_well else []),
        *sections,
    ]


_KINDS = ("printer", "needs-you", "take-off", "late", "printing", "waiting", "held")


def lines_of(seeing: Seeing) -> list[Line]:
    """Return every line: what the ledger, git and the loop's absence have to say."""
    return [*_own_needs(seeing), *screen(seeing.glance)]


def status_items(seeing: Seeing) -> list[dict[str, object]]:
    """Return the lines for programs: one list, each with what ends it."""
    return [
        {
            "kind": each.kind,
            "subject": each.subject,
            "state": each.state,
            "reason": each.text,
            "since": each.since.isoformat() if each.since else None,
            "when": each.when.isoformat() if each.when else None,
            "next_command": f"farmctl {each.command}" if each.command else None,
        }
        for each in lines_of(seeing)
    ]


def needs_a_person(seeing: Seeing) -> bool:
    """Return whether NEEDS YOU or TAKE OFF AND CHECK is there."""
    return any(each.kind in ("needs-you", "take-off") for each in lines_of(seeing))


def _own_needs(seeing: Seeing) -> Iterator[Line]:
    """Yield what needs a person and no event tells: a damaged ledger, no loop, lost edits."""
    sheet, git = seeing.glance.sheet, seeing.git
    if sheet.damage is not None:
        yield Line("needs-you", "ledger", "damaged", sheet.damage, None, "ledger verify", "!")
    has_work = sheet.prints or sheet.waiting or any(each.parts for each in sheet.orders)
    if not seeing.has_loop and has_work:
        seen = last_seen(seeing.glance.seen)
        since = f" since {seeing.glance.moment.said(seen)}" if seen else ""
        text = f"not running{since}: prints go on, nothing new starts"
        yield Line("needs-you", "loop", "not-running", text, seen, "run", "!")
    elif not seeing.has_loop and git.commit and git.commit != sheet.commit:
        what = "is new" if sheet.commit else "was never acted on"
        text = f"{git.commit[:7]} {what}: nothing of it is planned yet"
        yield Line("needs-you", git.branch, "not-read", text, None, "apply", "!")
    if git.changed:
        others = len(git.changed) - 1
        more = f" and {others} more file{'s' * (others > 1)}" if others else ""
        text = f"changed{more}, not committed, so ignored"
        yield Line("needs-you", git.changed[0], "not-committed", text, None, "commit", "!")


def _header(seeing: Seeing) -> str:
    git, moment = seeing.git, seeing.glance.moment
    branch = f"{git.branch} {git.commit[:7]}".strip() or "no commit"
    if git.behind:
        branch += f", {git.behind} behind"
    seen = last_seen(seeing.glance.seen)
    loop = "loop running" if seeing.has_loop else "no loop"
    looked = f", printers seen {ago(moment.now - seen)} ago" if seen else ""
    left = f"{seeing.sign.name} · {branch} · {loop}{looked}"
    now = moment.now.astimezone(moment.zone).strftime("%a %-d %b %H:%M")
    return f"{left}  {now:>{WIDTH - 2 - len(left)}}"


def _printers(seeing: Seeing, lines: Sequence[Line]) -> list[str]:
    if not lines:
        return ["no printers yet: farmctl printer add NAME URL"]
    if len(lines) <= FEW:
        name = max(len(each.subject) for each in lines)
        state = max(len(each.state) for each in lines)
        return [
            _cut(f"  {each.subject:<{name}}  {each.state:<{state}}  {each.text}") for each in lines
        ]
    counts = Counter(each.state for each in lines)
    said = [f"{counts[word]} {word}" for word in _COUNTED if counts[word]]
    return [*_wrapped(said, f"{len(lines)} printers: "), *_classes(seeing, lines)]


def _classes(seeing: Seeing, lines: Sequence[Line]) -> list[str]:
    """Return what each class of a large farm does: words that nobody has have no column."""
    class_of = {each.name: each.printer_class for each in seeing.glance.sheet.printers}
    counts = Counter((class_of[each.subject], each.state) for each in lines)
    classes = sorted({name for name, _ in counts})
    if len(lines) < MANY or len(classes) == 1:
        return []
    words = [word for word in _COUNTED if any(counts[name, word] for name in classes)]
    rows = [[name, *(str(counts[name, word] or "·") for word in words)] for name in classes]
    return [f"  {each}" for each in table(["", *words], rows).splitlines()]


def _well(seeing: Seeing, printing: Sequence[Line]) -> str:
    coming = next((each for each in printing if each.when is not None), None)
    if coming is None or coming.when is None:
        return "All well."
    at = seeing.glance.moment.said(coming.when)
    return f"All well. Next: {coming.subject} at {at}."


def _needs(lines: Sequence[Line]) -> list[str]:
    if not lines:
        return []
    told = _together(lines)
    width = max(len(each.subject) for each in told)
    rows = chain.from_iterable(_with_command(each, width) for each in told)
    return ["", f"{f'NEEDS YOU ({len(lines)})':<{WIDTH - _RIGHT}}farmctl …", *rows]


def _together(lines: Sequence[Line]) -> list[Line]:
    """Return the lines, and of many of one kind the first, that tells of the others."""
    counts = Counter(each.state for each in lines)
    told: set[str] = set()
    shown: list[Line] = []
    for each in lines:
        count = counts[each.state]
        if count > ALIKE and each.state not in told:
            shown.append(replace(each, text=f"and {count - 1} more like it: {each.text}"))
        elif count <= ALIKE:
            shown.append(each)
        told.add(each.state)
    return shown


def _with_command(line: Line, width: int) -> Iterator[str]:
    """Yield a line whose command stands in a column of its own; a long text goes on below."""
    column = WIDTH - _RIGHT
    if len(line.command) > _RIGHT:
        column = max(40, WIDTH - len(line.command))
    margin = " " * (width + 5)
    first, *others = wrap(line.text, column - 2 - len(margin)) or [""]
    left = f" {line.mark} {line.subject:<{width}}  {first}"
    yield _cut(f"{left:<{column}}{line.command}".rstrip())
    yield from (f"{margin}{each}" for each in others)


def _take_off(seeing: Seeing, lines: Sequence[Line]) -> list[str]:
    if not lines:
        return []
    said = seeing.glance.moment.said
    beds = [f"{each.subject} since {said(each.since)}" for each in lines if each.since]
    if len(beds) > ALIKE:
        beds = [*beds[:ALIKE], f"… {len(beds) - ALIKE} more: farmctl status -o json"]
    count = f"{len(lines)} beds, longest first" if len(lines) > 1 else "1 bed"
    title = f"TAKE OFF AND CHECK ({count})"
    command = f"clear {lines[0].subject}" + (" …" if len(lines) > 1 else "")
    return ["", f"{title:<{WIDTH - _RIGHT}}{command}", *_wrapped(beds)]


def _wrapped(words: Sequence[str], title: str = "   ") -> Iterator[str]:
    row = title
    for number, word in enumerate(words):
        piece = word + (", " if number < len(words) - 1 else "")
        if len(row) + len(piece) > WIDTH and row.strip():
            yield row.rstrip()
            row = " " * len(title)
        row += piece
    yield row.rstrip()


def _late(seeing: Seeing, lines: Sequence[Line]) -> list[str]:
    title = f"LATE OR AT RISK ({len(lines)} of {len(seeing.glance.sheet.orders)} open orders)"
    return _section(title, _rows(lines, [each.text for each in lines]), "get orders --state open")


def _printing(seeing: Seeing, lines: Sequence[Line]) -> list[str]:
    done = [f"  {seeing.glance.done(each.when)}" if each.when else "" for each in lines]
    texts = [f"{each.text}{when}" for each, when in zip(lines, done, strict=True)]
    title = f"PRINTING ({len(lines)}, next to finish)"
    return _section(title, _rows(lines, texts), "get runs --state printing")


def _waiting(lines: Sequence[Line]) -> list[str]:
    title = f"WAITING, goes on by itself ({len(lines)})"
    return _section(title, _rows(lines, list(map(_typed, lines))), "get orders --state open")


def _held(seeing: Seeing, lines: Sequence[Line]) -> list[str]:
    texts = [f"{each.text}{_since(seeing, each.since)}" for each in lines]
    title = f"HELD ({len(lines)}), ends with: farmctl unhold …"
    return _section(title, _rows(lines, texts), "status -o json")


def _rows(lines: Sequence[Line], texts: Sequence[str]) -> list[str]:
    width = max((len(each.subject) for each in lines[:MOST]), default=0)
    pairs = zip(lines, texts, strict=True)
    return [f" {each.mark} {each.subject:<{width}}  {text}" for each, text in pairs]


def _typed(line: Line) -> str:
    """Return a text, and behind it what to type, where there is something."""
    return f"{line.text}  (farmctl {line.command})" if line.command else line.text


def _since(seeing: Seeing, at: datetime | None) -> str:
    return f", {seeing.glance.moment.said(at)}" if at else ""


def _section(title: str, rows: Sequence[str], more: str) -> list[str]:
    if not rows:
        return []
    cut = [_cut(each) for each in rows[:MOST]]
    rest = len(rows) - MOST
    return ["", title, *cut, *([f"   … {rest} more: farmctl {more}"] if rest > 0 else [])]


def _cut(text: str, width: int = WIDTH) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"
