-- migrate:up
-- Why: an evidence document of a case leaves the house and is held against us later, so which bytes were made, by whom
-- and when is history like the case itself: its hash gets a leaf in the day tree, its text does not stay here.
-- Locks: none that matter, the table is new. Safe with running code: yes, it neither reads nor writes it.
SET LOCAL lock_timeout = '4s';

CREATE TABLE evidence_document (
    evidence_document_id bigint GENERATED ALWAYS AS IDENTITY,
    case_id bigint NOT NULL,
    format text NOT NULL,
    hash_algorithm text NOT NULL,
    hash bytea NOT NULL,
    made_by text NOT NULL,
    made_at timestamptz NOT NULL,
    CONSTRAINT evidence_document_pk PRIMARY KEY (evidence_document_id),
    CONSTRAINT evidence_document_case_fk FOREIGN KEY (case_id) REFERENCES audit_case (case_id),
    CONSTRAINT evidence_document_made_by_given CHECK (length(trim(made_by)) > 0)
);
CREATE INDEX evidence_document_by_case ON evidence_document (case_id, evidence_document_id);
COMMENT ON TABLE evidence_document IS '证据文书: an evidence document that was made of a case and may have left the house; its hash, not its text';
COMMENT ON COLUMN evidence_document.format IS '文书格式: name and version, as the document itself says them';
COMMENT ON COLUMN evidence_document.hash IS '文书散列: of the canonical bytes (RFC 8785)';

CREATE TRIGGER evidence_document_append_only BEFORE UPDATE OR DELETE ON evidence_document
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER evidence_document_no_truncate BEFORE TRUNCATE ON evidence_document
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

SELECT track_rows('evidence_document', 'evidence_document_id');

GRANT SELECT, INSERT ON evidence_document TO nenghao_console;
GRANT SELECT ON evidence_document TO nenghao_verifier;

-- migrate:down
