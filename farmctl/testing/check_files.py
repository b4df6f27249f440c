"""Checks of what is stored on the device: verified, ours, and never deleted in use."""

from __future__ import annotations

from farmctl.printers.driver import Accepted, Why
from farmctl.testing.bench import Bench, prints, rejects
from farmctl.testing.rig import expect


async def upload_is_verified_and_starts_nothing(bench: Bench) -> None:
    """An upload is accepted by what the device tells of the stored file."""
    before = await bench.rig.physical_starts()
    file = await bench.uploaded(bench.samples.short)
    expect(file in await bench.driver.files(), f"{file} is listed")
    again = await bench.driver.upload(f"farmctl-2-{file}", bench.samples.short)
    verified = bench.driver.promises.verifies_upload
    expect(
        isinstance(again, Accepted) and (verified == "none" or verified in again.evidence),
        f"an accepted upload names its evidence, `{verified}`: {again}",
    )
    expect(await bench.rig.physical_starts() == before, "an upload starts nothing")


async def only_our_files_are_listed(bench: Bench) -> None:
    """Files of other people are none of our business."""
    await bench.uploaded(bench.samples.short)
    await bench.by_hand()
    files = await bench.driver.files()
    expect(files and all(file.startswith("farmctl-") for file in files), f"files: {files}")


async def a_deleted_file_cannot_start(bench: Bench) -> None:
    """Deleting is final, and deleting again says that there is nothing."""
    before = await bench.rig.physical_starts()
    file = await bench.uploaded(bench.samples.long)
    answer = await bench.driver.delete(file)
    expect(isinstance(answer, Accepted), f"delete of an idle file: {answer}")
    expect(file not in await bench.driver.files(), f"{file} is gone")
    answer = await bench.driver.start(file)
    expect(rejects(answer, Why.MISSING), f"start of a deleted file: {answer}")
    answer = await bench.driver.delete(file)
    expect(rejects(answer, Why.MISSING), f"delete of a deleted file: {answer}")
    expect(await bench.rig.physical_starts() == before, "nothing started")


async def a_file_in_use_is_not_deleted(bench: Bench) -> None:
    """Deleting the file that is being printed is refused, and the print goes on."""
    file = await bench.printing()
    answer = await bench.driver.delete(file)
    expect(rejects(answer, Why.IN_USE), f"delete of the file in use: {answer}")
    expect(prints(await bench.driver.look(), file), "the print goes on")
    expect(file in await bench.driver.files(), f"{file} is still there")
