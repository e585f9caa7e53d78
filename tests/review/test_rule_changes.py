"""A changed threshold or mode holds from its time on, is kept over new rule versions, and says who set it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from expectations.catalogue import load_rules, sync_rules
from nenghao.config import Role, Settings
from nenghao.db import audit, rules
from nenghao.db.connection import Connection, connect
from nenghao.domain.periods import SHANGHAI
from nenghao.errors import DataRefused
from nenghao.review.rule_changes import change_mode, change_threshold

RULE = "completeness"
NAME = "received_share_min"
MONTH = timedelta(days=30)


@pytest.fixture
def conn(database: Settings) -> Iterator[Connection]:
    with connect(database, Role.RULES, autocommit=True) as conn:
        with conn.transaction():
            sync_rules(conn)
        yield conn


def change(conn: Connection, value: str, **more: object) -> None:
    given: dict[str, object] = {"rule_code": RULE, "name": NAME, "reason": "tried", "set_by": "auditor", **more}
    with conn.transaction():
        change_threshold(conn, value=value, **({"now": datetime.now(UTC)} | given))  # type: ignore[arg-type]


def in_force(conn: Connection) -> Decimal:
    return audit.thresholds_now(conn, RULE)[NAME].value


def test_a_threshold_changes_at_once_and_the_earlier_one_is_kept_with_its_end(conn: Connection) -> None:
    before = in_force(conn)
    change(conn, "0.85")
    assert in_force(conn) == Decimal("0.85")
    now, earlier = rules.threshold_history(conn, RULE, datetime.now(UTC))
    assert (now.value, now.set_by, now.reason, now.is_in_force) == (Decimal("0.85"), "auditor", "tried", True)
    assert (earlier.value, earlier.valid_to, earlier.set_by) == (before, now.valid_from, None)


def test_a_planned_change_holds_from_its_day_only(conn: Connection) -> None:
    before, now = in_force(conn), datetime.now(UTC)
    change(conn, "0.8", from_at=now + MONTH)
    assert in_force(conn) == before
    later = {row.value: row.is_in_force for row in rules.threshold_history(conn, RULE, now + MONTH)}
    assert later == {Decimal("0.8"): True, before: False}


def test_a_new_rule_version_takes_nothing_back_that_a_person_set_or_planned(conn: Connection) -> None:
    ours = next(rule for rule in load_rules() if rule.code == RULE)
    first = next(item for item in ours.thresholds if item.name == NAME)

    def with_value(value: str, version: bytes) -> None:
        changed = replace(first, value=Decimal(value))
        others = tuple(item for item in ours.thresholds if item is not first)
        with conn.transaction():
            sync_rules(conn, [replace(ours, thresholds=(changed, *others), content_hash=version)])

    change(conn, "0.8", from_at=datetime.now(UTC) + MONTH)
    with_value("0.7", b"second")
    assert in_force(conn) == first.value
    assert [row.value for row in rules.threshold_history(conn, RULE, datetime.now(UTC))] == [
        Decimal("0.8"),
        first.value,
    ]


def test_a_person_may_set_what_the_folder_once_said(conn: Connection) -> None:
    before = in_force(conn)
    change(conn, "0.8")
    change(conn, f"{before:f}")
    assert audit.thresholds_now(conn, RULE)[NAME].is_kept
    with conn.transaction():
        sync_rules(conn)
    assert in_force(conn) == before


@pytest.mark.parametrize(
    ("value", "more", "key"),
    [
        ("0.85", {"rule_code": "none"}, "no_rule"),
        ("0.85", {"name": "none"}, "no_threshold"),
        ("0.85", {"reason": " "}, "no_reason"),
        ("0.85", {"set_by": ""}, "no_reason"),
        ("0.9", {}, "same_value"),
        ("much", {}, "no_number"),
        ("NaN", {}, "no_number"),
        ("0.85", {"from_at": datetime(2026, 1, 1, tzinfo=UTC)}, "past"),
    ],
)
def test_a_change_without_sense_is_refused(conn: Connection, value: str, more: dict[str, object], key: str) -> None:
    with pytest.raises(DataRefused) as refused:
        change(conn, value, **more)
    assert getattr(refused.value, "key", None) == f"rule_change.refused.{key}"


def test_a_change_before_a_planned_one_is_refused(conn: Connection) -> None:
    now = datetime.now(UTC)
    change(conn, "0.8", from_at=now + MONTH)
    with pytest.raises(DataRefused, match="planned_already") as refused:
        change(conn, "0.85", from_at=now + MONTH / 2)
    # People read it in Shanghai, wherever the store keeps its time.
    assert getattr(refused.value, "values", {})["at"] == f"{(now + MONTH).astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def test_a_mode_holds_from_its_time_on(conn: Connection) -> None:
    now = datetime.now(UTC)

    def set_mode(mode: str, from_at: datetime | None) -> None:
        with conn.transaction():
            change_mode(conn, rule_code=RULE, mode=mode, reason="tried", set_by="auditor", now=now, from_at=from_at)

    set_mode("shadow", now + MONTH)
    assert audit.rule_modes(conn) == {}
    set_mode("live", None)
    assert audit.rule_modes(conn) == {RULE: "live"}
    (row,) = rules.rule_rows(conn, now=now + MONTH, rule_code=RULE)
    assert (row.mode, row.mode_set_by, row.mode_since_at) == ("shadow", "auditor", now + MONTH)
