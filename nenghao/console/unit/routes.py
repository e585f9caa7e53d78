"""Gathers the routes of the unit's pages: each module declares its own."""

from nenghao.console.unit import (
    arrivals,
    events,
    gateways,
    imports,
    meter_change,
    meters,
    outages,
    points,
    return_acts,
    returns,
    today,
    who,
)
from nenghao.console.unit.own import PAGES

__all__ = [
    "PAGES", "arrivals", "events", "gateways", "imports", "meter_change", "meters", "outages", "points", "return_acts",
    "returns", "today", "who",
]  # fmt: skip
