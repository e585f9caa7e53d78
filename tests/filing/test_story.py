"""The way of a unit's months: draft, check, sign, file, query, answer, acceptance by three levels, lock, correction."""

from datetime import date, timedelta
from decimal import Decimal

import psycopg
import pytest
from psycopg.types.json import Jsonb

from expectations.returns import audit_return
from nenghao.config import Role, Settings
from nenghao.db import filings
from nenghao.db.connection import connect
from nenghao.db.identity import as_unit
from nenghao.domain.explanations import Explanation
from nenghao.domain.filing_states import LEVELS
from nenghao.domain.periods import Month
from nenghao.filing.acts import answer, sign
from nenghao.filing.following import accept, ask, lock
from nenghao.filing.refusals import FilingRefused
from nenghao.filing.statbook import build_statbook
from tests.filing.conftest import BECAUSE, NOW, UNIT, Desk, key

FEBRUARY, MARCH, APRIL = Month(2026, 2), Month(2026, 3), Month(2026, 4)
#: Of January and February: 59 days of 10 x 10^4 kWh.
TWO_MONTHS = {("205-1", "33", "2"): 590, ("205-1", "33", "4"): 590, ("205-1", "40", "4"): Decimal("725.11")}


def refused(act: object, *arguments: object, **options: object) -> str:
    with pytest.raises(FilingRefused) as caught:
        act(*arguments, **options)  # type: ignore[operator]
    return caught.value.key


def accept_all(settings: Settings, filing_id: int) -> None:
    with connect(settings, Role.CONSOLE) as conn:
        for level in LEVELS:
            accept(conn, filing_id, level, f"officer of the {level}", NOW)
        lock(conn, filing_id, "officer of the province", NOW)


def state(settings: Settings, filing_id: int) -> tuple[str, int]:
    with connect(settings, Role.CONSOLE) as conn:
        standing = filings.standing(conn, filing_id)
    assert standing is not None
    return standing.state, standing.accepted_levels


def test_the_whole_way(desk: Desk, office: Settings) -> None:
    # January is not surveyed; February is cumulative from January on.
    assert refused(desk.prefill, Month(2026, 1)) == "not_surveyed"
    assert refused(desk.prefill, Month(2035, 2)) == "no_calendar"
    draft = desk.prefill(FEBRUARY)
    assert TWO_MONTHS.items() <= {name: cell.value for name, cell in draft.cells.items()}.items()
    assert draft.cells[key("33.2")].source == "meter"

    # A mandatory relation that does not hold blocks the filing, in our code and in the database.
    desk.put(FEBRUARY, **{"33.9": 5})
    check = desk.check(FEBRUARY)
    assert [(one.relation, one.key) for one in check.broken if one.obligation == "mandatory"] == [("A9", key("33.9"))]
    desk.sign(FEBRUARY)
    assert refused(desk.file, FEBRUARY) == "mandatory_broken"
    with connect(office, Role.UNIT) as conn, as_unit(conn, UNIT) as own:
        columns = (
            "unit_id, month_on, version, content, reason, filled_by, statistics_head, unit_head, filed_at,"
            " collected_under, kind, draft_id, relation_edition, filled_at, statistics_head_at, unit_head_at"
        )
        with pytest.raises(psycopg.errors.CheckViolation, match="relations of this draft"):
            conn.execute(
                f"INSERT INTO filing ({columns}) SELECT d.unit_id, d.month_on, 1, d.content -> 'cells', 'r', 'Li',"
                " 'Wang', 'Zhao', now(), 'survey', 'original', d.draft_id, c.relation_edition, now(), now(), now()"
                " FROM draft d JOIN filing_check c USING (draft_id) WHERE d.unit_id = %s ORDER BY 1 DESC LIMIT 1",
                [own.unit_id],
            )
    # Mended: a new draft, so neither check nor signatures hold any more.
    desk.put(FEBRUARY, **{"33.9": None, "01.1": 100, "02.1": 100, "02.2": 50, "02.5": 60, "02.9": 90})
    desk.put(FEBRUARY, **{"01.1": None})
    assert refused(desk.file, FEBRUARY) == "not_checked"
    check = desk.check(FEBRUARY)
    assert check.mandatory == 0
    # A6 looks at the closing stock: 90 = 100 + 50 - 60 holds.
    assert check.unexplained == 0
    assert refused(desk.file, FEBRUARY) == "not_signed"
    desk.sign(FEBRUARY)
    filed = desk.file(FEBRUARY)
    assert (filed.version, filed.kind) == (1, "original")
    assert state(office, filed.filing_id) == ("filed", 0)

    # The audit judges the same filing by the same relations, and finds nothing.
    summary = audit_return(office, NOW, filing_id=filed.filing_id)
    assert (summary.not_run, summary.violations) == (0, 0)
    with connect(office, Role.CONSOLE) as conn:
        row = conn.execute("SELECT kind, mandatory_broken, not_run FROM return_check").fetchall()
    assert row == [("filing", 0, 0)]

    # Query and answer; nobody accepts while a query is open.
    with connect(office, Role.CONSOLE) as conn:
        assert refused(ask, conn, filed.filing_id, "county", "?", "Sun", NOW, key=key("33.6")) == "no_such_cell"
        query_id = ask(conn, filed.filing_id, "county", "用电为何下降", "Sun", NOW, key=key("33.4"))
        assert refused(accept, conn, filed.filing_id, "county", "Sun", NOW) == "open_queries"
    with connect(office, Role.UNIT) as conn, as_unit(conn, UNIT):
        empty = Explanation(cause="核实无误", quantity="0", document="见附件")
        assert refused(answer, conn, query_id, empty, "Li", NOW) == "explanation_empty_phrase"
    with connect(office, Role.UNIT) as conn, as_unit(conn, UNIT):
        answer(conn, query_id, BECAUSE, "Li", NOW)
    assert state(office, filed.filing_id) == ("answered", 0)
    with connect(office, Role.CONSOLE) as conn:
        assert refused(accept, conn, filed.filing_id, "city", "Zhou", NOW) == "not_next_level"
        assert refused(accept, conn, filed.filing_id, "county", "Zhao", NOW) == "signed_it"
        assert refused(accept, conn, filed.filing_id, "county", "Zhao ", NOW) == "signed_it"
    # After an inquiry a change is an amendment, and acceptance begins anew.
    desk.put(FEBRUARY, **{"02.3": 40})
    desk.check(FEBRUARY)
    desk.sign(FEBRUARY)
    assert refused(desk.file, FEBRUARY) == "no_reason"
    second = desk.file(FEBRUARY, reason="补报购进金额")
    assert (second.version, second.kind) == (2, "amendment")
    with connect(office, Role.CONSOLE) as conn:
        assert refused(accept, conn, filed.filing_id, "county", "Sun", NOW) == "replaced"
    accept_all(office, second.filing_id)
    assert state(office, second.filing_id) == ("locked", 4)
    with connect(office, Role.CONSOLE) as conn:
        assert refused(ask, conn, second.filing_id, "province", "?", "Wu", NOW) == "locked"

    # A locked month takes corrections of named kinds only; its locked version stays.
    desk.put(FEBRUARY, **{"02.5": 61, "02.9": 89})
    desk.check(FEBRUARY)
    desk.sign(FEBRUARY)
    assert refused(desk.file, FEBRUARY, reason="改") == "is_locked"
    revised = desk.file(FEBRUARY, reason="年报核定", correction="annual", document_no="年报 2026-1")
    assert (revised.version, revised.kind) == (3, "annual")
    assert state(office, second.filing_id) == ("locked", 4)
    with connect(office, Role.CONSOLE) as conn:
        unit_id = filings.unit_of_code(conn, UNIT)
        assert unit_id is not None
        as_filed = filings.filed_month(conn, unit_id, FEBRUARY.start_on, with_revisions=False)
        as_revised = filings.filed_month(conn, unit_id, FEBRUARY.start_on, with_revisions=True)
    # The revision waits for acceptance; the month is locked all the same.
    assert refused(desk.file, FEBRUARY, reason="改") == "is_locked"
    assert (as_filed[key("02.5")], as_revised[key("02.5")]) == (60, 61)


def test_march_takes_in_an_error_of_february_and_falls(desk: Desk, office: Settings) -> None:
    desk.prefill(MARCH)
    assert desk.draft(MARCH).cells[key("02.1")].source == "carried"
    desk.put(MARCH, **{"02.2": 45, "02.5": 60, "02.9": 85, "02.3": 40})
    check = desk.check(MARCH)
    fallen = next(one for one in check.broken if one.relation == "A8" and one.key == key("02.2"))
    assert (fallen.left, fallen.right, fallen.is_explained) == (45, 50, False)
    desk.sign(MARCH)
    assert refused(desk.file, MARCH) == "explanatory_broken"
    desk.explain(MARCH, check)
    assert desk.check(MARCH).unexplained == 0
    desk.sign(MARCH)
    assert refused(desk.file, MARCH, correction="cumulative", corrects=APRIL, reason="r") == "corrects_month"
    filed = desk.file(MARCH, correction="cumulative", corrects=FEBRUARY, reason="2月多报5吨", document_no="磅单 7")
    assert (filed.version, filed.kind) == (1, "cumulative")
    with connect(office, Role.CONSOLE) as conn:
        notes = filings.notes(conn, filed.filing_id)
        assert {note["relation_code"] for note in notes} >= {"A8"}
        assert all(note["cause"] == BECAUSE.cause for note in notes)
    # The relation is still found, and what the unit said of these values is considered with it.
    audit_return(office, NOW, filing_id=filed.filing_id)
    with connect(office, Role.RULES) as conn:
        found = [
            row[0]
            for row in conn.execute(
                "SELECT f.evidence FROM finding AS f INNER JOIN unit AS u ON f.unit_id = u.unit_id"
                " WHERE u.unit_code = %s AND f.evidence ->> 'relation_code' = 'A8'"
                " AND f.evidence ->> 'row_code' = '02' AND f.evidence ->> 'column_code' = '2'",
                [UNIT],
            )
        ]
    assert [evidence["explained"]["document"] for evidence in found] == [BECAUSE.document]
    accept_all(office, filed.filing_id)
    # The ledger: March is the difference of accepted cumulatives, and negative.
    with connect(office, Role.UNIT) as conn, as_unit(conn, UNIT) as own:
        book = {entry.month.month: entry for entry in build_statbook(conn, own.unit_id, 2026, "02")}
        power = {entry.month.month: entry for entry in build_statbook(conn, own.unit_id, 2026, "33")}
    assert book[3].of_month["2"] == -5
    assert book[3].cumulative["2"] == 45
    assert book[2].of_month["2"] == 50  # January and February together
    assert book[1].cumulative == {}
    assert [voucher.document_no for voucher in power[3].vouchers] == ["S-2026-03"]
    assert power[3].of_month["4"] == 310


def test_before_anybody_asked_a_change_is_voluntary(desk: Desk, office: Settings) -> None:
    desk.prefill(APRIL)
    desk.put(APRIL, **{"02.2": 60, "02.5": 70, "02.9": 90, "02.3": 50})
    desk.explain(APRIL, desk.check(APRIL))
    desk.check(APRIL)
    desk.sign(APRIL)
    desk.file(APRIL)
    desk.put(APRIL, **{"02.3": 51})
    desk.explain(APRIL, desk.check(APRIL))
    desk.check(APRIL)
    desk.sign(APRIL)
    assert desk.file(APRIL, reason="金额录入错误").kind == "voluntary"


def test_a_month_that_is_not_over_is_drafted_and_not_filed(desk: Desk) -> None:
    during = NOW.replace(month=5, day=20)
    desk.prefill(Month(2026, 5), during)
    assert refused(desk.file, Month(2026, 5), during) == "not_over"
    assert refused(desk.prefill, Month(2026, 7), NOW) == "not_begun"


def test_signatures_are_of_three_people_in_order(desk: Desk, office: Settings) -> None:
    month = Month(2026, 5)
    desk.prefill(month)
    with connect(office, Role.UNIT) as conn, as_unit(conn, UNIT) as own:
        assert refused(sign, conn, own, month, "unit_head", "Zhao", NOW) == "signs_later"
        sign(conn, own, month, "filler", "Li", NOW)
        assert refused(sign, conn, own, month, "filler", "Qian", NOW) == "signed_already"
        assert refused(sign, conn, own, month, "statistics_head", "Li", NOW) == "signs_twice"
        assert refused(sign, conn, own, month, "statistics_head", " Li ", NOW) == "signs_twice"
    # Our code asked first; the database says the same to whoever comes by another way.
    for signer, person, error in (
        ("unit_head", "Zhao", psycopg.errors.CheckViolation),
        ("statistics_head", "Li", psycopg.errors.UniqueViolation),
    ):
        with connect(office, Role.UNIT) as conn, as_unit(conn, UNIT) as own, pytest.raises(error):
            conn.execute(
                "INSERT INTO filing_signature SELECT max(draft_id), %s, %s, %s, now() FROM draft",
                [own.unit_id, signer, person],
            )


def test_figures_that_are_not_the_draft_s_cannot_be_filed(desk: Desk, office: Settings) -> None:
    with connect(office, Role.UNIT) as conn, as_unit(conn, UNIT) as own:
        cells = [{"form": "205-1", "row": "33", "column": "4", "value": "1", "source": "manual"}]
        with pytest.raises(psycopg.errors.CheckViolation, match="not the figures of the draft"):
            conn.execute(
                "INSERT INTO filing (unit_id, month_on, version, content, reason, filled_by, statistics_head,"
                " unit_head, filed_at, collected_under, draft_id) SELECT unit_id, month_on, 1, %s, 'r', 'a', 'b', 'c',"
                " now(), 'survey', draft_id FROM draft WHERE month_on = '2026-05-01' AND unit_id = %s LIMIT 1",
                [Jsonb(cells), own.unit_id],
            )


def test_the_unit_s_role_cannot_accept_nor_the_bureau_s_answer(office: Settings) -> None:
    with connect(office, Role.CONSOLE) as conn:
        filing_id = filings.list_filings(conn, month_on=date(2026, 4, 1))[0].filing_id
    event = "INSERT INTO filing_event (filing_id, state, level, acted_by, acted_at) VALUES (%s, %s, %s, 'X', now())"
    with (
        connect(office, Role.UNIT) as conn,
        as_unit(conn, UNIT),
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="not for nenghao_unit"),
    ):
        conn.execute(event, [filing_id, "accepted_county", "county"])
    with connect(office, Role.CONSOLE) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute(event, [filing_id, "answered", "unit"])


def test_what_is_counted_is_the_filing_s_time(office: Settings) -> None:
    with connect(office, Role.CONSOLE) as conn:
        lines = filings.list_filings(conn, month_on=date(2026, 2, 1))
    assert [line.version for line in lines] == [3, 2, 1]
    assert {line.counted_at for line in lines} == {NOW + timedelta(hours=1)}


def test_a_month_after_one_that_nobody_accepted_is_not_told_from_the_cumulatives(desk: Desk, office: Settings) -> None:
    """April was never filed: what May has more than March is two months, and none of them is May."""
    desk.prefill(Month(2026, 5))
    desk.explain(Month(2026, 5), desk.check(Month(2026, 5)))
    desk.check(Month(2026, 5))
    desk.sign(Month(2026, 5))
    accept_all(office, desk.file(Month(2026, 5)).filing_id)
    with connect(office, Role.UNIT) as conn, as_unit(conn, UNIT) as own:
        may = build_statbook(conn, own.unit_id, 2026, "33")[4]
    assert (may.cumulative["4"], may.of_month.get("4")) == (1510, None)
