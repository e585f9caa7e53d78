-- migrate:up
-- Why: a case has a procedure: who asked the unit and when it was received, its explanation, what two officers verified,
-- who reviewed it, what was put right. Each is a row that nobody edits; decisions stay where they are and a step names
-- the one it led to. Who had a case in hand never reviews it, and no order of rows gets round that.
-- Locks: none that matter, the tables are new. Safe with running code: yes, it neither reads nor writes them.
SET LOCAL lock_timeout = '4s';

CREATE TABLE case_step (
    case_step_id bigint GENERATED ALWAYS AS IDENTITY,
    case_id bigint NOT NULL,
    unit_id integer,
    act text NOT NULL,
    side text NOT NULL,
    acted_by text NOT NULL,
    account_id integer,
    acted_at timestamptz NOT NULL,
    told text NOT NULL,
    content jsonb NOT NULL,
    due_on date,
    decision_id bigint,
    channel text NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    hash_algorithm text NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT case_step_pk PRIMARY KEY (case_step_id),
    CONSTRAINT case_step_once UNIQUE (hash),
    CONSTRAINT case_step_case_fk FOREIGN KEY (case_id) REFERENCES audit_case (case_id),
    CONSTRAINT case_step_unit_fk FOREIGN KEY (unit_id) REFERENCES unit (unit_id),
    CONSTRAINT case_step_decision_fk FOREIGN KEY (decision_id) REFERENCES decision (decision_id),
    CONSTRAINT case_step_act_known CHECK (
        act IN (
            'assign', 'notify', 'draft_inquiry', 'check_inquiry', 'issue_inquiry', 'acknowledge', 'request_extension',
            'extend', 'decline_extension', 'explain', 'verify', 'review', 'rectify', 'report_rectified', 'recheck',
            'object', 'answer_objection', 'refer', 'close', 'reopen', 'recuse', 'comment'
        )
    ),
    CONSTRAINT case_step_side_known CHECK (side IN ('officer', 'unit')),
    CONSTRAINT case_step_side_fits CHECK (
        side = 'officer'
        OR act IN ('acknowledge', 'request_extension', 'explain', 'report_rectified', 'object')
    ),
    CONSTRAINT case_step_channel_known CHECK (channel IN ('console', 'command', 'folder')),
    CONSTRAINT case_step_name_given CHECK (length(btrim(acted_by)) > 0),
    CONSTRAINT case_step_told_given CHECK (length(btrim(told)) > 0 OR act = 'acknowledge'),
    CONSTRAINT case_step_content_form CHECK (jsonb_typeof(content) = 'object'),
    CONSTRAINT case_step_verdict_given CHECK (
        act NOT IN ('check_inquiry', 'review', 'recheck', 'answer_objection')
        OR coalesce(content ->> 'verdict' IN ('agree', 'send_back', 'passed', 'failed', 'upheld', 'rejected'), FALSE)
    ),
    -- What a person verified on paper or on site: two officers, a record or a reading, the unit's word or its refusal.
    CONSTRAINT case_step_verified_by_two CHECK (
        act <> 'verify' OR content ->> 'proposal' = 'dismiss'
        OR coalesce(
            content ->> 'proposal' = 'confirm' AND jsonb_array_length(content -> 'officers') >= 2
            AND content ->> 'basis' IN ('original_record', 'site_reading')
            AND content ->> 'statement' IN ('attached', 'refused'), FALSE
        )
    )
);
CREATE INDEX case_step_by_case ON case_step (case_id, case_step_id);
CREATE INDEX case_step_by_unit ON case_step (unit_id, case_id);
CREATE INDEX case_step_by_decision ON case_step (decision_id);
COMMENT ON TABLE case_step IS '案件步骤: 通知, 签收, 解释, 核实, 审核, 整改, 复核, 结案, 申辩, 移送, 回避: one act of one person each, never edited';
COMMENT ON COLUMN case_step.told IS '内容: what the person wrote; of acts the unit is told (nenghao/reference/procedure.toml), the very words it reads';
COMMENT ON COLUMN case_step.account_id IS '账户: who signed in; null where a command or paper says the name';
COMMENT ON COLUMN case_step.channel IS '来源: the console, a command on the server, or a folder that was taken along and merged';
COMMENT ON COLUMN case_step.acted_at IS '办理时间; recorded_at is when it came into the store, later for what was taken down without network';
COMMENT ON COLUMN case_step.hash IS '步骤散列: of the canonical bytes of case, act, person, time, words, content and attachments: merging twice adds nothing';

CREATE TABLE case_attachment (
    case_attachment_id bigint GENERATED ALWAYS AS IDENTITY,
    case_step_id bigint NOT NULL,
    case_id bigint NOT NULL,
    unit_id integer,
    name text NOT NULL,
    media_type text NOT NULL,
    size_bytes integer NOT NULL,
    hash_algorithm text NOT NULL,
    hash bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT case_attachment_pk PRIMARY KEY (case_attachment_id),
    CONSTRAINT case_attachment_once UNIQUE (case_step_id, hash),
    CONSTRAINT case_attachment_step_fk FOREIGN KEY (case_step_id) REFERENCES case_step (case_step_id),
    CONSTRAINT case_attachment_case_fk FOREIGN KEY (case_id) REFERENCES audit_case (case_id),
    CONSTRAINT case_attachment_unit_fk FOREIGN KEY (unit_id) REFERENCES unit (unit_id),
    CONSTRAINT case_attachment_size_positive CHECK (size_bytes > 0),
    CONSTRAINT case_attachment_name_clean CHECK (name ~ '^[^/\\[:cntrl:]]{1,120}$' AND name !~ '^\.')
);
CREATE INDEX case_attachment_by_case ON case_attachment (case_id, case_attachment_id);
COMMENT ON TABLE case_attachment IS '附件: a file that came with a step; its type by its content, its name cleaned, its hash';

CREATE TABLE case_attachment_bytes (
    case_attachment_id bigint NOT NULL,
    content bytea NOT NULL,
    CONSTRAINT case_attachment_bytes_pk PRIMARY KEY (case_attachment_id),
    CONSTRAINT case_attachment_bytes_fk FOREIGN KEY (case_attachment_id) REFERENCES case_attachment (case_attachment_id)
);
ALTER TABLE case_attachment_bytes ALTER COLUMN content SET STORAGE EXTERNAL;
COMMENT ON TABLE case_attachment_bytes IS '附件内容: the bytes, apart from what lists them; the hash beside them is in the day tree, so these need no leaf of their own';

DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['case_step', 'case_attachment', 'case_attachment_bytes'] LOOP
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

SELECT track_rows('case_step', 'case_step_id');
SELECT track_rows('case_attachment', 'case_attachment_id');

CREATE FUNCTION plain_name(name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT lower(regexp_replace(name, '\s', '', 'g'))
$$;
COMMENT ON FUNCTION plain_name(text) IS '姓名比对: a name without spaces and case, as two officers are told apart';

CREATE FUNCTION keep_officers_apart() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    handler jsonb;
    round_from bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('nenghao case ' || NEW.case_id::text, 0));
    IF NEW.unit_id IS DISTINCT FROM (SELECT c.unit_id FROM audit_case AS c WHERE c.case_id = NEW.case_id) THEN
        RAISE EXCEPTION 'case %: the step is of another unit', NEW.case_id USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM case_step AS s
        WHERE s.case_id = NEW.case_id AND s.act = 'recuse' AND (
            plain_name(s.content ->> 'officer') = plain_name(NEW.acted_by)
            OR (s.content ->> 'officer_account_id')::integer = NEW.account_id
        )
    ) AND NEW.side = 'officer' THEN
        RAISE EXCEPTION 'case %: this officer stepped aside', NEW.case_id USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.act IN ('review', 'check_inquiry', 'issue_inquiry', 'answer_objection') AND EXISTS (
        SELECT 1 FROM (
            SELECT s.acted_by AS name, s.account_id FROM case_step AS s
            WHERE s.case_id = NEW.case_id
            AND s.act IN ('notify', 'draft_inquiry', 'extend', 'decline_extension', 'verify')
            UNION ALL
            SELECT officer ->> 'name', NULL FROM case_step AS s
            CROSS JOIN LATERAL jsonb_array_elements(s.content -> 'officers') AS officer
            WHERE s.case_id = NEW.case_id AND s.act = 'verify'
            UNION ALL
            SELECT s.acted_by, s.account_id FROM case_step AS s
            WHERE s.case_id = NEW.case_id AND s.act = 'check_inquiry' AND NEW.act = 'issue_inquiry'
            UNION ALL
            (
                SELECT s.content ->> 'handler', (s.content ->> 'handler_account_id')::integer FROM case_step AS s
                WHERE s.case_id = NEW.case_id AND s.act = 'assign'
                ORDER BY s.case_step_id DESC LIMIT 1
            )
        ) AS had
        WHERE plain_name(had.name) = plain_name(NEW.acted_by) OR had.account_id = NEW.account_id
    ) THEN
        RAISE EXCEPTION 'case %: % takes another officer than who had it in hand', NEW.case_id, NEW.act
        USING ERRCODE = 'check_violation';
    END IF;
    round_from := coalesce((
        SELECT max(s.case_step_id) FROM case_step AS s
        WHERE s.case_id = NEW.case_id
        AND (s.act = 'reopen' OR (s.act = 'answer_objection' AND s.content ->> 'verdict' = 'upheld'))
    ), 0);
    IF NEW.act = 'close' AND EXISTS (
        SELECT 1 FROM case_step AS s
        WHERE s.case_id = NEW.case_id AND s.act = 'rectify' AND s.case_step_id > round_from AND NOT EXISTS (
            SELECT 1 FROM case_step AS r
            WHERE r.case_id = NEW.case_id AND r.act = 'recheck' AND r.content ->> 'verdict' = 'passed'
            AND r.case_step_id > s.case_step_id
        )
    ) THEN
        RAISE EXCEPTION 'case %: what was ordered to be put right was not rechecked', NEW.case_id
        USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION keep_officers_apart() IS '经办 ≠ 审核 ≠ 签发, 回避, 整改必复核: refuses the row that would get round another person';
REVOKE ALL ON FUNCTION keep_officers_apart() FROM PUBLIC;
CREATE TRIGGER case_step_officers_apart BEFORE INSERT ON case_step
FOR EACH ROW EXECUTE FUNCTION keep_officers_apart();

CREATE VIEW case_notice AS
SELECT DISTINCT d.case_id
FROM decision AS d
WHERE d.kind = 'inquire';
COMMENT ON VIEW case_notice IS '已查询案件: cases whose unit was asked; the others it never hears of';

-- What a unit is told of a case of its own: which rule, how precise it was so far, where and when; no figure of ours.
CREATE VIEW case_told AS
SELECT
    one.case_id,
    one.unit_id,
    one.rule_code,
    one.rule_version,
    one.point_code,
    one.point_name,
    one.span_from,
    one.span_to,
    one.innocence,
    coalesce(r.case_count, 0) AS case_count,
    coalesce(r.decided_count, 0) AS decided_count,
    coalesce(r.confirmed_count, 0) AS confirmed_count
FROM (
    SELECT
        c.case_id,
        c.unit_id,
        f.rule_code,
        f.rule_version,
        p.point_code,
        p.name AS point_name,
        min(lower(f.span)) AS span_from,
        max(upper(f.span)) AS span_to,
        v.definition -> 'innocence' AS innocence
    FROM audit_case AS c
    INNER JOIN case_notice AS n ON c.case_id = n.case_id
    INNER JOIN finding_standing AS s ON c.case_id = s.root_case_id
    INNER JOIN finding AS f ON s.finding_id = f.finding_id AND c.unit_id = f.unit_id
    INNER JOIN rule_version AS v ON f.rule_code = v.rule_code AND f.rule_version = v.version
    LEFT JOIN point AS p ON f.point_id = p.point_id
    GROUP BY c.case_id, c.unit_id, f.rule_code, f.rule_version, p.point_code, p.name, v.definition -> 'innocence'
) AS one
LEFT JOIN LATERAL (
    SELECT
        w.case_count,
        w.decided_count,
        w.confirmed_count
    FROM rule_precision AS w
    WHERE w.rule_code = one.rule_code AND w.rule_version = one.rule_version
) AS r ON TRUE;
COMMENT ON VIEW case_told IS '告知内容: rule, its precision so far, point and span of a case that the unit was asked about; findings stay inside';

CREATE VIEW case_desk AS
SELECT
    c.case_id,
    CASE WHEN aside.case_step_id IS NULL THEN hand.content ->> 'handler' END AS handler,
    CASE WHEN aside.case_step_id IS NULL THEN (hand.content ->> 'handler_account_id')::integer END AS handler_account_id,
    last.act AS last_act,
    last.acted_at AS last_acted_at,
    clock.due_on
FROM (SELECT DISTINCT s.case_id FROM case_step AS s) AS c
LEFT JOIN LATERAL (
    SELECT s.case_step_id, s.content FROM case_step AS s
    WHERE s.case_id = c.case_id AND s.act = 'assign'
    ORDER BY s.case_step_id DESC
    LIMIT 1
) AS hand ON TRUE
LEFT JOIN LATERAL (
    SELECT s.case_step_id FROM case_step AS s
    WHERE
        s.case_id = c.case_id AND s.act = 'recuse' AND s.case_step_id > hand.case_step_id
        AND plain_name(s.content ->> 'officer') = plain_name(hand.content ->> 'handler')
    ORDER BY s.case_step_id
    LIMIT 1
) AS aside ON TRUE
LEFT JOIN LATERAL (
    SELECT s.act, s.acted_at FROM case_step AS s
    WHERE s.case_id = c.case_id AND s.act <> 'comment'
    ORDER BY s.case_step_id DESC
    LIMIT 1
) AS last ON TRUE
LEFT JOIN LATERAL (
    SELECT s.due_on FROM case_step AS s
    WHERE
        s.case_id = c.case_id AND s.due_on IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM case_step AS later
            WHERE
                later.case_id = s.case_id AND later.case_step_id > s.case_step_id
                AND later.act IN ('explain', 'verify', 'recheck', 'close', 'reopen')
        )
    ORDER BY s.case_step_id DESC
    LIMIT 1
) AS clock ON TRUE;
COMMENT ON VIEW case_desk IS '承办台账: who has a case in hand, its last step and the day on which its clock runs out; one row a case that has steps';

CREATE FUNCTION receive_explanation(wanted_case bigint, explanation text, explained_by text, explained_at timestamptz)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    last_kind text;
    new_id bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('nenghao case ' || wanted_case::text, 0));
    SELECT d.kind INTO last_kind FROM decision AS d
    WHERE d.case_id = wanted_case
    ORDER BY d.decision_id DESC LIMIT 1;
    IF last_kind IS NULL OR last_kind NOT IN ('inquire', 'explain', 'reopen')
    OR NOT EXISTS (SELECT 1 FROM case_notice AS n WHERE n.case_id = wanted_case) THEN
        RAISE EXCEPTION 'case %: nobody asked', wanted_case USING ERRCODE = 'check_violation';
    END IF;
    INSERT INTO decision (case_id, kind, reason, decided_by, decided_at)
    VALUES (wanted_case, 'explain', explanation, explained_by, explained_at)
    RETURNING decision_id INTO new_id;
    RETURN new_id;
END
$$;
COMMENT ON FUNCTION receive_explanation(bigint, text, text, timestamptz) IS '收到解释: the only decision a unit writes, on a case that it was asked about';
REVOKE ALL ON FUNCTION receive_explanation(bigint, text, text, timestamptz) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION receive_explanation(bigint, text, text, timestamptz) TO nenghao_console;
GRANT SELECT ON case_desk TO nenghao_console;
GRANT SELECT, INSERT ON case_step, case_attachment, case_attachment_bytes TO nenghao_console;
GRANT SELECT ON case_notice, case_told TO nenghao_console;
GRANT SELECT ON case_step, case_attachment TO nenghao_jobs, nenghao_verifier;

-- migrate:down
