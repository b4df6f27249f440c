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

COMMANDS = {
    Effect.START: "project_file",
    Effect.PAUSE: "pause",
    Effect.RESUME: "resume",
    Effect.CANCEL: "stop",
}
BAMBU: Table = {
    (Effect.UPLOAD, 226): None,
    (Effect.DELETE, 250): None,
    (Effect.DELETE, 550): Why.MISSING,
    **{(effect, "success"): None for effect in COMMANDS},
}

BAMBU_PROMISES = Promises(
    deletion_fences=False,
    evidence=Evidence.JOB_ID,
    patience_s=180.0,
    verifies_upload="size",
    survives_restart=False,
)
