"""Rules as people see and change them: the queries of sql/queries/rules.sql."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from psycopg.rows import class_row

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries

_QUERIES: Final = load_queries("rules")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenThreshold:
    """A threshold that nothing follows yet, in force or planned."""

    value: Decimal
    unit: str
    valid_from: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """A rule in its newest version; `set_mode` is None where nobody set one and that of its folder holds."""

    rule_code: str
    version: int
    version_at: datetime
    content_hash: str
    definition: dict[str, Any]
    set_mode: str | None
    mode_reason: str | None
    mode_set_by: str | None
    mode_since_at: datetime | None
    case_count: int
    decided_count: int
    confirmed_count: int
    alert_count: int

    @property
    def mode(self) -> str:
        """The mode in force."""
        return self.set_mode or str(self.definition["mode"])


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdRow:
    """A threshold that was, is or will be in force; `set_by` is None where it came with the rule's folder."""

    threshold_name: str
    value: Decimal
    unit: str
    reason: str
    set_by: str | None
    valid_from: datetime
    valid_to: datetime | None
    is_in_force: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeRow:
    """How somebody let a rule run from a time on."""

    mode: str
    reason: str
    set_by: str
    set_at: datetime
    valid_from: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """A version of a rule, and what people decided on its cases."""

    version: int
    valid_from: datetime
    content_hash: str
    case_count: int
    decided_count: int
    confirmed_count: int


def open_threshold(conn: Connection, rule_code: str, threshold_name: str) -> OpenThreshold | None:
    """The threshold that nothing follows yet; None where there is no such threshold."""
    parameters = {"rule_code": rule_code, "threshold_name": threshold_name}
    with conn.cursor(row_factory=class_row(OpenThreshold)) as cursor:
        return cursor.execute(_QUERIES["open_threshold"], parameters).fetchone()


def rule_rows(conn: Connection, *, now: datetime, rule_code: str | None = None) -> list[RuleRow]:
    """Every rule or the named one, by family; `alert_count` is that of the last 30 days."""
    parameters = {"now": now, "rule_code": rule_code}
    return conn.cursor(row_factory=class_row(RuleRow)).execute(_QUERIES["rule_rows"], parameters).fetchall()


def threshold_history(conn: Connection, rule_code: str, now: datetime) -> list[ThresholdRow]:
    """Every threshold that a rule had, has or will have, by name, newest first."""
    parameters = {"rule_code": rule_code, "now": now}
    return (
        conn.cursor(row_factory=class_row(ThresholdRow)).execute(_QUERIES["threshold_history"], parameters).fetchall()
    )


def mode_history(conn: Connection, rule_code: str) -> list[ModeRow]:
    """How people let a rule run, newest first."""
    parameters = {"rule_code": rule_code}
    return conn.cursor(row_factory=class_row(ModeRow)).execute(_QUERIES["mode_history"], parameters).fetchall()


def rule_versions(conn: Connection, rule_code: str) -> list[VersionRow]:
    """Versions of a rule, newest first."""
    parameters = {"rule_code": rule_code}
    return conn.cursor(row_factory=class_row(VersionRow)).execute(_QUERIES["rule_versions"], parameters).fetchall()
