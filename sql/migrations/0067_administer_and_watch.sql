-- migrate:up
-- Why: system administrators change rules and watch over the collectors and the clock without seeing a unit's data; audit
-- administrators read the trail by time. What they see are sums and instants, by views that read as their owner.
-- Locks: rule_threshold, rule_mode and access_trail take no rows while triggers and an index are made. Safe with running
-- code: yes.
SET LOCAL lock_timeout = '4s';

-- --- rules ---
CREATE FUNCTION set_rules_only() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT may('set_rules') THEN
        RAISE EXCEPTION 'rules are set by system administrators' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION set_rules_only() IS '规则变更职权: of who signs in only system administrators change thresholds and modes';
CREATE TRIGGER b_rule_mode_set BEFORE INSERT ON rule_mode
FOR EACH ROW WHEN (session_user = 'nenghao_web') EXECUTE FUNCTION set_rules_only();
CREATE TRIGGER b_rule_threshold_set BEFORE INSERT OR UPDATE ON rule_threshold
FOR EACH ROW WHEN (session_user = 'nenghao_web') EXECUTE FUNCTION set_rules_only();
CREATE TRIGGER a_rule_threshold_by_oneself BEFORE INSERT ON rule_threshold
FOR EACH ROW WHEN (session_user = 'nenghao_web') EXECUTE FUNCTION act_as_oneself('set_by');
GRANT INSERT ON rule_mode, rule_threshold TO nenghao_officer;
GRANT UPDATE (valid_to) ON rule_threshold TO nenghao_officer;

CREATE VIEW rule_alert_recent AS
SELECT
    rule_code,
    count(*) AS alert_count
FROM alert
WHERE opened_at >= now() - INTERVAL '30 days'
GROUP BY rule_code;
COMMENT ON VIEW rule_alert_recent IS '近30日预警数: how many alerts each rule opened, of all units together';
GRANT SELECT ON rule_alert_recent TO nenghao_rules, nenghao_console, nenghao_officer;

-- --- the trail ---
CREATE INDEX access_trail_by_time ON access_trail (at);

-- --- how the installation is ---
CREATE VIEW seen.health_shard WITH (security_barrier) AS
SELECT
    g.shard,
    g.gateway_count,
    g.offline_count,
    g.silent_count,
    last.received_at AS last_message_at,
    batch.last_at AS last_batch_at
FROM (
    SELECT
        one.shard,
        count(*) AS gateway_count,
        count(*) FILTER (WHERE NOT said.online) AS offline_count,
        count(*) FILTER (WHERE said.online IS NULL) AS silent_count
    FROM gateway AS one
    LEFT JOIN LATERAL (
        SELECT s.online FROM gateway_state AS s
        WHERE s.gateway_id = one.gateway_id
        ORDER BY s.gateway_state_id DESC
        LIMIT 1
    ) AS said ON TRUE
    GROUP BY one.shard
) AS g
LEFT JOIN LATERAL (
    SELECT m.received_at FROM message AS m
    WHERE m.shard = g.shard
    ORDER BY m.message_id DESC
    LIMIT 1
) AS last ON TRUE
LEFT JOIN LATERAL (
    SELECT b.last_at FROM message_batch AS b
    WHERE b.shard = g.shard
    ORDER BY b.batch_no DESC
    LIMIT 1
) AS batch ON TRUE
WHERE EXISTS (SELECT 1 FROM web_account() AS a WHERE a.role = 'system_admin');
COMMENT ON VIEW seen.health_shard IS '采集分片运行状况: gateways and last message of each shard, of no unit by name; for system administrators';

CREATE VIEW seen.health_step WITH (security_barrier) AS
SELECT
    t.step,
    t.last_at
FROM (
    VALUES
    ('audit_days', (SELECT r.finished_at FROM audit_run AS r WHERE r.subject = 'days' ORDER BY r.audit_run_id DESC LIMIT 1)),
    ('audit_returns', (SELECT r.finished_at FROM audit_run AS r WHERE r.subject = 'return' ORDER BY r.audit_run_id DESC LIMIT 1)),
    ('build_months', (SELECT b.computed_at FROM monitored_balance AS b ORDER BY b.balance_id DESC LIMIT 1)),
    ('seal', (SELECT r.sealed_at FROM release AS r ORDER BY r.release_id DESC LIMIT 1)),
    ('close_tree', (SELECT d.closed_at FROM day_tree AS d ORDER BY d.tree_no DESC LIMIT 1)),
    ('follow_decisions', (SELECT max(f.followed_at) FROM followed_row AS f)),
    ('remind', (SELECT r.opened_at FROM reminder AS r ORDER BY r.reminder_id DESC LIMIT 1)),
    ('archive', (SELECT c.checked_at FROM archive_check AS c ORDER BY c.archive_check_id DESC LIMIT 1)),
    ('retain', (SELECT r.run_at FROM retention_run AS r ORDER BY r.retention_run_id DESC LIMIT 1))
) AS t (step, last_at)
WHERE EXISTS (SELECT 1 FROM web_account() AS a WHERE a.role = 'system_admin');
COMMENT ON VIEW seen.health_step IS '作业运行状况: when each step of the clock last left a row; for system administrators';

CREATE VIEW seen.health_list WITH (security_barrier) AS
SELECT
    t.waiting_list,
    t.row_count,
    t.oldest_at
FROM (
    SELECT 'changed_mark' AS waiting_list, count(*) AS row_count, min(c.marked_at) AS oldest_at FROM changed_mark AS c
    UNION ALL
    SELECT
        'audit_mark', count(*), min(greatest(m.marked_at, (m.day_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'))
    FROM audit_mark AS m
    WHERE m.day_on < (now() AT TIME ZONE 'Asia/Shanghai')::date
    UNION ALL
    SELECT
        'month_mark', count(*),
        min(greatest(m.marked_at, (m.month_on + INTERVAL '1 month') AT TIME ZONE 'Asia/Shanghai'))
    FROM month_mark AS m
    WHERE m.month_on < date_trunc('month', now() AT TIME ZONE 'Asia/Shanghai')::date
    UNION ALL
    SELECT 'outbound', count(*), min(o.created_at) FROM outbound AS o WHERE o.sent_at IS NULL
    UNION ALL
    SELECT 'row_to_follow', count(*), min(r.written_at) FROM row_to_follow AS r
) AS t
WHERE EXISTS (SELECT 1 FROM web_account() AS a WHERE a.role = 'system_admin');
COMMENT ON VIEW seen.health_list IS '待办队列: how much waits for each step and for the collectors, and since when; for system administrators';

GRANT SELECT ON seen.health_shard, seen.health_step, seen.health_list TO nenghao_officer;

CREATE FUNCTION database_size_bytes() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT pg_database_size(current_database()) FROM web_account() AS a WHERE a.role = 'system_admin'
$$;
COMMENT ON FUNCTION database_size_bytes() IS '数据库大小: which only who may connect by name may ask; for system administrators';
REVOKE EXECUTE ON FUNCTION database_size_bytes() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION database_size_bytes() TO nenghao_officer;

-- migrate:down
