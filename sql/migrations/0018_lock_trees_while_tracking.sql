-- migrate:up
-- Why: a tree that was closed while a migration put a table under it ended above leaves that were not committed yet, and
-- never again had its root. Who adds leaves holds the tree's lock; now track_rows does too.
-- Locks: none that matter. Safe with running code: yes.
SET LOCAL lock_timeout = '4s';

CREATE OR REPLACE FUNCTION track_rows(tracked text, VARIADIC key_columns text[]) RETURNS void LANGUAGE plpgsql
SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET bytea_output = 'hex' SET extra_float_digits = 1
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

-- migrate:down
