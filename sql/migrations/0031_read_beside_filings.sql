-- migrate:up
-- Why: relations and the comparison hold a filing against what lies beside it: the monitored side, suppliers' statements
-- and the register of production. The same text reads them for the unit, which sees its own, and for the bureau.
-- Locks: none that matter. Safe with running code: yes.
SET LOCAL lock_timeout = '4s';

-- Cells of both forms now; one from before there were two has none in its row.
CREATE OR REPLACE VIEW monitored_cell WITH (security_barrier) AS
SELECT
    b.balance_id,
    b.unit_id,
    b.month_on,
    b.version,
    coalesce(c.form_code, '205-1') AS form_code,
    c.row_code,
    c.column_code,
    c.value,
    c.unit,
    c.completeness,
    c.known_share,
    c.measured_share,
    c.source_point_ids
FROM monitored_balance AS b
INNER JOIN balance_cell AS c ON b.balance_id = c.balance_id
WHERE CURRENT_USER <> 'nenghao_unit' OR b.unit_id = own_unit_id();

CREATE VIEW monitored_newest WITH (security_barrier) AS
SELECT
    b.balance_id,
    b.unit_id,
    b.month_on
FROM monitored_balance AS b
WHERE
    (CURRENT_USER <> 'nenghao_unit' OR b.unit_id = own_unit_id())
    AND NOT EXISTS (
        SELECT 1 FROM monitored_balance AS n
        WHERE n.unit_id = b.unit_id AND n.month_on = b.month_on AND n.version > b.version
    );
COMMENT ON VIEW monitored_newest IS '最新监测测算值: the newest version of each unit''s month; a unit sees its own';

CREATE VIEW monitored_point WITH (security_barrier) AS
SELECT
    p.point_id,
    p.unit_id,
    p.point_code,
    p.name,
    p.variety_code,
    p.flow,
    p.use
FROM point AS p
WHERE CURRENT_USER <> 'nenghao_unit' OR p.unit_id = own_unit_id();
COMMENT ON VIEW monitored_point IS '计量点: what a unit may know of its own points';

CREATE VIEW monitored_day WITH (security_barrier) AS
SELECT
    p.unit_id,
    d.point_id,
    d.day_on,
    d.unit,
    d.energy,
    d.measured_energy,
    d.due_slots,
    d.known_slots
FROM point_day AS d
INNER JOIN point AS p ON d.point_id = p.point_id
WHERE CURRENT_USER <> 'nenghao_unit' OR p.unit_id = own_unit_id();
COMMENT ON VIEW monitored_day IS '监测日量: days of points; a unit sees its own';

CREATE VIEW monitored_meter WITH (security_barrier) AS
SELECT
    p.unit_id,
    s.point_id,
    v.valid,
    m.accuracy_class
FROM series_version AS v
INNER JOIN series AS s ON v.series_id = s.series_id
INNER JOIN point AS p ON s.point_id = p.point_id
INNER JOIN meter AS m ON v.meter_id = m.meter_id
WHERE CURRENT_USER <> 'nenghao_unit' OR p.unit_id = own_unit_id();
COMMENT ON VIEW monitored_meter IS '计量器具等级: the class of the meter that measured a point, by time; a unit sees its own';

CREATE VIEW supplied_statement WITH (security_barrier) AS
SELECT
    a.unit_id,
    a.supply_account_id,
    a.variety_code,
    a.account_no,
    a.provider,
    a.settlement_day,
    a.valid_from,
    a.valid_to,
    s.supply_statement_id,
    s.from_on,
    s.to_on,
    s.quantity,
    s.unit,
    s.amount_yuan,
    s.document_no
FROM supply_account AS a
LEFT JOIN supply_statement AS s ON a.supply_account_id = s.supply_account_id
WHERE CURRENT_USER <> 'nenghao_unit' OR a.unit_id = own_unit_id();
COMMENT ON VIEW supplied_statement IS '账户与结算单: each account with its statements, or with none; a unit sees its own';

CREATE VIEW produced_output WITH (security_barrier) AS
SELECT
    o.unit_id,
    o.product_code,
    o.month_on,
    o.quantity,
    o.unit
FROM production_output AS o
WHERE CURRENT_USER <> 'nenghao_unit' OR o.unit_id = own_unit_id();
COMMENT ON VIEW produced_output IS '产量: output of products by month; a unit sees its own';

GRANT SELECT ON monitored_newest, monitored_point, monitored_day, monitored_meter, supplied_statement, produced_output
TO nenghao_unit, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier;

-- migrate:down
