"""The trail: every view and act in the name of who took it, refused ones too, and read by those it is for."""

from nenghao import access
from nenghao.db import accounts
from nenghao.db.people import as_person
from tests.access.conftest import People


def rows(people: People, subject: str) -> list[tuple[object, ...]]:
    with people.owner() as conn:
        return conn.execute(
            "SELECT name, role, kind, route, unit_id, outcome, address FROM access_trail WHERE subject = %s", [subject]
        ).fetchall()


def test_a_view_is_kept_with_who_looked_at_what_from_where(people: People) -> None:
    unit_id = people.unit_ids["own_filler"]
    with as_person(people.pool, people.tokens["city_in"], route="cases.one", address="10.1.1.1") as (conn, _):
        access.note_view(conn, unit_id, "case 7")
    assert rows(people, "case 7") == [
        ("name of city_in", "statistician", "view", "cases.one", unit_id, "done", "10.1.1.1")
    ]


def test_an_act_that_is_undone_leaves_no_row_and_its_refusal_does(people: People) -> None:
    token = people.tokens["county_in"]
    with as_person(people.pool, token, route="cases.decide") as (conn, person):
        access.note_act(conn, "cases.decide", None, "case 8")
        conn.rollback()
    assert rows(people, "cases.decide case 8") == []
    access.note_refusal(people.pool, token, route="cases.decide", address="10.1.1.2", unit_id=None, what="case 8")
    assert rows(people, "case 8") == [(person.name, "auditor", "act", "cases.decide", None, "refused", "10.1.1.2")]


def test_what_nobody_tried_is_kept_too(people: People) -> None:
    access.note_refusal(
        people.pool, "forged", route="/api/v1/units", address="10.1.1.3", unit_id=None, what="no token", kind="view"
    )
    assert rows(people, "no token") == [(None, None, "view", "/api/v1/units", None, "refused", "10.1.1.3")]


def test_signing_in_and_out_is_kept(people: People) -> None:
    come = access.sign_in(people.pool, "audit", "correct horse battery", address="10.1.1.4", settings=people.settings)
    assert isinstance(come, access.SignedIn)
    access.sign_out(people.pool, come.token, address="10.1.1.4")
    with people.owner() as conn:
        kinds = conn.execute(
            "SELECT kind, name FROM access_trail WHERE address = '10.1.1.4' ORDER BY access_trail_id"
        ).fetchall()
    assert kinds == [("sign_in", "name of audit"), ("sign_out", "name of audit")]


def test_the_audit_administrator_reads_it_a_unit_its_own_and_nobody_else(people: People) -> None:
    own, far = people.unit_ids["own_filler"], people.unit_ids["far_filler"]
    with people.asking("nation") as (conn, _):
        access.note_view(conn, own, "series")
        access.note_view(conn, far, "series")
        assert accounts.trail(conn, limit=9) == ([], 0)
    with people.asking("audit") as (conn, _):
        found, count = accounts.trail(conn, limit=2, unit_id=far)
        assert {row.unit_id for row in found} == {far}
        assert count >= 1
        assert accounts.trail(conn, limit=1)[1] > count
    with people.asking("own_filler") as (conn, _):
        found, count = accounts.trail(conn, limit=99)
        assert {row.unit_id for row in found} == {own}
        assert "name of nation" in {row.name for row in found}
    for login in ("security", "system", "county_in"):
        with people.asking(login) as (conn, _):
            assert accounts.trail(conn, limit=9) == ([], 0), login
