"""Units, points, series and readings put straight into the tables, as the tests of jobs need them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count

from psycopg import sql

from nenghao.db.connection import Connection
from nenghao.domain.periods import day_of, day_start
from nenghao.domain.unit_code import check_character

NOW = datetime.fromisoformat("2026-11-02T01:00:00+08:00")
DAY = date(2026, 10, 5)
RESULTS = ("series_day", "series_day_estimate", "point_day", "point_month", "audit_mark", "month_mark", "changed_mark")

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Plant:
    """Writes what a test needs, as the owner of the tables."""

    owner: Connection

    def unit(self) -> int:
        number = next(_numbers)
        front = f"9115010000000{number:04d}"
        return self._id(
            "INSERT INTO unit (unit_code, name, division_code, industry_code, field, collected_under)"
            " VALUES (%s, %s, '150100', 'C2614', 'industry', 'online_monitoring') RETURNING unit_id",
            front + check_character(front), f"unit {number}",
        )  # fmt: skip

    def point(
        self, unit_id: int, code: str = "E1", *, variety: str = "33", flow: str = "purchase", use: str = "industrial"
    ) -> int:
        return self._id(
            "INSERT INTO point (unit_id, point_code, data_code, name, variety_code, flow, use)"
            " VALUES (%s, %s, '0000000101040110', %s, %s, %s, %s) RETURNING point_id",
            unit_id, code, code, variety, flow, use,
        )  # fmt: skip

    def series(
        self, point_id: int, *, kind: str = "register", period: str = "instant", quantity: str = "active_energy",
        versions: tuple[dict[str, object], ...] = ({},),
    ) -> int:  # fmt: skip
        series_id = self._id(
            "INSERT INTO series (point_id, quantity, kind, period) VALUES (%s, %s, %s, %s) RETURNING series_id",
            point_id, quantity, kind, period,
        )  # fmt: skip
        for version in versions:
            self._version(series_id, point_id, **version)
        return series_id

    def _version(
        self, series_id: int, point_id: int, *, since: object = None, until: object = None, meter: str = "M1",
        unit: str = "kWh", slot: int = 15, multiplier: object = 1, by: str = "platform", decimals: int = 2,
        modulus: object = 1_000_000, capacity: object = None, lowest: object = None, highest: object = None,
    ) -> None:  # fmt: skip
        meter_id = self._id(
            "INSERT INTO meter (unit_id, meter_no, model, accuracy_class, state)"
            " SELECT unit_id, %s, 'DTZ', '0.5S', 'qualified' FROM point WHERE point_id = %s"
            " ON CONFLICT (unit_id, meter_no) DO UPDATE SET state = 'qualified' RETURNING meter_id",
            meter, point_id,
        )  # fmt: skip
        self.owner.execute(
            "INSERT INTO series_version (series_id, valid, meter_id, unit, slot_minutes, multiplier,"
            " multiplier_applied_by, decimals, register_modulus, rated_capacity, lowest_value, highest_value)"
            " VALUES (%s, tstzrange(%s, %s), %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                series_id, since, until, meter_id, unit, slot, multiplier, by, decimals, modulus, capacity, lowest,
                highest,
            ],
        )  # fmt: skip

    def readings(
        self, series_id: int, values: dict[datetime, object], *, are_marked: bool = True, message_id: int = 1
    ) -> None:
        """Store readings and put their days on the changed list, as the collector does."""
        with self.owner.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO reading (series_id, at, value, message_id, ordinal, source)"
                " VALUES (%s, %s, %s, %s, 0, 'l')",
                [(series_id, at, Decimal(str(value)), message_id) for at, value in values.items()],
            )
        days = {day_of(at) for at in values}
        row = self.owner.execute("SELECT kind FROM series WHERE series_id = %s", [series_id]).fetchone()
        if row == ("register",):
            days |= {day_of(at) - timedelta(days=1) for at in values if at == day_start(day_of(at))}
        if are_marked:
            self.mark(series_id, *sorted(days))

    def mark(self, series_id: int, *days: date) -> None:
        with self.owner.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO changed_mark (series_id, day_on) VALUES (%s, %s)", [(series_id, day_on) for day_on in days]
            )

    def pass_relations(self, *, broken: int = 0) -> None:
        """Record for every balance that its relations ran, as the rules do."""
        run_id = self._id(
            "INSERT INTO audit_run (subject, first_day_on, last_day_on, started_at, finished_at, summary)"
            " VALUES ('return', '2026-10-01', '2026-10-31', now(), now(), '{}') RETURNING audit_run_id"
        )
        self.owner.execute(
            "INSERT INTO return_check (kind, return_id, unit_id, month_on, relation_edition, mandatory_broken,"
            " explanatory_broken, not_run, audit_run_id, checked_at) SELECT 'monitored_balance', balance_id, unit_id,"
            " month_on, 'test', %s, 0, 0, %s, now() FROM monitored_balance",
            [broken, run_id],
        )

    def break_relation(self, unit_id: int, month_on: date) -> int:
        """A finding that a mandatory relation does not hold, with its alert and case; returns the case."""
        self.owner.execute(
            "INSERT INTO rule_version (rule_code, version, content_hash, definition)"
            " VALUES ('form_relation', 1, '', '{}')"
        )
        case_id = self._case(unit_id)
        finding_id = self._id(
            "INSERT INTO finding (audit_run_id, rule_code, rule_version, fingerprint, unit_id, span, level, evidence,"
            " thresholds, evidence_hash_algorithm, evidence_hash, found_at) SELECT max(audit_run_id), 'form_relation',"
            " 1, '', %s, tstzrange(%s, %s), 'lead', '{\"obligation\": \"mandatory\"}', '{}', 'SHA-256', '', now()"
            " FROM audit_run RETURNING finding_id",
            unit_id, day_start(month_on), day_start(month_on + timedelta(days=28)),
        )  # fmt: skip
        self.owner.execute(
            "INSERT INTO alert (fingerprint, case_id, rule_code, first_finding_id, opened_at)"
            " VALUES ('', %s, 'form_relation', %s, now())",
            [case_id, finding_id],
        )
        return case_id

    def exclude(self, series_id: int, begin: datetime, end: datetime, covers: str | None = None) -> None:
        unit_id = self._id("SELECT unit_id FROM point JOIN series USING (point_id) WHERE series_id = %s", series_id)
        decision_id = self.decide(self._case(unit_id), "confirm", "instrument_fault")
        self.owner.execute(
            "INSERT INTO exclusion (decision_id, series_id, span, recorded_at, covers)"
            " VALUES (%s, %s, tstzrange(%s, %s), now(), %s)",
            [decision_id, series_id, begin, end, covers],
        )

    def decide(self, case_id: int, kind: str, outcome: str) -> int:
        return self._id(
            "INSERT INTO decision (case_id, kind, outcome, reason, decided_by, decided_at)"
            " VALUES (%s, %s, %s, 'test', 'test', now()) RETURNING decision_id",
            case_id, kind, outcome,
        )  # fmt: skip

    def _case(self, unit_id: int) -> int:
        return self._id(
            "INSERT INTO audit_case (unit_id, level, opened_at) VALUES (%s, 'lead', now()) RETURNING case_id", unit_id
        )

    def _id(self, query: str, *values: object) -> int:
        row = self.owner.execute(query.encode(), values).fetchone()
        assert row is not None
        return int(row[0])


def slot_at(slot: int, day_on: date = DAY, minutes: int = 15) -> datetime:
    """The begin of a slot, counted from 0."""
    return day_start(day_on) + timedelta(minutes=slot * minutes)


def steady(first: int, last: int, *, step: object = 1, start: object = 0, day_on: date = DAY) -> dict[datetime, object]:
    """Registers at slots first..last that advance by `step` each."""
    return {slot_at(n, day_on): Decimal(str(start)) + Decimal(str(step)) * (n - first) for n in range(first, last + 1)}


def table_rows(conn: Connection, *tables: str) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the tables, to compare before and after."""
    rows = {}
    for table in tables:
        query = sql.SQL("SELECT t::text FROM {} AS t ORDER BY 1").format(sql.Identifier(table))
        rows[table] = conn.execute(query).fetchall()
    conn.rollback()
    return rows
