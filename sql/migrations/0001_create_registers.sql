-- migrate:up
-- Why: the registers of things (units, gateways, meters, points, series) and the reference rows that figures rest on.
-- Locks: none that matter, the tables are new. Safe with running code: yes.
SET LOCAL lock_timeout = '4s';

CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE unit (
    unit_id integer GENERATED ALWAYS AS IDENTITY,
    unit_code text NOT NULL,
    name text NOT NULL,
    division_code text NOT NULL,
    industry_code text NOT NULL,
    field text NOT NULL,
    collected_under text NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT unit_pk PRIMARY KEY (unit_id),
    CONSTRAINT unit_code_unique UNIQUE (unit_code),
    CONSTRAINT unit_code_form CHECK (unit_code ~ '^[0-9A-HJ-NPQRTUWXY]{18}$'),
    CONSTRAINT unit_division_form CHECK (division_code ~ '^[0-9]{6}$'),
    CONSTRAINT unit_field_known CHECK (field IN ('industry', 'building', 'transport')),
    CONSTRAINT unit_duty_known CHECK (
        collected_under IN ('survey', 'online_monitoring', 'annual_report', 'metering', 'emissions')
    )
);
COMMENT ON TABLE unit IS '用能单位: a legal person or site that reports its energy';
COMMENT ON COLUMN unit.unit_code IS '统一社会信用代码 (GB 32100), check digit verified at import';
COMMENT ON COLUMN unit.division_code IS '行政区划代码 (GB/T 2260)';
COMMENT ON COLUMN unit.industry_code IS '国民经济行业代码 (GB/T 4754)';
COMMENT ON COLUMN unit.field IS '领域: 工业 industry, 建筑 building, 交通 transport';
COMMENT ON COLUMN unit.collected_under IS '采集依据: the duty under which the rows were collected (practice: purpose and secrecy)';

CREATE TABLE gateway (
    gateway_id integer GENERATED ALWAYS AS IDENTITY,
    unit_id integer NOT NULL,
    gateway_code text NOT NULL,
    shard smallint NOT NULL,
    backfill_from timestamptz NOT NULL,
    backfill_until timestamptz,
    broker_password_hash text,
    registered_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT gateway_pk PRIMARY KEY (gateway_id),
    CONSTRAINT gateway_unit_fk FOREIGN KEY (unit_id) REFERENCES unit (unit_id),
    CONSTRAINT gateway_code_unique UNIQUE (unit_id, gateway_code),
    CONSTRAINT gateway_code_form CHECK (gateway_code ~ '^[A-Za-z0-9_-]{1,32}$'),
    CONSTRAINT gateway_shard_range CHECK (shard BETWEEN 0 AND 1023)
);
COMMENT ON TABLE gateway IS '数据采集网关: a sender, with the shard its topics carry';
COMMENT ON COLUMN gateway.shard IS '分片: one persistent broker session serves one shard';
COMMENT ON COLUMN gateway.backfill_from IS '补传窗口起: readings older than this are refused';
COMMENT ON COLUMN gateway.backfill_until IS '补传窗口止: end of the commissioning window, null while it is open';
COMMENT ON COLUMN gateway.broker_password_hash IS '接入口令散列: in the broker''s own form, never the password';

CREATE TABLE meter (
    meter_id integer GENERATED ALWAYS AS IDENTITY,
    unit_id integer NOT NULL,
    meter_no text NOT NULL,
    model text NOT NULL,
    accuracy_class text NOT NULL,
    verified_on date,
    next_verification_on date,
    state text NOT NULL,
    CONSTRAINT meter_pk PRIMARY KEY (meter_id),
    CONSTRAINT meter_unit_fk FOREIGN KEY (unit_id) REFERENCES unit (unit_id),
    CONSTRAINT meter_no_unique UNIQUE (unit_id, meter_no),
    CONSTRAINT meter_state_known CHECK (state IN ('qualified', 'permitted', 'stopped'))
);
COMMENT ON TABLE meter IS '能源计量器具 (GB 17167 台账)';
COMMENT ON COLUMN meter.accuracy_class IS '准确度等级';
COMMENT ON COLUMN meter.next_verification_on IS '下次检定日期';
COMMENT ON COLUMN meter.state IS '状态: 合格 qualified, 准用 permitted, 停用 stopped';

CREATE TABLE variety (
    edition text NOT NULL,
    variety_code text NOT NULL,
    form_unit text NOT NULL,
    source text NOT NULL,
    confidence text NOT NULL,
    CONSTRAINT variety_pk PRIMARY KEY (edition, variety_code),
    CONSTRAINT variety_confidence_known CHECK (confidence IN ('found', 'known', 'unsure'))
);
COMMENT ON TABLE variety IS '能源品种目录: rows of the form by edition; names are labels `variety.<code>`';
COMMENT ON COLUMN variety.variety_code IS '代码 (205-1 丙)';
COMMENT ON COLUMN variety.form_unit IS '计量单位 (205-1 乙), as a unit code of nenghao.domain.quantities';

CREATE TABLE coal_coefficient (
    coefficient_code text NOT NULL,
    edition text NOT NULL,
    variety_code text NOT NULL,
    basis text NOT NULL,
    form_unit text NOT NULL,
    tce_per_form_unit numeric NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    source text NOT NULL,
    confidence text NOT NULL,
    CONSTRAINT coal_coefficient_pk PRIMARY KEY (coefficient_code),
    CONSTRAINT coal_coefficient_basis_known CHECK (basis IN ('calorific', 'equal')),
    CONSTRAINT coal_coefficient_positive CHECK (tce_per_form_unit > 0),
    CONSTRAINT coal_coefficient_confidence_known CHECK (confidence IN ('found', 'known', 'unsure'))
);
COMMENT ON TABLE coal_coefficient IS '折标准煤系数: reference rows by edition; every converted figure names its row';
COMMENT ON COLUMN coal_coefficient.basis IS '当量值 calorific | 等价值 equal';

CREATE TABLE form_relation (
    edition text NOT NULL,
    form_code text NOT NULL,
    relation_code text NOT NULL,
    obligation text NOT NULL,
    definition jsonb NOT NULL,
    source text NOT NULL,
    confidence text NOT NULL,
    CONSTRAINT form_relation_pk PRIMARY KEY (edition, form_code, relation_code),
    CONSTRAINT form_relation_obligation_known CHECK (obligation IN ('mandatory', 'explanatory'))
);
COMMENT ON TABLE form_relation IS '审核关系: 强制性 mandatory | 核实性 explanatory, by edition';
COMMENT ON COLUMN form_relation.definition IS 'terms left and right of the operator, as nenghao.domain.relations reads them';

CREATE TABLE point (
    point_id integer GENERATED ALWAYS AS IDENTITY,
    unit_id integer NOT NULL,
    point_code text NOT NULL,
    data_code text NOT NULL,
    name text NOT NULL,
    variety_code text NOT NULL,
    flow text NOT NULL,
    use text NOT NULL,
    CONSTRAINT point_pk PRIMARY KEY (point_id),
    CONSTRAINT point_unit_fk FOREIGN KEY (unit_id) REFERENCES unit (unit_id),
    CONSTRAINT point_code_unique UNIQUE (unit_id, point_code),
    CONSTRAINT point_code_form CHECK (point_code ~ '^[A-Za-z0-9_-]{1,32}$'),
    CONSTRAINT point_data_code_form CHECK (data_code ~ '^[0-9]{16}$'),
    CONSTRAINT point_flow_known CHECK (flow IN ('purchase', 'generation', 'export', 'passed_on', 'internal')),
    CONSTRAINT point_use_known CHECK (use IN ('industrial', 'non_industrial'))
);
COMMENT ON TABLE point IS '计量点: a place where energy is measured';
COMMENT ON COLUMN point.data_code IS '采集数据项编码, 16 digits without hyphens';
COMMENT ON COLUMN point.flow IS '流向: 购进 purchase, 自产 generation, 上网 export, 转供 passed_on, 内部 internal';
COMMENT ON COLUMN point.use IS '用途: 工业生产 industrial, 非工业生产 non_industrial';

CREATE TABLE network_term (
    network_term_id integer GENERATED ALWAYS AS IDENTITY,
    whole_point_id integer NOT NULL,
    part_point_id integer NOT NULL,
    sign smallint NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    CONSTRAINT network_term_pk PRIMARY KEY (network_term_id),
    CONSTRAINT network_term_whole_fk FOREIGN KEY (whole_point_id) REFERENCES point (point_id),
    CONSTRAINT network_term_part_fk FOREIGN KEY (part_point_id) REFERENCES point (point_id),
    CONSTRAINT network_term_sign_known CHECK (sign IN (-1, 1)),
    CONSTRAINT network_term_no_loop CHECK (whole_point_id <> part_point_id),
    CONSTRAINT network_term_once UNIQUE (whole_point_id, part_point_id, valid_from)
);
COMMENT ON TABLE network_term IS '计量网络: one signed term of the formula whole = sum of parts + unmetered rest';

CREATE TABLE series (
    series_id integer GENERATED ALWAYS AS IDENTITY,
    point_id integer NOT NULL,
    quantity text NOT NULL,
    kind text NOT NULL,
    period text NOT NULL,
    CONSTRAINT series_pk PRIMARY KEY (series_id),
    CONSTRAINT series_point_fk FOREIGN KEY (point_id) REFERENCES point (point_id),
    CONSTRAINT series_unique UNIQUE (point_id, quantity, kind, period),
    CONSTRAINT series_quantity_known CHECK (
        quantity IN ('active_energy', 'reactive_energy', 'volume', 'mass', 'heat', 'power_factor', 'voltage', 'current')
    ),
    CONSTRAINT series_kind_known CHECK (kind IN ('register', 'interval', 'gauge')),
    CONSTRAINT series_period_known CHECK (period IN ('instant', '15min', '30min', '1h', 'day', 'month')),
    CONSTRAINT series_period_fits_kind CHECK ((kind = 'interval') = (period <> 'instant'))
);
COMMENT ON TABLE series IS '序列: point x quantity x kind x period; readings are keyed by (series, at)';
COMMENT ON COLUMN series.kind IS '累计表码 register, 时段量 interval, 瞬时值 gauge';

CREATE TABLE series_version (
    series_version_id integer GENERATED ALWAYS AS IDENTITY,
    series_id integer NOT NULL,
    valid tstzrange NOT NULL,
    meter_id integer NOT NULL,
    unit text NOT NULL,
    slot_minutes smallint NOT NULL,
    multiplier numeric NOT NULL,
    multiplier_applied_by text NOT NULL,
    decimals smallint NOT NULL,
    register_modulus numeric,
    CONSTRAINT series_version_pk PRIMARY KEY (series_version_id),
    CONSTRAINT series_version_series_fk FOREIGN KEY (series_id) REFERENCES series (series_id),
    CONSTRAINT series_version_meter_fk FOREIGN KEY (meter_id) REFERENCES meter (meter_id),
    CONSTRAINT series_version_one_at_a_time EXCLUDE USING gist (series_id WITH =, valid WITH &&),
    CONSTRAINT series_version_slot_known CHECK (slot_minutes IN (15, 30, 60)),
    CONSTRAINT series_version_multiplier_positive CHECK (multiplier > 0),
    CONSTRAINT series_version_multiplier_by_known CHECK (multiplier_applied_by IN ('platform', 'gateway')),
    CONSTRAINT series_version_decimals_range CHECK (decimals BETWEEN 0 AND 6)
);
COMMENT ON TABLE series_version IS '序列参数版本: unit, slot, multiplier and meter of a series, each with its validity';
COMMENT ON COLUMN series_version.slot_minutes IS '时段长度: distance of readings on the grid, minutes';
COMMENT ON COLUMN series_version.multiplier IS '倍率 (CT x PT)';
COMMENT ON COLUMN series_version.multiplier_applied_by IS '倍率由谁乘: platform (values are secondary-side) or gateway';
COMMENT ON COLUMN series_version.decimals IS '小数位: resolution of the meter''s face';
COMMENT ON COLUMN series_version.register_modulus IS '满度: the register shows 0 again at this face value; null where it cannot roll over';

-- migrate:down
