-- migrate:up
-- Why: hours are the slots of a day added up, and people read them one point at a time. As a table they were two million
-- rows a province's day, more than everything else that closing writes; as a view they cost who asks.
-- Locks: exclusive locks on point_hour while it goes and on point_day while its rows get their factor. Safe with running
-- code: no, a close that runs then fails as a whole and keeps its marks; the new code goes on with them.
SET LOCAL lock_timeout = '4s';

ALTER TABLE point_day ADD COLUMN base_factor numeric NOT NULL DEFAULT 1;
COMMENT ON COLUMN point_day.base_factor IS '换算: what energy in the series'' unit is multiplied by to be in the base unit, a power of ten';
UPDATE point_day AS d
SET base_factor = trim_scale(d.energy / s.total_energy)
FROM series_day AS s
WHERE d.series_id = s.series_id AND d.day_on = s.day_on AND s.total_energy <> 0 AND d.unit <> s.unit;

DROP TABLE point_hour;

CREATE VIEW point_hour AS
SELECT
    d.point_id,
    (d.day_on::timestamp AT TIME ZONE 'Asia/Shanghai') + make_interval(hours => hour.hour_no) AS hour_at,
    d.unit,
    CASE
        WHEN hour.known_slots = hour.due_slots THEN trim_scale(hour.energy * d.base_factor * (10::numeric ^ (-s.scale)))
    END AS energy,
    trim_scale(hour.measured_energy * d.base_factor * (10::numeric ^ (-s.scale))) AS measured_energy,
    hour.due_slots,
    hour.known_slots
FROM point_day AS d
INNER JOIN series_day AS s ON d.series_id = s.series_id AND d.day_on = s.day_on
CROSS JOIN LATERAL (
    SELECT
        ((slot.slot_no - 1) * s.slot_minutes / 60)::integer AS hour_no,
        sum(slot.energy) AS energy,
        coalesce(sum(slot.energy) FILTER (WHERE slot.quality = 'V'), 0) AS measured_energy,
        count(*)::smallint AS due_slots,
        count(slot.energy)::smallint AS known_slots
    FROM unnest(s.energy, string_to_array(s.quality, NULL)) WITH ORDINALITY AS slot (energy, quality, slot_no)
    GROUP BY 1
) AS hour;
COMMENT ON VIEW point_hour IS '小时量: energy of a point in [hour_at, hour_at + 1 h), null where a slot is unknown';

GRANT SELECT ON point_hour TO nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier;

-- migrate:down
