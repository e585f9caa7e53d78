"""One laid-out database for all case files, judged by one run of Great Expectations."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from expectations.catalogue import RULES_DIR, load_rules
from expectations.runner import AuditSummary, add_summaries, audit_scopes
from expectations.scopes import Scope
from expectations.standing import audit_standing
from nenghao.config import Role, Settings
from nenghao.db.connection import conninfo
from nenghao.stack import Stack
from tests.conftest import cloned_database
from tests.expectations.scenario import Case, lay_out, read_case
from tests.expectations.senders import FIRST_ON

#: Long after every case: all its days are closed.
NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
DETECTOR_RULES = {rule.code for rule in load_rules() if rule.detector is not None}
CASE_FILES = sorted(RULES_DIR.glob("*/cases/*.toml"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """All cases in one database, audited once."""

    settings: Settings
    summary: AuditSummary
    cases: dict[Path, Case]
    unit_ids: dict[Path, int]


def scopes_of(cases: dict[Path, Case], unit_ids: dict[Path, int]) -> list[Scope]:
    """A case's days and two weeks more, in which its days are history; detectors' cases end with their last day."""
    units_of: defaultdict[int, list[int]] = defaultdict(list)
    for path, case in cases.items():
        units_of[case.days if case.rule in DETECTOR_RULES else max(42, case.days)].append(unit_ids[path])
    return [
        Scope(first_on=FIRST_ON, last_on=FIRST_ON + timedelta(days=days - 1), unit_ids=tuple(ids))
        for days, ids in sorted(units_of.items())
    ]


@pytest.fixture(scope="session")
def judged(stack: Stack, template_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judged]:
    """Every case file laid out as a unit of its own, and one audit over all their days."""
    with cloned_database(stack, template_database) as cloned:
        settings = cloned.model_copy(update={"data_docs_dir": tmp_path_factory.mktemp("docs") / "site"})
        cases = {path: read_case(path) for path in CASE_FILES}
        with psycopg.connect(conninfo(settings, Role.OWNER)) as conn:
            unit_ids = {path: lay_out(conn, case, number) for number, (path, case) in enumerate(cases.items())}
        summary = audit_scopes(settings, scopes_of(cases, unit_ids), NOW)
        summary = add_summaries(summary, audit_standing(settings, NOW, since_on=date(2026, 8, 3)))
        yield Judged(settings=settings, summary=summary, cases=cases, unit_ids=unit_ids)
