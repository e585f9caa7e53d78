"""What tests of the procedure share: cases of several units, the people who handle them, and what they say."""

from datetime import UTC, datetime
from pathlib import Path

import psycopg

from nenghao.config import Role, Settings
from nenghao.db.connection import Connection, conninfo
from nenghao.domain.attachments import Limits, Upload
from nenghao.domain.explanations import Explanation
from nenghao.domain.procedure import Actor
from nenghao.domain.unit_code import check_character
from nenghao.review import procedure
from nenghao.review.procedure import Officer, Verification
from nenghao.review.steps import Turn

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)  # a Friday
LIMITS = Limits(file_bytes=100_000, files_per_step=3, case_bytes=1_000_000, archive_ratio=50, archive_entries=100)
BAO, CHEN, DING = (Actor(name=name) for name in ("Bao", "Chen", "Ding"))
UNIT = Actor(name="Li", side="unit")
SAID = Explanation(cause="3号炉停炉检修21天", quantity="少用 1200 t", document="检修工单 2026-09-117")
PHOTO = Upload(name="C:\\phone\\表码.jpg", content=b"\xff\xd8\xff\xe0 a photo")
SITE = Verification(
    place="site", officers=(Officer(name="Bao", number="15001"), Officer(name="Fu", number="15002")),
    proposal="confirm", outcome="instrument_fault", basis="site_reading", document="现场核查记录 7",
    statement="attached", site={"seals": "完好", "register_value": "1234.5"},
)  # fmt: skip


def turn(actor: Actor, at: datetime = NOW) -> Turn:
    """A turn of somebody, by command."""
    return Turn(actor=actor, now=at, limits=LIMITS, channel="command")


def add_units(settings: Settings, count: int) -> None:
    """Units with one metered feeder each, beside those that are there."""
    with psycopg.connect(conninfo(settings, Role.OWNER)) as conn:
        for number in range(count):
            front = f"9115022222{number:07d}"
            conn.execute(
                "WITH u AS (INSERT INTO unit (unit_code, name, division_code, industry_code, field, collected_under)"
                " VALUES (%s, %s, '150202', 'C3110', 'industry', 'online_monitoring') RETURNING unit_id),"
                " p AS (INSERT INTO point (unit_id, point_code, data_code, name, variety_code, flow, use)"
                " SELECT unit_id, 'E1', '0000000101040110', 'feeder', '33', 'purchase', 'industrial' FROM u"
                " RETURNING point_id)"
                " INSERT INTO series (point_id, quantity, kind, period)"
                " SELECT point_id, 'active_energy', 'register', 'instant' FROM p",
                [front + check_character(front), f"unit {number}"],
            )


def put_cases(settings: Settings) -> list[int]:
    """A case for each unit that has a series, as rules leave one, without their run: here it matters who does what."""
    with psycopg.connect(conninfo(settings, Role.OWNER)) as conn:
        conn.execute(Path(__file__).with_name("cases.sql").read_text("utf-8"))
        return [row[0] for row in conn.execute("SELECT case_id FROM audit_case ORDER BY case_id")]


def ask(conn: Connection, case_id: int) -> None:
    """Chen gives the case to Bao, who asks the unit."""
    procedure.assign(conn, case_id, turn(CHEN), "Bao", "轮到")
    procedure.notify(conn, case_id, turn(BAO), "8月11日至13日计量点 P1 电量与表码走字不符，请说明")


def confirm(conn: Connection, case_id: int) -> None:
    """The same up to a review that agrees."""
    ask(conn, case_id)
    procedure.explain(conn, case_id, turn(UNIT), SAID)
    procedure.verify(conn, case_id, turn(BAO), "现场表码与平台不符", SITE)
    procedure.review(conn, case_id, turn(CHEN), "互感器更换未登记，按表码推算", agrees=True)
