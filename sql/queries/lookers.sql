-- lookers --
-- Who looked at or did something with a unit's data, newest first; the unit's own people only where asked for.
SELECT
    t.at,
    t.name,
    t.role,
    t.authority,
    t.kind,
    t.subject,
    t.outcome
FROM access_trail AS t
WHERE t.unit_id = %(unit_id)s AND (%(has_own)s::boolean OR t.role IS DISTINCT FROM 'unit')
ORDER BY t.access_trail_id DESC
LIMIT %(row_limit)s OFFSET %(row_offset)s;

-- count_lookers --
-- How many rows `lookers` has in all.
SELECT count(*)
FROM access_trail AS t
WHERE t.unit_id = %(unit_id)s AND (%(has_own)s::boolean OR t.role IS DISTINCT FROM 'unit');
