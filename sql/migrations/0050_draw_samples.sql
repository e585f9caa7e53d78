-- migrate:up
-- Why: beside what the rules find, chance names units to be checked (双随机): announced before the seed exists, drawn so that
-- anybody can draw it again, and its results say how often all units are in error. Cells of monitored balances show what
-- decisions took out of them.
-- Locks: none that matter, the tables are new. Safe with running code: yes, it neither reads nor writes them.
SET LOCAL lock_timeout = '4s';

CREATE TABLE sample_plan (
    sample_plan_id bigint GENERATED ALWAYS AS IDENTITY,
    month_on date NOT NULL,
    unit_count integer NOT NULL,
    seed_day_on date NOT NULL,
    announced_by text NOT NULL,
    announced_at timestamptz NOT NULL,
    CONSTRAINT sample_plan_pk PRIMARY KEY (sample_plan_id),
    CONSTRAINT sample_plan_one_a_month UNIQUE (month_on),
    CONSTRAINT sample_plan_starts_month CHECK (extract(DAY FROM month_on) = 1),
    CONSTRAINT sample_plan_draws_some CHECK (unit_count > 0),
    CONSTRAINT sample_plan_seed_lies_ahead CHECK (seed_day_on >= (announced_at AT TIME ZONE 'Asia/Shanghai')::date),
    CONSTRAINT sample_plan_name_given CHECK (length(trim(announced_by)) > 0)
);
COMMENT ON TABLE sample_plan IS '双随机抽查公告: how many units of a month will be drawn, and the day whose tree root will be the seed; announced while nobody can know it';

CREATE TABLE sample_draw (
    sample_plan_id bigint NOT NULL,
    tree_no bigint NOT NULL,
    seed bytea NOT NULL,
    seed_algorithm text NOT NULL,
    drawn_by text NOT NULL,
    drawn_at timestamptz NOT NULL,
    CONSTRAINT sample_draw_pk PRIMARY KEY (sample_plan_id),
    CONSTRAINT sample_draw_plan_fk FOREIGN KEY (sample_plan_id) REFERENCES sample_plan (sample_plan_id)
);
COMMENT ON TABLE sample_draw IS '抽取: the draw of a plan with its seed, the root of the day tree that was announced';

CREATE TABLE sample_unit (
    sample_plan_id bigint NOT NULL,
    unit_id integer NOT NULL,
    size_tce numeric,
    probability_numerator numeric NOT NULL,
    probability_denominator numeric NOT NULL,
    is_drawn boolean NOT NULL,
    CONSTRAINT sample_unit_pk PRIMARY KEY (sample_plan_id, unit_id),
    CONSTRAINT sample_unit_draw_fk FOREIGN KEY (sample_plan_id) REFERENCES sample_draw (sample_plan_id),
    CONSTRAINT sample_unit_unit_fk FOREIGN KEY (unit_id) REFERENCES unit (unit_id),
    CONSTRAINT sample_unit_probability CHECK (probability_numerator >= 0 AND probability_numerator <= probability_denominator)
);
COMMENT ON TABLE sample_unit IS '抽样框: every unit of the month with its size and probability, and whether it was drawn';
COMMENT ON COLUMN sample_unit.size_tce IS 'consumption of the month by the newest monitored balance; empty where there is none: such a unit cannot be drawn, and is counted';

CREATE TABLE sample_result (
    sample_result_id bigint GENERATED ALWAYS AS IDENTITY,
    sample_plan_id bigint NOT NULL,
    unit_id integer NOT NULL,
    reported_tce numeric NOT NULL,
    checked_tce numeric NOT NULL,
    document_no text NOT NULL,
    checked_by text NOT NULL,
    also_checked_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT sample_result_pk PRIMARY KEY (sample_result_id),
    CONSTRAINT sample_result_unit_fk FOREIGN KEY (sample_plan_id, unit_id) REFERENCES sample_unit (sample_plan_id, unit_id),
    CONSTRAINT sample_result_two_officers CHECK (
        length(trim(checked_by)) > 0 AND length(trim(also_checked_by)) > 0 AND trim(checked_by) <> trim(also_checked_by)
    ),
    CONSTRAINT sample_result_document_given CHECK (length(trim(document_no)) > 0)
);
COMMENT ON TABLE sample_result IS '抽查结果: what two officers found at a drawn unit; the last row of a unit counts';

DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['sample_plan', 'sample_draw', 'sample_unit', 'sample_result'] LOOP
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

SELECT track_rows('sample_plan', 'sample_plan_id');
SELECT track_rows('sample_draw', 'sample_plan_id');
SELECT track_rows('sample_unit', 'sample_plan_id', 'unit_id');
SELECT track_rows('sample_result', 'sample_result_id');

CREATE VIEW balance_cell_mark AS
SELECT DISTINCT
    b.balance_id,
    coalesce(c.form_code, '205-1') AS form_code,
    c.row_code,
    c.column_code,
    s.point_id,
    e.series_id,
    d.decision_id,
    d.case_id,
    lower(e.span) AS begin_at,
    upper(e.span) AS end_at
FROM monitored_balance AS b
INNER JOIN balance_cell AS c ON b.balance_id = c.balance_id
INNER JOIN series AS s ON s.point_id = ANY(c.source_point_ids)
INNER JOIN exclusion AS e
    ON
        s.series_id = e.series_id
        AND e.span && tstzrange(
            b.month_on::timestamp AT TIME ZONE 'Asia/Shanghai',
            (b.month_on + INTERVAL '1 month')::timestamp AT TIME ZONE 'Asia/Shanghai'
        )
INNER JOIN decision AS d ON e.decision_id = d.decision_id AND d.decided_at <= b.computed_at
WHERE NOT EXISTS (
    SELECT 1 FROM decision AS later
    WHERE
        later.case_id = d.case_id AND later.decision_id > d.decision_id AND later.kind IN ('confirm', 'dismiss')
        AND later.decided_at <= b.computed_at
);
COMMENT ON VIEW balance_cell_mark IS '剔除标记: which cells of which version of a monitored balance rest on spans that a confirmed case took out; filings have none';

GRANT SELECT, INSERT ON sample_plan, sample_draw, sample_unit, sample_result TO nenghao_console;
GRANT SELECT ON sample_plan, sample_draw, sample_unit, sample_result TO nenghao_verifier;
GRANT SELECT ON day_tree TO nenghao_console;
GRANT SELECT ON balance_cell_mark TO nenghao_console, nenghao_verifier, nenghao_jobs;
GRANT SELECT ON case_root, finding_standing, case_now, mute_in_force, rule_precision TO nenghao_verifier;

-- migrate:down
