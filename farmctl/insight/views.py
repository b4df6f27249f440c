"""Questions that have names: failures, success, how long things really take."""

from __future__ import annotations

from farmctl.insight.schema import view

ITEM_PROGRESS = view(
    "item_progress",
    "How far is each item?",
    """
    item TEXT The item.
    order_id TEXT Its order.
    state TEXT done, making, waiting, or dropped when it is no longer wanted.
    quantity BIGINT How many are wanted.
    good BIGINT How many are made.
    in_flight BIGINT How many are on plates, or made with an outcome that nobody knows yet.
    failed BIGINT How many failed or were skipped, and are not being made again.
    tries BIGINT How many parts were tried in all.
    """,
    """
    WITH parts AS (
        SELECT item, instance,
            bool_or(verdict = 'success') AS is_good,
            bool_or(verdict IN ('pending', 'unknown')) AS is_in_flight,
            bool_or(verdict IN ('failed', 'skipped')) AS is_failed,
            count(run) AS tries
        FROM plate_items GROUP BY item, instance
    ), sums AS (
        SELECT item,
            count(*) FILTER (is_good) AS good,
            count(*) FILTER (is_in_flight AND NOT is_good) AS in_flight,
            count(*) FILTER (is_failed AND NOT is_good AND NOT is_in_flight) AS failed,
            CAST(sum(tries) AS BIGINT) AS tries
        FROM parts GROUP BY item
    )
    SELECT items.item, items.order_id,
        CASE WHEN items.quantity = 0 OR orders.state = 'canceled' THEN 'dropped'
            WHEN coalesce(good, 0) >= items.quantity THEN 'done'
            WHEN coalesce(in_flight, 0) > 0 THEN 'making'
            ELSE 'waiting' END,
        items.quantity, coalesce(good, 0), coalesce(in_flight, 0), coalesce(failed, 0),
        coalesce(tries, 0)
    FROM items JOIN orders USING (order_id) LEFT JOIN sums USING (item)
    """,
)

ORDERS_ON_FAILED_PLATES = view(
    "orders_on_failed_plates",
    "Which orders were on a plate whose print failed?",
    """
    order_id TEXT The order.
    plate TEXT The plate.
    run TEXT The print that failed.
    printer TEXT Where.
    reason TEXT Why.
    parts BIGINT How many parts of the order were on it.
    saved BIGINT How many of them were good all the same.
    ended_at TIMESTAMP When it failed.
    """,
    """
    SELECT part.order_id, runs.plate, runs.run, runs.printer, runs.reason, count(*),
        count(*) FILTER (part.verdict = 'success'), runs.ended_at
    FROM runs JOIN plate_items AS part USING (run)
    WHERE runs.state = 'failed'
    GROUP BY part.order_id, runs.plate, runs.run, runs.printer, runs.reason, runs.ended_at
    """,
)

PLAN_SUCCESS = view(
    "plan_success",
    "How good is a build plan, whatever else was on its plates?",
    """
    item TEXT The item.
    revision BIGINT Revision of its build plan.
    profile TEXT The profile version it was made with.
    printer_class TEXT The class it was made on.
    tried BIGINT Parts that were tried.
    good BIGINT Parts that were good.
    failed BIGINT Parts that failed.
    unknown BIGINT Parts that nobody has judged, or that were skipped.
    success_permille BIGINT Good parts among a thousand judged ones; null when none is judged.
    """,
    """
    SELECT part.item, part.plan_revision, plates.profile, plates.printer_class, count(*),
        count(*) FILTER (part.verdict = 'success'),
        count(*) FILTER (part.verdict = 'failed'),
        count(*) FILTER (part.verdict NOT IN ('success', 'failed')),
        CAST(1000 * count(*) FILTER (part.verdict = 'success')
            // nullif(count(*) FILTER (part.verdict IN ('success', 'failed')), 0) AS BIGINT)
    FROM plate_items AS part JOIN plates USING (plate)
    WHERE part.run IS NOT NULL
    GROUP BY part.item, part.plan_revision, plates.profile, plates.printer_class
    """,
)

PLATE_AND_ITEM_FAILURES = view(
    "plate_and_item_failures",
    "Do whole plates fail, or single parts on plates that ran to their end?",
    """
    printer_class TEXT The class that was printed on.
    profile TEXT The profile version.
    plates BIGINT Plates that were tried, each counted once for each try.
    plates_failed BIGINT Tries whose print failed.
    parts BIGINT Parts that were tried.
    parts_failed_with_plate BIGINT Parts that failed because, or while, their print failed.
    parts_failed_alone BIGINT Parts that failed on a print that completed.
    """,
    """
    WITH tries AS (
        SELECT runs.run, runs.state, plates.printer_class, plates.profile
        FROM runs JOIN plates USING (plate)
        WHERE runs.is_counted AND runs.state IN ('completed', 'failed', 'aborted')
    )
    SELECT printer_class, profile, count(DISTINCT run),
        count(DISTINCT run) FILTER (state = 'failed'), count(*),
        count(*) FILTER (state = 'failed' AND part.verdict = 'failed'),
        count(*) FILTER (state = 'completed' AND part.verdict = 'failed')
    FROM tries JOIN plate_items AS part USING (run)
    GROUP BY printer_class, profile
    """,
)

PRINTER_REASONS = view(
    "printer_reasons",
    "Which printer fails for which reason?",
    """
    printer TEXT The printer.
    reason TEXT A code of the closed list.
    prints BIGINT Prints that ended for this reason by the machine's word.
    parts BIGINT Parts that failed for this reason by a person's word.
    last_at TIMESTAMP When it happened last.
    """,
    """
    WITH told AS (
        SELECT printer, reason, 1 AS prints, 0 AS parts, ended_at AS at_time
        FROM runs WHERE state IN ('failed', 'aborted')
        UNION ALL
        SELECT runs.printer, part.reason, 0, 1, part.judged_at
        FROM plate_items AS part JOIN runs USING (run) WHERE part.reason IS NOT NULL
    )
    SELECT printer, reason, CAST(sum(prints) AS BIGINT), CAST(sum(parts) AS BIGINT), max(at_time)
    FROM told GROUP BY printer, reason
    """,
)

TRAINING_RECORD = view(
    "training_record",
    "What did each print really take, and what was it printed with?",
    """
    run TEXT The print.
    printer TEXT Where.
    printer_class TEXT The class it was made for.
    nozzle_um BIGINT The nozzle, in micrometres.
    material TEXT The filaments, `PETG/black`, joined by `+`.
    profile TEXT The profile version.
    slicer TEXT Digest of the slicer.
    slicer_version TEXT Name and version of the slicer, where the ledger has them.
    firmware TEXT The printer's firmware.
    layer_height_um BIGINT Layer height, in micrometres.
    infill_permille BIGINT Infill, in thousandths.
    perimeter_speed_um_s BIGINT Speed of perimeters, in micrometres a second.
    infill_speed_um_s BIGINT Speed of infill, in micrometres a second.
    travel_speed_um_s BIGINT Speed of travel, in micrometres a second.
    features JSON All settings that were kept for predictions.
    layers BIGINT How many layers.
    height_um BIGINT The highest extrusion, in micrometres.
    parts BIGINT How many parts were on it.
    estimated_s BIGINT Seconds that the g-code was measured to take.
    actual_s BIGINT Seconds that it took, by the device's count or by our clock.
    time_permille BIGINT Actual time in thousandths of the estimate.
    estimated_filament_um BIGINT Filament in the g-code, in micrometres.
    actual_filament_um BIGINT Filament used by the device's count.
    estimated_filament_mg BIGINT The same by weight, in milligrams.
    actual_filament_mg BIGINT Filament used, in milligrams, by the g-code's density.
    ambient_mc BIGINT Room temperature, in thousandths of a degree Celsius.
    humidity_permille BIGINT Relative humidity, in thousandths.
    outcome TEXT completed, failed or aborted.
    reason TEXT The machine's failure code; null for a print that completed.
    parts_good BIGINT How many parts were good.
    parts_failed BIGINT How many parts failed.
    part_reasons TEXT[] Why parts failed, by a person's word.
    quality BIGINT A person's mark, 1 to 5.
    ended_at TIMESTAMP When it ended.
    """,
    """
    WITH made AS (
        SELECT run, count(*) AS parts, count(*) FILTER (verdict = 'success') AS good,
            count(*) FILTER (verdict = 'failed') AS failed,
            list_sort(list(DISTINCT reason) FILTER (reason IS NOT NULL)) AS reasons
        FROM plate_items WHERE run IS NOT NULL GROUP BY run
    ), sliced_by AS (
        SELECT child AS gcode, min(tool) AS tool FROM lineage GROUP BY child
    ), ended AS (
        SELECT *, coalesce(print_s, date_diff('second', started_at, ended_at)) AS actual_s
        FROM runs WHERE is_counted AND state IN ('completed', 'failed', 'aborted')
    )
    SELECT ended.run, ended.printer, plates.printer_class, plates.nozzle_um,
        array_to_string(plates.filaments, '+'), plates.profile, plates.slicer, sliced_by.tool,
        ended.firmware,
        CAST(plates.features ->> 'layer_height_um' AS BIGINT),
        CAST(plates.features ->> 'infill_permille' AS BIGINT),
        CAST(plates.features ->> 'perimeter_speed_um_s' AS BIGINT),
        CAST(plates.features ->> 'infill_speed_um_s' AS BIGINT),
        CAST(plates.features ->> 'travel_speed_um_s' AS BIGINT),
        plates.features, plates.layers, plates.height_um, coalesce(made.parts, 0),
        plates.estimated_ms // 1000, actual_s,
        1000000 * actual_s // nullif(plates.estimated_ms, 0),
        plates.filament_um, ended.filament_um, plates.filament_mg,
        plates.filament_mg * ended.filament_um // nullif(plates.filament_um, 0),
        ended.ambient_mc, ended.humidity_permille, ended.state,
        CASE WHEN ended.state <> 'completed' THEN ended.reason END,
        coalesce(made.good, 0), coalesce(made.failed, 0), coalesce(made.reasons, []),
        ended.quality, ended.ended_at
    FROM ended JOIN plates USING (plate)
    LEFT JOIN made ON made.run = ended.run LEFT JOIN sliced_by ON sliced_by.gcode = ended.gcode
    """,
)
