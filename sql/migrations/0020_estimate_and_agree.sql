-- migrate:up
-- Why: every slot says why it is not as the meter told it, every estimate by which method and from which donors; people can
-- agree on a value (E8), declare a check meter (E1), and say that what a meter counted in a span is not known. A series
-- knows what its meter can carry (V09) and a gauge which values are possible (V29).
-- Locks: short exclusive locks on series_day, series_version and exclusion; nothing is rewritten, a check reads exclusion.
-- Safe with running code: yes, it writes none of the columns; days that it closes meanwhile have no reasons.
SET LOCAL lock_timeout = '4s';

ALTER TABLE series_day
ADD COLUMN reason text,
ADD CONSTRAINT series_day_reason_fits CHECK (reason IS NULL OR length(reason) = due_slots);
COMMENT ON COLUMN series_day.quality IS '质量, a letter a slot: V validated, Q questionable (counted, not measured), E estimated, X excluded and not estimated, N missing';
COMMENT ON COLUMN series_day.method IS '估算方法, a character a slot: - not estimated, 1..8 for E1..E8, r missing: register fell (V17) or interval negative (V11)';
-- - none, g nothing came (V05), i only readings off the grid (V06), c above capacity (V09), n negative (V11), r register fell
-- (V17), s used while stopped (V20), p outside the physical range (V29), x excluded by a decision.
COMMENT ON COLUMN series_day.reason IS '原因, a character a slot, as nenghao.domain.series_day names them; null where no slot has one';
COMMENT ON COLUMN series_day.energy IS '时段能量: integer x 10^-scale of unit, multiplier applied; null where it is missing, and in every slot of a gauge';
COMMENT ON COLUMN series_day.face IS '表计侧: what the meter itself counted in the slot, x 10^-face_scale, before the multiplier; of a gauge what it showed at the start';

CREATE OR REPLACE VIEW series_day_slot AS
SELECT
    sd.series_id,
    s.point_id,
    p.unit_id,
    s.quantity,
    s.kind,
    sd.day_on,
    slot.slot_no::smallint AS slot_no,
    (sd.day_on::timestamp AT TIME ZONE 'Asia/Shanghai')
    + make_interval(mins => sd.slot_minutes * (slot.slot_no::integer - 1)) AS slot_at,
    sd.slot_minutes,
    sd.unit,
    slot.energy * (10::numeric ^ (-sd.scale)) AS energy,
    slot.face * (10::numeric ^ (-sd.face_scale)) AS face,
    substr(sd.quality, slot.slot_no::integer, 1) AS quality,
    substr(sd.method, slot.slot_no::integer, 1) AS method,
    coalesce(substr(sd.reason, slot.slot_no::integer, 1), '-') AS reason
FROM series_day AS sd
INNER JOIN series AS s ON sd.series_id = s.series_id
INNER JOIN point AS p ON s.point_id = p.point_id
CROSS JOIN LATERAL unnest(sd.energy, sd.face) WITH ORDINALITY AS slot (energy, face, slot_no);

ALTER TABLE series_version
ADD COLUMN rated_capacity numeric,
ADD COLUMN lowest_value numeric,
ADD COLUMN highest_value numeric,
ADD CONSTRAINT series_version_capacity_positive CHECK (rated_capacity > 0),
ADD CONSTRAINT series_version_range_order CHECK (lowest_value < highest_value);
COMMENT ON COLUMN series_version.rated_capacity IS '额定能力: what the circuit or pipe can carry in an hour, in the unit, after the multiplier (kW for kWh); null where not known';
COMMENT ON COLUMN series_version.lowest_value IS '物理下限: a gauge that shows less is not believed; null where there is no bound';
COMMENT ON COLUMN series_version.highest_value IS '物理上限: a gauge that shows more is not believed; null where there is no bound';

CREATE TABLE check_meter (
    check_meter_id integer GENERATED ALWAYS AS IDENTITY,
    point_id integer NOT NULL,
    check_point_id integer NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    CONSTRAINT check_meter_pk PRIMARY KEY (check_meter_id),
    CONSTRAINT check_meter_point_fk FOREIGN KEY (point_id) REFERENCES point (point_id),
    CONSTRAINT check_meter_check_fk FOREIGN KEY (check_point_id) REFERENCES point (point_id),
    CONSTRAINT check_meter_not_itself CHECK (point_id <> check_point_id),
    CONSTRAINT check_meter_once UNIQUE (point_id, check_point_id, valid_from)
);
COMMENT ON TABLE check_meter IS '校核表: a point whose meter measures the same flow as another one''s; it fills that one''s gaps (E1)';
COMMENT ON COLUMN check_meter.check_point_id IS '校核点: read where the point itself is missing; never summed beside it';

ALTER TABLE exclusion
ADD COLUMN covers text,
ADD CONSTRAINT exclusion_covers_known CHECK (covers IN ('readings', 'counting'));
COMMENT ON COLUMN exclusion.covers IS '剔除对象: readings in the span, the registers at its ends stand (so also null); counting: nor is known what the meter counted';

-- A new column at the end, as views allow; what covers nothing was decided before the column.
CREATE OR REPLACE VIEW exclusion_in_force AS
SELECT
    e.exclusion_id,
    e.decision_id,
    e.series_id,
    e.span,
    coalesce(e.covers, 'readings') AS covers
FROM exclusion AS e
INNER JOIN decision AS d ON e.decision_id = d.decision_id
WHERE NOT EXISTS (
    SELECT 1
    FROM decision AS later
    WHERE later.case_id = d.case_id AND later.decision_id > d.decision_id AND later.kind IN ('confirm', 'dismiss')
);

CREATE TABLE agreed_value (
    agreed_value_id bigint GENERATED ALWAYS AS IDENTITY,
    series_id integer NOT NULL,
    span tstzrange NOT NULL,
    energy numeric,
    unit text NOT NULL,
    document_no text NOT NULL,
    agreed_by_unit text NOT NULL,
    agreed_by_officer text NOT NULL,
    decision_id bigint,
    agreed_on date NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT agreed_value_pk PRIMARY KEY (agreed_value_id),
    CONSTRAINT agreed_value_series_fk FOREIGN KEY (series_id) REFERENCES series (series_id),
    CONSTRAINT agreed_value_decision_fk FOREIGN KEY (decision_id) REFERENCES decision (decision_id),
    CONSTRAINT agreed_value_span_bounded CHECK (
        NOT isempty(span) AND NOT lower_inf(span) AND NOT upper_inf(span) AND lower_inc(span) AND NOT upper_inc(span)
    ),
    CONSTRAINT agreed_value_not_negative CHECK (energy >= 0),
    CONSTRAINT agreed_value_document_given CHECK (btrim(document_no) <> ''),
    CONSTRAINT agreed_value_unit_given CHECK (btrim(agreed_by_unit) <> ''),
    CONSTRAINT agreed_value_officer_given CHECK (btrim(agreed_by_officer) <> '' AND agreed_by_officer <> agreed_by_unit)
);
CREATE INDEX agreed_value_by_series ON agreed_value (series_id);
COMMENT ON TABLE agreed_value IS '议定量 (E8): energy that unit and officer agreed on, by a document, for the slots of a span that no meter tells; the last one over a time counts';
COMMENT ON COLUMN agreed_value.energy IS '议定能量: of the span''s slots that are not measured, in unit, multiplier applied; null withdraws what was agreed over the span';
COMMENT ON COLUMN agreed_value.document_no IS '依据文号: the document that both signed';
COMMENT ON COLUMN agreed_value.agreed_by_unit IS '用能单位签字人';
COMMENT ON COLUMN agreed_value.agreed_by_officer IS '核查人员签字人';
COMMENT ON COLUMN agreed_value.decision_id IS '案件决定: where a case led to it';

CREATE VIEW agreed_value_in_force AS
SELECT
    a.agreed_value_id,
    a.series_id,
    a.span,
    a.energy,
    a.unit,
    a.decision_id
FROM agreed_value AS a
WHERE
    a.energy IS NOT NULL
    AND NOT EXISTS (
        SELECT 1
        FROM agreed_value AS later
        WHERE later.series_id = a.series_id AND later.span && a.span AND later.agreed_value_id > a.agreed_value_id
    );
COMMENT ON VIEW agreed_value_in_force IS '有效议定量: agreed values that no later one touches; what jobs read';

CREATE TABLE series_day_estimate (
    series_id integer NOT NULL,
    day_on date NOT NULL,
    first_slot smallint NOT NULL,
    slot_count smallint NOT NULL,
    method text NOT NULL,
    donor_days date[] NOT NULL,
    donor_series_id integer,
    exclusion_id bigint,
    decision_id bigint,
    agreed_value_id bigint,
    reasons text[] NOT NULL,
    gap tstzrange NOT NULL,
    known_energy numeric,
    CONSTRAINT series_day_estimate_pk PRIMARY KEY (series_id, day_on, first_slot),
    CONSTRAINT series_day_estimate_series_fk FOREIGN KEY (series_id) REFERENCES series (series_id),
    CONSTRAINT series_day_estimate_slots CHECK (first_slot >= 1 AND slot_count >= 1),
    CONSTRAINT series_day_estimate_method_known CHECK (method ~ '^E[1-8]$')
);
COMMENT ON TABLE series_day_estimate IS '估算说明: how, from which donors and why a run of slots of a series day was estimated; made again with its day';
COMMENT ON COLUMN series_day_estimate.first_slot IS 'slot_no of its first slot, from 1';
COMMENT ON COLUMN series_day_estimate.method IS '估算方法: E1 check meter, E2 linear, E3 register advance, E4 like days, E5 day before, E6 production, E7 stop, E8 agreed';
COMMENT ON COLUMN series_day_estimate.donor_days IS '样本日: days whose measured slots gave shape or amount; empty where none did';
COMMENT ON COLUMN series_day_estimate.donor_series_id IS '样本序列: another series that gave shape or amount (check meter, register beside intervals)';
COMMENT ON COLUMN series_day_estimate.exclusion_id IS '剔除: the exclusion it stands in for';
COMMENT ON COLUMN series_day_estimate.reasons IS '原因: reasons of its slots by name, as in series_day.reason';
COMMENT ON COLUMN series_day_estimate.gap IS '缺口: all that was estimated at once, over days; a gap that is as it was keeps its estimate though its donors changed';
COMMENT ON COLUMN series_day_estimate.known_energy IS '已知总量: energy of the gap that its parts add up to, in the unit of the series day; null where the amount itself is a guess';

CREATE TRIGGER agreed_value_append_only BEFORE UPDATE OR DELETE ON agreed_value
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER agreed_value_no_truncate BEFORE TRUNCATE ON agreed_value
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

SELECT track_rows('check_meter', 'check_meter_id');
SELECT track_rows('agreed_value', 'agreed_value_id');

GRANT SELECT ON check_meter, agreed_value, agreed_value_in_force, series_day_estimate
TO nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier;
GRANT INSERT ON check_meter, agreed_value TO nenghao_console;
GRANT INSERT, UPDATE, DELETE ON series_day_estimate TO nenghao_jobs;

-- migrate:down
