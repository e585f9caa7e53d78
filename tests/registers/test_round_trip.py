"""Whatever is exported is imported again without a change, into the same database and into an empty one."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from nenghao.cli.register import _page
from nenghao.config import Role, Settings
from nenghao.db.connection import Connection, connect
from nenghao.domain.periods import SHANGHAI
from nenghao.registers.columns import Cell
from nenghao.registers.exporter import ExportedSheet, export_sheets, write_csv
from nenghao.registers.importer import Imported, import_registers
from nenghao.registers.layout import SHEETS
from nenghao.reporting.workbook import write_workbook
from nenghao.stack import Stack
from tests.conftest import cloned_database
from tests.registers.plants import GATEWAY, Rows, plants

NOW = datetime(2026, 11, 23, 12, tzinfo=SHANGHAI)


@pytest.fixture(scope="module")
def databases(stack: Stack, template_database: str) -> Iterator[tuple[Settings, Settings]]:
    """Two of them, both empty but for the varieties that the registers speak of."""
    with cloned_database(stack, template_database) as one, cloned_database(stack, template_database) as other:
        for prepared in (one, other):
            with connect(prepared, Role.JOBS) as conn:
                for code, unit in (("33", "10^4kWh"), ("01", "t")):
                    conn.execute("INSERT INTO variety VALUES ('2024', %s, %s, 'form 205-1', 'known')", [code, unit])
        yield one, other


def exported_of(rows: Rows) -> list[ExportedSheet]:
    return [
        ExportedSheet(sheet, [[cells[column.name] for column in sheet.columns] for cells in rows[sheet.name]])
        for sheet in SHEETS
        if rows[sheet.name]
    ]


def write_folder(folder: Path, exported: Sequence[ExportedSheet]) -> Path:
    folder.mkdir()
    for each in exported:
        write_csv(folder / each.sheet.file_name, each)
    return folder


def own(exported: Sequence[ExportedSheet], code: str) -> dict[str, list[Mapping[str, Cell]]]:
    """The rows of one unit, and the public ones that are its own by their document."""
    named = {
        each.sheet.name: [dict(zip(each.sheet.by_name, row, strict=True)) for row in each.rows] for each in exported
    }
    return {
        name: [cells for cells in rows if code in {cells.get("unit_code"), cells.get("document_no")}]
        for name, rows in named.items()
    }


def register_gateway(database: Settings, code: str) -> None:
    with connect(database, Role.CONSOLE) as conn:
        conn.execute(
            "INSERT INTO gateway (unit_id, gateway_code, shard, backfill_from)"
            " SELECT unit_id, %s, 0, now() FROM unit WHERE unit_code = %s",
            [GATEWAY, code],
        )


def bring(database: Settings, source: Path) -> Imported:
    with connect(database, Role.CONSOLE) as conn:
        return import_registers(conn, source, NOW)


def take(conn: Connection, code: str) -> list[ExportedSheet]:
    return export_sheets(conn, SHEETS, None)


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn=plants())
def test_an_export_is_imported_without_a_change(
    databases: tuple[Settings, Settings], tmp_path_factory: pytest.TempPathFactory, drawn: tuple[str, Rows]
) -> None:
    here, elsewhere = databases
    code, rows = drawn
    folder = tmp_path_factory.mktemp("registers")
    (folder / "units").mkdir()
    units = [each for each in exported_of(rows) if each.sheet.name == "units"]
    for database in databases:
        assert bring(database, write_folder(folder / f"units-{id(database)}", units)).faults == ()
        register_gateway(database, code)

    first = bring(here, write_folder(folder / "first", exported_of(rows)))
    assert first.faults == ()
    assert bring(here, folder / "first").added == {}
    with connect(here, Role.CONSOLE) as conn:
        kept = export_sheets(conn, SHEETS, None)
    unit_only = {name: len(found) for name, found in own(kept, code).items() if found}
    assert unit_only.keys() == {each.sheet.name for each in exported_of(rows)}

    write_workbook(folder / "all.xlsx", [_page(each, "zh") for each in kept])
    for source in (write_folder(folder / "all", kept), folder / "all.xlsx"):
        again = bring(here, source)
        assert (again.faults, again.added, again.filled) == ((), {}, {})
        assert {name: again.unchanged[name] >= count for name, count in unit_only.items()} == dict.fromkeys(
            unit_only, True
        )

    with connect(here, Role.CONSOLE) as conn:
        write_workbook(folder / "own.xlsx", [_page(each, "en") for each in export_sheets(conn, SHEETS, code)])
    assert bring(elsewhere, folder / "own.xlsx").faults == ()
    with connect(here, Role.CONSOLE) as conn, connect(elsewhere, Role.CONSOLE) as other:
        assert export_sheets(other, SHEETS, code) == export_sheets(conn, SHEETS, code)
