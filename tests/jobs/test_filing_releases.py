"""An accepted filing is sealed as the unit filed it; its own correction becomes the next version."""

import json
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from nenghao.config import Settings
from nenghao.crypto import load_trusted_keys
from nenghao.db import releases
from nenghao.db.connection import Connection
from nenghao.jobs.seal_filings import seal_filings
from nenghao.reporting.explain import CellName, take_apart
from nenghao.reporting.reproduce import reproduce
from nenghao.reporting.seal import SPREADSHEET
from nenghao.reporting.stored_zip import read_zip
from nenghao.reporting.verify import verify_archive
from tests.jobs.plant import DAY, NOW, Plant

FIRST = DAY.replace(day=1)
LEVELS = ("county", "city", "province")


@pytest.fixture
def settings(module_database: Settings, tmp_path: Path) -> Settings:
    return module_database.model_copy(update={"release_dir": tmp_path})


def file(plant: Plant, unit_id: int, version: int, bought: str, at: datetime = NOW) -> int:
    """A filing, as the owner: how a unit files is tested where it files."""
    cells = [
        {"form": "205-1", "row": "33", "column": "2", "value": bought, "source": "meter"},
        {"form": "205-1", "row": "33", "column": "4", "value": "31.50", "source": "computed"},
        {"form": "205-1", "row": "33", "column": "5", "value": "30.00", "source": "meter"},
        {"form": "205-1", "row": "33", "column": "7", "value": "1.50", "source": "manual"},
    ]
    return plant._id(
        "INSERT INTO filing (unit_id, month_on, version, kind, content, reason, document_no, filled_by,"
        " statistics_head, unit_head, filed_at, collected_under)"
        " VALUES (%s, %s, %s, %s, %s, 'misread bill', 'D-7', 'Zhang', 'Li', 'Wang', %s, 'survey') RETURNING filing_id",
        unit_id, FIRST, version, "original" if version == 1 else "voluntary", json.dumps(cells), at,
    )  # fmt: skip


def accept(plant: Plant, filing_id: int, levels: tuple[str, ...] = LEVELS) -> None:
    plant.owner.execute("ALTER TABLE filing_event DISABLE TRIGGER USER")
    for level in levels:
        plant.owner.execute(
            "INSERT INTO filing_event (filing_id, state, level, acted_by, acted_at)"
            " VALUES (%s, %s, %s, 'officer', now())",
            [filing_id, f"accepted_{level}", level],
        )
    plant.owner.execute("ALTER TABLE filing_event ENABLE TRIGGER USER")


def test_a_filing_is_sealed_when_every_level_has_accepted_it_and_restated_by_the_units_own(
    plant: Plant, jobs: Connection, settings: Settings
) -> None:
    unit_id = plant.unit()
    first = file(plant, unit_id, 1, "31.5")
    accept(plant, first, LEVELS[:2])
    assert seal_filings(jobs, settings, NOW) == []
    accept(plant, first, LEVELS[2:])
    (release_id,) = seal_filings(jobs, settings, NOW)
    assert seal_filings(jobs, settings, NOW) == []
    content = json.loads(releases.load_content(jobs, release_id))
    assert content["signed"] == {
        "filled_by": "Zhang", "statistics_head": "Li", "unit_head": "Wang", "filed_on": "2026-11-02",
    }  # fmt: skip
    assert [step["state"] for step in content["passage"]] == [f"accepted_{level}" for level in LEVELS]
    assert {(cell["column"], cell["value"], cell["source"]) for cell in content["cells"]} == {
        ("2", "31.5", "meter"), ("4", "31.5", "computed"), ("5", "30", "meter"), ("7", "1.5", "manual"),
    }  # fmt: skip
    explained = take_apart(content, None, CellName.parse("33.2"))
    assert (explained.cell["source"], explained.points) == ("meter", ())
    archive = next(settings.release_dir.glob("*-filing-v1.zip")).read_bytes()
    assert all(check.is_passed for check in verify_archive(archive, load_trusted_keys(settings.trust_dir)))
    assert reproduce(archive)[-1].is_passed
    sheet = openpyxl.load_workbook(BytesIO(read_zip(archive)[SPREADSHEET])).worksheets[0]
    texts = [str(one.value) for row in sheet.iter_rows() for one in row if one.value is not None]
    assert any("Wang" in text and "Li" in text and "Zhang" in text for text in texts)
    assert any("1—10 月（累计）" in text for text in texts)
    assert sheet["G41"].value == "=ROUND(H41+J41,2)"
    jobs.rollback()
    second = file(plant, unit_id, 2, "32.5", NOW + timedelta(days=3))
    assert seal_filings(jobs, settings, NOW + timedelta(days=3)) == []
    accept(plant, second)
    (release_id,) = seal_filings(jobs, settings, NOW + timedelta(days=4))
    restates = json.loads(releases.load_content(jobs, release_id))["restates"]
    assert restates["reason"]["kind"] == "filing_correction"
    assert "D-7" in restates["reason"]["causes"][0]["reference"]
    assert [(c["column"], c["old_value"], c["new_value"]) for c in restates["changes"]] == [("2", "31.5", "32.5")]
