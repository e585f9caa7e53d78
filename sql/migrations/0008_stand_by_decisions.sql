-- migrate:up
-- Why: what a decision wrote stands until its case is decided anew; an adopted value names its message; a cell says how
-- much of it is known; a balance waits for its relations; a changed network asks for its months again.
-- Locks: short exclusive locks on the two tables and the view. Safe with running code: yes, it writes none of the columns.
SET LOCAL lock_timeout = '4s';

CREATE INDEX decision_by_case ON decision (case_id, decision_id);

CREATE VIEW exclusion_in_force AS
SELECT
    e.exclusion_id,
    e.decision_id,
    e.series_id,
    e.span
FROM exclusion AS e
INNER JOIN decision AS d ON e.decision_id = d.decision_id
WHERE NOT EXISTS (
    SELECT 1
    FROM decision AS later
    WHERE later.case_id = d.case_id AND later.decision_id > d.decision_id AND later.kind IN ('confirm', 'dismiss')
);
COMMENT ON VIEW exclusion_in_force IS '有效剔除: exclusions of cases that were not confirmed anew or dismissed since; what jobs read';

-- No code wrote an adoption before this column.
ALTER TABLE reading_adoption
ADD COLUMN message_id bigint NOT NULL,
ADD CONSTRAINT reading_adoption_message_fk FOREIGN KEY (message_id) REFERENCES message (message_id);
COMMENT ON COLUMN reading_adoption.message_id IS 'the message that brought the value';

CREATE OR REPLACE VIEW reading_in_force AS
SELECT
    r.series_id,
    r.at,
    coalesce(adopted.value, revised.value, r.value) AS value,
    r.source,
    coalesce(adopted.message_id, revised.message_id, r.message_id) AS message_id
FROM reading AS r
LEFT JOIN LATERAL (
    SELECT
        a.value,
        a.message_id
    FROM reading_adoption AS a
    INNER JOIN decision AS d ON a.decision_id = d.decision_id
    WHERE
        a.series_id = r.series_id AND a.at = r.at
        AND NOT EXISTS (
            SELECT 1
            FROM decision AS later
            WHERE later.case_id = d.case_id AND later.decision_id > d.decision_id AND later.kind IN ('confirm', 'dismiss')
        )
    ORDER BY a.reading_adoption_id DESC
    LIMIT 1
) AS adopted ON TRUE
LEFT JOIN LATERAL (
    SELECT
        v.value,
        v.message_id
    FROM reading_revision AS v
    WHERE v.series_id = r.series_id AND v.at = r.at AND v.standing = 'in_force'
    ORDER BY v.revision_id DESC
    LIMIT 1
) AS revised ON TRUE;
COMMENT ON VIEW reading_in_force IS '有效读数: the value that counts and the message that brought it; the only source of jobs';

ALTER TABLE balance_cell ADD COLUMN known_share numeric;
COMMENT ON COLUMN balance_cell.known_share IS '已知占比: slots whose energy is known / due slots, below completeness where readings came and tell nothing; null where not counted';

COMMENT ON COLUMN series_day.method IS '估算方法, a character a slot: - not estimated, 3 register advance apportioned (E3), r missing: register fell (V17) or interval negative (V11)';

GRANT SELECT ON exclusion_in_force TO nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier;
GRANT SELECT ON audit_run TO nenghao_jobs;
GRANT INSERT ON month_mark TO nenghao_console;

-- migrate:down
