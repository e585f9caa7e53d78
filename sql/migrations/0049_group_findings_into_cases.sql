-- migrate:up
-- Why: one cause is one case. What is found again, goes quiet or turns out to belong together is written beside alerts and
-- cases, which stay as they were opened; what an event or a person silences is kept with what silenced it.
-- Locks: findings and alerts take no rows while an index of each is built. Safe with running code: yes, it neither reads nor
-- writes the new tables.
SET LOCAL lock_timeout = '4s';

CREATE TABLE alert_event (
    alert_event_id bigint GENERATED ALWAYS AS IDENTITY,
    alert_id bigint NOT NULL,
    finding_id bigint NOT NULL,
    kind text NOT NULL,
    audit_run_id bigint NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT alert_event_pk PRIMARY KEY (alert_event_id),
    CONSTRAINT alert_event_once UNIQUE (finding_id, audit_run_id),
    CONSTRAINT alert_event_alert_fk FOREIGN KEY (alert_id) REFERENCES alert (alert_id),
    CONSTRAINT alert_event_finding_fk FOREIGN KEY (finding_id) REFERENCES finding (finding_id),
    CONSTRAINT alert_event_run_fk FOREIGN KEY (audit_run_id) REFERENCES audit_run (audit_run_id),
    CONSTRAINT alert_event_kind_known CHECK (kind IN ('quiet', 'recurred'))
);
CREATE INDEX alert_event_by_alert ON alert_event (alert_id);
COMMENT ON TABLE alert_event IS '预警变化: 复查未再发现 quiet when a later audit of the same days does not find it any more; 再现 recurred when one does again';

CREATE TABLE case_merge (
    case_merge_id bigint GENERATED ALWAYS AS IDENTITY,
    case_id bigint NOT NULL,
    into_case_id bigint NOT NULL,
    cause text NOT NULL,
    audit_run_id bigint NOT NULL,
    merged_at timestamptz NOT NULL,
    CONSTRAINT case_merge_pk PRIMARY KEY (case_merge_id),
    CONSTRAINT case_merge_once UNIQUE (case_id, into_case_id),
    CONSTRAINT case_merge_case_fk FOREIGN KEY (case_id) REFERENCES audit_case (case_id),
    CONSTRAINT case_merge_into_fk FOREIGN KEY (into_case_id) REFERENCES audit_case (case_id),
    CONSTRAINT case_merge_run_fk FOREIGN KEY (audit_run_id) REFERENCES audit_run (audit_run_id),
    CONSTRAINT case_merge_not_itself CHECK (case_id <> into_case_id),
    CONSTRAINT case_merge_cause_known CHECK (cause IN ('one_cause', 'common_cause'))
);
CREATE INDEX case_merge_by_target ON case_merge (into_case_id);
COMMENT ON TABLE case_merge IS '并案: an undecided case whose findings turned out to have the cause of another one; the last row of a case counts';

CREATE TABLE case_level (
    case_level_id bigint GENERATED ALWAYS AS IDENTITY,
    case_id bigint NOT NULL,
    level text NOT NULL,
    reason text NOT NULL,
    audit_run_id bigint NOT NULL,
    set_at timestamptz NOT NULL,
    CONSTRAINT case_level_pk PRIMARY KEY (case_level_id),
    CONSTRAINT case_level_case_fk FOREIGN KEY (case_id) REFERENCES audit_case (case_id),
    CONSTRAINT case_level_run_fk FOREIGN KEY (audit_run_id) REFERENCES audit_run (audit_run_id),
    CONSTRAINT case_level_known CHECK (level IN ('lead', 'doubt')),
    CONSTRAINT case_level_reason_known CHECK (reason IN ('doubt_found', 'two_channels', 'explained', 'one_channel'))
);
CREATE INDEX case_level_by_case ON case_level (case_id);
COMMENT ON TABLE case_level IS '证据等级变化: what a case became when something joined it or was explained; the last row counts';

CREATE TABLE silenced_finding (
    finding_id bigint NOT NULL,
    source text NOT NULL,
    source_id bigint NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT silenced_finding_pk PRIMARY KEY (finding_id),
    CONSTRAINT silenced_finding_finding_fk FOREIGN KEY (finding_id) REFERENCES finding (finding_id),
    CONSTRAINT silenced_finding_source_known CHECK (
        source IN ('context_event', 'outage_filing', 'meter_change', 'multiplier_change', 'mute')
    )
);
COMMENT ON TABLE silenced_finding IS '静默发现: findings that opened no alert, with the declared event or the mute that explains them';

CREATE TABLE mute (
    mute_id bigint GENERATED ALWAYS AS IDENTITY,
    rule_code text NOT NULL,
    unit_id integer,
    point_id integer,
    until_at timestamptz NOT NULL,
    reason text NOT NULL,
    muted_by text NOT NULL,
    muted_at timestamptz NOT NULL,
    CONSTRAINT mute_pk PRIMARY KEY (mute_id),
    CONSTRAINT mute_unit_fk FOREIGN KEY (unit_id) REFERENCES unit (unit_id),
    CONSTRAINT mute_point_fk FOREIGN KEY (point_id) REFERENCES point (point_id),
    CONSTRAINT mute_point_has_unit CHECK (point_id IS NULL OR unit_id IS NOT NULL),
    CONSTRAINT mute_expires CHECK (until_at > muted_at),
    CONSTRAINT mute_reason_given CHECK (length(trim(reason)) > 0),
    CONSTRAINT mute_name_given CHECK (length(trim(muted_by)) > 0)
);
CREATE INDEX mute_by_rule ON mute (rule_code);
COMMENT ON TABLE mute IS '暂停预警: a rule whose findings open no alert at a unit or point, or anywhere, until a day; they are stored and counted';

CREATE TABLE mute_end (
    mute_id bigint NOT NULL,
    reason text NOT NULL,
    ended_by text NOT NULL,
    ended_at timestamptz NOT NULL,
    CONSTRAINT mute_end_pk PRIMARY KEY (mute_id),
    CONSTRAINT mute_end_mute_fk FOREIGN KEY (mute_id) REFERENCES mute (mute_id),
    CONSTRAINT mute_end_reason_given CHECK (length(trim(reason)) > 0)
);
COMMENT ON TABLE mute_end IS '恢复预警: a mute that ended before its day';

CREATE TABLE common_cause (
    case_id bigint NOT NULL,
    division_code text,
    sector_code text,
    began_on date NOT NULL,
    unit_count integer NOT NULL,
    unit_total integer NOT NULL,
    share_min numeric NOT NULL,
    unit_count_min integer NOT NULL,
    audit_run_id bigint NOT NULL,
    found_at timestamptz NOT NULL,
    CONSTRAINT common_cause_pk PRIMARY KEY (case_id),
    CONSTRAINT common_cause_once UNIQUE NULLS NOT DISTINCT (division_code, sector_code, began_on),
    CONSTRAINT common_cause_case_fk FOREIGN KEY (case_id) REFERENCES audit_case (case_id),
    CONSTRAINT common_cause_run_fk FOREIGN KEY (audit_run_id) REFERENCES audit_run (audit_run_id),
    CONSTRAINT common_cause_of_one_group CHECK ((division_code IS NULL) <> (sector_code IS NULL))
);
COMMENT ON TABLE common_cause IS '共同原因: steps of many units of a zone or a sector on one day, one case, of which no unit is asked; share and count in force then';
COMMENT ON COLUMN common_cause.unit_count IS 'units with such a step when the case was opened; those that joined later are in its findings';

DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY
    ARRAY['alert_event', 'case_merge', 'case_level', 'silenced_finding', 'mute', 'mute_end', 'common_cause'] LOOP
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

SELECT track_rows('alert_event', 'alert_event_id');
SELECT track_rows('case_merge', 'case_merge_id');
SELECT track_rows('case_level', 'case_level_id');
SELECT track_rows('silenced_finding', 'finding_id');
SELECT track_rows('mute', 'mute_id');
SELECT track_rows('mute_end', 'mute_id');
SELECT track_rows('common_cause', 'case_id');

CREATE INDEX alert_by_case ON alert (case_id);
CREATE INDEX finding_by_unit ON finding (unit_id, rule_code);

CREATE VIEW case_root AS
SELECT
    c.case_id,
    coalesce(m.into_case_id, c.case_id) AS root_case_id
FROM audit_case AS c
LEFT JOIN LATERAL (
    SELECT k.into_case_id FROM case_merge AS k
    WHERE k.case_id = c.case_id
    ORDER BY k.case_merge_id DESC
    LIMIT 1
) AS m ON TRUE;
COMMENT ON VIEW case_root IS '主案: the case that tells what a case tells, itself where it was not merged';

CREATE VIEW finding_standing AS
SELECT
    f.finding_id,
    a.alert_id,
    a.case_id,
    r.root_case_id,
    coalesce(last.kind, 'found') = 'quiet' AS is_quiet
FROM finding AS f
INNER JOIN alert AS a ON f.fingerprint = a.fingerprint
INNER JOIN case_root AS r ON a.case_id = r.case_id
LEFT JOIN LATERAL (
    SELECT e.kind FROM alert_event AS e
    WHERE e.finding_id = f.finding_id
    ORDER BY e.alert_event_id DESC
    LIMIT 1
) AS last ON TRUE;
COMMENT ON VIEW finding_standing IS '发现现状: the alert and the case of a finding, and whether the last audit of its days still found it';

CREATE VIEW case_now AS
SELECT
    c.case_id,
    c.unit_id,
    coalesce(raised.level, c.level) AS level,
    c.opened_at,
    CASE WHEN r.root_case_id <> c.case_id THEN r.root_case_id END AS into_case_id,
    last.kind AS decision,
    last.outcome,
    last.decided_at,
    cause.case_id IS NOT NULL AS is_common_cause,
    found.is_quiet,
    CASE
        WHEN r.root_case_id <> c.case_id THEN 'merged'
        WHEN last.kind IN ('confirm', 'dismiss') THEN 'decided'
        WHEN last.kind IS NULL AND found.is_quiet THEN 'quiet'
        WHEN last.kind IN ('inquire', 'explain') THEN 'asked'
        ELSE 'open'
    END AS state
FROM audit_case AS c
INNER JOIN case_root AS r ON c.case_id = r.case_id
LEFT JOIN common_cause AS cause ON c.case_id = cause.case_id
LEFT JOIN LATERAL (
    SELECT k.level FROM case_level AS k
    WHERE k.case_id = c.case_id
    ORDER BY k.case_level_id DESC
    LIMIT 1
) AS raised ON TRUE
LEFT JOIN LATERAL (
    SELECT d.kind, d.outcome, d.decided_at FROM decision AS d
    WHERE d.case_id = c.case_id
    ORDER BY d.decision_id DESC
    LIMIT 1
) AS last ON TRUE
CROSS JOIN LATERAL (
    SELECT coalesce(bool_and(s.is_quiet), FALSE) AS is_quiet
    FROM (
        SELECT c.case_id
        UNION ALL
        SELECT k.case_id FROM case_merge AS k WHERE k.into_case_id = c.case_id
    ) AS member
    INNER JOIN finding_standing AS s ON member.case_id = s.case_id
    WHERE s.root_case_id = c.case_id
) AS found;
COMMENT ON VIEW case_now IS '案件现状: open, asked (inquired or explained), quiet (closed by itself), merged, decided; its level as it is now';

CREATE VIEW mute_in_force AS
SELECT
    m.mute_id,
    m.rule_code,
    m.unit_id,
    m.point_id,
    m.until_at,
    m.reason,
    m.muted_by,
    m.muted_at
FROM mute AS m
WHERE NOT EXISTS (SELECT 1 FROM mute_end AS e WHERE e.mute_id = m.mute_id);
COMMENT ON VIEW mute_in_force IS '在效的暂停预警: mutes that nobody ended; who reads it holds until_at against the time';

CREATE VIEW rule_precision AS
SELECT
    one.rule_code,
    one.rule_version,
    count(*) AS case_count,
    count(*) FILTER (WHERE one.decision IN ('confirm', 'dismiss')) AS decided_count,
    count(*) FILTER (WHERE one.decision = 'confirm') AS confirmed_count
FROM (
    SELECT DISTINCT
        f.rule_code,
        f.rule_version,
        s.root_case_id,
        last.kind AS decision
    FROM finding AS f
    INNER JOIN finding_standing AS s ON f.finding_id = s.finding_id
    LEFT JOIN LATERAL (
        SELECT d.kind FROM decision AS d
        WHERE d.case_id = s.root_case_id
        ORDER BY d.decision_id DESC
        LIMIT 1
    ) AS last ON TRUE
) AS one
GROUP BY one.rule_code, one.rule_version;
COMMENT ON VIEW rule_precision IS '规则准确率: of the cases that a version of a rule speaks in, how many were decided and how many confirmed';

GRANT SELECT, INSERT ON alert_event, case_merge, case_level, silenced_finding, common_cause TO nenghao_rules;
GRANT SELECT ON alert_event, case_merge, case_level, silenced_finding, common_cause TO nenghao_jobs, nenghao_console, nenghao_verifier;
GRANT SELECT, INSERT ON mute, mute_end TO nenghao_console;
GRANT SELECT ON mute, mute_end TO nenghao_rules, nenghao_verifier;
GRANT SELECT ON case_root, finding_standing, case_now, mute_in_force, rule_precision TO nenghao_rules, nenghao_console;
GRANT SELECT ON case_root, finding_standing, case_now TO nenghao_jobs;

-- migrate:down
