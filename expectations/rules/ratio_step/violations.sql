-- Steps in how much of a part's switching the meter above sees: honest load shows one for one, before and after; a part
-- that counts half makes the meter above see two for one from that day on. Slopes come from slot-to-slot changes, so
-- less production, a stopped line, a new machine or a PV roof leaves them as they are.
WITH batch AS (
    SELECT * FROM {batch} AS b
),

limits AS (
    SELECT
        max(value) FILTER (WHERE threshold_name = 'days_before')::integer AS days_before,
        max(value) FILTER (WHERE threshold_name = 'days_after_min')::integer AS days_after_min,
        max(value) FILTER (WHERE threshold_name = 'days_after_max')::integer AS days_after_max,
        max(value) FILTER (WHERE threshold_name = 'log_step_min') AS log_step_min,
        max(value) FILTER (WHERE threshold_name = 'z_min') AS z_min,
        max(value) FILTER (WHERE threshold_name = 'part_activity_min') AS part_activity_min
    FROM rule_threshold_now
    WHERE rule_code = 'ratio_step'
),

-- One pair of series a part, a whole and a day; registers before intervals.
paired AS (
    SELECT DISTINCT ON (part.point_id, whole.point_id, part.quantity, part.day_on)
        part.unit_id,
        part.point_id,
        part.series_id,
        part.quantum AS part_quantum,
        whole.point_id AS whole_point_id,
        whole.series_id AS whole_series_id,
        part.day_on,
        part.is_audited,
        part.slot_minutes,
        part.energy AS part_energy,
        whole.energy AS whole_energy,
        part.quality AS part_quality,
        whole.quality AS whole_quality,
        part.method AS part_method,
        whole.method AS whole_method,
        network_term.sign * 10.0::double precision ^ (-part.scale) AS part_factor,
        10.0::double precision ^ (-whole.scale) AS whole_factor
    FROM network_term
    INNER JOIN batch AS part ON network_term.part_point_id = part.point_id
    INNER JOIN batch AS whole
        ON network_term.whole_point_id = whole.point_id AND part.quantity = whole.quantity AND part.kind = whole.kind
        AND part.day_on = whole.day_on AND part.slot_minutes = whole.slot_minutes AND part.unit = whole.unit
    WHERE part.day_on >= network_term.valid_from
    AND (network_term.valid_to IS NULL OR part.day_on < network_term.valid_to)
    ORDER BY part.point_id, whole.point_id, part.quantity, part.day_on, part.kind DESC
),

-- Sums of squares and products of changes from slot to slot, which add up over days.
daily AS (
    SELECT
        paired.unit_id,
        paired.point_id,
        paired.series_id,
        paired.whole_point_id,
        paired.whole_series_id,
        paired.day_on,
        paired.is_audited,
        sums.n,
        sums.xx,
        sums.xy,
        sums.yy
    FROM paired
    CROSS JOIN LATERAL (
        SELECT
            count(*) AS n,
            sum(change.part ^ 2) AS xx,
            sum(change.part * change.whole) AS xy,
            sum(change.whole ^ 2) AS yy
        FROM (
            SELECT
                (slot.part_energy - lag(slot.part_energy) OVER in_day) * paired.part_factor AS part,
                (slot.whole_energy - lag(slot.whole_energy) OVER in_day) * paired.whole_factor AS whole,
                slot.slot_no - lag(slot.slot_no) OVER in_day AS distance
            FROM unnest(
                paired.part_energy, paired.whole_energy,
                string_to_array(paired.part_quality, NULL), string_to_array(paired.whole_quality, NULL),
                string_to_array(paired.part_method, NULL), string_to_array(paired.whole_method, NULL)
            ) WITH ORDINALITY AS slot (
                part_energy, whole_energy, part_quality, whole_quality, part_method, whole_method, slot_no
            )
            WHERE slot.part_quality = 'V' AND slot.whole_quality = 'V'
            AND slot.part_method = '-' AND slot.whole_method = '-'
            WINDOW in_day AS (ORDER BY slot.slot_no)
        ) AS change
        WHERE change.distance = 1
    ) AS sums
    WHERE sums.n > 0
),

windows AS (
    SELECT
        step.unit_id,
        step.point_id,
        step.series_id,
        step.whole_point_id,
        step.whole_series_id,
        step.day_on AS step_on,
        count(*) FILTER (WHERE near.day_on < step.day_on) AS days_before,
        count(*) FILTER (WHERE near.day_on >= step.day_on) AS days_after,
        max(near.day_on) AS last_on,
        bool_or(near.is_audited) AS is_audited,
        sum(near.n) FILTER (WHERE near.day_on < step.day_on) AS n0,
        sum(near.xx) FILTER (WHERE near.day_on < step.day_on) AS xx0,
        sum(near.xy) FILTER (WHERE near.day_on < step.day_on) AS xy0,
        sum(near.yy) FILTER (WHERE near.day_on < step.day_on) AS yy0,
        sum(near.n) FILTER (WHERE near.day_on >= step.day_on) AS n1,
        sum(near.xx) FILTER (WHERE near.day_on >= step.day_on) AS xx1,
        sum(near.xy) FILTER (WHERE near.day_on >= step.day_on) AS xy1,
        sum(near.yy) FILTER (WHERE near.day_on >= step.day_on) AS yy1
    FROM daily AS step
    CROSS JOIN limits
    INNER JOIN daily AS near
        ON step.series_id = near.series_id AND step.whole_series_id = near.whole_series_id
        AND near.day_on >= step.day_on - limits.days_before AND near.day_on < step.day_on + limits.days_after_max
    GROUP BY step.unit_id, step.point_id, step.series_id, step.whole_point_id, step.whole_series_id, step.day_on
),

slopes AS (
    SELECT
        windows.*,
        windows.xy0 / windows.xx0 AS slope_before,
        windows.xy1 / windows.xx1 AS slope_after,
        sqrt(greatest(windows.yy0 - windows.xy0 ^ 2 / windows.xx0, 0) / windows.n0 / windows.xx0) AS error_before,
        sqrt(greatest(windows.yy1 - windows.xy1 ^ 2 / windows.xx1, 0) / windows.n1 / windows.xx1) AS error_after
    FROM windows
    CROSS JOIN limits
    -- Up to a fifth of the days may be missing.
    WHERE windows.days_before >= 0.8 * limits.days_before
    AND windows.days_after >= 0.8 * limits.days_after_min
    AND windows.last_on >= windows.step_on + limits.days_after_min - 1
    AND windows.is_audited
    AND windows.xx0 > 0 AND windows.xy0 > 0 AND windows.xy1 > 0
    -- A slope after the step k times steeper means a part that counts 1/k: its squares are 1/k^2 of the same load.
    AND windows.xx1 / windows.n1 * (windows.xy1 / windows.xx1) ^ 2
    >= limits.part_activity_min * windows.xx0 / windows.n0 * (windows.xy0 / windows.xx0) ^ 2
),

steps AS (
    SELECT
        slopes.*,
        ln(slopes.slope_after / slopes.slope_before) AS log_step,
        ln(slopes.slope_after / slopes.slope_before)
        / greatest(
            sqrt(
                (slopes.error_before / slopes.slope_before) ^ 2 + (slopes.error_after / slopes.slope_after) ^ 2
            ), 0.001
        ) AS z_score
    FROM slopes
),

offending AS (
    SELECT
        steps.*,
        -- Days in a row that all look like the day of one step are one step.
        steps.step_on
        - (
            row_number() OVER (
                PARTITION BY steps.series_id, steps.whole_series_id, sign(steps.log_step) ORDER BY steps.step_on
            )
        )::integer AS step_no
    FROM steps
    CROSS JOIN limits
    WHERE abs(steps.log_step) >= limits.log_step_min AND abs(steps.z_score) >= limits.z_min
),

strongest AS (
    SELECT DISTINCT ON (series_id, whole_series_id, sign(log_step), step_no) *
    FROM offending
    ORDER BY series_id, whole_series_id, sign(log_step), step_no, abs(z_score) DESC
),

-- Two parts that step together under one whole speak about the whole: it is named, once.
together AS (
    SELECT
        strongest.*,
        (
            SELECT count(DISTINCT other.point_id)
            FROM offending AS other
            WHERE other.whole_point_id = strongest.whole_point_id AND sign(other.log_step) = sign(strongest.log_step)
            AND other.step_on = strongest.step_on
        ) AS parts_stepping
    FROM strongest
)

SELECT DISTINCT ON (CASE WHEN parts_stepping > 1 THEN whole_point_id ELSE point_id END, step_on)
    unit_id,
    CASE WHEN parts_stepping > 1 THEN whole_point_id ELSE point_id END AS point_id,
    CASE WHEN parts_stepping > 1 THEN whole_series_id ELSE series_id END AS series_id,
    step_on::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_from,
    (last_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_to,
    step_on,
    series_id AS part_series_id,
    whole_point_id,
    whole_series_id,
    round(slope_before::numeric, 3) AS slope_before,
    round(slope_after::numeric, 3) AS slope_after,
    round((slope_before / slope_after)::numeric, 3) AS rate_ratio,
    round(z_score::numeric, 1) AS z_score,
    days_before,
    days_after,
    parts_stepping
FROM together
ORDER BY CASE WHEN parts_stepping > 1 THEN whole_point_id ELSE point_id END, step_on, abs(z_score) DESC
