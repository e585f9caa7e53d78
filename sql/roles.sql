-- Roles of the cluster, run once by a superuser; safe to run again. Passwords are set afterwards from secrets.
-- Each process has the role of its work; none of them owns a table, so none can drop a trigger or a chunk.
DO $$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY[
        'nenghao_owner',      -- owns the schema; used by migrations only
        'nenghao_collector',  -- ingest: writes messages, readings, refusals
        'nenghao_jobs',       -- jobs: series days, totals, balances, releases
        'nenghao_rules',      -- expectations: findings, alerts, cases
        'nenghao_console',    -- the bureau's people: registers, decisions, queries and acceptance
        'nenghao_verifier',   -- reads all that is sealed, writes nothing
        'nenghao_unit',       -- a unit's own people: its drafts and filings, and no other unit's rows
        'nenghao_web',        -- the web console: who a transaction's token names, and nothing without one
        'airflow',            -- owns Airflow's own database; may not open this one
        'nenghao_backup'      -- copies the server and its WAL; may open no database
    ] LOOP
        IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = role_name) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', role_name);
        END IF;
        EXECUTE format(
            'ALTER ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT', role_name
        );
    END LOOP;
    ALTER ROLE nenghao_backup REPLICATION CONNECTION LIMIT 4;
    -- The console for people: no rights of its own; each request goes on as government's or as a unit's people.
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'nenghao_officer') THEN
        CREATE ROLE nenghao_officer NOLOGIN;
    END IF;
    ALTER ROLE nenghao_officer NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT;
    GRANT nenghao_officer, nenghao_unit TO nenghao_web WITH INHERIT FALSE, SET TRUE;
END
$$;
