-- migrate:up
-- Why: sealed months go to Parquet, and chunks of raw rows are dropped only then. Who archives (jobs), who checks the
-- archive (verifier) and who may drop (the owner, through one function) are three roles: none of them can do it alone.
-- Locks: message_batch takes no rows while its index is built; the broker keeps what arrives meanwhile. The tables are new.
-- Safe with running code: yes, it neither reads nor writes them.
SET LOCAL lock_timeout = '4s';

-- Which batch a message is in, and so between which instants its readings lie.
CREATE INDEX message_batch_by_message ON message_batch (shard, first_message_id);

CREATE TABLE retention_policy (
    relation_name text NOT NULL,
    min_age_days integer NOT NULL,
    reason text NOT NULL,
    source text NOT NULL,
    confidence text NOT NULL,
    CONSTRAINT retention_policy_pk PRIMARY KEY (relation_name),
    CONSTRAINT retention_policy_relation_known CHECK (relation_name IN ('message_raw', 'reading')),
    CONSTRAINT retention_policy_age_positive CHECK (min_age_days > 0),
    CONSTRAINT retention_policy_confidence_known CHECK (confidence IN ('found', 'known', 'unsure'))
);
COMMENT ON TABLE retention_policy IS '最短保存期: no chunk of the hypertable is dropped before this age; a setting may only ask for more';

CREATE TABLE archive_month (
    archive_id bigint GENERATED ALWAYS AS IDENTITY,
    month_on date NOT NULL,
    version integer NOT NULL,
    manifest bytea NOT NULL,
    hash_algorithm text NOT NULL,
    hash bytea NOT NULL,
    signature_algorithm text NOT NULL,
    key_id text NOT NULL,
    signature bytea NOT NULL,
    archived_at timestamptz NOT NULL,
    CONSTRAINT archive_month_pk PRIMARY KEY (archive_id),
    CONSTRAINT archive_month_version_unique UNIQUE (month_on, version),
    CONSTRAINT archive_month_hash_unique UNIQUE (hash),
    CONSTRAINT archive_month_starts_month CHECK (extract(DAY FROM month_on) = 1)
);
COMMENT ON TABLE archive_month IS '归档月: the signed manifest of a month''s Parquet files; archived again after late rows it is a new version';
COMMENT ON COLUMN archive_month.month_on IS '月份: of the chunks, which begin on its days at 00:00 UTC (08:00 in Shanghai)';
COMMENT ON COLUMN archive_month.manifest IS '清单: canonical JSON as it lies beside the files: files, rows, hashes, trees';

CREATE TABLE archive_check (
    archive_check_id bigint GENERATED ALWAYS AS IDENTITY,
    archive_id bigint NOT NULL,
    relation_name text NOT NULL,
    first_at timestamptz NOT NULL,
    end_at timestamptz NOT NULL,
    row_count bigint NOT NULL,
    row_digest numeric NOT NULL,
    checked_at timestamptz NOT NULL,
    CONSTRAINT archive_check_pk PRIMARY KEY (archive_check_id),
    CONSTRAINT archive_check_archive_fk FOREIGN KEY (archive_id) REFERENCES archive_month (archive_id),
    CONSTRAINT archive_check_once UNIQUE (archive_id, relation_name, first_at),
    CONSTRAINT archive_check_order CHECK (end_at > first_at)
);
COMMENT ON TABLE archive_check IS '归档核验: the verifier has read a file back, and every leaf made of its rows is the stored one';
COMMENT ON COLUMN archive_check.row_digest IS 'digest of the chunk''s rows by rows_digest when it was checked: later rows make another';

CREATE TABLE retention_hold (
    retention_hold_id bigint GENERATED ALWAYS AS IDENTITY,
    unit_id integer,
    span tstzrange NOT NULL,
    reason text NOT NULL,
    placed_by text NOT NULL,
    placed_at timestamptz NOT NULL,
    CONSTRAINT retention_hold_pk PRIMARY KEY (retention_hold_id),
    CONSTRAINT retention_hold_unit_fk FOREIGN KEY (unit_id) REFERENCES unit (unit_id),
    CONSTRAINT retention_hold_span_given CHECK (NOT isempty(span)),
    CONSTRAINT retention_hold_reason_given CHECK (length(trim(reason)) > 0 AND length(trim(placed_by)) > 0)
);
COMMENT ON TABLE retention_hold IS '保全: raw rows of the span are kept whatever their age; of one unit, or of all where unit_id is null';

CREATE TABLE retention_hold_end (
    retention_hold_id bigint NOT NULL,
    reason text NOT NULL,
    ended_by text NOT NULL,
    ended_at timestamptz NOT NULL,
    CONSTRAINT retention_hold_end_pk PRIMARY KEY (retention_hold_id),
    CONSTRAINT retention_hold_end_hold_fk FOREIGN KEY (retention_hold_id) REFERENCES retention_hold (retention_hold_id),
    CONSTRAINT retention_hold_end_reason_given CHECK (length(trim(reason)) > 0 AND length(trim(ended_by)) > 0)
);
COMMENT ON TABLE retention_hold_end IS '解除保全: who lifted a hold, and why';

CREATE TABLE retention_run (
    retention_run_id bigint GENERATED ALWAYS AS IDENTITY,
    relation_name text NOT NULL,
    first_at timestamptz NOT NULL,
    end_at timestamptz NOT NULL,
    row_count bigint NOT NULL,
    row_digest numeric NOT NULL,
    archive_id bigint NOT NULL,
    manifest_hash_algorithm text NOT NULL,
    manifest_hash bytea NOT NULL,
    reason text NOT NULL,
    run_by text NOT NULL,
    run_under text NOT NULL,
    run_at timestamptz NOT NULL,
    CONSTRAINT retention_run_pk PRIMARY KEY (retention_run_id),
    CONSTRAINT retention_run_archive_fk FOREIGN KEY (archive_id) REFERENCES archive_month (archive_id),
    CONSTRAINT retention_run_once UNIQUE (relation_name, first_at),
    CONSTRAINT retention_run_reason_given CHECK (length(trim(reason)) > 0 AND length(trim(run_by)) > 0)
);
COMMENT ON TABLE retention_run IS '到期清理: a chunk that was dropped lawfully, and the archive that has its rows; written by drop_archived_chunk only';
COMMENT ON COLUMN retention_run.run_by IS 'who asked for it, as the command was told';
COMMENT ON COLUMN retention_run.run_under IS 'the database role that called';

DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY[
        'retention_policy', 'archive_month', 'archive_check', 'retention_hold', 'retention_hold_end', 'retention_run'
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

SELECT track_rows('retention_policy', 'relation_name');
SELECT track_rows('archive_month', 'archive_id');
SELECT track_rows('archive_check', 'archive_check_id');
SELECT track_rows('retention_hold', 'retention_hold_id');
SELECT track_rows('retention_hold_end', 'retention_hold_id');
SELECT track_rows('retention_run', 'retention_run_id');

INSERT INTO retention_policy (relation_name, min_age_days, reason, source, confidence) VALUES
(
    'message_raw', 400, 'a year and the annual report of 31 March that still looks back on it',
    'practice 3: originals two years at least, which the archive keeps; domain 11.6 has no minimum for the platform', 'unsure'
),
(
    'reading', 800, 'two years of originals, and the quarter in which the second year is reported',
    'practice 3: originals and ledgers at least 2 years', 'found'
);

-- What stands in a chunk, in a form that later rows change; the same for whoever asks.
CREATE FUNCTION rows_digest(relation_name text, first_at timestamptz, end_at timestamptz, OUT row_count bigint, OUT row_digest numeric)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, public, pg_temp
SET timezone = 'UTC' SET datestyle = 'ISO, YMD'
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
COMMENT ON FUNCTION rows_digest(text, timestamptz, timestamptz) IS '行数与摘要: of a hypertable''s rows in [first_at, end_at)';

-- Every reason why a chunk may not be dropped, one row a reason; no row where it may. Said once, for who asks and who drops.
CREATE FUNCTION reasons_to_keep(relation_name text, first_at timestamptz, end_at timestamptz)
RETURNS TABLE (reason_code text, detail text) LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, public, pg_temp
SET timezone = 'UTC' SET datestyle = 'ISO, YMD'
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
        NOT EXISTS (
            SELECT 1 FROM public.release AS r
            WHERE
                r.kind = 'monitored_balance' AND r.unit_id = due.unit_id AND r.month_on = month_on.month_on::date
                AND r.balance_id = (
                    SELECT b.balance_id FROM public.monitored_balance AS b
                    WHERE b.unit_id = due.unit_id AND b.month_on = month_on.month_on::date ORDER BY b.version DESC LIMIT 1
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
COMMENT ON FUNCTION reasons_to_keep(text, timestamptz, timestamptz) IS '不得清理的理由: of a chunk; code and what or who it is about';

-- The one way in which raw rows leave the database. Runs as the owner, who alone may drop a chunk, and checks by itself.
CREATE FUNCTION drop_archived_chunk(dropped_relation text, chunk_first_at timestamptz, chunk_end_at timestamptz, reason text, run_by text)
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
COMMENT ON FUNCTION drop_archived_chunk(text, timestamptz, timestamptz, text, text)
IS '到期清理: drops one chunk that nothing holds, and writes the retention_run; refuses every other';
REVOKE EXECUTE ON FUNCTION drop_archived_chunk(text, timestamptz, timestamptz, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION drop_archived_chunk(text, timestamptz, timestamptz, text, text) TO nenghao_jobs;

GRANT SELECT ON retention_policy, archive_month, archive_check, retention_hold, retention_hold_end, retention_run
TO nenghao_jobs, nenghao_console, nenghao_rules, nenghao_verifier;
GRANT INSERT ON archive_month TO nenghao_jobs;
GRANT INSERT ON archive_check TO nenghao_verifier;
GRANT INSERT ON retention_hold, retention_hold_end TO nenghao_console;

-- migrate:down
