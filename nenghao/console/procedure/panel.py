"""The procedure on a case's page: what the template `procedure/panel.html` shows.

Before: a page of one case. After: `{% include "procedure/panel.html" %}` with these values; what is posted goes to
`nenghao.console.procedure.routes`.
"""

from typing import Any, Final

from nenghao.console.procedure.forms import OFFICER_ROWS, forms_of
from nenghao.console.visits import Visit
from nenghao.db.people import Person
from nenghao.domain.procedure import Actor
from nenghao.review.standing import CaseStanding, standing

#: Steps of the bar above the panel: (label, stages at which it is reached, the stage at which it is the next).
_TRACK: Final = (
    ("notify", frozenset({"asked", "explained", "verified", "decided", "rectifying", "rechecked", "closed"}), "open"),
    ("explain", frozenset({"explained", "verified", "decided", "rectifying", "rechecked", "closed"}), "asked"),
    ("verify", frozenset({"verified", "decided", "rectifying", "rechecked", "closed"}), "explained"),
    ("review", frozenset({"decided", "rectifying", "rechecked", "closed"}), "verified"),
    ("rectify", frozenset({"rectifying", "rechecked", "closed"}), "decided"),
    ("recheck", frozenset({"rechecked", "closed"}), "rectifying"),
    ("close", frozenset({"closed"}), "rechecked"),
)

#: What a stage waits for, of officers and of the unit.
_NEXT: Final = {
    "open": ("notify", "assign"),
    "drafted": ("check_inquiry",),
    "checked": ("issue_inquiry",),
    "asked": ("extend", "verify"),
    "explained": ("verify",),
    "verified": ("review",),
    "decided": ("rectify",),
    "rectifying": ("recheck",),
    "rechecked": ("close",),
}
_NEXT_OF_UNIT: Final = {"asked": ("explain",), "rectifying": ("report_rectified",)}


def actor_of(person: Person) -> Actor:
    """A person as the procedure has them."""
    side = "unit" if person.role == "unit" else "officer"
    return Actor(name=person.name, side=side, account_id=person.account_id)  # type: ignore[arg-type]  # one of the two


def panel(visit: Visit, case_id: int) -> dict[str, Any]:
    """The values of the panel for whoever asks.

    Raises: ProcedureRefused where there is no such case, or none that they may see.
    """
    return panel_of(visit, standing(visit.conn, case_id, visit.now, actor_of(visit.person)))


def panel_of(visit: Visit, stood: CaseStanding) -> dict[str, Any]:
    """The same of a standing that was read already."""
    is_unit = visit.person.role == "unit"
    offered = [act for act in stood.may if not is_unit or act != "acknowledge"]
    next_act = next((act for act in (_NEXT_OF_UNIT if is_unit else _NEXT).get(stood.stage, ()) if act in offered), None)
    return {
        "standing": stood,
        # What the procedure waits for stands first, and open.
        "act_forms": forms_of(sorted(offered, key=lambda act: act != next_act)),
        "next_act": next_act,
        "officer_rows": range(OFFICER_ROWS),
        "track": _track(stood),
        "step_path": f"/unit/inquiries/{stood.case_id}" if is_unit else f"/cases/{stood.case_id}/steps",
        "file_path": f"/unit/inquiries/{stood.case_id}/files" if is_unit else f"/cases/{stood.case_id}/files",
    }


def _track(stood: CaseStanding) -> list[tuple[str, str]]:
    """Steps with their state: done, now, next, or skipped where the case went on without."""
    taken = {row["act"] for row in stood.history} | ({"notify"} if stood.now.is_asked else set())
    taken |= {"notify"} if "issue_inquiry" in taken else set()
    bar = []
    for act, reached, at in _TRACK:
        if stood.stage in reached:
            is_told = act in taken or (act == "verify" and stood.quiet_days is None)
            bar.append((act, "done" if is_told else "skipped"))
        else:
            bar.append(
                (
                    act,
                    "now" if stood.stage == at or (at == "open" and stood.stage in ("drafted", "checked")) else "next",
                )
            )
    if stood.stage == "closed":
        return [(act, "done" if act in taken or act == "close" or state == "done" else "skipped") for act, state in bar]
    return bar
