-- migrate:up
-- Why: officers take steps of the cases that they may see, and a unit reads and answers what it was told of its own: from
-- the first notice on, and nothing that stays inside (decision 0018). Names are those of who signed in.
-- Locks: each table takes no rows while its policies are made, milliseconds. Safe with running code: yes, roles of
-- processes keep all rows by a policy of their own.
SET LOCAL lock_timeout = '4s';

CREATE VIEW case_brief AS
SELECT
    c.case_id,
    c.unit_id,
    u.unit_code,
    u.name AS unit_name,
    c.level,
    c.is_common_cause,
    c.into_case_id,
    c.state,
    c.opened_at
FROM case_now AS c
LEFT JOIN unit AS u ON c.unit_id = u.unit_id;
COMMENT ON VIEW case_brief IS '案件概况: what a case is, without what was found';
GRANT SELECT ON case_brief TO nenghao_console;

CREATE VIEW seen.case_brief WITH (security_barrier) AS
SELECT t.* FROM public.case_brief AS t
WHERE
    (SELECT public.sees('case')) AND EXISTS (SELECT 1 FROM public.seen_case AS s WHERE s.case_id = t.case_id)
    OR CURRENT_USER = 'nenghao_unit' AND t.unit_id = (SELECT public.own_unit_id())
    AND EXISTS (SELECT 1 FROM public.case_notice AS n WHERE n.case_id = t.case_id);
COMMENT ON VIEW seen.case_brief IS '可见: cases that who asks may see; a unit those that it was asked about';

CREATE VIEW seen.case_notice WITH (security_barrier) AS
SELECT t.* FROM public.case_notice AS t
WHERE EXISTS (SELECT 1 FROM seen.case_brief AS b WHERE b.case_id = t.case_id);
COMMENT ON VIEW seen.case_notice IS '可见: rows of case_notice that who asks may see';

CREATE VIEW seen.case_told WITH (security_barrier) AS
SELECT t.* FROM public.case_told AS t
WHERE
    (SELECT public.sees('case')) AND t.unit_id IN (SELECT u.unit_id FROM public.seen_unit AS u)
    OR CURRENT_USER = 'nenghao_unit' AND t.unit_id = (SELECT public.own_unit_id());
COMMENT ON VIEW seen.case_told IS '可见: what units are told of cases, to officers and to each unit of its own';
GRANT SELECT ON seen.case_brief, seen.case_notice, seen.case_told TO nenghao_officer, nenghao_unit;

-- Whether an act is told to the unit, as nenghao/reference/procedure.toml says; a review only where it agreed.
CREATE FUNCTION is_told(act text, content jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT act IN (
        'notify', 'issue_inquiry', 'acknowledge', 'request_extension', 'extend', 'decline_extension', 'explain', 'rectify',
        'report_rectified', 'recheck', 'object', 'answer_objection', 'close', 'reopen'
    ) OR (act = 'review' AND content ->> 'verdict' = 'agree')
$$;
COMMENT ON FUNCTION is_told(text, jsonb) IS '是否告知: whether a step is told to the unit';

DO $$
DECLARE
    of_case constant text := 'EXISTS (SELECT 1 FROM seen_case AS s WHERE s.case_id = %I.case_id)';
    whole constant text := 'EXISTS (SELECT 1 FROM seen_case AS s WHERE s.case_id = %I.case_id AND s.is_whole)';
    of_file constant text := 'EXISTS (SELECT 1 FROM case_attachment AS a'
        ' WHERE a.case_attachment_id = case_attachment_bytes.case_attachment_id)';
BEGIN
    PERFORM show_to_people('case_step', 'case', format(of_case, 'case_step'), 'decide', format(whole, 'case_step'));
    PERFORM show_to_people(
        'case_attachment', 'case', format(of_case, 'case_attachment'), 'decide', format(whole, 'case_attachment')
    );
    PERFORM show_to_people('case_attachment_bytes', 'case', of_file, 'decide');
    PERFORM show_view('case_desk');
END
$$;

-- A function, since a policy reads with the rights of who asks, and which cases others were asked about is theirs.
CREATE FUNCTION was_asked(wanted_case bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT 1 FROM audit_case AS c
        INNER JOIN decision AS d ON c.case_id = d.case_id AND d.kind = 'inquire'
        WHERE c.case_id = wanted_case AND c.unit_id = own_unit_id()
    )
$$;
COMMENT ON FUNCTION was_asked(bigint) IS '已向本单位查询: whether the unit of who asks was asked about a case';
REVOKE ALL ON FUNCTION was_asked(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION was_asked(bigint) TO nenghao_unit;

CREATE POLICY case_step_told ON case_step FOR SELECT TO nenghao_unit USING (
    unit_id = (SELECT own_unit_id()) AND is_told(act, content) AND was_asked(case_id)
);
CREATE POLICY case_step_answered ON case_step FOR INSERT TO nenghao_unit WITH CHECK (
    (SELECT may('file')) AND side = 'unit' AND unit_id = (SELECT own_unit_id()) AND was_asked(case_id)
);
-- Files come with a step that the unit sees: its own, or one that it is told.
CREATE POLICY case_attachment_told ON case_attachment FOR SELECT TO nenghao_unit USING (
    EXISTS (SELECT 1 FROM case_step AS s WHERE s.case_step_id = case_attachment.case_step_id)
);
CREATE POLICY case_attachment_answered ON case_attachment FOR INSERT TO nenghao_unit WITH CHECK (
    (SELECT may('file')) AND EXISTS (
        SELECT 1 FROM case_step AS s
        WHERE s.case_step_id = case_attachment.case_step_id AND s.case_id = case_attachment.case_id AND s.side = 'unit'
    )
);
CREATE POLICY case_attachment_bytes_told ON case_attachment_bytes FOR SELECT TO nenghao_unit USING (
    EXISTS (SELECT 1 FROM case_attachment AS a WHERE a.case_attachment_id = case_attachment_bytes.case_attachment_id)
);
CREATE POLICY case_attachment_bytes_answered ON case_attachment_bytes FOR INSERT TO nenghao_unit WITH CHECK (
    (SELECT may('file')) AND EXISTS (
        SELECT 1 FROM case_attachment AS a
        INNER JOIN case_step AS s ON a.case_step_id = s.case_step_id
        WHERE a.case_attachment_id = case_attachment_bytes.case_attachment_id AND s.side = 'unit'
    )
);
GRANT SELECT, INSERT ON case_step, case_attachment, case_attachment_bytes TO nenghao_unit;

-- Decisions of a case that a unit was asked about: their reasons are in words that are read to it.
CREATE POLICY decision_told ON decision FOR SELECT TO nenghao_unit USING (was_asked(case_id));
GRANT SELECT ON decision TO nenghao_unit;

-- --- names: a step carries that of who signed in, with the account ---
CREATE FUNCTION step_as_oneself() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    actor record;
BEGIN
    SELECT a.account_id, a.name, a.role INTO actor FROM web_account() AS a;
    IF actor.name IS NULL OR (actor.role = 'unit') <> (NEW.side = 'unit') THEN
        RAISE EXCEPTION 'a step is taken by who signed in' USING ERRCODE = 'insufficient_privilege';
    END IF;
    NEW.account_id := actor.account_id;
    NEW.acted_by := actor.name;
    NEW.recorded_by := actor.name;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION step_as_oneself() IS '本人办理: writes name and account of who takes a step, and on which side';
CREATE TRIGGER a_case_step_by_oneself BEFORE INSERT ON case_step FOR EACH ROW WHEN (session_user = 'nenghao_web')
EXECUTE FUNCTION step_as_oneself();

CREATE OR REPLACE FUNCTION receive_explanation(
    wanted_case bigint, explanation text, explained_by text, explained_at timestamptz
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    last_kind text;
    new_id bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('nenghao case ' || wanted_case::text, 0));
    IF session_user = 'nenghao_web' AND NOT EXISTS (
        SELECT 1 FROM audit_case AS c WHERE c.case_id = wanted_case AND c.unit_id = own_unit_id()
    ) THEN
        RAISE EXCEPTION 'case %: not of this unit', wanted_case USING ERRCODE = 'insufficient_privilege';
    END IF;
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
GRANT EXECUTE ON FUNCTION receive_explanation(bigint, text, text, timestamptz) TO nenghao_unit;

-- --- nobody decides alone: through the console a decision that ends a case has its review, or is one on which of two
-- values counts, where the unit itself sent both ---
CREATE FUNCTION want_review() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM case_step AS s
        INNER JOIN case_root AS r ON r.case_id = NEW.case_id
        INNER JOIN decision AS d ON s.decision_id = d.decision_id
        WHERE s.case_id IN (NEW.case_id, r.root_case_id) AND s.act = 'review' AND d.kind = NEW.kind
        AND d.decided_at = NEW.decided_at
    ) OR EXISTS (
        SELECT 1 FROM finding_standing AS s
        INNER JOIN finding AS f ON s.finding_id = f.finding_id
        WHERE NEW.case_id IN (s.root_case_id, s.case_id)
        AND (f.evidence ? 'conflict_ids' OR f.evidence ? 'revision_ids')
    ) THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'case %: % takes the review of another officer', NEW.case_id, NEW.kind USING ERRCODE = 'check_violation';
END
$$;
COMMENT ON FUNCTION want_review() IS '须经审核: refuses, at the end of a transaction of the console, a decision that no review wrote';
REVOKE ALL ON FUNCTION want_review() FROM PUBLIC;
CREATE CONSTRAINT TRIGGER decision_reviewed AFTER INSERT ON decision
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
WHEN (session_user = 'nenghao_web' AND new.kind IN ('confirm', 'dismiss'))
EXECUTE FUNCTION want_review();

-- migrate:down
