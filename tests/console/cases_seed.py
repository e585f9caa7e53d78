"""Cases for the console's tests: a few that a real audit found, many that were laid out as one leaves them."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import psycopg

from expectations import runner
from expectations.catalogue import RULES_DIR
from nenghao.config import Role, Settings
from nenghao.db.connection import connect, conninfo
from nenghao.review.listing import list_anew
from tests.expectations.scenario import lay_out, read_case

NOW: Final = datetime(2026, 11, 20, 2, tzinfo=UTC)
MANY_CASES: Final = Path(__file__).parents[1] / "review" / "many_cases.sql"
#: Rule and case file of each unit that is audited, by the name that tests call it.
LAID: Final = {
    "cut": ("register_against_interval", "intervals_cut_after_the_meter"),
    "bridged": ("ratio_step", "transformer_bridged"),
    "resent": ("conflicting_value", "lowered_on_resend"),
}
#: What a unit may have typed into its registers.
HOSTILE: Final = "<script>alert(1)</script>\"'&{{7*7}}"


def seed_audited(settings: Settings, docs_dir: Path) -> dict[str, int]:
    """Lay out units, audit them once, and give their cases by name; names of a unit and a point are hostile."""
    settings = settings.model_copy(update={"data_docs_dir": docs_dir / "site"})
    with psycopg.connect(conninfo(settings, Role.OWNER)) as conn:
        units = {
            name: lay_out(conn, read_case(RULES_DIR / rule / "cases" / f"{file}.toml"), number)
            for number, (name, (rule, file)) in enumerate(LAID.items(), start=1)
        }
        conn.execute("UPDATE unit SET name = %s WHERE unit_id = %s", [HOSTILE, units["cut"]])
        conn.execute("UPDATE point SET name = %s WHERE unit_id = %s", [HOSTILE, units["cut"]])
    runner.audit_days(settings, date(2026, 8, 3), date(2026, 9, 13), NOW)
    with psycopg.connect(conninfo(settings, Role.CONSOLE)) as conn:
        found: dict[int, int] = dict(
            conn.execute("SELECT unit_id, max(case_id) FROM audit_case GROUP BY unit_id").fetchall()
        )
    return {name: found[unit_id] for name, unit_id in units.items()}


def seed_many(settings: Settings, *, units: int, alerts: int, days: int) -> None:
    """Lay out many cases of many units, and list them."""
    with connect(settings, Role.OWNER) as conn:
        for statement in MANY_CASES.read_text("utf-8").split(";\n"):
            if statement.strip():
                conn.execute(statement, {"units": units, "alerts": alerts, "days": days})
        list_anew(conn, NOW)
