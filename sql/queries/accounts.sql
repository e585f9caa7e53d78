-- add_account --
-- Makes an account, one row: its id.
INSERT INTO account (login, name, role, authority, level, division_prefix, unit_id, office, language)
VALUES (
    %(login)s, %(name)s, %(role)s, %(authority)s, %(level)s, %(division_prefix)s, %(unit_id)s, %(office)s, %(language)s
)
RETURNING account_id;

-- set_password --
-- Gives an account a new password hash.
INSERT INTO account_password (account_id, hash, must_change) VALUES (%(account_id)s, %(hash)s, %(must_change)s);

-- set_disabled --
-- Disables or enables an account, one row: its id; none where there is no such login, or it is not for who asks to change.
UPDATE account SET is_disabled = %(is_disabled)s WHERE login = %(login)s
RETURNING account_id;

-- set_rights --
-- Gives an account another role, one row: its id; none where there is no such login, or it is not for who asks to change.
UPDATE account SET
    role = %(role)s,
    authority = %(authority)s,
    level = %(level)s,
    division_prefix = %(division_prefix)s,
    office = %(office)s
WHERE login = %(login)s
RETURNING account_id;

-- set_language --
-- The language in which an account is spoken to.
UPDATE account SET language = %(language)s WHERE account_id = %(account_id)s;

-- account_of --
-- Id and role of a login: one row, or none.
SELECT
    account_id,
    role
FROM account
WHERE login = %(login)s;

-- accounts --
-- Accounts that who asks may see, by login, with the day of their last event.
SELECT
    a.account_id,
    a.login,
    a.name,
    a.role,
    a.authority,
    a.level,
    a.division_prefix,
    a.unit_id,
    a.office,
    a.language,
    a.is_disabled,
    a.created_at
FROM account AS a
ORDER BY a.login;

-- account_events --
-- What became of an account, or of all, newest first.
SELECT
    e.account_event_id,
    a.login,
    e.kind,
    e.content,
    e.done_by,
    e.done_at
FROM account_event AS e
INNER JOIN account AS a ON e.account_id = a.account_id
WHERE %(login)s::text IS NULL OR a.login = %(login)s
ORDER BY e.account_event_id DESC
LIMIT %(row_limit)s OFFSET %(row_offset)s;

-- unit_of_code --
-- Id of a unit by its code, for an operator: one row, or none.
SELECT unit_id FROM unit WHERE unit_code = %(unit_code)s;

-- directory_unit_of_code --
-- Id of a unit by its code, from the directory of names: one row, or none.
SELECT unit_id FROM unit_directory WHERE unit_code = %(unit_code)s;

-- add_token --
-- Gives an account a token of the API, by its hash.
INSERT INTO api_token (account_id, label, token_hash, ends_at)
VALUES (%(account_id)s, %(label)s, %(token_hash)s, %(ends_at)s);

-- tokens --
-- Tokens of an account, newest first.
SELECT
    api_token_id,
    label,
    made_at,
    ends_at,
    revoked_at
FROM api_token
WHERE account_id = %(account_id)s
ORDER BY api_token_id DESC;

-- revoke_token --
-- Ends a token of an account now, one row: its id; none where it is no such token or ended before.
UPDATE api_token SET revoked_at = now()
WHERE api_token_id = %(api_token_id)s AND account_id = %(account_id)s AND revoked_at IS NULL
RETURNING api_token_id;

-- trail --
-- Rows of the trail that who asks may see, newest first; of a unit, an account, a kind where one is given.
SELECT
    t.access_trail_id,
    t.at,
    t.name,
    t.role,
    t.authority,
    t.kind,
    t.route,
    t.unit_id,
    t.subject,
    t.outcome
FROM access_trail AS t
WHERE
    (%(unit_id)s::integer IS NULL OR t.unit_id = %(unit_id)s)
    AND (%(name)s::text IS NULL OR t.name = %(name)s)
    AND (%(kind)s::text IS NULL OR t.kind = %(kind)s)
    AND (%(outcome)s::text IS NULL OR t.outcome = %(outcome)s)
ORDER BY t.access_trail_id DESC
LIMIT %(row_limit)s OFFSET %(row_offset)s;

-- count_trail --
-- How many rows of the trail the same question finds.
SELECT count(*) AS row_count
FROM access_trail AS t
WHERE
    (%(unit_id)s::integer IS NULL OR t.unit_id = %(unit_id)s)
    AND (%(name)s::text IS NULL OR t.name = %(name)s)
    AND (%(kind)s::text IS NULL OR t.kind = %(kind)s)
    AND (%(outcome)s::text IS NULL OR t.outcome = %(outcome)s);
