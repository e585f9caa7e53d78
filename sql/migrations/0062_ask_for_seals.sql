-- migrate:up
-- Why: whoever seals from the console writes that it is to be done, and a job that holds the key does it; what became of it
-- is told to who asked. Locks: none that matter, the tables are new. Safe with running code: yes, the view keeps its columns.
SET LOCAL lock_timeout = '4s';

CREATE TABLE seal_request (
    seal_request_id bigint GENERATED ALWAYS AS IDENTITY,
    kind text NOT NULL,
    month_on date NOT NULL,
    unit_id integer,
    region_code text,
    sector_code text,
    parts text,
    panel_code text,
    public_from timestamptz,
    remark text,
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL,
    CONSTRAINT seal_request_pk PRIMARY KEY (seal_request_id),
    CONSTRAINT seal_request_unit_fk FOREIGN KEY (unit_id) REFERENCES unit (unit_id),
    CONSTRAINT seal_request_kind_known CHECK (kind IN ('monitored_balance', 'filing', 'aggregate')),
    CONSTRAINT seal_request_names_its_object CHECK (
        (kind = 'aggregate') = (unit_id IS NULL) AND (kind = 'aggregate') = (region_code IS NOT NULL)
        AND (kind = 'aggregate') = (parts IS NOT NULL)
        AND (kind = 'aggregate' OR (sector_code IS NULL AND panel_code IS NULL AND public_from IS NULL))
    ),
    CONSTRAINT seal_request_region_form CHECK (region_code ~ '^[0-9]{6}$'),
    CONSTRAINT seal_request_sector_form CHECK (sector_code ~ '^[A-T][0-9]{0,4}$'),
    CONSTRAINT seal_request_parts_known CHECK (parts IN ('division', 'industry')),
    CONSTRAINT seal_request_starts_month CHECK (extract(DAY FROM month_on) = 1),
    CONSTRAINT seal_request_by_somebody CHECK (btrim(requested_by) <> '')
);
CREATE INDEX seal_request_by_month ON seal_request (month_on, kind, unit_id);
COMMENT ON TABLE seal_request IS '封存申请: who asks that a unit''s month, or the sum of a region, be sealed; the key is the job''s, not the console''s';
COMMENT ON COLUMN seal_request.region_code IS '汇总地区: of an aggregate, which names region, sector, parts and panel instead of a unit';
COMMENT ON COLUMN seal_request.public_from IS '公布时间: before it nobody is shown the aggregate';

CREATE TABLE seal_progress (
    seal_request_id bigint NOT NULL,
    state text NOT NULL,
    release_id bigint,
    reason text,
    at timestamptz NOT NULL,
    CONSTRAINT seal_progress_pk PRIMARY KEY (seal_request_id, state),
    CONSTRAINT seal_progress_request_fk FOREIGN KEY (seal_request_id) REFERENCES seal_request (seal_request_id),
    CONSTRAINT seal_progress_release_fk FOREIGN KEY (release_id) REFERENCES release (release_id),
    CONSTRAINT seal_progress_state_known CHECK (state IN ('running', 'sealed', 'unchanged', 'refused')),
    CONSTRAINT seal_progress_names_release CHECK ((state IN ('sealed', 'unchanged')) = (release_id IS NOT NULL)),
    CONSTRAINT seal_progress_names_reason CHECK ((state = 'refused') = (reason IS NOT NULL))
);
COMMENT ON TABLE seal_progress IS '封存进度: 进行中 running, 已封存 sealed, 无变化 unchanged, 未封存 refused with the reason''s code';
-- What a request came to is final: a second run of the job says nothing else.
CREATE UNIQUE INDEX seal_progress_ends_once ON seal_progress (seal_request_id) WHERE state <> 'running';

CREATE VIEW seal_request_now WITH (security_invoker) AS
SELECT
    q.seal_request_id,
    q.kind,
    q.month_on,
    q.unit_id,
    q.region_code,
    q.sector_code,
    q.parts,
    q.panel_code,
    q.public_from,
    q.remark,
    q.requested_by,
    q.requested_at,
    coalesce(ended.state, begun.state, 'waiting') AS state,
    coalesce(ended.at, begun.at, q.requested_at) AS since_at,
    ended.release_id,
    ended.reason
FROM seal_request AS q
LEFT JOIN seal_progress AS begun ON q.seal_request_id = begun.seal_request_id AND begun.state = 'running'
LEFT JOIN seal_progress AS ended ON q.seal_request_id = ended.seal_request_id AND ended.state <> 'running';
COMMENT ON VIEW seal_request_now IS '封存申请现状: each request with what it has come to; waiting until a job took it';

DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['seal_request', 'seal_progress'] LOOP
        EXECUTE format(
            'CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()',
            guarded || '_append_only', guarded
        );
        EXECUTE format(
            'CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
            guarded || '_no_truncate', guarded
        );
    END LOOP;
END
$$;

SELECT track_rows('seal_request', 'seal_request_id');
SELECT track_rows('seal_progress', 'seal_request_id', 'state');

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
    UNION ALL
    SELECT
        'seal_request' AS source,
        q.seal_request_id AS row_id,
        q.requested_at AS written_at
    FROM seal_request AS q
) AS w
WHERE NOT EXISTS (SELECT 1 FROM followed_row AS f WHERE f.source = w.source AND f.row_id = w.row_id);
COMMENT ON VIEW row_to_follow IS '待跟进: decisions, sign-offs and requests to seal whose consequences have not been computed yet; their DAG starts by them';

GRANT SELECT, INSERT ON seal_request TO nenghao_console;
GRANT SELECT ON seal_request, seal_progress, seal_request_now TO nenghao_jobs, nenghao_console, nenghao_verifier;
GRANT INSERT ON seal_progress TO nenghao_jobs;

-- People of statistics see what was asked of their units; the province asks, in its own name and for its own region.
SELECT show_to_people(
    'seal_request', 'case', 'unit_id IS NULL OR unit_id IN (SELECT u.unit_id FROM seen_unit AS u)', 'ask',
    'EXISTS (
        SELECT 1 FROM web_account() AS a
        WHERE a.level = ''province'' AND (
            seal_request.unit_id IN (SELECT u.unit_id FROM seen_unit AS u)
            OR seal_request.unit_id IS NULL AND seal_request.region_code ^@ a.division_prefix
        )
    )'
);
SELECT show_to_people(
    'seal_progress', 'case',
    'EXISTS (SELECT 1 FROM seal_request AS q WHERE q.seal_request_id = seal_progress.seal_request_id)'
);
GRANT SELECT ON seal_request_now TO nenghao_officer;
CREATE TRIGGER a_seal_request_by_oneself BEFORE INSERT ON seal_request FOR EACH ROW WHEN (session_user = 'nenghao_web')
EXECUTE FUNCTION act_as_oneself('requested_by');

-- migrate:down
