-- find_series --
-- A series by unit, point, quantity and kind; more than one row where intervals of several periods stand side by side.
SELECT s.series_id, s.period
FROM series AS s
INNER JOIN point AS p ON s.point_id = p.point_id
INNER JOIN unit AS u ON p.unit_id = u.unit_id
WHERE
    u.unit_code = %(unit_code)s AND p.point_code = %(point_code)s
    AND s.quantity = %(quantity)s AND s.kind = %(kind)s
ORDER BY s.series_id;

-- has_decision --
-- Whether there is a decision with this id, one row.
SELECT EXISTS (SELECT 1 FROM decision WHERE decision_id = %(decision_id)s);

-- standing_over --
-- Agreed values in force that a span touches, at most one row: any of them.
SELECT agreed_value_id
FROM agreed_value_in_force
WHERE series_id = %(series_id)s AND span && %(span)s
ORDER BY agreed_value_id
LIMIT 1;

-- insert_agreement --
-- Appends an agreed value, or with null energy its withdrawal, one row: its id.
INSERT INTO agreed_value (
    series_id, span, energy, unit, document_no, agreed_by_unit, agreed_by_officer, decision_id, agreed_on, recorded_by,
    recorded_at
)
VALUES (
    %(series_id)s, %(span)s, %(energy)s, %(unit)s, %(document_no)s, %(agreed_by_unit)s, %(agreed_by_officer)s,
    %(decision_id)s, %(agreed_on)s, %(recorded_by)s, %(recorded_at)s
)
RETURNING agreed_value_id;

-- mark_span --
-- Asks jobs to compute every day again that any agreed value over a span touches, those no longer in force included.
INSERT INTO changed_mark (series_id, day_on)
SELECT DISTINCT a.series_id, day.day_at::date
FROM agreed_value AS a
CROSS JOIN LATERAL generate_series(
    (lower(a.span) AT TIME ZONE 'Asia/Shanghai')::date::timestamp,
    ((upper(a.span) - INTERVAL '1 microsecond') AT TIME ZONE 'Asia/Shanghai')::date::timestamp,
    INTERVAL '1 day'
) AS day (day_at)
WHERE a.series_id = %(series_id)s AND a.span && %(span)s;
