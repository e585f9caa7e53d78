"""A unit with two monitored months, its accounts and statements, in a database with reference rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from expectations.drafts import DraftCheck, check_draft
from nenghao.config import Role, Settings
from nenghao.db.connection import Connection, connect
from nenghao.db.identity import OwnUnit, as_unit
from nenghao.domain.explanations import Explanation, Note
from nenghao.domain.filed_cells import Key
from nenghao.domain.filing_states import SIGNERS
from nenghao.domain.periods import Month
from nenghao.filing.acts import Filed, file_draft, sign
from nenghao.filing.drafting import Draft, add_note, load_draft, prefill_draft, set_cells
from nenghao.jobs.remind import sync_calendar
from nenghao.jobs.sync_reference import sync_reference

UNIT = "911502000000000009"
OTHER = "911502000000000025"
#: After the months that are filed in the tests.
NOW = datetime.fromisoformat("2026-06-08T10:00:00+08:00")
PEOPLE = ("Li", "Wang", "Zhao")
BECAUSE = Explanation(cause="3号炉停炉检修21天", quantity="少用 1200 t", document="检修工单 2026-09-117")


def key(text: str) -> Key:
    form, _, place = text.rpartition("/")
    row, column = place.split(".")
    return form or "205-1", row, column


@dataclass(frozen=True)
class Desk:
    """What the unit's people do, each act a transaction of its own, as the commands do it."""

    settings: Settings
    unit: str = UNIT

    def prefill(self, month: Month, now: datetime = NOW) -> Draft:
        with connect(self.settings, Role.UNIT) as conn, as_unit(conn, self.unit) as own:
            return prefill_draft(conn, own, month, "Li", now)

    def put(self, month: Month, now: datetime = NOW, **figures: object) -> Draft:
        entries = {key(name): None if value is None else Decimal(str(value)) for name, value in figures.items()}
        with connect(self.settings, Role.UNIT) as conn, as_unit(conn, self.unit) as own:
            return set_cells(conn, own, month, entries, "Li", now)

    def explain(self, month: Month, check: DraftCheck) -> None:
        """Explain everything that a check found and nobody has explained yet."""
        for one in check.broken:
            if one.obligation == "explanatory" and not one.is_explained:
                note = Note(
                    relation=one.relation,
                    key=one.key,
                    left=one.left,
                    right=one.right,
                    explanation=BECAUSE,
                    noted_by="Li",
                )
                with connect(self.settings, Role.UNIT) as conn, as_unit(conn, self.unit) as own:
                    add_note(conn, own, month, note, NOW)

    def draft(self, month: Month) -> Draft:
        with connect(self.settings, Role.UNIT) as conn, as_unit(conn, self.unit) as own:
            return load_draft(conn, own, month)

    def check(self, month: Month) -> DraftCheck:
        return check_draft(self.settings, self.unit, month, NOW)

    def sign(self, month: Month, now: datetime = NOW) -> None:
        with connect(self.settings, Role.UNIT) as conn, as_unit(conn, self.unit) as own:
            for minute, (signer, person) in enumerate(zip(SIGNERS, PEOPLE, strict=True)):
                sign(conn, own, month, signer, person, now + timedelta(minutes=minute))

    def file(self, month: Month, now: datetime = NOW + timedelta(hours=1), **options: object) -> Filed:
        with connect(self.settings, Role.UNIT) as conn, as_unit(conn, self.unit) as own:
            return file_draft(conn, own, month, now, **options)  # type: ignore[arg-type]

    def own(self, conn: Connection) -> OwnUnit:
        with as_unit(conn, self.unit) as own:
            return own


@pytest.fixture(scope="module")
def office(module_database: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Two units; the first bought electricity and gas by meters in every month to May 2026."""
    folder = tmp_path_factory.mktemp("office")
    settings = module_database.model_copy(update={"data_docs_dir": folder / "docs"})
    with connect(settings, Role.JOBS) as conn:
        sync_reference(conn)
        sync_calendar(conn)
    with connect(settings, Role.OWNER) as conn:
        conn.execute((Path(__file__).parent / "office.sql").read_text(encoding="utf-8"))
    return settings


@pytest.fixture(scope="module")
def desk(office: Settings) -> Desk:
    return Desk(office)
