"""Signing in: fresh tokens, ends, throttling, passwords; and the accounts that may."""

import hashlib

import psycopg
import pytest

from nenghao import access
from nenghao.access.accounts import add_api_token, change_rights, create_account, disable_account, reset_password
from nenghao.access.passwords import check_password
from nenghao.access.sessions import csrf_of, is_csrf
from nenghao.config import Role
from nenghao.db import accounts
from nenghao.db.accounts import Rights
from nenghao.db.connection import connect
from nenghao.db.people import NobodySignedIn, as_person
from tests.access.conftest import PASSWORD, People, government

NEW = "gentle river stone"


def sign_in(people: People, login: str, password: str = PASSWORD, address: str = "10.0.0.1") -> str:
    come = access.sign_in(people.pool, login, password, address=address, settings=people.settings)
    assert isinstance(come, access.SignedIn), come
    return come.token


def test_each_session_has_a_token_of_its_own_of_which_only_the_hash_is_stored(people: People) -> None:
    first, second = sign_in(people, "nation"), sign_in(people, " Nation ")
    assert first != second
    with people.owner() as conn:
        hashes = [row[0] for row in conn.execute("SELECT token_hash FROM web_session")]
        text = conn.execute("SELECT string_agg(s::text, '') FROM web_session AS s").fetchone()
    assert {hashlib.sha256(token.encode()).digest() for token in (first, second)} <= set(hashes)
    assert text is not None
    assert first not in text[0]
    access.sign_out(people.pool, first)
    with pytest.raises(NobodySignedIn), as_person(people.pool, first):
        pytest.fail("signed out")
    with as_person(people.pool, second) as (_, person):
        assert person.login == "nation"


def test_a_wrong_password_and_an_unknown_login_get_the_same_answer(people: People) -> None:
    answers = [
        access.sign_in(people.pool, login, "not the password", address="10.0.1.1", settings=people.settings)
        for login in ("market_in", "nobody-of-this-name")
    ]
    assert answers == [access.SignInRefused(wait_s=0)] * 2


@pytest.mark.parametrize("login", ["saving_in", "somebody-unknown"])
def test_many_wrong_passwords_make_one_wait_whether_there_is_such_a_login_or_not(people: People, login: str) -> None:
    def attempt(password: str) -> object:
        return access.sign_in(people.pool, login, password, address=f"10.0.2.{len(login)}", settings=people.settings)

    answers = [attempt("wrong") for _ in range(6)]
    assert answers[:5] == [access.SignInRefused(wait_s=0)] * 5
    waits = [answer for answer in answers[5:] if isinstance(answer, access.SignInRefused)]
    assert [answer.wait_s > 0 for answer in waits] == [True]
    # Even the right one waits.
    answer = attempt(PASSWORD)
    assert isinstance(answer, access.SignInRefused)
    with people.owner() as conn:
        kept = conn.execute(
            "SELECT outcome, count(*) FROM sign_in_attempt WHERE login = %s GROUP BY 1 ORDER BY 1", [login]
        ).fetchall()
    assert kept == [("refused", 5), ("throttled", 2)]


def test_an_address_waits_after_many_logins(people: People) -> None:
    with people.owner() as conn:
        conn.execute(
            "INSERT INTO sign_in_attempt (login, address, outcome)"
            " SELECT 'somebody' || n, '10.9.9.9', 'refused' FROM generate_series(1, 25) AS n"
        )
    answer = access.sign_in(people.pool, "system", PASSWORD, address="10.9.9.9", settings=people.settings)
    assert isinstance(answer, access.SignInRefused)
    assert answer.wait_s > 0
    sign_in(people, "system", address="10.9.9.8")


def test_a_granted_attempt_forgives(people: People) -> None:
    for _ in range(4):
        access.sign_in(people.pool, "ecology_in", "wrong", address="10.0.3.1", settings=people.settings)
    sign_in(people, "ecology_in")
    for _ in range(4):
        access.sign_in(people.pool, "ecology_in", "wrong", address="10.0.3.1", settings=people.settings)
    sign_in(people, "ecology_in")


def test_a_form_s_value_is_made_of_the_token_and_of_nothing_else() -> None:
    assert is_csrf("token", csrf_of("token"))
    assert not is_csrf("token", csrf_of("other"))
    assert not is_csrf("token", "")
    assert not is_csrf("token", "值")
    assert "token" not in csrf_of("token")


def test_a_first_password_opens_nothing_but_its_own_change(people: People) -> None:
    with connect(people.settings, Role.CONSOLE) as conn:
        first = create_account(conn, "fresh.auditor", "Fresh", government("statistics", "nation", ""))
    token = sign_in(people, "fresh.auditor", first)
    with as_person(people.pool, token) as (conn, person):
        assert person.must_change
        assert conn.execute("SELECT count(*) FROM unit").fetchone() == (0,)
        assert conn.execute("SELECT count(*) FROM case_now").fetchone() == (0,)
    elsewhere = sign_in(people, "fresh.auditor", first)
    for wrong, reason in (
        ("short", "password_short"),
        ("fresh.auditor 2026", "password_has_login"),
        ("passwordpassword", "password_common"),
        (first, "password_same"),
    ):
        with pytest.raises(access.AccessRefused) as refused:
            access.change_password(people.pool, token, first, wrong)
        assert refused.value.key == reason
    access.change_password(people.pool, token, first, NEW)
    with as_person(people.pool, token) as (conn, person):
        assert not person.must_change
        assert conn.execute("SELECT count(*) FROM unit").fetchone() != (0,)
    with pytest.raises(NobodySignedIn), as_person(people.pool, elsewhere):
        pytest.fail("another session outlived the password")
    sign_in(people, "fresh.auditor", NEW)


def test_a_wrong_current_password_changes_nothing(people: People) -> None:
    token = sign_in(people, "county_out")
    with pytest.raises(access.AccessRefused) as refused:
        access.change_password(people.pool, token, "wrong password", NEW)
    assert refused.value.key == "password_wrong"
    sign_in(people, "county_out", PASSWORD)


@pytest.mark.parametrize(
    "password",
    [
        "123456789012",
        "qwertyuiop12",
        "aaaaaaaaaaaa",
        "abcabcabcabcabc",
        "Password2026!",
        "nenghao@2026",
        "zyxwvutsrqpo",
    ],
)
def test_what_everybody_tries_is_refused(password: str) -> None:
    with pytest.raises(access.AccessRefused) as refused:
        check_password(password, "li")
    assert refused.value.key == "password_common"


@pytest.mark.parametrize("password", ["correct horse battery", "能耗统计二零二六年十一月", "x7-kd93-mm2q-8vz"])
def test_a_long_phrase_is_taken(password: str) -> None:
    check_password(password, "li.wei")


def test_a_disabled_account_is_out_at_once_and_its_token_too(people: People) -> None:
    with connect(people.settings, Role.CONSOLE) as conn:
        create_account(conn, "leaver", "Leaver", government("statistics", "nation", ""), password=NEW)
        found = accounts.account_of(conn, "leaver")
        assert found is not None
        now = conn.execute("SELECT now()").fetchone()
        assert now is not None
        api = add_api_token(conn, found[0], "exports", now=now[0], days=30)
    token = sign_in(people, "leaver", NEW)
    with as_person(people.pool, api) as (_, person):
        assert (person.login, person.channel) == ("leaver", "api")
    with connect(people.settings, Role.CONSOLE) as conn:
        disable_account(conn, "leaver")
    for secret in (token, api):
        with pytest.raises(NobodySignedIn), as_person(people.pool, secret):
            pytest.fail("disabled")
    assert access.sign_in(
        people.pool, "leaver", NEW, address="10.0.4.1", settings=people.settings
    ) == access.SignInRefused(wait_s=0)


def test_a_password_that_another_resets_ends_what_its_owner_may_not_have_made(people: People) -> None:
    with connect(people.settings, Role.CONSOLE) as conn:
        create_account(conn, "doubted", "Doubted", government("statistics", "nation", ""), password=NEW)
        found = accounts.account_of(conn, "doubted")
        assert found is not None
        now = conn.execute("SELECT now()").fetchone()
        assert now is not None
        api = add_api_token(conn, found[0], "exports", now=now[0], days=30)
    access.change_password(people.pool, sign_in(people, "doubted", NEW), NEW, f"{NEW} and more")
    with as_person(people.pool, api) as (_, person):
        assert person.channel == "api"  # one's own new password leaves one's programs alone
    with connect(people.settings, Role.CONSOLE) as conn:
        reset_password(conn, "doubted")
    with pytest.raises(NobodySignedIn), as_person(people.pool, api):
        pytest.fail("the token went on past a first password")


@pytest.mark.parametrize(
    "rights",
    [
        Rights(role="unit"),
        Rights(role="unit", unit_id=1, office="boss"),
        Rights(role="unit", unit_id=1, office="filler", authority="statistics"),
        Rights(role="auditor"),
        Rights(role="auditor", authority="statistics", level="city", division_prefix="15"),
        Rights(role="auditor", authority="statistics", level="nation", division_prefix="15"),
        Rights(role="auditor", authority="statistics", level="province", division_prefix="1%"),
        Rights(role="auditor", authority="statistics", level="county"),
        Rights(role="statistician", authority="police", level="province", division_prefix="15"),
        Rights(role="audit_admin", authority="statistics", level="province", division_prefix="15"),
        Rights(role="security_admin", unit_id=1, office="filler"),
        Rights(role="security_admin,audit_admin"),
    ],
)
def test_what_does_not_go_together_is_no_account(people: People, rights: Rights) -> None:
    with connect(people.settings, Role.CONSOLE) as conn, pytest.raises(access.AccessRefused) as refused:
        create_account(conn, "mixed", "Mixed", rights)
    assert refused.value.key == "rights_do_not_fit"


def test_the_security_administrator_makes_accounts_but_none_of_its_own_kind(people: People) -> None:
    with people.asking("security") as (conn, _):
        create_account(conn, "made.by.security", "Made", government("statistics", "county", "150200"))
        with pytest.raises(access.AccessRefused) as refused:
            create_account(conn, "second.security", "Second", Rights(role="security_admin"))
        assert refused.value.key == "not_yours"
        with pytest.raises(access.AccessRefused):
            change_rights(conn, "security", Rights(role="audit_admin"))
        with pytest.raises(access.AccessRefused):
            change_rights(conn, "made.by.security", Rights(role="security_admin"))
        with pytest.raises(access.AccessRefused):
            reset_password(conn, "security")
        reset_password(conn, "made.by.security")
        disable_account(conn, "made.by.security")
        events = [(event.kind, event.done_by) for event in accounts.account_events(conn, "made.by.security", 9)]
    assert events == [
        ("disabled", "security"),
        ("password_reset", "security"),
        ("password_reset", "security"),
        ("created", "security"),
    ]


@pytest.mark.parametrize("login", ["nation", "province_in", "system", "audit", "own_unit_head"])
def test_nobody_else_makes_or_changes_accounts(people: People, login: str) -> None:
    with people.asking(login) as (conn, _):
        with pytest.raises(access.AccessRefused):
            create_account(conn, "smuggled", "Smuggled", Rights(role="audit_admin"))
        with pytest.raises(access.AccessRefused):
            disable_account(conn, "security")
        with pytest.raises(access.AccessRefused):
            change_rights(conn, login, Rights(role="security_admin"))
        with pytest.raises((access.AccessRefused, psycopg.errors.InsufficientPrivilege)):
            reset_password(conn, "security")
    # By hand, past the product: no row is touched, or there is no right to touch it.
    for column in ("role", "division_prefix", "is_disabled"):
        with people.asking(login) as (conn, _):
            try:
                with conn.transaction():
                    touched = conn.execute(
                        f"UPDATE account SET {column} = {column} WHERE login <> %s", [login]
                    ).rowcount
            except psycopg.errors.InsufficientPrivilege:
                touched = 0
        assert touched == 0, column


def test_a_token_of_the_api_makes_no_further_tokens_and_no_password(people: People) -> None:
    with people.asking("province_in") as (conn, person):
        now = conn.execute("SELECT now()").fetchone()
        assert now is not None
        api = add_api_token(conn, person.account_id, "nightly export", now=now[0], days=90)
        (kept,) = accounts.list_tokens(conn, person.account_id)
    with as_person(people.pool, api) as (conn, person):
        assert person.channel == "api"
        with pytest.raises(access.AccessRefused):
            add_api_token(conn, person.account_id, "another", now=now[0], days=90)
        with pytest.raises(accounts.AccountRefusedByRules):
            accounts.set_password(conn, person.account_id, "$argon2id$x", must_change=False)
    with people.asking("county_in") as (conn, person):
        assert not accounts.revoke_token(conn, person.account_id, kept.api_token_id)
    with people.asking("province_in") as (conn, person):
        assert accounts.revoke_token(conn, person.account_id, kept.api_token_id)
    with pytest.raises(NobodySignedIn), as_person(people.pool, api):
        pytest.fail("revoked")


def test_what_becomes_of_accounts_stays(people: People) -> None:
    with people.owner() as conn:
        for act in (
            "UPDATE account SET name = 'other' WHERE login = 'nation'",
            "UPDATE account SET login = 'other' WHERE login = 'nation'",
            "DELETE FROM account",
            "UPDATE account_event SET done_by = 'nobody'",
            "DELETE FROM access_trail",
            "DELETE FROM sign_in_attempt",
            "UPDATE account_password SET must_change = false",
        ):
            with pytest.raises(psycopg.errors.RestrictViolation), conn.transaction():
                conn.execute(act)
