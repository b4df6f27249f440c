"""Tables of what is made: plates, the parts on them, runs and printers."""

from __future__ import annotations

from farmctl.insight.schema import table

PLATES = table(
    "plates",
    "plate",
    "Parts arranged for one printer class, sliced and run; the estimate is here.",
    """
    plate TEXT The plate, `plate-12`.
    state TEXT composed, sliced, started, done or void.
    reason TEXT Why it is void.
    why TEXT The same, in a sentence.
    printer_class TEXT The class it is made for, `voron-350@3.0.0`.
    profile TEXT The profile version, `petg-0.4-standard@1.8.2`.
    nozzle_um BIGINT The nozzle, in micrometres.
    filaments TEXT[] `PETG/black`, one for each slot.
    tags TEXT[] What a printer must have.
    instances TEXT[] The ordered parts on it.
    replaces TEXT The run whose failed parts it makes again.
    run TEXT The run that it was given to last.
    approved TEXT[] Digests that people said yes to.
    slicer TEXT Digest of the slicer.
    settings TEXT Digest of the effective settings.
    slice_key TEXT Names everything the slice was made from.
    gcode TEXT Digest of the g-code in canonical form.
    model_3mf TEXT Digest of the 3MF that the slicer got.
    cached BOOLEAN Whether no slicer was started.
    estimated_ms BIGINT How long it prints, measured from the g-code, in milliseconds.
    filament_um BIGINT Filament in the g-code, in micrometres.
    filament_mg BIGINT Its weight in milligrams; null without a density.
    layers BIGINT How many layers.
    height_um BIGINT The highest extrusion, in micrometres.
    objects BIGINT How many parts got extrusion.
    warnings TEXT[] Codes of what the slicer warned of.
    features JSON Settings that decide time, grams and quality, as integers in base units.
    failed_code TEXT Why it could not be sliced.
    failed_message TEXT The same, in a sentence.
    composed_at TIMESTAMP When its parts were arranged.
    sliced_at TIMESTAMP When it had g-code.
    """,
)

PLATE_ITEMS = table(
    "plate_items",
    "plate instance",
    "Which ordered part lies where on which plate, and what became of it there.",
    """
    plate TEXT The plate.
    instance TEXT The ordered part, `ord-1042/bracket#7`.
    item TEXT Its item.
    order_id TEXT Its order.
    label TEXT Its name in the g-code, `P01`.
    plan_revision BIGINT Revision of the build plan when it was put there.
    variant TEXT Digest of the plan's variant it is made by.
    mesh TEXT Digest of the clean mesh.
    x_um BIGINT Centre of its footprint, in micrometres from the left.
    y_um BIGINT Centre of its footprint, in micrometres from the front.
    run TEXT The run that counted as a try of it; null before one did.
    verdict TEXT pending, success, failed, unknown, skipped; void when the plate is.
    reason TEXT Why it failed: a code of the closed list.
    judged_by TEXT The person or policy that said so.
    judged_at TIMESTAMP When it was said last.
    """,
)

RUNS = table(
    "runs",
    "run",
    "Attempts to print one plate on one printer; what they really took is here.",
    """
    run TEXT The run, `run-17`.
    number BIGINT Its number, for sorting.
    plate TEXT What it prints.
    printer TEXT Where.
    state TEXT queued, uploading, staged, starting, printing, paused, unknown, and so on.
    reason TEXT Why it ended, `completed` or a code of the closed list.
    evidence TEXT What says so.
    decision TEXT The policy's decision that allowed it.
    git_commit TEXT The farm's commit that was acted on when it was queued.
    gcode TEXT Digest of the g-code in canonical form.
    envelope TEXT Digest of the bytes that were sent, with what is laid around them for the run.
    file TEXT Its name on the device.
    upload_tries BIGINT How often it was sent.
    job_id TEXT The device's id of the job.
    last_effect TEXT What was done to the printer last: upload, start, pause, and so on.
    last_answer TEXT What was answered: accepted, rejected, unknown; null while nothing was.
    last_message TEXT What the device said with it.
    start_answer TEXT What the start was answered.
    is_counted BOOLEAN Whether it counts as a try of its parts.
    is_fenced BOOLEAN Whether a look proved that a deleted file had not started.
    pauses BIGINT How often it was seen paused.
    surprises BIGINT How often a look showed a change that nobody here asked for.
    left_out TEXT[] Labels of the parts that the printer made no further.
    printer_class TEXT The printer's class when the start was intended.
    identity TEXT The machine's serial or id then.
    firmware TEXT Its firmware then.
    nozzle_um BIGINT Its nozzle then, in micrometres.
    loaded TEXT[] What was loaded then.
    bed_before TEXT The bed then: clear, occupied or unknown.
    print_s BIGINT Seconds it printed, by the device's count.
    filament_um BIGINT Filament it used, in micrometres, by the device's count.
    ambient_mc BIGINT Room temperature, in thousandths of a degree Celsius.
    humidity_permille BIGINT Relative humidity, in thousandths.
    quality BIGINT A person's mark, 1 to 5.
    note TEXT Digest of a person's note.
    photo TEXT Digest of a picture.
    not_after TIMESTAMP Until when it might be started.
    queued_at TIMESTAMP When it was given to the printer.
    uploaded_at TIMESTAMP When the device had the file.
    start_intended_at TIMESTAMP When the one start call was about to be made.
    started_at TIMESTAMP When the printer was seen to print it.
    ended_at TIMESTAMP When it ended, by the device's clock where it has one.
    judged_at TIMESTAMP When its parts were judged last.
    """,
)

PRINTERS = table(
    "printers",
    "printer",
    "The farm's machines, as declared, as last seen to change, and as people say.",
    """
    printer TEXT The printer, `voron-1`.
    printer_class TEXT Its class, `voron-350@3.0.0`.
    driver TEXT What it is spoken to with.
    nozzle_um BIGINT Its nozzle, in micrometres.
    clears TEXT Who takes parts off: person or ejector.
    tags TEXT[] What it has.
    identity TEXT The serial or id that is pinned for it.
    state TEXT What the device said last: ready, printing, paused, fault, offline, unknown.
    seen_identity TEXT The serial or id that it showed.
    job_file TEXT What it prints.
    job_id TEXT The device's id of that job.
    history_head TEXT The newest job it remembers.
    jobs_total BIGINT How many jobs it ever had.
    firmware TEXT Its firmware.
    message TEXT What it says to a person.
    seen_at TIMESTAMP When it was last seen to change.
    bed TEXT clear, occupied or unknown.
    bed_why TEXT Who or what says so.
    bed_run TEXT The run whose parts lie there.
    loaded TEXT[] What people said is in it, slot by slot.
    seen_loaded TEXT[] What the device says is in it: this counts; null where it does not know.
    lot TEXT The lot of what was loaded, where a person named it.
    run TEXT The run that is on it; null when none is.
    held TEXT Why nothing starts on it; null when it is not held.
    strange_files TEXT[] Files named like ours that this ledger does not know.
    withdrawn_at TIMESTAMP When the farm dropped it; null while it has it.
    """,
)
