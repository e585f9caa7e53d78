-- batch_undeclared_change --
-- What gateways and readings told since an instant and the registers do not say, in order of the day it was seen: another
-- configuration than before, another meter or multiplier, a register that fell. One row each; is_declared: the ledger has
-- an entry since. workdays: the working days that are known; declare_by is null where they end too early.
SELECT
    seen.unit_id,
    u.unit_code,
    p.point_id,
    seen.place,
    seen.reason,
    seen.seen_on,
    seen.detail,
    seen.reading_count,
    seen.is_declared,
    (
        SELECT w.day_on FROM unnest(%(workdays)s::date[]) AS w (day_on)
        WHERE w.day_on > seen.seen_on
        ORDER BY w.day_on
        OFFSET %(days_to_declare)s - 1
        LIMIT 1
    ) AS declare_by,
    (
        SELECT count(*) FROM unnest(%(workdays)s::date[]) AS w (day_on)
        WHERE w.day_on > seen.seen_on AND w.day_on < %(today_on)s
    ) AS workdays_over
FROM (
    WITH told AS (
        SELECT
            t.gateway_id,
            t.received_at,
            t.config_hash,
            lag(t.config_hash) OVER (PARTITION BY t.gateway_id ORDER BY t.gateway_state_id) AS hash_before
        FROM gateway_state AS t
        WHERE t.config_hash IS NOT NULL AND t.received_at >= %(since_at)s::timestamptz
    ),

    turned AS (
        SELECT
            told.gateway_id,
            told.received_at,
            told.config_hash,
            coalesce(
                told.hash_before,
                (
                    SELECT b.config_hash FROM gateway_state AS b
                    WHERE
                        b.gateway_id = told.gateway_id AND b.config_hash IS NOT NULL
                        AND b.received_at < %(since_at)s::timestamptz
                    ORDER BY b.received_at DESC
                    LIMIT 1
                )
            ) AS hash_before
        FROM told
        WHERE told.hash_before IS DISTINCT FROM told.config_hash
    ),

    declared AS (
        SELECT
            q.unit_id,
            q.point_code,
            d.at
        FROM (
            SELECT c.point_id, c.changed_at AS at FROM meter_change AS c
            UNION ALL
            SELECT x.point_id, x.changed_at FROM multiplier_change AS x
            UNION ALL
            SELECT s.point_id, lower(v.valid) FROM series_version AS v INNER JOIN series AS s ON v.series_id = s.series_id
        ) AS d
        INNER JOIN point AS q ON d.point_id = q.point_id
        UNION ALL
        SELECT e.unit_id, NULL, e.begins_at
        FROM context_event AS e
        WHERE e.kind IN ('metering_work', 'capacity_change', 'new_equipment', 'own_generation')
        UNION ALL
        SELECT o.unit_id, NULL, coalesce(o.repaired_at, o.fault_at)
        FROM outage_filing AS o
        WHERE o.cause IN ('gateway', 'meter')
    )

    SELECT
        g.unit_id,
        NULL AS point_code,
        g.gateway_code AS place,
        'configuration' AS reason,
        (t.received_at AT TIME ZONE 'Asia/Shanghai')::date AS seen_on,
        left(t.hash_before, 12) || ' → ' || left(t.config_hash, 12) AS detail,
        NULL::bigint AS reading_count,
        EXISTS (
            SELECT 1 FROM declared AS d
            WHERE
                d.unit_id = g.unit_id
                AND d.at BETWEEN t.received_at - %(near)s::interval AND t.received_at + %(near)s::interval
        ) AS is_declared
    FROM turned AS t
    INNER JOIN gateway AS g ON t.gateway_id = g.gateway_id
    WHERE t.hash_before <> t.config_hash
    UNION ALL
    SELECT
        f.unit_id,
        f.point_code,
        coalesce(f.point_code, '-'),
        f.reason_code,
        (f.first_at AT TIME ZONE 'Asia/Shanghai')::date,
        f.detail,
        f.reading_count,
        EXISTS (
            SELECT 1 FROM declared AS d
            WHERE
                d.unit_id = f.unit_id AND d.point_code = f.point_code
                AND d.at BETWEEN f.first_at - %(near)s::interval AND f.first_at + %(near)s::interval
        )
    FROM (
        SELECT
            g.unit_id,
            r.point_code,
            r.reason_code,
            (array_agg(r.detail ORDER BY r.refusal_id DESC))[1] AS detail,
            min(r.at) AS first_at,
            count(*) AS reading_count
        FROM refusal AS r
        INNER JOIN message AS m ON r.message_id = m.message_id
        INNER JOIN gateway AS g ON m.gateway_id = g.gateway_id
        WHERE
            r.reason_code IN ('meter_mismatch', 'multiplier_mismatch') AND r.at >= %(since_at)s::timestamptz
            AND NOT EXISTS (SELECT 1 FROM refusal_replay AS k WHERE k.refusal_id = r.refusal_id)
        GROUP BY g.unit_id, r.point_code, r.reason_code
    ) AS f
    UNION ALL
    SELECT
        o.unit_id,
        o.point_code,
        o.point_code,
        'register_fell',
        d.day_on,
        s.quantity,
        NULL,
        EXISTS (
            SELECT 1 FROM boundary_register AS b
            WHERE
                b.series_id = d.series_id
                AND (b.at AT TIME ZONE 'Asia/Shanghai')::date BETWEEN d.day_on - 1 AND d.day_on + 1
        )
    FROM series_day AS d
    INNER JOIN series AS s ON d.series_id = s.series_id
    INNER JOIN point AS o ON s.point_id = o.point_id
    WHERE
        s.kind = 'register' AND d.day_on >= (%(since_at)s::timestamptz AT TIME ZONE 'Asia/Shanghai')::date
        AND strpos(coalesce(d.reason, d.method), 'r') > 0
) AS seen
INNER JOIN unit AS u ON seen.unit_id = u.unit_id
LEFT JOIN point AS p ON seen.unit_id = p.unit_id AND seen.point_code = p.point_code
WHERE %(unit_code)s::text IS NULL OR u.unit_code = %(unit_code)s
ORDER BY seen.seen_on, u.unit_code, seen.place;

-- batch_point_month --
-- Months of points that are over, with what the point is, one row a (point, month); is_judged: not history.
SELECT
    p.unit_id,
    m.point_id,
    p.point_code,
    p.data_code,
    p.variety_code,
    p.flow,
    p.use,
    m.month_on,
    m.month_on >= %(judged_month_on)s::date AS is_judged,
    m.unit,
    m.energy,
    m.measured_energy,
    m.due_slots,
    m.received_slots,
    m.known_slots
FROM point_month AS m
INNER JOIN point AS p ON m.point_id = p.point_id
WHERE m.month_on >= %(history_month_on)s::date AND m.month_on < %(end_month_on)s::date;

-- batch_gateway_clock --
-- Days of gateways with the offset of their clocks as their heartbeats told it, one row a (gateway, day); positive is ahead.
SELECT
    g.unit_id,
    g.gateway_code,
    told.day_on,
    cardinality(told.offsets_ms) AS samples,
    told.offsets_ms,
    round(told.median_ms / 1000.0, 1) AS median_offset_s,
    round(told.largest_ms / 1000.0, 1) AS largest_offset_s
FROM gateway AS g
CROSS JOIN LATERAL (
    SELECT
        (t.received_at AT TIME ZONE 'Asia/Shanghai')::date AS day_on,
        array_agg(t.clock_offset_ms) AS offsets_ms,
        percentile_disc(0.5) WITHIN GROUP (ORDER BY t.clock_offset_ms) AS median_ms,
        max(abs(t.clock_offset_ms)) AS largest_ms
    FROM gateway_state AS t
    WHERE
        t.gateway_id = g.gateway_id AND t.clock_offset_ms IS NOT NULL
        AND t.received_at >= %(since_at)s::timestamptz
        AND t.received_at < %(today_on)s::timestamp AT TIME ZONE 'Asia/Shanghai'
    GROUP BY (t.received_at AT TIME ZONE 'Asia/Shanghai')::date
) AS told;

-- batch_sequence_break --
-- Where the sequence of a gateway's messages is broken since an instant, one row each. A `hole`: seqs that are missing below
-- one that came (broken_at); a `boot`: seqs of an older spool that came more than an hour after its successor began.
SELECT
    g.unit_id,
    g.gateway_code,
    broken.break_kind,
    broken.boot_id::text AS boot_id,
    broken.broken_at,
    (broken.broken_at AT TIME ZONE 'Asia/Shanghai')::date AS day_on,
    broken.first_seq,
    broken.last_seq,
    broken.missing_messages,
    %(now_at)s::timestamptz AS now_at
FROM (
    WITH came AS (
        SELECT
            m.gateway_id,
            m.boot_id,
            m.seq,
            m.received_at,
            lag(m.seq) OVER (PARTITION BY m.gateway_id, m.boot_id ORDER BY m.seq) AS seq_before
        FROM message AS m
        WHERE m.seq IS NOT NULL AND m.received_at >= %(since_at)s::timestamptz
    ),

    spools AS (
        SELECT
            came.gateway_id,
            came.boot_id,
            min(came.received_at) AS first_at,
            max(came.received_at) AS last_at
        FROM came
        GROUP BY came.gateway_id, came.boot_id
    )

    SELECT
        came.gateway_id,
        'hole' AS break_kind,
        came.boot_id,
        came.received_at AS broken_at,
        came.seq_before + 1 AS first_seq,
        came.seq - 1 AS last_seq,
        came.seq - came.seq_before - 1 - earlier.messages AS missing_messages
    FROM came
    CROSS JOIN LATERAL (
        SELECT count(*) AS messages
        FROM message AS k
        WHERE
            k.gateway_id = came.gateway_id AND k.boot_id = came.boot_id
            AND k.seq > came.seq_before AND k.seq < came.seq
    ) AS earlier
    WHERE came.seq - came.seq_before > 1
    UNION ALL
    SELECT
        older.gateway_id,
        'boot',
        older.boot_id,
        min(came.received_at),
        min(came.seq),
        max(came.seq),
        NULL
    FROM spools AS older
    INNER JOIN spools AS newer
        ON older.gateway_id = newer.gateway_id AND newer.first_at > older.first_at
        AND newer.first_at + INTERVAL '1 hour' < older.last_at
    INNER JOIN came
        ON older.gateway_id = came.gateway_id AND older.boot_id = came.boot_id
        AND came.received_at > newer.first_at + INTERVAL '1 hour'
    GROUP BY older.gateway_id, older.boot_id
) AS broken
INNER JOIN gateway AS g ON broken.gateway_id = g.gateway_id;

-- batch_late_burst --
-- Days of gateways with messages of back-fill, one row a (gateway, day), with what their heartbeats of the week before told
-- of a buffer. is_asked_or_filed: the platform asked for messages, an outage was filed, or commissioning is open.
SELECT
    g.unit_id,
    g.gateway_code,
    late.day_on,
    late.late_messages,
    late.late_readings,
    late.night_share,
    told.heartbeats,
    told.buffered_most,
    (
        coalesce(g.backfill_until, 'infinity') > late.first_at
        OR EXISTS (
            SELECT 1 FROM resend_request AS r
            WHERE r.gateway_id = g.gateway_id AND r.requested_at BETWEEN late.first_at - INTERVAL '7 days' AND late.last_at
        )
        OR EXISTS (
            SELECT 1 FROM outage_filing AS o
            WHERE
                o.unit_id = g.unit_id AND o.fault_at < late.last_at
                AND coalesce(o.repaired_at, 'infinity') > late.first_at - INTERVAL '7 days'
        )
    ) AS is_asked_or_filed
FROM gateway AS g
CROSS JOIN LATERAL (
    SELECT
        (m.received_at AT TIME ZONE 'Asia/Shanghai')::date AS day_on,
        min(m.received_at) AS first_at,
        max(m.received_at) AS last_at,
        count(*) AS late_messages,
        sum(m.reading_count) AS late_readings,
        avg((extract(HOUR FROM m.received_at AT TIME ZONE 'Asia/Shanghai') NOT BETWEEN 6 AND 21)::integer) AS night_share
    FROM message AS m
    WHERE
        m.gateway_id = g.gateway_id AND m.received_at >= %(since_at)s::timestamptz
        AND m.received_at < %(today_on)s::timestamp AT TIME ZONE 'Asia/Shanghai' AND m.topic LIKE '%%/backfill'
    GROUP BY (m.received_at AT TIME ZONE 'Asia/Shanghai')::date
) AS late
CROSS JOIN LATERAL (
    SELECT
        count(t.buffered_count) AS heartbeats,
        max(t.buffered_count) AS buffered_most
    FROM gateway_state AS t
    WHERE
        t.gateway_id = g.gateway_id AND t.received_at < late.first_at
        AND t.received_at >= late.first_at - INTERVAL '7 days'
) AS told;

-- standing_run --
-- A standing audit of given days that found the very same, at most one row.
SELECT r.audit_run_id
FROM audit_run AS r
WHERE
    r.subject = 'days' AND r.first_day_on = %(first_on)s AND r.last_day_on = %(last_on)s
    AND r.summary ->> 'standing' = %(digest)s
ORDER BY r.audit_run_id
LIMIT 1;

-- judged_filings --
-- Newest filing of each unit's month since a month, one row each; revisions of a base, of a year and of a census are others'.
SELECT
    f.filing_id,
    f.unit_id,
    f.month_on
FROM filing AS f
WHERE
    f.month_on >= %(first_month_on)s AND f.kind NOT IN ('base_revision', 'annual', 'census')
    AND NOT EXISTS (
        SELECT 1 FROM filing AS n
        WHERE
            n.unit_id = f.unit_id AND n.month_on = f.month_on AND n.version > f.version
            AND n.kind NOT IN ('base_revision', 'annual', 'census')
    )
ORDER BY f.filing_id;

-- batch_filed_beside --
-- Filed cumulative figures beside the meters over the same days (nenghao.filing.disagreement), one row a cell; reason says
-- why two sides are not comparable.
SELECT
    b.filing_id,
    b.unit_id,
    b.month_on,
    b.row_code,
    b.column_code,
    b.filed,
    b.metered,
    b.first_on,
    b.end_on,
    b.difference,
    b.tolerance,
    b.reason
FROM jsonb_to_recordset(%(rows)s::jsonb) AS b (
    filing_id bigint, unit_id integer, month_on date, row_code text, column_code text, filed numeric, metered numeric,
    first_on date, end_on date, difference numeric, tolerance numeric, reason text
);

-- batch_settled_beside --
-- Suppliers' cycles beside the purchase meters over the same days (nenghao.filing.disagreement), one row a cycle.
SELECT
    b.unit_id,
    b.row_code,
    b.accounts,
    b.documents,
    b.from_on,
    b.to_on,
    b.settled,
    b.metered,
    b.difference,
    b.tolerance,
    b.reason
FROM jsonb_to_recordset(%(rows)s::jsonb) AS b (
    unit_id integer, row_code text, accounts text, documents text, from_on date, to_on date, settled numeric,
    metered numeric, difference numeric, tolerance numeric, reason text
);

-- batch_filed_cell --
-- Cells of the newest filing of each unit's month, cumulative as they were filed, with the month's own figure where the
-- filing before is there: one row a cell. months: how many months that figure covers (February is January and February).
SELECT
    c.filing_id,
    c.unit_id,
    c.month_on,
    c.month_on >= %(judged_month_on)s::date AS is_judged,
    c.form_code,
    c.row_code,
    c.column_code,
    c.value,
    CASE
        WHEN extract(MONTH FROM c.month_on) IN (1, 2) AND c.value_before IS NULL THEN c.value
        WHEN c.month_before_on = c.month_on - INTERVAL '1 month' THEN c.value - c.value_before
    END AS month_value,
    CASE
        WHEN extract(MONTH FROM c.month_on) = 2 AND c.value_before IS NULL THEN 2
        ELSE 1
    END AS months
FROM (
    SELECT
        f.*,
        lag(f.value) OVER of_year AS value_before,
        lag(f.month_on) OVER of_year AS month_before_on
    FROM (
        SELECT
            k.filing_id,
            k.unit_id,
            k.month_on,
            k.form_code,
            k.row_code,
            k.column_code,
            k.value
        FROM (
            SELECT DISTINCT ON (n.unit_id, n.month_on) n.filing_id
            FROM filing AS n
            WHERE
                n.month_on >= %(history_month_on)s::date AND n.kind NOT IN ('base_revision', 'annual', 'census')
            ORDER BY n.unit_id, n.month_on, n.version DESC
        ) AS newest
        INNER JOIN filing_cell AS k ON newest.filing_id = k.filing_id
    ) AS f
    WINDOW of_year AS (
        PARTITION BY f.unit_id, f.form_code, f.row_code, f.column_code, extract(YEAR FROM f.month_on)
        ORDER BY f.month_on
    )
) AS c;

-- batch_waiting_correction --
-- Corrections of values in force that wait for a decision, whenever they came, one row each. Not those of a decided case;
-- quantum is the last digit of the meter's face in the value as sent.
SELECT
    p.unit_id,
    s.point_id,
    v.series_id,
    (v.at AT TIME ZONE 'Asia/Shanghai')::date AS day_on,
    v.revision_id,
    v.at,
    v.earlier_value,
    v.value,
    v.assurance,
    (CASE w.multiplier_applied_by WHEN 'platform' THEN 1 ELSE w.multiplier END) * 10::numeric ^ (-w.decimals) AS quantum
FROM reading_revision AS v
INNER JOIN series AS s ON v.series_id = s.series_id
INNER JOIN point AS p ON s.point_id = p.point_id
INNER JOIN series_version AS w ON v.series_id = w.series_id AND w.valid @> v.at
INNER JOIN reading_in_force AS f ON v.series_id = f.series_id AND v.at = f.at AND v.earlier_value = f.value
WHERE v.standing = 'waiting'
AND NOT EXISTS (
    SELECT 1
    FROM finding AS k
    INNER JOIN alert AS a ON k.fingerprint = a.fingerprint
    CROSS JOIN LATERAL (
        SELECT d.kind FROM decision AS d
        WHERE d.case_id = a.case_id
        ORDER BY d.decision_id DESC
        LIMIT 1
    ) AS last
    WHERE k.rule_code = 'correction_waiting' AND k.series_id = v.series_id AND k.span @> v.at
    AND k.evidence -> 'revision_ids' @> to_jsonb(v.revision_id) AND last.kind IN ('confirm', 'dismiss')
);

-- batch_reported_month --
-- Months of points for which a unit reports days or a month apart from what is collected, one row a (point, period, month):
-- what was reported in all, of how many parts, and what was collected.
SELECT
    p.unit_id,
    told.point_id,
    told.period,
    told.month_on,
    told.unit,
    told.quantum,
    told.parts,
    CASE told.period
        WHEN 'month' THEN 1
        ELSE (told.month_on + INTERVAL '1 month')::date - told.month_on
    END AS parts_due,
    told.reported,
    m.energy AS metered,
    m.measured_energy
FROM (
    SELECT
        s.point_id,
        s.period,
        v.unit,
        date_trunc('month', r.at AT TIME ZONE 'Asia/Shanghai')::date AS month_on,
        count(*) AS parts,
        sum(r.value * CASE v.multiplier_applied_by WHEN 'platform' THEN v.multiplier ELSE 1 END) AS reported,
        max(v.multiplier * 10::numeric ^ (-v.decimals)) AS quantum
    FROM series AS s
    INNER JOIN reading_in_force AS r
        ON
            s.series_id = r.series_id
            AND r.at >= %(judged_month_on)s::timestamp AT TIME ZONE 'Asia/Shanghai'
            AND r.at < %(end_month_on)s::timestamp AT TIME ZONE 'Asia/Shanghai'
    INNER JOIN series_version AS v ON s.series_id = v.series_id AND v.valid @> r.at
    WHERE s.kind = 'interval' AND s.period IN ('day', 'month')
    GROUP BY s.point_id, s.period, v.unit, date_trunc('month', r.at AT TIME ZONE 'Asia/Shanghai')::date
) AS told
INNER JOIN point AS p ON told.point_id = p.point_id
INNER JOIN point_month AS m
    ON told.point_id = m.point_id AND told.month_on = m.month_on AND told.unit = m.unit AND m.energy IS NOT NULL;
