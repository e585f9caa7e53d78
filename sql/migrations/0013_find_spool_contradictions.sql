-- migrate:up
-- Why: what a gateway says of its spool and of the trees it saw is compared with what is stored, once a day and by index.
-- Locks: refusal and gateway_state take no rows while their indexes are built; the broker keeps what arrives meanwhile.
-- Safe with running code: yes, it neither reads nor writes what is new.
SET LOCAL lock_timeout = '4s';

CREATE INDEX refusal_of_message ON refusal (refused_at) WHERE ordinal IS NULL;
CREATE INDEX gateway_state_by_gateway ON gateway_state (gateway_id, received_at);

-- Each pair of messages is seen once: when the one of them that came later arrived.
CREATE VIEW spool_contradiction AS
SELECT
    later.gateway_id,
    later.received_at AS seen_at,
    'link' AS kind,
    later.boot_id,
    later.seq,
    later.message_id,
    later.prev_hash AS told,
    before.hash AS stored
FROM message AS later
CROSS JOIN LATERAL (
    SELECT
        p.message_id,
        p.hash
    FROM message AS p
    WHERE p.gateway_id = later.gateway_id AND p.boot_id = later.boot_id AND p.seq = later.seq - 1
    ORDER BY p.message_id
    LIMIT 1
) AS before
WHERE later.prev_hash <> before.hash AND before.message_id < later.message_id
UNION ALL
SELECT
    later.gateway_id,
    later.received_at AS seen_at,
    'link' AS kind,
    later.boot_id,
    behind.seq,
    behind.message_id,
    behind.prev_hash AS told,
    later.hash AS stored
FROM message AS later
CROSS JOIN LATERAL (
    SELECT
        n.message_id,
        n.seq,
        n.prev_hash
    FROM message AS n
    WHERE n.gateway_id = later.gateway_id AND n.boot_id = later.boot_id AND n.seq = later.seq + 1
    ORDER BY n.message_id
    LIMIT 1
) AS behind
WHERE behind.prev_hash <> later.hash AND behind.message_id < later.message_id
UNION ALL
SELECT
    state.gateway_id,
    state.received_at AS seen_at,
    'spool_head' AS kind,
    state.boot_id,
    state.spool_head_seq AS seq,
    head.message_id,
    state.spool_head_hash AS told,
    head.hash AS stored
FROM gateway_state AS state
CROSS JOIN LATERAL (
    SELECT
        m.message_id,
        m.hash
    FROM message AS m
    WHERE m.gateway_id = state.gateway_id AND m.boot_id = state.boot_id AND m.seq = state.spool_head_seq
    ORDER BY m.message_id
    LIMIT 1
) AS head
WHERE state.spool_head_hash <> head.hash
UNION ALL
SELECT
    state.gateway_id,
    state.received_at AS seen_at,
    'day_head' AS kind,
    state.boot_id,
    NULL::bigint AS seq,
    NULL::bigint AS message_id,
    state.head_root AS told,
    tree.root AS stored
FROM gateway_state AS state
INNER JOIN day_tree AS tree ON state.head_day = tree.day_on
-- The first tree after a declared restore stands where a lost one was that gateways may have seen.
WHERE state.head_root <> tree.root AND tree.resumed_over_tree_no IS NULL;
COMMENT ON VIEW spool_contradiction IS '链断: what a gateway told of its spool (link, spool_head) or of a day tree (day_head) and what is stored, where they differ';

GRANT SELECT ON spool_contradiction TO nenghao_rules, nenghao_verifier;

-- migrate:down
