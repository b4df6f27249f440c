"""A person's word that one part of a running print fails, as requests. Pure; refused in vain."""

from __future__ import annotations

from collections.abc import Sequence

from farmctl.control.decide.ask import surely_made
from farmctl.control.requests import check_reason
from farmctl.control.verdicts import parts_of_run
from farmctl.errors import Refused, UsageError
from farmctl.ledger.state import State
from farmctl.model.events.run_life import ExcludeRequested
from farmctl.model.ids import RunId
from farmctl.model.recorded import RunRecord


def exclude(state: State, run: RunId, names: Sequence[str], reason: str | None) -> list[object]:
    """Return the requests to make these parts of a print no further; the others go on.

    Args:
        state: The present.
        run: A print that may be going on.
        names: Parts: `P02`, `bracket#7`, or an item's name for all of it.
        reason: Why they fail: a reason code.

    Raises:
        Refused: It has not begun or is over, or no part would be left: that is an abort.
        UsageError: It has no such part, no part is named, or there is no such reason.
    """
    record = state.runs[run]
    check_reason(reason)
    if not names:
        raise UsageError("no part is named", f"farmctl describe {run} names them")
    _check_printing(record)
    chosen = set(parts_of_run(state, record, names))
    placed = state.plates[record.queued.plate].composed.placed
    wanted = [
        each
        for each in placed
        if each.instance in chosen and each.label not in record.labels_left_out
    ]
    asked = {each.part for each in record.asked if each.part is not None}
    left = surely_made(state, record) - asked - {each.label for each in wanted}
    if wanted and not left:
        labels = ", ".join(each.label for each in wanted)
        raise Refused(
            f"{run} would make no part any more without {labels}",
            f"to end the print: farmctl abort {run}",
        )
    return [ExcludeRequested(run, each.label, each.instance, reason) for each in wanted]


def _check_printing(record: RunRecord) -> None:
    if record.phase.is_over:
        raise Refused(
            f"{record.run} is over: {record.phase}",
            f"to say how a part is: farmctl outcome {record.run} ITEM failed",
        )
    if not record.phase.may_be_printing:
        raise Refused(
            f"{record.run} is {record.phase}: it prints nothing yet",
            f"to let it not begin: farmctl abort {record.run}",
        )
