-- migrate:up
-- Why: the province's acceptance of a filing is a sign-off too: it lets the filing be sealed.
-- Locks: none that matter. Safe with running code: yes, the view keeps its columns.
SET LOCAL lock_timeout = '4s';

CREATE OR REPLACE VIEW row_to_follow AS
SELECT
    w.source,
    w.row_id,
    w.written_at
FROM (
    SELECT
        'decision' AS source,
        d.decision_id AS row_id,
        d.decided_at AS written_at
    FROM decision AS d
    WHERE d.kind IN ('confirm', 'dismiss')
    UNION ALL
    SELECT
        'agreed_value' AS source,
        a.agreed_value_id AS row_id,
        a.recorded_at AS written_at
    FROM agreed_value AS a
    UNION ALL
    SELECT
        'restatement_reason' AS source,
        r.restatement_reason_id AS row_id,
        r.given_at AS written_at
    FROM restatement_reason AS r
    UNION ALL
    SELECT
        'filing_event' AS source,
        e.filing_event_id AS row_id,
        e.acted_at AS written_at
    FROM filing_event AS e
    WHERE e.state IN ('accepted_province', 'locked')
) AS w
WHERE NOT EXISTS (SELECT 1 FROM followed_row AS f WHERE f.source = w.source AND f.row_id = w.row_id);

-- migrate:down
