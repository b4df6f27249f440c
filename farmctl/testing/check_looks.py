"""Checks of looks: of the device as it is now, and of the machine that it really is."""

from __future__ import annotations

from farmctl.model.observation import DeviceState
from farmctl.printers.driver import Rejected, Why
from farmctl.testing.bench import Bench, bench, rejects
from farmctl.testing.rig import expect


async def a_look_is_never_cached(here: Bench) -> None:
    """What a person did at the machine is in the very next look."""
    expect((await here.driver.look()).job is None, "the machine is idle")
    await here.rig.start_by_hand()
    asked_at = here.rig.clock.now()
    seen = await here.driver.look()
    expect(seen.job is not None, f"a look after a start by hand: {seen}")
    expect(seen.seen_at >= asked_at, f"asked at {asked_at}, seen at {seen.seen_at}")
    await here.rig.cancel_by_hand()
    seen = await here.driver.look()
    expect(seen.job is None, f"a look after a cancel by hand: {seen}")


async def watch_wakes_when_something_changes(here: Bench) -> None:
    """A start at the machine is a reason to look."""
    await here.watching()
    await here.rig.start_by_hand()
    expect(await here.woken(), "watch did not yield after a start by hand")


async def identity_outlives_a_restart(here: Bench) -> None:
    """The same machine has the same identity, and a restart shows."""
    before = await here.driver.look()
    expect(before.identity, f"a look tells an identity: {before}")
    await here.rig.restart()
    after = await here.until(
        lambda seen: (
            seen.state is DeviceState.READY and (seen.boot is None or seen.boot != before.boot)
        ),
        "ready, with another boot, after a restart",
    )
    expect(after.identity == before.identity, f"{before.identity} became {after.identity}")


async def another_machine_is_seen(here: Bench) -> None:
    """A look tells who answers now, not who answered first."""
    before = await here.driver.look()
    async with here.rig.another_machine():
        await here.until(
            lambda seen: seen.identity not in {None, before.identity}, "another identity"
        )


async def another_machine_gets_no_effect(here: Bench) -> None:
    """A driver that is pinned to one machine sends nothing to another."""
    identity = (await here.driver.look()).identity
    async with bench(here.rig, identity) as pinned:
        await pinned.uploaded(here.samples.short)
        async with here.rig.another_machine():
            before = await here.rig.physical_starts()
            file = "farmctl-pinned.gcode"
            for answer in (
                await pinned.driver.upload(file, here.samples.long),
                await pinned.driver.start(file),
                await pinned.driver.delete(file),
            ):
                expect(rejects(answer, Why.NOT_SENT), f"sent to another machine: {answer}")
            expect(file not in await here.driver.files(), "nothing was stored")
            expect(await here.rig.physical_starts() == before, "nothing started")


async def an_unreachable_machine_is_offline(here: Bench) -> None:
    """Nobody there: the look says so, and effects certainly did nothing."""
    file = await here.uploaded(here.samples.short)
    async with here.rig.unreachable():
        seen = await here.driver.look()
        expect(seen.state is DeviceState.OFFLINE, f"a look at an unreachable machine: {seen}")
        for answer in (
            await here.driver.upload("farmctl-nobody-there.gcode", here.samples.short),
            await here.driver.start(file),
            await here.driver.pause(file),
            await here.driver.resume(file),
            await here.driver.cancel(file),
            await here.driver.delete(file),
        ):
            expect(
                isinstance(answer, Rejected) and answer.why is Why.NOT_SENT,
                f"an effect on an unreachable machine: {answer}",
            )
        expect(await here.driver.files() == (), "no files of an unreachable machine")
        expect(await here.driver.evidence(file) is None, "no evidence of an unreachable machine")
    await here.until(lambda seen: seen.state is DeviceState.READY, "back on the network")


async def a_job_leaves_a_trace(here: Bench) -> None:
    """A print that came and went between two looks is seen by its number."""
    before = await here.driver.look()
    await here.rig.start_by_hand()
    await here.rig.cancel_by_hand()
    await here.until(
        lambda seen: (
            seen.job is None
            and (seen.history_head, seen.jobs_total) != (before.history_head, before.jobs_total)
        ),
        "another history head or job count",
    )
