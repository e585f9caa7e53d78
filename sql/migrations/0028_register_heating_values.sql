-- migrate:up
-- Why: measured heating values go before reference coefficients, regions publish equal values by year, and a product's
-- energy is that of the processes that make it. Each is a row with its document; none is a default in code.
-- Locks: none that matter, the tables are new; variety takes no rows while its columns are added.
-- Safe with running code: yes, it does not know them.
SET LOCAL lock_timeout = '4s';

CREATE TABLE heating_value (
    heating_value_id integer GENERATED ALWAYS AS IDENTITY,
    unit_id integer NOT NULL,
    variety_code text NOT NULL,
    lot text NOT NULL,
    test_sheet_no text NOT NULL,
    sampled_on date NOT NULL,
    valid_from date NOT NULL,
    valid_to date NOT NULL,
    quantity numeric NOT NULL,
    quantity_unit text NOT NULL,
    heating_value numeric NOT NULL,
    heating_value_unit text NOT NULL,
    laboratory text NOT NULL,
    document_no text,
    replaces_test_sheet_no text,
    registered_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT heating_value_pk PRIMARY KEY (heating_value_id),
    CONSTRAINT heating_value_unit_fk FOREIGN KEY (unit_id) REFERENCES unit (unit_id),
    CONSTRAINT heating_value_once UNIQUE (unit_id, variety_code, lot, test_sheet_no),
    CONSTRAINT heating_value_sheet_given CHECK (length(trim(test_sheet_no)) > 0),
    CONSTRAINT heating_value_in_order CHECK (valid_to > valid_from),
    CONSTRAINT heating_value_quantity_positive CHECK (quantity > 0),
    CONSTRAINT heating_value_positive CHECK (heating_value > 0),
    CONSTRAINT heating_value_units_fit CHECK (
        (heating_value_unit = 'kJ/kg' AND quantity_unit IN ('kg', 't', '10^4t'))
        OR (heating_value_unit = 'kJ/m3' AND quantity_unit IN ('m3', '10^4m3'))
    ),
    CONSTRAINT heating_value_replaces_another CHECK (replaces_test_sheet_no <> test_sheet_no)
);
CREATE INDEX heating_value_by_unit ON heating_value (unit_id, valid_from);
COMMENT ON TABLE heating_value IS '实测低位发热量: a laboratory''s value of a lot, with its test sheet; goes before the reference coefficient';
COMMENT ON COLUMN heating_value.lot IS '批次';
COMMENT ON COLUMN heating_value.test_sheet_no IS '化验单号';
COMMENT ON COLUMN heating_value.valid_from IS '使用起: days on which the lot was burnt, [valid_from, valid_to)';
COMMENT ON COLUMN heating_value.quantity IS '批量: what the mean of the month is weighted by';
COMMENT ON COLUMN heating_value.replaces_test_sheet_no IS '更正: the earlier sheet of the lot that this one corrects';

CREATE VIEW heating_value_in_force AS
SELECT h.*
FROM heating_value AS h
WHERE
    NOT EXISTS (
        SELECT 1 FROM heating_value AS later
        WHERE
            later.unit_id = h.unit_id AND later.variety_code = h.variety_code AND later.lot = h.lot
            AND later.replaces_test_sheet_no = h.test_sheet_no
    );
COMMENT ON VIEW heating_value_in_force IS '有效热值: test sheets that no later one corrects';

CREATE TABLE equal_value (
    equal_value_id integer GENERATED ALWAYS AS IDENTITY,
    region_code text NOT NULL,
    year smallint NOT NULL,
    variety_code text NOT NULL,
    kgce_per_unit numeric NOT NULL,
    unit text NOT NULL,
    document_no text NOT NULL,
    source text NOT NULL,
    confidence text NOT NULL,
    replaces_document_no text,
    registered_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT equal_value_pk PRIMARY KEY (equal_value_id),
    CONSTRAINT equal_value_once UNIQUE (region_code, year, variety_code, document_no),
    CONSTRAINT equal_value_region_form CHECK (region_code ~ '^[0-9]{6}$'),
    CONSTRAINT equal_value_year_range CHECK (year BETWEEN 1990 AND 2100),
    CONSTRAINT equal_value_variety_known CHECK (variety_code IN ('32', '33')),
    CONSTRAINT equal_value_unit_known CHECK (unit IN ('kWh', '10^4kWh', 'MJ', 'GJ', '10^6kJ')),
    CONSTRAINT equal_value_positive CHECK (kgce_per_unit > 0),
    CONSTRAINT equal_value_confidence_known CHECK (confidence IN ('found', 'known', 'unsure')),
    CONSTRAINT equal_value_replaces_another CHECK (replaces_document_no <> document_no)
);
COMMENT ON TABLE equal_value IS '等价值: kilograms of coal equivalent that a region publishes for a year, of electricity (33) and heat (32)';
COMMENT ON COLUMN equal_value.region_code IS '行政区划代码 (GB/T 2260): holds for the units in it, never for those of another region';
COMMENT ON COLUMN equal_value.year IS '使用年份: the year whose consumption is converted with it';

CREATE VIEW equal_value_in_force AS
SELECT DISTINCT ON (e.region_code, e.year, e.variety_code) e.*
FROM equal_value AS e
WHERE
    NOT EXISTS (
        SELECT 1 FROM equal_value AS later
        WHERE
            later.region_code = e.region_code AND later.year = e.year AND later.variety_code = e.variety_code
            AND later.replaces_document_no = e.document_no
    )
ORDER BY e.region_code, e.year, e.variety_code, e.equal_value_id DESC;
COMMENT ON VIEW equal_value_in_force IS '现行等价值: one a region, year and variety';

CREATE TABLE product_process (
    product_process_id integer GENERATED ALWAYS AS IDENTITY,
    unit_id integer NOT NULL,
    product_code text NOT NULL,
    process_code text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    registered_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT product_process_pk PRIMARY KEY (product_process_id),
    CONSTRAINT product_process_unit_fk FOREIGN KEY (unit_id) REFERENCES unit (unit_id),
    CONSTRAINT product_process_once UNIQUE (unit_id, product_code, process_code, valid_from),
    CONSTRAINT product_process_form CHECK (process_code ~ '^[0-9]{2}$'),
    CONSTRAINT product_process_in_order CHECK (valid_to > valid_from)
);
COMMENT ON TABLE product_process IS '产品工序: which processes make a product, so that its energy is known; 00 is the whole works';
COMMENT ON COLUMN product_process.process_code IS '生产工序编码: the first two digits of a point''s data code';

-- A heating value that is registered later than its month was built asks for that month again.
CREATE FUNCTION mark_heating_months() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    INSERT INTO public.month_mark (unit_id, month_on)
    SELECT DISTINCT b.unit_id, b.month_on
    FROM public.monitored_balance AS b
    INNER JOIN fresh AS f
        ON b.unit_id = f.unit_id AND b.month_on < f.valid_to AND (b.month_on + INTERVAL '1 month')::date > f.valid_from;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION mark_heating_months() IS '重编: months whose lots have changed';
REVOKE EXECUTE ON FUNCTION mark_heating_months() FROM PUBLIC;
CREATE TRIGGER heating_value_marks_months AFTER INSERT ON heating_value REFERENCING NEW TABLE AS fresh
FOR EACH STATEMENT EXECUTE FUNCTION mark_heating_months();

ALTER TABLE variety ADD COLUMN valid_from date, ADD COLUMN valid_to date;
COMMENT ON COLUMN variety.valid_from IS '版本生效: first day of the edition; null in rows of before it was kept';

DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['heating_value', 'equal_value', 'product_process'] LOOP
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

SELECT track_rows('heating_value', 'heating_value_id');
SELECT track_rows('equal_value', 'equal_value_id');
SELECT track_rows('product_process', 'product_process_id');

GRANT SELECT ON heating_value, heating_value_in_force, equal_value, equal_value_in_force, product_process
TO nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier;
GRANT INSERT ON heating_value, equal_value, product_process TO nenghao_console;

-- migrate:down
