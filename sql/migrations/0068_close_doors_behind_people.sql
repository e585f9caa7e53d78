-- migrate:up
-- Why: a transaction that speaks for a person can be told by a statement of an intruder to take its role back, and the role
-- of the console may read password hashes and begin sessions. Now it does so only in a transaction in which nobody was let
-- in: a lock that ends with the transaction, and not before, says that somebody was. And whose units are in a common cause
-- is told to nobody for a guess.
-- Locks: none that matter. Safe with running code: yes.
SET LOCAL lock_timeout = '4s';

CREATE OR REPLACE FUNCTION keep_session(idle_s integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(20156, pg_backend_pid());
    UPDATE web_session SET seen_at = now(), idle_ends_at = now() + make_interval(secs => idle_s)
    WHERE
        token_hash = sha256(convert_to(nullif(current_setting('nenghao.session', TRUE), ''), 'UTF8'))
        AND ended_at IS NULL AND now() < idle_ends_at AND seen_at < now() - INTERVAL '30 seconds';
END
$$;
COMMENT ON FUNCTION keep_session(integer) IS '延续会话: the session that asks is idle from now on, written at most twice a minute; the transaction is a person''s until it ends';

CREATE FUNCTION require_nobody() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
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
COMMENT ON FUNCTION require_nobody() IS '登录之门: raises in a transaction that speaks for a person';
REVOKE EXECUTE ON FUNCTION require_nobody() FROM PUBLIC;

CREATE OR REPLACE FUNCTION password_of(typed_login text) RETURNS TABLE (account_id integer, hash text, must_change boolean)
LANGUAGE plpgsql SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM require_nobody();
    RETURN QUERY
    SELECT a.account_id, p.hash, p.must_change FROM account AS a
    INNER JOIN account_password AS p ON a.account_id = p.account_id
    WHERE a.login = typed_login AND NOT a.is_disabled
    ORDER BY p.account_password_id DESC LIMIT 1;
END
$$;

CREATE OR REPLACE FUNCTION open_session(
    for_account integer, fresh_token_hash bytea, idle_s integer, life_s integer, from_address text
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM require_nobody();
    INSERT INTO web_session (account_id, token_hash, address, begun_at, seen_at, idle_ends_at, ends_at)
    SELECT
        a.account_id, fresh_token_hash, left(from_address, 100), now(), now(), now() + make_interval(secs => idle_s),
        now() + make_interval(secs => life_s)
    FROM account AS a WHERE a.account_id = for_account AND NOT a.is_disabled;
END
$$;

-- --- common causes ---
CREATE FUNCTION share_of_case(wanted_case_id bigint, asking_role name, OUT is_any boolean, OUT is_all boolean)
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp AS $$
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
COMMENT ON FUNCTION share_of_case(bigint, name) IS '共因案件的单位: whether any and whether all units of a common cause are visible to who asks';
REVOKE EXECUTE ON FUNCTION share_of_case(bigint, name) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION share_of_case(bigint, name) TO nenghao_officer, nenghao_unit;

CREATE OR REPLACE VIEW seen_case AS
SELECT
    c.case_id,
    c.unit_id,
    CASE
        WHEN c.unit_id IS NULL THEN (SELECT o.is_all FROM share_of_case(c.case_id, CURRENT_USER) AS o)
        ELSE TRUE
    END AS is_whole
FROM audit_case AS c
WHERE
    CASE
        WHEN c.unit_id <@ (SELECT seen_units(CURRENT_USER)) THEN TRUE
        WHEN c.unit_id IS NULL THEN (SELECT o.is_any FROM share_of_case(c.case_id, CURRENT_USER) AS o)
        ELSE FALSE
    END;
ALTER POLICY audit_case_seen ON audit_case USING (
    CASE
        WHEN NOT (SELECT sees('case')) THEN FALSE
        WHEN unit_id <@ (SELECT seen_units(CURRENT_USER)) THEN TRUE
        WHEN unit_id IS NULL THEN (SELECT o.is_any FROM share_of_case(audit_case.case_id, CURRENT_USER) AS o)
        ELSE FALSE
    END
);
DROP FUNCTION seen_units_of_case(bigint, int4multirange);

-- migrate:down
