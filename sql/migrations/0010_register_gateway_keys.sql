-- migrate:up
-- Why: a gateway may sign what it sends. Its keys and the spools (boot_id) it may use stand in the registers; each message
-- and each reading says how far its sender was proven; heartbeats say where spool and trees stood.
-- Locks: message, reading, reading_conflict, reading_revision and gateway_state take no rows while their columns are added,
-- which rewrites nothing; the check on reading reads what is there once. The broker keeps what arrives meanwhile.
-- Safe with running code: yes, what it stores meanwhile has the defaults, and it signs nothing.
SET LOCAL lock_timeout = '4s';

CREATE TABLE gateway_key (
    gateway_key_id integer GENERATED ALWAYS AS IDENTITY,
    gateway_id integer NOT NULL,
    key_id text NOT NULL,
    algorithm text NOT NULL,
    public_key bytea NOT NULL,
    valid_from timestamptz NOT NULL,
    registered_by text NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT gateway_key_pk PRIMARY KEY (gateway_key_id),
    CONSTRAINT gateway_key_gateway_fk FOREIGN KEY (gateway_id) REFERENCES gateway (gateway_id),
    CONSTRAINT gateway_key_once UNIQUE (gateway_id, key_id),
    CONSTRAINT gateway_key_algorithm_known CHECK (algorithm IN ('ed25519')),
    CONSTRAINT gateway_key_size CHECK (octet_length(public_key) = 32),
    CONSTRAINT gateway_key_id_form CHECK (key_id ~ '^[0-9a-f]{16}$'),
    CONSTRAINT gateway_key_registered_by_given CHECK (length(trim(registered_by)) > 0)
);
COMMENT ON TABLE gateway_key IS '网关签名公钥: from valid_from of its first key on a gateway has to sign; several keys may hold at once, so that they can be changed';
COMMENT ON COLUMN gateway_key.key_id IS 'first 16 hex digits of the SHA-256 of the public key';
COMMENT ON COLUMN gateway_key.valid_from IS '生效: messages received from this instant on may be signed by it';

CREATE TABLE gateway_key_revocation (
    gateway_key_id integer NOT NULL,
    reason text NOT NULL,
    revoked_by text NOT NULL,
    revoked_at timestamptz NOT NULL DEFAULT now(),
    revocation_no integer GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT gateway_key_revocation_pk PRIMARY KEY (gateway_key_id),
    CONSTRAINT gateway_key_revocation_key_fk FOREIGN KEY (gateway_key_id) REFERENCES gateway_key (gateway_key_id),
    CONSTRAINT gateway_key_revocation_no_unique UNIQUE (revocation_no),
    CONSTRAINT gateway_key_revocation_reason_given CHECK (length(trim(reason)) > 0),
    CONSTRAINT gateway_key_revocation_by_given CHECK (length(trim(revoked_by)) > 0)
);
COMMENT ON TABLE gateway_key_revocation IS '公钥吊销: messages received from revoked_at on are not taken under this key; never taken back, a new key is registered instead';

CREATE TABLE gateway_boot (
    gateway_boot_id integer GENERATED ALWAYS AS IDENTITY,
    gateway_id integer NOT NULL,
    boot_id uuid NOT NULL,
    how text NOT NULL,
    enrolled_by text NOT NULL,
    enrolled_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT gateway_boot_pk PRIMARY KEY (gateway_boot_id),
    CONSTRAINT gateway_boot_gateway_fk FOREIGN KEY (gateway_id) REFERENCES gateway (gateway_id),
    CONSTRAINT gateway_boot_once UNIQUE (gateway_id, boot_id),
    CONSTRAINT gateway_boot_how_known CHECK (how IN ('first', 'command')),
    CONSTRAINT gateway_boot_enrolled_by_given CHECK (length(trim(enrolled_by)) > 0)
);
CREATE UNIQUE INDEX gateway_boot_one_first ON gateway_boot (gateway_id) WHERE how = 'first';
COMMENT ON TABLE gateway_boot IS '登记的启动标识: spools that a signing gateway may send from; another boot_id says that a spool was lost and waits for a person';
COMMENT ON COLUMN gateway_boot.how IS 'first: the first one that came signed; command: a person enrolled it';

ALTER TABLE message
ADD COLUMN assurance text NOT NULL DEFAULT 'password',
ADD COLUMN prev_hash bytea,
ADD CONSTRAINT message_assurance_known CHECK (assurance IN ('signed', 'password'));
COMMENT ON COLUMN message.assurance IS '可信级别: signed by a registered key of the gateway (not of the meter), or by the broker''s password only';
COMMENT ON COLUMN message.prev_hash IS '前一报文散列: what the sender says of the message with the seq before; null where it does not';

ALTER TABLE reading
ADD COLUMN assurance "char" NOT NULL DEFAULT 'p',
ADD CONSTRAINT reading_assurance_known CHECK (assurance IN ('s', 'p', 'm'));
COMMENT ON COLUMN reading.assurance IS '可信级别: s 签名 signed, p 口令 password, m 人工 manual; it proves the gateway, not the meter';

ALTER TABLE reading_conflict
ADD COLUMN assurance text NOT NULL DEFAULT 'p',
ADD CONSTRAINT reading_conflict_assurance_known CHECK (assurance IN ('s', 'p', 'm'));
COMMENT ON COLUMN reading_conflict.assurance IS '可信级别: of the value that came later, as reading.assurance';

ALTER TABLE reading_revision
ADD COLUMN assurance text NOT NULL DEFAULT 'p',
ADD CONSTRAINT reading_revision_assurance_known CHECK (assurance IN ('s', 'p', 'm'));
COMMENT ON COLUMN reading_revision.assurance IS '可信级别: of the corrected value, as reading.assurance';

ALTER TABLE gateway_state
ADD COLUMN spool_head_seq bigint,
ADD COLUMN spool_head_hash bytea,
ADD COLUMN head_day date,
ADD COLUMN head_root bytea,
ADD CONSTRAINT gateway_state_spool_head_whole CHECK ((spool_head_seq IS NULL) = (spool_head_hash IS NULL)),
ADD CONSTRAINT gateway_state_head_whole CHECK ((head_day IS NULL) = (head_root IS NULL));
COMMENT ON COLUMN gateway_state.spool_head_seq IS '存储头: the newest message of the gateway''s spool, with its hash';
COMMENT ON COLUMN gateway_state.head_day IS '日根回声: the last day head that the gateway saw, with its root';

-- A typed-in value is manual however it came; rows from before this column have its default.
CREATE OR REPLACE VIEW reading_in_force AS
SELECT
    r.series_id,
    r.at,
    coalesce(adopted.value, revised.value, r.value) AS value,
    r.source,
    coalesce(adopted.message_id, revised.message_id, r.message_id) AS message_id,
    CASE
        WHEN adopted.message_id IS NOT NULL THEN coalesce(adopted.assurance, 'p')::"char"
        WHEN revised.message_id IS NOT NULL THEN revised.assurance::"char"
        WHEN r.source = 'm' THEN 'm'::"char"
        ELSE r.assurance
    END AS assurance
FROM reading AS r
LEFT JOIN LATERAL (
    SELECT
        a.value,
        a.message_id,
        (
            SELECT c.assurance FROM reading_conflict AS c
            WHERE c.series_id = a.series_id AND c.at = a.at AND c.message_id = a.message_id AND c.value = a.value
            ORDER BY c.conflict_id
            LIMIT 1
        ) AS assurance
    FROM reading_adoption AS a
    INNER JOIN decision AS d ON a.decision_id = d.decision_id
    WHERE
        a.series_id = r.series_id AND a.at = r.at
        AND NOT EXISTS (
            SELECT 1
            FROM decision AS later
            WHERE later.case_id = d.case_id AND later.decision_id > d.decision_id AND later.kind IN ('confirm', 'dismiss')
        )
    ORDER BY a.reading_adoption_id DESC
    LIMIT 1
) AS adopted ON TRUE
LEFT JOIN LATERAL (
    SELECT
        v.value,
        v.message_id,
        v.assurance
    FROM reading_revision AS v
    WHERE v.series_id = r.series_id AND v.at = r.at AND v.standing = 'in_force'
    ORDER BY v.revision_id DESC
    LIMIT 1
) AS revised ON TRUE;
COMMENT ON VIEW reading_in_force IS '有效读数: the value that counts, the message that brought it and how far its sender was proven; the only source of jobs';

DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['gateway_key', 'gateway_key_revocation', 'gateway_boot'] LOOP
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

SELECT track_rows('gateway_key', 'gateway_key_id');
SELECT track_rows('gateway_key_revocation', 'gateway_key_id');
SELECT track_rows('gateway_boot', 'gateway_boot_id');

GRANT SELECT ON gateway_key, gateway_key_revocation, gateway_boot
TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier;
GRANT INSERT ON gateway_boot TO nenghao_collector;
GRANT SELECT ON reading_adoption TO nenghao_collector;
GRANT INSERT ON gateway_key, gateway_key_revocation, gateway_boot TO nenghao_console;

-- migrate:down
