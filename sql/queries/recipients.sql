-- insert_recipient --
-- That somebody got a release.
INSERT INTO release_recipient (release_id, recipient, way, document_no, sent_at, recorded_by, recorded_at)
VALUES (%(release_id)s, %(recipient)s, %(way)s, %(document_no)s, %(sent_at)s, %(recorded_by)s, %(recorded_at)s)
RETURNING release_recipient_id;

-- recipients --
-- Who got a release, when and by which way.
SELECT recipient, way, document_no, sent_at, recorded_by
FROM release_recipient
WHERE release_id = %(release_id)s
ORDER BY sent_at, release_recipient_id;

-- open_notices_of --
-- Who is still to be told of a release, and the version that he has.
SELECT n.recipient, had.archive_name, n.opened_at
FROM release_notice_open AS n
INNER JOIN release AS had ON n.had_release_id = had.release_id
WHERE n.release_id = %(release_id)s
ORDER BY n.recipient;

-- insert_restatement_reason --
-- Why a person lets a release be restated.
INSERT INTO restatement_reason (restates_release_id, reason_kind, reference, given_by, given_at)
VALUES (%(release_id)s, %(reason_kind)s, %(reference)s, %(given_by)s, %(given_at)s)
RETURNING restatement_reason_id;
