-- unreleased_balances --
-- Newest balances that no release seals, by month and unit, with the unit as it was then and the newest release of its month,
-- and, where they are asked for by id, what they were computed from. One is held while its last check of relations is missing or
-- incomplete, or found a mandatory one broken and a case of that month's is open.
SELECT
    b.balance_id, b.unit_id, b.month_on, b.layout_edition, b.coefficient_edition,
    u.unit_code, coalesce(v.name, u.name) AS name, coalesce(v.division_code, u.division_code) AS division_code,
    coalesce(v.industry_code, u.industry_code) AS industry_code,
    CASE
        WHEN checked.is_complete IS NOT TRUE THEN 'not_checked'
        WHEN
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
                    AND coalesce(f.evidence ->> 'return_kind', 'monitored_balance') = 'monitored_balance'
                    AND coalesce(last.kind, 'open') NOT IN ('confirm', 'dismiss')
            )
            THEN 'mandatory_broken'
    END AS held_by,
    CASE WHEN %(balance_ids)s::bigint[] IS NOT NULL THEN b.inputs END AS inputs, b.engine_version,
    r.release_id, r.version, r.hash_algorithm, r.hash
FROM monitored_balance AS b
INNER JOIN unit AS u ON b.unit_id = u.unit_id
LEFT JOIN LATERAL (
    SELECT
        one.name,
        one.division_code,
        one.industry_code
    FROM unit_version AS one
    WHERE one.unit_id = u.unit_id AND (one.valid_from IS NULL OR one.valid_from <= b.month_on)
    ORDER BY one.valid_from DESC NULLS LAST, one.unit_version_id DESC
    LIMIT 1
) AS v ON TRUE
LEFT JOIN LATERAL (
    SELECT e.release_id, e.version, e.hash_algorithm, e.hash
    FROM release AS e
    WHERE e.kind = 'monitored_balance' AND e.unit_id = b.unit_id AND e.month_on = b.month_on
    ORDER BY e.version DESC
    LIMIT 1
) AS r ON TRUE
LEFT JOIN LATERAL (
    SELECT
        c.not_run = 0 AS is_complete,
        c.mandatory_broken
    FROM return_check AS c
    WHERE c.kind = 'monitored_balance' AND c.return_id = b.balance_id
    ORDER BY c.return_check_id DESC
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
-- A sealed release; returns its id, or nothing where what it seals has been sealed meanwhile.
INSERT INTO release (
    kind, unit_id, month_on, version, balance_id, filing_id, aggregate_code, restates_release_id, reason_kind,
    reason_references, public_from, inputs, format_version, content, hash_algorithm, hash, signature_algorithm,
    signature, key_id, archive, archive_name, archive_hash_algorithm, archive_hash, sealed_at
)
SELECT
    %(kind)s, %(unit_id)s, %(month_on)s, %(version)s, %(balance_id)s, %(filing_id)s, %(aggregate_code)s,
    %(restates_release_id)s, %(reason_kind)s, %(reason_references)s, %(public_from)s, %(inputs)s, %(format_version)s,
    %(content)s, %(hash_algorithm)s, %(hash)s, %(signature_algorithm)s, %(signature)s, %(key_id)s, %(archive)s,
    %(archive_name)s, %(archive_hash_algorithm)s, %(archive_hash)s, %(sealed_at)s
WHERE NOT EXISTS (
    SELECT 1 FROM release AS sealed
    WHERE
        sealed.balance_id = %(balance_id)s OR sealed.filing_id = %(filing_id)s
        OR sealed.archive_name = %(archive_name)s
)
RETURNING release_id;

-- open_notices --
-- Everybody who has an earlier version of what a release restates is to be told of it, once.
INSERT INTO release_notice (release_id, recipient, had_release_id, opened_at)
SELECT
    r.release_id,
    told.recipient,
    max(told.release_id),
    %(opened_at)s
FROM release AS r
INNER JOIN release AS before
    ON
        r.kind = before.kind AND r.month_on = before.month_on AND before.version < r.version
        AND r.unit_id IS NOT DISTINCT FROM before.unit_id
        AND r.aggregate_code IS NOT DISTINCT FROM before.aggregate_code
INNER JOIN release_recipient AS told ON before.release_id = told.release_id
WHERE r.release_id = %(release_id)s
GROUP BY r.release_id, told.recipient
ON CONFLICT DO NOTHING;

-- restatement_causes --
-- What came in for a unit's month since the balance of a release was computed, as kind and reference: decisions on its
-- readings, corrections, register rows, readings, and what a person wrote about the release. Register rows and decisions
-- are told by their leaves, which are numbered as they were written. A series' month reaches to the nearest readings around
-- it, as far as a register apportions: what came behind them, such as the readings of the months since, changes nothing.
WITH sealed AS (
    SELECT
        b.computed_at,
        coalesce(
            (
                SELECT min(l.row_leaf_id) FROM row_leaf AS l
                WHERE l.table_name = 'monitored_balance' AND l.row_key = b.balance_id::text
            ), 0
        ) AS row_leaf_id
    FROM release AS r
    INNER JOIN monitored_balance AS b ON r.balance_id = b.balance_id
    WHERE r.release_id = %(release_id)s
),

own AS (
    SELECT
        s.series_id,
        s.point_id,
        coalesce(earlier.at, %(begin_at)s::timestamptz) AS begin_at,
        coalesce(later.at, %(end_at)s::timestamptz) AS end_at
    FROM series AS s
    INNER JOIN point AS p ON s.point_id = p.point_id
    LEFT JOIN LATERAL (
        SELECT r.at FROM reading AS r
        WHERE r.series_id = s.series_id AND r.at <= %(begin_at)s AND r.at > %(begin_at)s - %(reach)s::interval
        ORDER BY r.at DESC
        LIMIT 1
    ) AS earlier ON TRUE
    LEFT JOIN LATERAL (
        SELECT r.at FROM reading AS r
        WHERE r.series_id = s.series_id AND r.at >= %(end_at)s AND r.at < %(end_at)s + %(reach)s::interval
        ORDER BY r.at ASC
        LIMIT 1
    ) AS later ON TRUE
    WHERE p.unit_id = %(unit_id)s
),

-- Rows that hold in the month. One that stood before and was ended since counts where its end lies in the month.
register_row AS (
    SELECT
        'series_version' AS table_name,
        v.series_version_id::text AS row_key,
        coalesce(upper(v.valid) BETWEEN o.begin_at AND o.end_at, FALSE) AS may_be_old
    FROM series_version AS v
    INNER JOIN own AS o ON v.series_id = o.series_id
    WHERE v.valid && tstzrange(o.begin_at, o.end_at)
    UNION ALL
    SELECT
        'point' AS table_name,
        p.point_id::text AS row_key,
        TRUE AS may_be_old
    FROM point AS p
    WHERE
        p.unit_id = %(unit_id)s
        AND (
            NOT EXISTS (SELECT 1 FROM own AS o WHERE o.point_id = p.point_id)
            OR EXISTS (
                SELECT 1
                FROM own AS o
                INNER JOIN series_version AS v ON o.series_id = v.series_id
                WHERE o.point_id = p.point_id AND v.valid && tstzrange(o.begin_at, o.end_at)
            )
        )
    UNION ALL
    SELECT
        'meter_change' AS table_name,
        c.meter_change_id::text AS row_key,
        TRUE AS may_be_old
    FROM meter_change AS c
    INNER JOIN own AS o ON c.point_id = o.point_id AND c.changed_at BETWEEN o.begin_at AND o.end_at
    UNION ALL
    SELECT
        'multiplier_change' AS table_name,
        c.multiplier_change_id::text AS row_key,
        TRUE AS may_be_old
    FROM multiplier_change AS c
    INNER JOIN own AS o ON c.point_id = o.point_id AND c.changed_at BETWEEN o.begin_at AND o.end_at
    UNION ALL
    SELECT
        'context_event' AS table_name,
        e.context_event_id::text AS row_key,
        TRUE AS may_be_old
    FROM context_event AS e
    WHERE
        e.unit_id = %(unit_id)s AND e.kind IN ('shutdown', 'line_stop', 'overhaul') AND btrim(e.document_no) <> ''
        AND e.begins_at < %(end_at)s AND e.ends_at > %(begin_at)s
    UNION ALL
    SELECT
        'network_term' AS table_name,
        n.network_term_id::text AS row_key,
        coalesce(n.valid_to <= %(end_on)s::date, FALSE) AS may_be_old
    FROM network_term AS n
    INNER JOIN point AS p ON n.whole_point_id = p.point_id
    WHERE
        p.unit_id = %(unit_id)s AND n.valid_from < %(end_on)s::date
        AND (n.valid_to IS NULL OR n.valid_to >= %(month_on)s::date)
    UNION ALL
    SELECT
        'check_meter' AS table_name,
        k.check_meter_id::text AS row_key,
        coalesce(k.valid_to <= %(end_on)s::date, FALSE) AS may_be_old
    FROM check_meter AS k
    INNER JOIN point AS p ON k.point_id = p.point_id
    WHERE
        p.unit_id = %(unit_id)s AND k.valid_from < %(end_on)s::date
        AND (k.valid_to IS NULL OR k.valid_to >= %(month_on)s::date)
    UNION ALL
    SELECT
        'heating_value' AS table_name,
        h.heating_value_id::text AS row_key,
        TRUE AS may_be_old
    FROM heating_value AS h
    WHERE h.unit_id = %(unit_id)s AND h.valid_from < %(end_on)s::date AND h.valid_to > %(month_on)s::date
    UNION ALL
    SELECT
        'production_output' AS table_name,
        m.production_output_id::text AS row_key,
        TRUE AS may_be_old
    FROM production_output AS m
    WHERE m.unit_id = %(unit_id)s AND m.month_on = %(month_on)s::date
    UNION ALL
    SELECT
        'product_process' AS table_name,
        m.product_process_id::text AS row_key,
        coalesce(m.valid_to <= %(end_on)s::date, FALSE) AS may_be_old
    FROM product_process AS m
    WHERE
        m.unit_id = %(unit_id)s AND m.valid_from < %(end_on)s::date
        AND (m.valid_to IS NULL OR m.valid_to >= %(month_on)s::date)
    UNION ALL
    SELECT
        'equal_value' AS table_name,
        e.equal_value_id::text AS row_key,
        TRUE AS may_be_old
    FROM equal_value AS e
    INNER JOIN unit AS u
        ON e.region_code IN (u.division_code, left(u.division_code, 4) || '00', left(u.division_code, 2) || '0000')
    WHERE u.unit_id = %(unit_id)s AND e.year = extract(YEAR FROM %(month_on)s::date)
    UNION ALL
    SELECT
        'unit_version' AS table_name,
        w.unit_version_id::text AS row_key,
        TRUE AS may_be_old
    FROM unit_version AS w
    WHERE w.unit_id = %(unit_id)s AND w.valid_from <= %(month_on)s::date
),

touched AS (
    SELECT d.case_id
    FROM exclusion AS e
    INNER JOIN own AS o ON e.series_id = o.series_id
    INNER JOIN decision AS d ON e.decision_id = d.decision_id
    WHERE e.span && tstzrange(o.begin_at, o.end_at, '[]')
    UNION
    SELECT d.case_id
    FROM reading_adoption AS a
    INNER JOIN own AS o ON a.series_id = o.series_id
    INNER JOIN decision AS d ON a.decision_id = d.decision_id
    WHERE a.at BETWEEN o.begin_at AND o.end_at
)

SELECT
    'decision' AS kind,
    format('decision %%s, case %%s', d.decision_id, d.case_id) AS reference
FROM decision AS d
INNER JOIN touched AS t ON d.case_id = t.case_id
INNER JOIN row_leaf AS l ON l.table_name = 'decision' AND l.row_key = d.decision_id::text
CROSS JOIN sealed
WHERE l.row_leaf_id > sealed.row_leaf_id
UNION
SELECT
    'decision',
    format('agreed_value %%s, %%s', a.agreed_value_id, a.document_no)
FROM agreed_value AS a
INNER JOIN own AS o ON a.series_id = o.series_id
INNER JOIN row_leaf AS l ON l.table_name = 'agreed_value' AND l.row_key = a.agreed_value_id::text
CROSS JOIN sealed
WHERE a.span && tstzrange(%(begin_at)s, %(end_at)s) AND l.row_leaf_id > sealed.row_leaf_id
UNION
SELECT
    'correction',
    format('reading_revision %%s', v.revision_id)
FROM reading_revision AS v
INNER JOIN own AS o ON v.series_id = o.series_id
CROSS JOIN sealed
WHERE v.at BETWEEN o.begin_at AND o.end_at AND v.standing = 'in_force' AND v.recorded_at > sealed.computed_at
UNION
SELECT
    'register_change',
    format('%%s %%s', c.table_name, c.row_key)
FROM register_row AS c
INNER JOIN row_leaf AS l ON c.table_name = l.table_name AND c.row_key = l.row_key
CROSS JOIN sealed
GROUP BY c.table_name, c.row_key, sealed.row_leaf_id
HAVING max(l.row_leaf_id) > sealed.row_leaf_id AND (bool_or(c.may_be_old) OR min(l.row_leaf_id) > sealed.row_leaf_id)
UNION
SELECT
    'late_data',
    format('messages %%s to %%s, %%s readings', min(r.message_id), max(r.message_id), count(*))
FROM own AS o
CROSS JOIN LATERAL (
    SELECT f.message_id FROM reading AS f
    WHERE f.series_id = o.series_id AND f.at BETWEEN o.begin_at AND o.end_at
) AS r
INNER JOIN message AS m ON r.message_id = m.message_id
CROSS JOIN sealed
WHERE m.received_at > sealed.computed_at
HAVING count(*) > 0
UNION
SELECT
    g.reason_kind,
    g.reference
FROM restatement_reason AS g
WHERE g.restates_release_id = %(release_id)s
ORDER BY kind, reference;

-- archive_names --
-- Names of every release's archive that may be seen at an instant.
SELECT archive_name FROM release
WHERE public_from IS NULL OR public_from <= %(now)s
ORDER BY release_id;

-- archive --
-- The archive of a name, and from when it may be seen: one row, or none.
SELECT archive, public_from FROM release WHERE archive_name = %(archive_name)s;

-- release_content --
-- The canonical content of a release.
SELECT content FROM release WHERE release_id = %(release_id)s;

-- found_release --
-- A release by the name of its archive: one row, or none.
SELECT
    r.release_id, r.kind, r.unit_id, r.aggregate_code, r.month_on, r.version, r.archive_name, r.hash_algorithm, r.hash,
    r.sealed_at, r.public_from, r.balance_id, r.restates_release_id, r.inputs,
    NOT EXISTS (SELECT 1 FROM release AS later WHERE later.restates_release_id = r.release_id) AS is_newest
FROM release AS r
WHERE r.archive_name = %(archive_name)s;

-- released --
-- Releases from a month on, newest months first: who, which month, version, kind, why, how many have it and are to be told.
SELECT
    r.archive_name, r.kind, coalesce(u.name, r.aggregate_code) AS owner, r.month_on, r.version, r.sealed_at,
    r.reason_kind, r.public_from,
    (SELECT count(DISTINCT t.recipient) FROM release_recipient AS t WHERE t.release_id = r.release_id) AS recipients,
    (SELECT count(*) FROM release_notice_open AS n WHERE n.release_id = r.release_id) AS to_tell,
    NOT EXISTS (SELECT 1 FROM release AS later WHERE later.restates_release_id = r.release_id) AS is_newest
FROM release AS r
LEFT JOIN unit AS u ON r.unit_id = u.unit_id
WHERE
    (%(month_on)s::date IS NULL OR r.month_on = %(month_on)s)
    AND (%(unit_code)s::text IS NULL OR u.unit_code = %(unit_code)s)
    AND (%(kind)s::text IS NULL OR r.kind = %(kind)s)
ORDER BY r.month_on DESC, u.unit_code, r.kind, r.aggregate_code, r.version;

-- newest_contents --
-- The newest releases of monitored balances of a month whose unit lay in a region, as they say, with hash and why they
-- restate.
SELECT n.content, n.hash, n.version, n.reason_kind
FROM (
    SELECT DISTINCT ON (r.unit_id)
        r.unit_id, r.content, r.hash, r.version, r.reason_kind
    FROM release AS r
    WHERE r.kind = 'monitored_balance' AND r.month_on = %(month_on)s
    ORDER BY r.unit_id, r.version DESC
) AS n
WHERE convert_from(n.content, 'UTF8')::jsonb -> 'unit' ->> 'division_code' LIKE %(region_prefix)s || '%%'
ORDER BY n.unit_id;

-- panel_units --
-- Codes of the units that a panel has in a month, or, without a panel, that are registered; of a region and a sector, as the
-- units were then.
SELECT u.unit_code
FROM unit AS u
LEFT JOIN LATERAL (
    SELECT
        one.name,
        one.division_code,
        one.industry_code
    FROM unit_version AS one
    WHERE one.unit_id = u.unit_id AND (one.valid_from IS NULL OR one.valid_from <= %(month_on)s)
    ORDER BY one.valid_from DESC NULLS LAST, one.unit_version_id DESC
    LIMIT 1
) AS v ON TRUE
WHERE
    coalesce(v.division_code, u.division_code) LIKE %(region_prefix)s || '%%'
    AND coalesce(v.industry_code, u.industry_code) LIKE coalesce(%(sector_code)s::text, '') || '%%'
    AND (
        %(panel_code)s::text IS NULL
        OR EXISTS (
            SELECT 1 FROM panel_member AS m
            WHERE
                m.unit_id = u.unit_id AND m.panel_code = %(panel_code)s AND m.entered_on <= %(month_on)s
                AND (m.left_on IS NULL OR m.left_on > %(month_on)s)
        )
    )
ORDER BY u.unit_code;

-- aggregates_of_month --
-- The aggregates of a month with what they were computed from, every version, the newest of each last.
SELECT aggregate_code, archive_name, release_id, version, hash_algorithm, hash, content, inputs
FROM release
WHERE kind = 'aggregate' AND month_on = %(month_on)s
ORDER BY aggregate_code, version;
