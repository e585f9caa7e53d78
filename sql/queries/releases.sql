-- unreleased_balances --
-- Newest balances that no release seals, by month and unit, with the unit and the newest release of that unit's month.
SELECT
    b.balance_id, b.unit_id, b.month_on, b.layout_edition, b.coefficient_edition,
    u.unit_code, u.name, u.division_code, u.industry_code,
    r.release_id, r.version, r.hash_algorithm, r.hash
FROM monitored_balance AS b
INNER JOIN unit AS u ON b.unit_id = u.unit_id
LEFT JOIN LATERAL (
    SELECT e.release_id, e.version, e.hash_algorithm, e.hash
    FROM release AS e
    WHERE e.kind = 'monitored_balance' AND e.unit_id = b.unit_id AND e.month_on = b.month_on
    ORDER BY e.version DESC
    LIMIT 1
) AS r ON TRUE
WHERE
    b.version = (
        SELECT max(newest.version) FROM monitored_balance AS newest
        WHERE newest.unit_id = b.unit_id AND newest.month_on = b.month_on
    )
    AND NOT EXISTS (SELECT 1 FROM release AS sealed WHERE sealed.balance_id = b.balance_id)
    AND (%(balance_ids)s::bigint[] IS NULL OR b.balance_id = ANY(%(balance_ids)s::bigint[]))
ORDER BY b.month_on, b.unit_id;

-- insert_release --
-- A sealed release; returns its id, or nothing where the balance has been sealed meanwhile.
INSERT INTO release (
    kind, unit_id, month_on, version, balance_id, restates_release_id, format_version, content, hash_algorithm, hash,
    signature_algorithm, signature, key_id, archive, archive_name, archive_hash_algorithm, archive_hash, sealed_at
)
SELECT
    'monitored_balance', %(unit_id)s, %(month_on)s, %(version)s, %(balance_id)s, %(restates_release_id)s,
    %(format_version)s, %(content)s, %(hash_algorithm)s, %(hash)s, %(signature_algorithm)s, %(signature)s, %(key_id)s,
    %(archive)s, %(archive_name)s, %(archive_hash_algorithm)s, %(archive_hash)s, %(sealed_at)s
WHERE NOT EXISTS (SELECT 1 FROM release AS sealed WHERE sealed.balance_id = %(balance_id)s)
RETURNING release_id;

-- archive_names --
-- Names of every release's archive.
SELECT archive_name FROM release ORDER BY release_id;

-- archive --
-- The archive of a name: one row, or none.
SELECT archive FROM release WHERE archive_name = %(archive_name)s;
