-- migrate:up
-- Why: the ledger of a unit's day is read by index, and a refusal that was replayed says what became of it.
-- Locks: message and refusal take no rows while their indexes are built; the broker keeps what arrives meanwhile.
-- Safe with running code: yes, it neither reads nor writes what is new.
SET LOCAL lock_timeout = '4s';

CREATE INDEX message_by_gateway ON message (gateway_id, received_at) WHERE gateway_id IS NOT NULL;
CREATE INDEX message_without_gateway ON message (received_at) WHERE gateway_id IS NULL;
CREATE INDEX refusal_by_instant ON refusal (at) WHERE at IS NOT NULL;

CREATE TABLE refusal_replay (
    refusal_id bigint NOT NULL,
    message_id bigint NOT NULL,
    ordinal smallint,
    outcome text NOT NULL,
    arrived_at timestamptz NOT NULL,
    replayed_at timestamptz NOT NULL,
    CONSTRAINT refusal_replay_pk PRIMARY KEY (refusal_id),
    CONSTRAINT refusal_replay_refusal_fk FOREIGN KEY (refusal_id) REFERENCES refusal (refusal_id),
    CONSTRAINT refusal_replay_message_fk FOREIGN KEY (message_id) REFERENCES message (message_id),
    CONSTRAINT refusal_replay_outcome_known CHECK (
        outcome IN ('accepted', 'already_stored', 'stored', 'duplicate', 'conflict', 'revision')
    ),
    CONSTRAINT refusal_replay_ordinal_fits CHECK ((ordinal IS NULL) = (outcome IN ('accepted', 'already_stored')))
);
CREATE INDEX refusal_replay_by_message ON refusal_replay (message_id);
COMMENT ON TABLE refusal_replay IS '拒收重放: a refusal whose bytes were judged again and taken, once its cause was mended; the refusal itself stays';
COMMENT ON COLUMN refusal_replay.message_id IS 'the message that the replay stored; with outcome already_stored the one that the gateway had sent again itself';
COMMENT ON COLUMN refusal_replay.ordinal IS 'place of the reading in that message; null where a whole message was replayed';
COMMENT ON COLUMN refusal_replay.outcome IS 'of a whole message accepted or already_stored, of a reading what became of it';
COMMENT ON COLUMN refusal_replay.arrived_at IS '首次到达: when the bytes first arrived; they are judged as of then, however often they are replayed';

CREATE TRIGGER refusal_replay_append_only BEFORE UPDATE OR DELETE ON refusal_replay
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refusal_replay_no_truncate BEFORE TRUNCATE ON refusal_replay
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON refusal_replay TO nenghao_collector;
GRANT SELECT ON refusal_replay TO nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier;
GRANT SELECT ON receipt_cursor, receipt_again TO nenghao_verifier;

-- migrate:down
