"""What a soak found, for people: figures, what is to be met, the table, and what failed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Any

from msgspec import to_builtins
from msgspec.structs import asdict

from farmctl.soak.faults import FAULTS
from farmctl.soak.gates import HITS, Gate
from farmctl.soak.invariants import INVARIANTS
from farmctl.soak.kinds import KINDS
from farmctl.soak.reach import never_together, why_never
from farmctl.soak.report import Report
from farmctl.soak.steps import MEANINGS, Step
from farmctl.soak.tally import Cell, Tally

WIDTH = 100
KEPT = "tests/soak/regressions.jsonl"
_NEVER = "·"
_FEW = 5


def soak_lines(report: Report, found: Sequence[Gate], seconds: float) -> Iterator[str]:
    """Yield the whole of it, without what failed."""
    yield from figure_lines(report, seconds)
    yield ""
    yield from gate_lines(found)
    yield ""
    yield from invariant_lines(report)
    if report.storm.seeds:
        yield from table_lines(report.storm)
        yield from never_lines()


def figure_lines(report: Report, seconds: float) -> Iterator[str]:
    """Yield how much was played."""
    storm, quiet = report.storm, report.quiet
    plays = storm.seeds + quiet.seeds
    rate = plays / seconds if seconds else 0.0
    yield f"{storm.seeds:,} seeds with faults and {quiet.seeds:,} quiet days, {rate:.1f} a second"
    yield (
        f"{storm.orders + quiet.orders:,} orders, {storm.runs + quiet.runs:,} runs, "
        f"{storm.starts + quiet.starts:,} physical starts ({storm.starts_per_seed:.1f} a seed), "
        f"{storm.strikes:,} faults struck"
    )
    for said, count, in_vain in (
        ("ended by a person's word", storm.resolved, storm.resolved_in_vain),
        ("ended as lost, for a person to judge", storm.lost, storm.lost_in_vain),
    ):
        need = f"{count - in_vain:,} of them where the machine forgot"
        yield f"faults on: {count:,} runs {said}, {need}"


def gate_lines(found: Sequence[Gate]) -> Iterator[str]:
    """Yield what is to be met, and whether it is."""
    name, figure = (max(len(getattr(each, key)) for each in found) for key in ("name", "figure"))
    for each in found:
        mark = "✓" if each.is_met else "✗" if each.counts else "-"
        wanted = f"wanted {each.wanted}" + ("" if each.counts else ", of a whole soak")
        yield f"{mark} {each.name:<{name}}  {each.figure:>{figure}}  {wanted}"


def invariant_lines(report: Report) -> Iterator[str]:
    """Yield each invariant, and how often it was violated."""
    yield "Checked after every step"
    for name, each in INVARIANTS.items():
        times = report.storm.violations.get(name, 0) + report.quiet.violations.get(name, 0)
        stands = f"violated {times} ×" if times else "holds" if each.is_active else "not checked"
        said = f"{each.says} ({each.note})" if each.note else each.says
        head = f"  {stands:<14}{name:<6}"
        yield from wrap(f"{head}{said}", WIDTH, subsequent_indent=" " * len(head))


def table_lines(storm: Tally) -> Iterator[str]:
    """Yield for each kind of machine how often each fault struck at each step."""
    for kind, each in KINDS.items():
        whose = "farmctl's own driver" if each.is_real else "a driver that stands in for it"
        yield ""
        yield f"{kind} ({whose}): how often a fault struck, by where the run stood"
        yield f"{'':<28}" + "".join(f"{step:>8}" for step in Step)
        for fault in FAULTS:
            hits = "".join(f"{_hits(storm, Cell(kind, fault, step)):>8}" for step in Step)
            yield f"{fault:<28}{hits}"
    yield ""
    for step, meaning in MEANINGS.items():
        yield f"{step:>9}  {meaning}"


def _hits(storm: Tally, cell: Cell) -> str:
    hits = storm.hits.get(cell, 0)
    if why_never(cell.fault, cell.step, cell.kind) is not None:
        return f"({hits})" if hits else _NEVER
    return str(hits) if hits >= HITS else f"{hits}!"


def never_lines() -> Iterator[str]:
    """Yield the cells that need not be hit, by reason."""
    yield ""
    yield f"! hit less than {HITS} times   {_NEVER} or (n) need not be hit:"
    for each in never_together(tuple(FAULTS), tuple(KINDS)):
        where = f"{', '.join(each.faults)} at {', '.join(each.steps)}"
        if set(each.kinds) != set(KINDS):
            where += f" of {', '.join(each.kinds)}"
        said = f"{each.reason}: {where}"
        yield from wrap(said, WIDTH, initial_indent="  ", subsequent_indent="      ")


def failed_lines(report: Report) -> Iterator[str]:
    """Yield each play that failed: what happened, and what plays it again."""
    for each in report.failed:
        for violation in each.outcome.violations[:_FEW]:
            yield f"seed {each.seed.seed}: {violation.invariant} {violation.what}"
        yield f"  again: {each.seed.command}"
        yield f"  keep:  {each.seed.command} --keep {KEPT}"
    for seed in report.unmade[:_FEW]:
        yield f"seed {seed.seed}: an order was never fulfilled"
        yield f"  again: {seed.command}"


def soak_document(report: Report, found: Sequence[Gate], seconds: float) -> dict[str, Any]:
    """Return all of it for programs."""
    return {
        "seconds": round(seconds, 1),
        "passes": not any(each.fails for each in found),
        "gates": [to_builtins(each) for each in found],
        "storm": _figures(report.storm),
        "quiet": _figures(report.quiet),
        "invariants": [{"id": name, **to_builtins(each)} for name, each in INVARIANTS.items()],
        "kinds": [{"name": name, "real": each.is_real} for name, each in KINDS.items()],
        "hits": [
            {**to_builtins(cell), "hits": hits} for cell, hits in sorted(report.storm.hits.items())
        ],
        "never": [to_builtins(each) for each in never_together(tuple(FAULTS), tuple(KINDS))],
        "failed": [
            {
                **to_builtins(each.seed),
                "violations": [to_builtins(one) for one in each.outcome.violations],
                "command": each.seed.command,
            }
            for each in report.failed
        ],
        "unmade": [each.command for each in report.unmade],
    }


def _figures(tally: Tally) -> dict[str, Any]:
    return {name: value for name, value in asdict(tally).items() if name != "hits"}
