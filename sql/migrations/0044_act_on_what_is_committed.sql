-- migrate:up
-- Why: a transaction with a snapshot of its own sees what was committed before it began. Under one, a chunk was dropped
-- over a hold and over rows that came since, and a unit amended a month that was locked since. A hold that was being
-- placed was not waited for. And the notes of a filing could be added to after the bureau had accepted it.
-- Locks: none that matter. Safe with running code: yes, it acts under read committed, and files notes with their filing.
SET LOCAL lock_timeout = '4s';

CREATE OR REPLACE FUNCTION drop_archived_chunk(dropped_relation text, chunk_first_at timestamptz, chunk_end_at timestamptz, reason text, run_by text)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET timezone = 'UTC' SET datestyle = 'ISO, YMD'
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

CREATE FUNCTION refuse_old_snapshot() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION '% goes by what is committed now, not under %', tg_table_name, current_setting('transaction_isolation')
            USING ERRCODE = 'active_sql_transaction';
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION refuse_old_snapshot() IS '按现状办理: what the rules of filings judge by is committed, so they may not look through an older snapshot';
CREATE TRIGGER filing_as_of_now BEFORE INSERT ON filing FOR EACH ROW EXECUTE FUNCTION refuse_old_snapshot();
CREATE TRIGGER filing_event_as_of_now BEFORE INSERT ON filing_event FOR EACH ROW EXECUTE FUNCTION refuse_old_snapshot();
CREATE TRIGGER filing_signature_as_of_now BEFORE INSERT ON filing_signature
FOR EACH ROW EXECUTE FUNCTION refuse_old_snapshot();

CREATE FUNCTION note_with_its_filing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM filing_event AS e WHERE e.filing_id = NEW.filing_id) THEN
        RAISE EXCEPTION 'filing % is filed: its notes stand', NEW.filing_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION note_with_its_filing() IS '说明随报: the notes of a filing are written with it and not afterwards; later words are answers to queries';
CREATE TRIGGER filing_note_with_its_filing BEFORE INSERT ON filing_note
FOR EACH ROW WHEN (CURRENT_USER <> 'nenghao_owner') EXECUTE FUNCTION note_with_its_filing();

-- migrate:down
