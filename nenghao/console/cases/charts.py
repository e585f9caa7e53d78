"""Writes curves as the JSON that the page's charts draw: an axis of seconds, a value or null for each place on it."""

from typing import Any

from nenghao.console.cases.curves import Curves
from nenghao.console.visits import Visit


def chart_json(curves: Curves, visit: Visit) -> dict[str, Any]:
    """`{unit, at, series, shaded}`; missing is null and never zero."""
    begin_at, end_at = (instant.timestamp() for instant in curves.span)
    return {
        "unit": curves.unit,
        "at": [int(at.timestamp()) for at in curves.axis],
        "series": [
            {
                "label": visit.t(f"console.cases.line.{line.key}", name=line.name),
                "kind": line.kind,
                "values": [None if value is None else float(value) for value in line.values],
            }
            for line in curves.lines
        ],
        "shaded": [{"from": begin_at, "to": end_at, "label": visit.t("console.cases.line.span")}],
    }
