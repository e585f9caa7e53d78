-- sealable_filings --
-- Newest filings that every level has accepted and no release seals, with the unit as it was then and the newest release of
-- the filing of that month.
SELECT
    f.filing_id, f.unit_id, f.month_on, f.version, f.kind, f.reason, f.document_no, f.content, f.filled_by,
    f.statistics_head, f.unit_head, f.filed_at, f.relation_edition, f.collected_under, u.unit_code,
    coalesce(v.name, u.name) AS name, coalesce(v.division_code, u.division_code) AS division_code,
    coalesce(v.industry_code, u.industry_code) AS industry_code, r.release_id, r.version AS release_version, r.hash_algorithm, r.hash
FROM filing AS f
INNER JOIN filing_state AS s ON f.filing_id = s.filing_id
INNER JOIN unit AS u ON f.unit_id = u.unit_id
LEFT JOIN LATERAL (
    SELECT
        one.name,
        one.division_code,
        one.industry_code
    FROM unit_version AS one
    WHERE one.unit_id = u.unit_id AND (one.valid_from IS NULL OR one.valid_from <= f.month_on)
    ORDER BY one.valid_from DESC NULLS LAST, one.unit_version_id DESC
    LIMIT 1
) AS v ON TRUE
LEFT JOIN LATERAL (
    SELECT e.release_id, e.version, e.hash_algorithm, e.hash
    FROM release AS e
    WHERE e.kind = 'filing' AND e.unit_id = f.unit_id AND e.month_on = f.month_on
    ORDER BY e.version DESC
    LIMIT 1
) AS r ON TRUE
WHERE
    s.is_newest AND s.accepted_levels >= 3
    AND NOT EXISTS (SELECT 1 FROM release AS sealed WHERE sealed.filing_id = f.filing_id)
    AND (%(filing_id)s::bigint IS NULL OR f.filing_id = %(filing_id)s)
ORDER BY f.month_on, f.unit_id;

-- filing_notes --
-- The explanations (说明) that a unit gave with a filing.
SELECT relation_code, form_code, row_code, column_code, cause, quantity, document
FROM filing_note
WHERE filing_id = %(filing_id)s
ORDER BY filing_note_id;

-- filing_passage --
-- What happened to a filing until now, in order.
SELECT state, level, acted_by, acted_at
FROM filing_event
WHERE filing_id = %(filing_id)s
ORDER BY filing_event_id;
