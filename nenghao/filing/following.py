"""The bureau's acts on a filing: query, acceptance by level, lock. None of them writes a figure (practice 1).

Before: the unit filed (`acts`). After: the unit answers or files anew; a locked filing takes named corrections only.
"""

from datetime import datetime

from nenghao.db import filings
from nenghao.db.connection import Connection
from nenghao.domain.filed_cells import Key, parse_cells
from nenghao.domain.filing_states import FilingStanding, Level, State, refuse_event
from nenghao.filing.refusals import FilingRefused


def ask(
    conn: Connection,
    filing_id: int,
    level: Level,
    question: str,
    by: str,
    now: datetime,
    *,
    key: Key | None = None,
) -> int:
    """Ask the unit about a filing, or about one of its cells (数据查询); returns the query's id.

    Raises: FilingRefused where the filing is locked or replaced, or has no such cell.
    """
    with conn.transaction():
        standing = _locked_standing(conn, filing_id)
        if not question.strip() or not by.strip():
            raise FilingRefused("no_question")
        if key is not None:
            filing = filings.load_filing(conn, filing_id)
            if filing is None or key not in parse_cells(filing.content):
                raise FilingRefused("no_such_cell", form=key[0], row=key[1], column=key[2])
        if standing.state == "locked" or not standing.is_newest:
            raise FilingRefused("locked" if standing.state == "locked" else "replaced", filing=filing_id)
        query_id = filings.insert_query(
            conn, filing_id, level=level, key=key, question=question.strip(), asked_by=by, asked_at=now
        )
        _move(conn, filing_id, "queried", level, by, None, now)
        return query_id


def accept(
    conn: Connection, filing_id: int, level: Level, by: str, now: datetime, *, remark: str | None = None
) -> None:
    """Accept a filing at a level: county, then city, then province, each by another person.

    Raises: FilingRefused where it is not this level's turn, a query is open, or the person signed it.
    """
    with conn.transaction():
        _move(conn, filing_id, f"accepted_{level}", level, by, remark, now)  # type: ignore[arg-type]  # a State by its level


def lock(conn: Connection, filing_id: int, by: str, now: datetime, *, remark: str | None = None) -> None:
    """Lock a filing that the province has accepted; its figures change by named kinds of correction only.

    Raises: FilingRefused where the province has not accepted it.
    """
    with conn.transaction():
        _move(conn, filing_id, "locked", "province", by, remark, now)


def _locked_standing(conn: Connection, filing_id: int) -> FilingStanding:
    filings.lock_filing(conn, filing_id)
    standing = filings.standing(conn, filing_id)
    if standing is None:
        raise FilingRefused("no_such_filing", filing=filing_id)
    return standing


def _move(
    conn: Connection, filing_id: int, state: State, level: Level, by: str, remark: str | None, now: datetime
) -> None:
    standing, by = _locked_standing(conn, filing_id), by.strip()
    if not by:
        raise FilingRefused("no_name")
    if (refusal := refuse_event(standing, state, by)) is not None:
        raise FilingRefused(refusal, filing=filing_id, by=by)
    filings.insert_event(conn, filing_id, state=state, level=level, acted_by=by, remark=remark, acted_at=now)
