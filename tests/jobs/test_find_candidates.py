"""Detectors over stored days: the same in one process and in several, again and again, and an error is told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from expectations.catalogue import RULES_DIR
from nenghao.config import Role, Settings
from nenghao.db.connection import connect, conninfo
from nenghao.detection.block import Block
from nenghao.detection.candidate import Candidate, Thresholds
from nenghao.detection.catalogue import DETECTORS
from nenghao.jobs import find_candidates as job
from nenghao.jobs.compute_features import compute_features
from nenghao.jobs.find_candidates import DetectionScope, find_candidates
from tests.expectations.scenario import Case, lay_out, read_case
from tests.expectations.senders import FIRST_ON

NOW = datetime(2026, 11, 20, tzinfo=UTC)
THRESHOLDS = {
    "excess_min": 1.0, "quanta_of_advance": 2.0, "quanta_a_slot": 1.0, "share_of_energy": 0.001, "clock_error": 60.0,
    "highest_slots": 5.0,
}  # fmt: skip
RULES = {"r": ("register_against_interval", THRESHOLDS)}
CUT = RULES_DIR / "register_against_interval" / "cases" / "intervals_cut_after_the_meter.toml"


@pytest.fixture(scope="module")
def scope(module_database: Settings) -> DetectionScope:
    """Four sites whose intervals were cut after the meter, none of them another one's copy."""
    case = read_case(CUT)
    with psycopg.connect(conninfo(module_database, Role.OWNER)) as conn:
        unit_ids = tuple(lay_out(conn, with_more(case, 7 * number), number) for number in range(1, 5))
    with connect(module_database, Role.JOBS) as conn:
        compute_features(conn, NOW)
    return DetectionScope(first_on=FIRST_ON, last_on=FIRST_ON + timedelta(days=case.days - 1), unit_ids=unit_ids)


def with_more(case: Case, steps: int) -> Case:
    """The case with so many steps more in every known slot."""
    channels = [
        replace(
            one, values=[None if value is None else value + steps * (1 + at % 5) for at, value in enumerate(one.values)]
        )
        for one in case.channels
    ]
    return replace(case, channels=channels)


def stored(settings: Settings) -> list[tuple[object, ...]]:
    with connect(settings, Role.RULES) as conn:
        return conn.execute(
            "SELECT p.unit_id, c.span, c.kind, c.statistics, c.score, c.expected_energy, c.observed_energy, c.is_rich"
            " FROM candidate AS c JOIN series USING (series_id) JOIN point AS p USING (point_id) ORDER BY 1, 2"
        ).fetchall()


def test_one_process_and_several_point_at_the_same(
    module_database: Settings, scope: DetectionScope, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = find_candidates(module_database, [scope], RULES, NOW)
    first = stored(module_database)
    assert {row[0] for row in first} == set(scope.unit_ids)
    assert alone.candidates == {"r": len(first)}
    monkeypatch.setattr(job, "CHUNK_SERIES", 1)
    together = find_candidates(module_database, [scope], RULES, NOW)
    assert together == alone
    assert stored(module_database) == first


def test_what_was_judged_is_replaced_and_other_days_stay(module_database: Settings, scope: DetectionScope) -> None:
    find_candidates(module_database, [scope], RULES, NOW)
    before = stored(module_database)
    quiet = {"r": ("register_step", THRESHOLDS)}
    one_day = DetectionScope(first_on=scope.last_on, last_on=scope.last_on, unit_ids=scope.unit_ids[:1])
    find_candidates(module_database, [one_day], quiet, NOW)
    begin_at = one_day.span[0]
    kept = [row for row in before if row[0] != scope.unit_ids[0] or row[1].upper <= begin_at]  # type: ignore[attr-defined]
    assert stored(module_database) == kept
    find_candidates(module_database, [scope], quiet, NOW)
    assert stored(module_database) == []


def test_a_detector_that_raises_is_told_and_the_others_go_on(
    module_database: Settings, scope: DetectionScope, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(block: Block, thresholds: Thresholds) -> list[Candidate]:
        raise ZeroDivisionError(f"{len(block.meters)} meters, {len(thresholds)} thresholds")

    monkeypatch.setitem(DETECTORS, "stumble", stumble)
    found = find_candidates(module_database, [scope], {"broken": ("stumble", {}), **RULES}, NOW)
    assert list(found.failures) == ["broken"]
    assert found.failures["broken"].startswith("ZeroDivisionError")
    assert found.candidates["r"] > 0
