"""The trail of access: who looked at whose data, who did what, and what was refused."""

from typing import Literal

from nenghao.db import people
from nenghao.db.connection import Connection
from nenghao.db.people import Pool


def note_view(conn: Connection, unit_id: int | None, what: str) -> None:
    """Keep that the person of this transaction looked at something of a unit."""
    people.note_access(conn, kind="view", unit_id=unit_id, subject=what, outcome="done")


def note_act(conn: Connection, act: str, unit_id: int | None, what: str) -> None:
    """Keep what the person of this transaction did; it stands or falls with the act itself."""
    people.note_access(conn, kind="act", unit_id=unit_id, subject=f"{act} {what}".strip(), outcome="done")


def note_refusal(
    pool: Pool,
    token: str,
    *,
    route: str,
    address: str,
    unit_id: int | None,
    what: str,
    kind: Literal["view", "act"] = "act",
    outcome: Literal["refused", "failed"] = "refused",
) -> None:
    """Keep an attempt that came to nothing, in a transaction of its own; also of somebody whose token is nobody's."""
    with people.as_nobody(pool, token=token, route=route, address=address) as conn:
        people.note_access(conn, kind=kind, unit_id=unit_id, subject=what, outcome=outcome)
