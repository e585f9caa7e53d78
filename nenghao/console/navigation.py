"""The doors of the house: which pages stand in the menu, for whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from nenghao.console.rules import Rule
from nenghao.db.people import Person

#: Names of routes in the order of the menu; each has a label `console.nav.<name>`. One that a person may not open, or
#: that is not installed, is not shown.
MENU: Final = (
    "unit.today",
    "unit.inquiries",
    "unit.returns",
    "unit.points",
    "unit.meters",
    "unit.outages",
    "unit.registers",
    "unit.gateways",
    "unit.who",
    "cases.list",
    "cases.sample",
    "bureau.month",
    "bureau.releases",
    "bureau.quality",
    "bureau.requests",
    "admin.rules",
    "admin.reference",
    "admin.calendar",
    "admin.events",
    "admin.health",
    "admin.users",
    "admin.trail",
)


@dataclass(frozen=True, slots=True)
class Doors:
    """Menu entries: (name of the route, path)."""

    entries: tuple[tuple[str, str], ...]

    @property
    def first(self) -> str | None:
        """Where a person begins."""
        return self.entries[0][1] if self.entries else None


def open_doors(routes: Sequence[Any], person: Person) -> Doors:
    """The menu of a person."""
    known: dict[str, tuple[str, Rule]] = {
        route.name: (route.path, route.rule) for route in routes if getattr(route, "rule", None) is not None
    }
    return Doors(
        tuple(
            (name, known[name][0])
            for name in MENU
            if name in known and "{" not in known[name][0] and known[name][1].allows(person)
        )
    )
