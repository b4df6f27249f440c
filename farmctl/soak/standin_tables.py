"""What the kinds promise that farmctl does not drive yet, and what their answers mean."""

from __future__ import annotations

from collections.abc import Mapping

from farmctl.model.events.runs import Effect
from farmctl.printers.driver import Evidence, Promises, Why

Table = Mapping[tuple[Effect, object], Why | None]
"""Why the device did nothing, by call and what it answered; None where it said yes."""

HTTP: Table = {
    (Effect.UPLOAD, 201): None,
    **{(effect, 204): None for effect in Effect if effect is not Effect.UPLOAD},
    (Effect.START, 404): Why.MISSING,
    (Effect.DELETE, 404): Why.MISSING,
    (Effect.DELETE, 409): Why.IN_USE,
}
"""No row for 409 to anything but a delete: it may come after the deed."""

TO_JOB = {Effect.PAUSE: "/pause", Effect.RESUME: "/resume", Effect.CANCEL: ""}
PRUSALINK: Table = {**HTTP, **{(effect, 404): Why.NOT_OURS for effect in TO_JOB}}

PRUSALINK_PROMISES = Promises(
    deletion_fences=True,
    evidence=Evidence.JOB_ID,
    patience_s=20.0,
    verifies_upload="size",
    aims_cancel=True,
    survives_restart=False,
)
OCTOPRINT_PROMISES = Promises(
    deletion_fences=True,
    evidence=Evidence.COUNTERS,
    patience_s=30.0,
    verifies_upload="size",
    survives_restart=False,
)
