"""Lists cases by what they may move in the published total, doubts before leads.

Before: cases and what they say of points. After: people take the first ones (`nenghao case list`).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Final

from nenghao.crypto import digest
from nenghao.db import cases
from nenghao.db.connection import Connection
from nenghao.domain.ranking import Stake, Weights, rank
from nenghao.reference.cases import kind_order, load_ranking
from nenghao.reference.coefficients import load_coefficients

#: States in which a case waits for a person.
WAITING: Final = ("open", "asked")


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedCase:
    """A case of the list: its row, its place in the order, and what it may move."""

    row: dict[str, Any]
    score: Decimal
    #: None where neither rule nor coefficient says.
    effect_tce: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseList:
    """Cases in order, and how many there are of each level, those that were cut off included."""

    shown: Sequence[RankedCase]
    doubt_count: int
    lead_count: int


def rank_cases(
    conn: Connection,
    *,
    unit_code: str | None = None,
    level: str | None = None,
    states: Sequence[str] | None = WAITING,
    lead_limit: int | None = None,
) -> CaseList:
    """Cases by level and score; every doubt, and of the leads the first `lead_limit`."""
    rows = cases.list_cases(conn, unit_code=unit_code, level=level, states=states)
    ranked = weigh(conn, rows)
    ranked.sort(key=lambda one: (one.row["level"] != "doubt", -one.score, one.row["case_id"]))
    doubts = sum(one.row["level"] == "doubt" for one in ranked)
    shown = ranked if lead_limit is None else ranked[: doubts + lead_limit]
    return CaseList(shown=shown, doubt_count=doubts, lead_count=len(ranked) - doubts)


def weigh(conn: Connection, rows: Sequence[dict[str, Any]]) -> list[RankedCase]:
    """What each listed case may move, in the order of the rows; its kinds with the most telling first."""
    stakes: defaultdict[int, list[Stake]] = defaultdict(list)
    for stake in cases.case_stakes(conn, [row["case_id"] for row in rows]):
        stakes[stake["case_id"]].append(_stake(stake))
    coefficients, weights = load_coefficients().in_use, _weights()
    ranked = []
    for row in rows:
        score, effect = rank(stakes[row["case_id"]], weights, coefficients)
        kinds = sorted(row["kinds"] or (), key=kind_order().index)
        ranked.append(RankedCase(row={**row, "kinds": kinds}, score=score, effect_tce=effect))
    return ranked


@cache
def ranking_edition() -> str:
    """A short hash of all that a score rests on beside the findings: weights, coefficients, order of kinds."""
    coefficients = sorted(load_coefficients().in_use.items())
    told = repr((asdict(load_ranking()), [(code, asdict(one)) for code, one in coefficients], kind_order()))
    return digest("sha256", told.encode()).hex()[:16]


def _weights() -> Weights:
    table = asdict(load_ranking())
    return Weights(**{name: table[name] for name in Weights.__dataclass_fields__})


def _stake(row: dict[str, Any]) -> Stake:
    return Stake(
        variety_code=row["variety_code"],
        flow=row["flow"],
        moved=_decimal(row["moved"]),
        moved_unit=row["moved_unit"],
        counted=row["counted"],
        counted_unit=row["counted_unit"],
        score=_decimal(row["score"]),
        level=row["level"],
        is_explained=row["is_explained"],
    )


def _decimal(value: float | None) -> Decimal | None:
    """A detector's figure: it ranks, and is published nowhere."""
    return None if value is None else Decimal(repr(value))
