-- add_document --
-- A photo or certificate beside a declared change of a meter or a multiplier; row count 0 where there is no such change.
INSERT INTO change_document (
    unit_id, meter_change_id, multiplier_change_id, subject, file_name, media_type, content, content_hash_algorithm,
    content_hash, added_by, added_at
)
SELECT
    p.unit_id,
    c.meter_change_id,
    x.multiplier_change_id,
    %(subject)s,
    %(file_name)s,
    %(media_type)s,
    %(content)s,
    %(content_hash_algorithm)s,
    %(content_hash)s,
    %(added_by)s,
    %(added_at)s
FROM point AS p
LEFT JOIN meter_change AS c
    ON p.point_id = c.point_id AND c.quantity = %(quantity)s AND c.changed_at = %(changed_at)s::timestamptz
LEFT JOIN multiplier_change AS x
    ON p.point_id = x.point_id AND x.quantity = %(quantity)s AND x.changed_at = %(changed_at)s::timestamptz
WHERE
    p.unit_id = %(unit_id)s AND p.point_code = %(point_code)s
    AND num_nonnulls(c.meter_change_id, x.multiplier_change_id) = 1;

-- documents --
-- Photos and certificates beside the declared changes of a unit's meters, without their bytes.
SELECT
    d.change_document_id,
    d.meter_change_id,
    d.multiplier_change_id,
    d.subject,
    d.file_name,
    d.media_type,
    octet_length(d.content) AS size_bytes,
    encode(d.content_hash, 'hex') AS hash,
    d.added_by,
    d.added_at
FROM change_document AS d
WHERE d.unit_id = %(unit_id)s
ORDER BY d.change_document_id;

-- document --
-- One of them with its bytes, or no row.
SELECT
    d.file_name,
    d.media_type,
    d.content
FROM change_document AS d
WHERE d.unit_id = %(unit_id)s AND d.change_document_id = %(change_document_id)s;

-- changes --
-- Declared changes of meters and multipliers of a unit, newest first, of one point where it is given: of a meter those of
-- the multiplier are null and the other way round.
SELECT
    c.meter_change_id,
    NULL::integer AS multiplier_change_id,
    p.point_code,
    p.name AS point_name,
    c.quantity,
    c.changed_at,
    o.meter_no AS old_meter_no,
    c.old_final,
    n.meter_no AS new_meter_no,
    c.new_initial,
    NULL::numeric AS old_multiplier,
    c.multiplier AS new_multiplier,
    c.certificate_no,
    c.reason,
    c.declared_by,
    c.declared_at,
    c.timeliness
FROM meter_change AS c
INNER JOIN point AS p ON c.point_id = p.point_id
INNER JOIN meter AS o ON c.old_meter_id = o.meter_id
INNER JOIN meter AS n ON c.new_meter_id = n.meter_id
WHERE p.unit_id = %(unit_id)s AND (%(point_code)s::text IS NULL OR p.point_code = %(point_code)s)
UNION ALL
SELECT
    NULL,
    x.multiplier_change_id,
    p.point_code,
    p.name,
    x.quantity,
    x.changed_at,
    NULL,
    x.final_register,
    NULL,
    x.initial_register,
    x.old_multiplier,
    x.new_multiplier,
    x.certificate_no,
    x.reason,
    x.declared_by,
    x.declared_at,
    x.timeliness
FROM multiplier_change AS x
INNER JOIN point AS p ON x.point_id = p.point_id
WHERE p.unit_id = %(unit_id)s AND (%(point_code)s::text IS NULL OR p.point_code = %(point_code)s)
ORDER BY changed_at DESC
LIMIT 200;
