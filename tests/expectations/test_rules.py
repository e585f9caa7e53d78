"""Every case of every rule: the fraud is found, its honest look-alikes and missing data are not."""

from pathlib import Path

import psycopg
import pytest

from expectations.catalogue import load_rules
from nenghao.config import Role
from nenghao.db.connection import conninfo
from tests.expectations.conftest import CASE_FILES, DETECTOR_RULES, Judged


def name_of(path: Path) -> str:
    return f"{path.parent.parent.name}-{path.stem}"


@pytest.mark.parametrize("path", CASE_FILES, ids=name_of)
def test_case(judged: Judged, path: Path) -> None:
    case = judged.cases[path]
    with psycopg.connect(conninfo(judged.settings, Role.RULES)) as conn:
        rows = conn.execute(
            "SELECT f.rule_code, p.point_code, lower(f.span), upper(f.span) FROM finding AS f"
            " LEFT JOIN point AS p ON f.point_id = p.point_id WHERE f.unit_id = %s",
            [judged.unit_ids[path]],
        ).fetchall()
    found = {(point, from_at, to_at) for rule, point, from_at, to_at in rows if rule == case.rule}
    rough = {one for one in found if any(expected.is_met_by(*one) for expected in case.roughly)}
    assert found - rough == case.expected
    assert all(any(expected.is_met_by(*one) for one in found) for expected in case.roughly)
    # One cause shows in several ways to detectors; what is honest shows in none.
    others = {row[0] for row in rows} - {case.rule} - case.also
    assert others <= (set() if case.name.startswith("honest_") else DETECTOR_RULES)


def test_every_rule_ran(judged: Judged) -> None:
    assert judged.summary.not_run == 0
    assert judged.summary.by_rule.keys() == {rule.code for rule in load_rules() if rule.query}


@pytest.mark.parametrize("code", [rule.code for rule in load_rules() if rule.query])
def test_a_rule_has_frauds_look_alikes_and_missing_data(judged: Judged, code: str) -> None:
    cases = [case for case in judged.cases.values() if case.rule == code]
    assert sum(bool(case.expected or case.roughly) for case in cases) >= 1
    assert sum(case.name.startswith("honest_") for case in cases) >= 2
    assert all(not case.expected and not case.roughly for case in cases if case.name.startswith("honest_"))
    assert any("missing" in case.name for case in cases)


def test_three_silent_days_are_three_findings_and_one_case(judged: Judged) -> None:
    path = next(path for path in CASE_FILES if path.stem == "whole_days_missing")
    with psycopg.connect(conninfo(judged.settings, Role.RULES)) as conn:
        row = conn.execute(
            "SELECT count(DISTINCT f.finding_id), count(DISTINCT a.case_id) FROM finding AS f"
            " JOIN alert AS a ON f.fingerprint = a.fingerprint WHERE f.unit_id = %s",
            [judged.unit_ids[path]],
        ).fetchone()
    assert row == (3, 1)
