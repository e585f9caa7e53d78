-- migrate:up
-- Why: after a restore, or where a gateway's message never arrived, the platform asks the gateway for it again; what was
-- asked for is remembered, so that a gateway is neither asked every minute nor for ever.
-- Locks: none that matter, the table is new. Safe with running code: yes.
SET LOCAL lock_timeout = '4s';

CREATE TABLE resend_request (
    resend_request_id bigint GENERATED ALWAYS AS IDENTITY,
    gateway_id integer NOT NULL,
    boot_id uuid NOT NULL,
    first_seq bigint NOT NULL,
    last_seq bigint NOT NULL,
    requested_at timestamptz NOT NULL,
    CONSTRAINT resend_request_pk PRIMARY KEY (resend_request_id),
    CONSTRAINT resend_request_gateway_fk FOREIGN KEY (gateway_id) REFERENCES gateway (gateway_id),
    CONSTRAINT resend_request_range CHECK (first_seq >= 0 AND last_seq >= first_seq)
);
CREATE INDEX resend_request_by_spool ON resend_request (gateway_id, boot_id);
COMMENT ON TABLE resend_request IS '补发请求: messages first_seq to last_seq of a spool that a gateway was asked to send again';

CREATE TRIGGER resend_request_append_only BEFORE UPDATE OR DELETE ON resend_request
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER resend_request_no_truncate BEFORE TRUNCATE ON resend_request
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON resend_request TO nenghao_jobs;
GRANT SELECT ON resend_request TO nenghao_console, nenghao_verifier;

-- migrate:down
