-- add_upload --
-- Keeps a register file that has no fault; returns its number.
INSERT INTO register_upload (
    unit_id, file_name, content, content_hash_algorithm, content_hash, uploaded_by, uploaded_at
)
VALUES (
    %(unit_id)s, %(file_name)s, %(content)s, %(content_hash_algorithm)s, %(content_hash)s, %(uploaded_by)s, %(uploaded_at)s
)
RETURNING register_upload_id;

-- upload --
-- A kept file with its bytes, and whether it was imported: one row or none.
SELECT
    u.file_name,
    u.content,
    i.register_upload_id IS NOT NULL AS is_imported
FROM register_upload AS u
LEFT JOIN register_import AS i ON u.register_upload_id = i.register_upload_id
WHERE u.unit_id = %(unit_id)s AND u.register_upload_id = %(register_upload_id)s;

-- add_import --
-- Says that a file was imported; row count 0 where it was already.
INSERT INTO register_import (register_upload_id, unit_id, counts, imported_by, imported_at)
VALUES (%(register_upload_id)s, %(unit_id)s, %(counts)s, %(imported_by)s, %(imported_at)s)
ON CONFLICT (register_upload_id) DO NOTHING;

-- uploads --
-- Files of a unit, newest first, with who imported them and when.
SELECT
    u.register_upload_id,
    u.file_name,
    octet_length(u.content) AS size_bytes,
    encode(u.content_hash, 'hex') AS hash,
    u.uploaded_by,
    u.uploaded_at,
    i.counts,
    i.imported_by,
    i.imported_at
FROM register_upload AS u
LEFT JOIN register_import AS i ON u.register_upload_id = i.register_upload_id
WHERE u.unit_id = %(unit_id)s
ORDER BY u.register_upload_id DESC
LIMIT 50;
