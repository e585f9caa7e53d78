-- unreleased_balances --
-- Newest balances that no release seals, by month and unit, with the unit and the newest release of that unit's month. One
-- is held while its last check of relations is missing or incomplete, or found a mandatory one broken and a case of that
-- month's is open.
SELECT
    b.balance_id, b.unit_id, b.month_on, b.layout_edition, b.coefficient_edition,
    u.unit_code, u.name, u.division_code, u.industry_code,
    checked.is_complete IS NOT TRUE
    OR (
        checked.mandatory_broken > 0
        AND EXISTS (
            SELECT 1
            FROM finding AS f
            INNER JOIN alert AS a ON f.fingerprint = a.fingerprint
            LEFT JOIN LATERAL (
                SELECT d.kind FROM decision AS d
                WHERE d.case_id = a.case_id
                ORDER BY d.decision_id DESC
                LIMIT 1
            ) AS last ON TRUE
            WHERE
                f.rule_code = 'form_relation' AND f.unit_id = b.unit_id
                AND lower(f.span) = b.month_on::timestamp AT TIME ZONE 'Asia/Shanghai'
                AND f.evidence ->> 'obligation' = 'mandatory'
                AND coalesce(last.kind, 'open') NOT IN ('confirm', 'dismiss')
        )
    ) AS is_held,
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
LEFT JOIN LATERAL (
    SELECT
        run.summary -> 'not_run' = '{}' AS is_complete,
        (run.summary ->> 'mandatory_broken')::integer AS mandatory_broken
    FROM audit_run AS run
    WHERE run.subject = 'return' AND (run.summary ->> 'balance_id')::bigint = b.balance_id
    ORDER BY run.audit_run_id DESC
    LIMIT 1
) AS checked ON TRUE
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
