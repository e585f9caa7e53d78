-- migrate:up
-- Why: a filing and an aggregate are sealed as a monitored balance is; a restatement says why, and who has to be told.
-- Locks: release takes no rows while its columns and checks are added; its rows, one a unit's month, are read once.
-- Safe with running code: yes, but for a restatement sealed by it, which gives no reason: it is refused, and made by the
-- next code.
SET LOCAL lock_timeout = '4s';

ALTER TABLE release
ALTER COLUMN unit_id DROP NOT NULL,
ADD COLUMN filing_id bigint,
ADD COLUMN aggregate_code text,
ADD COLUMN public_from timestamptz,
ADD COLUMN reason_kind text,
ADD COLUMN reason_references text[],
ADD COLUMN inputs bytea,
ADD CONSTRAINT release_filing_fk FOREIGN KEY (filing_id) REFERENCES filing (filing_id),
ADD CONSTRAINT release_filing_once UNIQUE (filing_id),
ADD CONSTRAINT release_archive_name_unique UNIQUE (archive_name),
ADD CONSTRAINT release_names_its_object CHECK (
    (kind = 'monitored_balance') = (balance_id IS NOT NULL)
    AND (kind = 'filing') = (filing_id IS NOT NULL)
    AND (kind = 'aggregate') = (aggregate_code IS NOT NULL)
    AND (kind = 'aggregate') = (unit_id IS NULL)
),
ADD CONSTRAINT release_reason_known CHECK (
    reason_kind IN ('late_data', 'decision', 'correction', 'register_change', 'filing_correction')
),
-- Restatements of before gave no reason.
ADD CONSTRAINT release_restatement_has_reason CHECK (
    (version = 1) = (reason_kind IS NULL) AND (version = 1) = (reason_references IS NULL)
) NOT VALID;
CREATE UNIQUE INDEX release_aggregate_version ON release (aggregate_code, month_on, version) WHERE kind = 'aggregate';
COMMENT ON COLUMN release.unit_id IS 'the unit; null where units are summed';
COMMENT ON COLUMN release.filing_id IS 'the version of a filing that is sealed';
COMMENT ON COLUMN release.aggregate_code IS '汇总: table, region, sector and panel of an aggregate';
COMMENT ON COLUMN release.public_from IS '解密时刻: before it nothing of the release is exported (未公布总量); null where it is not embargoed';
COMMENT ON COLUMN release.reason_kind IS '更正原因: why this version restates the one before; null for the first';
COMMENT ON COLUMN release.reason_references IS '依据: what the reason names: messages, decisions, corrections, register rows, documents';
COMMENT ON COLUMN release.inputs IS '汇总依据: canonical bytes of what an aggregate was computed from; by unit, so it lies in no archive. The hash is in the content';

CREATE TABLE restatement_reason (
    restatement_reason_id bigint GENERATED ALWAYS AS IDENTITY,
    restates_release_id bigint NOT NULL,
    reason_kind text NOT NULL,
    reference text NOT NULL,
    given_by text NOT NULL,
    given_at timestamptz NOT NULL,
    CONSTRAINT restatement_reason_pk PRIMARY KEY (restatement_reason_id),
    CONSTRAINT restatement_reason_release_fk FOREIGN KEY (restates_release_id) REFERENCES release (release_id),
    CONSTRAINT restatement_reason_known CHECK (
        reason_kind IN ('late_data', 'decision', 'correction', 'register_change', 'filing_correction')
    ),
    CONSTRAINT restatement_reason_reference_given CHECK (btrim(reference) <> ''),
    CONSTRAINT restatement_reason_by_given CHECK (btrim(given_by) <> '')
);
CREATE INDEX restatement_reason_by_release ON restatement_reason (restates_release_id);
COMMENT ON TABLE restatement_reason IS '更正说明: why a person lets a sealed month be restated; a change for which the store knows no reason waits for it';

CREATE TABLE release_recipient (
    release_recipient_id bigint GENERATED ALWAYS AS IDENTITY,
    release_id bigint NOT NULL,
    recipient text NOT NULL,
    way text NOT NULL,
    document_no text,
    sent_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT release_recipient_pk PRIMARY KEY (release_recipient_id),
    CONSTRAINT release_recipient_release_fk FOREIGN KEY (release_id) REFERENCES release (release_id),
    CONSTRAINT release_recipient_way_known CHECK (way IN ('hand', 'post', 'mail', 'platform', 'publication')),
    CONSTRAINT release_recipient_given CHECK (btrim(recipient) <> '' AND btrim(recorded_by) <> ''),
    CONSTRAINT release_recipient_sent_before CHECK (sent_at <= recorded_at)
);
CREATE INDEX release_recipient_by_release ON release_recipient (release_id);
COMMENT ON TABLE release_recipient IS '接收方: who got which version of a release, when, and by which way';
COMMENT ON COLUMN release_recipient.way IS 'hand 面交, post 邮寄, mail 电子邮件, platform 平台, publication 公开发布';

CREATE TABLE release_notice (
    release_notice_id bigint GENERATED ALWAYS AS IDENTITY,
    release_id bigint NOT NULL,
    recipient text NOT NULL,
    had_release_id bigint NOT NULL,
    opened_at timestamptz NOT NULL,
    CONSTRAINT release_notice_pk PRIMARY KEY (release_notice_id),
    CONSTRAINT release_notice_release_fk FOREIGN KEY (release_id) REFERENCES release (release_id),
    CONSTRAINT release_notice_had_fk FOREIGN KEY (had_release_id) REFERENCES release (release_id),
    CONSTRAINT release_notice_once UNIQUE (release_id, recipient)
);
COMMENT ON TABLE release_notice IS '待告知: who got an earlier version and has to be told of this one; done when release_recipient says so';
COMMENT ON COLUMN release_notice.had_release_id IS 'the newest version that the recipient has';

DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['restatement_reason', 'release_recipient', 'release_notice'] LOOP
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

SELECT track_rows('restatement_reason', 'restatement_reason_id');
SELECT track_rows('release_recipient', 'release_recipient_id');
SELECT track_rows('release_notice', 'release_notice_id');

CREATE VIEW release_notice_open AS
SELECT
    n.release_notice_id,
    n.release_id,
    n.recipient,
    n.had_release_id,
    n.opened_at
FROM release_notice AS n
INNER JOIN release AS r ON n.release_id = r.release_id
WHERE NOT EXISTS (
    SELECT 1
    FROM release_recipient AS told
    INNER JOIN release AS later ON told.release_id = later.release_id
    WHERE
        told.recipient = n.recipient AND later.kind = r.kind AND later.month_on = r.month_on
        AND later.unit_id IS NOT DISTINCT FROM r.unit_id
        AND later.aggregate_code IS NOT DISTINCT FROM r.aggregate_code
        AND later.version >= r.version
);
COMMENT ON VIEW release_notice_open IS '尚未告知: recipients of an earlier version who have neither this one nor a later one';

GRANT SELECT ON restatement_reason, release_recipient, release_notice, release_notice_open
TO nenghao_jobs, nenghao_console, nenghao_verifier;
GRANT INSERT ON release_notice TO nenghao_jobs;
GRANT INSERT ON restatement_reason, release_recipient TO nenghao_console;

-- migrate:down
