"""Where a case stands in its procedure, for whoever asks: step, clock, what they may do next, history.

Before: steps and decisions (`nenghao.review.procedure` writes them). After: the console's panel, `nenghao case step`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from nenghao.db import procedure as db
from nenghao.db.connection import Connection
from nenghao.domain.periods import day_of
from nenghao.domain.procedure import Actor, Ruling, Standing, Step, may, told_of
from nenghao.domain.procedure_steps import stand
from nenghao.reference.procedure import load_acts, load_clock
from nenghao.review.procedure_refusals import ProcedureRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStanding:
    """A case in its procedure, as one reader sees it."""

    case_id: int
    unit_id: int | None
    unit_code: str | None
    unit_name: str | None
    level: str
    now: Standing
    #: Acts that the reader may take; empty where nobody reads.
    may: tuple[str, ...]
    #: By when the unit answers, or has put things right, and the days until then: negative where it is overdue.
    due_on: date | None
    days_left: int | None
    is_overdue: bool
    #: Days since the rules of the case last found anything at its points; None where a unit reads.
    quiet_days: int | None
    quiet_days_wanted: int
    #: Rows of `procedure_steps` that the reader may see, in order.
    history: tuple[dict[str, Any], ...]

    @property
    def stage(self) -> str:
        """The step that the case is at."""
        return self.now.stage


def standing(conn: Connection, case_id: int, now: datetime, reader: Actor | None = None) -> CaseStanding:
    """Where a case stands, and what its reader may do next.

    Raises: ProcedureRefused where there is no such case, or none that this role may see.
    """
    head = db.head(conn, case_id)
    if head is None:
        raise ProcedureRefused("no_case", case=case_id)
    rows = db.steps(conn, [case_id])
    rulings = db.rulings(conn, [case_id])
    return stand_of(conn, head, rows, rulings, now, reader)


def inquiries(
    conn: Connection, unit_id: int, now: datetime, reader: Actor, *, row_limit: int, row_offset: int = 0
) -> tuple[list[CaseStanding], int]:
    """The cases that a unit was asked about as it sees them, newest first, and how many there are; four queries."""
    heads = db.told_cases(conn, unit_id, row_limit=row_limit, row_offset=row_offset)
    case_ids = [head["case_id"] for head in heads]
    steps, rulings = db.steps(conn, case_ids), db.rulings(conn, case_ids)
    listed = [
        stand_of(
            conn,
            head,
            [row for row in steps if row["case_id"] == head["case_id"]],
            [row for row in rulings if row["case_id"] == head["case_id"]],
            now,
            reader,
        )
        for head in heads
    ]
    return listed, heads[0]["case_count"] if heads else 0


def stand_of(
    conn: Connection,
    head: dict[str, Any],
    rows: Sequence[dict[str, Any]],
    rulings: Sequence[dict[str, Any]],
    now: datetime,
    reader: Actor | None,
) -> CaseStanding:
    """The same from rows that were read already."""
    is_unit = reader is not None and reader.side == "unit"
    before = Standing(
        is_lead=head["level"] != "doubt",
        is_common_cause=head["is_common_cause"],
        is_merged=head["into_case_id"] is not None,
    )
    stood = stand(before, [step_of(row) for row in rows], [ruling_of(row) for row in rulings])
    today = day_of(now)
    last_at = None if is_unit else db.last_found_at(conn, head["case_id"])
    told = {step.step_id for step in told_of(load_acts(), [step_of(row) for row in rows])}
    return CaseStanding(
        case_id=head["case_id"],
        unit_id=head["unit_id"],
        unit_code=head["unit_code"],
        unit_name=head["unit_name"],
        level=head["level"],
        now=stood,
        may=() if reader is None else may(load_acts(), stood, reader, today),
        due_on=stood.due_on if stood.stage in ("asked", "rectifying") else None,
        days_left=stood.days_left(today),
        is_overdue=stood.is_overdue(today),
        quiet_days=None if last_at is None else (today - day_of(last_at)).days,
        quiet_days_wanted=load_clock("quiet").days or 0,
        history=tuple(row for row in rows if not is_unit or row["case_step_id"] in told),
    )


def step_of(row: dict[str, Any]) -> Step:
    """A row of `procedure_steps` as the domain has it."""
    return Step(
        step_id=row["case_step_id"],
        act=row["act"],
        actor=Actor(name=row["acted_by"], side=row["side"], account_id=row["account_id"]),
        acted_at=row["acted_at"],
        recorded_at=row["recorded_at"],
        text=row["told"],
        content=row["content"],
        due_on=row["due_on"],
        decision_id=row["decision_id"],
    )


def ruling_of(row: dict[str, Any]) -> Ruling:
    """A row of `procedure_rulings` as the domain has it."""
    return Ruling(**{name: row[name] for name in ("decision_id", "kind", "outcome", "decided_by", "decided_at")})
