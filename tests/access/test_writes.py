"""What each person writes: for his own units, by his own office, in his own name; by functions and by hand."""

from datetime import UTC, datetime

import psycopg
import pytest

from nenghao.db import cases
from nenghao.db.connection import Connection
from nenghao.filing import following
from tests.access.conftest import People

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
DENIED = (psycopg.errors.InsufficientPrivilege,)
MAY_NOT_DECIDE = [
    "province_out",
    "city_in",
    "saving_in",
    "market_in",
    "ecology_in",
    "system",
    "security",
    "audit",
    "own_unit_head",
]

#: Acts by hand, with %(unit)s; who may take which is in the tests.
DECIDE = (
    "INSERT INTO decision (case_id, kind, reason, decided_by, decided_at)"
    " VALUES (1, 'reopen', 'r', 'somebody else', now())"
)
EXCLUDE = (
    "INSERT INTO exclusion (decision_id, series_id, span, recorded_at) VALUES (1, 1, '[2026-10-05,2026-10-06)', now())"
)
ADOPT = (
    "INSERT INTO reading_adoption (decision_id, series_id, at, value, recorded_at, message_id)"
    " VALUES (1, 1, '2026-10-05Z', 1, now(), 2)"
)
ACCEPT = (
    "INSERT INTO filing_event (filing_id, state, level, acted_by, acted_at)"
    " VALUES (1, 'accepted_county', 'county', 'somebody else', now())"
)
DRAFT = (
    "INSERT INTO draft (unit_id, month_on, content, saved_by, saved_at)"
    """ VALUES (%(unit)s, '2026-12-01', '{"cells": [], "notes": []}', 'somebody else', now())"""
)
FILE = (
    "INSERT INTO filing (unit_id, month_on, version, content, reason, filled_by, statistics_head, unit_head, filed_at,"
    " collected_under) VALUES (%(unit)s, '2026-12-01', 1, '[]', 'r', 'a', 'b', 'c', now(), 'survey')"
)
METER = (
    "INSERT INTO meter (unit_id, meter_no, model, accuracy_class, state)"
    " VALUES (%(unit)s, 'new', 'm', '1', 'qualified')"
)
OUTAGE = (
    "INSERT INTO outage_filing (unit_id, fault_at, cause, filed_at, timeliness)"
    " VALUES (%(unit)s, now(), 'power', now(), 'in_time')"
)
MARK = "INSERT INTO changed_mark (series_id, day_on) VALUES (1, '2026-10-05')"


def refused(people: People, login: str, act: str, unit: str = "own_filler") -> bool:
    """Whether an act of a person is refused for want of a right; what is done is undone."""
    with people.asking(login) as (conn, _):
        try:
            conn.execute(act, {"unit": people.unit_ids[unit]})
        except DENIED:
            return True
        finally:
            conn.rollback()
        return False


@pytest.mark.parametrize("act", [DECIDE, EXCLUDE, ADOPT])
def test_only_an_auditor_of_statistics_decides_and_only_of_the_division(people: People, act: str) -> None:
    assert not refused(people, "county_in", act)
    assert not refused(people, "province_in", act)
    for login in (*MAY_NOT_DECIDE, "city_out", "own_filler"):
        assert refused(people, login, act), login


def test_only_a_statistician_of_the_level_accepts(people: People) -> None:
    for login in ("city_in", "nation", "county_out", "county_in", "saving_in", "system", "own_filler", "own_unit_head"):
        assert refused(people, login, ACCEPT), login


def test_only_a_unit_drafts_and_files_and_only_for_itself(people: People) -> None:
    assert not refused(people, "own_energy_manager", DRAFT)
    for login in ("county_in", "city_in", "nation", "province_in", "saving_in", "system", "security", "audit"):
        assert refused(people, login, DRAFT), login
        assert refused(people, login, FILE), login
    for act in (DRAFT, METER, OUTAGE):
        assert refused(people, "other_filler", act), act
    # Under another unit's name there is no draft to file: the rules of filing see that before the policy does.
    with people.asking("other_filler") as (conn, _):
        with pytest.raises(psycopg.errors.CheckViolation):
            conn.execute(FILE, {"unit": people.unit_ids["own_filler"]})
        conn.rollback()


@pytest.mark.parametrize("act", [METER, OUTAGE])
def test_a_unit_and_its_statisticians_declare_and_nobody_else(people: People, act: str) -> None:
    assert not refused(people, "own_energy_manager", act)
    assert not refused(people, "city_in", act)
    for login in ("county_in", "county_out", "far_filler", "saving_in", "market_in", "ecology_in", "system", "audit"):
        assert refused(people, login, act), login


def test_days_are_marked_for_one_s_own_series_only(people: People) -> None:
    assert not refused(people, "county_in", MARK)
    assert not refused(people, "own_filler", MARK)
    with people.asking("city_out") as (conn, _):
        with pytest.raises(psycopg.errors.WithCheckOptionViolation):
            conn.execute(MARK)
        conn.rollback()


@pytest.mark.parametrize(
    "act",
    [
        "UPDATE point SET name = name",
        "UPDATE series_day SET quality = quality",
        "UPDATE reading SET value = value",
        "UPDATE filing SET content = content",
        "DELETE FROM filing",
        "DELETE FROM decision",
        "UPDATE unit SET collected_under = 'online_monitoring'",
        "UPDATE meter SET meter_no = meter_no",
        "UPDATE gateway SET unit_id = unit_id",
        "INSERT INTO reading (series_id, at, value, message_id, ordinal, source) VALUES (1, now(), 1, 1, 0, 'l')",
        "INSERT INTO outbound (topic, payload, retain) VALUES ('nenghao/v1/0/x/y/z', '', false)",
        "INSERT INTO finding (fingerprint) VALUES ('\\x00')",
        "INSERT INTO access_trail (kind, route, subject, outcome) VALUES ('view', 'r', 's', 'done')",
        "INSERT INTO account_event (account_id, kind, content, done_by) VALUES (1, 'created', '{}', 'x')",
        "INSERT INTO web_session (account_id) VALUES (1)",
        "UPDATE web_session SET ends_at = ends_at",
        "TRUNCATE unit",
        "SELECT payload FROM public.message_raw",
        "SELECT value FROM public.reading",
        "SELECT hash FROM account_password",
        "SELECT token_hash FROM web_session",
        "SELECT broker_password_hash FROM gateway",
        "SELECT * FROM password_of('security')",
        "SELECT open_session(1, sha256('x'), 60, 60, '')",
        "CREATE TABLE public.mine (x integer)",
        "CREATE TEMPORARY TABLE mine (x integer)",
        "CREATE FUNCTION public.mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "SELECT show_to_people('unit', 'unit', 'TRUE')",
        "SELECT track_rows('unit', 'unit_id')",
    ],
)
def test_by_hand_nobody_reaches_past_what_is_his(people: People, act: str) -> None:
    for login in ("nation", "province_in", "own_unit_head", "security"):
        if act.startswith("SELECT track_rows"):
            # Everybody may call it, and it does nothing without the owner's rights.
            with people.asking(login) as (conn, _), pytest.raises(psycopg.Error), conn.transaction():
                conn.execute(act)
            continue
        assert refused(people, login, act), login


def last(conn: Connection, column: str, table: str, key: str) -> object:
    row = conn.execute(f"SELECT {column} FROM {table} ORDER BY {key} DESC LIMIT 1").fetchone()
    assert row is not None
    return row[0]


def test_an_act_carries_the_name_of_who_acts_whatever_is_said(people: People) -> None:
    with people.asking("county_in") as (conn, person):
        conn.execute(DECIDE)
        assert last(conn, "decided_by", "decision", "decision_id") == person.name == "name of county_in"
        conn.rollback()
    with people.asking("own_energy_manager") as (conn, person):
        conn.execute(DRAFT, {"unit": person.unit_id})
        assert last(conn, "saved_by", "draft", "draft_id") == person.name
        conn.rollback()


def test_a_signature_is_given_in_one_s_own_office(people: People) -> None:
    sign = (
        "INSERT INTO filing_signature (draft_id, unit_id, signer, signed_by, signed_at)"
        " SELECT draft_id, unit_id, %s, 'somebody else', now() FROM draft WHERE month_on = '2026-11-01'"
    )
    for login, signer, is_given in (
        ("own_filler", "filler", True),
        ("own_filler", "unit_head", False),
        ("own_unit_head", "filler", False),
        ("own_energy_manager", "filler", False),
    ):
        with people.asking(login) as (conn, person):
            if is_given:
                conn.execute(sign, [signer])
                assert last(conn, "signed_by", "filing_signature", "signed_at") == person.name
            else:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    conn.execute(sign, [signer])
            conn.rollback()


def test_the_bureau_s_acts_run_under_a_person_s_eyes(people: People) -> None:
    """The same functions as the commands call: the city's statistician asks at the city's level."""
    with people.asking("city_in") as (conn, person):
        query_id = following.ask(conn, 2, "city", "why?", person.name, NOW)
        row = conn.execute("SELECT asked_by, level FROM filing_query WHERE filing_query_id = %s", [query_id]).fetchone()
        assert row == (person.name, "city")
        conn.rollback()
    with people.asking("city_in") as (conn, person):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            following.ask(conn, 2, "province", "why?", person.name, NOW)
        conn.rollback()


def test_the_auditors_acts_run_under_a_person_s_eyes(people: People) -> None:
    with people.asking("county_in") as (conn, person):
        assert cases.case_head(conn, 1) is not None
        decision_id = cases.insert_decision(
            conn, case_id=1, kind="reopen", outcome=None, reason="r", decided_by=person.login, decided_at=NOW
        )
        row = conn.execute("SELECT decided_by FROM decision WHERE decision_id = %s", [decision_id]).fetchone()
        assert row == (person.name,)
        conn.rollback()
    with people.asking("city_out") as (conn, _):
        assert cases.case_head(conn, 1) is None


def test_a_mute_needs_a_unit_of_the_division(people: People) -> None:
    whole = (
        "INSERT INTO mute (rule_code, until_at, reason, muted_by, muted_at)"
        " VALUES ('r', now() + INTERVAL '1 day', 'r', 'p', now())"
    )
    own = (
        "INSERT INTO mute (rule_code, unit_id, until_at, reason, muted_by, muted_at)"
        " VALUES ('r', %(unit)s, now() + INTERVAL '1 day', 'r', 'p', now())"
    )
    assert refused(people, "province_in", whole)
    assert not refused(people, "province_in", own)
    assert refused(people, "province_in", own, "far_filler")
    assert refused(people, "city_in", own)
