-- statements --
-- Statements of units' accounts that end in a span of days, `end_on` included, by account and time.
SELECT
    s.unit_id,
    s.variety_code,
    s.account_no,
    s.provider,
    s.from_on,
    s.to_on,
    s.quantity,
    s.unit,
    s.amount_yuan,
    s.document_no
FROM supplied_statement AS s
WHERE
    s.unit_id = ANY(%(unit_ids)s) AND s.supply_statement_id IS NOT NULL
    AND s.to_on > %(first_on)s AND s.to_on <= %(end_on)s
ORDER BY s.unit_id, s.variety_code, s.account_no, s.from_on;

-- accounts --
-- Accounts of units that hold in a span of days, with the day on which their cycles end.
SELECT DISTINCT
    s.unit_id,
    s.variety_code,
    s.account_no,
    s.settlement_day,
    s.valid_from,
    s.valid_to
FROM supplied_statement AS s
WHERE
    s.unit_id = ANY(%(unit_ids)s) AND s.valid_from < %(end_on)s
    AND (s.valid_to IS NULL OR s.valid_to > %(first_on)s)
ORDER BY s.unit_id, s.variety_code, s.account_no;

-- point_spans --
-- For each asked span of a unit's variety its points that enter the form, with their sums over the days of the span. A
-- point has the class of the meter that measured it at the end of the span.
SELECT
    asked.place,
    p.point_id,
    p.flow,
    min(d.unit) AS unit,
    sum(d.energy) AS energy,
    coalesce(sum(d.measured_energy), 0) AS measured_energy,
    count(d.energy)::integer AS days,
    coalesce(sum(d.due_slots), 0)::integer AS due_slots,
    coalesce(sum(d.known_slots), 0)::integer AS known_slots,
    coalesce(
        (
            SELECT m.accuracy_class FROM monitored_meter AS m
            WHERE
                m.point_id = p.point_id AND m.unit_id = asked.unit_id
                AND m.valid && tstzrange(
                    asked.first_on::timestamp AT TIME ZONE 'Asia/Shanghai',
                    asked.end_on::timestamp AT TIME ZONE 'Asia/Shanghai'
                )
            ORDER BY lower(m.valid) DESC NULLS LAST
            LIMIT 1
        ),
        ''
    ) AS accuracy_class
FROM unnest(
    %(places)s::integer[], %(unit_ids)s::integer[], %(varieties)s::text[], %(first_days)s::date[], %(end_days)s::date[]
) AS asked (place, unit_id, variety_code, first_on, end_on)
INNER JOIN monitored_point AS p
    ON asked.unit_id = p.unit_id AND asked.variety_code = p.variety_code AND p.flow = ANY(%(flows)s)
LEFT JOIN monitored_day AS d
    ON
        p.point_id = d.point_id AND asked.unit_id = d.unit_id
        AND d.day_on >= asked.first_on AND d.day_on < asked.end_on
GROUP BY asked.place, asked.unit_id, asked.first_on, asked.end_on, p.point_id, p.flow
ORDER BY asked.place, p.point_id;

-- production --
-- Output of units' products by month in a span, `end_on` excluded.
SELECT
    o.unit_id,
    o.product_code,
    o.month_on,
    o.quantity
FROM produced_output AS o
WHERE o.unit_id = ANY(%(unit_ids)s) AND o.month_on >= %(first_on)s AND o.month_on < %(end_on)s
ORDER BY o.unit_id, o.product_code, o.month_on;
