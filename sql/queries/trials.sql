-- prepare_trial --
-- Ends queries of this session after a time, and plans them as the audit's are.
SELECT
    set_config('statement_timeout', %(timeout)s, FALSE),
    set_config('enable_nestloop', 'off', FALSE),
    set_config('jit', 'off', FALSE),
    set_config('work_mem', '64MB', FALSE);

-- try_thresholds --
-- Says other thresholds to this session's read-only transactions.
SELECT set_config('nenghao.trial_thresholds', %(trial)s, FALSE);

-- places_of_series --
-- Unit and point of the series of units, one row a series.
SELECT
    s.series_id,
    p.unit_id,
    s.point_id
FROM series AS s
INNER JOIN point AS p ON s.point_id = p.point_id
WHERE p.unit_id = ANY(%(unit_ids)s);

-- varieties_of_points --
-- The variety of points, one row a point.
SELECT
    point_id,
    variety_code
FROM point
WHERE point_id = ANY(%(point_ids)s);
