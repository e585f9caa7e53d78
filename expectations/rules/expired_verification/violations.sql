-- Months in which a point was measured by a meter whose verification was over, or had failed.
WITH batch AS (
    SELECT * FROM {batch} AS b
),

limits AS (
    SELECT
        max(value) FILTER (WHERE threshold_name = 'days_over_min') AS days_over_min,
        max(value) FILTER (WHERE threshold_name = 'energy_min') AS energy_min
    FROM rule_threshold_now
    WHERE rule_code = 'expired_verification'
),

bought AS (
    SELECT
        batch.unit_id,
        batch.variety_code,
        batch.month_on,
        batch.unit,
        sum(batch.energy) AS energy
    FROM batch
    WHERE batch.flow = 'purchase'
    GROUP BY batch.unit_id, batch.variety_code, batch.month_on, batch.unit
),

served AS (
    SELECT DISTINCT
        s.point_id,
        m.meter_no,
        m.metering_level,
        m.next_verification_on,
        m.verification_result,
        m.verified_on,
        v.valid
    FROM series AS s
    INNER JOIN series_version AS v ON s.series_id = v.series_id
    INNER JOIN meter_now AS m ON v.meter_id = m.meter_id
    WHERE s.quantity IN ('active_energy', 'volume', 'mass', 'heat') AND m.state <> 'stopped'
)

SELECT
    batch.unit_id,
    batch.point_id,
    batch.month_on::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_from,
    (batch.month_on + INTERVAL '1 month') AT TIME ZONE 'Asia/Shanghai' AS span_to,
    batch.month_on,
    served.meter_no,
    served.next_verification_on,
    served.verification_result,
    served.metering_level,
    batch.energy,
    batch.unit AS energy_unit,
    round(batch.energy / nullif(bought.energy, 0), 3) AS share_of_purchase
FROM batch
CROSS JOIN limits
INNER JOIN served
    ON batch.point_id = served.point_id
    AND served.valid @> ((batch.month_on + INTERVAL '1 month' - INTERVAL '1 second') AT TIME ZONE 'Asia/Shanghai')
LEFT JOIN bought
    ON batch.unit_id = bought.unit_id AND batch.variety_code = bought.variety_code
    AND batch.month_on = bought.month_on AND batch.unit = bought.unit
WHERE batch.is_judged AND batch.energy > limits.energy_min
AND (
    served.next_verification_on + limits.days_over_min::integer < batch.month_on + INTERVAL '1 month'
    OR (served.verification_result = 'failed' AND served.verified_on < batch.month_on)
)
ORDER BY batch.unit_id, batch.point_id, batch.month_on, served.meter_no
