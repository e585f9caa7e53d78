-- migrate:up
-- Why: whoever holds a head can prove a later change (architecture: day tree). Each message has a leaf, each batch a root
-- that is chained to the batch before it in its shard, each row of a register or of an append-only table a leaf of its
-- own; a tree a day stands over all of them, and its head is signed outside of the database.
-- Locks: message takes no rows while its column is added, which rewrites nothing; the tracked tables take none while their
-- rows are recorded. Safe with running code: yes, what it stores meanwhile has no leaf, and `verify store` says so.
SET LOCAL lock_timeout = '4s';

ALTER TABLE message ADD COLUMN leaf bytea;
COMMENT ON COLUMN message.leaf IS '叶散列: hash of the message and all that became of it (docs/day-tree.md); null before there were trees';

CREATE SEQUENCE message_batch_id_seq AS bigint CACHE 1;

CREATE TABLE message_batch (
    batch_id bigint NOT NULL,
    shard smallint NOT NULL,
    batch_no bigint NOT NULL,
    first_message_id bigint NOT NULL,
    last_message_id bigint NOT NULL,
    message_count integer NOT NULL,
    first_at timestamptz,
    last_at timestamptz,
    hash_algorithm text NOT NULL,
    root bytea NOT NULL,
    previous_link bytea,
    link bytea NOT NULL,
    CONSTRAINT message_batch_pk PRIMARY KEY (batch_id),
    CONSTRAINT message_batch_in_shard UNIQUE (shard, batch_no),
    CONSTRAINT message_batch_has_previous CHECK ((batch_no = 1) = (previous_link IS NULL)),
    CONSTRAINT message_batch_ids_fit CHECK (last_message_id - first_message_id >= message_count - 1 AND message_count > 0)
);
COMMENT ON TABLE message_batch IS '批次: messages of a shard that were committed together, their root, and the link to the batch before';
COMMENT ON COLUMN message_batch.batch_no IS 'counts the batches of the shard from 1, without a gap';
COMMENT ON COLUMN message_batch.first_at IS 'earliest instant of its readings: which chunks to open for it; no proof rests on it';
COMMENT ON COLUMN message_batch.previous_link IS 'link of the batch before it in the shard; null for the first';
COMMENT ON COLUMN message_batch.link IS 'hash of the batch''s leaf, by which the next batch names it';

CREATE TABLE row_leaf (
    row_leaf_id bigint GENERATED ALWAYS AS IDENTITY,
    table_name text NOT NULL,
    row_key text NOT NULL,
    content_hash_algorithm text NOT NULL,
    content_hash bytea NOT NULL,
    CONSTRAINT row_leaf_pk PRIMARY KEY (row_leaf_id)
);
CREATE INDEX row_leaf_by_row ON row_leaf (table_name, row_key, row_leaf_id);
COMMENT ON TABLE row_leaf IS '行叶: a row of a tracked table as it was written, by key and hash; a row that was changed has several, the last one counts';
COMMENT ON COLUMN row_leaf.row_key IS 'primary key as text, columns in order between slashes';
COMMENT ON COLUMN row_leaf.content_hash IS 'SHA-256 of row_text(row)';

CREATE TABLE day_tree (
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
    closed_at timestamptz NOT NULL,
    resumed_over_tree_no bigint,
    resume_reason text,
    CONSTRAINT day_tree_pk PRIMARY KEY (tree_no),
    CONSTRAINT day_tree_one_a_day UNIQUE (day_on),
    CONSTRAINT day_tree_ranges_grow CHECK (
        last_batch_id >= first_batch_id - 1 AND last_row_leaf_id >= first_row_leaf_id - 1
    ),
    CONSTRAINT day_tree_resumed_with_reason CHECK ((resumed_over_tree_no IS NULL) = (resume_reason IS NULL))
);
COMMENT ON TABLE day_tree IS '日树: Merkle tree over the batches and row leaves committed since the tree before';
COMMENT ON COLUMN day_tree.tree_no IS 'counts trees from 1; numbers are missing where a restore lost signed trees, see resumed_over_tree_no';
COMMENT ON COLUMN day_tree.day_on IS 'the last Shanghai day that was over when it was closed; days without a tree belong to the next one';
COMMENT ON COLUMN day_tree.previous_root IS 'root of the tree before, as the signer knows it';
COMMENT ON COLUMN day_tree.resumed_over_tree_no IS '恢复续接: number of the last tree that was signed and is lost, after a declared restore; null elsewhere';

CREATE TABLE day_head (
    tree_no bigint NOT NULL,
    topic text NOT NULL,
    body bytea NOT NULL,
    signature_algorithm text NOT NULL,
    key_id text NOT NULL,
    signature bytea NOT NULL,
    CONSTRAINT day_head_pk PRIMARY KEY (tree_no),
    CONSTRAINT day_head_tree_fk FOREIGN KEY (tree_no) REFERENCES day_tree (tree_no)
);
COMMENT ON TABLE day_head IS '日根: the signed statement of a day tree''s root, as published on its topic';

-- The text of a row that is hashed: without columns that hold nothing, so that a column added later changes no old row.
CREATE FUNCTION row_text(content jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(jsonb_object_agg(field.key, field.value), '{}')::text
    FROM jsonb_each(content) AS field
    WHERE field.value <> 'null'
$$;
COMMENT ON FUNCTION row_text(jsonb) IS '行文: canonical text of a row, under time zone UTC';

-- Runs as the owner, so that no role needs a right on row_leaf. The lock is the one that a closing tree takes alone
-- (nenghao/db/locks.py): what is recorded here is committed before the tree's range ends, or belongs to the next tree.
CREATE FUNCTION record_rows() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET bytea_output = 'hex' SET extra_float_digits = 1
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
COMMENT ON FUNCTION record_rows() IS '记叶: a row leaf for each row that a statement inserted or changed';

CREATE FUNCTION track_rows(tracked text, VARIADIC key_columns text[]) RETURNS void LANGUAGE plpgsql
SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET bytea_output = 'hex' SET extra_float_digits = 1
AS $$
DECLARE
    arguments text := (SELECT string_agg(quote_literal(k), ', ') FROM unnest(key_columns) AS k);
BEGIN
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
COMMENT ON FUNCTION track_rows(text, text[]) IS '纳入日树: for migrations: from now on each row of the table has a leaf, those that are there get theirs';
REVOKE EXECUTE ON FUNCTION track_rows(text, text[]) FROM PUBLIC;

-- All that a figure rests on beside messages. What can be computed again (days, hours, totals) and queues are left out.
SELECT track_rows('unit', 'unit_id');
SELECT track_rows('gateway', 'gateway_id');
SELECT track_rows('meter', 'meter_id');
SELECT track_rows('variety', 'edition', 'variety_code');
SELECT track_rows('coal_coefficient', 'coefficient_code');
SELECT track_rows('form_relation', 'edition', 'form_code', 'relation_code');
SELECT track_rows('point', 'point_id');
SELECT track_rows('network_term', 'network_term_id');
SELECT track_rows('series', 'series_id');
SELECT track_rows('series_version', 'series_version_id');
SELECT track_rows('gateway_state', 'gateway_state_id');
SELECT track_rows('rule_version', 'rule_code', 'version');
SELECT track_rows('rule_threshold', 'rule_code', 'threshold_name', 'valid_from');
SELECT track_rows('audit_run', 'audit_run_id');
SELECT track_rows('audit_case', 'case_id');
SELECT track_rows('finding', 'finding_id');
SELECT track_rows('alert', 'alert_id');
SELECT track_rows('evidence', 'evidence_id');
SELECT track_rows('decision', 'decision_id');
SELECT track_rows('exclusion', 'exclusion_id');
SELECT track_rows('reading_adoption', 'reading_adoption_id');
SELECT track_rows('monitored_balance', 'balance_id');
SELECT track_rows('balance_cell', 'balance_id', 'row_code', 'column_code');
SELECT track_rows('filing', 'filing_id');
SELECT track_rows('release', 'release_id');
SELECT track_rows('refusal_replay', 'refusal_id');

DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['message_batch', 'row_leaf', 'day_tree', 'day_head'] LOOP
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

GRANT USAGE ON SEQUENCE message_batch_id_seq TO nenghao_collector;
GRANT SELECT, INSERT ON message_batch TO nenghao_collector;
GRANT SELECT ON message_batch, row_leaf TO nenghao_jobs;
GRANT SELECT, INSERT ON day_tree, day_head TO nenghao_jobs;
GRANT SELECT ON day_tree, day_head TO nenghao_collector, nenghao_rules, nenghao_console;
GRANT SELECT ON message_batch, row_leaf, day_tree, day_head TO nenghao_verifier;
GRANT SELECT ON outbound TO nenghao_verifier;

-- migrate:down
