"""Tables of why and by whom: decisions, requests, what needs people, artifacts and events."""

from __future__ import annotations

from farmctl.insight.schema import table

DECISIONS = table(
    "decisions",
    "decision",
    "What policies were asked and answered, with the inputs they saw.",
    """
    decision TEXT The decision, `dec-31`.
    policy TEXT The policy and its version, `default@sha256:…`.
    gate TEXT approve_plan, slice, dispatch or reprint.
    transition TEXT What would happen.
    subjects TEXT[] What it is about: a plan's revision, a plate, a printer, a part.
    inputs JSON What it was computed from.
    outcome TEXT allow, block or require_approval.
    explanations TEXT[] Why, a line each.
    printer TEXT For dispatch: the printer it allows.
    gcode TEXT For dispatch: the bytes it allows.
    run TEXT For dispatch: the run it allows.
    not_after TIMESTAMP For dispatch: until when.
    decided_at TIMESTAMP When it was decided.
    """,
)

REQUESTS = table(
    "requests",
    "request",
    "What people and programs asked for, and what became of it.",
    """
    request BIGINT Number of the event that asked.
    verb TEXT abort, pause, resume, resolve, approve or reprint.
    subject TEXT What it is about, `run/run-17`.
    state TEXT open, done or pointless.
    reason TEXT Why it was asked.
    expected TEXT The state in which the asker had seen it.
    asked_by TEXT Who asked.
    via TEXT What it was said through.
    detail TEXT[] Digests that were approved, parts to make again, or the outcome that was seen.
    answer TEXT What the controller said.
    asked_at TIMESTAMP When it was asked.
    answered_at TIMESTAMP When it was answered; null while it is open.
    """,
)

ATTENTIONS = table(
    "attentions",
    "attention",
    "What needs, or needed, a person.",
    """
    attention TEXT Its name, `att-4`.
    kind TEXT A code of the closed list; the runbook has a page for each.
    about TEXT What is typed after the command: a printer, order, item or plate.
    state TEXT open, acknowledged or resolved.
    evidence TEXT What was seen.
    command TEXT What to type after `farmctl` to end it.
    how TEXT How it ended.
    acknowledged_by TEXT Who has seen it.
    opened_at TIMESTAMP When it began.
    acknowledged_at TIMESTAMP When somebody said that they know.
    resolved_at TIMESTAMP When it was over.
    """,
)

HOLDS = table(
    "holds",
    "subject",
    "The last hold on the farm, an order, a printer or a profile version.",
    """
    subject TEXT What is held, `profile/petg-0.4-standard@1.9.0`.
    reason TEXT Why it was held.
    held_by TEXT Who, or which rule, said stop.
    held_at TIMESTAMP When it was held.
    lifted_because TEXT Why it was lifted.
    lifted_by TEXT Who lifted it.
    lifted_at TIMESTAMP When it was lifted; null while it is held.
    """,
)

ARTIFACTS = table(
    "artifacts",
    "digest",
    "Bytes that are kept under their digest.",
    """
    digest TEXT SHA-256 of the bytes.
    kind TEXT model-stl, clean-mesh, settings, plate, gcode, photo, and so on.
    size_b BIGINT How many bytes.
    stored_at TIMESTAMP When they were first stored.
    """,
)

LINEAGE = table(
    "lineage",
    "child parent",
    "What each artifact was made from, and by which tool.",
    """
    child TEXT Digest of what was made.
    parent TEXT Digest of what it was made from.
    tool TEXT Name and version of what made it.
    made_at TIMESTAMP When.
    """,
)

REVISIONS = table(
    "revisions",
    "seq",
    "The commits that the farm was acted on from.",
    """
    seq BIGINT Number of the event that accepted it.
    git_commit TEXT The commit.
    branch TEXT The branch it was on.
    policy TEXT The policy in force.
    accepted_at TIMESTAMP When it was accepted.
    """,
)

TENURES = table(
    "tenures",
    "seq",
    "The times during which a process held the farm's controls.",
    """
    seq BIGINT Number of the event that opened it.
    version TEXT Version of farmctl.
    host TEXT The machine it ran on.
    pid BIGINT Its process.
    git_commit TEXT The commit it began with.
    started_at TIMESTAMP When it took the controls.
    stopped_at TIMESTAMP When it let go; null while it holds them, or when it was killed.
    why TEXT Why it let go.
    """,
)

FARMS = table(
    "farms",
    "farm",
    "The farm itself: one row.",
    """
    farm TEXT The farm's id.
    git_commit TEXT The commit that it is acted on from.
    tenure BIGINT The event that opened the last tenure.
    held TEXT Why nothing starts anywhere; null when it is not held.
    """,
)

EVENTS = table(
    "events",
    "seq",
    "Every fact of the journal, as it stands there.",
    """
    seq BIGINT Its number, from 1 without gaps.
    id TEXT `<ledger>/<seq>`.
    type TEXT What happened, `run.started`.
    version BIGINT Version of that type.
    subject TEXT What it is about, `run/run-17`.
    actor_kind TEXT person, policy, controller or program.
    actor TEXT Who made it happen.
    via TEXT What it was said through.
    order_id TEXT The order that it serves alone, if any.
    causation TEXT The event that it follows from, if any.
    epoch BIGINT Epoch of the ledger.
    data JSON The fact itself.
    hash TEXT Hash that chains it to the event before.
    happened_at TIMESTAMP When it happened.
    recorded_at TIMESTAMP When the journal took it.
    """,
)

PROJECTION = table(
    "projection",
    "ledger",
    "How far the tables follow the journal: one row.",
    """
    ledger TEXT The ledger they were made from.
    version TEXT What they were made with; another farmctl makes them anew.
    seq BIGINT Number of the last event in them.
    hash TEXT Hash of that event.
    place JSON Where it ends in the journal.
    """,
)
