-- migrate:up
-- Why: a works makes, recovers, loses and supplies energy, and its month fills form 205-2 too. A balance keeps what it was
-- computed from, so that anybody can compute it again.
-- Locks: point, monitored_balance and balance_cell take no rows while their columns are added, which rewrites nothing; the
-- new check and the new key read what is there once. Safe with running code: yes, what it writes has the defaults.
SET LOCAL lock_timeout = '4s';

ALTER TABLE point
DROP CONSTRAINT point_flow_known,
ADD CONSTRAINT point_flow_known CHECK (
    flow IN (
        'purchase', 'primary_production', 'generation', 'conversion_input', 'conversion_output', 'recovery', 'loss',
        'export', 'passed_on', 'internal'
    )
),
ADD COLUMN conversion text,
ADD CONSTRAINT point_conversion_known CHECK (
    conversion IN (
        'power_generation', 'heating', 'coal_washing', 'coking', 'refining', 'gas_making', 'liquefaction',
        'coal_products'
    )
),
ADD CONSTRAINT point_conversion_where_due CHECK (
    CASE
        WHEN flow IN ('conversion_input', 'conversion_output') THEN conversion IS NOT NULL
        ELSE conversion IS NULL OR flow = 'generation'
    END
);
COMMENT ON COLUMN point.flow IS
'流向: 购进 purchase, 一次自产 primary_production, 自发电 generation, 加工转换投入 conversion_input, 加工转换产出 conversion_output, '
'回收利用 recovery, 损失 loss, 上网 export, 转供 passed_on, 内部 internal';
COMMENT ON COLUMN point.conversion IS
'加工转换: 火力发电 power_generation, 供热 heating, 原煤入洗 coal_washing, 炼焦 coking, 炼油及煤制油 refining, 制气 gas_making, '
'天然气液化 liquefaction, 加工煤制品 coal_products; generation without one is primary (PV, wind)';

ALTER TABLE monitored_balance
ADD COLUMN inputs bytea,
ADD COLUMN engine_version text,
ADD CONSTRAINT monitored_balance_engine_named CHECK ((inputs IS NULL) = (engine_version IS NULL));
COMMENT ON COLUMN monitored_balance.inputs IS '测算输入: canonical bytes of all that the balance was computed from; null in balances of before they were kept';
COMMENT ON COLUMN monitored_balance.engine_version IS '算法版本: nenghao.domain.balance.ENGINE_VERSION that made the cells from the inputs';

-- A cell from before has no form in its row, for its leaf was made without one and stays the proof of it; its form is
-- 205-1. What is written from now on names its form.
ALTER TABLE balance_cell
DROP CONSTRAINT balance_cell_pk,
ADD COLUMN form_code text,
ALTER COLUMN form_code SET DEFAULT '205-1',
ADD COLUMN coefficient_codes text [],
ADD COLUMN heating_value_ids integer [],
ADD CONSTRAINT balance_cell_key UNIQUE NULLS NOT DISTINCT (balance_id, row_code, column_code, form_code);
COMMENT ON COLUMN balance_cell.form_code IS '表号: 205-1 | 205-2; null in cells of before there were two, which are of 205-1';
COMMENT ON COLUMN balance_cell.column_code IS
'栏次 of the form; tce: standard coal of column 4; primary, supplied and loss stand beside the columns of 205-1';
COMMENT ON COLUMN balance_cell.coefficient_codes IS '折标系数: every reference row that the figure was converted with; null where none was';
COMMENT ON COLUMN balance_cell.heating_value_ids IS '实测热值: every measured lot that the figure was converted with; null where none was';

DROP TRIGGER balance_cell_recorded ON balance_cell;
DROP TRIGGER balance_cell_change_recorded ON balance_cell;
CREATE TRIGGER balance_cell_recorded AFTER INSERT ON balance_cell REFERENCING NEW TABLE AS fresh
FOR EACH STATEMENT EXECUTE FUNCTION record_rows('balance_id', 'row_code', 'column_code', 'form_code');
CREATE TRIGGER balance_cell_change_recorded AFTER UPDATE ON balance_cell REFERENCING NEW TABLE AS fresh
FOR EACH STATEMENT EXECUTE FUNCTION record_rows('balance_id', 'row_code', 'column_code', 'form_code');

-- migrate:down
