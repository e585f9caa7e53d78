-- migrate:up
-- Why: draft and filing had tables but no doors. A unit drafts, checks, signs and files under a role of its own, which sees
-- its own rows only; a draft is seen by nobody else. What follows a filing (queries, answers, acceptance, lock) is a row each.
-- Locks: draft and filing take no rows while their columns are added. Safe with running code: yes, nothing wrote either;
-- the role nenghao_unit has to be there (`nenghao db bootstrap`).
SET LOCAL lock_timeout = '4s';

GRANT USAGE ON SCHEMA public TO nenghao_unit;

CREATE FUNCTION own_unit_id() RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT nullif(current_setting('nenghao.unit_id', TRUE), '')::integer
$$;
COMMENT ON FUNCTION own_unit_id() IS '本单位: the unit that the transaction speaks for; unset means none, and no rows';

CREATE VIEW own_unit WITH (security_barrier) AS
SELECT
    u.unit_id,
    u.unit_code,
    u.name,
    u.division_code,
    u.industry_code,
    u.field
FROM unit AS u
WHERE u.unit_code = current_setting('nenghao.unit_code', TRUE) OR u.unit_id = own_unit_id();
COMMENT ON VIEW own_unit IS '本单位登记: the row of the unit that the transaction names, by code before its identity is set';

-- --- draft ---
ALTER TABLE draft
ADD CONSTRAINT draft_starts_month CHECK (extract(DAY FROM month_on) = 1),
ADD CONSTRAINT draft_content_form CHECK (
    coalesce(jsonb_typeof(content -> 'cells') = 'array' AND jsonb_typeof(content -> 'notes') = 'array', FALSE)
);
CREATE INDEX draft_newest ON draft (unit_id, month_on, draft_id DESC);
COMMENT ON COLUMN draft.content IS 'cells {form, row, column, value, source} and notes (说明); each save is a row, the newest counts';

CREATE TABLE filing_check (
    filing_check_id bigint GENERATED ALWAYS AS IDENTITY,
    draft_id bigint NOT NULL,
    unit_id integer NOT NULL,
    relation_edition text NOT NULL,
    mandatory_broken integer NOT NULL,
    unexplained integer NOT NULL,
    not_run integer NOT NULL,
    broken jsonb NOT NULL,
    checked_at timestamptz NOT NULL,
    CONSTRAINT filing_check_pk PRIMARY KEY (filing_check_id),
    CONSTRAINT filing_check_draft_fk FOREIGN KEY (draft_id) REFERENCES draft (draft_id),
    CONSTRAINT filing_check_unit_fk FOREIGN KEY (unit_id) REFERENCES unit (unit_id)
);
CREATE INDEX filing_check_newest ON filing_check (draft_id, filing_check_id DESC);
COMMENT ON TABLE filing_check IS '自查: what the relations said of a draft, to its unit alone; a filing needs one of exactly its draft';
COMMENT ON COLUMN filing_check.unexplained IS '未说明: broken 核实性 relations without a note for these very values';
COMMENT ON COLUMN filing_check.not_run IS 'relations that could not be judged by an error: a check that did not run is no pass';

CREATE TABLE filing_signature (
    draft_id bigint NOT NULL,
    unit_id integer NOT NULL,
    signer text NOT NULL,
    signed_by text NOT NULL,
    signed_at timestamptz NOT NULL,
    CONSTRAINT filing_signature_pk PRIMARY KEY (draft_id, signer),
    CONSTRAINT filing_signature_draft_fk FOREIGN KEY (draft_id) REFERENCES draft (draft_id),
    CONSTRAINT filing_signature_unit_fk FOREIGN KEY (unit_id) REFERENCES unit (unit_id),
    CONSTRAINT filing_signature_signer_known CHECK (signer IN ('filler', 'statistics_head', 'unit_head')),
    CONSTRAINT filing_signature_person_once UNIQUE (draft_id, signed_by),
    CONSTRAINT filing_signature_by_given CHECK (length(trim(signed_by)) > 0)
);
COMMENT ON TABLE filing_signature IS '签署: 填表人 filler, 统计负责人 statistics_head, 单位负责人 unit_head, three people in this order, each for one draft as it stands';

-- Whoever speaks for no unit sees nothing, the owner included; only nenghao_unit has a right to look at all.
DO $$
DECLARE
    secret text;
BEGIN
    FOREACH secret IN ARRAY ARRAY['draft', 'filing_check', 'filing_signature'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', secret);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', secret);
        EXECUTE format(
            'CREATE POLICY %I ON %I USING (unit_id = own_unit_id()) WITH CHECK (unit_id = own_unit_id())',
            secret || '_own', secret
        );
        EXECUTE format('GRANT SELECT, INSERT ON %I TO nenghao_unit', secret);
    END LOOP;
END
$$;

CREATE FUNCTION sign_in_order() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before constant text := CASE NEW.signer WHEN 'statistics_head' THEN 'filler' WHEN 'unit_head' THEN 'statistics_head' END;
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM draft AS d WHERE d.draft_id = NEW.draft_id AND d.unit_id = NEW.unit_id
        AND NOT EXISTS (
            SELECT 1 FROM draft AS n WHERE n.unit_id = d.unit_id AND n.month_on = d.month_on AND n.draft_id > d.draft_id
        )
    ) THEN
        RAISE EXCEPTION 'draft % is not the newest of its month', NEW.draft_id USING ERRCODE = 'check_violation';
    END IF;
    IF before IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM filing_signature AS s
        WHERE s.draft_id = NEW.draft_id AND s.signer = before AND s.signed_at <= NEW.signed_at
    ) THEN
        RAISE EXCEPTION '% signs after %', NEW.signer, before USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION sign_in_order() IS '签署顺序: 填表人, then 统计负责人, then 单位负责人, of the newest draft';
CREATE TRIGGER filing_signature_in_order BEFORE INSERT ON filing_signature
FOR EACH ROW EXECUTE FUNCTION sign_in_order();

-- --- filing ---
ALTER TABLE filing
ADD COLUMN kind text NOT NULL DEFAULT 'original',
ADD COLUMN corrects_month_on date,
ADD COLUMN document_no text,
ADD COLUMN draft_id bigint,
ADD COLUMN relation_edition text,
ADD COLUMN filled_at timestamptz,
ADD COLUMN statistics_head_at timestamptz,
ADD COLUMN unit_head_at timestamptz,
ADD COLUMN attempted_at timestamptz,
ADD COLUMN attempt_receipt bytea,
ADD CONSTRAINT filing_draft_fk FOREIGN KEY (draft_id) REFERENCES draft (draft_id),
ADD CONSTRAINT filing_kind_known CHECK (
    kind IN ('original', 'amendment', 'voluntary', 'cumulative', 'base_revision', 'annual', 'census')
),
ADD CONSTRAINT filing_original_is_first CHECK ((kind = 'original') = (version = 1) OR kind = 'cumulative'),
ADD CONSTRAINT filing_corrects_a_month CHECK ((kind = 'cumulative') = (corrects_month_on IS NOT NULL)),
ADD CONSTRAINT filing_signers_differ CHECK (
    filled_by <> statistics_head AND filled_by <> unit_head AND statistics_head <> unit_head
),
ADD CONSTRAINT filing_starts_month CHECK (extract(DAY FROM month_on) = 1),
ADD CONSTRAINT filing_attempt_whole CHECK ((attempted_at IS NULL) = (attempt_receipt IS NULL)),
ADD CONSTRAINT filing_content_form CHECK (
    jsonb_typeof(content) = 'array'
    AND NOT jsonb_path_exists(
        content,
        '$[*] ? (!(@.form.type() == "string" && @.row.type() == "string" && @.column.type() == "string"
        && @.source.type() == "string" && @.value.type() == "string"))'
    )
    AND NOT jsonb_path_exists(content, '$[*] ? (!(@.value like_regex "^-?[0-9]{1,18}([.][0-9]{1,12})?$"))')
);
COMMENT ON COLUMN filing.content IS 'cells {form, row, column, value, source}: cumulative from the year''s start to the month, decimals as text';
COMMENT ON COLUMN filing.kind IS '首次 original, 查询后修改 amendment, 主动更正 voluntary, 累计更正 cumulative, 同期基数修订 base_revision, 年报定案 annual, 普查修订 census';
COMMENT ON COLUMN filing.corrects_month_on IS '累计更正: the locked month whose error this cumulative takes in';
COMMENT ON COLUMN filing.filled_at IS '填表人签署时间';
COMMENT ON COLUMN filing.statistics_head_at IS '统计负责人签署时间';
COMMENT ON COLUMN filing.unit_head_at IS '单位负责人签署时间';
COMMENT ON COLUMN filing.attempted_at IS '试报时间: when it was tried while we were out of service, by the signed receipt beside it; it stops the clock';

-- Rows from before these columns have other texts now (kind has a default): their leaves are written anew.
INSERT INTO row_leaf (table_name, row_key, content_hash_algorithm, content_hash)
SELECT 'filing', f.filing_id::text, 'sha256', sha256(convert_to(row_text(to_jsonb(f)), 'UTF8'))
FROM filing AS f ORDER BY f.filing_id;

CREATE TABLE filing_note (
    filing_note_id bigint GENERATED ALWAYS AS IDENTITY,
    filing_id bigint NOT NULL,
    relation_code text NOT NULL,
    form_code text NOT NULL,
    row_code text NOT NULL,
    column_code text NOT NULL,
    left_value numeric,
    right_value numeric,
    cause text NOT NULL,
    quantity text NOT NULL,
    document text NOT NULL,
    noted_by text NOT NULL,
    CONSTRAINT filing_note_pk PRIMARY KEY (filing_note_id),
    CONSTRAINT filing_note_filing_fk FOREIGN KEY (filing_id) REFERENCES filing (filing_id),
    CONSTRAINT filing_note_once UNIQUE (filing_id, relation_code, form_code, row_code, column_code),
    CONSTRAINT filing_note_says_something CHECK (
        length(trim(cause)) > 0 AND length(trim(quantity)) > 0 AND length(trim(document)) > 0
    )
);
COMMENT ON TABLE filing_note IS '说明: why a 核实性 relation does not hold: cause, quantity, document, for the values that stand there';

CREATE TABLE filing_event (
    filing_event_id bigint GENERATED ALWAYS AS IDENTITY,
    filing_id bigint NOT NULL,
    state text NOT NULL,
    level text NOT NULL,
    acted_by text NOT NULL,
    remark text,
    acted_at timestamptz NOT NULL,
    CONSTRAINT filing_event_pk PRIMARY KEY (filing_event_id),
    CONSTRAINT filing_event_filing_fk FOREIGN KEY (filing_id) REFERENCES filing (filing_id),
    CONSTRAINT filing_event_state_known CHECK (
        state IN ('filed', 'queried', 'answered', 'accepted_county', 'accepted_city', 'accepted_province', 'locked')
    ),
    CONSTRAINT filing_event_level_known CHECK (level IN ('unit', 'county', 'city', 'province')),
    CONSTRAINT filing_event_level_fits CHECK (
        CASE state
            WHEN 'filed' THEN level = 'unit'
            WHEN 'answered' THEN level = 'unit'
            WHEN 'queried' THEN level <> 'unit'
            WHEN 'locked' THEN level = 'province'
            ELSE state = 'accepted_' || level
        END
    ),
    CONSTRAINT filing_event_by_given CHECK (length(trim(acted_by)) > 0)
);
CREATE INDEX filing_event_by_filing ON filing_event (filing_id, filing_event_id DESC);
COMMENT ON TABLE filing_event IS '流转: what happened to a filing, who did it, at which level (unit, county, city, province) and when; states follow from it';

CREATE TABLE filing_query (
    filing_query_id bigint GENERATED ALWAYS AS IDENTITY,
    filing_id bigint NOT NULL,
    level text NOT NULL,
    form_code text,
    row_code text,
    column_code text,
    question text NOT NULL,
    asked_by text NOT NULL,
    asked_at timestamptz NOT NULL,
    CONSTRAINT filing_query_pk PRIMARY KEY (filing_query_id),
    CONSTRAINT filing_query_filing_fk FOREIGN KEY (filing_id) REFERENCES filing (filing_id),
    CONSTRAINT filing_query_level_known CHECK (level IN ('county', 'city', 'province')),
    CONSTRAINT filing_query_cell_whole CHECK (
        (form_code IS NULL) = (row_code IS NULL) AND (form_code IS NULL) = (column_code IS NULL)
    ),
    CONSTRAINT filing_query_asks CHECK (length(trim(question)) > 0 AND length(trim(asked_by)) > 0)
);
CREATE INDEX filing_query_by_filing ON filing_query (filing_id);
COMMENT ON TABLE filing_query IS '数据查询: a question of a level about a filing, or about one cell of it; not the statutory 统计检查查询书';

CREATE TABLE filing_answer (
    filing_query_id bigint NOT NULL,
    cause text NOT NULL,
    quantity text NOT NULL,
    document text NOT NULL,
    answered_by text NOT NULL,
    answered_at timestamptz NOT NULL,
    CONSTRAINT filing_answer_pk PRIMARY KEY (filing_query_id),
    CONSTRAINT filing_answer_query_fk FOREIGN KEY (filing_query_id) REFERENCES filing_query (filing_query_id),
    CONSTRAINT filing_answer_says_something CHECK (
        length(trim(cause)) > 0 AND length(trim(quantity)) > 0 AND length(trim(document)) > 0
        AND length(trim(answered_by)) > 0
    )
);
COMMENT ON TABLE filing_answer IS '查询答复: the unit''s answer: cause, quantity, document';

CREATE VIEW filing_cell WITH (security_invoker) AS
SELECT
    f.filing_id,
    f.unit_id,
    f.month_on,
    f.version,
    f.kind,
    c.cell ->> 'form' AS form_code,
    c.cell ->> 'row' AS row_code,
    c.cell ->> 'column' AS column_code,
    (c.cell ->> 'value')::numeric AS value,
    c.cell ->> 'source' AS source
FROM filing AS f
CROSS JOIN LATERAL jsonb_array_elements(f.content) AS c (cell);
COMMENT ON VIEW filing_cell IS '上报数单元格: a row a cell of every filing';

CREATE VIEW draft_cell WITH (security_invoker) AS
SELECT
    d.draft_id,
    d.unit_id,
    d.month_on,
    c.cell ->> 'form' AS form_code,
    c.cell ->> 'row' AS row_code,
    c.cell ->> 'column' AS column_code,
    (c.cell ->> 'value')::numeric AS value
FROM draft AS d
CROSS JOIN LATERAL jsonb_array_elements(d.content -> 'cells') AS c (cell);
COMMENT ON VIEW draft_cell IS '底稿单元格: a row a cell of every draft, for its unit only';

CREATE VIEW filing_state WITH (security_invoker) AS
SELECT
    f.filing_id,
    f.unit_id,
    f.month_on,
    f.version,
    f.kind,
    coalesce(last.state, 'filed') AS state,
    coalesce(last.acted_at, f.filed_at) AS since_at,
    coalesce(
        (
            SELECT max(array_position(ARRAY['accepted_county', 'accepted_city', 'accepted_province', 'locked'], e.state))
            FROM filing_event AS e
            WHERE e.filing_id = f.filing_id
        ),
        0
    ) AS accepted_levels,
    (
        SELECT count(*)::integer FROM filing_query AS q
        WHERE
            q.filing_id = f.filing_id
            AND NOT EXISTS (SELECT 1 FROM filing_answer AS a WHERE a.filing_query_id = q.filing_query_id)
    ) AS open_queries,
    NOT EXISTS (
        SELECT 1 FROM filing AS n WHERE n.unit_id = f.unit_id AND n.month_on = f.month_on AND n.version > f.version
    ) AS is_newest,
    coalesce(f.attempted_at, f.filed_at) AS counted_at
FROM filing AS f
LEFT JOIN LATERAL (
    SELECT
        e.state,
        e.acted_at
    FROM filing_event AS e
    WHERE e.filing_id = f.filing_id
    ORDER BY e.filing_event_id DESC
    LIMIT 1
) AS last ON TRUE;
COMMENT ON VIEW filing_state IS '上报状态: what a filing has come to; accepted_levels counts 县, 市, 省 (1 to 3) and the lock (4)';
COMMENT ON COLUMN filing_state.counted_at IS '报送时间: what a deadline is held against: the attempt, where one earned a receipt';

-- The unit files what was checked and signed, and nothing else. The owner, who only migrates, is not asked.
CREATE FUNCTION file_by_the_rules() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    newest record;
    drafted record;
    checked record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('nenghao filing ' || NEW.unit_id || ' ' || NEW.month_on, 0));
    SELECT s.version, s.accepted_levels INTO newest FROM filing_state AS s
    WHERE s.unit_id = NEW.unit_id AND s.month_on = NEW.month_on ORDER BY s.version DESC LIMIT 1;
    IF NEW.version <> coalesce(newest.version, 0) + 1 THEN
        RAISE EXCEPTION 'version % does not follow %', NEW.version, coalesce(newest.version, 0) USING ERRCODE = 'check_violation';
    END IF;
    IF coalesce(newest.accepted_levels, 0) = 4 AND NEW.kind NOT IN ('base_revision', 'annual', 'census') THEN
        RAISE EXCEPTION 'the month is locked' USING ERRCODE = 'check_violation';
    ELSIF coalesce(newest.accepted_levels, 0) < 4 AND NEW.kind IN ('base_revision', 'annual', 'census') THEN
        RAISE EXCEPTION 'the month is not locked' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.kind = 'cumulative' AND NOT EXISTS (
        SELECT 1 FROM filing_state AS s
        WHERE s.unit_id = NEW.unit_id AND s.month_on = NEW.corrects_month_on AND s.state = 'locked'
        AND s.month_on < NEW.month_on AND date_trunc('year', s.month_on) = date_trunc('year', NEW.month_on)
    ) THEN
        RAISE EXCEPTION 'no locked month of this year to correct' USING ERRCODE = 'check_violation';
    END IF;
    SELECT d.content INTO drafted FROM draft AS d
    WHERE d.draft_id = NEW.draft_id AND d.unit_id = NEW.unit_id AND d.month_on = NEW.month_on;
    IF drafted.content -> 'cells' IS DISTINCT FROM NEW.content THEN
        RAISE EXCEPTION 'these are not the figures of the draft' USING ERRCODE = 'check_violation';
    END IF;
    IF (
        SELECT count(*) <> count(DISTINCT (c.cell ->> 'form', c.cell ->> 'row', c.cell ->> 'column'))
        FROM jsonb_array_elements(NEW.content) AS c (cell)
    ) THEN
        RAISE EXCEPTION 'a cell stands twice' USING ERRCODE = 'check_violation';
    END IF;
    SELECT c.mandatory_broken + c.unexplained + c.not_run AS faults INTO checked FROM filing_check AS c
    WHERE c.draft_id = NEW.draft_id AND c.relation_edition = NEW.relation_edition
    ORDER BY c.filing_check_id DESC LIMIT 1;
    IF checked.faults IS DISTINCT FROM 0 THEN
        RAISE EXCEPTION 'the relations of this draft were not checked, or do not hold' USING ERRCODE = 'check_violation';
    END IF;
    IF (
        SELECT count(*) FROM filing_signature AS s
        WHERE s.draft_id = NEW.draft_id AND (s.signer, s.signed_by, s.signed_at) IN (
            ('filler', NEW.filled_by, NEW.filled_at),
            ('statistics_head', NEW.statistics_head, NEW.statistics_head_at),
            ('unit_head', NEW.unit_head, NEW.unit_head_at)
        )
    ) <> 3 THEN
        RAISE EXCEPTION 'the three signers have not signed this draft' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION file_by_the_rules() IS '报出: figures of the signed draft, its relations checked; locked months by kinds of correction only';
CREATE TRIGGER filing_by_the_rules BEFORE INSERT ON filing
FOR EACH ROW WHEN (CURRENT_USER <> 'nenghao_owner') EXECUTE FUNCTION file_by_the_rules();

-- Who files cannot accept: states of the unit come from its role, those of the bureau from the bureau's.
CREATE FUNCTION move_by_the_rules() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    now_is record;
    wanted constant integer := array_position(
        ARRAY['accepted_county', 'accepted_city', 'accepted_province', 'locked'], NEW.state
    );
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('nenghao filing event ' || NEW.filing_id, 0));
    SELECT s.state, s.accepted_levels, s.open_queries, s.is_newest INTO now_is
    FROM filing_state AS s WHERE s.filing_id = NEW.filing_id;
    IF (NEW.level = 'unit') IS DISTINCT FROM (CURRENT_USER = 'nenghao_unit') THEN
        RAISE EXCEPTION '% is not for % to write', NEW.state, CURRENT_USER USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.state = 'filed' THEN
        IF EXISTS (SELECT 1 FROM filing_event AS e WHERE e.filing_id = NEW.filing_id) THEN
            RAISE EXCEPTION 'a filing is filed once' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF now_is.state = 'locked' OR NOT now_is.is_newest THEN
        RAISE EXCEPTION 'filing % is locked or replaced', NEW.filing_id USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'queried' AND now_is.open_queries = 0
        OR NEW.state = 'answered' AND (now_is.state <> 'queried' OR now_is.open_queries > 0)
        OR wanted IS NOT NULL AND (now_is.open_queries > 0 OR now_is.accepted_levels <> wanted - 1)
    THEN
        RAISE EXCEPTION '% does not follow % (% levels, % open queries)',
            NEW.state, now_is.state, now_is.accepted_levels, now_is.open_queries USING ERRCODE = 'check_violation';
    END IF;
    IF wanted IS NOT NULL AND (
        EXISTS (
            SELECT 1 FROM filing AS f
            WHERE f.filing_id = NEW.filing_id AND NEW.acted_by IN (f.filled_by, f.statistics_head, f.unit_head)
        )
        OR wanted < 4 AND EXISTS (
            SELECT 1 FROM filing_event AS e
            WHERE e.filing_id = NEW.filing_id AND e.acted_by = NEW.acted_by AND e.state LIKE 'accepted%'
        )
    ) THEN
        RAISE EXCEPTION '% has signed or accepted this filing', NEW.acted_by USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION move_by_the_rules() IS '流转规则: 县, 市, 省 in this order, then the lock; none while a query is open; each by another person';
CREATE TRIGGER filing_event_by_the_rules BEFORE INSERT ON filing_event
FOR EACH ROW WHEN (CURRENT_USER <> 'nenghao_owner') EXECUTE FUNCTION move_by_the_rules();

-- --- calendar and checks of returns ---
CREATE TABLE report_calendar (
    edition text NOT NULL,
    form_code text NOT NULL,
    month_on date NOT NULL,
    level text NOT NULL,
    is_surveyed boolean NOT NULL,
    opens_at timestamptz,
    due_at timestamptz,
    document_no text,
    source text NOT NULL,
    confidence text NOT NULL,
    CONSTRAINT report_calendar_pk PRIMARY KEY (edition, form_code, month_on, level),
    CONSTRAINT report_calendar_starts_month CHECK (extract(DAY FROM month_on) = 1),
    CONSTRAINT report_calendar_level_known CHECK (level IN ('unit', 'county', 'city', 'province')),
    CONSTRAINT report_calendar_due_where_surveyed CHECK (
        is_surveyed = (due_at IS NOT NULL) AND is_surveyed = (opens_at IS NOT NULL)
    ),
    CONSTRAINT report_calendar_confidence_known CHECK (confidence IN ('found', 'known', 'unsure'))
);
COMMENT ON TABLE report_calendar IS '报送日历: by edition, form, period and level, with the hour; holiday notices override it by rows';
COMMENT ON COLUMN report_calendar.is_surveyed IS 'whether the period is reported at all: January is not, February is 1 to 2 cumulative';

CREATE TABLE return_check (
    return_check_id bigint GENERATED ALWAYS AS IDENTITY,
    kind text NOT NULL,
    return_id bigint NOT NULL,
    unit_id integer NOT NULL,
    month_on date NOT NULL,
    relation_edition text NOT NULL,
    mandatory_broken integer NOT NULL,
    explanatory_broken integer NOT NULL,
    not_run integer NOT NULL,
    audit_run_id bigint NOT NULL,
    checked_at timestamptz NOT NULL,
    CONSTRAINT return_check_pk PRIMARY KEY (return_check_id),
    CONSTRAINT return_check_unit_fk FOREIGN KEY (unit_id) REFERENCES unit (unit_id),
    CONSTRAINT return_check_run_fk FOREIGN KEY (audit_run_id) REFERENCES audit_run (audit_run_id),
    CONSTRAINT return_check_kind_known CHECK (kind IN ('monitored_balance', 'filing'))
);
CREATE INDEX return_check_newest ON return_check (kind, return_id, return_check_id DESC);
COMMENT ON TABLE return_check IS '审核结果: what the relations of an edition said of one return; a balance is sealed by the newest one';
COMMENT ON COLUMN return_check.not_run IS 'relations that could not be judged by an error: a check that did not run is no pass';

-- A month from before this table was audited one balance a run; what the run said is what the check says.
INSERT INTO return_check (
    kind, return_id, unit_id, month_on, relation_edition, mandatory_broken, explanatory_broken, not_run, audit_run_id,
    checked_at
)
SELECT
    'monitored_balance',
    b.balance_id,
    b.unit_id,
    b.month_on,
    b.layout_edition,
    (r.summary ->> 'mandatory_broken')::integer,
    greatest(
        (SELECT sum(v.value::integer) FROM jsonb_each_text(r.summary -> 'violations') AS v)::integer
        - (r.summary ->> 'mandatory_broken')::integer,
        0
    ),
    (SELECT count(*)::integer FROM jsonb_object_keys(r.summary -> 'not_run')),
    r.audit_run_id,
    r.finished_at
FROM audit_run AS r
INNER JOIN monitored_balance AS b ON b.balance_id = (r.summary ->> 'balance_id')::bigint
WHERE r.subject = 'return' AND r.summary ? 'mandatory_broken'
ORDER BY r.audit_run_id;

-- The government's roles see every unit's cells, the unit's role its own: one text for the relations of both.
CREATE VIEW monitored_cell WITH (security_barrier) AS
SELECT
    b.balance_id,
    b.unit_id,
    b.month_on,
    b.version,
    '205-1'::text AS form_code,
    c.row_code,
    c.column_code,
    c.value,
    c.unit,
    c.completeness,
    c.known_share,
    c.measured_share,
    c.source_point_ids
FROM monitored_balance AS b
INNER JOIN balance_cell AS c ON b.balance_id = c.balance_id
WHERE CURRENT_USER <> 'nenghao_unit' OR b.unit_id = own_unit_id();
COMMENT ON VIEW monitored_cell IS '监测单元格: cells of every version of the monitored balances; a unit sees its own';

DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY[
        'draft', 'filing_check', 'filing_signature', 'filing_note', 'filing_event', 'filing_query', 'filing_answer', 'return_check'
    ] LOOP
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

-- Drafts, their checks and signatures stay out of the day tree: even that one was saved is the unit's own.
SELECT track_rows('filing_note', 'filing_note_id');
SELECT track_rows('filing_event', 'filing_event_id');
SELECT track_rows('filing_query', 'filing_query_id');
SELECT track_rows('filing_answer', 'filing_query_id');
SELECT track_rows('report_calendar', 'edition', 'form_code', 'month_on', 'level');
SELECT track_rows('return_check', 'return_check_id');

ALTER TABLE filing ENABLE ROW LEVEL SECURITY;
CREATE POLICY filing_own ON filing TO nenghao_unit USING (unit_id = own_unit_id()) WITH CHECK (unit_id = own_unit_id());
CREATE POLICY filing_read ON filing FOR SELECT TO nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (TRUE);
DO $$
DECLARE
    followed text;
BEGIN
    FOREACH followed IN ARRAY ARRAY['filing_note', 'filing_event', 'filing_query'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', followed);
        EXECUTE format(
            'CREATE POLICY %I ON %I TO nenghao_unit USING (EXISTS (SELECT 1 FROM filing AS f WHERE f.filing_id = %I.filing_id))',
            followed || '_own', followed, followed
        );
        EXECUTE format(
            'CREATE POLICY %I ON %I FOR SELECT TO nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (TRUE)',
            followed || '_read', followed
        );
    END LOOP;
END
$$;
CREATE POLICY filing_event_move ON filing_event FOR INSERT TO nenghao_console WITH CHECK (TRUE);
CREATE POLICY filing_query_ask ON filing_query FOR INSERT TO nenghao_console WITH CHECK (TRUE);
ALTER TABLE filing_answer ENABLE ROW LEVEL SECURITY;
CREATE POLICY filing_answer_own ON filing_answer TO nenghao_unit USING (
    EXISTS (SELECT 1 FROM filing_query AS q WHERE q.filing_query_id = filing_answer.filing_query_id)
);
CREATE POLICY filing_answer_read ON filing_answer FOR SELECT
TO nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (TRUE);

REVOKE INSERT ON filing FROM nenghao_console;
GRANT SELECT, INSERT ON filing, filing_note, filing_event, filing_answer TO nenghao_unit;
GRANT SELECT ON filing_query, own_unit, filing_cell, draft_cell, filing_state, monitored_cell TO nenghao_unit;
GRANT SELECT ON variety, coal_coefficient, form_relation, report_calendar TO nenghao_unit;
GRANT SELECT ON filing_note, filing_event, filing_query, filing_answer, filing_cell, filing_state, monitored_cell,
report_calendar, return_check TO nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier;
GRANT INSERT ON filing_event, filing_query TO nenghao_console;
GRANT INSERT ON return_check TO nenghao_rules;
GRANT INSERT, UPDATE ON report_calendar TO nenghao_jobs;

-- migrate:down
