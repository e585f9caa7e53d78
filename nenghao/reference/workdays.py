"""Reads the days that a notice made working days or holidays."""

from collections.abc import Mapping
from datetime import date
from functools import cache

from nenghao.reference.files import read_rows


@cache
def load_noticed_days() -> Mapping[date, bool]:
    """Whether a day is a working day, for the days that have a row."""
    return {row["on"]: bool(row["is_workday"]) for row in read_rows("workdays.toml")["day"]}
