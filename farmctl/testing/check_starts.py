"""Checks of starts: at most one physical start per call, and an honest answer."""

from __future__ import annotations

from farmctl.model.events.runs import Effect
from farmctl.model.observation import DeviceState, Observation
from farmctl.printers.driver import Accepted, Rejected, Unknown, Why
from farmctl.sim.device import Lost
from farmctl.testing.bench import Bench, prints, rejects
from farmctl.testing.rig import expect


async def start_prints_once(bench: Bench) -> None:
    """A start that is accepted is one physical start, and the device shows our job."""
    before = await bench.rig.physical_starts()
    await bench.printing()
    expect(await bench.rig.physical_starts() == before + 1, "one call, one physical start")


async def start_of_a_missing_file_is_rejected(bench: Bench) -> None:
    """A file that is not there cannot start."""
    before = await bench.rig.physical_starts()
    answer = await bench.driver.start("farmctl-never-uploaded.gcode")
    expect(rejects(answer, Why.MISSING), f"start of a missing file: {answer}")
    expect(await bench.rig.physical_starts() == before, "nothing started")


async def start_while_busy_is_rejected(bench: Bench) -> None:
    """A start on a busy machine changes nothing, and says so."""
    file = await bench.uploaded(bench.samples.long)
    theirs = await bench.by_hand()
    before = await bench.rig.physical_starts()
    answer = await bench.driver.start(file)
    expect(rejects(answer, Why.BUSY), f"start on a busy machine: {answer}")
    expect(_same_job(await bench.driver.look(), theirs), "the other print goes on")
    expect(await bench.rig.physical_starts() == before, "nothing started")


async def start_while_paused_discards_nothing(bench: Bench) -> None:
    """A paused machine is not free: its job is still there after a start was refused."""
    file = await bench.uploaded(bench.samples.long)
    theirs = await bench.by_hand()
    await bench.rig.pause_by_hand()
    await bench.until(lambda seen: seen.state is DeviceState.PAUSED, "the print is paused")
    before = await bench.rig.physical_starts()
    answer = await bench.driver.start(file)
    expect(isinstance(answer, Rejected), f"start on a paused machine: {answer}")
    seen = await bench.driver.look()
    expect(seen.state is DeviceState.PAUSED and _same_job(seen, theirs), "it is still paused")
    expect(await bench.rig.physical_starts() == before, "nothing started")


async def start_without_a_reply_is_unknown_and_sent_once(bench: Bench) -> None:
    """Whether request or reply was lost, the driver cannot know, and must not try again."""
    for lost, started in ((Lost.REQUEST, 0), (Lost.REPLY, 1)):
        file = await bench.uploaded(bench.samples.long)
        before = await bench.rig.physical_starts()
        await bench.rig.lose_next(Effect.START, lost)
        answer = await bench.driver.start(file)
        expect(isinstance(answer, Unknown), f"start with a lost {lost}: {answer}")
        now = await bench.rig.physical_starts()
        expect(now == before + started, f"{now - before} starts after a lost {lost}")
    await bench.until(lambda seen: prints(seen, file), "the start whose reply was lost")


async def an_answer_that_explains_nothing_is_unknown(bench: Bench) -> None:
    """An error that no recorded exchange explains (409, 502) may come after the deed."""
    file = await bench.uploaded(bench.samples.long)
    await bench.rig.lose_next(Effect.UPLOAD, Lost.SENSE)
    answer = await bench.driver.upload(f"again-{file}", bench.samples.long)
    expect(
        isinstance(answer, Unknown), f"upload that was stored, but answered by an error: {answer}"
    )
    await bench.rig.lose_next(Effect.START, Lost.SENSE)
    answer = await bench.driver.start(file)
    expect(isinstance(answer, Unknown), f"start that was done, but answered by an error: {answer}")
    await bench.until(lambda seen: prints(seen, file), "the start that was done")


async def deletion_fences_a_late_start(bench: Bench) -> None:
    """A start that arrives after its file was deleted does nothing, if the driver promises so."""
    file = await bench.uploaded(bench.samples.long)
    before = await bench.rig.physical_starts()
    await bench.rig.lose_next(Effect.START, Lost.LATE)
    answer = await bench.driver.start(file)
    if not (bench.driver.promises.deletion_fences and isinstance(answer, Unknown)):
        return
    answer = await bench.driver.delete(file)
    expect(isinstance(answer, Accepted), f"delete of a file whose start is on its way: {answer}")
    await bench.rig.deliver_late()
    expect(await bench.rig.physical_starts() == before, "a deleted file never starts")
    expect((await bench.driver.look()).job is None, "a deleted file never starts")


def _same_job(seen: Observation, theirs: Observation) -> bool:
    return (
        seen.job is not None
        and theirs.job is not None
        and (seen.job.file, seen.job.job_id) == (theirs.job.file, theirs.job.job_id)
    )
