-- migrate:up
-- Why: things change: units are renamed and merged, meters verified, stopped and exchanged, transformers replaced. The
-- registers say what they are, these tables what they were, since when and on whose word; the register values at both
-- sides of an exchanged meter or multiplier let the advance up to the change be known.
-- Locks: meter takes no rows while its columns are added, which rewrites nothing. Safe with running code: yes, it names
-- its columns, and none of the new ones is asked of it.
SET LOCAL lock_timeout = '4s';

-- A cell that was left empty may be filled in later; what stands in one is never changed.
CREATE FUNCTION fill_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed text;
BEGIN
    IF tg_op = 'UPDATE' THEN
        SELECT string_agg(was.key, ', ') INTO changed
        FROM jsonb_each(to_jsonb(old)) AS was
        WHERE was.value <> 'null' AND was.value IS DISTINCT FROM to_jsonb(new) -> was.key;
        IF changed IS NULL THEN
            RETURN new;
        END IF;
    END IF;
    RAISE EXCEPTION 'table % is only filled in: % refused%', tg_table_name, tg_op, coalesce(' for ' || changed, '')
        USING ERRCODE = 'restrict_violation';
END
$$;
COMMENT ON FUNCTION fill_only() IS '只补不改: raises where a row would go or a value that stands would change';

ALTER TABLE meter
ADD COLUMN name text,
ADD COLUMN instrument text,
ADD COLUMN variety_code text,
ADD COLUMN metering_level smallint,
ADD COLUMN measuring_range text,
ADD COLUMN maker text,
ADD COLUMN serial_no text,
ADD COLUMN place text,
ADD COLUMN installed_on date,
ADD COLUMN cycle_months smallint,
ADD COLUMN verified_by text,
ADD COLUMN certificate_no text,
ADD CONSTRAINT meter_instrument_known CHECK (
    instrument IN (
        'electricity_meter', 'weighing', 'oil_flow', 'gas_flow', 'steam_flow', 'water_flow', 'heat_meter', 'temperature',
        'pressure', 'other'
    )
),
ADD CONSTRAINT meter_level_known CHECK (metering_level BETWEEN 1 AND 3),
ADD CONSTRAINT meter_cycle_range CHECK (cycle_months BETWEEN 1 AND 240);
COMMENT ON COLUMN meter.meter_no IS '用能单位管理编号';
COMMENT ON COLUMN meter.name IS '计量器具名称';
COMMENT ON COLUMN meter.model IS '型号规格';
COMMENT ON COLUMN meter.instrument IS '计量器具类型 (GB 17167 table 4)';
COMMENT ON COLUMN meter.variety_code IS '能源品种代码: what it measures, as in variety';
COMMENT ON COLUMN meter.metering_level IS '计量级别: 1 进出用能单位, 2 进出主要次级用能单位, 3 主要用能设备';
COMMENT ON COLUMN meter.measuring_range IS '测量范围';
COMMENT ON COLUMN meter.maker IS '生产厂家';
COMMENT ON COLUMN meter.serial_no IS '出厂编号';
COMMENT ON COLUMN meter.place IS '安装使用地点';
COMMENT ON COLUMN meter.cycle_months IS '检定周期, months';
COMMENT ON COLUMN meter.verified_on IS '检定日期 when it was registered; later ones stand in meter_verification, the newest in meter_now';
COMMENT ON COLUMN meter.state IS '状态 when it was registered: 合格 qualified, 准用 permitted, 停用 stopped; later ones stand in meter_state_change';

CREATE TABLE meter_verification (
    meter_verification_id integer GENERATED ALWAYS AS IDENTITY,
    meter_id integer NOT NULL,
    verified_on date NOT NULL,
    next_verification_on date,
    verified_by text NOT NULL,
    certificate_no text NOT NULL,
    result text NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT meter_verification_pk PRIMARY KEY (meter_verification_id),
    CONSTRAINT meter_verification_meter_fk FOREIGN KEY (meter_id) REFERENCES meter (meter_id),
    CONSTRAINT meter_verification_once UNIQUE (meter_id, verified_on),
    CONSTRAINT meter_verification_result_known CHECK (result IN ('passed', 'limited', 'failed')),
    CONSTRAINT meter_verification_in_order CHECK (next_verification_on > verified_on)
);
COMMENT ON TABLE meter_verification IS '检定(校准)记录: each verification of a meter, collected under 计量监管';
COMMENT ON COLUMN meter_verification.result IS '结论: 合格 passed, 限制使用 limited, 不合格 failed';

CREATE TABLE meter_state_change (
    meter_state_change_id integer GENERATED ALWAYS AS IDENTITY,
    meter_id integer NOT NULL,
    changed_on date NOT NULL,
    state text NOT NULL,
    reason text NOT NULL,
    declared_by text NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT meter_state_change_pk PRIMARY KEY (meter_state_change_id),
    CONSTRAINT meter_state_change_meter_fk FOREIGN KEY (meter_id) REFERENCES meter (meter_id),
    CONSTRAINT meter_state_change_once UNIQUE (meter_id, changed_on),
    CONSTRAINT meter_state_change_state_known CHECK (state IN ('qualified', 'permitted', 'stopped'))
);
COMMENT ON TABLE meter_state_change IS '计量器具状态变更: from changed_on on the meter is in this state';

CREATE VIEW meter_now AS
SELECT
    m.meter_id,
    m.unit_id,
    m.meter_no,
    m.name,
    m.instrument,
    m.variety_code,
    m.metering_level,
    m.model,
    m.accuracy_class,
    m.measuring_range,
    m.maker,
    m.serial_no,
    m.place,
    m.installed_on,
    m.cycle_months,
    coalesce(v.verified_on, m.verified_on) AS verified_on,
    CASE WHEN v.meter_id IS NULL THEN m.next_verification_on ELSE v.next_verification_on END AS next_verification_on,
    coalesce(v.verified_by, m.verified_by) AS verified_by,
    coalesce(v.certificate_no, m.certificate_no) AS certificate_no,
    v.result AS verification_result,
    coalesce(c.state, m.state) AS state
FROM meter AS m
LEFT JOIN LATERAL (
    SELECT
        x.meter_id,
        x.verified_on,
        x.next_verification_on,
        x.verified_by,
        x.certificate_no,
        x.result
    FROM meter_verification AS x
    WHERE x.meter_id = m.meter_id AND (m.verified_on IS NULL OR x.verified_on >= m.verified_on)
    ORDER BY x.verified_on DESC
    LIMIT 1
) AS v ON TRUE
LEFT JOIN LATERAL (
    SELECT x.state
    FROM meter_state_change AS x
    WHERE x.meter_id = m.meter_id
    ORDER BY x.changed_on DESC
    LIMIT 1
) AS c ON TRUE;
COMMENT ON VIEW meter_now IS '能源计量器具一览表: each meter with its newest verification and state';

CREATE TABLE unit_version (
    unit_version_id integer GENERATED ALWAYS AS IDENTITY,
    unit_id integer NOT NULL,
    valid_from date,
    name text NOT NULL,
    division_code text NOT NULL,
    industry_code text NOT NULL,
    parent_code text,
    successor_unit_id integer,
    reason text NOT NULL,
    document_no text,
    registered_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT unit_version_pk PRIMARY KEY (unit_version_id),
    CONSTRAINT unit_version_unit_fk FOREIGN KEY (unit_id) REFERENCES unit (unit_id),
    CONSTRAINT unit_version_successor_fk FOREIGN KEY (successor_unit_id) REFERENCES unit (unit_id),
    CONSTRAINT unit_version_once UNIQUE NULLS NOT DISTINCT (unit_id, valid_from),
    CONSTRAINT unit_version_reason_known CHECK (
        reason IN ('registered', 'renamed', 'sector_changed', 'moved', 'parent_changed', 'merged', 'split', 'closed', 'corrected')
    ),
    CONSTRAINT unit_version_first_is_registered CHECK ((valid_from IS NULL) = (reason = 'registered')),
    CONSTRAINT unit_version_merger_named CHECK ((successor_unit_id IS NULL) OR reason IN ('merged', 'split'))
);
COMMENT ON TABLE unit_version IS '用能单位沿革: what a unit was called, where it lay and what it did since valid_from; `unit` holds the newest';
COMMENT ON COLUMN unit_version.valid_from IS '生效日; null for what was registered first';
COMMENT ON COLUMN unit_version.parent_code IS '上级法人单位的统一社会信用代码, registered here or not';
COMMENT ON COLUMN unit_version.successor_unit_id IS '并入(分立)单位';

CREATE TABLE meter_change (
    meter_change_id integer GENERATED ALWAYS AS IDENTITY,
    point_id integer NOT NULL,
    quantity text NOT NULL,
    changed_at timestamptz NOT NULL,
    old_meter_id integer NOT NULL,
    old_final numeric,
    new_meter_id integer NOT NULL,
    new_initial numeric,
    multiplier numeric,
    decimals smallint,
    register_modulus numeric,
    certificate_no text,
    reason text NOT NULL,
    declared_by text NOT NULL,
    declared_at timestamptz NOT NULL,
    timeliness text NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT meter_change_pk PRIMARY KEY (meter_change_id),
    CONSTRAINT meter_change_point_fk FOREIGN KEY (point_id) REFERENCES point (point_id),
    CONSTRAINT meter_change_old_fk FOREIGN KEY (old_meter_id) REFERENCES meter (meter_id),
    CONSTRAINT meter_change_new_fk FOREIGN KEY (new_meter_id) REFERENCES meter (meter_id),
    CONSTRAINT meter_change_once UNIQUE (point_id, quantity, changed_at),
    CONSTRAINT meter_change_two_meters CHECK (old_meter_id <> new_meter_id),
    CONSTRAINT meter_change_both_registers CHECK ((old_final IS NULL) = (new_initial IS NULL)),
    CONSTRAINT meter_change_multiplier_positive CHECK (multiplier > 0),
    CONSTRAINT meter_change_timeliness_known CHECK (timeliness IN ('before', 'in_time', 'late', 'unknown'))
);
COMMENT ON TABLE meter_change IS '换表申报: one meter took another''s place at a point, with the last register of the old and the first of the new';
COMMENT ON COLUMN meter_change.old_final IS '旧表止码, in the unit of its series version; null where the quantity has no register';
COMMENT ON COLUMN meter_change.multiplier IS '倍率 of the new version; null: as before. So are decimals and register_modulus';
COMMENT ON COLUMN meter_change.timeliness IS '申报时效: before 事前, in_time within 3 working days, late 迟报, unknown where the calendar of the year is not';

CREATE TABLE multiplier_change (
    multiplier_change_id integer GENERATED ALWAYS AS IDENTITY,
    point_id integer NOT NULL,
    quantity text NOT NULL,
    changed_at timestamptz NOT NULL,
    old_multiplier numeric NOT NULL,
    new_multiplier numeric NOT NULL,
    final_register numeric,
    initial_register numeric,
    certificate_no text,
    reason text NOT NULL,
    declared_by text NOT NULL,
    declared_at timestamptz NOT NULL,
    timeliness text NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT multiplier_change_pk PRIMARY KEY (multiplier_change_id),
    CONSTRAINT multiplier_change_point_fk FOREIGN KEY (point_id) REFERENCES point (point_id),
    CONSTRAINT multiplier_change_once UNIQUE (point_id, quantity, changed_at),
    CONSTRAINT multiplier_change_differs CHECK (old_multiplier <> new_multiplier),
    CONSTRAINT multiplier_change_positive CHECK (old_multiplier > 0 AND new_multiplier > 0),
    CONSTRAINT multiplier_change_both_registers CHECK ((final_register IS NULL) = (initial_register IS NULL)),
    CONSTRAINT multiplier_change_timeliness_known CHECK (timeliness IN ('before', 'in_time', 'late', 'unknown'))
);
COMMENT ON TABLE multiplier_change IS '倍率变更申报 (换互感器): the same meter, another multiplier, with the register at the change as sent before and after';

CREATE TABLE boundary_register (
    boundary_register_id integer GENERATED ALWAYS AS IDENTITY,
    series_id integer NOT NULL,
    at timestamptz NOT NULL,
    side text NOT NULL,
    value numeric NOT NULL,
    meter_change_id integer,
    multiplier_change_id integer,
    registered_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT boundary_register_pk PRIMARY KEY (boundary_register_id),
    CONSTRAINT boundary_register_series_fk FOREIGN KEY (series_id) REFERENCES series (series_id),
    CONSTRAINT boundary_register_meter_change_fk FOREIGN KEY (meter_change_id) REFERENCES meter_change (meter_change_id),
    CONSTRAINT boundary_register_multiplier_change_fk
    FOREIGN KEY (multiplier_change_id) REFERENCES multiplier_change (multiplier_change_id),
    CONSTRAINT boundary_register_once UNIQUE (series_id, at, side),
    CONSTRAINT boundary_register_side_known CHECK (side IN ('final', 'initial')),
    CONSTRAINT boundary_register_of_one_change CHECK ((meter_change_id IS NULL) <> (multiplier_change_id IS NULL))
);
COMMENT ON TABLE boundary_register IS '换表(换互感器)边界表码: final belongs to the version that ends at `at`, initial to the one that begins; what closing reads beside readings';
COMMENT ON COLUMN boundary_register.value IS 'in the unit of the version it belongs to, as its gateway would have sent it';

DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY[
        'meter_verification', 'meter_state_change', 'unit_version', 'meter_change', 'multiplier_change', 'boundary_register'
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

SELECT track_rows('meter_verification', 'meter_verification_id');
SELECT track_rows('meter_state_change', 'meter_state_change_id');
SELECT track_rows('unit_version', 'unit_version_id');
SELECT track_rows('meter_change', 'meter_change_id');
SELECT track_rows('multiplier_change', 'multiplier_change_id');
SELECT track_rows('boundary_register', 'boundary_register_id');

GRANT SELECT ON meter_verification, meter_state_change, meter_now, unit_version, meter_change, multiplier_change,
boundary_register TO nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier;
GRANT INSERT ON meter_verification, meter_state_change, unit_version, meter_change, multiplier_change, boundary_register
TO nenghao_console;
-- The newest version of a unit, and cells of the ledger that were left empty.
GRANT UPDATE (name, division_code, industry_code) ON unit TO nenghao_console;
GRANT UPDATE (
    name, instrument, variety_code, metering_level, measuring_range, maker, serial_no, place, installed_on, cycle_months,
    verified_on, next_verification_on, verified_by, certificate_no
) ON meter TO nenghao_console;
GRANT UPDATE (valid_to) ON network_term TO nenghao_console;

-- migrate:down
