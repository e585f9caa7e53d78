-- migrate:up
-- Why: a gateway may connect because somebody let it; who gave, replaced or took its password and when is kept.
-- Locks: none that matter, the table is new. Safe with running code: yes, it does not know it.
SET LOCAL lock_timeout = '4s';

CREATE TABLE gateway_account_event (
    gateway_account_event_id bigint GENERATED ALWAYS AS IDENTITY,
    gateway_id integer NOT NULL,
    kind text NOT NULL,
    done_by text NOT NULL,
    done_at timestamptz NOT NULL,
    CONSTRAINT gateway_account_event_pk PRIMARY KEY (gateway_account_event_id),
    CONSTRAINT gateway_account_event_gateway_fk FOREIGN KEY (gateway_id) REFERENCES gateway (gateway_id),
    CONSTRAINT gateway_account_event_kind_known CHECK (kind IN ('added', 'rotated', 'revoked')),
    CONSTRAINT gateway_account_event_done_by_given CHECK (btrim(done_by) <> '')
);
CREATE INDEX gateway_account_event_latest ON gateway_account_event (gateway_id, gateway_account_event_id);
COMMENT ON TABLE gateway_account_event IS '网关接入记录: who gave, replaced or took away the password of a gateway';
COMMENT ON COLUMN gateway_account_event.kind IS 'added 发放口令, rotated 更换口令, revoked 吊销';

CREATE TRIGGER gateway_account_event_append_only BEFORE UPDATE OR DELETE ON gateway_account_event
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER gateway_account_event_no_truncate BEFORE TRUNCATE ON gateway_account_event
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON gateway_account_event TO nenghao_console;
GRANT SELECT ON gateway_account_event TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_verifier;

-- migrate:down
