-- migrate:up
-- Why: detectors read whole days, no detector reads facts of a day; a derived column that nobody reads is one more to keep
-- true. What is left is a curve, and the way it is made has a version.
-- Locks: a moment on series_day_feature. Safe with running code: yes, none writes it yet.
SET LOCAL lock_timeout = '4s';

ALTER TABLE series_day_feature DROP COLUMN facts;
ALTER TABLE series_day_feature RENAME COLUMN facts_version TO curve_version;
COMMENT ON COLUMN series_day_feature.curve IS '曲线: slots as whole numbers of `step`, int32 little-endian; the lowest number where unknown, estimated or excluded';

-- migrate:down
