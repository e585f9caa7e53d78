-- migrate:up
-- Why: a unit of which no balance can be made, because one of its points has no energy at all, kept everybody's chunks for
-- ever: its month has nothing that could be sealed.
-- Locks: none that matter. Safe with running code: yes, the function keeps its signature.
SET LOCAL lock_timeout = '4s';

-- Every reason why a chunk may not be dropped, one row a reason; no row where it may. Said once, for who asks and who drops.
CREATE OR REPLACE FUNCTION reasons_to_keep(relation_name text, first_at timestamptz, end_at timestamptz)
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

-- migrate:down
