-- cases_to_list --
-- Cases whose place in the list may have changed, one id a row: those that audit runs touched, those of audited units that
-- wait for a person or went quiet, those that are not listed yet, and those that were ranked by other weights; or all.
SELECT c.case_id
FROM audit_case AS c
LEFT JOIN case_listing AS l ON c.case_id = l.case_id
WHERE
    %(is_all)s::boolean
    OR l.case_id IS NULL
    OR l.ranking_edition <> %(ranking_edition)s
    OR (l.unit_id = ANY(%(unit_ids)s::integer[]) AND l.state IN ('open', 'asked', 'quiet'))
    OR c.case_id IN (
        SELECT r.root_case_id
        FROM (
            SELECT a.case_id
            FROM finding AS f
            INNER JOIN alert AS a ON f.fingerprint = a.fingerprint
            WHERE f.audit_run_id = ANY(%(audit_run_ids)s::bigint[])
            UNION ALL
            SELECT a.case_id
            FROM alert_event AS e
            INNER JOIN alert AS a ON e.alert_id = a.alert_id
            WHERE e.audit_run_id = ANY(%(audit_run_ids)s::bigint[])
            UNION ALL
            SELECT k.case_id
            FROM case_level AS k
            WHERE k.audit_run_id = ANY(%(audit_run_ids)s::bigint[])
        ) AS touched
        INNER JOIN case_root AS r ON touched.case_id = r.case_id
        UNION ALL
        SELECT m.case_id
        FROM case_merge AS m
        WHERE m.audit_run_id = ANY(%(audit_run_ids)s::bigint[])
        UNION ALL
        SELECT m.into_case_id
        FROM case_merge AS m
        WHERE m.audit_run_id = ANY(%(audit_run_ids)s::bigint[])
    )
ORDER BY c.case_id;

-- lock_listed --
-- Makes decisions on the given cases wait until this transaction has listed them.
SELECT case_id
FROM case_listing
WHERE case_id = ANY(%(case_ids)s::bigint[])
ORDER BY case_id
FOR UPDATE;

-- list_case --
-- Writes how a case is listed now.
INSERT INTO case_listing AS l (
    case_id, unit_id, level, state, into_case_id, is_common_cause, opened_at, rule_codes, families, kinds, point_codes,
    unit_count, span_from, span_to, finding_count, recurrence_count, first_found_at, last_found_at, decision, outcome, score,
    effect_tce, ranking_edition, ranked_at
)
VALUES (
    %(case_id)s, %(unit_id)s, %(level)s, %(state)s, %(into_case_id)s, %(is_common_cause)s, %(opened_at)s, %(rule_codes)s,
    %(families)s, %(kinds)s, %(point_codes)s, %(unit_count)s, %(span_from)s, %(span_to)s, %(finding_count)s,
    %(recurrence_count)s, %(first_found_at)s, %(last_found_at)s, %(decision)s, %(outcome)s, %(score)s, %(effect_tce)s,
    %(ranking_edition)s, %(ranked_at)s
)
ON CONFLICT (case_id) DO UPDATE SET
    unit_id = excluded.unit_id,
    level = excluded.level,
    state = excluded.state,
    into_case_id = excluded.into_case_id,
    is_common_cause = excluded.is_common_cause,
    rule_codes = excluded.rule_codes,
    families = excluded.families,
    kinds = excluded.kinds,
    point_codes = excluded.point_codes,
    unit_count = excluded.unit_count,
    span_from = excluded.span_from,
    span_to = excluded.span_to,
    finding_count = excluded.finding_count,
    recurrence_count = excluded.recurrence_count,
    first_found_at = excluded.first_found_at,
    last_found_at = excluded.last_found_at,
    decision = excluded.decision,
    outcome = excluded.outcome,
    score = excluded.score,
    effect_tce = excluded.effect_tce,
    ranking_edition = excluded.ranking_edition,
    ranked_at = excluded.ranked_at;

-- listed_cases --
-- Cases that fit what is asked for, a page of them in the order that is asked for, each with its unit.
SELECT
    l.case_id,
    l.unit_id,
    u.unit_code,
    u.name AS unit_name,
    u.division_code,
    u.industry_code,
    l.level,
    l.state,
    l.into_case_id,
    l.is_common_cause,
    l.opened_at,
    l.rule_codes,
    l.families,
    l.kinds,
    l.point_codes,
    l.unit_count,
    l.span_from,
    l.span_to,
    l.finding_count,
    l.recurrence_count,
    l.last_found_at,
    l.decision,
    l.outcome,
    l.score,
    l.effect_tce,
    l.ranked_at,
    d.handler,
    d.last_act,
    d.due_on
FROM case_listing AS l
LEFT JOIN unit AS u ON l.unit_id = u.unit_id
LEFT JOIN case_desk AS d ON l.case_id = d.case_id
WHERE
    l.is_common_cause = %(is_common_cause)s
    AND (%(level)s::text IS NULL OR l.level = %(level)s)
    AND (%(states)s::text[] IS NULL OR l.state = ANY(%(states)s::text[]))
    AND (%(family)s::text IS NULL OR %(family)s = ANY(l.families))
    AND (%(rule_code)s::text IS NULL OR %(rule_code)s = ANY(l.rule_codes))
    AND (%(kind)s::text IS NULL OR %(kind)s = ANY(l.kinds))
    AND (%(unit_code)s::text IS NULL OR u.unit_code = %(unit_code)s)
    AND (%(division_prefix)s::text IS NULL OR starts_with(u.division_code, %(division_prefix)s))
    AND (%(handler_account_id)s::integer IS NULL OR d.handler_account_id = %(handler_account_id)s)
    AND (%(overdue_on)s::date IS NULL OR d.due_on < %(overdue_on)s)
    AND (
        %(text)s::text IS NULL
        OR position(lower(%(text)s) IN lower(concat_ws(' ', l.case_id, u.name, u.unit_code, array_to_string(l.point_codes, ' ')))) > 0
    )
ORDER BY
    CASE WHEN %(sort)s = 'rank' THEN l.level <> 'doubt' END,
    CASE WHEN %(sort)s = 'rank' THEN l.score END DESC,
    CASE WHEN %(sort)s = 'effect' THEN l.effect_tce END DESC NULLS LAST,
    CASE WHEN %(sort)s = 'opened' THEN l.opened_at END DESC,
    CASE WHEN %(sort)s = 'span' THEN l.span_to END DESC,
    CASE WHEN %(sort)s = 'unit' THEN u.unit_code END,
    l.case_id
LIMIT %(row_limit)s
OFFSET %(row_offset)s;

-- listed_counts --
-- How many cases fit, by what they could be narrowed to: of each filter its values, counted under all the other filters,
-- and the total under all of them.
WITH fitting AS MATERIALIZED (
    SELECT
        l.level,
        l.state,
        l.families,
        l.kinds,
        left(u.division_code, 4) AS city_prefix,
        (%(level)s::text IS NULL OR l.level = %(level)s) AS fits_level,
        (%(states)s::text[] IS NULL OR l.state = ANY(%(states)s::text[])) AS fits_state,
        (%(family)s::text IS NULL OR %(family)s = ANY(l.families)) AS fits_family,
        (%(kind)s::text IS NULL OR %(kind)s = ANY(l.kinds)) AS fits_kind,
        (%(division_prefix)s::text IS NULL OR starts_with(u.division_code, %(division_prefix)s)) IS TRUE AS fits_division,
        l.is_common_cause = %(is_common_cause)s AS fits_cause,
        l.is_common_cause
    FROM case_listing AS l
    LEFT JOIN unit AS u ON l.unit_id = u.unit_id
    LEFT JOIN case_desk AS d ON l.case_id = d.case_id
    WHERE
        (%(handler_account_id)s::integer IS NULL OR d.handler_account_id = %(handler_account_id)s)
        AND (%(overdue_on)s::date IS NULL OR d.due_on < %(overdue_on)s)
        AND (%(rule_code)s::text IS NULL OR %(rule_code)s = ANY(l.rule_codes))
        AND (%(unit_code)s::text IS NULL OR u.unit_code = %(unit_code)s)
        AND (
            %(text)s::text IS NULL
            OR position(lower(%(text)s) IN lower(concat_ws(' ', l.case_id, u.name, u.unit_code, array_to_string(l.point_codes, ' ')))) > 0
        )
)

SELECT 'total' AS filter, '' AS value, count(*) AS case_count
FROM fitting
WHERE fits_level AND fits_state AND fits_family AND fits_kind AND fits_division AND fits_cause
UNION ALL
SELECT 'level', level, count(*)
FROM fitting
WHERE fits_state AND fits_family AND fits_kind AND fits_division AND fits_cause
GROUP BY level
UNION ALL
SELECT 'state', state, count(*)
FROM fitting
WHERE fits_level AND fits_family AND fits_kind AND fits_division AND fits_cause
GROUP BY state
UNION ALL
SELECT 'family', family, count(*)
FROM fitting
CROSS JOIN unnest(families) AS one (family)
WHERE fits_level AND fits_state AND fits_kind AND fits_division AND fits_cause
GROUP BY family
UNION ALL
SELECT 'kind', kind, count(*)
FROM fitting
CROSS JOIN unnest(kinds) AS one (kind)
WHERE fits_level AND fits_state AND fits_family AND fits_division AND fits_cause
GROUP BY kind
UNION ALL
SELECT 'city', city_prefix, count(*)
FROM fitting
WHERE fits_level AND fits_state AND fits_family AND fits_kind AND fits_cause AND city_prefix IS NOT NULL
GROUP BY city_prefix
UNION ALL
SELECT 'common_cause', is_common_cause::text, count(*)
FROM fitting
WHERE fits_level AND fits_state AND fits_family AND fits_kind AND fits_division
GROUP BY is_common_cause
ORDER BY filter, case_count DESC, value;
