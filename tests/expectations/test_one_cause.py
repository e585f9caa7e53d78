"""What one cause explains is one case: findings join, go quiet, come back, are silenced and explained."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count, permutations
from typing import Any

import psycopg
import pytest

from expectations import catalogue, following, recording
from expectations.catalogue import Rule
from expectations.recording import Counts, Offence
from expectations.suites import Check
from nenghao.config import Role, Settings
from nenghao.db import audit, overview
from nenghao.db.connection import conninfo
from nenghao.detection.candidate import Kind
from nenghao.domain.periods import day_start
from nenghao.errors import DataRefused
from nenghao.reference.cases import kind_order
from nenghao.review.cases import decide, open_case
from nenghao.review.mutes import mute, unmute
from nenghao.review.ranking import rank_cases
from tests.expectations.scenario import Case, Channel, lay_out

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
FIRST_ON = date(2026, 8, 3)
_numbers = count(1)


def rule(code: str, family: str, kind: Kind, level: str = "lead") -> Rule:
    base = next(one for one in catalogue.load_rules() if one.code == "frozen")
    return replace(
        base, code=code, family=family, kind=kind, level=level, evidence=("what",), innocence=(), thresholds=(),
        content_hash=code.encode(), detector=None,
    )  # type: ignore[arg-type]  # fmt: skip


SHIFT = rule("t_shift", "shape", Kind.SCALE)
ZERO = rule("t_zero", "shape", Kind.ZERO)
GAP = rule("completeness", "silence", Kind.GAP)
NETWORK = rule("network_balance", "identity", Kind.SCALE)
REGISTER = rule("t_register", "identity", Kind.REGISTER, "doubt")
RULES = (SHIFT, ZERO, GAP, NETWORK, REGISTER)


@dataclass(frozen=True)
class Site:
    """A unit with points E1 (the whole), E2 and E3 (its parts), an interval and a register at each."""

    settings: Settings
    unit_id: int

    def conn(self, role: Role = Role.OWNER) -> psycopg.Connection:
        return psycopg.connect(conninfo(self.settings, role))

    def row(self, by: Rule, point: str, first: int, days: int, **more: Any) -> tuple[Rule, dict[str, Any]]:
        """An offending row: its kind of channel is `register` or `interval`."""
        kind = more.pop("channel", "register")
        with self.conn() as conn:
            found = conn.execute(
                "SELECT p.point_id, s.series_id FROM point AS p JOIN series AS s USING (point_id)"
                " WHERE p.unit_id = %s AND p.point_code = %s AND s.kind = %s",
                [self.unit_id, point, kind],
            ).fetchone()
        assert found is not None
        return by, {
            "unit_id": self.unit_id, "point_id": found[0], "series_id": found[1], "what": point,
            "span_from": day_start(FIRST_ON + timedelta(days=first)),
            "span_to": day_start(FIRST_ON + timedelta(days=first + days)), **more,
        }  # fmt: skip

    def audit(
        self,
        *rows: tuple[Rule, dict[str, Any]],
        days: tuple[int, int] = (0, 28),
        units: Sequence[int] = (),
        ran: Sequence[Rule] = RULES,
    ) -> list[Counts]:
        """One run of all rules over days of the unit that found these rows."""
        span = tuple(day_start(FIRST_ON + timedelta(days=n)) for n in days)
        with self.conn(Role.RULES) as conn:
            versions = catalogue.sync_rules(conn, RULES)
            run_id = audit.insert_run(
                conn, subject="days", days=(FIRST_ON, FIRST_ON), started_at=NOW, finished_at=NOW, summary={}
            )
            offences = [Offence(Check(rule=by, query=""), versions[by.code], row) for by, row in rows]
            found = recording.record_rows(conn, run_id, offences, NOW)
            following.settle(
                conn, run_id, unit_ids=units or [self.unit_id], rule_codes=[one.code for one in ran],
                span=span, seen_ids=[one.finding_id for one in found if one.finding_id is not None], now=NOW,
            )  # type: ignore[arg-type]  # fmt: skip
        return found

    def cases(self) -> list[tuple[str, str, set[str], int]]:
        """(state, level, rules, findings) of each case of the unit that is not merged into another, oldest first."""
        with self.conn(Role.CONSOLE) as conn:
            code = conn.execute("SELECT unit_code FROM unit WHERE unit_id = %s", [self.unit_id]).fetchone()
            assert code is not None
            rows = [one.row for one in rank_cases(conn, unit_code=code[0], states=None).shown]
        return [
            (row["state"], row["level"], set(row["rule_codes"]), row["finding_count"])
            for row in sorted(rows, key=lambda row: row["case_id"])
            if row["state"] != "merged"
        ]

    def case_id(self) -> int:
        with self.conn() as conn:
            row = conn.execute(
                "SELECT min(case_id) FROM case_now WHERE unit_id = %s AND state <> 'merged'", [self.unit_id]
            ).fetchone()
        assert row is not None
        return int(row[0])

    def event(self, kind: str, first: int, days: int, *, filed: int, document_no: str | None = None) -> None:
        begin, end, filed_at = (day_start(FIRST_ON + timedelta(days=n)) for n in (first, first + days, filed))
        with self.conn() as conn:
            conn.execute(
                "INSERT INTO context_event (unit_id, kind, title, begins_at, ends_at, document_no, filed_at)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s)",
                [self.unit_id, kind, kind, begin, end, document_no, filed_at],
            )


@pytest.fixture
def site(module_database: Settings) -> Site:
    return new_site(module_database)


def new_site(settings: Settings) -> Site:
    channels = [
        Channel(point=point, values=[10] * 24 * 28, kind=kind, part_of=None if point == "E1" else "E1")
        for point in ("E1", "E2", "E3")
        for kind in ("register", "interval")
    ]
    number = 7000 + next(_numbers)
    with psycopg.connect(conninfo(settings, Role.OWNER)) as conn:
        unit_id = lay_out(conn, Case("t", "site", channels, set()), number)
        # A zone and a sector of its own, so that tests have nothing in common.
        conn.execute(
            "UPDATE unit SET division_code = %s, industry_code = %s WHERE unit_id = %s",
            [f"15{number}", f"X{number}", unit_id],
        )
    return Site(settings, unit_id)


def test_kinds_of_cases_are_told_in_the_order_of_the_detectors() -> None:
    assert kind_order() == tuple(kind.value for kind in Kind)


def test_channels_of_a_point_and_a_residual_around_it_are_one_case_in_any_order(module_database: Settings) -> None:
    for order in list(permutations(range(4)))[::5]:
        site = new_site(module_database)
        rows = [
            site.row(SHIFT, "E2", 3, 4),
            site.row(ZERO, "E2", 5, 1, channel="interval"),
            site.row(NETWORK, "E1", 2, 9),
            site.row(SHIFT, "E3", 8, 2),
        ]
        for place in order:
            site.audit(rows[place], days=(0, 0))
        assert site.cases() == [("open", "doubt", {"t_shift", "t_zero", "network_balance"}, 4)], order


def test_two_parts_that_fail_on_one_day_are_two_cases(site: Site) -> None:
    site.audit(site.row(SHIFT, "E2", 3, 4), site.row(SHIFT, "E3", 3, 4))
    assert [one[0:2] for one in site.cases()] == [("open", "lead"), ("open", "lead")]


def test_one_run_opens_no_case_that_it_merges_again(site: Site) -> None:
    site.audit(site.row(SHIFT, "E2", 1, 2), site.row(ZERO, "E2", 6, 2), site.row(NETWORK, "E1", 0, 20))
    with site.conn() as conn:
        merged = conn.execute(
            "SELECT count(*) FROM case_merge JOIN audit_case USING (case_id) WHERE unit_id = %s", [site.unit_id]
        ).fetchone()
    assert merged == (0,)
    assert len(site.cases()) == 1


def test_what_is_not_found_any_more_goes_quiet_and_opens_again(site: Site) -> None:
    gap = site.row(GAP, "E2", 3, 1), site.row(GAP, "E2", 4, 1)
    site.audit(*gap)
    assert site.cases() == [("open", "lead", {"completeness"}, 2)]
    site.audit(days=(3, 4))
    assert site.cases() == [("open", "lead", {"completeness"}, 2)], "one of two days was filled"
    site.audit(days=(3, 5))
    assert site.cases() == [("quiet", "lead", {"completeness"}, 2)]
    site.audit(days=(3, 5))
    site.audit(gap[0], days=(3, 5))
    with site.conn() as conn:
        events = conn.execute(
            "SELECT e.kind FROM alert_event AS e JOIN finding AS f USING (finding_id) WHERE f.unit_id = %s"
            " ORDER BY alert_event_id",
            [site.unit_id],
        ).fetchall()
    assert [kind for (kind,) in events] == ["quiet", "quiet", "recurred"]
    assert site.cases() == [("open", "lead", {"completeness"}, 2)]
    with site.conn(Role.CONSOLE) as conn:
        (listed,) = [one for one in rank_cases(conn).shown if one.row["unit_id"] == site.unit_id]
    assert listed.row["recurrence_count"] == 1


def test_what_is_found_again_with_another_figure_is_still_told(site: Site) -> None:
    """An audit in the middle of a back-fill measured less; the alert stands by the finding that took its place."""
    site.audit(site.row(SHIFT, "E2", 3, 4, what="4 MWh less"))
    site.audit(site.row(SHIFT, "E2", 3, 4, what="9 MWh less"), days=(3, 7))
    assert site.cases() == [("open", "lead", {"t_shift"}, 2)]
    with site.conn(Role.CONSOLE) as conn:
        code = conn.execute("SELECT unit_code FROM unit WHERE unit_id = %s", [site.unit_id]).fetchone()
        told = [one.rule_code for one in overview.alerts(conn) if code == (one.unit_code,)]
    assert told == ["t_shift"]


def test_days_that_were_not_audited_and_rules_that_did_not_run_say_nothing(site: Site) -> None:
    site.audit(site.row(GAP, "E2", 3, 4))
    site.audit(days=(4, 20))
    site.audit(days=(3, 7), ran=(SHIFT,))
    new_site(site.settings).audit()
    assert site.cases() == [("open", "lead", {"completeness"}, 1)]


def test_a_decided_case_is_not_touched(site: Site) -> None:
    site.audit(site.row(SHIFT, "E2", 3, 4))
    with site.conn(Role.CONSOLE) as conn:
        decide(conn, site.case_id(), "dismiss", "explainable", "a line was rebuilt", "auditor", NOW)
    site.audit(days=(0, 28))
    site.audit(site.row(ZERO, "E2", 4, 1))
    assert site.cases() == [("decided", "lead", {"t_shift"}, 1), ("open", "lead", {"t_zero"}, 1)]
    with site.conn() as conn:
        row = conn.execute(
            "SELECT count(*) FROM alert_event JOIN finding USING (finding_id) WHERE unit_id = %s", [site.unit_id]
        ).fetchone()
    assert row == (0,)


def test_a_merged_case_is_decided_with_the_one_that_tells_it(site: Site) -> None:
    site.audit(site.row(SHIFT, "E2", 1, 2))
    site.audit(site.row(ZERO, "E2", 6, 2), days=(6, 8))
    site.audit(site.row(REGISTER, "E2", 0, 10), days=(0, 10))
    first = site.case_id()
    with site.conn(Role.CONSOLE) as conn:
        merged = conn.execute(
            "SELECT case_id FROM case_now WHERE unit_id = %s AND state = 'merged'", [site.unit_id]
        ).fetchall()
        assert len(merged) == 1
        with pytest.raises(DataRefused, match=f"merged into case {first}"):
            decide(conn, merged[0][0], "dismiss", "explainable", "why", "auditor", NOW)
        decided = decide(conn, first, "confirm", "instrument_fault", "photo", "auditor", NOW)
        kinds = conn.execute("SELECT kind FROM decision WHERE case_id = %s", merged[0]).fetchall()
        told = open_case(conn, first)
    assert decided.exclusions > 0
    assert kinds == [("confirm",)]
    assert {finding["rule_code"] for finding in told.findings} == {"t_shift", "t_zero", "t_register"}


def test_a_lead_is_never_asked_of_the_unit_and_a_doubt_may_be(site: Site) -> None:
    site.audit(site.row(SHIFT, "E2", 3, 4))
    with site.conn(Role.CONSOLE) as conn, pytest.raises(DataRefused, match="one statistical test"):
        decide(conn, site.case_id(), "inquire", None, "why", "auditor", NOW)
    site.audit(site.row(NETWORK, "E1", 3, 4), days=(3, 4))
    assert site.cases()[0][1] == "doubt"
    with site.conn(Role.CONSOLE) as conn:
        decide(conn, site.case_id(), "inquire", None, "why", "auditor", NOW)
    assert site.cases()[0][0] == "asked"


def test_two_tests_of_the_same_values_are_one_channel(site: Site) -> None:
    site.audit(site.row(SHIFT, "E2", 3, 4), site.row(ZERO, "E2", 3, 4), site.row(GAP, "E2", 3, 4))
    assert site.cases() == [("open", "lead", {"t_shift", "t_zero", "completeness"}, 3)]


def test_an_event_declared_before_silences_and_a_late_one_explains(site: Site) -> None:
    site.event("shutdown", 3, 5, filed=1)
    site.event("overhaul", 13, 5, filed=15)
    found = site.audit(site.row(ZERO, "E2", 3, 5), site.row(ZERO, "E3", 13, 5), site.row(REGISTER, "E3", 13, 5))
    assert [one.cases for one in found].count(1) == 1
    assert site.cases() == [("open", "doubt", {"t_zero", "t_register"}, 2)]
    with site.conn() as conn:
        silenced = conn.execute(
            "SELECT s.source, f.rule_code FROM silenced_finding AS s JOIN finding AS f USING (finding_id)"
            " WHERE f.unit_id = %s",
            [site.unit_id],
        ).fetchall()
    assert silenced == [("context_event", "t_zero")]
    with site.conn(Role.CONSOLE) as conn:
        told = open_case(conn, site.case_id())
    verdicts = {
        event["verdict"]
        for piece in told.evidence
        if piece["kind"] == "context"
        for event in piece["content"]["events"]
    }
    assert verdicts == {"explains", "unrelated"}
    assert sum(one.findings for one in site.audit(site.row(ZERO, "E2", 3, 5), days=(0, 1))) == 0


def test_an_explained_doubt_opens_lower(site: Site) -> None:
    site.event("metering_work", 3, 2, filed=2)
    site.audit(site.row(REGISTER, "E2", 3, 1))
    assert site.cases() == [("open", "lead", {"t_register"}, 1)]
    site.audit(site.row(REGISTER, "E2", 6, 9), days=(6, 7))
    site.audit(site.row(REGISTER, "E2", 3, 5), days=(3, 4))
    assert len(site.cases()) == 1


def test_a_mute_stores_and_counts_and_ends_by_a_row(site: Site) -> None:
    with site.conn(Role.RULES) as conn:
        catalogue.sync_rules(conn, RULES)
    with site.conn(Role.CONSOLE) as conn:
        code = conn.execute("SELECT unit_code FROM unit WHERE unit_id = %s", [site.unit_id]).fetchone()
        assert code is not None
        place: dict[str, Any] = {
            "rule_code": "t_shift", "unit_code": code[0], "point_code": "E2", "until_at": NOW + timedelta(days=9),
            "reason": "batch kiln", "muted_by": "auditor", "now": NOW,
        }  # fmt: skip
        for wrong in ({"reason": " "}, {"rule_code": "none"}, {"point_code": "E9"}, {"until_at": NOW}):
            with pytest.raises(DataRefused):
                mute(conn, **{**place, **wrong})
        mute_id = mute(conn, **place)
    site.audit(site.row(SHIFT, "E2", 3, 4), site.row(SHIFT, "E3", 3, 4))
    assert site.cases() == [("open", "lead", {"t_shift"}, 1)]
    with site.conn(Role.CONSOLE) as conn:
        silenced = conn.execute(
            "SELECT count(*) FROM silenced_finding WHERE source = 'mute' AND source_id = %s", [mute_id]
        )
        assert silenced.fetchone() == (1,)
        unmute(conn, mute_id, reason="rebuilt", ended_by="auditor", now=NOW)
        with pytest.raises(DataRefused):
            unmute(conn, mute_id, reason="rebuilt", ended_by="auditor", now=NOW)
    site.audit(site.row(SHIFT, "E2", 3, 4))
    assert len(site.cases()) == 2


def test_a_step_of_many_units_is_one_case_that_asks_nobody(module_database: Settings) -> None:
    sites = [new_site(module_database) for _ in range(6)]
    with sites[0].conn() as conn:
        conn.execute(
            "UPDATE unit SET division_code = '150777' WHERE unit_id = ANY(%s)", [[one.unit_id for one in sites]]
        )
    for number, one in enumerate(sites[:5]):
        one.audit(one.row(SHIFT, "E2", 9 + number % 2, 12))
    with sites[0].conn(Role.CONSOLE) as conn:
        common = conn.execute(
            "SELECT case_id, unit_count, unit_total, began_on FROM common_cause WHERE division_code = '150777'"
        ).fetchall()
        assert [row[1:3] for row in common] == [(5, 6)]
        case_id = common[0][0]
        assert {finding["unit_id"] for finding in open_case(conn, case_id).findings} == {
            one.unit_id for one in sites[:5]
        }
        with pytest.raises(DataRefused, match="none of them is asked"):
            decide(conn, case_id, "inquire", None, "why", "auditor", NOW)
    # The sixth comes late; and what speaks of one unit by a second channel is a case of its own.
    sites[5].audit(sites[5].row(SHIFT, "E3", 10, 9))
    assert sites[5].cases() == []
    sites[0].audit(sites[0].row(REGISTER, "E2", 9, 3), days=(9, 10))
    assert sites[0].cases() == [("open", "doubt", {"t_register"}, 1)]
    with sites[0].conn(Role.CONSOLE) as conn:
        assert len({finding["unit_id"] for finding in open_case(conn, case_id).findings}) == 6


def test_cases_are_ranked_by_what_they_may_move(site: Site) -> None:
    with site.conn() as conn:
        conn.execute("UPDATE point SET flow = 'purchase' WHERE unit_id = %s", [site.unit_id])
    energy = {"expected_energy": 1000.0, "energy_unit": "MWh", "score": 4.0}
    site.audit(
        site.row(SHIFT, "E1", 1, 2, **energy, observed_energy=900.0),
        site.row(SHIFT, "E2", 1, 2, **energy, observed_energy=100.0),
        site.row(REGISTER, "E3", 1, 2, **energy, observed_energy=999.0),
    )
    with site.conn(Role.CONSOLE) as conn:
        listed = rank_cases(conn, lead_limit=1)
        mine = [one for one in rank_cases(conn).shown if one.row["unit_id"] == site.unit_id]
    assert [one.row["point_codes"] for one in mine] == [["E3"], ["E2"], ["E1"]]
    # 900 MWh of electricity at 1.229 tce for 10 000 kWh.
    assert [str(one.effect_tce) for one in mine][1].startswith("110.61")
    assert (listed.doubt_count >= 1, listed.lead_count >= 2) == (True, True)
    assert sum(one.row["level"] == "lead" for one in listed.shown) == 1
