"""One laid-out database for all case files, judged by one run of Great Expectations."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest

from expectations.catalogue import RULES_DIR
from expectations.runner import AuditSummary, add_summaries, audit_days
from expectations.standing import audit_standing
from nenghao.config import Role, Settings
from nenghao.db.connection import conninfo
from nenghao.stack import Stack
from tests.conftest import cloned_database
from tests.expectations.scenario import Case, lay_out, read_case

#: Long after every case: all its days are closed.
NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
CASE_FILES = sorted(RULES_DIR.glob("*/cases/*.toml"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """All cases in one database, audited once."""

    settings: Settings
    summary: AuditSummary
    cases: dict[Path, Case]
    unit_ids: dict[Path, int]


@pytest.fixture(scope="session")
def judged(stack: Stack, template_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judged]:
    """Every case file laid out as a unit of its own, and one audit over all their days."""
    with cloned_database(stack, template_database) as cloned:
        settings = cloned.model_copy(update={"data_docs_dir": tmp_path_factory.mktemp("docs") / "site"})
        cases = {path: read_case(path) for path in CASE_FILES}
        with psycopg.connect(conninfo(settings, Role.OWNER)) as conn:
            unit_ids = {path: lay_out(conn, case, number) for number, (path, case) in enumerate(cases.items())}
        summary = audit_days(settings, date(2026, 8, 3), date(2026, 9, 13), NOW)
        summary = add_summaries(summary, audit_standing(settings, NOW, since_on=date(2026, 8, 3)))
        yield Judged(settings=settings, summary=summary, cases=cases, unit_ids=unit_ids)
