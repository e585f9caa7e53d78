-- month_lines --
-- Every unit in one month, or the one of a code, with the newest filing, the newest balance with its total and its
-- checks, and what is sealed of both: one row a unit. A unit is as it was in the month.
WITH known AS (
    SELECT
        u.unit_id,
        u.unit_code,
        coalesce(v.name, u.name) AS unit_name,
        coalesce(v.division_code, u.division_code) AS division_code,
        coalesce(v.industry_code, u.industry_code) AS industry_code,
        u.collected_under,
        u.registered_at
    FROM unit AS u
    LEFT JOIN (
        SELECT DISTINCT ON (one.unit_id)
            one.unit_id,
            one.name,
            one.division_code,
            one.industry_code
        FROM unit_version AS one
        WHERE one.valid_from IS NULL OR one.valid_from <= %(month_on)s::date
        ORDER BY one.unit_id, one.valid_from DESC NULLS LAST, one.unit_version_id DESC
    ) AS v ON u.unit_id = v.unit_id
),

member AS (
    SELECT DISTINCT p.unit_id FROM panel_member AS p
    WHERE p.entered_on <= %(month_on)s::date AND coalesce(p.left_on, 'infinity') > %(month_on)s::date
),

filed AS (
    SELECT s.* FROM filing_state AS s
    WHERE s.month_on = %(month_on)s::date AND s.is_newest
),

first_filed AS (
    SELECT
        f.unit_id,
        min(coalesce(f.attempted_at, f.filed_at)) AS first_at
    FROM filing AS f
    WHERE f.month_on = %(month_on)s::date
    GROUP BY f.unit_id
),

checked AS (
    SELECT DISTINCT ON (c.kind, c.return_id)
        c.kind,
        c.return_id,
        c.mandatory_broken,
        c.explanatory_broken,
        c.not_run
    FROM return_check AS c
    WHERE c.month_on = %(month_on)s::date
    ORDER BY c.kind, c.return_id, c.return_check_id DESC
),

undecided AS (
    SELECT DISTINCT f.unit_id
    FROM finding AS f
    INNER JOIN alert AS a ON f.fingerprint = a.fingerprint
    LEFT JOIN LATERAL (
        SELECT d.kind FROM decision AS d
        WHERE d.case_id = a.case_id
        ORDER BY d.decision_id DESC
        LIMIT 1
    ) AS last ON TRUE
    WHERE
        f.rule_code = 'form_relation'
        AND lower(f.span) = %(month_on)s::timestamp AT TIME ZONE 'Asia/Shanghai'
        AND f.evidence ->> 'obligation' = 'mandatory'
        AND coalesce(f.evidence ->> 'return_kind', 'monitored_balance') = 'monitored_balance'
        AND coalesce(last.kind, 'open') NOT IN ('confirm', 'dismiss')
),

sealed AS (
    SELECT DISTINCT ON (r.kind, r.unit_id)
        r.kind,
        r.unit_id,
        r.version,
        r.balance_id,
        r.filing_id,
        r.archive_name,
        r.sealed_at
    FROM release AS r
    WHERE r.month_on = %(month_on)s::date AND r.unit_id IS NOT NULL
    ORDER BY r.kind, r.unit_id, r.version DESC
)

SELECT
    k.unit_id,
    k.unit_code,
    k.unit_name,
    k.division_code,
    k.industry_code,
    (
        m.unit_id IS NOT NULL
        OR k.collected_under = 'survey' AND NOT panel_stands(%(month_on)s::date)
    ) AS is_in_panel,
    f.filing_id,
    f.version AS filing_version,
    f.kind AS filing_kind,
    f.state AS filing_state,
    f.since_at AS filing_since_at,
    f.accepted_levels,
    f.open_queries,
    ff.first_at AS first_filed_at,
    fc.mandatory_broken AS filing_mandatory_broken,
    fc.explanatory_broken AS filing_explanatory_broken,
    b.balance_id,
    b.version AS balance_version,
    b.computed_at,
    b.layout_edition,
    b.coefficient_edition,
    b.engine_version,
    bc.not_run = 0 AS is_checked,
    bc.mandatory_broken,
    bc.explanatory_broken,
    o.unit_id IS NOT NULL AS is_undecided,
    t.value AS total_tce,
    t.completeness,
    t.known_share,
    t.measured_share,
    k40.unit_id IS NOT NULL AS is_waiting,
    rb.version AS sealed_version,
    rb.balance_id AS sealed_balance_id,
    rb.archive_name AS sealed_name,
    rb.sealed_at,
    rf.version AS filing_sealed_version,
    rf.filing_id AS sealed_filing_id
FROM known AS k
LEFT JOIN member AS m ON k.unit_id = m.unit_id
LEFT JOIN filed AS f ON k.unit_id = f.unit_id
LEFT JOIN first_filed AS ff ON k.unit_id = ff.unit_id
LEFT JOIN checked AS fc ON fc.kind = 'filing' AND f.filing_id = fc.return_id
LEFT JOIN monitored_newest AS n ON k.unit_id = n.unit_id AND n.month_on = %(month_on)s::date
LEFT JOIN monitored_balance AS b ON n.balance_id = b.balance_id
LEFT JOIN checked AS bc ON bc.kind = 'monitored_balance' AND b.balance_id = bc.return_id
LEFT JOIN undecided AS o ON k.unit_id = o.unit_id
LEFT JOIN monitored_cell AS t
    ON
        b.balance_id = t.balance_id AND t.form_code = '205-1' AND t.row_code = '40' AND t.column_code = '4'
        AND t.month_on = %(month_on)s::date
LEFT JOIN (SELECT DISTINCT w.unit_id FROM month_mark AS w WHERE w.month_on = %(month_on)s::date) AS k40
    ON k.unit_id = k40.unit_id
LEFT JOIN sealed AS rb ON rb.kind = 'monitored_balance' AND k.unit_id = rb.unit_id
LEFT JOIN sealed AS rf ON rf.kind = 'filing' AND k.unit_id = rf.unit_id
WHERE
    (%(unit_code)s::text IS NULL OR k.unit_code = %(unit_code)s::text)
    AND (
        k.registered_at < (%(month_on)s::date + INTERVAL '2 months')
        OR b.balance_id IS NOT NULL OR f.filing_id IS NOT NULL OR %(unit_code)s::text IS NOT NULL
    )
ORDER BY k.division_code, k.unit_code;

-- join_all_rows --
-- Says for this transaction whether rows may be joined one by one. Nothing tells the planner how many rows a person sees: it
-- takes one of each kind, and would hold every unit's balance against every unit's cells.
SELECT set_config('enable_nestloop', %(one_by_one)s, TRUE);

-- leagues --
-- Leagues and cities of the units that may be seen, by code.
SELECT DISTINCT left(u.division_code, 4) || '00' AS league_code
FROM unit AS u
ORDER BY league_code;

-- months_there --
-- Months of which there is a balance or a filing, the newest first.
SELECT m.month_on
FROM (
    SELECT b.month_on FROM monitored_newest AS b
    UNION
    SELECT f.month_on FROM filing AS f
) AS m
ORDER BY m.month_on DESC
LIMIT 60;

-- calendar_days --
-- What the calendar says of a month at every level, the newest edition.
SELECT DISTINCT ON (c.level)
    c.level,
    c.is_surveyed,
    c.opens_at,
    c.due_at,
    c.document_no,
    c.confidence
FROM report_calendar AS c
WHERE c.form_code = %(form_code)s AND c.month_on = %(month_on)s
ORDER BY c.level, c.edition DESC;

-- reminder_counts --
-- How many reminders of a month are open, and how many are late, by kind and whom they are for.
SELECT
    r.kind,
    r.audience,
    count(*)::integer AS open_count,
    count(*) FILTER (WHERE r.due_at < %(now)s)::integer AS late_count,
    min(r.due_at) AS next_due_at
FROM reminder_open AS r
WHERE r.period_on = %(month_on)s::date
GROUP BY r.kind, r.audience
ORDER BY r.audience, r.kind;

-- broken_relations --
-- Relations that a unit's month breaks, by the newest finding of each that no later run found gone: what was held
-- against what, and the case that stands over it.
SELECT DISTINCT ON (f.fingerprint)
    f.finding_id,
    f.evidence,
    f.found_at,
    a.case_id,
    last.kind AS decision,
    last.reason AS decision_reason
FROM finding AS f
LEFT JOIN alert AS a ON f.fingerprint = a.fingerprint
LEFT JOIN LATERAL (
    SELECT
        d.kind,
        d.reason
    FROM decision AS d
    WHERE d.case_id = a.case_id
    ORDER BY d.decision_id DESC
    LIMIT 1
) AS last ON TRUE
WHERE
    f.rule_code = 'form_relation' AND f.unit_id = %(unit_id)s
    AND lower(f.span) = %(month_on)s::timestamp AT TIME ZONE 'Asia/Shanghai'
    AND NOT EXISTS (SELECT 1 FROM finding_standing AS s WHERE s.finding_id = f.finding_id AND s.is_quiet)
ORDER BY f.fingerprint, f.finding_id DESC;

-- release_lines --
-- Releases, newest months first, with whose each is, why it restates, who is to be told; and how many there are in all.
SELECT
    r.release_id,
    r.archive_name,
    r.kind,
    r.unit_id,
    u.unit_code,
    u.name AS unit_name,
    r.aggregate_code,
    r.month_on,
    r.version,
    r.sealed_at,
    r.reason_kind,
    r.public_from,
    r.key_id,
    r.hash,
    NOT EXISTS (SELECT 1 FROM release AS later WHERE later.restates_release_id = r.release_id) AS is_newest,
    (SELECT count(*)::integer FROM release_notice_open AS n WHERE n.release_id = r.release_id) AS to_tell,
    (count(*) OVER ())::integer AS total
FROM release AS r
LEFT JOIN unit AS u ON r.unit_id = u.unit_id
WHERE
    (%(month_on)s::date IS NULL OR r.month_on = %(month_on)s::date)
    AND (%(kind)s::text IS NULL OR r.kind = %(kind)s::text)
    AND (NOT %(only_restated)s OR r.version > 1)
    AND (
        %(words)s::text IS NULL
        OR strpos(lower(concat_ws(' ', u.unit_code, u.name, r.aggregate_code)), lower(%(words)s::text)) > 0
    )
ORDER BY r.month_on DESC, r.sealed_at DESC, r.release_id DESC
LIMIT %(most)s OFFSET %(skipped)s;

-- release_versions --
-- The versions of what a release seals, in order.
SELECT
    v.archive_name,
    v.version,
    v.sealed_at,
    v.reason_kind,
    v.hash
FROM release AS r
INNER JOIN release AS v
    ON
        r.kind = v.kind AND r.month_on = v.month_on AND r.unit_id IS NOT DISTINCT FROM v.unit_id
        AND r.aggregate_code IS NOT DISTINCT FROM v.aggregate_code
WHERE r.release_id = %(release_id)s
ORDER BY v.version;
