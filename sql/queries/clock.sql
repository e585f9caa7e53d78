-- rows_to_follow --
-- Decisions and sign-offs whose consequences were not computed yet, oldest first.
SELECT
    source,
    row_id
FROM row_to_follow
ORDER BY written_at, source, row_id;

-- note_followed --
-- Notes that a row was followed, unless that is known.
INSERT INTO followed_row (source, row_id, followed_at)
VALUES (%(source)s, %(row_id)s, %(followed_at)s)
ON CONFLICT ON CONSTRAINT followed_row_pk DO NOTHING;

-- units_with_waiting_months --
-- Units that have a month to build which is over, or a newest balance that no release seals, one id a row.
SELECT unit_id FROM month_mark WHERE month_on < %(before_on)s
UNION
SELECT b.unit_id
FROM monitored_balance AS b
WHERE
    NOT EXISTS (
        SELECT 1 FROM monitored_balance AS n
        WHERE n.unit_id = b.unit_id AND n.month_on = b.month_on AND n.version > b.version
    )
    AND NOT EXISTS (SELECT 1 FROM release AS r WHERE r.balance_id = b.balance_id)
ORDER BY unit_id;
