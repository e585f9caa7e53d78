"""What belongs to one case, what explains it, what becomes of it: the queries of sql/queries/case_groups.sql."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, Literal

from psycopg.rows import class_row, dict_row

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries
from nenghao.domain.context import Event
from nenghao.domain.grouping import Clue

_QUERIES: Final = load_queries("case_groups")
MergeCause = Literal["one_cause", "common_cause"]


@dataclass(frozen=True, slots=True)
class Placed:
    """A finding's clue, and the case that tells it; none where it is new."""

    finding_id: int
    root_case_id: int | None
    clue: Clue


@dataclass(frozen=True, slots=True, kw_only=True)
class Testimony:
    """A rule that speaks in a case, and whether an event was found that explains what it says."""

    rule_code: str
    family: str | None
    level: str
    is_explained: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SteppedUnit:
    """An untouched case that holds nothing but steps of one day."""

    case_id: int
    unit_id: int
    division_code: str
    sector_code: str
    began_on: date


def clues(conn: Connection, finding_id: int, network_rules: Sequence[str]) -> list[Placed]:
    """A finding's clue, first, and those of the undecided findings of its unit and time."""
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            _QUERIES["clues"], {"finding_id": finding_id, "network_rules": list(network_rules)}
        ).fetchall()
    placed = [_placed(row) for row in rows]
    return sorted(placed, key=lambda one: one.finding_id != finding_id)


def _placed(row: dict[str, Any]) -> Placed:
    point_ids = frozenset() if row["point_id"] is None else frozenset({row["point_id"]})
    clue = Clue(
        unit_id=row["unit_id"],
        begin_at=row["begin_at"],
        end_at=row["end_at"],
        point_ids=point_ids,
        network_ids=point_ids | frozenset(row["part_ids"]) if row["part_ids"] else frozenset(),
        gateway_ids=frozenset(row["gateway_ids"]),
    )
    return Placed(row["finding_id"], row["root_case_id"], clue)


def root_of(conn: Connection, case_id: int) -> int:
    """The case that tells what a case tells."""
    ((root_case_id,),) = conn.execute(_QUERIES["root_of"], {"case_id": case_id}).fetchall()
    return int(root_case_id)


def decided_cases(conn: Connection, case_ids: Sequence[int]) -> set[int]:
    """Of the given cases those on which anything was decided."""
    return {row[0] for row in conn.execute(_QUERIES["decided_cases"], {"case_ids": list(case_ids)})}


def is_settled(conn: Connection, case_id: int) -> bool:
    """Whether the last decision on a case confirmed or dismissed it."""
    ((settled,),) = conn.execute(_QUERIES["is_settled"], {"case_id": case_id}).fetchall()
    return bool(settled)


def merge_case(
    conn: Connection, case_id: int, into_case_id: int, cause: MergeCause, audit_run_id: int, merged_at: datetime
) -> None:
    """Let one case tell what another told."""
    parameters = {
        "case_id": case_id,
        "into_case_id": into_case_id,
        "cause": cause,
        "audit_run_id": audit_run_id,
        "merged_at": merged_at,
    }
    conn.execute(_QUERIES["merge_case"], parameters)


def events_near(
    conn: Connection, unit_id: int, point_id: int | None, span: tuple[datetime, datetime], margin: timedelta
) -> list[Event]:
    """Events that may bear on a unit's point in a span and a margin on either side."""
    with conn.cursor(row_factory=class_row(Event)) as cursor:
        return cursor.execute(
            _QUERIES["events_near"],
            {"unit_id": unit_id, "point_id": point_id, "begin_at": span[0] - margin, "end_at": span[1] + margin},
        ).fetchall()


def mute_of(conn: Connection, rule_code: str, unit_id: int | None, point_id: int | None, at: datetime) -> int | None:
    """The mute that holds for a rule at a place."""
    row = conn.execute(
        _QUERIES["mute_of"], {"rule_code": rule_code, "unit_id": unit_id, "point_id": point_id, "at": at}
    ).fetchone()
    return None if row is None else row[0]


def silence_finding(conn: Connection, finding_id: int, source: str, source_id: int, recorded_at: datetime) -> None:
    """Record what silenced a finding."""
    parameters = {"finding_id": finding_id, "source": source, "source_id": source_id, "recorded_at": recorded_at}
    conn.execute(_QUERIES["silence_finding"], parameters)


def testimony(conn: Connection, case_id: int) -> list[Testimony]:
    """What speaks in a case and still stands."""
    with conn.cursor(row_factory=class_row(Testimony)) as cursor:
        return cursor.execute(_QUERIES["testimony"], {"case_id": case_id}).fetchall()


def level_of(conn: Connection, case_id: int) -> str:
    """The level of a case as it is now."""
    ((level,),) = conn.execute(_QUERIES["level_of"], {"case_id": case_id}).fetchall()
    return str(level)


def insert_level(conn: Connection, case_id: int, level: str, reason: str, audit_run_id: int, set_at: datetime) -> None:
    """Say what a case has become."""
    parameters = {
        "case_id": case_id,
        "level": level,
        "reason": reason,
        "audit_run_id": audit_run_id,
        "set_at": set_at,
    }
    conn.execute(_QUERIES["insert_level"], parameters)


def same_finding(conn: Connection, fingerprint: bytes, rule_version: int, evidence_hash: bytes) -> int | None:
    """The finding with exactly this content."""
    row = conn.execute(
        _QUERIES["same_finding"],
        {"fingerprint": fingerprint, "rule_version": rule_version, "evidence_hash": evidence_hash},
    ).fetchone()
    return None if row is None else row[0]


def mark_recurred(conn: Connection, finding_ids: Sequence[int], audit_run_id: int, at: datetime) -> list[int]:
    """Say of quiet findings that they are found again; returns their cases."""
    parameters = {"finding_ids": list(finding_ids), "audit_run_id": audit_run_id, "at": at}
    return [row[0] for row in conn.execute(_QUERIES["mark_recurred"], parameters)]


def mark_quiet(
    conn: Connection,
    *,
    unit_ids: Sequence[int],
    rule_codes: Sequence[str],
    span: tuple[datetime, datetime],
    seen_ids: Sequence[int],
    audit_run_id: int,
    at: datetime,
) -> list[int]:
    """Say of what an audit did not find any more that it has gone quiet; returns the cases."""
    parameters = {
        "unit_ids": list(unit_ids),
        "rule_codes": list(rule_codes),
        "begin_at": span[0],
        "end_at": span[1],
        "seen_ids": list(seen_ids),
        "audit_run_id": audit_run_id,
        "at": at,
    }
    return [row[0] for row in conn.execute(_QUERIES["mark_quiet"], parameters)]


def stepped_units(conn: Connection, kinds: Sequence[str], since_on: date) -> list[SteppedUnit]:
    """Untouched leads that hold nothing but steps of one day."""
    with conn.cursor(row_factory=class_row(SteppedUnit)) as cursor:
        return cursor.execute(_QUERIES["stepped_units"], {"kinds": list(kinds), "since_on": since_on}).fetchall()


def units_of_groups(conn: Connection, day_on: date) -> dict[tuple[str | None, str | None], int]:
    """How many units of each (zone, sector) were metered on a day; one of the two is None."""
    rows = conn.execute(_QUERIES["units_of_groups"], {"day_on": day_on})
    return {(division_code, sector_code): total for division_code, sector_code, total in rows}


def common_causes(conn: Connection, began_on: date) -> dict[tuple[str | None, str | None], int]:
    """Cases of the common causes that began on a day, by (zone, sector)."""
    rows = conn.execute(_QUERIES["common_causes"], {"began_on": began_on})
    return {(division_code, sector_code): case_id for case_id, division_code, sector_code in rows}


def insert_common_cause(
    conn: Connection,
    *,
    case_id: int,
    group: tuple[str | None, str | None],
    began_on: date,
    unit_count: int,
    unit_total: int,
    share_min: Decimal,
    unit_count_min: int,
    audit_run_id: int,
    found_at: datetime,
) -> None:
    """Say what many units have in common."""
    conn.execute(
        _QUERIES["insert_common_cause"],
        {
            "case_id": case_id,
            "division_code": group[0],
            "sector_code": group[1],
            "began_on": began_on,
            "unit_count": unit_count,
            "unit_total": unit_total,
            "share_min": share_min,
            "unit_count_min": unit_count_min,
            "audit_run_id": audit_run_id,
            "found_at": found_at,
        },
    )
