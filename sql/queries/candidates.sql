-- lock_candidates --
-- Waits until no other process writes candidates; held to the end of the transaction.
SELECT pg_advisory_xact_lock(hashtext('nenghao candidates'));

-- forget_candidates --
-- Takes away what an earlier run pointed at on the audited days of units; no rows.
DELETE FROM candidate AS c
USING series AS s, point AS p
WHERE
    c.series_id = s.series_id AND s.point_id = p.point_id AND p.unit_id = ANY(%(unit_ids)s)
    AND c.span && tstzrange(%(from_at)s, %(to_at)s);

-- write_candidates --
-- Takes candidates in by COPY.
COPY candidate (
    rule_code, series_id, span, kind, statistics, score, expected_energy, observed_energy, energy_unit, other_series_ids,
    notes, is_rich, found_at
) FROM STDIN;

-- thresholds_in_force --
-- Thresholds of all rules in force, one row a name.
SELECT
    rule_code,
    threshold_name,
    value::double precision AS value
FROM rule_threshold_now;
