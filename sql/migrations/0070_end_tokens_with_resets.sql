-- migrate:up
-- Why: an account whose password a security administrator resets is in doubt. Its sessions ended, but its tokens of the API
-- went on, past the first password that has to be changed before anything else.
-- Locks: none that matter. Safe with running code: yes.
SET LOCAL lock_timeout = '4s';

CREATE OR REPLACE FUNCTION record_account() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
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

-- migrate:down
