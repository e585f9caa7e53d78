-- migrate:up
-- Why: validated and estimated energy: one row per series and day with arrays of slots, and totals by hour, day, month.
-- Locks: none that matter, the tables are new. Safe with running code: yes.
SET LOCAL lock_timeout = '4s';

CREATE TABLE series_day (
    series_id integer NOT NULL,
    day_on date NOT NULL,
    slot_minutes smallint NOT NULL,
    unit text NOT NULL,
    scale smallint NOT NULL,
    energy bigint[] NOT NULL,
    face_scale smallint NOT NULL,
    face bigint[] NOT NULL,
    quality text NOT NULL,
    method text NOT NULL,
    due_slots smallint NOT NULL,
    received_slots smallint NOT NULL,
    total_energy numeric,
    measured_energy numeric NOT NULL,
    content_hash_algorithm text NOT NULL DEFAULT 'sha256',
    content_hash bytea NOT NULL,
    computed_at timestamptz NOT NULL,
    CONSTRAINT series_day_pk PRIMARY KEY (series_id, day_on),
    CONSTRAINT series_day_series_fk FOREIGN KEY (series_id) REFERENCES series (series_id),
    CONSTRAINT series_day_arrays_fit CHECK (
        cardinality(energy) = due_slots AND cardinality(face) = due_slots
        AND length(quality) = due_slots AND length(method) = due_slots
    ),
    CONSTRAINT series_day_received_range CHECK (received_slots BETWEEN 0 AND due_slots)
);
CREATE INDEX series_day_by_day ON series_day (day_on);
COMMENT ON TABLE series_day IS '序列日: one row per series and Shanghai day, arrays of slots in exact scaled integers';
COMMENT ON COLUMN series_day.energy IS '时段能量: integer x 10^-scale of unit, multiplier applied; null where it is missing';
COMMENT ON COLUMN series_day.face IS '表计侧时段量: what the meter itself counted in the slot, integer x 10^-face_scale, before the multiplier';
COMMENT ON COLUMN series_day.quality IS '质量, a letter a slot: V validated, E estimated, X excluded by a decision and not estimated, N missing';
COMMENT ON COLUMN series_day.method IS '估算方法, a character a slot: - not estimated, 3 register advance apportioned (E3), r missing because the register ran backwards (V17)';
COMMENT ON COLUMN series_day.received_slots IS '实收: slots whose own reading, the one at their start, arrived; completeness = received_slots / due_slots';
COMMENT ON COLUMN series_day.total_energy IS '日能量: null where no slot is known; missing is never zero';
COMMENT ON COLUMN series_day.measured_energy IS '实测能量: energy of slots between their own two registers, or received as intervals; not what was apportioned over a gap';
COMMENT ON COLUMN series_day.content_hash IS 'SHA-256 of the row''s content: an unchanged day is not written again';

-- One row per slot; energy and face are decimals again. The only place that unnests the arrays.
CREATE VIEW series_day_slot AS
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
    substr(sd.method, slot.slot_no::integer, 1) AS method
FROM series_day AS sd
INNER JOIN series AS s ON sd.series_id = s.series_id
INNER JOIN point AS p ON s.point_id = p.point_id
CROSS JOIN LATERAL unnest(sd.energy, sd.face) WITH ORDINALITY AS slot (energy, face, slot_no);
COMMENT ON VIEW series_day_slot IS '时段明细: series_day unnested, slot_no from 1';

CREATE TABLE point_hour (
    point_id integer NOT NULL,
    hour_at timestamptz NOT NULL,
    unit text NOT NULL,
    energy numeric,
    measured_energy numeric NOT NULL,
    due_slots smallint NOT NULL,
    known_slots smallint NOT NULL,
    CONSTRAINT point_hour_pk PRIMARY KEY (point_id, hour_at),
    CONSTRAINT point_hour_point_fk FOREIGN KEY (point_id) REFERENCES point (point_id)
);
COMMENT ON TABLE point_hour IS '小时量: energy of a point in [hour_at, hour_at + 1 h), null where a slot is unknown';

CREATE TABLE point_day (
    point_id integer NOT NULL,
    day_on date NOT NULL,
    series_id integer NOT NULL,
    unit text NOT NULL,
    energy numeric,
    measured_energy numeric NOT NULL,
    due_slots integer NOT NULL,
    received_slots integer NOT NULL,
    known_slots integer NOT NULL,
    CONSTRAINT point_day_pk PRIMARY KEY (point_id, day_on),
    CONSTRAINT point_day_point_fk FOREIGN KEY (point_id) REFERENCES point (point_id)
);
COMMENT ON TABLE point_day IS '日量: from the point''s leading series (register before interval)';
COMMENT ON COLUMN point_day.energy IS '能量: sum over known slots, null where none is known; known_slots says how many are';

CREATE TABLE point_month (
    point_id integer NOT NULL,
    month_on date NOT NULL,
    unit text NOT NULL,
    energy numeric,
    measured_energy numeric NOT NULL,
    due_slots integer NOT NULL,
    received_slots integer NOT NULL,
    known_slots integer NOT NULL,
    CONSTRAINT point_month_pk PRIMARY KEY (point_id, month_on),
    CONSTRAINT point_month_point_fk FOREIGN KEY (point_id) REFERENCES point (point_id),
    CONSTRAINT point_month_starts_month CHECK (extract(DAY FROM month_on) = 1)
);
COMMENT ON TABLE point_month IS '月量: due_slots counts the whole month, so a day without a row lowers completeness';

CREATE TABLE audit_mark (
    series_id integer NOT NULL,
    day_on date NOT NULL,
    marked_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE audit_mark IS '待审: series days that changed and that the rules have to look at again; insert-only, taken by delete-returning';

CREATE TABLE month_mark (
    unit_id integer NOT NULL,
    month_on date NOT NULL,
    marked_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE month_mark IS '待编: unit months whose totals changed and whose balance has to be made again';

-- migrate:down
