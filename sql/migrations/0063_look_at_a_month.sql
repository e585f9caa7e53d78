-- migrate:up
-- Why: the bureau looks at a month of all units at once, which no index served; the shares of the quality index are counted
-- once and kept, since counting a province's readings takes longer than anybody waits for a page.
-- Locks: SHARE on four small tables while their indexes are built. Safe with running code: yes, it adds only.
SET LOCAL lock_timeout = '4s';

CREATE INDEX filing_by_month ON filing (month_on, unit_id, version);
CREATE INDEX monitored_balance_by_month ON monitored_balance (month_on, unit_id, version);
CREATE INDEX release_by_month ON release (month_on, kind, unit_id, version);
CREATE INDEX return_check_by_month ON return_check (month_on, kind, return_id, return_check_id DESC);
CREATE INDEX finding_of_relations ON finding (lower(span), unit_id) WHERE rule_code = 'form_relation';

-- Whether any panel stands in a month: it tells who owes a form, and who sees a county only has to know it too.
CREATE FUNCTION panel_stands(month_on date) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT EXISTS (
        SELECT 1 FROM public.panel_member AS p
        WHERE p.entered_on <= panel_stands.month_on AND coalesce(p.left_on, 'infinity') > panel_stands.month_on
    );
$$;
REVOKE EXECUTE ON FUNCTION panel_stands(date) FROM PUBLIC;
COMMENT ON FUNCTION panel_stands(date) IS '当月是否有调查单位库: whether any unit at all is in a panel that month; tells nothing else';

-- What counting gave last, not history: it is counted again from readings, days and meters whenever somebody asks.
CREATE TABLE quality_share (
    unit_id integer NOT NULL,
    month_on date NOT NULL,
    share_name text NOT NULL,
    part numeric,
    whole numeric,
    until_on date NOT NULL,
    counted_at timestamptz NOT NULL,
    CONSTRAINT quality_share_pk PRIMARY KEY (unit_id, month_on, share_name),
    CONSTRAINT quality_share_unit_fk FOREIGN KEY (unit_id) REFERENCES unit (unit_id),
    CONSTRAINT quality_share_starts_month CHECK (extract(DAY FROM month_on) = 1),
    CONSTRAINT quality_share_whole CHECK ((part IS NULL) = (whole IS NULL))
);
CREATE INDEX quality_share_by_month ON quality_share (month_on, unit_id);
COMMENT ON TABLE quality_share IS '数据质量分项: shares of a unit''s month by name, as last counted; null where one cannot be counted. Indexes are scored from them by scheme';
COMMENT ON COLUMN quality_share.until_on IS 'first day that was not counted: the end of the month, or the day of counting';

GRANT EXECUTE ON FUNCTION panel_stands(date)
TO nenghao_console, nenghao_jobs, nenghao_verifier, nenghao_officer, nenghao_unit;
SELECT show_to_people('quality_share', 'online', 'unit_id IN (SELECT u.unit_id FROM seen_unit AS u)');
GRANT SELECT, INSERT, UPDATE ON quality_share TO nenghao_jobs;
GRANT SELECT ON quality_share TO nenghao_console, nenghao_verifier;

-- migrate:down
