-- migrate:up
-- Why: people work through cases by what they may move, and a page of fifty has to come at once however many thousands
-- wait. What a case may move takes a look at all its findings and the days of their points, so it is worked out when an
-- audit ends and kept; what a person decides stands in the list with the decision itself. And what a rule is for has to be
-- read beside a case where the rule's folder is not installed, so its essay is kept with its versions.
-- Locks: none that matter, the tables are new; decisions wait while their trigger is made. Safe with running code: yes, a
-- case that an older process writes is listed by the next audit.
SET LOCAL lock_timeout = '4s';

CREATE TABLE case_listing (
    case_id bigint NOT NULL,
    unit_id integer,
    level text NOT NULL,
    state text NOT NULL,
    into_case_id bigint,
    is_common_cause boolean NOT NULL,
    opened_at timestamptz NOT NULL,
    rule_codes text[] NOT NULL,
    families text[] NOT NULL,
    kinds text[] NOT NULL,
    point_codes text[] NOT NULL,
    unit_count integer NOT NULL,
    span_from timestamptz NOT NULL,
    span_to timestamptz NOT NULL,
    finding_count integer NOT NULL,
    recurrence_count integer NOT NULL,
    first_found_at timestamptz NOT NULL,
    last_found_at timestamptz NOT NULL,
    decision text,
    outcome text,
    score numeric NOT NULL,
    effect_tce numeric,
    ranking_edition text NOT NULL,
    ranked_at timestamptz NOT NULL,
    CONSTRAINT case_listing_pk PRIMARY KEY (case_id),
    CONSTRAINT case_listing_case_fk FOREIGN KEY (case_id) REFERENCES audit_case (case_id),
    CONSTRAINT case_listing_unit_fk FOREIGN KEY (unit_id) REFERENCES unit (unit_id)
);
CREATE INDEX case_listing_by_rank ON case_listing (state, (level <> 'doubt'), score DESC, case_id);
CREATE INDEX case_listing_by_unit ON case_listing (unit_id);
COMMENT ON TABLE case_listing IS '案件清单: cases as they are listed, with what each may move; derived, made again from findings and decisions at any time';
COMMENT ON COLUMN case_listing.kinds IS '表现: what the findings look like, the most telling first';
COMMENT ON COLUMN case_listing.effect_tce IS '影响量: what the case may move in the published total, tce; null where neither rule nor coefficient says';
COMMENT ON COLUMN case_listing.score IS '排序分: suspicion x effect x weight';
COMMENT ON COLUMN case_listing.ranking_edition IS '排序依据: hash of the weights and coefficients that the score rests on';

-- What people decide shows in the list at once; everything else comes with an audit run, which lists what it touched.
CREATE FUNCTION list_decided_case() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    UPDATE case_listing AS l
    SET state = c.state, decision = c.decision, outcome = c.outcome
    FROM case_now AS c
    WHERE l.case_id = NEW.case_id AND c.case_id = NEW.case_id;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION list_decided_case() IS '决定入清单: a decision shows in the list with itself';
REVOKE ALL ON FUNCTION list_decided_case() FROM PUBLIC;
CREATE TRIGGER decision_listed AFTER INSERT ON decision
FOR EACH ROW EXECUTE FUNCTION list_decided_case();

CREATE TABLE rule_essay (
    rule_essay_id bigint GENERATED ALWAYS AS IDENTITY,
    rule_code text NOT NULL,
    version integer NOT NULL,
    hash_algorithm text NOT NULL,
    hash bytea NOT NULL,
    essay text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT rule_essay_pk PRIMARY KEY (rule_essay_id),
    CONSTRAINT rule_essay_version_fk FOREIGN KEY (rule_code, version) REFERENCES rule_version (rule_code, version),
    CONSTRAINT rule_essay_text_given CHECK (length(trim(essay)) > 0)
);
CREATE INDEX rule_essay_by_rule ON rule_essay (rule_code, version, rule_essay_id);
COMMENT ON TABLE rule_essay IS '规则说明: the essay of a rule (README) beside its version, Chinese then English; the last row of a version counts';
CREATE TRIGGER rule_essay_append_only BEFORE UPDATE OR DELETE ON rule_essay
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rule_essay_no_truncate BEFORE TRUNCATE ON rule_essay
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
SELECT track_rows('rule_essay', 'rule_essay_id');

-- Runs are asked for what they touched, and rules for their cases.
CREATE INDEX finding_by_run ON finding (audit_run_id);
CREATE INDEX finding_by_rule ON finding (rule_code, rule_version);
CREATE INDEX alert_event_by_run ON alert_event (audit_run_id);
CREATE INDEX finding_by_point ON finding (point_id);

GRANT SELECT, INSERT, UPDATE ON case_listing TO nenghao_rules;
GRANT SELECT ON case_listing TO nenghao_console, nenghao_verifier;
GRANT SELECT, INSERT ON rule_essay TO nenghao_rules;
GRANT SELECT ON rule_essay TO nenghao_console, nenghao_verifier;

-- --- for people's eyes ---
SELECT show_to_people(
    'case_listing', 'case',
    'unit_id IN (SELECT u.unit_id FROM seen_unit AS u)'
    || ' OR unit_id IS NULL AND EXISTS (SELECT 1 FROM seen_case AS s WHERE s.case_id = case_listing.case_id)'
);
-- What a rule is for names no unit, and the accused may read it.
GRANT SELECT ON rule_essay TO nenghao_officer, nenghao_unit;

-- Evidence proves a unit's messages by the leaves beside them, which are other units' too: hashes, that tell nothing of whom.
CREATE VIEW message_leaf AS
SELECT
    m.message_id,
    m.shard,
    m.leaf
FROM message AS m;
COMMENT ON VIEW message_leaf IS '报文叶: leaves of the messages of batches, whosever they are, so that anyone can prove his own';
GRANT SELECT ON message_leaf TO nenghao_jobs, nenghao_verifier, nenghao_console, nenghao_collector;
SELECT show_by_view('message_leaf', 'case', 'TRUE');
SELECT show_by_view('message_batch', 'case', 'TRUE');
SELECT show_by_view('row_leaf', 'case', 'TRUE');

-- migrate:down
