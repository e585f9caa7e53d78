"""A pool of one connection and people in turn: what one said is gone for the next, whatever happened in between."""

import psycopg
import pytest

from nenghao.access.sessions import new_token
from nenghao.config import Role
from nenghao.db.connection import Connection, connect
from nenghao.db.people import NobodySignedIn, as_nobody, as_person
from tests.access.conftest import People, begin_session

EVERYTHING = ("unit", "point", "series_day", "reading", "filing", "case_now", "draft", "gateway", "access_trail")


def divisions(conn: Connection) -> set[str]:
    return {row[0] for row in conn.execute("SELECT division_code FROM unit")}


def see_own(people: People, login: str, division: str) -> None:
    with people.asking(login) as (conn, person):
        assert person.login == login
        assert divisions(conn) == {division}


@pytest.fixture
def shared(people: People) -> People:
    """The pool, whose only connection is the same before and after."""
    assert people.pool.max_size == 1
    return people


def test_two_people_in_turn_see_their_own(shared: People) -> None:
    for _ in range(3):
        see_own(shared, "own_filler", "150200")
        see_own(shared, "far_filler", "140100")
        see_own(shared, "county_out", "150900")


def test_after_an_error_the_next_sees_his_own(shared: People) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero), shared.asking("own_filler") as (conn, _):
        conn.execute("SELECT 1 / 0")
    see_own(shared, "far_filler", "140100")


def test_after_an_error_within_a_savepoint_one_is_still_oneself(shared: People) -> None:
    with shared.asking("own_filler") as (conn, _):
        with pytest.raises(psycopg.errors.DivisionByZero), conn.transaction():
            conn.execute("SELECT 1 / 0")
        assert divisions(conn) == {"150200"}
    see_own(shared, "far_filler", "140100")


def test_after_a_rollback_there_are_no_rows_and_no_rights(shared: People) -> None:
    with shared.asking("own_filler") as (conn, _):
        conn.rollback()
        for relation in EVERYTHING:
            with pytest.raises(psycopg.errors.InsufficientPrivilege), conn.transaction():
                conn.execute(f"SELECT * FROM {relation}")
    see_own(shared, "far_filler", "140100")


def test_what_was_said_for_the_whole_session_is_wiped(shared: People) -> None:
    with shared.asking("own_filler") as (conn, _):
        conn.execute("SELECT set_config('nenghao.session', %s, false)", [shared.tokens["own_filler"]])
        conn.execute("SELECT set_config('role', 'nenghao_unit', false), set_config('search_path', 'public', false)")
    with as_nobody(shared.pool) as conn:
        assert conn.execute("SELECT current_user, current_setting('search_path')").fetchone() == (
            "nenghao_web",
            "seen,public",
        )
        assert conn.execute("SELECT count(*) FROM web_account()").fetchone() == (0,)
    see_own(shared, "far_filler", "140100")


@pytest.mark.parametrize("reset", ["RESET ROLE", "SET LOCAL ROLE nenghao_web", "SET LOCAL ROLE NONE"])
def test_a_role_that_is_given_back_leaves_nothing_to_read(shared: People, reset: str) -> None:
    with shared.asking("own_filler") as (conn, _):
        conn.execute(reset)
        with pytest.raises(psycopg.errors.InsufficientPrivilege), conn.transaction():
            conn.execute("SELECT * FROM unit")
    see_own(shared, "far_filler", "140100")


def test_the_other_role_shows_nothing_of_others(shared: People) -> None:
    with shared.asking("own_filler") as (conn, _):
        conn.execute("SET LOCAL ROLE nenghao_officer")
        assert divisions(conn) <= {"150200"}
        for relation in ("case_now", "finding", "decision", "alert", "reading", "series_day"):
            assert conn.execute(f"SELECT count(*) FROM {relation}").fetchone() == (0,), relation
    with shared.asking("province_in") as (conn, _):
        conn.execute("SET LOCAL ROLE nenghao_unit")
        for relation in ("point", "reading", "draft", "filing", "series_day", "monitored_cell"):
            assert conn.execute(f"SELECT count(*) FROM {relation}").fetchone() == (0,), relation


def test_no_way_leads_to_another_role(shared: People) -> None:
    for role in ("nenghao_owner", "nenghao_console", "nenghao_jobs", "nenghao_verifier", "postgres"):
        for login in ("own_filler", "province_in"):
            with shared.asking(login) as (conn, _):
                with pytest.raises(psycopg.errors.InsufficientPrivilege), conn.transaction():
                    conn.execute(f"SET LOCAL ROLE {role}")
                with pytest.raises(psycopg.errors.InsufficientPrivilege), conn.transaction():
                    conn.execute(f"SET SESSION AUTHORIZATION {role}")


def test_nobody_signs_in_from_a_transaction_that_speaks_for_somebody(shared: People) -> None:
    """Whoever gets a statement into a person's transaction takes the role back, and still opens no session."""
    doors = (
        "SELECT * FROM password_of('security')",
        "SELECT open_session(1, sha256('mine'), 600, 600, '')",
    )
    for door in doors:
        with shared.asking("own_filler") as (conn, _):
            conn.execute("SELECT set_config('role', 'none', true), set_config('nenghao.session', '', true)")
            conn.execute("SELECT pg_advisory_unlock_all()")
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="nobody signs in"), conn.transaction():
                conn.execute(door)
    with as_nobody(shared.pool) as conn:
        for door in doors:
            conn.execute(door)
        conn.rollback()


def test_a_unit_named_by_hand_changes_nothing(shared: People) -> None:
    other_id, other_code = shared.unit_ids["far_filler"], "911401000000000013"
    with shared.asking("own_filler") as (conn, _):
        conn.execute("SELECT set_config('nenghao.unit_id', %s, true)", [str(other_id)])
        conn.execute("SELECT set_config('nenghao.unit_code', %s, true)", [other_code])
        assert divisions(conn) == {"150200"}
        assert conn.execute("SELECT unit_id FROM own_unit").fetchall() == [(shared.unit_ids["own_filler"],)]
        assert conn.execute("SELECT count(*) FROM draft WHERE unit_id = %s", [other_id]).fetchone() == (0,)
    with shared.asking("province_in") as (conn, _):
        before = conn.execute("SELECT count(*) FROM unit").fetchone()
        conn.execute("SELECT set_config('nenghao.unit_id', %s, true)", [str(shared.unit_ids["far_filler"])])
        assert conn.execute("SELECT count(*) FROM unit").fetchone() == before


def test_another_token_in_the_middle_makes_nobody_more(shared: People) -> None:
    """Whoever can put a token into a transaction holds that token; a wrong one ends what was seen."""
    with shared.asking("province_in") as (conn, _):
        conn.execute("SELECT set_config('nenghao.session', %s, true)", [new_token()])
        assert divisions(conn) == set()
        assert conn.execute("SELECT count(*) FROM reading").fetchone() == (0,)


@pytest.mark.parametrize("token", ["", "x", "' OR ''=''", "\\x00", "0" * 43])
def test_a_forged_token_is_nobody(shared: People, token: str) -> None:
    with pytest.raises(NobodySignedIn), as_person(shared.pool, token):
        pytest.fail("somebody")
    with as_nobody(shared.pool, token=token) as conn:
        for relation in EVERYTHING:
            with pytest.raises(psycopg.errors.InsufficientPrivilege), conn.transaction():
                conn.execute(f"SELECT * FROM {relation}")
        # The error tells nothing but the relation's name.
        for role in ("nenghao_officer", "nenghao_unit"):
            conn.execute("SELECT set_config('role', %s, true)", [role])
            assert divisions(conn) == set()
            assert conn.execute("SELECT count(*) FROM reading").fetchone() == (0,)


@pytest.mark.parametrize(
    "change",
    [
        "ended_at = now()",
        "idle_ends_at = now() - INTERVAL '1 second'",
        "ends_at = now() - INTERVAL '1 second'",
    ],
)
def test_an_ended_session_is_nobody(shared: People, change: str) -> None:
    with shared.owner() as conn:
        token = begin_session(conn, "county_in")
    with as_person(shared.pool, token) as (conn, person):
        assert person.login == "county_in"
    with shared.owner() as conn:
        conn.execute(f"UPDATE web_session SET {change} WHERE token_hash = sha256(%s)", [token.encode()])
    with pytest.raises(NobodySignedIn), as_person(shared.pool, token):
        pytest.fail("somebody")


def test_the_web_role_without_the_product_sees_nothing(shared: People) -> None:
    with connect(shared.settings, Role.WEB) as conn:
        assert conn.execute("SELECT count(*) FROM web_account()").fetchone() == (0,)
        for relation in ("unit", "account", "account_password", "web_session", "reading"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), conn.transaction():
                conn.execute(f"SELECT * FROM public.{relation}")


def test_a_token_is_worth_nothing_to_other_roles(shared: People) -> None:
    for role in (Role.UNIT, Role.OWNER):
        with connect(shared.settings, role) as conn:
            conn.execute("SELECT set_config('nenghao.session', %s, true)", [shared.tokens["nation"]])
            assert conn.execute("SELECT count(*) FROM web_account()").fetchone() == (0,)


def test_what_leaks_through_a_function_is_nothing(shared: People) -> None:
    """A condition that tells what it reads by an error or a setting runs after the choice of rows, never before."""
    with shared.asking("county_out") as (conn, _):
        for relation, column in (
            ("unit", "name"),
            ("series_day", "quality"),
            ("reading", "value"),
            ("message", "topic"),
            ("case_now", "level"),
            ("filing", "reason"),
        ):
            rows = conn.execute(
                f"SELECT 1 FROM {relation} WHERE set_config('leak.seen',"
                f" coalesce(current_setting('leak.seen', true), '') || '+', true) IS NOT NULL AND {column} IS NOT NULL"
            ).fetchall()
            told = conn.execute("SELECT coalesce(current_setting('leak.seen', true), '')").fetchone()
            assert told is not None
            assert len(told[0]) == len(rows), relation
            conn.execute("SELECT set_config('leak.seen', '', true)")
