"""Checks of what ends a print: aimed at ours, and told by the device's own record."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from farmctl.gcode.objects import with_objects
from farmctl.model.observation import DeviceState, Ended, Observation
from farmctl.printers.driver import Accepted, Answer, Why
from farmctl.testing.bench import Bench, prints, rejects
from farmctl.testing.rig import expect

_TWO_PARTS = b"".join(
    b"; printing object P0%d id:%d copy 0\n; stop printing object P0%d id:%d copy 0\n"
    % (number, number, number, number)
    for number in (1, 2)
)


async def pause_and_resume(bench: Bench) -> None:
    """Our print pauses and goes on when asked to."""
    file = await bench.printing()
    answer = await bench.driver.pause(file)
    expect(isinstance(answer, Accepted), f"pause of our print: {answer}")
    await bench.until(
        lambda seen: seen.state is DeviceState.PAUSED and prints(seen, file), "our print paused"
    )
    answer = await bench.driver.resume(file)
    expect(isinstance(answer, Accepted), f"resume of our print: {answer}")
    await bench.until(
        lambda seen: seen.state is DeviceState.PRINTING and prints(seen, file), "it goes on"
    )


async def cancel_ends_our_print(bench: Bench) -> None:
    """Our print ends aborted, with evidence."""
    file = await bench.printing()
    answer = await bench.driver.cancel(file)
    expect(isinstance(answer, Accepted), f"cancel of our print: {answer}")
    ending = await bench.until_ended(file)
    expect(ending.ended is Ended.ABORTED, f"a cancelled print: {ending}")


async def others_prints_are_left_alone(bench: Bench) -> None:
    """No verb touches a print that is not the one it names."""
    file = await bench.uploaded(bench.samples.long)
    theirs = await bench.by_hand()
    calls: dict[str, Callable[[str], Awaitable[Answer]]] = {
        "pause": bench.driver.pause,
        "resume": bench.driver.resume,
        "cancel": bench.driver.cancel,
    }
    if bench.driver.promises.excludes:
        calls["exclude"] = lambda name: bench.driver.exclude(name, "P01")
    for verb, call in calls.items():
        answer = await call(file)
        expect(rejects(answer, Why.NOT_OURS), f"{verb} beside another's print: {answer}")
        seen = await bench.driver.look()
        expect(_goes_on(seen, theirs), f"{verb} touched another's print: {seen}")


async def one_part_is_left_out_or_nothing_is_done(bench: Bench) -> None:
    """Who promises it leaves out the one part that is named, and shows it; who does not, says no.

    Either way the print goes on.
    """
    file = await bench.started_as(lambda name: with_objects(_TWO_PARTS + bench.samples.long, name))
    await bench.until(lambda seen: prints(seen, file), f"{file} is printed")
    if not bench.driver.promises.excludes:
        answer = await bench.driver.exclude(file, "P02")
        expect(rejects(answer, Why.CANNOT), f"exclude, which is not promised: {answer}")
        expect(prints(await bench.driver.look(), file), "the print goes on")
        return
    answer = await bench.driver.exclude(file, "P09")
    expect(rejects(answer, Why.MISSING), f"exclude of a part that is not there: {answer}")
    for _ in range(2):  # once more is no harm
        answer = await bench.driver.exclude(file, "P02")
        expect(isinstance(answer, Accepted), f"exclude of a part: {answer}")
        seen = await bench.driver.look()
        expect(prints(seen, file), "the print goes on")
        expect(seen.job and seen.job.left_out == ("P02",), f"P02 alone is left out: {seen}")
    await bench.driver.cancel(file)
    ending = await bench.until_ended(file)
    expect(ending.left_out == ("P02",), f"the end of a print without P02: {ending}")


async def a_completed_print_has_evidence(bench: Bench) -> None:
    """A print that ran to its end says so by file name."""
    file = await bench.started(bench.samples.short)
    ending = await bench.until_ended(file)
    expect(ending.ended is Ended.COMPLETED and ending.file == file, f"completed: {ending}")


async def a_failed_print_has_evidence(bench: Bench) -> None:
    """A print that broke off is neither completed nor aborted."""
    file = await bench.started(bench.samples.broken)
    ending = await bench.until_ended(file)
    expect(ending.ended is Ended.FAILED, f"a print that failed: {ending}")


async def an_interrupted_print_has_evidence(bench: Bench) -> None:
    """After a restart the device still knows that our print did not end well."""
    file = await bench.printing()
    await bench.rig.restart()
    if bench.driver.promises.survives_restart:
        ending = await bench.until_ended(file)
        expect(ending.ended is Ended.FAILED, f"a print cut off by a restart: {ending}")


async def evidence_is_of_our_job_alone(bench: Bench) -> None:
    """Another job's end is not the end of ours."""
    file = await bench.uploaded(bench.samples.long)
    await bench.by_hand()
    await bench.rig.cancel_by_hand()
    await bench.until_idle()
    ending = await bench.driver.evidence(file)
    expect(ending is None, f"evidence of a job that never began: {ending}")


def _goes_on(seen: Observation, theirs: Observation) -> bool:
    return (
        seen.state is DeviceState.PRINTING
        and seen.job is not None
        and theirs.job is not None
        and seen.job.file == theirs.job.file
    )
