-- say_token --
-- Gives this transaction the token that says who asks, and from where to where it asks, for the trail.
SELECT
    set_config('nenghao.session', %(token)s, TRUE),
    set_config('nenghao.route', %(route)s, TRUE),
    set_config('nenghao.address', %(address)s, TRUE);

-- who_asks --
-- The account whose session or token the transaction holds, with its unit: one row, or none.
SELECT
    a.account_id,
    a.login,
    a.name,
    a.role,
    a.authority,
    a.level,
    a.division_prefix,
    a.unit_id,
    a.unit_code,
    a.office,
    a.language,
    a.channel,
    a.must_change
FROM web_account() AS a;

-- go_on --
-- Goes on as government's or as a unit's people until the transaction ends, and puts off the idle end of the session.
SELECT
    keep_session(%(idle_s)s),
    set_config('role', %(role)s, TRUE);

-- end_session --
-- Ends the session that asks.
SELECT end_session();

-- sign_in_wait --
-- Seconds until a login and an address may try again, one row; the transaction is then the only one that tries the login.
SELECT sign_in_wait_s(%(login)s, %(address)s);

-- password_of --
-- The newest password hash of a login whose account is not disabled, one row or none.
SELECT
    account_id,
    hash,
    must_change
FROM password_of(%(login)s);

-- note_sign_in --
-- Keeps an attempt to sign in.
SELECT note_sign_in(%(login)s, %(address)s, %(outcome)s);

-- open_session --
-- Begins a session of an account whose password was checked.
SELECT open_session(%(account_id)s, %(token_hash)s, %(idle_s)s, %(life_s)s, %(address)s);

-- note_access --
-- A row of the trail in the name of who asks, at the route and from the address that the transaction said.
SELECT note_access(
    %(kind)s, coalesce(current_setting('nenghao.route', TRUE), ''), %(unit_id)s, %(subject)s, %(outcome)s,
    coalesce(current_setting('nenghao.address', TRUE), '')
);
