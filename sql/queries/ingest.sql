-- gateways --
-- Every gateway with its unit, for the collector's snapshot of the registers.
SELECT
    g.gateway_id,
    u.unit_code,
    g.gateway_code,
    g.shard,
    g.backfill_from,
    g.backfill_until,
    u.collected_under
FROM gateway AS g
INNER JOIN unit AS u ON g.unit_id = u.unit_id;

-- unit_codes --
-- Every unit, so that an unknown unit is told from an unknown gateway, and its division: bodies differ by province.
SELECT
    unit_code,
    division_code
FROM unit;

-- series_versions --
-- Every version of every series with its meter and place, for the same snapshot.
SELECT
    u.unit_code,
    p.point_code,
    s.quantity,
    s.kind,
    s.period,
    v.series_id,
    nullif(lower(v.valid), '-infinity') AS valid_from,
    nullif(upper(v.valid), 'infinity') AS valid_to,
    m.meter_no,
    v.unit,
    v.multiplier
FROM series_version AS v
INNER JOIN series AS s ON v.series_id = s.series_id
INNER JOIN point AS p ON s.point_id = p.point_id
INNER JOIN unit AS u ON p.unit_id = u.unit_id
INNER JOIN meter AS m ON v.meter_id = m.meter_id
WHERE NOT isempty(v.valid)
ORDER BY v.series_id, lower(v.valid);

-- point_codes --
-- Every point, so that an unknown point is told from an unknown series.
SELECT
    u.unit_code,
    p.point_code,
    p.data_code
FROM point AS p
INNER JOIN unit AS u ON p.unit_id = u.unit_id;

-- register_mark --
-- One row that differs after a row was added to the registers; four index look-ups.
SELECT
    (SELECT max(unit_id) FROM unit) AS unit_id,
    (SELECT max(gateway_id) FROM gateway) AS gateway_id,
    (SELECT max(point_id) FROM point) AS point_id,
    (SELECT max(series_version_id) FROM series_version) AS series_version_id;

-- trust_mark --
-- One row that differs after a key was registered or revoked or a boot enrolled; three index look-ups.
SELECT
    (SELECT max(gateway_key_id) FROM gateway_key) AS gateway_key_id,
    (SELECT max(revocation_no) FROM gateway_key_revocation) AS revocation_no,
    (SELECT max(gateway_boot_id) FROM gateway_boot) AS gateway_boot_id;

-- gateway_keys --
-- Every key of every gateway, revoked ones too: what came while they held stays right.
SELECT
    k.gateway_id,
    k.key_id,
    k.algorithm,
    k.public_key,
    k.valid_from,
    r.revoked_at
FROM gateway_key AS k
LEFT JOIN gateway_key_revocation AS r ON k.gateway_key_id = r.gateway_key_id
ORDER BY k.gateway_key_id;

-- gateway_boots --
-- Every spool that a gateway may send from.
SELECT
    gateway_id,
    boot_id
FROM gateway_boot;

-- enrol_first_boot --
-- Enrols the first boot_id that a gateway signed; row count 0 where it has one.
INSERT INTO gateway_boot (gateway_id, boot_id, how, enrolled_by)
SELECT
    %(gateway_id)s,
    %(boot_id)s,
    'first',
    'collector'
WHERE NOT EXISTS (SELECT 1 FROM gateway_boot AS b WHERE b.gateway_id = %(gateway_id)s)
ON CONFLICT DO NOTHING;

-- make_identity_stage --
-- Temporary table for what identifies the messages of a batch.
CREATE TEMPORARY TABLE IF NOT EXISTS stage_identity (
    place integer NOT NULL,
    gateway_id integer,
    boot_id uuid,
    seq bigint,
    topic text NOT NULL,
    hash bytea NOT NULL
) ON COMMIT DELETE ROWS;

-- make_reading_stage --
-- Temporary table for the accepted readings of a batch.
CREATE TEMPORARY TABLE IF NOT EXISTS stage_reading (
    series_id integer NOT NULL,
    at timestamptz NOT NULL,
    value numeric NOT NULL,
    message_id bigint NOT NULL,
    ordinal smallint NOT NULL,
    source text NOT NULL,
    assurance text NOT NULL
) ON COMMIT DELETE ROWS;

-- copy_identities --
-- Fills stage_identity.
COPY stage_identity (place, gateway_id, boot_id, seq, topic, hash) FROM STDIN (FORMAT BINARY);

-- copy_readings --
-- Fills stage_reading.
COPY stage_reading (series_id, at, value, message_id, ordinal, source, assurance) FROM STDIN (FORMAT BINARY);

-- copy_new_readings --
-- Stores readings whose keys are free; fails where one is taken.
COPY reading (series_id, at, value, message_id, ordinal, source, assurance) FROM STDIN (FORMAT BINARY);

-- known_messages --
-- The staged messages that are stored already, by place: with the hash of what is stored under their identity. Usually
-- none. The look-ups are one by one, by index, because a stage has no statistics to choose a join by.
SELECT
    s.place,
    m.message_id,
    m.hash
FROM stage_identity AS s
CROSS JOIN LATERAL (
    SELECT
        k.message_id,
        k.hash
    FROM message AS k
    WHERE k.gateway_id = s.gateway_id AND k.boot_id = s.boot_id AND k.seq = s.seq
    LIMIT 1
) AS m
WHERE s.seq IS NOT NULL;

-- known_hashes --
-- The staged messages whose bytes are stored under the same topic without an identity, by place.
SELECT
    s.place,
    m.message_id
FROM stage_identity AS s
CROSS JOIN LATERAL (
    SELECT k.message_id
    FROM message AS k
    WHERE k.topic = s.topic AND k.hash = s.hash AND k.seq IS NULL
    LIMIT 1
) AS m;

-- take_message_ids --
-- New message ids in ascending order; call it under the shard's lock only.
SELECT nextval('message_id_seq') AS message_id
FROM generate_series(1, %(message_count)s::integer);

-- store_readings --
-- Stores the staged readings whose key is free, the earliest message first; the row count says how many. First value
-- stands: nothing is ever overwritten.
INSERT INTO reading (series_id, at, value, message_id, ordinal, source, assurance)
SELECT
    series_id,
    at,
    value,
    message_id,
    ordinal,
    source::"char",
    assurance::"char"
FROM stage_reading
ORDER BY series_id, at, message_id, ordinal
ON CONFLICT DO NOTHING;

-- readings_not_stored --
-- The staged readings of [start_at, end_at) whose key was taken, with the value that stands. A statement of its own, so
-- that it sees what another writer stored meanwhile; the bounds let the planner open the day's chunks only.
SELECT
    s.message_id,
    s.ordinal,
    s.series_id,
    s.at,
    s.value,
    r.value AS standing_value
FROM stage_reading AS s
CROSS JOIN LATERAL (
    SELECT
        k.value,
        k.message_id,
        k.ordinal
    FROM reading AS k
    WHERE
        k.series_id = s.series_id AND k.at = s.at
        AND k.at >= %(start_at)s AND k.at < %(end_at)s
    LIMIT 1
) AS r
WHERE
    s.at >= %(start_at)s AND s.at < %(end_at)s
    AND (r.message_id, r.ordinal) IS DISTINCT FROM (s.message_id, s.ordinal);

-- correction_standing --
-- For one correction, one row: the value in force of its key (null where there is no reading), the place of the reading
-- that came first, whether the same correction was recorded before, and whether it is settled: the tree of the reading's
-- Shanghai day is closed (days without a tree belong to the next one), or a person decided on the reading.
SELECT
    f.value AS value_in_force,
    r.message_id,
    r.ordinal,
    EXISTS (
        SELECT 1 FROM reading_revision AS v
        WHERE
            v.series_id = %(series_id)s AND v.at = %(at)s
            AND v.earlier_value = %(earlier_value)s AND v.value = %(value)s
    ) AS is_repeated,
    EXISTS (SELECT 1 FROM day_tree AS t WHERE t.day_on >= %(day_on)s)
    OR EXISTS (
        SELECT 1 FROM reading_adoption AS a
        WHERE a.series_id = %(series_id)s AND a.at = %(at)s
    ) AS is_settled
FROM (SELECT 1) AS one (row_no)
LEFT JOIN reading AS r ON r.series_id = %(series_id)s AND r.at = %(at)s
LEFT JOIN reading_in_force AS f ON f.series_id = %(series_id)s AND f.at = %(at)s;

-- copy_messages --
-- Adds the rows of new messages.
COPY message (
    message_id, shard, gateway_id, boot_id, seq, msg_id, topic, codec, hash_algorithm, hash, sent_at, received_at, outcome,
    reading_count, stored_count, duplicate_count, conflict_count, revision_count, refused_count, collected_under,
    assurance, prev_hash, leaf
) FROM STDIN (FORMAT BINARY);

-- copy_raw --
-- Adds the bytes of new messages.
COPY message_raw (message_id, received_at, payload) FROM STDIN (FORMAT BINARY);

-- copy_refusals --
-- Adds refusals of messages (ordinal null) and of readings.
COPY refusal (
    message_id, ordinal, reason_code, detail, point_code, at, value_text, refused_at
) FROM STDIN (FORMAT BINARY);

-- copy_conflicts --
-- Adds values that differ from the standing ones.
COPY reading_conflict (
    series_id, at, standing_value, value, message_id, ordinal, recorded_at, assurance
) FROM STDIN (FORMAT BINARY);

-- copy_revisions --
-- Adds corrections.
COPY reading_revision (
    series_id, at, earlier_value, value, reason, standing, message_id, ordinal, recorded_at, assurance
) FROM STDIN (FORMAT BINARY);

-- copy_marks --
-- Puts (series, day) on the changed list.
COPY changed_mark (series_id, day_on) FROM STDIN (FORMAT BINARY);

-- note_received_again --
-- Notes stored messages that came again, so that they are receipted again.
INSERT INTO receipt_again (message_id)
SELECT n.message_id FROM unnest(%(message_ids)s::bigint[]) AS n (message_id);

-- add_gateway_state --
-- Adds a state; where it may be a repetition, only if it differs from the gateway's last one. Row count 0 or 1.
INSERT INTO gateway_state (
    gateway_id, received_at, online, boot_id, buffered_count, clock_offset_ms, config_hash,
    spool_head_seq, spool_head_hash, head_day, head_root
)
SELECT
    %(gateway_id)s,
    %(received_at)s,
    %(online)s::boolean,
    %(boot_id)s::uuid,
    %(buffered_count)s::bigint,
    %(clock_offset_ms)s::integer,
    %(config_hash)s::text,
    %(spool_head_seq)s::bigint,
    %(spool_head_hash)s::bytea,
    %(head_day)s::date,
    %(head_root)s::bytea
WHERE
    NOT %(is_replay)s::boolean
    OR row(
        %(online)s::boolean,
        %(boot_id)s::uuid,
        %(buffered_count)s::bigint,
        %(clock_offset_ms)s::integer,
        %(config_hash)s::text,
        %(spool_head_seq)s::bigint,
        %(spool_head_hash)s::bytea,
        %(head_day)s::date,
        %(head_root)s::bytea
    ) IS DISTINCT FROM (
        SELECT
            row(
                g.online,
                g.boot_id,
                g.buffered_count,
                g.clock_offset_ms,
                g.config_hash,
                g.spool_head_seq,
                g.spool_head_hash,
                g.head_day,
                g.head_root
            ) AS said
        FROM gateway_state AS g
        WHERE g.gateway_id = %(gateway_id)s
        ORDER BY g.gateway_state_id DESC
        LIMIT 1
    );
