"""Reads the rates of equipment with meters that the standard asks for, by edition."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal, TypeAlias

from nenghao.reference.files import read_rows

Level: TypeAlias = Literal["unit", "sub_unit", "device"]
LEVELS: tuple[Level, ...] = ("unit", "sub_unit", "device")


@dataclass(frozen=True, slots=True)
class MeteringRates:
    """An edition of GB 17167: kind of energy of each variety, and the rate asked for by kind and level, %."""

    edition: str
    valid_from: date
    kind_of: Mapping[str, str]
    percent: Mapping[tuple[str, Level], int]


def rates_on(day_on: date) -> tuple[MeteringRates, str | None]:
    """The newest edition that has rows on a day, and the name of the one in force where that has none.

    Raises: LookupError before the first edition.
    """
    in_force = [rates for rates in _load_rates() if rates.valid_from <= day_on]
    known = [rates for rates in in_force if rates.percent]
    if not known:
        raise LookupError(f"no edition of GB 17167 was in force on {day_on}")
    newest = in_force[-1]
    return known[-1], None if newest is known[-1] else newest.edition


@cache
def _load_rates() -> tuple[MeteringRates, ...]:
    editions = [
        MeteringRates(
            table["edition"],
            table["valid_from"],
            {variety: row["kind"] for row in table["rate"] for variety in row["varieties"]},
            {(row["kind"], level): row[level] for row in table["rate"] for level in LEVELS if level in row},
        )
        for table in read_rows("metering_rates.toml")["edition"]
    ]
    return tuple(sorted(editions, key=lambda rates: rates.valid_from))
