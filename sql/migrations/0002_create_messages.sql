-- migrate:up
-- Why: what gateways send: every message, its bytes, its readings, and everything that was not stored as a reading.
-- Locks: none that matter, the tables are new. Safe with running code: yes.
SET LOCAL lock_timeout = '4s';

CREATE SEQUENCE message_id_seq AS bigint CACHE 1;
COMMENT ON SEQUENCE message_id_seq IS 'Taken under the shard''s lock, so that ids of one shard become visible in order (receipts rely on it)';

CREATE TABLE message (
    message_id bigint NOT NULL,
    shard smallint NOT NULL,
    gateway_id integer,
    boot_id uuid,
    seq bigint,
    msg_id text,
    topic text NOT NULL,
    codec text NOT NULL,
    hash_algorithm text NOT NULL,
    hash bytea NOT NULL,
    sent_at timestamptz,
    received_at timestamptz NOT NULL,
    outcome text NOT NULL,
    reading_count integer NOT NULL,
    stored_count integer NOT NULL,
    duplicate_count integer NOT NULL,
    conflict_count integer NOT NULL,
    revision_count integer NOT NULL,
    refused_count integer NOT NULL,
    collected_under text NOT NULL,
    CONSTRAINT message_pk PRIMARY KEY (message_id),
    CONSTRAINT message_gateway_fk FOREIGN KEY (gateway_id) REFERENCES gateway (gateway_id),
    CONSTRAINT message_identity_unique UNIQUE (gateway_id, boot_id, seq),
    CONSTRAINT message_identity_whole CHECK (
        (seq IS NULL) = (boot_id IS NULL) AND (seq IS NULL OR gateway_id IS NOT NULL)
    ),
    CONSTRAINT message_outcome_known CHECK (outcome IN ('accepted', 'refused')),
    CONSTRAINT message_counts_add_up CHECK (
        reading_count = stored_count + duplicate_count + conflict_count + revision_count + refused_count
    )
);
CREATE UNIQUE INDEX message_hash_unique ON message (topic, hash) WHERE seq IS NULL;
CREATE INDEX message_by_shard ON message (shard, message_id);
COMMENT ON TABLE message IS '报文: every message that was accepted or refused; identity (gateway, boot_id, seq), else topic and hash';
COMMENT ON COLUMN message.seq IS '报文序号: persistent at the sender, shared by its topics; null where it could not be read or was reused';
COMMENT ON COLUMN message.hash IS '报文散列: of the payload as received, by hash_algorithm';
COMMENT ON COLUMN message.outcome IS 'accepted: parsed, its readings judged one by one; refused: as a whole';

CREATE TABLE message_raw (
    message_id bigint NOT NULL,
    received_at timestamptz NOT NULL,
    payload bytea NOT NULL,
    CONSTRAINT message_raw_pk PRIMARY KEY (message_id, received_at)
);
SELECT create_hypertable('message_raw', by_range('received_at', INTERVAL '1 day'), create_default_indexes => false);
COMMENT ON TABLE message_raw IS '原始报文: bytes as received; dropped by chunk after retention, the hash in message stays';

CREATE TABLE reading (
    series_id integer NOT NULL,
    at timestamptz NOT NULL,
    value numeric NOT NULL,
    message_id bigint NOT NULL,
    ordinal smallint NOT NULL,
    source "char" NOT NULL,
    CONSTRAINT reading_pk PRIMARY KEY (series_id, at),
    CONSTRAINT reading_source_known CHECK (source IN ('l', 'b', 'm'))
);
SELECT create_hypertable('reading', by_range('at', INTERVAL '1 day'), create_default_indexes => false);
COMMENT ON TABLE reading IS '读数: what the meter showed, in the unit of its series version; first value stands';
COMMENT ON COLUMN reading.at IS '时刻: instant of a register or gauge, start of an interval; as sent, aligned to the grid in jobs';
COMMENT ON COLUMN reading.value IS '值: as sent, converted exactly to the unit of the series; the multiplier is not applied';
COMMENT ON COLUMN reading.ordinal IS 'place of the reading in its message, from 0';
COMMENT ON COLUMN reading.source IS '来源: l 实时 live, b 补传 backfill, m 人工 manual';

CREATE TABLE refusal (
    refusal_id bigint GENERATED ALWAYS AS IDENTITY,
    message_id bigint NOT NULL,
    ordinal smallint,
    reason_code text NOT NULL,
    detail text NOT NULL,
    point_code text,
    at timestamptz,
    value_text text,
    refused_at timestamptz NOT NULL,
    CONSTRAINT refusal_pk PRIMARY KEY (refusal_id),
    CONSTRAINT refusal_message_fk FOREIGN KEY (message_id) REFERENCES message (message_id),
    CONSTRAINT refusal_once UNIQUE NULLS NOT DISTINCT (message_id, ordinal)
);
COMMENT ON TABLE refusal IS '拒收: a message (ordinal null) or a reading that was not taken, with its reason';
COMMENT ON COLUMN refusal.reason_code IS '原因代码: stable, listed in docs/ingest-protocol.md';

CREATE TABLE reading_conflict (
    conflict_id bigint GENERATED ALWAYS AS IDENTITY,
    series_id integer NOT NULL,
    at timestamptz NOT NULL,
    standing_value numeric NOT NULL,
    value numeric NOT NULL,
    message_id bigint NOT NULL,
    ordinal smallint NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT reading_conflict_pk PRIMARY KEY (conflict_id),
    CONSTRAINT reading_conflict_series_fk FOREIGN KEY (series_id) REFERENCES series (series_id),
    CONSTRAINT reading_conflict_message_fk FOREIGN KEY (message_id) REFERENCES message (message_id),
    CONSTRAINT reading_conflict_once UNIQUE (message_id, ordinal)
);
CREATE INDEX reading_conflict_by_series ON reading_conflict (series_id, at);
COMMENT ON TABLE reading_conflict IS '冲突值: another value for a key that has one; kept, never used until a decision adopts it';

CREATE TABLE reading_revision (
    revision_id bigint GENERATED ALWAYS AS IDENTITY,
    series_id integer NOT NULL,
    at timestamptz NOT NULL,
    earlier_value numeric NOT NULL,
    value numeric NOT NULL,
    reason text NOT NULL,
    standing text NOT NULL,
    message_id bigint NOT NULL,
    ordinal smallint NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT reading_revision_pk PRIMARY KEY (revision_id),
    CONSTRAINT reading_revision_series_fk FOREIGN KEY (series_id) REFERENCES series (series_id),
    CONSTRAINT reading_revision_message_fk FOREIGN KEY (message_id) REFERENCES message (message_id),
    CONSTRAINT reading_revision_once UNIQUE (message_id, ordinal),
    CONSTRAINT reading_revision_standing_known CHECK (standing IN ('in_force', 'waiting', 'parked'))
);
CREATE INDEX reading_revision_by_series ON reading_revision (series_id, at);
COMMENT ON TABLE reading_revision IS '更正: a correction that names the earlier value and the reason';
COMMENT ON COLUMN reading_revision.standing IS 'in_force at once, waiting for a decision, or parked: it corrects a value not in force';

CREATE TABLE gateway_state (
    gateway_state_id bigint GENERATED ALWAYS AS IDENTITY,
    gateway_id integer NOT NULL,
    received_at timestamptz NOT NULL,
    online boolean NOT NULL,
    boot_id uuid,
    buffered_count bigint,
    clock_offset_ms integer,
    config_hash text,
    CONSTRAINT gateway_state_pk PRIMARY KEY (gateway_state_id),
    CONSTRAINT gateway_state_gateway_fk FOREIGN KEY (gateway_id) REFERENCES gateway (gateway_id)
);
CREATE INDEX gateway_state_latest ON gateway_state (gateway_id, gateway_state_id);
COMMENT ON TABLE gateway_state IS '网关状态: heartbeats and wills as they arrived';

CREATE TABLE changed_mark (
    series_id integer NOT NULL,
    day_on date NOT NULL,
    marked_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE changed_mark IS '变更表: (series, Shanghai day) that jobs have to look at again; insert-only without a key, so a late commit is never swallowed by an older mark';

CREATE TABLE outbound (
    outbound_id bigint GENERATED ALWAYS AS IDENTITY,
    topic text NOT NULL,
    payload bytea NOT NULL,
    retain boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz,
    CONSTRAINT outbound_pk PRIMARY KEY (outbound_id),
    CONSTRAINT outbound_topic_form CHECK (topic ~ '^nenghao/v1/[^+#]{1,200}$'),
    CONSTRAINT outbound_payload_size CHECK (octet_length(payload) <= 1048576)
);
CREATE INDEX outbound_unsent ON outbound (outbound_id) WHERE sent_at IS NULL;
COMMENT ON TABLE outbound IS '下行: messages that jobs or the console want published; the outbound sender sends them';

CREATE TABLE receipt_cursor (
    shard smallint NOT NULL,
    message_id bigint NOT NULL,
    moved_at timestamptz NOT NULL,
    CONSTRAINT receipt_cursor_pk PRIMARY KEY (shard)
);
COMMENT ON TABLE receipt_cursor IS '回执游标: messages of the shard up to this id have been receipted';

CREATE TABLE receipt_again (
    message_id bigint NOT NULL,
    noted_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE receipt_again IS '补发回执: stored messages that came again, perhaps because their receipt was lost; deleted when receipted';

-- migrate:down
