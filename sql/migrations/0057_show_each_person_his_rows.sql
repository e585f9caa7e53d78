-- migrate:up
-- Why: what a person may see is authority × level × duty, and the database says so, whatever a page asks for (decision 0017).
-- A table that jobs and collectors do not COPY into has row security; those they do, and hypertables, are read through
-- security-barrier views of the same name in the schema `seen`, which people have before `public`. A view of `public` that
-- reads as its owner has a copy there that reads as who asks.
-- Locks: each table takes no rows while its policies are made, milliseconds. Safe with running code: yes, roles of
-- processes keep all rows by a policy of their own.
SET LOCAL lock_timeout = '4s';

CREATE SCHEMA seen;
COMMENT ON SCHEMA seen IS '可见: relations of `public` as a person may see them, by the same names; people have it first in their search path';
GRANT USAGE ON SCHEMA seen TO nenghao_officer, nenghao_unit;

-- --- whose rows ---
CREATE VIEW seen_unit AS
SELECT own_unit_id() AS unit_id
WHERE CURRENT_USER = 'nenghao_unit' AND own_unit_id() IS NOT NULL
UNION ALL
SELECT u.unit_id
FROM unit AS u
CROSS JOIN web_account() AS a
WHERE
    CURRENT_USER = 'nenghao_officer' AND a.authority IS NOT NULL
    AND u.division_code ^@ a.division_prefix AND u.collected_under = ANY(a.duties);
COMMENT ON VIEW seen_unit IS '可见单位: the unit of who asks, or those of an authority''s division whose duty it may know; none for administrators';

CREATE VIEW seen_point AS
SELECT
    p.point_id,
    p.unit_id
FROM point AS p
WHERE p.unit_id IN (SELECT u.unit_id FROM seen_unit AS u);
COMMENT ON VIEW seen_point IS '可见计量点: points of the units that who asks may see';

CREATE VIEW seen_series AS
SELECT
    s.series_id,
    p.point_id,
    p.unit_id
FROM series AS s
INNER JOIN point AS p ON s.point_id = p.point_id
WHERE p.unit_id IN (SELECT u.unit_id FROM seen_unit AS u);
COMMENT ON VIEW seen_series IS '可见序列: series of the units that who asks may see';

CREATE VIEW seen_meter AS
SELECT
    m.meter_id,
    m.unit_id
FROM meter AS m
WHERE m.unit_id IN (SELECT u.unit_id FROM seen_unit AS u);
COMMENT ON VIEW seen_meter IS '可见计量器具: meters of the units that who asks may see';

CREATE VIEW seen_gateway AS
SELECT
    g.gateway_id,
    g.unit_id
FROM gateway AS g
WHERE g.unit_id IN (SELECT u.unit_id FROM seen_unit AS u);
COMMENT ON VIEW seen_gateway IS '可见网关: gateways of the units that who asks may see';

-- A case of many units is seen by whoever sees one of them, and decided only by whoever sees them all.
CREATE VIEW seen_case AS
SELECT
    c.case_id,
    c.unit_id,
    c.unit_id IS NOT NULL OR NOT EXISTS (
        SELECT 1 FROM case_member AS m
        INNER JOIN audit_case AS k ON m.case_id = k.case_id
        WHERE m.root_case_id = c.case_id AND k.unit_id NOT IN (SELECT u.unit_id FROM seen_unit AS u)
    ) AS is_whole
FROM audit_case AS c
WHERE
    c.unit_id IN (SELECT u.unit_id FROM seen_unit AS u)
    OR c.unit_id IS NULL AND EXISTS (
        SELECT 1 FROM case_member AS m
        INNER JOIN audit_case AS k ON m.case_id = k.case_id
        WHERE m.root_case_id = c.case_id AND k.unit_id IN (SELECT u.unit_id FROM seen_unit AS u)
    );
COMMENT ON VIEW seen_case IS '可见案件: cases of the units that who asks may see; is_whole where all units of a common cause are among them';

-- What the register of names tells everybody who signs in: it is no figure, and accounts are made for units.
CREATE VIEW unit_directory WITH (security_barrier) AS
SELECT
    u.unit_id,
    u.unit_code,
    u.name,
    u.division_code
FROM unit AS u
WHERE (SELECT may('keep_accounts') OR may('audit')) OR u.unit_id IN (SELECT s.unit_id FROM seen_unit AS s);
COMMENT ON VIEW unit_directory IS '单位名录: names of units, for administrators of accounts too';

GRANT SELECT ON seen_unit, seen_point, seen_series, seen_meter, seen_gateway, seen_case, unit_directory
TO nenghao_officer, nenghao_unit;

-- --- row security: who sees, and who writes ---
-- For each table the duty it was collected for, whose row it is, and the right it takes to add a row and to change one.
CREATE FUNCTION show_to_people(shown text, duty text, of_whom text, adds text DEFAULT NULL, of_new text DEFAULT NULL)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    whose constant text := coalesce(of_new, of_whom);
BEGIN
    EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', shown);
    EXECUTE format(
        'CREATE POLICY %I ON public.%I TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier
        USING (TRUE) WITH CHECK (TRUE)',
        shown || '_work', shown
    );
    EXECUTE format(
        'CREATE POLICY %I ON public.%I FOR SELECT TO nenghao_officer, nenghao_unit USING ((SELECT public.sees(%L)) AND (%s))',
        shown || '_seen', shown, duty, of_whom
    );
    EXECUTE format('GRANT SELECT ON public.%I TO nenghao_officer', shown);
    IF duty <> 'case' THEN
        EXECUTE format('GRANT SELECT ON public.%I TO nenghao_unit', shown);
    END IF;
    IF adds IS NULL THEN
        RETURN;
    END IF;
    EXECUTE format(
        'CREATE POLICY %I ON public.%I FOR INSERT TO nenghao_officer, nenghao_unit
        WITH CHECK ((SELECT public.may(%L)) AND (%s))',
        shown || '_added', shown, adds, whose
    );
    EXECUTE format('GRANT INSERT ON public.%I TO nenghao_officer', shown);
    IF adds IN ('declare', 'file') THEN
        EXECUTE format('GRANT INSERT ON public.%I TO nenghao_unit', shown);
    END IF;
    -- A change stays with its rows: the policy of seeing holds before it, that of adding after it.
    EXECUTE format(
        'CREATE POLICY %I ON public.%I FOR UPDATE TO nenghao_officer, nenghao_unit
        USING ((SELECT public.may(%L)) AND (%s)) WITH CHECK ((SELECT public.may(%L)) AND (%s))',
        shown || '_changed', shown, adds, whose, adds, whose
    );
END
$$;
COMMENT ON FUNCTION show_to_people(text, text, text, text, text) IS '开放给人: gives a table row security by duty, by whose row it is, and by the right to add one';
REVOKE EXECUTE ON FUNCTION show_to_people(text, text, text, text, text) FROM PUBLIC;

DO $$
DECLARE
    own constant text := 'unit_id IN (SELECT u.unit_id FROM seen_unit AS u)';
    of_point constant text := 'EXISTS (SELECT 1 FROM seen_point AS s WHERE s.point_id = %I.point_id)';
    of_series constant text := 'EXISTS (SELECT 1 FROM seen_series AS s WHERE s.series_id = %I.series_id)';
    of_meter constant text := 'EXISTS (SELECT 1 FROM seen_meter AS s WHERE s.meter_id = %I.meter_id)';
    of_gateway constant text := 'EXISTS (SELECT 1 FROM seen_gateway AS s WHERE s.gateway_id = %I.gateway_id)';
    of_case constant text := 'EXISTS (SELECT 1 FROM seen_case AS s WHERE s.case_id = %I.case_id)';
    row record;
BEGIN
    FOR row IN SELECT * FROM (VALUES
        -- 名录
        ('unit', 'unit',
            'unit_id = (SELECT own_unit_id()) OR EXISTS (SELECT 1 FROM web_account() AS a WHERE a.authority IS NOT NULL'
            ' AND unit.division_code ^@ a.division_prefix AND unit.collected_under = ANY(a.duties))', NULL),
        ('unit_version', 'unit', own, 'enrol'),
        ('panel_member', 'unit', own, 'enrol'),
        ('context_event', 'unit', 'unit_id IS NULL OR ' || own, NULL),
        -- 在线监测
        ('point', 'online', own, 'declare'),
        ('series', 'online', format(of_point, 'series'), 'declare'),
        ('series_version', 'online', format(of_series, 'series_version'), 'declare'),
        ('series_day', 'online', format(of_series, 'series_day'), NULL),
        ('point_day', 'online', format(of_point, 'point_day'), NULL),
        ('point_month', 'online', format(of_point, 'point_month'), NULL),
        ('network_term', 'online', 'EXISTS (SELECT 1 FROM seen_point AS s WHERE s.point_id = network_term.whole_point_id)', 'declare'),
        ('boundary_register', 'online', format(of_series, 'boundary_register'), 'declare'),
        ('gateway', 'online', own, 'declare'),
        ('gateway_account_event', 'online', format(of_gateway, 'gateway_account_event'), 'declare'),
        ('gateway_boot', 'online', format(of_gateway, 'gateway_boot'), 'declare'),
        ('gateway_key', 'online', format(of_gateway, 'gateway_key'), 'declare'),
        ('gateway_key_revocation', 'online', 'EXISTS (SELECT 1 FROM gateway_key AS k WHERE k.gateway_key_id = gateway_key_revocation.gateway_key_id)', 'declare'),
        ('gateway_state', 'online', format(of_gateway, 'gateway_state'), NULL),
        ('resend_request', 'online', format(of_gateway, 'resend_request'), NULL),
        ('outage_filing', 'online', own, 'declare'),
        ('monitored_balance', 'online', own, NULL),
        -- 计量台账
        ('meter', 'ledger', own, 'declare'),
        ('meter_verification', 'ledger', format(of_meter, 'meter_verification'), 'declare'),
        ('meter_state_change', 'ledger', format(of_meter, 'meter_state_change'), 'declare'),
        ('meter_change', 'ledger', 'EXISTS (SELECT 1 FROM seen_meter AS s WHERE s.meter_id = meter_change.new_meter_id)', 'declare'),
        ('multiplier_change', 'ledger', format(of_point, 'multiplier_change'), 'declare'),
        ('check_meter', 'ledger', format(of_point, 'check_meter'), 'declare'),
        -- 统计调查
        ('supply_account', 'survey', own, 'declare'),
        ('supply_statement', 'survey', 'EXISTS (SELECT 1 FROM supply_account AS a WHERE a.supply_account_id = supply_statement.supply_account_id)', 'declare'),
        ('production_output', 'survey', own, 'declare'),
        ('product_process', 'survey', own, 'declare'),
        ('heating_value', 'survey', own, 'declare'),
        ('stock_yard', 'survey', own, 'declare'),
        -- 审核
        ('audit_case', 'case', 'unit_id IN (SELECT u.unit_id FROM seen_unit AS u) OR unit_id IS NULL AND ' || format(of_case, 'audit_case'), NULL),
        ('case_level', 'case', format(of_case, 'case_level'), NULL),
        ('case_merge', 'case', format(of_case, 'case_merge'), NULL),
        ('common_cause', 'case', format(of_case, 'common_cause'), NULL),
        ('alert', 'case', format(of_case, 'alert'), NULL),
        ('alert_event', 'case', 'EXISTS (SELECT 1 FROM alert AS a WHERE a.alert_id = alert_event.alert_id)', NULL),
        ('finding', 'case', own || ' OR unit_id IS NULL AND EXISTS (SELECT 1 FROM alert AS a WHERE a.fingerprint = finding.fingerprint)', NULL),
        ('silenced_finding', 'case', 'EXISTS (SELECT 1 FROM finding AS f WHERE f.finding_id = silenced_finding.finding_id)', NULL),
        ('evidence', 'case', format(of_case, 'evidence'), NULL),
        ('audit_run', 'case', 'TRUE', NULL),
        ('sample_plan', 'case', 'TRUE', 'examine'),
        ('sample_draw', 'case', 'TRUE', 'examine'),
        ('sample_unit', 'case', own, 'examine'),
        ('sample_result', 'case', own, 'examine'),
        ('retention_hold', 'case', 'unit_id IS NULL OR ' || own, NULL),
        ('retention_hold_end', 'case', 'EXISTS (SELECT 1 FROM retention_hold AS h WHERE h.retention_hold_id = retention_hold_end.retention_hold_id)', NULL),
        ('mute', 'case', 'unit_id IS NULL OR ' || own, NULL),
        ('mute_end', 'case', 'EXISTS (SELECT 1 FROM mute AS m WHERE m.mute_id = mute_end.mute_id)', 'decide'),
        ('return_check', 'case', own, NULL),
        ('release_notice', 'case', 'EXISTS (SELECT 1 FROM release AS r WHERE r.release_id = release_notice.release_id)', NULL)
    ) AS t (shown, duty, of_whom, adds) LOOP
        PERFORM show_to_people(row.shown, row.duty, row.of_whom, row.adds);
    END LOOP;
    -- Where writing asks for more than seeing.
    PERFORM show_to_people('decision', 'case', format(of_case, 'decision'), 'decide',
        'EXISTS (SELECT 1 FROM seen_case AS s WHERE s.case_id = decision.case_id AND s.is_whole)');
    PERFORM show_to_people('exclusion', 'case', format(of_series, 'exclusion'), 'decide');
    PERFORM show_to_people('reading_adoption', 'case', format(of_series, 'reading_adoption'), 'decide');
    PERFORM show_to_people('agreed_value', 'case', format(of_series, 'agreed_value'), 'decide');
    PERFORM show_to_people('evidence_document', 'case', format(of_case, 'evidence_document'), 'examine');
    PERFORM show_to_people('release', 'survey',
        'CASE WHEN unit_id IS NULL THEN (SELECT sees(''case'')) ELSE ' || own || ' END');
    PERFORM show_to_people('restatement_reason', 'case',
        'EXISTS (SELECT 1 FROM release AS r WHERE r.release_id = restatement_reason.restates_release_id)', 'ask');
    PERFORM show_to_people('release_recipient', 'case',
        'EXISTS (SELECT 1 FROM release AS r WHERE r.release_id = release_recipient.release_id)', 'ask');
    PERFORM show_to_people('month_mark', 'online', own);
    PERFORM show_to_people('reminder', 'unit',
        'unit_id IS NULL AND (SELECT sees(''case'')) OR ' || own
        || ' AND (audience = ''unit'' AND CURRENT_USER = ''nenghao_unit'' OR CURRENT_USER = ''nenghao_officer'' AND (SELECT sees(''case'')))');
    PERFORM show_to_people('reminder_event', 'unit',
        'EXISTS (SELECT 1 FROM reminder AS r WHERE r.reminder_id = reminder_event.reminder_id)');
END
$$;

-- Holds, mutes and events of the whole region are the business of who sees the whole of it.
CREATE POLICY mute_added ON mute FOR INSERT TO nenghao_officer WITH CHECK (
    (SELECT may('decide')) AND unit_id IN (SELECT u.unit_id FROM seen_unit AS u)
);
CREATE POLICY retention_hold_added ON retention_hold FOR INSERT TO nenghao_officer WITH CHECK (
    (SELECT may('examine')) AND unit_id IN (SELECT u.unit_id FROM seen_unit AS u)
);
CREATE POLICY retention_hold_end_added ON retention_hold_end FOR INSERT TO nenghao_officer WITH CHECK (
    (SELECT may('examine')) AND EXISTS (
        SELECT 1 FROM retention_hold AS h
        WHERE h.retention_hold_id = retention_hold_end.retention_hold_id AND h.unit_id IN (SELECT u.unit_id FROM seen_unit AS u)
    )
);
CREATE POLICY context_event_added ON context_event FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK (
    (SELECT may('declare')) AND unit_id IN (SELECT u.unit_id FROM seen_unit AS u)
    OR (SELECT may('examine')) AND unit_id IS NULL AND EXISTS (
        SELECT 1 FROM web_account() AS a WHERE coalesce(context_event.division_code, '') ^@ a.division_prefix
    )
);
CREATE POLICY context_event_changed ON context_event FOR UPDATE TO nenghao_officer, nenghao_unit USING (
    (SELECT may('declare')) AND unit_id IN (SELECT u.unit_id FROM seen_unit AS u)
    OR (SELECT may('examine')) AND unit_id IS NULL AND EXISTS (
        SELECT 1 FROM web_account() AS a WHERE coalesce(context_event.division_code, '') ^@ a.division_prefix
    )
);
CREATE POLICY unit_added ON unit FOR INSERT TO nenghao_officer WITH CHECK (
    (SELECT may('enrol')) AND EXISTS (SELECT 1 FROM web_account() AS a WHERE unit.division_code ^@ a.division_prefix)
);
CREATE POLICY unit_changed ON unit FOR UPDATE TO nenghao_officer USING (
    (SELECT may('enrol')) AND EXISTS (SELECT 1 FROM web_account() AS a WHERE unit.division_code ^@ a.division_prefix)
);
CREATE POLICY month_mark_added ON month_mark FOR INSERT TO nenghao_officer, nenghao_unit WITH CHECK (
    (SELECT may('declare') OR may('examine')) AND unit_id IN (SELECT u.unit_id FROM seen_unit AS u)
);
GRANT INSERT ON mute, retention_hold, retention_hold_end, context_event, unit, month_mark TO nenghao_officer;
GRANT INSERT ON context_event, month_mark TO nenghao_unit;

-- Whose release it is, is not all: one of a filing is survey, one of a monitored balance is seen with the balance.
CREATE POLICY release_of_balance ON release FOR SELECT TO nenghao_officer USING (
    kind = 'monitored_balance' AND (SELECT sees('online')) AND unit_id IN (SELECT u.unit_id FROM seen_unit AS u)
);

-- Columns that may be filled in, as for an operator's command.
GRANT UPDATE (name, division_code, industry_code) ON unit TO nenghao_officer;
GRANT UPDATE (valid) ON series_version TO nenghao_officer, nenghao_unit;
GRANT UPDATE (valid_to) ON network_term, check_meter TO nenghao_officer, nenghao_unit;
GRANT UPDATE (ends_at) ON context_event TO nenghao_officer, nenghao_unit;
GRANT UPDATE (left_on, exit_reason) ON panel_member TO nenghao_officer;
GRANT UPDATE (metered_side, valid_to) ON supply_account TO nenghao_officer, nenghao_unit;
GRANT UPDATE (repaired_at, detail, document_no) ON outage_filing TO nenghao_officer, nenghao_unit;
GRANT UPDATE (
    name, instrument, variety_code, metering_level, measuring_range, maker, serial_no, place, installed_on, cycle_months,
    verified_on, next_verification_on, verified_by, certificate_no
) ON meter TO nenghao_officer, nenghao_unit;

-- The hash of a gateway's password is written and never read.
REVOKE SELECT ON gateway FROM nenghao_officer, nenghao_unit;
GRANT SELECT (gateway_id, unit_id, gateway_code, shard, backfill_from, backfill_until, registered_at) ON gateway
TO nenghao_officer, nenghao_unit;
GRANT UPDATE (broker_password_hash) ON gateway TO nenghao_officer, nenghao_unit;
GRANT UPDATE (backfill_until) ON gateway TO nenghao_officer;

-- --- filings: the bureau asks and accepts, by level; a unit's own policies stay ---
CREATE POLICY filing_seen ON filing FOR SELECT TO nenghao_officer USING (
    (SELECT sees('survey')) AND unit_id IN (SELECT u.unit_id FROM seen_unit AS u)
);
DO $$
DECLARE
    followed text;
BEGIN
    FOREACH followed IN ARRAY ARRAY['filing_note', 'filing_event', 'filing_query'] LOOP
        EXECUTE format(
            'CREATE POLICY %I ON %I FOR SELECT TO nenghao_officer
            USING (EXISTS (SELECT 1 FROM filing AS f WHERE f.filing_id = %I.filing_id))',
            followed || '_seen', followed, followed
        );
    END LOOP;
END
$$;
CREATE POLICY filing_answer_seen ON filing_answer FOR SELECT TO nenghao_officer USING (
    EXISTS (SELECT 1 FROM filing_query AS q WHERE q.filing_query_id = filing_answer.filing_query_id)
);
CREATE POLICY filing_event_moved ON filing_event FOR INSERT TO nenghao_officer WITH CHECK (
    (SELECT may('ask')) AND EXISTS (SELECT 1 FROM filing AS f WHERE f.filing_id = filing_event.filing_id)
    AND level = (SELECT a.level FROM web_account() AS a)
);
CREATE POLICY filing_query_asked ON filing_query FOR INSERT TO nenghao_officer WITH CHECK (
    (SELECT may('ask')) AND EXISTS (SELECT 1 FROM filing AS f WHERE f.filing_id = filing_query.filing_id)
    AND level = (SELECT a.level FROM web_account() AS a)
);
GRANT SELECT ON filing, filing_note, filing_event, filing_query, filing_answer, filing_cell, filing_state TO nenghao_officer;
GRANT INSERT ON filing_event, filing_query TO nenghao_officer;

-- --- barrier views: hypertables, and tables that are filled by COPY, which row security refuses ---
CREATE FUNCTION show_by_view(shown text, duty text, of_whom text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'CREATE VIEW seen.%I WITH (security_barrier) AS
        SELECT t.* FROM public.%I AS t WHERE (SELECT public.sees(%L)) AND (%s)',
        shown, shown, duty, of_whom
    );
    EXECUTE format('COMMENT ON VIEW seen.%I IS %L', shown, '可见: rows of ' || shown || ' that who asks may see');
    EXECUTE format('GRANT SELECT ON seen.%I TO nenghao_officer', shown);
    IF duty <> 'case' THEN
        EXECUTE format('GRANT SELECT ON seen.%I TO nenghao_unit', shown);
    END IF;
END
$$;
COMMENT ON FUNCTION show_by_view(text, text, text) IS '开放给人: gives a table or view a barrier view of its name in `seen`, by duty and by whose row it is';
REVOKE EXECUTE ON FUNCTION show_by_view(text, text, text) FROM PUBLIC;

DO $$
DECLARE
    of_series constant text := 'EXISTS (SELECT 1 FROM public.seen_series AS s WHERE s.series_id = t.series_id)';
    of_gateway constant text := 'EXISTS (SELECT 1 FROM public.seen_gateway AS s WHERE s.gateway_id = t.gateway_id)';
    of_message constant text := 'EXISTS (SELECT 1 FROM public.message AS m INNER JOIN public.seen_gateway AS s
        ON m.gateway_id = s.gateway_id WHERE m.message_id = t.message_id)';
    of_balance constant text := 'EXISTS (SELECT 1 FROM public.monitored_balance AS b
        WHERE b.balance_id = t.balance_id AND b.unit_id IN (SELECT u.unit_id FROM public.seen_unit AS u))';
    row record;
BEGIN
    FOR row IN SELECT * FROM (VALUES
        ('reading', 'online', of_series),
        ('reading_in_force', 'online', of_series),
        ('reading_conflict', 'online', of_series),
        ('reading_revision', 'online', of_series),
        ('message', 'online', of_gateway),
        ('message_raw', 'online', of_message),
        ('refusal', 'online', of_message),
        ('refusal_replay', 'online', of_message),
        ('series_day_estimate', 'online', of_series),
        ('series_day_feature', 'case', of_series),
        ('candidate', 'case', of_series),
        ('balance_cell', 'online', of_balance),
        ('changed_mark', 'online', of_series)
    ) AS t (shown, duty, of_whom) LOOP
        PERFORM show_by_view(row.shown, row.duty, row.of_whom);
    END LOOP;
END
$$;
-- A mark only asks jobs to compute a day again.
ALTER VIEW seen.changed_mark SET (check_option = local);
GRANT INSERT ON seen.changed_mark TO nenghao_officer, nenghao_unit;

-- --- copies of views that read as their owner, which read as who asks ---
CREATE FUNCTION show_view(shown text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    definition text := pg_get_viewdef(format('public.%I', shown)::regclass);
    other text;
BEGIN
    FOR other IN SELECT c.relname FROM pg_class AS c WHERE c.relnamespace = 'seen'::regnamespace LOOP
        definition := regexp_replace(definition, '\mpublic\.' || other || '\M', 'seen.' || other, 'g');
    END LOOP;
    EXECUTE format('CREATE OR REPLACE VIEW seen.%I WITH (security_invoker) AS %s', shown, definition);
    EXECUTE format('COMMENT ON VIEW seen.%I IS %L', shown, '可见: rows of ' || shown || ' that who asks may see');
    EXECUTE format('GRANT SELECT ON seen.%I TO nenghao_officer', shown);
END
$$;
COMMENT ON FUNCTION show_view(text) IS '开放给人: copies a view of `public` into `seen` with the rights of who asks; run again where the view is replaced';
REVOKE EXECUTE ON FUNCTION show_view(text) FROM PUBLIC;

DO $$
DECLARE
    shown text;
BEGIN
    FOREACH shown IN ARRAY ARRAY[
        'agreed_value_in_force', 'exclusion_in_force', 'reading_adoption_in_force', 'heating_value_in_force', 'mute_in_force',
        'meter_now', 'case_member', 'case_root', 'finding_standing', 'case_now', 'balance_cell_mark',
        'point_hour', 'series_day_slot', 'release_notice_open', 'reminder_open', 'spool_contradiction',
        'monitored_cell', 'monitored_newest', 'monitored_point', 'monitored_day', 'monitored_meter', 'supplied_statement',
        'produced_output'
    ] LOOP
        PERFORM show_view(shown);
    END LOOP;
END
$$;
GRANT SELECT ON seen.heating_value_in_force, seen.meter_now, seen.point_hour, seen.series_day_slot, seen.reminder_open,
seen.spool_contradiction, seen.monitored_cell, seen.monitored_newest, seen.monitored_point, seen.monitored_day,
seen.monitored_meter, seen.supplied_statement, seen.produced_output TO nenghao_unit;

-- --- what names no unit ---
GRANT SELECT ON variety, coal_coefficient, form_relation, report_calendar, equal_value, equal_value_in_force, rule_version,
rule_mode, rule_threshold, rule_threshold_now, rule_precision, retention_policy, day_tree, day_head, archive_month, archive_check,
retention_run TO nenghao_officer;
-- How often a rule was right is told to whom it speaks of; its thresholds are not.
GRANT SELECT ON equal_value, equal_value_in_force, day_tree, day_head, rule_precision TO nenghao_unit;

-- --- names: acts carry that of who acts, whatever a program says ---
CREATE FUNCTION act_as_oneself() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    actor record;
BEGIN
    SELECT a.name, a.office INTO actor FROM web_account() AS a;
    IF actor.name IS NULL THEN
        RAISE EXCEPTION 'nobody is signed in' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF tg_table_name = 'filing_signature' THEN
        IF to_jsonb(NEW) ->> 'signer' IS DISTINCT FROM actor.office THEN
            RAISE EXCEPTION '% does not sign as %', actor.name, to_jsonb(NEW) ->> 'signer' USING ERRCODE = 'insufficient_privilege';
        END IF;
    END IF;
    RETURN jsonb_populate_record(NEW, jsonb_build_object(tg_argv[0], actor.name));
END
$$;
COMMENT ON FUNCTION act_as_oneself() IS '本人经办: writes the name of who acts; a signature is given in one''s own office only';

DO $$
DECLARE
    act record;
BEGIN
    FOR act IN SELECT * FROM (VALUES
        ('decision', 'decided_by'), ('evidence_document', 'made_by'), ('mute', 'muted_by'), ('mute_end', 'ended_by'),
        ('agreed_value', 'recorded_by'), ('restatement_reason', 'given_by'), ('release_recipient', 'recorded_by'),
        ('retention_hold', 'placed_by'), ('retention_hold_end', 'ended_by'), ('sample_plan', 'announced_by'),
        ('sample_draw', 'drawn_by'), ('sample_result', 'checked_by'), ('draft', 'saved_by'), ('filing_signature', 'signed_by'),
        ('filing_event', 'acted_by'), ('filing_query', 'asked_by'), ('filing_answer', 'answered_by'),
        ('filing_note', 'noted_by'), ('gateway_account_event', 'done_by'), ('gateway_boot', 'enrolled_by'),
        ('gateway_key', 'registered_by'), ('gateway_key_revocation', 'revoked_by'), ('rule_mode', 'set_by')
    ) AS t (acted, by_column) LOOP
        -- Triggers run by their names: this one first, so that the others see who it is.
        EXECUTE format(
            'CREATE TRIGGER %I BEFORE INSERT ON %I FOR EACH ROW WHEN (session_user = ''nenghao_web'')
            EXECUTE FUNCTION act_as_oneself(%L)',
            'a_' || act.acted || '_by_oneself', act.acted, act.by_column
        );
    END LOOP;
END
$$;

-- migrate:down
