"""What the demo ends with: every reading accounted for, every case beside what was planted, every release verified."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from demo.measured import Window
from demo.people import DemoPerson, tour
from demo.replay import Sent
from demo.units import DemoUnit, Fraud
from nenghao.config import Role, Settings
from nenghao.db import overview
from nenghao.db.connection import connect
from nenghao.db.overview import AlertRow, ReadingAccount, ReleaseRow
from nenghao.domain.periods import SHANGHAI
from nenghao.reporting.store_report import Kept
from nenghao.reporting.verify_store import verify_store
from nenghao.trust import load_trust


@dataclass(frozen=True, slots=True)
class Account:
    """A unit's readings from the gateway's side and from the store's."""

    unit: DemoUnit
    sent: Sent
    stored: ReadingAccount
    rows: int

    @property
    def lost(self) -> int:
        """Readings sent that are neither stored nor duplicate, refused, conflicting or a correction."""
        return self.sent.readings - self.stored.readings

    @property
    def doubled(self) -> int:
        """Rows in the table of readings beyond those that messages account for."""
        return self.rows - self.stored.stored


@dataclass(frozen=True, slots=True)
class Judged:
    """A case and what it is worth here, where the truth is known: planted, follows from a planted fraud, or false."""

    alert: AlertRow
    verdict: str


def accounts(settings: Settings, units: Sequence[DemoUnit], sent: Sequence[Sent]) -> list[Account]:
    """One account a unit, in the order of the units."""
    with connect(settings, Role.VERIFIER) as conn:
        stored = {account.unit_code: account for account in overview.reading_accounts(conn)}
        rows = overview.stored_readings(conn)
    by_code = {each.unit_code: each for each in sent}
    return [
        Account(unit, by_code[unit.unit_code], stored[unit.unit_code], rows.get(unit.unit_code, 0)) for unit in units
    ]


def judge(alerts: Sequence[AlertRow], units: Sequence[DemoUnit], window: Window) -> list[Judged]:
    """Hold every alert against what was planted."""
    frauds = {unit.unit_code: unit.fraud for unit in units}
    return [
        Judged(alert, _verdict(alert, frauds[alert.unit_code], window))
        for alert in alerts
        if alert.unit_code in frauds  # a unit that somebody registered beside the demo's is no part of it
    ]


def _verdict(alert: AlertRow, fraud: Fraud | None, window: Window) -> str:
    if fraud is None:
        return "false"
    start = window.start.replace(tzinfo=SHANGHAI)
    begins, ends = start + timedelta(days=fraud.first_day), start + timedelta(days=fraud.last_day)
    # A rule that compares weeks may date a step some days off.
    slack = timedelta(days=7) if fraud.rule_code == "ratio_step" else timedelta(0)
    if alert.starts_at >= ends + slack or alert.ends_at <= begins - slack:
        return "false"
    is_the_one = alert.rule_code == fraud.rule_code and alert.point_code == fraud.point_code
    return "planted" if is_the_one else "follows"


def print_accounts(rows: Sequence[Account]) -> None:
    """The ledger of readings."""
    heading = ("unit", "sent", "acknowledged", "stored", "duplicate", "refused", "conflicting", "lost", "doubled")
    table = [
        (
            row.unit.name,
            row.sent.readings,
            row.sent.receipted_readings,
            row.stored.stored,
            row.stored.duplicate,
            row.stored.refused,
            row.stored.conflicting,
            row.lost,
            row.doubled,
        )
        for row in rows
    ]
    sums = [sum(int(cells[column]) for cells in table) for column in range(1, len(heading))]
    print("\nreadings (acknowledged = receipted by us, not only taken by the broker)")
    _print_table([heading, *table, ("all", *sums)])


def print_completeness(settings: Settings, units: Sequence[DemoUnit], window: Window) -> None:
    """Completeness over the window's months."""
    with connect(settings, Role.VERIFIER) as conn:
        found = overview.completeness(conn, first_on=window.start.date(), end_on=window.end.date())
    print("\ncompleteness (received / due slots)")
    rows = [
        (unit.name, received, due, f"{100 * received / due:.2f} %")
        for unit in units
        for received, due in [found[unit.unit_code]]
    ]
    _print_table([("unit", "received", "due", "share"), *rows])


def print_cases(judged: Sequence[Judged], units: Sequence[DemoUnit]) -> tuple[int, int]:
    """The cases; returns (planted frauds found, false cases)."""
    names = {unit.unit_code: unit.name for unit in units}
    print(f"\ncases ({len({each.alert.case_id for each in judged})})")
    rows = [
        (
            each.alert.case_id,
            names[each.alert.unit_code],
            each.alert.point_code or "-",
            each.alert.rule_code,
            each.alert.level,
            f"{each.alert.starts_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
            each.verdict,
        )
        for each in judged
    ]
    _print_table([("case", "unit", "point", "rule", "level", "from", "in truth"), *rows])
    planted = [unit for unit in units if unit.fraud]
    found = [
        unit
        for unit in planted
        if any(each.verdict == "planted" and each.alert.unit_code == unit.unit_code for each in judged)
    ]
    false = sum(each.verdict == "false" for each in judged)
    for unit in planted:
        assert unit.fraud is not None  # noqa: S101 - chosen by that
        outcome = "found" if unit in found else "MISSED"
        print(
            f"  planted: {unit.fraud.title} ({unit.name}, {unit.fraud.point_code}, {unit.fraud.rule_code}): {outcome}"
        )
    print(f"  planted frauds found: {len(found)} of {len(planted)}; false cases: {false}")
    return len(found), false


def newest_releases(settings: Settings) -> Sequence[ReleaseRow]:
    """What is released."""
    with connect(settings, Role.VERIFIER) as conn:
        return overview.newest_releases(conn)


def find_alerts(settings: Settings) -> Sequence[AlertRow]:
    """What was found."""
    with connect(settings, Role.VERIFIER) as conn:
        return overview.alerts(conn)


def print_releases(releases: Sequence[ReleaseRow], folder: Path, verified: dict[str, bool]) -> None:
    """The releases and whether each verifies."""
    print(f"\nreleases (in {folder}; each zip holds the XLSX in the layout of 205-1)")
    rows = [
        (
            release.unit_code,
            f"{release.month_on:%Y-%m}",
            release.version,
            release.archive_name,
            release.hash[:16],
            "verified" if verified[release.archive_name] else "BROKEN",
        )
        for release in releases
    ]
    _print_table([("unit", "month", "version", "file", "hash", "nenghao verify"), *rows])


def print_store(settings: Settings, kept: Sequence[Kept]) -> bool:
    """Check every stored row against leaves, trees, heads and the gateways' receipts; tells whether all of it fits."""
    with connect(settings, Role.VERIFIER, autocommit=True) as conn:
        found = verify_store(conn, load_trust(settings.trust_dir), kept)
    print("\nThe store against its trees, and against the receipts that the gateways keep")
    print(
        f"  {found.messages} messages, {found.readings} readings, {found.rows} rows of other tables in {found.trees}"
        f" trees; {found.receipts} receipts: {'everything fits' if found.is_sound else dict(found.counts)}"
    )
    return found.is_sound


def print_people(url: str, people: Sequence[DemoPerson], passwords: Mapping[str, str], folder: Path) -> None:
    """Where the console is, who may sign in there, and what to try first."""
    print(f"\nthe console: {url}")
    _print_table([("sign in as", "password", "who"), *((one.login, passwords[one.login], one.does) for one in people)])
    print(f"  (also in {folder}; of this demo only, so nobody is made to change them)")
    print("what to try")
    for line in tour():
        print(f"  {line}")


def _print_table(rows: Sequence[Sequence[object]]) -> None:
    texts = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(_width, column)) for column in zip(*texts, strict=True)]
    for row in texts:
        print(
            "  "
            + "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        )


def _width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)
