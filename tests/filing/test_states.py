"""Our code and the database refuse the same steps of a filing, whatever came before."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nenghao.config import Role, Settings
from nenghao.db import filings
from nenghao.db.connection import Connection, connect
from nenghao.domain.filing_states import LEVELS, STEPS, State, refuse_event
from tests.filing.conftest import NOW

EVENTS: tuple[State, ...] = ("queried", *STEPS)
PEOPLE = ("Li", "Sun", "Zhou", "Wu", "Zheng")
ACTS = st.lists(st.tuples(st.sampled_from((*EVENTS, "answer")), st.sampled_from(PEOPLE)), min_size=1, max_size=9)
_months = count()


@dataclass(frozen=True)
class Bureau:
    owner: Connection
    console: Connection


@pytest.fixture(scope="module")
def bureau(office: Settings) -> Iterator[Bureau]:
    with (
        connect(office, Role.OWNER, autocommit=True) as owner,
        connect(office, Role.CONSOLE, autocommit=True) as console,
    ):
        yield Bureau(owner, console)


def new_filing(owner: Connection) -> int:
    """A filing of a month of its own, as the owner may write one without a draft."""
    row = owner.execute(
        "INSERT INTO filing (unit_id, month_on, version, content, reason, filled_by, statistics_head, unit_head,"
        " filed_at, collected_under)"
        " SELECT min(unit_id), ('1992-01-01'::date + make_interval(months => %s))::date, 1, '[]', 'r', 'Li', 'Wang',"
        " 'Zhao', now(), 'survey' FROM unit RETURNING filing_id",
        [next(_months)],
    ).fetchone()
    assert row is not None
    number: int = row[0]
    return number


def answer_all(owner: Connection, filing_id: int) -> None:
    """The unit answers whatever is open; no event says so yet."""
    owner.execute(
        "INSERT INTO filing_answer SELECT filing_query_id, 'c', '1', 'd', 'Li', now() FROM filing_query q"
        " WHERE filing_id = %s"
        " AND NOT EXISTS (SELECT 1 FROM filing_answer a WHERE a.filing_query_id = q.filing_query_id)",
        [filing_id],
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS, asks=st.booleans())
def test_the_database_refuses_what_our_code_refuses(bureau: Bureau, acts: list[tuple[str, str]], asks: bool) -> None:
    filing_id = new_filing(bureau.owner)
    for event, by in acts:
        if event == "answer":
            answer_all(bureau.owner, filing_id)
            continue
        level = {"queried": "county", "locked": "province"}.get(event, event.removeprefix("accepted_"))
        if event == "queried" and asks:
            filings.insert_query(
                bureau.console, filing_id, level=level, key=None, question="?", asked_by=by, asked_at=NOW
            )
        standing = filings.standing(bureau.console, filing_id)
        assert standing is not None
        is_refused = refuse_event(standing, event, by) is not None  # type: ignore[arg-type]
        try:
            filings.insert_event(
                bureau.console, filing_id, state=event, level=level, acted_by=by, remark=None, acted_at=NOW
            )
            was_refused = False
        except psycopg.errors.CheckViolation:
            was_refused = True
        assert was_refused is is_refused, (event, by, standing)


def test_levels_are_those_of_the_steps() -> None:
    assert [f"accepted_{level}" for level in LEVELS] == list(STEPS[:3])
