-- migrate:up
-- Why: a meter's figure is judged beside what else is known of the unit: the supplier's statements, its output, the
-- outages it filed, what happened in the region and in the plant, and which panel it belongs to since when.
-- Locks: none that matter, the tables are new. Safe with running code: yes, it does not know them.
SET LOCAL lock_timeout = '4s';

CREATE TABLE supply_account (
    supply_account_id integer GENERATED ALWAYS AS IDENTITY,
    unit_id integer NOT NULL,
    variety_code text NOT NULL,
    account_no text NOT NULL,
    provider text NOT NULL,
    settlement_day smallint NOT NULL,
    metered_side text,
    valid_from date NOT NULL,
    valid_to date,
    registered_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT supply_account_pk PRIMARY KEY (supply_account_id),
    CONSTRAINT supply_account_unit_fk FOREIGN KEY (unit_id) REFERENCES unit (unit_id),
    CONSTRAINT supply_account_once UNIQUE (unit_id, variety_code, account_no),
    CONSTRAINT supply_account_settlement_range CHECK (settlement_day BETWEEN 1 AND 31),
    CONSTRAINT supply_account_side_known CHECK (metered_side IN ('high', 'low')),
    CONSTRAINT supply_account_in_order CHECK (valid_to > valid_from)
);
COMMENT ON TABLE supply_account IS '供能账户: the unit''s account at a supplier (户号), with its cycle';
COMMENT ON COLUMN supply_account.settlement_day IS '抄表结算日: last day of a cycle; 31 is the end of the month, whatever its length';
COMMENT ON COLUMN supply_account.metered_side IS '计量方式: 高供高计 high (losses of the transformer inside), 高供低计 low (added by formula)';

CREATE TABLE supply_statement (
    supply_statement_id integer GENERATED ALWAYS AS IDENTITY,
    supply_account_id integer NOT NULL,
    from_on date NOT NULL,
    to_on date NOT NULL,
    quantity numeric NOT NULL,
    unit text NOT NULL,
    amount_yuan numeric,
    document_no text NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT supply_statement_pk PRIMARY KEY (supply_statement_id),
    CONSTRAINT supply_statement_account_fk FOREIGN KEY (supply_account_id) REFERENCES supply_account (supply_account_id),
    CONSTRAINT supply_statement_once UNIQUE (supply_account_id, from_on, document_no),
    CONSTRAINT supply_statement_in_order CHECK (to_on > from_on)
);
COMMENT ON TABLE supply_statement IS '供能结算单(账单、发票): what the supplier settled for [from_on, to_on); a red-letter one has a negative quantity';

CREATE TABLE production_output (
    production_output_id integer GENERATED ALWAYS AS IDENTITY,
    unit_id integer NOT NULL,
    product_code text NOT NULL,
    product_name text,
    month_on date NOT NULL,
    quantity numeric NOT NULL,
    unit text NOT NULL,
    document_no text,
    registered_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT production_output_pk PRIMARY KEY (production_output_id),
    CONSTRAINT production_output_unit_fk FOREIGN KEY (unit_id) REFERENCES unit (unit_id),
    CONSTRAINT production_output_once UNIQUE (unit_id, product_code, month_on),
    CONSTRAINT production_output_starts_month CHECK (extract(DAY FROM month_on) = 1),
    CONSTRAINT production_output_not_negative CHECK (quantity >= 0)
);
COMMENT ON TABLE production_output IS '产品产量: output of a product in a month';
COMMENT ON COLUMN production_output.unit IS '计量单位 of the product, such as t, 重量箱 or 台';

CREATE TABLE outage_filing (
    outage_filing_id integer GENERATED ALWAYS AS IDENTITY,
    unit_id integer NOT NULL,
    gateway_id integer,
    point_id integer,
    fault_at timestamptz NOT NULL,
    repaired_at timestamptz,
    cause text NOT NULL,
    detail text,
    document_no text,
    filed_at timestamptz NOT NULL,
    timeliness text NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT outage_filing_pk PRIMARY KEY (outage_filing_id),
    CONSTRAINT outage_filing_unit_fk FOREIGN KEY (unit_id) REFERENCES unit (unit_id),
    CONSTRAINT outage_filing_gateway_fk FOREIGN KEY (gateway_id) REFERENCES gateway (gateway_id),
    CONSTRAINT outage_filing_point_fk FOREIGN KEY (point_id) REFERENCES point (point_id),
    CONSTRAINT outage_filing_once UNIQUE NULLS NOT DISTINCT (unit_id, gateway_id, point_id, fault_at),
    CONSTRAINT outage_filing_cause_known CHECK (cause IN ('power', 'network', 'gateway', 'meter', 'platform', 'other')),
    CONSTRAINT outage_filing_in_order CHECK (repaired_at > fault_at),
    CONSTRAINT outage_filing_timeliness_known CHECK (timeliness IN ('before', 'in_time', 'late', 'unknown'))
);
COMMENT ON TABLE outage_filing IS '故障报备: a fault of collection that the unit filed; due within 3 working days where it was not mended by then';
COMMENT ON COLUMN outage_filing.timeliness IS 'before the fact (planned), in_time, late, unknown where the calendar of the year is not';

CREATE TABLE context_event (
    context_event_id integer GENERATED ALWAYS AS IDENTITY,
    unit_id integer,
    point_id integer,
    kind text NOT NULL,
    title text NOT NULL,
    begins_at timestamptz NOT NULL,
    ends_at timestamptz,
    division_code text,
    industry_code text,
    document_no text,
    filed_at timestamptz NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT context_event_pk PRIMARY KEY (context_event_id),
    CONSTRAINT context_event_unit_fk FOREIGN KEY (unit_id) REFERENCES unit (unit_id),
    CONSTRAINT context_event_point_fk FOREIGN KEY (point_id) REFERENCES point (point_id),
    CONSTRAINT context_event_once UNIQUE NULLS NOT DISTINCT (
        unit_id, point_id, kind, begins_at, division_code, industry_code, document_no
    ),
    CONSTRAINT context_event_kind_known CHECK (
        CASE
            WHEN unit_id IS NULL THEN kind IN (
                'orderly_use', 'heavy_pollution', 'staggered_production', 'tariff', 'power_cut', 'heating_season',
                'festival', 'disaster', 'other'
            )
            ELSE kind IN (
                'overhaul', 'shutdown', 'line_stop', 'restart', 'capacity_change', 'own_generation', 'demand_contract',
                'metering_work', 'new_equipment', 'other'
            )
        END
    ),
    CONSTRAINT context_event_public_has_document CHECK (unit_id IS NOT NULL OR document_no IS NOT NULL),
    CONSTRAINT context_event_point_has_unit CHECK (point_id IS NULL OR unit_id IS NOT NULL),
    CONSTRAINT context_event_place_is_public CHECK (
        unit_id IS NULL OR (division_code IS NULL AND industry_code IS NULL)
    ),
    CONSTRAINT context_event_in_order CHECK (ends_at > begins_at)
);
CREATE INDEX context_event_by_unit ON context_event (unit_id, begins_at);
COMMENT ON TABLE context_event IS '背景事件: public (unit_id null; region, sector) or of a unit; filed_at <= begins_at was filed before the fact and weighs more';
COMMENT ON COLUMN context_event.division_code IS '行政区划代码 of the region it holds for, with its trailing zeros; null everywhere';
COMMENT ON COLUMN context_event.industry_code IS '国民经济行业代码 it holds for, with all below it; null all';

CREATE TABLE panel_member (
    panel_member_id integer GENERATED ALWAYS AS IDENTITY,
    panel_code text NOT NULL,
    unit_id integer NOT NULL,
    entered_on date NOT NULL,
    left_on date,
    entry_reason text NOT NULL,
    exit_reason text,
    document_no text,
    registered_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT panel_member_pk PRIMARY KEY (panel_member_id),
    CONSTRAINT panel_member_unit_fk FOREIGN KEY (unit_id) REFERENCES unit (unit_id),
    CONSTRAINT panel_member_once UNIQUE (panel_code, unit_id, entered_on),
    CONSTRAINT panel_member_whole_months CHECK (
        extract(DAY FROM entered_on) = 1 AND extract(DAY FROM coalesce(left_on, entered_on)) = 1
    ),
    CONSTRAINT panel_member_in_order CHECK (left_on > entered_on),
    CONSTRAINT panel_member_exit_with_reason CHECK ((left_on IS NULL) = (exit_reason IS NULL)),
    CONSTRAINT panel_member_reason_known CHECK (
        entry_reason IN ('initial', 'grown', 'new', 'merged', 'split', 'moved', 'sector_changed', 'other')
        AND exit_reason IN ('shrunk', 'closed', 'merged', 'split', 'moved', 'sector_changed', 'other')
    ),
    CONSTRAINT panel_member_one_span_at_a_time EXCLUDE USING gist (
        panel_code WITH =, unit_id WITH =, daterange(entered_on, left_on) WITH &&
    )
);
COMMENT ON TABLE panel_member IS '调查单位库: the unit belongs to the panel in the months [entered_on, left_on), with the reason of entry and exit';

DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['supply_statement', 'production_output'] LOOP
        EXECUTE format(
            'CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()',
            guarded || '_append_only', guarded
        );
    END LOOP;
    FOREACH guarded IN ARRAY ARRAY['supply_account', 'outage_filing', 'context_event', 'panel_member'] LOOP
        EXECUTE format(
            'CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION fill_only()',
            guarded || '_append_only', guarded
        );
    END LOOP;
    FOREACH guarded IN ARRAY ARRAY[
        'supply_account', 'supply_statement', 'production_output', 'outage_filing', 'context_event', 'panel_member'
    ] LOOP
        EXECUTE format(
            'CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
            guarded || '_no_truncate', guarded
        );
    END LOOP;
END
$$;

SELECT track_rows('supply_account', 'supply_account_id');
SELECT track_rows('supply_statement', 'supply_statement_id');
SELECT track_rows('production_output', 'production_output_id');
SELECT track_rows('outage_filing', 'outage_filing_id');
SELECT track_rows('context_event', 'context_event_id');
SELECT track_rows('panel_member', 'panel_member_id');

GRANT SELECT ON supply_account, supply_statement, production_output, outage_filing, context_event, panel_member
TO nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier;
GRANT INSERT ON supply_account, supply_statement, production_output, outage_filing, context_event, panel_member
TO nenghao_console;
GRANT UPDATE (metered_side, valid_to) ON supply_account TO nenghao_console;
GRANT UPDATE (repaired_at, detail, document_no) ON outage_filing TO nenghao_console;
GRANT UPDATE (ends_at) ON context_event TO nenghao_console;
GRANT UPDATE (left_on, exit_reason) ON panel_member TO nenghao_console;

-- migrate:down
