"""Reference editions as they are loaded: varieties, coefficients, layouts, relations, quality schemes."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import Response

from nenghao.console.pages import Pages
from nenghao.console.rules import AUDITOR, STATISTICIAN, SYSTEM_ADMIN, for_roles
from nenghao.console.visits import Visit
from nenghao.reference.coefficients import all_coefficient_editions
from nenghao.reference.layouts import all_layouts
from nenghao.reference.quality_schemes import load_schemes
from nenghao.reference.relations import load_relations, relation_edition
from nenghao.reference.varieties import all_variety_editions

PAGES: Final = Pages(prefix="/admin/reference")
#: No figure of a unit is here: whoever works with returns may read by what they are made.
READERS: Final = for_roles(STATISTICIAN, AUDITOR, SYSTEM_ADMIN)
READ: Final[Mapping[str, Callable[[], Sequence[object]]]] = {
    "varieties": all_variety_editions,
    "coefficients": all_coefficient_editions,
    "layouts": all_layouts,
    "relations": load_relations,
    "schemes": lambda: tuple(load_schemes().values()),
}
PARTS: Final = tuple(READ)


@PAGES.get("", name="admin.reference", rule=READERS)
def overview(visit: Visit) -> Response:
    """Every edition with its validity."""
    return visit.page(
        "admin/reference.html",
        parts=PARTS,
        varieties=all_variety_editions(),
        coefficients=all_coefficient_editions(),
        layouts=all_layouts(),
        relations=load_relations(),
        relation_edition=relation_edition(),
        schemes=tuple(load_schemes().values()),
    )


@PAGES.get("/{part}", name="admin.reference.part", rule=READERS)
def part(visit: Visit, part: str) -> Response:
    """The rows of one kind of reference data."""
    reader = READ.get(part)
    if reader is None:
        raise HTTPException(404)
    return visit.page("admin/reference_part.html", part=part, rows=reader(), parts=PARTS)
