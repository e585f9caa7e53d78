-- Series days with slots that the close did not believe: energy above what circuit or pipe can carry (V09), negative
-- intervals (V11), registers that fell without a rollover (V17), and use of what is said to stand still (V20). The close
-- judged them (series_day.reason); this rule only tells. What is missing is completeness's to say, what was excluded is
-- decided already.
WITH batch AS (
    SELECT * FROM {batch} AS b
),

limits AS (
    SELECT max(value) FILTER (WHERE threshold_name = 'failed_slots_min') AS failed_slots_min
    FROM rule_threshold_now
    WHERE rule_code = 'slot_validation'
)

SELECT
    batch.unit_id,
    batch.point_id,
    batch.series_id,
    (batch.day_on::timestamp AT TIME ZONE 'Asia/Shanghai')
    + make_interval(mins => batch.slot_minutes * (failed.first_slot - 1)::integer) AS span_from,
    (batch.day_on::timestamp AT TIME ZONE 'Asia/Shanghai')
    + make_interval(mins => batch.slot_minutes * failed.last_slot::integer) AS span_to,
    batch.day_on,
    failed.failed_slots,
    failed.above_capacity,
    failed.negative,
    failed.reverse,
    failed.used_while_stopped
FROM batch
CROSS JOIN limits
CROSS JOIN LATERAL (
    SELECT
        count(*) AS failed_slots,
        min(slot.slot_no) AS first_slot,
        max(slot.slot_no) AS last_slot,
        count(*) FILTER (WHERE slot.letter = 'c') AS above_capacity,
        count(*) FILTER (WHERE slot.letter = 'n') AS negative,
        count(*) FILTER (WHERE slot.letter = 'r') AS reverse,
        count(*) FILTER (WHERE slot.letter = 's') AS used_while_stopped
    FROM string_to_table(batch.reason, NULL) WITH ORDINALITY AS slot (letter, slot_no)
    WHERE slot.letter IN ('c', 'n', 'r', 's')
) AS failed
WHERE batch.is_audited AND failed.failed_slots >= limits.failed_slots_min
ORDER BY batch.series_id, batch.day_on
