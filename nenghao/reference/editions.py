"""Editions of reference data: which one is in force for a month."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from nenghao.errors import DataRefused


def edition_of(table: Sequence[dict[str, Any]], on: date | None) -> dict[str, Any]:
    """The edition that is valid on a day, `[valid_from, valid_to)`; without a day, the newest one.

    Raises: DataRefused where none is, or more than one.
    """
    if on is None:
        return max(table, key=lambda row: row["valid_from"])
    valid = [row for row in table if row["valid_from"] <= on and (row.get("valid_to") is None or on < row["valid_to"])]
    if len(valid) != 1:
        raise DataRefused(f"{len(valid)} editions are in force on {on}, not one")
    return valid[0]
