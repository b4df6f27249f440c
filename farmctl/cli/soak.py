"""`farmctl sim soak`: many farms in a box, with everything that goes wrong."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from farmctl.cli.output import Form, FormOption, say, show, show_document
from farmctl.errors import Exit, UsageError

if TYPE_CHECKING:
    from farmctl.soak.asked import Asked, Seed
    from farmctl.soak.report import Played, Report

_LAST = 12
_TOLD = 3


def soak(
    seeds: Annotated[
        str, typer.Option("--seeds", metavar="A..B", help="Which: A and on, without B.")
    ] = "0..100",
    faults: Annotated[
        str | None,
        typer.Option("--faults", metavar="NAMES", help="With commas, or none [all there are]."),
    ] = None,
    kinds: Annotated[
        str | None,
        typer.Option("--kind", metavar="NAMES", help="Of machines, with commas [all there are]."),
    ] = None,
    printers: Annotated[
        int | None, typer.Option(min=1, max=16, help="In each farm [one to three, by the seed].")
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="So many at once [one a processor].")
    ] = None,
    trace: Annotated[
        bool, typer.Option("--trace", help="Of one seed: show all that happened, in order.")
    ] = False,
    keep: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Append the seeds that fail, with why.")
    ] = None,
    output: FormOption = Form.TABLE,
) -> None:
    """Play farms in a box: real control and drivers, simulated printers, and all that goes wrong.

    A seed is always the same play.
    Exit 1 when something happened that never must, or too little got done.
    Ctrl-C ends it with what was played so far.
    """
    from farmctl.cli.views.soak import failed_lines, soak_document, soak_lines
    from farmctl.soak.asked import Asked, faults_of, kinds_of, seeds_of
    from farmctl.soak.gates import gates
    from farmctl.system.clock import SystemClock

    asked = Asked(seeds_of(seeds), faults_of(faults), kinds_of(kinds), printers)
    if trace:
        _trace(asked)
        return
    if keep is not None:
        _check_keeps(keep)
    clock = SystemClock()
    began = clock.monotonic()
    report, is_done = _play(asked, jobs)
    seconds = clock.monotonic() - began
    found = gates(report, is_whole=asked.is_whole and is_done)
    if output in (Form.JSON, Form.YAML):
        show_document("farmctl.soak/v1", soak_document(report, found, seconds), output)
    else:
        show("\n".join(soak_lines(report, found, seconds)))
    for line in (*failed_lines(report), *_last_events(report)):
        say(line)
    if keep is not None:
        _keep(report, keep)
    if not is_done:
        raise typer.Exit(Exit.INTERRUPTED)
    if any(each.fails for each in found):
        raise typer.Exit(Exit.FAILED)


def _play(asked: Asked, jobs: int | None) -> tuple[Report, bool]:
    """Play, and return what was found and whether that is all that was asked for."""
    from farmctl.soak.asked import plays
    from farmctl.soak.campaign import campaign, with_quiet_days, workers_here
    from farmctl.soak.report import Report, taken_in

    report = Report()
    workers = min(jobs or workers_here(), len(asked.seeds))
    total = sum(1 for _ in with_quiet_days(plays(asked)))
    played = 0
    try:
        for each in _shown(campaign(plays(asked), workers), total):
            report = taken_in(report, each)
            played += 1
    except KeyboardInterrupt:
        say(f"stopped: {played} of {total} played")
        return report, False
    return report, True


def _shown(coming: Iterator[Played], total: int) -> Iterator[Played]:
    """Pass plays on, and show on stderr how many there were: a bar on a terminal, else lines."""
    if sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import track

        yield from track(coming, "playing", total=total, console=Console(stderr=True))
        return
    for number, each in enumerate(coming, 1):
        if number % max(1, total // 10) == 0:
            say(f"{number} of {total} played")
        yield each


def _trace(asked: Asked) -> None:
    from farmctl.soak.asked import plays

    if len(asked.seeds) != 1:
        first = asked.seeds.start
        raise UsageError("--trace shows one seed", f"--seeds {first}..{first + 1} --trace")
    for seed in plays(asked):
        show("\n".join(_told(seed)))


def _last_events(report: Report) -> Iterator[str]:
    """Yield how the first plays that failed ended."""
    for each in report.failed[:_TOLD]:
        yield f"seed {each.seed.seed} ended:"
        yield from (f"  {line}" for line in _told(each.seed)[-_LAST:])


def _told(seed: Seed) -> list[str]:
    from datetime import UTC

    from farmctl.cli.views.events import event_line
    from farmctl.soak.play import perform
    from farmctl.soak.trace import trace_lines

    outcome = perform(seed, keeps_journal=True)
    lines = list(trace_lines(outcome, lambda event: event_line(event, UTC)))
    return [*lines, *(f"!! {each.invariant} {each.what}" for each in outcome.violations)]


def _check_keeps(file: Path) -> None:
    """Refuse a file that takes nothing before what may be hours of play, not after them."""
    from farmctl.system.disk import RealDisk

    disk = RealDisk()
    if not disk.has(file.absolute().parent):
        raise UsageError(f"there is no folder {file.parent}", f"mkdir -p {file.parent}")
    try:
        disk.append(file.absolute(), b"")
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}", "name a file") from None


def _keep(report: Report, file: Path) -> None:
    from farmctl.soak.regressions import Regression, line_of
    from farmctl.system.disk import RealDisk

    disk = RealDisk()
    for each in report.failed:
        worst = each.outcome.violations[0]
        disk.append(
            file.absolute(), line_of(Regression(f"{worst.invariant}: {worst.what}", each.seed))
        )
        say(f"kept seed {each.seed.seed} in {file}")
