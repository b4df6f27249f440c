"""The lists of what is made, where, and why."""

from __future__ import annotations

from farmctl.insight.kinds import OF_PROFILE, WITH_ORDER, make_kind

_ONE_OF_PLATE = (
    "(SELECT CASE WHEN count(DISTINCT {0}) = 1 THEN min({0}) END"
    " FROM plate_items AS part WHERE part.plate = runs.plate)"
)
_ALL_OF_PLATE = (
    "(SELECT list_sort(list(DISTINCT {0})) FROM plate_items AS part WHERE part.plate = runs.plate)"
)
_GRAMS = (
    "round(CASE WHEN runs.filament_um IS NOT NULL AND plates.filament_um > 0"
    " THEN plates.filament_mg * runs.filament_um / plates.filament_um"
    " WHEN runs.state = 'completed' THEN plates.filament_mg END / 1000.0, 2)"
)

RUNS = make_kind(
    "runs",
    "runs JOIN plates USING (plate)",
    "number",
    f"""
    id runs.run
    order {_ONE_OF_PLATE.format("order_id")}
    item {_ONE_OF_PLATE.format("item")}
    orders {_ALL_OF_PLATE.format("order_id")}
    items {_ALL_OF_PLATE.format("item")}
    plate plate
    printer runs.printer
    state runs.state
    reason runs.reason
    evidence runs.evidence
    profile plates.profile
    decision decision
    commit git_commit
    gcode runs.gcode
    queued queued_at
    started started_at
    ended ended_at
    estimated_s estimated_ms // 1000
    printed_s print_s
    filament_g {_GRAMS}
    left_out runs.left_out
    quality quality
    """,
    f"""
    order plate {WITH_ORDER}
    printer runs.printer = $value
    profile {OF_PROFILE.format("plates.profile")}
    state runs.state = $value
    since coalesce(started_at, queued_at) >= $value
    """,
)

_IS_EXTERNAL = (
    "state IN ('printing', 'paused') AND NOT EXISTS "
    "(SELECT 1 FROM runs WHERE runs.run = printers.run AND runs.file = printers.job_file)"
)
"""A print is on it that nobody here started."""
_STATE = (
    "CASE WHEN withdrawn_at IS NOT NULL THEN 'withdrawn' "
    f"WHEN {_IS_EXTERNAL} THEN 'external' ELSE coalesce(state, 'unknown') END"
)

PRINTERS = make_kind(
    "printers",
    "printers",
    "printer",
    f"""
    id printer
    state {_STATE}
    job CASE WHEN state IN ('printing', 'paused') THEN job_file END
    class printer_class
    driver driver
    nozzle_um nozzle_um
    identity identity
    tags tags
    bed bed
    bed_why bed_why
    loaded coalesce(seen_loaded, loaded)
    held held
    run run
    message message
    seen seen_at
    """,
    f"""
    printer printer = $value
    order run IN (SELECT run FROM runs JOIN plate_items USING (plate) WHERE order_id = $value)
    state {_STATE} = $value
    since seen_at >= $value
    """,  # noqa: S608 - made of constants
)

DECISIONS = make_kind(
    "decisions",
    "decisions",
    "decided_at, decision",
    """
    id decision
    state outcome
    policy policy
    gate gate
    transition transition
    subjects subjects
    explanations explanations
    printer printer
    gcode gcode
    run run
    not_after not_after
    decided decided_at
    """,
    """
    order EXISTS (FROM unnest(subjects) AS one(about) WHERE starts_with(about, $value || '/') OR about IN (SELECT plate FROM plate_items WHERE order_id = $value))
    printer printer = $value
    state outcome = $value
    since decided_at >= $value
    """,  # noqa: E501 - a condition stands on one line
)

REQUESTS = make_kind(
    "requests",
    "requests",
    "request",
    """
    id request
    verb verb
    about subject
    state state
    reason reason
    expected expected
    by asked_by
    via via
    detail detail
    answer answer
    asked asked_at
    answered answered_at
    """,
    """
    state state = $value
    printer subject IN (SELECT 'run/' || run FROM runs WHERE runs.printer = $value)
    since asked_at >= $value
    """,
)

ATTENTIONS = make_kind(
    "attentions",
    "attentions",
    "opened_at, attention",
    """
    id attention
    kind kind
    about about
    state state
    evidence evidence
    command command
    how how
    opened opened_at
    acknowledged acknowledged_at
    resolved resolved_at
    """,
    """
    order about = $value OR starts_with(about, $value || '/') OR about IN (SELECT plate FROM plate_items WHERE order_id = $value)
    printer split_part(about, ' ', 1) = $value
    state state = $value
    since opened_at >= $value
    """,  # noqa: E501 - a condition stands on one line
)

ARTIFACTS = make_kind(
    "artifacts",
    "artifacts",
    "stored_at, digest",
    """
    id digest
    kind kind
    size_b size_b
    made_from (SELECT list_sort(list(parent)) FROM lineage WHERE child = digest)
    tool (SELECT min(tool) FROM lineage WHERE child = digest)
    stored stored_at
    """,
    """
    since stored_at >= $value
    """,
)

EVENTS = make_kind(
    "events",
    "events",
    "seq",
    """
    id id
    seq seq
    type type
    version version
    subject subject
    by actor
    by_kind actor_kind
    via via
    order order_id
    causation causation
    data data
    at happened_at
    recorded recorded_at
    """,
    """
    order order_id = $value
    printer subject = 'printer/' || $value OR subject IN (SELECT 'run/' || run FROM runs WHERE runs.printer = $value)
    since happened_at >= $value
    """,  # noqa: E501 - a condition stands on one line
)
