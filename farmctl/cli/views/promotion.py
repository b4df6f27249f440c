"""A channel's move, as people read it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from farmctl.ci.comparison import Comparison, line, wrong
from farmctl.farm.profiles.announcing import Announcement, evidence_line, where
from farmctl.farm.profiles.promoting import Moved, Prepared
from farmctl.farm.profiles.proposing import Handed
from farmctl.profiles.channels import CANARY


def promotion_lines(prepared: Prepared, moved: Moved) -> Iterator[str]:
    """Yield what a promotion is, what the ledger says for it, and where it went."""
    announcement = prepared.announcement
    yield f"{announcement.move.profile} {announcement.move.said}"
    yield from _golden(announcement)
    yield (
        evidence_line(announcement)
        or "this clone has no ledger: prints are counted on the farm's host"
    )
    yield from _follows(announcement)
    if announcement.move.channel == CANARY:
        trial = where(announcement.move)
        each = " on each" if announcement.move.printers else ""
        yield f"tried {trial}: the first plate{each} waits for a verdict, clear PRINTER --ok"
    yield from _went(moved)


def rollback_lines(prepared: Prepared, moved: Moved) -> Iterator[str]:
    """Yield what a rollback leads to, and where it went."""
    announcement = prepared.announcement
    move = announcement.move
    yield f"{move.profile} {move.said}"
    yield from _golden(announcement)
    yield from _follows(announcement)
    if announcement.found.printing:
        count = len(announcement.found.printing)
        on = "1 print goes on" if count == 1 else f"{count} prints go on"
        yield f"{on} with {move.before}; to end: farmctl abort --profile {move.replaced}"
    if announcement.found.known:
        yield f"what was printed with it: farmctl get runs --profile {move.replaced}"
    yield from _went(moved)
    if moved.handed is not None:
        yield _until_merged(prepared)
        yield "emergency: the same command with --direct"
    rev = f" --rev {moved.handed.branch}" if moved.handed else ""
    yield f"what it changes: farmctl plan{rev}"


def _golden(announcement: Announcement) -> Iterator[str]:
    if announcement.golden is not None:
        yield f"golden models: {line(announcement.golden)}"
        yield from (f"  {each}" for each in wrong(announcement.golden))


def _until_merged(prepared: Prepared) -> str:
    move = prepared.move
    if prepared.is_stopped:
        return f"until merged, {move.before} stays stopped"
    brake = f'farmctl profile stop {move.replaced} --reason "…"'
    return f"until merged, {move.before} goes on; stop it now: {brake}"


def _follows(announcement: Announcement) -> Iterator[str]:
    found = announcement.found
    if not found.known:
        return
    cached = f" ({found.cached} from cache)" if found.cached else ""
    yield (
        f"{_many(len(found.plans), 'build plan')} {'gets' if len(found.plans) == 1 else 'get'} a"
        f" new revision, {_many(len(found.plates), 'queued plate')}"
        f" {'slices' if len(found.plates) == 1 else 'slice'} again{cached}"
    )


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"


def _went(moved: Moved) -> Iterator[str]:
    handed = moved.handed
    if handed is None:
        yield f"committed ({moved.commit[:7]})"
    elif handed.opened is not None:
        verb = "opened" if handed.opened.is_new else "was open already, and has it now"
        name, url = handed.opened.name, handed.opened.request.url
        yield f"branch {handed.branch} pushed, {name} {verb}: {url}"
    else:
        yield f"branch {handed.branch} {'pushed' if handed.is_pushed else 'made'}; to merge it:"
        yield from (f"  {each}" for each in commands(handed))


def commands(handed: Handed) -> tuple[str, str]:
    """Return the two commands that merge a branch where no forge does."""
    if handed.is_pushed:
        return (
            f"git switch {handed.into} && git merge {handed.branch}",
            f"git push origin {handed.into}",
        )
    return f"git switch {handed.into}", f"git merge {handed.branch}"


def as_document(prepared: Prepared, moved: Moved) -> dict[str, Any]:
    """Return a move for programs."""
    announcement, handed = prepared.announcement, moved.handed
    move, found = announcement.move, announcement.found
    opened = handed.opened if handed else None
    return {
        "profile": move.profile,
        "channel": move.channel,
        "before": move.before,
        "after": move.after,
        "commit": moved.commit,
        "branch": handed.branch if handed else None,
        "pushed": handed.is_pushed if handed else False,
        "request": {"name": opened.name, "url": opened.request.url} if opened else None,
        "changes": list(announcement.changes),
        "evidence": evidence_line(announcement),
        "golden": _golden_item(announcement.golden),
        "plans": [f"{item}@{revision}" for item, revision in found.plans.items()],
        "orders": list(found.orders),
        "printers": list(found.printers),
        "plates": list(found.plates),
        "plates_cached": found.cached,
        "printing": list(found.printing),
    }


def _golden_item(found: Comparison | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "version": found.version,
        "against": found.against,
        "good": found.is_good,
        "models": len(found.rows),
        "measured": found.measured,
        "out_of_bounds": found.breached,
        "not_sliced": found.failed,
        "said": line(found),
        "wrong": list(wrong(found)),
    }
