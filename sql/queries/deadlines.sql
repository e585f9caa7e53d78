-- upsert_calendar --
-- A row of the reporting calendar, new or said otherwise.
INSERT INTO report_calendar (
    edition, form_code, month_on, level, is_surveyed, opens_at, due_at, document_no, source, confidence
)
VALUES (
    %(edition)s, %(form_code)s, %(month_on)s, %(level)s, %(is_surveyed)s, %(opens_at)s, %(due_at)s, %(document_no)s,
    %(source)s, %(confidence)s
)
ON CONFLICT ON CONSTRAINT report_calendar_pk DO UPDATE SET
is_surveyed = excluded.is_surveyed,
opens_at = excluded.opens_at,
due_at = excluded.due_at,
document_no = excluded.document_no,
source = excluded.source,
confidence = excluded.confidence
WHERE
(
    report_calendar.is_surveyed, report_calendar.opens_at, report_calendar.due_at, report_calendar.document_no,
    report_calendar.source, report_calendar.confidence
)
IS DISTINCT FROM
(
    excluded.is_surveyed, excluded.opens_at, excluded.due_at, excluded.document_no, excluded.source, excluded.confidence
);

-- filing --
-- Units of the statistical survey and the months they owe a form for, open by now; whether it was filed, or tried while we
-- were out of service. 205-2 is owed where points convert energy; it comes in the filing of 205-1. A panel says who is in
-- it; without one every unit of the survey is.
SELECT
    u.unit_id,
    c.form_code AS subject,
    c.month_on AS period_on,
    c.due_at,
    EXISTS (SELECT 1 FROM filing AS f WHERE f.unit_id = u.unit_id AND f.month_on = c.month_on) AS is_reached
FROM report_calendar AS c
CROSS JOIN unit AS u
WHERE
    c.level = 'unit' AND c.is_surveyed AND c.opens_at <= %(now)s
    AND u.registered_at < c.due_at
    AND (
        EXISTS (
            SELECT 1 FROM panel_member AS p
            WHERE p.unit_id = u.unit_id AND p.entered_on <= c.month_on AND coalesce(p.left_on, 'infinity') > c.month_on
        )
        OR u.collected_under = 'survey' AND NOT EXISTS (
            SELECT 1 FROM panel_member AS p
            WHERE p.entered_on <= c.month_on AND coalesce(p.left_on, 'infinity') > c.month_on
        )
    )
    AND (
        c.form_code <> '205-2'
        OR EXISTS (SELECT 1 FROM point AS q WHERE q.unit_id = u.unit_id AND q.conversion IS NOT NULL)
    )
ORDER BY period_on, unit_id, subject;

-- acceptance --
-- Filings that a level has to accept, the newest of each unit's month, and whether it did.
SELECT
    s.unit_id,
    c.level AS subject,
    c.month_on AS period_on,
    min(c.due_at) AS due_at,
    bool_or(s.accepted_levels >= array_position(ARRAY['county', 'city', 'province'], c.level)) AS is_reached
FROM filing_state AS s
INNER JOIN report_calendar AS c ON s.month_on = c.month_on
WHERE s.is_newest AND c.is_surveyed AND c.level <> 'unit'
GROUP BY s.unit_id, c.level, c.month_on
ORDER BY period_on, unit_id, subject;

-- monitored_balance --
-- Months of units that have totals, and whether nothing waits there: no mark, no newest balance without a seal. A month of
-- which no balance can be made owes none; so do months that are not over and points that enter no balance.
SELECT DISTINCT
    p.unit_id,
    'monitored' AS subject,
    m.month_on AS period_on,
    NOT EXISTS (
        SELECT 1 FROM month_mark AS k WHERE k.unit_id = p.unit_id AND k.month_on = m.month_on
    )
    AND NOT EXISTS (
        SELECT 1 FROM monitored_balance AS b
        WHERE
            b.unit_id = p.unit_id AND b.month_on = m.month_on
            AND NOT EXISTS (
                SELECT 1 FROM monitored_balance AS n
                WHERE n.unit_id = b.unit_id AND n.month_on = b.month_on AND n.version > b.version
            )
            AND NOT EXISTS (SELECT 1 FROM release AS r WHERE r.kind = 'monitored_balance' AND r.balance_id = b.balance_id)
    ) AS is_reached
FROM point_month AS m
INNER JOIN point AS p ON m.point_id = p.point_id
WHERE p.flow <> 'internal' AND m.month_on < date_trunc('month', %(now)s::timestamptz AT TIME ZONE 'Asia/Shanghai')::date
ORDER BY period_on, unit_id;

-- outage_filing --
-- Points of which no slot that was due came for a whole day within the last month: since when, when they were heard again,
-- and whether the unit has filed the outage.
WITH heard AS (
    SELECT
        s.point_id,
        d.day_on,
        sum(d.received_slots) > 0 AS is_heard
    FROM series_day AS d
    INNER JOIN series AS s ON d.series_id = s.series_id
    WHERE
        d.day_on >= (%(now)s::timestamptz AT TIME ZONE 'Asia/Shanghai')::date - 31
        AND d.day_on < (%(now)s::timestamptz AT TIME ZONE 'Asia/Shanghai')::date
        AND d.due_slots > 0
    GROUP BY s.point_id, d.day_on
),

silent AS (
    SELECT
        point_id,
        max(day_on) AS last_on
    FROM heard
    WHERE NOT is_heard
    GROUP BY point_id
)

SELECT
    p.unit_id,
    p.point_code AS subject,
    run.first_on AS period_on,
    (SELECT min(h.day_on) FROM heard AS h WHERE h.point_id = p.point_id AND h.is_heard AND h.day_on > s.last_on) AS heard_on,
    EXISTS (
        SELECT 1 FROM outage_filing AS f
        WHERE
            f.unit_id = p.unit_id
            AND (f.point_id IS NULL OR f.point_id = p.point_id)
            AND f.fault_at >= (run.first_on - 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
            AND f.fault_at < (s.last_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
    ) AS is_reached
FROM silent AS s
INNER JOIN point AS p ON s.point_id = p.point_id
CROSS JOIN LATERAL (
    SELECT coalesce(
        (
            SELECT max(d.day_on) + 1 FROM series_day AS d INNER JOIN series AS r ON d.series_id = r.series_id
            WHERE r.point_id = s.point_id AND d.day_on < s.last_on AND d.received_slots > 0
        ),
        (
            SELECT min(d.day_on) FROM series_day AS d INNER JOIN series AS r ON d.series_id = r.series_id
            WHERE r.point_id = s.point_id
        )
    ) AS first_on
) AS run
ORDER BY unit_id, subject;

-- inquiry_answer --
-- Inquiries to units, since when, by when where a step of the case says so (receipt and extension move it), and whether the
-- case went on since.
SELECT
    c.unit_id,
    c.case_id || '/' || d.decision_id AS subject,
    d.decided_at AS since_at,
    clock.due_on,
    EXISTS (SELECT 1 FROM decision AS later WHERE later.case_id = d.case_id AND later.decision_id > d.decision_id) AS is_reached
FROM decision AS d
INNER JOIN audit_case AS c ON d.case_id = c.case_id
LEFT JOIN LATERAL (
    SELECT s.due_on FROM case_step AS s
    INNER JOIN case_step AS notice ON notice.decision_id = d.decision_id
    WHERE
        s.case_id = d.case_id AND s.case_step_id >= notice.case_step_id AND s.due_on IS NOT NULL
        AND s.act IN ('notify', 'issue_inquiry', 'acknowledge', 'extend')
        -- A later notice has a clock of its own.
        AND NOT EXISTS (
            SELECT 1 FROM case_step AS next
            WHERE
                next.case_id = s.case_id AND next.case_step_id > notice.case_step_id
                AND next.case_step_id <= s.case_step_id AND next.act IN ('notify', 'issue_inquiry')
        )
    ORDER BY s.case_step_id DESC
    LIMIT 1
) AS clock ON TRUE
WHERE d.kind = 'inquire' AND c.unit_id IS NOT NULL
ORDER BY d.decision_id;

-- query_answer --
-- Queries about filings, since when, and whether they were answered.
SELECT
    f.unit_id,
    q.filing_query_id::text AS subject,
    f.month_on AS period_on,
    q.asked_at AS since_at,
    EXISTS (SELECT 1 FROM filing_answer AS a WHERE a.filing_query_id = q.filing_query_id) AS is_reached
FROM filing_query AS q
INNER JOIN filing AS f ON q.filing_id = f.filing_id
ORDER BY q.filing_query_id;

-- meter_verification --
-- The days to which verifications of meters in use hold or held, and whether the meter was verified anew since.
SELECT
    n.unit_id,
    n.meter_no AS subject,
    v.next_verification_on AS period_on,
    v.next_verification_on AS due_on,
    bool_and(
        EXISTS (
            SELECT 1 FROM meter_verification AS later
            WHERE later.meter_id = v.meter_id AND (v.verified_on IS NULL OR later.verified_on > v.verified_on)
        )
    ) AS is_reached
FROM (
    SELECT
        meter_id,
        verified_on,
        next_verification_on
    FROM meter
    UNION ALL
    SELECT
        meter_id,
        verified_on,
        next_verification_on
    FROM meter_verification
) AS v
INNER JOIN meter_now AS n ON v.meter_id = n.meter_id
WHERE n.state <> 'stopped' AND v.next_verification_on IS NOT NULL
GROUP BY n.unit_id, n.meter_no, v.next_verification_on
ORDER BY n.unit_id, subject, period_on;

-- case_decision --
-- Cases, since when they are open or reopened, and whether something was decided on them since, or they closed by themselves.
SELECT
    c.unit_id,
    c.case_id::text AS subject,
    coalesce(last.decided_at, c.opened_at) AS since_at,
    coalesce(last.kind, 'reopen') <> 'reopen' OR c.state IN ('quiet', 'merged') AS is_reached
FROM case_now AS c
LEFT JOIN LATERAL (
    SELECT
        d.kind,
        d.decided_at
    FROM decision AS d
    WHERE d.case_id = c.case_id
    ORDER BY d.decision_id DESC
    LIMIT 1
) AS last ON TRUE
ORDER BY c.case_id;

-- lock_reminders --
-- Makes this transaction the only one that writes reminders.
SELECT pg_advisory_xact_lock(hashtextextended('nenghao reminders', 0));

-- open_reminders --
-- Reminders that are neither reached nor withdrawn, with their unit, those first that are due first.
SELECT
    r.reminder_id,
    r.kind,
    r.audience,
    r.unit_id,
    u.unit_code,
    u.name AS unit_name,
    r.subject,
    r.period_on,
    r.due_at,
    r.severity,
    r.opened_at,
    r.overdue_at IS NOT NULL AS is_overdue
FROM reminder_open AS r
LEFT JOIN unit AS u ON r.unit_id = u.unit_id
WHERE
    (%(unit_code)s::text IS NULL OR u.unit_code = %(unit_code)s)
    AND (%(audience)s::text IS NULL OR r.audience = %(audience)s)
ORDER BY r.due_at, r.kind, u.unit_code, r.subject;

-- own_reminders --
-- Open reminders of the unit that the transaction speaks for, those first that are due first.
SELECT
    r.reminder_id,
    r.kind,
    'unit' AS audience,
    o.unit_id,
    o.unit_code,
    o.name AS unit_name,
    r.subject,
    r.period_on,
    r.due_at,
    r.severity,
    r.opened_at,
    r.overdue_at IS NOT NULL AS is_overdue
FROM own_reminder AS r
CROSS JOIN own_unit AS o
ORDER BY r.due_at, r.kind, r.subject;

-- add_reminder --
-- Opens a reminder, which is late at once where its day has passed.
WITH opened AS (
    INSERT INTO reminder (kind, audience, unit_id, subject, period_on, due_at, severity, opened_at)
    VALUES (
        %(kind)s, %(audience)s, %(unit_id)s, %(subject)s, %(period_on)s, %(due_at)s, %(severity)s, %(opened_at)s
    )
    RETURNING reminder_id, due_at, opened_at
)

INSERT INTO reminder_event (reminder_id, kind, at)
SELECT
    reminder_id,
    'overdue',
    opened_at
FROM opened
WHERE due_at < opened_at;

-- add_reminder_event --
-- Says what became of a reminder.
INSERT INTO reminder_event (reminder_id, kind, at) VALUES (%(reminder_id)s, %(kind)s, %(at)s);

-- count_reminders --
-- One row: how many reminders are open, and how many of them late by now.
SELECT
    count(*) AS open_count,
    count(*) FILTER (WHERE due_at < now()) AS overdue_count
FROM reminder_open;
