"""The conformance suite: what every driver of farmctl must do, as named checks.

    @pytest.mark.parametrize("name", CHECKS)
    def test_my_driver(name: str, rig: Rig) -> None:
        asyncio.run(run_check(name, rig))

A check is an async function over a `Bench`; it raises `Nonconforming` with what was seen.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping

from farmctl.testing import check_ends, check_files, check_looks, check_starts
from farmctl.testing.bench import Bench, bench
from farmctl.testing.rig import Nonconforming, Rig

Check = Callable[[Bench], Awaitable[None]]

CHECKS: Mapping[str, Check] = {
    check.__name__: check
    for check in (
        check_files.upload_is_verified_and_starts_nothing,
        check_files.only_our_files_are_listed,
        check_files.a_deleted_file_cannot_start,
        check_files.a_file_in_use_is_not_deleted,
        check_starts.start_prints_once,
        check_starts.start_of_a_missing_file_is_rejected,
        check_starts.start_while_busy_is_rejected,
        check_starts.start_while_paused_discards_nothing,
        check_starts.start_without_a_reply_is_unknown_and_sent_once,
        check_starts.an_answer_that_explains_nothing_is_unknown,
        check_starts.deletion_fences_a_late_start,
        check_looks.a_look_is_never_cached,
        check_looks.watch_wakes_when_something_changes,
        check_looks.identity_outlives_a_restart,
        check_looks.another_machine_is_seen,
        check_looks.another_machine_gets_no_effect,
        check_looks.an_unreachable_machine_is_offline,
        check_looks.a_job_leaves_a_trace,
        check_ends.pause_and_resume,
        check_ends.cancel_ends_our_print,
        check_ends.others_prints_are_left_alone,
        check_ends.one_part_is_left_out_or_nothing_is_done,
        check_ends.a_completed_print_has_evidence,
        check_ends.a_failed_print_has_evidence,
        check_ends.an_interrupted_print_has_evidence,
        check_ends.evidence_is_of_our_job_alone,
    )
}


async def run_check(name: str, rig: Rig) -> None:
    """Run one check and leave the device idle. Raises Nonconforming."""
    try:
        async with bench(rig) as here:
            await CHECKS[name](here)
    finally:
        await rig.rest()


async def failures(rig: Rig, names: Iterable[str] = tuple(CHECKS)) -> dict[str, str]:
    """Return the checks that fail, each with what was seen."""
    failed: dict[str, str] = {}
    for name in names:
        try:
            await run_check(name, rig)
        except Nonconforming as error:
            failed[name] = error.message
    return failed
