-- find_gateway --
-- The id of a gateway by its names: no row or one.
SELECT g.gateway_id
FROM gateway AS g
INNER JOIN unit AS u ON g.unit_id = u.unit_id
WHERE u.unit_code = %(unit_code)s AND g.gateway_code = %(gateway_code)s;

-- add_gateway_key --
-- Registers a public key of a gateway and returns from when it holds; no row where the gateway has it, revoked or not.
INSERT INTO gateway_key (gateway_id, key_id, algorithm, public_key, valid_from, registered_by)
VALUES (
    %(gateway_id)s, %(key_id)s, %(algorithm)s, %(public_key)s, coalesce(%(valid_from)s::timestamptz, now()), %(registered_by)s
)
ON CONFLICT DO NOTHING
RETURNING valid_from;

-- revoke_gateway_key --
-- Revokes a key of a gateway from now on; row count 0 where the gateway has no such key or it is revoked already.
INSERT INTO gateway_key_revocation (gateway_key_id, reason, revoked_by)
SELECT
    gateway_key_id,
    %(reason)s,
    %(revoked_by)s
FROM gateway_key
WHERE gateway_id = %(gateway_id)s AND key_id = %(key_id)s
ON CONFLICT DO NOTHING;

-- enrol_boot --
-- Enrols a boot_id of a gateway; row count 0 where it is enrolled already.
INSERT INTO gateway_boot (gateway_id, boot_id, how, enrolled_by)
VALUES (%(gateway_id)s, %(boot_id)s, 'command', %(enrolled_by)s)
ON CONFLICT DO NOTHING;

-- list_gateway_keys --
-- Every key of every gateway, or of one unit's, by name and age.
SELECT
    u.unit_code,
    g.gateway_code,
    k.key_id,
    k.algorithm,
    k.valid_from,
    k.registered_by,
    r.revoked_at,
    r.revoked_by,
    r.reason AS revoked_reason
FROM gateway_key AS k
INNER JOIN gateway AS g ON k.gateway_id = g.gateway_id
INNER JOIN unit AS u ON g.unit_id = u.unit_id
LEFT JOIN gateway_key_revocation AS r ON k.gateway_key_id = r.gateway_key_id
WHERE %(unit_code)s::text IS NULL OR u.unit_code = %(unit_code)s
ORDER BY u.unit_code, g.gateway_code, k.gateway_key_id;
