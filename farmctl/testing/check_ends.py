"""Checks of what ends a print: aimed at ours, and told by the device's own record."""

from __future__ import annotations

from farmctl.model.observation import DeviceState, Ended, Observation
from farmctl.printers.driver import Accepted, Why
from farmctl.testing.bench import Bench, prints, rejects
from farmctl.testing.rig import expect


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
    for verb, call in (
        ("pause", bench.driver.pause),
        ("resume", bench.driver.resume),
        ("cancel", bench.driver.cancel),
    ):
        answer = await call(file)
        expect(rejects(answer, Why.NOT_OURS), f"{verb} beside another's print: {answer}")
        seen = await bench.driver.look()
        expect(_goes_on(seen, theirs), f"{verb} touched another's print: {seen}")


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
