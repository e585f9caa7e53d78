-- migrate:up
-- Why: rules and their thresholds in force, what they found, and what people decided; and the view jobs read readings from.
-- Locks: none that matter, the tables are new. Safe with running code: yes.
SET LOCAL lock_timeout = '4s';

CREATE TABLE rule_version (
    rule_code text NOT NULL,
    version integer NOT NULL,
    content_hash_algorithm text NOT NULL DEFAULT 'sha256',
    content_hash bytea NOT NULL,
    definition jsonb NOT NULL,
    valid_from timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT rule_version_pk PRIMARY KEY (rule_code, version),
    CONSTRAINT rule_version_content_unique UNIQUE (rule_code, content_hash)
);
COMMENT ON TABLE rule_version IS '规则版本: a rule folder as it was, query or detector included';

CREATE TABLE rule_threshold (
    rule_code text NOT NULL,
    threshold_name text NOT NULL,
    value numeric NOT NULL,
    unit text NOT NULL,
    reason text NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_to timestamptz,
    CONSTRAINT rule_threshold_pk PRIMARY KEY (rule_code, threshold_name, valid_from),
    CONSTRAINT rule_threshold_period_order CHECK (valid_to IS NULL OR valid_to > valid_from)
);
COMMENT ON TABLE rule_threshold IS '阈值: with validity, so that a finding can show the value in force then';

CREATE VIEW rule_threshold_now AS
SELECT rule_code, threshold_name, value, unit, reason, valid_from
FROM rule_threshold
WHERE valid_from <= now() AND (valid_to IS NULL OR valid_to > now());
COMMENT ON VIEW rule_threshold_now IS '现行阈值';

CREATE TABLE audit_run (
    audit_run_id bigint GENERATED ALWAYS AS IDENTITY,
    subject text NOT NULL,
    first_day_on date NOT NULL,
    last_day_on date NOT NULL,
    started_at timestamptz NOT NULL,
    finished_at timestamptz NOT NULL,
    summary jsonb NOT NULL,
    CONSTRAINT audit_run_pk PRIMARY KEY (audit_run_id),
    CONSTRAINT audit_run_subject_known CHECK (subject IN ('days', 'return'))
);
COMMENT ON TABLE audit_run IS '审核批次: one checkpoint run of Great Expectations and its result per rule';

CREATE TABLE audit_case (
    case_id bigint GENERATED ALWAYS AS IDENTITY,
    unit_id integer,
    level text NOT NULL,
    opened_at timestamptz NOT NULL,
    CONSTRAINT audit_case_pk PRIMARY KEY (case_id),
    CONSTRAINT audit_case_unit_fk FOREIGN KEY (unit_id) REFERENCES unit (unit_id),
    CONSTRAINT audit_case_level_known CHECK (level IN ('lead', 'doubt'))
);
COMMENT ON TABLE audit_case IS '案件: one or more alerts with one cause; people decide on cases only';
COMMENT ON COLUMN audit_case.unit_id IS '用能单位; null where a rule did not run, which is no unit''s doing';
COMMENT ON COLUMN audit_case.level IS '证据等级: 线索 lead | 疑点 doubt; no rule goes further';

CREATE TABLE finding (
    finding_id bigint GENERATED ALWAYS AS IDENTITY,
    audit_run_id bigint NOT NULL,
    rule_code text NOT NULL,
    rule_version integer NOT NULL,
    fingerprint bytea NOT NULL,
    unit_id integer,
    point_id integer,
    series_id integer,
    span tstzrange NOT NULL,
    level text NOT NULL,
    evidence jsonb NOT NULL,
    thresholds jsonb NOT NULL,
    evidence_hash_algorithm text NOT NULL,
    evidence_hash bytea NOT NULL,
    found_at timestamptz NOT NULL,
    CONSTRAINT finding_pk PRIMARY KEY (finding_id),
    CONSTRAINT finding_run_fk FOREIGN KEY (audit_run_id) REFERENCES audit_run (audit_run_id),
    CONSTRAINT finding_rule_fk FOREIGN KEY (rule_code, rule_version) REFERENCES rule_version (rule_code, version),
    CONSTRAINT finding_unit_fk FOREIGN KEY (unit_id) REFERENCES unit (unit_id),
    CONSTRAINT finding_point_fk FOREIGN KEY (point_id) REFERENCES point (point_id),
    CONSTRAINT finding_series_fk FOREIGN KEY (series_id) REFERENCES series (series_id),
    CONSTRAINT finding_level_known CHECK (level IN ('lead', 'doubt')),
    CONSTRAINT finding_content_unique UNIQUE (fingerprint, rule_version, evidence_hash)
);
COMMENT ON TABLE finding IS '发现: one offending row of one rule, with evidence and thresholds in force; silent by itself';
COMMENT ON COLUMN finding.fingerprint IS '指纹: SHA-256 of rule, series or point or unit, and the start of the span; equal for the same cause';

CREATE TABLE alert (
    alert_id bigint GENERATED ALWAYS AS IDENTITY,
    fingerprint bytea NOT NULL,
    case_id bigint NOT NULL,
    rule_code text NOT NULL,
    first_finding_id bigint NOT NULL,
    opened_at timestamptz NOT NULL,
    CONSTRAINT alert_pk PRIMARY KEY (alert_id),
    CONSTRAINT alert_fingerprint_unique UNIQUE (fingerprint),
    CONSTRAINT alert_case_fk FOREIGN KEY (case_id) REFERENCES audit_case (case_id),
    CONSTRAINT alert_finding_fk FOREIGN KEY (first_finding_id) REFERENCES finding (finding_id)
);
COMMENT ON TABLE alert IS '预警: a fingerprint that was found; internal, belongs to one case';

CREATE TABLE evidence (
    evidence_id bigint GENERATED ALWAYS AS IDENTITY,
    case_id bigint NOT NULL,
    alert_id bigint,
    kind text NOT NULL,
    content jsonb NOT NULL,
    hash_algorithm text NOT NULL,
    hash bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT evidence_pk PRIMARY KEY (evidence_id),
    CONSTRAINT evidence_case_fk FOREIGN KEY (case_id) REFERENCES audit_case (case_id),
    CONSTRAINT evidence_alert_fk FOREIGN KEY (alert_id) REFERENCES alert (alert_id),
    CONSTRAINT evidence_once UNIQUE (case_id, alert_id, kind, hash)
);
COMMENT ON TABLE evidence IS '证据: what a case rests on: offending rows, readings with their messages and hashes, meter record';

CREATE TABLE decision (
    decision_id bigint GENERATED ALWAYS AS IDENTITY,
    case_id bigint NOT NULL,
    kind text NOT NULL,
    outcome text,
    reason text NOT NULL,
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL,
    CONSTRAINT decision_pk PRIMARY KEY (decision_id),
    CONSTRAINT decision_case_fk FOREIGN KEY (case_id) REFERENCES audit_case (case_id),
    CONSTRAINT decision_kind_known CHECK (kind IN ('inquire', 'explain', 'confirm', 'dismiss', 'reopen')),
    CONSTRAINT decision_outcome_known CHECK (
        outcome IN (
            'instrument_fault', 'communication', 'definition', 'omission', 'explainable', 'interference_referred'
        )
    ),
    CONSTRAINT decision_reason_given CHECK (length(trim(reason)) > 0)
);
COMMENT ON TABLE decision IS '决定: what a person decided on a case; a new row each time, never edited';
COMMENT ON COLUMN decision.outcome IS '仪表故障 | 通信 | 口径理解 | 漏填 | 可解释 | 人为干预待移送';

CREATE TABLE exclusion (
    exclusion_id bigint GENERATED ALWAYS AS IDENTITY,
    decision_id bigint NOT NULL,
    series_id integer NOT NULL,
    span tstzrange NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT exclusion_pk PRIMARY KEY (exclusion_id),
    CONSTRAINT exclusion_decision_fk FOREIGN KEY (decision_id) REFERENCES decision (decision_id),
    CONSTRAINT exclusion_series_fk FOREIGN KEY (series_id) REFERENCES series (series_id)
);
COMMENT ON TABLE exclusion IS '剔除: span of a series that a confirmed case takes out; jobs estimate over it and say so';

CREATE TABLE reading_adoption (
    reading_adoption_id bigint GENERATED ALWAYS AS IDENTITY,
    decision_id bigint NOT NULL,
    series_id integer NOT NULL,
    at timestamptz NOT NULL,
    value numeric NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT reading_adoption_pk PRIMARY KEY (reading_adoption_id),
    CONSTRAINT reading_adoption_decision_fk FOREIGN KEY (decision_id) REFERENCES decision (decision_id),
    CONSTRAINT reading_adoption_series_fk FOREIGN KEY (series_id) REFERENCES series (series_id)
);
CREATE INDEX reading_adoption_by_series ON reading_adoption (series_id, at);
COMMENT ON TABLE reading_adoption IS '采用值: a conflicting or corrected value that a decision puts in force; the last one counts';

CREATE VIEW reading_in_force AS
SELECT
    r.series_id,
    r.at,
    coalesce(adopted.value, revised.value, r.value) AS value,
    r.source,
    r.message_id
FROM reading AS r
LEFT JOIN LATERAL (
    SELECT a.value
    FROM reading_adoption AS a
    WHERE a.series_id = r.series_id AND a.at = r.at
    ORDER BY a.reading_adoption_id DESC
    LIMIT 1
) AS adopted ON TRUE
LEFT JOIN LATERAL (
    SELECT v.value
    FROM reading_revision AS v
    WHERE v.series_id = r.series_id AND v.at = r.at AND v.standing = 'in_force'
    ORDER BY v.revision_id DESC
    LIMIT 1
) AS revised ON TRUE;
COMMENT ON VIEW reading_in_force IS '有效读数: the value that counts; the only source of jobs';

-- migrate:down
