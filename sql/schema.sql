CREATE SCHEMA public;

ALTER SCHEMA public OWNER TO pg_database_owner;

COMMENT ON SCHEMA public IS 'standard public schema';

CREATE SCHEMA seen;

ALTER SCHEMA seen OWNER TO nenghao_owner;

COMMENT ON SCHEMA seen IS '可见: relations of `public` as a person may see them, by the same names; people have it first in their search path';

CREATE FUNCTION public.act_as_oneself() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    actor record;
BEGIN
    SELECT a.name, a.office INTO actor FROM web_account() AS a;
    IF actor.name IS NULL THEN
        RAISE EXCEPTION 'nobody is signed in' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF tg_table_name = 'filing_signature' THEN
        IF to_jsonb(NEW) ->> 'signer' IS DISTINCT FROM actor.office THEN
            RAISE EXCEPTION '% does not sign as %', actor.name, to_jsonb(NEW) ->> 'signer' USING ERRCODE = 'insufficient_privilege';
        END IF;
    END IF;
    RETURN jsonb_populate_record(NEW, jsonb_build_object(tg_argv[0], actor.name));
END
$$;

ALTER FUNCTION public.act_as_oneself() OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.act_as_oneself() IS '本人经办: writes the name of who acts; a signature is given in one''s own office only';

CREATE FUNCTION public.database_size_bytes() RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
    SELECT pg_database_size(current_database()) FROM web_account() AS a WHERE a.role = 'system_admin'
$$;

ALTER FUNCTION public.database_size_bytes() OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.database_size_bytes() IS '数据库大小: which only who may connect by name may ask; for system administrators';

CREATE FUNCTION public.drop_archived_chunk(dropped_relation text, chunk_first_at timestamp with time zone, chunk_end_at timestamp with time zone, reason text, run_by text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET "DateStyle" TO 'ISO, YMD'
    AS $$
DECLARE
    chunk_name text;
    why text;
    found_count bigint;
    found_digest numeric;
    archive record;
    new_id bigint;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'a chunk is dropped by what is committed now, not under %', current_setting('transaction_isolation')
            USING ERRCODE = 'active_sql_transaction';
    END IF;
    -- Who places a hold is waited for, and waits.
    LOCK TABLE public.retention_hold IN SHARE MODE;
    SELECT format('%I.%I', c.chunk_schema, c.chunk_name) INTO chunk_name
    FROM timescaledb_information.chunks AS c
    WHERE
        c.hypertable_schema = 'public' AND c.hypertable_name = dropped_relation
        AND c.range_start = chunk_first_at AND c.range_end = chunk_end_at;
    IF chunk_name IS NULL THEN
        RAISE EXCEPTION '% has no chunk from % to %', dropped_relation, chunk_first_at, chunk_end_at USING ERRCODE = 'no_data_found';
    END IF;
    -- Nothing may come between the look and the drop.
    EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', chunk_name);
    SELECT string_agg(k.reason_code || ' ' || k.detail, '; ') INTO why
    FROM public.reasons_to_keep(dropped_relation, chunk_first_at, chunk_end_at) AS k;
    IF why IS NOT NULL THEN
        RAISE EXCEPTION 'chunk of % from % is kept: %', dropped_relation, chunk_first_at, why USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT d.row_count, d.row_digest INTO found_count, found_digest
    FROM public.rows_digest(dropped_relation, chunk_first_at, chunk_end_at) AS d;
    SELECT a.archive_id, a.hash_algorithm, a.hash INTO archive
    FROM public.archive_check AS k
    INNER JOIN public.archive_month AS a ON k.archive_id = a.archive_id
    WHERE
        k.relation_name = dropped_relation AND k.first_at = chunk_first_at AND k.end_at = chunk_end_at
        AND k.row_count = found_count AND k.row_digest = found_digest
    ORDER BY k.archive_check_id DESC
    LIMIT 1;
    PERFORM public.drop_chunks(
        format('public.%I', dropped_relation)::regclass, older_than => chunk_end_at, newer_than => chunk_first_at
    );
    INSERT INTO public.retention_run (
        relation_name, first_at, end_at, row_count, row_digest, archive_id, manifest_hash_algorithm, manifest_hash, reason, run_by,
        run_under, run_at
    ) VALUES (
        dropped_relation, chunk_first_at, chunk_end_at, found_count, found_digest, archive.archive_id, archive.hash_algorithm,
        archive.hash, reason, run_by, session_user, now()
    ) RETURNING retention_run_id INTO new_id;
    RETURN new_id;
END
$$;

ALTER FUNCTION public.drop_archived_chunk(dropped_relation text, chunk_first_at timestamp with time zone, chunk_end_at timestamp with time zone, reason text, run_by text) OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.drop_archived_chunk(dropped_relation text, chunk_first_at timestamp with time zone, chunk_end_at timestamp with time zone, reason text, run_by text) IS '到期清理: drops one chunk that nothing holds, and writes the retention_run; refuses every other';

CREATE FUNCTION public.end_session() RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
    UPDATE web_session SET ended_at = now()
    WHERE
        token_hash = sha256(convert_to(nullif(current_setting('nenghao.session', TRUE), ''), 'UTF8')) AND ended_at IS NULL
$$;

ALTER FUNCTION public.end_session() OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.end_session() IS '退出: ends the session that asks';

CREATE FUNCTION public.file_by_the_rules() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    newest integer := 0;
    is_locked boolean;
    drafted record;
    checked record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('nenghao filing ' || NEW.unit_id || ' ' || NEW.month_on, 0));
    SELECT coalesce(max(s.version), 0), coalesce(bool_or(s.state = 'locked'), FALSE) INTO newest, is_locked
    FROM filing_state AS s WHERE s.unit_id = NEW.unit_id AND s.month_on = NEW.month_on;
    IF NEW.version <> newest + 1 THEN
        RAISE EXCEPTION 'version % does not follow %', NEW.version, newest USING ERRCODE = 'check_violation';
    END IF;
    IF is_locked <> (NEW.kind IN ('base_revision', 'annual', 'census')) THEN
        RAISE EXCEPTION '% is no kind for a month that is %', NEW.kind, CASE WHEN is_locked THEN 'locked' ELSE 'open' END
            USING ERRCODE = 'check_violation';
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

ALTER FUNCTION public.file_by_the_rules() OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.file_by_the_rules() IS '报出: figures of the signed draft, its relations checked; locked months by kinds of correction only';

CREATE FUNCTION public.fill_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    changed text;
BEGIN
    IF tg_op = 'UPDATE' THEN
        SELECT string_agg(was.key, ', ') INTO changed
        FROM jsonb_each(to_jsonb(old)) AS was
        WHERE was.value <> 'null' AND was.value IS DISTINCT FROM to_jsonb(new) -> was.key;
        IF changed IS NULL THEN
            RETURN new;
        END IF;
    END IF;
    RAISE EXCEPTION 'table % is only filled in: % refused%', tg_table_name, tg_op, coalesce(' for ' || changed, '')
        USING ERRCODE = 'restrict_violation';
END
$$;

ALTER FUNCTION public.fill_only() OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.fill_only() IS '只补不改: raises where a row would go or a value that stands would change';

CREATE FUNCTION public.guard_account() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    IF (NEW.account_id, NEW.login, NEW.name, NEW.created_at, NEW.unit_id)
        IS DISTINCT FROM (OLD.account_id, OLD.login, OLD.name, OLD.created_at, OLD.unit_id)
    THEN
        RAISE EXCEPTION 'account %: login, name and unit stay', OLD.login USING ERRCODE = 'restrict_violation';
    END IF;
    IF session_user = 'nenghao_web' AND to_jsonb(NEW) - 'language' <> to_jsonb(OLD) - 'language' THEN
        IF OLD.account_id = (SELECT w.account_id FROM web_account() AS w) THEN
            RAISE EXCEPTION 'account %: nobody changes his own rights', OLD.login USING ERRCODE = 'insufficient_privilege';
        END IF;
    END IF;
    RETURN NEW;
END
$$;

ALTER FUNCTION public.guard_account() OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.guard_account() IS '账户守则: login, name and unit stay; nobody changes his own rights';

CREATE FUNCTION public.is_told(act text, content jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT act IN (
        'notify', 'issue_inquiry', 'acknowledge', 'request_extension', 'extend', 'decline_extension', 'explain', 'rectify',
        'report_rectified', 'recheck', 'object', 'answer_objection', 'close', 'reopen'
    ) OR (act = 'review' AND content ->> 'verdict' = 'agree')
$$;

ALTER FUNCTION public.is_told(act text, content jsonb) OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.is_told(act text, content jsonb) IS '是否告知: whether a step is told to the unit';

CREATE FUNCTION public.keep_named_gateway() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM public.message AS m WHERE m.gateway_id = old.gateway_id) THEN
        RAISE EXCEPTION 'gateway % has sent messages', old.gateway_id USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN coalesce(new, old);
END
$$;

ALTER FUNCTION public.keep_named_gateway() OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.keep_named_gateway() IS '网关留存: a gateway that a message names is neither deleted nor renumbered';

CREATE FUNCTION public.keep_officers_apart() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
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

ALTER FUNCTION public.keep_officers_apart() OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.keep_officers_apart() IS '经办 ≠ 审核 ≠ 签发, 回避, 整改必复核: refuses the row that would get round another person';

CREATE FUNCTION public.keep_session(idle_s integer) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(20156, pg_backend_pid());
    UPDATE web_session SET seen_at = now(), idle_ends_at = now() + make_interval(secs => idle_s)
    WHERE
        token_hash = sha256(convert_to(nullif(current_setting('nenghao.session', TRUE), ''), 'UTF8'))
        AND ended_at IS NULL AND now() < idle_ends_at AND seen_at < now() - INTERVAL '30 seconds';
END
$$;

ALTER FUNCTION public.keep_session(idle_s integer) OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.keep_session(idle_s integer) IS '延续会话: the session that asks is idle from now on, written at most twice a minute; the transaction is a person''s until it ends';

CREATE FUNCTION public.list_decided_case() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    UPDATE case_listing AS l
    SET state = c.state, decision = c.decision, outcome = c.outcome
    FROM case_now AS c
    WHERE l.case_id = NEW.case_id AND c.case_id = NEW.case_id;
    RETURN NULL;
END
$$;

ALTER FUNCTION public.list_decided_case() OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.list_decided_case() IS '决定入清单: a decision shows in the list with itself';

CREATE FUNCTION public.mark_heating_months() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    INSERT INTO public.month_mark (unit_id, month_on)
    SELECT DISTINCT b.unit_id, b.month_on
    FROM public.monitored_balance AS b
    INNER JOIN fresh AS f
        ON b.unit_id = f.unit_id AND b.month_on < f.valid_to AND (b.month_on + INTERVAL '1 month')::date > f.valid_from;
    RETURN NULL;
END
$$;

ALTER FUNCTION public.mark_heating_months() OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.mark_heating_months() IS '重编: months whose lots have changed';

CREATE FUNCTION public.may(act text) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    RETURN coalesce((
        SELECT NOT a.must_change AND CASE act
            WHEN 'decide' THEN a.role = 'auditor' AND a.authority = 'statistics'
            WHEN 'ask' THEN a.role = 'statistician' AND a.authority = 'statistics'
            WHEN 'examine' THEN a.authority = 'statistics'
            WHEN 'enrol' THEN a.role = 'statistician' AND a.authority = 'statistics'
            WHEN 'declare' THEN a.role = 'unit' OR a.role = 'statistician' AND a.authority = 'statistics'
            WHEN 'file' THEN a.role = 'unit'
            WHEN 'set_rules' THEN a.role = 'system_admin'
            WHEN 'keep_accounts' THEN a.role = 'security_admin' AND a.channel = 'session'
            WHEN 'audit' THEN a.role = 'audit_admin'
            ELSE FALSE
        END
        FROM web_account() AS a
    ), FALSE);
END
$$;

ALTER FUNCTION public.may(act text) OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.may(act text) IS '职权: whether who asks may decide, ask, examine, enrol, declare, file, set_rules, keep_accounts, audit; none before a first password is changed';

CREATE FUNCTION public.move_by_the_rules() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

ALTER FUNCTION public.move_by_the_rules() OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.move_by_the_rules() IS '流转规则: 县, 市, 省 in this order, then the lock; none while a query is open; each by another person';

CREATE FUNCTION public.note_access(of_kind text, on_route text, of_unit integer, of_subject text, with_outcome text, from_address text) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
    INSERT INTO access_trail (
        account_id, login, name, role, authority, kind, route, unit_id, subject, outcome, address
    )
    SELECT
        a.account_id, a.login, a.name, a.role, a.authority, of_kind, left(on_route, 200), of_unit, left(of_subject, 500),
        with_outcome, left(from_address, 100)
    FROM (SELECT 1) AS one LEFT JOIN web_account() AS a ON TRUE
$$;

ALTER FUNCTION public.note_access(of_kind text, on_route text, of_unit integer, of_subject text, with_outcome text, from_address text) OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.note_access(of_kind text, on_route text, of_unit integer, of_subject text, with_outcome text, from_address text) IS '留痕: a row of the trail in the name of who asks, or of nobody';

CREATE FUNCTION public.note_sign_in(typed_login text, from_address text, said text) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
    INSERT INTO sign_in_attempt (login, address, outcome, at)
    VALUES (left(typed_login, 100), left(from_address, 100), said, clock_timestamp())
$$;

ALTER FUNCTION public.note_sign_in(typed_login text, from_address text, said text) OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.note_sign_in(typed_login text, from_address text, said text) IS '记录登录尝试';

CREATE FUNCTION public.note_with_its_filing() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM filing_event AS e WHERE e.filing_id = NEW.filing_id) THEN
        RAISE EXCEPTION 'filing % is filed: its notes stand', NEW.filing_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;

ALTER FUNCTION public.note_with_its_filing() OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.note_with_its_filing() IS '说明随报: the notes of a filing are written with it and not afterwards; later words are answers to queries';

CREATE FUNCTION public.open_session(for_account integer, fresh_token_hash bytea, idle_s integer, life_s integer, from_address text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    PERFORM require_nobody();
    INSERT INTO web_session (account_id, token_hash, address, begun_at, seen_at, idle_ends_at, ends_at)
    SELECT
        a.account_id, fresh_token_hash, left(from_address, 100), now(), now(), now() + make_interval(secs => idle_s),
        now() + make_interval(secs => life_s)
    FROM account AS a WHERE a.account_id = for_account AND NOT a.is_disabled;
END
$$;

ALTER FUNCTION public.open_session(for_account integer, fresh_token_hash bytea, idle_s integer, life_s integer, from_address text) OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.open_session(for_account integer, fresh_token_hash bytea, idle_s integer, life_s integer, from_address text) IS '开始会话: after the password was checked';

CREATE FUNCTION public.own_unit_id() RETURNS integer
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
BEGIN
    IF session_user = 'nenghao_web' THEN
        RETURN (SELECT a.unit_id FROM public.web_account() AS a);
    END IF;
    RETURN nullif(current_setting('nenghao.unit_id', TRUE), '')::integer;
END
$$;

ALTER FUNCTION public.own_unit_id() OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.own_unit_id() IS '本单位: the unit of the account that asks, or the one that an operator''s command speaks for; none means no rows';

CREATE FUNCTION public.panel_stands(month_on date) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
    SELECT EXISTS (
        SELECT 1 FROM public.panel_member AS p
        WHERE p.entered_on <= panel_stands.month_on AND coalesce(p.left_on, 'infinity') > panel_stands.month_on
    );
$$;

ALTER FUNCTION public.panel_stands(month_on date) OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.panel_stands(month_on date) IS '当月是否有调查单位库: whether any unit at all is in a panel that month; tells nothing else';

CREATE FUNCTION public.password_of(typed_login text) RETURNS TABLE(account_id integer, hash text, must_change boolean)
    LANGUAGE plpgsql SECURITY DEFINER ROWS 1
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    PERFORM require_nobody();
    RETURN QUERY
    SELECT a.account_id, p.hash, p.must_change FROM account AS a
    INNER JOIN account_password AS p ON a.account_id = p.account_id
    WHERE a.login = typed_login AND NOT a.is_disabled
    ORDER BY p.account_password_id DESC LIMIT 1;
END
$$;

ALTER FUNCTION public.password_of(typed_login text) OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.password_of(typed_login text) IS '口令散列: of an account that is not disabled, for the process that checks a typed password';

CREATE FUNCTION public.plain_name(name text) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT lower(regexp_replace(name, '\s', '', 'g'))
$$;

ALTER FUNCTION public.plain_name(name text) OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.plain_name(name text) IS '姓名比对: a name without spaces and case, as two officers are told apart';

CREATE FUNCTION public.reasons_to_keep(relation_name text, first_at timestamp with time zone, end_at timestamp with time zone) RETURNS TABLE(reason_code text, detail text)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET "DateStyle" TO 'ISO, YMD'
    AS $$
DECLARE
    chunk_span CONSTANT tstzrange := tstzrange(first_at, end_at);
    first_month CONSTANT date := date_trunc('month', first_at AT TIME ZONE 'Asia/Shanghai')::date;
    last_month CONSTANT date := date_trunc('month', (end_at - INTERVAL '1 microsecond') AT TIME ZONE 'Asia/Shanghai')::date;
    closed_batch_id CONSTANT bigint := (
        SELECT t.last_batch_id FROM public.day_tree AS t
        INNER JOIN public.day_head AS h ON t.tree_no = h.tree_no ORDER BY t.tree_no DESC LIMIT 1
    );
    message_ids bigint[];
    units integer[];
    now_count bigint;
    now_digest numeric;
BEGIN
    RETURN QUERY
    SELECT 'too_young', p.min_age_days::text FROM public.retention_policy AS p
    WHERE p.relation_name = reasons_to_keep.relation_name AND end_at > now() - make_interval(days => p.min_age_days);

    IF NOT EXISTS (SELECT 1 FROM public.retention_policy AS p WHERE p.relation_name = reasons_to_keep.relation_name) THEN
        RETURN QUERY SELECT 'no_policy', reasons_to_keep.relation_name;
        RETURN;
    END IF;

    IF relation_name = 'reading' THEN
        SELECT array_agg(DISTINCT r.message_id) INTO message_ids
        FROM public.reading AS r WHERE r.at >= first_at AND r.at < end_at;
        -- Whose months rest on these rows: units with energy at points that enter a balance.
        SELECT array_agg(DISTINCT p.unit_id) INTO units
        FROM public.point AS p
        INNER JOIN public.series AS s ON p.point_id = s.point_id
        WHERE
            p.flow <> 'internal' AND s.kind <> 'gauge' AND s.quantity IN ('active_energy', 'volume', 'mass', 'heat')
            AND EXISTS (SELECT 1 FROM public.reading AS r WHERE r.series_id = s.series_id AND r.at >= first_at AND r.at < end_at);
        RETURN QUERY
        SELECT 'window_open', string_agg(u.unit_code || '/' || g.gateway_code, ' ' ORDER BY u.unit_code, g.gateway_code)
        FROM public.gateway AS g INNER JOIN public.unit AS u ON g.unit_id = u.unit_id
        WHERE g.backfill_from < end_at AND coalesce(g.backfill_until, 'infinity') > now()
        HAVING count(*) > 0;
    ELSE
        SELECT array_agg(w.message_id) INTO message_ids
        FROM public.message_raw AS w WHERE w.received_at >= first_at AND w.received_at < end_at;
        SELECT array_agg(DISTINCT g.unit_id) INTO units
        FROM public.message AS m
        INNER JOIN public.gateway AS g ON m.gateway_id = g.gateway_id
        WHERE m.message_id = ANY(message_ids) AND m.stored_count > 0 AND EXISTS (
            SELECT 1 FROM public.point AS p INNER JOIN public.series AS s ON p.point_id = s.point_id
            WHERE
                p.unit_id = g.unit_id AND p.flow <> 'internal' AND s.kind <> 'gauge'
                AND s.quantity IN ('active_energy', 'volume', 'mass', 'heat')
        );
    END IF;

    RETURN QUERY
    SELECT 'not_closed', count(*)::text
    FROM public.message AS m
    LEFT JOIN LATERAL (
        SELECT b.last_message_id FROM public.message_batch AS b
        WHERE b.shard = m.shard AND b.batch_id <= closed_batch_id ORDER BY b.batch_no DESC LIMIT 1
    ) AS closed ON TRUE
    WHERE m.message_id = ANY(message_ids) AND (m.leaf IS NULL OR closed.last_message_id IS NULL OR m.message_id > closed.last_message_id)
    HAVING count(*) > 0;

    RETURN QUERY
    SELECT 'not_sealed', u.unit_code || ' ' || to_char(month_on, 'YYYY-MM')
    FROM unnest(units) AS due (unit_id)
    INNER JOIN public.unit AS u ON due.unit_id = u.unit_id
    CROSS JOIN generate_series(first_month, last_month, INTERVAL '1 month') AS month_on
    WHERE
        -- A month of which no balance can be made (a point without any energy) has nothing to seal, once it was tried.
        NOT EXISTS (
            SELECT 1 FROM public.point_month AS t INNER JOIN public.point AS p ON t.point_id = p.point_id
            WHERE p.unit_id = due.unit_id AND t.month_on = month_on.month_on::date
        )
        OR EXISTS (
            SELECT 1 FROM public.monitored_balance AS b
            WHERE
                b.unit_id = due.unit_id AND b.month_on = month_on.month_on::date
                AND NOT EXISTS (
                    SELECT 1 FROM public.monitored_balance AS n
                    WHERE n.unit_id = b.unit_id AND n.month_on = b.month_on AND n.version > b.version
                )
                AND NOT EXISTS (
                    SELECT 1 FROM public.release AS r WHERE r.kind = 'monitored_balance' AND r.balance_id = b.balance_id
                )
        )
        OR EXISTS (
            SELECT 1 FROM public.month_mark AS k WHERE k.unit_id = due.unit_id AND k.month_on = month_on.month_on::date
        )
        OR EXISTS (
            SELECT 1 FROM public.changed_mark AS k
            INNER JOIN public.series AS s ON k.series_id = s.series_id
            INNER JOIN public.point AS p ON s.point_id = p.point_id
            WHERE
                p.unit_id = due.unit_id AND k.day_on >= month_on.month_on::date
                AND k.day_on < (month_on.month_on + INTERVAL '1 month')::date
        )
    ORDER BY 2;

    -- Open cases, and those that went to another body, hold what they rest on.
    RETURN QUERY
    SELECT 'held_by_case', c.case_id::text
    FROM public.audit_case AS c
    LEFT JOIN LATERAL (
        SELECT d.kind, d.outcome FROM public.decision AS d WHERE d.case_id = c.case_id ORDER BY d.decision_id DESC LIMIT 1
    ) AS last ON TRUE
    WHERE
        (coalesce(last.kind, 'open') NOT IN ('confirm', 'dismiss') OR coalesce(last.outcome, '-') = 'interference_referred')
        AND EXISTS (
            SELECT 1 FROM public.alert AS a INNER JOIN public.finding AS f ON a.fingerprint = f.fingerprint
            WHERE
                a.case_id = c.case_id AND f.unit_id IS NOT NULL
                AND (
                    f.span && chunk_span
                    OR reasons_to_keep.relation_name = 'message_raw' AND EXISTS (
                        SELECT 1 FROM public.reading AS r
                        INNER JOIN public.series AS s ON r.series_id = s.series_id
                        INNER JOIN public.point AS p ON s.point_id = p.point_id
                        WHERE
                            p.unit_id = f.unit_id AND r.at >= lower(f.span) AND r.at <= upper(f.span)
                            AND r.message_id = ANY(message_ids)
                    )
                )
        )
    ORDER BY c.case_id;

    RETURN QUERY
    SELECT 'held', h.retention_hold_id::text
    FROM public.retention_hold AS h
    WHERE
        h.span && chunk_span
        AND NOT EXISTS (SELECT 1 FROM public.retention_hold_end AS e WHERE e.retention_hold_id = h.retention_hold_id)
    ORDER BY h.retention_hold_id;

    SELECT d.row_count, d.row_digest INTO now_count, now_digest
    FROM public.rows_digest(reasons_to_keep.relation_name, first_at, end_at) AS d;
    RETURN QUERY
    SELECT
        CASE
            WHEN EXISTS (
                SELECT 1 FROM public.archive_check AS k
                WHERE k.relation_name = reasons_to_keep.relation_name AND k.first_at = reasons_to_keep.first_at
                    AND k.end_at = reasons_to_keep.end_at
            ) THEN 'changed_since'
            WHEN EXISTS (SELECT 1 FROM public.archive_month AS a WHERE a.month_on = date_trunc('month', first_at AT TIME ZONE 'UTC')::date)
                THEN 'not_verified'
            ELSE 'not_archived'
        END,
        now_count::text
    WHERE NOT EXISTS (
        SELECT 1 FROM public.archive_check AS k
        WHERE
            k.relation_name = reasons_to_keep.relation_name AND k.first_at = reasons_to_keep.first_at
            AND k.end_at = reasons_to_keep.end_at AND k.row_count = now_count AND k.row_digest = now_digest
    );
END
$$;

ALTER FUNCTION public.reasons_to_keep(relation_name text, first_at timestamp with time zone, end_at timestamp with time zone) OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.reasons_to_keep(relation_name text, first_at timestamp with time zone, end_at timestamp with time zone) IS '不得清理的理由: of a chunk; code and what or who it is about';

CREATE FUNCTION public.receive_explanation(wanted_case bigint, explanation text, explained_by text, explained_at timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
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

ALTER FUNCTION public.receive_explanation(wanted_case bigint, explanation text, explained_by text, explained_at timestamp with time zone) OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.receive_explanation(wanted_case bigint, explanation text, explained_by text, explained_at timestamp with time zone) IS '收到解释: the only decision a unit writes, on a case that it was asked about';

CREATE FUNCTION public.record_account() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    actor constant text := coalesce((SELECT w.login FROM web_account() AS w), session_user);
    is_own constant boolean := EXISTS (SELECT 1 FROM web_account() AS w WHERE w.account_id = NEW.account_id);
BEGIN
    IF tg_table_name = 'account_password' THEN
        INSERT INTO account_event (account_id, kind, content, done_by)
        VALUES (NEW.account_id, CASE WHEN is_own THEN 'password_set' ELSE 'password_reset' END, '{}', actor);
        UPDATE web_session SET ended_at = now()
        WHERE
            account_id = NEW.account_id AND ended_at IS NULL
            AND token_hash
            IS DISTINCT FROM sha256(convert_to(nullif(current_setting('nenghao.session', TRUE), ''), 'UTF8'));
        IF NOT is_own THEN
            UPDATE api_token SET revoked_at = now() WHERE account_id = NEW.account_id AND revoked_at IS NULL;
        END IF;
        RETURN NULL;
    END IF;
    IF tg_op = 'INSERT' THEN
        INSERT INTO account_event (account_id, kind, content, done_by) VALUES (NEW.account_id, 'created', to_jsonb(NEW), actor);
        RETURN NULL;
    END IF;
    IF to_jsonb(NEW) = to_jsonb(OLD) THEN
        RETURN NULL;
    END IF;
    INSERT INTO account_event (account_id, kind, content, done_by)
    VALUES (
        NEW.account_id,
        CASE WHEN NEW.is_disabled = OLD.is_disabled THEN 'changed' WHEN NEW.is_disabled THEN 'disabled' ELSE 'enabled' END,
        to_jsonb(NEW),
        actor
    );
    IF to_jsonb(NEW) - 'language' <> to_jsonb(OLD) - 'language' THEN
        UPDATE web_session SET ended_at = now() WHERE account_id = NEW.account_id AND ended_at IS NULL;
    END IF;
    RETURN NULL;
END
$$;

ALTER FUNCTION public.record_account() OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.record_account() IS '账户变更留痕: every state of an account and every new password, by whom; sessions end with the rights they had';

CREATE FUNCTION public.record_rows() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET "DateStyle" TO 'ISO, YMD'
    SET bytea_output TO 'hex'
    SET extra_float_digits TO '1'
    AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(20106, 0);
    EXECUTE format(
        'INSERT INTO public.row_leaf (table_name, row_key, content_hash_algorithm, content_hash)
        SELECT %L, concat_ws(''/'', %s), ''sha256'', sha256(convert_to(public.row_text(to_jsonb(r)), ''UTF8''))
        FROM fresh AS r ORDER BY 2',
        tg_table_name, (SELECT string_agg(format('r.%I', key_column), ', ') FROM unnest(tg_argv) AS key_column)
    );
    RETURN NULL;
END
$$;

ALTER FUNCTION public.record_rows() OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.record_rows() IS '记叶: a row leaf for each row that a statement inserted or changed';

CREATE FUNCTION public.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'table % is append-only: % refused', tg_table_name, tg_op USING ERRCODE = 'restrict_violation';
END
$$;

ALTER FUNCTION public.refuse_change() OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.refuse_change() IS '只增不改: raises for UPDATE, DELETE and TRUNCATE';

CREATE FUNCTION public.refuse_old_snapshot() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION '% goes by what is committed now, not under %', tg_table_name, current_setting('transaction_isolation')
            USING ERRCODE = 'active_sql_transaction';
    END IF;
    RETURN NEW;
END
$$;

ALTER FUNCTION public.refuse_old_snapshot() OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.refuse_old_snapshot() IS '按现状办理: what the rules of filings judge by is committed, so they may not look through an older snapshot';

CREATE FUNCTION public.require_gateways() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    missing integer := (
        SELECT min(f.gateway_id) FROM fresh AS f
        WHERE f.gateway_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM public.gateway AS g WHERE g.gateway_id = f.gateway_id)
    );
BEGIN
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION 'table % names gateway %, which is not registered', tg_table_name, missing
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END
$$;

ALTER FUNCTION public.require_gateways() OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.require_gateways() IS '网关须在册: the foreign key to gateway of a table that takes many rows at once';

CREATE FUNCTION public.require_nobody() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM pg_locks AS l
        WHERE
            l.locktype = 'advisory' AND l.classid = 20156 AND l.objid::bigint = pg_backend_pid() AND l.objsubid = 2
            AND l.pid = pg_backend_pid()
    ) THEN
        RAISE EXCEPTION 'nobody signs in while somebody asks' USING ERRCODE = 'insufficient_privilege';
    END IF;
END
$$;

ALTER FUNCTION public.require_nobody() OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.require_nobody() IS '登录之门: raises in a transaction that speaks for a person';

CREATE FUNCTION public.row_text(content jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT coalesce(jsonb_object_agg(field.key, field.value), '{}')::text
    FROM jsonb_each(content) AS field
    WHERE field.value <> 'null'
$$;

ALTER FUNCTION public.row_text(content jsonb) OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.row_text(content jsonb) IS '行文: canonical text of a row, under time zone UTC';

CREATE FUNCTION public.rows_digest(relation_name text, first_at timestamp with time zone, end_at timestamp with time zone, OUT row_count bigint, OUT row_digest numeric) RETURNS record
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET "DateStyle" TO 'ISO, YMD'
    AS $$
BEGIN
    CASE relation_name
        WHEN 'reading' THEN
            SELECT count(*), coalesce(sum(hashtextextended(
                concat_ws(' ', r.series_id, r.at, r.value, r.message_id, r.ordinal, r.source, r.assurance), 0
            )), 0) INTO row_count, row_digest
            FROM public.reading AS r WHERE r.at >= first_at AND r.at < end_at;
        WHEN 'message_raw' THEN
            SELECT count(*), coalesce(sum(hashtextextended(concat_ws(' ', w.message_id, sha256(w.payload)), 0)), 0)
            INTO row_count, row_digest
            FROM public.message_raw AS w WHERE w.received_at >= first_at AND w.received_at < end_at;
    END CASE;
END
$$;

ALTER FUNCTION public.rows_digest(relation_name text, first_at timestamp with time zone, end_at timestamp with time zone, OUT row_count bigint, OUT row_digest numeric) OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.rows_digest(relation_name text, first_at timestamp with time zone, end_at timestamp with time zone, OUT row_count bigint, OUT row_digest numeric) IS '行数与摘要: of a hypertable''s rows in [first_at, end_at)';

CREATE FUNCTION public.seen_units(asking_role name) RETURNS int4multirange
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    asking record;
    own constant integer := own_unit_id();
BEGIN
    IF asking_role = 'nenghao_unit' THEN
        RETURN CASE WHEN own IS NULL THEN '{}'::int4multirange ELSE int4multirange(int4range(own, own, '[]')) END;
    END IF;
    SELECT a.authority, a.division_prefix, a.duties INTO asking FROM web_account() AS a;
    IF asking_role <> 'nenghao_officer' OR asking.authority IS NULL THEN
        RETURN '{}'::int4multirange;
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM unit AS u
        WHERE NOT (u.division_code ^@ asking.division_prefix AND u.collected_under = ANY(asking.duties))
    ) THEN
        RETURN '{(,)}'::int4multirange;
    END IF;
    RETURN coalesce((
        SELECT range_agg(int4range(u.unit_id, u.unit_id, '[]')) FROM unit AS u
        WHERE u.division_code ^@ asking.division_prefix AND u.collected_under = ANY(asking.duties)
    ), '{}'::int4multirange);
END
$$;

ALTER FUNCTION public.seen_units(asking_role name) OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.seen_units(asking_role name) IS '可见单位: ids of the units that who asks may see under a role; unbounded where there are no others';

CREATE FUNCTION public.sees(duty text) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    IF session_user = 'nenghao_unit' THEN
        RETURN duty IN ('unit', 'online', 'ledger', 'survey');
    END IF;
    RETURN coalesce((
        SELECT NOT a.must_change AND CASE
            WHEN a.role = 'unit' THEN duty IN ('unit', 'online', 'ledger', 'survey')
            WHEN a.authority = 'statistics' THEN TRUE
            WHEN a.authority = 'energy_saving' THEN duty IN ('unit', 'online', 'ledger')
            WHEN a.authority = 'market_supervision' THEN duty IN ('unit', 'ledger')
            ELSE FALSE
        END
        FROM web_account() AS a
    ), FALSE);
END
$$;

ALTER FUNCTION public.sees(duty text) OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.sees(duty text) IS '采集用途: whether who asks may see what was collected for a duty: unit, online 在线监测, ledger 计量台账, survey 统计调查, case 审核';

CREATE FUNCTION public.set_rules_only() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    IF NOT may('set_rules') THEN
        RAISE EXCEPTION 'rules are set by system administrators' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;

ALTER FUNCTION public.set_rules_only() OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.set_rules_only() IS '规则变更职权: of who signs in only system administrators change thresholds and modes';

CREATE FUNCTION public.share_of_case(wanted_case_id bigint, asking_role name, OUT is_any boolean, OUT is_all boolean) RETURNS record
    LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
    SELECT coalesce(bool_or(k.unit_id <@ mine.units), FALSE), coalesce(bool_and(k.unit_id <@ mine.units), FALSE)
    FROM (
        SELECT m.case_id FROM case_member AS m WHERE m.root_case_id = wanted_case_id
        UNION
        SELECT r.root_case_id FROM case_root AS r WHERE r.case_id = wanted_case_id
    ) AS one
    INNER JOIN audit_case AS k ON one.case_id = k.case_id
    CROSS JOIN (SELECT seen_units(asking_role) AS units) AS mine
    WHERE k.unit_id IS NOT NULL
$$;

ALTER FUNCTION public.share_of_case(wanted_case_id bigint, asking_role name, OUT is_any boolean, OUT is_all boolean) OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.share_of_case(wanted_case_id bigint, asking_role name, OUT is_any boolean, OUT is_all boolean) IS '共因案件的单位: whether any and whether all units of a common cause are visible to who asks';

CREATE FUNCTION public.show_by_view(shown text, duty text, of_whom text) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    EXECUTE format(
        'CREATE VIEW seen.%I WITH (security_barrier) AS
        SELECT t.* FROM public.%I AS t WHERE (SELECT public.sees(%L)) AND (%s)',
        shown, shown, duty, of_whom
    );
    EXECUTE format('COMMENT ON VIEW seen.%I IS %L', shown, '可见: rows of ' || shown || ' that who asks may see');
    EXECUTE format('GRANT SELECT ON seen.%I TO nenghao_officer', shown);
    IF duty <> 'case' THEN
        EXECUTE format('GRANT SELECT ON seen.%I TO nenghao_unit', shown);
    END IF;
END
$$;

ALTER FUNCTION public.show_by_view(shown text, duty text, of_whom text) OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.show_by_view(shown text, duty text, of_whom text) IS '开放给人: gives a table or view a barrier view of its name in `seen`, by duty and by whose row it is';

CREATE FUNCTION public.show_to_people(shown text, duty text, of_whom text, adds text DEFAULT NULL::text, of_new text DEFAULT NULL::text) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    whose constant text := coalesce(of_new, of_whom);
BEGIN
    EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', shown);
    EXECUTE format(
        'CREATE POLICY %I ON public.%I TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier
        USING (TRUE) WITH CHECK (TRUE)',
        shown || '_work', shown
    );
    EXECUTE format(
        'CREATE POLICY %I ON public.%I FOR SELECT TO nenghao_officer, nenghao_unit USING ((SELECT public.sees(%L)) AND (%s))',
        shown || '_seen', shown, duty, of_whom
    );
    EXECUTE format('GRANT SELECT ON public.%I TO nenghao_officer', shown);
    IF duty <> 'case' THEN
        EXECUTE format('GRANT SELECT ON public.%I TO nenghao_unit', shown);
    END IF;
    IF adds IS NULL THEN
        RETURN;
    END IF;
    EXECUTE format(
        'CREATE POLICY %I ON public.%I FOR INSERT TO nenghao_officer, nenghao_unit
        WITH CHECK ((SELECT public.may(%L)) AND (%s))',
        shown || '_added', shown, adds, whose
    );
    EXECUTE format('GRANT INSERT ON public.%I TO nenghao_officer', shown);
    IF adds IN ('declare', 'file') THEN
        EXECUTE format('GRANT INSERT ON public.%I TO nenghao_unit', shown);
    END IF;
    -- A change stays with its rows: the policy of seeing holds before it, that of adding after it.
    EXECUTE format(
        'CREATE POLICY %I ON public.%I FOR UPDATE TO nenghao_officer, nenghao_unit
        USING ((SELECT public.may(%L)) AND (%s)) WITH CHECK ((SELECT public.may(%L)) AND (%s))',
        shown || '_changed', shown, adds, whose, adds, whose
    );
END
$$;

ALTER FUNCTION public.show_to_people(shown text, duty text, of_whom text, adds text, of_new text) OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.show_to_people(shown text, duty text, of_whom text, adds text, of_new text) IS '开放给人: gives a table row security by duty, by whose row it is, and by the right to add one';

CREATE FUNCTION public.show_view(shown text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog'
    AS $$
DECLARE
    definition text := pg_get_viewdef(format('public.%I', shown)::regclass);
    other text;
BEGIN
    FOR other IN SELECT c.relname FROM pg_class AS c WHERE c.relnamespace = 'seen'::regnamespace LOOP
        definition := regexp_replace(definition, '\mpublic\.' || other || '\M', 'seen.' || other, 'g');
    END LOOP;
    EXECUTE format('CREATE OR REPLACE VIEW seen.%I WITH (security_invoker) AS %s', shown, definition);
    EXECUTE format('COMMENT ON VIEW seen.%I IS %L', shown, '可见: rows of ' || shown || ' that who asks may see');
    EXECUTE format('GRANT SELECT ON seen.%I TO nenghao_officer', shown);
END
$$;

ALTER FUNCTION public.show_view(shown text) OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.show_view(shown text) IS '开放给人: copies a view of `public` into `seen` with the rights of who asks; run again where the view is replaced';

CREATE FUNCTION public.sign_in_order() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

ALTER FUNCTION public.sign_in_order() OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.sign_in_order() IS '签署顺序: 填表人, then 统计负责人, then 单位负责人, of the newest draft';

CREATE FUNCTION public.sign_in_wait_s(typed_login text, from_address text) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    failures integer;
    last_at timestamptz;
    wait_s double precision := 0;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended('nenghao sign in ' || typed_login, 0)) THEN
        RETURN 1;
    END IF;
    SELECT count(*), max(t.at) INTO failures, last_at FROM sign_in_attempt AS t
    WHERE t.login = typed_login AND t.outcome = 'refused' AND t.at > now() - INTERVAL '1 hour'
    AND NOT EXISTS (
        SELECT 1 FROM sign_in_attempt AS g WHERE g.login = t.login AND g.outcome = 'granted' AND g.at >= t.at
    );
    IF failures > 4 THEN
        wait_s := least(900, 2 ^ (failures - 4)) - extract(EPOCH FROM clock_timestamp() - last_at);
    END IF;
    SELECT count(*), max(t.at) INTO failures, last_at FROM sign_in_attempt AS t
    WHERE t.address = from_address AND t.outcome = 'refused' AND t.at > now() - INTERVAL '1 hour';
    IF failures > 20 THEN
        wait_s := greatest(
            wait_s, least(900, 2 ^ least(failures - 20, 10)) - extract(EPOCH FROM clock_timestamp() - last_at)
        );
    END IF;
    RETURN greatest(0, ceil(wait_s))::integer;
END
$$;

ALTER FUNCTION public.sign_in_wait_s(typed_login text, from_address text) OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.sign_in_wait_s(typed_login text, from_address text) IS '登录限速: seconds until a login or an address may try again; no other transaction then tries the login';

CREATE FUNCTION public.step_as_oneself() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
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

ALTER FUNCTION public.step_as_oneself() OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.step_as_oneself() IS '本人办理: writes name and account of who takes a step, and on which side';

CREATE FUNCTION public.track_rows(tracked text, VARIADIC key_columns text[]) RETURNS void
    LANGUAGE plpgsql
    SET "TimeZone" TO 'UTC'
    SET "DateStyle" TO 'ISO, YMD'
    SET bytea_output TO 'hex'
    SET extra_float_digits TO '1'
    AS $$
DECLARE
    arguments text := (SELECT string_agg(quote_literal(k), ', ') FROM unnest(key_columns) AS k);
BEGIN
    PERFORM pg_advisory_xact_lock_shared(20106, 0);
    EXECUTE format('LOCK TABLE %I IN SHARE ROW EXCLUSIVE MODE', tracked);
    EXECUTE format(
        'CREATE TRIGGER %I AFTER INSERT ON %I REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION record_rows(%s)',
        tracked || '_recorded', tracked, arguments
    );
    EXECUTE format(
        'CREATE TRIGGER %I AFTER UPDATE ON %I REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION record_rows(%s)',
        tracked || '_change_recorded', tracked, arguments
    );
    EXECUTE format(
        'INSERT INTO row_leaf (table_name, row_key, content_hash_algorithm, content_hash)
        SELECT %L, concat_ws(''/'', %s), ''sha256'', sha256(convert_to(row_text(to_jsonb(r)), ''UTF8'')) FROM %I AS r ORDER BY 2',
        tracked, (SELECT string_agg(format('r.%I', k), ', ') FROM unnest(key_columns) AS k), tracked
    );
END
$$;

ALTER FUNCTION public.track_rows(tracked text, VARIADIC key_columns text[]) OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.track_rows(tracked text, VARIADIC key_columns text[]) IS '纳入日树: for migrations: from now on each row of the table has a leaf, those that are there get theirs';

CREATE FUNCTION public.want_review() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
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

ALTER FUNCTION public.want_review() OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.want_review() IS '须经审核: refuses, at the end of a transaction of the console, a decision that no review wrote';

CREATE FUNCTION public.was_asked(wanted_case bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
    SELECT EXISTS (
        SELECT 1 FROM audit_case AS c
        INNER JOIN decision AS d ON c.case_id = d.case_id AND d.kind = 'inquire'
        WHERE c.case_id = wanted_case AND c.unit_id = own_unit_id()
    )
$$;

ALTER FUNCTION public.was_asked(wanted_case bigint) OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.was_asked(wanted_case bigint) IS '已向本单位查询: whether the unit of who asks was asked about a case';

CREATE FUNCTION public.web_account() RETURNS TABLE(account_id integer, login text, name text, role text, authority text, level text, division_prefix text, unit_id integer, unit_code text, office text, language text, channel text, must_change boolean, duties text[])
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1 PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    token constant text := nullif(current_setting('nenghao.session', TRUE), '');
    token_is bytea;
BEGIN
    IF token IS NULL OR session_user <> 'nenghao_web' THEN
        RETURN;
    END IF;
    token_is := sha256(convert_to(token, 'UTF8'));
    RETURN QUERY
    SELECT
        a.account_id, a.login, a.name, a.role, a.authority, a.level, a.division_prefix, a.unit_id, u.unit_code, a.office,
        a.language, held.channel,
        held.channel = 'session' AND coalesce((
            SELECT p.must_change FROM account_password AS p
            WHERE p.account_id = a.account_id ORDER BY p.account_password_id DESC LIMIT 1
        ), FALSE),
        CASE a.authority
            WHEN 'statistics' THEN ARRAY['survey', 'online_monitoring', 'annual_report', 'metering', 'emissions']
            WHEN 'energy_saving' THEN ARRAY['online_monitoring', 'annual_report']
            WHEN 'market_supervision' THEN ARRAY['online_monitoring', 'annual_report', 'metering']
            WHEN 'ecology' THEN ARRAY['emissions']
            ELSE '{}'
        END
    FROM (
        SELECT s.account_id, 'session' AS channel FROM web_session AS s
        WHERE s.token_hash = token_is AND s.ended_at IS NULL AND now() < s.idle_ends_at AND now() < s.ends_at
        UNION ALL
        SELECT t.account_id, 'api' AS channel FROM api_token AS t
        WHERE t.token_hash = token_is AND t.revoked_at IS NULL AND now() < t.ends_at
    ) AS held
    INNER JOIN account AS a ON held.account_id = a.account_id
    LEFT JOIN unit AS u ON a.unit_id = u.unit_id
    WHERE NOT a.is_disabled;
END
$$;

ALTER FUNCTION public.web_account() OWNER TO nenghao_owner;

COMMENT ON FUNCTION public.web_account() IS '当前用户: the account whose session or token the transaction holds; no row where it holds none that stands';

CREATE TABLE public.access_trail (
    access_trail_id bigint NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    account_id integer,
    login text,
    name text,
    role text,
    authority text,
    kind text NOT NULL,
    route text NOT NULL,
    unit_id integer,
    subject text NOT NULL,
    outcome text NOT NULL,
    address text,
    CONSTRAINT access_trail_kind_known CHECK ((kind = ANY (ARRAY['view'::text, 'act'::text, 'sign_in'::text, 'sign_out'::text]))),
    CONSTRAINT access_trail_outcome_known CHECK ((outcome = ANY (ARRAY['done'::text, 'refused'::text, 'failed'::text])))
);

ALTER TABLE public.access_trail OWNER TO nenghao_owner;

COMMENT ON TABLE public.access_trail IS '访问留痕: who looked at which unit''s data, who did what, what was refused; for audit administrators, and for a unit its own';

ALTER TABLE public.access_trail ALTER COLUMN access_trail_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.access_trail_access_trail_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.account (
    account_id integer NOT NULL,
    login text NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    authority text,
    level text,
    division_prefix text,
    unit_id integer,
    office text,
    language text DEFAULT 'zh'::text NOT NULL,
    is_disabled boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT account_language_known CHECK ((language = ANY (ARRAY['zh'::text, 'en'::text]))),
    CONSTRAINT account_login_form CHECK ((login ~ '^[a-z0-9][a-z0-9._-]{1,62}[a-z0-9]$'::text)),
    CONSTRAINT account_name_given CHECK ((((length(TRIM(BOTH FROM name)) >= 1) AND (length(TRIM(BOTH FROM name)) <= 100)) AND (name = TRIM(BOTH FROM name)))),
    CONSTRAINT account_role_whole CHECK (
CASE
    WHEN (role = 'unit'::text) THEN ((unit_id IS NOT NULL) AND (office IS NOT NULL) AND (office = ANY (ARRAY['energy_manager'::text, 'filler'::text, 'statistics_head'::text, 'unit_head'::text])) AND (authority IS NULL) AND (level IS NULL) AND (division_prefix IS NULL))
    WHEN (role = ANY (ARRAY['statistician'::text, 'auditor'::text])) THEN ((unit_id IS NULL) AND (office IS NULL) AND (authority IS NOT NULL) AND (level IS NOT NULL) AND (authority = ANY (ARRAY['statistics'::text, 'energy_saving'::text, 'market_supervision'::text, 'ecology'::text])) AND (division_prefix IS NOT NULL) AND (division_prefix ~ '^[0-9]*$'::text) AND (length(division_prefix) =
    CASE level
        WHEN 'county'::text THEN 6
        WHEN 'city'::text THEN 4
        WHEN 'province'::text THEN 2
        WHEN 'nation'::text THEN 0
        ELSE '-1'::integer
    END))
    WHEN (role = ANY (ARRAY['system_admin'::text, 'security_admin'::text, 'audit_admin'::text])) THEN ((unit_id IS NULL) AND (office IS NULL) AND (authority IS NULL) AND (level IS NULL) AND (division_prefix IS NULL))
    ELSE false
END)
);

ALTER TABLE public.account OWNER TO nenghao_owner;

COMMENT ON TABLE public.account IS '账户: one person and one role: 单位 unit, 统计员 statistician, 审核员 auditor, 系统、安全、审计管理员; government by authority, level and division';

COMMENT ON COLUMN public.account.name IS '姓名: what decisions, signatures and acceptances of this person carry; never changed';

COMMENT ON COLUMN public.account.division_prefix IS '辖区: how the division codes begin of units that this person may see; empty for the nation';

COMMENT ON COLUMN public.account.office IS '岗位: 能源管理员 energy_manager, 填表人 filler, 统计负责人 statistics_head, 单位负责人 unit_head';

ALTER TABLE public.account ALTER COLUMN account_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.account_account_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.account_event (
    account_event_id bigint NOT NULL,
    account_id integer NOT NULL,
    kind text NOT NULL,
    content jsonb NOT NULL,
    done_by text NOT NULL,
    done_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT account_event_kind_known CHECK ((kind = ANY (ARRAY['created'::text, 'changed'::text, 'disabled'::text, 'enabled'::text, 'password_set'::text, 'password_reset'::text])))
);

ALTER TABLE public.account_event OWNER TO nenghao_owner;

COMMENT ON TABLE public.account_event IS '账户变更: what became of accounts and by whom; written by triggers, never a password';

ALTER TABLE public.account_event ALTER COLUMN account_event_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.account_event_account_event_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.account_password (
    account_password_id bigint NOT NULL,
    account_id integer NOT NULL,
    hash text NOT NULL,
    must_change boolean NOT NULL,
    set_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT account_password_argon2id CHECK ((hash ~~ '$argon2id$%'::text))
);

ALTER TABLE public.account_password OWNER TO nenghao_owner;

COMMENT ON TABLE public.account_password IS '口令: argon2id hashes, the newest counts; read by signing in and by nothing else';

ALTER TABLE public.account_password ALTER COLUMN account_password_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.account_password_account_password_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.agreed_value (
    agreed_value_id bigint NOT NULL,
    series_id integer NOT NULL,
    span tstzrange NOT NULL,
    energy numeric,
    unit text NOT NULL,
    document_no text NOT NULL,
    agreed_by_unit text NOT NULL,
    agreed_by_officer text NOT NULL,
    decision_id bigint,
    agreed_on date NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    CONSTRAINT agreed_value_document_given CHECK ((btrim(document_no) <> ''::text)),
    CONSTRAINT agreed_value_not_negative CHECK ((energy >= (0)::numeric)),
    CONSTRAINT agreed_value_officer_given CHECK (((btrim(agreed_by_officer) <> ''::text) AND (agreed_by_officer <> agreed_by_unit))),
    CONSTRAINT agreed_value_span_bounded CHECK (((NOT isempty(span)) AND (NOT lower_inf(span)) AND (NOT upper_inf(span)) AND lower_inc(span) AND (NOT upper_inc(span)))),
    CONSTRAINT agreed_value_unit_given CHECK ((btrim(agreed_by_unit) <> ''::text))
);

ALTER TABLE public.agreed_value OWNER TO nenghao_owner;

COMMENT ON TABLE public.agreed_value IS '议定量 (E8): energy that unit and officer agreed on, by a document, for the slots of a span that no meter tells; the last one over a time counts';

COMMENT ON COLUMN public.agreed_value.energy IS '议定能量: of the span''s slots that are not measured, in unit, multiplier applied; null withdraws what was agreed over the span';

COMMENT ON COLUMN public.agreed_value.document_no IS '依据文号: the document that both signed';

COMMENT ON COLUMN public.agreed_value.agreed_by_unit IS '用能单位签字人';

COMMENT ON COLUMN public.agreed_value.agreed_by_officer IS '核查人员签字人';

COMMENT ON COLUMN public.agreed_value.decision_id IS '案件决定: where a case led to it';

ALTER TABLE public.agreed_value ALTER COLUMN agreed_value_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.agreed_value_agreed_value_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE VIEW public.agreed_value_in_force AS
 SELECT agreed_value_id,
    series_id,
    span,
    energy,
    unit,
    decision_id
   FROM public.agreed_value a
  WHERE ((energy IS NOT NULL) AND (NOT (EXISTS ( SELECT 1
           FROM public.agreed_value later
          WHERE ((later.series_id = a.series_id) AND (later.span && a.span) AND (later.agreed_value_id > a.agreed_value_id))))));

ALTER VIEW public.agreed_value_in_force OWNER TO nenghao_owner;

COMMENT ON VIEW public.agreed_value_in_force IS '有效议定量: agreed values that no later one touches; what jobs read';

CREATE TABLE public.alert (
    alert_id bigint NOT NULL,
    fingerprint bytea NOT NULL,
    case_id bigint NOT NULL,
    rule_code text NOT NULL,
    first_finding_id bigint NOT NULL,
    opened_at timestamp with time zone NOT NULL
);

ALTER TABLE public.alert OWNER TO nenghao_owner;

COMMENT ON TABLE public.alert IS '预警: a fingerprint that was found; internal, belongs to one case';

ALTER TABLE public.alert ALTER COLUMN alert_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.alert_alert_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.alert_event (
    alert_event_id bigint NOT NULL,
    alert_id bigint NOT NULL,
    finding_id bigint NOT NULL,
    kind text NOT NULL,
    audit_run_id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT alert_event_kind_known CHECK ((kind = ANY (ARRAY['quiet'::text, 'recurred'::text])))
);

ALTER TABLE public.alert_event OWNER TO nenghao_owner;

COMMENT ON TABLE public.alert_event IS '预警变化: 复查未再发现 quiet when a later audit of the same days does not find it any more; 再现 recurred when one does again';

ALTER TABLE public.alert_event ALTER COLUMN alert_event_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.alert_event_alert_event_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.api_token (
    api_token_id bigint NOT NULL,
    account_id integer NOT NULL,
    label text NOT NULL,
    token_hash bytea NOT NULL,
    made_at timestamp with time zone DEFAULT now() NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    CONSTRAINT api_token_ends CHECK (((ends_at > made_at) AND (ends_at <= (made_at + '366 days'::interval)))),
    CONSTRAINT api_token_label_given CHECK (((length(TRIM(BOTH FROM label)) >= 1) AND (length(TRIM(BOTH FROM label)) <= 100))),
    CONSTRAINT api_token_sha256 CHECK ((octet_length(token_hash) = 32))
);

ALTER TABLE public.api_token OWNER TO nenghao_owner;

COMMENT ON TABLE public.api_token IS '接口令牌: by its SHA-256; it may what its account may, and ends within a year';

ALTER TABLE public.api_token ALTER COLUMN api_token_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.api_token_api_token_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.archive_check (
    archive_check_id bigint NOT NULL,
    archive_id bigint NOT NULL,
    relation_name text NOT NULL,
    first_at timestamp with time zone NOT NULL,
    end_at timestamp with time zone NOT NULL,
    row_count bigint NOT NULL,
    row_digest numeric NOT NULL,
    checked_at timestamp with time zone NOT NULL,
    CONSTRAINT archive_check_order CHECK ((end_at > first_at))
);

ALTER TABLE public.archive_check OWNER TO nenghao_owner;

COMMENT ON TABLE public.archive_check IS '归档核验: the verifier has read a file back, and every leaf made of its rows is the stored one';

COMMENT ON COLUMN public.archive_check.row_digest IS 'digest of the chunk''s rows by rows_digest when it was checked: later rows make another';

ALTER TABLE public.archive_check ALTER COLUMN archive_check_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.archive_check_archive_check_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.archive_month (
    archive_id bigint NOT NULL,
    month_on date NOT NULL,
    version integer NOT NULL,
    manifest bytea NOT NULL,
    hash_algorithm text NOT NULL,
    hash bytea NOT NULL,
    signature_algorithm text NOT NULL,
    key_id text NOT NULL,
    signature bytea NOT NULL,
    archived_at timestamp with time zone NOT NULL,
    CONSTRAINT archive_month_starts_month CHECK ((EXTRACT(day FROM month_on) = (1)::numeric))
);

ALTER TABLE public.archive_month OWNER TO nenghao_owner;

COMMENT ON TABLE public.archive_month IS '归档月: the signed manifest of a month''s Parquet files; archived again after late rows it is a new version';

COMMENT ON COLUMN public.archive_month.month_on IS '月份: of the chunks, which begin on its days at 00:00 UTC (08:00 in Shanghai)';

COMMENT ON COLUMN public.archive_month.manifest IS '清单: canonical JSON as it lies beside the files: files, rows, hashes, trees';

ALTER TABLE public.archive_month ALTER COLUMN archive_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.archive_month_archive_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.audit_case (
    case_id bigint NOT NULL,
    unit_id integer,
    level text NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    CONSTRAINT audit_case_level_known CHECK ((level = ANY (ARRAY['lead'::text, 'doubt'::text])))
);

ALTER TABLE public.audit_case OWNER TO nenghao_owner;

COMMENT ON TABLE public.audit_case IS '案件: one or more alerts with one cause; people decide on cases only';

COMMENT ON COLUMN public.audit_case.unit_id IS '用能单位; null where a rule did not run, which is no unit''s doing';

COMMENT ON COLUMN public.audit_case.level IS '证据等级: 线索 lead | 疑点 doubt; no rule goes further';

ALTER TABLE public.audit_case ALTER COLUMN case_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.audit_case_case_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.audit_mark (
    series_id integer NOT NULL,
    day_on date NOT NULL,
    marked_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE public.audit_mark OWNER TO nenghao_owner;

COMMENT ON TABLE public.audit_mark IS '待审: series days that changed and that the rules have to look at again; insert-only, taken by delete-returning';

CREATE TABLE public.audit_run (
    audit_run_id bigint NOT NULL,
    subject text NOT NULL,
    first_day_on date NOT NULL,
    last_day_on date NOT NULL,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone NOT NULL,
    summary jsonb NOT NULL,
    CONSTRAINT audit_run_subject_known CHECK ((subject = ANY (ARRAY['days'::text, 'return'::text])))
);

ALTER TABLE public.audit_run OWNER TO nenghao_owner;

COMMENT ON TABLE public.audit_run IS '审核批次: one checkpoint run of Great Expectations and its result per rule';

ALTER TABLE public.audit_run ALTER COLUMN audit_run_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.audit_run_audit_run_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.balance_cell (
    balance_id bigint NOT NULL,
    row_code text NOT NULL,
    column_code text NOT NULL,
    value numeric NOT NULL,
    unit text NOT NULL,
    completeness numeric NOT NULL,
    measured_share numeric,
    coefficient_code text,
    source_point_ids integer[] NOT NULL,
    known_share numeric,
    form_code text DEFAULT '205-1'::text,
    coefficient_codes text[],
    heating_value_ids integer[]
);

ALTER TABLE public.balance_cell OWNER TO nenghao_owner;

COMMENT ON TABLE public.balance_cell IS '单元格: exact, unrounded; a cell that meters cannot give has no row, never a zero';

COMMENT ON COLUMN public.balance_cell.row_code IS '代码 (205-1 丙)';

COMMENT ON COLUMN public.balance_cell.column_code IS '栏次 of the form; tce: standard coal of column 4; primary, supplied and loss stand beside the columns of 205-1';

COMMENT ON COLUMN public.balance_cell.completeness IS '完整率: received / due slots of the points behind the cell';

COMMENT ON COLUMN public.balance_cell.measured_share IS '实测占比: energy between real registers / energy published; null where no energy is published';

COMMENT ON COLUMN public.balance_cell.known_share IS '已知占比: slots whose energy is known / due slots, below completeness where readings came and tell nothing; null where not counted';

COMMENT ON COLUMN public.balance_cell.form_code IS '表号: 205-1 | 205-2; null in cells of before there were two, which are of 205-1';

COMMENT ON COLUMN public.balance_cell.coefficient_codes IS '折标系数: every reference row that the figure was converted with; null where none was';

COMMENT ON COLUMN public.balance_cell.heating_value_ids IS '实测热值: every measured lot that the figure was converted with; null where none was';

CREATE TABLE public.decision (
    decision_id bigint NOT NULL,
    case_id bigint NOT NULL,
    kind text NOT NULL,
    outcome text,
    reason text NOT NULL,
    decided_by text NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    CONSTRAINT decision_kind_known CHECK ((kind = ANY (ARRAY['inquire'::text, 'explain'::text, 'confirm'::text, 'dismiss'::text, 'reopen'::text]))),
    CONSTRAINT decision_outcome_known CHECK ((outcome = ANY (ARRAY['instrument_fault'::text, 'communication'::text, 'definition'::text, 'omission'::text, 'explainable'::text, 'interference_referred'::text]))),
    CONSTRAINT decision_reason_given CHECK ((length(TRIM(BOTH FROM reason)) > 0))
);

ALTER TABLE public.decision OWNER TO nenghao_owner;

COMMENT ON TABLE public.decision IS '决定: what a person decided on a case; a new row each time, never edited';

COMMENT ON COLUMN public.decision.outcome IS '仪表故障 | 通信 | 口径理解 | 漏填 | 可解释 | 人为干预待移送';

CREATE TABLE public.exclusion (
    exclusion_id bigint NOT NULL,
    decision_id bigint NOT NULL,
    series_id integer NOT NULL,
    span tstzrange NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    covers text,
    CONSTRAINT exclusion_covers_known CHECK ((covers = ANY (ARRAY['readings'::text, 'counting'::text])))
);

ALTER TABLE public.exclusion OWNER TO nenghao_owner;

COMMENT ON TABLE public.exclusion IS '剔除: span of a series that a confirmed case takes out; jobs estimate over it and say so';

COMMENT ON COLUMN public.exclusion.covers IS '剔除对象: readings in the span, the registers at its ends stand (so also null); counting: nor is known what the meter counted';

CREATE TABLE public.monitored_balance (
    balance_id bigint NOT NULL,
    unit_id integer NOT NULL,
    month_on date NOT NULL,
    version integer NOT NULL,
    layout_edition text NOT NULL,
    coefficient_edition text NOT NULL,
    content_hash_algorithm text NOT NULL,
    content_hash bytea NOT NULL,
    computed_at timestamp with time zone NOT NULL,
    inputs bytea,
    engine_version text,
    CONSTRAINT monitored_balance_engine_named CHECK (((inputs IS NULL) = (engine_version IS NULL))),
    CONSTRAINT monitored_balance_starts_month CHECK ((EXTRACT(day FROM month_on) = (1)::numeric))
);

ALTER TABLE public.monitored_balance OWNER TO nenghao_owner;

COMMENT ON TABLE public.monitored_balance IS '监测测算值: a unit''s month from meters, laid out as 205-1; stands beside a filing, never inside it';

COMMENT ON COLUMN public.monitored_balance.inputs IS '测算输入: canonical bytes of all that the balance was computed from; null in balances of before they were kept';

COMMENT ON COLUMN public.monitored_balance.engine_version IS '算法版本: nenghao.domain.balance.ENGINE_VERSION that made the cells from the inputs';

CREATE TABLE public.series (
    series_id integer NOT NULL,
    point_id integer NOT NULL,
    quantity text NOT NULL,
    kind text NOT NULL,
    period text NOT NULL,
    CONSTRAINT series_kind_known CHECK ((kind = ANY (ARRAY['register'::text, 'interval'::text, 'gauge'::text]))),
    CONSTRAINT series_period_fits_kind CHECK (((kind = 'interval'::text) = (period <> 'instant'::text))),
    CONSTRAINT series_period_known CHECK ((period = ANY (ARRAY['instant'::text, '15min'::text, '30min'::text, '1h'::text, 'day'::text, 'month'::text]))),
    CONSTRAINT series_quantity_known CHECK ((quantity = ANY (ARRAY['active_energy'::text, 'reactive_energy'::text, 'volume'::text, 'mass'::text, 'heat'::text, 'power_factor'::text, 'voltage'::text, 'current'::text])))
);

ALTER TABLE public.series OWNER TO nenghao_owner;

COMMENT ON TABLE public.series IS '序列: point x quantity x kind x period; readings are keyed by (series, at)';

COMMENT ON COLUMN public.series.kind IS '累计表码 register, 时段量 interval, 瞬时值 gauge';

CREATE VIEW public.balance_cell_mark AS
 SELECT DISTINCT b.balance_id,
    COALESCE(c.form_code, '205-1'::text) AS form_code,
    c.row_code,
    c.column_code,
    s.point_id,
    e.series_id,
    d.decision_id,
    d.case_id,
    lower(e.span) AS begin_at,
    upper(e.span) AS end_at
   FROM ((((public.monitored_balance b
     JOIN public.balance_cell c ON ((b.balance_id = c.balance_id)))
     JOIN public.series s ON ((s.point_id = ANY (c.source_point_ids))))
     JOIN public.exclusion e ON (((s.series_id = e.series_id) AND (e.span && tstzrange(((b.month_on)::timestamp without time zone AT TIME ZONE 'Asia/Shanghai'::text), ((b.month_on + '1 mon'::interval) AT TIME ZONE 'Asia/Shanghai'::text))))))
     JOIN public.decision d ON (((e.decision_id = d.decision_id) AND (d.decided_at <= b.computed_at))))
  WHERE (NOT (EXISTS ( SELECT 1
           FROM public.decision later
          WHERE ((later.case_id = d.case_id) AND (later.decision_id > d.decision_id) AND (later.kind = ANY (ARRAY['confirm'::text, 'dismiss'::text])) AND (later.decided_at <= b.computed_at)))));

ALTER VIEW public.balance_cell_mark OWNER TO nenghao_owner;

COMMENT ON VIEW public.balance_cell_mark IS '剔除标记: which cells of which version of a monitored balance rest on spans that a confirmed case took out; filings have none';

CREATE TABLE public.boundary_register (
    boundary_register_id integer NOT NULL,
    series_id integer NOT NULL,
    at timestamp with time zone NOT NULL,
    side text NOT NULL,
    value numeric NOT NULL,
    meter_change_id integer,
    multiplier_change_id integer,
    registered_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT boundary_register_of_one_change CHECK (((meter_change_id IS NULL) <> (multiplier_change_id IS NULL))),
    CONSTRAINT boundary_register_side_known CHECK ((side = ANY (ARRAY['final'::text, 'initial'::text])))
);

ALTER TABLE public.boundary_register OWNER TO nenghao_owner;

COMMENT ON TABLE public.boundary_register IS '换表(换互感器)边界表码: final belongs to the version that ends at `at`, initial to the one that begins; what closing reads beside readings';

COMMENT ON COLUMN public.boundary_register.value IS 'in the unit of the version it belongs to, as its gateway would have sent it';

ALTER TABLE public.boundary_register ALTER COLUMN boundary_register_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.boundary_register_boundary_register_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.candidate (
    candidate_id bigint NOT NULL,
    rule_code text NOT NULL,
    series_id integer NOT NULL,
    span tstzrange NOT NULL,
    kind text NOT NULL,
    statistics jsonb NOT NULL,
    score double precision NOT NULL,
    expected_energy double precision,
    observed_energy double precision,
    energy_unit text NOT NULL,
    other_series_ids integer[] NOT NULL,
    notes jsonb NOT NULL,
    is_rich boolean NOT NULL,
    found_at timestamp with time zone NOT NULL,
    CONSTRAINT candidate_kind_known CHECK ((kind = ANY (ARRAY['revision'::text, 'register'::text, 'gap'::text, 'unit'::text, 'zero'::text, 'constant'::text, 'repeat'::text, 'copy'::text, 'fill'::text, 'clip'::text, 'round'::text, 'reversal'::text, 'clock'::text, 'spike'::text, 'noise'::text, 'drift'::text, 'scale'::text]))),
    CONSTRAINT candidate_span_bounded CHECK (((NOT isempty(span)) AND (NOT lower_inf(span)) AND (NOT upper_inf(span))))
);

ALTER TABLE public.candidate OWNER TO nenghao_owner;

COMMENT ON TABLE public.candidate IS '候选: what detectors pointed at in their last run; thresholds decide what becomes a finding';

ALTER TABLE public.candidate ALTER COLUMN candidate_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.candidate_candidate_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.case_attachment (
    case_attachment_id bigint NOT NULL,
    case_step_id bigint NOT NULL,
    case_id bigint NOT NULL,
    unit_id integer,
    name text NOT NULL,
    media_type text NOT NULL,
    size_bytes integer NOT NULL,
    hash_algorithm text NOT NULL,
    hash bytea NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    CONSTRAINT case_attachment_name_clean CHECK (((name ~ '^[^/\\[:cntrl:]]{1,120}$'::text) AND (name !~ '^\.'::text))),
    CONSTRAINT case_attachment_size_positive CHECK ((size_bytes > 0))
);

ALTER TABLE public.case_attachment OWNER TO nenghao_owner;

COMMENT ON TABLE public.case_attachment IS '附件: a file that came with a step; its type by its content, its name cleaned, its hash';

CREATE TABLE public.case_attachment_bytes (
    case_attachment_id bigint NOT NULL,
    content bytea NOT NULL
);
ALTER TABLE ONLY public.case_attachment_bytes ALTER COLUMN content SET STORAGE EXTERNAL;

ALTER TABLE public.case_attachment_bytes OWNER TO nenghao_owner;

COMMENT ON TABLE public.case_attachment_bytes IS '附件内容: the bytes, apart from what lists them; the hash beside them is in the day tree, so these need no leaf of their own';

ALTER TABLE public.case_attachment ALTER COLUMN case_attachment_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.case_attachment_case_attachment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.case_level (
    case_level_id bigint NOT NULL,
    case_id bigint NOT NULL,
    level text NOT NULL,
    reason text NOT NULL,
    audit_run_id bigint NOT NULL,
    set_at timestamp with time zone NOT NULL,
    CONSTRAINT case_level_known CHECK ((level = ANY (ARRAY['lead'::text, 'doubt'::text]))),
    CONSTRAINT case_level_reason_known CHECK ((reason = ANY (ARRAY['doubt_found'::text, 'two_channels'::text, 'explained'::text, 'one_channel'::text])))
);

ALTER TABLE public.case_level OWNER TO nenghao_owner;

COMMENT ON TABLE public.case_level IS '证据等级变化: what a case became when something joined it or was explained; the last row counts';

CREATE TABLE public.case_merge (
    case_merge_id bigint NOT NULL,
    case_id bigint NOT NULL,
    into_case_id bigint NOT NULL,
    cause text NOT NULL,
    audit_run_id bigint NOT NULL,
    merged_at timestamp with time zone NOT NULL,
    CONSTRAINT case_merge_cause_known CHECK ((cause = ANY (ARRAY['one_cause'::text, 'common_cause'::text]))),
    CONSTRAINT case_merge_not_itself CHECK ((case_id <> into_case_id))
);

ALTER TABLE public.case_merge OWNER TO nenghao_owner;

COMMENT ON TABLE public.case_merge IS '并案: an undecided case whose findings turned out to have the cause of another one; the last row of a case counts';

CREATE VIEW public.case_member AS
 SELECT c.case_id AS root_case_id,
    c.case_id
   FROM public.audit_case c
  WHERE (NOT (EXISTS ( SELECT 1
           FROM public.case_merge m
          WHERE (m.case_id = c.case_id))))
UNION ALL
 SELECT m.into_case_id AS root_case_id,
    m.case_id
   FROM public.case_merge m
  WHERE (NOT (EXISTS ( SELECT 1
           FROM public.case_merge n
          WHERE ((n.case_id = m.case_id) AND (n.case_merge_id > m.case_merge_id)))));

ALTER VIEW public.case_member OWNER TO nenghao_owner;

COMMENT ON VIEW public.case_member IS '案件成员: a case that tells of its findings itself, and the cases that were merged into it';

CREATE VIEW public.case_root AS
 SELECT c.case_id,
    COALESCE(m.into_case_id, c.case_id) AS root_case_id
   FROM (public.audit_case c
     LEFT JOIN LATERAL ( SELECT k.into_case_id
           FROM public.case_merge k
          WHERE (k.case_id = c.case_id)
          ORDER BY k.case_merge_id DESC
         LIMIT 1) m ON (true));

ALTER VIEW public.case_root OWNER TO nenghao_owner;

COMMENT ON VIEW public.case_root IS '主案: the case that tells what a case tells, itself where it was not merged';

CREATE TABLE public.common_cause (
    case_id bigint NOT NULL,
    division_code text,
    sector_code text,
    began_on date NOT NULL,
    unit_count integer NOT NULL,
    unit_total integer NOT NULL,
    share_min numeric NOT NULL,
    unit_count_min integer NOT NULL,
    audit_run_id bigint NOT NULL,
    found_at timestamp with time zone NOT NULL,
    CONSTRAINT common_cause_of_one_group CHECK (((division_code IS NULL) <> (sector_code IS NULL)))
);

ALTER TABLE public.common_cause OWNER TO nenghao_owner;

COMMENT ON TABLE public.common_cause IS '共同原因: steps of many units of a zone or a sector on one day, one case, of which no unit is asked; share and count in force then';

COMMENT ON COLUMN public.common_cause.unit_count IS 'units with such a step when the case was opened; those that joined later are in its findings';

CREATE TABLE public.finding (
    finding_id bigint NOT NULL,
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
    found_at timestamp with time zone NOT NULL,
    kind text,
    score double precision,
    expected_energy double precision,
    observed_energy double precision,
    energy_unit text,
    mode text,
    CONSTRAINT finding_kind_known CHECK ((kind = ANY (ARRAY['revision'::text, 'register'::text, 'gap'::text, 'unit'::text, 'zero'::text, 'constant'::text, 'repeat'::text, 'copy'::text, 'fill'::text, 'clip'::text, 'round'::text, 'reversal'::text, 'clock'::text, 'spike'::text, 'noise'::text, 'drift'::text, 'scale'::text]))),
    CONSTRAINT finding_level_known CHECK ((level = ANY (ARRAY['lead'::text, 'doubt'::text]))),
    CONSTRAINT finding_mode_known CHECK ((mode = ANY (ARRAY['live'::text, 'shadow'::text])))
);

ALTER TABLE public.finding OWNER TO nenghao_owner;

COMMENT ON TABLE public.finding IS '发现: one offending row of one rule, with evidence and thresholds in force; silent by itself';

COMMENT ON COLUMN public.finding.fingerprint IS '指纹: SHA-256 of rule, series or point or unit, and the start of the span; equal for the same cause';

COMMENT ON COLUMN public.finding.kind IS '类型: what it looks like, never a verdict; empty where the rule says nothing of a curve';

COMMENT ON COLUMN public.finding.expected_energy IS '预期电量（能量）: what was to be expected in the span, as the detector reckons';

COMMENT ON COLUMN public.finding.mode IS '运行方式: shadow 试运行 is stored and counted and opens no alert; empty is live, as before there was a choice';

CREATE VIEW public.finding_standing AS
 SELECT f.finding_id,
    a.alert_id,
    a.case_id,
    k.root_case_id,
    (COALESCE(last.kind, 'found'::text) = 'quiet'::text) AS is_quiet
   FROM (((public.case_member k
     JOIN public.alert a ON ((k.case_id = a.case_id)))
     JOIN public.finding f ON ((a.fingerprint = f.fingerprint)))
     LEFT JOIN LATERAL ( SELECT e.kind
           FROM public.alert_event e
          WHERE (e.finding_id = f.finding_id)
          ORDER BY e.alert_event_id DESC
         LIMIT 1) last ON (true));

ALTER VIEW public.finding_standing OWNER TO nenghao_owner;

COMMENT ON VIEW public.finding_standing IS '发现现状: the alert and the case of a finding, and whether the last audit of its days still found it';

CREATE VIEW public.case_now AS
 SELECT c.case_id,
    c.unit_id,
    COALESCE(raised.level, c.level) AS level,
    c.opened_at,
        CASE
            WHEN (r.root_case_id <> c.case_id) THEN r.root_case_id
            ELSE NULL::bigint
        END AS into_case_id,
    last.kind AS decision,
    last.outcome,
    last.decided_at,
    (cause.case_id IS NOT NULL) AS is_common_cause,
    found.is_quiet,
        CASE
            WHEN (r.root_case_id <> c.case_id) THEN 'merged'::text
            WHEN (last.kind = ANY (ARRAY['confirm'::text, 'dismiss'::text])) THEN 'decided'::text
            WHEN ((last.kind IS NULL) AND found.is_quiet) THEN 'quiet'::text
            WHEN (last.kind = ANY (ARRAY['inquire'::text, 'explain'::text])) THEN 'asked'::text
            ELSE 'open'::text
        END AS state
   FROM (((((public.audit_case c
     JOIN public.case_root r ON ((c.case_id = r.case_id)))
     LEFT JOIN public.common_cause cause ON ((c.case_id = cause.case_id)))
     LEFT JOIN LATERAL ( SELECT k.level
           FROM public.case_level k
          WHERE (k.case_id = c.case_id)
          ORDER BY k.case_level_id DESC
         LIMIT 1) raised ON (true))
     LEFT JOIN LATERAL ( SELECT d.kind,
            d.outcome,
            d.decided_at
           FROM public.decision d
          WHERE (d.case_id = c.case_id)
          ORDER BY d.decision_id DESC
         LIMIT 1) last ON (true))
     CROSS JOIN LATERAL ( SELECT COALESCE(bool_and(s.is_quiet), false) AS is_quiet
           FROM public.finding_standing s
          WHERE (s.root_case_id = c.case_id)) found);

ALTER VIEW public.case_now OWNER TO nenghao_owner;

COMMENT ON VIEW public.case_now IS '案件现状: open, asked (inquired or explained), quiet (closed by itself), merged, decided; its level as it is now';

CREATE TABLE public.unit (
    unit_id integer NOT NULL,
    unit_code text NOT NULL,
    name text NOT NULL,
    division_code text NOT NULL,
    industry_code text NOT NULL,
    field text NOT NULL,
    collected_under text NOT NULL,
    registered_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT unit_code_form CHECK ((unit_code ~ '^[0-9A-HJ-NPQRTUWXY]{18}$'::text)),
    CONSTRAINT unit_division_form CHECK ((division_code ~ '^[0-9]{6}$'::text)),
    CONSTRAINT unit_duty_known CHECK ((collected_under = ANY (ARRAY['survey'::text, 'online_monitoring'::text, 'annual_report'::text, 'metering'::text, 'emissions'::text]))),
    CONSTRAINT unit_field_known CHECK ((field = ANY (ARRAY['industry'::text, 'building'::text, 'transport'::text])))
);

ALTER TABLE public.unit OWNER TO nenghao_owner;

COMMENT ON TABLE public.unit IS '用能单位: a legal person or site that reports its energy';

COMMENT ON COLUMN public.unit.unit_code IS '统一社会信用代码 (GB 32100), check digit verified at import';

COMMENT ON COLUMN public.unit.division_code IS '行政区划代码 (GB/T 2260)';

COMMENT ON COLUMN public.unit.industry_code IS '国民经济行业代码 (GB/T 4754)';

COMMENT ON COLUMN public.unit.field IS '领域: 工业 industry, 建筑 building, 交通 transport';

COMMENT ON COLUMN public.unit.collected_under IS '采集依据: the duty under which the rows were collected (practice: purpose and secrecy)';

CREATE VIEW public.case_brief AS
 SELECT c.case_id,
    c.unit_id,
    u.unit_code,
    u.name AS unit_name,
    c.level,
    c.is_common_cause,
    c.into_case_id,
    c.state,
    c.opened_at
   FROM (public.case_now c
     LEFT JOIN public.unit u ON ((c.unit_id = u.unit_id)));

ALTER VIEW public.case_brief OWNER TO nenghao_owner;

COMMENT ON VIEW public.case_brief IS '案件概况: what a case is, without what was found';

CREATE TABLE public.case_step (
    case_step_id bigint NOT NULL,
    case_id bigint NOT NULL,
    unit_id integer,
    act text NOT NULL,
    side text NOT NULL,
    acted_by text NOT NULL,
    account_id integer,
    acted_at timestamp with time zone NOT NULL,
    told text NOT NULL,
    content jsonb NOT NULL,
    due_on date,
    decision_id bigint,
    channel text NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    hash_algorithm text NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT case_step_act_known CHECK ((act = ANY (ARRAY['assign'::text, 'notify'::text, 'draft_inquiry'::text, 'check_inquiry'::text, 'issue_inquiry'::text, 'acknowledge'::text, 'request_extension'::text, 'extend'::text, 'decline_extension'::text, 'explain'::text, 'verify'::text, 'review'::text, 'rectify'::text, 'report_rectified'::text, 'recheck'::text, 'object'::text, 'answer_objection'::text, 'refer'::text, 'close'::text, 'reopen'::text, 'recuse'::text, 'comment'::text]))),
    CONSTRAINT case_step_channel_known CHECK ((channel = ANY (ARRAY['console'::text, 'command'::text, 'folder'::text]))),
    CONSTRAINT case_step_content_form CHECK ((jsonb_typeof(content) = 'object'::text)),
    CONSTRAINT case_step_name_given CHECK ((length(btrim(acted_by)) > 0)),
    CONSTRAINT case_step_side_fits CHECK (((side = 'officer'::text) OR (act = ANY (ARRAY['acknowledge'::text, 'request_extension'::text, 'explain'::text, 'report_rectified'::text, 'object'::text])))),
    CONSTRAINT case_step_side_known CHECK ((side = ANY (ARRAY['officer'::text, 'unit'::text]))),
    CONSTRAINT case_step_told_given CHECK (((length(btrim(told)) > 0) OR (act = 'acknowledge'::text))),
    CONSTRAINT case_step_verdict_given CHECK (((act <> ALL (ARRAY['check_inquiry'::text, 'review'::text, 'recheck'::text, 'answer_objection'::text])) OR COALESCE(((content ->> 'verdict'::text) = ANY (ARRAY['agree'::text, 'send_back'::text, 'passed'::text, 'failed'::text, 'upheld'::text, 'rejected'::text])), false))),
    CONSTRAINT case_step_verified_by_two CHECK (((act <> 'verify'::text) OR ((content ->> 'proposal'::text) = 'dismiss'::text) OR COALESCE((((content ->> 'proposal'::text) = 'confirm'::text) AND (jsonb_array_length((content -> 'officers'::text)) >= 2) AND ((content ->> 'basis'::text) = ANY (ARRAY['original_record'::text, 'site_reading'::text])) AND ((content ->> 'statement'::text) = ANY (ARRAY['attached'::text, 'refused'::text]))), false)))
);

ALTER TABLE public.case_step OWNER TO nenghao_owner;

COMMENT ON TABLE public.case_step IS '案件步骤: 通知, 签收, 解释, 核实, 审核, 整改, 复核, 结案, 申辩, 移送, 回避: one act of one person each, never edited';

COMMENT ON COLUMN public.case_step.account_id IS '账户: who signed in; null where a command or paper says the name';

COMMENT ON COLUMN public.case_step.acted_at IS '办理时间; recorded_at is when it came into the store, later for what was taken down without network';

COMMENT ON COLUMN public.case_step.told IS '内容: what the person wrote; of acts the unit is told (nenghao/reference/procedure.toml), the very words it reads';

COMMENT ON COLUMN public.case_step.channel IS '来源: the console, a command on the server, or a folder that was taken along and merged';

COMMENT ON COLUMN public.case_step.hash IS '步骤散列: of the canonical bytes of case, act, person, time, words, content and attachments: merging twice adds nothing';

CREATE VIEW public.case_desk AS
 SELECT c.case_id,
        CASE
            WHEN (aside.case_step_id IS NULL) THEN (hand.content ->> 'handler'::text)
            ELSE NULL::text
        END AS handler,
        CASE
            WHEN (aside.case_step_id IS NULL) THEN ((hand.content ->> 'handler_account_id'::text))::integer
            ELSE NULL::integer
        END AS handler_account_id,
    last.act AS last_act,
    last.acted_at AS last_acted_at,
    clock.due_on
   FROM ((((( SELECT DISTINCT s.case_id
           FROM public.case_step s) c
     LEFT JOIN LATERAL ( SELECT s.case_step_id,
            s.content
           FROM public.case_step s
          WHERE ((s.case_id = c.case_id) AND (s.act = 'assign'::text))
          ORDER BY s.case_step_id DESC
         LIMIT 1) hand ON (true))
     LEFT JOIN LATERAL ( SELECT s.case_step_id
           FROM public.case_step s
          WHERE ((s.case_id = c.case_id) AND (s.act = 'recuse'::text) AND (s.case_step_id > hand.case_step_id) AND (public.plain_name((s.content ->> 'officer'::text)) = public.plain_name((hand.content ->> 'handler'::text))))
          ORDER BY s.case_step_id
         LIMIT 1) aside ON (true))
     LEFT JOIN LATERAL ( SELECT s.act,
            s.acted_at
           FROM public.case_step s
          WHERE ((s.case_id = c.case_id) AND (s.act <> 'comment'::text))
          ORDER BY s.case_step_id DESC
         LIMIT 1) last ON (true))
     LEFT JOIN LATERAL ( SELECT s.due_on
           FROM public.case_step s
          WHERE ((s.case_id = c.case_id) AND (s.due_on IS NOT NULL) AND (NOT (EXISTS ( SELECT 1
                   FROM public.case_step later
                  WHERE ((later.case_id = s.case_id) AND (later.case_step_id > s.case_step_id) AND (later.act = ANY (ARRAY['explain'::text, 'verify'::text, 'recheck'::text, 'close'::text, 'reopen'::text])))))))
          ORDER BY s.case_step_id DESC
         LIMIT 1) clock ON (true));

ALTER VIEW public.case_desk OWNER TO nenghao_owner;

COMMENT ON VIEW public.case_desk IS '承办台账: who has a case in hand, its last step and the day on which its clock runs out; one row a case that has steps';

ALTER TABLE public.case_level ALTER COLUMN case_level_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.case_level_case_level_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.case_listing (
    case_id bigint NOT NULL,
    unit_id integer,
    level text NOT NULL,
    state text NOT NULL,
    into_case_id bigint,
    is_common_cause boolean NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    rule_codes text[] NOT NULL,
    families text[] NOT NULL,
    kinds text[] NOT NULL,
    point_codes text[] NOT NULL,
    unit_count integer NOT NULL,
    span_from timestamp with time zone NOT NULL,
    span_to timestamp with time zone NOT NULL,
    finding_count integer NOT NULL,
    recurrence_count integer NOT NULL,
    first_found_at timestamp with time zone NOT NULL,
    last_found_at timestamp with time zone NOT NULL,
    decision text,
    outcome text,
    score numeric NOT NULL,
    effect_tce numeric,
    ranking_edition text NOT NULL,
    ranked_at timestamp with time zone NOT NULL
);

ALTER TABLE public.case_listing OWNER TO nenghao_owner;

COMMENT ON TABLE public.case_listing IS '案件清单: cases as they are listed, with what each may move; derived, made again from findings and decisions at any time';

COMMENT ON COLUMN public.case_listing.kinds IS '表现: what the findings look like, the most telling first';

COMMENT ON COLUMN public.case_listing.score IS '排序分: suspicion x effect x weight';

COMMENT ON COLUMN public.case_listing.effect_tce IS '影响量: what the case may move in the published total, tce; null where neither rule nor coefficient says';

COMMENT ON COLUMN public.case_listing.ranking_edition IS '排序依据: hash of the weights and coefficients that the score rests on';

ALTER TABLE public.case_merge ALTER COLUMN case_merge_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.case_merge_case_merge_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE VIEW public.case_notice AS
 SELECT DISTINCT case_id
   FROM public.decision d
  WHERE (kind = 'inquire'::text);

ALTER VIEW public.case_notice OWNER TO nenghao_owner;

COMMENT ON VIEW public.case_notice IS '已查询案件: cases whose unit was asked; the others it never hears of';

ALTER TABLE public.case_step ALTER COLUMN case_step_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.case_step_case_step_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.point (
    point_id integer NOT NULL,
    unit_id integer NOT NULL,
    point_code text NOT NULL,
    data_code text NOT NULL,
    name text NOT NULL,
    variety_code text NOT NULL,
    flow text NOT NULL,
    use text NOT NULL,
    conversion text,
    CONSTRAINT point_code_form CHECK ((point_code ~ '^[A-Za-z0-9_-]{1,32}$'::text)),
    CONSTRAINT point_conversion_known CHECK ((conversion = ANY (ARRAY['power_generation'::text, 'heating'::text, 'coal_washing'::text, 'coking'::text, 'refining'::text, 'gas_making'::text, 'liquefaction'::text, 'coal_products'::text]))),
    CONSTRAINT point_conversion_where_due CHECK (
CASE
    WHEN (flow = ANY (ARRAY['conversion_input'::text, 'conversion_output'::text])) THEN (conversion IS NOT NULL)
    ELSE ((conversion IS NULL) OR (flow = 'generation'::text))
END),
    CONSTRAINT point_data_code_form CHECK ((data_code ~ '^[0-9]{16}$'::text)),
    CONSTRAINT point_flow_known CHECK ((flow = ANY (ARRAY['purchase'::text, 'primary_production'::text, 'generation'::text, 'conversion_input'::text, 'conversion_output'::text, 'recovery'::text, 'loss'::text, 'export'::text, 'passed_on'::text, 'internal'::text]))),
    CONSTRAINT point_use_known CHECK ((use = ANY (ARRAY['industrial'::text, 'non_industrial'::text])))
);

ALTER TABLE public.point OWNER TO nenghao_owner;

COMMENT ON TABLE public.point IS '计量点: a place where energy is measured';

COMMENT ON COLUMN public.point.data_code IS '采集数据项编码, 16 digits without hyphens';

COMMENT ON COLUMN public.point.flow IS '流向: 购进 purchase, 一次自产 primary_production, 自发电 generation, 加工转换投入 conversion_input, 加工转换产出 conversion_output, 回收利用 recovery, 损失 loss, 上网 export, 转供 passed_on, 内部 internal';

COMMENT ON COLUMN public.point.use IS '用途: 工业生产 industrial, 非工业生产 non_industrial';

COMMENT ON COLUMN public.point.conversion IS '加工转换: 火力发电 power_generation, 供热 heating, 原煤入洗 coal_washing, 炼焦 coking, 炼油及煤制油 refining, 制气 gas_making, 天然气液化 liquefaction, 加工煤制品 coal_products; generation without one is primary (PV, wind)';

CREATE VIEW public.rule_precision AS
 SELECT rule_code,
    rule_version,
    count(*) AS case_count,
    count(*) FILTER (WHERE (decision = ANY (ARRAY['confirm'::text, 'dismiss'::text]))) AS decided_count,
    count(*) FILTER (WHERE (decision = 'confirm'::text)) AS confirmed_count
   FROM ( SELECT DISTINCT f.rule_code,
            f.rule_version,
            s.root_case_id,
            last.kind AS decision
           FROM ((public.finding f
             JOIN public.finding_standing s ON ((f.finding_id = s.finding_id)))
             LEFT JOIN LATERAL ( SELECT d.kind
                   FROM public.decision d
                  WHERE (d.case_id = s.root_case_id)
                  ORDER BY d.decision_id DESC
                 LIMIT 1) last ON (true))) one
  GROUP BY rule_code, rule_version;

ALTER VIEW public.rule_precision OWNER TO nenghao_owner;

COMMENT ON VIEW public.rule_precision IS '规则准确率: of the cases that a version of a rule speaks in, how many were decided and how many confirmed';

CREATE TABLE public.rule_version (
    rule_code text NOT NULL,
    version integer NOT NULL,
    content_hash_algorithm text DEFAULT 'sha256'::text NOT NULL,
    content_hash bytea NOT NULL,
    definition jsonb NOT NULL,
    valid_from timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE public.rule_version OWNER TO nenghao_owner;

COMMENT ON TABLE public.rule_version IS '规则版本: a rule folder as it was, query or detector included';

CREATE VIEW public.case_told AS
 SELECT one.case_id,
    one.unit_id,
    one.rule_code,
    one.rule_version,
    one.point_code,
    one.point_name,
    one.span_from,
    one.span_to,
    one.innocence,
    COALESCE(r.case_count, (0)::bigint) AS case_count,
    COALESCE(r.decided_count, (0)::bigint) AS decided_count,
    COALESCE(r.confirmed_count, (0)::bigint) AS confirmed_count
   FROM (( SELECT c.case_id,
            c.unit_id,
            f.rule_code,
            f.rule_version,
            p.point_code,
            p.name AS point_name,
            min(lower(f.span)) AS span_from,
            max(upper(f.span)) AS span_to,
            (v.definition -> 'innocence'::text) AS innocence
           FROM (((((public.audit_case c
             JOIN public.case_notice n ON ((c.case_id = n.case_id)))
             JOIN public.finding_standing s ON ((c.case_id = s.root_case_id)))
             JOIN public.finding f ON (((s.finding_id = f.finding_id) AND (c.unit_id = f.unit_id))))
             JOIN public.rule_version v ON (((f.rule_code = v.rule_code) AND (f.rule_version = v.version))))
             LEFT JOIN public.point p ON ((f.point_id = p.point_id)))
          GROUP BY c.case_id, c.unit_id, f.rule_code, f.rule_version, p.point_code, p.name, (v.definition -> 'innocence'::text)) one
     LEFT JOIN LATERAL ( SELECT w.case_count,
            w.decided_count,
            w.confirmed_count
           FROM public.rule_precision w
          WHERE ((w.rule_code = one.rule_code) AND (w.rule_version = one.rule_version))) r ON (true));

ALTER VIEW public.case_told OWNER TO nenghao_owner;

COMMENT ON VIEW public.case_told IS '告知内容: rule, its precision so far, point and span of a case that the unit was asked about; findings stay inside';

CREATE TABLE public.change_document (
    change_document_id bigint NOT NULL,
    unit_id integer NOT NULL,
    meter_change_id integer,
    multiplier_change_id integer,
    subject text NOT NULL,
    file_name text NOT NULL,
    media_type text NOT NULL,
    content bytea NOT NULL,
    content_hash_algorithm text NOT NULL,
    content_hash bytea NOT NULL,
    added_by text NOT NULL,
    added_at timestamp with time zone NOT NULL,
    CONSTRAINT change_document_by_given CHECK ((length(TRIM(BOTH FROM added_by)) > 0)),
    CONSTRAINT change_document_kind_known CHECK ((media_type = ANY (ARRAY['image/jpeg'::text, 'image/png'::text, 'application/pdf'::text]))),
    CONSTRAINT change_document_name_given CHECK (((length(TRIM(BOTH FROM file_name)) >= 1) AND (length(TRIM(BOTH FROM file_name)) <= 200))),
    CONSTRAINT change_document_of_one_change CHECK ((num_nonnulls(meter_change_id, multiplier_change_id) = 1)),
    CONSTRAINT change_document_size CHECK (((octet_length(content) >= 1) AND (octet_length(content) <= 8388608))),
    CONSTRAINT change_document_subject_known CHECK ((subject = ANY (ARRAY['old_register'::text, 'new_register'::text, 'certificate'::text, 'other'::text])))
);

ALTER TABLE public.change_document OWNER TO nenghao_owner;

COMMENT ON TABLE public.change_document IS '换表凭证: photos of both registers and the certificate beside a declared change of a meter or a multiplier';

COMMENT ON COLUMN public.change_document.subject IS 'old_register 旧表表码照片, new_register 新表表码照片, certificate 检定证书, other 其他';

ALTER TABLE public.change_document ALTER COLUMN change_document_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.change_document_change_document_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.changed_mark (
    series_id integer NOT NULL,
    day_on date NOT NULL,
    marked_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE public.changed_mark OWNER TO nenghao_owner;

COMMENT ON TABLE public.changed_mark IS '变更表: (series, Shanghai day) that jobs have to look at again; insert-only without a key, so a late commit is never swallowed by an older mark';

CREATE TABLE public.check_meter (
    check_meter_id integer NOT NULL,
    point_id integer NOT NULL,
    check_point_id integer NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    CONSTRAINT check_meter_not_itself CHECK ((point_id <> check_point_id))
);

ALTER TABLE public.check_meter OWNER TO nenghao_owner;

COMMENT ON TABLE public.check_meter IS '校核表: a point whose meter measures the same flow as another one''s; it fills that one''s gaps (E1)';

COMMENT ON COLUMN public.check_meter.check_point_id IS '校核点: read where the point itself is missing; never summed beside it';

ALTER TABLE public.check_meter ALTER COLUMN check_meter_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.check_meter_check_meter_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.coal_coefficient (
    coefficient_code text NOT NULL,
    edition text NOT NULL,
    variety_code text NOT NULL,
    basis text NOT NULL,
    form_unit text NOT NULL,
    tce_per_form_unit numeric NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    source text NOT NULL,
    confidence text NOT NULL,
    CONSTRAINT coal_coefficient_basis_known CHECK ((basis = ANY (ARRAY['calorific'::text, 'equal'::text]))),
    CONSTRAINT coal_coefficient_confidence_known CHECK ((confidence = ANY (ARRAY['found'::text, 'known'::text, 'unsure'::text]))),
    CONSTRAINT coal_coefficient_positive CHECK ((tce_per_form_unit > (0)::numeric))
);

ALTER TABLE public.coal_coefficient OWNER TO nenghao_owner;

COMMENT ON TABLE public.coal_coefficient IS '折标准煤系数: reference rows by edition; every converted figure names its row';

COMMENT ON COLUMN public.coal_coefficient.basis IS '当量值 calorific | 等价值 equal';

CREATE TABLE public.context_event (
    context_event_id integer NOT NULL,
    unit_id integer,
    point_id integer,
    kind text NOT NULL,
    title text NOT NULL,
    begins_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone,
    division_code text,
    industry_code text,
    document_no text,
    filed_at timestamp with time zone NOT NULL,
    registered_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT context_event_in_order CHECK ((ends_at > begins_at)),
    CONSTRAINT context_event_kind_known CHECK (
CASE
    WHEN (unit_id IS NULL) THEN (kind = ANY (ARRAY['orderly_use'::text, 'heavy_pollution'::text, 'staggered_production'::text, 'tariff'::text, 'power_cut'::text, 'heating_season'::text, 'festival'::text, 'disaster'::text, 'other'::text]))
    ELSE (kind = ANY (ARRAY['overhaul'::text, 'shutdown'::text, 'line_stop'::text, 'restart'::text, 'capacity_change'::text, 'own_generation'::text, 'demand_contract'::text, 'metering_work'::text, 'new_equipment'::text, 'other'::text]))
END),
    CONSTRAINT context_event_place_is_public CHECK (((unit_id IS NULL) OR ((division_code IS NULL) AND (industry_code IS NULL)))),
    CONSTRAINT context_event_point_has_unit CHECK (((point_id IS NULL) OR (unit_id IS NOT NULL))),
    CONSTRAINT context_event_public_has_document CHECK (((unit_id IS NOT NULL) OR (document_no IS NOT NULL)))
);

ALTER TABLE public.context_event OWNER TO nenghao_owner;

COMMENT ON TABLE public.context_event IS '背景事件: public (unit_id null; region, sector) or of a unit; filed_at <= begins_at was filed before the fact and weighs more';

COMMENT ON COLUMN public.context_event.division_code IS '行政区划代码 of the region it holds for, with its trailing zeros; null everywhere';

COMMENT ON COLUMN public.context_event.industry_code IS '国民经济行业代码 it holds for, with all below it; null all';

ALTER TABLE public.context_event ALTER COLUMN context_event_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.context_event_context_event_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.day_head (
    tree_no bigint NOT NULL,
    topic text NOT NULL,
    body bytea NOT NULL,
    signature_algorithm text NOT NULL,
    key_id text NOT NULL,
    signature bytea NOT NULL
);

ALTER TABLE public.day_head OWNER TO nenghao_owner;

COMMENT ON TABLE public.day_head IS '日根: the signed statement of a day tree''s root, as published on its topic';

CREATE TABLE public.day_tree (
    tree_no bigint NOT NULL,
    day_on date NOT NULL,
    first_batch_id bigint NOT NULL,
    last_batch_id bigint NOT NULL,
    first_row_leaf_id bigint NOT NULL,
    last_row_leaf_id bigint NOT NULL,
    batch_count bigint NOT NULL,
    message_count bigint NOT NULL,
    row_count bigint NOT NULL,
    hash_algorithm text NOT NULL,
    root bytea NOT NULL,
    previous_root bytea,
    closed_at timestamp with time zone NOT NULL,
    resumed_over_tree_no bigint,
    resume_reason text,
    CONSTRAINT day_tree_ranges_grow CHECK (((last_batch_id >= (first_batch_id - 1)) AND (last_row_leaf_id >= (first_row_leaf_id - 1)))),
    CONSTRAINT day_tree_resumed_with_reason CHECK (((resumed_over_tree_no IS NULL) = (resume_reason IS NULL)))
);

ALTER TABLE public.day_tree OWNER TO nenghao_owner;

COMMENT ON TABLE public.day_tree IS '日树: Merkle tree over the batches and row leaves committed since the tree before';

COMMENT ON COLUMN public.day_tree.tree_no IS 'counts trees from 1; numbers are missing where a restore lost signed trees, see resumed_over_tree_no';

COMMENT ON COLUMN public.day_tree.day_on IS 'the last Shanghai day that was over when it was closed; days without a tree belong to the next one';

COMMENT ON COLUMN public.day_tree.previous_root IS 'root of the tree before, as the signer knows it';

COMMENT ON COLUMN public.day_tree.resumed_over_tree_no IS '恢复续接: number of the last tree that was signed and is lost, after a declared restore; null elsewhere';

ALTER TABLE public.decision ALTER COLUMN decision_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.decision_decision_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.draft (
    draft_id bigint NOT NULL,
    unit_id integer NOT NULL,
    month_on date NOT NULL,
    content jsonb NOT NULL,
    saved_by text NOT NULL,
    saved_at timestamp with time zone NOT NULL,
    CONSTRAINT draft_content_form CHECK (COALESCE(((jsonb_typeof((content -> 'cells'::text)) = 'array'::text) AND (jsonb_typeof((content -> 'notes'::text)) = 'array'::text)), false)),
    CONSTRAINT draft_starts_month CHECK ((EXTRACT(day FROM month_on) = (1)::numeric))
);

ALTER TABLE ONLY public.draft FORCE ROW LEVEL SECURITY;

ALTER TABLE public.draft OWNER TO nenghao_owner;

COMMENT ON TABLE public.draft IS '底稿: the unit''s own; no government role may read it before it is filed';

COMMENT ON COLUMN public.draft.content IS 'cells {form, row, column, value, source} and notes (说明); each save is a row, the newest counts';

CREATE VIEW public.draft_cell WITH (security_invoker='true') AS
 SELECT d.draft_id,
    d.unit_id,
    d.month_on,
    (c.cell ->> 'form'::text) AS form_code,
    (c.cell ->> 'row'::text) AS row_code,
    (c.cell ->> 'column'::text) AS column_code,
    ((c.cell ->> 'value'::text))::numeric AS value
   FROM (public.draft d
     CROSS JOIN LATERAL jsonb_array_elements((d.content -> 'cells'::text)) c(cell));

ALTER VIEW public.draft_cell OWNER TO nenghao_owner;

COMMENT ON VIEW public.draft_cell IS '底稿单元格: a row a cell of every draft, for its unit only';

ALTER TABLE public.draft ALTER COLUMN draft_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.draft_draft_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.equal_value (
    equal_value_id integer NOT NULL,
    region_code text NOT NULL,
    year smallint NOT NULL,
    variety_code text NOT NULL,
    kgce_per_unit numeric NOT NULL,
    unit text NOT NULL,
    document_no text NOT NULL,
    source text NOT NULL,
    confidence text NOT NULL,
    replaces_document_no text,
    registered_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT equal_value_confidence_known CHECK ((confidence = ANY (ARRAY['found'::text, 'known'::text, 'unsure'::text]))),
    CONSTRAINT equal_value_positive CHECK ((kgce_per_unit > (0)::numeric)),
    CONSTRAINT equal_value_region_form CHECK ((region_code ~ '^[0-9]{6}$'::text)),
    CONSTRAINT equal_value_replaces_another CHECK ((replaces_document_no <> document_no)),
    CONSTRAINT equal_value_unit_known CHECK ((unit = ANY (ARRAY['kWh'::text, '10^4kWh'::text, 'MJ'::text, 'GJ'::text, '10^6kJ'::text]))),
    CONSTRAINT equal_value_variety_known CHECK ((variety_code = ANY (ARRAY['32'::text, '33'::text]))),
    CONSTRAINT equal_value_year_range CHECK (((year >= 1990) AND (year <= 2100)))
);

ALTER TABLE public.equal_value OWNER TO nenghao_owner;

COMMENT ON TABLE public.equal_value IS '等价值: kilograms of coal equivalent that a region publishes for a year, of electricity (33) and heat (32)';

COMMENT ON COLUMN public.equal_value.region_code IS '行政区划代码 (GB/T 2260): holds for the units in it, never for those of another region';

COMMENT ON COLUMN public.equal_value.year IS '使用年份: the year whose consumption is converted with it';

ALTER TABLE public.equal_value ALTER COLUMN equal_value_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.equal_value_equal_value_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE VIEW public.equal_value_in_force AS
 SELECT DISTINCT ON (region_code, year, variety_code) equal_value_id,
    region_code,
    year,
    variety_code,
    kgce_per_unit,
    unit,
    document_no,
    source,
    confidence,
    replaces_document_no,
    registered_at
   FROM public.equal_value e
  WHERE (NOT (EXISTS ( SELECT 1
           FROM public.equal_value later
          WHERE ((later.region_code = e.region_code) AND (later.year = e.year) AND (later.variety_code = e.variety_code) AND (later.replaces_document_no = e.document_no)))))
  ORDER BY region_code, year, variety_code, equal_value_id DESC;

ALTER VIEW public.equal_value_in_force OWNER TO nenghao_owner;

COMMENT ON VIEW public.equal_value_in_force IS '现行等价值: one a region, year and variety';

CREATE TABLE public.evidence (
    evidence_id bigint NOT NULL,
    case_id bigint NOT NULL,
    alert_id bigint,
    kind text NOT NULL,
    content jsonb NOT NULL,
    hash_algorithm text NOT NULL,
    hash bytea NOT NULL,
    recorded_at timestamp with time zone NOT NULL
);

ALTER TABLE public.evidence OWNER TO nenghao_owner;

COMMENT ON TABLE public.evidence IS '证据: what a case rests on: offending rows, readings with their messages and hashes, meter record';

CREATE TABLE public.evidence_document (
    evidence_document_id bigint NOT NULL,
    case_id bigint NOT NULL,
    format text NOT NULL,
    hash_algorithm text NOT NULL,
    hash bytea NOT NULL,
    made_by text NOT NULL,
    made_at timestamp with time zone NOT NULL,
    CONSTRAINT evidence_document_made_by_given CHECK ((length(TRIM(BOTH FROM made_by)) > 0))
);

ALTER TABLE public.evidence_document OWNER TO nenghao_owner;

COMMENT ON TABLE public.evidence_document IS '证据文书: an evidence document that was made of a case and may have left the house; its hash, not its text';

COMMENT ON COLUMN public.evidence_document.format IS '文书格式: name and version, as the document itself says them';

COMMENT ON COLUMN public.evidence_document.hash IS '文书散列: of the canonical bytes (RFC 8785)';

ALTER TABLE public.evidence_document ALTER COLUMN evidence_document_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.evidence_document_evidence_document_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.evidence ALTER COLUMN evidence_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.evidence_evidence_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.exclusion ALTER COLUMN exclusion_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.exclusion_exclusion_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE VIEW public.exclusion_in_force AS
 SELECT e.exclusion_id,
    e.decision_id,
    e.series_id,
    e.span,
    COALESCE(e.covers, 'readings'::text) AS covers
   FROM (public.exclusion e
     JOIN public.decision d ON ((e.decision_id = d.decision_id)))
  WHERE (NOT (EXISTS ( SELECT 1
           FROM public.decision later
          WHERE ((later.case_id = d.case_id) AND (later.decision_id > d.decision_id) AND (later.kind = ANY (ARRAY['confirm'::text, 'dismiss'::text]))))));

ALTER VIEW public.exclusion_in_force OWNER TO nenghao_owner;

COMMENT ON VIEW public.exclusion_in_force IS '有效剔除: exclusions of cases that were not confirmed anew or dismissed since; what jobs read';

CREATE TABLE public.feature_mark (
    series_id integer NOT NULL,
    day_on date NOT NULL
);

ALTER TABLE public.feature_mark OWNER TO nenghao_owner;

COMMENT ON TABLE public.feature_mark IS '待算特征: closed days that changed since their features were derived; duplicates are allowed';

CREATE TABLE public.filing (
    filing_id bigint NOT NULL,
    unit_id integer NOT NULL,
    month_on date NOT NULL,
    version integer NOT NULL,
    content jsonb NOT NULL,
    reason text NOT NULL,
    filled_by text NOT NULL,
    statistics_head text NOT NULL,
    unit_head text NOT NULL,
    filed_at timestamp with time zone NOT NULL,
    collected_under text NOT NULL,
    kind text DEFAULT 'original'::text NOT NULL,
    corrects_month_on date,
    document_no text,
    draft_id bigint,
    relation_edition text,
    filled_at timestamp with time zone,
    statistics_head_at timestamp with time zone,
    unit_head_at timestamp with time zone,
    attempted_at timestamp with time zone,
    attempt_receipt bytea,
    CONSTRAINT filing_attempt_whole CHECK (((attempted_at IS NULL) = (attempt_receipt IS NULL))),
    CONSTRAINT filing_content_form CHECK (((jsonb_typeof(content) = 'array'::text) AND (NOT jsonb_path_exists(content, '$[*]?(!((((@."form".type() == "string" && @."row".type() == "string") && @."column".type() == "string") && @."source".type() == "string") && @."value".type() == "string"))'::jsonpath)) AND (NOT jsonb_path_exists(content, '$[*]?(!(@."value" like_regex "^-?[0-9]{1,18}([.][0-9]{1,12})?$"))'::jsonpath)))),
    CONSTRAINT filing_corrects_a_month CHECK (((kind = 'cumulative'::text) = (corrects_month_on IS NOT NULL))),
    CONSTRAINT filing_kind_known CHECK ((kind = ANY (ARRAY['original'::text, 'amendment'::text, 'voluntary'::text, 'cumulative'::text, 'base_revision'::text, 'annual'::text, 'census'::text]))),
    CONSTRAINT filing_original_is_first CHECK ((((kind = 'original'::text) = (version = 1)) OR (kind = 'cumulative'::text))),
    CONSTRAINT filing_signers_differ CHECK (((filled_by <> statistics_head) AND (filled_by <> unit_head) AND (statistics_head <> unit_head))),
    CONSTRAINT filing_starts_month CHECK ((EXTRACT(day FROM month_on) = (1)::numeric))
);

ALTER TABLE public.filing OWNER TO nenghao_owner;

COMMENT ON TABLE public.filing IS '上报数: the unit''s act with its three signers; changed only by the unit''s own new filing';

COMMENT ON COLUMN public.filing.content IS 'cells {form, row, column, value, source}: cumulative from the year''s start to the month, decimals as text';

COMMENT ON COLUMN public.filing.filled_by IS '填表人';

COMMENT ON COLUMN public.filing.statistics_head IS '统计负责人';

COMMENT ON COLUMN public.filing.unit_head IS '单位负责人';

COMMENT ON COLUMN public.filing.kind IS '首次 original, 查询后修改 amendment, 主动更正 voluntary, 累计更正 cumulative, 同期基数修订 base_revision, 年报定案 annual, 普查修订 census';

COMMENT ON COLUMN public.filing.corrects_month_on IS '累计更正: the locked month whose error this cumulative takes in';

COMMENT ON COLUMN public.filing.filled_at IS '填表人签署时间';

COMMENT ON COLUMN public.filing.statistics_head_at IS '统计负责人签署时间';

COMMENT ON COLUMN public.filing.unit_head_at IS '单位负责人签署时间';

COMMENT ON COLUMN public.filing.attempted_at IS '试报时间: when it was tried while we were out of service, by the signed receipt beside it; it stops the clock';

CREATE TABLE public.filing_answer (
    filing_query_id bigint NOT NULL,
    cause text NOT NULL,
    quantity text NOT NULL,
    document text NOT NULL,
    answered_by text NOT NULL,
    answered_at timestamp with time zone NOT NULL,
    CONSTRAINT filing_answer_says_something CHECK (((length(TRIM(BOTH FROM cause)) > 0) AND (length(TRIM(BOTH FROM quantity)) > 0) AND (length(TRIM(BOTH FROM document)) > 0) AND (length(TRIM(BOTH FROM answered_by)) > 0)))
);

ALTER TABLE public.filing_answer OWNER TO nenghao_owner;

COMMENT ON TABLE public.filing_answer IS '查询答复: the unit''s answer: cause, quantity, document';

CREATE VIEW public.filing_cell WITH (security_invoker='true') AS
 SELECT f.filing_id,
    f.unit_id,
    f.month_on,
    f.version,
    f.kind,
    (c.cell ->> 'form'::text) AS form_code,
    (c.cell ->> 'row'::text) AS row_code,
    (c.cell ->> 'column'::text) AS column_code,
    ((c.cell ->> 'value'::text))::numeric AS value,
    (c.cell ->> 'source'::text) AS source
   FROM (public.filing f
     CROSS JOIN LATERAL jsonb_array_elements(f.content) c(cell));

ALTER VIEW public.filing_cell OWNER TO nenghao_owner;

COMMENT ON VIEW public.filing_cell IS '上报数单元格: a row a cell of every filing';

CREATE TABLE public.filing_check (
    filing_check_id bigint NOT NULL,
    draft_id bigint NOT NULL,
    unit_id integer NOT NULL,
    relation_edition text NOT NULL,
    mandatory_broken integer NOT NULL,
    unexplained integer NOT NULL,
    not_run integer NOT NULL,
    broken jsonb NOT NULL,
    checked_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.filing_check FORCE ROW LEVEL SECURITY;

ALTER TABLE public.filing_check OWNER TO nenghao_owner;

COMMENT ON TABLE public.filing_check IS '自查: what the relations said of a draft, to its unit alone; a filing needs one of exactly its draft';

COMMENT ON COLUMN public.filing_check.unexplained IS '未说明: broken 核实性 relations without a note for these very values';

COMMENT ON COLUMN public.filing_check.not_run IS 'relations that could not be judged by an error: a check that did not run is no pass';

ALTER TABLE public.filing_check ALTER COLUMN filing_check_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.filing_check_filing_check_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.filing_event (
    filing_event_id bigint NOT NULL,
    filing_id bigint NOT NULL,
    state text NOT NULL,
    level text NOT NULL,
    acted_by text NOT NULL,
    remark text,
    acted_at timestamp with time zone NOT NULL,
    CONSTRAINT filing_event_by_given CHECK ((length(TRIM(BOTH FROM acted_by)) > 0)),
    CONSTRAINT filing_event_level_fits CHECK (
CASE state
    WHEN 'filed'::text THEN (level = 'unit'::text)
    WHEN 'answered'::text THEN (level = 'unit'::text)
    WHEN 'queried'::text THEN (level <> 'unit'::text)
    WHEN 'locked'::text THEN (level = 'province'::text)
    ELSE (state = ('accepted_'::text || level))
END),
    CONSTRAINT filing_event_level_known CHECK ((level = ANY (ARRAY['unit'::text, 'county'::text, 'city'::text, 'province'::text]))),
    CONSTRAINT filing_event_state_known CHECK ((state = ANY (ARRAY['filed'::text, 'queried'::text, 'answered'::text, 'accepted_county'::text, 'accepted_city'::text, 'accepted_province'::text, 'locked'::text])))
);

ALTER TABLE public.filing_event OWNER TO nenghao_owner;

COMMENT ON TABLE public.filing_event IS '流转: what happened to a filing, who did it, at which level (unit, county, city, province) and when; states follow from it';

ALTER TABLE public.filing_event ALTER COLUMN filing_event_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.filing_event_filing_event_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.filing ALTER COLUMN filing_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.filing_filing_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.filing_note (
    filing_note_id bigint NOT NULL,
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
    CONSTRAINT filing_note_says_something CHECK (((length(TRIM(BOTH FROM cause)) > 0) AND (length(TRIM(BOTH FROM quantity)) > 0) AND (length(TRIM(BOTH FROM document)) > 0)))
);

ALTER TABLE public.filing_note OWNER TO nenghao_owner;

COMMENT ON TABLE public.filing_note IS '说明: why a 核实性 relation does not hold: cause, quantity, document, for the values that stand there';

ALTER TABLE public.filing_note ALTER COLUMN filing_note_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.filing_note_filing_note_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.filing_query (
    filing_query_id bigint NOT NULL,
    filing_id bigint NOT NULL,
    level text NOT NULL,
    form_code text,
    row_code text,
    column_code text,
    question text NOT NULL,
    asked_by text NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    CONSTRAINT filing_query_asks CHECK (((length(TRIM(BOTH FROM question)) > 0) AND (length(TRIM(BOTH FROM asked_by)) > 0))),
    CONSTRAINT filing_query_cell_whole CHECK ((((form_code IS NULL) = (row_code IS NULL)) AND ((form_code IS NULL) = (column_code IS NULL)))),
    CONSTRAINT filing_query_level_known CHECK ((level = ANY (ARRAY['county'::text, 'city'::text, 'province'::text])))
);

ALTER TABLE public.filing_query OWNER TO nenghao_owner;

COMMENT ON TABLE public.filing_query IS '数据查询: a question of a level about a filing, or about one cell of it; not the statutory 统计检查查询书';

ALTER TABLE public.filing_query ALTER COLUMN filing_query_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.filing_query_filing_query_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.filing_signature (
    draft_id bigint NOT NULL,
    unit_id integer NOT NULL,
    signer text NOT NULL,
    signed_by text NOT NULL,
    signed_at timestamp with time zone NOT NULL,
    CONSTRAINT filing_signature_by_given CHECK ((length(TRIM(BOTH FROM signed_by)) > 0)),
    CONSTRAINT filing_signature_signer_known CHECK ((signer = ANY (ARRAY['filler'::text, 'statistics_head'::text, 'unit_head'::text])))
);

ALTER TABLE ONLY public.filing_signature FORCE ROW LEVEL SECURITY;

ALTER TABLE public.filing_signature OWNER TO nenghao_owner;

COMMENT ON TABLE public.filing_signature IS '签署: 填表人 filler, 统计负责人 statistics_head, 单位负责人 unit_head, three people in this order, each for one draft as it stands';

CREATE VIEW public.filing_state WITH (security_invoker='true') AS
 SELECT f.filing_id,
    f.unit_id,
    f.month_on,
    f.version,
    f.kind,
    COALESCE(last.state, 'filed'::text) AS state,
    COALESCE(last.acted_at, f.filed_at) AS since_at,
    COALESCE(( SELECT max(array_position(ARRAY['accepted_county'::text, 'accepted_city'::text, 'accepted_province'::text, 'locked'::text], e.state)) AS max
           FROM public.filing_event e
          WHERE (e.filing_id = f.filing_id)), 0) AS accepted_levels,
    ( SELECT (count(*))::integer AS count
           FROM public.filing_query q
          WHERE ((q.filing_id = f.filing_id) AND (NOT (EXISTS ( SELECT 1
                   FROM public.filing_answer a
                  WHERE (a.filing_query_id = q.filing_query_id)))))) AS open_queries,
    (NOT (EXISTS ( SELECT 1
           FROM public.filing n
          WHERE ((n.unit_id = f.unit_id) AND (n.month_on = f.month_on) AND (n.version > f.version))))) AS is_newest,
    COALESCE(f.attempted_at, f.filed_at) AS counted_at
   FROM (public.filing f
     LEFT JOIN LATERAL ( SELECT e.state,
            e.acted_at
           FROM public.filing_event e
          WHERE (e.filing_id = f.filing_id)
          ORDER BY e.filing_event_id DESC
         LIMIT 1) last ON (true));

ALTER VIEW public.filing_state OWNER TO nenghao_owner;

COMMENT ON VIEW public.filing_state IS '上报状态: what a filing has come to; accepted_levels counts 县, 市, 省 (1 to 3) and the lock (4)';

COMMENT ON COLUMN public.filing_state.counted_at IS '报送时间: what a deadline is held against: the attempt, where one earned a receipt';

ALTER TABLE public.finding ALTER COLUMN finding_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.finding_finding_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.followed_row (
    source text NOT NULL,
    row_id bigint NOT NULL,
    followed_at timestamp with time zone NOT NULL
);

ALTER TABLE public.followed_row OWNER TO nenghao_owner;

COMMENT ON TABLE public.followed_row IS '已跟进: rows that people wrote and whose consequences were computed, by table and id; not a cursor, since a late commit has a low id';

CREATE TABLE public.form_relation (
    edition text NOT NULL,
    form_code text NOT NULL,
    relation_code text NOT NULL,
    obligation text NOT NULL,
    definition jsonb NOT NULL,
    source text NOT NULL,
    confidence text NOT NULL,
    CONSTRAINT form_relation_obligation_known CHECK ((obligation = ANY (ARRAY['mandatory'::text, 'explanatory'::text])))
);

ALTER TABLE public.form_relation OWNER TO nenghao_owner;

COMMENT ON TABLE public.form_relation IS '审核关系: 强制性 mandatory | 核实性 explanatory, by edition';

COMMENT ON COLUMN public.form_relation.definition IS 'terms left and right of the operator, as nenghao.domain.relations reads them';

CREATE TABLE public.gateway (
    gateway_id integer NOT NULL,
    unit_id integer NOT NULL,
    gateway_code text NOT NULL,
    shard smallint NOT NULL,
    backfill_from timestamp with time zone NOT NULL,
    backfill_until timestamp with time zone,
    broker_password_hash text,
    registered_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT gateway_code_form CHECK ((gateway_code ~ '^[A-Za-z0-9_-]{1,32}$'::text)),
    CONSTRAINT gateway_shard_range CHECK (((shard >= 0) AND (shard <= 1023)))
);

ALTER TABLE public.gateway OWNER TO nenghao_owner;

COMMENT ON TABLE public.gateway IS '数据采集网关: a sender, with the shard its topics carry';

COMMENT ON COLUMN public.gateway.shard IS '分片: one persistent broker session serves one shard';

COMMENT ON COLUMN public.gateway.backfill_from IS '补传窗口起: readings older than this are refused';

COMMENT ON COLUMN public.gateway.backfill_until IS '补传窗口止: end of the commissioning window, null while it is open';

COMMENT ON COLUMN public.gateway.broker_password_hash IS '接入口令散列: in the broker''s own form, never the password';

CREATE TABLE public.gateway_account_event (
    gateway_account_event_id bigint NOT NULL,
    gateway_id integer NOT NULL,
    kind text NOT NULL,
    done_by text NOT NULL,
    done_at timestamp with time zone NOT NULL,
    CONSTRAINT gateway_account_event_done_by_given CHECK ((btrim(done_by) <> ''::text)),
    CONSTRAINT gateway_account_event_kind_known CHECK ((kind = ANY (ARRAY['added'::text, 'rotated'::text, 'revoked'::text])))
);

ALTER TABLE public.gateway_account_event OWNER TO nenghao_owner;

COMMENT ON TABLE public.gateway_account_event IS '网关接入记录: who gave, replaced or took away the password of a gateway';

COMMENT ON COLUMN public.gateway_account_event.kind IS 'added 发放口令, rotated 更换口令, revoked 吊销';

ALTER TABLE public.gateway_account_event ALTER COLUMN gateway_account_event_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.gateway_account_event_gateway_account_event_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.gateway_boot (
    gateway_boot_id integer NOT NULL,
    gateway_id integer NOT NULL,
    boot_id uuid NOT NULL,
    how text NOT NULL,
    enrolled_by text NOT NULL,
    enrolled_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT gateway_boot_enrolled_by_given CHECK ((length(TRIM(BOTH FROM enrolled_by)) > 0)),
    CONSTRAINT gateway_boot_how_known CHECK ((how = ANY (ARRAY['first'::text, 'command'::text])))
);

ALTER TABLE public.gateway_boot OWNER TO nenghao_owner;

COMMENT ON TABLE public.gateway_boot IS '登记的启动标识: spools that a signing gateway may send from; another boot_id says that a spool was lost and waits for a person';

COMMENT ON COLUMN public.gateway_boot.how IS 'first: the first one that came signed; command: a person enrolled it';

ALTER TABLE public.gateway_boot ALTER COLUMN gateway_boot_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.gateway_boot_gateway_boot_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.gateway ALTER COLUMN gateway_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.gateway_gateway_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.gateway_key (
    gateway_key_id integer NOT NULL,
    gateway_id integer NOT NULL,
    key_id text NOT NULL,
    algorithm text NOT NULL,
    public_key bytea NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    registered_by text NOT NULL,
    registered_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT gateway_key_algorithm_known CHECK ((algorithm = 'ed25519'::text)),
    CONSTRAINT gateway_key_id_form CHECK ((key_id ~ '^[0-9a-f]{16}$'::text)),
    CONSTRAINT gateway_key_registered_by_given CHECK ((length(TRIM(BOTH FROM registered_by)) > 0)),
    CONSTRAINT gateway_key_size CHECK ((octet_length(public_key) = 32))
);

ALTER TABLE public.gateway_key OWNER TO nenghao_owner;

COMMENT ON TABLE public.gateway_key IS '网关签名公钥: from valid_from of its first key on a gateway has to sign; several keys may hold at once, so that they can be changed';

COMMENT ON COLUMN public.gateway_key.key_id IS 'first 16 hex digits of the SHA-256 of the public key';

COMMENT ON COLUMN public.gateway_key.valid_from IS '生效: messages received from this instant on may be signed by it';

ALTER TABLE public.gateway_key ALTER COLUMN gateway_key_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.gateway_key_gateway_key_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.gateway_key_revocation (
    gateway_key_id integer NOT NULL,
    reason text NOT NULL,
    revoked_by text NOT NULL,
    revoked_at timestamp with time zone DEFAULT now() NOT NULL,
    revocation_no integer NOT NULL,
    CONSTRAINT gateway_key_revocation_by_given CHECK ((length(TRIM(BOTH FROM revoked_by)) > 0)),
    CONSTRAINT gateway_key_revocation_reason_given CHECK ((length(TRIM(BOTH FROM reason)) > 0))
);

ALTER TABLE public.gateway_key_revocation OWNER TO nenghao_owner;

COMMENT ON TABLE public.gateway_key_revocation IS '公钥吊销: messages received from revoked_at on are not taken under this key; never taken back, a new key is registered instead';

ALTER TABLE public.gateway_key_revocation ALTER COLUMN revocation_no ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.gateway_key_revocation_revocation_no_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.gateway_state (
    gateway_state_id bigint NOT NULL,
    gateway_id integer NOT NULL,
    received_at timestamp with time zone NOT NULL,
    online boolean NOT NULL,
    boot_id uuid,
    buffered_count bigint,
    clock_offset_ms integer,
    config_hash text,
    spool_head_seq bigint,
    spool_head_hash bytea,
    head_day date,
    head_root bytea,
    CONSTRAINT gateway_state_head_whole CHECK (((head_day IS NULL) = (head_root IS NULL))),
    CONSTRAINT gateway_state_spool_head_whole CHECK (((spool_head_seq IS NULL) = (spool_head_hash IS NULL)))
);

ALTER TABLE public.gateway_state OWNER TO nenghao_owner;

COMMENT ON TABLE public.gateway_state IS '网关状态: heartbeats and wills as they arrived';

COMMENT ON COLUMN public.gateway_state.spool_head_seq IS '存储头: the newest message of the gateway''s spool, with its hash';

COMMENT ON COLUMN public.gateway_state.head_day IS '日根回声: the last day head that the gateway saw, with its root';

ALTER TABLE public.gateway_state ALTER COLUMN gateway_state_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.gateway_state_gateway_state_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.heating_value (
    heating_value_id integer NOT NULL,
    unit_id integer NOT NULL,
    variety_code text NOT NULL,
    lot text NOT NULL,
    test_sheet_no text NOT NULL,
    sampled_on date NOT NULL,
    valid_from date NOT NULL,
    valid_to date NOT NULL,
    quantity numeric NOT NULL,
    quantity_unit text NOT NULL,
    heating_value numeric NOT NULL,
    heating_value_unit text NOT NULL,
    laboratory text NOT NULL,
    document_no text,
    replaces_test_sheet_no text,
    registered_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT heating_value_in_order CHECK ((valid_to > valid_from)),
    CONSTRAINT heating_value_positive CHECK ((heating_value > (0)::numeric)),
    CONSTRAINT heating_value_quantity_positive CHECK ((quantity > (0)::numeric)),
    CONSTRAINT heating_value_replaces_another CHECK ((replaces_test_sheet_no <> test_sheet_no)),
    CONSTRAINT heating_value_sheet_given CHECK ((length(TRIM(BOTH FROM test_sheet_no)) > 0)),
    CONSTRAINT heating_value_units_fit CHECK ((((heating_value_unit = 'kJ/kg'::text) AND (quantity_unit = ANY (ARRAY['kg'::text, 't'::text, '10^4t'::text]))) OR ((heating_value_unit = 'kJ/m3'::text) AND (quantity_unit = ANY (ARRAY['m3'::text, '10^4m3'::text])))))
);

ALTER TABLE public.heating_value OWNER TO nenghao_owner;

COMMENT ON TABLE public.heating_value IS '实测低位发热量: a laboratory''s value of a lot, with its test sheet; goes before the reference coefficient';

COMMENT ON COLUMN public.heating_value.lot IS '批次';

COMMENT ON COLUMN public.heating_value.test_sheet_no IS '化验单号';

COMMENT ON COLUMN public.heating_value.valid_from IS '使用起: days on which the lot was burnt, [valid_from, valid_to)';

COMMENT ON COLUMN public.heating_value.quantity IS '批量: what the mean of the month is weighted by';

COMMENT ON COLUMN public.heating_value.replaces_test_sheet_no IS '更正: the earlier sheet of the lot that this one corrects';

ALTER TABLE public.heating_value ALTER COLUMN heating_value_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.heating_value_heating_value_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE VIEW public.heating_value_in_force AS
 SELECT heating_value_id,
    unit_id,
    variety_code,
    lot,
    test_sheet_no,
    sampled_on,
    valid_from,
    valid_to,
    quantity,
    quantity_unit,
    heating_value,
    heating_value_unit,
    laboratory,
    document_no,
    replaces_test_sheet_no,
    registered_at
   FROM public.heating_value h
  WHERE (NOT (EXISTS ( SELECT 1
           FROM public.heating_value later
          WHERE ((later.unit_id = h.unit_id) AND (later.variety_code = h.variety_code) AND (later.lot = h.lot) AND (later.replaces_test_sheet_no = h.test_sheet_no)))));

ALTER VIEW public.heating_value_in_force OWNER TO nenghao_owner;

COMMENT ON VIEW public.heating_value_in_force IS '有效热值: test sheets that no later one corrects';

CREATE TABLE public.message (
    message_id bigint NOT NULL,
    shard smallint NOT NULL,
    gateway_id integer,
    boot_id uuid,
    seq bigint,
    msg_id text,
    topic text NOT NULL,
    codec text NOT NULL,
    hash_algorithm text NOT NULL,
    hash bytea NOT NULL,
    sent_at timestamp with time zone,
    received_at timestamp with time zone NOT NULL,
    outcome text NOT NULL,
    reading_count integer NOT NULL,
    stored_count integer NOT NULL,
    duplicate_count integer NOT NULL,
    conflict_count integer NOT NULL,
    revision_count integer NOT NULL,
    refused_count integer NOT NULL,
    collected_under text NOT NULL,
    leaf bytea,
    assurance text DEFAULT 'password'::text NOT NULL,
    prev_hash bytea,
    CONSTRAINT message_assurance_known CHECK ((assurance = ANY (ARRAY['signed'::text, 'password'::text]))),
    CONSTRAINT message_counts_add_up CHECK ((reading_count = ((((stored_count + duplicate_count) + conflict_count) + revision_count) + refused_count))),
    CONSTRAINT message_identity_whole CHECK ((((seq IS NULL) = (boot_id IS NULL)) AND ((seq IS NULL) OR (gateway_id IS NOT NULL)))),
    CONSTRAINT message_outcome_known CHECK ((outcome = ANY (ARRAY['accepted'::text, 'refused'::text])))
);

ALTER TABLE public.message OWNER TO nenghao_owner;

COMMENT ON TABLE public.message IS '报文: every message that was accepted or refused; identity (gateway, boot_id, seq), else topic and hash';

COMMENT ON COLUMN public.message.seq IS '报文序号: persistent at the sender, shared by its topics; null where it could not be read or was reused';

COMMENT ON COLUMN public.message.hash IS '报文散列: of the payload as received, by hash_algorithm';

COMMENT ON COLUMN public.message.outcome IS 'accepted: parsed, its readings judged one by one; refused: as a whole';

COMMENT ON COLUMN public.message.leaf IS '叶散列: hash of the message and all that became of it (docs/day-tree.md); null before there were trees';

COMMENT ON COLUMN public.message.assurance IS '可信级别: signed by a registered key of the gateway (not of the meter), or by the broker''s password only';

COMMENT ON COLUMN public.message.prev_hash IS '前一报文散列: what the sender says of the message with the seq before; null where it does not';

CREATE TABLE public.message_batch (
    batch_id bigint NOT NULL,
    shard smallint NOT NULL,
    batch_no bigint NOT NULL,
    first_message_id bigint NOT NULL,
    last_message_id bigint NOT NULL,
    message_count integer NOT NULL,
    first_at timestamp with time zone,
    last_at timestamp with time zone,
    hash_algorithm text NOT NULL,
    root bytea NOT NULL,
    previous_link bytea,
    link bytea NOT NULL,
    CONSTRAINT message_batch_has_previous CHECK (((batch_no = 1) = (previous_link IS NULL))),
    CONSTRAINT message_batch_ids_fit CHECK ((((last_message_id - first_message_id) >= (message_count - 1)) AND (message_count > 0)))
);

ALTER TABLE public.message_batch OWNER TO nenghao_owner;

COMMENT ON TABLE public.message_batch IS '批次: messages of a shard that were committed together, their root, and the link to the batch before';

COMMENT ON COLUMN public.message_batch.batch_no IS 'counts the batches of the shard from 1, without a gap';

COMMENT ON COLUMN public.message_batch.first_at IS 'earliest instant of its readings: which chunks to open for it; no proof rests on it';

COMMENT ON COLUMN public.message_batch.previous_link IS 'link of the batch before it in the shard; null for the first';

COMMENT ON COLUMN public.message_batch.link IS 'hash of the batch''s leaf, by which the next batch names it';

CREATE SEQUENCE public.message_batch_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.message_batch_id_seq OWNER TO nenghao_owner;

CREATE SEQUENCE public.message_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.message_id_seq OWNER TO nenghao_owner;

COMMENT ON SEQUENCE public.message_id_seq IS 'Taken under the shard''s lock, so that ids of one shard become visible in order (receipts rely on it)';

CREATE VIEW public.message_leaf AS
 SELECT message_id,
    shard,
    leaf
   FROM public.message m;

ALTER VIEW public.message_leaf OWNER TO nenghao_owner;

COMMENT ON VIEW public.message_leaf IS '报文叶: leaves of the messages of batches, whosever they are, so that anyone can prove his own';

CREATE TABLE public.message_raw (
    message_id bigint NOT NULL,
    received_at timestamp with time zone NOT NULL,
    payload bytea NOT NULL
);

ALTER TABLE public.message_raw OWNER TO nenghao_owner;

COMMENT ON TABLE public.message_raw IS '原始报文: bytes as received; dropped by chunk after retention, the hash in message stays';

CREATE TABLE public.meter (
    meter_id integer NOT NULL,
    unit_id integer NOT NULL,
    meter_no text NOT NULL,
    model text NOT NULL,
    accuracy_class text NOT NULL,
    verified_on date,
    next_verification_on date,
    state text NOT NULL,
    name text,
    instrument text,
    variety_code text,
    metering_level smallint,
    measuring_range text,
    maker text,
    serial_no text,
    place text,
    installed_on date,
    cycle_months smallint,
    verified_by text,
    certificate_no text,
    CONSTRAINT meter_cycle_range CHECK (((cycle_months >= 1) AND (cycle_months <= 240))),
    CONSTRAINT meter_instrument_known CHECK ((instrument = ANY (ARRAY['electricity_meter'::text, 'weighing'::text, 'oil_flow'::text, 'gas_flow'::text, 'steam_flow'::text, 'water_flow'::text, 'heat_meter'::text, 'temperature'::text, 'pressure'::text, 'other'::text]))),
    CONSTRAINT meter_level_known CHECK (((metering_level >= 1) AND (metering_level <= 3))),
    CONSTRAINT meter_state_known CHECK ((state = ANY (ARRAY['qualified'::text, 'permitted'::text, 'stopped'::text])))
);

ALTER TABLE public.meter OWNER TO nenghao_owner;

COMMENT ON TABLE public.meter IS '能源计量器具 (GB 17167 台账)';

COMMENT ON COLUMN public.meter.meter_no IS '用能单位管理编号';

COMMENT ON COLUMN public.meter.model IS '型号规格';

COMMENT ON COLUMN public.meter.accuracy_class IS '准确度等级';

COMMENT ON COLUMN public.meter.verified_on IS '检定日期 when it was registered; later ones stand in meter_verification, the newest in meter_now';

COMMENT ON COLUMN public.meter.next_verification_on IS '下次检定日期';

COMMENT ON COLUMN public.meter.state IS '状态 when it was registered: 合格 qualified, 准用 permitted, 停用 stopped; later ones stand in meter_state_change';

COMMENT ON COLUMN public.meter.name IS '计量器具名称';

COMMENT ON COLUMN public.meter.instrument IS '计量器具类型 (GB 17167 table 4)';

COMMENT ON COLUMN public.meter.variety_code IS '能源品种代码: what it measures, as in variety';

COMMENT ON COLUMN public.meter.metering_level IS '计量级别: 1 进出用能单位, 2 进出主要次级用能单位, 3 主要用能设备';

COMMENT ON COLUMN public.meter.measuring_range IS '测量范围';

COMMENT ON COLUMN public.meter.maker IS '生产厂家';

COMMENT ON COLUMN public.meter.serial_no IS '出厂编号';

COMMENT ON COLUMN public.meter.place IS '安装使用地点';

COMMENT ON COLUMN public.meter.cycle_months IS '检定周期, months';

CREATE TABLE public.meter_change (
    meter_change_id integer NOT NULL,
    point_id integer NOT NULL,
    quantity text NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    old_meter_id integer NOT NULL,
    old_final numeric,
    new_meter_id integer NOT NULL,
    new_initial numeric,
    multiplier numeric,
    decimals smallint,
    register_modulus numeric,
    certificate_no text,
    reason text NOT NULL,
    declared_by text NOT NULL,
    declared_at timestamp with time zone NOT NULL,
    timeliness text NOT NULL,
    registered_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT meter_change_both_registers CHECK (((old_final IS NULL) = (new_initial IS NULL))),
    CONSTRAINT meter_change_multiplier_positive CHECK ((multiplier > (0)::numeric)),
    CONSTRAINT meter_change_timeliness_known CHECK ((timeliness = ANY (ARRAY['before'::text, 'in_time'::text, 'late'::text, 'unknown'::text]))),
    CONSTRAINT meter_change_two_meters CHECK ((old_meter_id <> new_meter_id))
);

ALTER TABLE public.meter_change OWNER TO nenghao_owner;

COMMENT ON TABLE public.meter_change IS '换表申报: one meter took another''s place at a point, with the last register of the old and the first of the new';

COMMENT ON COLUMN public.meter_change.old_final IS '旧表止码, in the unit of its series version; null where the quantity has no register';

COMMENT ON COLUMN public.meter_change.multiplier IS '倍率 of the new version; null: as before. So are decimals and register_modulus';

COMMENT ON COLUMN public.meter_change.timeliness IS '申报时效: before 事前, in_time within 3 working days, late 迟报, unknown where the calendar of the year is not';

ALTER TABLE public.meter_change ALTER COLUMN meter_change_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.meter_change_meter_change_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.meter ALTER COLUMN meter_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.meter_meter_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.meter_state_change (
    meter_state_change_id integer NOT NULL,
    meter_id integer NOT NULL,
    changed_on date NOT NULL,
    state text NOT NULL,
    reason text NOT NULL,
    declared_by text NOT NULL,
    registered_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT meter_state_change_state_known CHECK ((state = ANY (ARRAY['qualified'::text, 'permitted'::text, 'stopped'::text])))
);

ALTER TABLE public.meter_state_change OWNER TO nenghao_owner;

COMMENT ON TABLE public.meter_state_change IS '计量器具状态变更: from changed_on on the meter is in this state';

CREATE TABLE public.meter_verification (
    meter_verification_id integer NOT NULL,
    meter_id integer NOT NULL,
    verified_on date NOT NULL,
    next_verification_on date,
    verified_by text NOT NULL,
    certificate_no text NOT NULL,
    result text NOT NULL,
    registered_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT meter_verification_in_order CHECK ((next_verification_on > verified_on)),
    CONSTRAINT meter_verification_result_known CHECK ((result = ANY (ARRAY['passed'::text, 'limited'::text, 'failed'::text])))
);

ALTER TABLE public.meter_verification OWNER TO nenghao_owner;

COMMENT ON TABLE public.meter_verification IS '检定(校准)记录: each verification of a meter, collected under 计量监管';

COMMENT ON COLUMN public.meter_verification.result IS '结论: 合格 passed, 限制使用 limited, 不合格 failed';

CREATE VIEW public.meter_now AS
 SELECT m.meter_id,
    m.unit_id,
    m.meter_no,
    m.name,
    m.instrument,
    m.variety_code,
    m.metering_level,
    m.model,
    m.accuracy_class,
    m.measuring_range,
    m.maker,
    m.serial_no,
    m.place,
    m.installed_on,
    m.cycle_months,
    COALESCE(v.verified_on, m.verified_on) AS verified_on,
        CASE
            WHEN (v.meter_id IS NULL) THEN m.next_verification_on
            ELSE v.next_verification_on
        END AS next_verification_on,
    COALESCE(v.verified_by, m.verified_by) AS verified_by,
    COALESCE(v.certificate_no, m.certificate_no) AS certificate_no,
    v.result AS verification_result,
    COALESCE(c.state, m.state) AS state
   FROM ((public.meter m
     LEFT JOIN LATERAL ( SELECT x.meter_id,
            x.verified_on,
            x.next_verification_on,
            x.verified_by,
            x.certificate_no,
            x.result
           FROM public.meter_verification x
          WHERE ((x.meter_id = m.meter_id) AND ((m.verified_on IS NULL) OR (x.verified_on >= m.verified_on)))
          ORDER BY x.verified_on DESC
         LIMIT 1) v ON (true))
     LEFT JOIN LATERAL ( SELECT x.state
           FROM public.meter_state_change x
          WHERE (x.meter_id = m.meter_id)
          ORDER BY x.changed_on DESC
         LIMIT 1) c ON (true));

ALTER VIEW public.meter_now OWNER TO nenghao_owner;

COMMENT ON VIEW public.meter_now IS '能源计量器具一览表: each meter with its newest verification and state';

ALTER TABLE public.meter_state_change ALTER COLUMN meter_state_change_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.meter_state_change_meter_state_change_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.meter_verification ALTER COLUMN meter_verification_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.meter_verification_meter_verification_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.monitored_balance ALTER COLUMN balance_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.monitored_balance_balance_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE VIEW public.monitored_cell WITH (security_barrier='true') AS
 SELECT b.balance_id,
    b.unit_id,
    b.month_on,
    b.version,
    COALESCE(c.form_code, '205-1'::text) AS form_code,
    c.row_code,
    c.column_code,
    c.value,
    c.unit,
    c.completeness,
    c.known_share,
    c.measured_share,
    c.source_point_ids
   FROM (public.monitored_balance b
     JOIN public.balance_cell c ON ((b.balance_id = c.balance_id)))
  WHERE ((CURRENT_USER <> 'nenghao_unit'::name) OR (b.unit_id = public.own_unit_id()));

ALTER VIEW public.monitored_cell OWNER TO nenghao_owner;

COMMENT ON VIEW public.monitored_cell IS '监测单元格: cells of every version of the monitored balances; a unit sees its own';

CREATE TABLE public.point_day (
    point_id integer NOT NULL,
    day_on date NOT NULL,
    series_id integer NOT NULL,
    unit text NOT NULL,
    energy numeric,
    measured_energy numeric NOT NULL,
    due_slots integer NOT NULL,
    received_slots integer NOT NULL,
    known_slots integer NOT NULL,
    base_factor numeric DEFAULT 1 NOT NULL
);

ALTER TABLE public.point_day OWNER TO nenghao_owner;

COMMENT ON TABLE public.point_day IS '日量: from the point''s leading series (register before interval)';

COMMENT ON COLUMN public.point_day.energy IS '能量: sum over known slots, null where none is known; known_slots says how many are';

COMMENT ON COLUMN public.point_day.base_factor IS '换算: what energy in the series'' unit is multiplied by to be in the base unit, a power of ten';

CREATE VIEW public.monitored_day WITH (security_barrier='true') AS
 SELECT p.unit_id,
    d.point_id,
    d.day_on,
    d.unit,
    d.energy,
    d.measured_energy,
    d.due_slots,
    d.known_slots
   FROM (public.point_day d
     JOIN public.point p ON ((d.point_id = p.point_id)))
  WHERE ((CURRENT_USER <> 'nenghao_unit'::name) OR (p.unit_id = public.own_unit_id()));

ALTER VIEW public.monitored_day OWNER TO nenghao_owner;

COMMENT ON VIEW public.monitored_day IS '监测日量: days of points; a unit sees its own';

CREATE TABLE public.series_version (
    series_version_id integer NOT NULL,
    series_id integer NOT NULL,
    valid tstzrange NOT NULL,
    meter_id integer NOT NULL,
    unit text NOT NULL,
    slot_minutes smallint NOT NULL,
    multiplier numeric NOT NULL,
    multiplier_applied_by text NOT NULL,
    decimals smallint NOT NULL,
    register_modulus numeric,
    rated_capacity numeric,
    lowest_value numeric,
    highest_value numeric,
    CONSTRAINT series_version_capacity_positive CHECK ((rated_capacity > (0)::numeric)),
    CONSTRAINT series_version_decimals_range CHECK (((decimals >= 0) AND (decimals <= 6))),
    CONSTRAINT series_version_multiplier_by_known CHECK ((multiplier_applied_by = ANY (ARRAY['platform'::text, 'gateway'::text]))),
    CONSTRAINT series_version_multiplier_positive CHECK ((multiplier > (0)::numeric)),
    CONSTRAINT series_version_range_order CHECK ((lowest_value < highest_value)),
    CONSTRAINT series_version_slot_known CHECK ((slot_minutes = ANY (ARRAY[15, 30, 60])))
);

ALTER TABLE public.series_version OWNER TO nenghao_owner;

COMMENT ON TABLE public.series_version IS '序列参数版本: unit, slot, multiplier and meter of a series, each with its validity';

COMMENT ON COLUMN public.series_version.slot_minutes IS '时段长度: distance of readings on the grid, minutes';

COMMENT ON COLUMN public.series_version.multiplier IS '倍率 (CT x PT)';

COMMENT ON COLUMN public.series_version.multiplier_applied_by IS '倍率由谁乘: platform (values are secondary-side) or gateway';

COMMENT ON COLUMN public.series_version.decimals IS '小数位: resolution of the meter''s face';

COMMENT ON COLUMN public.series_version.register_modulus IS '满度: the register shows 0 again at this face value; null where it cannot roll over';

COMMENT ON COLUMN public.series_version.rated_capacity IS '额定能力: what the circuit or pipe can carry in an hour, in the unit, after the multiplier (kW for kWh); null where not known';

COMMENT ON COLUMN public.series_version.lowest_value IS '物理下限: a gauge that shows less is not believed; null where there is no bound';

COMMENT ON COLUMN public.series_version.highest_value IS '物理上限: a gauge that shows more is not believed; null where there is no bound';

CREATE VIEW public.monitored_meter WITH (security_barrier='true') AS
 SELECT p.unit_id,
    s.point_id,
    v.valid,
    m.accuracy_class
   FROM (((public.series_version v
     JOIN public.series s ON ((v.series_id = s.series_id)))
     JOIN public.point p ON ((s.point_id = p.point_id)))
     JOIN public.meter m ON ((v.meter_id = m.meter_id)))
  WHERE ((CURRENT_USER <> 'nenghao_unit'::name) OR (p.unit_id = public.own_unit_id()));

ALTER VIEW public.monitored_meter OWNER TO nenghao_owner;

COMMENT ON VIEW public.monitored_meter IS '计量器具等级: the class of the meter that measured a point, by time; a unit sees its own';

CREATE VIEW public.monitored_newest WITH (security_barrier='true') AS
 SELECT balance_id,
    unit_id,
    month_on
   FROM public.monitored_balance b
  WHERE (((CURRENT_USER <> 'nenghao_unit'::name) OR (unit_id = public.own_unit_id())) AND (NOT (EXISTS ( SELECT 1
           FROM public.monitored_balance n
          WHERE ((n.unit_id = b.unit_id) AND (n.month_on = b.month_on) AND (n.version > b.version))))));

ALTER VIEW public.monitored_newest OWNER TO nenghao_owner;

COMMENT ON VIEW public.monitored_newest IS '最新监测测算值: the newest version of each unit''s month; a unit sees its own';

CREATE VIEW public.monitored_point WITH (security_barrier='true') AS
 SELECT point_id,
    unit_id,
    point_code,
    name,
    variety_code,
    flow,
    use
   FROM public.point p
  WHERE ((CURRENT_USER <> 'nenghao_unit'::name) OR (unit_id = public.own_unit_id()));

ALTER VIEW public.monitored_point OWNER TO nenghao_owner;

COMMENT ON VIEW public.monitored_point IS '计量点: what a unit may know of its own points';

CREATE TABLE public.month_mark (
    unit_id integer NOT NULL,
    month_on date NOT NULL,
    marked_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE public.month_mark OWNER TO nenghao_owner;

COMMENT ON TABLE public.month_mark IS '待编: unit months whose totals changed and whose balance has to be made again';

CREATE TABLE public.multiplier_change (
    multiplier_change_id integer NOT NULL,
    point_id integer NOT NULL,
    quantity text NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    old_multiplier numeric NOT NULL,
    new_multiplier numeric NOT NULL,
    final_register numeric,
    initial_register numeric,
    certificate_no text,
    reason text NOT NULL,
    declared_by text NOT NULL,
    declared_at timestamp with time zone NOT NULL,
    timeliness text NOT NULL,
    registered_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT multiplier_change_both_registers CHECK (((final_register IS NULL) = (initial_register IS NULL))),
    CONSTRAINT multiplier_change_differs CHECK ((old_multiplier <> new_multiplier)),
    CONSTRAINT multiplier_change_positive CHECK (((old_multiplier > (0)::numeric) AND (new_multiplier > (0)::numeric))),
    CONSTRAINT multiplier_change_timeliness_known CHECK ((timeliness = ANY (ARRAY['before'::text, 'in_time'::text, 'late'::text, 'unknown'::text])))
);

ALTER TABLE public.multiplier_change OWNER TO nenghao_owner;

COMMENT ON TABLE public.multiplier_change IS '倍率变更申报 (换互感器): the same meter, another multiplier, with the register at the change as sent before and after';

ALTER TABLE public.multiplier_change ALTER COLUMN multiplier_change_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.multiplier_change_multiplier_change_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.mute (
    mute_id bigint NOT NULL,
    rule_code text NOT NULL,
    unit_id integer,
    point_id integer,
    until_at timestamp with time zone NOT NULL,
    reason text NOT NULL,
    muted_by text NOT NULL,
    muted_at timestamp with time zone NOT NULL,
    CONSTRAINT mute_expires CHECK ((until_at > muted_at)),
    CONSTRAINT mute_name_given CHECK ((length(TRIM(BOTH FROM muted_by)) > 0)),
    CONSTRAINT mute_point_has_unit CHECK (((point_id IS NULL) OR (unit_id IS NOT NULL))),
    CONSTRAINT mute_reason_given CHECK ((length(TRIM(BOTH FROM reason)) > 0))
);

ALTER TABLE public.mute OWNER TO nenghao_owner;

COMMENT ON TABLE public.mute IS '暂停预警: a rule whose findings open no alert at a unit or point, or anywhere, until a day; they are stored and counted';

CREATE TABLE public.mute_end (
    mute_id bigint NOT NULL,
    reason text NOT NULL,
    ended_by text NOT NULL,
    ended_at timestamp with time zone NOT NULL,
    CONSTRAINT mute_end_reason_given CHECK ((length(TRIM(BOTH FROM reason)) > 0))
);

ALTER TABLE public.mute_end OWNER TO nenghao_owner;

COMMENT ON TABLE public.mute_end IS '恢复预警: a mute that ended before its day';

CREATE VIEW public.mute_in_force AS
 SELECT mute_id,
    rule_code,
    unit_id,
    point_id,
    until_at,
    reason,
    muted_by,
    muted_at
   FROM public.mute m
  WHERE (NOT (EXISTS ( SELECT 1
           FROM public.mute_end e
          WHERE (e.mute_id = m.mute_id))));

ALTER VIEW public.mute_in_force OWNER TO nenghao_owner;

COMMENT ON VIEW public.mute_in_force IS '在效的暂停预警: mutes that nobody ended; who reads it holds until_at against the time';

ALTER TABLE public.mute ALTER COLUMN mute_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.mute_mute_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.network_term (
    network_term_id integer NOT NULL,
    whole_point_id integer NOT NULL,
    part_point_id integer NOT NULL,
    sign smallint NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    CONSTRAINT network_term_no_loop CHECK ((whole_point_id <> part_point_id)),
    CONSTRAINT network_term_sign_known CHECK ((sign = ANY (ARRAY['-1'::integer, 1])))
);

ALTER TABLE public.network_term OWNER TO nenghao_owner;

COMMENT ON TABLE public.network_term IS '计量网络: one signed term of the formula whole = sum of parts + unmetered rest';

ALTER TABLE public.network_term ALTER COLUMN network_term_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.network_term_network_term_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.outage_filing (
    outage_filing_id integer NOT NULL,
    unit_id integer NOT NULL,
    gateway_id integer,
    point_id integer,
    fault_at timestamp with time zone NOT NULL,
    repaired_at timestamp with time zone,
    cause text NOT NULL,
    detail text,
    document_no text,
    filed_at timestamp with time zone NOT NULL,
    timeliness text NOT NULL,
    registered_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT outage_filing_cause_known CHECK ((cause = ANY (ARRAY['power'::text, 'network'::text, 'gateway'::text, 'meter'::text, 'platform'::text, 'other'::text]))),
    CONSTRAINT outage_filing_in_order CHECK ((repaired_at > fault_at)),
    CONSTRAINT outage_filing_timeliness_known CHECK ((timeliness = ANY (ARRAY['before'::text, 'in_time'::text, 'late'::text, 'unknown'::text])))
);

ALTER TABLE public.outage_filing OWNER TO nenghao_owner;

COMMENT ON TABLE public.outage_filing IS '故障报备: a fault of collection that the unit filed; due within 3 working days where it was not mended by then';

COMMENT ON COLUMN public.outage_filing.timeliness IS 'before the fact (planned), in_time, late, unknown where the calendar of the year is not';

ALTER TABLE public.outage_filing ALTER COLUMN outage_filing_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.outage_filing_outage_filing_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.outbound (
    outbound_id bigint NOT NULL,
    topic text NOT NULL,
    payload bytea NOT NULL,
    retain boolean NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    sent_at timestamp with time zone,
    CONSTRAINT outbound_payload_size CHECK ((octet_length(payload) <= 1048576)),
    CONSTRAINT outbound_topic_form CHECK ((topic ~ '^nenghao/v1/(heads/\d{4}-\d\d-\d\d|\d{1,4}/[0-9A-Z]{18}/[A-Za-z0-9_-]{1,32}/config)$'::text))
);

ALTER TABLE public.outbound OWNER TO nenghao_owner;

COMMENT ON TABLE public.outbound IS '下行: messages that jobs or the console want published; the outbound sender sends them';

ALTER TABLE public.outbound ALTER COLUMN outbound_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.outbound_outbound_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.reminder (
    reminder_id bigint NOT NULL,
    kind text NOT NULL,
    audience text NOT NULL,
    unit_id integer,
    subject text NOT NULL,
    period_on date,
    due_at timestamp with time zone NOT NULL,
    severity text NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    CONSTRAINT reminder_audience_known CHECK ((audience = ANY (ARRAY['unit'::text, 'bureau'::text]))),
    CONSTRAINT reminder_of_a_unit CHECK (((audience = 'bureau'::text) OR (unit_id IS NOT NULL))),
    CONSTRAINT reminder_severity_known CHECK ((severity = ANY (ARRAY['notice'::text, 'warning'::text, 'serious'::text])))
);

ALTER TABLE public.reminder OWNER TO nenghao_owner;

COMMENT ON TABLE public.reminder IS '催办提醒: something that somebody owes and by when; ended by a row of reminder_event';

COMMENT ON COLUMN public.reminder.audience IS '对象: 企业 unit | 统计机构 bureau; a unit''s reminder is for the unit, the bureau''s for the bureau';

COMMENT ON COLUMN public.reminder.subject IS 'what is owed, within its kind: a form, a level, a meter, a case';

COMMENT ON COLUMN public.reminder.period_on IS '报告期: first day of the period; null where the duty has none';

CREATE TABLE public.reminder_event (
    reminder_id bigint NOT NULL,
    kind text NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT reminder_event_kind_known CHECK ((kind = ANY (ARRAY['overdue'::text, 'reached'::text, 'withdrawn'::text])))
);

ALTER TABLE public.reminder_event OWNER TO nenghao_owner;

COMMENT ON TABLE public.reminder_event IS '提醒变化: 逾期 overdue when it was first seen late, 完成 reached, 撤回 withdrawn: not owed any more, or by another day';

CREATE VIEW public.reminder_open AS
 SELECT r.reminder_id,
    r.kind,
    r.audience,
    r.unit_id,
    r.subject,
    r.period_on,
    r.due_at,
    r.severity,
    r.opened_at,
    late.at AS overdue_at
   FROM (public.reminder r
     LEFT JOIN public.reminder_event late ON (((r.reminder_id = late.reminder_id) AND (late.kind = 'overdue'::text))))
  WHERE (NOT (EXISTS ( SELECT 1
           FROM public.reminder_event e
          WHERE ((e.reminder_id = r.reminder_id) AND (e.kind = ANY (ARRAY['reached'::text, 'withdrawn'::text]))))));

ALTER VIEW public.reminder_open OWNER TO nenghao_owner;

COMMENT ON VIEW public.reminder_open IS '未了提醒: reminders that are neither reached nor withdrawn';

CREATE VIEW public.own_reminder WITH (security_barrier='true') AS
 SELECT reminder_id,
    kind,
    subject,
    period_on,
    due_at,
    severity,
    opened_at,
    overdue_at
   FROM public.reminder_open r
  WHERE ((audience = 'unit'::text) AND (unit_id = public.own_unit_id()));

ALTER VIEW public.own_reminder OWNER TO nenghao_owner;

COMMENT ON VIEW public.own_reminder IS '本单位提醒: open reminders of the unit that the transaction speaks for';

CREATE VIEW public.own_unit WITH (security_barrier='true') AS
 SELECT unit_id,
    unit_code,
    name,
    division_code,
    industry_code,
    field
   FROM public.unit u
  WHERE (((SESSION_USER <> 'nenghao_web'::name) AND (unit_code = current_setting('nenghao.unit_code'::text, true))) OR (unit_id = ( SELECT public.own_unit_id() AS own_unit_id)));

ALTER VIEW public.own_unit OWNER TO nenghao_owner;

COMMENT ON VIEW public.own_unit IS '本单位登记: the row of the unit that the transaction names, by code before its identity is set';

CREATE TABLE public.panel_member (
    panel_member_id integer NOT NULL,
    panel_code text NOT NULL,
    unit_id integer NOT NULL,
    entered_on date NOT NULL,
    left_on date,
    entry_reason text NOT NULL,
    exit_reason text,
    document_no text,
    registered_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT panel_member_exit_with_reason CHECK (((left_on IS NULL) = (exit_reason IS NULL))),
    CONSTRAINT panel_member_in_order CHECK ((left_on > entered_on)),
    CONSTRAINT panel_member_reason_known CHECK (((entry_reason = ANY (ARRAY['initial'::text, 'grown'::text, 'new'::text, 'merged'::text, 'split'::text, 'moved'::text, 'sector_changed'::text, 'other'::text])) AND (exit_reason = ANY (ARRAY['shrunk'::text, 'closed'::text, 'merged'::text, 'split'::text, 'moved'::text, 'sector_changed'::text, 'other'::text])))),
    CONSTRAINT panel_member_whole_months CHECK (((EXTRACT(day FROM entered_on) = (1)::numeric) AND (EXTRACT(day FROM COALESCE(left_on, entered_on)) = (1)::numeric)))
);

ALTER TABLE public.panel_member OWNER TO nenghao_owner;

COMMENT ON TABLE public.panel_member IS '调查单位库: the unit belongs to the panel in the months [entered_on, left_on), with the reason of entry and exit';

ALTER TABLE public.panel_member ALTER COLUMN panel_member_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.panel_member_panel_member_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.series_day (
    series_id integer NOT NULL,
    day_on date NOT NULL,
    slot_minutes smallint NOT NULL,
    unit text NOT NULL,
    scale smallint NOT NULL,
    energy bigint[] NOT NULL,
    face_scale smallint NOT NULL,
    face bigint[] NOT NULL,
    quality text NOT NULL,
    method text NOT NULL,
    due_slots smallint NOT NULL,
    received_slots smallint NOT NULL,
    total_energy numeric,
    measured_energy numeric NOT NULL,
    content_hash_algorithm text DEFAULT 'sha256'::text NOT NULL,
    content_hash bytea NOT NULL,
    computed_at timestamp with time zone NOT NULL,
    reason text,
    CONSTRAINT series_day_arrays_fit CHECK (((cardinality(energy) = due_slots) AND (cardinality(face) = due_slots) AND (length(quality) = due_slots) AND (length(method) = due_slots))),
    CONSTRAINT series_day_reason_fits CHECK (((reason IS NULL) OR (length(reason) = due_slots))),
    CONSTRAINT series_day_received_range CHECK (((received_slots >= 0) AND (received_slots <= due_slots)))
);

ALTER TABLE public.series_day OWNER TO nenghao_owner;

COMMENT ON TABLE public.series_day IS '序列日: one row per series and Shanghai day, arrays of slots in exact scaled integers';

COMMENT ON COLUMN public.series_day.energy IS '时段能量: integer x 10^-scale of unit, multiplier applied; null where it is missing, and in every slot of a gauge';

COMMENT ON COLUMN public.series_day.face IS '表计侧: what the meter itself counted in the slot, x 10^-face_scale, before the multiplier; of a gauge what it showed at the start';

COMMENT ON COLUMN public.series_day.quality IS '质量, a letter a slot: V validated, Q questionable (counted, not measured), E estimated, X excluded and not estimated, N missing';

COMMENT ON COLUMN public.series_day.method IS '估算方法, a character a slot: - not estimated, 1..8 for E1..E8, r missing: register fell (V17) or interval negative (V11)';

COMMENT ON COLUMN public.series_day.received_slots IS '实收: slots whose own reading, the one at their start, arrived; completeness = received_slots / due_slots';

COMMENT ON COLUMN public.series_day.total_energy IS '日能量: null where no slot is known; missing is never zero';

COMMENT ON COLUMN public.series_day.measured_energy IS '实测能量: energy of slots between their own two registers, or received as intervals; not what was apportioned over a gap';

COMMENT ON COLUMN public.series_day.content_hash IS 'SHA-256 of the row''s content: an unchanged day is not written again';

COMMENT ON COLUMN public.series_day.reason IS '原因, a character a slot, as nenghao.domain.series_day names them; null where no slot has one';

CREATE VIEW public.point_hour AS
 SELECT d.point_id,
    (((d.day_on)::timestamp without time zone AT TIME ZONE 'Asia/Shanghai'::text) + make_interval(hours => hour.hour_no)) AS hour_at,
    d.unit,
        CASE
            WHEN (hour.known_slots = hour.due_slots) THEN trim_scale(((hour.energy * d.base_factor) * ((10)::numeric ^ ((- s.scale))::numeric)))
            ELSE NULL::numeric
        END AS energy,
    trim_scale(((hour.measured_energy * d.base_factor) * ((10)::numeric ^ ((- s.scale))::numeric))) AS measured_energy,
    hour.due_slots,
    hour.known_slots
   FROM ((public.point_day d
     JOIN public.series_day s ON (((d.series_id = s.series_id) AND (d.day_on = s.day_on))))
     CROSS JOIN LATERAL ( SELECT ((((slot.slot_no - 1) * s.slot_minutes) / 60))::integer AS hour_no,
            sum(slot.energy) AS energy,
            COALESCE(sum(slot.energy) FILTER (WHERE (slot.quality = 'V'::text)), (0)::numeric) AS measured_energy,
            (count(*))::smallint AS due_slots,
            (count(slot.energy))::smallint AS known_slots
           FROM UNNEST(s.energy, string_to_array(s.quality, NULL::text)) WITH ORDINALITY slot(energy, quality, slot_no)
          GROUP BY (((((slot.slot_no - 1) * s.slot_minutes) / 60))::integer)) hour);

ALTER VIEW public.point_hour OWNER TO nenghao_owner;

COMMENT ON VIEW public.point_hour IS '小时量: energy of a point in [hour_at, hour_at + 1 h), null where a slot is unknown';

CREATE TABLE public.point_month (
    point_id integer NOT NULL,
    month_on date NOT NULL,
    unit text NOT NULL,
    energy numeric,
    measured_energy numeric NOT NULL,
    due_slots integer NOT NULL,
    received_slots integer NOT NULL,
    known_slots integer NOT NULL,
    CONSTRAINT point_month_starts_month CHECK ((EXTRACT(day FROM month_on) = (1)::numeric))
);

ALTER TABLE public.point_month OWNER TO nenghao_owner;

COMMENT ON TABLE public.point_month IS '月量: due_slots counts the whole month, so a day without a row lowers completeness';

ALTER TABLE public.point ALTER COLUMN point_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.point_point_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.production_output (
    production_output_id integer NOT NULL,
    unit_id integer NOT NULL,
    product_code text NOT NULL,
    product_name text,
    month_on date NOT NULL,
    quantity numeric NOT NULL,
    unit text NOT NULL,
    document_no text,
    registered_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT production_output_not_negative CHECK ((quantity >= (0)::numeric)),
    CONSTRAINT production_output_starts_month CHECK ((EXTRACT(day FROM month_on) = (1)::numeric))
);

ALTER TABLE public.production_output OWNER TO nenghao_owner;

COMMENT ON TABLE public.production_output IS '产品产量: output of a product in a month';

COMMENT ON COLUMN public.production_output.unit IS '计量单位 of the product, such as t, 重量箱 or 台';

CREATE VIEW public.produced_output WITH (security_barrier='true') AS
 SELECT unit_id,
    product_code,
    month_on,
    quantity,
    unit
   FROM public.production_output o
  WHERE ((CURRENT_USER <> 'nenghao_unit'::name) OR (unit_id = public.own_unit_id()));

ALTER VIEW public.produced_output OWNER TO nenghao_owner;

COMMENT ON VIEW public.produced_output IS '产量: output of products by month; a unit sees its own';

CREATE TABLE public.product_process (
    product_process_id integer NOT NULL,
    unit_id integer NOT NULL,
    product_code text NOT NULL,
    process_code text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    registered_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT product_process_form CHECK ((process_code ~ '^[0-9]{2}$'::text)),
    CONSTRAINT product_process_in_order CHECK ((valid_to > valid_from))
);

ALTER TABLE public.product_process OWNER TO nenghao_owner;

COMMENT ON TABLE public.product_process IS '产品工序: which processes make a product, so that its energy is known; 00 is the whole works';

COMMENT ON COLUMN public.product_process.process_code IS '生产工序编码: the first two digits of a point''s data code';

ALTER TABLE public.product_process ALTER COLUMN product_process_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.product_process_product_process_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.production_output ALTER COLUMN production_output_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.production_output_production_output_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.quality_share (
    unit_id integer NOT NULL,
    month_on date NOT NULL,
    share_name text NOT NULL,
    part numeric,
    whole numeric,
    until_on date NOT NULL,
    counted_at timestamp with time zone NOT NULL,
    CONSTRAINT quality_share_starts_month CHECK ((EXTRACT(day FROM month_on) = (1)::numeric)),
    CONSTRAINT quality_share_whole CHECK (((part IS NULL) = (whole IS NULL)))
);

ALTER TABLE public.quality_share OWNER TO nenghao_owner;

COMMENT ON TABLE public.quality_share IS '数据质量分项: shares of a unit''s month by name, as last counted; null where one cannot be counted. Indexes are scored from them by scheme';

COMMENT ON COLUMN public.quality_share.until_on IS 'first day that was not counted: the end of the month, or the day of counting';

CREATE TABLE public.reading (
    series_id integer NOT NULL,
    at timestamp with time zone NOT NULL,
    value numeric NOT NULL,
    message_id bigint NOT NULL,
    ordinal smallint NOT NULL,
    source "char" NOT NULL,
    assurance "char" DEFAULT 'p'::"char" NOT NULL,
    CONSTRAINT reading_assurance_known CHECK ((assurance = ANY (ARRAY['s'::"char", 'p'::"char", 'm'::"char"]))),
    CONSTRAINT reading_source_known CHECK ((source = ANY (ARRAY['l'::"char", 'b'::"char", 'm'::"char"])))
);

ALTER TABLE public.reading OWNER TO nenghao_owner;

COMMENT ON TABLE public.reading IS '读数: what the meter showed, in the unit of its series version; first value stands';

COMMENT ON COLUMN public.reading.at IS '时刻: instant of a register or gauge, start of an interval; as sent, aligned to the grid in jobs';

COMMENT ON COLUMN public.reading.value IS '值: as sent, converted exactly to the unit of the series; the multiplier is not applied';

COMMENT ON COLUMN public.reading.ordinal IS 'place of the reading in its message, from 0';

COMMENT ON COLUMN public.reading.source IS '来源: l 实时 live, b 补传 backfill, m 人工 manual';

COMMENT ON COLUMN public.reading.assurance IS '可信级别: s 签名 signed, p 口令 password, m 人工 manual; it proves the gateway, not the meter';

CREATE TABLE public.reading_adoption (
    reading_adoption_id bigint NOT NULL,
    decision_id bigint NOT NULL,
    series_id integer NOT NULL,
    at timestamp with time zone NOT NULL,
    value numeric NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    message_id bigint NOT NULL
);

ALTER TABLE public.reading_adoption OWNER TO nenghao_owner;

COMMENT ON TABLE public.reading_adoption IS '采用值: a conflicting or corrected value that a decision puts in force; the last one counts';

COMMENT ON COLUMN public.reading_adoption.message_id IS 'the message that brought the value';

CREATE TABLE public.reading_conflict (
    conflict_id bigint NOT NULL,
    series_id integer NOT NULL,
    at timestamp with time zone NOT NULL,
    standing_value numeric NOT NULL,
    value numeric NOT NULL,
    message_id bigint NOT NULL,
    ordinal smallint NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    assurance text DEFAULT 'p'::text NOT NULL,
    CONSTRAINT reading_conflict_assurance_known CHECK ((assurance = ANY (ARRAY['s'::text, 'p'::text, 'm'::text])))
);

ALTER TABLE public.reading_conflict OWNER TO nenghao_owner;

COMMENT ON TABLE public.reading_conflict IS '冲突值: another value for a key that has one; kept, never used until a decision adopts it';

COMMENT ON COLUMN public.reading_conflict.assurance IS '可信级别: of the value that came later, as reading.assurance';

CREATE VIEW public.reading_adoption_in_force AS
 SELECT a.series_id,
    a.at,
    a.value,
    a.message_id,
    ( SELECT c.assurance
           FROM public.reading_conflict c
          WHERE ((c.series_id = a.series_id) AND (c.at = a.at) AND (c.message_id = a.message_id) AND (c.value = a.value))
          ORDER BY c.conflict_id
         LIMIT 1) AS assurance
   FROM (public.reading_adoption a
     JOIN public.decision d ON ((a.decision_id = d.decision_id)))
  WHERE ((NOT (EXISTS ( SELECT 1
           FROM public.decision later
          WHERE ((later.case_id = d.case_id) AND (later.decision_id > d.decision_id) AND (later.kind = ANY (ARRAY['confirm'::text, 'dismiss'::text])))))) AND (NOT (EXISTS ( SELECT 1
           FROM (public.reading_adoption newer
             JOIN public.decision nd ON ((newer.decision_id = nd.decision_id)))
          WHERE ((newer.series_id = a.series_id) AND (newer.at = a.at) AND (newer.reading_adoption_id > a.reading_adoption_id) AND (NOT (EXISTS ( SELECT 1
                   FROM public.decision later
                  WHERE ((later.case_id = nd.case_id) AND (later.decision_id > nd.decision_id) AND (later.kind = ANY (ARRAY['confirm'::text, 'dismiss'::text])))))))))));

ALTER VIEW public.reading_adoption_in_force OWNER TO nenghao_owner;

COMMENT ON VIEW public.reading_adoption_in_force IS '有效采用值: of each reading the last value that a standing decision adopted';

ALTER TABLE public.reading_adoption ALTER COLUMN reading_adoption_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.reading_adoption_reading_adoption_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.reading_conflict ALTER COLUMN conflict_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.reading_conflict_conflict_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.reading_revision (
    revision_id bigint NOT NULL,
    series_id integer NOT NULL,
    at timestamp with time zone NOT NULL,
    earlier_value numeric NOT NULL,
    value numeric NOT NULL,
    reason text NOT NULL,
    standing text NOT NULL,
    message_id bigint NOT NULL,
    ordinal smallint NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    assurance text DEFAULT 'p'::text NOT NULL,
    CONSTRAINT reading_revision_assurance_known CHECK ((assurance = ANY (ARRAY['s'::text, 'p'::text, 'm'::text]))),
    CONSTRAINT reading_revision_standing_known CHECK ((standing = ANY (ARRAY['in_force'::text, 'waiting'::text, 'parked'::text])))
);

ALTER TABLE public.reading_revision OWNER TO nenghao_owner;

COMMENT ON TABLE public.reading_revision IS '更正: a correction that names the earlier value and the reason';

COMMENT ON COLUMN public.reading_revision.standing IS 'in_force at once, waiting for a decision, or parked: it corrects a value not in force';

COMMENT ON COLUMN public.reading_revision.assurance IS '可信级别: of the corrected value, as reading.assurance';

CREATE VIEW public.reading_in_force AS
 SELECT r.series_id,
    r.at,
    COALESCE(adopted.value, revised.value, r.value) AS value,
    r.source,
    COALESCE(adopted.message_id, revised.message_id, r.message_id) AS message_id,
        CASE
            WHEN (adopted.message_id IS NOT NULL) THEN (COALESCE(adopted.assurance, 'p'::text))::"char"
            WHEN (revised.message_id IS NOT NULL) THEN (revised.assurance)::"char"
            WHEN (r.source = 'm'::"char") THEN 'm'::"char"
            ELSE r.assurance
        END AS assurance
   FROM ((public.reading r
     LEFT JOIN public.reading_adoption_in_force adopted ON (((r.series_id = adopted.series_id) AND (r.at = adopted.at))))
     LEFT JOIN ( SELECT v.series_id,
            v.at,
            v.value,
            v.message_id,
            v.assurance
           FROM public.reading_revision v
          WHERE ((v.standing = 'in_force'::text) AND (NOT (EXISTS ( SELECT 1
                   FROM public.reading_revision newer
                  WHERE ((newer.series_id = v.series_id) AND (newer.at = v.at) AND (newer.standing = 'in_force'::text) AND (newer.revision_id > v.revision_id))))))) revised ON (((r.series_id = revised.series_id) AND (r.at = revised.at))));

ALTER VIEW public.reading_in_force OWNER TO nenghao_owner;

COMMENT ON VIEW public.reading_in_force IS '有效读数: the value that counts, the message that brought it and how far its sender was proven; the only source of jobs';

ALTER TABLE public.reading_revision ALTER COLUMN revision_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.reading_revision_revision_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.receipt_again (
    message_id bigint NOT NULL,
    noted_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE public.receipt_again OWNER TO nenghao_owner;

COMMENT ON TABLE public.receipt_again IS '补发回执: stored messages that came again, perhaps because their receipt was lost; deleted when receipted';

CREATE TABLE public.receipt_cursor (
    shard smallint NOT NULL,
    message_id bigint NOT NULL,
    moved_at timestamp with time zone NOT NULL
);

ALTER TABLE public.receipt_cursor OWNER TO nenghao_owner;

COMMENT ON TABLE public.receipt_cursor IS '回执游标: messages of the shard up to this id have been receipted';

CREATE TABLE public.refusal (
    refusal_id bigint NOT NULL,
    message_id bigint NOT NULL,
    ordinal smallint,
    reason_code text NOT NULL,
    detail text NOT NULL,
    point_code text,
    at timestamp with time zone,
    value_text text,
    refused_at timestamp with time zone NOT NULL
);

ALTER TABLE public.refusal OWNER TO nenghao_owner;

COMMENT ON TABLE public.refusal IS '拒收: a message (ordinal null) or a reading that was not taken, with its reason';

COMMENT ON COLUMN public.refusal.reason_code IS '原因代码: stable, listed in docs/ingest-protocol.md';

ALTER TABLE public.refusal ALTER COLUMN refusal_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.refusal_refusal_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.refusal_replay (
    refusal_id bigint NOT NULL,
    message_id bigint NOT NULL,
    ordinal smallint,
    outcome text NOT NULL,
    arrived_at timestamp with time zone NOT NULL,
    replayed_at timestamp with time zone NOT NULL,
    CONSTRAINT refusal_replay_ordinal_fits CHECK (((ordinal IS NULL) = (outcome = ANY (ARRAY['accepted'::text, 'already_stored'::text])))),
    CONSTRAINT refusal_replay_outcome_known CHECK ((outcome = ANY (ARRAY['accepted'::text, 'already_stored'::text, 'stored'::text, 'duplicate'::text, 'conflict'::text, 'revision'::text])))
);

ALTER TABLE public.refusal_replay OWNER TO nenghao_owner;

COMMENT ON TABLE public.refusal_replay IS '拒收重放: a refusal whose bytes were judged again and taken, once its cause was mended; the refusal itself stays';

COMMENT ON COLUMN public.refusal_replay.message_id IS 'the message that the replay stored; with outcome already_stored the one that the gateway had sent again itself';

COMMENT ON COLUMN public.refusal_replay.ordinal IS 'place of the reading in that message; null where a whole message was replayed';

COMMENT ON COLUMN public.refusal_replay.outcome IS 'of a whole message accepted or already_stored, of a reading what became of it';

COMMENT ON COLUMN public.refusal_replay.arrived_at IS '首次到达: when the bytes first arrived; they are judged as of then, however often they are replayed';

CREATE TABLE public.register_import (
    register_upload_id bigint NOT NULL,
    unit_id integer NOT NULL,
    counts jsonb NOT NULL,
    imported_by text NOT NULL,
    imported_at timestamp with time zone NOT NULL,
    CONSTRAINT register_import_by_given CHECK ((length(TRIM(BOTH FROM imported_by)) > 0))
);

ALTER TABLE public.register_import OWNER TO nenghao_owner;

COMMENT ON TABLE public.register_import IS '台账导入: that an uploaded file was imported, once, and how many rows it added and filled';

CREATE TABLE public.register_upload (
    register_upload_id bigint NOT NULL,
    unit_id integer NOT NULL,
    file_name text NOT NULL,
    content bytea NOT NULL,
    content_hash_algorithm text NOT NULL,
    content_hash bytea NOT NULL,
    uploaded_by text NOT NULL,
    uploaded_at timestamp with time zone NOT NULL,
    CONSTRAINT register_upload_by_given CHECK ((length(TRIM(BOTH FROM uploaded_by)) > 0)),
    CONSTRAINT register_upload_name_given CHECK (((length(TRIM(BOTH FROM file_name)) >= 1) AND (length(TRIM(BOTH FROM file_name)) <= 200))),
    CONSTRAINT register_upload_size CHECK (((octet_length(content) >= 1) AND (octet_length(content) <= 16777216)))
);

ALTER TABLE public.register_upload OWNER TO nenghao_owner;

COMMENT ON TABLE public.register_upload IS '台账文件: a register file without a fault that waits for its import, or was imported';

ALTER TABLE public.register_upload ALTER COLUMN register_upload_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.register_upload_register_upload_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.release (
    release_id bigint NOT NULL,
    kind text NOT NULL,
    unit_id integer,
    month_on date NOT NULL,
    version integer NOT NULL,
    balance_id bigint,
    restates_release_id bigint,
    format_version text NOT NULL,
    content bytea NOT NULL,
    hash_algorithm text NOT NULL,
    hash bytea NOT NULL,
    signature_algorithm text NOT NULL,
    signature bytea NOT NULL,
    key_id text NOT NULL,
    archive bytea NOT NULL,
    archive_name text NOT NULL,
    archive_hash_algorithm text NOT NULL,
    archive_hash bytea NOT NULL,
    sealed_at timestamp with time zone NOT NULL,
    filing_id bigint,
    aggregate_code text,
    public_from timestamp with time zone,
    reason_kind text,
    reason_references text[],
    inputs bytea,
    CONSTRAINT release_kind_known CHECK ((kind = ANY (ARRAY['monitored_balance'::text, 'filing'::text, 'aggregate'::text]))),
    CONSTRAINT release_names_its_object CHECK ((((kind = 'monitored_balance'::text) = (balance_id IS NOT NULL)) AND ((kind = 'filing'::text) = (filing_id IS NOT NULL)) AND ((kind = 'aggregate'::text) = (aggregate_code IS NOT NULL)) AND ((kind = 'aggregate'::text) = (unit_id IS NULL)))),
    CONSTRAINT release_reason_known CHECK ((reason_kind = ANY (ARRAY['late_data'::text, 'decision'::text, 'correction'::text, 'register_change'::text, 'filing_correction'::text]))),
    CONSTRAINT release_restates_earlier CHECK (((version = 1) = (restates_release_id IS NULL)))
);

ALTER TABLE public.release OWNER TO nenghao_owner;

COMMENT ON TABLE public.release IS '发布: canonical bytes, hash and signature of what was sealed; a restatement is a new version that names the old one';

COMMENT ON COLUMN public.release.unit_id IS 'the unit; null where units are summed';

COMMENT ON COLUMN public.release.content IS '规范字节: RFC 8785 JSON, decimals as strings';

COMMENT ON COLUMN public.release.archive IS '发布包: the zip as handed out, so that it can be compared byte for byte';

COMMENT ON COLUMN public.release.filing_id IS 'the version of a filing that is sealed';

COMMENT ON COLUMN public.release.aggregate_code IS '汇总: table, region, sector and panel of an aggregate';

COMMENT ON COLUMN public.release.public_from IS '解密时刻: before it nothing of the release is exported (未公布总量); null where it is not embargoed';

COMMENT ON COLUMN public.release.reason_kind IS '更正原因: why this version restates the one before; null for the first';

COMMENT ON COLUMN public.release.reason_references IS '依据: what the reason names: messages, decisions, corrections, register rows, documents';

COMMENT ON COLUMN public.release.inputs IS '汇总依据: canonical bytes of what an aggregate was computed from; by unit, so it lies in no archive. The hash is in the content';

CREATE TABLE public.release_notice (
    release_notice_id bigint NOT NULL,
    release_id bigint NOT NULL,
    recipient text NOT NULL,
    had_release_id bigint NOT NULL,
    opened_at timestamp with time zone NOT NULL
);

ALTER TABLE public.release_notice OWNER TO nenghao_owner;

COMMENT ON TABLE public.release_notice IS '待告知: who got an earlier version and has to be told of this one; done when release_recipient says so';

COMMENT ON COLUMN public.release_notice.had_release_id IS 'the newest version that the recipient has';

CREATE TABLE public.release_recipient (
    release_recipient_id bigint NOT NULL,
    release_id bigint NOT NULL,
    recipient text NOT NULL,
    way text NOT NULL,
    document_no text,
    sent_at timestamp with time zone NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    CONSTRAINT release_recipient_given CHECK (((btrim(recipient) <> ''::text) AND (btrim(recorded_by) <> ''::text))),
    CONSTRAINT release_recipient_sent_before CHECK ((sent_at <= recorded_at)),
    CONSTRAINT release_recipient_way_known CHECK ((way = ANY (ARRAY['hand'::text, 'post'::text, 'mail'::text, 'platform'::text, 'publication'::text])))
);

ALTER TABLE public.release_recipient OWNER TO nenghao_owner;

COMMENT ON TABLE public.release_recipient IS '接收方: who got which version of a release, when, and by which way';

COMMENT ON COLUMN public.release_recipient.way IS 'hand 面交, post 邮寄, mail 电子邮件, platform 平台, publication 公开发布';

CREATE VIEW public.release_notice_open AS
 SELECT n.release_notice_id,
    n.release_id,
    n.recipient,
    n.had_release_id,
    n.opened_at
   FROM (public.release_notice n
     JOIN public.release r ON ((n.release_id = r.release_id)))
  WHERE (NOT (EXISTS ( SELECT 1
           FROM (public.release_recipient told
             JOIN public.release later ON ((told.release_id = later.release_id)))
          WHERE ((told.recipient = n.recipient) AND (later.kind = r.kind) AND (later.month_on = r.month_on) AND (NOT (later.unit_id IS DISTINCT FROM r.unit_id)) AND (NOT (later.aggregate_code IS DISTINCT FROM r.aggregate_code)) AND (later.version >= r.version)))));

ALTER VIEW public.release_notice_open OWNER TO nenghao_owner;

COMMENT ON VIEW public.release_notice_open IS '尚未告知: recipients of an earlier version who have neither this one nor a later one';

ALTER TABLE public.release_notice ALTER COLUMN release_notice_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.release_notice_release_notice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.release_recipient ALTER COLUMN release_recipient_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.release_recipient_release_recipient_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.release ALTER COLUMN release_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.release_release_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.reminder ALTER COLUMN reminder_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.reminder_reminder_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.report_calendar (
    edition text NOT NULL,
    form_code text NOT NULL,
    month_on date NOT NULL,
    level text NOT NULL,
    is_surveyed boolean NOT NULL,
    opens_at timestamp with time zone,
    due_at timestamp with time zone,
    document_no text,
    source text NOT NULL,
    confidence text NOT NULL,
    CONSTRAINT report_calendar_confidence_known CHECK ((confidence = ANY (ARRAY['found'::text, 'known'::text, 'unsure'::text]))),
    CONSTRAINT report_calendar_due_where_surveyed CHECK (((is_surveyed = (due_at IS NOT NULL)) AND (is_surveyed = (opens_at IS NOT NULL)))),
    CONSTRAINT report_calendar_level_known CHECK ((level = ANY (ARRAY['unit'::text, 'county'::text, 'city'::text, 'province'::text]))),
    CONSTRAINT report_calendar_starts_month CHECK ((EXTRACT(day FROM month_on) = (1)::numeric))
);

ALTER TABLE public.report_calendar OWNER TO nenghao_owner;

COMMENT ON TABLE public.report_calendar IS '报送日历: by edition, form, period and level, with the hour; holiday notices override it by rows';

COMMENT ON COLUMN public.report_calendar.is_surveyed IS 'whether the period is reported at all: January is not, February is 1 to 2 cumulative';

CREATE TABLE public.resend_request (
    resend_request_id bigint NOT NULL,
    gateway_id integer NOT NULL,
    boot_id uuid NOT NULL,
    first_seq bigint NOT NULL,
    last_seq bigint NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    CONSTRAINT resend_request_range CHECK (((first_seq >= 0) AND (last_seq >= first_seq)))
);

ALTER TABLE public.resend_request OWNER TO nenghao_owner;

COMMENT ON TABLE public.resend_request IS '补发请求: messages first_seq to last_seq of a spool that a gateway was asked to send again';

ALTER TABLE public.resend_request ALTER COLUMN resend_request_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.resend_request_resend_request_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.restatement_reason (
    restatement_reason_id bigint NOT NULL,
    restates_release_id bigint NOT NULL,
    reason_kind text NOT NULL,
    reference text NOT NULL,
    given_by text NOT NULL,
    given_at timestamp with time zone NOT NULL,
    CONSTRAINT restatement_reason_by_given CHECK ((btrim(given_by) <> ''::text)),
    CONSTRAINT restatement_reason_known CHECK ((reason_kind = ANY (ARRAY['late_data'::text, 'decision'::text, 'correction'::text, 'register_change'::text, 'filing_correction'::text]))),
    CONSTRAINT restatement_reason_reference_given CHECK ((btrim(reference) <> ''::text))
);

ALTER TABLE public.restatement_reason OWNER TO nenghao_owner;

COMMENT ON TABLE public.restatement_reason IS '更正说明: why a person lets a sealed month be restated; a change for which the store knows no reason waits for it';

ALTER TABLE public.restatement_reason ALTER COLUMN restatement_reason_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.restatement_reason_restatement_reason_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.retention_hold (
    retention_hold_id bigint NOT NULL,
    unit_id integer,
    span tstzrange NOT NULL,
    reason text NOT NULL,
    placed_by text NOT NULL,
    placed_at timestamp with time zone NOT NULL,
    CONSTRAINT retention_hold_reason_given CHECK (((length(TRIM(BOTH FROM reason)) > 0) AND (length(TRIM(BOTH FROM placed_by)) > 0))),
    CONSTRAINT retention_hold_span_given CHECK ((NOT isempty(span)))
);

ALTER TABLE public.retention_hold OWNER TO nenghao_owner;

COMMENT ON TABLE public.retention_hold IS '保全: raw rows of the span are kept whatever their age; of one unit, or of all where unit_id is null';

CREATE TABLE public.retention_hold_end (
    retention_hold_id bigint NOT NULL,
    reason text NOT NULL,
    ended_by text NOT NULL,
    ended_at timestamp with time zone NOT NULL,
    CONSTRAINT retention_hold_end_reason_given CHECK (((length(TRIM(BOTH FROM reason)) > 0) AND (length(TRIM(BOTH FROM ended_by)) > 0)))
);

ALTER TABLE public.retention_hold_end OWNER TO nenghao_owner;

COMMENT ON TABLE public.retention_hold_end IS '解除保全: who lifted a hold, and why';

ALTER TABLE public.retention_hold ALTER COLUMN retention_hold_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.retention_hold_retention_hold_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.retention_policy (
    relation_name text NOT NULL,
    min_age_days integer NOT NULL,
    reason text NOT NULL,
    source text NOT NULL,
    confidence text NOT NULL,
    CONSTRAINT retention_policy_age_positive CHECK ((min_age_days > 0)),
    CONSTRAINT retention_policy_confidence_known CHECK ((confidence = ANY (ARRAY['found'::text, 'known'::text, 'unsure'::text]))),
    CONSTRAINT retention_policy_relation_known CHECK ((relation_name = ANY (ARRAY['message_raw'::text, 'reading'::text])))
);

ALTER TABLE public.retention_policy OWNER TO nenghao_owner;

COMMENT ON TABLE public.retention_policy IS '最短保存期: no chunk of the hypertable is dropped before this age; a setting may only ask for more';

CREATE TABLE public.retention_run (
    retention_run_id bigint NOT NULL,
    relation_name text NOT NULL,
    first_at timestamp with time zone NOT NULL,
    end_at timestamp with time zone NOT NULL,
    row_count bigint NOT NULL,
    row_digest numeric NOT NULL,
    archive_id bigint NOT NULL,
    manifest_hash_algorithm text NOT NULL,
    manifest_hash bytea NOT NULL,
    reason text NOT NULL,
    run_by text NOT NULL,
    run_under text NOT NULL,
    run_at timestamp with time zone NOT NULL,
    CONSTRAINT retention_run_reason_given CHECK (((length(TRIM(BOTH FROM reason)) > 0) AND (length(TRIM(BOTH FROM run_by)) > 0)))
);

ALTER TABLE public.retention_run OWNER TO nenghao_owner;

COMMENT ON TABLE public.retention_run IS '到期清理: a chunk that was dropped lawfully, and the archive that has its rows; written by drop_archived_chunk only';

COMMENT ON COLUMN public.retention_run.run_by IS 'who asked for it, as the command was told';

COMMENT ON COLUMN public.retention_run.run_under IS 'the database role that called';

ALTER TABLE public.retention_run ALTER COLUMN retention_run_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.retention_run_retention_run_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.return_check (
    return_check_id bigint NOT NULL,
    kind text NOT NULL,
    return_id bigint NOT NULL,
    unit_id integer NOT NULL,
    month_on date NOT NULL,
    relation_edition text NOT NULL,
    mandatory_broken integer NOT NULL,
    explanatory_broken integer NOT NULL,
    not_run integer NOT NULL,
    audit_run_id bigint NOT NULL,
    checked_at timestamp with time zone NOT NULL,
    CONSTRAINT return_check_kind_known CHECK ((kind = ANY (ARRAY['monitored_balance'::text, 'filing'::text])))
);

ALTER TABLE public.return_check OWNER TO nenghao_owner;

COMMENT ON TABLE public.return_check IS '审核结果: what the relations of an edition said of one return; a balance is sealed by the newest one';

COMMENT ON COLUMN public.return_check.not_run IS 'relations that could not be judged by an error: a check that did not run is no pass';

ALTER TABLE public.return_check ALTER COLUMN return_check_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.return_check_return_check_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.row_leaf (
    row_leaf_id bigint NOT NULL,
    table_name text NOT NULL,
    row_key text NOT NULL,
    content_hash_algorithm text NOT NULL,
    content_hash bytea NOT NULL
);

ALTER TABLE public.row_leaf OWNER TO nenghao_owner;

COMMENT ON TABLE public.row_leaf IS '行叶: a row of a tracked table as it was written, by key and hash; a row that was changed has several, the last one counts';

COMMENT ON COLUMN public.row_leaf.row_key IS 'primary key as text, columns in order between slashes';

COMMENT ON COLUMN public.row_leaf.content_hash IS 'SHA-256 of row_text(row)';

ALTER TABLE public.row_leaf ALTER COLUMN row_leaf_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.row_leaf_row_leaf_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.seal_request (
    seal_request_id bigint NOT NULL,
    kind text NOT NULL,
    month_on date NOT NULL,
    unit_id integer,
    region_code text,
    sector_code text,
    parts text,
    panel_code text,
    public_from timestamp with time zone,
    remark text,
    requested_by text NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    CONSTRAINT seal_request_by_somebody CHECK ((btrim(requested_by) <> ''::text)),
    CONSTRAINT seal_request_kind_known CHECK ((kind = ANY (ARRAY['monitored_balance'::text, 'filing'::text, 'aggregate'::text]))),
    CONSTRAINT seal_request_names_its_object CHECK ((((kind = 'aggregate'::text) = (unit_id IS NULL)) AND ((kind = 'aggregate'::text) = (region_code IS NOT NULL)) AND ((kind = 'aggregate'::text) = (parts IS NOT NULL)) AND ((kind = 'aggregate'::text) OR ((sector_code IS NULL) AND (panel_code IS NULL) AND (public_from IS NULL))))),
    CONSTRAINT seal_request_parts_known CHECK ((parts = ANY (ARRAY['division'::text, 'industry'::text]))),
    CONSTRAINT seal_request_region_form CHECK ((region_code ~ '^[0-9]{6}$'::text)),
    CONSTRAINT seal_request_sector_form CHECK ((sector_code ~ '^[A-T][0-9]{0,4}$'::text)),
    CONSTRAINT seal_request_starts_month CHECK ((EXTRACT(day FROM month_on) = (1)::numeric))
);

ALTER TABLE public.seal_request OWNER TO nenghao_owner;

COMMENT ON TABLE public.seal_request IS '封存申请: who asks that a unit''s month, or the sum of a region, be sealed; the key is the job''s, not the console''s';

COMMENT ON COLUMN public.seal_request.region_code IS '汇总地区: of an aggregate, which names region, sector, parts and panel instead of a unit';

COMMENT ON COLUMN public.seal_request.public_from IS '公布时间: before it nobody is shown the aggregate';

CREATE VIEW public.row_to_follow AS
 SELECT source,
    row_id,
    written_at
   FROM ( SELECT 'decision'::text AS source,
            d.decision_id AS row_id,
            d.decided_at AS written_at
           FROM public.decision d
          WHERE (d.kind = ANY (ARRAY['confirm'::text, 'dismiss'::text]))
        UNION ALL
         SELECT 'agreed_value'::text AS source,
            a.agreed_value_id AS row_id,
            a.recorded_at AS written_at
           FROM public.agreed_value a
        UNION ALL
         SELECT 'restatement_reason'::text AS source,
            r.restatement_reason_id AS row_id,
            r.given_at AS written_at
           FROM public.restatement_reason r
        UNION ALL
         SELECT 'filing_event'::text AS source,
            e.filing_event_id AS row_id,
            e.acted_at AS written_at
           FROM public.filing_event e
          WHERE (e.state = ANY (ARRAY['accepted_province'::text, 'locked'::text]))
        UNION ALL
         SELECT 'seal_request'::text AS source,
            q.seal_request_id AS row_id,
            q.requested_at AS written_at
           FROM public.seal_request q) w
  WHERE (NOT (EXISTS ( SELECT 1
           FROM public.followed_row f
          WHERE ((f.source = w.source) AND (f.row_id = w.row_id)))));

ALTER VIEW public.row_to_follow OWNER TO nenghao_owner;

COMMENT ON VIEW public.row_to_follow IS '待跟进: decisions, sign-offs and requests to seal whose consequences have not been computed yet; their DAG starts by them';

CREATE VIEW public.rule_alert_recent AS
 SELECT rule_code,
    count(*) AS alert_count
   FROM public.alert
  WHERE (opened_at >= (now() - '30 days'::interval))
  GROUP BY rule_code;

ALTER VIEW public.rule_alert_recent OWNER TO nenghao_owner;

COMMENT ON VIEW public.rule_alert_recent IS '近30日预警数: how many alerts each rule opened, of all units together';

CREATE TABLE public.rule_essay (
    rule_essay_id bigint NOT NULL,
    rule_code text NOT NULL,
    version integer NOT NULL,
    hash_algorithm text NOT NULL,
    hash bytea NOT NULL,
    essay text NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    CONSTRAINT rule_essay_text_given CHECK ((length(TRIM(BOTH FROM essay)) > 0))
);

ALTER TABLE public.rule_essay OWNER TO nenghao_owner;

COMMENT ON TABLE public.rule_essay IS '规则说明: the essay of a rule (README) beside its version, Chinese then English; the last row of a version counts';

ALTER TABLE public.rule_essay ALTER COLUMN rule_essay_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.rule_essay_rule_essay_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.rule_mode (
    rule_mode_id bigint NOT NULL,
    rule_code text NOT NULL,
    mode text NOT NULL,
    reason text NOT NULL,
    set_by text NOT NULL,
    set_at timestamp with time zone NOT NULL,
    valid_from timestamp with time zone,
    CONSTRAINT rule_mode_known CHECK ((mode = ANY (ARRAY['live'::text, 'shadow'::text]))),
    CONSTRAINT rule_mode_reason_given CHECK ((btrim(reason) <> ''::text)),
    CONSTRAINT rule_mode_set_by_given CHECK ((btrim(set_by) <> ''::text))
);

ALTER TABLE public.rule_mode OWNER TO nenghao_owner;

COMMENT ON TABLE public.rule_mode IS '规则运行方式: who let a rule open alerts (live) or kept it in the shadow, why and from when on; of those that hold, the latest';

COMMENT ON COLUMN public.rule_mode.valid_from IS '生效时间: from when on it holds; null where that is when it was set';

ALTER TABLE public.rule_mode ALTER COLUMN rule_mode_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.rule_mode_rule_mode_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.rule_threshold (
    rule_code text NOT NULL,
    threshold_name text NOT NULL,
    value numeric NOT NULL,
    unit text NOT NULL,
    reason text NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    valid_to timestamp with time zone,
    set_by text,
    CONSTRAINT rule_threshold_period_order CHECK (((valid_to IS NULL) OR (valid_to > valid_from))),
    CONSTRAINT rule_threshold_set_by_given CHECK ((TRIM(BOTH FROM set_by) <> ''::text))
);

ALTER TABLE public.rule_threshold OWNER TO nenghao_owner;

COMMENT ON TABLE public.rule_threshold IS '阈值: with validity, so that a finding can show the value in force then';

COMMENT ON COLUMN public.rule_threshold.set_by IS '变更人: who set it; null where it came with the rule''s folder';

CREATE VIEW public.rule_threshold_now AS
 SELECT rule_code,
    threshold_name,
        CASE
            WHEN ((current_setting('transaction_read_only'::text) = 'on'::text) AND (current_setting('nenghao.trial_thresholds'::text, true) <> ''::text)) THEN COALESCE((((current_setting('nenghao.trial_thresholds'::text, true))::jsonb ->> ((rule_code || '.'::text) || threshold_name)))::numeric, value)
            ELSE value
        END AS value,
    unit,
    reason,
    valid_from
   FROM public.rule_threshold
  WHERE ((valid_from <= now()) AND ((valid_to IS NULL) OR (valid_to > now())));

ALTER VIEW public.rule_threshold_now OWNER TO nenghao_owner;

COMMENT ON VIEW public.rule_threshold_now IS '现行阈值; in a read-only transaction that tries other values, those';

CREATE TABLE public.sample_draw (
    sample_plan_id bigint NOT NULL,
    tree_no bigint NOT NULL,
    seed bytea NOT NULL,
    seed_algorithm text NOT NULL,
    drawn_by text NOT NULL,
    drawn_at timestamp with time zone NOT NULL
);

ALTER TABLE public.sample_draw OWNER TO nenghao_owner;

COMMENT ON TABLE public.sample_draw IS '抽取: the draw of a plan with its seed, the root of the day tree that was announced';

CREATE TABLE public.sample_plan (
    sample_plan_id bigint NOT NULL,
    month_on date NOT NULL,
    unit_count integer NOT NULL,
    seed_day_on date NOT NULL,
    announced_by text NOT NULL,
    announced_at timestamp with time zone NOT NULL,
    CONSTRAINT sample_plan_draws_some CHECK ((unit_count > 0)),
    CONSTRAINT sample_plan_name_given CHECK ((length(TRIM(BOTH FROM announced_by)) > 0)),
    CONSTRAINT sample_plan_seed_lies_ahead CHECK ((seed_day_on >= ((announced_at AT TIME ZONE 'Asia/Shanghai'::text))::date)),
    CONSTRAINT sample_plan_starts_month CHECK ((EXTRACT(day FROM month_on) = (1)::numeric))
);

ALTER TABLE public.sample_plan OWNER TO nenghao_owner;

COMMENT ON TABLE public.sample_plan IS '双随机抽查公告: how many units of a month will be drawn, and the day whose tree root will be the seed; announced while nobody can know it';

ALTER TABLE public.sample_plan ALTER COLUMN sample_plan_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.sample_plan_sample_plan_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.sample_result (
    sample_result_id bigint NOT NULL,
    sample_plan_id bigint NOT NULL,
    unit_id integer NOT NULL,
    reported_tce numeric NOT NULL,
    checked_tce numeric NOT NULL,
    document_no text NOT NULL,
    checked_by text NOT NULL,
    also_checked_by text NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    CONSTRAINT sample_result_document_given CHECK ((length(TRIM(BOTH FROM document_no)) > 0)),
    CONSTRAINT sample_result_two_officers CHECK (((length(TRIM(BOTH FROM checked_by)) > 0) AND (length(TRIM(BOTH FROM also_checked_by)) > 0) AND (TRIM(BOTH FROM checked_by) <> TRIM(BOTH FROM also_checked_by))))
);

ALTER TABLE public.sample_result OWNER TO nenghao_owner;

COMMENT ON TABLE public.sample_result IS '抽查结果: what two officers found at a drawn unit; the last row of a unit counts';

ALTER TABLE public.sample_result ALTER COLUMN sample_result_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.sample_result_sample_result_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.sample_unit (
    sample_plan_id bigint NOT NULL,
    unit_id integer NOT NULL,
    size_tce numeric,
    probability_numerator numeric NOT NULL,
    probability_denominator numeric NOT NULL,
    is_drawn boolean NOT NULL,
    CONSTRAINT sample_unit_probability CHECK (((probability_numerator >= (0)::numeric) AND (probability_numerator <= probability_denominator)))
);

ALTER TABLE public.sample_unit OWNER TO nenghao_owner;

COMMENT ON TABLE public.sample_unit IS '抽样框: every unit of the month with its size and probability, and whether it was drawn';

COMMENT ON COLUMN public.sample_unit.size_tce IS 'consumption of the month by the newest monitored balance; empty where there is none: such a unit cannot be drawn, and is counted';

CREATE TABLE public.schema_migrations (
    version character varying NOT NULL
);

ALTER TABLE public.schema_migrations OWNER TO nenghao_owner;

CREATE TABLE public.seal_progress (
    seal_request_id bigint NOT NULL,
    state text NOT NULL,
    release_id bigint,
    reason text,
    at timestamp with time zone NOT NULL,
    CONSTRAINT seal_progress_names_reason CHECK (((state = 'refused'::text) = (reason IS NOT NULL))),
    CONSTRAINT seal_progress_names_release CHECK (((state = ANY (ARRAY['sealed'::text, 'unchanged'::text])) = (release_id IS NOT NULL))),
    CONSTRAINT seal_progress_state_known CHECK ((state = ANY (ARRAY['running'::text, 'sealed'::text, 'unchanged'::text, 'refused'::text])))
);

ALTER TABLE public.seal_progress OWNER TO nenghao_owner;

COMMENT ON TABLE public.seal_progress IS '封存进度: 进行中 running, 已封存 sealed, 无变化 unchanged, 未封存 refused with the reason''s code';

CREATE VIEW public.seal_request_now WITH (security_invoker='true') AS
 SELECT q.seal_request_id,
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
    COALESCE(ended.state, begun.state, 'waiting'::text) AS state,
    COALESCE(ended.at, begun.at, q.requested_at) AS since_at,
    ended.release_id,
    ended.reason
   FROM ((public.seal_request q
     LEFT JOIN public.seal_progress begun ON (((q.seal_request_id = begun.seal_request_id) AND (begun.state = 'running'::text))))
     LEFT JOIN public.seal_progress ended ON (((q.seal_request_id = ended.seal_request_id) AND (ended.state <> 'running'::text))));

ALTER VIEW public.seal_request_now OWNER TO nenghao_owner;

COMMENT ON VIEW public.seal_request_now IS '封存申请现状: each request with what it has come to; waiting until a job took it';

ALTER TABLE public.seal_request ALTER COLUMN seal_request_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.seal_request_seal_request_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE VIEW public.seen_case AS
 SELECT case_id,
    unit_id,
        CASE
            WHEN (unit_id IS NULL) THEN ( SELECT o.is_all
               FROM public.share_of_case(c.case_id, CURRENT_USER) o(is_any, is_all))
            ELSE true
        END AS is_whole
   FROM public.audit_case c
  WHERE
        CASE
            WHEN (unit_id <@ ( SELECT public.seen_units(CURRENT_USER) AS seen_units)) THEN true
            WHEN (unit_id IS NULL) THEN ( SELECT o.is_any
               FROM public.share_of_case(c.case_id, CURRENT_USER) o(is_any, is_all))
            ELSE false
        END;

ALTER VIEW public.seen_case OWNER TO nenghao_owner;

COMMENT ON VIEW public.seen_case IS '可见案件: cases of the units that who asks may see; is_whole where all units of a common cause are among them';

CREATE VIEW public.seen_gateway AS
 SELECT gateway_id,
    unit_id
   FROM public.gateway g
  WHERE COALESCE((unit_id <@ ( SELECT public.seen_units(CURRENT_USER) AS seen_units)), false);

ALTER VIEW public.seen_gateway OWNER TO nenghao_owner;

COMMENT ON VIEW public.seen_gateway IS '可见网关: gateways of the units that who asks may see';

CREATE VIEW public.seen_meter AS
 SELECT meter_id,
    unit_id
   FROM public.meter m
  WHERE COALESCE((unit_id <@ ( SELECT public.seen_units(CURRENT_USER) AS seen_units)), false);

ALTER VIEW public.seen_meter OWNER TO nenghao_owner;

COMMENT ON VIEW public.seen_meter IS '可见计量器具: meters of the units that who asks may see';

CREATE VIEW public.seen_point AS
 SELECT point_id,
    unit_id
   FROM public.point p
  WHERE COALESCE((unit_id <@ ( SELECT public.seen_units(CURRENT_USER) AS seen_units)), false);

ALTER VIEW public.seen_point OWNER TO nenghao_owner;

COMMENT ON VIEW public.seen_point IS '可见计量点: points of the units that who asks may see';

CREATE VIEW public.seen_series AS
 SELECT s.series_id,
    p.point_id,
    p.unit_id
   FROM (public.series s
     JOIN public.point p ON ((s.point_id = p.point_id)))
  WHERE COALESCE((p.unit_id <@ ( SELECT public.seen_units(CURRENT_USER) AS seen_units)), false);

ALTER VIEW public.seen_series OWNER TO nenghao_owner;

COMMENT ON VIEW public.seen_series IS '可见序列: series of the units that who asks may see';

CREATE VIEW public.seen_unit AS
 SELECT unit_id
   FROM public.unit u
  WHERE (unit_id <@ ( SELECT public.seen_units(CURRENT_USER) AS seen_units));

ALTER VIEW public.seen_unit OWNER TO nenghao_owner;

COMMENT ON VIEW public.seen_unit IS '可见单位: the unit of who asks, or those of an authority''s division whose duty it may know; none for administrators';

CREATE TABLE public.series_day_estimate (
    series_id integer NOT NULL,
    day_on date NOT NULL,
    first_slot smallint NOT NULL,
    slot_count smallint NOT NULL,
    method text NOT NULL,
    donor_days date[] NOT NULL,
    donor_series_id integer,
    exclusion_id bigint,
    decision_id bigint,
    agreed_value_id bigint,
    reasons text[] NOT NULL,
    gap tstzrange NOT NULL,
    known_energy numeric,
    CONSTRAINT series_day_estimate_method_known CHECK ((method ~ '^E[1-8]$'::text)),
    CONSTRAINT series_day_estimate_slots CHECK (((first_slot >= 1) AND (slot_count >= 1)))
);

ALTER TABLE public.series_day_estimate OWNER TO nenghao_owner;

COMMENT ON TABLE public.series_day_estimate IS '估算说明: how, from which donors and why a run of slots of a series day was estimated; made again with its day';

COMMENT ON COLUMN public.series_day_estimate.first_slot IS 'slot_no of its first slot, from 1';

COMMENT ON COLUMN public.series_day_estimate.method IS '估算方法: E1 check meter, E2 linear, E3 register advance, E4 like days, E5 day before, E6 production, E7 stop, E8 agreed';

COMMENT ON COLUMN public.series_day_estimate.donor_days IS '样本日: days whose measured slots gave shape or amount; empty where none did';

COMMENT ON COLUMN public.series_day_estimate.donor_series_id IS '样本序列: another series that gave shape or amount (check meter, register beside intervals)';

COMMENT ON COLUMN public.series_day_estimate.exclusion_id IS '剔除: the exclusion it stands in for';

COMMENT ON COLUMN public.series_day_estimate.reasons IS '原因: reasons of its slots by name, as in series_day.reason';

COMMENT ON COLUMN public.series_day_estimate.gap IS '缺口: all that was estimated at once, over days; a gap that is as it was keeps its estimate though its donors changed';

COMMENT ON COLUMN public.series_day_estimate.known_energy IS '已知总量: energy of the gap that its parts add up to, in the unit of the series day; null where the amount itself is a guess';

CREATE TABLE public.series_day_feature (
    series_id integer NOT NULL,
    day_on date NOT NULL,
    curve_version integer NOT NULL,
    curve bytea NOT NULL,
    slot_minutes smallint NOT NULL,
    unit text NOT NULL,
    step double precision NOT NULL,
    quantum double precision NOT NULL,
    content_hash bytea NOT NULL,
    computed_at timestamp with time zone NOT NULL,
    CONSTRAINT series_day_feature_step_positive CHECK (((step > (0)::double precision) AND (quantum > (0)::double precision)))
);

ALTER TABLE public.series_day_feature OWNER TO nenghao_owner;

COMMENT ON TABLE public.series_day_feature IS '日特征: what detectors read of a closed day, derived of series_day and made again with it';

COMMENT ON COLUMN public.series_day_feature.curve IS '曲线: slots as whole numbers of `step`, int32 little-endian; the lowest number where unknown, estimated or excluded';

COMMENT ON COLUMN public.series_day_feature.content_hash IS '来源: content_hash of the series_day that it was derived from';

CREATE VIEW public.series_day_slot AS
 SELECT sd.series_id,
    s.point_id,
    p.unit_id,
    s.quantity,
    s.kind,
    sd.day_on,
    (slot.slot_no)::smallint AS slot_no,
    (((sd.day_on)::timestamp without time zone AT TIME ZONE 'Asia/Shanghai'::text) + make_interval(mins => (sd.slot_minutes * ((slot.slot_no)::integer - 1)))) AS slot_at,
    sd.slot_minutes,
    sd.unit,
    ((slot.energy)::numeric * ((10)::numeric ^ ((- sd.scale))::numeric)) AS energy,
    ((slot.face)::numeric * ((10)::numeric ^ ((- sd.face_scale))::numeric)) AS face,
    substr(sd.quality, (slot.slot_no)::integer, 1) AS quality,
    substr(sd.method, (slot.slot_no)::integer, 1) AS method,
    COALESCE(substr(sd.reason, (slot.slot_no)::integer, 1), '-'::text) AS reason
   FROM (((public.series_day sd
     JOIN public.series s ON ((sd.series_id = s.series_id)))
     JOIN public.point p ON ((s.point_id = p.point_id)))
     CROSS JOIN LATERAL UNNEST(sd.energy, sd.face) WITH ORDINALITY slot(energy, face, slot_no));

ALTER VIEW public.series_day_slot OWNER TO nenghao_owner;

COMMENT ON VIEW public.series_day_slot IS '时段明细: series_day unnested, slot_no from 1';

ALTER TABLE public.series ALTER COLUMN series_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.series_series_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.series_version ALTER COLUMN series_version_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.series_version_series_version_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.sign_in_attempt (
    sign_in_attempt_id bigint NOT NULL,
    login text NOT NULL,
    address text NOT NULL,
    outcome text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT sign_in_attempt_outcome_known CHECK ((outcome = ANY (ARRAY['granted'::text, 'refused'::text, 'throttled'::text])))
);

ALTER TABLE public.sign_in_attempt OWNER TO nenghao_owner;

COMMENT ON TABLE public.sign_in_attempt IS '登录尝试: granted, refused or throttled, by login as typed and by address';

ALTER TABLE public.sign_in_attempt ALTER COLUMN sign_in_attempt_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.sign_in_attempt_sign_in_attempt_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.silenced_finding (
    finding_id bigint NOT NULL,
    source text NOT NULL,
    source_id bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    CONSTRAINT silenced_finding_source_known CHECK ((source = ANY (ARRAY['context_event'::text, 'outage_filing'::text, 'meter_change'::text, 'multiplier_change'::text, 'mute'::text])))
);

ALTER TABLE public.silenced_finding OWNER TO nenghao_owner;

COMMENT ON TABLE public.silenced_finding IS '静默发现: findings that opened no alert, with the declared event or the mute that explains them';

CREATE VIEW public.spool_contradiction AS
 SELECT later.gateway_id,
    later.received_at AS seen_at,
    'link'::text AS kind,
    later.boot_id,
    later.seq,
    later.message_id,
    later.prev_hash AS told,
    before.hash AS stored
   FROM (public.message later
     CROSS JOIN LATERAL ( SELECT p.message_id,
            p.hash
           FROM public.message p
          WHERE ((p.gateway_id = later.gateway_id) AND (p.boot_id = later.boot_id) AND (p.seq = (later.seq - 1)))
          ORDER BY p.message_id
         LIMIT 1) before)
  WHERE ((later.prev_hash <> before.hash) AND (before.message_id < later.message_id))
UNION ALL
 SELECT later.gateway_id,
    later.received_at AS seen_at,
    'link'::text AS kind,
    later.boot_id,
    behind.seq,
    behind.message_id,
    behind.prev_hash AS told,
    later.hash AS stored
   FROM (public.message later
     CROSS JOIN LATERAL ( SELECT n.message_id,
            n.seq,
            n.prev_hash
           FROM public.message n
          WHERE ((n.gateway_id = later.gateway_id) AND (n.boot_id = later.boot_id) AND (n.seq = (later.seq + 1)))
          ORDER BY n.message_id
         LIMIT 1) behind)
  WHERE ((behind.prev_hash <> later.hash) AND (behind.message_id < later.message_id))
UNION ALL
 SELECT state.gateway_id,
    state.received_at AS seen_at,
    'spool_head'::text AS kind,
    state.boot_id,
    state.spool_head_seq AS seq,
    head.message_id,
    state.spool_head_hash AS told,
    head.hash AS stored
   FROM (public.gateway_state state
     CROSS JOIN LATERAL ( SELECT m.message_id,
            m.hash
           FROM public.message m
          WHERE ((m.gateway_id = state.gateway_id) AND (m.boot_id = state.boot_id) AND (m.seq = state.spool_head_seq))
          ORDER BY m.message_id
         LIMIT 1) head)
  WHERE (state.spool_head_hash <> head.hash)
UNION ALL
 SELECT state.gateway_id,
    state.received_at AS seen_at,
    'day_head'::text AS kind,
    state.boot_id,
    NULL::bigint AS seq,
    NULL::bigint AS message_id,
    state.head_root AS told,
    tree.root AS stored
   FROM (public.gateway_state state
     JOIN public.day_tree tree ON ((state.head_day = tree.day_on)))
  WHERE ((state.head_root <> tree.root) AND (tree.resumed_over_tree_no IS NULL));

ALTER VIEW public.spool_contradiction OWNER TO nenghao_owner;

COMMENT ON VIEW public.spool_contradiction IS '链断: what a gateway told of its spool (link, spool_head) or of a day tree (day_head) and what is stored, where they differ';

CREATE TABLE public.stock_yard (
    stock_yard_id integer NOT NULL,
    unit_id integer NOT NULL,
    yard_no text NOT NULL,
    variety_code text NOT NULL,
    capacity numeric NOT NULL,
    capacity_unit text NOT NULL,
    tenure text NOT NULL,
    valid_from date NOT NULL,
    document_no text NOT NULL,
    registered_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT stock_yard_not_negative CHECK ((capacity >= (0)::numeric)),
    CONSTRAINT stock_yard_tenure_known CHECK ((tenure = ANY (ARRAY['owned'::text, 'leased'::text]))),
    CONSTRAINT stock_yard_unit_known CHECK ((capacity_unit = ANY (ARRAY['kg'::text, 't'::text, '10^4t'::text, 'm3'::text, '10^4m3'::text])))
);

ALTER TABLE public.stock_yard OWNER TO nenghao_owner;

COMMENT ON TABLE public.stock_yard IS '堆场、储罐: what a yard or tank holds of a variety since a day; its newest row stands, and a capacity of 0 gives it up';

COMMENT ON COLUMN public.stock_yard.tenure IS '权属: 自有 owned, 租用 leased';

ALTER TABLE public.stock_yard ALTER COLUMN stock_yard_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.stock_yard_stock_yard_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.supply_account (
    supply_account_id integer NOT NULL,
    unit_id integer NOT NULL,
    variety_code text NOT NULL,
    account_no text NOT NULL,
    provider text NOT NULL,
    settlement_day smallint NOT NULL,
    metered_side text,
    valid_from date NOT NULL,
    valid_to date,
    registered_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT supply_account_in_order CHECK ((valid_to > valid_from)),
    CONSTRAINT supply_account_settlement_range CHECK (((settlement_day >= 1) AND (settlement_day <= 31))),
    CONSTRAINT supply_account_side_known CHECK ((metered_side = ANY (ARRAY['high'::text, 'low'::text])))
);

ALTER TABLE public.supply_account OWNER TO nenghao_owner;

COMMENT ON TABLE public.supply_account IS '供能账户: the unit''s account at a supplier (户号), with its cycle';

COMMENT ON COLUMN public.supply_account.settlement_day IS '抄表结算日: last day of a cycle; 31 is the end of the month, whatever its length';

COMMENT ON COLUMN public.supply_account.metered_side IS '计量方式: 高供高计 high (losses of the transformer inside), 高供低计 low (added by formula)';

CREATE TABLE public.supply_statement (
    supply_statement_id integer NOT NULL,
    supply_account_id integer NOT NULL,
    from_on date NOT NULL,
    to_on date NOT NULL,
    quantity numeric NOT NULL,
    unit text NOT NULL,
    amount_yuan numeric,
    document_no text NOT NULL,
    registered_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT supply_statement_in_order CHECK ((to_on > from_on))
);

ALTER TABLE public.supply_statement OWNER TO nenghao_owner;

COMMENT ON TABLE public.supply_statement IS '供能结算单(账单、发票): what the supplier settled for [from_on, to_on); a red-letter one has a negative quantity';

CREATE VIEW public.supplied_statement WITH (security_barrier='true') AS
 SELECT a.unit_id,
    a.supply_account_id,
    a.variety_code,
    a.account_no,
    a.provider,
    a.settlement_day,
    a.valid_from,
    a.valid_to,
    s.supply_statement_id,
    s.from_on,
    s.to_on,
    s.quantity,
    s.unit,
    s.amount_yuan,
    s.document_no
   FROM (public.supply_account a
     LEFT JOIN public.supply_statement s ON ((a.supply_account_id = s.supply_account_id)))
  WHERE ((CURRENT_USER <> 'nenghao_unit'::name) OR (a.unit_id = public.own_unit_id()));

ALTER VIEW public.supplied_statement OWNER TO nenghao_owner;

COMMENT ON VIEW public.supplied_statement IS '账户与结算单: each account with its statements, or with none; a unit sees its own';

ALTER TABLE public.supply_account ALTER COLUMN supply_account_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.supply_account_supply_account_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.supply_statement ALTER COLUMN supply_statement_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.supply_statement_supply_statement_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE VIEW public.unit_directory WITH (security_barrier='true') AS
 SELECT unit_id,
    unit_code,
    name,
    division_code
   FROM public.unit u
  WHERE (( SELECT (public.may('keep_accounts'::text) OR public.may('audit'::text))) OR (unit_id IN ( SELECT s.unit_id
           FROM public.seen_unit s)));

ALTER VIEW public.unit_directory OWNER TO nenghao_owner;

COMMENT ON VIEW public.unit_directory IS '单位名录: names of units, for administrators of accounts too';

CREATE TABLE public.unit_request (
    unit_request_id bigint NOT NULL,
    unit_id integer NOT NULL,
    kind text NOT NULL,
    gateway_code text NOT NULL,
    boot_id uuid,
    reason text NOT NULL,
    asked_by text NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    CONSTRAINT unit_request_boot_where_due CHECK (((kind = 'boot_enrol'::text) = (boot_id IS NOT NULL))),
    CONSTRAINT unit_request_by_given CHECK ((length(TRIM(BOTH FROM asked_by)) > 0)),
    CONSTRAINT unit_request_gateway_form CHECK ((gateway_code ~ '^[A-Za-z0-9_-]{1,32}$'::text)),
    CONSTRAINT unit_request_kind_known CHECK ((kind = ANY (ARRAY['gateway_add'::text, 'boot_enrol'::text, 'gateway_end'::text]))),
    CONSTRAINT unit_request_reason_given CHECK ((length(TRIM(BOTH FROM reason)) > 0))
);

ALTER TABLE public.unit_request OWNER TO nenghao_owner;

COMMENT ON TABLE public.unit_request IS '单位申请: what a unit asks of the bureau about its gateways because it may not do it itself';

COMMENT ON COLUMN public.unit_request.kind IS 'gateway_add 登记网关, boot_enrol 登记新启动标识 (the spool was lost), gateway_end 停用网关';

CREATE TABLE public.unit_request_answer (
    unit_request_id bigint NOT NULL,
    outcome text NOT NULL,
    remark text NOT NULL,
    answered_by text NOT NULL,
    answered_at timestamp with time zone NOT NULL,
    CONSTRAINT unit_request_answer_by_given CHECK ((length(TRIM(BOTH FROM answered_by)) > 0)),
    CONSTRAINT unit_request_answer_outcome_known CHECK ((outcome = ANY (ARRAY['granted'::text, 'refused'::text]))),
    CONSTRAINT unit_request_answer_remark_given CHECK (((outcome = 'granted'::text) OR (length(TRIM(BOTH FROM remark)) > 0)))
);

ALTER TABLE public.unit_request_answer OWNER TO nenghao_owner;

COMMENT ON TABLE public.unit_request_answer IS '申请答复: granted 同意, refused 不同意 with why; one answer a request, a new request is a new row';

ALTER TABLE public.unit_request ALTER COLUMN unit_request_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.unit_request_unit_request_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.unit ALTER COLUMN unit_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.unit_unit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.unit_version (
    unit_version_id integer NOT NULL,
    unit_id integer NOT NULL,
    valid_from date,
    name text NOT NULL,
    division_code text NOT NULL,
    industry_code text NOT NULL,
    parent_code text,
    successor_unit_id integer,
    reason text NOT NULL,
    document_no text,
    registered_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT unit_version_first_is_registered CHECK (((valid_from IS NULL) = (reason = 'registered'::text))),
    CONSTRAINT unit_version_merger_named CHECK (((successor_unit_id IS NULL) OR (reason = ANY (ARRAY['merged'::text, 'split'::text])))),
    CONSTRAINT unit_version_reason_known CHECK ((reason = ANY (ARRAY['registered'::text, 'renamed'::text, 'sector_changed'::text, 'moved'::text, 'parent_changed'::text, 'merged'::text, 'split'::text, 'closed'::text, 'corrected'::text])))
);

ALTER TABLE public.unit_version OWNER TO nenghao_owner;

COMMENT ON TABLE public.unit_version IS '用能单位沿革: what a unit was called, where it lay and what it did since valid_from; `unit` holds the newest';

COMMENT ON COLUMN public.unit_version.valid_from IS '生效日; null for what was registered first';

COMMENT ON COLUMN public.unit_version.parent_code IS '上级法人单位的统一社会信用代码, registered here or not';

COMMENT ON COLUMN public.unit_version.successor_unit_id IS '并入(分立)单位';

ALTER TABLE public.unit_version ALTER COLUMN unit_version_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.unit_version_unit_version_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.variety (
    edition text NOT NULL,
    variety_code text NOT NULL,
    form_unit text NOT NULL,
    source text NOT NULL,
    confidence text NOT NULL,
    valid_from date,
    valid_to date,
    CONSTRAINT variety_confidence_known CHECK ((confidence = ANY (ARRAY['found'::text, 'known'::text, 'unsure'::text])))
);

ALTER TABLE public.variety OWNER TO nenghao_owner;

COMMENT ON TABLE public.variety IS '能源品种目录: rows of the form by edition; names are labels `variety.<code>`';

COMMENT ON COLUMN public.variety.variety_code IS '代码 (205-1 丙)';

COMMENT ON COLUMN public.variety.form_unit IS '计量单位 (205-1 乙), as a unit code of nenghao.domain.quantities';

COMMENT ON COLUMN public.variety.valid_from IS '版本生效: first day of the edition; null in rows of before it was kept';

CREATE TABLE public.web_session (
    web_session_id bigint NOT NULL,
    account_id integer NOT NULL,
    token_hash bytea NOT NULL,
    address text,
    begun_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    idle_ends_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT web_session_token_sha256 CHECK ((octet_length(token_hash) = 32))
);

ALTER TABLE public.web_session OWNER TO nenghao_owner;

COMMENT ON TABLE public.web_session IS '会话: by the SHA-256 of its token, with an end when idle and an end in any case';

ALTER TABLE public.web_session ALTER COLUMN web_session_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.web_session_web_session_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE VIEW seen.agreed_value_in_force WITH (security_invoker='true') AS
 SELECT agreed_value_id,
    series_id,
    span,
    energy,
    unit,
    decision_id
   FROM public.agreed_value a
  WHERE ((energy IS NOT NULL) AND (NOT (EXISTS ( SELECT 1
           FROM public.agreed_value later
          WHERE ((later.series_id = a.series_id) AND (later.span && a.span) AND (later.agreed_value_id > a.agreed_value_id))))));

ALTER VIEW seen.agreed_value_in_force OWNER TO nenghao_owner;

COMMENT ON VIEW seen.agreed_value_in_force IS '可见: rows of agreed_value_in_force that who asks may see';

CREATE VIEW seen.balance_cell WITH (security_barrier='true') AS
 SELECT balance_id,
    row_code,
    column_code,
    value,
    unit,
    completeness,
    measured_share,
    coefficient_code,
    source_point_ids,
    known_share,
    form_code,
    coefficient_codes,
    heating_value_ids
   FROM public.balance_cell t
  WHERE
        CASE
            WHEN (NOT ( SELECT public.sees('online'::text) AS sees)) THEN false
            ELSE
            CASE
                WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
                ELSE (EXISTS ( SELECT 1
                   FROM public.monitored_balance b
                  WHERE ((b.balance_id = t.balance_id) AND (b.unit_id <@ ( SELECT public.seen_units(CURRENT_USER) AS seen_units)))))
            END
        END;

ALTER VIEW seen.balance_cell OWNER TO nenghao_owner;

COMMENT ON VIEW seen.balance_cell IS '可见: rows of balance_cell that who asks may see';

CREATE VIEW seen.balance_cell_mark WITH (security_barrier='true') AS
 SELECT balance_id,
    form_code,
    row_code,
    column_code,
    point_id,
    series_id,
    decision_id,
    case_id,
    begin_at,
    end_at
   FROM public.balance_cell_mark t
  WHERE
        CASE
            WHEN (NOT ( SELECT public.sees('case'::text) AS sees)) THEN false
            ELSE
            CASE
                WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
                ELSE (EXISTS ( SELECT 1
                   FROM public.monitored_balance b
                  WHERE ((b.balance_id = t.balance_id) AND (b.unit_id <@ ( SELECT public.seen_units(CURRENT_USER) AS seen_units)))))
            END
        END;

ALTER VIEW seen.balance_cell_mark OWNER TO nenghao_owner;

COMMENT ON VIEW seen.balance_cell_mark IS '可见: rows of balance_cell_mark that who asks may see';

CREATE VIEW seen.candidate WITH (security_barrier='true') AS
 SELECT candidate_id,
    rule_code,
    series_id,
    span,
    kind,
    statistics,
    score,
    expected_energy,
    observed_energy,
    energy_unit,
    other_series_ids,
    notes,
    is_rich,
    found_at
   FROM public.candidate t
  WHERE
        CASE
            WHEN (NOT ( SELECT public.sees('case'::text) AS sees)) THEN false
            ELSE
            CASE
                WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
                ELSE (EXISTS ( SELECT 1
                   FROM public.seen_series s
                  WHERE (s.series_id = t.series_id)))
            END
        END;

ALTER VIEW seen.candidate OWNER TO nenghao_owner;

COMMENT ON VIEW seen.candidate IS '可见: rows of candidate that who asks may see';

CREATE VIEW seen.case_brief WITH (security_barrier='true') AS
 SELECT case_id,
    unit_id,
    unit_code,
    unit_name,
    level,
    is_common_cause,
    into_case_id,
    state,
    opened_at
   FROM public.case_brief t
  WHERE ((( SELECT public.sees('case'::text) AS sees) AND (EXISTS ( SELECT 1
           FROM public.seen_case s
          WHERE (s.case_id = t.case_id)))) OR ((CURRENT_USER = 'nenghao_unit'::name) AND (unit_id = ( SELECT public.own_unit_id() AS own_unit_id)) AND (EXISTS ( SELECT 1
           FROM public.case_notice n
          WHERE (n.case_id = t.case_id)))));

ALTER VIEW seen.case_brief OWNER TO nenghao_owner;

COMMENT ON VIEW seen.case_brief IS '可见: cases that who asks may see; a unit those that it was asked about';

CREATE VIEW seen.case_desk WITH (security_invoker='true') AS
 SELECT c.case_id,
        CASE
            WHEN (aside.case_step_id IS NULL) THEN (hand.content ->> 'handler'::text)
            ELSE NULL::text
        END AS handler,
        CASE
            WHEN (aside.case_step_id IS NULL) THEN ((hand.content ->> 'handler_account_id'::text))::integer
            ELSE NULL::integer
        END AS handler_account_id,
    last.act AS last_act,
    last.acted_at AS last_acted_at,
    clock.due_on
   FROM ((((( SELECT DISTINCT s.case_id
           FROM public.case_step s) c
     LEFT JOIN LATERAL ( SELECT s.case_step_id,
            s.content
           FROM public.case_step s
          WHERE ((s.case_id = c.case_id) AND (s.act = 'assign'::text))
          ORDER BY s.case_step_id DESC
         LIMIT 1) hand ON (true))
     LEFT JOIN LATERAL ( SELECT s.case_step_id
           FROM public.case_step s
          WHERE ((s.case_id = c.case_id) AND (s.act = 'recuse'::text) AND (s.case_step_id > hand.case_step_id) AND (public.plain_name((s.content ->> 'officer'::text)) = public.plain_name((hand.content ->> 'handler'::text))))
          ORDER BY s.case_step_id
         LIMIT 1) aside ON (true))
     LEFT JOIN LATERAL ( SELECT s.act,
            s.acted_at
           FROM public.case_step s
          WHERE ((s.case_id = c.case_id) AND (s.act <> 'comment'::text))
          ORDER BY s.case_step_id DESC
         LIMIT 1) last ON (true))
     LEFT JOIN LATERAL ( SELECT s.due_on
           FROM public.case_step s
          WHERE ((s.case_id = c.case_id) AND (s.due_on IS NOT NULL) AND (NOT (EXISTS ( SELECT 1
                   FROM public.case_step later
                  WHERE ((later.case_id = s.case_id) AND (later.case_step_id > s.case_step_id) AND (later.act = ANY (ARRAY['explain'::text, 'verify'::text, 'recheck'::text, 'close'::text, 'reopen'::text])))))))
          ORDER BY s.case_step_id DESC
         LIMIT 1) clock ON (true));

ALTER VIEW seen.case_desk OWNER TO nenghao_owner;

COMMENT ON VIEW seen.case_desk IS '可见: rows of case_desk that who asks may see';

CREATE VIEW seen.case_member WITH (security_invoker='true') AS
 SELECT c.case_id AS root_case_id,
    c.case_id
   FROM public.audit_case c
  WHERE (NOT (EXISTS ( SELECT 1
           FROM public.case_merge m
          WHERE (m.case_id = c.case_id))))
UNION ALL
 SELECT m.into_case_id AS root_case_id,
    m.case_id
   FROM public.case_merge m
  WHERE (NOT (EXISTS ( SELECT 1
           FROM public.case_merge n
          WHERE ((n.case_id = m.case_id) AND (n.case_merge_id > m.case_merge_id)))));

ALTER VIEW seen.case_member OWNER TO nenghao_owner;

COMMENT ON VIEW seen.case_member IS '可见: rows of case_member that who asks may see';

CREATE VIEW seen.case_notice WITH (security_barrier='true') AS
 SELECT case_id
   FROM public.case_notice t
  WHERE (EXISTS ( SELECT 1
           FROM seen.case_brief b
          WHERE (b.case_id = t.case_id)));

ALTER VIEW seen.case_notice OWNER TO nenghao_owner;

COMMENT ON VIEW seen.case_notice IS '可见: rows of case_notice that who asks may see';

CREATE VIEW seen.case_root WITH (security_invoker='true') AS
 SELECT c.case_id,
    COALESCE(m.into_case_id, c.case_id) AS root_case_id
   FROM (public.audit_case c
     LEFT JOIN LATERAL ( SELECT k.into_case_id
           FROM public.case_merge k
          WHERE (k.case_id = c.case_id)
          ORDER BY k.case_merge_id DESC
         LIMIT 1) m ON (true));

ALTER VIEW seen.case_root OWNER TO nenghao_owner;

COMMENT ON VIEW seen.case_root IS '可见: rows of case_root that who asks may see';

CREATE VIEW seen.finding_standing WITH (security_invoker='true') AS
 SELECT f.finding_id,
    a.alert_id,
    a.case_id,
    k.root_case_id,
    (COALESCE(last.kind, 'found'::text) = 'quiet'::text) AS is_quiet
   FROM (((seen.case_member k
     JOIN public.alert a ON ((k.case_id = a.case_id)))
     JOIN public.finding f ON ((a.fingerprint = f.fingerprint)))
     LEFT JOIN LATERAL ( SELECT e.kind
           FROM public.alert_event e
          WHERE (e.finding_id = f.finding_id)
          ORDER BY e.alert_event_id DESC
         LIMIT 1) last ON (true));

ALTER VIEW seen.finding_standing OWNER TO nenghao_owner;

COMMENT ON VIEW seen.finding_standing IS '可见: rows of finding_standing that who asks may see';

CREATE VIEW seen.case_now WITH (security_invoker='true') AS
 SELECT c.case_id,
    c.unit_id,
    COALESCE(raised.level, c.level) AS level,
    c.opened_at,
        CASE
            WHEN (r.root_case_id <> c.case_id) THEN r.root_case_id
            ELSE NULL::bigint
        END AS into_case_id,
    last.kind AS decision,
    last.outcome,
    last.decided_at,
    (cause.case_id IS NOT NULL) AS is_common_cause,
    found.is_quiet,
        CASE
            WHEN (r.root_case_id <> c.case_id) THEN 'merged'::text
            WHEN (last.kind = ANY (ARRAY['confirm'::text, 'dismiss'::text])) THEN 'decided'::text
            WHEN ((last.kind IS NULL) AND found.is_quiet) THEN 'quiet'::text
            WHEN (last.kind = ANY (ARRAY['inquire'::text, 'explain'::text])) THEN 'asked'::text
            ELSE 'open'::text
        END AS state
   FROM (((((public.audit_case c
     JOIN seen.case_root r ON ((c.case_id = r.case_id)))
     LEFT JOIN public.common_cause cause ON ((c.case_id = cause.case_id)))
     LEFT JOIN LATERAL ( SELECT k.level
           FROM public.case_level k
          WHERE (k.case_id = c.case_id)
          ORDER BY k.case_level_id DESC
         LIMIT 1) raised ON (true))
     LEFT JOIN LATERAL ( SELECT d.kind,
            d.outcome,
            d.decided_at
           FROM public.decision d
          WHERE (d.case_id = c.case_id)
          ORDER BY d.decision_id DESC
         LIMIT 1) last ON (true))
     CROSS JOIN LATERAL ( SELECT COALESCE(bool_and(s.is_quiet), false) AS is_quiet
           FROM seen.finding_standing s
          WHERE (s.root_case_id = c.case_id)) found);

ALTER VIEW seen.case_now OWNER TO nenghao_owner;

COMMENT ON VIEW seen.case_now IS '可见: rows of case_now that who asks may see';

CREATE VIEW seen.case_told WITH (security_barrier='true') AS
 SELECT case_id,
    unit_id,
    rule_code,
    rule_version,
    point_code,
    point_name,
    span_from,
    span_to,
    innocence,
    case_count,
    decided_count,
    confirmed_count
   FROM public.case_told t
  WHERE ((( SELECT public.sees('case'::text) AS sees) AND (unit_id IN ( SELECT u.unit_id
           FROM public.seen_unit u))) OR ((CURRENT_USER = 'nenghao_unit'::name) AND (unit_id = ( SELECT public.own_unit_id() AS own_unit_id))));

ALTER VIEW seen.case_told OWNER TO nenghao_owner;

COMMENT ON VIEW seen.case_told IS '可见: what units are told of cases, to officers and to each unit of its own';

CREATE VIEW seen.changed_mark WITH (security_barrier='true') AS
 SELECT series_id,
    day_on,
    marked_at
   FROM public.changed_mark t
  WHERE
        CASE
            WHEN (NOT ( SELECT public.sees('online'::text) AS sees)) THEN false
            ELSE
            CASE
                WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
                ELSE (EXISTS ( SELECT 1
                   FROM public.seen_series s
                  WHERE (s.series_id = t.series_id)))
            END
        END
  WITH LOCAL CHECK OPTION;

ALTER VIEW seen.changed_mark OWNER TO nenghao_owner;

COMMENT ON VIEW seen.changed_mark IS '可见: rows of changed_mark that who asks may see';

CREATE VIEW seen.exclusion_in_force WITH (security_invoker='true') AS
 SELECT e.exclusion_id,
    e.decision_id,
    e.series_id,
    e.span,
    COALESCE(e.covers, 'readings'::text) AS covers
   FROM (public.exclusion e
     JOIN public.decision d ON ((e.decision_id = d.decision_id)))
  WHERE (NOT (EXISTS ( SELECT 1
           FROM public.decision later
          WHERE ((later.case_id = d.case_id) AND (later.decision_id > d.decision_id) AND (later.kind = ANY (ARRAY['confirm'::text, 'dismiss'::text]))))));

ALTER VIEW seen.exclusion_in_force OWNER TO nenghao_owner;

COMMENT ON VIEW seen.exclusion_in_force IS '可见: rows of exclusion_in_force that who asks may see';

CREATE VIEW seen.health_list WITH (security_barrier='true') AS
 SELECT waiting_list,
    row_count,
    oldest_at
   FROM ( SELECT 'changed_mark'::text AS waiting_list,
            count(*) AS row_count,
            min(c.marked_at) AS oldest_at
           FROM public.changed_mark c
        UNION ALL
         SELECT 'audit_mark'::text,
            count(*) AS count,
            min(GREATEST(m.marked_at, (((m.day_on + 1))::timestamp without time zone AT TIME ZONE 'Asia/Shanghai'::text))) AS min
           FROM public.audit_mark m
          WHERE (m.day_on < ((now() AT TIME ZONE 'Asia/Shanghai'::text))::date)
        UNION ALL
         SELECT 'month_mark'::text,
            count(*) AS count,
            min(GREATEST(m.marked_at, ((m.month_on + '1 mon'::interval) AT TIME ZONE 'Asia/Shanghai'::text))) AS min
           FROM public.month_mark m
          WHERE (m.month_on < (date_trunc('month'::text, (now() AT TIME ZONE 'Asia/Shanghai'::text)))::date)
        UNION ALL
         SELECT 'outbound'::text,
            count(*) AS count,
            min(o.created_at) AS min
           FROM public.outbound o
          WHERE (o.sent_at IS NULL)
        UNION ALL
         SELECT 'row_to_follow'::text,
            count(*) AS count,
            min(r.written_at) AS min
           FROM public.row_to_follow r) t
  WHERE (EXISTS ( SELECT 1
           FROM public.web_account() a(account_id, login, name, role, authority, level, division_prefix, unit_id, unit_code, office, language, channel, must_change, duties)
          WHERE (a.role = 'system_admin'::text)));

ALTER VIEW seen.health_list OWNER TO nenghao_owner;

COMMENT ON VIEW seen.health_list IS '待办队列: how much waits for each step and for the collectors, and since when; for system administrators';

CREATE VIEW seen.health_shard WITH (security_barrier='true') AS
 SELECT g.shard,
    g.gateway_count,
    g.offline_count,
    g.silent_count,
    last.received_at AS last_message_at,
    batch.last_at AS last_batch_at
   FROM ((( SELECT one.shard,
            count(*) AS gateway_count,
            count(*) FILTER (WHERE (NOT said.online)) AS offline_count,
            count(*) FILTER (WHERE (said.online IS NULL)) AS silent_count
           FROM (public.gateway one
             LEFT JOIN LATERAL ( SELECT s.online
                   FROM public.gateway_state s
                  WHERE (s.gateway_id = one.gateway_id)
                  ORDER BY s.gateway_state_id DESC
                 LIMIT 1) said ON (true))
          GROUP BY one.shard) g
     LEFT JOIN LATERAL ( SELECT m.received_at
           FROM public.message m
          WHERE (m.shard = g.shard)
          ORDER BY m.message_id DESC
         LIMIT 1) last ON (true))
     LEFT JOIN LATERAL ( SELECT b.last_at
           FROM public.message_batch b
          WHERE (b.shard = g.shard)
          ORDER BY b.batch_no DESC
         LIMIT 1) batch ON (true))
  WHERE (EXISTS ( SELECT 1
           FROM public.web_account() a(account_id, login, name, role, authority, level, division_prefix, unit_id, unit_code, office, language, channel, must_change, duties)
          WHERE (a.role = 'system_admin'::text)));

ALTER VIEW seen.health_shard OWNER TO nenghao_owner;

COMMENT ON VIEW seen.health_shard IS '采集分片运行状况: gateways and last message of each shard, of no unit by name; for system administrators';

CREATE VIEW seen.health_step WITH (security_barrier='true') AS
 SELECT step,
    last_at
   FROM ( VALUES ('audit_days'::text,( SELECT r.finished_at
                   FROM public.audit_run r
                  WHERE (r.subject = 'days'::text)
                  ORDER BY r.audit_run_id DESC
                 LIMIT 1)), ('audit_returns'::text,( SELECT r.finished_at
                   FROM public.audit_run r
                  WHERE (r.subject = 'return'::text)
                  ORDER BY r.audit_run_id DESC
                 LIMIT 1)), ('build_months'::text,( SELECT b.computed_at
                   FROM public.monitored_balance b
                  ORDER BY b.balance_id DESC
                 LIMIT 1)), ('seal'::text,( SELECT r.sealed_at
                   FROM public.release r
                  ORDER BY r.release_id DESC
                 LIMIT 1)), ('close_tree'::text,( SELECT d.closed_at
                   FROM public.day_tree d
                  ORDER BY d.tree_no DESC
                 LIMIT 1)), ('follow_decisions'::text,( SELECT max(f.followed_at) AS max
                   FROM public.followed_row f)), ('remind'::text,( SELECT r.opened_at
                   FROM public.reminder r
                  ORDER BY r.reminder_id DESC
                 LIMIT 1)), ('archive'::text,( SELECT c.checked_at
                   FROM public.archive_check c
                  ORDER BY c.archive_check_id DESC
                 LIMIT 1)), ('retain'::text,( SELECT r.run_at
                   FROM public.retention_run r
                  ORDER BY r.retention_run_id DESC
                 LIMIT 1))) t(step, last_at)
  WHERE (EXISTS ( SELECT 1
           FROM public.web_account() a(account_id, login, name, role, authority, level, division_prefix, unit_id, unit_code, office, language, channel, must_change, duties)
          WHERE (a.role = 'system_admin'::text)));

ALTER VIEW seen.health_step OWNER TO nenghao_owner;

COMMENT ON VIEW seen.health_step IS '作业运行状况: when each step of the clock last left a row; for system administrators';

CREATE VIEW seen.heating_value_in_force WITH (security_invoker='true') AS
 SELECT heating_value_id,
    unit_id,
    variety_code,
    lot,
    test_sheet_no,
    sampled_on,
    valid_from,
    valid_to,
    quantity,
    quantity_unit,
    heating_value,
    heating_value_unit,
    laboratory,
    document_no,
    replaces_test_sheet_no,
    registered_at
   FROM public.heating_value h
  WHERE (NOT (EXISTS ( SELECT 1
           FROM public.heating_value later
          WHERE ((later.unit_id = h.unit_id) AND (later.variety_code = h.variety_code) AND (later.lot = h.lot) AND (later.replaces_test_sheet_no = h.test_sheet_no)))));

ALTER VIEW seen.heating_value_in_force OWNER TO nenghao_owner;

COMMENT ON VIEW seen.heating_value_in_force IS '可见: rows of heating_value_in_force that who asks may see';

CREATE VIEW seen.message WITH (security_barrier='true') AS
 SELECT message_id,
    shard,
    gateway_id,
    boot_id,
    seq,
    msg_id,
    topic,
    codec,
    hash_algorithm,
    hash,
    sent_at,
    received_at,
    outcome,
    reading_count,
    stored_count,
    duplicate_count,
    conflict_count,
    revision_count,
    refused_count,
    collected_under,
    leaf,
    assurance,
    prev_hash
   FROM public.message t
  WHERE
        CASE
            WHEN (NOT ( SELECT public.sees('online'::text) AS sees)) THEN false
            ELSE
            CASE
                WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
                ELSE (EXISTS ( SELECT 1
                   FROM public.seen_gateway s
                  WHERE (s.gateway_id = t.gateway_id)))
            END
        END;

ALTER VIEW seen.message OWNER TO nenghao_owner;

COMMENT ON VIEW seen.message IS '可见: rows of message that who asks may see';

CREATE VIEW seen.message_batch WITH (security_barrier='true') AS
 SELECT batch_id,
    shard,
    batch_no,
    first_message_id,
    last_message_id,
    message_count,
    first_at,
    last_at,
    hash_algorithm,
    root,
    previous_link,
    link
   FROM public.message_batch t
  WHERE (( SELECT public.sees('case'::text) AS sees) AND true);

ALTER VIEW seen.message_batch OWNER TO nenghao_owner;

COMMENT ON VIEW seen.message_batch IS '可见: rows of message_batch that who asks may see';

CREATE VIEW seen.message_leaf WITH (security_barrier='true') AS
 SELECT message_id,
    shard,
    leaf
   FROM public.message_leaf t
  WHERE (( SELECT public.sees('case'::text) AS sees) AND true);

ALTER VIEW seen.message_leaf OWNER TO nenghao_owner;

COMMENT ON VIEW seen.message_leaf IS '可见: rows of message_leaf that who asks may see';

CREATE VIEW seen.message_raw WITH (security_barrier='true') AS
 SELECT message_id,
    received_at,
    payload
   FROM public.message_raw t
  WHERE
        CASE
            WHEN (NOT ( SELECT public.sees('online'::text) AS sees)) THEN false
            ELSE
            CASE
                WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
                ELSE (EXISTS ( SELECT 1
                   FROM (public.message m
                     JOIN public.seen_gateway s ON ((m.gateway_id = s.gateway_id)))
                  WHERE (m.message_id = t.message_id)))
            END
        END;

ALTER VIEW seen.message_raw OWNER TO nenghao_owner;

COMMENT ON VIEW seen.message_raw IS '可见: rows of message_raw that who asks may see';

CREATE VIEW seen.meter_now WITH (security_invoker='true') AS
 SELECT m.meter_id,
    m.unit_id,
    m.meter_no,
    m.name,
    m.instrument,
    m.variety_code,
    m.metering_level,
    m.model,
    m.accuracy_class,
    m.measuring_range,
    m.maker,
    m.serial_no,
    m.place,
    m.installed_on,
    m.cycle_months,
    COALESCE(v.verified_on, m.verified_on) AS verified_on,
        CASE
            WHEN (v.meter_id IS NULL) THEN m.next_verification_on
            ELSE v.next_verification_on
        END AS next_verification_on,
    COALESCE(v.verified_by, m.verified_by) AS verified_by,
    COALESCE(v.certificate_no, m.certificate_no) AS certificate_no,
    v.result AS verification_result,
    COALESCE(c.state, m.state) AS state
   FROM ((public.meter m
     LEFT JOIN LATERAL ( SELECT x.meter_id,
            x.verified_on,
            x.next_verification_on,
            x.verified_by,
            x.certificate_no,
            x.result
           FROM public.meter_verification x
          WHERE ((x.meter_id = m.meter_id) AND ((m.verified_on IS NULL) OR (x.verified_on >= m.verified_on)))
          ORDER BY x.verified_on DESC
         LIMIT 1) v ON (true))
     LEFT JOIN LATERAL ( SELECT x.state
           FROM public.meter_state_change x
          WHERE (x.meter_id = m.meter_id)
          ORDER BY x.changed_on DESC
         LIMIT 1) c ON (true));

ALTER VIEW seen.meter_now OWNER TO nenghao_owner;

COMMENT ON VIEW seen.meter_now IS '可见: rows of meter_now that who asks may see';

CREATE VIEW seen.monitored_cell WITH (security_barrier='true') AS
 SELECT balance_id,
    unit_id,
    month_on,
    version,
    form_code,
    row_code,
    column_code,
    value,
    unit,
    completeness,
    known_share,
    measured_share,
    source_point_ids
   FROM public.monitored_cell t
  WHERE
        CASE
            WHEN (NOT ( SELECT public.sees('online'::text) AS sees)) THEN false
            ELSE COALESCE((unit_id <@ ( SELECT public.seen_units(CURRENT_USER) AS seen_units)), false)
        END;

ALTER VIEW seen.monitored_cell OWNER TO nenghao_owner;

COMMENT ON VIEW seen.monitored_cell IS '可见: rows of monitored_cell that who asks may see';

CREATE VIEW seen.monitored_day WITH (security_invoker='true') AS
 SELECT p.unit_id,
    d.point_id,
    d.day_on,
    d.unit,
    d.energy,
    d.measured_energy,
    d.due_slots,
    d.known_slots
   FROM (public.point_day d
     JOIN public.point p ON ((d.point_id = p.point_id)))
  WHERE ((CURRENT_USER <> 'nenghao_unit'::name) OR (p.unit_id = public.own_unit_id()));

ALTER VIEW seen.monitored_day OWNER TO nenghao_owner;

COMMENT ON VIEW seen.monitored_day IS '可见: rows of monitored_day that who asks may see';

CREATE VIEW seen.monitored_meter WITH (security_invoker='true') AS
 SELECT p.unit_id,
    s.point_id,
    v.valid,
    m.accuracy_class
   FROM (((public.series_version v
     JOIN public.series s ON ((v.series_id = s.series_id)))
     JOIN public.point p ON ((s.point_id = p.point_id)))
     JOIN public.meter m ON ((v.meter_id = m.meter_id)))
  WHERE ((CURRENT_USER <> 'nenghao_unit'::name) OR (p.unit_id = public.own_unit_id()));

ALTER VIEW seen.monitored_meter OWNER TO nenghao_owner;

COMMENT ON VIEW seen.monitored_meter IS '可见: rows of monitored_meter that who asks may see';

CREATE VIEW seen.monitored_newest WITH (security_invoker='true') AS
 SELECT balance_id,
    unit_id,
    month_on
   FROM public.monitored_balance b
  WHERE (((CURRENT_USER <> 'nenghao_unit'::name) OR (unit_id = public.own_unit_id())) AND (NOT (EXISTS ( SELECT 1
           FROM public.monitored_balance n
          WHERE ((n.unit_id = b.unit_id) AND (n.month_on = b.month_on) AND (n.version > b.version))))));

ALTER VIEW seen.monitored_newest OWNER TO nenghao_owner;

COMMENT ON VIEW seen.monitored_newest IS '可见: rows of monitored_newest that who asks may see';

CREATE VIEW seen.monitored_point WITH (security_invoker='true') AS
 SELECT point_id,
    unit_id,
    point_code,
    name,
    variety_code,
    flow,
    use
   FROM public.point p
  WHERE ((CURRENT_USER <> 'nenghao_unit'::name) OR (unit_id = public.own_unit_id()));

ALTER VIEW seen.monitored_point OWNER TO nenghao_owner;

COMMENT ON VIEW seen.monitored_point IS '可见: rows of monitored_point that who asks may see';

CREATE VIEW seen.mute_in_force WITH (security_invoker='true') AS
 SELECT mute_id,
    rule_code,
    unit_id,
    point_id,
    until_at,
    reason,
    muted_by,
    muted_at
   FROM public.mute m
  WHERE (NOT (EXISTS ( SELECT 1
           FROM public.mute_end e
          WHERE (e.mute_id = m.mute_id))));

ALTER VIEW seen.mute_in_force OWNER TO nenghao_owner;

COMMENT ON VIEW seen.mute_in_force IS '可见: rows of mute_in_force that who asks may see';

CREATE VIEW seen.point_hour WITH (security_invoker='true') AS
 SELECT d.point_id,
    (((d.day_on)::timestamp without time zone AT TIME ZONE 'Asia/Shanghai'::text) + make_interval(hours => hour.hour_no)) AS hour_at,
    d.unit,
        CASE
            WHEN (hour.known_slots = hour.due_slots) THEN trim_scale(((hour.energy * d.base_factor) * ((10)::numeric ^ ((- s.scale))::numeric)))
            ELSE NULL::numeric
        END AS energy,
    trim_scale(((hour.measured_energy * d.base_factor) * ((10)::numeric ^ ((- s.scale))::numeric))) AS measured_energy,
    hour.due_slots,
    hour.known_slots
   FROM ((public.point_day d
     JOIN public.series_day s ON (((d.series_id = s.series_id) AND (d.day_on = s.day_on))))
     CROSS JOIN LATERAL ( SELECT ((((slot.slot_no - 1) * s.slot_minutes) / 60))::integer AS hour_no,
            sum(slot.energy) AS energy,
            COALESCE(sum(slot.energy) FILTER (WHERE (slot.quality = 'V'::text)), (0)::numeric) AS measured_energy,
            (count(*))::smallint AS due_slots,
            (count(slot.energy))::smallint AS known_slots
           FROM UNNEST(s.energy, string_to_array(s.quality, NULL::text)) WITH ORDINALITY slot(energy, quality, slot_no)
          GROUP BY (((((slot.slot_no - 1) * s.slot_minutes) / 60))::integer)) hour);

ALTER VIEW seen.point_hour OWNER TO nenghao_owner;

COMMENT ON VIEW seen.point_hour IS '可见: rows of point_hour that who asks may see';

CREATE VIEW seen.produced_output WITH (security_invoker='true') AS
 SELECT unit_id,
    product_code,
    month_on,
    quantity,
    unit
   FROM public.production_output o
  WHERE ((CURRENT_USER <> 'nenghao_unit'::name) OR (unit_id = public.own_unit_id()));

ALTER VIEW seen.produced_output OWNER TO nenghao_owner;

COMMENT ON VIEW seen.produced_output IS '可见: rows of produced_output that who asks may see';

CREATE VIEW seen.reading WITH (security_barrier='true') AS
 SELECT series_id,
    at,
    value,
    message_id,
    ordinal,
    source,
    assurance
   FROM public.reading t
  WHERE
        CASE
            WHEN (NOT ( SELECT public.sees('online'::text) AS sees)) THEN false
            ELSE
            CASE
                WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
                ELSE (EXISTS ( SELECT 1
                   FROM public.seen_series s
                  WHERE (s.series_id = t.series_id)))
            END
        END;

ALTER VIEW seen.reading OWNER TO nenghao_owner;

COMMENT ON VIEW seen.reading IS '可见: rows of reading that who asks may see';

CREATE VIEW seen.reading_conflict WITH (security_barrier='true') AS
 SELECT conflict_id,
    series_id,
    at,
    standing_value,
    value,
    message_id,
    ordinal,
    recorded_at,
    assurance
   FROM public.reading_conflict t
  WHERE
        CASE
            WHEN (NOT ( SELECT public.sees('online'::text) AS sees)) THEN false
            ELSE
            CASE
                WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
                ELSE (EXISTS ( SELECT 1
                   FROM public.seen_series s
                  WHERE (s.series_id = t.series_id)))
            END
        END;

ALTER VIEW seen.reading_conflict OWNER TO nenghao_owner;

COMMENT ON VIEW seen.reading_conflict IS '可见: rows of reading_conflict that who asks may see';

CREATE VIEW seen.reading_adoption_in_force WITH (security_invoker='true') AS
 SELECT a.series_id,
    a.at,
    a.value,
    a.message_id,
    ( SELECT c.assurance
           FROM seen.reading_conflict c
          WHERE ((c.series_id = a.series_id) AND (c.at = a.at) AND (c.message_id = a.message_id) AND (c.value = a.value))
          ORDER BY c.conflict_id
         LIMIT 1) AS assurance
   FROM (public.reading_adoption a
     JOIN public.decision d ON ((a.decision_id = d.decision_id)))
  WHERE ((NOT (EXISTS ( SELECT 1
           FROM public.decision later
          WHERE ((later.case_id = d.case_id) AND (later.decision_id > d.decision_id) AND (later.kind = ANY (ARRAY['confirm'::text, 'dismiss'::text])))))) AND (NOT (EXISTS ( SELECT 1
           FROM (public.reading_adoption newer
             JOIN public.decision nd ON ((newer.decision_id = nd.decision_id)))
          WHERE ((newer.series_id = a.series_id) AND (newer.at = a.at) AND (newer.reading_adoption_id > a.reading_adoption_id) AND (NOT (EXISTS ( SELECT 1
                   FROM public.decision later
                  WHERE ((later.case_id = nd.case_id) AND (later.decision_id > nd.decision_id) AND (later.kind = ANY (ARRAY['confirm'::text, 'dismiss'::text])))))))))));

ALTER VIEW seen.reading_adoption_in_force OWNER TO nenghao_owner;

COMMENT ON VIEW seen.reading_adoption_in_force IS '可见: rows of reading_adoption_in_force that who asks may see';

CREATE VIEW seen.reading_in_force WITH (security_barrier='true') AS
 SELECT series_id,
    at,
    value,
    source,
    message_id,
    assurance
   FROM public.reading_in_force t
  WHERE
        CASE
            WHEN (NOT ( SELECT public.sees('online'::text) AS sees)) THEN false
            ELSE
            CASE
                WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
                ELSE (EXISTS ( SELECT 1
                   FROM public.seen_series s
                  WHERE (s.series_id = t.series_id)))
            END
        END;

ALTER VIEW seen.reading_in_force OWNER TO nenghao_owner;

COMMENT ON VIEW seen.reading_in_force IS '可见: rows of reading_in_force that who asks may see';

CREATE VIEW seen.reading_revision WITH (security_barrier='true') AS
 SELECT revision_id,
    series_id,
    at,
    earlier_value,
    value,
    reason,
    standing,
    message_id,
    ordinal,
    recorded_at,
    assurance
   FROM public.reading_revision t
  WHERE
        CASE
            WHEN (NOT ( SELECT public.sees('online'::text) AS sees)) THEN false
            ELSE
            CASE
                WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
                ELSE (EXISTS ( SELECT 1
                   FROM public.seen_series s
                  WHERE (s.series_id = t.series_id)))
            END
        END;

ALTER VIEW seen.reading_revision OWNER TO nenghao_owner;

COMMENT ON VIEW seen.reading_revision IS '可见: rows of reading_revision that who asks may see';

CREATE VIEW seen.refusal WITH (security_barrier='true') AS
 SELECT refusal_id,
    message_id,
    ordinal,
    reason_code,
    detail,
    point_code,
    at,
    value_text,
    refused_at
   FROM public.refusal t
  WHERE
        CASE
            WHEN (NOT ( SELECT public.sees('online'::text) AS sees)) THEN false
            ELSE
            CASE
                WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
                ELSE (EXISTS ( SELECT 1
                   FROM (public.message m
                     JOIN public.seen_gateway s ON ((m.gateway_id = s.gateway_id)))
                  WHERE (m.message_id = t.message_id)))
            END
        END;

ALTER VIEW seen.refusal OWNER TO nenghao_owner;

COMMENT ON VIEW seen.refusal IS '可见: rows of refusal that who asks may see';

CREATE VIEW seen.refusal_replay WITH (security_barrier='true') AS
 SELECT refusal_id,
    message_id,
    ordinal,
    outcome,
    arrived_at,
    replayed_at
   FROM public.refusal_replay t
  WHERE
        CASE
            WHEN (NOT ( SELECT public.sees('online'::text) AS sees)) THEN false
            ELSE
            CASE
                WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
                ELSE (EXISTS ( SELECT 1
                   FROM (public.message m
                     JOIN public.seen_gateway s ON ((m.gateway_id = s.gateway_id)))
                  WHERE (m.message_id = t.message_id)))
            END
        END;

ALTER VIEW seen.refusal_replay OWNER TO nenghao_owner;

COMMENT ON VIEW seen.refusal_replay IS '可见: rows of refusal_replay that who asks may see';

CREATE VIEW seen.release_notice_open WITH (security_invoker='true') AS
 SELECT n.release_notice_id,
    n.release_id,
    n.recipient,
    n.had_release_id,
    n.opened_at
   FROM (public.release_notice n
     JOIN public.release r ON ((n.release_id = r.release_id)))
  WHERE (NOT (EXISTS ( SELECT 1
           FROM (public.release_recipient told
             JOIN public.release later ON ((told.release_id = later.release_id)))
          WHERE ((told.recipient = n.recipient) AND (later.kind = r.kind) AND (later.month_on = r.month_on) AND (NOT (later.unit_id IS DISTINCT FROM r.unit_id)) AND (NOT (later.aggregate_code IS DISTINCT FROM r.aggregate_code)) AND (later.version >= r.version)))));

ALTER VIEW seen.release_notice_open OWNER TO nenghao_owner;

COMMENT ON VIEW seen.release_notice_open IS '可见: rows of release_notice_open that who asks may see';

CREATE VIEW seen.reminder_open WITH (security_invoker='true') AS
 SELECT r.reminder_id,
    r.kind,
    r.audience,
    r.unit_id,
    r.subject,
    r.period_on,
    r.due_at,
    r.severity,
    r.opened_at,
    late.at AS overdue_at
   FROM (public.reminder r
     LEFT JOIN public.reminder_event late ON (((r.reminder_id = late.reminder_id) AND (late.kind = 'overdue'::text))))
  WHERE (NOT (EXISTS ( SELECT 1
           FROM public.reminder_event e
          WHERE ((e.reminder_id = r.reminder_id) AND (e.kind = ANY (ARRAY['reached'::text, 'withdrawn'::text]))))));

ALTER VIEW seen.reminder_open OWNER TO nenghao_owner;

COMMENT ON VIEW seen.reminder_open IS '可见: rows of reminder_open that who asks may see';

CREATE VIEW seen.row_leaf WITH (security_barrier='true') AS
 SELECT row_leaf_id,
    table_name,
    row_key,
    content_hash_algorithm,
    content_hash
   FROM public.row_leaf t
  WHERE (( SELECT public.sees('case'::text) AS sees) AND true);

ALTER VIEW seen.row_leaf OWNER TO nenghao_owner;

COMMENT ON VIEW seen.row_leaf IS '可见: rows of row_leaf that who asks may see';

CREATE VIEW seen.series_day_estimate WITH (security_barrier='true') AS
 SELECT series_id,
    day_on,
    first_slot,
    slot_count,
    method,
    donor_days,
    donor_series_id,
    exclusion_id,
    decision_id,
    agreed_value_id,
    reasons,
    gap,
    known_energy
   FROM public.series_day_estimate t
  WHERE
        CASE
            WHEN (NOT ( SELECT public.sees('online'::text) AS sees)) THEN false
            ELSE
            CASE
                WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
                ELSE (EXISTS ( SELECT 1
                   FROM public.seen_series s
                  WHERE (s.series_id = t.series_id)))
            END
        END;

ALTER VIEW seen.series_day_estimate OWNER TO nenghao_owner;

COMMENT ON VIEW seen.series_day_estimate IS '可见: rows of series_day_estimate that who asks may see';

CREATE VIEW seen.series_day_feature WITH (security_barrier='true') AS
 SELECT series_id,
    day_on,
    curve_version,
    curve,
    slot_minutes,
    unit,
    step,
    quantum,
    content_hash,
    computed_at
   FROM public.series_day_feature t
  WHERE
        CASE
            WHEN (NOT ( SELECT public.sees('case'::text) AS sees)) THEN false
            ELSE
            CASE
                WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
                ELSE (EXISTS ( SELECT 1
                   FROM public.seen_series s
                  WHERE (s.series_id = t.series_id)))
            END
        END;

ALTER VIEW seen.series_day_feature OWNER TO nenghao_owner;

COMMENT ON VIEW seen.series_day_feature IS '可见: rows of series_day_feature that who asks may see';

CREATE VIEW seen.series_day_slot WITH (security_invoker='true') AS
 SELECT sd.series_id,
    s.point_id,
    p.unit_id,
    s.quantity,
    s.kind,
    sd.day_on,
    (slot.slot_no)::smallint AS slot_no,
    (((sd.day_on)::timestamp without time zone AT TIME ZONE 'Asia/Shanghai'::text) + make_interval(mins => (sd.slot_minutes * ((slot.slot_no)::integer - 1)))) AS slot_at,
    sd.slot_minutes,
    sd.unit,
    ((slot.energy)::numeric * ((10)::numeric ^ ((- sd.scale))::numeric)) AS energy,
    ((slot.face)::numeric * ((10)::numeric ^ ((- sd.face_scale))::numeric)) AS face,
    substr(sd.quality, (slot.slot_no)::integer, 1) AS quality,
    substr(sd.method, (slot.slot_no)::integer, 1) AS method,
    COALESCE(substr(sd.reason, (slot.slot_no)::integer, 1), '-'::text) AS reason
   FROM (((public.series_day sd
     JOIN public.series s ON ((sd.series_id = s.series_id)))
     JOIN public.point p ON ((s.point_id = p.point_id)))
     CROSS JOIN LATERAL UNNEST(sd.energy, sd.face) WITH ORDINALITY slot(energy, face, slot_no));

ALTER VIEW seen.series_day_slot OWNER TO nenghao_owner;

COMMENT ON VIEW seen.series_day_slot IS '可见: rows of series_day_slot that who asks may see';

CREATE VIEW seen.spool_contradiction WITH (security_invoker='true') AS
 SELECT later.gateway_id,
    later.received_at AS seen_at,
    'link'::text AS kind,
    later.boot_id,
    later.seq,
    later.message_id,
    later.prev_hash AS told,
    before.hash AS stored
   FROM (seen.message later
     CROSS JOIN LATERAL ( SELECT p.message_id,
            p.hash
           FROM seen.message p
          WHERE ((p.gateway_id = later.gateway_id) AND (p.boot_id = later.boot_id) AND (p.seq = (later.seq - 1)))
          ORDER BY p.message_id
         LIMIT 1) before)
  WHERE ((later.prev_hash <> before.hash) AND (before.message_id < later.message_id))
UNION ALL
 SELECT later.gateway_id,
    later.received_at AS seen_at,
    'link'::text AS kind,
    later.boot_id,
    behind.seq,
    behind.message_id,
    behind.prev_hash AS told,
    later.hash AS stored
   FROM (seen.message later
     CROSS JOIN LATERAL ( SELECT n.message_id,
            n.seq,
            n.prev_hash
           FROM seen.message n
          WHERE ((n.gateway_id = later.gateway_id) AND (n.boot_id = later.boot_id) AND (n.seq = (later.seq + 1)))
          ORDER BY n.message_id
         LIMIT 1) behind)
  WHERE ((behind.prev_hash <> later.hash) AND (behind.message_id < later.message_id))
UNION ALL
 SELECT state.gateway_id,
    state.received_at AS seen_at,
    'spool_head'::text AS kind,
    state.boot_id,
    state.spool_head_seq AS seq,
    head.message_id,
    state.spool_head_hash AS told,
    head.hash AS stored
   FROM (public.gateway_state state
     CROSS JOIN LATERAL ( SELECT m.message_id,
            m.hash
           FROM seen.message m
          WHERE ((m.gateway_id = state.gateway_id) AND (m.boot_id = state.boot_id) AND (m.seq = state.spool_head_seq))
          ORDER BY m.message_id
         LIMIT 1) head)
  WHERE (state.spool_head_hash <> head.hash)
UNION ALL
 SELECT state.gateway_id,
    state.received_at AS seen_at,
    'day_head'::text AS kind,
    state.boot_id,
    NULL::bigint AS seq,
    NULL::bigint AS message_id,
    state.head_root AS told,
    tree.root AS stored
   FROM (public.gateway_state state
     JOIN public.day_tree tree ON ((state.head_day = tree.day_on)))
  WHERE ((state.head_root <> tree.root) AND (tree.resumed_over_tree_no IS NULL));

ALTER VIEW seen.spool_contradiction OWNER TO nenghao_owner;

COMMENT ON VIEW seen.spool_contradiction IS '可见: rows of spool_contradiction that who asks may see';

CREATE VIEW seen.supplied_statement WITH (security_invoker='true') AS
 SELECT a.unit_id,
    a.supply_account_id,
    a.variety_code,
    a.account_no,
    a.provider,
    a.settlement_day,
    a.valid_from,
    a.valid_to,
    s.supply_statement_id,
    s.from_on,
    s.to_on,
    s.quantity,
    s.unit,
    s.amount_yuan,
    s.document_no
   FROM (public.supply_account a
     LEFT JOIN public.supply_statement s ON ((a.supply_account_id = s.supply_account_id)))
  WHERE ((CURRENT_USER <> 'nenghao_unit'::name) OR (a.unit_id = public.own_unit_id()));

ALTER VIEW seen.supplied_statement OWNER TO nenghao_owner;

COMMENT ON VIEW seen.supplied_statement IS '可见: rows of supplied_statement that who asks may see';

ALTER TABLE ONLY public.access_trail
    ADD CONSTRAINT access_trail_pk PRIMARY KEY (access_trail_id);

ALTER TABLE ONLY public.account_event
    ADD CONSTRAINT account_event_pk PRIMARY KEY (account_event_id);

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_login_once UNIQUE (login);

ALTER TABLE ONLY public.account_password
    ADD CONSTRAINT account_password_pk PRIMARY KEY (account_password_id);

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_pk PRIMARY KEY (account_id);

ALTER TABLE ONLY public.agreed_value
    ADD CONSTRAINT agreed_value_pk PRIMARY KEY (agreed_value_id);

ALTER TABLE ONLY public.alert_event
    ADD CONSTRAINT alert_event_once UNIQUE (finding_id, audit_run_id);

ALTER TABLE ONLY public.alert_event
    ADD CONSTRAINT alert_event_pk PRIMARY KEY (alert_event_id);

ALTER TABLE ONLY public.alert
    ADD CONSTRAINT alert_fingerprint_unique UNIQUE (fingerprint);

ALTER TABLE ONLY public.alert
    ADD CONSTRAINT alert_pk PRIMARY KEY (alert_id);

ALTER TABLE ONLY public.api_token
    ADD CONSTRAINT api_token_once UNIQUE (token_hash);

ALTER TABLE ONLY public.api_token
    ADD CONSTRAINT api_token_pk PRIMARY KEY (api_token_id);

ALTER TABLE ONLY public.archive_check
    ADD CONSTRAINT archive_check_once UNIQUE (archive_id, relation_name, first_at);

ALTER TABLE ONLY public.archive_check
    ADD CONSTRAINT archive_check_pk PRIMARY KEY (archive_check_id);

ALTER TABLE ONLY public.archive_month
    ADD CONSTRAINT archive_month_hash_unique UNIQUE (hash);

ALTER TABLE ONLY public.archive_month
    ADD CONSTRAINT archive_month_pk PRIMARY KEY (archive_id);

ALTER TABLE ONLY public.archive_month
    ADD CONSTRAINT archive_month_version_unique UNIQUE (month_on, version);

ALTER TABLE ONLY public.audit_case
    ADD CONSTRAINT audit_case_pk PRIMARY KEY (case_id);

ALTER TABLE ONLY public.audit_run
    ADD CONSTRAINT audit_run_pk PRIMARY KEY (audit_run_id);

ALTER TABLE ONLY public.balance_cell
    ADD CONSTRAINT balance_cell_key UNIQUE NULLS NOT DISTINCT (balance_id, row_code, column_code, form_code);

ALTER TABLE ONLY public.boundary_register
    ADD CONSTRAINT boundary_register_once UNIQUE (series_id, at, side);

ALTER TABLE ONLY public.boundary_register
    ADD CONSTRAINT boundary_register_pk PRIMARY KEY (boundary_register_id);

ALTER TABLE ONLY public.candidate
    ADD CONSTRAINT candidate_pk PRIMARY KEY (candidate_id);

ALTER TABLE ONLY public.case_attachment_bytes
    ADD CONSTRAINT case_attachment_bytes_pk PRIMARY KEY (case_attachment_id);

ALTER TABLE ONLY public.case_attachment
    ADD CONSTRAINT case_attachment_once UNIQUE (case_step_id, hash);

ALTER TABLE ONLY public.case_attachment
    ADD CONSTRAINT case_attachment_pk PRIMARY KEY (case_attachment_id);

ALTER TABLE ONLY public.case_level
    ADD CONSTRAINT case_level_pk PRIMARY KEY (case_level_id);

ALTER TABLE ONLY public.case_listing
    ADD CONSTRAINT case_listing_pk PRIMARY KEY (case_id);

ALTER TABLE ONLY public.case_merge
    ADD CONSTRAINT case_merge_once UNIQUE (case_id, into_case_id);

ALTER TABLE ONLY public.case_merge
    ADD CONSTRAINT case_merge_pk PRIMARY KEY (case_merge_id);

ALTER TABLE ONLY public.case_step
    ADD CONSTRAINT case_step_once UNIQUE (hash);

ALTER TABLE ONLY public.case_step
    ADD CONSTRAINT case_step_pk PRIMARY KEY (case_step_id);

ALTER TABLE ONLY public.change_document
    ADD CONSTRAINT change_document_pk PRIMARY KEY (change_document_id);

ALTER TABLE ONLY public.check_meter
    ADD CONSTRAINT check_meter_once UNIQUE (point_id, check_point_id, valid_from);

ALTER TABLE ONLY public.check_meter
    ADD CONSTRAINT check_meter_pk PRIMARY KEY (check_meter_id);

ALTER TABLE ONLY public.coal_coefficient
    ADD CONSTRAINT coal_coefficient_pk PRIMARY KEY (coefficient_code);

ALTER TABLE ONLY public.common_cause
    ADD CONSTRAINT common_cause_once UNIQUE NULLS NOT DISTINCT (division_code, sector_code, began_on);

ALTER TABLE ONLY public.common_cause
    ADD CONSTRAINT common_cause_pk PRIMARY KEY (case_id);

ALTER TABLE ONLY public.context_event
    ADD CONSTRAINT context_event_once UNIQUE NULLS NOT DISTINCT (unit_id, point_id, kind, begins_at, division_code, industry_code, document_no);

ALTER TABLE ONLY public.context_event
    ADD CONSTRAINT context_event_pk PRIMARY KEY (context_event_id);

ALTER TABLE ONLY public.day_head
    ADD CONSTRAINT day_head_pk PRIMARY KEY (tree_no);

ALTER TABLE ONLY public.day_tree
    ADD CONSTRAINT day_tree_one_a_day UNIQUE (day_on);

ALTER TABLE ONLY public.day_tree
    ADD CONSTRAINT day_tree_pk PRIMARY KEY (tree_no);

ALTER TABLE ONLY public.decision
    ADD CONSTRAINT decision_pk PRIMARY KEY (decision_id);

ALTER TABLE ONLY public.draft
    ADD CONSTRAINT draft_pk PRIMARY KEY (draft_id);

ALTER TABLE ONLY public.equal_value
    ADD CONSTRAINT equal_value_once UNIQUE (region_code, year, variety_code, document_no);

ALTER TABLE ONLY public.equal_value
    ADD CONSTRAINT equal_value_pk PRIMARY KEY (equal_value_id);

ALTER TABLE ONLY public.evidence_document
    ADD CONSTRAINT evidence_document_pk PRIMARY KEY (evidence_document_id);

ALTER TABLE ONLY public.evidence
    ADD CONSTRAINT evidence_once UNIQUE (case_id, alert_id, kind, hash);

ALTER TABLE ONLY public.evidence
    ADD CONSTRAINT evidence_pk PRIMARY KEY (evidence_id);

ALTER TABLE ONLY public.exclusion
    ADD CONSTRAINT exclusion_pk PRIMARY KEY (exclusion_id);

ALTER TABLE ONLY public.filing_answer
    ADD CONSTRAINT filing_answer_pk PRIMARY KEY (filing_query_id);

ALTER TABLE ONLY public.filing_check
    ADD CONSTRAINT filing_check_pk PRIMARY KEY (filing_check_id);

ALTER TABLE ONLY public.filing_event
    ADD CONSTRAINT filing_event_pk PRIMARY KEY (filing_event_id);

ALTER TABLE ONLY public.filing_note
    ADD CONSTRAINT filing_note_once UNIQUE (filing_id, relation_code, form_code, row_code, column_code);

ALTER TABLE ONLY public.filing_note
    ADD CONSTRAINT filing_note_pk PRIMARY KEY (filing_note_id);

ALTER TABLE ONLY public.filing
    ADD CONSTRAINT filing_pk PRIMARY KEY (filing_id);

ALTER TABLE ONLY public.filing_query
    ADD CONSTRAINT filing_query_pk PRIMARY KEY (filing_query_id);

ALTER TABLE ONLY public.filing_signature
    ADD CONSTRAINT filing_signature_person_once UNIQUE (draft_id, signed_by);

ALTER TABLE ONLY public.filing_signature
    ADD CONSTRAINT filing_signature_pk PRIMARY KEY (draft_id, signer);

ALTER TABLE ONLY public.filing
    ADD CONSTRAINT filing_version_unique UNIQUE (unit_id, month_on, version);

ALTER TABLE ONLY public.finding
    ADD CONSTRAINT finding_content_unique UNIQUE (fingerprint, rule_version, evidence_hash);

ALTER TABLE ONLY public.finding
    ADD CONSTRAINT finding_pk PRIMARY KEY (finding_id);

ALTER TABLE ONLY public.followed_row
    ADD CONSTRAINT followed_row_pk PRIMARY KEY (source, row_id);

ALTER TABLE ONLY public.form_relation
    ADD CONSTRAINT form_relation_pk PRIMARY KEY (edition, form_code, relation_code);

ALTER TABLE ONLY public.gateway_account_event
    ADD CONSTRAINT gateway_account_event_pk PRIMARY KEY (gateway_account_event_id);

ALTER TABLE ONLY public.gateway_boot
    ADD CONSTRAINT gateway_boot_once UNIQUE (gateway_id, boot_id);

ALTER TABLE ONLY public.gateway_boot
    ADD CONSTRAINT gateway_boot_pk PRIMARY KEY (gateway_boot_id);

ALTER TABLE ONLY public.gateway
    ADD CONSTRAINT gateway_code_unique UNIQUE (unit_id, gateway_code);

ALTER TABLE ONLY public.gateway_key
    ADD CONSTRAINT gateway_key_once UNIQUE (gateway_id, key_id);

ALTER TABLE ONLY public.gateway_key
    ADD CONSTRAINT gateway_key_pk PRIMARY KEY (gateway_key_id);

ALTER TABLE ONLY public.gateway_key_revocation
    ADD CONSTRAINT gateway_key_revocation_no_unique UNIQUE (revocation_no);

ALTER TABLE ONLY public.gateway_key_revocation
    ADD CONSTRAINT gateway_key_revocation_pk PRIMARY KEY (gateway_key_id);

ALTER TABLE ONLY public.gateway
    ADD CONSTRAINT gateway_pk PRIMARY KEY (gateway_id);

ALTER TABLE ONLY public.gateway_state
    ADD CONSTRAINT gateway_state_pk PRIMARY KEY (gateway_state_id);

ALTER TABLE ONLY public.heating_value
    ADD CONSTRAINT heating_value_once UNIQUE (unit_id, variety_code, lot, test_sheet_no);

ALTER TABLE ONLY public.heating_value
    ADD CONSTRAINT heating_value_pk PRIMARY KEY (heating_value_id);

ALTER TABLE ONLY public.message_batch
    ADD CONSTRAINT message_batch_in_shard UNIQUE (shard, batch_no);

ALTER TABLE ONLY public.message_batch
    ADD CONSTRAINT message_batch_pk PRIMARY KEY (batch_id);

ALTER TABLE ONLY public.message
    ADD CONSTRAINT message_identity_unique UNIQUE (gateway_id, boot_id, seq);

ALTER TABLE ONLY public.message
    ADD CONSTRAINT message_pk PRIMARY KEY (message_id);

ALTER TABLE ONLY public.message_raw
    ADD CONSTRAINT message_raw_pk PRIMARY KEY (message_id, received_at);

ALTER TABLE ONLY public.meter_change
    ADD CONSTRAINT meter_change_once UNIQUE (point_id, quantity, changed_at);

ALTER TABLE ONLY public.meter_change
    ADD CONSTRAINT meter_change_pk PRIMARY KEY (meter_change_id);

ALTER TABLE ONLY public.meter
    ADD CONSTRAINT meter_no_unique UNIQUE (unit_id, meter_no);

ALTER TABLE ONLY public.meter
    ADD CONSTRAINT meter_pk PRIMARY KEY (meter_id);

ALTER TABLE ONLY public.meter_state_change
    ADD CONSTRAINT meter_state_change_once UNIQUE (meter_id, changed_on);

ALTER TABLE ONLY public.meter_state_change
    ADD CONSTRAINT meter_state_change_pk PRIMARY KEY (meter_state_change_id);

ALTER TABLE ONLY public.meter_verification
    ADD CONSTRAINT meter_verification_once UNIQUE (meter_id, verified_on);

ALTER TABLE ONLY public.meter_verification
    ADD CONSTRAINT meter_verification_pk PRIMARY KEY (meter_verification_id);

ALTER TABLE ONLY public.monitored_balance
    ADD CONSTRAINT monitored_balance_pk PRIMARY KEY (balance_id);

ALTER TABLE ONLY public.monitored_balance
    ADD CONSTRAINT monitored_balance_version_unique UNIQUE (unit_id, month_on, version);

ALTER TABLE ONLY public.multiplier_change
    ADD CONSTRAINT multiplier_change_once UNIQUE (point_id, quantity, changed_at);

ALTER TABLE ONLY public.multiplier_change
    ADD CONSTRAINT multiplier_change_pk PRIMARY KEY (multiplier_change_id);

ALTER TABLE ONLY public.mute_end
    ADD CONSTRAINT mute_end_pk PRIMARY KEY (mute_id);

ALTER TABLE ONLY public.mute
    ADD CONSTRAINT mute_pk PRIMARY KEY (mute_id);

ALTER TABLE ONLY public.network_term
    ADD CONSTRAINT network_term_once UNIQUE (whole_point_id, part_point_id, valid_from);

ALTER TABLE ONLY public.network_term
    ADD CONSTRAINT network_term_pk PRIMARY KEY (network_term_id);

ALTER TABLE ONLY public.outage_filing
    ADD CONSTRAINT outage_filing_once UNIQUE NULLS NOT DISTINCT (unit_id, gateway_id, point_id, fault_at);

ALTER TABLE ONLY public.outage_filing
    ADD CONSTRAINT outage_filing_pk PRIMARY KEY (outage_filing_id);

ALTER TABLE ONLY public.outbound
    ADD CONSTRAINT outbound_pk PRIMARY KEY (outbound_id);

ALTER TABLE ONLY public.panel_member
    ADD CONSTRAINT panel_member_once UNIQUE (panel_code, unit_id, entered_on);

ALTER TABLE ONLY public.panel_member
    ADD CONSTRAINT panel_member_one_span_at_a_time EXCLUDE USING gist (panel_code WITH =, unit_id WITH =, daterange(entered_on, left_on) WITH &&);

ALTER TABLE ONLY public.panel_member
    ADD CONSTRAINT panel_member_pk PRIMARY KEY (panel_member_id);

ALTER TABLE ONLY public.point
    ADD CONSTRAINT point_code_unique UNIQUE (unit_id, point_code);

ALTER TABLE ONLY public.point_day
    ADD CONSTRAINT point_day_pk PRIMARY KEY (point_id, day_on);

ALTER TABLE ONLY public.point_month
    ADD CONSTRAINT point_month_pk PRIMARY KEY (point_id, month_on);

ALTER TABLE ONLY public.point
    ADD CONSTRAINT point_pk PRIMARY KEY (point_id);

ALTER TABLE ONLY public.product_process
    ADD CONSTRAINT product_process_once UNIQUE (unit_id, product_code, process_code, valid_from);

ALTER TABLE ONLY public.product_process
    ADD CONSTRAINT product_process_pk PRIMARY KEY (product_process_id);

ALTER TABLE ONLY public.production_output
    ADD CONSTRAINT production_output_once UNIQUE (unit_id, product_code, month_on);

ALTER TABLE ONLY public.production_output
    ADD CONSTRAINT production_output_pk PRIMARY KEY (production_output_id);

ALTER TABLE ONLY public.quality_share
    ADD CONSTRAINT quality_share_pk PRIMARY KEY (unit_id, month_on, share_name);

ALTER TABLE ONLY public.reading_adoption
    ADD CONSTRAINT reading_adoption_pk PRIMARY KEY (reading_adoption_id);

ALTER TABLE ONLY public.reading_conflict
    ADD CONSTRAINT reading_conflict_once UNIQUE (message_id, ordinal);

ALTER TABLE ONLY public.reading_conflict
    ADD CONSTRAINT reading_conflict_pk PRIMARY KEY (conflict_id);

ALTER TABLE ONLY public.reading
    ADD CONSTRAINT reading_pk PRIMARY KEY (series_id, at);

ALTER TABLE ONLY public.reading_revision
    ADD CONSTRAINT reading_revision_once UNIQUE (message_id, ordinal);

ALTER TABLE ONLY public.reading_revision
    ADD CONSTRAINT reading_revision_pk PRIMARY KEY (revision_id);

ALTER TABLE ONLY public.receipt_cursor
    ADD CONSTRAINT receipt_cursor_pk PRIMARY KEY (shard);

ALTER TABLE ONLY public.refusal
    ADD CONSTRAINT refusal_once UNIQUE NULLS NOT DISTINCT (message_id, ordinal);

ALTER TABLE ONLY public.refusal
    ADD CONSTRAINT refusal_pk PRIMARY KEY (refusal_id);

ALTER TABLE ONLY public.refusal_replay
    ADD CONSTRAINT refusal_replay_pk PRIMARY KEY (refusal_id);

ALTER TABLE ONLY public.register_import
    ADD CONSTRAINT register_import_pk PRIMARY KEY (register_upload_id);

ALTER TABLE ONLY public.register_upload
    ADD CONSTRAINT register_upload_pk PRIMARY KEY (register_upload_id);

ALTER TABLE ONLY public.release
    ADD CONSTRAINT release_archive_name_unique UNIQUE (archive_name);

ALTER TABLE ONLY public.release
    ADD CONSTRAINT release_filing_once UNIQUE (filing_id);

ALTER TABLE ONLY public.release_notice
    ADD CONSTRAINT release_notice_once UNIQUE (release_id, recipient);

ALTER TABLE ONLY public.release_notice
    ADD CONSTRAINT release_notice_pk PRIMARY KEY (release_notice_id);

ALTER TABLE ONLY public.release
    ADD CONSTRAINT release_pk PRIMARY KEY (release_id);

ALTER TABLE ONLY public.release_recipient
    ADD CONSTRAINT release_recipient_pk PRIMARY KEY (release_recipient_id);

ALTER TABLE public.release
    ADD CONSTRAINT release_restatement_has_reason CHECK ((((version = 1) = (reason_kind IS NULL)) AND ((version = 1) = (reason_references IS NULL)))) NOT VALID;

ALTER TABLE ONLY public.release
    ADD CONSTRAINT release_version_unique UNIQUE (kind, unit_id, month_on, version);

ALTER TABLE ONLY public.reminder_event
    ADD CONSTRAINT reminder_event_pk PRIMARY KEY (reminder_id, kind);

ALTER TABLE ONLY public.reminder
    ADD CONSTRAINT reminder_pk PRIMARY KEY (reminder_id);

ALTER TABLE ONLY public.report_calendar
    ADD CONSTRAINT report_calendar_pk PRIMARY KEY (edition, form_code, month_on, level);

ALTER TABLE ONLY public.resend_request
    ADD CONSTRAINT resend_request_pk PRIMARY KEY (resend_request_id);

ALTER TABLE ONLY public.restatement_reason
    ADD CONSTRAINT restatement_reason_pk PRIMARY KEY (restatement_reason_id);

ALTER TABLE ONLY public.retention_hold_end
    ADD CONSTRAINT retention_hold_end_pk PRIMARY KEY (retention_hold_id);

ALTER TABLE ONLY public.retention_hold
    ADD CONSTRAINT retention_hold_pk PRIMARY KEY (retention_hold_id);

ALTER TABLE ONLY public.retention_policy
    ADD CONSTRAINT retention_policy_pk PRIMARY KEY (relation_name);

ALTER TABLE ONLY public.retention_run
    ADD CONSTRAINT retention_run_once UNIQUE (relation_name, first_at);

ALTER TABLE ONLY public.retention_run
    ADD CONSTRAINT retention_run_pk PRIMARY KEY (retention_run_id);

ALTER TABLE ONLY public.return_check
    ADD CONSTRAINT return_check_pk PRIMARY KEY (return_check_id);

ALTER TABLE ONLY public.row_leaf
    ADD CONSTRAINT row_leaf_pk PRIMARY KEY (row_leaf_id);

ALTER TABLE ONLY public.rule_essay
    ADD CONSTRAINT rule_essay_pk PRIMARY KEY (rule_essay_id);

ALTER TABLE ONLY public.rule_mode
    ADD CONSTRAINT rule_mode_pk PRIMARY KEY (rule_mode_id);

ALTER TABLE ONLY public.rule_threshold
    ADD CONSTRAINT rule_threshold_pk PRIMARY KEY (rule_code, threshold_name, valid_from);

ALTER TABLE ONLY public.rule_version
    ADD CONSTRAINT rule_version_content_unique UNIQUE (rule_code, content_hash);

ALTER TABLE ONLY public.rule_version
    ADD CONSTRAINT rule_version_pk PRIMARY KEY (rule_code, version);

ALTER TABLE ONLY public.sample_draw
    ADD CONSTRAINT sample_draw_pk PRIMARY KEY (sample_plan_id);

ALTER TABLE ONLY public.sample_plan
    ADD CONSTRAINT sample_plan_one_a_month UNIQUE (month_on);

ALTER TABLE ONLY public.sample_plan
    ADD CONSTRAINT sample_plan_pk PRIMARY KEY (sample_plan_id);

ALTER TABLE ONLY public.sample_result
    ADD CONSTRAINT sample_result_pk PRIMARY KEY (sample_result_id);

ALTER TABLE ONLY public.sample_unit
    ADD CONSTRAINT sample_unit_pk PRIMARY KEY (sample_plan_id, unit_id);

ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.seal_progress
    ADD CONSTRAINT seal_progress_pk PRIMARY KEY (seal_request_id, state);

ALTER TABLE ONLY public.seal_request
    ADD CONSTRAINT seal_request_pk PRIMARY KEY (seal_request_id);

ALTER TABLE ONLY public.series_day_estimate
    ADD CONSTRAINT series_day_estimate_pk PRIMARY KEY (series_id, day_on, first_slot);

ALTER TABLE ONLY public.series_day_feature
    ADD CONSTRAINT series_day_feature_pk PRIMARY KEY (series_id, day_on);

ALTER TABLE ONLY public.series_day
    ADD CONSTRAINT series_day_pk PRIMARY KEY (series_id, day_on);

ALTER TABLE ONLY public.series
    ADD CONSTRAINT series_pk PRIMARY KEY (series_id);

ALTER TABLE ONLY public.series
    ADD CONSTRAINT series_unique UNIQUE (point_id, quantity, kind, period);

ALTER TABLE ONLY public.series_version
    ADD CONSTRAINT series_version_one_at_a_time EXCLUDE USING gist (series_id WITH =, valid WITH &&);

ALTER TABLE ONLY public.series_version
    ADD CONSTRAINT series_version_pk PRIMARY KEY (series_version_id);

ALTER TABLE ONLY public.sign_in_attempt
    ADD CONSTRAINT sign_in_attempt_pk PRIMARY KEY (sign_in_attempt_id);

ALTER TABLE ONLY public.silenced_finding
    ADD CONSTRAINT silenced_finding_pk PRIMARY KEY (finding_id);

ALTER TABLE ONLY public.stock_yard
    ADD CONSTRAINT stock_yard_once UNIQUE (unit_id, yard_no, variety_code, valid_from);

ALTER TABLE ONLY public.stock_yard
    ADD CONSTRAINT stock_yard_pk PRIMARY KEY (stock_yard_id);

ALTER TABLE ONLY public.supply_account
    ADD CONSTRAINT supply_account_once UNIQUE (unit_id, variety_code, account_no);

ALTER TABLE ONLY public.supply_account
    ADD CONSTRAINT supply_account_pk PRIMARY KEY (supply_account_id);

ALTER TABLE ONLY public.supply_statement
    ADD CONSTRAINT supply_statement_once UNIQUE (supply_account_id, from_on, document_no);

ALTER TABLE ONLY public.supply_statement
    ADD CONSTRAINT supply_statement_pk PRIMARY KEY (supply_statement_id);

ALTER TABLE ONLY public.unit
    ADD CONSTRAINT unit_code_unique UNIQUE (unit_code);

ALTER TABLE ONLY public.unit
    ADD CONSTRAINT unit_pk PRIMARY KEY (unit_id);

ALTER TABLE ONLY public.unit_request_answer
    ADD CONSTRAINT unit_request_answer_pk PRIMARY KEY (unit_request_id);

ALTER TABLE ONLY public.unit_request
    ADD CONSTRAINT unit_request_pk PRIMARY KEY (unit_request_id);

ALTER TABLE ONLY public.unit_version
    ADD CONSTRAINT unit_version_once UNIQUE NULLS NOT DISTINCT (unit_id, valid_from);

ALTER TABLE ONLY public.unit_version
    ADD CONSTRAINT unit_version_pk PRIMARY KEY (unit_version_id);

ALTER TABLE ONLY public.variety
    ADD CONSTRAINT variety_pk PRIMARY KEY (edition, variety_code);

ALTER TABLE ONLY public.web_session
    ADD CONSTRAINT web_session_pk PRIMARY KEY (web_session_id);

ALTER TABLE ONLY public.web_session
    ADD CONSTRAINT web_session_token_once UNIQUE (token_hash);

CREATE INDEX access_trail_by_time ON public.access_trail USING btree (at);

CREATE INDEX access_trail_of_account ON public.access_trail USING btree (account_id, access_trail_id DESC);

CREATE INDEX access_trail_of_unit ON public.access_trail USING btree (unit_id, access_trail_id DESC);

CREATE UNIQUE INDEX account_name_in_government ON public.account USING btree (name) WHERE (unit_id IS NULL);

CREATE UNIQUE INDEX account_name_in_unit ON public.account USING btree (unit_id, name) WHERE (unit_id IS NOT NULL);

CREATE INDEX account_password_newest ON public.account_password USING btree (account_id, account_password_id DESC);

CREATE INDEX agreed_value_by_series ON public.agreed_value USING btree (series_id);

CREATE INDEX alert_by_case ON public.alert USING btree (case_id);

CREATE INDEX alert_event_by_alert ON public.alert_event USING btree (alert_id);

CREATE INDEX alert_event_by_run ON public.alert_event USING btree (audit_run_id);

CREATE INDEX api_token_of_account ON public.api_token USING btree (account_id);

CREATE INDEX candidate_series_span ON public.candidate USING gist (series_id, span);

CREATE INDEX case_attachment_by_case ON public.case_attachment USING btree (case_id, case_attachment_id);

CREATE INDEX case_level_by_case ON public.case_level USING btree (case_id);

CREATE INDEX case_listing_by_rank ON public.case_listing USING btree (state, ((level <> 'doubt'::text)), score DESC, case_id);

CREATE INDEX case_listing_by_unit ON public.case_listing USING btree (unit_id);

CREATE INDEX case_merge_by_target ON public.case_merge USING btree (into_case_id);

CREATE INDEX case_step_by_case ON public.case_step USING btree (case_id, case_step_id);

CREATE INDEX case_step_by_decision ON public.case_step USING btree (decision_id);

CREATE INDEX case_step_by_unit ON public.case_step USING btree (unit_id, case_id);

CREATE INDEX change_document_of_unit ON public.change_document USING btree (unit_id, change_document_id);

CREATE INDEX context_event_by_unit ON public.context_event USING btree (unit_id, begins_at);

CREATE INDEX decision_by_case ON public.decision USING btree (case_id, decision_id);

CREATE INDEX draft_newest ON public.draft USING btree (unit_id, month_on, draft_id DESC);

CREATE INDEX evidence_by_alert ON public.evidence USING btree (alert_id);

CREATE INDEX evidence_document_by_case ON public.evidence_document USING btree (case_id, evidence_document_id);

CREATE INDEX feature_mark_day ON public.feature_mark USING btree (day_on, series_id);

CREATE INDEX filing_by_month ON public.filing USING btree (month_on, unit_id, version);

CREATE INDEX filing_check_newest ON public.filing_check USING btree (draft_id, filing_check_id DESC);

CREATE INDEX filing_event_by_filing ON public.filing_event USING btree (filing_id, filing_event_id DESC);

CREATE INDEX filing_query_by_filing ON public.filing_query USING btree (filing_id);

CREATE INDEX finding_by_point ON public.finding USING btree (point_id);

CREATE INDEX finding_by_rule ON public.finding USING btree (rule_code, rule_version);

CREATE INDEX finding_by_run ON public.finding USING btree (audit_run_id);

CREATE INDEX finding_by_unit ON public.finding USING btree (unit_id, rule_code);

CREATE INDEX finding_of_relations ON public.finding USING btree (lower(span), unit_id) WHERE (rule_code = 'form_relation'::text);

CREATE INDEX gateway_account_event_latest ON public.gateway_account_event USING btree (gateway_id, gateway_account_event_id);

CREATE UNIQUE INDEX gateway_boot_one_first ON public.gateway_boot USING btree (gateway_id) WHERE (how = 'first'::text);

CREATE INDEX gateway_state_by_gateway ON public.gateway_state USING btree (gateway_id, received_at);

CREATE INDEX gateway_state_latest ON public.gateway_state USING btree (gateway_id, gateway_state_id);

CREATE INDEX heating_value_by_unit ON public.heating_value USING btree (unit_id, valid_from);

CREATE INDEX message_batch_by_message ON public.message_batch USING btree (shard, first_message_id);

CREATE INDEX message_by_gateway ON public.message USING btree (gateway_id, received_at) WHERE (gateway_id IS NOT NULL);

CREATE INDEX message_by_shard ON public.message USING btree (shard, message_id);

CREATE UNIQUE INDEX message_hash_unique ON public.message USING btree (topic, hash) WHERE (seq IS NULL);

CREATE INDEX message_without_gateway ON public.message USING btree (received_at) WHERE (gateway_id IS NULL);

CREATE INDEX monitored_balance_by_month ON public.monitored_balance USING btree (month_on, unit_id, version);

CREATE INDEX mute_by_rule ON public.mute USING btree (rule_code);

CREATE INDEX outbound_unsent ON public.outbound USING btree (outbound_id) WHERE (sent_at IS NULL);

CREATE INDEX quality_share_by_month ON public.quality_share USING btree (month_on, unit_id);

CREATE INDEX reading_adoption_by_series ON public.reading_adoption USING btree (series_id, at);

CREATE INDEX reading_conflict_by_series ON public.reading_conflict USING btree (series_id, at);

CREATE INDEX reading_revision_by_series ON public.reading_revision USING btree (series_id, at);

CREATE INDEX refusal_by_instant ON public.refusal USING btree (at) WHERE (at IS NOT NULL);

CREATE INDEX refusal_of_message ON public.refusal USING btree (refused_at) WHERE (ordinal IS NULL);

CREATE INDEX refusal_replay_by_message ON public.refusal_replay USING btree (message_id);

CREATE INDEX register_upload_of_unit ON public.register_upload USING btree (unit_id, register_upload_id DESC);

CREATE UNIQUE INDEX release_aggregate_version ON public.release USING btree (aggregate_code, month_on, version) WHERE (kind = 'aggregate'::text);

CREATE INDEX release_by_month ON public.release USING btree (month_on, kind, unit_id, version);

CREATE INDEX release_recipient_by_release ON public.release_recipient USING btree (release_id);

CREATE INDEX reminder_by_duty ON public.reminder USING btree (kind, unit_id, subject, period_on);

CREATE INDEX resend_request_by_spool ON public.resend_request USING btree (gateway_id, boot_id);

CREATE INDEX restatement_reason_by_release ON public.restatement_reason USING btree (restates_release_id);

CREATE INDEX return_check_by_month ON public.return_check USING btree (month_on, kind, return_id, return_check_id DESC);

CREATE INDEX return_check_newest ON public.return_check USING btree (kind, return_id, return_check_id DESC);

CREATE INDEX row_leaf_by_row ON public.row_leaf USING btree (table_name, row_key, row_leaf_id);

CREATE INDEX rule_essay_by_rule ON public.rule_essay USING btree (rule_code, version, rule_essay_id);

CREATE INDEX rule_mode_latest ON public.rule_mode USING btree (rule_code, rule_mode_id);

CREATE UNIQUE INDEX seal_progress_ends_once ON public.seal_progress USING btree (seal_request_id) WHERE (state <> 'running'::text);

CREATE INDEX seal_request_by_month ON public.seal_request USING btree (month_on, kind, unit_id);

CREATE INDEX series_day_by_day ON public.series_day USING btree (day_on);

CREATE INDEX series_day_feature_day ON public.series_day_feature USING btree (day_on, series_id);

CREATE INDEX series_version_of_meter ON public.series_version USING btree (meter_id);

CREATE INDEX sign_in_attempt_of_address ON public.sign_in_attempt USING btree (address, at);

CREATE INDEX sign_in_attempt_of_login ON public.sign_in_attempt USING btree (login, at);

CREATE INDEX unit_request_of_unit ON public.unit_request USING btree (unit_id, unit_request_id DESC);

CREATE INDEX web_session_of_account ON public.web_session USING btree (account_id) WHERE (ended_at IS NULL);

CREATE TRIGGER a_agreed_value_by_oneself BEFORE INSERT ON public.agreed_value FOR EACH ROW WHEN ((SESSION_USER = 'nenghao_web'::name)) EXECUTE FUNCTION public.act_as_oneself('recorded_by');

CREATE TRIGGER a_case_step_by_oneself BEFORE INSERT ON public.case_step FOR EACH ROW WHEN ((SESSION_USER = 'nenghao_web'::name)) EXECUTE FUNCTION public.step_as_oneself();

CREATE TRIGGER a_change_document_by_oneself BEFORE INSERT ON public.change_document FOR EACH ROW WHEN ((SESSION_USER = 'nenghao_web'::name)) EXECUTE FUNCTION public.act_as_oneself('added_by');

CREATE TRIGGER a_decision_by_oneself BEFORE INSERT ON public.decision FOR EACH ROW WHEN ((SESSION_USER = 'nenghao_web'::name)) EXECUTE FUNCTION public.act_as_oneself('decided_by');

CREATE TRIGGER a_draft_by_oneself BEFORE INSERT ON public.draft FOR EACH ROW WHEN ((SESSION_USER = 'nenghao_web'::name)) EXECUTE FUNCTION public.act_as_oneself('saved_by');

CREATE TRIGGER a_evidence_document_by_oneself BEFORE INSERT ON public.evidence_document FOR EACH ROW WHEN ((SESSION_USER = 'nenghao_web'::name)) EXECUTE FUNCTION public.act_as_oneself('made_by');

CREATE TRIGGER a_filing_answer_by_oneself BEFORE INSERT ON public.filing_answer FOR EACH ROW WHEN ((SESSION_USER = 'nenghao_web'::name)) EXECUTE FUNCTION public.act_as_oneself('answered_by');

CREATE TRIGGER a_filing_event_by_oneself BEFORE INSERT ON public.filing_event FOR EACH ROW WHEN ((SESSION_USER = 'nenghao_web'::name)) EXECUTE FUNCTION public.act_as_oneself('acted_by');

CREATE TRIGGER a_filing_note_by_oneself BEFORE INSERT ON public.filing_note FOR EACH ROW WHEN ((SESSION_USER = 'nenghao_web'::name)) EXECUTE FUNCTION public.act_as_oneself('noted_by');

CREATE TRIGGER a_filing_query_by_oneself BEFORE INSERT ON public.filing_query FOR EACH ROW WHEN ((SESSION_USER = 'nenghao_web'::name)) EXECUTE FUNCTION public.act_as_oneself('asked_by');

CREATE TRIGGER a_filing_signature_by_oneself BEFORE INSERT ON public.filing_signature FOR EACH ROW WHEN ((SESSION_USER = 'nenghao_web'::name)) EXECUTE FUNCTION public.act_as_oneself('signed_by');

CREATE TRIGGER a_gateway_account_event_by_oneself BEFORE INSERT ON public.gateway_account_event FOR EACH ROW WHEN ((SESSION_USER = 'nenghao_web'::name)) EXECUTE FUNCTION public.act_as_oneself('done_by');

CREATE TRIGGER a_gateway_boot_by_oneself BEFORE INSERT ON public.gateway_boot FOR EACH ROW WHEN ((SESSION_USER = 'nenghao_web'::name)) EXECUTE FUNCTION public.act_as_oneself('enrolled_by');

CREATE TRIGGER a_gateway_key_by_oneself BEFORE INSERT ON public.gateway_key FOR EACH ROW WHEN ((SESSION_USER = 'nenghao_web'::name)) EXECUTE FUNCTION public.act_as_oneself('registered_by');

CREATE TRIGGER a_gateway_key_revocation_by_oneself BEFORE INSERT ON public.gateway_key_revocation FOR EACH ROW WHEN ((SESSION_USER = 'nenghao_web'::name)) EXECUTE FUNCTION public.act_as_oneself('revoked_by');

CREATE TRIGGER a_mute_by_oneself BEFORE INSERT ON public.mute FOR EACH ROW WHEN ((SESSION_USER = 'nenghao_web'::name)) EXECUTE FUNCTION public.act_as_oneself('muted_by');

CREATE TRIGGER a_mute_end_by_oneself BEFORE INSERT ON public.mute_end FOR EACH ROW WHEN ((SESSION_USER = 'nenghao_web'::name)) EXECUTE FUNCTION public.act_as_oneself('ended_by');

CREATE TRIGGER a_register_import_by_oneself BEFORE INSERT ON public.register_import FOR EACH ROW WHEN ((SESSION_USER = 'nenghao_web'::name)) EXECUTE FUNCTION public.act_as_oneself('imported_by');

CREATE TRIGGER a_register_upload_by_oneself BEFORE INSERT ON public.register_upload FOR EACH ROW WHEN ((SESSION_USER = 'nenghao_web'::name)) EXECUTE FUNCTION public.act_as_oneself('uploaded_by');

CREATE TRIGGER a_release_recipient_by_oneself BEFORE INSERT ON public.release_recipient FOR EACH ROW WHEN ((SESSION_USER = 'nenghao_web'::name)) EXECUTE FUNCTION public.act_as_oneself('recorded_by');

CREATE TRIGGER a_restatement_reason_by_oneself BEFORE INSERT ON public.restatement_reason FOR EACH ROW WHEN ((SESSION_USER = 'nenghao_web'::name)) EXECUTE FUNCTION public.act_as_oneself('given_by');

CREATE TRIGGER a_retention_hold_by_oneself BEFORE INSERT ON public.retention_hold FOR EACH ROW WHEN ((SESSION_USER = 'nenghao_web'::name)) EXECUTE FUNCTION public.act_as_oneself('placed_by');

CREATE TRIGGER a_retention_hold_end_by_oneself BEFORE INSERT ON public.retention_hold_end FOR EACH ROW WHEN ((SESSION_USER = 'nenghao_web'::name)) EXECUTE FUNCTION public.act_as_oneself('ended_by');

CREATE TRIGGER a_rule_mode_by_oneself BEFORE INSERT ON public.rule_mode FOR EACH ROW WHEN ((SESSION_USER = 'nenghao_web'::name)) EXECUTE FUNCTION public.act_as_oneself('set_by');

CREATE TRIGGER a_rule_threshold_by_oneself BEFORE INSERT ON public.rule_threshold FOR EACH ROW WHEN ((SESSION_USER = 'nenghao_web'::name)) EXECUTE FUNCTION public.act_as_oneself('set_by');

CREATE TRIGGER a_sample_draw_by_oneself BEFORE INSERT ON public.sample_draw FOR EACH ROW WHEN ((SESSION_USER = 'nenghao_web'::name)) EXECUTE FUNCTION public.act_as_oneself('drawn_by');

CREATE TRIGGER a_sample_plan_by_oneself BEFORE INSERT ON public.sample_plan FOR EACH ROW WHEN ((SESSION_USER = 'nenghao_web'::name)) EXECUTE FUNCTION public.act_as_oneself('announced_by');

CREATE TRIGGER a_sample_result_by_oneself BEFORE INSERT ON public.sample_result FOR EACH ROW WHEN ((SESSION_USER = 'nenghao_web'::name)) EXECUTE FUNCTION public.act_as_oneself('checked_by');

CREATE TRIGGER a_seal_request_by_oneself BEFORE INSERT ON public.seal_request FOR EACH ROW WHEN ((SESSION_USER = 'nenghao_web'::name)) EXECUTE FUNCTION public.act_as_oneself('requested_by');

CREATE TRIGGER a_unit_request_answer_by_oneself BEFORE INSERT ON public.unit_request_answer FOR EACH ROW WHEN ((SESSION_USER = 'nenghao_web'::name)) EXECUTE FUNCTION public.act_as_oneself('answered_by');

CREATE TRIGGER a_unit_request_by_oneself BEFORE INSERT ON public.unit_request FOR EACH ROW WHEN ((SESSION_USER = 'nenghao_web'::name)) EXECUTE FUNCTION public.act_as_oneself('asked_by');

CREATE TRIGGER access_trail_append_only BEFORE DELETE OR UPDATE ON public.access_trail FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER access_trail_no_truncate BEFORE TRUNCATE ON public.access_trail FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER account_event_append_only BEFORE DELETE OR UPDATE ON public.account_event FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER account_event_change_recorded AFTER UPDATE ON public.account_event REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('account_event_id');

CREATE TRIGGER account_event_no_truncate BEFORE TRUNCATE ON public.account_event FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER account_event_recorded AFTER INSERT ON public.account_event REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('account_event_id');

CREATE TRIGGER account_guarded BEFORE UPDATE ON public.account FOR EACH ROW EXECUTE FUNCTION public.guard_account();

CREATE TRIGGER account_kept BEFORE DELETE ON public.account FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER account_no_truncate BEFORE TRUNCATE ON public.account FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER account_password_append_only BEFORE DELETE OR UPDATE ON public.account_password FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER account_password_no_truncate BEFORE TRUNCATE ON public.account_password FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER account_password_noted AFTER INSERT ON public.account_password FOR EACH ROW EXECUTE FUNCTION public.record_account();

CREATE TRIGGER account_recorded AFTER INSERT OR UPDATE ON public.account FOR EACH ROW EXECUTE FUNCTION public.record_account();

CREATE TRIGGER agreed_value_append_only BEFORE DELETE OR UPDATE ON public.agreed_value FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER agreed_value_change_recorded AFTER UPDATE ON public.agreed_value REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('agreed_value_id');

CREATE TRIGGER agreed_value_no_truncate BEFORE TRUNCATE ON public.agreed_value FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER agreed_value_recorded AFTER INSERT ON public.agreed_value REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('agreed_value_id');

CREATE TRIGGER alert_append_only BEFORE DELETE OR UPDATE ON public.alert FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER alert_change_recorded AFTER UPDATE ON public.alert REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('alert_id');

CREATE TRIGGER alert_event_append_only BEFORE DELETE OR UPDATE ON public.alert_event FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER alert_event_change_recorded AFTER UPDATE ON public.alert_event REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('alert_event_id');

CREATE TRIGGER alert_event_no_truncate BEFORE TRUNCATE ON public.alert_event FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER alert_event_recorded AFTER INSERT ON public.alert_event REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('alert_event_id');

CREATE TRIGGER alert_no_truncate BEFORE TRUNCATE ON public.alert FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER alert_recorded AFTER INSERT ON public.alert REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('alert_id');

CREATE TRIGGER archive_check_append_only BEFORE DELETE OR UPDATE ON public.archive_check FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER archive_check_change_recorded AFTER UPDATE ON public.archive_check REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('archive_check_id');

CREATE TRIGGER archive_check_no_truncate BEFORE TRUNCATE ON public.archive_check FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER archive_check_recorded AFTER INSERT ON public.archive_check REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('archive_check_id');

CREATE TRIGGER archive_month_append_only BEFORE DELETE OR UPDATE ON public.archive_month FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER archive_month_change_recorded AFTER UPDATE ON public.archive_month REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('archive_id');

CREATE TRIGGER archive_month_no_truncate BEFORE TRUNCATE ON public.archive_month FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER archive_month_recorded AFTER INSERT ON public.archive_month REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('archive_id');

CREATE TRIGGER audit_case_append_only BEFORE DELETE OR UPDATE ON public.audit_case FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER audit_case_change_recorded AFTER UPDATE ON public.audit_case REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('case_id');

CREATE TRIGGER audit_case_no_truncate BEFORE TRUNCATE ON public.audit_case FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER audit_case_recorded AFTER INSERT ON public.audit_case REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('case_id');

CREATE TRIGGER audit_run_append_only BEFORE DELETE OR UPDATE ON public.audit_run FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER audit_run_change_recorded AFTER UPDATE ON public.audit_run REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('audit_run_id');

CREATE TRIGGER audit_run_no_truncate BEFORE TRUNCATE ON public.audit_run FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER audit_run_recorded AFTER INSERT ON public.audit_run REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('audit_run_id');

CREATE TRIGGER b_rule_mode_set BEFORE INSERT ON public.rule_mode FOR EACH ROW WHEN ((SESSION_USER = 'nenghao_web'::name)) EXECUTE FUNCTION public.set_rules_only();

CREATE TRIGGER b_rule_threshold_set BEFORE INSERT OR UPDATE ON public.rule_threshold FOR EACH ROW WHEN ((SESSION_USER = 'nenghao_web'::name)) EXECUTE FUNCTION public.set_rules_only();

CREATE TRIGGER balance_cell_append_only BEFORE DELETE OR UPDATE ON public.balance_cell FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER balance_cell_change_recorded AFTER UPDATE ON public.balance_cell REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('balance_id', 'row_code', 'column_code', 'form_code');

CREATE TRIGGER balance_cell_no_truncate BEFORE TRUNCATE ON public.balance_cell FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER balance_cell_recorded AFTER INSERT ON public.balance_cell REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('balance_id', 'row_code', 'column_code', 'form_code');

CREATE TRIGGER boundary_register_append_only BEFORE DELETE OR UPDATE ON public.boundary_register FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER boundary_register_change_recorded AFTER UPDATE ON public.boundary_register REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('boundary_register_id');

CREATE TRIGGER boundary_register_no_truncate BEFORE TRUNCATE ON public.boundary_register FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER boundary_register_recorded AFTER INSERT ON public.boundary_register REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('boundary_register_id');

CREATE TRIGGER case_attachment_append_only BEFORE DELETE OR UPDATE ON public.case_attachment FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER case_attachment_bytes_append_only BEFORE DELETE OR UPDATE ON public.case_attachment_bytes FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER case_attachment_bytes_no_truncate BEFORE TRUNCATE ON public.case_attachment_bytes FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER case_attachment_change_recorded AFTER UPDATE ON public.case_attachment REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('case_attachment_id');

CREATE TRIGGER case_attachment_no_truncate BEFORE TRUNCATE ON public.case_attachment FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER case_attachment_recorded AFTER INSERT ON public.case_attachment REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('case_attachment_id');

CREATE TRIGGER case_level_append_only BEFORE DELETE OR UPDATE ON public.case_level FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER case_level_change_recorded AFTER UPDATE ON public.case_level REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('case_level_id');

CREATE TRIGGER case_level_no_truncate BEFORE TRUNCATE ON public.case_level FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER case_level_recorded AFTER INSERT ON public.case_level REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('case_level_id');

CREATE TRIGGER case_merge_append_only BEFORE DELETE OR UPDATE ON public.case_merge FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER case_merge_change_recorded AFTER UPDATE ON public.case_merge REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('case_merge_id');

CREATE TRIGGER case_merge_no_truncate BEFORE TRUNCATE ON public.case_merge FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER case_merge_recorded AFTER INSERT ON public.case_merge REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('case_merge_id');

CREATE TRIGGER case_step_append_only BEFORE DELETE OR UPDATE ON public.case_step FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER case_step_change_recorded AFTER UPDATE ON public.case_step REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('case_step_id');

CREATE TRIGGER case_step_no_truncate BEFORE TRUNCATE ON public.case_step FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER case_step_officers_apart BEFORE INSERT ON public.case_step FOR EACH ROW EXECUTE FUNCTION public.keep_officers_apart();

CREATE TRIGGER case_step_recorded AFTER INSERT ON public.case_step REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('case_step_id');

CREATE TRIGGER change_document_append_only BEFORE DELETE OR UPDATE ON public.change_document FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER change_document_change_recorded AFTER UPDATE ON public.change_document REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('change_document_id');

CREATE TRIGGER change_document_no_truncate BEFORE TRUNCATE ON public.change_document FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER change_document_recorded AFTER INSERT ON public.change_document REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('change_document_id');

CREATE TRIGGER check_meter_change_recorded AFTER UPDATE ON public.check_meter REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('check_meter_id');

CREATE TRIGGER check_meter_recorded AFTER INSERT ON public.check_meter REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('check_meter_id');

CREATE TRIGGER coal_coefficient_change_recorded AFTER UPDATE ON public.coal_coefficient REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('coefficient_code');

CREATE TRIGGER coal_coefficient_recorded AFTER INSERT ON public.coal_coefficient REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('coefficient_code');

CREATE TRIGGER common_cause_append_only BEFORE DELETE OR UPDATE ON public.common_cause FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER common_cause_change_recorded AFTER UPDATE ON public.common_cause REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('case_id');

CREATE TRIGGER common_cause_no_truncate BEFORE TRUNCATE ON public.common_cause FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER common_cause_recorded AFTER INSERT ON public.common_cause REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('case_id');

CREATE TRIGGER context_event_append_only BEFORE DELETE OR UPDATE ON public.context_event FOR EACH ROW EXECUTE FUNCTION public.fill_only();

CREATE TRIGGER context_event_change_recorded AFTER UPDATE ON public.context_event REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('context_event_id');

CREATE TRIGGER context_event_no_truncate BEFORE TRUNCATE ON public.context_event FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER context_event_recorded AFTER INSERT ON public.context_event REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('context_event_id');

CREATE TRIGGER day_head_append_only BEFORE DELETE OR UPDATE ON public.day_head FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER day_head_no_truncate BEFORE TRUNCATE ON public.day_head FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER day_tree_append_only BEFORE DELETE OR UPDATE ON public.day_tree FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER day_tree_no_truncate BEFORE TRUNCATE ON public.day_tree FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER decision_append_only BEFORE DELETE OR UPDATE ON public.decision FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER decision_change_recorded AFTER UPDATE ON public.decision REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('decision_id');

CREATE TRIGGER decision_listed AFTER INSERT ON public.decision FOR EACH ROW EXECUTE FUNCTION public.list_decided_case();

CREATE TRIGGER decision_no_truncate BEFORE TRUNCATE ON public.decision FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER decision_recorded AFTER INSERT ON public.decision REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('decision_id');

CREATE CONSTRAINT TRIGGER decision_reviewed AFTER INSERT ON public.decision DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (((SESSION_USER = 'nenghao_web'::name) AND (new.kind = ANY (ARRAY['confirm'::text, 'dismiss'::text])))) EXECUTE FUNCTION public.want_review();

CREATE TRIGGER draft_append_only BEFORE DELETE OR UPDATE ON public.draft FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER draft_no_truncate BEFORE TRUNCATE ON public.draft FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER equal_value_append_only BEFORE DELETE OR UPDATE ON public.equal_value FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER equal_value_change_recorded AFTER UPDATE ON public.equal_value REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('equal_value_id');

CREATE TRIGGER equal_value_no_truncate BEFORE TRUNCATE ON public.equal_value FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER equal_value_recorded AFTER INSERT ON public.equal_value REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('equal_value_id');

CREATE TRIGGER evidence_append_only BEFORE DELETE OR UPDATE ON public.evidence FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER evidence_change_recorded AFTER UPDATE ON public.evidence REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('evidence_id');

CREATE TRIGGER evidence_document_append_only BEFORE DELETE OR UPDATE ON public.evidence_document FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER evidence_document_change_recorded AFTER UPDATE ON public.evidence_document REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('evidence_document_id');

CREATE TRIGGER evidence_document_no_truncate BEFORE TRUNCATE ON public.evidence_document FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER evidence_document_recorded AFTER INSERT ON public.evidence_document REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('evidence_document_id');

CREATE TRIGGER evidence_no_truncate BEFORE TRUNCATE ON public.evidence FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER evidence_recorded AFTER INSERT ON public.evidence REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('evidence_id');

CREATE TRIGGER exclusion_append_only BEFORE DELETE OR UPDATE ON public.exclusion FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER exclusion_change_recorded AFTER UPDATE ON public.exclusion REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('exclusion_id');

CREATE TRIGGER exclusion_no_truncate BEFORE TRUNCATE ON public.exclusion FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER exclusion_recorded AFTER INSERT ON public.exclusion REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('exclusion_id');

CREATE TRIGGER filing_answer_append_only BEFORE DELETE OR UPDATE ON public.filing_answer FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER filing_answer_change_recorded AFTER UPDATE ON public.filing_answer REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('filing_query_id');

CREATE TRIGGER filing_answer_no_truncate BEFORE TRUNCATE ON public.filing_answer FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER filing_answer_recorded AFTER INSERT ON public.filing_answer REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('filing_query_id');

CREATE TRIGGER filing_append_only BEFORE DELETE OR UPDATE ON public.filing FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER filing_as_of_now BEFORE INSERT ON public.filing FOR EACH ROW EXECUTE FUNCTION public.refuse_old_snapshot();

CREATE TRIGGER filing_by_the_rules BEFORE INSERT ON public.filing FOR EACH ROW WHEN ((CURRENT_USER <> 'nenghao_owner'::name)) EXECUTE FUNCTION public.file_by_the_rules();

CREATE TRIGGER filing_change_recorded AFTER UPDATE ON public.filing REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('filing_id');

CREATE TRIGGER filing_check_append_only BEFORE DELETE OR UPDATE ON public.filing_check FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER filing_check_no_truncate BEFORE TRUNCATE ON public.filing_check FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER filing_event_append_only BEFORE DELETE OR UPDATE ON public.filing_event FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER filing_event_as_of_now BEFORE INSERT ON public.filing_event FOR EACH ROW EXECUTE FUNCTION public.refuse_old_snapshot();

CREATE TRIGGER filing_event_by_the_rules BEFORE INSERT ON public.filing_event FOR EACH ROW WHEN ((CURRENT_USER <> 'nenghao_owner'::name)) EXECUTE FUNCTION public.move_by_the_rules();

CREATE TRIGGER filing_event_change_recorded AFTER UPDATE ON public.filing_event REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('filing_event_id');

CREATE TRIGGER filing_event_no_truncate BEFORE TRUNCATE ON public.filing_event FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER filing_event_recorded AFTER INSERT ON public.filing_event REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('filing_event_id');

CREATE TRIGGER filing_no_truncate BEFORE TRUNCATE ON public.filing FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER filing_note_append_only BEFORE DELETE OR UPDATE ON public.filing_note FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER filing_note_change_recorded AFTER UPDATE ON public.filing_note REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('filing_note_id');

CREATE TRIGGER filing_note_no_truncate BEFORE TRUNCATE ON public.filing_note FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER filing_note_recorded AFTER INSERT ON public.filing_note REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('filing_note_id');

CREATE TRIGGER filing_note_with_its_filing BEFORE INSERT ON public.filing_note FOR EACH ROW WHEN ((CURRENT_USER <> 'nenghao_owner'::name)) EXECUTE FUNCTION public.note_with_its_filing();

CREATE TRIGGER filing_query_append_only BEFORE DELETE OR UPDATE ON public.filing_query FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER filing_query_change_recorded AFTER UPDATE ON public.filing_query REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('filing_query_id');

CREATE TRIGGER filing_query_no_truncate BEFORE TRUNCATE ON public.filing_query FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER filing_query_recorded AFTER INSERT ON public.filing_query REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('filing_query_id');

CREATE TRIGGER filing_recorded AFTER INSERT ON public.filing REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('filing_id');

CREATE TRIGGER filing_signature_append_only BEFORE DELETE OR UPDATE ON public.filing_signature FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER filing_signature_as_of_now BEFORE INSERT ON public.filing_signature FOR EACH ROW EXECUTE FUNCTION public.refuse_old_snapshot();

CREATE TRIGGER filing_signature_in_order BEFORE INSERT ON public.filing_signature FOR EACH ROW EXECUTE FUNCTION public.sign_in_order();

CREATE TRIGGER filing_signature_no_truncate BEFORE TRUNCATE ON public.filing_signature FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER finding_append_only BEFORE DELETE OR UPDATE ON public.finding FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER finding_change_recorded AFTER UPDATE ON public.finding REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('finding_id');

CREATE TRIGGER finding_no_truncate BEFORE TRUNCATE ON public.finding FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER finding_recorded AFTER INSERT ON public.finding REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('finding_id');

CREATE TRIGGER form_relation_change_recorded AFTER UPDATE ON public.form_relation REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('edition', 'form_code', 'relation_code');

CREATE TRIGGER form_relation_recorded AFTER INSERT ON public.form_relation REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('edition', 'form_code', 'relation_code');

CREATE TRIGGER gateway_account_event_append_only BEFORE DELETE OR UPDATE ON public.gateway_account_event FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER gateway_account_event_change_recorded AFTER UPDATE ON public.gateway_account_event REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('gateway_account_event_id');

CREATE TRIGGER gateway_account_event_no_truncate BEFORE TRUNCATE ON public.gateway_account_event FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER gateway_account_event_recorded AFTER INSERT ON public.gateway_account_event REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('gateway_account_event_id');

CREATE TRIGGER gateway_boot_append_only BEFORE DELETE OR UPDATE ON public.gateway_boot FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER gateway_boot_change_recorded AFTER UPDATE ON public.gateway_boot REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('gateway_boot_id');

CREATE TRIGGER gateway_boot_no_truncate BEFORE TRUNCATE ON public.gateway_boot FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER gateway_boot_recorded AFTER INSERT ON public.gateway_boot REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('gateway_boot_id');

CREATE TRIGGER gateway_change_recorded AFTER UPDATE ON public.gateway REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('gateway_id');

CREATE TRIGGER gateway_is_named_on_delete BEFORE DELETE ON public.gateway FOR EACH ROW EXECUTE FUNCTION public.keep_named_gateway();

CREATE TRIGGER gateway_is_named_on_update BEFORE UPDATE OF gateway_id ON public.gateway FOR EACH ROW WHEN ((old.gateway_id <> new.gateway_id)) EXECUTE FUNCTION public.keep_named_gateway();

CREATE TRIGGER gateway_key_append_only BEFORE DELETE OR UPDATE ON public.gateway_key FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER gateway_key_change_recorded AFTER UPDATE ON public.gateway_key REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('gateway_key_id');

CREATE TRIGGER gateway_key_no_truncate BEFORE TRUNCATE ON public.gateway_key FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER gateway_key_recorded AFTER INSERT ON public.gateway_key REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('gateway_key_id');

CREATE TRIGGER gateway_key_revocation_append_only BEFORE DELETE OR UPDATE ON public.gateway_key_revocation FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER gateway_key_revocation_change_recorded AFTER UPDATE ON public.gateway_key_revocation REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('gateway_key_id');

CREATE TRIGGER gateway_key_revocation_no_truncate BEFORE TRUNCATE ON public.gateway_key_revocation FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER gateway_key_revocation_recorded AFTER INSERT ON public.gateway_key_revocation REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('gateway_key_id');

CREATE TRIGGER gateway_recorded AFTER INSERT ON public.gateway REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('gateway_id');

CREATE TRIGGER gateway_state_append_only BEFORE DELETE OR UPDATE ON public.gateway_state FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER gateway_state_change_recorded AFTER UPDATE ON public.gateway_state REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('gateway_state_id');

CREATE TRIGGER gateway_state_no_truncate BEFORE TRUNCATE ON public.gateway_state FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER gateway_state_recorded AFTER INSERT ON public.gateway_state REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('gateway_state_id');

CREATE TRIGGER heating_value_append_only BEFORE DELETE OR UPDATE ON public.heating_value FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER heating_value_change_recorded AFTER UPDATE ON public.heating_value REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('heating_value_id');

CREATE TRIGGER heating_value_marks_months AFTER INSERT ON public.heating_value REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.mark_heating_months();

CREATE TRIGGER heating_value_no_truncate BEFORE TRUNCATE ON public.heating_value FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER heating_value_recorded AFTER INSERT ON public.heating_value REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('heating_value_id');

CREATE TRIGGER message_append_only BEFORE DELETE OR UPDATE ON public.message FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER message_batch_append_only BEFORE DELETE OR UPDATE ON public.message_batch FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER message_batch_no_truncate BEFORE TRUNCATE ON public.message_batch FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER message_gateway_registered AFTER INSERT ON public.message REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.require_gateways();

CREATE TRIGGER message_no_truncate BEFORE TRUNCATE ON public.message FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER message_raw_append_only BEFORE DELETE OR UPDATE ON public.message_raw FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER message_raw_no_truncate BEFORE TRUNCATE ON public.message_raw FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER meter_change_append_only BEFORE DELETE OR UPDATE ON public.meter_change FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER meter_change_change_recorded AFTER UPDATE ON public.meter_change REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('meter_change_id');

CREATE TRIGGER meter_change_no_truncate BEFORE TRUNCATE ON public.meter_change FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER meter_change_recorded AFTER UPDATE ON public.meter REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('meter_id');

CREATE TRIGGER meter_change_recorded AFTER INSERT ON public.meter_change REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('meter_change_id');

CREATE TRIGGER meter_fill_only BEFORE UPDATE ON public.meter FOR EACH ROW WHEN ((CURRENT_USER <> 'nenghao_owner'::name)) EXECUTE FUNCTION public.fill_only();

CREATE TRIGGER meter_recorded AFTER INSERT ON public.meter REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('meter_id');

CREATE TRIGGER meter_state_change_append_only BEFORE DELETE OR UPDATE ON public.meter_state_change FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER meter_state_change_change_recorded AFTER UPDATE ON public.meter_state_change REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('meter_state_change_id');

CREATE TRIGGER meter_state_change_no_truncate BEFORE TRUNCATE ON public.meter_state_change FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER meter_state_change_recorded AFTER INSERT ON public.meter_state_change REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('meter_state_change_id');

CREATE TRIGGER meter_verification_append_only BEFORE DELETE OR UPDATE ON public.meter_verification FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER meter_verification_change_recorded AFTER UPDATE ON public.meter_verification REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('meter_verification_id');

CREATE TRIGGER meter_verification_no_truncate BEFORE TRUNCATE ON public.meter_verification FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER meter_verification_recorded AFTER INSERT ON public.meter_verification REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('meter_verification_id');

CREATE TRIGGER monitored_balance_append_only BEFORE DELETE OR UPDATE ON public.monitored_balance FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER monitored_balance_change_recorded AFTER UPDATE ON public.monitored_balance REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('balance_id');

CREATE TRIGGER monitored_balance_no_truncate BEFORE TRUNCATE ON public.monitored_balance FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER monitored_balance_recorded AFTER INSERT ON public.monitored_balance REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('balance_id');

CREATE TRIGGER multiplier_change_append_only BEFORE DELETE OR UPDATE ON public.multiplier_change FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER multiplier_change_change_recorded AFTER UPDATE ON public.multiplier_change REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('multiplier_change_id');

CREATE TRIGGER multiplier_change_no_truncate BEFORE TRUNCATE ON public.multiplier_change FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER multiplier_change_recorded AFTER INSERT ON public.multiplier_change REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('multiplier_change_id');

CREATE TRIGGER mute_append_only BEFORE DELETE OR UPDATE ON public.mute FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER mute_change_recorded AFTER UPDATE ON public.mute REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('mute_id');

CREATE TRIGGER mute_end_append_only BEFORE DELETE OR UPDATE ON public.mute_end FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER mute_end_change_recorded AFTER UPDATE ON public.mute_end REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('mute_id');

CREATE TRIGGER mute_end_no_truncate BEFORE TRUNCATE ON public.mute_end FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER mute_end_recorded AFTER INSERT ON public.mute_end REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('mute_id');

CREATE TRIGGER mute_no_truncate BEFORE TRUNCATE ON public.mute FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER mute_recorded AFTER INSERT ON public.mute REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('mute_id');

CREATE TRIGGER network_term_change_recorded AFTER UPDATE ON public.network_term REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('network_term_id');

CREATE TRIGGER network_term_recorded AFTER INSERT ON public.network_term REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('network_term_id');

CREATE TRIGGER outage_filing_append_only BEFORE DELETE OR UPDATE ON public.outage_filing FOR EACH ROW EXECUTE FUNCTION public.fill_only();

CREATE TRIGGER outage_filing_change_recorded AFTER UPDATE ON public.outage_filing REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('outage_filing_id');

CREATE TRIGGER outage_filing_no_truncate BEFORE TRUNCATE ON public.outage_filing FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER outage_filing_recorded AFTER INSERT ON public.outage_filing REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('outage_filing_id');

CREATE TRIGGER panel_member_append_only BEFORE DELETE OR UPDATE ON public.panel_member FOR EACH ROW EXECUTE FUNCTION public.fill_only();

CREATE TRIGGER panel_member_change_recorded AFTER UPDATE ON public.panel_member REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('panel_member_id');

CREATE TRIGGER panel_member_no_truncate BEFORE TRUNCATE ON public.panel_member FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER panel_member_recorded AFTER INSERT ON public.panel_member REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('panel_member_id');

CREATE TRIGGER point_change_recorded AFTER UPDATE ON public.point REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('point_id');

CREATE TRIGGER point_recorded AFTER INSERT ON public.point REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('point_id');

CREATE TRIGGER product_process_append_only BEFORE DELETE OR UPDATE ON public.product_process FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER product_process_change_recorded AFTER UPDATE ON public.product_process REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('product_process_id');

CREATE TRIGGER product_process_no_truncate BEFORE TRUNCATE ON public.product_process FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER product_process_recorded AFTER INSERT ON public.product_process REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('product_process_id');

CREATE TRIGGER production_output_append_only BEFORE DELETE OR UPDATE ON public.production_output FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER production_output_change_recorded AFTER UPDATE ON public.production_output REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('production_output_id');

CREATE TRIGGER production_output_no_truncate BEFORE TRUNCATE ON public.production_output FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER production_output_recorded AFTER INSERT ON public.production_output REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('production_output_id');

CREATE TRIGGER reading_adoption_append_only BEFORE DELETE OR UPDATE ON public.reading_adoption FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reading_adoption_change_recorded AFTER UPDATE ON public.reading_adoption REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('reading_adoption_id');

CREATE TRIGGER reading_adoption_no_truncate BEFORE TRUNCATE ON public.reading_adoption FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reading_adoption_recorded AFTER INSERT ON public.reading_adoption REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('reading_adoption_id');

CREATE TRIGGER reading_append_only BEFORE DELETE OR UPDATE ON public.reading FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reading_conflict_append_only BEFORE DELETE OR UPDATE ON public.reading_conflict FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reading_conflict_no_truncate BEFORE TRUNCATE ON public.reading_conflict FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reading_no_truncate BEFORE TRUNCATE ON public.reading FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reading_revision_append_only BEFORE DELETE OR UPDATE ON public.reading_revision FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reading_revision_no_truncate BEFORE TRUNCATE ON public.reading_revision FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER refusal_append_only BEFORE DELETE OR UPDATE ON public.refusal FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER refusal_no_truncate BEFORE TRUNCATE ON public.refusal FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER refusal_replay_append_only BEFORE DELETE OR UPDATE ON public.refusal_replay FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER refusal_replay_change_recorded AFTER UPDATE ON public.refusal_replay REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('refusal_id');

CREATE TRIGGER refusal_replay_no_truncate BEFORE TRUNCATE ON public.refusal_replay FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER refusal_replay_recorded AFTER INSERT ON public.refusal_replay REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('refusal_id');

CREATE TRIGGER register_import_append_only BEFORE DELETE OR UPDATE ON public.register_import FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER register_import_no_truncate BEFORE TRUNCATE ON public.register_import FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER register_upload_append_only BEFORE DELETE OR UPDATE ON public.register_upload FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER register_upload_no_truncate BEFORE TRUNCATE ON public.register_upload FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER release_append_only BEFORE DELETE OR UPDATE ON public.release FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER release_change_recorded AFTER UPDATE ON public.release REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('release_id');

CREATE TRIGGER release_no_truncate BEFORE TRUNCATE ON public.release FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER release_notice_append_only BEFORE DELETE OR UPDATE ON public.release_notice FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER release_notice_change_recorded AFTER UPDATE ON public.release_notice REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('release_notice_id');

CREATE TRIGGER release_notice_no_truncate BEFORE TRUNCATE ON public.release_notice FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER release_notice_recorded AFTER INSERT ON public.release_notice REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('release_notice_id');

CREATE TRIGGER release_recipient_append_only BEFORE DELETE OR UPDATE ON public.release_recipient FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER release_recipient_change_recorded AFTER UPDATE ON public.release_recipient REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('release_recipient_id');

CREATE TRIGGER release_recipient_no_truncate BEFORE TRUNCATE ON public.release_recipient FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER release_recipient_recorded AFTER INSERT ON public.release_recipient REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('release_recipient_id');

CREATE TRIGGER release_recorded AFTER INSERT ON public.release REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('release_id');

CREATE TRIGGER reminder_append_only BEFORE DELETE OR UPDATE ON public.reminder FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reminder_change_recorded AFTER UPDATE ON public.reminder REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('reminder_id');

CREATE TRIGGER reminder_event_append_only BEFORE DELETE OR UPDATE ON public.reminder_event FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reminder_event_change_recorded AFTER UPDATE ON public.reminder_event REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('reminder_id', 'kind');

CREATE TRIGGER reminder_event_no_truncate BEFORE TRUNCATE ON public.reminder_event FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reminder_event_recorded AFTER INSERT ON public.reminder_event REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('reminder_id', 'kind');

CREATE TRIGGER reminder_no_truncate BEFORE TRUNCATE ON public.reminder FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reminder_recorded AFTER INSERT ON public.reminder REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('reminder_id');

CREATE TRIGGER report_calendar_change_recorded AFTER UPDATE ON public.report_calendar REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('edition', 'form_code', 'month_on', 'level');

CREATE TRIGGER report_calendar_recorded AFTER INSERT ON public.report_calendar REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('edition', 'form_code', 'month_on', 'level');

CREATE TRIGGER resend_request_append_only BEFORE DELETE OR UPDATE ON public.resend_request FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER resend_request_change_recorded AFTER UPDATE ON public.resend_request REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('resend_request_id');

CREATE TRIGGER resend_request_no_truncate BEFORE TRUNCATE ON public.resend_request FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER resend_request_recorded AFTER INSERT ON public.resend_request REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('resend_request_id');

CREATE TRIGGER restatement_reason_append_only BEFORE DELETE OR UPDATE ON public.restatement_reason FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER restatement_reason_change_recorded AFTER UPDATE ON public.restatement_reason REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('restatement_reason_id');

CREATE TRIGGER restatement_reason_no_truncate BEFORE TRUNCATE ON public.restatement_reason FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER restatement_reason_recorded AFTER INSERT ON public.restatement_reason REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('restatement_reason_id');

CREATE TRIGGER retention_hold_append_only BEFORE DELETE OR UPDATE ON public.retention_hold FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER retention_hold_change_recorded AFTER UPDATE ON public.retention_hold REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('retention_hold_id');

CREATE TRIGGER retention_hold_end_append_only BEFORE DELETE OR UPDATE ON public.retention_hold_end FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER retention_hold_end_change_recorded AFTER UPDATE ON public.retention_hold_end REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('retention_hold_id');

CREATE TRIGGER retention_hold_end_no_truncate BEFORE TRUNCATE ON public.retention_hold_end FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER retention_hold_end_recorded AFTER INSERT ON public.retention_hold_end REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('retention_hold_id');

CREATE TRIGGER retention_hold_no_truncate BEFORE TRUNCATE ON public.retention_hold FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER retention_hold_recorded AFTER INSERT ON public.retention_hold REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('retention_hold_id');

CREATE TRIGGER retention_policy_append_only BEFORE DELETE OR UPDATE ON public.retention_policy FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER retention_policy_change_recorded AFTER UPDATE ON public.retention_policy REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('relation_name');

CREATE TRIGGER retention_policy_no_truncate BEFORE TRUNCATE ON public.retention_policy FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER retention_policy_recorded AFTER INSERT ON public.retention_policy REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('relation_name');

CREATE TRIGGER retention_run_append_only BEFORE DELETE OR UPDATE ON public.retention_run FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER retention_run_change_recorded AFTER UPDATE ON public.retention_run REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('retention_run_id');

CREATE TRIGGER retention_run_no_truncate BEFORE TRUNCATE ON public.retention_run FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER retention_run_recorded AFTER INSERT ON public.retention_run REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('retention_run_id');

CREATE TRIGGER return_check_append_only BEFORE DELETE OR UPDATE ON public.return_check FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER return_check_change_recorded AFTER UPDATE ON public.return_check REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('return_check_id');

CREATE TRIGGER return_check_no_truncate BEFORE TRUNCATE ON public.return_check FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER return_check_recorded AFTER INSERT ON public.return_check REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('return_check_id');

CREATE TRIGGER row_leaf_append_only BEFORE DELETE OR UPDATE ON public.row_leaf FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER row_leaf_no_truncate BEFORE TRUNCATE ON public.row_leaf FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER rule_essay_append_only BEFORE DELETE OR UPDATE ON public.rule_essay FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER rule_essay_change_recorded AFTER UPDATE ON public.rule_essay REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('rule_essay_id');

CREATE TRIGGER rule_essay_no_truncate BEFORE TRUNCATE ON public.rule_essay FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER rule_essay_recorded AFTER INSERT ON public.rule_essay REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('rule_essay_id');

CREATE TRIGGER rule_mode_append_only BEFORE DELETE OR UPDATE ON public.rule_mode FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER rule_mode_change_recorded AFTER UPDATE ON public.rule_mode REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('rule_mode_id');

CREATE TRIGGER rule_mode_no_truncate BEFORE TRUNCATE ON public.rule_mode FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER rule_mode_recorded AFTER INSERT ON public.rule_mode REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('rule_mode_id');

CREATE TRIGGER rule_threshold_change_recorded AFTER UPDATE ON public.rule_threshold REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('rule_code', 'threshold_name', 'valid_from');

CREATE TRIGGER rule_threshold_recorded AFTER INSERT ON public.rule_threshold REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('rule_code', 'threshold_name', 'valid_from');

CREATE TRIGGER rule_version_append_only BEFORE DELETE OR UPDATE ON public.rule_version FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER rule_version_change_recorded AFTER UPDATE ON public.rule_version REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('rule_code', 'version');

CREATE TRIGGER rule_version_no_truncate BEFORE TRUNCATE ON public.rule_version FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER rule_version_recorded AFTER INSERT ON public.rule_version REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('rule_code', 'version');

CREATE TRIGGER sample_draw_append_only BEFORE DELETE OR UPDATE ON public.sample_draw FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER sample_draw_change_recorded AFTER UPDATE ON public.sample_draw REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('sample_plan_id');

CREATE TRIGGER sample_draw_no_truncate BEFORE TRUNCATE ON public.sample_draw FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER sample_draw_recorded AFTER INSERT ON public.sample_draw REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('sample_plan_id');

CREATE TRIGGER sample_plan_append_only BEFORE DELETE OR UPDATE ON public.sample_plan FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER sample_plan_change_recorded AFTER UPDATE ON public.sample_plan REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('sample_plan_id');

CREATE TRIGGER sample_plan_no_truncate BEFORE TRUNCATE ON public.sample_plan FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER sample_plan_recorded AFTER INSERT ON public.sample_plan REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('sample_plan_id');

CREATE TRIGGER sample_result_append_only BEFORE DELETE OR UPDATE ON public.sample_result FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER sample_result_change_recorded AFTER UPDATE ON public.sample_result REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('sample_result_id');

CREATE TRIGGER sample_result_no_truncate BEFORE TRUNCATE ON public.sample_result FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER sample_result_recorded AFTER INSERT ON public.sample_result REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('sample_result_id');

CREATE TRIGGER sample_unit_append_only BEFORE DELETE OR UPDATE ON public.sample_unit FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER sample_unit_change_recorded AFTER UPDATE ON public.sample_unit REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('sample_plan_id', 'unit_id');

CREATE TRIGGER sample_unit_no_truncate BEFORE TRUNCATE ON public.sample_unit FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER sample_unit_recorded AFTER INSERT ON public.sample_unit REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('sample_plan_id', 'unit_id');

CREATE TRIGGER seal_progress_append_only BEFORE DELETE OR UPDATE ON public.seal_progress FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER seal_progress_change_recorded AFTER UPDATE ON public.seal_progress REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('seal_request_id', 'state');

CREATE TRIGGER seal_progress_no_truncate BEFORE TRUNCATE ON public.seal_progress FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER seal_progress_recorded AFTER INSERT ON public.seal_progress REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('seal_request_id', 'state');

CREATE TRIGGER seal_request_append_only BEFORE DELETE OR UPDATE ON public.seal_request FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER seal_request_change_recorded AFTER UPDATE ON public.seal_request REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('seal_request_id');

CREATE TRIGGER seal_request_no_truncate BEFORE TRUNCATE ON public.seal_request FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER seal_request_recorded AFTER INSERT ON public.seal_request REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('seal_request_id');

CREATE TRIGGER series_change_recorded AFTER UPDATE ON public.series REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('series_id');

CREATE TRIGGER series_recorded AFTER INSERT ON public.series REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('series_id');

CREATE TRIGGER series_version_change_recorded AFTER UPDATE ON public.series_version REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('series_version_id');

CREATE TRIGGER series_version_recorded AFTER INSERT ON public.series_version REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('series_version_id');

CREATE TRIGGER sign_in_attempt_append_only BEFORE DELETE OR UPDATE ON public.sign_in_attempt FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER sign_in_attempt_no_truncate BEFORE TRUNCATE ON public.sign_in_attempt FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER silenced_finding_append_only BEFORE DELETE OR UPDATE ON public.silenced_finding FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER silenced_finding_change_recorded AFTER UPDATE ON public.silenced_finding REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('finding_id');

CREATE TRIGGER silenced_finding_no_truncate BEFORE TRUNCATE ON public.silenced_finding FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER silenced_finding_recorded AFTER INSERT ON public.silenced_finding REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('finding_id');

CREATE TRIGGER stock_yard_append_only BEFORE DELETE OR UPDATE ON public.stock_yard FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER stock_yard_change_recorded AFTER UPDATE ON public.stock_yard REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('stock_yard_id');

CREATE TRIGGER stock_yard_no_truncate BEFORE TRUNCATE ON public.stock_yard FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER stock_yard_recorded AFTER INSERT ON public.stock_yard REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('stock_yard_id');

CREATE TRIGGER supply_account_append_only BEFORE DELETE OR UPDATE ON public.supply_account FOR EACH ROW EXECUTE FUNCTION public.fill_only();

CREATE TRIGGER supply_account_change_recorded AFTER UPDATE ON public.supply_account REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('supply_account_id');

CREATE TRIGGER supply_account_no_truncate BEFORE TRUNCATE ON public.supply_account FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER supply_account_recorded AFTER INSERT ON public.supply_account REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('supply_account_id');

CREATE TRIGGER supply_statement_append_only BEFORE DELETE OR UPDATE ON public.supply_statement FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER supply_statement_change_recorded AFTER UPDATE ON public.supply_statement REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('supply_statement_id');

CREATE TRIGGER supply_statement_no_truncate BEFORE TRUNCATE ON public.supply_statement FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER supply_statement_recorded AFTER INSERT ON public.supply_statement REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('supply_statement_id');

CREATE TRIGGER ts_insert_blocker BEFORE INSERT ON public.message_raw FOR EACH ROW EXECUTE FUNCTION _timescaledb_functions.insert_blocker();

CREATE TRIGGER ts_insert_blocker BEFORE INSERT ON public.reading FOR EACH ROW EXECUTE FUNCTION _timescaledb_functions.insert_blocker();

CREATE TRIGGER ts_insert_blocker BEFORE INSERT ON public.series_day_feature FOR EACH ROW EXECUTE FUNCTION _timescaledb_functions.insert_blocker();

CREATE TRIGGER unit_change_recorded AFTER UPDATE ON public.unit REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('unit_id');

CREATE TRIGGER unit_recorded AFTER INSERT ON public.unit REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('unit_id');

CREATE TRIGGER unit_request_answer_append_only BEFORE DELETE OR UPDATE ON public.unit_request_answer FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER unit_request_answer_change_recorded AFTER UPDATE ON public.unit_request_answer REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('unit_request_id');

CREATE TRIGGER unit_request_answer_no_truncate BEFORE TRUNCATE ON public.unit_request_answer FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER unit_request_answer_recorded AFTER INSERT ON public.unit_request_answer REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('unit_request_id');

CREATE TRIGGER unit_request_append_only BEFORE DELETE OR UPDATE ON public.unit_request FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER unit_request_change_recorded AFTER UPDATE ON public.unit_request REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('unit_request_id');

CREATE TRIGGER unit_request_no_truncate BEFORE TRUNCATE ON public.unit_request FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER unit_request_recorded AFTER INSERT ON public.unit_request REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('unit_request_id');

CREATE TRIGGER unit_version_append_only BEFORE DELETE OR UPDATE ON public.unit_version FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER unit_version_change_recorded AFTER UPDATE ON public.unit_version REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('unit_version_id');

CREATE TRIGGER unit_version_no_truncate BEFORE TRUNCATE ON public.unit_version FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER unit_version_recorded AFTER INSERT ON public.unit_version REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('unit_version_id');

CREATE TRIGGER variety_change_recorded AFTER UPDATE ON public.variety REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('edition', 'variety_code');

CREATE TRIGGER variety_recorded AFTER INSERT ON public.variety REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.record_rows('edition', 'variety_code');

ALTER TABLE ONLY public.account_event
    ADD CONSTRAINT account_event_account_fk FOREIGN KEY (account_id) REFERENCES public.account(account_id);

ALTER TABLE ONLY public.account_password
    ADD CONSTRAINT account_password_account_fk FOREIGN KEY (account_id) REFERENCES public.account(account_id);

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_unit_fk FOREIGN KEY (unit_id) REFERENCES public.unit(unit_id);

ALTER TABLE ONLY public.agreed_value
    ADD CONSTRAINT agreed_value_decision_fk FOREIGN KEY (decision_id) REFERENCES public.decision(decision_id);

ALTER TABLE ONLY public.agreed_value
    ADD CONSTRAINT agreed_value_series_fk FOREIGN KEY (series_id) REFERENCES public.series(series_id);

ALTER TABLE ONLY public.alert
    ADD CONSTRAINT alert_case_fk FOREIGN KEY (case_id) REFERENCES public.audit_case(case_id);

ALTER TABLE ONLY public.alert_event
    ADD CONSTRAINT alert_event_alert_fk FOREIGN KEY (alert_id) REFERENCES public.alert(alert_id);

ALTER TABLE ONLY public.alert_event
    ADD CONSTRAINT alert_event_finding_fk FOREIGN KEY (finding_id) REFERENCES public.finding(finding_id);

ALTER TABLE ONLY public.alert_event
    ADD CONSTRAINT alert_event_run_fk FOREIGN KEY (audit_run_id) REFERENCES public.audit_run(audit_run_id);

ALTER TABLE ONLY public.alert
    ADD CONSTRAINT alert_finding_fk FOREIGN KEY (first_finding_id) REFERENCES public.finding(finding_id);

ALTER TABLE ONLY public.api_token
    ADD CONSTRAINT api_token_account_fk FOREIGN KEY (account_id) REFERENCES public.account(account_id);

ALTER TABLE ONLY public.archive_check
    ADD CONSTRAINT archive_check_archive_fk FOREIGN KEY (archive_id) REFERENCES public.archive_month(archive_id);

ALTER TABLE ONLY public.audit_case
    ADD CONSTRAINT audit_case_unit_fk FOREIGN KEY (unit_id) REFERENCES public.unit(unit_id);

ALTER TABLE ONLY public.balance_cell
    ADD CONSTRAINT balance_cell_balance_fk FOREIGN KEY (balance_id) REFERENCES public.monitored_balance(balance_id);

ALTER TABLE ONLY public.balance_cell
    ADD CONSTRAINT balance_cell_coefficient_fk FOREIGN KEY (coefficient_code) REFERENCES public.coal_coefficient(coefficient_code);

ALTER TABLE ONLY public.boundary_register
    ADD CONSTRAINT boundary_register_meter_change_fk FOREIGN KEY (meter_change_id) REFERENCES public.meter_change(meter_change_id);

ALTER TABLE ONLY public.boundary_register
    ADD CONSTRAINT boundary_register_multiplier_change_fk FOREIGN KEY (multiplier_change_id) REFERENCES public.multiplier_change(multiplier_change_id);

ALTER TABLE ONLY public.boundary_register
    ADD CONSTRAINT boundary_register_series_fk FOREIGN KEY (series_id) REFERENCES public.series(series_id);

ALTER TABLE ONLY public.candidate
    ADD CONSTRAINT candidate_series_fk FOREIGN KEY (series_id) REFERENCES public.series(series_id);

ALTER TABLE ONLY public.case_attachment_bytes
    ADD CONSTRAINT case_attachment_bytes_fk FOREIGN KEY (case_attachment_id) REFERENCES public.case_attachment(case_attachment_id);

ALTER TABLE ONLY public.case_attachment
    ADD CONSTRAINT case_attachment_case_fk FOREIGN KEY (case_id) REFERENCES public.audit_case(case_id);

ALTER TABLE ONLY public.case_attachment
    ADD CONSTRAINT case_attachment_step_fk FOREIGN KEY (case_step_id) REFERENCES public.case_step(case_step_id);

ALTER TABLE ONLY public.case_attachment
    ADD CONSTRAINT case_attachment_unit_fk FOREIGN KEY (unit_id) REFERENCES public.unit(unit_id);

ALTER TABLE ONLY public.case_level
    ADD CONSTRAINT case_level_case_fk FOREIGN KEY (case_id) REFERENCES public.audit_case(case_id);

ALTER TABLE ONLY public.case_level
    ADD CONSTRAINT case_level_run_fk FOREIGN KEY (audit_run_id) REFERENCES public.audit_run(audit_run_id);

ALTER TABLE ONLY public.case_listing
    ADD CONSTRAINT case_listing_case_fk FOREIGN KEY (case_id) REFERENCES public.audit_case(case_id);

ALTER TABLE ONLY public.case_listing
    ADD CONSTRAINT case_listing_unit_fk FOREIGN KEY (unit_id) REFERENCES public.unit(unit_id);

ALTER TABLE ONLY public.case_merge
    ADD CONSTRAINT case_merge_case_fk FOREIGN KEY (case_id) REFERENCES public.audit_case(case_id);

ALTER TABLE ONLY public.case_merge
    ADD CONSTRAINT case_merge_into_fk FOREIGN KEY (into_case_id) REFERENCES public.audit_case(case_id);

ALTER TABLE ONLY public.case_merge
    ADD CONSTRAINT case_merge_run_fk FOREIGN KEY (audit_run_id) REFERENCES public.audit_run(audit_run_id);

ALTER TABLE ONLY public.case_step
    ADD CONSTRAINT case_step_case_fk FOREIGN KEY (case_id) REFERENCES public.audit_case(case_id);

ALTER TABLE ONLY public.case_step
    ADD CONSTRAINT case_step_decision_fk FOREIGN KEY (decision_id) REFERENCES public.decision(decision_id);

ALTER TABLE ONLY public.case_step
    ADD CONSTRAINT case_step_unit_fk FOREIGN KEY (unit_id) REFERENCES public.unit(unit_id);

ALTER TABLE ONLY public.change_document
    ADD CONSTRAINT change_document_meter_change_fk FOREIGN KEY (meter_change_id) REFERENCES public.meter_change(meter_change_id);

ALTER TABLE ONLY public.change_document
    ADD CONSTRAINT change_document_multiplier_change_fk FOREIGN KEY (multiplier_change_id) REFERENCES public.multiplier_change(multiplier_change_id);

ALTER TABLE ONLY public.change_document
    ADD CONSTRAINT change_document_unit_fk FOREIGN KEY (unit_id) REFERENCES public.unit(unit_id);

ALTER TABLE ONLY public.check_meter
    ADD CONSTRAINT check_meter_check_fk FOREIGN KEY (check_point_id) REFERENCES public.point(point_id);

ALTER TABLE ONLY public.check_meter
    ADD CONSTRAINT check_meter_point_fk FOREIGN KEY (point_id) REFERENCES public.point(point_id);

ALTER TABLE ONLY public.common_cause
    ADD CONSTRAINT common_cause_case_fk FOREIGN KEY (case_id) REFERENCES public.audit_case(case_id);

ALTER TABLE ONLY public.common_cause
    ADD CONSTRAINT common_cause_run_fk FOREIGN KEY (audit_run_id) REFERENCES public.audit_run(audit_run_id);

ALTER TABLE ONLY public.context_event
    ADD CONSTRAINT context_event_point_fk FOREIGN KEY (point_id) REFERENCES public.point(point_id);

ALTER TABLE ONLY public.context_event
    ADD CONSTRAINT context_event_unit_fk FOREIGN KEY (unit_id) REFERENCES public.unit(unit_id);

ALTER TABLE ONLY public.day_head
    ADD CONSTRAINT day_head_tree_fk FOREIGN KEY (tree_no) REFERENCES public.day_tree(tree_no);

ALTER TABLE ONLY public.decision
    ADD CONSTRAINT decision_case_fk FOREIGN KEY (case_id) REFERENCES public.audit_case(case_id);

ALTER TABLE ONLY public.draft
    ADD CONSTRAINT draft_unit_fk FOREIGN KEY (unit_id) REFERENCES public.unit(unit_id);

ALTER TABLE ONLY public.evidence
    ADD CONSTRAINT evidence_alert_fk FOREIGN KEY (alert_id) REFERENCES public.alert(alert_id);

ALTER TABLE ONLY public.evidence
    ADD CONSTRAINT evidence_case_fk FOREIGN KEY (case_id) REFERENCES public.audit_case(case_id);

ALTER TABLE ONLY public.evidence_document
    ADD CONSTRAINT evidence_document_case_fk FOREIGN KEY (case_id) REFERENCES public.audit_case(case_id);

ALTER TABLE ONLY public.exclusion
    ADD CONSTRAINT exclusion_decision_fk FOREIGN KEY (decision_id) REFERENCES public.decision(decision_id);

ALTER TABLE ONLY public.exclusion
    ADD CONSTRAINT exclusion_series_fk FOREIGN KEY (series_id) REFERENCES public.series(series_id);

ALTER TABLE ONLY public.filing_answer
    ADD CONSTRAINT filing_answer_query_fk FOREIGN KEY (filing_query_id) REFERENCES public.filing_query(filing_query_id);

ALTER TABLE ONLY public.filing_check
    ADD CONSTRAINT filing_check_draft_fk FOREIGN KEY (draft_id) REFERENCES public.draft(draft_id);

ALTER TABLE ONLY public.filing_check
    ADD CONSTRAINT filing_check_unit_fk FOREIGN KEY (unit_id) REFERENCES public.unit(unit_id);

ALTER TABLE ONLY public.filing
    ADD CONSTRAINT filing_draft_fk FOREIGN KEY (draft_id) REFERENCES public.draft(draft_id);

ALTER TABLE ONLY public.filing_event
    ADD CONSTRAINT filing_event_filing_fk FOREIGN KEY (filing_id) REFERENCES public.filing(filing_id);

ALTER TABLE ONLY public.filing_note
    ADD CONSTRAINT filing_note_filing_fk FOREIGN KEY (filing_id) REFERENCES public.filing(filing_id);

ALTER TABLE ONLY public.filing_query
    ADD CONSTRAINT filing_query_filing_fk FOREIGN KEY (filing_id) REFERENCES public.filing(filing_id);

ALTER TABLE ONLY public.filing_signature
    ADD CONSTRAINT filing_signature_draft_fk FOREIGN KEY (draft_id) REFERENCES public.draft(draft_id);

ALTER TABLE ONLY public.filing_signature
    ADD CONSTRAINT filing_signature_unit_fk FOREIGN KEY (unit_id) REFERENCES public.unit(unit_id);

ALTER TABLE ONLY public.filing
    ADD CONSTRAINT filing_unit_fk FOREIGN KEY (unit_id) REFERENCES public.unit(unit_id);

ALTER TABLE ONLY public.finding
    ADD CONSTRAINT finding_point_fk FOREIGN KEY (point_id) REFERENCES public.point(point_id);

ALTER TABLE ONLY public.finding
    ADD CONSTRAINT finding_rule_fk FOREIGN KEY (rule_code, rule_version) REFERENCES public.rule_version(rule_code, version);

ALTER TABLE ONLY public.finding
    ADD CONSTRAINT finding_run_fk FOREIGN KEY (audit_run_id) REFERENCES public.audit_run(audit_run_id);

ALTER TABLE ONLY public.finding
    ADD CONSTRAINT finding_series_fk FOREIGN KEY (series_id) REFERENCES public.series(series_id);

ALTER TABLE ONLY public.finding
    ADD CONSTRAINT finding_unit_fk FOREIGN KEY (unit_id) REFERENCES public.unit(unit_id);

ALTER TABLE ONLY public.gateway_account_event
    ADD CONSTRAINT gateway_account_event_gateway_fk FOREIGN KEY (gateway_id) REFERENCES public.gateway(gateway_id);

ALTER TABLE ONLY public.gateway_boot
    ADD CONSTRAINT gateway_boot_gateway_fk FOREIGN KEY (gateway_id) REFERENCES public.gateway(gateway_id);

ALTER TABLE ONLY public.gateway_key
    ADD CONSTRAINT gateway_key_gateway_fk FOREIGN KEY (gateway_id) REFERENCES public.gateway(gateway_id);

ALTER TABLE ONLY public.gateway_key_revocation
    ADD CONSTRAINT gateway_key_revocation_key_fk FOREIGN KEY (gateway_key_id) REFERENCES public.gateway_key(gateway_key_id);

ALTER TABLE ONLY public.gateway_state
    ADD CONSTRAINT gateway_state_gateway_fk FOREIGN KEY (gateway_id) REFERENCES public.gateway(gateway_id);

ALTER TABLE ONLY public.gateway
    ADD CONSTRAINT gateway_unit_fk FOREIGN KEY (unit_id) REFERENCES public.unit(unit_id);

ALTER TABLE ONLY public.heating_value
    ADD CONSTRAINT heating_value_unit_fk FOREIGN KEY (unit_id) REFERENCES public.unit(unit_id);

ALTER TABLE ONLY public.meter_change
    ADD CONSTRAINT meter_change_new_fk FOREIGN KEY (new_meter_id) REFERENCES public.meter(meter_id);

ALTER TABLE ONLY public.meter_change
    ADD CONSTRAINT meter_change_old_fk FOREIGN KEY (old_meter_id) REFERENCES public.meter(meter_id);

ALTER TABLE ONLY public.meter_change
    ADD CONSTRAINT meter_change_point_fk FOREIGN KEY (point_id) REFERENCES public.point(point_id);

ALTER TABLE ONLY public.meter_state_change
    ADD CONSTRAINT meter_state_change_meter_fk FOREIGN KEY (meter_id) REFERENCES public.meter(meter_id);

ALTER TABLE ONLY public.meter
    ADD CONSTRAINT meter_unit_fk FOREIGN KEY (unit_id) REFERENCES public.unit(unit_id);

ALTER TABLE ONLY public.meter_verification
    ADD CONSTRAINT meter_verification_meter_fk FOREIGN KEY (meter_id) REFERENCES public.meter(meter_id);

ALTER TABLE ONLY public.monitored_balance
    ADD CONSTRAINT monitored_balance_unit_fk FOREIGN KEY (unit_id) REFERENCES public.unit(unit_id);

ALTER TABLE ONLY public.multiplier_change
    ADD CONSTRAINT multiplier_change_point_fk FOREIGN KEY (point_id) REFERENCES public.point(point_id);

ALTER TABLE ONLY public.mute_end
    ADD CONSTRAINT mute_end_mute_fk FOREIGN KEY (mute_id) REFERENCES public.mute(mute_id);

ALTER TABLE ONLY public.mute
    ADD CONSTRAINT mute_point_fk FOREIGN KEY (point_id) REFERENCES public.point(point_id);

ALTER TABLE ONLY public.mute
    ADD CONSTRAINT mute_unit_fk FOREIGN KEY (unit_id) REFERENCES public.unit(unit_id);

ALTER TABLE ONLY public.network_term
    ADD CONSTRAINT network_term_part_fk FOREIGN KEY (part_point_id) REFERENCES public.point(point_id);

ALTER TABLE ONLY public.network_term
    ADD CONSTRAINT network_term_whole_fk FOREIGN KEY (whole_point_id) REFERENCES public.point(point_id);

ALTER TABLE ONLY public.outage_filing
    ADD CONSTRAINT outage_filing_gateway_fk FOREIGN KEY (gateway_id) REFERENCES public.gateway(gateway_id);

ALTER TABLE ONLY public.outage_filing
    ADD CONSTRAINT outage_filing_point_fk FOREIGN KEY (point_id) REFERENCES public.point(point_id);

ALTER TABLE ONLY public.outage_filing
    ADD CONSTRAINT outage_filing_unit_fk FOREIGN KEY (unit_id) REFERENCES public.unit(unit_id);

ALTER TABLE ONLY public.panel_member
    ADD CONSTRAINT panel_member_unit_fk FOREIGN KEY (unit_id) REFERENCES public.unit(unit_id);

ALTER TABLE ONLY public.point_day
    ADD CONSTRAINT point_day_point_fk FOREIGN KEY (point_id) REFERENCES public.point(point_id);

ALTER TABLE ONLY public.point_month
    ADD CONSTRAINT point_month_point_fk FOREIGN KEY (point_id) REFERENCES public.point(point_id);

ALTER TABLE ONLY public.point
    ADD CONSTRAINT point_unit_fk FOREIGN KEY (unit_id) REFERENCES public.unit(unit_id);

ALTER TABLE ONLY public.product_process
    ADD CONSTRAINT product_process_unit_fk FOREIGN KEY (unit_id) REFERENCES public.unit(unit_id);

ALTER TABLE ONLY public.production_output
    ADD CONSTRAINT production_output_unit_fk FOREIGN KEY (unit_id) REFERENCES public.unit(unit_id);

ALTER TABLE ONLY public.quality_share
    ADD CONSTRAINT quality_share_unit_fk FOREIGN KEY (unit_id) REFERENCES public.unit(unit_id);

ALTER TABLE ONLY public.reading_adoption
    ADD CONSTRAINT reading_adoption_decision_fk FOREIGN KEY (decision_id) REFERENCES public.decision(decision_id);

ALTER TABLE ONLY public.reading_adoption
    ADD CONSTRAINT reading_adoption_message_fk FOREIGN KEY (message_id) REFERENCES public.message(message_id);

ALTER TABLE ONLY public.reading_adoption
    ADD CONSTRAINT reading_adoption_series_fk FOREIGN KEY (series_id) REFERENCES public.series(series_id);

ALTER TABLE ONLY public.reading_conflict
    ADD CONSTRAINT reading_conflict_message_fk FOREIGN KEY (message_id) REFERENCES public.message(message_id);

ALTER TABLE ONLY public.reading_conflict
    ADD CONSTRAINT reading_conflict_series_fk FOREIGN KEY (series_id) REFERENCES public.series(series_id);

ALTER TABLE ONLY public.reading_revision
    ADD CONSTRAINT reading_revision_message_fk FOREIGN KEY (message_id) REFERENCES public.message(message_id);

ALTER TABLE ONLY public.reading_revision
    ADD CONSTRAINT reading_revision_series_fk FOREIGN KEY (series_id) REFERENCES public.series(series_id);

ALTER TABLE ONLY public.refusal
    ADD CONSTRAINT refusal_message_fk FOREIGN KEY (message_id) REFERENCES public.message(message_id);

ALTER TABLE ONLY public.refusal_replay
    ADD CONSTRAINT refusal_replay_message_fk FOREIGN KEY (message_id) REFERENCES public.message(message_id);

ALTER TABLE ONLY public.refusal_replay
    ADD CONSTRAINT refusal_replay_refusal_fk FOREIGN KEY (refusal_id) REFERENCES public.refusal(refusal_id);

ALTER TABLE ONLY public.register_import
    ADD CONSTRAINT register_import_unit_fk FOREIGN KEY (unit_id) REFERENCES public.unit(unit_id);

ALTER TABLE ONLY public.register_import
    ADD CONSTRAINT register_import_upload_fk FOREIGN KEY (register_upload_id) REFERENCES public.register_upload(register_upload_id);

ALTER TABLE ONLY public.register_upload
    ADD CONSTRAINT register_upload_unit_fk FOREIGN KEY (unit_id) REFERENCES public.unit(unit_id);

ALTER TABLE ONLY public.release
    ADD CONSTRAINT release_balance_fk FOREIGN KEY (balance_id) REFERENCES public.monitored_balance(balance_id);

ALTER TABLE ONLY public.release
    ADD CONSTRAINT release_filing_fk FOREIGN KEY (filing_id) REFERENCES public.filing(filing_id);

ALTER TABLE ONLY public.release_notice
    ADD CONSTRAINT release_notice_had_fk FOREIGN KEY (had_release_id) REFERENCES public.release(release_id);

ALTER TABLE ONLY public.release_notice
    ADD CONSTRAINT release_notice_release_fk FOREIGN KEY (release_id) REFERENCES public.release(release_id);

ALTER TABLE ONLY public.release_recipient
    ADD CONSTRAINT release_recipient_release_fk FOREIGN KEY (release_id) REFERENCES public.release(release_id);

ALTER TABLE ONLY public.release
    ADD CONSTRAINT release_restates_fk FOREIGN KEY (restates_release_id) REFERENCES public.release(release_id);

ALTER TABLE ONLY public.release
    ADD CONSTRAINT release_unit_fk FOREIGN KEY (unit_id) REFERENCES public.unit(unit_id);

ALTER TABLE ONLY public.reminder_event
    ADD CONSTRAINT reminder_event_reminder_fk FOREIGN KEY (reminder_id) REFERENCES public.reminder(reminder_id);

ALTER TABLE ONLY public.reminder
    ADD CONSTRAINT reminder_unit_fk FOREIGN KEY (unit_id) REFERENCES public.unit(unit_id);

ALTER TABLE ONLY public.resend_request
    ADD CONSTRAINT resend_request_gateway_fk FOREIGN KEY (gateway_id) REFERENCES public.gateway(gateway_id);

ALTER TABLE ONLY public.restatement_reason
    ADD CONSTRAINT restatement_reason_release_fk FOREIGN KEY (restates_release_id) REFERENCES public.release(release_id);

ALTER TABLE ONLY public.retention_hold_end
    ADD CONSTRAINT retention_hold_end_hold_fk FOREIGN KEY (retention_hold_id) REFERENCES public.retention_hold(retention_hold_id);

ALTER TABLE ONLY public.retention_hold
    ADD CONSTRAINT retention_hold_unit_fk FOREIGN KEY (unit_id) REFERENCES public.unit(unit_id);

ALTER TABLE ONLY public.retention_run
    ADD CONSTRAINT retention_run_archive_fk FOREIGN KEY (archive_id) REFERENCES public.archive_month(archive_id);

ALTER TABLE ONLY public.return_check
    ADD CONSTRAINT return_check_run_fk FOREIGN KEY (audit_run_id) REFERENCES public.audit_run(audit_run_id);

ALTER TABLE ONLY public.return_check
    ADD CONSTRAINT return_check_unit_fk FOREIGN KEY (unit_id) REFERENCES public.unit(unit_id);

ALTER TABLE ONLY public.rule_essay
    ADD CONSTRAINT rule_essay_version_fk FOREIGN KEY (rule_code, version) REFERENCES public.rule_version(rule_code, version);

ALTER TABLE ONLY public.sample_draw
    ADD CONSTRAINT sample_draw_plan_fk FOREIGN KEY (sample_plan_id) REFERENCES public.sample_plan(sample_plan_id);

ALTER TABLE ONLY public.sample_result
    ADD CONSTRAINT sample_result_unit_fk FOREIGN KEY (sample_plan_id, unit_id) REFERENCES public.sample_unit(sample_plan_id, unit_id);

ALTER TABLE ONLY public.sample_unit
    ADD CONSTRAINT sample_unit_draw_fk FOREIGN KEY (sample_plan_id) REFERENCES public.sample_draw(sample_plan_id);

ALTER TABLE ONLY public.sample_unit
    ADD CONSTRAINT sample_unit_unit_fk FOREIGN KEY (unit_id) REFERENCES public.unit(unit_id);

ALTER TABLE ONLY public.seal_progress
    ADD CONSTRAINT seal_progress_release_fk FOREIGN KEY (release_id) REFERENCES public.release(release_id);

ALTER TABLE ONLY public.seal_progress
    ADD CONSTRAINT seal_progress_request_fk FOREIGN KEY (seal_request_id) REFERENCES public.seal_request(seal_request_id);

ALTER TABLE ONLY public.seal_request
    ADD CONSTRAINT seal_request_unit_fk FOREIGN KEY (unit_id) REFERENCES public.unit(unit_id);

ALTER TABLE ONLY public.series_day_estimate
    ADD CONSTRAINT series_day_estimate_series_fk FOREIGN KEY (series_id) REFERENCES public.series(series_id);

ALTER TABLE ONLY public.series_day
    ADD CONSTRAINT series_day_series_fk FOREIGN KEY (series_id) REFERENCES public.series(series_id);

ALTER TABLE ONLY public.series
    ADD CONSTRAINT series_point_fk FOREIGN KEY (point_id) REFERENCES public.point(point_id);

ALTER TABLE ONLY public.series_version
    ADD CONSTRAINT series_version_meter_fk FOREIGN KEY (meter_id) REFERENCES public.meter(meter_id);

ALTER TABLE ONLY public.series_version
    ADD CONSTRAINT series_version_series_fk FOREIGN KEY (series_id) REFERENCES public.series(series_id);

ALTER TABLE ONLY public.silenced_finding
    ADD CONSTRAINT silenced_finding_finding_fk FOREIGN KEY (finding_id) REFERENCES public.finding(finding_id);

ALTER TABLE ONLY public.stock_yard
    ADD CONSTRAINT stock_yard_unit_fk FOREIGN KEY (unit_id) REFERENCES public.unit(unit_id);

ALTER TABLE ONLY public.supply_account
    ADD CONSTRAINT supply_account_unit_fk FOREIGN KEY (unit_id) REFERENCES public.unit(unit_id);

ALTER TABLE ONLY public.supply_statement
    ADD CONSTRAINT supply_statement_account_fk FOREIGN KEY (supply_account_id) REFERENCES public.supply_account(supply_account_id);

ALTER TABLE ONLY public.unit_request_answer
    ADD CONSTRAINT unit_request_answer_request_fk FOREIGN KEY (unit_request_id) REFERENCES public.unit_request(unit_request_id);

ALTER TABLE ONLY public.unit_request
    ADD CONSTRAINT unit_request_unit_fk FOREIGN KEY (unit_id) REFERENCES public.unit(unit_id);

ALTER TABLE ONLY public.unit_version
    ADD CONSTRAINT unit_version_successor_fk FOREIGN KEY (successor_unit_id) REFERENCES public.unit(unit_id);

ALTER TABLE ONLY public.unit_version
    ADD CONSTRAINT unit_version_unit_fk FOREIGN KEY (unit_id) REFERENCES public.unit(unit_id);

ALTER TABLE ONLY public.web_session
    ADD CONSTRAINT web_session_account_fk FOREIGN KEY (account_id) REFERENCES public.account(account_id);

ALTER TABLE public.access_trail ENABLE ROW LEVEL SECURITY;

CREATE POLICY access_trail_own ON public.access_trail FOR SELECT TO nenghao_unit USING ((unit_id = ( SELECT public.own_unit_id() AS own_unit_id)));

CREATE POLICY access_trail_read ON public.access_trail FOR SELECT TO nenghao_officer USING (( SELECT public.may('audit'::text) AS may));

CREATE POLICY access_trail_work ON public.access_trail TO nenghao_console USING (true) WITH CHECK (true);

ALTER TABLE public.account ENABLE ROW LEVEL SECURITY;

CREATE POLICY account_change ON public.account FOR UPDATE TO nenghao_officer, nenghao_unit USING (((account_id = ( SELECT w.account_id
   FROM public.web_account() w(account_id, login, name, role, authority, level, division_prefix, unit_id, unit_code, office, language, channel, must_change, duties))) OR (( SELECT public.may('keep_accounts'::text) AS may) AND (role <> 'security_admin'::text))));

ALTER TABLE public.account_event ENABLE ROW LEVEL SECURITY;

CREATE POLICY account_event_read ON public.account_event FOR SELECT TO nenghao_officer USING (( SELECT (public.may('keep_accounts'::text) OR public.may('audit'::text))));

CREATE POLICY account_event_verified ON public.account_event FOR SELECT TO nenghao_verifier USING (true);

CREATE POLICY account_event_work ON public.account_event TO nenghao_console USING (true) WITH CHECK (true);

CREATE POLICY account_make ON public.account FOR INSERT TO nenghao_officer WITH CHECK ((( SELECT public.may('keep_accounts'::text) AS may) AND (role <> 'security_admin'::text)));

ALTER TABLE public.account_password ENABLE ROW LEVEL SECURITY;

CREATE POLICY account_password_set ON public.account_password FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((((NOT must_change) AND (account_id = ( SELECT w.account_id
   FROM public.web_account() w(account_id, login, name, role, authority, level, division_prefix, unit_id, unit_code, office, language, channel, must_change, duties)
  WHERE (w.channel = 'session'::text)))) OR (must_change AND ( SELECT public.may('keep_accounts'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.account a
  WHERE ((a.account_id = account_password.account_id) AND (a.role <> 'security_admin'::text)))))));

CREATE POLICY account_password_work ON public.account_password TO nenghao_console USING (true) WITH CHECK (true);

CREATE POLICY account_read ON public.account FOR SELECT TO nenghao_officer, nenghao_unit USING (((account_id = ( SELECT w.account_id
   FROM public.web_account() w(account_id, login, name, role, authority, level, division_prefix, unit_id, unit_code, office, language, channel, must_change, duties))) OR (unit_id = ( SELECT public.own_unit_id() AS own_unit_id)) OR ( SELECT (public.may('keep_accounts'::text) OR public.may('audit'::text)))));

CREATE POLICY account_work ON public.account TO nenghao_console USING (true) WITH CHECK (true);

ALTER TABLE public.agreed_value ENABLE ROW LEVEL SECURITY;

CREATE POLICY agreed_value_added ON public.agreed_value FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('decide'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_series s
  WHERE (s.series_id = agreed_value.series_id)))));

CREATE POLICY agreed_value_changed ON public.agreed_value FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('decide'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_series s
  WHERE (s.series_id = agreed_value.series_id))))) WITH CHECK ((( SELECT public.may('decide'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_series s
  WHERE (s.series_id = agreed_value.series_id)))));

CREATE POLICY agreed_value_seen ON public.agreed_value FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('case'::text) AS sees)) THEN false
    ELSE
    CASE
        WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
        ELSE (EXISTS ( SELECT 1
           FROM public.seen_series s
          WHERE (s.series_id = agreed_value.series_id)))
    END
END);

CREATE POLICY agreed_value_work ON public.agreed_value TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.alert ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.alert_event ENABLE ROW LEVEL SECURITY;

CREATE POLICY alert_event_seen ON public.alert_event FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('case'::text) AS sees)) THEN false
    ELSE
    CASE
        WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
        ELSE (EXISTS ( SELECT 1
           FROM public.alert a
          WHERE (a.alert_id = alert_event.alert_id)))
    END
END);

CREATE POLICY alert_event_work ON public.alert_event TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

CREATE POLICY alert_seen ON public.alert FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('case'::text) AS sees)) THEN false
    ELSE
    CASE
        WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
        ELSE (EXISTS ( SELECT 1
           FROM public.seen_case s
          WHERE (s.case_id = alert.case_id)))
    END
END);

CREATE POLICY alert_work ON public.alert TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.api_token ENABLE ROW LEVEL SECURITY;

CREATE POLICY api_token_make ON public.api_token FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((account_id = ( SELECT w.account_id
   FROM public.web_account() w(account_id, login, name, role, authority, level, division_prefix, unit_id, unit_code, office, language, channel, must_change, duties)
  WHERE ((w.channel = 'session'::text) AND (NOT w.must_change)))));

CREATE POLICY api_token_read ON public.api_token FOR SELECT TO nenghao_officer, nenghao_unit USING (((account_id = ( SELECT w.account_id
   FROM public.web_account() w(account_id, login, name, role, authority, level, division_prefix, unit_id, unit_code, office, language, channel, must_change, duties))) OR ( SELECT (public.may('keep_accounts'::text) OR public.may('audit'::text)))));

CREATE POLICY api_token_revoke ON public.api_token FOR UPDATE TO nenghao_officer, nenghao_unit USING (((account_id = ( SELECT w.account_id
   FROM public.web_account() w(account_id, login, name, role, authority, level, division_prefix, unit_id, unit_code, office, language, channel, must_change, duties))) OR ( SELECT public.may('keep_accounts'::text) AS may)));

CREATE POLICY api_token_work ON public.api_token TO nenghao_console USING (true) WITH CHECK (true);

ALTER TABLE public.audit_case ENABLE ROW LEVEL SECURITY;

CREATE POLICY audit_case_seen ON public.audit_case FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('case'::text) AS sees)) THEN false
    WHEN (unit_id <@ ( SELECT public.seen_units(CURRENT_USER) AS seen_units)) THEN true
    WHEN (unit_id IS NULL) THEN ( SELECT o.is_any
       FROM public.share_of_case(audit_case.case_id, CURRENT_USER) o(is_any, is_all))
    ELSE false
END);

CREATE POLICY audit_case_work ON public.audit_case TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.audit_run ENABLE ROW LEVEL SECURITY;

CREATE POLICY audit_run_seen ON public.audit_run FOR SELECT TO nenghao_officer, nenghao_unit USING ((( SELECT public.sees('case'::text) AS sees) AND true));

CREATE POLICY audit_run_work ON public.audit_run TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.boundary_register ENABLE ROW LEVEL SECURITY;

CREATE POLICY boundary_register_added ON public.boundary_register FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_series s
  WHERE (s.series_id = boundary_register.series_id)))));

CREATE POLICY boundary_register_changed ON public.boundary_register FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_series s
  WHERE (s.series_id = boundary_register.series_id))))) WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_series s
  WHERE (s.series_id = boundary_register.series_id)))));

CREATE POLICY boundary_register_seen ON public.boundary_register FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('online'::text) AS sees)) THEN false
    ELSE
    CASE
        WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
        ELSE (EXISTS ( SELECT 1
           FROM public.seen_series s
          WHERE (s.series_id = boundary_register.series_id)))
    END
END);

CREATE POLICY boundary_register_work ON public.boundary_register TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.case_attachment ENABLE ROW LEVEL SECURITY;

CREATE POLICY case_attachment_added ON public.case_attachment FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('decide'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_case s
  WHERE ((s.case_id = case_attachment.case_id) AND s.is_whole)))));

CREATE POLICY case_attachment_answered ON public.case_attachment FOR INSERT TO nenghao_unit WITH CHECK ((( SELECT public.may('file'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.case_step s
  WHERE ((s.case_step_id = case_attachment.case_step_id) AND (s.case_id = case_attachment.case_id) AND (s.side = 'unit'::text))))));

ALTER TABLE public.case_attachment_bytes ENABLE ROW LEVEL SECURITY;

CREATE POLICY case_attachment_bytes_added ON public.case_attachment_bytes FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('decide'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.case_attachment a
  WHERE (a.case_attachment_id = case_attachment_bytes.case_attachment_id)))));

CREATE POLICY case_attachment_bytes_answered ON public.case_attachment_bytes FOR INSERT TO nenghao_unit WITH CHECK ((( SELECT public.may('file'::text) AS may) AND (EXISTS ( SELECT 1
   FROM (public.case_attachment a
     JOIN public.case_step s ON ((a.case_step_id = s.case_step_id)))
  WHERE ((a.case_attachment_id = case_attachment_bytes.case_attachment_id) AND (s.side = 'unit'::text))))));

CREATE POLICY case_attachment_bytes_changed ON public.case_attachment_bytes FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('decide'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.case_attachment a
  WHERE (a.case_attachment_id = case_attachment_bytes.case_attachment_id))))) WITH CHECK ((( SELECT public.may('decide'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.case_attachment a
  WHERE (a.case_attachment_id = case_attachment_bytes.case_attachment_id)))));

CREATE POLICY case_attachment_bytes_seen ON public.case_attachment_bytes FOR SELECT TO nenghao_officer, nenghao_unit USING ((( SELECT public.sees('case'::text) AS sees) AND (EXISTS ( SELECT 1
   FROM public.case_attachment a
  WHERE (a.case_attachment_id = case_attachment_bytes.case_attachment_id)))));

CREATE POLICY case_attachment_bytes_told ON public.case_attachment_bytes FOR SELECT TO nenghao_unit USING ((EXISTS ( SELECT 1
   FROM public.case_attachment a
  WHERE (a.case_attachment_id = case_attachment_bytes.case_attachment_id))));

CREATE POLICY case_attachment_bytes_work ON public.case_attachment_bytes TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

CREATE POLICY case_attachment_changed ON public.case_attachment FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('decide'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_case s
  WHERE ((s.case_id = case_attachment.case_id) AND s.is_whole))))) WITH CHECK ((( SELECT public.may('decide'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_case s
  WHERE ((s.case_id = case_attachment.case_id) AND s.is_whole)))));

CREATE POLICY case_attachment_seen ON public.case_attachment FOR SELECT TO nenghao_officer, nenghao_unit USING ((( SELECT public.sees('case'::text) AS sees) AND (EXISTS ( SELECT 1
   FROM public.seen_case s
  WHERE (s.case_id = case_attachment.case_id)))));

CREATE POLICY case_attachment_told ON public.case_attachment FOR SELECT TO nenghao_unit USING ((EXISTS ( SELECT 1
   FROM public.case_step s
  WHERE (s.case_step_id = case_attachment.case_step_id))));

CREATE POLICY case_attachment_work ON public.case_attachment TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.case_level ENABLE ROW LEVEL SECURITY;

CREATE POLICY case_level_seen ON public.case_level FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('case'::text) AS sees)) THEN false
    ELSE
    CASE
        WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
        ELSE (EXISTS ( SELECT 1
           FROM public.seen_case s
          WHERE (s.case_id = case_level.case_id)))
    END
END);

CREATE POLICY case_level_work ON public.case_level TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.case_listing ENABLE ROW LEVEL SECURITY;

CREATE POLICY case_listing_seen ON public.case_listing FOR SELECT TO nenghao_officer, nenghao_unit USING ((( SELECT public.sees('case'::text) AS sees) AND ((unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u)) OR ((unit_id IS NULL) AND (EXISTS ( SELECT 1
   FROM public.seen_case s
  WHERE (s.case_id = case_listing.case_id)))))));

CREATE POLICY case_listing_work ON public.case_listing TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.case_merge ENABLE ROW LEVEL SECURITY;

CREATE POLICY case_merge_seen ON public.case_merge FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('case'::text) AS sees)) THEN false
    ELSE
    CASE
        WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
        ELSE (EXISTS ( SELECT 1
           FROM public.seen_case s
          WHERE (s.case_id = case_merge.case_id)))
    END
END);

CREATE POLICY case_merge_work ON public.case_merge TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.case_step ENABLE ROW LEVEL SECURITY;

CREATE POLICY case_step_added ON public.case_step FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('decide'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_case s
  WHERE ((s.case_id = case_step.case_id) AND s.is_whole)))));

CREATE POLICY case_step_answered ON public.case_step FOR INSERT TO nenghao_unit WITH CHECK ((( SELECT public.may('file'::text) AS may) AND (side = 'unit'::text) AND (unit_id = ( SELECT public.own_unit_id() AS own_unit_id)) AND public.was_asked(case_id)));

CREATE POLICY case_step_changed ON public.case_step FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('decide'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_case s
  WHERE ((s.case_id = case_step.case_id) AND s.is_whole))))) WITH CHECK ((( SELECT public.may('decide'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_case s
  WHERE ((s.case_id = case_step.case_id) AND s.is_whole)))));

CREATE POLICY case_step_seen ON public.case_step FOR SELECT TO nenghao_officer, nenghao_unit USING ((( SELECT public.sees('case'::text) AS sees) AND (EXISTS ( SELECT 1
   FROM public.seen_case s
  WHERE (s.case_id = case_step.case_id)))));

CREATE POLICY case_step_told ON public.case_step FOR SELECT TO nenghao_unit USING (((unit_id = ( SELECT public.own_unit_id() AS own_unit_id)) AND public.is_told(act, content) AND public.was_asked(case_id)));

CREATE POLICY case_step_work ON public.case_step TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.change_document ENABLE ROW LEVEL SECURITY;

CREATE POLICY change_document_added ON public.change_document FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

CREATE POLICY change_document_changed ON public.change_document FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u)))) WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

CREATE POLICY change_document_seen ON public.change_document FOR SELECT TO nenghao_officer, nenghao_unit USING ((( SELECT public.sees('ledger'::text) AS sees) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

CREATE POLICY change_document_work ON public.change_document TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.check_meter ENABLE ROW LEVEL SECURITY;

CREATE POLICY check_meter_added ON public.check_meter FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_point s
  WHERE (s.point_id = check_meter.point_id)))));

CREATE POLICY check_meter_changed ON public.check_meter FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_point s
  WHERE (s.point_id = check_meter.point_id))))) WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_point s
  WHERE (s.point_id = check_meter.point_id)))));

CREATE POLICY check_meter_seen ON public.check_meter FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('ledger'::text) AS sees)) THEN false
    ELSE
    CASE
        WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
        ELSE (EXISTS ( SELECT 1
           FROM public.seen_point s
          WHERE (s.point_id = check_meter.point_id)))
    END
END);

CREATE POLICY check_meter_work ON public.check_meter TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.common_cause ENABLE ROW LEVEL SECURITY;

CREATE POLICY common_cause_seen ON public.common_cause FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('case'::text) AS sees)) THEN false
    ELSE
    CASE
        WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
        ELSE (EXISTS ( SELECT 1
           FROM public.seen_case s
          WHERE (s.case_id = common_cause.case_id)))
    END
END);

CREATE POLICY common_cause_work ON public.common_cause TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.context_event ENABLE ROW LEVEL SECURITY;

CREATE POLICY context_event_added ON public.context_event FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK (((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))) OR (( SELECT public.may('examine'::text) AS may) AND (unit_id IS NULL) AND (EXISTS ( SELECT 1
   FROM public.web_account() a(account_id, login, name, role, authority, level, division_prefix, unit_id, unit_code, office, language, channel, must_change, duties)
  WHERE (COALESCE(context_event.division_code, ''::text) ^@ a.division_prefix))))));

CREATE POLICY context_event_changed ON public.context_event FOR UPDATE TO nenghao_officer, nenghao_unit USING (((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))) OR (( SELECT public.may('examine'::text) AS may) AND (unit_id IS NULL) AND (EXISTS ( SELECT 1
   FROM public.web_account() a(account_id, login, name, role, authority, level, division_prefix, unit_id, unit_code, office, language, channel, must_change, duties)
  WHERE (COALESCE(context_event.division_code, ''::text) ^@ a.division_prefix))))));

CREATE POLICY context_event_seen ON public.context_event FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('unit'::text) AS sees)) THEN false
    ELSE COALESCE(((unit_id IS NULL) OR (unit_id <@ ( SELECT public.seen_units(CURRENT_USER) AS seen_units))), false)
END);

CREATE POLICY context_event_work ON public.context_event TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.decision ENABLE ROW LEVEL SECURITY;

CREATE POLICY decision_added ON public.decision FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('decide'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_case s
  WHERE ((s.case_id = decision.case_id) AND s.is_whole)))));

CREATE POLICY decision_changed ON public.decision FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('decide'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_case s
  WHERE ((s.case_id = decision.case_id) AND s.is_whole))))) WITH CHECK ((( SELECT public.may('decide'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_case s
  WHERE ((s.case_id = decision.case_id) AND s.is_whole)))));

CREATE POLICY decision_seen ON public.decision FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('case'::text) AS sees)) THEN false
    ELSE
    CASE
        WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
        ELSE (EXISTS ( SELECT 1
           FROM public.seen_case s
          WHERE (s.case_id = decision.case_id)))
    END
END);

CREATE POLICY decision_told ON public.decision FOR SELECT TO nenghao_unit USING (public.was_asked(case_id));

CREATE POLICY decision_work ON public.decision TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.draft ENABLE ROW LEVEL SECURITY;

CREATE POLICY draft_own ON public.draft USING ((unit_id = ( SELECT public.own_unit_id() AS own_unit_id))) WITH CHECK ((unit_id = ( SELECT public.own_unit_id() AS own_unit_id)));

ALTER TABLE public.evidence ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.evidence_document ENABLE ROW LEVEL SECURITY;

CREATE POLICY evidence_document_added ON public.evidence_document FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('examine'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_case s
  WHERE (s.case_id = evidence_document.case_id)))));

CREATE POLICY evidence_document_changed ON public.evidence_document FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('examine'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_case s
  WHERE (s.case_id = evidence_document.case_id))))) WITH CHECK ((( SELECT public.may('examine'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_case s
  WHERE (s.case_id = evidence_document.case_id)))));

CREATE POLICY evidence_document_seen ON public.evidence_document FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('case'::text) AS sees)) THEN false
    ELSE
    CASE
        WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
        ELSE (EXISTS ( SELECT 1
           FROM public.seen_case s
          WHERE (s.case_id = evidence_document.case_id)))
    END
END);

CREATE POLICY evidence_document_work ON public.evidence_document TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

CREATE POLICY evidence_seen ON public.evidence FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('case'::text) AS sees)) THEN false
    ELSE
    CASE
        WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
        ELSE (EXISTS ( SELECT 1
           FROM public.seen_case s
          WHERE (s.case_id = evidence.case_id)))
    END
END);

CREATE POLICY evidence_work ON public.evidence TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.exclusion ENABLE ROW LEVEL SECURITY;

CREATE POLICY exclusion_added ON public.exclusion FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('decide'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_series s
  WHERE (s.series_id = exclusion.series_id)))));

CREATE POLICY exclusion_changed ON public.exclusion FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('decide'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_series s
  WHERE (s.series_id = exclusion.series_id))))) WITH CHECK ((( SELECT public.may('decide'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_series s
  WHERE (s.series_id = exclusion.series_id)))));

CREATE POLICY exclusion_seen ON public.exclusion FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('case'::text) AS sees)) THEN false
    ELSE
    CASE
        WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
        ELSE (EXISTS ( SELECT 1
           FROM public.seen_series s
          WHERE (s.series_id = exclusion.series_id)))
    END
END);

CREATE POLICY exclusion_work ON public.exclusion TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.filing ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.filing_answer ENABLE ROW LEVEL SECURITY;

CREATE POLICY filing_answer_own ON public.filing_answer TO nenghao_unit USING ((EXISTS ( SELECT 1
   FROM public.filing_query q
  WHERE (q.filing_query_id = filing_answer.filing_query_id))));

CREATE POLICY filing_answer_read ON public.filing_answer FOR SELECT TO nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true);

CREATE POLICY filing_answer_seen ON public.filing_answer FOR SELECT TO nenghao_officer USING (
CASE
    WHEN (NOT ( SELECT public.sees('survey'::text) AS sees)) THEN false
    WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
    ELSE (EXISTS ( SELECT 1
       FROM public.filing_query q
      WHERE (q.filing_query_id = filing_answer.filing_query_id)))
END);

ALTER TABLE public.filing_check ENABLE ROW LEVEL SECURITY;

CREATE POLICY filing_check_own ON public.filing_check USING ((unit_id = ( SELECT public.own_unit_id() AS own_unit_id))) WITH CHECK ((unit_id = ( SELECT public.own_unit_id() AS own_unit_id)));

ALTER TABLE public.filing_event ENABLE ROW LEVEL SECURITY;

CREATE POLICY filing_event_move ON public.filing_event FOR INSERT TO nenghao_console WITH CHECK (true);

CREATE POLICY filing_event_moved ON public.filing_event FOR INSERT TO nenghao_officer WITH CHECK ((( SELECT public.may('ask'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.filing f
  WHERE (f.filing_id = filing_event.filing_id))) AND (level = ( SELECT a.level
   FROM public.web_account() a(account_id, login, name, role, authority, level, division_prefix, unit_id, unit_code, office, language, channel, must_change, duties)))));

CREATE POLICY filing_event_own ON public.filing_event TO nenghao_unit USING ((EXISTS ( SELECT 1
   FROM public.filing f
  WHERE (f.filing_id = filing_event.filing_id))));

CREATE POLICY filing_event_read ON public.filing_event FOR SELECT TO nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true);

CREATE POLICY filing_event_seen ON public.filing_event FOR SELECT TO nenghao_officer USING (
CASE
    WHEN (NOT ( SELECT public.sees('survey'::text) AS sees)) THEN false
    WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
    ELSE (EXISTS ( SELECT 1
       FROM public.filing f
      WHERE (f.filing_id = filing_event.filing_id)))
END);

ALTER TABLE public.filing_note ENABLE ROW LEVEL SECURITY;

CREATE POLICY filing_note_own ON public.filing_note TO nenghao_unit USING ((EXISTS ( SELECT 1
   FROM public.filing f
  WHERE (f.filing_id = filing_note.filing_id))));

CREATE POLICY filing_note_read ON public.filing_note FOR SELECT TO nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true);

CREATE POLICY filing_note_seen ON public.filing_note FOR SELECT TO nenghao_officer USING (
CASE
    WHEN (NOT ( SELECT public.sees('survey'::text) AS sees)) THEN false
    WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
    ELSE (EXISTS ( SELECT 1
       FROM public.filing f
      WHERE (f.filing_id = filing_note.filing_id)))
END);

CREATE POLICY filing_own ON public.filing TO nenghao_unit USING ((unit_id = ( SELECT public.own_unit_id() AS own_unit_id))) WITH CHECK ((unit_id = ( SELECT public.own_unit_id() AS own_unit_id)));

ALTER TABLE public.filing_query ENABLE ROW LEVEL SECURITY;

CREATE POLICY filing_query_ask ON public.filing_query FOR INSERT TO nenghao_console WITH CHECK (true);

CREATE POLICY filing_query_asked ON public.filing_query FOR INSERT TO nenghao_officer WITH CHECK ((( SELECT public.may('ask'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.filing f
  WHERE (f.filing_id = filing_query.filing_id))) AND (level = ( SELECT a.level
   FROM public.web_account() a(account_id, login, name, role, authority, level, division_prefix, unit_id, unit_code, office, language, channel, must_change, duties)))));

CREATE POLICY filing_query_own ON public.filing_query TO nenghao_unit USING ((EXISTS ( SELECT 1
   FROM public.filing f
  WHERE (f.filing_id = filing_query.filing_id))));

CREATE POLICY filing_query_read ON public.filing_query FOR SELECT TO nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true);

CREATE POLICY filing_query_seen ON public.filing_query FOR SELECT TO nenghao_officer USING (
CASE
    WHEN (NOT ( SELECT public.sees('survey'::text) AS sees)) THEN false
    WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
    ELSE (EXISTS ( SELECT 1
       FROM public.filing f
      WHERE (f.filing_id = filing_query.filing_id)))
END);

CREATE POLICY filing_read ON public.filing FOR SELECT TO nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true);

CREATE POLICY filing_seen ON public.filing FOR SELECT TO nenghao_officer USING (
CASE
    WHEN (NOT ( SELECT public.sees('survey'::text) AS sees)) THEN false
    ELSE (unit_id <@ ( SELECT public.seen_units(CURRENT_USER) AS seen_units))
END);

ALTER TABLE public.filing_signature ENABLE ROW LEVEL SECURITY;

CREATE POLICY filing_signature_own ON public.filing_signature USING ((unit_id = ( SELECT public.own_unit_id() AS own_unit_id))) WITH CHECK ((unit_id = ( SELECT public.own_unit_id() AS own_unit_id)));

ALTER TABLE public.finding ENABLE ROW LEVEL SECURITY;

CREATE POLICY finding_seen ON public.finding FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('case'::text) AS sees)) THEN false
    ELSE
    CASE
        WHEN (unit_id <@ ( SELECT public.seen_units(CURRENT_USER) AS seen_units)) THEN true
        WHEN (unit_id IS NULL) THEN (EXISTS ( SELECT 1
           FROM public.alert a
          WHERE (a.fingerprint = finding.fingerprint)))
        ELSE false
    END
END);

CREATE POLICY finding_work ON public.finding TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.gateway ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.gateway_account_event ENABLE ROW LEVEL SECURITY;

CREATE POLICY gateway_account_event_added ON public.gateway_account_event FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_gateway s
  WHERE (s.gateway_id = gateway_account_event.gateway_id)))));

CREATE POLICY gateway_account_event_changed ON public.gateway_account_event FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_gateway s
  WHERE (s.gateway_id = gateway_account_event.gateway_id))))) WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_gateway s
  WHERE (s.gateway_id = gateway_account_event.gateway_id)))));

CREATE POLICY gateway_account_event_seen ON public.gateway_account_event FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('online'::text) AS sees)) THEN false
    ELSE
    CASE
        WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
        ELSE (EXISTS ( SELECT 1
           FROM public.seen_gateway s
          WHERE (s.gateway_id = gateway_account_event.gateway_id)))
    END
END);

CREATE POLICY gateway_account_event_work ON public.gateway_account_event TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

CREATE POLICY gateway_added ON public.gateway FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

ALTER TABLE public.gateway_boot ENABLE ROW LEVEL SECURITY;

CREATE POLICY gateway_boot_added ON public.gateway_boot FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_gateway s
  WHERE (s.gateway_id = gateway_boot.gateway_id)))));

CREATE POLICY gateway_boot_changed ON public.gateway_boot FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_gateway s
  WHERE (s.gateway_id = gateway_boot.gateway_id))))) WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_gateway s
  WHERE (s.gateway_id = gateway_boot.gateway_id)))));

CREATE POLICY gateway_boot_seen ON public.gateway_boot FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('online'::text) AS sees)) THEN false
    ELSE
    CASE
        WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
        ELSE (EXISTS ( SELECT 1
           FROM public.seen_gateway s
          WHERE (s.gateway_id = gateway_boot.gateway_id)))
    END
END);

CREATE POLICY gateway_boot_work ON public.gateway_boot TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

CREATE POLICY gateway_changed ON public.gateway FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u)))) WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

ALTER TABLE public.gateway_key ENABLE ROW LEVEL SECURITY;

CREATE POLICY gateway_key_added ON public.gateway_key FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_gateway s
  WHERE (s.gateway_id = gateway_key.gateway_id)))));

CREATE POLICY gateway_key_changed ON public.gateway_key FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_gateway s
  WHERE (s.gateway_id = gateway_key.gateway_id))))) WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_gateway s
  WHERE (s.gateway_id = gateway_key.gateway_id)))));

ALTER TABLE public.gateway_key_revocation ENABLE ROW LEVEL SECURITY;

CREATE POLICY gateway_key_revocation_added ON public.gateway_key_revocation FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.gateway_key k
  WHERE (k.gateway_key_id = gateway_key_revocation.gateway_key_id)))));

CREATE POLICY gateway_key_revocation_changed ON public.gateway_key_revocation FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.gateway_key k
  WHERE (k.gateway_key_id = gateway_key_revocation.gateway_key_id))))) WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.gateway_key k
  WHERE (k.gateway_key_id = gateway_key_revocation.gateway_key_id)))));

CREATE POLICY gateway_key_revocation_seen ON public.gateway_key_revocation FOR SELECT TO nenghao_officer, nenghao_unit USING ((( SELECT public.sees('online'::text) AS sees) AND (EXISTS ( SELECT 1
   FROM public.gateway_key k
  WHERE (k.gateway_key_id = gateway_key_revocation.gateway_key_id)))));

CREATE POLICY gateway_key_revocation_work ON public.gateway_key_revocation TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

CREATE POLICY gateway_key_seen ON public.gateway_key FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('online'::text) AS sees)) THEN false
    ELSE
    CASE
        WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
        ELSE (EXISTS ( SELECT 1
           FROM public.seen_gateway s
          WHERE (s.gateway_id = gateway_key.gateway_id)))
    END
END);

CREATE POLICY gateway_key_work ON public.gateway_key TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

CREATE POLICY gateway_seen ON public.gateway FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('online'::text) AS sees)) THEN false
    ELSE COALESCE((unit_id <@ ( SELECT public.seen_units(CURRENT_USER) AS seen_units)), false)
END);

ALTER TABLE public.gateway_state ENABLE ROW LEVEL SECURITY;

CREATE POLICY gateway_state_seen ON public.gateway_state FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('online'::text) AS sees)) THEN false
    ELSE
    CASE
        WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
        ELSE (EXISTS ( SELECT 1
           FROM public.seen_gateway s
          WHERE (s.gateway_id = gateway_state.gateway_id)))
    END
END);

CREATE POLICY gateway_state_work ON public.gateway_state TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

CREATE POLICY gateway_work ON public.gateway TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.heating_value ENABLE ROW LEVEL SECURITY;

CREATE POLICY heating_value_added ON public.heating_value FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

CREATE POLICY heating_value_changed ON public.heating_value FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u)))) WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

CREATE POLICY heating_value_seen ON public.heating_value FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('survey'::text) AS sees)) THEN false
    ELSE COALESCE((unit_id <@ ( SELECT public.seen_units(CURRENT_USER) AS seen_units)), false)
END);

CREATE POLICY heating_value_work ON public.heating_value TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.meter ENABLE ROW LEVEL SECURITY;

CREATE POLICY meter_added ON public.meter FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

ALTER TABLE public.meter_change ENABLE ROW LEVEL SECURITY;

CREATE POLICY meter_change_added ON public.meter_change FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_meter s
  WHERE (s.meter_id = meter_change.new_meter_id)))));

CREATE POLICY meter_change_changed ON public.meter_change FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_meter s
  WHERE (s.meter_id = meter_change.new_meter_id))))) WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_meter s
  WHERE (s.meter_id = meter_change.new_meter_id)))));

CREATE POLICY meter_change_seen ON public.meter_change FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('ledger'::text) AS sees)) THEN false
    ELSE
    CASE
        WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
        ELSE (EXISTS ( SELECT 1
           FROM public.seen_meter s
          WHERE (s.meter_id = meter_change.new_meter_id)))
    END
END);

CREATE POLICY meter_change_work ON public.meter_change TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

CREATE POLICY meter_changed ON public.meter FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u)))) WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

CREATE POLICY meter_seen ON public.meter FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('ledger'::text) AS sees)) THEN false
    ELSE COALESCE((unit_id <@ ( SELECT public.seen_units(CURRENT_USER) AS seen_units)), false)
END);

ALTER TABLE public.meter_state_change ENABLE ROW LEVEL SECURITY;

CREATE POLICY meter_state_change_added ON public.meter_state_change FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_meter s
  WHERE (s.meter_id = meter_state_change.meter_id)))));

CREATE POLICY meter_state_change_changed ON public.meter_state_change FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_meter s
  WHERE (s.meter_id = meter_state_change.meter_id))))) WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_meter s
  WHERE (s.meter_id = meter_state_change.meter_id)))));

CREATE POLICY meter_state_change_seen ON public.meter_state_change FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('ledger'::text) AS sees)) THEN false
    ELSE
    CASE
        WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
        ELSE (EXISTS ( SELECT 1
           FROM public.seen_meter s
          WHERE (s.meter_id = meter_state_change.meter_id)))
    END
END);

CREATE POLICY meter_state_change_work ON public.meter_state_change TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.meter_verification ENABLE ROW LEVEL SECURITY;

CREATE POLICY meter_verification_added ON public.meter_verification FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_meter s
  WHERE (s.meter_id = meter_verification.meter_id)))));

CREATE POLICY meter_verification_changed ON public.meter_verification FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_meter s
  WHERE (s.meter_id = meter_verification.meter_id))))) WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_meter s
  WHERE (s.meter_id = meter_verification.meter_id)))));

CREATE POLICY meter_verification_seen ON public.meter_verification FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('ledger'::text) AS sees)) THEN false
    ELSE
    CASE
        WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
        ELSE (EXISTS ( SELECT 1
           FROM public.seen_meter s
          WHERE (s.meter_id = meter_verification.meter_id)))
    END
END);

CREATE POLICY meter_verification_work ON public.meter_verification TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

CREATE POLICY meter_work ON public.meter TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.monitored_balance ENABLE ROW LEVEL SECURITY;

CREATE POLICY monitored_balance_seen ON public.monitored_balance FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('online'::text) AS sees)) THEN false
    ELSE COALESCE((unit_id <@ ( SELECT public.seen_units(CURRENT_USER) AS seen_units)), false)
END);

CREATE POLICY monitored_balance_work ON public.monitored_balance TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.month_mark ENABLE ROW LEVEL SECURITY;

CREATE POLICY month_mark_added ON public.month_mark FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT (public.may('declare'::text) OR public.may('examine'::text))) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

CREATE POLICY month_mark_seen ON public.month_mark FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('online'::text) AS sees)) THEN false
    ELSE COALESCE((unit_id <@ ( SELECT public.seen_units(CURRENT_USER) AS seen_units)), false)
END);

CREATE POLICY month_mark_work ON public.month_mark TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.multiplier_change ENABLE ROW LEVEL SECURITY;

CREATE POLICY multiplier_change_added ON public.multiplier_change FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_point s
  WHERE (s.point_id = multiplier_change.point_id)))));

CREATE POLICY multiplier_change_changed ON public.multiplier_change FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_point s
  WHERE (s.point_id = multiplier_change.point_id))))) WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_point s
  WHERE (s.point_id = multiplier_change.point_id)))));

CREATE POLICY multiplier_change_seen ON public.multiplier_change FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('ledger'::text) AS sees)) THEN false
    ELSE
    CASE
        WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
        ELSE (EXISTS ( SELECT 1
           FROM public.seen_point s
          WHERE (s.point_id = multiplier_change.point_id)))
    END
END);

CREATE POLICY multiplier_change_work ON public.multiplier_change TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.mute ENABLE ROW LEVEL SECURITY;

CREATE POLICY mute_added ON public.mute FOR INSERT TO nenghao_officer WITH CHECK ((( SELECT public.may('decide'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

ALTER TABLE public.mute_end ENABLE ROW LEVEL SECURITY;

CREATE POLICY mute_end_added ON public.mute_end FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('decide'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.mute m
  WHERE (m.mute_id = mute_end.mute_id)))));

CREATE POLICY mute_end_changed ON public.mute_end FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('decide'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.mute m
  WHERE (m.mute_id = mute_end.mute_id))))) WITH CHECK ((( SELECT public.may('decide'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.mute m
  WHERE (m.mute_id = mute_end.mute_id)))));

CREATE POLICY mute_end_seen ON public.mute_end FOR SELECT TO nenghao_officer, nenghao_unit USING ((( SELECT public.sees('case'::text) AS sees) AND (EXISTS ( SELECT 1
   FROM public.mute m
  WHERE (m.mute_id = mute_end.mute_id)))));

CREATE POLICY mute_end_work ON public.mute_end TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

CREATE POLICY mute_seen ON public.mute FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('case'::text) AS sees)) THEN false
    ELSE COALESCE(((unit_id IS NULL) OR (unit_id <@ ( SELECT public.seen_units(CURRENT_USER) AS seen_units))), false)
END);

CREATE POLICY mute_work ON public.mute TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.network_term ENABLE ROW LEVEL SECURITY;

CREATE POLICY network_term_added ON public.network_term FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_point s
  WHERE (s.point_id = network_term.whole_point_id)))));

CREATE POLICY network_term_changed ON public.network_term FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_point s
  WHERE (s.point_id = network_term.whole_point_id))))) WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_point s
  WHERE (s.point_id = network_term.whole_point_id)))));

CREATE POLICY network_term_seen ON public.network_term FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('online'::text) AS sees)) THEN false
    ELSE
    CASE
        WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
        ELSE (EXISTS ( SELECT 1
           FROM public.seen_point s
          WHERE (s.point_id = network_term.whole_point_id)))
    END
END);

CREATE POLICY network_term_work ON public.network_term TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.outage_filing ENABLE ROW LEVEL SECURITY;

CREATE POLICY outage_filing_added ON public.outage_filing FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

CREATE POLICY outage_filing_changed ON public.outage_filing FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u)))) WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

CREATE POLICY outage_filing_seen ON public.outage_filing FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('online'::text) AS sees)) THEN false
    ELSE COALESCE((unit_id <@ ( SELECT public.seen_units(CURRENT_USER) AS seen_units)), false)
END);

CREATE POLICY outage_filing_work ON public.outage_filing TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.panel_member ENABLE ROW LEVEL SECURITY;

CREATE POLICY panel_member_added ON public.panel_member FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('enrol'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

CREATE POLICY panel_member_changed ON public.panel_member FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('enrol'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u)))) WITH CHECK ((( SELECT public.may('enrol'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

CREATE POLICY panel_member_seen ON public.panel_member FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('unit'::text) AS sees)) THEN false
    ELSE COALESCE((unit_id <@ ( SELECT public.seen_units(CURRENT_USER) AS seen_units)), false)
END);

CREATE POLICY panel_member_work ON public.panel_member TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.point ENABLE ROW LEVEL SECURITY;

CREATE POLICY point_added ON public.point FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

CREATE POLICY point_changed ON public.point FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u)))) WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

ALTER TABLE public.point_day ENABLE ROW LEVEL SECURITY;

CREATE POLICY point_day_seen ON public.point_day FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('online'::text) AS sees)) THEN false
    ELSE
    CASE
        WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
        ELSE (EXISTS ( SELECT 1
           FROM public.seen_point s
          WHERE (s.point_id = point_day.point_id)))
    END
END);

CREATE POLICY point_day_work ON public.point_day TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.point_month ENABLE ROW LEVEL SECURITY;

CREATE POLICY point_month_seen ON public.point_month FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('online'::text) AS sees)) THEN false
    ELSE
    CASE
        WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
        ELSE (EXISTS ( SELECT 1
           FROM public.seen_point s
          WHERE (s.point_id = point_month.point_id)))
    END
END);

CREATE POLICY point_month_work ON public.point_month TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

CREATE POLICY point_seen ON public.point FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('online'::text) AS sees)) THEN false
    ELSE COALESCE((unit_id <@ ( SELECT public.seen_units(CURRENT_USER) AS seen_units)), false)
END);

CREATE POLICY point_work ON public.point TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.product_process ENABLE ROW LEVEL SECURITY;

CREATE POLICY product_process_added ON public.product_process FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

CREATE POLICY product_process_changed ON public.product_process FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u)))) WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

CREATE POLICY product_process_seen ON public.product_process FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('survey'::text) AS sees)) THEN false
    ELSE COALESCE((unit_id <@ ( SELECT public.seen_units(CURRENT_USER) AS seen_units)), false)
END);

CREATE POLICY product_process_work ON public.product_process TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.production_output ENABLE ROW LEVEL SECURITY;

CREATE POLICY production_output_added ON public.production_output FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

CREATE POLICY production_output_changed ON public.production_output FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u)))) WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

CREATE POLICY production_output_seen ON public.production_output FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('survey'::text) AS sees)) THEN false
    ELSE COALESCE((unit_id <@ ( SELECT public.seen_units(CURRENT_USER) AS seen_units)), false)
END);

CREATE POLICY production_output_work ON public.production_output TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.quality_share ENABLE ROW LEVEL SECURITY;

CREATE POLICY quality_share_seen ON public.quality_share FOR SELECT TO nenghao_officer, nenghao_unit USING ((( SELECT public.sees('online'::text) AS sees) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

CREATE POLICY quality_share_work ON public.quality_share TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.reading_adoption ENABLE ROW LEVEL SECURITY;

CREATE POLICY reading_adoption_added ON public.reading_adoption FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('decide'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_series s
  WHERE (s.series_id = reading_adoption.series_id)))));

CREATE POLICY reading_adoption_changed ON public.reading_adoption FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('decide'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_series s
  WHERE (s.series_id = reading_adoption.series_id))))) WITH CHECK ((( SELECT public.may('decide'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_series s
  WHERE (s.series_id = reading_adoption.series_id)))));

CREATE POLICY reading_adoption_seen ON public.reading_adoption FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('case'::text) AS sees)) THEN false
    ELSE
    CASE
        WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
        ELSE (EXISTS ( SELECT 1
           FROM public.seen_series s
          WHERE (s.series_id = reading_adoption.series_id)))
    END
END);

CREATE POLICY reading_adoption_work ON public.reading_adoption TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.register_import ENABLE ROW LEVEL SECURITY;

CREATE POLICY register_import_added ON public.register_import FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

CREATE POLICY register_import_changed ON public.register_import FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u)))) WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

CREATE POLICY register_import_seen ON public.register_import FOR SELECT TO nenghao_officer, nenghao_unit USING ((( SELECT public.sees('online'::text) AS sees) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

CREATE POLICY register_import_work ON public.register_import TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.register_upload ENABLE ROW LEVEL SECURITY;

CREATE POLICY register_upload_added ON public.register_upload FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

CREATE POLICY register_upload_changed ON public.register_upload FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u)))) WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

CREATE POLICY register_upload_seen ON public.register_upload FOR SELECT TO nenghao_officer, nenghao_unit USING ((( SELECT public.sees('online'::text) AS sees) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

CREATE POLICY register_upload_work ON public.register_upload TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.release ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.release_notice ENABLE ROW LEVEL SECURITY;

CREATE POLICY release_notice_seen ON public.release_notice FOR SELECT TO nenghao_officer, nenghao_unit USING ((( SELECT public.sees('case'::text) AS sees) AND (EXISTS ( SELECT 1
   FROM public.release r
  WHERE (r.release_id = release_notice.release_id)))));

CREATE POLICY release_notice_work ON public.release_notice TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

CREATE POLICY release_of_balance ON public.release FOR SELECT TO nenghao_officer USING (
CASE
    WHEN ((kind <> 'monitored_balance'::text) OR (NOT ( SELECT public.sees('online'::text) AS sees))) THEN false
    ELSE (unit_id <@ ( SELECT public.seen_units(CURRENT_USER) AS seen_units))
END);

ALTER TABLE public.release_recipient ENABLE ROW LEVEL SECURITY;

CREATE POLICY release_recipient_added ON public.release_recipient FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('ask'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.release r
  WHERE (r.release_id = release_recipient.release_id)))));

CREATE POLICY release_recipient_changed ON public.release_recipient FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('ask'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.release r
  WHERE (r.release_id = release_recipient.release_id))))) WITH CHECK ((( SELECT public.may('ask'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.release r
  WHERE (r.release_id = release_recipient.release_id)))));

CREATE POLICY release_recipient_seen ON public.release_recipient FOR SELECT TO nenghao_officer, nenghao_unit USING ((( SELECT public.sees('case'::text) AS sees) AND (EXISTS ( SELECT 1
   FROM public.release r
  WHERE (r.release_id = release_recipient.release_id)))));

CREATE POLICY release_recipient_work ON public.release_recipient TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

CREATE POLICY release_seen ON public.release FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('survey'::text) AS sees)) THEN false
    ELSE
    CASE
        WHEN (unit_id IS NULL) THEN ( SELECT public.sees('case'::text) AS sees)
        WHEN (unit_id <@ ( SELECT public.seen_units(CURRENT_USER) AS seen_units)) THEN true
        ELSE false
    END
END);

CREATE POLICY release_work ON public.release TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.reminder ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reminder_event ENABLE ROW LEVEL SECURITY;

CREATE POLICY reminder_event_seen ON public.reminder_event FOR SELECT TO nenghao_officer, nenghao_unit USING ((( SELECT public.sees('unit'::text) AS sees) AND (EXISTS ( SELECT 1
   FROM public.reminder r
  WHERE (r.reminder_id = reminder_event.reminder_id)))));

CREATE POLICY reminder_event_work ON public.reminder_event TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

CREATE POLICY reminder_seen ON public.reminder FOR SELECT TO nenghao_officer, nenghao_unit USING ((( SELECT public.sees('unit'::text) AS sees) AND (((unit_id IS NULL) AND ( SELECT public.sees('case'::text) AS sees)) OR ((unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u)) AND (((audience = 'unit'::text) AND (CURRENT_USER = 'nenghao_unit'::name)) OR ((CURRENT_USER = 'nenghao_officer'::name) AND ( SELECT public.sees('case'::text) AS sees)))))));

CREATE POLICY reminder_work ON public.reminder TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.resend_request ENABLE ROW LEVEL SECURITY;

CREATE POLICY resend_request_seen ON public.resend_request FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('online'::text) AS sees)) THEN false
    ELSE
    CASE
        WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
        ELSE (EXISTS ( SELECT 1
           FROM public.seen_gateway s
          WHERE (s.gateway_id = resend_request.gateway_id)))
    END
END);

CREATE POLICY resend_request_work ON public.resend_request TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.restatement_reason ENABLE ROW LEVEL SECURITY;

CREATE POLICY restatement_reason_added ON public.restatement_reason FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('ask'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.release r
  WHERE (r.release_id = restatement_reason.restates_release_id)))));

CREATE POLICY restatement_reason_changed ON public.restatement_reason FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('ask'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.release r
  WHERE (r.release_id = restatement_reason.restates_release_id))))) WITH CHECK ((( SELECT public.may('ask'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.release r
  WHERE (r.release_id = restatement_reason.restates_release_id)))));

CREATE POLICY restatement_reason_seen ON public.restatement_reason FOR SELECT TO nenghao_officer, nenghao_unit USING ((( SELECT public.sees('case'::text) AS sees) AND (EXISTS ( SELECT 1
   FROM public.release r
  WHERE (r.release_id = restatement_reason.restates_release_id)))));

CREATE POLICY restatement_reason_work ON public.restatement_reason TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.retention_hold ENABLE ROW LEVEL SECURITY;

CREATE POLICY retention_hold_added ON public.retention_hold FOR INSERT TO nenghao_officer WITH CHECK ((( SELECT public.may('examine'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

ALTER TABLE public.retention_hold_end ENABLE ROW LEVEL SECURITY;

CREATE POLICY retention_hold_end_added ON public.retention_hold_end FOR INSERT TO nenghao_officer WITH CHECK ((( SELECT public.may('examine'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.retention_hold h
  WHERE ((h.retention_hold_id = retention_hold_end.retention_hold_id) AND (h.unit_id IN ( SELECT u.unit_id
           FROM public.seen_unit u)))))));

CREATE POLICY retention_hold_end_seen ON public.retention_hold_end FOR SELECT TO nenghao_officer, nenghao_unit USING ((( SELECT public.sees('case'::text) AS sees) AND (EXISTS ( SELECT 1
   FROM public.retention_hold h
  WHERE (h.retention_hold_id = retention_hold_end.retention_hold_id)))));

CREATE POLICY retention_hold_end_work ON public.retention_hold_end TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

CREATE POLICY retention_hold_seen ON public.retention_hold FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('case'::text) AS sees)) THEN false
    ELSE COALESCE(((unit_id IS NULL) OR (unit_id <@ ( SELECT public.seen_units(CURRENT_USER) AS seen_units))), false)
END);

CREATE POLICY retention_hold_work ON public.retention_hold TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.return_check ENABLE ROW LEVEL SECURITY;

CREATE POLICY return_check_seen ON public.return_check FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('case'::text) AS sees)) THEN false
    ELSE COALESCE((unit_id <@ ( SELECT public.seen_units(CURRENT_USER) AS seen_units)), false)
END);

CREATE POLICY return_check_work ON public.return_check TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.sample_draw ENABLE ROW LEVEL SECURITY;

CREATE POLICY sample_draw_added ON public.sample_draw FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('examine'::text) AS may) AND true));

CREATE POLICY sample_draw_changed ON public.sample_draw FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('examine'::text) AS may) AND true)) WITH CHECK ((( SELECT public.may('examine'::text) AS may) AND true));

CREATE POLICY sample_draw_seen ON public.sample_draw FOR SELECT TO nenghao_officer, nenghao_unit USING ((( SELECT public.sees('case'::text) AS sees) AND true));

CREATE POLICY sample_draw_work ON public.sample_draw TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.sample_plan ENABLE ROW LEVEL SECURITY;

CREATE POLICY sample_plan_added ON public.sample_plan FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('examine'::text) AS may) AND true));

CREATE POLICY sample_plan_changed ON public.sample_plan FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('examine'::text) AS may) AND true)) WITH CHECK ((( SELECT public.may('examine'::text) AS may) AND true));

CREATE POLICY sample_plan_seen ON public.sample_plan FOR SELECT TO nenghao_officer, nenghao_unit USING ((( SELECT public.sees('case'::text) AS sees) AND true));

CREATE POLICY sample_plan_work ON public.sample_plan TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.sample_result ENABLE ROW LEVEL SECURITY;

CREATE POLICY sample_result_added ON public.sample_result FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('examine'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

CREATE POLICY sample_result_changed ON public.sample_result FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('examine'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u)))) WITH CHECK ((( SELECT public.may('examine'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

CREATE POLICY sample_result_seen ON public.sample_result FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('case'::text) AS sees)) THEN false
    ELSE COALESCE((unit_id <@ ( SELECT public.seen_units(CURRENT_USER) AS seen_units)), false)
END);

CREATE POLICY sample_result_work ON public.sample_result TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.sample_unit ENABLE ROW LEVEL SECURITY;

CREATE POLICY sample_unit_added ON public.sample_unit FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('examine'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

CREATE POLICY sample_unit_changed ON public.sample_unit FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('examine'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u)))) WITH CHECK ((( SELECT public.may('examine'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

CREATE POLICY sample_unit_seen ON public.sample_unit FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('case'::text) AS sees)) THEN false
    ELSE COALESCE((unit_id <@ ( SELECT public.seen_units(CURRENT_USER) AS seen_units)), false)
END);

CREATE POLICY sample_unit_work ON public.sample_unit TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.seal_progress ENABLE ROW LEVEL SECURITY;

CREATE POLICY seal_progress_seen ON public.seal_progress FOR SELECT TO nenghao_officer, nenghao_unit USING ((( SELECT public.sees('case'::text) AS sees) AND (EXISTS ( SELECT 1
   FROM public.seal_request q
  WHERE (q.seal_request_id = seal_progress.seal_request_id)))));

CREATE POLICY seal_progress_work ON public.seal_progress TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.seal_request ENABLE ROW LEVEL SECURITY;

CREATE POLICY seal_request_added ON public.seal_request FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('ask'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.web_account() a(account_id, login, name, role, authority, level, division_prefix, unit_id, unit_code, office, language, channel, must_change, duties)
  WHERE ((a.level = 'province'::text) AND ((seal_request.unit_id IN ( SELECT u.unit_id
           FROM public.seen_unit u)) OR ((seal_request.unit_id IS NULL) AND (seal_request.region_code ^@ a.division_prefix))))))));

CREATE POLICY seal_request_changed ON public.seal_request FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('ask'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.web_account() a(account_id, login, name, role, authority, level, division_prefix, unit_id, unit_code, office, language, channel, must_change, duties)
  WHERE ((a.level = 'province'::text) AND ((seal_request.unit_id IN ( SELECT u.unit_id
           FROM public.seen_unit u)) OR ((seal_request.unit_id IS NULL) AND (seal_request.region_code ^@ a.division_prefix)))))))) WITH CHECK ((( SELECT public.may('ask'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.web_account() a(account_id, login, name, role, authority, level, division_prefix, unit_id, unit_code, office, language, channel, must_change, duties)
  WHERE ((a.level = 'province'::text) AND ((seal_request.unit_id IN ( SELECT u.unit_id
           FROM public.seen_unit u)) OR ((seal_request.unit_id IS NULL) AND (seal_request.region_code ^@ a.division_prefix))))))));

CREATE POLICY seal_request_seen ON public.seal_request FOR SELECT TO nenghao_officer, nenghao_unit USING ((( SELECT public.sees('case'::text) AS sees) AND ((unit_id IS NULL) OR (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u)))));

CREATE POLICY seal_request_work ON public.seal_request TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.series ENABLE ROW LEVEL SECURITY;

CREATE POLICY series_added ON public.series FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_point s
  WHERE (s.point_id = series.point_id)))));

CREATE POLICY series_changed ON public.series FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_point s
  WHERE (s.point_id = series.point_id))))) WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_point s
  WHERE (s.point_id = series.point_id)))));

ALTER TABLE public.series_day ENABLE ROW LEVEL SECURITY;

CREATE POLICY series_day_seen ON public.series_day FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('online'::text) AS sees)) THEN false
    ELSE
    CASE
        WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
        ELSE (EXISTS ( SELECT 1
           FROM public.seen_series s
          WHERE (s.series_id = series_day.series_id)))
    END
END);

CREATE POLICY series_day_work ON public.series_day TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

CREATE POLICY series_seen ON public.series FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('online'::text) AS sees)) THEN false
    ELSE
    CASE
        WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
        ELSE (EXISTS ( SELECT 1
           FROM public.seen_point s
          WHERE (s.point_id = series.point_id)))
    END
END);

ALTER TABLE public.series_version ENABLE ROW LEVEL SECURITY;

CREATE POLICY series_version_added ON public.series_version FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_series s
  WHERE (s.series_id = series_version.series_id)))));

CREATE POLICY series_version_changed ON public.series_version FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_series s
  WHERE (s.series_id = series_version.series_id))))) WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.seen_series s
  WHERE (s.series_id = series_version.series_id)))));

CREATE POLICY series_version_seen ON public.series_version FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('online'::text) AS sees)) THEN false
    ELSE
    CASE
        WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
        ELSE (EXISTS ( SELECT 1
           FROM public.seen_series s
          WHERE (s.series_id = series_version.series_id)))
    END
END);

CREATE POLICY series_version_work ON public.series_version TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

CREATE POLICY series_work ON public.series TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.sign_in_attempt ENABLE ROW LEVEL SECURITY;

CREATE POLICY sign_in_attempt_read ON public.sign_in_attempt FOR SELECT TO nenghao_officer USING (( SELECT (public.may('keep_accounts'::text) OR public.may('audit'::text))));

CREATE POLICY sign_in_attempt_work ON public.sign_in_attempt TO nenghao_console USING (true) WITH CHECK (true);

ALTER TABLE public.silenced_finding ENABLE ROW LEVEL SECURITY;

CREATE POLICY silenced_finding_seen ON public.silenced_finding FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('case'::text) AS sees)) THEN false
    ELSE
    CASE
        WHEN ( SELECT upper_inf(public.seen_units(CURRENT_USER)) AS upper_inf) THEN true
        ELSE (EXISTS ( SELECT 1
           FROM public.finding f
          WHERE (f.finding_id = silenced_finding.finding_id)))
    END
END);

CREATE POLICY silenced_finding_work ON public.silenced_finding TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.stock_yard ENABLE ROW LEVEL SECURITY;

CREATE POLICY stock_yard_added ON public.stock_yard FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

CREATE POLICY stock_yard_changed ON public.stock_yard FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u)))) WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

CREATE POLICY stock_yard_seen ON public.stock_yard FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('survey'::text) AS sees)) THEN false
    ELSE COALESCE((unit_id <@ ( SELECT public.seen_units(CURRENT_USER) AS seen_units)), false)
END);

CREATE POLICY stock_yard_work ON public.stock_yard TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.supply_account ENABLE ROW LEVEL SECURITY;

CREATE POLICY supply_account_added ON public.supply_account FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

CREATE POLICY supply_account_changed ON public.supply_account FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u)))) WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

CREATE POLICY supply_account_seen ON public.supply_account FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('survey'::text) AS sees)) THEN false
    ELSE COALESCE((unit_id <@ ( SELECT public.seen_units(CURRENT_USER) AS seen_units)), false)
END);

CREATE POLICY supply_account_work ON public.supply_account TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.supply_statement ENABLE ROW LEVEL SECURITY;

CREATE POLICY supply_statement_added ON public.supply_statement FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.supply_account a
  WHERE (a.supply_account_id = supply_statement.supply_account_id)))));

CREATE POLICY supply_statement_changed ON public.supply_statement FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.supply_account a
  WHERE (a.supply_account_id = supply_statement.supply_account_id))))) WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.supply_account a
  WHERE (a.supply_account_id = supply_statement.supply_account_id)))));

CREATE POLICY supply_statement_seen ON public.supply_statement FOR SELECT TO nenghao_officer, nenghao_unit USING ((( SELECT public.sees('survey'::text) AS sees) AND (EXISTS ( SELECT 1
   FROM public.supply_account a
  WHERE (a.supply_account_id = supply_statement.supply_account_id)))));

CREATE POLICY supply_statement_work ON public.supply_statement TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.unit ENABLE ROW LEVEL SECURITY;

CREATE POLICY unit_added ON public.unit FOR INSERT TO nenghao_officer WITH CHECK ((( SELECT public.may('enrol'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.web_account() a(account_id, login, name, role, authority, level, division_prefix, unit_id, unit_code, office, language, channel, must_change, duties)
  WHERE (unit.division_code ^@ a.division_prefix)))));

CREATE POLICY unit_changed ON public.unit FOR UPDATE TO nenghao_officer USING ((( SELECT public.may('enrol'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.web_account() a(account_id, login, name, role, authority, level, division_prefix, unit_id, unit_code, office, language, channel, must_change, duties)
  WHERE (unit.division_code ^@ a.division_prefix)))));

ALTER TABLE public.unit_request ENABLE ROW LEVEL SECURITY;

CREATE POLICY unit_request_added ON public.unit_request FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

ALTER TABLE public.unit_request_answer ENABLE ROW LEVEL SECURITY;

CREATE POLICY unit_request_answer_added ON public.unit_request_answer FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('ask'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.unit_request r
  WHERE (r.unit_request_id = unit_request_answer.unit_request_id)))));

CREATE POLICY unit_request_answer_changed ON public.unit_request_answer FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('ask'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.unit_request r
  WHERE (r.unit_request_id = unit_request_answer.unit_request_id))))) WITH CHECK ((( SELECT public.may('ask'::text) AS may) AND (EXISTS ( SELECT 1
   FROM public.unit_request r
  WHERE (r.unit_request_id = unit_request_answer.unit_request_id)))));

CREATE POLICY unit_request_answer_seen ON public.unit_request_answer FOR SELECT TO nenghao_officer, nenghao_unit USING ((( SELECT public.sees('online'::text) AS sees) AND (EXISTS ( SELECT 1
   FROM public.unit_request r
  WHERE (r.unit_request_id = unit_request_answer.unit_request_id)))));

CREATE POLICY unit_request_answer_work ON public.unit_request_answer TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

CREATE POLICY unit_request_changed ON public.unit_request FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u)))) WITH CHECK ((( SELECT public.may('declare'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

CREATE POLICY unit_request_seen ON public.unit_request FOR SELECT TO nenghao_officer, nenghao_unit USING ((( SELECT public.sees('online'::text) AS sees) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

CREATE POLICY unit_request_work ON public.unit_request TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

CREATE POLICY unit_seen ON public.unit FOR SELECT TO nenghao_officer, nenghao_unit USING ((( SELECT public.sees('unit'::text) AS sees) AND ((unit_id = ( SELECT public.own_unit_id() AS own_unit_id)) OR ((division_code ^@ ( SELECT a.division_prefix
   FROM public.web_account() a(account_id, login, name, role, authority, level, division_prefix, unit_id, unit_code, office, language, channel, must_change, duties))) AND (collected_under = ANY (( SELECT a.duties
   FROM public.web_account() a(account_id, login, name, role, authority, level, division_prefix, unit_id, unit_code, office, language, channel, must_change, duties))::text[]))))));

ALTER TABLE public.unit_version ENABLE ROW LEVEL SECURITY;

CREATE POLICY unit_version_added ON public.unit_version FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK ((( SELECT public.may('enrol'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

CREATE POLICY unit_version_changed ON public.unit_version FOR UPDATE TO nenghao_officer, nenghao_unit USING ((( SELECT public.may('enrol'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u)))) WITH CHECK ((( SELECT public.may('enrol'::text) AS may) AND (unit_id IN ( SELECT u.unit_id
   FROM public.seen_unit u))));

CREATE POLICY unit_version_seen ON public.unit_version FOR SELECT TO nenghao_officer, nenghao_unit USING (
CASE
    WHEN (NOT ( SELECT public.sees('unit'::text) AS sees)) THEN false
    ELSE COALESCE((unit_id <@ ( SELECT public.seen_units(CURRENT_USER) AS seen_units)), false)
END);

CREATE POLICY unit_version_work ON public.unit_version TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

CREATE POLICY unit_work ON public.unit TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier USING (true) WITH CHECK (true);

ALTER TABLE public.web_session ENABLE ROW LEVEL SECURITY;

CREATE POLICY web_session_read ON public.web_session FOR SELECT TO nenghao_officer, nenghao_unit USING (((account_id = ( SELECT w.account_id
   FROM public.web_account() w(account_id, login, name, role, authority, level, division_prefix, unit_id, unit_code, office, language, channel, must_change, duties))) OR ( SELECT (public.may('keep_accounts'::text) OR public.may('audit'::text)))));

CREATE POLICY web_session_work ON public.web_session TO nenghao_console USING (true) WITH CHECK (true);

GRANT USAGE ON SCHEMA public TO nenghao_collector;
GRANT USAGE ON SCHEMA public TO nenghao_jobs;
GRANT USAGE ON SCHEMA public TO nenghao_rules;
GRANT USAGE ON SCHEMA public TO nenghao_console;
GRANT USAGE ON SCHEMA public TO nenghao_verifier;
GRANT USAGE ON SCHEMA public TO nenghao_unit;
GRANT USAGE ON SCHEMA public TO nenghao_web;
GRANT USAGE ON SCHEMA public TO nenghao_officer;

GRANT USAGE ON SCHEMA seen TO nenghao_officer;
GRANT USAGE ON SCHEMA seen TO nenghao_unit;

REVOKE ALL ON FUNCTION public.database_size_bytes() FROM PUBLIC;
GRANT ALL ON FUNCTION public.database_size_bytes() TO nenghao_officer;

REVOKE ALL ON FUNCTION public.drop_archived_chunk(dropped_relation text, chunk_first_at timestamp with time zone, chunk_end_at timestamp with time zone, reason text, run_by text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.drop_archived_chunk(dropped_relation text, chunk_first_at timestamp with time zone, chunk_end_at timestamp with time zone, reason text, run_by text) TO nenghao_jobs;

REVOKE ALL ON FUNCTION public.end_session() FROM PUBLIC;
GRANT ALL ON FUNCTION public.end_session() TO nenghao_web;

REVOKE ALL ON FUNCTION public.keep_named_gateway() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.keep_officers_apart() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.keep_session(idle_s integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.keep_session(idle_s integer) TO nenghao_web;

REVOKE ALL ON FUNCTION public.list_decided_case() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.mark_heating_months() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.may(act text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.may(act text) TO nenghao_web;
GRANT ALL ON FUNCTION public.may(act text) TO nenghao_officer;
GRANT ALL ON FUNCTION public.may(act text) TO nenghao_unit;

REVOKE ALL ON FUNCTION public.note_access(of_kind text, on_route text, of_unit integer, of_subject text, with_outcome text, from_address text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.note_access(of_kind text, on_route text, of_unit integer, of_subject text, with_outcome text, from_address text) TO nenghao_web;
GRANT ALL ON FUNCTION public.note_access(of_kind text, on_route text, of_unit integer, of_subject text, with_outcome text, from_address text) TO nenghao_officer;
GRANT ALL ON FUNCTION public.note_access(of_kind text, on_route text, of_unit integer, of_subject text, with_outcome text, from_address text) TO nenghao_unit;

REVOKE ALL ON FUNCTION public.note_sign_in(typed_login text, from_address text, said text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.note_sign_in(typed_login text, from_address text, said text) TO nenghao_web;

REVOKE ALL ON FUNCTION public.open_session(for_account integer, fresh_token_hash bytea, idle_s integer, life_s integer, from_address text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.open_session(for_account integer, fresh_token_hash bytea, idle_s integer, life_s integer, from_address text) TO nenghao_web;

REVOKE ALL ON FUNCTION public.panel_stands(month_on date) FROM PUBLIC;
GRANT ALL ON FUNCTION public.panel_stands(month_on date) TO nenghao_console;
GRANT ALL ON FUNCTION public.panel_stands(month_on date) TO nenghao_jobs;
GRANT ALL ON FUNCTION public.panel_stands(month_on date) TO nenghao_verifier;
GRANT ALL ON FUNCTION public.panel_stands(month_on date) TO nenghao_officer;
GRANT ALL ON FUNCTION public.panel_stands(month_on date) TO nenghao_unit;

REVOKE ALL ON FUNCTION public.password_of(typed_login text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.password_of(typed_login text) TO nenghao_web;

REVOKE ALL ON FUNCTION public.receive_explanation(wanted_case bigint, explanation text, explained_by text, explained_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.receive_explanation(wanted_case bigint, explanation text, explained_by text, explained_at timestamp with time zone) TO nenghao_console;
GRANT ALL ON FUNCTION public.receive_explanation(wanted_case bigint, explanation text, explained_by text, explained_at timestamp with time zone) TO nenghao_unit;

REVOKE ALL ON FUNCTION public.record_account() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.record_rows() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.require_gateways() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.require_nobody() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.seen_units(asking_role name) FROM PUBLIC;
GRANT ALL ON FUNCTION public.seen_units(asking_role name) TO nenghao_officer;
GRANT ALL ON FUNCTION public.seen_units(asking_role name) TO nenghao_unit;

REVOKE ALL ON FUNCTION public.sees(duty text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.sees(duty text) TO nenghao_web;
GRANT ALL ON FUNCTION public.sees(duty text) TO nenghao_officer;
GRANT ALL ON FUNCTION public.sees(duty text) TO nenghao_unit;

REVOKE ALL ON FUNCTION public.share_of_case(wanted_case_id bigint, asking_role name, OUT is_any boolean, OUT is_all boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.share_of_case(wanted_case_id bigint, asking_role name, OUT is_any boolean, OUT is_all boolean) TO nenghao_officer;
GRANT ALL ON FUNCTION public.share_of_case(wanted_case_id bigint, asking_role name, OUT is_any boolean, OUT is_all boolean) TO nenghao_unit;

REVOKE ALL ON FUNCTION public.show_by_view(shown text, duty text, of_whom text) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.show_to_people(shown text, duty text, of_whom text, adds text, of_new text) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.show_view(shown text) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.sign_in_wait_s(typed_login text, from_address text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.sign_in_wait_s(typed_login text, from_address text) TO nenghao_web;

REVOKE ALL ON FUNCTION public.track_rows(tracked text, VARIADIC key_columns text[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.want_review() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.was_asked(wanted_case bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.was_asked(wanted_case bigint) TO nenghao_unit;

REVOKE ALL ON FUNCTION public.web_account() FROM PUBLIC;
GRANT ALL ON FUNCTION public.web_account() TO nenghao_web;
GRANT ALL ON FUNCTION public.web_account() TO nenghao_officer;
GRANT ALL ON FUNCTION public.web_account() TO nenghao_unit;

GRANT SELECT ON TABLE public.access_trail TO nenghao_console;
GRANT SELECT ON TABLE public.access_trail TO nenghao_officer;

GRANT SELECT(access_trail_id) ON TABLE public.access_trail TO nenghao_unit;

GRANT SELECT(at) ON TABLE public.access_trail TO nenghao_unit;

GRANT SELECT(name) ON TABLE public.access_trail TO nenghao_unit;

GRANT SELECT(role) ON TABLE public.access_trail TO nenghao_unit;

GRANT SELECT(authority) ON TABLE public.access_trail TO nenghao_unit;

GRANT SELECT(kind) ON TABLE public.access_trail TO nenghao_unit;

GRANT SELECT(route) ON TABLE public.access_trail TO nenghao_unit;

GRANT SELECT(unit_id) ON TABLE public.access_trail TO nenghao_unit;

GRANT SELECT(subject) ON TABLE public.access_trail TO nenghao_unit;

GRANT SELECT(outcome) ON TABLE public.access_trail TO nenghao_unit;

GRANT SELECT,INSERT ON TABLE public.account TO nenghao_console;
GRANT SELECT ON TABLE public.account TO nenghao_officer;
GRANT SELECT ON TABLE public.account TO nenghao_unit;

GRANT INSERT(login) ON TABLE public.account TO nenghao_officer;

GRANT INSERT(name) ON TABLE public.account TO nenghao_officer;

GRANT UPDATE(role) ON TABLE public.account TO nenghao_console;
GRANT INSERT(role),UPDATE(role) ON TABLE public.account TO nenghao_officer;

GRANT UPDATE(authority) ON TABLE public.account TO nenghao_console;
GRANT INSERT(authority),UPDATE(authority) ON TABLE public.account TO nenghao_officer;

GRANT UPDATE(level) ON TABLE public.account TO nenghao_console;
GRANT INSERT(level),UPDATE(level) ON TABLE public.account TO nenghao_officer;

GRANT UPDATE(division_prefix) ON TABLE public.account TO nenghao_console;
GRANT INSERT(division_prefix),UPDATE(division_prefix) ON TABLE public.account TO nenghao_officer;

GRANT INSERT(unit_id) ON TABLE public.account TO nenghao_officer;

GRANT UPDATE(office) ON TABLE public.account TO nenghao_console;
GRANT INSERT(office),UPDATE(office) ON TABLE public.account TO nenghao_officer;

GRANT UPDATE(language) ON TABLE public.account TO nenghao_console;
GRANT INSERT(language),UPDATE(language) ON TABLE public.account TO nenghao_officer;
GRANT UPDATE(language) ON TABLE public.account TO nenghao_unit;

GRANT UPDATE(is_disabled) ON TABLE public.account TO nenghao_console;
GRANT UPDATE(is_disabled) ON TABLE public.account TO nenghao_officer;

GRANT SELECT ON TABLE public.account_event TO nenghao_verifier;
GRANT SELECT ON TABLE public.account_event TO nenghao_console;
GRANT SELECT ON TABLE public.account_event TO nenghao_officer;

GRANT INSERT ON TABLE public.account_password TO nenghao_console;

GRANT INSERT(account_id) ON TABLE public.account_password TO nenghao_officer;
GRANT INSERT(account_id) ON TABLE public.account_password TO nenghao_unit;

GRANT INSERT(hash) ON TABLE public.account_password TO nenghao_officer;
GRANT INSERT(hash) ON TABLE public.account_password TO nenghao_unit;

GRANT INSERT(must_change) ON TABLE public.account_password TO nenghao_officer;
GRANT INSERT(must_change) ON TABLE public.account_password TO nenghao_unit;

GRANT SELECT ON TABLE public.agreed_value TO nenghao_jobs;
GRANT SELECT ON TABLE public.agreed_value TO nenghao_rules;
GRANT SELECT,INSERT ON TABLE public.agreed_value TO nenghao_console;
GRANT SELECT ON TABLE public.agreed_value TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.agreed_value TO nenghao_officer;

GRANT SELECT ON TABLE public.agreed_value_in_force TO nenghao_jobs;
GRANT SELECT ON TABLE public.agreed_value_in_force TO nenghao_rules;
GRANT SELECT ON TABLE public.agreed_value_in_force TO nenghao_console;
GRANT SELECT ON TABLE public.agreed_value_in_force TO nenghao_verifier;

GRANT SELECT ON TABLE public.alert TO nenghao_jobs;
GRANT SELECT,INSERT ON TABLE public.alert TO nenghao_rules;
GRANT SELECT ON TABLE public.alert TO nenghao_console;
GRANT SELECT ON TABLE public.alert TO nenghao_verifier;
GRANT SELECT ON TABLE public.alert TO nenghao_officer;

GRANT SELECT,INSERT ON TABLE public.alert_event TO nenghao_rules;
GRANT SELECT ON TABLE public.alert_event TO nenghao_jobs;
GRANT SELECT ON TABLE public.alert_event TO nenghao_console;
GRANT SELECT ON TABLE public.alert_event TO nenghao_verifier;
GRANT SELECT ON TABLE public.alert_event TO nenghao_officer;

GRANT INSERT ON TABLE public.api_token TO nenghao_console;

GRANT SELECT(api_token_id) ON TABLE public.api_token TO nenghao_console;
GRANT SELECT(api_token_id) ON TABLE public.api_token TO nenghao_officer;
GRANT SELECT(api_token_id) ON TABLE public.api_token TO nenghao_unit;

GRANT SELECT(account_id) ON TABLE public.api_token TO nenghao_console;
GRANT SELECT(account_id),INSERT(account_id) ON TABLE public.api_token TO nenghao_officer;
GRANT SELECT(account_id),INSERT(account_id) ON TABLE public.api_token TO nenghao_unit;

GRANT SELECT(label) ON TABLE public.api_token TO nenghao_console;
GRANT SELECT(label),INSERT(label) ON TABLE public.api_token TO nenghao_officer;
GRANT SELECT(label),INSERT(label) ON TABLE public.api_token TO nenghao_unit;

GRANT INSERT(token_hash) ON TABLE public.api_token TO nenghao_officer;
GRANT INSERT(token_hash) ON TABLE public.api_token TO nenghao_unit;

GRANT SELECT(made_at) ON TABLE public.api_token TO nenghao_console;
GRANT SELECT(made_at) ON TABLE public.api_token TO nenghao_officer;
GRANT SELECT(made_at) ON TABLE public.api_token TO nenghao_unit;

GRANT SELECT(ends_at) ON TABLE public.api_token TO nenghao_console;
GRANT SELECT(ends_at),INSERT(ends_at) ON TABLE public.api_token TO nenghao_officer;
GRANT SELECT(ends_at),INSERT(ends_at) ON TABLE public.api_token TO nenghao_unit;

GRANT SELECT(revoked_at),UPDATE(revoked_at) ON TABLE public.api_token TO nenghao_console;
GRANT SELECT(revoked_at),UPDATE(revoked_at) ON TABLE public.api_token TO nenghao_officer;
GRANT SELECT(revoked_at),UPDATE(revoked_at) ON TABLE public.api_token TO nenghao_unit;

GRANT SELECT ON TABLE public.archive_check TO nenghao_jobs;
GRANT SELECT ON TABLE public.archive_check TO nenghao_console;
GRANT SELECT ON TABLE public.archive_check TO nenghao_rules;
GRANT SELECT,INSERT ON TABLE public.archive_check TO nenghao_verifier;
GRANT SELECT ON TABLE public.archive_check TO nenghao_officer;

GRANT SELECT,INSERT ON TABLE public.archive_month TO nenghao_jobs;
GRANT SELECT ON TABLE public.archive_month TO nenghao_console;
GRANT SELECT ON TABLE public.archive_month TO nenghao_rules;
GRANT SELECT ON TABLE public.archive_month TO nenghao_verifier;
GRANT SELECT ON TABLE public.archive_month TO nenghao_officer;

GRANT SELECT ON TABLE public.audit_case TO nenghao_jobs;
GRANT SELECT,INSERT ON TABLE public.audit_case TO nenghao_rules;
GRANT SELECT ON TABLE public.audit_case TO nenghao_console;
GRANT SELECT ON TABLE public.audit_case TO nenghao_verifier;
GRANT SELECT ON TABLE public.audit_case TO nenghao_officer;

GRANT SELECT,INSERT ON TABLE public.audit_mark TO nenghao_jobs;
GRANT SELECT,DELETE ON TABLE public.audit_mark TO nenghao_rules;

GRANT SELECT,INSERT ON TABLE public.audit_run TO nenghao_rules;
GRANT SELECT ON TABLE public.audit_run TO nenghao_console;
GRANT SELECT ON TABLE public.audit_run TO nenghao_verifier;
GRANT SELECT ON TABLE public.audit_run TO nenghao_jobs;
GRANT SELECT ON TABLE public.audit_run TO nenghao_officer;

GRANT SELECT,INSERT ON TABLE public.balance_cell TO nenghao_jobs;
GRANT SELECT ON TABLE public.balance_cell TO nenghao_rules;
GRANT SELECT ON TABLE public.balance_cell TO nenghao_console;
GRANT SELECT ON TABLE public.balance_cell TO nenghao_verifier;

GRANT SELECT ON TABLE public.decision TO nenghao_jobs;
GRANT SELECT ON TABLE public.decision TO nenghao_rules;
GRANT SELECT,INSERT ON TABLE public.decision TO nenghao_console;
GRANT SELECT ON TABLE public.decision TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.decision TO nenghao_officer;
GRANT SELECT ON TABLE public.decision TO nenghao_unit;

GRANT SELECT ON TABLE public.exclusion TO nenghao_jobs;
GRANT SELECT ON TABLE public.exclusion TO nenghao_rules;
GRANT SELECT,INSERT ON TABLE public.exclusion TO nenghao_console;
GRANT SELECT ON TABLE public.exclusion TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.exclusion TO nenghao_officer;

GRANT SELECT,INSERT ON TABLE public.monitored_balance TO nenghao_jobs;
GRANT SELECT ON TABLE public.monitored_balance TO nenghao_rules;
GRANT SELECT ON TABLE public.monitored_balance TO nenghao_console;
GRANT SELECT ON TABLE public.monitored_balance TO nenghao_verifier;
GRANT SELECT ON TABLE public.monitored_balance TO nenghao_officer;
GRANT SELECT ON TABLE public.monitored_balance TO nenghao_unit;

GRANT SELECT ON TABLE public.series TO nenghao_collector;
GRANT SELECT ON TABLE public.series TO nenghao_jobs;
GRANT SELECT ON TABLE public.series TO nenghao_rules;
GRANT SELECT,INSERT ON TABLE public.series TO nenghao_console;
GRANT SELECT ON TABLE public.series TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.series TO nenghao_officer;
GRANT SELECT,INSERT ON TABLE public.series TO nenghao_unit;

GRANT SELECT ON TABLE public.balance_cell_mark TO nenghao_console;
GRANT SELECT ON TABLE public.balance_cell_mark TO nenghao_verifier;
GRANT SELECT ON TABLE public.balance_cell_mark TO nenghao_jobs;

GRANT SELECT ON TABLE public.boundary_register TO nenghao_jobs;
GRANT SELECT ON TABLE public.boundary_register TO nenghao_rules;
GRANT SELECT,INSERT ON TABLE public.boundary_register TO nenghao_console;
GRANT SELECT ON TABLE public.boundary_register TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.boundary_register TO nenghao_officer;
GRANT SELECT,INSERT ON TABLE public.boundary_register TO nenghao_unit;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.candidate TO nenghao_jobs;
GRANT SELECT ON TABLE public.candidate TO nenghao_rules;
GRANT SELECT ON TABLE public.candidate TO nenghao_console;

GRANT SELECT,INSERT ON TABLE public.case_attachment TO nenghao_console;
GRANT SELECT ON TABLE public.case_attachment TO nenghao_jobs;
GRANT SELECT ON TABLE public.case_attachment TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.case_attachment TO nenghao_officer;
GRANT SELECT,INSERT ON TABLE public.case_attachment TO nenghao_unit;

GRANT SELECT,INSERT ON TABLE public.case_attachment_bytes TO nenghao_console;
GRANT SELECT,INSERT ON TABLE public.case_attachment_bytes TO nenghao_officer;
GRANT SELECT,INSERT ON TABLE public.case_attachment_bytes TO nenghao_unit;

GRANT SELECT,INSERT ON TABLE public.case_level TO nenghao_rules;
GRANT SELECT ON TABLE public.case_level TO nenghao_jobs;
GRANT SELECT ON TABLE public.case_level TO nenghao_console;
GRANT SELECT ON TABLE public.case_level TO nenghao_verifier;
GRANT SELECT ON TABLE public.case_level TO nenghao_officer;

GRANT SELECT,INSERT ON TABLE public.case_merge TO nenghao_rules;
GRANT SELECT ON TABLE public.case_merge TO nenghao_jobs;
GRANT SELECT ON TABLE public.case_merge TO nenghao_console;
GRANT SELECT ON TABLE public.case_merge TO nenghao_verifier;
GRANT SELECT ON TABLE public.case_merge TO nenghao_officer;

GRANT SELECT ON TABLE public.case_member TO nenghao_rules;
GRANT SELECT ON TABLE public.case_member TO nenghao_console;
GRANT SELECT ON TABLE public.case_member TO nenghao_jobs;
GRANT SELECT ON TABLE public.case_member TO nenghao_verifier;

GRANT SELECT ON TABLE public.case_root TO nenghao_rules;
GRANT SELECT ON TABLE public.case_root TO nenghao_console;
GRANT SELECT ON TABLE public.case_root TO nenghao_jobs;
GRANT SELECT ON TABLE public.case_root TO nenghao_verifier;

GRANT SELECT,INSERT ON TABLE public.common_cause TO nenghao_rules;
GRANT SELECT ON TABLE public.common_cause TO nenghao_jobs;
GRANT SELECT ON TABLE public.common_cause TO nenghao_console;
GRANT SELECT ON TABLE public.common_cause TO nenghao_verifier;
GRANT SELECT ON TABLE public.common_cause TO nenghao_officer;

GRANT SELECT ON TABLE public.finding TO nenghao_jobs;
GRANT SELECT,INSERT ON TABLE public.finding TO nenghao_rules;
GRANT SELECT ON TABLE public.finding TO nenghao_console;
GRANT SELECT ON TABLE public.finding TO nenghao_verifier;
GRANT SELECT ON TABLE public.finding TO nenghao_officer;

GRANT SELECT ON TABLE public.finding_standing TO nenghao_rules;
GRANT SELECT ON TABLE public.finding_standing TO nenghao_console;
GRANT SELECT ON TABLE public.finding_standing TO nenghao_jobs;
GRANT SELECT ON TABLE public.finding_standing TO nenghao_verifier;

GRANT SELECT ON TABLE public.case_now TO nenghao_rules;
GRANT SELECT ON TABLE public.case_now TO nenghao_console;
GRANT SELECT ON TABLE public.case_now TO nenghao_jobs;
GRANT SELECT ON TABLE public.case_now TO nenghao_verifier;

GRANT SELECT ON TABLE public.unit TO nenghao_collector;
GRANT SELECT ON TABLE public.unit TO nenghao_jobs;
GRANT SELECT ON TABLE public.unit TO nenghao_rules;
GRANT SELECT,INSERT ON TABLE public.unit TO nenghao_console;
GRANT SELECT ON TABLE public.unit TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.unit TO nenghao_officer;
GRANT SELECT ON TABLE public.unit TO nenghao_unit;

GRANT UPDATE(name) ON TABLE public.unit TO nenghao_console;
GRANT UPDATE(name) ON TABLE public.unit TO nenghao_officer;

GRANT UPDATE(division_code) ON TABLE public.unit TO nenghao_console;
GRANT UPDATE(division_code) ON TABLE public.unit TO nenghao_officer;

GRANT UPDATE(industry_code) ON TABLE public.unit TO nenghao_console;
GRANT UPDATE(industry_code) ON TABLE public.unit TO nenghao_officer;

GRANT SELECT ON TABLE public.case_brief TO nenghao_console;

GRANT SELECT,INSERT ON TABLE public.case_step TO nenghao_console;
GRANT SELECT ON TABLE public.case_step TO nenghao_jobs;
GRANT SELECT ON TABLE public.case_step TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.case_step TO nenghao_officer;
GRANT SELECT,INSERT ON TABLE public.case_step TO nenghao_unit;

GRANT SELECT ON TABLE public.case_desk TO nenghao_console;

GRANT SELECT,INSERT,UPDATE ON TABLE public.case_listing TO nenghao_rules;
GRANT SELECT ON TABLE public.case_listing TO nenghao_console;
GRANT SELECT ON TABLE public.case_listing TO nenghao_verifier;
GRANT SELECT ON TABLE public.case_listing TO nenghao_officer;

GRANT SELECT ON TABLE public.case_notice TO nenghao_console;

GRANT SELECT ON TABLE public.point TO nenghao_collector;
GRANT SELECT ON TABLE public.point TO nenghao_jobs;
GRANT SELECT ON TABLE public.point TO nenghao_rules;
GRANT SELECT,INSERT ON TABLE public.point TO nenghao_console;
GRANT SELECT ON TABLE public.point TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.point TO nenghao_officer;
GRANT SELECT,INSERT ON TABLE public.point TO nenghao_unit;

GRANT SELECT ON TABLE public.rule_precision TO nenghao_rules;
GRANT SELECT ON TABLE public.rule_precision TO nenghao_console;
GRANT SELECT ON TABLE public.rule_precision TO nenghao_verifier;
GRANT SELECT ON TABLE public.rule_precision TO nenghao_officer;
GRANT SELECT ON TABLE public.rule_precision TO nenghao_unit;

GRANT SELECT,INSERT ON TABLE public.rule_version TO nenghao_rules;
GRANT SELECT ON TABLE public.rule_version TO nenghao_console;
GRANT SELECT ON TABLE public.rule_version TO nenghao_verifier;
GRANT SELECT ON TABLE public.rule_version TO nenghao_officer;

GRANT SELECT ON TABLE public.case_told TO nenghao_console;

GRANT SELECT,INSERT ON TABLE public.change_document TO nenghao_officer;
GRANT SELECT,INSERT ON TABLE public.change_document TO nenghao_unit;
GRANT SELECT ON TABLE public.change_document TO nenghao_console;
GRANT SELECT ON TABLE public.change_document TO nenghao_verifier;

GRANT INSERT ON TABLE public.changed_mark TO nenghao_collector;
GRANT SELECT,INSERT,DELETE ON TABLE public.changed_mark TO nenghao_jobs;
GRANT INSERT ON TABLE public.changed_mark TO nenghao_console;

GRANT SELECT ON TABLE public.check_meter TO nenghao_jobs;
GRANT SELECT ON TABLE public.check_meter TO nenghao_rules;
GRANT SELECT,INSERT ON TABLE public.check_meter TO nenghao_console;
GRANT SELECT ON TABLE public.check_meter TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.check_meter TO nenghao_officer;
GRANT SELECT,INSERT ON TABLE public.check_meter TO nenghao_unit;

GRANT UPDATE(valid_to) ON TABLE public.check_meter TO nenghao_console;
GRANT UPDATE(valid_to) ON TABLE public.check_meter TO nenghao_officer;
GRANT UPDATE(valid_to) ON TABLE public.check_meter TO nenghao_unit;

GRANT SELECT,INSERT,UPDATE ON TABLE public.coal_coefficient TO nenghao_jobs;
GRANT SELECT ON TABLE public.coal_coefficient TO nenghao_rules;
GRANT SELECT ON TABLE public.coal_coefficient TO nenghao_console;
GRANT SELECT ON TABLE public.coal_coefficient TO nenghao_verifier;
GRANT SELECT ON TABLE public.coal_coefficient TO nenghao_unit;
GRANT SELECT ON TABLE public.coal_coefficient TO nenghao_officer;

GRANT SELECT ON TABLE public.context_event TO nenghao_jobs;
GRANT SELECT ON TABLE public.context_event TO nenghao_rules;
GRANT SELECT,INSERT ON TABLE public.context_event TO nenghao_console;
GRANT SELECT ON TABLE public.context_event TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.context_event TO nenghao_officer;
GRANT SELECT,INSERT ON TABLE public.context_event TO nenghao_unit;

GRANT UPDATE(ends_at) ON TABLE public.context_event TO nenghao_console;
GRANT UPDATE(ends_at) ON TABLE public.context_event TO nenghao_officer;
GRANT UPDATE(ends_at) ON TABLE public.context_event TO nenghao_unit;

GRANT SELECT,INSERT ON TABLE public.day_head TO nenghao_jobs;
GRANT SELECT ON TABLE public.day_head TO nenghao_collector;
GRANT SELECT ON TABLE public.day_head TO nenghao_rules;
GRANT SELECT ON TABLE public.day_head TO nenghao_console;
GRANT SELECT ON TABLE public.day_head TO nenghao_verifier;
GRANT SELECT ON TABLE public.day_head TO nenghao_officer;
GRANT SELECT ON TABLE public.day_head TO nenghao_unit;

GRANT SELECT,INSERT ON TABLE public.day_tree TO nenghao_jobs;
GRANT SELECT ON TABLE public.day_tree TO nenghao_collector;
GRANT SELECT ON TABLE public.day_tree TO nenghao_rules;
GRANT SELECT ON TABLE public.day_tree TO nenghao_console;
GRANT SELECT ON TABLE public.day_tree TO nenghao_verifier;
GRANT SELECT ON TABLE public.day_tree TO nenghao_officer;
GRANT SELECT ON TABLE public.day_tree TO nenghao_unit;

GRANT SELECT,INSERT ON TABLE public.draft TO nenghao_unit;

GRANT SELECT ON TABLE public.draft_cell TO nenghao_unit;

GRANT SELECT ON TABLE public.equal_value TO nenghao_jobs;
GRANT SELECT ON TABLE public.equal_value TO nenghao_rules;
GRANT SELECT,INSERT ON TABLE public.equal_value TO nenghao_console;
GRANT SELECT ON TABLE public.equal_value TO nenghao_verifier;
GRANT SELECT ON TABLE public.equal_value TO nenghao_officer;
GRANT SELECT ON TABLE public.equal_value TO nenghao_unit;

GRANT SELECT ON TABLE public.equal_value_in_force TO nenghao_jobs;
GRANT SELECT ON TABLE public.equal_value_in_force TO nenghao_rules;
GRANT SELECT ON TABLE public.equal_value_in_force TO nenghao_console;
GRANT SELECT ON TABLE public.equal_value_in_force TO nenghao_verifier;
GRANT SELECT ON TABLE public.equal_value_in_force TO nenghao_officer;
GRANT SELECT ON TABLE public.equal_value_in_force TO nenghao_unit;

GRANT SELECT,INSERT ON TABLE public.evidence TO nenghao_rules;
GRANT SELECT ON TABLE public.evidence TO nenghao_console;
GRANT SELECT ON TABLE public.evidence TO nenghao_verifier;
GRANT SELECT ON TABLE public.evidence TO nenghao_officer;

GRANT SELECT,INSERT ON TABLE public.evidence_document TO nenghao_console;
GRANT SELECT ON TABLE public.evidence_document TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.evidence_document TO nenghao_officer;

GRANT SELECT ON TABLE public.exclusion_in_force TO nenghao_jobs;
GRANT SELECT ON TABLE public.exclusion_in_force TO nenghao_rules;
GRANT SELECT ON TABLE public.exclusion_in_force TO nenghao_console;
GRANT SELECT ON TABLE public.exclusion_in_force TO nenghao_verifier;

GRANT SELECT,INSERT,DELETE ON TABLE public.feature_mark TO nenghao_jobs;

GRANT SELECT ON TABLE public.filing TO nenghao_jobs;
GRANT SELECT ON TABLE public.filing TO nenghao_rules;
GRANT SELECT ON TABLE public.filing TO nenghao_console;
GRANT SELECT ON TABLE public.filing TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.filing TO nenghao_unit;
GRANT SELECT ON TABLE public.filing TO nenghao_officer;

GRANT SELECT,INSERT ON TABLE public.filing_answer TO nenghao_unit;
GRANT SELECT ON TABLE public.filing_answer TO nenghao_jobs;
GRANT SELECT ON TABLE public.filing_answer TO nenghao_rules;
GRANT SELECT ON TABLE public.filing_answer TO nenghao_console;
GRANT SELECT ON TABLE public.filing_answer TO nenghao_verifier;
GRANT SELECT ON TABLE public.filing_answer TO nenghao_officer;

GRANT SELECT ON TABLE public.filing_cell TO nenghao_unit;
GRANT SELECT ON TABLE public.filing_cell TO nenghao_jobs;
GRANT SELECT ON TABLE public.filing_cell TO nenghao_rules;
GRANT SELECT ON TABLE public.filing_cell TO nenghao_console;
GRANT SELECT ON TABLE public.filing_cell TO nenghao_verifier;
GRANT SELECT ON TABLE public.filing_cell TO nenghao_officer;

GRANT SELECT,INSERT ON TABLE public.filing_check TO nenghao_unit;

GRANT SELECT,INSERT ON TABLE public.filing_event TO nenghao_unit;
GRANT SELECT ON TABLE public.filing_event TO nenghao_jobs;
GRANT SELECT ON TABLE public.filing_event TO nenghao_rules;
GRANT SELECT,INSERT ON TABLE public.filing_event TO nenghao_console;
GRANT SELECT ON TABLE public.filing_event TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.filing_event TO nenghao_officer;

GRANT SELECT,INSERT ON TABLE public.filing_note TO nenghao_unit;
GRANT SELECT ON TABLE public.filing_note TO nenghao_jobs;
GRANT SELECT ON TABLE public.filing_note TO nenghao_rules;
GRANT SELECT ON TABLE public.filing_note TO nenghao_console;
GRANT SELECT ON TABLE public.filing_note TO nenghao_verifier;
GRANT SELECT ON TABLE public.filing_note TO nenghao_officer;

GRANT SELECT ON TABLE public.filing_query TO nenghao_unit;
GRANT SELECT ON TABLE public.filing_query TO nenghao_jobs;
GRANT SELECT ON TABLE public.filing_query TO nenghao_rules;
GRANT SELECT,INSERT ON TABLE public.filing_query TO nenghao_console;
GRANT SELECT ON TABLE public.filing_query TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.filing_query TO nenghao_officer;

GRANT SELECT,INSERT ON TABLE public.filing_signature TO nenghao_unit;

GRANT SELECT ON TABLE public.filing_state TO nenghao_unit;
GRANT SELECT ON TABLE public.filing_state TO nenghao_jobs;
GRANT SELECT ON TABLE public.filing_state TO nenghao_rules;
GRANT SELECT ON TABLE public.filing_state TO nenghao_console;
GRANT SELECT ON TABLE public.filing_state TO nenghao_verifier;
GRANT SELECT ON TABLE public.filing_state TO nenghao_officer;

GRANT SELECT,INSERT ON TABLE public.followed_row TO nenghao_jobs;
GRANT SELECT ON TABLE public.followed_row TO nenghao_console;

GRANT SELECT,INSERT,UPDATE ON TABLE public.form_relation TO nenghao_jobs;
GRANT SELECT ON TABLE public.form_relation TO nenghao_rules;
GRANT SELECT ON TABLE public.form_relation TO nenghao_console;
GRANT SELECT ON TABLE public.form_relation TO nenghao_verifier;
GRANT SELECT ON TABLE public.form_relation TO nenghao_unit;
GRANT SELECT ON TABLE public.form_relation TO nenghao_officer;

GRANT SELECT ON TABLE public.gateway TO nenghao_collector;
GRANT SELECT ON TABLE public.gateway TO nenghao_jobs;
GRANT SELECT ON TABLE public.gateway TO nenghao_rules;
GRANT SELECT,INSERT ON TABLE public.gateway TO nenghao_console;
GRANT SELECT ON TABLE public.gateway TO nenghao_verifier;
GRANT INSERT ON TABLE public.gateway TO nenghao_officer;

GRANT SELECT(gateway_id) ON TABLE public.gateway TO nenghao_officer;
GRANT SELECT(gateway_id) ON TABLE public.gateway TO nenghao_unit;

GRANT SELECT(unit_id) ON TABLE public.gateway TO nenghao_officer;
GRANT SELECT(unit_id) ON TABLE public.gateway TO nenghao_unit;

GRANT SELECT(gateway_code) ON TABLE public.gateway TO nenghao_officer;
GRANT SELECT(gateway_code) ON TABLE public.gateway TO nenghao_unit;

GRANT SELECT(shard) ON TABLE public.gateway TO nenghao_officer;
GRANT SELECT(shard) ON TABLE public.gateway TO nenghao_unit;

GRANT SELECT(backfill_from) ON TABLE public.gateway TO nenghao_officer;
GRANT SELECT(backfill_from) ON TABLE public.gateway TO nenghao_unit;

GRANT UPDATE(backfill_until) ON TABLE public.gateway TO nenghao_console;
GRANT SELECT(backfill_until),UPDATE(backfill_until) ON TABLE public.gateway TO nenghao_officer;
GRANT SELECT(backfill_until) ON TABLE public.gateway TO nenghao_unit;

GRANT UPDATE(broker_password_hash) ON TABLE public.gateway TO nenghao_console;
GRANT UPDATE(broker_password_hash) ON TABLE public.gateway TO nenghao_officer;
GRANT UPDATE(broker_password_hash) ON TABLE public.gateway TO nenghao_unit;

GRANT SELECT(registered_at) ON TABLE public.gateway TO nenghao_officer;
GRANT SELECT(registered_at) ON TABLE public.gateway TO nenghao_unit;

GRANT SELECT,INSERT ON TABLE public.gateway_account_event TO nenghao_console;
GRANT SELECT ON TABLE public.gateway_account_event TO nenghao_collector;
GRANT SELECT ON TABLE public.gateway_account_event TO nenghao_jobs;
GRANT SELECT ON TABLE public.gateway_account_event TO nenghao_rules;
GRANT SELECT ON TABLE public.gateway_account_event TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.gateway_account_event TO nenghao_officer;
GRANT SELECT,INSERT ON TABLE public.gateway_account_event TO nenghao_unit;

GRANT SELECT,INSERT ON TABLE public.gateway_boot TO nenghao_collector;
GRANT SELECT ON TABLE public.gateway_boot TO nenghao_jobs;
GRANT SELECT ON TABLE public.gateway_boot TO nenghao_rules;
GRANT SELECT,INSERT ON TABLE public.gateway_boot TO nenghao_console;
GRANT SELECT ON TABLE public.gateway_boot TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.gateway_boot TO nenghao_officer;
GRANT SELECT ON TABLE public.gateway_boot TO nenghao_unit;

GRANT SELECT ON TABLE public.gateway_key TO nenghao_collector;
GRANT SELECT ON TABLE public.gateway_key TO nenghao_jobs;
GRANT SELECT ON TABLE public.gateway_key TO nenghao_rules;
GRANT SELECT,INSERT ON TABLE public.gateway_key TO nenghao_console;
GRANT SELECT ON TABLE public.gateway_key TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.gateway_key TO nenghao_officer;
GRANT SELECT,INSERT ON TABLE public.gateway_key TO nenghao_unit;

GRANT SELECT ON TABLE public.gateway_key_revocation TO nenghao_collector;
GRANT SELECT ON TABLE public.gateway_key_revocation TO nenghao_jobs;
GRANT SELECT ON TABLE public.gateway_key_revocation TO nenghao_rules;
GRANT SELECT,INSERT ON TABLE public.gateway_key_revocation TO nenghao_console;
GRANT SELECT ON TABLE public.gateway_key_revocation TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.gateway_key_revocation TO nenghao_officer;
GRANT SELECT,INSERT ON TABLE public.gateway_key_revocation TO nenghao_unit;

GRANT SELECT,INSERT ON TABLE public.gateway_state TO nenghao_collector;
GRANT SELECT ON TABLE public.gateway_state TO nenghao_jobs;
GRANT SELECT ON TABLE public.gateway_state TO nenghao_rules;
GRANT SELECT ON TABLE public.gateway_state TO nenghao_console;
GRANT SELECT ON TABLE public.gateway_state TO nenghao_verifier;
GRANT SELECT ON TABLE public.gateway_state TO nenghao_officer;
GRANT SELECT ON TABLE public.gateway_state TO nenghao_unit;

GRANT SELECT ON TABLE public.heating_value TO nenghao_jobs;
GRANT SELECT ON TABLE public.heating_value TO nenghao_rules;
GRANT SELECT,INSERT ON TABLE public.heating_value TO nenghao_console;
GRANT SELECT ON TABLE public.heating_value TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.heating_value TO nenghao_officer;
GRANT SELECT,INSERT ON TABLE public.heating_value TO nenghao_unit;

GRANT SELECT ON TABLE public.heating_value_in_force TO nenghao_jobs;
GRANT SELECT ON TABLE public.heating_value_in_force TO nenghao_rules;
GRANT SELECT ON TABLE public.heating_value_in_force TO nenghao_console;
GRANT SELECT ON TABLE public.heating_value_in_force TO nenghao_verifier;

GRANT SELECT,INSERT ON TABLE public.message TO nenghao_collector;
GRANT SELECT ON TABLE public.message TO nenghao_jobs;
GRANT SELECT ON TABLE public.message TO nenghao_rules;
GRANT SELECT ON TABLE public.message TO nenghao_console;
GRANT SELECT ON TABLE public.message TO nenghao_verifier;

GRANT SELECT,INSERT ON TABLE public.message_batch TO nenghao_collector;
GRANT SELECT ON TABLE public.message_batch TO nenghao_jobs;
GRANT SELECT ON TABLE public.message_batch TO nenghao_verifier;

GRANT USAGE ON SEQUENCE public.message_batch_id_seq TO nenghao_collector;

GRANT USAGE ON SEQUENCE public.message_id_seq TO nenghao_collector;

GRANT SELECT ON TABLE public.message_leaf TO nenghao_jobs;
GRANT SELECT ON TABLE public.message_leaf TO nenghao_verifier;
GRANT SELECT ON TABLE public.message_leaf TO nenghao_console;
GRANT SELECT ON TABLE public.message_leaf TO nenghao_collector;

GRANT SELECT,INSERT ON TABLE public.message_raw TO nenghao_collector;
GRANT SELECT ON TABLE public.message_raw TO nenghao_jobs;
GRANT SELECT ON TABLE public.message_raw TO nenghao_rules;
GRANT SELECT ON TABLE public.message_raw TO nenghao_verifier;

GRANT SELECT ON TABLE public.meter TO nenghao_collector;
GRANT SELECT ON TABLE public.meter TO nenghao_jobs;
GRANT SELECT ON TABLE public.meter TO nenghao_rules;
GRANT SELECT,INSERT ON TABLE public.meter TO nenghao_console;
GRANT SELECT ON TABLE public.meter TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.meter TO nenghao_officer;
GRANT SELECT,INSERT ON TABLE public.meter TO nenghao_unit;

GRANT UPDATE(verified_on) ON TABLE public.meter TO nenghao_console;
GRANT UPDATE(verified_on) ON TABLE public.meter TO nenghao_officer;
GRANT UPDATE(verified_on) ON TABLE public.meter TO nenghao_unit;

GRANT UPDATE(next_verification_on) ON TABLE public.meter TO nenghao_console;
GRANT UPDATE(next_verification_on) ON TABLE public.meter TO nenghao_officer;
GRANT UPDATE(next_verification_on) ON TABLE public.meter TO nenghao_unit;

GRANT UPDATE(name) ON TABLE public.meter TO nenghao_console;
GRANT UPDATE(name) ON TABLE public.meter TO nenghao_officer;
GRANT UPDATE(name) ON TABLE public.meter TO nenghao_unit;

GRANT UPDATE(instrument) ON TABLE public.meter TO nenghao_console;
GRANT UPDATE(instrument) ON TABLE public.meter TO nenghao_officer;
GRANT UPDATE(instrument) ON TABLE public.meter TO nenghao_unit;

GRANT UPDATE(variety_code) ON TABLE public.meter TO nenghao_console;
GRANT UPDATE(variety_code) ON TABLE public.meter TO nenghao_officer;
GRANT UPDATE(variety_code) ON TABLE public.meter TO nenghao_unit;

GRANT UPDATE(metering_level) ON TABLE public.meter TO nenghao_console;
GRANT UPDATE(metering_level) ON TABLE public.meter TO nenghao_officer;
GRANT UPDATE(metering_level) ON TABLE public.meter TO nenghao_unit;

GRANT UPDATE(measuring_range) ON TABLE public.meter TO nenghao_console;
GRANT UPDATE(measuring_range) ON TABLE public.meter TO nenghao_officer;
GRANT UPDATE(measuring_range) ON TABLE public.meter TO nenghao_unit;

GRANT UPDATE(maker) ON TABLE public.meter TO nenghao_console;
GRANT UPDATE(maker) ON TABLE public.meter TO nenghao_officer;
GRANT UPDATE(maker) ON TABLE public.meter TO nenghao_unit;

GRANT UPDATE(serial_no) ON TABLE public.meter TO nenghao_console;
GRANT UPDATE(serial_no) ON TABLE public.meter TO nenghao_officer;
GRANT UPDATE(serial_no) ON TABLE public.meter TO nenghao_unit;

GRANT UPDATE(place) ON TABLE public.meter TO nenghao_console;
GRANT UPDATE(place) ON TABLE public.meter TO nenghao_officer;
GRANT UPDATE(place) ON TABLE public.meter TO nenghao_unit;

GRANT UPDATE(installed_on) ON TABLE public.meter TO nenghao_console;
GRANT UPDATE(installed_on) ON TABLE public.meter TO nenghao_officer;
GRANT UPDATE(installed_on) ON TABLE public.meter TO nenghao_unit;

GRANT UPDATE(cycle_months) ON TABLE public.meter TO nenghao_console;
GRANT UPDATE(cycle_months) ON TABLE public.meter TO nenghao_officer;
GRANT UPDATE(cycle_months) ON TABLE public.meter TO nenghao_unit;

GRANT UPDATE(verified_by) ON TABLE public.meter TO nenghao_console;
GRANT UPDATE(verified_by) ON TABLE public.meter TO nenghao_officer;
GRANT UPDATE(verified_by) ON TABLE public.meter TO nenghao_unit;

GRANT UPDATE(certificate_no) ON TABLE public.meter TO nenghao_console;
GRANT UPDATE(certificate_no) ON TABLE public.meter TO nenghao_officer;
GRANT UPDATE(certificate_no) ON TABLE public.meter TO nenghao_unit;

GRANT SELECT ON TABLE public.meter_change TO nenghao_jobs;
GRANT SELECT ON TABLE public.meter_change TO nenghao_rules;
GRANT SELECT,INSERT ON TABLE public.meter_change TO nenghao_console;
GRANT SELECT ON TABLE public.meter_change TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.meter_change TO nenghao_officer;
GRANT SELECT,INSERT ON TABLE public.meter_change TO nenghao_unit;

GRANT SELECT ON TABLE public.meter_state_change TO nenghao_jobs;
GRANT SELECT ON TABLE public.meter_state_change TO nenghao_rules;
GRANT SELECT,INSERT ON TABLE public.meter_state_change TO nenghao_console;
GRANT SELECT ON TABLE public.meter_state_change TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.meter_state_change TO nenghao_officer;
GRANT SELECT,INSERT ON TABLE public.meter_state_change TO nenghao_unit;

GRANT SELECT ON TABLE public.meter_verification TO nenghao_jobs;
GRANT SELECT ON TABLE public.meter_verification TO nenghao_rules;
GRANT SELECT,INSERT ON TABLE public.meter_verification TO nenghao_console;
GRANT SELECT ON TABLE public.meter_verification TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.meter_verification TO nenghao_officer;
GRANT SELECT,INSERT ON TABLE public.meter_verification TO nenghao_unit;

GRANT SELECT ON TABLE public.meter_now TO nenghao_jobs;
GRANT SELECT ON TABLE public.meter_now TO nenghao_rules;
GRANT SELECT ON TABLE public.meter_now TO nenghao_console;
GRANT SELECT ON TABLE public.meter_now TO nenghao_verifier;

GRANT SELECT ON TABLE public.monitored_cell TO nenghao_unit;
GRANT SELECT ON TABLE public.monitored_cell TO nenghao_jobs;
GRANT SELECT ON TABLE public.monitored_cell TO nenghao_rules;
GRANT SELECT ON TABLE public.monitored_cell TO nenghao_console;
GRANT SELECT ON TABLE public.monitored_cell TO nenghao_verifier;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.point_day TO nenghao_jobs;
GRANT SELECT ON TABLE public.point_day TO nenghao_rules;
GRANT SELECT ON TABLE public.point_day TO nenghao_console;
GRANT SELECT ON TABLE public.point_day TO nenghao_verifier;
GRANT SELECT ON TABLE public.point_day TO nenghao_officer;
GRANT SELECT ON TABLE public.point_day TO nenghao_unit;

GRANT SELECT ON TABLE public.monitored_day TO nenghao_unit;
GRANT SELECT ON TABLE public.monitored_day TO nenghao_jobs;
GRANT SELECT ON TABLE public.monitored_day TO nenghao_rules;
GRANT SELECT ON TABLE public.monitored_day TO nenghao_console;
GRANT SELECT ON TABLE public.monitored_day TO nenghao_verifier;

GRANT SELECT ON TABLE public.series_version TO nenghao_collector;
GRANT SELECT ON TABLE public.series_version TO nenghao_jobs;
GRANT SELECT ON TABLE public.series_version TO nenghao_rules;
GRANT SELECT,INSERT ON TABLE public.series_version TO nenghao_console;
GRANT SELECT ON TABLE public.series_version TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.series_version TO nenghao_officer;
GRANT SELECT,INSERT ON TABLE public.series_version TO nenghao_unit;

GRANT UPDATE(valid) ON TABLE public.series_version TO nenghao_console;
GRANT UPDATE(valid) ON TABLE public.series_version TO nenghao_officer;
GRANT UPDATE(valid) ON TABLE public.series_version TO nenghao_unit;

GRANT SELECT ON TABLE public.monitored_meter TO nenghao_unit;
GRANT SELECT ON TABLE public.monitored_meter TO nenghao_jobs;
GRANT SELECT ON TABLE public.monitored_meter TO nenghao_rules;
GRANT SELECT ON TABLE public.monitored_meter TO nenghao_console;
GRANT SELECT ON TABLE public.monitored_meter TO nenghao_verifier;

GRANT SELECT ON TABLE public.monitored_newest TO nenghao_unit;
GRANT SELECT ON TABLE public.monitored_newest TO nenghao_jobs;
GRANT SELECT ON TABLE public.monitored_newest TO nenghao_rules;
GRANT SELECT ON TABLE public.monitored_newest TO nenghao_console;
GRANT SELECT ON TABLE public.monitored_newest TO nenghao_verifier;

GRANT SELECT ON TABLE public.monitored_point TO nenghao_unit;
GRANT SELECT ON TABLE public.monitored_point TO nenghao_jobs;
GRANT SELECT ON TABLE public.monitored_point TO nenghao_rules;
GRANT SELECT ON TABLE public.monitored_point TO nenghao_console;
GRANT SELECT ON TABLE public.monitored_point TO nenghao_verifier;

GRANT SELECT,INSERT,DELETE ON TABLE public.month_mark TO nenghao_jobs;
GRANT INSERT ON TABLE public.month_mark TO nenghao_console;
GRANT SELECT,INSERT ON TABLE public.month_mark TO nenghao_officer;
GRANT SELECT,INSERT ON TABLE public.month_mark TO nenghao_unit;

GRANT SELECT ON TABLE public.multiplier_change TO nenghao_jobs;
GRANT SELECT ON TABLE public.multiplier_change TO nenghao_rules;
GRANT SELECT,INSERT ON TABLE public.multiplier_change TO nenghao_console;
GRANT SELECT ON TABLE public.multiplier_change TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.multiplier_change TO nenghao_officer;
GRANT SELECT,INSERT ON TABLE public.multiplier_change TO nenghao_unit;

GRANT SELECT,INSERT ON TABLE public.mute TO nenghao_console;
GRANT SELECT ON TABLE public.mute TO nenghao_rules;
GRANT SELECT ON TABLE public.mute TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.mute TO nenghao_officer;

GRANT SELECT,INSERT ON TABLE public.mute_end TO nenghao_console;
GRANT SELECT ON TABLE public.mute_end TO nenghao_rules;
GRANT SELECT ON TABLE public.mute_end TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.mute_end TO nenghao_officer;

GRANT SELECT ON TABLE public.mute_in_force TO nenghao_rules;
GRANT SELECT ON TABLE public.mute_in_force TO nenghao_console;
GRANT SELECT ON TABLE public.mute_in_force TO nenghao_verifier;

GRANT SELECT ON TABLE public.network_term TO nenghao_collector;
GRANT SELECT ON TABLE public.network_term TO nenghao_jobs;
GRANT SELECT ON TABLE public.network_term TO nenghao_rules;
GRANT SELECT,INSERT ON TABLE public.network_term TO nenghao_console;
GRANT SELECT ON TABLE public.network_term TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.network_term TO nenghao_officer;
GRANT SELECT,INSERT ON TABLE public.network_term TO nenghao_unit;

GRANT UPDATE(valid_to) ON TABLE public.network_term TO nenghao_console;
GRANT UPDATE(valid_to) ON TABLE public.network_term TO nenghao_officer;
GRANT UPDATE(valid_to) ON TABLE public.network_term TO nenghao_unit;

GRANT SELECT ON TABLE public.outage_filing TO nenghao_jobs;
GRANT SELECT ON TABLE public.outage_filing TO nenghao_rules;
GRANT SELECT,INSERT ON TABLE public.outage_filing TO nenghao_console;
GRANT SELECT ON TABLE public.outage_filing TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.outage_filing TO nenghao_officer;
GRANT SELECT,INSERT ON TABLE public.outage_filing TO nenghao_unit;

GRANT UPDATE(repaired_at) ON TABLE public.outage_filing TO nenghao_console;
GRANT UPDATE(repaired_at) ON TABLE public.outage_filing TO nenghao_officer;
GRANT UPDATE(repaired_at) ON TABLE public.outage_filing TO nenghao_unit;

GRANT UPDATE(detail) ON TABLE public.outage_filing TO nenghao_console;
GRANT UPDATE(detail) ON TABLE public.outage_filing TO nenghao_officer;
GRANT UPDATE(detail) ON TABLE public.outage_filing TO nenghao_unit;

GRANT UPDATE(document_no) ON TABLE public.outage_filing TO nenghao_console;
GRANT UPDATE(document_no) ON TABLE public.outage_filing TO nenghao_officer;
GRANT UPDATE(document_no) ON TABLE public.outage_filing TO nenghao_unit;

GRANT SELECT,INSERT ON TABLE public.outbound TO nenghao_collector;
GRANT SELECT,INSERT ON TABLE public.outbound TO nenghao_jobs;
GRANT INSERT ON TABLE public.outbound TO nenghao_console;
GRANT SELECT ON TABLE public.outbound TO nenghao_verifier;

GRANT UPDATE(sent_at) ON TABLE public.outbound TO nenghao_collector;

GRANT SELECT,INSERT ON TABLE public.reminder TO nenghao_jobs;
GRANT SELECT ON TABLE public.reminder TO nenghao_console;
GRANT SELECT ON TABLE public.reminder TO nenghao_verifier;
GRANT SELECT ON TABLE public.reminder TO nenghao_rules;
GRANT SELECT ON TABLE public.reminder TO nenghao_officer;
GRANT SELECT ON TABLE public.reminder TO nenghao_unit;

GRANT SELECT,INSERT ON TABLE public.reminder_event TO nenghao_jobs;
GRANT SELECT ON TABLE public.reminder_event TO nenghao_console;
GRANT SELECT ON TABLE public.reminder_event TO nenghao_verifier;
GRANT SELECT ON TABLE public.reminder_event TO nenghao_rules;
GRANT SELECT ON TABLE public.reminder_event TO nenghao_officer;
GRANT SELECT ON TABLE public.reminder_event TO nenghao_unit;

GRANT SELECT ON TABLE public.reminder_open TO nenghao_console;
GRANT SELECT ON TABLE public.reminder_open TO nenghao_verifier;
GRANT SELECT ON TABLE public.reminder_open TO nenghao_rules;
GRANT SELECT ON TABLE public.reminder_open TO nenghao_jobs;

GRANT SELECT ON TABLE public.own_reminder TO nenghao_unit;

GRANT SELECT ON TABLE public.own_unit TO nenghao_unit;

GRANT SELECT ON TABLE public.panel_member TO nenghao_jobs;
GRANT SELECT ON TABLE public.panel_member TO nenghao_rules;
GRANT SELECT,INSERT ON TABLE public.panel_member TO nenghao_console;
GRANT SELECT ON TABLE public.panel_member TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.panel_member TO nenghao_officer;
GRANT SELECT ON TABLE public.panel_member TO nenghao_unit;

GRANT UPDATE(left_on) ON TABLE public.panel_member TO nenghao_console;
GRANT UPDATE(left_on) ON TABLE public.panel_member TO nenghao_officer;

GRANT UPDATE(exit_reason) ON TABLE public.panel_member TO nenghao_console;
GRANT UPDATE(exit_reason) ON TABLE public.panel_member TO nenghao_officer;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.series_day TO nenghao_jobs;
GRANT SELECT ON TABLE public.series_day TO nenghao_rules;
GRANT SELECT ON TABLE public.series_day TO nenghao_console;
GRANT SELECT ON TABLE public.series_day TO nenghao_verifier;
GRANT SELECT ON TABLE public.series_day TO nenghao_officer;
GRANT SELECT ON TABLE public.series_day TO nenghao_unit;

GRANT SELECT ON TABLE public.point_hour TO nenghao_jobs;
GRANT SELECT ON TABLE public.point_hour TO nenghao_rules;
GRANT SELECT ON TABLE public.point_hour TO nenghao_console;
GRANT SELECT ON TABLE public.point_hour TO nenghao_verifier;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.point_month TO nenghao_jobs;
GRANT SELECT ON TABLE public.point_month TO nenghao_rules;
GRANT SELECT ON TABLE public.point_month TO nenghao_console;
GRANT SELECT ON TABLE public.point_month TO nenghao_verifier;
GRANT SELECT ON TABLE public.point_month TO nenghao_officer;
GRANT SELECT ON TABLE public.point_month TO nenghao_unit;

GRANT SELECT ON TABLE public.production_output TO nenghao_jobs;
GRANT SELECT ON TABLE public.production_output TO nenghao_rules;
GRANT SELECT,INSERT ON TABLE public.production_output TO nenghao_console;
GRANT SELECT ON TABLE public.production_output TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.production_output TO nenghao_officer;
GRANT SELECT,INSERT ON TABLE public.production_output TO nenghao_unit;

GRANT SELECT ON TABLE public.produced_output TO nenghao_unit;
GRANT SELECT ON TABLE public.produced_output TO nenghao_jobs;
GRANT SELECT ON TABLE public.produced_output TO nenghao_rules;
GRANT SELECT ON TABLE public.produced_output TO nenghao_console;
GRANT SELECT ON TABLE public.produced_output TO nenghao_verifier;

GRANT SELECT ON TABLE public.product_process TO nenghao_jobs;
GRANT SELECT ON TABLE public.product_process TO nenghao_rules;
GRANT SELECT,INSERT ON TABLE public.product_process TO nenghao_console;
GRANT SELECT ON TABLE public.product_process TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.product_process TO nenghao_officer;
GRANT SELECT,INSERT ON TABLE public.product_process TO nenghao_unit;

GRANT SELECT ON TABLE public.quality_share TO nenghao_officer;
GRANT SELECT ON TABLE public.quality_share TO nenghao_unit;
GRANT SELECT,INSERT,UPDATE ON TABLE public.quality_share TO nenghao_jobs;
GRANT SELECT ON TABLE public.quality_share TO nenghao_console;
GRANT SELECT ON TABLE public.quality_share TO nenghao_verifier;

GRANT SELECT,INSERT ON TABLE public.reading TO nenghao_collector;
GRANT SELECT ON TABLE public.reading TO nenghao_jobs;
GRANT SELECT ON TABLE public.reading TO nenghao_rules;
GRANT SELECT ON TABLE public.reading TO nenghao_verifier;

GRANT SELECT ON TABLE public.reading_adoption TO nenghao_jobs;
GRANT SELECT ON TABLE public.reading_adoption TO nenghao_rules;
GRANT SELECT,INSERT ON TABLE public.reading_adoption TO nenghao_console;
GRANT SELECT ON TABLE public.reading_adoption TO nenghao_verifier;
GRANT SELECT ON TABLE public.reading_adoption TO nenghao_collector;
GRANT SELECT,INSERT ON TABLE public.reading_adoption TO nenghao_officer;

GRANT SELECT,INSERT ON TABLE public.reading_conflict TO nenghao_collector;
GRANT SELECT ON TABLE public.reading_conflict TO nenghao_jobs;
GRANT SELECT ON TABLE public.reading_conflict TO nenghao_rules;
GRANT SELECT ON TABLE public.reading_conflict TO nenghao_console;
GRANT SELECT ON TABLE public.reading_conflict TO nenghao_verifier;

GRANT SELECT ON TABLE public.reading_adoption_in_force TO nenghao_jobs;
GRANT SELECT ON TABLE public.reading_adoption_in_force TO nenghao_rules;
GRANT SELECT ON TABLE public.reading_adoption_in_force TO nenghao_console;
GRANT SELECT ON TABLE public.reading_adoption_in_force TO nenghao_verifier;

GRANT SELECT,INSERT ON TABLE public.reading_revision TO nenghao_collector;
GRANT SELECT ON TABLE public.reading_revision TO nenghao_jobs;
GRANT SELECT ON TABLE public.reading_revision TO nenghao_rules;
GRANT SELECT ON TABLE public.reading_revision TO nenghao_console;
GRANT SELECT ON TABLE public.reading_revision TO nenghao_verifier;

GRANT SELECT ON TABLE public.reading_in_force TO nenghao_collector;
GRANT SELECT ON TABLE public.reading_in_force TO nenghao_jobs;
GRANT SELECT ON TABLE public.reading_in_force TO nenghao_rules;
GRANT SELECT ON TABLE public.reading_in_force TO nenghao_verifier;

GRANT SELECT,INSERT,DELETE ON TABLE public.receipt_again TO nenghao_collector;
GRANT SELECT ON TABLE public.receipt_again TO nenghao_verifier;

GRANT SELECT,INSERT,UPDATE ON TABLE public.receipt_cursor TO nenghao_collector;
GRANT SELECT ON TABLE public.receipt_cursor TO nenghao_verifier;

GRANT SELECT,INSERT ON TABLE public.refusal TO nenghao_collector;
GRANT SELECT ON TABLE public.refusal TO nenghao_jobs;
GRANT SELECT ON TABLE public.refusal TO nenghao_rules;
GRANT SELECT ON TABLE public.refusal TO nenghao_console;
GRANT SELECT ON TABLE public.refusal TO nenghao_verifier;

GRANT SELECT,INSERT ON TABLE public.refusal_replay TO nenghao_collector;
GRANT SELECT ON TABLE public.refusal_replay TO nenghao_jobs;
GRANT SELECT ON TABLE public.refusal_replay TO nenghao_rules;
GRANT SELECT ON TABLE public.refusal_replay TO nenghao_console;
GRANT SELECT ON TABLE public.refusal_replay TO nenghao_verifier;

GRANT SELECT,INSERT ON TABLE public.register_import TO nenghao_officer;
GRANT SELECT,INSERT ON TABLE public.register_import TO nenghao_unit;
GRANT SELECT ON TABLE public.register_import TO nenghao_console;
GRANT SELECT ON TABLE public.register_import TO nenghao_verifier;

GRANT SELECT,INSERT ON TABLE public.register_upload TO nenghao_officer;
GRANT SELECT,INSERT ON TABLE public.register_upload TO nenghao_unit;
GRANT SELECT ON TABLE public.register_upload TO nenghao_console;
GRANT SELECT ON TABLE public.register_upload TO nenghao_verifier;

GRANT SELECT,INSERT ON TABLE public.release TO nenghao_jobs;
GRANT SELECT ON TABLE public.release TO nenghao_rules;
GRANT SELECT ON TABLE public.release TO nenghao_console;
GRANT SELECT ON TABLE public.release TO nenghao_verifier;
GRANT SELECT ON TABLE public.release TO nenghao_officer;
GRANT SELECT ON TABLE public.release TO nenghao_unit;

GRANT SELECT,INSERT ON TABLE public.release_notice TO nenghao_jobs;
GRANT SELECT ON TABLE public.release_notice TO nenghao_console;
GRANT SELECT ON TABLE public.release_notice TO nenghao_verifier;
GRANT SELECT ON TABLE public.release_notice TO nenghao_officer;

GRANT SELECT ON TABLE public.release_recipient TO nenghao_jobs;
GRANT SELECT,INSERT ON TABLE public.release_recipient TO nenghao_console;
GRANT SELECT ON TABLE public.release_recipient TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.release_recipient TO nenghao_officer;

GRANT SELECT ON TABLE public.release_notice_open TO nenghao_jobs;
GRANT SELECT ON TABLE public.release_notice_open TO nenghao_console;
GRANT SELECT ON TABLE public.release_notice_open TO nenghao_verifier;

GRANT SELECT ON TABLE public.report_calendar TO nenghao_unit;
GRANT SELECT,INSERT,UPDATE ON TABLE public.report_calendar TO nenghao_jobs;
GRANT SELECT ON TABLE public.report_calendar TO nenghao_rules;
GRANT SELECT ON TABLE public.report_calendar TO nenghao_console;
GRANT SELECT ON TABLE public.report_calendar TO nenghao_verifier;
GRANT SELECT ON TABLE public.report_calendar TO nenghao_officer;

GRANT SELECT,INSERT ON TABLE public.resend_request TO nenghao_jobs;
GRANT SELECT ON TABLE public.resend_request TO nenghao_console;
GRANT SELECT ON TABLE public.resend_request TO nenghao_verifier;
GRANT SELECT ON TABLE public.resend_request TO nenghao_rules;
GRANT SELECT ON TABLE public.resend_request TO nenghao_officer;
GRANT SELECT ON TABLE public.resend_request TO nenghao_unit;

GRANT SELECT ON TABLE public.restatement_reason TO nenghao_jobs;
GRANT SELECT,INSERT ON TABLE public.restatement_reason TO nenghao_console;
GRANT SELECT ON TABLE public.restatement_reason TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.restatement_reason TO nenghao_officer;

GRANT SELECT ON TABLE public.retention_hold TO nenghao_jobs;
GRANT SELECT,INSERT ON TABLE public.retention_hold TO nenghao_console;
GRANT SELECT ON TABLE public.retention_hold TO nenghao_rules;
GRANT SELECT ON TABLE public.retention_hold TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.retention_hold TO nenghao_officer;

GRANT SELECT ON TABLE public.retention_hold_end TO nenghao_jobs;
GRANT SELECT,INSERT ON TABLE public.retention_hold_end TO nenghao_console;
GRANT SELECT ON TABLE public.retention_hold_end TO nenghao_rules;
GRANT SELECT ON TABLE public.retention_hold_end TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.retention_hold_end TO nenghao_officer;

GRANT SELECT ON TABLE public.retention_policy TO nenghao_jobs;
GRANT SELECT ON TABLE public.retention_policy TO nenghao_console;
GRANT SELECT ON TABLE public.retention_policy TO nenghao_rules;
GRANT SELECT ON TABLE public.retention_policy TO nenghao_verifier;
GRANT SELECT ON TABLE public.retention_policy TO nenghao_officer;

GRANT SELECT ON TABLE public.retention_run TO nenghao_jobs;
GRANT SELECT ON TABLE public.retention_run TO nenghao_console;
GRANT SELECT ON TABLE public.retention_run TO nenghao_rules;
GRANT SELECT ON TABLE public.retention_run TO nenghao_verifier;
GRANT SELECT ON TABLE public.retention_run TO nenghao_officer;

GRANT SELECT ON TABLE public.return_check TO nenghao_jobs;
GRANT SELECT,INSERT ON TABLE public.return_check TO nenghao_rules;
GRANT SELECT ON TABLE public.return_check TO nenghao_console;
GRANT SELECT ON TABLE public.return_check TO nenghao_verifier;
GRANT SELECT ON TABLE public.return_check TO nenghao_officer;

GRANT SELECT ON TABLE public.row_leaf TO nenghao_jobs;
GRANT SELECT ON TABLE public.row_leaf TO nenghao_verifier;

GRANT SELECT,INSERT ON TABLE public.seal_request TO nenghao_console;
GRANT SELECT ON TABLE public.seal_request TO nenghao_jobs;
GRANT SELECT ON TABLE public.seal_request TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.seal_request TO nenghao_officer;

GRANT SELECT ON TABLE public.row_to_follow TO nenghao_jobs;
GRANT SELECT ON TABLE public.row_to_follow TO nenghao_console;

GRANT SELECT ON TABLE public.rule_alert_recent TO nenghao_rules;
GRANT SELECT ON TABLE public.rule_alert_recent TO nenghao_console;
GRANT SELECT ON TABLE public.rule_alert_recent TO nenghao_officer;

GRANT SELECT,INSERT ON TABLE public.rule_essay TO nenghao_rules;
GRANT SELECT ON TABLE public.rule_essay TO nenghao_console;
GRANT SELECT ON TABLE public.rule_essay TO nenghao_verifier;
GRANT SELECT ON TABLE public.rule_essay TO nenghao_officer;
GRANT SELECT ON TABLE public.rule_essay TO nenghao_unit;

GRANT SELECT ON TABLE public.rule_mode TO nenghao_jobs;
GRANT SELECT,INSERT ON TABLE public.rule_mode TO nenghao_rules;
GRANT SELECT ON TABLE public.rule_mode TO nenghao_console;
GRANT SELECT ON TABLE public.rule_mode TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.rule_mode TO nenghao_officer;

GRANT SELECT,INSERT,UPDATE ON TABLE public.rule_threshold TO nenghao_rules;
GRANT SELECT ON TABLE public.rule_threshold TO nenghao_console;
GRANT SELECT ON TABLE public.rule_threshold TO nenghao_verifier;
GRANT SELECT ON TABLE public.rule_threshold TO nenghao_jobs;
GRANT SELECT,INSERT ON TABLE public.rule_threshold TO nenghao_officer;

GRANT UPDATE(valid_to) ON TABLE public.rule_threshold TO nenghao_officer;

GRANT SELECT ON TABLE public.rule_threshold_now TO nenghao_rules;
GRANT SELECT ON TABLE public.rule_threshold_now TO nenghao_console;
GRANT SELECT ON TABLE public.rule_threshold_now TO nenghao_jobs;
GRANT SELECT ON TABLE public.rule_threshold_now TO nenghao_officer;

GRANT SELECT,INSERT ON TABLE public.sample_draw TO nenghao_console;
GRANT SELECT ON TABLE public.sample_draw TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.sample_draw TO nenghao_officer;

GRANT SELECT,INSERT ON TABLE public.sample_plan TO nenghao_console;
GRANT SELECT ON TABLE public.sample_plan TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.sample_plan TO nenghao_officer;

GRANT SELECT,INSERT ON TABLE public.sample_result TO nenghao_console;
GRANT SELECT ON TABLE public.sample_result TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.sample_result TO nenghao_officer;

GRANT SELECT,INSERT ON TABLE public.sample_unit TO nenghao_console;
GRANT SELECT ON TABLE public.sample_unit TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.sample_unit TO nenghao_officer;

GRANT SELECT,INSERT ON TABLE public.seal_progress TO nenghao_jobs;
GRANT SELECT ON TABLE public.seal_progress TO nenghao_console;
GRANT SELECT ON TABLE public.seal_progress TO nenghao_verifier;
GRANT SELECT ON TABLE public.seal_progress TO nenghao_officer;

GRANT SELECT ON TABLE public.seal_request_now TO nenghao_jobs;
GRANT SELECT ON TABLE public.seal_request_now TO nenghao_console;
GRANT SELECT ON TABLE public.seal_request_now TO nenghao_verifier;
GRANT SELECT ON TABLE public.seal_request_now TO nenghao_officer;

GRANT SELECT ON TABLE public.seen_case TO nenghao_officer;
GRANT SELECT ON TABLE public.seen_case TO nenghao_unit;

GRANT SELECT ON TABLE public.seen_gateway TO nenghao_officer;
GRANT SELECT ON TABLE public.seen_gateway TO nenghao_unit;

GRANT SELECT ON TABLE public.seen_meter TO nenghao_officer;
GRANT SELECT ON TABLE public.seen_meter TO nenghao_unit;

GRANT SELECT ON TABLE public.seen_point TO nenghao_officer;
GRANT SELECT ON TABLE public.seen_point TO nenghao_unit;

GRANT SELECT ON TABLE public.seen_series TO nenghao_officer;
GRANT SELECT ON TABLE public.seen_series TO nenghao_unit;

GRANT SELECT ON TABLE public.seen_unit TO nenghao_officer;
GRANT SELECT ON TABLE public.seen_unit TO nenghao_unit;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.series_day_estimate TO nenghao_jobs;
GRANT SELECT ON TABLE public.series_day_estimate TO nenghao_rules;
GRANT SELECT ON TABLE public.series_day_estimate TO nenghao_console;
GRANT SELECT ON TABLE public.series_day_estimate TO nenghao_verifier;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.series_day_feature TO nenghao_jobs;
GRANT SELECT ON TABLE public.series_day_feature TO nenghao_rules;

GRANT SELECT ON TABLE public.series_day_slot TO nenghao_jobs;
GRANT SELECT ON TABLE public.series_day_slot TO nenghao_rules;
GRANT SELECT ON TABLE public.series_day_slot TO nenghao_console;
GRANT SELECT ON TABLE public.series_day_slot TO nenghao_verifier;

GRANT SELECT ON TABLE public.sign_in_attempt TO nenghao_officer;

GRANT SELECT,INSERT ON TABLE public.silenced_finding TO nenghao_rules;
GRANT SELECT ON TABLE public.silenced_finding TO nenghao_jobs;
GRANT SELECT ON TABLE public.silenced_finding TO nenghao_console;
GRANT SELECT ON TABLE public.silenced_finding TO nenghao_verifier;
GRANT SELECT ON TABLE public.silenced_finding TO nenghao_officer;

GRANT SELECT ON TABLE public.spool_contradiction TO nenghao_rules;
GRANT SELECT ON TABLE public.spool_contradiction TO nenghao_verifier;

GRANT SELECT ON TABLE public.stock_yard TO nenghao_jobs;
GRANT SELECT ON TABLE public.stock_yard TO nenghao_rules;
GRANT SELECT,INSERT ON TABLE public.stock_yard TO nenghao_console;
GRANT SELECT ON TABLE public.stock_yard TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.stock_yard TO nenghao_officer;
GRANT SELECT,INSERT ON TABLE public.stock_yard TO nenghao_unit;

GRANT SELECT ON TABLE public.supply_account TO nenghao_jobs;
GRANT SELECT ON TABLE public.supply_account TO nenghao_rules;
GRANT SELECT,INSERT ON TABLE public.supply_account TO nenghao_console;
GRANT SELECT ON TABLE public.supply_account TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.supply_account TO nenghao_officer;
GRANT SELECT,INSERT ON TABLE public.supply_account TO nenghao_unit;

GRANT UPDATE(metered_side) ON TABLE public.supply_account TO nenghao_console;
GRANT UPDATE(metered_side) ON TABLE public.supply_account TO nenghao_officer;
GRANT UPDATE(metered_side) ON TABLE public.supply_account TO nenghao_unit;

GRANT UPDATE(valid_to) ON TABLE public.supply_account TO nenghao_console;
GRANT UPDATE(valid_to) ON TABLE public.supply_account TO nenghao_officer;
GRANT UPDATE(valid_to) ON TABLE public.supply_account TO nenghao_unit;

GRANT SELECT ON TABLE public.supply_statement TO nenghao_jobs;
GRANT SELECT ON TABLE public.supply_statement TO nenghao_rules;
GRANT SELECT,INSERT ON TABLE public.supply_statement TO nenghao_console;
GRANT SELECT ON TABLE public.supply_statement TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.supply_statement TO nenghao_officer;
GRANT SELECT,INSERT ON TABLE public.supply_statement TO nenghao_unit;

GRANT SELECT ON TABLE public.supplied_statement TO nenghao_unit;
GRANT SELECT ON TABLE public.supplied_statement TO nenghao_jobs;
GRANT SELECT ON TABLE public.supplied_statement TO nenghao_rules;
GRANT SELECT ON TABLE public.supplied_statement TO nenghao_console;
GRANT SELECT ON TABLE public.supplied_statement TO nenghao_verifier;

GRANT SELECT ON TABLE public.unit_directory TO nenghao_officer;
GRANT SELECT ON TABLE public.unit_directory TO nenghao_unit;

GRANT SELECT,INSERT ON TABLE public.unit_request TO nenghao_officer;
GRANT SELECT,INSERT ON TABLE public.unit_request TO nenghao_unit;
GRANT SELECT ON TABLE public.unit_request TO nenghao_console;
GRANT SELECT ON TABLE public.unit_request TO nenghao_verifier;

GRANT SELECT,INSERT ON TABLE public.unit_request_answer TO nenghao_officer;
GRANT SELECT ON TABLE public.unit_request_answer TO nenghao_unit;
GRANT SELECT,INSERT ON TABLE public.unit_request_answer TO nenghao_console;
GRANT SELECT ON TABLE public.unit_request_answer TO nenghao_verifier;

GRANT SELECT ON TABLE public.unit_version TO nenghao_jobs;
GRANT SELECT ON TABLE public.unit_version TO nenghao_rules;
GRANT SELECT,INSERT ON TABLE public.unit_version TO nenghao_console;
GRANT SELECT ON TABLE public.unit_version TO nenghao_verifier;
GRANT SELECT,INSERT ON TABLE public.unit_version TO nenghao_officer;
GRANT SELECT ON TABLE public.unit_version TO nenghao_unit;

GRANT SELECT,INSERT,UPDATE ON TABLE public.variety TO nenghao_jobs;
GRANT SELECT ON TABLE public.variety TO nenghao_rules;
GRANT SELECT ON TABLE public.variety TO nenghao_console;
GRANT SELECT ON TABLE public.variety TO nenghao_verifier;
GRANT SELECT ON TABLE public.variety TO nenghao_unit;
GRANT SELECT ON TABLE public.variety TO nenghao_officer;

GRANT SELECT(web_session_id) ON TABLE public.web_session TO nenghao_officer;
GRANT SELECT(web_session_id) ON TABLE public.web_session TO nenghao_unit;

GRANT SELECT(account_id) ON TABLE public.web_session TO nenghao_officer;
GRANT SELECT(account_id) ON TABLE public.web_session TO nenghao_unit;

GRANT SELECT(address) ON TABLE public.web_session TO nenghao_officer;
GRANT SELECT(address) ON TABLE public.web_session TO nenghao_unit;

GRANT SELECT(begun_at) ON TABLE public.web_session TO nenghao_officer;
GRANT SELECT(begun_at) ON TABLE public.web_session TO nenghao_unit;

GRANT SELECT(seen_at) ON TABLE public.web_session TO nenghao_officer;
GRANT SELECT(seen_at) ON TABLE public.web_session TO nenghao_unit;

GRANT SELECT(idle_ends_at) ON TABLE public.web_session TO nenghao_officer;
GRANT SELECT(idle_ends_at) ON TABLE public.web_session TO nenghao_unit;

GRANT SELECT(ends_at) ON TABLE public.web_session TO nenghao_officer;
GRANT SELECT(ends_at) ON TABLE public.web_session TO nenghao_unit;

GRANT SELECT(ended_at) ON TABLE public.web_session TO nenghao_officer;
GRANT SELECT(ended_at) ON TABLE public.web_session TO nenghao_unit;

GRANT SELECT ON TABLE seen.agreed_value_in_force TO nenghao_officer;

GRANT SELECT ON TABLE seen.balance_cell TO nenghao_officer;
GRANT SELECT ON TABLE seen.balance_cell TO nenghao_unit;

GRANT SELECT ON TABLE seen.balance_cell_mark TO nenghao_officer;

GRANT SELECT ON TABLE seen.candidate TO nenghao_officer;

GRANT SELECT ON TABLE seen.case_brief TO nenghao_officer;
GRANT SELECT ON TABLE seen.case_brief TO nenghao_unit;

GRANT SELECT ON TABLE seen.case_desk TO nenghao_officer;

GRANT SELECT ON TABLE seen.case_member TO nenghao_officer;

GRANT SELECT ON TABLE seen.case_notice TO nenghao_officer;
GRANT SELECT ON TABLE seen.case_notice TO nenghao_unit;

GRANT SELECT ON TABLE seen.case_root TO nenghao_officer;

GRANT SELECT ON TABLE seen.finding_standing TO nenghao_officer;

GRANT SELECT ON TABLE seen.case_now TO nenghao_officer;

GRANT SELECT ON TABLE seen.case_told TO nenghao_officer;
GRANT SELECT ON TABLE seen.case_told TO nenghao_unit;

GRANT SELECT,INSERT ON TABLE seen.changed_mark TO nenghao_officer;
GRANT SELECT,INSERT ON TABLE seen.changed_mark TO nenghao_unit;

GRANT SELECT ON TABLE seen.exclusion_in_force TO nenghao_officer;

GRANT SELECT ON TABLE seen.health_list TO nenghao_officer;

GRANT SELECT ON TABLE seen.health_shard TO nenghao_officer;

GRANT SELECT ON TABLE seen.health_step TO nenghao_officer;

GRANT SELECT ON TABLE seen.heating_value_in_force TO nenghao_officer;
GRANT SELECT ON TABLE seen.heating_value_in_force TO nenghao_unit;

GRANT SELECT ON TABLE seen.message TO nenghao_officer;
GRANT SELECT ON TABLE seen.message TO nenghao_unit;

GRANT SELECT ON TABLE seen.message_batch TO nenghao_officer;

GRANT SELECT ON TABLE seen.message_leaf TO nenghao_officer;

GRANT SELECT ON TABLE seen.message_raw TO nenghao_officer;
GRANT SELECT ON TABLE seen.message_raw TO nenghao_unit;

GRANT SELECT ON TABLE seen.meter_now TO nenghao_officer;
GRANT SELECT ON TABLE seen.meter_now TO nenghao_unit;

GRANT SELECT ON TABLE seen.monitored_cell TO nenghao_officer;
GRANT SELECT ON TABLE seen.monitored_cell TO nenghao_unit;

GRANT SELECT ON TABLE seen.monitored_day TO nenghao_officer;
GRANT SELECT ON TABLE seen.monitored_day TO nenghao_unit;

GRANT SELECT ON TABLE seen.monitored_meter TO nenghao_officer;
GRANT SELECT ON TABLE seen.monitored_meter TO nenghao_unit;

GRANT SELECT ON TABLE seen.monitored_newest TO nenghao_officer;
GRANT SELECT ON TABLE seen.monitored_newest TO nenghao_unit;

GRANT SELECT ON TABLE seen.monitored_point TO nenghao_officer;
GRANT SELECT ON TABLE seen.monitored_point TO nenghao_unit;

GRANT SELECT ON TABLE seen.mute_in_force TO nenghao_officer;

GRANT SELECT ON TABLE seen.point_hour TO nenghao_officer;
GRANT SELECT ON TABLE seen.point_hour TO nenghao_unit;

GRANT SELECT ON TABLE seen.produced_output TO nenghao_officer;
GRANT SELECT ON TABLE seen.produced_output TO nenghao_unit;

GRANT SELECT ON TABLE seen.reading TO nenghao_officer;
GRANT SELECT ON TABLE seen.reading TO nenghao_unit;

GRANT SELECT ON TABLE seen.reading_conflict TO nenghao_officer;
GRANT SELECT ON TABLE seen.reading_conflict TO nenghao_unit;

GRANT SELECT ON TABLE seen.reading_adoption_in_force TO nenghao_officer;

GRANT SELECT ON TABLE seen.reading_in_force TO nenghao_officer;
GRANT SELECT ON TABLE seen.reading_in_force TO nenghao_unit;

GRANT SELECT ON TABLE seen.reading_revision TO nenghao_officer;
GRANT SELECT ON TABLE seen.reading_revision TO nenghao_unit;

GRANT SELECT ON TABLE seen.refusal TO nenghao_officer;
GRANT SELECT ON TABLE seen.refusal TO nenghao_unit;

GRANT SELECT ON TABLE seen.refusal_replay TO nenghao_officer;
GRANT SELECT ON TABLE seen.refusal_replay TO nenghao_unit;

GRANT SELECT ON TABLE seen.release_notice_open TO nenghao_officer;

GRANT SELECT ON TABLE seen.reminder_open TO nenghao_officer;
GRANT SELECT ON TABLE seen.reminder_open TO nenghao_unit;

GRANT SELECT ON TABLE seen.row_leaf TO nenghao_officer;

GRANT SELECT ON TABLE seen.series_day_estimate TO nenghao_officer;
GRANT SELECT ON TABLE seen.series_day_estimate TO nenghao_unit;

GRANT SELECT ON TABLE seen.series_day_feature TO nenghao_officer;

GRANT SELECT ON TABLE seen.series_day_slot TO nenghao_officer;
GRANT SELECT ON TABLE seen.series_day_slot TO nenghao_unit;

GRANT SELECT ON TABLE seen.spool_contradiction TO nenghao_officer;
GRANT SELECT ON TABLE seen.spool_contradiction TO nenghao_unit;

GRANT SELECT ON TABLE seen.supplied_statement TO nenghao_officer;
GRANT SELECT ON TABLE seen.supplied_statement TO nenghao_unit;

-- hypertable message_raw: by received_at, chunks of 1 day, 0:00:00
-- hypertable reading: by at, chunks of 1 day, 0:00:00
-- hypertable series_day_feature: by day_on, chunks of 28 days, 0:00:00
