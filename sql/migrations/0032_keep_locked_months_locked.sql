-- migrate:up
-- Why: a locked month that took a revision was open again for ordinary filings, because only its newest version was asked.
-- Once a version is locked, the month takes revisions of named kinds only.
-- Locks: none that matter. Safe with running code: yes.
SET LOCAL lock_timeout = '4s';

CREATE OR REPLACE FUNCTION file_by_the_rules() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    newest integer := 0;
    is_locked boolean;
    drafted record;
    checked record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('nenghao filing ' || NEW.unit_id || ' ' || NEW.month_on, 0));
    SELECT coalesce(max(s.version), 0), coalesce(bool_or(s.state = 'locked'), FALSE) INTO newest, is_locked
    FROM filing_state AS s WHERE s.unit_id = NEW.unit_id AND s.month_on = NEW.month_on;
    IF NEW.version <> newest + 1 THEN
        RAISE EXCEPTION 'version % does not follow %', NEW.version, newest USING ERRCODE = 'check_violation';
    END IF;
    IF is_locked <> (NEW.kind IN ('base_revision', 'annual', 'census')) THEN
        RAISE EXCEPTION '% is no kind for a month that is %', NEW.kind, CASE WHEN is_locked THEN 'locked' ELSE 'open' END
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.kind = 'cumulative' AND NOT EXISTS (
        SELECT 1 FROM filing_state AS s
        WHERE s.unit_id = NEW.unit_id AND s.month_on = NEW.corrects_month_on AND s.state = 'locked'
        AND s.month_on < NEW.month_on AND date_trunc('year', s.month_on) = date_trunc('year', NEW.month_on)
    ) THEN
        RAISE EXCEPTION 'no locked month of this year to correct' USING ERRCODE = 'check_violation';
    END IF;
    SELECT d.content INTO drafted FROM draft AS d
    WHERE d.draft_id = NEW.draft_id AND d.unit_id = NEW.unit_id AND d.month_on = NEW.month_on;
    IF drafted.content -> 'cells' IS DISTINCT FROM NEW.content THEN
        RAISE EXCEPTION 'these are not the figures of the draft' USING ERRCODE = 'check_violation';
    END IF;
    IF (
        SELECT count(*) <> count(DISTINCT (c.cell ->> 'form', c.cell ->> 'row', c.cell ->> 'column'))
        FROM jsonb_array_elements(NEW.content) AS c (cell)
    ) THEN
        RAISE EXCEPTION 'a cell stands twice' USING ERRCODE = 'check_violation';
    END IF;
    SELECT c.mandatory_broken + c.unexplained + c.not_run AS faults INTO checked FROM filing_check AS c
    WHERE c.draft_id = NEW.draft_id AND c.relation_edition = NEW.relation_edition
    ORDER BY c.filing_check_id DESC LIMIT 1;
    IF checked.faults IS DISTINCT FROM 0 THEN
        RAISE EXCEPTION 'the relations of this draft were not checked, or do not hold' USING ERRCODE = 'check_violation';
    END IF;
    IF (
        SELECT count(*) FROM filing_signature AS s
        WHERE s.draft_id = NEW.draft_id AND (s.signer, s.signed_by, s.signed_at) IN (
            ('filler', NEW.filled_by, NEW.filled_at),
            ('statistics_head', NEW.statistics_head, NEW.statistics_head_at),
            ('unit_head', NEW.unit_head, NEW.unit_head_at)
        )
    ) <> 3 THEN
        RAISE EXCEPTION 'the three signers have not signed this draft' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;

-- migrate:down
