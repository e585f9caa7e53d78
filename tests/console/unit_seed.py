"""What the tests of a unit's pages need beside the small province."""

from pathlib import Path
from typing import Final

from nenghao.config import Role, Settings
from nenghao.db.connection import connect
from nenghao.jobs.remind import sync_calendar

SEED: Final = Path(__file__).parent / "unit_seed.sql"
#: A registered unit whose code a register file may name.
OTHER: Final = "91150200000000002F"


def seed_unit_data(settings: Settings) -> None:
    """Messages, days, balances and what is due, of two units."""
    with connect(settings, Role.OWNER) as conn:
        conn.execute(SEED.read_text("utf-8"))
    with connect(settings, Role.JOBS) as conn:
        sync_calendar(conn)


def trail_of(settings: Settings, login: str) -> list[tuple[str, str, str]]:
    """(kind, subject, outcome) of everything that a login left in the trail."""
    with connect(settings, Role.CONSOLE) as conn:
        return conn.execute(
            "SELECT kind, subject, outcome FROM access_trail WHERE login = %s ORDER BY access_trail_id", [login]
        ).fetchall()
