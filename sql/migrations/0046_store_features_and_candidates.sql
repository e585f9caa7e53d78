-- migrate:up
-- Why: detectors read what is derived of each closed day (facts and exact steps), and what they point at is judged by the
-- thresholds in force; a finding says what it looks like, how unlikely it is, and what was to be expected; a rule may be
-- tried in the shadow.
-- Locks: a moment on finding for empty columns. Safe with running code: yes, it names its columns and knows nothing of these.
SET LOCAL lock_timeout = '4s';

-- Derived of series_day as it is there: made again where the day was, dropped with it.
CREATE TABLE series_day_feature (
    series_id integer NOT NULL,
    day_on date NOT NULL,
    facts_version integer NOT NULL,
    -- The day's slots as steps of the meter's own last digit, int32 little-endian; the lowest number where unknown.
    curve bytea NOT NULL,
    -- Facts of nenghao/detection/facts.py in their order, float32 little-endian.
    facts bytea NOT NULL,
    slot_minutes smallint NOT NULL,
    unit text NOT NULL,
    -- Energy of one step of `curve`, and the smallest step that the series can make, both in `unit`.
    step double precision NOT NULL,
    quantum double precision NOT NULL,
    content_hash bytea NOT NULL,
    computed_at timestamptz NOT NULL,
    CONSTRAINT series_day_feature_pk PRIMARY KEY (series_id, day_on),
    CONSTRAINT series_day_feature_step_positive CHECK (step > 0 AND quantum > 0)
);
SELECT create_hypertable('series_day_feature', by_range('day_on', INTERVAL '28 days'), create_default_indexes => FALSE);
CREATE INDEX series_day_feature_day ON series_day_feature (day_on, series_id);
COMMENT ON TABLE series_day_feature IS '日特征: what detectors read of a closed day, derived of series_day and made again with it';
COMMENT ON COLUMN series_day_feature.content_hash IS '来源: content_hash of the series_day that it was derived from';

-- Closed days whose features are due; insert-only, taken by delete-returning, as audit_mark.
CREATE TABLE feature_mark (
    series_id integer NOT NULL,
    day_on date NOT NULL
);
CREATE INDEX feature_mark_day ON feature_mark (day_on, series_id);
COMMENT ON TABLE feature_mark IS '待算特征: closed days that changed since their features were derived; duplicates are allowed';

-- What stands already: two months are more history than the detectors look back.
INSERT INTO feature_mark (series_id, day_on)
SELECT sd.series_id, sd.day_on
FROM series_day AS sd
INNER JOIN series AS s ON sd.series_id = s.series_id
WHERE s.kind <> 'gauge' AND sd.day_on > (SELECT max(day_on) - 62 FROM series_day);

-- Derived of features and thresholds: a run of the detectors replaces what it says of the days it judges.
CREATE TABLE candidate (
    candidate_id bigint GENERATED ALWAYS AS IDENTITY,
    rule_code text NOT NULL,
    series_id integer NOT NULL,
    span tstzrange NOT NULL,
    kind text NOT NULL,
    statistics jsonb NOT NULL,
    score double precision NOT NULL,
    expected_energy double precision,
    observed_energy double precision,
    energy_unit text NOT NULL,
    other_series_ids integer [] NOT NULL,
    notes jsonb NOT NULL,
    is_rich boolean NOT NULL,
    found_at timestamptz NOT NULL,
    CONSTRAINT candidate_pk PRIMARY KEY (candidate_id),
    CONSTRAINT candidate_series_fk FOREIGN KEY (series_id) REFERENCES series (series_id),
    CONSTRAINT candidate_span_bounded CHECK (
        NOT isempty(span) AND NOT lower_inf(span) AND NOT upper_inf(span)
    ),
    CONSTRAINT candidate_kind_known CHECK (
        kind IN (
            'revision', 'register', 'gap', 'unit', 'zero', 'constant', 'repeat', 'copy', 'fill', 'clip', 'round',
            'reversal', 'clock', 'spike', 'noise', 'drift', 'scale'
        )
    )
);
CREATE INDEX candidate_series_span ON candidate USING gist (series_id, span);
COMMENT ON TABLE candidate IS '候选: what detectors pointed at in their last run; thresholds decide what becomes a finding';

ALTER TABLE finding
ADD COLUMN kind text,
ADD COLUMN score double precision,
ADD COLUMN expected_energy double precision,
ADD COLUMN observed_energy double precision,
ADD COLUMN energy_unit text,
ADD COLUMN mode text,
ADD CONSTRAINT finding_kind_known CHECK (
    kind IN (
        'revision', 'register', 'gap', 'unit', 'zero', 'constant', 'repeat', 'copy', 'fill', 'clip', 'round', 'reversal',
        'clock', 'spike', 'noise', 'drift', 'scale'
    )
),
ADD CONSTRAINT finding_mode_known CHECK (mode IN ('live', 'shadow'));
COMMENT ON COLUMN finding.kind IS '类型: what it looks like, never a verdict; empty where the rule says nothing of a curve';
COMMENT ON COLUMN finding.expected_energy IS '预期电量（能量）: what was to be expected in the span, as the detector reckons';
COMMENT ON COLUMN finding.mode IS '运行方式: shadow 试运行 is stored and counted and opens no alert; empty is live, as before there was a choice';

CREATE TABLE rule_mode (
    rule_mode_id bigint GENERATED ALWAYS AS IDENTITY,
    rule_code text NOT NULL,
    mode text NOT NULL,
    reason text NOT NULL,
    set_by text NOT NULL,
    set_at timestamptz NOT NULL,
    CONSTRAINT rule_mode_pk PRIMARY KEY (rule_mode_id),
    CONSTRAINT rule_mode_known CHECK (mode IN ('live', 'shadow')),
    CONSTRAINT rule_mode_reason_given CHECK (btrim(reason) <> ''),
    CONSTRAINT rule_mode_set_by_given CHECK (btrim(set_by) <> '')
);
CREATE INDEX rule_mode_latest ON rule_mode (rule_code, rule_mode_id);
COMMENT ON TABLE rule_mode IS '规则运行方式: who let a rule open alerts (live) or kept it in the shadow, why and since when; the last row holds';
CREATE TRIGGER rule_mode_append_only BEFORE UPDATE OR DELETE ON rule_mode
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rule_mode_no_truncate BEFORE TRUNCATE ON rule_mode
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
SELECT track_rows('rule_mode', 'rule_mode_id');

GRANT SELECT, INSERT, UPDATE, DELETE ON series_day_feature, candidate TO nenghao_jobs;
GRANT SELECT, INSERT, DELETE ON feature_mark TO nenghao_jobs;
GRANT SELECT ON rule_threshold, rule_threshold_now, rule_mode TO nenghao_jobs;
GRANT SELECT ON series_day_feature, candidate TO nenghao_rules;
GRANT SELECT, INSERT ON rule_mode TO nenghao_rules;
GRANT SELECT ON candidate, rule_mode TO nenghao_console;
GRANT SELECT ON rule_mode TO nenghao_verifier;

-- migrate:down
