"""Reads the procedure of a case: acts, clocks and the bodies that a case is referred to."""

from dataclasses import dataclass
from functools import cache
from typing import Literal

from nenghao.domain.procedure import ActRule
from nenghao.reference.files import read_rows

ClockCode = Literal["delivery", "answer", "answer_statutory", "extension", "rectification", "quiet"]


@dataclass(frozen=True, slots=True)
class Clock:
    """A length of time: working days or calendar days, one of the two."""

    workdays: int | None
    days: int | None
    source: str
    confidence: str


@cache
def load_acts() -> dict[str, ActRule]:
    """Every act by its code, in order."""
    return {
        row["code"]: ActRule(
            code=row["code"],
            by=frozenset(row["by"]),
            who=row["who"],
            stages=frozenset(row["stages"]),
            is_told=row["is_told"],
        )
        for row in read_rows("procedure.toml")["act"]
    }


@cache
def load_clock(code: ClockCode) -> Clock:
    """One clock."""
    rows = {row["code"]: row for row in read_rows("procedure.toml")["clock"]}
    row = rows[code]
    return Clock(row.get("workdays"), row.get("days"), row["source"], row["confidence"])


@cache
def referral_bodies() -> tuple[str, ...]:
    """Codes of the bodies that a case may be referred to (移送)."""
    return tuple(row["code"] for row in read_rows("procedure.toml")["body"])


@cache
def procedure_edition() -> str:
    """The edition of the reference rows."""
    return str(read_rows("procedure.toml")["edition"])
