-- migrate:up
-- Why: people sign in. The database itself derives who asks, and whose rows that person may see, from the hash of a secret
-- token of the transaction; no name can be claimed (decision 0017).
-- Locks: none that matter. Safe with running code: yes; the roles nenghao_web and nenghao_officer have to be there
-- (`nenghao db bootstrap`).
SET LOCAL lock_timeout = '4s';

GRANT USAGE ON SCHEMA public TO nenghao_web, nenghao_officer;

-- --- accounts ---
CREATE TABLE account (
    account_id integer GENERATED ALWAYS AS IDENTITY,
    login text NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    authority text,
    level text,
    division_prefix text,
    unit_id integer,
    office text,
    language text NOT NULL DEFAULT 'zh',
    is_disabled boolean NOT NULL DEFAULT FALSE,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT account_pk PRIMARY KEY (account_id),
    CONSTRAINT account_login_once UNIQUE (login),
    CONSTRAINT account_unit_fk FOREIGN KEY (unit_id) REFERENCES unit (unit_id),
    CONSTRAINT account_login_form CHECK (login ~ '^[a-z0-9][a-z0-9._-]{1,62}[a-z0-9]$'),
    CONSTRAINT account_name_given CHECK (length(trim(name)) BETWEEN 1 AND 100 AND name = trim(name)),
    CONSTRAINT account_language_known CHECK (language IN ('zh', 'en')),
    CONSTRAINT account_role_whole CHECK (
        CASE
            WHEN role = 'unit' THEN
                unit_id IS NOT NULL AND office IS NOT NULL
                AND office IN ('energy_manager', 'filler', 'statistics_head', 'unit_head')
                AND authority IS NULL AND level IS NULL AND division_prefix IS NULL
            WHEN role IN ('statistician', 'auditor') THEN
                unit_id IS NULL AND office IS NULL AND authority IS NOT NULL AND level IS NOT NULL
                AND authority IN ('statistics', 'energy_saving', 'market_supervision', 'ecology')
                AND division_prefix IS NOT NULL AND division_prefix ~ '^[0-9]*$'
                AND length(division_prefix)
                = CASE level WHEN 'county' THEN 6 WHEN 'city' THEN 4 WHEN 'province' THEN 2 WHEN 'nation' THEN 0 ELSE -1 END
            WHEN role IN ('system_admin', 'security_admin', 'audit_admin') THEN
                unit_id IS NULL AND office IS NULL AND authority IS NULL AND level IS NULL AND division_prefix IS NULL
            ELSE FALSE
        END
    )
);
-- Acts carry names, and rules say that two of them are two people: a name is one person's, in its unit or in government.
CREATE UNIQUE INDEX account_name_in_unit ON account (unit_id, name) WHERE unit_id IS NOT NULL;
CREATE UNIQUE INDEX account_name_in_government ON account (name) WHERE unit_id IS NULL;
COMMENT ON TABLE account IS '账户: one person and one role: 单位 unit, 统计员 statistician, 审核员 auditor, 系统、安全、审计管理员; government by authority, level and division';
COMMENT ON COLUMN account.name IS '姓名: what decisions, signatures and acceptances of this person carry; never changed';
COMMENT ON COLUMN account.division_prefix IS '辖区: how the division codes begin of units that this person may see; empty for the nation';
COMMENT ON COLUMN account.office IS '岗位: 能源管理员 energy_manager, 填表人 filler, 统计负责人 statistics_head, 单位负责人 unit_head';

CREATE TABLE account_password (
    account_password_id bigint GENERATED ALWAYS AS IDENTITY,
    account_id integer NOT NULL,
    hash text NOT NULL,
    must_change boolean NOT NULL,
    set_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT account_password_pk PRIMARY KEY (account_password_id),
    CONSTRAINT account_password_account_fk FOREIGN KEY (account_id) REFERENCES account (account_id),
    CONSTRAINT account_password_argon2id CHECK (hash LIKE '$argon2id$%')
);
CREATE INDEX account_password_newest ON account_password (account_id, account_password_id DESC);
COMMENT ON TABLE account_password IS '口令: argon2id hashes, the newest counts; read by signing in and by nothing else';

CREATE TABLE account_event (
    account_event_id bigint GENERATED ALWAYS AS IDENTITY,
    account_id integer NOT NULL,
    kind text NOT NULL,
    content jsonb NOT NULL,
    done_by text NOT NULL,
    done_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT account_event_pk PRIMARY KEY (account_event_id),
    CONSTRAINT account_event_account_fk FOREIGN KEY (account_id) REFERENCES account (account_id),
    CONSTRAINT account_event_kind_known CHECK (kind IN ('created', 'changed', 'disabled', 'enabled', 'password_set', 'password_reset'))
);
COMMENT ON TABLE account_event IS '账户变更: what became of accounts and by whom; written by triggers, never a password';

CREATE TABLE web_session (
    web_session_id bigint GENERATED ALWAYS AS IDENTITY,
    account_id integer NOT NULL,
    token_hash bytea NOT NULL,
    address text,
    begun_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    idle_ends_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT web_session_pk PRIMARY KEY (web_session_id),
    CONSTRAINT web_session_token_once UNIQUE (token_hash),
    CONSTRAINT web_session_account_fk FOREIGN KEY (account_id) REFERENCES account (account_id),
    CONSTRAINT web_session_token_sha256 CHECK (octet_length(token_hash) = 32)
);
CREATE INDEX web_session_of_account ON web_session (account_id) WHERE ended_at IS NULL;
COMMENT ON TABLE web_session IS '会话: by the SHA-256 of its token, with an end when idle and an end in any case';

CREATE TABLE api_token (
    api_token_id bigint GENERATED ALWAYS AS IDENTITY,
    account_id integer NOT NULL,
    label text NOT NULL,
    token_hash bytea NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    ends_at timestamptz NOT NULL,
    revoked_at timestamptz,
    CONSTRAINT api_token_pk PRIMARY KEY (api_token_id),
    CONSTRAINT api_token_once UNIQUE (token_hash),
    CONSTRAINT api_token_account_fk FOREIGN KEY (account_id) REFERENCES account (account_id),
    CONSTRAINT api_token_sha256 CHECK (octet_length(token_hash) = 32),
    CONSTRAINT api_token_label_given CHECK (length(trim(label)) BETWEEN 1 AND 100),
    CONSTRAINT api_token_ends CHECK (ends_at > made_at AND ends_at <= made_at + INTERVAL '366 days')
);
CREATE INDEX api_token_of_account ON api_token (account_id);
COMMENT ON TABLE api_token IS '接口令牌: by its SHA-256; it may what its account may, and ends within a year';

CREATE TABLE sign_in_attempt (
    sign_in_attempt_id bigint GENERATED ALWAYS AS IDENTITY,
    login text NOT NULL,
    address text NOT NULL,
    outcome text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT sign_in_attempt_pk PRIMARY KEY (sign_in_attempt_id),
    CONSTRAINT sign_in_attempt_outcome_known CHECK (outcome IN ('granted', 'refused', 'throttled'))
);
CREATE INDEX sign_in_attempt_of_login ON sign_in_attempt (login, at);
CREATE INDEX sign_in_attempt_of_address ON sign_in_attempt (address, at);
COMMENT ON TABLE sign_in_attempt IS '登录尝试: granted, refused or throttled, by login as typed and by address';

CREATE TABLE access_trail (
    access_trail_id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
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
    CONSTRAINT access_trail_pk PRIMARY KEY (access_trail_id),
    CONSTRAINT access_trail_kind_known CHECK (kind IN ('view', 'act', 'sign_in', 'sign_out')),
    CONSTRAINT access_trail_outcome_known CHECK (outcome IN ('done', 'refused', 'failed'))
);
CREATE INDEX access_trail_of_unit ON access_trail (unit_id, access_trail_id DESC);
CREATE INDEX access_trail_of_account ON access_trail (account_id, access_trail_id DESC);
COMMENT ON TABLE access_trail IS '访问留痕: who looked at which unit''s data, who did what, what was refused; for audit administrators, and for a unit its own';

DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['account_password', 'account_event', 'sign_in_attempt', 'access_trail'] LOOP
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
-- What accounts were and are is in the day tree, because decisions rest on people: account_event has every state of each.
-- Passwords, sessions, tokens and attempts are secrets; the trail has a row a page and is no basis of a figure.
SELECT track_rows('account_event', 'account_event_id');

-- --- who asks ---
CREATE FUNCTION web_account() RETURNS TABLE (
    account_id integer, login text, name text, role text, authority text, level text, division_prefix text, unit_id integer,
    unit_code text, office text, language text, channel text, must_change boolean, duties text []
) LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE ROWS 1 SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT
        a.account_id,
        a.login,
        a.name,
        a.role,
        a.authority,
        a.level,
        a.division_prefix,
        a.unit_id,
        u.unit_code,
        a.office,
        a.language,
        held.channel,
        coalesce((
            SELECT p.must_change FROM account_password AS p
            WHERE p.account_id = a.account_id ORDER BY p.account_password_id DESC LIMIT 1
        ), FALSE) AND held.channel = 'session',
        CASE a.authority
            WHEN 'statistics' THEN ARRAY['survey', 'online_monitoring', 'annual_report', 'metering', 'emissions']
            WHEN 'energy_saving' THEN ARRAY['online_monitoring', 'annual_report']
            WHEN 'market_supervision' THEN ARRAY['online_monitoring', 'annual_report', 'metering']
            WHEN 'ecology' THEN ARRAY['emissions']
            ELSE '{}'
        END
    FROM (
        SELECT s.account_id, 'session' AS channel FROM web_session AS s
        WHERE
            s.token_hash = sha256(convert_to(nullif(current_setting('nenghao.session', TRUE), ''), 'UTF8'))
            AND s.ended_at IS NULL AND now() < s.idle_ends_at AND now() < s.ends_at
        UNION ALL
        SELECT t.account_id, 'api' AS channel FROM api_token AS t
        WHERE
            t.token_hash = sha256(convert_to(nullif(current_setting('nenghao.session', TRUE), ''), 'UTF8'))
            AND t.revoked_at IS NULL AND now() < t.ends_at
    ) AS held
    INNER JOIN account AS a ON held.account_id = a.account_id
    LEFT JOIN unit AS u ON a.unit_id = u.unit_id
    WHERE session_user = 'nenghao_web' AND NOT a.is_disabled
$$;
COMMENT ON FUNCTION web_account() IS '当前用户: the account whose session or token the transaction holds; no row where it holds none that stands';

-- In PL/pgSQL, so that whoever asks for no web transaction needs no right to web_account().
CREATE OR REPLACE FUNCTION own_unit_id() RETURNS integer LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    IF session_user = 'nenghao_web' THEN
        RETURN (SELECT a.unit_id FROM public.web_account() AS a);
    END IF;
    RETURN nullif(current_setting('nenghao.unit_id', TRUE), '')::integer;
END
$$;
COMMENT ON FUNCTION own_unit_id() IS '本单位: the unit of the account that asks, or the one that an operator''s command speaks for; none means no rows';

CREATE FUNCTION sees(duty text) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, public, pg_temp AS $$
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
COMMENT ON FUNCTION sees(text) IS '采集用途: whether who asks may see what was collected for a duty: unit, online 在线监测, ledger 计量台账, survey 统计调查, case 审核';

CREATE FUNCTION may(act text) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, public, pg_temp AS $$
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
COMMENT ON FUNCTION may(text) IS '职权: whether who asks may decide, ask, examine, enrol, declare, file, set_rules, keep_accounts, audit; none before a first password is changed';

REVOKE EXECUTE ON FUNCTION web_account(), sees(text), may(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION web_account(), sees(text), may(text) TO nenghao_web, nenghao_officer, nenghao_unit;

-- The row of a unit by a code that anybody can set is for operators' commands only.
CREATE OR REPLACE VIEW own_unit WITH (security_barrier) AS
SELECT
    u.unit_id,
    u.unit_code,
    u.name,
    u.division_code,
    u.industry_code,
    u.field
FROM unit AS u
WHERE
    session_user <> 'nenghao_web' AND u.unit_code = current_setting('nenghao.unit_code', TRUE)
    OR u.unit_id = (SELECT own_unit_id());

-- --- signing in: the web role's only doors ---
CREATE FUNCTION password_of(typed_login text) RETURNS TABLE (account_id integer, hash text, must_change boolean)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT a.account_id, p.hash, p.must_change FROM account AS a
    INNER JOIN account_password AS p ON a.account_id = p.account_id
    WHERE a.login = typed_login AND NOT a.is_disabled
    ORDER BY p.account_password_id DESC LIMIT 1
$$;
COMMENT ON FUNCTION password_of(text) IS '口令散列: of an account that is not disabled, for the process that checks a typed password';

-- Four wrong passwords are free, then 2, 4, 8 … seconds up to a quarter of an hour; an address has twenty, since a whole
-- office stands behind one. A granted attempt forgives the login, an hour forgives both.
CREATE FUNCTION sign_in_wait_s(typed_login text, from_address text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
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
COMMENT ON FUNCTION sign_in_wait_s(text, text) IS '登录限速: seconds until a login or an address may try again; no other transaction then tries the login';

CREATE FUNCTION note_sign_in(typed_login text, from_address text, said text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    INSERT INTO sign_in_attempt (login, address, outcome, at)
    VALUES (left(typed_login, 100), left(from_address, 100), said, clock_timestamp())
$$;
COMMENT ON FUNCTION note_sign_in(text, text, text) IS '记录登录尝试';

CREATE FUNCTION open_session(for_account integer, fresh_token_hash bytea, idle_s integer, life_s integer, from_address text)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    INSERT INTO web_session (account_id, token_hash, address, begun_at, seen_at, idle_ends_at, ends_at)
    SELECT
        a.account_id, fresh_token_hash, left(from_address, 100), now(), now(), now() + make_interval(secs => idle_s),
        now() + make_interval(secs => life_s)
    FROM account AS a WHERE a.account_id = for_account AND NOT a.is_disabled
$$;
COMMENT ON FUNCTION open_session(integer, bytea, integer, integer, text) IS '开始会话: after the password was checked';

CREATE FUNCTION keep_session(idle_s integer) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    UPDATE web_session SET seen_at = now(), idle_ends_at = now() + make_interval(secs => idle_s)
    WHERE
        token_hash = sha256(convert_to(nullif(current_setting('nenghao.session', TRUE), ''), 'UTF8'))
        AND ended_at IS NULL AND now() < idle_ends_at AND seen_at < now() - INTERVAL '30 seconds'
$$;
COMMENT ON FUNCTION keep_session(integer) IS '延续会话: the session that asks is idle from now on; written at most twice a minute';

CREATE FUNCTION end_session() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    UPDATE web_session SET ended_at = now()
    WHERE
        token_hash = sha256(convert_to(nullif(current_setting('nenghao.session', TRUE), ''), 'UTF8')) AND ended_at IS NULL
$$;
COMMENT ON FUNCTION end_session() IS '退出: ends the session that asks';

CREATE FUNCTION note_access(
    of_kind text, on_route text, of_unit integer, of_subject text, with_outcome text, from_address text
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    INSERT INTO access_trail (
        account_id, login, name, role, authority, kind, route, unit_id, subject, outcome, address
    )
    SELECT
        a.account_id, a.login, a.name, a.role, a.authority, of_kind, left(on_route, 200), of_unit, left(of_subject, 500),
        with_outcome, left(from_address, 100)
    FROM (SELECT 1) AS one LEFT JOIN web_account() AS a ON TRUE
$$;
COMMENT ON FUNCTION note_access(text, text, integer, text, text, text) IS '留痕: a row of the trail in the name of who asks, or of nobody';

REVOKE EXECUTE ON FUNCTION
password_of(text), sign_in_wait_s(text, text), note_sign_in(text, text, text),
open_session(integer, bytea, integer, integer, text), keep_session(integer), end_session(),
note_access(text, text, integer, text, text, text)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
password_of(text), sign_in_wait_s(text, text), note_sign_in(text, text, text),
open_session(integer, bytea, integer, integer, text), keep_session(integer), end_session()
TO nenghao_web;
GRANT EXECUTE ON FUNCTION note_access(text, text, integer, text, text, text) TO nenghao_web, nenghao_officer, nenghao_unit;

-- --- what becomes of an account ---
CREATE FUNCTION guard_account() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
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
COMMENT ON FUNCTION guard_account() IS '账户守则: login, name and unit stay; nobody changes his own rights';
CREATE TRIGGER account_guarded BEFORE UPDATE ON account FOR EACH ROW EXECUTE FUNCTION guard_account();
CREATE TRIGGER account_kept BEFORE DELETE ON account FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER account_no_truncate BEFORE TRUNCATE ON account FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION record_account() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
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
COMMENT ON FUNCTION record_account() IS '账户变更留痕: every state of an account and every new password, by whom; sessions end with the rights they had';
REVOKE EXECUTE ON FUNCTION record_account() FROM PUBLIC;
CREATE TRIGGER account_recorded AFTER INSERT OR UPDATE ON account FOR EACH ROW EXECUTE FUNCTION record_account();
CREATE TRIGGER account_password_noted AFTER INSERT ON account_password FOR EACH ROW EXECUTE FUNCTION record_account();

-- --- rights on accounts ---
DO $$
DECLARE
    closed text;
BEGIN
    FOREACH closed IN ARRAY ARRAY[
        'account', 'account_password', 'account_event', 'web_session', 'api_token', 'sign_in_attempt', 'access_trail'
    ] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', closed);
        EXECUTE format('CREATE POLICY %I ON %I TO nenghao_console USING (TRUE) WITH CHECK (TRUE)', closed || '_work', closed);
    END LOOP;
END
$$;
CREATE POLICY account_event_verified ON account_event FOR SELECT TO nenghao_verifier USING (TRUE);
GRANT SELECT ON account_event TO nenghao_verifier;

-- An operator's command on the server: the first accounts, and those of security administrators.
GRANT SELECT, INSERT ON TABLE account TO nenghao_console;
GRANT UPDATE (role, authority, level, division_prefix, office, language, is_disabled) ON TABLE account TO nenghao_console;
GRANT INSERT ON account_password, api_token TO nenghao_console;
GRANT SELECT ON account_event, access_trail TO nenghao_console;
GRANT SELECT (api_token_id, account_id, label, made_at, ends_at, revoked_at), UPDATE (revoked_at) ON api_token
TO nenghao_console;

-- People: oneself; the colleagues of a unit; all for the security and the audit administrator.
CREATE POLICY account_read ON account FOR SELECT TO nenghao_officer, nenghao_unit USING (
    account_id = (SELECT w.account_id FROM web_account() AS w)
    OR unit_id = (SELECT own_unit_id())
    OR (SELECT may('keep_accounts') OR may('audit'))
);
CREATE POLICY account_make ON account FOR INSERT TO nenghao_officer WITH CHECK (
    (SELECT may('keep_accounts')) AND role <> 'security_admin'
);
CREATE POLICY account_change ON account FOR UPDATE TO nenghao_officer, nenghao_unit USING (
    account_id = (SELECT w.account_id FROM web_account() AS w)
    OR (SELECT may('keep_accounts')) AND role <> 'security_admin'
);
GRANT SELECT ON TABLE account TO nenghao_officer, nenghao_unit;
GRANT INSERT (login, name, role, authority, level, division_prefix, unit_id, office, language) ON TABLE account
TO nenghao_officer;
GRANT UPDATE (role, authority, level, division_prefix, office, language, is_disabled) ON TABLE account TO nenghao_officer;
GRANT UPDATE (language) ON TABLE account TO nenghao_unit;

CREATE POLICY account_password_set ON account_password FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK (
    NOT must_change AND account_id = (SELECT w.account_id FROM web_account() AS w WHERE w.channel = 'session')
    OR must_change AND (SELECT may('keep_accounts'))
    AND EXISTS (SELECT 1 FROM account AS a WHERE a.account_id = account_password.account_id AND a.role <> 'security_admin')
);
GRANT INSERT (account_id, hash, must_change) ON account_password TO nenghao_officer, nenghao_unit;

CREATE POLICY account_event_read ON account_event FOR SELECT TO nenghao_officer USING (
    (SELECT may('keep_accounts') OR may('audit'))
);
GRANT SELECT ON account_event TO nenghao_officer;

CREATE POLICY web_session_read ON web_session FOR SELECT TO nenghao_officer, nenghao_unit USING (
    account_id = (SELECT w.account_id FROM web_account() AS w) OR (SELECT may('keep_accounts') OR may('audit'))
);
GRANT SELECT (web_session_id, account_id, address, begun_at, seen_at, idle_ends_at, ends_at, ended_at) ON web_session
TO nenghao_officer, nenghao_unit;

CREATE POLICY api_token_read ON api_token FOR SELECT TO nenghao_officer, nenghao_unit USING (
    account_id = (SELECT w.account_id FROM web_account() AS w) OR (SELECT may('keep_accounts') OR may('audit'))
);
CREATE POLICY api_token_make ON api_token FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK (
    account_id = (SELECT w.account_id FROM web_account() AS w WHERE w.channel = 'session' AND NOT w.must_change)
);
CREATE POLICY api_token_revoke ON api_token FOR UPDATE TO nenghao_officer, nenghao_unit USING (
    account_id = (SELECT w.account_id FROM web_account() AS w) OR (SELECT may('keep_accounts'))
);
GRANT SELECT (api_token_id, account_id, label, made_at, ends_at, revoked_at), UPDATE (revoked_at),
INSERT (account_id, label, token_hash, ends_at) ON api_token TO nenghao_officer, nenghao_unit;

CREATE POLICY sign_in_attempt_read ON sign_in_attempt FOR SELECT TO nenghao_officer USING (
    (SELECT may('keep_accounts') OR may('audit'))
);
GRANT SELECT ON sign_in_attempt TO nenghao_officer;

CREATE POLICY access_trail_read ON access_trail FOR SELECT TO nenghao_officer USING ((SELECT may('audit')));
CREATE POLICY access_trail_own ON access_trail FOR SELECT TO nenghao_unit USING (unit_id = (SELECT own_unit_id()));
GRANT SELECT ON access_trail TO nenghao_officer;
-- A unit learns who looked, not from where.
GRANT SELECT (access_trail_id, at, name, role, authority, kind, route, unit_id, subject, outcome) ON access_trail
TO nenghao_unit;

-- migrate:down
