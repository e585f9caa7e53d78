-- Days whose advances equal those of an earlier day point by point, with enough information in them that chance and
-- standby do not explain it, while another channel of the same site shows that the day was another day.
WITH batch AS (
    SELECT * FROM {batch} AS b
),

limits AS (
    SELECT
        max(value) FILTER (WHERE threshold_name = 'lag_days_max') AS lag_days_max,
        max(value) FILTER (WHERE threshold_name = 'points_min') AS points_min,
        max(value) FILTER (WHERE threshold_name = 'entropy_min') AS entropy_min,
        max(value) FILTER (WHERE threshold_name = 'witness_share_min') AS witness_share_min
    FROM rule_threshold_now
    WHERE rule_code = 'exact_repeat'
),

measured AS (
    SELECT * FROM batch WHERE quality = repeat('V', due_slots) AND method = repeat('-', due_slots)
),

-- The nearest earlier day with the same advances, by one sort: joining days to days costs their square.
pairs AS (
    SELECT
        equal.*,
        equal.day_on - equal.earlier_on AS lag_days
    FROM (
        SELECT
            measured.*,
            lag(measured.day_on) OVER same_face AS earlier_on,
            lag(measured.is_audited) OVER same_face AS is_earlier_audited
        FROM measured
        WINDOW same_face AS (PARTITION BY measured.series_id, measured.face_scale, measured.face ORDER BY measured.day_on)
    ) AS equal
    CROSS JOIN limits
    WHERE (equal.is_audited OR equal.is_earlier_audited) AND equal.day_on - equal.earlier_on <= limits.lag_days_max
),

informed AS (
    SELECT
        pairs.*,
        spread.distinct_values,
        spread.entropy_bits
    FROM pairs
    CROSS JOIN limits
    CROSS JOIN LATERAL (
        SELECT
            count(*) AS distinct_values,
            -sum((times / pairs.due_slots::numeric) * ln(times / pairs.due_slots::numeric)) / ln(2.0) AS entropy_bits
        FROM (
            SELECT count(*)::numeric AS times
            FROM unnest(pairs.face) AS slot (face)
            GROUP BY slot.face
        ) AS values_of_day
    ) AS spread
    WHERE spread.entropy_bits >= limits.entropy_min
),

links AS (
    SELECT whole_point_id AS point_id, part_point_id AS related_point_id FROM network_term
    UNION
    SELECT part_point_id, whole_point_id FROM network_term
    UNION
    SELECT one.part_point_id, other.part_point_id
    FROM network_term AS one
    INNER JOIN network_term AS other
        ON one.whole_point_id = other.whole_point_id AND one.part_point_id <> other.part_point_id
),

witnessed AS (
    SELECT DISTINCT ON (informed.series_id, informed.day_on)
        informed.*,
        witness.series_id AS witness_series_id,
        changed.share AS witness_share_changed
    FROM informed
    INNER JOIN measured AS witness
        ON informed.unit_id = witness.unit_id AND informed.day_on = witness.day_on
        AND informed.series_id <> witness.series_id
    INNER JOIN measured AS witness_before
        ON witness.series_id = witness_before.series_id AND witness_before.day_on = informed.day_on - informed.lag_days
        AND witness.due_slots = witness_before.due_slots
    CROSS JOIN limits
    CROSS JOIN LATERAL (
        SELECT avg((slot.now_face <> slot.before_face)::integer) AS share
        FROM unnest(witness.face, witness_before.face) AS slot (now_face, before_face)
    ) AS changed
    WHERE changed.share >= limits.witness_share_min
    AND (
        witness.point_id = informed.point_id
        OR witness.point_id IN (SELECT links.related_point_id FROM links WHERE links.point_id = informed.point_id)
    )
    ORDER BY informed.series_id, informed.day_on, changed.share DESC
),

blocks AS (
    SELECT
        unit_id,
        point_id,
        quantity,
        kind,
        series_id,
        lag_days,
        min(day_on) AS day_on,
        max(day_on) AS last_day_on,
        sum(due_slots) AS repeated_points,
        min(distinct_values) AS distinct_values,
        min(entropy_bits) AS entropy_bits,
        min(witness_series_id) AS witness_series_id,
        min(witness_share_changed) AS witness_share_changed
    FROM (
        SELECT
            witnessed.*,
            witnessed.day_on
            - (row_number() OVER (PARTITION BY witnessed.series_id, witnessed.lag_days ORDER BY witnessed.day_on))::integer
                AS block_no
        FROM witnessed
    ) AS placed
    GROUP BY unit_id, point_id, quantity, kind, series_id, lag_days, block_no
)

SELECT DISTINCT ON (blocks.point_id, blocks.quantity, blocks.day_on)
    blocks.unit_id,
    blocks.point_id,
    blocks.series_id,
    blocks.day_on::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_from,
    (blocks.last_day_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_to,
    blocks.day_on,
    blocks.lag_days,
    blocks.repeated_points,
    blocks.distinct_values,
    round(blocks.entropy_bits, 2) AS entropy_bits,
    blocks.witness_series_id,
    round(blocks.witness_share_changed, 3) AS witness_share_changed
FROM blocks
CROSS JOIN limits
WHERE blocks.repeated_points >= limits.points_min
ORDER BY blocks.point_id, blocks.quantity, blocks.day_on, blocks.kind DESC
